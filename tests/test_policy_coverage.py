"""The grading policy, rule by rule: each of rules 10 to 30 has cases that are right and near misses that are not."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from verifier.rulebook import builtin_rules

CASES = Path(__file__).parent / "cases"
COVERED: dict[int, set[str]] = defaultdict(set)
for file in CASES.glob("*.jsonl"):
    for line in file.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case.get("known"):
            continue
        for rule in case["rule"].split(","):
            if isinstance(case["outcome"], str):
                COVERED[int(rule)].add(case["outcome"])


@pytest.mark.parametrize("rule", range(10, 31))
def test_a_rule_has_a_right_case_and_a_near_miss(rule: int) -> None:
    assert {"correct", "incorrect"} <= COVERED[rule]


def test_no_shipped_profile_loosens_a_number() -> None:
    rules = builtin_rules()
    for profile in (rules.default_profile, *rules.profiles):
        assert (profile.tolerance.relative, profile.tolerance.absolute) == (0, 0), profile.name
