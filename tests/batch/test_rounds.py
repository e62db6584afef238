"""A batch whose making nobody confirmed: it is looked for before its calls are sent again."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

import opinions
import pytest
from opinions import call, reply

from verifier.batch import rounds
from verifier.batch.judging import OverBudget
from verifier.batch.rounds import Gathering, Rounds
from verifier.judge.batches import Found, Gone, Progress
from verifier.judge.desk import Desk
from verifier.judge.prices import most
from verifier.judge.trouble import BATCH_ERRORED, UNAVAILABLE, Trouble
from verifier.rulebook import builtin_rules
from verifier.store.opening import open_store
from verifier.store.port import Batch, Begun, Ended, Store
from verifier.store.schema import now
from verifier.types.opinion import Call, Reply, Usage

PRICES = builtin_rules().prices


class Late:
    """A server whose first batches are cut; the first shows after it was looked for ``looks`` times, if not negative.

    Those in ``gone`` are not there, before the look ``back``.
    """

    def __init__(self, looks: int, cuts: int = 1) -> None:
        self.looks = looks
        self.cuts = cuts
        self.gone: set[str] = set()
        self.back = -1
        self.sent: dict[str, tuple[str, Sequence[Call]]] = {}
        self.found = 0

    def check(self) -> None:
        """It takes batches."""

    async def submit(self, calls: Sequence[Call], nonce: str) -> str:
        number = f"batch_{len(self.sent)}"
        self.sent[number] = (nonce, calls)
        if len(self.sent) <= self.cuts:
            raise Trouble(UNAVAILABLE, "cut", sent=True)
        return number

    async def status(self, batch_id: str, /) -> Progress:
        self.back -= 1
        if batch_id in self.gone and self.back:
            raise Gone(BATCH_ERRORED, "404")
        return Progress(id=batch_id, ended=True, succeeded=len(self.sent[batch_id][1]))

    async def results(self, batch_id: str, /) -> AsyncIterator[tuple[str, Reply | Trouble]]:
        nonce, calls = self.sent[batch_id]
        for number in range(len(calls)):
            yield f"{nonce}-{number}", reply()

    async def find(self, nonce: str, *_: object) -> Found:
        self.found += 1
        there = 0 <= self.looks < self.found and self.sent["batch_0"][0] == nonce
        return Found(id="batch_0" if there else "")

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/opinions.db")
    yield opened
    opened.close()


def run(sender: Late, store: Store, folder: Path, grace: float, *, limit: int | None = None, calls: int = 1) -> int:
    gathering = Gathering(Desk(None, store, prices=PRICES, run="run-1"))
    asked = Rounds(
        store,
        sender,
        gathering,
        prices=PRICES,
        run="run-1",
        limit=limit,
        folder=folder,
        says=lambda _: None,
        grace=grace,
    )

    def scan() -> None:
        async def all_of_them() -> None:
            for number in range(1, calls + 1):
                with contextlib.suppress(Trouble):
                    await gathering.opinion(call(number))

        asyncio.run(all_of_them())

    asked.finish(scan)
    return asked.answered


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "_FIRST_WAIT", 0.01)


def test_a_batch_that_shows_late_is_not_sent_again(store: Store, tmp_path: Path) -> None:
    sender = Late(looks=3)
    assert run(sender, store, tmp_path / "rounds", grace=60) == 1
    assert (len(sender.sent), sender.found) == (1, 4)
    assert store.spending("run-1").calls == 1
    assert store.open_calls("run-1") == []


def test_one_that_does_not_show_in_time_is_sent_again(store: Store, tmp_path: Path) -> None:
    sender = Late(looks=-1)
    assert run(sender, store, tmp_path / "rounds", grace=1.5) == 1
    assert len(sender.sent) == 2
    assert sender.found > 3
    (lost,) = store.open_calls("run-1")
    spent = store.spending("run-1")
    assert (spent.calls, spent.open_calls, spent.reserved) == (1, 1, lost.reserved)
    assert store.batches("run-1") == []


def test_calls_that_are_lost_twice_are_asked_no_more(store: Store, tmp_path: Path) -> None:
    sender = Late(looks=-1, cuts=9)
    assert run(sender, store, tmp_path / "rounds", grace=0) == 0
    assert len(sender.sent) == 2
    assert [code for _, code in store.unanswered("run-1")] == ["judge.unavailable"] * 2
    assert run(sender, store, tmp_path / "rounds", grace=0) == 0
    assert len(sender.sent) == 2


def test_a_batch_that_is_gone_is_asked_once_more(store: Store, tmp_path: Path) -> None:
    sender = Late(looks=-1, cuts=0)
    sender.gone = {"batch_0"}
    assert run(sender, store, tmp_path / "rounds", grace=0) == 1
    assert len(sender.sent) == 2
    assert [code for _, code in store.unanswered("run-1")] == ["judge.batch_errored"]
    assert store.spending("run-1").open_calls == 1


def test_a_batch_that_is_gone_so_soon_is_waited_for(store: Store, tmp_path: Path) -> None:
    sender = Late(looks=-1, cuts=0)
    sender.gone, sender.back = {"batch_0"}, 8
    assert run(sender, store, tmp_path / "rounds", grace=60) == 1
    assert len(sender.sent) == 1


def test_what_another_run_has_under_way_is_waited_for(store: Store, tmp_path: Path) -> None:
    asked = call()
    sender = Late(looks=-1, cuts=0)
    sender.sent["batch_0"] = ("b" * 32, [asked])
    batch = Batch(nonce="b" * 32, run="run-0", id="batch_0", calls=1, at=now())
    begun = Begun(number=f"{batch.nonce}-0", run="run-0", key=asked.key, model=asked.model, reserved=7, at=batch.at,
                  batch=batch.nonce, rubric=asked.rubric, ballot=asked.ballot)  # fmt: skip
    store.begin_batch(batch, [begun])
    assert run(sender, store, tmp_path / "rounds", grace=0) == 0
    assert list(sender.sent) == ["batch_0"]
    assert store.get([asked.key])[asked.key].ballot == "first"
    assert (store.spending("run-0").calls, store.spending("run-1").calls) == (1, 0)


def live(store: Store, *asked: Call) -> None:
    """Calls that another run begins, live, each under its key as a number."""
    store.begin([
        Begun(number=one.key, run="run-0", key=one.key, model=one.model, reserved=7, at=now()) for one in asked
    ])  # fmt: skip


def at_each_poll(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> list[float]:
    """Let something happen whenever a run waits for what another asks; the waits, which take no time."""
    waits: list[float] = []
    sleep = asyncio.sleep

    async def wait(seconds: float) -> None:
        if seconds == rounds._POLL:
            waits.append(seconds)
            happens()
        await sleep(0)

    monkeypatch.setattr(rounds.asyncio, "sleep", wait)
    return waits


def test_what_another_run_asks_live_is_waited_for(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = call(1).key
    live(store, call(1))
    waits = at_each_poll(monkeypatch, lambda: store.end([Ended(number=key, opinion=opinions.opinion(key))]))
    sender = Late(looks=-1, cuts=0)
    assert run(sender, store, tmp_path / "rounds", grace=60) == 0
    assert (len(waits), sender.sent) == (1, {})
    assert (store.spending("run-0").calls, store.spending("run-1").calls) == (1, 0)


def test_what_another_run_has_asked_in_vain_is_sent(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(store, call(1), call(3))
    store.lose([call(3).key], "judge.unavailable")
    waits = at_each_poll(monkeypatch, lambda: store.lose([call(1).key], "judge.unavailable"))
    sender = Late(looks=-1, cuts=0)
    assert run(sender, store, tmp_path / "rounds", grace=60, calls=3) == 3
    sent = [[one.key for one in calls] for _, calls in sender.sent.values()]
    assert sent == [[call(2).key, call(3).key], [call(1).key]]
    assert len(waits) == 1


def test_what_another_run_has_lost_is_left_to_it(store: Store, tmp_path: Path) -> None:
    asked = call()
    sender = Late(looks=-1, cuts=0)
    batch = Batch(nonce="b" * 32, run="run-0", id="", calls=1, at=now())
    begun = Begun(
        number=f"{batch.nonce}-0", run="run-0", key=asked.key, model=asked.model, reserved=7, at=batch.at,
        batch=batch.nonce,
    )  # fmt: skip
    store.begin_batch(batch, [begun])
    assert run(sender, store, tmp_path / "rounds", grace=0) == 1
    assert store.open_calls("run-0") == [begun]
    assert store.batches() == [batch]


def test_a_batch_that_is_too_small_for_what_waits_is_not_sent(store: Store, tmp_path: Path) -> None:
    sender = Late(looks=-1, cuts=0)
    bound = most(PRICES, call(), "batch")
    assert bound is not None
    with pytest.raises(OverBudget, match="3 of 40 calls"):
        run(sender, store, tmp_path / "rounds", grace=0, limit=bound * 3, calls=40)
    assert sender.sent == {}
    assert not (tmp_path / "rounds").exists()
    with pytest.raises(OverBudget, match="1 of 12 calls"):
        run(sender, store, tmp_path / "rounds", grace=0, limit=bound * 10, calls=40)
    assert [len(calls) for _, calls in sender.sent.values()] == [9, 7, 5, 3, 2, 2]


@pytest.mark.parametrize("told", [{"counted": False, "usage": Usage()}, {"usage": Usage(output=10**9)}])
def test_a_result_that_counts_nonsense_costs_what_was_put_aside(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: dict[str, object]
) -> None:
    sender = Late(looks=0, cuts=0)
    monkeypatch.setattr(sys.modules[__name__], "reply", lambda: opinions.reply(**told))
    assert run(sender, store, tmp_path / "rounds", grace=60) == 1
    assert store.spending("run-1").picodollars == most(PRICES, call(1), "batch")
