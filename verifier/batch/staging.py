"""A folder of results that appears whole: files are written aside, synced, and renamed into place at the end."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from verifier.types.errors import OutputError

WORKSHOP = ".verifier-merge"
"""The hidden folder in the folder of results where files are made. A killed run leaves it; the next one clears it."""

FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
"""The errors of a disk, quota or file that takes no more."""


class NoRoomError(OutputError):
    """Results that found no room: make some, and run the same command again."""


class HalfwayError(OutputError):
    """Results of which only some are in place: run the same command again."""


class Staging:
    """``with Staging(folder) as staging:`` make files in ``staging.path``, then ``publish`` them.

    It stands inside the folder, so that the renames stay on one file system and need no right beside the folder. What
    was made is gone if ``publish`` is not reached. Raises ``OutputError`` where the folder cannot be written, or
    another run holds it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.path = folder / WORKSHOP
        self._lock: IO[bytes] | None = None
        self._made: list[Path] = []

    def __enter__(self) -> Self:
        try:
            self._make_folder()
            self.path.mkdir(exist_ok=True)
            self._lock = (self.path / "lock").open("wb")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._clear()
        except BlockingIOError:
            self._release()
            raise OutputError(
                f"{self._folder}: another merge is writing here; wait for it, or name another folder"
            ) from None
        except OSError as error:
            self._release()
            raise OutputError(f"{self._folder}: cannot be written: {error.strerror}; name another folder") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self._release()
        for folder in self._made:
            with suppress(OSError):  # it holds the results, or what somebody else put there
                folder.rmdir()

    def publish(self, names: Sequence[str], *, meanwhile: bytes) -> None:
        """Rename the made files into the folder, in this order, each replacing what stood there.

        Until the last is there, ``meanwhile`` stands in its place: a kill half-way leaves no old file of that name
        beside new ones of others, and shows whose they are. Raises ``HalfwayError`` for what stops it half-way.
        """
        with (self.path / "meanwhile").open("wb") as file:
            file.write(meanwhile)
            sync(file)
        try:
            (self.path / "meanwhile").replace(self._folder / names[-1])
            _sync(self._folder)
            for name in names:
                (self.path / name).replace(self._folder / name)
            _sync(self._folder)
        except (OSError, KeyboardInterrupt) as error:
            reason = f": {error.strerror}" if isinstance(error, OSError) else ""
            raise HalfwayError(
                f"{self._folder}: stopped while the files were put into place{reason}; run the same command again"
            ) from error

    def _make_folder(self) -> None:
        missing = [folder for folder in (self._folder, *self._folder.parents) if not folder.exists()]
        self._folder.mkdir(parents=True, exist_ok=True)
        self._made = missing

    def _clear(self) -> None:
        for entry in self.path.iterdir():
            if entry.name == "lock":
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def sync(file: IO[bytes]) -> None:
    """See a file's bytes onto the disk."""
    file.flush()
    os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
