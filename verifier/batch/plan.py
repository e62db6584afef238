"""What a run is to do, and what is refused before it begins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from verifier.batch.chunks import Job
from verifier.batch.files import STANDARD_INPUT, Source
from verifier.batch.journal import JOURNAL, PARTIAL
from verifier.batch.rows import read_row
from verifier.records import Fields, did_you_mean
from verifier.types.errors import OutputError, RecordError, SettingsError

LONGEST_LINE = 256 << 20
GRADED = ".graded.jsonl"
ENDS = {"errors": ".errors.jsonl", "flips": ".flips.jsonl", "audit": ".audit.jsonl"}
"""What the names of the files beside an output end in."""

LOST_CALLS = ".lost-calls.jsonl"
BATCHES = ".batches"
_WINDOW_LINES = 1_000
_WINDOW_BYTES = 16 << 20
_NAMES = 20
Mode = Literal["live", "batch"]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to run: each output with the inputs that are written into it, one after the other."""

    outputs: tuple[tuple[Path, tuple[str, ...]], ...]
    job: Job
    trace: Path | None = None
    workers: int = 0  # 0: as many as there are processors
    longest_line: int = LONGEST_LINE
    restart: bool = False
    mode: Mode = "live"


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


def refuse_clashes(plan: Plan) -> None:
    """Raise where two files of the run would be one."""
    taken: dict[Path, str] = {}
    for _, inputs in plan.outputs:
        for name in inputs:
            if name != STANDARD_INPUT:
                taken[Path(name).resolve()] = f"the input {name}"
    wanted: list[tuple[Path, str]] = []
    for output, _ in plan.outputs:
        ends = ["", PARTIAL, JOURNAL, LOST_CALLS, BATCHES]
        ends += [end + more for end in ENDS.values() for more in ("", PARTIAL)]
        wanted += [(Path(f"{output}{end}"), f"{output}{end}") for end in ends]
    if plan.trace is not None:
        if len(plan.outputs) > 1:
            raise SettingsError("--trace writes one file: give -o too, so that the inputs are graded into one")
        wanted += [(plan.trace, str(plan.trace)), (Path(f"{plan.trace}{PARTIAL}"), f"{plan.trace}{PARTIAL}")]
    for path, name in wanted:
        place = path.resolve()
        if place in taken:
            raise OutputError(f"{name}: would be written over {taken[place]}; give another name")
        taken[place] = f"the output {name}"


def refuse_unseen(fields: Fields, sources: Iterable[Source]) -> None:
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


def beside(output: Path, trace: Path | None) -> dict[str, Path]:
    """The places of the other files of a run, by their names; ``output`` is a real file."""
    places = {name: Path(f"{output}{end}") for name, end in ENDS.items()}
    if trace is not None:
        places["trace"] = resolved(trace)
    return places


def resolved(path: Path) -> Path:
    """The real file behind a name, in a folder that is there."""
    place = path.resolve()
    if not place.parent.is_dir():
        raise OutputError(f"{path}: there is no folder {path.parent}")
    if place.is_dir():
        raise OutputError(f"{path}: is a folder; name a file in it")
    return place
