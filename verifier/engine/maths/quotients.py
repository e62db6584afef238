"""A tree as one fraction: numerator and denominator, nothing multiplied out."""

from __future__ import annotations

from typing import Final

from verifier.types.expr import Expr
from verifier.types.nodes import number

_ONE: Final = number(1)


def cleared(tree: Expr) -> tuple[Expr, Expr]:
    """Numerator and denominator.

    >>> cleared(Expr("div", (number(1), number(2))))[1].value
    2
    """
    if tree.head == "neg":
        above, below = cleared(tree.args[0])
        return Expr("neg", (above,)), below
    if tree.head == "div":
        (above, below), (over, under) = (cleared(part) for part in tree.args)
        return _times(above, under), _times(below, over)
    if tree.head == "mul":
        parts = [cleared(part) for part in tree.args]
        return _times(*(above for above, _ in parts)), _times(*(below for _, below in parts))
    if tree.head == "add":
        above, below = cleared(tree.args[0])
        for part in tree.args[1:]:
            over, under = cleared(part)
            if under == below:
                above = Expr("add", (above, over))
            else:
                above, below = Expr("add", (_times(above, under), _times(over, below))), _times(below, under)
        return above, below
    if tree.head == "pow" and tree.args[1].value is not None:
        above, below = cleared(tree.args[0])
        power = tree.args[1].value
        if power < 0:
            above, below, power = below, above, -power
        return (Expr("pow", (above, number(power))), _ONE if below == _ONE else Expr("pow", (below, number(power))))
    return tree, _ONE


def _times(*parts: Expr) -> Expr:
    factors = tuple(part for part in parts if part != _ONE)
    if not factors:
        return _ONE
    return factors[0] if len(factors) == 1 else Expr("mul", factors)
