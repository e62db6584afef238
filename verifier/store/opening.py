"""From a URL to an open store."""

from __future__ import annotations

import os
import re
from hashlib import blake2b
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from verifier.store.port import Store
from verifier.store.spill import Spill
from verifier.store.sql import ASIDE, SqlStore
from verifier.types.errors import StoreError

_FORMS = "sqlite:///relative.db, sqlite:////absolute.db or postgresql://user:password@host/database"


def default_path() -> Path:
    """Where opinions are kept if nothing else is said: in the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    folder = Path(cache) if Path(cache).is_absolute() else Path("~/.cache").expanduser()
    return folder / "verifier" / "opinions.db"


def open_store(url: str | None = None) -> Store:
    """The store of a URL; of none, or an empty one, that of ``default_path``.

    Replies that it did not take in an earlier run are given to it now. Raises ``StoreError``; no message holds a
    password.
    """
    store = _opened(url)
    try:
        spill = spill_of(store)
        if spill is not None:
            spill.recover(store)
    except StoreError:
        store.close()
        raise
    return store


def open_existing(url: str | None = None) -> Store | None:
    """The store of a URL, to look into it; ``None`` where it would have to be made. Raises ``StoreError``."""
    place = file_of(url)
    return None if place is not None and not place.exists() else open_store(url)


def _opened(url: str | None) -> Store:
    if not url:
        from verifier.store.sqlite import SQLiteStore

        return SQLiteStore(default_path())
    scheme = _scheme(url)
    if scheme == "sqlite":
        from verifier.store.sqlite import SQLiteStore

        return SQLiteStore(file_of(url))
    if scheme in {"postgresql", "postgres"}:
        from verifier.store.postgres import PostgresStore

        digest = blake2b(shown(url).encode(), digest_size=6).hexdigest()
        aside = default_path().with_name(f"postgres-{digest}{ASIDE}")
        return PostgresStore(url, shown(url), secrets=_secrets(url), aside=aside)
    raise StoreError(f"the store '{shown(url)}' is of no kind that is known: write {_FORMS}")


def spill_of(store: Store) -> Spill | None:
    """Where replies wait that a store does not take; ``None`` for one in memory, and for those that are not ours."""
    return Spill(store.aside) if isinstance(store, SqlStore) and store.aside is not None else None


def shown(url: str) -> str:
    """A URL without its password, for messages."""
    hidden = re.sub(r"^([^:/?#]*://[^:/?#]*):.*@", r"\1:***@", url, flags=re.DOTALL)
    return re.sub(r"([?&](?:ssl)?password=)[^&#]*", r"\1***", hidden)


def _scheme(url: str) -> str:
    return url.partition("://")[0].lower() if "://" in url else ""


def file_of(url: str | None) -> Path | None:
    """The file of a store; ``None`` for one that is not in a file. Raises ``StoreError``."""
    if not url:
        return default_path()
    if _scheme(url) != "sqlite":
        return None
    rest = url.partition("://")[2]
    if "?" in rest or "#" in rest:
        raise StoreError(f"the store '{url}': a path alone is read; write ? as %3F and # as %23")
    if rest in {"", "/", "/:memory:", ":memory:"}:
        if rest in {"", "/"}:
            raise StoreError(f"the store '{url}' names no file: write {_FORMS}")
        return None
    if not rest.startswith("/"):
        raise StoreError(f"the store '{url}': write three slashes before a path, as in sqlite:///{rest}")
    return Path(unquote(rest[1:])).expanduser()


def _secrets(url: str) -> tuple[str, ...]:
    """The password, as it is written and as it is meant."""
    userinfo = re.match(r"^[^:/?#]*://[^:/?#]*:(.*)@", url, flags=re.DOTALL)
    found = [userinfo[1]] if userinfo else []
    try:
        query = urlsplit(url).query
    except ValueError:
        query = url.partition("?")[2]
    found += [value for name, value in parse_qsl(query) if name in {"password", "sslpassword"}]
    return tuple(sorted({text for one in found if one for text in (one, unquote(one))}, key=len, reverse=True))
