"""From the prices of a pack to the judge's table."""

from __future__ import annotations

from fractions import Fraction

from verifier.rulebook.price_entries import PriceEntry
from verifier.rulebook.schema import Entries
from verifier.types.errors import RulesError
from verifier.types.opinion import PICO
from verifier.types.prices import Price, PriceTable, Rates

_PER = 10**6


def prices(entries: Entries) -> PriceTable:
    """The table. Raises ``RulesError`` for a name that two models share, and for prices that are no whole numbers."""
    table: dict[str, Price] = {}
    for path, entry in entries.get(("judge", "price"), {}).values():
        if not isinstance(entry, PriceEntry):
            continue
        price = _price(path, entry)
        for name in (entry.name, *entry.aliases):
            if name in table:
                raise RulesError(path, entry.name, "aliases", f"'{name}' has a price already, as {table[name].name}")
            table[name] = price
    return PriceTable(table)


def _price(path: str, entry: PriceEntry) -> Price:
    batch, long = Fraction(entry.batch), Fraction(entry.long_factor)
    return Price(
        name=entry.name,
        date=entry.date,
        live=_rates(path, entry, Fraction(1)),
        batch=_rates(path, entry, batch),
        long_prompt=entry.long_prompt,
        long_live=_rates(path, entry, long),
        long_batch=_rates(path, entry, long * batch),
        overhead=entry.overhead,
    )


def _rates(path: str, entry: PriceEntry, factor: Fraction) -> Rates:
    """All prices times the factor, a token, in picodollars."""

    def rate(field: str) -> int:
        exact = Fraction(getattr(entry, field)) * factor * PICO / _PER
        if exact.denominator != 1:
            raise RulesError(
                path, entry.name, field, f"a token would cost {float(exact)} picodollars: no whole number of them"
            )
        return exact.numerator

    return Rates(
        input=rate("input"),
        cache_read=rate("cache_read"),
        cache_write_5m=rate("cache_write_5m"),
        cache_write_1h=rate("cache_write_1h"),
        output=rate("output"),
    )
