"""Values with a parameter: over whole numbers that nobody declares, and along a line (POLICY 37, 44)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from verifier.engine.kinds import conditions
from verifier.engine.kinds.formula import COUNTERS, Collection
from verifier.engine.kinds.kind import Context
from verifier.engine.maths import vectors
from verifier.engine.maths.trees import walk
from verifier.types.expr import Expr
from verifier.types.nodes import symbols


def parameter(items: Iterable[Expr]) -> str:
    """The one name in values whose parameter nobody named as whole: ``2kπ``."""
    names = {name for item in items for name in symbols(item)}
    return names.pop() if len(names) == 1 else ""


def over_whole(items: Iterable[Expr], ctx: Context) -> bool:
    """Whether values with π or degrees run over a whole number that nobody declares: ``π/4 + nπ``."""
    name = parameter(items)
    return (
        name in COUNTERS
        and not conditions.is_named(name, ctx)
        and all(any(node.name in {"pi", "deg"} for node in walk(item)) for item in items)
    )


def same_line(gold: Collection, candidate: Collection, ctx: Context) -> bool | None:
    """Whether two parametrised lines are one (POLICY 44); ``None`` where a side is none."""
    if len(gold.items) < 2 or len(gold.items) != len(candidate.items) or "set" in {gold.shape, candidate.shape}:
        return None
    told = _LINE.search(ctx.demand.question) is not None
    sides = []
    for side in (gold, candidate):
        name = parameter(side.items)
        if name and conditions.is_named(name, ctx):
            return None
        told = told or (bool(name) and (side.tree.head == "add" or bool(side.names)))
        sides.append(vectors.line(side.items, name, ctx.meter) if name else None)
    if not told or sides[0] is None:
        return None
    if sides[1] is None:
        return None if any(symbols(item) for item in candidate.items) else False
    return vectors.same_line(sides[0], sides[1], ctx.meter)


_LINE: Final = re.compile(r"\bline\b|parametri[sc]|parametric", re.IGNORECASE)
