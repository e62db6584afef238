"""Sets of numbers by name, their positive and negative parts, and what is made of sets."""

from __future__ import annotations

from typing import Final

from verifier.engine.maths.cursor import SETS, Cursor
from verifier.engine.maths.names import LETTER_SETS
from verifier.types.expr import Expr
from verifier.types.nodes import constant, number

_INFINITE: Final = constant("inf")
_ZERO: Final = number(0)


def domain(tree: Expr) -> Expr:
    r"""A set's name where a set is meant: R in ``x ∈ R``.

    >>> domain(Expr("symbol", (), "R")).head
    'constant'
    """
    if tree.head == "symbol" and tree.name in LETTER_SETS:
        return constant(tree.name)
    return tree


def half(name: str, sign: str) -> Expr | None:
    """The positive (``gt``), nonnegative (``ge``) … part of a set of numbers, None if there is no such set."""
    bounds = {
        "gt": (_ZERO, _INFINITE, "()"),
        "ge": (_ZERO, _INFINITE, "[)"),
        "lt": (Expr("neg", (_INFINITE,)), _ZERO, "()"),
        "le": (Expr("neg", (_INFINITE,)), _ZERO, "(]"),
    }.get(sign)
    if sign == "ne":
        return Expr("setminus", (constant(name), Expr("set", (_ZERO,))))
    if bounds is None or name == "C":
        return None
    part = Expr("interval", bounds[:2], bounds[2])
    return part if name == "R" else Expr("intersect", (constant("Z" if name == "N" else name), part))


def signed_set(c: Cursor, left: Expr, *, braced: bool) -> Expr | None:
    r"""``\mathbb{Z}^+``: a sign as the power of a set, with nothing behind it."""
    at = c.at + braced
    sign = {"+": "gt", "-": "lt", "*": "ne"}.get(c.kinds[at])
    if sign is None or left.name not in LETTER_SETS or c.kinds[at + 1] in {"number", "letter", "(", "{", "constant"}:
        return None
    part = half(left.name, "gt" if sign == "ne" and left.name == "N" else sign)
    if part is not None:
        c.at = at + 1
        if braced:
            c.closes("}")
    return part


def of_sets(c: Cursor, left: Expr, _: int) -> Expr:
    """Union, intersection and difference, from left to right; equal ones side by side are one node."""
    while c.kinds[c.at] == "set operator":
        head = c.values[c.at]
        items = [_region(left)]
        while c.kinds[c.at] == "set operator" and c.values[c.at] == head and (len(items) < 2 or head != "setminus"):
            c.at += 1
            items.append(_region(c.expr(SETS)))
        left = Expr(head, tuple(items))
    return left


def _region(tree: Expr) -> Expr:
    """A set's name between sets; C there is rather a set of that name."""
    return tree if tree.name == "C" else domain(tree)
