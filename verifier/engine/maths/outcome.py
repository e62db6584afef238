"""What a comparison found, and the values that an examiner would name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from flint import acb, arb, fmpq

from verifier.engine.maths.balls import Ball
from verifier.engine.maths.evaluate import Surd, Value
from verifier.types.nodes import in_figures
from verifier.types.verdict import Decision

_READABLE: Final = 128
_PLAIN_FIGURES, _SMALLEST, _LARGEST, _ACCURATE = 12, 1e-4, 1e5, 45
_LONG: Final = 20
"""Characters of an exponent that are still shown."""


class Equality(msgspec.Struct, frozen=True, gc=False):
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


def shown(ball: Ball, figures: int = 6) -> str:
    """A value as an examiner would say it.

    >>> from flint import arb
    >>> shown(arb(4)), shown(arb(1) / 3), shown(acb(2, -1))
    ('4', '0.333333', '2 - 1i')
    """
    if isinstance(ball, acb):
        imaginary = shown(ball.imag, figures)
        if imaginary == "0" or ball.imag.contains(0):
            return shown(ball.real, figures)
        real = shown(ball.real, figures)
        minus = imaginary.startswith("-")
        turned = f"{imaginary.removeprefix('-')}i"
        if real == "0":
            return f"-{turned}" if minus else turned
        return f"{real} {'-' if minus else '+'} {turned}"
    if ball.is_integer() and abs(ball) < 1 << 60:
        return str(ball.unique_fmpz())
    if figures <= _PLAIN_FIGURES:
        plain = float(ball)
        if _SMALLEST < abs(plain) < _LARGEST and ball.rel_accuracy_bits() > _ACCURATE:
            return f"{plain:.{figures}g}"
    text: str = ball.str(figures, radius=False)
    mantissa, mark, exponent = text.partition("e")
    if len(exponent) > _LONG:
        return f"about 10^({exponent[1]}.{exponent[2:6]}e+{len(exponent) - 2})" if exponent[0] == "+" else "nearly 0"
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + mark + exponent


def both_shown(left: Ball, right: Ball) -> tuple[str, str]:
    """Two different values, with so many figures that the difference is seen if a person would still read them.

    >>> from flint import arb
    >>> both_shown(arb(1), arb(1) + arb("1e-9"))
    ('1', '1.000000001')
    """
    for figures in (6, 12, 18):
        one, other = shown(left, figures), shown(right, figures)
        if one != other:
            break
    return one, other


def said(value: fmpq) -> str:
    """A rational in full, or by its size where no one would read it.

    >>> said(fmpq(22, 7)), said(fmpq(10) ** 60)
    ('22/7', '1e+60')
    """
    if max(value.p.bit_length(), value.q.bit_length()) <= _READABLE:
        return in_figures(value)
    return shown(arb(value))


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
