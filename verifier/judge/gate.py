"""What is not worth a question, seen before anybody is asked: who holds nothing gradable is never *correct* (pure)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

from verifier.judge.port import Engine, Scope
from verifier.types.sample import Sample
from verifier.types.verdict import Code, Finding, Outcome, Standing, Verdict, passes

NOT_GRADABLE = passes("judge.not_gradable", "The answer holds nothing that a judge could compare, so none was asked.")
NO_REFERENCE = passes("judge.no_reference", "The ground truth holds nothing to compare with, so no judge was asked.")
NOT_ASKED = passes("judge.not_asked", "The verdict is none of those that are put to a judge.")
CODES: tuple[Code, ...] = (NOT_GRADABLE, NO_REFERENCE, NOT_ASKED)

_NO_GOLD: Final = frozenset({"gold.empty", "gold.unreadable"})
_NO_ANSWER: Final = frozenset({"extract.no_answer"})
_COMMITS_TO_NONE: Final = frozenset({"choice.label_conflicts"})  # a letter, and the text of another option
_ATTACK: Final = "attack."
_SAYS_NOTHING: Final = frozenset("PZC")  # categories of Unicode: punctuation, spaces, controls


def refused(sample: Sample, verdict: Verdict, scope: Scope, engine: Engine) -> Finding | None:
    """Why a verdict is not put to a judge; ``None`` where it is."""
    if not _is_within(verdict, scope, engine.standings):
        return NOT_ASKED.finding(code=verdict.code)
    return ungradable(sample, verdict, engine)


def ungradable(sample: Sample, verdict: Verdict, engine: Engine) -> Finding | None:
    """What is missing for a comparison, whatever the scope: an answer, or a ground truth."""
    codes = [verdict.code, *(step.code for step in verdict.trace)]
    if not any(map(says_something, sample.ground_truths)):
        return NO_REFERENCE.finding()
    given = sample.final_answer if (sample.final_answer or "").strip() else sample.response
    if not says_something(given or ""):
        return NOT_GRADABLE.finding()
    for code in codes:
        if code in _NO_GOLD:
            return NO_REFERENCE.finding(code=code)
        if code in _NO_ANSWER or code.startswith(_ATTACK):
            return NOT_GRADABLE.finding(code=code)
    if verdict.code in _COMMITS_TO_NONE:
        return NOT_GRADABLE.finding(code=verdict.code)
    attack = engine.attacked(sample)
    return None if attack is None else NOT_GRADABLE.finding(code=attack.code)


def says_something(text: str) -> bool:
    """Whether a text holds more than punctuation and spaces.

    >>> says_something("..."), says_something("∞"), says_something("解")
    (False, True, True)
    """
    return any(unicodedata.category(sign)[0] not in _SAYS_NOTHING for sign in text)


def _is_within(verdict: Verdict, scope: Scope, standings: Mapping[str, Standing]) -> bool:
    if scope == "all" or verdict.outcome is Outcome.UNDECIDED:
        return True
    return (
        scope == "failed"
        and verdict.outcome is Outcome.INCORRECT
        and standings.get(verdict.code) is Standing.CONVENTION
    )
