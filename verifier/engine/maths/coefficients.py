"""Expressions whose coefficients are rounded: 0.667x + 1.33 for (2/3)x + 4/3.

Each decimal of three figures or more may be any number that rounds to it. Where the other side lies, at every point
tried, within what these numbers can make of the expression, nothing shows that it is another one (POLICY 11).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final

import msgspec
from flint import arb, fmpq

from verifier.engine.maths.evaluate import Program
from verifier.engine.maths.normal import Forms
from verifier.engine.numerals import figures
from verifier.types.budget import Meter
from verifier.types.expr import Expr
from verifier.types.nodes import symbol, symbols

_FIGURES: Final = 3
_MOST: Final = 8  # decimals of one side
_BITS: Final = 96
_POINTS: Final = tuple(fmpq(above, below) for above, below in ((37, 100), (19, 10), (73, 10), (41, 1), (12345, 10)))
_STEP: Final = fmpq(13, 11)  # between the names of one point
_FEWEST: Final = 2
_HIDDEN: Final = "\0rounded"


def may_be_rounded(one: Expr, other: Expr, meter: Meter) -> bool:
    """Whether two expressions in the same names agree as far as the decimals of one of them are shown."""
    if symbols(one) != symbols(other):
        return False
    return _within(one, other, meter) or _within(other, one, meter)


def _within(rounded: Expr, exact: Expr, meter: Meter) -> bool:
    """Whether ``exact`` is, at the points tried, within what the decimals of ``rounded`` leave open."""
    found: list[Expr] = []
    tree = _opened(rounded, found)
    if not found or len(found) > _MOST:
        return False
    forms = Forms(meter)
    program = Program(forms, (forms.form(tree), forms.form(exact)))
    if program.opaque:
        return False
    names = sorted(symbols(rounded))
    seen = 0
    for start in _POINTS:
        point = {name: start * _STEP**place for place, name in enumerate(names)}
        inside = _inside(program, point, found, meter)
        if inside is False:
            return False
        seen += inside is True
    return seen >= _FEWEST


def _opened(tree: Expr, found: list[Expr]) -> Expr:
    """The tree with a name of its own for each decimal that shows figures enough."""
    if tree.head == "number":
        if "." not in tree.name or figures(tree.name.partition("e")[0].lstrip("-+")) < _FIGURES:
            return tree
        found.append(tree)
        return symbol(f"{_HIDDEN}{len(found) - 1}")
    args = tuple([_opened(part, found) for part in tree.args])
    return msgspec.structs.replace(tree, args=args) if args else tree


def _inside(program: Program, point: dict[str, fmpq], decimals: Sequence[Expr], meter: Meter) -> bool | None:
    """Whether the exact side lies at a point where the rounded one may; ``None`` where either has no value."""
    values = [part.value or fmpq(0) for part in decimals]
    whole = {**point, **{f"{_HIDDEN}{place}": value for place, value in enumerate(values)}}
    one, other = islice(program.balls(whole, _BITS, meter), 2)
    if one is None or other is None:
        return None
    reach = arb(0)
    for place, part in enumerate(decimals):
        moved = {**whole, f"{_HIDDEN}{place}": values[place] + _half_unit(part)}
        ball = program.balls(moved, _BITS, meter)[0]
        if ball is None:
            return None
        reach += abs(ball - one)
    return not abs(one - other) > reach * _SLACK


_SLACK: Final = arb(1.02)  # a change is not quite proportional to its cause


def _half_unit(part: Expr) -> fmpq:
    """Half a unit of the last place that a decimal shows."""
    body, _, exponent = part.name.lower().partition("e")
    places = len(body.partition(".")[2])
    power = (int(exponent) if exponent else 0) - places
    return fmpq(1, 2) * fmpq(10) ** power
