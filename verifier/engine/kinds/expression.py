"""One value in maths: equal over the ground truth's domain, rounded as an examiner rounds, in the form asked for.

How two trees are compared stands in ``maths.zero``; here is what a question and the rounding rules make of it
(POLICY 11, 12, 31-36, 56).
"""

from __future__ import annotations

import msgspec
from flint import fmpq

from verifier.engine.kinds import conditions
from verifier.engine.kinds.formula import Expression
from verifier.engine.kinds.kind import Context, Stage, evidence
from verifier.engine.kinds.number import agree
from verifier.engine.maths import families, forms, zero
from verifier.engine.maths.show import show
from verifier.engine.numerals import Number, figures, scan_number
from verifier.types.expr import Expr, number, symbols
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
ROUNDED = proves("expression.rounded", "The answer is the exact ground truth, rounded to the answer's own figures.")
ROUNDS_TO_GOLD = proves("expression.rounds_to_gold", "The exact answer rounds to the ground truth.")
DIFFERS = refutes("expression.differs", "The expressions have different values.")
NAMES_DIFFER = refutes("expression.names_differ", "The expressions are alike in other names, which the question fixes.")
FORM = refutes(
    "expression.form_not_met",
    "The value is right, and not in the form that the question asks for.",
    Standing.CONVENTION,
)
ECHO = refutes(
    "expression.question_repeated",
    "The answer hands back an expression of the question, not worked out.",
    Standing.CONVENTION,
)
NO_CONSTANT = refutes(
    "expression.constant_missing",
    "The question asks for all functions, and the answer has no arbitrary constant.",
    Standing.CONVENTION,
)
EXTRA_CONSTANT = refutes(
    "expression.constant_extra",
    "The answer has an arbitrary constant, and one value is asked for.",
    Standing.CONVENTION,
)
ROUNDING = refutes(
    "expression.wrong_rounding",
    "The answer is close to the ground truth and is not its correct rounding, or shows too few figures of it.",
    Standing.CONVENTION,
)
NOT_EXACT = refutes(
    "expression.not_exact", "The answer is a rounding, where an exact value was asked for.", Standing.CONVENTION
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
UNSHOWN = passes(
    "expression.unshown", "Neither equality nor a difference of the expressions could be shown.", specific=6
)
FORM_UNCLEAR = passes(
    "expression.form_unclear", "The value is right; whether it has the form asked for is left to a reader.", specific=7
)
WORDS = passes("expression.words", "The texts have the same letters in another order, and may be words.", specific=7)
UNEVALUATED = passes(
    "expression.unevaluated",
    "The answer is a sum or product that was not worked out, and may be the question's.",
    specific=7,
)
TWO_FIGURES = passes(
    "expression.gold_too_short",
    "The exact answer rounds to the ground truth, which shows only two figures.",
    specific=6,
)
STATED = passes(
    "expression.condition_stated", "The answer holds under a condition that the ground truth does not state."
)
CODES: tuple[Code, ...] = (
    IDENTICAL, EQUAL, EQUAL_TO_BITS, EQUAL_AT_POINTS, RENAMED, SAME_UP_TO_CONSTANT, ROUNDED, ROUNDS_TO_GOLD, DIFFERS, NAMES_DIFFER, FORM,
    ECHO, NO_CONSTANT, EXTRA_CONSTANT, ROUNDING, NOT_EXACT, UNDEFINED, NO_DOMAIN, BREAKPOINTS, FREE_NAMES, CONDITIONS, LOG_BASE, UNSUPPORTED,
    UNSHOWN, FORM_UNCLEAR, WORDS, UNEVALUATED, TWO_FIGURES, STATED,
)  # fmt: skip

_EQUAL = {
    "identical": IDENTICAL,
    "rational": EQUAL,
    "algebraic": EQUAL,
    "exact": EQUAL,
    "bits": EQUAL_TO_BITS,
    "points": EQUAL_AT_POINTS,
}
_OPEN = {
    "undefined": UNDEFINED, "no_common_domain": NO_DOMAIN, "breakpoints": BREAKPOINTS, "names": FREE_NAMES, "relations": CONDITIONS,
    "log_base": LOG_BASE, "unsupported": UNSUPPORTED,
}  # fmt: skip
_NUMERIC = frozenset({"number", "neg", "div", "mixed", "percent", "mul", "pow"})
_PLAIN_WORK = frozenset({"add", "mul"})


def compare_expressions(gold: Expression, candidate: Expression, ctx: Context) -> Finding:
    """Two expressions: as numbers where both are, by exact algebra, else at points; then what the question asks."""
    shown = evidence(gold=gold.show(), candidate=candidate.show())
    wanted, given = as_number(gold.tree, ctx), as_number(candidate.tree, ctx)
    if wanted is not None and given is not None:
        return agree(wanted, given, ctx)
    if given is not None and given.decimal and not symbols(gold.tree):
        rounded = _answer_rounded(gold.tree, given, ctx, shown)
        if rounded is not None:
            return rounded
    if wanted is not None and wanted.decimal and not symbols(candidate.tree):
        rounded = _gold_rounded(wanted, candidate.tree, ctx, shown)
        if rounded is not None:
            return rounded
    if gold.word and candidate.word and gold.tree != candidate.tree and _same_letters(gold.tree, candidate.tree):
        return WORDS.finding(**shown)
    constants = _constants(gold, candidate, ctx, shown)
    if constants is not None:
        return constants
    given_by = conditions.given(ctx.demand, (*symbols(gold.tree), *symbols(candidate.tree)), ctx, gold.conditions)
    found = zero.equal(gold.tree, candidate.tree, given_by, ctx.meter)
    shown = {**shown, **found.evidence}
    if found.decision is Decision.CORRECT:
        if (
            candidate.conditions
            and not set(candidate.conditions) <= set(gold.conditions)
            and not _harmless_limits(candidate)
        ):
            return STATED.finding(**shown)
        return in_form(gold.tree, candidate.tree, ctx, shown) or _EQUAL[found.how].finding(**shown)
    renamed = _renamed(gold, candidate, ctx, shown)
    if renamed is not None:
        return renamed
    if found.decision is Decision.INCORRECT:
        return DIFFERS.finding(**shown)
    return _OPEN.get(found.how, UNSHOWN).finding(**shown)


def _harmless_limits(candidate: Expression) -> bool:
    """Whether the stated conditions only take single points away: ``x ≠ 1``."""
    return all(limit.head == "ne" for limit in candidate.conditions)


def as_number(tree: Expr, ctx: Context) -> Number | None:
    """A tree that is a plain numeral, as the number it was written as; ``None`` for anything that has to be computed."""
    if tree.head not in _NUMERIC:
        return None
    if not all(part.head in _NUMERIC for part in tree.args):
        return None
    written = show(tree)
    found = scan_number(written, 0, ctx.meter)
    return found.number if found is not None and found.end == len(written) else None


def _answer_rounded(gold: Expr, given: Number, ctx: Context, shown: dict[str, str]) -> Finding | None:
    """A decimal for an exact constant (POLICY 11): 3.464 for 2√3."""
    own = given.significant or figures(given.written.strip("+- %"))
    wanted = zero.decimal(gold, own, ctx.meter)
    if wanted is None:
        return None
    value = given.mantissa * fmpq(10) ** given.exponent10 if abs(given.exponent10) < 100 else None
    if value is None:
        return None
    if value != wanted:
        near = zero.decimal(gold, max(own - 1, 1), ctx.meter)
        close = near is not None and near != 0 and abs(value - near) <= abs(near) / fmpq(10) ** max(own - 2, 1)
        return (ROUNDING if close and own >= 2 else DIFFERS).finding(**shown, rounded=_decimal_text(wanted, own))
    exact = zero.rational(gold, ctx.meter)
    if exact is not None and exact == value:
        return None
    demand = ctx.demand
    if demand.exact or not demand.forms.isdisjoint({"exact", "radical", "fraction", "with_pi"}):
        return NOT_EXACT.finding(**shown)
    if demand.places is not None and given.places is not None and given.places < demand.places:
        return ROUNDING.finding(**shown)
    if demand.significant is not None and own < demand.significant:
        return ROUNDING.finding(**shown)
    asked = (demand.places is not None and given.places == demand.places) or demand.significant == own
    return (ROUNDED if own >= 3 or asked else ROUNDING).finding(**shown, rounded=_decimal_text(wanted, own))


def _gold_rounded(wanted: Number, candidate: Expr, ctx: Context, shown: dict[str, str]) -> Finding | None:
    """An exact constant for a decimal ground truth: 2√3 for 3.464."""
    own = wanted.significant or figures(wanted.written.strip("+- %"))
    given = zero.decimal(candidate, own, ctx.meter)
    if given is None or abs(wanted.exponent10) >= 100:
        return None
    value = wanted.mantissa * fmpq(10) ** wanted.exponent10
    exact = zero.rational(candidate, ctx.meter)
    if exact is not None and exact == value:
        return None
    if given != value:
        return DIFFERS.finding(**shown, rounded=_decimal_text(given, own))
    if own < 3:
        return (TWO_FIGURES if own == 2 else DIFFERS).finding(**shown)
    return ROUNDS_TO_GOLD.finding(**shown)


def _decimal_text(value: fmpq, digits: int) -> str:
    """A rounded value for a trace."""
    places = 0
    while value.q != 1 and places < digits + 30:
        value, places = value * 10, places + 1
    if value.q != 1:
        return str(value)
    text = str(abs(value.p)).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (text if places == 0 else f"{text[:-places]}.{text[-places:]}")


def _same_letters(one: Expr, other: Expr) -> bool:
    """Whether two products of letters differ in order only."""
    return sorted(symbols(one)) == sorted(symbols(other))


def in_form(gold: Expr, candidate: Expr, ctx: Context, shown: dict[str, str]) -> Finding | None:
    """What is wrong with the form of an answer whose value is right; ``None`` where nothing is."""
    demand = ctx.demand
    if not demand.asked or gold == candidate:
        return None
    echoed = conditions.is_echo(gold, candidate, ctx)
    unclear = False
    for form in sorted(demand.forms):
        met = forms.meets(form, candidate, ctx.meter)
        if met is False and forms.meets(form, gold, ctx.meter) is not False:
            return FORM.finding(**shown, form=form)
        unclear = unclear or (met is None and echoed)
    if echoed:
        return ECHO.finding(**shown)
    return FORM_UNCLEAR.finding(**shown) if unclear else None


def _renamed(gold: Expression, candidate: Expression, ctx: Context, shown: dict[str, str]) -> Finding | None:
    """The same expression in other names (POLICY 35): free if the question fixes neither."""
    own, other = sorted(symbols(gold.tree)), sorted(symbols(candidate.tree))
    only_gold, only_candidate = [n for n in own if n not in other], [n for n in other if n not in own]
    if len(only_gold) != len(only_candidate) or not 1 <= len(only_gold) <= 2:
        return None
    exchanged = dict(zip(only_candidate, (Expr("symbol", (), name) for name in only_gold), strict=True))
    found = zero.equal(gold.tree, zero.substitute(candidate.tree, exchanged), zero.Given(), ctx.meter)
    if found.decision is not Decision.CORRECT:
        return None
    if not ctx.demand.asked:
        return FREE_NAMES.finding(**shown)
    fixed = [name for name in only_gold if conditions.is_named(name, ctx)]
    return (NAMES_DIFFER if fixed else RENAMED).finding(**shown)


def _constants(gold: Expression, candidate: Expression, ctx: Context, shown: dict[str, str]) -> Finding | None:
    """Arbitrary constants (POLICY 36); ``None`` where neither side has one."""
    own = conditions.arbitrary(gold.tree, ctx)
    other = conditions.arbitrary(candidate.tree, ctx, instead_of=gold.tree)
    if not own and not (other and ctx.demand.asked):
        return None
    if own and not other:
        if not ctx.demand.family:
            return None
        base = families.linear(gold.tree, own, ctx.meter)
        return None if base is None else NO_CONSTANT.finding(**shown)
    if other and not own:
        stripped = zero.substitute(candidate.tree, dict.fromkeys(other, number(0)))
        same = zero.equal(gold.tree, stripped, zero.Given(), ctx.meter)
        if same.decision is Decision.CORRECT and not ctx.demand.family:
            return EXTRA_CONSTANT.finding(**shown)
        return None
    return same_family(gold.tree, candidate.tree, own, other, ctx, shown)


def same_family(
    gold: Expr, candidate: Expr, own: tuple[str, ...], other: tuple[str, ...], ctx: Context, shown: dict[str, str]
) -> Finding | None:
    """Two families of functions with arbitrary constants."""
    if len(own) != len(other):
        return None
    renamed = zero.substitute(candidate, dict(zip(other, (Expr("symbol", (), name) for name in own), strict=True)))
    same = zero.equal(gold, renamed, zero.Given(), ctx.meter)
    if same.decision is Decision.CORRECT:
        return SAME_UP_TO_CONSTANT.finding(**shown)
    first, second = families.linear(gold, own, ctx.meter), families.linear(candidate, other, ctx.meter)
    if first is None or second is None:
        return UNSHOWN.finding(**shown)
    variables = sorted((symbols(gold) - set(own)) | (symbols(candidate) - set(other)))
    found = families.same_family(first, second, variables, zero.Given(), ctx.meter)
    if found is None:
        return UNSHOWN.finding(**shown)
    return (SAME_UP_TO_CONSTANT if found else DIFFERS).finding(**shown)


def compare_with_number(gold: Expression | Number, candidate: Expression | Number, ctx: Context) -> Finding:
    """A value as written against one that has to be computed: the number becomes an expression."""
    return compare_expressions(_expression(gold), _expression(candidate), ctx)


def _expression(side: Expression | Number) -> Expression:
    return side if isinstance(side, Expression) else Expression(tree_of(side))


def tree_of(value: Number) -> Expr:
    """A number as a tree, its power of ten not expanded where it is large."""
    written = value.written if value.decimal and not value.percent else ""
    if abs(value.exponent10) <= 400:
        return number(value.mantissa * fmpq(10) ** value.exponent10, written)
    return Expr("mul", (number(value.mantissa), Expr("pow", (number(10), number(value.exponent10)))))


STAGES = (
    Stage("expression", ((Expression, Expression),), compare_expressions),
    Stage("expression", ((Number, Expression), (Expression, Number)), compare_with_number),
)


def is_unevaluated(tree: Expr) -> bool:
    """Whether a constant is a plain sum or product of numerals, which a person would have worked out."""
    return tree.head in _PLAIN_WORK and all(part.head in {"number", "neg"} for part in tree.args)


__all__ = [
    "CODES",
    "STAGES",
    "as_number",
    "compare_expressions",
    "in_form",
    "is_unevaluated",
    "msgspec",
    "same_family",
    "tree_of",
]
