"""Replies that a store did not take: they were paid for, so they wait in a file beside it until it does."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from verifier.store.port import Ended, Store
from verifier.types.errors import StoreError


class Spill:
    """A file of ended calls, one JSON line each, that any number of processes add to. It is gone when it is empty."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, calls: Sequence[Ended]) -> None:
        """Add calls; they survive a kill and a loss of power. Raises ``StoreError``."""
        lines = b"".join(msgspec.json.encode(call) + b"\n" for call in calls)
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked() as file:
                # Behind a line that a kill has cut off, a new one begins.
                torn = file.tell() and not _ends_line(file)
                file.write(b"\n" * bool(torn) + lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(f"{self.path} cannot be written: {error.strerror or error}") from error

    def recover(self, store: Store) -> int:
        """Give the store what waits; gives how many calls. Raises ``StoreError``, and nothing is lost."""
        if not self.path.exists():
            return 0
        try:
            with self._locked() as file:
                file.seek(0)
                calls = [call for line in file if (call := _read(line)) is not None]
                store.end(calls)
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{self.path} cannot be read: {error.strerror or error}") from error
        return len(calls)

    def _locked(self) -> BinaryIO:
        """The file, at its end, for us alone: not one that another process has emptied and removed since."""
        while True:
            file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+b")
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                same = os.path.samestat(os.fstat(file.fileno()), self.path.stat())
            except FileNotFoundError:
                same = False
            if same:
                file.seek(0, os.SEEK_END)
                return file
            file.close()


def _ends_line(file: BinaryIO) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _read(line: bytes) -> Ended | None:
    """A call; ``None`` for what a kill has left of one."""
    try:
        return msgspec.json.decode(line, type=Ended)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
