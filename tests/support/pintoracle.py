"""The factors of the table of units beside those of pint."""

from __future__ import annotations

from fractions import Fraction

import unitpairs

NAMES = {
    "cubic centimetre": "cc",
    "tonne": "metric_ton",
    "mole": "mole",
    "mile per hour": "mph",
    "kilometre per hour": "kph",
    "foot per second": "foot/second",
    "revolution per minute": "rpm",
    "degree in German": "degree",
    "degree Celsius": "delta_degC",
    "degree Fahrenheit": "delta_degF",
    "degree Rankine": "rankine",
    "nautical mile": "nautical_mile",
    "thousandth of an inch": "thou",
    "astronomical unit": "astronomical_unit",
    "light year": "light_year",
    "speed of light": "speed_of_light",
    "square inch": "inch**2",
    "cubic inch": "inch**3",
    "imperial gallon": "imperial_gallon",
    "imperial quart": "imperial_quart",
    "imperial pint": "imperial_pint",
    "imperial fluid ounce": "imperial_fluid_ounce",
    "fluid ounce": "fluid_ounce",
    "barrel of oil": "oil_barrel",
    "metric cup": "250 milliliter",
    "metric tablespoon": "15 milliliter",
    "metric teaspoon": "5 milliliter",
    "cubic foot per minute": "foot**3/minute",
    "pound-force": "force_pound",
    "troy ounce": "troy_ounce",
    "short ton": "short_ton",
    "long ton": "long_ton",
    "kilogram-force": "force_kilogram",
    "gram-force": "force_gram",
    "metric horsepower": "metric_horsepower",
    "galileo": "galileo",
    "kayser": "1/centimeter",
    "watt-hour": "watt_hour",
    "ampere-hour": "ampere_hour",
    "electronvolt": "electron_volt",
    "food calorie": "kilocalorie",
    "British thermal unit": "Btu_it",
    "ton of TNT": "4.184 gigajoule",
    "millimetre of mercury": "millimeter_Hg",
    "inch of mercury": "25.4 millimeter_Hg",
    "metre of water": "9806.65 pascal",
    "pound per square inch": "psi",
    "molar": "molar",
    "molal": "mole/kilogram",
    "part per million": "ppm",
    "per cent mass in volume": "10 kilogram/meter**3",
    "rem": "rem",
    "bits per second": "bit/second",
    "foot-candle": "lumen/foot**2",
    "nit": "nit",
    "stilb": "stilb",
    "phot": "lumen/centimeter**2",
    "dioptre": "1/meter",
    "kilobyte with a capital": "1000 byte",
    "kilobit as kb": "kilobit",
    "megabit as Mb": "megabit",
    "gigabit as Gb": "gigabit",
    "terabit as Tb": "terabit",
    "mu of land": "2000/3 meter**2",
    "kilometre otherwise": "kilometer",
    "centimetre otherwise": "centimeter",
    "jin": "0.5 kilogram",
    "barn": "barn",
    "bushel": "bushel",
    "kip": "kip",
    "quintal": "100 kilogram",
    "therm": "100000 Btu_it",
    "acre": "4840 yard**2",
    "fathom": "6 foot",
    "hertz": "1/second",
    "becquerel": "becquerel",
    "radian": "radian",
    "part per billion": "ppb",
    "part per trillion": "ppt",
    "per mille": "permille",
}
"""What pint calls the rows whose names it does not know; some it has no unit for."""

BASES = {
    "metre": "meter",
    "kilogram": "kilogram",
    "second": "second",
    "ampere": "ampere",
    "kelvin": "kelvin",
    "mole": "mole",
    "candela": "candela",
    "radian": "radian",
    "bit": "bit",
}
"""Our base units that are pint's too: rows of others (money, decays, decibels) have nothing to compare."""


def against_pint(table: dict[str, list[unitpairs.Form]]) -> tuple[int, list[str]]:
    """How many factors were compared, and the rows whose factor is not pint's."""
    import pint

    registry = pint.UnitRegistry()
    found: list[str] = []
    checked = 0
    for row, spelled in table.items():
        name = NAMES.get(row, row.replace(" ", "_"))
        unit = next((form for form in spelled if form.unit.name == row), None)
        if not name or unit is None or any(base not in BASES for base, _ in unit.unit.dimension):
            continue
        ours = float(unit.factor)
        to = "*".join(f"{BASES[base]}**{power}" for base, power in unit.unit.dimension) or "dimensionless"
        try:
            theirs = float(registry.Quantity(name).to(to).magnitude)
        except (pint.errors.UndefinedUnitError, pint.errors.DimensionalityError):
            continue
        checked += 1
        if abs(Fraction(ours) - Fraction(theirs)) > abs(Fraction(theirs)) / 10**8:
            found.append(f"{row}: {ours!r}, in pint {theirs!r}")
    return checked, found
