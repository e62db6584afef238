"""Grading beside the event loop: long texts go to a process of their own, so that short requests never wait."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, get_context, parent_process

from verifier.grader import Verifier
from verifier.settings import Settings
from verifier.types.sample import Sample
from verifier.types.verdict import Verdict

_verifier: Verifier  # of the process that grades; made by its initializer


class Aside:
    """A process that grades one sample at a time, started at the first, replaced where it dies.

    Only one sample is in it at once, so that it is known which one killed it.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings.model_copy(update={"api_keys": ()})
        self._pool: ProcessPoolExecutor | None = None
        self._turn: asyncio.Lock | None = None

    async def grade(self, sample: Sample) -> Verdict | None:
        """The verdict, the same as everywhere; ``None`` where the process died of the sample, twice."""
        if self._turn is None:
            self._turn = asyncio.Lock()
        async with self._turn:
            for _ in range(2):  # the first death may be another's doing
                if self._pool is None:
                    # Spawned, for a fork would keep the server's sockets open after the server is gone.
                    self._pool = ProcessPoolExecutor(1, get_context("spawn"), _start, (self._settings,))
                try:
                    return await asyncio.get_running_loop().run_in_executor(self._pool, _grade, sample)
                except BrokenProcessPool:
                    self.close()
        return None

    def close(self) -> None:
        """End the process, once it is done with what it has."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _start(settings: Settings) -> None:
    global _verifier  # noqa: PLW0603  # the process's own, made once
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C in the terminal reaches the server, which ends this process
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _verifier = Verifier.from_settings(settings)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _grade(sample: Sample) -> Verdict:
    return _verifier.grade(sample)
