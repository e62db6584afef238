"""Points at which two trees are compared: spread over the domain, the same for the same two trees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Final, NamedTuple

import msgspec
from flint import arb, fmpq

from verifier.engine.maths.balls import as_rational, holds
from verifier.engine.maths.evaluate import Program, Surd, Value
from verifier.engine.maths.normal import Forms
from verifier.types.budget import Meter
from verifier.types.expr import Expr

WHOLE_NAMES: Final = frozenset({"n", "k", "m"})
"""Names that stand for whole numbers more often than not."""
_WHOLE_ARGUMENTS: Final = frozenset({"factorial", "factorial2", "binom", "perm", "gcd", "lcm"})
_MAY_BE_WHOLE: Final = frozenset({"floor", "ceil", "mod"})
_SIGNS_OF_WHOLE: Final = _WHOLE_ARGUMENTS | _MAY_BE_WHOLE | {"pow", "sum", "prod"}
_RELATIONS: Final = frozenset({"eq", "ne", "lt", "le"})
_INTEGER_SETS: Final = frozenset({"Z", "N"})
PRIMES: Final = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53)
_EVERYWHERE: Final = 1 << 40
"""The bound that stands for none: names in Z may be negative."""
SMALLEST: Final = 40
"""So many points of the fixed spread come before those that are made from what was found."""


class Terms(msgspec.Struct, frozen=True, gc=False):
    """What is known of the names: conditions as nodes, bounds, whole numbers; ``unclear`` where some was not read."""

    conditions: tuple[int, ...] = ()
    low: Mapping[str, fmpq] = {}
    high: Mapping[str, fmpq] = {}
    whole: frozenset[str] = frozenset()
    unclear: bool = False


def terms(forms: Forms, conditions: Sequence[Expr], integers: frozenset[str]) -> Terms:  # noqa: PLR0912
    """Conditions as nodes of the forms; bounds of single names are kept apart for making points.

    A condition that is not understood makes the whole unclear: agreement can still be shown, difference cannot.
    """
    nodes: list[int] = []
    low: dict[str, fmpq] = {}
    high: dict[str, fmpq] = {}
    whole = set(integers)
    unclear = False
    stack = list(reversed(conditions))
    while stack:
        condition = stack.pop()
        head, args = condition.head, condition.args
        if head == "and":
            stack.extend(reversed(args))
        elif head == "in" and len(args) == 2 and args[0].head == "symbol":
            name = args[0].name
            if args[1].head == "constant" and args[1].name in {"Z", "N", "Q", "R", "C"}:
                if args[1].name in _INTEGER_SETS:
                    whole.add(name)
                    if args[1].name == "Z":
                        low.setdefault(name, fmpq(-_EVERYWHERE))
            elif args[1].head == "interval" and len(args[1].args) == 2:
                ends = args[1].args
                for left, right, closed in (
                    (ends[0], args[0], args[1].name[:1] == "["), (args[0], ends[1], args[1].name[-1:] == "]"),
                ):  # fmt: skip
                    infinite = any(
                        part.head == "constant" and part.name == "inf"
                        for end in (left, right)
                        for part in (end, *end.args)
                    )
                    if not infinite:
                        stack.append(Expr("le" if closed else "lt", (left, right)))
            else:
                unclear = True
        elif head in {"eq", "ne", "lt", "le", "gt", "ge"} and len(args) == 2:
            node = forms.form(condition)
            nodes.append(node)
            if forms.heads[node] in {"lt", "le"}:
                _bound(forms, node, low, high)
        elif head == "or" and _plain(condition):
            nodes.append(forms.form(condition))
        else:
            unclear = True
    return Terms(tuple(nodes), low, high, frozenset(whole), unclear)


def _plain(condition: Expr) -> bool:
    """Whether a condition is made of "and", "or" and relations of two sides."""
    if condition.head in {"and", "or"}:
        return all(_plain(part) for part in condition.args)
    return condition.head in {"eq", "ne", "lt", "le", "gt", "ge"} and len(condition.args) == 2


def _bound(forms: Forms, node: int, low: dict[str, fmpq], high: dict[str, fmpq]) -> None:
    left, right = forms.args[node]
    for name, other, table, sign in ((left, right, high, -1), (right, left, low, 1)):
        if forms.heads[name] == "symbol":
            value = constant_value(forms, other)
            if value is not None:
                key = forms.names[name]
                if key not in table or (value - table[key]) * sign > 0:
                    table[key] = value


def constant_value(forms: Forms, node: int) -> fmpq | None:
    """A rational near a constant node; ``None`` if it has names or no real value."""
    value = forms.values[node]
    if value is not None:
        return value
    if any(forms.heads[part] in {"symbol", "apply"} for part in forms.reach(node)):
        return None
    ball = Program(forms, (node,)).balls({}, 64, forms.meter)[0]
    return None if ball is None or not abs(ball) < 1 << 100 else as_rational(ball)


class Whole(NamedTuple):
    """Names that must be whole where they stand (exponents of −1, factorials, limits of sums), and names that may be.

    ``may`` are those in floors and remainders, of which the usual names for whole numbers are taken to be whole.
    """

    must: frozenset[str]
    may: frozenset[str]


_NONE: Final = Whole(frozenset(), frozenset())


def whole_names(forms: Forms, reach: Sequence[int]) -> Whole:
    """Names that stand, or may stand, for whole numbers in the nodes."""
    if _SIGNS_OF_WHOLE.isdisjoint(forms.heads):
        return _NONE
    heads, names = forms.heads, forms.names
    found: set[str] = set()
    may: set[str] = set()
    for node in reach:
        head = heads[node]
        if head not in _SIGNS_OF_WHOLE:
            continue
        args = forms.args[node]
        if head == "pow":
            base = forms.values[args[0]]
            if base is None or base >= 0:
                continue
        elif head in {"sum", "prod"}:
            args = args[1:]
        inside = [names[part] for part in forms.reach(*args) if heads[part] == "symbol"]
        if head in _MAY_BE_WHOLE:
            may.update(inside)
            inside = [name for name in inside if name in WHOLE_NAMES]
        found.update(inside)
    return Whole(frozenset(found), frozenset(may - found))


class Points:
    """An endless, repeatable supply of points for some names.

    ``exact`` names take whole numbers only (positive ones unless their bounds say otherwise). What was found to lie in
    the domain can be told with ``good``, and later points gather there.
    """

    __slots__ = ("_forms", "_good", "_kinds", "_made", "_roots", "names", "terms")

    def __init__(
        self, forms: Forms, names: Sequence[str], whole: frozenset[str], known: Terms, roots: Sequence[int]
    ) -> None:
        self.names = tuple(names)
        self.terms = known
        self._kinds = tuple(name in whole for name in self.names)
        self._forms, self._roots = forms, roots
        self._made: tuple[list[fmpq], int] | None = None
        self._good: list[dict[str, Value]] = []

    def _seeded(self) -> tuple[list[fmpq], int]:
        """The numbers of the trees, and a seed that depends on nothing but these trees."""
        if self._made is None:
            forms = self._forms
            reach = forms.reach(*self._roots)
            values: list[fmpq] = []
            for value in sorted([abs(value) for node in reach if (value := forms.values[node]) is not None]):
                if value < 1 << 64 and (not values or values[-1] != value):
                    values.append(value)
            text = repr([(forms.heads[n], forms.args[n], forms.names[n], str(forms.values[n])) for n in reach])
            digest = blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
            self._made = (values, int.from_bytes(digest, "big"))
        return self._made

    def good(self, point: Mapping[str, Value]) -> None:
        """Remember a point of the domain."""
        if len(self._good) < 16:
            self._good.append(dict(point))

    def __iter__(self) -> Iterator[dict[str, Value]]:
        count = 0
        while True:
            yield self._point(count)
            count += 1

    def first(self) -> dict[str, Value]:
        """The plainest point: different small primes, inside the bounds."""
        return {name: self._fit(j, fmpq(PRIMES[j % 16])) for j, name in enumerate(self.names)}

    def _point(self, count: int) -> dict[str, Value]:
        if count < 2:
            return {name: self._fit(j, fmpq(PRIMES[(j + count) % 16])) for j, name in enumerate(self.names)}
        if count >= SMALLEST and self._good and count % 4:
            return self._near(count)
        return {name: self._fit(j, self._plain(count, j)) for j, name in enumerate(self.names)}

    def _noise(self, count: int, j: int) -> int:
        """A whole number that looks random and is always the same."""
        mixed = (self._seeded()[1] + 0x9E3779B97F4A7C15 * (count * 31 + j + 1)) & ((1 << 128) - 1)
        mixed ^= mixed >> 61
        mixed = mixed * 0xD6E8FEB86659FD93BF58476D1CE4E5B9 & ((1 << 128) - 1)
        return mixed >> 70

    def _plain(self, count: int, j: int) -> Value:
        """The spread: ±1, ±2, inside (−1, 1), beyond ±10, beyond twice the largest constant, irrational, others."""
        noise = self._noise(count, j)
        if self._kinds[j] and (count + j) % 3:
            return fmpq(count // 2 + 1 if j == 0 else noise % 12 + 1)
        kind = (count + 3 * j) % 14 if j == 0 else (noise >> 8) % 14
        some = fmpq(noise % 97 + 1, (noise >> 20) % 89 + 1)
        constants = self._seeded()[0]
        largest = 2 * constants[-1] if constants else fmpq(2)
        if kind == 0:
            return fmpq(-2)
        if kind == 1:
            return fmpq(noise % 97 + 1, 98)
        if kind == 2:
            return fmpq(1 - 2 * (noise & 1) if j else 1)
        if kind == 3:
            return Surd(fmpq(PRIMES[noise % 16]))
        if kind == 4:
            return -fmpq(noise % 97 + 1, 98)
        if kind == 5:
            return largest + 10 + some
        if kind == 6:
            return fmpq(-1 if count < 14 else noise % 9 + 1)
        if kind == 7:
            return -largest - 10 - some
        if kind in {8, 9} and constants:
            pick = constants[noise % len(constants)]
            return (pick + fmpq(1, (noise >> 9) % 7 + 1)) * (1 if kind == 8 else -1)
        if kind == 10:
            return fmpq(noise % 17 - 8)
        return some if kind % 2 else -some

    def _near(self, count: int) -> dict[str, Value]:
        """Between two points of the domain, or close to one."""
        noise = self._noise(count, 61)
        one, other = self._good[noise % len(self._good)], self._good[(noise >> 8) % len(self._good)]
        point: dict[str, Value] = {}
        for j, name in enumerate(self.names):
            noise = self._noise(count, j)
            a, b = one[name], other[name]
            if self._kinds[j] or isinstance(a, Surd) or isinstance(b, Surd):
                point[name] = a
            elif a == b:
                point[name] = a * (1 + fmpq(noise % 199 - 99, 1000)) if a != 0 else fmpq(noise % 199 - 99, 1000)
            else:
                point[name] = a + (b - a) * fmpq(noise % 997 + 1, 999)
        return point

    def _fit(self, j: int, value: Value) -> Value:
        """A value moved into the bounds of its name, and made whole where it must be."""
        name = self.names[j]
        low, high = self.terms.low.get(name), self.terms.high.get(name)
        if self._kinds[j]:
            return fmpq(_whole_number(value, low, high))
        if low is None and high is None:
            return value
        plain = value.square if isinstance(value, Surd) else value
        if low is not None and high is not None:
            if low < plain < high:
                return value
            return low + (high - low) * (fmpq(1, 2) + plain / (2 * (1 + abs(plain)))) if high > low else low
        if low is not None:
            return (
                value
                if plain > low + (fmpq(1) if low else fmpq(0)) and not isinstance(value, Surd)
                else low + abs(plain)
            )
        assert high is not None  # noqa: S101  # both absent was handled above
        return value if plain < high and not isinstance(value, Surd) else high - abs(plain)


def _whole_number(value: Value, low: fmpq | None, high: fmpq | None) -> int:
    """A whole number within bounds, positive unless these say otherwise."""
    plain = value.square if isinstance(value, Surd) else value
    size = max(1, int(abs(plain).ceil()))
    first = 1 if low is None else int(low.ceil())
    if first < -_EVERYWHERE // 2:
        whole = size if plain > 0 else -size
        return whole if high is None else min(whole, int(high.floor()))
    if high is None:
        return size if size >= first > 0 else first + size - 1
    last = int(high.floor())
    if low is None:
        first = min(1, last - size)
    return first + size % (last - first + 1) if last >= first else first


class Conditions:
    """The conditions of a comparison, to be asked at points."""

    __slots__ = ("_compiled", "_program", "names")

    def __init__(self, forms: Forms, nodes: Sequence[int]) -> None:
        sides: list[int] = []

        def compiled(node: int) -> tuple[object, ...]:
            head, args = forms.heads[node], forms.args[node]
            if head in {"and", "or"}:
                return (head, tuple([compiled(arg) for arg in args]))
            sides.extend(args)
            return (head, len(sides) - 2, len(sides) - 1)

        self._compiled = tuple([compiled(node) for node in nodes])
        self._program = Program(forms, sides) if sides else None
        self.names = tuple(self._program.names) if self._program else ()

    def hold(self, point: Mapping[str, Value], meter: Meter) -> bool:
        """Whether all certainly hold at a point."""
        if self._program is None:
            return True
        balls = [arb("nan") if ball is None else ball for ball in self._program.balls(point, 64, meter)]
        return all(holds(condition, balls) for condition in self._compiled)
