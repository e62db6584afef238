"""The difference of two trees as one polynomial in kernels: zero is a proof that they are equal."""

from __future__ import annotations

from typing import Final

import msgspec
from flint import fmpq_mpoly

from verifier.engine.maths.functions import quotient
from verifier.engine.maths.kernels import Full, Kernel, Kernels
from verifier.engine.maths.normal import Forms
from verifier.engine.maths.polynomial import SIZES, Undefined, content, leading
from verifier.types.budget import Exhausted

_ATTEMPTS: Final = ((SIZES[0], True), (SIZES[1], True), (SIZES[1], False))
"""Variables, and whether angles are unfolded: what is too large with them may fit without."""


class Proof(msgspec.Struct, frozen=True, gc=False):
    """What is left of the difference: nothing (``zero``), a number (``number``), or a polynomial.

    ``divided`` says that something else than a number was divided by.
    """

    zero: bool
    number: bool
    algebraic: bool
    divided: bool
    table: Kernels
    numerator: fmpq_mpoly

    def argument(self, node: int) -> str:
        """The first argument of a node, in a form that equal arguments share; a positive factor does not matter."""
        forms, table = self.table.forms, self.table
        try:
            found = table.canonical(quotient(table, forms.args[node][0]))
        except Undefined:
            return ""
        return " over ".join(table.key(found._replace(num=found.num / content(found.num))))

    def never_zero(self) -> bool:
        """Whether the numerator is a product of numbers that are certainly not zero."""
        if len(self.numerator) != 1:
            return False
        places = [place for place, exponent in enumerate(leading(self.numerator)) if exponent]
        return all(_never_zero(self.table.at(place)) for place in places)


def _never_zero(kernel: Kernel) -> bool:
    """π, powers of positive numbers, roots of numbers, logarithms of primes."""
    if kernel.kind == "ln":
        return kernel.positive
    return kernel.kind in {"pi", "exp", "huge", "prime", "i"} or (
        kernel.kind == "root" and kernel.equals is not None and kernel.equals.is_constant()
    )


def difference(
    forms: Forms, gold: int, candidate: int, *, whole: frozenset[str], positive: frozenset[str], complexes: bool
) -> Proof:
    """The reduced numerator of gold − candidate.

    Raises ``Undefined`` where a denominator is the zero polynomial, so that 0/0 equals nothing.
    """
    failed = "variables"
    for size, unfold in _ATTEMPTS:
        table = Kernels(forms, size, whole, positive, complexes=complexes, unfold=unfold)
        try:
            return _difference(table, gold, candidate)
        except Full:
            failed = "variables"
        except Exhausted as over:
            if over.limit == "work":
                raise
            failed = over.limit
    raise Exhausted(failed)


def _difference(table: Kernels, gold: int, candidate: int) -> Proof:
    ring = table.ring
    ring.meter.spend(40)
    left, right = quotient(table, gold), quotient(table, candidate)
    apart = ring.add(left, ring.neg(right))
    numerator = table.reduced(apart.num)
    related = any(kernel.power > 1 for kernel in table.list)
    if related and not numerator.is_zero():
        numerator = table.reduced(_unsigned(table, numerator))
    zero = numerator.is_zero()
    number = not zero and numerator.is_constant()
    divided = not (left.den is ring.one is right.den)
    return Proof(zero, number, related, divided, table, numerator)


def _unsigned(table: Kernels, poly: fmpq_mpoly) -> fmpq_mpoly:
    """|u| is u where √u has a value."""
    under: dict[str, Kernel] = {str(k.equals): k for k in table.list if k.kind == "root" and k.positive}
    for kernel in table.list:
        if kernel.kind == "abs" and kernel.equals is not None:
            inside = kernel.equals.sqrt()
            for candidate in (inside, -inside):
                if str(candidate) in under:
                    table.meter.spend(8 + len(poly))
                    poly = poly % (table.ring.context.gen(kernel.place) - candidate)
                    break
    return poly
