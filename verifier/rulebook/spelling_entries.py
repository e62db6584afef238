"""What the files of a rule pack may hold on spellings, abbreviations and names of one thing."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from verifier.rulebook.entry import Entry, Text


class SpellingEntry(Entry):
    """Spellings of one word, abbreviations, names of one thing: what is the same in every text."""

    pairs: Annotated[
        tuple[tuple[Text, ...], ...],
        Field(
            min_length=1,
            description="Two forms or more each, none of which means anything else. Single words in small letters "
            "stand for each other within any text; lists with other forms (several words, capitals, stops) as whole "
            "answers only, where what is in small letters is read in any case, and what has capitals as it is written.",
        ),
    ]
