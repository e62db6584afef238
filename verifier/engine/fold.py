"""Law 3: from the findings on pairs of readings to the one on a sample; and the verdict after a judge's finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from verifier.engine.kinds import chemistry, electrons, quantity, reaction
from verifier.engine.kinds.kind import Answer
from verifier.types.opinion import PICO, Judgement
from verifier.types.verdict import Code, Decision, Finding, Outcome, Step, Verdict, passes

KINDS_DIFFER = passes(
    "kinds.differ",
    "One side reads as one kind of answer and the other as another, or as words that are not understood as one.",
    specific=2,
)
AMBIGUOUS = passes(
    "reading.ambiguous", "The answer can be read in several ways, and they do not lead to the same verdict.", specific=8
)
CODES: tuple[Code, ...] = (KINDS_DIFFER, AMBIGUOUS)
OUTCOMES: Mapping[Decision, Outcome] = {
    Decision.CORRECT: Outcome.CORRECT,
    Decision.INCORRECT: Outcome.INCORRECT,
    Decision.PASS: Outcome.UNDECIDED,
}
_OTHER_KIND: Final = frozenset({
    KINDS_DIFFER.name, chemistry.UNSURE.name, reaction.UNSURE.name, electrons.UNSURE.name, quantity.UNKNOWN.name,
})  # fmt: skip
_OTHER_DIMENSION: Final = frozenset({quantity.DIMENSION.name})


def kinds_differ(gold: Answer, candidate: Answer) -> Finding:
    """The pass on two answers of kinds that no stage compares."""
    return KINDS_DIFFER.finding(gold=type(gold).__name__.lower(), candidate=type(candidate).__name__.lower())


def any_reading(findings: list[Finding]) -> Finding:
    """One answer against each reading of a ground truth: it agrees if one does, and differs if all do."""
    if len(findings) == 1:
        return findings[0]
    findings = _comparable(findings)
    for finding in findings:
        if finding.decision is Decision.CORRECT:
            return finding
    return most_specific(findings) or findings[0]


def all_readings(findings: list[Finding], *, gold: str, candidate: str) -> Finding:
    """Each reading of an answer: those that can be compared must lead to one verdict, for ambiguity is not rewarded."""
    findings = _comparable(findings)
    decisions = {finding.decision for finding in findings}
    if {Decision.CORRECT, Decision.INCORRECT} <= decisions:
        return AMBIGUOUS.finding(gold=gold, candidate=candidate)
    if Decision.CORRECT in decisions:
        return next(finding for finding in findings if finding.decision is Decision.CORRECT)
    return most_specific(findings) or findings[0]


def all_golds(results: list[tuple[str, Finding]]) -> tuple[str, Finding]:
    """What no accepted ground truth agrees with: the most specific pass, with its ground truth, else the first."""
    finding = most_specific([finding for _, finding in results])
    return next((result for result in results if result[1] is finding), results[0])


def most_specific(findings: list[Finding]) -> Finding | None:
    """The pass that says most; ``None`` if none is a pass."""
    passed = [finding for finding in findings if finding.decision is Decision.PASS]
    return max(passed, key=lambda finding: finding.specific) if passed else None


def _comparable(findings: list[Finding]) -> list[Finding]:
    """Without the readings of a kind or a dimension that the other side is not, if there are others.

    What stands on the other side tells what is meant.
    """
    for aside in (_OTHER_KIND, _OTHER_DIMENSION):
        findings = [finding for finding in findings if finding.code not in aside] or findings
    return findings


def settle(  # noqa: PLR0913  # what the shell knows of the codes, which the engine does not
    verdict: Verdict,
    name: str,
    judgement: Judgement,
    *,
    reason: str = "",
    confidence: float | None = None,
    firm: bool = True,
    told: bool = False,
) -> Verdict:
    """The verdict after a judgement: a step more, and decided where it was undecided and the judge is not.

    ``reason`` is the sentence of the finding's code and ``confidence`` its measured precision. An *incorrect* that is
    not ``firm`` (by convention, and put to a judge all the same) becomes *correct* where the judge says so; *correct*
    is never changed. What a model was asked stands in the verdict whatever it said; where ``told``, so does why the
    judge could not tell, in place of why the engine could not.
    """
    finding = judgement.finding
    step = Step("judge", name, finding.decision, finding.code, finding.evidence)
    settled = msgspec.structs.replace(verdict, trace=(*verdict.trace, step))
    if judgement.model is not None:
        dollars = None if judgement.picodollars is None else judgement.picodollars / PICO
        settled = msgspec.structs.replace(settled, judge_model=judgement.model, judge_cost_usd=dollars)
    if told and verdict.outcome is Outcome.UNDECIDED and finding.decision is Decision.PASS:
        return msgspec.structs.replace(settled, code=finding.code, reason=reason)
    overturned = verdict.outcome is Outcome.INCORRECT and not firm and finding.decision is Decision.CORRECT
    if not overturned and (verdict.outcome is not Outcome.UNDECIDED or finding.decision is Decision.PASS):
        return settled
    return msgspec.structs.replace(
        settled,
        outcome=OUTCOMES[finding.decision],
        method=name,
        code=finding.code,
        reason=reason,
        confidence=confidence,
    )
