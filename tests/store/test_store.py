"""What every store does, whatever database it is in."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import opinions
import pytest
from opinions import LONG, SAME, begun, opinion

from verifier.judge import ballot
from verifier.store import schema, sql
from verifier.store.opening import open_store
from verifier.store.port import Batch, Ended, Spending, Store
from verifier.types.errors import StoreError
from verifier.types.opinion import Usage

WRITER = opinions.__file__


def keep(store: Store, *kept: opinions.Opinion) -> None:
    for one in kept:
        store.begin([begun(f"n-{one.key}", one.key)])
        store.end([Ended(number=f"n-{one.key}", opinion=one)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "both\nlines",
        "µ → ∞ 漢字 😀",
        "nul \0 inside",
        "half \ud83d a pair",
        '{"verdict": "same"}',
        "'; --",
        "%s ?",
    ],
)
def test_an_opinion_comes_back_as_it_was(store: Store, text: str) -> None:
    given = opinion(
        "k1",
        text,
        usage=Usage(input=1, cache_read=2, cache_write_5m=3, cache_write_1h=4, output=5),
        picodollars=9_007_199_254_740_991,
        mode="batch",
        stop="max_tokens",
        request_id="req_é",
    )
    keep(store, given)
    assert store.get(["k1", "other", "k1"]) == {"k1": given}
    assert list(store.export()) == [given]


def test_no_price_is_not_a_price_of_nothing(store: Store) -> None:
    keep(store, opinion("a", picodollars=None), opinion("b", picodollars=0))
    assert {key: one.picodollars for key, one in store.get(["a", "b"]).items()} == {"a": None, "b": 0}


def test_what_a_server_says_of_itself_may_be_anything(store: Store) -> None:
    keep(store, opinion("k", model="m\0\ud800", stop="\0", request_id="\ud800", usage=Usage(input=1 << 70, output=-5)))
    kept = store.get(["k"])["k"].reply
    assert kept.model == "m\ufffd?"
    assert kept.usage.input >= 1 << 53
    assert kept.usage.output == 0
    assert store.spending("run-1").usage.input >= 1 << 53


def test_the_first_opinion_of_a_key_stays(store: Store) -> None:
    first, second = opinion("k", "first"), opinion("k", "second", picodollars=7)
    store.begin([begun("n1", "k"), begun("n2", "k")])
    assert store.end([Ended(number="n1", opinion=first)]) == {"k": first}
    assert store.end([Ended(number="n2", opinion=second)]) == {"k": first}
    assert store.get(["k"]) == {"k": first}
    spent = store.spending("run-1")
    assert (spent.calls, spent.picodollars) == (2, first.picodollars + 7)  # type: ignore[operator]


def test_two_opinions_of_a_key_in_one_go(store: Store) -> None:
    store.begin([begun("n1", "k"), begun("n2", "k")])
    kept = store.end([Ended(number=number, opinion=opinion("k", number)) for number in ("n1", "n2")])
    assert kept == store.get(["k"])
    assert store.open_calls() == []


def test_calls_are_open_until_they_end(store: Store) -> None:
    calls = [begun("n1", "a"), begun("n2", "b", run="run-2"), begun("n3", "c", batch="nonce")]
    store.begin(calls)
    assert store.open_calls() == calls
    assert store.open_calls("run-2") == [calls[1]]
    assert store.spending("run-1") == Spending(open_calls=2, reserved=1_000_000_000, first=calls[0].at)
    store.end([Ended(number="n1", opinion=opinion("a")), Ended(number="n3", opinion=None, code="judge.unavailable")])
    assert store.open_calls() == [calls[1]]
    assert store.spending("run-1") == Spending(
        calls=1, usage=Usage(input=450, cache_read=1500, output=90), picodollars=105_000_000, first=calls[0].at
    )
    assert store.spending("nobody") == Spending()


def test_to_say_a_thing_twice_changes_nothing(store: Store) -> None:
    ended = Ended(number="n1", opinion=opinion("k"))
    for _ in range(2):
        store.begin([begun("n1", "k")])
    for _ in range(2):
        store.end([ended])
    store.end([Ended(number="n1", opinion=None, code="judge.deadline")])
    assert store.spending("run-1").calls == 1
    assert store.open_calls() == []


def test_nothing_is_said_of_nothing(store: Store) -> None:
    store.begin([])
    assert store.get([]) == {}
    assert store.end([]) == {}


def test_more_keys_than_one_statement_takes(store: Store) -> None:
    many = [opinion(f"k{number:05}") for number in range(1203)]
    store.begin([begun(f"n{one.key}", one.key) for one in many])
    store.end([Ended(number=f"n{one.key}", opinion=one) for one in many])
    assert len(store.get([one.key for one in many])) == 1203
    assert list(store.export()) == many


def test_batches_are_open_until_they_end(store: Store) -> None:
    old = Batch(nonce="b", run="run-1", id="", calls=2, at="2026-11-25T12:00:00Z")
    new = Batch(nonce="a", run="run-1", id="", calls=1, at="2026-11-25T12:00:01Z")
    store.begin_batch(new, [begun("a-0", "k3", batch="a")])
    store.begin_batch(old, [begun("b-0", "k1", batch="b"), begun("b-1", "k2", batch="b")])
    assert store.batches("run-1") == [old, new]
    assert [one.number for one in store.open_calls("run-1")] == ["a-0", "b-0", "b-1"]
    store.name_batch("b", "msgbatch_1")
    assert store.batches("run-1")[0] == msgspec.structs.replace(old, id="msgbatch_1")
    store.end_batch("b")
    assert store.batches("run-1") == store.batches() == [new]
    assert store.batches("run-2") == []


def test_a_batch_is_not_noted_where_others_ask_for_a_part_of_it(store: Store) -> None:
    store.begin([begun("live", "k1", run="run-2", at="2026-11-25T12:00:00Z")])
    keep(store, opinion("k2"))
    batch = Batch(nonce="b", run="run-1", id="", calls=3, at="2026-11-25T12:00:30Z")
    calls = [begun(f"b-{n}", f"k{n}", batch="b") for n in range(3)]
    since = "2026-11-25T11:59:30Z"
    assert store.asked(["k0", "k1", "k2"], run="run-1", since=since) == {"k1"}
    assert store.asked(["k1"], run="run-2", since=since) == set()
    assert store.begin_batch(batch, calls, since=since) == {"k1": None, "k2": opinion("k2")}
    assert (store.batches(), store.open_calls("run-1")) == ([], [])
    assert store.begin_batch(batch, calls[:1], since=since) == {}
    assert store.begin_batch(batch, calls[1:2], since="2026-11-25T12:00:01Z") == {}
    assert [call.key for call in store.open_calls("run-1")] == ["k0", "k1"]
    store.lose(["live"], "judge.unavailable")
    assert store.asked(["k1"], run="run-1", since=since) == set()


def test_what_came_to_nothing(store: Store) -> None:
    batch = Batch(nonce="b", run="run-1", id="", calls=4, at="2026-11-25T12:00:00Z")
    calls = [begun(f"b-{n}", f"k{n}", batch="b", rubric="short-1", ballot="swapped") for n in range(4)]
    store.begin_batch(batch, calls)
    assert store.open_calls("run-1") == calls
    store.end([Ended(number="b-0", opinion=opinion("k0"))])
    store.end([Ended(number="b-1", opinion=None, code="judge.batch_expired")])
    store.lose(["b-0", "b-2"], "judge.unavailable")
    store.lose([], "judge.unavailable")
    assert store.unanswered("run-1") == [("k1", "judge.batch_expired"), ("k2", "judge.unavailable")]
    assert store.unanswered("run-2") == []
    assert store.open_calls("run-1") == calls[2:]


def test_stats(store: Store) -> None:
    empty = store.stats()
    assert (empty.opinions, empty.picodollars, empty.oldest, empty.runs) == (0, 0, None, {})
    keep(
        store,
        opinion("a", at="2026-11-24T00:00:00Z"),
        opinion("b", rubric="long-1", model="claude-haiku-4-5", picodollars=1),
        opinion("c", picodollars=None, at="2026-11-26T00:00:00Z"),
    )
    store.begin([begun("lost", "z", run="run-9", reserved=3)])
    found = store.stats()
    assert found.schema == len(schema.MIGRATIONS)
    assert (found.opinions, found.picodollars) == (3, 105_000_001)
    assert found.by_model == {"claude-haiku-4-5": (1, 1), "claude-haiku-5-5": (2, 105_000_000)}
    assert found.by_rubric == {"long-1": (1, 1), "short-1": (2, 105_000_000)}
    assert (found.oldest, found.newest) == ("2026-11-24T00:00:00Z", "2026-11-26T00:00:00Z")
    assert found.runs["run-1"].calls == 3
    assert found.runs["run-9"] == Spending(open_calls=1, reserved=3, first=found.runs["run-1"].first)


PRUNED = {
    "a": {"at": "2026-10-01T00:00:00Z"},
    "b": {"at": "2026-11-01T00:00:00Z", "model": "claude-haiku-4-5-20251001"},
    "c": {"model": "claude-haiku-4-55"},
    "d": {"stop": "refusal"},
    "e": {"text": "I think they are the same."},
    "f": {"text": f"Here it is:\n```json\n{SAME}\n```"},
    "g": {"text": '{"verdict": "maybe"}'},
    "h": {"stop": "max_tokens"},
    "i": {"text": SAME.replace('"verdict"', '"verdict": "different", "verdict"')},
    "j": {"text": SAME.replace('"extracted_answer": "42", ', "")},
    "k": {"text": SAME.replace('"42"', '""')},
    "l": {"text": SAME.replace('"42"', '""').replace('"same"', '"cannot_tell"')},
    "m": {"text": f"{SAME} {SAME}"},
    "n": {"text": f"{SAME} {SAME.replace('same', 'different')}"},
    "o": {"rubric": "long-1", "text": LONG},
    "p": {"rubric": "long-1", "text": LONG.replace('"present"', '"absent"')},
    "q": {"rubric": "long-1", "text": LONG.replace('"in the sea"', '""')},
    "r": {"rubric": "long-1", "text": LONG.replace('"in the sea"', f'"{"sea " * 21}"')},
    "s": {"rubric": "long-1"},
}


@pytest.mark.parametrize(
    ("named", "gone"),
    [
        ({"before": "2026-11-01T00:00:00Z"}, "a"),
        ({"before": "2026-11-01T00:00:01Z"}, "ab"),
        ({"before": "2000-01-01T00:00:00Z"}, ""),
        ({"model": "claude-haiku-4-5"}, "b"),
        ({"model": "claude-haiku-4-5-20251001"}, "b"),
        ({"model": "claude%"}, ""),
        ({"usable": ballot.usable}, "deghijknpqrs"),
        ({"usable": ballot.usable, "before": "2026-11-01T00:00:00Z"}, ""),
        ({"model": "claude-haiku-4-5", "before": "2026-10-15T00:00:00Z"}, ""),
    ],
)
def test_prune_takes_what_is_named(store: Store, named: dict, gone: str) -> None:
    keep(store, *(opinion(key, **changed) for key, changed in PRUNED.items()))
    spent = store.spending("run-1")
    assert store.prune(**named) == len(gone)
    assert set(store.get(list(PRUNED))) == set(PRUNED) - set(gone)
    assert store.spending("run-1") == spent


def test_prune_of_nothing_named_is_refused(store: Store) -> None:
    keep(store, opinion("k"))
    with pytest.raises(ValueError, match="nothing is named"):
        store.prune()
    assert store.get(["k"])


def test_a_store_is_opened_again(url: str) -> None:
    store = open_store(url)
    keep(store, opinion("k"))
    store.close()
    assert store.get(["k"])  # it opens its connection anew
    store.close()
    again = open_store(url)
    assert again.get(["k"]) == {"k": opinion("k")}
    again.close()


def test_many_threads_write_at_once(store: Store) -> None:
    def work(thread: int) -> list[str]:
        said = []
        for number in range(20):
            store.begin([begun(f"{thread}-{number}", f"k{number}")])
            kept = store.end([Ended(number=f"{thread}-{number}", opinion=opinion(f"k{number}", str(thread)))])
            said.append(kept[f"k{number}"].reply.text)
        return said

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(work, range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert store.spending("run-1").calls == 160
    assert store.open_calls() == []


def test_many_processes_write_at_once(url: str) -> None:
    writers = [
        subprocess.Popen([sys.executable, WRITER, url, f"w{number}", "30"], stdout=subprocess.PIPE, text=True)
        for number in range(5)
    ]
    told = {number: writer.communicate(timeout=120)[0].splitlines() for number, writer in enumerate(writers)}
    assert [writer.returncode for writer in writers] == [0] * 5
    store = open_store(url)
    assert store.spending("run-1").calls == 150
    assert store.stats().opinions == 10 + 5 * 20
    for lines in told.values():
        for line in lines:
            number, _, text = line.partition("\t")
            if int(number) % 3 == 0:  # all were told the one opinion that stays
                assert store.get([f"shared-{number}"])[f"shared-{number}"].reply.text == text
    store.close()


def test_what_was_kept_survives_a_kill(url: str) -> None:
    for wait in (0.0, 0.01, 0.05, 0.1):
        name = f"w{wait}"
        writer = subprocess.Popen([sys.executable, WRITER, url, name, "100000"], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        said = [writer.stdout.readline()]
        time.sleep(wait)
        os.kill(writer.pid, signal.SIGKILL)
        said += writer.stdout.readlines()
        writer.wait(10)
        writer.stdout.close()
        told = [line.partition("\t")[0] for line in said if line.endswith("\n")]
        store = open_store(url)
        keys = [f"shared-{number}" if int(number) % 3 == 0 else f"{name}-{number}" for number in told]
        assert told
        assert set(store.get(keys)) == set(keys)
        mine = [one for one in store.open_calls() if one.number.startswith(f"{name}-")]
        assert len(mine) <= 1
        store.close()


def test_an_older_store_is_brought_up_to_date(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = schema.MIGRATIONS
    monkeypatch.setattr(sql.migrate, "__defaults__", (real[:1],))
    old = open_store(url)
    assert old.stats().schema == 1
    old.end([Ended(number="n-k", opinion=opinion("k"))])
    old.close()
    monkeypatch.setattr(sql.migrate, "__defaults__", (real,))
    new = open_store(url)
    assert new.stats().schema == len(real)
    assert new.get(["k"]) == {"k": opinion("k")}
    new.close()
    monkeypatch.setattr(sql.migrate, "__defaults__", (real[:1],))
    with pytest.raises(StoreError, match=rf"made by a newer version \(schema {len(real)}, and this one knows 1\)"):
        open_store(url)


def test_a_step_that_fails_is_not_half_taken(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = schema.MIGRATIONS
    bad = (*real, ("CREATE TABLE verifier_new (a TEXT)", "CREATE TABEL oops"))
    monkeypatch.setattr(sql.migrate, "__defaults__", (bad,))
    with pytest.raises(StoreError, match="cannot be used"):
        open_store(url)
    monkeypatch.setattr(sql.migrate, "__defaults__", ((*real, ("CREATE TABLE verifier_new (a TEXT)",)),))
    store = open_store(url)
    assert store.stats().schema == len(real) + 1
    store.close()


def test_many_open_a_new_store_at_once(url: str) -> None:
    barrier = threading.Barrier(6)

    def work(number: int) -> None:
        barrier.wait()
        store = open_store(url)
        keep(store, opinion(f"k{number}"))
        store.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    store = open_store(url)
    assert store.stats().opinions == 6
    store.close()


def test_a_forked_process_has_a_connection_of_its_own(url: str) -> None:
    store = open_store(url)
    keep(store, opinion("before"))
    child = os.fork()
    if child == 0:
        try:
            keep(store, opinion("child"))
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    keep(store, opinion("after"))
    assert len(store.get(["before", "child", "after"])) == 3
    store.close()


def test_the_file_of_a_store_is_its_owners(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/deep/er/opinions.db")
    assert (tmp_path / "deep" / "er").stat().st_mode & 0o077 == 0
    store.close()


@pytest.mark.parametrize("how", ["removed", "replaced", "with its folder"])
def test_a_file_that_is_removed_amid_a_run_is_made_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    path = tmp_path / "folder" / "opinions.db"
    store = open_store(f"sqlite:///{path}")
    keep(store, opinion("before"))
    if how == "with its folder":
        shutil.rmtree(path.parent)
    else:
        for each in path.parent.glob("opinions.db*"):
            each.unlink()
    if how == "replaced":
        other = open_store(f"sqlite:///{path}")
        keep(other, opinion("other"))
        other.close()
    store.begin([begun("n2", "after")])
    keep(store, opinion("after"))
    store.close()
    assert [record.getMessage().startswith(f"the store {path} was removed") for record in caplog.records] == [True]
    again = open_store(f"sqlite:///{path}")
    assert sorted(again.get(["before", "other", "after"])) == (["after", "other"] if how == "replaced" else ["after"])
    again.close()


def test_a_file_that_is_removed_and_no_store_stands_there_fails_clearly(tmp_path: Path) -> None:
    path = tmp_path / "opinions.db"
    store = open_store(f"sqlite:///{path}")
    for each in tmp_path.glob("opinions.db*"):
        each.unlink()
    path.write_text("no database " * 100)
    for _ in range(2):
        with pytest.raises(StoreError, match="is no database, or is damaged"):
            store.get(["k"])
    path.unlink()
    assert store.get(["k"]) == {}
    store.close()
