from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy

from verifier.engine.maths.algebraic import separation
from verifier.engine.maths.evaluate import Program
from verifier.engine.maths.magnitude import apart
from verifier.engine.maths.normal import Forms
from verifier.engine.maths.proof import difference
from verifier.engine.maths.zero import Given, equal
from verifier.types.budget import Budget, Meter
from verifier.types.expr import Expr
from verifier.types.verdict import Decision

Build = Callable[[str], Expr]

NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    "text",
    ["sqrt(2) - 7/5", "sqrt(2) + sqrt(3) - sqrt(10)", "cbrt(2) - 5/4", "cos(2*pi/7) - 5/8", "1/(sqrt(2) + 1) - 2/5",
     "sqrt(10**6 + 1) - 1000", "2**(1/5) - 8/7", "sqrt(2)*sqrt(3) - 5/2", "sqrt(sqrt(2) + 1) - 3/2"],
)  # fmt: skip
def test_what_is_not_zero_lies_above_its_bound(tree: Build, text: str) -> None:
    meter = Meter(Budget())
    forms = Forms(meter)
    root = forms.form(tree(text))
    bits = separation(forms, root)
    assert bits is not None
    ball = Program(forms, (root,)).balls({}, 256, meter)[0]
    assert ball is not None
    assert abs(ball) > 2**-bits


@pytest.mark.parametrize("text", ["pi - 3", "ln(2)", "sin(1)", "e"])
def test_no_bound_for_what_is_not_algebraic(tree: Build, text: str) -> None:
    forms = Forms(Meter(Budget()))
    assert separation(forms, forms.form(tree(text))) is None


def test_the_cosines_of_a_regular_polygon(tree: Build) -> None:
    for sides in (5, 7, 9, 11, 13, 15, 16):
        total = " + ".join(f"cos({2 * k}*pi/{sides})" for k in range(1, sides))
        meter = Meter(Budget(work=5_000_000))
        assert equal(tree(total), tree("-1"), Given(), meter).decision is Decision.CORRECT, sides


@pytest.mark.parametrize(("above", "below"), [(1, 7), (2, 9), (3, 11), (1, 15), (5, 24), (7, 16)])
def test_exact_angles_as_sympy(tree: Build, above: int, below: int) -> None:
    minimal = sympy.minimal_polynomial(sympy.cos(sympy.pi * above / below), sympy.Symbol("z"))
    text = str(minimal).replace("z", f"cos({above}*pi/{below})")
    meter = Meter(Budget(work=5_000_000))
    assert equal(tree(text), tree("0"), Given(), meter).decision is Decision.CORRECT
    assert equal(tree(text), tree("10**(-60)"), Given(), meter).decision is Decision.INCORRECT


def test_difference_is_a_proof(tree: Build) -> None:
    forms = Forms(Meter(Budget()))
    one, other = forms.form(tree("(1 + sqrt(5))**2/4")), forms.form(tree("(3 + sqrt(5))/2"))
    proof = difference(forms, one, other, whole=NONE, positive=NONE, complexes=False)
    assert proof.zero
    assert proof.algebraic


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [("9**9**9**9", "9**9**9**8", "magnitude"), ("factorial(9**9**9)", "9**9**9", "magnitude"),
    ("9**9**9**9", "9**9**9**9", ""),
     ("-(9**9**9**9)", "1", "magnitude"), ("3*9**9**9**9", "9**9**9**9*2", ""),
     ("10**10**10**10 + 5", "3", "magnitude")],
)  # fmt: skip
def test_towers(tree: Build, one: str, other: str, how: str) -> None:
    forms = Forms(Meter(Budget()))
    found = apart(forms, forms.form(tree(one)), forms.form(tree(other)))
    assert (found.how if found else "") == how
