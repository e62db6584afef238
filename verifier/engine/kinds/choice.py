"""An option of the question, by its label or by its words (POLICY 47, 48)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from verifier.engine import text as texts
from verifier.engine.kinds.kind import Context, Reading, Stage
from verifier.types.budget import Meter
from verifier.types.rules import ChoiceTable, Layout, Rules
from verifier.types.sample import Option
from verifier.types.verdict import Code, Finding, passes, proves, refutes

SAME = proves("choice.same_option", "Both sides name the same option.")
OTHER = refutes("choice.other_option", "The answer names another option than the ground truth.")
LABEL_CONFLICTS = passes(
    "choice.label_conflicts", "The answer gives the letter of one option and the words of another.", specific=7
)
NO_OPTION = passes("choice.unknown_label", "A label that none of the question's options has.", specific=6)
TEXT_DIFFERS = passes(
    "choice.text_differs", "Two labelled texts, without options to say what the labels stand for.", specific=6
)
CODES: tuple[Code, ...] = (SAME, OTHER, LABEL_CONFLICTS, NO_OPTION, TEXT_DIFFERS)


class Choice(msgspec.Struct, frozen=True):
    """An option: its label, and its text where options are known.

    ``conflict`` is the label of another option whose words were given with it.
    """

    label: str
    text: str = ""
    conflict: str = ""
    known: bool = False

    def show(self) -> str:
        """The label and the text."""
        shown = f"{self.label}: {self.text}" if self.text else self.label
        return f"{shown} (but the words of {self.conflict})" if self.conflict else shown


def find_options(question: str, rules: Rules, meter: Meter) -> tuple[Option, ...]:
    """The options listed in a question, in order; empty if it lists none.

    The last run of labels counts, of two that overlap the longer.
    """
    best = _Run(-1, -1, ())
    meter.spend(len(question) // 8 * len(rules.choices.layouts))
    for layout in rules.choices.layouts:
        if layout.first not in question or layout.second not in question:
            continue
        run = _run(question, layout)
        behind, apart = run.start >= best.end, run.end <= best.start
        longer = not apart and len(run.options) > len(best.options)
        if len(run.options) >= 2 and (behind or longer) and not _are_tasks(run.options, rules):
            best = run
    if not best.options and "\\" in question and _WRAPPED.search(question):  # \textbf{(A)}\ 5
        unwrapped = texts.unlatex(question, rules.text, meter)
        return find_options(unwrapped.replace("\\", ""), rules, meter)
    return tuple(
        Option(option.label, texts.plain(option.text, rules.text, meter))
        for option in best.options[: meter.budget.options]
    )


_WRAPPED = re.compile(r"\\[a-z]+ ?\{ ?\(?[Aa][).:}]")


def _are_tasks(options: tuple[Option, ...], rules: Rules) -> bool:
    """Whether these are the parts of a question, each with a task: "(a) Find its speed. (b) Find its height."."""
    first = [texts.fold(option.text).partition(" ")[0].strip("*:,.") for option in options]
    return all(word in rules.demand.tasks for word in first)


class _Run(msgspec.Struct, frozen=True):
    """A run of labels in a question: where it begins and ends, and the options."""

    start: int
    end: int
    options: tuple[Option, ...]


def _run(question: str, layout: Layout) -> _Run:
    """The last run ``A…, B…, C…`` of labels in this layout, each with the text up to the next.

    Within a line, a first label stands behind a stop, a colon or a formula: "type A. Then type B." lists nothing.
    """
    marks = [(match[1], match.start(), match.end()) for match in layout.pattern.finditer(question)][-_MARKS:]
    for index in range(len(marks) - 1, -1, -1):
        if marks[index][0] != layout.alphabet[0]:
            continue
        before = question[: marks[index][1]].rstrip(" *\t")[-1:]
        if before and before not in "\n?:.!)]}$\\" and marks[index][1] > 0 and question[marks[index][1]] != "\n":
            continue
        run = [marks[index]]
        for mark in marks[index + 1 :]:
            if len(run) < len(layout.alphabet) and mark[0] == layout.alphabet[len(run)]:
                run.append(mark)
        if len(run) < 2:
            continue
        ends = [start for _, start, _ in run[1:]] + [_end_of_last(question, run[-1][2])]
        texts_between = [question[end:stop].strip(" \t\n;,") for (_, _, end), stop in zip(run, ends, strict=True)]
        if all(texts_between):
            options = tuple(Option(label, words) for (label, _, _), words in zip(run, texts_between, strict=True))
            return _Run(marks[index][1], ends[-1], options)
    return _Run(-1, -1, ())


def _end_of_last(question: str, start: int) -> int:
    """The last option ends at its line's end; a text that begins on the next line is taken from there."""
    while start < len(question) and question[start] in " \t\n":
        start += 1
    stop = question.find("\n", start)
    return len(question) if stop < 0 else stop


def read_choice(text: str, ctx: Context) -> Iterator[Reading]:
    """A label, a label with its option's words, or the exact words of one option."""
    options = ctx.demand.options
    ctx.meter.spend(len(text))
    if options:
        ctx.meter.spend(sum(len(option.text) for option in options))
        by_words = _by_words(text, options, ctx)
        if by_words is not None:
            yield Reading(Choice(by_words.label, by_words.text, known=True), "choice")
            return
        behind = _LABEL_BEHIND.fullmatch(text)
        if behind is not None:  # "Ibuprofen (B)"
            meant = _by_words(behind[1], options, ctx)
            if meant is not None and meant.label.casefold() == behind[2].casefold():
                yield Reading(Choice(meant.label, meant.text, known=True), "choice")
                return
    found = _label(text, ctx.rules.choices, options)
    if found is None or (not options and "b)" in text and texts.parts(text)):
        return
    label, rest, firm = found
    rest = _NOT_ANOTHER.sub("", rest)
    option = next((option for option in options if option.label.casefold() == label.casefold()), None)
    if rest and _rejects_or_adds(rest, options, ctx):
        return
    if option is None:
        if not options and (firm or not rest):
            yield Reading(Choice(label, rest), "choice", certain=not rest and (firm or label not in _SETS))
        elif options and not rest:
            yield Reading(Choice(label, conflict="?"), "choice", certain=False)
        return
    if not rest or _own_words(rest, option, options, ctx):
        yield Reading(Choice(option.label, option.text, known=True), "choice", rest)
        return
    other = _by_words(rest, options, ctx)
    if other is not None:
        yield Reading(Choice(option.label, option.text, other.label, known=True), "choice", rest)
    elif firm and _explains(rest):
        yield Reading(Choice(option.label, option.text, known=True), "choice", rest)


_SETS = frozenset("RZNQ")  # without options these letters may name sets of numbers
_NOT_ANOTHER = re.compile(r"(?:^|,? )(?:and )?not \(?[A-Z]\)?(?!\w)")  # "D, not A"
_EXPLAINS = re.compile(r"[,;:-]? ?(?:because|since|as|for|which|due|that is|given|based|with)\b", re.IGNORECASE)


def _explains(rest: str) -> bool:
    """Whether the words behind a label only give a reason for it."""
    return _EXPLAINS.match(rest) is not None


def _own_words(rest: str, option: Option, options: tuple[Option, ...], ctx: Context) -> bool:
    """Whether the words behind a label are its option's, perhaps with more; and no other option's stand among them."""
    index = options.index(option)
    wanted = ctx.demand.option_words[index]
    told = texts.words(rest, ctx.rules.text)
    if told == wanted or rest == option.text:
        return True
    others = [words for place, words in enumerate(ctx.demand.option_words) if place != index]
    return (
        bool(wanted)
        and _holds(told, wanted)
        and not any(words and _holds(told, words) and not _holds(wanted, words) for words in others)
    )


def _holds(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    """Whether ``part`` stands in ``words``, in one piece."""
    return any(words[start : start + len(part)] == part for start in range(len(words) - len(part) + 1))


_OTHER_LABEL = re.compile(r"\(([A-Z])\)|(?<![\w-])([A-Z])(?=[).:](?!\w))|\b(?:and|or|nor|then)\s+\(?([A-Z])\b|->|→")


def _rejects_or_adds(rest: str, options: tuple[Option, ...], ctx: Context) -> bool:
    """Whether the words behind a label reject it, or name a second one."""
    table = ctx.rules.text
    first = rest.lstrip(" ,(").partition(" ")[0].strip("().,")
    labels = {option.label for option in options} or set("ABCDEFGHIJ")
    if rest.lstrip(" (").partition(" ")[0].lower() in ctx.rules.choices.joins - {","} or first in labels:
        return True
    for match in _OTHER_LABEL.finditer(rest):
        if match.lastindex is None or match[match.lastindex] in labels:
            return True
    told = set(texts.words(rest, table))
    own = {word for words in ctx.demand.option_words for word in words}
    told -= own
    return not (table.doubts.isdisjoint(told) and table.rejections.isdisjoint(told))


def _by_words(text: str, options: tuple[Option, ...], ctx: Context) -> Option | None:
    """The one option whose words the text is; a label alone is not words."""
    if _is_label(text, options):
        return None
    exact = [option for option in options if option.text == text]
    if len(exact) == 1:
        return exact[0]
    wanted = texts.words(text, ctx.rules.text)
    same = [option for option, words in zip(options, ctx.demand.option_words, strict=True) if words == wanted and words]
    return same[0] if len(same) == 1 else None


def _is_label(text: str, options: tuple[Option, ...]) -> bool:
    return any(option.label.casefold() == text.strip("().: ").casefold() for option in options)


_MARKS = 200  # labels looked at in a question, from its end: twelve times as many as any alphabet has
_LABEL_BEHIND = re.compile(r"(.+?),? [(\[](\w{1,3})[)\]]")
_AFTER_LABEL = re.compile(r" ?[).:\]-](?!\d) ?| ?$|\*\* ?| (?=\()|, (?=not\b)")


def _label(text: str, table: ChoiceTable, options: tuple[Option, ...]) -> tuple[str, str, bool] | None:
    """The label that a text opens with, what follows it, and whether it is marked as one: "(B)", "option B".

    Without options only a capital letter, or a letter in brackets, is a label.
    """
    if not options and not (text[:1].isalpha() or text[:1] in {"(", "["}):
        return None
    folded = texts.fold(text)
    start, bracketed, phrased = 0, False, False
    for phrase in table.phrases:
        if folded.startswith(phrase) and not folded[len(phrase) : len(phrase) + 1].isspace():
            start, phrased = len(phrase), True
            break
    if text[start : start + 1] in {"(", "["}:
        start, bracketed = start + 1, True
    known = sorted((option.label for option in options), key=len, reverse=True)
    label = next((name for name in known if folded.startswith(name.casefold(), start)), None)
    if label is None:
        letter = text[start : start + 1]
        if not (letter.isascii() and letter.isalpha()):
            return None
        label = letter
    end = start + len(label)
    if text[end : end + 1].isalnum() or text[end : end + 1] in {"_", "'", "’", "^"} or text[end:] == "-":
        return None  # "A-" is a grade, a blood group, an ion
    after = _AFTER_LABEL.match(text, end)
    written = text[start:end]
    if bracketed:
        if text[end : end + 1] not in {")", "]"}:
            return None
    elif not phrased and (after is None or (after.group() == "" and end < len(text))):
        return None
    if not options and not (bracketed or phrased) and not written.isupper():
        return None
    if len(label) == 1 and label.isalpha() and not (bracketed or phrased) and written.islower() and label.isupper():
        return (label, "", False) if end == len(text) else None
    rest = text[after.end() :] if after is not None else text[end:]
    return (label if options else label.upper()), texts.strip(rest.lstrip(" ).]:-–—")), bracketed or phrased


def compare_choices(gold: Choice, candidate: Choice, ctx: Context) -> Finding:
    """The same label is the same option. A letter with the words of another option commits to neither."""
    shown = ctx.sides(gold, candidate)
    if (
        not gold.known
        and not candidate.known
        and gold.text
        and candidate.text
        and gold.text.casefold() != candidate.text.casefold()
    ):
        return TEXT_DIFFERS.finding(**shown)
    if not gold.known and gold.text and not candidate.text:
        return TEXT_DIFFERS.finding(**shown)  # "E. coli" is no option E
    if "?" in {gold.conflict, candidate.conflict}:
        return NO_OPTION.finding(**shown)
    if gold.conflict or candidate.conflict:
        return LABEL_CONFLICTS.finding(**shown)
    code = SAME if gold.label.casefold() == candidate.label.casefold() else OTHER
    return code.finding(**shown)


STAGE = Stage("choice", ((Choice, Choice),), compare_choices)
