"""What a run would ask of a judge that is a model, and what that would cost: no model is asked, nothing is written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from verifier.batch.changes import judged
from verifier.batch.chunks import Graded, Open
from verifier.batch.engines.local import LocalEngine
from verifier.batch.files import Source
from verifier.batch.grading import Grader
from verifier.batch.plan import Mode, Plan, refuse_clashes, refuse_unseen
from verifier.batch.reading import read_chunks
from verifier.cpus import available_cpus
from verifier.judge.prices import cost, most
from verifier.judge.trouble import OVER_BUDGET, Trouble
from verifier.types.opinion import Call, Opinion, Usage
from verifier.types.verdict import Verdict

BYTES_A_TOKEN: Final = 3
"""Of English text and JSON; a tokenizer makes fewer of them, so this is on the dear side."""

SAID_TOKENS: Final = 120
THOUGHT_TOKENS: Final = 800
"""What a reply takes, without and with thinking."""

SHARES: Final = {"first": 1.0, "swapped": 0.5, "third": 0.1}
"""How many of the samples come to each ballot: half of all answers are the same, a tenth splits the votes."""

_GROUP = 500

Lookup = Callable[[Sequence[str]], dict[str, Opinion]]
"""The opinions that a store has."""


class Estimate(msgspec.Struct):
    """Rows to be asked about, those that the store has all answers to, calls, tokens, picodollars; ``models`` asked.

    ``calls``, tokens and ``expected`` go by ``SHARES``, ``most`` takes every ballot at its upper bound; both amounts
    are ``None`` where no price of a model is known, and ``unpriced`` names those models.
    """

    rows: int = 0
    kept: int = 0
    calls: float = 0
    input: float = 0
    output: float = 0
    expected: float | None = 0
    most: int | None = 0
    unpriced: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()

    def add(self, other: Estimate) -> None:
        """Count what another one counted."""
        self.unpriced |= other.unpriced
        self.models |= other.models
        for name in _COUNTS:
            ours, theirs = getattr(self, name), getattr(other, name)
            setattr(self, name, None if ours is None or theirs is None else ours + theirs)


_COUNTS: Final = tuple(name for name in Estimate.__struct_fields__ if name not in {"unpriced", "models"})


def estimate(plan: Plan, lookup: Lookup) -> tuple[dict[str, Estimate], int]:
    """The estimate by profile, and how many rows there are."""
    sources = [[Source(name, longest_line=plan.longest_line) for name in inputs] for _, inputs in plan.outputs]
    refuse_clashes(plan)
    refuse_unseen(plan.job.fields, [source for inputs in sources for source in inputs])
    workers = plan.workers or available_cpus()
    kept = _Kept()
    grader = Grader(plan.job, processes=workers, desk=lambda _: kept)
    found: dict[str, Estimate] = {}
    seen: set[bytes] = set()
    total = 0

    def opened(chunk: Graded) -> tuple[Open, ...]:
        nonlocal total
        total += chunk.tally.rows
        return chunk.open

    try:
        with LocalEngine(plan.job, workers=workers, rules=grader.rules_version) as engine:
            chunks = (chunk for inputs in sources for chunk in engine.graded(read_chunks(inputs, None)))
            rows = (row for chunk in chunks for row in opened(chunk))
            for group in _groups(rows):
                asked = [(row, calls) for row in group if (calls := grader.verifier.calls(row.sample, row.verdict))]
                kept.opinions = lookup([call.key for _, calls in asked for call in calls])
                verdicts = asyncio.run(_answered(grader, [row for row, _ in asked]))
                for (row, calls), verdict in zip(asked, verdicts, strict=True):
                    if _open(verdict):
                        missing = [call for call in calls if call.key not in kept.opinions]
                        one = _of_row(missing, grader, plan.mode, seen)
                    else:
                        one = Estimate(rows=1, kept=1)
                    found.setdefault(grader.verifier.profile(row.sample).name, Estimate()).add(one)
    finally:
        grader.close()
    return found, total


def _of_row(calls: Sequence[Call], grader: Grader, mode: Mode, seen: set[bytes]) -> Estimate:
    """What one row may cost; a call that another row makes too is counted once."""
    one = Estimate(rows=1)
    prices = grader.verifier.rules.prices
    for call in calls:
        key = bytes.fromhex(call.key)
        if key in seen:
            continue
        seen.add(key)
        share = SHARES[call.ballot]
        texts = len(call.content.encode()) // BYTES_A_TOKEN
        usage = Usage(
            input=texts,
            cache_read=(len(call.system.encode()) + len(call.schema)) // BYTES_A_TOKEN,
            output=THOUGHT_TOKENS if call.thinking else SAID_TOKENS,
        )
        expected, bound = cost(prices, call.model, usage, mode), most(prices, call, mode)
        one.add(
            Estimate(
                calls=share,
                input=share * (usage.input + usage.cache_read),
                output=share * usage.output,
                expected=None if expected is None else share * expected,
                most=bound,
                unpriced=frozenset() if expected is not None else frozenset((call.model,)),
                models=frozenset((call.model,)),
            )
        )
    return one


class _Kept:
    """A desk that gives what a store had, and asks nobody."""

    def __init__(self) -> None:
        self.opinions: dict[str, Opinion] = {}

    async def opinion(self, call: Call) -> Opinion:
        if call.key not in self.opinions:
            raise Trouble(OVER_BUDGET, "nobody is asked")
        return self.opinions[call.key]

    def close(self) -> None:
        pass


async def _answered(grader: Grader, rows: Sequence[Open]) -> list[Verdict]:
    """What the judge that is a model makes of rows, from what is kept alone."""
    return [await grader.ask(row) for row in rows]


def _open(verdict: Verdict) -> bool:
    """Whether the judge would have asked on."""
    step = judged(verdict)
    return step is not None and step.code == OVER_BUDGET.name


def _groups(rows: Iterator[Open]) -> Iterator[list[Open]]:
    group: list[Open] = []
    for row in rows:
        group.append(row)
        if len(group) >= _GROUP:
            yield group
            group = []
    if group:
        yield group
