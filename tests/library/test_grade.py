"""The library's face: what it takes, what it refuses, and that it can be shared."""

from __future__ import annotations

import asyncio
import pickle
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from verifier import Option, Outcome, Sample, Verifier, grade, grade_batch
from verifier.records import read_record
from verifier.types.errors import RecordError

PAIRS = [("600 W", "0.6 kW"), ("600 W", "600 J"), ("B", "(C)"), ("1/3", "0.333"), ("red", "crimson"), ("5", None)]


def test_three_outcomes() -> None:
    assert [grade(ground_truth=gold, final_answer=answer).success for gold, answer in PAIRS] == [
        True,
        False,
        False,
        True,
        None,
        False,
    ]


def test_a_verdict_has_no_truth_value_but_a_reward() -> None:
    verdict = grade(ground_truth="red", final_answer="crimson")
    with pytest.raises(TypeError, match="no truth value"):
        bool(verdict)
    assert verdict.reward() == 0.0
    assert verdict.reward(undecided=0.5) == 0.5
    assert verdict.reason in verdict.explain()


def test_one_of_several_ground_truths_is_enough_and_their_order_is_free() -> None:
    assert grade(ground_truth=["Paris", "Lutetia"], final_answer="lutetia").outcome is Outcome.CORRECT
    assert grade(ground_truth={"4", "5"}, final_answer="6") == grade(ground_truth={"5", "4"}, final_answer="6")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"ground_truth": None, "final_answer": "5"},
            "ground_truth must be a string, .* not NoneType",
        ),
        ({"ground_truth": {"a": 5}, "final_answer": "5"}, "ground_truth must be a string, .* not dict"),
        ({"ground_truth": [None], "final_answer": "5"}, "ground_truth must hold strings, .* not NoneType"),
        ({"ground_truth": "5", "final_answer": [5]}, "final_answer must be a string, .* or None, not list"),
        ({"ground_truth": "5", "response": 5}, "response must be a string or None, not int"),
        ({"ground_truth": float("nan"), "final_answer": "5"}, "not NaN, which is no JSON value"),
        ({"ground_truth": ["5", float("inf")], "final_answer": "5"}, "ground_truth must hold strings, .* not Infinity"),
        ({"ground_truth": "5", "final_answer": float("-inf")}, "final_answer must be .* not -Infinity, which"),
        ({"ground_truth": "5", "final_answer": "5", "options": {"A": float("nan")}}, "options must hold .* not NaN"),
        ({"ground_truth": "5", "final_answer": "5", "options": {"A": None}}, "options must map labels to texts"),
        ({"ground_truth": "5", "final_answer": "5", "options": {1: "5"}}, "options must map labels to texts"),
        ({"ground_truth": "5", "final_answer": "5", "options": "AB"}, "options must map labels to texts, or be a list"),
        ({"ground_truth": "5", "final_answer": "5", "options": {"4", "5"}}, "or be a list of texts, not set"),
        ({"ground_truth": "5", "final_answer": "5", "options": ["4", Option("B", "5")]}, "or texts, not both"),
    ],
)
def test_misuse_is_a_type_error(fields: dict[str, object], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        grade(**fields)  # type: ignore[arg-type]


def test_numbers_booleans_and_bare_lists_are_what_they_are_in_files() -> None:
    sample = Sample.of(ground_truth=[5, True, 0.5], final_answer=10**5000, options=["four", 5], sample_id=7)
    assert sample.ground_truth == ("5", "true", "0.5")
    assert sample.final_answer == "1" + "0" * 5000
    assert sample.options == (Option("A", "four"), Option("B", "5"))
    assert sample.sample_id == "7"
    record = {"ground_truth": 5, "final_answer": 5.0, "options": {"A": 4, "B": "5"}, "sample_id": "7"}
    assert Sample.of(**record) == read_record(record)  # type: ignore[arg-type]
    assert Sample.of(ground_truth="B", options=(str(n) for n in range(28))).options[-1] == Option("AB", "27")
    assert grade(ground_truth="B", final_answer=5, options=[4, 5]).success is True


def test_a_batch_is_graded_under_the_rules_of_its_verifier() -> None:
    rows = [{"ground_truth": "600 W", "final_answer": "0.6 kW"}, Sample(ground_truth="5", final_answer="6")]
    verifier = Verifier(profile="default")
    assert verifier.grade_batch(rows) == grade_batch(rows)
    strict = Verifier(msgspec.structs.replace(verifier.rules, version="mine"))
    assert [verdict.rules for verdict in strict.grade_batch(iter(rows))] == ["mine", "mine"]
    with pytest.raises(RecordError, match=r"samples\[1\].ground_truth"):
        verifier.grade_batch([rows[1], {"final_answer": "6"}])


def test_an_empty_list_of_ground_truths_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="empty list"):
        grade(ground_truth=[], final_answer="5")


def test_a_sample_made_by_hand_is_checked_too() -> None:
    verifier = Verifier()
    with pytest.raises(TypeError, match="takes a Sample, not dict"):
        verifier.grade({"ground_truth": "5"})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="final_answer must be a string"):
        verifier.grade(Sample(ground_truth="5", final_answer=5))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="both strings"):
        verifier.grade(Sample(ground_truth="5", options=(Option(5, None),)))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="rules must come from load_rules"):
        Verifier("rules/")  # type: ignore[arg-type]


def test_a_batch_takes_samples_and_records() -> None:
    verdicts = grade_batch([Sample(ground_truth="5", final_answer="5"), {"ground_truth": "5", "final_answer": "6"}])
    assert [verdict.success for verdict in verdicts] == [True, False]


def test_one_verifier_serves_threads_and_event_loops() -> None:
    verifier = Verifier()
    samples = [Sample(ground_truth=gold, final_answer=answer) for gold, answer in PAIRS * 20]
    alone = [msgspec.json.encode(verifier.grade(sample)) for sample in samples]
    with ThreadPoolExecutor(8) as pool:
        assert [msgspec.json.encode(verdict) for verdict in pool.map(verifier.grade, samples)] == alone

    async def together() -> list[bytes]:
        return [msgspec.json.encode(v) for v in await asyncio.gather(*map(verifier.agrade, samples))]

    assert asyncio.run(together()) == alone


def test_samples_and_verdicts_can_be_pickled() -> None:
    sample = Sample.of(ground_truth="B", final_answer="(B)", options={"A": "one", "B": "two"})
    verdict = Verifier().grade(sample)
    assert pickle.loads(pickle.dumps(sample)) == sample  # noqa: S301
    assert pickle.loads(pickle.dumps(verdict)) == verdict  # noqa: S301


def test_an_answer_and_the_turn_it_was_cut_from_must_not_contradict() -> None:
    verifier = Verifier()
    same = Sample(ground_truth="5", final_answer="5", response="So we get FINAL_ANSWER: 5")
    other = Sample(ground_truth="5", final_answer="5", response="So we get FINAL_ANSWER: 6")
    taken_back = Sample(ground_truth="5", final_answer="5", response="The answer is 5. Wait, it is 6.")
    assert verifier.grade(same).success is True
    assert verifier.grade(other).code == "record.answer_mismatch"
    assert verifier.grade(taken_back).code == "record.answer_mismatch"
