"""What becomes of rows over the rounds of message batches: over real HTTP, with a store in a file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from askings import MODEL, QUICK
from fakeapi import FakeAPI

from verifier import Sample, Verdict, Verifier
from verifier.batch import rounds
from verifier.batch.till import Terms, Till
from verifier.judge.batches import BatchCaller
from verifier.judge.wire import Abilities
from verifier.rulebook import builtin_rules
from verifier.store.opening import open_store
from verifier.types.rules import Rules

CASES: Final = Path(__file__).parent.parent / "cases" / "judge" / "batches.jsonl"
WORDS: Final = (
    "amber",
    "birch",
    "cedar",
    "dahlia",
    "elder",
    "fern",
    "ginger",
    "hazel",
    "iris",
    "juniper",
    "kapok",
    "lime",
)
Row = dict[str, Any]
ROWS: Final = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def api() -> Iterator[FakeAPI]:
    with FakeAPI(batch_seconds=0.0) as started:
        yield started


@pytest.fixture(scope="module")
def rules() -> Rules:
    return builtin_rules()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "_FIRST_WAIT", 0.01)


def sample(word: str) -> Sample:
    """What rules cannot tell, and no other row asks."""
    return Sample.of(
        ground_truth="Myocardial infarction", final_answer=f"a heart attack of the {word} ward", question="What is it?"
    )


def judged(api: FakeAPI, rules: Rules, folder: Path, scripts: list[list[str]]) -> list[Verdict]:
    words = WORDS[: len(scripts)]
    assert len(words) == len(scripts)
    api.reset()
    api.script(
        rules=[{"contains": f"the {word} ward", "then": then} for word, then in zip(words, scripts, strict=True)]
    )
    store = open_store(f"sqlite:///{folder / 'opinions.db'}")

    def sender() -> BatchCaller:
        return BatchCaller(model=MODEL, api_key=api.key, base_url=api.url, policy=QUICK, abilities=Abilities())

    till = Till(store, None, rules, Terms(run="test", limit=None, concurrency=8, sender=sender))
    verifier = Verifier(rules, judges=["anthropic"], desk=till.desk)

    def scan() -> list[Verdict]:
        async def all_of_them() -> list[Verdict]:
            return await asyncio.gather(*(verifier.agrade(sample(word)) for word in words))

        return asyncio.run(all_of_them())

    def round_of() -> None:
        scan()

    till.finish_rounds(folder / "rounds", round_of, says=lambda _: None)
    verdicts = scan()
    till.close()
    return verdicts


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS])
def test_case(row: Row, api: FakeAPI, rules: Rules, tmp_path: Path) -> None:
    before = len(api.calls()["batches"])
    verdicts = judged(api, rules, tmp_path, row["rows"])
    assert [verdict.outcome for verdict in verdicts] == row["outcomes"], row["note"]
    assert len(api.calls()["batches"]) - before == row["rounds"], row["note"]
    assert not (tmp_path / "rounds").exists()


def test_what_ends_without_an_answer_says_why(api: FakeAPI, rules: Rules, tmp_path: Path) -> None:
    verdicts = judged(api, rules, tmp_path, [["errored"] * 2, ["expired"] * 2, ["canceled"] * 2])
    assert [verdict.trace[-1].code for verdict in verdicts] == [
        "judge.batch_errored", "judge.batch_expired", "judge.batch_canceled",
    ]  # fmt: skip
