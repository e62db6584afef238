"""The rows that stand first: few, the same whatever the order, and enough."""

from __future__ import annotations

import random

import pytest

from verifier.batch.shapes import Candidate, Trait, head, shapes, text_trait

COLUMNS = frozenset(("a", "calls"))


def candidate(row: int, size: int = 10, **columns: object) -> Candidate:
    traits: set[Trait] = set()
    for name, value in columns.items():
        shapes(value, (name,), traits)
    return Candidate(row, size, row, frozenset(traits))


def rows(candidates: list[Candidate]) -> list[int]:
    return [chosen.row for chosen in head(candidates, COLUMNS)]


def test_the_shortest_row_that_shows_it() -> None:
    assert rows([candidate(0), candidate(1, 30, a="x"), candidate(2, 20, a="y"), candidate(3, 20, a="z")]) == [2]


def test_a_row_that_shows_two_things_stands_once() -> None:
    assert rows([candidate(0, a="x", calls=[{"n": 1}])]) == [0]


def test_columns_that_are_not_written_do_not_count() -> None:
    assert rows([candidate(0, b="x")]) == []


def test_objects_with_the_same_keys_are_covered_field_by_field() -> None:
    chosen = rows(
        [candidate(0, calls=[{"n": 1, "m": None}]), candidate(1, calls=[{"n": None, "m": 0.5}]), candidate(2)]
    )
    assert chosen == [0, 1]


def test_two_sorts_of_objects_are_enough_to_show_free_json() -> None:
    many = [candidate(number, calls=[{f"key{number}": {"deep": number}}]) for number in range(50)]
    assert rows(many) == [0, 1]


def test_dates_do_not_show_text() -> None:
    assert rows([candidate(0, a="2024-01-01"), candidate(1, 99, a="no date")]) == [0, 1]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_candidates_is_nothing(seed: int) -> None:
    chance = random.Random(seed)  # order, no secret
    values = [None, 1, 0.5, "x", True, [], [{"n": 1}], [{"n": 1, "m": "x"}], {}, [[1]], "2024-01-01"]
    candidates = [
        candidate(number, chance.randrange(5, 30), a=chance.choice(values), calls=chance.choice(values))
        for number in range(40)
    ]
    first = rows(candidates)
    chance.shuffle(candidates)
    assert rows(candidates) == first
    assert len(first) < 20


@pytest.mark.parametrize(
    "text", ["2024-01-01", "2024-01-01T10", "2024-01-01 10:00", "2024-01-01T10:00:00Z", "2024-01-01T10:00:00+02:00"]
)
def test_what_arrow_takes_for_a_time(text: str) -> None:
    assert text_trait(text) == "date"


@pytest.mark.parametrize("text", ["", "600", "20240101", "2024-01", "2024-01-01 was a Monday", "2024-01-01T10:00:00.5"])
def test_what_arrow_takes_for_text(text: str) -> None:
    assert text_trait(text) == "text"
