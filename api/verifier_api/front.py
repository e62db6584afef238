"""Around every request: its id, its share of the capacity, its line in the log, and the last resort for errors."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from typing import Final
from uuid import uuid4

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from verifier_api.limits import Lease
from verifier_api.logs import ACCESS, ERRORS, trace
from verifier_api.problems import INTERNAL, Problem
from verifier_api.service import Service

_SANE_ID: Final = re.compile(rb"[A-Za-z0-9._:@/+=-]{1,128}")
GONE: Final = 499
"""What the log says where the client left before its answer was sent."""


class Front:
    """The outermost part of the application; plain ASGI, for it costs every request."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        began = time.perf_counter()
        status, sent = 0, 0
        idle_seconds = self._service.settings.idle_seconds

        async def sending(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id)]
            else:
                sent += len(message.get("body", b""))
            try:
                async with asyncio.timeout(idle_seconds):
                    await send(message)
            except TimeoutError:  # a client that does not read must not keep its share of the capacity
                raise ClientDisconnect from None

        lease: Lease | None = None
        method = scope["method"]
        try:
            if method == "POST":
                lease = self._service.capacity.lease()
                scope.setdefault("state", {})["lease"] = lease
            # HEAD is answered as GET; the server leaves the body out.
            await self._app({**scope, "method": "GET"} if method == "HEAD" else scope, receive, sending)
        except ClientDisconnect:
            status = GONE
        except Problem as problem:
            await problem.response(scope["path"])(scope, receive, sending)
        except Exception as error:  # noqa: BLE001  # the border: a request that fails must not take others along
            ERRORS.error("request %s failed: %s", request_id.decode(), trace(error))
            if not status:
                failure = Problem(INTERNAL, f"The log has the reason under request {request_id.decode()}.")
                await failure.response(scope["path"])(scope, receive, sending)
        finally:
            if lease is not None:
                lease.release()
            milliseconds = (time.perf_counter() - began) * 1000
            _log(scope, request_id, status or GONE, sent, milliseconds)


def _request_id(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SANE_ID.fullmatch(value):
            return bytes(value)
    return uuid4().hex.encode()


def _log(scope: Scope, request_id: bytes, status: int, sent: int, milliseconds: float) -> None:
    if not ACCESS.isEnabledFor(logging.INFO):
        return
    name = request_id.decode()
    client = (scope.get("client") or ("-",))[0]
    method, path = scope["method"], scope["path"][:200]
    ACCESS.info(
        "%s %s %s %d %dB %.1fms id=%s",
        *(client, method, path, status, sent, milliseconds, name),
        extra={
            "fields": {
                "request_id": name,
                "client": client,
                "method": method,
                "path": path,
                "status": status,
                "bytes": sent,
                "milliseconds": round(milliseconds, 2),
            }
        },
    )
