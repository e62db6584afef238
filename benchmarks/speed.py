"""How many grades one process does in a second of processor time: over the example, or a file of your own.

python benchmarks/speed.py
python benchmarks/speed.py trajectories.jsonl --rounds 10
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

from verifier import Sample, Verifier
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


def main() -> None:
    """Grade the file several times over and print the best round: the machine may have been busy in the others."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("input", nargs="?", type=Path, default=EXAMPLE, help="a JSONL file in the seed's field names")
    parser.add_argument("--rounds", type=int, default=5, help="how often to grade the file")
    asked = parser.parse_args()

    begin = time.process_time()
    verifier = Verifier()
    loading = time.process_time() - begin
    rows = list(samples(asked.input))
    if not rows:
        parser.error(f"{asked.input} holds nothing that can be graded")
    rounds = []
    for _ in range(max(asked.rounds, 1)):
        begin = time.process_time()
        for row in rows:
            verifier.grade(row)
        rounds.append((time.process_time() - begin) / len(rows))
    slowest = 0.0
    for row in rows:
        begin = time.process_time()
        verifier.grade(row)
        slowest = max(slowest, time.process_time() - begin)
    each = min(rounds)
    print(f"{asked.input.name}: {len(rows)} rows, {each * 1e6:.0f} µs each, {1 / each:,.0f} a second")
    print(f"slowest row {slowest * 1e3:.1f} ms; rules read in {loading:.2f} s")


if __name__ == "__main__":
    main()
