"""What holds for every number: in any spelling it is itself, and with another last figure it is not (POLICY 10-19)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import inflect
from hypothesis import assume, given
from hypothesis import strategies as st
from laws import examples

from verifier import Outcome, grade

SPELL = inflect.engine()
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def outcome(gold: str, answer: str, question: str | None = None) -> Outcome:
    return grade(ground_truth=gold, final_answer=answer, question=question).outcome


def plain(digits: int, places: int) -> str:
    return f"{Decimal(digits).scaleb(-places):f}"


def grouped(digits: int, places: int, group: str, point: str) -> str:
    whole, _, behind = plain(digits, places).partition(".")
    return f"{int(whole):,}".replace(",", group) + (point + behind if behind else "")


def continental(digits: int, places: int) -> str:
    assume(places and digits >= 1000 * 10**places)  # a point before a comma, which settles the two
    return grouped(digits, places, ".", ",")


def spoken(digits: int, places: int) -> str:
    whole, _, behind = plain(digits, places).partition(".")
    said = str(SPELL.number_to_words(whole))
    return f"{said} point {' '.join(str(SPELL.number_to_words(one)) for one in behind)}" if behind else said


Spelling = Callable[[int, int], str]
EXACT: dict[str, Spelling] = {
    "plain": plain,
    "signed": lambda d, p: "+" + plain(d, p),
    "maths": lambda d, p: f"${plain(d, p)}$",
    "commas": lambda d, p: grouped(d, p, ",", "."),
    "spaces": lambda d, p: grouped(d, p, "\u2009", "."),
    "apostrophes": lambda d, p: grouped(d, p, "'", "."),
    "braces": lambda d, p: f"${grouped(d, p, '{,}', '.')}$",
    "continental": continental,
    "words": spoken,
    "Words": lambda d, p: spoken(d, p).capitalize() + ".",
    "fraction": lambda d, p: f"{d}/{10**p}",
    "latex fraction": lambda d, p: f"\\frac{{{d}}}{{{10**p}}}",
    "percent": lambda d, p: plain(d * 100, p) + "%",
    "percent in words": lambda d, p: plain(d * 100, p) + " percent",
    "per mille": lambda d, p: plain(d * 1000, p) + " ‰",
    "basis points": lambda d, p: plain(d * 10_000, p) + " basis points",
    "ppm": lambda d, p: plain(d * 10**6, p) + " ppm",
    "e": lambda d, p: f"{d}e{-p}",
    "E": lambda d, p: f"{d}E-{p:02}",
    "times": lambda d, p: f"{d} × 10^{-p}",
    "times in latex": lambda d, p: f"${d} \\times 10^{{{-p}}}$",
    "dot": lambda d, p: f"{d}·10{str(-p).translate(RAISED)}",
    "program": lambda d, p: f"{d}*10**{-p}",
    "letter": lambda d, p: f"{d} x 10^{-p}",
    "power in words": lambda d, p: f"{d} times ten to the minus {SPELL.number_to_words(p)}",
    "power of": lambda d, p: f"{d} times 10 to the power of -{p}",
    "full width": lambda d, p: plain(d, p).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
}
SPELLINGS = st.sampled_from(sorted(EXACT))
DIGITS = st.integers(1, 10**9)
PLACES = st.integers(0, 6)


@examples(400)
@given(DIGITS, PLACES, SPELLINGS, SPELLINGS, st.booleans())
def test_a_value_in_any_spelling_is_itself(digits: int, places: int, one: str, other: str, negative: bool) -> None:  # noqa: FBT001
    gold, answer = EXACT[one](digits, places), EXACT[other](digits, places)
    if negative and not {one, other} & {"signed", "Words", "maths", "braces", "times in latex"}:
        gold, answer = (f"minus {text}" if text[0].isalpha() else f"-{text}" for text in (gold, answer))
    assert outcome(gold, answer) is Outcome.CORRECT, (gold, answer)


@examples(400)
@given(DIGITS, PLACES, SPELLINGS, SPELLINGS, st.sampled_from([-1, 1]))
def test_another_last_figure_is_never_correct(digits: int, places: int, one: str, other: str, step: int) -> None:
    assume(digits % 10 + step in range(1, 10) and digits % 10)
    gold, answer = EXACT[one](digits, places), EXACT[other](digits + step, places)
    assert outcome(gold, answer) is not Outcome.CORRECT, (gold, answer)


@examples(150)
@given(st.integers(0, 999), st.integers(1, 98), st.integers(2, 99), st.integers(1, 9))
def test_mixed_numbers(whole: int, above: int, below: int, more: int) -> None:
    assume(above < below)
    improper = f"{whole * below + above}/{below}"
    ways = (
        [f"{whole} {above}/{below}", f"{whole}\\frac{{{above}}}{{{below}}}"]
        if whole
        else [f"\\frac{{{above}}}{{{below}}}"]
    )
    for way in ways:
        assert outcome(improper, way) is Outcome.CORRECT, way
        assert outcome(f"{whole * below + above + more}/{below}", way) is not Outcome.CORRECT, way


@examples(150)
@given(st.integers(0, 99), st.text("0123456789", max_size=3), st.text("0123456789", min_size=1, max_size=4))
def test_recurring_decimals(whole: int, before: str, block: str) -> None:
    nines = 10 ** len(block) - 1
    assume(int(block) not in {0, nines})
    scale = 10 ** len(before)
    value = f"{int(f'{whole}{before}') * nines + int(block)}/{scale * nines}"
    ways = [
        f"{whole}.{before}({block})",
        f"${whole}.{before}\\overline{{{block}}}$",
        f"{whole}.{before}" + "".join(digit + "\u0305" for digit in block),
        f"{whole}.{before}{block * 4}...",
    ]
    if len(block) == 1:
        ways.append(f"${whole}.{before}\\dot{{{block}}}$")
    for way in ways:
        assert outcome(value, way) is Outcome.CORRECT, (value, way)
        other = f"{int(f'{whole}{before}') * nines + int(block) + 1}/{scale * nines}"
        assert outcome(other, way) is not Outcome.CORRECT, (other, way)


@examples(150)
@given(st.integers(100, 99_999), st.integers(1, 3), st.integers(1, 999))
def test_a_band_is_closed_and_nothing_beyond_it_is_in_it(centre: int, places: int, half: int) -> None:
    gold = f"{plain(centre, places)} ± {plain(half, places)}"
    for inside in (centre - half, centre, centre + half):
        assert outcome(gold, plain(inside, places)) is Outcome.CORRECT, (gold, inside)
    for outside in (centre - half - 1, centre + half + 1):
        assert outcome(gold, plain(outside, places)) is Outcome.INCORRECT, (gold, outside)
    fine = plain((centre + half) * 1000 + 1, places + 3)
    assert outcome(gold, fine) is Outcome.INCORRECT, (gold, fine)


@examples(150)
@given(st.integers(1000, 10**7), st.integers(1, 20))
def test_a_tolerance_of_the_question_is_kept_exactly(gold: int, percent: int) -> None:
    question = f"Estimate the mass in kg. Answers within {percent}% are accepted."
    most = gold * percent // 100
    assert outcome(str(gold), str(gold + most), question) is Outcome.CORRECT
    assert outcome(str(gold), str(gold - most), question) is Outcome.CORRECT
    assert outcome(str(gold), str(gold + most + 1), question) is not Outcome.CORRECT
    assert outcome(str(gold), str(gold - most - 1), question) is not Outcome.CORRECT


@examples(150)
@given(st.integers(1, 10**6), st.sampled_from([("ten", 10), ("hundred", 100), ("thousand", 1000)]))
def test_to_the_nearest_ten_and_above(value: int, place: tuple[str, int]) -> None:
    name, size = place
    question = f"What is the area in square metres, to the nearest {name}?"
    rounded = (value + size // 2) // size * size
    assert outcome(str(rounded), str(value), question) is Outcome.CORRECT
    assert outcome(str(value), str(rounded), question) is Outcome.CORRECT
    assert outcome(str(value), str(rounded + size), question) is not Outcome.CORRECT
    assert outcome(str(rounded + size), str(value), question) is not Outcome.CORRECT


@examples(150)
@given(st.integers(2, 36).filter(lambda base: base != 10), st.integers(1, 10**6), st.integers(1, 9))
def test_numerals_of_another_base(base: int, value: int, more: int) -> None:
    question = f"Write {value} in base {base}."
    gold, other = in_base(value, base), in_base(value + more, base)
    assert outcome(gold, gold, question) is Outcome.CORRECT
    assert outcome(gold, f"{gold}_{{{base}}}", question) is Outcome.CORRECT
    assert outcome(gold, other, question) is not Outcome.CORRECT
    if gold != str(value):
        assert outcome(gold, str(value), question) is not Outcome.CORRECT


def in_base(value: int, base: int) -> str:
    digits = ""
    while value:
        value, last = divmod(value, base)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[last] + digits
    return digits


@examples(150)
@given(st.integers(1, 500), st.integers(1, 500), st.integers(2, 9), st.integers(1, 9))
def test_ratios_in_words(one: int, other: int, factor: int, more: int) -> None:
    gold = f"{one}:{other}"
    assert outcome(gold, f"{one} to {other}") is Outcome.CORRECT
    assert outcome(gold, f"{one * factor} to {other * factor}") is Outcome.CORRECT
    assert outcome(gold, f"{SPELL.number_to_words(one)} to {SPELL.number_to_words(other)}") is Outcome.CORRECT
    assert outcome(gold, f"{one + more} to {other}") is not Outcome.CORRECT
    if one != other:
        assert outcome(gold, f"{other} to {one}") is not Outcome.CORRECT


@examples(150)
@given(st.integers(1, 5_000), st.integers(1, 20))
def test_ordinals(place: int, more: int) -> None:
    written, said = SPELL.ordinal(place), str(SPELL.ordinal(SPELL.number_to_words(place)))
    assert outcome(written, said) is Outcome.CORRECT
    assert outcome(said, f"the {written}") is Outcome.CORRECT
    assert outcome(written, str(SPELL.ordinal(SPELL.number_to_words(place + more)))) is Outcome.INCORRECT
