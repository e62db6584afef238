"""A merge as a person at a terminal sees it: a bar while it runs, what to know, and a table at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from verifier.batch.merge import FILES, Merged, merge
from verifier.batch.mergeoptions import Options
from verifier.batch.staging import HalfwayError, NoRoomError

DONE, CONTINUE = 0, 3


def run(graded: Sequence[str], out: Path, options: Options, *, quiet: bool) -> int:
    """Merge, and say so; the exit status: 0, or 3 for a merge that was stopped and can be run again."""
    console = Console(stderr=True, highlight=False)
    try:
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        ) as bar:
            task = bar.add_task("", total=None)

            def show(stage: str, done: int, total: int) -> None:
                bar.update(task, description=stage, completed=done, total=max(total, 1))

            merged = merge(graded, out, options, show)
    except KeyboardInterrupt:
        console.print(f"verifier: stopped; nothing in {out} was replaced: run the same command again", markup=False)
        return CONTINUE
    except (NoRoomError, HalfwayError) as error:
        console.print(f"verifier: {error}", markup=False, soft_wrap=True)
        return CONTINUE
    if not quiet:
        _report(console, merged)
    return DONE


def _report(console: Console, merged: Merged) -> None:
    for remark in merged.remarks:
        console.print(f"note: {remark}", markup=False, soft_wrap=True)
    counts = merged.counts
    table = Table(title=f"{counts['rows']:,} graded rows", title_justify="left")
    table.add_column("file", no_wrap=True)
    table.add_column("rows", justify="right")
    table.add_column("what")
    for dataset, what in _described(counts).items():
        table.add_row(FILES[dataset], f"{counts[dataset]:,}", what)
    console.print(table)
    console.print(f"in {merged.folder}; every count is in manifest.json", markup=False, soft_wrap=True)


def _described(counts: Mapping[str, int]) -> dict[str, str]:
    rejected = {
        "incorrect": counts["rejected_incorrect"],
        "undecided": counts["rejected_undecided"],
        "not graded": counts["rejected_not_graded"],
        "in error": counts["rejected_error"],
    }
    added = counts["matched_added"]
    return {
        "deduped": f"one of {counts['correct']:,} correct rows for each sample",
        "all": f"and {added:,} of {counts['matched']:,} that --keep-all asks for" if added else "the same",
        "duplicates": f"{counts['identical']:,} identical, {counts['same_sample_id']:,} of a sample with a better row",
        "rejected": ", ".join(f"{rows:,} {reason}" for reason, rows in rejected.items() if rows) or "none",
    }
