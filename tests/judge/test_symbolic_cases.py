"""The cases of maths through engine and judge: what the judge wins, and that it never wins what is wrong."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from verifier import Outcome, Sample, Verdict, Verifier
from verifier.grader import JUDGES

WON = 28
"""Rights of ``maths-symbolic.jsonl`` that the judge decides, at least."""


def _rows(folder: Path, pattern: str) -> list[dict[str, Any]]:
    rows = [json.loads(line) for path in sorted(folder.glob(pattern)) for line in path.read_text().splitlines()]
    return [row for row in rows if isinstance(row.get("gold"), (str, list)) and isinstance(row["outcome"], str)]


def _judged(rows: list[dict[str, Any]]) -> list[tuple[dict[str, Any], Verdict]]:
    """Those of the rows that the judge is asked about, with what becomes of them."""
    verifier = Verifier(judges=JUDGES)

    async def run() -> list[tuple[dict[str, Any], Verdict]]:
        asked = []
        for row in rows:
            fields = ("question", "options", "category", "response")
            more = {name: row[name] for name in fields if name in row}
            sample = Sample.of(ground_truth=row["gold"], final_answer=row.get("candidate"), **more)
            verdict = verifier.grade(sample)
            if verifier.asks(sample, verdict):
                asked.append((row, verifier.ask(sample, verdict)))
        verdicts = await asyncio.gather(*(coming for _, coming in asked))
        return [(row, verdict) for (row, _), verdict in zip(asked, verdicts, strict=True)]

    judged = asyncio.run(run())
    verifier.close()
    return judged


@pytest.mark.slow
def test_it_never_calls_a_wrong_answer_right(checkout: Path) -> None:
    judged = _judged(_rows(checkout / "tests" / "cases", "*.jsonl"))
    wrong = [row["id"] for row, verdict in judged if verdict.outcome is Outcome.CORRECT != row["outcome"]]
    assert wrong == []
    assert all(verdict.outcome is not Outcome.INCORRECT for _, verdict in judged)


def test_it_wins_what_the_engine_leaves(checkout: Path) -> None:
    judged = _judged(_rows(checkout / "tests" / "cases", "maths-symbolic.jsonl"))
    won = [row["id"] for row, verdict in judged if verdict.outcome is Outcome.CORRECT]
    assert len(won) >= WON, won
