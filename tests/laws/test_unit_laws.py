"""What holds for every quantity: any value, in any spelling of any unit, is itself in every unit of its dimension.

And with another last digit, power of ten, prefix or dimension it is not.
"""

from __future__ import annotations

import random

import laws
import pytest
import unitpairs
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from verifier import grade
from verifier.rulebook import builtin_rules

TABLE = unitpairs.forms(builtin_rules())
GROUPS = unitpairs.by_dimension(TABLE)
ROWS = st.sampled_from(GROUPS).flatmap(lambda group: st.tuples(st.sampled_from(group), st.sampled_from(group)))
STRANGERS = st.sampled_from(sorted(TABLE))
LAW = laws.examples(300, also=(HealthCheck.filter_too_much,))


def made(rows: tuple[str, str], stranger: str, chance: random.Random, fault: str) -> list[unitpairs.Pair]:
    return [pair for pair in unitpairs.pairs(TABLE, rows, stranger, chance) if pair.fault == fault]


@LAW
@given(ROWS, st.randoms(use_true_random=False))
def test_any_value_is_itself_in_any_unit_of_its_dimension(rows: tuple[str, str], chance: random.Random) -> None:
    for pair in made(rows, rows[0], chance, ""):
        assert unitpairs.holds(pair, grade(ground_truth=pair.gold, final_answer=pair.answer)), pair


@pytest.mark.parametrize("fault", ["digit", "power", "prefix"])
@LAW
@given(ROWS, st.randoms(use_true_random=False))
def test_another_digit_power_or_prefix_is_another_value(
    fault: str, rows: tuple[str, str], chance: random.Random
) -> None:
    for pair in made(rows, rows[0], chance, fault):
        assert unitpairs.holds(pair, grade(ground_truth=pair.gold, final_answer=pair.answer)), pair


@LAW
@given(ROWS, STRANGERS, st.randoms(use_true_random=False))
def test_another_dimension_is_another_quantity(rows: tuple[str, str], stranger: str, chance: random.Random) -> None:
    if not unitpairs.may_clash(TABLE, rows[0], stranger):
        return
    for pair in made(rows, stranger, chance, "dimension"):
        assert unitpairs.holds(pair, grade(ground_truth=pair.gold, final_answer=pair.answer)), pair
