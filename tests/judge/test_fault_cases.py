"""What becomes of a row whose judge's server does this and that, one request after the other: over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from askings import MODEL
from fakeapi import FakeAPI
from judging import StraightDesk

from verifier import Outcome, Sample, Verdict, Verifier
from verifier.judge.anthropic import AnthropicCaller
from verifier.judge.pace import Policy
from verifier.judge.wire import PLAIN, Abilities

CASES: Final = Path(__file__).parent.parent / "cases" / "judge" / "faults.jsonl"
OPEN: Final = Sample.of(
    ground_truth="Myocardial infarction", final_answer="It was a heart attack.", question="What is the diagnosis?"
)
TRANSPORT: Final = ("429", "5", "cut", "slow")
UNUSABLE: Final = ("html", "empty", "too_long")
Row = dict[str, Any]
ROWS: Final = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module", params=["anthropic", "plain"])
def api(request: pytest.FixtureRequest) -> Iterator[FakeAPI]:
    more = {} if request.param == "anthropic" else {"schema": False, "batches": False, "model_list": False}
    with FakeAPI(models=[MODEL], **more) as started:
        yield started


def judged(api: FakeAPI, actions: list[str], *, forever: bool = False) -> Verdict:
    """The row's verdict; a second that a server asks for is made a twentieth of one."""
    patient = Policy(deadline=2.5, timeout=0.6 if "slow" in actions else 2.0, first_wait=0.005, longest_wait=0.02)
    can = Abilities() if api.options.get("schema", True) else PLAIN
    sender = AnthropicCaller(model=MODEL, api_key=api.key, base_url=api.url, policy=patient, abilities=can)
    api.reset()
    api.fail([action.replace("retry-after=1", "retry-after=0.05") for action in actions], forever=forever)
    verifier = Verifier(judges=["anthropic"], desk=StraightDesk(sender))
    verdict = asyncio.run(verifier.agrade(OPEN))
    verifier.close()
    return verdict


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS])
def test_case(row: Row, api: FakeAPI) -> None:
    forever = row.get("forever", False)
    verdict = judged(api, row["server"], forever=forever)
    assert verdict.outcome == row["outcome"], (row["note"], verdict.trace[-1])
    if "code" in row:
        assert verdict.trace[-1].code == row["code"], row["note"]
    if forever and row["server"][0].startswith(TRANSPORT):
        assert api.calls()["arrived"] >= 3


@pytest.mark.parametrize("fault", UNUSABLE)
def test_what_is_no_use_is_no_verdict(fault: str, api: FakeAPI) -> None:
    verdict = judged(api, [fault], forever=True)
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.trace[-1].code.startswith("judge.")
