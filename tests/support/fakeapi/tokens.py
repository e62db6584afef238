"""What a request counts as: tokens by length, and the cache of prefixes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

LEAST_CACHED = 512
SECONDS = {"5m": 300.0, "1h": 3600.0}


def tokens(text: str) -> int:
    """A token is four bytes of UTF-8, begun ones too."""
    return (len(text.encode()) + 3) // 4


@dataclass(slots=True)
class Usage:
    input: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int = 0

    def add(self, other: Usage) -> None:
        self.input += other.input
        self.cache_read += other.cache_read
        self.cache_write_5m += other.cache_write_5m
        self.cache_write_1h += other.cache_write_1h
        self.output += other.output

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


class Cache:
    """Prefixes by model and text, each kept for its time after the last use."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.kept: dict[tuple[str, str], float] = {}
        self.sizes: dict[str, int] = {}

    def size(self, prefix: str) -> int:
        known = self.sizes.get(prefix)
        if known is None:
            if len(self.sizes) > 256:
                self.sizes.clear()
            known = self.sizes[prefix] = tokens(prefix)
        return known

    def count(self, model: str, prefix: str, ttl: str, rest: int) -> Usage:
        """``rest`` is what stands behind the prefix, in tokens."""
        size = self.size(prefix)
        if not ttl or size < LEAST_CACHED:
            return Usage(input=size + rest)
        now, key = self.now(), (model, prefix)
        there = self.kept.get(key, 0.0) > now
        if len(self.kept) > 256:
            self.kept = {known: until for known, until in self.kept.items() if until > now}
        self.kept[key] = now + SECONDS[ttl]
        if there:
            return Usage(input=rest, cache_read=size)
        return Usage(input=rest, cache_write_5m=size) if ttl == "5m" else Usage(input=rest, cache_write_1h=size)
