"""Message batches: the calls of a run are gathered, sent in rounds at half the price, and waited for.

A round scans the inputs and gathers the calls that the store has no answer to; second and third ballots follow from the
answers to the first, so they are the next rounds. When nothing is left to ask, an ordinary pass writes the rows.

Whatever happens, no batch is lost: its calls and its nonce are in the store before it is sent, its calls carry the
nonce, and a run that is continued first looks for its open batches; one that is begun anew, before it sends a call that
is in an open batch. Of a call whose batch is not found nobody knows what it cost: it is lost, at what was put aside.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

import msgspec

from verifier.batch.judging import OverBudget
from verifier.batch.terminal import counted
from verifier.judge.batches import Found, Gone, Progress, portions
from verifier.judge.desk import CLAIM
from verifier.judge.prices import charge, most
from verifier.judge.trouble import BATCH_ERRORED, CODES, OVER_BUDGET, UNAVAILABLE, Trouble
from verifier.store.port import Batch, Begun, Ended, Store
from verifier.store.schema import ago, now
from verifier.types.errors import VerifierError
from verifier.types.opinion import Call, Opinion, Reply
from verifier.types.prices import PriceTable
from verifier.types.verdict import Code

ATTEMPTS: Final = 2
"""How often a call is put into a batch before it is left unanswered."""

GRACE: Final = 60.0
"""Seconds from the sending of a batch until one that is not found was never made."""

SPOOL: Final = "calls.jsonl"

_GROUP = 500
_POLL = 1.0  # seconds between looks at what another run asks
_SMALL, _PART = 100, 10  # a batch of fewer calls, and of a smaller part of those to be sent, is not worth its wait
_FIRST_WAIT, _LONGEST_WAIT, _SLOWER = 0.2, 30.0, 1.4
_LOOKS = 5  # for a batch that is not there, one after the other, before it is given up
_PATIENCE = 20  # failures to reach the server, one after the other, before the run is left to be continued
_HOPELESS = frozenset({"judge.unauthorized", "judge.unpaid", "judge.no_model"})
_CODES = {code.name: code for code in CODES}


class Unreachable(VerifierError):  # noqa: N818  # no defect: the run can be continued
    """The server of a batch that is under way does not answer."""


class Sender(Protocol):
    """Sends message batches; ``verifier.judge.batches.Batches`` is one."""

    def check(self) -> object:
        """See whether the server takes batches; raises ``SettingsError``."""
        ...

    async def submit(self, calls: Sequence[Call], nonce: str) -> str:
        """Send a batch; gives the server's name of it."""
        ...

    async def status(self, batch_id: str, /) -> Progress:
        """How far it is."""
        ...

    def results(self, batch_id: str, /) -> AsyncIterator[tuple[str, Reply | Trouble]]:
        """What became of each call, by its custom id, in any order."""
        ...

    async def find(self, nonce: str, since: str, calls: int, known: Collection[str] = ()) -> Found:
        """The batch of a nonce whose name was not noted."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class Looks(Protocol):
    """Where kept opinions are looked up."""

    async def look(self, call: Call) -> Opinion | None:
        """The opinion on a call, if there is one."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...


class _Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What calls of one rubric and ballot share: spooled once."""

    model: str
    rubric: str
    ballot: str
    system: str
    schema: str
    effort: str
    thinking: bool
    max_tokens: int
    server: str


class Gathering:
    """A desk that answers from the store alone, and while a round is gathered, notes the calls that it lacks.

    ``found`` counts opinions that were there before the first round; what came after ``since``, when the run made its
    first call, is its own and not counted.
    """

    def __init__(self, looks: Looks, *, since: str | None = None) -> None:
        self._looks = looks
        self._since = since
        self._failures: dict[str, list[str]] = {}
        self._spool: Spool | None = None
        self._rounds = 0
        self.found = 0

    async def opinion(self, call: Call) -> Opinion:
        """The opinion that is kept; raises ``Trouble`` where there is none: why, or that nothing is spent now."""
        found = await self._looks.look(call)
        if found is not None:
            self.found += self._rounds <= 1 and (self._since is None or found.at < self._since)
            return found
        codes = self._failures.get(call.key, [])
        if len(codes) >= ATTEMPTS:
            raise Trouble(_CODES.get(codes[-1], BATCH_ERRORED), f"asked {len(codes)} times")
        if self._spool is None:
            raise Trouble(UNAVAILABLE, "there is no answer in the store")
        self._spool.add(call)
        raise Trouble(OVER_BUDGET, "gathered for a batch")  # which ends the judgement: what follows depends on it

    def close(self) -> None:
        """Let go of the store."""
        self._looks.close()

    def gather(self, folder: Path, unanswered: Iterable[tuple[str, str]]) -> Spool:
        """Begin a round; what it lacks is spooled into a folder. What was asked in vain, and why, is told by key."""
        self._failures = {}
        for key, code in unanswered:
            self._failures.setdefault(key, []).append(code)
        self._rounds += 1
        folder.mkdir(exist_ok=True)
        self._spool = Spool(folder / SPOOL)
        return self._spool

    def stop(self) -> None:
        """Gather no more."""
        if self._spool is not None:
            self._spool.close()
        self._spool = None


class Spool:
    """Calls on disk, each once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self._frames: dict[_Frame, int] = {}
        self._keys: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, call: Call) -> None:
        """Keep a call, unless it is there."""
        key = bytes.fromhex(call.key)
        if key in self._keys:
            return
        self._keys.add(key)
        shared = {name: getattr(call, name) for name in _Frame.__struct_fields__}
        frame = _Frame(**shared)
        if frame not in self._frames:
            self._frames[frame] = len(self._frames)
        self._file.write(msgspec.json.encode((self._frames[frame], call.content)) + b"\n")

    def close(self) -> None:
        """Take no more."""
        self._file.close()

    def calls(self) -> Iterator[Call]:
        """The calls, in the order they came."""
        self.close()
        frames = [msgspec.structs.asdict(frame) for frame in self._frames]
        with self._path.open("rb") as file:
            for line in file:
                number, content = msgspec.json.decode(line, type=tuple[int, str])
                yield Call(content=content, **frames[number])


class Rounds:
    """The rounds of one output. ``folder`` holds the calls of a round while it is gathered, and goes with it.

    All that a continued run needs is in the store. ``answered`` counts the replies that came. A batch that may have
    been made is looked for ``grace`` seconds from when it was sent: its making may still be under way at the server.
    What another run has under way, as one that was begun anew here, is waited for and not sent: a batch until it has
    ended, a live call for ``claim`` seconds from its beginning.
    """

    def __init__(  # noqa: PLR0913  # one keyword a thing that it stands on
        self,
        store: Store,
        sender: Sender,
        gathering: Gathering,
        *,
        prices: PriceTable,
        run: str,
        limit: int | None,
        folder: Path,
        says: Callable[[str], None],
        grace: float = GRACE,
        claim: float = CLAIM,
    ) -> None:
        self._store = store
        self._sender = sender
        self._gathering = gathering
        self._prices = prices
        self._run = run
        self._limit = limit
        self._folder = folder
        self._says = says
        self._grace = grace
        self._claim = claim
        self._left_alone: set[str] = set()
        self.answered = 0

    def finish(self, scan: Callable[[], None]) -> None:
        """Ask until nothing is left to ask; ``scan`` puts every row to the judge once.

        Raises ``OverBudget`` where too little can be paid for, and ``Unreachable``.
        """
        try:
            self._finish(scan)
        finally:
            self._gathering.stop()
            with contextlib.suppress(OSError):
                (self._folder / SPOOL).unlink()
                self._folder.rmdir()

    def _finish(self, scan: Callable[[], None]) -> None:
        asyncio.run(self._collect(self._store.batches(self._run)))
        checked = False
        while True:
            spool = self._gathering.gather(self._folder, self._store.unanswered(self._run))
            self._says("looking for what is to be asked")
            scan()
            self._gathering.stop()
            if not len(spool):
                return
            if not checked:
                self._sender.check()
                checked = True
            asyncio.run(self._round(spool))

    async def _round(self, spool: Spool) -> None:
        """Send what nobody has sent yet, and wait for all of it."""
        theirs = self._under_way()
        awaited = {theirs[call.key].nonce: theirs[call.key] for call in spool.calls() if call.key in theirs}
        number = sum(call.key not in theirs for call in spool.calls())
        held: set[str] = set()
        if number:
            held = await self._send(lambda: (call for call in spool.calls() if call.key not in theirs), number)
        await self._collect([*self._store.batches(self._run), *awaited.values()])
        while held:  # the next scan finds what became of them
            held = self._store.asked(sorted(held), run=self._run, since=ago(self._claim))
            if held:
                self._says(f"another run asks for {counted(len(held), 'answer')}")
                await asyncio.sleep(_POLL)

    def _under_way(self) -> dict[str, Batch]:
        """The batches of other runs by the keys of their open calls."""
        batches = {
            batch.nonce: batch
            for batch in self._store.batches()
            if batch.run != self._run and batch.nonce not in self._left_alone
        }
        if not batches:
            return {}
        return {call.key: batches[call.batch] for call in self._store.open_calls() if call.batch in batches}

    async def _send(self, calls: Callable[[], Iterator[Call]], number: int) -> set[str]:
        """Send what can be paid for, in as many batches as it takes; gives the keys that another run asks for, live.

        Answers cost a part of the most that they can cost, so that a little more can be paid for after each batch, a
        call or two near the end: batches that small are not worth their wait, and raise ``OverBudget``.
        """
        fit = number if self._limit is None else self._affordable(calls(), self._limit)
        if fit < number and (not fit or (fit < _SMALL and fit * _PART < number)):
            raise OverBudget(f"too little for the next batch, {fit:,} of {counted(number, 'call')}")
        sent, held = 0, set[str]()
        for portion in portions(islice(calls(), fit)):
            held |= await self._submit(portion)
            sent += len(portion)
            self._says(f"sent {sent:,} of {counted(number, 'call')}")
        return held

    def _affordable(self, calls: Iterable[Call], limit: int) -> int:
        """How many calls, from the first on, what is left can pay for."""
        spent = self._store.spending(self._run)
        left = limit - spent.picodollars - spent.reserved
        fit = 0
        for call in calls:
            bound = most(self._prices, call, "batch")
            if bound is None or bound > left:
                break
            left -= bound
            fit += 1
        return fit

    async def _submit(self, calls: list[Call]) -> set[str]:
        """Send a batch, without the calls that another run asks by now, or has asked; gives the keys of the former."""
        held: set[str] = set()
        while calls:
            noted = self._noted(calls)
            if isinstance(noted, Batch):
                await self._sent(noted, calls)
                break
            held |= {key for key, opinion in noted.items() if opinion is None}
            calls = [call for call in calls if call.key not in noted]
        return held

    def _noted(self, calls: Sequence[Call]) -> Batch | dict[str, Opinion | None]:
        """The batch of calls, noted; nothing is, where others ask for some or the store has them: which those are."""
        nonce = uuid.uuid4().hex
        at = now()
        begun = [
            Begun(
                number=f"{nonce}-{n}",
                run=self._run,
                key=call.key,
                model=call.model,
                reserved=most(self._prices, call, "batch") or 0,
                at=at,
                batch=nonce,
                rubric=call.rubric,
                ballot=call.ballot,
            )
            for n, call in enumerate(calls)
        ]
        batch = Batch(nonce=nonce, run=self._run, id="", calls=len(calls), at=at)
        since = ago(self._claim) if self._claim else ""
        return dict(self._store.begin_batch(batch, begun, since=since)) or batch

    async def _sent(self, batch: Batch, calls: Sequence[Call]) -> None:
        try:
            name = await self._sender.submit(calls, batch.nonce)
        except Trouble as trouble:
            if not trouble.sent:  # else it may have arrived: it is looked for
                numbers = sorted(f"{batch.nonce}-{n}" for n in range(len(calls)))
                self._store.end([Ended(number=number, opinion=None, code=trouble.code.name) for number in numbers])
                self._store.end_batch(batch.nonce)
            return
        self._store.name_batch(batch.nonce, name)

    async def _collect(self, batches: Sequence[Batch]) -> None:
        """Wait for open batches, one after the other, and keep what they gave."""
        for place, batch in enumerate(batches, 1):
            await self._wait_for(batch, f"batch {place} of {len(batches)}" if len(batches) > 1 else "batch")

    async def _wait_for(self, batch: Batch, name: str) -> None:
        patience = _Patience()
        number: str | None = batch.id
        while True:
            try:
                number = number or await self._find(batch)
                if number is None and _age(batch) < self._grace:
                    self._says(f"waiting to see whether a batch was made, {counted(batch.calls, 'call')}")
                elif number is None:
                    self._give_up(batch, UNAVAILABLE)
                    return
                elif number:
                    progress = await self._sender.status(number)
                    done = batch.calls - progress.processing if progress.processing or progress.ended else 0
                    self._says(f"waiting for {name}, {number}: {done:,} of {counted(batch.calls, 'call')} answered")
                    if progress.ended:
                        await self._keep(batch, number)
                        return
                else:
                    self._says(f"waiting to learn which batch is ours, {counted(batch.calls, 'call')}")
                patience.renew()
            except Gone as gone:
                self._says(f"waiting for {name}: {gone}")
                if patience.gone() and _age(batch) >= self._grace:
                    # Not where this is another server, or has no batches at all.
                    await asyncio.to_thread(self._sender.check)
                    self._give_up(batch, BATCH_ERRORED)
                    return
            except Trouble as trouble:
                patience.lose(trouble)
                self._says(f"waiting for {name}: {trouble}")
            await patience.wait()

    async def _find(self, batch: Batch) -> str | None:
        """The server's name of a batch; empty where it cannot be told yet, ``None`` where it was never sent."""
        known = tuple(other.id for other in self._store.batches() if other.id)
        found = await self._sender.find(batch.nonce, batch.at, batch.calls, known)
        if found.id:
            self._store.name_batch(batch.nonce, found.id)
            return found.id
        return "" if found.open else None

    async def _keep(self, batch: Batch, name: str) -> None:
        """Keep the answers of a batch that has ended. What is kept already, by a run that was stopped, stays.

        What cannot be read, or is not there, may have been charged: it is lost.
        """
        left = self._calls(batch)
        lost: list[str] = []
        group: list[Ended] = []
        async for custom, outcome in self._sender.results(name):
            call = left.pop(custom, None)
            if call is None:
                continue
            if not isinstance(outcome, Trouble):
                group.append(Ended(number=custom, opinion=self._opinion(call, outcome)))
            elif outcome.sent:
                lost.append(custom)
            else:
                group.append(Ended(number=custom, opinion=None, code=outcome.code.name))
            if len(group) >= _GROUP:
                self._end(batch, group)
                group = []
        self._end(batch, group)
        self._store.lose([*lost, *left], BATCH_ERRORED.name)
        self._store.end_batch(batch.nonce)

    def _give_up(self, batch: Batch, code: Code) -> None:
        """Hope for nothing more from a batch. It may have been charged, so its calls are lost.

        Of one that another run has sent, that run may know better.
        """
        if batch.run != self._run:
            self._left_alone.add(batch.nonce)
            return
        self._store.lose(list(self._calls(batch)), code.name)
        self._store.end_batch(batch.nonce)

    def _calls(self, batch: Batch) -> dict[str, Begun]:
        """The open calls of a batch by their numbers."""
        return {call.number: call for call in self._store.open_calls(batch.run) if call.batch == batch.nonce}

    def _end(self, batch: Batch, group: list[Ended]) -> None:
        self._store.end(group)
        if batch.run == self._run:
            self.answered += sum(end.opinion is not None for end in group)

    def _opinion(self, call: Begun, reply: Reply) -> Opinion:
        return Opinion(
            key=call.key,
            rubric=call.rubric,
            ballot=call.ballot,
            reply=reply,
            mode="batch",
            picodollars=charge(self._prices, call.model, reply, "batch", call.reserved),
            at=now(),
        )


def _age(batch: Batch) -> float:
    """Seconds since a batch was noted, to be sent at once; by the clock, for it may have been another process."""
    return (datetime.now(UTC) - datetime.fromisoformat(batch.at)).total_seconds()


class _Patience:
    """How long to wait between looks, and how many failures in a row are borne."""

    def __init__(self) -> None:
        self._seconds = _FIRST_WAIT
        self._failures = 0
        self._absences = 0

    def renew(self) -> None:
        self._failures = self._absences = 0

    def gone(self) -> bool:
        """Note that it is not there; whether it was so often enough to be believed."""
        self._absences += 1
        return self._absences >= _LOOKS

    def lose(self, trouble: Trouble) -> None:
        self._failures += 1
        if trouble.code.name in _HOPELESS or self._failures >= _PATIENCE:
            raise Unreachable(f"the server of the message batch does not answer: {trouble}")

    async def wait(self) -> None:
        await asyncio.sleep(self._seconds)
        self._seconds = min(self._seconds * _SLOWER, _LONGEST_WAIT)


__all__ = ["GRACE", "Gathering", "Rounds", "Sender", "Unreachable"]
