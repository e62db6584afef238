"""Replies as servers write them, well and badly."""

from __future__ import annotations

import json

import pytest

from verifier.judge.trouble import Trouble
from verifier.judge.wire import read_reply, refusal
from verifier.types.opinion import Usage

TEXT = {"type": "text", "text": "{}"}


def body(**named: object) -> bytes:
    whole = {
        "id": "msg_1",
        "model": "m",
        "content": [TEXT],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 3, "output_tokens": 2},
    }
    return json.dumps(whole | named).encode()


def test_blocks_by_type() -> None:
    blocks = [{"type": "thinking", "thinking": "", "signature": "x"}, TEXT, {"type": "later", "text": "no"}, TEXT]
    assert read_reply(body(content=blocks), "r").text == "{}{}"
    assert read_reply(body(content=[]), "r").text == ""


def test_ids() -> None:
    assert read_reply(body(), "req_1").request_id == "req_1"
    assert read_reply(body(), "").request_id == "msg_1"


@pytest.mark.parametrize(
    ("usage", "read"),
    [
        ({"input_tokens": 3, "output_tokens": 2}, Usage(input=3, output=2)),
        ({"input_tokens": 3, "output_tokens": 2, "cache_read_input_tokens": None}, Usage(input=3, output=2)),
        (
            {
                "input_tokens": 3, "output_tokens": 2, "cache_read_input_tokens": 7, "cache_creation_input_tokens": 9,
                "cache_creation": {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 5},
            },
            Usage(input=3, output=2, cache_read=7, cache_write_5m=4, cache_write_1h=5),
        ),
        (
            {"input_tokens": 3, "output_tokens": 2, "cache_creation_input_tokens": 9},
            Usage(input=3, output=2, cache_write_5m=9),
        ),
        ({"input_tokens": 3, "output_tokens": 2, "cache_creation": None, "speed": "fast"}, Usage(input=3, output=2)),
        ({}, Usage()),
    ],
)  # fmt: skip
def test_usage(usage: dict[str, object], read: Usage) -> None:
    assert read_reply(body(usage=usage), "r").usage == read


def test_no_stop_reason() -> None:
    assert read_reply(body(stop_reason=None), "r").stop == ""
    assert read_reply(body(stop_reason="something_new"), "r").stop == "something_new"


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"null", b"<html>", b'{"content": "text"}', b'{"object": "chat.completion"}', b"\xff", b"{"]
)
def test_no_message(text: bytes) -> None:
    with pytest.raises(Trouble) as caught:
        read_reply(text, "r")
    assert caught.value.code.name == "judge.unavailable"
    assert caught.value.sent


def test_details_are_short_and_in_one_line() -> None:
    detail = refusal(400, "much\n  to\tsay " * 100).detail
    assert len(detail) <= 200
    assert detail.startswith("400 much to say")


@pytest.mark.parametrize("status", [401, 403])
def test_nothing_is_told_of_a_key(status: int) -> None:
    assert refusal(status, "Received API Key = sk-...1234").detail == str(status)


@pytest.mark.parametrize(
    ("status", "code"),
    [(405, "judge.rejected"), (418, "judge.rejected"), (501, "judge.unavailable"), (520, "judge.unavailable")],
)
def test_other_statuses(status: int, code: str) -> None:
    assert refusal(status, None).code.name == code


@pytest.mark.parametrize(
    "usage",
    [
        {},
        None,
        "many",
        {"input_tokens": 3},
        {"input_tokens": -3, "output_tokens": 2},
        {"input_tokens": 3, "output_tokens": -(10**30)},
        {"input_tokens": 3, "output_tokens": 2.5},
        {"input_tokens": 3, "output_tokens": 10**40},
        {"input_tokens": 3, "output_tokens": 2, "cache_creation": {"ephemeral_1h_input_tokens": -1}},
        {"input_tokens": "3", "output_tokens": 2},
    ],
)
def test_what_counts_no_tokens_is_a_reply_all_the_same(usage: object) -> None:
    read = read_reply(body(usage=usage), "r")
    assert (read.usage, read.counted, bool(read.text)) == (Usage(), False, True)


def test_names_that_a_server_gives_are_bounded() -> None:
    read = read_reply(body(model="m" * 10**6, stop_reason="s" * 10**6), "r" * 10**6)
    assert max(len(read.model), len(read.stop), len(read.request_id)) <= 200
