"""What dates and times of day are read with: tokens of a text, phrases of the rules, and the calendar's own laws.

Years are astronomical: 1 BC is the year 0, 44 BC is -43. Days of the week count from Monday, 1 to 7.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import Final, TypeVar

import msgspec

from verifier.types.dates import DateTable
from verifier.types.rules import TextTable

_V = TypeVar("_V")
_TOKEN: Final = re.compile(r"\d+|[^\W\d_](?:\.[^\W\d_])+(?![^\W\d_])\.?|[^\W\d_]+|[^\w\s]|_")
_BETWEEN: Final = frozenset(".-'")  # free between the words of a phrase: a. m., o'clock, segunda-feira
_LONGEST: Final = 5  # words of a phrase of the rules
_GREGORIAN: Final = 1582  # the year of the reform; before it every fourth year leaps


class Token(msgspec.Struct, frozen=True, gc=False):
    """A run of digits (``n``), a word without its inner stops (``w``) or a sign (``s``), and where it stands."""

    kind: str
    text: str
    start: int
    end: int


class Tokens(msgspec.Struct, frozen=True, gc=False):
    """A text in pieces; what is asked for beyond its end is an empty sign.

    ``timely`` says that the question asks for a time of day.
    """

    found: tuple[Token, ...]
    table: DateTable
    timely: bool = False

    def at(self, place: int) -> Token:
        """The token there."""
        return self.found[place] if 0 <= place < len(self.found) else _END

    def sign(self, place: int, signs: str) -> bool:
        """Whether one of these signs stands there."""
        token = self.at(place)
        return token.kind == "s" and token.text != "" and token.text in signs

    def glued(self, place: int) -> bool:
        """Whether no space stands before the token there."""
        return 0 < place < len(self.found) and self.found[place].start == self.found[place - 1].end

    def number(self, place: int, most: int, low: int, high: int) -> int | None:
        """The whole number there, of at most so many digits, within bounds."""
        token = self.at(place)
        if token.kind != "n" or len(token.text) > most:
            return None
        value = int(token.text)
        return value if low <= value <= high else None

    def phrase(self, place: int, table: Mapping[str, _V]) -> tuple[_V, int] | None:
        """The longest phrase of a table that begins there, what it means, and the place behind it."""
        found = self._longest(place, table)
        return None if found is None else (table[found[0]], found[1])

    def one_of(self, place: int, words: Container[str]) -> int | None:
        """The place behind the longest of some phrases that begins there, or ``None``."""
        found = self._longest(place, words)
        return None if found is None else found[1]

    def _longest(self, place: int, known: Container[str]) -> tuple[str, int] | None:
        best: tuple[str, int] | None = None
        words = ""
        for _ in range(_LONGEST):
            if words:
                while place < len(self.found) and self.found[place].text in _BETWEEN:
                    place += 1
            token = self.at(place)
            if token.kind == "s":
                break
            words = f"{words} {token.text}" if words else token.text
            place += 1
            if words in known:
                best = words, place
        return best

    def skip(self, place: int, signs: str, words: frozenset[str] = frozenset()) -> int:
        """The place behind any of these signs and phrases."""
        while True:
            if self.sign(place, signs):
                place += 1
                continue
            behind = self.one_of(place, words) if words and self.at(place).kind == "w" else None
            if behind is None:
                return place
            place = behind


_END: Final = Token("s", "", 0, 0)


def tokens_of(text: str, table: DateTable, *, timely: bool = False) -> Tokens:
    """The tokens of a text, words in lower case. Linear in the text."""
    found = []
    for match in _TOKEN.finditer(text):
        piece = match[0]
        kind = "n" if piece[0].isdecimal() else "w" if piece[0].isalpha() else "s"
        word = piece.lower().replace(".", "") if kind == "w" else piece
        found.append(Token(kind, word, match.start(), match.end()))
    return Tokens(tuple(found), table, timely)


def unsettles(word: str, told: TextTable) -> bool:
    """Whether a word before a date or a duration bounds, doubts, changes or rejects it."""
    return (
        word in told.hedges
        or word in told.rejections
        or word in told.doubts
        or word in told.suppositions
        or word in told.modifiers
    )


def leaps(year: int) -> bool:
    """Whether a year has a 29 February: Gregorian from the reform on, Julian before it.

    >>> leaps(1900), leaps(2000), leaps(1500)
    (False, True, True)
    """
    return year % 4 == 0 and (year <= _GREGORIAN or year % 100 != 0 or year % 400 == 0)


def is_day(year: int | None, month: int, day: int) -> bool:
    """Whether a month has such a day; without a year, in some year.

    >>> is_day(2021, 2, 29), is_day(None, 2, 29), is_day(2021, 4, 31)
    (False, True, False)
    """
    if not 1 <= month <= 12 or day < 1:
        return False
    longest = 29 if month == 2 and (year is None or leaps(year)) else _LENGTHS[month - 1]
    return day <= longest


_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def day_number(year: int, month: int, day: int) -> int:
    """Days since an origin of its own, in the Gregorian calendar."""
    shifted = year - (month <= 2)
    era, within = divmod(shifted, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146097 + within * 365 + within // 4 - within // 100 + of_year


def day_of_week(year: int, month: int, day: int) -> int | None:
    """The day of the week, Monday being 1; ``None`` before the reform, where calendars differ.

    >>> day_of_week(1969, 7, 20), day_of_week(2000, 1, 1)
    (7, 6)
    """
    return None if year <= _GREGORIAN else (day_number(year, month, day) + 2) % 7 + 1
