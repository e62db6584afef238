"""Where absolute values, steps and pieces change their rule: points on every such place and in every piece between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from math import gcd
from typing import Final, NamedTuple

from flint import fmpq
from msgspec.structs import replace

from verifier.engine.maths.crossings import MOST_PLACES, Crossings, Span, difference
from verifier.engine.maths.evaluate import Value
from verifier.engine.maths.normal import Forms
from verifier.engine.maths.points import PRIMES, Terms
from verifier.engine.maths.polynomial import Undefined, univariate
from verifier.types.expr import Expr
from verifier.types.nodes import number

PIECEWISE: Final = frozenset({"abs", "floor", "ceil", "sign", "min", "max", "mod", "cases"})
"""Functions whose rule changes from place to place."""
_ARITHMETIC: Final = frozenset({"gcd", "lcm"})
"""Functions whose values follow no rule that points could show."""
STEPS: Final = frozenset({"floor", "ceil", "mod"})
"""Functions that jump at places without end."""
_ARCS: Final = frozenset({"asin", "acos", "atan", "acot", "asec", "acsc", "arg"})
"""Functions with branches: they jump, or turn, where their argument has a pole or is one."""
_ENDS: Final = frozenset({"asin", "acos", "asec", "acsc", "acosh", "atanh", "asech", "acoth"})
_POLES: Final = {"tan": "cos", "sec": "cos", "cot": "sin", "csc": "sin"}
_LONGEST_PERIOD: Final = 48
_MOST_FREE: Final = 3
_EVERYWHERE: Final = 1 << 39

Point = Mapping[str, Value]


class Pieces(NamedTuple):
    """Points on the places where a rule changes, and points of every piece of the line between."""

    on: tuple[Point, ...] = ()
    between: tuple[tuple[Point, ...], ...] = ()
    all_needed: bool = False  # also those where no point was found to lie in the domain


class Known(NamedTuple):
    """The names of a comparison: which are whole numbers, what is known of them, and whether values are complex."""

    names: Sequence[str]
    whole: frozenset[str]
    terms: Terms
    complexes: bool


def breakpoints(forms: Forms, sides: tuple[int, int], left: int, known: Known) -> Pieces | None:
    """Points of all pieces of the line; ``None`` where the places of rules in ``left`` cannot be found.

    ``left`` is what is left of the difference of the two sides: a rule that is gone from it does not matter. In
    it also roots of squares are absolute values. The ends of the domain, poles and the ends of conditions are places
    where they can be found. Of steps, which must be linear, three periods are taken.
    """
    known = _positive(known)
    hidden = [node for node in forms.reach(left) if _is_rule(forms, node, known)]
    if any(forms.heads[node] in _ARITHMETIC for node in hidden):
        return None
    if len(known.names) != 1:
        return _orthants(forms, hidden, sides[0], known) if hidden else Pieces()
    name = known.names[0]
    low, high = known.terms.low.get(name), known.terms.high.get(name)
    if low is not None and low < -_EVERYWHERE:
        low = None
    crossings = Crossings(forms, name, low, high)
    rules = _zeros(forms, crossings, [node for node in hidden if forms.heads[node] not in STEPS])
    steps = [node for node in hidden if forms.heads[node] in STEPS]
    period = _period(forms, steps, name) if steps else None
    if rules is None or (steps and period is None):
        return None
    others: list[Span] = []
    for node in forms.reach(*sides):
        if node not in hidden and _has_name(forms, node):
            others.extend(_zeros(forms, crossings, [node]) or ())
    if not rules and not others and period is None:
        return Pieces()
    for end in _ends(forms, known.terms.conditions):
        found = crossings.zeros(end)
        if found is None and hidden:
            return None
        others.extend(found or ())
    if name in known.whole:
        return _whole(name, [*rules, *others], period, low, high, low is None and name in known.terms.low)
    if period is not None:
        places = _steps(forms, steps, name, period, low, high)
        if places is None:
            return None
        rules.extend([(place, place) for place in places])
    return _pieces(name, rules, others) or (None if hidden else Pieces())


def _positive(known: Known) -> Known:
    """Whole numbers are positive where nothing else is said of them."""
    if len(known.names) == 1 or not known.whole:
        return known
    low, high = known.terms.low, known.terms.high
    ones = {name: fmpq(1) for name in known.whole if name not in low and name not in high}
    return known._replace(terms=replace(known.terms, low={**low, **ones}))


def _pieces(name: str, rules: Sequence[Span], others: Sequence[Span]) -> Pieces | None:
    """Points on rational places of rules and between all places, unless there are too many."""
    spans = _merged([*rules, *others])
    if len(spans) > MOST_PLACES:
        return None
    on = sorted({str(low): low for low, high in rules if low == high}.values())
    return Pieces(
        tuple([{name: value} for value in on]),
        tuple([tuple([{name: value} for value in piece]) for piece in _between(spans)]),
    )


def _zeros(forms: Forms, crossings: Crossings, nodes: Sequence[int]) -> list[Span] | None:
    """The places of some nodes."""
    spans: list[Span] = []
    for node in nodes:
        for change in _changes(forms, node):
            found = crossings.zeros(change)
            if found is None:
                return None
            spans.extend(found)
    return spans


def _has_name(forms: Forms, node: int) -> bool:
    return any(forms.heads[part] == "symbol" for part in forms.reach(node))


def _signs(known: Known) -> dict[str, int]:
    """The signs of names that have one."""
    return {name: 1 for name, value in known.terms.low.items() if value >= 0}


def _orthants(forms: Forms, rules: Sequence[int], gold: int, known: Known) -> Pieces | None:
    """Points for all signs of several names, where every absolute value has one rule for each choice of signs."""
    if known.complexes or any(forms.heads[node] not in {"abs", "sign"} for node in rules):
        return None
    fixed = _signs(known)
    inside = {forms.names[part] for part in forms.reach(*rules) if forms.heads[part] == "symbol"}
    free = sorted(inside - fixed.keys())
    if len(free) > _MOST_FREE or not inside.issubset(known.names):
        return None
    found: list[tuple[Point, ...]] = []
    for choice in product((1, -1), repeat=len(free)):
        signs = {**fixed, **dict(zip(free, choice, strict=True))}
        if not all(_sign(forms, forms.args[node][0], signs) for node in rules):
            return None
        if not any(_sign(forms, below, signs) < 0 for below in _sided(forms, gold)):
            found.append(
                tuple(
                    [
                        {
                            name: signs.get(name, 1)
                            * fmpq(PRIMES[(j + 3 * k) % 16], 1 if name in known.whole else k + 1)
                            for j, name in enumerate(known.names)
                        }
                        for k in range(4)
                    ]
                )
            )
    return Pieces((), tuple(found), all_needed=True)


def _sided(forms: Forms, root: int) -> Iterator[int]:
    """What must not be negative for a tree to have a value: radicands of even roots, arguments of logarithms."""
    for node in forms.reach(root):
        index = forms.values[forms.args[node][1]] if forms.heads[node] == "pow" else None
        if forms.heads[node] == "ln" or (index is not None and index.q % 2 == 0):
            yield forms.args[node][0]


def _is_rule(forms: Forms, node: int, known: Known) -> bool:
    """Whether a node changes its rule somewhere; of several names, whether it may do so inside its domain."""
    head, args = forms.heads[node], forms.args[node]
    if head in {"pow", "ln"}:
        index = forms.values[args[1]] if head == "pow" else None
        if known.complexes:
            return (index is None or index.q != 1) and _has_name(forms, args[0])
        return len(known.names) > 1 and index is not None and index.q % 2 == 0 and _may_be_square(forms, args[0])
    if head in _ARCS:
        return _has_name(forms, node) and (len(known.names) == 1 or _may_jump(forms, args[0], _signs(known)))
    if head not in PIECEWISE and head not in _ARITHMETIC:
        return False
    if head in {"abs", "sign"} and not known.complexes and _sign(forms, args[0], _signs(known)):
        return False
    return _has_name(forms, node)


def _may_be_square(forms: Forms, radicand: int) -> bool:
    """Whether irrational numbers under a root might make a square of what was not seen to be one."""
    if not _has_name(forms, radicand):
        return False
    parts = forms.reach(radicand)
    return any(
        forms.heads[part] == "pow" and forms.heads[forms.args[part][0]] != "symbol" and not _has_name(forms, part)
        for part in parts
    ) and any(_has_name(forms, part) and forms.heads[part] == "add" for part in parts)


def _may_jump(forms: Forms, inside: int, signs: Mapping[str, int]) -> bool:
    """Whether the argument of an inverse function may have a pole, or turn."""
    for part in forms.reach(inside):
        head, args = forms.heads[part], forms.args[part]
        index = forms.values[args[1]] if head == "pow" else None
        below = args[1] if head == "div" else args[0] if index is not None and index < 0 else None
        if below is not None and _has_name(forms, below) and not _sign(forms, below, signs):
            return True
        if (head in _POLES or head in {"sin", "cos"}) and _has_name(forms, part):
            return True
    return False


def _sign(forms: Forms, node: int, signs: Mapping[str, int]) -> int:
    """1 or −1 where a node is plainly nowhere negative or nowhere positive, else 0."""
    head, args, value = forms.heads[node], forms.args[node], forms.values[node]
    if value is not None:
        return 1 if value >= 0 else -1
    if head == "symbol":
        return signs.get(forms.names[node], 0)
    if head == "constant":
        return 1 if forms.names[node] in {"pi", "e"} else 0
    if head in {"add", "mul", "div"}:
        parts = [_sign(forms, arg, signs) for arg in args]
        if head == "add":
            return parts[0] if len(set(parts)) == 1 else 0
        total = 1
        for part in parts:
            total *= part
        return total
    if head == "pow":
        index = forms.values[args[1]]
        if index is not None and index.p % 2 == 0:
            return 1
        return 1 if _sign(forms, args[0], signs) == 1 or (index is not None and index.q % 2 == 0) else 0
    return 1 if head in {"abs", "cosh"} else 0


def _changes(forms: Forms, node: int) -> Iterator[Expr]:  # noqa: PLR0912  # one branch for each kind
    """Expressions whose zeros are the places of a node."""
    head = forms.heads[node]
    if head == "pow":
        base, index = forms.args[node]
        value = forms.values[index]
        if value is None or value.q != 1 or value < 0:
            yield forms.tree(base)
        return
    if head == "div":
        yield forms.tree(forms.args[node][1])
        return
    if head in {"abs", "sign", "ln"}:
        yield forms.tree(forms.args[node][0])
    elif head in {"min", "max"}:
        args = [forms.tree(arg) for arg in forms.args[node]]
        for j, one in enumerate(args):
            for other in args[:j]:
                yield difference(one, other)
    elif head == "cases":
        yield from _ends(forms, [part for piece in forms.args[node] for part in forms.args[piece][1:]])
    elif head in _ARCS or head in _ENDS:
        inside = forms.tree(forms.args[node][0])
        if head in _ENDS:
            yield difference(inside, number(1))
            yield Expr("add", (inside, number(1)))
        if head in _ARCS:
            yield inside
            for part in forms.reach(forms.args[node][0]):
                if _has_name(forms, part):
                    if forms.heads[part] in {"div", "pow", "ln"}:
                        yield from _changes(forms, part)
                    elif forms.heads[part] in _POLES:
                        yield Expr(_POLES[forms.heads[part]], (forms.tree(forms.args[part][0]),))


def _ends(forms: Forms, conditions: Sequence[int]) -> Iterator[Expr]:
    """Expressions whose zeros are the places where conditions begin or cease to hold."""
    stack = list(conditions)
    while stack:
        condition = stack.pop()
        head, args = forms.heads[condition], forms.args[condition]
        if head in {"and", "or"}:
            stack.extend(args)
        elif head in {"lt", "le", "eq", "ne"}:
            yield difference(forms.tree(args[0]), forms.tree(args[1]))
        elif head != "words":
            yield forms.tree(condition)


def _linear(forms: Forms, node: int, name: str) -> tuple[fmpq, fmpq] | None:
    """The coefficients (a, b) of the argument a·x + b of a step."""
    args = forms.args[node]
    tree = forms.tree(args[0])
    if forms.heads[node] == "mod":
        tree = Expr("div", (tree, forms.tree(args[1])))
    try:
        ratio = univariate(tree, name, forms.meter)
    except Undefined:
        return None
    if ratio is None or ratio[0].degree() != 1 or ratio[1].degree() != 0:
        return None
    return ratio[0][1] / ratio[1][0], ratio[0][0] / ratio[1][0]


def _period(forms: Forms, steps: Sequence[int], name: str) -> fmpq | None:
    """The common period of steps, if it is short."""
    period: fmpq | None = None
    for node in steps:
        linear = _linear(forms, node, name)
        if linear is None:
            return None
        one = 1 / abs(linear[0])
        period = one if period is None else _common(period, one)
        if period > _LONGEST_PERIOD or period.q > _LONGEST_PERIOD:
            return None
    return period


def _common(a: fmpq, b: fmpq) -> fmpq:
    """The least common multiple of two periods."""
    return fmpq(a.p.lcm(b.p), gcd(int(a.q), int(b.q)))


def _steps(
    forms: Forms, nodes: Sequence[int], name: str, period: fmpq, low: fmpq | None, high: fmpq | None
) -> list[fmpq] | None:
    """The places of all steps in three periods about zero, or where the bounds allow them."""
    first, last = -period, 2 * period
    if low is not None and (low > first or (high is not None and high - low < 3 * period)):
        first, last = low, low + 3 * period
    elif high is not None and high < last:
        first, last = high - 3 * period, high
    found: list[fmpq] = []
    for node in nodes:
        linear = _linear(forms, node, name)
        if linear is not None:
            slope, shift = linear
            ends = sorted((first * slope + shift, last * slope + shift))
            before, after = int(ends[0].ceil()), int(ends[1].floor())
            if after - before > MOST_PLACES:
                return None
            found.extend([(fmpq(k) - shift) / slope for k in range(before, after + 1)])
    return found


def _merged(spans: Sequence[Span]) -> list[Span]:
    """In increasing order; those that overlap are one."""
    found: list[Span] = []
    for low, high in sorted(spans):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found


def _between(places: Sequence[Span]) -> Iterator[list[fmpq]]:
    """Four points between each two places, close to both and in the middle, and three beyond each end."""
    if not places:
        return
    first, last = places[0][0], places[-1][1]
    yield [simplest(first - far, first - near) for near, far in _BEYOND]
    for (_, low), (high, _) in pairwise(places):
        gap = high - low
        yield [simplest(low + gap * near, low + gap * far) for near, far in _INSIDE]
    yield [simplest(last + near, last + far) for near, far in _BEYOND]


_BEYOND: Final = ((fmpq(1, 9), fmpq(1, 7)), (fmpq(4, 3), fmpq(5, 3)), (fmpq(10), fmpq(11)))
_INSIDE: Final = (
    (fmpq(1, 40), fmpq(1, 30)), (fmpq(3, 10), fmpq(2, 5)), (fmpq(3, 4), fmpq(4, 5)), (fmpq(29, 30), fmpq(39, 40)),
)  # fmt: skip


def simplest(low: fmpq, high: fmpq) -> fmpq:
    """The rational with the smallest denominator between two.

    >>> simplest(fmpq(31, 100), fmpq(34, 100))
    1/3
    """
    if low < 0 < high:
        return fmpq(0)
    if high <= 0:
        return -simplest(-high, -low)
    terms: list[int] = []
    while True:
        whole = int(low.ceil())
        if whole <= high:
            found = fmpq(whole)
            break
        terms.append(whole - 1)
        low, high = 1 / (high - (whole - 1)), 1 / (low - (whole - 1))
    for term in reversed(terms):
        found = term + 1 / found
    return found


def _whole(
    name: str,
    spans: Sequence[Span],
    period: fmpq | None,
    low: fmpq | None,
    high: fmpq | None,
    signed: bool,  # noqa: FBT001
) -> Pieces | None:
    """Whole numbers about every place, and three periods of them; positive ones unless something says otherwise."""
    count = max(24, 3 * int(period.ceil())) if period is not None else 8
    first = int(low.ceil()) if low is not None else -count if signed else 1
    values = set(range(first, first + count + (count if signed else 0)))
    if high is not None:
        last = int(high.floor())
        values.update(range(last - count, last + 1))
    for span in spans:
        for near in {int(end.floor()) for end in span}:
            values.update(range(near - 3, near + 5))
    positive = low is None and high is None and not signed
    kept = sorted(value for value in values if value > 0 or not positive)
    return Pieces(tuple([{name: fmpq(value)} for value in kept])) if len(kept) <= 2 * MOST_PLACES else None
