"""Accuracy of the engine on labelled data: precision, recall and what stays undecided, by category or kind.

    python benchmarks/accuracy.py                      # trajectories, both parts
    python benchmarks/accuracy.py --data pairs         # answer pairs, by kind
    python benchmarks/accuracy.py --part dev --wrong 40    # list wrong verdicts of the open part

The data are read from ``../shared/data`` or from the folder that ``VERIFIER_SHARED_DATA`` names. Rows whose SHA-256 of
the id begins with 0-3 are the check quarter: it is reported beside the rest and its rows are never listed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict

from labelled import ABSENT, HEADS, data_folder, figures, pairs, trajectories

from verifier import Verifier


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
        print(ABSENT, file=sys.stderr)
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
    print(f"{'':{width}} {HEADS}")
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
