"""What stands right beside a number: the entry of a pack, and the table of all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from verifier.rulebook.entry import Entry, Text
from verifier.types.figures import FigureTable

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SIGNS = {"both": "±", "minus": "-", "root": "√"}
_NEVER = r"(?!)"


class FigureEntry(Entry):
    """Words of a language that stand right beside a number."""

    minus: Annotated[tuple[Text, ...], Field(description="Before a number: less than nothing.")] = ()
    both: Annotated[tuple[Text, ...], Field(description="Before a number: it and its negative.")] = ()
    root: Annotated[tuple[Text, ...], Field(description="Before a number: its square root.")] = ()
    leads: Annotated[tuple[Text, ...], Field(description="Before a number: hand it over, and change nothing.")] = ()
    counters: Annotated[tuple[Text, ...], Field(description="Behind a number: count things, and are no unit.")] = ()
    tails: Annotated[tuple[Text, ...], Field(description="Behind a number: belong to the sentence.")] = ()
    ends: Annotated[tuple[Text, ...], Field(description="The same, where no other word follows them.")] = ()
    links: Annotated[tuple[Text, ...], Field(description="Behind a number: make it a part of another value.")] = ()
    digits: Annotated[tuple[Text, ...], Field(description="The digits from nought, each in all its signs.")] = ()
    tens: Annotated[tuple[Text, ...], Field(description="Ten, a hundred, a thousand, ten thousand.")] = ()


def figures(entries: list[FigureEntry]) -> FigureTable:
    """The table of all packs."""
    words: dict[str, list[str]] = {kind: [] for kind in _SIGNS}
    spelled: dict[str, str] = {}
    numerals: dict[str, int] = {}
    tens: dict[str, int] = {}
    for entry in entries:
        for kind, sign in _SIGNS.items():
            for word in getattr(entry, kind):
                if _UNSPACED.search(word):
                    words[kind].append(word)
                else:
                    spelled[word.lower()] = sign
        numerals.update({sign: value for value, signs in enumerate(entry.digits) for sign in signs})
        tens.update({sign: 10 ** (power + 1) for power, signs in enumerate(entry.tens) for sign in signs})
    both, minus, root = ("|".join(map(re.escape, _longest(words[kind]))) or _NEVER for kind in _SIGNS)
    signs = rf"(?:(?:(?P<both>{both})|(?P<minus>{minus})) ?(?P<root>{root})?|(?P<alone>{root})) ?"
    return FigureTable(
        signs=re.compile(rf"{signs}(?P<number>\d{{1,40}}(?:\.\d{{1,40}})?)"),
        marks=frozenset(word[0] for each in words.values() for word in each),
        spelled=spelled,
        openings=_longest(spelled),
        leads=_longest(word for entry in entries for word in entry.leads),
        counters=_longest(word for entry in entries for word in entry.counters),
        tails=_longest(word for entry in entries for word in entry.tails),
        ends=frozenset(word for entry in entries for word in entry.ends),
        links=_longest(word for entry in entries for word in entry.links),
        numerals=numerals,
        tens=tens,
        digits=frozenset((*numerals, *tens)),
    )


def _longest(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(words), key=len, reverse=True))
