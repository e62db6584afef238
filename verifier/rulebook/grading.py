"""What the files of a rule pack may hold on options and on how a category is graded."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from verifier.rulebook.entry import Entry, Name, Text

Required = Literal["exact", "integer", "options", "labels"]


class AlphabetEntry(Entry):
    """A run of option labels."""

    labels: Annotated[tuple[Text, ...], Field(min_length=2, description="In their order.")]
    weak: Annotated[
        bool, Field(description="They number other things as often: looked at only where no other labels stand.")
    ] = False


class LayoutEntry(Entry):
    """How labels stand before options."""

    shape: Annotated[
        str,
        Field(
            description="The label and what stands around it, `({label})`; a space in it is one to four, and one "
            "behind a sign must be there: `{label} - `.",
            pattern=r"\{label\}",
        ),
    ]
    alphabets: Annotated[tuple[Text, ...], Field(min_length=1, description="Names of `[[alphabet]]` entries.")]
    line_start: Annotated[bool, Field(description="Only at the start of a line.")] = False


class ToleranceEntry(Entry):
    """A tolerance by name."""

    rounding: Annotated[bool, Field(description="The examiner's rounding of the grading policy (rule 11), or none.")]
    relative: Annotated[
        str,
        Field(pattern=r"^\d+(\.\d+)?(e-?\d+)?$", description="Difference that is free, as a part of the ground truth."),
    ] = "0"
    absolute: Annotated[
        str,
        Field(pattern=r"^\d+(\.\d+)?(e-?\d+)?$", description="Difference that is free, in the ground truth's unit."),
    ] = "0"


class ProfileEntry(Entry):
    """How a category is graded."""

    extends: Annotated[
        Name | None, Field(description="The profile that gives what this one leaves out; else `default` does.")
    ] = None
    categories: Annotated[
        tuple[Text, ...], Field(description="Of a sample, in any case; `*` stands for any text.")
    ] = ()
    stages: Annotated[tuple[Name, ...] | None, Field(description="The stages that are asked, see below; else all.")] = (
        None
    )
    tolerance: Annotated[Name | None, Field(description="The name of a `[[tolerance]]` entry.")] = None
    missing_unit: Annotated[
        Literal["correct", "incorrect", "pass"] | None,
        Field(
            description="What a right number is whose unit is missing and stands nowhere; `pass` leaves it undecided."
        ),
    ] = None
    demands: Annotated[
        tuple[Required, ...] | None,
        Field(
            description="What is asked of every answer: `exact`: nothing is rounded; `integer`: one whole number, no "
            "range; `options`: a letter alone is an option's, also a small one; `labels`: case is free in every word."
        ),
    ] = None
    long_reference: Annotated[
        int | None,
        Field(ge=0, description="A ground truth of more words is free text, only equal to itself; 0: none is."),
    ] = None
    protocol: Annotated[
        Literal["short", "long"] | None,
        Field(description="How a judge reads: `short` answers are compared, `long` ones weighed against each other."),
    ] = None
    judges: Annotated[
        tuple[Name, ...] | None,
        Field(description="Judges to ask where the rules are undecided, in order; `symbolic` and `anthropic` ship."),
    ] = None
    judge_votes: Annotated[
        Literal[1, 2, 3] | None,
        Field(
            description="How often a model is asked at most: `1` takes its word, `2` asks again with the sides in the "
            "other order before *correct*, `3` once more at high effort where the two differ; `3` by default."
        ),
    ] = None
    judge_effort: Annotated[
        Literal["low", "medium", "high"] | None,
        Field(description="How hard a model tries at the first and the second call; `low` by default."),
    ] = None
    judge_model: Annotated[
        Name | None, Field(description="The model to ask; by default that of `VERIFIER_JUDGE_MODEL`.")
    ] = None
    budget: Annotated[
        dict[str, Annotated[int, Field(ge=1)]],
        Field(default_factory=dict, description="Limits of one grade, by name; see below."),
    ]


class ConfidenceEntry(Entry):
    """The measured precision of a code."""

    precision: Annotated[
        float, Field(description="Right verdicts of all with the code that is the `name`.", ge=0, le=1)
    ]
    n: Annotated[int, Field(ge=1, description="Verdicts that were looked at.")]
    date: Annotated[str, Field(description="When it was measured.", pattern=r"^\d{4}-\d{2}-\d{2}$")]
