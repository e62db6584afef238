"""The other end of the symbolic worker: starts it at the first question, asks it, and asks again where it died."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from typing import IO, Final

from verifier.judge.question import HEAD, LOST, Question, Reply, decode, encode

KEPT: Final = 10_000
"""Questions whose answers are remembered."""

_ASKED = 2  # times: the first death may be another's doing
_SCRIPT = (
    "import json, sys; path, arguments = json.loads(sys.argv[1]); sys.path[:] = path; "
    "from verifier.judge.symbolic_worker import main; main(*arguments)"
)


class Asker:
    """Asks a process of its own, from any thread and in any number; starts it when there is something to ask.

    The same question is asked once. A question that the process died over is asked once more, and then lost.
    """

    def __init__(self, *, slots: int, most_steps: int) -> None:
        self._arguments = (slots, most_steps)
        self._running: _Running | None = None
        self._begin()

    def ask(self, question: Question) -> Future[Reply]:
        """The answer, at some time; it never fails. Raises ``RecursionError`` for trees too deep to be sent."""
        data = encode(question)
        if self._owner != os.getpid():  # forked: the process and its pipes are the other's
            self._begin()
        with self._lock:
            known = self._answers.get(data)
            if known is not None:
                self._answers.move_to_end(data)
                return known
            asked = _Asked(data)
            self._answers[data] = asked.answer
            while len(self._answers) > KEPT:
                self._answers.popitem(last=False)
            self._send(asked)
            return asked.answer

    @property
    def process(self) -> int | None:
        """The number of the process, where one runs."""
        running = self._running
        return None if running is None or running.popen is None else running.popen.pid

    def close(self) -> None:
        """End the process. Questions that it has are lost."""
        with self._lock:
            running, self._running = self._running, None
            self._answers.clear()
        if running is not None:
            running.end()

    def _begin(self) -> None:
        self._owner = os.getpid()
        self._lock = threading.RLock()
        self._running = None
        self._answers: OrderedDict[bytes, Future[Reply]] = OrderedDict()

    def _send(self, asked: _Asked) -> None:
        if self._running is None:
            self._running = _Running(self._arguments, weakref.WeakMethod(self._died))
            weakref.finalize(self, self._running.end)
        asked.times += 1
        self._running.send(asked)

    def _died(self, running: _Running, left: list[_Asked]) -> None:
        """A process ended and left questions unanswered."""
        with self._lock:
            if self._running is running:
                self._running = None
            for asked in left:
                if asked.times < _ASKED and not running.ended:
                    self._send(asked)
                else:
                    self._answers.pop(asked.data, None)
                    asked.answer.set_result(Reply(LOST))


class _Asked:
    """A question on its way."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.answer: Future[Reply] = Future()
        self.answer.set_running_or_notify_cancel()  # nobody can cancel it for the others
        self.times = 0


class _Running:
    """One process, a thread that writes to it and one that reads; they know the asker only as long as it is there."""

    def __init__(self, arguments: tuple[int, int], died: Callable[[], Callable[..., None] | None]) -> None:
        self.popen: subprocess.Popen[bytes] | None = None
        self.ended = False
        self._arguments = arguments
        self._died = died
        self._lock = threading.Lock()
        self._number = 0
        self._pending: dict[int, _Asked] = {}
        self._outgoing: SimpleQueue[bytes | None] = SimpleQueue()
        threading.Thread(target=self._write, name="symbolic-write", daemon=True).start()

    def send(self, asked: _Asked) -> None:
        """Hand a question over; does not wait."""
        with self._lock:
            self._number += 1
            self._pending[self._number] = asked
            self._outgoing.put(HEAD.pack(self._number, len(asked.data)) + asked.data)

    def end(self) -> None:
        """End the process and wait for that."""
        with self._lock:
            self.ended = True
            popen = self.popen
        self._outgoing.put(None)
        if popen is not None:
            popen.kill()
            popen.wait()

    def _write(self) -> None:
        popen = self._start()
        if popen is None or popen.stdin is None or popen.stdout is None:
            self._leave()
            return
        threading.Thread(target=self._hear, args=(popen, popen.stdout), name="symbolic-read", daemon=True).start()
        with suppress(OSError), popen.stdin as pipe:  # a broken pipe is for the reader to notice
            while (data := self._outgoing.get()) is not None:
                pipe.write(data)
                pipe.flush()

    def _start(self) -> subprocess.Popen[bytes] | None:
        command = [sys.executable, "-P", "-c", _SCRIPT, json.dumps((sys.path, self._arguments))]
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        with self._lock:
            if self.ended:
                return None
            with suppress(OSError):
                self.popen = subprocess.Popen(  # noqa: S603  # our own program
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=environment,
                    process_group=0,  # a Ctrl-C in the terminal is for us, who end it
                )
            return self.popen

    def _hear(self, popen: subprocess.Popen[bytes], pipe: IO[bytes]) -> None:
        with pipe:
            while len(head := pipe.read(HEAD.size)) == HEAD.size:
                number, length = HEAD.unpack(head)
                data = pipe.read(length)
                if len(data) < length:
                    break
                with self._lock:
                    asked = self._pending.pop(number)
                asked.answer.set_result(decode(data, Reply))
        popen.wait()
        self._leave()

    def _leave(self) -> None:
        self._outgoing.put(None)  # the writer may be waiting
        with self._lock:
            left = list(self._pending.values())
            self._pending.clear()
        died = self._died()
        if died is not None:
            died(self, left)
        else:
            for asked in left:
                asked.answer.set_result(Reply(LOST))
