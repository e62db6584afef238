"""Cases of money: what a usage costs, and how many calls a budget lets through."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verifier.judge.prices import cost, dollars, picodollars
from verifier.judge.purse import Purse
from verifier.rulebook import builtin_rules
from verifier.types.opinion import Usage

CASES = Path(__file__).resolve().parents[1] / "cases" / "judge" / "money.jsonl"
ROWS = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]


def test_no_case_is_left_out() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS) >= 60
    assert all(("usage" in row) is not ("calls" in row) for row in ROWS)


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS if "usage" in row])
def test_what_it_costs(row: dict) -> None:
    amount = cost(builtin_rules().prices, row["model"], Usage(**row["usage"]), row["mode"])
    assert (amount if amount is None else dollars(amount)) == row["cost_usd"], row["note"]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS if "calls" in row])
def test_how_many_are_sent(row: dict) -> None:
    purse = Purse(None if row["budget_usd"] is None else picodollars(row["budget_usd"]))
    under_way = []
    sent = 0
    for asked in sorted(row["calls"], key=lambda one: one["order"]):
        reserved, actual = picodollars(asked["reserved_usd"]), picodollars(asked["actual_usd"])
        if not purse.reserve(reserved):
            continue
        sent += 1
        if row.get("overlap"):
            under_way.append((reserved, actual))
        else:
            purse.settle(reserved, actual)
    for reserved, actual in under_way:
        purse.settle(reserved, actual)
    assert (sent, dollars(purse.spent)) == (row["sent"], row["spent_usd"]), row["note"]
