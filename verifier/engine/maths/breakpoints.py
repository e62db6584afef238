"""Where absolute values, steps and pieces change their rule: points on and on both sides of every such place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.engine.maths.evaluate import Value
from verifier.engine.maths.normal import Forms

PIECEWISE = frozenset({"abs", "floor", "ceil", "sign", "min", "max", "mod", "cases"})


def breakpoints(
    forms: Forms, roots: Sequence[int], names: Sequence[str], whole: frozenset[str]
) -> tuple[Mapping[str, Value], ...] | None:
    """The points; ``None`` where the places cannot be found."""
    return None
