"""Sets of numbers, equations, families, forms, matrices: what stands between the reader and the kinds."""

from __future__ import annotations

import pytest
import sympy
from flint import fmpq, fmpq_poly

from verifier.engine.kinds.region import as_condition
from verifier.engine.maths import equations, families, forms, logic, matrices, roots, solve, vectors
from verifier.engine.maths.parser import read_maths
from verifier.engine.maths.zero import Given
from verifier.grader import default_rules
from verifier.types.budget import Budget, Meter
from verifier.types.expr import Expr


def meter() -> Meter:
    return Meter(Budget())


def tree(text: str) -> Expr:
    return read_maths(text, default_rules().maths, meter())[0].tree


@pytest.mark.parametrize(
    "coefficients",
    [
        (-2, 0, 1),
        (6, -5, 1),
        (1, -3, 0, 1),
        (-1, -1, 0, 0, 0, 1),
        (1, 0, 1),
        (0, 0, 4),
        (-6, 11, -6, 1),
        (1, 0, -10, 0, 1),
        (-1, 0, 0, 0, 0, 0, 2),
    ],
)
def test_real_roots_are_those_of_an_oracle(coefficients: tuple[int, ...]) -> None:
    found = roots.real_roots(fmpq_poly(list(coefficients)), meter())
    wanted = sorted({float(root) for root in sympy.real_roots(sympy.Poly(coefficients[::-1], sympy.Symbol("x")))})
    assert len(found) == len(wanted)
    for root, value in zip(found, wanted, strict=True):
        low, high = roots.bounds(root)
        assert float(int(low.p)) / float(int(low.q)) <= value + 1e-9
        assert value - 1e-9 <= float(int(high.p)) / float(int(high.q))


def test_signs_at_a_root_are_exact() -> None:
    root = roots.real_roots(fmpq_poly([-2, 0, 1]), meter())[1]
    assert roots.sign_at(fmpq_poly([-2, 0, 1]) * fmpq_poly([1, 1]), root, meter()) == 0
    assert roots.sign_at(fmpq_poly([fmpq(-141421356237, 10**11), 1]), root, meter()) == 1
    assert roots.sign_at(fmpq_poly([fmpq(-141421356238, 10**11), 1]), root, meter()) == -1


@pytest.mark.parametrize(
    ("gold", "candidate", "equal"),
    [
        ("x^2 <= 9", "[-3, 3]", True),
        ("x^2 < 9", "[-3, 3]", False),
        ("|x-1| < 2", "-1 < x < 3", True),
        ("|x-1| < 2", "-1 < x < 4", False),
        ("x^2 > 2", "(-\\infty, -\\sqrt{2}) \\cup (\\sqrt{2}, \\infty)", True),
        ("x^2 > 2", "(-\\infty, -1.414) \\cup (1.414, \\infty)", False),
        ("\\frac{1}{x} > 0", "x > 0", True),
        ("\\frac{1}{x} >= 0", "x >= 0", False),
        ("\\sqrt{x} < 2", "[0, 4)", True),
        ("\\sqrt{x} < 2", "x < 4", False),
        ("\\ln x > 1", "(e, \\infty)", True),
        ("\\ln x > 0", "(e, \\infty)", False),
        ("2^x < 8", "x < 3", True),
        ("2^x <= 8", "x < 3", False),
        ("x < \\pi", "(-\\infty, \\pi)", True),
        ("x < \\pi", "(-\\infty, 3.1416)", False),
        ("x \\neq 1", "\\mathbb{R} \\setminus \\{1\\}", True),
        ("x \\neq 1", "\\mathbb{R} \\setminus \\{1, 2\\}", False),
        ("(0, 3) \\cap [1, 5]", "[1, 3)", True),
        ("(0, 3) \\cap [1, 5]", "[1, 3]", False),
        ("(x-1)^2 <= 0", "\\{1\\}", True),
        ("x^3 > x", "(-1, 0) \\cup (1, \\infty)", True),
        ("x^3 > x", "(1, \\infty)", False),
    ],
)
def test_sets_of_numbers(gold: str, candidate: str, *, equal: bool) -> None:
    sides = as_condition(tree(gold)), as_condition(tree(candidate))
    assert sides[0] is not None
    assert sides[1] is not None
    found = solve.same_set(sides[0], sides[1], "_x", meter())
    assert found is not None
    assert found.equal is equal
    assert bool(found.witness) is not equal


def test_whole_numbers_only() -> None:
    sides = as_condition(tree("-2 < x <= 2")), as_condition(tree("\\{-1, 0, 1, 2\\}"))
    assert sides[0] is not None
    assert sides[1] is not None
    found = solve.same_set(sides[0], sides[1], "_x", meter(), whole=True)
    assert found is not None
    assert found.equal
    found = solve.same_set(sides[0], sides[1], "_x", meter())
    assert found is not None
    assert not found.equal


def test_what_cannot_be_solved_is_left_open() -> None:
    condition = as_condition(tree("\\sin x > x^2"))
    assert condition is not None
    assert solve.same_set(condition, condition, "_x", meter()) is None


@pytest.mark.parametrize(
    ("gold", "candidate", "same"),
    [
        ("y = 3x + 2", "3x - y + 2 = 0", True),
        ("y = 3x + 2", "3x - y - 2 = 0", False),
        ("xy = 6", "y = 6/x", True),
        ("y = 2x", "x(y - 2x) = 0", False),
        ("y = 2x", "(x^2+1)(y - 2x) = 0", True),
        ("x^2 + y^2 = 1", "2x^2 + 2y^2 = 2", True),
        ("x^2 + y^2 = 1", "x^2 + y^2 = 2", False),
        ("x^2 = y^2", "(x-y)(x+y) = 0", True),
        ("x^2 = y^2", "x = y", False),
        ("y/2 = \\sin x \\cos x", "y = \\sin 2x", True),
        ("y/2 = \\sin x \\cos x", "y = \\sin x", False),
        ("PV = nRT", "T = \\frac{PV}{nR}", True),
        ("y^2 = x", "y = \\sqrt{x}", False),
    ],
)
def test_equations(gold: str, candidate: str, *, same: bool) -> None:
    found = equations.same_equation(tree(gold), tree(candidate), Given(), meter())
    assert found is not None
    assert found.same is same


@pytest.mark.parametrize(
    ("gold", "candidate", "same"),
    [
        ("a > b", "b < a", True),
        ("a > b", "a >= b", False),
        ("x + y < 3", "2x + 2y < 6", True),
        ("x < y", "x > y", False),
    ],
)
def test_inequalities(gold: str, candidate: str, *, same: bool) -> None:
    found = equations.same_inequality(tree(gold), tree(candidate), Given(), meter())
    assert found is not None
    assert found.same is same


def test_progressions() -> None:
    def family(text: str) -> families.Progression:
        found = families.progression(tree(text), "k", meter())
        assert found is not None
        return found

    half, both = [family("\\frac{\\pi}{4} + \\frac{k\\pi}{2}")], [family("\\frac{\\pi}{4} + k\\pi")]
    both.append(family("\\frac{3\\pi}{4} + k\\pi"))
    assert families.same_progressions(half, both, meter()) is True
    assert families.same_progressions(half, both[:1], meter()) is False
    assert families.same_progressions([family("5k + 2")], [family("5k - 3")], meter()) is True
    assert families.same_progressions([family("5k + 2")], [family("5k + 3")], meter()) is False
    assert families.progression(tree("k^2"), "k", meter()) is None


@pytest.mark.parametrize(
    ("form", "text", "met"),
    [
        ("lowest_terms", "3/4", True),
        ("lowest_terms", "6/8", False),
        ("factored", "(x+1)(x-2)", True),
        ("factored", "(x+1)(2x-4)", False),
        ("factored", "x^2 - x - 2", False),
        ("expanded", "x^2 - x - 2", True),
        ("expanded", "x^2 + x - 2x - 2", False),
        ("rationalised", "\\frac{\\sqrt{2}}{2}", True),
        ("rationalised", "\\frac{1}{\\sqrt{2}}", False),
        ("radical", "5\\sqrt{2}", True),
        ("radical", "\\sqrt{50}", False),
        ("single_log", "\\ln(6x)", True),
        ("single_log", "\\ln 6 + \\ln x", False),
        ("partial_fractions", "\\frac{1}{x-1} - \\frac{1}{x+1}", True),
        ("partial_fractions", "\\frac{2}{(x-1)(x+1)}", False),
        ("completed_square", "(x-3)^2 + 1", True),
        ("completed_square", "x^2 - 6x + 10", False),
        ("scientific", "5.2 \\times 10^{-4}", True),
        ("scientific", "52 \\times 10^{-5}", False),
        ("prime_factors", "2^3 \\cdot 3", True),
        ("prime_factors", "4 \\cdot 6", False),
        ("mixed", "2\\frac{1}{2}", True),
        ("mixed", "\\frac{5}{2}", False),
        ("improper", "\\frac{5}{2}", True),
        ("decimal", "0.5", True),
        ("decimal", "\\frac12", False),
        ("interval", "(1, 2)", True),
        ("interval", "1 < x < 2", False),
        ("with_pi", "2\\pi", True),
        ("with_pi", "6.28", False),
        ("standard", "2x - 3y = 15", True),
        ("standard", "y = 2x - 3", False),
        ("single_power", "x^7", True),
        ("single_power", "x^5 x^2", False),
    ],
)
def test_forms(form: str, text: str, *, met: bool) -> None:
    assert forms.meets(form, tree(text), meter()) is met


def test_every_form_of_the_rules_can_be_told() -> None:
    like_gold = {"denominator", "slope_intercept", "percent", "power", "sum", "product", "factorial"}
    written = {"words", "digits"}
    named = set(default_rules().demand.forms.values())
    assert named <= set(forms.FORMS) | like_gold | written


def test_matrices() -> None:
    whole = matrices.rows(tree("\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix} \\begin{pmatrix}0&1\\\\1&0\\end{pmatrix}"))
    assert whole is not None
    assert (len(whole), len(whole[0])) == (2, 2)
    assert matrices.rows(tree("\\begin{pmatrix}1&2\\end{pmatrix} \\begin{pmatrix}1&2\\end{pmatrix}")) is None


def test_lines() -> None:
    def line(text: str) -> vectors.Line:
        parts = vectors.components(tree(text))
        assert parts is not None
        found = vectors.line(parts, "t", meter())
        assert found is not None
        return found

    one = line("(1,2,3) + t(1,0,-1)")
    assert vectors.same_line(one, line("(2,2,2) + t(-2,0,2)"), meter()) is True
    assert vectors.same_line(one, line("(2,2,3) + t(-1,0,1)"), meter()) is False
    assert vectors.same_line(one, line("(1,2,3) + t(1,1,-1)"), meter()) is False


def test_logic() -> None:
    assert logic.equivalent(tree("\\neg(A \\vee B)"), tree("\\neg A \\wedge \\neg B"), meter())
    assert not logic.equivalent(tree("\\neg(A \\vee B)"), tree("\\neg A \\vee \\neg B"), meter())
