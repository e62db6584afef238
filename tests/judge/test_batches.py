"""The batch caller against a server on real sockets: sent once, found again, results in any order."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from askings import MODEL, QUICK, batch_caller, call
from fakeapi import FakeAPI

from verifier.judge import batches
from verifier.judge.batches import BatchCaller, Found, Gone, Progress, portions
from verifier.judge.trouble import Trouble
from verifier.types.errors import SettingsError
from verifier.types.opinion import Call, Reply, Usage

NONCE = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeAPI]:
    with FakeAPI() as api:
        yield api


@pytest.fixture
def api(server: FakeAPI) -> FakeAPI:
    server.script(opinion="same", rules=[], latency=0.0, batch_seconds=0.02, hold_batches=False)
    server.reset()
    return server


def calls(count: int) -> list[Call]:
    return [call(f"answer number {n} of many") for n in range(count)]


async def waited(sender: BatchCaller, name: str) -> Progress:
    for _ in range(400):
        progress = await sender.status(name)
        if progress.ended:
            return progress
        await asyncio.sleep(0.01)
    raise AssertionError("the batch never ended")


async def collected(sender: BatchCaller, name: str) -> list[tuple[str, Reply | Trouble]]:
    return [item async for item in sender.results(name)]


async def whole(sender: BatchCaller, asked: list[Call]) -> dict[str, Reply | Trouble]:
    name = await sender.submit(asked, NONCE)
    await waited(sender, name)
    return dict(await collected(sender, name))


def now(minutes: float = 0.0) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_batch(api: FakeAPI) -> None:
    async def run() -> None:
        sender = batch_caller(api)
        api.script(hold_batches=True)
        name = await sender.submit(calls(30), NONCE)
        assert await sender.status(name) == Progress(id=name, ended=False, processing=30)
        api.script(hold_batches=False)
        assert await waited(sender, name) == Progress(id=name, ended=True, succeeded=30)
        items = await collected(sender, name)
        names = [custom for custom, _ in items]
        assert names != sorted(names, key=lambda custom: int(custom.rpartition("-")[2]))
        assert set(names) == {f"{NONCE}-{n}" for n in range(30)}
        for custom, reply in items:
            assert isinstance(reply, Reply)
            number = custom.rpartition("-")[2]
            assert json.loads(reply.text)["extracted_answer"] == f"answer number {number} of many"
            assert (reply.model, reply.stop) == (MODEL, "end_turn")
            assert reply.request_id
        total = sum((reply.usage for _, reply in items if isinstance(reply, Reply)), Usage())
        assert api.ledger()["batch"] == msgspec.to_builtins(total)
        assert api.ledger()["batch_calls"] == 30
        assert total.cache_write_1h > 0 == total.cache_write_5m

    asyncio.run(run())


def test_what_becomes_of_items(api: FakeAPI) -> None:
    fates = ["errored", "expired", "canceled", "refusal", "truncated", "off_schema", "400", "different"]
    api.script(rules=[{"contains": f"number {n} of", "then": [fate]} for n, fate in enumerate(fates)])
    found = asyncio.run(whole(batch_caller(api), calls(9)))
    shown = [
        item.code.name if isinstance(item, Trouble) else item.stop for item in (found[f"{NONCE}-{n}"] for n in range(9))
    ]
    assert shown == [
        "judge.batch_errored", "judge.batch_expired", "judge.batch_canceled", "refusal", "max_tokens", "end_turn",
        "judge.batch_errored", "end_turn", "end_turn",
    ]  # fmt: skip
    errored = found[f"{NONCE}-6"]
    assert isinstance(errored, Trouble)
    assert "invalid_request_error" in errored.detail


def test_cancel(api: FakeAPI) -> None:
    async def run() -> None:
        sender = batch_caller(api)
        api.script(hold_batches=True)
        name = await sender.submit(calls(3), NONCE)
        await sender.cancel(name)
        assert (await waited(sender, name)).canceled == 3
        found = await collected(sender, name)
        assert {item.code.name for _, item in found if isinstance(item, Trouble)} == {"judge.batch_canceled"}

    asyncio.run(run())


def test_lines_end_with_nothing_but_a_newline(api: FakeAPI) -> None:
    text = "a\u2028b\u0085c\x0bd"
    found = asyncio.run(whole(batch_caller(api), [call(text)]))
    reply = found[f"{NONCE}-0"]
    assert isinstance(reply, Reply)
    assert json.loads(reply.text)["extracted_answer"] == text


# --- sent once


@pytest.mark.parametrize("fault", ["cut", "500", "504"])
def test_a_batch_that_may_have_arrived_is_not_sent_again(api: FakeAPI, fault: str) -> None:
    before = len(api.calls()["batches"])
    api.fail([fault], contains="POST /batches", forever=True)
    with pytest.raises(Trouble) as caught:
        asyncio.run(batch_caller(api).submit(calls(2), NONCE))
    assert caught.value.sent
    assert len(api.calls()["batches"]) == before + (fault == "cut")


@pytest.mark.parametrize("fault", ["429", "429:retry-after=0.01", "529"])
def test_a_batch_that_was_not_taken_is_sent_again(api: FakeAPI, fault: str) -> None:
    before = len(api.calls()["batches"])
    api.fail([fault, fault], contains="POST /batches")
    assert asyncio.run(batch_caller(api).submit(calls(2), NONCE))
    assert len(api.calls()["batches"]) == before + 1


@pytest.mark.parametrize(
    ("fault", "code"), [("400", "judge.rejected"), ("401", "judge.unauthorized"), ("413", "judge.rejected")]
)
def test_a_batch_that_is_refused(api: FakeAPI, fault: str, code: str) -> None:
    api.fail([fault], contains="POST /batches", forever=True)
    with pytest.raises(Trouble) as caught:
        asyncio.run(batch_caller(api).submit(calls(2), NONCE))
    assert caught.value.code.name == code
    assert not caught.value.sent


def test_nobody_there() -> None:
    with FakeAPI() as api:
        pass
    with pytest.raises(Trouble) as caught:
        asyncio.run(batch_caller(api).submit(calls(2), NONCE))
    assert caught.value.code.name == "judge.unavailable"
    assert not caught.value.sent


# --- found again


def test_found_once_it_has_ended(api: FakeAPI) -> None:
    async def run() -> None:
        sender = batch_caller(api)
        since = now()
        other = await sender.submit(calls(4), "f" * 32)
        await waited(sender, other)
        api.script(hold_batches=True, rules=[{"contains": "POST /batches", "then": ["cut"]}])
        with pytest.raises(Trouble):
            await sender.submit(calls(4), NONCE)
        mine = api.calls()["batches"][-1]["id"]
        assert await sender.find(NONCE, since, 4) == Found(open=(mine,))
        api.script(hold_batches=False)
        await waited(sender, mine)
        assert await sender.find(NONCE, since, 4) == Found(id=mine)
        assert await sender.find(NONCE, since, 4, known=[other]) == Found(id=mine)
        assert await sender.find(NONCE, since, 5) == Found()
        assert await sender.find("e" * 32, since, 4) == Found()
        assert await sender.find(NONCE, now(minutes=30), 4) == Found()

    asyncio.run(run())


def test_found_behind_many_pages(api: FakeAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_PAGE", 2)

    async def run() -> None:
        sender = batch_caller(api)
        since = now()
        mine = await sender.submit(calls(3), NONCE)
        others = [await sender.submit(calls(3), f"{n:032d}") for n in range(5)]
        for name in (mine, *others):
            await waited(sender, name)
        assert await sender.find(NONCE, since, 3) == Found(id=mine)

    asyncio.run(run())


# --- waiting and reading


def test_status_through_faults(api: FakeAPI) -> None:
    async def run() -> None:
        sender = batch_caller(api)
        name = await sender.submit(calls(1), NONCE)
        api.fail(["500", "cut", "ok"], contains="GET /batch")
        assert (await sender.status(name)).id == name

    asyncio.run(run())


def test_results_that_break_off_are_read_again(api: FakeAPI) -> None:
    async def run() -> None:
        sender = batch_caller(api)
        name = await sender.submit(calls(40), NONCE)
        await waited(sender, name)
        api.fail(["cut", "cut"], contains="GET /results")
        names = [custom for custom, _ in await collected(sender, name)]
        assert len(names) == len(set(names)) == 40
        api.fail(["cut"], contains="GET /results", forever=True)
        with pytest.raises(Trouble) as caught:
            await collected(sender, name)
        assert caught.value.code.name == "judge.unavailable"

    asyncio.run(run())


def test_a_line_that_cannot_be_read_is_one_call(api: FakeAPI) -> None:
    api.script(
        rules=[{"contains": f"number {n} of", "then": [fate]} for n, fate in enumerate(["unreadable", "broken"], 1)]
    )
    found = asyncio.run(whole(batch_caller(api), calls(6)))
    assert {name for name, item in found.items() if isinstance(item, Reply)} == {f"{NONCE}-{n}" for n in (0, 3, 4, 5)}
    trouble = found[f"{NONCE}-1"]
    assert isinstance(trouble, Trouble)
    assert (trouble.code.name, trouble.sent) == ("judge.batch_errored", True)
    assert f"{NONCE}-2" not in found


def test_a_batch_that_is_not_there(api: FakeAPI) -> None:
    with pytest.raises(Gone, match="batch_errored"):
        asyncio.run(batch_caller(api).status("msgbatch_none"))
    with pytest.raises(Gone, match="batch_errored"):
        asyncio.run(collected(batch_caller(api), "msgbatch_none"))
    with pytest.raises(Trouble, match="rejected"):
        asyncio.run(batch_caller(api).cancel("msgbatch_none"))


def test_results_before_the_end(api: FakeAPI) -> None:
    async def run() -> None:
        sender = batch_caller(api)
        api.script(hold_batches=True)
        name = await sender.submit(calls(1), NONCE)
        with pytest.raises(Trouble):
            await collected(sender, name)

    asyncio.run(run())


# --- what a batch can hold


def test_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(portions([])) == []
    asked = calls(10)
    assert list(portions(asked)) == [asked]
    monkeypatch.setattr(batches, "MOST_CALLS", 4)
    assert [len(lot) for lot in portions(asked)] == [4, 4, 2]
    assert [each for lot in portions(asked) for each in lot] == asked


def test_portions_by_size(monkeypatch: pytest.MonkeyPatch, api: FakeAPI) -> None:
    asked = calls(10)
    monkeypatch.setattr(batches, "MOST_BYTES", 10_000)
    lots = list(portions(asked))
    assert 1 < len(lots) < 10
    assert [each for lot in lots for each in lot] == asked
    huge = call("x" * 20_000)
    assert list(portions([huge, asked[0]])) == [[huge], [asked[0]]]
    assert len(asyncio.run(whole(batch_caller(api), lots[0]))) == len(lots[0])


def test_a_large_batch(api: FakeAPI) -> None:
    async def run() -> None:
        sender = batch_caller(api, msgspec.structs.replace(QUICK, timeout=20.0, deadline=40.0))
        began = time.monotonic()
        name = await sender.submit(calls(5000), NONCE)
        await waited(sender, name)
        count = 0
        async for _, item in sender.results(name):
            count += isinstance(item, Reply)
        assert count == 5000
        assert time.monotonic() - began < 60

    asyncio.run(run())


# --- servers without


def test_a_server_without_batches() -> None:
    with FakeAPI(schema=False, batches=False, model_list=False) as api:
        with pytest.raises(SettingsError, match="--judge-mode live"):
            batch_caller(api).check()
        with pytest.raises(Trouble) as caught:
            asyncio.run(batch_caller(api).submit(calls(1), NONCE))
        assert not caught.value.sent


def test_check(api: FakeAPI) -> None:
    assert batch_caller(api).check().batches
    with pytest.raises(SettingsError, match="ANTHROPIC_API_KEY"):
        batch_caller(api, api_key="wrong").check()
