"""Units as read, and their algebra."""

from __future__ import annotations

import pytest
from flint import fmpq

from verifier.engine.units import fitting, read_unit
from verifier.types.rules import Dimension, Rules

POWER = "kilogram·metre^2·second^-3"


def canonical(dimension: Dimension) -> str:
    """A dimension in base units, in the order of the alphabet."""
    return "·".join(base if power == 1 else f"{base}^{power}" for base, power in dimension) or "1"


@pytest.mark.parametrize(
    ("text", "dimension", "factor"),
    [
        ("W", POWER, fmpq(1)),
        ("kW", POWER, fmpq(1000)),
        ("J/s", POWER, fmpq(1)),
        ("N·m/s", POWER, fmpq(1)),
        ("kg m^2 s^-3", POWER, fmpq(1)),
        ("kilowatts", POWER, fmpq(1000)),
        ("metres per second squared", "metre·second^-2", fmpq(1)),
        ("meters per second per second", "metre·second^-2", fmpq(1)),
        ("km/h", "metre·second^-1", fmpq(5, 18)),
        ("square metres", "metre^2", fmpq(1)),
        ("sq ft", "metre^2", fmpq(3048, 10000) ** 2),
        ("cm^3", "metre^3", fmpq(1, 10**6)),
        ("mL", "metre^3", fmpq(1, 10**6)),
        ("J/(mol K)", "kelvin^-1·kilogram·metre^2·mole^-1·second^-2", fmpq(1)),
        ("J/(kg·m^2)", "second^-2", fmpq(1)),
        ("mm Hg", "kilogram·metre^-1·second^-2", fmpq(133322387415, 1000000000)),
        ("mètres carrés", "metre^2", fmpq(1)),
        ("Quadratkilometer", "metre^2", fmpq(10**6)),
        ("метров в секунду", "metre·second^-1", fmpq(1)),
        ("千米每小时", "metre·second^-1", fmpq(5, 18)),
        ("立方厘米", "metre^3", fmpq(1, 10**6)),
        ("キログラム", "kilogram", fmpq(1)),
        ("kilómetros por hora", "metre·second^-1", fmpq(5, 18)),
        ("((kg·m)/(s^2))", "kilogram·metre·second^-2", fmpq(1)),
        ("(kg·m)/s^2", "kilogram·metre·second^-2", fmpq(1)),
        ("N.m", "kilogram·metre^2·second^-2", fmpq(1)),
        ("newton-metres", "kilogram·metre^2·second^-2", fmpq(1)),
        ("g/100 mL", "kilogram·metre^-3", fmpq(10)),
        ("L per 100 km", "metre^2", fmpq(1, 10**8)),
        ("KiB/s", "bit·second^-1", fmpq(8192)),
        ("sq in", "metre^2", fmpq(254, 10000) ** 2),
    ],
)
def test_a_unit_is_read_whole(rules: Rules, text: str, dimension: str, factor: fmpq) -> None:
    read = read_unit(f"5 {text}", 1, rules.units)
    assert read is not None
    unit, end = read
    assert end == len(text) + 2
    assert canonical(unit.dimension) == dimension
    assert unit.factor == factor


@pytest.mark.parametrize("text", ["apples", "x", "(m)", "", "5", "of power", "as well"])
def test_what_is_no_unit(rules: Rules, text: str) -> None:
    assert read_unit(f"5 {text}", 1, rules.units) is None


def test_case_tells_units_apart(rules: Rules) -> None:
    assert rules.units.symbols["mW"].factor != rules.units.symbols["MW"].factor
    assert rules.units.symbols["s"].dimension != rules.units.symbols["S"].dimension


def test_a_product_behind_a_slash_is_divided_by_and_may_be_meant_by_the_letter(rules: Rules) -> None:
    read = read_unit("J/mol·K", 0, rules.units)
    assert read is not None
    assert dict(read[0].dimension)["kelvin"] == -1
    assert [(dict(other.dimension)["kelvin"], other.vague) for other in read[0].others] == [(1, True)]


def test_a_power_of_two_symbols_may_be_of_the_second(rules: Rules) -> None:
    read = read_unit("ms^-1", 0, rules.units)
    assert read is not None
    assert canonical(read[0].dimension) == "second^-1"
    assert [canonical(other.dimension) for other in read[0].others] == ["metre·second^-1"]


def test_spellings_with_several_meanings_fit_what_stands_beside_them(rules: Rules) -> None:
    units = rules.units.words
    ounce, cup, pound = units["ounce"], units["cup"], units["pound"]
    assert [wanted.dimension == cup.dimension for wanted, _ in fitting(ounce, cup)][:1] == [True]
    assert fitting(ounce, pound)[0] == (ounce, pound)
    assert fitting(units["hertz"], units["becquerel"]) == ()  # both are 1/s only loosely
    assert fitting(units["hertz"], units["metre"]) == ()


def test_only_a_lone_unit_keeps_its_offset(rules: Rules) -> None:
    alone, joined = read_unit("°C", 0, rules.units), read_unit("J/°C", 0, rules.units)
    assert alone is not None
    assert joined is not None
    assert alone[0].offset is not None
    assert joined[0].offset is None


def test_currencies_share_no_dimension(rules: Rules) -> None:
    dollar, euro, cent = (rules.units.words[word] for word in ("dollars", "euros", "cents"))
    assert dollar.dimension != euro.dimension
    assert cent.dimension == dollar.dimension
    assert cent.factor == fmpq(1, 100)
