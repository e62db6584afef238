"""Several desks over one store, as several processes or machines have them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import opinions
import pytest

from verifier.judge.desk import Desk
from verifier.judge.purse import Purse
from verifier.judge.trouble import Trouble
from verifier.rulebook import builtin_rules
from verifier.store.opening import open_store
from verifier.store.port import Begun, Ended, Store
from verifier.store.schema import ago, now
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
    assert sum(run.calls for run in stats.runs.values()) == 60  # whoever asked at the same time has waited
    assert store.open_calls() == []
    store.close()
    assert work(url, "later") == answers[0]
    store = open_store(url)
    assert store.spending("later").calls == 0
    store.close()


def begun_elsewhere(store: Store, at: str, run: str = "other", batch: str = "") -> Begun:
    one = opinions.call(1)
    begun = Begun(number="n1", run=run, key=one.key, model=one.model, reserved=5, at=at, batch=batch)
    store.begin([begun])
    return begun


def test_what_another_run_asks_is_waited_for_and_not_paid_again(store: Store) -> None:
    begun = begun_elsewhere(store, now())
    model = Model("mine")
    desk = Desk(model, store, Purse(10**12), prices=builtin_rules().prices, run="mine", claim=60)

    async def ask() -> Opinion:
        asked = asyncio.create_task(desk.opinion(opinions.call(1)))
        others = await desk.opinion(opinions.call(2))  # which waits for nobody
        assert others.reply.text == "mine"
        await asyncio.sleep(0.5)
        assert not asked.done()
        store.end([Ended(number=begun.number, opinion=opinions.opinion(opinions.call(1).key, "theirs"))])
        return await asyncio.wait_for(asked, 10)

    assert asyncio.run(ask()).reply.text == "theirs"
    assert (desk.purse.reserved, store.spending("mine").calls) == (0, 1)
    desk.close()


def test_a_call_that_failed_elsewhere_is_asked_here(store: Store) -> None:
    begun = begun_elsewhere(store, now())
    desk = Desk(Model("mine"), store, prices=builtin_rules().prices, run="mine", claim=60)

    async def ask() -> Opinion:
        asked = asyncio.create_task(desk.opinion(opinions.call(1)))
        await asyncio.sleep(0.5)
        assert not asked.done()
        store.end([Ended(number=begun.number, opinion=None, code="judge.unavailable")])
        return await asyncio.wait_for(asked, 10)

    assert asyncio.run(ask()).reply.text == "mine"
    desk.close()


@pytest.mark.parametrize(
    ("age", "run", "batch", "claim"),
    [(100, "other", "", 60), (0, "mine", "", 60), (0, "other", "b", 60), (0, "other", "", 0), (-3600, "other", "", 1)],
)
def test_a_claim_holds_so_long_and_only_against_others(
    store: Store, age: float, run: str, batch: str, claim: float
) -> None:
    begun_elsewhere(store, ago(age), run, batch)
    desk = Desk(Model("mine"), store, prices=builtin_rules().prices, run="mine", claim=claim)
    assert asyncio.run(asyncio.wait_for(desk.opinion(opinions.call(1)), 10)).reply.text == "mine"
    desk.close()


def test_closing_does_not_wait_for_others(store: Store) -> None:
    begun_elsewhere(store, now())
    desk = Desk(Model("mine"), store, prices=builtin_rules().prices, run="mine", turn=0.4)

    async def ask() -> str:
        try:
            await asyncio.wait_for(desk.opinion(opinions.call(1)), 10)
        except Trouble as trouble:
            return trouble.code.name
        return ""

    assert asyncio.run(ask()) == "judge.deadline"
    desk.close()
    assert [call.run for call in store.open_calls()] == ["other"]
