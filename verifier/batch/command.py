"""The command ``verifier grade``: options in, a run, and what a person sees of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
import rich  # noqa: F401  # wanted at the end: whether it is there is better known at the start

from verifier.batch.chunks import Job, Tally
from verifier.batch.endremarks import misread, unanswered
from verifier.batch.estimate import estimate
from verifier.batch.files import STANDARD_INPUT
from verifier.batch.plan import LONGEST_LINE, Mode, Plan, plan_outputs
from verifier.batch.run import Done, Stopped, run
from verifier.batch.terminal import commonest, counted, print_estimate, print_summary, progress_bar
from verifier.batch.till import opening
from verifier.grader import JUDGES, MODEL_JUDGE
from verifier.judge.port import Scope
from verifier.judge.prices import picodollars
from verifier.records import CODES, NEAR, Fields
from verifier.settings import Settings, load_settings
from verifier.store.opening import open_existing
from verifier.types.errors import OutputError, SettingsError
from verifier.types.spelling import nearest

JUDGE_OFF: Final = (
    "the judge is off: set ANTHROPIC_API_KEY, or VERIFIER_JUDGE_BASE_URL for a server of your own, and it is asked"
    " about what is undecided"
)
ALL_GRADED: Final = 0
SOME_ERRORS: Final = 1
STOPPED: Final = 3
_SHOWN: Final = 5


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the options of the command ask for, as they were given."""

    inputs: tuple[str, ...]
    output: str | None = None
    fields: tuple[str, ...] = ()
    workers: int | None = None
    regrade: bool = False
    restart: bool = False
    packs: tuple[str, ...] = ()
    profile: str | None = None
    judge: str | None = None
    scope: Scope | None = None
    mode: Mode = "live"
    budget: str | None = None
    dry_run: bool = False
    trace: str | None = None
    max_line_bytes: int = LONGEST_LINE
    quiet: bool = False


def grade_files(wish: Wish) -> int:
    """Run the command; gives its exit status. Raises ``VerifierError`` for what cannot be run at all."""
    began = time.monotonic()
    settings = load_settings(**({"judge": wish.judge} if wish.judge in {"auto", "none"} else {}))
    judges, model = _judges(wish, settings)
    job = Job(
        fields=Fields.parse(wish.fields),
        packs=tuple(wish.packs) or tuple(map(str, settings.rules)),
        profile=wish.profile,
        regrade=wish.regrade,
        trace=wish.trace is not None,
        judges=judges,
        model=model,
        server=settings.judge_server,
        scope=wish.scope or ("failed" if wish.regrade else "undecided"),
    )
    on = MODEL_JUDGE in judges
    try:
        plan = Plan(
            outputs=plan_outputs(wish.inputs, wish.output),
            job=job,
            trace=None if wish.trace is None else Path(wish.trace),
            workers=wish.workers or settings.workers or 0,
            longest_line=wish.max_line_bytes,
            restart=wish.restart,
            mode=wish.mode,
        )
        limit = _limit(wish, settings)
        if wish.dry_run:
            if wish.judge == "none":
                raise SettingsError("--dry-run: with --judge none nobody is asked")
            return _dry_run(plan, settings, limit)
        if wish.mode == "batch":
            _refuse_batches(wish, on=on)
        tills = opening(settings, model=model, limit=limit, mode=wish.mode, profile=wish.profile) if on else None
        with progress_bar(_size(wish.inputs), wanted=not wish.quiet) as progress:
            done = run(plan, progress=progress, opening=tills)
    except Stopped as stopped:
        _say(stopped)
        return STOPPED
    except OSError as error:  # a name too long, a folder that may not be looked into
        raise OutputError(f"{error.filename or 'a file'}: cannot be used: {error.strerror or error}") from error
    _tell(done, plan, wish, off=bool(judges) and not on, seconds=time.monotonic() - began)
    return SOME_ERRORS if done.errors else ALL_GRADED


def _tell(done: Done, plan: Plan, wish: Wish, *, off: bool, seconds: float) -> None:
    """What a person sees at the end: remarks, the files, the table."""
    for remark in _remarks(done.tally, quiet=wish.quiet):
        _say(remark)
    if (silent := unanswered(done.tally)) is not None:
        _say(silent)
    for path in () if wish.quiet else done.replaced:
        _say(f"{path} stood there from before: replaced")
    for path in done.errors:
        if (hint := misread(path, done.tally)) is not None:
            _say(hint)
        _say(f"some rows could not be graded; {path} lists them")
    if done.lost is not None:
        _say(f"calls to the judge were never heard of again, and may have been charged: {done.lost}")
    if wish.quiet:
        return
    if off and done.tally.undecided:
        print(JUDGE_OFF)  # noqa: T201  # a command prints
    for what, paths in (
        ("written", [path for path, _ in plan.outputs]),
        ("rows that changed", done.flips),
        ("rows to look at", done.audits),
    ):
        for path in paths:
            print(f"{what}: {path}")  # noqa: T201
    print_summary(done.tally, seconds=seconds, continued=done.continued, bill=done.bill)


def _say(what: object) -> None:
    print(f"verifier: {what}", file=sys.stderr)  # noqa: T201  # a command prints


def _judges(wish: Wish, settings: Settings) -> tuple[tuple[str, ...], str]:
    """The judges to ask by name, and the model of the one that is a model."""
    named = wish.judge if wish.judge not in {None, "auto", "none"} else None
    if named is None and settings.judge == "none":
        return (), settings.judge_model
    if named is not None and not settings.judge_on and not wish.dry_run:
        raise SettingsError(
            f"--judge {named}: to ask a model, set ANTHROPIC_API_KEY, or VERIFIER_JUDGE_BASE_URL for your own server"
        )
    return ((*JUDGES, MODEL_JUDGE) if settings.judge_on else JUDGES), named or settings.judge_model


def _limit(wish: Wish, settings: Settings) -> int | None:
    """What the run may cost, in picodollars."""
    amount = wish.budget if wish.budget is not None else settings.judge_budget_usd
    if amount is None:
        return None
    try:
        return picodollars(amount)
    except ValueError as error:
        raise SettingsError(f"--budget-usd: {error}") from None


def _refuse_batches(wish: Wish, *, on: bool) -> None:
    """Raise where message batches cannot be asked for."""
    if not on:
        raise SettingsError(f"--judge-mode batch: {JUDGE_OFF}")
    for name in wish.inputs:
        if name == STANDARD_INPUT or not Path(name).is_file():
            raise SettingsError("--judge-mode batch: the inputs are read once a round; name files, not a pipe")


def _dry_run(plan: Plan, settings: Settings, limit: int | None) -> int:
    """Show what the judge would be asked."""
    plan = msgspec.structs.replace(plan, job=msgspec.structs.replace(plan.job, judges=(MODEL_JUDGE,)))
    store = open_existing(settings.store)
    try:
        found, rows = estimate(plan, (lambda _: {}) if store is None else store.get)
    finally:
        if store is not None:
            store.close()
    print_estimate(found, rows, plan.job.scope, limit=limit)
    return ALL_GRADED


def _remarks(tally: Tally, *, quiet: bool) -> Iterator[str]:
    """What a person should know of the rows: why the most of those in error are, and that some came in graded."""
    meanings = {code.name: code.summary for code in CODES}
    problems = commonest(tally.problems)
    shown = problems if len(problems) <= _SHOWN + 1 else problems[:_SHOWN]  # one more takes no more room than its count
    for problem, rows in shown:
        code, _, field = problem.partition(" ")
        where = f"field '{field}': " if field else ""
        yield f"{counted(rows, 'row')}: {where}{meanings.get(code, code)} ({code})"
    if more := tally.errors - sum(rows for _, rows in shown):
        kinds = max(1, len(problems) - len(shown))  # of very many kinds only the first are counted apart
        yield f"… and {more:,} more {'row' if more == 1 else 'rows'} of {counted(kinds, 'other kind')}"
    if tally.names and tally.errors == tally.rows:
        names = ", ".join(tally.names)
        yield f"no row could be graded; the first has {names}: {_names_meant(tally.names)}"
    if tally.graded_before and not quiet:
        yield f"{counted(tally.graded_before, 'row')} carried a verdict already; this run's stands in its place"


def _names_meant(names: Sequence[str]) -> str:
    """What the first row lacks, and the option that names it."""
    missing = [] if "ground_truth" in names else ["ground_truth"]
    if _ANSWERS.isdisjoint(names):
        missing.append("final_answer")
    meant = {ours: nearest(ours, names, least=NEAR) for ours in missing}
    turns = next((name for name in names if name.casefold() in _TURNS), None)
    if "final_answer" in meant and meant["final_answer"] is None and turns is not None:
        del meant["final_answer"]
        meant["conversations"] = turns
    options = " ".join(f"--field {ours}={theirs}" for ours, theirs in meant.items() if theirs)
    if options:
        return f"name yours, perhaps {options}"
    if not missing:
        return "their values are why"
    return f"it lacks {' and '.join(missing)}; name yours, e.g. --field {missing[0]}=NAME"


_ANSWERS: Final = frozenset({"final_answer", "response", "conversations"})
_TURNS: Final = frozenset({"messages", "conversation", "dialogue", "dialog", "turns", "trajectory", "chat"})


def _size(inputs: Sequence[str]) -> int | None:
    """Bytes to read, where they are known."""
    paths = [Path(name) for name in inputs]
    if STANDARD_INPUT in inputs or not all(path.is_file() for path in paths):
        return None
    return sum(path.stat().st_size for path in paths)
