"""A unit on one side only: what the question names, what it may be converted to, what is required (POLICY 23, 24)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from verifier.engine.kinds import direction, quantity
from verifier.engine.kinds.formula import Expression
from verifier.engine.kinds.implied import in_question
from verifier.engine.kinds.kind import Context, Stage
from verifier.engine.kinds.number import agree
from verifier.engine.kinds.quantity import (
    Quantity,
    amounts,
    converted,
    converted_tree,
    factor_between,
    is_money,
    is_nearest,
    lift,
    of_scale_asked,
    unconverted,
)
from verifier.engine.kinds.values import tree_of
from verifier.engine.numerals import Number
from verifier.engine.units import combine, fitting
from verifier.types.rules import UnitDefinition
from verifier.types.verdict import Code, Decision, Finding

_ANGLE: Final = (("radian", 1),)


def compare_missing_unit(gold: Quantity, candidate: Number, ctx: Context) -> Finding:
    """The ground truth has a unit and the answer has none (POLICY 23); a sign may stand for its direction."""
    finding = _without_unit(gold, candidate, ctx)
    if gold.direction is not None and finding.decision is Decision.INCORRECT:
        turned = msgspec.structs.replace(candidate, mantissa=-candidate.mantissa)
        if _without_unit(Quantity(gold.magnitude, gold.unit), turned, ctx).decision is not Decision.INCORRECT:
            return direction.DIRECTION_UNCLEAR.finding(**finding.evidence)
    return finding


def _without_unit(gold: Quantity, candidate: Number, ctx: Context) -> Finding:
    shown = ctx.sides(gold, candidate)
    if _is_pure(gold.magnitude, gold.unit, candidate, ctx):
        return quantity.EQUAL.finding(**shown)
    asked = ctx.demand.unit or ctx.demand.nearest_unit
    if candidate.parts:  # 5 mg/L is said to be 5 ppm
        return (quantity.DIMENSION if candidate.percent else quantity.VAGUE).finding(**shown)
    if _may_be_unit(candidate.noun, ctx):
        return quantity.UNKNOWN.finding(**shown)
    pairs = () if asked is None else fitting(gold.unit, asked)
    if asked is not None and pairs:
        shown["question_unit"] = asked.name
        return _turned(gold, _in_unit_asked(gold, Quantity(candidate, asked), pairs, ctx, shown), ctx)
    inner = agree(gold.magnitude, candidate, ctx, measured=True)
    if inner.decision is not Decision.CORRECT:
        return lift(inner, quantity.EQUAL, quantity.NUMBER_DIFFERS, shown)
    if in_question(gold.unit, ctx):
        return _turned(gold, quantity.NAMED_UNIT.finding(**shown), ctx)
    if gold.unit.dimension == _ANGLE and gold.unit.pi:
        return quantity.DEGREES.finding(**shown)
    required = {Decision.CORRECT: quantity.MISSING_FREE, Decision.INCORRECT: quantity.MISSING_WRONG}
    return required.get(ctx.profile.missing_unit, quantity.MISSING).finding(**shown)


def _turned(gold: Quantity, finding: Finding, ctx: Context) -> Finding:
    """The finding, unless the ground truth points somewhere and nothing says so beside the answer."""
    points = gold.direction
    if points is None or points.written in ctx.demand.words or finding.decision is not Decision.CORRECT:
        return finding
    code = direction.DIRECTION_MISSING if ctx.demand.direction else direction.DIRECTION_UNCLEAR
    return code.finding(**finding.evidence)


def _in_unit_asked(
    gold: Quantity,
    candidate: Quantity,
    pairs: tuple[tuple[UnitDefinition, UnitDefinition], ...],
    ctx: Context,
    shown: Mapping[str, str],
) -> Finding:
    """A bare number is in the unit that the question names, and may be rounded there."""
    wanted, given = pairs[0]
    own = wanted.offset == given.offset and factor_between(given, wanted) == 1
    if own and not is_nearest(wanted, ctx):
        inner = agree(gold.magnitude, candidate.magnitude, ctx, measured=True)
    else:
        inner = amounts(gold, candidate, pairs, ctx, shown)
    return lift(inner, quantity.NAMED_UNIT, quantity.NUMBER_DIFFERS, shown)


def _is_pure(amount: Number, unit: UnitDefinition, bare: Number, ctx: Context) -> bool:
    """Whether a bare number is what an amount comes to as a part or a multiple of one: 5 ppm, 12 M.

    A difference of percentages is as many basis points. Where the question asks for what the unit measures, it is none.
    """
    if not unit.others and unit.dimension:
        return False
    if any(one.dimension in ctx.demand.measures for one in (unit, *unit.others)):
        return False
    bare = msgspec.structs.replace(bare, points=False) if bare.points else bare
    return any(
        agree(bare, converted(amount, one.factor), ctx).decision is Decision.CORRECT
        for one in (unit, *unit.others)
        if not one.dimension and not one.loose
    )


def compare_extra_unit(gold: Number, candidate: Quantity, ctx: Context) -> Finding:
    """The answer has a unit and the ground truth has none, which claims nothing about units (POLICY 23)."""
    candidate = of_scale_asked(candidate, ctx)
    shown = ctx.sides(gold, candidate)
    if _may_be_unit(gold.noun, ctx):
        return quantity.UNKNOWN.finding(**shown)
    unit, amount = candidate.unit, candidate.magnitude
    if _is_pure(amount, unit, gold, ctx):
        return quantity.EQUAL.finding(**shown)
    if ctx.demand.unit is not None:
        return _against_asked(gold, candidate, ctx.demand.unit, ctx)
    inner = agree(gold, amount, ctx)
    if inner.decision is Decision.CORRECT:
        if in_question(unit, ctx) and _points_as_asked(candidate, ctx):
            return quantity.NAMED_UNIT.finding(**shown)
        return (quantity.OTHER_UNIT if ctx.demand.pure_number else quantity.UNASKED).finding(**shown)
    if inner.decision is Decision.PASS:
        return inner
    if gold.parts:
        return (quantity.DIMENSION if gold.percent else quantity.VAGUE).finding(**shown)
    if not is_money(unit) and unit.offset is None and _convertible(gold, candidate, ctx):
        return quantity.CONVERTED.finding(**shown)
    return (quantity.NUMBER_DIFFERS if unit.dimension else quantity.VAGUE).finding(**shown)


def _against_asked(gold: Number, candidate: Quantity, asked: UnitDefinition, ctx: Context) -> Finding:
    """A bare ground truth is in the unit that the question names."""
    shown = ctx.sides(gold, candidate, question_unit=asked.name)
    amount = candidate.magnitude
    bare = agree(gold, amount, ctx).decision is Decision.CORRECT
    pairs = fitting(asked, candidate.unit)
    if not pairs:
        if asked.vague or candidate.unit.vague or candidate.unit.name.lower() in ctx.rules.dates.halves:
            return quantity.VAGUE.finding(**shown)  # 5 pm is no picometre
        rate = _rate_of_asked(candidate.unit, asked, ctx) if bare else quantity.OTHER_UNIT
        return (rate if bare else quantity.NUMBER_DIFFERS).finding(**shown)
    if unconverted(candidate, asked, ctx):
        return quantity.NOT_CONVERTED.finding(**shown)
    meant = [_in_asked(gold, amount, wanted, given, ctx) for wanted, given in pairs]
    inner = meant[0]
    if inner is None:
        return (quantity.NEEDS_PI if pairs[0][0].pi != pairs[0][1].pi else quantity.UNASKED).finding(**shown)
    if inner.decision is Decision.CORRECT and not _points_as_asked(candidate, ctx):
        return direction.DIRECTION_UNCLEAR.finding(**shown)
    refuted = inner.decision is Decision.INCORRECT
    if refuted and any(other is not None and other.decision is not Decision.INCORRECT for other in meant[1:]):
        return quantity.VAGUE.finding(**shown)
    return lift(inner, quantity.NAMED_UNIT, quantity.OTHER_UNIT if bare else quantity.NUMBER_DIFFERS, shown)


def _rate_of_asked(given: UnitDefinition, asked: UnitDefinition, ctx: Context) -> Code:
    """What to say of an equal number whose unit adds or leaves out a "per week": "how many hours … each week"."""
    asking, units = ctx.demand.asking, ctx.rules.units
    by = combine(asked.dimension, given.dimension, -1)
    if by in _TIMES or (_RATE.search(given.name) and by in units.by_dimension):
        return quantity.UNASKED
    if combine(given.dimension, asked.dimension, -1) in _TIMES:
        words = units.spellings.get((given.dimension, given.factor, given.pi), ())
        return quantity.UNASKED if any(f"how many {word} " in asking for word in words) else quantity.OTHER_UNIT
    return quantity.OTHER_UNIT


_RATE: Final = re.compile(r"/| per ")
_TIMES: Final = ((("second", 1),), (("month", 1),))


def _in_asked(
    gold: Number, amount: Number, wanted: UnitDefinition, given: UnitDefinition, ctx: Context
) -> Finding | None:
    """The amount in the unit asked for against the bare ground truth; ``None`` where plain numbers cannot convert."""
    factor = factor_between(given, wanted)
    return None if factor is None or wanted.offset != given.offset else agree(gold, converted(amount, factor), ctx)


def _points_as_asked(candidate: Quantity, ctx: Context) -> bool:
    """Whether the answer's direction, if it has one, is one that the question speaks of, or an idle word."""
    points = candidate.direction
    if points is None or points.written in ctx.demand.words:
        return True
    return points.alone and points.written in ctx.rules.text.fillers


def _may_be_unit(noun: str, ctx: Context) -> bool:
    """Whether the word behind a number may be a unit that the rules do not know."""
    return bool(noun) and noun.lower() not in ctx.rules.text.generic_units


def _convertible(gold: Number, candidate: Quantity, ctx: Context) -> bool:
    """Whether the bare number is the answer's amount in another unit of the same dimension that the rules know."""
    seen: set[tuple[int, int]] = set()
    for unit in ctx.rules.units.by_dimension.get(candidate.unit.dimension, ()):
        ratio = candidate.unit.factor / unit.factor
        key = (int(ratio.p), int(ratio.q))
        if key in seen or ratio == 1:
            continue
        seen.add(key)
        if unit.pi != candidate.unit.pi and candidate.unit.dimension != _ANGLE:
            continue  # only angles are told in units that differ by pi
        if unit.pi != candidate.unit.pi:
            turned = Expression(converted_tree(tree_of(candidate.magnitude), candidate.unit, unit))
            meant = ctx.compare(gold, turned)
            if meant.decision is Decision.INCORRECT:  # perhaps rounded in its own unit
                back = Expression(converted_tree(tree_of(gold), unit, candidate.unit))
                meant = ctx.compare(back, candidate.magnitude)
        else:
            meant = agree(gold, candidate.magnitude.scaled(ratio), ctx)
        if meant.decision is not Decision.INCORRECT:
            return True
    return False


STAGES: tuple[Stage, ...] = (
    Stage("quantity", ((Quantity, Number),), compare_missing_unit),
    Stage("quantity", ((Number, Quantity),), compare_extra_unit),
)
