"""What the files of a pack's ``extract/`` may hold."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from verifier.rulebook.entry import Entry, Text


class MarkerEntry(Entry):
    """Words that announce an answer, most often those of one language."""

    phrases: Annotated[tuple[Text, ...], Field(description="What stands right before the answer.")] = ()
    labels: Annotated[
        tuple[Text, ...],
        Field(description="What opens a line or a sentence and has a colon, or the line's end, before the answer."),
    ] = ()
    exact: Annotated[bool, Field(description="Read in this case only, and sought in all of a very long text.")] = False
    line_start: Annotated[bool, Field(description="The phrases too only where they open a line or a sentence.")] = False
    to_end: Annotated[bool, Field(description="All that follows is the answer, over any lines.")] = False


class ContrastEntry(Entry):
    """Two words around a rejected value: "not 5 but 7"."""

    before: Annotated[Text, Field(description="What stands before the rejected value.")]
    between: Annotated[Text, Field(description="What stands between it and the value that is meant.")]
    unless: Annotated[
        tuple[Text, ...], Field(description="Words behind either that reject nothing: not *only* 5 but *also* 7.")
    ] = ()


class TagEntry(Entry):
    """Opening and closing text around an answer, or around thinking."""

    open: Annotated[Text, Field(description="The opening text.")]
    close: Annotated[Text, Field(description="The closing text.")]
    kind: Annotated[
        Literal["answer", "thinking"],
        Field(description="What stands between: the answer, or thinking, which is never one."),
    ]
