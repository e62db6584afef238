"""The lines that rows become: of the output, the errors file, the trace, the flips and the audit list."""

from __future__ import annotations

import re
from collections.abc import Mapping

from verifier.batch.changes import audit, flip, judged
from verifier.batch.chunks import FILES, MOST_KINDS, Job, Open, Tally
from verifier.batch.files import Line
from verifier.batch.rows import Row, raw_text, write_json
from verifier.records import VERIFICATION_KEYS, trace, verification
from verifier.types.errors import RecordError
from verifier.types.verdict import Outcome, Verdict

_NAMES, _LONGEST = 20, 60
_INDEX = re.compile(r"\[\d+\]")


class Writer:
    """The lines that a chunk adds to each file."""

    def __init__(self, job: Job, source: str) -> None:
        self._job = job
        self._source = source
        self.output: list[str] = []
        self.errors: list[str] = []
        self.trace: list[str] = []
        self.flips: list[str] = []
        self.audit: list[str] = []
        self.open: list[Open] = []
        self.tally = Tally()

    @property
    def places(self) -> tuple[int, ...]:
        """Where the next line of each file would stand, in bytes."""
        return tuple(sum(len(text.encode()) for text in getattr(self, name)) for name in FILES)

    @property
    def files(self) -> dict[str, bytes]:
        """The lines of each file, by its name."""
        return {name: "".join(getattr(self, name)).encode() for name in FILES}

    def graded(self, line: Line, row: Row, verdict: Verdict, *, engine: Verdict | None = None) -> None:
        """A row under its verdict; ``engine`` is the engine's, where a judge was asked after it."""
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
        self._flip(line, row, verdict, engine)
        self._audit(line, row, verdict, success=verdict.success)
        self._trace(line, row, trace(verdict))

    def failed(self, line: Line, row: Row | None, error: RecordError) -> None:
        """A line that cannot be graded; ``row`` where it is a JSON object all the same."""
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

    def kept(self, line: Line, row: Row, verdict: Verdict | None = None) -> None:
        """A row that was correct already: nothing changes but that its verification has the keys of every row.

        ``verdict`` is what came of asking about it, where that was wanted.
        """
        self.tally.kept += 1
        found = row.inner("verification")
        if found is not None and tuple(found.fields()) == VERIFICATION_KEYS:
            self.output.append(row.text + "\n")
        else:
            values = {key: (found.json_of(key) if found else None) or "null" for key in VERIFICATION_KEYS}
            filled = ", ".join(f'"{key}": {value}' for key, value in values.items())
            self.output.append(row.with_fields({"verification": f"{{{filled}}}"}) + "\n")
        if verdict is not None:
            self._audit(line, row, verdict, success=True)
        self._trace(line, row, None if verdict is None else trace(verdict))

    def _set(self, row: Row, *, success: bool | None, found: Mapping[str, object]) -> None:
        fields = {"success": write_json(success), "verification": write_json(found)}
        self.output.append(row.with_fields(fields) + "\n")

    def _previous(self, row: Row) -> bool | None:
        if not self._job.regrade:
            return None
        before = row.fields().get("success")
        return before if isinstance(before, bool) else None

    def _flip(self, line: Line, row: Row, verdict: Verdict, engine: Verdict | None) -> None:
        """Tell of a row that an earlier run called otherwise, or left open, or that the engine called otherwise."""
        before: dict[str, object] = {}
        fields = row.fields()
        came = self._job.regrade and "success" in fields
        previous = fields["success"] if came else None
        if came and isinstance(previous, bool | None):
            found = fields.get("verification")
            told = found if isinstance(found, Mapping) else {}
            before = {
                "success": previous,
                "outcome": told.get("outcome"),
                "code": told.get("code"),
                "judge": told.get("judge_model"),
            }
        elif engine is not None and engine.success is not None:
            before = {"success": engine.success, "outcome": engine.outcome.value, "code": engine.code}
        changed = flip(verdict, before=before)
        if changed is not None:
            self.tally.flips += 1
            self.flips.append(self._placed(line, row, changed))

    def _audit(self, line: Line, row: Row, verdict: Verdict, *, success: bool | None) -> None:
        step = judged(verdict)
        if step is None:
            return
        self.tally.asked += 1
        _count(self.tally.judged, step.code)
        doubt = audit(verdict, success=success)
        if doubt is not None:
            self.tally.audited += 1
            self.audit.append(self._placed(line, row, doubt))

    def _trace(self, line: Line, row: Row | None, steps: list[dict[str, object]] | None) -> None:
        if self._job.trace:
            self.trace.append(self._placed(line, row, {"trace": steps}))

    def _placed(self, line: Line, row: Row | None, told: Mapping[str, object]) -> str:
        """A line that says where a row stands, which it is, and what is told of it."""
        sample_id = row.json_of(self._job.fields.sample_id) if row else None
        where = f'{{"line": {line.number}, "input": {write_json(self._source)}, "sample_id": {sample_id or "null"}'
        return f"{where}, {write_json(told)[1:]}\n"


def _count(counts: dict[str, int], key: str) -> None:
    if key in counts or len(counts) < MOST_KINDS:
        counts[key] = counts.get(key, 0) + 1
