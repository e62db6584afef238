"""Whether an answer of the right value is written in the form that the question asks for (POLICY 12, 32, 56)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from verifier.engine.kinds import conditions
from verifier.engine.kinds.kind import Context
from verifier.engine.maths import forms
from verifier.types.expr import Expr, symbols
from verifier.types.verdict import Code, Finding, Standing, passes, refutes

NOT_MET = refutes(
    "form.not_met", "The value is right, and not in the form that the question asks for.", Standing.CONVENTION
)
REPEATED = refutes(
    "form.question_repeated",
    "The answer hands back an expression of the question, not worked out.",
    Standing.CONVENTION,
)
NOT_SOLVED = refutes(
    "form.not_solved",
    "The question asks for one unknown, and the answer is an equation that is not solved for it.",
    Standing.CONVENTION,
)
UNCLEAR = passes(
    "form.unclear", "The value is right; whether it has the form asked for is left to a reader.", specific=7
)
CODES: tuple[Code, ...] = (NOT_MET, REPEATED, NOT_SOLVED, UNCLEAR)


def wrong_form(gold: Expr, candidate: Expr, ctx: Context, shown: Mapping[str, str]) -> Finding | None:
    """What is wrong with the form of an answer whose value is right; ``None`` where nothing is.

    A form that the ground truth itself does not have is not asked of the answer.
    """
    demand = ctx.demand
    if not demand.asked or gold == candidate:
        return None
    unsolved = _unsolved(gold, candidate, ctx)
    if unsolved:
        return NOT_SOLVED.finding(**shown, unknown=unsolved)
    unclear = ""
    for form in sorted(demand.forms):
        if form in _LIKE_GOLD:
            if not _LIKE_GOLD[form](gold, candidate):
                return NOT_MET.finding(**shown, form=form.replace("_", " "))
            continue
        met = forms.meets(form, candidate, ctx.meter)
        if met is False and forms.meets(form, gold, ctx.meter) is not False:
            return NOT_MET.finding(**shown, form=form.replace("_", " "))
        if met is None and form in forms.TASTE and unclear != "notation":
            unclear = form
    if conditions.is_echo(gold, candidate, ctx):
        return REPEATED.finding(**shown)
    as_plain = forms.alike(gold, candidate) or (unclear != "notation" and forms.size(candidate) <= forms.size(gold))
    return UNCLEAR.finding(**shown, form=unclear) if unclear and not as_plain else None


def _unsolved(gold: Expr, candidate: Expr, ctx: Context) -> str:
    """The name that a ground truth is solved for, where the question asks for it and the answer is not."""
    subject = _subject(gold)
    if not subject or candidate.head != "eq" or _subject(candidate) == subject:
        return ""
    return subject if conditions.is_unknown(subject, ctx) else ""


def _subject(tree: Expr) -> str:
    """The name that stands alone on one side of an equation."""
    if tree.head == "eq":
        for side, other in (tree.args, tree.args[::-1]):
            if side.head == "symbol" and side.name not in symbols(other):
                return side.name
    return ""


def _same_denominator(gold: Expr, candidate: Expr) -> bool:
    return gold.head != "div" or (candidate.head == "div" and gold.args[1] == candidate.args[1])


def _same_subject(gold: Expr, candidate: Expr) -> bool:
    return not _subject(gold) or candidate.head != "eq" or _subject(gold) == _subject(candidate)


_LIKE_GOLD: Mapping[str, Callable[[Expr, Expr], bool]] = {
    "denominator": _same_denominator,
    "slope_intercept": _same_subject,
}
"""Forms that the ground truth shows: the same denominator, the same name alone on a side."""
