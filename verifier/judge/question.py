"""What travels between the symbolic judge and its process: trees as bytes, never text, and the answer to them."""

from __future__ import annotations

import struct
from typing import Final, TypeVar

import msgspec
from flint import fmpq, fmpz

from verifier.types.expr import Expr

_M = TypeVar("_M", "Question", "Reply")

EQUAL: Final = "equal"
NOT_SHOWN: Final = "not_shown"
GAVE_UP: Final = "gave_up"
LOST: Final = "worker_lost"

HEAD: Final = struct.Struct("<QI")
"""Before each message: the number of its question, and the bytes that follow."""


class Question(msgspec.Struct, frozen=True):
    """Readings of each accepted gold, and of the candidate.

    ``conditions`` hold for the names in them, and ``integers`` are names of whole numbers, in order.
    """

    golds: tuple[tuple[Expr, ...], ...]
    candidates: tuple[Expr, ...]
    conditions: tuple[Expr, ...] = ()
    integers: tuple[str, ...] = ()


class Reply(msgspec.Struct, frozen=True):
    """What became of a question: one of the four words above, what was shown, and the steps that were counted."""

    status: str
    gold: str = ""
    candidate: str = ""
    by: str = ""
    steps: int = 0


def encode(message: Question | Reply) -> bytes:
    """A message as bytes; the same trees give the same bytes.

    >>> decode(encode(Question(((Expr("number", (), "", fmpq(1, 3)),),), ())), Question).golds[0][0].value
    1/3
    """
    return msgspec.msgpack.encode(message, enc_hook=_plain)


def decode(data: bytes, kind: type[_M]) -> _M:
    """The message in bytes; raises ``msgspec.DecodeError`` for others."""
    return msgspec.msgpack.decode(data, type=kind, dec_hook=_exact)


def _plain(value: object) -> list[str]:
    if not isinstance(value, fmpq):
        raise NotImplementedError
    return [str(value.p), str(value.q)]


def _exact(_: type, value: list[str]) -> fmpq:
    return fmpq(fmpz(value[0]), fmpz(value[1]))
