"""A run's files and its journal: what makes a run continue where it was stopped, at whatever moment.

Each file is written under ``NAME.partial`` and gets its name only when the run is finished. After each chunk the
journal gets one line: how far the inputs were read, and the size and checksum of each partial file. To continue, the
files are cut back to the last line that they agree with. So nothing is synchronised to the disk while the run goes on:
what a power cut takes, the checksums miss, and it is graded again. Before the renames everything is synchronised.
"""

from __future__ import annotations

import errno
import fcntl
import os
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from verifier.batch.chunks import FILES, Graded, Job, Mark, Tally
from verifier.batch.files import Identity
from verifier.grader import MODEL_JUDGE
from verifier.types.errors import OutputError, SettingsError

PARTIAL: Final = ".partial"
JOURNAL: Final = ".journal"
ALWAYS: Final = ("output", "trace")
"""The files that a run leaves also where they are empty."""

_FORMAT = 6
_PIECE = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskFull(OutputError):  # noqa: N818  # a state of the disk, not a defect
    """There is no room to write; with room, the run can be continued."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is; another run cannot continue it.

    ``run`` is its name, made once and kept when it is continued: a store notes what it spends under it. ``mode`` is how
    a judge is asked, live or in message batches.
    """

    inputs: tuple[Identity, ...]
    engine: str
    rules: str
    job: Job
    longest_line: int
    trace: str | None
    judges: tuple[str, ...] = ()
    mode: str = "live"
    run: str = ""
    format: int = _FORMAT


class Extent(msgspec.Struct, frozen=True):
    """The size of a partial file and the checksum of its bytes."""

    size: int = 0
    checksum: int = 0


class Entry(msgspec.Struct, frozen=True):
    """The state after a chunk: up to where the inputs are graded, the files' extents, and the counts so far."""

    mark: Mark | None
    extents: tuple[Extent, ...]
    tally: Tally
    finished: bool = False


class Files:
    """The output and the other files of one run with its journal; locked while it is open.

    ``others`` names their places, in the order of ``FILES``; those that stay empty leave no file, but for ``ALWAYS``.
    ``entry`` is the state to go on from. Raises ``OutputError`` for a place that cannot be written, ``DiskFull``, and
    ``SettingsError`` where the journal belongs to another run.
    """

    def __init__(self, output: Path, others: Mapping[str, Path], header: Header, *, restart: bool) -> None:
        self.output = output
        self._places = {"output": output} | {name: others[name] for name in FILES if name in others}
        self._paths = tuple(self._places.values())
        self._journal_path = Path(f"{output}{JOURNAL}")
        self._journal = _open(self._journal_path)
        self._files: list[int] = []
        try:
            _lock(self._journal, output)
            self.entry = self._resume([] if restart else self._read(header), header)
        except BaseException:
            self.close()
            raise

    def write(self, graded: Graded) -> None:
        """Add a chunk's lines, then its line in the journal."""
        extents = []
        for (name, path), file, extent in zip(self._places.items(), self._files, self.entry.extents, strict=True):
            piece: bytes = getattr(graded, name)
            _write(path, file, piece)
            extents.append(Extent(extent.size + len(piece), zlib.crc32(piece, extent.checksum)))
        tally = Tally()
        tally.add(self.entry.tally)
        tally.add(graded.tally)
        self._append(Entry(graded.mark, tuple(extents), tally))

    def keep(self) -> None:
        """See to it that the journal, and in it the run's name, outlasts a power cut."""
        _synchronise(self._journal_path, self._journal)
        _synchronise_folder(self.output.parent)

    def finish(self) -> None:
        """Give the files their names. The output gets its own last, so where it stands under its name, all do."""
        if not self.entry.finished:
            for path, file in zip(self._paths, self._files, strict=True):
                _synchronise(path, file)
            self._append(msgspec.structs.replace(self.entry, finished=True))
            _synchronise(self._journal_path, self._journal)
        try:
            for (name, path), extent in reversed(list(zip(self._places.items(), self.entry.extents, strict=True))):
                partial = _partial(path)
                if name not in ALWAYS and not extent.size:
                    partial.unlink(missing_ok=True)
                    path.unlink(missing_ok=True)
                elif partial.exists():
                    partial.replace(path)
                _synchronise_folder(path.parent)
        except OSError as error:
            raise _problem(self.output, error) from error

    def forget(self) -> None:
        """Remove the journal: the run is over, the same command begins a new one."""
        self._journal_path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close all files and give up the lock."""
        for file in (*self._files, self._journal):
            os.close(file)
        self._files = []

    def _read(self, header: Header) -> list[tuple[Entry, int]]:
        """The journal's good entries, each with the place in the journal where it ends."""
        with os.fdopen(os.dup(self._journal), "rb") as file:
            lines = file.read().splitlines(keepends=True)
        texts = [_unsealed(line) for line in lines]
        if None in texts:
            texts = texts[: texts.index(None)]
        if not texts:
            return []
        ours, theirs = msgspec.json.decode(msgspec.json.encode(header)), msgspec.json.decode(texts[0] or b"null")
        # A header alone has nothing to lose, but says what was asked for: another wish is not taken for the same run.
        if differences := _differences(theirs, ours, _WISHES if len(texts) == 1 else _HEADER):
            raise SettingsError(
                f"{self.output}: an unfinished run stands there, begun with {' and '.join(differences)}."
                " Give the same command as before to continue it, or --restart to begin anew"
            )
        entries: list[tuple[Entry, int]] = []
        end = len(lines[0])
        for line, text in zip(lines[1:], texts[1:], strict=False):
            end += len(line)
            entries.append((msgspec.json.decode(text or b"null", type=Entry), end))
        return entries

    def _resume(self, entries: list[tuple[Entry, int]], header: Header) -> Entry:
        """Bring journal and files to the last entry that they agree on; give it."""
        if entries and entries[-1][0].finished and self._stands(entries[-1][0]):
            return entries[-1][0]
        for path in self._paths:
            self._files.append(_open(_partial(path)))
            _lock(self._files[-1], path)  # two runs may share a trace without sharing a journal
        entries = [entry for entry in entries if not entry[0].finished]
        good = min(_agreeing(file, [entry.extents[n] for entry, _ in entries]) for n, file in enumerate(self._files))
        if good:
            last, end = entries[good - 1]
        else:
            last, end = Entry(None, tuple(Extent() for _ in self._paths), Tally()), 0
        _cut(self._journal_path, self._journal, end)
        if not good:
            _write(self._journal_path, self._journal, _sealed(header))
        for path, file, extent in zip(self._paths, self._files, last.extents, strict=True):
            _cut(path, file, extent.size)
        return last

    def _stands(self, done: Entry) -> bool:
        """Whether all files of a finished run are there, under their own or their partial names."""
        for (name, path), extent in zip(self._places.items(), done.extents, strict=True):
            place = next((place for place in (_partial(path), path) if place.is_file()), None)
            if name not in ALWAYS and not extent.size:
                continue
            if place is None or place.stat().st_size != extent.size:
                return False
        return True

    def _append(self, entry: Entry) -> None:
        _write(self._journal_path, self._journal, _sealed(entry))
        self.entry = entry


def run_begun(output: Path) -> str | None:
    """The name of the unfinished run that stands at an output; ``None`` where there is none."""
    try:
        with Path(f"{output}{JOURNAL}").open("rb") as file:
            text = _unsealed(file.readline())
    except OSError:
        return None
    header = msgspec.json.decode(text) if text is not None else None
    run = header.get("run") if isinstance(header, dict) else None
    return run if isinstance(run, str) and run else None


def _partial(path: Path) -> Path:
    return Path(f"{path}{PARTIAL}")


def _sealed(value: object) -> bytes:
    text = msgspec.json.encode(value)
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _unsealed(line: bytes) -> bytes | None:
    """What a line of the journal says; ``None`` for one that was not written to its end."""
    seal, _, text = line.removesuffix(b"\n").partition(b" ")
    if not line.endswith(b"\n"):
        return None
    return text if seal == b"%08x" % zlib.crc32(text) else None


def _agreeing(file: int, extents: list[Extent]) -> int:
    """How many of the extents, in order, a file's bytes agree with."""
    size = checksum = 0
    os.lseek(file, 0, os.SEEK_SET)
    for count, extent in enumerate(extents):
        while size < extent.size:
            piece = os.read(file, min(_PIECE, extent.size - size))
            if not piece:
                return count
            size += len(piece)
            checksum = zlib.crc32(piece, checksum)
        if checksum != extent.checksum:
            return count
    return len(extents)


_HEADER: Final = {
    "inputs": "other inputs (names, sizes or contents)",
    "engine": "another version of the engine",
    "rules": "other rules",
    "job": "other options",
    "longest_line": "another --max-line-bytes",
    "trace": "another --trace",
    "judges": "other judges, or other versions of them",
    "mode": "another --judge-mode",
    "format": "another version of this program",
}
_WISHES: Final = ("job", "longest_line", "trace", "mode")
_OPTIONS: Final = {
    "fields": "--field",
    "packs": "--rules",
    "profile": "--profile",
    "regrade": "--regrade",
    "trace": "--trace",
    "judges": "--judge",
    "model": "--judge",
    "server": "VERIFIER_JUDGE_BASE_URL",
    "scope": "--judge-scope",
}


def _differences(theirs: dict[str, Any], ours: dict[str, Any], names: Iterable[str]) -> list[str]:
    """What a run was begun with that this one is not, in words; each option with what it was."""
    told: list[str] = []
    for name in names:
        if theirs.get(name) == ours.get(name):
            continue
        if name == "job" and isinstance(theirs.get(name), dict):
            other = [field for field in _OPTIONS if theirs[name].get(field) != ours[name].get(field)]
            if "regrade" in other and "scope" in other:
                other.remove("scope")  # which follows from the other, unless it was named too
            told += [_option(_OPTIONS[field], theirs[name].get(field), ours[name].get(field)) for field in other]
        else:
            told.append(_HEADER[name])
    return list(dict.fromkeys(told))


def _option(option: str, theirs: object, ours: object) -> str:
    """An option as it was given then: ``--profile maths``, ``no --regrade``."""
    if option == "--field" and isinstance(theirs, dict) and isinstance(ours, dict):
        pairs = [f"{name}={field}" for name, field in theirs.items() if field != ours.get(name)]
        return f"--field {' --field '.join(pairs)}"
    if option == "--judge":
        return _judge(theirs, ours)
    if option == "--trace":
        return "another --trace"
    if isinstance(theirs, list):
        theirs = f" {option} ".join(theirs)
    if not theirs:
        return f"no {option}"
    return option if theirs is True else f"{option} {theirs}"


def _judge(theirs: object, ours: object) -> str:
    """The judge as it was asked for: a model by name, or whether one was set up."""
    if isinstance(theirs, str):
        return f"--judge {theirs}"
    if not isinstance(theirs, list) or not theirs:
        return "--judge none"
    now = ours if isinstance(ours, list) else []
    if now and (MODEL_JUDGE in theirs) is not (MODEL_JUDGE in now):
        return f"--judge auto {'with' if MODEL_JUDGE in theirs else 'without'} a key for the judge"
    return "--judge auto"


def _lock(file: int, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutputError(f"{path}: another run is writing it; wait for it, or give another name") from None


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise _problem(path, error) from error


def _write(path: Path, file: int, data: bytes) -> None:
    left = memoryview(data)
    try:
        while left:
            left = left[os.write(file, left) :]
    except OSError as error:
        raise _problem(path, error) from error


def _cut(path: Path, file: int, size: int) -> None:
    try:
        os.ftruncate(file, size)
        os.lseek(file, size, os.SEEK_SET)
    except OSError as error:
        raise _problem(path, error) from error


def _synchronise(path: Path, file: int) -> None:
    try:
        os.fsync(file)
    except OSError as error:
        raise _problem(path, error) from error


def _synchronise_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _problem(path: Path, error: OSError) -> OutputError:
    if error.errno in _FULL:
        return DiskFull(f"{path}: the disk is full, or the file has reached the size allowed ({error.strerror})")
    return OutputError(f"{path}: cannot be written: {error.strerror}")
