"""The shapes of HTTP: requests, checked here with errors for people, and answers, for ``/openapi.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from verifier.records import SCALAR, JsonNumber, read_record
from verifier.types.errors import RecordError
from verifier.types.sample import Sample
from verifier.types.spelling import nearest
from verifier_api.problems import INVALID, FieldProblem, Problem

MOST_ERRORS: Final = 20
MOST_FIELDS: Final = 1_000
MOST_GROUND_TRUTHS: Final = 1_000
MOST_OPTIONS: Final = 1_000
MOST_TURNS: Final = 10_000
NEARLY_THE_SAME: Final = 0.82
LONGEST_NAME: Final = 40

# Where a field may be of two forms, the form of the value picks the one it is checked against, so that one mistake is
# one error. The names of the forms stand in the paths of pydantic's errors, and are taken out again.
_TAGS: Final = ("<text>", "<list>", "<object>")


def _text_or_list(value: object) -> str:
    return "<list>" if isinstance(value, list) else "<text>"


def _text_or_object(value: object) -> str:
    return "<object>" if isinstance(value, dict) else "<text>"


def _object_or_list(value: object) -> str:
    return "<list>" if isinstance(value, list) else "<object>"


def _worded(value: object) -> object:
    """A text stands as it is; numbers and booleans count as one, the text that JSON has for them."""
    if isinstance(value, JsonNumber):
        return str(value)
    return json.dumps(value) if isinstance(value, bool) else value


def _said(value: object) -> object:
    """Only a text: a number is kept as text too, and must not pass for one."""
    if isinstance(value, JsonNumber):
        raise PydanticCustomError("string_type", "a number")
    return value


_OTHERS: Final = [{"type": "number"}, {"type": "boolean"}]

_Text = Annotated[str, BeforeValidator(_said)]
_Value = Annotated[str, BeforeValidator(_worded), WithJsonSchema({"anyOf": [{"type": "string"}, *_OTHERS]})]
_Accepted = Annotated[
    str, BeforeValidator(_worded), WithJsonSchema({"anyOf": [{"type": "string", "pattern": r"\S"}, *_OTHERS]})
]
_Options = Annotated[
    Annotated[dict[str, _Value], Field(max_length=MOST_OPTIONS), Tag("<object>")]
    | Annotated[list[_Value], Field(max_length=MOST_OPTIONS), Tag("<list>")],
    Discriminator(_object_or_list),
]
_Part = Annotated[
    Annotated[_Text, Tag("<text>")] | Annotated[dict[str, Any], Tag("<object>")], Discriminator(_text_or_object)
]
_Content = Annotated[
    Annotated[_Text, Tag("<text>")] | Annotated[list[_Part], Field(max_length=MOST_TURNS), Tag("<list>")],
    Discriminator(_text_or_list),
]
_GroundTruth = Annotated[
    Annotated[_Accepted, Tag("<text>")]
    | Annotated[list[_Accepted], Field(min_length=1, max_length=MOST_GROUND_TRUTHS), Tag("<list>")],
    Discriminator(_text_or_list),
]


class Turn(BaseModel):
    """One turn of a conversation. Other fields of it are not read."""

    model_config = ConfigDict(strict=True, extra="allow")

    role: _Text = Field(description="`system`, `user`, `assistant` or `tool`.", examples=["assistant"])
    content: _Content | None = Field(
        default=None, description="What was said: a text, or a list of parts of which those of type `text` are read."
    )


class GradeRequest(BaseModel):
    """One sample to grade. Only `ground_truth` must be there; a sample without an answer is graded, and is incorrect.

    Numbers and booleans count as the text that JSON has for them where an answer, a label or an id stands. Other
    fields may stand in it and are not read, unless a name is nearly one of these: that is taken for a misspelling, and
    is an error that names it. At most 1,000 fields.
    """

    model_config = ConfigDict(strict=True, extra="ignore")

    ground_truth: _GroundTruth = Field(description="The right answer, or a list of accepted ones.", examples=["600 W"])
    final_answer: _Value | None = Field(
        default=None,
        description="The answer to grade.",
        examples=["600 watts of power are dissipated in the resistor."],
    )
    response: _Text | None = Field(
        default=None, description="A whole model response; where `final_answer` is empty, the answer is found in it."
    )
    conversations: list[Turn] | None = Field(
        default=None,
        max_length=MOST_TURNS,
        description="A conversation: its last assistant turn goes for `response`, its first user turn for `question`.",
    )
    question: _Text | None = Field(
        default=None, description="The question, which may hold options, units or precision."
    )
    options: _Options | None = Field(
        default=None,
        description="The options of a choice, label to text; or a list of texts, which are A, B, C and so on.",
        examples=[{"A": "Aspirin", "B": "Ibuprofen"}],
    )
    category: _Text | None = Field(default=None, description="Picks the grading profile.", examples=["AC Circuits"])
    sample_id: _Value | None = Field(
        default=None, description="Comes back, as text, with the answer.", examples=["traj_e719b342"]
    )
    judge: Literal["auto", "none"] | None = Field(
        default=None, description="`none` asks the rules alone; `auto`, the default, asks a judge where one is set up."
    )
    trace: bool | None = Field(default=None, description="Whether the answer carries the steps of the grade.")


class Verification(BaseModel):
    """The verdict, with the keys that a graded file has."""

    outcome: Literal["correct", "incorrect", "undecided"] = Field(description="`undecided`: the rules cannot tell.")
    method: str = Field(description="What decided: a stage, `extract`, a judge, or `none`.")
    code: str = Field(description="The stable reason; `/codes` lists them.")
    confidence: float | None = Field(description="Measured precision of the code; null where it is not measured.")
    gold: str | None = Field(description="The ground truth as it was read.")
    candidate: str | None = Field(description="The answer as it was read.")
    engine: str | None = Field(description="Version of the engine.")
    rules: str | None = Field(description="Version and digest of the rules.")
    judge_model: str | None = Field(description="The judge's model, where one was asked.")
    judge_cost_usd: float | None = Field(description="What the judge cost.")
    previous_success: bool | None = Field(description="Of regraded files; null here.")


class TraceStep(BaseModel):
    """One step of a grade."""

    phase: str = Field(description="extract, read, compare, settle or judge.")
    by: str = Field(description="The rule, reader, stage or judge.")
    decision: Literal["correct", "incorrect", "pass"] | None
    code: str | None = Field(description="The reason that the step gives, where it gives one.")
    evidence: dict[str, str]
    work: int = Field(description="Work that the step spent.")
    depth: int = Field(description="How deep inside another comparison it stood.")


class Graded(BaseModel):
    """The answer for one sample."""

    sample_id: str | None = Field(description="As it was sent, as text.")
    success: bool | None = Field(description="true, false, or null where undecided.")
    verification: Verification
    trace: list[TraceStep] | None = Field(default=None, description="Only where asked for.")


class FieldProblemModel(BaseModel):
    """What is wrong with one field."""

    model_config = ConfigDict(title="FieldProblem")

    field: str = Field(description="Path of the field, `conversations[0].role`; empty for the whole.")
    problem: str


class ProblemModel(BaseModel):
    """An error, as RFC 9457 has it."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(description="What programs compare.", examples=["urn:problem-type:verifier:invalid-request"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="Where it occurred; of a batch, `/grade/batch#/3` is the sample of index 3.")
    errors: list[FieldProblemModel] | None = None


class SampleProblem(ProblemModel):
    """What stands in the place of a sample of a batch that cannot be graded."""

    sample_id: str | None = Field(description="As it was sent, as text, where it can be read.")
    success: None = Field(description="Always null.")
    index: int = Field(description="Place in the batch, from 0.")
    line: int | None = Field(default=None, description="Line of an NDJSON body, from 1.")


class State(BaseModel):
    """How the service is."""

    status: Literal["ok"]


class Versions(BaseModel):
    """What grades here."""

    engine: str
    rules: str


class CodeEntry(BaseModel):
    """One reason that a verdict may carry."""

    name: str = Field(examples=["quantity.equal"])
    outcome: Literal["correct", "incorrect", "undecided"]
    standing: Literal["proof", "convention"] | None = Field(
        description="Of an incorrect code: whether a judge may overturn it (`convention`) or not (`proof`); else null."
    )
    summary: str


KNOWN_FIELDS: Final = tuple(GradeRequest.model_fields)


def read_request(value: object) -> tuple[Sample, GradeRequest]:
    """The sample that a JSON value asks to grade, and how; raises a 422 that names each wrong field."""
    if not isinstance(value, dict):
        problem = f"expected an object with fields, found {_kind(value)}"
        raise _invalid((FieldProblem("", problem),))
    if len(value) > MOST_FIELDS:
        raise _invalid((FieldProblem("", f"holds more than {MOST_FIELDS:,} fields"),))
    misspelt = tuple(_misspelt(value))
    try:
        request = GradeRequest.model_validate(value)
        sample = read_record(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True)
        problems = tuple(_field_problem(dict(one)) for one in found[:MOST_ERRORS])
        raise _invalid((*problems, *misspelt)[:MOST_ERRORS]) from None
    except RecordError as error:
        raise _invalid((FieldProblem(error.field or "", error.problem), *misspelt)) from None
    if misspelt:
        raise _invalid(misspelt)
    return sample, request


def _misspelt(value: Mapping[str, object]) -> Iterable[FieldProblem]:
    """The fields that are not ours but nearly so, where the one that is meant is not there too."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    absent = [name for name in KNOWN_FIELDS if name not in value]
    for name in value:
        if name in KNOWN_FIELDS or len(name) > LONGEST_NAME:
            continue
        # By letters and their order, not by common parts: `question_id` and `model_response` are other fields.
        best = process.extractOne(
            name.casefold(), absent, scorer=OSA.normalized_similarity, score_cutoff=NEARLY_THE_SAME
        )
        if best:
            yield FieldProblem(name, f"{_NO_FIELD} (did you mean '{best[0]}'?)")


def _invalid(errors: tuple[FieldProblem, ...]) -> Problem:
    detail = "; ".join(f"{error.field}: {error.problem}" if error.field else error.problem for error in errors[:3])
    more = f"; and {len(errors) - 3} more" if len(errors) > 3 else ""
    return Problem(INVALID, detail + more, errors=errors)


_NO_FIELD: Final = "there is no such field"
_FORMS: Final = {
    "ground_truth": f"{SCALAR}, or a list of these",
    "final_answer": SCALAR,
    "sample_id": SCALAR,
    "options": "an object of label to text or a list of texts",
}
_EXPECTED: Final = {
    "string_type": "a string",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "bool_type": "true or false",
    "literal_error": '"auto" or "none"',
}


def _field_problem(error: Mapping[str, object]) -> FieldProblem:
    """One error of pydantic's in our words; values of the request are named by type and never repeated."""
    loc = cast("tuple[str | int, ...]", error["loc"])
    path = [part for part in loc if part not in _TAGS]
    kind, value = str(error["type"]), error["input"]
    if kind == "missing":
        problem = "missing"
        if path == ["ground_truth"] and isinstance(value, dict):
            problem += _did_you_mean("ground_truth", [name for name in value if name not in GradeRequest.model_fields])
    elif kind == "too_short":
        problem = "the list holds no accepted answer"
    elif kind == "too_long":
        most = cast("dict[str, int]", error["ctx"])["max_length"]
        problem = f"holds more than {most:,} values"
    elif kind in _EXPECTED:
        expected = _FORMS.get(str(path[0]), _EXPECTED[kind]) if len(loc) <= 2 else _EXPECTED[kind]
        if path[0] == "ground_truth" and len(path) > 1:
            expected = SCALAR  # a member of the list
        problem = f"expected {expected}, found {_kind(value)}"
    else:
        problem = "cannot be read"
    return FieldProblem(_path(path), problem)


def _path(parts: list[str | int]) -> str:
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path[:200]


def _kind(value: object) -> str:
    """A value's type in JSON's words."""
    if value is None:
        return "null"
    names = {
        bool: "true or false",
        float: "a number",
        JsonNumber: "a number",
        str: "a string",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), "another type")


def _did_you_mean(name: str, known: tuple[str, ...] | list[str]) -> str:
    meant = nearest(name[:100], known, least=60)
    return "" if meant is None else f" (did you mean '{meant[:100]}'?)"
