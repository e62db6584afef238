"""Uncertainties, ranges and bounds: ``5.2 ± 0.1 cm``, "between 10 and 20", "at least 15" (POLICY 7, 27, 57).

A ground truth ``a ± b`` accepts any value of its closed band; where the question asks for the uncertainty, centre and
half-width must both agree. A range or a bound is no answer to what one value answers, unless the question may ask for
a bound. Two whole numbers with ± between them may be two values, so that alone they settle nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec
from flint import fmpq

from verifier.engine.kinds.kind import Context, Reading, Stage
from verifier.engine.kinds.number import read_number
from verifier.engine.kinds.opening import harmless, open_number
from verifier.engine.kinds.quantity import Quantity
from verifier.engine.kinds.quantity_reader import read_quantity
from verifier.engine.numerals import Number, scan_number, value_of
from verifier.engine.units import read_unit
from verifier.types.rules import UnitDefinition
from verifier.types.verdict import Code, Decision, Finding, Standing, passes, proves, refutes

INSIDE = proves("band.inside", "The answer lies within the uncertainty that the ground truth gives.")
SAME_BAND = proves("band.equal", "Value and uncertainty are the same on both sides.")
OUTSIDE = refutes("band.outside", "The answer lies outside the uncertainty that the ground truth gives.")
OTHER_BAND = refutes("band.differs", "The question asks for the uncertainty, and value or uncertainty differ.")
NO_UNCERTAINTY = refutes(
    "band.no_uncertainty", "The question asks for the uncertainty, and the answer gives none.", Standing.CONVENTION
)
BAND_OPEN = passes(
    "band.unclear", "One side gives an uncertainty, or two values, and it is open what that means here.", specific=7
)
SAME_RANGE = proves("range.equal", "Both ranges have the same ends.")
OTHER_RANGE = refutes("range.differs", "The ranges have different ends.")
NO_VALUE = refutes("range.no_value", "The answer is a range, and the ground truth is one value.", Standing.CONVENTION)
RANGE_OPEN = passes(
    "range.unclear", "A range stands against one value, and the question may ask for either.", specific=7
)
SAME_BOUND = proves("bound.equal", "Both sides give the same bound.")
OTHER_BOUND = refutes("bound.differs", "The two sides bound by different amounts.")
ONLY_BOUND = refutes("bound.no_value", "The answer is a bound, and the ground truth is one value.", Standing.CONVENTION)
BOUND_OPEN = passes("bound.unclear", "A bound stands against one value, or against another sort of bound.", specific=7)
CODES: tuple[Code, ...] = (
    INSIDE, SAME_BAND, OUTSIDE, OTHER_BAND, NO_UNCERTAINTY, BAND_OPEN, SAME_RANGE, OTHER_RANGE, NO_VALUE, RANGE_OPEN,
    SAME_BOUND, OTHER_BOUND, ONLY_BOUND, BOUND_OPEN,
)  # fmt: skip

Value = Number | Quantity


class Band(msgspec.Struct, frozen=True, gc=False):
    """A value and its uncertainty, both in ``unit``; not ``sure`` where the text may give two values.

    ``recurring`` is the value if the figures in brackets are no uncertainty, and recur.
    """

    centre: Number
    half: Number
    unit: UnitDefinition | None
    sure: bool
    recurring: Number | None = None

    def show(self) -> str:
        """Both as they were written."""
        unit = "" if self.unit is None else f" {self.unit.name}"
        return f"{self.centre.written} ± {self.half.written}{unit}"


class Range(msgspec.Struct, frozen=True, gc=False):
    """What lies between two values."""

    low: Value
    high: Value

    def show(self) -> str:
        """Both ends."""
        return f"{self.low.show()} to {self.high.show()}"


class Bound(msgspec.Struct, frozen=True, gc=False):
    """A bound of a sort: "at least", "less than"."""

    sort: str
    amount: Value

    def show(self) -> str:
        """The bound in words."""
        return f"{self.sort} {self.amount.show()}"


_PLUS_MINUS: Final = re.compile(r" ?(?:±|\+/-|\+-) ?(?=[\d.])")
_CONCISE: Final = re.compile(r"([-+]?\d{1,12}\.\d{1,15})\((\d{1,3})\)(?![\d.(])")
_CONCISE_FIGURES: Final = 3
_LONGEST: Final = 200


def opens(text: str) -> bool:
    """Whether a text begins with a sign that may make its amount a bound: ``≥ 5``."""
    return text[:1] in _FIRST


def may_read(text: str) -> bool:
    """Whether a text begins with a sign of a bound, or holds a space, a sign between amounts or figures in brackets."""
    spaced = text[:1] in _FIRST or " " in text or "-" in text or "+" in text
    if not spaced and not text.isascii():
        return text[:1] >= _UNSPACED or text[-1:] >= _UNSPACED
    return spaced or "±" in text or ("(" in text and "." in text)


def read_bounds(text: str, ctx: Context) -> Iterator[Reading]:
    """A text that gives an uncertainty, a range or a bound, and nothing else but harmless words."""
    if len(text) > _LONGEST or ctx.demand.verbatim:
        return
    concise = _CONCISE.match(text) if "(" in text else None
    if concise is not None:
        band = _concise(text, concise, ctx)
        if band is not None:
            yield Reading(band, "band", certain=False)  # 1.23(4) recurs as well
    mark = _PLUS_MINUS.search(text) if "±" in text or "+" in text else None
    if mark is not None:
        band = None if ctx.demand.unordered else _band(text[: mark.start()], text[mark.end() :], ctx)
        if band is not None:
            yield Reading(band, "band", certain=band.sure)
        return
    bound = _bound(text, ctx)
    if bound is not None:
        yield Reading(bound, "bound")
        return
    between = _range(text, ctx)
    if between is not None:
        sure = isinstance(between.low, Quantity) or ctx.demand.extreme or _BETWEEN.fullmatch(text) is not None
        yield Reading(between, "range", certain=sure)  # 2-3 may be a difference, 2 to 3 a ratio


# --- ± ---------------------------------------------------------------------------------------------------------------


def _band(before: str, after: str, ctx: Context) -> Band | None:
    before, tail = before.strip(), ""
    if before.startswith("(") and ")" in after:
        before = before[1:].strip()
        after, _, tail = after.partition(")")
    centre = _amount(before, ctx)
    half = _amount(after.strip() if tail else after, ctx)
    if centre is None or half is None or centre.rest or (tail and half.rest):
        return None
    rest, unit, shift = (tail or half.rest), half.unit or centre.unit, 0
    if tail:
        power = scan_number(f"1{tail}", 0, ctx.meter)
        if power is not None and power.number.mantissa == 1 and power.end > 1 and not power.number.parts:
            shift, rest = power.number.exponent10, tail[power.end - 1 :]
        behind = read_unit(rest, 0, ctx.rules.units)
        if behind is not None:
            if unit is not None:
                return None
            unit, rest = behind[0], rest[behind[1] :]
        elif rest.strip() == "%" and not centre.number.parts and not half.number.parts:
            shift, rest = shift - 2, ""
    return _made(centre, half, unit, shift, ctx) if harmless(rest, ctx) else None


def _concise(text: str, match: re.Match[str], ctx: Context) -> Band | None:
    """``1.23(4)``: the uncertainty in the last figures of the value."""
    places = len(match[1].partition(".")[2])
    half = f"0.{match[2].rjust(places, '0')}" if len(match[2]) <= places else ""
    if not half or half.strip("0.") == "":
        return None
    if len(match[1].strip("+-").replace(".", "").lstrip("0")) < _CONCISE_FIGURES and match.end() == len(text):
        return None  # 0.1(6) is a sixth
    band = _band(f"({match[1]}", f"{half}){text[match.end() :]}", ctx)
    if band is None:
        return None
    period = fmpq(int(match[2]), 10**places * (10 ** len(match[2]) - 1))
    value = abs(band.centre.mantissa) * fmpq(10) ** band.centre.exponent10 + period
    signed = -value if match[1].startswith("-") else value
    alone = band.unit is None and match.end() == len(text)
    recurring = Number(signed, 0, text, fraction=True) if alone else None
    return msgspec.structs.replace(band, sure=True, recurring=recurring)


class _Amount(msgspec.Struct, frozen=True, gc=False):
    number: Number
    unit: UnitDefinition | None
    rest: str
    label: str


def _amount(text: str, ctx: Context) -> _Amount | None:
    """A number, its unit, and what stands behind them."""
    found = open_number(text, ctx)
    if found is None or found.currency or found.others:
        return None
    unit = read_unit(text, found.end, ctx.rules.units)
    end = found.end if unit is None else unit[1]
    return _Amount(found.number, None if unit is None else unit[0], text[end:].rstrip(), found.label)


def _made(centre: _Amount, half: _Amount, unit: UnitDefinition | None, shift: int, ctx: Context) -> Band | None:
    """The band, its half-width in the unit of its centre; ``None`` where the two do not fit each other."""
    value, width = centre.number, half.number
    if centre.unit is not None and half.unit is not None:
        one, other = centre.unit, half.unit
        if one.dimension != other.dimension or one.pi != other.pi or (one.offset, other.offset) != (None, None):
            return None
        width, unit = width.scaled(other.factor / one.factor), one
    if width.parts and not value.parts:
        if ctx.demand.percent:
            value = msgspec.structs.replace(value, exponent10=value.exponent10 - width.parts)
        else:  # 200 ± 5 %
            width = msgspec.structs.replace(
                width, mantissa=width.mantissa * abs(value.mantissa), exponent10=width.exponent10 + value.exponent10
            )
    elif value.parts != width.parts and not (value.parts and unit is None):
        return None
    if width.mantissa < 0:
        return None
    value, width = (msgspec.structs.replace(one, exponent10=one.exponent10 + shift) for one in (value, width))
    told = unit is not None or value.decimal or width.decimal or bool(width.parts) or ctx.demand.uncertainty
    return Band(value, width, unit, sure=told and not centre.label)


def compare_with_band(gold: Band, candidate: Value, ctx: Context) -> Finding:
    """A value against a band: anywhere in it, ends included; its unit is converted first."""
    shown = ctx.sides(gold, candidate)
    number = candidate.magnitude if isinstance(candidate, Quantity) else candidate
    unit = candidate.unit if isinstance(candidate, Quantity) else ctx.demand.unit
    if gold.unit is not None and unit is not None:
        if gold.unit.dimension != unit.dimension:
            vague = gold.unit.vague or unit.vague or not isinstance(candidate, Quantity)
            return (BAND_OPEN if vague else OUTSIDE).finding(**shown)
        if gold.unit.pi != unit.pi or gold.unit.offset != unit.offset:
            return BAND_OPEN.finding(**shown)
        number = number.scaled(unit.factor / gold.unit.factor)
    elif gold.unit is None and isinstance(candidate, Quantity):
        return BAND_OPEN.finding(**shown)
    inside = _is_inside(number, gold, ctx)
    if inside is None or not gold.sure:
        return BAND_OPEN.finding(**shown)
    if not inside:
        return OUTSIDE.finding(**shown)
    asked = [words for words in ctx.rules.demand.uncertainty if words in ctx.demand.asking]
    if asked:  # a standard deviation may be the very value
        spread = all("standard" in words or "interval" in words for words in asked)
        return (BAND_OPEN if spread else NO_UNCERTAINTY).finding(**shown)
    return (BAND_OPEN if gold.unit is not None and unit is None else INSIDE).finding(**shown)


def _is_inside(number: Number, band: Band, ctx: Context) -> bool | None:
    value, centre, half = (value_of(one, ctx.meter) for one in (number, band.centre, band.half))
    if value is None or centre is None or half is None:
        return None
    return bool(abs(value - centre) <= half)


def compare_bands(gold: Band, candidate: Band, ctx: Context) -> Finding:
    """Two values with uncertainties: both must agree where the uncertainty is asked for."""
    shown = ctx.sides(gold, candidate)
    own, other = gold.unit, candidate.unit
    centre, half = candidate.centre, candidate.half
    if own is not None and other is not None:
        if own.dimension != other.dimension:
            return (BAND_OPEN if own.vague or other.vague else OTHER_BAND).finding(**shown)
        if own.pi != other.pi or own.offset != other.offset:
            return BAND_OPEN.finding(**shown)
        centre, half = (one.scaled(other.factor / own.factor) for one in (centre, half))
    elif own is not other and ctx.demand.unit is None:
        return BAND_OPEN.finding(**shown)
    values = [value_of(one, ctx.meter) for one in (gold.centre, gold.half, centre, half)]
    if None in values:
        return BAND_OPEN.finding(**shown)
    if values[:2] == values[2:]:
        return SAME_BAND.finding(**shown)
    if ctx.demand.uncertainty:
        return OTHER_BAND.finding(**shown)
    inside = _is_inside(centre, gold, ctx)
    return (BAND_OPEN if inside or not (gold.sure and candidate.sure) else OUTSIDE).finding(**shown)


def compare_band_with_value(gold: Value, candidate: Band, ctx: Context) -> Finding:
    """An answer that adds an uncertainty to its value: the value must be right, and the rest is left open."""
    shown = ctx.sides(gold, candidate)
    value: Value = candidate.centre if candidate.unit is None else Quantity(candidate.centre, candidate.unit)
    inner = ctx.compare(gold, value)
    if candidate.recurring is not None:
        recurs = ctx.compare(gold, candidate.recurring)
        if recurs.decision is Decision.CORRECT:
            return recurs
    differs = inner.decision is Decision.INCORRECT and candidate.sure
    return (OUTSIDE if differs else BAND_OPEN).finding(**shown)


# --- ranges and bounds -----------------------------------------------------------------------------------------------

_FIRST: Final = frozenset("≥≤<>≠\\!")  # what a bound in signs begins with
_OTHER: Final = "other than"
_UNSPACED: Final = "\u2e80"  # scripts in which no blank parts a word from a number
_OPENINGS: Final = frozenset("bBfF")
_BETWEEN: Final = re.compile(r"(between|from) (.+?) (and|to) (.+)", re.IGNORECASE)
_TO: Final = re.compile(r"(\S.*?) to (\S.*)")
_DASH: Final = re.compile(r"(\d[\d.,]* ?[^\W\d_]{0,4}%?) ?- ?(\d[\d.,]*(?: ?[^\W\d_].*|%)?)")


def _range(text: str, ctx: Context) -> Range | None:
    """``10-20 cm``, "10 to 20", "between 10 and 20": the lower end first; a score or a difference is none."""
    told = _told(text, ctx)
    if told is None and "-" not in text and " to " not in text and " and " not in text:
        return None
    match = _BETWEEN.fullmatch(text) if text[:1] in _OPENINGS else None
    if told is not None:
        low, high = told
    elif match is not None:
        if (match[1].lower(), match[3].lower()) == ("from", "and"):
            return None
        low, high = match[2], match[4]
    else:
        match = (_TO.fullmatch(text) if " to " in text else None) or _DASH.fullmatch(text)
        if match is None:
            return None
        low, high = match[1], match[2]
    above = _value(high, ctx)
    below = _value(low, ctx)
    if isinstance(above, Quantity) and isinstance(below, Number):
        below = Quantity(below, above.unit)
    elif isinstance(above, Number) and isinstance(below, Number) and above.parts and not below.parts:
        below = msgspec.structs.replace(below, exponent10=below.exponent10 - above.parts, parts=above.parts)
    if below is None or above is None or type(below) is not type(above):
        return None
    first, second = (value_of(_number(one), ctx.meter) for one in (below, above))
    if first is None or second is None or _number(below).fraction or _number(above).fraction:
        return None
    if isinstance(below, Quantity) and isinstance(above, Quantity):
        if below.unit.dimension != above.unit.dimension:
            return None
        first, second = first * below.unit.factor, second * above.unit.factor
    return Range(below, above) if first < second else None


def _told(text: str, ctx: Context) -> tuple[str, str] | None:
    """The ends of a range in words of another language: "zwischen 10 und 20", 10到20之间."""
    if (text.isascii() and not text[:1].isalpha()) or text[-1:] in ")]":
        return None
    lowered = text.lower()
    for clues, pattern in ctx.rules.numbers.ranges:
        if any(clue in lowered for clue in clues):
            match = pattern.fullmatch(text)
            if match is not None:
                return match[1], match[2]
    return None


def _value(text: str, ctx: Context) -> Value | None:
    """The one number or quantity that a text is, with nothing left over."""
    for reader in (read_quantity, read_number):
        found = list(reader(text, ctx))
        if len(found) == 1 and not found[0].label:
            answer = found[0].answer
            return answer if isinstance(answer, (Number, Quantity)) else None
    return None


def _number(value: Value) -> Number:
    return value.magnitude if isinstance(value, Quantity) else value


def _bound(text: str, ctx: Context) -> Bound | None:
    sign = text[:1] in _FIRST or text[:1] >= _UNSPACED
    glued = text[-1:] >= _UNSPACED
    if " " not in text and not sign and not glued:
        return None
    lowered = text.lower()
    table = ctx.rules.numbers
    for words, sort in table.before.items() if sign or lowered.partition(" ")[0] in table.bounding else ():
        if lowered.startswith(words) and (sign or lowered.startswith(" ", len(words))):
            amount = _value(text[len(words) :].lstrip(), ctx)
            return None if amount is None else Bound(sort, amount)
    for words, sort in table.after.items() if glued or lowered.rpartition(" ")[2] in table.bounding else ():
        if lowered.endswith(words) and (glued or lowered[-len(words) - 1 : -len(words)] == " "):
            amount = _value(text[: -len(words)].rstrip(), ctx)
            return None if amount is None else Bound(sort, amount)
    return None


def compare_ranges(gold: Range, candidate: Range, ctx: Context) -> Finding:
    """Two ranges: both ends."""
    shown = ctx.sides(gold, candidate)
    ends = [ctx.compare(gold.low, candidate.low), ctx.compare(gold.high, candidate.high)]
    if any(end.decision is Decision.INCORRECT for end in ends):
        return OTHER_RANGE.finding(**shown)
    left = next((end for end in ends if end.decision is Decision.PASS), None)
    return left or SAME_RANGE.finding(**shown)


def compare_bounds(gold: Bound, candidate: Bound, ctx: Context) -> Finding:
    """Two bounds: of one sort, by one amount."""
    shown = ctx.sides(gold, candidate)
    inner = ctx.compare(gold.amount, candidate.amount)
    if inner.decision is Decision.INCORRECT:
        return OTHER_BOUND.finding(**shown)
    same = gold.sort == candidate.sort
    return inner if inner.decision is Decision.PASS else (SAME_BOUND if same else BOUND_OPEN).finding(**shown)


def compare_with_value(gold: Value, candidate: Range | Bound, ctx: Context) -> Finding:
    """A range or a bound for one value is no answer, unless the question may ask for one."""
    shown = ctx.sides(gold, candidate)
    if isinstance(candidate, Range):
        return (RANGE_OPEN if ctx.demand.extreme else NO_VALUE).finding(**shown)
    denial = candidate.sort == _OTHER
    if denial and ctx.compare(gold, candidate.amount).decision is not Decision.CORRECT:
        return BOUND_OPEN.finding(**shown)  # "not -3" rejects a value, and what is meant may stand behind it
    may_be = ctx.demand.extreme and not denial
    return (BOUND_OPEN if may_be else ONLY_BOUND).finding(**shown)


STAGES: tuple[Stage, ...] = (
    Stage("band", ((Band, Band),), compare_bands),
    Stage("band", ((Band, Number), (Band, Quantity)), compare_with_band),
    Stage("band", ((Number, Band), (Quantity, Band)), compare_band_with_value),
    Stage("range", ((Range, Range),), compare_ranges),
    Stage("bound", ((Bound, Bound),), compare_bounds),
    Stage("range", ((Number, Range), (Quantity, Range), (Number, Bound), (Quantity, Bound)), compare_with_value),
)
