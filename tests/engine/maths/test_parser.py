"""Ambiguity, words around maths, what is no maths, and that reading always ends."""

from __future__ import annotations

import contextlib
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import TABLE, readings, told

from verifier.engine.maths.parser import read_maths
from verifier.types.budget import Budget, Exhausted, Meter


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("1/2x", "mul(div(1, 2), x)", "div(1, mul(2, x))"),
        ("a/bc", "mul(div(a, b), c)", "div(a, mul(b, c))"),
        (r"1/2\pi", "mul(div(1, 2), :pi)", "div(1, mul(2, :pi))"),
        ("3/2(y+5)", "mul(div(3, 2), add(y, 5))", "div(3, mul(2, add(y, 5)))"),
        ("sin x/2", "div(sin(x), 2)", "sin(div(x, 2))"),
        ("1,234", "1234", "list(1, 234)"),
        ("7,425,000", "7425000", "list(7, 425, 0)"),
        ("x=(12,102)", "eq(x, pair(12, 102))", "eq(x, 12102)"),
        ("+-5", "neg(5)", "pm(5)"),
    ],
)
def test_two_plausible_readings_stay_two_readings(text: str, first: str, second: str) -> None:
    found = readings(text)
    assert [told(maths.tree) for maths in found] == [first, second]
    assert not any(maths.certain for maths in found)


@pytest.mark.parametrize(
    "text",
    [
        "sin(x)/2",
        r"\frac{1}{2}x",
        "x/2",
        r"\cos x / \sin x",
        "1/2*x",
        "1,23",
        "0,111",
        "(1,7,103, 105)",
        "1, 234",
        "x=+-5",
    ],
)
def test_one_plausible_reading_is_one(text: str) -> None:
    [maths] = readings(text)
    assert maths.certain


@pytest.mark.parametrize(
    ("text", "before", "tree", "after"),
    [
        ("The answer is 5", "The answer is", "5", ""),
        ("The answer is: $5$.", "The answer is:", "5", ""),
        ("Therefore $x < 5$", "Therefore", "lt(x, 5)", ""),
        ("Therefore $x < 5$ is the solution.", "Therefore", "lt(x, 5)", "is the solution"),
        ("x is 5", "x is", "5", ""),
        ("x is equal to 2x", "x is equal to", "mul(2, x)", ""),
        ("Area = 5 cm", "Area =", "5", "cm"),
        ("Answer: 42", "Answer:", "42", ""),
        (r"\text{Domain of } f(x) = \varnothing", "Domain of f(x) =", ":empty", ""),
        ("5 cm", "", "5", "cm"),
        ("5 km/h", "", "5", "km/h"),
        ("5 kg m^2", "", "5", "kg m^2"),
        ("5 people", "", "5", "people"),
        (r"\frac12\text{ cm}^2", "", "div(1, 2)", "cm^2"),
        (r"5\,\mathrm{m/s}", "", "5", "m/s"),
        (r"25^\circ\text{C}", "", "25", "°C"),
        ("5 square units", "", "5", "square units"),
        ("5$", "", "5", "$"),
        (r"$\frac12$ cm", "", "div(1, 2)", "cm"),
    ],
)
def test_words_around_the_maths_are_kept_apart(text: str, before: str, tree: str, after: str) -> None:
    [maths] = readings(text)
    assert (maths.before, told(maths.tree), maths.after) == (before, tree, after)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Paris",
        "The quick brown fox",
        "the cat sat on 3 mats and 2 dogs",
        "cat",
        r"\text{Evelyn}",
        "no solution",
        "none",
        "does not exist",
        "not 5",
        "The answer is not 5",
        "x is not 5",
        "at least 5",
        "between 3 and 5",
        "5 apples and 3 oranges",
        "$x$ is the number of $y$",
        "3 hours 20 minutes",
        r"\$5",
        "x +",
        "x)",
        "[1,2",
        "2 3",
        "a < ",
        "x = = 3",
        ")(",
        r"\frac",
        r"\unknownmacro",
    ],
)
def test_what_is_no_maths_has_no_reading(text: str) -> None:
    assert readings(text) == ()


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("(" * 500 + "x" + ")" * 500, "depth"),
        ("2^" * 500 + "2", "depth"),
        ("-" * 500 + "1", "depth"),
        ("x" + "!" * 501, "depth"),
        ("1/" * 500 + "1", "depth"),
        (r"\sqrt{" * 500, "depth"),
        (r"\begin{cases}" * 300, "depth"),
        ("1+" * 4000 + "1", "tokens"),
        ("9" * 10_001, "digits"),
        ("1e" + "9" * 101, "exponent"),
        ("1 " * 10_001, "answer_chars"),
    ],
)
def test_what_is_too_big_exhausts_the_budget_and_nothing_else(text: str, limit: str) -> None:
    with pytest.raises(Exhausted, match=f"^{limit}$"):
        readings(text)


def test_what_a_person_writes_fits_the_budget() -> None:
    assert len(readings("1+" * 1000 + "1")) == 1
    assert len(readings(r"\frac{1}{1+" * 18 + "x" + "}" * 18)) == 1
    assert len(readings("9" * 10_000)) == 1
    assert len(readings("(" * 30 + "x" + ")" * 30)) == 1


def deeper(frames: int, text: str) -> None:
    if frames:
        deeper(frames - 1, text)
    else:
        with contextlib.suppress(Exhausted):
            readings(text)


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "[",
        "{",
        r"\{",
        "|",
        r"\sqrt{",
        r"\frac{1}{",
        "x^{",
        "sin ",
        "-",
        "∀x",
        r"\begin{a} 1 & ",
        "f(",
        "log_{",
        "∫",
        r"\text{a",
        r"\boxed{",
        "{x|",
        "x if ",
        "1+(2*[",
        "⌊",
        "<1,",
        r"\lim_{x\to",
        r"\sum_{k=",
        "not ",
        "C(1,",
    ],
)
def test_the_stack_never_overflows(piece: str) -> None:
    deeper(min(400, sys.getrecursionlimit() - 600), piece * 250)


@pytest.mark.parametrize(
    "piece",
    [
        "x,",
        "5 cm ",
        "1A",
        "|x|",
        "||",
        "where ",
        "x and ",
        "$x$ ",
        "<a",
        "1'234",
        "°'",
        "x²",
        r"\text{",
        r"\color{",
        "(2",
        r"\{x|",
        "1.(1",
        r".\dot",
        "x' ",
        "!",
        r"\\",
        "a where b, ",
        r"\begin{a}&",
        "dx ",
        "[1,2[",
        "0.1...",
    ],
)
def test_work_is_linear_in_the_text(piece: str) -> None:
    def work(times: int) -> int:
        meter = Meter(Budget(work=10**9, tokens=10**6, nodes=10**6, answer_chars=10**6))
        with contextlib.suppress(Exhausted):
            read_maths(piece * times, TABLE, meter)
        return meter.total

    assert work(2000) <= 8 * work(500)


PIECES = st.sampled_from([
    "x", "2", "12", "+", "-", "*", "/", "^", "_", "(", ")", "[", "]", "{", "}", "\\{", "\\}", "|", ",", ";", "=",
    "<", ">", " ", "sin", "\\frac", "\\sqrt", "\\text{cm}", "and", "or", "where", "is", "not", "\\int", "dx",
    "\\sum", "\\lim", "\\begin{cases}", "\\end{cases}", "&", "\\\\", "\\in", "\\mathbb{R}", "U", "!", "%", "'",
    "°", "½", "²", "₁", "…", "$", "\\left", "\\right", "e", "i", "π", "f", "the", "\\overline", "0.", "\\circ",
    "\\boxed", "mod", ":", ".", "\\to", "√",
])  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
@settings(max_examples=1500, deadline=None)
def test_every_text_has_readings_or_none(text: str) -> None:
    try:
        found = readings(text)
    except Exhausted:
        return
    for maths in found:
        assert isinstance(told(maths.tree), str)
    assert found == readings(text)
