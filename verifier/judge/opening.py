"""The desk that the settings ask for, opened at the first question: a process that asks nothing opens nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

import msgspec

from verifier.judge.port import Desk
from verifier.judge.trouble import STORE_FAILED, UNAVAILABLE, Trouble
from verifier.types.errors import SettingsError, StoreError, VerifierError
from verifier.types.opinion import Call, Opinion

if TYPE_CHECKING:  # at run time imported where a desk is opened: grading alone needs none of them
    from verifier.judge.anthropic import AnthropicCaller
    from verifier.judge.batches import BatchCaller
    from verifier.judge.probe import Link
    from verifier.settings import Settings
    from verifier.types.prices import PriceTable

_Linked = TypeVar("_Linked", bound="Link")


class LateDesk:
    """A desk that ``build`` makes at the first question, once for all threads and event loops.

    What cannot be built is trouble for each question, and is tried anew with the next one.
    """

    def __init__(self, build: Callable[[], Desk]) -> None:
        self._build = build
        self._desk: Desk | None = None
        self._lock = threading.Lock()

    def opened(self) -> Desk:
        """The desk itself, built by now; raises ``SettingsError`` and ``StoreError``."""
        with self._lock:
            if self._desk is None:
                self._desk = self._build()
            return self._desk

    async def opinion(self, call: Call) -> Opinion:
        """The desk's opinion; raises ``Trouble``, also where there is no desk to be had."""
        desk = self._desk
        if desk is None:
            try:
                desk = await asyncio.to_thread(self.opened)
            except StoreError as error:
                raise Trouble(STORE_FAILED, str(error)) from None
            except VerifierError as error:
                raise Trouble(UNAVAILABLE, str(error)) from None
        return await desk.opinion(call)

    @property
    def tally(self) -> Mapping[str, int]:
        """What the desk has done, by the names of its own tally; nothing where none was opened."""
        tally = getattr(self._desk, "tally", None)
        counts = {} if tally is None else msgspec.structs.asdict(tally)
        return {name: count for name, count in counts.items() if isinstance(count, int)}

    def close(self) -> None:
        """Close the desk, where there is one; the next question opens another."""
        with self._lock:
            desk, self._desk = self._desk, None
        if desk is not None:
            desk.close()


def caller_of(settings: Settings, model: str | None = None, *, turn: float | None = None) -> AnthropicCaller:
    """What sends live calls, as the settings say; ``model`` stands before theirs, ``turn`` is as in ``open_desk``."""
    from verifier.judge.anthropic import AnthropicCaller as Live

    return _linked(Live, settings, model, turn)


def sender_of(settings: Settings, model: str | None = None) -> BatchCaller:
    """What sends message batches, as the settings say; ``model`` stands before theirs."""
    from verifier.judge.batches import BatchCaller as InBatches

    return _linked(InBatches, settings, model)


def _linked(kind: type[_Linked], settings: Settings, model: str | None, turn: float | None = None) -> _Linked:
    return kind(
        model=model or settings.judge_model,
        api_key=settings.judge_key,
        base_url=settings.judge_base_url,
        deadline_seconds=settings.judge_deadline_seconds,
        concurrency=settings.judge_concurrency,
        patience_seconds=turn,
    )


def open_desk(
    settings: Settings, prices: PriceTable, *, run: str, spent: int = 0, turn: float | None = None
) -> LateDesk:
    """A desk over the Messages API and the store of the settings, whose spending is noted under ``run``.

    ``spent`` counts against the budget of the settings, in picodollars. ``turn`` is how many seconds a call waits for
    its turn among those at once before it is trouble; by default as long as it takes.
    """

    def build() -> Desk:
        try:
            import anthropic  # noqa: F401  # what the caller needs, and an extra
        except ImportError:
            raise SettingsError("the judge needs the package anthropic: pip install 'answer-verifier[judge]'") from None
        from verifier.judge.desk import MARGIN
        from verifier.judge.desk import Desk as OpenDesk
        from verifier.judge.purse import Purse
        from verifier.store.opening import open_store

        return OpenDesk(
            caller_of(settings, turn=turn),
            open_store(settings.store),
            Purse(settings.judge_limit, spent),
            prices=prices,
            run=run,
            concurrency=settings.judge_concurrency,
            turn=turn,
            claim=settings.judge_deadline_seconds + MARGIN,
        )

    return LateDesk(build)
