"""Yes or no, true or false."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from verifier.engine.kinds.kind import Context, Reading, Stage
from verifier.types.verdict import Code, Finding, passes, proves, refutes

SAME = proves("truth.same", "Both sides say yes (or true), or both say no (or false).")
OPPOSITE = refutes("truth.opposite", "One side says yes (or true) and the other no (or false).")
OTHER_WORDS = passes(
    "truth.other_words", "One side answers yes or no, the other true or false, and they point in opposite ways."
)
CODES: tuple[Code, ...] = (SAME, OPPOSITE, OTHER_WORDS)

_FIRST = re.compile(r"([^\W\d_]+)(?=$|[.,;:!)]|\s+[-(]| because\b| since\b| as\b)")
_CLAUSE = r"[\s,.:;(-]*(?:it|that|this|they|he|she|there|the \w+) (?:is|are|was|were|does|do|did|has|have|had|can|will)"
_AGAINST = {  # "Yes, it isn't", "No, she does have it"
    True: re.compile(rf"{_CLAUSE}(?:n't| not)\b", re.IGNORECASE),
    False: re.compile(rf"{_CLAUSE}\b(?!n't| not\b| no\b)", re.IGNORECASE),
}
_NUMBERED = re.compile(r"\.? ?\d")  # No. 1
_WORD = re.compile(r"[^\W\d_]+")


class Truth(msgspec.Struct, frozen=True):
    """A yes or a no; ``vocabulary`` tells yes/no from true/false."""

    value: bool
    vocabulary: str

    def show(self) -> str:
        """The value in its own words."""
        return {("yes_no", True): "yes", ("yes_no", False): "no"}.get(
            (self.vocabulary, self.value), str(self.value).lower()
        )


def read_truth(text: str, ctx: Context) -> Iterator[Reading]:
    """A text that opens with a truth word and does not go on to say the opposite."""
    table = ctx.rules.truth.words
    match = _FIRST.match(text)
    if match is None or match[1].lower() not in table:
        return
    value, vocabulary = table[match[1].lower()]
    rest = text[match.end() :]
    ctx.meter.spend(len(rest))
    if _AGAINST[value].match(rest) or _NUMBERED.match(rest):
        return
    for word in _WORD.findall(rest.lower()):
        other = table.get(word)
        if (other is not None and other[0] != value) or word in ctx.rules.text.qualifiers:
            return
    yield Reading(Truth(value, vocabulary), "truth", rest.strip(" .,;:"))


def compare_truths(gold: Truth, candidate: Truth, ctx: Context) -> Finding:
    """The same polarity is the same answer; opposite polarity refutes within one vocabulary."""
    shown = ctx.sides(gold, candidate)
    if gold.value == candidate.value:
        code = SAME
    else:
        code = OPPOSITE if gold.vocabulary == candidate.vocabulary else OTHER_WORDS
    return code.finding(**shown)


STAGE = Stage("truth", ((Truth, Truth),), compare_truths)
