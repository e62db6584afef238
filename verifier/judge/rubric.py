"""What is put before a model: a sample as JSON text under the text of a rubric (pure).

Data travels as JSON strings, so that no text of it can end its own field. The first call and the third name the sides;
the second has the answer first and neutral names, and does not say which side is the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final, Literal

import msgspec

from verifier.types.judging import Asked, Quoting, Rubric
from verifier.types.opinion import Call
from verifier.types.rules import Profile
from verifier.types.sample import Sample

Ballot = Literal["first", "swapped", "third"]
Effort = Literal["low", "medium", "high"]
VERDICTS: Final = ("same", "different", "cannot_tell")
STATUSES: Final = ("present", "absent", "contradicted")
MOST_POINTS: Final = 8

_MOST_OPTIONS = 60
_OPTION_CHARS = 1_000
_GOLD_CHARS = 24_000


class Ends(msgspec.Struct, frozen=True):
    """A long text that is shown by its two ends."""

    beginning: str
    characters_left_out: int
    end: str


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What a judge is told of a sample. ``answer`` is what is judged; ``asked`` are the demands as sentences.

    ``quoting`` says which words belong to what they stand beside; no model is told.
    """

    references: tuple[str | Ends, ...]
    answer: str | Ends
    question: str | Ends | None = None
    options: Mapping[str, str] = {}
    asked: tuple[str, ...] = ()
    quoting: Quoting = Quoting()

    @property
    def parts(self) -> tuple[str, ...]:
        """The texts of the answer that are shown: a quote stands in one of them."""
        return (self.answer,) if isinstance(self.answer, str) else (self.answer.beginning, self.answer.end)


class Terms(msgspec.Struct, frozen=True):
    """How one sample is judged: by which rubric and model, how often at most, and how hard the model tries.

    ``server`` is where the model is, empty for Anthropic's own.
    """

    rubric: Rubric
    model: str
    votes: int = 3
    effort: Effort = "low"
    server: str = ""


def terms_for(profile: Profile, rubrics: Mapping[str, Rubric], model: str, server: str = "") -> Terms:
    """The terms of a profile; ``model`` is asked where it names none."""
    model = profile.judge_model or model
    return Terms(rubrics[profile.protocol], model, profile.judge_votes, profile.judge_effort, server)


def case_of(
    sample: Sample, asked: Asked, rubric: Rubric, sentences: Mapping[str, str], quoting: Quoting | None = None
) -> Case:
    """The case of a sample.

    What the text commits to is judged; where it does not say so itself, and of a text to be weighed, all that is shown
    of it.
    """
    long = rubric.name == "long"
    answer = asked.answer if asked.sure and not long else asked.shown
    return Case(
        references=tuple(_ends(gold, _GOLD_CHARS) for gold in sample.ground_truths if gold.strip()),
        answer=_ends(answer or asked.answer, rubric.answer_chars),
        question=_ends(sample.question, rubric.question_chars) if (sample.question or "").strip() else None,
        options={option.label: option.text[:_OPTION_CHARS] for option in asked.options[:_MOST_OPTIONS]},
        asked=tuple(sentences[name].replace("{}", value) for name, value in asked.demands.items() if name in sentences),
        quoting=quoting or Quoting(),
    )


def call_for(case: Case, terms: Terms, ballot: Ballot) -> Call:
    """The call that asks for one ballot."""
    rubric, third = terms.rubric, ballot == "third"
    return Call(
        model=terms.model,
        rubric=label(rubric),
        ballot=ballot,
        system=rubric.swapped if ballot == "swapped" else rubric.first,
        content=_swapped(case) if ballot == "swapped" else _named(case),
        schema=_SCHEMAS[rubric.name],
        effort="high" if third else terms.effort,
        thinking=third,
        max_tokens=rubric.third_tokens if third else rubric.tokens,
        server=terms.server,
    )


def label(rubric: Rubric) -> str:
    """A rubric as traces and the store name it: its name, its version, and the digest of what it says."""
    return f"{rubric.name}-{rubric.version}+{rubric.digest}.{_DIGESTS[rubric.name]}"


def _named(case: Case) -> str:
    return _json(
        {
            **_asked(case),
            "reference": case.references[0] if len(case.references) == 1 else case.references,
            "answer": case.answer,
        }
    )


def _swapped(case: Case) -> str:
    return _json(
        {
            **_asked(case),
            "text_1": case.answer,
            "text_2": case.references[0] if len(case.references) == 1 else case.references,
        }
    )


def _asked(case: Case) -> dict[str, object]:
    told: dict[str, object] = {}
    if case.question is not None:
        told["question"] = case.question
    if case.options:
        told["options"] = case.options
    if case.asked:
        told["asked"] = case.asked
    return told


def _ends(text: str | None, most: int) -> str | Ends:
    """A text; of one that is too long its two ends."""
    text = _whole(text or "")
    if len(text) <= most:
        return text
    head = most // 3
    return Ends(text[:head], len(text) - most, text[head - most :])


def _whole(text: str) -> str:
    """A text without halves of surrogate pairs, which no request can carry."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def _json(told: Mapping[str, object]) -> str:
    return msgspec.json.encode(told).decode()


def _object(properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_POINT = _object(
    {
        "point": {"type": "string"},
        "essential": {"type": "boolean"},
        "status": {"type": "string", "enum": list(STATUSES)},
        "quote": {"type": "string"},
    }
)
_VERDICT: Mapping[str, object] = {
    "verdict": {"type": "string", "enum": list(VERDICTS)},
    "reference_suspect": {"type": "boolean"},
}
_SCHEMAS: Final[Mapping[str, str]] = {
    "short": _json(_object({"extracted_answer": {"type": "string"}, "comparison": {"type": "string"}, **_VERDICT})),
    "long": _json(_object({"points": {"type": "array", "items": _POINT}, **_VERDICT})),
}
_DIGESTS: Final = {name: blake2b(schema.encode(), digest_size=2).hexdigest() for name, schema in _SCHEMAS.items()}
