"""What the documents say is so: commands and options exist, links lead somewhere, examples give what they show."""

from __future__ import annotations

import doctest
import importlib.util
import json
import re
import shlex
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

from verifier import Verdict, grade
from verifier.cli import main

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path.relative_to(CHECKOUT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "examples/*.md", "benchmarks/*.md", "changelog.d/*.md")
    for path in CHECKOUT.glob(pattern)
    if path.name not in {"codes.md", "cli.md", "modules.md", "rules.md", "units.md"}
    or path.parent.name != "reference"  # made from the code
)


def commands(text: str, program: str) -> Iterator[list[str]]:
    """The calls of a program in a page: in code blocks and in back quotes."""
    for line in re.findall(rf"(?:^ {{4}}|^\$ |^|`){program} [^`\n]+", text, re.MULTILINE):
        words = shlex.split(line.strip("`$ ").strip(), comments=True)
        yield words[1:]


def test_the_pages_a_reader_expects_are_there() -> None:
    expected = {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md", "examples/README.md"}
    how_to = {f"docs/how-to/{name}.md" for name in ("grade", "merge", "serve", "rules", "contribute")}
    assert expected | how_to <= set(PAGES)


def rows_of(page: str, heading: str) -> list[str]:
    """The names in back quotes that begin the rows of the table under a heading."""
    section = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)


def test_the_page_on_grading_names_every_field_and_key(checkout: Path) -> None:
    from verifier.records import VERIFICATION_KEYS, Fields, trace

    page = (checkout / "docs" / "how-to" / "grade.md").read_text(encoding="utf-8")
    assert sorted(rows_of(page, "What is read")) == sorted(Fields.__struct_fields__)
    assert tuple(rows_of(page, "What a row gets")) == VERIFICATION_KEYS
    steps = trace(grade(ground_truth="4", final_answer="4"))
    assert all(f"`{key}`" in page.partition("## Why")[2] for step in steps for key in step)


def test_a_file_is_graded_as_the_page_says(tmp_path: Path) -> None:
    lines = ('{"reference_answer": 5, "model_answer": 5.0}', '{"reference_answer": null}', "")
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    mapping = ["--field", "ground_truth=reference_answer", "--field", "final_answer=model_answer"]
    command = [Path(sys.executable).with_name("verifier"), "grade", "a.jsonl", "--quiet", *mapping]
    assert subprocess.run(command, cwd=tmp_path, check=False, stderr=subprocess.DEVNULL).returncode == 1
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl.graded.jsonl").read_text().splitlines()]
    assert [row["success"] for row in rows] == [True, None]
    (error,) = (tmp_path / "a.jsonl.graded.jsonl.errors.jsonl").read_text().splitlines()
    assert list(json.loads(error)) == ["line", "input", "field", "code", "reason", "raw"]


def test_the_page_on_changes_names_every_folder_of_rules_and_only_what_there_is(checkout: Path) -> None:
    from verifier.rulebook.schema import ENTRIES

    page = (checkout / "docs" / "how-to" / "contribute.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(rules/[\w./]*)`", page))
    assert all((checkout / path).exists() for path in named)
    folders = {path.split("/")[1] for path in named if path.count("/") > 1}
    assert folders == {path.name for path in (checkout / "rules").iterdir() if path.is_dir()}
    assert set(re.findall(r"`\[\[(\w+)\]\]`", page)) <= {section for _, section in ENTRIES}


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, checkout: Path) -> Path:
    return checkout / request.param


def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_make_target_exists(page: Path, checkout: Path) -> None:
    targets = re.findall(r"^(\w+):", (checkout / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for words in commands(page.read_text(encoding="utf-8"), "make"):
        assert re.match(r"\w+", words[0]) is None or words[0].rstrip(",.;:") in targets, (
            f"{page.name} says make {words[0]}"
        )


def test_every_verifier_command_and_option_exists(page: Path) -> None:
    for words in commands(page.read_text(encoding="utf-8"), "verifier"):
        command: click.Command = main
        context = click.Context(main)
        rest = list(words)
        while (
            isinstance(command, click.Group)
            and rest
            and not rest[0].startswith("-")
            and rest[0].isalpha()
            and rest[0].islower()
        ):
            inner = command.get_command(context, rest[0])
            assert inner is not None, f"{page.name} says verifier {' '.join(words)}: no command {rest[0]}"
            command = inner
            rest.pop(0)
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        known |= {"--help", "-h"}
        for word in rest:
            if word.startswith("-") and word != "-":
                assert word.partition("=")[0] in known, f"{page.name} says verifier {' '.join(words)}: no option {word}"


def test_changelog_fragments_are_named_and_filled(checkout: Path) -> None:
    for fragment in (checkout / "changelog.d").iterdir():
        assert re.fullmatch(r"[a-z0-9-]+\.(added|changed|fixed|removed)\.md", fragment.name), fragment.name
        assert fragment.read_text(encoding="utf-8").strip().endswith("."), f"{fragment.name} holds no sentence"


@pytest.mark.parametrize("name", ["README.md", "docs/reference/python.md"])
def test_the_examples_give_what_they_show(checkout: Path, name: str) -> None:
    failed, tried = doctest.testfile(str(checkout / name), module_relative=False)
    assert tried >= 5
    assert not failed


def test_the_page_on_python_names_everything_public(checkout: Path) -> None:
    import verifier

    page = (checkout / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    for name in verifier.__all__:
        assert name.startswith("__") or re.search(rf"\b{name}\b", page), name
    for name in Verdict.__struct_fields__:
        assert f"`{name}`" in page or name.startswith("judge_"), name


def test_the_service_answers_the_readme_example(checkout: Path) -> None:
    line = next(line for line in (checkout / "README.md").read_text(encoding="utf-8").splitlines() if "curl" in line)
    words = shlex.split(line)
    path = next(word for word in words if word.startswith("localhost")).partition("/")[2]
    body = words[words.index("-d") + 1].encode()
    name, _, value = words[words.index("-H") + 1].partition(": ")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [Path(sys.executable).with_name("verifier"), "serve", "--port", str(port), "--workers", "1"]
    with subprocess.Popen(command, cwd=checkout, stderr=subprocess.PIPE, text=True) as service:
        assert service.stderr is not None
        try:
            assert any(f"127.0.0.1:{port}" in line for line in service.stderr), "it ended without listening"
            request = urllib.request.Request(f"http://127.0.0.1:{port}/{path}", body, {name: value})
            with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
                graded = json.loads(reply.read())
        finally:
            service.terminate()
            service.stderr.read()
    assert graded["success"] is True


def builder(checkout: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location("docs_build", checkout / "docs" / "build.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_generated_pages_are_current(checkout: Path) -> None:
    assert builder(checkout).stale() == [], "make docs"


def test_a_stale_page_is_noticed(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = builder(checkout)
    monkeypatch.setattr(build, "REFERENCE", tmp_path)
    for name, make in build.PAGES.items():
        (tmp_path / name).write_text(make(), encoding="utf-8")
    assert build.stale() == []
    (tmp_path / "cli.md").write_text("old", encoding="utf-8")
    assert build.stale() == ["cli.md"]


def test_every_code_and_every_command_is_documented(checkout: Path) -> None:
    from verifier.grader import codes
    from verifier.records import CODES

    reference = checkout / "docs" / "reference"
    listed = (reference / "codes.md").read_text(encoding="utf-8")
    for code in (*codes(), *CODES):
        assert f"| `{code.name}` |" in listed
    shown = (reference / "cli.md").read_text(encoding="utf-8")
    for name in main.list_commands(click.Context(main)):
        assert f"## verifier {name}\n" in shown
