"""Makes the pages of docs/reference that follow from the code; ``--check`` only says which are stale."""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tomllib
import types
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import click
from pydantic import BaseModel

from verifier.cli import main as command_line
from verifier.engine.cascade import STAGES
from verifier.grader import codes
from verifier.records import CODES as RECORD_CODES
from verifier.rulebook.entry import Entry
from verifier.rulebook.schema import ENTRIES, LISTS, Pack, WordList
from verifier.types.budget import Budget
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
        "reasons to be undecided a verdict carries the most specific one. The outcome is that of a verdict with the",
        "code; in brackets stands how firm an *incorrect* is: by *proof* it stands against any judge, by *convention*",
        "(a missing unit, a form, a rounding) a judge may overturn it. `GET /codes` has the same as `outcome` and",
        "`standing`. In a trace, a step that leaves the matter to the next has the decision `pass`; where every step",
        "passes, the verdict is undecided. `record.*` codes are given to rows of a file that could not be graded.",
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


RULES = REFERENCE.parent.parent / "rules"


def rules_page() -> str:
    """What a rule pack may hold: folders, tables, fields, word lists."""
    lines = [
        "# Rule packs",
        "",
        MADE,
        "",
        "What the files of a rule pack may hold; [how to write one](../how-to/rules.md) has a whole pack. A folder",
        "holds any number of TOML files of any name. An entry of a table replaces the entry of the same name in an",
        "earlier pack, and a pack has a name once; the words of a list are added to the earlier ones.",
        "",
        "## pack.toml",
        "",
        *_fields(Pack),
        "",
        "## Fields of every entry",
        "",
        "The examples are pairs. Of most tables they are a ground truth and an answer, of a `[[profile]]` graded under",
        "it, of a `[[label_set]]` asked for its first topic (`What is the sentiment?`); of `[[marker]]`, `[[tag]]` and",
        "`[[contrast]]` a response and the answer to be found in it, or, rejected, not to be found; of `[[layout]]`",
        "a question and its options, written `A=Aspirin|B=Ibuprofen`; of `[[condition]]` a sentence and the names",
        "that it says something of, `x y`; of `[[sentence]]` a question and what a judge is told of it, or, rejected,",
        "a question of which it is not told; of `[[price]]` a usage and its cost in dollars; of `[[attack]]` and",
        "`[[concealed]]`, to be accepted, an answer and the code that it gets (of a `weak` one, that nobody is asked",
        "for), and, to be",
        "rejected as an attack, a ground truth and an answer that is correct.",
        "",
        *_fields(Entry),
        "",
    ]
    for folder in sorted({folder for folder, _ in (*ENTRIES, *LISTS)}):
        lines += [f"## {folder}/" if folder else "## Beside pack.toml", ""]
        for (where, section), model in ENTRIES.items():
            if where == folder:
                lines += [f"### `[[{section}]]`", "", _documented(model), "", *_fields(model), ""]
        names = sorted(name for where, name in LISTS if where == folder)
        if names:
            lines += [
                "### Word lists",
                "",
                f"`[NAME]` with {_either(list(WordList.model_fields))}, or `NAME = [...]`.",
                "",
            ]
            lines += ["| list | what it is | begins with |", "|---|---|---|"]
            lines += [f"| `{name}` | {' | '.join(map(_cell, _listed(folder, name)))} |" for name in names]
            lines.append("")
    lines += ["## Stages", "", f"`stages` may name {_either(sorted({stage.name for stage in STAGES}))}.", ""]
    lines += ["## Limits of a budget", "", "| limit | default |", "|---|---|"]
    lines += [f"| `{name}` | {getattr(Budget(), name):,} |" for name in Budget.__struct_fields__]
    return "\n".join([*lines, ""])


def _documented(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split())


def _fields(model: type[BaseModel]) -> list[str]:
    """The table of a model's own fields."""
    rows = ["| field | type | default | |", "|---|---|---|---|"]
    inherited = Entry.model_fields if issubclass(model, Entry) and model is not Entry else {}
    for name, field in model.model_fields.items():
        if name in inherited:
            continue
        default = "must be there" if field.is_required() else _toml(field.get_default())
        kind = _kind(field.annotation, tuple(field.metadata))
        rows.append(f"| `{field.alias or name}` | {_cell(kind)} | {default} | {_cell(field.description or '')} |")
    return rows


def _toml(value: object) -> str:
    """A default as TOML would have it."""
    plain = {None: "none", True: "`true`", False: "`false`"}
    if value is None or isinstance(value, bool):
        return plain[value]
    return "empty" if value in ((), {}) else f"`{value}`" if isinstance(value, int) else f'`"{value}"`'


def _kind(annotation: Any, metadata: tuple[Any, ...] = ()) -> str:  # noqa: ANN401  # a type, of any form
    """A type in words, with what bounds it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(arguments[0], (*getattr(arguments[1], "metadata", arguments[1:]), *metadata))
    if origin in (Union, types.UnionType):
        return _kind(next(one for one in arguments if one is not type(None)), metadata)
    if origin is Literal:
        return _either([f'"{value}"' for value in arguments])
    if origin is dict:
        return f"table of name to {_kind(arguments[1])}"
    least = next((one.min_length for one in metadata if getattr(one, "min_length", None)), 0)
    if origin is tuple and arguments[-1] is Ellipsis:
        inner = "pairs" if get_origin(arguments[0]) is tuple else "texts"
        return f"list of {inner}" + (f", {least} or more" if least else "")
    words = {str: "text", bool: "`true` or `false`", int: "whole number", float: "number"}[annotation]
    bounds = [
        f"{told} {value:g}"
        for name, told in (("ge", "from"), ("le", "to"))
        for value in (next((getattr(one, name) for one in metadata if hasattr(one, name)), None),)
        if value is not None
    ]
    pattern = next((one.pattern for one in metadata if getattr(one, "pattern", None)), None)
    most = next((one.max_length for one in metadata if getattr(one, "max_length", None)), None)
    length = (
        "one character"
        if least == most == 1
        else "up to one character"
        if most == 1
        else f"up to {most} characters"
        if most
        else ""
    )
    return " ".join([words, *bounds]) + (f", {length}" if length else "") + (f", like `{pattern}`" if pattern else "")


def _either(names: list[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _listed(folder: str, name: str) -> tuple[str, str]:
    """A word list of the built-in pack: the comment that stands above it, and its first words."""
    opening = re.compile(rf"(?:\[{name}\]|{name} *=)")
    for file in sorted((RULES / folder).glob("*.toml")):
        text = file.read_text(encoding="utf-8")
        above: list[str] = []
        for line in text.splitlines():
            if opening.match(line) and above:
                value = tomllib.loads(text)[name]
                words = value if isinstance(value, list) else [word for part in value.values() for word in part]
                return " ".join(above), ", ".join(f"`{word.strip()}`" for word in words[:3])
            if line.startswith("#"):
                above.append(line.removeprefix("#").strip())
                continue
            above = []
    sys.exit(f"rules/{folder}: no file holds the word list {name} with a comment above it: give it one")


def units_page() -> str:
    """Every unit of the built-in pack: how it is written, what it is, from the rows themselves."""
    lines = [
        "# Units",
        "",
        MADE,
        "",
        "The units of the built-in rules, by file of `rules/units/`. Symbols keep their case, words do not; accents",
        "may be missing. `loosely`: what the unit is where its own kind does not stand on the other side. What `also`",
        "lists are spellings of other units, written for this one too: which is meant shows beside the other",
        "side, and where that does not settle it, the verdict is undecided. [Add a unit](../how-to/contribute.md).",
        "",
    ]
    for file in sorted((RULES / "units").glob("*.toml")):
        units = tomllib.loads(file.read_text(encoding="utf-8")).get("unit", [])
        if not units:
            continue
        lines += [
            f"## {file.stem}",
            "",
            "| unit | symbols | words | also | is | prefixes |",
            "|---|---|---|---|---|---|",
        ]
        for row in units:
            spelled = [_spelled(row.get(field, [])) for field in ("symbols", "words", "also")]
            lines.append(f"| {row['name']} | {' | '.join(spelled)} | {_cell(_defined(row))} | {_prefixes(row)} |")
        lines.append("")
    return "\n".join(lines)


def _spelled(spellings: list[str]) -> str:
    return " ".join(f"`{_cell(text)}`" for text in spellings)


def _defined(row: dict[str, Any]) -> str:
    """What a unit is, in a line."""
    told = str(row.get("equals", "a currency" if row.get("currency") else "a base unit"))
    if "offset" in row:
        told += f", from {row['offset']}"
    if "loosely" in row:
        told += f"; loosely {row['loosely']}"
    marks = [mark for mark in ("vague", "weak") if row.get(mark)]
    return told + (f" ({', '.join(marks)})" if marks else "")


def _prefixes(row: dict[str, Any]) -> str:
    taken = row.get("prefixes", "")
    return taken if isinstance(taken, str) else ", ".join(taken)


PAGES: dict[str, Callable[[], str]] = {
    "codes.md": codes_page,
    "cli.md": cli_page,
    "modules.md": modules_page,
    "rules.md": rules_page,
    "units.md": units_page,
}


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
