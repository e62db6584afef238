"""Logarithms in kernels: of numbers over their primes, of what is positive over its factors, of powers of a factor."""

from __future__ import annotations

from flint import fmpq, fmpz

from verifier.engine.maths.kernels import Kernel, Kernels
from verifier.engine.maths.polynomial import Quotient, Undefined, content, degrees, total_degree


def plain(table: Kernels, a: Quotient) -> fmpq | None:
    """The rational that a quotient is."""
    if a.den is not table.ring.one or not a.num.is_constant():
        return None
    return fmpq(0) if a.num.is_zero() else a.num.leading_coefficient()


def logarithm(table: Kernels, a: Quotient) -> Quotient:  # one branch for each rule
    """Logarithms: of numbers over primes, of what is positive over factors, of odd powers of one factor."""
    ring = table.ring
    if a.num.is_zero():
        raise Undefined
    scale = content(a.num)
    value = plain(table, a)
    if value is not None:
        if value < 0:
            pi = table.value(table.kernel(("pi",), table.forms.node("constant", (), "pi"), positive=True))
            return ring.add(logarithm(table, ring.neg(a)), ring.mul(table.imaginary(), pi))
        scale = value
    total = _log_number(table, scale)
    if value is not None:
        return total
    rest = ring.unit
    for poly, sign in ((a.num / scale, 1), (a.den, -1)):
        if poly is ring.one or poly.is_one():
            continue
        for factor, count in table.squarefree(poly):
            part = Quotient(factor, ring.one, a.bits)
            kernel = (
                table.at(degrees(factor).index(1))
                if len(factor) == 1 and total_degree(factor) == 1 and factor.leading_coefficient() == 1
                else None
            )
            if kernel is not None and kernel.positive:
                inner = _log_positive(table, kernel)
            elif count % 2 == 0:
                inner = _log_factor(table, table.absolute(part))
            else:
                rest = ring.mul(rest, ring.power(part, sign * count))
                continue
            total = ring.add(total, ring.mul(inner, ring.constant(fmpq(sign * count))))
    if rest.num.is_one() and rest.den is ring.one:
        return total
    return ring.add(total, _log_rest(table, ring.lowest(rest)))


def _log_rest(table: Kernels, rest: Quotient) -> Quotient:
    """Logarithms of what may be negative: a power of one factor, or as a whole, the larger side above."""
    ring = table.ring
    if rest.num.is_one():
        return ring.neg(_log_rest(table, ring.inverse(rest)))
    if rest.den is ring.one:
        factors = table.squarefree(rest.num)
        if len(factors) == 1 and factors[0][1] > 1:
            inner = _log_factor(table, Quotient(factors[0][0], ring.one, rest.bits))
            return ring.mul(inner, ring.constant(fmpq(factors[0][1])))
        return _log_factor(table, rest)
    if str(rest.num / rest.num.leading_coefficient()) < str(rest.den):
        return ring.neg(_log_factor(table, ring.lowest(ring.inverse(rest))))
    return _log_factor(table, rest)


def _log_factor(table: Kernels, a: Quotient) -> Quotient:
    if len(a.num) == 1 and a.den is table.ring.one and total_degree(a.num) == 1 and a.num.leading_coefficient() == 1:
        kernel = table.at(degrees(a.num).index(1))
        if kernel.positive:
            return _log_positive(table, kernel)
    node = table.forms.node("ln", (table.node(a),))
    return table.value(table.kernel(("ln", *table.key(a)), node, of=a))


def _log_positive(table: Kernels, kernel: Kernel) -> Quotient:
    """Logarithms of a kernel that is never negative: exponents, and parts of radicands'."""
    ring = table.ring
    if kernel.kind == "exp" and kernel.of is not None:
        exponent: Quotient = kernel.of
        base = kernel.base
        return exponent if base == "e" else ring.mul(exponent, _log_number(table, fmpq(int(base))))
    if kernel.kind == "root" and kernel.equals is not None:
        inner = logarithm(table, Quotient(kernel.equals, ring.one, 8))
        return ring.mul(inner, ring.constant(fmpq(1, kernel.power)))
    value = table.value(kernel)
    node = table.forms.node("ln", (kernel.node,))
    return table.value(table.kernel(("ln", *table.key(value)), node, of=value))


def _log_number(table: Kernels, value: fmpq) -> Quotient:
    """Logarithms of a positive rational, over its primes."""
    ring, forms = table.ring, table.forms
    total = ring.zero
    if value == 1:
        return total
    for prime, count in table.factors(value):
        root, base = _whole_root(prime)
        kernel = table.kernel(
            ("ln", str(base), ""), forms.node("ln", (forms.number(fmpq(base)),)),
            of=ring.constant(fmpq(base)), positive=True,
        )  # fmt: skip
        total = ring.add(total, ring.mul(table.value(kernel), ring.constant(fmpq(count * root))))
    return total


def _whole_root(value: fmpz) -> tuple[int, fmpz]:
    """The largest k with value = base**k, where small: an unfactored rest may be a power."""
    for index in (2, 3, 5, 7):
        if value.bit_length() > 62:
            root = value.root(index)
            if root**index == value:
                more, base = _whole_root(root)
                return more * index, base
    return 1, value
