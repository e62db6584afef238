"""Which rows must stand first in a JSONL file so that it loads.

The ``datasets`` library takes the types of all columns from the first 10 MB of a file: a column that is null there, a
list that is empty there, or a key that is missing there makes a later chunk fail. So a file begins with a few rows that
together show every type the whole file has. A *trait* is one thing a row shows: a path, and the kind of value there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

Path = tuple[str | int, ...]
"""Where a value stands: names of keys, and 0 for "in a list" (``("tool_calls", 0, "name")``)."""

Trait = tuple[Path, str]
"""A path and a kind: ``text``, ``date``, ``int``, ``float``, ``bool``, ``list``, or an object's sorted keys as JSON."""

CHUNK = 10 << 20
"""Bytes from which ``datasets`` infers the types of a file."""

# Texts which Arrow takes for points in time: a column that holds only such ones becomes a timestamp.
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[ T][\d:]+(?:Z|[+-][\d:]+)?)?", re.ASCII)


class Candidate(msgspec.Struct, frozen=True):
    """A row that may stand first: its number, the length of its line, its place in the file, and what it shows."""

    row: int
    size: int
    order: int
    traits: frozenset[Trait]


def text_trait(text: str) -> str:
    """The kind of a text.

    >>> text_trait("600 W"), text_trait("2024-05-01T10:00:00")
    ('text', 'date')
    """
    return "date" if text[:1].isdigit() and _DATE.fullmatch(text) else "text"


def shapes(value: object, path: Path, found: set[Trait]) -> None:
    """Add to ``found`` what a JSON value shows, at ``path`` and below; null shows nothing.

    >>> found = set()
    >>> shapes([{"a": 1}, {"a": None}], ("calls",), found)
    >>> sorted(found, key=repr)
    [(('calls', 0), '["a"]'), (('calls', 0, 'a'), 'int'), (('calls',), 'list')]
    """
    pending = [(value, path)]
    while pending:
        value, path = pending.pop()
        if isinstance(value, dict):
            found.add((path, msgspec.json.encode(sorted(value)).decode()))
            pending.extend((member, (*path, key)) for key, member in value.items())
        elif isinstance(value, list):
            found.add((path, "list"))
            inside = (*path, 0)
            pending.extend((member, inside) for member in value)
        elif isinstance(value, str):
            found.add((path, text_trait(value)))
        elif value is not None:
            found.add((path, type(value).__name__))


def head(candidates: Iterable[Candidate], columns: frozenset[str]) -> list[Candidate]:
    """The rows that must stand first, in the file's order: together they show all that decides the columns' types.

    Depends on the candidates alone, not on the order they come in; of rows that show the same, the shortest is taken.
    """
    best: dict[Path, dict[str, Candidate]] = defaultdict(dict)
    for candidate in candidates:
        for path, kind in candidate.traits:
            if path[0] in columns:
                known = best[path].get(kind)
                if known is None or _rank(candidate) < _rank(known):
                    best[path][kind] = candidate
    irregular = {path for path, kinds in best.items() if _is_irregular(kinds)}
    chosen: dict[int, Candidate] = {}
    covered: set[Trait] = set()
    for path in sorted(best, key=lambda path: [str(step) for step in path]):
        if any(path[:depth] in irregular for depth in range(1, len(path))):
            continue  # read as free JSON as a whole
        for kind, candidate in _deciding(best[path]):
            if (path, kind) not in covered:
                chosen[candidate.row] = candidate
                covered |= candidate.traits
    return sorted(chosen.values(), key=lambda candidate: candidate.order)


def _rank(candidate: Candidate) -> tuple[int, int]:
    return candidate.size, candidate.order


def _is_object(kind: str) -> bool:
    return kind.startswith("[")


def _is_irregular(kinds: Mapping[str, Candidate]) -> bool:
    """Whether ``datasets`` reads what stands there as free JSON: objects of different keys, or a mixture."""
    objects = sum(map(_is_object, kinds))
    return objects > 1 or "[]" in kinds or (len(kinds) > 1 and (objects > 0 or "list" in kinds))


def _deciding(kinds: Mapping[str, Candidate]) -> list[tuple[str, Candidate]]:
    """The kinds that must be shown: each, but of the objects of different keys any two will do."""
    objects = sorted((item for item in kinds.items() if _is_object(item[0])), key=lambda item: _rank(item[1]))
    others = sorted(item for item in kinds.items() if not _is_object(item[0]))
    return others + objects[:2]
