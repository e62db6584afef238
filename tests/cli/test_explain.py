"""``verifier explain``: the verdict on one pair, for a person or as JSON."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from verifier import grade
from verifier.engine.cascade import STAGES
from verifier.grader import codes
from verifier.records import VERIFICATION_KEYS
from verifier.types.explain import _KINDS, explain
from verifier.types.verdict import Decision, Outcome, Step, Verdict

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


PACK = 'id = "mine"\nversion = "1"\nengine = ">=0.1"\n'
UNIT = """
[[unit]]
name = "smoot"
symbols = []
words = ["smoot", "smoots"]
equals = "67 inch"
accept = [["134 inches", "2 smoots"]]
reject = [["134 inches", "3 smoots"]]
"""


def test_prose_tells_what_was_read_and_compared(verifier: Run) -> None:
    done = verifier(
        "explain", "600 W", "600 watts of power are dissipated in the resistor.", "--category", "AC Circuits"
    )
    assert done.returncode == 0
    first, *rest = done.stdout.decode().splitlines()
    assert first == "Correct. Both are the same quantity."
    text = "\n".join(rest)
    assert "The answer reads as a quantity, “600 watts”; “of power are dissipated in the resistor” adds nothing" in text
    assert "The ground truth reads as a quantity, “600 W”." in text
    assert "confidence" not in text
    assert "Code quantity.equal, decided by quantity" in rest[-1]


@pytest.mark.parametrize(
    ("gold", "answer", "start"),
    [
        ("600 W", "600 V", "Incorrect. "),
        ("-5", "-5", "Correct. "),
        ("Paris", "Lyon", "Undecided. "),
        ("4", "", "Incorrect. "),
    ],
)
def test_the_first_word_is_the_ruling(verifier: Run, gold: str, answer: str, start: str) -> None:
    done = verifier("explain", gold, answer)
    assert done.returncode == 0
    assert done.stdout.decode().startswith(start)


def test_json_is_what_a_row_and_its_trace_hold(verifier: Run) -> None:
    options = ["--option", "A=Aspirin", "--option", "B=Ibuprofen"]
    done = verifier("explain", "B", "The answer is (B) ibuprofen", *options, "--json", "--question", "Which?")
    shown = json.loads(done.stdout)
    assert shown["success"] is True
    assert tuple(shown["verification"]) == VERIFICATION_KEYS
    assert shown["verification"]["code"] == "choice.same_option"
    assert shown["trace"][0]["phase"] == "extract"
    assert set(shown["trace"][0]) == {"phase", "by", "decision", "code", "evidence", "work", "depth"}


def test_bytes_that_are_no_text_are_shown_not_tripped_over(verifier: Run) -> None:
    assert verifier("explain", "4", b"\xff 4".decode("utf-8", "surrogateescape")).returncode == 0
    done = verifier("explain", "4", b"\xff 4".decode("utf-8", "surrogateescape"), "--json")
    assert json.loads(done.stdout)["verification"]["outcome"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["5", "5", "--qustion", "how many"], "No such option '--qustion'. Did you mean '--question'?"),
        (["--jsn", "5"], "No such option '--jsn'. Did you mean '--json'?"),
        (["--rule=my", "5", "5"], "No such option '--rule'. Did you mean '--rules'?"),
        (["-json", "5", "5"], "No such option '-json'"),
        (["5", "5", "--profile", "nope"], "unknown profile 'nope'"),
        (["5", "5", "--rules", "nowhere"], "nowhere"),
    ],
)
def test_a_misspelt_option_is_no_answer(verifier: Run, arguments: list[str], said: str) -> None:
    done = verifier("explain", *arguments)
    assert done.returncode == 2
    assert said in done.stderr.decode()


@pytest.mark.parametrize("text", ["-5", "-.5", "-x", "-\\frac{1}{2}", "-(1+x)", "-"])
def test_what_begins_with_a_minus_is_a_value(verifier: Run, text: str) -> None:
    done = verifier("explain", text, text, "--question", "--what is it?", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["trace"]
    assert verifier("explain", "--json", "--", "--jsn", "--jsn").returncode == 0


def test_own_rules_explain_their_verdicts(tmp_path: Path, verifier: Run) -> None:
    (tmp_path / "mine" / "units").mkdir(parents=True)
    (tmp_path / "mine" / "pack.toml").write_text(PACK)
    (tmp_path / "mine" / "units" / "odd.toml").write_text(UNIT)
    assert b"Correct." not in verifier("explain", "134 inches", "2 smoots").stdout
    assert verifier("explain", "134 inches", "2 smoots", "--rules", "mine").stdout.startswith(b"Correct.")
    environment = os.environ | {"VERIFIER_RULES": "mine"}
    assert verifier("explain", "134 inches", "2 smoots", env=environment).stdout.startswith(b"Correct.")


def test_a_pack_is_told_how_many_examples_are_its_own(tmp_path: Path, verifier: Run) -> None:
    (tmp_path / "mine" / "units").mkdir(parents=True)
    (tmp_path / "mine" / "pack.toml").write_text(PACK)
    (tmp_path / "mine" / "units" / "odd.toml").write_text(UNIT)
    done = verifier("rules", "check", "mine")
    assert done.returncode == 0
    assert b" examples, 2 of mine; 0 failed\n" in done.stdout


def test_all_that_is_wrong_with_a_pack_is_told(tmp_path: Path, verifier: Run) -> None:
    (tmp_path / "mine" / "units").mkdir(parents=True)
    (tmp_path / "mine" / "pack.toml").write_text(PACK)
    (tmp_path / "mine" / "units" / "odd.toml").write_text(f"{UNIT}\n{UNIT}\n[[unit]]\n")
    done = verifier("rules", "check", "mine")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"mine/units/odd.toml:") == 3
    assert b"already, in mine/units/odd.toml:" in done.stderr
    assert b"entry 'unit number 3', field 'name': field required" in done.stderr


def test_a_category_that_another_profile_gets_is_told(tmp_path: Path, verifier: Run) -> None:
    (tmp_path / "mine" / "profiles").mkdir(parents=True)
    (tmp_path / "mine" / "pack.toml").write_text(PACK)
    profile = '[[profile]]\nname = "mine"\ncategories = ["ac *"]\n'
    (tmp_path / "mine" / "profiles" / "mine.toml").write_text(profile)
    done = verifier("rules", "check", "mine")
    assert done.returncode == 0
    told = "category 'ac circuits' fits 'ac *' of profile 'mine' and gets 'circuits', which has it by name\n"
    assert done.stdout.decode().startswith(told)


def test_a_misshapen_option_is_refused(verifier: Run) -> None:
    done = verifier("explain", "B", "B", "--option", "Ibuprofen")
    assert (done.returncode, b"LABEL=TEXT" in done.stderr) == (2, True)
    assert verifier("explain", "B").returncode == 2


def test_a_verdict_without_known_meanings_is_told_in_the_words_of_its_codes() -> None:
    verdict = Verdict(
        outcome=Outcome.UNDECIDED,
        method="none",
        code="reading.ambiguous",
        gold="4",
        candidate="4 | 5",
        engine="1",
        rules="2",
        confidence=0.5,
        trace=(
            Step(phase="extract", by="answer_is", evidence={"text": "4 or so"}),
            Step(phase="read", by="gold", decision=Decision.PASS, code="gold.unreadable", evidence={"text": "x"}),
            Step(phase="compare", by="number", decision=Decision.INCORRECT, code="number.differs", depth=2),
            Step(phase="judge", by="anthropic", decision=Decision.PASS, code="judge.unavailable"),
        ),
    )
    assert explain(verdict).splitlines() == [
        "Undecided. Reading: ambiguous.",
        "",
        "The ground truth is “4”; the answer is “4 | 5”.",
        "The answer was found by the rule “answer is”: “4 or so”.",
        "The ground truth could not be read (text: x). Gold: unreadable.",
        "  As numbers, they do not agree. Number: differs.",
        "Judge (anthropic): that is not decided. Judge: unavailable.",
        "",
        "Code reading.ambiguous, nothing decided; confidence 50.0%; engine 1, rules 2.",
    ]


def _told(gold: str, answer: str, question: str = "") -> str:
    verdict = grade(ground_truth=gold, final_answer=answer, question=question)
    return explain(verdict, {code.name: code.summary for code in codes()})


@pytest.mark.parametrize(
    ("gold", "answer", "said"),
    [
        (
            "5 kg",
            "11 lb",
            "As quantities, they do not agree (11 lb is about 4.98952 kg). The two numbers are different",
        ),
        ("600 W", "0.6 kW", "As quantities, they agree (0.6 kW is 600 W). The two numbers are the same exact value."),
        ("100 °C", "372 K", "(372 K is 98.85 °C)"),
        ("5 Ω", "5 ohms", "As quantities, they agree. The two numbers are the same exact value."),
        ("1/3 m", "0.333 m", "As quantities, they agree. The answer is the ground truth, rounded"),
        ("+3 D", "3 dioptres", "As quantities, they agree (the unit is taken for the dioptre)."),
        ("5 m", "5 s", "As quantities, they do not agree (one is in m, the other in s)."),
        ("y=2x", "2y=4x", "As equations or inequalities, they agree (all factors of one are zero where"),
        ("{1,2}", "{2,3}", "(1 is not in the answer)"),
        ("H2O", "\\ce{H2O}", "reads as chemistry, “H2O”.\nAs chemical formulas, they agree."),
        ("12:00", "12:30 pm", "As times of day, they do not agree."),
        ("135 minutes", "2 h 16 min", "The answer reads as a length of time, “136 minutes”."),
        ("1/2", "50-50", "may rather be words, a score or a span of years than maths."),
        ("1s2 2s2 2p6 3s2 3p6 4s2 3d6", "[Ar] 3d6 4s2", "reads as chemistry, “1s2 2s2 2p6 3s2 3p6 4s2 3d6”"),
    ],
)
def test_a_comparison_is_told_in_words(gold: str, answer: str, said: str) -> None:
    told = _told(gold, answer)
    assert said in told
    prose = told.rpartition("\n\nCode ")[0]
    assert not any(code.name in prose for code in codes())


def test_a_right_value_in_another_form_is_not_called_another_value() -> None:
    told = _told("x(x+1)", "x^2+x", "Factor x^2+x.")
    assert "As expressions, their form tells them apart (the form asked for: factored)." in told


def test_a_label_that_no_option_has_is_told_as_one() -> None:
    verdict = grade(ground_truth="A", final_answer="E", options={"A": "Paris", "B": "London"}, question="Which?")
    assert (verdict.code, verdict.candidate.partition(" | ")[0]) == ("choice.unknown_label", "E (none of the options)")


@pytest.mark.parametrize(
    ("gold", "answer", "left_out"), [("+3 D", "3 dioptres", "3*D"), ("12:00", "12:30 pm", "12:0”")]
)
def test_readings_that_did_not_decide_are_left_to_the_trace(gold: str, answer: str, left_out: str) -> None:
    told = _told(gold, answer)
    assert left_out not in told
    trace = grade(ground_truth=gold, final_answer=answer).trace
    assert left_out.rstrip("”") in [step.evidence.get("as") for step in trace]


def test_all_readings_are_told_where_they_disagree() -> None:
    told = _told("1.5", "1,5")
    assert "As numbers, they agree." in told
    assert "As collections of values, they do not agree" in told


def test_a_value_is_told_in_another_unit_only_where_it_was_converted() -> None:
    step = grade(ground_truth="5 m", final_answer="6 metres").trace[-1]
    assert step.evidence == {"gold": "5 m", "candidate": "6 metres", "unit": "m", "numbers": "number.differs"}
    far = grade(ground_truth="5 m", final_answer="6e400 km").trace[-1]
    assert "converted" not in far.evidence


def test_every_kind_has_a_word() -> None:
    readers = {"numeral", "chemistry", "ratio", "duration", "restatement"}
    assert readers | {stage.name for stage in STAGES} | {"identical"} <= _KINDS.keys()
