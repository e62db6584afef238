"""What holds for every label set that a question names: a label is itself, in a sentence too, and no other label."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier import Outcome, Sample, Verifier, grade
from verifier.rulebook import builtin_rules, load_rules

WORDS = st.lists(
    st.sampled_from(
        ("alpha", "beta_two", "gamma-ray", "delta", "non-delta", "Epsilon", "zeta/eta", "theta", "iota", "red card",
         "very red card")
    ),
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


@pytest.mark.parametrize("word", sorted(builtin_rules().truth.words))
def test_a_tail_that_says_the_opposite_leaves_nothing(word: str) -> None:
    table = builtin_rules().truth
    said = table.words[word]
    against = [other for other, told in table.words.items() if told.value != said.value][len(word) % 5 :: 5]
    gold = "Yes" if said.value else "No"
    gold = gold if said.vocabulary == "yes_no" else str(said.value) if said.vocabulary == "true_false" else "Agree"
    for other in against:
        for tail in (f"{word}, {other}.", f"{word}. {other}."):
            verdict = grade(ground_truth=gold, final_answer=tail)
            assert verdict.outcome is not Outcome.CORRECT, tail


@pytest.mark.parametrize(
    ("topic", "labels", "question"),
    [
        ("感情", ["喜び", "悲しみ"], "この文の感情は何ですか？"),
        ("भावना", ["खुशी", "दुख"], "इस वाक्य की भावना क्या है?"),
        ("อารมณ์", ["ดีใจ", "เสียใจ"], "ข้อความนี้มีอารมณ์อะไร"),
        ("hate speech", ["hateful", "clean"], "Does this tweet contain hate speech?"),
        ("sentiment", ["good", "bad"], "What is the sentiment of this review?"),
    ],
)
def test_a_set_of_a_later_pack_is_meant_by_its_topic(
    tmp_path: Path, topic: str, labels: list[str], question: str
) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "pack.toml").write_text('id = "mine"\nversion = "3"\nengine = ">=0.1"\n')
    (tmp_path / "labels" / "mine.toml").write_text(
        f'[[label_set]]\nname = "mine"\nlabels = {json.dumps(labels)}\ntopics = {json.dumps([topic])}\n'
    )
    one, other = labels
    verifier = Verifier(load_rules(tmp_path))
    assert verifier.grade(Sample(ground_truth=one, final_answer=one, question=question)).code == "label.same"
    assert verifier.grade(Sample(ground_truth=one, final_answer=other, question=question)).code == "label.other"
    unasked = Sample(ground_truth=one, final_answer=other, question="What is it?")
    assert verifier.grade(unasked).outcome is Outcome.UNDECIDED
