"""Killed at any moment and started again, a run ends with the bytes of one that was never disturbed."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import GRADE, OUTPUTS

KILLS = 20


def _run(folder: Path, *, kill_after: float | None = None) -> float | None:
    """Run to the end, or until ``kill_after`` seconds; gives the seconds it took, ``None`` where it was killed."""
    began = time.monotonic()
    with subprocess.Popen([*GRADE, "--workers", "2", "--quiet"], cwd=folder, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.wait(kill_after) == 1  # some lines of the input are bad
        except subprocess.TimeoutExpired:
            process.kill()
            return None
    return time.monotonic() - began


@pytest.mark.slow
def test_kill_9_at_twenty_random_moments(tmp_path: Path, rows: Callable[[int], bytes]) -> None:
    data = rows(3000)
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "in.jsonl").write_bytes(data)
    seconds = _run(whole) or 0.0
    expected = [(whole / name).read_bytes() for name in OUTPUTS]
    assert expected[0].count(b"\n") > 2900
    moments = random.Random(20261123)  # moments to try, not secrets
    # The first ones right after the start, while it starts up, and where an undisturbed run would end.
    delays = [0.01, seconds * 0.3, seconds * 0.97] + [moments.uniform(0.1, seconds) for _ in range(KILLS - 3)]
    killed = chains = 0
    while delays:
        folder = tmp_path / str(chains)
        folder.mkdir()
        (folder / "in.jsonl").write_bytes(data)
        chains += 1
        while delays and _run(folder, kill_after=delays[0]) is None:
            delays.pop(0)
            killed += 1
            assert not (folder / "out.jsonl").exists() or (folder / "out.jsonl").read_bytes() == expected[0]
        if delays:  # it ended before it could be killed: the moment is for the next chain, a little earlier
            delays[0] *= 0.9
        _run(folder)
        assert [(folder / name).read_bytes() for name in OUTPUTS] == expected
        assert sorted(path.name for path in folder.iterdir()) == sorted(["in.jsonl", *OUTPUTS])
    assert killed == KILLS
