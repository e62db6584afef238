"""Powers and angles in kernels: exponentials term by term, sines and cosines of sums and multiples unfolded."""

from __future__ import annotations

from typing import Final, NamedTuple

from flint import fmpq

from verifier.engine.maths.kernels import Kernels
from verifier.engine.maths.polynomial import Quotient, TooHigh, content, leading, terms, total_degree
from verifier.types.budget import Exhausted

_TERMS: Final = 8
_MULTIPLE: Final = 12
_HUGE: Final = 1 << 30
_EXPANDED_ANGLE: Final = 4


class Turn(NamedTuple):
    """Cosine and sine of an angle."""

    cos: Quotient
    sin: Quotient


def power(table: Kernels, base: Quotient, exponent: Quotient) -> Quotient:
    """base**exponent, where the exponent is no plain number written as such."""
    ring = table.ring
    exponent = table.canonical(exponent)
    if exponent.num.is_constant() and exponent.den is ring.one:
        value = exponent.num.leading_coefficient() if not exponent.num.is_zero() else fmpq(0)
        return rational_index(table, base, value)
    base = table.canonical(base)
    if base.num.is_zero():
        raise TooHigh
    if base.num.is_constant() and base.den is ring.one:
        return _of_number(table, base.num.leading_coefficient(), exponent)
    if len(base.num) == 1 and len(base.den) == 1 and base.num.leading_coefficient() == 1:
        split = _of_exponentials(table, base, exponent)
        if split is not None:
            return split
    return _general(table, base, exponent)


def rational_index(table: Kernels, base: Quotient, index: fmpq) -> Quotient:
    """A power with a rational exponent."""
    ring = table.ring
    if index.q != 1:
        if index.q > 64:
            return _general(table, base, ring.constant(index))
        base, index = table.root(base, int(index.q)), fmpq(index.p)
    exponent = int(index.p)
    if exponent == 0:
        if base.num.is_zero():
            raise TooHigh
        return ring.unit
    if exponent == 1:
        return base
    if base.num.is_constant() and base.den is ring.one and not base.num.is_zero():
        value = base.num.leading_coefficient()
        size = max(value.p.bit_length(), value.q.bit_length()) * abs(exponent)
        if size > 2048:
            total = ring.constant(fmpq(-1 if value < 0 and exponent % 2 else 1))
            for prime, count in table.factors(abs(value)):
                total = ring.mul(total, table.prime_power(prime, count * exponent))
            return total
        return ring.constant(value**exponent)
    try:
        return ring.power(base, exponent)
    except TooHigh:
        return _high(table, base, exponent)


def _high(table: Kernels, base: Quotient, exponent: int) -> Quotient:
    """A power that is not multiplied out: of a kernel that stands for the base."""
    base = table.canonical(base)
    scale = content(base.num)
    if base.num.leading_coefficient() < 0:
        scale = -scale
    inner = Quotient(base.num / scale, base.den, base.bits)
    forms = table.forms
    outer = rational_index(table, table.ring.constant(scale), fmpq(exponent)) if scale != 1 else table.ring.unit
    if abs(exponent) > _HUGE:
        node = forms.power(table.node(inner), forms.number(fmpq(exponent)))
        return table.ring.mul(outer, table.value(table.kernel(("high", *table.key(inner), exponent), node)))
    return table.ring.mul(outer, table.value(table.kernel(("base", *table.key(inner)), table.node(inner)), exponent))


def _of_number(table: Kernels, value: fmpq, exponent: Quotient) -> Quotient:
    ring = table.ring
    if value < 0:
        sign = _alternating(table, exponent)
        return sign if value == -1 else ring.mul(sign, _of_number(table, -value, exponent))
    total = ring.unit
    for prime, count in table.factors(value):
        total = ring.mul(total, exponential(table, int(prime), ring.mul(exponent, ring.constant(fmpq(count)))))
    return total


def _alternating(table: Kernels, exponent: Quotient) -> Quotient:
    """(−1)**exponent: over whole names, a sign whose square is one."""
    ring, forms = table.ring, table.forms
    minus = forms.number(fmpq(-1))
    found = terms(exponent.num)
    if exponent.den is not ring.one or any(value.q != 1 or not table.is_whole(powers) for powers, value in found):
        return table.value(
            table.kernel(("alternating", *table.key(exponent)), forms.power(minus, table.node(exponent)))
        )
    total = ring.unit
    for powers, value in found:
        if value.p % 2:
            if any(powers):
                node = forms.power(minus, table.node(ring.term(fmpq(1), powers)))
                kernel = table.kernel(("sign", powers), node, power=2, equals=ring.one)
                total = ring.mul(total, table.value(kernel))
            else:
                total = ring.neg(total)
    return total


def exponential(table: Kernels, base: str | int, exponent: Quotient) -> Quotient:
    """A power of e, or of a prime, with the terms of the exponent apart."""
    ring, forms = table.ring, table.forms
    exponent = table.canonical(exponent)
    if exponent.num.is_zero():
        return ring.unit
    below = forms.node("constant", (), "e") if base == "e" else forms.number(fmpq(int(base)))
    if exponent.den is not ring.one and base != "e":
        log = table.get(("ln", str(base), ""))
        if log is not None:
            rescaled = table.canonical(ring.mul(exponent, table.value(log)))
            if rescaled.den is ring.one:
                return exponential(table, "e", rescaled)
    if exponent.den is not ring.one or len(exponent.num) > _TERMS:
        flip = exponent.num.leading_coefficient() < 0
        whole = ring.neg(exponent) if flip else exponent
        node = forms.power(below, table.node(whole))
        kernel = table.kernel(("exp", base, *table.key(whole)), node, positive=not table.complexes, base=base, of=whole)
        return table.value(kernel, -1 if flip else 1)
    total = ring.unit
    for powers, value in terms(exponent.num):
        total = ring.mul(total, _one_exponential(table, base, below, powers, value))
    return total


def _one_exponential(table: Kernels, base: str | int, below: int, powers: tuple[int, ...], value: fmpq) -> Quotient:
    """base**(value · term)."""
    ring, forms = table.ring, table.forms
    if base != "e" and not any(powers):
        return table.number_power(fmpq(int(base)), value)
    for place, count in enumerate(powers):
        if count == 1:
            kernel = table.at(place)
            rest = list(powers)
            rest[place] = 0
            if kernel.kind == "i" and base == "e":
                turn = cis(table, ring.term(value, rest))
                return ring.add(turn.cos, ring.mul(table.imaginary(), turn.sin))
            if kernel.kind == "ln" and base == "e" and kernel.of is not None:
                return power(table, kernel.of, ring.term(value, rest))
    if abs(value.p) > _HUGE or value.q > 64:
        whole = ring.term(value, powers)
        node = forms.power(below, table.node(whole))
        return table.value(table.kernel(("exp", base, *table.key(whole)), node, positive=not table.complexes))
    one = ring.term(fmpq(1), powers)
    kernel = table.kernel(
        ("exp", base, powers, 1), forms.power(below, table.node(one)), positive=not table.complexes, base=base, of=one
    )
    if value.q == 1:
        return table.value(kernel, int(value.p))
    radicand, index = ring.context.gen(kernel.place), int(value.q)
    if not table.complexes:
        return ring.power(table.root_kernel(radicand, index, 1), int(value.p))
    part = ring.term(fmpq(1, value.q), powers)
    node = forms.power(below, table.node(part))
    kernel = table.kernel(("exp", base, powers, index), node, power=index, equals=radicand, base=base, of=part)
    return table.value(kernel, int(value.p))


def _of_exponentials(table: Kernels, base: Quotient, exponent: Quotient) -> Quotient | None:
    """(e**u)**v is e**(u v), for products of exponentials of one base."""
    ring = table.ring
    bases: set[str | int] = set()
    total = ring.zero
    for poly, sign in ((base.num, 1), (base.den, -1)):
        for place, count in enumerate(leading(poly)):
            if count:
                kernel = table.at(place)
                if kernel.base == "" or kernel.of is None:
                    return None
                bases.add(kernel.base)
                total = ring.add(total, ring.mul(kernel.of, ring.constant(fmpq(sign * count))))
    if len(bases) != 1 or table.complexes:
        return None
    return exponential(table, bases.pop(), ring.mul(total, exponent))


def _general(table: Kernels, base: Quotient, exponent: Quotient) -> Quotient:
    """v**u with names in both: whole parts of the exponent apart, numbers out of the base."""
    ring, forms = table.ring, table.forms
    outer = ring.unit
    scale = content(base.num)
    if scale != 1:
        outer = _of_number(table, scale, exponent)
        base = Quotient(base.num / scale, base.den, base.bits)
    whole = exponent.den is ring.one and all(
        value.q == 1 and table.is_whole(powers) for powers, value in terms(exponent.num)
    )
    if whole and len(base.num) == 1 and len(base.den) == 1 and total_degree(base.num) + total_degree(base.den) > 1:
        for poly, sign in ((base.num, 1), (base.den, -1)):
            for place, count in enumerate(leading(poly)):
                if count:
                    scaled = ring.mul(exponent, ring.constant(fmpq(sign * count)))
                    outer = ring.mul(outer, power(table, table.value(table.at(place)), scaled))
        if base.num.leading_coefficient() < 0:
            outer = ring.mul(outer, _alternating(table, exponent))
        return outer
    if whole and base.num.leading_coefficient() < 0:
        outer = ring.mul(outer, _alternating(table, exponent))
        base = ring.neg(base)
    below = table.node(base)
    if exponent.den is not ring.one or len(exponent.num) > _TERMS:
        node = forms.power(below, table.node(exponent))
        return ring.mul(outer, table.value(table.kernel(("power", *table.key(base), *table.key(exponent)), node)))
    for powers, value in terms(exponent.num):
        if not any(powers) and value.q == 1:
            outer = ring.mul(outer, rational_index(table, base, value))
            continue
        count = int(value.p) if abs(value.p) <= _HUGE else 1
        one = ring.term(value / count, powers)
        node = forms.power(below, table.node(one))
        positive = table.sign(base) > 0 and not table.complexes
        kernel = table.kernel(("power", *table.key(base), *table.key(one)), node, positive=positive)
        outer = ring.mul(outer, table.value(kernel, count))
    return outer


def cis(table: Kernels, angle: Quotient) -> Turn:
    """Cosine and sine of an angle: multiples of π exact, sums and multiples unfolded while they are small."""
    ring = table.ring
    angle = table.canonical(angle)
    turn = Turn(ring.unit, ring.zero)
    if angle.num.is_zero():
        return turn
    if angle.den is not ring.one:
        return _angle_kernel(table, angle)
    pi = table.get(("pi",))
    rest = ring.zero
    parts = 0
    sizes = 0
    for powers, value in terms(angle.num):
        if pi is not None and powers[pi.place] == 1:
            others = list(powers)
            others[pi.place] = 0
            if not any(others):
                if value.q <= _EXACT or len(angle.num) == 1:
                    turn = _both(table, turn, half_turns(table, value))
                    continue
            elif value.q == 1 and table.is_whole(others):
                sign = _alternating(table, ring.term(value, others))
                turn = Turn(ring.mul(turn.cos, sign), ring.mul(turn.sin, sign))
                continue
        rest = ring.add(rest, ring.term(value, powers))
        parts += 1
        sizes += abs(int(value.p)) if abs(value.p) < _HUGE else _HUGE
    if parts == 0:
        return turn
    if not table.unfold or sizes > (_MULTIPLE, _MULTIPLE, 6, 4)[min(parts, 3)] or parts > _EXPANDED_ANGLE:
        return _both(table, turn, _angle_kernel(table, rest))
    for powers, value in terms(rest.num):
        one = _angle_kernel(table, ring.term(fmpq(1, value.q), powers))
        turn = _both(table, turn, _multiple(table, one, int(value.p)))
    return turn


_EXACT: Final = 12


def _multiple(table: Kernels, one: Turn, count: int) -> Turn:
    if count < 0:
        one, count = Turn(one.cos, table.ring.neg(one.sin)), -count
    total = one
    for _ in range(count - 1):
        total = _both(table, total, one)
    return total


def _both(table: Kernels, a: Turn, b: Turn) -> Turn:
    """The sum of two angles."""
    ring = table.ring
    if a.sin.num.is_zero():
        return Turn(ring.mul(a.cos, b.cos), ring.mul(a.cos, b.sin))
    if b.sin.num.is_zero():
        return Turn(ring.mul(a.cos, b.cos), ring.mul(a.sin, b.cos))
    cosine = ring.add(ring.mul(a.cos, b.cos), ring.neg(ring.mul(a.sin, b.sin)))
    sine = ring.add(ring.mul(a.sin, b.cos), ring.mul(a.cos, b.sin))
    return Turn(cosine._replace(num=table.reduced(cosine.num)), sine._replace(num=table.reduced(sine.num)))


def _angle_kernel(table: Kernels, angle: Quotient) -> Turn:
    ring, forms = table.ring, table.forms
    flip = angle.num.leading_coefficient() < 0
    if flip:
        angle = ring.neg(angle)
    key = table.key(angle)
    node = table.node(angle)
    cosine = table.kernel(("cos", *key), forms.node("cos", (node,)))
    square = ring.context.gen(cosine.place) ** 2
    sine = table.kernel(("sin", *key), forms.node("sin", (node,)), power=2, equals=1 - square)
    value = table.value(sine)
    return Turn(table.value(cosine), ring.neg(value) if flip else value)


def half_turns(table: Kernels, count: fmpq) -> Turn:
    """Cosine and sine of ``count`` times π.

    Those with denominators up to 12 by roots, others by the cosine of an angle in the first quadrant (whose minimal
    polynomial is not needed: ``algebraic`` bounds it).
    """
    return Turn(_cosine(table, count), _cosine(table, fmpq(1, 2) - count))


def _cosine(table: Kernels, count: fmpq) -> Quotient:
    ring = table.ring
    count = abs(count - 2 * (count / 2).floor())
    if count > 1:
        count = 2 - count
    if count * 2 > 1:
        return ring.neg(_cosine(table, 1 - count))
    key = (int(count.p), int(count.q))
    if key == (0, 1):
        return ring.unit
    if key == (1, 2):
        return ring.zero
    if key == (1, 3):
        return ring.constant(fmpq(1, 2))
    known = _COSINES.get(key)
    if known is not None:
        total = ring.zero
        for root, scale in known:
            total = ring.add(total, ring.mul(table.number_power(fmpq(root), fmpq(1, 2)), ring.constant(scale)))
        return total
    if key in _NESTED:
        whole, under, factor, outer = _NESTED[key]
        inner = ring.add(
            ring.constant(fmpq(whole)),
            ring.mul(table.number_power(fmpq(under), fmpq(1, 2)), ring.constant(fmpq(factor))),
        )
        return ring.mul(table.root(inner, 2), ring.constant(outer))
    if count.q > 1 << 20:
        raise Exhausted("bits")
    forms = table.forms
    node = forms.node("cos", (forms.mul((forms.number(count), forms.node("constant", (), "pi"))),))
    return table.value(table.kernel(("cospi", *key), node, positive=True))


_COSINES: dict[tuple[int, int], tuple[tuple[int, fmpq], ...]] = {
    (1, 4): ((2, fmpq(1, 2)),),
    (1, 6): ((3, fmpq(1, 2)),),
    (1, 5): ((1, fmpq(1, 4)), (5, fmpq(1, 4))),
    (2, 5): ((1, fmpq(-1, 4)), (5, fmpq(1, 4))),
    (1, 12): ((6, fmpq(1, 4)), (2, fmpq(1, 4))),
    (5, 12): ((6, fmpq(1, 4)), (2, fmpq(-1, 4))),
}
_NESTED: dict[tuple[int, int], tuple[int, int, int, fmpq]] = {
    (1, 8): (2, 2, 1, fmpq(1, 2)),
    (3, 8): (2, 2, -1, fmpq(1, 2)),
    (1, 10): (10, 5, 2, fmpq(1, 4)),
    (3, 10): (10, 5, -2, fmpq(1, 4)),
}
"""cos of key · π: sums of roots with factors, and a root of (whole + scale · root) times a factor."""
