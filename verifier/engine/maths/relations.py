"""Equations that hold between names, used to eliminate one of them: a + b = 1 makes b into 1 − a."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from flint import fmpq, fmpq_mpoly

from verifier.engine.maths.functions import quotient
from verifier.engine.maths.kernels import Full, Kernels
from verifier.engine.maths.normal import Forms
from verifier.engine.maths.polynomial import SIZES, Quotient, Undefined, terms
from verifier.types.expr import Expr
from verifier.types.nodes import symbols

_MOST: Final = 4
"""Equations that are solved in one comparison, and branches that are followed."""
_SQUARE: Final = 2


class Branch(NamedTuple):
    """Both sides and the conditions that are left."""

    gold: int
    candidate: int
    conditions: tuple[Expr, ...]


def eliminate(
    forms: Forms, gold: int, candidate: int, conditions: Sequence[Expr], integers: frozenset[str]
) -> tuple[Branch, ...] | None:
    """The sides with a name eliminated for each equation that is linear or quadratic in one.

    ``None`` where no condition is an equation that can be solved. A quadratic equation gives two branches.
    """
    pending = list(_flat(conditions))
    if not any(condition.head == "eq" for condition in pending):
        return None
    branches = [Branch(gold, candidate, tuple(pending))]
    for _ in range(_MOST):
        following: list[Branch] = []
        changed = False
        for branch in branches:
            solved = _solve(forms, branch, integers)
            changed = changed or solved is not None
            following.extend([branch] if solved is None else solved)
        if not changed or len(following) > _MOST:
            break
        branches = following
    return None if branches == [Branch(gold, candidate, tuple(pending))] else tuple(branches)


def _flat(conditions: Sequence[Expr]) -> Iterator[Expr]:
    for condition in conditions:
        if condition.head == "and":
            yield from _flat(condition.args)
        else:
            yield condition


def _solve(forms: Forms, branch: Branch, integers: frozenset[str]) -> list[Branch] | None:
    """One equation solved for one name, everywhere put in."""
    sides = (forms.tree(branch.gold), forms.tree(branch.candidate))
    used = [symbols(side) for side in sides]
    for place, condition in enumerate(branch.conditions):
        if condition.head != "eq" or len(condition.args) != _SQUARE:
            continue
        names = sorted(symbols(condition), key=lambda name: ((name in used[0]) + (name in used[1]), name))
        wanted = [name for name in reversed(names) if name in used[0] or name in used[1]]
        one_sided = [name for name in wanted if (name in used[0]) != (name in used[1])]
        for name in [*one_sided, *[name for name in wanted if name not in one_sided]]:
            if name in integers and not symbols(condition) <= integers:
                continue
            solutions = _solutions(forms, condition, name, whole=name in integers)
            if solutions:
                rest = branch.conditions[:place] + branch.conditions[place + 1 :]
                return [_put(forms, sides, rest, name, value) for value in solutions]
    return None


def _put(forms: Forms, sides: tuple[Expr, Expr], rest: Sequence[Expr], name: str, value: int) -> Branch:
    put = {name: value}
    conditions = [
        forms.tree(forms.with_names(condition, put))
        for condition in rest
        if not (condition.head == "in" and condition.args[0].head == "symbol" and condition.args[0].name == name)
    ]
    return Branch(forms.with_names(sides[0], put), forms.with_names(sides[1], put), tuple(conditions))


def _solutions(forms: Forms, condition: Expr, name: str, *, whole: bool) -> list[int] | None:
    """Nodes for the values of a name that an equation allows."""
    apart = forms.add((forms.form(condition.args[0]), forms.neg(forms.form(condition.args[1]))))
    for size in SIZES:
        table = Kernels(forms, size, frozenset(), frozenset(), complexes=False)
        try:
            place = table.kernel(("symbol", name), forms.symbol(name)).place
            numerator = table.reduced(quotient(table, apart).num)
        except Full:
            continue
        except Undefined:
            return None
        return _of_polynomial(table, numerator, place, name, whole=whole)
    return None


def _of_polynomial(table: Kernels, numerator: fmpq_mpoly, place: int, name: str, *, whole: bool) -> list[int] | None:
    forms, ring = table.forms, table.ring
    for kernel in table.list:
        if kernel.place != place and any(
            forms.heads[part] == "symbol" and forms.names[part] == name for part in forms.reach(kernel.node)
        ):
            return None
    parts: dict[int, fmpq_mpoly] = {}
    for exponents, value in terms(numerator):
        rest = list(exponents)
        power, rest[place] = rest[place], 0
        parts[power] = parts.get(power, ring.context.constant(0)) + ring.context.from_dict({tuple(rest): value})
    degree = max(parts, default=0)
    if degree == 0 or degree > _SQUARE:
        return None
    nothing = ring.context.constant(0)
    c, b, a = parts.get(0, nothing), parts.get(1, nothing), parts.get(2, nothing)
    if degree == 1:
        if whole and not (b.is_constant() and b.leading_coefficient() in {1, -1}):
            return None
        return [table.node(ring.lowest(ring.div(Quotient(-c, ring.one, 64), Quotient(b, ring.one, 64))))]
    if whole:
        return None
    inside = forms.power(table.poly_node(b * b - 4 * a * c), forms.number(fmpq(1, 2)))
    below = table.poly_node(2 * a)
    return [forms.div(forms.add((table.poly_node(-b), root)), below) for root in (inside, forms.neg(inside))]
