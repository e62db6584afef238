"""A batch whose making nobody confirmed: it is looked for before its calls are sent again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
from opinions import call, reply

from verifier.batch import rounds
from verifier.batch.rounds import Gathering, Rounds
from verifier.judge.batches import Found, Progress
from verifier.judge.desk import Desk
from verifier.judge.trouble import UNAVAILABLE, Trouble
from verifier.rulebook import builtin_rules
from verifier.store.opening import open_store
from verifier.store.port import Store
from verifier.types.opinion import Call, Reply

PRICES = builtin_rules().prices


class Late:
    """A server whose first batch is cut, and shows after it was looked for ``looks`` times; never, if negative."""

    def __init__(self, looks: int) -> None:
        self.looks = looks
        self.sent: dict[str, tuple[str, Sequence[Call]]] = {}
        self.found = 0

    def check(self) -> None:
        """It takes batches."""

    async def submit(self, calls: Sequence[Call], nonce: str) -> str:
        number = f"batch_{len(self.sent)}"
        self.sent[number] = (nonce, calls)
        if len(self.sent) == 1:
            raise Trouble(UNAVAILABLE, "cut", sent=True)
        return number

    async def status(self, batch_id: str, /) -> Progress:
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


def run(sender: Late, store: Store, folder: Path, grace: float) -> int:
    gathering = Gathering(Desk(None, store, prices=PRICES, run="run-1"))
    asked = Rounds(
        store,
        sender,
        gathering,
        prices=PRICES,
        run="run-1",
        limit=None,
        folder=folder,
        says=lambda _: None,
        grace=grace,
    )

    def scan() -> None:
        if not store.get([call().key]):
            assert gathering._spool is not None
            gathering._spool.add(call())

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
    assert store.spending("run-1").calls == 1
