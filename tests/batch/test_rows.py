"""Rows keep every byte that nobody set."""

from __future__ import annotations

import json
import re
from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.batch.rows import raw_text, read_row, write_json
from verifier.types.errors import RecordError

SET = {"success": "true", "verification": '{"outcome": "correct"}'}


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("{}", '{"success": true, "verification": {"outcome": "correct"}}'),
        (
            '{"a":1e400, "success" : null ,"b":1.10}',
            '{"a":1e400, "success" : true ,"b":1.10, "verification": {"outcome": "correct"}}',
        ),
        (
            ' {"verification": {"x": [1]}, "n": NaN, "i": -Infinity}\t',
            ' {"verification": {"outcome": "correct"}, "n": NaN, "i": -Infinity, "success": true}\t',
        ),
        (
            '{"a": 1, "a": 2, "b": 12345678901234567890123}',
            '{"a": 1, "a": 2, "b": 12345678901234567890123, "success": true, "verification": {"outcome": "correct"}}',
        ),
        (
            '{"success": false, "x": 0, "success": null, "y": 1, "success": 3}',
            '{"success": true, "x": 0, "y": 1, "verification": {"outcome": "correct"}}',
        ),
        (
            '{"\\u0073uccess": 1, "s": "\\ud800\\u0000é"}',
            '{"\\u0073uccess": true, "s": "\\ud800\\u0000é", "verification": {"outcome": "correct"}}',
        ),
    ],
)
def test_only_the_fields_that_are_set_change(line: str, after: str) -> None:
    assert read_row(line.encode()).with_fields(SET) == after


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["success", "verification", "a", "b"]) | st.text(st.characters(codec="utf-8"), max_size=5)


@given(
    st.dictionaries(KEYS, VALUES, max_size=6),
    st.booleans(),
    st.sampled_from([(", ", ": "), (",", ":"), (" ,\t", " :  ")]),
)
def test_any_object_comes_out_with_the_fields_set(
    record: dict[str, object],
    ascii_only: bool,  # noqa: FBT001  # hypothesis gives it
    separators: tuple[str, str],
) -> None:
    line = json.dumps(record, ensure_ascii=ascii_only, separators=separators)
    after = read_row(line.encode()).with_fields(SET)
    expected = {**record, "success": True, "verification": {"outcome": "correct"}}
    assert json.loads(after) == expected
    assert list(json.loads(after)) == list(expected)


def test_a_repeated_key_reads_as_its_last_value() -> None:
    row = read_row(b'{"a": 1, "a": "x"}')
    assert row.fields() == {"a": "x"}
    assert row.json_of("a") == '"x"'


def test_numbers_are_read_as_written() -> None:
    fields = read_row(b'{"a": 1.10, "b": 1e400, "c": [0.0010, 7]}').fields()
    assert fields == {"a": "1.10", "b": "1e400", "c": ["0.0010", "7"]}


@pytest.mark.parametrize(
    ("line", "code", "problem"),
    [
        (b'{"a": 1', "record.not_json", "Expecting ',' delimiter at column 8"),
        (b'{"a" 1}', "record.not_json", "Expecting ':'"),
        (b"{a: 1}", "record.not_json", "double quotes at column 2"),
        (b'{"a": 1,}', "record.not_json", "double quotes"),
        (b'{"a": }', "record.not_json", "Expecting value at column 7"),
        (b'{"a": 1} {"b": 2}', "record.not_json", "Extra data at column 10"),
        (b'{"a": "x\ny"}', "record.not_json", "Invalid control character"),
        (b"hello", "record.not_json", "Expecting value"),
        (b"[" * 100_000, "record.not_json", "nested too deeply"),
        (b'{"a": ' + b"[" * 100_000, "record.not_json", "nested too deeply"),
        (b"[1, 2]", "record.not_object", "found a list"),
        (b"null", "record.not_object", "found null"),
        (b'"text"', "record.not_object", "a single value"),
        (b'{"a": "\xff"}', "record.not_utf8", "byte 8"),
    ],
)
def test_a_line_that_is_no_object_says_why(line: bytes, code: str, problem: str) -> None:
    with pytest.raises(RecordError, match=problem) as caught:
        read_row(line)
    assert caught.value.code == code


@given(st.binary(max_size=30))
def test_raw_text_loses_nothing(data: bytes) -> None:
    text = raw_text(data)
    try:
        assert text == data.decode()
    except UnicodeDecodeError:
        escapes = re.compile(r"\\\\|\\x([0-9a-f]{2})")
        pieces = [text[at:end].encode() for at, end in _between(escapes, text)]
        special = [bytes([int(found[1], 16)]) if found[1] else b"\\" for found in escapes.finditer(text)]
        assert b"".join(piece for pair in zip_longest(pieces, special, fillvalue=b"") for piece in pair) == data


def _between(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    edges = [0, *(edge for found in pattern.finditer(text) for edge in found.span()), len(text)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def test_bytes_that_are_no_text_are_told_apart_from_their_escapes() -> None:
    assert raw_text(b"\xff") == "\\xff"
    assert raw_text(b"\xff\\xff") == "\\xff\\\\xff"
    assert raw_text(b"\\xff") == "\\xff"  # valid UTF-8 stays as it is


def test_a_lone_surrogate_is_written_as_an_escape() -> None:
    assert write_json({"a": "\ud800é"}).encode().decode() == '{"a": "\\ud800\\u00e9"}'
    assert write_json({"a": "é"}) == '{"a": "é"}'


def test_where_a_line_breaks_off_is_said_in_words() -> None:
    with pytest.raises(RecordError, match=r"^not JSON: Unterminated string starting at column 7$"):
        read_row(b'{"a": "x')
