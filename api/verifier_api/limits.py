"""What a client may do: who it is, how much it may send and in what form, and how much is in hand at once."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Iterable
from hashlib import sha256
from typing import Final

from starlette.requests import ClientDisconnect, Request

from verifier_api.problems import (
    AT_CAPACITY,
    NOT_ACCEPTABLE,
    TOO_LARGE,
    TOO_SLOW,
    UNAUTHORIZED,
    UNSUPPORTED,
    Problem,
)

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
NDJSON_NAMES: Final = frozenset(
    {NDJSON, "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines"}
)
RETRY_AFTER: Final = {"Retry-After": "1"}
LEAST_BYTES: Final = 64 * 1024 * 1024
_ADVICE: Final = f" Many samples go to /grade/batch as {NDJSON}, where the limit is that of a line."


class Keys:
    """The keys that may call. Kept and compared as digests, all of them each time, so that time tells nothing."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._digests = tuple(_digest(key) for key in keys)

    def __bool__(self) -> bool:
        return bool(self._digests)

    def check(self, request: Request) -> None:
        """Raise a 401 where keys are set up and the request carries none, as bearer token or in ``X-API-Key``."""
        if not self._digests:
            return
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        given = token.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")
        digest = _digest(given)
        known = [hmac.compare_digest(digest, other) for other in self._digests]
        if not any(known):
            found = "This key is not known." if given else "The request carries no key."
            raise Problem(
                UNAUTHORIZED,
                f"{found} Send one as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'.",
                headers={"WWW-Authenticate": 'Bearer realm="verifier"'},
            )


def _digest(key: str) -> bytes:
    return sha256(key.encode(errors="surrogateescape")).digest()


class Capacity:
    """How much one worker process has in hand: requests, and bytes of their bodies. Over it, requests are refused."""

    def __init__(self, requests: int, body_bytes: int) -> None:
        self.requests = requests
        self.bytes = max(LEAST_BYTES, 4 * body_bytes)
        self.requests_held = 0
        self.bytes_held = 0

    @property
    def full(self) -> bool:
        """Whether the next request would be refused."""
        return self.requests_held >= self.requests

    def lease(self) -> Lease:
        """Room for one more request; raises a 503 where there is none."""
        if self.full:
            raise self.refusal()
        return Lease(self)

    def refusal(self) -> Problem:
        """The 503 that says when to come again."""
        return Problem(AT_CAPACITY, "As much is in hand as this process takes on. Send it again.", headers=RETRY_AFTER)


class Lease:
    """One request's share of the capacity, given back with ``release``."""

    def __init__(self, capacity: Capacity) -> None:
        self._capacity = capacity
        self._bytes = 0
        capacity.requests_held += 1

    def hold(self, size: int) -> bool:
        """Whether there is room for ``size`` bytes in all, which are then held."""
        more = size - self._bytes
        if more > 0 and self._capacity.bytes_held + more > self._capacity.bytes:
            return False
        self._capacity.bytes_held += more
        self._bytes = size
        return True

    def refusal(self) -> Problem:
        """The 503 for want of room."""
        return self._capacity.refusal()

    def release(self) -> None:
        """Give everything back."""
        self._capacity.bytes_held -= self._bytes
        self._capacity.requests_held -= 1
        self._bytes = 0


async def chunks(request: Request, idle_seconds: float) -> AsyncIterator[bytes]:
    """The body as it arrives.

    Raises a 408 where the client falls silent in the middle of it, and ``ClientDisconnect`` where it leaves.
    """
    while True:
        try:
            async with asyncio.timeout(idle_seconds):
                message = await request.receive()
        except TimeoutError:
            raise Problem(
                TOO_SLOW, f"Nothing of the body arrived for {idle_seconds:g} seconds.", headers={"Connection": "close"}
            ) from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        if chunk := message.get("body", b""):
            yield chunk
        if not message.get("more_body", False):
            return


async def read_body(request: Request, *, limit: int, lease: Lease, idle_seconds: float) -> bytes:
    """The whole body; raises a 413 above ``limit`` bytes, by its announced length or as soon as it is seen."""
    announced = request.headers.get("content-length", "")
    expected = int(announced) if announced.isascii() and announced.isdigit() and len(announced) < 20 else 0
    if expected > limit:
        raise too_large("body", limit, _ADVICE)
    body = bytearray()
    async for chunk in chunks(request, idle_seconds):
        if len(body) + len(chunk) > limit:
            raise too_large("body", limit, _ADVICE)
        # What has arrived is counted, not what is announced: an announcement alone must not keep others out.
        if not lease.hold(len(body) + len(chunk)):
            raise lease.refusal()
        body += chunk
    return bytes(body)


def too_large(what: str, limit: int, advice: str = "") -> Problem:
    """The 413 for a body or a line of one."""
    return Problem(TOO_LARGE, f"The {what} is longer than {limit:,} bytes (VERIFIER_MAX_BODY_BYTES).{advice}")


def body_form(request: Request, *, lines: bool) -> str:
    """The form of the body, ``JSON`` or (where ``lines`` are taken) ``NDJSON``; raises a 415 for others.

    A request without a content type is taken for JSON.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"", "identity"}:
        raise Problem(
            UNSUPPORTED, "Compressed bodies are not read: send it as it is.", headers={"Accept-Encoding": "identity"}
        )
    name, _, parameters = (request.headers.get("content-type") or JSON).partition(";")
    name = name.strip().lower()
    for parameter in parameters.lower().split(";"):
        key, _, value = parameter.partition("=")
        if key.strip() == "charset" and value.strip().strip('"') not in {"utf-8", "utf8", "us-ascii", "ascii"}:
            raise Problem(UNSUPPORTED, "Bodies are read as UTF-8 alone.")
    if lines and name in NDJSON_NAMES:
        return NDJSON
    if name in {JSON, "text/json"} or (name.startswith("application/") and name.endswith("+json")):
        return JSON
    taken = f"{JSON} or {NDJSON}" if lines else JSON
    raise Problem(UNSUPPORTED, f"Send it with 'Content-Type: {taken}'.", headers={"Accept": taken.replace(" or", ",")})


def check_accepted(request: Request, form: str) -> None:
    """Raise a 406 where the client's ``Accept`` rules out the form that the answer has."""
    header = ",".join(request.headers.getlist("accept"))
    if not header.strip():
        return
    best = (-1, 0.0)  # how exactly the range names the form, and its weight: the most exact range decides
    for part in header.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        exact = {"*/*": 0, "*": 0, f"{form.partition('/')[0]}/*": 1, form: 2}.get(name, -1)
        if exact > best[0]:
            best = (exact, _weight(parameters))
    if best[0] < 0 or best[1] <= 0:
        raise Problem(NOT_ACCEPTABLE, f"The answer is {form}, which the request's Accept header rules out.")


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 1.0
    return 1.0
