"""Graded files -> the two data sets, what was left out and why, a manifest whose counts reconcile, and a card.

One pass reads the inputs, writes each row in its final form into a spool file and enters it in the ledger; the ledger
decides; a second pass copies lines from the spool in their order. Memory holds one line and the shapes seen.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, Protocol

import msgspec

import verifier
from verifier.batch.card import UNNAMED, Card, render
from verifier.batch.files import STANDARD_INPUT, Source
from verifier.batch.ledger import (
    ALL,
    DATASETS,
    DEDUPED,
    DUPLICATES,
    IDENTICAL,
    REJECTED,
    SAME_SAMPLE,
    Entry,
    Ledger,
    Line,
)
from verifier.batch.mergeoptions import Options, Selection
from verifier.batch.shapes import CHUNK, Candidate, Trait, head
from verifier.batch.staging import FULL, NoRoomError, Staging, sync
from verifier.batch.tally import grouped, reconcile
from verifier.batch.terminal import counted
from verifier.batch.trajectory import CONTENT, FIELDS, OTHER, VERIFICATION, Trajectory, read_trajectory
from verifier.records import did_you_mean
from verifier.types.errors import InputError, OutputError, RecordError, SettingsError

FILES: Final = {
    DEDUPED: "all_correct_trajectories_deduped.jsonl",
    ALL: "all_correct_trajectories.jsonl",
    DUPLICATES: "duplicates.jsonl",
    REJECTED: "rejected.jsonl",
}
CARD, MANIFEST = "README.md", "manifest.json"
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    DEDUPED: FIELDS,
    ALL: FIELDS,
    DUPLICATES: (*FIELDS, VERIFICATION, OTHER, "row", "kept_row", "kept_line", "reason", "similarity"),
    REJECTED: (*FIELDS, VERIFICATION, OTHER, "row", "reason", "detail"),
}
LEFTOVERS: Final = (".journal", ".partial", ".errors.jsonl")
"""Ends of names that a run of ``verifier grade`` leaves beside its output."""

LONGEST_LINE = 1 << 31
_SHOWN = 5
_NAMES = 20

_encode = msgspec.json.Encoder().encode


class Progress(Protocol):
    """Told how far a stage is: ``done`` of ``total`` bytes or rows."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show it."""


class Merged(msgspec.Struct, frozen=True):
    """What a merge did: the folder, its counts, and what a person should know."""

    folder: Path
    counts: Mapping[str, int]
    remarks: tuple[str, ...]


def merge(inputs: Sequence[str], folder: Path, options: Options, progress: Progress | None = None) -> Merged:
    """Merge graded files into ``folder``; see the class ``Options``.

    Raises ``InputError`` for a file or line that cannot be used, ``OutputError`` for a folder that cannot be written;
    then the folder is as it was.
    """
    sources, remarks = _sources(inputs, folder)
    _refuse_foreign(folder)
    try:
        with Staging(folder) as staging:
            run = _Run(staging.path, options, progress or _silent)
            try:
                run.read(sources)
                run.settle()
                return Merged(folder, run.finish(staging), (*remarks, *run.remarks))
            finally:
                run.close()
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in FULL:
            raise NoRoomError(
                f"{folder}: {reason}; nothing was replaced: make room and run the same command again"
            ) from error
        raise OutputError(f"{folder}: cannot be written: {reason}") from error


class _Input(msgspec.Struct, frozen=True, order=True):
    sha256: str
    name: str
    bytes: int
    rows: int


class _Made(msgspec.Struct, frozen=True):
    name: str
    sha256: str
    bytes: int
    rows: int | None


class _Run:
    """One merge, while it lasts."""

    def __init__(self, path: Path, options: Options, progress: Progress) -> None:
        self._path, self._options, self._progress = path, options, progress
        self._matchers = [
            (selection, re.compile(fnmatch.translate(selection.pattern), re.IGNORECASE))
            for selection in options.keep_all
        ]
        self._seen: Counter[str] = Counter()
        self._successes = self._without_truth = 0
        self._renamed = dict(options.fields)
        self._matched: Counter[Selection] = Counter()
        self._ledger = Ledger(path)
        self._spool: IO[bytes] = (path / "spool").open("w+b", buffering=1 << 20)
        self._end = 0
        self._signatures: dict[frozenset[Trait], int] = {}
        self._inputs: list[_Input] = []
        self._others: Counter[str] = Counter()
        self._converted: Counter[str] = Counter()
        self._unfit: Counter[str] = Counter()
        self._versions: dict[str, Counter[str]] = {"engine": Counter(), "rules": Counter()}
        self.remarks: list[str] = []

    def close(self) -> None:
        with suppress(OSError):  # a full disk was reported where it was met
            self._spool.close()
        self._ledger.close()

    def read(self, sources: Sequence[Source]) -> None:
        """Take in all rows of all inputs."""
        total = sum(source.size or 0 for source in sources)
        done = row = 0
        for source in sources:
            rows, graded = 0, False
            for line in source.lines():
                if line.data is None:
                    raise InputError(
                        f"{source.name}, line {line.number}: longer than {LONGEST_LINE >> 20} MB; take it out"
                    )
                if not line.data.strip():
                    continue
                trajectory = self._read_line(source.name, line.number, line.data)
                graded = graded or trajectory.reason != "not_graded"
                self._enter(row, trajectory)
                row += 1
                rows += 1
                if rows % 256 == 0:
                    self._progress("reading", done + source.position(), total)
            done += source.size or 0
            self._progress("reading", done, total)
            if rows and not graded:
                self.remarks.append(
                    f"{source.name}: none of its {counted(rows, 'row')} was graded;"
                    f" run `verifier grade {shlex.quote(source.name)}` and merge what that writes"
                )
            path = Path(source.name)
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            name = os.fsencode(path.name).decode(errors="replace")
            self._inputs.append(_Input(digest, name, source.size or 0, rows))
        self._inputs.sort()
        self._refuse_unseen()

    def settle(self) -> None:
        """Decide where each row stands."""
        self._progress("sorting", 0, 1)
        self._spool.flush()
        self._ledger.settle(self._options.prefer)
        traits = list(self._signatures)
        for dataset in (ALL, DEDUPED, DUPLICATES, REJECTED):
            columns = frozenset(self._columns(dataset))
            candidates = (
                Candidate(
                    leader.row,
                    leader.size,
                    leader.place,
                    traits[leader.signature] | ({(("similarity",), "float")} if leader.identical else set()),
                )
                for leader in self._ledger.leaders(dataset)
            )
            first = head(candidates, columns)
            if sum(candidate.size for candidate in first) > CHUNK:
                self.remarks.append(
                    f"{FILES[dataset]}: the rows that show its types take more than {CHUNK >> 20} MB, so `datasets` "
                    f"may need a larger chunksize= to load it"
                )
            self._ledger.place_first(dataset, [candidate.row for candidate in first])
        self._progress("sorting", 1, 1)

    def finish(self, staging: Staging) -> Mapping[str, int]:
        """Write all files, see that the counts agree, and put the files into place."""
        counts = self._ledger.counts()
        made = {dataset: self._write(dataset, counts) for dataset in DATASETS}
        reconcile(
            counts,
            {dataset: file.rows or 0 for dataset, file in made.items()},
            read=sum(source.rows for source in self._inputs),
            successes=self._successes,
        )
        card = self._write_text(CARD, render(self._card(counts, made)))
        manifest = self._manifest(counts, [*made.values(), card])
        self._write_text(MANIFEST, msgspec.json.format(_encode(manifest), indent=2).decode() + "\n")
        self._note(counts)
        unfinished = {"tool": manifest["tool"], "unfinished": "a merge was stopped here: run it again"}
        staging.publish([*FILES.values(), CARD, MANIFEST], meanwhile=_encode(unfinished) + b"\n")
        return counts

    def _read_line(self, name: str, number: int, data: bytes) -> Trajectory:
        try:
            trajectory = read_trajectory(data, self._renamed)
        except RecordError as error:
            advice = "`verifier grade` writes whole files: grade the input again and merge its output"
            if error.field == "success":
                advice = f"run `verifier grade {shlex.quote(name)}` and merge what that writes"
            raise InputError(f"{name}, line {number}: {error}; {advice}") from error
        if trajectory.empty and trajectory.success is not None:
            names = ", ".join(trajectory.others[:_NAMES]) or "none else"
            raise InputError(
                f"{name}, line {number}: was graded, but holds none of {', '.join(CONTENT)}; its fields are {names}:"
                " give the --field OURS=THEIRS that `verifier grade` was given"
            )
        return trajectory

    def _refuse_unseen(self) -> None:
        """Raise for a --field that names what no row has."""
        for ours, theirs in self._options.fields:
            if not self._seen[ours] and any(source.rows for source in self._inputs):
                raise SettingsError(
                    f"--field {ours}={theirs}: no row has a field '{theirs}'{did_you_mean(theirs, self._others)}"
                )

    def _enter(self, row: int, trajectory: Trajectory) -> None:
        success = _encode(trajectory.success)
        data = trajectory.before + b',"success":' + success + trajectory.after
        verification = b',"verification":' + _encode(trajectory.verification)
        other = b',"other_fields":' + _encode(trajectory.other)
        identity = trajectory.identity()
        digest = hashlib.sha256(identity + success + verification + other).digest()
        sample_id = trajectory.texts["sample_id"]
        has_id = sample_id is not None and bool(sample_id.strip())
        traits = trajectory.traits
        for name, text in (
            (VERIFICATION, trajectory.verification),
            (OTHER, trajectory.other),
            ("detail", trajectory.detail),
        ):
            if text is not None:
                traits |= {((name,), "text")}
        self._ledger.add(
            Entry(
                row=row,
                # Ids sort before rows without one, which stand for themselves.
                sample=b"0" + sample_id.encode() if has_id and sample_id is not None else b"1" + identity,
                has_id=has_id,
                trajectory=identity,
                digest=digest,
                correct=trajectory.reason is None,
                matched=self._matches(trajectory),
                unfit=trajectory.success is True and not trajectory.fits,
                reason=trajectory.reason,
                detail=trajectory.detail,
                tokens=trajectory.tokens,
                cost=trajectory.cost,
                energy=trajectory.energy,
                teacher_model=trajectory.texts["teacher_model"],
                category=trajectory.texts["category"],
                signature=self._signatures.setdefault(traits, len(self._signatures)),
                start=self._end,
                size=len(data),
                verification_size=len(verification),
                other_size=len(other),
            )
        )
        self._end += self._spool.write(data) + self._spool.write(verification) + self._spool.write(other)
        self._others.update(trajectory.others)
        self._seen.update(trajectory.renamed)
        self._successes += trajectory.success is True
        self._without_truth += trajectory.success is True and trajectory.texts["ground_truth"] is None
        self._converted.update(set(trajectory.converted))
        if trajectory.success and not trajectory.fits:
            self._unfit[trajectory.detail or ""] += 1
        for kind, version in (("engine", trajectory.engine), ("rules", trajectory.rules)):
            self._versions[kind][version or UNNAMED] += 1

    def _matches(self, trajectory: Trajectory) -> bool:
        """Whether --keep-all asks for the row; one that does not fit the data sets cannot be in them."""
        hits = [
            selection
            for selection, matcher in self._matchers
            if trajectory.fits and matcher.match(trajectory.texts[selection.field] or "")
        ]
        self._matched.update(hits)
        return bool(hits)

    def _columns(self, dataset: str) -> tuple[str, ...]:
        columns = COLUMNS[dataset]
        return (*columns, VERIFICATION) if dataset in (DEDUPED, ALL) and self._options.with_verification else columns

    def _write(self, dataset: str, counts: Mapping[str, int]) -> _Made:
        stage, total = f"writing {FILES[dataset]}", counts[dataset]
        digest = hashlib.sha256()
        written = rows = 0
        with (self._path / FILES[dataset]).open("wb", buffering=1 << 20) as file:
            for line in self._lines(dataset):
                digest.update(line)
                written += file.write(line)
                rows += 1
                if rows % 256 == 0:
                    self._progress(stage, rows, total)
            sync(file)
        self._progress(stage, rows, total)
        return _Made(FILES[dataset], digest.hexdigest(), written, rows)

    def _lines(self, dataset: str) -> Iterator[bytes]:
        spool = self._spool.fileno()
        for line in self._ledger.lines(dataset):
            length = line.size
            if dataset in (DUPLICATES, REJECTED):
                length += line.verification_size + line.other_size
            elif self._options.with_verification:
                length += line.verification_size
            data = os.pread(spool, length, line.start)
            if len(data) != length:
                raise OutputError(f"{self._path / 'spool'}: the rows read back are cut short; is the disk sound?")
            yield data + _tail(dataset, line) + b"}\n"

    def _write_text(self, name: str, text: str) -> _Made:
        data = text.encode()
        with (self._path / name).open("wb") as file:
            file.write(data)
            sync(file)
        return _Made(name, hashlib.sha256(data).hexdigest(), len(data), None)

    def _card(self, counts: Mapping[str, int], made: Mapping[str, _Made]) -> Card:
        return Card(
            name=self._options.name,
            license=self._options.license,
            files=FILES,
            digests={dataset: file.sha256 for dataset, file in made.items()},
            columns={dataset: self._columns(dataset) for dataset in DATASETS},
            counts=counts,
            keep_all=tuple(map(str, self._options.keep_all)),
            prefer=self._options.prefer,
            teachers=self._ledger.most_common("teacher_model", 20),
            categories=self._ledger.most_common("category", 20),
            versions={kind: sorted(found) for kind, found in self._versions.items()},
            tool=verifier.__version__,
        )

    def _manifest(self, counts: Mapping[str, int], made: Sequence[_Made]) -> dict[str, object]:
        options = self._options
        return {
            "tool": {"name": "verifier merge", "version": verifier.__version__},
            "graded_with": {kind: dict(sorted(found.items())) for kind, found in self._versions.items()},
            "options": {
                "fields": [f"{ours}={theirs}" for ours, theirs in options.fields],
                "keep_all": sorted(map(str, options.keep_all)),
                "prefer": options.prefer,
                "with_verification": options.with_verification,
                "license": options.license,
                "name": options.name,
            },
            "inputs": self._inputs,
            "counts": grouped(counts),
            "left_out_fields": dict(sorted(self._others.items())),
            "converted": dict(sorted(self._converted.items())),
            "outputs": made,
        }

    def _note(self, counts: Mapping[str, int]) -> None:
        """What a person should know, for the end."""
        for dataset in DATASETS:
            if not counts[dataset]:
                self.remarks.append(
                    f"{FILES[dataset]} is empty; `datasets` loads no file without rows, so the card leaves it out"
                )
        if self._without_truth:
            self.remarks.append(
                f"{counted(self._without_truth, 'row')} with success true and no ground_truth: was another field"
                " graded? Then name it with --field ground_truth=THEIRS"
            )
        for problem, rows in sorted(self._unfit.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]:
            self.remarks.append(
                f"{counted(rows, 'row')} with success true rejected as unfit for the data sets: {problem}"
            )
        for selection in self._options.keep_all:
            if not self._matched[selection]:
                self.remarks.append(f"--keep-all '{selection}' matches no row")
        if self._others:
            names = ", ".join(f"{name} ({counted(rows, 'row')})" for name, rows in sorted(self._others.items()))
            self.remarks.append(f"fields the data sets have no column for: {names}; see {MANIFEST}")
        for what, rows in sorted(self._converted.items()):
            self.remarks.append(f"{what} ({counted(rows, 'row')})")


def _tail(dataset: str, line: Line) -> bytes:
    """The members of a line that say why it stands where it does, with a comma before them."""
    if dataset == DUPLICATES:
        tail: dict[str, object] = {
            "row": line.digest.hex(),
            "kept_row": (line.kept_digest or b"").hex(),
            "kept_line": line.kept_line,
            "reason": IDENTICAL if line.identical else SAME_SAMPLE,
            "similarity": 1.0 if line.identical else None,
        }
    elif dataset == REJECTED:
        tail = {"row": line.digest.hex(), "reason": line.reason, "detail": line.detail}
    else:
        return b""
    return b"," + _encode(tail)[1:-1]


def _sources(inputs: Iterable[str], folder: Path) -> tuple[list[Source], list[str]]:
    """The inputs to read, leftovers of unfinished runs aside; every name is looked at before the first is read."""
    sources, remarks = [], []
    for name in inputs:
        if name.endswith(LEFTOVERS):
            remarks.append(f"{name}: what a run of `verifier grade` leaves beside its output; not merged")
            continue
        source = Source(name, longest_line=LONGEST_LINE)
        if name == STANDARD_INPUT or source.size is None:
            raise InputError(f"{name}: a pipe; a merge reads files, for its manifest names them")
        path = Path(os.path.realpath(name))  # unlike resolve(), it takes loops of links
        if path.parent == Path(os.path.realpath(folder)) and path.name in {*FILES.values(), CARD, MANIFEST}:
            raise InputError(f"{name}: is a file that this merge would replace; name another --out")
        sources.append(source)
    if not sources:
        raise InputError("no graded file to merge; `verifier grade INPUT` writes INPUT.graded.jsonl")
    return sources, remarks


def _refuse_foreign(folder: Path) -> None:
    """Files of an earlier merge may be replaced, anybody else's may not."""
    try:
        os.fspath(folder).encode()
    except UnicodeEncodeError:
        raise OutputError(f"{str(folder)!a}: a name that is not UTF-8; name another folder") from None
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is a file; name a folder")
    taken = [name for name in (*FILES.values(), CARD, MANIFEST) if (folder / name).exists()]
    if taken and not _is_ours(folder / MANIFEST):
        raise OutputError(f"{folder}: holds {taken[0]}, which no merge made here; name another folder, or take it away")


def _is_ours(manifest: Path) -> bool:
    try:
        content = msgspec.json.decode(manifest.read_bytes())
        return bool(content["tool"]["name"] == "verifier merge")
    except (OSError, ValueError, TypeError, KeyError):
        return False


def _silent(stage: str, done: int, total: int) -> None:
    """Nobody watches."""
