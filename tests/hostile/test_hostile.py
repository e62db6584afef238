"""Inputs made to hang, crash or exhaust: every one ends with a verdict, and within the work that the budget allows."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from verifier import Outcome, Sample, Verifier
from verifier.types.budget import Budget

MEGABYTE = 1_000_000
GENEROUS_SECONDS = 2.0  # of CPU; every case takes a small part of it, and a search that explodes takes for ever

BOMBS: dict[str, Callable[[], str]] = {
    "digits": lambda: "9" * MEGABYTE,
    "digits in a fraction": lambda: "1/" + "7" * 9_000 + "x",
    "mixed number of spaces": lambda: "1" + " " * 15_000 + "1/2",
    "groups": lambda: "1" + ",234" * 4_000 + "5",
    "tower": lambda: "9^9^9^9^9^9^9",
    "huge exponent": lambda: "1e" + "9" * 5_000,
    "large exponent": lambda: "1e999999999999999999",
    "factorials": lambda: "1000000!" + "!" * 5_000,
    "nested braces": lambda: "\\boxed" + "{" * 15_000 + "}" * 15_000,
    "boxes never closed": lambda: "\\boxed{" * 150_000,
    "nested fractions": lambda: "\\frac{" * 3_000 + "1" + "}{2}" * 3_000,
    "a fraction of spaces": lambda: "\\frac{" + " " * 15_000 + "x",
    "backslashes": lambda: "\\" * MEGABYTE,
    "dollars": lambda: "$" * MEGABYTE,
    "dollars and words": lambda: "$a " * 5_000,
    "carets": lambda: "^{" * 9_000,
    "stars": lambda: "*" * MEGABYTE,
    "quotes": lambda: '"' * 15_000,
    "stops": lambda: "5" + ".;," * 6_000,
    "markers": lambda: "a: " * 300_000,
    "markers on one line": lambda: "answer: " * 100_000,
    "markers with nothing": lambda: "Answer:\n\n" * 100_000,
    "the answer is": lambda: "the answer is " * 60_000,
    "thinking": lambda: "<think>" * 100_000 + "</think>" * 100_000 + "7",
    "open braces": lambda: "{" * MEGABYTE + "}",
    "nested json": lambda: '{"a":' * 20_000 + "1" + "}" * 20_000,
    "equals": lambda: "= " * 9_000,
    "equals chain": lambda: "a = " * 5_000 + "5",
    "letters and an end": lambda: "total " + "a" * 1_900 + "! = 5",
    "words and an end": lambda: "word word " * 180 + "! = 5",
    "commas": lambda: "1, " * 600 + "is 5",
    "sentences": lambda: "So it is. " * 100_000,
    "lines": lambda: "\n" * MEGABYTE + "5",
    "zero width": lambda: "\u200b" * MEGABYTE + "5",
    "combining": lambda: "e" + "\u0301" * 15_000,
    "surrogates": lambda: "\ud800" * 1_000 + "5",
    "nul": lambda: "\0" * 1_000 + "5",
    "foreign digits": lambda: "٣" * MEGABYTE,
    "dotted capital i": lambda: "İ" * MEGABYTE,
    "superscripts": lambda: "10" + "⁹" * 9_000,
    "vulgar fractions": lambda: "½" * 9_000,
    "units": lambda: "5 " + "m/s" * 5_000,
    "unit words": lambda: "5 " + "metre " * 3_000,
    "digits and slashes": lambda: "12/" * 5_000 + "2020",
    "colons": lambda: "12:15:" * 3_000,
    "dotted letters": lambda: "a." * 9_000,
    "days and months": lambda: "on the 4th of July " * 800,
    "days": lambda: "1 July " * 30,
    "hours": lambda: "1 h " * 4_000,
    "halves of hours": lambda: "and a half " * 20,
    "brackets": lambda: "(" * 9_000 + "5" + ")" * 9_000,
    "labels": lambda: "A. " * 6_000,
    "mixed megabytes": lambda: "Therefore \\boxed{5} is $5$ = 5.\n" * 300_000,
}


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    found = Verifier()
    found.grade(Sample(ground_truth="5", final_answer="5"))
    return found


def bounded(verifier: Verifier, sample: Sample) -> Outcome:
    """The outcome, after holding the work and (generously) the CPU time to their bounds."""
    began = time.process_time()
    verdict = verifier.grade(sample)
    spent = time.process_time() - began
    budget = Budget()
    assert sum(step.work for step in verdict.trace) <= budget.work * budget.steps
    assert all(step.work <= 3 * budget.work for step in verdict.trace)
    assert spent < GENEROUS_SECONDS
    return verdict.outcome


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_as_answer_as_truth_and_as_question(verifier: Verifier, name: str) -> None:
    bomb = BOMBS[name]()
    bounded(verifier, Sample(ground_truth="123456", response=bomb))
    bounded(verifier, Sample(ground_truth="123456", final_answer=bomb, response=bomb))
    bounded(verifier, Sample(ground_truth=bomb, final_answer="123456"))
    bounded(verifier, Sample(ground_truth="5 m", final_answer="5", question=bomb))
    bounded(verifier, Sample(ground_truth="A", final_answer="5", question=bomb + "\nA. 5\nB. 6"))


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_never_another_answer(verifier: Verifier, name: str) -> None:
    assert bounded(verifier, Sample(ground_truth="123456", final_answer=BOMBS[name]())) is not Outcome.CORRECT


def test_many_ground_truths_and_options(verifier: Verifier) -> None:
    truths = tuple(f"{number} kg" for number in range(300_000))
    assert bounded(verifier, Sample(ground_truth=truths[:900], final_answer="5000 m")) is Outcome.INCORRECT
    assert bounded(verifier, Sample(ground_truth=truths, final_answer="5000 m")) is Outcome.UNDECIDED
    assert bounded(verifier, Sample(ground_truth=truths, final_answer="5000 kg")) is Outcome.UNDECIDED
    assert bounded(verifier, Sample(ground_truth=truths, final_answer="50 kg")) is Outcome.CORRECT
    labels = {f"L{number}": f"{number} m" for number in range(3_000)}
    sample = Sample.of(ground_truth="L1", final_answer="2 m", options=labels)
    assert bounded(verifier, sample) is not Outcome.CORRECT


def test_raising_a_limit_only_decides_more(verifier: Verifier) -> None:
    """A number beyond the digits allowed is undecided, and the same number within them is decided."""
    digits = Budget().digits
    over, within = "7" * (digits + 1), "7" * digits
    assert verifier.grade(Sample(ground_truth="5", final_answer=over)).code == "budget.digits"
    assert verifier.grade(Sample(ground_truth="5", final_answer=within)).outcome is Outcome.INCORRECT
    assert verifier.grade(Sample(ground_truth=within, final_answer=within)).outcome is Outcome.CORRECT
