"""The batch caller: Message Batches, for half the price and an answer within a day.

A batch is sent once. Where it is not known whether one arrived, ``find`` looks for it by the custom ids of its items,
which are made of its nonce; the server shows these only when a batch has ended.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

import msgspec

from verifier.judge.probe import Link
from verifier.judge.trouble import (
    BATCH_CANCELED,
    BATCH_ERRORED,
    BATCH_EXPIRED,
    NO_MODEL,
    REJECTED,
    UNAVAILABLE,
    Trouble,
)
from verifier.judge.wire import MOST_DETAIL, Abilities, Message, parameters
from verifier.types.errors import SettingsError
from verifier.types.opinion import Call, Reply

MOST_CALLS: Final = 100_000
MOST_BYTES: Final = 200 * 10**6
"""Below the API's 256 MB, so that what surrounds the items never counts."""

_Form = TypeVar("_Form")
_PATH: Final = "/v1/messages/batches"
_PAGE: Final = 100
_SKEW: Final = timedelta(minutes=10)
"""By how much the server's clock may be behind ours."""
_SENDING: Final = 600.0
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError)


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a batch is. All but ``processing`` are zero until it has ended."""

    id: str
    ended: bool
    processing: int = 0
    succeeded: int = 0
    errored: int = 0
    expired: int = 0
    canceled: int = 0


class Gone(Trouble):
    """The server has no such batch, or its results no more."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Of a nonce: its batch; or batches that may be it and have not ended; or nothing, as it never arrived."""

    id: str = ""
    open: tuple[str, ...] = ()


class _Counts(msgspec.Struct):
    processing: int = 0
    succeeded: int = 0
    errored: int = 0
    expired: int = 0
    canceled: int = 0

    def total(self) -> int:
        return self.processing + self.succeeded + self.errored + self.expired + self.canceled


class _Batch(msgspec.Struct):
    id: str
    processing_status: str
    request_counts: _Counts
    created_at: datetime
    archived_at: datetime | None = None

    def progress(self) -> Progress:
        counts = msgspec.structs.asdict(self.request_counts)
        return Progress(id=self.id, ended=self.processing_status == "ended", **counts)


class _Page(msgspec.Struct):
    data: list[_Batch]
    has_more: bool = False
    last_id: str | None = None


class _Error(msgspec.Struct):
    type: str = ""
    message: str = ""


class _Errored(msgspec.Struct):
    error: _Error = msgspec.field(default_factory=_Error)


class _Result(msgspec.Struct):
    type: str
    message: msgspec.Raw = msgspec.Raw(b"")
    error: _Errored = msgspec.field(default_factory=_Errored)


class _Line(msgspec.Struct):
    custom_id: str
    result: _Result


class _TornError(Trouble):
    """The results end within a line."""


class _Named(msgspec.Struct):
    custom_id: str


_LINE: Final = msgspec.json.Decoder(_Line)
_NAMED: Final = msgspec.json.Decoder(_Named)
_MESSAGE: Final = msgspec.json.Decoder(Message)


class BatchCaller(Link):
    """Sends batches of calls. Re-entrant, as ``AnthropicCaller`` is. All raise ``Trouble``."""

    def check(self) -> Abilities:
        """Whether the server takes the key, knows the model and has batches. Waits; raises ``SettingsError``."""
        found = super().check()
        if not found.batches:
            where = f"{self._client.shown} has no batches for '{self._known.model}'"
            raise SettingsError(f"{where}: use --judge-mode live")
        return found

    async def submit(self, calls: Sequence[Call], nonce: str) -> str:
        """Send a batch; gives the server's id. The n-th call, from 0, has the custom id ``nonce-n``.

        It is sent once: where the trouble says ``sent``, it may have arrived, and ``find`` tells.
        """
        can = {model: await self._known.abilities(model) for model in {call.model for call in calls}}
        try:
            items = b",".join(_item(call, f"{nonce}-{number}", can[call.model]) for number, call in enumerate(calls))
        except UnicodeEncodeError as wrong:
            raise Trouble(REJECTED, f"no text: {wrong}"[:MOST_DETAIL]) from None
        body = b'{"requests":[' + items + b"]}"
        del items
        with _absent():
            response = await self._client.post_once(_PATH, body, _SENDING)
        return _decoded(response.content, _Batch, sent=True).id

    async def status(self, batch_id: str) -> Progress:
        """How far a batch is; raises ``Gone`` where its results are not to be had any more."""
        with _gone():
            response = await self._client.get(f"{_PATH}/{batch_id}")
        batch = _decoded(response.content, _Batch)
        if batch.archived_at is not None:
            raise Gone(BATCH_ERRORED, f"archived: {batch_id}")
        return batch.progress()

    async def results(self, batch_id: str) -> AsyncIterator[tuple[str, Reply | Trouble]]:
        """What became of each call of a batch that has ended, by its custom id, in any order, as it is read.

        What befell one call is given, not raised. An answer that breaks off is asked for again; nothing comes twice.
        Of a line that cannot be read the call is given as trouble that says ``sent``, if it has a name, else nothing.
        Raises ``Gone`` where there are none.
        """
        given: set[str] = set()
        failures = 0
        while True:
            try:
                async with contextlib.aclosing(self._lines(batch_id)) as lines:
                    async for line in lines:
                        if line.custom_id not in given:
                            given.add(line.custom_id)
                            yield line.custom_id, _outcome(line)
            except Trouble as trouble:
                failures += 1
                last = failures >= self._client.policy.attempts
                if last and isinstance(trouble, _TornError):
                    return  # it is so at the server: no more will come
                if last or trouble.code is not UNAVAILABLE:
                    raise
            else:
                return
            await self._client.rest(failures)

    async def cancel(self, batch_id: str) -> None:
        """Ask the server to stop a batch; it ends some time later, and what is done by then is paid."""
        with _absent():
            await self._client.post(f"{_PATH}/{batch_id}/cancel", b"")

    async def find(self, nonce: str, since: str, calls: int, known: Collection[str] = ()) -> Found:
        """The batch of a nonce, made after ``since`` (a UTC time, ISO 8601) with so many calls, whose id was not noted.

        ``known`` are ids that belong to others. Custom ids are shown only when a batch has ended: until then every
        batch of that time and size may be it.
        """
        earliest = datetime.fromisoformat(since) - _SKEW
        maybe = []
        async for batch in self._made_since(earliest):
            if batch.id in known or batch.request_counts.total() != calls:
                continue
            if batch.processing_status != "ended":
                maybe.append(batch.id)
            elif await self._belongs(batch.id, nonce):
                return Found(id=batch.id)
        return Found(open=tuple(maybe))

    async def _made_since(self, earliest: datetime) -> AsyncIterator[_Batch]:
        after = ""
        while True:
            with _absent():
                page = _decoded((await self._client.get(f"{_PATH}?limit={_PAGE}{after}")).content, _Page)
            for batch in page.data:  # the newest first
                if batch.created_at < earliest:
                    return
                yield batch
            if not page.has_more or not page.last_id:
                return
            after = f"&after_id={page.last_id}"

    async def _belongs(self, batch_id: str, nonce: str) -> bool:
        with contextlib.suppress(Gone, _TornError):
            async with contextlib.aclosing(self._lines(batch_id)) as lines:
                async for line in lines:
                    return line.custom_id.rpartition("-")[0] == nonce
        return False

    async def _lines(self, batch_id: str) -> AsyncGenerator[_Line | _Named, None]:
        rest = b""
        with _gone():
            async with self._client.results(batch_id) as pieces:
                async for piece in pieces:
                    # Split at the one byte that ends a line of JSON: text may hold what else Python takes for an end.
                    *whole, rest = (rest + piece).split(b"\n")
                    for line in whole:
                        if (decoded := _decoded_line(line)) is not None:
                            yield decoded
        if rest.strip():
            try:
                yield _LINE.decode(rest)
            except _UNREADABLE:
                raise _TornError(UNAVAILABLE, "the last line of the results is cut off") from None


def portions(calls: Iterable[Call]) -> Iterator[list[Call]]:
    """Calls in lots that a batch can hold, in their order."""
    lot: list[Call] = []
    size = 0
    for call in calls:
        own = len(_item(call, "0" * 64, Abilities())) + 1
        if lot and (len(lot) >= MOST_CALLS or size + own > MOST_BYTES):
            yield lot
            lot, size = [], 0
        lot.append(call)
        size += own
    if lot:
        yield lot


@contextlib.contextmanager
def _gone() -> Iterator[None]:
    """What is not found here is one batch."""
    try:
        yield
    except Trouble as trouble:
        if trouble.code is not NO_MODEL:
            raise
        raise Gone(BATCH_ERRORED, trouble.detail) from None


@contextlib.contextmanager
def _absent() -> Iterator[None]:
    """What is not found here is a batch, or all of them: no model."""
    try:
        yield
    except Trouble as trouble:
        if trouble.code is not NO_MODEL:
            raise
        raise Trouble(REJECTED, trouble.detail, sent=trouble.sent) from None


def _item(call: Call, custom_id: str, can: Abilities) -> bytes:
    return msgspec.json.encode({"custom_id": custom_id, "params": parameters(call, can, ttl="1h")})


def _outcome(line: _Line | _Named) -> Reply | Trouble:
    if isinstance(line, _Named):
        return Trouble(BATCH_ERRORED, "the result cannot be read", sent=True)
    result = line.result
    match result.type:
        case "succeeded":
            try:
                return _MESSAGE.decode(result.message).reply()
            except _UNREADABLE as wrong:
                return Trouble(BATCH_ERRORED, f"the result is no message: {wrong}"[:MOST_DETAIL], sent=True)
        case "expired":
            return Trouble(BATCH_EXPIRED)
        case "canceled":
            return Trouble(BATCH_CANCELED)
    error = result.error.error
    return Trouble(BATCH_ERRORED, f"{error.type}: {error.message}".strip(": ")[:MOST_DETAIL])


def _decoded_line(line: bytes) -> _Line | _Named | None:
    """What a whole line says; at least whose it is; ``None`` where that cannot be told."""
    try:
        return _LINE.decode(line)
    except _UNREADABLE:
        with contextlib.suppress(*_UNREADABLE):
            return _NAMED.decode(line)
    return None


def _decoded(body: bytes, form: type[_Form], *, sent: bool = False) -> _Form:
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        detail = f"no answer of Batches: {wrong}"[:MOST_DETAIL]
        raise Trouble(UNAVAILABLE if sent else REJECTED, detail, sent=sent) from None
