"""Many samples in one request: a JSON array, or lines that are graded as they arrive."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from verifier_api.limits import NDJSON, Lease, chunks, too_large
from verifier_api.problems import NOT_JSON, Problem
from verifier_api.service import Place, Service, Turns
from verifier_api.spool import Spool
from verifier_api.wire import NotJson, read_json, write_json

PIECE_BYTES = 64 * 1024

WAITING = 64
"""Answers of one batch that wait for a judge, or for one before them that does."""


async def graded_array(service: Service, values: list[object]) -> AsyncIterator[bytes]:
    """The answers to ``values`` as a JSON array, in pieces."""
    turns = Turns()
    piece = bytearray()
    mark = b"["

    async def put(answer: dict[str, object]) -> None:
        nonlocal mark
        piece.extend(mark + write_json(answer))
        mark = b","

    answers = InOrder(put)
    try:
        for index, value in enumerate(values):
            await answers.add(await service.grade_in_batch(value, Place(index)))
            if len(piece) >= PIECE_BYTES:
                yield bytes(piece)
                piece.clear()
            if turns.due():
                await asyncio.sleep(0)
        await answers.finish()
        yield bytes(piece) + (b"]" if values else b"[]")
    finally:
        answers.drop()


class InOrder:
    """Puts answers in order, of which some come later; at most ``most`` wait."""

    def __init__(self, put: Callable[[dict[str, object]], Awaitable[None]], most: int = WAITING) -> None:
        self._put = put
        self._most = most
        self._held: deque[dict[str, object] | asyncio.Task[dict[str, object]]] = deque()
        self._putting: asyncio.Task[None] | None = None
        self._room = asyncio.Event()

    async def add(self, answer: dict[str, object] | Coroutine[None, None, dict[str, object]]) -> None:
        """Put an answer, at once where none before it is awaited."""
        if isinstance(answer, dict) and not self._held:
            await self._put(answer)
            return
        self._held.append(answer if isinstance(answer, dict) else asyncio.create_task(answer))
        if self._putting is None:
            self._putting = asyncio.create_task(self._put_held())
        while len(self._held) >= self._most and not self._putting.done():
            self._room.clear()
            await self._room.wait()

    async def finish(self) -> None:
        """Wait until all are put; raises what stopped that."""
        if self._putting is not None:
            await self._putting

    def drop(self) -> None:
        """Await no more of them."""
        if self._putting is not None:
            self._putting.cancel()
        for answer in self._held:
            if isinstance(answer, asyncio.Task):
                answer.cancel()

    async def _put_held(self) -> None:
        try:
            while self._held:
                answer = self._held[0]
                await self._put(answer if isinstance(answer, dict) else await answer)
                self._held.popleft()
                self._room.set()
            self._putting = None
        finally:
            self._room.set()


class Line(NamedTuple):
    """A line of the body: its number from 1, and its bytes, or why they were not kept."""

    number: int
    data: bytes | Problem


class Lines:
    """Cuts a body into lines as it arrives, keeping at most one of them."""

    def __init__(self, limit: int, lease: Lease) -> None:
        self._limit = limit
        self._lease = lease
        self._kept = bytearray()
        self._refused: Problem | None = None
        self._number = 0

    def feed(self, chunk: bytes) -> Iterator[Line]:
        """The lines that end in ``chunk``."""
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            self._keep(part)
            yield self._end()
        self._keep(rest)

    def finish(self) -> Iterator[Line]:
        """The last line, where it has no end of its own."""
        if self._kept or self._refused:
            yield self._end()

    def _keep(self, part: bytes) -> None:
        size = len(self._kept) + len(part)
        if self._refused is None and size > self._limit:
            self._refused = too_large("line", self._limit)
        elif self._refused is None and not self._lease.hold(size):
            self._refused = self._lease.refusal()
        if self._refused is None:
            self._kept += part
        else:
            self._kept.clear()

    def _end(self) -> Line:
        self._number += 1
        line = Line(self._number, self._refused or bytes(self._kept))
        self._kept.clear()
        self._refused = None
        self._lease.hold(0)
        return line


class GradedLines(StreamingResponse):
    """The answers to an NDJSON body, sent while it arrives; memory is bounded, whatever the body's length.

    Blank lines have no answer. The status is sent with the first answer, so a body that never arrives is a 408.
    """

    def __init__(self, service: Service, request: Request, lease: Lease) -> None:
        super().__init__(content=(), media_type=NDJSON)
        self._service = service
        self._request = request
        self._lease = lease

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI's signature
        """Grade and send."""
        spool = Spool()
        grading = asyncio.create_task(self._grade(spool))
        started = False
        try:
            while (data := await spool.get()) is not None:
                if not started:
                    await self._send_start(send)
                    started = True
                await send({"type": "http.response.body", "body": data, "more_body": True})
            await grading  # raises what ended it
            if not started:
                await self._send_start(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            grading.cancel()
            await asyncio.wait((grading,))
            spool.discard()

    async def _send_start(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

    async def _grade(self, spool: Spool) -> None:
        lines = Lines(self._service.settings.max_body_bytes, self._lease)
        turns = Turns()
        index = 0

        async def put(answer: dict[str, object]) -> None:
            await spool.put(write_json(answer) + b"\n")

        answers = InOrder(put)
        try:
            async for chunk in chunks(self._request, self._service.settings.idle_seconds):
                for line in lines.feed(chunk):
                    index += await self._answer(line, index, answers)
                    if turns.due():
                        await asyncio.sleep(0)
            for line in lines.finish():
                index += await self._answer(line, index, answers)
            await answers.finish()
        except Problem as problem:  # the client fell silent
            if index == 0:
                raise
            await answers.add(self._service.problem_in_batch(problem, Place(index)))
            await answers.finish()
        finally:
            answers.drop()
            spool.close()

    async def _answer(self, line: Line, index: int, answers: InOrder) -> int:
        """Put the answer to one line; gives how many samples it held, 0 or 1."""
        place = Place(index, line.number)
        answer: dict[str, object] | Coroutine[None, None, dict[str, object]]
        if isinstance(line.data, Problem):
            answer = self._service.problem_in_batch(line.data, place)
        elif not line.data.strip():
            return 0
        else:
            try:
                answer = await self._service.grade_in_batch(read_json(line.data), place)
            except NotJson as error:
                problem = Problem(NOT_JSON, f"line {line.number}: {error}")
                answer = self._service.problem_in_batch(problem, place)
        await answers.add(answer)
        return 1
