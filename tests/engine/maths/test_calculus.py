from __future__ import annotations

from collections.abc import Callable

import mpmath
import pytest

from verifier.engine.maths.calculus import derivative
from verifier.engine.maths.evaluate import Program
from verifier.engine.maths.normal import Forms
from verifier.engine.maths.zero import Given, equal
from verifier.types.budget import Budget, Meter
from verifier.types.expr import Expr
from verifier.types.verdict import Decision

Build = Callable[[str], Expr]

TREES = [
    "x**3 - 2*x + 1", "x*sin(x)*e**x", "(x + 1)/(x**2 + 3)", "sqrt(x**2 + 1)", "cbrt(x)", "x**x", "2**x", "a*x**n",
    "tan(x)", "cot(x)", "sec(x)", "csc(x)", "asin(x/9)", "acos(x/9)", "atan(x)", "acot(x)", "asec(9*x)", "acsc(9*x)",
    "sinh(x)", "cosh(x)", "tanh(x)", "coth(x)", "sech(x)", "csch(x)", "asinh(x)", "acosh(9*x)", "atanh(x/9)",
    "acoth(9*x)", "asech(x/9)", "acsch(x)", "exp(x**2)", "ln(x)", "log(x, 2)", "abs(x - 7)", "-x", "percent(x)", "5",
    "x**(2/3)", "(x**2 + 1)**(x + 2)", "ln(ln(x + 3))",
]  # fmt: skip


@pytest.mark.parametrize("text", TREES)
def test_against_a_difference_quotient(tree: Build, text: str) -> None:
    meter = Meter(Budget())
    found = derivative(tree(text), "x", meter)
    assert found is not None
    forms = Forms(meter)
    values = {"x": 1.25, "a": 2.0, "n": 3.0}

    def at(node: int, x: mpmath.mpf) -> mpmath.mpf:
        from flint import fmpq

        point = {name: fmpq(int(value * 4), 4) for name, value in values.items()}
        point["x"] = fmpq(*[int(part) for part in (x * 2**80, 2**80)])
        ball = Program(forms, (node,)).balls(point, 200, meter)[0]
        assert ball is not None
        return mpmath.mpf(ball.str(40, radius=False))

    mpmath.mp.dps = 40
    root, slope = forms.form(tree(text)), forms.form(found)
    x, step = mpmath.mpf(1.25), mpmath.mpf(2) ** -40
    quotient = (at(root, x + step) - at(root, x - step)) / (2 * step)
    assert abs(quotient - at(slope, x)) < mpmath.mpf(10) ** -15 * (1 + abs(quotient))


@pytest.mark.parametrize("text", ["f(x)", "floor(x)", "factorial(x)", "log(x)", "sum(x**k, k, 1, n)", "{x}"])
def test_no_rule(tree: Build, text: str) -> None:
    assert derivative(tree(text), "x", Meter(Budget())) is None


def test_what_does_not_depend_has_none(tree: Build) -> None:
    assert derivative(tree("f(y) + sin(y)"), "x", Meter(Budget())) is not None


def test_antiderivatives_are_told(tree: Build) -> None:
    meter = Meter(Budget())
    one, other = derivative(tree("sin(x)**2/2"), "x", meter), derivative(tree("-cos(2*x)/4 + C"), "x", meter)
    assert one is not None
    assert other is not None
    assert equal(one, other, Given(), meter).decision is Decision.CORRECT
