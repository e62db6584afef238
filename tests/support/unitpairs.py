"""Quantities made at random from the table of units, with what must come out of comparing them.

Conversions are worked out here with fractions of the standard library, from the factors of the table; whether those are
right is for the oracle of ``benchmarks/units.py`` to say.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from verifier.types.rules import Rules, UnitDefinition
from verifier.types.verdict import Outcome, Verdict

PI = Fraction(31415926535897932384626433832795028841971693993751058209749445923, 10**64)


class Form(NamedTuple):
    """One way to write a unit: the row that it comes from, the text, what it is."""

    row: str
    text: str
    unit: UnitDefinition

    @property
    def factor(self) -> Fraction:
        """What one of it is in base units."""
        return Fraction(int(self.unit.factor.p), int(self.unit.factor.q)) * PI**self.unit.pi

    @property
    def offset(self) -> Fraction:
        """Where its scale begins, in base units."""
        offset = self.unit.offset
        return Fraction(0) if offset is None else Fraction(int(offset.p), int(offset.q))


class Pair(NamedTuple):
    """A ground truth, an answer, and whether the answer is right; ``fault`` says what was done to a wrong one."""

    gold: str
    answer: str
    right: bool
    fault: str


def holds(pair: Pair, verdict: Verdict) -> bool:
    """Whether a verdict is as it must be: a wrong answer is undecided only where a rarer meaning of a unit fits."""
    if pair.right:
        return verdict.outcome is Outcome.CORRECT
    return verdict.outcome is Outcome.INCORRECT or verdict.code == "quantity.unit_ambiguous"


def forms(rules: Rules) -> dict[str, list[Form]]:
    """All spellings of the table by the row that they come from."""
    prefixes = sorted(rules.text.prefix_macros, key=len, reverse=True)
    names = {unit.name for table in (rules.units.symbols, rules.units.words) for unit in table.values()}
    found: dict[str, list[Form]] = {}
    for table in (rules.units.symbols, rules.units.words):
        for text, unit in table.items():
            row = unit.name
            for prefix in prefixes:
                if unit.name.startswith(prefix) and unit.name.removeprefix(prefix) in names:
                    row = unit.name.removeprefix(prefix)
                    break
            found.setdefault(row, []).append(Form(row, text, unit))
    return found


def by_dimension(table: dict[str, list[Form]]) -> list[list[str]]:
    """The rows that measure the same, in groups."""
    groups: dict[object, list[str]] = {}
    for row, spelled in table.items():
        groups.setdefault(spelled[0].unit.dimension, []).append(row)
    return list(groups.values())


def decimal(value: Fraction, figures: int) -> tuple[int, int]:
    """``value`` rounded half up to some figures: a whole number of those digits, and the power of ten behind it."""
    exponent = 0
    size = abs(value)
    while size >= 10**figures:
        size, exponent = size / 10, exponent + 1
    while size < 10 ** (figures - 1):
        size, exponent = size * 10, exponent - 1
    digits = int(size + Fraction(1, 2))
    if digits == 10**figures:
        digits, exponent = digits // 10, exponent + 1
    return (digits if value > 0 else -digits), exponent


def written(digits: int, exponent: int, chance: random.Random, *, rounded: bool = False) -> str:
    """A number in one of its spellings; a ``rounded`` one shows its figures, which a whole number does not."""
    sign, text = ("-" if digits < 0 else ""), str(abs(digits))
    if exponent > 3 or exponent < -len(text) - 4 or (rounded and exponent >= 0) or chance.random() < 0.25:
        power = exponent + len(text) - 1
        mantissa = text if len(text) == 1 else f"{text[0]}.{text[1:]}"
        style = chance.choice([r"{} \times 10^{{{}}}", "{} × 10^{}", "{}e{}", r"{} \cdot 10^{{{}}}"])
        return sign + style.format(mantissa, power)
    if exponent >= 0:
        whole = text + "0" * exponent
        return sign + (f"{int(whole):,}" if chance.random() < 0.3 else whole)
    text = text.rjust(-exponent + 1, "0")
    return f"{sign}{text[:exponent]}.{text[exponent:]}"


def quantity(number: str, form: Form, chance: random.Random) -> str:
    """A number and a unit, plain or in LaTeX."""
    plain = form.text.isalpha() and form.text.isascii()
    if plain and chance.random() < 0.3:
        wrap = chance.choice(
            [r"${} \text{{ {}}}$", r"${}\ \mathrm{{{}}}$", r"{}~\text{{{}}}", r"\({}\,\mathrm{{{}}}\)"]
        )
        return wrap.format(number, form.text)
    return f"{number} {form.text}"


def changed(digits: int, chance: random.Random) -> int:
    """A number with another last digit."""
    last = abs(digits) % 10
    other = chance.choice([digit for digit in range(10) if digit != last])
    value = abs(digits) - last + other
    return value if digits > 0 else -value


def pairs(table: dict[str, list[Form]], rows: tuple[str, str], stranger: str, chance: random.Random) -> Iterator[Pair]:
    """One random value in a unit and, right and wrong, in another of its dimension."""
    gold, other = chance.choice(table[rows[0]]), chance.choice(table[rows[1]])
    figures = chance.choice([4, 5, 6])
    digits = chance.randrange(10 ** (figures - 1) + 1, 10**figures)
    digits += digits % 10 == 0  # the last digit counts
    exponent = chance.randrange(-figures - 1, -figures + 3)
    value = digits * Fraction(10) ** exponent
    base = value * gold.factor + gold.offset
    turned = (base - other.offset) / other.factor
    if turned == 0:
        return
    shown = quantity(written(digits, exponent, chance), gold, chance)
    own, power = decimal(turned, figures)
    exact = own * Fraction(10) ** power == turned
    finer, finer_power = (own, power) if exact else decimal(turned, figures + chance.choice([0, 1, 2]))
    told = quantity(written(finer, finer_power, chance, rounded=not exact), other, chance)
    yield Pair(shown, told, True, "")
    wrong = changed(own, chance)
    if wrong:
        yield Pair(shown, quantity(written(wrong, power, chance, rounded=True), other, chance), False, "digit")
    shifted = power + chance.choice([-3, -2, -1, 1, 2, 3])
    yield Pair(shown, quantity(written(own, shifted, chance, rounded=True), other, chance), False, "power")
    prefixed = [form for form in table[rows[1]] if form.unit.factor != other.unit.factor]
    if prefixed:
        yield Pair(
            shown, quantity(written(own, power, chance, rounded=True), chance.choice(prefixed), chance), False, "prefix"
        )
    strange = chance.choice(table[stranger])
    yield Pair(shown, quantity(written(own, power, chance), strange, chance), False, "dimension")


def all_pairs(table: dict[str, list[Form]], values: int, chance: random.Random) -> Iterator[Pair]:
    """Every row against every one of its dimension, itself among them, so many values each."""
    groups = by_dimension(table)
    for group in groups:
        strangers = [row for other in groups if other is not group for row in other if may_clash(table, group[0], row)]
        for first in group:
            for second in group:
                for _ in range(values):
                    yield from pairs(table, (first, second), chance.choice(strangers), chance)


def may_clash(table: dict[str, list[Form]], row: str, other: str) -> bool:
    """Whether two rows of different dimensions have no meaning in common, in any spelling."""
    return not any(
        {unit.dimension for unit in (form.unit, *form.unit.others)}
        & {unit.dimension for unit in (given.unit, *given.unit.others)}
        for form in table[row][:1]
        for given in table[other]
    )
