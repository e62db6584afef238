"""Killed at any moment, a run with a judge loses no answer that was kept, and pays none twice but those in flight."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from commands import VERIFIER
from fakeapi import FakeAPI
from judgedrows import open_rows

from verifier.grader import default_rules
from verifier.judge.prices import find, picodollars
from verifier.store.opening import open_store

KILLS = 20
CONCURRENCY = 64


_COMMAND = [str(VERIFIER), "grade", "in.jsonl", "-o", "out.jsonl", "--quiet"]


def _environment(folder: Path, api: FakeAPI) -> dict[str, str]:
    return os.environ | {
        "ANTHROPIC_API_KEY": api.key,
        "VERIFIER_JUDGE_BASE_URL": api.url,
        "VERIFIER_STORE_URL": f"sqlite:///{folder}/opinions.db",
        "VERIFIER_JUDGE_CONCURRENCY": str(CONCURRENCY),
    }


def _run(folder: Path, api: FakeAPI, *arguments: str, kill_after: float | None = None) -> float | None:
    """Run to the end, or kill it after so many seconds; gives the seconds it took, ``None`` where it was killed."""
    command = [*_COMMAND, "--workers", "1", *arguments]
    began = time.monotonic()
    with subprocess.Popen(command, cwd=folder, env=_environment(folder, api), stderr=subprocess.DEVNULL) as process:
        try:
            assert process.wait(kill_after) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            return None
    return time.monotonic() - began


def _until(folder: Path, api: FakeAPI, delays: list[float], *arguments: str) -> int:
    """Kill the run at these moments, one after the other, and let it end; gives how often it was killed."""
    for killed, delay in enumerate(delays):
        if _run(folder, api, *arguments, kill_after=delay) is not None:
            return killed
    _run(folder, api, *arguments)
    return len(delays)


@pytest.mark.slow
def test_kill_9_at_twenty_random_moments_while_it_asks(tmp_path: Path) -> None:
    warm = tmp_path / "warm"
    warm.mkdir()
    (warm / "in.jsonl").write_text(open_rows(1))
    moments = random.Random(6)
    killed = chains = 0
    with FakeAPI(opinion="exact", latency=0.25) as api:
        begins = _run(warm, api) or 0.0
        while killed < KILLS:
            chains += 1
            assert chains <= KILLS
            folder = tmp_path / str(chains)
            folder.mkdir()
            # From the start-up on, and mostly while it asks.
            delays = [moments.uniform(begins * 0.5, begins + 3) for _ in range(min(7, KILLS - killed))]
            killed += _chain(folder, api, delays)


def _chain(folder: Path, api: FakeAPI, delays: list[float]) -> int:
    """A run that is killed and continued, and all that must hold at its end; gives how often it was killed."""
    rows = 700
    (folder / "in.jsonl").write_text(open_rows(rows))
    api.reset()
    killed = _until(folder, api, delays)
    calls, ledger = api.calls(), api.ledger()
    graded = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
    assert [row["sample_id"] for row in graded] == [f"open{number}" for number in range(rows)]
    assert {row["verification"]["method"] for row in graded} == {"anthropic"}
    store = open_store(f"sqlite:///{folder}/opinions.db")
    runs, lost = store.stats().runs, store.open_calls()
    store.close()
    # A run that was killed when all was done but its end is over; what is run again then is another, that pays nothing.
    spent = [spending for spending in runs.values() if spending.calls or spending.open_calls]
    assert len(spent) == 1
    (spending,) = spent
    assert len(lost) <= killed * CONCURRENCY
    assert calls["arrived"] - calls["distinct"] <= len(lost)  # what was asked again is what had been lost
    assert spending.calls == calls["distinct"]
    assert (spending.open_calls, spending.reserved) == (len(lost), sum(call.reserved for call in lost))
    listed = folder / "out.jsonl.lost-calls.jsonl"
    if listed.exists():
        told = [json.loads(line) for line in listed.read_text().splitlines()]
        assert {(line["number"], picodollars(line["reserved_usd"])) for line in told} == {
            (call.number, call.reserved) for call in lost
        }
    else:
        assert not lost
    # All replies that the server sent are paid for or listed as lost, with at least what they cost.
    assert spending.calls <= ledger["live_calls"] <= spending.calls + len(lost)
    price = find(default_rules().prices, "claude-haiku-5-5")
    assert price is not None
    charged = sum(count * getattr(price.live, name) for name, count in ledger["live"].items())
    assert spending.picodollars <= charged <= spending.picodollars + spending.reserved
    assert {path.name for path in folder.iterdir() if path.name.startswith("out")} <= {
        "out.jsonl", "out.jsonl.lost-calls.jsonl",
    }  # fmt: skip
    return killed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_it_asks_is_told_in_one_line(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "in.jsonl").write_text(open_rows(400))
    with FakeAPI(opinion="same", latency=1.0) as api:
        command = [*_COMMAND, "--workers", "1"]
        with subprocess.Popen(
            command, cwd=tmp_path, env=_environment(tmp_path, api), stderr=subprocess.PIPE
        ) as process:
            until = time.monotonic() + 60
            while not api.ledger()["live_calls"]:
                assert time.monotonic() < until
            process.send_signal(number)
            assert process.wait(30) == 3
            assert process.stderr is not None
            told = process.stderr.read().decode()
        assert told.count("\n") == 1
        assert "interrupted; the same command continues" in told
        assert _run(tmp_path, api) is not None
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 400


@pytest.mark.slow
def test_kill_9_while_batches_are_made_and_waited_for(tmp_path: Path) -> None:
    rows = 80
    (tmp_path / "in.jsonl").write_text(open_rows(rows))
    warm = tmp_path / "warm"
    warm.mkdir()
    (warm / "in.jsonl").write_text(open_rows(1))
    with FakeAPI(opinion="same", batch_seconds=1.0) as api:
        begins = (_run(warm, api, "--judge", "none") or 0.0) + 1
        api.reset()
        moments = random.Random(7)
        delays = [moments.uniform(begins * 0.4, begins + 2) for _ in range(8)]
        killed = _until(tmp_path, api, delays, "--judge-mode", "batch")
        ledger = api.ledger()
    assert killed >= 3
    graded = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["success"] for row in graded] == [True] * rows
    assert ledger["batch_calls"] == 2 * rows  # no call was in two batches
    assert ledger["live_calls"] == 0
    store = open_store(f"sqlite:///{tmp_path}/opinions.db")
    spent = [spending for spending in store.stats().runs.values() if spending.calls]
    store.close()
    assert [(spending.calls, spending.open_calls) for spending in spent] == [(2 * rows, 0)]
    assert sorted(path.name for path in tmp_path.glob("out*")) == ["out.jsonl"]
