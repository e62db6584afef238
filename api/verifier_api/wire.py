"""JSON as it comes in and goes out: strict UTF-8 and strict JSON in, and whatever a text holds back out."""

from __future__ import annotations

import gc
import json
from typing import Final, NoReturn

import msgspec

from verifier.records import JsonNumber

LONG_BYTES: Final = 1024 * 1024


class NotJson(ValueError):  # noqa: N818  # what it is, not what it does
    """Bytes that are not JSON; the message says where, and never what stands there."""


def read_json(data: bytes) -> object:
    r"""The value that UTF-8 bytes hold, a byte order mark aside; raises ``NotJson``.

    Lone surrogates may stand in strings, as escapes: the grammar of JSON allows them. Of a key that stands twice, the
    last counts. A number is a ``JsonNumber``, the text it was sent as.

    >>> read_json(b'{"a": ["x", "\\ud800"]}')
    {'a': ['x', '\ud800']}
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotJson(f"byte {error.start} is not UTF-8") from None
    if not text.strip(" \t\r\n"):
        raise NotJson("there is nothing in it")
    collecting = len(data) > LONG_BYTES and gc.isenabled()
    if (
        collecting
    ):  # it would look through millions of new lists again and again: 1.9 s instead of 0.3 for 15 MB of "[],"
        gc.disable()
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise NotJson(f"{_reason(error.msg)} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise NotJson("lists or objects are nested too deeply") from None
    finally:
        if collecting:
            gc.enable()


def write_json(value: object) -> bytes:
    """The value as JSON in UTF-8; texts that UTF-8 cannot hold (lone surrogates) are escaped."""
    try:
        return _ENCODER.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def _refuse_constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is no JSON value")


def _reason(message: str) -> str:
    return message[:1].lower() + message[1:].removesuffix(" at")


# As files are read: a number keeps the text it was sent as, so that 1.10 stays 1.10 and 5,000 digits are no matter.
_DECODER: Final = json.JSONDecoder(parse_int=JsonNumber, parse_float=JsonNumber, parse_constant=_refuse_constant)
_ENCODER: Final = msgspec.json.Encoder()
