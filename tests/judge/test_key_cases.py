"""Cases of keys: what makes two questions to a judge the same, so that one opinion answers both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from askings import call
from msgspec.structs import replace

from verifier import Sample, Verifier
from verifier.judge.rubric import Terms, call_for, case_of
from verifier.rulebook import builtin_rules
from verifier.settings import server_of

CASES = Path(__file__).resolve().parents[1] / "cases" / "judge" / "keys.jsonl"
ROWS = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]


def key(side: dict) -> str:
    """The key of the call that asks about a sample."""
    rules = builtin_rules()
    rules = replace(rules, version=side.get("rules", rules.version))
    text = "response" if side.get("as") == "response" else "final_answer"
    more = {name: side[name] for name in ("question", "options", "sample_id", "category") if name in side}
    sample = Sample.of(ground_truth=side["gold"], **{text: side["candidate"]}, **more)
    rubric = replace(rules.rubrics["short"], digest=side["rubric"])
    case = case_of(sample, Verifier(rules).asked(sample), rubric, rules.sentences)
    return call_for(case, Terms(rubric, side["model"]), side["ballot"]).key


def test_no_case_is_left_out() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS) >= 50


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS])
def test_keys(row: dict) -> None:
    assert (key(row["a"]) == key(row["b"])) is row["same_key"], row["note"]


def test_the_server_is_in_the_key_where_it_is_not_anthropics_own() -> None:
    asked = call()
    elsewhere = replace(asked, server=server_of("http://me:secret@localhost:8000/v1"))
    assert elsewhere.server == "http://localhost:8000"
    assert replace(asked, server=server_of("https://api.anthropic.com")).key == asked.key
    assert elsewhere.key != asked.key
    assert replace(asked, server=server_of("http://localhost:8001")).key not in {asked.key, elsewhere.key}
    assert replace(asked, server=server_of("http://LOCALHOST:8000/")).key == elsewhere.key
    assert server_of("http://[::1") == "http://[::1"
