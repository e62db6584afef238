"""What holds for every formula and equation of chemistry, on generated ones."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from time import process_time

import laws
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from verifier import Outcome, grade
from verifier.engine.kinds.chemical_text import tokens_of
from verifier.engine.kinds.species import Species
from verifier.engine.kinds.species_reader import Scanner
from verifier.rulebook import builtin_rules
from verifier.types.budget import Budget, Meter

RULES = builtin_rules()
SYMBOLS = tuple(symbol for symbol, element in RULES.chemistry.elements.items() if not element.group)
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
RAISED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
QUESTION = "What is the chemical formula of the compound?"

Atom = tuple[str, int]
Formula = tuple[tuple[Atom, ...], int]


examples = partial(laws.examples, also=(HealthCheck.filter_too_much,))


ATOMS = st.lists(
    st.tuples(st.sampled_from(SYMBOLS), st.one_of(st.integers(1, 12), st.just(1))),
    min_size=2,
    max_size=5,
    unique_by=lambda atom: atom[0],
)
CHARGES = st.sampled_from([0, 0, 0, 1, 2, 3, -1, -2, -3])
FORMULAS: st.SearchStrategy[Formula] = st.tuples(ATOMS.map(tuple), CHARGES)


def charge(value: int) -> str:
    return "" if not value else (str(abs(value)) if abs(value) > 1 else "") + ("+" if value > 0 else "-")


def flat(formula: Formula) -> str:
    atoms, own = formula
    return "".join(f"{symbol}{count if count > 1 else ''}" for symbol, count in atoms) + (
        "^" + charge(own) if own else ""
    )


def latex(formula: Formula) -> str:
    atoms, own = formula
    body = "".join(rf"\mathrm{{{symbol}}}" + (f"_{{{count}}}" if count > 1 else "") for symbol, count in atoms)
    return f"${body}{'^{' + charge(own) + '}' if own else ''}$"


def unicode(formula: Formula) -> str:
    atoms, own = formula
    body = "".join(symbol + (str(count).translate(LOWERED) if count > 1 else "") for symbol, count in atoms)
    return body + charge(own).translate(RAISED)


def mhchem(formula: Formula) -> str:
    return rf"\ce{{{flat(formula)}}}"


def html(formula: Formula) -> str:
    atoms, own = formula
    body = "".join(symbol + (f"<sub>{count}</sub>" if count > 1 else "") for symbol, count in atoms)
    return body + (f"<sup>{charge(own)}</sup>" if own else "")


NOTATIONS = st.sampled_from([flat, latex, unicode, mhchem, html])


def outcome(gold: str, candidate: str, question: str | None = QUESTION) -> Outcome:
    return grade(ground_truth=gold, final_answer=candidate, question=question).outcome


def is_acronym(formula: Formula) -> bool:
    """Letters alone, which may be a word, and formulas with an index of 1 are not claimed."""
    return not formula[1] and all(count == 1 for _, count in formula[0])


@examples(300)
@given(FORMULAS, NOTATIONS, NOTATIONS)
def test_a_formula_in_any_notation_is_itself(formula: Formula, first: object, second: object) -> None:
    assume(not is_acronym(formula))
    gold, candidate = first(formula), second(formula)  # type: ignore[operator]
    assert outcome(gold, candidate) is Outcome.CORRECT, (gold, candidate)


@examples(300)
@given(FORMULAS, NOTATIONS, NOTATIONS, st.data())
def test_one_change_is_never_correct(formula: Formula, first: object, second: object, data: st.DataObject) -> None:
    assume(not is_acronym(formula))
    atoms, own = list(formula[0]), formula[1]
    place = data.draw(st.integers(0, len(atoms) - 1))
    symbol, count = atoms[place]
    change = data.draw(st.sampled_from(["count", "element", "charge"]))
    if change == "count":
        atoms[place] = (symbol, data.draw(st.integers(1, 12).filter(lambda other: other != count)))
    elif change == "element":
        atoms[place] = (data.draw(st.sampled_from(SYMBOLS).filter(lambda other: other != symbol)), count)
    else:
        own = data.draw(st.sampled_from([-3, -2, -1, 0, 1, 2, 3]).filter(lambda other: other != formula[1]))
    other: Formula = (tuple(atoms), own)
    gold, candidate = first(formula), second(other)  # type: ignore[operator]
    for question in (QUESTION, None):
        assert outcome(gold, candidate, question) is not Outcome.CORRECT, (gold, candidate)


TERMS = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from(sorted(RULES.chemistry.listed))),
    min_size=1,
    max_size=4,
    unique_by=lambda term: term[1],
)


def side(terms: list[tuple[int, str]], factor: Fraction = Fraction(1)) -> str:
    return " + ".join(f"{count * factor} {formula}" for count, formula in terms)


@examples(200)
@given(
    TERMS,
    TERMS,
    st.fractions(min_value=Fraction(1, 6), max_value=6, max_denominator=6),
    st.sampled_from(["->", "→", "=", r"\rightarrow", "⇌", r"\longrightarrow"]),
    st.randoms(use_true_random=False),
)
def test_equations_are_free_in_order_and_factor_and_not_in_direction(
    left: list[tuple[int, str]], right: list[tuple[int, str]], factor: Fraction, arrow: str, chance: object
) -> None:
    assume({formula for _, formula in left} != {formula for _, formula in right})
    gold = f"{side(left)} -> {side(right)}"
    mixed = [list(terms) for terms in (left, right)]
    for terms in mixed:
        chance.shuffle(terms)  # type: ignore[attr-defined]
    question = "Balance the chemical equation."
    assert outcome(gold, f"{side(mixed[0], factor)} {arrow} {side(mixed[1], factor)}", question) is Outcome.CORRECT
    assert outcome(gold, f"{side(mixed[1], factor)} {arrow} {side(mixed[0], factor)}", question) is Outcome.INCORRECT
    count, formula = left[0]
    other = [(count + 1, formula), *left[1:]]
    if len(left) + len(right) > 2:
        assert outcome(gold, f"{side(other)} {arrow} {side(right)}", question) is Outcome.INCORRECT


PIECES = st.sampled_from([
    "H", "O", "Na", "Cl", "2", "3", "₂", "²⁺", "^", "_", "{", "}", "(", ")", "[", "]", "+", "-", "->", "→", "=", "·",
    ".", " ", r"\ce{", r"\mathrm{", r"\rightarrow", r"\frac12", "1/2", "^{14}", "_{6}", "(aq)", "(III)", "e^-", "α",
    "β", "n", "1s2", "[Ar]", "3d5", "$", "\\", "x", "|", "↑", "<sub>", "</sub>",
])  # fmt: skip
TEXTS = st.lists(PIECES, max_size=25).map("".join)


@examples(400)
@given(TEXTS, TEXTS, st.sampled_from([None, QUESTION]))
def test_any_pieces_give_a_verdict(gold: str, candidate: str, question: str | None) -> None:
    grade(ground_truth=gold or "H2O", final_answer=candidate, question=question)


@examples(200)
@given(TEXTS)
def test_what_is_the_same_text_is_never_refuted(text: str) -> None:
    assume(text.strip())
    verdict = grade(ground_truth=text, final_answer=text)
    assert verdict.outcome is not Outcome.INCORRECT or verdict.method not in {"chemistry", "reaction", "configuration"}


def parsed(formula: str) -> Species | None:
    tokens = tokens_of(formula, Meter(Budget()))
    assert tokens is not None
    scanner = Scanner(formula, tokens, RULES.chemistry, loose=False)
    read = scanner.species()
    return read.ways[0] if read is not None and scanner.at_end() else None


def test_every_listed_formula_is_written_as_it_is_read() -> None:
    for formula in RULES.chemistry.listed:
        species = parsed(formula)
        assert species is not None
        assert species.text == formula or formula.startswith("D"), (formula, species.text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000 + "H2" + ")2" * 5_000,
        "(" * 8 + "H9999" + ")9999" * 8,
        "C" + "9" * 19_000,
        "H2O" * 6_000,
        "H2 + " * 780 + "O2 -> H2O",
        "9" * 3_900 + "H2 + O2 -> H2O",
        "H" * 3_990 + "2",
        "1s2 " * 900,
        "^{" * 1_900,
        "[" * 3_000,
        r"\ce{" * 900,
        r"\xrightarrow{" * 300 + "H2",
        "H2O·" * 900 + "H2O",
        "->" * 1_900,
        "e^-" * 1_200,
        "_{" * 1_000 + "}" * 1_000 + "H2O",
        "H+" * 1_900,
    ],
)
def test_hostile_texts_stay_cheap(text: str) -> None:
    began = process_time()
    for gold, candidate in ((text, "H2O"), ("2H2 + O2 -> 2H2O", text), (text, text)):
        assert grade(ground_truth=gold, final_answer=candidate, question=QUESTION).outcome in Outcome
    assert process_time() - began < 1.5
