"""What a response says first, where all that follows only explains it (POLICY 1, 3).

"The capital of France is Paris. It lies on the Seine." Of a response without a marker and without a conclusion the
first sentence is the answer if it speaks of what is asked and nothing behind it takes it back, says the same thing of
another value, or has a number that is not the question's. Found is less than a reader would find.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from verifier.engine.answering import NUMERAL, STEM, TOLD, WORD, Asked, has_copula, question_of
from verifier.engine.inplace import value_in_place
from verifier.engine.statement import BREAK, breaks, revised
from verifier.types.rules import Rules
from verifier.types.sample import Extraction

VIA: Final = "opening_statement"
_LONGEST: Final = 300  # characters of a first sentence
_REST: Final = 4_000  # characters that may explain it
_SENTENCES: Final = 60  # that are looked at
_FIRST: Final = 2  # words of a sentence that qualify the yes or no before it: "Yes. But only if …"
_ONLY: Final = "only"  # behind the first words of a sentence it qualifies something in it: "it is only 5 m wide"
_UNIT: Final = 2  # words behind a number that may be its unit
_SHARED: Final = 2  # words of the question in a sentence that says something of what is asked
_BARE: Final = 60  # characters of a first line that is an answer without a verb
_AROUND: Final = " \t\n*_.:$#>\"'“”-"
_BEHIND_TRUTH: Final = frozenset({"", ",", "—", "–", ";", "."})
ITS_LABEL: Final = re.compile(r"[\s*_#(\[]*(?:\d{1,2}|[^\W\d_])[.)\]:]+[\s*_]*")
_COUNTS: Final = re.compile(r"\bhow (?:many|much|long|far|old|tall|fast|deep|wide|high)\b")
OPTION: Final = re.compile(r"[\s*_#(\[]*(?:[Oo]ption )?(?:[B-HJ][.)\]:*\s,]|[A-J][.)\]:*,])")
TOLD_AGAIN: Final = 5  # words behind a yes or a no with which it is no longer read by itself
_BOLD: Final = re.compile(r"\*\*([^*\n]{1,80}?)\*\*(?!\*)|(?<![\w_])__([^_\n]{1,80}?)__(?![\w_])")
_HEADING: Final = re.compile(r"[ \t]*(?:#{1,6} |\d{1,2}[.)] |[-*•] |[^\n]*:[ \t*_]*(?:\n|\Z))")


class Said(msgspec.Struct, frozen=True, gc=False):
    """A first sentence, folded, with what the response sets in bold.

    ``truth`` says that it opens with a yes or a no, ``option`` that it may name an option.
    """

    own: str
    emphasised: str
    truth: bool
    option: bool


def opening_statement(text: str, folded: str, start: int, end: int, asked: Asked, rules: Rules) -> Extraction | None:
    """The first sentence of ``text[start:end]``, if the rest only explains it; ``None`` otherwise.

    Without a question only a yes, a no or a bare first line is one.
    """
    cut = BREAK.search(text, start, min(end, start + _LONGEST))
    if cut is not None and ITS_LABEL.fullmatch(text, start, cut.start()):
        cut = BREAK.search(text, cut.end(), min(end, start + _LONGEST))  # "C. Amlodipine"
    if cut is None or end - cut.end() > _REST or _HEADING.match(text, start, end):
        return None
    first = text[start : cut.start()].strip()
    own, rest = folded[start : cut.start()], folded[cut.end() : end]
    if not first or first.endswith(("?", ":")) or not rest.lstrip(_AROUND):
        return None
    truth = opens_with_truth(own, rules)
    apart = text.count("\n", cut.start(), cut.end()) > 1 and len(WORD.findall(rest.lstrip().partition("\n")[0])) > TOLD
    bare = apart and len(first) <= _BARE and not has_copula(own, rules)
    affirms = own.rstrip(_AROUND).endswith(rules.choices.closers)  # "B is the best choice"
    if not (truth or bare or affirms or (asked.sentence and speaks_of(own, asked, rules))):
        return None
    if not truth and _COUNTS.search(asked.sentence) and NUMERAL.search(own) is None:
        return None  # a sentence without a number answers no "how many"
    words = set(WORD.findall(own))
    if truth and (len(WORD.findall(rest)) < TOLD_AGAIN or _is_qualified(own, rest, asked, rules)):
        return None
    if not truth and not rules.text.blockers.isdisjoint(words - asked.words):
        return None
    option = affirms or OPTION.match(first) is not None or (asked.options and len(first) <= len("**A**."))
    said = Said(own, emphasis(text, start, end), truth=truth, option=option)
    explains = _only_explains(said, text[cut.end() : end], asked, rules)
    return Extraction(first, VIA, start, cut.start()) if explains else None


def _is_qualified(own: str, rest: str, asked: Asked, rules: Rules) -> bool:
    """Whether a yes or a no is limited, doubted or no answer: "No. I don't know", "Yes. Only if x > 0"."""
    told = WORD.findall(own) + WORD.findall(rest.partition(".")[0])
    opening = WORD.findall(rest)[:_FIRST]
    if not _says_only(own, asked, rules):
        return True
    return not rules.text.qualifiers.isdisjoint([*opening, *(word for word in told if word != _ONLY)])


def _says_only(own: str, asked: Asked, rules: Rules) -> bool:
    """Whether a yes or a no goes on in words of the question, or with a reason: "Yes, in mice" is of something else."""
    said = WORD.findall(own)[1:]
    if not said or said[0] in _REASONS or not asked.sentence:
        return True
    free = rules.text.fillers | rules.text.carriers | rules.text.doubts
    known = {word[:STEM] for word in asked.words}
    return all(word[:STEM] in known or word in free for word in said if len(word) > TOLD)


def speaks_of(own: str, asked: Asked, rules: Rules) -> bool:
    """Whether a sentence speaks of what is asked, and its subject of nothing that the question does not.

    "The best drug for a diabetic is …" answers no question about any patient.
    """
    if {word[:STEM] for word in WORD.findall(own) if len(word) > TOLD}.isdisjoint(_stems(asked)):
        return False
    at = max((at for copula in rules.extract.copulas if (at := own.rfind(copula)) > 0), default=-1)
    known = {word[:STEM] for word in asked.words}
    free = rules.text.fillers | rules.text.carriers | rules.text.generic_units | rules.labels.carriers
    number = NUMERAL.search(own, max(at, 0))
    subject = WORD.findall(own[: max(at, 0) if number is None else number.start()])
    free |= rules.extract.pronouns | rules.text.articles | rules.text.joiners
    other = [word for word in subject if word not in free and (word if len(word) <= TOLD else word[:STEM]) not in known]
    if other and value_in_place(own, asked, rules) is None:
        return False
    said = WORD.findall(own)
    ordinals = {word for word in WORD.findall(question_of(asked)) if _is_ordinal(word, rules)}
    behind = [] if number is None else WORD.findall(own[number.end() :])[_UNIT:]
    return ordinals <= set(said) and all(
        word[:STEM] in known for word in behind if len(word) > TOLD and word not in free
    )


def _is_ordinal(word: str, rules: Rules) -> bool:
    meant = rules.numbers.words.get(word)
    return meant is not None and meant.kind == "ordinal"


def opens_with_value(text: str) -> bool:
    """Whether the first sentence of a text is a number and perhaps its unit: "600 W. The voltage is 120 V."."""
    return _VALUE_FIRST.match(text) is not None


_VALUE_FIRST: Final = re.compile(r"[\s*_$\\(]*[-+−]?[$€£]?\d+(?:[.,]\d+)*%?(?: [^\W\d_/]{1,12}){0,2}[*_$]*[.!?]\s")


def emphasis(text: str, start: int, end: int) -> str:
    """The one thing that a text sets in bold, labels and headings aside; empty if there is none, or several."""
    found: dict[str, None] = {}
    for match in _BOLD.finditer(text, start, min(end, start + _REST)):
        said = (match[1] or match[2]).strip()
        behind = text[match.end() : match.end() + 1]
        if said.endswith(":") or behind == ":":
            continue
        found[said.strip(_AROUND).casefold()] = None
    return next(iter(found)) if len(found) == 1 else ""


def _only_explains(said: Said, raw: str, asked: Asked, rules: Rules) -> bool:
    """Whether what stands behind a first sentence leaves it alone."""
    table, own, rest = rules.extract, said.own, raw.lower()
    if revised(rest, rules, asked) or _concludes(rest, raw, rules, truth=said.truth):
        return False
    answer = _answer_words(own, said.emphasised, rules)
    asking = _stems(asked)
    heads = [stem for word in WORD.findall(own) if len(word) > TOLD and (stem := word[:STEM]) in asking][:1]
    sentences, raw_pieces = _split(raw), _split(raw, folded=False)
    figured = NUMERAL.search(own) is not None or bool(said.emphasised)
    for place, piece in enumerate(sentences):
        words = WORD.findall(piece)
        if "?" in piece:
            if place < len(sentences) - 1 or "you" not in words:
                return False
            continue
        if not table.turnings.isdisjoint(words):
            return False
        figures = set(NUMERAL.findall(piece))
        names = (bool(answer) and answer <= set(words)) or (bool(figures) and figures <= set(NUMERAL.findall(own)))
        if names and not rules.text.doubts.isdisjoint(words):
            return False
        if not said.truth and not names and _says_again(piece, asking, set(heads), rules):
            return False
        free = said.truth or said.option or figured or names
        if not free and not _is_of_it(words, rules):
            return False
        if said.option and _chooses_another(raw_pieces[place], words, own, rules):
            return False
        if said.truth and (_says_truth(piece, words, rules) or _contradicts(own, piece, words, asked, rules)):
            return False
    return said.truth or _numbers_fit(said, rest, asked, rules)


def _concludes(rest: str, raw: str, rules: Rules, *, truth: bool) -> bool:
    """Whether an explanation concludes; that of a yes or a no may do so within a sentence."""
    words = (*rules.extract.conclusions, *rules.extract.restatements)
    if truth:
        return any(piece.lstrip(_AROUND).startswith(words) for piece in _split(raw))
    return any(_opens(rest, word) for word in words)


def _chooses_another(piece: str, words: list[str], own: str, rules: Rules) -> bool:
    """Whether the letter of another option stands in a sentence that neither sets it aside nor describes it."""
    label = own.strip(_AROUND + "()[]")[:1].upper()
    if all((match[1] or match[2]) == label for match in _LONE.finditer(piece)):
        return False
    described = not rules.extract.setting_aside.isdisjoint(words) or has_copula(piece.lower(), rules)
    return not described or piece.lower().rstrip(_AROUND).endswith(rules.choices.closers)


_LONE: Final = re.compile(r"(?<![\w'’-])\(?([B-H])\)?(?![\w'’]|-\w)|(?<![\w'’-])\(?(A)\)?(?=[\s*]*[.,;:!)]|[\s*]*\Z)")


def _says_truth(piece: str, words: list[str], rules: Rules) -> bool:
    """Whether a sentence opens with a yes or a no, or holds one of a script that sets no spaces."""
    known = rules.truth.words
    return any(word in known for word in (*words[:_FIRST], *words[-1:])) or any(
        word in piece for word in known if not word.isascii() and not piece.isascii()
    )


def _contradicts(own: str, piece: str, words: list[str], asked: Asked, rules: Rules) -> bool:
    """Whether a sentence says again all that the question asks, and denies it behind a yes, or does not behind a no."""
    asking = _stems(asked)
    if not asking or not asking <= {word[:STEM] for word in words}:
        return False
    if not set(NUMERAL.findall(question_of(asked))) <= set(NUMERAL.findall(piece)):
        return False
    first = next((word for word in WORD.findall(own) if word in rules.truth.words), "")
    denied = rules.text.doubts - {"or"}
    asks_denial = not denied.isdisjoint(WORD.findall(question_of(asked)))
    denies = not denied.isdisjoint(words) or "n't" in piece
    return bool(first) and denies is rules.truth.words[first].value and not asks_denial


def takes_other_side(own: str, raw: str, asked: Asked, rules: Rules) -> bool:
    """Whether an explanation of a yes or a no says the other, or says again what is asked the other way round."""
    return any(_contradicts(own, piece, WORD.findall(piece), asked, rules) for piece in _split(raw))


def _is_of_it(words: list[str], rules: Rules) -> bool:
    """Whether a sentence goes on about what was named before it: it has a pronoun among its first words."""
    return any(word in rules.extract.pronouns for word in words[:_TO_PRONOUN])


def leaves_alone(own: str, raw: str, asked: Asked, rules: Rules) -> bool:
    """Whether what stands behind a concluding sentence only checks or explains it, so that it is the answer.

    It does not where a sentence has a new number, says something of what is asked, or is a bare value by itself.
    """
    asking = _stems(asked)
    known = set(NUMERAL.findall(own))
    several = len(known - asked.numbers) > 1 and _EITHER.search(own) is not None
    table = rules.extract
    for piece in _split(raw):
        if known and _counts_on(piece, own, asked, rules):
            return False
        bare = piece.strip(_AROUND)
        said = WORD.findall(bare)
        if bare.startswith((*table.courtesies, *table.explanations)):
            continue
        numbers = NUMERAL.findall(piece)
        states = len(bare) < _BARE or "=" in piece or has_copula(piece, rules)
        if numbers and numbers[-1] not in known and (states or not set(numbers) <= known | asked.numbers):
            return False
        if several and states and numbers and set(numbers) < known:
            return False  # "so x = 5 or x = -3", "the positive one is 5"
        if has_copula(piece, rules) and any(word in rules.truth.words for word in said):
            return False
        if len(bare) < _BARE and not has_copula(piece, rules) and len(said) <= _FEW and not numbers:
            return False
        again = bool(numbers) and not several and set(numbers) <= known | asked.numbers
        if _closes(piece, rules):
            return False
        if not again and _says_again(piece, asking, asking, rules) and not _gives_reason(said, rules):
            return False
    return True


def _counts_on(piece: str, own: str, asked: Asked, rules: Rules) -> bool:
    """Whether a sentence behind a number has another in words, or words that make it another or deny it."""
    words = WORD.findall(piece)
    known = rules.numbers.words
    told = {*WORD.findall(own), *asked.words}
    fresh = [word for word in words if word in known and word not in told and word != _ONE]
    new = any(known[word].kind in _WORDED for word in fresh)
    return new or any(word in _CHANGING and word not in told for word in words)


_WORDED: Final = frozenset({"unit", "ten", "teen", "share", "hundred", "dozen"})
_ONE: Final = "one"  # "the one that …"
_CHANGING: Final = frozenset({"not", "twice", "half", "double", "triple", "fails", "also", "loses", "another"})


def _closes(piece: str, rules: Rules) -> bool:
    """Whether a sentence opens with a label of an answer: "Conclusion: the statement is true"."""
    label, colon, _ = piece.partition(":")
    return (
        bool(colon)
        and label.strip(_AROUND).removeprefix("final ") in rules.extract.closing_labels | rules.extract.closing_asked
    )


def _gives_reason(said: list[str], rules: Rules) -> bool:
    return any(word in rules.extract.remarks or word in _REASONS for word in said[:_REASON_AT])


_EITHER: Final = re.compile(r"\b(?:and|or)\b|,|±|\\pm")
_TO_PRONOUN: Final = 4  # words among which a sentence names what it is about: "in the cell it …"
_FEW: Final = 3  # words of a bare value
_REASON_AT: Final = 5  # words in which a sentence says that it gives a reason: "this is the case because"
_REASONS: Final = frozenset({"because", "since", "why", "due"})


def _says_again(piece: str, asking: set[str], heads: set[str], rules: Rules) -> bool:
    """Whether a sentence says what something is in words of what is asked: another answer to the question.

    In the first of them, or in several: "the plot was an attempt" is none to "who was the target of the plot".
    """
    if not has_copula(piece, rules):
        return False
    said = {word[:STEM] for word in WORD.findall(piece) if len(word) > TOLD}
    return not said.isdisjoint(heads) or len(said & asking) >= _SHARED


def _numbers_fit(said: Said, rest: str, asked: Asked, rules: Rules) -> bool:
    """Whether an explanation has no numbers but the question's and the answer's, where the answer is a number.

    A number that is all that is set in bold may have others beside it, if the last of them is it again.
    """
    own, emphasised = said.own, said.emphasised
    told = set(NUMERAL.findall(own))
    if not told or (emphasised and NUMERAL.search(emphasised) is None):
        return True
    if told <= asked.numbers:
        return False  # the question's data, said again
    if not emphasised and any(_counts_on(piece, own, asked, rules) for piece in _split(rest)):
        return False
    figures = NUMERAL.findall(rest)
    if emphasised and figures and set(NUMERAL.findall(emphasised)) == {figures[-1]}:
        return True
    return set(figures) <= told | asked.numbers


def _answer_words(own: str, emphasised: str, rules: Rules) -> set[str]:
    """The words that a first sentence says of its subject, or that it sets in bold."""
    if emphasised and emphasised in own:
        return set(WORD.findall(emphasised))
    at = max((at + len(copula) for copula in rules.extract.copulas if (at := own.rfind(copula)) > 0), default=0)
    return set(WORD.findall(own[at:])) - rules.text.articles - rules.text.fillers


def _stems(asked: Asked) -> set[str]:
    """The beginnings of the words of the sentence that asks, without what follows it."""
    return {word[:STEM] for word in WORD.findall(question_of(asked)) if len(word) > TOLD}


def _split(raw: str, *, folded: bool = True) -> list[str]:
    """The sentences of an explanation, folded or as they are."""
    text = raw.lower() if folded else raw
    bounds, at = [], 0
    for begin, stop in breaks(raw, 0, len(raw)):
        bounds.append(text[at:begin])
        at = stop
        if len(bounds) == _SENTENCES:
            break
    return [piece for piece in (*bounds, text[at:]) if piece.strip(_AROUND)]


def _opens(rest: str, word: str) -> bool:
    """Whether a concluding word stands in a text as a word of its own; a short one, "so ", where a clause begins."""
    at = rest.find(word)
    while at > 0 and word[0].isascii():
        before = rest[:at].rstrip(" *_#")[-1:] if len(word) <= TOLD else rest[at - 1]
        if not before.isalpha():
            return True
        at = rest.find(word, at + 1)
    return at >= 0


def opens_with_truth(own: str, rules: Rules) -> bool:
    """Whether a sentence begins with a yes or a no, and a comma behind it or nothing: "Yes, 97 is a prime number"."""
    head = own.lstrip(_AROUND)
    match = WORD.match(head)
    if match is None or match[0] not in rules.truth.words:
        return False
    return head[match.end() : match.end() + 3].strip(" *_")[:1] in _BEHIND_TRUTH
