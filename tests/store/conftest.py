"""A store of each kind, empty at the start of every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from verifier.store.opening import open_store
from verifier.store.port import Store

WHY = "no PostgreSQL here: .ci/postgres runs a command beside one, and .ci/postgres --install gets it from Debian"


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The URL of a server whose databases we may make and drop."""
    url = os.environ.get("VERIFIER_TEST_POSTGRES_URL", "")
    missing = "" if url else WHY
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        missing = f"PostgreSQL is not tested: {error}"
    if not missing:
        return url
    if os.environ.get("VERIFIER_REQUIRE_POSTGRES") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a database of the test's own."""
    import psycopg

    name = f"t{uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    yield postgres_server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store's URL; replies that it does not take wait in the test's folder too."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'opinions.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()
