"""Who may import whom: the contracts hold, and each of them catches a breach."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(folder), str(folder / "api")])
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache"]
    return subprocess.run(
        command,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def copy(checkout: Path, tmp_path: Path) -> Path:
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(checkout / "verifier", tmp_path / "verifier", ignore=leave)
    shutil.copytree(checkout / "api", tmp_path / "api", ignore=leave)
    shutil.copyfile(checkout / "pyproject.toml", tmp_path / "pyproject.toml")
    return tmp_path


def test_all_contracts_hold(copy: Path) -> None:
    found = lint_imports(copy)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "0 broken" in found.stdout


BREACHES = {
    "Arrows run down": {"verifier/types/planted.py": "from verifier import records\n"},
    "Inside the engine": {"verifier/engine/text.py": "from verifier.engine import cascade\n"},
    "The engine is pure": {"verifier/types/planted.py": "import time\n"},
    "No circles": {
        "verifier/batch/planted_one.py": "from verifier.batch import planted_two\n",
        "verifier/batch/planted_two.py": "from verifier.batch import planted_one\n",
    },
}


@pytest.mark.parametrize("contract", BREACHES)
def test_a_planted_breach_is_caught(copy: Path, contract: str) -> None:
    for name, line in BREACHES[contract].items():
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}")
    found = lint_imports(copy)
    assert found.returncode == 1, found.stdout + found.stderr
    assert f"{contract} BROKEN" in found.stdout


def test_a_new_part_of_the_engine_must_take_its_place(copy: Path) -> None:
    (copy / "verifier" / "engine" / "planted.py").write_text('"""Planted."""\n', encoding="utf-8")
    found = lint_imports(copy)
    assert found.returncode == 1, found.stdout + found.stderr
    assert "planted" in found.stdout + found.stderr
