"""The store in a database of PostgreSQL, for several machines."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, TypeVar

from verifier.store.schema import Row
from verifier.store.sql import SqlStore, Talk, migrate
from verifier.types.errors import StoreError

if TYPE_CHECKING:
    import psycopg

_T = TypeVar("_T")

_MIGRATING: Final = 0x5665726966
"""The advisory lock that whoever migrates holds."""
_BEGINNING: Final = 0x5665726967
"""The advisory lock that whoever begins calls holds."""
_ATTEMPTS: Final = 3
_PATIENCE: Final = 10
"""Seconds to wait for a connection."""


class _Talk:
    def __init__(self, cursor: psycopg.Cursor[Any]) -> None:
        self._cursor = cursor

    def rows(self, statement: str, values: Row = ()) -> list[Row]:
        return list(self._cursor.execute(_put(statement), values).fetchall())

    def change(self, statement: str, values: Row = ()) -> int:
        return self._cursor.execute(_put(statement), values).rowcount

    def each(self, statement: str, rows: Iterable[Row]) -> None:
        self._cursor.executemany(_put(statement), rows)


def _put(statement: str) -> bytes:
    """A statement as psycopg wants it. Our statements hold no percent signs, and question marks only for values."""
    return statement.replace("?", "%s").encode()


class PostgresStore(SqlStore):
    """Opinions in the tables ``verifier_*`` of the database that ``url`` names; they are made where need be.

    ``shown`` is the URL without its password, ``secrets`` are what no message may hold, ``aside`` is the file for what
    the database does not take. One connection, opened at once, and anew when it is lost or in a process
    forked from this one. Raises ``StoreError``.
    """

    def __init__(self, url: str, shown: str, *, secrets: tuple[str, ...] = (), aside: Path | None = None) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise StoreError(
                f"the store {shown} needs psycopg: pip install 'answer-verifier[postgres]' ({error})"
            ) from None
        self._psycopg = psycopg
        self._url, self._shown, self._secrets, self._aside = url, shown, secrets, aside
        self._lock = RLock()
        self._connection: psycopg.Connection[Any] | None = None
        self._owner = 0
        try:
            self._do(self._migrate, write=True)
        except StoreError:
            self.close()
            raise

    @property
    def place(self) -> str:
        """Its URL, without the password."""
        return self._shown

    @property
    def aside(self) -> Path | None:
        """As it was given."""
        return self._aside

    def close(self) -> None:
        """Close the connection; another call opens it anew."""
        with self._lock:
            if self._connection is not None and self._owner == os.getpid():
                self._connection.close()
            self._connection = None

    def _migrate(self, talk: Talk) -> None:
        talk.rows("SELECT pg_advisory_xact_lock(?)", (_MIGRATING,))
        migrate(talk, self.place)

    def _alone(self, talk: Talk) -> None:
        talk.rows("SELECT pg_advisory_xact_lock(?)", (_BEGINNING,))

    def _do(self, work: Callable[[Talk], _T], *, write: bool) -> _T:
        # All that we write may be written twice: what came to nothing, or whose end we did not hear of, is done again.
        with self._lock:
            for left in reversed(range(_ATTEMPTS)):
                try:
                    connection = self._connected()
                    with connection.transaction(), connection.cursor() as cursor:
                        if not write:
                            cursor.execute("SET TRANSACTION READ ONLY")
                        found = work(_Talk(cursor))
                except self._psycopg.Error as error:
                    lost = self._connection is None or self._connection.broken or self._connection.closed
                    clash = isinstance(
                        error, (self._psycopg.errors.SerializationFailure, self._psycopg.errors.DeadlockDetected)
                    )
                    fresh = self._connection is None
                    if lost:
                        self._connection = None
                    if not left or fresh or not (lost or clash):
                        raise StoreError(self._problem(error)) from None
                except (OSError, ValueError, UnicodeError) as error:
                    raise StoreError(self._problem(error)) from None
                else:
                    return found
        raise AssertionError("unreachable")

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is not None and self._owner == os.getpid() and not self._connection.closed:
            return self._connection
        self._connection = None
        given = self._psycopg.conninfo.conninfo_to_dict(self._url)
        options: dict[str, Any] = {"connect_timeout": _PATIENCE, "application_name": "verifier", **given}
        # Poolers hand a connection from one client to another, and prepared statements do not go with it.
        connection = self._psycopg.connect(
            self._psycopg.conninfo.make_conninfo(**options), autocommit=True, prepare_threshold=None
        )
        self._connection, self._owner = connection, os.getpid()
        return connection

    def _problem(self, error: Exception) -> str:
        said = " ".join(str(error).split()) or type(error).__name__
        for secret in self._secrets:
            said = said.replace(secret, "***")
        return f"the store {self._shown} cannot be used: {said}"
