"""One value in maths: equal over the ground truth's domain, rounded as an examiner rounds, in the form asked for.

How two trees are compared stands in ``maths.zero``; here is what a question and the rounding rules make of it
(POLICY 11, 12, 31-36, 56).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from verifier.engine.kinds import conditions, phasor, values
from verifier.engine.kinds.decimals import (
    DIFFERS,
    NOT_EXACT,
    ROUNDED,
    ROUNDING,
    ROUNDS_TO_GOLD,
    TO_PLACES,
    TWO_FIGURES,
    UNSHOWN,
    WHOLE,
    compare_decimal,
)
from verifier.engine.kinds.form import REPEATED, wrong_form
from verifier.engine.kinds.formula import COUNTERS, Expression
from verifier.engine.kinds.kind import Context, Stage
from verifier.engine.kinds.number import agree
from verifier.engine.kinds.values import Value
from verifier.engine.maths import coefficients, families, zero
from verifier.engine.maths.calculus import derivative
from verifier.engine.maths.trees import walk
from verifier.engine.maths.zero import Equality, Given
from verifier.engine.numerals import Number, value_of
from verifier.types.budget import Exhausted
from verifier.types.expr import Expr
from verifier.types.nodes import heads, number, symbols
from verifier.types.verdict import Code, Decision, Finding, Standing, passes, proves, refutes

IDENTICAL = proves("expression.identical", "Both are the same expression, but for the order of its parts.")
EQUAL = proves("expression.equal", "The two expressions are equal: their difference is zero, by exact algebra.")
EQUAL_TO_BITS = proves(
    "expression.equal_to_bits", "The two constants agree to more digits than two different ones of this size could."
)
EQUAL_AT_POINTS = proves(
    "expression.equal_at_points",
    "The two expressions agree at every point of the ground truth's domain that was tried.",
)
RENAMED = proves("expression.renamed", "The expressions are equal once a freely chosen name is exchanged.")
SAME_UP_TO_CONSTANT = proves(
    "expression.same_family", "The expressions differ by what their arbitrary constants take up."
)
NAMES_DIFFER = refutes("expression.names_differ", "The expressions are alike in other names, which the question fixes.")
NO_CONSTANT = refutes(
    "expression.constant_missing",
    "The question asks for all functions, and the answer has no arbitrary constant.",
    Standing.CONVENTION,
)
SUB_FAMILY = refutes("expression.sub_family", "The answer has fewer arbitrary constants than all functions need.")
EXTRA_CONSTANT = refutes(
    "expression.constant_extra",
    "The answer has an arbitrary constant, and one value is asked for.",
    Standing.CONVENTION,
)
UNDEFINED = passes("expression.undefined", "A part of an expression is undefined, as 0/0 is.", specific=7)
NO_DOMAIN = passes("expression.no_common_domain", "There are too few points at which both are defined.", specific=6)
BREAKPOINTS = passes(
    "expression.breakpoints", "The expression changes its rule at points that were not found.", specific=6
)
FREE_NAMES = passes(
    "expression.names", "The expressions hold different names, and nothing says whether they are free.", specific=7
)
CONDITIONS = passes(
    "expression.conditions",
    "The expressions differ unless relations of the question hold, which could not be used.",
    specific=7,
)
LOG_BASE = passes("expression.log_base", "The expressions agree for one base of an unwritten logarithm.", specific=7)
UNSUPPORTED = passes("expression.unsupported", "A part of an expression is not worked out here.", specific=6)
WORDS = passes(
    "expression.words",
    "The texts are not written alike, and may rather be words, a score or a span of years than maths.",
    specific=7,
)
MARKS = passes(
    "expression.marks_differ", "The expressions are alike but for an operator between or before names.", specific=7
)
ORDER = passes(
    "expression.order_may_count",
    "The expressions are equal if their products have no order, as those of vectors and matrices have.",
    specific=7,
)
COMPLEX = passes(
    "expression.complex_names",
    "The expressions are equal for real names, and the question speaks of complex numbers.",
    specific=7,
)
COEFFICIENTS = passes(
    "expression.coefficients_rounded",
    "The expressions agree as far as the decimals in them are shown.",
    specific=7,
)
STATED = passes(
    "expression.condition_stated", "The answer holds under a condition that the ground truth does not state."
)
SAME_VALUES = proves("expression.same_values", "Both run through the same values, over all whole numbers.")
SAME_BASE = proves("expression.same_digits", "The answer gives the digits of the ground truth, in the base asked for.")
BASE_OPEN = passes(
    "expression.base_open",
    "The answer is the value in base ten, and nothing says which base was asked for.",
    specific=7,
)
OTHER_BASE = refutes("expression.other_base", "The digits are not those of the ground truth in its base.")
CODES: tuple[Code, ...] = (
    IDENTICAL, EQUAL, EQUAL_TO_BITS, EQUAL_AT_POINTS, RENAMED, SAME_VALUES, SAME_BASE, SAME_UP_TO_CONSTANT, ROUNDED,
    ROUNDS_TO_GOLD, DIFFERS, NAMES_DIFFER, OTHER_BASE, BASE_OPEN, SUB_FAMILY, NO_CONSTANT, EXTRA_CONSTANT, ROUNDING,
    NOT_EXACT, UNDEFINED, NO_DOMAIN, BREAKPOINTS, FREE_NAMES, CONDITIONS, LOG_BASE, UNSUPPORTED, UNSHOWN, WORDS,
    WHOLE, TO_PLACES, TWO_FIGURES, COEFFICIENTS, STATED, MARKS, ORDER, COMPLEX,
)  # fmt: skip

_EQUAL: Final = {
    "identical": IDENTICAL,
    "rational": EQUAL,
    "algebraic": EQUAL,
    "exact": EQUAL,
    "bits": EQUAL_TO_BITS,
    "points": EQUAL_AT_POINTS,
}
_OPEN: Final = {
    "undefined": UNDEFINED,
    "no_common_domain": NO_DOMAIN,
    "breakpoints": BREAKPOINTS,
    "names": FREE_NAMES,
    "relations": CONDITIONS,
    "log_base": LOG_BASE,
    "unsupported": UNSUPPORTED,
}
_REAL_ONLY: Final = frozenset({"abs", "root", "ln", "log", "conj", "re", "im", "arg"})
_OPERATORS: Final = frozenset({"nabla", "circ", "\\times"})


def compare_values(gold: Value, candidate: Value, ctx: Context) -> Finding:
    """Two values, one of them at least to be computed: by rounding, by exact algebra, else at points.

    What the question says of names, constants and form comes with it.
    """
    wanted, given = values.number_of(gold, ctx), values.number_of(candidate, ctx)
    if wanted is not None and given is not None:
        return agree(wanted, given, ctx)
    shown = ctx.sides(gold, candidate)
    own, other = values.tree_of(gold), values.tree_of(candidate)
    if ctx.demand.degrees:
        own, other = values.in_degrees(own), values.in_degrees(other)
    early = (
        _loose(gold, candidate, own, other, shown)
        or compare_decimal(own, wanted, other, given, ctx, shown)
        or _in_base(own, given, ctx, shown)
        or _as_words(gold, candidate, own, other, shown)
    )
    if early is not None:
        return early
    held = symbols(own), symbols(other)
    names = held[0] | held[1]
    if not names:
        found = zero.equal(own, other, Given(), ctx.meter)
        if found.decision is Decision.CORRECT and values.is_word(gold) and own != other:
            return WORDS.finding(**shown)  # the score 7-4 is no 3
        return _settled_constants(own, other, found, ctx, shown)
    if not names.isdisjoint(values.IMAGINARY):
        own, other, settled = _as_complex(own, other, ctx, shown)
        if settled is not None:
            return settled
        held = symbols(own), symbols(other)
    family = _progressions(own, other, held, ctx, shown) or _constants(own, other, names, ctx, shown)
    if family is not None:
        return family
    stated = gold.conditions if isinstance(gold, Expression) else ()
    found = _equal(own, other, names, stated, ctx)
    if found.decision is Decision.CORRECT and held[0] != held[1] and (_vanishes(own) or _vanishes(other)):
        return FREE_NAMES.finding(**shown)  # 0·m/s and 0·m
    if found.decision is Decision.CORRECT:
        if isinstance(candidate, Expression) and conditions.limits(stated, candidate.conditions, ctx):
            return STATED.finding(**shown)
        doubt = _doubt(gold, candidate, own, other, found, ctx)
        if doubt is not None:
            return doubt.finding(**shown)
        return _settled(own, other, found, ctx, shown)
    words = values.is_word(gold) or values.is_word(candidate) or not (own.args or other.args)
    renamed = None if words else _renamed(own, other, ctx, shown)  # Cs and CS, x and t are not renamed
    return renamed or _settled(own, other, found, ctx, shown)


def _as_complex(own: Expr, other: Expr, ctx: Context, shown: Mapping[str, str]) -> tuple[Expr, Expr, Finding | None]:
    """Two trees with j as the imaginary unit where it is, and what that settles: 2j beside 2i may be a vector."""
    own, other = values.imaginary(other, own, ctx), values.imaginary(own, other, ctx)
    if not symbols(own) and not symbols(other):
        found = zero.equal(own, other, Given(), ctx.meter)
        return own, other, _settled_constants(own, other, found, ctx, shown)
    left = values.IMAGINARY & symbols(other) and phasor.is_complex(own) and not conditions.may_not_commute(ctx)
    return own, other, FREE_NAMES.finding(**shown) if left and not symbols(own) else None


def _perhaps_imaginary(own: Expr, other: Expr, ctx: Context) -> bool:
    """Whether two trees that differ are one where a j or I that no question names is the imaginary unit: e^(Ix)."""
    names = values.IMAGINARY & (symbols(own) | symbols(other))
    found = [name for name in sorted(names) if not conditions.is_named(name, ctx)]
    if len(found) != 1 or conditions.may_not_commute(ctx):
        return False
    unit = {found[0]: Expr("constant", (), "i")}
    one, two = zero.substitute(own, unit), zero.substitute(other, unit)
    return zero.equal(one, two, Given(), ctx.meter).decision is Decision.CORRECT


def _settled_constants(own: Expr, other: Expr, found: Equality, ctx: Context, shown: Mapping[str, str]) -> Finding:
    """The finding on two trees without names; complex ones may be roundings of each other."""
    decimal = found.decision is Decision.INCORRECT and (phasor.is_rounded(own) or phasor.is_rounded(other))
    if decimal and phasor.is_complex(own) and phasor.is_complex(other):
        rounded = phasor.agrees(own, other, ctx)
        if rounded is not False:
            return (ROUNDED if rounded else UNSHOWN).finding(**shown)
    return _settled(own, other, found, ctx, shown)


def _doubt(gold: Value, candidate: Value, own: Expr, other: Expr, found: Equality, ctx: Context) -> Code | None:
    """Why equality as real numbers may not be equality: marks, products with an order, complex names."""
    marks = [side.marks if isinstance(side, Expression) else () for side in (gold, candidate)]
    if sorted(_OPERATORS & set(marks[0])) != sorted(_OPERATORS & set(marks[1])):
        return MARKS
    if own == other:
        return None
    if any(marks) or values.holds_transpose(own) or values.holds_transpose(other):
        return ORDER
    if (values.holds_product(own) or values.holds_product(other)) and conditions.may_not_commute(ctx):
        return ORDER
    if found.how != "identical" and not _REAL_ONLY.isdisjoint(heads(own) | heads(other)) and conditions.is_complex(ctx):
        return COMPLEX
    return None


def _as_words(gold: Value, candidate: Value, own: Expr, other: Expr, shown: Mapping[str, str]) -> Finding | None:
    """Texts that are rather words than maths, and are written differently, are left open."""
    if own == other:
        return None
    dashed = other.head == "add" and not symbols(own).isdisjoint(symbols(other))
    flat = "pow" in heads(own) - heads(other) and symbols(own) == symbols(other)  # sp3 for sp^3
    if (values.is_word(candidate) and (dashed or flat)) or (
        values.is_word(gold) and _may_be_word(own, other, candidate)
    ):
        return WORDS.finding(**shown)
    halves = other.head == "add" and other.args[1:] == (Expr("neg", other.args[:1]),)
    return WORDS.finding(**shown) if values.is_word(candidate) and halves else None  # 50-50 is no 0


def _may_be_word(own: Expr, other: Expr, candidate: Value) -> bool:
    """Whether a text of letters is more likely a word, a path or a sequence than the product it could be."""
    if own.head == "add" or (own.head == "mul" and "pow" in heads(other) - heads(own)):
        return True  # A-B-C; XX and X^2
    return values.is_word(candidate) and bool(symbols(own)) and symbols(own) == symbols(other)


def _equal(own: Expr, other: Expr, names: frozenset[str], stated: tuple[Expr, ...], ctx: Context) -> Equality:
    """Equality over the whole domain, else under the question's conditions, which are read only then."""
    found = zero.equal(own, other, Given(conditions=stated), ctx.meter)
    if found.decision is Decision.CORRECT or not ctx.demand.question:
        return found
    known = conditions.given(ctx.demand, names, ctx, stated)
    if not symbols(own):  # a bare x carries no answer, though the question's equation makes it 6 (POLICY 56)
        known = Given(tuple(one for one in known.conditions if one.head != "eq"), known.integers, known.unknown)
    if known.conditions == stated and not known.integers and not known.unknown:
        return found
    return zero.equal(own, other, known, ctx.meter)


def _settled(own: Expr, other: Expr, found: Equality, ctx: Context, shown: Mapping[str, str]) -> Finding:
    """The finding on two trees, under the codes of this stage."""
    told = {**shown, **found.evidence}
    if found.decision is Decision.CORRECT:
        return wrong_form(own, other, ctx, told) or _EQUAL[found.how].finding(**told)
    apart = _not_numbers(own) ^ _not_numbers(other)
    if any(node.head == "symbol" for node in apart):
        return MARKS.finding(**told)  # ∇·∇f is ∇²f
    if found.decision is Decision.INCORRECT and symbols(own) | symbols(other):
        if _perhaps_imaginary(own, other, ctx):
            return FREE_NAMES.finding(**told)
        if _is_rounded(own, other, ctx):
            return COEFFICIENTS.finding(**told)
    if found.decision is Decision.INCORRECT:
        return (UNSUPPORTED if apart else DIFFERS).finding(**told)
    if conditions.is_echo(own, other, ctx):
        return REPEATED.finding(**told)
    if found.how == "names" and _name_lost(own, other, ctx):
        return DIFFERS.finding(**told)
    return _OPEN.get(found.how, UNSHOWN).finding(**told)


def _is_rounded(own: Expr, other: Expr, ctx: Context) -> bool:
    """Whether two expressions may differ by the rounding of their decimals, and no exact one is asked for."""
    if ctx.demand.exact or not any("." in node.name for side in (own, other) for node in walk(side)):
        return False
    try:
        return coefficients.may_be_rounded(own, other, ctx.meter)
    except Exhausted as over:
        if over.limit == "work":
            raise
        return False


def _not_numbers(tree: Expr) -> set[Expr]:
    """Parts whose value nobody knows: ∇ and ∇·, and φ(12), which may be four, or twelve times φ."""
    return {
        node
        for node in walk(tree)
        if (node.head == "symbol" and node.name in values.OPERATORS) or (node.head == "apply" and not symbols(node))
    }


def _name_lost(own: Expr, other: Expr, ctx: Context) -> bool:
    """Whether the ground truth depends on names that the answer lacks and no equation of the question determines."""
    names, others = symbols(own), symbols(other)
    return others < names and not any(conditions.is_bound(name, ctx) for name in names - others)


def _vanishes(tree: Expr) -> bool:
    """Whether names stand in a product with zero."""
    return any(
        node.head == "mul" and any(part.value == 0 for part in node.args if part.value is not None)
        for node in walk(tree)
    )


def _loose(gold: Value, candidate: Value, own: Expr, other: Expr, shown: Mapping[str, str]) -> Finding | None:
    """12k may be 12,000 or a product, and a word may be no number: names on the other side leave it open."""
    loose = any(isinstance(side, Number) and side.loose for side in (gold, candidate))
    return FREE_NAMES.finding(**shown) if loose and (symbols(own) or symbols(other)) else None


def _in_base(own: Expr, given: Number | None, ctx: Context, shown: Mapping[str, str]) -> Finding | None:
    """A numeral of another base against bare digits: they are read in that base (POLICY 19).

    The value in base ten is wrong where the question asks for another base, and open where there is no question.
    """
    if own.head != "numeral" or given is None or own.args[0].value == 10:
        return None
    if given.written.strip().lstrip("0") == own.name.lstrip("0"):
        return SAME_BASE.finding(**shown)
    equal = zero.rational(own, ctx.meter) == value_of(given, ctx.meter)
    return (BASE_OPEN if equal and not ctx.demand.asked else OTHER_BASE).finding(**shown)


def _progressions(
    own: Expr, other: Expr, names: tuple[frozenset[str], frozenset[str]], ctx: Context, shown: Mapping[str, str]
) -> Finding | None:
    """``π/6 + 2kπ``: all whole k, whatever it is called and wherever it starts (POLICY 37)."""
    if len(names[0]) != 1 or len(names[1]) > 1:
        return None
    letters = [next(iter(side), "n") for side in names]
    if not COUNTERS.issuperset(letters):
        return None
    named = any(conditions.is_named(name, ctx) for name in letters)
    turning = any(node.head == "constant" and node.name in {"pi", "deg"} for node in walk(own))
    if (named or not turning) and not ctx.demand.whole:
        return None
    sides = [families.progression(side, name, ctx.meter) for side, name in zip((own, other), letters, strict=True)]
    if sides[0] is not None and not names[1] and not named:
        return DIFFERS.finding(**shown)  # a single member
    if sides[0] is None or sides[1] is None:
        return None
    same = families.same_progressions(sides[:1], sides[1:], ctx.meter)  # type: ignore[arg-type]
    if named or not turning:  # 5k + 2 and 5k - 3 for "all integers"; n may count the terms of a sequence
        alike = zero.equal(own, other, Given(), ctx.meter).decision is Decision.CORRECT
        return UNSHOWN.finding(**shown) if same and not alike else None
    return None if same is None else (SAME_VALUES if same else DIFFERS).finding(**shown)


_FREE: Final = re.compile(r"[a-z]|[a-z]{2,7}")  # x, theta: what a writer may call otherwise; O, Theta and p_x are fixed


def _renamed(own: Expr, other: Expr, ctx: Context, shown: Mapping[str, str]) -> Finding | None:
    """The same expression in other names (POLICY 35, 190): free if what is asked for has one name, which may be any."""
    names, others = sorted(symbols(own)), sorted(symbols(other))
    only_gold = [name for name in names if name not in others]
    only_candidate = [name for name in others if name not in names]
    if len(only_gold) != len(only_candidate) or not 1 <= len(only_gold) <= 2:
        return None
    fixed = any(conditions.is_named(name, ctx) for name in only_gold)
    if not fixed and not all(_FREE.fullmatch(name) for name in (*only_gold, *only_candidate)):
        return None
    found = None
    for order in (only_gold, only_gold[::-1])[: len(only_gold)]:
        exchanged = dict(zip(only_candidate, (Expr("symbol", (), name) for name in order), strict=True))
        found = zero.equal(own, zero.substitute(other, exchanged), Given(), ctx.meter)
        if found.decision is not Decision.INCORRECT:
            break
    if found is None or found.decision is Decision.PASS:
        return None
    if found.decision is Decision.INCORRECT:
        return DIFFERS.finding(**{**shown, **found.evidence}) if ctx.demand.asked and not fixed else None
    if fixed and ctx.demand.asked:
        return NAMES_DIFFER.finding(**shown)
    free = len(names) == 1 and ctx.demand.asked and conditions.is_chosen(ctx)
    return (RENAMED if free else FREE_NAMES).finding(**shown)


def _constants(own: Expr, other: Expr, names: frozenset[str], ctx: Context, shown: Mapping[str, str]) -> Finding | None:
    """Arbitrary constants (POLICY 36); ``None`` where neither side has one."""
    demand = ctx.demand
    if not demand.family and not demand.antiderivative and not any(name.startswith("C") for name in names):
        return None
    mine = conditions.arbitrary(own, ctx)
    theirs = conditions.arbitrary(other, ctx, instead_of=own)
    if mine and theirs:
        return same_family(own, other, mine, theirs, ctx, shown)
    if mine and families.linear(own, mine, ctx.meter) is not None:
        unknown = symbols(other) - symbols(own)  # which may be constants
        return (UNSHOWN if unknown and demand.family else NO_CONSTANT).finding(**shown)
    if not mine and ctx.demand.antiderivative:
        return _one_antiderivative(own, other, theirs, ctx, shown)
    if not theirs or mine or not ctx.demand.asked or ctx.demand.family:
        return None
    stripped = zero.substitute(other, dict.fromkeys(theirs, number(0)))
    same = zero.equal(own, stripped, Given(), ctx.meter)
    return EXTRA_CONSTANT.finding(**shown) if same.decision is Decision.CORRECT else None


def _one_antiderivative(
    own: Expr, other: Expr, constants: tuple[str, ...], ctx: Context, shown: Mapping[str, str]
) -> Finding | None:
    """Any antiderivative answers "an antiderivative": the difference does not depend on the variable."""
    names = symbols(own) | (symbols(other) - set(constants))
    if len(names) != 1:
        return None
    (name,) = names
    slopes = [derivative(side, name, ctx.meter) for side in (own, other)]
    if slopes[0] is None or slopes[1] is None:
        return None
    found = zero.equal(slopes[0], slopes[1], Given(), ctx.meter)
    return SAME_UP_TO_CONSTANT.finding(**shown) if found.decision is Decision.CORRECT else None


def same_family(
    gold: Expr, candidate: Expr, own: tuple[str, ...], other: tuple[str, ...], ctx: Context, shown: Mapping[str, str]
) -> Finding | None:
    """Two families of functions with arbitrary constants."""
    if len(own) > len(other) and ctx.demand.family and symbols(candidate) - set(other) <= symbols(gold) - set(own):
        return SUB_FAMILY.finding(**shown)
    if len(own) != len(other):
        unknown = symbols(candidate) - set(other) - symbols(gold)
        return UNSHOWN.finding(**shown) if unknown and ctx.demand.family else None  # A sin(x + φ)
    renamed = zero.substitute(candidate, dict(zip(other, (Expr("symbol", (), name) for name in own), strict=True)))
    known = conditions.given(ctx.demand, symbols(gold) - set(own), ctx)
    if zero.equal(gold, renamed, known, ctx.meter).decision is Decision.CORRECT:
        return SAME_UP_TO_CONSTANT.finding(**shown)
    first, second = families.linear(gold, own, ctx.meter), families.linear(candidate, other, ctx.meter)
    if first is None or second is None:
        return UNSHOWN.finding(**shown)
    variables = sorted((symbols(gold) - set(own)) | (symbols(candidate) - set(other)))
    found = families.same_family(first, second, variables, known, ctx.meter)
    if found is None:
        return UNSHOWN.finding(**shown)
    return (SAME_UP_TO_CONSTANT if found else DIFFERS).finding(**shown)


STAGE: Final = Stage(
    "expression", ((Expression, Expression), (Number, Expression), (Expression, Number)), compare_values
)
