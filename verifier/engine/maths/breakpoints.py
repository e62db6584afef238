"""Where absolute values, steps and pieces change their rule: points on and on both sides of every such place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from math import gcd

from flint import fmpq

from verifier.engine.maths.evaluate import Value
from verifier.engine.maths.normal import Forms
from verifier.engine.maths.polynomial import univariate
from verifier.engine.maths.roots import bounds, real_roots
from verifier.types.expr import Expr

PIECEWISE = frozenset({"abs", "floor", "ceil", "sign", "min", "max", "mod", "cases"})
"""Functions whose rule changes from place to place."""
_STEPS = frozenset({"floor", "ceil", "mod"})
_MOST_PLACES = 96
_MOST_SIGNS = 4
_LONGEST_PERIOD = 48


def breakpoints(
    forms: Forms, roots: Sequence[int], names: Sequence[str], whole: frozenset[str]
) -> tuple[Mapping[str, Value], ...] | None:
    """Points on every place where a rule changes and between each two; ``None`` where the places cannot be found.

    Found are the zeros of rational functions of one name (also inside further absolute values), and the steps of linear
    functions, of which three periods are taken.
    """
    if len(names) != 1:
        return None
    name = names[0]
    fixed: list[fmpq] = []
    period: fmpq | None = None
    for node in forms.reach(*roots):
        head = forms.heads[node]
        if head not in PIECEWISE or not _has_name(forms, node):
            continue
        if head in _STEPS:
            step = _step(forms, node, name)
            if step is None:
                return None
            period = step if period is None else _common(period, step)
        else:
            for change in _changes(forms, node):
                found = _zeros(change, name, forms)
                if found is None:
                    return None
                fixed.extend(found)
    if period is not None and (period > _LONGEST_PERIOD or period.q > _LONGEST_PERIOD):
        return None
    if name in whole:
        return _whole(name, fixed, period)
    places = set_of(fixed)
    if period is not None:
        places = set_of([*places, *_steps(forms, roots, name, period)])
    if len(places) > _MOST_PLACES:
        return None
    return tuple([{name: value} for value in _around(places)])


def set_of(values: Sequence[fmpq]) -> list[fmpq]:
    """Sorted, without repetitions."""
    found: list[fmpq] = []
    for value in sorted(values):
        if not found or found[-1] != value:
            found.append(value)
    return found


def _has_name(forms: Forms, node: int) -> bool:
    return any(forms.heads[part] == "symbol" for part in forms.reach(node))


def _changes(forms: Forms, node: int) -> Iterator[Expr]:
    """Expressions whose zeros are the places of a node."""
    head, args = forms.heads[node], [forms.tree(arg) for arg in forms.args[node]]
    if head in {"abs", "sign"}:
        yield args[0]
    elif head in {"min", "max"}:
        for j, one in enumerate(args):
            for other in args[:j]:
                yield Expr("add", (one, Expr("neg", (other,))))
    else:
        stack = [condition for piece in args for condition in piece.args[1:]]
        while stack:
            condition = stack.pop()
            if condition.head in {"and", "or"}:
                stack.extend(condition.args)
            elif condition.head in {"lt", "le", "eq", "ne"}:
                yield Expr("add", (condition.args[0], Expr("neg", (condition.args[1],))))
            elif condition.head != "words":
                yield condition


def _zeros(tree: Expr, name: str, forms: Forms) -> list[fmpq] | None:
    """Rationals at, or on both sides of, the zeros and poles of an expression, every sign of |u| inside taken."""
    inner: list[Expr] = []
    _absolutes(tree, inner)
    if len(inner) > _MOST_SIGNS:
        return None
    found: list[fmpq] = []
    for signs in product((1, -1), repeat=len(inner)):
        plain = _signed(tree, inner, signs)
        ratio = univariate(plain, name, forms.meter)
        if ratio is None:
            return None
        for poly in ratio:
            for root in real_roots(poly, forms.meter) if poly.degree() > 0 else ():
                found.extend(set_of(bounds(root)))
    return found


def _absolutes(tree: Expr, found: list[Expr]) -> None:
    if tree.head == "abs" and tree not in found:
        found.append(tree)
    for arg in tree.args:
        _absolutes(arg, found)


def _signed(tree: Expr, inner: Sequence[Expr], signs: Sequence[int]) -> Expr:
    if tree.head == "abs" and tree in inner:
        inside = _signed(tree.args[0], inner, signs)
        return inside if signs[inner.index(tree)] > 0 else Expr("neg", (inside,))
    if not tree.args:
        return tree
    return Expr(tree.head, tuple([_signed(arg, inner, signs) for arg in tree.args]), tree.name, tree.value)


def _linear(forms: Forms, node: int, name: str) -> tuple[fmpq, fmpq] | None:
    """The coefficients (a, b) of the argument a·x + b of a step."""
    args = forms.args[node]
    tree = forms.tree(args[0])
    if forms.heads[node] == "mod":
        tree = Expr("div", (tree, forms.tree(args[1])))
    ratio = univariate(tree, name, forms.meter)
    if ratio is None or ratio[0].degree() != 1 or ratio[1].degree() != 0:
        return None
    return ratio[0][1] / ratio[1][0], ratio[0][0] / ratio[1][0]


def _step(forms: Forms, node: int, name: str) -> fmpq | None:
    linear = _linear(forms, node, name)
    return None if linear is None else 1 / abs(linear[0])


def _common(a: fmpq, b: fmpq) -> fmpq:
    """The least common multiple of two periods."""
    return fmpq(a.p.lcm(b.p), gcd(int(a.q), int(b.q)))


def _steps(forms: Forms, roots: Sequence[int], name: str, period: fmpq) -> list[fmpq]:
    """The places of all steps in three periods about zero."""
    found: list[fmpq] = []
    for node in forms.reach(*roots):
        if forms.heads[node] in _STEPS and _has_name(forms, node):
            linear = _linear(forms, node, name)
            if linear is not None:
                slope, shift = linear
                low, high = sorted((-period * slope + shift, 2 * period * slope + shift))
                first, last = int(low.ceil()), int(high.floor())
                if last - first > _MOST_PLACES:
                    return [fmpq(k) for k in range(_MOST_PLACES + 2)]
                found.extend([(fmpq(k) - shift) / slope for k in range(first, last + 1)])
    return found


def _around(places: Sequence[fmpq]) -> list[fmpq]:
    """Every place, two points between each two, three beyond each end."""
    if not places:
        return []
    found = list(places)
    for low, high in pairwise(places):
        found += [low + (high - low) * fmpq(1, 3), low + (high - low) * fmpq(7, 9)]
    for step in (fmpq(1, 7), fmpq(3, 2), fmpq(31, 3)):
        found += [places[0] - step, places[-1] + step]
    return found


def _whole(name: str, fixed: Sequence[fmpq], period: fmpq | None) -> tuple[Mapping[str, Value], ...] | None:
    """Whole numbers about every place, and three periods of them."""
    count = max(24, 3 * int(period.ceil())) if period is not None else 8
    values = [fmpq(k) for k in range(1, count + 1)]
    for place in fixed:
        near = int(place.floor())
        values += [fmpq(near + shift) for shift in (-2, -1, 0, 1, 2, 3) if near + shift > 0]
    found = set_of(values)
    return tuple([{name: value} for value in found]) if len(found) <= 2 * _MOST_PLACES else None
