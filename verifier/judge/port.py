"""What a judge is: a stage that lives outside the engine."""

from __future__ import annotations

from typing import Protocol

from verifier.types.sample import Sample
from verifier.types.verdict import Finding, Verdict


class Judge(Protocol):
    """Has an opinion of what the engine left undecided.

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

    def asks(self, sample: Sample, verdict: Verdict) -> bool:
        """Whether this is a verdict that it could add to; at once, without asking anybody."""
        ...

    async def opine(self, sample: Sample, verdict: Verdict) -> Finding:
        """What it finds; ``verdict`` is the engine's, or what the judges before it made of that."""
        ...

    def close(self) -> None:
        """Let go of processes and connections. It may be asked again, and then starts them anew."""
        ...
