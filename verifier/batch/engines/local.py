"""Chunks graded by processes of this machine, in the order they came, whatever becomes of a process.

Each worker has a pipe of its own and at most one chunk, so it is known what a worker that died was doing; a worker
whose parent died reads the end of its pipe and goes too. Processes are spawned, never forked: the parent may have
threads.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import connection, resource_tracker
from typing import TYPE_CHECKING, Final, Self

from verifier.batch.grading import Chunk, Graded, Grader, Job, joined
from verifier.types.errors import VerifierError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_CHUNKS_AHEAD: Final = 4  # per worker: enough that one slow chunk stops nobody
_BYTES_AHEAD: Final = 64 << 20
_STARTS: Final = 3


class LocalEngine:
    """A pool of workers for one job. ``rules`` is the version that every worker must have loaded.

    >>> with LocalEngine(job, workers=2, rules=version) as engine:  # doctest: +SKIP
    ...     for graded in engine.graded(chunks): ...
    """

    def __init__(
        self, job: Job, *, workers: int, rules: str, work: Callable[[Connection, Job], None] | None = None
    ) -> None:
        self._job = job
        self._most = workers
        self._rules = rules
        self._work = work or serve
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all workers, whatever they are doing."""
        for worker in self._workers:
            worker.end()
        self._workers = []

    def graded(self, chunks: Iterable[Chunk]) -> Iterator[Graded]:
        """The chunks graded, in their order. Takes from ``chunks`` only what the workers need next."""
        coming = iter(chunks)
        waiting: deque[Chunk] = deque()
        ahead: deque[tuple[int, int]] = deque()  # index and size of the chunks taken and not yet given back
        done: dict[int, Graded] = {}
        more = True
        while True:
            self._hand_out(waiting, done)  # before reading on, which may take a while
            while more and self._room(ahead, waiting):
                chunk = next(coming, None)
                if chunk is None:
                    more = False
                    break
                waiting.append(chunk)
                ahead.append((chunk.index, sum(line.length for line in chunk.lines)))
            self._hand_out(waiting, done)
            while ahead and ahead[0][0] in done:
                yield done.pop(ahead.popleft()[0])
            if not ahead and not more:
                return
            if ahead:
                self._collect(done)

    def _room(self, ahead: deque[tuple[int, int]], waiting: deque[Chunk]) -> bool:
        if not ahead:
            return True
        many = len(ahead) >= self._most * _CHUNKS_AHEAD or len(waiting) >= self._most
        return not many and sum(size for _, size in ahead) < _BYTES_AHEAD

    def _hand_out(self, waiting: deque[Chunk], done: dict[int, Graded]) -> None:
        needed = len(waiting) - sum(worker.chunk is None for worker in self._workers)
        for _ in range(min(needed, self._most - len(self._workers))):
            self._workers.append(_Worker(self._work, self._job))  # they start up side by side
        while waiting and (worker := self._idle()) is not None:
            chunk = waiting.popleft()
            if not worker.take(chunk):
                self._lost(worker, chunk, done)

    def _idle(self) -> _Worker | None:
        """A worker that lives and has nothing to do; a dead one found on the way is replaced."""
        for place, worker in enumerate(self._workers):
            if worker.chunk is None:
                if not self._ready(worker):
                    self._workers[place] = self._start()
                return self._workers[place]
        return None

    def _ready(self, worker: _Worker) -> bool:
        version = worker.hello()
        if version is not None and version != self._rules:
            raise VerifierError(f"the rules changed during the run, from {self._rules} to {version}")
        return version is not None

    def _start(self) -> _Worker:
        code = None
        for _ in range(_STARTS):
            worker = _Worker(self._work, self._job)
            if self._ready(worker):
                return worker
            code = worker.end()
        raise VerifierError(f"no worker process can be started: it ends with exit code {code}")

    def _collect(self, done: dict[int, Graded]) -> None:
        """Wait until a worker has graded its chunk or died, and take what there is."""
        busy = {worker.pipe: worker for worker in self._workers if worker.chunk is not None}
        for pipe in connection.wait(list(busy)):
            worker = busy[pipe]  # type: ignore[index]  # we wait for our own pipes only
            chunk = worker.chunk
            if chunk is None:
                continue
            graded = worker.give()
            if graded is None:
                self._lost(worker, chunk, done)
            else:
                done[chunk.index] = graded

    def _lost(self, worker: _Worker, chunk: Chunk, done: dict[int, Graded]) -> None:
        """A worker died over a chunk: grade its lines one by one, to lose only the line that kills."""
        self._drop(worker)
        parts = [self._alone(_single(chunk, place)) for place in range(len(chunk.lines))]
        done[chunk.index] = joined(chunk, parts)

    def _alone(self, chunk: Chunk) -> Graded:
        worker = self._idle()
        if worker is None:
            worker = self._start()
            self._workers.append(worker)
        graded = worker.give() if worker.take(chunk) else None
        if graded is not None:
            return graded
        self._drop(worker)
        if chunk.lost:
            line = chunk.lines[0].number
            raise VerifierError(f"{chunk.input}, line {line}: a process dies of merely reading this line; take it out")
        return self._alone(_lost_line(chunk))

    def _drop(self, worker: _Worker) -> None:
        worker.end()
        self._workers.remove(worker)


class _Worker:
    """A process, the pipe to it, and the chunk it has."""

    def __init__(self, work: Callable[[Connection, Job], None], job: Job) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.chunk: Chunk | None = None
        self._version: str | None = None
        self._process = context.Process(target=work, args=(theirs, job), name="verifier-worker", daemon=True)
        with _no_interrupt():
            self._process.start()
        theirs.close()

    def hello(self) -> str | None:
        """The version of the rules it has loaded, waiting until it has; ``None`` where it is dead."""
        try:
            if self._version is None:
                self._version = str(self.pipe.recv())
        except (EOFError, OSError):
            return None
        return self._version if self._process.is_alive() else None

    def take(self, chunk: Chunk) -> bool:
        """Hand a chunk over; false where the worker is dead."""
        try:
            self.pipe.send(chunk)
        except OSError:
            return False
        self.chunk = chunk
        return True

    def give(self) -> Graded | None:
        """The chunk it had, graded; ``None`` where it died over it."""
        self.chunk = None
        try:
            graded = self.pipe.recv()
        except (EOFError, OSError):
            return None
        return graded if isinstance(graded, Graded) else None

    def end(self) -> int | None:
        """End the process and give its exit code."""
        self.pipe.close()
        self._process.kill()
        self._process.join()
        return self._process.exitcode


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Keep Ctrl-C from a process that is started meanwhile, from its first moment on; it reaches us afterwards.

    The terminal sends it to the whole group, and a process that is still importing would die of it with a traceback.
    """
    resource_tracker.ensure_running()  # started with the first process, it would take the mask off again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def serve(pipe: Connection, job: Job) -> None:
    """The life of a worker: load the rules, say so, grade chunks until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it was blocked so far: the parent decides
    grader = Grader(job)
    try:
        pipe.send(grader.rules_version)
        while True:
            pipe.send(grader.grade(pipe.recv()))
    except (EOFError, OSError):
        return


def _single(chunk: Chunk, place: int) -> Chunk:
    return Chunk(chunk.index, chunk.input, (chunk.lines[place],), 0, chunk.mark, chunk.lost)


def _lost_line(chunk: Chunk) -> Chunk:
    return Chunk(chunk.index, chunk.input, chunk.lines, 0, chunk.mark, lost=True)
