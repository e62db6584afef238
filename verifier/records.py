"""One JSON object <-> one sample: how a record's fields are read, and the ``verification`` it gets.

Used wherever records come in (files, HTTP, ``grade_batch``). Pure: a mapping in, a ``Sample`` or a ``RecordError`` out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from verifier.types.errors import RecordError, SettingsError
from verifier.types.sample import Option, Sample, as_text, is_no_json, lettered
from verifier.types.spelling import nearest
from verifier.types.verdict import Outcome, Verdict, passes

NOT_UTF8 = passes("record.not_utf8", "The line is not valid UTF-8, so its text is not known.")
NOT_JSON = passes("record.not_json", "The line is not JSON, or is nested too deeply to be read.")
NOT_OBJECT = passes("record.not_object", "The record is JSON, but no object with fields.")
TOO_LONG = passes("record.too_long", "The line is longer than the limit of the run.")
GROUND_TRUTH_MISSING = passes("record.ground_truth_missing", "The record has no ground truth, or a blank one.")
ANSWER_MISSING = passes(
    "record.answer_missing", "The record has no field that could hold an answer; an empty one is graded as no answer."
)
WRONG_TYPE = passes("record.wrong_type", "A field of the record holds a value of a type that cannot be read.")
WORKER_LOST = passes(
    "engine.worker_lost", "The process that grades this record dies of it; the other records are graded."
)
CRASHED = passes("engine.crashed", "The engine failed on this record: a defect to report.")

CODES = (
    NOT_UTF8,
    NOT_JSON,
    NOT_OBJECT,
    TOO_LONG,
    GROUND_TRUTH_MISSING,
    ANSWER_MISSING,
    WRONG_TYPE,
    WORKER_LOST,
    CRASHED,
)
"""Why a record has no verdict. All leave it undecided."""

VERIFICATION_KEYS: Final = (
    "outcome",
    "method",
    "code",
    "confidence",
    "gold",
    "candidate",
    "engine",
    "rules",
    "judge_model",
    "judge_cost_usd",
    "previous_success",
)
"""The keys of ``verification``, the same in every row, in this order."""


SCALAR: Final = "a string, a number or a boolean"
"""What an answer may be, as errors say it."""

NEAR: Final = 68
"""Of 100, for a name that was meant: "anser" and "answer" are near, "reference_answer" and "final_answer" are not."""


class JsonNumber(str):
    """The text of a JSON number as the file writes it, kept: ``1.10`` stays ``1.10``, ``1e400`` is not infinity."""

    __slots__ = ()


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """Which field of a record holds what. The defaults are the names of the trajectories this product exists for."""

    ground_truth: str = "ground_truth"
    final_answer: str = "final_answer"
    response: str = "response"
    conversations: str = "conversations"
    question: str = "question"
    options: str = "options"
    category: str = "category"
    sample_id: str = "sample_id"

    @classmethod
    def parse(cls, mappings: Iterable[str]) -> Fields:
        """The fields as options name them, ``ours=theirs``; raises ``SettingsError`` for what cannot be meant.

        >>> Fields.parse(["ground_truth=reference_answer"]).ground_truth
        'reference_answer'
        """
        return cls(**parse_mappings(mappings, cls.__struct_fields__))


def parse_mappings(mappings: Iterable[str], known: tuple[str, ...]) -> dict[str, str]:
    """Their name for each field of ours, from ``ours=theirs``; raises ``SettingsError`` where ours is not ``known``."""
    chosen: dict[str, str] = {}
    for mapping in mappings:
        ours, equals, theirs = mapping.partition("=")
        where = f"field mapping '{mapping}'"
        if not equals or not ours or not theirs:
            raise SettingsError(f"{where}: write it as ours=theirs, e.g. ground_truth=answer")
        if ours not in known and theirs in known:
            raise SettingsError(f"{where}: ours comes first, write {theirs}={ours}")
        if ours not in known:
            raise SettingsError(
                f"{where}: there is no field '{ours}'{did_you_mean(ours, known)}; write ours=theirs, where ours is"
                f" one of {', '.join(known)}"
            )
        if chosen.setdefault(ours, theirs) != theirs:
            raise SettingsError(f"{where}: '{ours}' is already mapped to '{chosen[ours]}'")
    return chosen


SEED: Final = Fields()


def read_record(
    record: Mapping[str, object], fields: Fields = SEED, *, answer_needed: bool = False, mappable: bool = False
) -> Sample:
    """The sample that a record holds; raises ``RecordError`` with a ``record.*`` code and the record's own field name.

    ``response`` is the last assistant turn of the conversation, or the field of that name; the question is the first
    user turn, or the field. A field that was mapped by hand goes before the conversation. A null or empty answer is no
    error: it is graded. With ``answer_needed`` a record without any field for an answer is one: a name is misspelt.
    ``mappable`` says that ``--field`` can name a field, which the error then advises.
    """
    if not isinstance(record, Mapping):
        raise RecordError(NOT_OBJECT.name, None, f"expected an object with fields, found {_kind(record)}")
    ground_truth = _ground_truth(record, fields.ground_truth, mappable=mappable)
    if answer_needed:
        _check_answer(record, fields, mappable=mappable)
    turns = _turns(record, fields.conversations)
    return Sample(
        ground_truth=ground_truth,
        final_answer=_scalar(record.get(fields.final_answer), fields.final_answer),
        response=_either(
            _turn(turns, "assistant", fields.conversations, last=True),
            _text(record, fields.response),
            field_first=fields.response != SEED.response,
        ),
        question=_either(
            _turn(turns, "user", fields.conversations, last=False),
            _text(record, fields.question),
            field_first=fields.question != SEED.question,
        ),
        options=_options(record.get(fields.options), fields.options),
        category=_text(record, fields.category),
        sample_id=_scalar(record.get(fields.sample_id), fields.sample_id),
    )


def verification(
    verdict: Verdict | None, *, code: str | None = None, previous_success: bool | None = None
) -> dict[str, object]:
    """The object that a graded row carries; without a verdict, for a record not graded for the reason ``code``."""
    if verdict is None:
        known: dict[str, object] = {"outcome": Outcome.UNDECIDED.value, "method": "none", "code": code}
    else:
        known = {
            "outcome": verdict.outcome.value,
            "method": verdict.method,
            "code": verdict.code,
            "confidence": verdict.confidence,
            "gold": verdict.gold,
            "candidate": verdict.candidate,
            "engine": verdict.engine,
            "rules": verdict.rules,
            "judge_model": verdict.judge_model,
            "judge_cost_usd": verdict.judge_cost_usd,
        }
    known["previous_success"] = previous_success
    return {key: known.get(key) for key in VERIFICATION_KEYS}


def trace(verdict: Verdict) -> list[dict[str, object]]:
    """The steps of a verdict as plain values, the same keys in every step."""
    return [
        {
            "phase": step.phase,
            "by": step.by,
            "decision": None if step.decision is None else step.decision.value,
            "code": step.code or None,
            "evidence": dict(step.evidence),
            "work": step.work,
            "depth": step.depth,
        }
        for step in verdict.trace
    ]


def _ground_truth(record: Mapping[str, object], field: str, *, mappable: bool) -> str | tuple[str, ...]:
    if field not in record:
        hint = _hint("ground_truth", field, record, mappable=mappable)
        raise RecordError(GROUND_TRUTH_MISSING.name, field, f"the record has no such field{hint}")
    value = record[field]
    if isinstance(value, (list, tuple)):
        # A blank alternative accepts nothing; among others it is ignored, for columnar files pad lists with null.
        texts = [_scalar(member, f"{field}[{index}]") for index, member in enumerate(value)]
        accepted = tuple(text for text in texts if text is not None and text.strip())
        if not accepted:
            raise RecordError(GROUND_TRUTH_MISSING.name, field, "the list holds no accepted answer")
        return accepted
    text = _scalar(value, field, expected=f"{SCALAR}, or a list of these")
    if text is None or not text.strip():
        raise RecordError(
            GROUND_TRUTH_MISSING.name, field, "the ground truth is " + ("null" if text is None else "blank")
        )
    return text


def _check_answer(record: Mapping[str, object], fields: Fields, *, mappable: bool) -> None:
    names = {getattr(fields, ours): ours for ours in ("conversations", "response", "final_answer")}
    names = dict(reversed(names.items()))
    if not any(name in record for name in names):
        others = [name for name in record if name != fields.ground_truth]
        hints = (_hint(ours, name, others, mappable=mappable) for name, ours in names.items())
        hint = next(filter(None, hints), "")
        problem = f"the record has no such field{hint}, and no other that holds an answer ({', '.join(names)})"
        raise RecordError(ANSWER_MISSING.name, fields.final_answer, problem)


def _scalar(value: object, field: str, *, expected: str = SCALAR) -> str | None:
    """A text; a number or boolean as JSON writes it."""
    if value is None:
        return None
    text = as_text(value)
    if text is None:
        raise RecordError(WRONG_TYPE.name, field, f"expected {expected}, found {_kind(value)}")
    return text


def _text(record: Mapping[str, object], field: str) -> str | None:
    value = record.get(field)
    if value is None or (isinstance(value, str) and not isinstance(value, JsonNumber)):
        return value
    raise RecordError(WRONG_TYPE.name, field, f"expected a string, found {_kind(value)}")


def _either(turn: str | None, field: str | None, *, field_first: bool) -> str | None:
    first, second = (field, turn) if field_first else (turn, field)
    return first or second or None


def _turns(record: Mapping[str, object], field: str) -> list[Mapping[str, object]]:
    value = record.get(field)
    if value is None:
        return []
    if not isinstance(value, (list, tuple)):
        raise RecordError(WRONG_TYPE.name, field, f"expected a list of turns, found {_kind(value)}")
    for index, turn in enumerate(value):
        if not isinstance(turn, Mapping) or not isinstance(turn.get("role"), str):
            found = _kind(turn) if not isinstance(turn, Mapping) else "an object without a role"
            raise RecordError(
                WRONG_TYPE.name, f"{field}[{index}]", f"expected an object with role and content, found {found}"
            )
    return list(value)


def _turn(turns: list[Mapping[str, object]], role: str, field: str, *, last: bool) -> str | None:
    """What the first or last turn of a role says; ``None`` where there is no such turn."""
    places = [index for index, turn in enumerate(turns) if turn["role"] == role]
    if not places:
        return None
    place = places[-1 if last else 0]
    where = f"{field}[{place}].content"
    content = turns[place].get("content")
    if content is None:
        return None
    if isinstance(content, str) and not isinstance(content, JsonNumber):
        return content
    if isinstance(content, (list, tuple)):
        # Content in parts: the text parts are what was said; images, thinking and tool calls are not.
        return "\n".join(_part(part, f"{where}[{index}]") for index, part in enumerate(content))
    raise RecordError(WRONG_TYPE.name, where, f"expected a string or a list of parts, found {_kind(content)}")


def _part(part: object, where: str) -> str:
    if isinstance(part, str) and not isinstance(part, JsonNumber):
        return part
    if not isinstance(part, Mapping):
        raise RecordError(WRONG_TYPE.name, where, f"expected a string or an object, found {_kind(part)}")
    if part.get("type", "text") != "text":
        return ""
    text = part.get("text")
    if text is None or (isinstance(text, str) and not isinstance(text, JsonNumber)):
        return text or ""
    raise RecordError(WRONG_TYPE.name, f"{where}.text", f"expected a string, found {_kind(text)}")


def _options(value: object, field: str) -> tuple[Option, ...]:
    """The options; null behind the last of two or more texts is the padding of columnar files, and is no option."""
    if value is None:
        return ()
    if isinstance(value, (list, tuple)):
        listed = [(lettered(index), f"{field}[{index}]", text) for index, text in enumerate(value)]
    elif isinstance(value, Mapping):
        listed = [(str(label), f"{field}.{label}", text) for label, text in value.items()]
    else:
        raise RecordError(
            WRONG_TYPE.name, field, f"expected an object of label to text, or a list of texts, found {_kind(value)}"
        )
    last = max((place for place, (_, _, text) in enumerate(listed) if text is not None), default=0)
    told: list[Option] = []
    for place, (label, where, text) in enumerate(listed):
        words = _scalar(text, where)
        if words is not None:
            told.append(Option(label, words))
        elif place < last or last < 1:
            raise RecordError(WRONG_TYPE.name, where, f"expected {SCALAR}, found null")
    return tuple(told)


def _kind(value: object) -> str:
    """A value's type in JSON's words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if is_no_json(value):
        return f"{json.dumps(value)}, which is no JSON value"
    if isinstance(value, (int, float, JsonNumber)):
        return "a number"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, Mapping):
        return "an object"
    return f"a value of type {type(value).__name__}"


def _hint(ours: str, name: str, known: Iterable[object], *, mappable: bool) -> str:
    """The field that was probably meant, and the option that names it where there is one."""
    meant = did_you_mean(name, known)
    return f"{meant[:-1]} Then give --field {ours}={meant.split(chr(39))[1]})" if meant and mappable else meant


def did_you_mean(name: str, known: Iterable[object]) -> str:
    """The known name that is nearly this one, in brackets for the end of a sentence; nothing where none is."""
    names = [other for other in known if isinstance(other, str)]
    meant = nearest(name, names, least=NEAR)
    return "" if meant is None else f" (did you mean '{meant}'?)"
