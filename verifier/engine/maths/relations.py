"""Equations that hold between names, used to eliminate one of them."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.engine.maths.normal import Forms
from verifier.types.expr import Expr


def eliminate(
    forms: Forms, gold: int, candidate: int, conditions: Sequence[Expr]
) -> tuple[tuple[int, int, tuple[Expr, ...]], ...] | None:
    """The two sides with a name eliminated, once for each branch; ``None`` where no condition is an equation."""
    return None
