"""The entries of ``attacks/``: phrases that answer nothing, and text that is not seen."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from verifier.rulebook.entry import Entry, Text


class AttackEntry(Entry):
    """Phrases of answers that are made to fool a grader."""

    kind: Annotated[
        Literal["master_key", "reference", "slot", "self_graded", "injected", "refusal", "assent"],
        Field(
            description="What they are: openings without an answer, pointers to the ground truth, names in the slots "
            "of a template, grades that the answer gives itself, instructions to whoever grades, refusals, a mere yes."
        ),
    ]
    phrases: Annotated[
        tuple[Text, ...],
        Field(min_length=1, description="Words, in any case and punctuation; `{number}` stands for any number."),
    ]
    unless: Annotated[
        tuple[Text, ...], Field(description="Words of a question that may ask for such a text: then it is an answer.")
    ] = ()
    weak: Annotated[
        bool, Field(description="They never make an answer incorrect: nobody is asked about it, and that is all.")
    ] = False


class ConcealedEntry(Entry):
    """Text that a page or a typeset answer does not show."""

    open: Annotated[Text, Field(description="What opens it, in any case.")]
    close: Annotated[Text, Field(description="What closes it; where nothing does, the answer is left undecided.")]
