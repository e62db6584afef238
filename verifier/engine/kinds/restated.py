"""A value with its restatement in brackets: ``1/2 (50 %)``, ``600 W (0.6 kW)``, ``5 (cm)`` (POLICY 6, 124).

What stands in brackets behind a complete value and a space says the value again, in another form. Equal restatements
are one answer and contradictory ones none; what may as well be a product, a footnote or an error is left open.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from verifier.engine.kinds.formula import Expression
from verifier.engine.kinds.kind import Answer, Context, Reading
from verifier.engine.kinds.measure import Measure
from verifier.engine.kinds.quantity import Quantity, converted, factor_between
from verifier.engine.kinds.values import tree_of
from verifier.engine.maths import zero
from verifier.engine.numerals import Number, figures_of, value_of
from verifier.engine.units import fitting, read_unit
from verifier.types.nodes import symbols
from verifier.types.verdict import Code, Decision, Finding, Standing, passes, refutes

CONTRADICTS = refutes(
    "restatement.contradicts",
    "The answer gives a value and, in brackets, another value for the same.",
    Standing.CONVENTION,
)
OPEN = passes(
    "restatement.unclear",
    "What stands in brackets may say the value again, be multiplied with it, or speak of something else.",
    specific=8,
)
CODES: tuple[Code, ...] = (CONTRADICTS, OPEN)

Value = Number | Quantity | Measure | Expression
VALUES: Final = (Number, Quantity, Measure, Expression)
_LONGEST: Final = 120
_GAP: Final = re.compile(r"(?:[\s$]|\\[ ,;:]|~|\\q?quad)+$")
_COMPLETE: Final = re.compile(r"[\w%°′″'\"}!€£¥$*](?:[\s$]|\\[ ,;:]|~|\\q?quad)+$")
_DRESS: Final = " \t\n$.*_"


class Restated(msgspec.Struct, frozen=True, gc=False):
    """A value and another one behind it in brackets; ``sure`` says that they contradict each other."""

    value: str
    again: str
    sure: bool

    def show(self) -> str:
        """Both as they were written."""
        return f"{self.value} ({self.again})"


def parts(text: str) -> tuple[str, str] | None:
    """The text before the last bracket and the text in it, where a space stands between them and nothing behind."""
    end = text.rstrip(_DRESS)
    at = end.rfind("(")
    if at <= 0 or not end.endswith(")") or len(end) > _LONGEST or ")" in end[at:-1]:
        return None
    before, inside = end[:at], end[at + 1 : -1]
    if before.endswith("\\left") and inside.endswith("\\right"):
        before, inside = before[: -len("\\left")], inside[: -len("\\right")]
    if _GAP.search(before) is None or _COMPLETE.search(before) is None:
        return None
    before, inside = _GAP.sub("", before).strip(), inside.strip()
    if before.count("$") % 2 and text.count("$") % 2 == 0:  # the maths opens in one piece and closes in the other
        before, inside = before.replace("$", ""), inside.replace("$", "")
    return before, inside


def glossed(text: str, glosses: tuple[str, ...]) -> tuple[str, str] | None:
    """The text before and behind a comma and words that say a value again ("1/4, i.e. 25 %"); one such place only."""
    if ", " not in text or len(text) > _LONGEST:
        return None
    folded = text.lower()
    for words in glosses:
        at = folded.find(f", {words}")
        if at <= 0:
            continue
        rest = text[at + len(words) + 2 :]
        if rest[:1].isalnum() or not rest.strip(" ,:") or "," in rest.strip(" ,:"):
            return None
        before = text[:at]
        if before.count("$") % 2:
            return None
        return before.strip(), rest.strip(" ,:")
    return None


def is_bare(own: tuple[Reading, ...]) -> bool:
    """Whether a value is a number without a unit."""
    return bool(own) and isinstance(own[0].answer, Number)


def is_unit(words: str, ctx: Context) -> bool:
    """Whether a text is a unit and nothing else: ``(cm)`` behind a number."""
    read = read_unit(words, 0, ctx.rules.units) if words[:1].isalpha() or words[:1] in "°%$€" else None
    return read is not None and read[1] == len(words)


def begins(words: str, ctx: Context) -> bool:
    """Whether a text begins with a value at once, not with words that speak of one ("the sum was 45")."""
    first = _WORD.match(words)
    return first is None or first[0].lower() in ctx.rules.numbers.words


_WORD: Final = re.compile(r"[^\W\d_]{2,}")


def opened(again: str, ctx: Context) -> str:
    """What stands in brackets without the words that hand it over: "i.e. 50%"."""
    folded = again.lower()
    for words in ctx.rules.text.restatements:
        rest = again[len(words) :]
        if folded.startswith(words) and not (words[-1].isalpha() and rest[:1].isalnum()):
            return rest.strip()
    return again


def settled(own: tuple[Reading, ...], other: tuple[Reading, ...], ctx: Context, *, spaced: bool) -> tuple[Reading, ...]:
    """The readings of a value with its restatement; empty where the brackets hold none.

    ``spaced`` says that the space between the two means something, which it does not in LaTeX.
    """
    if not own or len(other) != 1:
        return ()
    first, second = own[0].answer, other[0].answer
    if not isinstance(first, VALUES) or not isinstance(second, VALUES) or other[0].unread or other[0].label:
        return ()
    if (isinstance(second, Number) and second.noun) or (isinstance(first, Expression) and first.word):
        return ()
    told = Restated(ctx.show(first), ctx.show(second), sure=False)
    unclear = (Reading(told, "restatement", "", own[0].label),)
    if is_share(first, second):
        return unclear if ctx.demand.percent else own
    names = names_of(first), names_of(second)
    if names[1] and names[0] != names[1]:
        return ()
    if agree(first, second, ctx):
        if _may_be_product(first, second) or told.value == told.again:
            return () if names[0] else unclear
        if isinstance(first, Number) and first.decimal and not first.parts and _is_exact(second):
            return (msgspec.structs.replace(other[0], label=own[0].label),)
        return own
    if names[0] or type(first) is Measure or type(second) is Measure:
        return ()
    if isinstance(first, Quantity) or isinstance(second, Quantity):
        return _other_amount(first, second, own[0], told)
    shares = [isinstance(side, Number) and bool(side.parts) for side in (first, second)]
    if any(shares) or (spaced and (_is_part(first) or _is_part(second))):
        return (Reading(msgspec.structs.replace(told, sure=True), "restatement", "", own[0].label),)
    return unclear if spaced else ()


def _other_amount(first: Value, second: Value, own: Reading, told: Restated) -> tuple[Reading, ...]:
    """Two amounts that differ contradict each other if they measure the same."""
    if not (isinstance(first, Quantity) and isinstance(second, Quantity) and fitting(first.unit, second.unit)):
        return ()
    return (Reading(msgspec.structs.replace(told, sure=True), "restatement", "", own.label),)


def names_of(side: Value) -> frozenset[str]:
    """The names that stand in a value."""
    tree = side.amount.tree if isinstance(side, Measure) else side.tree if isinstance(side, Expression) else None
    return frozenset() if tree is None else symbols(tree)


def is_share(first: Value, second: Value) -> bool:
    """``240 (60 %)``: a count or an amount, and which part that is of all."""
    amount = first.magnitude if isinstance(first, Quantity) else first
    if not isinstance(second, Number) or not second.parts or not isinstance(amount, Number) or amount.parts:
        return False
    return isinstance(first, Quantity) or amount.exponent10 > 0 or abs(amount.mantissa) > 1


def _is_part(side: Value) -> bool:
    """A fraction or a percentage, which no footnote and no deviation is."""
    if isinstance(side, Number):
        return bool(side.parts) or side.fraction
    return isinstance(side, Expression) and side.tree.head in {"div", "percent", "mixed"}


def _may_be_product(first: Value, second: Value) -> bool:
    """``7 (4 + 3)`` and ``6 (6)``: a whole number before what may be its factor."""
    if not isinstance(first, Number) or not _is_whole(first):
        return False
    return isinstance(second, Expression) or (isinstance(second, Number) and second.written == first.written)


def _is_whole(number: Number) -> bool:
    return not (number.parts or number.fraction or number.decimal)


def _is_exact(side: Value) -> bool:
    return isinstance(side, Expression) or (isinstance(side, Number) and side.fraction and not side.decimal)


def agree(first: Value, second: Value, ctx: Context) -> bool:
    """Whether both are one value: equal, or one of them a rounding of the other, however short."""
    for one, other in ((first, second), (second, first)):
        if ctx.compare(one, other).decision is Decision.CORRECT or _rounds(one, other, ctx):
            return True
    return False


def _rounds(exact: Value, short: Value, ctx: Context) -> bool:
    """Whether the second is the first to its own figures, one at least."""
    if isinstance(exact, Quantity) and isinstance(short, Quantity):
        pairs = fitting(exact.unit, short.unit)
        factor = factor_between(*pairs[0]) if pairs and pairs[0][0].offset == pairs[0][1].offset else None
        return factor is not None and _rounds(converted(exact.magnitude, factor), short.magnitude, ctx)
    if not isinstance(short, Number) or not isinstance(exact, (Number, Expression)) or names_of(exact):
        return False
    figures = figures_of(short, measured=True)
    value = value_of(short, ctx.meter)
    if figures is None or value is None or not (short.decimal or (isinstance(exact, Number) and exact.decimal)):
        return False
    return bool(zero.decimal(tree_of(exact), figures, ctx.meter) == value)


def against(gold: Answer, candidate: Answer) -> Finding | None:
    """The finding where a side is a value with another one in brackets; ``None`` where none is."""
    if not isinstance(gold, Restated) and not isinstance(candidate, Restated):
        return None
    sure = isinstance(candidate, Restated) and candidate.sure and not isinstance(gold, Restated)
    return (CONTRADICTS if sure else OPEN).finding(gold=gold.show(), candidate=candidate.show())
