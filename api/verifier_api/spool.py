"""Bytes on their way from one task to another: in memory, then in a file, then the sender waits."""

from __future__ import annotations

import asyncio
import tempfile
from collections import deque
from typing import IO, Final, cast

MEMORY_BYTES: Final = 1024 * 1024
FILE_BYTES: Final = 1024 * 1024 * 1024
BLOCK_BYTES: Final = 256 * 1024


class Spool:
    """A queue of bytes whose memory is bounded.

    Most clients send a whole body before they read a byte of the answer. If the service waited until they read, both
    would wait for ever; so what is not read goes to a temporary file. Where that is full too, ``put`` waits.
    """

    def __init__(self, memory_bytes: int = MEMORY_BYTES, file_bytes: int = FILE_BYTES) -> None:
        self._memory_bytes = memory_bytes
        self._file_bytes = file_bytes
        self._near: deque[bytes] = deque()
        self._near_size = 0
        self._file: IO[bytes] | None = None
        self._read = self._written = 0  # places in the file
        self._closed = False
        self._filled = asyncio.Event()
        self._drained = asyncio.Event()

    async def put(self, data: bytes) -> None:
        """Append; waits only where memory and file are full."""
        while not self._store(data):
            self._drained.clear()
            await self._drained.wait()
        self._filled.set()

    async def get(self) -> bytes | None:
        """The next bytes, as many as are there up to a block; ``None`` at the end."""
        while not self._near and self._read == self._written:
            if self._closed:
                return None
            self._filled.clear()
            await self._filled.wait()
        data = self._take()
        self._drained.set()
        return data

    def close(self) -> None:
        """Nothing more will be put; what is there can still be got."""
        self._closed = True
        self._filled.set()

    def discard(self) -> None:
        """Drop everything, the file too."""
        self.close()
        self._near.clear()
        self._near_size = self._read = self._written = 0
        if self._file is not None:
            self._file.close()
            self._file = None

    def _store(self, data: bytes) -> bool:
        in_file = self._written - self._read
        if not in_file and (not self._near or self._near_size + len(data) <= self._memory_bytes):
            self._near.append(data)
            self._near_size += len(data)
            return True
        if in_file + len(data) > self._file_bytes:
            return False
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # closed by discard
            self._file.seek(self._written)
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:  # no room, or nowhere to write: as good as full
            return False
        self._written += len(data)
        return True

    def _take(self) -> bytes:
        if self._near:
            taken = [self._near.popleft()]
            size = len(taken[0])
            while self._near and size + len(self._near[0]) <= BLOCK_BYTES:
                size += len(self._near[0])
                taken.append(self._near.popleft())
            self._near_size -= size
            return b"".join(taken)
        file = cast("IO[bytes]", self._file)  # there are bytes in it
        file.seek(self._read)
        data = file.read(min(BLOCK_BYTES, self._written - self._read))
        self._read += len(data)
        if self._read == self._written:
            file.truncate(0)
            self._read = self._written = 0
        return data
