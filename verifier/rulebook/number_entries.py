"""What the files of a pack's ``numbers/`` may hold of the words around numbers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from verifier.rulebook.entry import Entry, Text


class BoundEntry(Entry):
    """Words that make an amount a bound; ``sort`` says what it is a bound to, else the ``name`` does."""

    sort: Annotated[str, Field(description="What it is a bound to, where that is not the name.")] = ""
    before: Annotated[tuple[Text, ...], Field(description="What stands before the amount.")] = ()
    after: Annotated[tuple[Text, ...], Field(description="What stands behind it.")] = ()


class BetweenEntry(Entry):
    """Words of a language that say that a value lies between two others."""

    before: Annotated[tuple[Text, ...], Field(description="What stands before the first value.")] = ()
    joint: Annotated[tuple[Text, ...], Field(min_length=1, description="What stands between both.")]
    after: Annotated[tuple[Text, ...], Field(description="What stands behind the second.")] = ()
    subjects: Annotated[tuple[Text, ...], Field(description="What may stand in front: what lies there.")] = ()
