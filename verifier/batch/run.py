"""A grading run: inputs in, graded rows out in the same order, stopped and continued at any moment without a trace.

Reading, grading and writing stream: memory holds a window of chunks, never a file. What comes out depends on the
inputs, the rules and the options alone, not on the number of workers or on how often the run was stopped.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import msgspec

from verifier import __version__
from verifier.batch.engines.local import LocalEngine
from verifier.batch.files import STANDARD_INPUT, Line, Source
from verifier.batch.grading import Chunk, Grader, Job, Mark, Tally
from verifier.batch.journal import JOURNAL, PARTIAL, DiskFull, Files, Header
from verifier.batch.judging import Judging
from verifier.batch.rows import read_row
from verifier.cpus import available_cpus
from verifier.records import Fields, did_you_mean
from verifier.types.errors import InputError, OutputError, RecordError, SettingsError, VerifierError

CHUNK_LINES = 64
CHUNK_BYTES = 1 << 20
LONGEST_LINE = 256 << 20
GRADED = ".graded.jsonl"
ERRORS = ".errors.jsonl"
_WINDOW_LINES = 1_000
_WINDOW_BYTES = 16 << 20
_NAMES = 20
_AGAIN = "the same command continues where it stopped, with --restart it begins anew"


class Stopped(VerifierError):  # noqa: N818  # no defect: the same command continues
    """The run was stopped before its end and can be continued."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to run: each output with the inputs that are written into it, one after the other."""

    outputs: tuple[tuple[Path, tuple[str, ...]], ...]
    job: Job
    trace: Path | None = None
    workers: int = 0  # 0: as many as there are processors
    longest_line: int = LONGEST_LINE
    restart: bool = False


class Done(msgspec.Struct, frozen=True):
    """How a run ended: the counts, how many of the rows an earlier, stopped run had graded, and the errors files."""

    tally: Tally
    continued: int
    errors: tuple[Path, ...]


def plan_outputs(inputs: Sequence[str], output: str | None) -> tuple[tuple[Path, tuple[str, ...]], ...]:
    """Where each input's rows go: all into ``output``, or each into a file beside it, ``INPUT.graded.jsonl``."""
    if output is not None:
        if Path(output).is_dir():
            raise OutputError(f"{output}: is a folder; -o names the file to write")
        if output == STANDARD_INPUT or (Path(output).exists() and not Path(output).is_file()):
            raise OutputError(
                f"{output}: is no file, and rows cannot be written to a pipe, for a stopped run continues in what it"
                " wrote: -o names the file to write"
            )
        if Path(output).suffix in {".gz", ".zst", ".parquet"}:
            raise OutputError(f"{output}: graded rows are written as plain JSONL; give a name such as graded.jsonl")
        return ((Path(output), tuple(inputs)),)
    if any(name == STANDARD_INPUT or not Path(name).is_file() for name in inputs):
        for name in inputs:
            Source(name, longest_line=LONGEST_LINE)  # says what is wrong with a name
        raise OutputError("what comes from a pipe has no name to write beside; say where with -o")
    return tuple((Path(f"{name}{GRADED}"), (name,)) for name in inputs)


def run(plan: Plan, *, progress: Callable[[int, int], None] | None = None) -> Done:
    """Grade all that the plan names.

    ``progress`` is called with the bytes of input done and the rows so far. Raises ``Stopped`` where an interrupt or a
    full disk ended it early, and ``VerifierError`` for what cannot be run at all.
    """
    sources = [[Source(name, longest_line=plan.longest_line) for name in inputs] for _, inputs in plan.outputs]
    _refuse_clashes(plan)
    _refuse_unseen(plan.job.fields, [source for inputs in sources for source in inputs])
    finished: list[Files] = []
    total, continued, before = Tally(), 0, 0
    errors: list[Path] = []
    workers = plan.workers or available_cpus()
    grader = Grader(plan.job, processes=workers)
    rules = grader.rules_version
    try:
        with (
            _interruptible(),
            Judging(grader) as judging,
            LocalEngine(plan.job, workers=workers, rules=rules) as engine,
        ):
            for (output, _), inputs in zip(plan.outputs, sources, strict=True):
                header = Header(
                    inputs=tuple(source.identity for source in inputs),
                    engine=__version__,
                    rules=rules,
                    job=plan.job,
                    longest_line=plan.longest_line,
                    trace=None if plan.trace is None else str(plan.trace),
                    judges=grader.judge_versions,
                )
                target = _resolved(output)
                errors_path = Path(f"{target}{ERRORS}")
                trace = None if plan.trace is None else _resolved(plan.trace)
                files = Files(target, errors_path, trace, header, restart=plan.restart)
                finished.append(files)
                continued += files.entry.tally.rows
                chunks = () if files.entry.finished else engine.graded(_chunks(inputs, files.entry.mark))
                for graded in judging.closed((inputs[chunk.mark.input].name, chunk) for chunk in chunks):
                    files.write(graded)
                    if progress is not None:
                        progress(before + _position(inputs, graded.mark), total.rows + files.entry.tally.rows)
                files.finish()
                before += sum(source.size or 0 for source in inputs)
                total.add(files.entry.tally)
                if files.entry.tally.errors:
                    errors.append(Path(f"{output}{ERRORS}"))
        for files in finished:
            files.forget()
    except KeyboardInterrupt:
        raise Stopped(f"interrupted; {_AGAIN}") from None
    except DiskFull as error:
        raise Stopped(f"{error}; make room, then {_AGAIN}") from error
    finally:
        for files in finished:
            files.close()
    return Done(total, continued, tuple(errors))


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


def _refuse_clashes(plan: Plan) -> None:
    """Raise where two files of the run would be one."""
    taken: dict[Path, str] = {}
    for _, inputs in plan.outputs:
        for name in inputs:
            if name != STANDARD_INPUT:
                taken[Path(name).resolve()] = f"the input {name}"
    wanted: list[tuple[Path, str]] = []
    for output, _ in plan.outputs:
        wanted += [
            (Path(f"{output}{end}"), f"{output}{end}") for end in ("", PARTIAL, JOURNAL, ERRORS, ERRORS + PARTIAL)
        ]
    if plan.trace is not None:
        if len(plan.outputs) > 1:
            raise SettingsError("--trace writes one file: give -o too, so that the inputs are graded into one")
        wanted += [(plan.trace, str(plan.trace)), (Path(f"{plan.trace}{PARTIAL}"), f"{plan.trace}{PARTIAL}")]
    for path, name in wanted:
        place = path.resolve()
        if place in taken:
            raise OutputError(f"{name}: would be written over {taken[place]}; give another name")
        taken[place] = f"the output {name}"


def _refuse_unseen(fields: Fields, sources: Iterable[Source]) -> None:
    """Raise where no row of the first ones has a field that was named: graded so, every answer would be missing."""
    wanted = {theirs: ours for ours, theirs in msgspec.structs.asdict(fields).items() if theirs != ours}
    seen: dict[str, None] = {}
    for source in sources if wanted else ():
        size = 0
        for count, line in enumerate(source.peek(), 1):
            with suppress(RecordError):  # a line that is no row says nothing of fields
                seen.update(dict.fromkeys(read_row(line.data or b"").fields()))
            if wanted.keys() <= seen.keys():
                return
            size += line.length
            if count >= _WINDOW_LINES or size >= _WINDOW_BYTES:
                break
    for theirs, ours in wanted.items():
        if seen and theirs not in seen:
            raise SettingsError(
                f"--field {ours}={theirs}: no row has a field '{theirs}'{did_you_mean(theirs, seen)};"
                f" the rows have {', '.join(list(seen)[:_NAMES])}"
            )


def _resolved(path: Path) -> Path:
    """The real file behind a name, in a folder that is there."""
    place = path.resolve()
    if not place.parent.is_dir():
        raise OutputError(f"{path}: there is no folder {path.parent}")
    if place.is_dir():
        raise OutputError(f"{path}: is a folder; name a file in it")
    return place


def _chunks(sources: Sequence[Source], mark: Mark | None) -> Iterator[Chunk]:
    """The inputs in chunks, from the mark on. What was graded before is read again, to see that it is the same."""
    index = 0
    for place, source in enumerate(sources):
        lines = source.lines()
        if mark is not None and place < mark.input:
            continue
        if mark is not None and place == mark.input:
            _skip(lines, mark, source.name)
        for held in _held(lines):
            filled = tuple(line for line in held if line.data is None or line.data.strip())
            end = Mark(place, held[-1].number, held[-1].checksum)
            yield Chunk(index, source.name, filled, len(held) - len(filled), end)
            index += 1


def _held(lines: Iterable[Line]) -> Iterator[list[Line]]:
    held: list[Line] = []
    size = 0
    for line in lines:
        held.append(line)
        size += line.length
        if len(held) >= CHUNK_LINES or size >= CHUNK_BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held


def _skip(lines: Iterator[Line], mark: Mark, name: str) -> None:
    line = None
    for line in lines:
        if line.number == mark.line:
            break
    if line is None or (line.number, line.checksum) != (mark.line, mark.checksum):
        problem = f"is no longer what it was when the run began (up to line {mark.line}); --restart begins anew"
        raise InputError(f"{name}: {problem}")


def _position(sources: Sequence[Source], mark: Mark) -> int:
    """Bytes of input read when a mark was reached: all of the inputs before it, and of its own as far as it is open."""
    return sum(source.size or 0 for source in sources[: mark.input]) + sources[mark.input].position()
