"""Graded rows written in the contract's form, and the real ``datasets`` library in a process of its own."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

Row = dict[str, object]

VERIFICATION_KEYS = (
    "outcome",
    "method",
    "code",
    "confidence",
    "gold",
    "candidate",
    "engine",
    "rules",
    "judge_model",
    "judge_cost_usd",
    "previous_success",
)

_LOADER = """
import json, sys
import datasets

datasets.disable_progress_bars()
folder, jobs = sys.argv[1], json.loads(sys.argv[2])
told = []
for job in jobs:
    loaded = datasets.load_dataset(folder, split="train", **job["how"])
    with open(f"{folder}/{job['file']}", encoding="utf-8") as file:
        written = map(json.loads, file)
        differing = sum(one != other for one, other in zip(loaded, written, strict=True))
    told.append({"rows": len(loaded), "differing": differing, "columns": list(loaded.features)})
print(json.dumps(told))
"""


@pytest.fixture(scope="session")
def graded_row() -> Callable[..., Row]:
    """A maker of rows as `verifier grade` writes them."""

    def make(sample_id: object, success: bool | None = True, **fields: object) -> Row:  # noqa: FBT001, FBT002  # as in a row
        outcome = {True: "correct", False: "incorrect", None: "undecided"}[success]
        code = {True: "number.equal", False: "number.differs", None: "phrase.not_alike"}[success]
        known = {"outcome": outcome, "method": "number", "code": code, "engine": "0.1.0", "rules": "2026.11.0+abc"}
        row: Row = {
            "sample_id": sample_id,
            "conversations": [
                {"role": "user", "content": "What is 5^2 * 24?"},
                {"role": "assistant", "content": "THOUGHT: I multiply. TOOL: calculator INPUT: 5^2 * 24"},
                {"role": "tool", "name": "calculator", "content": "600"},
                {"role": "assistant", "content": "THOUGHT: Done. FINAL_ANSWER: 600"},
            ],
            "tool_calls": [{"tool": "calculator", "input": {"expression": "5^2 * 24"}}],
            "ground_truth": "600",
            "final_answer": "600",
            "success": success,
            "total_energy_joules": 12.5,
            "total_latency_seconds": 1.25,
            "total_cost_usd": 0.001,
            "total_tokens": 120,
            "num_turns": 2,
            "source_dataset": "generalthought",
            "category": "High School Math",
            "teacher_model": "vllm:kimi-k2@8001",
            "tools_used": ["calculator"],
        }
        row |= fields
        row.setdefault("verification", {key: known.get(key) for key in VERIFICATION_KEYS})
        return row

    return make


@pytest.fixture(scope="session")
def many_rows(graded_row: Callable[..., Row]) -> Callable[[int], list[Row]]:
    """A maker of mixed rows: several teachers for one sample, ties, copies, all outcomes, irregular tool calls."""

    def make(count: int) -> list[Row]:
        chance = random.Random(7)  # data, no secret
        rows: list[Row] = []
        for number in range(count):
            if rows and chance.random() < 0.05:
                rows.append(chance.choice(rows))
                continue
            missing = chance.random() < 0.05
            rows.append(
                graded_row(
                    None if missing else f"traj_{chance.randrange(count // 2):05d}",
                    chance.choice([True, True, True, False, None]),
                    final_answer=str(number % 50),
                    total_tokens=chance.choice([None, 0, 100, 100, 200]),
                    total_cost_usd=chance.choice([0, None, 0.5]),
                    total_energy_joules=chance.choice([0, None, 3, 2.5]),
                    teacher_model=chance.choice(["vllm:kimi-k2@8001", "claude-sonnet-4-5", "Claude Opus 4.1"]),
                    tool_calls=chance.choice([[], [{"tool": "think"}], [{"tool": "code", "input": {"lines": 3}}]]),
                    tools_used=chance.choice([[], ["calculator", "think"]]),
                )
            )
        return rows

    return make


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Iterable[Mapping[str, object] | str]], str]:
    """Writes rows, or lines as they are, to a file under the test's folder; gives its path."""

    def write_file(name: str, rows: Iterable[Mapping[str, object] | str]) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8") as file:
            for row in rows:
                file.write((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n")
        return str(path)

    return write_file


@pytest.fixture
def load(tmp_path: Path) -> Callable[[Path, list[tuple[dict[str, object], str]]], list[dict[str, object]]]:
    """Loads files with ``datasets``, each as ``load_dataset(folder, **how)``, and compares them with their lines."""

    def load_files(folder: Path, jobs: list[tuple[dict[str, object], str]]) -> list[dict[str, object]]:
        environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "huggingface")}
        wanted = json.dumps([{"how": how, "file": file} for how, file in jobs])
        done = subprocess.run(
            [sys.executable, "-c", _LOADER, str(folder), wanted],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        told: list[dict[str, object]] = json.loads(done.stdout.splitlines()[-1])
        return told

    return load_files
