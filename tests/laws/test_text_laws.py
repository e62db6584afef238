"""What holds for names and lists of names: order is free, a *not* counts, no text raises (POLICY 49-53)."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from laws import examples

from verifier import Outcome, grade

NAMES = (
    "red", "green", "blue", "Paris", "New York", "São Tomé", "helium", "neon", "liver", "left atrium", "Marie Curie",
    "oxygen", "World War II", "Erwin Schrödinger", "tumour suppressor gene", "Côte d'Ivoire", "mitosis", "perro",
    "Москва", "jumping genes",
)  # fmt: skip
ASKED = "What are all the names in the passage?"


def outcome(gold: str, answer: str, question: str | None = None) -> Outcome:
    return grade(ground_truth=gold, final_answer=answer, question=question).outcome


def commas(names: list[str]) -> str:
    return ", ".join(names)


def spoken(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def semicolons(names: list[str]) -> str:
    return "; ".join(names)


def bullets(names: list[str]) -> str:
    return "\n".join(f"- {name}" for name in names)


def numbered(names: list[str]) -> str:
    return "\n".join(f"{place}. {name}" for place, name in enumerate(names, 1))


Layout = Callable[[list[str]], str]
LAYOUTS: tuple[Layout, ...] = (commas, spoken, semicolons, bullets, numbered)
lists = st.lists(st.sampled_from(NAMES), min_size=2, max_size=7, unique=True)
long_lists = st.lists(st.sampled_from(NAMES), min_size=3, max_size=7, unique=True)  # no name with its place
layouts = st.sampled_from(LAYOUTS)


@given(lists, layouts, layouts, st.randoms(use_true_random=False), st.sampled_from((None, ASKED)))
@examples(150)
def test_another_order_and_layout_is_the_same_list(
    names: list[str], one: Layout, other: Layout, chance: Random, question: str | None
) -> None:
    mixed = list(names)
    chance.shuffle(mixed)
    assert outcome(one(names), other(mixed), question) is Outcome.CORRECT


@given(lists, layouts, layouts, st.data())
@examples(100)
def test_permuting_the_items_leaves_the_verdict(
    names: list[str], one: Layout, other: Layout, data: st.DataObject
) -> None:
    given_names = data.draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=6, unique=True))
    mixed = data.draw(st.permutations(given_names))
    assert outcome(one(names), other(given_names), ASKED) is outcome(one(names), other(mixed), ASKED)


@given(long_lists, layouts, layouts, st.data())
@examples(100)
def test_a_name_too_few_or_too_many_refutes_where_all_are_asked(
    names: list[str], one: Layout, other: Layout, data: st.DataObject
) -> None:
    added = data.draw(st.sampled_from([name for name in NAMES if name not in names]))
    assert outcome(one(names), other([*names, added]), ASKED) is Outcome.INCORRECT
    assert outcome(one([*names, added]), other(names), ASKED) is Outcome.INCORRECT


@given(lists, layouts, layouts, st.data())
@examples(100)
def test_one_of_another_name_is_never_correct(
    names: list[str], one: Layout, other: Layout, data: st.DataObject
) -> None:
    added = data.draw(st.sampled_from([name for name in NAMES if name not in names]))
    place = data.draw(st.integers(0, len(names) - 1))
    assert outcome(one(names), other([*names[:place], added, *names[place + 1 :]]), ASKED) is not Outcome.CORRECT


@given(
    st.sampled_from(NAMES), st.sampled_from(("not {}", "not the {}", "Not {}.", "{} is not", "no {}", "it is not {}"))
)
@examples(120)
def test_a_not_never_leaves_correct(name: str, denied: str) -> None:
    assert outcome(name, name) is Outcome.CORRECT
    assert outcome(name, denied.format(name)) is not Outcome.CORRECT
    assert outcome(denied.format(name), name) is not Outcome.CORRECT


@given(lists, layouts, st.data())
@examples(100)
def test_a_denied_item_never_leaves_correct(names: list[str], layout: Layout, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(names) - 1))
    denied = [*names[:place], f"not {names[place]}", *names[place + 1 :]]
    assert outcome(commas(names), layout(denied), ASKED) is not Outcome.CORRECT


@given(st.text(max_size=60), st.text(max_size=60), st.one_of(st.none(), st.text(max_size=40)))
@examples(300)
def test_no_text_raises(gold: str, answer: str, question: str | None) -> None:
    grade(ground_truth=gold, final_answer=answer, question=question)


LINES = st.text(alphabet=st.sampled_from(list(" \t\n-*•|:;,.1234)(`'\"[]{}andAé_=@/vhtps")), max_size=80)


@given(LINES, LINES, st.sampled_from((None, ASKED)))
@examples(400)
def test_no_layout_raises(gold: str, answer: str, question: str | None) -> None:
    grade(ground_truth=gold, final_answer=answer, question=question)
