"""Laws of what stands beside a number: words for signs turn it, counters leave it, unknown words are not dropped."""

from __future__ import annotations

from itertools import permutations

import pytest

from verifier import Outcome, Sample, Verifier
from verifier.rulebook import builtin_rules

FIGURES = builtin_rules().text.figures
COUNTERS = [counter for counter in FIGURES.counters if counter not in builtin_rules().units.words and counter != "年"]
UNKNOWN = ["逆数", "的倒数", "的平方根", "の平方根", "의 제곱근", "的一半"]


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier()


def _outcome(verifier: Verifier, gold: str, answer: str) -> Outcome:
    return verifier.grade(Sample.of(ground_truth=gold, final_answer=answer)).outcome


@pytest.mark.parametrize("word", FIGURES.openings)
def test_a_word_for_a_sign_is_the_sign(verifier: Verifier, word: str) -> None:
    sign = FIGURES.spelled[word]
    meant = "\\sqrt{7}" if sign == "√" else "\\pm 7" if sign == "±" else "-7"
    assert _outcome(verifier, meant, f"{word} 7") is Outcome.CORRECT
    assert _outcome(verifier, "7", f"{word} 7") is Outcome.INCORRECT


@pytest.mark.parametrize("counter", COUNTERS)
def test_a_counter_claims_no_unit(verifier: Verifier, counter: str) -> None:
    assert _outcome(verifier, f"18{counter}", "18") is Outcome.CORRECT
    assert _outcome(verifier, "18", f"18{counter}") is Outcome.CORRECT
    assert _outcome(verifier, f"18{counter}", f"19{counter}") is Outcome.INCORRECT


@pytest.mark.parametrize("word", UNKNOWN)
def test_a_word_that_nobody_knows_is_not_dropped(verifier: Verifier, word: str) -> None:
    assert _outcome(verifier, "7", f"7{word}") is not Outcome.CORRECT
    assert _outcome(verifier, "7", f"{word.lstrip('的の')}7") is not Outcome.CORRECT


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("form", ["{}-{}", "{}: {}", "{} → {}", "({}) {}"])
def test_a_matching_has_no_order_and_many_forms(verifier: Verifier, order: tuple[int, ...], form: str) -> None:
    pairs = [("A", "2"), ("B", "3"), ("C", "1")]
    told = ", ".join(form.format(*pairs[place]) for place in order)
    assert _outcome(verifier, "A-2, B-3, C-1", told) is Outcome.CORRECT
    assert _outcome(verifier, "A-3, B-2, C-1", told) is Outcome.INCORRECT
