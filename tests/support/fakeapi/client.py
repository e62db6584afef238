"""The server as a test starts it, and speaks to it about what it does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fakeapi.faults import Json

SUPPORT = Path(__file__).resolve().parent.parent


class FakeAPI:
    """A server in a process of its own; options as the package says, ``cpu`` pins it to one."""

    def __init__(self, *, port: int = 0, cpu: int | None = None, **options: Json) -> None:
        self.port, self.cpu, self.options = port, cpu, options
        self.key = (options.get("keys") or ("test-key",))[0]
        self.url = ""

    def start(self) -> Self:
        command = [
            sys.executable,
            "-m",
            "fakeapi",
            "--port",
            str(self.port),
            "--options",
            json.dumps(self.options),
            "--leashed",
        ]
        environment = os.environ | {"PYTHONPATH": str(SUPPORT)}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url, "the server did not start"
        if self.cpu is not None:
            os.sched_setaffinity(self.process.pid, {self.cpu})
        return self

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def ask(self, path: str, body: object = None) -> Json:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_fake/{path}", data=data)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            return json.load(response)

    def ledger(self) -> dict[str, Any]:
        """What all replies that it finished sending counted, ``live`` and ``batch``; how many were ``lost``."""
        return dict(self.ask("ledger"))

    def calls(self) -> dict[str, Any]:
        """``arrived``, ``distinct``, ``most_repeats``, ``most_at_once``, ``refused``, ``batches``, ``last``."""
        return dict(self.ask("calls"))

    def script(self, **named: Json) -> None:
        """Change what is named, and leave the rest; lists of rules begin anew."""
        self.ask("script", named)

    def fail(self, actions: list[Any], *, contains: str = "", forever: bool = False) -> None:
        """What is done to the next requests, one after the other."""
        self.script(rules=[{"contains": contains, "then": actions, "forever": forever}])

    def reset(self) -> None:
        """Forget all counts; the rules begin anew."""
        self.ask("reset", {})
