"""The tables of a store, the steps that make them, and how opinions and calls stand in them, in any database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from verifier.store.port import Batch, Begun
from verifier.types.opinion import Opinion, Reply, Usage

Row: TypeAlias = Sequence[Any]

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """
        CREATE TABLE verifier_opinions (
            key TEXT PRIMARY KEY,
            rubric TEXT NOT NULL,
            ballot TEXT NOT NULL,
            model TEXT NOT NULL,
            mode TEXT NOT NULL,
            at TEXT NOT NULL,
            request_id TEXT NOT NULL,
            stop TEXT NOT NULL,
            form TEXT NOT NULL,
            reply TEXT NOT NULL,
            input BIGINT NOT NULL,
            cache_read BIGINT NOT NULL,
            cache_write_5m BIGINT NOT NULL,
            cache_write_1h BIGINT NOT NULL,
            output BIGINT NOT NULL,
            picodollars BIGINT
        )
        """,
        """
        CREATE TABLE verifier_calls (
            number TEXT PRIMARY KEY,
            run TEXT NOT NULL,
            key TEXT NOT NULL,
            model TEXT NOT NULL,
            reserved BIGINT NOT NULL,
            at TEXT NOT NULL,
            batch TEXT NOT NULL,
            state TEXT NOT NULL,
            code TEXT NOT NULL,
            request_id TEXT NOT NULL,
            input BIGINT NOT NULL,
            cache_read BIGINT NOT NULL,
            cache_write_5m BIGINT NOT NULL,
            cache_write_1h BIGINT NOT NULL,
            output BIGINT NOT NULL,
            picodollars BIGINT
        )
        """,
        """
        CREATE TABLE verifier_batches (
            nonce TEXT PRIMARY KEY,
            run TEXT NOT NULL,
            id TEXT NOT NULL,
            calls BIGINT NOT NULL,
            at TEXT NOT NULL,
            state TEXT NOT NULL
        )
        """,
    ),
    (
        "CREATE INDEX verifier_calls_run ON verifier_calls (run, state)",
        "CREATE INDEX verifier_batches_run ON verifier_batches (run, state)",
        "CREATE INDEX verifier_opinions_at ON verifier_opinions (at)",
    ),
    (
        "ALTER TABLE verifier_calls ADD COLUMN rubric TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE verifier_calls ADD COLUMN ballot TEXT NOT NULL DEFAULT ''",
    ),
    ("CREATE INDEX verifier_calls_open ON verifier_calls (key) WHERE state = 'open'",),
)
"""Step by step; a step that was released is never changed, a new one is added behind it. SQLite and PostgreSQL read the
statements alike. What a call cost stands with the call too, so that pruning opinions forgets no money."""

STEPS: Final = """
    CREATE TABLE IF NOT EXISTS verifier_schema (step BIGINT PRIMARY KEY, at TEXT NOT NULL)
"""

USAGE: Final = "input, cache_read, cache_write_5m, cache_write_1h, output"
OPINION: Final = f"key, rubric, ballot, model, mode, at, request_id, stop, form, reply, {USAGE}, picodollars"
CALL: Final = "number, run, key, model, reserved, at, batch, rubric, ballot"
BATCH: Final = "nonce, run, id, calls, at, state"

OPEN: Final = "open"
REPLIED: Final = "replied"
FAILED: Final = "failed"

_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"


def now() -> str:
    """The time, as stores have it: UTC, ISO 8601, to the second; times in this form sort as texts."""
    return datetime.now(UTC).strftime(_TIME)


def ago(seconds: float) -> str:
    """The time so many seconds ago, as ``now`` has it."""
    return (datetime.now(UTC) - timedelta(seconds=seconds)).strftime(_TIME)


def slots(count: int) -> str:
    """So many places for values: ``?, ?, ?``."""
    return ", ".join("?" * count)


def clean(text: str) -> str:
    """A text that every database takes: NUL and lone surrogates are replaced."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def number(value: int) -> int:
    """A number that every database takes, and sums of many: what a server counts may be any."""
    return max(0, min(value, _LARGEST))


def usage_values(usage: Usage) -> tuple[int, ...]:
    """In the order of ``USAGE``."""
    counts = (usage.input, usage.cache_read, usage.cache_write_5m, usage.cache_write_1h, usage.output)
    return tuple(map(number, counts))


def usage_of(values: Row) -> Usage:
    """From values in the order of ``USAGE``; ``None``, the sum of nothing, is 0."""
    read, cached, written, kept, output = (int(value or 0) for value in values)
    return Usage(input=read, cache_read=cached, cache_write_5m=written, cache_write_1h=kept, output=output)


def opinion_values(opinion: Opinion) -> tuple[Any, ...]:
    """In the order of ``OPINION``. A reply that holds what a database does not take stands there as JSON."""
    reply = opinion.reply
    plain = clean(reply.text) == reply.text
    return (
        opinion.key,
        opinion.rubric,
        opinion.ballot,
        clean(reply.model),
        opinion.mode,
        opinion.at,
        clean(reply.request_id),
        clean(reply.stop),
        "text" if plain else "json",
        reply.text if plain else json.dumps(reply.text),
        *usage_values(reply.usage),
        None if opinion.picodollars is None else number(opinion.picodollars),
    )


def opinion_of(values: Row) -> Opinion:
    """From values in the order of ``OPINION``."""
    key, rubric, ballot, model, mode, at, request_id, stop, form, text, *counts, picodollars = values
    return Opinion(
        key=key,
        rubric=rubric,
        ballot=ballot,
        reply=Reply(
            text=json.loads(text) if form == "json" else text,
            stop=stop,
            model=model,
            usage=usage_of(counts),
            request_id=request_id,
        ),
        mode=mode,
        picodollars=picodollars,
        at=at,
    )


def call_values(call: Begun) -> tuple[Any, ...]:
    """In the order of ``CALL``."""
    reserved = number(call.reserved)
    return call.number, call.run, call.key, call.model, reserved, call.at, call.batch, call.rubric, call.ballot


def call_of(values: Row) -> Begun:
    """From values in the order of ``CALL``."""
    return Begun(**dict(zip(Begun.__struct_fields__, values, strict=True)))


def batch_values(batch: Batch) -> tuple[Any, ...]:
    """In the order of ``BATCH``."""
    return batch.nonce, batch.run, batch.id, batch.calls, batch.at, batch.state


def batch_of(values: Row) -> Batch:
    """From values in the order of ``BATCH``."""
    nonce, run, id_, calls, at, state = values
    return Batch(nonce=nonce, run=run, id=id_, calls=calls, at=at, state=state)


_LARGEST: Final = 1 << 53
