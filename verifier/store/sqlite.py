"""The store in a file of SQLite: nothing to set up, for any number of threads and processes of one machine."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import RLock
from typing import Final, TypeVar

from verifier.store.schema import Row
from verifier.store.sql import ASIDE, SqlStore, Talk, migrate
from verifier.types.errors import StoreError

_T = TypeVar("_T")

_LOG = logging.getLogger("verifier.store")
_PATIENCE: Final = 30.0
"""Seconds to wait for another writer."""


class _Talk:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, statement: str, values: Row = ()) -> list[Row]:
        return self._connection.execute(statement, values).fetchall()

    def change(self, statement: str, values: Row = ()) -> int:
        return self._connection.execute(statement, values).rowcount

    def each(self, statement: str, rows: Iterable[Row]) -> None:
        self._connection.executemany(statement, rows)


class SQLiteStore(SqlStore):
    """Opinions in a file, or in memory where ``path`` is ``None``.

    What a method has done survives a kill of the process and a loss of power. One connection, opened at once and, in a
    process forked from this one or where the file was removed or replaced, anew. Raises ``StoreError``.
    """

    def __init__(self, path: Path | None, *, patience: float = _PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._lock = RLock()
        self._connection: sqlite3.Connection | None = None
        self._owner = 0
        self._file = (0, 0)
        self._bare = False
        try:
            self._do(lambda talk: migrate(talk, self.place), write=True)
        except StoreError:
            self.close()
            raise

    @property
    def place(self) -> str:
        """Its file."""
        return "in memory" if self._path is None else str(self._path)

    @property
    def path(self) -> Path | None:
        """The file; ``None`` in memory."""
        return self._path

    @property
    def aside(self) -> Path | None:
        """Beside the file."""
        return None if self._path is None else self._path.with_name(self._path.name + ASIDE)

    def close(self) -> None:
        """Close the file; another call opens it anew."""
        with self._lock:
            if self._connection is not None and self._owner == os.getpid():
                self._connection.close()
            self._connection = None

    def _alone(self, talk: Talk) -> None:
        """Writers wait for each other here anyway."""

    def _do(self, work: Callable[[Talk], _T], *, write: bool) -> _T:
        with self._lock:
            try:
                connection = self._current()
                connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
                try:
                    found = work(_Talk(connection))
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
            except (sqlite3.Error, OSError) as error:
                raise StoreError(self._problem(error)) from error
            return found

    def _current(self) -> sqlite3.Connection:
        """A connection to the file that stands at the path: what is written to one that was removed is lost."""
        if self._connection is not None and self._owner == os.getpid() and self._path is not None and not self._same():
            _LOG.error("the store %s was removed or replaced while it was in use: what it held is lost", self.place)
            self._connection.close()
            self._connection = None
            self._bare = True
        connection = self._connected()
        if not self._bare:
            return connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            migrate(_Talk(connection), self.place)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        self._bare = False
        return connection

    def _same(self) -> bool:
        try:
            return self._file == _identity(self.path)
        except FileNotFoundError:
            return False

    def _connected(self) -> sqlite3.Connection:
        if self._connection is not None and self._owner == os.getpid():
            return self._connection
        if self._path is not None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(
            ":memory:" if self._path is None else self._path,
            timeout=self._patience,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            self._to_wal(connection)
            connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
        self._connection, self._owner = connection, os.getpid()
        self._file = _identity(self._path)
        return connection

    def _to_wal(self, connection: sqlite3.Connection) -> None:
        """Readers beside a writer. To change a file's mode SQLite does not wait for others by itself."""
        until = time.monotonic() + self._patience
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if not _busy(error) or time.monotonic() > until:
                    raise
                time.sleep(0.02)
            else:
                return

    def _problem(self, error: Exception) -> str:
        place = f"the store {self.place}"
        if isinstance(error, OSError):
            return f"{place} cannot be opened: {error.strerror or error}"
        if _busy(error):
            return f"{place} is held by another process, and was for {self._patience:g} seconds: {error}"
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            return f"{place} is no database, or is damaged: {error}; move it away, or set VERIFIER_STORE_URL"
        return f"{place} cannot be used: {error}"


def _identity(path: Path | None) -> tuple[int, int]:
    """Which file stands at a path."""
    if path is None:
        return 0, 0
    status = path.stat()
    return status.st_dev, status.st_ino


def _busy(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
