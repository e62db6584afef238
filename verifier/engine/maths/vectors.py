"""Vectors written as sums, and lines given by a point and a direction (POLICY 40, 44)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from verifier.engine.maths import zero
from verifier.engine.maths.trees import minus
from verifier.types.budget import Meter
from verifier.types.expr import Expr
from verifier.types.nodes import number, symbol, symbols

_HOLDERS: Final = frozenset({"tuple", "pair", "vector"})
_UNITS: Final = ("i_hat", "j_hat", "k_hat")


def components(tree: Expr) -> tuple[Expr, ...] | None:
    """The components of a vector, of a sum of vectors, of a multiple of one; ``None`` for what is none.

    >>> [part.value for part in components(Expr("pair", (number(1), number(2))))]
    [1, 2]
    """
    if tree.head in _HOLDERS:
        return tree.args
    if tree.head == "matrix" and tree.name != "det":
        rows = [row.args for row in tree.args]
        if len(rows) == 1:
            return rows[0]
        return tuple(row[0] for row in rows) if all(len(row) == 1 for row in rows) else None
    if tree.head == "neg":
        inner = components(tree.args[0])
        return None if inner is None else tuple(Expr("neg", (part,)) for part in inner)
    if tree.head == "add":
        parts = [components(part) for part in tree.args]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts) or len({len(part) for part in known}) != 1:
            return None
        return tuple(Expr("add", column) for column in zip(*known, strict=True))
    if tree.head == "mul":
        vectors = [inner for part in tree.args if (inner := components(part)) is not None]
        factors = tuple(part for part in tree.args if components(part) is None)
        return None if len(vectors) != 1 else tuple(Expr("mul", (*factors, part)) for part in vectors[0])
    if tree.head == "div":
        inner = components(tree.args[0])
        return None if inner is None else tuple(Expr("div", (part, tree.args[1])) for part in inner)
    return None


def holds_vector(tree: Expr) -> bool:
    """Whether a sum or product holds a vector or a matrix."""
    return tree.head in {"add", "mul", "neg", "div", "transpose"} and any(
        part.head in _HOLDERS or (part.head == "matrix" and part.name != "det") or holds_vector(part)
        for part in tree.args
    )


def by_unit_vectors(tree: Expr, size: int) -> tuple[Expr, ...] | None:
    """The coefficients of ``3i + 4j - 2k``; ``None`` where i, j, k do not stand linearly."""
    named = _named(tree)
    names = symbols(named)
    if not names & set(_UNITS) or not 2 <= size <= 3 or (size == 2 and "k_hat" in names):
        return None
    none = {unit: number(0) for unit in _UNITS}
    if names - set(_UNITS) or (named.head == "add" and not all(map(symbols, named.args))):
        return None  # 3 + 4j is a complex number
    return tuple(zero.substitute(named, {**none, unit: number(1)}) for unit in _UNITS[:size])


def _named(tree: Expr) -> Expr:
    if tree.head == "constant" and tree.name == "i":
        return symbol("i_hat")
    if tree.head == "symbol" and tree.name in {"j", "k"}:
        return symbol(tree.name + "_hat")
    return msgspec.structs.replace(tree, args=tuple(_named(part) for part in tree.args)) if tree.args else tree


class Line(msgspec.Struct, frozen=True, gc=False):
    """All ``point + t * direction``."""

    point: tuple[Expr, ...]
    direction: tuple[Expr, ...]


def line(items: Sequence[Expr], parameter: str, meter: Meter) -> Line | None:
    """The line that components linear in one parameter run through; ``None`` where they are not, or stand still."""
    at = [[zero.substitute(item, {parameter: number(k)}) for item in items] for k in (0, 1, 2)]
    direction = tuple(minus(one, none) for one, none in zip(at[1], at[0], strict=True))
    if any(symbols(part) for part in at[0]):
        return None
    bends = [minus(minus(two, one), step) for two, one, step in zip(at[2], at[1], direction, strict=True)]
    if any(zero.sign(bend, meter) != 0 for bend in bends) or all(zero.sign(step, meter) == 0 for step in direction):
        return None
    return Line(tuple(at[0]), direction)


def same_line(gold: Line, candidate: Line, meter: Meter) -> bool | None:
    """Whether two lines are one: parallel directions, and the step between their points parallel to them too."""
    if len(gold.point) != len(candidate.point):
        return False
    gap = [minus(one, other) for one, other in zip(gold.point, candidate.point, strict=True)]
    answers = [_parallel(gold.direction, candidate.direction, meter), _parallel(gold.direction, gap, meter)]
    if False in answers:
        return False
    return None if None in answers else True


def _parallel(first: Sequence[Expr], second: Sequence[Expr], meter: Meter) -> bool | None:
    unknown = False
    for i in range(len(first)):
        for j in range(i + 1, len(first)):
            minor = minus(Expr("mul", (first[i], second[j])), Expr("mul", (first[j], second[i])))
            order = zero.sign(minor, meter)
            if order:
                return False
            unknown = unknown or order is None
    return None if unknown else True
