"""Every unit of the table against every other of its dimension, at random values and spellings.

    python benchmarks/units.py
    python benchmarks/units.py --values 3 --seed 7 --wrong 20

Right conversions must come out correct, and never so an answer with another last digit, power of ten, prefix or
dimension; how often the engine says incorrect of those is counted. The factors of the table are checked against pint.
Times are CPU of one process, full trace, the least of three grades of each of some pairs.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

from verifier import Outcome, Sample, Verifier
from verifier.rulebook import builtin_rules

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))
import pintoracle
import unitpairs

MEDIAN = 80e-6  # seconds a pair
TIMED = 3000


def grade(verifier: Verifier, pair: unitpairs.Pair) -> Outcome:
    """The outcome of a pair."""
    return verifier.grade(Sample(ground_truth=pair.gold, final_answer=pair.answer)).outcome


def main() -> int:
    """Measure; status 1 if a pair came out wrong or a factor is not pint's."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--values", type=int, default=10, help="values for each pair of units")
    parser.add_argument("--seed", type=int, default=1, help="of the values and spellings")
    parser.add_argument("--wrong", type=int, default=10, help="how many wrong pairs to list")
    asked = parser.parse_args()
    verifier, table, chance = Verifier(), unitpairs.forms(builtin_rules()), random.Random(asked.seed)  # noqa: S311
    counts: Counter[tuple[str, Outcome]] = Counter()
    errors: list[tuple[unitpairs.Pair, Outcome]] = []
    kept: list[unitpairs.Pair] = []
    for pair in unitpairs.all_pairs(table, asked.values, chance):
        outcome = grade(verifier, pair)
        counts[pair.fault or "right", outcome] += 1
        if (outcome is Outcome.CORRECT) is not pair.right and (pair.right or outcome is Outcome.CORRECT):
            errors.append((pair, outcome))
        if len(kept) < TIMED or chance.random() < 0.01:
            kept.append(pair)
    print(f"{sum(counts.values()):,} pairs of {len(table)} units, seed {asked.seed}")
    for kind in ("right", "digit", "power", "prefix", "dimension"):
        told = ", ".join(f"{outcome} {counts[kind, outcome]:,}" for outcome in Outcome)
        print(f"  {kind:10} {told}")
    for pair, outcome in errors[: asked.wrong]:
        print(f"  {outcome}: {pair}")
    checked, strange = pintoracle.against_pint(table)
    print(f"{checked} factors checked against pint")
    for told in strange:
        print(f"  {told}")
    chance.shuffle(kept)
    seconds = [least(verifier, pair) for pair in kept[:TIMED]]
    median = statistics.median(seconds)
    print(
        f"errors {len(errors)}; median {median * 1e6:.0f} µs a pair, mean {statistics.mean(seconds) * 1e6:.0f} µs",
        end="",
    )
    print(f" (goal {MEDIAN * 1e6:.0f} µs: {'reached' if median <= MEDIAN else 'MISSED'})")
    return 1 if errors or strange else 0


def least(verifier: Verifier, pair: unitpairs.Pair) -> float:
    """The quickest of three grades, in seconds of CPU."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        grade(verifier, pair)
        best = min(best, time.process_time() - began)
    return best


if __name__ == "__main__":
    sys.exit(main())
