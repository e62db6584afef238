"""What holds for every multiple-choice question: where the options stand, and what is said beside the choice."""

from __future__ import annotations

from functools import partial

import laws
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from verifier import Outcome, Verdict, Verifier, grade
from verifier.engine.kinds.options import find_options
from verifier.engine.sides import profile_of
from verifier.rulebook import builtin_rules
from verifier.types.budget import Budget, Meter
from verifier.types.rules import Rules

LETTERS = "ABCDE"
TEXTS = (
    "Aspirin", "Ibuprofen", "Vitamin A", "Vitamin D", "A rash", "12", "3/4", "5 kg", "None of these",
    "All of the above", "Both A and B", "x + 1", "Golgi apparatus", "Type I", "Type II", "I am", "le foie",
)  # fmt: skip
SINGLE = tuple(text for text in TEXTS if text not in {"None of these", "All of the above", "Both A and B"})
REASONS = (
    "because {0} and {1} do not fit",
    "since {0} would raise the pressure",
    "because {0} is wrong and {1} is out of the question",
    "as {0} is a distractor",
)


examples = partial(laws.examples, also=(HealthCheck.data_too_large,))


@pytest.fixture(scope="module")
def rules() -> Rules:
    return builtin_rules()


def graded(gold: str, answer: str, texts: list[str] | tuple[str, ...]) -> Verdict:
    return grade(ground_truth=gold, final_answer=answer, options=dict(zip(LETTERS, texts, strict=False)))


@given(st.permutations(range(4)), st.lists(st.sampled_from(SINGLE), min_size=4, max_size=4, unique=True), st.data())
@examples(200)
def test_options_that_change_places_with_their_letters_change_nothing(
    order: list[int], texts: list[str], data: st.DataObject
) -> None:
    gold, chosen = data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3))
    moved = [texts[place] for place in order]
    shapes = ["{letter}", "({letter})", "{letter}. {text}", "{text}", "Option {letter}", "The answer is {letter}."]
    shape = data.draw(st.sampled_from(shapes))

    def answer(letter: str) -> str:
        return shape.format(letter=letter, text=texts[chosen])

    before = graded(LETTERS[gold], answer(LETTERS[chosen]), texts)
    after = graded(LETTERS[order.index(gold)], answer(LETTERS[order.index(chosen)]), moved)
    assert (before.outcome, before.code) == (after.outcome, after.code)


@given(st.integers(0, 3), st.integers(0, 3), st.sampled_from(REASONS), st.permutations(range(4)))
@examples(200)
def test_reasons_that_name_other_options_change_nothing(gold: int, chosen: int, reason: str, order: list[int]) -> None:
    texts = ("Aspirin", "Ibuprofen", "Paracetamol", "Naproxen")
    others = [LETTERS[place] for place in order if place != chosen]
    bare = graded(LETTERS[gold], LETTERS[chosen], texts)
    told = graded(LETTERS[gold], f"{LETTERS[chosen]}, {reason.format(*others)}.", texts)
    assert (bare.outcome, bare.code) == (told.outcome, told.code)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=3, unique=True), st.data())
@examples(200)
def test_sets_of_options_have_no_order_and_no_separator(places: list[int], data: st.DataObject) -> None:
    texts = ("Mercury", "Pluto", "Mars", "Ceres", "Venus")
    gold = ", ".join(LETTERS[place] for place in places)
    mixed = data.draw(st.permutations(places))
    joint = data.draw(st.sampled_from([", ", " and ", "; ", " & ", "/", " + "]))
    named = joint.join(
        data.draw(st.sampled_from([LETTERS[place], f"({LETTERS[place]})", texts[place]])) for place in mixed
    )
    assert graded(gold, named, texts).outcome is Outcome.CORRECT
    fewer = ", ".join(LETTERS[place] for place in mixed[1:])
    assert graded(gold, fewer, texts).outcome is Outcome.INCORRECT
    assert graded(LETTERS[places[0]], named, texts).outcome is Outcome.INCORRECT


@given(st.integers(0, 3), st.integers(0, 3), st.sampled_from(TEXTS))
@examples(200)
def test_a_letter_with_the_words_of_another_is_never_correct(gold: int, lettered: int, words: str) -> None:
    texts = ["Kidney", "Liver", "Spleen", "Heart"]
    texts[(lettered + 1) % 4] = words
    for shape in ("{0}. {1}", "{0}) {1}", "({0}) {1}", "{0}: {1}", "option {0}: {1}"):
        verdict = graded(LETTERS[gold], shape.format(LETTERS[lettered], words), texts)
        assert verdict.outcome is not Outcome.CORRECT, shape


@pytest.mark.parametrize("shape", ["{0}. {1}", "{0}) {1}", "({0}) {1}"])
def test_every_alphabet_labels_options_in_the_usual_layouts(rules: Rules, shape: str) -> None:
    table = rules.choices
    for alphabet in {layout.alphabet for layout in (*table.layouts, *table.foreign, *table.weak)}:
        if alphabet[0] == "①":
            continue
        texts = ("Kidney", "Liver", "Spleen")
        lines = "\n".join(shape.format(label, text) for label, text in zip(alphabet, texts, strict=False))
        found = find_options(f"Which one?\n{lines}", rules, Meter(Budget()))
        assert [(option.label, option.text) for option in found] == list(zip(alphabet, texts, strict=False))


@given(st.text(st.characters(), max_size=60), st.dictionaries(st.text(max_size=3), st.text(max_size=20), max_size=5))
@examples(300)
def test_any_text_has_a_verdict_in_every_profile(text: str, options: dict[str, str]) -> None:
    for category in ("AIME Math", "Medical Exams", "Text Classification", "Explanation"):
        for gold in ("A", text or "B", "7"):
            grade(ground_truth=gold, final_answer=text, question=f"Which?\n{text}", options=options, category=category)


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("High School Math", "high-school-math"),
        ("Math Olympiads", "math-olympiads"),
        ("Medical Exams", "medical-exams"),
        ("Open Conversations", "open-conversations"),
        ("Text Classification", "text-classification"),
        ("Explanation", "explanation"),
        ("Closed Question Answering", "closed-question-answering"),
        ("AIME Math", "aime"),
        ("General Math", "general-math"),
        ("General Question Answering", "question-answering"),
        ("AC Circuits", "circuits"),
        ("Astronomy", "default"),
    ],
)
def test_categories_have_their_profiles(rules: Rules, category: str, name: str) -> None:
    profile = profile_of(category, rules)
    assert profile.name == name
    assert profile.tolerance.relative == profile.tolerance.absolute == 0
    assert Verifier(rules, profile=name)
