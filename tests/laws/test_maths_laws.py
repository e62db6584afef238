"""What holds for all maths: trees made at random, written, rewritten and changed, under oracles of their own.

``notation`` makes the trees and values them by mpmath; SymPy is asked where it certainly decides. The examples are the
same on every machine (``derandomize``); ``HYPOTHESIS_EXAMPLES=2000`` looks further, with others at every run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random

import bombs
import laws
import msgspec
import pytest
import sympy
from hypothesis import HealthCheck, assume, example, given
from hypothesis import strategies as st
from notation import (
    FAMILIES,
    ONE,
    POINTS,
    STYLES,
    TWO,
    Family,
    Style,
    Writer,
    add,
    call,
    compare,
    defined,
    div,
    make,
    mul,
    mutate,
    neg,
    number,
    power,
    rewrite,
    root,
    shuffled,
    symbol,
    value,
    whole,
)
from sympytrees import from_sympy, to_sympy

from verifier import Outcome, Sample, Verdict, __version__, grade
from verifier.engine import cascade
from verifier.engine.maths.parser import read_maths
from verifier.grader import default_rules
from verifier.types.budget import Budget, Exhausted, Meter
from verifier.types.expr import Expr
from verifier.types.nodes import symbols

SEEDS = st.integers(0, 2**48)
FAMILY = st.sampled_from(FAMILIES)
STYLE = st.sampled_from(STYLES)
TOTAL: tuple[Family, ...] = ("polynomial", "surd")  # their values are everywhere, or nowhere


examples = partial(laws.examples, also=(HealthCheck.filter_too_much,))


def outcome(gold: str, answer: str, question: str | None = None) -> Outcome:
    return grade(ground_truth=gold, final_answer=answer, question=question).outcome


def told(gold: str, answer: str) -> str:
    verdict = grade(ground_truth=gold, final_answer=answer)
    return f"{verdict.outcome} {verdict.code}\n  gold   {gold}\n  answer {answer}\n{verdict.explain()}"


def written(rng: Random, tree: Expr, style: Style | None = None) -> str:
    return Writer(style or rng.choice(STYLES), rng).write(tree)


def tame(rng: Random, family: Family, depth: int = 3) -> Expr:
    """A tree that has values nearly everywhere on the real line."""
    tree = make(rng, family, depth)
    assume(defined(tree) >= 10)
    return tree


# --- reading ---------------------------------------------------------------------------------------------------------


@examples(400)
@given(SEEDS, FAMILY, STYLE)
def test_every_notation_reads_as_the_value_that_was_written(seed: int, family: Family, style: Style) -> None:
    rng = Random(seed)
    tree = make(rng, family)
    assume(defined(tree) >= 4)
    text = written(rng, tree, style)
    readings = read_maths(text, default_rules().maths, Meter(Budget()))
    assert readings, text
    found = [compare(tree, reading.tree) for reading in readings]
    assert "same" in found, f"{text} read as {[reading.tree for reading in readings]}"
    if readings[0].certain:
        assert found[0] == "same", text


@examples(300)
@given(SEEDS, FAMILY, STYLE, STYLE)
def test_notation_is_free(seed: int, family: Family, style: Style, other: Style) -> None:
    rng = Random(seed)
    tree = tame(rng, family)
    gold, answer = written(rng, tree, style), written(rng, tree, other)
    assert outcome(gold, answer) is Outcome.CORRECT, told(gold, answer)


@examples(100)
@given(SEEDS, FAMILY, st.sampled_from(["${}$", "\\({}\\)", "\\boxed{{{}}}", "**${}$**", "\\[{}\\]", "$$ {} $$."]))
def test_a_wrapper_changes_nothing(seed: int, family: Family, wrapper: str) -> None:
    rng = Random(seed)
    gold, other = tame(rng, family), make(rng, family)
    right, wrong = written(rng, gold, "latex"), written(rng, other, "latex")
    for answer in (right, wrong):
        assert outcome(right, wrapper.format(answer)) == outcome(right, answer), told(right, wrapper.format(answer))
        assert outcome(wrapper.format(right), answer) == outcome(right, answer), told(wrapper.format(right), answer)


# --- the same in other words -----------------------------------------------------------------------------------------


@examples(400)
@given(SEEDS, FAMILY)
def test_an_expression_equals_itself_in_other_words(seed: int, family: Family) -> None:
    rng = Random(seed)
    tree = tame(rng, family)
    other = rewrite(rng, tree)
    assume(compare(tree, other) == "same")
    gold, answer = written(rng, tree), written(rng, other)
    assert outcome(gold, answer) is Outcome.CORRECT, told(gold, answer)


@examples(200)
@given(SEEDS, FAMILY)
def test_an_expression_is_not_refuted_by_itself_in_other_words(seed: int, family: Family) -> None:
    """Those with values here and there too: a root of a sine, a logarithm of a difference."""
    rng = Random(seed)
    tree = make(rng, family, 4)
    other = rewrite(rng, tree, 6)
    assume(compare(tree, other) == "same")
    gold, answer = written(rng, tree), written(rng, other)
    assert outcome(gold, answer) is not Outcome.INCORRECT, told(gold, answer)


_ALGEBRA = {
    "expand": sympy.expand,
    "factor": sympy.factor,
    "together": sympy.together,
    "cancel": sympy.cancel,
    "powsimp": sympy.powsimp,
    "expand_trig": sympy.expand_trig,
    "rewrite": lambda made: made.rewrite(sympy.exp) if made.has(sympy.sinh, sympy.cosh, sympy.tanh) else made,
    "collect": lambda made: sympy.collect(sympy.expand(made), list(made.free_symbols)),
}


@examples(120)
@given(SEEDS, FAMILY, st.sampled_from(sorted(_ALGEBRA)))
def test_an_expression_equals_what_algebra_makes_of_it(seed: int, family: Family, name: str) -> None:
    rng = Random(seed)
    tree = tame(rng, family)
    other = from_sympy(_ALGEBRA[name](to_sympy(tree)))
    assume(other is not None and compare(tree, other) == "same")
    assert other is not None
    gold, answer = written(rng, tree), written(rng, other)
    assert outcome(gold, answer) is Outcome.CORRECT, told(gold, answer)


# --- one slip --------------------------------------------------------------------------------------------------------


@examples(500)
@given(SEEDS, FAMILY)
def test_an_expression_with_a_slip_is_never_correct(seed: int, family: Family) -> None:
    rng = Random(seed)
    tree = make(rng, family)
    other = mutate(rng, tree)
    assume(compare(tree, other) == "different")
    gold, answer = written(rng, tree), written(rng, other if rng.random() < 0.7 else rewrite(rng, other, 2))
    assert outcome(gold, answer) is not Outcome.CORRECT, told(gold, answer)
    assert outcome(answer, gold) is not Outcome.CORRECT, told(answer, gold)


def test_most_slips_are_refuted() -> None:
    """A share, not a law: undecided is allowed to be rare, and where a name was lost (it may have been given)."""
    counts: Counter[Outcome] = Counter()
    for seed in range(200):
        rng = Random(seed)
        tree = make(rng, FAMILIES[seed % len(FAMILIES)])
        other = mutate(rng, tree)
        if defined(tree) >= 10 and symbols(tree) == symbols(other) and compare(tree, other) == "different":
            counts[outcome(written(rng, tree), written(rng, other))] += 1
    assert counts[Outcome.CORRECT] == 0
    assert counts[Outcome.INCORRECT] >= 0.9 * counts.total(), counts


@examples(120)
@given(SEEDS, FAMILY, st.integers(6, 300), st.booleans())
def test_a_difference_of_any_size_is_a_difference(seed: int, family: Family, places: int, negative: bool) -> None:  # noqa: FBT001
    rng = Random(seed)
    tree = tame(rng, family)
    tiny = power(number(10), neg(number(places)))
    gold, answer = written(rng, tree), written(rng, add(tree, neg(tiny) if negative else tiny), "latex")
    assert outcome(gold, answer) is not Outcome.CORRECT, told(gold, answer)


# --- symmetric where the policy is -----------------------------------------------------------------------------------


@examples(200)
@given(SEEDS, st.sampled_from(TOTAL), st.booleans())
def test_sides_may_be_swapped_where_both_have_values_everywhere(seed: int, family: Family, same: bool) -> None:  # noqa: FBT001
    rng = Random(seed)
    tree = tame(rng, family)
    other = rewrite(rng, tree) if same else mutate(rng, tree)
    assume(defined(other) == defined(tree) == len(POINTS) and symbols(tree) == symbols(other))
    gold, answer = written(rng, tree), written(rng, other)
    assert outcome(gold, answer) == outcome(answer, gold), told(gold, answer) + told(answer, gold)


# --- SymPy and mpmath ------------------------------------------------------------------------------------------------


@examples(150)
@given(SEEDS, FAMILY)
def test_sympy_is_not_contradicted(seed: int, family: Family) -> None:
    """Small trees, so that chance often meets equal ones; SymPy's word counts where mpmath's does not deny it."""
    rng = Random(seed)
    one, two = make(rng, family, 1), make(rng, family, 1)
    assume(defined(one) >= 10)
    gold, answer = written(rng, one), written(rng, two)
    found = outcome(gold, answer)
    difference = sympy.expand(to_sympy(one) - to_sympy(two))
    if difference == 0 and compare(one, two) == "same":
        assert found is not Outcome.INCORRECT, told(gold, answer)
    if difference.is_nonzero or compare(one, two) == "different":
        assert found is not Outcome.CORRECT, told(gold, answer)


_SURDS = [root(number(index)) for index in (2, 3, 5, 6, 7, 10)]


@examples(150)
@given(SEEDS)
def test_sums_of_surds_are_told_apart_to_the_last(seed: int) -> None:
    """Near equalities: √a + √b against √c + √d + a rational close to their difference."""
    rng = Random(seed)
    left = add(*rng.sample(_SURDS, 2))
    right = add(*rng.sample(_SURDS, 2))
    with_both = add(left, neg(right))
    found = value(with_both, POINTS[0])
    assert found is not None
    scale = 10 ** rng.randint(3, 20)
    near = div(whole(rng, 0, 0) if found == 0 else _integer(int(found * scale)), number(scale))
    gold, answer = written(rng, left), written(rng, add(right, near))
    expected = Outcome.CORRECT if compare(left, add(right, near)) == "same" else Outcome.INCORRECT
    assert outcome(gold, answer) is expected, told(gold, answer)


def _integer(digits: int) -> Expr:
    return number(digits) if digits >= 0 else neg(number(-digits))


# --- numerals --------------------------------------------------------------------------------------------------------


def recurring(above: int, below: int) -> str:
    """A fraction as a decimal, exactly: its recurring digits under a bar."""
    text, rest = f"{above // below}.", above % below
    seen: dict[int, int] = {}
    digits = ""
    while rest and rest not in seen:
        seen[rest] = len(digits)
        digits += str(rest * 10 // below)
        rest = rest * 10 % below
    if not rest:
        return f"{text}{digits or '0'}"
    start = seen[rest]
    return f"{text}{digits[:start]}\\overline{{{digits[start:]}}}"


@examples(200)
@given(st.integers(1, 10**6), st.integers(2, 400), st.integers(2, 9))
def test_a_fraction_is_one_number_in_every_numeral(above: int, below: int, scale: int) -> None:
    assume(above % below)
    whole_part, rest = divmod(above, below)
    forms = [
        f"\\frac{{{above}}}{{{below}}}",
        f"{above}/{below}",
        f"\\frac{{{above * scale}}}{{{below * scale}}}",
        recurring(above, below),
        f"-\\frac{{-{above}}}{{{below}}}",
        f"{above} \\div {below}",
        f"{above} \\cdot {below}^{{-1}}",
        f"\\frac{{{above * 100}}}{{{below}}}\\%",
        f"{whole_part}\\frac{{{rest}}}{{{below}}}" if whole_part else f"\\tfrac{{{above}}}{{{below}}}",
        f"{whole_part} + {rest}/{below}",
        f"\\frac{{{above}}}{{{below * 10}}} \\times 10^{{1}}",
    ]
    other = f"\\frac{{{above * 10**9 + 1}}}{{{below * 10**9}}}"
    for form in forms:
        for gold, answer in ((forms[0], form), (form, forms[0])):
            assert outcome(gold, answer) is Outcome.CORRECT, told(gold, answer)
    assert outcome(forms[0], other) is Outcome.INCORRECT, told(forms[0], other)


# --- relations -------------------------------------------------------------------------------------------------------

_TURNED = {"=": "=", "<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le", "≤": "≥", "≥": "≤"}


def sides(rng: Random) -> tuple[Expr, Expr]:
    """Two sides in x and y, neither a lone name: no assignment."""
    left = add(mul(number(rng.randint(2, 9)), symbol("x")), mul(number(rng.randint(2, 9)), symbol("y")))
    right = add(mul(number(rng.randint(1, 9)), power(symbol("x"), rng.randint(1, 3))), number(rng.randint(1, 9)))
    return left, right


@examples(150)
@given(SEEDS, st.sampled_from(sorted(_TURNED)))
def test_an_equation_or_inequality_may_be_scaled_moved_and_turned(seed: int, sign: str) -> None:
    rng = Random(seed)
    left, right = sides(rng)
    scale, moved = number(rng.randint(2, 7)), rng.choice([symbol("x"), symbol("y"), number(rng.randint(1, 9))])
    writer = Writer(rng.choice(STYLES), rng)

    def text(one: Expr, other: Expr, turned: str = sign) -> str:
        return f"{writer.write(one)} {turned} {writer.write(other)}"

    gold = text(left, right)
    same = [
        text(right, left, _TURNED[sign]),
        text(shuffled(rng, left), rewrite(rng, right, 2)),
        text(mul(scale, left), mul(scale, right)),
        text(div(left, scale), div(right, scale)),
        text(add(left, moved), add(right, moved)),
        text(add(left, neg(right)), number(0)),
        text(neg(left), neg(right), _TURNED[sign]),
    ]
    for answer in same:
        assert outcome(gold, answer) is Outcome.CORRECT, told(gold, answer)
    differing = [
        text(left, add(right, ONE)),
        text(mul(TWO, left), right),
        text(neg(left), right),
        text(left, mul(number(3), right)),
    ]
    if sign != "=":
        differing += [
            text(left, right, _TURNED[sign]),
            text(right, left),
            text(neg(left), neg(right)),
            text(left, right, "="),
        ]
    for answer in differing:
        assert outcome(gold, answer) is not Outcome.CORRECT, told(gold, answer)


def solutions(roots: dict[int, int], leading: int, sign: str) -> str:
    """Where a product of (x - root)^power, times a number, keeps the inequality with 0: the sign chart as intervals."""
    ends = sorted(roots)
    closed = "e" in sign
    wanted = 1 if sign in {">", "\\ge"} else -1
    signs = [leading * (-1) ** sum(roots[end] for end in ends[place:]) for place in range(len(ends) + 1)]
    edges = ["-\\infty", *map(str, ends), "\\infty"]
    pieces: list[list[str]] = []  # of [opening bracket, low, high, closing bracket]
    for place, found in enumerate(signs):
        if found * wanted > 0:
            opening = "[" if closed and place else "("
            closing = "]" if closed and place < len(ends) else ")"
            if pieces and closed and pieces[-1][2] == edges[place]:
                pieces[-1][2:] = [edges[place + 1], closing]
            else:
                pieces.append([opening, edges[place], edges[place + 1], closing])
        elif closed and place < len(ends) and not (signs[place + 1] * wanted > 0):
            pieces.append(["\\{", str(ends[place]), "", "\\}"])
    texts = [f"{left}{low}{', ' + high if high else ''}{right}" for left, low, high, right in pieces]
    return " \\cup ".join(texts) or "\\emptyset"


@examples(120)
@given(
    st.dictionaries(st.integers(-9, 9), st.integers(1, 2), min_size=1, max_size=3),
    st.sampled_from([-3, -1, 1, 2]),
    st.sampled_from(["<", ">", "\\le", "\\ge"]),
    SEEDS,
)
def test_an_inequality_is_its_sign_chart(roots: dict[int, int], leading: int, sign: str, seed: int) -> None:
    rng = Random(seed)
    factors = [power(add(symbol("x"), _integer(-end)), times) for end, times in roots.items()]
    made = sympy.expand(to_sympy(mul(_integer(leading), *factors)))
    polynomial = from_sympy(made)
    assert polynomial is not None
    for tree in (mul(_integer(leading), *factors), polynomial):
        gold, answer = f"{written(rng, tree, 'latex')} {sign} 0", solutions(roots, leading, sign)
        assert outcome(gold, answer) is Outcome.CORRECT, told(gold, answer)
        for end in roots:  # moved by one, or the end itself in or out
            others = {(end + 1 if old == end else old): times for old, times in roots.items()}
            other_sign = {"<": "\\le", ">": "\\ge", "\\le": "<", "\\ge": ">"}[sign]
            for wrong in (solutions(others, leading, sign), solutions(roots, leading, other_sign)):
                if wrong != answer and len(others) == len(roots):
                    assert outcome(gold, wrong) is not Outcome.CORRECT, told(gold, wrong)


@examples(60)
@given(SEEDS, st.sampled_from(["<", ">", "\\le", "\\ge"]))
def test_an_inequality_is_its_interval(seed: int, sign: str) -> None:
    rng = Random(seed)
    bound = rng.choice(
        [number(rng.randint(0, 20)), div(number(rng.randint(1, 9)), number(7)), root(number(rng.randint(2, 9)))]
    )
    text = written(rng, bound, "latex")
    down, closed = sign in {"<", "\\le"}, "e" in sign
    ends = f"(-\\infty, {text}{']' if closed else ')'}" if down else f"{'[' if closed else '('}{text}, \\infty)"
    flipped = f"(-\\infty, {text}{')' if closed else ']'}" if down else f"{'(' if closed else '['}{text}, \\infty)"
    gold = f"x {sign} {text}"
    for answer in (ends, f"x \\in {ends}", f"\\{{x \\mid x {sign} {text}\\}}", f"{text} {_TURNED[sign]} x"):
        assert outcome(gold, answer) is Outcome.CORRECT, told(gold, answer)
    for answer in (flipped, f"x \\in {flipped}", f"{text} {sign} x", f"x = {text}"):
        assert outcome(gold, answer) is not Outcome.CORRECT, told(gold, answer)


# --- collections -----------------------------------------------------------------------------------------------------


def members(rng: Random, count: int) -> list[Expr]:
    """Different values, each a short expression."""
    found: list[Expr] = []
    while len(found) < count:
        one = make(rng, rng.choice(("surd", "polynomial")), 1)
        if all(compare(one, other) == "different" for other in found) and defined(one) == len(POINTS):
            found.append(one)
    return found


@examples(150)
@given(SEEDS, st.integers(2, 4))
def test_sets_and_tuples_agree_member_by_member(seed: int, count: int) -> None:
    rng = Random(seed)
    items = members(rng, count)
    reworded = [rewrite(rng, item, 2) for item in items]
    assume(all(compare(one, other) == "same" for one, other in zip(items, reworded, strict=True)))
    writer = Writer("latex", rng)
    texts, again = [writer.write(item) for item in items], [writer.write(item) for item in reworded]
    mixed = rng.sample(again, count)
    slip = mutate(rng, items[0])
    wrong = [writer.write(slip), *again[1:]]
    braces, rounds = "\\{{{}\\}}", "({})"

    def text(pattern: str, parts: list[str]) -> str:
        return pattern.format(", ".join(parts))

    agreeing = [
        (braces, texts, again),
        (braces, texts, mixed),
        (braces, texts, [*mixed, again[0]]),
        (rounds, texts, again),
    ]
    for pattern, left, right in agreeing:
        gold, answer = text(pattern, left), text(pattern, right)
        assert outcome(gold, answer) is Outcome.CORRECT, told(gold, answer)
    differing = [(braces, texts, again[1:]), (rounds, texts, again[::-1])]
    if all(compare(item, slip) == "different" for item in items):
        differing += [(braces, texts, wrong), (rounds, texts, wrong), (braces, texts, [*again, writer.write(slip)])]
    for pattern, left, right in differing:
        gold, answer = text(pattern, left), text(pattern, right)
        assert outcome(gold, answer) is not Outcome.CORRECT, told(gold, answer)


@examples(80)
@given(SEEDS, st.integers(1, 3), st.integers(2, 3))
def test_matrices_agree_cell_by_cell(seed: int, rows: int, columns: int) -> None:
    rng = Random(seed)
    cells = [[make(rng, "polynomial", 1) for _ in range(columns)] for _ in range(rows)]
    again = [[rewrite(rng, cell, 1) for cell in row] for row in cells]
    slip = [list(row) for row in cells]
    slip[-1][-1] = mutate(rng, cells[-1][-1])

    def text(found: list[list[Expr]], name: str) -> str:
        writer = Writer("latex", rng)
        body = "\\\\".join("&".join(writer.write(cell) for cell in row) for row in found)
        return f"\\begin{{{name}}}{body}\\end{{{name}}}"

    gold = text(cells, "pmatrix")
    for answer in (text(again, "pmatrix"), text(again, "bmatrix")):
        assert outcome(gold, answer) is Outcome.CORRECT, told(gold, answer)
    turned = [[cells[row][column] for row in range(rows)] for column in range(columns)]
    if compare(cells[-1][-1], slip[-1][-1]) == "different":
        assert outcome(gold, text(slip, "pmatrix")) is not Outcome.CORRECT, told(gold, text(slip, "pmatrix"))
    if rows > 1 and rows != columns:
        assert outcome(gold, text(turned, "pmatrix")) is not Outcome.CORRECT, told(gold, text(turned, "pmatrix"))


@examples(80)
@given(st.lists(st.integers(-30, 30), min_size=2, max_size=4, unique=True).map(sorted), st.booleans(), st.booleans())
def test_a_union_of_intervals_is_its_inequalities(ends: list[int], closed: bool, rays: bool) -> None:  # noqa: FBT001
    """Rays outside the ends, or the pieces between them; and the ends count."""
    low, high = ends[0], ends[-1]
    left, right = ("[", "]") if closed else ("(", ")")
    sign = "\\le" if closed else "<"
    if rays:
        gold = f"(-\\infty, {low}{right} \\cup {left}{high}, \\infty)"
        same = [
            f"x {sign} {low} \\text{{ or }} x {_TURNED[sign]} {high}",
            f"{left}{high}, \\infty) \\cup (-\\infty, {low}{right}",
        ]
        differing = [
            f"x {sign} {low}",
            f"{left}{low}, {high}{right}",
            f"x {sign} {low} \\text{{ and }} x {_TURNED[sign]} {high}",
        ]
        differing.append(f"(-\\infty, {low}{')' if closed else ']'} \\cup {left}{high}, \\infty)")
    else:
        gold = f"{left}{low}, {high}{right}"
        same = [f"{low} {sign} x {sign} {high}", f"x \\in {gold}", f"\\{{x \\mid {low} {sign} x {sign} {high}\\}}"]
        same.append(f"{high} {_TURNED[sign]} x {_TURNED[sign]} {low}")
        if closed:
            same += [f"[{low}, {between}] \\cup [{between}, {high}]" for between in ends[1:-1]]
        differing = [f"{low} {sign} x {sign} {high + 1}", f"{left}{low}, {high + 1}{right}", f"x {sign} {high}"]
        differing.append(f"{low} < x \\le {high}")
        differing += [f"[{low}, {between}) \\cup ({between}, {high}]" for between in ends[1:-1]]
    for answer in same:
        assert outcome(gold, answer) is Outcome.CORRECT, told(gold, answer)
    for answer in differing:
        assert outcome(gold, answer) is not Outcome.CORRECT, told(gold, answer)


# --- bound names -----------------------------------------------------------------------------------------------------


@examples(80)
@given(SEEDS, st.permutations(["i", "j", "k", "m"]).map(lambda order: order[:2]))
def test_a_bound_name_is_free(seed: int, names: list[str]) -> None:
    rng = Random(seed)
    one, other = names
    degree, shift, low = rng.randint(2, 5), rng.randint(1, 9), rng.randint(0, 3)
    for head in ("\\sum", "\\prod"):

        def text(name: str, added: int = shift, head: str = head) -> str:
            return f"{head}_{{{name}={low}}}^{{n}} ({name}^{degree} + {added}{name})"

        assert outcome(text(one), text(other)) is Outcome.CORRECT, told(text(one), text(other))
        assert outcome(text(one), text(other, shift + 1)) is not Outcome.CORRECT, told(
            text(one), text(other, shift + 1)
        )


# --- any text --------------------------------------------------------------------------------------------------------

NOTATION = r"""
    \frac \frac{ \sqrt \sqrt[ \left( \right) \left| \right| \begin{pmatrix} \end{pmatrix} \begin{cases}
    \end{cases} \\ & { } ( ) [ ] \{ \} | ‖ \lfloor \rceil ^ _ ' ! !! % ° \circ \pm ∓ + - − * ** / : = \ne < \le
    ≥ \in \mid \cup ∩ \setminus \mathbb{R} \mathbb{Z} ∅ \infty \to \ldots … \cdot \sum_{k=1}^{n} \int_0^1 dx
    \log_2 \sin^{-1} \sin ln sqrt e^ i \pi π x y n k f(x) f' C A_1 \alpha AB \vec{v} \hat{i} \binom \choose
    \over \pmod 0 1 2 12 0.5 1,234 0.\overline{3} 1e5 ½ ² ₁₀ 10_{2} 1/2 ５ \text{or} or and where for if
    otherwise , ; . $ \( \) \boxed{ \text{ \color{red} ` \ \frobnicate √ ∛ ∑ × ⟨ ⟩ ≡ \operatorname{lcm}
"""
PIECES = st.sampled_from(
    [*NOTATION.split(), "\\lim_{x\\to 0}", "2 1/2", " ", "\n", "\x00", "\ud800", "\u200b", "\ufeff", "\u202e"]
)
ROUGH = st.lists(PIECES, max_size=14).map("".join) | st.lists(PIECES, max_size=10).map(" ".join)
ANY_TEXT = st.text(st.characters(), max_size=40)


@examples(500)
@given(ROUGH | ANY_TEXT)
@example("\\frac")
@example("x_")
@example("0.\\overline{}")
@example("\\begin{pmatrix}\\end{pmatrix}")
@example("1_{2}_{3}^{4}^{5}")
def test_the_reader_is_total_and_always_says_the_same(text: str) -> None:
    def read() -> object:
        try:
            return read_maths(text, default_rules().maths, Meter(Budget()))
        except Exhausted as limit:
            return limit.limit

    assert read() == read()


@examples(500)
@given(ROUGH | ANY_TEXT, ROUGH | ANY_TEXT, st.none() | ROUGH)
def test_any_two_texts_have_a_verdict_and_always_the_same(gold: str, answer: str, question: str | None) -> None:
    verdict = grade(ground_truth=gold, final_answer=answer, question=question)
    assert isinstance(verdict, Verdict)
    assert grade(ground_truth=gold, final_answer=answer, question=question) == verdict
    assert verdict.explain()


@examples(200)
@given(ROUGH)
def test_no_text_is_refuted_by_itself(text: str) -> None:
    verdict = grade(ground_truth=text, final_answer=text)
    assert verdict.outcome is not Outcome.INCORRECT or verdict.method == "extract", verdict.explain()


@examples(200)
@given(SEEDS, FAMILY, ROUGH)
def test_rough_text_is_hardly_ever_an_expression(seed: int, family: Family, text: str) -> None:
    """A number of ten digits is in the tree and not in the text."""
    rng = Random(seed)
    tree = add(make(rng, family), number(rng.randint(10**9, 10**10)))
    gold = written(rng, tree)
    assert outcome(gold, text) is not Outcome.CORRECT, told(gold, text)


# --- the same everywhere ---------------------------------------------------------------------------------------------


def pairs(count: int) -> list[tuple[str, str]]:
    """Pairs of every family, right and wrong, and every bomb that is short."""
    found = []
    for seed in range(count):
        rng = Random(seed)
        tree = make(rng, FAMILIES[seed % len(FAMILIES)])
        other = rewrite(rng, tree) if seed % 2 else mutate(rng, tree)
        found.append((written(rng, tree), written(rng, other)))
    for bomb in bombs.PAIRS.values():
        pair = bomb()
        if len(pair.gold) + len(pair.answer) < 400:
            found.append((pair.gold, pair.answer))
    return found


SCRIPT = """
import json, sys
from verifier import grade
for gold, answer in json.load(sys.stdin):
    print(repr(grade(ground_truth=gold, final_answer=answer)))
"""


def test_one_verdict_under_every_hash_seed() -> None:
    given_pairs = pairs(150)

    def run(seed: str) -> list[str]:
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-W", "error", "-c", SCRIPT]
        text = msgspec.json.encode(given_pairs).decode()
        done = subprocess.run(command, input=text, env=environment, check=True, capture_output=True, encoding="utf-8")
        return done.stdout.splitlines()

    first = run("0")
    assert len(first) == len(given_pairs)
    for seed in ("1", "4242", "random"):
        differing = [pair for pair, one, other in zip(given_pairs, first, run(seed), strict=True) if one != other]
        assert not differing
    here = [repr(grade(ground_truth=gold, final_answer=answer)) for gold, answer in given_pairs]
    assert here == first


def test_one_verdict_in_every_thread_and_at_every_turn() -> None:
    """Precision is process-wide in flint: eight threads, constants and functions at their own precisions."""
    given_pairs = pairs(120)

    def of(pair: tuple[str, str]) -> Verdict:
        return grade(ground_truth=pair[0], final_answer=pair[1])

    alone = [of(pair) for pair in given_pairs]
    with ThreadPoolExecutor(8) as pool:
        for turn in range(3):
            order = list(range(len(given_pairs)))
            Random(turn).shuffle(order)
            found = dict(zip(order, pool.map(of, [given_pairs[index] for index in order]), strict=True))
            assert [found[index] for index in range(len(alone))] == alone


# --- more budget only decides more -----------------------------------------------------------------------------------

_LIMITS = {
    "work": (300, 2_000, 20_000, 2_000_000),
    "bits": (64, 512, 4_096, 131_072),
    "degree": (2, 8, 64, 5_000),
    "terms": (2, 10, 100, 20_000),
    "nodes": (4, 12, 40, 20_000),
    "depth": (3, 6, 12, 80),
    "tokens": (4, 12, 40, 20_000),
    "variables": (0, 1, 2, 16),
    "readings": (1, 2, 3, 8),
    "steps": (2, 4, 8, 50_000),
}


def under(budget: Budget, gold: str, answer: str) -> Verdict:
    profile = msgspec.structs.replace(default_rules().default_profile, budget=budget)
    sample = Sample(ground_truth=gold, final_answer=answer)
    return cascade.decide(sample, default_rules(), profile, engine=__version__)


@pytest.mark.parametrize("limit", _LIMITS)
def test_raising_a_limit_never_turns_a_verdict(limit: str) -> None:
    for gold, answer in pairs(60):
        decided: set[Outcome] = set()
        for size in sorted((*_LIMITS[limit], getattr(Budget(), limit))):
            found = under(msgspec.structs.replace(Budget(), **{limit: size}), gold, answer)
            assert not decided - {found.outcome}, f"{limit} {size}: {found.explain()} for {gold} and {answer}"
            if found.outcome is not Outcome.UNDECIDED:
                decided.add(found.outcome)


# --- the tools themselves --------------------------------------------------------------------------------------------


def test_the_oracle_knows_some_maths() -> None:
    x = symbol("x")
    assert compare(power(add(x, ONE), 2), add(power(x, 2), mul(TWO, x), ONE)) == "same"
    assert compare(add(power(call("sin", x), 2), power(call("cos", x), 2)), ONE) == "same"
    assert compare(root(power(x, 2)), x) == "different"
    assert compare(root(power(x, 2)), call("abs", x)) == "same"
    assert compare(call("ln", power(x, 2)), mul(TWO, call("ln", x))) == "unclear"
    assert compare(div(add(x, neg(x)), add(x, neg(x))), ONE) == "unclear"
    assert Path(bombs.__file__).name == "bombs.py"
