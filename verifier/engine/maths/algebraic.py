"""Proofs that a constant is zero: separation bounds of algebraic numbers, sums of arctangents, products of powers."""

from __future__ import annotations

from math import lcm, log2
from typing import Final

from flint import fmpq, fmpq_mpoly, fmpz

from verifier.engine.maths.kernels import Kernels
from verifier.engine.maths.normal import Forms
from verifier.engine.maths.polynomial import is_prime, terms

UNBOUNDED: Final = 1 << 40
_LARGEST: Final = 1 << 20
_FACTORED: Final = 62


def separation(forms: Forms, root: int) -> int | None:  # noqa: PLR0912  # one branch for each kind of node
    """Bits below which an algebraic number that is not zero cannot lie; ``None`` for a tree that is not algebraic.

    The bound of Burnikel, Funke, Mehlhorn, Schirra and Schmitt ("A separation bound for real algebraic expressions",
    2001): a tree E is U/L with conjugates of U at most u and of L at most l, so that E is zero or at least
    1/(l u^(D−1)), where D is the product of the indices of roots (D² where something else than a number is divided
    by). Twice the cosine of a rational multiple of π is an algebraic integer with conjugates of at most two; all
    of them with denominator n lie in one field, that of the 2n-th roots of one.

    >>> from verifier.types.budget import Budget, Meter
    >>> forms = Forms(Meter(Budget()))
    >>> two = forms.number(fmpq(2))
    >>> separation(forms, forms.add((forms.power(two, forms.number(fmpq(1, 2))), forms.number(fmpq(-7, 5)))))
    8
    """
    upper: dict[int, float] = {}
    lower: dict[int, float] = {}
    degree, wide, turned = 1, False, 1
    for node in forms.reach(root):
        head, args, value = forms.heads[node], forms.args[node], forms.values[node]
        if value is not None:
            upper[node], lower[node] = _log(abs(value.p)), _log(value.q)
        elif head == "constant":
            if forms.names[node] == "i":
                degree *= 2
            elif forms.names[node] != "pi":
                return None
            upper[node] = lower[node] = 0.0
        elif head == "add":
            low = sum(lower[arg] for arg in args)
            high = max(upper[arg] - lower[arg] for arg in args) + log2(len(args)) + low
            upper[node], lower[node] = max(high, 0.0), low
        elif head == "mul":
            upper[node], lower[node] = sum(upper[arg] for arg in args), sum(lower[arg] for arg in args)
        elif head == "div":
            wide = True
            upper[node] = upper[args[0]] + lower[args[1]]
            lower[node] = lower[args[0]] + upper[args[1]]
        elif head == "pow":
            index = forms.values[args[1]]
            if index is None or abs(index.p) > _LARGEST or index.q > 64:
                return None
            above, below = int(index.p), int(index.q)
            high, low = upper[args[0]], lower[args[0]]
            if below > 1:
                degree *= below
                high = (high + (below - 1) * low) / below
            wide = wide or above < 0
            upper[node], lower[node] = (above * high, above * low) if above > 0 else (-above * low, -above * high)
        elif head in {"cos", "sin"}:
            turns = _turns(forms, args[0])
            if turns is None:
                return None
            turned = lcm(turned, int(turns.q) * (1 if head == "cos" else 2))
            upper[node] = lower[node] = 1.0
        else:
            return None
        if degree > _LARGEST or turned > _LARGEST:
            return UNBOUNDED
    if not _without_pi(forms, root):
        return None
    if turned > 1:
        degree *= int(fmpz(2 * turned).euler_phi())
    power = degree * degree if wide else degree
    return min(UNBOUNDED, int(lower[root] + max(0.0, upper[root]) * (power - 1)) + 2)


def _log(value: fmpz) -> float:
    """A little above the binary logarithm."""
    bits = int(value.bit_length())
    return 0.0 if value <= 1 else log2(int(value)) + 1e-9 if bits < 1000 else float(bits)


def _turns(forms: Forms, node: int) -> fmpq | None:
    """The angle over π, where that is a rational number written as such."""
    if forms.heads[node] == "constant" and forms.names[node] == "pi":
        return fmpq(1)
    if forms.heads[node] == "mul" and len(forms.args[node]) == 2:
        first, second = forms.args[node]
        for number, other in ((first, second), (second, first)):
            value = forms.values[number]
            if value is not None and forms.heads[other] == "constant" and forms.names[other] == "pi":
                return value
    return None


def _without_pi(forms: Forms, root: int) -> bool:
    """Whether π stands in angles only."""
    stack, seen = [root], {root}
    while stack:
        node = stack.pop()
        if forms.heads[node] == "constant" and forms.names[node] == "pi":
            return False
        if forms.heads[node] not in {"sin", "cos"}:
            fresh = [arg for arg in forms.args[node] if arg not in seen]
            seen.update(fresh)
            stack.extend(fresh)
    return True


def whole_half_turns(table: Kernels, numerator: fmpq_mpoly) -> bool:
    """Whether a sum of arctangents of rationals and of π is certainly a whole multiple of π.

    Arctangents are the angles of Gaussian integers: 4 atan(1/5) − atan(1/239) is the angle of (5 + i)⁴ (239 − i).
    """
    found: list[tuple[fmpq, fmpq]] = []
    scale = 1
    whole = fmpq(0)
    for exponents, value in terms(numerator):
        places = [place for place, exponent in enumerate(exponents) if exponent]
        if len(places) != 1 or exponents[places[0]] != 1:
            return False
        kernel = table.at(places[0])
        scale = lcm(scale, int(value.q))
        if kernel.kind == "pi":
            whole = value
            continue
        argument = table.forms.values[table.forms.args[kernel.node][0]] if kernel.kind == "atan" else None
        if argument is None:
            return False
        found.append((argument, value))
    real, imaginary = fmpz(1), fmpz(0)
    bits = sum(
        abs(int((value * scale).p)) * (int(tangent.p.bit_length()) + int(tangent.q.bit_length()))
        for tangent, value in found
    )
    table.meter.within("bits", bits)
    table.meter.spend(1 + bits)
    for tangent, value in found:
        count = int((value * scale).p)
        x, y = tangent.q, tangent.p if count > 0 else -tangent.p
        for _ in range(abs(count)):
            real, imaginary = real * x - imaginary * y, real * y + imaginary * x
    return imaginary == 0 and (whole * scale).q == 1


def powers_equal(table: Kernels, numerator: fmpq_mpoly) -> bool | None:
    """Whether a difference of two products of powers of primes is zero; ``None`` where it is something else."""
    parts = terms(numerator)
    if len(parts) != 2:
        return None
    (first, value), (second, other) = parts
    ratio = -value / other
    if ratio < 0:
        return False
    exponents: dict[str, fmpq] = {}
    for monomial, sign in ((first, 1), (second, -1)):
        for place, exponent in enumerate(monomial):
            if exponent:
                kernel = table.at(place)
                base = _prime(table.forms, kernel.node)
                if base is None:
                    return None
                exponents[base[0]] = exponents.get(base[0], fmpq(0)) + base[1] * exponent * sign
    for prime, count in table.factors(ratio):
        if prime.bit_length() > _FACTORED and not is_prime(prime, proved=False):
            return None
        exponents[str(prime)] = exponents.get(str(prime), fmpq(0)) + count
    return all(exponent == 0 for exponent in exponents.values())


def _prime(forms: Forms, node: int) -> tuple[str, fmpq] | None:
    """A node that is a prime, or a rational power of one."""
    value, index = forms.values[node], fmpq(1)
    if forms.heads[node] == "pow":
        base, exponent = forms.args[node]
        value, given = forms.values[base], forms.values[exponent]
        if given is None:
            return None
        index = given
    if value is None or value.q != 1 or value < 2 or value.p.bit_length() > _FACTORED or not is_prime(value.p):
        return None
    return str(value.p), index
