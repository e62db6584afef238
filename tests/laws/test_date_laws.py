"""What holds for every date, time of day and duration, however it is spelled."""

from __future__ import annotations

import datetime as dt

from hypothesis import assume, given
from hypothesis import strategies as st
from laws import examples

from verifier import Outcome, grade

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
GERMAN = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip
FRENCH = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def outcome(gold: str, answer: str) -> Outcome:
    return grade(ground_truth=gold, final_answer=answer).outcome


def ordinal(day: int) -> str:
    suffix = "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{suffix}"


def spellings(date: dt.date) -> list[str]:
    """Every way to write a date that only it fits."""
    day, year, name = date.day, date.year, MONTHS[date.month - 1]
    ways = [
        f"{day} {name} {year}",
        f"{name} {day}, {year}",
        f"{name} {ordinal(day)}, {year}",
        f"the {ordinal(day)} of {name}, {year}",
        f"{day} {name[:3]} {year}",
        f"{name[:3]}. {day}, {year}",
        date.isoformat(),
        f"{year}/{date.month:02}/{day:02}",
        f"{DAYS[date.weekday()]}, {day} {name} {year}",
        f"{year}年{date.month}月{day}日",
        f"{day}. {GERMAN[date.month - 1]} {year}",
        f"{day} {FRENCH[date.month - 1]} {year}",
        f"on {name} {day}, {year}.",
    ]
    if day > 12:
        ways += [f"{day:02}/{date.month:02}/{year}", f"{date.month}/{day}/{year}", f"{day}.{date.month}.{year}"]
    return ways


DATES = st.dates(dt.date(1583, 1, 1), dt.date(2999, 12, 31))


@examples(150)
@given(DATES, st.data())
def test_a_date_is_itself_in_every_spelling(date: dt.date, data: st.DataObject) -> None:
    ways = st.sampled_from(spellings(date))
    gold, answer = data.draw(ways), data.draw(ways)
    assert outcome(gold, answer) is Outcome.CORRECT, (gold, answer)


@examples(150)
@given(DATES, DATES, st.sampled_from(["day", "month", "year", "any"]), st.data())
def test_another_date_is_never_correct(date: dt.date, far: dt.date, step: str, data: st.DataObject) -> None:
    other = {
        "day": date + dt.timedelta(days=1),
        "month": date.replace(month=date.month % 12 + 1, day=min(date.day, 28)),
        "year": date.replace(year=date.year - 1, day=min(date.day, 28)),
        "any": far,
    }[step]
    assume(other != date)
    gold, answer = data.draw(st.sampled_from(spellings(date))), data.draw(st.sampled_from(spellings(other)))
    assert outcome(gold, answer) is Outcome.INCORRECT, (gold, answer)


@examples(80)
@given(DATES, DATES)
def test_a_date_of_two_orders_is_never_ruled_for_one_of_them(date: dt.date, other: dt.date) -> None:
    assume(date.day <= 12 and date.day != date.month)
    written = f"{date.day:02}/{date.month:02}/{date.year}"
    swapped = date.replace(day=date.month, month=date.day)
    for meant in (date, swapped):
        for way in spellings(meant)[:5]:
            assert outcome(way, written) is Outcome.UNDECIDED
            assert outcome(written, way) is Outcome.UNDECIDED
    if other not in {date, swapped}:
        assert outcome(other.isoformat(), written) is Outcome.INCORRECT


def clock_spellings(minutes: int) -> list[str]:
    hour, minute = divmod(minutes, 60)
    half, twelve = "am" if hour < 12 else "pm", hour % 12 or 12
    ways = [f"{twelve}:{minute:02} {half}", f"{twelve}:{minute:02} {half[0]}.m.", f"{hour}h{minute:02}"]
    ways += [f"{hour:02}:{minute:02}"] if hour > 12 or hour < 10 else []
    return ways + ([f"{twelve} {half}"] if minute == 0 else [])


@examples(150)
@given(st.integers(0, 24 * 60 - 1), st.integers(0, 24 * 60 - 1), st.data())
def test_a_time_is_itself_and_no_other(minutes: int, others: int, data: st.DataObject) -> None:
    gold = data.draw(st.sampled_from(clock_spellings(minutes)))
    assert outcome(gold, data.draw(st.sampled_from(clock_spellings(minutes)))) is Outcome.CORRECT
    if others != minutes:
        assert outcome(gold, data.draw(st.sampled_from(clock_spellings(others)))) is not Outcome.CORRECT


def duration_spellings(hours: int, minutes: int) -> list[str]:
    return [
        f"{hours} h {minutes} min",
        f"{hours} hours and {minutes} minutes",
        f"{hours}h{minutes:02}min",
        f"PT{hours}H{minutes}M",
        f"{hours * 60 + minutes} minutes",
        f"{(hours * 60 + minutes) * 60} s",
        f"{hours}:{minutes:02} h",
    ]


@examples(150)
@given(st.integers(1, 200), st.integers(1, 59), st.integers(1, 59), st.data())
def test_a_duration_is_itself_and_no_other(hours: int, minutes: int, others: int, data: st.DataObject) -> None:
    gold = data.draw(st.sampled_from(duration_spellings(hours, minutes)))
    same = data.draw(st.sampled_from(duration_spellings(hours, minutes)))
    assert outcome(gold, same) is Outcome.CORRECT, (gold, same)
    if others != minutes:
        other = data.draw(st.sampled_from(duration_spellings(hours, others)))
        assert outcome(gold, other) is Outcome.INCORRECT, (gold, other)


WORDS = (
    "20|7|1969|03|0|99999|July|Mon|th|of|the|,|.|/|-|:| | |BC|AD|am|p.m.|h|min|s|T|Z|+|UTC|half past|quarter to|noon|"
    "to|or|and|between|from|not|before|century|年|月|日|PT|H|M|a|half|an hour|'|(|)"
)
PIECES = st.lists(st.sampled_from(WORDS.split("|")), max_size=14).map("".join)


@examples(400)
@given(PIECES, PIECES, st.none() | PIECES)
def test_pieces_of_dates_have_a_verdict_and_always_the_same(gold: str, answer: str, question: str | None) -> None:
    first = grade(ground_truth=gold, final_answer=answer, question=question)
    assert first == grade(ground_truth=gold, final_answer=answer, question=question)


@examples(100)
@given(st.integers(1, 400), st.integers(2, 400))
def test_numbers_of_maths_are_no_dates(above: int, below: int) -> None:
    for text, value, question in (
        (f"{above}/{below}", f"{above * 3}/{below * 3}", None),
        (f"{above}:{below}", f"{above * 3}:{below * 3}", "What is the ratio of the two?"),
    ):
        verdict = grade(ground_truth=text, final_answer=value, question=question)
        assert verdict.outcome is Outcome.CORRECT, (text, value)
