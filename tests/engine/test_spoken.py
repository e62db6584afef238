"""Numbers in words, against a generator that knows nothing of ours."""

from __future__ import annotations

from functools import cache

import inflect
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.engine.numerals import value_of
from verifier.engine.spoken import power_of_ten, read_spoken
from verifier.types.budget import Budget, Meter
from verifier.types.rules import Rules

MOST = 10**12
SPELL = inflect.engine()


@cache
def words(number: int) -> str:
    return str(SPELL.number_to_words(number))


def meanings(text: str, rules: Rules) -> set[tuple[str, bool]]:
    """What a whole text means: values, and whether each is a place; nothing where words are left over."""
    meter = Meter(Budget())
    found = read_spoken(text, 0, rules.numbers, meter)
    return {(str(value_of(one.number, meter)), one.ordinal) for one in found if one.end == len(text)}


def spellings(number: int) -> tuple[str, ...]:
    """With and without "and", commas, hyphens and capitals."""
    text = words(number)
    return (text, text.replace(" and ", " "), text.replace(",", ""), text.replace("-", " "), text.capitalize())


@pytest.mark.slow
def test_every_number_up_to_ten_thousand(rules: Rules) -> None:
    wrong = [
        text
        for number in range(10_001)
        for text in spellings(number)
        if meanings(text, rules) != {(str(number), False)}
    ]
    assert wrong == []


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(st.integers(0, MOST) | st.integers(0, 12).map(lambda power: 10**power))
def test_any_number_up_to_a_trillion(rules: Rules, number: int) -> None:
    for text in spellings(number):
        assert meanings(text, rules) == {(str(number), False)}
    place = str(SPELL.ordinal(words(number)))
    assert (str(number), True) in meanings(place, rules)
    assert meanings(f"minus {words(number)}", rules) == {(str(-number), False)}


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.integers(0, MOST), st.integers(0, MOST))
def test_two_numbers_have_no_words_in_common(rules: Rules, one: int, other: int) -> None:
    if one != other:
        assert meanings(words(one), rules).isdisjoint(meanings(words(other), rules))


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.integers(2, 999), st.integers(3, 99))
def test_parts(rules: Rules, above: int, below: int) -> None:
    part = str(SPELL.ordinal(words(below)))
    several = f"{words(above)} {part}s" if not part.endswith("half") else f"{words(above)} halves"
    if below % 10 not in {1, 2} or below in {11, 12}:  # "thirty-firsts" are no parts that anyone speaks of
        values = {value for value, _ in meanings(several, rules)}
        reduced = f"{above}/{below}" if above % below else str(above // below)
        assert any(_equal(value, reduced) for value in values)


def _equal(one: str, other: str) -> bool:
    from fractions import Fraction

    return Fraction(one) == Fraction(other)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 9_999), st.text("0123456789", min_size=1, max_size=6))
def test_decimals(rules: Rules, whole: int, places: str) -> None:
    spoken = f"{words(whole)} point {' '.join(words(int(digit)) for digit in places)}"
    meter = Meter(Budget())
    (found,) = read_spoken(spoken, 0, rules.numbers, meter)
    assert found.end == len(spoken)
    assert _equal(str(value_of(found.number, meter)), f"{whole}.{places}")
    assert found.number.places == len(places)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a dozen", "12"),
        ("two dozen", "24"),
        ("half a dozen", "6"),
        ("half a million", "500000"),
        ("a quarter of a million", "250000"),
        ("two and a half", "5/2"),
        ("two and three quarters", "11/4"),
        ("two and a half million", "2500000"),
        ("3.5 million", "3500000"),
        ("2 million 300 thousand", "2300000"),
        ("twelve hundred", "1200"),
        ("half", "1/2"),
        ("one third", "1/3"),
        ("a fifth", "1/5"),
        ("minus two thirds", "-2/3"),
        ("three point one four", "157/50"),
        ("three lakh fifty thousand", "350000"),
    ],
)
def test_what_people_say(rules: Rules, text: str, value: str) -> None:
    assert meanings(text, rules) == {(value, False)}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "a",
            "and",
            "two five",
            "twenty and five",
            "five twenty",
            "million",
            "one thousand million",
            "two, three",
        ),
        *(
            "hundred",
            "halves",
            "two third",
            "one thirds",
            "point",
            "two point",
            "zero five",
            "a five",
            "the",
            "several",
        ),
    ],
)
def test_what_is_no_number(rules: Rules, text: str) -> None:
    assert meanings(text, rules) == set()


def test_a_part_and_a_place(rules: Rules) -> None:
    assert meanings("one hundredth", rules) == {("1/100", False), ("100", True)}


@pytest.mark.parametrize(
    ("text", "exponent"),
    [
        ("ten to the fifth", 5),
        ("10 to the power of minus three", -3),
        ("ten to the 5th power", 5),
        ("10 to the -4", -4),
    ],
)
def test_powers_of_ten(rules: Rules, text: str, exponent: int) -> None:
    found = power_of_ten(text, 0, rules.numbers, Meter(Budget()))
    assert found is not None
    assert (found.number.exponent10, found.end) == (exponent, len(text))


def test_a_very_long_run_of_words_costs_little(rules: Rules) -> None:
    meter = Meter(Budget())
    assert read_spoken("one hundred and " * 2_000, 0, rules.numbers, meter) == ()
    assert meter.total < 5_000


def test_words_of_other_languages_are_in_order(rules: Rules) -> None:
    for language in rules.numbers.languages:
        if language.numbers:
            assert sorted(set(language.numbers.values())) == list(range(100)), language.name
