"""Workers that die cost the row that killed them, and nothing else."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from verifier.batch.engines.local import LocalEngine
from verifier.batch.files import Line
from verifier.batch.grading import Chunk, Grader, Job, Mark
from verifier.types.errors import VerifierError

# What a worker runs in these tests: the real thing, but some answers kill it, as a failed allocation in C would.
DEADLY = """
import os
from verifier.batch.engines import local
from verifier.batch.grading import Grader

class Deadly(Grader):
    def _line(self, line, work, *, lost):
        if line.data and (b"ABORT" in line.data and not lost or b"ALWAYS" in line.data):
            os.abort()
        super()._line(line, work, lost=lost)

def serve(pipe, job):
    local.Grader = Deadly
    local.serve(pipe, job)

def stillborn(pipe, job):
    os._exit(7)

def other_rules(pipe, job):
    pipe.send("other")
"""


@pytest.fixture
def deadly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    (tmp_path / "deadly_workers.py").write_text(DEADLY)
    monkeypatch.syspath_prepend(str(tmp_path))
    import deadly_workers  # type: ignore[import-not-found]

    yield deadly_workers
    del sys.modules["deadly_workers"]


def _chunk(index: int, answers: list[str]) -> Chunk:
    lines = []
    for place, answer in enumerate(answers):
        data = json.dumps({"ground_truth": "4", "final_answer": answer}).encode()
        lines.append(Line(index * 10 + place + 1, data, 0, len(data), 0))
    return Chunk(index, "in.jsonl", tuple(lines), 1, Mark(0, index * 10 + len(answers), 0))


def _graded(engine: LocalEngine, chunks: list[Chunk]) -> list[tuple[int, list[tuple[object, object]]]]:
    shown = []
    for graded in engine.graded(chunks):
        rows = [json.loads(line) for line in graded.output.splitlines()]
        shown.append((graded.index, [(row["success"], row["verification"]["code"]) for row in rows]))
    return shown


RIGHT, WRONG, LOST = (True, "number.equal"), (False, "number.differs"), (None, "engine.worker_lost")


def test_chunks_come_back_in_order_and_alike_for_any_number_of_workers() -> None:
    chunks = [_chunk(index, ["4", "5"][: index % 3]) for index in range(30)]
    expected = [(index, [RIGHT, WRONG][: index % 3]) for index in range(30)]
    version = Grader(Job()).rules_version
    for workers in (1, 3):
        with LocalEngine(Job(), workers=workers, rules=version) as engine:
            assert _graded(engine, chunks) == expected


def test_a_row_that_kills_is_lost_alone(deadly: object) -> None:
    chunks = [_chunk(0, ["4", "5"]), _chunk(1, ["4", "ABORT", "5", "ABORT"]), _chunk(2, ["ABORT"]), _chunk(3, ["4"])]
    version = Grader(Job()).rules_version
    with LocalEngine(Job(), workers=2, rules=version, work=deadly.serve) as engine:  # type: ignore[attr-defined]
        results = list(engine.graded(chunks))
    rows = [[json.loads(line)["verification"]["code"] for line in graded.output.splitlines()] for graded in results]
    right, wrong, lost = RIGHT[1], WRONG[1], LOST[1]
    assert rows == [[right, wrong], [right, lost, wrong, lost], [lost], [right]]
    errors = [json.loads(line) for graded in results for line in graded.errors.splitlines()]
    assert [(error["line"], error["code"], error["raw"]) for error in errors] == [
        (12, "engine.worker_lost", None),
        (14, "engine.worker_lost", None),
        (21, "engine.worker_lost", None),
    ]
    assert [graded.tally.rows for graded in results] == [2, 4, 1, 1]
    assert [graded.tally.errors for graded in results] == [0, 2, 1, 0]
    assert [graded.tally.blank for graded in results] == [1, 1, 1, 1]


def test_a_worker_killed_from_outside_costs_no_row() -> None:
    version = Grader(Job()).rules_version
    with LocalEngine(Job(), workers=1, rules=version) as engine:
        shown = []
        for place, graded in enumerate(engine.graded([_chunk(index, ["4"]) for index in range(30)])):
            shown.append((graded.index, graded.tally.correct))
            if place in {3, 11}:
                for worker in engine._workers:
                    os.kill(worker._process.pid or 0, signal.SIGKILL)
        assert shown == [(index, 1) for index in range(30)]


def test_a_row_that_cannot_even_be_read_is_named(deadly: object) -> None:
    version = Grader(Job()).rules_version
    with (
        LocalEngine(Job(), workers=1, rules=version, work=deadly.serve) as engine,  # type: ignore[attr-defined]
        pytest.raises(VerifierError, match="line 2: a process dies"),
    ):
        list(engine.graded([_chunk(0, ["4", "ALWAYS"])]))


def test_workers_that_do_not_start_or_have_other_rules_end_the_run(deadly: object) -> None:
    with (
        LocalEngine(Job(), workers=1, rules="ours", work=deadly.stillborn) as engine,  # type: ignore[attr-defined]
        pytest.raises(VerifierError, match="exit code 7"),
    ):
        list(engine.graded([_chunk(0, ["4"])]))
    with (
        LocalEngine(Job(), workers=1, rules="ours", work=deadly.other_rules) as engine,  # type: ignore[attr-defined]
        pytest.raises(VerifierError, match="rules changed during the run, from ours to other"),
    ):
        list(engine.graded([_chunk(0, ["4"])]))


def test_only_a_window_of_the_input_is_taken() -> None:
    taken = 0

    def chunks() -> Iterator[Chunk]:
        nonlocal taken
        for index in range(100):
            taken += 1
            yield _chunk(index, ["4"] * (1 if index else 3000))  # all others wait for the first

    with LocalEngine(Job(), workers=2, rules=Grader(Job()).rules_version) as engine:
        for given, _ in enumerate(engine.graded(chunks())):
            assert taken - given <= 2 * 4
    assert taken == 100
