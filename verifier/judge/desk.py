"""Where opinions come from: the store, or a model, which is asked once, paid from a purse, and written down first."""

from __future__ import annotations

import asyncio
import logging
import os
from concurrent.futures import Future
from threading import Lock
from typing import Final
from uuid import uuid4

import msgspec

from verifier.judge.clerk import Clerk, Finish, Go, Look, Start
from verifier.judge.port import Caller
from verifier.judge.prices import charge
from verifier.judge.purse import Purse
from verifier.judge.trouble import DEADLINE, FAILED, UNAVAILABLE, Trouble
from verifier.store.opening import spill_of
from verifier.store.port import Ended, Store
from verifier.store.schema import now
from verifier.store.spill import Spill
from verifier.types.opinion import Call, Opinion, Usage
from verifier.types.prices import PriceTable
from verifier.types.verdict import Code

CLAIM: Final = 90.0
"""How long a call of another run is waited for: a deadline of 60 seconds, and some more for the store."""
MARGIN: Final = 30.0
"""What a claim holds longer than a deadline."""

_LOG = logging.getLogger("verifier.judge")


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What a desk has done.

    ``sent`` calls were answered, ``failed`` were not; ``unknown`` requests may have been charged though no reply came
    (a call may be repeated after one) and stay open in the store; ``from_store`` opinions were there already,
    ``shared`` callers got the opinion that another caller had asked for, ``refused`` calls would have passed the limit.
    ``unkept`` replies were paid for, and the store did not take them. ``usage`` and ``picodollars`` are those of the
    answered calls.
    """

    sent: int = 0
    from_store: int = 0
    shared: int = 0
    failed: int = 0
    refused: int = 0
    unknown: int = 0
    unkept: int = 0
    usage: Usage = Usage()
    picodollars: int = 0


class Desk:
    """Gives opinions on calls; any thread and any event loop may ask.

    A call is looked up in the store; if its opinion is not there, the most that it can cost is put aside in the purse,
    the call is noted in the store, sent, priced, and its opinion kept. Of callers who ask the same at once one sends,
    and all get the answer. At most ``concurrency`` calls are between being noted and being kept, so no more are lost
    in a kill. Without a ``caller``, what the store does not have is trouble.

    A call that another run over the same store has begun in the last ``claim`` seconds, and not ended, waits for what
    becomes of it: that long at most, then it is asked here too. 0 asks at once. Calls in message batches are not waited
    for.

    A call waits for its ``turn`` among those at most so many seconds, by default as long as it takes.

    A reply that was paid for is given back even if the store does not take it: it is offered again for a while, and
    then put into ``spill``, by default a file beside the store, which the next run reads.
    """

    def __init__(  # noqa: PLR0913  # what a call needs on its way
        self,
        caller: Caller | None,
        store: Store,
        purse: Purse | None = None,
        *,
        prices: PriceTable,
        run: str,
        concurrency: int = 64,
        mode: str = "live",
        spill: Spill | None = None,
        patience: float = 10.0,
        turn: float | None = None,
        claim: float = CLAIM,
    ) -> None:
        if concurrency < 1:
            raise ValueError("concurrency: at least 1")
        self.caller = caller
        self.store = store
        self.purse = Purse() if purse is None else purse
        self.prices = prices
        self.run = run
        self.mode = mode
        self._turn = turn
        self._clerk = Clerk(
            store,
            self.purse,
            prices=prices,
            run=run,
            concurrency=concurrency,
            mode=mode,
            spill=spill if spill is not None else spill_of(store),
            patience=patience,
            claim=claim,
        )
        self._lock = Lock()
        self._owner = os.getpid()
        self._flights: dict[str, Future[Opinion]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._tally = Tally()

    @property
    def tally(self) -> Tally:
        """What was done so far."""
        with self._lock:
            done = self._tally
        return msgspec.structs.replace(done, refused=self._clerk.refused, unkept=self._clerk.unkept)

    async def opinion(self, call: Call) -> Opinion:
        """The opinion on a call, asked for once by all live runs over a store; raises ``Trouble`` where there is none.

        Only where an answer takes longer than a claim holds do two runs ask, and the first answer stays.

        Who stops waiting does not stop the call: it is on its way, and its reply is kept.
        """
        while True:
            key = call.key
            with self._lock:
                if self._owner != os.getpid():  # the calls of the process that we were forked from come back to it
                    self._owner = os.getpid()
                    self._flights.clear()
                flight = self._flights.get(key)
                first = flight is None
                if flight is None:
                    flight = self._flights[key] = Future()
            if first:
                task = asyncio.get_running_loop().create_task(self._fly(call, flight))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            waiting = asyncio.wrap_future(flight)
            waiting.add_done_callback(_heard)
            try:
                opinion = await asyncio.shield(waiting)
            except _GivenUpError:
                if first:
                    raise asyncio.CancelledError from None
                continue
            if not first:
                self._count(shared=1)
            return opinion

    async def look(self, call: Call) -> Opinion | None:
        """The opinion that the store has; nobody is asked. Raises ``Trouble`` where the store fails."""
        found = await self._clerk.ask(Look(call.key))
        return found if isinstance(found, Opinion) else None

    def close(self) -> None:
        """Let go of the store and the caller, after what has ended is kept."""
        self._clerk.close()
        if self.caller is not None:
            self.caller.close()
        self.store.close()

    async def _fly(self, call: Call, flight: Future[Opinion]) -> None:
        """Get an opinion, and tell all who wait for it."""
        try:
            opinion = await self._get(call)
        except Trouble as trouble:
            self._land(call.key)
            flight.set_exception(trouble)
        except asyncio.CancelledError:
            # This event loop is going down; who waits in another one asks anew.
            self._land(call.key)
            flight.set_exception(_GivenUpError())
            raise
        except Exception as error:  # noqa: BLE001  # nobody may wait for ever
            self._land(call.key)
            flight.set_exception(Trouble(FAILED, f"{type(error).__name__}: {error}"))
        else:
            self._land(call.key)
            flight.set_result(opinion)

    def _land(self, key: str) -> None:
        with self._lock:
            self._flights.pop(key, None)

    async def _get(self, call: Call) -> Opinion:
        if self.caller is None:
            kept = await self.look(call)
            if kept is None:
                raise Trouble(UNAVAILABLE, "the store has no opinion of it, and no model is to be asked")
            self._count(from_store=1)
            return kept
        answer = await self._begun(Start(call, uuid4().hex))
        if isinstance(answer, Opinion):
            self._count(from_store=1)
            return answer
        return await self._sent(call, answer, self.caller)

    async def _begun(self, start: Start) -> Opinion | Go:
        """What the store knows of a call, or that it is noted and may be sent; raises ``Trouble``."""
        try:
            async with asyncio.timeout(self._turn):
                answer = await self._clerk.ask(start)
        except TimeoutError:
            raise Trouble(DEADLINE, f"no turn came within {self._turn:g} seconds") from None
        if not isinstance(answer, Opinion | Go):
            raise TypeError(f"the clerk answered a start by {answer!r}")
        return answer

    async def _sent(self, call: Call, go: Go, caller: Caller) -> Opinion:
        """The opinion of a call that is noted: it is ended here, whatever comes.

        The server may have charged for a request that it got and whose reply did not come: such a one stays open at
        what was put aside for it, and the request that repeats it is a call of its own.
        """
        noted: Go | None = go

        async def again() -> None:
            nonlocal noted
            before, noted = noted, None
            if before is not None:
                self._count(unknown=1)
                await self._clerk.ask(_lost(before, UNAVAILABLE))
            answer = await self._begun(Start(call, uuid4().hex, more=True))
            if isinstance(answer, Opinion):
                raise _AnsweredError(answer)
            noted = answer

        try:
            reply = await caller.send(call, again)
        except _AnsweredError as answered:
            self._count(from_store=1)
            return answered.opinion
        except Trouble as trouble:
            unknown = trouble.sent and noted is not None
            self._count(failed=1, unknown=int(unknown))
            if noted is not None:
                ended = Ended(number=noted.number, opinion=None, code=trouble.code.name)
                await self._clerk.ask(Finish(noted, ended, lost=unknown))
            raise
        except BaseException as error:
            self._count(failed=1, unknown=int(noted is not None))
            if noted is not None:
                self._clerk.tell(_lost(noted, FAILED))
            if isinstance(error, Exception):
                raise Trouble(FAILED, f"{type(error).__name__}: {error}") from error
            raise
        if noted is None:
            raise TypeError("a call was repeated that could not be noted")
        if not reply.counted:
            _LOG.warning("a reply of %s counts no tokens: it is priced at the most that it can have cost", call.model)
        opinion = Opinion(
            key=call.key,
            rubric=call.rubric,
            ballot=call.ballot,
            reply=reply,
            mode=self.mode,
            picodollars=charge(self.prices, call.model, reply, self.mode, noted.reserved),
            at=now(),
        )
        self._count(sent=1, usage=reply.usage, picodollars=opinion.picodollars or 0)
        try:
            kept = await self._clerk.ask(Finish(noted, Ended(number=noted.number, opinion=opinion)))
        except Trouble:  # it was paid for: whether it could be kept is another matter
            return opinion
        return kept if isinstance(kept, Opinion) else opinion

    def _count(self, *, usage: Usage | None = None, **more: int) -> None:
        with self._lock:
            sums = {name: getattr(self._tally, name) + count for name, count in more.items()}
            total = self._tally.usage if usage is None else self._tally.usage + usage
            self._tally = msgspec.structs.replace(self._tally, usage=total, **sums)


def _heard(flight: asyncio.Future[Opinion]) -> None:
    """Who stopped waiting is told nothing, and asyncio need not say so."""
    if not flight.cancelled():
        flight.exception()


def _lost(go: Go, code: Code) -> Finish:
    return Finish(go, Ended(number=go.number, opinion=None, code=code.name), lost=True)


class _AnsweredError(Exception):
    """A call need not be repeated: somebody else's answer to it is in the store by now."""

    def __init__(self, opinion: Opinion) -> None:
        super().__init__(opinion.key)
        self.opinion = opinion


class _GivenUpError(Exception):
    """Who was to send a call does not any more."""
