"""Whether two equations, or two inequalities, in several unknowns hold for the same values (POLICY 34).

Equations are cleared of denominators and compared by their irreducible factors; what is no polynomial is solved for an
unknown that stands in it linearly. A difference is shown by a point that solves one and not the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any, Final

import msgspec
from flint import fmpq, fmpq_mpoly, fmpq_poly

from verifier.engine.maths import polynomial, roots, zero
from verifier.engine.maths.families import is_zero
from verifier.engine.maths.linear import ZERO, linear
from verifier.engine.maths.show import show
from verifier.engine.maths.solve import ORDER
from verifier.engine.maths.trees import minus
from verifier.engine.maths.zero import Given
from verifier.types.budget import Meter
from verifier.types.expr import Expr
from verifier.types.nodes import number, symbol, symbols
from verifier.types.verdict import Decision

_ARITHMETIC: Final = frozenset({"add", "mul", "neg", "div", "number", "symbol", "mixed", "percent"})
_PROBES: Final = (3, -2, 5, 1, 7, -1)
_MOST_PROBES: Final = 24
_FEW_PROBES: Final = 6
_FLIPPED: Final = {"gt": "lt", "ge": "le", "lt": "lt", "le": "le"}


class Same(msgspec.Struct, frozen=True, gc=False):
    """Whether two relations have the same solutions, and how that was seen."""

    same: bool
    how: str
    evidence: str = ""


def difference(tree: Expr) -> Expr:
    """Left side minus right side."""
    left, right = tree.args
    return left if right == number(0) else minus(left, right)


class _Pair:
    """Two differences that are to be zero together; what each is solved for is found once."""

    __slots__ = ("_solved", "meter", "names", "sides")

    def __init__(self, first: Expr, second: Expr, meter: Meter) -> None:
        self.sides = (first, second)
        self.names = sorted(symbols(first) | symbols(second))
        self.meter = meter
        self._solved: dict[tuple[int, str], Expr | None] = {}

    def solved(self, side: int, name: str) -> Expr | None:
        """The value of a name that makes a side zero, where it stands linearly in it."""
        key = (side, name)
        if key not in self._solved:
            self._solved[key] = solved_for(self.sides[side], name, self.meter)
        return self._solved[key]


def same_equation(gold: Expr, candidate: Expr, given: Given, meter: Meter) -> Same | None:
    """Two equations; ``None`` where neither sameness nor a difference is shown."""
    pair = _Pair(difference(gold), difference(candidate), meter)
    factored = _by_factors(pair)
    if factored is not None and factored.same:
        return factored
    if factored is None and _proportional(pair, given):
        return Same(same=True, how="proportional")
    solved = _by_solving(pair, given)
    if solved is not None and (solved.same or not given.conditions):
        return solved
    if given.conditions or given.unknown:
        return None
    return factored or _by_point(pair)


def _proportional(pair: _Pair, given: Given) -> bool:
    """Whether one difference is the other times a constant, taken at a point where neither is zero."""
    meter = pair.meter
    at: list[Expr] = []
    ratio: fmpq | None = None
    for point in islice(_points(pair.names), _FEW_PROBES):
        here = [zero.substitute(side, point) for side in pair.sides]
        if any(zero.sign(side, meter) in {0, None} for side in here):
            continue
        one, other = (zero.rational(side, meter) for side in here)
        if one is None or other is None:
            at = at or here
            break
        if at:
            if other / one != ratio:
                return False
            break
        at, ratio = here, other / one
    if not at:
        return False
    first, second = pair.sides
    crossed = zero.equal(Expr("mul", (first, at[1])), Expr("mul", (second, at[0])), given, meter)
    return crossed.decision is Decision.CORRECT


def _by_point(pair: _Pair) -> Same | None:
    """A point that solves one equation, solved for a name, and not the other."""
    meter, names = pair.meter, pair.names
    for side in (0, 1):
        one, other = pair.sides[side], pair.sides[1 - side]
        for name in names:
            witness = _rational_point(one, other, name, names, meter)
            if witness:
                return Same(same=False, how="point", evidence=witness)
            solution = pair.solved(side, name)
            if solution is None:
                continue
            rest = [free for free in names if free != name]
            for point in islice(_points(rest), _FEW_PROBES):
                value = zero.rational(zero.substitute(solution, point), meter)
                if value is None:
                    continue
                at = {**point, name: number(value)}
                if zero.sign(zero.substitute(other, at), meter) in {1, -1}:
                    return Same(same=False, how="point", evidence=", ".join(f"{n} = {show(v)}" for n, v in at.items()))
    return None


def _by_factors(pair: _Pair) -> Same | None:
    """The irreducible factors of both numerators; those of a denominator are no solutions."""
    meter, names = pair.meter, pair.names
    hidden: dict[Expr, Expr] = {}
    parts = [_hide(side, hidden, meter) for side in pair.sides]
    if len(names) + len(hidden) > meter.budget.variables:
        return None
    every = [*names, *(kernel.name for kernel in hidden.values())]
    fractions: list[Any] = []
    for part in parts:
        found = polynomial.fraction(part, every, meter)
        if found is None or found[0].is_zero():
            return None
        fractions.append(found)
    (first, below), (second, under) = fractions
    if below.is_constant() and under.is_constant() and _monic(first) == _monic(second):
        return Same(same=True, how="factors")
    sides: list[set[_Monic]] = []
    for numerator, denominator in fractions:
        meter.spend(40 + len(numerator) * (polynomial.total_degree(numerator) + 1) ** 2)
        factors = _irreducible(numerator)
        if not denominator.is_constant():
            factors -= _irreducible(denominator)
        sides.append({factor for factor in factors if not _never_zero(factor, meter)})
    if sides[0] == sides[1]:
        return Same(same=True, how="factors")
    if hidden:
        return None
    for at, other in ((0, 1), (1, 0)):
        for factor in sorted(sides[at] - sides[other], key=str):
            witness = _point_on(factor, fractions[other][0], every, meter)
            if witness:
                return Same(same=False, how="point", evidence=witness)
    return None


def _irreducible(whole: fmpq_mpoly) -> set[_Monic]:
    """The monic irreducible factors of a polynomial, as texts that can be compared."""
    if polynomial.total_degree(whole) == 1:
        return {_Monic(whole)}
    return {_Monic(factor) for factor, _ in whole.factor()[1] if not factor.is_constant()}


def _monic(whole: fmpq_mpoly) -> fmpq_mpoly:
    return whole / whole.leading_coefficient()


class _Monic:
    """A factor up to a constant, hashable by its text."""

    __slots__ = ("factor", "text")

    def __init__(self, factor: fmpq_mpoly) -> None:
        self.factor = _monic(factor)
        self.text = str(self.factor)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Monic) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text


def _rational_point(one: Expr, other: Expr, name: str, names: Sequence[str], meter: Meter) -> str:
    """A rational point that solves one polynomial equation and not the other, as text."""
    rest = [free for free in names if free != name]
    for point in islice(_points(rest), _FEW_PROBES):
        line = polynomial.univariate(zero.substitute(one, point), name, meter)
        if line is None:
            return ""
        for root in roots.real_roots(line[0], meter):
            if isinstance(root, roots.Root):
                continue
            at = {**point, name: number(root)}
            if zero.sign(zero.substitute(other, at), meter) in {1, -1}:
                return ", ".join(f"{free} = {show(value)}" for free, value in at.items())
    return ""


def _never_zero(factor: _Monic, meter: Meter) -> bool:
    """Whether a factor in one unknown has no real zero, so that it adds no solution: x² + 1."""
    degrees = polynomial.degrees(factor.factor)
    if sum(degree > 0 for degree in degrees) != 1:
        return False
    at = next(place for place, degree in enumerate(degrees) if degree)
    line = [fmpq(0)] * (degrees[at] + 1)
    for exponents, value in polynomial.terms(factor.factor):
        line[exponents[at]] = value
    return not roots.real_roots(fmpq_poly(line), meter)


def differing_point(gold: Expr, candidate: Expr, meter: Meter) -> str | None:
    """A point at which one of two joined relations holds and the other does not; ``None`` if none was found."""
    names = sorted(symbols(gold) | symbols(candidate))
    for point in _points(names):
        truths = [_truth(side, point, meter) for side in (gold, candidate)]
        if None in truths:
            return None
        if truths[0] != truths[1]:
            return ", ".join(f"{name} = {show(value)}" for name, value in point.items())
    return None


def _truth(tree: Expr, point: dict[str, Expr], meter: Meter) -> bool | None:
    if tree.head in {"and", "or"}:
        parts = [_truth(part, point, meter) for part in tree.args]
        return None if None in parts else (all(parts) if tree.head == "and" else any(parts))
    if tree.head not in ORDER:
        return None
    order = zero.sign(zero.substitute(difference(tree), point), meter)
    return None if order is None else ORDER[tree.head][order + 1]


def _point_on(factor: _Monic, other: fmpq_mpoly, names: Sequence[str], meter: Meter) -> str:
    """A real point where a factor is zero and the other polynomial is not, as text; empty if none was found."""
    used = [name for name, degree in zip(names, polynomial.degrees(factor.factor), strict=False) if degree]
    for free in used:
        rest = [name for name in names if name != free]
        for values in islice(product(_PROBES, repeat=len(rest)), _MOST_PROBES):
            point = dict(zip(rest, values, strict=True))
            along, across = (_restricted(side, names, free, point, meter) for side in (factor.factor, other))
            if along.degree() < 1:
                continue
            for root in roots.real_roots(along, meter):
                if roots.sign_at(across, root, meter) != 0:
                    low, high = roots.bounds(root)
                    at = str(low) if low == high else f"between {low} and {high}"
                    return ", ".join([*(f"{name} = {value}" for name, value in point.items()), f"{free} {at}"])
    return ""


def _restricted(whole: fmpq_mpoly, names: Sequence[str], free: str, point: dict[str, int], meter: Meter) -> fmpq_poly:
    """A polynomial in one name, with values for the others."""
    at = list(names).index(free)
    found: dict[int, fmpq] = {}
    for exponents, coefficient in polynomial.terms(whole):
        meter.spend(4 + len(names))
        value = coefficient
        for name, exponent in zip(names, exponents, strict=False):
            if name != free and exponent:
                value *= fmpq(point[name]) ** exponent
        found[exponents[at]] = found.get(exponents[at], fmpq(0)) + value
    return fmpq_poly([found.get(power, fmpq(0)) for power in range(max(found, default=0) + 1)])


def _hide(tree: Expr, hidden: dict[Expr, Expr], meter: Meter) -> Expr:
    """The tree with everything that is no polynomial arithmetic taken for an unknown."""
    meter.spend(4)
    if tree.head == "pow":
        exponent = zero.rational(tree.args[1], meter)
        if exponent is not None and exponent.q == 1:
            return msgspec.structs.replace(tree, args=(_hide(tree.args[0], hidden, meter), number(exponent)))
    elif tree.head in _ARITHMETIC:
        return msgspec.structs.replace(tree, args=tuple(_hide(part, hidden, meter) for part in tree.args))
    if tree not in hidden:
        hidden[tree] = symbol(f"_k{len(hidden)}")
    return hidden[tree]


def _by_solving(pair: _Pair, given: Given) -> Same | None:
    """Both solved for a name that stands linearly in both, outside of any function."""
    for name in pair.names:
        one = pair.solved(0, name)
        other = None if one is None else pair.solved(1, name)
        if one is None or other is None:
            continue
        found = zero.equal(one, other, given, pair.meter)
        if found.decision is Decision.CORRECT:
            return Same(same=True, how="solved", evidence=f"{name} = {show(one)}")
        if found.decision is Decision.INCORRECT:
            return Same(same=False, how="solved", evidence=f"{name} = {show(one)} and {show(other)}")
    return None


def solved_for(side: Expr, name: str, meter: Meter) -> Expr | None:
    """The value of a name in ``side = 0``, where it stands linearly and only this value solves it; else ``None``."""
    meter.spend(40)
    parts = linear(side, name)
    if parts is None or parts.slope == ZERO:
        return None
    slope, rest = parts
    if not _is_fixed(slope, meter) and not (_is_fixed(rest, meter) and _is_somewhere(slope, meter)):
        return None  # where slope and rest vanish together, every value solves the equation
    return Expr("neg", (Expr("div", (rest, slope)),))


def _at_whole(tree: Expr, first: int) -> Expr:
    """A tree at a point of different whole numbers."""
    return zero.substitute(tree, {name: number(place + first) for place, name in enumerate(sorted(symbols(tree)))})


def _is_fixed(tree: Expr, meter: Meter) -> bool:
    """Whether an expression is a constant other than zero, whatever names it is written with."""
    value = _at_whole(tree, 2)
    if zero.sign(value, meter) not in {1, -1}:
        return False
    if not symbols(tree):
        return True
    here, there = zero.rational(value, meter), zero.rational(_at_whole(tree, 3), meter)
    if here is not None and there is not None and here != there:
        return False
    return is_zero(minus(tree, value), Given(), meter) is True


def _is_somewhere(tree: Expr, meter: Meter) -> bool:
    """Whether an expression is not zero everywhere."""
    return bool(zero.rational(_at_whole(tree, 2), meter)) or is_zero(tree, Given(), meter) is False


def same_inequality(gold: Expr, candidate: Expr, given: Given, meter: Meter) -> Same | None:
    """Two inequalities in several unknowns: the same up to a positive constant, or a point that tells them apart."""
    (strict, first), (other_strict, second) = _oriented(gold), _oriented(candidate)
    names = sorted(symbols(first) | symbols(second))
    factor: fmpq | None = None
    for point in _points(names):
        one, two = (zero.rational(zero.substitute(side, point), meter) for side in (first, second))
        if one is None or two is None:
            continue
        holds = ORDER[strict][(one > 0) - (one < 0) + 1]
        if holds != ORDER[other_strict][(two > 0) - (two < 0) + 1] and not given.conditions and not given.unknown:
            return Same(
                same=False, how="point", evidence=", ".join(f"{name} = {show(value)}" for name, value in point.items())
            )
        if factor is None and one != 0 and two != 0:
            factor = two / one
    if strict != other_strict or factor is None or factor <= 0:
        return None
    scaled = Expr("mul", (number(factor), first))
    found = zero.equal(scaled, second, given, meter)
    return Same(same=True, how="scaled") if found.decision is Decision.CORRECT else None


def _oriented(tree: Expr) -> tuple[str, Expr]:
    """The relation as ``… < 0`` or ``… <= 0``."""
    left, right = tree.args if tree.head in {"lt", "le"} else tree.args[::-1]
    return _FLIPPED[tree.head], minus(left, right)


def _points(names: Sequence[str]) -> Iterator[dict[str, Expr]]:
    for values in islice(product((3, -2, 1, 5, 0, -1), repeat=len(names)), _MOST_PROBES):
        yield {name: number(value) for name, value in zip(names, values, strict=True)}
