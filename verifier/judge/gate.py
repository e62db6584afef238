"""What is not worth a question, seen before anybody is asked: who holds nothing gradable is never *correct* (pure)."""

from __future__ import annotations

import re
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
_SAYS_NOTHING: Final = frozenset("PZCM")  # categories of Unicode: punctuation, spaces, controls, marks
_BLANK: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\U0001d159")  # letters and symbols that show nothing
_MEASURED: Final = frozenset({"Sm", "Sc"})  # signs of mathematics and of money
_SHORT: Final = 3  # words of a ground truth that a sign may stand for
_WORD: Final = re.compile(r"[^\W\d_]+")
_IN_NAMES: Final = frozenset({"sign", "with", "and", "of", "the", "symbol", "black", "white", "a", "in", "for", "to"})


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
    if not says_something(given or "") or _is_mere_picture(given or "", sample):
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
    """Whether a text holds more than punctuation, spaces and what looks like them.

    >>> says_something("..."), says_something("∞"), says_something("解"), says_something(chr(0x3164))
    (False, True, True, False)
    """
    return any(map(_is_seen, text))


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign)[0] not in _SAYS_NOTHING and sign not in _BLANK


def _is_mere_picture(text: str, sample: Sample) -> bool:
    """Whether a text is signs and pictures alone, and none is the ground truth's, an option's, or called by its words.

    A sign of mathematics may also stand for a short ground truth: "<" for "is less than".
    """
    seen = [sign for sign in text if _is_seen(sign)]
    if not all(unicodedata.category(sign)[0] == "S" for sign in seen):
        return False
    known = [*sample.ground_truths, *(option.text for option in sample.options)]
    if any(sign in told for sign in seen for told in known):
        return False
    words = {word for told in known for word in _words(told)}
    if any(not words.isdisjoint(_words(unicodedata.name(sign, ""))) for sign in seen):
        return False
    short = any(len(told.split()) <= _SHORT for told in sample.ground_truths)
    return not (short and any(unicodedata.category(sign) in _MEASURED for sign in seen))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.casefold()) if word not in _IN_NAMES]


def _is_within(verdict: Verdict, scope: Scope, standings: Mapping[str, Standing]) -> bool:
    if scope == "all" or verdict.outcome is Outcome.UNDECIDED:
        return True
    return (
        scope == "failed"
        and verdict.outcome is Outcome.INCORRECT
        and standings.get(verdict.code) is Standing.CONVENTION
    )
