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
_POWERS: Final = (2, 3)
_MOST_TOLD: Final = 24
_CHARACTER: Final = 4  # units of work that it costs to look for units at a character
_PAIR: Final = 16  # units of work that two units cost
_HOW_MUCH: Final = "how much "
_UNIT_OF_DATA: Final = re.compile(r"\d[- ]?(?=[^\W\d_]|[°℃℉])")
_LEADS: Final = re.compile(r"(?<!\w)(?:an?|each|per|every|one) \Z")
_UNKNOWN: Final = re.compile(r"(?<![A-Za-z\\])([B-Zb-z])\s*(?:\^\s*\{?\s*\\circ|°)")


def in_question(unit: UnitDefinition, ctx: Context) -> bool:
    """Whether the question asks for the very unit, or for what it measures while its data are in it."""
    demand = ctx.demand
    if not demand.asked or (demand.count and any(phrase in demand.asking for phrase in ctx.rules.demand.count)):
        return False
    words = ctx.rules.units.spellings.get((unit.dimension, unit.factor, unit.pi), ())
    if any(_is_asked_in(word, demand.asking) for word in words):
        return True
    if not ctx.rules.demand.ratio.isdisjoint(texts.words_of(demand.asking)):
        return False
    told = _told(ctx)
    everyday = ctx.rules.demand.unit_homographs
    given = any(
        written not in everyday and all(word in demand.words for word in written.split()) for written in words
    ) or any(same_unit(one, unit) for one in told)
    if demand.percent or any(one.dimension == unit.dimension and not same_unit(one, unit) for one in told):
        return False  # hours and minutes: which of them is meant is not told
    if is_money(unit):
        return given and demand.money and not _is_of_thing(ctx)
    if unit.dimension in _measures(ctx):
        return given or _is_made_of(unit, told)
    return given and unit.dimension == _ANGLE and bool(unit.pi) and _marks_unknown(ctx)


def _measures(ctx: Context) -> frozenset[Dimension]:
    """The sorts of quantity that are asked for by the noun behind the question's opening, not by its data.

    "What is the area of a rectangle with length 5 cm" asks for an area.
    """
    table = ctx.rules.demand
    words = texts.words_of(ctx.demand.asking)
    at = next((place for place, word in enumerate(words) if word in table.unit_heads or word in table.unit_tasks), -1)
    if at < 0:
        return frozenset()
    end = next((place for place in range(at + 1, len(words)) if words[place] in table.unit_ends), len(words))
    head = f" {' '.join(words[at : end + 1])} "  # "measure of"
    sorts = [dims for phrase, dims in table.measures.items() if f" {phrase} " in head]
    return frozenset().union(*sorts)


def _is_asked_in(word: str, asking: str) -> bool:
    """Whether a unit's word stands in what is asked, and not only as a measure or a name: "per hour", "minute 5"."""
    if word not in asking:
        return False
    found = re.finditer(rf"(?<!\w){re.escape(word)}(?!\w| \d)", asking)
    return any(_LEADS.search(asking, 0, one.start()) is None for one in found)


def _told(ctx: Context) -> tuple[UnitDefinition, ...]:
    """The units of the question's data: its words for them, those behind its numerals, and its signs of money."""
    table, demand = ctx.rules.units, ctx.demand
    everyday = ctx.rules.demand.unit_homographs
    told = [table.words[word] for word in sorted(demand.words - everyday) if word in table.words]
    told.extend(table.symbols[sign] for sign in demand.signs if sign != "%" and sign in table.symbols)
    text = texts.unlatex(texts.characters(demand.question, ctx.rules.text), ctx.rules.text, ctx.meter)
    ctx.meter.spend(_CHARACTER * len(text))
    for match in islice(_UNIT_OF_DATA.finditer(text), _MOST_TOLD):
        read = read_unit(text, match.end(), table)
        if read is not None and not text[read[1] : read[1] + 1].isalnum():
            told.append(read[0])
    kept: list[UnitDefinition] = []
    ctx.meter.spend(_PAIR * min(len(told), _MOST_TOLD) ** 2)  # each with each, when they are compared and divided
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


def _is_of_thing(ctx: Context) -> bool:
    """Whether "how much" asks for so much of a thing: "how much rice"."""
    asking = ctx.demand.asking
    behind = texts.words_of(asking.partition(_HOW_MUCH)[2])
    return bool(behind) and behind[0] not in ctx.rules.demand.much_verbs


def _marks_unknown(ctx: Context) -> bool:
    """Whether the question marks as degrees a letter whose value it asks for: "what is x", beside x° in a figure."""
    asking = ctx.demand.asking
    return any(
        re.search(rf"(?<!\w){letter.lower()}(?!\w)", asking) for letter in set(_UNKNOWN.findall(ctx.demand.question))
    )
