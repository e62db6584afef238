"""Accuracy of the engine on labelled data: precision, recall and what stays undecided, by category or kind.

    python benchmarks/accuracy.py                      # trajectories, both parts
    python benchmarks/accuracy.py --data pairs         # answer pairs, by kind
    python benchmarks/accuracy.py --part dev --wrong 40    # list wrong verdicts of the open part
    python benchmarks/accuracy.py --goals              # groups of kinds against what is asked of them

The data are read from ``../shared/data`` or from the folder that ``VERIFIER_SHARED_DATA`` names. Rows whose SHA-256 of
the id begins with 0-3 are the check quarter: it is reported beside the rest and its rows are never listed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path

from labelled import ABSENT, HEADS, MATHS, data_folder, figures, overruled, pairs, trajectories

from verifier import Verifier

GOALS = {
    "maths": MATHS,
    "values": ("quantity", "decimal", "fraction", "percent", "scientific", "currency", "ratio", "datetime"),
    "choices": ("mcq",),
    "yes and no": ("yes_no",),
    "extraction": ("extraction",),
    "text": ("text",),
}
"""Groups of kinds that have goals of their own."""
LEFT = frozenset({"quantity.unit_unasked", "number.percent_unclear"})
"""What POLICY 23 leaves undecided: a unit or percent sign that no question asks for."""


def goals(folder: Path) -> None:
    """A line for each group: all rows, those decided, and all without what the policy rules against its label."""
    verifier, against = Verifier(), overruled()
    print(f"{'':11}   rows  right %  of decided  correct  incorr.  recall   without   right %  recall")
    for name, kinds in GOALS.items():
        every: Counter[tuple[str, bool]] = Counter()
        kept: Counter[tuple[str, bool]] = Counter()
        for row in pairs(folder, kinds):
            verdict = verifier.grade(row.sample)
            told = str(verdict.outcome), row.label
            every[told] += 1
            if row.id not in against and not (row.label and verdict.code in LEFT):
                kept[told] += 1
        print(
            f"{name:11} {every.total():6d} {share(every, 'right'):8.2f} {share(every, 'decided'):11.2f}"
            f" {share(every, 'correct'):8.2f} {share(every, 'incorrect'):8.2f} {share(every, 'recall'):7.2f}"
            f" {every.total() - kept.total():9d} {share(kept, 'right'):9.2f} {share(kept, 'recall'):7.2f}"
        )


def share(counts: Counter[tuple[str, bool]], what: str) -> float:
    """A share in percent, of all rows, of those decided, of those called so, or of the true ones."""
    correct, incorrect = counts["correct", True], counts["incorrect", False]
    part, whole = {
        "right": (correct + incorrect, counts.total()),
        "decided": (correct + incorrect, counts.total() - counts["undecided", True] - counts["undecided", False]),
        "correct": (correct, correct + counts["correct", False]),
        "incorrect": (incorrect, incorrect + counts["incorrect", True]),
        "recall": (correct, correct + counts["incorrect", True] + counts["undecided", True]),
    }[what]
    return 100 * part / whole


def main() -> int:
    """Grade the rows, print the tables; status 1 if the data are absent."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", choices=["trajectories", "pairs"], default="trajectories")
    parser.add_argument("--part", choices=["all", "dev", "check"], default="all")
    parser.add_argument("--group", help="only this category or kind")
    parser.add_argument("--wrong", type=int, default=0, help="list this many wrong verdicts of the open part")
    parser.add_argument("--undecided", type=int, default=0, help="list this many undecided rows of the open part")
    parser.add_argument("--goals", action="store_true", help="answer pairs in groups of kinds, and nothing else")
    asked = parser.parse_args()
    folder = data_folder()
    if folder is None:
        print(ABSENT, file=sys.stderr)
        return 1
    if asked.goals:
        goals(folder)
        return 0
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
