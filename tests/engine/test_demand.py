"""What a question asks for."""

from __future__ import annotations

import pytest

from verifier.engine.demand import Demand, read_demand
from verifier.engine.kinds.options import find_options
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


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("Round it to the nearest ten.", -1),
        ("To the nearest tenth, what is it?", 1),
        ("To the nearest hundred, what is it?", -2),
        ("To the nearest hundredth, what is it?", 2),
        ("To the nearest 0.01, what is it?", 2),
        ("To the nearest whole number, what is it?", 0),
        ("To the nearest ten thousand, what is it?", -4),
        ("To the nearest metre, how long is it?", 0),
        ("Give it correct to three decimal places.", 3),
        ("Give it (2 d.p.).", 2),
        ("Who is its nearest neighbour?", None),
    ],
)
def test_places(rules: Rules, question: str, places: int | None) -> None:
    assert demand_of(question, rules).places == places


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Estimate the number of beans, within 5 %.", "5 %"),
        ("Answers within 1% are accepted.", "1 %"),
        ("Compute it. A tolerance of 0.5 percent is allowed.", "0.5 %"),
        ("Give pi accurate to within 0.01.", "0.01"),
        ("How many values lie within 5% of the mean?", None),
        ("He arrives, within 5 minutes, at home.", None),
        ("The scale is correct within 5 % of the load.", None),
        ("What is it?", None),
    ],
)
def test_the_tolerance_that_a_question_states(rules: Rules, question: str, name: str | None) -> None:
    stated = demand_of(question, rules).tolerance
    assert (None if stated is None else stated.name) == name


@pytest.mark.parametrize(
    ("question", "base"),
    [
        ("Write 11 in binary.", 2),
        ("Convert the decimal number 255 to hexadecimal.", 16),
        ("Write 126 in base 7.", 7),
        ("Convert $126$ to base $7$.", 7),
        ("Write 126 in base seven.", 7),
        ("Convert 1011 from binary to decimal.", None),
        ("How many digits does 100 have in base 3?", None),
        ("What is the 8-bit two's complement code in binary?", None),
        ("What is 1A3 in base 10?", None),
    ],
)
def test_the_base_asked_for(rules: Rules, question: str, base: int | None) -> None:
    assert demand_of(question, rules).base == base


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wie viele Einwohner hat die Gemeinde?", "german"),
        ("Combien de pommes y a-t-il dans le panier ?", "french"),
        ("¿Cuántos estudiantes hay en la clase?", "spanish"),
        ("Quanti studenti ci sono nella classe?", "italian"),
        ("Quantos alunos tem a turma? Determine o número.", "portuguese"),
        ("Hoeveel leerlingen zijn er in de klas?", "dutch"),
        ("How many pupils are in the class?", "english"),
        ("x + 1 = 2", ""),
    ],
)
def test_the_language_of_a_question(rules: Rules, question: str, language: str) -> None:
    found = demand_of(question, rules)
    assert found.language == language
    assert found.comma == (language not in {"", "english"})
