"""What a worker does: a chunk of lines in, the lines of the output and of the other files out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from verifier.batch.chunks import FILES, Chunk, Graded, Job, Mark, Open, Tally, graded, joined
from verifier.batch.files import Line
from verifier.batch.rows import Row, read_row
from verifier.batch.writing import Writer
from verifier.grader import Verifier, default_rules
from verifier.judge.port import Desk
from verifier.records import CRASHED, TOO_LONG, WORKER_LOST, read_record
from verifier.rulebook import load_rules
from verifier.types.errors import RecordError
from verifier.types.rules import Rules
from verifier.types.verdict import Verdict


class Grader:
    """Grades chunks for one job; loads the rules once. Raises ``RulesError``, and ``SettingsError`` for the profile.

    ``processes`` bounds those that a judge may use at once; ``desk`` makes what a judge that is a model asks
    through: a worker has none, and can tell all the same what would be asked.
    """

    def __init__(
        self, job: Job, *, processes: int | None = None, desk: Callable[[Rules], Desk | None] | None = None
    ) -> None:
        self._job = job
        rules = load_rules(*map(Path, job.packs)) if job.packs else default_rules()
        self.verifier = Verifier(
            rules,
            judges=job.judges,
            processes=processes,
            profile=job.profile,
            model=job.model,
            server=job.server,
            desk=None if desk is None else desk(rules),
        )
        self.rules_version = self.verifier.rules.version
        self.judge_versions = self.verifier.judge_versions

    def grade(self, chunk: Chunk) -> Graded:
        """The chunk's lines graded. A bad line becomes an error line; no line stops the others."""
        work = Writer(self._job, chunk.input)
        work.tally.blank = chunk.blank
        for line in chunk.lines:
            self._line(line, work, lost=chunk.lost)
        return graded(chunk.index, chunk.mark, work.tally, work.files, tuple(work.open))

    async def ask(self, row: Open) -> Verdict:
        """What the judges make of a row."""
        return await self.verifier.ask(row.sample, row.verdict, self._job.scope)

    def close_rows(self, chunk: Graded, source: str, verdicts: Sequence[Verdict | Exception]) -> Graded:
        """The chunk with its open rows in their places, under these verdicts; a judge that failed is an error's row."""
        files = [_Parts(whole) for whole in chunk.files]
        tally = Tally()
        tally.add(chunk.tally)
        for one, verdict in zip(chunk.open, verdicts, strict=True):
            work = Writer(self._job, source)
            row = read_row(one.line.data or b"")
            if self._keeps(row):
                work.kept(one.line, row, None if isinstance(verdict, Exception) else verdict)
            elif isinstance(verdict, Exception):
                work.failed(one.line, row, _crashed(verdict))
            else:
                work.graded(one.line, row, verdict, engine=one.verdict)
            for file, place, lines in zip(files, one.places, work.files.values(), strict=True):
                file.put(place, lines)
            tally.add(work.tally)
        whole = dict(zip(FILES, (file.joined() for file in files), strict=True))
        return graded(chunk.index, chunk.mark, tally, whole)

    def close(self) -> None:
        """End what the judges have started."""
        self.verifier.close()

    def _line(self, line: Line, work: Writer, *, lost: bool) -> None:
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
        keeps = self._keeps(row)
        if keeps and (lost or self._job.scope != "all"):
            work.kept(line, row)
            return
        if lost:
            work.failed(line, row, RecordError(WORKER_LOST.name, None, WORKER_LOST.summary))
            return
        try:
            sample = read_record(row.fields(), self._job.fields, answer_needed=True, mappable=True)
            verdict = self.verifier.grade(sample)
            if self.verifier.asks(sample, verdict, self._job.scope):
                work.open.append(Open(line, sample, verdict, work.places))
            elif keeps:
                work.kept(line, row)
            else:
                work.graded(line, row, verdict)
        except RecordError as error:
            self._ungraded(line, row, work, error)
        except Exception as error:  # noqa: BLE001  # the record's border: a defect here must not cost the other rows
            self._ungraded(line, row, work, _crashed(error))

    def _ungraded(self, line: Line, row: Row, work: Writer, error: RecordError) -> None:
        """A row that cannot be graded is an error, unless it is to stay as it is anyway."""
        if self._keeps(row):
            work.kept(line, row)
        else:
            work.failed(line, row, error)

    def _keeps(self, row: Row) -> bool:
        return self._job.regrade and row.fields().get("success") is True


def _crashed(error: Exception) -> RecordError:
    return RecordError(CRASHED.name, None, f"{CRASHED.summary} ({type(error).__name__}: {error})")


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


__all__ = ["Chunk", "Graded", "Grader", "Job", "Mark", "Tally", "joined"]
