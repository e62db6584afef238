"""Counters of all worker processes of a server, for ``GET /metrics`` in the text form of Prometheus.

They lie in memory that the processes share: it is mapped before they are forked, and each has a row of its own, so that
no lock is held by one that dies. What a process that ended had counted stays.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Iterator
from typing import Final

from verifier.judge.model import CODES
from verifier.judge.model import NAME as MODEL_JUDGE
from verifier.judge.protocol import AGREES, DIFFERS
from verifier.types.opinion import PICO
from verifier.types.verdict import Verdict

_CALLS: Final = ("sent", "from_store", "failed", "refused", "unknown", "picodollars")
_NAMES: Final = tuple(code.name for code in CODES)
_PLACES: Final = {name: place for place, name in enumerate((*_CALLS, *_NAMES), 1)}
_FROM_THE_START: Final = frozenset((AGREES.name, DIFFERS.name))
"""Codes with a sample before anything was counted, so that a series has a beginning to grow from."""
_WORD: Final = struct.Struct("=Q")
_ROW: Final = 8 * (len(_PLACES) + 1)  # the first word is the process
_ROWS: Final = 4_096
_HELP: Final = (
    ("verifier_judge_calls_total", "sent", "Calls to the judge's server that were answered."),
    ("verifier_judge_store_answers_total", "from_store", "Opinions that the store had."),
    ("verifier_judge_calls_failed_total", "failed", "Calls to the judge's server that were not answered."),
    ("verifier_judge_calls_refused_total", "refused", "Calls that were not sent, for want of money."),
    ("verifier_judge_calls_lost_total", "unknown", "Calls without a reply that may have been charged."),
)


class Metrics:
    """The counters of a server. Made before its processes are forked; counts of any process are seen by all."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _ROW * _ROWS)
        self._process = 0
        self._row = 0

    def judged(self, verdict: Verdict) -> None:
        """Count what the judge that is a model said of a sample, where it was asked."""
        for step in reversed(verdict.trace):
            if step.phase == "judge" and step.by == MODEL_JUDGE:
                self._put(step.code, self._get(self._mine(), step.code) + 1)
                return

    def spent(self, **counts: int) -> None:
        """Note what this process's calls have come to, by the names of a desk's tally."""
        for name in _CALLS:
            self._put(name, counts.get(name, 0))

    def text(self) -> str:
        """All counters, summed over the processes."""
        return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        rows = [row for row in range(_ROWS) if _WORD.unpack_from(self._memory, row * _ROW)[0]]
        sums = {name: sum(self._get(row, name) for row in rows) for name in _PLACES}
        for metric, name, what in _HELP:
            yield from (f"# HELP {metric} {what}", f"# TYPE {metric} counter", f"{metric} {sums[name]}")
        yield "# HELP verifier_judge_cost_usd_total What answered calls have cost."
        yield "# TYPE verifier_judge_cost_usd_total counter"
        yield f"verifier_judge_cost_usd_total {sums['picodollars'] / PICO:.12f}"
        yield "# HELP verifier_judge_samples_total Samples put to the judge, by what it came to."
        yield "# TYPE verifier_judge_samples_total counter"
        for name in _NAMES:
            if sums[name] or name in _FROM_THE_START:
                yield f'verifier_judge_samples_total{{code="{name}"}} {sums[name]}'

    def _mine(self) -> int:
        """The row of this process; taken at its first count, for it may have been forked since."""
        process = os.getpid()
        if self._process != process:
            # By its number, which no other living process has: of two that look at once, each finds its own.
            row = process % _ROWS
            while _WORD.unpack_from(self._memory, row * _ROW)[0] not in {0, process}:
                row = (row + 1) % _ROWS
            _WORD.pack_into(self._memory, row * _ROW, process)
            self._process, self._row = process, row
        return self._row

    def _get(self, row: int, name: str) -> int:
        return int(_WORD.unpack_from(self._memory, row * _ROW + 8 * _PLACES[name])[0]) if name in _PLACES else 0

    def _put(self, name: str, count: int) -> None:
        row = self._mine()
        if name in _PLACES:
            _WORD.pack_into(self._memory, row * _ROW + 8 * _PLACES[name], count)
