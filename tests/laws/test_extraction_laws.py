"""What holds for every response: wrapping leaves the verdict, a second answer is never rewarded, remarks are free.

Every marker, label, tag, box macro and language of the rules takes part, so that a row added to them is tried at once.
"""

from __future__ import annotations

import json
from functools import partial

import laws
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from verifier import Outcome, Sample, Verdict, Verifier
from verifier.engine.excerpt import LONGEST, excerpt
from verifier.engine.extract import find_answer
from verifier.rulebook import builtin_rules
from verifier.types.budget import Budget, Meter
from verifier.types.extraction import Phrase

ANY_TEXT = st.text(st.characters(), max_size=40)  # surrogates, controls and unassigned characters among them
PIECES = st.sampled_from(
    [
        *(
            "\\boxed{",
            "{",
            "}",
            "$",
            "$$",
            "\\(",
            "**",
            "```",
            "<think>",
            "</think>",
            "<answer>",
            "</answer>",
            "\n",
            " ",
        ),
        *("x = 3", "(a) ", "yes", "So ", "wait", " or ", "not 5 but 7", "TOOL:", "<|im_end|>", "答", "ก", "\u0301"),
        *("5", " ", '{"answer": "5"}'),
    ]
)


examples = partial(laws.examples, also=(HealthCheck.data_too_large,))


RULES = builtin_rules()
TABLE = RULES.extract
PHRASES = [phrase for clue in TABLE.clues for phrase in clue.phrases]
ENGINE = Verifier(RULES)
WORKING = "First we take 12 and 30.\n"

ANSWERS = st.sampled_from(
    [
        ("42", "42"),
        ("42", "41"),
        ("3/4", "0.75"),
        ("3/4", "3/5"),
        ("600 W", "0.6 kW"),
        ("600 W", "60 W"),
        ("x^2+1", "1+x^2"),
    ]
)


def said(phrase: Phrase, answer: str) -> str:
    return f"{phrase.text}: {answer}" if phrase.label else f"{phrase.text} {answer}"


WRAPPINGS = {
    "bold": "**{}**",
    "display": "$$\n{}\n$$",
    "inline": "${}$",
    "round": "\\({}\\)",
    **{f"box {box}": "$\\" + box + "{{{}}}$" for box in TABLE.boxes},
    "boxes": "$\\boxed{{\\boxed{{{}}}}}$",
    **{f"tag {tag.open}": tag.open + "{}" + tag.close for tag in TABLE.answer_tags},
    **{
        f"thinking {tag.open}": tag.open + "Answer: 7 or \\boxed{{7}}" + tag.close + "Answer: {}"
        for tag in TABLE.thinking_tags
    },
}


def verdict(gold: str, response: str) -> Verdict:
    return ENGINE.grade(Sample(ground_truth=gold, response=response))


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: f"{phrase.marker}:{phrase.text}".strip())
def test_every_marker_of_every_language_announces(phrase: Phrase) -> None:
    for gold, answer in (("42", "42"), ("42", "41"), ("3/4", "0.75")):
        bare = verdict(gold, answer).outcome
        assert verdict(gold, f"{WORKING}{said(phrase, answer)}").outcome is bare
        boxed = "$\\boxed{" + answer + "}$"
        assert verdict(gold, f"{WORKING}{said(phrase, boxed)}").outcome is bare


@given(
    ANSWERS,
    st.sampled_from(sorted(WRAPPINGS)),
    st.sampled_from(PHRASES),
    st.sampled_from(["", ".", "\n", "<|im_end|>"]),
)
@examples(400)
def test_wrapping_an_answer_leaves_the_verdict(pair: tuple[str, str], wrapping: str, phrase: Phrase, end: str) -> None:
    gold, answer = pair
    wrapped = WRAPPINGS[wrapping].format(answer)
    bare = verdict(gold, answer).outcome
    assert verdict(gold, f"{wrapped}{end}").outcome is bare
    assert verdict(gold, f"{WORKING}Answer: {wrapped}{end}").outcome is bare
    if not wrapping.startswith("thinking"):
        assert verdict(gold, f"{WORKING}{said(phrase, wrapped)}{end}").outcome is bare


@given(ANSWERS, st.sampled_from(TABLE.json_keys), st.booleans())
@examples(60)
def test_json_leaves_the_verdict(pair: tuple[str, str], key: str, fenced: bool) -> None:  # noqa: FBT001  # drawn
    gold, answer = pair
    written = json.dumps({"reasoning": "12 and 30", key: answer, "meta": {"sure": 0.9}})
    assert verdict(gold, f"```json\n{written}\n```" if fenced else written).outcome is verdict(gold, answer).outcome


@given(st.sampled_from(PHRASES), st.sampled_from([" or ", ", or maybe ", ". Or "]))
@examples(100)
def test_a_second_answer_is_never_rewarded(phrase: Phrase, joint: str) -> None:
    for first, second in (("42", "41"), ("41", "42")):
        assert verdict("42", f"{WORKING}{said(phrase, first)}{joint}{second}").outcome is not Outcome.CORRECT


@given(st.sampled_from(PHRASES), st.sampled_from(PHRASES))
@examples(200)
def test_of_two_announcements_the_first_is_never_rewarded(first: Phrase, second: Phrase) -> None:
    assert verdict("42", f"{WORKING}{said(first, '42')}.\n{said(second, '41')}").outcome is not Outcome.CORRECT


@given(
    st.sampled_from([phrase for phrase in PHRASES if not phrase.to_end]),
    st.sampled_from(
        [
            "Check: 12 + 30 = 42, and 7 is prime.",
            "Note that last year's figure was 52.",
            "Key steps:\n1. Add 12\n2. Add 30",
        ]
    ),
)
@examples(100)
def test_what_is_said_behind_an_answer_changes_nothing(phrase: Phrase, remark: str) -> None:
    for answer in ("42", "41"):
        said_alone = verdict("42", f"{WORKING}{said(phrase, answer)}.")
        assert verdict("42", f"{WORKING}{said(phrase, answer)}.\n\n{remark}").outcome is said_alone.outcome


RESPONSES = st.lists(
    st.one_of(ANY_TEXT, PIECES, st.sampled_from([phrase.text for phrase in PHRASES])), max_size=12
).map("".join)


@given(RESPONSES)
@examples(600)
def test_any_text_gives_a_span_of_it_or_a_finding(response: str) -> None:
    found = find_answer(response, RULES, Meter(Budget()))
    assert (found.finding is None) == bool(found.candidates)
    for one in found.each():
        assert 0 <= one.start <= one.end <= len(response)


@given(RESPONSES, st.integers(0, 3), st.integers(0, 3))
@examples(60)
def test_of_a_very_long_response_the_parts_lie_where_they_are_said_to(middle: str, before: int, behind: int) -> None:
    line = "Let us go on with the derivation of the 12 cases.\n"
    filler = line * (LONGEST // len(line) + 1)
    response = filler * before + middle + filler * behind
    part = excerpt(response, TABLE)
    for begin, end, origin in part.parts:
        assert part.text[begin:end] == response[origin : origin + end - begin]
    for one in find_answer(response, RULES, Meter(Budget())).candidates:
        assert 0 <= one.start <= one.end <= len(response)
