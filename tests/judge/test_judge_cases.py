"""The specification of the judge by example: what is asked, what becomes of replies, what rules veto."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
from judging import ScriptedCaller, StraightDesk, reply, same

from verifier import Outcome, Sample, Verdict, Verifier
from verifier.judge import ballot
from verifier.judge.rubric import Case
from verifier.rulebook import builtin_rules
from verifier.types.rules import Rules

CASES: Final = Path(__file__).parent.parent / "cases" / "judge"
FIELDS: Final = ("question", "options", "category", "response")
Row = dict[str, Any]


def rows(name: str) -> list[object]:
    lines = (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [pytest.param(row, id=row["id"]) for row in map(json.loads, lines)]


def sample_of(row: Row) -> Sample:
    more = {name: row[name] for name in FIELDS if name in row}
    if row.get("as") == "response":
        return Sample.of(ground_truth=row["gold"], **{**more, "response": row["candidate"]})
    return Sample.of(ground_truth=row["gold"], final_answer=row["candidate"], **more)


@pytest.fixture(scope="module")
def rules() -> Rules:
    return builtin_rules()


def with_votes(rules: Rules, votes: int) -> Rules:
    from msgspec.structs import replace

    profiles = tuple(replace(profile, judge_votes=votes) for profile in rules.profiles)
    return replace(rules, profiles=profiles, default_profile=replace(rules.default_profile, judge_votes=votes))


def judged(row: Row, caller: ScriptedCaller, rules: Rules) -> Verdict:
    verifier = Verifier(with_votes(rules, row.get("votes", 3)), judges=["anthropic"], desk=StraightDesk(caller))
    return asyncio.run(verifier.agrade(sample_of(row)))


def check(row: Row, caller: ScriptedCaller, rules: Rules) -> None:
    verdict = judged(row, caller, rules)
    told = (row["note"], verdict.code, [step for step in verdict.trace if step.phase == "judge"])
    last = verdict.trace[-1] if verdict.trace else None
    code = last.code if last is not None and last.phase == "judge" else verdict.code
    accepted = [row["outcome"]] if isinstance(row["outcome"], str) else row["outcome"]
    assert verdict.outcome in accepted, told
    assert code == row.get("code", code), told
    assert len(caller.calls) == row.get("calls", len(caller.calls)), told
    assert ("suspect" in (last.evidence if last is not None else ())) is row.get("suspect", False), told


@pytest.mark.parametrize("row", [*rows("gate"), *rows("gate-more"), *rows("gate-said")])
def test_gate(row: Row, rules: Rules) -> None:
    verifier = Verifier(rules, judges=["anthropic"])
    sample = sample_of(row)
    verdict = verifier.grade(sample)
    asked = verifier.asks(sample, verdict, row.get("scope", "undecided"))
    assert asked is row["asked"], (row["note"], verdict.outcome, verdict.code, verdict.trace)


@pytest.mark.parametrize("row", [*rows("protocol"), *rows("long")])
def test_protocol(row: Row, rules: Rules) -> None:
    check(row, ScriptedCaller(row["replies"]), rules)


@pytest.mark.parametrize("row", [*rows("veto"), *rows("veto-more")])
def test_veto(row: Row, rules: Rules) -> None:
    caller = ScriptedCaller(lambda call: same(row["quote"], long=call.rubric.startswith("long")))
    check(row, caller, rules)


@pytest.mark.parametrize("row", [*rows("replies"), *rows("replies-more")])
def test_replies(row: Row, rules: Rules) -> None:
    case = Case(references=("unused",), answer=row["answer"], quoting=rules.quoting)
    read = ballot.read(reply(row["text"], stop=row.get("stop", "end_turn")), case)
    wanted = row["reads_as"]
    if "trouble" in wanted:
        assert read.trouble is not None, (row["note"], read)
        assert (read.trouble.name, read.verdict) == (wanted["trouble"], ""), row["note"]
    else:
        assert read.trouble is None, (row["note"], read)
        assert (read.verdict, read.quote) == (wanted["verdict"], wanted["quote"]), row["note"]


def test_ids_are_unique_and_name_their_file() -> None:
    ids = Counter()
    for path in CASES.glob("*.jsonl"):
        found = [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]
        ids.update(found)
        assert all(name.startswith(f"{path.stem}-") for name in found)
    assert [name for name, times in ids.items() if times > 1] == []


def test_no_outcome_but_the_three() -> None:
    listed = [json.loads(line) for path in CASES.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    named = {one for row in listed if isinstance(row.get("outcome"), str) for one in [row["outcome"]]}
    assert named <= {outcome.value for outcome in Outcome}
