"""Typography undone, meaning kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.engine.text import characters, closing, fold, plain, says, words, words_of
from verifier.rulebook import builtin_rules
from verifier.types.budget import Budget, Meter

TABLE = builtin_rules().text


def plainly(text: str) -> str:
    return plain(text, TABLE, Meter(Budget()))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("$5$", "5"),
        ("\\(5\\)", "5"),
        ("\\boxed{5}", "5"),
        ("\\text{(C) Plane}", "(C) Plane"),
        ("**5**", "5"),
        ("`5`", "5"),
        ("\\frac{3}{4}", "3/4"),
        ("\\dfrac34", "3/4"),
        ("2\\frac12", "2 1/2"),
        ("\\frac1{2}3", "((1)/(2))3"),
        ("\\frac12 3", "((1)/(2)) 3"),
        ("-\\frac{3}{8}", "-3/8"),
        ("½", "1/2"),
        ("2½", "2 1/2"),
        ("1{,}234", "1,234"),
        ("12\\,\\mathrm{kJ}", "12 kJ"),
        ("12 \\mathrm{~kJ}", "12 kJ"),
        ("90^\\circ", "90°"),
        ("90^{\\circ}", "90°"),
        ("10^{-3}", "10^-3"),
        ("m²", "m^2"),
        ("−5", "-5"),
        ("５", "5"),
        ("٣", "3"),
        ("- 7", "- 7"),
        ("$12.55", "$12.55"),
        ("\\$37.00", "$37.00"),
        ("1\u200b2", "12"),
        ("Paris.", "Paris"),
        ("“Paris”", "Paris"),
        ("n!", "n!"),
        ("Paris!", "Paris"),
        ("__init__", "__init__"),
        ("10\\ \\mu F", "10 μF"),
    ],
)
def test_wrapping_is_taken_off(text: str, wanted: str) -> None:
    assert plainly(text) == wanted


def test_two_prices_are_no_formula() -> None:
    assert plainly("$2 each, so she makes $18 a day") == "$2 each, so she makes $18 a day"


@given(st.text())
def test_lookalikes_and_folding_never_move_positions(text: str) -> None:
    assert len(characters(text, TABLE)) == len(text)
    assert len(fold(text)) == len(text)


@given(st.text(max_size=200))
def test_plain_is_total_and_idempotent_on_words(text: str) -> None:
    assert words(plainly(text), TABLE) is not None


def test_an_article_is_no_name() -> None:
    assert words("the Hague", TABLE) == ("hague",)
    assert words("vitamin A", TABLE) == ("vitamin", "a")
    assert words("Hepatitis A virus", TABLE) == ("hepatitis", "a", "virus")


def test_closing_braces() -> None:
    text = "{a{b}\\}c}d"
    assert closing(text, 0, len(text)) == 8
    assert closing("{{", 0, 2) == -1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("हाँ, नहीं।", ["हाँ", "नहीं"]),
        ("না, ঠিক", ["না", "ঠিক"]),
        ("இல்லை 42", ["இல்லை"]),
        ("ไม่ใช่", ["ไม่ใช่"]),
        ("är det 3x_y", ["är", "det", "x", "y"]),
        ("not one2two", ["not", "one", "two"]),
    ],
)
def test_words_keep_the_marks_that_stand_on_their_letters(text: str, found: list[str]) -> None:
    assert words_of(text) == found


@pytest.mark.parametrize(
    ("text", "phrase", "said"),
    [
        ("no hate speech here", "hate speech", True),
        ("whate speeches", "hate speech", False),
        ("この文の感情は", "感情", True),
        ("toxicity", "toxic", False),
        ("a multi-label task", "multi-label", True),
        ("a multi-labelled task", "multi-label", False),
    ],
)
def test_a_phrase_is_said_where_words_begin_and_end(text: str, phrase: str, *, said: bool) -> None:
    assert says(text, words_of(text), phrase) is said
