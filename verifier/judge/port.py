"""What a judge is: a stage that lives outside the engine; and what it asks its questions through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Literal, Protocol

import msgspec

from verifier.types.judging import Asked
from verifier.types.opinion import Call, Judgement, Opinion, Reply
from verifier.types.rules import Profile
from verifier.types.sample import Sample
from verifier.types.verdict import Finding, Standing, Verdict

Scope = Literal["undecided", "failed", "all"]
"""Which verdicts are put to judges: undecided ones; those and *incorrect* by convention; whatever can be graded."""

SCOPES: Final[tuple[Scope, ...]] = ("undecided", "failed", "all")


Again = Callable[[], Awaitable[None]]
"""What is to be done before a request is sent once more that may have been charged: it is noted and paid anew."""


class Judge(Protocol):
    """Has an opinion of what the engine left undecided, or of more, where it is asked to.

    A judge never raises on data: what it cannot tell, or cannot be reached for, is a pass under a code of its own.
    """

    @property
    def name(self) -> str:
        """What profiles call it."""
        ...

    @property
    def version(self) -> str:
        """What would have to change for its opinion to change."""
        ...

    def asks(self, sample: Sample, verdict: Verdict, scope: Scope = "undecided") -> bool:
        """Whether this is a verdict that it could add to; at once, without asking anybody."""
        ...

    async def opine(self, sample: Sample, verdict: Verdict) -> Judgement:
        """What it finds; ``verdict`` is the engine's, or what the judges before it made of that."""
        ...

    def close(self) -> None:
        """Let go of processes and connections. It may be asked again, and then starts them anew."""
        ...


class Engine(msgspec.Struct, frozen=True):
    """What a judge asks of the engine, which it may not import: all of it pure.

    ``grade`` is its verdict on a sample, ``asked`` what it reads in the question, ``attacked`` why an answer that it
    leaves open holds nothing all the same, ``profile`` how the sample's category is graded; ``standings`` says of each
    code how firm it is.
    """

    grade: Callable[[Sample], Verdict]
    asked: Callable[[Sample], Asked]
    attacked: Callable[[Sample], Finding | None]
    profile: Callable[[Sample], Profile]
    standings: Mapping[str, Standing]


class Caller(Protocol):
    """Sends one call to a model. Re-entrant: many calls at once, from any event loop."""

    @property
    def name(self) -> str:
        """What sends: ``anthropic``."""
        ...

    @property
    def version(self) -> str:
        """What would have to change for a reply to change, beside the call itself."""
        ...

    async def send(self, call: Call, again: Again | None = None) -> Reply:
        """The reply as it came, whatever it says; raises ``Trouble`` where there is none, after its own retries.

        ``again`` is awaited before a request is repeated that may have been charged though no reply came. What it
        raises ends the call.
        """
        ...

    def close(self) -> None:
        """Let go of connections. It may be used again, and then opens them anew."""
        ...


class Desk(Protocol):
    """Where opinions come from: those that are kept, and new ones that are paid for."""

    async def opinion(self, call: Call) -> Opinion:
        """The opinion on a call, asked for once in the world; raises ``Trouble`` where there is none."""
        ...

    def close(self) -> None:
        """Let go of the store, and of the caller."""
        ...
