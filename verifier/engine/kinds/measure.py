"""Quantities whose amount has to be computed, ``5√3 m`` and ``v²/g m``; and angles in degrees against radians."""

from __future__ import annotations

from typing import Final

import msgspec
from flint import fmpq

from verifier.engine.kinds import decimals, quantity
from verifier.engine.kinds.formula import DEGREE, Expression, Relation
from verifier.engine.kinds.implied import in_question
from verifier.engine.kinds.kind import Answer, Context, Stage
from verifier.engine.kinds.quantity import Quantity, converted_tree, lift
from verifier.engine.kinds.values import number_of, tree_of
from verifier.engine.maths import zero
from verifier.engine.maths.trees import minus, walk
from verifier.engine.numerals import Number, value_of
from verifier.engine.units import fitting, same_unit
from verifier.types.expr import Expr
from verifier.types.nodes import symbols
from verifier.types.rules import UnitDefinition
from verifier.types.verdict import Decision, Finding

_ANGLE: Final = (("radian", 1),)
_RADIAN: Final = UnitDefinition("rad", _ANGLE, fmpq(1))


class Measure(msgspec.Struct, frozen=True, gc=False):
    """An expression and its unit."""

    amount: Expression
    unit: UnitDefinition

    def show(self) -> str:
        """The amount in plain notation, and the unit as it was written."""
        return f"{self.amount.show()} {self.unit.name}"


Side = Measure | Quantity | Expression | Number


def compare_measures(gold: Side, candidate: Side, ctx: Context) -> Finding:
    """Two amounts with units, one of them at least to be computed."""
    own, other = _measure(gold), _measure(candidate)
    pairs = fitting(own.unit, other.unit)
    shown = ctx.sides(gold, candidate, unit=pairs[0][0].name if pairs else own.unit.name)
    if not pairs:
        vague = own.unit.vague or other.unit.vague
        return (quantity.VAGUE if vague else quantity.DIMENSION).finding(**shown)
    wanted, given = pairs[0]
    if wanted.offset is not None or given.offset is not None:
        return quantity.UNASKED.finding(**shown)
    if isinstance(candidate, Quantity):  # a decimal is a rounding in its own unit
        moved = Expression(converted_tree(own.amount.tree, wanted, given))
        inner = ctx.compare(moved, candidate.magnitude)
        if inner.decision is Decision.INCORRECT and not same_unit(wanted, given):
            whole = quantity.as_rounded(candidate.magnitude)
            if whole is not None and ctx.compare(moved, whole).decision is Decision.CORRECT:
                return quantity.WHOLE.finding(**shown)
    else:
        inner = ctx.compare(own.amount, Expression(converted_tree(other.amount.tree, given, wanted)))
    if inner.decision is Decision.INCORRECT and len(pairs) > 1:
        return quantity.VAGUE.finding(**shown)
    if _is_of_other_unit(inner, given if isinstance(candidate, Quantity) else wanted, ctx):
        return quantity.WHOLE.finding(**shown)
    return _lifted(inner, shown)


def _is_of_other_unit(inner: Finding, unit: UnitDefinition, ctx: Context) -> bool:
    """Whether amounts agree as the nearest whole number, and the question asks for that of another unit."""
    return (
        inner.code == decimals.TO_PLACES.name
        and ctx.demand.nearest_unit is not None
        and not quantity.is_nearest(unit, ctx)
    )


def _lifted(inner: Finding, shown: dict[str, str]) -> Finding:
    told = {**shown, "amounts": inner.code}
    if inner.decision is Decision.CORRECT:
        return quantity.EQUAL.finding(**told)
    return quantity.DIFFERS.finding(**told) if inner.decision is Decision.INCORRECT else inner


def _measure(side: Side) -> Measure:
    if isinstance(side, Quantity):
        return Measure(Expression(tree_of(side.magnitude)), side.unit)
    assert isinstance(side, Measure)  # noqa: S101  # the stage's pairs
    return side


def compare_one_unit(gold: Side, candidate: Side, ctx: Context) -> Finding:
    """One side has a unit. An angle stands for its radians; else the amounts decide, as far as the unit is clear."""
    measured, bare = (gold, candidate) if isinstance(gold, (Measure, Quantity)) else (candidate, gold)
    first = measured is gold
    side = _measure(measured)
    tree = tree_of(bare) if isinstance(bare, Number) else bare.tree  # type: ignore[union-attr]
    shown = ctx.sides(gold, candidate)
    asked = ctx.demand.unit
    pairs = () if asked is None or symbols(tree) else fitting(side.unit, asked)
    if pairs and pairs[0][0].offset == pairs[0][1].offset and not same_unit(*pairs[0]):
        if isinstance(measured, Quantity) and not first and quantity.unconverted(measured, pairs[0][1], ctx):
            return quantity.NOT_CONVERTED.finding(**shown)
        moved = Expression(converted_tree(side.amount.tree, *pairs[0]))
        other = bare if isinstance(bare, Number) else Expression(tree)
        inner = ctx.compare(moved, other) if first else ctx.compare(other, moved)
        return lift(inner, quantity.NAMED_UNIT, quantity.NUMBER_DIFFERS, shown)
    if side.unit.dimension == _ANGLE and side.unit.pi and not symbols(tree):
        radians = Expression(converted_tree(side.amount.tree, side.unit, _RADIAN))
        sides = (radians, Expression(tree)) if first else (Expression(tree), radians)
        inner = ctx.compare(*sides)
        if inner.decision is Decision.CORRECT:
            return quantity.EQUAL.finding(**shown, amounts=inner.code)
        turned = _in_its_unit(measured, tree, ctx, first=first)
        if turned is not None:
            return _lifted(turned, shown) if turned.decision is Decision.CORRECT else turned
    if symbols(tree) and not symbols(side.amount.tree):
        return quantity.UNKNOWN.finding(**shown)  # 600·W may be a product, or 600 W
    sides = (side.amount, Expression(tree)) if first else (Expression(tree), side.amount)
    inner = ctx.compare(*sides)
    if inner.decision is Decision.INCORRECT:
        return quantity.NUMBER_DIFFERS.finding(**shown)
    if inner.decision is Decision.PASS:
        return inner
    if _is_of_other_unit(inner, side.unit, ctx):
        return quantity.WHOLE.finding(**shown)
    if in_question(side.unit, ctx) or (asked is not None and same_unit(asked, side.unit)):
        return quantity.NAMED_UNIT.finding(**shown)
    return (quantity.MISSING if first else quantity.UNASKED).finding(**shown)


def angle(answer: Answer, ctx: Context) -> Quantity | None:
    """The angle in degrees that an equals chain ends in: ``∠C = 180° - 110° = 70°``; without a name it must be true."""
    tree = answer.tree if isinstance(answer, (Expression, Relation)) else None
    if tree is not None and tree.head == "eq":
        if symbols(tree) or tree.args[0].head == "number" or zero.sign(minus(*tree.args), ctx.meter) != 0:
            return None
        tree = tree.args[1]
    inner = None if tree is None else tree.args[0] if tree.head == "neg" else tree
    if inner is None or inner.args[1:] != (DEGREE,):
        return None
    amount = inner.args[0] if inner is tree else Expr("neg", inner.args[:1])
    number = number_of(Expression(amount), ctx)
    return None if number is None else Quantity(number, msgspec.structs.replace(ctx.rules.units.symbols["°"], name="°"))


def _in_its_unit(measured: Side, angle: Expr, ctx: Context, *, first: bool) -> Finding | None:
    """An angle that has to be computed, against a decimal of degrees; ``None`` where they differ (POLICY 11, 28).

    Only what says that it is an angle: an inverse function, or a part of π.
    """
    if not isinstance(measured, Quantity):
        return None
    if not decimals.holds_inverse(angle) and not any(node.name == "pi" for node in walk(angle)):
        return None
    amount, turned = measured.magnitude, Expression(converted_tree(angle, _RADIAN, measured.unit))
    inner = ctx.compare(amount, turned) if first else ctx.compare(turned, amount)
    if inner.decision is not Decision.INCORRECT:
        return inner
    value, exact = value_of(amount, ctx.meter), zero.decimal(turned.tree, _FIGURES, ctx.meter)
    whole = first or measured.unit.factor < _DEGREE  # 37°, or 36°52'
    if value is None or exact is None or amount.decimal or not whole or abs(value - exact) > _HALF:
        return None
    return quantity.WHOLE.finding(**ctx.sides(amount, turned))


_FIGURES: Final = 12
_HALF: Final = fmpq(1, 2)
_DEGREE: Final = fmpq(1, 180)

STAGES: tuple[Stage, ...] = (
    Stage("quantity", ((Measure, Measure), (Measure, Quantity), (Quantity, Measure)), compare_measures),
    Stage(
        "quantity",
        (
            (Measure, Expression),
            (Measure, Number),
            (Expression, Measure),
            (Number, Measure),
            (Expression, Quantity),
            (Quantity, Expression),
        ),
        compare_one_unit,
    ),
)
