"""The desk: each call is asked once, noted before it is sent, paid from the purse, and no reply is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from opinions import call, reply

from verifier.judge import clerk
from verifier.judge.desk import Desk
from verifier.judge.prices import cost, most
from verifier.judge.purse import Purse
from verifier.judge.trouble import RATE_LIMITED, UNAVAILABLE, Trouble
from verifier.rulebook import builtin_rules
from verifier.store.opening import open_store
from verifier.store.port import Begun, Ended, Spending, Store
from verifier.store.spill import Spill
from verifier.types.errors import StoreError
from verifier.types.opinion import Call, Opinion, Reply, Usage

PRICES = builtin_rules().prices
MOST = most(PRICES, call(), "live") or 0
COST = cost(PRICES, "claude-haiku-5-5", reply().usage, "live") or 0

Answer = Callable[[Call], Awaitable[Reply]]


class Model:
    """A caller that answers at once, or as it is told to; counts what it is sent."""

    name = "model"
    version = "1"

    def __init__(self, answer: Answer | None = None, *, latency: float = 0.0) -> None:
        self.sent: list[Call] = []
        self.at_once = 0
        self.most_at_once = 0
        self.closed = False
        self._answer = answer
        self._latency = latency
        self._lock = threading.Lock()

    async def send(self, call: Call, _again: object = None) -> Reply:
        with self._lock:
            self.sent.append(call)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self._latency:
                await asyncio.sleep(self._latency)
            return await self._answer(call) if self._answer else reply(f"to {call.content}")
        finally:
            with self._lock:
                self.at_once -= 1

    def close(self) -> None:
        self.closed = True


class Watched:
    """A store that counts transactions and fails on demand: ``failing`` names methods."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.failing: set[str] = set()
        self.did: list[tuple[str, int]] = []

    def _do(self, name: str, of: Sequence[object]) -> None:
        self.did.append((name, len(of)))
        if name in self.failing:
            raise StoreError("the disk is full")

    def get(self, keys: Sequence[str]) -> dict[str, Opinion]:
        self._do("get", keys)
        return self.store.get(keys)

    def begin(self, calls: Sequence[Begun], *, since: str = "") -> dict[str, Opinion | None]:
        if calls:
            self._do("begin", calls)
        return self.store.begin(calls, since=since)

    def end(self, calls: Sequence[Ended]) -> dict[str, Opinion]:
        self._do("end", calls)
        return self.store.end(calls)

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Watched]:
    opened = open_store(f"sqlite:///{tmp_path}/opinions.db")
    yield Watched(opened)
    opened.close()


def desk(model: Model | None, store: object, purse: Purse | None = None, **options: object) -> Desk:
    chosen: dict[str, object] = {"prices": PRICES, "run": "run-1", **options}
    return Desk(model, store, purse, **chosen)  # type: ignore[arg-type]


async def ask(asked: Desk, *calls: Call) -> list[Opinion | BaseException]:
    return await asyncio.gather(*(asked.opinion(one) for one in calls), return_exceptions=True)


def codes(answers: Sequence[Opinion | BaseException]) -> list[str]:
    return [
        one.code.name if isinstance(one, Trouble) else "" if isinstance(one, Opinion) else repr(one) for one in answers
    ]


def test_a_call_is_paid_once(store: Watched) -> None:
    model = Model()
    asked = desk(model, store)
    first = asyncio.run(asked.opinion(call(1)))
    assert first.reply.text == f"to {call(1).content}"
    assert (first.key, first.rubric, first.ballot, first.mode) == (call(1).key, "short-1", "first", "live")
    assert first.picodollars == COST
    assert asyncio.run(asked.opinion(call(1))) == first
    assert len(model.sent) == 1
    assert store.store.spending("run-1").picodollars == COST
    assert (asked.tally.sent, asked.tally.from_store, asked.tally.picodollars) == (1, 1, COST)
    assert asked.tally.usage == reply().usage
    assert (asked.purse.spent, asked.purse.reserved) == (COST, 0)
    asked.close()
    assert model.closed
    again = desk(Model(), store)
    assert asyncio.run(again.opinion(call(1))) == first
    again.close()


def test_it_is_noted_before_it_is_sent(store: Watched) -> None:
    noted: list[Begun] = []

    async def answer(_: Call) -> Reply:
        noted.extend(store.store.open_calls())
        return reply()

    asked = desk(Model(answer), store)
    asyncio.run(asked.opinion(call(1)))
    assert [(one.key, one.run, one.model, one.reserved) for one in noted] == [
        (call(1).key, "run-1", "claude-haiku-5-5", MOST)
    ]
    assert store.store.open_calls() == []
    asked.close()


def test_those_who_ask_the_same_share_one_call(store: Watched) -> None:
    model = Model(latency=0.05)
    asked = desk(model, store)
    answers = asyncio.run(ask(asked, *[call(1)] * 20, call(2)))
    assert len(model.sent) == 2
    assert all(one == answers[0] for one in answers[:20])
    assert asked.tally.shared == 19
    asked.close()


def test_also_over_several_event_loops(store: Watched) -> None:
    model = Model(latency=0.1)
    asked = desk(model, store)
    barrier = threading.Barrier(6)

    def work(_: int) -> list[Opinion | BaseException]:
        barrier.wait()
        return asyncio.run(ask(asked, *(call(number) for number in range(10))))

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(work, range(6)))
    assert len(model.sent) == 10
    assert all(answer == answers[0] for answer in answers)
    assert store.store.spending("run-1").calls == 10
    asked.close()


def test_trouble_is_everybodys_and_is_not_kept(store: Watched) -> None:
    async def answer(_: Call) -> Reply:
        await asyncio.sleep(0.02)
        raise Trouble(RATE_LIMITED, "slow down")

    asked = desk(Model(answer), store)
    assert codes(asyncio.run(ask(asked, call(1), call(1)))) == ["judge.rate_limited"] * 2
    assert store.store.spending("run-1") == Spending()
    assert (asked.purse.spent, asked.purse.reserved) == (0, 0)
    assert (asked.tally.failed, asked.tally.unknown) == (1, 0)
    asked.caller = Model()
    assert codes(asyncio.run(ask(asked, call(1)))) == [""]
    asked.close()


def test_what_may_have_been_charged_counts_as_spent(store: Watched) -> None:
    async def answer(_: Call) -> Reply:
        raise Trouble(UNAVAILABLE, "the connection was cut", sent=True)

    asked = desk(Model(answer), store, Purse(10 * MOST))
    assert codes(asyncio.run(ask(asked, call(1)))) == ["judge.unavailable"]
    assert store.store.spending("run-1") == Spending(open_calls=1, reserved=MOST)
    assert (asked.purse.spent, asked.purse.reserved) == (MOST, 0)
    assert (asked.tally.failed, asked.tally.unknown) == (1, 1)
    asked.close()


def test_a_caller_that_breaks_is_trouble(store: Watched) -> None:
    async def answer(_: Call) -> Reply:
        raise ZeroDivisionError("oh")

    asked = desk(Model(answer), store)
    (answered,) = asyncio.run(ask(asked, call(1)))
    assert isinstance(answered, Trouble)
    assert (answered.code.name, answered.detail) == ("judge.failed", "ZeroDivisionError: oh")
    asked.close()
    assert len(store.store.open_calls()) == 1
    assert asked.purse.spent == MOST


def test_who_stops_waiting_does_not_stop_the_call(store: Watched) -> None:
    model = Model(latency=0.1)
    asked = desk(model, store)

    async def impatient() -> Opinion:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asked.opinion(call(1)), 0.02)
        return await asked.opinion(call(1))

    assert asyncio.run(impatient()).reply.text == f"to {call(1).content}"
    assert len(model.sent) == 1
    asked.close()


def test_an_event_loop_that_ends_takes_nobody_with_it(store: Watched) -> None:
    model = Model(latency=0.3)
    asked = desk(model, store)

    async def leave() -> None:
        task = asyncio.ensure_future(asked.opinion(call(1)))
        await asyncio.sleep(0.1)
        del task

    leaving = threading.Thread(target=lambda: asyncio.run(leave()))
    leaving.start()
    time.sleep(0.05)
    answers = asyncio.run(ask(asked, call(1)))
    leaving.join()
    assert codes(answers) == [""]
    assert len(model.sent) == 2
    asked.close()
    assert store.store.spending("run-1").open_calls == 1  # the one that was on its way
    assert asked.purse.reserved == 0


def test_who_leaves_before_it_begins_leaves_nothing_behind(store: Watched) -> None:
    model = Model(latency=0.05)
    asked = desk(model, store, concurrency=1)

    async def run() -> None:
        leaving = [asyncio.ensure_future(asked.opinion(call(number))) for number in range(5)]
        await asyncio.sleep(0.02)
        for task in asked._tasks:
            task.cancel()
        await asyncio.gather(*leaving, return_exceptions=True)
        assert codes(await ask(asked, call(9))) == [""]

    asyncio.run(run())
    asked.close()
    assert (asked.purse.reserved, asked._clerk._flying) == (0, 0)
    assert len(model.sent) <= 3


def test_no_more_are_on_their_way_than_were_agreed(store: Watched) -> None:
    open_at_once: list[int] = []

    async def answer(_: Call) -> Reply:
        await asyncio.sleep(0.005)
        open_at_once.append(len(store.store.open_calls()))
        return reply()

    model = Model(answer)
    asked = desk(model, store, concurrency=4)
    asyncio.run(ask(asked, *(call(number) for number in range(40))))
    assert model.most_at_once == 4
    assert max(open_at_once) <= 4
    asked.close()


def test_many_calls_few_transactions(store: Watched) -> None:
    asked = desk(Model(), store, concurrency=100)
    asyncio.run(ask(asked, *(call(number) for number in range(1000))))
    assert sum(count for name, count in store.did if name == "end") == 1000
    assert len(store.did) < 150
    asked.close()


# --- money ----------------------------------------------------------------------------------------------------------


def test_the_limit_is_never_passed(store: Watched) -> None:
    purse = Purse(3 * MOST)
    worst: list[int] = []

    async def answer(_: Call) -> Reply:
        await asyncio.sleep(0.001)
        worst.append(purse.spent + purse.reserved)
        return reply()

    model = Model(answer)
    asked = desk(model, store, purse)
    answers = codes(asyncio.run(ask(asked, *(call(number) for number in range(400)))))
    assert max(worst) <= 3 * MOST
    assert set(answers) == {"", "judge.over_budget"}
    # Calls that cost less than was put aside make room for others: what is left in the end is too little for one.
    assert 3 * MOST - MOST < purse.spent <= 3 * MOST
    assert len(model.sent) == answers.count("") == purse.spent // COST
    assert asked.tally.refused == answers.count("judge.over_budget")
    assert store.store.spending("run-1").picodollars == purse.spent
    asked.close()


def test_what_is_kept_is_free_when_the_purse_is_empty(store: Watched) -> None:
    asked = desk(Model(), store, Purse(MOST))
    assert codes(asyncio.run(ask(asked, call(1)))) == [""]
    assert codes(asyncio.run(ask(asked, call(2), call(1)))) == ["judge.over_budget", ""]
    asked.close()


def test_without_a_price_no_budget_can_be_kept(store: Watched) -> None:
    local = call(1, model="my-model")
    asked = desk(Model(), store, Purse(10**15))
    (answer,) = asyncio.run(ask(asked, local))
    assert isinstance(answer, Trouble)
    assert (answer.code.name, answer.detail) == (
        "judge.over_budget",
        "no price of my-model is known, so no budget can be kept",
    )
    asked.close()
    free = desk(Model(), store)
    (opinion,) = asyncio.run(ask(free, local))
    assert isinstance(opinion, Opinion)
    assert opinion.picodollars is None
    free.close()


def test_a_batch_call_costs_half(store: Watched) -> None:
    asked = desk(Model(), store, mode="batch")
    opinion = asyncio.run(asked.opinion(call(1)))
    assert (opinion.mode, opinion.picodollars) == ("batch", COST // 2)
    asked.close()


# --- without a model ------------------------------------------------------------------------------------------------


def test_without_a_caller_it_answers_from_the_store(store: Watched) -> None:
    asked = desk(Model(), store)
    kept = asyncio.run(asked.opinion(call(1)))
    shut = desk(None, store)
    first, second = asyncio.run(ask(shut, call(1), call(2)))
    assert first == kept
    assert codes([second]) == ["judge.unavailable"]
    assert store.store.spending("run-1").calls == 1
    shut.close()
    asked.close()


def test_to_look_is_to_ask_nobody(store: Watched) -> None:
    model = Model()
    asked = desk(model, store)

    async def run() -> None:
        assert await asked.look(call(1)) is None
        kept = await asked.opinion(call(1))
        assert await asked.look(call(1)) == kept

    asyncio.run(run())
    assert len(model.sent) == 1
    asked.close()


# --- a store that fails ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["get", "begin"])
def test_what_cannot_be_noted_is_not_sent(store: Watched, what: str) -> None:
    model = Model()
    asked = desk(model, store, patience=0.2)
    store.failing = {what}
    answers = asyncio.run(ask(asked, call(1), call(2)))
    assert codes(answers) == ["judge.store_failed"] * 2
    assert isinstance(answers[0], Trouble)
    assert answers[0].detail == "the disk is full"
    assert model.sent == []
    assert (asked.purse.spent, asked.purse.reserved) == (0, 0)
    began = time.monotonic()
    assert codes(asyncio.run(ask(asked, call(3)))) == ["judge.store_failed"]
    assert time.monotonic() - began < 3  # it was waited for once
    store.failing = set()
    time.sleep(0.5)
    assert codes(asyncio.run(ask(asked, call(1)))) == [""]
    asked.close()


@pytest.mark.parametrize("what", ["get", "begin", "end"])
def test_a_short_failure_is_waited_out(store: Watched, what: str) -> None:
    asked = desk(Model(latency=0.05), store, patience=20)

    async def run() -> list[Opinion | BaseException]:
        store.failing = {what}
        asyncio.get_running_loop().call_later(0.3, store.failing.clear)
        return await ask(asked, call(1), call(2))

    assert codes(asyncio.run(run())) == ["", ""]
    assert len(store.store.get([call(1).key, call(2).key])) == 2
    assert asked.tally.unkept == 0
    asked.close()


def test_a_reply_that_the_store_does_not_take_is_given_and_spilled(
    store: Watched, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spill = Spill(tmp_path / "spill.jsonl")
    asked = desk(Model(), store, patience=0.2, spill=spill)
    store.failing = {"end"}
    (opinion,) = asyncio.run(ask(asked, call(1)))
    assert isinstance(opinion, Opinion)
    assert asked.tally.unkept == 1
    assert asked.purse.spent == COST
    assert "the disk is full; 1 replies that were paid for are kept in" in caplog.text
    assert spill.path.is_file()
    assert len(store.store.open_calls()) == 1
    store.failing = set()
    time.sleep(0.5)
    assert codes(asyncio.run(ask(asked, call(2)))) == [""]  # the store takes again, and gets what was spilled
    assert store.store.get([call(1).key]) == {call(1).key: opinion}
    assert store.store.open_calls() == []
    assert asked.tally.unkept == 0
    assert not spill.path.exists()
    asked.close()


def test_closing_does_not_lose_a_reply(store: Watched, tmp_path: Path) -> None:
    spill = Spill(tmp_path / "spill.jsonl")
    asked = desk(Model(), store, patience=60, spill=spill)
    store.failing = {"end"}

    def run() -> list[str]:
        return codes(asyncio.run(ask(asked, call(1))))

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(run)
        while not any(name == "end" for name, _ in store.did):
            time.sleep(0.01)
        asked.close()
        assert answer.result(10) == [""]
    assert spill.path.is_file()


def test_without_a_place_to_spill_it_is_said(store: Watched, caplog: pytest.LogCaptureFixture) -> None:
    asked = desk(Model(), store, patience=0)
    store.failing = {"end"}
    assert codes(asyncio.run(ask(asked, call(1)))) == [""]
    assert "are kept in nowhere" in caplog.text
    asked.close()


def test_a_store_that_breaks_is_a_store_that_fails(store: Watched) -> None:
    def broken(_: Sequence[str]) -> dict[str, Opinion]:
        raise MemoryError

    store.get = broken  # type: ignore[method-assign]
    asked = desk(Model(), store, patience=0)
    assert codes(asyncio.run(ask(asked, call(1)))) == ["judge.store_failed"]
    asked.close()


def test_after_closing_it_may_be_asked_again(store: Watched) -> None:
    asked = desk(Model(), store)
    for number in range(3):
        assert codes(asyncio.run(ask(asked, call(number)))) == [""]
        asked.close()
        asked.close()
    assert store.store.spending("run-1").calls == 3


def test_concurrency_is_at_least_one(store: Watched) -> None:
    with pytest.raises(ValueError, match="concurrency"):
        desk(Model(), store, concurrency=0)


# --- processes ------------------------------------------------------------------------------------------------------


def test_a_forked_process_asks_by_itself(store: Watched) -> None:
    asked = desk(Model(), store)
    assert codes(asyncio.run(ask(asked, call(1)))) == [""]
    child = os.fork()
    if child == 0:
        try:
            answers = codes(asyncio.run(ask(asked, call(1), call(2))))
            os._exit(0 if answers == ["", ""] else 1)
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert codes(asyncio.run(ask(asked, call(2), call(3)))) == ["", ""]
    assert store.store.spending("run-1").calls == 3
    asked.close()


RUN = """
import asyncio, sys
sys.path.insert(0, sys.argv[2])
from opinions import call, reply
from verifier.judge import clerk
from verifier.judge.desk import Desk
from verifier.rulebook import builtin_rules
from verifier.store.opening import open_store

class Model:
    name = version = "1"
    async def send(self, call, _again=None):
        await asyncio.sleep(0.002)
        sys.stdout.write(f"sent {call.key}\\n")
        return reply()

async def one(desk, number):
    opinion = await desk.opinion(call(number))
    sys.stdout.write(f"told {opinion.key}\\n")
    sys.stdout.flush()

async def main():
    desk = Desk(Model(), open_store(sys.argv[1]), prices=builtin_rules().prices, run="run-1", concurrency=8)
    for start in range(0, 100000, 50):
        await asyncio.gather(*(one(desk, number) for number in range(start, start + 50)))

asyncio.run(main())
"""


@pytest.mark.parametrize("after", [1, 30, 200])
def test_a_kill_loses_no_more_than_was_on_its_way(tmp_path: Path, after: int) -> None:
    url = f"sqlite:///{tmp_path}/opinions.db"
    support = str(Path(__file__).resolve().parents[1] / "support")
    process = subprocess.Popen([sys.executable, "-c", RUN, url, support], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(after)]
    os.kill(process.pid, signal.SIGKILL)
    said += process.stdout.readlines()
    process.wait(10)
    process.stdout.close()
    store = open_store(url)
    told = [line.split()[1] for line in said if line.startswith("told") and line.endswith("\n")]
    assert set(store.get(told)) == set(told)
    assert len(store.open_calls("run-1")) <= 8
    spent = store.spending("run-1")
    assert spent.calls == store.stats().opinions
    assert spent.reserved >= spent.open_calls * MOST
    store.close()


def test_the_desk_costs_little(store: Watched) -> None:
    asked = desk(Model(), store, concurrency=64)

    async def rows() -> None:
        async def row(number: int) -> None:
            await asked.opinion(call(number))
            await asked.opinion(call(number, ballot="swapped"))

        for start in range(0, 2000, 200):
            await asyncio.gather(*(row(number) for number in range(start, start + 200)))

    began = time.process_time()
    asyncio.run(rows())
    took = time.process_time() - began
    asked.close()
    assert store.store.spending("run-1").calls == 4000
    # 200 rows of two calls are to fit into a second of a core, with all that sends them; this is a part of it.
    assert took / 2000 < 0.0025


def test_who_waits_for_a_turn_too_long_is_left_undecided_and_nothing_is_lost(store: Watched) -> None:
    model = Model(latency=0.6)
    asked = desk(model, store, concurrency=2, turn=0.2)
    answers = codes(asyncio.run(ask(asked, *(call(number) for number in range(6)))))
    assert sorted(answers) == ["", "", *["judge.deadline"] * 4]
    assert len(model.sent) == 2
    assert store.store.spending("run-1").calls == 2
    assert store.store.open_calls() == []
    assert asked.purse.reserved == 0
    assert codes(asyncio.run(ask(asked, call(9)))) == [""]
    asked.close()


@pytest.mark.parametrize(
    ("usage", "counted", "spent"),
    [
        (Usage(input=100, output=10), True, cost(PRICES, "claude-haiku-5-5", Usage(input=100, output=10), "live")),
        (Usage(), False, MOST),
        (Usage(output=10**9), True, MOST),
        (Usage(cache_write_1h=10**9), True, MOST),
    ],
)
def test_a_reply_that_counts_nonsense_is_priced_at_what_was_put_aside(
    store: Watched, usage: Usage, *, counted: bool, spent: int
) -> None:
    async def answer(_: Call) -> Reply:
        return msgspec.structs.replace(reply("r"), usage=usage, counted=counted)

    purse = Purse(10 * MOST)
    asked = desk(Model(answer), store, purse)
    (found,) = asyncio.run(ask(asked, call()))
    asked.close()
    assert isinstance(found, Opinion)
    assert (found.picodollars, purse.spent, purse.reserved) == (spent, spent, 0)
    assert store.spending("run-1").picodollars == spent


def test_a_defect_in_the_books_ends_every_wait_and_not_the_books(
    store: Watched, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    purse = Purse(10**15)
    asked = desk(Model(latency=0.05), store, purse, spill=Spill(tmp_path / "aside"))

    def broken(_: int, __: int = 0) -> None:
        raise ValueError("amounts of money are not negative")

    with monkeypatch.context() as patched:
        patched.setattr(purse, "settle", broken)
        answers = asyncio.run(asyncio.wait_for(ask(asked, call(1), call(2)), 20))
    assert [isinstance(one, Opinion) for one in answers] == [True, True]  # they were paid for
    with monkeypatch.context() as patched:
        patched.setattr(purse, "reserve", broken)
        answers = asyncio.run(asyncio.wait_for(ask(asked, call(3), call(4)), 20))
    assert codes(answers) == ["judge.failed", "judge.failed"]
    assert codes(asyncio.run(asyncio.wait_for(ask(asked, call(1), call(5)), 20))) == ["", ""]
    asked.close()


def test_a_store_that_never_answers_is_one_that_fails(store: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clerk, "_WATCH", 0.02)
    monkeypatch.setattr(clerk, "_STUCK", 0.1)
    free = threading.Event()

    def get(_: Sequence[str]) -> dict[str, Opinion]:
        free.wait(20)
        return {}

    monkeypatch.setattr(store, "get", get)
    model = Model()
    asked = desk(model, store)
    try:
        assert codes(asyncio.run(asyncio.wait_for(ask(asked, call()), 10))) == ["judge.store_failed"]
    finally:
        free.set()
        asked.close()
    until = time.monotonic() + 10
    while store.open_calls() and time.monotonic() < until:  # what was noted too late is taken back
        time.sleep(0.01)
    assert (model.sent, store.open_calls()) == ([], [])
