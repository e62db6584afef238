"""The labelled data that the benchmarks measure on, and one line of a table of accuracy.

The data are read from ``../shared/data`` or from the folder that ``VERIFIER_SHARED_DATA`` names. Rows whose SHA-256 of
the id begins with 0-3 are the check quarter: it is reported beside the rest and its rows are never listed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from verifier import Sample
from verifier.records import read_record

MATHS = (
    *("integer", "fraction", "decimal", "percent", "scientific", "ratio", "expression", "equation"),
    *("inequality_interval", "tuple_list", "set", "complex", "matrix_vector"),
)
"""The kinds of answer pairs that are the maths engine's."""
ABSENT = "the labelled data are not here: set VERIFIER_SHARED_DATA to the folder that holds pairs.jsonl"


class Row(NamedTuple):
    """A labelled sample, its group in the table, and whether it is of the check quarter."""

    id: str
    group: str
    sample: Sample
    label: bool
    check: bool
    label_by: str = ""
    source: str = ""


def data_folder() -> Path | None:
    """Where the labelled data are, or ``None``."""
    given = os.environ.get("VERIFIER_SHARED_DATA")
    folder = Path(given) if given else Path(__file__).resolve().parents[2] / "shared" / "data"
    return folder if (folder / "pairs.jsonl").is_file() else None


def is_check(identity: str) -> bool:
    """Whether a row is of the check quarter."""
    return hashlib.sha256(identity.encode()).hexdigest()[0] in "0123"


def overruled() -> frozenset[str]:
    """The rows whose labels the grading policy overrules, as ``docs/grading-policy.md`` lists them."""
    text = (Path(__file__).resolve().parents[1] / "docs" / "grading-policy.md").read_text(encoding="utf-8")
    found: list[str] = []
    for line in text.partition("## Where labelled data differ")[2].splitlines():
        for name in re.findall(r"`([^`]+)`", line.split("|")[1]) if line.startswith("| `") else ():
            found.append(name if name[0] != "-" else found[-1].rpartition("-")[0] + name)
    return frozenset(found)


def trajectories(folder: Path) -> Iterator[Row]:
    """The labelled trajectories."""
    labels = {row["sample_id"]: row["label"] for row in _lines(folder / "trajectories_labels.jsonl")}
    for record in _lines(folder / "trajectories.jsonl"):
        identity = record["sample_id"]
        yield Row(identity, record["category"], read_record(record), labels[identity], is_check(identity))


def pairs(folder: Path, kinds: tuple[str, ...] = ()) -> Iterator[Row]:
    """The labelled answer pairs; ``kinds`` leaves out the others."""
    for pair in _lines(folder / "pairs.jsonl"):
        if kinds and pair["kind"] not in kinds:
            continue
        sample = Sample.of(ground_truth=pair["gold"], response=pair["response"], question=pair["question"])
        identity = pair["id"]
        yield Row(
            identity, pair["kind"], sample, pair["label"], is_check(identity), pair["label_by"], source=pair["source"]
        )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


HEADS = f"{'rows':>6} " + " ".join(
    f"{head:>7}" for head in ("correct", "incorr.", "recall", "false +", "false -", "undec.", "%")
)


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
