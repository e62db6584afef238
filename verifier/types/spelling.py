"""The name that was probably meant. It only ever proposes: an error says so, and nothing is decided by it."""

from __future__ import annotations

from collections.abc import Sequence


def nearest(name: str, known: Sequence[str], *, least: int) -> str | None:
    """The known name most like this one, if its likeness is at least ``least`` of 100 (rapidfuzz's ratio).

    >>> nearest("anser", ["question", "answer"], least=68)
    'answer'
    """
    from rapidfuzz import fuzz, process

    best = process.extractOne(name, known, scorer=fuzz.ratio, score_cutoff=least)
    return None if best is None else str(best[0])
