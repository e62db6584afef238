"""From validated entries to the table of dates, times and durations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TypeVar

from verifier.rulebook.entry import Entry
from verifier.rulebook.schema import (
    CalendarEntry,
    Entries,
    EraEntry,
    HalfEntry,
    HourEntry,
    Lists,
    PartEntry,
    ShiftEntry,
    ZoneEntry,
)
from verifier.types.dates import DateTable
from verifier.types.errors import RulesError
from verifier.types.rules import Dimension, UnitTable

_V = TypeVar("_V")
_SETS = (
    "suffixes links year_marks month_marks day_marks decades centuries leads prepositions asks_date asks_year "
    "before_year asks_month asks_day asks_time day_clock past before_hour loose_past loose_before_hour oclock "
    "hour_letters hour_words military joints unit_joiners one_words part_links duration_leads"
)
_TIMES: tuple[Dimension, ...] = ((("second", 1),), (("month", 1),))
_WORD = re.compile(r"[^\W\d_]+|\d+|°")


def dates(entries: Entries, lists: Lists, units: UnitTable) -> DateTable:
    """The table. Raises ``RulesError`` where one word has two meanings of a sort, or a pair is none."""
    months: dict[str, int] = {}
    days: dict[str, int] = {}
    eras: dict[str, bool] = {}
    halves: dict[str, str] = {}
    hours: dict[str, int] = {}
    zones: dict[str, int] = {}
    shifts: dict[str, int] = {}
    parts: dict[str, Fraction] = {}
    for path, entry in _entries(entries):
        if isinstance(entry, CalendarEntry):
            _add_in_order(months, entry.months, path, entry.name, "months")
            _add_in_order(days, entry.days, path, entry.name, "days")
        elif isinstance(entry, EraEntry):
            _add(eras, entry.words, entry.before, path, entry.name)
        elif isinstance(entry, HalfEntry):
            _add(halves, entry.words, entry.half, path, entry.name)
        elif isinstance(entry, HourEntry):
            _add(hours, entry.words, entry.hour, path, entry.name)
        elif isinstance(entry, ZoneEntry):
            ahead = int(entry.offset[1:3]) * 60 + int(entry.offset[4:])
            _add(zones, entry.words, -ahead if entry.offset[0] == "-" else ahead, path, entry.name)
        elif isinstance(entry, ShiftEntry):
            _add(shifts, entry.words, entry.minutes, path, entry.name)
        elif isinstance(entry, PartEntry):
            _add(parts, entry.words, Fraction(entry.amount), path, entry.name)

    def listed(section: str) -> frozenset[str]:
        return frozenset(_folded(word) for word in lists.get(("dates", section), ()))

    sets = {name: listed(name) for name in _SETS.split()}
    cardinals, ordinals = _numerals(lists, "cardinals"), _numerals(lists, "ordinals")
    tens = {word: value for word, value in cardinals.items() if value >= 20 and value % 10 == 0}
    for ones in (cardinals, ordinals):
        small = {word: value for word, value in ones.items() if value < 10}
        ones |= {f"{ten} {one}": tens[ten] + small[one] for ten in tens for one in small}
    names = {*months, *days, *eras, *halves, *hours, *shifts, *zones}
    named = {*sets["centuries"], *sets["year_marks"], *sets["oclock"], *sets["past"], *sets["before_hour"]}
    longest = {max(name.split(), key=len) for name in names | named}
    times = {word for word, unit in units.words.items() if unit.dimension in _TIMES}
    return DateTable(
        months=months,
        days=days,
        eras=eras,
        halves=halves,
        hours=hours,
        zones=zones,
        shifts=shifts,
        parts=parts,
        bounds=_pairs(lists, "bounds"),
        joiners=_pairs(lists, "joiners"),
        unit_letters=_pairs(lists, "unit_letters"),
        cardinals=cardinals,
        ordinals=ordinals,
        hints=frozenset(word for word in longest if len(word) > 1 or not word.isascii()) | times,
        **sets,
    )


def _folded(words: str) -> str:
    """A phrase as the engine looks it up: folded words and no stops."""
    return " ".join(_WORD.findall(words.lower()))


def _entries(entries: Entries) -> Iterator[tuple[str, Entry]]:
    for (folder, _), found in entries.items():
        if folder == "dates":
            yield from found.values()


def _add_in_order(table: dict[str, int], words: tuple[tuple[str, ...], ...], path: str, entry: str, field: str) -> None:
    for number, spellings in enumerate(words, 1):
        _add(table, spellings, number, path, entry, field)


def _add(table: dict[str, _V], words: tuple[str, ...], value: _V, path: str, entry: str, field: str = "words") -> None:
    for word in words:
        key = _folded(word)
        if not key:
            raise RulesError(path, entry, field, f"'{word}' holds no word")
        if table.setdefault(key, value) != value:
            raise RulesError(path, entry, field, f"'{word}' already means {table[key]}")


def _pairs(lists: Lists, section: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for phrase in lists.get(("dates", section), ()):
        words, sign, meaning = phrase.partition("=")
        if not sign or not _folded(words) or not meaning:
            raise RulesError("dates/", section, "phrases", f"'{phrase}' is no 'words=meaning'")
        pairs[_folded(words)] = meaning
    return pairs


def _numerals(lists: Lists, section: str) -> dict[str, int]:
    numerals: dict[str, int] = {}
    pairs: Mapping[str, str] = _pairs(lists, section)
    for word, value in pairs.items():
        if not value.isdecimal():
            raise RulesError("dates/", section, "phrases", f"'{word}={value}' names no whole number")
        numerals[word] = int(value)
    return numerals
