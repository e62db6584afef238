"""Dates: a day, a month, a year, a decade or a century, with the time of day or without; ranges and bounds of them.

Any order that only one date fits is read as that date; 03/04/2020 is two (POLICY 29). A less specific answer is
refuted, a more specific one that agrees is right (POLICY 52), a range or a bound around the date is not (POLICY 57).
How dates are written stands in ``dating``.
"""

from __future__ import annotations

from typing import Final

import msgspec

from verifier.engine.kinds import clock as clocks
from verifier.engine.kinds.calendar import day_number, day_of_week
from verifier.engine.kinds.clock import Clock
from verifier.engine.kinds.kind import Context, Stage
from verifier.engine.numerals import Number
from verifier.types.verdict import Code, Decision, Finding, Standing, passes, proves, refutes

EQUAL = proves("date.equal", "Both are the same date.")
MORE = proves("date.more_specific", "The answer is more specific than the ground truth, and agrees with it.")
DIFFERS = refutes("date.differs", "The two are different dates.")
LESS = refutes(
    "date.less_specific", "The answer agrees with the ground truth, and is less specific.", Standing.CONVENTION
)
RANGE = refutes(
    "date.range", "The answer is a range or a bound, and the ground truth is one date.", Standing.CONVENTION
)
SEVERAL = refutes("date.several", "The answer names several dates, and the ground truth one.", Standing.CONVENTION)
DENIED = refutes("date.denied", "The answer says that it is not the date of the ground truth.")
TWO_ORDERS = passes(
    "date.two_orders", "A date in digits agrees with day and month in one order, and not in the other.", specific=8
)
ASKED_LESS = passes(
    "date.asked_less", "The answer is less specific than the ground truth, and the question may ask for no more.", 7
)
YEAR_OPEN = passes("date.year_missing", "Day and month agree, and the answer leaves out the year.", specific=7)
WEEKDAY = passes("date.weekday_differs", "The day of the week beside a date does not belong to it.", specific=7)
OVERLAP = passes("date.overlap", "The two spans of years overlap, and neither holds the other.", specific=7)
NOT_A_YEAR = passes("date.number_or_year", "One side is a number, and nothing says that it is a year.", specific=4)
PARTLY = passes("date.partly", "The two are ranges or bounds that agree in part, or not of one sort.", specific=7)
CODES: tuple[Code, ...] = (
    EQUAL,
    MORE,
    DIFFERS,
    LESS,
    RANGE,
    SEVERAL,
    DENIED,
    TWO_ORDERS,
    ASKED_LESS,
    YEAR_OPEN,
    WEEKDAY,
    OVERLAP,
    NOT_A_YEAR,
    PARTLY,
)

_RELIABLE: Final = 1924  # from here on no country's calendar makes another day of the week


class Date(msgspec.Struct, frozen=True, gc=False):
    """A date as far as it is told.

    ``year`` is astronomical (44 BC is -43) and the first year of a ``span`` of so many years (10 for a decade, 100 for
    a century); ``swap`` says that day and month may change places (03/04/2020), ``hundreds`` that the span is
    written as a hundred, which may be a decade (1900s), ``clashes`` that the day of the week is another one's,
    ``bare`` that it is a year in digits and no more.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    span: int = 1
    swap: bool = False
    hundreds: bool = False
    clashes: bool = False
    clock: Clock | None = None
    bare: bool = False

    def show(self) -> str:
        """Day, month and year in words; both orders where either may be meant."""
        told = _told(self)
        return f"{told} | {_told(swapped(self))}" if self.swap else told


def _told(date: Date) -> str:
    parts = [str(part) for part in (date.day,) if part is not None]
    if date.month is not None:
        parts.append(_MONTHS[date.month - 1])
    if date.year is not None:
        last = date.year + date.span - 1
        era = " BC" if last < 1 else ""
        first, last = (1 - date.year, 1 - last) if era else (date.year, last)
        parts.append((str(first) if date.span == 1 else f"{first}-{last}") + era)
    if date.weekday is not None and (date.day is None or date.year is None):
        parts.insert(0, _DAYS[date.weekday - 1])
    return " ".join(parts) + ("" if date.clock is None else f" {date.clock.show()}")


_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Period(msgspec.Struct, frozen=True, gc=False):
    """Two dates with what joins them (``to``, ``or``), or one that is a bound or denied (``before``, ``not``, …)."""

    how: str
    first: Date
    last: Date

    def show(self) -> str:
        """The dates and the word."""
        if self.how in {"to", "or"}:
            return f"{self.first.show()} {self.how} {self.last.show()}"
        return f"{self.how} {self.first.show()}"


def swapped(date: Date) -> Date:
    """The date with day and month changed."""
    return msgspec.structs.replace(date, month=date.day, day=date.month, swap=False)


def _orders(date: Date) -> tuple[Date, ...]:
    first = msgspec.structs.replace(date, swap=False)
    return (first, swapped(date)) if date.swap else (first,)


def relation(gold: Date, candidate: Date, ctx: Context) -> Code:
    """How two dates stand to each other; of two orders, all have to agree or none may."""
    if gold.swap and candidate.swap and (gold.day, gold.month) == (candidate.day, candidate.month):
        gold, candidate = _orders(gold)[0], _orders(candidate)[0]  # whatever the order is, it is one
    codes = {_related(wanted, given, ctx) for wanted in _orders(gold) for given in _orders(candidate)}
    return codes.pop() if len(codes) == 1 else TWO_ORDERS


def _related(gold: Date, candidate: Date, ctx: Context) -> Code:
    if gold.clashes or candidate.clashes:
        return WEEKDAY
    instants = _instants(gold, candidate)
    if instants is not None:
        return instants
    year = _years(gold, candidate)
    days = _days(gold, candidate)
    for code in (year, days):
        if code not in {EQUAL, LESS, MORE}:
            return code
    time = _times(gold, candidate, ctx)
    if time not in {EQUAL, LESS, MORE}:
        return time
    if LESS in {days, time}:
        return LESS
    if year is LESS:
        if candidate.year is None and ctx.demand.asked:
            return EQUAL if gold.span == 1 and str(gold.year) in ctx.demand.numbers else YEAR_OPEN
        return LESS
    return MORE if MORE in {year, days, time} else EQUAL


def _days(gold: Date, candidate: Date) -> Code:
    """Month, day and day of the week."""
    lacks = more = False
    for wanted, given in ((gold.month, candidate.month), (gold.day, candidate.day)):
        if wanted is not None and given is not None and wanted != given:
            return DIFFERS
        lacks = lacks or (wanted is not None and given is None)
        more = more or (wanted is None and given is not None)
    weekday = _weekdays(gold, candidate)
    if weekday in {DIFFERS, WEEKDAY}:
        return weekday
    return LESS if lacks or weekday is LESS else MORE if more else EQUAL


def _times(gold: Date, candidate: Date, ctx: Context) -> Code:
    """The times of day beside two dates."""
    if gold.clock is not None and candidate.clock is not None:
        told = clocks.relation(gold.clock, candidate.clock, ctx)
        return EQUAL if told.decision is Decision.CORRECT else told
    if gold.clock is not None:
        return ASKED_LESS if ctx.demand.asked and not clocks.asks_time(ctx) else LESS
    return EQUAL if candidate.clock is None else MORE


def _instants(gold: Date, candidate: Date) -> Code | None:
    """Two moments told in two zones, which may be two days; ``None`` where not both are told in full."""
    wanted, given = _instant(gold), _instant(candidate)
    if wanted is None or given is None or wanted[1] == given[1]:
        return None
    return EQUAL if wanted[0] == given[0] else DIFFERS


def _instant(date: Date) -> tuple[int, int] | None:
    """Seconds of a moment in UTC, and its zone."""
    clock = date.clock
    if date.year is None or date.month is None or date.day is None or clock is None:
        return None
    if clock.zone is None or clock.open:
        return None
    minutes = day_number(date.year, date.month, date.day) * 24 * 60 + clock.minutes() - clock.zone
    return minutes * 60 + (clock.second or 0), clock.zone


def _years(gold: Date, candidate: Date) -> Code:
    """The years alone: equal, within each other, apart, or overlapping."""
    if gold.year is None or candidate.year is None:
        return EQUAL if gold.year == candidate.year else LESS if candidate.year is None else MORE
    if (gold.year, gold.span) == (candidate.year, candidate.span):
        return EQUAL
    gold_end, end = gold.year + gold.span, candidate.year + candidate.span
    if candidate.year >= gold_end or gold.year >= end:
        return DIFFERS
    if gold.hundreds or candidate.hundreds:
        return OVERLAP  # the 1900s are ten years or a hundred
    if gold.year <= candidate.year and end <= gold_end:
        return MORE
    return LESS if candidate.year <= gold.year and gold_end <= end else OVERLAP


def _weekdays(gold: Date, candidate: Date) -> Code:
    """What the days of the week say: a difference, or ``LESS`` where only the ground truth can tell one."""
    wanted, given = _weekday(gold), _weekday(candidate)
    if wanted is None or given is None:
        alone = gold.day is None and gold.weekday is not None and candidate.day is None
        return LESS if alone and given is None else EQUAL
    if wanted == given:
        return EQUAL
    told = gold.weekday is not None and candidate.weekday is not None
    years = [date.year for date in (gold, candidate) if date.year is not None]
    return DIFFERS if told or min(years, default=0) >= _RELIABLE else WEEKDAY


def _weekday(date: Date) -> int | None:
    if date.weekday is not None or date.year is None or date.month is None or date.day is None:
        return date.weekday
    return day_of_week(date.year, date.month, date.day)


def compare_dates(gold: Date, candidate: Date, ctx: Context) -> Finding:
    """Two dates; a less specific answer is refuted only where no question leaves open how much it asks for."""
    code = relation(gold, candidate, ctx)
    if code is LESS and ctx.demand.asked and not _asks_more(candidate, ctx):
        code = ASKED_LESS
    return code.finding(**ctx.sides(gold, candidate))


def _asks_more(candidate: Date, ctx: Context) -> bool:
    """Whether the question asks for a day, or for a month that the answer leaves out; "when" does not say."""
    table, words = ctx.rules.dates, ctx.demand.words
    wanted = table.asks_day if candidate.month is not None else table.asks_day | table.asks_month
    if candidate.span > 1:
        wanted |= table.asks_year
    return not wanted.isdisjoint(words)


def asks_date(ctx: Context) -> bool:
    """Whether the question asks for a date or a year, and for no amount."""
    demand = ctx.demand
    if demand.count or demand.unit is not None or demand.measures or demand.money:
        return False
    return not ctx.rules.dates.asks_date.isdisjoint(demand.words)


def year_of(number: Number) -> int | None:
    """The year that a bare number may be."""
    written = number.written
    if not (written.isdecimal() and 1 <= len(written) <= 4) or number.noun or number.percent or number.fraction:
        return None
    return int(written) or None


def compare_with_number(gold: Date, candidate: Number, ctx: Context) -> Finding:
    """The ground truth is a date and the answer a bare number, which may be its year."""
    shown = ctx.sides(gold, candidate)
    year = year_of(candidate)
    if year is None or gold.swap or gold.clashes:
        return NOT_A_YEAR.finding(**shown)
    if year in {gold.day, gold.month} and year != gold.year:
        return NOT_A_YEAR.finding(**shown)
    if year < 32 and (gold.year is None or gold.year > 99):
        return NOT_A_YEAR.finding(**shown)
    if gold.year is None or gold.year < 1:
        return NOT_A_YEAR.finding(**shown)
    return compare_dates(gold, Date(year=year), ctx)


def compare_number_with(gold: Number, candidate: Date, ctx: Context) -> Finding:
    """The ground truth is a bare number and the answer a date; the number is a year where the question asks for one."""
    shown = ctx.sides(gold, candidate)
    year = year_of(gold)
    if year is None or candidate.year is None or not asks_date(ctx):
        return NOT_A_YEAR.finding(**shown)
    if candidate.year < 1 or candidate.span > 1:
        code = NOT_A_YEAR if candidate.year < 1 else relation(Date(year=year), candidate, ctx)
        return code.finding(**shown)
    return compare_dates(Date(year=year), candidate, ctx)


def compare_periods(gold: Period, candidate: Period, ctx: Context) -> Finding:
    """Two ranges, or two bounds: both ends have to agree."""
    shown = ctx.sides(gold, candidate)
    if gold.how != candidate.how:
        return PARTLY.finding(**shown)
    ends = [relation(gold.first, candidate.first, ctx), relation(gold.last, candidate.last, ctx)]
    if gold.how == "or" and _one_differs(ends):
        crossed = [relation(gold.first, candidate.last, ctx), relation(gold.last, candidate.first, ctx)]
        ends = ends if _one_differs(crossed) else crossed
    if all(code is EQUAL for code in ends):
        return EQUAL.finding(**shown)
    return (DIFFERS if _one_differs(ends) and gold.how == "to" else PARTLY).finding(**shown)


def _one_differs(ends: list[Code]) -> bool:
    return any(code is DIFFERS for code in ends)


def compare_with_period(gold: Date, candidate: Period, ctx: Context) -> Finding:
    """The ground truth is one date; a range, a bound or two dates are not it (POLICY 7, 57)."""
    shown = ctx.sides(gold, candidate)
    ends = [relation(gold, candidate.first, ctx), relation(gold, candidate.last, ctx)]
    if any(code.decision is Decision.PASS for code in ends):
        return PARTLY.finding(**shown)
    if candidate.how == "not":
        return (PARTLY if _one_differs(ends) else DENIED).finding(**shown)
    if candidate.how == "or":
        return (DIFFERS if all(code is DIFFERS for code in ends) else SEVERAL).finding(**shown)
    if all(code.decision is Decision.CORRECT for code in ends) and candidate.how == "to":
        return PARTLY.finding(**shown)  # a month, told by its first day and its last
    return RANGE.finding(**shown)


def compare_period_with(gold: Period, candidate: Date, ctx: Context) -> Finding:
    """The ground truth is a range, a bound or two dates, and the answer one date."""
    shown = ctx.sides(gold, candidate)
    ends = [relation(gold.first, candidate, ctx), relation(gold.last, candidate, ctx)]
    if gold.how == "to" and all(code is DIFFERS for code in ends) and candidate.span == 1:
        return DIFFERS.finding(**shown)
    return PARTLY.finding(**shown)


STAGES: tuple[Stage, ...] = (
    Stage("date", ((Date, Date),), compare_dates),
    Stage("date", ((Date, Number),), compare_with_number),
    Stage("date", ((Number, Date),), compare_number_with),
    Stage("date", ((Period, Period),), compare_periods),
    Stage("date", ((Date, Period),), compare_with_period),
    Stage("date", ((Period, Date),), compare_period_with),
)
