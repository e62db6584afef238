"""How many grades one process does in a second of processor time: over the example, or a file of your own.

    python benchmarks/speed.py
    python benchmarks/speed.py trajectories.jsonl --rounds 10
    python benchmarks/speed.py --pairs                 # distinct maths pairs, against Math-Verify in the same run
    python benchmarks/speed.py --pairs --beside PYTHON # and the engine in the environment of another interpreter

With ``--pairs`` every distinct maths pair of the labelled data is graded; all times are CPU, rules and imports warm, in
one process. Ours is the least of five rounds (the engine keeps nothing between two grades, so that a repeated pair
costs what the first one cost). Math-Verify keeps texts and simplifications it has seen, so each pair is asked once, in
a process that is warm from the pairs before it. The graders take turns after every fifty pairs, so that all meet the
same load; with ``--block 1``, after each pair, ours begins every one with the processor's caches full of theirs. So
does another build of the engine: `make bench` measures the compiled one, and the pure one beside it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from labelled import ABSENT, MATHS, Row, data_folder, pairs
from peers import Peer

from verifier import Sample, Verifier
from verifier.engine import cascade
from verifier.records import read_record
from verifier.types.errors import RecordError

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "trajectories.jsonl"


def samples(path: Path) -> Iterator[Sample]:
    """What can be graded; broken lines are none of this file's business."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                record = json.loads(line)
                if isinstance(record, dict):
                    yield read_record(record)
            except (ValueError, RecordError):
                continue


def whole_file(verifier: Verifier, path: Path, rows: list[Sample], count: int) -> None:
    """Grade the file several times over and print the best round: the machine may have been busy in the others."""
    rounds = []
    for _ in range(count):
        begin = time.process_time()
        for row in rows:
            verifier.grade(row)
        rounds.append((time.process_time() - begin) / len(rows))
    slowest = max(fastest(verifier, row, 1) for row in rows)
    each = min(rounds)
    print(f"{path.name}: {len(rows)} rows, {each * 1e6:.0f} µs each, {1 / each:,.0f} a second")
    print(f"slowest row {slowest * 1e3:.1f} ms")


def fastest(verifier: Verifier, sample: Sample, rounds: int) -> float:
    """The least CPU time of so many grades of one sample, in seconds."""
    spent = []
    for _ in range(rounds):
        begin = time.process_time()
        verifier.grade(sample)
        spent.append(time.process_time() - begin)
    return min(spent)


def distinct(rows: Iterator[Row]) -> list[Row]:
    """Rows with their own texts: Math-Verify remembers what it has seen."""
    seen: dict[tuple[object, ...], Row] = {}
    for row in rows:
        seen.setdefault((row.sample.ground_truths, row.sample.response), row)
    return list(seen.values())


def build() -> str:
    """Which build of the engine this process runs."""
    return "pure" if Path(cascade.__file__ or "").suffix == ".py" else "compiled"


class Beside:
    """Another build of the engine, in a process of its own: the number of a pair in, its seconds out."""

    def __init__(self, python: str, rounds: int) -> None:
        self._child = subprocess.Popen(  # noqa: S603  # this very file
            [python, __file__, "--pairs", "--answering", "--rounds", str(rounds)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.name = self._line()

    def _line(self) -> str:
        assert self._child.stdout is not None
        line = self._child.stdout.readline().strip()
        if not line:
            raise SystemExit(f"the other build ended: {self._child.args!r}")
        return line

    def __call__(self, number: int) -> float:
        """The least CPU seconds of so many grades of a pair."""
        assert self._child.stdin is not None
        self._child.stdin.write(f"{number}\n")
        self._child.stdin.flush()
        return float(self._line())

    def close(self) -> None:
        """End the process."""
        self._child.communicate()


def answer(verifier: Verifier, rows: list[Row], rounds: int) -> None:
    """What ``Beside`` talks to."""
    print(build(), flush=True)
    for number in sys.stdin:
        print(fastest(verifier, rows[int(number)].sample, rounds), flush=True)


def maths_pairs(verifier: Verifier, rows: list[Row], rounds: int, block: int, beside: Beside | None) -> None:
    """Our time and Math-Verify's on each distinct pair, and what they come to."""
    peer = Peer("math-verify")
    ours: list[float] = []
    theirs: list[float] = []
    others: list[float] = []
    undecided = raised = 0
    for start in range(0, len(rows), block):
        part = rows[start : start + block]
        theirs.extend(peer(row).seconds for row in part)
        if beside is not None:
            others.extend(beside(start + place) for place in range(len(part)))
        for row in part:
            began = time.process_time()
            try:
                undecided += verifier.grade(row.sample).success is None
                ours.append(fastest(verifier, row.sample, rounds))
            except Exception:  # noqa: BLE001  # a fault of ours, told below
                raised += 1
                ours.append(time.process_time() - began)
    peer.close()
    failed = f", RAISED: {raised}" if raised else ""
    print(f"{len(rows)} distinct maths pairs; undecided by the engine: {undecided}{failed}")
    print(f"{'':12} {'mean':>9} {'median':>9} {'p95':>9} {'p99':>9} {'max':>9}   ms of CPU")
    lines = [(build(), ours), ("math-verify", theirs)]
    if beside is not None:
        beside.close()
        lines.insert(1, (beside.name, others))
    for name, times in lines:
        told = (statistics.fmean(times), statistics.median(times), _part(times, 95), _part(times, 99), max(times))
        print(f"{name:12} " + " ".join(f"{1e3 * seconds:9.3f}" for seconds in told))
    for name, times in lines[:-1]:
        mean, median = _ratio(theirs, times)
        each = statistics.median(their / our for their, our in zip(theirs, times, strict=True))
        print(f"{name}: mean {mean:.0f}×, median {median:.0f}× faster (median of the pairs' own ratios {each:.0f}×)")
    mean, median = _ratio(theirs, ours)
    goals = (
        ("mean at least 200×", mean >= 200),
        ("median at least 80×", median >= 80),
        ("p99 at most 5 ms", _part(ours, 99) <= 5e-3),
        ("no pair above 50 ms", max(ours) <= 50e-3),
    )
    print("; ".join(f"{goal}: {'reached' if reached else 'MISSED'}" for goal, reached in goals))
    order = sorted(range(len(rows)), key=ours.__getitem__, reverse=True)
    print("slowest of the open part:")
    for index in [index for index in order if not rows[index].check][:10]:
        print(f"  {1e3 * ours[index]:7.2f} ms (theirs {1e3 * theirs[index]:8.1f})  {rows[index].id}")


def _ratio(theirs: list[float], ours: list[float]) -> tuple[float, float]:
    """How many times as long theirs are, by mean and by median."""
    return statistics.fmean(theirs) / statistics.fmean(ours), statistics.median(theirs) / statistics.median(ours)


def _part(times: list[float], percent: int) -> float:
    """The time that so many of a hundred keep to."""
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)]


def main() -> int:
    """Measure the file, or the labelled pairs; status 1 if those are absent."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("input", nargs="?", type=Path, default=EXAMPLE, help="a JSONL file in the seed's field names")
    parser.add_argument("--rounds", type=int, default=5, help="how often to grade the file, or a pair")
    parser.add_argument("--pairs", action="store_true", help="distinct maths pairs, against Math-Verify")
    parser.add_argument("--block", type=int, default=50, help="with --pairs: how many pairs each grader does in turn")
    parser.add_argument("--beside", metavar="PYTHON", help="with --pairs: an interpreter that has another build")
    parser.add_argument("--answering", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()

    begin = time.process_time()
    verifier = Verifier()
    loading = time.process_time() - begin
    rounds = max(asked.rounds, 1)
    if asked.pairs:
        folder = data_folder()
        if folder is None:
            print(ABSENT, file=sys.stderr)
            return 1
        rows = distinct(pairs(folder, MATHS))
        if asked.answering:
            answer(verifier, rows, rounds)
        else:
            maths_pairs(
                verifier, rows, rounds, max(asked.block, 1), Beside(asked.beside, rounds) if asked.beside else None
            )
        return 0
    graded = list(samples(asked.input))
    if not graded:
        parser.error(f"{asked.input} holds nothing that can be graded")
    whole_file(verifier, asked.input, graded, rounds)
    print(f"{build()} build; rules read in {loading:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
