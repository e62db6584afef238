from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import Reply, Running


NDJSON = {"Content-Type": "application/x-ndjson"}
GOOD = {"ground_truth": "4", "final_answer": "4"}


def lines(reply: Reply) -> list[dict[str, object]]:
    return [json.loads(line) for line in reply.body.splitlines()]


def test_an_array(server: Running) -> None:
    reply = server.ask("/grade/batch", [GOOD | {"sample_id": "a"}, GOOD | {"final_answer": "5", "trace": True}])
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    first, second = reply.json
    assert (first["sample_id"], first["success"], "trace" in first) == ("a", True, False)
    assert (second["sample_id"], second["success"], "trace" in second) == (None, False, True)


def test_a_sample_gets_the_same_answer_alone_and_in_a_batch(server: Running) -> None:
    alone = server.ask("/grade", GOOD).body
    assert server.ask("/grade/batch", [GOOD]).body == b"[" + alone + b"]"
    assert server.ask("/grade/batch", json.dumps(GOOD).encode(), headers=NDJSON).body == alone + b"\n"


def test_a_bad_sample_has_a_problem_in_its_place(server: Running) -> None:
    reply = server.ask("/grade/batch", [GOOD, {"sample_id": "b"}, 5, {"ground_truth": " "}, GOOD])
    answers = reply.json
    assert [answer["success"] for answer in answers] == [True, None, None, None, True]
    problem = answers[1]
    assert (problem["status"], problem["index"], problem["sample_id"]) == (422, 1, "b")
    assert problem["instance"] == "/grade/batch#/1"
    assert problem["errors"] == [{"field": "ground_truth", "problem": "missing"}]
    assert "verification" not in problem


def test_an_empty_batch_has_an_empty_answer(server: Running) -> None:
    assert server.ask("/grade/batch", []).body == b"[]"
    reply = server.ask("/grade/batch", b"", headers=NDJSON)
    assert (reply.status, reply.headers["content-type"], reply.body) == (200, "application/x-ndjson", b"")


@pytest.mark.parametrize("value", [GOOD, "text", 5])
def test_what_is_no_array(server: Running, value: object) -> None:
    assert server.ask("/grade/batch", value).is_problem(422, "invalid-request")


def test_an_array_of_wrong_json_is_refused_whole(server: Running) -> None:
    assert server.ask("/grade/batch", b"[{}, ").is_problem(400, "not-json")
    assert server.ask("/grade/batch", b"").is_problem(400, "not-json")


def test_a_long_array_goes_out_in_pieces(server: Running) -> None:
    answers = server.ask("/grade/batch", [GOOD | {"sample_id": str(n)} for n in range(3_000)]).json
    assert [answer["sample_id"] for answer in answers] == [str(n) for n in range(3_000)]


def test_too_many_samples_for_an_array(server: Running) -> None:
    reply = server.ask("/grade/batch", b"[" + b"1," * 10_000 + b"1]")
    assert reply.is_problem(422, "invalid-request")
    assert "application/x-ndjson" in reply.json["detail"]


def test_lines(server: Running) -> None:
    body = b"".join(
        [
            b'\xef\xbb\xbf{"ground_truth": "4", "final_answer": "4", "sample_id": "a"}\r\n',
            b"\n",
            b"not json\n",
            b'{"ground_truth": "4", "final_answer": "\xff"}\n',
            b'{"final_answer": "4", "sample_id": "c"}\n',
            b"[" * 100_000 + b"\n",
            b'{"ground_truth": "4", "final_answer": "5"}',
        ]
    )
    reply = server.ask("/grade/batch", body, headers=NDJSON)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/x-ndjson")
    answers = lines(reply)
    assert [answer["success"] for answer in answers] == [True, None, None, None, None, False]
    assert [answer.get("status") for answer in answers] == [None, 400, 400, 422, 400, None]
    assert [answer.get("index") for answer in answers] == [None, 1, 2, 3, 4, None]
    assert [answer.get("line") for answer in answers] == [None, 3, 4, 5, 6, None]
    assert answers[3]["sample_id"] == "c"


@pytest.mark.parametrize("name", ["application/ndjson", "application/jsonl", "application/x-ndjson; charset=utf-8"])
def test_names_of_lines(server: Running, name: str) -> None:
    assert server.ask("/grade/batch", json.dumps(GOOD).encode(), headers={"Content-Type": name}).status == 200


def test_other_forms_are_refused(server: Running) -> None:
    assert server.ask("/grade/batch", b"x", headers={"Content-Type": "text/csv"}).is_problem(
        415, "unsupported-media-type"
    )
    refused = server.ask("/grade/batch", b"", headers=NDJSON | {"Accept": "application/json"})
    assert refused.is_problem(406, "not-acceptable")


def test_answers_come_while_the_body_is_still_being_sent(server: Running) -> None:
    with server.open() as connection:
        connection.sendall(
            b"POST /grade/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        line = json.dumps(GOOD).encode() + b"\n"
        connection.sendall(b"%x\r\n%s\r\n" % (len(line), line))
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert json.loads(response.readline())["success"] is True
        connection.sendall(b"%x\r\n%s\r\n" % (len(line), line))
        assert json.loads(response.readline())["success"] is True
        connection.sendall(b"0\r\n\r\n")
        assert response.readline() == b""


@pytest.mark.slow
def test_a_stream_of_any_length_in_bounded_memory(serve: Callable[..., Running]) -> None:
    """The client reads nothing before it has sent everything, as most clients do."""
    server = serve("--workers", "1", VERIFIER_MAX_BODY_BYTES="1MiB")
    worker = int(server.wait_for(r"Booting worker with pid: (\d+)")[0])
    server.wait_for("Application startup complete")
    padding = "x" * 10_000
    block = b"".join(
        json.dumps({**GOOD, "sample_id": f"{n:06}", "tool_calls": padding, "trace": True}).encode() + b"\n"
        for n in range(100)
    )
    assert server.ask("/grade/batch", block, headers=NDJSON).status == 200
    before = peak(worker)
    blocks = 200
    reply = server.ask("/grade/batch", iter([block] * blocks), headers=NDJSON, timeout=300, encode_chunked=True)
    assert reply.body.count(b'"success":true') == 100 * blocks
    assert len(block) * blocks > 200_000_000
    assert peak(worker) - before < 48 * 1024


def peak(process: int) -> int:
    """The most memory a process has had, in kB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])
