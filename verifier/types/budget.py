"""Work is counted, not timed: limits on what a grade may read and do, and the meter that counts."""

from __future__ import annotations

import msgspec


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one grade, set so that every answer a person would write fits with room to spare.

    ``work`` is the allowance of one step and ``steps`` their number, so their product bounds the grade. One unit of
    work is one character read, 64 characters searched, or one operation on a word of 64 bits. Raising a limit may only
    turn undecided into decided. ``digits`` bounds a written number and a power of ten that is expanded, ``exponent``
    the digits of an exponent.

    Of maths: ``tokens`` of one text, ``depth`` and ``nodes`` of a tree, ``readings`` of a text; ``bits`` of a number
    that is computed or of a precision, ``degree`` and ``terms`` of a polynomial, ``variables`` of a comparison.
    """

    response_chars: int = 12_000_000
    question_chars: int = 50_000
    answer_chars: int = 20_000
    alternatives: int = 1_000
    options: int = 64
    digits: int = 10_000
    exponent: int = 100
    tokens: int = 6_000
    depth: int = 60
    nodes: int = 6_000
    readings: int = 4
    bits: int = 32_768
    degree: int = 1_000
    terms: int = 5_000
    variables: int = 16
    steps: int = 4_000
    work: int = 200_000


class Exhausted(Exception):  # noqa: N818  # the design's word; it is control flow inside one step, never seen outside
    """A limit was reached; ``limit`` is its name in ``Budget``.

    Caught in one place, ``cascade.step``, and becomes a pass.
    """

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


class Meter:
    """Counts the work of one grade against its budget.

    ``begin`` opens a step with a fresh allowance, whatever other steps spent, so that adding or reordering stages
    never changes what another can afford.
    """

    __slots__ = ("_left", "budget", "depth", "steps", "total")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.steps = 0
        self.total = 0
        self.depth = 0
        self._left = budget.work

    def begin(self) -> int:
        """Open a step; gives the allowance that its caller must restore with ``end``."""
        self.steps += 1
        if self.steps > self.budget.steps:
            raise Exhausted("steps")
        outer, self._left = self._left, self.budget.work
        return outer

    def end(self, outer: int) -> int:
        """Close a step; gives the work it spent."""
        spent = self.budget.work - self._left
        self._left = outer
        return spent

    def spend(self, units: int) -> None:
        """Count ``units`` of work, before doing it."""
        self.total += units
        self._left -= units
        if self._left < 0:
            raise Exhausted("work")

    def within(self, limit: str, size: int) -> None:
        """Raise ``Exhausted`` unless ``size`` fits the budget's limit of that name.

        Asked before the work, not after.
        """
        if size > getattr(self.budget, limit):
            raise Exhausted(limit)
