"""Sets described by equations, solved: ``{(x, y) | x + y = 5, xy = 6}`` is ``{(2, 3), (3, 2)}``.

Only polynomial equations, as many as unknowns, for SymPy knows all of their solutions; of others it may miss some.
Every solution is put into the description, to 50 digits, before it counts.
"""

from __future__ import annotations

from typing import Final

import sympy  # type: ignore[import-untyped]  # has no types
from mpmath import mp  # type: ignore[import-untyped]  # has no types

from verifier.judge.sympy_points import DIGITS, TIGHT, Evaluator, Undefined, Unknown, Value
from verifier.judge.sympy_trees import Builder, Built, Unbuildable
from verifier.types.expr import Expr

_MOST_SOLUTIONS = 64
_MOST_DEGREE = 12
_ORDER: Final = {"lt": -1, "le": -1, "gt": 1, "ge": 1}
_CONDITIONS = frozenset({"eq", "ne", "in", *_ORDER})


def same_solutions(described: Expr, listed: Expr) -> str | None:
    """Whether a set by its description holds the members of a list and no others: how that was shown, or ``None``."""
    names, conditions = _read(described)
    members = [_parts(member, len(names)) for member in listed.args]
    if not names or conditions is None or not members or None in members:
        return None
    builder = Builder(dict.fromkeys(names, "real"))
    try:
        solutions = _solutions([builder.symbol(name) for name in names], conditions, builder)
        own = [tuple(builder.build(part) for part in member or ()) for member in members]
        if solutions is None or any(part.free_symbols for member in own for part in member):
            return None
        points = [dict(zip(names, map(_number, solution), strict=True)) for solution in solutions]
        kept = [one for one, point in zip(solutions, points, strict=True) if _holds(conditions, point)]
    except (Unbuildable, NotImplementedError, sympy.PolynomialError):
        return None
    left = _distinct(own)
    if left is None or len(kept) != len(left):
        return None
    for solution in kept:
        partner = next((member for member in left if _alike(solution, member)), None)
        if partner is None:
            return None
        left.remove(partner)
    return f"solved, {len(kept)} solutions"


def _read(described: Expr) -> tuple[tuple[str, ...], tuple[Expr, ...] | None]:
    """The unknowns of a description and its conditions; no conditions where one is not understood."""
    element, condition = described.args
    conditions: list[Expr] = []
    if element.head == "in":
        conditions.append(element)
        element = element.args[0]
    waiting = [condition]
    while waiting:
        part = waiting.pop(0)
        if part.head in {"and", "list", "tuple"}:
            waiting = [*part.args, *waiting]
        else:
            conditions.append(part)
    unknowns = element.args if element.head in {"tuple", "pair", "vector"} else (element,)
    if any(one.head != "symbol" for one in unknowns):
        return (), None
    names = tuple(one.name for one in unknowns)
    known = all(part.head in _CONDITIONS and _understood(part, names) for part in conditions)
    return names, tuple(conditions) if known else None


def _understood(condition: Expr, names: tuple[str, ...]) -> bool:
    if condition.head != "in":
        return len(condition.args) == 2
    what, where = condition.args
    return (
        what.head == "symbol" and what.name in names and where.head == "constant" and where.name in {"R", "Z", "N", "Q"}
    )


def _parts(member: Expr, count: int) -> tuple[Expr, ...] | None:
    parts = member.args if member.head in {"tuple", "pair", "vector"} else (member,)
    return parts if len(parts) == count else None


def _solutions(unknowns: list[Built], conditions: tuple[Expr, ...], builder: Builder) -> list[tuple[Built, ...]] | None:
    """All real solutions of the equations among the conditions; ``None`` where that is not sure."""
    equations = [
        sympy.Poly(builder.build(part.args[0]) - builder.build(part.args[1]), *unknowns)
        for part in conditions
        if part.head == "eq"
    ]
    if len(equations) != len(unknowns) or any(one.is_ground or one.total_degree() > _MOST_DEGREE for one in equations):
        return None
    if any(not coefficient.is_Rational for one in equations for coefficient in one.coeffs()):
        return None
    if len(unknowns) == 1:
        found = [(root,) for root in dict.fromkeys(sympy.real_roots(equations[0]))]
    else:
        every = sympy.solve_poly_system(equations, *unknowns) or []
        if len(every) > _MOST_SOLUTIONS or any(part.is_real is None for one in every for part in one):
            return None
        found = [tuple(one) for one in dict.fromkeys(map(tuple, every)) if all(part.is_real for part in one)]
    return found


def _number(part: Built) -> Value:
    with mp.workdps(DIGITS + 10):
        return mp.mpf(str(sympy.re(part.evalf(DIGITS + 10))))


def _holds(conditions: tuple[Expr, ...], point: dict[str, Value]) -> bool:
    """Whether the conditions hold at a point; raises ``Unbuildable`` where an edge leaves that in doubt."""
    evaluator = Evaluator(complex_values=False)
    for condition in conditions:
        if condition.head == "in":
            if not _is_in(point[condition.args[0].name], condition.args[1].name):
                return False
            continue
        try:
            difference = evaluator.at(condition.args[0], point) - evaluator.at(condition.args[1], point)
        except Undefined:
            return False
        except Unknown:
            raise Unbuildable from None
        zero = abs(difference) < TIGHT
        if condition.head == "eq":
            if not zero:
                raise Unbuildable  # a solution that solves nothing
        elif zero:
            if condition.head in {"ne", "lt", "gt"}:
                return False
        elif condition.head in _ORDER and mp.sign(difference) != _ORDER[condition.head]:
            return False
    return True


def _is_in(value: Value, where: str) -> bool:
    if where == "R":
        return True
    if where == "Q":
        raise Unbuildable
    whole = abs(value - mp.nint(value)) < TIGHT
    if where == "N" and whole and abs(value) < TIGHT:
        raise Unbuildable  # whether 0 is a natural number is a matter of taste
    return bool(whole and (where == "Z" or value > 0))


def _distinct(members: list[tuple[Built, ...]]) -> list[tuple[Built, ...]] | None:
    kept: list[tuple[Built, ...]] = []
    for member in members:
        if not all(part.is_number and part.is_extended_real for part in member):
            return None
        if not any(_alike(member, other) for other in kept):
            kept.append(member)
    return kept


def _alike(one: tuple[Built, ...], other: tuple[Built, ...]) -> bool:
    """Whether two members are equal: to 50 digits, and then by SymPy."""
    return all(
        abs(_number(a) - _number(b)) < TIGHT and (a == b or (a - b).equals(0) is True)
        for a, b in zip(one, other, strict=True)
    )
