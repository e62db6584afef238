"""Statements joined by and, or, not: the same whenever their parts are true or false."""

from __future__ import annotations

from itertools import product
from typing import Final

import msgspec

from verifier.types.budget import Meter
from verifier.types.expr import LOGIC, Expr

_JOINTS: Final = frozenset({"and", "or", "not", "implies", "iff"})
_MOST: Final = 8  # different parts


def equivalent(one: Expr, other: Expr, meter: Meter) -> bool:
    """Whether two statements agree for every truth of their parts; parts are the same if they are written alike.

    >>> from verifier.types.budget import Budget
    >>> from verifier.types.nodes import symbol
    >>> a, b = symbol("A"), symbol("B")
    >>> none = Expr("not", (Expr("or", (a, b)),))
    >>> equivalent(none, Expr("and", (Expr("not", (a,)), Expr("not", (b,)))), Meter(Budget()))
    True
    """
    one, other = _plain(one), _plain(other)
    parts = sorted({*_parts(one), *_parts(other)}, key=repr)
    if len(parts) > _MOST or {one.head, other.head}.isdisjoint(LOGIC):
        return False
    meter.spend(len(parts) << len(parts))
    for truths in product((False, True), repeat=len(parts)):
        known = dict(zip(parts, truths, strict=True))
        if _holds(one, known) != _holds(other, known):
            return False
    return True


def _plain(tree: Expr) -> Expr:
    """The tree with lists that a word joined as what the word says."""
    args = tuple(_plain(part) for part in tree.args)
    if tree.head == "list" and tree.name in {"and", "or"}:
        return Expr(tree.name, args)
    return msgspec.structs.replace(tree, args=args) if args else tree


def _parts(tree: Expr) -> set[Expr]:
    if tree.head not in _JOINTS:
        return {tree}
    return {part for inner in tree.args for part in _parts(inner)}


def _holds(tree: Expr, known: dict[Expr, bool]) -> bool:
    if tree.head not in _JOINTS:
        return known[tree]
    truths = [_holds(part, known) for part in tree.args]
    if tree.head == "and":
        return all(truths)
    if tree.head == "or":
        return any(truths)
    if tree.head == "not":
        return not truths[0]
    return truths[0] == truths[1] if tree.head == "iff" else (not truths[0] or truths[1])
