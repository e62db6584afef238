"""What a worker does: a chunk of lines in, the lines of the output, of the errors file and of the trace out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from verifier.batch.files import Line
from verifier.batch.rows import Row, raw_text, read_row, write_json
from verifier.grader import Verifier
from verifier.records import (
    CRASHED,
    TOO_LONG,
    VERIFICATION_KEYS,
    WORKER_LOST,
    Fields,
    read_record,
    trace,
    verification,
)
from verifier.rulebook import load_rules
from verifier.types.errors import RecordError
from verifier.types.verdict import Outcome, Verdict

_KINDS = 1_000  # counted apart; a file may have more names than memory should hold
_NAMES, _LONGEST = 20, 60
_INDEX = re.compile(r"\[\d+\]")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """How every row of a run is graded; all that a worker is told."""

    fields: Fields = Fields()
    packs: tuple[str, ...] = ()
    profile: str | None = None
    regrade: bool = False
    trace: bool = False
    judges: tuple[str, ...] = ()


class Mark(msgspec.Struct, frozen=True):
    """A place in the inputs: the input's number, its last line read, and the checksum of that input so far."""

    input: int
    line: int
    checksum: int


class Chunk(msgspec.Struct, frozen=True):
    """Lines to grade, in order, and the place after them. ``lost`` lines are not graded: they killed a worker."""

    index: int
    input: str
    lines: tuple[Line, ...]
    blank: int
    mark: Mark
    lost: bool = False


class Tally(msgspec.Struct):
    """Counts. ``rows = correct + incorrect + undecided + kept + errors``; blank lines are no rows.

    ``graded_before`` rows came in with a verdict, which was replaced. ``undecided_by`` counts by code, ``problems`` the
    errors by code and field (``record.wrong_type ground_truth``); ``names`` are the fields of the first such row.
    """

    rows: int = 0
    correct: int = 0
    incorrect: int = 0
    undecided: int = 0
    kept: int = 0
    errors: int = 0
    blank: int = 0
    graded_before: int = 0
    methods: dict[str, int] = {}
    undecided_by: dict[str, int] = {}
    problems: dict[str, int] = {}
    names: tuple[str, ...] = ()

    def add(self, other: Tally) -> None:
        """Count what another tally counted."""
        for name in ("rows", "correct", "incorrect", "undecided", "kept", "errors", "blank", "graded_before"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("methods", "undecided_by", "problems"):
            counts = getattr(self, name)
            for key, rows in getattr(other, name).items():
                if key in counts or len(counts) < _KINDS:
                    counts[key] = counts.get(key, 0) + rows
        self.names = self.names or other.names


class Open(msgspec.Struct, frozen=True):
    """A row that a judge is to be asked about, and the places in the three files where its lines belong."""

    line: Line
    verdict: Verdict
    places: tuple[int, int, int]


class Graded(msgspec.Struct, frozen=True):
    """What became of a chunk: lines for the three files, each ending with a newline, and the counts.

    Rows in ``open`` are not in it yet; of the counts, they are in ``rows`` alone.
    """

    index: int
    mark: Mark
    output: bytes
    errors: bytes
    trace: bytes
    tally: Tally
    open: tuple[Open, ...] = ()


class Grader:
    """Grades chunks for one job; loads the rules once. Raises ``RulesError``, and ``SettingsError`` for the profile.

    ``processes`` bounds those that a judge may use at once.
    """

    def __init__(self, job: Job, *, processes: int | None = None) -> None:
        self._job = job
        rules = load_rules(*map(Path, job.packs)) if job.packs else None
        self._verifier = Verifier(rules, judges=job.judges, processes=processes, profile=job.profile)
        self.rules_version = self._verifier.rules.version
        self.judge_versions = self._verifier.judge_versions

    def grade(self, chunk: Chunk) -> Graded:
        """The chunk's lines graded. A bad line becomes an error line; no line stops the others."""
        work = _Writer(self._job, chunk.input)
        work.tally.blank = chunk.blank
        for line in chunk.lines:
            self._line(line, work, lost=chunk.lost)
        return Graded(
            chunk.index,
            chunk.mark,
            "".join(work.output).encode(),
            "".join(work.errors).encode(),
            "".join(work.trace).encode(),
            work.tally,
            tuple(work.open),
        )

    async def ask(self, row: Open) -> Verdict:
        """What the judges make of a row."""
        fields = read_row(row.line.data or b"").fields()
        return await self._verifier.ask(read_record(fields, self._job.fields, answer_needed=True), row.verdict)

    def close_rows(self, graded: Graded, source: str, verdicts: Sequence[Verdict | Exception]) -> Graded:
        """The chunk with its open rows in their places, under these verdicts; a judge that failed is an error's row."""
        files = [_Parts(whole) for whole in (graded.output, graded.errors, graded.trace)]
        tally = Tally()
        tally.add(graded.tally)
        for row, verdict in zip(graded.open, verdicts, strict=True):
            work = _Writer(self._job, source)
            if isinstance(verdict, Exception):
                work.failed(row.line, read_row(row.line.data or b""), _crashed(verdict))
            else:
                work.graded(row.line, read_row(row.line.data or b""), verdict)
            for file, place, lines in zip(files, row.places, (work.output, work.errors, work.trace), strict=True):
                file.put(place, "".join(lines).encode())
            tally.add(work.tally)
        output, errors, trace = (file.joined() for file in files)
        return Graded(graded.index, graded.mark, output, errors, trace, tally)

    def close(self) -> None:
        """End what the judges have started."""
        self._verifier.close()

    def _line(self, line: Line, work: _Writer, *, lost: bool) -> None:
        work.tally.rows += 1
        if line.data is None:
            problem = f"{line.length} bytes from byte {line.offset}, more than the limit; --max-line-bytes sets it"
            work.failed(line, None, RecordError(TOO_LONG.name, None, problem))
            return
        try:
            row = read_row(line.data)
        except RecordError as error:
            work.failed(line, None, error)
            return
        record = row.fields()
        if self._job.regrade and record.get("success") is True:
            work.kept(line, row)
            return
        if lost:
            work.failed(line, row, RecordError(WORKER_LOST.name, None, WORKER_LOST.summary))
            return
        try:
            sample = read_record(record, self._job.fields, answer_needed=True, mappable=True)
            verdict = self._verifier.grade(sample)
            if self._verifier.asks(sample, verdict):
                places = (_size(work.output), _size(work.errors), _size(work.trace))
                work.open.append(Open(line, verdict, places))
            else:
                work.graded(line, row, verdict)
        except RecordError as error:
            work.failed(line, row, error)
        except Exception as error:  # noqa: BLE001  # the record's border: a defect here must not cost the other rows
            work.failed(line, row, _crashed(error))


def _crashed(error: Exception) -> RecordError:
    return RecordError(CRASHED.name, None, f"{CRASHED.summary} ({type(error).__name__}: {error})")


def _size(texts: list[str]) -> int:
    return sum(len(text.encode()) for text in texts)


def joined(chunk: Chunk, parts: Sequence[Graded]) -> Graded:
    """A chunk graded in parts, as one."""
    tally = Tally(blank=chunk.blank)
    rows: list[Open] = []
    files = [b"", b"", b""]
    for part in parts:
        tally.add(part.tally)
        for row in part.open:
            output, errors, trace = (place + len(file) for place, file in zip(row.places, files, strict=True))
            rows.append(Open(row.line, row.verdict, (output, errors, trace)))
        files = [file + more for file, more in zip(files, (part.output, part.errors, part.trace), strict=True)]
    output_lines, error_lines, trace_lines = files
    return Graded(chunk.index, chunk.mark, output_lines, error_lines, trace_lines, tally, tuple(rows))


class _Parts:
    """Bytes with others put between them, at places counted without those."""

    def __init__(self, whole: bytes) -> None:
        self._whole = whole
        self._pieces: list[bytes] = []
        self._at = 0

    def put(self, at: int, piece: bytes) -> None:
        self._pieces += [self._whole[self._at : at], piece]
        self._at = at

    def joined(self) -> bytes:
        return b"".join([*self._pieces, self._whole[self._at :]])


def _count(counts: dict[str, int], key: str) -> None:
    if key in counts or len(counts) < _KINDS:
        counts[key] = counts.get(key, 0) + 1


class _Writer:
    """The lines that a chunk adds to each file."""

    def __init__(self, job: Job, source: str) -> None:
        self._job = job
        self._source = source
        self.output: list[str] = []
        self.errors: list[str] = []
        self.trace: list[str] = []
        self.open: list[Open] = []
        self.tally = Tally()

    def graded(self, line: Line, row: Row, verdict: Verdict) -> None:
        counter = {Outcome.CORRECT: "correct", Outcome.INCORRECT: "incorrect", Outcome.UNDECIDED: "undecided"}
        name = counter[verdict.outcome]
        setattr(self.tally, name, getattr(self.tally, name) + 1)
        _count(self.tally.methods, verdict.method)
        if verdict.outcome is Outcome.UNDECIDED:
            _count(self.tally.undecided_by, verdict.code)
        before = row.fields().get("verification")
        self.tally.graded_before += isinstance(before, Mapping) and before.get("outcome") is not None
        found = verification(verdict, previous_success=self._previous(row))
        self._set(row, success=verdict.success, found=found)
        self._trace(line, row, trace(verdict))

    def failed(self, line: Line, row: Row | None, error: RecordError) -> None:
        self.tally.errors += 1
        _count(self.tally.problems, f"{error.code} {_INDEX.sub('[]', error.field or '')}".rstrip())
        if row is not None and not self.tally.names:
            self.tally.names = tuple(name[:_LONGEST] for name in list(row.fields())[:_NAMES] if name.isprintable())
        entry = {
            "line": line.number,
            "input": self._source,
            "field": error.field,
            "code": error.code,
            "reason": error.problem,
            "raw": raw_text(line.data) if row is None and line.data is not None else None,
        }
        self.errors.append(write_json(entry) + "\n")
        if row is not None:
            self._set(
                row, success=None, found=verification(None, code=error.code, previous_success=self._previous(row))
            )
        self._trace(line, row, None)

    def kept(self, line: Line, row: Row) -> None:
        """A row that was correct already: nothing changes but that its verification has the keys of every row."""
        self.tally.kept += 1
        found = row.inner("verification")
        if found is not None and tuple(found.fields()) == VERIFICATION_KEYS:
            self.output.append(row.text + "\n")
        else:
            values = {key: (found.json_of(key) if found else None) or "null" for key in VERIFICATION_KEYS}
            filled = ", ".join(f'"{key}": {value}' for key, value in values.items())
            self.output.append(row.with_fields({"verification": f"{{{filled}}}"}) + "\n")
        self._trace(line, row, None)

    def _set(self, row: Row, *, success: bool | None, found: Mapping[str, object]) -> None:
        fields = {"success": write_json(success), "verification": write_json(found)}
        self.output.append(row.with_fields(fields) + "\n")

    def _previous(self, row: Row) -> bool | None:
        if not self._job.regrade:
            return None
        before = row.fields().get("success")
        return before if isinstance(before, bool) else None

    def _trace(self, line: Line, row: Row | None, steps: list[dict[str, object]] | None) -> None:
        if self._job.trace:
            sample_id = row.json_of(self._job.fields.sample_id) if row else None
            where = f'{{"line": {line.number}, "input": {write_json(self._source)}, "sample_id": {sample_id or "null"}'
            self.trace.append(f'{where}, "trace": {write_json(steps)}}}\n')
