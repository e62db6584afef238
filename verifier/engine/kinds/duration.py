"""Durations in several units, in words and in digits: 2 h 25 min, an hour and a half, 1:30:00, PT2H30M.

One duration is one quantity in its smallest unit, exactly (POLICY 29); the quantity's own stage compares it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

import msgspec
from flint import fmpq, fmpz

from verifier.engine.kinds.calendar import Tokens, unsettles
from verifier.engine.kinds.kind import Context, Reading
from verifier.engine.kinds.opening import harmless
from verifier.engine.kinds.quantity import Quantity
from verifier.engine.numerals import Number
from verifier.types.rules import UnitDefinition

_ISO: Final = re.compile(
    r"P(?=[\dT])(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?"
    r"(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?"
)
_ISO_UNITS: Final = ("year", "month", "week", "day", "hour", "minute", "second")
_COLONS: Final = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?(?= |$)")
_DECIMAL: Final = re.compile(r"\d{1,12}(?:\.\d{1,12})?")
_TIMES: Final = frozenset({(("second", 1),), (("month", 1),)})
_MOST_PARTS: Final = 7
_MOST_BEFORE: Final = 10


class _Part(msgspec.Struct, frozen=True, gc=False):
    """An amount of one unit; ``places`` are its decimals, ``exact`` says that it is a part in words."""

    amount: fmpq
    unit: UnitDefinition
    places: int = 0
    exact: bool = False


def read_duration(text: str, tokens: Tokens, ctx: Context) -> Reading | None:
    """The text as one duration; not certain where it may be a time of day or a ratio. ``None`` for a plain quantity."""
    iso = _ISO.fullmatch(text)
    if iso is not None:
        given = [(amount, unit) for amount, unit in zip(iso.groups(), _ISO_UNITS, strict=True) if amount]
        parts = [_Part(fmpq(fmpz(amount)), ctx.rules.units.words[unit]) for amount, unit in given]
        return _reading(parts, "", certain=True)
    colons = _COLONS.match(text)
    if colons is not None:
        return _with_colons(text, colons, ctx)
    start = _start(tokens, ctx)
    found = None if start is None else _parts(text, tokens, start, ctx)
    if found is None:
        return None
    parts, place, certain = found
    rest = text[tokens.at(place - 1).end :]
    return _reading(parts, rest.strip(), certain=certain) if harmless(rest, ctx) else None


def _start(tokens: Tokens, ctx: Context) -> int | None:
    """Where a duration may begin: at once, or behind a clause that does not bound it and holds no digits."""
    table, told = tokens.table, ctx.rules.text
    if tokens.at(0).kind == "n" or _amount_in_words(tokens, 0) is not None:
        return 0
    for place in range(1, min(len(tokens.found), _MOST_BEFORE + 1)):
        before = tokens.at(place - 1)
        if before.kind == "n" or unsettles(before.text, told) or before.text in table.bounds:
            return None
        if before.text in table.duration_leads and (
            tokens.at(place).kind == "n" or _amount_in_words(tokens, place) is not None
        ):
            return place
    return None


def read_span(text: str, ctx: Context) -> tuple[Reading, ...]:
    """``3:45`` where the question asks for seconds or minutes; for minutes it may be read in two ways.

    The last is certain: what is asked for in seconds is no ratio.
    """
    unit, units = ctx.demand.unit, ctx.rules.units.words
    if unit is None or unit.dimension != units["second"].dimension:
        return ()
    colons = _COLONS.fullmatch(text)
    if colons is None or colons[3]:
        return ()
    names = {units["second"].factor: ("minute",), units["minute"].factor: ("hour", "minute")}.get(unit.factor, ())
    if not names or not ctx.demand.words.isdisjoint(_NO_SPAN):
        return ()
    smaller = {"hour": "minute", "minute": "second"}
    given = [
        [_Part(fmpq(int(colons[1])), units[name]), _Part(fmpq(int(colons[2])), units[smaller[name]])] for name in names
    ]
    found = [_reading(parts, "", certain=parts is given[-1]) for parts in given]
    return tuple(reading for reading in found if reading is not None)


_NO_SPAN: Final = frozenset({"ratio", "proportion", "odds", "scale"})


def _with_colons(text: str, found: re.Match[str], ctx: Context) -> Reading | None:
    """1:30:00 is a duration or a time; 2:30 h and 3:20 min say which units they count."""
    units = ctx.rules.units.words
    first, second, third = found.groups()
    rest = text[found.end() :]
    if third is not None and not rest:
        names = ("hour", "minute", "second")
        parts = [_Part(fmpq(int(n)), units[name]) for n, name in zip((first, second, third), names, strict=True)]
        return _reading(parts, "", certain=False)
    word = _unit(rest.strip(), ctx) if third is None and rest else None
    if word is None:
        return None
    smaller = {units["hour"].factor: "minute", units["minute"].factor: "second"}.get(word.factor)
    if smaller is None or word.dimension != units["hour"].dimension:
        return None
    return _reading([_Part(fmpq(int(first)), word), _Part(fmpq(int(second)), units[smaller])], "", certain=True)


def _unit(word: str, ctx: Context) -> UnitDefinition | None:
    """A unit of time by its symbol or its word."""
    table = ctx.rules.units
    unit = table.symbols.get(word) or table.words.get(word.lower())
    return unit if unit is not None and unit.dimension in _TIMES else None


def _parts(text: str, tokens: Tokens, place: int, ctx: Context) -> tuple[list[_Part], int, bool] | None:
    """The parts of a duration and the place behind them; ``None`` for a single amount in digits, a plain quantity."""
    parts: list[_Part] = []
    certain = worded = False
    while len(parts) < _MOST_PARTS:
        start = place
        if parts:
            start = tokens.skip(place, ",")
            start = tokens.one_of(start, tokens.table.unit_joiners) or start
        part = _part(text, tokens, start, ctx, parts[-1] if parts else None)
        if part is None:
            break
        found, place, in_words = part
        worded = worded or in_words
        parts.append(found)
        certain = certain or len(parts) > 1 or in_words
    if len(parts) == 1 and not worded:
        return _glued_minutes(tokens, parts, place, ctx)
    if not parts or not _descending(parts):
        return None
    return parts, place, certain


def _glued_minutes(
    tokens: Tokens, parts: list[_Part], place: int, ctx: Context
) -> tuple[list[_Part], int, bool] | None:
    """2h30: minutes without a unit, glued to the hours."""
    minutes = tokens.number(place, 2, 0, 59)
    units = ctx.rules.units.words
    hours = parts[0].unit.factor == units["hour"].factor and parts[0].unit.dimension == units["hour"].dimension
    if minutes is None or not hours or not tokens.glued(place) or len(tokens.at(place).text) != 2 or parts[0].places:
        return None
    return [*parts, _Part(fmpq(minutes), units["minute"])], place + 1, False


def _part(text: str, tokens: Tokens, place: int, ctx: Context, before: _Part | None) -> tuple[_Part, int, bool] | None:
    """One amount and its unit; "and a half" of the unit before it is one too."""
    table = tokens.table
    if tokens.at(place).kind == "n":
        return _part_in_digits(text, tokens, place, ctx, before)
    if before is not None:
        half = tokens.phrase(tokens.one_of(place, table.one_words) or place, table.parts)
        if half is not None and tokens.one_of(half[1], table.part_links) is None:
            share = fmpq(half[0].numerator, half[0].denominator)
            return _Part(share, before.unit, exact=True), half[1], True
    found = _amount_in_words(tokens, place)
    if found is None:
        return None
    amount, behind, exact = found
    if exact:
        behind = tokens.one_of(behind, table.part_links) or behind
    unit = _unit_at(text, tokens, behind, ctx, alone=True)
    return None if unit is None else (_Part(amount, unit, exact=exact), behind + 1, True)


def _part_in_digits(
    text: str, tokens: Tokens, place: int, ctx: Context, before: _Part | None
) -> tuple[_Part, int, bool] | None:
    start = tokens.at(place).start
    match = _DECIMAL.match(text, start)
    if match is None or (start and text[start - 1] in ".-+/"):
        return None
    whole, _, decimals = match[0].partition(".")
    behind = place + (3 if decimals else 1)
    share = fmpq(0)
    joined = tokens.one_of(behind, ("and",))
    if joined is not None and not decimals:  # 2 and a half hours
        half = tokens.phrase(tokens.one_of(joined, tokens.table.one_words) or joined, tokens.table.parts)
        if half is not None:
            share, behind = fmpq(half[0].numerator, half[0].denominator), half[1]
    unit = _unit_at(text, tokens, behind, ctx, alone=before is None)
    if unit is None:
        return None
    amount = fmpq(fmpz(whole + decimals), fmpz(10) ** len(decimals)) + share
    return _Part(amount, unit, len(decimals), exact=bool(share)), behind + 1, bool(share)


def _unit_at(text: str, tokens: Tokens, place: int, ctx: Context, *, alone: bool) -> UnitDefinition | None:
    """The unit that is the token there. One letter for two units counts only between others."""
    token = tokens.at(place)
    if token.kind != "w":
        return None
    written = text[token.start : token.end]
    name = tokens.table.unit_letters.get(written)
    if name is not None:
        following = tokens.at(place + 1)
        return None if alone and following.kind != "n" else ctx.rules.units.words[name]
    return _unit(written, ctx)


def _amount_in_words(tokens: Tokens, place: int) -> tuple[fmpq, int, bool] | None:
    """Thirty, an, half, two and a half; whether a part in words belongs to it."""
    table = tokens.table
    share = tokens.phrase(place, table.parts)
    if share is not None:
        return fmpq(share[0].numerator, share[0].denominator), share[1], True
    number = tokens.phrase(place, table.cardinals)
    one = tokens.one_of(place, table.one_words) if number is None else None
    if number is None and one is None:
        return None
    value, behind = number if number is not None else (1, one or place)
    joined = tokens.one_of(behind, ("and",))
    if joined is not None:
        half = tokens.phrase(tokens.one_of(joined, table.one_words) or joined, table.parts)
        if half is not None:
            return fmpq(value) + fmpq(half[0].numerator, half[0].denominator), half[1], True
    return fmpq(value), behind, False


def _descending(parts: list[_Part]) -> bool:
    """Whether each unit is smaller than the one before it, of one sort, and only the last has decimals."""
    for one, other in pairwise(parts):
        if one.unit.dimension != other.unit.dimension or one.places or one.unit.factor < other.unit.factor:
            return False
        if one.unit.factor == other.unit.factor and not other.exact:
            return False
    return True


def _reading(parts: list[_Part], rest: str, *, certain: bool) -> Reading | None:
    """The sum of the parts in the smallest unit."""
    if not parts or not _descending(parts):
        return None
    last = parts[-1]
    total = fmpq(0)
    for part in parts:
        total += part.amount * part.unit.factor / last.unit.factor
    exact = any(part.exact for part in parts)
    if exact or (total.q != 1 and not last.places):
        number = Number(total, 0, str(total), fraction=total.q != 1)
    elif last.places:
        scaled = str((total * fmpz(10) ** last.places).p).rjust(last.places + 1, "0")
        written = f"{scaled[: -last.places]}.{scaled[-last.places :]}"
        number = Number(total, 0, written, len(written.replace(".", "").lstrip("0")) or 1, last.places, decimal=True)
    else:
        number = Number(total, 0, str(total.p))
    unit = last.unit if total == 1 else msgspec.structs.replace(last.unit, name=f"{last.unit.name}s")
    return Reading(Quantity(number, unit), "duration", rest, certain=certain)
