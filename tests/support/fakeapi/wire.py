"""HTTP/1.1 on a socket: requests in, responses out, with delays and cuts."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast
from urllib.parse import parse_qs, unquote

import httptools

REASONS = {status.value: status.phrase for status in HTTPStatus}


@dataclass(slots=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Response:
    """``sent`` is told whether all of it was handed over; ``cut``: how much of the body goes out, 0 for nothing."""

    status: int
    body: bytes | Iterator[bytes] = b""
    kind: str = "application/json"
    headers: str = ""
    delay: float = 0.0
    cut: float | None = None
    sent: Callable[[bool], None] | None = field(default=None)


class Connection(asyncio.Protocol):
    def __init__(self, answer: Callable[[Request], Response], connections: set[Connection]) -> None:
        self.answer, self.connections = answer, connections
        self.parser = httptools.HttpRequestParser(self)
        self.waiting: deque[Request] = deque()
        self.current: Response | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.writable = asyncio.Event()
        self.writable.set()
        self.task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.loop = asyncio.get_running_loop()
        self.connections.add(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        self.connections.discard(self)
        self.writable.set()
        if self.timer:
            self.timer.cancel()
        self._done(sent=False)

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()

    def data_received(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.transport.abort()

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers: dict[str, str] = {}
        self.body: list[bytes] = []

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self.body.append(body)

    def on_message_complete(self) -> None:
        path, _, query = self.url.decode("latin-1").partition("?")
        values = {name: found[-1] for name, found in parse_qs(query).items()} if query else {}
        method = self.parser.get_method().decode()
        self.waiting.append(Request(method, unquote(path), values, self.headers, b"".join(self.body)))
        if self.current is None:
            self._next()

    def _next(self) -> None:
        response = self.current = self.answer(self.waiting.popleft())
        if response.delay:
            self.timer = self.loop.call_later(response.delay, self._send, response)
        else:
            self._send(response)

    def _send(self, response: Response) -> None:
        self.timer = None
        if self.transport.is_closing():
            self._done(sent=False)
            return
        head = (
            f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Unknown')}\r\ncontent-type: {response.kind}\r\n"
        )
        if not isinstance(response.body, bytes):
            self.transport.write(f"{head}{response.headers}transfer-encoding: chunked\r\n\r\n".encode())
            self.task = self.loop.create_task(self._stream(response.body))
            return
        start = f"{head}{response.headers}content-length: {len(response.body)}\r\n\r\n".encode()
        if response.cut is not None:
            if response.cut:
                self.transport.write(start + response.body[: int(len(response.body) * response.cut)])
            self._done(sent=False)
            self.transport.close() if response.cut else self.transport.abort()
            return
        self.transport.write(start + response.body)
        self._done(sent=True)
        if self.waiting:
            self._next()

    async def _stream(self, parts: Iterator[bytes]) -> None:
        for part in parts:
            await self.writable.wait()
            if self.transport.is_closing():
                return
            self.transport.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.transport.write(b"0\r\n\r\n")
        self._done(sent=True)
        if self.waiting:
            self._next()

    def _done(self, *, sent: bool) -> None:
        response, self.current = self.current, None
        if response is not None and response.sent is not None:
            response.sent(sent)
