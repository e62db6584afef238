"""The command ``verifier grade``: options in, a run, and what a person sees of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import rich  # noqa: F401  # wanted at the end: whether it is there is better known at the start

from verifier.batch.files import STANDARD_INPUT
from verifier.batch.grading import Job, Tally
from verifier.batch.run import Plan, Stopped, plan_outputs, run
from verifier.batch.terminal import commonest, counted, print_summary, progress_bar
from verifier.grader import JUDGES
from verifier.records import CODES, NEAR, Fields
from verifier.settings import load_settings
from verifier.types.errors import OutputError
from verifier.types.spelling import nearest

ALL_GRADED: Final = 0
SOME_ERRORS: Final = 1
STOPPED: Final = 3
_SHOWN: Final = 3


def grade_files(  # noqa: PLR0913  # one keyword an option of the command
    inputs: Sequence[str],
    *,
    output: str | None,
    fields: Sequence[str],
    workers: int | None,
    regrade: bool,
    restart: bool,
    packs: Sequence[str],
    profile: str | None,
    judge: str,
    trace: str | None,
    max_line_bytes: int,
    quiet: bool,
) -> int:
    """Run the command; gives its exit status. Raises ``VerifierError`` for what cannot be run at all."""
    began = time.monotonic()
    settings = load_settings()
    job = Job(
        fields=Fields.parse(fields),
        packs=tuple(packs) or tuple(map(str, settings.rules)),
        profile=profile,
        regrade=regrade,
        trace=trace is not None,
        judges=() if judge == "none" else JUDGES,
    )
    try:
        plan = Plan(
            outputs=plan_outputs(inputs, output),
            job=job,
            trace=None if trace is None else Path(trace),
            workers=workers or settings.workers or 0,
            longest_line=max_line_bytes,
            restart=restart,
        )
        with progress_bar(_size(inputs), wanted=not quiet) as progress:
            done = run(plan, progress=progress)
    except Stopped as stopped:
        print(f"verifier: {stopped}", file=sys.stderr)  # noqa: T201  # a command prints
        return STOPPED
    except OSError as error:  # a name too long, a folder that may not be looked into
        raise OutputError(f"{error.filename or 'a file'}: cannot be used: {error.strerror or error}") from error
    for remark in _remarks(done.tally, quiet=quiet):
        print(f"verifier: {remark}", file=sys.stderr)  # noqa: T201
    for path in done.errors:
        print(f"verifier: some rows could not be graded; {path} lists them", file=sys.stderr)  # noqa: T201
    if not quiet:
        for path, _ in plan.outputs:
            print(f"written: {path}")  # noqa: T201
        print_summary(done.tally, seconds=time.monotonic() - began, continued=done.continued)
    return SOME_ERRORS if done.errors else ALL_GRADED


def _remarks(tally: Tally, *, quiet: bool) -> Iterator[str]:
    """What a person should know of the rows: why the most of those in error are, and that some came in graded."""
    meanings = {code.name: code.summary for code in CODES}
    problems = commonest(tally.problems)
    for problem, rows in problems[:_SHOWN]:
        code, _, field = problem.partition(" ")
        where = f"field '{field}': " if field else ""
        yield f"{counted(rows, 'row')}: {where}{meanings.get(code, code)} ({code})"
    if more := tally.errors - sum(rows for _, rows in problems[:_SHOWN]):
        kinds = max(1, len(problems) - _SHOWN)  # of very many kinds only the first are counted apart
        yield f"… and {more:,} more {'row' if more == 1 else 'rows'} of {counted(kinds, 'other kind')}"
    if tally.names and tally.errors == tally.rows:
        names = ", ".join(tally.names)
        missing = [ours for ours in ("ground_truth", "final_answer") if ours not in tally.names]
        meant = {ours: nearest(ours, tally.names, least=NEAR) for ours in missing}
        options = " ".join(f"--field {ours}={theirs}" for ours, theirs in meant.items() if theirs)
        yield (
            f"no row could be graded; the first has {names}:"
            f" name yours, {f'perhaps {options}' if options else 'e.g. --field ground_truth=NAME'}"
        )
    if tally.graded_before and not quiet:
        yield f"{counted(tally.graded_before, 'row')} carried a verdict already; this run's stands in its place"


def _size(inputs: Sequence[str]) -> int | None:
    """Bytes to read, where they are known."""
    paths = [Path(name) for name in inputs]
    if STANDARD_INPUT in inputs or not all(path.is_file() for path in paths):
        return None
    return sum(path.stat().st_size for path in paths)
