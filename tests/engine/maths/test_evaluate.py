from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import mpmath
import pytest
from flint import arb, ctx, fmpq

from verifier.engine.maths.evaluate import Program, State, Surd
from verifier.engine.maths.normal import Forms
from verifier.types.budget import Budget, Exhausted, Meter
from verifier.types.expr import Expr

Build = Callable[[str], Expr]

VALUES = {
    "sin(x)": mpmath.sin, "cos(x)": mpmath.cos, "tan(x)": mpmath.tan, "cot(x)": mpmath.cot, "sec(x)": mpmath.sec,
    "csc(x)": mpmath.csc, "asin(x/3)": lambda x: mpmath.asin(x / 3), "acos(x/3)": lambda x: mpmath.acos(x / 3),
    "atan(x)": mpmath.atan, "acot(x)": mpmath.acot, "asec(3*x)": lambda x: mpmath.asec(3 * x),
    "acsc(3*x)": lambda x: mpmath.acsc(3 * x), "sinh(x)": mpmath.sinh, "cosh(x)": mpmath.cosh, "tanh(x)": mpmath.tanh,
    "coth(x)": mpmath.coth, "sech(x)": mpmath.sech, "csch(x)": mpmath.csch, "asinh(x)": mpmath.asinh,
    "acosh(3*x)": lambda x: mpmath.acosh(3 * x), "atanh(x/3)": lambda x: mpmath.atanh(x / 3),
    "acoth(3*x)": lambda x: mpmath.acoth(3 * x), "asech(x/3)": lambda x: mpmath.asech(x / 3), "acsch(x)": mpmath.acsch,
    "exp(x)": mpmath.exp, "ln(x)": mpmath.log, "gamma(x)": mpmath.gamma, "abs(-x)": abs, "floor(x)": mpmath.floor,
    "ceil(x)": mpmath.ceil, "x**x": lambda x: x**x, "cbrt(x)": mpmath.cbrt,
    "x**(-3/4)": lambda x: x ** (mpmath.mpf(-3) / 4),
    "mod(7*x, 3)": lambda x: mpmath.fmod(7 * x, 3), "max(x, 2, 1)": lambda x: max(x, 2),
    "min(x, 1)": lambda x: min(x, 1),
}  # fmt: skip


def program(build: Build, *texts: str, complexes: bool = False, work: int = 10_000_000) -> tuple[Program, Meter]:
    meter = Meter(Budget(work=work))
    forms = Forms(meter)
    roots = [forms.form(build(text)) for text in texts]
    return Program(forms, roots, complexes=complexes), meter


@pytest.mark.parametrize("text", VALUES)
def test_balls_hold_the_values_of_mpmath(tree: Build, text: str) -> None:
    made, meter = program(tree, text)
    mpmath.mp.dps = 60
    ball = made.balls({"x": fmpq(5, 4)}, 128, meter)[0]
    assert ball is not None
    expected = VALUES[text](mpmath.mpf(5) / 4)
    assert ball.overlaps(arb(mpmath.nstr(expected, 50)))
    assert ball.rel_accuracy_bits() > 100


@pytest.mark.parametrize(
    ("text", "value", "state"),
    [
        ("sqrt(x)", -1, State.OUTSIDE), ("x**(3/2)", -1, State.OUTSIDE), ("x**(1/6)", -1, State.OUTSIDE),
        ("ln(x)", -1, State.OUTSIDE), ("ln(x)", 0, State.UNSURE), ("1/x", 0, State.UNSURE),
        ("asin(x)", 2, State.OUTSIDE),
        ("acosh(x)", 0, State.OUTSIDE), ("cbrt(x)", -8, State.FINITE), ("x**(2/3)", -8, State.FINITE),
        ("atan(1/x)", 0, State.UNSURE), ("e**(1/x)", 0, State.UNSURE), ("x**0", 0, State.UNSURE),
        ("tan(pi/2)*x", 1, State.UNSURE),
        ("factorial(x)", -1, State.UNSURE), ("factorial(x)", 3, State.FINITE), ("0*ln(x)", -1, State.OUTSIDE),
        ("cases(piece(1, x > 0), piece(ln(x), x < -5))", 2, State.FINITE), ("acot(x)", -1, State.UNSURE),
        ("x**x", -2, State.FINITE), ("1/ln(x)", 0, State.UNSURE), ("sin(1/x)", 0, State.UNSURE),
    ],
)  # fmt: skip
def test_domains(tree: Build, text: str, value: int, state: State) -> None:
    made, meter = program(tree, text, "1")
    assert made.look({"x": fmpq(value)}, 64, meter).gold is state


def test_complex_values(tree: Build) -> None:
    made, meter = program(
        tree, "sqrt(-4)", "e**(i*pi)", "cis(pi/3)", "ln(-1)", "cbrt(-8)", "(1 + 2*i)*conj(1 + 2*i)", complexes=True
    )
    found = made.balls({}, 64, meter)
    assert None not in found
    root, minus_one, third, log, cube, square = found
    assert root.imag.overlaps(arb(2))  # type: ignore[union-attr]
    assert minus_one.real.overlaps(arb(-1))  # type: ignore[union-attr]
    assert third.real.overlaps(arb(1) / 2)  # type: ignore[union-attr]
    assert log.imag.overlaps(arb.pi())  # type: ignore[union-attr]
    assert cube.real.overlaps(arb(-2))  # type: ignore[union-attr]
    assert square.real.overlaps(arb(5))  # type: ignore[union-attr]


def test_surds(tree: Build) -> None:
    made, meter = program(tree, "x**2", "2")
    look = made.look({"x": Surd(fmpq(2))}, 128, meter)
    assert not look.apart
    assert look.bits > 100


def test_unknown_functions_are_functions(tree: Build) -> None:
    made, meter = program(tree, "f(x)", "f(2)")
    assert not made.look({"x": fmpq(2)}, 64, meter).apart
    assert made.look({"x": fmpq(3)}, 64, meter).apart


def test_precision_is_put_back_and_paid_for(tree: Build) -> None:
    made, meter = program(tree, "sin(x)", "cos(x)", work=1000)
    assert ctx.prec == 53
    made.look({"x": fmpq(1)}, 64, meter)
    assert ctx.prec == 53
    with pytest.raises(Exhausted):
        made.look({"x": fmpq(1)}, 30_000, meter)
    assert ctx.prec == 53


def test_threads_do_not_disturb_each_other(tree: Build) -> None:
    def widths(precision: int) -> list[str]:
        made, meter = program(tree, "sin(x) + e**x", "x")
        return [str(made.balls({"x": fmpq(k, 7)}, precision, meter)[0]) for k in range(40)]

    precisions = [64, 200, 1000, 64, 300, 2000, 100, 53]
    alone = [widths(precision) for precision in precisions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(widths, precisions * 4)) == alone * 4
