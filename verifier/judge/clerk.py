"""The thread that keeps the books of a desk: all that waits for the store is done in one transaction of each kind."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Final, TypeAlias, TypeVar

import msgspec

from verifier.judge.prices import most, unpriced
from verifier.judge.purse import Purse
from verifier.judge.trouble import FAILED, OVER_BUDGET, STORE_FAILED, Trouble
from verifier.store.port import Begun, Ended, Store
from verifier.store.schema import ago, now
from verifier.store.spill import Spill
from verifier.types.errors import StoreError
from verifier.types.opinion import Call, Opinion
from verifier.types.prices import PriceTable
from verifier.types.verdict import Code

_T = TypeVar("_T")

_LOG = logging.getLogger("verifier.judge")
_MOST: Final = 1000
"""Errands done at once."""
_FIRST_WAIT: Final = 0.05
_LONGEST_WAIT: Final = 2.0
_POLL: Final = 0.3
"""Seconds between looks for what others ask."""
_WATCH: Final = 15.0
"""Seconds after which whoever waits looks whether the thread is held up."""
_STUCK: Final = 180.0
"""Seconds after which a store that gives no answer, and no error, is one that fails."""


class Look(msgspec.Struct, frozen=True):
    """An errand: the opinion that is kept under a key, or ``None``."""

    key: str


class Start(msgspec.Struct, frozen=True):
    """An errand: the opinion that is kept on a call, or ``Go`` once it may be sent and is noted under the number.

    A call that is sent once ``more`` stands before those that wait.
    """

    call: Call
    number: str
    more: bool = False

    @property
    def key(self) -> str:
        """What the opinion is kept under."""
        return self.call.key


class Go(msgspec.Struct, frozen=True):
    """A call may be sent: it is noted, and what it can cost at most is put aside."""

    number: str
    reserved: int


class Finish(msgspec.Struct, frozen=True):
    """An errand: a call has ended; gives the opinion that is kept. A ``lost`` one stays open, at what was put aside."""

    go: Go
    ended: Ended
    lost: bool = False


Errand: TypeAlias = Look | Start | Finish
Answer: TypeAlias = Opinion | Go | None


class _Job:
    """An errand, and who waits for its answer in which event loop, if anybody does."""

    __slots__ = ("errand", "future", "held_since")

    def __init__(self, errand: Errand, future: asyncio.Future[Answer] | None) -> None:
        self.errand = errand
        self.future = future
        self.held_since: float | None = None


class Clerk:
    """Runs errands to the store, in a thread of its own.

    Calls begin in the order in which they were asked for, at most ``concurrency`` at a time. One that does not fit
    into the purse waits for those on their way to end, for they cost less than what is put aside for them; when none
    is left and it still does not fit, it is refused.

    A call that another run is asking waits for its answer, at most ``claim`` seconds from when the other began.

    Where the store fails, everything waits and is tried again for ``patience`` seconds; then replies are spilled and
    all else fails, at once from then on, until the store takes something again.
    """

    def __init__(  # noqa: PLR0913  # the books of a desk
        self,
        store: Store,
        purse: Purse,
        *,
        prices: PriceTable,
        run: str,
        concurrency: int,
        mode: str,
        spill: Spill | None,
        patience: float,
        claim: float,
    ) -> None:
        self._store, self._purse, self._prices, self._run = store, purse, prices, run
        self._claim = claim
        self._concurrency, self._mode, self._spill, self._patience = concurrency, mode, spill, patience
        self._lock = Lock()
        self._empty()

    def _empty(self) -> None:
        self._owner = os.getpid()
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._before: Thread | None = None
        # What follows is the thread's own.
        self._flying = 0
        self._unsaved: list[tuple[_Job, Finish]] = []
        self._looks: list[tuple[_Job, Look | Start]] = []
        self._waiting: deque[tuple[_Job, Start]] = deque()
        self._held: list[tuple[_Job, Start]] = []
        self._poll_at = 0.0
        self._down_since: float | None = None
        self._wait = 0.0
        self._again_at = 0.0
        self._busy_since: float | None = None
        self._outbox: dict[asyncio.AbstractEventLoop, list[tuple[_Job, Answer | Trouble]]] = {}
        self.refused = 0
        self.unkept = 0

    async def ask(self, errand: Errand) -> Answer:
        """The answer to an errand; raises ``Trouble``. Whoever stops waiting leaves nothing half done."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        watch = loop.call_later(_WATCH, self._watch, future)
        self._put(_Job(errand, future))
        try:
            return await future
        finally:
            watch.cancel()

    def _watch(self, future: asyncio.Future[Answer]) -> None:
        """Let nobody wait for a thread that is held up."""
        since = self._busy_since
        if future.done():
            return
        if since is None or time.monotonic() - since <= _STUCK:
            future.get_loop().call_later(_WATCH, self._watch, future)
        else:
            future.set_exception(Trouble(STORE_FAILED, f"the store has given no answer for {_STUCK:g} seconds"))

    def tell(self, errand: Errand) -> None:
        """Run an errand; nobody waits for it."""
        self._put(_Job(errand, None))

    def close(self) -> None:
        """Do what was asked for, refuse what cannot begin, and end the thread. Another errand starts a new one."""
        with self._lock:
            thread = self._thread
            if thread is None or self._owner != os.getpid():
                return
            self._queue.put(None)
            self._queue, self._thread, self._before = SimpleQueue(), None, thread
        thread.join(_STUCK)

    def _put(self, job: _Job) -> None:
        with self._lock:
            if self._owner != os.getpid():  # what the process that we were forked from has in hand is its own
                self._empty()
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(
                    target=self._work, args=(self._queue, self._before), name="verifier-clerk", daemon=True
                )
                self._thread.start()
            self._queue.put(job)

    # --- the thread -------------------------------------------------------------------------------------------------

    def _work(self, queue: SimpleQueue[_Job | None], before: Thread | None) -> None:
        if before is not None:
            before.join()
        more = True
        while more:
            more = self._drain(queue)
            self._busy_since = time.monotonic()
            try:
                self._serve(last=not more)
            except Exception as error:  # noqa: BLE001  # whoever waits would wait for ever
                _LOG.exception("the books of the judge could not be kept")
                self._break(error)
            self._busy_since = None
            self._post()

    def _drain(self, queue: SimpleQueue[_Job | None]) -> bool:
        """Take all errands that are there; if none are, sleep until one comes or something is due. False at the end."""
        down = self._down_since is not None and (self._unsaved or self._looks or self._waiting)
        at = self._again_at if down else self._poll_at if self._held else None
        pause = None if at is None else max(0.001, at - time.monotonic())
        try:
            job = queue.get(timeout=pause)
            for _ in range(_MOST):
                if job is None:
                    return False
                if isinstance(job.errand, Finish):
                    self._unsaved.append((job, job.errand))
                else:
                    self._looks.append((job, job.errand))
                job = queue.get_nowait()
            queue.put(job)  # behind others, which does not matter
        except Empty:
            pass
        return True

    def _serve(self, *, last: bool) -> None:
        """Everything that can be done now. At the ``last`` time what cannot be done is given up."""
        if not last and time.monotonic() < self._again_at:
            return
        try:
            self._finish()
            self._poll()
            self._look()
            while self._begin():
                pass
        except StoreError as error:
            if last or self._patience_is_over():
                self._give_up(error)
        if last:
            self._fail_all("the desk was closed before it could be sent")

    def _break(self, error: Exception) -> None:
        """After a defect: nobody waits any more, and replies are kept if they can be."""
        why = f"{type(error).__name__}: {error}"
        try:
            self._give_up(StoreError(why), FAILED)
        except Exception:  # noqa: BLE001  # as above
            _LOG.exception("replies could not be put aside")
            done, self._unsaved = self._unsaved, []
            self._flying -= len(done)
            for job, finish in done:
                self._answer(job, finish.ended.opinion)
            self._fail_all(why, FAILED)

    def _patience_is_over(self) -> bool:
        at = time.monotonic()
        if self._down_since is None:
            self._down_since = at
        self._wait = min(_LONGEST_WAIT, self._wait * 2 or _FIRST_WAIT)
        self._again_at = at + self._wait
        return at >= self._down_since + self._patience

    def _tried(self, work: Callable[[], _T]) -> _T:
        """What the store gives; any failure of it is a ``StoreError``."""
        try:
            found = work()
        except StoreError:
            raise
        except Exception as error:
            raise StoreError(f"the store failed: {type(error).__name__}: {error}") from error
        self._down_since, self._wait, self._again_at = None, 0.0, 0.0
        return found

    def _finish(self) -> None:
        """Close the calls that have ended."""
        if not self._unsaved:
            return
        ended = [finish.ended for _, finish in self._unsaved if not finish.lost]
        kept = self._tried(lambda: self._store.end(ended)) if ended else {}
        if ended and self.unkept and self._spill is not None:
            spill = self._spill
            self._tried(lambda: spill.recover(self._store))
            self.unkept = 0
        self._settle(kept)

    def _settle(self, kept: dict[str, Opinion]) -> None:
        """Tell what became of the calls that have ended, and take what they cost."""
        done, self._unsaved = self._unsaved, []
        self._flying -= len(done)
        for job, finish in done:
            opinion = finish.ended.opinion
            self._answer(job, None if opinion is None else kept.get(opinion.key, opinion))
        for _, finish in done:
            opinion, reserved = finish.ended.opinion, finish.go.reserved
            spent = reserved if finish.lost else 0 if opinion is None else opinion.picodollars or 0
            self._purse.settle(reserved, max(0, spent))

    def _poll(self) -> None:
        """Look now and then what became of the calls that others ask."""
        if self._held and time.monotonic() >= self._poll_at:
            self._looks += self._held
            self._held = []

    def _look(self) -> None:
        """Answer what the store knows; calls that it does not know wait to begin."""
        if not self._looks:
            return
        keys = [look.key for _, look in self._looks]
        kept = self._tried(lambda: self._store.get(keys))
        for job, look in self._looks:
            if look.key in kept or isinstance(look, Look):
                self._answer(job, kept.get(look.key))
            elif look.more:
                self._waiting.appendleft((job, look))
            else:
                self._waiting.append((job, look))
        self._looks = []

    def _begin(self) -> bool:
        """Note the calls that may be sent now; true where others have made room for more."""
        begun: list[tuple[_Job, Start, int]] = []
        while self._waiting and self._flying + len(begun) < self._concurrency:
            job, start = self._waiting[0]
            amount = most(self._prices, start.call, self._mode)
            if job.future is not None and job.future.cancelled():
                pass
            elif amount is None and self._purse.limit is not None:
                self._refuse(job, unpriced(start.call.model))
            elif self._purse.reserve(amount or 0):
                begun.append((job, start, amount or 0))
            elif self._flying or begun:
                break
            else:
                self._refuse(job, "the most that it can cost is more than is left to spend")
            self._waiting.popleft()
        return bool(begun) and self._note(begun)

    def _note(self, begun: list[tuple[_Job, Start, int]]) -> bool:
        """Note calls for which an amount is put aside; true where some are left to others."""
        at = now()
        notes = [
            Begun(
                number=start.number,
                run=self._run,
                key=start.call.key,
                model=start.call.model,
                reserved=amount,
                at=at,
            )
            for _, start, amount in begun
        ]
        try:
            others = self._claimed(begun, notes)
        except Exception:
            for job, start, amount in reversed(begun):
                self._purse.settle(amount, 0)
                self._waiting.appendleft((job, start))
            raise
        for job, start, amount in begun:
            if start.key not in others:
                self._flying += 1
                self._answer(job, Go(start.number, amount))
                continue
            self._purse.settle(amount, 0)
            if (kept := others[start.key]) is not None:
                self._answer(job, kept)
                continue
            at_once = time.monotonic()
            job.held_since = at_once if job.held_since is None else job.held_since
            self._poll_at = at_once + _POLL
            self._held.append((job, start))
        return bool(others)

    def _claimed(self, begun: list[tuple[_Job, Start, int]], notes: list[Begun]) -> dict[str, Opinion | None]:
        """Note calls; gives those that are not: what the store has of them by now, or nothing where others ask."""
        at = time.monotonic()
        # However many others try it one after the other, nobody waits for longer than one may take.
        tired = {start.number for job, start, _ in begun if at - (job.held_since or at) > self._claim}
        first = [note for note in notes if note.number not in tired]
        others = self._tried(lambda: self._store.begin(first, since=ago(self._claim))) if self._claim else {}
        rest = [note for note in notes if note.number in tired or not self._claim]
        self._tried(lambda: self._store.begin(rest))
        return others

    def _give_up(self, error: StoreError, code: Code = STORE_FAILED) -> None:
        """Spill replies, fail the rest."""
        calls = [finish.ended for _, finish in self._unsaved if not finish.lost]
        replies = sum(call.opinion is not None for call in calls)
        if calls:
            where = "nowhere"
            if self._spill is not None:
                try:
                    self._spill.keep(calls)
                    where = str(self._spill.path)
                except StoreError as worse:
                    where = f"nowhere: {worse}"
            self.unkept += replies
            _LOG.error("%s; %d replies that were paid for are kept in %s", error, replies, where)
        self._settle({})
        self._fail_all(str(error), code)

    def _fail_all(self, why: str, code: Code = STORE_FAILED) -> None:
        for job, _ in (*self._looks, *self._waiting, *self._held):
            self._answer(job, Trouble(code, why))
        self._looks, self._held = [], []
        self._waiting.clear()

    def _refuse(self, job: _Job, why: str) -> None:
        self.refused += 1
        self._answer(job, Trouble(OVER_BUDGET, why))

    def _answer(self, job: _Job, answer: Answer | Trouble) -> None:
        if job.future is not None:
            self._outbox.setdefault(job.future.get_loop(), []).append((job, answer))

    def _post(self) -> None:
        """Hand all answers over, each event loop's at once."""
        for loop, answers in self._outbox.items():
            try:
                loop.call_soon_threadsafe(self._deliver, answers)
            except RuntimeError:  # it is closed
                for job, answer in answers:
                    self._take_back(job, answer)
        self._outbox = {}

    def _deliver(self, answers: Sequence[tuple[_Job, Answer | Trouble]]) -> None:
        """In the event loop of those who wait."""
        for job, answer in answers:
            if job.future is None or job.future.done():
                self._take_back(job, answer)
            elif isinstance(answer, Trouble):
                job.future.set_exception(answer)
            else:
                job.future.set_result(answer)

    def _take_back(self, job: _Job, answer: Answer | Trouble) -> None:
        """Nobody waits any more: a call that may be sent will not be."""
        if isinstance(job.errand, Start) and isinstance(answer, Go):
            self.tell(Finish(answer, Ended(number=answer.number, opinion=None, code="judge.not_sent")))
