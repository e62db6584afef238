"""``.ci/postgres``: a server for one command, and nothing left of it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def script(checkout: Path) -> str:
    return str(checkout / ".ci" / "postgres")


def run(script: str, *arguments: str, url: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "VERIFIER_TEST_POSTGRES_URL": url}
    return subprocess.run(
        [script, *arguments], capture_output=True, text=True, check=False, env=environment, timeout=120
    )


def test_a_server_that_is_there_already_is_taken(script: str) -> None:
    done = run(script, "sh", "-c", "echo $VERIFIER_TEST_POSTGRES_URL; exit 3", url="postgresql://mine")
    assert (done.returncode, done.stdout, done.stderr) == (3, "postgresql://mine\n", "")


def test_the_command_runs_with_or_without_a_server(script: str) -> None:
    done = run(script, "sh", "-c", 'echo "<$VERIFIER_TEST_POSTGRES_URL>"; exit 4')
    assert done.returncode == 4
    if done.stdout != "<>\n":
        folder = done.stdout.partition("host=")[2].strip(">\n")
        assert folder.startswith("/tmp/verifier-pg.")  # noqa: S108  # not a file of ours: what the script chose
        assert not Path(folder).exists()
    else:
        assert "its tests are skipped" in done.stderr


def test_it_wants_a_command(script: str) -> None:
    done = run(script)
    assert done.returncode == 2
    assert "usage: .ci/postgres" in done.stderr
