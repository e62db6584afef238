"""A row as text: its fields are read, and two of them set, without writing any other byte anew.

A number such as ``1e400`` or ``1.10``, a key that stands twice, ``NaN``, spaces: all come out as they went in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]  # public, but not in the stubs
from typing import NamedTuple

from verifier.records import NOT_JSON, NOT_OBJECT, NOT_UTF8, JsonNumber
from verifier.types.errors import RecordError

_DECODER = json.JSONDecoder(parse_float=JsonNumber, parse_int=JsonNumber)
_SPACE = re.compile(r"[ \t\n\r]*")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Member(NamedTuple):
    """One ``"key": value`` of an object: what it says, and where its value stands in the text."""

    key: str
    value: object
    start: int
    end: int


class Row(NamedTuple):
    """A line that is a JSON object. ``inside`` is the place right after its opening brace."""

    text: str
    members: tuple[Member, ...]
    inside: int

    def fields(self) -> dict[str, object]:
        """The record; of a key that stands twice the last value counts, as everywhere in JSON."""
        return {member.key: member.value for member in self.members}

    def json_of(self, key: str) -> str | None:
        """The value of a key as the text writes it."""
        return next(
            (self.text[member.start : member.end] for member in reversed(self.members) if member.key == key), None
        )

    def inner(self, key: str) -> Row | None:
        """The object that stands under a key, as a row of its own."""
        text = self.json_of(key)
        return _read_object(text) if text is not None and text.startswith("{") else None

    def with_fields(self, fields: Mapping[str, str]) -> str:
        """The text with these fields set, given as JSON: in place where the row has them, else at its end."""
        pieces: list[str] = []
        kept = 0
        missing = dict(fields)
        end = self.inside
        for member in self.members:
            if member.key in missing:
                pieces += (self.text[kept : member.start], missing.pop(member.key))
                kept = member.end
            elif member.key in fields:  # it stood before: two values of one key would leave the reader to choose
                pieces.append(self.text[kept:end])
                kept = member.end
            end = member.end
        pieces.append(self.text[kept:end])
        comma = ", " if self.members else ""
        for key, value in missing.items():
            pieces.append(f"{comma}{write_json(key)}: {value}")
            comma = ", "
        pieces.append(self.text[end:])
        return "".join(pieces)


def read_row(data: bytes) -> Row:
    """The row that a line holds; raises ``RecordError`` for a line that is no JSON object."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = f"byte {error.start + 1} is not valid UTF-8; raw shows such bytes as \\xNN and a backslash as \\\\"
        raise RecordError(NOT_UTF8.name, None, problem) from None
    try:
        if text.startswith("{", _space(text, 0)):
            return _read_object(text)
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        problem = error.msg.removesuffix(" at")  # "Unterminated string starting at"
        raise RecordError(NOT_JSON.name, None, f"not JSON: {problem} at column {error.colno}") from None
    except RecursionError:
        raise RecordError(NOT_JSON.name, None, "nested too deeply to be read") from None
    found = "a list" if isinstance(value, list) else "null" if value is None else "a single value"
    raise RecordError(NOT_OBJECT.name, None, f"expected an object with fields, found {found}")


def raw_text(data: bytes) -> str:
    """A line's bytes as text that loses nothing: where they are not UTF-8, such bytes and backslashes are escaped."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")


def write_json(value: object, *, default: Callable[[object], object] | None = None) -> str:
    """A value as JSON in UTF-8's reach: a lone surrogate, which UTF-8 cannot hold, is written as an escape."""
    text = json.dumps(value, ensure_ascii=False, default=default)
    return json.dumps(value, default=default) if _SURROGATE.search(text) else text


def _read_object(text: str) -> Row:
    inside = at = _space(text, 0) + 1
    members: list[Member] = []
    at = _space(text, at)
    while text[at : at + 1] != "}":
        if members:
            if text[at : at + 1] != ",":
                raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
            at = _space(text, at + 1)
        if text[at : at + 1] != '"':
            raise json.JSONDecodeError("Expecting property name enclosed in double quotes", text, at)
        key, at = scanstring(text, at + 1, True)
        at = _space(text, at)
        if text[at : at + 1] != ":":
            raise json.JSONDecodeError("Expecting ':' delimiter", text, at)
        start = _space(text, at + 1)
        value, end = _DECODER.raw_decode(text, start)
        members.append(Member(key, value, start, end))
        at = _space(text, end)
    at = _space(text, at + 1)
    if at != len(text):
        raise json.JSONDecodeError("Extra data", text, at)
    return Row(text, tuple(members), inside)


def _space(text: str, at: int) -> int:
    """The first place from ``at`` that holds no white space."""
    found = _SPACE.match(text, at)
    return found.end() if found else at
