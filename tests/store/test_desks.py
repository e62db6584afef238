"""Several desks over one store, as several processes or machines have them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import opinions

from verifier.judge.desk import Desk
from verifier.rulebook import builtin_rules
from verifier.store.opening import open_store
from verifier.types.opinion import Call, Opinion, Reply


class Model:
    name = version = "1"

    def __init__(self, says: str) -> None:
        self.says = says

    async def send(self, _: Call, _again: object = None) -> Reply:
        await asyncio.sleep(0.01)
        return opinions.reply(self.says)

    def close(self) -> None:
        pass


def work(url: str, name: str) -> list[Opinion]:
    desk = Desk(Model(name), open_store(url), prices=builtin_rules().prices, run=name, concurrency=8)

    async def ask() -> list[Opinion]:
        return await asyncio.gather(*(desk.opinion(opinions.call(number)) for number in range(60)))

    found = asyncio.run(ask())
    desk.close()
    return found


def test_all_are_told_the_opinion_that_stays(url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(work, [url] * 3, ["a", "b", "c"]))
    assert answers[0] == answers[1] == answers[2]
    store = open_store(url)
    stats = store.stats()
    assert stats.opinions == 60
    # Whoever asked at the same time has paid, and that is not hidden.
    assert sum(run.calls for run in stats.runs.values()) >= 60
    assert store.open_calls() == []
    store.close()
    assert work(url, "later") == answers[0]
    store = open_store(url)
    assert store.spending("later").calls == 0
    store.close()
