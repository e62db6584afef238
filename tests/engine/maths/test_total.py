"""Any tree gives an outcome or is over budget: nothing else is raised, whatever stands where."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from flint import fmpq

from verifier.engine.maths.calculus import derivative
from verifier.engine.maths.polynomial import polynomial, univariate
from verifier.engine.maths.zero import Given, decimal, equal, rational, sign
from verifier.types.budget import Budget, Exhausted, Meter
from verifier.types.expr import ARITHMETIC, BINDERS, FUNCTIONS, HEADS, Expr
from verifier.types.nodes import constant, number, symbol
from verifier.types.verdict import Decision

VALUES = [fmpq(0), fmpq(1), fmpq(-1), fmpq(2), fmpq(1, 2), fmpq(-1, 3), fmpq(7), fmpq(65), fmpq(3, 2), fmpq(1000)]
VALUES += [fmpq(10) ** 20, fmpq(10) ** -20, fmpq(10) ** 300, -(fmpq(10) ** 40), fmpq(12345678901234567891, 97)]
ARGUMENTS = {
    "neg": (1, 1),
    "percent": (1, 1),
    "log": (1, 2),
    "min": (1, 4),
    "sum": (2, 4),
    "prod": (2, 4),
    "int": (2, 4),
}
USUAL = ["add", "mul", "neg", "div", "pow", "root"]
FUNCTIONAL = sorted((FUNCTIONS | ARITHMETIC | BINDERS | {"apply"}) - {"numeral"})
OTHERS = sorted(HEADS - set(FUNCTIONAL) - {"number", "symbol", "constant"})


def grow(source: random.Random, depth: int) -> Expr:
    drawn = source.random()
    if depth == 0 or drawn < 0.15:
        leaf = source.random()
        if leaf < 0.4:
            return number(source.choice(VALUES))
        return (
            symbol(source.choice("xynk"))
            if leaf < 0.8
            else constant(source.choice(["pi", "e", "i", "inf", "R", "deg"]))
        )
    head = source.choice(OTHERS if drawn < 0.18 else USUAL if drawn < 0.6 else FUNCTIONAL)
    low, high = ARGUMENTS.get(head, (2, 2) if head in USUAL else (0, 3))
    args = tuple(grow(source, depth - 1) for _ in range(source.randint(low, high)))
    return Expr(head, args, "f" if head == "apply" else "")


@pytest.mark.parametrize("seed", range(40))
def test_nothing_else_is_raised(seed: int) -> None:
    source = random.Random(seed)
    for _ in range(12):
        gold = grow(source, 3)
        candidate = gold if source.random() < 0.3 else grow(source, 2)
        relation = Expr(source.choice(["eq", "ne", "lt", "ge", "in", "or"]), (grow(source, 1), grow(source, 1)))
        given = Given(conditions=(relation,) if source.random() < 0.4 else ())
        for meter in (Meter(Budget()), Meter(Budget(work=500))):
            with suppress(Exhausted):
                assert equal(gold, candidate, given, meter).decision in Decision
            for ask in (sign, rational):
                with suppress(Exhausted):
                    ask(gold, meter)
            with suppress(Exhausted):
                decimal(gold, 5, meter)
            with suppress(Exhausted):
                derivative(gold, "x", meter)
            with suppress(Exhausted):
                polynomial(gold, ("x", "y"), meter)
            with suppress(Exhausted):
                univariate(gold, "x", meter)
            assert type(meter.total) is int
