"""Clauses behind a value: the entry of a pack, and the table of all of them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from verifier.rulebook.entry import Entry, Text
from verifier.types.clauses import ClauseTable


class ClauseEntry(Entry):
    """Words of a language that say behind a value that it is another one, or not yet the answer."""

    says: Annotated[tuple[Text, ...], Field(description="Stand before the value said again.")] = ()
    opens: Annotated[tuple[Text, ...], Field(description="Open a clause that may go on to another value.")] = ()
    changes: Annotated[tuple[Text, ...], Field(description="Stand before the value that it becomes.")] = ()
    steps: Annotated[tuple[Text, ...], Field(description="Leave something to do with it; `*` is some words.")] = ()
    labels: Annotated[tuple[Text, ...], Field(description="Stand before the label of an option.")] = ()
    about: Annotated[tuple[Text, ...], Field(description="Stand before a value that is not exact.")] = ()


_SPACELESS = "\u2e80"  # from here on stand scripts without spaces


def clauses(entries: list[ClauseEntry]) -> ClauseTable:
    """The table of all packs; everything in lower case."""

    def listed(kind: str) -> tuple[str, ...]:
        found = {phrase.lower() for entry in entries for phrase in getattr(entry, kind)}
        return tuple(sorted(found, key=lambda phrase: (-len(phrase), phrase)))

    def escaped(phrase: str) -> str:
        return r"[^.;]{1,60}?".join(re.escape(part) for part in phrase.split("*"))

    def pattern(*phrases: str) -> re.Pattern[str]:
        spaced = "|".join(escaped(phrase) for phrase in phrases if phrase[0] < _SPACELESS)
        glued = "|".join(escaped(phrase) for phrase in phrases if phrase[0] >= _SPACELESS)
        return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)" + (f"|{glued}" if glued else ""))

    says, opens = listed("says"), listed("opens")
    return ClauseTable(
        starts=frozenset(phrase.split()[0] for phrase in (*says, *opens) if phrase[0] < _SPACELESS),
        glued=tuple(phrase for phrase in (*says, *opens) if phrase[0] >= _SPACELESS),
        opens=pattern(*sorted({*says, *opens}, key=lambda phrase: (-len(phrase), phrase))),
        says=pattern(*says),
        changes=pattern(*listed("changes")),
        steps=pattern(*listed("steps")),
        labels=re.compile(rf"(?:{pattern(*listed('labels')).pattern})[\s*:,(\[]*\Z"),
        about=listed("about"),
    )
