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
    subjects: Annotated[tuple[Text, ...], Field(description="Stand for the value, before one of `verbs`.")] = ()
    verbs: Annotated[tuple[Text, ...], Field(description="Say of a subject what it is.")] = ()
    manners: Annotated[tuple[Text, ...], Field(description="May stand before or behind a verb.")] = ()
    nears: Annotated[tuple[Text, ...], Field(description="Signs before a rounding of the value.")] = ()
    opens: Annotated[tuple[Text, ...], Field(description="Open a clause that may go on to another value.")] = ()
    changes: Annotated[tuple[Text, ...], Field(description="Stand before the value that it becomes.")] = ()
    steps: Annotated[tuple[Text, ...], Field(description="Leave something to do with it; `*` is some words.")] = ()
    labels: Annotated[tuple[Text, ...], Field(description="Stand before the label of an option.")] = ()
    about: Annotated[tuple[Text, ...], Field(description="Stand before a value that is not exact.")] = ()


_SPACELESS = "\u2e80"  # from here on stand scripts without spaces


def _is_glued(phrase: str) -> bool:
    """Whether a phrase needs no spaces around it: a sign, or words of a script without spaces."""
    return phrase[0] >= _SPACELESS or not phrase[0].isalnum()


def clauses(entries: list[ClauseEntry]) -> ClauseTable:
    """The table of all packs; everything in lower case."""

    def listed(kind: str) -> tuple[str, ...]:
        found = {phrase.lower() for entry in entries for phrase in getattr(entry, kind)}
        return tuple(sorted(found, key=lambda phrase: (-len(phrase), phrase)))

    def either(kind: str) -> str:
        return "|".join(escaped(phrase) for phrase in listed(kind))

    def escaped(phrase: str) -> str:
        return r"[^.;]{1,60}?".join(re.escape(part) for part in phrase.split("*"))

    def pattern(*phrases: str) -> re.Pattern[str]:
        spaced = "|".join(escaped(phrase) for phrase in phrases if not _is_glued(phrase))
        glued = "|".join(escaped(phrase) for phrase in phrases if _is_glued(phrase))
        return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)" + (f"|{glued}" if glued else ""))

    says, opens, nears, subjects = listed("says"), listed("opens"), listed("nears"), listed("subjects")
    every = sorted({*says, *opens, *nears, *subjects}, key=lambda phrase: (-len(phrase), phrase))
    manner, plain = either("manners"), pattern(*says)
    said = rf"(?<!\w)(?:{either('subjects')})(?:,? (?:{manner}),?)? (?:{either('verbs')})(?:,? (?:{manner}),?)?(?!\w)"
    return ClauseTable(
        starts=frozenset(phrase.split()[0] for phrase in every if not _is_glued(phrase)),
        glued=tuple(phrase for phrase in every if _is_glued(phrase)),
        opens=pattern(*every),
        says=re.compile(f"{said}|{plain.pattern}") if subjects else plain,
        nears=pattern(*nears),
        changes=pattern(*listed("changes")),
        steps=pattern(*listed("steps")),
        labels=re.compile(rf"(?:{pattern(*listed('labels')).pattern})[\s*:,(\[]*\Z"),
        about=listed("about"),
    )
