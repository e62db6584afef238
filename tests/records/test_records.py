"""Records to samples, and the verification a row carries."""

from __future__ import annotations

import pytest

from verifier.grader import grade_batch
from verifier.records import CODES, VERIFICATION_KEYS, Fields, JsonNumber, read_record, verification
from verifier.types.errors import RecordError, SettingsError
from verifier.types.sample import Option
from verifier.types.verdict import Decision, Outcome, Verdict

TURNS = [
    {"role": "system", "content": "Use tools."},
    {"role": "user", "content": "How much power?"},
    {"role": "assistant", "content": "THOUGHT: multiply TOOL: calculator INPUT: 5^2 * 24"},
    {"role": "tool", "name": "calculator", "content": "600"},
    {"role": "user", "content": "Go on."},
    {"role": "assistant", "content": "FINAL_ANSWER: 600 watts"},
]


def test_a_trajectory_gives_question_response_and_answer() -> None:
    sample = read_record(
        {
            "sample_id": "traj_1",
            "conversations": TURNS,
            "ground_truth": "600 W",
            "final_answer": "600 watts",
            "category": "AC Circuits",
            "success": None,
        }
    )
    assert sample.ground_truth == "600 W"
    assert sample.final_answer == "600 watts"
    assert sample.question == "How much power?"
    assert sample.response == "FINAL_ANSWER: 600 watts"
    assert (sample.category, sample.sample_id) == ("AC Circuits", "traj_1")


def test_without_a_conversation_the_fields_speak() -> None:
    sample = read_record(
        {"ground_truth": "4", "response": "It is 4.", "question": "2+2?", "options": {"A": "4", "B": 5}}
    )
    assert (sample.final_answer, sample.response, sample.question) == (None, "It is 4.", "2+2?")
    assert sample.options == (Option("A", "4"), Option("B", "5"))


def test_a_field_mapped_by_hand_goes_before_the_conversation() -> None:
    record = {"ground_truth": "4", "conversations": TURNS, "problem": "2+2?", "question": "other"}
    assert read_record(record, Fields.parse(["question=problem"])).question == "2+2?"
    assert read_record(record).question == "How much power?"


def test_a_last_turn_that_only_calls_a_tool_is_handed_on() -> None:
    sample = read_record({"ground_truth": "4", "conversations": TURNS[:3]})
    assert sample.response == TURNS[2]["content"]


def test_content_in_parts_is_read_and_tool_calls_in_it_are_not() -> None:
    content = [{"type": "thinking", "thinking": "5"}, {"type": "text", "text": "It is 4."}]
    sample = read_record({"ground_truth": "4", "conversations": [{"role": "assistant", "content": content}]})
    assert sample.response is not None
    assert sample.response.strip() == "It is 4."


def test_where_fields_can_be_mapped_the_option_is_given() -> None:
    with pytest.raises(RecordError, match=r"mean 'groundtruth'\? Then give --field ground_truth=groundtruth\)"):
        read_record({"groundtruth": "4", "final_answer": "4"}, mappable=True)
    with pytest.raises(RecordError, match=r"mean 'finalanswer'\? Then give --field final_answer=finalanswer\), and no"):
        read_record({"ground_truth": "4", "finalanswer": "4"}, answer_needed=True, mappable=True)
    with pytest.raises(RecordError, match=r"such field \(did you mean 'groundtruth'\?\)$"):
        read_record({"groundtruth": "4", "final_answer": "4"})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (True, "true"),
        (0.5, "0.5"),
        (JsonNumber("1.10"), "1.10"),
        (JsonNumber("1e400"), "1e400"),
        (["4", None, " ", 5], ("4", "5")),
        ("a\x00\ud800", "a\x00\ud800"),
    ],
)
def test_ground_truths_as_real_files_hold_them(value: object, text: object) -> None:
    assert read_record({"ground_truth": value}).ground_truth == text


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        ([1], "record.not_object", None),
        ("text", "record.not_object", None),
        ({}, "record.ground_truth_missing", "ground_truth"),
        ({"ground_truth": None}, "record.ground_truth_missing", "ground_truth"),
        ({"ground_truth": " \n"}, "record.ground_truth_missing", "ground_truth"),
        ({"ground_truth": []}, "record.ground_truth_missing", "ground_truth"),
        ({"ground_truth": [None, ""]}, "record.ground_truth_missing", "ground_truth"),
        ({"ground_truth": {"a": 1}}, "record.wrong_type", "ground_truth"),
        ({"ground_truth": ["4", ["5"]]}, "record.wrong_type", "ground_truth[1]"),
        ({"ground_truth": "4", "final_answer": ["4"]}, "record.wrong_type", "final_answer"),
        ({"ground_truth": "4", "question": 4}, "record.wrong_type", "question"),
        ({"ground_truth": "4", "response": JsonNumber("4")}, "record.wrong_type", "response"),
        ({"ground_truth": "4", "category": []}, "record.wrong_type", "category"),
        ({"ground_truth": "4", "options": "x"}, "record.wrong_type", "options"),
        ({"ground_truth": "4", "options": ["x", {}]}, "record.wrong_type", "options[1]"),
        ({"ground_truth": "4", "options": {"A": []}}, "record.wrong_type", "options.A"),
        ({"ground_truth": "4", "options": {"A": 1, "B": None}}, "record.wrong_type", "options.B"),
        ({"ground_truth": "4", "options": {"A": None}}, "record.wrong_type", "options.A"),
        ({"ground_truth": "4", "options": ["x", None, "y"]}, "record.wrong_type", "options[1]"),
        ({"ground_truth": float("nan")}, "record.wrong_type", "ground_truth"),
        ({"ground_truth": ["4", float("nan")]}, "record.wrong_type", "ground_truth[1]"),
        ({"ground_truth": "4", "final_answer": float("inf")}, "record.wrong_type", "final_answer"),
        ({"ground_truth": "4", "question": float("nan")}, "record.wrong_type", "question"),
        (
            {"ground_truth": "4", "conversations": [{"role": "assistant", "content": [{"text": 5}]}]},
            "record.wrong_type",
            "conversations[0].content[0].text",
        ),
        ({"ground_truth": "4", "conversations": "hi"}, "record.wrong_type", "conversations"),
        ({"ground_truth": "4", "conversations": ["hi"]}, "record.wrong_type", "conversations[0]"),
        ({"ground_truth": "4", "conversations": [{"content": "x"}]}, "record.wrong_type", "conversations[0]"),
        (
            {"ground_truth": "4", "conversations": [{"role": "user", "content": 4}]},
            "record.wrong_type",
            "conversations[0].content",
        ),
    ],
)
def test_what_cannot_be_read_says_where_and_why(record: object, code: str, field: str | None) -> None:
    with pytest.raises(RecordError) as caught:
        read_record(record)  # type: ignore[arg-type]  # data is what it is
    assert (caught.value.code, caught.value.field) == (code, field)
    assert code in {known.name for known in CODES}


def test_an_integer_of_any_length_is_read() -> None:
    assert read_record({"ground_truth": 10**5000}).ground_truth == "1" + "0" * 5000


def test_a_missing_answer_is_no_error() -> None:
    assert read_record({"ground_truth": "4", "final_answer": ""}).final_answer == ""
    assert read_record({"ground_truth": "4"}).final_answer is None


def test_a_record_without_any_field_for_an_answer_is_one_where_answers_are_needed() -> None:
    for field in ("final_answer", "response", "conversations"):
        assert read_record({"ground_truth": "4", field: None}, answer_needed=True).final_answer is None
    with pytest.raises(RecordError, match=r"did you mean 'finalanswer'\?\), and no other") as caught:
        read_record({"ground_truth": "4", "finalanswer": "4"}, answer_needed=True)
    assert (caught.value.code, caught.value.field) == ("record.answer_missing", "final_answer")
    fields = Fields.parse(["final_answer=model_answer"])
    with pytest.raises(RecordError, match=r"field 'model_answer'.*\(model_answer, response, conversations\)"):
        read_record({"ground_truth": "4", "final_answer": "4"}, fields, answer_needed=True)


def test_null_behind_two_options_pads_a_column() -> None:
    options = read_record({"ground_truth": "B", "options": {"A": "x", "B": "y", "C": None, "D": None}}).options
    assert options == (Option("A", "x"), Option("B", "y"))
    assert len(read_record({"ground_truth": "B", "options": ["x", "y", None]}).options) == 2


def test_options_in_a_list_are_lettered() -> None:
    options = read_record({"ground_truth": "B", "options": ["Aspirin", 5]}).options
    assert options == (Option("A", "Aspirin"), Option("B", "5"))
    labels = [option.label for option in read_record({"ground_truth": "B", "options": ["x"] * 54}).options]
    assert labels[24:28] + labels[51:] == ["Y", "Z", "AA", "AB", "AZ", "BA", "BB"]


def test_a_batch_says_which_sample_cannot_be_read() -> None:
    good = {"ground_truth": "4", "final_answer": "4"}
    for bad, place in (({"final_answer": "4"}, "ground_truth"), ({"ground_truth": "4", "finl": "4"}, "final_answer")):
        with pytest.raises(RecordError, match=rf"field 'samples\[1\]\.{place}': the record has no such field"):
            grade_batch([good, bad])
    with pytest.raises(RecordError, match=r"field 'samples\[0\]': expected an object"):
        grade_batch(["4"])  # type: ignore[list-item]  # data is what it is


def test_a_misspelt_field_of_the_record_is_pointed_at() -> None:
    with pytest.raises(RecordError, match="did you mean 'reference_answer'"):
        read_record({"reference_answer": "4"}, Fields.parse(["ground_truth=reference_anser"]))


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (["ground_truht=x"], "did you mean 'ground_truth'"),
        (["ground_truth"], "write it as ours=theirs"),
        (["reference=ground_truth"], "write ground_truth=reference"),
        (["reference_answer=reference_answer"], "no field 'reference_answer'; write ours=theirs"),
        (["ground_truth="], "write it as ours=theirs"),
        (["ground_truth=a", "ground_truth=b"], "already mapped"),
    ],
)
def test_mappings_that_cannot_be_meant(mapping: list[str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        Fields.parse(mapping)


def test_verification_has_the_same_keys_in_every_row() -> None:
    verdict = Verdict(
        outcome=Outcome.CORRECT, method="number", code="number.equal", gold="4", candidate="4", engine="1", rules="2"
    )
    graded = verification(verdict, previous_success=False)
    ungraded = verification(None, code="record.wrong_type")
    assert tuple(graded) == tuple(ungraded) == VERIFICATION_KEYS
    assert (graded["outcome"], graded["previous_success"]) == ("correct", False)
    assert (ungraded["outcome"], ungraded["code"], ungraded["gold"]) == ("undecided", "record.wrong_type", None)


def test_codes_leave_the_decision_open() -> None:
    assert {code.decision for code in CODES} == {Decision.PASS}
    assert len({code.name for code in CODES}) == len(CODES)
