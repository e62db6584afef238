"""What ``import verifier`` costs: next to nothing, and no heavy package."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import pytest

# fmt: off
HEAVY = {
    "anthropic", "asyncio", "click", "datasets", "duckdb", "fastapi", "flint", "gunicorn", "httpx", "msgspec",
    "multiprocessing", "numpy", "pandas", "pyarrow", "pydantic", "pydantic_settings", "rapidfuzz", "rich",
    "sqlite3", "starlette", "sympy", "uvicorn", "zstandard",
}
# fmt: on

# What grading needs of these; the rest stays with the command that needs it.
GRADING = {"flint", "msgspec", "pydantic", "rapidfuzz"}


def modules_after(code: str) -> set[str]:
    script = f"import sys, json\n{code}\nprint(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def cpu_seconds(code: str, runs: int = 7) -> float:
    """Processor time of a fresh interpreter that runs ``code``: the least of several, for the machine may be busy."""
    least = float("inf")
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        least = min(least, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return least


def test_import_loads_no_heavy_package() -> None:
    assert not modules_after("import verifier") & (HEAVY - modules_after("pass"))


def test_the_list_names_packages_that_can_be_loaded() -> None:
    # Guards the test above: a heavy package that is imported does show up.
    assert HEAVY & modules_after("import pydantic, msgspec, click") >= {"pydantic", "msgspec", "click"}


@pytest.mark.parametrize(
    "code",
    [
        "from verifier import grade; assert grade(ground_truth='600 W', final_answer='0.6 kW').success",
        "from verifier.records import read_record; read_record({'ground_truth': '1', 'final_answer': '1'})",
    ],
)
def test_grading_loads_only_what_grading_needs(code: str) -> None:
    loaded = modules_after(code) & (HEAVY - modules_after("pass")) - GRADING
    # Pydantic loads asyncio where a model is made.
    assert loaded <= {"asyncio"}, loaded


def test_help_loads_no_heavy_package() -> None:
    code = "from verifier.cli import main; main(['--help'], standalone_mode=False)"
    assert not modules_after(code) & HEAVY - modules_after("import click")


def test_import_costs_under_0_15_seconds_more_than_python() -> None:
    assert cpu_seconds("import verifier") - cpu_seconds("pass") < 0.15
