"""The shapes of HTTP: requests, checked here with errors for people, and answers, for ``/openapi.json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, cast

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError

from verifier.records import read_record
from verifier.types.errors import RecordError
from verifier.types.sample import Sample
from verifier_api.problems import INVALID, FieldProblem, Problem

MOST_ERRORS: Final = 20
MOST_GROUND_TRUTHS: Final = 1_000
MOST_OPTIONS: Final = 1_000
MOST_TURNS: Final = 10_000

# Where a field may be of two forms, the form of the value picks the one it is checked against, so that one mistake is
# one error. The names of the forms stand in the paths of pydantic's errors, and are taken out again.
_TAGS: Final = ("<text>", "<list>", "<object>")


def _text_or_list(value: object) -> str:
    return "<list>" if isinstance(value, list) else "<text>"


def _text_or_object(value: object) -> str:
    return "<object>" if isinstance(value, dict) else "<text>"


_Part = Annotated[
    Annotated[str, Tag("<text>")] | Annotated[dict[str, Any], Tag("<object>")], Discriminator(_text_or_object)
]
_Content = Annotated[
    Annotated[str, Tag("<text>")] | Annotated[list[_Part], Field(max_length=MOST_TURNS), Tag("<list>")],
    Discriminator(_text_or_list),
]
_Accepted = Annotated[str, Field(json_schema_extra={"pattern": r"\S"})]
_GroundTruth = Annotated[
    Annotated[_Accepted, Tag("<text>")]
    | Annotated[list[_Accepted], Field(min_length=1, max_length=MOST_GROUND_TRUTHS), Tag("<list>")],
    Discriminator(_text_or_list),
]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Turn(BaseModel):
    """One turn of a conversation. Other fields of it are not read."""

    model_config = ConfigDict(strict=True, extra="allow")

    role: str = Field(description="`system`, `user`, `assistant` or `tool`.", examples=["assistant"])
    content: _Content | None = Field(
        default=None, description="What was said: a text, or a list of parts of which those of type `text` are read."
    )


class _Trajectory(_Strict):
    """The other fields of a trajectory file: taken, so that its lines can be sent as they are, and not read."""

    tool_calls: Any = None
    success: Any = None
    total_energy_joules: Any = None
    total_latency_seconds: Any = None
    total_cost_usd: Any = None
    total_tokens: Any = None
    num_turns: Any = None
    source_dataset: Any = None
    teacher_model: Any = None
    tools_used: Any = None
    verification: Any = None


class GradeRequest(_Trajectory):
    """One sample to grade. Only `ground_truth` must be there; a sample without an answer is graded, and is incorrect.

    The fields of a trajectory file that are not described here may stand in it and are not read. Any other field is an
    error that names it.
    """

    ground_truth: _GroundTruth = Field(description="The right answer, or a list of accepted ones.", examples=["600 W"])
    final_answer: str | None = Field(
        default=None,
        description="The answer to grade.",
        examples=["600 watts of power are dissipated in the resistor."],
    )
    response: str | None = Field(
        default=None, description="A whole model response; where `final_answer` is empty, the answer is found in it."
    )
    conversations: list[Turn] | None = Field(
        default=None,
        max_length=MOST_TURNS,
        description="A conversation: its last assistant turn goes for `response`, its first user turn for `question`.",
    )
    question: str | None = Field(default=None, description="The question, which may hold options, units or precision.")
    options: dict[str, str] | None = Field(
        default=None,
        max_length=MOST_OPTIONS,
        description="The options of a choice, label to text.",
        examples=[{"A": "Aspirin", "B": "Ibuprofen"}],
    )
    category: str | None = Field(default=None, description="Picks the grading profile.", examples=["AC Circuits"])
    sample_id: str | None = Field(default=None, description="Comes back with the answer.", examples=["traj_e719b342"])
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
    code: str
    evidence: dict[str, str]
    work: int = Field(description="Work that the step spent.")
    depth: int = Field(description="How deep inside another comparison it stood.")


class Graded(BaseModel):
    """The answer for one sample."""

    sample_id: str | None = Field(description="As it was sent.")
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

    sample_id: str | None = Field(description="As it was sent, where it can be read.")
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
    decision: Literal["correct", "incorrect", "pass"]
    standing: Literal["proof", "convention", "none"] = Field(
        description="Of an incorrect code: whether a judge may overturn it (`convention`) or not (`proof`)."
    )
    summary: str


KNOWN_FIELDS: Final = tuple(name for name in GradeRequest.model_fields if name not in _Trajectory.model_fields)


def read_request(value: object) -> tuple[Sample, GradeRequest]:
    """The sample that a JSON value asks to grade, and how; raises a 422 that names each wrong field."""
    if not isinstance(value, dict):
        problem = f"expected an object with fields, found {_kind(value)}"
        raise _invalid((FieldProblem("", problem),))
    unknown = [name for name in value if name not in GradeRequest.model_fields]
    if len(unknown) > MOST_ERRORS:  # before pydantic makes an error of each
        raise _invalid(tuple(FieldProblem(name[:200], _NO_FIELD) for name in unknown[:MOST_ERRORS]))
    try:
        request = GradeRequest.model_validate(value)
        return read_record(value), request
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True)
        raise _invalid(tuple(_field_problem(dict(one)) for one in found[:MOST_ERRORS])) from None
    except RecordError as error:
        raise _invalid((FieldProblem(error.field or "", error.problem),)) from None


def _invalid(errors: tuple[FieldProblem, ...]) -> Problem:
    detail = "; ".join(f"{error.field}: {error.problem}" if error.field else error.problem for error in errors[:3])
    more = f"; and {len(errors) - 3} more" if len(errors) > 3 else ""
    return Problem(INVALID, detail + more, errors=errors)


_NO_FIELD: Final = "there is no such field"
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
    path = [part for part in cast("tuple[str | int, ...]", error["loc"]) if part not in _TAGS]
    kind, value = str(error["type"]), error["input"]
    if kind == "missing":
        problem = "missing"
        if path == ["ground_truth"] and isinstance(value, dict):
            problem += _did_you_mean("ground_truth", [name for name in value if name not in GradeRequest.model_fields])
    elif kind == "extra_forbidden":
        problem = _NO_FIELD + _did_you_mean(str(path[-1]), KNOWN_FIELDS)
    elif kind == "too_short":
        problem = "the list holds no accepted answer"
    elif kind == "too_long":
        most = cast("dict[str, int]", error["ctx"])["max_length"]
        problem = f"holds more than {most:,} values"
    elif kind in _EXPECTED:
        expected = "a string or a list of strings" if path == ["ground_truth"] else _EXPECTED[kind]
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
    names = {bool: "true or false", float: "a number", str: "another string", list: "a list", dict: "an object"}
    return names.get(type(value), "another type")


def _did_you_mean(name: str, known: tuple[str, ...] | list[str]) -> str:
    from rapidfuzz import fuzz, process

    best = process.extractOne(name[:100], known, scorer=fuzz.ratio, score_cutoff=60)
    return f" (did you mean '{best[0][:100]}'?)" if best else ""
