"""Message Batches: made, waited for, ended, their results in no order."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from fakeapi.checks import Prompt
from fakeapi.faults import Json, Wrong, by_status
from fakeapi.tokens import Usage
from fakeapi.wire import Request, Response

if TYPE_CHECKING:
    from fakeapi.server import Server

MOST_REQUESTS = 100_000
MOST_BYTES = 256 * 2**20
KINDS = ("processing", "succeeded", "errored", "canceled", "expired")
CHUNK = 2**16
AT_ONCE = 500
"""Requests that are worked on before others get their turn."""
encode = msgspec.json.encode


class Item(msgspec.Struct, forbid_unknown_fields=True):
    custom_id: str
    params: msgspec.Raw


class Created(msgspec.Struct, forbid_unknown_fields=True):
    requests: list[Item]


@dataclass(slots=True)
class Batch:
    id: str
    items: list[Item]
    size: int
    created: datetime
    until: float
    status: str = "in_progress"
    counts: Counter[str] = field(default_factory=Counter)
    results: list[bytes] = field(default_factory=list)
    ended: datetime | None = None
    canceled: datetime | None = None
    working: bool = False

    def shown(self) -> dict[str, Any]:
        """Counts are zero, but for those in process, until all has ended."""
        counts = dict.fromkeys(KINDS, 0)
        counts |= self.counts if self.ended else {"processing": self.size}
        return {
            "id": self.id, "type": "message_batch", "processing_status": self.status, "request_counts": counts,
            "created_at": stamp(self.created), "expires_at": stamp(self.created + timedelta(hours=24)),
            "ended_at": self.ended and stamp(self.ended), "cancel_initiated_at": self.canceled and stamp(self.canceled),
            "archived_at": None, "results_url": f"/v1/messages/batches/{self.id}/results" if self.ended else None,
        }  # fmt: skip


def stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


class BatchWork:
    def __init__(self, server: Server) -> None:
        self.server = server
        self.known: dict[str, Batch] = {}
        self.usage, self.calls = Usage(), 0
        self.numbers = itertools.count(1)
        self.decoder = msgspec.json.Decoder(Created)
        self.chance = random.Random(20261007)

    def made(self) -> list[dict[str, Any]]:
        return [{"id": batch.id, "size": batch.size, "status": batch.status} for batch in self.known.values()]

    def route(self, request: Request) -> Response:
        parts = request.path.removeprefix("/v1/messages/batches").strip("/").split("/")
        match request.method, parts:
            case "POST", [""]:
                return self.create(request.body)
            case "GET", [""]:
                return self.listed(request.query)
            case "GET", [name]:
                word = self.server.action_at("GET /batch")
                if word[:3].isdigit():
                    raise by_status(word)
                response = self.ok(self.find(name))
                response.cut = 0.0 if word.startswith("cut") else None
                return response
            case "GET", [name, "results"]:
                return self.results(self.find(name))
            case "POST", [name, "cancel"]:
                return self.cancel(self.find(name))
            case "DELETE", [name]:
                batch = self.find(name)
                if not batch.ended:
                    raise Wrong(400, "a batch that is in progress cannot be deleted")
                del self.known[name]
                return Response(200, encode({"id": name, "type": "message_batch_deleted"}))
        raise Wrong(404, f"no such path: {request.path}")

    def find(self, name: str) -> Batch:
        if name not in self.known:
            raise Wrong(404, f"batch: {name}")
        return self.known[name]

    def ok(self, batch: Batch) -> Response:
        return Response(200, encode(batch.shown()))

    def create(self, body: bytes) -> Response:
        action = self.server.action_at("POST /batches")
        word = action if isinstance(action, str) else ""
        if word[:3].isdigit():
            raise by_status(word)
        if len(body) > MOST_BYTES:
            raise Wrong(413, "the request is above 256 MB")
        try:
            items = self.decoder.decode(body).requests
        except msgspec.DecodeError as wrong:
            raise Wrong(400, str(wrong)) from None
        if not 0 < len(items) <= MOST_REQUESTS:
            raise Wrong(400, "requests: between 1 and 100000")
        names = {item.custom_id for item in items}
        if len(names) != len(items):
            raise Wrong(400, "requests: custom_id must be unique")
        for name in names:
            if not 0 < len(name) <= 64 or not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
                raise Wrong(400, "custom_id: must match ^[a-zA-Z0-9_-]{1,64}$")
        seconds = self.server.script.batch_seconds
        for item in items:
            item.params = item.params.copy()
        batch = Batch(
            f"msgbatch_{next(self.numbers):08d}", items, len(items), datetime.now(UTC), time.monotonic() + seconds
        )
        self.known[batch.id] = batch
        self.server.call_later(seconds, self.look)
        response = self.ok(batch)
        if word.startswith("cut"):  # made, but nobody hears of it
            response.cut = 0.0
        return response

    def look(self) -> None:
        """End the batches whose time has come."""
        if self.server.script.hold_batches:
            return
        for batch in self.known.values():
            if not batch.ended and not batch.working and batch.until <= time.monotonic() + 0.001:
                batch.working = True
                self.server.call_later(0, lambda batch=batch: self.work(batch, 0))

    def work(self, batch: Batch, start: int) -> None:
        for item in batch.items[start : start + AT_ONCE]:
            self.work_on(batch, item)
        if start + AT_ONCE < batch.size:
            self.server.call_later(0, lambda: self.work(batch, start + AT_ONCE))
            return
        self.chance.shuffle(batch.results)
        batch.items, batch.status, batch.ended = [], "ended", datetime.now(UTC)

    def work_on(self, batch: Batch, item: Item) -> None:
        result: dict[str, Any] = {"type": "canceled"}
        if batch.status != "canceling":
            try:
                prompt = self.server.checks.read(bytes(item.params))
                result = self.result(self.server.action(prompt.content), prompt)
            except Wrong as wrong:
                result = {"type": "errored", "error": wrong.error()}
        batch.counts[result["type"] if result["type"] in KINDS else "succeeded"] += 1
        line = encode({"custom_id": item.custom_id, "result": result})
        if result.pop("broken", False):
            line = line[:20]
        batch.results.append(line + b"\n")

    def result(self, action: Json, prompt: Prompt) -> dict[str, Any]:
        word = action if isinstance(action, str) else ""
        if word in ("expired", "canceled"):
            return {"type": word}
        if word == "errored" or word[:3].isdigit():
            wrong = by_status(word) if word[:3].isdigit() else Wrong(500, "made to fail")
            return {"type": "errored", "error": wrong.error()}
        body, usage = self.server.reply(action, prompt, "batch")
        self.usage.add(usage)
        self.calls += 1
        if word in ("unreadable", "broken"):
            return {"type": 7 if word == "unreadable" else "succeeded", "broken": word == "broken"}
        return {"type": "succeeded", "message": msgspec.Raw(body)}

    def listed(self, query: dict[str, str]) -> Response:
        """The newest first."""
        batches = sorted(self.known.values(), key=lambda batch: batch.id, reverse=True)
        if "after_id" in query:
            batches = [batch for batch in batches if batch.id < query["after_id"]]
        if "before_id" in query:
            batches = [batch for batch in batches if batch.id > query["before_id"]]
        limit = min(1000, int(query.get("limit", "20")))
        page = [batch.shown() for batch in batches[:limit]]
        ends = {"first_id": page[0]["id"] if page else None, "last_id": page[-1]["id"] if page else None}
        return Response(200, encode({"data": page, "has_more": len(batches) > limit} | ends))

    def results(self, batch: Batch) -> Response:
        if not batch.ended:
            raise Wrong(404, "the batch has no results yet")
        word = self.server.action_at("GET /results")
        if isinstance(word, str) and word.startswith("cut"):
            body = b"".join(batch.results)
            return Response(200, body, "application/x-jsonl", cut=0.5)
        return Response(200, self.chunks(batch.results), "application/x-jsonl")

    def chunks(self, lines: list[bytes]) -> Iterator[bytes]:
        kept, size = [], 0
        for line in lines:
            kept.append(line)
            size += len(line)
            if size > CHUNK:
                yield b"".join(kept)
                kept, size = [], 0
        if kept:
            yield b"".join(kept)

    def cancel(self, batch: Batch) -> Response:
        if not batch.ended:
            batch.status, batch.canceled = "canceling", datetime.now(UTC)
            batch.until = time.monotonic()
            if not batch.working:
                batch.working = True
                self.server.call_later(0.01, lambda: self.work(batch, 0))
        return self.ok(batch)
