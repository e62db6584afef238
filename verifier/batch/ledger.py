"""The ledger of a merge: one short entry a row, in DuckDB, which sorts on disk what memory cannot hold.

Lines themselves stay in a spool file; an entry says where. Every order here is total, so that threads, memory and the
order of the inputs change nothing: rows that tie to the end are the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]

from verifier.batch.staging import FULL, NoRoomError
from verifier.types.errors import OutputError

PREFERENCES: Final = ("tokens", "cost", "energy")
"""What can rank the correct rows of one sample; of each, less is better and unknown is last."""

DEDUPED, ALL, DUPLICATES, REJECTED = "deduped", "all", "duplicates", "rejected"
DATASETS: Final = (DEDUPED, ALL, DUPLICATES, REJECTED)

REASONS: Final = ("incorrect", "undecided", "not_graded", "error")
"""Why a row is not correct."""

IDENTICAL, SAME_SAMPLE = "identical", "same_sample_id"

_BATCH = 5_000
_FETCH = 10_000
_MEMORY = "1GB"

_ENTRY = pa.schema(
    [
        ("row", pa.int64()),  # in the order read: names the row here, and orders nothing
        ("sample", pa.binary()),  # what it is a row of: its sample_id, or itself
        ("has_id", pa.bool_()),
        ("trajectory", pa.binary()),  # digest of all but the grading
        ("digest", pa.binary()),  # digest of all
        ("correct", pa.bool_()),
        ("matched", pa.bool_()),  # by --keep-all
        ("unfit", pa.bool_()),  # graded correct, but not to be written in the columns
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("tokens", pa.float64()),
        ("cost", pa.float64()),
        ("energy", pa.float64()),
        ("teacher_model", pa.string()),
        ("category", pa.string()),
        ("signature", pa.int64()),  # which traits it shows
        ("start", pa.int64()),  # where its line starts in the spool, and the lengths of the line's parts
        ("size", pa.int64()),
        ("verification_size", pa.int64()),
        ("other_size", pa.int64()),
    ]
)

# A trajectory that is in stands once: its other gradings and copies are duplicates of it.
_SETTLE = """
CREATE TABLE kept AS SELECT row, sample, trajectory, digest FROM (
  SELECT *, row_number() OVER (PARTITION BY sample ORDER BY {preference}, digest, row) AS rank
  FROM entries WHERE correct
) WHERE rank = 1;
CREATE TABLE added AS SELECT row, sample, trajectory, digest FROM (
  SELECT *, row_number() OVER (PARTITION BY trajectory ORDER BY correct DESC, digest, row) AS rank
  FROM entries WHERE matched AND trajectory NOT IN (SELECT trajectory FROM kept)
) WHERE rank = 1;
CREATE TABLE members AS
  SELECT *, row_number() OVER (ORDER BY sample, digest, row) AS place, CASE
    WHEN row IN (SELECT row FROM kept) THEN 'kept'
    WHEN row IN (SELECT row FROM added) THEN 'added'
    WHEN correct OR matched THEN 'duplicates'
    ELSE 'rejected' END AS standing
  FROM entries;
CREATE TABLE heads (dataset VARCHAR, row BIGINT, rank BIGINT);
"""

_KEPT_ROWS = """
CREATE TABLE kept_rows AS
  SELECT m.row, m.sample, m.trajectory, m.digest, m.standing = 'kept' AS deduped,
    row_number() OVER (ORDER BY h.rank NULLS LAST, m.place) AS line
  FROM members m LEFT JOIN heads h ON h.row = m.row AND h.dataset = 'all' WHERE m.standing IN ('kept', 'added');
CREATE TABLE copies AS
  SELECT m.row, coalesce(same.digest, rival.digest) AS kept_digest, coalesce(same.line, rival.line) AS kept_line,
    same.row IS NOT NULL AS identical
  FROM members m LEFT JOIN kept_rows same ON same.trajectory = m.trajectory
    LEFT JOIN kept_rows rival ON rival.sample = m.sample AND rival.deduped
  WHERE m.standing = 'duplicates';
"""

_WHERE = {
    DEDUPED: "standing = 'kept'",
    ALL: "standing IN ('kept', 'added')",
    DUPLICATES: "standing = 'duplicates'",
    REJECTED: "standing = 'rejected'",
}


class Entry(NamedTuple):
    """One row as the ledger keeps it; see the columns' comments."""

    row: int
    sample: bytes
    has_id: bool
    trajectory: bytes
    digest: bytes
    correct: bool
    matched: bool
    unfit: bool
    reason: str | None
    detail: str | None
    tokens: float | None
    cost: float | None
    energy: float | None
    teacher_model: str | None
    category: str | None
    signature: int
    start: int
    size: int
    verification_size: int
    other_size: int


class Leader(NamedTuple):
    """Of the rows of a file that show the same traits, the one with the shortest line."""

    row: int
    size: int
    place: int
    signature: int
    identical: bool


class Line(NamedTuple):
    """A line to write: where its parts stand in the spool, and what is known of it; ``kept_…`` of duplicates only."""

    row: int
    start: int
    size: int
    verification_size: int
    other_size: int
    digest: bytes
    reason: str | None
    detail: str | None
    kept_digest: bytes | None
    kept_line: int | None
    identical: bool


class Ledger:
    """Entries in, standings out. ``folder`` is where it may put what memory does not hold."""

    def __init__(self, folder: Path) -> None:
        columns = ", ".join(f"{field.name} {_TYPES[field.type]}" for field in _ENTRY)
        with _reported():
            self._connection = duckdb.connect(str(folder / "ledger.duckdb"))
        try:
            self._run(f"SET memory_limit = '{_MEMORY}'")
            self._run("SET temp_directory = ?", [str(folder / "spill")])
            self._run(f"CREATE TABLE entries ({columns})")
        except OutputError:
            self.close()  # while it is open, DuckDB gives this database to whoever asks for a new one of the same path
            raise
        self._waiting: list[Entry] = []

    def add(self, entry: Entry) -> None:
        """Take one row."""
        self._waiting.append(entry)
        if len(self._waiting) >= _BATCH:
            self._flush()

    def settle(self, prefer: tuple[str, ...]) -> None:
        """Decide where each row stands; ``prefer`` ranks the correct rows of one sample, first things first."""
        self._flush()
        self._run(_SETTLE.format(preference=", ".join(f"{name} ASC NULLS LAST" for name in prefer)))

    def leaders(self, dataset: str) -> Iterator[Leader]:
        """The shortest row of each shape in a data set."""
        identical = "coalesce(c.identical, false)" if dataset == DUPLICATES else "false"
        copies = "LEFT JOIN copies c USING (row)" if dataset == DUPLICATES else ""
        query = f"""
            SELECT row, size, place, signature, identical FROM (
              SELECT m.row, m.size, m.place, m.signature, {identical} AS identical FROM members m {copies}
              WHERE {_WHERE[dataset]})
            QUALIFY row_number() OVER (PARTITION BY signature, identical ORDER BY size, place) = 1 ORDER BY place
        """  # noqa: S608  # all parts are ours
        return map(Leader._make, self._rows(query))

    def place_first(self, dataset: str, rows: list[int]) -> None:
        """Have these rows stand first in a data set, in this order; of ``ALL``, before the duplicates are asked for."""
        for rank, row in enumerate(rows):
            self._run("INSERT INTO heads VALUES (?, ?, ?)", [dataset, row, rank])
        if dataset == ALL:
            self._run(_KEPT_ROWS)

    def lines(self, dataset: str) -> Iterator[Line]:
        """The lines of a data set in their order."""
        kept, copies = "NULL, NULL, false", ""
        if dataset == DUPLICATES:
            kept, copies = "c.kept_digest, c.kept_line, c.identical", "LEFT JOIN copies c ON c.row = m.row"
        query = f"""
            SELECT m.row, m.start, m.size, m.verification_size, m.other_size, m.digest, m.reason, m.detail, {kept}
            FROM members m LEFT JOIN heads h ON h.row = m.row AND h.dataset = '{dataset}' {copies}
            WHERE {_WHERE[dataset]} ORDER BY h.rank NULLS LAST, m.place
        """  # noqa: S608  # all parts are ours
        return map(Line._make, self._rows(query))

    def counts(self) -> Mapping[str, int]:
        """Every count that a manifest gives, by name."""
        names = list(_COUNTS)
        query = "SELECT " + ", ".join(f"({_COUNTS[name]})" for name in names)
        return dict(zip(names, next(self._rows(query)), strict=True))

    def most_common(self, column: str, limit: int) -> list[tuple[str | None, int, int]]:
        """The commonest values of a text column in the data sets: each with its rows in ``DEDUPED`` and in ``ALL``."""
        query = f"""
            SELECT {column}, count(*) FILTER (standing = 'kept'), count(*) FROM members
            WHERE {_WHERE[ALL]} GROUP BY {column} ORDER BY 3 DESC, {column} NULLS LAST LIMIT {limit}
        """  # noqa: S608  # the column is ours
        return [(value, kept, total) for value, kept, total in self._rows(query)]

    def close(self) -> None:
        """Let go of the files."""
        with suppress(duckdb.Error):  # a full disk was reported where it was met, and the ledger is thrown away
            self._connection.close()

    def _flush(self) -> None:
        if not self._waiting:
            return
        columns = zip(*self._waiting, strict=True)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, _ENTRY, strict=True)]
        self._waiting = []
        with _reported():
            self._connection.register("batch", pa.Table.from_arrays(arrays, schema=_ENTRY))
            self._connection.execute("INSERT INTO entries SELECT * FROM batch")
            self._connection.unregister("batch")

    def _run(self, script: str, values: Sequence[object] | None = None) -> None:
        with _reported():
            self._connection.execute(script, values)

    def _rows(self, query: str) -> Iterator[tuple]:  # type: ignore[type-arg]  # as wide as the query
        with _reported(), closing(self._connection.cursor()) as cursor:
            cursor.execute(query)
            while batch := cursor.fetchmany(_FETCH):
                yield from batch


@contextmanager
def _reported() -> Iterator[None]:
    """Turn what DuckDB raises into an error for people."""
    try:
        yield
    except duckdb.Error as error:
        raise _failure(error) from error


def _failure(error: duckdb.Error) -> OutputError:
    # A disk that is full at a commit, or was full earlier, comes as another kind: then only the words tell.
    full = any(reason in str(error) for reason in map(os.strerror, FULL))
    if full or isinstance(error, (duckdb.IOException, duckdb.OutOfMemoryException)):
        return NoRoomError(f"no room to sort the rows; make some and run the same command again: {error}")
    return OutputError(f"the rows could not be sorted; please report this: {error}")


_TYPES: Final = {
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.string(): "VARCHAR",
    pa.binary(): "BLOB",
}

_DIFFERING = """SELECT count(*) FROM (SELECT 1 FROM entries WHERE reason IS DISTINCT FROM 'error'
    GROUP BY trajectory HAVING bool_or(correct) AND NOT bool_and(correct))"""

_COUNTS: Final = {
    "rows": "SELECT count(*) FROM entries",
    "correct": "SELECT count(*) FROM entries WHERE correct",
    **{
        reason: f"SELECT count(*) FROM entries WHERE reason = '{reason}'"  # noqa: S608  # ours
        for reason in REASONS
    },
    "correct_unfit": "SELECT count(*) FROM entries WHERE unfit",
    "samples": "SELECT count(DISTINCT sample) FROM entries WHERE correct",
    "without_sample_id": "SELECT count(*) FROM entries WHERE NOT has_id",
    "graded_differently": _DIFFERING,
    "deduped": "SELECT count(*) FROM members WHERE standing = 'kept'",
    "all": "SELECT count(*) FROM members WHERE standing IN ('kept', 'added')",
    "duplicates": "SELECT count(*) FROM members WHERE standing = 'duplicates'",
    "identical": "SELECT count(*) FROM copies WHERE identical",
    "same_sample_id": "SELECT count(*) FROM copies WHERE NOT identical AND kept_line IS NOT NULL",
    "rejected": "SELECT count(*) FROM members WHERE standing = 'rejected'",
    **{
        f"rejected_{reason}": f"SELECT count(*) FROM members WHERE standing = 'rejected' AND reason = '{reason}'"  # noqa: S608
        for reason in REASONS
    },
    "matched": "SELECT count(*) FROM entries WHERE matched",
    "matched_kept": "SELECT count(*) FROM members WHERE matched AND trajectory IN (SELECT trajectory FROM kept)",
    "matched_added": "SELECT count(*) FROM members WHERE standing = 'added'",
    "matched_copies": """SELECT count(*) FROM members WHERE matched AND standing = 'duplicates'
        AND trajectory IN (SELECT trajectory FROM added)""",
}
