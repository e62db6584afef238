"""The judge that asks a model, behind ``Verifier``: what it is told, what it costs, and what it can never do."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from judging import PRICE, ScriptedCaller, StraightDesk, agreeable, same
from msgspec.structs import replace

from verifier import Outcome, Sample, Verdict, Verifier
from verifier.engine import asking, fold
from verifier.grader import codes
from verifier.judge import model, protocol, trouble
from verifier.judge.port import Scope
from verifier.judge.trouble import Trouble
from verifier.rulebook import builtin_rules, load_rules
from verifier.settings import load_settings
from verifier.types.errors import RulesError
from verifier.types.opinion import Call, Judgement, Opinion
from verifier.types.verdict import Decision, Finding, Standing

OPEN = Sample(ground_truth="Myocardial infarction", final_answer="a heart attack", question="What is the diagnosis?")
PROOF = Sample(ground_truth="4", final_answer="5")
CONVENTION = Sample(ground_truth="0.5 (exact)", final_answer="I do not know the value.")
DIFFERENT: dict[str, object] = {**same("a heart attack"), "verdict": "different"}
UNSURE: dict[str, object] = {**same("a heart attack"), "verdict": "cannot_tell"}


def ask(caller: ScriptedCaller, sample: Sample = OPEN, price: int | None = PRICE) -> Verdict:
    verifier = Verifier(judges=["anthropic"], desk=StraightDesk(caller, price=price), model="claude-test")
    return asyncio.run(verifier.agrade(sample))


def told(call: Call) -> dict[str, Any]:
    return json.loads(call.content)


def test_two_votes_make_a_correct_and_their_cost_stands_in_the_verdict() -> None:
    caller = ScriptedCaller(agreeable())
    verdict = ask(caller)
    assert (verdict.outcome, verdict.method, verdict.code) == (Outcome.CORRECT, "anthropic", "judge.agrees")
    assert (verdict.judge_model, verdict.judge_cost_usd) == ("claude-test", 2 * PRICE / 10**12)
    assert verdict.reason == protocol.AGREES.summary
    step = verdict.trace[-1]
    assert (step.phase, step.by) == ("judge", "anthropic")
    assert step.evidence["quote"] == "a heart attack"
    assert step.evidence["votes"] == "same, same"
    assert step.evidence["requests"] == "req_1, req_2"
    assert step.evidence["rubric"].startswith("short-1+")
    assert "it took “a heart attack” for the answer" in verdict.explain()
    assert ask(ScriptedCaller(agreeable()), price=None).judge_cost_usd is None


@pytest.mark.parametrize("said", [[DIFFERENT], [UNSURE], [Trouble(trouble.OVERLOADED, "529")]])
def test_one_vote_decides_against(said: list[Any]) -> None:
    caller = ScriptedCaller(said)
    verdict = ask(caller)
    assert verdict.outcome is not Outcome.CORRECT
    assert len(caller.calls) == 1


def test_an_empty_purse_ends_the_votes_whenever_it_shows() -> None:
    empty = Trouble(trouble.OVER_BUDGET)
    for before in ([], [same("a heart attack")], [same("a heart attack"), DIFFERENT]):
        caller = ScriptedCaller([*before, empty])
        verdict = ask(caller)
        assert (verdict.outcome, verdict.trace[-1].code) == (Outcome.UNDECIDED, "judge.over_budget")
        assert len(caller.calls) == len(before) + 1


def test_what_arrived_before_the_trouble_is_paid_and_said() -> None:
    verdict = ask(ScriptedCaller([same("a heart attack"), Trouble(trouble.OVER_BUDGET)]))
    assert (verdict.judge_model, verdict.judge_cost_usd) == ("claude-test", PRICE / 10**12)
    assert ask(ScriptedCaller([Trouble(trouble.UNPAID)])).judge_model is None


class Broken:
    """A desk with a defect."""

    async def opinion(self, call: Call) -> Opinion:
        raise ZeroDivisionError(call.ballot)

    def close(self) -> None:
        """Nothing to close."""


def test_a_defect_and_an_absent_desk_are_passes() -> None:
    broken = asyncio.run(Verifier(judges=["anthropic"], desk=Broken()).agrade(OPEN))
    assert (broken.outcome, broken.trace[-1].code) == (Outcome.UNDECIDED, "judge.failed")
    off = Verifier(judges=["anthropic"])
    assert off.asks(OPEN, off.grade(OPEN))
    verdict = asyncio.run(off.agrade(OPEN))
    assert (verdict.outcome, verdict.trace[-1].code) == (Outcome.UNDECIDED, "judge.off")
    off.close()


def test_every_way_to_fail_leaves_the_row_undecided() -> None:
    for code in trouble.CODES:
        verdict = ask(ScriptedCaller([Trouble(code, "why")]))
        assert (verdict.outcome, verdict.trace[-1].code) == (Outcome.UNDECIDED, code.name)
        assert verdict.trace[-1].evidence["detail"] == "why"


# --- scopes -----------------------------------------------------------------------------------------------------------


def settled(verdict: Verdict, decision: Decision, *, firm: bool) -> Outcome:
    return fold.settle(verdict, "anthropic", Judgement(finding=Finding(decision, "judge.x")), firm=firm).outcome


def test_settling_by_scope() -> None:
    incorrect, correct = Verifier().grade(PROOF), Verifier().grade(replace(PROOF, final_answer="4"))
    assert settled(incorrect, Decision.CORRECT, firm=True) is Outcome.INCORRECT
    assert settled(incorrect, Decision.CORRECT, firm=False) is Outcome.CORRECT
    assert settled(incorrect, Decision.PASS, firm=False) is Outcome.INCORRECT
    assert settled(correct, Decision.INCORRECT, firm=False) is Outcome.CORRECT


@pytest.mark.parametrize("scope", ["undecided", "failed", "all"])
def test_a_proof_stands_in_every_scope_and_a_convention_in_the_narrow_one(scope: Scope) -> None:
    by_convention = Sample(ground_truth="3.14159", final_answer="3.14", question="Give pi to 5 decimal places.")
    verifier = Verifier(judges=["anthropic"], desk=StraightDesk(ScriptedCaller(agreeable())))
    standings = {code.name: code.standing for code in codes()}
    for sample, standing in ((PROOF, Standing.PROOF), (by_convention, Standing.CONVENTION)):
        verdict = verifier.grade(sample)
        assert (verdict.outcome, standings[verdict.code]) == (Outcome.INCORRECT, standing)
        wide = scope == "all" or (scope == "failed" and standing is Standing.CONVENTION)
        assert verifier.asks(sample, verdict, scope) is wide
        after = asyncio.run(verifier.ask(sample, verdict, scope))
        turned = scope != "undecided" and standing is Standing.CONVENTION
        assert after.outcome is (Outcome.CORRECT if turned else Outcome.INCORRECT)


def test_a_label_too_many_is_no_convention() -> None:
    question = "Is the message spam or ham?"
    verifier = Verifier(judges=["anthropic"], desk=StraightDesk(ScriptedCaller(agreeable())))
    sample = Sample(ground_truth="spam", final_answer="spam, ham", question=question)
    verdict = verifier.grade(sample)
    assert (verdict.code, verifier.asks(sample, verdict, "failed")) == ("label.several", False)


# --- what it is told --------------------------------------------------------------------------------------------------


def calls(sample: Sample) -> tuple[Call, ...]:
    verifier = Verifier(judges=["anthropic"])
    return verifier.calls(sample, verifier.grade(sample))


def test_what_a_text_commits_to_is_judged_and_else_all_that_is_seen() -> None:
    marked = "We think of the heart first. The answer is: a heart attack"
    assert told(calls(replace(OPEN, final_answer=None, response=marked))[0])["answer"] == "a heart attack"
    vague = "<think>lungs?</think>The heart was short of blood. It hurts. One calls that a heart attack in plain words."
    shown = told(calls(replace(OPEN, final_answer=None, response=vague))[0])["answer"]
    assert shown == vague.partition("</think>")[2]
    long = replace(OPEN, category="Explanation", final_answer=f"{marked}. It is " + "very " * 9_000 + "bad.")
    ends = told(calls(long)[0])["answer"]
    assert ends["beginning"].startswith("We think")
    assert ends["end"].endswith("bad.")
    assert len(ends["beginning"]) + len(ends["end"]) + ends["characters_left_out"] == len(long.final_answer or "")


def test_a_contradicting_turn_is_not_hidden_from_the_judge() -> None:
    sample = Sample(ground_truth="5", final_answer="5", response="I computed. The final answer is \\boxed{6}.")
    assert Verifier().grade(sample).code == "record.answer_mismatch"
    answer = told(calls(sample)[0])["answer"]
    assert "boxed{6}" in answer
    assert answer.endswith("5")


def test_the_policy_of_the_question_is_told_in_either_order() -> None:
    asked = "Give the length in metres to 2 decimal places."
    first, swapped, third = calls(
        Sample(ground_truth="about twelve paces", final_answer="a dozen paces", question=asked)
    )
    for call in (first, swapped, third):
        assert any("metre" in sentence for sentence in told(call)["asked"])
        assert any(sentence.startswith("2 decimal places") for sentence in told(call)["asked"])
    assert (first.ballot, swapped.ballot, third.ballot) == ("first", "swapped", "third")
    assert list(told(swapped))[-2:] == ["text_1", "text_2"]
    assert (third.effort, third.thinking, first.effort, first.thinking) == ("high", True, "low", False)


def test_options_and_several_references_are_told() -> None:
    sample = Sample(
        ground_truth=("B", "the second"),
        final_answer="the one for the heart",
        question="Which?\nA) Aspirin\nB) Metoprolol",
    )
    content = told(calls(sample)[0])
    assert content["options"] == {"A": "Aspirin", "B": "Metoprolol"}
    assert content["reference"] == ["B", "the second"]


def test_the_key_knows_nothing_of_the_sample_id() -> None:
    assert [call.key for call in calls(OPEN)] == [call.key for call in calls(replace(OPEN, sample_id="7"))]


def test_every_demand_has_a_sentence_and_every_sentence_a_demand() -> None:
    assert set(builtin_rules().sentences) == set(asking.NAMES)


def test_rubrics_are_long_enough_to_be_cached() -> None:
    for rubric in builtin_rules().rubrics.values():
        assert min(len(rubric.first), len(rubric.swapped)) > 4 * 512
        assert "reference" not in rubric.swapped.replace("reference_suspect", "")


# --- profiles, settings -----------------------------------------------------------------------------------------------


def pack(folder: Path, text: str) -> Path:
    (folder / "profiles").mkdir(parents=True)
    (folder / "pack.toml").write_text('id = "own"\nversion = "1"\nengine = ">=0.1"\n')
    (folder / "profiles" / "own.toml").write_text(text)
    return folder


def test_profiles_set_votes_effort_and_model(tmp_path: Path) -> None:
    row = (
        'name = "own"\ncategories = ["own"]\njudge_votes = {}\njudge_effort = "medium"\njudge_model = "claude-other"\n'
    )
    for votes in (1, 2, 3):
        rules = load_rules(pack(tmp_path / str(votes), "[[profile]]\n" + row.format(votes)))
        caller = ScriptedCaller(agreeable())
        verifier = Verifier(rules, judges=["anthropic"], desk=StraightDesk(caller))
        sample = replace(OPEN, category="own")
        verdict = asyncio.run(verifier.agrade(sample))
        assert (verdict.outcome, verdict.judge_model) == (Outcome.CORRECT, "claude-other")
        assert [call.effort for call in caller.calls] == ["medium"] * min(votes, 2)
        assert len(verifier.calls(sample, verifier.grade(sample))) == votes
    with pytest.raises(RulesError, match="judge_votes"):
        load_rules(pack(tmp_path / "none", "[[profile]]\n" + row.format(5)))


def test_a_changed_rubric_is_another_question(tmp_path: Path, checkout: Path) -> None:
    folder = pack(tmp_path / "own", '[[profile]]\nname = "own"\ncategories = ["own"]\n')
    (folder / "judge").mkdir()
    text = (checkout / "rules" / "judge" / "short.toml").read_text(encoding="utf-8")
    (folder / "judge" / "short.toml").write_text(text.replace("Compare final answers only.", "Final answers only."))
    rules = load_rules(folder)
    verifier = Verifier(rules, judges=["anthropic"])
    changed = verifier.calls(OPEN, verifier.grade(OPEN))
    assert rules.version != builtin_rules().version
    assert all(new.key != old.key and new.content == old.content for new, old in zip(changed, calls(OPEN), strict=True))
    (folder / "judge" / "short.toml").write_text('[[rubric]]\nname = "short"\nversion = 1\nfirst = "Be kind."\n')
    with pytest.raises(RulesError, match="first"):
        load_rules(folder)


def test_without_key_or_server_the_judge_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    verifier = Verifier.from_settings()
    assert not verifier.asks(OPEN, verifier.grade(OPEN))
    assert not load_settings().judge_on
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    settings = load_settings()
    assert settings.judge_on
    assert "secret" not in repr(settings)
    assert not load_settings(judge="none").judge_on
    assert load_settings(anthropic_api_key=None, judge_base_url="http://127.0.0.1:1").judge_on


def test_codes_are_documented_and_refute_by_convention_only() -> None:
    assert set(model.CODES) <= set(codes())
    assert len({code.name for code in model.CODES}) == len(model.CODES)
    refuting = [code for code in model.CODES if code.decision is Decision.INCORRECT]
    assert {code.standing for code in refuting} == {Standing.CONVENTION}


# --- attacks ----------------------------------------------------------------------------------------------------------

REMAIN = {
    "names side by side, of one thing for all that rules know, or of a place and of what it lies in": "069 070 071",
    "a wider class: whether it is more than the question asks for takes knowledge": "125",
    "what is seen is a name, and the hidden one beside it is not read": "192",
}
"""Attacks that hold a statement which somebody could weigh; a judge that agrees with everything agrees with them."""


def test_who_agrees_with_everything_is_stopped_by_rules(checkout: Path) -> None:
    lines = (checkout / "tests" / "cases" / "answers-attacks.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["outcome"] != "correct" and "candidate" in row]
    verifier = Verifier(judges=["anthropic"])
    fooled = set()
    for row in rows:
        more = {name: row[name] for name in ("question", "options", "category") if name in row}
        field = "response" if row.get("as") == "response" else "final_answer"
        sample = Sample.of(ground_truth=row["gold"], **{**more, field: row["candidate"]})
        golds = sample.ground_truths
        for quote in (lambda answer: answer, lambda answer: " ".join(answer.split()[:3]), *map(_always, golds)):
            verifier._judges["anthropic"].desk = StraightDesk(ScriptedCaller(agreeable(quote)))
            if asyncio.run(verifier.agrade(sample)).outcome is Outcome.CORRECT:
                fooled.add(row["id"].rpartition("-")[2])
    allowed = {number for numbers in REMAIN.values() for number in numbers.split()}
    assert len(rows) > 250
    assert fooled == allowed, fooled ^ allowed


def _always(text: str) -> Any:  # noqa: ANN401  # a function
    return lambda _: text
