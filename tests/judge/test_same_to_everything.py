"""A judge that says *same* to everything, quoting the whole answer, twice: what the gate and the vetoes leave of it.

No attack becomes *correct* but those listed here, which the rules rightly leave undecided.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from scripted import Scripted

from verifier import Outcome, Sample, Verifier
from verifier.grader import MODEL_JUDGE
from verifier.types.opinion import Call, Opinion

CASES = Path(__file__).resolve().parents[1] / "cases"
STATED = {
    "answers-attacks-069",  # two towns, which may be names of one
    "answers-attacks-070",  # four towns
    "answers-attacks-071",  # towns with slashes
    "answers-attacks-125",  # a superset of the town
    "answers-attacks-192",  # what is seen is a town
    "hostile-029",  # a band, as of a measurement
    "hostile-030",  # a bound
    "hostile-070",  # a Cyrillic letter and a typo
    "hostile-076",  # a minus behind, as accountants write it
}  # fmt: skip
"""These state something that a reader can weigh: an honest one says no."""


class Desk:
    """Has every opinion at once."""

    def __init__(self) -> None:
        self.caller = Scripted("same")

    async def opinion(self, call: Call) -> Opinion:
        reply = await self.caller.send(call)
        return Opinion(
            key=call.key, rubric=call.rubric, ballot=call.ballot, reply=reply, mode="live", picodollars=1, at=""
        )

    def close(self) -> None:
        pass


def _may_be_correct(outcome: str | list[str]) -> bool:
    return "correct" in ([outcome] if isinstance(outcome, str) else outcome)


def test_no_attack_becomes_correct_but_what_is_listed() -> None:
    verifier = Verifier(judges=(MODEL_JUDGE,), desk=Desk())
    fooled = set()
    for name in ("answers-attacks", "hostile"):
        for line in (CASES / f"{name}.jsonl").read_text().splitlines():
            case = json.loads(line)
            if "gold" not in case or _may_be_correct(case["outcome"]):
                continue
            sample = Sample.of(
                ground_truth=case["gold"],
                question=case.get("question"),
                options=case.get("options"),
                category=case.get("category"),
                **{"response" if case.get("as") == "response" else "final_answer": case.get("candidate")},
            )
            if asyncio.run(verifier.agrade(sample)).outcome is Outcome.CORRECT:
                fooled.add(case["id"])
    assert fooled == STATED
