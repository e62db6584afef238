"""Words right beside a number: its sign, its root, what counts, what hands it over (``rules/text/figures.toml``)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec


class FigureTable(msgspec.Struct, frozen=True):
    """The words of all languages that stand beside a number.

    ``signs`` finds a word that is a sign of the number right behind it, in scripts without spaces, by the groups
    ``minus``, ``both`` and ``root``; ``marks`` are the letters that such words begin with. ``spelled`` are those of
    other scripts, with what each stands for, at the beginning of a text. ``leads`` hand a number over, ``counters`` are
    units of counting, ``tails`` what else may open the words behind one, ``ends`` what may be
    all of them, and ``links`` make it a part of another value. ``numerals``
    are the digits of such scripts, ``tens`` their powers of ten, ``digits`` all of both.
    """

    signs: re.Pattern[str]
    marks: frozenset[str]
    spelled: Mapping[str, str]
    openings: tuple[str, ...]
    leads: tuple[str, ...]
    counters: tuple[str, ...]
    tails: tuple[str, ...]
    ends: frozenset[str]
    links: tuple[str, ...]
    numerals: Mapping[str, int]
    tens: Mapping[str, int]
    digits: frozenset[str]
