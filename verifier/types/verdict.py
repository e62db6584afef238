"""What grading gives: decisions with a code, steps with evidence, a verdict with three outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NoReturn

import msgspec


class Outcome(StrEnum):
    """The three outcomes of a grade. *Undecided* is no error: rules could not tell, and a judge may."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    UNDECIDED = "undecided"


class Decision(StrEnum):
    """What one stage says. *Pass* is every doubt, crash and exhausted budget; it is never *incorrect*."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    PASS = "pass"  # noqa: S105  # a decision, not a password


class Standing(StrEnum):
    """How firm an *incorrect* code is.

    A *proof* (another option, another dimension, a refuted number) stands against a judge's *correct*; a *convention*
    (missing unit, form, rounding, extraction) may be overturned by one. Codes that do not refute have none.
    """

    PROOF = "proof"
    CONVENTION = "convention"
    NONE = "none"


class Code(msgspec.Struct, frozen=True):
    """A stable reason, ``<stage>.<reason>``.

    Declared once, in the file that gives it, never reused for another meaning.

    ``summary`` is one sentence for a person. ``specific`` orders passes: of several, a verdict carries the most
    specific one (``quantity.unit_missing`` tells more than ``kinds.differ``).
    """

    name: str
    decision: Decision
    summary: str
    standing: Standing = Standing.NONE
    specific: int = 5

    def finding(self, **evidence: str) -> Finding:
        """A finding under this code."""
        return Finding(self.decision, self.name, evidence, self.specific)


def proves(name: str, summary: str) -> Code:
    """A code that says *correct*."""
    return Code(name, Decision.CORRECT, summary)


def refutes(name: str, summary: str, standing: Standing = Standing.PROOF) -> Code:
    """A code that says *incorrect*."""
    return Code(name, Decision.INCORRECT, summary, standing)


def passes(name: str, summary: str, specific: int = 5) -> Code:
    """A code that leaves the decision to others."""
    return Code(name, Decision.PASS, summary, Standing.NONE, specific)


class Finding(msgspec.Struct, frozen=True, gc=False):
    """What a stage, an extraction or a judge found, and the evidence it can state.

    ``specific`` is its code's: of several passes the one that says most is told.
    """

    decision: Decision
    code: str
    evidence: Mapping[str, str] = {}
    specific: int = 5


class Step(msgspec.Struct, frozen=True, gc=False):
    """One line of a trace. ``phase`` is extract, read, compare, settle or judge.

    ``by`` names the rule, reader, stage or judge.

    ``work`` counts what the step spent; ``depth`` is how deep inside another comparison it stood.
    """

    phase: str
    by: str
    decision: Decision | None = None
    code: str = ""
    evidence: Mapping[str, str] = {}
    work: int = 0
    depth: int = 0


class Verdict(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The outcome of one grade and why.

    ``method`` is what decided (a stage, ``extract``, a judge; ``none`` where nothing did), ``gold`` and ``candidate``
    are the answers as they were read, ``confidence`` is the measured precision of the code (``None`` where
    unmeasured), ``engine`` and ``rules`` are versions, ``reason`` is the sentence that the code stands for.
    """

    outcome: Outcome
    method: str
    code: str
    gold: str
    candidate: str
    engine: str
    rules: str
    confidence: float | None = None
    reason: str = ""
    trace: tuple[Step, ...] = ()
    judge_model: str | None = None
    judge_cost_usd: float | None = None

    @property
    def success(self) -> bool | None:
        """``True``, ``False``, or ``None`` where undecided: what a trajectory's ``success`` becomes."""
        return {Outcome.CORRECT: True, Outcome.INCORRECT: False, Outcome.UNDECIDED: None}[self.outcome]

    def reward(self, undecided: float = 0.0) -> float:
        """The verdict as a number for trainers: 1.0, 0.0, or ``undecided``."""
        return {Outcome.CORRECT: 1.0, Outcome.INCORRECT: 0.0, Outcome.UNDECIDED: undecided}[self.outcome]

    def explain(self) -> str:
        """The trace as prose for a person."""
        from verifier.types.explain import explain

        return explain(self)

    def __bool__(self) -> NoReturn:
        """A verdict has three outcomes: ``if verdict:`` would hide the third, so it is an error."""
        raise TypeError("a verdict has no truth value: use verdict.success, verdict.outcome or verdict.reward()")
