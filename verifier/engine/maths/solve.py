"""Sets of reals given by conditions, compared exactly: x² ≤ 9, |x| ≤ 3 and [-3, 3] are one set.

A condition in one variable changes its truth only at breakpoints: roots, poles, ends of domains. They are found
exactly (a superset is enough), put in order, and both conditions are evaluated at each of them and once in between.
Where breakpoints cannot be found, or a sign cannot be shown, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec
from flint import fmpq, fmpq_poly

from verifier.engine.maths import polynomial, roots, zero
from verifier.engine.maths.line import Ordered, Place, Point, Unsolved, of_constant, of_root, shown, tree_of
from verifier.engine.maths.linear import linear, root
from verifier.engine.maths.membership import TRUE, condition, exchange, renamed, without_infinity
from verifier.engine.maths.quotients import cleared
from verifier.engine.maths.trees import minus
from verifier.types.budget import Meter
from verifier.types.expr import Expr
from verifier.types.nodes import number, symbol, symbols

__all__ = ["ORDER", "Sets", "condition", "exchange", "renamed", "same_set", "without_infinity"]

ORDER: Final = {
    "eq": (False, True, False),
    "ne": (True, False, True),
    "lt": (True, False, False),
    "le": (True, True, False),
    "gt": (False, False, True),
    "ge": (False, True, True),
}
"""Whether a relation holds where left minus right is negative, zero, positive."""

_ZERO: Final = number(0)
_MAX_ELIMINATED: Final = 12  # total degree of polynomials whose resultant is taken
_MONOTONE: Final = frozenset({"ln", "exp", "sinh", "tanh", "asinh", "atanh", "atan", "asin", "acos"})
_INVERSE: Final = {
    "ln": "exp", "exp": "ln", "sinh": "asinh", "tanh": "atanh", "asinh": "sinh", "atanh": "tanh", "atan": "tan",
    "asin": "sin", "acos": "cos",
}  # fmt: skip


class Sets(msgspec.Struct, frozen=True, gc=False):
    """How two sets compare: equal, or a number that is in one of them only, as a person would write it."""

    equal: bool
    witness: str = ""


def same_set(gold: Expr, candidate: Expr, variable: str, meter: Meter, *, whole: bool = False) -> Sets | None:
    """Whether two conditions on a real (or a whole) number hold for the same numbers; ``None`` where that is not shown.

    >>> from verifier.types.budget import Budget
    >>> three, x = number(3), symbol("x")
    >>> inside = Expr("and", (Expr("le", (number(-3), x)), Expr("le", (x, three))))
    >>> same_set(Expr("le", (Expr("abs", (x,)), three)), inside, "x", Meter(Budget())).equal
    True
    """
    golds, candidates = _discrete(gold, variable), _discrete(candidate, variable)
    line = _Line(variable, meter)
    try:
        line.points = Ordered([*line.breaks(golds[0]), *line.breaks(candidates[0])], meter)
        if golds[1] != candidates[1] and not whole:
            return _one_discrete(golds, candidates, line)
        for place in line.points.places(whole=whole or (golds[1] and candidates[1])):
            if line.holds(golds[0], place) != line.holds(candidates[0], place):
                return Sets(equal=False, witness=shown(place))
    except Unsolved:
        return None
    return Sets(equal=True)


def _discrete(tree: Expr, variable: str) -> tuple[Expr, bool]:
    """A condition without its ``x ∈ Z``, and whether it had one."""
    if tree.head == "in" and tree.args == (symbol(variable), Expr("constant", (), "Z")):
        return TRUE, True
    if tree.head == "and":
        parts = [_discrete(part, variable) for part in tree.args]
        if any(whole for _, whole in parts):
            return Expr("and", tuple(part for part, _ in parts)), True
    return tree, False


def _one_discrete(golds: tuple[Expr, bool], candidates: tuple[Expr, bool], line: _Line) -> Sets:
    """One side speaks of whole numbers only: the other must be a list of them."""
    discrete, listed = (golds[0], candidates[0]) if golds[1] else (candidates[0], golds[0])
    for place in line.points.places(whole=False):
        is_whole = isinstance(place, fmpq) and place.q == 1
        if line.holds(listed, place) and not (is_whole and any(point.at == place for point in line.points.points)):
            return Sets(equal=False, witness=shown(place))
    for place in line.points.places(whole=True):
        if line.holds(discrete, place) != line.holds(listed, place):
            return Sets(equal=False, witness=shown(place))
    return Sets(equal=True)


class _Relation(NamedTuple):
    """A relation as left minus right: a quotient of polynomials, or linear with the sign of its slope and its zero."""

    tree: Expr
    difference: Expr
    rational: tuple[fmpq_poly, fmpq_poly] | None
    slope: int
    zero: Point | None


class _Line:
    """Conditions on one variable: where they may change their truth, and whether they hold at a place.

    What a relation is as a function is found once; ``points`` are the breakpoints of all conditions, once known.
    """

    __slots__ = ("_relations", "_spelled", "meter", "points", "variable")

    def __init__(self, variable: str, meter: Meter) -> None:
        self.variable = variable
        self.meter = meter
        self.points = Ordered([], meter)
        self._relations: dict[int, _Relation] = {}  # by the identity of the tree, which they hold
        self._spelled: dict[int, tuple[Expr, Expr]] = {}

    def breaks(self, tree: Expr) -> Iterator[Point]:
        """Every number at which the condition may change its truth."""
        self.meter.spend(8)
        head = tree.head
        if head in {"and", "or", "not"}:
            for part in tree.args:
                yield from self.breaks(part)
        elif head in ORDER:
            relation = self._relation(tree)
            if relation.zero is not None:
                yield relation.zero
            elif relation.rational is not None:
                yield from _of_quotient(relation.rational, self.meter)
            else:
                yield from _through_kernels(relation.difference, self.variable, self.meter)
        elif head in {"in", "notin"}:
            yield from self.breaks(self._condition(tree))
        elif not _is_settled(tree):
            raise Unsolved

    def _relation(self, tree: Expr) -> _Relation:
        """What a relation is as a function of the variable."""
        known = self._relations.get(id(tree))
        if known is None:
            left, right = tree.args
            difference = left if right == _ZERO else minus(left, right)
            rational = polynomial.univariate(difference, self.variable, self.meter)
            slope, point = (0, None) if rational is not None else _linear(difference, self.variable, self.meter)
            known = self._relations[id(tree)] = _Relation(tree, difference, rational, slope, point)
        return known

    def _condition(self, tree: Expr) -> Expr:
        """``x ∈ (1, 2]`` as its condition."""
        known = self._spelled.get(id(tree))
        if known is None:
            known = self._spelled[id(tree)] = (tree, _spelled(tree, self.variable))
        return known[1]

    def holds(self, tree: Expr, place: Place) -> bool:
        """Whether a condition holds at a place; where a side is undefined, it does not."""
        head = tree.head
        if head == "and":
            return all(self.holds(part, place) for part in tree.args)
        if head == "or":
            return any(self.holds(part, place) for part in tree.args)
        if head in ORDER:
            order = self._sign(self._relation(tree), place)
            return order is not None and ORDER[head][order + 1]
        if head == "not":
            return not self.holds(tree.args[0], place)
        if head in {"in", "notin"}:
            return self.holds(self._condition(tree), place)
        if _is_settled(tree):
            return tree.name == "true"
        raise Unsolved

    def _sign(self, relation: _Relation, place: Place) -> int | None:
        """The sign of left minus right at a place, ``None`` where it is undefined."""
        meter = self.meter
        meter.spend(8)
        if relation.zero is not None:
            order = self.points.order(place, relation.zero)
            if order is not None:
                return order * relation.slope
        rational = relation.rational
        if rational is not None:
            exact = place if isinstance(place, fmpq) else place.at
            if exact is None and isinstance(place, Point) and self.points.is_single(place):
                exact = place.low  # no zero and no pole lies between the bounds of a constant that is neither
            if exact is not None:
                above, below = (roots.sign_at(part, exact, meter) for part in rational)
                return None if below == 0 else above * below
        value = number(place) if isinstance(place, fmpq) else tree_of(place)
        at = zero.substitute(relation.difference, {self.variable: value})
        found = zero.sign(at, meter)
        if found is None and not _undefined(at, meter):
            raise Unsolved
        return found


def _is_settled(tree: Expr) -> bool:
    """Whether a condition is the constant true or false."""
    return tree.head == "constant" and tree.name in {"true", "false"}


def _spelled(tree: Expr, variable: str) -> Expr:
    """``x ∈ (1, 2]`` as its condition."""
    if tree.args[0] != symbol(variable):
        raise Unsolved
    inner = condition(tree.args[1], tree.args[0])
    if inner is None or inner.head == "in":
        raise Unsolved
    return inner if tree.head == "in" else Expr("not", (inner,))


def _undefined(tree: Expr, meter: Meter) -> bool:
    """Whether a constant certainly has no real value: a zero below a bar, a negative under a root or a logarithm."""
    meter.spend(1)
    if tree.head == "div" and zero.sign(tree.args[1], meter) == 0:
        return True
    if tree.head in {"ln", "log"} and zero.sign(tree.args[0], meter) in {0, -1}:
        return True
    if tree.head == "root" and zero.sign(tree.args[0], meter) == -1:
        index = zero.rational(tree.args[1], meter)
        return index is not None and index.p % 2 == 0
    return any(_undefined(part, meter) for part in tree.args)


# --- breakpoints


def _zeros(tree: Expr, variable: str, meter: Meter) -> Iterator[Point]:
    """Zeros, poles and ends of the domain of an expression, or more numbers than these."""
    rational = polynomial.univariate(tree, variable, meter)
    if rational is not None:
        yield from _of_quotient(rational, meter)
        return
    point = _linear(tree, variable, meter)[1]
    if point is not None:
        yield point
    else:
        yield from _through_kernels(tree, variable, meter)


def _of_quotient(rational: tuple[fmpq_poly, fmpq_poly], meter: Meter) -> Iterator[Point]:
    """Zeros and poles."""
    for part in rational:
        for found in roots.real_roots(part, meter):
            yield of_root(found)


def _linear(tree: Expr, variable: str, meter: Meter) -> tuple[int, Point | None]:
    """The sign of a and the zero of a·x + b where these hold constants such as pi; no zero if that is not its form."""
    names = symbols(tree)
    if variable not in names or len(names) > 1:
        return 0, None
    found = linear(tree, variable)
    if found is None:
        return 0, None
    slope = zero.sign(found.slope, meter)
    return (slope, of_constant(root(*found), meter)) if slope else (0, None)


def _through_kernels(tree: Expr, variable: str, meter: Meter) -> Iterator[Point]:
    """Zeros, poles and ends of the domain of what is neither rational nor linear."""
    names = symbols(tree)
    if names - {variable}:
        raise Unsolved
    if variable not in names:
        return
    kernel = _innermost(tree, variable)
    if kernel is None:
        raise Unsolved
    yield from _through(tree, kernel, variable, meter)


_HIDDEN: Final = "_k"  # stands for a kernel that is taken out of an expression


def _through(tree: Expr, kernel: Expr, variable: str, meter: Meter) -> Iterator[Point]:
    """Zeros of an expression in one kernel: |u|, a root of u, a monotone function of u."""
    outer = _replace(tree, kernel, symbol(_HIDDEN))
    inner = kernel.args[0]
    if kernel.head == "abs":
        yield from _zeros(inner, variable, meter)
        for branch in (inner, Expr("neg", (inner,))):
            yield from _zeros(_replace(tree, kernel, branch), variable, meter)
        return
    if kernel.head == "root":
        yield from _by_resultant(outer, kernel, variable, meter)
        return
    if variable in symbols(outer):
        raise Unsolved
    base = kernel.args[1] if kernel.head == "log" and len(kernel.args) == 2 else None
    if kernel.head == "pow":
        base, inner = kernel.args
    yield from _zeros(inner, variable, meter)  # ends of the domain
    for value in _zeros(outer, _HIDDEN, meter):
        level = tree_of(value)
        yield from _zeros(Expr("add", (inner, Expr("neg", (_inverse(kernel, base, level),)))), variable, meter)


def _inverse(kernel: Expr, base: Expr | None, level: Expr) -> Expr:
    """What the argument of a monotone function is where the function is ``level``."""
    if kernel.head == "pow":
        assert base is not None  # noqa: S101  # a power has one
        return Expr("div", (Expr("ln", (level,)), Expr("ln", (base,))))
    if base is not None:
        return Expr("pow", (base, level))
    return Expr(_INVERSE[kernel.head], (level,))


def _by_resultant(outer: Expr, kernel: Expr, variable: str, meter: Meter) -> Iterator[Point]:
    """Zeros of f(x, s) with sⁿ = u(x): among the roots of the resultant of both in s; and the ends of u's domain."""
    radicand, index = kernel.args
    degree = zero.rational(index, meter)
    if degree is None or degree.q != 1 or not 2 <= degree <= 6:
        raise Unsolved
    yield from _zeros(radicand, variable, meter)
    power = Expr("pow", (symbol(_HIDDEN), number(degree)))
    names = (variable, _HIDDEN)
    first = polynomial.polynomial(cleared(outer)[0], names, meter)
    second = polynomial.polynomial(cleared(Expr("add", (power, Expr("neg", (radicand,)))))[0], names, meter)
    if (
        first is None
        or second is None
        or max(polynomial.total_degree(first), polynomial.total_degree(second)) > _MAX_ELIMINATED
    ):
        raise Unsolved
    meter.spend((polynomial.total_degree(first) + polynomial.total_degree(second)) ** 4)
    found = first.resultant(second, 1)
    if found.is_zero():
        raise Unsolved
    for one in roots.real_roots(polynomial.single(found, meter), meter):
        yield of_root(one)


def _innermost(tree: Expr, variable: str) -> Expr | None:
    """A kernel whose argument holds the variable and no further kernel."""
    for part in tree.args:
        inner = _innermost(part, variable)
        if inner is not None:
            return inner
    if variable not in symbols(tree):
        return None
    if tree.head in _MONOTONE or tree.head in {"abs", "root"}:
        return tree
    if tree.head == "log" and variable not in symbols(Expr("add", tree.args[1:])):
        return tree if len(tree.args) == 2 else None
    if tree.head == "pow" and variable in symbols(tree.args[1]) and variable not in symbols(tree.args[0]):
        return tree
    return None


def _replace(tree: Expr, part: Expr, by: Expr) -> Expr:
    if tree == part:
        return by
    if not tree.args:
        return tree
    return msgspec.structs.replace(tree, args=tuple(_replace(arg, part, by) for arg in tree.args))
