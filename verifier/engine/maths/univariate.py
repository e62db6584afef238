"""Small rational functions of one variable, read off a tree directly: most of what is solved on the line."""

from __future__ import annotations

from typing import Final

from flint import fmpq_poly

from verifier.engine.maths.normal import DEEP
from verifier.types.budget import Meter
from verifier.types.expr import Expr

_LARGEST: Final = 24
"""Degrees and exponents up to this."""
_BITS: Final = 2048
"""Coefficients of a power are no larger."""
_X: Final = fmpq_poly([0, 1])
_ONE: Final = fmpq_poly([1])

Fraction = tuple[fmpq_poly, fmpq_poly]


def small_quotient(tree: Expr, variable: str, meter: Meter) -> Fraction | None:
    """Numerator and monic denominator in lowest terms; ``None`` for what is large, undefined or written otherwise.

    >>> from verifier.types.budget import Budget
    >>> from verifier.types.nodes import number, symbol
    >>> small_quotient(Expr("div", (number(3), symbol("t"))), "t", Meter(Budget()))
    (3, x)
    """
    found = _read(tree, variable, meter, 0)
    if found is None:
        return None
    above, below = found
    if below is _ONE:
        return found
    if above.is_zero():
        return above, _ONE
    common = above.gcd(below)
    meter.spend(int(above.degree() * below.degree()) + 1)
    if common.degree() > 0:
        above, below = above // common, below // common
    lead = below[below.degree()]
    return (above, below) if lead == 1 else (above / lead, below / lead)


def _read(tree: Expr, variable: str, meter: Meter, depth: int) -> Fraction | None:
    head = tree.head
    if head == "number":
        return None if tree.value is None else (fmpq_poly([tree.value]), _ONE)
    if head == "symbol":
        return (_X, _ONE) if tree.name == variable else None
    combine = _HEADS.get(head)
    if combine is None or depth > DEEP:
        return None
    if head == "pow":
        base = _read(tree.args[0], variable, meter, depth + 1)
        return None if base is None else _power(base, tree.args[1], meter)
    meter.spend(4 * (1 + len(tree.args)))
    total: Fraction | None = None
    for arg in tree.args:
        part = _read(arg, variable, meter, depth + 1)
        if part is None:
            return None
        if total is None:
            total = part
            continue
        total = combine(total, part)
        size = int(total[0].degree() + total[1].degree())
        if size > _LARGEST:
            return None
        meter.spend(1 + size)
    if head == "neg" and total is not None:
        return -total[0], total[1]
    return None if total is None or total[1].is_zero() else total


def _sum(one: Fraction, other: Fraction) -> Fraction:
    if one[1] is _ONE is other[1]:
        return one[0] + other[0], _ONE
    return one[0] * other[1] + other[0] * one[1], one[1] * other[1]


def _product(one: Fraction, other: Fraction) -> Fraction:
    return one[0] * other[0], _ONE if one[1] is _ONE is other[1] else one[1] * other[1]


def _ratio(one: Fraction, other: Fraction) -> Fraction:
    if other[1] is _ONE and other[0].degree() == 0:
        return one[0] / other[0][0], one[1]
    return one[0] * other[1], one[1] * other[0]


def _power(base: Fraction, index: Expr, meter: Meter) -> Fraction | None:
    """A whole power other than the zeroth; the base of a negative one is no zero."""
    exponent = index.value
    if index.head == "neg" and index.args[0].value is not None:
        exponent = -index.args[0].value
    if exponent is None or exponent.q != 1 or exponent == 0 or abs(exponent) > _LARGEST:
        return None
    above, below = base
    times = int(exponent.p)
    if times < 0:
        above, below, times = below, above, -times
        if below.is_zero():
            return None
        if below.degree() == 0:
            above, below = above / below[0], _ONE
    bits = sum(int(part.numer().height_bits()) + int(part.denom().bit_length()) for part in (above, below))
    size = int(max(above.degree(), 0) + below.degree()) * times
    if size > _LARGEST or bits * times > _BITS:
        return None
    meter.spend(8 + size * (1 + bits // 64))
    return above**times, below if below is _ONE else below**times


_HEADS: Final = {"add": _sum, "mul": _product, "div": _ratio, "neg": _sum, "pow": _product}
"""How parts are combined; a negative has one part, and a power is made by ``_power``."""
