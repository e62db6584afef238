"""Constants too large to be computed, compared by their logarithms, and those by theirs."""

from __future__ import annotations

from typing import Final, NamedTuple

from flint import arb

from verifier.engine.maths.balls import Ball
from verifier.engine.maths.evaluate import Program, within_lock
from verifier.engine.maths.normal import Forms
from verifier.engine.maths.outcome import Equality, differs

_PRECISION: Final = 128
_LEVELS: Final = 12
_FAR: Final = 40
"""Above this a number that is added to an exponential's exponent is lost in the radius."""


class Size(NamedTuple):
    """A positive number: exp(exp(… (ball))), so many times."""

    level: int
    ball: Ball


def apart(forms: Forms, gold: int, candidate: int) -> Equality | None:
    """A difference of size that is certain, or nothing.

    >>> from flint import fmpq
    >>> from verifier.types.budget import Budget, Meter
    >>> forms = Forms(Meter(Budget()))
    >>> nine = forms.number(fmpq(9))
    >>> tower = nine
    >>> for _ in range(5):
    ...     tower = forms.power(nine, tower)
    >>> apart(forms, tower, nine).how
    'magnitude'
    """
    forms.meter.spend(40)
    left, right = within_lock(_PRECISION, lambda: (_signed(forms, gold), _signed(forms, candidate)))
    if left is None or right is None:
        return None
    if left[0] != right[0]:
        return differs("magnitude", gold=_say(left), candidate=_say(right))
    order = within_lock(_PRECISION, lambda: _compare(left[1], right[1]))
    return differs("magnitude", gold=_say(left), candidate=_say(right)) if order else None


def have_sizes(forms: Forms, *nodes: int) -> bool:
    """Whether all are certainly real numbers, however large."""
    return all(within_lock(_PRECISION, lambda: [_signed(forms, node) for node in nodes]))


def _say(signed: tuple[int, Size]) -> str:
    sign, size = signed
    text = size.ball.str(6, radius=False)
    for _ in range(size.level):
        text = f"exp({text})"
    return text if sign > 0 else f"-{text}"


def _signed(forms: Forms, node: int) -> tuple[int, Size] | None:
    """The sign and the size of a node."""
    head, args = forms.heads[node], forms.args[node]
    if head == "mul":
        sign = 1
        rest = []
        for arg in args:
            value = forms.values[arg]
            if value is not None and value < 0:
                sign, value = -sign, -value
            rest.append((arg, value))
        sizes = [_plain(arb(value)) if value is not None else size(forms, arg, 0) for arg, value in rest]
        total = _product(sizes)
        return None if total is None else (sign, total)
    found = size(forms, node, 0)
    if found is not None:
        return 1, found
    ball = _direct(forms, node)
    return (-1, Size(0, -ball)) if ball is not None and ball < 0 else None


def _plain(ball: Ball) -> Size | None:
    return Size(0, ball) if ball > 0 else None


def _direct(forms: Forms, node: int) -> Ball | None:
    """The ball of a node that can be computed well."""
    program = Program(forms, (node,))
    forms.meter.spend(program.cost(_PRECISION))
    ball = program.ball_in_lock()
    return ball if ball is not None and ball.rel_accuracy_bits() > 16 else None


def size(forms: Forms, node: int, depth: int) -> Size | None:
    """The size of a positive node."""
    if depth > _LEVELS:
        return None
    ball = _direct(forms, node)
    if ball is not None:
        return _plain(ball)
    head, args = forms.heads[node], forms.args[node]
    if head == "pow":
        base = _direct(forms, args[0])
        if base is None or not base > 1:
            return None
        above = size(forms, args[1], depth + 1)
        return None if above is None else _times_log(above, base.log())
    if head == "factorial":
        above = size(forms, args[0], depth + 1)
        return None if above is None else _log_factorial(above)
    if head == "mul":
        return _product([size(forms, arg, depth + 1) for arg in args])
    if head == "add":
        sizes = [size(forms, arg, depth + 1) for arg in args]
        known = [one for one in sizes if one is not None]
        if len(known) != len(sizes):
            return None
        largest = known[0]
        for one in known[1:]:
            if (_compare(one, largest) or 0) > 0:
                largest = one
        return (
            largest if largest.level > 0 and _far_above(largest, [one for one in known if one is not largest]) else None
        )
    return None


def _blurred(ball: Ball) -> Ball:
    return ball + arb(0, 1e-9)


def _times_log(above: Size, log: Ball) -> Size | None:
    """base**x, whose logarithm is x ln(base)."""
    level, ball = above
    if level == 0:
        return Size(1, ball * log)
    if level == 1:
        return Size(2, ball + log.log()) if log > 0 else None
    return Size(level + 1, _blurred(ball)) if ball > _FAR and abs(log.log()) < 1000 else None


def _log_factorial(above: Size) -> Size | None:
    """x!, whose logarithm is about x (ln x − 1)."""
    level, ball = above
    if level == 0:
        return Size(1, (ball + 1).lgamma())
    if ball <= _FAR or not ball > _FAR:
        return None
    return Size(2, _blurred(ball + (ball - 1).log())) if level == 1 else Size(level + 1, _blurred(ball))


def _product(sizes: list[Size | None]) -> Size | None:
    """A product of positive numbers: sums of logarithms, where one of them is not out of reach of the others."""
    total: Size | None = None
    for one in sizes:
        if one is None:
            return None
        if total is None:
            total = one
            continue
        low, high = (total, one) if total.level <= one.level else (one, total)
        if high.level == 0:
            total = Size(0, low.ball * high.ball)
        elif high.level == 1:
            logarithm = low.ball.log() if low.level == 0 else low.ball
            total = Size(1, high.ball + logarithm)
        elif low.level == 0 and high.ball > _FAR and abs(low.ball.log()) < 1000:
            total = Size(high.level, _blurred(high.ball))
        else:
            return None
    return total


def _far_above(largest: Size, others: list[Size]) -> bool:
    """Whether adding the others does not matter: they are small numbers."""
    return largest.ball > _FAR and all(one.level == 0 and one.ball < 1000 for one in others)


def _compare(a: Size, b: Size) -> int | None:
    """1, −1, or ``None`` where it is not certain which is larger."""
    flip = a.level > b.level
    low, high = (b, a) if flip else (a, b)
    ball = low.ball
    for _ in range(high.level - low.level):
        if not ball > 0:
            # a logarithm of something at most one: at most zero, below any exponential
            return None if not (ball <= 0 and high.ball > 0) else (1 if flip else -1)
        ball = ball.log()
    if ball < high.ball:
        return 1 if flip else -1
    if ball > high.ball:
        return -1 if flip else 1
    return None
