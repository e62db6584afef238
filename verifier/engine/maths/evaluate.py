"""Balls: a tree evaluated at given values and precision, with certain bounds of the error.

The precision of flint belongs to the process, so this is the only file that sets it, and it does so under one lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from math import frexp
from typing import Any, NamedTuple, TypeVar

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

_LOCK = threading.Lock()
Result = TypeVar("Result")
_BINARY = 2
UNCOUNTED = frozenset({"piece", "and", "or", "eq", "ne", "lt", "le", "words"})
"""Parts of pieces, which have no value of their own."""


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
        "_heavy",
        "_inner",
        "_leaves",
        "_light",
        "_steep",
        "_steps",
        "complexes",
        "forms",
        "names",
        "opaque",
        "roots",
        "slots",
        "strict",
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
        self._leaves: list[Any] = []  # fmpq, a function of no argument, or the name of a free name
        self._light = self._heavy = self._steep = 0
        if reach is None:
            self._compile(forms.reach(*roots))
            self.strict = tuple([self._strict(root) for root in self.roots])
        else:
            self._compile(sorted(set(reach[0]).union(*reach[1:])))
            self.strict = tuple([self._strict(root, part) for root, part in zip(self.roots, reach, strict=True)])

    def _compile(self, nodes: Sequence[int]) -> None:
        forms, slots, leaves = self.forms, self.slots, self._leaves
        table = COMPLEX if self.complexes else REAL
        pieces = "cases" in forms.heads
        for node in nodes:
            head = forms.heads[node]
            args = forms.args[node]
            if head == "number":
                leaves.append(forms.values[node])
                slots[node] = -len(leaves)
            elif head == "symbol":
                leaves.append(forms.names[node])
                self.names.append(forms.names[node])
                slots[node] = -len(leaves)
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
                leaves.append(table[forms.names[node]])
                slots[node] = -len(leaves)
            elif head in table and head not in OPAQUE:
                self._call(node, table[head])
            elif head == "apply":
                slots[node] = self._step(forms.names[node], tuple([slots[arg] for arg in args]), Unknowns)
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
            pieces.append((self.slots[value], self._strict(value), condition))
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

    def _strict(self, root: int, reach: Sequence[int] | None = None) -> tuple[int, ...]:
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

    def cost(self, precision: int) -> int:
        """Units of work of one evaluation (a unit is about a quarter of a microsecond)."""
        words = 1 + precision // 64
        return (
            2
            + self._light * (1 + words // 4)
            + self._heavy * (1 + words + words * words // 80)
            + self._steep * (4 + words * words)
        )

    def _run(self, values: Mapping[str, Value]) -> list[Ball]:
        steps, leaves = self._steps, self._leaves
        make = acb if self.complexes else arb
        count = len(steps)
        results: list[Ball] = [None] * (count + len(leaves))
        for place, leaf in enumerate(leaves, 1):
            if isinstance(leaf, fmpq):
                results[-place] = make(leaf)
            elif isinstance(leaf, str):
                value = values[leaf]
                results[-place] = make(arb(value.square).sqrt()) if isinstance(value, Surd) else make(value)
            else:
                results[-place] = leaf()
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

    def _state(self, side: int, results: list[Ball]) -> State:
        for slot in self.strict[side]:
            if not results[slot].is_finite():
                return State.OUTSIDE if outside(self._steps, self.strict[side], results) else State.UNSURE
        return State.FINITE

    def look(self, values: Mapping[str, Value], precision: int, meter: Meter, *, sized: bool = False) -> Look:
        """Both sides at a point: whether they have values, and whether these are certainly apart."""
        meter.spend(self.cost(precision))
        with _LOCK:
            ctx.prec = precision
            results = self._run(values)
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
        found: list[Ball | None] = []
        for side, root in enumerate(self.roots):
            finite = all(results[slot].is_finite() for slot in self.strict[side])
            found.append(results[self.slots[root]] if finite else None)
        return found

    def ball_in_lock(self) -> Ball | None:
        """The first root without names, for work that holds the lock already."""
        results = self._run({})
        return results[self.slots[self.roots[0]]] if all(results[slot].is_finite() for slot in self.strict[0]) else None

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
