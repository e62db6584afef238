"""What holds for every reply of a model, and for every answer that is put before one."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import laws
import pytest
from hypothesis import given
from hypothesis import strategies as st
from judging import ScriptedCaller, StraightDesk, reply

from verifier import Outcome, Sample, Verdict, Verifier
from verifier.judge import ballot, protocol
from verifier.judge.ballot import Ballot, read, stands
from verifier.judge.rubric import Case, Terms, call_for, case_of
from verifier.rulebook import builtin_rules
from verifier.types.judging import Asked
from verifier.types.opinion import Call
from verifier.types.rules import Rules
from verifier.types.verdict import Decision, Finding

ANSWER = "It was the Florentine who also painted the Last Supper, in 1503."
CASE = Case(references=("Leonardo da Vinci",), answer=ANSWER)
TEXTS = st.one_of(st.text(), st.sampled_from([ANSWER, "the Florentine", "Last Supper", "1503", "503", "", " "]))
VERDICTS = st.sampled_from(["same", "different", "cannot_tell", "Same", "", None, 1])
SHORT = st.fixed_dictionaries(
    {},
    optional={
        "extracted_answer": st.one_of(TEXTS, st.none()),
        "comparison": st.one_of(TEXTS, st.integers()),
        "verdict": VERDICTS,
        "reference_suspect": st.one_of(st.booleans(), st.text(max_size=3)),
    },
)
POINT = st.fixed_dictionaries(
    {"quote": TEXTS},
    optional={
        "point": TEXTS,
        "essential": st.one_of(st.booleans(), st.none()),
        "status": st.sampled_from(["present", "absent", "contradicted", "maybe"]),
    },
)
LONG = st.fixed_dictionaries(
    {"points": st.lists(POINT, max_size=10)},
    optional={"verdict": VERDICTS, "reference_suspect": st.booleans()},
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
)
REPLIES = st.one_of(
    st.text(),
    st.one_of(SHORT, LONG, JSON).map(json.dumps),
    st.tuples(st.text(), SHORT.map(json.dumps), st.text(), LONG.map(json.dumps)).map("".join),
)
STOPS = st.sampled_from(["end_turn", "max_tokens", "refusal", "model_context_window_exceeded", "tool_use", ""])


@pytest.fixture(scope="module")
def rules() -> Rules:
    return builtin_rules()


@pytest.fixture(scope="module")
def verifier(rules: Rules) -> Verifier:
    return Verifier(rules, judges=["anthropic"])


def judged(verifier: Verifier, sample: Sample, caller: ScriptedCaller) -> Verdict:
    judge = verifier._judges["anthropic"]
    judge.desk = StraightDesk(caller)  # type: ignore[attr-defined]  # one engine serves all examples
    return asyncio.run(verifier.agrade(sample))


@laws.examples(600)
@given(text=REPLIES, stop=STOPS, long=st.booleans())
def test_any_reply_gives_a_ballot(text: str, stop: str, long: bool) -> None:  # noqa: FBT001  # drawn
    vote = read(reply(text, stop=stop), CASE, long=long)
    assert (vote.trouble is None) is (vote.verdict != "")
    if vote.verdict in {"same", "different"} and not long:
        assert stands(vote.quote, CASE)
        assert " ".join(vote.quote.split()) in " ".join(ANSWER.split())
    if vote.verdict == "same" and long:
        assert all(stands(point.quote, CASE) for point in vote.points if point.essential)
        assert all(point.status != "contradicted" for point in vote.points)
    if stop in {"max_tokens", "refusal", "model_context_window_exceeded"}:
        assert vote.trouble is not None


def test_depth_and_length_are_no_matter() -> None:
    bombs = ["[" * 100_000, '{"a":' * 100_000, "{" * 300_000, '{"verdict":' + "9" * 10_000 + "}", "\ud800{"]
    for text in bombs:
        assert read(reply(text), CASE).trouble in {ballot.NOT_JSON, ballot.OFF_SCHEMA}


@laws.examples(300)
@given(replies=st.lists(REPLIES, min_size=3, max_size=3), votes=st.sampled_from([1, 2, 3]), long=st.booleans())
def test_votes_end_in_a_finding_and_one_is_not_enough(
    rules: Rules,
    replies: list[str],
    votes: int,
    long: bool,  # noqa: FBT001  # drawn
) -> None:
    terms = Terms(rules.rubrics["long" if long else "short"], "some-model", votes)
    cast: list[Ballot] = []
    coming = protocol.step(CASE, cast, terms)
    while isinstance(coming, Call):
        assert len(cast) < votes
        cast.append(read(reply(replies[len(cast)]), CASE, long=long))
        coming = protocol.step(CASE, cast, terms)
    assert isinstance(coming, Finding)
    same = sum(vote.verdict == "same" for vote in cast)
    if coming.decision is Decision.CORRECT:
        assert same >= min(votes, 2)
    if coming.decision is Decision.INCORRECT:
        assert any(vote.verdict == "different" for vote in cast)


@laws.examples(150)
@given(said=st.lists(st.one_of(SHORT, LONG, st.text()), min_size=3, max_size=3), answer=st.text(), gold=st.text())
def test_a_judge_never_raises(verifier: Verifier, said: list[Any], answer: str, gold: str) -> None:
    sample = Sample(ground_truth=gold, final_answer=answer)
    before = verifier.grade(sample)
    caller = ScriptedCaller(said)
    after = judged(verifier, sample, caller)
    if before.outcome is not Outcome.UNDECIDED:
        assert after == before
    if after.outcome is Outcome.CORRECT and before.outcome is Outcome.UNDECIDED:
        assert len(caller.calls) >= 2


@laws.examples(200)
@given(answer=st.text(min_size=1), gold=st.text(min_size=1), question=st.text(min_size=1))
def test_data_travels_whole_and_the_system_text_stays_the_same(
    rules: Rules, answer: str, gold: str, question: str
) -> None:
    rubric = rules.rubrics["short"]
    sample = Sample(ground_truth=gold, final_answer=answer, question=question)
    case = case_of(sample, Asked(answer, sure=True, shown=answer, demands={}), rubric, rules.sentences)
    first, swapped, third = (call_for(case, Terms(rubric, "m"), name) for name in ("first", "swapped", "third"))
    told, turned = json.loads(first.content), json.loads(swapped.content)
    whole = {name: text.encode("utf-8", "replace").decode() for name, text in {"a": answer, "q": question}.items()}
    assert (told["answer"], turned["text_1"]) == (whole["a"], whole["a"])
    assert told.get("question", "") == (whole["q"] if question.strip() else "")
    assert not {"reference", "answer"} & turned.keys()
    assert (first.system, swapped.system, third.system) == (rubric.first, rubric.swapped, rubric.first)
    assert (third.content, third.effort, first.effort) == (first.content, "high", "low")
    assert len({first.key, swapped.key, third.key}) == 3


@pytest.mark.parametrize(
    ("quote", "answer", "holds"),
    [
        ("5", "15", False),
        ("5", "2.5", False),
        ("5", "x = -5", False),
        ("5", "7-5", True),
        ("5", "5.", True),
        ("5", "5.0", False),
        ("5", "5 cm", True),
        ("5", "5cm", True),
        ("1,234", "1,234,567", False),
        ("art", "heart", False),
        ("heart  attack", "a heart\nattack", True),
        ("heart attack", "a Heart attack", False),
        ("五", "答案是五。", True),
        ("caf\u00e9", "the cafe\u0301", True),
        ("", "anything", False),
        (" ", "any thing", False),
    ],
)
def test_what_stands_in_an_answer(quote: str, answer: str, holds: bool) -> None:  # noqa: FBT001  # a column
    assert stands(quote, Case(references=("x",), answer=answer)) is holds
