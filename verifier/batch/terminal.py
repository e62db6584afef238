"""What a run shows: a progress bar on standard error while it goes, a table on standard output at its end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TextIO

from verifier.batch.grading import Tally

_SHOWN: Final = 5
_TELLING: Final = 2.0  # seconds; in less, the time to start is most of it


def commonest(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """What was counted, the commonest first."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def counted(number: int, noun: str) -> str:
    """So many of a thing.

    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


@contextmanager
def progress_bar(total: int | None, *, wanted: bool = True) -> Iterator[Callable[[int, int], None] | None]:
    """A bar over ``total`` bytes of input (``None``: unknown); nothing where standard error is no terminal.

    Gives what is called with the bytes and rows done.
    """
    if not wanted or sys.stderr is None or not sys.stderr.isatty():  # closed, it is None
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.fields[rows]}"))
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total, rows=counted(0, "row"))
        yield lambda done, rows: bar.update(task, completed=done, rows=counted(rows, "row"))


def print_summary(tally: Tally, *, seconds: float, continued: int = 0, file: TextIO | None = None) -> None:
    """The table of a run's counts; ``continued`` rows were graded before this process began."""
    from rich.console import Console
    from rich.table import Table

    table = Table(show_header=False, title="Graded", title_justify="left")
    table.add_column()
    table.add_column(justify="right")
    table.add_column(justify="right")

    def count(name: str, rows: int) -> None:
        share = f"{100 * rows / tally.rows:.1f} %" if tally.rows else ""
        table.add_row(name, f"{rows:,}", share)

    table.add_row("rows", f"{tally.rows:,}", "")
    count("correct", tally.correct)
    count("incorrect", tally.incorrect)
    count("undecided", tally.undecided)
    if tally.kept:
        count("already correct, kept", tally.kept)
    count("errors", tally.errors)
    if tally.blank:
        table.add_row("blank lines, skipped", f"{tally.blank:,}", "")
    if continued:
        table.add_row("of them graded before", f"{continued:,}", "")
    table.add_section()
    for method, rows in commonest(tally.methods):
        if method != "none":  # those are the undecided, told by their codes
            count(f"by {method}", rows)
    if tally.undecided_by:
        table.add_section()
    for code, rows in commonest(tally.undecided_by)[:_SHOWN]:
        count(f"undecided: {code}", rows)
    table.add_section()
    table.add_row("seconds", f"{seconds:,.1f}", "")
    if seconds >= _TELLING:
        table.add_row("rows/s", f"{(tally.rows - continued) / seconds:,.0f}", "")
    Console(file=file or sys.stdout).print(table)
