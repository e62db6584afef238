"""``verifier grade`` with the symbolic judge: the same bytes in any way, and nothing lost or left behind."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import GRADE, OUTPUTS

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


def _rows(count: int) -> bytes:
    """Rows of every sort; the integrals are for the judge, each another."""
    lines = []
    for number in range(1, count + 1):
        gold, answer = f"{number} W", f"{number + number % 2} watts"
        if number % 5 == 0:
            gold = rf"\int_0^1 x e^x\,dx + {number}"
            answer = str(number + 1 if number % 10 else number)
        elif number % 11 == 0:
            gold, answer = "red", "crimson"
        elif number % 17 == 0:
            lines.append('{"broken')
            continue
        lines.append(json.dumps({"sample_id": number, "ground_truth": gold, "final_answer": answer}))
    return "\n".join(lines).encode() + b"\n"


def _written(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in OUTPUTS]


def test_the_judge_decides_rows_in_their_places_whatever_the_number_of_workers(tmp_path: Path, verifier: Run) -> None:
    (tmp_path / "in.jsonl").write_bytes(_rows(120))
    runs = []
    for workers in (1, 3):
        done = verifier(*GRADE[1:], "--workers", workers, "--restart")
        assert done.returncode == 1
        runs.append(_written(tmp_path))
    assert runs[0] == runs[1]
    rows = [json.loads(line) for line in runs[0][0].splitlines()]
    assert [row["sample_id"] for row in rows] == sorted(row["sample_id"] for row in rows)
    integrals = {row["sample_id"]: row for row in rows if row["sample_id"] % 5 == 0}
    assert len(integrals) == 24
    for number, row in integrals.items():
        right = number % 10 != 0
        assert row["success"] is (True if right else None)
        assert row["verification"]["method"] == ("symbolic" if right else "none")
    traced = [json.loads(line) for line in runs[0][2].splitlines()]
    asked = [line for line in traced if line["trace"] and line["trace"][-1]["phase"] == "judge"]
    assert [line["sample_id"] for line in asked] == list(integrals)
    assert b"symbolic" in done.stdout  # a method of the table


def test_none_asks_nobody(tmp_path: Path, verifier: Run) -> None:
    (tmp_path / "in.jsonl").write_bytes(_rows(20))
    verifier(*GRADE[1:], "--judge", "none")
    output, _, trace = _written(tmp_path)
    assert b"symbolic" not in output
    assert b'"judge"' not in trace
    verifier(*GRADE[1:], "--judge", "auto", "--quiet")
    assert b"symbolic.equal" in _written(tmp_path)[0]


def test_explain_asks_too(verifier: Run) -> None:
    pair = (r"\int_0^1 x e^x\,dx + 1", "2")
    told = verifier("explain", *pair).stdout.decode()
    assert told.startswith("Correct. Computer algebra shows the two to be equal")
    assert "\nJudge (symbolic): they agree (the ground truth is 2; shown by " in told
    assert "Code symbolic.equal, decided by symbolic" in told
    assert verifier("explain", *pair, "--judge", "none").stdout.startswith(b"Undecided.")


def test_a_stopped_run_is_not_continued_with_other_judges(tmp_path: Path, verifier: Run) -> None:
    (tmp_path / "in.jsonl").write_bytes(_rows(3_000))
    with subprocess.Popen([*GRADE, "--quiet"], cwd=tmp_path) as process:
        journal = tmp_path / "out.jsonl.journal"
        until = time.monotonic() + 60
        while time.monotonic() < until and not (journal.exists() and journal.read_bytes().count(b"\n") > 2):
            assert process.poll() is None
        process.kill()
    done = verifier(*GRADE[1:], "--judge", "none")
    assert done.returncode == 2
    assert b"begun with --judge auto and other judges" in done.stderr


def _family(process: int) -> list[int]:
    """A process and all that descend from it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    family = [process]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_stopped_while_it_asks_nothing_is_lost_and_no_process_is_left(
    tmp_path: Path, number: signal.Signals, verifier: Run
) -> None:
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    for folder in (whole, stopped):
        folder.mkdir()
        (folder / "in.jsonl").write_bytes(_rows(150))
    assert verifier(*GRADE[1:], cwd=whole).returncode == 1
    for moment in (3, 7):
        with subprocess.Popen([*GRADE, "--quiet"], cwd=stopped, stderr=subprocess.PIPE) as process:
            until = time.monotonic() + 60
            while len(family := _family(process.pid)) < moment and process.poll() is None:
                assert time.monotonic() < until
            watched = []
            for member in family:
                try:
                    watched.append(os.pidfd_open(member))
                except ProcessLookupError:
                    continue
            process.send_signal(number)
            for member in watched:
                assert select.select([member], [], [], 60)[0], "a process was left behind"
                os.close(member)
            assert process.stderr is not None
            assert b"judg" not in process.stderr.read()
    assert verifier(*GRADE[1:], cwd=stopped).returncode == 1
    assert _written(stopped) == _written(whole)
