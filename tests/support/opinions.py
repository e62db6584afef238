"""Calls, replies and opinions by number, and a process that writes them into a store until it is stopped."""

from __future__ import annotations

import sys

import msgspec

from verifier.store.opening import open_store
from verifier.store.port import Begun, Ended
from verifier.types.opinion import Call, Opinion, Reply, Usage

SAME = '{"extracted_answer": "42", "comparison": "both say 42", "verdict": "same", "reference_suspect": false}'
LONG = (
    '{"points": [{"point": "a place", "essential": true, "status": "present", "quote": "in the sea"}],'
    ' "verdict": "same", "reference_suspect": false}'
)


def call(number: int = 1, **changed: object) -> Call:
    """A call; another one for each number."""
    fields: dict[str, object] = {
        "model": "claude-haiku-5-5",
        "rubric": "short-1",
        "ballot": "first",
        "system": "You compare two answers.",
        "content": f'{{"answer": "{number}"}}',
        "schema": "{}",
        "effort": "low",
        "thinking": False,
        "max_tokens": 300,
    }
    return msgspec.convert({**fields, **changed}, Call)


def reply(text: str = SAME, **changed: object) -> Reply:
    """A reply that says *same*."""
    fields: dict[str, object] = {
        "stop": "end_turn",
        "model": "claude-haiku-5-5",
        "usage": Usage(input=450, cache_read=1500, output=90),
        "request_id": "req_1",
    }
    return msgspec.convert({"text": text, **fields, **changed}, Reply)


def opinion(key: str = "k1", text: str = SAME, **changed: object) -> Opinion:
    """An opinion under a key; fields of the reply may be changed too."""
    of_reply = {name: changed.pop(name) for name in ("stop", "model", "usage", "request_id") if name in changed}
    fields: dict[str, object] = {
        "rubric": "short-1",
        "ballot": "first",
        "mode": "live",
        "picodollars": 105_000_000,
        "at": "2026-11-25T12:00:00Z",
    }
    return msgspec.convert({"key": key, "reply": reply(text, **of_reply), **fields, **changed}, Opinion)


def begun(number: str = "n1", key: str = "k1", **changed: object) -> Begun:
    """A call that is about to be sent."""
    fields: dict[str, object] = {
        "run": "run-1",
        "model": "claude-haiku-5-5",
        "reserved": 500_000_000,
        "at": "2026-11-25T11:59:59Z",
    }
    return msgspec.convert({"number": number, "key": key, **fields, **changed}, Begun)


def write(url: str, name: str, count: int) -> None:
    """Begin and end calls, some under keys that others write as well, and print each number when it is kept."""
    store = open_store(url)
    for number in range(count):
        key = f"shared-{number}" if number % 3 == 0 else f"{name}-{number}"
        call_number = f"{name}-{number}"
        store.begin([begun(call_number, key)])
        kept = store.end([Ended(number=call_number, opinion=opinion(key, f"{name} {number}"))])
        sys.stdout.write(f"{number}\t{kept[key].reply.text}\n")
        sys.stdout.flush()
    store.close()


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], int(sys.argv[3]))
