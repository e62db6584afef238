"""What travels through a run: jobs, chunks of lines, what became of them, and the counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from verifier.batch.files import Line
from verifier.grader import DEFAULT_MODEL
from verifier.judge.port import Scope
from verifier.records import Fields
from verifier.types.sample import Sample
from verifier.types.verdict import Verdict

MOST_KINDS: Final = 1_000
"""What is counted by name: a file may have more names than memory should hold."""

FILES: Final = ("output", "errors", "trace", "flips", "audit")
"""The files that a chunk adds lines to, by their names in ``Graded``."""

_COUNTS: Final = (
    "rows",
    "correct",
    "incorrect",
    "undecided",
    "kept",
    "errors",
    "blank",
    "graded_before",
    "asked",
    "flips",
    "audited",
)
_NAMED: Final = ("methods", "undecided_by", "problems", "judged")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """How every row of a run is graded; all that a worker is told. ``model`` is that of the judge, at ``server``."""

    fields: Fields = Fields()
    packs: tuple[str, ...] = ()
    profile: str | None = None
    regrade: bool = False
    trace: bool = False
    judges: tuple[str, ...] = ()
    model: str = DEFAULT_MODEL
    server: str = ""
    scope: Scope = "undecided"


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
    ``asked`` rows were put to the judge that is a model, ``judged`` counts them by its code; ``flips`` and ``audited``
    are lines of those files.
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
    asked: int = 0
    flips: int = 0
    audited: int = 0
    judged: dict[str, int] = {}

    def add(self, other: Tally) -> None:
        """Count what another tally counted."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in _NAMED:
            counts = getattr(self, name)
            for key, rows in getattr(other, name).items():
                if key in counts or len(counts) < MOST_KINDS:
                    counts[key] = counts.get(key, 0) + rows
        self.names = self.names or other.names


class Open(msgspec.Struct, frozen=True):
    """A row that a judge is to be asked about, and the places in the files where its lines belong.

    ``verdict`` is the engine's.
    """

    line: Line
    sample: Sample
    verdict: Verdict
    places: tuple[int, ...]


class Graded(msgspec.Struct, frozen=True):
    """What became of a chunk: lines for the files, each ending with a newline, and the counts.

    Rows in ``open`` are not in it yet; of the counts, they are in ``rows`` alone.
    """

    index: int
    mark: Mark
    output: bytes
    errors: bytes
    trace: bytes
    tally: Tally
    open: tuple[Open, ...] = ()
    flips: bytes = b""
    audit: bytes = b""

    @property
    def files(self) -> tuple[bytes, ...]:
        """What it adds to each of ``FILES``, in their order."""
        return tuple(getattr(self, name) for name in FILES)


def graded(index: int, mark: Mark, tally: Tally, files: Mapping[str, bytes], rows: tuple[Open, ...] = ()) -> Graded:
    """What became of a chunk, from the lines of ``FILES`` by name."""
    return Graded(
        index,
        mark,
        files["output"],
        files["errors"],
        files["trace"],
        tally,
        rows,
        flips=files["flips"],
        audit=files["audit"],
    )


def joined(chunk: Chunk, parts: Sequence[Graded]) -> Graded:
    """A chunk graded in parts, as one."""
    tally = Tally(blank=chunk.blank)
    rows: list[Open] = []
    files = [b""] * len(FILES)
    for part in parts:
        tally.add(part.tally)
        for row in part.open:
            places = tuple(place + len(file) for place, file in zip(row.places, files, strict=True))
            rows.append(msgspec.structs.replace(row, places=places))
        files = [file + more for file, more in zip(files, part.files, strict=True)]
    return graded(chunk.index, chunk.mark, tally, dict(zip(FILES, files, strict=True)), tuple(rows))
