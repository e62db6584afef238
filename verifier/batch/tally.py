"""The counts of a merge: grouped for the manifest, and seen to agree before anything is put into place."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.batch.ledger import DATASETS, IDENTICAL, REASONS, SAME_SAMPLE
from verifier.types.errors import OutputError


def grouped(counts: Mapping[str, int]) -> dict[str, object]:
    """The counts of a manifest, each group with its parts."""
    return {
        "rows": counts["rows"],
        "by_standing": {name: counts[name] for name in ("correct", *REASONS)},
        "success_true": {
            "rows": counts["correct"] + counts["correct_unfit"],
            "correct": counts["correct"],
            "unfit": counts["correct_unfit"],
        },
        "deduped": counts["deduped"],
        "keep_all": {
            "matched": counts["matched"],
            "already_in": counts["matched_kept"],
            "copies": counts["matched_copies"],
            "added": counts["matched_added"],
        },
        "all": counts["all"],
        "duplicates": {
            "rows": counts["duplicates"],
            IDENTICAL: counts["identical"],
            SAME_SAMPLE: counts["same_sample_id"],
        },
        "rejected": {"rows": counts["rejected"], **{reason: counts[f"rejected_{reason}"] for reason in REASONS}},
        "without_sample_id": counts["without_sample_id"],
        "graded_differently": counts["graded_differently"],
    }


def reconcile(counts: Mapping[str, int], written: Mapping[str, int], *, read: int, successes: int) -> None:
    """See that every row stands in exactly one place; raises ``OutputError`` if not.

    ``written`` are the lines of each data set; ``read`` rows were in the inputs, ``successes`` of them with
    success true.
    """
    equations = {
        "rows read = rows in the ledger": (read, counts["rows"]),
        "rows = correct + the rest": (counts["rows"], counts["correct"] + sum(counts[reason] for reason in REASONS)),
        "rows = all + duplicates + rejected": (
            counts["rows"],
            counts["all"] + counts["duplicates"] + counts["rejected"],
        ),
        "success true = correct + unfit": (successes, counts["correct"] + counts["correct_unfit"]),
        "deduped = samples with a correct row": (counts["deduped"], counts["samples"]),
        "all = deduped + added": (counts["all"], counts["deduped"] + counts["matched_added"]),
        "added = matched - already in - copies": (
            counts["matched_added"],
            counts["matched"] - counts["matched_kept"] - counts["matched_copies"],
        ),
        "duplicates = identical + same sample_id": (
            counts["duplicates"],
            counts["identical"] + counts["same_sample_id"],
        ),
        "rejected = its reasons": (counts["rejected"], sum(counts[f"rejected_{reason}"] for reason in REASONS)),
        **{f"lines written of {dataset}": (written[dataset], counts[dataset]) for dataset in DATASETS},
    }
    broken = [f"{what}: {left} != {right}" for what, (left, right) in equations.items() if left != right]
    if broken:
        raise OutputError(
            "the counts do not reconcile, so nothing was put into place: " + "; ".join(broken) + "; please report this"
        )
