"""The specification by example: every line of tests/cases is graded and must come out as ruled.

``outcome`` is the ruling, or a list of acceptable outcomes. ``may_abstain`` marks a ruling that the engine may leave
undecided; the opposite verdict fails the case always. ``as: response`` grades the candidate as a whole response instead
of a final answer. A ``*_repeat`` list ``[text, times, text, times, …]`` writes a long text shortly. A row with
``known: wrong`` must fail until it is mended.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from verifier import Outcome, Sample, Verdict, Verifier

CASES = Path(__file__).parent / "cases"
POLICY_RULES = range(1, 59)
OPPOSITE = {Outcome.CORRECT: Outcome.INCORRECT, Outcome.INCORRECT: Outcome.CORRECT}
SHOWN = 600

Repeat = tuple[str | int, ...]


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"taken_as": "as"}):
    """One line: the fields of a sample, the ruling and the rule it follows from."""

    id: str
    outcome: Outcome | tuple[Outcome, ...]
    rule: str
    note: str
    gold: str | tuple[str, ...] | None = None
    gold_repeat: Repeat | None = None
    candidate: str | None = None
    candidate_repeat: Repeat | None = None
    taken_as: Literal["final_answer", "response"] = "final_answer"
    response: str | None = None
    question: str | None = None
    question_repeat: Repeat | None = None
    options: dict[str, str] | None = None
    category: str | None = None
    may_abstain: bool = False
    code: str | None = None
    known: Literal["wrong"] | None = None

    @property
    def accepted(self) -> tuple[Outcome, ...]:
        ruled = (self.outcome,) if isinstance(self.outcome, Outcome) else self.outcome
        return (*ruled, Outcome.UNDECIDED) if self.may_abstain else ruled

    def sample(self, *, taken_as: Literal["final_answer", "response"] | None = None) -> Sample:
        gold = self.gold if self.gold_repeat is None else written_out(self.gold_repeat)
        assert gold is not None, f"{self.id} has no gold"
        candidate = self.candidate if self.candidate_repeat is None else written_out(self.candidate_repeat)
        question = self.question if self.question_repeat is None else written_out(self.question_repeat)
        as_response = (taken_as or self.taken_as) == "response"
        return Sample.of(
            ground_truth=gold,
            final_answer=None if as_response else candidate,
            response=candidate if as_response else self.response,
            question=question,
            options=self.options,
            category=self.category,
            sample_id=self.id,
        )


def written_out(repeat: Repeat) -> str:
    parts = []
    for text, times in zip(repeat[::2], repeat[1::2], strict=True):
        assert isinstance(text, str)
        assert isinstance(times, int)
        parts.append(text * times)
    return "".join(parts)


def read(file: Path) -> list[Case]:
    # json, not msgspec: some cases hold lone surrogates, which json lets through
    lines = file.read_text(encoding="utf-8").splitlines()
    return [msgspec.convert(json.loads(line), Case) for line in lines]


ALL = {file.stem: read(file) for file in sorted(CASES.glob("*.jsonl"))}


def params(cases: list[Case]) -> list[object]:
    wrong = pytest.mark.xfail(strict=True, raises=AssertionError, reason="known to be wrong")
    return [pytest.param(case, id=case.id, marks=[wrong] if case.known else []) for case in cases]


def shown(text: object) -> str:
    # escaped, for a surrogate or a turned-round line must not spoil the report
    written = ascii(text) if isinstance(text, str) and not text.isascii() else repr(text)
    return written if len(written) <= SHOWN else f"{written[:SHOWN]}… ({len(written)} characters)"


def report(case: Case, sample: Sample, verdict: Verdict) -> str:
    lines = [
        f"{case.id}: {case.note} (rule {case.rule})",
        f"  ruled     {' or '.join(case.accepted)}",
        f"  came out  {verdict.outcome} {verdict.code}",
    ]
    fields = ("ground_truth", "final_answer", "response", "question", "options", "category")
    lines += [f"  {name:12} {shown(value)}" for name in fields if (value := getattr(sample, name))]
    for step in verdict.trace:
        evidence = " ".join(f"{key}={shown(value)}" for key, value in step.evidence.items())
        lines.append(f"    {'  ' * step.depth}{step.phase} {step.by} {step.decision or ''} {step.code} {evidence}")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def engine() -> Verifier:
    return Verifier()


@pytest.mark.parametrize("case", params([case for cases in ALL.values() for case in cases]))
def test_case(case: Case, engine: Verifier) -> None:
    sample = case.sample()
    verdict = engine.grade(sample)
    assert verdict.outcome in case.accepted, report(case, sample, verdict)
    if case.code is not None:
        assert verdict.code == case.code, report(case, sample, verdict)


@pytest.mark.parametrize("case", params([case for case in ALL["extraction"] if case.known is None]))
def test_a_whole_response_given_as_the_final_answer_never_turns_the_verdict(case: Case, engine: Verifier) -> None:
    sample = case.sample(taken_as="final_answer")
    verdict = engine.grade(sample)
    ruled = (case.outcome,) if isinstance(case.outcome, Outcome) else case.outcome
    turned = {OPPOSITE[outcome] for outcome in ruled if outcome in OPPOSITE} - set(ruled)
    assert verdict.outcome not in turned, report(case, sample, verdict)


def test_ids_are_unique_and_name_their_file() -> None:
    ids = Counter(case.id for cases in ALL.values() for case in cases)
    assert [name for name, times in ids.items() if times > 1] == []
    assert [
        case.id for stem, cases in ALL.items() for case in cases if not re.fullmatch(rf"{stem}-\d{{3}}", case.id)
    ] == []


def test_every_ruling_names_rules_of_the_policy() -> None:
    named = {case.id: [int(rule) for rule in case.rule.split(",")] for cases in ALL.values() for case in cases}
    assert [name for name, rules in named.items() if not rules or any(rule not in POLICY_RULES for rule in rules)] == []


def test_no_two_cases_ask_the_same() -> None:
    asked = Counter(repr(case.sample()).replace(case.id, "") for cases in ALL.values() for case in cases)
    assert [sample[:200] for sample, times in asked.items() if times > 1] == []


def test_a_case_is_not_ruled_both_ways() -> None:
    both = {Outcome.CORRECT, Outcome.INCORRECT}
    assert [case.id for cases in ALL.values() for case in cases if both <= set(case.accepted)] == []
