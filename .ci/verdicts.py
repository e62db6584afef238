"""The verdicts on all cases and all labelled pairs, a JSON line each: two builds must print the same bytes.

The pairs are read from ``../shared/data`` or from the folder that ``VERIFIER_SHARED_DATA`` names, and left out where
there are none.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from verifier import Sample, Verifier
from verifier.engine import cascade

CHECKOUT = Path(__file__).resolve().parent.parent


def samples() -> Iterator[tuple[str, Sample]]:
    """All samples, with the names of their rows."""
    for cases in runpy.run_path(str(CHECKOUT / "tests" / "test_cases.py"))["ALL"].values():
        for case in cases:
            yield case.id, case.sample()
    pairs = Path(os.environ.get("VERIFIER_SHARED_DATA") or CHECKOUT.parent / "shared" / "data") / "pairs.jsonl"
    if not pairs.is_file():
        print(f"verdicts: no {pairs}, the cases alone", file=sys.stderr)
        return
    with pairs.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["id"], Sample.of(ground_truth=row["gold"], response=row["response"], question=row["question"])


def main() -> int:
    """Grade and print; status 2 if the build is not the one that is expected."""
    expected = sys.argv[1]
    found = "pure" if Path(cascade.__file__).suffix == ".py" else "compiled"
    if found != expected:
        print(f"verdicts: {cascade.__file__} is {found}, not {expected}", file=sys.stderr)
        return 2
    verifier = Verifier()
    for name, sample in samples():
        print(json.dumps([name, msgspec.to_builtins(verifier.grade(sample))]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
