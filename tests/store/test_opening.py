"""URLs, and what is said of stores that cannot be opened; replies that a store did not take."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from opinions import begun, opinion

from verifier.store.opening import default_path, open_store, shown, spill_of
from verifier.store.port import Ended, Store
from verifier.store.spill import Spill
from verifier.store.sqlite import SQLiteStore
from verifier.types.errors import StoreError
from verifier.types.opinion import Opinion


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "cache"


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_a_url_it_is_in_the_cache(cache: Path, nothing: str | None) -> None:
    open_store(nothing).close()
    assert (cache / "verifier" / "opinions.db").is_file()


def test_without_a_cache_folder_it_is_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", value)
        monkeypatch.setenv("HOME", str(tmp_path))
        assert default_path() == tmp_path / ".cache" / "verifier" / "opinions.db"


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:///here.db", "here.db"),
        ("sqlite:///deep/er.db", "deep/er.db"),
        ("sqlite:////{}/there.db", "there.db"),
        ("sqlite:///odd%20%3F%23.db", "odd ?#.db"),
        ("SQLITE:///upper.db", "upper.db"),
    ],
)
def test_a_path_of_sqlite(tmp_path: Path, url: str, file: str) -> None:
    open_store(url.format(tmp_path)).close()
    assert (tmp_path / file).is_file()


def test_in_memory(tmp_path: Path) -> None:
    store = open_store("sqlite:///:memory:")
    store.begin([begun()])
    assert spill_of(store) is None
    assert list(tmp_path.iterdir()) == []
    store.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("opinions.db", "of no kind that is known: write sqlite:///"),
        ("mysql://me:secret@host/db", r"'mysql://me:\*\*\*@host/db' is of no kind"),
        ("sqlite://opinions.db", "three slashes"),
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite:///a.db?mode=ro", "a path alone is read"),
        ("://", "of no kind"),
    ],
)
def test_a_url_that_is_none(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as caught:
        open_store(url)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("shopping list\n" * 100)
    with pytest.raises(StoreError, match=r"notes\.db is no database, or is damaged"):
        open_store("sqlite:///notes.db")
    assert (tmp_path / "notes.db").read_text() == "shopping list\n" * 100


def test_a_damaged_database(tmp_path: Path) -> None:
    store = open_store("sqlite:///opinions.db")
    store.begin([begun(f"n{number}") for number in range(2000)])
    store.close()
    content = bytearray((tmp_path / "opinions.db").read_bytes())
    content[4096:] = b"\xa5" * len(content[4096:])
    (tmp_path / "opinions.db").write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        open_store("sqlite:///opinions.db").stats()


@pytest.mark.parametrize("place", ["folder", "file/below.db"])
def test_a_place_where_no_file_can_be(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="the store"):
        open_store(f"sqlite:///{place}")


def test_a_file_that_another_process_holds(tmp_path: Path) -> None:
    open_store("sqlite:///opinions.db").close()
    holder = sqlite3.connect(tmp_path / "opinions.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"held by another process, and was for 0\.1 seconds"):
        SQLiteStore(tmp_path / "opinions.db", patience=0.1)
    holder.execute("ROLLBACK")
    holder.close()


@pytest.mark.parametrize(
    ("url", "hidden"),
    [
        ("postgresql://me:s3cr3t@host:5432/db", "postgresql://me:***@host:5432/db"),
        ("postgresql://me:s3:c@r/3t@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
        (
            "postgresql://host/db?user=me&password=s3cr3t&sslmode=require",
            "postgresql://host/db?user=me&password=***&sslmode=require",
        ),
        ("sqlite:////var/lib/a.db", "sqlite:////var/lib/a.db"),
        ("postgresql://[::1]:5432/db", "postgresql://[::1]:5432/db"),
    ],
)
def test_passwords_are_not_shown(url: str, hidden: str) -> None:
    assert shown(url) == hidden


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:s3cr3t%21@127.0.0.1:{port}/db",
        "postgresql://127.0.0.1:{port}/db?user=me&password=s3cr3t%21",
        "postgresql://me:s3cr3t!@127.0.0.1:notaport/db",
        "postgresql://me:s3cr3t!@no-such-host.invalid/db",
        "postgresql://me:s3cr3t!@/db?host=/nowhere",
        "postgresql://me:s3cr3t!@127.0.0.1:{port}/db?nonsense=1",
        "postgresql://me:s3cr3t%zz@127.0.0.1:{port}/db",
    ],
)
def test_a_server_that_is_not_there(url: str) -> None:
    pytest.importorskip("psycopg")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = url.format(port=free.getsockname()[1])
        with pytest.raises(StoreError, match=r"the store postgresql://.* cannot be used: ") as caught:
            open_store(address)
    assert "s3cr3t" not in str(caught.value)
    assert "s3cr3t" not in repr(caught.value.__cause__)


def test_a_database_that_is_not_there(postgres_server: str) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        open_store(postgres_server.replace("/postgres?", "/nowhere?"))


def test_a_connection_that_is_cut_is_made_anew(postgres_url: str) -> None:
    import psycopg

    store = open_store(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    store.begin([begun()])
    assert len(store.open_calls()) == 1
    store.close()


def test_without_psycopg_it_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from verifier.store.opening import open_store\n"
        "open_store('postgresql://me:s3cr3t@host/db')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "pip install 'answer-verifier[postgres]'" in done.stderr
    assert "s3cr3t" not in done.stderr.rpartition("StoreError")[2]


# --- replies that a store did not take ------------------------------------------------------------------------------


def ended(number: int) -> Ended:
    return Ended(number=f"n{number}", opinion=opinion(f"k{number}", f"reply {number}\n"))


def test_what_was_spilled_is_read_at_the_next_opening() -> None:
    store = open_store("sqlite:///opinions.db")
    store.begin([begun(f"n{number}", f"k{number}") for number in range(3)])
    spill = spill_of(store)
    assert spill is not None
    assert spill.path.name == "opinions.db.unkept.jsonl"
    spill.keep([ended(0), ended(1)])
    spill.keep([ended(2)])
    assert spill.path.stat().st_mode & 0o077 == 0
    store.close()
    again = open_store("sqlite:///opinions.db")
    assert set(again.get(["k0", "k1", "k2"])) == {"k0", "k1", "k2"}
    assert again.open_calls() == []
    assert not spill.path.exists()
    again.close()


def test_a_line_that_a_kill_has_cut_off_costs_no_other(tmp_path: Path) -> None:
    store = open_store("sqlite:///opinions.db")
    spill = Spill(tmp_path / "spill.jsonl")
    spill.keep([ended(0)])
    whole = spill.path.read_bytes()
    spill.path.write_bytes(whole + whole[: len(whole) // 2])
    spill.keep([ended(1)])
    assert spill.recover(store) == 2
    assert set(store.get(["k0", "k1"])) == {"k0", "k1"}
    store.close()


class Broken:
    def end(self, calls: Sequence[Ended]) -> dict[str, Opinion]:
        raise StoreError(f"no room for {len(calls)}")


def test_what_the_store_still_does_not_take_goes_on_waiting(tmp_path: Path) -> None:
    spill = Spill(tmp_path / "spill.jsonl")
    spill.keep([ended(0)])
    before = spill.path.read_bytes()
    with pytest.raises(StoreError, match="no room for 1"):
        spill.recover(Broken())  # type: ignore[arg-type]
    assert spill.path.read_bytes() == before


def test_nothing_waits(tmp_path: Path, store: Store) -> None:
    assert Spill(tmp_path / "none.jsonl").recover(store) == 0


def test_many_processes_spill_at_once_while_others_read(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2]); from opinions import opinion\n"
        "from verifier.store.port import Ended; from verifier.store.spill import Spill\n"
        "for n in range(50):\n"
        "    key = f'{sys.argv[3]}-{n}'\n"
        "    Spill(Path(sys.argv[1])).keep([Ended(number=key, opinion=opinion(key))])\n"
    )
    support = str(Path(__file__).resolve().parents[1] / "support")
    spill = Spill(tmp_path / "spill.jsonl")
    store = open_store("sqlite:///opinions.db")
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(spill.path), support, f"w{number}"]) for number in range(3)
    ]
    while any(writer.poll() is None for writer in writers):
        spill.recover(store)
    spill.recover(store)
    assert store.stats().opinions == 150
    store.close()


def test_a_line_of_the_file_is_an_ended_call(tmp_path: Path) -> None:
    spill = Spill(tmp_path / "spill.jsonl")
    spill.keep([ended(0)])
    assert msgspec.json.decode(spill.path.read_bytes(), type=Ended) == ended(0)
