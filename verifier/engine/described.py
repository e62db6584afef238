"""In what words both sides describe a value that agrees: "vertical asymptote x = 1" and "horizontal asymptote x = 1".

Readers take ``NAME = VALUE`` out of such a label and leave its words. Here, in one place for all kinds, the words that
the two sides lead their values in with are held against each other (POLICY 205, 206; ``rules/demand/rivals.toml``).
Words on one side only are free, except one of those between which a question gives the choice. Every doubt is a pass.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from verifier.engine import text as texts
from verifier.engine.kinds.kind import Context
from verifier.engine.sides import Side, is_offered, sentence
from verifier.types.verdict import Code, Decision, Finding, passes

DIFFERS = passes(
    "described.differs", "The values agree, and the two sides say in different words what they are.", specific=8
)
UNTOLD = passes(
    "described.untold",
    "The values agree, and the question asks which of several words holds, of which the answer has none.",
    specific=8,
)
CODES: tuple[Code, ...] = (DIFFERS, UNTOLD)

_LONGEST: Final = 120  # characters of a text that is a value with its label
_MOST_WORDS: Final = 8  # of a label
_LABELLED: Final = re.compile(
    r"(?:[^\W\d_]|\\text)[^=≈:<>≤≥]{2,60}(?:[=≈:]| (?:is|are|was|were|equals)\b)|\b(?:at|of|with) [^=]{1,12}="
)
_JOINTS: Final = frozenset(" =≈:")  # without one of these there is no label
_LEAD: Final = re.compile(r"[^=≈:]*?(?=\s*(?:[=≈:]|\b(?:is|are|was|were|equals)\b))")
_PARTS: Final = re.compile(r"[,;] (?=[^=≈:]{1,60}[=≈:])| and (?=[^=≈:]{1,60}[=≈:])")
_NUMERAL: Final = re.compile(r"-?\d+(?:\.\d+)?")
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_MACRO: Final = re.compile(r"\\[A-Za-z]+|[$\\{}*]")
_FORMULA: Final = re.compile(r"[+*/^|()\[\]∫∑√]|\d\s*[A-Za-z]")  # in what is a side of an equation, and no label
_NAME: Final = 2  # letters of a name that is no word


class Label(msgspec.Struct, frozen=True, gc=False):
    """The words that lead a value in, as they count, and the numerals of the value."""

    words: tuple[str, ...]
    numerals: tuple[str, ...]


def doubted(gold: Side, candidate: Side, finding: Finding, ctx: Context) -> Finding | None:
    """A pass where values that agree are described in words that differ; ``None`` where they do not."""
    if finding.decision is not Decision.CORRECT or candidate.found is None or _JOINTS.isdisjoint(gold.given):
        return None
    if _LABELLED.search(gold.given) is None:
        return None
    own = _labels(gold.given, ctx)
    if not own:
        return None
    said = texts.plain(sentence(candidate, candidate.found.candidates[0].text, ctx), ctx.rules.text, ctx.meter)
    ctx.meter.spend(4 * (len(said) + len(gold.given)))
    told = _labels(said, ctx) if _LABELLED.search(said) is not None else ()
    for one, other in _matched(own, told):
        if _differ(one, other, ctx):
            return DIFFERS.finding(gold=" ".join(one), candidate=" ".join(other))
    return _untold(own, said, ctx)


def _labels(text: str, ctx: Context) -> tuple[Label, ...]:
    """The labels of the values of a text, each the words before its name, its sign or its copula."""
    if len(text) > _LONGEST:
        return ()
    plain = _MACRO.sub(" ", texts.plain(text, ctx.rules.text, ctx.meter))
    found: list[Label] = []
    start = 0
    for end in [*(cut.end() for cut in _PARTS.finditer(plain)), len(plain)]:
        part = plain[start:end]
        start = end
        words, tail = _lead(part, ctx)
        if words:
            found.append(Label(words, tuple(_NUMERAL.findall(tail))))
    return tuple(found)


def _lead(part: str, ctx: Context) -> tuple[tuple[str, ...], str]:
    """The words that a part leads its value in with, none where they are a formula, and what stands behind them."""
    table = ctx.rules.demand.rivals
    begin = 0
    while (match := _LEAD.match(part, begin)) is not None:
        lead, rest = part[begin : match.end()], part[match.end() :]
        words = tuple(
            word
            for word in _WORD.findall(texts.fold(lead))
            if (len(word) > _NAME and word not in table.free) or word in table.denying
        )
        following = rest.lstrip().lstrip("=≈: ")
        if words and not _FORMULA.search(lead):
            return (words, rest) if len(words) <= _MOST_WORDS else ((), "")
        if words or len(following) >= len(part) - begin or not following:
            return (), ""
        begin = len(part) - len(following)  # "the answer is: area = 12"
    return (), ""


def _matched(own: tuple[Label, ...], told: tuple[Label, ...]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The labels of the same value: of one on each side, or of those with the same numerals."""
    if len(own) == len(told) == 1:
        return [(own[0].words, told[0].words)]
    return [
        (one.words, other.words)
        for one in own
        for other in told
        if one.numerals == other.numerals
        and sum(one.numerals == more.numerals for more in own) == 1
        and sum(other.numerals == more.numerals for more in told) == 1
    ]


def _differ(own: tuple[str, ...], told: tuple[str, ...], ctx: Context) -> bool:
    """Whether each side has words that the other lacks, or one of them denies what the other says."""
    table = ctx.rules.demand.rivals
    ours, theirs = ({_sense(word, ctx): word for word in words} for words in (own, told))
    lacking = [word for sense, word in ours.items() if sense not in theirs]
    extra = [word for sense, word in theirs.items() if sense not in ours]
    if not table.denying.isdisjoint((*lacking, *extra)):
        return True
    if not lacking or not extra:
        return False
    asked = ctx.demand.words
    if all(word in asked for word in lacking):
        return True
    folded = texts.fold(ctx.demand.question)
    return any(word not in asked or is_offered(word, folded) for word in extra)


def _sense(word: str, ctx: Context) -> str:
    """A word by what it means: the first of the names that mean the same, in the singular."""
    table = ctx.rules.demand.rivals
    for form in (word, word.removesuffix("s"), word.removesuffix("es")):
        if form in table.alike:
            return table.alike[form]
    return word.removesuffix("s")


def _untold(own: tuple[Label, ...], said: str, ctx: Context) -> Finding | None:
    """A pass where the answer has none of the words between which the question gives the choice."""
    question = texts.fold(ctx.demand.question)
    if " or " not in question:
        return None
    offered = [word for label in own for word in label.words if is_offered(word, question)]
    if not offered:
        return None
    told = {_sense(word, ctx) for word in _WORD.findall(texts.fold(said))}
    if any(_sense(word, ctx) in told for word in offered):
        return None
    return UNTOLD.finding(gold=" ".join(offered), candidate=said[:_LONGEST])
