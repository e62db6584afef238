"""The store over any SQL database: what is said to it, in words that SQLite and PostgreSQL share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from msgspec.structs import replace

from verifier.store.port import Batch, Begun, Ended, Spending, Stats
from verifier.store.schema import (
    BATCH,
    CALL,
    FAILED,
    MIGRATIONS,
    OPEN,
    OPINION,
    REPLIED,
    STEPS,
    USAGE,
    Row,
    batch_of,
    batch_values,
    call_of,
    call_values,
    clean,
    now,
    number,
    opinion_of,
    opinion_values,
    slots,
    usage_of,
    usage_values,
)
from verifier.types.errors import StoreError
from verifier.types.opinion import Opinion

_T = TypeVar("_T")

_MANY: Final = 500
"""Keys in one statement, and opinions read at a time."""


ASIDE: Final = ".unkept.jsonl"
"""How the names of files end that replies wait in."""


class Talk(Protocol):
    """One transaction: statements with ``?`` for values."""

    def rows(self, statement: str, values: Row = ()) -> list[Row]:
        """What a query gives."""
        ...

    def change(self, statement: str, values: Row = ()) -> int:
        """Rows that a statement changed."""
        ...

    def each(self, statement: str, rows: Iterable[Row]) -> None:
        """The statement once for each row of values."""
        ...


class SqlStore(ABC):
    """A ``Store``, as ``port.py`` has it: every method is one transaction, which a database makes by ``_do``."""

    @abstractmethod
    def _do(self, work: Callable[[Talk], _T], *, write: bool) -> _T:
        """The work in a transaction; it may be done again where it came to nothing. Raises ``StoreError``."""

    @abstractmethod
    def _alone(self, talk: Talk) -> None:
        """Let no two transactions at once see who has begun what."""

    @abstractmethod
    def close(self) -> None:
        """Let go of connections; another call opens them anew."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Where it is, for messages: no password."""

    @property
    @abstractmethod
    def aside(self) -> Path | None:
        """The file for what it does not take; ``None`` where there is to be none."""

    def get(self, keys: Sequence[str]) -> dict[str, Opinion]:
        """The opinions that are there."""
        return self._do(lambda talk: _kept(talk, keys), write=False) if keys else {}

    def begin(self, calls: Sequence[Begun], *, since: str = "") -> dict[str, Opinion | None]:
        """Note calls of one run before they are sent; gives, by key, those that are not noted.

        With ``since``, a UTC time, these are the calls whose opinion is there by now, and ``None`` for those that
        another run has begun since then, live, and neither ended nor lost.
        """

        def work(talk: Talk) -> dict[str, Opinion | None]:
            taken: dict[str, Opinion | None] = {}
            if since:
                self._alone(talk)
                taken = _taken(talk, calls, since)
            _begin(talk, [call for call in calls if call.key not in taken])
            return taken

        return self._do(work, write=True) if calls else {}

    def end(self, calls: Sequence[Ended]) -> dict[str, Opinion]:
        """Close calls and keep their opinions; gives the opinion that is kept for each key: the first one stays."""
        return self._do(lambda talk: _end(talk, calls), write=True) if calls else {}

    def spending(self, run: str) -> Spending:
        """What a run has cost so far."""
        return self._do(lambda talk: _spending(talk, run), write=False).get(run, Spending())

    def open_calls(self, run: str | None = None) -> list[Begun]:
        """Calls that were begun and not ended: of one run, or of all."""
        where, values = ("", ()) if run is None else (" AND run = ?", (run,))
        query = f"SELECT {CALL} FROM verifier_calls WHERE state = ?{where} ORDER BY at, number"  # noqa: S608
        return self._do(lambda talk: [call_of(row) for row in talk.rows(query, (OPEN, *values))], write=False)

    def begin_batch(self, batch: Batch, calls: Sequence[Begun], *, since: str = "") -> dict[str, Opinion | None]:
        """Note a message batch and its calls before it is sent.

        With ``since``, nothing is noted where ``begin`` would not note all of the calls, and it gives what that gives.
        """

        def work(talk: Talk) -> dict[str, Opinion | None]:
            if since:
                self._alone(talk)
                taken = _taken(talk, calls, since)
                if taken:
                    return taken
            talk.change(
                f"INSERT INTO verifier_batches ({BATCH}) VALUES ({slots(6)}) ON CONFLICT (nonce) DO NOTHING",  # noqa: S608
                batch_values(batch),
            )
            _begin(talk, calls)
            return {}

        return self._do(work, write=True)

    def asked(self, keys: Sequence[str], *, run: str, since: str) -> set[str]:
        """Of some keys, those that another run has begun since a UTC time, live, and neither ended nor lost."""
        return self._do(lambda talk: _begun_by_others(talk, [run], keys, since), write=False) if keys else set()

    def name_batch(self, nonce: str, batch_id: str) -> None:
        """Note the server's id of a batch."""
        self._change("UPDATE verifier_batches SET id = ? WHERE nonce = ?", (clean(batch_id), nonce))

    def end_batch(self, nonce: str) -> None:
        """Note that all that a batch had to give is kept."""
        self._change("UPDATE verifier_batches SET state = ? WHERE nonce = ?", ("ended", nonce))

    def batches(self, run: str | None = None) -> list[Batch]:
        """The open batches, of one run or of all, oldest first."""
        where, values = ("", ()) if run is None else (" AND run = ?", (run,))
        query = f"SELECT {BATCH} FROM verifier_batches WHERE state = ?{where} ORDER BY at, nonce"  # noqa: S608
        return self._do(lambda talk: [batch_of(row) for row in talk.rows(query, (OPEN, *values))], write=False)

    def lose(self, numbers: Sequence[str], code: str) -> None:
        """Note why nobody will hear of open calls again. They may have been charged: they stay open."""
        update = "UPDATE verifier_calls SET code = ? WHERE number = ? AND state = ?"
        rows = [(clean(code), name, OPEN) for name in sorted(numbers)]
        if rows:
            self._do(lambda talk: talk.each(update, rows), write=True)

    def unanswered(self, run: str) -> list[tuple[str, str]]:
        """The key of each call of a batch that came to nothing, and the code that says why, in the order of time."""
        query = (
            "SELECT key, code FROM verifier_calls WHERE run = ? AND batch <> '' AND code <> '' AND state IN (?, ?)"
            " ORDER BY at, number"
        )
        return self._do(lambda talk: [(key, code) for key, code in talk.rows(query, (run, OPEN, FAILED))], write=False)

    def stats(self) -> Stats:
        """What the store holds."""
        return self._do(_stats, write=False)

    def prune(
        self, *, before: str | None = None, model: str | None = None, usable: Callable[[Opinion], bool] | None = None
    ) -> int:
        """Delete opinions made before a time, of a model, or that are not usable; gives how many.

        Of several, all must hold. A model's name stands for its dated names too. What calls have cost is kept. Raises
        ``ValueError`` where nothing is named.
        """
        if before is None and model is None and usable is None:
            raise ValueError("nothing is named: all opinions would be deleted")
        where, values = ["1 = 1"], list[Any]()
        if before is not None:
            where.append("at < ?")
            values.append(before)
        if model is not None:
            escaped = model.replace("!", "!!").replace("%", "!%").replace("_", "!_")
            where.append("(model = ? OR model LIKE ? ESCAPE '!')")
            values += [model, f"{escaped}-20______"]
        chosen = " AND ".join(where)
        if usable is None:
            return self._change(f"DELETE FROM verifier_opinions WHERE {chosen}", values)  # noqa: S608
        bad = [opinion.key for opinion in self._each(chosen, values) if not usable(opinion)]
        return sum(
            self._change(f"DELETE FROM verifier_opinions WHERE key IN ({slots(len(keys))})", keys)  # noqa: S608
            for keys in _portions(bad)
        )

    def export(self) -> Iterator[Opinion]:
        """All opinions, in the order of their keys; those that come while it runs may be in it or not."""
        yield from self._each("1 = 1", ())

    def _each(self, where: str, values: Row) -> Iterator[Opinion]:
        last = ""
        query = f"SELECT {OPINION} FROM verifier_opinions WHERE key > ? AND {where} ORDER BY key LIMIT {_MANY}"  # noqa: S608
        while True:
            given = (last, *values)
            rows = self._do(lambda talk, given=given: talk.rows(query, given), write=False)  # type: ignore[misc]
            yield from map(opinion_of, rows)
            if len(rows) < _MANY:
                return
            last = rows[-1][0]

    def _change(self, statement: str, values: Row) -> int:
        return self._do(lambda talk: talk.change(statement, values), write=True)


def migrate(talk: Talk, place: str, steps: Sequence[Sequence[str]] = MIGRATIONS) -> None:
    """Take the steps that were not taken yet; nobody else may be at it. Raises ``StoreError``."""
    talk.change(STEPS)
    taken = talk.rows("SELECT MAX(step) FROM verifier_schema")[0][0] or 0
    if taken > len(steps):
        raise StoreError(
            f"the store {place} was made by a newer version (schema {taken}, and this one knows {len(steps)}): update"
        )
    for step, statements in enumerate(steps[taken:], taken + 1):
        for statement in statements:
            talk.change(statement)
        talk.change("INSERT INTO verifier_schema (step, at) VALUES (?, ?)", (step, now()))


def _portions(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _MANY):
        yield keys[start : start + _MANY]


def _kept(talk: Talk, keys: Sequence[str]) -> dict[str, Opinion]:
    found: dict[str, Opinion] = {}
    for some in _portions(list(dict.fromkeys(keys))):
        query = f"SELECT {OPINION} FROM verifier_opinions WHERE key IN ({slots(len(some))})"  # noqa: S608
        found.update((opinion.key, opinion) for opinion in map(opinion_of, talk.rows(query, some)))
    return found


def _taken(talk: Talk, calls: Sequence[Begun], since: str) -> dict[str, Opinion | None]:
    """Of calls that are about to be noted, by key, the opinions that are there, and ``None`` for what others ask."""
    keys = list(dict.fromkeys(call.key for call in calls))
    others = _begun_by_others(talk, sorted({call.run for call in calls}), keys, since)
    return {**dict.fromkeys(others), **_kept(talk, keys)}


def _begun_by_others(talk: Talk, runs: Sequence[str], keys: Sequence[str], since: str) -> set[str]:
    found: set[str] = set()
    for some in _portions(keys):
        query = (
            f"SELECT DISTINCT key FROM verifier_calls WHERE state = '{OPEN}' AND batch = '' AND code = '' AND at >= ? "  # noqa: S608
            f"AND run NOT IN ({slots(len(runs))}) AND key IN ({slots(len(some))})"
        )
        found.update(row[0] for row in talk.rows(query, (since, *runs, *some)))
    return found


def _begin(talk: Talk, calls: Sequence[Begun]) -> None:
    # All fields of a reply that has not come are empty; a call that is noted already stays as it is.
    talk.each(
        f"INSERT INTO verifier_calls ({CALL}, state, code, request_id, {USAGE}, picodollars) "  # noqa: S608
        f"VALUES ({slots(9)}, '{OPEN}', '', '', 0, 0, 0, 0, 0, NULL) ON CONFLICT (number) DO NOTHING",
        [call_values(call) for call in calls],
    )


def _end(talk: Talk, calls: Sequence[Ended]) -> dict[str, Opinion]:
    # In one order everywhere, so that two writers with the same keys wait for each other and not in a circle.
    opinions = sorted((call.opinion for call in calls if call.opinion is not None), key=lambda one: one.key)
    talk.each(
        f"INSERT INTO verifier_opinions ({OPINION}) VALUES ({slots(16)}) ON CONFLICT (key) DO NOTHING",  # noqa: S608
        [opinion_values(opinion) for opinion in opinions],
    )
    changes = f"state = ?, code = ?, request_id = ?, {' = ?, '.join(USAGE.split(', '))} = ?, picodollars = ?"
    update = f"UPDATE verifier_calls SET {changes} WHERE number = ? AND state = '{OPEN}'"  # noqa: S608
    talk.each(update, [_ended(call) for call in sorted(calls, key=lambda one: one.number)])
    return _kept(talk, [opinion.key for opinion in opinions])


def _ended(call: Ended) -> Row:
    if call.opinion is None:
        return FAILED, clean(call.code), "", 0, 0, 0, 0, 0, None, call.number
    reply = call.opinion.reply
    return (
        REPLIED,
        clean(call.code),
        clean(reply.request_id),
        *usage_values(reply.usage),
        None if call.opinion.picodollars is None else number(call.opinion.picodollars),
        call.number,
    )


def _spending(talk: Talk, run: str | None = None) -> dict[str, Spending]:
    """By run; of one run or of all."""
    sums = ", ".join(f"SUM({column})" for column in USAGE.split(", "))
    where, values = ("", ()) if run is None else (" WHERE run = ?", (run,))
    query = f"SELECT run, state, COUNT(*), {sums}, SUM(picodollars), SUM(reserved), MIN(at) FROM verifier_calls{where}"  # noqa: S608
    found: dict[str, Spending] = {}
    for name, state, count, *counts, cost, reserved, at in talk.rows(
        f"{query} GROUP BY run, state ORDER BY run", values
    ):
        so_far = found.get(name, Spending())
        so_far = replace(so_far, first=min(so_far.first or at, at))
        if state == REPLIED:
            so_far = replace(so_far, calls=int(count), usage=usage_of(counts), picodollars=int(cost or 0))
        elif state == OPEN:
            so_far = replace(so_far, open_calls=int(count), reserved=int(reserved or 0))
        found[name] = so_far
    return found


def _stats(talk: Talk) -> Stats:
    def by(column: str) -> dict[str, tuple[int, int]]:
        query = (
            f"SELECT {column}, COUNT(*), SUM(picodollars) FROM verifier_opinions GROUP BY {column} ORDER BY {column}"  # noqa: S608
        )
        return {name: (int(count), int(cost or 0)) for name, count, cost in talk.rows(query)}

    count, cost, oldest, newest = talk.rows(
        "SELECT COUNT(*), SUM(picodollars), MIN(at), MAX(at) FROM verifier_opinions"
    )[0]
    return Stats(
        schema=int(talk.rows("SELECT MAX(step) FROM verifier_schema")[0][0]),
        opinions=int(count),
        picodollars=int(cost or 0),
        by_model=by("model"),
        by_rubric=by("rubric"),
        runs=_spending(talk),
        oldest=oldest,
        newest=newest,
    )
