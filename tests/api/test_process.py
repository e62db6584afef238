from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from commands import VERIFIER, children

from verifier.settings import Settings
from verifier.types.sample import Sample
from verifier_api.workers import Aside

if TYPE_CHECKING:
    from tests.api.conftest import Running

GOOD = {"ground_truth": "4", "final_answer": "4"}
LONG = {"ground_truth": "4", "response": "x " * 200_000 + "FINAL_ANSWER: 4"}


def test_it_starts_and_stops(serve: Callable[..., Running]) -> None:
    server = serve("--workers", "2")
    assert len(server.wait_for(r"Booting worker with pid: (\d+)", times=2)) == 2
    assert server.ask("/grade", GOOD).json["success"] is True
    assert server.stop() == 0
    assert "Error" not in "".join(server.errors)


def test_requests_in_hand_are_finished_on_sigterm(serve: Callable[..., Running]) -> None:
    import http.client

    server = serve("--workers", "1")
    body = b'{"ground_truth": "4", "final_answer": "4"}'
    with server.open() as connection:
        connection.sendall(b"POST /grade HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
        connection.sendall(b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(body))
        assert b"100 Continue" in connection.recv(100)  # it is in hand
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("Handling signal: term")
        connection.sendall(body)
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert response.status == 200
    assert server.process.wait(30) == 0


def test_a_killed_worker_is_replaced(serve: Callable[..., Running]) -> None:
    server = serve("--workers", "2")
    pids = server.wait_for(r"Booting worker with pid: (\d+)", times=2)
    server.wait_for("Application startup complete", times=2)
    os.kill(int(pids[0]), signal.SIGKILL)
    assert server.ask("/grade", GOOD).status == 200  # by the other one
    server.wait_for(r"Booting worker with pid: (\d+)", times=3)
    server.wait_for("Application startup complete", times=3)
    assert server.ask("/grade", GOOD).status == 200


def test_long_texts_are_graded_beside_and_nothing_is_left_behind(serve: Callable[..., Running]) -> None:
    server = serve("--workers", "1")
    worker = int(server.wait_for(r"Booting worker with pid: (\d+)")[0])
    assert server.ask("/grade", GOOD).status == 200
    assert not children(worker)
    assert server.ask("/grade", LONG).json["success"] is True
    helpers = children(worker)
    assert helpers
    watched = [os.pidfd_open(pid) for pid in helpers]
    os.kill(worker, signal.SIGKILL)
    import select

    for descriptor in watched:
        assert select.select([descriptor], [], [], 30)[0], "a process outlived its server"
        os.close(descriptor)
    server.wait_for(r"Booting worker with pid: (\d+)", times=2)
    assert server.ask("/grade", LONG).json["success"] is True


def test_short_samples_are_answered_while_a_long_one_is_graded(serve: Callable[..., Running]) -> None:
    server = serve("--workers", "1")
    assert server.ask("/grade", GOOD).status == 200
    with ThreadPoolExecutor(1) as beside:
        long = beside.submit(server.ask, "/grade", {**LONG, "trace": True})  # its process is started first
        answered = 0
        while not long.done():
            assert server.ask("/grade", GOOD).json["success"] is True
            answered += not long.done()
    assert answered
    (found,) = (step for step in long.result().json["trace"] if step["phase"] == "extract")
    start, end = map(int, found["evidence"]["at"].split("-"))
    assert LONG["response"][start:end] == "4"
    assert "read" in found["evidence"]


class Killer(Sample, frozen=True, kw_only=True):
    """A sample that ends the process which is given it."""

    def __reduce__(self) -> Any:  # noqa: ANN401  # pickle's
        return os._exit, (9,)


def test_a_sample_that_kills_is_told_apart_from_one_that_is_there_when_it_happens() -> None:
    sample = Sample(ground_truth="4", final_answer="4")

    async def run() -> None:
        aside = Aside(Settings())
        verdict = await aside.grade(sample)
        assert verdict is not None
        assert verdict.success is True
        for child in multiprocessing.active_children():
            child.kill()
            child.join()
        assert await aside.grade(sample) == verdict
        lost, kept = await asyncio.gather(aside.grade(Killer(ground_truth="4")), aside.grade(sample))
        assert (lost, kept) == (None, verdict)
        aside.close()

    asyncio.run(run())


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VERIFIER_")}
    return subprocess.run(
        [VERIFIER, "serve", *arguments],
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run("--port", port)
    assert ended.returncode == 2
    assert f"port {port}" in ended.stderr
    assert "address already in use" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (("--host", "no.such.host.invalid"), {}, "no.such.host.invalid"),
        (("--host", "192.0.2.1"), {}, "192.0.2.1"),
        ((), {"VERIFIER_WORKERS": "many"}, "VERIFIER_WORKERS"),
        ((), {"VERIFIER_API_KEY": "k"}, "VERIFIER_API_KEYS"),
        ((), {"VERIFIER_RULES": "/no/such/rules"}, "/no/such/rules"),
        (("--workers", "0"), {}, "--workers"),
        (("--port", "70000"), {}, "--port"),
    ],
)
def test_what_cannot_be_served_is_said_at_once(
    arguments: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    ended = run("--port", "0", *arguments, **environment)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "gunicorn").mkdir()
    (tmp_path / "gunicorn" / "__init__.py").write_text("raise ModuleNotFoundError('no', name='gunicorn')")
    ended = run(PYTHONPATH=str(tmp_path))
    assert ended.returncode == 2
    assert "pip install 'answer-verifier[api]'" in ended.stderr
    assert "'gunicorn'" in ended.stderr
