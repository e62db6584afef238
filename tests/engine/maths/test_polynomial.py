from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.engine.maths.polynomial import Ring, polynomial, rational_power, univariate
from verifier.types.budget import Budget, Exhausted, Meter
from verifier.types.expr import Expr
from verifier.types.nodes import number, symbol

Build = Callable[[str], Expr]

leaves = st.one_of(st.integers(-5, 5).map(number), st.sampled_from(["x", "y"]).map(symbol))
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: Expr("add", pair)),
        st.tuples(inner, inner).map(lambda pair: Expr("mul", pair)),
        inner.map(lambda arg: Expr("neg", (arg,))),
        st.tuples(inner, st.integers(1, 3)).map(lambda pair: Expr("pow", (pair[0], number(pair[1])))),
    ),
    max_leaves=8,
)


def as_sympy(tree: Expr) -> sympy.Expr:
    if tree.head == "number":
        assert tree.value is not None
        return sympy.Integer(int(tree.value.p))
    if tree.head == "symbol":
        return sympy.Symbol(tree.name)
    args = [as_sympy(arg) for arg in tree.args]
    return {"add": sympy.Add, "mul": sympy.Mul, "neg": lambda a: -a, "pow": sympy.Pow}[tree.head](*args)


@settings(max_examples=150, deadline=None)
@given(trees)
def test_polynomials_as_sympy_expands_them(tree: Expr) -> None:
    found = polynomial(tree, ("x", "y"), Meter(Budget()))
    expected = sympy.Poly(as_sympy(tree), sympy.Symbol("x"), sympy.Symbol("y"))
    assert found is not None
    ours = {exponents[:2]: int(value.p) for exponents, value in zip(found.monoms(), found.coeffs(), strict=True)}
    assert ours == {exponents: int(value) for exponents, value in expected.terms() if value}


def test_univariate(tree: Build) -> None:
    meter = Meter(Budget())
    found = univariate(tree("(x**2 - 1)/(x - 1) + 3/x"), "x", meter)
    assert found is not None
    assert [str(part) for part in found] == ["x^2 + x + 3", "x"]
    assert univariate(tree("sin(x)"), "x", meter) is None
    assert univariate(tree("x*y"), "x", meter) is None
    assert univariate(tree("1/(x - x)"), "x", meter) is None
    assert univariate(tree("sqrt(2)*x"), "x", meter) is None
    half = univariate(tree("sqrt(9/4)*x"), "x", meter)
    assert half is not None
    assert str(half[0]) == "3/2*x"


@pytest.mark.parametrize("text", ["(x + 1)**2000", "(a + b + c + d + f)**60", "(x + 1)**(10**12)"])
def test_size_is_asked_before_the_work(tree: Build, text: str) -> None:
    meter = Meter(Budget())
    with pytest.raises(Exhausted):
        polynomial(tree(text), ("x", "a", "b", "c", "d", "f"), meter)
    assert meter.total < 1000


def test_rational_power() -> None:
    meter = Meter(Budget())
    assert rational_power(fmpq(-27, 8), fmpq(2, 3), meter) == fmpq(9, 4)
    assert rational_power(fmpq(-4), fmpq(1, 2), meter) is None
    assert rational_power(fmpq(2), fmpq(1, 2), meter) is None
    assert rational_power(fmpq(2), fmpq(10) ** 9, meter) is None
    assert rational_power(fmpq(-1), fmpq(10) ** 9 + 1, meter) == -1
    assert rational_power(fmpq(0), fmpq(-1), meter) is None


def test_a_ring_counts_coefficients_by_their_words() -> None:
    meter = Meter(Budget())
    ring = Ring(8, meter)
    a = ring.add(ring.generator(0), ring.constant(fmpq(1) << 3000 if False else fmpq(2) ** 3000))
    before = meter.total
    ring.mul(a, a)
    assert meter.total - before > 90
