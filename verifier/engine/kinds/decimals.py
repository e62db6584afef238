"""A decimal against an exact constant: the same value first, then the examiner's rounding (POLICY 10-13).

``0.5`` and ``sin 30°`` are one value; ``3.464`` and ``2√3`` are two, of which one is a rounding of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flint import fmpq

from verifier.engine.kinds import values
from verifier.engine.kinds.form import NOT_MET, UNCLEAR
from verifier.engine.kinds.kind import Context
from verifier.engine.maths import zero
from verifier.engine.maths.trees import walk
from verifier.engine.maths.zero import Given
from verifier.engine.numerals import Number, round_places, value_of, whole_figures
from verifier.types.budget import Exhausted, Meter
from verifier.types.expr import Expr
from verifier.types.nodes import constant, number, symbols
from verifier.types.rules import UnitDefinition
from verifier.types.verdict import Decision, Finding, Standing, passes, proves, refutes

ROUNDED = proves("expression.rounded", "The answer is the exact ground truth, rounded to the answer's own figures.")
ROUNDS_TO_GOLD = proves("expression.rounds_to_gold", "The exact answer rounds to the ground truth.")
DIFFERS = refutes("expression.differs", "The expressions have different values.")
ROUNDING = refutes(
    "expression.wrong_rounding",
    "The answer is close to the ground truth and is not its correct rounding, or shows too few figures of it.",
    Standing.CONVENTION,
)
NOT_EXACT = refutes(
    "expression.not_exact", "The answer is a rounding, where an exact value was asked for.", Standing.CONVENTION
)
TWO_FIGURES = passes(
    "expression.gold_too_short",
    "The exact answer rounds to the ground truth, which shows only two figures.",
    specific=6,
)
TO_PLACES = proves(
    "expression.rounded_as_asked", "The answer is the exact ground truth, rounded to the whole number asked for."
)
WHOLE = passes(
    "expression.not_rounded", "The exact answer rounds to the whole number that the question asks for.", specific=6
)
UNSHOWN = passes(
    "expression.unshown", "Neither equality nor a difference of the expressions could be shown.", specific=6
)

_EXACT_FORMS: Final = frozenset({"exact", "radical", "fraction", "with_pi", "rationalised"})


def compare_decimal(
    own: Expr, wanted: Number | None, other: Expr, given: Number | None, ctx: Context, shown: Mapping[str, str]
) -> Finding | None:
    """One side a decimal, the other an exact constant: 3.464 and 2√3.

    ``None`` where neither is one, where they are the same value, and where the constant could not be rounded.
    An angle that an inverse function gives is one of degrees as well, if the question asks for degrees.
    """
    found = _compared(own, wanted, other, given, ctx, shown)
    if found is not None and found.decision is not Decision.INCORRECT:
        return found
    asked = ctx.demand.unit or ctx.demand.nearest_unit
    if asked is None or not asked.pi or asked.dimension != _ANGLE:
        return found
    inverse = holds_inverse(own), holds_inverse(other)
    if any(inverse):
        own, other = (_in_unit(one, asked) if turns else one for one, turns in zip((own, other), inverse, strict=True))
        again = _compared(own, wanted, other, given, ctx, shown)
        if again is not None and again.decision is Decision.CORRECT:
            return again
    return found


def holds_inverse(tree: Expr) -> bool:
    """Whether a value is worked out from an angle that an inverse function gives."""
    return any(node.head in _INVERSE for node in walk(tree))


def _in_unit(angle: Expr, unit: UnitDefinition) -> Expr:
    """An angle, in a unit that is so many parts of π."""
    parts = (angle, number(1 / unit.factor), Expr("pow", (constant("pi"), number(-unit.pi))))
    return Expr("mul", parts)


_ANGLE: Final = (("radian", 1),)
_INVERSE: Final = frozenset({"asin", "acos", "atan", "acot", "asec", "acsc", "atan2", "arg"})


def _compared(
    own: Expr, wanted: Number | None, other: Expr, given: Number | None, ctx: Context, shown: Mapping[str, str]
) -> Finding | None:
    """A decimal against a constant, both as they stand."""
    if given is not None and given.decimal and not symbols(own):
        return _answer_rounded(own, given, ctx, shown)
    if wanted is not None and wanted.decimal and not symbols(other):
        return _gold_rounded(wanted, other, ctx, shown)
    if ctx.demand.places is None and ctx.demand.significant is None:
        return None
    if given is not None and not symbols(own) and _is_as_asked(own, given, ctx):
        return TO_PLACES.finding(**shown)
    if wanted is not None and not symbols(other) and _is_as_asked(other, wanted, ctx):
        return WHOLE.finding(**shown)
    return None


def _is_as_asked(exact: Expr, whole: Number, ctx: Context) -> bool:
    """Whether a whole number is a constant of another value, rounded as far as is asked for (POLICY 108)."""
    demand = ctx.demand
    if whole.decimal or whole.fraction or whole.parts or demand.exact or not demand.forms.isdisjoint(_EXACT_FORMS):
        return False
    value = value_of(whole, ctx.meter)
    if value is None:
        return False
    if demand.significant:
        near = zero.decimal(exact, demand.significant, ctx.meter)
    elif demand.places is not None and demand.places <= 0:
        near = zero.decimal(exact, _MANY, ctx.meter)
        near = None if near is None else round_places(near, demand.places)
    else:
        return False
    return near == value and _decided(exact, value, ctx.meter) is Decision.INCORRECT


_MANY: Final = 24  # figures of a constant that is rounded to a place


def _decided(constant: Expr, value: fmpq, meter: Meter) -> Decision:
    """Whether a constant has exactly this value: a pass where neither is shown."""
    if zero.rational(constant, meter) == value:
        return Decision.CORRECT
    try:
        return zero.equal(constant, number(value), Given(), meter).decision
    except Exhausted as over:
        if over.limit == "work":
            raise
        return Decision.PASS


def _answer_rounded(gold: Expr, given: Number, ctx: Context, shown: Mapping[str, str]) -> Finding | None:
    """A decimal for an exact constant."""
    own = whole_figures(given)
    value = value_of(given, ctx.meter)
    wanted = zero.decimal(gold, own, ctx.meter)
    if wanted is None or value is None:
        return None
    told = {**shown, "rounded": values.decimal_text(wanted, own)}
    if value != wanted:  # it rounds to another value, so it is another
        return (ROUNDING if _is_close(value, wanted, own) else DIFFERS).finding(**told)
    decided = _decided(gold, value, ctx.meter)
    if decided is Decision.CORRECT:
        return None
    demand = ctx.demand
    if demand.exact or not demand.forms.isdisjoint(_EXACT_FORMS):
        return (NOT_EXACT if decided is Decision.INCORRECT else UNSHOWN).finding(**shown)
    if "simplified" in demand.forms:
        return UNCLEAR.finding(**told, form="simplified")
    few = (demand.places is not None and given.places is not None and given.places < demand.places) or (
        demand.significant is not None and own < demand.significant
    )
    asked = (demand.places is not None and given.places == demand.places) or demand.significant == own
    if not few and (own >= _FIGURES or asked):
        return ROUNDED.finding(**told)
    return (ROUNDING if decided is Decision.INCORRECT else UNSHOWN).finding(**told)


_FIGURES: Final = 3


def _is_close(value: fmpq, wanted: fmpq, own: int) -> bool:
    """Whether a value misses a rounding by less than a unit or two of its last figure but one."""
    return own >= 2 and abs(value - wanted) * fmpq(10) ** max(own - 2, 1) <= abs(wanted)


def _gold_rounded(wanted: Number, candidate: Expr, ctx: Context, shown: Mapping[str, str]) -> Finding | None:
    """An exact constant for a decimal ground truth."""
    own = whole_figures(wanted)
    value = value_of(wanted, ctx.meter)
    given = zero.decimal(candidate, own, ctx.meter)
    if given is None or value is None:
        return None
    told = {**shown, "rounded": values.decimal_text(given, own)}
    if given != value:
        return DIFFERS.finding(**told)
    decided = _decided(candidate, value, ctx.meter)
    if decided is Decision.CORRECT:
        return None
    if own < _FIGURES:
        if own == _FIGURES - 1:
            return TWO_FIGURES.finding(**told)
        return (DIFFERS if decided is Decision.INCORRECT else UNSHOWN).finding(**told)
    if "decimal" in ctx.demand.forms:
        return NOT_MET.finding(**shown, form="decimal")
    return ROUNDS_TO_GOLD.finding(**told)
