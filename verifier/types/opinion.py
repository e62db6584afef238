"""What travels between a judge, the model that it asks and the store that keeps the answers.

A *call* is one question to a model, a *reply* is what came back, an *opinion* is a reply that was paid for and is kept.
A judgement is what all calls about one sample came to.
"""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b
from typing import Final

import msgspec

from verifier.types.verdict import Finding

PICO: Final = 10**12
"""Money is counted in whole picodollars: every price per token is a whole number of them, also at half price."""


class Usage(msgspec.Struct, frozen=True):
    """Tokens of one call, as the server counts them; all input is the sum of the first four."""

    input: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            *(a + b for a, b in zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True))
        )


class Call(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One question to a model: everything that its answer depends on, and the bound on its length.

    ``rubric`` names the rubric's version, ``ballot`` which of a protocol's questions it is (``first``, ``swapped``,
    ``third``). ``system`` is the same for every sample, ``content`` is the sample's data as JSON text, ``schema`` is
    the JSON schema of the reply. ``effort`` is low, medium or high.
    """

    model: str
    rubric: str
    ballot: str
    system: str
    content: str
    schema: str
    effort: str
    thinking: bool
    max_tokens: int

    @cached_property
    def key(self) -> str:
        """What the store knows the answer by; the same for every sample that asks the same."""
        parts = [self.model, self.rubric, self.ballot, self.effort, "thinking" if self.thinking else "", self.content]
        return blake2b(msgspec.json.encode(parts), digest_size=20).hexdigest()


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a server answered: the text as it came, why it ended there (the API's stop reason), and what it counts.

    Where it counts nothing, or what cannot be counted, ``counted`` is false and ``usage`` empty.
    """

    text: str
    stop: str
    model: str
    usage: Usage
    request_id: str
    counted: bool = True


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """A reply with its price, as it is kept. ``mode`` is live or batch; ``at`` is a UTC time, ISO 8601.

    ``picodollars`` is ``None`` where no price of the model is known.
    """

    key: str
    rubric: str
    ballot: str
    reply: Reply
    mode: str
    picodollars: int | None
    at: str


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a judge found of one sample.

    ``model`` and ``picodollars`` are those of the calls that it rests on, whoever paid them and when; ``suspect`` is
    why a model took the ground truth itself for wrong: it decides nothing.
    """

    finding: Finding
    model: str | None = None
    picodollars: int | None = None
    suspect: str | None = None
