"""Real roots of rational polynomials, exactly: isolated by Sturm's theorem, compared and signed without floats.

A root is a rational, or an irreducible polynomial with a rational interval that holds one root of it. Signs of other
polynomials at a root are decided by division (zero) or by narrowing the interval (not zero).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import msgspec
from flint import fmpq, fmpq_poly

from verifier.types.budget import Meter
from verifier.types.expr import Expr
from verifier.types.nodes import number

_MAX_DEGREE: Final = 40  # of a polynomial whose roots are isolated; a person asks for fewer


class Root(msgspec.Struct, frozen=True, gc=False):
    """The one real root of ``polynomial`` (irreducible, of degree two or more) in the open interval (low, high)."""

    polynomial: fmpq_poly
    low: fmpq
    high: fmpq

    def tree(self) -> Expr | None:
        """The root in radicals where it is quadratic, else ``None``."""
        if self.polynomial.degree() != 2:
            return None
        c, b, a = (self.polynomial[k] for k in range(3))
        vertex = -b / (2 * a)
        root = Expr("root", (number((b * b - 4 * a * c) / (4 * a * a)), number(2)))
        upper = (self.polynomial(self.high) > 0) == (a > 0)
        return Expr("add", (number(vertex), root if upper else Expr("neg", (root,))))


Exact = fmpq | Root
_FACTORED: Final = 160  # units of work that it costs to factor the smallest polynomial


def real_roots(polynomial: fmpq_poly, meter: Meter) -> tuple[Exact, ...]:
    """The distinct real roots in increasing order.

    Raises ``Exhausted`` where the degree is beyond what is isolated here.

    >>> from verifier.types.budget import Budget
    >>> real_roots(fmpq_poly([-1, 0, 1]), Meter(Budget()))
    (-1, 1)
    """
    if polynomial.degree() < 1:
        return ()
    if polynomial.degree() > _MAX_DEGREE:
        meter.within("degree", meter.budget.degree + 1)
    meter.spend(_FACTORED + int(polynomial.degree()) ** 3 + int(polynomial.numer().height_bits()))
    found: list[Exact] = []
    for factor, _ in polynomial.factor()[1]:
        if factor.degree() == 1:
            found.append(-factor[0] / factor[1])
        else:
            found.extend(_isolated(factor / factor[factor.degree()], meter))  # monic, so that equal ones are seen
    return sort_roots(found, meter)


def sort_roots(found: list[Exact], meter: Meter) -> tuple[Exact, ...]:
    """Distinct roots in increasing order, their intervals narrowed until they are apart."""
    ordered: list[Exact] = []
    for root in found:
        at, new = 0, root
        while at < len(ordered):
            order, new, ordered[at] = compare(new, ordered[at], meter)
            if order < 0:
                break
            if order == 0:
                at = -1
                break
            at += 1
        if at >= 0:
            ordered.insert(at, new)
    return tuple(ordered)


def compare(first: Exact, second: Exact, meter: Meter) -> tuple[int, Exact, Exact]:
    """-1, 0 or 1, and the two roots, narrowed as far as it took to tell."""
    if isinstance(first, Root) and isinstance(second, Root) and first.polynomial == second.polynomial:
        low, high = max(first.low, second.low), min(first.high, second.high)
        if low < high and _count(first.polynomial, low, high, meter):
            return 0, first, second
    while True:
        first_low, first_high = bounds(first)
        second_low, second_high = bounds(second)
        if not isinstance(first, Root) and not isinstance(second, Root):
            above = (first - second).p
            return (above > 0) - (above < 0), first, second
        if first_high <= second_low:
            return -1, first, second
        if second_high <= first_low:
            return 1, first, second
        first, second = narrow(first, meter), narrow(second, meter)


def bounds(root: Exact) -> tuple[fmpq, fmpq]:
    """A closed interval that holds the root."""
    return (root.low, root.high) if isinstance(root, Root) else (root, root)


def narrow(root: Exact, meter: Meter) -> Exact:
    """The same root in half its interval. No rational is a root of an irreducible polynomial, so the middle is none."""
    if not isinstance(root, Root):
        return root
    meter.spend(int(root.polynomial.degree()) + int(root.low.p.height_bits() + root.low.q.height_bits()) // 16 + 1)
    middle = (root.low + root.high) / 2
    left = (root.polynomial(root.low) > 0) != (root.polynomial(middle) > 0)
    return msgspec.structs.replace(root, high=middle) if left else msgspec.structs.replace(root, low=middle)


def sign_at(polynomial: fmpq_poly, root: Exact, meter: Meter) -> int:
    """The sign of a polynomial at a root."""
    if not isinstance(root, Root):
        meter.spend(2 + int(polynomial.degree()))
        above = polynomial(root).p  # a whole number is compared sooner than a fraction
        return (above > 0) - (above < 0)
    meter.spend(int(polynomial.degree() * root.polynomial.degree()) + 16)
    rest = polynomial % root.polynomial
    if rest.is_zero():
        return 0
    if rest.degree() == 0:
        return 1 if rest[0] > 0 else -1
    simple = rest / rest.gcd(rest.derivative())
    at: Exact = root
    while isinstance(at, Root) and (rest(at.low) == 0 or rest(at.high) == 0 or _count(simple, at.low, at.high, meter)):
        at = narrow(at, meter)
    assert isinstance(at, Root)  # noqa: S101  # narrowing keeps the type
    return 1 if rest(at.low) > 0 else -1


def _isolated(polynomial: fmpq_poly, meter: Meter) -> list[Exact]:
    """The real roots of an irreducible polynomial of degree two or more, by bisection of Cauchy's bound."""
    chain = _sturm(polynomial, meter)
    lead = abs(polynomial[polynomial.degree()])
    bound = 1 + max(abs(polynomial[k]) for k in range(polynomial.degree())) / lead
    bound = fmpq(bound.ceil())
    found: list[Exact] = []
    open_ones = [(-bound, bound, _changes(chain, -bound), _changes(chain, bound))]
    while open_ones:
        low, high, below, above = open_ones.pop()
        meter.spend(len(chain) * 4)
        if below - above == 1:
            found.append(Root(polynomial, low, high))
        elif below - above > 1:
            middle = (low + high) / 2
            inside = _changes(chain, middle)
            open_ones += [(low, middle, below, inside), (middle, high, inside, above)]
    return found


def _count(polynomial: fmpq_poly, low: fmpq, high: fmpq, meter: Meter) -> int:
    """How many distinct roots a squarefree polynomial has between two points that are none."""
    if polynomial.degree() < 1:
        return 0
    chain = _sturm(polynomial, meter)
    return _changes(chain, low) - _changes(chain, high)


def _sturm(polynomial: fmpq_poly, meter: Meter) -> list[fmpq_poly]:
    chain = [polynomial, polynomial.derivative()]
    while chain[-1].degree() > 0:
        meter.spend(int(chain[-1].degree()) ** 2 + 1)
        rest = -(chain[-2] % chain[-1])
        if rest.is_zero():
            break
        lead = abs(rest[rest.degree()])
        chain.append(rest / lead)
    return chain


def _changes(chain: list[fmpq_poly], point: fmpq) -> int:
    signs = [value > 0 for value in (polynomial(point) for polynomial in chain) if value != 0]
    return sum(one != other for one, other in pairwise(signs))
