"""Families of values as sets: ``π/6 + nπ`` over all whole n, ``C·e^x`` over all C (POLICY 36, 37).

Arithmetic progressions over Z are brought to one common step and compared residue by residue. Families that are linear
in their constants are compared as affine spaces: each direction of one is a multiple of a direction of the other, and
the two base functions differ by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, lcm
from typing import Final

import msgspec
from flint import fmpq

from verifier.engine.maths import zero
from verifier.engine.maths.matrices import determinant
from verifier.engine.maths.trees import minus
from verifier.engine.maths.vectors import Line
from verifier.engine.maths.zero import Given, rational
from verifier.types.budget import Meter
from verifier.types.expr import Expr
from verifier.types.nodes import number, symbols
from verifier.types.verdict import Decision

_MAX_RESIDUES: Final = 240
_PROBES: Final = (
    fmpq(2),
    fmpq(1, 2),
    fmpq(5),
    fmpq(-3),
)  # where a ratio of two functions is taken to see if it is constant


class Progression(msgspec.Struct, frozen=True, gc=False):
    """All ``start + k * step`` for whole k."""

    start: Expr
    step: Expr


def progression(tree: Expr, parameter: str, meter: Meter) -> Progression | None:
    """The values of an expression that is linear in a whole parameter; ``None`` where not, or the step is zero."""
    at = [zero.substitute(tree, {parameter: number(k)}) for k in (0, 1, 2)]
    step = minus(at[1], at[0])
    if symbols(at[0]) or zero.sign(step, meter) in {0, None} or zero.sign(minus(minus(at[2], at[1]), step), meter) != 0:
        return None
    return Progression(at[0], step)


def same_progressions(gold: Sequence[Progression], candidate: Sequence[Progression], meter: Meter) -> bool | None:
    """Whether two unions of progressions hold the same numbers; ``None`` where their steps have no common measure."""
    unit = gold[0].step
    measured = [[_measured(one, unit, meter) for one in side] for side in (gold, candidate)]
    if any(one is None for side in measured for one in side):
        return None
    steps = [one[1] for side in measured for one in side if one is not None]
    common = fmpq(lcm(*(int(step.p) for step in steps)), gcd(*(int(step.q) for step in steps)))
    residues: list[list[Expr]] = []
    for side in measured:
        found: list[Expr] = []
        for one in side:
            if one is None:
                return None
            start, step = one
            if common / step + len(found) > _MAX_RESIDUES:
                return None
            found += [Expr("add", (start, number(step * k))) for k in range(int(common / step))]
        residues.append(found)
    matches = [[_congruent(one, other, common, meter) for other in residues[1]] for one in residues[0]]
    for rows in (matches, list(zip(*matches, strict=True))):
        for row in rows:
            if True not in row:
                return None if None in row else False
    return True


def _measured(one: Progression, unit: Expr, meter: Meter) -> tuple[Expr, fmpq] | None:
    """Start and step in the given unit of length; the step must come out rational."""
    step = ratio(one.step, unit, meter)
    return None if step is None else (Expr("div", (one.start, unit)), abs(step))


def _congruent(one: Expr, other: Expr, modulus: fmpq, meter: Meter) -> bool | None:
    """Whether two numbers differ by a whole multiple of the modulus."""
    gap = Expr("div", (minus(one, other), number(modulus)))
    near = zero.decimal(gap, 20, meter)
    if near is None:
        return True if zero.sign(gap, meter) == 0 else None
    whole = fmpq((near + fmpq(1, 2)).floor())
    if abs(near - whole) > fmpq(1, 10**9):
        return False
    order = zero.sign(minus(gap, number(whole)), meter)
    return None if order is None else order == 0


def ratio(one: Expr, other: Expr, meter: Meter) -> fmpq | None:
    """The quotient of two real constants, if it is shown to be a rational with a small denominator."""
    quotient = Expr("div", (one, other))
    exact = zero.rational(quotient, meter)
    if exact is not None:
        return exact
    near = zero.decimal(quotient, 30, meter)
    if near is None:
        return None
    simple = _simplest(near, fmpq(1, 10**20))
    if simple.q > 10_000 or zero.sign(minus(quotient, number(simple)), meter) != 0:
        return None
    return simple


def _simplest(value: fmpq, margin: fmpq) -> fmpq:
    """The first convergent of the continued fraction within a margin."""
    above, below, last_above, last_below = fmpq(value.floor()), fmpq(1), fmpq(1), fmpq(0)
    rest = value - above
    while rest and abs(above / below - value) > margin:
        rest = 1 / rest
        whole = fmpq(rest.floor())
        rest -= whole
        above, last_above = whole * above + last_above, above
        below, last_below = whole * below + last_below, below
    return above / below


def same_lattice(gold: Line, candidate: Line, meter: Meter) -> bool | None:
    """Whether ``point + k * direction`` runs through the same tuples over all whole k; for rational coordinates."""
    turns: set[fmpq] = set()
    shifts: set[fmpq] = set()
    for one, other, start, begin in zip(gold.direction, candidate.direction, gold.point, candidate.point, strict=True):
        step, stride = rational(one, meter), rational(other, meter)
        gap = rational(minus(begin, start), meter)
        if step is None or stride is None or gap is None:
            return None
        if step == 0 or stride == 0:
            if step != stride or gap != 0:
                return False
            continue
        turns.add(stride / step)
        shifts.add(gap / step)
    return len(turns) == 1 and turns <= {fmpq(1), fmpq(-1)} and len(shifts) == 1 and next(iter(shifts)).q == 1


class Linear(msgspec.Struct, frozen=True, gc=False):
    """``base + Σ constant · direction``."""

    base: Expr
    directions: tuple[Expr, ...]


def linear(tree: Expr, constants: Sequence[str], meter: Meter) -> Linear | None:
    """An expression as an affine function of its arbitrary constants; ``None`` where it is not one."""
    none = dict.fromkeys(constants, number(0))
    base = zero.substitute(tree, none)
    directions = tuple(minus(zero.substitute(tree, {**none, name: number(1)}), base) for name in constants)
    rebuilt = Expr(
        "add",
        (
            base,
            *(Expr("mul", (Expr("symbol", (), name), way)) for name, way in zip(constants, directions, strict=True)),
        ),
    )
    same = zero.equal(tree, rebuilt, Given(), meter)
    return Linear(base, directions) if same.decision is Decision.CORRECT else None


def same_family(gold: Linear, candidate: Linear, variables: Sequence[str], given: Given, meter: Meter) -> bool | None:
    """Whether two affine families are the same set of functions.

    With one constant the directions are multiples of each other; with more, each of one family is in the span of the
    other's.
    """
    if len(gold.directions) == 1:
        if not _proportional(gold.directions[0], candidate.directions[0], variables, given, meter):
            return False
        gap = minus(gold.base, candidate.base)
        if zero.equal(gap, number(0), given, meter).decision is Decision.CORRECT:
            return True
        return _proportional(gold.directions[0], gap, variables, given, meter)
    if len(variables) != 1 or len(gold.directions) > _MAX_DIRECTIONS:
        return None
    answers = [_in_span(way, gold.directions, variables[0], given, meter) for way in candidate.directions]
    answers.append(_in_span(minus(gold.base, candidate.base), gold.directions, variables[0], given, meter))
    answers.append(_independent(candidate.directions, variables[0], meter))
    if False in answers:
        return False
    return None if None in answers else True


_MAX_DIRECTIONS: Final = 3
_PLACES: Final = (number(0), number(1), number(2), number(-1))


def _independent(ways: Sequence[Expr], variable: str, meter: Meter) -> bool | None:
    """Whether functions are linearly independent, shown by their values at as many places."""
    minor = determinant(
        tuple(tuple(zero.substitute(way, {variable: at}) for way in ways) for at in _PLACES[: len(ways)])
    )
    order = None if minor is None else zero.sign(minor, meter)
    return True if order else None


def _in_span(way: Expr, ways: Sequence[Expr], variable: str, given: Given, meter: Meter) -> bool | None:
    """Whether a function is a combination of others: the determinant of all, at fixed places and at x, is zero."""
    if not _independent(ways, variable, meter):
        return None
    rows = [tuple(zero.substitute(one, {variable: at}) for one in (*ways, way)) for at in _PLACES[: len(ways)]]
    whole = determinant((*rows, (*ways, way)))
    if whole is None:
        return None
    return is_zero(whole, given, meter)


def is_zero(tree: Expr, given: Given, meter: Meter) -> bool | None:
    """Whether an expression is zero for all values of its names; a name that only one side has is no obstacle."""
    for one, other in ((tree, number(0)), (number(0), tree)):
        found = zero.equal(one, other, given, meter)
        if found.decision is not Decision.PASS:
            return found.decision is Decision.CORRECT
    return None


def _proportional(one: Expr, other: Expr, variables: Sequence[str], given: Given, meter: Meter) -> bool:
    """Whether ``other`` is a non-zero constant times ``one``: one(x)·other(p) = other(x)·one(p) at some point p."""
    for probe in _PROBES:
        point = {name: number(probe + place) for place, name in enumerate(variables)}
        at_one, at_other = zero.substitute(one, point), zero.substitute(other, point)
        if zero.sign(at_one, meter) in {0, None} or zero.sign(at_other, meter) in {0, None}:
            continue
        same = zero.equal(Expr("mul", (one, at_other)), Expr("mul", (other, at_one)), given, meter)
        return same.decision is Decision.CORRECT
    return False
