"""What is installed from a wheel, an sdist, a zip or a checkout is whole, and finds its rules."""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROBE = """
import json, sys
import verifier, verifier_api
from verifier import Verifier, grade
verdict = grade(ground_truth="600 W", final_answer="600 watts of power are dissipated in the resistor.")
where = {"file": verifier.__file__, "api": verifier_api.__file__}
print(json.dumps({"success": verdict.success, "rules": verdict.rules, **where}))
"""

SAFELY = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # from Python 3.11.4


def run(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(
        list(map(str, command)), check=False, cwd=cwd, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(kind: str, source: Path, out: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", out, cwd=source)
    (built,) = out.iterdir()
    return built


@pytest.fixture(scope="module")
def source(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout without what git does not keep: a copy, so that a build cannot touch the real one."""
    folder = tmp_path_factory.mktemp("source") / "project"
    folder.mkdir()
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=checkout).splitlines()
    for name in listed:
        if (checkout / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(checkout / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", source, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", source, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel_of_sdist(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, **SAFELY)  # noqa: S202  # built here
    (unpacked,) = folder.iterdir()
    return build("wheel", unpacked, tmp_path_factory.mktemp("wheel_of_sdist"))


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A fresh environment's Python, which sees our packages but not our own editable install."""
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv", cwd=tmp_path)
    (packages,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    ours = next(folder for folder in site.getsitepackages() if Path(folder).name == "site-packages")
    # A .pth file in a folder that a .pth file names is not read: the editable install stays out of sight.
    (packages / "tested.pth").write_text(f"{ours}\n", encoding="utf-8")
    return tmp_path / "venv" / "bin" / "python"


def install(python: Path, *what: str | Path) -> None:
    options = (
        "--quiet",
        "--disable-pip-version-check",
        "--ignore-installed",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
    )
    run(sys.executable, "-m", "pip", "--python", python, "install", *options, *what, cwd=python.parent)


def probe(python: Path, *path: Path) -> dict[str, object]:
    """What a process sees that runs far from any checkout, isolated from the environment."""
    code = f"import sys; sys.path[:0] = {list(map(str, path))!r}\n{PROBE}"
    found: dict[str, object] = json.loads(run(python, "-I", "-W", "error", "-c", code, cwd=python.parent))
    return found


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_package_the_rules_the_service_and_the_licence(source: Path, wheel: Path) -> None:
    held = names(wheel)
    assert {
        f"verifier/_rules/{path.relative_to(source / 'rules').as_posix()}"
        for path in (source / "rules").rglob("*.toml")
    } <= held
    assert {path.relative_to(source).as_posix() for path in (source / "verifier").rglob("*.py")} <= held
    assert {path.relative_to(source / "api").as_posix() for path in (source / "api").rglob("*.py")} <= held
    assert {"verifier/py.typed", "verifier/_rules/pack.toml"} <= held
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in held)
    assert {name.partition("/")[0] for name in held if ".dist-info/" not in name} == {"verifier", "verifier_api"}
    assert not [name for name in held if "__pycache__" in name]


def test_the_same_wheel_comes_from_the_sdist(wheel: Path, wheel_of_sdist: Path) -> None:
    assert wheel.read_bytes() == wheel_of_sdist.read_bytes()


def test_the_sdist_holds_what_a_builder_needs(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "rules/pack.toml", "tests/architecture/test_packages.py"} <= held


@pytest.mark.parametrize("built", ["wheel", "wheel_of_sdist"])
def test_installed_it_grades(built: str, fresh: Path, request: pytest.FixtureRequest) -> None:
    install(fresh, request.getfixturevalue(built))
    found = probe(fresh)
    assert found["success"] is True
    environment = str(fresh.parents[1])
    assert str(found["file"]).startswith(environment)
    assert str(found["api"]).startswith(environment)
    verifier = fresh.with_name("verifier")
    assert run(verifier, "--version", cwd=fresh.parent).startswith("verifier, version ")
    assert "600 W" in run(verifier, "explain", "600 W", "0.6 kW", cwd=fresh.parent)


def test_installed_editable_it_grades_from_the_checkout(source: Path, fresh: Path) -> None:
    install(fresh, "--editable", source)
    found = probe(fresh)
    assert found["success"] is True
    assert str(found["file"]).startswith(str(source / "verifier"))
    assert str(found["api"]).startswith(str(source / "api"))


def test_imported_from_the_zip_itself_it_grades(wheel: Path, fresh: Path) -> None:
    found = probe(fresh, wheel)
    assert found["success"] is True
    assert str(found["file"]).startswith(str(wheel))


def test_the_rules_are_the_same_however_installed(source: Path, wheel: Path, fresh: Path) -> None:
    from_zip = probe(fresh, wheel)
    from_checkout = probe(fresh, source, source / "api")
    assert from_zip["rules"] == from_checkout["rules"]


def test_without_rules_the_message_says_so(source: Path, fresh: Path, tmp_path: Path) -> None:
    shutil.copytree(source / "verifier", tmp_path / "alone" / "verifier")
    code = "import sys; sys.path.insert(0, sys.argv[1])\nfrom verifier.rulebook import builtin_rules\nbuiltin_rules()"
    done = subprocess.run(
        [str(fresh), "-I", "-c", code, str(tmp_path / "alone")],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert "RulesError" in done.stderr
    assert "pack.toml" in done.stderr
