"""What a comparison found, and the values that an examiner would name."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from flint import acb

from verifier.engine.maths.balls import Ball
from verifier.engine.maths.evaluate import Surd, Value
from verifier.types.verdict import Decision


class Equality(msgspec.Struct, frozen=True):
    """The decision, how it was reached, and the evidence.

    ``how`` is, for *correct*: ``identical`` (one form), ``rational`` (a polynomial identity in kernels), ``algebraic``
    (a separation bound or a sum of angles), ``bits`` (zero to far more bits than the trees are large), ``points`` (at
    every point of many); for *incorrect*: ``exact`` (constants that differ), ``witness`` (a point where they differ),
    ``magnitude`` (constants too large to be computed); for *pass*: ``undefined``, ``no_common_domain``,
    ``breakpoints``, ``names``, ``unsupported``, ``relations``, ``log_base``, ``undecided``.
    """

    decision: Decision
    how: str
    evidence: Mapping[str, str] = {}


def correct(how: str, **evidence: str) -> Equality:
    """They are equal."""
    return Equality(Decision.CORRECT, how, evidence)


def differs(how: str, **evidence: str) -> Equality:
    """They are not."""
    return Equality(Decision.INCORRECT, how, evidence)


def undecided(how: str, **evidence: str) -> Equality:
    """It was not shown."""
    return Equality(Decision.PASS, how, evidence)


def shown(ball: Ball) -> str:
    """A value as an examiner would say it.

    >>> from flint import arb
    >>> shown(arb(4)), shown(arb(1) / 3), shown(acb(2, -1))
    ('4', '0.333333', '2 - 1i')
    """
    if isinstance(ball, acb):
        imaginary = shown(ball.imag)
        if imaginary == "0":
            return shown(ball.real)
        real = shown(ball.real)
        minus = imaginary.startswith("-")
        turned = f"{imaginary.removeprefix('-')}i"
        if real == "0":
            return f"-{turned}" if minus else turned
        return f"{real} {'-' if minus else '+'} {turned}"
    if ball.is_integer() and abs(ball) < 1 << 60:
        return str(ball.unique_fmpz())
    text: str = ball.str(6, radius=False)
    if "e" in text or "." not in text:
        return text
    return text.rstrip("0").rstrip(".")


def place(point: Mapping[str, Value]) -> str:
    """A point in words.

    >>> from flint import fmpq
    >>> place({"y": fmpq(1, 2), "x": Surd(fmpq(3))})
    'x = √3, y = 1/2'
    """
    parts = []
    for name in sorted(point):
        value = point[name]
        label = "the base of log" if name.startswith("\0") else name
        parts.append(f"{label} = {f'√{value.square}' if isinstance(value, Surd) else value}")
    return ", ".join(parts)
