"""Message batches: the calls of a run are gathered, sent in rounds at half the price, and waited for.

A round scans the inputs and gathers the calls that the store has no answer to; second and third ballots follow from the
answers to the first, so they are the next rounds. When nothing is left to ask, an ordinary pass writes the rows.

Whatever happens, no batch is lost: its calls and its nonce are in the store before it is sent, its calls carry the
nonce, and a run that is continued first looks for its open batches.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

import msgspec

from verifier.batch.judging import OverBudget
from verifier.batch.terminal import counted
from verifier.judge.batches import Found, Progress, portions
from verifier.judge.prices import cost, most
from verifier.judge.trouble import BATCH_ERRORED, CODES, OVER_BUDGET, UNAVAILABLE, Trouble
from verifier.store.port import Batch, Begun, Ended, Store
from verifier.store.schema import now
from verifier.types.errors import VerifierError
from verifier.types.opinion import Call, Opinion, Reply
from verifier.types.prices import PriceTable

ATTEMPTS: Final = 2
"""How often a call is put into a batch before it is left unanswered."""

GRACE: Final = 60.0
"""Seconds from the sending of a batch until one that is not found was never made."""

_GROUP = 500
_FIRST_WAIT, _LONGEST_WAIT, _SLOWER = 0.2, 30.0, 1.4
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


class Item(msgspec.Struct, frozen=True):
    """A call of a batch, as far as its answer needs it."""

    key: str
    model: str
    rubric: str
    ballot: str


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

    def gather(self, folder: Path) -> Spool:
        """Begin a round; what it lacks is spooled into a folder that also tells what was asked in vain."""
        self._failures = read_failures(folder)
        self._rounds += 1
        self._spool = Spool(folder / "calls.jsonl")
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
    """The rounds of one output. ``folder`` keeps what a continued run needs; it is gone when they are over.

    ``answered`` counts the replies that came. A batch that may have been made is looked for ``grace`` seconds from when
    it was sent: its making may still be under way at the server.
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
        self._doubtful: dict[str, str] = {}
        self.answered = 0

    def finish(self, scan: Callable[[], None]) -> None:
        """Ask until nothing is left to ask; ``scan`` puts every row to the judge once.

        Raises ``OverBudget`` where not one more call can be paid for, and ``Unreachable``.
        """
        self._folder.mkdir(exist_ok=True)
        asyncio.run(self._collect())
        checked = False
        while True:
            spool = self._gathering.gather(self._folder)
            self._says("looking for what is to be asked")
            scan()
            self._gathering.stop()
            if not len(spool):
                break
            if not checked:
                self._sender.check()
                checked = True
            asyncio.run(self._send(spool.calls(), len(spool)))
            asyncio.run(self._collect())
        shutil.rmtree(self._folder)

    async def _send(self, calls: Iterable[Call], number: int) -> None:
        """Send what can be paid for, in as many batches as it takes."""
        sent = 0
        unaffordable = False

        def affordable() -> Iterator[Call]:
            nonlocal unaffordable
            spent = self._store.spending(self._run)
            left = None if self._limit is None else self._limit - spent.picodollars - spent.reserved
            for call in calls:
                bound = most(self._prices, call, "batch")
                if left is not None:
                    if bound is None or bound > left:
                        unaffordable = True
                        return
                    left -= bound
                yield call

        for portion in portions(affordable()):
            await self._submit(portion)
            sent += len(portion)
            self._says(f"sent {sent:,} of {counted(number, 'call')}")
        if unaffordable and not sent:
            raise OverBudget("the budget of the judge is spent")

    async def _submit(self, calls: list[Call]) -> None:
        nonce = uuid.uuid4().hex
        at = now()
        items = [Item(call.key, call.model, call.rubric, call.ballot) for call in calls]
        _write_durably(self._folder / f"{nonce}.jsonl", b"".join(msgspec.json.encode(item) + b"\n" for item in items))
        begun = [
            Begun(
                number=f"{nonce}-{n}",
                run=self._run,
                key=call.key,
                model=call.model,
                reserved=most(self._prices, call, "batch") or 0,
                at=at,
                batch=nonce,
            )
            for n, call in enumerate(calls)
        ]
        batch = Batch(nonce=nonce, run=self._run, id="", calls=len(calls), at=at)
        self._store.begin_batch(batch, begun)
        try:
            name = await self._sender.submit(calls, nonce)
        except Trouble as trouble:
            if trouble.sent:  # it may have arrived: it is looked for
                self._doubtful[nonce] = trouble.code.name
            else:
                self._close(batch, trouble.code.name)
            return
        self._store.name_batch(nonce, name)

    async def _collect(self) -> None:
        """Wait for the open batches of the run, one after the other, and keep what they gave."""
        open_batches = self._store.batches(self._run)
        for place, batch in enumerate(open_batches, 1):
            await self._wait_for(batch, f"batch {place} of {len(open_batches)}" if len(open_batches) > 1 else "batch")

    async def _wait_for(self, batch: Batch, name: str) -> None:
        patience = _Patience()
        while True:
            try:
                number = batch.id or await self._find(batch)
                if number is None and _age(batch) < self._grace:
                    self._says(f"waiting to see whether a batch was made, {counted(batch.calls, 'call')}")
                elif number is None:
                    # It was never there: its calls are free to be asked again, as often as a failure may be.
                    self._close(batch, self._doubtful.get(batch.nonce, ""))
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
            except Trouble as trouble:
                patience.lose(trouble)
                self._says(f"waiting for {name}: {trouble}")
            await patience.wait()

    async def _find(self, batch: Batch) -> str | None:
        """The server's name of a batch; empty where it cannot be told yet, ``None`` where it was never sent."""
        known = tuple(other.id for other in self._store.batches(self._run) if other.id)
        found = await self._sender.find(batch.nonce, batch.at, batch.calls, known)
        if found.id:
            self._store.name_batch(batch.nonce, found.id)
            return found.id
        return "" if found.open else None

    async def _keep(self, batch: Batch, name: str) -> None:
        """Keep the answers of a batch that has ended. What is kept already, by a run that was stopped, stays."""
        items = self._items(batch)
        left = {call.number for call in self._store.open_calls(self._run) if call.batch == batch.nonce}
        group: list[Ended] = []
        async for custom, outcome in self._sender.results(name):
            if custom not in left:
                continue
            left.discard(custom)
            item = items.get(custom)
            if isinstance(outcome, Trouble) or item is None:
                code = outcome.code.name if isinstance(outcome, Trouble) else BATCH_ERRORED.name
                group.append(Ended(number=custom, opinion=None, code=code))
            else:
                group.append(Ended(number=custom, opinion=self._opinion(item, outcome)))
            if len(group) >= _GROUP:
                self._end(group, items)
                group = []
        group += [Ended(number=number, opinion=None, code=BATCH_ERRORED.name) for number in sorted(left)]
        self._end(group, items)
        self._store.end_batch(batch.nonce)

    def _close(self, batch: Batch, code: str) -> None:
        """End a batch that was never made, and its calls, which cost nothing."""
        items = self._items(batch)
        numbers = [call.number for call in self._store.open_calls(self._run) if call.batch == batch.nonce]
        self._end([Ended(number=number, opinion=None, code=code) for number in numbers], items)
        self._store.end_batch(batch.nonce)

    def _end(self, group: list[Ended], items: dict[str, Item]) -> None:
        """Note failures, then close the calls: a kill between the two has them noted twice, which counts once."""
        failed = [
            msgspec.json.encode((end.number, items[end.number].key, end.code))
            for end in group
            if end.opinion is None and end.code and end.number in items
        ]
        if failed:
            _write_durably(self._folder / "failed.jsonl", b"".join(line + b"\n" for line in failed), append=True)
        if group:
            self._store.end(group)
            self.answered += sum(end.opinion is not None for end in group)

    def _items(self, batch: Batch) -> dict[str, Item]:
        path = self._folder / f"{batch.nonce}.jsonl"
        try:
            lines = path.read_bytes().splitlines()
        except FileNotFoundError:
            return {}
        return {f"{batch.nonce}-{n}": msgspec.json.decode(line, type=Item) for n, line in enumerate(lines)}

    def _opinion(self, item: Item, reply: Reply) -> Opinion:
        return Opinion(
            key=item.key,
            rubric=item.rubric,
            ballot=item.ballot,
            reply=reply,
            mode="batch",
            picodollars=cost(self._prices, item.model, reply.usage, "batch"),
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

    def renew(self) -> None:
        self._failures = 0

    def lose(self, trouble: Trouble) -> None:
        self._failures += 1
        if trouble.code.name in _HOPELESS or self._failures >= _PATIENCE:
            raise Unreachable(f"the server of the message batch does not answer: {trouble}")

    async def wait(self) -> None:
        await asyncio.sleep(self._seconds)
        self._seconds = min(self._seconds * _SLOWER, _LONGEST_WAIT)


def read_failures(folder: Path) -> dict[str, list[str]]:
    """Why calls had no answer, by key, one code for each batch that a call was in."""
    try:
        lines = (folder / "failed.jsonl").read_bytes().split(b"\n")
    except FileNotFoundError:
        return {}
    noted: dict[str, tuple[str, str]] = {}
    for line in lines[:-1]:  # behind the last line end is what a kill cut off
        number, key, code = msgspec.json.decode(line, type=tuple[str, str, str])
        noted[number] = (key, code)
    failures: dict[str, list[str]] = {}
    for key, code in noted.values():
        failures.setdefault(key, []).append(code)
    return failures


def _write_durably(path: Path, data: bytes, *, append: bool = False) -> None:
    with path.open("ab" if append else "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


__all__ = ["GRACE", "Gathering", "Rounds", "Sender", "Unreachable", "read_failures"]
