"""Accuracy of the engine on labelled data: precision, recall and what stays undecided, by category or kind.

    python benchmarks/accuracy.py                      # trajectories, both parts
    python benchmarks/accuracy.py --data pairs         # answer pairs, by kind
    python benchmarks/accuracy.py --part dev --wrong 40    # list wrong verdicts of the open part

The data are read from ``../shared/data`` or from the folder that ``VERIFIER_SHARED_DATA`` names. Rows whose SHA-256 of
the id begins with 0-3 are the check quarter: it is reported beside the rest and its rows are never listed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from verifier import Sample, Verifier
from verifier.records import read_record


class Row(NamedTuple):
    """A labelled sample, its group in the table, and whether it is of the check quarter."""

    id: str
    group: str
    sample: Sample
    label: bool
    check: bool


def data_folder() -> Path | None:
    """Where the labelled data are, or ``None``."""
    given = os.environ.get("VERIFIER_SHARED_DATA")
    folder = Path(given) if given else Path(__file__).resolve().parents[2] / "shared" / "data"
    return folder if (folder / "pairs.jsonl").is_file() else None


def is_check(identity: str) -> bool:
    """Whether a row is of the check quarter."""
    return hashlib.sha256(identity.encode()).hexdigest()[0] in "0123"


def trajectories(folder: Path) -> Iterator[Row]:
    """The labelled trajectories."""
    labels = {row["sample_id"]: row["label"] for row in _lines(folder / "trajectories_labels.jsonl")}
    for record in _lines(folder / "trajectories.jsonl"):
        identity = record["sample_id"]
        yield Row(identity, record["category"], read_record(record), labels[identity], is_check(identity))


def pairs(folder: Path) -> Iterator[Row]:
    """The labelled answer pairs."""
    for pair in _lines(folder / "pairs.jsonl"):
        sample = Sample.of(ground_truth=pair["gold"], response=pair["response"], question=pair["question"])
        yield Row(pair["id"], pair["kind"], sample, pair["label"], is_check(pair["id"]))


def _lines(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def figures(counts: Counter[tuple[str, bool]]) -> str:
    """One line of the table: rows, decided, precision of *correct* and of *incorrect*, recall of true labels."""
    right, false_right = counts["correct", True], counts["correct", False]
    wrong, false_wrong = counts["incorrect", False], counts["incorrect", True]
    undecided = counts["undecided", True] + counts["undecided", False]
    total = sum(counts.values())
    true = right + false_wrong + counts["undecided", True]
    return (
        f"{total:6d} {_share(right, right + false_right)} {_share(wrong, wrong + false_wrong)} {_share(right, true)} "
        f"{false_right:7d} {false_wrong:7d} {undecided:7d} {_share(undecided, total)}"
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:7.2f}" if whole else "      -"


def main() -> int:
    """Grade the rows, print the tables; status 1 if the data are absent."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", choices=["trajectories", "pairs"], default="trajectories")
    parser.add_argument("--part", choices=["all", "dev", "check"], default="all")
    parser.add_argument("--group", help="only this category or kind")
    parser.add_argument("--wrong", type=int, default=0, help="list this many wrong verdicts of the open part")
    parser.add_argument("--undecided", type=int, default=0, help="list this many undecided rows of the open part")
    asked = parser.parse_args()
    folder = data_folder()
    if folder is None:
        print(
            "the labelled data are not here: set VERIFIER_SHARED_DATA to the folder that holds pairs.jsonl",
            file=sys.stderr,
        )
        return 1
    verifier = Verifier()
    rows = trajectories(folder) if asked.data == "trajectories" else pairs(folder)
    groups: dict[str, Counter[tuple[str, bool]]] = defaultdict(Counter)
    parts: dict[str, Counter[tuple[str, bool]]] = {"dev": Counter(), "check": Counter()}
    codes: Counter[tuple[str, bool]] = Counter()
    listed: Counter[str] = Counter()
    for row in rows:
        if (asked.part != "all" and row.check != (asked.part == "check")) or (asked.group and row.group != asked.group):
            continue
        verdict = verifier.grade(row.sample)
        outcome = str(verdict.outcome)
        groups[row.group][outcome, row.label] += 1
        parts["check" if row.check else "dev"][outcome, row.label] += 1
        codes[verdict.code, row.label] += 1
        kind = "undecided" if verdict.success is None else "wrong" if verdict.success != row.label else ""
        if kind and not row.check and listed[kind] < getattr(asked, kind):
            listed[kind] += 1
            answer = row.sample.final_answer or row.sample.response or ""
            print(f"{kind}: {verdict.code} label={row.label} {row.id}")
            print(f"    gold {row.sample.ground_truth!r}\n    answer {answer[-240:]!r}")
            print(f"    read {verdict.gold!r} | {verdict.candidate!r}")
            if row.sample.question:
                print(f"    question {row.sample.question[-200:]!r}")
    width = max(map(len, [*groups, "check"]), default=5)
    heads = ("rows", "correct", "incorr.", "recall", "false +", "false -", "undec.", "%")
    print(f"{'':{width}} {heads[0]:>6} " + " ".join(f"{head:>7}" for head in heads[1:]))
    for name in sorted(groups):
        print(f"{name:{width}} {figures(groups[name])}")
    for name, counts in parts.items():
        if counts:
            print(f"{name:{width}} {figures(counts)}")
    print(f"{'all':{width}} {figures(parts['dev'] + parts['check'])}")
    print()
    for code in sorted({code for code, _ in codes}):
        print(f"{code:32} true {codes[code, True]:5d}  false {codes[code, False]:5d}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
