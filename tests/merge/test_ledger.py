"""What a merge says when the database that sorts its rows fails, wherever that happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from verifier.cli import main

Row = dict[str, Any]

NO_ROOM = "TransactionContext Error: Failed to commit: Could not write file: No space left on device"
CONNECT = duckdb.connect


class Failing:
    """A connection, or a cursor of one, that fails at its call number ``at`` and at all later ones."""

    def __init__(self, real: duckdb.DuckDBPyConnection, calls: list[int], at: int, error: Exception) -> None:
        self._real, self._calls, self._at, self._error = real, calls, at, error

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever the connection has
        return getattr(self._real, name)

    def execute(self, script: str, values: Sequence[object] | None = None) -> Failing:
        self._calls[0] += 1
        if self._calls[0] > self._at:
            raise self._error
        self._real.execute(script, values)
        return self

    def cursor(self) -> Failing:
        return Failing(self._real.cursor(), self._calls, self._at, self._error)


def merge_failing(patch: pytest.MonkeyPatch, name: str, out: Path, at: int, error: Exception) -> Result:
    with patch.context() as context:
        context.setattr(duckdb, "connect", lambda path: Failing(CONNECT(path), [0], at, error))
        return CliRunner().invoke(main, ["merge", name, "--out", str(out)], prog_name="verifier")


def test_no_room_at_any_step_is_exit_status_3_and_replaces_nothing(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, out = write("in.jsonl", [graded_row("a"), graded_row("a", total_tokens=9)]), tmp_path / "out"
    for step in range(100):
        done = merge_failing(monkeypatch, name, out, step, duckdb.TransactionException(NO_ROOM))
        if done.exit_code == 0:
            break
        assert done.exit_code == 3, (step, done.output, done.exception)
        assert "no room to sort the rows; make some and run the same command again" in done.stderr
        assert not out.exists()
    assert 10 < step < 99


def test_another_failure_is_to_be_reported(
    tmp_path: Path, graded_row: Callable[..., Row], write: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, out = write("in.jsonl", [graded_row("a")]), tmp_path / "out"
    done = merge_failing(monkeypatch, name, out, 4, duckdb.InternalException("a wrong turn"))
    assert done.exit_code == 2
    assert "the rows could not be sorted; please report this: a wrong turn" in done.stderr
    assert not out.exists()
