"""Reading inputs line by line: JSONL, plain or compressed, standard input, and Parquet as if it were JSONL.

What a file is, is told by its first bytes, not by its name. Memory holds one line, never the file.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import sys
import zlib
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import IO, NamedTuple

from verifier.batch.rows import write_json
from verifier.types.errors import InputError

STANDARD_INPUT = "-"
BOM = b"\xef\xbb\xbf"
GZIP, ZSTD, PARQUET, UTF16 = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1", (b"\xff\xfe", b"\xfe\xff")
_MAGIC = 4
_HEAD = 1 << 16
_PARQUET_ROWS = 256
_PIECE = 1 << 20


class Line(NamedTuple):
    """One line: its number from 1, its bytes without the line end, and where it stands.

    ``data`` is ``None`` where the line is longer than the limit. ``offset`` and ``length`` count uncompressed bytes;
    ``checksum`` is that of the input up to the line's end.
    """

    number: int
    data: bytes | None
    offset: int
    length: int
    checksum: int


class Identity(NamedTuple):
    """What tells one input from another: name, size, digest of its bytes. A pipe has a name only."""

    name: str
    size: int | None
    digest: str | None


class Source:
    """One input, opened when its lines are asked for; ``InputError`` for what is missing, no file, or damaged."""

    def __init__(self, name: str, *, longest_line: int) -> None:
        self.name = name
        self._longest = longest_line
        self._raw: IO[bytes] | None = None
        self._share = 0.0
        self._peeked: list[Line] = []
        self._rest: Iterator[Line] | None = None
        self._size = _size(name)

    @property
    def size(self) -> int | None:
        """Bytes on disk; ``None`` for a pipe."""
        return self._size

    def identity(self) -> Identity:
        """What the input is now; the whole file is read for it, and when it was touched does not count."""
        if self._size is None:
            return Identity(self.name, None, None)
        try:
            with Path(self.name).open("rb") as file:
                return Identity(self.name, self._size, hashlib.file_digest(file, "sha256").hexdigest())
        except OSError as error:
            raise InputError(f"{self.name}: cannot be read: {error.strerror}") from error

    def position(self) -> int:
        """How many bytes on disk have been read so far."""
        if self._raw is not None and not self._raw.closed:
            return self._raw.tell()
        return int(self._share * (self.size or 0))

    def peek(self) -> Iterator[Line]:
        """The lines before they are asked for, as far as the caller goes: ``lines`` gives them again, a pipe's too."""
        if self.size is not None:
            yield from self._all()
            return
        self._rest = self._all()
        for line in self._rest:
            self._peeked.append(line)
            yield line

    def lines(self) -> Iterator[Line]:
        """All lines in order, a byte-order mark and line ends taken off."""
        while self._peeked:
            yield self._peeked.pop(0)
        yield from self._rest or self._all()

    def _all(self) -> Iterator[Line]:
        try:
            yield from self._lines()
        except ModuleNotFoundError as error:
            problem = f"reading it needs the package {error.name}: pip install 'answer-verifier[batch]'"
            raise InputError(f"{self.name}: {problem}") from None
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(f"{self.name}: cannot be read further: {error}") from error

    def _lines(self) -> Iterator[Line]:
        with _open(self.name) as raw:
            rewindable = self.size is not None
            start = raw.read(_MAGIC)
            if start == PARQUET:
                if not rewindable:
                    raise InputError(f"{self.name}: Parquet cannot be read from a pipe; name the file")
                yield from self._parquet(raw)
                return
            if start[:2] in UTF16:
                raise InputError(f"{self.name}: is UTF-16 text; write it as UTF-8, e.g. iconv -f UTF-16 -t UTF-8")
            whole: IO[bytes] = raw
            if rewindable:
                raw.seek(0)
                self._raw = raw
            else:
                whole = io.BufferedReader(_Rejoined(start, raw), _HEAD)
            if start.startswith(GZIP):
                whole = gzip.GzipFile(fileobj=whole)  # type: ignore[assignment]  # a binary stream like any other
            elif start.startswith(ZSTD):
                whole = _zstd(whole)
            yield from _split(whole, self._longest)
            self._share = 1.0

    def _parquet(self, raw: IO[bytes]) -> Iterator[Line]:
        import pyarrow as pa  # type: ignore[import-untyped]
        from pyarrow import parquet

        number = offset = checksum = 0
        try:
            table = parquet.ParquetFile(raw)
            columns = table.schema_arrow.names
            twice = next((column for column in columns if columns.count(column) > 1), None)
            if twice is not None:
                raise InputError(f"{self.name}: two columns have the name '{twice}'; give one of them another")
            for batch in table.iter_batches(batch_size=_PARQUET_ROWS):
                for row in batch.to_pylist(maps_as_pydicts="lossy"):
                    data = write_json(row, default=_plain).encode()
                    checksum = zlib.crc32(data, checksum)
                    number += 1
                    kept = data if len(data) <= self._longest else None
                    yield Line(number, kept, offset, len(data), checksum)
                    offset += len(data)
                self._share = number / max(table.metadata.num_rows, 1)
        except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:  # of values Python has no type for
            raise InputError(f"{self.name}: cannot be read as Parquet: {error}") from error


def _size(name: str) -> int | None:
    """The bytes of a file that can be read; ``None`` for a pipe."""
    if name == STANDARD_INPUT:
        return None
    path = Path(name)
    try:
        name.encode()
    except UnicodeEncodeError:
        raise InputError(f"{name!a}: a name that is not UTF-8; give the file another, or a link to it") from None
    try:
        status = path.stat()
        if S_ISDIR(status.st_mode):
            raise InputError(f"{name}: is a folder; name the files in it, e.g. {path / '*.jsonl'}")
        if not S_ISREG(status.st_mode):
            return None
        with path.open("rb"):
            return status.st_size
    except FileNotFoundError:
        raise InputError(f"{name}: there is no such file") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{name}: cannot be read: {reason}") from error


def _open(name: str) -> io.BufferedReader:
    if name == STANDARD_INPUT:
        if sys.stdin is None:
            raise InputError("standard input is closed; give it something to read, or name a file")
        return open(sys.stdin.fileno(), "rb", closefd=False)
    return Path(name).open("rb")


class _Rejoined(io.RawIOBase):
    """A pipe whose first bytes were already taken to see what it is."""

    def __init__(self, start: bytes, rest: io.BufferedReader) -> None:
        self._start, self._rest = start, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # the stub's buffer has no runtime name
        piece, self._start = self._start[: len(buffer)], self._start[len(buffer) :]
        if not piece:
            piece = self._rest.read1(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _zstd(whole: IO[bytes]) -> IO[bytes]:
    # Arrow's reader says when a stream ends too early; the zstandard package's ends silently, and rows would be lost.
    import pyarrow as pa

    return io.BufferedReader(pa.CompressedInputStream(pa.PythonFile(whole, "r"), "zstd"), _HEAD)


def _split(whole: IO[bytes], longest: int) -> Iterator[Line]:
    number = offset = checksum = 0
    while piece := whole.readline(longest + len(BOM) + 2):  # room for what is taken off
        number += 1
        checksum = zlib.crc32(piece, checksum)
        length = len(piece)
        text = piece.removeprefix(BOM)  # at any line: files with a mark are joined with cat
        text = text.removesuffix(b"\n").removesuffix(b"\r")
        if len(text) > longest:
            while not piece.endswith(b"\n") and (piece := whole.readline(_PIECE)):
                checksum = zlib.crc32(piece, checksum)
                length += len(piece)
        yield Line(number, text if len(text) <= longest else None, offset, length, checksum)
        offset += length


def _plain(value: object) -> object:
    """A Parquet value that JSON has no type for."""
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return str(value)
