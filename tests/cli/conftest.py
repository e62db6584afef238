"""The real command in a real process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fakeapi import FakeAPI

COMMAND = str(Path(sys.executable).with_name("verifier"))
Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def verifier(tmp_path: Path) -> Run:
    """Runs ``verifier`` with these arguments in the test's folder; standard error holds nothing that Python prints."""

    def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[bytes]:
        settings: dict[str, object] = {"cwd": tmp_path, "capture_output": True, "timeout": 120, **options}
        done = subprocess.run([COMMAND, *map(str, arguments)], check=False, **settings)  # type: ignore[call-overload]
        assert b"Traceback" not in (done.stderr or b""), done.stderr.decode()
        return done  # type: ignore[no-any-return]

    return run


@pytest.fixture
def grade(tmp_path: Path, verifier: Run, api: FakeAPI, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Grades ``in.jsonl`` into ``out.jsonl`` with the local server of the test's module as judge."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", api.key)
    monkeypatch.setenv("VERIFIER_JUDGE_BASE_URL", api.url)
    monkeypatch.setenv("VERIFIER_STORE_URL", f"sqlite:///{tmp_path}/opinions.db")
    monkeypatch.setenv("VERIFIER_JUDGE_DEADLINE_SECONDS", "5")

    def run(*arguments: object, status: int = 0, **options: object) -> subprocess.CompletedProcess[bytes]:
        done = verifier("grade", "in.jsonl", "-o", "out.jsonl", *arguments, **options)
        assert done.returncode == status, done.stderr.decode()
        return done

    return run


@pytest.fixture(scope="session")
def rows() -> Callable[[int], bytes]:
    """So many lines of JSONL: right, wrong and undecided answers, bad lines, blank lines, odd numbers."""

    def lines(count: int) -> bytes:
        made = []
        for number in range(count):
            if number % 97 == 50:
                made.append(b'{"sample_id": "broken')
            elif number % 89 == 40:
                made.append(b"")
            else:
                answer = number + (number % 3 == 0)
                record: dict[str, object] = {
                    "sample_id": f"t{number}",
                    "conversations": [{"role": "user", "content": "How much power? " + "x" * (number % 200)}],
                    "ground_truth": "" if number % 83 == 30 else f"{number} W",
                    "final_answer": "a lot of power" if number % 7 == 0 else f"The power is {answer} watts.",
                    "success": None,
                    "total_tokens": number,
                }
                made.append(json.dumps(record).replace('"total_tokens"', '"cost": 1.10, "total_tokens"').encode())
        return b"\n".join(made) + b"\n"

    return lines
