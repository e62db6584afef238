"""Rows that rules left undecided go to the judges while the others are graded, and come back into their places."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from typing import Final, Self

from verifier.batch.grading import Graded, Grader, Open
from verifier.types.verdict import Verdict

MOST_OPEN: Final = 512
"""Rows that are asked about or wait for it."""

_MOST_CHUNKS = 64
_MOST_BYTES = 64 << 20


class Judging:
    """Asks about the open rows of chunks, in an event loop of its own, and gives the chunks on in their order.

    What it holds is bounded: when there is too much of it, no further chunk is taken until the first one is complete.
    """

    def __init__(self, grader: Grader) -> None:
        self._grader = grader
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop asking, whatever is under way, and end what the judges have started."""
        loop, thread = self._loop, self._thread
        self._loop = self._thread = None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
        self._grader.close()

    def closed(self, chunks: Iterable[tuple[str, Graded]]) -> Iterator[Graded]:
        """The chunks, each with the name of its input, with no row open."""
        held: deque[_Held] = deque()
        for source, graded in chunks:
            held.append(_Held(source, graded, [self._ask(row) for row in graded.open]))
            while held and (held[0].ready or _full(held)):
                yield self._complete(held.popleft())
        while held:
            yield self._complete(held.popleft())

    def _complete(self, held: _Held) -> Graded:
        if not held.graded.open:
            return held.graded
        return self._grader.close_rows(held.graded, held.source, [_outcome(answer) for answer in held.answers])

    def _ask(self, row: Open) -> Future[Verdict]:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=_run, args=(self._loop,), name="judging", daemon=True)
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(self._grader.ask(row), self._loop)


class _Held:
    """A chunk and the answers that it waits for."""

    def __init__(self, source: str, graded: Graded, answers: list[Future[Verdict]]) -> None:
        self.source = source
        self.graded = graded
        self.answers = answers

    @property
    def ready(self) -> bool:
        return all(answer.done() for answer in self.answers)


def _full(held: deque[_Held]) -> bool:
    rows = sum(len(one.answers) for one in held)
    size = sum(len(one.graded.output) + len(one.graded.trace) for one in held)
    return len(held) > _MOST_CHUNKS or rows > MOST_OPEN or size > _MOST_BYTES


def _outcome(answer: Future[Verdict]) -> Verdict | Exception:
    try:
        return answer.result()
    except Exception as error:  # noqa: BLE001  # the record's border, as in grading: told as the row's error
        return error


def _run(loop: asyncio.AbstractEventLoop) -> None:
    """The thread's life: run the loop until it is stopped, then drop what is left in it."""
    asyncio.set_event_loop(loop)
    loop.run_forever()
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
