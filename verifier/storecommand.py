"""What ``verifier store`` does: says what is kept, deletes, writes out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from verifier.judge import ballot
from verifier.judge.prices import dollars
from verifier.settings import load_settings
from verifier.store.opening import default_path, file_of, open_existing, shown
from verifier.store.port import Spending, Stats, Store
from verifier.types.errors import OutputError, SettingsError, StoreError
from verifier.types.opinion import Opinion, Usage


@contextmanager
def existing(url: str | None) -> Iterator[Store]:
    """The store of a URL, or of the settings. Raises ``StoreError`` where there is no file for it yet."""
    url = url or load_settings().store
    store = open_existing(url)
    if store is None:
        raise StoreError(f"there is no store at {file_of(url)}: the judge makes it when it is first asked")
    with closing(store):
        yield store


def place(url: str | None) -> str:
    """Where the store of a URL or of the settings is, without a password."""
    url = url or load_settings().store
    return shown(url) if url else str(default_path())


def stats_json(stats: Stats, where: str) -> str:
    """What a store holds, as one JSON object; amounts are exact."""
    told = {
        "store": where,
        "schema": stats.schema,
        "opinions": stats.opinions,
        "cost_usd": _amount(stats.picodollars),
        "oldest": stats.oldest,
        "newest": stats.newest,
        "by_model": _shares(stats.by_model),
        "by_rubric": _shares(stats.by_rubric),
        "runs": {name: _spending(run) for name, run in _paying(stats)},
    }
    return msgspec.json.Encoder(decimal_format="number").encode(told).decode()


def _amount(picodollars: int) -> Decimal:
    return Decimal(dollars(picodollars))


def _shares(shares: Mapping[str, tuple[int, int]]) -> dict[str, object]:
    return {name: {"opinions": count, "cost_usd": _amount(cost)} for name, (count, cost) in shares.items()}


def _paying(stats: Stats) -> list[tuple[str, Spending]]:
    """The runs that paid for a call, or may have, in the order of their first calls."""
    runs = [(name, run) for name, run in stats.runs.items() if run.calls or run.open_calls]
    return sorted(runs, key=lambda pair: (pair[1].first or "", pair[0]))


def _spending(run: Spending) -> dict[str, object]:
    return {
        "first_call": run.first,
        "calls": run.calls,
        "cost_usd": _amount(run.picodollars),
        "usage": run.usage,
        "open_calls": run.open_calls,
        "open_calls_cost_at_most_usd": _amount(run.reserved),
    }


def stats_text(stats: Stats, where: str) -> str:
    """The same for a person."""
    lines = [
        f"store    {where}",
        f"schema   {stats.schema}",
        f"opinions {stats.opinions:,}, ${dollars(stats.picodollars)}",
    ]
    if stats.oldest is not None:
        lines.append(f"         {stats.oldest} to {stats.newest}")
    for title, shares in (("by model", stats.by_model), ("by rubric", stats.by_rubric)):
        if shares:
            lines += ["", title]
            lines += [f"  {name:<32} {count:>10,}  ${dollars(cost)}" for name, (count, cost) in shares.items()]
    if runs := _paying(stats):
        lines += ["", "runs, by the calls that they paid for, the oldest first"]
        for name, run in runs:
            lines.append(f"  {name}, since {run.first}")
            lines.append(f"  {'':<32} {run.calls:>10,}  ${dollars(run.picodollars)}")
            if run.calls:
                lines.append(f"  {'':<32} {_tokens(run.usage)}")
            if run.open_calls:
                lines.append(
                    f"  {'':<32} {run.open_calls:,} sent and never heard of again, at most ${dollars(run.reserved)}"
                )
    return "\n".join(lines)


def _tokens(usage: Usage) -> str:
    written = usage.cache_write_5m + usage.cache_write_1h
    return f"tokens: {usage.input:,} in, {usage.cache_read:,} from the cache, {written:,} into it, {usage.output:,} out"


def parse_time(text: str) -> str:
    """A date, or a time with its zone, as stores have times; a date is its first moment in UTC. ``SettingsError``."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"'{text}' is no date: write one like 2026-11-01 or 2026-11-01T12:00:00Z") from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def prune(url: str | None, *, before: str | None, model: str | None, unusable: bool) -> int:
    """Delete opinions; gives how many. Raises ``SettingsError`` where nothing says which."""
    if before is None and model is None and not unusable:
        raise SettingsError("say which opinions are to go: --before, --model or --unusable")
    since = None if before is None else parse_time(before)
    with existing(url) as store:
        return store.prune(before=since, model=model, usable=ballot.usable if unusable else None)


def line(opinion: Opinion) -> bytes:
    """An opinion as a line of JSON."""
    try:
        return msgspec.json.encode(opinion) + b"\n"
    except UnicodeEncodeError:  # half a pair of surrogates, which only escapes can write
        return json.dumps(msgspec.to_builtins(opinion), separators=(",", ":")).encode() + b"\n"


def export(url: str | None, output: str | None) -> int:
    """Write all opinions to standard output, or whole to a file; gives how many. Raises ``OutputError``."""
    count = 0
    with existing(url) as store:
        if output is None or output == "-":
            for count, opinion in enumerate(store.export(), 1):  # noqa: B007  # the last is the number of all
                sys.stdout.buffer.write(line(opinion))
            sys.stdout.buffer.flush()
            return count
        part = Path(f"{output}.partial")
        try:
            with part.open("wb") as file:
                for count, opinion in enumerate(store.export(), 1):  # noqa: B007
                    file.write(line(opinion))
            part.replace(output)
        except OSError as error:
            raise OutputError(f"{output} cannot be written: {error.strerror or error}") from None
        finally:
            part.unlink(missing_ok=True)
    return count
