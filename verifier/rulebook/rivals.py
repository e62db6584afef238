"""Quantities that are not each other: the entry of a pack, and the table of all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field

from verifier.rulebook.entry import Entry, Text
from verifier.types.rivals import RivalTable

LISTS = ("asks", "asks_around", "asks_ends", "asks_free", "label_free", "label_denying")


class RivalEntry(Entry):
    """Names of quantities of which a value is one and not another."""

    lists: Annotated[
        tuple[tuple[Text, ...], ...],
        Field(min_length=2, description="Lists of names; those of one list mean the same."),
    ]


class SameEntry(Entry):
    """Words that mean the same in front of a value."""

    words: Annotated[tuple[Text, ...], Field(min_length=2, description="Words that mean the same.")]


def rivals(entries: list[RivalEntry], same: list[SameEntry], words: Mapping[str, tuple[str, ...]]) -> RivalTable:
    """The table of all packs; ``words`` are the lists of ``LISTS``, folded."""
    names: dict[str, set[tuple[int, int]]] = {}
    for row, entry in enumerate(entries):
        for place, listed in enumerate(entry.lists):
            for name in listed:
                names.setdefault(name.lower(), set()).add((row, place))
    return RivalTable(
        names={name: frozenset(places) for name, places in names.items()},
        name=_pattern(names),
        asks=words["asks"],
        around=frozenset(words["asks_around"]),
        ends=frozenset(words["asks_ends"]),
        unordered=words["asks_free"],
        alike=_alike([*(listed for entry in entries for listed in entry.lists), *(entry.words for entry in same)]),
        free=frozenset(words["label_free"]),
        denying=frozenset(words["label_denying"]),
    )


def _alike(lists: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """Each word of the lists, and the first one that means the same; of a word in two lists the first counts."""
    found: dict[str, str] = {}
    for listed in lists:
        words = [word.lower() for word in listed]
        first = next((found[word] for word in words if word in found), words[0])
        for word in words:
            found.setdefault(word, first)
    return found


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words, the longest first, as whole words."""
    listed = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{listed})(?![\w-])")
