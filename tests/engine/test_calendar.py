"""The calendar's own laws, against the standard library's."""

from __future__ import annotations

import datetime as dt

from verifier.engine.kinds.calendar import day_number, day_of_week, is_day, leaps


def test_days_of_the_week_and_between_dates_are_the_librarys() -> None:
    first = dt.date(1583, 1, 1)
    for step in range(0, 500_000, 97):
        date = first + dt.timedelta(days=step)
        assert day_of_week(date.year, date.month, date.day) == date.isoweekday()
        assert day_number(date.year, date.month, date.day) - day_number(1583, 1, 1) == step


def test_only_days_that_exist_are_days() -> None:
    assert [is_day(year, 2, 29) for year in (2000, 1900, 1500, 2024, 2023, None)] == [
        True,
        False,
        True,
        True,
        False,
        True,
    ]
    assert not any(is_day(2020, month, day) for month, day in ((4, 31), (0, 1), (13, 1), (1, 0), (1, 32)))
    assert leaps(-43 - 1)  # 45 BC
    assert day_of_week(1492, 10, 12) is None
