"""Judges behind ``Verifier``: who is asked about what, and what becomes of a verdict."""

from __future__ import annotations

import asyncio
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from verifier import Outcome, Sample, Verdict, Verifier
from verifier.engine import cascade, fold
from verifier.grader import JUDGES, codes
from verifier.judge import symbolic
from verifier.judge.port import Scope
from verifier.judge.symbolic import CODES, SymbolicJudge
from verifier.types.errors import SettingsError
from verifier.types.opinion import Judgement
from verifier.types.verdict import Decision, Finding

INTEGRAL = Sample(ground_truth=r"\int_0^\infty \frac{\sin x}{x}\,dx", final_answer=r"\frac{\pi}{2}")
OTHER = Sample(ground_truth=r"\int_0^\infty \frac{\sin x}{x}\,dx", final_answer=r"\frac{\pi}{3}")
PHRASE = Sample(ground_truth="red", final_answer="crimson")
UNIT = Sample(ground_truth="5 m", final_answer="5")


class FakeJudge:
    """Says what it is told to, and counts."""

    name = "symbolic"
    version = "1"

    def __init__(self, finding: Finding, *, asks: bool = True) -> None:
        self.finding = finding
        self._asks = asks
        self.asked: list[tuple[Sample, Verdict]] = []
        self.closed = 0

    def asks(self, sample: Sample, verdict: Verdict, scope: Scope = "undecided") -> bool:
        del sample, scope
        return self._asks and verdict.outcome is Outcome.UNDECIDED

    async def opine(self, sample: Sample, verdict: Verdict) -> Judgement:
        self.asked.append((sample, verdict))
        return Judgement(finding=self.finding)

    def close(self) -> None:
        self.closed += 1


def agrade(verifier: Verifier, sample: Sample) -> Verdict:
    return asyncio.run(verifier.agrade(sample))


def test_a_finding_decides_what_was_undecided_and_stands_in_the_trace() -> None:
    judge = FakeJudge(Finding(Decision.CORRECT, "symbolic.equal", {"shown": "so"}))
    verifier = Verifier(judges=[judge])
    before, after = verifier.grade(PHRASE), agrade(verifier, PHRASE)
    assert before.outcome is Outcome.UNDECIDED
    assert judge.asked == [(PHRASE, before)]
    assert (after.outcome, after.method, after.code) == (Outcome.CORRECT, "symbolic", "symbolic.equal")
    assert after.reason == next(code.summary for code in CODES if code.name == "symbolic.equal")
    assert after.trace[:-1] == before.trace
    step = after.trace[-1]
    assert (step.phase, step.by, step.decision, step.evidence) == ("judge", "symbolic", "correct", {"shown": "so"})
    assert "Judge (symbolic): they agree (shown by so)." in after.explain()
    verifier.close()
    assert judge.closed == 1


def test_a_pass_leaves_the_verdict_as_it_was_but_for_the_trace() -> None:
    verifier = Verifier(judges=[FakeJudge(Finding(Decision.PASS, "symbolic.gave_up"))])
    before, after = verifier.grade(PHRASE), agrade(verifier, PHRASE)
    assert len(after.trace) == len(before.trace) + 1
    assert fold.settle(before, "symbolic", Judgement(finding=Finding(Decision.PASS, "symbolic.gave_up"))) == after
    assert (after.outcome, after.method, after.code, after.reason) == (
        before.outcome,
        before.method,
        before.code,
        before.reason,
    )


def test_nobody_is_asked_where_there_is_nothing_to_ask() -> None:
    eager, idle = (
        FakeJudge(Finding(Decision.CORRECT, "symbolic.equal")),
        FakeJudge(Finding(Decision.PASS, "x"), asks=False),
    )
    decided = Sample(ground_truth="4", final_answer="5")
    assert agrade(Verifier(judges=[eager]), decided) == Verifier().grade(decided)
    assert agrade(Verifier(judges=[idle]), PHRASE) == Verifier().grade(PHRASE)
    stranger = FakeJudge(Finding(Decision.CORRECT, "symbolic.equal"))
    stranger.name = "stranger"  # type: ignore[misc]  # which no profile names
    assert agrade(Verifier(judges=[stranger]), PHRASE) == Verifier().grade(PHRASE)
    assert not eager.asked
    assert not idle.asked
    assert not stranger.asked


def test_settling_never_touches_a_verdict_that_is_decided() -> None:
    verdict = Verifier().grade(Sample(ground_truth="4", final_answer="5"))
    settled = fold.settle(verdict, "symbolic", Judgement(finding=Finding(Decision.CORRECT, "symbolic.equal")))
    assert (settled.outcome, settled.code, settled.trace[:-1]) == (verdict.outcome, verdict.code, verdict.trace)


def test_unknown_judges_and_other_misuse() -> None:
    with pytest.raises(SettingsError, match="unknown judge 'sybmolic': there is symbolic"):
        Verifier(judges=["sybmolic"])
    with pytest.raises(TypeError, match="judges must be several"):
        Verifier(judges="symbolic")


def test_the_codes_it_is_asked_about_are_the_engines() -> None:
    passes = {code.name for code in cascade.CODES if code.decision is Decision.PASS}
    assert passes >= symbolic.ASKED
    assert set(CODES) <= set(codes())
    assert not [code for code in CODES if code.decision is Decision.INCORRECT]


@pytest.fixture
def verifier() -> Verifier:
    verifier = Verifier(judges=JUDGES, processes=2)
    yield verifier
    verifier.close()


def test_maths_is_computed_and_nothing_else(verifier: Verifier) -> None:
    right, wrong = agrade(verifier, INTEGRAL), agrade(verifier, OTHER)
    assert (right.outcome, right.method, right.code) == (Outcome.CORRECT, "symbolic", "symbolic.equal")
    assert (wrong.outcome, wrong.trace[-1].code) == (Outcome.UNDECIDED, "symbolic.not_shown")
    for sample in (PHRASE, UNIT):
        verdict = agrade(verifier, sample)
        assert all(step.phase != "judge" for step in verdict.trace)


def test_nothing_starts_before_there_is_a_question(verifier: Verifier) -> None:
    threads = threading.active_count()
    judge = next(iter(verifier._judges.values()))
    assert isinstance(judge, SymbolicJudge)
    agrade(verifier, PHRASE)
    assert judge.process is None
    agrade(verifier, INTEGRAL)
    assert judge.process is not None
    verifier.close()
    assert judge.process is None
    assert threading.active_count() <= threads + 1  # the one that reads may be on its way out


def test_many_at_once_in_one_event_loop_and_in_many(verifier: Verifier) -> None:
    expected = {sample: agrade(verifier, sample) for sample in (INTEGRAL, OTHER, PHRASE)}
    samples = [INTEGRAL, OTHER, PHRASE] * 40

    async def together() -> list[Verdict]:
        return await asyncio.gather(*(verifier.agrade(sample) for sample in samples))

    assert asyncio.run(together()) == [expected[sample] for sample in samples]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda sample: agrade(verifier, sample), samples)) == [expected[one] for one in samples]


def test_the_event_loop_goes_on_and_who_stops_waiting_stops_nobody_else(verifier: Verifier) -> None:
    async def run() -> tuple[int, Verdict]:
        first, second = (asyncio.create_task(verifier.agrade(INTEGRAL)) for _ in range(2))
        turns = 0
        while not second.done():
            turns += 1
            await asyncio.sleep(0)
            if turns == 100:
                first.cancel()
        assert first.cancelled()
        return turns, second.result()

    turns, verdict = asyncio.run(run())
    assert turns > 1_000
    assert verdict.code == "symbolic.equal"


def test_a_loop_that_ends_early_leaves_no_trouble(verifier: Verifier) -> None:
    async def impatient() -> None:
        task = asyncio.create_task(verifier.agrade(INTEGRAL))
        await asyncio.sleep(0)
        del task

    asyncio.run(impatient())
    assert agrade(verifier, INTEGRAL).code == "symbolic.equal"


def test_without_sympy_it_passes_and_says_why(verifier: Verifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sympy", None)
    before, after = verifier.grade(INTEGRAL), agrade(verifier, INTEGRAL)
    assert after == fold.settle(before, "symbolic", Judgement(finding=Finding(Decision.PASS, "symbolic.absent")))
    assert verifier.judge_versions == ("symbolic absent",)


def test_an_answer_left_as_a_sum_counts_only_where_it_cannot_be_the_questions(verifier: Verifier) -> None:
    closed, left = r"\frac{n^2(n+1)^2}{4}", r"\sum_{j=1}^{n} j^3"
    alone = agrade(verifier, Sample(ground_truth=closed, final_answer=left))
    asked = agrade(
        verifier, Sample(ground_truth=closed, final_answer=left, question=r"Find a closed form of \sum_{k=1}^{n} k^3.")
    )
    assert alone.outcome is Outcome.CORRECT
    assert asked.outcome is not Outcome.CORRECT
