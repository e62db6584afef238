"""How dates and times are written, as the rules have it: what ``rules/dates`` comes to."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import msgspec


class DateTable(msgspec.Struct, frozen=True):
    """How dates, times of day and durations are written, in any of the languages of ``rules/dates``.

    Keys are folded words with single spaces and no stops ("a m", "half past"). ``months`` and ``days`` count from one,
    days from Monday; ``eras`` say whether years count backwards; ``halves`` are am or pm; ``hours`` have names (noon);
    ``zones`` are minutes east of UTC; ``shifts`` minutes from an hour; ``parts`` are parts of a unit in words. The
    other word lists are explained where they stand. ``hints`` are the words without which a text that shows no digits
    in the manner of a date or a time is none.
    """

    months: Mapping[str, int]
    days: Mapping[str, int]
    eras: Mapping[str, bool]
    halves: Mapping[str, str]
    hours: Mapping[str, int]
    zones: Mapping[str, int]
    shifts: Mapping[str, int]
    parts: Mapping[str, Fraction]
    bounds: Mapping[str, str]
    joiners: Mapping[str, str]
    cardinals: Mapping[str, int]
    ordinals: Mapping[str, int]
    suffixes: frozenset[str]
    links: frozenset[str]
    year_marks: frozenset[str]
    month_marks: frozenset[str]
    day_marks: frozenset[str]
    decades: frozenset[str]
    centuries: frozenset[str]
    leads: frozenset[str]
    prepositions: frozenset[str]
    before_year: frozenset[str]
    asks_date: frozenset[str]
    asks_year: frozenset[str]
    asks_month: frozenset[str]
    asks_day: frozenset[str]
    asks_time: frozenset[str]
    day_clock: frozenset[str]
    past: frozenset[str]
    before_hour: frozenset[str]
    loose_past: frozenset[str]
    loose_before_hour: frozenset[str]
    oclock: frozenset[str]
    hour_letters: frozenset[str]
    hour_words: frozenset[str]
    military: frozenset[str]
    joints: frozenset[str]
    unit_letters: Mapping[str, str]
    unit_joiners: frozenset[str]
    one_words: frozenset[str]
    part_links: frozenset[str]
    duration_leads: frozenset[str]
    hints: frozenset[str]
