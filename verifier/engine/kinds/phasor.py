"""Complex numbers as rounded decimals: by their parts, or by size and angle (POLICY 11, 43)."""

from __future__ import annotations

from typing import Final

import msgspec

from verifier.engine.kinds.formula import Expression
from verifier.engine.kinds.kind import Context
from verifier.engine.maths import zero
from verifier.engine.maths.trees import walk
from verifier.types.expr import Expr
from verifier.types.nodes import number
from verifier.types.verdict import Decision

_I: Final = Expr("constant", (), "i")
_DEGREE: Final = Expr("constant", (), "deg")
_PI: Final = Expr("constant", (), "pi")


class Complex(msgspec.Struct, frozen=True, gc=False):
    """A complex number as it is written: real and imaginary part, or size and angle."""

    first: Expr
    second: Expr
    polar: bool = False


def is_complex(tree: Expr) -> bool:
    """Whether a tree holds i or an angle of a phasor."""
    return any(node == _I or node.head == "cis" for node in walk(tree))


def is_rounded(tree: Expr) -> bool:
    """Whether a tree holds a decimal."""
    return any(node.head == "number" and node.name for node in walk(tree))


def split(tree: Expr) -> Complex | None:
    """``3 + 4i`` and ``5∠53.13°``; ``None`` for what has to be worked out first."""
    if tree.head == "cis":
        return Complex(number(1), tree.args[0], polar=True)
    if tree.head == "mul" and tree.args[-1].head == "cis" and not any(map(is_complex, tree.args[:-1])):
        return Complex(_product(tree.args[:-1]), tree.args[-1].args[0], polar=True)
    parts: list[list[Expr]] = [[], []]
    for term in tree.args if tree.head == "add" else (tree,):
        inner = term.args[0] if term.head == "neg" else term
        factors = inner.args if inner.head == "mul" else (inner,)
        others = tuple(factor for factor in factors if factor != _I)
        if len(factors) - len(others) > 1 or any(map(is_complex, others)):
            return None
        product = _product(others)
        parts[len(factors) - len(others)].append(Expr("neg", (product,)) if inner is not term else product)
    real, imaginary = (Expr("add", tuple(one)) if len(one) > 1 else one[0] if one else number(0) for one in parts)
    return Complex(real, imaginary)


def _product(factors: tuple[Expr, ...]) -> Expr:
    return number(1) if not factors else factors[0] if len(factors) == 1 else Expr("mul", factors)


def agrees(gold: Expr, candidate: Expr, ctx: Context) -> bool | None:
    """Whether one of two constants is the other, rounded in each of its two parts; ``None`` where that is open."""
    own, other = split(gold), split(candidate)
    if own is None or other is None:
        return None
    if is_rounded(candidate):
        moved = _written_as(own, ctx, polar=other.polar)
        pairs = None if moved is None else ((moved.first, other.first), (moved.second, other.second))
    else:
        moved = _written_as(other, ctx, polar=own.polar)
        pairs = None if moved is None else ((own.first, moved.first), (own.second, moved.second))
    if pairs is None:
        return None
    found = [ctx.compare(Expression(_bare(one)), Expression(_bare(two))) for one, two in pairs]
    if all(one.decision is Decision.CORRECT for one in found):
        return True
    far = any(one.decision is Decision.INCORRECT and one.code == "expression.differs" for one in found)
    return False if far and (own.polar == other.polar) else None


def _bare(tree: Expr) -> Expr:
    """An angle in degrees as its number, where it is one."""
    inner = tree.args[0] if tree.head == "neg" else tree
    if inner.head == "mul" and len(inner.args) == len("ab") and inner.args[1] == _DEGREE:
        return Expr("neg", (inner.args[0],)) if inner is not tree else inner.args[0]
    return tree


def _written_as(value: Complex, ctx: Context, *, polar: bool) -> Complex | None:
    """A complex number in the other form; angles in degrees."""
    if value.polar == polar:
        return value
    first, second = value.first, value.second
    if not polar:
        return Complex(Expr("mul", (first, Expr("cos", (second,)))), Expr("mul", (first, Expr("sin", (second,)))))
    size = Expr("root", (Expr("add", (_square(first), _square(second))), number(2)))
    across, up = zero.sign(first, ctx.meter), zero.sign(second, ctx.meter)
    if across is None or up is None or (across == 0 and up == 0):
        return None
    if across == 0:
        return Complex(size, Expr("mul", (number(90 * up), _DEGREE)), polar=True)
    angle = Expr("atan", (Expr("div", (second, first)),))
    if across < 0:
        angle = Expr("add", (angle, _PI)) if up >= 0 else Expr("add", (angle, Expr("neg", (_PI,))))
    return Complex(size, Expr("mul", (Expr("div", (angle, _DEGREE)), _DEGREE)), polar=True)


def _square(tree: Expr) -> Expr:
    return Expr("pow", (tree, number(2)))
