"""Vectors with a unit: ``(3, 4) m/s`` and ``3i + 4j m/s``, compared by component (POLICY 40)."""

from __future__ import annotations

from typing import Final

import msgspec

from verifier.engine.kinds import quantity
from verifier.engine.kinds.formula import Expression
from verifier.engine.kinds.kind import Context, Stage
from verifier.engine.kinds.measure import Measure
from verifier.engine.kinds.quantity import Quantity, converted_tree
from verifier.engine.maths import vectors
from verifier.engine.maths.show import show
from verifier.engine.units import fitting
from verifier.types.expr import Expr
from verifier.types.rules import UnitDefinition
from verifier.types.verdict import Code, Decision, Finding, passes, refutes

NOT_A_VECTOR = refutes("vector.magnitude_only", "A vector is asked for, and the answer is one number with a unit.")
OPEN = passes("vector.component_open", "Some components agree, and others could not be decided.", specific=7)
SCALAR = passes("vector.scalar", "One side is a vector and the other one number with a unit.", specific=7)
CODES: tuple[Code, ...] = (NOT_A_VECTOR, OPEN, SCALAR)

_SIZES: Final = (2, 3)


class VectorQuantity(msgspec.Struct, frozen=True, gc=False):
    """The components of a vector, or a sum of unit vectors, and the unit of them all."""

    tree: Expr
    unit: UnitDefinition

    def show(self) -> str:
        """The vector in plain notation, and the unit as it was written."""
        return f"{show(self.tree)} {self.unit.name}"


def is_vector(tree: Expr) -> bool:
    """Whether a tree is a vector of numbers: components, or a sum of i, j and k."""
    return vectors.components(tree) is not None or any(vectors.by_unit_vectors(tree, size) for size in _SIZES)


def compare_vectors(gold: VectorQuantity, candidate: VectorQuantity, ctx: Context) -> Finding:
    """Two vectors, component by component in the unit of the ground truth."""
    pairs = fitting(gold.unit, candidate.unit)
    shown = ctx.sides(gold, candidate, unit=pairs[0][0].name if pairs else gold.unit.name)
    if not pairs:
        return quantity.DIMENSION.finding(**shown)
    wanted, given = _same_length(gold.tree, candidate.tree)
    if len(wanted) != len(given):
        return quantity.DIFFERS.finding(**shown)
    decisions = {
        ctx.compare(Expression(mine), Expression(converted_tree(other, pairs[0][1], pairs[0][0]))).decision
        for mine, other in zip(wanted, given, strict=True)
    }
    if Decision.INCORRECT in decisions:
        return (quantity.DIFFERS if len(pairs) == 1 else quantity.VAGUE).finding(**shown)
    return (OPEN if Decision.PASS in decisions else quantity.EQUAL).finding(**shown)


def _same_length(gold: Expr, candidate: Expr) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
    """The components of both; a sum of unit vectors takes the length of the other side, or is in space."""
    wanted, given = vectors.components(gold), vectors.components(candidate)
    size = len(wanted or given or ())
    if wanted is None:
        wanted = vectors.by_unit_vectors(gold, size or 3) or vectors.by_unit_vectors(gold, 3)
    if given is None:
        given = vectors.by_unit_vectors(candidate, size or 3) or vectors.by_unit_vectors(candidate, 3)
    return wanted or (), given or ()


def compare_with_scalar(
    gold: VectorQuantity | Quantity | Measure, candidate: VectorQuantity | Quantity | Measure, ctx: Context
) -> Finding:
    """A vector and a single amount: no answer to a question for a vector, else perhaps its magnitude."""
    shown = ctx.sides(gold, candidate)
    asked = ctx.demand.direction and isinstance(gold, VectorQuantity)
    return (NOT_A_VECTOR if asked else SCALAR).finding(**shown)


STAGES: tuple[Stage, ...] = (
    Stage("vector", ((VectorQuantity, VectorQuantity),), compare_vectors),
    Stage(
        "vector",
        (
            (VectorQuantity, Quantity),
            (VectorQuantity, Measure),
            (Quantity, VectorQuantity),
            (Measure, VectorQuantity),
        ),
        compare_with_scalar,
    ),
)
