"""How dates are written: day, month and year in any order that settles them, in digits and the words of the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from verifier.engine import text as texts
from verifier.engine.kinds import conditions
from verifier.engine.kinds.calendar import Tokens, day_of_week, is_day, tokens_of, unsettles
from verifier.engine.kinds.clock import Clock, asks_time, read_clock
from verifier.engine.kinds.date import Date, Period, asks_date
from verifier.engine.kinds.duration import read_duration, read_span
from verifier.engine.kinds.kind import Context, Reading
from verifier.engine.kinds.opening import harmless

_LONGEST: Final = 240  # characters of a text that may be a date or a sentence with one
_SHAPE: Final = re.compile(  # how dates and times look without a word of the rules, in lower case
    r"\d(?:[/.-](?: ?\d{1,2}[/.-] ?\d|(?<=\d{4}[-/])\d|(?<=/)\d{4}|(?<=\.)\d\d ?[ap])|:\d\d|(?<=\d{4}) ?h|(?<=0)s"
    r"| ?(?:[dhm] ?\d|[年월月]|[abp]\. ?[mc]))"
)
_OPENED: Final = re.compile(r"p[\dt]|.*?a\. ?d\. ?\d", re.DOTALL)  # and those that a letter opens
_YEARS: Final = 9999


def may_read(text: str, ctx: Context) -> bool:
    """Whether a text is short, and a word of dates or their look is in it; looked for since most texts have neither."""
    if len(text) > _LONGEST:
        return False
    lower = text.lower()
    words = texts.words_of(lower)
    if not ctx.rules.dates.hints.isdisjoint(words) or _SHAPE.search(lower) is not None:
        return True
    if (lower[:1] == "p" or "d." in lower) and _OPENED.match(lower) is not None:
        return True
    return _may_say(words, ctx) or _year_alone(text, ctx) is not None


def read_date(text: str, ctx: Context) -> Iterator[Reading]:
    """A text that is a date, a time of day or a compound duration, or a sentence that holds one and no other digits.

    Asked only about what it ``may_read``.
    """
    table = ctx.rules.dates
    year = _year_alone(text, ctx)
    if year is not None and not ctx.demand.verbatim:
        yield Reading(Date(year), "date")
        return
    ctx.meter.spend(len(text))
    if ctx.demand.verbatim:
        return
    spans = read_span(text, ctx)
    if spans:
        yield from spans
        return
    tokens = tokens_of(text, table, timely=asks_time(ctx))
    duration = read_duration(text, tokens, ctx)
    if duration is not None:
        yield duration
        if duration.certain:
            return
    place = _lead(tokens)
    found = _whole(tokens, place, ctx)
    if found is None and place:
        place, found = 0, _whole(tokens, 0, ctx)
    if found is None:
        found = _in_sentence(tokens, ctx)
    if found is None:
        return
    answer, behind = found
    rest = text[tokens.at(behind - 1).end :]
    if not harmless(rest, ctx):
        return
    if isinstance(answer, Clock) and answer.bare and ctx.demand.asked and not asks_time(ctx):
        return
    yield Reading(answer, "date", rest.strip(), certain=_certain(text, answer, ctx))


def _year_alone(text: str, ctx: Context) -> int | None:
    """The year of "in 1945", where the question asks for a date."""
    if not text[-1:].isdecimal() or not text[0].isalpha():
        return None
    year = _YEAR_ALONE.fullmatch(text)
    known = year is not None and year[1].lower() in ctx.rules.dates.before_year and asks_date(ctx)
    return int(year[2]) if year is not None and known else None


_YEAR_ALONE: Final = re.compile(r"([^\W\d_]+(?: [^\W\d_]+){0,3}) ([1-9]\d{2,3})")


def _may_say(words: list[str], ctx: Context) -> bool:
    """Whether the question makes a date or a time of words that are none elsewhere: ten to five, since 1969."""
    table = ctx.rules.dates
    if not ctx.demand.asked:
        return False
    if not (table.loose_before_hour.isdisjoint(words) and table.loose_past.isdisjoint(words)) and asks_time(ctx):
        return True
    if not table.hour_words.isdisjoint(words) and asks_time(ctx):
        return True
    return any(word in table.bounds or word in table.joiners for word in words) and asks_date(ctx)


def _certain(text: str, answer: Clock | Date | Period, ctx: Context) -> bool:
    """Whether nothing else can be meant: 3 pm may be a length, 1914-1918 a difference, 12:15 a ratio."""
    if isinstance(answer, Clock):
        if _FRENCH.search(text):
            return not conditions.is_named("h", ctx)
        if ctx.demand.unit is None and _HALF_DAY.search(text) is not None and asks_time(ctx):  # 3 pm is no length
            return True
        return not answer.bare and _MAY_BE_UNIT.search(text) is None and _HOURS.search(text) is None
    if isinstance(answer, Date) and answer.month is None and answer.span > 1:
        return _GLUED_DECADE.fullmatch(text) is None
    if isinstance(answer, Period) and answer.first.month is None and answer.first.weekday is None:
        return asks_date(ctx)
    return asks_date(ctx) or _NUMERIC.fullmatch(text) is None


_HALF_DAY: Final = re.compile(r"^\d+(?:\.\d+)? ?[ap]m$")
_HOURS: Final = re.compile(r"^\d{1,2} ?[^\W\d_]+$")
_MAY_BE_UNIT: Final = re.compile(r"^\d+(?:\.\d+)? ?[ap]m$|^\d{4} ?h")
_FRENCH: Final = re.compile(r"\dh\d\d")
_GLUED_DECADE: Final = re.compile(r"\d+s")
_NUMERIC: Final = re.compile(r"[\d ./-]+")


def _lead(tokens: Tokens) -> int:
    """The place behind words that may stand before a date: on the, le, date:."""
    return tokens.skip(0, ":", tokens.table.leads)


def _whole(tokens: Tokens, place: int, ctx: Context) -> tuple[Clock | Date | Period, int] | None:
    """A date, a time, a range or a bound that begins at a token."""
    bound = tokens.phrase(place, tokens.table.bounds)
    if bound is not None:
        start = tokens.skip(bound[1], "", tokens.table.leads)
        moment = _moment(tokens, start)
        if moment is None or not isinstance(moment[0], Date):
            return None
        joined = _joined(tokens, moment, between=False)
        if bound[0] == "after" and joined is not None:
            return joined  # from 1914 to 1918
        return Period(bound[0], _plain(moment[0]), _plain(moment[0])), moment[1]
    between = tokens.one_of(place, ("between",))
    if between is not None:
        moment = _moment(tokens, tokens.skip(between, "", tokens.table.leads))
        return None if moment is None else _joined(tokens, moment, between=True)
    group = _group(tokens, place)
    if group is not None:
        return group
    moment = _moment(tokens, place)
    if moment is None:
        return None
    return _joined(tokens, moment, between=False) or _closed(moment, ctx)


def _closed(moment: tuple[Clock | Date, int], ctx: Context) -> tuple[Clock | Date, int] | None:
    """The moment, unless it is no date by itself: a bare year; a month or a weekday that the question asks not for."""
    answer = moment[0]
    if isinstance(answer, Clock) or answer.clock is not None or answer.day is not None:
        return moment
    if answer.year is None:
        return moment if asks_date(ctx) else None
    return None if answer.bare else moment


def _joined(tokens: Tokens, moment: tuple[Clock | Date, int], *, between: bool) -> tuple[Period, int] | None:
    """A range or two dates: what stands behind a first date, with the year or the month that both share."""
    first, behind = moment
    if not isinstance(first, Date) or first.clock is not None:
        return None
    if tokens.sign(behind, "-"):
        how, start = "to", behind + 1
    else:
        joiner = tokens.phrase(behind, tokens.table.joiners)
        if joiner is None:
            return None
        how, start = joiner
    if how == "and":
        if not between:
            return None
        how = "to"
    second = _moment(tokens, tokens.skip(start, "", tokens.table.leads))
    if second is None or not isinstance(second[0], Date) or second[0].clock is not None:
        return None
    last = second[0]
    if first.year is None:
        first = msgspec.structs.replace(first, year=last.year, bare=False)
    if (first.month is None) != (last.month is None) or (first.day is None) != (last.day is None):
        return None
    if first.month is not None and first.day is not None and not is_day(first.year, first.month, first.day):
        return None
    return Period(how, _plain(first), _plain(last)), second[1]


def _group(tokens: Tokens, place: int) -> tuple[Period, int] | None:
    """Two days of one month: 3-5 May 2020, 20 or 21 July 1969, May 3-5, 2020."""
    month = _month(tokens, place)
    day = _day(tokens, place if month is None else month[1])
    if day is None:
        return None
    if tokens.sign(day[1], "-"):
        how, start = "to", day[1] + 1
    else:
        joiner = tokens.phrase(day[1], tokens.table.joiners)
        if joiner is None or joiner[0] == "and":
            return None
        how, start = joiner
    last = _day(tokens, tokens.skip(start, "", tokens.table.links))
    if last is None:
        return None
    behind = last[1]
    if month is None:
        month = _month(tokens, tokens.skip(behind, "", tokens.table.links))
        if month is None:
            return None
        behind = month[1]
    year = _year(tokens, tokens.skip(behind, ",", tokens.table.links))
    number, behind = year if year is not None else (None, behind)
    if not (is_day(number, month[0], day[0]) and is_day(number, month[0], last[0])):
        return None
    return Period(how, Date(number, month[0], day[0]), Date(number, month[0], last[0])), behind


def _moment(tokens: Tokens, place: int) -> tuple[Clock | Date, int] | None:
    """A date, with a time before or behind it, or a time alone."""
    date = _date(tokens, place)
    if date is not None:
        joint = tokens.skip(date[1], ",", tokens.table.joints)
        clock = read_clock(tokens, joint) if date[0].day is not None else None
        if clock is None:
            return date
        settled = clock[0]
        if tokens.at(joint - 1).text == "t" and tokens.glued(joint):
            settled = msgspec.structs.replace(settled, open=False)
        return msgspec.structs.replace(date[0], clock=msgspec.structs.replace(settled, bare=False)), clock[1]
    clock = read_clock(tokens, place)
    if clock is None:
        return None
    date = _date(tokens, tokens.skip(clock[1], ",", tokens.table.joints))
    if date is None or date[0].day is None:
        return clock
    return msgspec.structs.replace(date[0], clock=msgspec.structs.replace(clock[0], bare=False)), date[1]


def _date(tokens: Tokens, place: int) -> tuple[Date, int] | None:
    """A date with the day of the week before it or behind it."""
    table = tokens.table
    weekday = tokens.phrase(place, table.days)
    start = place if weekday is None else tokens.skip(weekday[1], ",.", table.leads)
    found = _digits(tokens, start) or _eastern(tokens, start) or _with_month(tokens, start) or _years(tokens, start)
    if weekday is not None and (found is None or found[0].day is None):
        return Date(weekday=weekday[0]), weekday[1]
    if found is None:
        return None
    date, behind = found
    if weekday is None and date.day is not None:
        bracket = tokens.sign(behind, "(")
        weekday = tokens.phrase(tokens.skip(behind, ",("), table.days)
        if weekday is not None:
            behind = weekday[1] + (bracket and tokens.sign(weekday[1], ")"))
    if weekday is None:
        return date, behind
    clashes = False
    if not date.swap and date.year is not None and date.month is not None and date.day is not None:
        own = day_of_week(date.year, date.month, date.day)
        clashes = own is not None and own != weekday[0]
    return msgspec.structs.replace(date, weekday=weekday[0], clashes=clashes), behind


def _digits(tokens: Tokens, place: int) -> tuple[Date, int] | None:
    """1969-07-20, 20/07/1969, 07/20/1969, 20.7.1969, 1969-07, 07/1969."""
    sign = tokens.at(place + 1)
    if tokens.at(place).kind != "n" or sign.kind != "s" or sign.text not in "-/." or not tokens.glued(place + 1):
        return None
    spaced = sign.text == "."
    if not (tokens.glued(place + 2) or spaced):
        return None
    one, two, three = (tokens.at(place + step) for step in (0, 2, 4))
    if tokens.at(place + 3).text == sign.text and three.kind == "n" and (tokens.glued(place + 4) or spaced):
        if tokens.sign(place + 5, "/.-") and tokens.glued(place + 6):
            return None
        if len(one.text) == 4 and two.kind == "n" and len(two.text) <= 2 and len(three.text) <= 2:
            year, month, day = int(one.text), int(two.text), int(three.text)
            return (Date(year, month, day), place + 5) if year and is_day(year, month, day) else None
        if len(three.text) != 4 or two.kind != "n" or max(len(one.text), len(two.text)) > 2:
            return None
        year, first, second = int(three.text), int(one.text), int(two.text)
        day_first, month_first = is_day(year, second, first), is_day(year, first, second)
        if not year or not (day_first or month_first):
            return None
        if not day_first or (month_first and first == second):
            return Date(year, first, second), place + 5
        return Date(year, second, first, swap=month_first and sign.text != "."), place + 5
    if two.kind != "n" or tokens.sign(place + 3, "/.-:") or not tokens.glued(place + 2):
        return None
    if sign.text == "-" and len(one.text) == 4 and len(two.text) == 2 and 1 <= int(two.text) <= 12 and int(one.text):
        return Date(int(one.text), int(two.text)), place + 3
    if sign.text == "/" and len(one.text) == 2 and one.text[0] == "0" and len(two.text) == 4 and int(two.text):
        return (Date(int(two.text), int(one.text)), place + 3) if int(one.text) else None
    return None


def _eastern(tokens: Tokens, place: int) -> tuple[Date, int] | None:
    """2008年8月8日, 8月8日, 2008年."""
    table = tokens.table
    parts: list[int | None] = []
    for marks, most, high in ((table.year_marks, 4, _YEARS), (table.month_marks, 2, 12), (table.day_marks, 2, 31)):
        number = tokens.number(place, most, 1, high)
        if number is not None and tokens.at(place + 1).text in marks:
            parts.append(number)
            place += 2
        else:
            parts.append(None)
    year, month, day = parts
    if day is not None and (month is None or not is_day(year, month, day)):
        return None
    if year is None and (month is None or day is None):
        return None
    return Date(year, month, day), place


def _day(tokens: Tokens, place: int) -> tuple[int, int] | None:
    """The numeral of a day: 20, 20th, 20., 1er, twentieth."""
    number = tokens.number(place, 2, 1, 31)
    if number is None:
        word = tokens.phrase(place, tokens.table.ordinals)
        return word if word is not None and word[0] <= 31 else None
    behind = place + 1
    raised = behind + (tokens.sign(behind, "^") and tokens.glued(behind))
    if tokens.glued(raised) and tokens.at(raised).text in tokens.table.suffixes:
        return number, raised + 1
    return number, behind + (tokens.sign(behind, ".") and tokens.glued(behind))


def _month(tokens: Tokens, place: int) -> tuple[int, int] | None:
    """The name of a month, with the stop of a short one."""
    month = tokens.phrase(place, tokens.table.months)
    return None if month is None else (month[0], month[1] + tokens.sign(month[1], "."))


def _with_month(tokens: Tokens, place: int) -> tuple[Date, int] | None:
    """20 July 1969, the 4th of July, July 4th, 1776, July 1969."""
    table = tokens.table
    day = _day(tokens, tokens.skip(place, "", table.links))
    month = None if day is None else _month(tokens, tokens.skip(day[1], "-", table.links))
    if month is None:
        month = _month(tokens, place)
        if month is None:
            return None
        start = tokens.skip(month[1], "", table.links)
        year = _year(tokens, tokens.skip(month[1], ",", table.links))
        if year is not None:
            return Date(year[0], month[0]), year[1]
        day = _day(tokens, start)
        behind = month[1] if day is None else day[1]
    else:
        behind = month[1]
    year = _year(tokens, tokens.skip(behind, ",-", table.links))
    number, behind = year if year is not None else (None, behind)
    if day is not None and not is_day(number, month[0], day[0]):
        return None
    return Date(number, month[0], None if day is None else day[0]), behind


def _year(tokens: Tokens, place: int) -> tuple[int, int] | None:
    """A year behind a month: of three or four digits, or with an era."""
    table = tokens.table
    era = tokens.phrase(place, table.eras)
    number = tokens.number(place if era is None else era[1], 4, 1, _YEARS)
    if number is None:
        return None
    behind = place + 1 if era is None else era[1] + 1
    if tokens.sign(behind, ":./%") and tokens.glued(behind + 1) and tokens.at(behind + 1).kind == "n":
        return None
    if era is None:
        era = tokens.phrase(behind, table.eras)
        behind = behind if era is None else era[1]
    if era is None:
        marked = tokens.one_of(behind, table.year_marks)
        digits = tokens.at(place).text
        if marked is not None:
            behind = marked + (tokens.sign(marked, ".") and tokens.glued(marked))
        elif len(digits) < 3 or digits[0] == "0":
            return None
        return number, behind
    return (1 - number if era[0] else number), behind


def _years(tokens: Tokens, place: int) -> tuple[Date, int] | None:
    """44 BC, AD 79, the 1990s, the 19th century, and a bare year, which is a date only within a range."""
    table = tokens.table
    century = _century(tokens, place)
    if century is not None:
        return century
    digits = tokens.at(place)
    if digits.kind == "n" and len(digits.text) == 4 and digits.text[0] != "0" and digits.text[3] == "0":
        behind = place + 1 + (tokens.sign(place + 1, "'") and tokens.glued(place + 1))
        decade = tokens.one_of(behind, table.decades) if tokens.glued(behind) else None
        if decade is not None:
            first = int(digits.text)
            hundreds = first % 100 == 0
            return Date(first, span=100 if hundreds else 10, hundreds=hundreds), decade
    year = _year(tokens, place)
    if year is None:
        return None
    plain = year[1] == place + 1
    return Date(year[0], bare=plain), year[1]


def _century(tokens: Tokens, place: int) -> tuple[Date, int] | None:
    """The 19th century, nineteenth century BC."""
    table = tokens.table
    number = _day(tokens, place)
    behind = None if number is None else tokens.one_of(number[1], table.centuries)
    if number is None or behind is None:
        return None
    era = tokens.phrase(behind, table.eras)
    if era is None:
        return Date((number[0] - 1) * 100 + 1, span=100), behind
    first = 1 - number[0] * 100 if era[0] else (number[0] - 1) * 100 + 1
    return Date(first, span=100), era[1]


def _plain(date: Date) -> Date:
    return msgspec.structs.replace(date, bare=False) if date.bare else date


_MOST_BEFORE: Final = 12


def _in_sentence(tokens: Tokens, ctx: Context) -> tuple[Clock | Date | Period, int] | None:
    """The one date of a sentence: no digits before it, a preposition right before it, nothing that rejects it."""
    table, told = ctx.rules.dates, ctx.rules.text
    limit = min(len(tokens.found), _MOST_BEFORE + 1)
    for place in range(1, limit):
        before = tokens.at(place - 1)
        if before.kind == "n" or unsettles(before.text, told) or before.text in table.bounds:
            return None
        if before.kind == "w" and before.text not in table.prepositions:
            continue
        if before.kind == "s" and before.text != ":":
            continue
        found = _whole(tokens, place, ctx)
        if found is not None:
            return found
    return None
