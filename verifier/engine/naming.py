"""What equal values are worth where the answer is to be written in a certain way (POLICY 24, 56, 86, 125-127).

A verse, a time signature or a score is written with signs of arithmetic and is no arithmetic; e, i and π are letters
where a letter is asked for; and a value of the question that was to be written in another way is no answer if it is
handed back. All of it is looked at where the values agree, as texts.
"""

from __future__ import annotations

import re
from typing import Final

from verifier.engine import text as texts
from verifier.engine.kinds import conditions
from verifier.engine.kinds.kind import Context
from verifier.engine.sides import Side, trees
from verifier.types.nodes import symbols
from verifier.types.verdict import Code, Decision, Finding, Standing, passes, proves, refutes

SAME = proves("naming.same", "Both have the same figures in the same order, between signs of one sort.")
OTHER = refutes(
    "naming.other_figures",
    "The question asks for something that is named by figures, and the answer has others of the same value.",
    Standing.CONVENTION,
)
FIGURES_OPEN = passes(
    "naming.unclear", "The values agree, and what is asked for may be a name of figures, which are others.", specific=7
)
NO_LETTER = refutes(
    "naming.no_letter",
    "The question asks for a letter or a name, and the answer is a number that this letter stands for.",
    Standing.CONVENTION,
)
HANDED_BACK = refutes(
    "naming.handed_back",
    "The question asks to write a value in another way, and the answer hands it back.",
    Standing.CONVENTION,
)
PRINTED_OPEN = passes(
    "naming.other_output",
    "The question asks what a program prints or gives back, and the answer writes an equal value in another way.",
    specific=8,
)
CODES: tuple[Code, ...] = (SAME, OTHER, FIGURES_OPEN, NO_LETTER, HANDED_BACK, PRINTED_OPEN)

_LONGEST: Final = 120
_SIGNS: Final = {
    "/": "/",
    ":": ":",
    "-": "-",
    "–": "-",
    ".": ".",
    "×": "x",
    "x": "x",
    "X": "x",
    "*": "x",
    "⋅": "x",
    "·": "x",
}
_CROSS: Final = re.compile(r" ?(?:\\times|\\cdot|\bby\b) ?")
_PIECES: Final = re.compile(r"[\s$(]*\d+(?: ?([/:.×xX*⋅·–-]) ?\d+)+")
_JOINT: Final = re.compile(r"(?<=\d) ?([/:.×xX*⋅·–-]) ?(?=\d)")
_DIGITS: Final = re.compile(r"\d+")
_CLOCK: Final = re.compile(r"\d{1,2}:[0-5]\d")
_ARITHMETIC: Final = frozenset({"number", "expression", "collection", "quantity", "form"})


def named(gold: str, candidate: str, finding: Finding, ctx: Context) -> Finding | None:
    """Another finding on two sides whose values were compared; ``None`` where the finding stands.

    Only signs of arithmetic that the question's answer has for parts of a name change anything.
    """
    if len(gold) > _LONGEST or len(candidate) > _LONGEST or gold == candidate:
        return None
    own, other = _figures(gold), _figures(candidate)
    if not own[0] and not other[0]:
        return None
    stage = finding.code.partition(".")[0]
    signs = own[0] or other[0]
    arithmetic = stage in _ARITHMETIC and not (stage == "quantity" and ":" in signs)  # 1:30:00 is 90 minutes
    told = [one for one in ctx.demand.called if not signs.isdisjoint(one.signs)]
    if not told or not (own[0] or "-" in signs):
        return None
    shown = {"gold": gold, "candidate": candidate}
    if own[1] == other[1]:
        if own[0] == other[0]:
            return SAME.finding(**shown) if "x" in signs and own[2] == other[2] else None
        return FIGURES_OPEN.finding(**shown) if own[0] and other[0] else None
    if finding.decision is not Decision.CORRECT or not arithmetic:
        return None
    reordered = "x" in signs and sorted(own[1]) == sorted(other[1]) and not conditions.may_not_commute(ctx)
    sure = any(one.sure for one in told) and bool(own[0]) and not reordered
    return (OTHER if sure else FIGURES_OPEN).finding(**shown)


def _figures(text: str) -> tuple[frozenset[str], tuple[str, ...], str]:
    """The signs between the figures that a text opens with, all its figures, and what stands behind."""
    plain = _CROSS.sub("×", text)
    opening = _PIECES.match(plain)
    if opening is None:
        return frozenset(), tuple(_DIGITS.findall(plain)), plain
    signs = frozenset(_SIGNS[sign] for sign in _JOINT.findall(plain))
    return signs, tuple(_DIGITS.findall(plain)), plain[opening.end() :].strip(" $.)")


def both_clocks(gold: str, candidate: str) -> bool:
    """Whether both sides are written as times of day are, and as other ones: no question says that they are ratios."""
    return gold != candidate and _CLOCK.fullmatch(gold) is not None and _CLOCK.fullmatch(candidate) is not None


def is_letter(gold: str, candidate: str) -> bool:
    """Whether letters stand against a number."""
    return not any(map(str.isdigit, gold)) and any(map(str.isdigit, candidate))


# --- a value handed back ---------------------------------------------------------------------------------------------


_RAISED: Final = str.maketrans({"²": "^2", "³": "^3"})
_TOKEN: Final = re.compile(r"\d[\d,.]*(?<=\d)|[^\W\d_]+|[^\w\s,.$\\{}()]")
_SENTENCE_END: Final = re.compile(r"[.?!](?=\s|$)")
_NEAR, _BEHIND = 60, 30  # characters between what asks to rewrite and the value


def handed_back(gold: str, candidate: str, ctx: Context) -> bool:
    """Whether an answer is a value that the question asks to write in another way, and the ground truth is not.

    Its figures, or its words if it has none, stand in the question as they stand in the answer, near to words that ask
    to rewrite them; the figures of the ground truth do not.
    """
    if len(gold) > _LONGEST or len(candidate) > _LONGEST or not _is_value(candidate, ctx):
        return False
    if ctx.demand.base is not None or "_" in candidate:
        return False  # numerals of another base have rules of their own
    question = texts.fold(texts.characters(ctx.demand.question, ctx.rules.text)).translate(_RAISED)
    ctx.meter.spend(len(question))
    own, other = _tokens(gold), _tokens(candidate)
    if not other or own == other:
        return False
    told = [(match[0].replace(",", ""), match.start(), match.end()) for match in _TOKEN.finditer(question)]
    return any(
        _is_asked(question, start, end, plain=_is_plain(candidate), ctx=ctx) for start, end in _places(other, told)
    ) and not any(True for _ in _places(own, told))


def _is_value(text: str, ctx: Context) -> bool:
    """Whether a text is a number in words, or has figures."""
    words = _tokens(text)
    spoken = {word for word in words if word.isalpha()} - {"and", "point"}
    return any(word[0].isdigit() for word in words) or (bool(spoken) and ctx.rules.numbers.words.keys() >= spoken)


def _tokens(text: str) -> list[str]:
    return [match[0].replace(",", "") for match in _TOKEN.finditer(texts.fold(text).translate(_RAISED))]


def _is_plain(text: str) -> bool:
    """Whether a text is figures alone."""
    return not any(map(str.isalpha, text)) and "°" not in text and "'" not in text


def _places(tokens: list[str], told: list[tuple[str, int, int]]) -> list[tuple[int, int]]:
    """Where a value stands in a question: its figures, and between them what begins with the same letters or signs."""
    figures = [at for at, token in enumerate(tokens) if token[0].isdigit()]
    core = tokens[figures[0] : figures[-1] + 1] if figures else tokens
    found = []
    for at in range(len(told) - len(core) + 1):
        end = _matched(core, told, at, worded=not figures)
        if end:
            found.append((told[at][1], told[end - 1][2]))
    return found


def _matched(core: list[str], told: list[tuple[str, int, int]], at: int, *, worded: bool) -> int:
    """The place behind the tokens of a value that begins at a place of the question; 0 if it does not.

    "and" between amounts is free, and so is how a unit is written behind its first letter.
    """
    for token in core:
        while at < len(told) and told[at][0] == "and" != token:
            at += 1
        if at == len(told):
            return 0
        word = told[at][0]
        like = not worded and token.isalpha() and word.isalpha() and token[0] == word[0]
        if token != word and not like:
            return 0
        at += 1
    return at


def _is_asked(question: str, start: int, end: int, *, plain: bool, ctx: Context) -> bool:
    """Whether the words before or behind a value of the question ask to write it in another way."""
    before = question[max(0, start - _NEAR) : start]
    cut = [match.end() for match in _SENTENCE_END.finditer(before)]
    before = before[cut[-1] :] if cut else before
    behind = question[end : end + _BEHIND]
    stop = _SENTENCE_END.search(behind)
    behind = behind if stop is None else behind[: stop.start()]
    table = ctx.rules.demand
    leads = table.rewrite - {"how many"} if plain else table.rewrite
    return any(_stands(phrase, before) for phrase in leads) or any(
        _stands(phrase, behind) for phrase in table.rewritten
    )


def _stands(phrase: str, text: str) -> bool:
    return phrase in text and re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None


# --- what a program prints -------------------------------------------------------------------------------------------


_BRACKETS: Final = "[](){}"
_WRITTEN: Final = re.compile(r"[\[\](){}/]|[\w.]+")


def is_other_output(gold: str, candidate: str, ctx: Context) -> bool:
    """Whether an answer to what a program prints has other brackets or words than the ground truth (POLICY 173).

    The order of what stands in braces is free, and so are quotes and words around the value.
    """
    if not ctx.demand.asked or len(gold) > _LONGEST or len(candidate) > _LONGEST or gold == candidate:
        return False
    literals = ctx.rules.text.phrases.literals
    own, other = (_WRITTEN.findall(text.lower()) for text in (gold, candidate))
    if not any(piece in literals or piece in "[](){}/" for piece in (*own, *other)):
        return False
    question = texts.fold(ctx.demand.question)
    ctx.meter.spend(len(question))
    if not any(phrase in question for phrase in ctx.rules.text.phrases.printed):
        return False
    if own[:1] == ["{"]:
        own, other = sorted(own), sorted(other)
    return not any(
        other[at : at + len(own)] == own and not _is_bracketed(other, at, at + len(own))
        for at in range(len(other) - len(own) + 1)
    )


def _is_bracketed(tokens: list[str], start: int, end: int) -> bool:
    """Whether a bracket stands right beside what is between two places."""
    return (start > 0 and tokens[start - 1] in _BRACKETS) or (end < len(tokens) and tokens[end] in _BRACKETS)


def checked(one: Side, other: Side, finding: Finding, ctx: Context) -> Finding | None:
    """Another finding than the comparison of values gave; ``None`` where that stands."""
    gold, candidate = one.texts[0], other.texts[0]
    demand, agrees = ctx.demand, finding.decision is Decision.CORRECT
    if not demand.asked:
        ratio = agrees and finding.code == "collection.same_ratio" and both_clocks(gold, candidate)
        return FIGURES_OPEN.finding(gold=gold, candidate=candidate) if ratio else None
    if demand.called:
        told = named(gold, candidate, finding, ctx)
        if told is not None:
            return told
    if agrees and demand.letter and is_letter(gold, candidate):
        return NO_LETTER.finding(gold=gold, candidate=candidate)
    if agrees and demand.rewrite and not any(map(symbols, trees(other))) and handed_back(gold, candidate, ctx):
        return HANDED_BACK.finding(gold=gold, candidate=candidate)
    if agrees and not demand.options and is_other_output(gold, candidate, ctx):
        return PRINTED_OPEN.finding(gold=gold, candidate=candidate)
    return None
