"""How a text is cut into pieces, and what vanishes as markup."""

from __future__ import annotations

import pytest

from verifier.engine.maths.lexer import positions, tokens_of
from verifier.engine.maths.literals import read_number
from verifier.engine.maths.repair import repaired
from verifier.rulebook import builtin_rules
from verifier.types.budget import Budget, Exhausted, Meter

TABLE = builtin_rules().maths


def kinds(text: str) -> list[str]:
    return tokens_of(text, TABLE, Meter(Budget())).kinds[:-1]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2x", ["number", "letter"]),
        ("xy+1", ["run", "+", "number"]),
        ("$xy$", ["letter", "letter"]),
        ("sinx", ["function", "letter"]),
        ("x1", ["letter", "_", "index"]),
        (r"\left(x\right)", ["(", "letter", ")"]),
        (r"\left.x\right|", ["letter", "|)"]),
        (r"x\not\in A", ["letter", "relation", "letter"]),
        (r"\text{ if }x", ["given", "letter"]),
        (r"5\text{ cm}", ["number", "word"]),
        (r"3\mathrm{e}", ["number", "constant"]),
        (r"\phantom{xyz}2", ["number"]),
        ("x²", ["letter", "^", "{", "number", "}"]),
        ("x₁₂", ["letter", "_", "{", "number", "}"]),
        ("½", ["vulgar"]),
        ("x<=3", ["letter", "relation", "number"]),
        (r"\begin{array}{cc}1&2\end{array}", ["begin", "number", "&", "number", "finish"]),
        (r"\pir", ["constant", "letter"]),
        ("max(1)", ["function", "(", "number", ")"]),
        ("max 1", ["word", "number"]),
        ("is", ["word"]),
    ],
)
def test_pieces(text: str, wanted: list[str]) -> None:
    assert kinds(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x<sup>2</sup>", "x^{2}"),
        ("a<sub>1</sub>", "a_{1}"),
        ("<b>5</b>", "5"),
        ("**5**", "5"),
        ("2**3", "2**3"),
        ("`x`", "x"),
        (r"\\frac{1}{2}", r"\frac{1}{2}"),
        ("\x0crac12", r"\frac12"),
        ("2\times 3", r"2\times 3"),
        ("−3", "-3"),
        ("１２", "12"),
        ("٣", "3"),
        ("x′", "x'"),
        ("5.", "5"),
        ("5...", "5..."),
        ("25 °C", "25  °C"),
        (r"\begin{matrix}1\\2\end{matrix}", r"\begin{matrix}1\\2\end{matrix}"),
        ("", ""),
        ("\u200b", ""),
    ],
)
def test_markup_is_undone(text: str, wanted: str) -> None:
    assert repaired(text) == wanted


@pytest.mark.parametrize("text", ["2x + 1", r" \frac{1}{2} ", "The answer is 5", "", "x²", "0.333..."])
def test_every_token_knows_its_place(text: str) -> None:
    tokens = tokens_of(text, TABLE, Meter(Budget()))
    spans = list(positions(text))
    assert len(tokens.kinds) == len(tokens.values) == len(tokens.origin)
    assert all(place <= len(spans) for place in tokens.origin)
    assert tokens.origin == sorted(tokens.origin)


@pytest.mark.parametrize(
    ("text", "value", "name"),
    [
        ("7", "7", ""),
        ("007", "7", ""),
        ("2.50", "5/2", "2.50"),
        ("1,234.5", "2469/2", "1234.5"),
        ("0.(142857)", "1/7", "0.(142857)"),
        ("0.1666...", "1/6", "0.1666..."),
        ("0.1212…", "4/33", "0.1212..."),
        ("3.14159...", "314159/100000", "3.14159"),
        (r"1.\overline{27}", "14/11", "1.(27)"),
        ("0.3̅", "1/3", "0.(3)"),
        ("0.1̇42857̇", "1/7", "0.(142857)"),
    ],
)
def test_numbers_are_exact_and_keep_their_text(text: str, value: str, name: str) -> None:
    tree = read_number(text, Meter(Budget()))
    assert (str(tree.value), tree.name) == (value, name)


def test_a_power_of_ten_is_never_expanded() -> None:
    meter = Meter(Budget())
    tree = read_number("1e999999999999999", meter)
    assert tree.head == "mul"
    assert str(tree.args[1].args[1].value) == "999999999999999"
    with pytest.raises(Exhausted, match="exponent"):
        read_number("1e" + "9" * 101, meter)


def test_tokens_are_bounded_before_they_are_sorted() -> None:
    with pytest.raises(Exhausted, match="tokens"):
        kinds("x+" * 3001)
