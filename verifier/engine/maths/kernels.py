"""Kernels: what is no polynomial, taken as a variable of one, with what is known of its powers.

Roots are split into positive numbers and primitive radicands, exponentials over the terms of their exponents, so that
equal values meet in the same kernel. Every rewriting keeps the value wherever the tree that was written has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from flint import fmpq, fmpq_mpoly, fmpz

from verifier.engine.maths.evaluate import Program
from verifier.engine.maths.normal import Forms
from verifier.engine.maths.polynomial import (
    Quotient,
    Ring,
    TooHigh,
    content,
    degrees,
    leading,
    rational_power,
    terms,
    total_degree,
)

HIGH: Final = 12
"""Bits above which numbers stay powers: squarefree parts are sought, multiples of angles unfolded only below."""
_MANY: Final = 8
_FACTORED: Final = 62
"""Integers are factored completely up to so many bits, by small primes above."""


class Full(Exception):  # noqa: N818  # control flow: begin again with more variables
    """More kernels than variables."""


class Kernel(msgspec.Struct, frozen=True, gc=False):
    """One variable: the node that it stands for, and ``power``, ``equals``: its lowest power that is a polynomial.

    ``positive`` kernels are never negative where they have a value.
    """

    place: int
    kind: str
    node: int
    power: int = 0
    equals: fmpq_mpoly | None = None
    positive: bool = False
    base: str | int = ""
    of: Quotient | None = None


class Kernels:
    """The kernels of one comparison, and quotients of polynomials in them.

    ``whole`` names stand for integers, ``complexes`` says that values may be complex: nothing that holds for reals
    only is used then.
    """

    __slots__ = (
        "_index", "_made", "complexes", "forms", "list", "meter", "positive", "related", "ring", "unfold", "whole",
    )  # fmt: skip

    def __init__(
        self,
        forms: Forms,
        size: int,
        whole: frozenset[str],
        positive: frozenset[str],
        *,
        complexes: bool,
        unfold: bool = True,
    ) -> None:
        self.forms = forms
        self.meter = forms.meter
        self.ring = Ring(size, forms.meter)
        self.whole = whole
        self.unfold = unfold
        self.positive = positive
        self.complexes = complexes
        self.list: list[Kernel] = []
        self.related: list[Kernel] = []  # those with a power that equals a polynomial
        self._index: dict[tuple[object, ...], Kernel] = {}
        self._made: dict[int, Quotient] = {}

    def kernel(self, key: tuple[object, ...], node: int, **known: object) -> Kernel:
        """The kernel of that key, new if it was not met; later kernels stand before earlier ones in the order."""
        found = self._index.get(key)
        if found is None:
            place = self.ring.size - 1 - len(self.list)
            if place < 0:
                raise Full
            self.meter.spend(12)
            found = Kernel(place, str(key[0]), node, **known)  # type: ignore[arg-type]
            self.list.append(found)
            if found.equals is not None:
                self.related.append(found)
            self._index[key] = found
        return found

    def get(self, key: tuple[object, ...]) -> Kernel | None:
        """The kernel of that key, if it was met."""
        return self._index.get(key)

    def value(self, kernel: Kernel, power: int = 1) -> Quotient:
        """A power of a kernel."""
        if power < 0:
            return self.ring.inverse(self.ring.generator(kernel.place, -power))
        return self.ring.generator(kernel.place, power) if power else self.ring.unit

    def at(self, place: int) -> Kernel:
        """The kernel of a variable."""
        return self.list[self.ring.size - 1 - place]

    def key(self, a: Quotient) -> tuple[str, str]:
        """What equal quotients have in common; they must be ``canonical``."""
        return str(a.num), "" if a.den is self.ring.one else str(a.den)

    def reduced(self, poly: fmpq_mpoly) -> fmpq_mpoly:
        """A polynomial with the powers of kernels replaced by what they equal."""
        if not self.related or poly.is_constant():
            return poly
        highest = degrees(poly)
        for kernel in reversed(self.related):
            if kernel.equals is not None and highest[kernel.place] >= kernel.power:
                self.meter.spend(4 + len(poly) * (1 + len(kernel.equals)))
                if kernel.power == 1:
                    poly = self._valued(poly, kernel)
                else:
                    poly = poly % (self.ring.context.gen(kernel.place) ** kernel.power - kernel.equals)
                    self.meter.within("terms", len(poly))
                if poly.is_constant():
                    break
                highest = degrees(poly)
        return poly

    def _valued(self, poly: fmpq_mpoly, kernel: Kernel) -> fmpq_mpoly:
        """A prime that stood for itself so that its powers need not be computed, put in if the powers are small."""
        common = poly.term_content()
        rest = poly / common
        degree = degrees(rest)[kernel.place]
        if kernel.equals is None or degree * int(kernel.equals.leading_coefficient().p).bit_length() > 4096:
            return poly
        return rest.subs({kernel.place: kernel.equals.leading_coefficient()}) * common

    def canonical(self, a: Quotient) -> Quotient:
        """In lowest terms, powers of kernels replaced, single roots out of the denominator."""
        if not self.list:
            return a
        ring = self.ring
        num, den = self.reduced(a.num), a.den
        if den is not ring.one:
            den = self.reduced(den)
            if len(den) == 1:
                for place, exponent in enumerate(leading(den)):
                    kernel = self.at(place) if exponent else None
                    if kernel is not None and kernel.equals is not None and kernel.power > 1:
                        factor = ring.context.gen(place) ** (kernel.power - exponent)
                        num, den = self.reduced(num * factor), self.reduced(den * factor)
        return ring.lowest(Quotient(num, den, 2 * a.bits + 8))

    def node(self, a: Quotient) -> int:
        """A node for a quotient, to be evaluated."""
        forms = self.forms
        num = self.poly_node(a.num)
        return num if a.den is self.ring.one else forms.div(num, self.poly_node(a.den))

    def poly_node(self, poly: fmpq_mpoly) -> int:
        """A node for a polynomial."""
        forms = self.forms
        self.meter.spend(20 + 8 * len(poly))
        parts = []
        for exponents, value in terms(poly):
            factors = [forms.number(value)]
            for place, exponent in enumerate(exponents):
                if exponent:
                    factors.append(forms.power(self.at(place).node, forms.number(fmpq(exponent))))
            parts.append(forms.mul(factors))
        return forms.add(parts) if parts else forms.number(fmpq(0))

    def sign(self, a: Quotient) -> int:
        """1 or −1 for a constant that is shown to have that sign, 1 for what is never negative, else 0."""
        if a.num.is_constant() and a.den is self.ring.one:
            lead = a.num.leading_coefficient() if not a.num.is_zero() else fmpq(0)
            return 1 if lead > 0 else -1 if lead < 0 else 0
        if len(a.num) == 1 == len(a.den):
            places = [place for poly in (a.num, a.den) for place, exponent in enumerate(leading(poly)) if exponent % 2]
            if all(self.at(place).positive for place in places):
                return 1 if (a.num.leading_coefficient() > 0) == (a.den.leading_coefficient() > 0) else -1
        node = self.node(a)
        if any(self.forms.heads[part] in {"symbol", "apply"} for part in self.forms.reach(node)):
            return 0
        ball = Program(self.forms, (node,)).balls({}, 128, self.meter)[0]
        return 0 if ball is None else 1 if ball > 0 else -1 if ball < 0 else 0

    def is_whole(self, exponents: Sequence[int]) -> bool:
        """Whether a term is made of whole names only."""
        return all(
            self.at(place).kind == "symbol" and self.forms.names[self.at(place).node] in self.whole
            for place, exponent in enumerate(exponents)
            if exponent
        )

    # Numbers under roots, and primes with exponents too large to be computed.

    def number_power(self, value: fmpq, index: fmpq) -> Quotient:
        """A power of a positive rational: a rational times roots of primes."""
        ring = self.ring
        came_out = rational_power(value, index, self.meter)
        if came_out is not None:
            return ring.constant(came_out)
        total = ring.unit
        for prime, exponent in self.factors(value):
            power = index * exponent
            whole = int(power.floor())
            total = ring.mul(total, self.prime_power(prime, whole))
            rest = power - whole
            if rest != 0:
                kernel = self.kernel(
                    ("root", int(rest.q), str(prime)),
                    self.forms.power(self.forms.number(fmpq(prime)), self.forms.number(fmpq(1, rest.q))),
                    power=int(rest.q), equals=ring.context.constant(prime), positive=True,
                )  # fmt: skip
                total = ring.mul(total, self.value(kernel, int(rest.p)))
        return total

    def prime_power(self, prime: fmpz, exponent: int) -> Quotient:
        """A power of a prime; where it is too large, of a kernel that stands for the prime."""
        if abs(exponent) * int(prime.bit_length()) <= min(2048, self.meter.budget.bits):
            return self.ring.constant(fmpq(prime) ** exponent)
        if abs(exponent) > 1 << 30:
            forms = self.forms
            node = forms.power(forms.number(fmpq(prime)), forms.number(fmpq(exponent)))
            return self.value(self.kernel(("huge", str(prime), exponent), node, positive=True))
        kernel = self.kernel(
            ("prime", str(prime)), self.forms.number(fmpq(prime)),
            power=1, equals=self.ring.context.constant(prime), positive=True,
        )  # fmt: skip
        return self.value(kernel, exponent)

    def factors(self, value: fmpq) -> list[tuple[fmpz, int]]:
        """The primes of a positive rational with their exponents; large integers may stay whole."""
        found: dict[str, tuple[fmpz, int]] = {}
        for part, sign in ((value.p, 1), (value.q, -1)):
            if part == 1:
                continue
            size = int(part.bit_length())
            self.meter.within("bits", size)
            self.meter.spend(400 if 40 < size <= _FACTORED else 8 + size)
            for prime, exponent in part.factor() if size <= _FACTORED else part.factor_smooth():
                found[str(prime)] = (prime, sign * int(exponent) + found.get(str(prime), (prime, 0))[1])
        return [pair for pair in found.values() if pair[1]]

    # Roots.

    def root(self, a: Quotient, index: int) -> Quotient:  # noqa: PLR0912  # one branch for each kind of factor
        """The root of a quotient: odd ones of negatives are real, even ones of negative numbers imaginary."""
        ring = self.ring
        a = self.canonical(a)
        if a.num.is_zero():
            return ring.zero
        radicand, outer = a.num, ring.unit
        if a.den is not ring.one:
            below = Quotient(a.den, ring.one, a.bits)
            radicand = ring.mul(Quotient(a.num, ring.one, a.bits), ring.power(below, index - 1)).num
            outer = ring.inverse(below if index % 2 else self.absolute(below))
        scale = content(radicand)
        if radicand.leading_coefficient() < 0 and (index % 2 or radicand.is_constant()):
            scale = -scale
        radicand = radicand / scale
        if scale < 0:
            if index % 2:
                outer, scale = ring.neg(outer), -scale
            elif index == 2:
                outer, scale = ring.mul(outer, self.imaginary()), -scale
            else:
                raise TooHigh
        outer = ring.mul(outer, self.number_power(scale, fmpq(1, index)))
        if radicand.is_one():
            return outer
        rest = ring.context.constant(1)
        for factor, exponent in self.squarefree(radicand):
            whole, left = divmod(exponent, index)
            part = Quotient(factor, ring.one, a.bits)
            if whole:
                inner = part if index % 2 else self.absolute(part)
                outer = ring.mul(outer, ring.power(inner, whole))
            if left:
                kernel = self.at(degrees(factor).index(1)) if len(factor) == 1 and total_degree(factor) == 1 else None
                if kernel is not None and kernel.positive and factor.leading_coefficient() == 1:
                    outer = ring.mul(outer, self._of_positive(kernel, left, index))
                else:
                    rest = ring.product(rest, ring.power(part, left).num, a.bits + 8)
        if rest.is_one():
            return outer
        return ring.mul(outer, self.root_kernel(rest, index, a.bits))

    def squarefree(self, poly: fmpq_mpoly) -> list[tuple[fmpq_mpoly, int]]:
        """Factors with exponents; small polynomials are searched for squares."""
        ring = self.ring
        factors: list[tuple[fmpq_mpoly, int]] = []
        monomial = poly.term_content()
        if not monomial.is_one():
            lead = monomial.leading_coefficient()
            for place, exponent in enumerate(leading(monomial)):
                if exponent:
                    factors.append((ring.context.gen(place), exponent))
            poly = poly / monomial * lead
        if poly.is_one():
            return factors
        if 1 < len(poly) <= 4 * HIGH and 2 <= total_degree(poly) <= HIGH:
            self.meter.spend(80 + len(poly) ** 2)
            scale, found = poly.factor_squarefree()
            if any(exponent > 1 for _, exponent in found):
                if scale != 1:
                    factors.append((ring.context.constant(scale), 1))
                return factors + [(factor, int(exponent)) for factor, exponent in found]
        factors.append((poly, 1))
        return factors

    def _of_positive(self, kernel: Kernel, power: int, index: int) -> Quotient:
        """A kernel that is never negative, to the power/index."""
        ratio = fmpq(power, index)
        return self.ring.power(self.root_kernel(self.ring.context.gen(kernel.place), int(ratio.q), 1), int(ratio.p))

    def root_kernel(self, radicand: fmpq_mpoly, index: int, bits: int) -> Quotient:
        """The kernel of a root; a root of a root is one root."""
        forms = self.forms
        base: Kernel | None = None
        if len(radicand) == 1 and total_degree(radicand) == 1 and radicand.leading_coefficient() == 1:
            inner = self.at(degrees(radicand).index(1))
            if inner.kind == "exp":
                base = inner
            if inner.kind == "root" and inner.positive and inner.equals is not None:
                if inner.power * index <= 64 and inner.equals.is_constant():
                    return self.number_power(inner.equals.leading_coefficient(), fmpq(1, inner.power * index))
                if inner.power % 2 == 0 and inner.power * index <= 64:
                    return self.root(Quotient(inner.equals, self.ring.one, bits), inner.power * index)
        node = forms.power(self.poly_node(radicand), forms.number(fmpq(1, index)))
        kernel = self.kernel(
            ("root", index, str(radicand)),
            node,
            power=index,
            equals=radicand,
            positive=(index % 2 == 0 or base is not None) and not self.complexes,
            base=base.base if base is not None else "",
            of=self.ring.mul(base.of, self.ring.constant(fmpq(1, index))) if base is not None and base.of else None,
        )
        return self.value(kernel)

    def imaginary(self) -> Quotient:
        """The unit i."""
        node = self.forms.node("constant", (), "i")
        return self.value(self.kernel(("i",), node, power=2, equals=self.ring.context.constant(-1)))

    def absolute(self, a: Quotient) -> Quotient:
        """The absolute value, of real quotients split over factors."""
        ring = self.ring
        a = self.canonical(a)
        if a.num.is_zero():
            return ring.zero
        if self.complexes:
            sign = self.sign(a) if not self.get(("i",)) else 0
            if sign:
                return a if sign > 0 else ring.neg(a)
            return self.value(
                self.kernel(("modulus", *self.key(a)), self.forms.node("abs", (self.node(a),)), positive=True)
            )
        above = self._absolute(a.num, a.bits)
        return above if a.den is ring.one else ring.div(above, self._absolute(a.den, a.bits))

    def _absolute(self, poly: fmpq_mpoly, bits: int) -> Quotient:
        ring = self.ring
        scale = content(poly)
        if poly.leading_coefficient() < 0:
            scale = -scale
        total = ring.constant(abs(scale))
        poly = poly / scale
        monomial = poly.term_content()
        if not monomial.is_one():
            poly = poly / monomial
            for place, exponent in enumerate(leading(monomial)):
                if exponent:
                    kernel = self.at(place)
                    even = exponent if kernel.positive else exponent - exponent % 2
                    total = ring.mul(total, self.value(kernel, even))
                    if even != exponent:
                        total = ring.mul(total, self._absolute_kernel(ring.context.gen(place)))
        if poly.is_constant():
            return ring.mul(total, ring.constant(abs(poly.leading_coefficient())))
        whole = Quotient(poly, ring.one, bits)
        sign = self.sign(whole)
        if sign:
            return ring.mul(total, whole if sign > 0 else ring.neg(whole))
        return ring.mul(total, self._absolute_kernel(poly))

    def _absolute_kernel(self, poly: fmpq_mpoly) -> Quotient:
        node = self.forms.node("abs", (self.poly_node(poly),))
        square = self.ring.product(poly, poly, 64)
        return self.value(self.kernel(("abs", str(poly)), node, power=2, equals=square, positive=True))
