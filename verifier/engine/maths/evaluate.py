"""Balls: a tree evaluated at given values and precision, with certain bounds of the error.

The precision of flint belongs to the process, so this is the only file that sets it, and it does so under one lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from math import frexp
from operator import methodcaller
from typing import Any, Final, NamedTuple, TypeVar

from flint import acb, arb, ctx, fmpq

from verifier.engine.maths.balls import (
    COMPLEX,
    OPAQUE,
    REAL,
    TRANSCENDENTAL,
    TWO,
    Ball,
    Function,
    Unknowns,
    cases,
    outside,
    whole_power,
)
from verifier.engine.maths.balls import root as root_function
from verifier.engine.maths.normal import Forms
from verifier.types.budget import Meter

_LOCK: Final = threading.Lock()
Result = TypeVar("Result")
_BINARY: Final = 2
UNCOUNTED: Final = frozenset({"piece", "and", "or", "eq", "ne", "lt", "le", "words"})
"""Parts of pieces, which have no value of their own."""


_is_finite = methodcaller("is_finite")


class Surd(NamedTuple):
    """The square root of a rational, as a value for a name."""

    square: fmpq


Value = fmpq | Surd


class State(IntEnum):
    """Whether a side has a value at a point: certainly not, unknown, certainly."""

    OUTSIDE = -1
    UNSURE = 0
    FINITE = 1


class Look(NamedTuple):
    """What two sides are at a point; ``bits`` says how small their difference was shown to be (0: not zero)."""

    gold: State
    candidate: State
    apart: bool
    bits: int
    left: Ball | None = None
    right: Ball | None = None
    size: int = 0


class Program:
    """Two trees as one flat list of steps, to be evaluated at many points.

    A step is a function of earlier slots. Names and numbers stand at the end of the slots, so that their places are
    known (as negative numbers) before the steps are counted.
    """

    __slots__ = (
        "_constants",
        "_heavy",
        "_inner",
        "_light",
        "_named",
        "_numbers",
        "_plain",
        "_reach",
        "_steep",
        "_steps",
        "_strict",
        "complexes",
        "forms",
        "names",
        "opaque",
        "roots",
        "slots",
    )

    def __init__(
        self,
        forms: Forms,
        roots: Sequence[int],
        *,
        complexes: bool = False,
        reach: Sequence[Sequence[int]] | None = None,
    ) -> None:
        self.forms = forms
        self.roots = tuple(roots)
        self.complexes = complexes
        self.names: list[str] = []
        self.opaque = False
        self.slots: dict[int, int] = {}
        self._steps: list[tuple[Any, Any, Any]] = []
        self._inner: dict[int, int] = {}  # the root inside a power p/q
        self._numbers: list[tuple[int, fmpq]] = []  # with their slots, as the two that follow
        self._named: list[tuple[int, str]] = []
        self._constants: list[tuple[int, Function]] = []
        self._plain = True  # no unknown functions and no pieces
        self._light = self._heavy = self._steep = 0
        self._reach = reach
        self._strict: tuple[tuple[int, ...], ...] | None = None  # for each root, made when some step has no value
        self._compile(forms.reach(*roots) if reach is None else sorted(set(reach[0]).union(*reach[1:])))

    def _compile(self, nodes: Sequence[int]) -> None:
        forms, slots = self.forms, self.slots
        leaf = 0
        forms.meter.spend(4 * len(nodes))
        table = COMPLEX if self.complexes else REAL
        pieces = "cases" in forms.heads
        for node in nodes:
            head = forms.heads[node]
            args = forms.args[node]
            if head == "number":
                value = forms.values[node]
                assert value is not None  # noqa: S101  # a number has one
                slots[node] = leaf = leaf - 1
                self._numbers.append((leaf, value))
            elif head == "symbol":
                slots[node] = leaf = leaf - 1
                self._named.append((leaf, forms.names[node]))
                self.names.append(forms.names[node])
            elif head in {"add", "mul"}:
                self._light += len(args)
                function = table[head]
                slot = slots[args[0]]
                for other in args[1:]:
                    slot = self._step(function, slot, slots[other])
                slots[node] = slot
            elif head == "pow":
                slots[node] = self._power(args[0], args[1])
            elif head == "cases":
                slots[node] = self._cases(node)
            elif head == "constant" and forms.names[node] in table:
                slots[node] = leaf = leaf - 1
                self._constants.append((leaf, table[forms.names[node]]))
            elif head in table and head not in OPAQUE:
                self._call(node, table[head])
            elif head == "apply":
                slots[node] = self._step(forms.names[node], tuple([slots[arg] for arg in args]), Unknowns)
                self._plain = False
            elif head in UNCOUNTED:
                self.opaque = self.opaque or not pieces
                slots[node] = self._step(table["opaque"], 0, None)
            else:
                self.opaque = True
                slots[node] = self._step(table["opaque"], 0, None)

    def _call(self, node: int, function: Function) -> None:
        head, args, slots = self.forms.heads[node], self.forms.args[node], self.slots
        if head in {"factorial", "gamma", "binom", "perm", "factorial2"}:
            self._steep += 1
        elif head in TRANSCENDENTAL:
            self._heavy += 1
        else:
            self._light += 1
        if len(args) == 1 and head not in TWO:
            slots[node] = self._step(function, slots[args[0]], None)
        elif len(args) == _BINARY and head in TWO:
            slots[node] = self._step(function, slots[args[0]], slots[args[1]])
        elif head in {"min", "max", "gcd", "lcm"} and len(args) > 1:
            slot = slots[args[0]]
            for other in args[1:]:
                slot = self._step(function, slot, slots[other])
            slots[node] = slot
        else:
            self.opaque = True
            slots[node] = self._step((COMPLEX if self.complexes else REAL)["opaque"], 0, None)

    def _step(self, function: Function | str, first: Any, second: Any) -> int:  # noqa: ANN401  # slots, or lists of them
        self._steps.append((function, first, second))
        return len(self._steps) - 1

    def _power(self, base: int, exponent: int) -> int:
        forms, slots = self.forms, self.slots
        index = forms.values[exponent]
        table = COMPLEX if self.complexes else REAL
        if index is not None:
            self._light += 4
            slot = slots[base]
            if index.q != 1:
                self._heavy += 1
                slot = self._step(root_function(int(index.q), complexes=self.complexes), slot, None)
                self._inner[len(self._steps)] = slot
            if index.p == 1:
                return slot
            return self._step(whole_power(int(index.p), complexes=self.complexes), slot, None)
        self._heavy += 2
        if forms.heads[base] == "constant" and forms.names[base] == "e":
            return self._step(table["exp"], slots[exponent], None)
        return self._step(table["pow"], slots[base], slots[exponent])

    def _cases(self, node: int) -> int:
        """Pieces with the slots they need, and conditions as trees of slots."""
        pieces = []
        for piece in self.forms.args[node]:
            if self.forms.heads[piece] != "piece" or not self.forms.args[piece]:
                self.opaque = True
                return self._step(REAL["opaque"], 0, None)
            value, *conditions = self.forms.args[piece]
            condition = self.condition(conditions[0]) if conditions else ()
            if condition is None:
                self.opaque = True
                return self._step(REAL["opaque"], 0, None)
            pieces.append((self.slots[value], self._needed(value), condition))
        self._plain = False
        return self._step(cases, tuple(pieces), cases)

    def condition(self, node: int) -> tuple[object, ...] | None:
        """A condition as (relation, slot, slot) or ("and"/"or", conditions); () holds always, ``None``: not known."""
        head, args = self.forms.heads[node], self.forms.args[node]
        if head in {"and", "or"}:
            parts = [self.condition(arg) for arg in args]
            return None if None in parts else (head, tuple(parts))
        if head in {"eq", "ne", "lt", "le"} and len(args) == _BINARY:
            return (head, self.slots[args[0]], self.slots[args[1]])
        return () if head == "words" else None

    def _needed(self, root: int, reach: Sequence[int] | None = None) -> tuple[int, ...]:
        """The steps that must have values for the root to have one: all but those inside pieces."""
        forms = self.forms
        nodes: Iterable[int]
        if reach is not None and not any(forms.heads[node] == "cases" for node in reach):
            nodes = reach
        else:
            seen = {root}
            stack = [root]
            while stack:
                node = stack.pop()
                if forms.heads[node] != "cases":
                    fresh = [arg for arg in forms.args[node] if arg not in seen]
                    seen.update(fresh)
                    stack.extend(fresh)
            nodes = seen
        slots = {slot for node in nodes if (slot := self.slots[node]) >= 0}
        if self._inner:
            slots.update([self._inner[slot] for slot in slots if slot in self._inner])
        return tuple(sorted(slots))

    def _side(self, side: int) -> tuple[int, ...]:
        """The steps that a root needs."""
        if self._strict is None:
            parts = self._reach or (None,) * len(self.roots)
            self._strict = tuple([self._needed(root, part) for root, part in zip(self.roots, parts, strict=True)])
        return self._strict[side]

    def cost(self, precision: int) -> int:
        """Units of work of one evaluation (a unit is about a quarter of a microsecond)."""
        words = 1 + precision // 64
        return (
            16
            + self._light * (1 + words // 4)
            + self._heavy * (1 + words + words * words // 80)
            + self._steep * (4 + words * words)
        )

    def _run(self, values: Mapping[str, Value]) -> list[Ball]:
        steps = self._steps
        make = acb if self.complexes else arb
        results: list[Ball] = [None] * (len(steps) + len(self._numbers) + len(self._named) + len(self._constants))
        for place, number in self._numbers:
            results[place] = make(number)
        for place, name in self._named:
            value = values[name]
            results[place] = make(arb(value.square).sqrt()) if isinstance(value, Surd) else make(value)
        for place, constant in self._constants:
            results[place] = constant()
        if self._plain:
            for place, (function, first, second) in enumerate(steps):
                results[place] = (
                    function(results[first]) if second is None else function(results[first], results[second])
                )
            return results
        unknowns = None
        for place, (function, first, second) in enumerate(steps):
            if second is None:
                results[place] = function(results[first])
            elif second is Unknowns:
                unknowns = unknowns or Unknowns(make)
                results[place] = unknowns.value(function, [results[slot] for slot in first])
            elif second is cases:
                results[place] = cases(first, results)
            else:
                results[place] = function(results[first], results[second])
        return results

    def _all_finite(self, results: list[Ball]) -> bool:
        """Whether every step has a value, so that no side need be asked for its own."""
        return all(map(_is_finite, results[: len(self._steps)]))

    def _state(self, side: int, results: list[Ball]) -> State:
        strict = self._side(side)
        for slot in strict:
            if not results[slot].is_finite():
                return State.OUTSIDE if outside(self._steps, strict, results) else State.UNSURE
        return State.FINITE

    def look(self, values: Mapping[str, Value], precision: int, meter: Meter, *, sized: bool = False) -> Look:
        """Both sides at a point: whether they have values, and whether these are certainly apart."""
        meter.spend(self.cost(precision))
        with _LOCK:
            ctx.prec = precision
            results = self._run(values)
            gold = candidate = State.FINITE
            if not self._all_finite(results):
                gold, candidate = self._state(0, results), self._state(1, results)
            left, right = results[self.slots[self.roots[0]]], results[self.slots[self.roots[1]]]
            apart, bits = False, 0
            if gold is State.FINITE is candidate:
                difference = left - right
                apart = difference != 0
                if not apart:
                    bits = _closeness(difference)
            ctx.prec = 53
        size = self._size(results) if sized else 0
        return Look(gold, candidate, apart, bits, left, right, size)

    def balls(self, values: Mapping[str, Value], precision: int, meter: Meter) -> list[Ball | None]:
        """Each root at a point; ``None`` where it certainly has no value there, or none that could be found."""
        meter.spend(self.cost(precision))
        with _LOCK:
            ctx.prec = precision
            results = self._run(values)
            ctx.prec = 53
        found: list[Ball | None] = [results[self.slots[root]] for root in self.roots]
        if not self._all_finite(results):
            for side in range(len(found)):
                if not all(results[slot].is_finite() for slot in self._side(side)):
                    found[side] = None
        return found

    def ball_in_lock(self) -> Ball | None:
        """The first root without names, for work that holds the lock already."""
        results = self._run({})
        finite = self._all_finite(results) or all(results[slot].is_finite() for slot in self._side(0))
        return results[self.slots[self.roots[0]]] if finite else None

    def _size(self, results: list[Ball]) -> int:
        """The largest |log2| of a part of the trees, to know how close to zero a difference can come by accident."""
        size = 0
        for ball in results:
            if not isinstance(ball, (arb, acb)):
                continue
            size = max(size, _log_size(ball))
        return size


def within_lock(precision: int, work: Callable[[], Result]) -> Result:
    """What ``work`` gives at a precision; it must be short, and must not ask for the lock itself."""
    with _LOCK:
        ctx.prec = precision
        try:
            return work()
        finally:
            ctx.prec = 53


def _log_size(ball: Ball) -> int:
    if isinstance(ball, acb):
        return max(_log_size(ball.real), _log_size(ball.imag))
    plain = float(ball)
    if 1e-300 < abs(plain) < 1e300 and not ball.contains(0):
        return abs(frexp(plain)[1])
    if not ball.is_finite() or ball == 0:
        return 0
    mantissa, exponent = ball.abs_upper().man_exp()
    high = int(exponent) + int(mantissa).bit_length()
    mantissa, exponent = ball.abs_lower().man_exp()
    if not mantissa:
        return max(0, high)  # near zero, who knows how near
    return max(abs(high), abs(int(exponent) + int(mantissa).bit_length()))


def _closeness(difference: Ball) -> int:
    """How many bits below one a ball about zero lies: 100 where |difference| < 2**-100."""
    bound = difference.abs_upper()
    if bound == 0:
        return 1 << 30
    mantissa, exponent = bound.man_exp()
    return max(0, -int(exponent) - int(mantissa).bit_length())
