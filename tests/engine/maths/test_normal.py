from __future__ import annotations

from collections.abc import Callable

import pytest
from flint import fmpq

from verifier.engine.maths.normal import Forms, numeral
from verifier.types.budget import Budget, Exhausted, Meter
from verifier.types.expr import Expr
from verifier.types.nodes import constant, number, symbol

Build = Callable[[str], Expr]

SAME = [
    ("x + (y + 1)", "1 + y + x"), ("x*(2*y)", "y*x*2"), ("x - y", "-y + x"), ("x/2", "(1/2)*x"),
    ("sqrt(x)", "x**(1/2)"),
    ("exp(x)", "e**x"), ("percent(50)", "1/2"), ("log(x, 2)", "ln(x)/ln(2)"), ("x > 1", "1 < x"),
    ("{1, 2}", "{2, 1, 1}"),
    ("mixed(2, 1/2)", "5/2"), ("sum(k, k, 1, 3)", "6"), ("prod(k, k, 1, 4)", "24"),
    ("int(t, t, 0, x)", "int(s, s, 0, x)"),
    ("min(x, y)", "min(y, x)"), ("-(-x)", "x"), ("x*y == 1", "1 == y*x"), ("2**10", "1024"),
]  # fmt: skip
OTHER = [
    ("x/x", "1"), ("x - x", "0"), ("int(t*x, t)", "int(t*x, x)"), ("x**2", "x*x"), ("x < 1", "1 < x"), ("f(x)", "g(x)"),
    ("sum(k, k, 1, n)", "sum(n, k, 1, n)"), ("0*x", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_form(tree: Build, one: str, other: str) -> None:
    forms = Forms(Meter(Budget()))
    assert forms.form(tree(one)) == forms.form(tree(other))


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_nothing_is_simplified_that_could_lose_a_domain(tree: Build, one: str, other: str) -> None:
    forms = Forms(Meter(Budget()))
    assert forms.form(tree(one)) != forms.form(tree(other))


def test_degrees() -> None:
    forms = Forms(Meter(Budget()))
    degrees = Expr("mul", (number(90), constant("deg")))
    assert forms.form(degrees) == forms.form(Expr("div", (constant("pi"), number(2))))


def test_forms_become_trees_again(tree: Build) -> None:
    forms = Forms(Meter(Budget()))
    node = forms.form(tree("sin(x)/2 + y**3"))
    assert forms.form(forms.tree(node)) == node


def test_depth_is_bounded() -> None:
    deep = symbol("x")
    for _ in range(5000):
        deep = Expr("sin", (deep,))
    with pytest.raises(Exhausted):
        Forms(Meter(Budget())).form(deep)


def test_long_sums_are_flat() -> None:
    forms = Forms(Meter(Budget()))
    total = Expr("add", tuple(Expr("mul", (number(k), symbol(f"x{k % 7}"))) for k in range(3000)))
    assert len(forms.args[forms.form(total)]) == 3000


def test_numerals() -> None:
    assert numeral("ff", fmpq(16)) == 255
    assert numeral("10.1", fmpq(2)) == fmpq(5, 2)
    assert numeral("12", fmpq(2)) is None
    assert numeral("12", fmpq(37)) is None
