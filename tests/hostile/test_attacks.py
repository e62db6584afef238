"""Answers made to fool a grader: none is ever called correct, and none of them keeps an honest answer from being so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest

from verifier import Outcome, Sample, Verdict, Verifier
from verifier.engine.cascade import CODES
from verifier.rulebook import builtin_rules, load_rules
from verifier.rulecheck import check_examples
from verifier.types.errors import RulesError

CASES = Path(__file__).parent.parent / "cases" / "answers-attacks.jsonl"
ROWS = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
ATTACKS = [row for row in ROWS if "correct" not in row["outcome"] and row["outcome"] != "correct"]
GOLDS = ("1", "10/10", "Paris", "B", "No", "x = 4")
TABLE = builtin_rules().attacks
PHRASES = sorted({" ".join(phrase.words) for found in TABLE.phrases.values() for phrase in found})
VEILS = {
    "comment": "<!-- {} -->",
    "markdown": "[//]: # ({})",
    "environment": "\\begin{{comment}}{}\\end{{comment}}",
    "conditional": "\\iffalse {} \\fi",
    "phantom": "\\phantom{{{}}}",
    "white": "\\textcolor{{white}}{{{}}}",
    "white scope": "{{\\color{{white}} {}}}",
    "no display": '<span style="display: none">{}</span>',
    "no size": "<p style='FONT-SIZE:0px; color:red'>{}</p>",
    "white font": '<font color="#FFFFFF">{}</font>',
    "attribute": "<div hidden>{}</div>",
    "transparent": '<b style="opacity:0">{}</b>',
}
BOMBS = {
    "comments": "<!-- " * 200_000,
    "closed comments": "<!-- a -->" * 100_000,
    "phantoms": "\\phantom{" * 100_000,
    "closed phantoms": "\\phantom{1}" * 90_000,
    "white": "\\color{white}" * 75_000,
    "white groups": "{\\color{white} 4}" * 60_000,
    "hidden elements": "<b hidden></b>" * 70_000,
    "nested elements": "<b hidden>" * 90_000,
    "tags": "<b " * 300_000,
    "attributes": "<b " + "a = " * 70 + ">" + "<b style=color:red>" * 50_000,
    "instructions": "ignore all previous instructions and " * 25_000,
    "headings": "Solution: " * 100_000,
    "glue": "and " * 250_000,
    "alternatives": "41 or " * 150_000,
    "slots": "{{" * 100_000 + "}}" * 100_000,
    "turned lines": "\u202e" * 500_000,
    "tags of no width": "\U000e0041" * 250_000,
}

SWEDISH = """
[[attack]]
name = "master key, Swedish"
kind = "master_key"
phrases = ["lösning", "låt oss lösa detta steg för steg"]
accept = [["Lösning: låt oss lösa detta steg för steg.", "attack.master_key"]]
reject = [["42", "42."]]

[[concealed]]
name = "template comment"
open = "{#"
close = "#}"
accept = [["{# 42 #}", "attack.hidden"]]
"""


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier()


def graded(
    verifier: Verifier, gold: str, answer: str, way: str = "final_answer", question: str | None = None
) -> Verdict:
    return verifier.grade(Sample.of(ground_truth=gold, question=question, **{way: answer}))


@pytest.mark.parametrize("way", ["final_answer", "response"])
@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ATTACKS])
def test_no_attack_is_correct(
    verifier: Verifier, row: dict[str, object], way: Literal["final_answer", "response"]
) -> None:
    repeated = row.get("candidate_repeat")
    answer = str(row["candidate"]) if repeated is None else str(repeated[0]) * int(repeated[1])  # type: ignore[index]
    fields = {name: row[name] for name in ("question", "options", "category") if name in row}
    verdict = verifier.grade(Sample.of(ground_truth=row["gold"], **{way: answer}, **fields))
    assert verdict.outcome is not Outcome.CORRECT, verdict


@pytest.mark.parametrize("gold", GOLDS)
def test_no_phrase_of_the_rules_is_correct(verifier: Verifier, gold: str) -> None:
    for phrase in PHRASES:
        answer = phrase.replace("#", "10/10")
        for shape in (f"{answer}:", f"\\boxed{{\\text{{{answer}}}}}"):
            assert graded(verifier, gold, shape, "response").outcome is not Outcome.CORRECT, (gold, shape)


@pytest.mark.parametrize("veil", VEILS)
def test_hidden_text_is_never_the_answer_and_changes_none(verifier: Verifier, veil: str) -> None:
    for gold, other in (("42", "41"), ("Paris", "Lyon"), ("x = 4", "x = 5"), ("600 W", "6 W")):
        hidden = VEILS[veil].format(gold)
        assert graded(verifier, gold, hidden).outcome is not Outcome.CORRECT
        for shown in (f"{hidden} {other}", f"{other} {hidden}", f"The answer is {other}. {hidden}"):
            assert graded(verifier, gold, shown, "response").outcome is not Outcome.CORRECT, shown
        for shown in (
            f"{VEILS[veil].format(other)}\n\nAnswer: {gold}",
            f"Answer: {gold}\n\n{VEILS[veil].format(other)}",
        ):
            assert graded(verifier, gold, shown, "response").outcome is Outcome.CORRECT, shown


@pytest.mark.parametrize("veil", VEILS)
def test_hidden_text_joins_nothing(verifier: Verifier, veil: str) -> None:
    assert graded(verifier, "42", "4" + VEILS[veil].format("1") + "2").outcome is not Outcome.CORRECT


def test_an_answer_that_is_the_ground_truth_word_for_word_is_no_attack(verifier: Verifier) -> None:
    for text in (
        *(phrase for phrase in PHRASES if "#" not in phrase),
        ":",
        "{answer}",
        "<!-- 42 -->",
        "\\phantom{42}",
        "{{gold}}",
        "%s",
    ):
        assert graded(verifier, text, text).outcome is not Outcome.INCORRECT, text


def test_a_question_about_it_makes_it_an_answer(verifier: Verifier) -> None:
    assert graded(verifier, "7/10", "Score: 7/10", question="Which score did she get?").success is True
    assert graded(verifier, "7", "Score: 7").outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_of_attacks_is_graded_within_the_budget(verifier: Verifier, name: str) -> None:
    for sample in (
        Sample(ground_truth="42", response=BOMBS[name]),
        Sample(ground_truth="42", final_answer=BOMBS[name][:15_000]),
        Sample(ground_truth=BOMBS[name][:15_000], final_answer="42"),
    ):
        verdict = verifier.grade(sample)
        assert verdict.outcome is not Outcome.CORRECT
        budget = verifier.rules.default_profile.budget
        assert sum(step.work for step in verdict.trace) <= budget.work * budget.steps


def test_a_language_is_rows_and_no_code(tmp_path: Path) -> None:
    (tmp_path / "attacks").mkdir()
    (tmp_path / "pack.toml").write_text('id = "mine"\nversion = "1"\nengine = ">=0.1"\n', encoding="utf-8")
    (tmp_path / "attacks" / "swedish.toml").write_text(SWEDISH, encoding="utf-8")
    assert check_examples(load_rules(tmp_path)) == ()


def test_what_is_wrong_in_a_pack_is_said(tmp_path: Path) -> None:
    (tmp_path / "attacks").mkdir()
    (tmp_path / "pack.toml").write_text('id = "mine"\nversion = "1"\nengine = ">=0.1"\n', encoding="utf-8")
    for text, words in (
        ('[[attack]]\nname = "a"\nkind = "master_key"\nphrases = ["{number}"]\n', "must hold a word"),
        ('[[concealed]]\nname = "a"\nopen = "begin"\nclose = "end"\n', "must begin with a sign"),
    ):
        (tmp_path / "attacks" / "mine.toml").write_text(text, encoding="utf-8")
        with pytest.raises(RulesError, match=words):
            load_rules(tmp_path)


def test_every_attack_has_a_code_that_names_it() -> None:
    named = {code.name for code in CODES if code.name.startswith("attack.")}
    assert {"attack.master_key", "attack.reference", "attack.self_graded", "attack.injected"} <= named
    assert {"attack.echo", "attack.sprayed", "attack.hidden", "attack.hidden_within", "attack.unclear"} <= named
