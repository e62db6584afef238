"""What a judge changed and what it doubts: the lines of ``OUT.flips.jsonl`` and ``OUT.audit.jsonl``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from verifier.grader import MODEL_JUDGE, codes
from verifier.judge.veto import VETOED
from verifier.types.verdict import Decision, Step, Verdict

SUSPECT: Final = "reference_suspect"
DISAGREES: Final = "judge_disagrees"
_SAYS: Final = {Decision.CORRECT: True, Decision.INCORRECT: False}


def judged(verdict: Verdict) -> Step | None:
    """The step of the judge that is a model; ``None`` where it was not asked."""
    return next((step for step in reversed(verdict.trace) if step.phase == "judge" and step.by == MODEL_JUDGE), None)


def flip(verdict: Verdict, *, before: Mapping[str, object]) -> dict[str, object] | None:
    """Both reasons, where a row has a ``success`` that it had not; ``None`` where it has the same, or none now.

    ``before`` has ``success``, ``outcome``, ``code`` and ``judge``, as far as they are known; without a ``success``,
    true, false or null, there is nothing to change.
    """
    was = before.get("success", verdict.success)
    if not isinstance(was, bool | None) or verdict.success is None or verdict.success is was:
        return None
    step = judged(verdict)
    decided = step is not None and step.code == verdict.code
    told: Mapping[str, object] = step.evidence if step is not None and decided else {}
    return {
        "before": {
            "success": was,
            "outcome": before.get("outcome"),
            "code": before.get("code"),
            "reason": meaning(before.get("code")),
            "judge": before.get("judge"),
        },
        "after": {
            "success": verdict.success,
            "outcome": verdict.outcome.value,
            "code": verdict.code,
            "reason": verdict.reason or meaning(verdict.code),
            "quote": told.get("quote"),
            "comparison": told.get("comparison"),
            "model": verdict.judge_model if decided else None,
        },
    }


def audit(verdict: Verdict, *, success: bool | None) -> dict[str, object] | None:
    """What a person should look at: a ground truth that a model doubts, and an outcome that it would not give.

    ``success`` is what stands in the row.
    """
    step = judged(verdict)
    if step is None:
        return None
    kinds = [SUSPECT] if step.evidence.get("suspect") else []
    # What was vetoed the judge did say: the engine's proof stands against it.
    says = True if step.code == VETOED.name else _SAYS.get(step.decision or Decision.PASS)
    if says is not None and success is not None and says is not success:
        kinds.append(DISAGREES)
    if not kinds:
        return None
    return {
        "kinds": kinds,
        "success": success,
        "code": verdict.code,
        "reason": verdict.reason or meaning(verdict.code),
        "gold": verdict.gold,
        "candidate": verdict.candidate,
        "judge": {
            "decision": None if step.decision is None else step.decision.value,
            "code": step.code,
            "quote": step.evidence.get("quote"),
            "comparison": step.evidence.get("comparison"),
            "suspect": step.evidence.get("suspect"),
            "model": verdict.judge_model,
        },
    }


def meaning(code: object) -> str | None:
    """The sentence of a code; ``None`` for what is none of ours."""
    return _meanings().get(code) if isinstance(code, str) else None


@lru_cache(maxsize=1)
def _meanings() -> dict[str, str]:
    return {code.name: code.summary for code in codes()}
