"""Hard evidence against a judge's *correct*: what it took for the answer, graded by rules (pure).

A judge can be talked into agreement, but it must say what it agreed to. Where the rules prove that those words are
another answer than the ground truth, or find no answer in them, its *correct* becomes a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from verifier.judge.ballot import Ballot
from verifier.judge.gate import ungradable
from verifier.types.sample import Sample
from verifier.types.verdict import Code, Decision, Finding, Outcome, Standing, Verdict, passes

VETOED = passes(
    "judge.vetoed", "The judge agrees, and the rules refute what it took for the answer, or find no answer in it.", 8
)
CODES: tuple[Code, ...] = (VETOED,)


def vetoed(
    finding: Finding,
    votes: Sequence[Ballot],
    sample: Sample,
    grade: Callable[[Sample], Verdict],
    standings: Mapping[str, Standing],
) -> Finding:
    """The finding, or a pass in its place; ``grade`` is the engine's, and every quote of a *same* is put to it."""
    if finding.decision is not Decision.CORRECT:
        return finding
    for quote in dict.fromkeys(vote.quote for vote in votes if vote.verdict == "same" and not vote.points):
        alone = msgspec.structs.replace(sample, final_answer=quote, response=None)
        verdict = grade(alone)
        refusal = ungradable(alone, verdict)
        if refusal is not None or _is_refuted(verdict, standings):
            code = verdict.code if refusal is None else refusal.evidence.get("code", refusal.code)
            return VETOED.finding(**{**finding.evidence, "veto": code, "quote": quote})
    return finding


def _is_refuted(verdict: Verdict, standings: Mapping[str, Standing]) -> bool:
    return verdict.outcome is Outcome.INCORRECT and standings.get(verdict.code) is Standing.PROOF
