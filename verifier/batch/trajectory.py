"""One graded line -> one trajectory in the seed's schema: the same fields, order and types in every line.

A merge reads lines of many origins and writes one table. What does not fit the table never vanishes in silence: text
fields take any value as its JSON text, other fields and keys are kept beside the row, and a field that cannot be made
to fit makes the row an *error* row.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import msgspec

from verifier.batch.rows import read_row
from verifier.batch.shapes import Trait, shapes, text_trait
from verifier.types.errors import RecordError

FIELDS: Final = (
    "sample_id",
    "conversations",
    "tool_calls",
    "ground_truth",
    "final_answer",
    "success",
    "total_energy_joules",
    "total_latency_seconds",
    "total_cost_usd",
    "total_tokens",
    "num_turns",
    "source_dataset",
    "category",
    "teacher_model",
    "tools_used",
)
"""The fields of the two data sets, in their order."""

TEXTS: Final = ("sample_id", "ground_truth", "final_answer", "source_dataset", "category", "teacher_model")
FLOATS: Final = ("total_energy_joules", "total_latency_seconds", "total_cost_usd")
INTEGERS: Final = ("total_tokens", "num_turns")
MESSAGE: Final = ("role", "content", "name")
VERIFICATION: Final = "verification"
OTHER: Final = "other_fields"
CONTENT: Final = ("ground_truth", "final_answer", "conversations", "response")
"""What a row that was graded has at least one of."""

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_WHOLE_NUMBER = re.compile(rb"(-?\d+)(?:\.0+)?")
_DEEPEST = 30
_LONG = 4_000
_REPLACEMENT = "\ufffd"
_AS_NAMED: Final[Mapping[str, str]] = {}
_AT_SUCCESS = FIELDS.index("success")

_encode = msgspec.json.Encoder().encode
_decode_line = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode = msgspec.json.Decoder().decode


class Trajectory(msgspec.Struct, frozen=True, kw_only=True):
    """A graded line in the seed's schema.

    ``before`` and ``after`` are its JSON around ``success``: ``{"sample_id":…,"final_answer":…`` and
    ``,"total_energy_joules":…`` without a closing brace. ``verification`` and ``other`` are JSON texts of what has no
    column of its own. ``reason`` says why the row is not correct: ``incorrect``, ``undecided``, ``not_graded`` or
    ``error``; ``detail`` is the verdict's code, or what did not fit. ``texts`` are the text fields, ``traits`` what the
    row shows of its shape, ``others`` the names of what has no column, ``converted`` what was written in another form.
    ``empty`` is a row without any field of ``CONTENT``, even null;
    ``renamed`` are the fields that were found under another name.
    """

    before: bytes
    after: bytes
    success: bool | None
    verification: str | None
    other: str | None
    reason: str | None
    detail: str | None
    fits: bool
    texts: Mapping[str, str | None]
    tokens: float | None
    cost: float | None
    energy: float | None
    engine: str | None
    rules: str | None
    traits: frozenset[Trait]
    others: tuple[str, ...]
    converted: tuple[str, ...]
    empty: bool
    renamed: tuple[str, ...]

    def identity(self) -> bytes:
        """The digest of the whole row but its grading: of two rows that agree in it, one is a copy of the other."""
        other = (self.other or "null").encode()
        with suppress(ValueError):  # what msgspec does not read stays as it is written, spaces included
            other = msgspec.json.format(other, indent=-1)
        return hashlib.sha256(self.before + self.after + other).digest()


class _UnfitError(Exception):
    """A value that its column cannot take."""


class _Notes(msgspec.Struct):
    """What happened to a row while it was read."""

    converted: list[str]
    others: dict[str, bytes]
    traits: set[Trait]
    problems: list[str]


def read_trajectory(line: bytes, renamed: Mapping[str, str] = _AS_NAMED) -> Trajectory:
    """The trajectory of one line of a graded file; ``renamed`` says under which name the line holds a field of ours.

    Raises ``RecordError`` for a line that is no JSON object, or whose ``success`` is not true, false or null: no grader
    wrote such a line.
    """
    fields = _fields(line)
    found = {ours: theirs for ours, theirs in renamed.items() if theirs in fields}
    raw = _renamed(fields, found)
    success = _success(raw)
    notes = _Notes([], {}, set(), [])
    values = {name: _field(name, raw.get(name, b"null"), notes) for name in FIELDS if name != "success"}
    verification = raw.pop(VERIFICATION, b"null")
    verdict = _verdict(verification)
    notes.others.update((name, raw[name]) for name in raw if name not in FIELDS)
    others = tuple(sorted(notes.others))
    reason, detail = _standing(success=success, verdict=verdict)
    if notes.problems:
        reason, detail = "error", "; ".join(notes.problems)
    _add_fixed_traits(values, notes.traits)
    return Trajectory(
        before=_encode({name: values[name] for name in FIELDS[:_AT_SUCCESS]})[:-1],
        after=b"," + _encode({name: values[name] for name in FIELDS[_AT_SUCCESS + 1 :]})[1:-1],
        success=success,
        verification=None if verification == b"null" else verification.decode(),
        other=_object(notes.others) if notes.others else None,
        reason=reason,
        detail=detail,
        fits=not notes.problems,
        texts={name: _text_or_none(values[name]) for name in TEXTS},
        tokens=_known(values["total_tokens"]),
        cost=_known(values["total_cost_usd"]),
        energy=_known(values["total_energy_joules"]),
        engine=_text_or_none(verdict.get("engine")),
        rules=_text_or_none(verdict.get("rules")),
        traits=frozenset(notes.traits),
        others=others,
        converted=tuple(notes.converted),
        renamed=tuple(found),
        empty=raw.keys().isdisjoint(CONTENT),
    )


def _renamed(raw: dict[str, bytes], found: Mapping[str, str]) -> dict[str, bytes]:
    """The fields under our names. What stood under our name already takes the other name, so that nothing is lost."""
    row = {name: value for name, value in raw.items() if name not in found.values()}
    for ours, theirs in found.items():
        displaced = row.get(ours, b"null")
        row[ours] = raw[theirs]
        if displaced != b"null":
            row.setdefault(theirs, displaced)
    return row


def _fields(line: bytes) -> dict[str, bytes]:
    """The fields of a line, each as the JSON it is written in."""
    try:
        line.decode()  # what is skipped below is not looked at
        return {name: bytes(value) for name, value in _decode_line(line).items()}
    except (ValueError, RecursionError):  # slower, reads NaN and lone surrogates too, and says what is wrong
        row = read_row(line)
        return {_whole(member.key): row.text[member.start : member.end].encode() for member in row.members}


def _success(raw: Mapping[str, bytes]) -> bool | None:
    if "success" not in raw:
        raise RecordError("record.wrong_type", "success", "the row has none, so it has not been graded")
    written = raw["success"]
    known = {b"true": True, b"false": False, b"null": None}
    if written not in known:
        found = written[:40].decode(errors="replace")
        raise RecordError("record.wrong_type", "success", f"expected true, false or null, found {found}")
    return known[written]


def _standing(*, success: bool | None, verdict: Mapping[str, object]) -> tuple[str | None, str | None]:
    """Why a row is not correct, and the code that says so."""
    code = _text_or_none(verdict.get("code"))
    if success is True:
        return None, code
    if success is False:
        return "incorrect", code
    if verdict.get("outcome") is None:
        return "not_graded", code
    # A record that could not be read has a record.* code, one that killed its worker engine.worker_lost: no verdict.
    ungraded = code is not None and (code.startswith("record.") or code == "engine.worker_lost")
    return ("error" if ungraded else "undecided"), code


def _verdict(verification: bytes) -> Mapping[str, object]:
    value = _parse(verification)
    return value if isinstance(value, dict) else {}


def _parse(raw: bytes) -> object:
    """A JSON value; Python reads what msgspec refuses, but no integer of thousands of digits, which stays text."""
    try:
        return _decode(raw)
    except ValueError:
        return json.loads(raw, parse_int=lambda digits: int(digits) if len(digits) < _LONG else digits)


def _field(name: str, raw: bytes, notes: _Notes) -> object:
    """The value of a field as its column takes it; else null, and the value as written is kept beside the row."""
    if raw == b"null":
        return None
    try:
        return _READERS[name](name, raw, notes)
    except (_UnfitError, RecursionError) as error:
        problem = "nested too deeply to be written" if isinstance(error, RecursionError) else str(error)
        notes.problems.append(f"field '{name}': {problem}")
        notes.others[name] = raw
        return None


def _value(name: str, raw: bytes, notes: _Notes) -> object:
    """A JSON value that every reader takes: NaN and infinities are null, lone surrogates U+FFFD, huge integers text."""
    return _clean(_parse(raw), name, notes)


def _clean(value: object, name: str, notes: _Notes) -> object:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            notes.converted.append(f"{name}: a lone surrogate written as U+FFFD")
            return _whole(value)
        return value
    if isinstance(value, float) and not math.isfinite(value):
        notes.converted.append(f"{name}: a number that is not finite written as null")
        return None
    if isinstance(value, int) and not _SMALLEST <= value <= _LARGEST:
        notes.converted.append(f"{name}: an integer beyond 64 bits written as text")
        return str(value)
    if isinstance(value, list):
        return [_clean(member, name, notes) for member in value]
    if isinstance(value, dict):
        return {_whole(key): _clean(member, name, notes) for key, member in value.items()}
    return value


def _whole(text: str) -> str:
    """The text without lone surrogates, which UTF-8 cannot hold."""
    return "".join(_REPLACEMENT if "\ud800" <= character <= "\udfff" else character for character in text)


def _text(name: str, raw: bytes, notes: _Notes) -> str | None:
    """A text; any other value as the JSON it is written in ("5", "true", a list of accepted answers)."""
    if raw[:1] == b'"':
        return str(_value(name, raw, notes))
    if raw == b"null":
        return None
    value = _value(name, raw, notes)
    if value is None:
        return None
    notes.converted.append(f"{name}: {_kind(value)} written as JSON text")
    return raw.decode()


def _sample_id(name: str, raw: bytes, notes: _Notes) -> str | None:
    """The id as text: 5, 5.0 and "5" are one id (a table with gaps makes integers floats), "a" and "A" are two."""
    text = _text(name, raw, notes)
    whole = _WHOLE_NUMBER.fullmatch(raw)
    return whole[1].decode() if whole else text


def _float(name: str, raw: bytes, notes: _Notes) -> float | None:
    value = _value(name, raw, notes)
    if isinstance(value, bool) or not isinstance(value, (int, float, type(None))):
        raise _UnfitError(f"expected a number, found {_kind(value)}")
    return None if value is None else float(value)


def _integer(name: str, raw: bytes, notes: _Notes) -> int | None:
    value = _value(name, raw, notes)
    if isinstance(value, float) and value.is_integer() and _SMALLEST <= value <= _LARGEST:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, type(None))):
        found = raw[:40].decode() if isinstance(value, float) else _kind(value)
        raise _UnfitError(f"expected an integer, found {found}")
    return value


def _conversations(name: str, raw: bytes, notes: _Notes) -> list[dict[str, object]]:
    """The messages, role, content and name in each; what else they hold is kept beside the row."""
    messages = _list(name, raw, notes, expected="a list of messages")
    written: list[dict[str, object]] = []
    others: set[str] = set()
    for message in messages:
        if not isinstance(message, dict):
            raise _UnfitError(f"expected messages with role and content, found {_kind(message)} among them")
        written.append({key: _member(name, message.get(key), notes) for key in MESSAGE})
        others.update(key for key in message if key not in MESSAGE)
    if others:
        notes.others[name] = raw
        notes.converted.extend(f"{name}: the messages' key '{key}' left out" for key in sorted(others))
    return written


def _tools_used(name: str, raw: bytes, notes: _Notes) -> list[str | None]:
    return [_member(name, tool, notes) for tool in _list(name, raw, notes, expected="a list of strings")]


def _member(name: str, value: object, notes: _Notes) -> str | None:
    """A text inside a list; any other value as JSON text."""
    if value is None or isinstance(value, str):
        return value
    notes.converted.append(f"{name}: {_kind(value)} written as JSON text")
    return _encode(value).decode()


def _tool_calls(name: str, raw: bytes, notes: _Notes) -> list[object]:
    calls = [_readable(call, name, notes) for call in _list(name, raw, notes, expected="a list")]
    shapes(calls, (name,), notes.traits)
    return calls


def _list(name: str, raw: bytes, notes: _Notes, *, expected: str) -> list[Any]:
    """A list without null members: they say nothing, and Arrow misreads a list that begins with one."""
    members = _value(name, raw, notes)
    if not isinstance(members, list):
        raise _UnfitError(f"expected {expected}, found {_kind(members)}")
    whole = [member for member in members if member is not None]
    if len(whole) < len(members):
        notes.converted.append(f"{name}: null members left out")
    return whole


def _readable(value: object, name: str, notes: _Notes, depth: int = 0) -> object:
    """A JSON value that Arrow can read: lists with null among other members, and what is nested deep, as JSON text."""
    if not isinstance(value, (dict, list)):
        return value
    if depth == _DEEPEST:
        notes.converted.append(f"{name}: what is nested deeper than {_DEEPEST} levels written as JSON text")
        return _encode(value).decode()
    if isinstance(value, dict):
        return {key: _readable(member, name, notes, depth + 1) for key, member in value.items()}
    if len(value) > 1 and None in value:
        notes.converted.append(f"{name}: a list with null among its members written as JSON text")
        return _encode(value).decode()
    return [_readable(member, name, notes, depth + 1) for member in value]


_READERS: Final[Mapping[str, Callable[[str, bytes, _Notes], object]]] = {
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(FLOATS, _float),
    **dict.fromkeys(INTEGERS, _integer),
    "sample_id": _sample_id,
    "conversations": _conversations,
    "tool_calls": _tool_calls,
    "tools_used": _tools_used,
}


def _add_fixed_traits(values: Mapping[str, object], traits: set[Trait]) -> None:
    """What a row shows of the columns whose types are known: which are filled."""
    for name, value in values.items():
        if isinstance(value, str):
            traits.add(((name,), text_trait(value)))
        elif isinstance(value, (int, float)):
            traits.add(((name,), type(value).__name__))
        elif name != "tool_calls" and value is not None:
            shapes(value, (name,), traits)


def _known(value: object) -> float | None:
    """A count or an amount that ranks a row; zero, null and less mean that it is not known."""
    return value if isinstance(value, (int, float)) and value > 0 else None


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _object(members: Mapping[str, bytes]) -> str:
    """An object of members that are JSON already, sorted by name."""
    pairs = (f"{_encode(name).decode()}:{members[name].decode()}" for name in sorted(members))
    return "{" + ",".join(pairs) + "}"


def _kind(value: object) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object"}
    return names.get(type(value), "null")
