"""Whether an answer of the right value is written in the form that the question asks for (POLICY 12, 32, 56)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from verifier.engine.kinds import conditions
from verifier.engine.kinds.kind import Context
from verifier.engine.maths import forms
from verifier.engine.maths.trees import walk
from verifier.engine.text import fold
from verifier.types.expr import Expr
from verifier.types.nodes import heads, in_figures, symbols
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
OTHER_BASE = refutes(
    "form.other_base",
    "The value is right, and its digits are of another base than the one asked for.",
    Standing.CONVENTION,
)
BASE_UNCLEAR = passes(
    "form.base_unclear", "The value is right, and written in a base that nobody asked for.", specific=7
)
CODES: tuple[Code, ...] = (NOT_MET, REPEATED, NOT_SOLVED, UNCLEAR, OTHER_BASE, BASE_UNCLEAR)


def wrong_form(gold: Expr, candidate: Expr, ctx: Context, shown: Mapping[str, str]) -> Finding | None:
    """What is wrong with the form of an answer whose value is right; ``None`` where nothing is.

    A form that the ground truth itself does not have is not asked of the answer.
    """
    demand = ctx.demand
    if not demand.asked or gold == candidate:
        return None
    if "numeral" in heads(candidate):
        based = _wrong_base(gold, candidate, ctx)
        if based is not None:
            return based.finding(**shown)
    unsolved = _unsolved(gold, candidate, ctx)
    if unsolved:
        return NOT_SOLVED.finding(**shown, unknown=unsolved)
    unclear = ""
    for form in sorted(demand.forms):
        if form in _LIKE_GOLD:
            alike = _LIKE_GOLD[form](gold, candidate)
            if alike is False:
                return NOT_MET.finding(**shown, form=form.replace("_", " "))
            unclear = unclear or ("" if alike else form)
            continue
        met = forms.meets(form, candidate, ctx.meter)
        if met is False and forms.meets(form, gold, ctx.meter) is not False:
            return NOT_MET.finding(**shown, form=form.replace("_", " "))
        if met is None and form in forms.TASTE and unclear != "notation":
            unclear = form
    if conditions.is_echo(gold, candidate, ctx):
        return REPEATED.finding(**shown)
    told = _said_in_words(gold, candidate, ctx)
    if told is not None:
        return told.finding(**shown)
    if unclear in _LIKE_GOLD:
        return UNCLEAR.finding(**shown, form=unclear)
    as_plain = forms.alike(gold, candidate) or (unclear != "notation" and forms.size(candidate) <= forms.size(gold))
    return UNCLEAR.finding(**shown, form=unclear) if unclear and not as_plain else None


def _wrong_base(gold: Expr, candidate: Expr, ctx: Context) -> Code | None:
    """What is wrong with the base of a numeral that is equal in value (POLICY 19).

    A base is asked for by the question, or by the digits of the ground truth.
    """
    if conditions.is_echo(gold, candidate, ctx):
        return REPEATED
    own, other = _base_of(gold), _base_of(candidate)
    if own is None:
        if ctx.demand.base is not None or other == _TEN:
            return None
        return OTHER_BASE if "decimal" in ctx.demand.words and other is not None else BASE_UNCLEAR
    if other is None:
        return BASE_UNCLEAR
    return OTHER_BASE if own != other else None


def _base_of(tree: Expr) -> int | None:
    """The base of a numeral, perhaps with a sign."""
    inner = tree.args[0] if tree.head == "neg" else tree
    base = inner.args[0].value if inner.head == "numeral" else None
    return None if base is None or base.q != 1 else int(base.p)


_TEN: Final = 10


def _said_in_words(gold: Expr, candidate: Expr, ctx: Context) -> Code | None:
    """What is wrong with ``37 × 48`` for "the product of 37 and 48" (POLICY 56): the question's words in signs.

    Its operations are named in the question and its numbers stand there, while the ground truth is worked out. Where
    the question has other numbers as well, it may ask for more than that.
    """
    done = heads(candidate) - _WORKED
    if not done or not heads(gold) <= _WORKED or symbols(candidate):
        return None
    table, question = ctx.rules.demand.conditions.operations, fold(ctx.demand.question)
    if not all(any(_stands(phrase, question) for phrase in table.get(head, ())) for head in done):
        return None
    words = ctx.rules.numbers.words
    told = {figures.replace(",", "").lstrip("0") or "0" for figures in _FIGURES.findall(question)}
    told |= {
        str(words[word].value) for word in _WORDS.findall(question) if word in words and words[word].kind in _COUNTED
    }
    own = {in_figures(node.value) for node in walk(candidate) if node.head == "number" and node.value is not None}
    implied = _IMPLIED if {"root", "pow"} & done else frozenset[str]()
    if not own - implied <= told:
        return None
    return REPEATED if told <= own else UNCLEAR


def _stands(phrase: str, text: str) -> bool:
    """Whether a question has a phrase as words of its own; scripts without blanks part no words."""
    if phrase not in text:
        return False
    return phrase[0] >= _UNSPACED or re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None


_UNSPACED: Final = "\u2e80"


_WORKED: Final = frozenset({"number", "neg", "div", "mixed", "constant"})
_IMPLIED: Final = frozenset({"2", "3"})  # squares and cubes
_COUNTED: Final = frozenset({"unit", "teen", "ten"})
_FIGURES: Final = re.compile(r"\d+(?:,\d{3})*(?!\d)(?:\.\d+)?")
_WORDS: Final = re.compile(r"[a-z]+")


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


def _same_base(gold: Expr, candidate: Expr) -> bool:
    """A power of the same base; a number that is no power shows none."""
    if gold.head != "pow":
        return True
    return candidate.head == "pow" and candidate.args[0] == gold.args[0]


def _same_terms(gold: Expr, candidate: Expr) -> bool | None:
    """A sum of numbers; a finer one, or one of other numbers, is left to a reader."""
    if gold.head != "add" or symbols(gold):
        return True
    if candidate.head != "add" or len(candidate.args) < len(gold.args):
        return False
    return True if forms.alike(gold, candidate) else None


def _same_factors(gold: Expr, candidate: Expr) -> bool | None:
    """A product of numbers; one of other numbers is left to a reader."""
    if gold.head != "mul" or symbols(gold):
        return True
    if candidate.head not in {"mul", "pow"}:
        return False
    return True if forms.alike(gold, candidate) else None


def _same_factorial(gold: Expr, candidate: Expr) -> bool:
    held = {"factorial", "binom", "perm"}
    return heads(gold).isdisjoint(held) or not heads(candidate).isdisjoint(held)


def _as_scientific(gold: Expr, candidate: Expr) -> bool:
    """A mantissa from one to ten, where the answer or the ground truth is written with a power of ten at all."""
    if forms.is_scientific(candidate):
        return True
    return not forms.is_scientific(gold) and (not forms.is_by_ten(candidate) or forms.is_by_ten(gold))


_LIKE_GOLD: Mapping[str, Callable[[Expr, Expr], bool | None]] = {
    "denominator": _same_denominator,
    "slope_intercept": _same_subject,
    "power": _same_base,
    "sum": _same_terms,
    "product": _same_factors,
    "factorial": _same_factorial,
    "scientific": _as_scientific,
}
"""Forms that the ground truth shows: the same denominator, the same name alone on a side, the same terms of a sum."""


def is_solved(tree: Expr) -> bool:
    """Whether a relation gives its unknown: ``x > 3``, ``1 < x < 3``, and not ``2x > 6``."""
    if tree.head in {"and", "or", "list"}:
        return all(is_solved(part) for part in tree.args)
    if tree.head == "in":
        return tree.args[0].head == "symbol"
    return (
        tree.head != "not"
        and any(side.head == "symbol" and not symbols(rest) for side, rest in (tree.args, tree.args[::-1]))
        if len(tree.args) == 2
        else False
    )


def is_bounded(tree: Expr) -> bool:
    """Whether a relation bounds its unknown's size: ``|x| <= 3``."""
    return len(tree.args) == 2 and any(
        side.head == "abs" and side.args[0].head == "symbol" and not symbols(rest)
        for side, rest in (tree.args, tree.args[::-1])
    )
