"""Times of day: twelve or twenty-four hours, in digits or words, with a zone or without (POLICY 29)."""

from __future__ import annotations

from typing import Final

import msgspec

from verifier.engine.kinds.calendar import Tokens
from verifier.engine.kinds.kind import Context, Stage
from verifier.types.verdict import Code, Finding, passes, proves, refutes

EQUAL = proves("clock.equal", "Both are the same time of day.")
DIFFERS = refutes("clock.differs", "The two are different times of day.")
LESS = refutes("clock.less_precise", "The answer leaves out seconds that the ground truth has.")
HALF_OPEN = passes(
    "clock.half_unclear", "The times agree if one is meant in the other half of the day, and nothing says so.", 7
)
ZONE_OPEN = passes("clock.zone_unclear", "The times agree, and only one of them names a time zone.", specific=7)
MAY_BE_RATIO = passes("clock.may_be_ratio", "The two differ as times of day and agree as ratios.", specific=4)
CODES: tuple[Code, ...] = (EQUAL, DIFFERS, LESS, HALF_OPEN, ZONE_OPEN, MAY_BE_RATIO)

_DAY: Final = 24 * 60
_NOON: Final = 12


class Clock(msgspec.Struct, frozen=True, gc=False):
    """A time of day.

    ``open`` says that it may be in either half of the day (``3:15`` without am or pm), ``zone`` are its minutes east
    of UTC, ``bare`` that it is written as a ratio is, with colons alone.
    """

    hour: int
    minute: int
    second: int | None = None
    open: bool = False
    zone: int | None = None
    bare: bool = False

    def show(self) -> str:
        """Twenty-four hours; an open half is said so."""
        told = f"{self.hour:02}:{self.minute:02}" + ("" if self.second is None else f":{self.second:02}")
        if self.zone is not None:
            east, sign = abs(self.zone), "-" if self.zone < 0 else "+"
            told += f" UTC{sign}{east // 60:02}:{east % 60:02}" if east else " UTC"
        return f"{told} (am or pm)" if self.open else told

    def minutes(self) -> int:
        """Minutes since midnight."""
        return self.hour * 60 + self.minute


def read_clock(tokens: Tokens, place: int) -> tuple[Clock, int] | None:
    """The time of day that begins at a token, and the place behind it."""
    found = _named(tokens, place) or _shifted(tokens, place) or _digits(tokens, place) or _whole(tokens, place)
    if found is None:
        return None
    clock, behind = found
    zone = _zone(tokens, behind, signed=tokens.at(place - 1).text == "t")
    if zone is None:
        return found
    return msgspec.structs.replace(clock, zone=zone[0], bare=False, open=clock.open and not zone[2]), zone[1]


def _named(tokens: Tokens, place: int) -> tuple[Clock, int] | None:
    """Noon and midnight."""
    hour = tokens.phrase(place, tokens.table.hours)
    return None if hour is None else (Clock(hour[0], 0), hour[1])


def _hour(tokens: Tokens, place: int) -> tuple[int, int] | None:
    """An hour in digits or words."""
    digits = tokens.number(place, 2, 0, 24)
    if digits is not None:
        return digits, place + 1
    word = tokens.phrase(place, tokens.table.cardinals)
    return word if word is not None and word[0] <= 12 else None


def _shifted(tokens: Tokens, place: int) -> tuple[Clock, int] | None:
    """Half past six, quarter to 5, twenty-five past nine."""
    table = tokens.table
    shift = tokens.phrase(place, table.shifts)
    if shift is None:
        number = tokens.number(place, 2, 1, 59)
        minutes = tokens.phrase(place, table.cardinals) if number is None else (number, place + 1)
        if minutes is None or minutes[0] > 59:
            return None
        past, to = table.past, table.before_hour
        if tokens.timely:
            past, to = past | table.loose_past, to | table.loose_before_hour
        if (behind := tokens.one_of(minutes[1], past)) is not None:
            shift = minutes[0], behind
        elif (behind := tokens.one_of(minutes[1], to)) is not None:
            shift = -minutes[0], behind
        else:
            return None
    named = tokens.phrase(shift[1], table.hours)
    if named is not None:
        total = named[0] * 60 + shift[0]
        return Clock(total // 60 % 24, total % 60), named[1]
    hour = _hour(tokens, shift[1])
    if hour is None or not 1 <= hour[0] <= 12:
        return None
    total = hour[0] * 60 + shift[0]
    place = tokens.one_of(hour[1], table.oclock) or hour[1]
    half = tokens.phrase(place, table.halves)
    if half is None:
        return Clock(total // 60 or 12, total % 60, open=True), place
    total = (total // 60 % 12 + (12 if half[0] == "pm" else 0)) * 60 + total % 60
    return Clock(total // 60, total % 60), half[1]


def _digits(tokens: Tokens, place: int) -> tuple[Clock, int] | None:
    """15:15, 3:15 pm, 3.15pm, 15:15:30, 14h30, 1430 hours."""
    table = tokens.table
    first = tokens.at(place)
    if first.kind != "n":
        return None
    if len(first.text) == 4 and (behind := tokens.one_of(place + 1, table.military)) is not None:
        hour, minute = int(first.text[:2]), int(first.text[2:])
        return (Clock(hour, minute), behind) if hour < 24 and minute < 60 else None
    hours = tokens.number(place, 2, 0, 24)
    second = tokens.at(place + 2)
    minutes = tokens.number(place + 2, 2, 0, 59)
    if hours is None or minutes is None or len(second.text) != 2:
        return None
    if not (tokens.glued(place + 1) and tokens.glued(place + 2)):
        return None
    joint = tokens.at(place + 1)
    padded = first.text.startswith("0")
    if joint.text in table.hour_letters:
        return (Clock(hours, minutes), place + 3) if hours < 24 else None
    if joint.text not in {":", "."}:
        return None
    if joint.text == "." and tokens.phrase(place + 3, table.halves) is None and not _oclock(tokens, place + 3):
        return None
    behind, seconds = place + 3, None
    if joint.text == ":" and tokens.sign(behind, ":") and tokens.glued(behind):
        seconds = tokens.number(behind + 1, 2, 0, 59)
        if seconds is None or len(tokens.at(behind + 1).text) != 2:
            return None
        behind += 2
    if tokens.sign(behind, ":./%") and tokens.glued(behind + 1) and tokens.at(behind + 1).kind == "n":
        return None
    german = _oclock(tokens, behind)
    if german is not None:
        behind = german
    plain = german is None and not padded  # 09:05 goes by twenty-four hours, and no ratio has such a zero
    return _with_half(tokens, (hours, minutes, seconds), behind, halves=plain, bare=plain)


def _oclock(tokens: Tokens, place: int) -> int | None:
    return tokens.one_of(place, tokens.table.oclock)


def _whole(tokens: Tokens, place: int) -> tuple[Clock, int] | None:
    """5 pm, five o'clock, 14 Uhr; 20 h where a time is asked for, beyond the hours that a thing may last as well."""
    hour = _hour(tokens, place)
    if hour is None:
        return None
    behind = _oclock(tokens, hour[1])
    half = tokens.phrase(behind or hour[1], tokens.table.halves)
    if behind is None and half is None:
        after = tokens.one_of(hour[1], tokens.table.hour_words) if tokens.timely and hour[0] > _NOON else None
        return None if after is None or tokens.at(after).kind == "n" else (Clock(hour[0] % 24, 0), after)
    return _with_half(tokens, (hour[0], 0, None), behind or hour[1], halves=True)


def _with_half(
    tokens: Tokens, told: tuple[int, int, int | None], place: int, *, halves: bool, bare: bool = False
) -> tuple[Clock, int] | None:
    """The time with the half of the day that may follow; ``None`` where the two contradict each other.

    ``halves`` says that without one the time may be in either.
    """
    hour, minute, second = told
    half = tokens.phrase(place, tokens.table.halves)
    if hour == 24 and (minute or second or half is not None):
        return None
    if half is None:
        return Clock(hour % 24, minute, second, halves and 1 <= hour <= 12, None, bare), place
    if hour > 12 and half[0] == "pm":
        return Clock(hour, minute, second), half[1]
    if not 1 <= hour <= 12:
        return None
    return Clock(hour % 12 + (12 if half[0] == "pm" else 0), minute, second), half[1]


def _zone(tokens: Tokens, place: int, *, signed: bool) -> tuple[int, int, bool] | None:
    """A zone by its name, an offset, or an offset from a named one: Z, CET, +02:00, UTC-5, (UTC).

    The last says that a time beside it goes by twenty-four hours: UTC and offsets from it. ``signed`` says that a bare
    minus is an offset; elsewhere 10:00-11:00 is a range.
    """
    bracket = tokens.sign(place, "(")
    start = place + bracket
    named = tokens.phrase(start, tokens.table.zones)
    base, behind = named if named is not None else (0, start)
    offset = tokens.sign(behind, "+-") if named is not None or signed else tokens.sign(behind, "+")
    if offset and (named is not None or tokens.glued(behind)):
        sign = -1 if tokens.at(behind).text == "-" else 1
        digits = tokens.at(behind + 1)
        if digits.kind != "n" or not tokens.glued(behind + 1) or len(digits.text) not in {1, 2, 4}:
            return None
        hours, minutes = int(digits.text[:2]), int(digits.text[2:] or "0")
        after = behind + 2
        if len(digits.text) <= 2 and tokens.sign(after, ":") and tokens.number(after + 1, 2, 0, 59) is not None:
            minutes, after = int(tokens.at(after + 1).text), after + 2
        if hours > 14 or minutes > 59:
            return None
        base, behind = base + sign * (hours * 60 + minutes), after
    elif named is None:
        return None
    universal = named is None or named[0] == 0
    if bracket:
        return (base, behind + 1, universal) if tokens.sign(behind, ")") else None
    return base, behind, universal


def asks_time(ctx: Context) -> bool:
    """Whether the question asks for a time of day."""
    return not ctx.rules.dates.asks_time.isdisjoint(ctx.demand.words)


def by_day(clock: Clock, ctx: Context) -> Clock:
    """The time with its half settled where the question goes by twenty-four hours."""
    if not clock.open:
        return clock
    question = ctx.demand.question.lower().replace("-", " ").replace(":", " ")
    if any(phrase in question for phrase in ctx.rules.dates.day_clock):
        return msgspec.structs.replace(clock, open=False)
    return clock


def relation(gold: Clock, candidate: Clock, ctx: Context) -> Code:
    """How two times of day stand to each other; a zone that only one names is taken for the other's."""
    wanted, given = by_day(gold, ctx), by_day(candidate, ctx)
    shift = wanted.zone - given.zone if wanted.zone is not None and given.zone is not None else 0
    apart = (wanted.minutes() - given.minutes() - shift) % _DAY
    either = wanted.open != given.open
    if apart and not (apart == _DAY // 2 and either):
        return DIFFERS
    if (given.second or 0) != (wanted.second or 0) and wanted.second is not None:
        return LESS if given.second is None else DIFFERS
    if either:
        return HALF_OPEN
    if (wanted.zone is None) != (given.zone is None):
        return ZONE_OPEN
    return EQUAL


def compare_clocks(gold: Clock, candidate: Clock, ctx: Context) -> Finding:
    """Two times of day; what may be two ratios as well, and would be equal, is left to them."""
    shown = ctx.sides(gold, candidate)
    code = relation(gold, candidate, ctx)
    ratio = gold.bare and candidate.bare and not asks_time(ctx)
    if code is not EQUAL and ratio and _proportional(gold, candidate):
        return MAY_BE_RATIO.finding(**shown)
    return code.finding(**shown)


def _proportional(gold: Clock, candidate: Clock) -> bool:
    one = (gold.hour, gold.minute, gold.second or 0)
    other = (candidate.hour, candidate.minute, candidate.second or 0)
    return all(one[i] * other[j] == one[j] * other[i] for i, j in ((0, 1), (0, 2), (1, 2)))


STAGE: Final = Stage("clock", ((Clock, Clock),), compare_clocks)
