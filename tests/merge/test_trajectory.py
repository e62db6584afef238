"""One line into the seed's schema: what is converted, what is kept beside the row, what is an error."""

from __future__ import annotations

import json

import pytest

from verifier.batch.trajectory import FIELDS, Trajectory, read_trajectory
from verifier.types.errors import RecordError


def read(line: bytes | dict[str, object]) -> Trajectory:
    return read_trajectory(line if isinstance(line, bytes) else json.dumps({"success": True} | line).encode())


def written(trajectory: Trajectory) -> dict[str, object]:
    row: dict[str, object] = json.loads(trajectory.before + b',"success":null' + trajectory.after + b"}")
    assert list(row) == list(FIELDS)
    return row


def test_missing_fields_are_null() -> None:
    assert set(written(read({})).values()) == {None}


@pytest.mark.parametrize(
    ("field", "given", "becomes"),
    [
        ("sample_id", "5", "5"),
        ("sample_id", "5.0", "5"),
        ("sample_id", "5.5", "5.5"),
        ("sample_id", "9" * 5000, "9" * 5000),
        ("sample_id", '"5.0"', "5.0"),
        ("sample_id", "true", "true"),
        ("ground_truth", "1.10", "1.10"),
        ("ground_truth", "true", "true"),
        ("ground_truth", '["a", "b"]', '["a", "b"]'),
        ("final_answer", '{"x": 1}', '{"x": 1}'),
        ("final_answer", "NaN", None),
        ("final_answer", '"a\\ud800b"', "a\ufffdb"),
        ("final_answer", '"\\ud83d\\ude00"', "😀"),
        ("final_answer", '"\\u0000"', "\x00"),
        ("total_tokens", "5.0", 5),
        ("total_tokens", "5", 5),
        ("num_turns", "-3", -3),
        ("total_cost_usd", "5", 5.0),
        ("total_cost_usd", "1e400", None),
        ("total_cost_usd", "-Infinity", None),
        ("total_energy_joules", "1e-7", 1e-7),
        ("tools_used", '["a", 1, null]', ["a", "1"]),
        ("tools_used", "[]", []),
        ("conversations", '[{"role": "user"}, null]', [{"role": "user", "content": None, "name": None}]),
        (
            "conversations",
            '[{"content": [{"type": "text"}]}]',
            [{"role": None, "content": '[{"type":"text"}]', "name": None}],
        ),
        ("tool_calls", '[{"b": 1, "a": [1, 2.5, true, null]}]', [{"b": 1, "a": "[1,2.5,true,null]"}]),
        ("tool_calls", '[{"n": 123456789012345678901234567890}]', [{"n": "123456789012345678901234567890"}]),
        ("tool_calls", '[{"n": NaN}, {"n": [null]}]', [{"n": None}, {"n": [None]}]),
        ("tool_calls", "[" + "9" * 5000 + "]", ["9" * 5000]),
        ("tool_calls", '["text", 5, [], {}]', ["text", 5, [], {}]),
    ],
)
def test_values_are_written_with_one_type_a_column(field: str, given: str, becomes: object) -> None:
    trajectory = read(f'{{"success": true, "{field}": {given}}}'.encode())
    assert trajectory.fits
    assert trajectory.reason is None
    value = written(trajectory)[field]
    assert value == becomes
    assert type(value) is type(becomes)


def test_deep_tool_calls_are_cut_into_text() -> None:
    deep = b"[" * 60 + b"]" * 60
    trajectory = read(b'{"success": true, "tool_calls": ' + deep + b"}")
    assert trajectory.converted == ("tool_calls: what is nested deeper than 30 levels written as JSON text",)
    text = json.dumps(written(trajectory)["tool_calls"])
    assert text.count("[") == 60


@pytest.mark.parametrize(
    ("field", "given", "problem"),
    [
        ("total_tokens", "5.5", "expected an integer, found 5.5"),
        ("total_tokens", '"5"', "expected an integer, found a string"),
        ("total_tokens", "true", "expected an integer, found a boolean"),
        ("total_tokens", "1e300", "expected an integer, found 1e300"),
        ("total_tokens", "99999999999999999999", "expected an integer, found a string"),
        ("total_cost_usd", '"0.1"', "expected a number, found a string"),
        ("conversations", '"hello"', "expected a list of messages, found a string"),
        ("conversations", '["hello"]', "expected messages with role and content, found a string among them"),
        ("tool_calls", '{"a": 1}', "expected a list, found an object"),
        ("tools_used", '"calculator"', "expected a list of strings, found a string"),
    ],
)
def test_what_does_not_fit_is_an_error_and_kept(field: str, given: str, problem: str) -> None:
    trajectory = read(f'{{"success": true, "{field}": {given}}}'.encode())
    assert not trajectory.fits
    assert (trajectory.reason, trajectory.detail) == ("error", f"field '{field}': {problem}")
    assert written(trajectory)[field] is None
    assert trajectory.other == f'{{"{field}":{given}}}'


def test_other_fields_are_kept_as_written() -> None:
    trajectory = read(
        b'{"z": 1.10, "success": true, "a": [1e400, "\\ud800"], "verification": {"code": "x",  "n": 1.0}}'
    )
    assert trajectory.other == r'{"a":[1e400, "\ud800"],"z":1.10}'
    assert trajectory.verification == '{"code": "x",  "n": 1.0}'
    assert trajectory.others == ("a", "z")


def test_a_field_of_another_name_takes_our_column_and_nothing_is_lost() -> None:
    line = b'{"success": true, "answer": "5", "final_answer": "boxed", "id": 7}'
    trajectory = read_trajectory(line, {"final_answer": "answer", "sample_id": "id", "ground_truth": "gold"})
    assert (trajectory.texts["final_answer"], trajectory.texts["sample_id"]) == ("5", "7")
    assert trajectory.texts["ground_truth"] is None
    assert trajectory.other == '{"answer":"boxed"}'
    swapped = read_trajectory(line, {"final_answer": "answer", "answer": "final_answer"})
    assert (swapped.texts["final_answer"], swapped.other) == ("5", '{"answer":"boxed","id":7}')


def test_keys_of_messages_without_a_column_are_kept_with_the_messages() -> None:
    messages = [{"role": "tool", "content": "5", "tool_call_id": "c1"}]
    trajectory = read({"conversations": messages})
    assert json.loads(trajectory.other or "") == {"conversations": messages}
    assert trajectory.converted == ("conversations: the messages' key 'tool_call_id' left out",)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", "not JSON"),
        (b'{"success": true} {}', "not JSON"),
        (b"[1]", "expected an object with fields"),
        (b'"text"', "expected an object with fields"),
        (b'{"a": 1}', "has not been graded"),
        (b'{"success": "true"}', 'expected true, false or null, found "true"'),
        (b'{"success": 1}', "expected true, false or null, found 1"),
        (b'{"success": true, "a": "\xff"}', "not valid UTF-8"),
        (b'{"success": true, "a": ' + b"[" * 5000 + b"]" * 5000 + b"}", "nested too deeply"),
    ],
)
def test_lines_that_no_grader_wrote(line: bytes, message: str) -> None:
    with pytest.raises(RecordError, match=message):
        read(line)


@pytest.mark.parametrize(("tokens", "known"), [(5, 5), (0, None), (None, None), (-1, None), (5.0, 5)])
def test_zero_and_null_are_unknown(tokens: object, known: object) -> None:
    assert read({"total_tokens": tokens}).tokens == known
