"""The service with a judge that is a model, over real HTTP: decided where it can be, 200 whatever befalls it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from fakeapi import FakeAPI

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Running

OPEN = {
    "question": "Why do pipes burst?",
    "ground_truth": "Water needs more room as ice than the pipe can give",
    "final_answer": "The water inside expands when it freezes",
}
GOOD = {"ground_truth": "600 W", "final_answer": "600 watts"}


@pytest.fixture
def api() -> Iterator[FakeAPI]:
    with FakeAPI(opinion="same") as running:
        yield running


@pytest.fixture
def judged(serve: Callable[..., Running], api: FakeAPI, tmp_path: Path) -> Callable[..., Running]:
    def start(*arguments: str, **environment: str) -> Running:
        settings = {
            "ANTHROPIC_API_KEY": api.key,
            "VERIFIER_JUDGE_BASE_URL": api.url,
            "VERIFIER_STORE_URL": f"sqlite:///{tmp_path}/opinions.db",
            "VERIFIER_JUDGE_DEADLINE_SECONDS": "3",
        }
        return serve(*arguments, **{**settings, **environment})

    return start


def _metrics(server: Running) -> dict[str, float]:
    lines = server.ask("/metrics").body.decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def test_it_decides_and_is_counted_over_all_workers(judged: Callable[..., Running], api: FakeAPI) -> None:
    server = judged("--workers", "2")
    assert _metrics(server)['verifier_judge_samples_total{code="judge.agrees"}'] == 0
    reply = server.ask("/grade", {**OPEN, "trace": True})
    assert reply.status == 200
    answer = reply.json
    assert (answer["success"], answer["verification"]["method"]) == (True, "anthropic")
    assert answer["verification"]["judge_model"] == "claude-haiku-5-5"
    assert answer["verification"]["judge_cost_usd"] > 0
    assert answer["trace"][-1]["evidence"]["quote"]
    alone = server.ask("/grade", {**OPEN, "judge": "none"}).json
    assert (alone["success"], alone["verification"]["judge_model"]) == (None, None)
    samples: list[dict[str, Any]] = [
        ({**OPEN, "question": f"Why do pipes burst in {year}?"} if year % 2 else GOOD) | {"sample_id": str(year)}
        for year in range(1990, 2030)
    ]
    answers = server.ask("/grade/batch", samples).json
    assert [answer["sample_id"] for answer in answers] == [sample["sample_id"] for sample in samples]
    assert all(answer["success"] for answer in answers)
    body = "\n".join(map(json.dumps, samples)).encode()
    streamed = server.ask("/grade/batch", body, headers={"Content-Type": "application/x-ndjson"})
    assert [json.loads(line) for line in streamed.body.splitlines()] == answers
    assert api.calls()["distinct"] == 42
    counted = _metrics(server)
    assert counted['verifier_judge_samples_total{code="judge.agrees"}'] == 41
    assert counted["verifier_judge_calls_total"] == api.ledger()["live_calls"]
    assert counted["verifier_judge_cost_usd_total"] > 0
    assert server.ask("/readyz").status == 200


@pytest.mark.parametrize("fault", ["401", "500", "529", "429", "cut", "slow", "refusal", "not_json", "wrong_quote"])
def test_a_judge_in_trouble_is_never_an_error_or_a_verdict(
    judged: Callable[..., Running], api: FakeAPI, fault: str
) -> None:
    api.fail([fault], forever=True)
    server = judged("--workers", "1")
    reply = server.ask("/grade", OPEN)
    assert (reply.status, reply.json["success"]) == (200, None)
    code = reply.json["verification"]["code"]
    assert code.startswith("judge.")
    assert server.ask("/grade", GOOD).json["success"] is True
    assert server.ask("/readyz").status == 200
    assert _metrics(server)[f'verifier_judge_samples_total{{code="{code}"}}'] == 1


def test_a_budget_is_kept(judged: Callable[..., Running], api: FakeAPI) -> None:
    server = judged("--workers", "1", VERIFIER_JUDGE_BUDGET_USD="0")
    reply = server.ask("/grade", OPEN)
    assert (reply.status, reply.json["success"]) == (200, None)
    assert reply.json["verification"]["code"] == "judge.over_budget"
    assert api.ledger()["live_calls"] == 0
    assert _metrics(server)["verifier_judge_calls_refused_total"] == 1


def test_a_server_that_is_not_there(judged: Callable[..., Running], api: FakeAPI) -> None:
    api.stop()
    server = judged("--workers", "1")
    assert server.ask("/readyz").status == 200
    reply = server.ask("/grade", OPEN)
    assert (reply.status, reply.json["success"]) == (200, None)
    assert reply.json["verification"]["code"].startswith("judge.")
