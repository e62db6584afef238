"""Accuracy against labels, and grades per second, of a file of trajectories: the shipped example, or files of your own.

A labels file has lines ``{"sample_id", "label"}``, and ``teacher_model`` where one ``sample_id`` has several answers.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from verifier.grader import Verifier
from verifier.records import read_record
from verifier.types.errors import RecordError
from verifier.types.sample import Sample
from verifier.types.verdict import Outcome, Verdict

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"

Key = tuple[str, str | None]


def records(path: Path) -> Iterator[dict[str, object]]:
    """The lines of a file that are JSON objects."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict):
                yield record


def samples(path: Path) -> list[tuple[Key, Sample]]:
    """What can be graded, under the keys that a labels file may use."""
    found = []
    for record in records(path):
        try:
            sample = read_record(record)
        except RecordError:
            continue
        teacher = record.get("teacher_model")
        found.append(((sample.sample_id or "", teacher if isinstance(teacher, str) else None), sample))
    return found


def labels(path: Path) -> dict[Key, bool]:
    """The labels of a file, by ``sample_id`` and, where it is given, ``teacher_model``."""
    found: dict[Key, bool] = {}
    for record in records(path):
        teacher, label = record.get("teacher_model"), record.get("label")
        if isinstance(label, bool):
            found[str(record.get("sample_id")), teacher if isinstance(teacher, str) else None] = label
    return found


def accuracy(graded: list[tuple[Key, Verdict]], known: dict[Key, bool]) -> None:
    """Print how often each outcome is what the label says."""
    rows = [(verdict.outcome, known.get(key, known.get((key[0], None)))) for key, verdict in graded]
    counts = Counter(row for row in rows if row[1] is not None)
    total = sum(counts.values())
    for outcome, label in ((Outcome.CORRECT, True), (Outcome.INCORRECT, False)):
        right, wrong = counts[outcome, label], counts[outcome, not label]
        share = f"{right / (right + wrong):.2%} right" if right + wrong else "none"
        print(f"  {outcome:<10} {right + wrong:>6}  {share}")
    undecided = counts[Outcome.UNDECIDED, True] + counts[Outcome.UNDECIDED, False]
    print(
        f"  {Outcome.UNDECIDED:<10} {undecided:>6}  {undecided / total:.2%} of {total} labelled rows"
        if total
        else "  no labels fit"
    )


def measure(path: Path, known: dict[Key, bool] | None, rounds: int) -> None:
    """Grade one file several times over; print accuracy, and the best round's speed in processor time."""
    verifier = Verifier()
    rows = samples(path)
    best = float("inf")
    graded: list[tuple[Key, Verdict]] = []
    for _ in range(rounds):
        start = time.process_time()
        graded = [(key, verifier.grade(sample)) for key, sample in rows]
        best = min(best, time.process_time() - start)
    each = 1e6 * best / max(len(rows), 1)
    print(f"{path.name}: {len(rows)} rows, {each:.0f} µs each: {1e6 / each:,.0f} grades a second and process")
    if known is not None:
        accuracy(graded, known)


def main() -> None:
    """Measure the files that are named, or the example."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("input", nargs="?", type=Path, default=EXAMPLES / "trajectories.jsonl")
    parser.add_argument("--labels", type=Path, help="a labels file; for the example, its own")
    parser.add_argument("--rounds", type=int, default=5, help="how often to grade the file; the best round counts")
    arguments = parser.parse_args()
    of_example = EXAMPLES / "labels.jsonl" if arguments.input.parent == EXAMPLES else None
    chosen = arguments.labels or of_example
    measure(arguments.input, labels(chosen) if chosen else None, max(arguments.rounds, 1))


if __name__ == "__main__":
    main()
