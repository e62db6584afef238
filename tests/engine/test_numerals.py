"""Numbers as written: exact values, figures, rounding, and powers that are never expanded."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from verifier.engine.numerals import figures, round_half_up, same, scan_number, value_of
from verifier.types.budget import Budget, Exhausted, Meter


def exact(text: str) -> Fraction | None:
    meter = Meter(Budget())
    found = scan_number(text, 0, meter)
    value = None if found is None or found.end != len(text) else value_of(found.number, meter)
    return None if value is None else Fraction(int(value.p), int(value.q))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42", Fraction(42)),
        ("-3.50", Fraction(-7, 2)),
        (".5", Fraction(1, 2)),
        ("1,234,567", Fraction(1234567)),
        ("1 234", Fraction(1234)),
        ("1'234", Fraction(1234)),
        ("1.234.567", Fraction(1234567)),
        ("3/4", Fraction(3, 4)),
        ("2 1/2", Fraction(5, 2)),
        ("-1 3/4", Fraction(-7, 4)),
        ("25%", Fraction(1, 4)),
        ("12.5 %", Fraction(1, 8)),
        ("1.2e5", Fraction(120000)),
        ("1.2×10^5", Fraction(120000)),
        ("3 · 10^{-2}", Fraction(3, 100)),
        ("10^3", Fraction(1000)),
    ],
)
def test_what_a_person_writes_is_read_exactly(text: str, value: Fraction) -> None:
    assert exact(text) == value


@pytest.mark.parametrize("text", ["0,111", "1,23", "1/0", "5x", "abc", "", "1,2345", "3/4/5", "2 01/3"])
def test_what_is_no_plain_number_is_not_read_whole(text: str) -> None:
    assert exact(text) is None


@given(st.fractions(min_value=-(10**6), max_value=10**6), st.integers(1, 12))
def test_rounding_is_half_up_as_the_decimal_module_does_it(value: Fraction, wanted: int) -> None:
    rounded = round_half_up(fmpq(value.numerator, value.denominator), wanted)
    if value == 0:
        assert rounded == 0
        return
    size = abs(value)
    lead = 0
    while size >= Fraction(10) ** (lead + 1):
        lead += 1
    while size < Fraction(10) ** lead:
        lead -= 1
    scaled = size * Fraction(10) ** (wanted - 1 - lead)
    whole = (scaled + Fraction(1, 2)).__floor__()
    expected = Fraction(whole) / Fraction(10) ** (wanted - 1 - lead)
    assert Fraction(int(rounded.p), int(rounded.q)) == (expected if value > 0 else -expected)


@given(st.decimals(min_value=Decimal("0.001"), max_value=Decimal(10**9), places=3))
def test_rounding_agrees_with_decimal(value: Decimal) -> None:
    if value == 0:
        return
    wanted = Decimal(f"1e{value.adjusted() - 2}")
    rounded = round_half_up(fmpq(*value.as_integer_ratio()), 3)
    expected = Fraction(value.quantize(wanted, rounding=ROUND_HALF_UP))
    assert Fraction(int(rounded.p), int(rounded.q)) == expected


@pytest.mark.parametrize(("text", "shown"), [("0.0250", 3), ("600", 3), ("1,234", 4), ("0", 1), ("2.50", 3)])
def test_figures(text: str, shown: int) -> None:
    assert figures(text) == shown


def test_huge_powers_are_compared_without_being_expanded() -> None:
    meter = Meter(Budget())
    huge, other = (scan_number(text, 0, meter) for text in ("1e999999999999", "1e999999999998"))
    assert huge is not None
    assert other is not None
    assert same(huge.number, huge.number, meter)
    assert not same(huge.number, other.number, meter)
    assert meter.total < 100
    assert value_of(huge.number, meter) is None


def test_an_exponent_beyond_the_budget_stops() -> None:
    with pytest.raises(Exhausted, match="exponent"):
        scan_number("1e" + "9" * 101, 0, Meter(Budget()))
