"""What holds for every label set that a question names: a label is itself, in a sentence too, and no other label."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier import Outcome, grade

WORDS = st.lists(
    st.sampled_from(("alpha", "beta_two", "gamma-ray", "delta", "non-delta", "Epsilon", "zeta/eta", "theta", "iota")),
    min_size=2, max_size=6, unique_by=str.lower,
)  # fmt: skip
LEADS = ("Classify the text as {}.", "Labels: {}", "Answer with {}.", "Assign it to one of the following: {}")
LAW = settings(max_examples=150, derandomize=True, database=None, deadline=None)


def named(labels: list[str], joiner: str = "or") -> str:
    return f"{', '.join(labels[:-1])} {joiner} {labels[-1]}"


@LAW
@given(WORDS, st.sampled_from(LEADS), st.data())
def test_a_label_is_itself_and_no_other(labels: list[str], lead: str, data: st.DataObject) -> None:
    gold = data.draw(st.sampled_from(labels))
    answer = data.draw(st.sampled_from(labels))
    question = lead.format(named(data.draw(st.permutations(labels))))
    for said in (answer, answer.upper(), f"The label is {answer}.", f"**{answer}**"):
        verdict = grade(ground_truth=gold, final_answer=said, question=question)
        assert verdict.outcome is (Outcome.CORRECT if gold == answer else Outcome.INCORRECT), (question, said, verdict)


@LAW
@given(WORDS, st.data())
def test_a_denied_label_is_never_given(labels: list[str], data: st.DataObject) -> None:
    gold = data.draw(st.sampled_from(labels))
    verdict = grade(ground_truth=gold, final_answer=f"not {gold}", question=f"Classify it as {named(labels)}.")
    assert verdict.outcome is not Outcome.CORRECT


@LAW
@given(WORDS, st.data())
def test_two_labels_are_not_one(labels: list[str], data: st.DataObject) -> None:
    gold, other = data.draw(st.permutations(labels))[:2]
    question = f"Classify it as {named(labels)}."
    for said in (f"{gold}, {other}", f"{gold} or {other}", f"{other} and {gold}"):
        assert grade(ground_truth=gold, final_answer=said, question=question).outcome is Outcome.INCORRECT
    both = grade(ground_truth=f"{gold}, {other}", final_answer=f"{other}, {gold}", question=question)
    assert both.outcome is Outcome.CORRECT


@pytest.mark.parametrize(
    ("yes", "no"), [("Oui", "Non"), ("Ja", "Nein"), ("Sí", "No"), ("Да", "Нет"), ("はい", "いいえ"), ("Evet", "Hayır")]
)
def test_yes_and_no_refute_each_other_in_every_language(yes: str, no: str) -> None:
    assert grade(ground_truth=yes, final_answer=f"{no}.").outcome is Outcome.INCORRECT
    assert grade(ground_truth="Yes", final_answer=f"{yes}!").outcome is Outcome.CORRECT
