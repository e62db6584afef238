"""Sets of reals given by conditions, compared exactly: x² ≤ 9, |x| ≤ 3 and [-3, 3] are one set.

A condition in one variable changes its truth only at breakpoints: roots, poles, ends of domains. They are found
exactly (a superset is enough), put in order, and both conditions are evaluated at each of them and once in between.
Where breakpoints cannot be found, or a sign cannot be shown, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from flint import fmpq, fmpq_poly

from verifier.engine.maths import polynomial, roots, zero
from verifier.engine.maths.plusminus import spread
from verifier.engine.maths.quotients import cleared
from verifier.engine.maths.roots import Exact, Root
from verifier.types.budget import Meter
from verifier.types.expr import Expr, number, symbol, symbols

ORDER = {
    "eq": (False, True, False),
    "ne": (True, False, True),
    "lt": (True, False, False),
    "le": (True, True, False),
    "gt": (False, False, True),
    "ge": (False, True, True),
}
"""Whether a relation holds where left minus right is negative, zero, positive."""

_TRUE, _FALSE = Expr("constant", (), "true"), Expr("constant", (), "false")
_MAX_BREAKS = 64
_MAX_ELIMINATED = 12  # total degree of polynomials whose resultant is taken
_MAX_WHOLE = 10_000  # whole numbers between two breakpoints that are looked at one by one
_CLOSED = {"[]": ("le", "le"), "[)": ("le", "lt"), "(]": ("lt", "le"), "()": ("lt", "lt")}
_MONOTONE = frozenset({"ln", "exp", "sinh", "tanh", "asinh", "atanh", "atan", "asin", "acos"})
_INVERSE = {
    "ln": "exp", "exp": "ln", "sinh": "asinh", "tanh": "atanh", "asinh": "sinh", "atanh": "tanh", "atan": "tan", "asin": "sin", "acos": "cos",
}  # fmt: skip


class Unsolved(Exception):  # noqa: N818  # control flow inside this file: a breakpoint or a sign that cannot be shown
    """This condition is beyond what is solved here."""


class Point(msgspec.Struct, frozen=True):
    """A breakpoint: an exact root, or a constant of other sorts (``pi``) with rational bounds."""

    at: Exact | None
    tree: Expr | None
    low: fmpq
    high: fmpq


class Sets(msgspec.Struct, frozen=True):
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
    try:
        points = _in_order([*_breaks(golds[0], variable, meter), *_breaks(candidates[0], variable, meter)], meter)
        both_whole = whole or (golds[1] and candidates[1])
        if golds[1] != candidates[1] and not whole:
            return _one_discrete(golds, candidates, variable, points, meter)
        known: Known = {}
        for place in _places(points, meter, whole=both_whole):
            wanted = _holds(golds[0], variable, place, meter, known)
            if wanted != _holds(candidates[0], variable, place, meter, known):
                return Sets(equal=False, witness=_shown(place))
    except Unsolved:
        return None
    return Sets(equal=True)


def condition(tree: Expr, variable: Expr) -> Expr | None:
    """What ``variable ∈ tree`` says, as a condition; ``None`` for what is no set of reals."""
    parts = tree.args
    if tree.head == "constant":
        whole = Expr("in", (variable, Expr("constant", (), "Z")))
        natural = Expr("and", (whole, Expr("ge", (variable, number(0)))))
        named = {"R": _TRUE, "empty": _FALSE, "Z": whole, "N": natural}
        return named.get(tree.name)
    if tree.head in {"interval", "pair"} and len(parts) == 2:
        lower, upper = _CLOSED["()" if tree.head == "pair" else tree.name]
        ends = []
        if not _infinite(parts[0], negative=True):
            ends.append(Expr(lower, (parts[0], variable)))
        if not _infinite(parts[1], negative=False):
            ends.append(Expr(upper, (variable, parts[1])))
        return _joined("and", ends, _TRUE)
    if tree.head in {"set", "list"}:
        members = [one for part in parts for one in spread(part)]
        return _joined("or", [Expr("eq", (variable, member)) for member in members], _FALSE)
    if tree.head in {"union", "intersect", "setminus"}:
        inside = [condition(part, variable) for part in parts]
        known = [part for part in inside if part is not None]
        if len(known) < len(inside):
            return None
        if tree.head == "setminus":
            return Expr("and", (known[0], *(Expr("not", (part,)) for part in known[1:])))
        return Expr("or" if tree.head == "union" else "and", tuple(known))
    if tree.head == "complement":
        inner = condition(parts[0], variable)
        return None if inner is None else Expr("not", (inner,))
    if tree.head == "builder":
        return _built(tree, variable)
    return None


def _built(tree: Expr, variable: Expr) -> Expr | None:
    """``{x | x > 2}``, ``{x ∈ R | …}``: the condition with the set's own variable renamed."""
    element, limit = tree.args
    domain: Expr | None = None
    if element.head == "in":
        element, domain = element.args[0], condition(element.args[1], variable)
        if domain is None:
            return None
    if element.head != "symbol":
        return None
    renamed = zero.substitute(limit, {element.name: variable})
    return renamed if domain is None or domain == _TRUE else Expr("and", (domain, renamed))


def _joined(head: str, parts: list[Expr], empty: Expr) -> Expr:
    if not parts:
        return empty
    return parts[0] if len(parts) == 1 else Expr(head, tuple(parts))


def _infinite(tree: Expr, *, negative: bool) -> bool:
    if negative:
        return tree.head == "neg" and _infinite(tree.args[0], negative=False)
    return tree.head == "constant" and tree.name == "inf"


def _discrete(tree: Expr, variable: str) -> tuple[Expr, bool]:
    """A condition without its ``x ∈ Z``, and whether it had one."""
    if tree.head == "in" and tree.args == (symbol(variable), Expr("constant", (), "Z")):
        return _TRUE, True
    if tree.head == "and":
        parts = [_discrete(part, variable) for part in tree.args]
        if any(whole for _, whole in parts):
            return Expr("and", tuple(part for part, _ in parts)), True
    return tree, False


def _one_discrete(
    golds: tuple[Expr, bool], candidates: tuple[Expr, bool], variable: str, points: list[Point], meter: Meter
) -> Sets:
    """One side speaks of whole numbers only: the other must be a list of them."""
    known: Known = {}
    discrete, listed = (golds[0], candidates[0]) if golds[1] else (candidates[0], golds[0])
    for place in _places(points, meter, whole=False):
        is_whole = isinstance(place, fmpq) and place.q == 1
        inside = _holds(listed, variable, place, meter, known)
        exact = isinstance(place, fmpq) and any(point.at == place for point in points)
        if inside and not (is_whole and exact):
            return Sets(equal=False, witness=_shown(place))
    for place in _places(points, meter, whole=True):
        if _holds(discrete, variable, place, meter, known) != _holds(listed, variable, place, meter, known):
            return Sets(equal=False, witness=_shown(place))
    return Sets(equal=True)


# --- breakpoints


def _breaks(tree: Expr, variable: str, meter: Meter) -> Iterator[Point]:
    """Every number at which the condition may change its truth."""
    meter.spend(1)
    if tree.head in {"and", "or", "not"}:
        for part in tree.args:
            yield from _breaks(part, variable, meter)
    elif tree.head in ORDER:
        yield from _zeros(_difference(tree), variable, meter)
    elif tree.head in {"in", "notin"}:
        yield from _breaks(_spelled(tree, variable), variable, meter)
    elif not _is_settled(tree):
        raise Unsolved


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


def _difference(tree: Expr) -> Expr:
    left, right = tree.args
    return left if right == number(0) else Expr("add", (left, Expr("neg", (right,))))


def _zeros(tree: Expr, variable: str, meter: Meter) -> Iterator[Point]:
    """Zeros, poles and ends of the domain of an expression, or more numbers than these."""
    if symbols(tree) - {variable}:
        raise Unsolved
    if variable not in symbols(tree):
        return
    rational = polynomial.univariate(tree, variable, meter)
    if rational is not None:
        for part in rational:
            for root in roots.real_roots(part, meter):
                yield _point(root)
        return
    linear = _linear(tree, variable, meter)
    if linear is not None:
        yield _constant(linear, meter)
        return
    kernel = _innermost(tree, variable)
    if kernel is None:
        raise Unsolved
    yield from _through(tree, kernel, variable, meter)


_HIDDEN = "_k"  # stands for a kernel that is taken out of an expression


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
        level = _tree_of(value)
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
    if first is None or second is None or max(first.total_degree(), second.total_degree()) > _MAX_ELIMINATED:
        raise Unsolved
    meter.spend(int(first.total_degree() + second.total_degree()) ** 4)
    found = first.resultant(second, 1)
    if found.is_zero():
        raise Unsolved
    for root in roots.real_roots(polynomial.single(found, meter), meter):
        yield _point(root)


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


def _linear(tree: Expr, variable: str, meter: Meter) -> Expr | None:
    """The zero of a·x + b where a and b hold constants such as pi; ``None`` where the expression is not linear."""
    if not _is_linear(tree, variable):
        return None
    at = {step: zero.substitute(tree, {variable: number(step)}) for step in (0, 1)}
    slope = Expr("add", (at[1], Expr("neg", (at[0],))))
    if zero.sign(slope, meter) in {0, None}:
        return None
    return Expr("neg", (Expr("div", (at[0], slope)),))


def _is_linear(tree: Expr, variable: str) -> bool:
    """Whether the variable stands once at the most in each summand, outside of any function."""
    if tree.head == "symbol" or variable not in symbols(tree):
        return True
    if tree.head in {"add", "neg"}:
        return all(_is_linear(part, variable) for part in tree.args)
    if tree.head == "mul":
        holding = [part for part in tree.args if variable in symbols(part)]
        return len(holding) == 1 and _is_linear(holding[0], variable)
    return tree.head == "div" and variable not in symbols(tree.args[1]) and _is_linear(tree.args[0], variable)


# --- points on the line


def _point(root: Exact) -> Point:
    low, high = roots.bounds(root)
    return Point(root, root.tree() if isinstance(root, Root) else number(root), low, high)


def _constant(tree: Expr, meter: Meter) -> Point:
    exact = zero.rational(tree, meter)
    if exact is not None:
        return _point(exact)
    near = zero.decimal(tree, 30, meter)
    if near is None:
        raise Unsolved
    margin = abs(near) / fmpq(10) ** 29
    return Point(None, tree, near - margin, near + margin)


def _tree_of(point: Point) -> Expr:
    if point.tree is None:
        raise Unsolved
    return point.tree


def _in_order(points: list[Point], meter: Meter) -> list[Point]:
    """Distinct points in increasing order, with bounds that do not meet."""
    ordered: list[Point] = []
    for point in points:
        if len(ordered) > _MAX_BREAKS:
            raise Unsolved
        new, at = point, 0
        while at < len(ordered):
            order, new, ordered[at] = _compare(new, ordered[at], meter)
            if order <= 0:
                break
            at += 1
        else:
            ordered.append(new)
            continue
        if order < 0:
            ordered.insert(at, new)
    return ordered


def _compare(first: Point, second: Point, meter: Meter) -> tuple[int, Point, Point]:
    if first.at is not None and second.at is not None:
        order, one, other = roots.compare(first.at, second.at, meter)
        return order, _moved(first, one), _moved(second, other)
    if first.high < second.low:
        return -1, first, second
    if second.high < first.low:
        return 1, first, second
    order_or_none = zero.sign(Expr("add", (_tree_of(first), Expr("neg", (_tree_of(second),)))), meter)
    if order_or_none is None:
        raise Unsolved
    if order_or_none and (first.low <= second.high and second.low <= first.high):
        raise Unsolved  # apart, and closer than thirty digits: no room for a number in between
    return order_or_none, first, second


def _moved(point: Point, at: Exact) -> Point:
    low, high = roots.bounds(at)
    return msgspec.structs.replace(point, at=at, low=low, high=high)


Place = Point | fmpq


def _places(points: list[Point], meter: Meter, *, whole: bool) -> Iterator[Place]:
    """Where both conditions are looked at: each breakpoint, and a number between each two and beyond both ends."""
    if whole:
        yield from _whole_places(points, meter)
        return
    if not points:
        yield fmpq(0)
        return
    yield points[0].low - 1
    for point, following in zip(points, [*points[1:], None], strict=True):
        yield _place(point)
        yield point.high + 1 if following is None else (point.high + following.low) / 2


def _whole_places(points: list[Point], meter: Meter) -> Iterator[Place]:
    low = (points[0].low if points else fmpq(0)).floor() - 1
    high = (points[-1].high if points else fmpq(0)).ceil() + 1
    if high - low > _MAX_WHOLE:
        raise Unsolved
    for value in range(int(low), int(high) + 1):
        meter.spend(1)
        yield fmpq(value)


def _place(point: Point) -> Place:
    return point.at if point.at is not None and not isinstance(point.at, Root) else point


def _shown(place: Place) -> str:
    if isinstance(place, Point):
        return f"about {float(int((place.low * 1000).floor()) / 1000)}"
    return str(place)


# --- truth at a place


Known = dict[int, tuple[Expr, Expr, tuple[fmpq_poly, fmpq_poly] | None]]
"""Relations by identity, each with itself, its difference, and that as a quotient of polynomials."""


def _holds(tree: Expr, variable: str, place: Place, meter: Meter, known: Known) -> bool:
    """Whether a condition holds at a place; where a side is undefined, it does not."""
    meter.spend(2)
    if _is_settled(tree):
        return tree.name == "true"
    if tree.head == "and":
        return all(_holds(part, variable, place, meter, known) for part in tree.args)
    if tree.head == "or":
        return any(_holds(part, variable, place, meter, known) for part in tree.args)
    if tree.head == "not":
        return not _holds(tree.args[0], variable, place, meter, known)
    if tree.head in {"in", "notin"}:
        return _holds(_spelled(tree, variable), variable, place, meter, known)
    if id(tree) not in known:
        difference = _difference(tree)
        known[id(tree)] = (tree, difference, polynomial.univariate(difference, variable, meter))
    _, difference, rational = known[id(tree)]
    order = _sign(difference, rational, variable, place, meter)
    return order is not None and ORDER[tree.head][order + 1]


def _sign(
    tree: Expr, rational: tuple[fmpq_poly, fmpq_poly] | None, variable: str, place: Place, meter: Meter
) -> int | None:
    """The sign of an expression at a place, ``None`` where it is undefined."""
    exact = place if isinstance(place, fmpq) else place.at
    if rational is not None and exact is not None:
        above, below = (roots.sign_at(part, exact, meter) for part in rational)
        return None if below == 0 else above * below
    value = number(place) if isinstance(place, fmpq) else _tree_of(place)
    at = zero.substitute(tree, {variable: value})
    found = zero.sign(at, meter)
    if found is None:
        if _undefined(at, meter):
            return None
        raise Unsolved
    return found


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


def without_infinity(tree: Expr) -> Expr:
    """A condition without its comparisons with infinity, which always hold or never: ``x < inf``."""
    if tree.head in {"and", "or", "not"}:
        return msgspec.structs.replace(tree, args=tuple(without_infinity(part) for part in tree.args))
    if tree.head in {"lt", "le", "gt", "ge"}:
        left, right = tree.args if tree.head in {"lt", "le"} else tree.args[::-1]
        if _infinite(left, negative=True) or _infinite(right, negative=False):
            return _TRUE
        if _infinite(left, negative=False) or _infinite(right, negative=True):
            return _FALSE
    return tree


def renamed(tree: Expr, variable: str) -> Expr | None:
    """A condition with its one unknown renamed; ``None`` where it has none or several."""
    names = symbols(tree)
    if len(names) != 1:
        return None
    (name,) = names
    return zero.substitute(tree, {name: symbol(variable)})


def exchange(tree: Expr, names: Mapping[str, Expr]) -> Expr:
    """The tree with names exchanged for others, all at once."""
    return zero.substitute(tree, names)
