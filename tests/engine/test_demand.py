"""What a question asks for."""

from __future__ import annotations

import pytest

from verifier.engine.demand import Demand, read_demand
from verifier.engine.kinds.choice import find_options
from verifier.types.budget import Budget, Meter
from verifier.types.rules import Rules
from verifier.types.sample import Sample


def demand_of(question: str, rules: Rules) -> Demand:
    sample = Sample(ground_truth="", question=question)
    return read_demand(sample, (), rules, Meter(Budget()))


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("How many minutes does it take?", "minute"),
        ("What is its length in metres?", "metre"),
        ("What is the speed in $\\mathrm{m/s}$?", "m/s"),
        ("Express it in kg/m³.", "kg/m^3"),
        ("How much did she pay? (Unit: $)", "$"),
    ],
)
def test_the_unit_asked_for(rules: Rules, question: str, unit: str) -> None:
    found = demand_of(question, rules).unit
    assert found is not None
    assert found.name.startswith(unit)


def test_two_units_are_none(rules: Rules) -> None:
    assert demand_of("How many hours is it in minutes?", rules).unit is None


def test_a_percentage_is_asked_for_only_where_it_is_asked(rules: Rules) -> None:
    assert demand_of("What percentage of the pupils is ill?", rules).percent
    assert not demand_of("It fell by 75 percent. What is the price?", rules).percent


def test_a_count_and_a_measure(rules: Rules) -> None:
    assert demand_of("How many boxes are needed?", rules).count
    assert not demand_of("How many minutes are needed?", rules).count


def test_precision(rules: Rules) -> None:
    assert demand_of("Give it to 3 significant figures.", rules).significant == 3
    assert demand_of("Round to two decimal places.", rules).places == 2
    assert demand_of("to the nearest cent", rules).places == 2


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("Pick.\nA. one\nB. two\nC. three", "ABC"),
        ("Pick. (A) one (B) two", "AB"),
        ("Pick: A) one B) two C) three", "ABC"),
        ("What is $x$?\n$\\textbf{(A)}\\ 5 \\qquad\\textbf{(B)}\\ 6$", "AB"),
        ("(a) Find its speed. (b) Find its height.", ""),
        ("Who wrote it, A. Smith or B. Jones?", ""),
        ("Is it type A. Or type B. of them?", ""),
        ("Example:\nA. red\nB. blue\nC. green\nNow yours:\nA. cat\nB. dog", "AB"),
        ("No options at all?", ""),
    ],
)
def test_options_of_a_question(rules: Rules, question: str, labels: str) -> None:
    options = find_options(question, rules, Meter(Budget()))
    assert "".join(option.label for option in options) == labels
