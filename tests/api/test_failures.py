"""What a client sees, and the log says, where the service itself is at fault."""

from __future__ import annotations

import asyncio
import logging
import sys

import httpx2
import pytest

from verifier.grader import Verifier
from verifier.settings import Settings
from verifier.types.sample import Sample
from verifier.types.verdict import Verdict
from verifier_api.app import create_app
from verifier_api.logs import JsonFormatter, TextFormatter

GOOD = {"ground_truth": "4", "final_answer": "4"}
FATAL = {"ground_truth": "a secret", "final_answer": "4"}


class Broken(Verifier):
    def grade(self, sample: Sample) -> Verdict:
        if sample.ground_truth == "a secret":
            raise ValueError(sample.ground_truth)
        return super().grade(sample)


def ask(method: str, path: str, *, broken: bool = True, **more: object) -> httpx2.Response:
    async def run() -> httpx2.Response:
        app = create_app(Settings())
        if broken:
            app.state.service.verifier = Broken()
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
            return await client.request(method, path, **more)  # type: ignore[arg-type]

    return asyncio.run(run())


@pytest.fixture(autouse=True)
def _log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def test_a_fault_is_a_problem_that_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    response = ask("POST", "/grade", json=FATAL)
    assert response.status_code == response.json()["status"] == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"] in response.json()["detail"]
    assert "secret" not in response.text
    assert "ValueError at" in caplog.text
    assert response.headers["x-request-id"] in caplog.text
    assert "secret" not in caplog.text


def test_a_fault_in_one_sample_leaves_the_others_graded(caplog: pytest.LogCaptureFixture) -> None:
    answers = ask("POST", "/grade/batch", json=[GOOD, FATAL, GOOD]).json()
    assert [answer["success"] for answer in answers] == [True, None, True]
    assert (answers[1]["status"], answers[1]["index"]) == (500, 1)
    assert "secret" not in caplog.text


def test_before_the_rules_are_loaded_it_is_not_ready() -> None:
    response = ask("GET", "/readyz", broken=False)
    assert (response.status_code, response.json()["type"]) == (503, "urn:problem-type:verifier:not-ready")
    assert response.headers["retry-after"]


def test_the_json_log_tells_where_and_not_what() -> None:
    try:
        int("a secret")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", None, sys.exc_info())
    assert "ValueError at" in JsonFormatter().format(record)
    assert "secret" not in JsonFormatter().format(record)
    assert "failed" in TextFormatter().format(record)
