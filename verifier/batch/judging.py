"""Rows that rules left open go to the judges while the others are graded, and come back into their places."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, wait
from typing import Final, Self

from verifier.batch.changes import judged
from verifier.batch.chunks import Open
from verifier.batch.grading import Graded, Grader
from verifier.judge.trouble import OVER_BUDGET
from verifier.types.errors import VerifierError
from verifier.types.verdict import Verdict

MOST_OPEN: Final = 4_096
"""Rows that are asked about, wait for it, or are answered while one before them is not."""

_MOST_CHUNKS = 4_096
_MOST_BYTES = 64 << 20


class OverBudget(VerifierError):  # noqa: N818  # no defect: with a larger budget the run goes on
    """What is left to spend is less than the next call may cost."""


class Judging:
    """Asks about the open rows of chunks, in an event loop of its own, and gives the chunks on in their order.

    What it holds is bounded: when there is too much of it, no further chunk is taken until the first one is complete.
    Raises ``OverBudget`` for the first chunk of which a row cannot be paid for.
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
        for one, others in self._in_order(chunks):
            yield self._complete(one, others)

    def answered(self, chunks: Iterable[tuple[str, Graded]]) -> Iterator[tuple[Graded, list[Verdict | Exception]]]:
        """The chunks as they are, each with the verdicts on its open rows."""
        for one, _ in self._in_order(chunks):
            yield one.graded, [_outcome(answer) for answer in one.answers]

    def _in_order(self, chunks: Iterable[tuple[str, Graded]]) -> Iterator[tuple[_Held, Iterable[_Held]]]:
        """Chunks whose rows are asked about, those that are answered or have waited longest first, and those behind."""
        held: deque[_Held] = deque()
        rows = size = 0
        for source, graded in chunks:
            held.append(_Held(source, graded, [self._ask(row) for row in graded.open]))
            rows, size = rows + len(graded.open), size + held[-1].size
            while held and (held[0].ready or len(held) > _MOST_CHUNKS or rows > MOST_OPEN or size > _MOST_BYTES):
                first = held.popleft()
                rows, size = rows - len(first.answers), size - first.size
                yield first, held
        while held:
            yield held.popleft(), held

    def _complete(self, one: _Held, others: Iterable[_Held]) -> Graded:
        if not one.graded.open:
            return one.graded
        verdicts = [_outcome(answer) for answer in one.answers]
        while unpaid := [place for place, verdict in enumerate(verdicts) if _unpaid(verdict)]:
            # What is reserved for calls under way may be more than they cost: ask again when they are all answered.
            wait([answer for other in others for answer in other.answers])
            again = {place: self._ask(one.graded.open[place]) for place in unpaid}
            for place, answer in again.items():
                verdicts[place] = _outcome(answer)
            if all(_unpaid(verdicts[place]) for place in unpaid):
                raise OverBudget("too little for the next call")
        return self._grader.close_rows(one.graded, one.source, verdicts)

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
        self._done = 0
        self.size = sum(map(len, graded.files)) + 2 * sum(row.line.length for row in graded.open)

    @property
    def ready(self) -> bool:
        """Whether all are there; what was seen to be there is not looked at again."""
        while self._done < len(self.answers) and self.answers[self._done].done():
            self._done += 1
        return self._done == len(self.answers)


def _unpaid(verdict: Verdict | Exception) -> bool:
    step = judged(verdict) if isinstance(verdict, Verdict) else None
    return step is not None and step.code == OVER_BUDGET.name


def _outcome(answer: Future[Verdict]) -> Verdict | Exception:
    try:
        return answer.result()
    except Exception as error:  # noqa: BLE001  # the record's border, as in grading: told as the row's error
        return error


def _run(loop: asyncio.AbstractEventLoop) -> None:
    """The thread's life: run the loop until it is stopped, then drop what is left in it."""
    asyncio.set_event_loop(loop)
    loop.run_forever()
    loop.set_exception_handler(lambda _loop, _context: None)  # nobody waits any more for what is dropped now
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
