"""Real servers for the tests: ``verifier serve`` in a process of its own, on a free port."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytest.importorskip("fastapi", reason="the service is not installed")

START_SECONDS = 60


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401  # whatever the service says
        return json.loads(self.body)

    def is_problem(self, status: int, kind: str) -> bool:
        """Whether this is that problem, whole: the right media type, an id, and no field missing."""
        document = self.json
        return (
            self.status == status == document["status"]
            and self.headers["content-type"] == "application/problem+json"
            and document["type"] == f"urn:problem-type:verifier:{kind}"
            and bool(document["title"] and document["detail"] and document["instance"])
            and bool(self.headers["x-request-id"])
        )


class Running:
    """A server and what it writes."""

    def __init__(self, directory: Path, *arguments: str, **environment: str) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("VERIFIER_")}
        self.out = (directory / "stdout").open("w+b")
        self.process = subprocess.Popen(
            [Path(sys.executable).with_name("verifier"), "serve", "--port", "0", *arguments],
            cwd=directory,
            env=inherited | environment,
            stdout=self.out,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.errors: list[str] = []
        self._booted = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.port = int(self.wait_for(r"Listening at: http://[^ ]*:(\d+)")[0])
        except AssertionError:
            self.stop()
            raise

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._booted:
                self.errors.append(line)
                self._booted.notify_all()
        with self._booted:
            self._booted.notify_all()

    def wait_for(self, pattern: str, times: int = 1) -> list[str]:
        """What the pattern finds in standard error, as soon as it is there so often."""
        found: list[str] = []

        def there() -> bool:
            found[:] = re.findall(pattern, "".join(self.errors))
            return len(found) >= times or self.process.poll() is not None

        with self._booted:
            self._booted.wait_for(there, START_SECONDS)
            assert len(found) >= times, "".join(self.errors)
        return found

    def log(self) -> str:
        """What stands in standard output: a line for each request."""
        return Path(self.out.name).read_text()

    def ask(
        self,
        path: str,
        body: object = None,
        *,
        method: str | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = 60,
        **more: Any,  # noqa: ANN401
    ) -> Reply:
        """One request; a body that is not bytes or an iterator is sent as JSON."""
        sent = {"Content-Type": "application/json"} | (headers or {})
        if body is not None and not isinstance(body, bytes) and not hasattr(body, "__next__"):
            body = json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method or ("GET" if body is None else "POST"), path, body, sent, **more)
            return read_reply(connection.getresponse())
        finally:
            connection.close()

    def open(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def stop(self) -> int:
        """End it as an orchestrator does; gives its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(60)
        self._reader.join(10)
        assert self.process.stderr is not None
        self.process.stderr.close()
        self.out.close()
        return status


def read_reply(response: http.client.HTTPResponse) -> Reply:
    return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The service as it comes, with two workers."""
    running = Running(tmp_path_factory.mktemp("server"), "--workers", "2")
    yield running
    running.stop()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts servers with settings: ``serve("--workers", "1", VERIFIER_API_KEYS="k")``."""
    started: list[Running] = []

    def start(*arguments: str, **environment: str) -> Running:
        directory = tmp_path / f"server{len(started)}"
        directory.mkdir()
        started.append(Running(directory, *arguments, **environment))
        return started[-1]

    yield start
    for running in started:
        running.stop()
