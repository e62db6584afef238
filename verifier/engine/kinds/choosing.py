"""How an answer names an option: by its label, its place, its words, or by ruling out the others (POLICY 2, 47-49)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from verifier.engine import text as texts
from verifier.engine.kinds.choice import UNKNOWN, Choice, Choices
from verifier.engine.kinds.kind import Context, Reading
from verifier.engine.kinds.options import BULLET
from verifier.types.choices import ChoiceTable
from verifier.types.sample import Option

_SETS: Final = frozenset("RZNQ")  # without options these letters may name sets of numbers
_FIRST_LETTERS: Final = frozenset("abcd")  # without a question these are a label as often as a name
_WORDY: Final = frozenset({"A", "I"})  # labels that are words: "so A drug …"
_LETTERS: Final = frozenset("ABCDEFGHIJ")  # labels where no options are known
_NOT_ANOTHER: Final = re.compile(r"(?:^|,? )(?:and )?not \(?[A-Z]\)?(?!\w)")  # "D, not A"
_BEFORE_MARK: Final = re.compile(r"\s(?=\(?[A-Za-z][).:]\s)")  # "A. Aspirin B. Ibuprofen"
_LABEL_BEHIND: Final = re.compile(r"(.+?),? [(\[](\w[^()\[\]]{0,24})[)\]]")
_AFTER_LABEL: Final = re.compile(r" ?[).:\]-](?!\d) ?| ?$|\*\* ?| (?=\()|, (?=not\b)|, (?=the [^\W\d_]+\W*$)")
_LABELLED: Final = re.compile(r"\(?(\w{1,3})[).:\]]")
_OTHER_LABEL: Final = re.compile(
    r"\(([A-Z])\)|(?<![\w-])([A-Z])(?=[).:](?!\w))|\b(?:and|or|nor|then)\s+\(?([A-Z])\b|->|→"
)
_LONE: Final = re.compile(r"(?<![\w'’-])\(?([A-Z])\)?(?![\w'’]|-\w)")
_DIGIT: Final = re.compile(r"\d")
_BRACKETS, _CLOSING = frozenset("(["), frozenset(")]")
_UNSEEN: Final = tuple(Option(label, "") for label in sorted(_LETTERS))
_MOST_MEMBERS: Final = 26
_LONGEST_LEAD: Final = 60  # characters of words that announce a label
_SPACELESS: Final = "\u2e80"  # from here on stand scripts that put no spaces between words
_LONGEST_PROSE: Final = 400  # characters of an answer that rules options out in passing


def may_read(text: str, ctx: Context) -> bool:
    """Whether a text may name an option.

    Where no options are known or asked for, a label opens it, or words that announce one; or it rules labels out.
    """
    demand = ctx.demand
    if demand.options or demand.options_asked:
        return True
    first = text[:1]
    if first.islower():
        labelled = text in _FIRST_LETTERS or _is_announced(text, ctx.rules.choices)
    elif first in _BRACKETS:
        labelled = text[2:3] in _CLOSING or _is_announced(text, ctx.rules.choices)
    else:
        labelled = first.isalpha()
    return labelled or _may_leave_over(text)


def _is_announced(text: str, table: ChoiceTable) -> bool:
    """Whether words that stand before a label open a text."""
    return texts.fold(text[:2]) in table.heads and texts.fold(text).startswith(table.phrases)


def read_choice(text: str, ctx: Context) -> Iterator[Reading]:
    """A label, a label with its option's words, the exact words of one option, or several of these.

    With options, what has digits under labels that number other things as often is read as a value too.
    """
    options = ctx.demand.options
    ctx.meter.spend(len(text))
    found: Choice | Choices | None = None
    if options:
        ctx.meter.spend(sum(len(option.text) for option in options))
        named = _by_words(text, options, ctx) or _words_and_label(text, options, ctx) or _affirmed(text, options, ctx)
        found = _chosen(named) if named is not None else _several(text, options, ctx)
    elif ctx.demand.options_asked:
        found = _members(text, _UNSEEN, ctx)
    if found is not None:
        yield Reading(found, "choice", certain=not (_numbered(options) and _DIGIT.search(text)))
        return
    read = list(_labelled(text, options, ctx))
    if read:
        yield from read
        return
    left = _left_over(text, options, ctx)
    if left is not None:
        yield Reading(left, "choice")


def _chosen(option: Option) -> Choice:
    return Choice(option.label, option.text, known=True)


def _numbered(options: tuple[Option, ...]) -> bool:
    """Whether the labels are digits or bullets, which may stand before data as well."""
    return bool(options) and not options[0].label.isalpha()


def _labelled(text: str, options: tuple[Option, ...], ctx: Context) -> Iterator[Reading]:
    """The label that a text opens with, and its option's words."""
    found = _label(
        text,
        ctx.rules.choices,
        options,
        small=not options and (ctx.demand.options_asked or (not ctx.demand.asked and text in _FIRST_LETTERS)),
    )
    if found is None or (not options and "b)" in text and texts.parts(text)):
        return
    label, rest, firm = found
    rest = _NOT_ANOTHER.sub("", rest)
    option = next((option for option in options if option.label.casefold() == label.casefold()), None)
    own = option is not None and bool(rest) and _same_words(rest.lstrip(", "), option, options, ctx)
    other = None
    if option is not None and rest and not own:
        worded = next((one for one in options if one.text == rest), None)  # "(A) O", where O is B's text
        other = worded or _by_words(rest, options, ctx)
    if option is not None and other is not None:
        yield Reading(Choice(option.label, option.text, other.label, known=True), "choice", rest)
        return
    reason = _reason(rest, ctx)
    if rest and not own and reason is not True and (reason is False or _rejects_or_adds(rest, options, ctx)):
        return
    if option is None:
        if not options and (firm or not rest or reason):
            named = Choice(label, "" if reason else rest)
            yield Reading(named, "choice", certain=not named.text and (firm or label not in _SETS))
        elif options and not rest and options[0].label.isalpha():
            yield Reading(Choice(label, conflict=UNKNOWN), "choice", certain=False)
    elif own or not rest or reason or _own_words(rest, option, options, ctx):
        digits = _numbered(options) and _DIGIT.search(text) is not None
        yield from _named(option, rest, options, ctx, digits=digits)


def _named(option: Option, rest: str, options: tuple[Option, ...], ctx: Context, *, digits: bool) -> Iterator[Reading]:
    """An option by its label; a label of ``digits`` that is the text of another option as well may mean that one."""
    yield Reading(_chosen(option), "choice", rest, certain=not digits or bool(rest))
    if digits and not rest:
        label = (option.label,)
        for other, words in zip(options, ctx.demand.option_words, strict=True):
            if other is not option and words == label:
                yield Reading(_chosen(other), "choice", certain=False)


def _reason(rest: str, ctx: Context) -> bool | None:
    """Whether the words behind a label only give a reason for it; false if they take it back; ``None`` if no reason."""
    table = ctx.rules.choices
    words = texts.fold(rest).lstrip(" ,;:-–(")
    for reason in table.reasons:
        if words.startswith(reason) and not (reason.isascii() and words[len(reason) : len(reason) + 1].isalnum()):
            return table.retractions.isdisjoint(texts.words_of(words))
    return None


def _same_words(rest: str, option: Option, options: tuple[Option, ...], ctx: Context) -> bool:
    """Whether the words behind a label are exactly its option's."""
    return rest == option.text or texts.words(rest, ctx.rules.text) == ctx.demand.option_words[options.index(option)]


def _own_words(rest: str, option: Option, options: tuple[Option, ...], ctx: Context) -> bool:
    """Whether the words behind a label are its option's, perhaps with more; and no other option's stand among them."""
    index = options.index(option)
    wanted = ctx.demand.option_words[index]
    told = texts.words(rest, ctx.rules.text)
    others = [words for place, words in enumerate(ctx.demand.option_words) if place != index]
    return (
        bool(wanted)
        and _holds(told, wanted)
        and not any(words and _holds(told, words) and not _holds(wanted, words) for words in others)
    )


def _holds(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    """Whether ``part`` stands in ``words``, in one piece."""
    return any(words[start : start + len(part)] == part for start in range(len(words) - len(part) + 1))


def _rejects_or_adds(rest: str, options: tuple[Option, ...], ctx: Context) -> bool:
    """Whether the words behind a label reject it, or name a second one."""
    table = ctx.rules.text
    first = rest.lstrip(" ,(").partition(" ")[0].strip("().,")
    labels = {option.label for option in options} or _LETTERS
    if rest.lstrip(" (").partition(" ")[0].lower() in ctx.rules.choices.joins - {","} or first in labels:
        return True
    for match in _OTHER_LABEL.finditer(rest):
        if match.lastindex is None or match[match.lastindex] in labels:
            return True
    told = set(texts.words(rest, table))
    own = {word for words in ctx.demand.option_words for word in words}
    told -= own
    if told == {_NO}:
        return False  # "(A) No": what the option says
    barred = (table.doubts, table.rejections, ctx.rules.choices.retractions)
    return not all(words.isdisjoint(told) for words in barred)


_NO: Final = "no"


def _by_words(text: str, options: tuple[Option, ...], ctx: Context) -> Option | None:
    """The one option whose words the text is; a label alone is not words, and no label stands before them.

    Words for all or none are those of the option that says so in other words; articles of other languages are free.
    """
    if is_label(text, options):
        return None
    exact = [option for option in options if option.text == text]
    if len(exact) == 1:
        return exact[0]
    opening = _LABELLED.match(text) or _A_WORD.match(text)
    if opening is not None and is_label(opening[1], options):
        return None  # "A. Vitamin A", of which A is no article
    told, table = ctx.demand.option_words, ctx.rules.choices
    wanted = texts.words(text, ctx.rules.text)
    same = [option for option, words in zip(options, told, strict=True) if words == wanted and words]
    if same:
        return same[0] if len(same) == 1 else None
    for listed in (table.all, table.none):
        if texts.fold(text) in listed:
            same = [option for option in options if texts.fold(option.text) in listed]
    if not same and (bare := _bare(wanted, table)):
        same = [option for option, words in zip(options, told, strict=True) if _bare(words, table) == bare]
    return same[0] if len(same) == 1 else None


def _affirmed(text: str, options: tuple[Option, ...], ctx: Context) -> Option | None:
    """The option whose words are all but those that announce or affirm it: "atenolol is the best choice".

    Where the question denies, one "is correct" may be no answer: "which of them is not correct?".
    """
    table = ctx.rules.choices
    bare = _trimmed(text, table)
    if bare == text or texts.fold(text).startswith(("either ", "both ")):
        return None
    denied = not (ctx.rules.text.doubts | _WORST).isdisjoint(ctx.demand.words) and not _AS_ANSWER.search(text)
    return None if denied else _by_words(bare, options, ctx)


_WORST: Final = frozenset({"false", "except", "worst", "untrue", "least", "inappropriate", "contraindicated", "avoid"})
_AS_ANSWER: Final = re.compile(r"\b(?:answer|choice|option)\b", re.IGNORECASE)
_A_WORD: Final = re.compile(r"(A)\W")


def _bare(words: tuple[str, ...], table: ChoiceTable) -> tuple[str, ...]:
    """Words without an article of another language before them."""
    if not words:
        return words
    article, mark, noun = words[0].partition("'")
    if mark and f"{article}'" in table.articles:
        return (noun, *words[1:])
    return words[1:] if len(words) > 1 and words[0] in table.articles else words


def _words_and_label(text: str, options: tuple[Option, ...], ctx: Context) -> Option | None:
    """An option by its words, and its label behind them in brackets: "Ibuprofen (B)", "12 (option B)"."""
    behind = _LABEL_BEHIND.fullmatch(text)
    if behind is None:
        return None
    label = _trimmed(behind[2], ctx.rules.choices).casefold()
    if behind[1].casefold() == label:  # "B (B)"
        return next((option for option in options if option.label.casefold() == label), None)
    meant = _by_words(behind[1], options, ctx)
    return meant if meant is not None and meant.label.casefold() == label else None


def is_label(text: str, options: tuple[Option, ...]) -> bool:
    """Whether a text is the label of one of the options, and nothing else."""
    return any(option.label.casefold() == text.strip("().: ").casefold() for option in options)


def _several(text: str, options: tuple[Option, ...], ctx: Context) -> Choice | Choices | None:
    """Several options, by labels or words, that only conjunctions join; all of them, or none.

    One option whose own words say just that ("Both A and B", "None of these") is meant itself.
    """
    table = ctx.rules.choices
    folded = texts.fold(text)
    labels = tuple(option.label for option in options)
    if folded in table.all:
        return _meant(Choices(labels, len(labels)), options, ctx)
    if folded in table.none:
        words = {word for told in ctx.demand.option_words for word in told}
        return None if words & {"none", "neither", "no", "nothing"} else Choices((), len(labels))
    found = _members(text, options, ctx)
    return None if found is None else _meant(found, options, ctx)


def _meant(found: Choices, options: tuple[Option, ...], ctx: Context) -> Choice | Choices:
    """The option whose words name these options, if there is one."""
    named = frozenset(found.labels)
    table = ctx.rules.choices
    for option in options:
        others = tuple(other for other in options if other is not option)
        if texts.fold(option.text) in table.all:
            told = frozenset(other.label for other in others)
        else:
            members = _members(option.text, options, ctx)
            told = frozenset() if members is None or members.either or members.glued else frozenset(members.labels)
        if told and told == named - ({option.label} - told):
            return _chosen(option)
    return found


def _members(text: str, options: tuple[Option, ...], ctx: Context) -> Choices | None:
    """The options that a list names, two at least and each once."""
    if len(text) > _LONGEST_PROSE:
        return None
    table = ctx.rules.choices
    ctx.meter.spend(4 * len(text))
    labels = {option.label: option.label for option in options}
    listed = _trimmed(text, table)
    if all(letter in labels for letter in listed) and len(set(listed)) == len(listed) >= 2 and listed.isupper():
        return Choices(tuple(listed), len(options), glued=True)
    pieces = [piece for part in table.join.split(listed) for piece in _BEFORE_MARK.split(part) if piece.strip()]
    joints = {joint.strip().casefold() for joint in table.join.findall(listed)}
    if not 2 <= len(pieces) <= _MOST_MEMBERS or any(label.casefold() in joints for label in labels):
        return None  # among a to e, "e" joins nothing
    named: list[str] = []
    for piece in pieces:
        bare = _trimmed(piece.strip(" .()[]*"), table)
        option = _by_words(bare, options, ctx) if ctx.demand.options else None
        label = labels.get(bare) or labels.get(bare.upper()) or (option.label if option is not None else None)
        if label is None:
            opening = _LABELLED.match(piece.lstrip())
            own = next((one for one in options if opening is not None and one.label == opening[1]), None)
            rest = piece.lstrip()[opening.end() :].strip() if opening is not None else ""
            if own is None or not ctx.demand.options or not _same_words(rest, own, options, ctx):
                return None
            label = own.label
        if label not in named:
            named.append(label)
    if len(named) < 2:
        return None
    return Choices(tuple(named), len(options), either=not joints.isdisjoint(table.alternatives))


def _trimmed(text: str, table: ChoiceTable) -> str:
    """The text without words such as "options" or "both" before it and "only" behind it."""
    folded = texts.fold(text)
    for phrase in table.phrases:
        if folded.startswith(phrase) and len(phrase) < len(text):
            text, folded = text[len(phrase) :], folded[len(phrase) :]
            break
    for closer in table.closers:
        if folded.endswith(closer) and len(closer) < len(text):
            return text[: -len(closer)]
    return text


class _Opening(msgspec.Struct, frozen=True, gc=False):
    """A label at the start of a text: how it is written, where it ends, and what marks it as one."""

    label: str
    end: int
    bracketed: bool
    phrased: bool


def _opening(text: str, folded: str, options: tuple[Option, ...], table: ChoiceTable) -> _Opening | None:
    """The label that a text opens with, behind words that announce it."""
    start, last = 0, ""
    while start < _LONGEST_LEAD and (phrase := _phrase(folded, start, table)):
        start, last = start + len(phrase), phrase
    bracketed = text[start : start + 1] in {"(", "["}
    begin = start + bracketed
    known = _spellings(options, placed=last.strip() in table.nouns)
    written = next((name for name in known if folded.startswith(name.casefold(), begin)), None)
    letter = text[begin : begin + 1]
    if written is None and not (letter.isascii() and letter.isalpha()):
        return None
    end = begin + len(written or letter)
    label = letter if written is None else known[written]
    after = text[end : end + 1]
    spaceless = start > 0 and after.isalpha() and after > _SPACELESS  # 选B项
    if text[end:] == "-":
        return None  # "A-" is a grade, a blood group, an ion
    if (after.isalnum() and not spaceless) or after in {"_", "'", "’", "^"} or (bracketed and after not in {")", "]"}):
        return None
    return _Opening(label, end, bracketed, phrased=start > 0)


def _label(text: str, table: ChoiceTable, options: tuple[Option, ...], *, small: bool) -> tuple[str, str, bool] | None:
    """The label that a text opens with, what follows it, and whether it is marked as one: "(B)", "option B".

    Without options only a capital letter, or a letter in brackets, is a label; where options are asked for (``small``)
    a small letter alone is one, too.
    """
    if not options and not (text[:1].isalpha() or text[:1] in {"(", "["}):
        return None
    folded = texts.fold(text)
    if not options and not small and text[:1].islower() and not folded.startswith(table.phrases):
        return None
    opening = _opening(text, folded, options, table)
    if opening is None:
        return None
    label, end = opening.label, opening.end
    behind = end + opening.bracketed
    closed = folded.startswith(table.closers, behind)
    closer = next((words for words in table.closers if folded.startswith(words, behind)), "") if closed else ""
    after = _AFTER_LABEL.match(text, end)
    marked = opening.bracketed or opening.phrased
    ends = after is not None and (after.group() != "" or end == len(text))
    sure = bool(closer) or ends or _begins_reason(text, end, table)
    if not (sure or opening.bracketed or (opening.phrased and label not in _WORDY)):
        return None
    alone = not text[end:].strip(").] ")
    if closer and not text[behind + len(closer) :].strip(" .!") and label.upper() not in _WORDY and (options or small):
        return label, "", True  # "b is the answer"
    if text[end - 1].islower() and not opening.bracketed and (label.isupper() or not options):
        # a small letter is a word as often: only alone, and without options only where one is asked for
        return (label if options else label.upper(), "", opening.phrased) if alone and (options or small) else None
    start = behind + len(closer) if closer or after is None else after.end()
    return label if options else label.upper(), texts.strip(text[start:].lstrip(" ).]:-–—")), marked or bool(closer)


def _phrase(folded: str, start: int, table: ChoiceTable) -> str:
    """The words at a position that stand before a label."""
    if not folded.startswith(table.phrases, start):
        return ""
    for phrase in table.phrases:
        if folded.startswith(phrase, start) and not folded[start + len(phrase) : start + len(phrase) + 1].isspace():
            return phrase
    return ""


def _begins_reason(text: str, end: int, table: ChoiceTable) -> bool:
    """Whether a reason begins right behind a label: "B because …", and no "A for effort"."""
    words = texts.fold(text[end : end + 40])
    return words[:1] in _BEFORE_REASON and any(
        words.startswith(f", {reason} ") or (len(reason) > _SHORT and words.startswith(f" {reason} "))
        for reason in table.reasons
    )


_BEFORE_REASON: Final = frozenset(", ")
_SHORT: Final = 4  # letters of a reason that may be another word: "A for effort"


def _spellings(options: tuple[Option, ...], *, placed: bool) -> dict[str, str]:
    """What stands for each label, longest first.

    The label itself; for numbers and bullets the letters A, B, …; and, behind a word such as "option" (``placed``), the
    option's place.
    """
    if not options:
        return {}
    spellings = {option.label: option.label for option in options}
    numbered = _numbered(options)
    for place, option in enumerate(options[:26]):
        if numbered:
            spellings.setdefault(chr(ord("A") + place), option.label)
        if placed:
            spellings.setdefault(str(place + 1), option.label)
    return {name: spellings[name] for name in sorted(spellings, key=len, reverse=True) if not name.startswith(BULLET)}


def _left_over(text: str, options: tuple[Option, ...], ctx: Context) -> Choice | None:
    """The one option that prose affirms where it rules out others: "It can't be A or B, so it's D".

    Every clause that names a label must reject it, or say no more than that it is the answer.
    """
    table = ctx.rules.choices
    if not _may_leave_over(text) or table.deny.search(texts.fold(text)) is None:
        return None
    ctx.meter.spend(8 * len(text))
    labels = frozenset(option.label for option in options) or _LETTERS
    chosen: set[str] = set()
    rejected: set[str] = set()
    for statement in table.split.split(text):
        clauses = _COMMA.split(statement)
        denied = [table.deny.search(texts.fold(clause)) is not None for clause in clauses]
        for place, clause in enumerate(clauses):
            named = [match[1] for match in _LONE.finditer(clause) if match[1] in labels]
            listed = [piece.strip(" ().") for piece in table.join.split(clause) if piece.strip(" ().")]
            if denied[place] or (any(denied[:place]) and len(listed) > 1 and labels.issuperset(listed)):
                rejected.update(named)  # and "A, B or C" goes on behind "It is not"
            elif not named:
                if not ctx.rules.text.rejections.isdisjoint(texts.words_of(texts.fold(clause))):
                    return None
            else:
                affirmed = _label(clause.strip(" ."), table, options, small=False)
                if affirmed is None or affirmed[1] or (any(denied) and labels.issuperset(listed)):
                    return None  # "A, C and D can be excluded": of A nothing else is said
                chosen.add(affirmed[0])
    if len(chosen) != 1 or not rejected or not chosen.isdisjoint(rejected):
        return None
    label = chosen.pop()
    option = next((option for option in options if option.label == label), None)
    return Choice(label) if option is None else _chosen(option)


def _may_leave_over(text: str) -> bool:
    """Whether a text is short, has a capital letter that stands alone as a label does, and two words or no ASCII."""
    if len(text) > _LONGEST_PROSE or _LABEL.search(text) is None:
        return False
    return not text.isascii() or _TWO_WORDS.search(text) is not None


_LABEL: Final = re.compile(r"[A-Z](?![\w'’])")
_TWO_WORDS: Final = re.compile(r"[A-Za-z']{2,},? [A-Za-z(]")
_COMMA: Final = re.compile(r", ?")
