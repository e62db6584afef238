from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from tests.api.conftest import read_reply
from verifier_api.limits import Capacity, Keys
from verifier_api.problems import Problem

if TYPE_CHECKING:
    from tests.api.conftest import Running

GOOD = {"ground_truth": "4", "final_answer": "4"}
NDJSON = {"Content-Type": "application/x-ndjson"}
HEAD = b"POST /grade HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def test_long_bodies_are_refused(serve: Callable[..., Running]) -> None:
    server = serve("--workers", "1", VERIFIER_MAX_BODY_BYTES="1000")
    fits = json.dumps(GOOD | {"question": "x" * (1000 - len(json.dumps(GOOD | {"question": ""})))}).encode()
    assert len(fits) == 1000
    assert server.ask("/grade", fits).status == 200
    assert server.ask("/grade", iter([fits[:400], fits[400:]]), encode_chunked=True).status == 200
    for body in (fits + b" ", b"x" * 5_000_000):
        assert server.ask("/grade", body).is_problem(413, "too-large")
        assert server.ask("/grade/batch", body).is_problem(413, "too-large")
    for chunk in (b"x" * 1001, b"x" * 300, b"x" * 1_000_000):  # sent whole before an answer is read
        assert server.ask("/grade", iter([chunk] * 5), encode_chunked=True).is_problem(413, "too-large")
    assert server.ask("/grade", GOOD).status == 200


def test_a_line_that_is_too_long_has_a_problem_in_its_place(serve: Callable[..., Running]) -> None:
    server = serve("--workers", "1", VERIFIER_MAX_BODY_BYTES="1000")
    good = json.dumps(GOOD).encode() + b"\n"
    reply = server.ask("/grade/batch", good * 100 + b"x" * 3_000_000 + b"\n" + good + b"x" * 1001, headers=NDJSON)
    answers = [json.loads(line) for line in reply.body.splitlines()]
    assert [answer["success"] for answer in answers] == [True] * 100 + [None, True, None]
    assert [(answers[place]["status"], answers[place]["line"]) for place in (100, 102)] == [(413, 101), (413, 103)]


def test_the_announced_length_is_enough_to_refuse(serve: Callable[..., Running]) -> None:
    server = serve("--workers", "1", VERIFIER_MAX_BODY_BYTES="1000")
    with server.open() as connection:
        connection.sendall(HEAD + b"Content-Length: 999999999999\r\nExpect: 100-continue\r\n\r\n")
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert response.status == 413


def test_keys(serve: Callable[..., Running]) -> None:
    server = serve("--workers", "1", VERIFIER_API_KEYS="first-key, second-key", VERIFIER_LOG_FORMAT="json")
    for headers in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic first-key"},
        {"X-API-Key": "first-key,second-key"},
        {"X-API-Key": ""},
        {"X-API-Key": "\xe9"},
    ):
        reply = server.ask("/grade", GOOD, headers=headers)
        assert reply.is_problem(401, "unauthorized"), headers
        assert reply.headers["www-authenticate"].startswith("Bearer")
        assert server.ask("/grade/batch", [GOOD], headers=headers).status == 401
    for headers in (
        {"Authorization": "Bearer first-key"},
        {"authorization": "bearer  second-key "},
        {"X-API-Key": "second-key"},
    ):
        assert server.ask("/grade", GOOD, headers=headers).status == 200
    assert server.ask("/healthz").status == 200
    assert server.ask("/openapi.json").json["paths"]["/grade"]["post"]["security"]
    server.stop()
    assert "-key" not in "".join(server.errors)
    assert "-key" not in server.log()


def test_the_log_says_what_happened_and_not_what_was_said(serve: Callable[..., Running]) -> None:
    server = serve("--workers", "1", VERIFIER_LOG_FORMAT="json")
    secret = {"ground_truth": "topsecret", "final_answer": "topsecret", "question": "topsecret"}
    server.ask("/grade", secret, headers={"X-Request-ID": "r1"})
    server.ask("/grade/batch", [secret, {"topsecret": 1}])
    server.ask("/grade?topsecret=1", b"{topsecret")
    server.ask("/no%0Awhere%1b[31m")
    server.stop()
    accesses = [json.loads(line) for line in server.log().splitlines()]
    assert [line["status"] for line in accesses] == [200, 200, 400, 404]
    assert accesses[0].items() >= {"request_id": "r1", "method": "POST", "path": "/grade", "level": "info"}.items()
    assert all(json.loads(line)["level"] == "info" for line in server.errors)
    assert "topsecret" not in server.log() + "".join(server.errors)


def test_lines_of_the_text_log_cannot_be_forged(serve: Callable[..., Running]) -> None:
    server = serve("--workers", "1")
    server.ask("/no%0Awhere%1b[31m")
    server.stop()
    assert len(server.log().splitlines()) == 1
    assert "/no\\nwhere\\x1b[31m 404" in server.log()


def test_above_capacity_is_said_so(serve: Callable[..., Running]) -> None:
    server = serve("--workers", "1", VERIFIER_MAX_IN_FLIGHT="1")
    body = json.dumps(GOOD).encode()
    with server.open() as connection:
        connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body[:5])
        while server.ask("/readyz").status == 200:
            pass
        assert server.ask("/readyz").is_problem(503, "at-capacity")
        reply = server.ask("/grade", GOOD)
        assert reply.is_problem(503, "at-capacity")
        assert int(reply.headers["retry-after"]) > 0
        assert server.ask("/healthz").status == 200
        connection.sendall(body[5:])
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert json.loads(response.read())["success"] is True
    assert server.ask("/grade", GOOD).status == 200
    assert server.ask("/readyz").status == 200


def test_a_client_that_leaves_gives_its_place_back(serve: Callable[..., Running]) -> None:
    server = serve("--workers", "1", VERIFIER_MAX_IN_FLIGHT="1")
    line = json.dumps(GOOD).encode() + b"\n"
    for path, kind in ((b"/grade", b"json"), (b"/grade/batch", b"json"), (b"/grade/batch", b"x-ndjson")):
        with server.open() as connection:
            connection.sendall(b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/%s\r\n" % (path, kind))
            connection.sendall(b"Content-Length: 1000000\r\n\r\n" + line)
            while server.ask("/readyz").status == 200:
                pass
        while server.ask("/readyz").status == 503:
            pass
    assert server.ask("/grade", GOOD).status == 200
    server.stop()
    assert server.log().count(" 499 ") == 3


def test_a_silent_client_is_not_waited_for(serve: Callable[..., Running]) -> None:
    server = serve("--workers", "1", VERIFIER_IDLE_SECONDS="0.2")
    for path, kind in ((b"/grade", b"json"), (b"/grade/batch", b"x-ndjson")):
        with server.open() as connection:
            connection.sendall(b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/%s\r\n" % (path, kind))
            connection.sendall(b'Content-Length: 1000\r\n\r\n{"ground_truth"')
            response = http.client.HTTPResponse(connection)
            response.begin()
            assert response.status == 408
            assert response.getheader("content-type") == "application/problem+json"
    line = json.dumps(GOOD).encode() + b"\n"
    with server.open() as connection:
        connection.sendall(b"POST /grade/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n")
        connection.sendall(b"Content-Length: 1000\r\n\r\n" + line + line[:5])
        response = http.client.HTTPResponse(connection)
        response.begin()
        answers = [json.loads(answer) for answer in response.read().splitlines()]
        assert (answers[0]["success"], answers[1]["status"]) == (True, 408)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["x-ndjson", "json"])
def test_a_client_that_does_not_read_is_not_waited_for(serve: Callable[..., Running], form: str) -> None:
    limits = {"VERIFIER_MAX_IN_FLIGHT": "1", "VERIFIER_MAX_BATCH_ITEMS": "20000"}
    server = serve("--workers", "1", VERIFIER_IDLE_SECONDS="0.5", **limits)
    sample = json.dumps(GOOD | {"trace": True}).encode()
    body = (sample + b"\n") * 20_000 if form == "x-ndjson" else b"[" + b",".join([sample] * 20_000) + b"]"
    with server.open() as connection:
        connection.sendall(b"POST /grade/batch HTTP/1.1\r\nHost: x\r\n")
        connection.sendall(b"Content-Type: application/%s\r\n" % form.encode())
        connection.sendall(b"Content-Length: %d\r\n\r\n" % len(body))
        connection.sendall(body)
        until = monotonic() + 30
        while " 499 " not in server.log() and monotonic() < until:
            assert server.ask("/healthz").status == 200
        assert server.ask("/readyz").status == 200
    server.stop()
    assert " 499 " in server.log()


def test_bytes_in_hand_are_bounded() -> None:
    capacity = Capacity(2, 64 * 1024 * 1024)
    first, second = capacity.lease(), capacity.lease()
    with pytest.raises(Problem):
        capacity.lease()
    assert first.hold(200 * 1024 * 1024)
    assert not second.hold(100 * 1024 * 1024)
    assert second.hold(56 * 1024 * 1024)
    first.release()
    assert second.hold(256 * 1024 * 1024)
    second.release()
    assert (capacity.requests_held, capacity.bytes_held) == (0, 0)


def test_without_keys_everybody_may() -> None:
    assert not Keys(())
    assert Keys(("k",))


def test_a_head_is_bounded_in_size(server: Running) -> None:
    for head, status, kind in (
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 200_000, 431, "head-too-large"),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 431, "head-too-large"),
        (HEAD + b"Content-Length: 2\r\n" + b"X: 1234567\r\n" * 10_000 + b"\r\n{}", 431, "head-too-large"),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 60_000 + b"\r\n\r\n", 200, None),
        (b"BREW /pot HTTP/1.1\r\n\r\n", 400, "bad-request"),
        (HEAD + b"Content-Length: abc\r\n\r\n", 400, "bad-request"),
    ):
        with server.open() as connection:
            connection.sendall(head)
            response = http.client.HTTPResponse(connection)
            response.begin()
            reply = read_reply(response)
            assert reply.status == status, reply
            assert kind is None or reply.is_problem(status, kind)


def test_a_head_is_bounded_in_time(serve: Callable[..., Running]) -> None:
    server = serve("--workers", "1", VERIFIER_IDLE_SECONDS="0.3")
    with server.open() as silent, server.open() as slow, server.open() as second:
        slow.sendall(HEAD)
        second.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        response = http.client.HTTPResponse(second)
        response.begin()
        assert (response.status, response.read()) == (200, b'{"status":"ok"}')
        second.sendall(b"GET /healthz HTTP/1.1\r\nHost")
        assert [connection.recv(100) for connection in (silent, slow, second)] == [b""] * 3
