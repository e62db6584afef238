"""What may hold back an agreement: all that looks at the words beside an answer, in their order."""

from __future__ import annotations

from typing import Final

from verifier.engine import asides, clauses, described, second, sides, subjects
from verifier.engine.kinds.kind import Context
from verifier.engine.sides import Side
from verifier.types.verdict import Finding


def doubt(given: str, gold: Side, candidate: Side, finding: Finding, ctx: Context) -> Finding | None:
    """What is said beside an answer that agrees, and of what it is said; ``None`` where nothing doubts it."""
    said = candidate.found.candidates[0].text if candidate.found is not None else ""
    ctx.meter.spend(_BESIDE * (len(gold.given) + len(said)))
    if not ctx.demand.options and sides.are_wordless(gold, said, given):
        return None
    return (
        asides.doubted(gold, candidate, finding, ctx)
        or subjects.other(gold, candidate, finding, ctx)
        or described.doubted(gold, candidate, finding, ctx)
        or clauses.said_again(gold, candidate, finding, ctx)
        or second.beside(given, gold, candidate, finding, ctx)
    )


_BESIDE: Final = 2  # units of work that it costs to look at a character of what stands beside an answer
