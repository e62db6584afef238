"""Arithmetic of matrices on trees: sums, products, multiples, transposes, small determinants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from verifier.types.expr import Expr

Rows = tuple[tuple[Expr, ...], ...]


def rows(tree: Expr) -> Rows | None:
    """The rows of a matrix, of a sum, product or multiple of matrices; ``None`` where shapes do not fit."""
    if tree.head == "matrix" and tree.name != "det":
        return tuple(row.args for row in tree.args)
    inner = [rows(part) for part in tree.args]
    known = [part for part in inner if part is not None]
    if tree.head == "transpose" and known:
        return tuple(zip(*known[0], strict=True))
    if tree.head == "neg" and known:
        return _each(known[0], lambda part: Expr("neg", (part,)))
    if tree.head == "div" and inner and inner[0] is not None:
        return _each(inner[0], lambda part: Expr("div", (part, tree.args[1])))
    if tree.head == "add" and known and len(known) == len(inner):
        if len({(len(part), len(part[0])) for part in known}) != 1:
            return None
        return tuple(
            tuple(Expr("add", column) for column in zip(*lines, strict=True)) for lines in zip(*known, strict=True)
        )
    if tree.head == "mul" and known:
        factors = tuple(part for part, found in zip(tree.args, inner, strict=True) if found is None)
        whole = known[0]
        for other in known[1:]:
            if len(whole[0]) != len(other):
                return None
            whole = _product(whole, other)
        return _each(whole, lambda part: Expr("mul", (*factors, part))) if factors else whole
    return None


def _each(whole: Rows, change: Callable[[Expr], Expr]) -> Rows:
    return tuple(tuple(change(part) for part in row) for row in whole)


def _product(one: Rows, other: Rows) -> Rows:
    columns = tuple(zip(*other, strict=True))
    return tuple(
        tuple(
            Expr("add", tuple(Expr("mul", pair) for pair in zip(row, column, strict=True)))
            if len(row) > 1
            else Expr("mul", (row[0], column[0]))
            for column in columns
        )
        for row in one
    )


def determinant(whole: Rows) -> Expr | None:
    """The determinant of up to five rows, by the first one; ``None`` where it is no square or larger.

    Entries are trees.

    >>> from verifier.types.nodes import number
    >>> determinant(((number(1), number(2)), (number(3), number(4)))).head
    'add'
    """
    size = len(whole)
    if size > _LARGEST or any(len(row) != size for row in whole):
        return None
    if size == 1:
        return whole[0][0]
    parts: list[Expr] = []
    for place, factor in enumerate(whole[0]):
        minor = determinant(tuple((*row[:place], *row[place + 1 :]) for row in whole[1:]))
        if minor is None:
            return None
        term = Expr("mul", (factor, minor))
        parts.append(Expr("neg", (term,)) if place % 2 else term)
    return Expr("add", tuple(parts))


_LARGEST: Final = 5
