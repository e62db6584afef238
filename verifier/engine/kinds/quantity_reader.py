"""From a text to a quantity: the number it opens with, the unit behind it, what that may mean besides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec
from flint import fmpq

from verifier.engine import text as texts
from verifier.engine.kinds import conditions
from verifier.engine.kinds.compound import INCHES, MORE, compound, runs_on
from verifier.engine.kinds.direction import Direction, may_point, split_direction
from verifier.engine.kinds.kind import Context, Reading
from verifier.engine.kinds.number import POINTED
from verifier.engine.kinds.opening import Opening, harmless, open_number
from verifier.engine.kinds.phrase import Phrase
from verifier.engine.kinds.quantity import Quantity
from verifier.engine.numerals import Number, scan_number
from verifier.engine.units import fitting, read_unit, same_unit
from verifier.types.rules import UnitDefinition


def read_quantity(text: str, ctx: Context) -> Iterator[Reading]:
    """A text that opens with a number and a unit, or a currency sign and a number; harmless words may follow."""
    split = split_direction(text, ctx.rules.directions) if may_point(text, ctx.rules.directions) else None
    found = [] if split is None else [one for one in _read(split[0], ctx, split[1]) if not one.unread]
    if found or _open(text, ctx) is not None:
        yield from found or _read(text, ctx, None)
    if "=" in text or "≈" in text:
        yield from read_chain(text, ctx)
    if not text[:1].isdigit():
        yield from _one_of_unit(text, ctx) if text[:2] in _ARTICLE else _unit_alone(text, ctx)


def read_chain(text: str, ctx: Context) -> Iterator[Reading]:
    """A chain that ends in a quantity: ``I = V/R = 120/24 = 5 A``, ``10 × 75 = 750 g``.

    Its members are a name at most in front, and no other values: they may contradict the last.
    """
    at = max(text.rfind("="), text.rfind("≈"))
    members = [member.strip() for member in _EQUALS.split(text[:at])]
    named = _CHAIN_NAME.fullmatch(members[0]) is not None
    if (named and len(members) < 2) or not (named or _ARITHMETIC.fullmatch(members[0])) or _LISTED.search(text[:at]):
        return
    last = list(_read(text[at + 1 :].strip(), ctx, None))
    if any(not one.certain or one.unread or one.label for one in last):
        return
    if any(_PLAIN.fullmatch(member) or any(True for _ in _read(member, ctx, None)) for member in members[1:]):
        return
    for one in last:
        yield msgspec.structs.replace(one, label=members[0] if named and members[0][0] != "|" else "")


_EQUALS: Final = re.compile(r"[=≈]")
_CHAIN_NAME: Final = re.compile(r"[^\W\d_](?:_\{?\w{1,8}\}?|['′]{1,2})?|\|[^\W\d_]\|")
_ARITHMETIC: Final = re.compile(r"[\d\s.,+*/×·÷()^-]*[+*/×·÷-][\d\s.,+*/×·÷()^-]*")
_PLAIN: Final = re.compile(r"[-+]?[\d.,]+ ?%?")
_LISTED: Final = re.compile(r"[<>≤≥≠;]|, |\b(?:and|or)\b")


def _unit_alone(text: str, ctx: Context) -> Iterator[Reading]:
    """A unit without a number is one of it: ``m/s``, or ``newton`` where the question is about units.

    It may as well be letters and words, which the next readers read.
    """
    if texts.fold(text) in ctx.rules.attacks.blanks and ctx.rules.text.generic_units.isdisjoint(ctx.demand.words):
        return  # N/A
    joined = not _JOINTS.isdisjoint(text) or "per" in text
    if ctx.demand.verbatim or (
        not (joined and _COMPOUND.search(text)) and ctx.rules.text.generic_units.isdisjoint(ctx.demand.words)
    ):
        return
    read = read_unit(text, 0, ctx.rules.units)
    letters = _LETTERS.findall(text)
    if read is None or read[1] != len(text) or any(_is_name(each, ctx) for each in letters):
        return
    if all(each.isupper() and conditions.is_named(each, ctx) for each in letters) and conditions.may_not_commute(ctx):
        return  # the matrices A and B
    yield Reading(Quantity(_ONE, read[0]), "quantity", certain=False)


def _read(text: str, ctx: Context, points: Direction | None) -> Iterator[Reading]:
    found = _open(text, ctx)
    if found is None or ctx.demand.verbatim or (text[-1:].isdecimal() and _COMBINATION.fullmatch(text)):
        return
    behind = _percent_unit(text, found, ctx) or (None if found.number.parts else _unit_behind(text, found, ctx))
    if behind is None:
        return
    if not behind.certain and points is None and _is_name(behind.letters, ctx):
        return
    number, end = found.number, behind.end
    if behind.number is not None:
        number = behind.number
    quantities = [Quantity(number, behind.unit, points)]
    if MORE.match(text, end):
        joined = compound(text, number, (behind.unit, end), ctx)
        if not joined:
            return
        quantities, end = [Quantity(*each, points) for each in joined.amounts], joined.end
    else:
        if end < len(text) and _is_below_zero(text[end:], behind.unit, number, ctx):
            turned = msgspec.structs.replace(number, mantissa=-number.mantissa, written=f"-{number.written}")
            quantities, end = [Quantity(turned, behind.unit, points)], len(text)
        thousands = _with_groups(number, ctx) if ctx.demand.comma else None
        quantities += [] if thousands is None else [Quantity(thousands, behind.unit, points)]
    quantities, end = _over_power(text, quantities, end)
    if not harmless(text[end:], ctx):
        return
    if found.currency and _SCALE_OR_CODE.match(text[end:]):
        return  # $5 M
    if found.spoken and _TITLE.search(text, end):
        return  # "One Hundred Years of Solitude"
    for quantity in quantities:
        yield Reading(quantity, "quantity", text[end:].strip(), found.label, certain=behind.certain)


def _over_power(text: str, quantities: list[Quantity], end: int) -> tuple[list[Quantity], int]:
    """Amounts over the power of ten that ends a text: ``1*Mg/10^6``; and where they end."""
    power = _POWER.fullmatch(text, end) if len(quantities) == 1 else None
    if power is None:
        return quantities, end
    exact = quantities[0].magnitude.scaled(fmpq(10) ** -int(power[1]))
    written = f"{quantities[0].magnitude.written}/10^{power[1]}"
    magnitude = msgspec.structs.replace(exact, written=written)
    return [msgspec.structs.replace(quantities[0], magnitude=magnitude)], len(text)


def _is_below_zero(rest: str, unit: UnitDefinition, number: Number, ctx: Context) -> bool:
    """Whether words behind a temperature are its minus: "25 °C below zero"."""
    return (
        rest.strip().lower() in ctx.rules.units.below_zero
        and number.mantissa > 0
        and any(one.offset is not None for one in (unit, *unit.others))
    )


def _with_groups(number: Number, ctx: Context) -> Number | None:
    """``1.234`` with a point between groups, as it may stand where a comma is the decimal mark."""
    grouped = scan_number(number.written.replace(".", ""), 0, ctx.meter) if POINTED.fullmatch(number.written) else None
    return None if grouped is None else msgspec.structs.replace(grouped.number, written=number.written)


def _open(text: str, ctx: Context) -> Opening | None:
    """The number that a text opens with; one in brackets of its own may stand before a unit: ``(-9.81) m/s^2``."""
    alone = _ALONE.match(text) if text[:1] == "(" else None
    if alone is None:
        return open_number(text, ctx)
    read = scan_number(alone[1], 0, ctx.meter)
    return None if read is None or read.end != len(alone[1]) else Opening(read.number, alone.end(), "", "")


def _one_of_unit(text: str, ctx: Context) -> Iterator[Reading]:
    """A mile and an hour are one of it; where the question asks for no amount, a foot may be a part of the body."""
    article, _, rest = text.partition(" ")
    table, demand = ctx.rules.units, ctx.demand
    first = rest.partition(" ")[0].lower()
    if article.lower() not in {"a", "an"} or first not in table.words or len(first) < _SHORTEST_WORD:
        return
    read = read_unit(rest, 0, table)
    if read is None or read[1] != len(rest):
        return
    sure = not demand.asked or bool(demand.measures) or demand.unit is not None or demand.money
    yield Reading(Quantity(_ONE, read[0]), "quantity", certain=sure)
    if not sure:
        yield Reading(Phrase(text), "phrase")


class _Behind(msgspec.Struct, frozen=True, gc=False):
    """The unit behind a number, where it ends, and its letters if those may be names.

    ``number`` replaces the number where a sign belongs to the unit (% w/v).
    """

    unit: UnitDefinition
    end: int
    certain: bool = True
    letters: str = ""
    number: Number | None = None


def _unit_behind(text: str, found: Opening, ctx: Context) -> _Behind | None:
    if found.end >= len(text) and not found.currency:
        return None
    table = ctx.rules.units
    unit: UnitDefinition | None = None
    end, certain = found.end, True
    after = read_unit(text, end, table)
    if after is not None and not runs_on(text, after[1]):
        unit, end = after
        certain = not unit.weak
    elif (bracketed := _in_brackets(text, end, ctx)) is not None:
        unit, end = bracketed, len(text)
    elif INCHES.fullmatch(text, end):
        unit, end = table.words["inches"], len(text)
    elif (times := _TIMES.match(text, end)) is not None:
        product = read_unit(text, times.end(), table)  # 18*kJ; one letter may be a variable
        if product is not None and (product[1] == len(text) or _POWER.fullmatch(text, product[1])):
            unit, end = product
            certain = _UNIT_WORD.search(unit.name) is not None and not unit.weak
    if found.currency:
        leading = msgspec.structs.replace(table.symbols[found.currency], name=found.currency)
        per = read_unit(found.currency + text[found.end :], 0, table) if _PER.match(text, found.end) else None
        if per is not None and per[1] > len(found.currency):
            return _Behind(per[0], found.end + per[1] - len(found.currency))  # $5/kg
        if unit is not None and not fitting(leading, unit):
            return None
        unit, certain = leading if unit is None else unit, True
    if unit is None:
        return None
    letters = text[found.end : end].strip(" *·")
    glued = not found.currency and _GLUED.fullmatch(text, found.end, end) is not None
    if len(letters) == 1 and not found.currency and conditions.is_added(letters, ctx):
        return None  # 2 l for l + l
    if glued and (ctx.demand.labelled or _is_name(letters, ctx)):
        return None  # 4s of orbitals; 2m, where the question asks for something in terms of m
    return _Behind(unit, end, certain, letters)


def _in_brackets(text: str, end: int, ctx: Context) -> UnitDefinition | None:
    """The unit in ``5 (cm)`` and ``5 [kg]``; a letter alone is one where the question asks for it."""
    inside = _BRACKETS.fullmatch(text, end) if text[-1] in ")]" else None
    if inside is None or _HALF_DAY.fullmatch(inside[1]):
        return None
    read = read_unit(inside[1], 0, ctx.rules.units)
    if read is None or read[1] != len(inside[1]):
        return None
    asked = ctx.demand.unit
    known = len(inside[1]) > 1 or (asked is not None and same_unit(asked, read[0]))
    return read[0] if known and not _is_name(inside[1], ctx) else None


def _is_name(letters: str, ctx: Context) -> bool:
    """Whether the question uses the letters of a unit as names of its own."""
    return len(letters) < 3 and letters.isalpha() and all(conditions.is_variable(letter, ctx) for letter in letters)


def _percent_unit(text: str, found: Opening, ctx: Context) -> _Behind | None:
    """``5 % (w/v)``: a percentage that is a concentration."""
    at = text.rfind("%", 0, found.end) if found.number.percent else -1
    read = read_unit(text, at, ctx.rules.units) if at > 0 else None
    if read is None or read[1] <= at + 1:
        return None
    number = found.number
    whole = msgspec.structs.replace(
        number,
        exponent10=number.exponent10 + 2,
        parts=0,
        places=None if number.places is None else number.places - 2,
        written=number.written.rstrip("% \\"),
    )
    return _Behind(read[0], read[1], number=whole)


_COMPOUND: Final = re.compile(r"[A-Za-z°Ωμ)}][\^\d]{0,4} ?[/*·⋅] ?[A-Za-z°Ωμ(\\]|\bper\b|[A-Za-z}]\^\{?-")
_JOINTS: Final = frozenset("/*·⋅^")  # what a compound unit has, unless it says "per"
_ARTICLE: Final = frozenset({"a ", "A ", "an", "An"})
_SHORTEST_WORD: Final = 3
_ONE: Final = Number(fmpq(1), 0, "")
_LETTERS: Final = re.compile(r"[A-Za-z]+")
_TITLE: Final = re.compile(r" [A-Z]")
_ALONE: Final = re.compile(r"\(([-+]?\d[\d.,]*)\)(?= ?[*·]| [A-Za-zΩμ°])")
_GLUED: Final = re.compile(r"[A-Za-z]{1,2}")
_BRACKETS: Final = re.compile(r" ?[(\[] ?([^()\[\]]{1,24}?) ?[)\]]")
_HALF_DAY: Final = re.compile(r"[ap]\.?m\.?", re.IGNORECASE)
_TIMES: Final = re.compile(r" ?[*·] ?")
_POWER: Final = re.compile(r" ?/ ?10\^\{?(-?\d{1,3})\}?")  # behind the unit: 1*Mg/10^6
_PER: Final = re.compile(r" ?/|[ -]per ")
_UNIT_WORD: Final = re.compile(r"[^\W\d_]{2}|/")
_COMBINATION: Final = re.compile(r"\d+ ?[CP] ?_?\d+")  # 6C2 counts choices
_SCALE_OR_CODE: Final = re.compile(r" ?(?:[kKMBT]|[A-Z]{2,3})\b")
