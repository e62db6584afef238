"""What the files of ``judge/`` may hold: rubrics, and the sentences on what a question demands."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from verifier.rulebook.entry import Entry, Text

_RUBRIC = Annotated[str, Field(min_length=2_600, max_length=40_000)]


class RubricEntry(Entry):
    """What a judge that is a model goes by; the ``name`` is the protocol, `short` or `long`."""

    name: Annotated[Literal["short", "long"], Field(description="The protocol: `short` or `long`.")]
    version: Annotated[int, Field(ge=1, description="To be raised with every change: it stands in the trace.")]
    first: Annotated[
        _RUBRIC,
        Field(description="What it is told of `reference` and `answer`; shorter texts are not cached by the API."),
    ]
    swapped: Annotated[_RUBRIC, Field(description="What it is told of `text_1` and `text_2`, neither of them the key.")]
    answer_chars: Annotated[
        int, Field(ge=200, le=200_000, description="The longest answer that is shown whole; else its two ends are.")
    ]
    question_chars: Annotated[int, Field(ge=200, le=200_000, description="The same of a question.")]
    tokens: Annotated[int, Field(ge=64, le=32_000, description="The longest reply.")]
    third_tokens: Annotated[int, Field(ge=64, le=32_000, description="The longest reply at high effort.")]


class SentenceEntry(Entry):
    """What a judge is told of a demand of the question; the ``name`` is one that the engine reads."""

    text: Annotated[Text, Field(description="The sentence; `{}` is the value that is asked for.")]
