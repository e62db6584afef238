"""The shipped example data: its schema, its labels, its README, and the verifier's verdicts on it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from verifier.grader import grade_batch
from verifier.records import read_record
from verifier.types.errors import RecordError
from verifier.types.verdict import Outcome, Verdict

Row = dict[str, Any]
Key = tuple[str, str]

BROKEN = {
    39: "not_json",
    87: "not_object",
    132: "ground_truth",
    178: "final_answer",
    227: "not_json",
    264: "ground_truth",
}
"""Line -> what cannot be read there: the line, or a field of it."""

DECIDED = {True: 0.6, False: 0.5}
"""The part of the right and of the wrong answers that rules alone decide; the rest needs maths, knowledge or taste."""

NUMBERS = {
    "total_energy_joules": float,
    "total_latency_seconds": float,
    "total_cost_usd": float,
    "total_tokens": int,
    "num_turns": int,
}
SCHEMA: Mapping[str, tuple[type, ...]] = {
    "sample_id": (str,),
    "conversations": (list,),
    "tool_calls": (list,),
    "ground_truth": (str,),
    "final_answer": (str, type(None)),
    "success": (type(None),),
    **{name: (kind,) for name, kind in NUMBERS.items()},
    "source_dataset": (str,),
    "category": (str,),
    "teacher_model": (str,),
    "tools_used": (list,),
}


def _key(row: Mapping[str, Any]) -> Key:
    return row["sample_id"], row["teacher_model"]


@pytest.fixture(scope="module")
def examples(checkout: Path) -> Path:
    return checkout / "examples"


@pytest.fixture(scope="module")
def lines(examples: Path) -> list[str]:
    return (examples / "trajectories.jsonl").read_text(encoding="utf-8").split("\n")


@pytest.fixture(scope="module")
def good(lines: list[str]) -> list[Row]:
    return [json.loads(line) for number, line in enumerate(lines, 1) if line and number not in BROKEN]


@pytest.fixture(scope="module")
def labels(examples: Path) -> list[Row]:
    return [json.loads(line) for line in (examples / "labels.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def readme(examples: Path) -> str:
    return (examples / "README.md").read_text(encoding="utf-8")


def test_every_good_row_has_the_schema(good: list[Row]) -> None:
    for row in good:
        assert list(row) == list(SCHEMA), _key(row)
        for field, kinds in SCHEMA.items():
            assert type(row[field]) in kinds, (_key(row), field)
        assert all(row[field].strip() for field in ("ground_truth", "category", "teacher_model"))
        assert re.fullmatch(r"traj_[0-9a-f]{8}", row["sample_id"])


def test_conversations_tools_and_turns_agree(good: list[Row]) -> None:
    for row in good:
        turns = row["conversations"]
        for turn in turns:
            assert list(turn) == (["role", "content", "name"] if turn["role"] == "tool" else ["role", "content"])
            assert turn["content"].strip(), _key(row)
        roles = [turn["role"] for turn in turns if turn["role"] != "system"]
        assert roles[0] == "user"
        assert roles[-1] == "assistant"
        assert roles.count("user") == 1
        assert row["num_turns"] == roles.count("assistant")
        calls = row["tool_calls"]
        assert all(list(call) == ["name", "input", "output"] for call in calls)
        answered = [(call["name"], call["output"]) for call in calls if call["output"] is not None]
        assert answered == [(turn["name"], turn["content"]) for turn in turns if turn["role"] == "tool"], _key(row)
        assert row["tools_used"] == list(dict.fromkeys(call["name"] for call in calls))
        texts = [turn["content"] for turn in turns if turn["role"] == "assistant"]
        assert all(any(call["input"] in text for text in texts) for call in calls), _key(row)


def test_the_final_answer_comes_from_the_conversation(good: list[Row]) -> None:
    for row in good:
        last = row["conversations"][-1]["content"]
        if row["final_answer"]:
            assert last.endswith(row["final_answer"]), _key(row)
            if "FINAL_ANSWER: " in last:
                assert row["final_answer"] == last.partition("FINAL_ANSWER: ")[2]


def test_figures_are_plausible(good: list[Row]) -> None:
    for row in good:
        length = sum(len(turn["content"]) for turn in row["conversations"])
        assert 0.2 * length < row["total_tokens"] < 3 * length, _key(row)
        assert 0 < row["total_cost_usd"] < 0.05, _key(row)
        assert 0.3 < row["total_latency_seconds"] < 60, _key(row)
        assert (row["total_energy_joules"] > 0) == row["teacher_model"].startswith("vllm:"), _key(row)


def test_no_two_rows_are_alike_but_for_numbers(good: list[Row]) -> None:
    questions = {row["sample_id"]: row["conversations"][-1 - _after_user(row)]["content"] for row in good}
    shapes = Counter(re.sub(r"\d+", "#", question) for question in questions.values())
    assert max(shapes.values()) == 1
    answers = Counter((row["sample_id"], row["conversations"][-1]["content"]) for row in good)
    assert max(answers.values()) == 1
    assert max(Counter(map(_key, good)).values()) == 1


def _after_user(row: Row) -> int:
    roles = [turn["role"] for turn in row["conversations"]]
    return len(roles) - 1 - roles.index("user")


def test_teachers_share_questions(good: list[Row], labels: list[Row]) -> None:
    teachers = Counter(row["sample_id"] for row in good)
    assert sum(count > 1 for count in teachers.values()) >= 60
    right = {_key(label) for label in labels if label["label"]}
    contested = Counter(sample for sample, _ in right)
    assert sum(count > 1 for count in contested.values()) >= 25, "duplicates to resolve among the right ones"
    opus = [_key(row) for row in good if "opus" in row["teacher_model"]]
    assert min(sum(key in right for key in opus), sum(key not in right for key in opus)) >= 20


def test_the_seeds_example_is_there(good: list[Row]) -> None:
    row = good[0]
    assert _key(row) == ("traj_e719b342", "vllm:kimi-k2@8001")
    assert row["category"] == "AC Circuits"
    assert row["ground_truth"] == "600 W"
    assert row["final_answer"] == "600 watts of power are dissipated in the resistor."
    assert "TOOL: calculator" in row["conversations"][2]["content"]
    assert "INPUT: 5^2 * 24" in row["conversations"][2]["content"]
    assert row["tools_used"] == ["calculator"]


def test_labels_cover_every_good_row_once(good: list[Row], labels: list[Row]) -> None:
    assert [_key(label) for label in labels] == [_key(row) for row in good]
    for label in labels:
        assert list(label) == ["sample_id", "teacher_model", "label", "note"]
        assert type(label["label"]) is bool
        assert label["note"].strip()
    share = sum(label["label"] for label in labels) / len(labels)
    assert 0.4 < share < 0.6


@pytest.mark.parametrize(("number", "problem"), BROKEN.items())
def test_each_broken_line_is_broken_in_its_way(lines: list[str], number: int, problem: str) -> None:
    line = lines[number - 1]
    if problem == "not_json":
        with pytest.raises(json.JSONDecodeError):
            json.loads(line)
        return
    record = json.loads(line)
    with pytest.raises(RecordError) as caught:
        read_record(record)
    assert caught.value.code == f"record.{'not_object' if problem == 'not_object' else _wanted(record, problem)}"
    assert caught.value.field == (None if problem == "not_object" else problem)


def _wanted(record: Row, field: str) -> str:
    return "ground_truth_missing" if field == "ground_truth" and not record.get(field) else "wrong_type"


def test_no_other_line_is_broken(good: list[Row]) -> None:
    for row in good:
        assert read_record(row).sample_id == row["sample_id"]


def test_the_files_open_in_any_editor(examples: Path) -> None:
    for name in ("trajectories.jsonl", "labels.jsonl"):
        content = (examples / name).read_bytes()
        assert len(content) < 900_000
        assert content.endswith(b"\n")
        assert max(map(len, content.split(b"\n"))) < 8000
        strange = re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\ufffd]", content.decode())
        assert not strange, name


def test_readme_counts_are_true(readme: str, lines: list[str], good: list[Row], labels: list[Row]) -> None:
    right = {_key(label) for label in labels if label["label"]}
    teachers = Counter(row["sample_id"] for row in good)
    in_tool_form = sum(
        bool(row["tool_calls"]) or "FINAL_ANSWER:" in row["conversations"][-1]["content"] for row in good
    )
    for fact in (
        f"{len(lines) - 1} lines to grade",
        f"{len(good)} trajectories of four teachers over {len(teachers)} questions, and {len(BROKEN)} broken lines",
        f"{sum(count > 1 for count in teachers.values())} questions were given to two or more teachers",
        f"{in_tool_form} rows use tools",
        f"null or empty in {sum(not row['final_answer'] for row in good)} rows",
        f"each of the {len(good)} trajectories",
        f"({len(right)} rows)",
    ):
        assert fact in readme, fact
    cells = re.findall(r"\| `?([\w:@ .-]+?)`? \| (\d+) ?(?:\| (\d+) \| (\d+) )?(?=\|)", readme.replace("| | ", "|\n| "))
    told = {name: tuple(int(count) for count in counts if count) for name, *counts in cells}
    for category, count in Counter(row["category"] for row in good).items():
        assert told[category] == (count,)
    for teacher in {row["teacher_model"] for row in good}:
        keys = [_key(row) for row in good if row["teacher_model"] == teacher]
        assert told[teacher] == (len(keys), sum(key in right for key in keys), sum(key not in right for key in keys))
    assert sorted(map(int, re.findall(r"(?m)^\| (\d+) \| [^|\d]", readme))) == sorted(BROKEN)


@pytest.fixture(scope="module")
def graded(good: list[Row], labels: list[Row]) -> list[tuple[Row, bool, Verdict]]:
    wanted = {_key(label): label["label"] for label in labels}
    return [(row, wanted[_key(row)], verdict) for row, verdict in zip(good, grade_batch(good), strict=True)]


@pytest.mark.parametrize(("outcome", "label"), [(Outcome.CORRECT, False), (Outcome.INCORRECT, True)])
def test_no_verdict_contradicts_its_label(
    graded: list[tuple[Row, bool, Verdict]], outcome: Outcome, *, label: bool
) -> None:
    offenders = [
        f"{row['sample_id']} of {row['teacher_model']}: {row['ground_truth']!r} against {verdict.candidate!r}"
        f" is {verdict.outcome} by {verdict.code}"
        for row, wanted, verdict in graded
        if verdict.outcome is outcome and wanted is label
    ]
    assert not offenders, "\n" + "\n".join(offenders)


def test_rules_alone_decide_most_rows(graded: list[tuple[Row, bool, Verdict]]) -> None:
    for label, at_least in DECIDED.items():
        outcomes = [verdict.outcome for _, wanted, verdict in graded if wanted is label]
        undecided = Counter(outcomes)[Outcome.UNDECIDED]
        assert 1 - undecided / len(outcomes) >= at_least, f"{undecided} of {len(outcomes)} rows labelled {label}"
