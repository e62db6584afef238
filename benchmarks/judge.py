"""The judge: how many rows a run asks about in a second, what it holds, whether its ledger is the server's; and a key.

    python benchmarks/judge.py                  # all three against the local Messages API of tests/support/fakeapi
    python benchmarks/judge.py throughput --rows 2000
    python benchmarks/judge.py latency --rows 2000 --seconds 1
    python benchmarks/judge.py score --rows 300 --budget-usd 1    # asks the judge of your settings, and costs money

Every row takes two calls. *throughput* has a server that answers at once, and counts the processor time of the process
that asks; *latency* one that takes a second, with 64 calls at once: at best 64 come back in a second. Both compare the
store's sums with the server's own. *score* puts labelled rows that rules leave undecided to a real judge, and says
how often it is right, by its code; the check quarter is counted apart.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from labelled import ABSENT, Row, data_folder, pairs, trajectories
from pydantic import SecretStr

from verifier import Outcome, Sample, Verdict, Verifier
from verifier.batch.grading import Job
from verifier.batch.plan import Plan
from verifier.batch.run import Done, run
from verifier.batch.till import opening
from verifier.grader import JUDGES, MODEL_JUDGE
from verifier.judge.prices import dollars
from verifier.settings import Settings, load_settings
from verifier.types.opinion import Usage

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))
CONCURRENCY = 64
AT_ONCE = 16
THROUGHPUT_GOAL = 200.0
LATENCY_GOAL = 0.9
FLAT = 16 << 20
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Watch:
    """What is told while a run goes: when the first rows were written, and the memory then and at the end."""

    def __init__(self) -> None:
        self.memory: list[tuple[int, int]] = []

    def __call__(self, done: int, rows: int) -> None:
        """Note the memory of this process."""
        del done
        self.memory.append((rows, int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE))

    def says(self, what: str) -> None:
        """Nothing is waited for."""

    @property
    def growth(self) -> int:
        """Bytes between a third of the rows and the most after it."""
        last = self.memory[-1][0]
        behind = [size for rows, size in self.memory if rows * 3 >= last]
        return max(behind) - behind[0]


def write_rows(path: Path, count: int) -> None:
    """Rows that rules cannot decide, of the length of trajectories with a short question."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            row = {
                "sample_id": f"bench{number}",
                "question": f"Why did pipe number {number} burst in the winter? Give the reason in a sentence.",
                "ground_truth": f"Water needs more room as ice, which is what pipe number {number} could not give",
                "final_answer": f"Ice takes up more space than the water in pipe number {number}, which had no more",
            }
            file.write(json.dumps(row) + "\n")


def asked(folder: Path, url: str, *, concurrency: int, watch: Watch, name: str) -> Done:
    """Grade the rows of a file with the local server as judge."""
    settings = Settings(
        ANTHROPIC_API_KEY="test-key",  # type: ignore[call-arg]  # pydantic's alias
        judge_base_url=url,
        judge_concurrency=concurrency,
        store_url=SecretStr(f"sqlite:///{folder}/{name}.db"),
    )
    job = Job(judges=(*JUDGES, MODEL_JUDGE))
    plan = Plan(outputs=((folder / f"{name}.out", (str(folder / f"{name}.jsonl"),)),), job=job, workers=1, restart=True)
    return run(plan, progress=watch, opening=opening(settings, model=settings.judge_model, limit=None, mode="live"))


def measured(rows: int, latency: float, concurrency: int) -> bool:
    """Run and print one measurement; whether its goals are met."""
    from fakeapi import FakeAPI

    with tempfile.TemporaryDirectory() as name, FakeAPI(opinion="same", latency=latency) as api:
        folder = Path(name)
        write_rows(folder / "warm.jsonl", 200 if not latency else 4)
        write_rows(folder / "bench.jsonl", rows)
        asked(folder, api.url, concurrency=concurrency, watch=Watch(), name="warm")  # imports and connections
        before, watch = api.ledger(), Watch()
        began, cpu = time.monotonic(), time.process_time()
        done = asked(folder, api.url, concurrency=concurrency, watch=watch, name="bench")
        seconds, cpu = time.monotonic() - began, time.process_time() - cpu
        ledger = api.ledger()
    if done.bill is None:
        raise SystemExit("the run had no bill")
    calls = done.bill.spending.calls
    usage = Usage(**{name: count - before["live"][name] for name, count in ledger["live"].items()})
    equal = (calls, done.bill.spending.usage) == (ledger["live_calls"] - before["live_calls"], usage)
    spent, same = dollars(done.bill.spending.picodollars), "yes" if equal else "NO"
    print(f"{rows:,} rows, {calls:,} calls in {seconds:.1f} s, {cpu:.1f} s of one core in the process that asks")
    print(f"  cost ${spent}; the server's ledger says the same: {same}")
    if latency:
        share = calls / seconds / (concurrency / latency)
        print(f"  {calls / seconds:.1f} calls/s with the start-up, {100 * share:.1f} % of the best that can be")
        print(f"  memory grew by {watch.growth / (1 << 20):.1f} MB from a third of the rows on")
        return equal and share >= LATENCY_GOAL and watch.growth < FLAT
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {rows / cpu:,.0f} rows/s per core, {rows / seconds:,.0f} rows/s here; peak {peak:.0f} MB")
    return equal and rows / cpu >= THROUGHPUT_GOAL


def open_rows(most: int) -> list[tuple[Row, Verdict]]:
    """Labelled rows that rules leave undecided, each sample once, spread over the files."""
    folder = data_folder()
    if folder is None:
        raise SystemExit(ABSENT)
    verifier = Verifier()
    found: dict[tuple[object, ...], tuple[Row, Verdict]] = {}
    for row in (*trajectories(folder), *pairs(folder)):
        verdict = verifier.grade(row.sample)
        if verdict.outcome is Outcome.UNDECIDED:
            key = (row.sample.question, row.sample.ground_truths, row.sample.final_answer, row.sample.response)
            found.setdefault(key, (row, verdict))
    rows = list(found.values())
    return rows[:: max(1, len(rows) // most)][:most]


def score(most: int, budget: str) -> None:
    """Ask the judge of the settings about labelled rows; print how often it is right."""
    settings = load_settings(judge_budget_usd=budget)
    if not settings.judge_on:
        raise SystemExit("score: set ANTHROPIC_API_KEY, or VERIFIER_JUDGE_BASE_URL for a server of your own")
    verifier = Verifier.from_settings(settings)
    rows = open_rows(most)

    async def ask() -> list[Verdict]:
        async def one(sample: Sample, verdict: Verdict) -> Verdict:
            return await verifier.ask(sample, verdict)

        return await asyncio.gather(*(one(row.sample, verdict) for row, verdict in rows))

    verdicts = asyncio.run(ask())
    verifier.close()
    for check in (False, True):
        counts: dict[str, Counter[str]] = {}
        for (row, _), verdict in zip(rows, verdicts, strict=True):
            if row.check is check:
                right = "open" if verdict.success is None else "right" if verdict.success is row.label else "wrong"
                counts.setdefault(verdict.code, Counter())[right] += 1
        print("the check quarter" if check else "development rows")
        for code, counted in sorted(counts.items()):
            print(f"  {code:<32}", *(f"{name} {counted[name]:>5}" for name in ("right", "wrong", "open")))
    total = sum(verdict.judge_cost_usd or 0 for verdict in verdicts)
    print(f"{len(rows)} rows, ${total:.4f}, answers that the store had included")


def main(arguments: list[str] | None = None) -> int:
    """Measure; status 1 where a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("throughput", "latency", "score", "local"), default="local")
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=1.0, help="latency of a reply")
    parser.add_argument("--budget-usd", default="1")
    chosen: Any = parser.parse_args(arguments)
    met = True
    if chosen.what == "score":
        score(chosen.rows or 300, chosen.budget_usd)
    if chosen.what in {"throughput", "local"}:
        met &= measured(chosen.rows or 3_000, 0.0, AT_ONCE)
    if chosen.what in {"latency", "local"}:
        met &= measured(chosen.rows or 2_000, chosen.seconds, CONCURRENCY)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
