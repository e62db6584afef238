"""Slope and rest of an expression in which a name stands linearly, read off its structure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from verifier.types.expr import Expr
from verifier.types.nodes import number, symbols

ZERO: Final = number(0)
ONE: Final = number(1)


class Linear(NamedTuple):
    """``slope`` times the name, plus ``rest``; neither holds the name."""

    slope: Expr
    rest: Expr


def linear(tree: Expr, name: str) -> Linear | None:
    """Slope and rest of an expression in which a name stands in sums, products and numerators only, once in each.

    >>> x = Expr("symbol", (), "x")
    >>> linear(Expr("add", (Expr("mul", (number(2), x)), number(3))), "x").slope.value
    2
    """
    head, args = tree.head, tree.args
    if head == "symbol":
        return Linear(ONE, ZERO) if tree.name == name else Linear(ZERO, tree)
    if not args or name not in symbols(tree):
        return Linear(ZERO, tree)
    if head == "neg":
        inner = linear(args[0], name)
        return None if inner is None else Linear(_negative(inner.slope), _negative(inner.rest))
    if head == "add":
        parts: list[Linear] = []
        for part in args:
            found = linear(part, name)
            if found is None:
                return None
            parts.append(found)
        return Linear(_sum(part.slope for part in parts), _sum(part.rest for part in parts))
    if head == "mul":
        holding = [part for part in args if name in symbols(part)]
        inner = linear(holding[0], name) if len(holding) == 1 else None
        others = tuple(part for part in args if part is not holding[0])
        return None if inner is None else Linear(_times(*others, inner.slope), _times(*others, inner.rest))
    if head == "div" and name not in symbols(args[1]):
        inner = linear(args[0], name)
        return None if inner is None else Linear(_over(inner.slope, args[1]), _over(inner.rest, args[1]))
    return None


def root(slope: Expr, rest: Expr) -> Expr:
    """Where slope times x plus rest is zero.

    >>> root(ONE, number(4)).head
    'neg'
    """
    if slope == ONE:
        return rest.args[0] if rest.head == "neg" else _negative(rest)
    if slope.head == "neg" and slope.args[0] == ONE:
        return rest
    return Expr("neg", (Expr("div", (rest, slope)),))


def _negative(tree: Expr) -> Expr:
    return tree if tree == ZERO else Expr("neg", (tree,))


def _over(above: Expr, below: Expr) -> Expr:
    return Expr("div", (above, below))


def _sum(parts: Iterable[Expr]) -> Expr:
    kept = tuple([part for part in parts if part != ZERO])
    if not kept:
        return ZERO
    return kept[0] if len(kept) == 1 else Expr("add", kept)


def _times(*parts: Expr) -> Expr:
    if ZERO in parts:
        return ZERO
    kept = tuple([part for part in parts if part != ONE])
    if not kept:
        return ONE
    return kept[0] if len(kept) == 1 else Expr("mul", kept)
