"""The container files: what they promise, and the Dockerfile's own steps done by hand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from scripts import load


@pytest.fixture(scope="module")
def steps(checkout: Path) -> ModuleType:
    return load(checkout / ".ci" / "image_steps.py")


@pytest.fixture(scope="module")
def dockerfile(checkout: Path, steps: ModuleType) -> list[tuple[str, str]]:
    text = (checkout / "Dockerfile").read_text(encoding="utf-8")
    return [(step.word, step.rest) for step in steps.instructions(text)]


@pytest.fixture(scope="module")
def last_stage(dockerfile: list[tuple[str, str]]) -> list[tuple[str, str]]:
    start = max(number for number, (word, _) in enumerate(dockerfile) if word == "FROM")
    return dockerfile[start:]


def test_every_install_checks_hashes_or_is_our_own_wheel(dockerfile: list[tuple[str, str]]) -> None:
    installs = [
        part
        for word, rest in dockerfile
        if word == "RUN"
        for part in rest.split("&&")
        if re.search(r"\binstall\b", part)
    ]
    assert len(installs) == 3
    for install in installs:
        assert "--require-hashes" in install or ("--no-index" in install and "dist/*.whl" in install)


def test_the_last_stage_runs_as_nobody_special_and_holds_no_tools(last_stage: list[tuple[str, str]]) -> None:
    words = [word for word, _ in last_stage]
    assert words.index("USER") < words.index("CMD")
    assert dict(last_stage)["USER"] not in {"root", "0"}
    assert not [rest for word, rest in last_stage if word == "RUN" and "pip" in rest]
    assert [rest for word, rest in last_stage if word == "COPY"] == ["--from=build /opt/venv /opt/venv"]


def test_compose_asks_for_health_as_the_image_does(
    checkout: Path, last_stage: list[tuple[str, str]], steps: ModuleType
) -> None:
    service = yaml.safe_load((checkout / "compose.yaml").read_text(encoding="utf-8"))["services"]["verifier"]
    image = steps.Image(checkout, checkout)
    image.follow(steps.Instruction("HEALTHCHECK", dict(last_stage)["HEALTHCHECK"]))
    assert service["healthcheck"]["test"] == ["CMD", *image.health]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert {"cpus", "memory", "pids"} <= service["deploy"]["resources"]["limits"].keys()


def test_compose_keeps_opinions_where_the_image_has_a_folder_for_them(
    checkout: Path, last_stage: list[tuple[str, str]]
) -> None:
    composed = yaml.safe_load((checkout / "compose.yaml").read_text(encoding="utf-8"))
    service, database = composed["services"]["verifier"], composed["services"]["postgres"]
    assert "sqlite:////var/lib/verifier/opinions.db" in service["environment"]["VERIFIER_STORE_URL"]
    assert service["volumes"] == ["opinions:/var/lib/verifier"]
    assert any(word == "RUN" and rest.endswith("chown verifier /var/lib/verifier") for word, rest in last_stage)
    # It is there only for those who ask for it, and nothing reaches it from outside.
    assert database["profiles"] == ["postgres"]
    assert "ports" not in database
    assert service["depends_on"]["postgres"]["required"] is False
    assert {"opinions", "postgres"} == composed["volumes"].keys()


@pytest.mark.parametrize(
    ("path", "left_out"),
    [
        ("verifier/grader.py", False),
        ("rules/units/si.toml", False),
        ("requirements/image.txt", False),
        ("README.md", False),
        (".env", True),
        (".git/config", True),
        ("tests/conftest.py", True),
        ("verifier/__pycache__/grader.cpython-311.pyc", True),
    ],
)
def test_only_what_the_build_names_reaches_it(checkout: Path, steps: ModuleType, path: str, left_out: bool) -> None:  # noqa: FBT001
    patterns = [
        line
        for line in (checkout / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line and line[0] != "#"
    ]
    assert steps.ignored(Path(path), patterns) is left_out


def test_linters_catch_a_fault(checkout: Path, tmp_path: Path) -> None:
    # Guards `make check`: both tools do read these files.
    tools = Path(sys.executable).parent
    bad = tmp_path / "Dockerfile"
    bad.write_text(
        (checkout / "Dockerfile").read_text(encoding="utf-8") + "\nRUN cd /tmp && sudo true\n", encoding="utf-8"
    )
    assert subprocess.run([tools / "hadolint", bad], check=False, capture_output=True).returncode == 1
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(
        (checkout / "compose.yaml").read_text(encoding="utf-8").replace("read_only: true", "read_only: [1]"),
        encoding="utf-8",
    )
    lint = [tools / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", wrong]
    assert subprocess.run(lint, check=False, capture_output=True).returncode == 1


@pytest.mark.slow
def test_the_steps_of_the_dockerfile_give_a_service_that_grades(checkout: Path, tmp_path: Path) -> None:
    reach = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-cache-dir",
        "--dest",
        str(tmp_path),
        "iniconfig",
    ]
    if subprocess.run(reach, check=False, capture_output=True).returncode:
        pytest.skip("no package registry can be reached from here")
    lacks = load(checkout / "hatch_build.py").missing()
    if lacks:
        pytest.skip(f"the image has a compiler, and here {lacks}")
    done = subprocess.run(
        [sys.executable, str(checkout / ".ci" / "image_steps.py")],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert "built, healthy, graded, stopped" in done.stdout
