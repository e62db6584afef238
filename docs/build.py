"""Makes the pages of docs/reference that follow from the code; ``--check`` only says which are stale."""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

import click

from verifier.cli import main as command_line
from verifier.grader import codes
from verifier.records import CODES as RECORD_CODES
from verifier.types.verdict import Code, Decision

REFERENCE = Path(__file__).resolve().parent / "reference"
MADE = "<!-- Made by docs/build.py: change the code and run `make docs`. -->"

MEANS = {
    Decision.CORRECT: "correct",
    Decision.INCORRECT: "incorrect",
    Decision.PASS: "undecided",
}


def codes_page() -> str:
    """All codes that a verdict or a row can carry, by the stage that gives them."""
    every = sorted({code.name: code for code in (*codes(), *RECORD_CODES)}.values(), key=lambda code: code.name)
    lines = [
        "# Codes",
        "",
        MADE,
        "",
        "Why a verdict is what it is. A code is `<stage>.<reason>`; once released it keeps its meaning. Of several",
        "reasons to be undecided a verdict carries the most specific one. An *incorrect* by proof stands against any",
        "judge; one by convention (a missing unit, a form, a rounding) may be overturned by one. `record.*` codes are",
        "given to rows of a file that could not be graded.",
        "",
    ]
    for stage, group in groupby(every, key=lambda code: code.name.partition(".")[0]):
        lines += [f"## {stage}", "", "| code | outcome | meaning |", "|---|---|---|"]
        lines += [f"| `{code.name}` | {_outcome(code)} | {_cell(code.summary)} |" for code in group]
        lines.append("")
    return "\n".join(lines)


def _outcome(code: Code) -> str:
    outcome = MEANS[code.decision]
    return f"{outcome} ({code.standing})" if code.decision is Decision.INCORRECT else outcome


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def cli_page() -> str:
    """The help of every command, as click prints it at 100 columns."""
    lines = ["# Command line", "", MADE, ""]
    for context in _contexts("verifier", command_line, None):
        lines += [f"## {context.command_path}", "", "```text", context.get_help().rstrip(), "```", ""]
    return "\n".join(lines)


def _contexts(name: str, command: click.Command, parent: click.Context | None) -> Iterator[click.Context]:
    width = {"max_content_width": 100, "terminal_width": 100}
    context = click.Context(command, parent=parent, info_name=name, **{**command.context_settings, **width})
    yield context
    if isinstance(command, click.Group):
        for inner_name in sorted(command.list_commands(context)):
            inner = command.get_command(context, inner_name)
            if inner is not None and not inner.hidden:
                yield from _contexts(inner_name, inner, context)


def modules_page() -> str:
    """Every module and what it is for, by the first sentence of its docstring."""
    lines = ["# Modules", "", MADE, ""]
    root = REFERENCE.parent.parent
    files = sorted([*(root / "verifier").rglob("*.py"), *(root / "api").rglob("*.py")])
    for folder, group in groupby(sorted(files, key=lambda file: file.parent), key=lambda file: file.parent):
        lines += [f"## {folder.relative_to(root).as_posix()}/", "", "| module | what it is for |", "|---|---|"]
        lines += [f"| `{file.name}` | {_cell(_first_line(file))} |" for file in group]
        lines.append("")
    return "\n".join(lines)


def _first_line(file: Path) -> str:
    documented = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return " ".join(documented.partition("\n\n")[0].split())


PAGES: dict[str, Callable[[], str]] = {"codes.md": codes_page, "cli.md": cli_page, "modules.md": modules_page}


def stale() -> list[str]:
    """The pages that are not what the code would make now."""
    return [name for name, make in PAGES.items() if not _is(REFERENCE / name, make())]


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def main() -> None:
    """Write the pages, or with ``--check`` compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is stale")
    if parser.parse_args().check:
        pages = stale()
        if pages:
            sys.exit(f"stale in docs/reference: {', '.join(pages)}; run `make docs`")
        return
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        (REFERENCE / name).write_text(make(), encoding="utf-8")
        print(f"docs/reference/{name}")


if __name__ == "__main__":
    main()
