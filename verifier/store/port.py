"""What a store is: opinions by key, and the calls of each run, from before they are sent until they are answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from verifier.types.opinion import Opinion, Usage


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A call that is about to be sent. ``reserved`` is the most it can cost, in picodollars; 0 where no price is known.

    ``batch`` is the nonce of the message batch that carries it, with what its opinion will need beside the reply, its
    ``rubric`` and ``ballot``; they are empty for a live call.
    """

    number: str
    run: str
    key: str
    model: str
    reserved: int
    at: str
    batch: str = ""
    rubric: str = ""
    ballot: str = ""


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How a call ended. ``opinion`` is ``None`` where no reply came (an error, an expired item): it cost nothing.

    ``code`` is why there is none.
    """

    number: str
    opinion: Opinion | None
    code: str = ""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A message batch. ``id`` is the server's, empty until the server has named it; ``state``: open or ended."""

    nonce: str
    run: str
    id: str
    calls: int
    at: str
    state: str = "open"


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    """What a run has cost: replies that arrived, and calls that were begun and never heard of again.

    ``first`` is when its first call was begun.
    """

    calls: int = 0
    usage: Usage = Usage()
    picodollars: int = 0
    open_calls: int = 0
    reserved: int = 0
    first: str | None = None


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """What a store holds: opinions by model and rubric with their cost, and the spending of each run."""

    schema: int
    opinions: int
    picodollars: int
    by_model: Mapping[str, tuple[int, int]]
    by_rubric: Mapping[str, tuple[int, int]]
    runs: Mapping[str, Spending]
    oldest: str | None
    newest: str | None


class Store(Protocol):
    """Safe with many writers: threads, processes, and with PostgreSQL many machines. Raises ``StoreError``.

    Every method is one transaction: done wholly, and durable when it returns, or not at all.
    """

    def get(self, keys: Sequence[str]) -> dict[str, Opinion]:
        """The opinions that are there."""
        ...

    def begin(self, calls: Sequence[Begun], *, since: str = "") -> dict[str, Opinion | None]:
        """Note calls of one run before they are sent; gives, by key, those that are not noted.

        With ``since``, a UTC time, these are the calls whose opinion is there by now, and ``None`` for those that
        another run has begun since then, live, and neither ended nor lost. Of runs that begin a call at once one does.
        """
        ...

    def end(self, calls: Sequence[Ended]) -> dict[str, Opinion]:
        """Close calls and keep their opinions; gives the opinion that is kept for each key: the first one stays."""
        ...

    def spending(self, run: str) -> Spending:
        """What a run has cost so far."""
        ...

    def open_calls(self, run: str | None = None) -> list[Begun]:
        """Calls that were begun and not ended: of one run, or of all."""
        ...

    def begin_batch(self, batch: Batch, calls: Sequence[Begun], *, since: str = "") -> Mapping[str, Opinion | None]:
        """Note a message batch and its calls before it is sent.

        With ``since``, nothing is noted where ``begin`` would not note all of the calls, and it gives what that gives.
        """
        ...

    def asked(self, keys: Sequence[str], *, run: str, since: str) -> set[str]:
        """Of some keys, those that another run has begun since a UTC time, live, and neither ended nor lost."""
        ...

    def name_batch(self, nonce: str, batch_id: str) -> None:
        """Note the server's id of a batch."""
        ...

    def end_batch(self, nonce: str) -> None:
        """Note that all that a batch had to give is kept."""
        ...

    def batches(self, run: str | None = None) -> list[Batch]:
        """The open batches, of one run or of all, oldest first."""
        ...

    def lose(self, numbers: Sequence[str], code: str) -> None:
        """Note why nobody will hear of open calls again. They may have been charged: they stay open."""
        ...

    def unanswered(self, run: str) -> list[tuple[str, str]]:
        """The key of each call of a batch that came to nothing, and the code that says why, in the order of time.

        A call whose batch was not taken has no code, and is none of them.
        """
        ...

    def stats(self) -> Stats:
        """What the store holds."""
        ...

    def prune(
        self, *, before: str | None = None, model: str | None = None, usable: Callable[[Opinion], bool] | None = None
    ) -> int:
        """Delete opinions made before a time, of a model, or that are not usable; gives how many.

        Raises ``ValueError`` where nothing is named.
        """
        ...

    def export(self) -> Iterator[Opinion]:
        """All opinions, in the order of their keys."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
