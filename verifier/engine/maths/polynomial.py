"""Exact rational functions over Q: quotients of polynomials, counted before they are multiplied out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb
from typing import Final, NamedTuple, SupportsInt

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpq_poly, fmpz

from verifier.engine.maths.normal import Forms
from verifier.engine.maths.univariate import small_quotient
from verifier.types.budget import Exhausted, Meter
from verifier.types.expr import Expr

SIZES: Final = (8, 16)
"""Contexts of flint stay for ever, so there are two, with canonical names."""
_CONTEXTS: Final = {size: fmpq_mpoly_ctx.get([f"x{place}" for place in range(size)], Ordering.lex) for size in SIZES}
_ONES: Final = {size: _CONTEXTS[size].constant(1) for size in SIZES}
LARGEST_EXPONENT: Final = 1 << 30
_TOTAL: Callable[[fmpq_mpoly], SupportsInt] = fmpq_mpoly.total_degree  # an integer of flint's own
_PRIME: Callable[[fmpz], object] = fmpz.is_prime  # 0 or 1
_PROBABLE: Callable[[fmpz], object] = fmpz.is_probable_prime


class Quotient(NamedTuple):
    """A polynomial over a polynomial; ``bits`` bounds the size of their coefficients."""

    num: fmpq_mpoly
    den: fmpq_mpoly
    bits: int


class TooHigh(Exception):  # noqa: N818  # control flow between a ring and its user
    """A power is too high to be multiplied out; the base becomes a kernel."""


class Undefined(Exception):  # noqa: N818  # control flow between a ring and its user
    """A denominator is the zero polynomial."""


class Ring:
    """Polynomials in x0 … x7 (or … x15), lexicographic with x0 first."""

    __slots__ = ("_terms", "context", "meter", "one", "size", "unit", "zero")

    def __init__(self, size: int, meter: Meter) -> None:
        self.size = size
        self.meter = meter
        self.context = _CONTEXTS[size]
        self.one = _ONES[size]
        self.unit = Quotient(self.one, self.one, 1)
        self.zero = Quotient(self.context.constant(0), self.one, 0)
        self._terms = meter.budget.terms

    def constant(self, value: fmpq) -> Quotient:
        """A rational."""
        return Quotient(self.context.constant(value), self.one, max(value.p.bit_length(), value.q.bit_length()))

    def generator(self, place: int, power: int = 1) -> Quotient:
        """A power of a variable."""
        made = self.context.gen(place)
        return Quotient(made if power == 1 else made**power, self.one, 1)

    def product(self, a: fmpq_mpoly, b: fmpq_mpoly, bits: int) -> fmpq_mpoly:
        """The product of two polynomials, if it fits the budget; ``bits`` bounds a coefficient of the result."""
        steps = len(a) * len(b)
        if steps > self._terms:
            dense = 1
            for one, other in zip(degrees(a), degrees(b), strict=True):
                dense *= 1 + one + other
            self.meter.within("terms", min(steps, dense))
        if bits > 64 or steps > 4:
            self.meter.within("bits", bits)
            self.meter.spend(1 + steps * (1 + bits // 64) // 2)
        return a * b

    def add(self, a: Quotient, b: Quotient) -> Quotient:
        """The sum."""
        one = self.one
        if a.den is b.den or a.den == b.den:
            return Quotient(a.num + b.num, a.den, max(a.bits, b.bits) + 1)
        bits = a.bits + b.bits + 8
        if a.den is one:
            return Quotient(self.product(a.num, b.den, bits) + b.num, b.den, bits)
        if b.den is one:
            return Quotient(a.num + self.product(b.num, a.den, bits), a.den, bits)
        left, right = a.den, b.den
        if len(left) * len(right) > 1:
            common = left.gcd(right)
            self.meter.spend(8 + len(left) * len(right))
            if not common.is_one():
                left, right = left / common, right / common
        above = self.product(a.num, right, bits) + self.product(b.num, left, bits)
        return Quotient(above, self.product(a.den, right, bits), bits)

    def mul(self, a: Quotient, b: Quotient) -> Quotient:
        """The product."""
        one = self.one
        bits = a.bits + b.bits + min(len(a.num), len(b.num)).bit_length() - 1
        num = self.product(a.num, b.num, bits)
        if a.den is one:
            return Quotient(num, b.den, bits)
        return Quotient(num, a.den if b.den is one else self.product(a.den, b.den, bits), bits)

    def neg(self, a: Quotient) -> Quotient:
        """The negative."""
        return Quotient(-a.num, a.den, a.bits)

    def inverse(self, a: Quotient) -> Quotient:
        """One over it; raises ``Undefined`` for zero."""
        if a.num.is_zero():
            raise Undefined
        if len(a.num) == 1 and a.num.is_constant():
            return Quotient(a.den / a.num.leading_coefficient(), self.one, 2 * a.bits)
        return Quotient(a.den, a.num, a.bits)

    def div(self, a: Quotient, b: Quotient) -> Quotient:
        """The quotient; raises ``Undefined`` for a zero denominator."""
        return self.mul(a, self.inverse(b))

    def power(self, a: Quotient, exponent: int) -> Quotient:
        """A whole power; raises ``TooHigh`` where it does not fit."""
        if exponent < 0:
            a, exponent = self.inverse(a), -exponent
        if exponent == 1:
            return a
        bits = (a.bits + max(len(a.num), len(a.den)).bit_length()) * exponent
        plain = a.bits <= 1 and len(a.num) == 1 and len(a.den) == 1
        if exponent > LARGEST_EXPONENT or (not plain and bits > self.meter.budget.bits):
            raise TooHigh
        return Quotient(
            self._raise(a.num, exponent, bits),
            a.den if a.den is self.one else self._raise(a.den, exponent, bits),
            1 if plain else bits,
        )

    def _raise(self, a: fmpq_mpoly, exponent: int, bits: int) -> fmpq_mpoly:
        terms = len(a)
        if terms > 1:
            dense = 1
            highest = degrees(a)
            for degree in highest:
                dense *= 1 + degree * exponent
            size = min(dense, comb(exponent + terms - 1, min(terms - 1, exponent))) if terms < 50 else dense
            if size > self._terms or max(highest) * exponent > self.meter.budget.degree:
                raise TooHigh
            self.meter.spend(1 + size * terms * (1 + bits // 64))
        elif max(degrees(a)) * exponent > LARGEST_EXPONENT:
            raise TooHigh
        return a**exponent

    def lowest(self, a: Quotient) -> Quotient:
        """In lowest terms, the denominator with leading coefficient one."""
        if a.den is self.one:
            return a
        if a.num.is_zero():
            return self.zero
        common = a.num.gcd(a.den)
        self.meter.spend(8 + len(a.num) * len(a.den) * (1 + a.bits // 64))
        num, den = (a.num, a.den) if common.is_one() else (a.num / common, a.den / common)
        lead = den.leading_coefficient()
        if lead != 1:
            num, den = num / lead, den / lead
        return Quotient(num, self.one if den.is_one() else den, 2 * a.bits)

    def term(self, coefficient: fmpq, exponents: Sequence[int]) -> Quotient:
        """One term."""
        bits = max(coefficient.p.bit_length(), coefficient.q.bit_length())
        return Quotient(self.context.from_dict({tuple(exponents): coefficient}), self.one, bits)


# Flint gives exponents and degrees as integers of its own, and truths as integers, whatever its stubs say. Compiled
# code takes annotations at their word, so what comes from there becomes Python's own here, and nowhere else.


def terms(poly: fmpq_mpoly) -> list[tuple[tuple[int, ...], fmpq]]:
    """The terms of a polynomial, highest first: their exponents and coefficients."""
    return [(tuple(map(int, powers)), value) for powers, value in zip(poly.monoms(), poly.coeffs(), strict=True)]


def leading(poly: fmpq_mpoly) -> tuple[int, ...]:
    """The exponents of the highest term of a polynomial that is not zero."""
    return tuple(map(int, poly.monomial(0)))


def degrees(poly: fmpq_mpoly) -> tuple[int, ...]:
    """The degree of a polynomial in each variable."""
    return tuple(map(int, poly.degrees()))


def total_degree(poly: fmpq_mpoly) -> int:
    """The highest sum of exponents in a term."""
    return int(_TOTAL(poly))


def is_prime(value: fmpz, *, proved: bool = True) -> bool:
    """Whether an integer is prime; not ``proved``, whether it is one as far as tests without a proof show."""
    return bool(_PRIME(value) if proved else _PROBABLE(value))


def content(poly: fmpq_mpoly) -> fmpq:
    """The positive rational by which a polynomial is a multiple of a primitive one with whole coefficients."""
    above, below = fmpz(0), fmpz(1)
    for value in poly.coeffs():
        above = above.gcd(value.p)
        below = below.lcm(value.q)
    return fmpq(above, below) if above else fmpq(1)


def polynomial(tree: Expr, variables: Sequence[str], meter: Meter) -> fmpq_mpoly | None:
    """A tree as a polynomial over Q, where ``x0`` stands for the first variable and so on; ``None`` if it is none.

    >>> from verifier.types.budget import Budget
    >>> from verifier.types.nodes import number, symbol
    >>> str(polynomial(Expr("pow", (Expr("add", (symbol("t"), number(1))), number(2))), ("t",), Meter(Budget())))
    'x0^2 + 2*x0 + 1'
    """
    found = _quotient(tree, variables, meter)
    if found is None:
        return None
    ring, value = found
    value = ring.lowest(value)
    return value.num if value.den is ring.one else None


def fraction(tree: Expr, variables: Sequence[str], meter: Meter) -> tuple[fmpq_mpoly, fmpq_mpoly] | None:
    """A tree as a polynomial over another, not in lowest terms; ``None`` if it is none.

    >>> from verifier.types.budget import Budget
    >>> from verifier.types.nodes import number, symbol
    >>> fraction(Expr("div", (symbol("s"), symbol("t"))), ("s", "t"), Meter(Budget()))
    (x0, x1)
    """
    found = _quotient(tree, variables, meter)
    return None if found is None else (found[1].num, found[1].den)


def univariate(tree: Expr, variable: str, meter: Meter) -> tuple[fmpq_poly, fmpq_poly] | None:
    """Numerator and denominator of a rational function of one variable over Q; ``None`` if it is none.

    They are in lowest terms, so zeros of the written denominator that cancel are gone.

    >>> from verifier.types.budget import Budget
    >>> from verifier.types.nodes import number, symbol
    >>> univariate(Expr("div", (number(3), symbol("t"))), "t", Meter(Budget()))
    (3, x)
    """
    plain = small_quotient(tree, variable, meter)
    if plain is not None:
        return plain
    found = _quotient(tree, (variable,), meter)
    if found is None:
        return None
    ring, value = found
    value = ring.lowest(value)
    return single(value.num, meter), single(value.den, meter)


def single(poly: fmpq_mpoly, meter: Meter) -> fmpq_poly:
    """A polynomial in x0 alone."""
    found = terms(poly)
    degree = max([exponents[0] for exponents, _ in found], default=0)
    meter.within("degree", degree)
    coefficients = [fmpq(0)] * (degree + 1)
    for exponents, value in found:
        coefficients[exponents[0]] = value
    return fmpq_poly(coefficients)


def _quotient(tree: Expr, variables: Sequence[str], meter: Meter) -> tuple[Ring, Quotient] | None:
    """A tree of sums, products, quotients and whole powers; ``None`` where anything else stands in it."""
    if len(variables) > SIZES[-1]:
        raise Exhausted("variables")
    ring = Ring(SIZES[0] if len(variables) <= SIZES[0] else SIZES[1], meter)
    forms = Forms(meter)
    root = forms.form(tree)
    made = _quotients(forms, forms.reach(root), ring, variables)
    return None if made is None else (ring, made[root])


def same(forms: Forms, reach: Sequence[int], one: int, other: int, variables: Sequence[str]) -> bool | None:
    """Whether two nodes are one rational function of the variables; ``None`` where they are none."""
    if len(variables) > SIZES[-1]:
        raise Exhausted("variables")
    ring = Ring(SIZES[0] if len(variables) <= SIZES[0] else SIZES[1], forms.meter)
    made = _quotients(forms, reach, ring, variables)
    return None if made is None else ring.add(made[one], ring.neg(made[other])).num.is_zero()


def _quotients(forms: Forms, reach: Sequence[int], ring: Ring, variables: Sequence[str]) -> dict[int, Quotient] | None:
    """Nodes as quotients, children first; ``None`` where one is none."""
    places = {name: place for place, name in enumerate(variables)}
    made: dict[int, Quotient] = {}
    forms.meter.spend(8 * len(reach))
    for node in reach:
        head, args, value = forms.heads[node], forms.args[node], forms.values[node]
        if value is not None:
            made[node] = ring.constant(value)
        elif head == "symbol" and forms.names[node] in places:
            made[node] = ring.generator(places[forms.names[node]])
        elif head == "add":
            total = made[args[0]]
            for arg in args[1:]:
                total = ring.add(total, made[arg])
            made[node] = total
        elif head == "mul":
            total = made[args[0]]
            for arg in args[1:]:
                total = ring.mul(total, made[arg])
            made[node] = total
        elif head in {"div", "pow"}:
            raised = _ratio(forms, ring, made, node)
            if raised is None:
                return None
            made[node] = raised
        else:
            return None
    return made


def _ratio(forms: Forms, ring: Ring, made: dict[int, Quotient], node: int) -> Quotient | None:
    args = forms.args[node]
    try:
        if forms.heads[node] == "div":
            return ring.div(made[args[0]], made[args[1]])
        index, base = forms.values[args[1]], made[args[0]]
        if index is None:
            return None
        if index.q != 1:
            value = (
                base.num.leading_coefficient()
                if base.num.is_constant() and base.den is ring.one and not base.num.is_zero()
                else None
            )
            came_out = None if value is None else rational_power(value, index, ring.meter)
            return None if came_out is None else ring.constant(came_out)
        if index.p == 0:
            return None if base.num.is_zero() else ring.unit
        return ring.power(base, int(index.p))
    except Undefined:
        return None
    except TooHigh:
        raise Exhausted("degree") from None


def rational_power(value: fmpq, index: fmpq, meter: Meter) -> fmpq | None:
    """A power of a rational, if that comes out rational and fits; odd roots of negatives are real.

    >>> from verifier.types.budget import Budget
    >>> rational_power(fmpq(-27, 8), fmpq(2, 3), Meter(Budget()))
    9/4
    """
    below = index.q
    if value == 0:
        return fmpq(0) if index > 0 else None
    if below != 1:
        if below > 64 or (value < 0 and below % 2 == 0):
            return None
        root = int(below)
        above_root = _exact_root(abs(value.p), root)
        below_root = _exact_root(value.q, root) if above_root is not None else None
        if above_root is None or below_root is None:
            return None
        value = fmpq(above_root if value > 0 else -above_root, below_root)
    exponent = int(index.p)
    if value == 1 or value == -1:  # noqa: PLR1714  # a rational is slow to hash
        return value if exponent % 2 else fmpq(1)
    bits = max(value.p.bit_length(), value.q.bit_length()) * abs(exponent)
    if bits > meter.budget.bits:
        return None
    meter.spend(1 + bits // 64)
    return value**exponent


def _exact_root(value: fmpz, index: int) -> fmpz | None:
    root = value.isqrt() if index == 2 else value.root(index)
    return root if root**index == value else None
