"""From rubrics and sentences as written to the tables that judges use."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from verifier.rulebook.judging_entries import RubricEntry, SentenceEntry
from verifier.rulebook.schema import Entries, Lists
from verifier.types.errors import RulesError
from verifier.types.judging import Quoting, Rubric

PROTOCOLS: Final = ("short", "long")


def rubrics(entries: Entries) -> dict[str, Rubric]:
    """The rubric of each protocol; raises ``RulesError`` where one is missing."""
    found: dict[str, Rubric] = {
        entry.name: _rubric(entry)
        for _, entry in entries.get(("judge", "rubric"), {}).values()
        if isinstance(entry, RubricEntry)
    }
    for name in PROTOCOLS:
        if name not in found:
            raise RulesError("judge/", name, None, "there is no [[rubric]] of this name")
    return found


def sentences(entries: Entries) -> dict[str, str]:
    """What is told of each demand."""
    listed = entries.get(("judge", "sentence"), {}).values()
    return {entry.name: entry.text for _, entry in listed if isinstance(entry, SentenceEntry)}


def quoting(lists: Lists) -> Quoting:
    """The words that a quote may not leave out."""

    def words(name: str) -> tuple[str, ...]:
        return tuple(word.casefold() for word in lists.get(("judge", name), ()))

    return Quoting(
        minus=frozenset(words("minus_words")),
        before=frozenset(words("denials")),
        behind=words("denials_behind"),
        joined=words("denials_joined"),
        over=frozenset(words("denials_over")),
    )


def _rubric(entry: RubricEntry) -> Rubric:
    first, swapped = entry.first.strip(), entry.swapped.strip()
    digest = blake2b(f"{first}\0{swapped}".encode(), digest_size=4).hexdigest()
    return Rubric(
        entry.name,
        entry.version,
        first,
        swapped,
        entry.answer_chars,
        entry.question_chars,
        entry.tokens,
        entry.third_tokens,
        digest,
    )
