"""Rows for runs with a judge: open ones, of which each is another question, and those that rules decide."""

from __future__ import annotations

import json


def open_rows(count: int, *, start: int = 0) -> str:
    """Rows that rules cannot decide; every third answer says what the ground truth says."""
    lines = []
    for number in range(start, start + count):
        gold = f"Water needs more room as ice, which is what pipe number {number} could not give"
        answer = f"{gold} at all" if number % 3 == 0 else f"Pipe number {number} was made of the wrong metal"
        row = {
            "sample_id": f"open{number}",
            "question": f"Why did pipe number {number} burst?",
            "ground_truth": gold,
            "final_answer": answer,
        }
        lines.append(json.dumps(row) + "\n")
    return "".join(lines)


def sealed_rows(count: int) -> str:
    """Rows that rules decide, all correct."""
    rows = ({"sample_id": f"sealed{n}", "ground_truth": f"{n} W", "final_answer": f"{n} watts"} for n in range(count))
    return "".join(json.dumps(row) + "\n" for row in rows)
