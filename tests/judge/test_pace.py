"""Turns: never more at once than the limit, those that come again first, and a limit that follows the server's word."""

from __future__ import annotations

import asyncio
import math
import threading
import time

import pytest

from verifier.judge.pace import Pace, Policy, remaining
from verifier.judge.trouble import OVERLOADED, RATE_LIMITED, UNAVAILABLE, Trouble
from verifier.judge.wire import retry_after, worth_repeating

NONE_LEFT = {"anthropic-ratelimit-requests-limit": "100", "anthropic-ratelimit-requests-remaining": "0"}
FEW_LEFT = {"anthropic-ratelimit-input-tokens-limit": "100", "anthropic-ratelimit-input-tokens-remaining": "1"}


def test_the_limit_is_kept_over_loops() -> None:
    pace = Pace(7)
    open_now, most = 0, 0
    lock = threading.Lock()

    async def one() -> None:
        nonlocal open_now, most
        turn = await pace.take(10)
        with lock:
            open_now += 1
            most = max(most, open_now)
        await asyncio.sleep(0.001)
        with lock:
            open_now -= 1
        pace.give_back(turn)

    async def many() -> None:
        await asyncio.gather(*(one() for _ in range(100)))

    threads = [threading.Thread(target=lambda: asyncio.run(many())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 7
    assert open_now == 0


def test_who_comes_again_goes_first() -> None:
    async def run() -> list[str]:
        pace, order = Pace(1), []

        async def one(name: str, *, again: bool) -> None:
            turn = await pace.take(10, again=again)
            order.append(name)
            pace.give_back(turn)

        first = await pace.take(10)
        tasks = [asyncio.create_task(one(f"new {n}", again=False)) for n in range(2)]
        tasks += [asyncio.create_task(one(f"again {n}", again=True)) for n in range(2)]
        await asyncio.sleep(0)
        pace.give_back(first)
        await asyncio.gather(*tasks)
        return order

    assert asyncio.run(run()) == ["again 0", "again 1", "new 0", "new 1"]


def test_patience_ends() -> None:
    async def run() -> None:
        pace = Pace(1)
        turn = await pace.take(1)
        with pytest.raises(Trouble) as caught:
            await pace.take(0.02)
        assert caught.value.code.name == "judge.deadline"
        pace.give_back(turn)
        pace.give_back(turn)  # twice is once
        again = await pace.take(0.02)
        with pytest.raises(Trouble):
            await pace.take(0.02)
        pace.give_back(again)

    asyncio.run(run())


def test_given_up_while_waiting() -> None:
    async def run() -> None:
        pace = Pace(1)
        turn = await pace.take(1)
        waiting = [asyncio.create_task(pace.take(5)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        pace.give_back(turn)
        waiting[1].cancel()  # it was just given its turn
        got = await asyncio.wait_for(waiting[2], 1)
        pace.give_back(got)
        await asyncio.gather(*waiting[:2], return_exceptions=True)

    asyncio.run(run())


def test_slower_and_faster() -> None:
    async def run() -> None:
        pace = Pace(16)
        turns = [await pace.take(1) for _ in range(4)]
        for turn in turns:  # they were under way together
            pace.went_ill(turn)
        assert pace.limit == 8
        for turn in turns:
            pace.give_back(turn)
        for _ in range(6):
            turn = await pace.take(1)
            pace.went_ill(turn)
            pace.give_back(turn)
        assert pace.limit == 1
        for _ in range(400):
            pace.went_well({})
        assert pace.limit == 16

    asyncio.run(run())


def test_what_the_headers_tell() -> None:
    async def run() -> None:
        pace = Pace(8)
        turns = [await pace.take(1) for _ in range(5)]
        pace.went_well({"anthropic-ratelimit-requests-limit": "100", "anthropic-ratelimit-requests-remaining": "3"})
        assert pace.limit == 3
        pace.went_well(FEW_LEFT)
        pace.went_well(FEW_LEFT)
        assert pace.limit == 3
        pace.went_well(NONE_LEFT)
        assert pace.limit == 1
        for turn in turns:
            pace.give_back(turn)
        for _ in range(100):
            pace.went_well({})
        assert pace.limit == 8

    asyncio.run(run())


def test_nobody_before_the_time_that_is_named() -> None:
    async def run() -> None:
        pace = Pace(4)
        turn = await pace.take(1)
        pace.went_ill(turn, 0.1)
        pace.give_back(turn)
        assert pace.holds(0.1)
        assert not pace.holds(1)
        began = time.monotonic()
        pace.give_back(await pace.take(1))
        assert time.monotonic() - began >= 0.09
        turn = await pace.take(1)
        pace.went_ill(turn, 3600)
        pace.give_back(turn)
        with pytest.raises(Trouble) as caught:
            await pace.take(1)
        assert caught.value.code.name == "judge.rate_limited"

    asyncio.run(run())


def test_waits() -> None:
    policy = Policy(first_wait=1, longest_wait=8)
    for failures, most in ((1, 1), (2, 2), (3, 4), (4, 8), (5, 8), (500, 8)):
        for _ in range(20):
            assert 0.75 * most <= policy.wait(failures, None) <= most
    assert policy.wait(1, 3.0) == 3.0
    assert policy.wait(9, 0.0) == 0.0


def test_attempts() -> None:
    policy = Policy(attempts=4)
    assert policy.most_attempts(UNAVAILABLE, None) == 4
    assert policy.most_attempts(OVERLOADED, 1.0) == 4
    assert policy.most_attempts(RATE_LIMITED, None) == 8
    assert policy.most_attempts(RATE_LIMITED, 1.0) == math.inf


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "tomorrow"}, None),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "1"}, 1.0),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
def test_worth_repeating(status: int) -> None:
    assert worth_repeating(status, {})
    assert not worth_repeating(status, {"x-should-retry": "false"})


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
def test_not_worth_repeating(status: int) -> None:
    assert not worth_repeating(status, {})
    assert worth_repeating(status, {"x-should-retry": "true"})


@pytest.mark.parametrize(
    "headers",
    [
        {"anthropic-ratelimit-requests-limit": "x", "anthropic-ratelimit-requests-remaining": "3"},
        {"anthropic-ratelimit-requests-limit": "0", "anthropic-ratelimit-requests-remaining": "0"},
        {"anthropic-ratelimit-requests-remaining": "3"},
    ],
)
def test_headers_of_no_use(headers: dict[str, str]) -> None:
    assert remaining(headers) == (None, 1.0)
