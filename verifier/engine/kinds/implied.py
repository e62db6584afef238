"""Whether a question names or implies the unit of a bare number, by what it asks and by the units of its data."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from flint import fmpq

from verifier.engine import text as texts
from verifier.engine.kinds.kind import Context
from verifier.engine.kinds.quantity import is_money
from verifier.engine.units import combine, read_unit, same_unit
from verifier.types.rules import Dimension, UnitDefinition

_ANGLE: Final = (("radian", 1),)
_LENGTH: Final = (("metre", 1),)
_TIME: Final = (("second", 1),)
_MONTHS: Final = (("month", 1),)
_DAY: Final = 86_400  # seconds
_SIZES: Final[tuple[Dimension, ...]] = ((("kilogram", 1),), (("metre", 3),))  # of which "how much" of a thing is asked
_POWERS: Final = (2, 3)
_MOST_TOLD: Final = 24
_HOW_MUCH: Final = "how much "
_UNIT_OF_DATA: Final = re.compile(r"\d[- ]?(?=[^\W\d_]|[°℃℉])")
_LEADS: Final = re.compile(r"(?<!\w)(?:an?|each|per|every|one) \Z")
_WORD: Final = re.compile(r"[^\W\d_]+")
_UNKNOWN: Final = re.compile(r"(?<![A-Za-z\\])([B-Zb-z])\s*(?:\^\s*\{?\s*\\circ|°)")


def in_question(unit: UnitDefinition, ctx: Context) -> bool:
    """Whether the question asks for the very unit, or for what it measures while its data are in it."""
    demand = ctx.demand
    if not demand.asked or (demand.count and any(phrase in demand.asking for phrase in ctx.rules.demand.count)):
        return False
    words = ctx.rules.units.spellings.get((unit.dimension, unit.factor, unit.pi), ())
    if any(_is_asked_in(word, demand.asking) for word in words):
        return True
    if not ctx.rules.demand.ratio.isdisjoint(_WORD.findall(demand.asking)):
        return False
    told = _told(ctx)
    given = any(all(word in demand.words for word in written.split()) for written in words) or any(
        same_unit(one, unit) for one in told
    )
    if is_money(unit) and unit.dimension not in demand.measures:
        if not any(is_money(one) for one in told):
            return unit.factor == 1 and _asks_money(ctx) and not demand.measures and "%" not in demand.signs
        return given and demand.money and not _is_of_thing(told, ctx)
    if given and unit.dimension == _LENGTH and any(phrase in demand.asking for phrase in ctx.rules.demand.extents):
        return all(same_unit(unit, one) for one in told)  # and not how long it takes
    if unit.dimension in demand.measures:
        return given or _is_made_of(unit, told) or _is_usual(unit, told, ctx)
    if given and unit.dimension == _ANGLE and bool(unit.pi) and _marks_unknown(ctx):
        return True
    return given and not demand.measures and not demand.percent and _is_only(unit, told, ctx)


def is_open(unit: UnitDefinition, ctx: Context) -> bool:
    """Whether nothing in the question speaks against a unit: it names none, and its data are in none other."""
    demand = ctx.demand
    if not demand.asked:
        return True
    if demand.unit is not None or demand.pure_number or demand.percent or demand.count:
        return False
    if demand.measures and unit.dimension not in demand.measures:
        return False
    told = _told(ctx)
    if demand.measures and (any(same_unit(unit, one) for one in told) or _is_made_of(unit, told)):
        return True
    return all(same_unit(unit, one) for one in told)


def _is_asked_in(word: str, asking: str) -> bool:
    """Whether a unit's word stands in what is asked, and not only as a measure: "a kilogram", "per hour"."""
    if word not in asking:
        return False
    found = re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", asking)
    return any(_LEADS.search(asking, 0, one.start()) is None for one in found)


def _told(ctx: Context) -> tuple[UnitDefinition, ...]:
    """The units of the question's data: its words for them, those behind its numerals, and its signs of money."""
    table, demand = ctx.rules.units, ctx.demand
    told = [table.words[word] for word in sorted(demand.words) if word in table.words]
    told.extend(table.symbols[sign] for sign in demand.signs if sign != "%" and sign in table.symbols)
    text = texts.unlatex(texts.characters(demand.question, ctx.rules.text), ctx.rules.text, ctx.meter)
    for match in islice(_UNIT_OF_DATA.finditer(text), _MOST_TOLD):
        read = read_unit(text, match.end(), table)
        if read is not None and not text[read[1] : read[1] + 1].isalnum():
            told.append(read[0])
    kept: list[UnitDefinition] = []
    for one in told:
        if len(kept) < _MOST_TOLD and not any(same_unit(one, other) for other in kept):
            kept.append(one)
    return tuple(kept)


def _is_made_of(unit: UnitDefinition, told: tuple[UnitDefinition, ...]) -> bool:
    """Whether a unit is one of the data's by another (miles and hours), or a power of their only length (cm, cm²)."""
    lengths = [one for one in told if one.dimension == _LENGTH]
    if len(lengths) == 1:
        own = lengths[0]
        for power in _POWERS:
            if unit.dimension == combine((), own.dimension, power) and unit.factor == fmpq(own.factor) ** power:
                return True
    return any(
        one.factor / by.factor == unit.factor
        and one.pi - by.pi == unit.pi
        and combine(unit.dimension, by.dimension) == one.dimension
        for one in told
        for by in told
        if by.dimension and one.dimension
    )


def _is_usual(unit: UnitDefinition, told: tuple[UnitDefinition, ...], ctx: Context) -> bool:
    """Whether it is the unit that everyone means, where the data have none of its sort: years of an age."""
    table = ctx.rules.demand
    for phrase, word in table.usual.items():
        usual = ctx.rules.units.words.get(word)
        if usual is not None and same_unit(usual, unit) and re.search(rf"(?<!\w){phrase}(?!\w)", ctx.demand.asking):
            return not any(other.dimension in table.measures[phrase] for other in told)
    return False


def _is_of_thing(told: tuple[UnitDefinition, ...], ctx: Context) -> bool:
    """Whether "how much" asks for so much of a thing ("how much rice"), and the data are in other units than money."""
    asking, table = ctx.demand.asking, ctx.rules.demand
    if not any(not is_money(one) for one in told) or _asks_money(ctx):
        return False
    behind = _WORD.search(asking, asking.find(_HOW_MUCH) + len(_HOW_MUCH)) if _HOW_MUCH in asking else None
    return behind is not None and behind[0] not in table.much_verbs


def _asks_money(ctx: Context) -> bool:
    """Whether words of money are in what is asked, beside those that ask for any amount."""
    asking = ctx.demand.asking
    table = ctx.rules.demand
    return any(phrase in asking for phrase in table.money - table.much_of)


def _is_only(unit: UnitDefinition, told: tuple[UnitDefinition, ...], ctx: Context) -> bool:
    """Whether all data are in one unit, and what is asked for is one more of them.

    So much of a thing, by how much one is longer or heavier than another, or the mean of the data.
    """
    asking, table = ctx.demand.asking, ctx.rules.demand
    told = tuple(one for one in told if unit.dimension == _TIME or not _is_calendar(one, ctx))
    if not all(same_unit(unit, one) for one in told) or _asks_money(ctx) or "%" in ctx.demand.signs:
        return False
    words: list[str] = _WORD.findall(asking)
    if not table.statistics.isdisjoint(words):
        return True
    at = asking.find(_HOW_MUCH)
    behind: list[str] = [] if at < 0 else _WORD.findall(asking, at + len(_HOW_MUCH))
    if not behind:
        return False
    if behind[0] in table.compared:
        return True
    return unit.dimension in _SIZES and table.much_other.isdisjoint(behind)


def _is_calendar(unit: UnitDefinition, ctx: Context) -> bool:
    """Whether a unit of the data is a day or a longer time that no numeral counts: "the miles she hiked each day"."""
    if unit.dimension not in {_TIME, _MONTHS} or (unit.dimension == _TIME and unit.factor < _DAY):
        return False
    words = ctx.rules.units.spellings.get((unit.dimension, unit.factor, unit.pi), ())
    asked = texts.fold(ctx.demand.question)
    return not any(re.search(rf"\d[- ]?{re.escape(word)}(?!\w)", asked) for word in words)


def _marks_unknown(ctx: Context) -> bool:
    """Whether the question marks as degrees a letter whose value it asks for: "what is x", beside x° in a figure."""
    asking = ctx.demand.asking
    return any(
        re.search(rf"(?<!\w){letter.lower()}(?!\w)", asking) for letter in set(_UNKNOWN.findall(ctx.demand.question))
    )
