"""What a run shows: a progress bar on standard error while it goes, a table on standard output at its end."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TextIO

from verifier.batch.chunks import Tally
from verifier.batch.estimate import Estimate
from verifier.judge.prices import dollars
from verifier.types.opinion import PICO

if TYPE_CHECKING:
    from rich.progress import Progress

    from verifier.batch.bill import Bill

_SHOWN: Final = 5
_FEW: Final = 3
_WIDEST: Final = 1_000
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


class Bar:
    """A bar over the bytes of the inputs, and beside it what is waited for."""

    def __init__(self, bar: Progress, total: int | None) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=total, rows=counted(0, "row"), waiting="")

    def __call__(self, done: int, rows: int) -> None:
        """Show the bytes and rows done."""
        self._bar.update(self._task, completed=done, rows=counted(rows, "row"))

    def says(self, what: str) -> None:
        """Show what is waited for; with nothing said, nothing is."""
        self._bar.update(self._task, waiting=what)


class Lines:
    """Where no bar can be shown: what is waited for, a line each time that it is another thing."""

    def __init__(self) -> None:
        self._said = ""

    def __call__(self, done: int, rows: int) -> None:
        """Show nothing: a log is no bar."""

    def says(self, what: str) -> None:
        """Say what is waited for, but not how far it is."""
        head = what.partition(":")[0]
        if what and head != self._said:
            print(f"verifier: {what}", file=sys.stderr)  # noqa: T201  # a command prints
            self._said = head


@contextmanager
def progress_bar(total: int | None, *, wanted: bool = True) -> Iterator[Bar | Lines | None]:
    """A bar over ``total`` bytes of input (``None``: unknown); but lines where standard error is no terminal."""
    if not wanted or sys.stderr is None:  # closed, it is None
        yield None
        return
    if not sys.stderr.isatty():
        yield Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.fields[rows]}"))
    waiting = TextColumn("{task.fields[waiting]}")
    with Progress(
        *columns, TimeElapsedColumn(), TimeRemainingColumn(), waiting, console=Console(stderr=True)
    ) as progress:
        yield Bar(progress, total)


def print_summary(
    tally: Tally, *, seconds: float, continued: int = 0, bill: Bill | None = None, file: TextIO | None = None
) -> None:
    """The table of a run's counts, and what its judge cost; ``continued`` rows were graded before this process."""
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
    for method, rows in commonest({name: rows for name, rows in tally.methods.items() if name != "none"}):
        count(f"by {method}", rows)  # none are the undecided, told by their codes
    if tally.undecided_by:
        table.add_section()
    codes = commonest(tally.undecided_by)
    for code, rows in codes[:_SHOWN]:
        count(f"undecided: {code}", rows)
    if len(codes) > _SHOWN:
        count(f"  and {counted(len(codes) - _SHOWN, 'more code')}", sum(rows for _, rows in codes[_SHOWN:]))
    if bill is not None:
        table.add_section()
        count("put to the judge", tally.asked)
        for code, rows in commonest(tally.judged):
            count(f"  {code}", rows)
        for name, told in _billed(tally, bill):
            table.add_row(name, told, "")
    table.add_section()
    table.add_row("seconds", f"{seconds:,.1f}", "")
    if seconds >= _TELLING:
        table.add_row("rows/s", f"{(tally.rows - continued) / seconds:,.0f}", "")
    Console(file=file or sys.stdout).print(table)


def _billed(tally: Tally, bill: Bill) -> Iterator[tuple[str, str]]:
    """What a judge did and cost; what there was none of is left out, but for calls and cost."""
    if tally.flips:
        yield "  rows that changed", f"{tally.flips:,}"
    if tally.audited:
        yield "  rows to look at", f"{tally.audited:,}"
    yield "judge calls", f"{bill.spending.calls:,}"
    if bill.sent != bill.spending.calls:
        yield "  of them now", f"{bill.sent:,}"
    yield "answers from the store", f"{bill.from_store:,}"
    if bill.lost:
        yield "calls lost", f"{len(bill.lost):,}"
    yield "cost, $", dollars(bill.spending.picodollars)
    if bill.spending.reserved:
        yield "  and at most, for lost calls", dollars(bill.spending.reserved)


def print_estimate(
    found: Mapping[str, Estimate], rows: int, scope: str, *, limit: int | None, file: TextIO | None = None
) -> None:
    """The table of what a judge would be asked, by profile; ``rows`` are all that were read."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    models = sorted(frozenset[str]().union(*(one.models for one in found.values())))
    asked = f" of {', '.join(map(escape, models))}" if models else ""
    title = f"To be asked{asked}; nobody was. {counted(rows, 'row')} read, --judge-scope {scope}"
    table = Table(title=title, title_justify="left")
    table.add_column("profile", no_wrap=True)
    for name in ("rows", "known", "calls", "tokens in", "tokens out", "expected, $", "at most, $"):
        table.add_column(name, justify="right", no_wrap=True)
    total = Estimate()
    for name, one in sorted(found.items()):
        total.add(one)
        table.add_row(name, *_estimated(one))
    table.add_section()
    table.add_row("all", *_estimated(total))
    console = Console(file=file or sys.stdout)
    # Where a table goes into a file there is no width to keep to, and in a narrow terminal a long line loses nothing.
    wide = console.measure(table, options=console.options.update(max_width=_WIDEST)).maximum
    if wide > console.width:
        console = Console(file=file or sys.stdout, width=wide)
    console.print(table)
    if total.unpriced:
        names = sorted(total.unpriced)
        more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
        console.print(
            f"No price is known of {', '.join(names[:_FEW])}{more}, so the cost is not either:"
            " give one in judge/prices.toml of a rule pack (--rules DIR).",
            soft_wrap=True,
            markup=False,
            highlight=False,
        )
    if limit is not None and total.most is not None and total.most > limit:
        enough = total.expected is not None and total.expected <= limit
        told = "is expected to be enough, and is less than the most it may cost" if enough else "will not be enough"
        console.print(f"The budget of ${dollars(limit)} {told}.")


def _estimated(one: Estimate) -> tuple[str, ...]:
    counts = (f"{number:,.0f}" for number in (one.rows, one.kept, one.calls, one.input, one.output))
    amounts = ("unknown" if amount is None else f"{amount / PICO:,.4f}" for amount in (one.expected, one.most))
    return (*counts, *amounts)
