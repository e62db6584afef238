"""``tests/cases/judge/regrade.jsonl``: whole rows, regraded in a scope by a judge that says one thing."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from scripted import Scripted, till

from verifier.batch.grading import Job
from verifier.batch.plan import Plan
from verifier.batch.run import run
from verifier.grader import JUDGES, MODEL_JUDGE

FILE = Path(__file__).resolve().parents[1] / "cases" / "judge" / "regrade.jsonl"
CASES = [json.loads(line) for line in FILE.read_text().splitlines()]
GROUPS: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
for case in CASES:
    GROUPS[case["scope"], case["judge"]].append(case)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.parametrize(("scope", "judge"), GROUPS)
def test_regrade(tmp_path: Path, scope: Any, judge: str) -> None:  # noqa: ANN401
    cases = GROUPS[scope, judge]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(case["row"]) + "\n" for case in cases))
    output = tmp_path / "out.jsonl"
    done = run(
        Plan(
            outputs=((output, (str(tmp_path / "in.jsonl"),)),),
            job=Job(regrade=True, trace=True, judges=(*JUDGES, MODEL_JUDGE), scope=scope),
            trace=tmp_path / "trace.jsonl",
            workers=1,
        ),
        opening=till(tmp_path, Scripted(judge)),
    )
    rows, traces = _lines(output), _lines(tmp_path / "trace.jsonl")
    flips = {line["line"]: line for line in _lines(tmp_path / "out.jsonl.flips.jsonl")}
    audits = {line["line"]: line for line in _lines(tmp_path / "out.jsonl.audit.jsonl")}
    assert len(rows) == len(traces) == len(cases) == done.tally.rows
    assert (done.tally.flips, done.tally.audited) == (len(flips), len(audits))
    problems = []
    for number, (case, row, traced) in enumerate(zip(cases, rows, traces, strict=True), 1):
        found = {
            "asked": any(step["by"] == MODEL_JUDGE for step in traced["trace"] or ()),
            "success": row["success"],
            "previous_success": row["verification"]["previous_success"],
            "flip": number in flips,
            "audited": number in audits,
        }
        problems += [
            f"{case['id']}: {key} is {value}, not {case[key]} ({case['note']})"
            for key, value in found.items()
            if case.get(key) != value and not (key == "flip" and case.get(key) is None)
        ]
        if number in flips:
            flip = flips[number]
            assert flip["before"]["success"] is case["row"]["success"]
            assert flip["after"]["success"] is row["success"]
            assert flip["before"]["success"] is not flip["after"]["success"]
            assert flip["after"]["code"] == row["verification"]["code"]
            assert flip["sample_id"] == row["sample_id"]
            judged = row["verification"]["method"] == MODEL_JUDGE
            assert (flip["after"]["quote"] is not None) is judged
            assert (flip["after"]["model"] is not None) is judged
    assert not problems, "\n".join(problems)
