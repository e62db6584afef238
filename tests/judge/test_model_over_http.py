"""The judge as the settings build it, over real HTTP and a store in a file."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from fakeapi import FakeAPI
from msgspec.structs import replace

from verifier import Outcome, Sample, Verdict, Verifier
from verifier.settings import Settings, load_settings

OPEN = Sample(ground_truth="Myocardial infarction", final_answer="a heart attack", question="What is the diagnosis?")


def settings(api: FakeAPI, folder: Path, **more: object) -> Settings:
    url = f"sqlite:///{folder / 'opinions.db'}"
    return load_settings(judge_base_url=api.url, anthropic_api_key=api.key, store_url=url, **more)


def ask(chosen: Settings, *samples: Sample) -> list[Verdict]:
    verifier = Verifier.from_settings(chosen, run="test")

    async def all_of_them() -> list[Verdict]:
        return await asyncio.gather(*map(verifier.agrade, samples))

    verdicts = asyncio.run(all_of_them())
    verifier.close()
    return verdicts


def test_two_calls_are_paid_once(tmp_path: Path) -> None:
    with FakeAPI(opinion="same") as api:
        first = ask(settings(api, tmp_path), OPEN)[0]
        assert (first.outcome, first.code, first.judge_model) == (Outcome.CORRECT, "judge.agrees", "claude-haiku-5-5")
        assert first.judge_cost_usd is not None
        assert 0 < first.judge_cost_usd < 0.01
        sent = api.calls()["arrived"]
        again = ask(settings(api, tmp_path), replace(OPEN, sample_id="another"))[0]
        assert again == first
        assert api.calls()["arrived"] == sent


def test_a_budget_of_nothing_asks_nothing(tmp_path: Path) -> None:
    with FakeAPI(opinion="same") as api:
        verdict = ask(settings(api, tmp_path, judge_budget_usd="0"), OPEN)[0]
        assert (verdict.outcome, verdict.trace[-1].code) == (Outcome.UNDECIDED, "judge.over_budget")


def test_nobody_there_is_no_verdict(tmp_path: Path) -> None:
    with FakeAPI(opinion="same") as api:
        chosen = settings(api, tmp_path, judge_deadline_seconds=1)
    verdict = ask(chosen, OPEN)[0]
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.trace[-1].code in {"judge.unavailable", "judge.deadline"}


def test_a_wrong_key_is_no_verdict(tmp_path: Path) -> None:
    with FakeAPI(opinion="same") as api:
        verdict = ask(settings(api, tmp_path).model_copy(update={"anthropic_api_key": None}), OPEN)[0]
        assert (verdict.outcome, verdict.trace[-1].code) == (Outcome.UNDECIDED, "judge.unauthorized")


@pytest.mark.slow
def test_rows_a_second(tmp_path: Path) -> None:
    samples = [replace(OPEN, final_answer=f"heart attack, of the sort {'i' * n}") for n in range(400)]
    with FakeAPI(opinion="same") as api:
        begun = time.process_time()
        verdicts = ask(settings(api, tmp_path), *samples)
        spent = time.process_time() - begun
    assert {verdict.code for verdict in verdicts} == {"judge.agrees"}
    assert spent < 40


def test_who_waits_for_one_answer_does_not_wait_for_a_turn_for_long(tmp_path: Path) -> None:
    samples = [replace(OPEN, final_answer=f"heart attack, of the sort {'i' * n}") for n in range(4)]
    with FakeAPI(opinion="same", latency=0.8) as api:
        chosen = settings(api, tmp_path, judge_concurrency=1, judge_deadline_seconds=4)
        verifier = Verifier.from_settings(chosen, run="test", turn=0.3)

        async def all_of_them() -> list[Verdict]:
            return await asyncio.gather(*map(verifier.agrade, samples))

        verdicts = asyncio.run(all_of_them())
        verifier.close()
    assert {verdict.outcome for verdict in verdicts} <= {Outcome.CORRECT, Outcome.UNDECIDED}
    waited = [verdict for verdict in verdicts if verdict.code == "judge.deadline"]
    assert len(waited) >= 3
