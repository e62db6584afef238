"""The service with the symbolic judge: beside the event loop, in order, and gone when the service is."""

from __future__ import annotations

import json
import os
import select
import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import Reply, Running

pytest.importorskip("sympy", reason="the symbolic judge is not installed")

RIGHT = {"ground_truth": r"\int_0^\infty \frac{\sin x}{x}\,dx", "final_answer": r"\frac{\pi}{2}"}
OPEN = {"ground_truth": r"\int_0^\infty \frac{\sin x}{x}\,dx", "final_answer": r"\frac{\pi}{3}"}
GOOD = {"ground_truth": "4", "final_answer": "4"}


def test_it_is_asked_unless_told_not_to(server: Running) -> None:
    judged = server.ask("/grade", {**RIGHT, "trace": True}).json
    assert (judged["success"], judged["verification"]["code"]) == (True, "symbolic.equal")
    assert judged["trace"][-1]["phase"] == "judge"
    assert server.ask("/grade", {**RIGHT, "judge": "auto"}).json["success"] is True
    alone = server.ask("/grade", {**RIGHT, "judge": "none", "trace": True}).json
    assert alone["success"] is None
    assert all(step["phase"] != "judge" for step in alone["trace"])
    assert server.ask("/grade", OPEN).json["success"] is None


@pytest.mark.parametrize("lines", [False, True])
def test_batches_keep_their_order(server: Running, lines: bool) -> None:  # noqa: FBT001  # pytest's
    samples = [
        {**(RIGHT, GOOD, OPEN, GOOD, {"ground_truth": ""})[number % 5], "sample_id": f"{number}"}
        for number in range(300)
    ]
    if lines:
        body = "\n".join(map(json.dumps, samples)).encode()
        reply = server.ask("/grade/batch", body, headers={"Content-Type": "application/x-ndjson"})
        answers = [json.loads(line) for line in reply.body.splitlines()]
    else:
        answers = server.ask("/grade/batch", samples).json
    assert [answer["sample_id"] for answer in answers] == [sample["sample_id"] for sample in samples]
    assert [answer["success"] for answer in answers] == [True, True, None, True, None] * 60


def test_a_line_is_answered_before_the_next_is_sent(server: Running) -> None:
    with server.open() as connection:
        connection.sendall(
            b"POST /grade/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        received = b""
        for sample in (RIGHT, GOOD, OPEN):
            line = json.dumps(sample).encode() + b"\n"
            before = received.count(b'"verification"')
            connection.sendall(b"%x\r\n%b\r\n" % (len(line), line))
            while received.count(b'"verification"') == before:
                received += connection.recv(65536)
        connection.sendall(b"0\r\n\r\n")


def test_short_requests_do_not_wait_for_it(serve: Callable[..., Running]) -> None:
    server = serve("--workers", "1")
    server.ask("/grade", GOOD)
    replies: list[Reply] = []
    hard = {
        "ground_truth": r"\int_0^1 \sqrt[7]{\tan(1+x^5)}\,dx",
        "final_answer": r"\int_0^1 \sqrt[7]{\tan(1+x^5)}+0x\,dx",
    }
    asking = [threading.Thread(target=lambda: replies.append(server.ask("/grade", hard))) for _ in range(4)]
    for thread in asking:
        thread.start()
    for _ in range(50):
        assert server.ask("/grade", GOOD).json["success"] is True
    for thread in asking:
        thread.join()
    assert [reply.status for reply in replies] == [200] * 4


@pytest.mark.parametrize("way", ["stop", "kill"])
def test_its_process_ends_with_the_service(serve: Callable[..., Running], way: str) -> None:
    from tests.api.test_process import children

    server = serve("--workers", "1")
    worker = int(server.wait_for(r"Booting worker with pid: (\d+)")[0])
    server.ask("/grade", GOOD)
    assert not children(worker)
    assert server.ask("/grade", RIGHT).json["success"] is True
    helpers = [os.pidfd_open(process) for process in children(worker)]
    assert helpers
    if way == "stop":
        assert server.stop() == 0
    else:
        os.kill(worker, signal.SIGKILL)
    for helper in helpers:
        assert select.select([helper], [], [], 30)[0], "a process outlived its server"
        os.close(helper)
