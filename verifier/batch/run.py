"""A grading run: inputs in, graded rows out in the same order, stopped and continued at any moment without a trace.

Reading, grading and writing stream: memory holds a window of chunks, never a file. What comes out depends on the
inputs, the rules, the options and the opinions of judges alone, not on the number of workers or on how often the run
was stopped.
"""

from __future__ import annotations

import signal
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Protocol, Self

import msgspec

from verifier import __version__
from verifier.batch.bill import Bill, write_lost
from verifier.batch.chunks import Graded, Tally
from verifier.batch.engines.local import LocalEngine
from verifier.batch.files import Source
from verifier.batch.grading import Grader
from verifier.batch.journal import DiskFull, Files, Header, run_begun
from verifier.batch.judging import Judging, OverBudget
from verifier.batch.plan import BATCHES, ENDS, LOST_CALLS, Plan, beside, refuse_clashes, refuse_unseen, resolved
from verifier.batch.reading import position, read_chunks
from verifier.batch.rounds import Unreachable
from verifier.batch.till import Opening, Till
from verifier.cpus import available_cpus
from verifier.judge.port import Desk
from verifier.judge.prices import dollars
from verifier.types.errors import VerifierError
from verifier.types.rules import Rules

_LONGEST_NAME = 80
_AGAIN = "the same command continues where it stopped, with --restart it begins anew"


class Stopped(VerifierError):  # noqa: N818  # no defect: the same command continues
    """The run was stopped before its end and can be continued."""


class Done(msgspec.Struct, frozen=True):
    """How a run ended: the counts, how many of the rows an earlier, stopped run had graded, and files to look at.

    ``replaced`` outputs stood there from before. ``bill`` is what the judge cost, where one could be asked.
    """

    tally: Tally
    continued: int
    errors: tuple[Path, ...]
    flips: tuple[Path, ...] = ()
    audits: tuple[Path, ...] = ()
    replaced: tuple[Path, ...] = ()
    lost: Path | None = None
    bill: Bill | None = None


class Telling(Protocol):
    """What is told of a run while it goes."""

    def __call__(self, done: int, rows: int) -> None:
        """Bytes of input done, and rows."""
        ...

    def says(self, what: str) -> None:
        """What is waited for."""
        ...


def run(plan: Plan, *, progress: Telling | None = None, opening: Opening | None = None) -> Done:
    """Grade all that the plan names.

    ``opening`` makes what a judge that is a model asks through. Raises ``Stopped`` where an interrupt, a full disk or
    a budget ended it early, and ``VerifierError`` for what cannot be run at all.
    """
    sources = [[Source(name, longest_line=plan.longest_line) for name in inputs] for _, inputs in plan.outputs]
    refuse_clashes(plan)
    refuse_unseen(plan.job.fields, [source for inputs in sources for source in inputs])
    first = resolved(plan.outputs[0][0])
    name = (None if plan.restart else run_begun(first)) or _named(plan)
    with _Run(plan, name, opening, progress) as running:
        try:
            with _interruptible():
                for (output, _), inputs in zip(plan.outputs, sources, strict=True):
                    running.grade(output, inputs)
                return running.done()
        except KeyboardInterrupt:
            raise Stopped(f"interrupted; {_AGAIN}") from None
        except DiskFull as error:
            raise Stopped(f"{error}; make room, then {_AGAIN}") from error
        except Unreachable as error:
            raise Stopped(f"{error}; {_AGAIN}") from None
        except OverBudget as error:
            raise Stopped(running.over_budget(error)) from None


def _named(plan: Plan) -> str:
    """A name for a run that no other has, and a person knows again: the store lists what it spends under it."""
    first = Path(plan.outputs[0][1][0]).name if plan.outputs[0][1] else ""
    shown = "".join(mark if mark.isprintable() else "?" for mark in first)[:_LONGEST_NAME]
    return f"{shown}-{uuid.uuid4().hex}" if shown.strip("-") else uuid.uuid4().hex


class _Run:
    """A run under way: its workers, its judge, its files."""

    def __init__(self, plan: Plan, name: str, opening: Opening | None, progress: Telling | None) -> None:
        self._plan = plan
        self._name = name
        self._progress = progress
        self._till: Till | None = None
        self._finished: list[Files] = []
        self._total, self._continued, self._before = Tally(), 0, 0
        self._noted: dict[str, list[Path]] = {"errors": [], "flips": [], "audit": []}
        self._replaced: list[Path] = []
        workers = plan.workers or available_cpus()

        def desk(rules: Rules) -> Desk | None:
            if opening is None:
                return None
            self._till = opening(rules, name)
            return self._till.desk

        self._grader = Grader(plan.job, processes=workers, desk=desk)
        self._judging = Judging(self._grader)
        self._engine = LocalEngine(plan.job, workers=workers, rules=self._grader.rules_version)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.close()
        self._judging.close()
        if self._till is not None:
            self._till.close()
        for files in self._finished:
            files.close()

    def grade(self, output: Path, inputs: Sequence[Source]) -> None:
        """Grade inputs into one output."""
        plan = self._plan
        target = resolved(output)
        places = beside(target, plan.trace)
        files = Files(target, places, self._header(inputs), restart=plan.restart)
        self._finished.append(files)
        self._continued += files.entry.tally.rows
        if not files.entry.finished:
            if self._till is not None:
                files.keep()
                self._till.finish_rounds(Path(f"{target}{BATCHES}"), lambda: self._scan(inputs, files), says=self._says)
            for graded in self._judging.closed(self._engine_on(inputs, files)):
                files.write(graded)
                if self._progress is not None:
                    done = self._before + position(inputs, graded.mark)
                    self._progress(done, self._total.rows + files.entry.tally.rows)
        if not files.entry.finished and target.is_file() and target.stat().st_size:
            self._replaced.append(output)
        files.finish()
        self._before += sum(source.size or 0 for source in inputs)
        self._total.add(files.entry.tally)
        for name, count in zip(ENDS, (files.entry.tally.errors, *_seen(files.entry.tally)), strict=True):
            if count:
                self._noted[name].append(Path(f"{output}{ENDS[name]}"))

    def done(self) -> Done:
        """How it ended; the journals go."""
        bill, lost = self._billed()
        for files in self._finished:
            files.forget()
        noted = {name: tuple(paths) for name, paths in self._noted.items()}
        return Done(
            self._total,
            self._continued,
            noted["errors"],
            noted["flips"],
            noted["audit"],
            replaced=tuple(self._replaced),
            lost=lost,
            bill=bill,
        )

    def over_budget(self, error: OverBudget) -> str:
        """What to say where the money is spent."""
        bill, _ = self._billed()
        if bill is None or bill.limit is None:
            return f"the budget of the judge leaves {error}; {_AGAIN}"
        spent = bill.spending.picodollars + bill.spending.reserved
        return (
            f"the budget of ${dollars(bill.limit)} for the judge leaves {error}: ${dollars(spent)} is spent or put"
            f" aside. With a higher --budget-usd {_AGAIN}"
        )

    def _billed(self) -> tuple[Bill | None, Path | None]:
        """The bill, and the list of lost calls where there are any."""
        if self._till is None:
            return None, None
        bill = self._till.bill()
        path = Path(f"{self._plan.outputs[0][0]}{LOST_CALLS}")
        return bill, path if write_lost(bill, path) else None

    def _header(self, inputs: Sequence[Source]) -> Header:
        plan = self._plan
        return Header(
            inputs=tuple(source.identity() for source in inputs),
            engine=__version__,
            rules=self._grader.rules_version,
            job=plan.job,
            longest_line=plan.longest_line,
            trace=None if plan.trace is None else str(plan.trace),
            judges=self._grader.judge_versions,
            mode=plan.mode,
            run=self._name,
        )

    def _engine_on(self, inputs: Sequence[Source], files: Files) -> Iterator[tuple[str, Graded]]:
        """What the engine makes of the inputs, from where the files end."""
        for graded in self._engine.graded(read_chunks(inputs, files.entry.mark)):
            yield inputs[graded.mark.input].name, graded

    def _scan(self, inputs: Sequence[Source], files: Files) -> None:
        """Put every open row to the judge, and write nothing."""
        rows = 0
        for graded, _ in self._judging.answered(self._engine_on(inputs, files)):
            rows += graded.tally.rows
            if self._progress is not None:
                self._progress(self._before + position(inputs, graded.mark), self._total.rows + rows)

    def _says(self, what: str) -> None:
        if self._progress is not None:
            self._progress.says(what)


def _seen(tally: Tally) -> tuple[int, int]:
    return tally.flips, tally.audited


@contextmanager
def _interruptible() -> Iterator[None]:
    """Make SIGTERM what Ctrl-C is, for the time of a run: whenever either comes, the run can be continued."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
