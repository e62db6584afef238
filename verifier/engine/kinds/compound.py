"""Amounts in several units of one dimension: ``2 h 15 min``, ``5 ft 11 in``, ``30° 15' 20"``."""

from __future__ import annotations

import re
from typing import Final

import msgspec
from flint import fmpq

from verifier.engine.kinds.kind import Context
from verifier.engine.numerals import Number, scan_number, value_of
from verifier.engine.units import read_unit, same_unit
from verifier.types.rules import UnitDefinition

MORE: Final = re.compile(r",? ?(?:and )?(?=\d)")
"""What stands before another amount."""

INCHES: Final = re.compile(r" ?in\.?(?=$|[\s,])(?! [a-z0-9])")
"""Before more words it is no unit."""

_MOST_AMOUNTS: Final = 5
_FOOT: Final = 12  # inches


class Compound(msgspec.Struct, frozen=True, gc=False):
    """What several amounts come to, in the smallest unit, for each meaning of it; and where they end."""

    amounts: tuple[tuple[Number, UnitDefinition], ...]
    end: int


def compound(text: str, first: Number, behind: tuple[UnitDefinition, int], ctx: Context) -> Compound | None:
    """``2 h 15 min``, ``5 ft 11 in``, ``30° 15' 20"``: amounts in ever smaller units of one dimension."""
    amounts: list[tuple[fmpq, UnitDefinition]] = []
    value = value_of(first, ctx.meter)
    unit, end = behind
    if value is None:
        return None
    amounts.append((abs(value), unit))
    while (gap := MORE.match(text, end)) is not None and len(amounts) < _MOST_AMOUNTS:
        scanned = scan_number(text, gap.end(), ctx.meter)
        if scanned is None or scanned.number.percent:
            return None
        read = read_unit(text, scanned.end, ctx.rules.units)
        if read is None and INCHES.match(text, scanned.end):
            read = ctx.rules.units.words["inches"], scanned.end + len(text[scanned.end :].rstrip("."))
        if read is None and scanned.end == len(text) and text[gap.start() - 1] in "'′":  # 5'6
            read = (ctx.rules.units.words["inches"], scanned.end) if scanned.number.mantissa < _FOOT else None
        if read is not None and amounts[0][1].pi and (arc := _of_arc(read[0], ctx)) is not None:
            read = arc, read[1]
        value = value_of(scanned.number, ctx.meter)
        if read is None or value is None or runs_on(text, read[1]):
            return None
        amounts.append((value, read[0]))
        end = read[1]
    sums: dict[tuple[fmpq, int], tuple[Number, UnitDefinition]] = {}
    smallest = amounts[-1][1]
    for meaning in (smallest, *smallest.others):
        total = _sum(amounts, meaning)
        if total is not None:
            signed = -total if first.mantissa < 0 else total
            number = Number(signed, 0, text[:end].strip(), fraction=True)
            named = msgspec.structs.replace(meaning, name="", others=())
            sums.setdefault((meaning.factor, meaning.pi), (number, named))
    return Compound(tuple(sums.values()), end) if sums else None


def _of_arc(unit: UnitDefinition, ctx: Context) -> UnitDefinition | None:
    """The minute or second that stands behind degrees: of arc, and not of time."""
    words = ctx.rules.units.words
    for time, arc in (("minute", "arcminute"), ("second", "arcsecond")):
        if time in words and arc in words and same_unit(unit, words[time]):
            return words[arc]
    return None


def _sum(amounts: list[tuple[fmpq, UnitDefinition]], unit: UnitDefinition) -> fmpq | None:
    """All amounts in one unit; ``None`` where one is of another kind, or a unit is no smaller than the one before."""
    total, last = fmpq(0), None
    for value, written in amounts:
        same = [one for one in (written, *written.others) if one.dimension == unit.dimension and one.pi == unit.pi]
        if not same or same[0].offset is not None or (last is not None and same[0].factor >= last):
            return None
        last = same[0].factor
        total += value * last / unit.factor
    return total


def runs_on(text: str, end: int) -> bool:
    """Whether the unit's text runs on into a longer word or a formula (``5 m`` in ``5 mice``, ``5x``)."""
    following = text[end : end + 1]
    if following.isdigit() and text[end - 1] in "'\"′″°":
        return False
    return following.isalnum() or following in {"^", "_", "("}
