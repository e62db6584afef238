"""Are two trees equal? The decision of DESIGN section 6, cheapest first, each outcome with its reason.

A ball that excludes zero at one admissible point refutes; a polynomial identity in kernels proves; separation bounds
prove for algebraic numbers; what is left is compared at many points or to many bits, or passed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from flint import fmpq

from verifier.engine.maths.constants import constants
from verifier.engine.maths.exact import decimal, rational, sign
from verifier.engine.maths.normal import Forms
from verifier.engine.maths.outcome import Equality, correct, differs, said, undecided
from verifier.engine.maths.rational import is_rational, rational_functions
from verifier.engine.maths.variables import Sides, variables
from verifier.types.budget import Meter
from verifier.types.expr import ARITHMETIC, COLLECTIONS, LOGIC, RELATIONS, Expr
from verifier.types.nodes import constant, number, symbol
from verifier.types.verdict import Decision

__all__ = ["Equality", "Given", "decimal", "equal", "rational", "sign", "substitute"]

_BASE: Final = "\0base"
_FOREIGN: Final = (RELATIONS | LOGIC | COLLECTIONS | {"words", "dots", "pm", "mp", "transpose", "det"}) - {
    "cases",
    "piece",
    "given",
}
_NOT_VALUES: Final = frozenset({"empty", "R", "Z", "N", "Q", "C", "true", "false"})
_TOTAL: Final = frozenset({"number", "symbol", "add", "mul"})
_NUMERIC: Final = (ARITHMETIC | {"number", "factorial", "factorial2", "binom", "perm", "gcd", "lcm", "mod"}) - {
    "pm",
    "mp",
}
"""Heads of trees that may plainly be rational numbers."""
_UNBOUND: Final = frozenset({"inf", "undefined"})


class Given(msgspec.Struct, frozen=True, gc=False):
    """What the question says about the names.

    ``conditions`` are relations that hold, ``integers`` names of whole numbers (positive ones unless conditions say
    otherwise), ``unknown`` that the question states relations which nobody could turn into conditions: then a
    difference at a point shows nothing.
    """

    conditions: tuple[Expr, ...] = ()
    integers: frozenset[str] = frozenset()
    unknown: bool = False


def equal(gold: Expr, candidate: Expr, given: Given, meter: Meter) -> Equality:
    """Whether the candidate is equal to the gold over the gold's domain (POLICY 31).

    >>> from verifier.types.budget import Budget
    >>> x = symbol("x")
    >>> twice, sum_ = Expr("mul", (number(2), x)), Expr("add", (x, x))
    >>> equal(twice, sum_, Given(), Meter(Budget())).decision.value
    'correct'
    """
    if gold.head in _NUMERIC and candidate.head in _NUMERIC:
        left = rational(gold, meter)
        right = rational(candidate, meter) if left is not None else None
        if left is not None and right is not None:
            if left == right:
                return correct("identical" if gold == candidate else "rational")
            return differs("exact", gold=said(left), candidate=said(right))
    forms = Forms(meter)
    one = forms.form(gold)
    other = one if candidate == gold else forms.form(candidate)
    if one == other and _total(forms, one):
        return correct("identical")
    found = _equal(forms, one, other, given)
    return correct("identical") if one == other and found.how == "no_common_domain" else found


def _total(forms: Forms, root: int) -> bool:
    """Whether a side has a value everywhere: sums and products of names, numbers and their whole powers."""
    for node in forms.reach(root):
        head = forms.heads[node]
        if head not in _TOTAL:
            if head != "pow":
                return False
            index = forms.values[forms.args[node][1]]
            if index is None or index.q != 1 or index < 1:
                return False
    return True


def _equal(forms: Forms, gold: int, candidate: int, given: Given) -> Equality:
    heads, names = forms.heads, forms.names
    foreign = [_is_foreign(forms, side) for side in (gold, candidate)]
    if any(foreign):
        return correct("identical") if gold == candidate else undecided("unsupported")
    bare = [_unbound(forms, side) for side in (gold, candidate)]
    if any(bare):
        return _extremes(forms, gold, candidate, bare)
    used = set(heads)
    if "log" in used and any(
        heads[node] == "log" and len(forms.args[node]) == 1 for node in forms.reach(gold, candidate)
    ):
        return _log_base(forms, gold, candidate, given)
    if "symbol" not in used and "apply" not in used:
        return constants(forms, gold, candidate, complexes="constant" in used and "i" in names)
    if not any(heads[node] in {"symbol", "apply"} for node in forms.reach(gold, candidate)):
        return constants(forms, gold, candidate, complexes="i" in names)
    if not given.conditions:
        reach = forms.reach(gold, candidate)
        if is_rational(forms, reach):
            found = rational_functions(forms, reach, gold, candidate, plain=not given.integers and not given.unknown)
            if found is not None:
                return found
    return variables(Sides(forms, gold, candidate, given.conditions, given.integers, given.unknown))


def _is_foreign(forms: Forms, root: int) -> bool:
    """Whether a tree is no single value: a relation, a collection, words, ±."""
    if not _FOREIGN.isdisjoint(forms.heads) or not _NOT_VALUES.isdisjoint(forms.names):
        inside: list[int] = [root]
        seen: set[int] = set()
        while inside:
            node = inside.pop()
            if node in seen:
                continue
            seen.add(node)
            if forms.heads[node] in _FOREIGN or (forms.heads[node] == "constant" and forms.names[node] in _NOT_VALUES):
                return True
            if forms.heads[node] == "piece":
                inside.extend(forms.args[node][:1])
            else:
                inside.extend(forms.args[node])
    return False


def _unbound(forms: Forms, root: int) -> str:
    """'inf', '-inf', 'undefined', 'mixed' for a tree with ∞ inside, or nothing for a plain value."""
    if _UNBOUND.isdisjoint(forms.names):
        return ""
    if forms.heads[root] == "constant" and forms.names[root] in _UNBOUND:
        return forms.names[root]
    if forms.heads[root] == "mul" and len(forms.args[root]) == 2:
        values = [forms.values[arg] for arg in forms.args[root]]
        if any(forms.names[arg] == "inf" for arg in forms.args[root]) and any(
            value is not None and value != 0 for value in values
        ):
            return "-inf" if any(value is not None and value < 0 for value in values) else "inf"
    inside = any(forms.heads[node] == "constant" and forms.names[node] in _UNBOUND for node in forms.reach(root))
    return "mixed" if inside else ""


def _extremes(forms: Forms, gold: int, candidate: int, bare: Sequence[str]) -> Equality:
    """Infinities and 'undefined' equal themselves only; a tree with ∞ inside is not computed."""
    if gold == candidate:
        return correct("identical")
    if "mixed" in bare:
        return undecided("unsupported")
    if bare[0] == bare[1]:
        return correct("identical")
    if bare[0] and bare[1]:
        return differs("exact", gold=bare[0], candidate=bare[1])
    plain = candidate if bare[0] else gold
    itself = (
        constants(forms, plain, plain)
        if not any(forms.heads[node] in {"symbol", "apply"} for node in forms.reach(plain))
        else None
    )
    if itself is not None and itself.decision is not Decision.CORRECT:
        return undecided("undefined")
    return differs("exact", gold=bare[0] or "a value", candidate=bare[1] or "a value")


def _log_base(forms: Forms, gold: int, candidate: int, given: Given) -> Equality:
    """``log`` without a base: ln(x)/ln(B) for any B > 1; else for 10 and for e, which must agree to refute."""
    trees = forms.tree(gold), forms.tree(candidate)
    plain = [node for node in forms.reach(gold, candidate) if forms.heads[node] == "log" and len(forms.args[node]) == 1]
    if all(_power_of_ten(forms, forms.args[node][0]) for node in plain):
        return _with_base(trees, number(10), given, forms.meter)
    base = symbol(_BASE)
    fixed = Given((*given.conditions, Expr("gt", (base, number(1)))), given.integers, given.unknown)
    any_base = _with_base(trees, base, fixed, forms.meter)
    if any_base.decision is Decision.CORRECT:
        return any_base
    ten = _with_base(trees, number(10), given, forms.meter)
    natural = _with_base(trees, constant("e"), given, forms.meter)
    if ten.decision is natural.decision is Decision.INCORRECT:
        return ten
    if ten.decision is not Decision.CORRECT and natural.decision is not Decision.CORRECT:
        return ten if ten.decision is Decision.PASS else natural
    if ten.decision is natural.decision:
        return undecided("log_base", equal="in base 10 and e")
    return undecided("log_base", equal="in base 10" if ten.decision is Decision.CORRECT else "in base e")


def _power_of_ten(forms: Forms, node: int) -> bool:
    value = forms.values[node]
    if value is None or value <= 0 or value == 1:
        return False
    text = str(value.p if value.q == 1 else value.q) if value.p == 1 or value.q == 1 else "2"
    return text[0] == "1" and text.strip("0") == "1"


def _with_base(trees: tuple[Expr, Expr], base: Expr, given: Given, meter: Meter) -> Equality:
    forms = Forms(meter)
    below = forms.form(base)
    forms.log_base = forms.node("ln", (below,)) if base.head != "constant" else forms.number(fmpq(1))
    one, other = forms.form(trees[0]), forms.form(trees[1])
    return _equal(forms, one, other, given)


def substitute(tree: Expr, values: Mapping[str, Expr]) -> Expr:
    """A tree with its free names replaced; bound names are left alone.

    >>> substitute(Expr("neg", (symbol("x"),)), {"x": number(2)}).args[0].value
    2
    """
    if not values:
        return tree
    if tree.head == "symbol":
        return values.get(tree.name, tree)
    if not tree.args:
        return tree
    if tree.head in {"sum", "prod", "int", "lim"} and len(tree.args) > 1 and tree.args[1].head == "symbol":
        inner = {name: value for name, value in values.items() if name != tree.args[1].name}
        args = (substitute(tree.args[0], inner), tree.args[1], *[substitute(arg, values) for arg in tree.args[2:]])
    else:
        args = tuple([substitute(arg, values) for arg in tree.args])
    return Expr(tree.head, args, tree.name, tree.value)
