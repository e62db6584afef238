"""The meter: a fresh allowance for each step, whatever others spent."""

from __future__ import annotations

import pytest

from verifier.types.budget import Budget, Exhausted, Meter


def test_every_step_has_the_same_allowance() -> None:
    meter = Meter(Budget(work=10))
    outer = meter.begin()
    meter.spend(9)
    inner = meter.begin()
    meter.spend(10)
    assert meter.end(inner) == 10
    meter.spend(1)
    assert meter.end(outer) == 10
    assert meter.total == 20


def test_more_than_the_allowance_stops_before_the_work() -> None:
    meter = Meter(Budget(work=10))
    meter.begin()
    with pytest.raises(Exhausted, match="work"):
        meter.spend(11)


def test_steps_are_counted() -> None:
    meter = Meter(Budget(steps=2))
    meter.end(meter.begin())
    meter.end(meter.begin())
    with pytest.raises(Exhausted, match="steps"):
        meter.begin()


def test_a_size_is_asked_before_the_work() -> None:
    meter = Meter(Budget(digits=5))
    meter.within("digits", 5)
    with pytest.raises(Exhausted, match="digits"):
        meter.within("digits", 6)
