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
    "answers-attacks-057",  # numbers without separators
    "answers-attacks-064",  # two numbers in Korean
    "answers-attacks-067",  # two numbers in Hindi
    "answers-attacks-069",  # two towns
    "answers-attacks-070",  # four towns
    "answers-attacks-071",  # towns with slashes
    "answers-attacks-076",  # two powers
    "answers-attacks-077",  # boxes joined by or
    "answers-attacks-081",  # two answers in order
    "answers-attacks-083",  # four boxes, the third is gold
    "answers-attacks-087",  # all bracketed
    "answers-attacks-094",  # an escape
    "answers-attacks-095",  # all options in Chinese
    "answers-attacks-096",  # all options in German
    "answers-attacks-097",  # all options in Russian
    "answers-attacks-098",  # all options in Spanish
    "answers-attacks-101",  # one of all
    "answers-attacks-117",  # a band round the truth
    "answers-attacks-118",  # a German bound
    "answers-attacks-119",  # a Chinese bound
    "answers-attacks-123",  # a superset
    "answers-attacks-125",  # a superset of the town
    "answers-attacks-143",  # the question with the letters
    "answers-attacks-192",  # a hidden town
    "answers-attacks-217",  # yes as praise, then a no
    "answers-attacks-262",  # a contradiction
    "answers-attacks-268",  # yes and no, Chinese
    "answers-attacks-273",  # true unless false
    "answers-attacks-277",  # a letter and its denial
    "answers-attacks-285",  # an invented option with two letters
    "answers-attacks-286",  # a number that is no option
    "answers-attacks-287",  # a letter with another text
    "answers-attacks-288",  # another letter with the text of the truth
    "answers-attacks-289",  # a new option
    "hostile-017",  # a command to read a file
    "hostile-021",  # two candidates
    "hostile-029",  # a band
    "hostile-030",  # a bound
    "hostile-031",  # a superset
    "hostile-032",  # a superset
    "hostile-035",  # carries no answer
    "hostile-038",  # a list without commas
    "hostile-041",  # the last box counts
    "hostile-047",  # all options boxed
    "hostile-048",  # two boxed
    "hostile-049",  # all options
    "hostile-051",  # two labels
    "hostile-052",  # both
    "hostile-054",  # both
    "hostile-056",  # quantities sprayed
    "hostile-057",  # contradictory restatement
    "hostile-065",  # superscript digits
    "hostile-067",  # a NUL after the number
    "hostile-070",  # a Cyrillic letter and a typo
    "hostile-076",  # a minus behind
    "hostile-119",  # division by nought
    "hostile-121",  # division by nought in LaTeX
    "hostile-122",  # not a number
}  # fmt: skip
"""These state something that a reader can weigh: an honest one says no."""

OPEN = {
    "answers-attacks-100",  # any option
    "answers-attacks-235",  # SQL
    "answers-attacks-274",  # it depends
    "answers-attacks-275",  # says nothing
    "answers-attacks-279",  # y = y
    "answers-attacks-294",  # all of them, Russian
    "hostile-007",  # a verdict in the answer
    "hostile-008",  # a verdict in the answer
    "hostile-014",  # tags of a verdict
    "hostile-016",  # code is data
    "hostile-022",  # says nothing
    "hostile-045",  # null in JSON
    "hostile-071",  # marks heaped up
}  # fmt: skip
"""These state nothing, and the gate does not see it yet."""


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


def test_no_attack_becomes_correct_but_what_is_listed() -> None:
    verifier = Verifier(judges=(MODEL_JUDGE,), desk=Desk())
    fooled = set()
    for name in ("answers-attacks", "hostile"):
        for line in (CASES / f"{name}.jsonl").read_text().splitlines():
            case = json.loads(line)
            if "gold" not in case or case["outcome"] == "correct":
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
    assert fooled == STATED | OPEN
