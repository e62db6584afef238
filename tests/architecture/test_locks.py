"""The locks: every package pinned with hashes, no word about where it came from, and all that is asked for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from scripts import load

LOCKS = ("build", "ci", "image")
PIN = re.compile(r"(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[0-9][^ ]*)(?: ; (?P<marker>.+))?")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}")


def pins(path: Path) -> dict[str, str]:
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        pin = PIN.fullmatch(line.removesuffix(" \\"))
        if pin:
            found[canonicalize_name(pin["name"])] = pin["version"]
    return found


def asked(project: dict, extras: tuple[str, ...]) -> Iterator[Requirement]:
    """What pyproject.toml asks for with these extras, those that the project's own extras stand for included."""
    texts = list(project["dependencies"])
    for extra in extras:
        texts += project["optional-dependencies"][extra]
    for text in texts:
        requirement = Requirement(text)
        if requirement.name == project["name"]:
            yield from asked({**project, "dependencies": []}, tuple(requirement.extras))
        else:
            yield requirement


@pytest.fixture(scope="module")
def project(checkout: Path) -> dict:
    return tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_pin_or_a_hash(checkout: Path, lock: str) -> None:
    lines = (checkout / "requirements" / f"{lock}.txt").read_text(encoding="utf-8").splitlines()
    strange = [
        line
        for line in lines
        if not PIN.fullmatch(line.removesuffix(" \\")) and not HASH.fullmatch(line.removesuffix(" \\"))
    ]
    assert not strange
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        assert HASH.match(following) or not PIN.fullmatch(line.removesuffix(" \\")), f"no hash: {line}"


@pytest.mark.parametrize("lock", LOCKS)
def test_no_place_is_named(checkout: Path, lock: str) -> None:
    text = (checkout / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    assert not [sign for sign in ("/", "@", ":\\", "--index-url", "--find-links", "--trusted-host") if sign in text]


@pytest.mark.parametrize(("lock", "extras"), [("ci", ("dev",)), ("image", ("all",))])
def test_all_that_the_project_asks_for_is_pinned_and_fits(
    checkout: Path, project: dict, lock: str, extras: tuple[str, ...]
) -> None:
    pinned = pins(checkout / "requirements" / f"{lock}.txt")
    for requirement in asked(project["project"], extras):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in the lock: make lock"
        assert requirement.specifier.contains(version, prereleases=True), (
            f"{requirement} is locked at {version}: make lock"
        )


def test_the_build_lock_has_the_build_system(checkout: Path, project: dict) -> None:
    pinned = pins(checkout / "requirements" / "build.txt")
    for text in project["build-system"]["requires"]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)])


def test_the_build_lock_has_what_compiles_the_engine(checkout: Path, project: dict) -> None:
    hook = load(checkout / "hatch_build.py")
    pinned = pins(checkout / "requirements" / "build.txt")
    needs = [
        *map(Requirement, hook.TOOLS),
        *(need for need in asked(project["project"], ()) if need.name in hook.TYPED),
    ]
    assert len(needs) == len(hook.TOOLS) + len(hook.TYPED)
    assert all(need.specifier.contains(pinned[canonicalize_name(need.name)]) for need in needs)


@pytest.mark.parametrize("lock", ["image", "build"])
def test_what_ships_is_what_is_tested(checkout: Path, lock: str) -> None:
    tested = pins(checkout / "requirements" / "ci.txt")
    shipped = pins(checkout / "requirements" / f"{lock}.txt")
    assert shipped
    assert shipped.items() <= tested.items()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_its_packages_need(checkout: Path, lock: str) -> None:
    pinned = pins(checkout / "requirements" / f"{lock}.txt")
    missing = []
    for name in pinned:
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # for another system or Python
        missing += [
            f"{name} needs {need}"
            for need in map(Requirement, needs)
            if (need.marker is None or need.marker.evaluate({"extra": ""}))
            and canonicalize_name(need.name) not in pinned
        ]
    assert not missing


def test_the_image_holds_no_tool_of_development(checkout: Path) -> None:
    shipped = pins(checkout / "requirements" / "image.txt")
    assert not shipped.keys() & {
        "pytest",
        "ruff",
        "mypy",
        "hatchling",
        "pip",
        "setuptools",
        "uv",
        "datasets",
        "schemathesis",
        "hypothesis",
    }
