"""What holds for every pair of texts: properties of the whole engine, tried on generated samples.

The examples are the same on every machine (``derandomize``), so that a failure is a failure everywhere;
``HYPOTHESIS_EXAMPLES=2000`` looks further, with other examples at every run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import laws
from hypothesis import HealthCheck, assume, example, given
from hypothesis import strategies as st

from verifier import Outcome, Verdict, grade

examples = partial(laws.examples, also=(HealthCheck.data_too_large,))


# --- texts -----------------------------------------------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(), max_size=40)  # surrogates, controls and unassigned characters among them
PIECES = st.sampled_from(
    [
        *(
            "\\boxed{",
            "\\frac{",
            "\\frac",
            "\\text{",
            "\\sqrt",
            "\\left(",
            "{",
            "}",
            "(",
            ")",
            "$",
            "$$",
            "\\(",
            "\\)",
            "**",
        ),
        *(
            "`",
            "```",
            "<think>",
            "</think>",
            "<answer>",
            "</answer>",
            "Answer:",
            "FINAL_ANSWER:",
            "TOOL:",
            "####",
            "%",
            "-",
        ),
        *(
            "the answer is",
            "So",
            "Wait,",
            "not",
            "or",
            "and",
            "A",
            "(B)",
            "C.",
            "yes",
            "No",
            "true",
            "Paris",
            "\n",
            " ",
            ",",
            ".",
        ),
        *(
            "600",
            "0.6",
            "1,234",
            "1/3",
            "2 1/2",
            "½",
            "3e8",
            "1e999999999",
            "× 10^{",
            "^",
            "_",
            "²",
            "±",
            "°",
            "−",
            "∞",
            "0",
            "5",
        ),
        *(
            "W",
            "kW",
            "watts",
            "m/s",
            "km/h",
            "cm^2",
            "Ω",
            "$69",
            "€",
            "min",
            '{"answer": ',
            '"',
            "=",
            "<",
            "\\%",
            "x",
            "\u202e",
        ),
        *("\x00", "\ud800", "\ufeff", "\u200b", "4", "٤", "\\", "/", "~", "!", "?", "|", "&", "#"),
    ]
)
ROUGH = st.lists(PIECES, max_size=12).map("".join)
SPACED = st.lists(PIECES, max_size=12).map(" ".join)
HOSTILE = ANY_TEXT | ROUGH | SPACED

WORDS = st.sampled_from(
    ["Paris", "photosynthesis", "Marie Curie", "an electron", "the Eiffel Tower", "New York City", "negative feedback"]
)
WHOLE = st.integers(-(10**15), 10**15).map(str)
DECIMAL = st.decimals(-100_000, 100_000, places=3, allow_nan=False, allow_infinity=False).map(
    lambda value: f"{value:f}"
)
FRACTION = st.tuples(st.integers(1, 999), st.integers(2, 999)).map(lambda pair: f"{pair[0]}/{pair[1]}")
LATEX_FRACTION = st.tuples(st.integers(1, 999), st.integers(2, 999)).map(
    lambda pair: f"\\frac{{{pair[0]}}}{{{pair[1]}}}"
)
SCIENTIFIC = st.tuples(st.integers(100, 999), st.integers(-30, 30).filter(bool)).map(
    lambda pair: f"{pair[0] / 100:.2f} \\times 10^{{{pair[1]}}}"
)
NUMBER = WHOLE | DECIMAL | FRACTION | LATEX_FRACTION | SCIENTIFIC
UNIT = st.sampled_from(
    ["W", "kW", "m", "cm", "km/h", "m/s", "kg", "s", "min", "L", "V", "mA", "Ω", "J", "kJ/mol", "°C", "m^2", "Hz"]
)
QUANTITY = st.tuples(st.integers(1, 9_999).map(str) | DECIMAL, UNIT).map(" ".join)
LABELS = "ABCDEFGHIJ"
OPTIONS = dict(
    zip(LABELS, ["red", "blue", "green", "white", "black", "brown", "yellow", "orange", "violet", "grey"], strict=True)
)
LABEL = st.sampled_from(LABELS)

WRAPPERS = st.sampled_from(
    [
        "${}$",
        "\\({}\\)",
        "\\[{}\\]",
        "\\boxed{{{}}}",
        "$\\boxed{{{}}}$",
        "**{}**",
        "  {}\n",
        "{}.",
        "`{}`",
        "\u200b{}\ufeff",
    ]
)
MARKERS = st.sampled_from(
    [
        *("FINAL_ANSWER: {}", "Final answer: {}", "**Final Answer:** {}", "Answer: {}", "The answer is {}", "#### {}"),
        *(
            "<answer>{}</answer>",
            "\\boxed{{{}}}",
            "Therefore, the answer is: {}",
            "THOUGHT: I am done.\nFINAL_ANSWER: {}",
        ),
    ]
)
WORKING = "First I look at 17 and then at option Z.\n"


def outcome(gold: str, answer: str, *, options: dict[str, str] | None = None) -> Outcome:
    return grade(ground_truth=gold, final_answer=answer, options=options).outcome


def other_digit(text: str, place: int, shift: int) -> str:
    """The text with one of its digits changed; ``place`` and ``shift`` choose which, and into what."""
    places = [index for index, char in enumerate(text) if char.isdigit()]
    at = places[place % len(places)]
    return f"{text[:at]}{(int(text[at]) + 1 + shift % 9) % 10}{text[at + 1 :]}"


# --- total, and the same every time ----------------------------------------------------------------------------------


@examples(250)
@given(HOSTILE, HOSTILE, st.none() | HOSTILE)
@example("42", "\ud800", None)
@example("", "", "")
@example("\\boxed{" * 50, "{" * 50, "A. \x00\nB. \ud800")
def test_any_two_texts_have_a_verdict_and_always_the_same(gold: str, answer: str, question: str | None) -> None:
    verdict = grade(ground_truth=gold, final_answer=answer, question=question)
    assert isinstance(verdict, Verdict)
    assert isinstance(verdict.outcome, Outcome)
    assert verdict.code
    assert grade(ground_truth=gold, final_answer=answer, question=question) == verdict


@examples(100)
@given(HOSTILE, st.lists(SPACED | WORDS, max_size=8).map("\n".join))
def test_any_whole_response_has_a_verdict_and_always_the_same(gold: str, response: str) -> None:
    verdict = grade(ground_truth=gold, response=response)
    assert isinstance(verdict.outcome, Outcome)
    assert grade(ground_truth=gold, response=response) == verdict


@examples(60)
@given(st.dictionaries(ANY_TEXT, HOSTILE, max_size=5), HOSTILE, HOSTILE)
def test_any_options_have_a_verdict(options: dict[str, str], gold: str, answer: str) -> None:
    assert isinstance(outcome(gold, answer, options=options), Outcome)


@examples(60)
@given(st.lists(HOSTILE, min_size=1, max_size=4), HOSTILE)
def test_a_verdict_can_be_explained(golds: list[str], answer: str) -> None:
    assert grade(ground_truth=golds, final_answer=answer).explain()


@examples(60)
@given(st.lists(NUMBER | QUANTITY, min_size=2, max_size=3), NUMBER | QUANTITY)
def test_one_accepted_truth_is_enough_and_their_order_is_free(golds: list[str], answer: str) -> None:
    together = outcome_of_many(golds, answer)
    assert outcome_of_many(golds[::-1], answer) == together
    if any(outcome(gold, answer) is Outcome.CORRECT for gold in golds):
        assert together is Outcome.CORRECT


def outcome_of_many(golds: list[str], answer: str) -> Outcome:
    return grade(ground_truth=golds, final_answer=answer).outcome


@examples(60)
@given(st.sampled_from(["", " ", "\n\t ", "\u200b", "\\boxed{}", "$$", "****"]), NUMBER | QUANTITY | WORDS)
def test_an_empty_answer_is_never_correct(empty: str, gold: str) -> None:
    assert outcome(gold, empty) is not Outcome.CORRECT


@examples(30)
@given(st.sampled_from(["", " ", "\n\t ", "\u200b"]), HOSTILE)
def test_a_blank_ground_truth_accepts_nothing(blank: str, answer: str) -> None:
    assert outcome(blank, answer) is not Outcome.CORRECT


# --- reflexive -------------------------------------------------------------------------------------------------------


@examples(120)
@given(NUMBER | QUANTITY)
def test_a_number_and_a_quantity_answer_themselves(text: str) -> None:
    assert outcome(text, text) is Outcome.CORRECT


@examples(60)
@given(WORDS | st.text(st.characters(categories=["Lu", "Ll"]), min_size=1, max_size=12))
def test_a_word_answers_itself(text: str) -> None:
    assert outcome(text, text) is Outcome.CORRECT


@examples(150)
@given(HOSTILE)
def test_nothing_is_refuted_by_itself_unless_it_is_no_answer(text: str) -> None:
    verdict = grade(ground_truth=text, final_answer=text)
    if verdict.outcome is Outcome.INCORRECT:
        # an empty box, a thinking block or a tool call as the ground truth: only the extraction may say so
        assert verdict.method == "extract", verdict.explain()


# --- wrappers, markers, thinking -------------------------------------------------------------------------------------


@examples(150)
@given(NUMBER | QUANTITY, NUMBER | QUANTITY, WRAPPERS, st.booleans())
def test_a_wrapper_changes_nothing_for_numbers_and_quantities(gold: str, other: str, wrapper: str, same: bool) -> None:  # noqa: FBT001
    answer = gold if same else other
    assert outcome(gold, wrapper.format(answer)) == outcome(gold, answer)
    assert outcome(wrapper.format(gold), answer) == outcome(gold, answer)


@examples(80)
@given(LABEL, LABEL, WRAPPERS, st.booleans())
def test_a_wrapper_changes_nothing_for_choices(gold: str, answer: str, wrapper: str, known: bool) -> None:  # noqa: FBT001
    options = OPTIONS if known else None
    expected = Outcome.CORRECT if gold == answer else Outcome.INCORRECT
    assert outcome(gold, answer, options=options) is expected
    assert outcome(gold, wrapper.format(answer), options=options) is expected
    assert outcome(gold, wrapper.format(f"({answer})"), options=options) is expected


@examples(120)
@given(NUMBER | QUANTITY | LABEL, NUMBER | QUANTITY | LABEL, MARKERS, st.booleans())
def test_a_marker_changes_nothing(gold: str, other: str, marker: str, same: bool) -> None:  # noqa: FBT001
    answer = gold if same else other
    plain = outcome(gold, answer)
    assert outcome(gold, marker.format(answer)) == plain
    assert grade(ground_truth=gold, response=WORKING + marker.format(answer)).outcome == plain


@examples(100)
@given(NUMBER | QUANTITY | LABEL, NUMBER | QUANTITY | LABEL, HOSTILE | NUMBER, MARKERS)
def test_a_thought_never_changes_a_verdict(gold: str, answer: str, thought: str, marker: str) -> None:
    assume("think>" not in thought)
    response = marker.format(answer)
    plain = grade(ground_truth=gold, response=response).outcome
    assert grade(ground_truth=gold, response=f"<think>{thought}</think>\n{response}").outcome == plain
    assert grade(ground_truth=gold, response=f"<think>{marker.format(gold)}</think>\n{response}").outcome == plain


@examples(60)
@given(NUMBER | QUANTITY | LABEL | WORDS, MARKERS, st.sampled_from(["<think>{}</think>", "<think>{}", "{}</think>"]))
def test_a_thought_alone_is_no_answer(gold: str, marker: str, thinking: str) -> None:
    assert grade(ground_truth=gold, response=thinking.format(marker.format(gold))).outcome is Outcome.INCORRECT


# --- one change is a wrong answer ------------------------------------------------------------------------------------


@examples(150)
@given(NUMBER | QUANTITY, st.integers(0, 50), st.integers(0, 8), WRAPPERS)
@example("1.00 \\times 10^{5}", 0, 8, "{}.")
def test_another_digit_is_never_correct(gold: str, place: int, shift: int, wrapper: str) -> None:
    changed = other_digit(gold, place, shift)
    assert outcome(gold, changed) is not Outcome.CORRECT
    assert outcome(gold, wrapper.format(changed)) is not Outcome.CORRECT


@examples(80)
@given(
    st.integers(1, 9_999),
    st.permutations(["", "k", "m", "M", "μ", "n", "G"]).map(lambda order: order[:2]),
    st.sampled_from(["W", "V", "A", "J", "Hz", "g", "m", "s", "Ω", "F"]),
)
def test_another_prefix_is_never_correct(number: int, prefixes: list[str], unit: str) -> None:
    right, wrong = prefixes
    assert outcome(f"{number} {right}{unit}", f"{number} {right}{unit}") is Outcome.CORRECT
    assert outcome(f"{number} {right}{unit}", f"{number} {wrong}{unit}") is Outcome.INCORRECT


@examples(80)
@given(st.decimals(1, 9_999, places=2), UNIT, UNIT)
def test_another_unit_is_never_correct(number: object, right: str, wrong: str) -> None:
    assume(right != wrong)
    assert outcome(f"{number} {right}", f"{number} {wrong}") is Outcome.INCORRECT


@examples(60)
@given(LABEL, LABEL)
def test_another_option_is_never_correct(gold: str, answer: str) -> None:
    assume(gold != answer)
    for right, wrong in (
        (gold, answer),
        (OPTIONS[gold], answer),
        (gold, OPTIONS[answer]),
        (OPTIONS[gold], OPTIONS[answer]),
    ):
        assert outcome(right, wrong, options=OPTIONS) is Outcome.INCORRECT


@examples(80)
@given(st.integers(1, 10**9), st.integers(1, 999), st.sampled_from(["+{}", "0{}", "{}.0", "{}.", " {} ", "${}$"]))
def test_ways_to_write_one_whole_number(number: int, other: int, form: str) -> None:
    assert outcome(str(number), form.format(number)) is Outcome.CORRECT
    assert outcome(f"{number:,}", form.format(number)) is Outcome.CORRECT
    assert outcome(str(number), form.format(number + other)) is Outcome.INCORRECT


@examples(80)
@given(st.integers(1, 999), st.integers(2, 999), st.integers(3, 9))
def test_rounding_to_the_last_figure_and_no_other(numerator: int, denominator: int, figures: int) -> None:
    """Rule 11: a decimal of three figures and more is right as rounded, and wrong one unit above or below."""
    gold = f"{numerator}/{denominator}"
    rounded, above, below = around(numerator, denominator, figures)
    assume(
        "." in rounded and not rounded.endswith("0")
    )  # a whole number is no rounding; a last nought tells no figures
    assert outcome(gold, rounded) is Outcome.CORRECT
    assert outcome(gold, above) is Outcome.INCORRECT
    assert outcome(gold, below) is Outcome.INCORRECT


def around(numerator: int, denominator: int, figures: int) -> tuple[str, str, str]:
    """The fraction rounded half up to so many figures, written without exponent, and its two neighbours."""
    places = figures
    while numerator * 10**places < denominator * 10 ** (figures - 1):
        places += 1
    while places and numerator * 10**places >= denominator * 10**figures:
        places -= 1
    last = (2 * numerator * 10**places + denominator) // (2 * denominator)

    def written(value: int) -> str:
        digits = str(value).rjust(places + 1, "0")
        return f"{digits[:-places]}.{digits[-places:]}" if places else digits

    return written(last), written(last + 1), written(last - 1)


# --- the same in every process and thread ----------------------------------------------------------------------------

PAIRS = [
    ("600 W", "600 watts of power are dissipated in the resistor."),
    ("600 W", "600 J"),
    ("B", "The answer is (B) blue."),
    ("B", "Either B or C."),
    ("1/3", "0.333"),
    ("1234", "1,234"),
    ("red, green, blue", "blue, green and red"),
    ("Paris", "The capital is Paris."),
    ("Yes", "Yes and no"),
    ("42", "\\boxed{41} or \\boxed{42}"),
    ("x = 5", "5"),
    ("25%", "0.25"),
]
SCRIPT = """
import sys
from verifier import grade
for line in sys.stdin.read().splitlines():
    gold, answer = line.split("\\t")
    print(repr(grade(ground_truth=gold, final_answer=answer, options={"A": "red", "B": "blue", "C": "green"})))
"""


def test_one_verdict_under_every_hash_seed() -> None:
    text = "\n".join("\t".join(pair) for pair in PAIRS)

    def run(seed: str) -> str:
        command = [sys.executable, "-W", "error", "-c", SCRIPT]
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(
            command, input=text, env=environment, check=True, capture_output=True, encoding="utf-8"
        ).stdout

    first, *others = [run(seed) for seed in ("0", "1", "4242")]
    assert first.count("Verdict(") == len(PAIRS)
    assert all(other == first for other in others)


def test_one_verdict_in_every_thread() -> None:
    def of(pair: tuple[str, str]) -> Verdict:
        return grade(ground_truth=pair[0], final_answer=pair[1])

    alone = [of(pair) for pair in PAIRS]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            assert list(pool.map(of, PAIRS)) == alone
