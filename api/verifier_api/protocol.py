"""HTTP/1.1 as uvicorn reads it, with bounds on a request's head, and with its refusals as problems."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from verifier_api.problems import BAD_REQUEST, HEAD_TOO_LARGE, MEDIA_TYPE, Problem
from verifier_api.wire import write_json

MOST_HEAD_BYTES = 64 * 1024


class BoundedProtocol(HttpToolsProtocol):
    """A connection whose requests must send their heads (request line and headers) within a size and a time.

    uvicorn bounds neither: one header without an end would fill the memory, and half a head be waited for for ever.
    """

    def __init__(self, *arguments: Any, head_seconds: float, **more: Any) -> None:  # noqa: ANN401  # uvicorn's own
        super().__init__(*arguments, **more)
        self._head_seconds = head_seconds
        self._head_bytes = 0
        self._in_head = True
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin, and wait for a head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; refuse a head that grows too long."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
            self._refuse_head()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head = True
        self._head_bytes = 0
        self._wait()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A head is there."""
        self._in_head = False
        self._stop_waiting()
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MOST_HEAD_BYTES:
            self._refuse_head()
            return
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Part of a body; of a refused request there is nobody to take it."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is whole."""
        if not self.transport.is_closing():
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._refuse(Problem(BAD_REQUEST, msg))

    def _refuse_head(self) -> None:
        self._refuse(Problem(HEAD_TOO_LARGE, f"Request line and headers may have {MOST_HEAD_BYTES:,} bytes in all."))

    def _refuse(self, problem: Problem) -> None:
        """Answer without a request, and close."""
        self._stop_waiting()
        if self.transport.is_closing():
            return
        body = write_json(problem.document("/"))
        status = HTTPStatus(problem.kind.status)
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n"
            f"X-Request-ID: {uuid4().hex}\r\nConnection: close\r\n\r\n"
        )
        if self.cycle is None or self.cycle.response_complete:  # never into the middle of another answer
            self.transport.write(head.encode() + body)
        self.transport.close()

    def _wait(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._head_seconds, self._expire)

    def _expire(self) -> None:
        self._timer = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()
        else:  # the head of a next request is slow while the answer to the one before is on its way
            self._wait()

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
