"""Two trees shown to be equal: first by their values at points of the gold's domain, then by SymPy.

Both must agree before anything is said. Values that differ end the matter at once, without SymPy; SymPy's proof without
values that confirm it is worth nothing, for it moves between branches of roots and logarithms. Nothing here ever says
that two trees differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Final

import msgspec
import sympy  # type: ignore[import-untyped]  # has no types
from flint import fmpq
from mpmath import mp  # type: ignore[import-untyped]  # has no types

from verifier.judge.sympy_points import LOOSE, TIGHT, Evaluator, Undefined, Unknown, Value, is_complex, nodes, rational
from verifier.judge.sympy_sets import same_solutions
from verifier.judge.sympy_trees import Builder, Built, Unbuildable
from verifier.types.expr import BINDERS, COLLECTIONS, LOGIC, RELATIONS, Expr
from verifier.types.nodes import number

FEWEST_POINTS: Final = 4
"""At which both must have been computed, and be equal; a tree without free symbols has one value."""

_SHOWN = 200
_SMALL = mp.mpf(10) ** -5  # below it nearness is absolute, for a zero is computed with an error
_FEW = 4  # points where a tree holds an integral or a series
_WHOLE_NAMES = frozenset("ijklmnpqNMK")
_POOL = (
    "17/7", "-17/9", "5/11", "-3/13", "31/3", "-43/4", "97/89", "-101/97", "3/4001", "-5/6007", "401/3", "-1009/7",
    "1000003/7", "-2000003/9",
)  # fmt: skip
_WHOLE_POOLS = {"natural": (2, 5, 3, 7, 4, 9, 1, 12), "integer": (2, -3, 5, -4, 3, 0, 7, -1, 12)}
_NARROWED: Final = {"real": "positive", "integer": "natural"}
_ORDERS: Final = {"lt": {-1}, "le": {-1, 0}, "gt": {1}, "ge": {1, 0}, "ne": {-1, 1}}


class Shown(msgspec.Struct, frozen=True):
    """How two trees were shown to be equal: both as SymPy works them out, and what became zero."""

    gold: str
    candidate: str
    by: str


class Given(msgspec.Struct, frozen=True):
    """What the question says of the names: relations that hold, and which are whole numbers."""

    conditions: tuple[Expr, ...] = ()
    integers: frozenset[str] = frozenset()


NOTHING: Final = Given()


class Differ(Exception):  # noqa: N818  # no defect: an answer
    """The trees have different values at a point, or cannot be confirmed not to."""


def show_equal(gold: Expr, candidate: Expr, given: Given = NOTHING) -> Shown | None:
    """The proof that two trees are equal, member by member where they have members; ``None`` where there is none."""
    if _is_value(gold) and _is_value(candidate):
        return _value(gold, candidate, given)
    if gold.head == "eq" and candidate.head == "eq":
        return _equations(gold, candidate, given)
    if gold.head == "builder" and candidate.head == "set":
        solved = same_solutions(gold, candidate)
        return None if solved is None else Shown("the set described", f"{len(candidate.args)} members", solved)
    if gold.head in {"set", "or"} and candidate.head == gold.head:
        return _unordered(gold, candidate, given)
    if _shape(gold) != _shape(candidate) or gold.name != candidate.name or len(gold.args) != len(candidate.args):
        return None
    if not gold.args:
        return None
    return _members(tuple(zip(gold.args, candidate.args, strict=True)), given)


def _is_value(tree: Expr) -> bool:
    others = RELATIONS | LOGIC | COLLECTIONS | {"words", "dots", "pm", "mp"}
    return all(node.head not in others for node in nodes(tree))


def _shape(tree: Expr) -> str:
    return "tuple" if tree.head == "vector" else tree.head


def _members(pairs: tuple[tuple[Expr, Expr], ...], given: Given) -> Shown | None:
    found: list[Shown] = []
    for gold, candidate in pairs:
        if gold == candidate and not any(node.head in BINDERS | {"apply"} for node in nodes(gold)) and _plain(gold):
            continue
        shown = show_equal(gold, candidate, given)
        if shown is None:
            return None
        found.append(shown)
    if not found:
        return None
    return Shown(
        *("; ".join(dict.fromkeys(getattr(one, name) for one in found))[:_SHOWN] for name in Shown.__struct_fields__)
    )


def _plain(tree: Expr) -> bool:
    """Whether a member that is the same on both sides may be passed over: a number or a name."""
    return tree.head in {"number", "symbol", "constant"} or (tree.head == "neg" and _plain(tree.args[0]))


def _unordered(gold: Expr, candidate: Expr, given: Given) -> Shown | None:
    """Sets: each member of one has a partner of its own in the other."""
    left = list(candidate.args)
    if len(gold.args) != len(left):
        return None
    pairs = []
    for member in gold.args:
        partner = next((one for one in left if one == member or _members(((member, one),), given) is not None), None)
        if partner is None:
            return None
        left.remove(partner)
        pairs.append((member, partner))
    return _members(tuple(pairs), given)


def _equations(gold: Expr, candidate: Expr, given: Given) -> Shown | None:
    """Equations: the same left side and equal right sides; or differences of sides in a constant ratio."""
    sides = (*gold.args, *candidate.args)
    if not all(map(_is_value, sides)):
        return None
    if gold.args[0] == candidate.args[0]:
        return _value(gold.args[1], candidate.args[1], given)
    if any(not _free(side) for side in gold.args):
        return None  # it may give a value, and what merely determines that is no answer
    ours, theirs = (Expr("add", (one.args[0], Expr("neg", (one.args[1],)))) for one in (gold, candidate))
    ratio = _ratio(ours, theirs, given)
    return None if ratio is None else _value(ours, Expr("mul", (number(ratio), theirs)), given)


def _ratio(ours: Expr, theirs: Expr, given: Given) -> fmpq | None:
    """The small rational number that one is of the other at the first point that tells; it is yet to be shown."""
    pair = _Pair(ours, theirs, given)
    evaluator = Evaluator(complex_values=False)
    for point in pair.points():
        try:
            above, below = evaluator.at(ours, point), evaluator.at(theirs, point)
        except (Undefined, Unknown):
            continue
        if above and below:
            ratio = Fraction(int(mp.nint(above / below * 5_040)), 5_040)
            return fmpq(ratio.numerator, ratio.denominator) if ratio else None
    return None


def _value(gold: Expr, candidate: Expr, given: Given) -> Shown | None:
    try:
        return _Pair(gold, candidate, given).shown()
    except (Differ, Unbuildable):
        return None


class _Pair:
    """Two trees that stand for values."""

    def __init__(self, gold: Expr, candidate: Expr, given: Given) -> None:
        self._conditions = [one for one in given.conditions if one.head in _ORDERS and all(map(_is_value, one.args))]
        self._gold = gold
        self._candidate = candidate
        self._complex = is_complex(gold, candidate)
        self._sorts = _sorts(gold, candidate, given.integers, complex_values=self._complex)

    def shown(self) -> Shown | None:
        """The proof, confirmed; raises ``Differ`` and ``Unbuildable``."""
        confirmed = self._confirmed()
        builder = Builder(self._sorts)
        gold, candidate = builder.build(self._gold), builder.build(self._candidate)
        points = [{builder.symbol(name): value for name, value in point.items()} for point in confirmed]
        sides = [_resolved(_done(side), points) for side in (gold, candidate)]
        for name, difference in _ways(gold - candidate, sides[0] - sides[1]):
            if difference == 0:
                worked_out, other = (str(side)[:_SHOWN] for side in sides)
                counted = f"{len(points)} points" if len(points) > 1 else "one point"
                return Shown(worked_out, other, f"{name}, and equal values at {counted}")
        return None

    def _confirmed(self) -> list[dict[str, Value]]:
        """Points of the gold's domain, at all of which the candidate has the gold's value."""
        heavy = any(node.head in BINDERS for tree in (self._gold, self._candidate) for node in nodes(tree))
        bases = (
            (2, 10) if any(_bare_log(node) for tree in (self._gold, self._candidate) for node in nodes(tree)) else (0,)
        )
        counted: list[dict[str, Value]] = []
        outside: list[dict[str, Value]] = []
        wanted = FEWEST_POINTS if self._sorts else 1
        for point in self.points():
            try:
                if not self._admits(point):
                    outside.append(point)
                    continue
                for base in bases:
                    self._same_at(point, base)
            except Undefined:
                outside.append(point)
                continue
            except Unknown:
                if heavy or not self._sorts:
                    raise Differ from None
                continue
            counted.append(point)
            if heavy and len(counted) >= _FEW:
                break
        if len(counted) < wanted:
            raise Differ
        self._narrow(counted, outside)
        return counted

    def _admits(self, point: dict[str, Value]) -> bool:
        """Whether the conditions that order values hold at a point; others are not used, which asks for more."""
        evaluator = Evaluator(complex_values=False)
        for condition in self._conditions:
            if not _free(condition) <= point.keys():
                continue
            difference = evaluator.at(condition.args[0], point) - evaluator.at(condition.args[1], point)
            if mp.sign(difference) not in _ORDERS[condition.head]:
                return False
        return True

    def _same_at(self, point: dict[str, Value], base: int) -> None:
        """Raises ``Undefined`` where the gold has no value, ``Differ`` where the candidate has not the same."""
        ours = Evaluator(complex_values=self._complex, base=base or None)
        theirs = Evaluator(complex_values=self._complex, base=base or None)
        value = ours.at(self._gold, point)
        try:
            other = theirs.at(self._candidate, point)
        except Undefined:
            raise Differ from None
        near = LOOSE if ours.loose or theirs.loose else TIGHT
        if abs(value - other) > near * max(abs(value), abs(other), _SMALL):
            raise Differ

    def points(self) -> Iterator[dict[str, Value]]:
        """Points to try, always the same ones."""
        names = sorted(self._sorts)
        if not names:
            yield {}
            return
        pool = [mp.mpf(int(text.partition("/")[0])) / int(text.partition("/")[2]) for text in _POOL]
        largest = max(
            (
                abs(found)
                for node in nodes(self._gold)
                if node.head == "number" and (found := rational(node)) is not None
            ),
            default=0,
        )
        if 10 < largest < 10**9:
            size = mp.mpf(largest.numerator) / largest.denominator
            pool += [size * mp.mpf(factor) / 100 for factor in (137, -141, 71, -73, 311, -307)]
        count = len(pool) if len(names) == 1 else 3 * len(pool)
        for turn in range(count):
            point = {}
            for place, name in enumerate(names):
                if self._sorts[name] in _WHOLE_POOLS:
                    whole = _WHOLE_POOLS[self._sorts[name]]
                    point[name] = mp.mpf(whole[(turn + 3 * place) % len(whole)])
                else:
                    at = turn * (2 * place + 1) + 3 * place + turn // len(pool) * place
                    value = pool[at % len(pool)]
                    if self._sorts[name] == "complex":
                        value = mp.mpc(value, pool[(at + 5) % len(pool)])
                    point[name] = value
            yield point

    def _narrow(self, counted: list[dict[str, Value]], outside: list[dict[str, Value]]) -> None:
        """Take a symbol for positive where the gold is undefined at every point at which it is not."""
        for name, sort in self._sorts.items():
            tried = sum(point[name] <= 0 for point in outside) if sort in _NARROWED else 0
            if tried >= FEWEST_POINTS and all(point[name] > 0 for point in counted):
                self._sorts[name] = _NARROWED[sort]


def _bare_log(node: Expr) -> bool:
    return node.head == "log" and len(node.args) == 1


def _sorts(gold: Expr, candidate: Expr, integers: frozenset[str], *, complex_values: bool) -> dict[str, str]:
    """What each free symbol ranges over."""
    sorts: dict[str, str] = {}
    for name in sorted(_free(gold) | _free(candidate)):
        if name in _counts_of(gold) or (name in _counts_of(candidate) and name in _WHOLE_NAMES):
            sorts[name] = "natural"
        elif name in integers:
            sorts[name] = "integer"
        elif name in _signs_of(gold) or (name in _signs_of(candidate) and name in _WHOLE_NAMES):
            sorts[name] = "natural"
        else:
            sorts[name] = "complex" if complex_values and name[0] in "zw" else "real"
    return sorts


def _counts_of(tree: Expr) -> set[str]:
    """Symbols that can only count: in a bound of a sum or product, in a factorial or a binomial."""
    found: set[str] = set()
    for node in nodes(tree):
        if node.head in {"sum", "prod"}:
            found = found.union(*map(_free, node.args[2:]))
        elif node.head in {"factorial", "factorial2", "binom", "perm"}:
            found = found.union(*map(_free, node.args))
    return found


def _signs_of(tree: Expr) -> set[str]:
    """Symbols in an exponent of -1."""
    powers = (node for node in nodes(tree) if node.head == "pow" and rational(node.args[0]) == -1)
    return {name for node in powers for name in _free(node.args[1])}


def _free(tree: Expr) -> set[str]:
    if tree.head == "symbol":
        return {tree.name}
    found: set[str] = set()
    for place, arg in enumerate(tree.args):
        if tree.head in BINDERS - {"diff"} and place == 1:
            continue
        names = _free(arg)
        if tree.head in BINDERS - {"diff"} and place == 0:
            names.discard(tree.args[1].name)
        found |= names
    return found


def _ways(raw: Built, done: Built) -> Iterator[tuple[str, Built]]:
    """The difference, as built and as worked out, brought to simpler and simpler forms; equality shows as a zero."""
    yield "gold - candidate = 0", raw
    if done.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        return
    ways: tuple[tuple[str, Callable[[Any], Any]], ...] = (
        ("doit(gold - candidate) = 0", lambda it: it),
        ("expand(gold - candidate) = 0", sympy.expand),
        ("combsimp(gold - candidate) = 0", lambda it: sympy.combsimp(it) if _counts(it) else it),
        ("gammasimp(gold - candidate) = 0", lambda it: sympy.gammasimp(it.rewrite(sympy.gamma)) if _counts(it) else it),
        ("simplify(gold - candidate) = 0", sympy.simplify),
        ("expand_log(gold - candidate) = 0", lambda it: sympy.expand(sympy.expand_log(it))),
        ("rewrite(gold - candidate, exp) = 0", lambda it: sympy.simplify(sympy.expand(it.rewrite(sympy.exp)))),
        ("equals(gold - candidate, 0)", lambda it: 0 if it.equals(0) is True else it),
    )
    for name, way in ways:
        yield name, _attempt(way, done)


def _counts(it: Built) -> bool:
    return bool(it.has(sympy.factorial, sympy.binomial, sympy.gamma, sympy.RisingFactorial, sympy.FallingFactorial))


def _attempt(way: Callable[[Any], Any], it: Built) -> Built:
    """SymPy's answer, or what it was given where it fails: a defect in one way is no reason not to try the next."""
    try:
        return way(it)
    except Exception:  # noqa: BLE001  # the border to SymPy, which raises whatever
        return it


def _done(it: Built) -> Built:
    """Sums, products, integrals, limits and derivatives carried out."""
    done = _attempt(lambda one: one.doit(), it)
    endless = [one for one in done.atoms(sympy.Product) if one.limits[0][2] is sympy.oo]
    for one in endless:
        variable, low, _ = one.limits[0]
        last = sympy.Symbol("_last", integer=True, positive=True)
        partial = sympy.Product(one.function, (variable, low, last)).doit()
        done = done.subs(one, sympy.limit(sympy.simplify(sympy.combsimp(partial)), last, sympy.oo))
    return done


def _resolved(it: Built, points: list[dict[Built, Value]]) -> Built:
    """Of pieces the one that holds at all points of the gold's domain."""
    if not it.has(sympy.Piecewise):
        return it
    return it.replace(lambda one: isinstance(one, sympy.Piecewise), lambda one: _piece(one, points))


def _piece(it: Built, points: list[dict[Built, Value]]) -> Built:
    for value, condition in it.args:
        held = [condition.subs({name: sympy.Float(number, 30) for name, number in point.items()}) for point in points]
        if all(one == sympy.true for one in held):
            return value
        if any(one != sympy.false for one in held):
            break
    return it
