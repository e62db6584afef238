"""How fast the judge's server is asked: how many calls at once, and how long a call is tried.

The number of calls at once begins at what is allowed, is halved when the server says that it is too much, and grows by
one for each round of calls that went well. It is shared by all event loops of a process.
"""

from __future__ import annotations

import asyncio
import math
import random
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Final

import msgspec

from verifier.judge.trouble import DEADLINE, RATE_LIMITED, Trouble
from verifier.types.verdict import Code

_FAMILIES: Final = ("requests", "input-tokens", "output-tokens")
_SCARCE: Final = 0.05
"""With less than this part of a limit left, no more calls at once are tried."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How long a call is tried, all in seconds.

    ``deadline`` bounds one call from its first turn on, with its repetitions and the waits between them; ``timeout``
    bounds one attempt. ``patience`` bounds the wait for the first turn, which is not the server's fault.
    A fault is tried ``attempts`` times, a refusal for the sake of a rate limit twice as often, or until the deadline
    where the server says when to come back. Between attempts stand waits from ``first_wait`` to ``longest_wait``, or
    what the server asks for. ``concurrency`` is the most calls at once.
    """

    deadline: float = 60.0
    timeout: float = 30.0
    patience: float = 600.0
    attempts: int = 4
    first_wait: float = 0.5
    longest_wait: float = 8.0
    concurrency: int = 64

    def most_attempts(self, code: Code, retry_after: float | None) -> float:
        """How often a call is tried that fails so; one that is told when to come back, until the deadline."""
        if code is RATE_LIMITED:
            return self.attempts * 2 if retry_after is None else math.inf
        return self.attempts

    def wait(self, failures: int, retry_after: float | None) -> float:
        """How long to wait after so many failures; at random up to a quarter shorter, so that calls do not march."""
        if retry_after is not None:
            return retry_after
        grown: float = min(self.longest_wait, self.first_wait * 2.0 ** min(failures - 1, 32))
        return grown * (1 - 0.25 * random.random())  # noqa: S311  # no secret


class Turn:
    """One call's place among those at once."""

    __slots__ = ("began", "loop", "ready", "taken", "waits")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.ready: asyncio.Future[None] = loop.create_future()
        self.taken = self.waits = False
        self.began = 0.0


class Pace:
    """Gives turns. Safe with many event loops in many threads."""

    def __init__(self, concurrency: int) -> None:
        self._most = float(max(1, concurrency))
        self._limit = self._most
        self._under_way = 0
        self._waiting: deque[Turn] = deque()
        self._again: deque[Turn] = deque()
        self._lock = threading.Lock()
        self._held_until = 0.0
        self._slowed_at = 0.0

    @property
    def limit(self) -> int:
        """How many calls may be under way at present."""
        return int(self._limit)

    async def take(self, patience: float, *, again: bool = False) -> Turn:
        """Wait for a turn; one that comes ``again`` stands before the others. Raises ``Trouble`` after ``patience``."""
        until = time.monotonic() + patience
        turn = Turn(asyncio.get_running_loop())
        with self._lock:
            (self._again if again else self._waiting).append(turn)
            self._wake()
            turn.waits = not turn.taken
        try:
            if turn.waits:
                async with asyncio.timeout(patience):
                    await turn.ready
            while (held := self._held_until - time.monotonic()) > 0:
                await self._hold(held, until - time.monotonic())
        except TimeoutError:
            self.give_back(turn)
            raise Trouble(DEADLINE, "no turn came among the calls that may be under way at once") from None
        except BaseException:
            self.give_back(turn)
            raise
        turn.began = time.monotonic()
        return turn

    def holds(self, seconds: float) -> bool:
        """Whether nobody gets a turn for about so long, so that nobody need wait by himself."""
        return self._held_until - time.monotonic() > seconds * 0.9 - 0.001

    async def _hold(self, seconds: float, most: float) -> None:
        if seconds > most:
            raise Trouble(RATE_LIMITED, f"the server asks to wait for {seconds:.3g} seconds")
        await asyncio.sleep(seconds)

    def give_back(self, turn: Turn) -> None:
        """The call is no longer under way, or does not wait for its turn any more."""
        with self._lock:
            if turn.taken:
                turn.taken = False
                self._under_way -= 1
            elif turn in self._again:
                self._again.remove(turn)
            elif turn in self._waiting:
                self._waiting.remove(turn)
            self._wake()

    def went_well(self, headers: Mapping[str, str]) -> None:
        """A reply came: a little more at once, unless its headers say that the limit is near."""
        with self._lock:
            left, share = remaining(headers)
            if left is not None and left < self._under_way:
                self._limit = max(1.0, min(self._limit, float(left)))
            elif share > _SCARCE:
                self._limit = min(self._most, self._limit + 1 / self._limit)
            self._wake()

    def went_ill(self, turn: Turn, retry_after: float | None = None) -> None:
        """The server was asked too much: half as many at once, and nothing before the time that it names.

        Calls that were under way together count as one.
        """
        with self._lock:
            if turn.began >= self._slowed_at:
                self._limit = max(1.0, self._limit / 2)
                self._slowed_at = time.monotonic()
            if retry_after:
                self._held_until = max(self._held_until, time.monotonic() + retry_after)

    def _wake(self) -> None:
        while (self._again or self._waiting) and self._under_way < self.limit:
            turn = (self._again or self._waiting).popleft()
            if turn.loop.is_closed():
                continue
            turn.taken = True
            self._under_way += 1
            if turn.waits and not _told(turn):
                turn.taken = False
                self._under_way -= 1


def _told(turn: Turn) -> bool:
    """Tell who waits; not possible where the event loop was closed just now."""
    if turn.loop is _running():  # to tell another takes a system call
        _tell(turn.ready)
        return True
    try:
        turn.loop.call_soon_threadsafe(_tell, turn.ready)
    except RuntimeError:
        return False
    return True


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _tell(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def remaining(headers: Mapping[str, str]) -> tuple[int | None, float]:
    """Requests that are left, and the scarcest part that is left of any limit, as the headers tell.

    >>> remaining({"anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "20"})
    (20, 0.4)
    >>> remaining({})
    (None, 1.0)
    """
    left, share = None, 1.0
    for family in _FAMILIES:
        limit = headers.get(f"anthropic-ratelimit-{family}-limit", "")
        rest = headers.get(f"anthropic-ratelimit-{family}-remaining", "")
        if limit.isdecimal() and rest.isdecimal() and int(limit):
            share = min(share, int(rest) / int(limit))
            if family == "requests":
                left = int(rest)
    return left, share
