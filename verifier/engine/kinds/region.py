"""Sets of numbers given by ends or conditions: intervals, unions, set-builders, R and ∅ (POLICY 41, 42)."""

from __future__ import annotations

import re
from typing import Final

from verifier.engine.kinds.form import wrong_form
from verifier.engine.kinds.formula import Collection, Expression, Region, Relation, understand
from verifier.engine.kinds.kind import Context, Stage
from verifier.engine.kinds.values import tree_of
from verifier.engine.maths import solve, zero
from verifier.engine.numerals import Number
from verifier.types.expr import Expr
from verifier.types.nodes import constant, symbol, symbols
from verifier.types.verdict import Code, Decision, Finding, passes, proves, refutes

SAME = proves("region.same", "Both are the same set of numbers, end by end.")
SAME_SET = proves("region.same_set", "Both hold for the same numbers: at every end, and between each two.")
DIFFERS = refutes("region.differs", "A number is in one of the two sets only.")
ENDS = refutes("region.end_differs", "The sets have the same form, and an end of one is different.")
OPEN_OR_CLOSED = refutes("region.open_or_closed", "An end belongs to one of the two sets only.")
NO_SET = refutes("region.not_a_number", "One side is a whole set of numbers, the other a single value.")
COUNT = proves("region.count_of_none", "The question asks how many, and no solution or none is a count of 0.")
NONE_OR_ZERO = passes(
    "region.none_or_zero", "One side says none and the other 0, and the question does not ask how many.", specific=7
)
UNSHOWN = passes("region.unshown", "Whether the two sets are the same could not be shown.", specific=6)
BRACKETS = passes(
    "region.brackets", "Two numbers in square brackets are an interval or a list, and nothing says which.", specific=7
)
CODES: tuple[Code, ...] = (
    SAME, SAME_SET, DIFFERS, ENDS, OPEN_OR_CLOSED, NO_SET, COUNT, NONE_OR_ZERO, UNSHOWN, BRACKETS,
)  # fmt: skip

_VARIABLE: Final = "_x"
_HOW_MANY: Final = re.compile(r"\bhow many\b|^(?:\w+ )?(?:is |are )?(?:the )?(?:total )?number of\b|\bcount the\b")
_ENDS: Final = {"pair": "()"}


def compare_regions(
    gold: Region | Collection | Relation, candidate: Region | Collection | Relation, ctx: Context
) -> Finding:
    """Two sets of numbers, however they are given: end by end where both are intervals, else by their breakpoints."""
    shown = ctx.sides(gold, candidate)
    if gold.tree == candidate.tree:
        return SAME.finding(**shown)
    listed = [_as_tuple(side) for side in (gold, candidate)]
    if Collection in {type(gold), type(candidate)} and listed[0] is not None and listed[1] is not None:
        return ctx.compare(listed[0], listed[1])  # [1, 2] as a row
    as_list = _as_list(gold, candidate, ctx, shown)
    if as_list is not None:
        return as_list
    by_ends = _by_ends(gold.tree, candidate.tree, ctx, shown)
    turned = _is_reversed(gold.tree, ctx), _is_reversed(candidate.tree, ctx)
    if all(turned):
        return by_ends if by_ends is not None and by_ends.code == ENDS.name else UNSHOWN.finding(**shown)
    if by_ends is not None and by_ends.decision is Decision.CORRECT:
        return wrong_form(gold.tree, candidate.tree, ctx, shown) or by_ends
    pointwise = _same_element(gold.tree, candidate.tree, ctx)
    if pointwise is not None:
        return pointwise
    named = _named(gold.tree, candidate.tree)
    if named is not None:
        return (SAME if named else DIFFERS).finding(**shown)
    sides = [as_condition(side.tree) for side in (gold, candidate)]
    if sides[0] is None or sides[1] is None:
        return by_ends or UNSHOWN.finding(**shown)
    found = solve.same_set(sides[0], sides[1], _VARIABLE, ctx.meter, whole=ctx.demand.whole)
    if found is None:
        return by_ends or UNSHOWN.finding(**shown)
    if found.equal and any(turned):
        return UNSHOWN.finding(**shown)
    if found.equal:
        return wrong_form(gold.tree, candidate.tree, ctx, shown) or SAME_SET.finding(**shown)
    return DIFFERS.finding(**shown, number=found.witness)


def _is_reversed(tree: Expr, ctx: Context) -> bool:
    """Whether the ends of an interval stand the wrong way round: it holds nothing, and nobody writes ∅ that way."""
    if tree.head not in {"interval", "pair"} or len(tree.args) != len("ab"):
        return False
    ends = [zero.rational(end, ctx.meter) for end in tree.args]
    return ends[0] is not None and ends[1] is not None and ends[0] > ends[1]


_CONSTANTS: Final = frozenset({"R", "Z", "N", "Q", "C", "empty"})


def _named(gold: Expr, candidate: Expr) -> bool | None:
    """Named sets, and the empty set against members; ``None`` where names do not settle it."""
    names = [side.name if side.head == "constant" and side.name in _CONSTANTS else "" for side in (gold, candidate)]
    if all(names):
        return names[0] == names[1]
    other = candidate if names[0] else gold
    if "empty" in names and other.head in {"set", "list", "pm", "eq"} and other.args:
        return False
    return False if {"Q", "C"} & set(names) and other.head in {"interval", "union", "pair", "set"} else None


def _as_tuple(side: Region | Collection | Relation) -> Collection | None:
    """A closed interval as the pair that it may be, beside a tuple or a matrix."""
    if isinstance(side, Collection):
        return side if side.shape in {"tuple", "matrix"} else None
    return (
        Collection("tuple", side.tree.args, side.tree)
        if side.tree.head == "interval" and side.tree.name == "[]"
        else None
    )


_LISTED: Final = frozenset({"set", "list", "pair"})


def _as_list(
    gold: Region | Collection | Relation, candidate: Region | Collection | Relation, ctx: Context, shown: dict[str, str]
) -> Finding | None:
    """``[1, 2]`` as the list that it may be beside a list, a set or a point; ``None`` where they differ as such too.

    So too where the ground truth may be an interval, and the question asks for one or the answer may be another.
    """
    many, held = (gold, candidate) if isinstance(gold, Collection) else (candidate, gold)
    if not isinstance(many, Collection) or many.shape not in _LISTED or not isinstance(held, Region):
        return None
    if held.tree.head != "interval" or held.tree.name != "[]" or len(many.items) != len(held.tree.args):
        return None
    if held.tree.args[0] == held.tree.args[1]:
        return None  # one number, as both
    point = many.shape == "pair"
    demand = ctx.demand
    interval = (point or held is gold) if demand.spans else (point and held is gold)
    if interval and not demand.points:
        return None
    listed = Collection("tuple" if point else "list", held.tree.args, held.tree)
    found = ctx.compare(listed, many) if held is gold else ctx.compare(many, listed)
    if found.decision is Decision.INCORRECT:
        return None
    sure = demand.points if point else not demand.spans and (held is candidate or demand.unordered or demand.points)
    return found if sure or found.decision is Decision.PASS else BRACKETS.finding(**shown)


def _same_element(gold: Expr, candidate: Expr, ctx: Context) -> Finding | None:
    """``{(x, y) | x + y = 1}``: two conditions on the same element."""
    if gold.head != "builder" or candidate.head != "builder" or gold.args[0] != candidate.args[0]:
        return None
    if gold.args[0].head not in {"pair", "tuple"}:
        return None
    return ctx.compare(Relation(gold.args[1]), Relation(candidate.args[1]))


def _by_ends(gold: Expr, candidate: Expr, ctx: Context, shown: dict[str, str]) -> Finding | None:
    """Two intervals; ends agree as the cascade agrees, rounding and names included. ``None`` for other sets."""
    kinds = {"interval", "pair"}
    if gold.head not in kinds or candidate.head not in kinds:
        return None
    own, other = _ENDS.get(gold.head, gold.name), _ENDS.get(candidate.head, candidate.name)
    findings = [
        ctx.compare(understand(one).answer, understand(two).answer)
        for one, two in zip(gold.args, candidate.args, strict=True)
    ]
    if any(found.decision is Decision.INCORRECT for found in findings):
        return ENDS.finding(**shown)
    if any(found.decision is Decision.PASS for found in findings):
        return None
    return SAME.finding(**shown) if own == other else OPEN_OR_CLOSED.finding(**shown)


def as_condition(tree: Expr) -> Expr | None:
    """What a set or a relation in one unknown says of a number; ``None`` where it holds other names."""
    variable = symbol(_VARIABLE)
    found = solve.condition(tree, variable)
    if found is None and tree.head in solve.ORDER.keys() | {"and", "or", "not", "in", "notin"}:
        found = solve.renamed(tree, _VARIABLE)
    if found is None or symbols(found) - {_VARIABLE}:
        return None
    return solve.without_infinity(found)


def _none_or_zero(side: Region, other: Region | Expression | Number, ctx: Context) -> Code | None:
    """What "none" is against a 0; ``None`` for other sets and values (POLICY 42)."""
    zero = isinstance(other, Number) and other.mantissa == 0 and not other.parts
    if not zero or side.tree != constant("empty"):
        return None
    if _HOW_MANY.search(ctx.demand.asking):
        return COUNT
    return NONE_OR_ZERO if ctx.demand.count or (side.word and not ctx.demand.unordered) else None


def compare_with_value(
    gold: Region | Expression | Number, candidate: Region | Expression | Number, ctx: Context
) -> Finding:
    """A set against one value: ``[5, 5]`` and ``{5}`` are 5, other sets are no single value."""
    shown = ctx.sides(gold, candidate)
    sides: list[Region] = []
    for side, other in ((gold, candidate), (candidate, gold)):
        if isinstance(side, Region):
            nothing = _none_or_zero(side, other, ctx)
            if nothing is not None:
                return nothing.finding(**shown)
            sides.append(side)
            continue
        tree = tree_of(side) if isinstance(side, Number) else side.tree
        if symbols(tree) or tree.head == "constant":
            return UNSHOWN.finding(**shown)
        sides.append(Region(Expr("set", (tree,))))
    found = compare_regions(sides[0], sides[1], ctx)
    return NO_SET.finding(**shown) if found.decision is Decision.INCORRECT else found


STAGES: tuple[Stage, ...] = (
    Stage(
        "region",
        ((Region, Region), (Region, Collection), (Collection, Region), (Region, Relation), (Relation, Region)),
        compare_regions,
    ),
    Stage(
        "region", ((Region, Expression), (Region, Number), (Expression, Region), (Number, Region)), compare_with_value
    ),
)
