"""The doors for a person: every one opens onto a script that is there, and a missing Python is said plainly."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

DOORS = ("demo", "test", "check", "serve", "bench", "wheel", "same", "lock", "docs")


def test_make_alone_lists_every_door(checkout: Path) -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory"], check=True, cwd=checkout, capture_output=True, text=True
    ).stdout
    assert re.findall(r"^  make (\w+)", shown, re.MULTILINE) == ["help", *DOORS]


@pytest.mark.parametrize("door", DOORS)
def test_a_door_is_one_line_over_a_script(checkout: Path, door: str) -> None:
    recipe = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", door],
        check=True,
        cwd=checkout,
        capture_output=True,
        text=True,
        env={**os.environ, "MAKEFLAGS": ""},
    ).stdout.split()
    assert recipe == [f".ci/{door}"]
    assert os.access(checkout / ".ci" / door, os.X_OK)


def test_every_script_is_linted(checkout: Path) -> None:
    check = (checkout / ".ci" / "check").read_text(encoding="utf-8")
    for script in (checkout / ".ci").iterdir():
        if script.is_file() and script.suffix != ".pyc":
            assert f".ci/{script.name}" in check, f"{script.name} is in no linter's list"


@pytest.fixture
def bare(checkout: Path, tmp_path: Path) -> Path:
    (tmp_path / ".ci").mkdir()
    shutil.copy(checkout / ".ci" / "setup", tmp_path / ".ci" / "setup")
    return tmp_path


def test_setup_says_that_the_named_python_is_unusable(bare: Path) -> None:
    done = subprocess.run(
        [str(bare / ".ci" / "setup")],
        check=False,
        env={**os.environ, "PYTHON": "/bin/false"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "PYTHON=/bin/false is no working Python 3.11 or newer" in done.stderr
    assert not (bare / ".venv").exists()


def test_setup_says_that_there_is_no_python(bare: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("sh", "dirname", "cat"):
        found = shutil.which(tool)
        assert found
        (tools / tool).symlink_to(found)
    done = subprocess.run(
        [str(bare / ".ci" / "setup")], check=False, env={"PATH": str(tools)}, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "no Python 3.11 or newer found: install one" in done.stderr


def test_setup_with_nothing_changed_does_nothing(checkout: Path) -> None:
    stamp = checkout / ".venv" / "setup.stamp"
    sources = ("requirements/ci.txt", "pyproject.toml", "verifier/__init__.py", ".ci/setup")
    if not stamp.exists() or any((checkout / name).stat().st_mtime > stamp.stat().st_mtime for name in sources):
        pytest.skip("this environment was not made by .ci/setup from what stands here: make test")
    before = stamp.stat().st_mtime_ns
    done = subprocess.run([str(checkout / ".ci" / "setup")], check=True, capture_output=True, text=True)
    assert done.stdout + done.stderr == ""
    assert stamp.stat().st_mtime_ns == before
