"""Over HTTP: a request that may have been charged and is sent once more is another call, and the books say so."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from askings import MODEL, QUICK, call, caller
from fakeapi import FakeAPI
from msgspec.structs import replace

from verifier.judge.desk import Desk
from verifier.judge.prices import cost, most
from verifier.judge.purse import Purse
from verifier.judge.trouble import OVER_BUDGET, UNAVAILABLE, Trouble
from verifier.rulebook import builtin_rules
from verifier.store.opening import open_store
from verifier.store.port import Store
from verifier.types.opinion import Opinion, Usage

PRICES = builtin_rules().prices
MOST = most(PRICES, call(), "live") or 0
POLICY = replace(QUICK, timeout=0.5)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/opinions.db")
    yield opened
    opened.close()


def ask(api: FakeAPI, store: Store, purse: Purse, count: int = 1) -> tuple[Desk, list[Opinion | BaseException]]:
    desk = Desk(caller(api, POLICY), store, purse, prices=PRICES, run="run-1")

    async def all_of_them() -> list[Opinion | BaseException]:
        asked = (desk.opinion(call(f"walk {number}")) for number in range(count))
        return await asyncio.gather(*asked, return_exceptions=True)

    return desk, asyncio.run(all_of_them())


def billed(api: FakeAPI) -> Usage:
    """What the server says that its replies, of which it sent all, come to."""
    live = api.ledger()["live"]
    return Usage(**{name: live[name] for name in Usage.__struct_fields__})


@pytest.mark.parametrize("fault", ["cut", "cut:body", "slow:5"])
def test_a_repeated_request_is_another_call(fault: str, store: Store) -> None:
    purse = Purse(100 * MOST)
    with FakeAPI(opinion="same") as api:
        api.fail([fault, "ok"])
        desk, (opinion,) = ask(api, store, purse)
        spending = store.spending("run-1")
        assert isinstance(opinion, Opinion)
        assert opinion.picodollars == cost(PRICES, MODEL, billed(api), "live") == spending.picodollars
        (lost,) = store.open_calls("run-1")
        assert (spending.calls, spending.open_calls, spending.reserved) == (1, 1, lost.reserved)
        assert lost.key == call("walk 0").key
        assert (purse.spent, purse.reserved) == (spending.picodollars + lost.reserved, 0)
        assert (desk.tally.sent, desk.tally.failed, desk.tally.unknown) == (1, 0, 1)
        desk.close()


def test_each_repetition_is_a_call_and_a_refusal_is_none(store: Store) -> None:
    with FakeAPI(opinion="same") as api:
        api.fail(["cut", "529", "cut", "ok"])
        desk, (trouble,) = ask(api, store, Purse())
        assert isinstance(trouble, Trouble)
        assert (trouble.code, api.calls()["arrived"]) == (UNAVAILABLE, POLICY.attempts)
        assert len(store.open_calls("run-1")) == 2
        assert (desk.tally.failed, desk.tally.unknown) == (1, 2)
        desk.close()


def test_what_cannot_be_paid_again_is_not_sent_again(store: Store) -> None:
    purse = Purse(MOST + MOST // 2)
    with FakeAPI(opinion="same") as api:
        api.fail(["cut", "ok"])
        desk, (trouble,) = ask(api, store, purse)
        assert isinstance(trouble, Trouble)
        assert (trouble.code, api.calls()["arrived"]) == (OVER_BUDGET, 1)
        (lost,) = store.open_calls("run-1")
        assert (purse.spent, purse.reserved) == (lost.reserved, 0)
        desk.close()


def test_the_books_of_many_agree_with_the_server(store: Store) -> None:
    purse = Purse(10_000 * MOST)
    with FakeAPI(opinion="same", latency=0.01) as api:
        api.fail(["cut", "ok", "500", "ok", "cut:body", "ok", "slow:3"] * 8)
        desk, answers = ask(api, store, purse, 60)
        spending = store.spending("run-1")
        answered = [one for one in answers if isinstance(one, Opinion)]
        assert spending.usage == billed(api)
        assert spending.calls == len(answered) == desk.tally.sent
        assert spending.open_calls == desk.tally.unknown == 24
        assert purse.spent == spending.picodollars + spending.reserved
        assert purse.reserved == 0
        desk.close()
