"""Quantities that are not each other: the entry of a pack, and the table of all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from verifier.rulebook.entry import Entry, Text
from verifier.types.rivals import RivalTable


class RivalEntry(Entry):
    """Names of quantities of which a value is one and not another."""

    lists: Annotated[
        tuple[tuple[Text, ...], ...],
        Field(min_length=2, description="Lists of names; those of one list mean the same."),
    ]


def rivals(
    entries: list[RivalEntry], *, asks: tuple[str, ...], around: tuple[str, ...], ends: tuple[str, ...]
) -> RivalTable:
    """The table of all packs."""
    names: dict[str, set[tuple[int, int]]] = {}
    for row, entry in enumerate(entries):
        for place, listed in enumerate(entry.lists):
            for name in listed:
                names.setdefault(name.lower(), set()).add((row, place))
    return RivalTable(
        names={name: frozenset(places) for name, places in names.items()},
        name=_pattern(names),
        asks=asks,
        around=frozenset(around),
        ends=frozenset(ends),
    )


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words, the longest first, as whole words."""
    listed = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{listed})(?![\w-])")
