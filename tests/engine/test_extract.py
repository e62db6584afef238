"""Finding the answer: what the trace says of it, and that the work does not grow with the text."""

from __future__ import annotations

import pytest

from verifier import Sample, Verifier
from verifier.engine.excerpt import LONGEST, excerpt
from verifier.engine.extract import find_answer
from verifier.rulebook import builtin_rules
from verifier.types.budget import Budget, Meter

RULES = builtin_rules()
LINE = "We go on with the derivation, since 3 < 4.\n"


def test_the_trace_says_where_the_answer_stood_and_how_it_was_found() -> None:
    response = "Two and two are four. The answer is 4."
    (step,) = (
        step for step in Verifier().grade(Sample(ground_truth="4", response=response)).trace if step.phase == "extract"
    )
    assert step.by == "answer_is"
    start, end = map(int, step.evidence["at"].split("-"))
    assert response[start:end] == "4."


def test_of_a_very_long_response_the_trace_says_what_was_read() -> None:
    response = LINE * 100_000 + "Hence \\boxed{77}.\n" + LINE * 100_000
    verdict = Verifier().grade(Sample(ground_truth="77", response=response))
    (step,) = (step for step in verdict.trace if step.phase == "extract")
    assert verdict.outcome == "correct"
    start, end = map(int, step.evidence["at"].split("-"))
    assert response[start:end] == "\\boxed{77}"
    assert step.evidence["read"].startswith("0-")
    assert step.evidence["read"].endswith(f"-{len(response)}")


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        ("Final answer: 5\n" + LINE * 10_000, "5"),
        (LINE * 10_000 + "Final answer: 5", "5"),
        (LINE * 5_000 + "<answer>5</answer>\n" + LINE * 5_000, "5"),
        (LINE * 5_000 + "<ANSWER>5</ANSWER>\n" + LINE * 5_000, "5"),
        (LINE * 5_000 + "FINAL_ANSWER: 5\n\n" + "THOUGHT: done.\n" + LINE * 5_000, None),
        ("<Think>" + LINE * 5_000 + "</Think>Answer: 5", "5"),
        ("<think>" + LINE * 5_000 + "\\boxed{5}", None),
        ("<think>" + LINE * 5_000 + "\\boxed{5}</think>", None),
    ],
)
def test_parts_of_a_very_long_response(response: str, answer: str | None) -> None:
    assert len(response) > LONGEST
    found = find_answer(response, RULES, Meter(Budget()))
    told = found.candidates[0].text.strip() if found.candidates else None
    if answer is not None:
        assert told == answer
    else:
        assert told is None or len(told) > 1


def test_an_answer_that_is_torn_is_not_read() -> None:
    response = "x" * 500 + "\nFINAL_ANSWER: " + "7" * 31_000 + " " + LINE * 5_000
    found = find_answer(response, RULES, Meter(Budget()))
    assert all(len(one.text) > Budget().answer_chars for one in found.candidates)


@pytest.mark.parametrize(
    "piece", [LINE, "\\boxed{5} or ", "If the answer is 5, ", "{", "<think>", "答案是 ", "\\boxed{", '{"answer": ']
)
def test_the_text_that_is_read_has_a_bound(piece: str) -> None:
    for size in (LONGEST + 1, 1_000_000, 10_000_000):
        read = excerpt(piece * (size // len(piece) + 1), RULES.extract)
        assert len(read.text) <= 1.3 * LONGEST
        assert len(read.parts) <= 3


@pytest.mark.parametrize("end", ["Answer: 5", "", "\\boxed{5}", "</think>5"])
def test_the_work_is_a_64th_of_the_text(end: str) -> None:
    for size in (2_000, 1_000_000, 10_000_000):
        meter = Meter(Budget())
        text = LINE * (size // len(LINE)) + end
        find_answer(text, RULES, meter)
        assert meter.total <= len(text) // 64 + 100


def test_a_clue_is_a_part_of_each_of_its_phrases() -> None:
    for clue in RULES.extract.clues:
        assert all(clue.text in phrase.text.lower() for phrase in clue.phrases)


def test_no_look_alike_becomes_another() -> None:
    table = RULES.text.characters
    assert not {ord(one) for one in table.values()} & table.keys()
