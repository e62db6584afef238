"""A quantity of the question that an answer hands back, in whatever language the question is asked (POLICY 24, 56).

The question gives the quantity itself, number and unit, and has the unit of the ground truth beside it without a
number of its own: it is what the quantity is to be told in. An equal value in the unit that was given is no answer.
"""

from __future__ import annotations

import re
from typing import Final

from verifier.engine.kinds.kind import Context
from verifier.engine.numerals import same, scan_number
from verifier.engine.units import read_unit, same_unit
from verifier.types.rules import UnitDefinition, UnitTable

_LONGEST: Final = 400  # characters of a question that asks to convert a quantity and no more
_LONGEST_UNIT: Final = 60
_PLACE_WORK: Final = 40  # units of work a place at which a unit is looked for
_STARTS: Final = re.compile(r"(?<![\w'’])(?:[^\W\d_]|°)|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_UNSPACED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LONGEST_WORD: Final = 6  # signs of a unit in such a script
_NUMERAL: Final = re.compile(r"(?<![\w.,])\d[\d.,]*")
_WORDS: Final = frozenset("aeiouy")  # letters that are words by themselves somewhere


def is_handed_back(written: str, unit: UnitDefinition, wanted: UnitDefinition, ctx: Context) -> bool:
    """Whether the question gives so many of ``unit``, and has ``wanted`` without a number."""
    question = ctx.demand.question
    if not 0 < len(question) <= _LONGEST or same_unit(unit, wanted):
        return False
    given = False
    taken: list[tuple[int, int]] = []
    for numeral in _NUMERAL.finditer(question):
        ctx.meter.spend(_PLACE_WORK)
        end = numeral.start() + len(numeral[0].rstrip(".,"))
        read = _unit(question[end : end + _LONGEST_UNIT], ctx.rules.units)
        if read is None:
            continue
        taken.append((numeral.start(), end + read[1]))
        given = given or (same_unit(read[0], unit) and _is_same(question[numeral.start() : end], written, ctx))
    return given and _stands_alone(question, wanted, taken, ctx)


def _unit(text: str, table: UnitTable) -> tuple[UnitDefinition, int] | None:
    """The unit that a text opens with, and where it ends; in scripts without spaces words go on behind it."""
    found = read_unit(text, 0, table)
    if found is not None:
        return found
    start = len(text) - len(text.lstrip())
    unspaced = _UNSPACED.search(text, start)
    if unspaced is None or unspaced.start() > start:
        return None if unspaced is None else read_unit(text[: unspaced.start()], 0, table)
    for size in range(_LONGEST_WORD, 0, -1):
        unit = table.words.get(text[start : start + size])
        if unit is not None:
            return unit, start + size
    return None


def _is_same(one: str, other: str, ctx: Context) -> bool:
    """Whether two numerals are one number."""
    numbers = [scan_number(text.strip(), 0, ctx.meter) for text in (one, other)]
    first, second = numbers
    return first is not None and second is not None and same(first.number, second.number, ctx.meter)


def _stands_alone(question: str, wanted: UnitDefinition, taken: list[tuple[int, int]], ctx: Context) -> bool:
    """Whether a unit stands in a question outside the quantities that it gives."""
    for start in _STARTS.finditer(question):
        at = start.start()
        if any(begin <= at < end for begin, end in taken):
            continue
        ctx.meter.spend(_PLACE_WORK)
        read = _unit(question[at : at + _LONGEST_UNIT], ctx.rules.units)
        if read is None or not same_unit(read[0], wanted):
            continue
        word, behind = question[at : at + read[1]].strip(), question[at + read[1] : at + read[1] + 1]
        if (len(word) > 1 or word.lower() not in _WORDS) and behind not in {"'", "’"}:
            return True
    return False
