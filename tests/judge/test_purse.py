"""The purse: what is spent and what is put aside together never pass the limit."""

from __future__ import annotations

import random
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.judge.purse import Purse


@given(
    st.one_of(st.none(), st.integers(0, 1000)),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300), st.booleans()), max_size=60),
)
def test_the_limit_holds_in_any_order(limit: int | None, calls: list[tuple[int, int, bool]]) -> None:
    purse, open_calls, spent = Purse(limit), [], 0
    for amount, actual, ends in calls:
        fits = limit is None or purse.spent + purse.reserved + amount <= limit
        assert purse.reserve(amount) is fits
        if fits:
            open_calls.append((amount, min(actual, amount)))
        if ends and open_calls:
            reserved, paid = open_calls.pop(0)
            purse.settle(reserved, paid)
            spent += paid
        assert purse.spent == spent
        assert purse.reserved == sum(reserved for reserved, _ in open_calls)
        assert limit is None or purse.spent + purse.reserved <= limit
        assert purse.left == (None if limit is None else limit - purse.spent - purse.reserved)


@pytest.mark.parametrize("seed", range(5))
def test_the_limit_holds_with_many_threads(seed: int) -> None:
    limit = 5000
    purse, worst, paid = Purse(limit), [0] * 8, [0] * 8

    def work(thread: int) -> None:
        chance = random.Random(seed * 100 + thread)
        for _ in range(500):
            amount = chance.randrange(200)
            if purse.reserve(amount):
                worst[thread] = max(worst[thread], purse.spent + purse.reserved)
                actual = chance.randrange(amount + 1) // 20
                purse.settle(amount, actual)
                paid[thread] += actual

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert purse.spent == sum(paid) <= limit
    assert purse.reserved == 0
    assert max(worst) <= limit + 200  # the two were not read at once


def test_what_was_spent_before_counts() -> None:
    purse = Purse(100, 95)
    assert purse.left == 5
    assert not purse.reserve(6)
    assert purse.reserve(5)
    assert Purse(100, 120).left == 0
    assert not Purse(100, 120).reserve(1)


def test_what_cost_more_than_was_put_aside_is_told_as_it_is() -> None:
    purse = Purse(100)
    assert purse.reserve(60)
    purse.settle(60, 90)
    assert (purse.spent, purse.left) == (90, 10)


@pytest.mark.parametrize("limit", [-1, None])
def test_no_amount_is_negative(limit: int | None) -> None:
    with pytest.raises(ValueError, match="negative"):
        Purse(limit, -1)
    purse = Purse()
    with pytest.raises(ValueError, match="negative"):
        purse.reserve(-1)
    with pytest.raises(ValueError, match="negative"):
        purse.settle(0, -1)
    with pytest.raises(ValueError, match="more given back"):
        purse.settle(1, 0)
