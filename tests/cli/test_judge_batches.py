"""``verifier grade --judge-mode batch`` over real HTTP: rounds, what expires, what is never heard of, what is paid."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from commands import VERIFIER
from fakeapi import FakeAPI
from judgedrows import open_rows, sealed_rows

from verifier.store.opening import open_store

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]
ROWS = 6


@pytest.fixture
def api() -> Iterator[FakeAPI]:
    with FakeAPI(opinion="same", batch_seconds=0.1) as running:
        yield running


@pytest.fixture
def grade(tmp_path: Path, grade: Run) -> Run:
    """The same, of some rows, in message batches."""
    (tmp_path / "in.jsonl").write_text(open_rows(ROWS) + sealed_rows(ROWS))
    return partial(grade, "--judge-mode", "batch", "--workers", "1")


def _rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]


def test_confirmations_are_the_next_batch_at_half_the_price(tmp_path: Path, grade: Run, api: FakeAPI) -> None:
    done = grade()
    assert [row["success"] for row in _rows(tmp_path)] == [True] * (2 * ROWS)
    assert len(api.calls()["batches"]) == 2
    ledger = api.ledger()
    assert (ledger["batch_calls"], ledger["live_calls"]) == (2 * ROWS, 0)
    told = done.stderr.decode().splitlines()
    assert any("waiting for batch" in line for line in told)
    usage = ledger["batch"]
    halved = (
        50_000 * usage["input"] + 5_000 * usage["cache_read"] + 62_500 * usage["cache_write_5m"]
        + 100_000 * usage["cache_write_1h"] + 250_000 * usage["output"]
    )  # fmt: skip
    paid = sum(row["verification"]["judge_cost_usd"] or 0 for row in _rows(tmp_path))
    assert paid == pytest.approx(halved / 10**12)
    grade()
    assert len(api.calls()["batches"]) == 2
    assert sorted(path.name for path in tmp_path.glob("out*")) == ["out.jsonl"]


@pytest.mark.parametrize("fate", ["expired", "errored", "canceled"])
def test_what_had_no_answer_is_asked_once_more(tmp_path: Path, grade: Run, api: FakeAPI, fate: str) -> None:
    api.script(
        rules=[
            {"contains": "pipe number 1 ", "then": [fate]},
            {"contains": "pipe number 2 ", "then": [fate], "forever": True},
        ]
    )
    grade()
    rows = _rows(tmp_path)
    assert [row["success"] for row in rows[:ROWS]] == [True, True, None, True, True, True]
    assert rows[2]["verification"]["code"] == f"judge.batch_{fate}"
    assert len(api.calls()["batches"]) == 3


def test_a_batch_that_nobody_heard_of_is_found_again(tmp_path: Path, grade: Run, api: FakeAPI) -> None:
    api.script(rules=[{"contains": "POST /batches", "then": ["cut"]}])
    grade()
    assert [row["success"] for row in _rows(tmp_path)] == [True] * (2 * ROWS)
    assert api.ledger()["batch_calls"] == 2 * ROWS


def test_results_that_break_off_are_fetched_again(tmp_path: Path, grade: Run, api: FakeAPI) -> None:
    api.script(rules=[{"contains": "GET /results", "then": ["500", "cut"]}])
    grade()
    assert [row["success"] for row in _rows(tmp_path)] == [True] * (2 * ROWS)
    assert api.ledger()["batch_calls"] == 2 * ROWS


def test_a_batch_that_is_refused_leaves_rows_undecided(tmp_path: Path, grade: Run, api: FakeAPI) -> None:
    api.script(rules=[{"contains": "POST /batches", "then": ["400"], "forever": True}])
    grade()
    rows = _rows(tmp_path)
    assert [row["success"] for row in rows] == [None] * ROWS + [True] * ROWS
    assert {row["verification"]["code"] for row in rows[:ROWS]} == {"judge.rejected"}


def test_a_budget_cuts_a_round_and_more_goes_on(tmp_path: Path, grade: Run, api: FakeAPI) -> None:
    done = grade("--budget-usd", "0.0003", status=3)
    assert b"leaves too little" in done.stderr
    assert not (tmp_path / "out.jsonl").exists()
    grade("--budget-usd", "0.5")
    assert [row["success"] for row in _rows(tmp_path)] == [True] * (2 * ROWS)
    assert api.ledger()["batch_calls"] == 2 * ROWS


def _killed_with_a_batch_open(folder: Path, api: FakeAPI) -> None:
    api.script(hold_batches=True)
    command = [str(VERIFIER), "grade", "in.jsonl", "-o", "out.jsonl", "--judge-mode", "batch", "--quiet"]
    store = open_store(f"sqlite:///{folder}/opinions.db")
    with subprocess.Popen([*command, "--workers", "1"], cwd=folder) as process:
        until = time.monotonic() + 60
        while not any(batch.id for batch in store.batches()):
            assert time.monotonic() < until
            time.sleep(0.05)
        process.kill()
    store.close()
    api.script(hold_batches=False)


def test_begun_anew_it_takes_the_answers_of_the_batch_that_is_open(tmp_path: Path, grade: Run, api: FakeAPI) -> None:
    _killed_with_a_batch_open(tmp_path, api)
    grade("--restart")
    assert [row["success"] for row in _rows(tmp_path)] == [True] * (2 * ROWS)
    assert (api.ledger()["batch_calls"], len(api.calls()["batches"])) == (2 * ROWS, 2)


def test_it_is_continued_without_its_folder(tmp_path: Path, grade: Run, api: FakeAPI) -> None:
    _killed_with_a_batch_open(tmp_path, api)
    shutil.rmtree(tmp_path / "out.jsonl.batches")
    grade()
    assert [row["success"] for row in _rows(tmp_path)] == [True] * (2 * ROWS)
    assert (api.ledger()["batch_calls"], len(api.calls()["batches"])) == (2 * ROWS, 2)


def test_results_that_cannot_be_read_are_lost_and_asked_once_more(tmp_path: Path, grade: Run, api: FakeAPI) -> None:
    api.script(
        rules=[
            {"contains": "pipe number 1 ", "then": ["unreadable"]},
            {"contains": "pipe number 2 ", "then": ["broken"], "forever": True},
        ]
    )
    done = grade()
    rows = _rows(tmp_path)
    assert [row["success"] for row in rows[:ROWS]] == [True, True, None, True, True, True]
    assert rows[2]["verification"]["code"] == "judge.batch_errored"
    assert b"may have been charged" in done.stderr
    lost = (tmp_path / "out.jsonl.lost-calls.jsonl").read_text().splitlines()
    assert len(lost) == 3
    assert all(float(json.loads(line)["reserved_usd"]) > 0 for line in lost)


def test_what_is_set_wrongly_leaves_no_folder(tmp_path: Path, grade: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "wrong")
    assert b"ANTHROPIC_API_KEY" in grade(status=2).stderr
    assert not (tmp_path / "out.jsonl.batches").exists()


def test_a_budget_for_a_call_or_two_sends_none(tmp_path: Path, grade: Run, api: FakeAPI) -> None:
    (tmp_path / "in.jsonl").write_text(open_rows(40))
    done = grade("--budget-usd", "0.002", status=3)
    assert b"leaves too little for the next batch" in done.stderr
    assert api.calls()["batches"] == []


def test_it_is_not_continued_live_and_needs_files(tmp_path: Path, grade: Run, verifier: Run) -> None:
    grade("--budget-usd", "0", status=3)
    done = verifier("grade", "in.jsonl", "-o", "out.jsonl")
    assert (done.returncode, b"another --judge-mode" in done.stderr) == (2, True)
    done = verifier("grade", "-", "-o", "o", "--judge-mode", "batch", input=(tmp_path / "in.jsonl").read_bytes())
    assert (done.returncode, b"name files, not a pipe" in done.stderr) == (2, True)
