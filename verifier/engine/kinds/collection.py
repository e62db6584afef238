"""Several values: sets, lists, tuples, matrices, ratios, families (POLICY 18, 37-40).

Members are compared by the cascade itself, one level down. What a comma list is, set or sequence, is decided by the
other side and by the question; where nothing decides and only the order differs, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import gcd
from typing import Final

from verifier.engine.kinds import formula, unknowns
from verifier.engine.kinds.formula import NUMBERED, Collection, Expression, Region, Relation, understand
from verifier.engine.kinds.kind import Context, Stage
from verifier.engine.kinds.parameters import over_whole, parameter, same_line
from verifier.engine.kinds.values import mixed_number, tree_of
from verifier.engine.maths import families, vectors, zero
from verifier.engine.maths.show import show
from verifier.engine.maths.trees import minus
from verifier.engine.numerals import Number
from verifier.types.expr import Expr
from verifier.types.nodes import symbols
from verifier.types.verdict import Code, Decision, Finding, passes, proves, refutes

SAME_MEMBERS = proves("collection.same_members", "Each value of one side has its equal on the other; order is free.")
SAME_ORDER = proves("collection.same_in_order", "Each value equals the one at its place.")
SAME_BY_NAME = proves("collection.same_by_name", "Each name is given the same value.")
SAME_RATIO = proves("collection.same_ratio", "The two ratios are proportional.")
SAME_LINE = proves("collection.same_line", "Both describe the same line: a common point and parallel directions.")
SAME_FAMILY = proves("collection.same_family", "Both families hold the same values, over all whole numbers.")
MISSING = refutes("collection.member_missing", "A value of the ground truth is not in the answer.")
EXTRA = refutes("collection.member_extra", "The answer holds a value that the ground truth does not.")
PLACE_DIFFERS = refutes("collection.place_differs", "The values at one place are different.")
LENGTH = refutes("collection.length_differs", "The two sides hold different numbers of values.")
NAME_DIFFERS = refutes("collection.name_differs", "A name is given different values.")
RATIO_DIFFERS = refutes("collection.ratio_differs", "The two ratios are not proportional.")
LINE_DIFFERS = refutes("collection.line_differs", "The lines differ in direction or in position.")
FAMILY_DIFFERS = refutes("collection.family_differs", "One family holds a value that the other does not.")
SHAPE = refutes("collection.shape_differs", "The values are arranged in another shape: a matrix is no list.")
NOT_SIMPLEST = refutes("collection.ratio_not_simplest", "The question asks for a ratio in simplest form.")
ORDER_OPEN = passes("collection.order_open", "Only the order differs, and nothing says whether it counts.", specific=7)
MEMBERS_OPEN = passes("collection.member_open", "Some values could not be compared.", specific=6)
NAMES_OPEN = passes("collection.names_differ", "The values are assigned to different names.", specific=7)
MAY_BE_MIXED = passes(
    "collection.may_be_mixed", "A whole number and a fraction are two values, or one mixed number.", specific=7
)
FAMILY_OPEN = passes("collection.family_open", "The two families could not be compared.", specific=6)
RATIO_OPEN = passes(
    "collection.ratio_or_list", "The same values in the same order, on one side as a ratio.", specific=7
)
JOINTS_DIFFER = passes(
    "collection.joints_differ", "The same names are joined by and on one side and by or on the other.", specific=7
)
TOO_MANY = passes("collection.too_many", "There are too many values to compare each with each.", specific=6)
CODES: tuple[Code, ...] = (
    SAME_MEMBERS, SAME_ORDER, SAME_BY_NAME, SAME_RATIO, SAME_LINE, LINE_DIFFERS, SAME_FAMILY, MISSING, EXTRA,
    PLACE_DIFFERS, LENGTH, NAME_DIFFERS, RATIO_DIFFERS, FAMILY_DIFFERS, SHAPE, NOT_SIMPLEST, ORDER_OPEN, MEMBERS_OPEN,
    NAMES_OPEN, FAMILY_OPEN, JOINTS_DIFFER, TOO_MANY, MAY_BE_MIXED, RATIO_OPEN,
)  # fmt: skip

_MOST: Final = 12  # values without a plain partner that are compared each with each
_ORDERED: Final = frozenset({"tuple", "pair"})
_LETTERS: Final = 2  # letters of a name that is no word
_EXTREMES: Final = re.compile(
    r"\b(?:min\w*|max\w*|smallest|largest|least|greatest)\b.{0,40}\b(?:min\w*|max\w*|smallest|largest|least|greatest)\b"
)


def compare_collections(gold: Collection, candidate: Collection, ctx: Context) -> Finding:
    """Two collections, by what their shapes and the question say of names and order."""
    gold, candidate = formula.unwrapped(gold, candidate), formula.unwrapped(candidate, gold)
    shown = ctx.sides(gold, candidate)
    shapes = (gold.shape, candidate.shape)
    candidate = formula.in_degrees(candidate, gold)
    if "lattice" in shapes:
        return _lattices(gold, candidate, ctx, shown)
    if not FAMILIES.isdisjoint(shapes):
        return _families(gold, candidate, ctx, shown)
    if "ratio" in shapes:
        if shapes == ("ratio", "ratio"):
            return _ratios(gold, candidate, ctx, shown)
        same = not _ORDERED.isdisjoint(shapes) or "list" in shapes
        return (RATIO_OPEN if same and gold.items == candidate.items else SHAPE).finding(**shown)
    if "matrix" in shapes:
        return _matrices(gold, candidate, ctx, shown)
    if ctx.demand.whole and shapes == ("tuple", "tuple") and all(parameter(side.items) for side in (gold, candidate)):
        found = _lattices(gold, candidate, ctx, shown)
        if found.decision is not Decision.PASS:
            return found
    line = same_line(gold, candidate, ctx)
    if line is not None:
        return (SAME_LINE if line else LINE_DIFFERS).finding(**shown)
    if gold.names or candidate.names:
        named = _by_name(gold, candidate, ctx, shown)
        if named is not None:
            return named
    return (_sets if "set" in shapes else _sequences)(gold, candidate, ctx, shown)


def _sets(gold: Collection, candidate: Collection, ctx: Context, shown: dict[str, str]) -> Finding:
    """Two collections, one of them a set; a tuple may be none. "A and B" is not "A or B"; roots may be either."""
    names = all(item.head == "symbol" for item in (*gold.items, *candidate.items))
    if names and {gold.tree.name, candidate.tree.name} == {"and", "or"}:
        return JOINTS_DIFFER.finding(**shown)
    found = _as_sets(gold.items, candidate.items, ctx, shown)
    ordered_other = _ORDERED & {gold.shape, candidate.shape} and not (gold.names or candidate.names)
    return ORDER_OPEN.finding(**shown) if found.decision is Decision.CORRECT and ordered_other else found


def _sequences(gold: Collection, candidate: Collection, ctx: Context, shown: dict[str, str]) -> Finding:
    """Lists and tuples: in order first; then whether another order is free."""
    if len(gold.items) == len(candidate.items):
        placed = _in_order(gold.items, candidate.items, ctx, shown)
        if placed.decision is Decision.CORRECT:
            return placed
    else:
        placed = LENGTH.finding(**shown)
    ordered = not _ORDERED.isdisjoint({gold.shape, candidate.shape}) or ctx.demand.ordered
    free = not ordered and (ctx.demand.unordered or _extremes(gold, ctx))
    points = _all_ordered(gold.items) and gold.shape == "list"  # (1, 2), (3, 4): a list of points is a set of them
    if not points and (ctx.demand.ordered or (ordered and gold.shape != "list")):
        return placed
    if placed.decision is Decision.INCORRECT and not points and unknowns.asked(len(gold.items), ctx):
        return placed
    found = _as_sets(gold.items, candidate.items, ctx, shown)
    if free or found.decision is not Decision.CORRECT:
        return found
    if points:
        return found
    return ORDER_OPEN.finding(**shown) if not ordered or gold.shape == "list" else placed


def _all_ordered(items: Sequence[Expr]) -> bool:
    return len(items) > 1 and all(item.head in {"pair", "tuple", "vector", "matrix", "set"} for item in items)


def _extremes(gold: Collection, ctx: Context) -> bool:
    """Whether the question asks for a minimum and a maximum, which go by size."""
    return len(gold.items) == 2 and _EXTREMES.search(ctx.demand.asking) is not None


def member(one: Expr, other: Expr, ctx: Context) -> Finding:
    """Two members; the same numeral is the same, and two letters are two members, whatever they may stand for."""
    if one == other and one.head == "number":
        ctx.meter.spend(1)
        return SAME_ORDER.finding()
    if (one.head == "set") != (other.head == "set"):
        return PLACE_DIFFERS.finding()  # {1} is no member of {1}
    if one.head == other.head == "symbol":
        return (SAME_ORDER if one == other else PLACE_DIFFERS).finding(gold=one.name, candidate=other.name)
    ctx.meter.spend(_NUMERALS if _PLAIN.issuperset((one.head, other.head)) else _FORMULAS)
    return ctx.compare(_understood(one, ctx), _understood(other, ctx))


def _understood(member: Expr, ctx: Context) -> Expression | Relation | Collection | Region:
    """A member as an answer, understood once a grade."""
    key = ("member", id(member))
    if key not in ctx.memo:
        ctx.memo[key] = (understand(member).answer, member)  # which keeps its id its own
    answer: Expression | Relation | Collection | Region = ctx.memo[key][0]
    return answer


def _in_order(golds: Sequence[Expr], candidates: Sequence[Expr], ctx: Context, shown: dict[str, str]) -> Finding:
    """Place by place; a difference that is shown at one place decides, whatever is open at others."""
    open_one: Finding | None = None
    ctx.meter.spend(len(golds))
    for wanted, given in zip(golds, candidates, strict=True):
        if wanted == given and wanted.head == "number":
            continue
        found = member(wanted, given, ctx)
        if found.decision is Decision.INCORRECT:
            return PLACE_DIFFERS.finding(**shown, expected=show(wanted), found=show(given))
        if found.decision is Decision.PASS:
            open_one = open_one or MEMBERS_OPEN.finding(
                **shown, open=f"{show(wanted)} / {show(given)}", code=found.code
            )
    return open_one or SAME_ORDER.finding(**shown)


def _as_sets(golds: Sequence[Expr], candidates: Sequence[Expr], ctx: Context, shown: dict[str, str]) -> Finding:
    """Each value needs an equal on the other side; the same value twice is one (POLICY 39)."""
    ctx.meter.spend(_MEMBER * (len(golds) + len(candidates)))
    golds, candidates = tuple(dict.fromkeys(golds)), tuple(dict.fromkeys(candidates))
    keys = [{item: _key(item, ctx) for item in side} for side in (golds, candidates)]
    both = set(keys[0].values()) & set(keys[1].values())
    lone = [[item for item, key in side.items() if key not in both] for side in keys]
    if len(lone[0]) > _MOST or len(lone[1]) > _MOST:
        return TOO_MANY.finding(**shown)
    table = [[_told_apart(one, other, ctx) for other in candidates] for one in lone[0]]
    open_one = False
    for item, row in zip(lone[0], table, strict=True):
        decisions = set(row)
        if Decision.CORRECT in decisions:
            continue
        if Decision.PASS not in decisions:
            return MISSING.finding(**shown, missing=show(item))
        open_one = True
    for item in lone[1]:
        at = candidates.index(item)
        decisions = {row[at] for row in table}
        if Decision.CORRECT in decisions:
            continue
        rest = [_told_apart(one, item, ctx) for one in golds if keys[0][one] in both]
        if Decision.CORRECT in rest:
            continue
        if Decision.PASS not in decisions and Decision.PASS not in rest:
            return EXTRA.finding(**shown, extra=show(item))
        open_one = True
    return MEMBERS_OPEN.finding(**shown) if open_one else SAME_MEMBERS.finding(**shown)


def _told_apart(gold: Expr, candidate: Expr, ctx: Context) -> Decision:
    """Whether two members of sets are equal. Exact numerals that differ need no comparison to show it."""
    demand, tolerance = ctx.demand, ctx.profile.tolerance
    if _is_exact(gold) and _is_exact(candidate) and (gold.head == "div" or candidate.head != "div"):
        ctx.meter.spend(_MEMBER)
        values = _key(gold, ctx), _key(candidate, ctx)
        free = demand.percent or demand.scale or tolerance.relative or tolerance.absolute
        if not free and values[0] != values[1] and isinstance(values[0], tuple) and isinstance(values[1], tuple):
            return Decision.INCORRECT
    if not _PLAIN.issuperset((gold.head, candidate.head)):
        ctx.meter.spend(_FORMULAS)  # to show a difference takes longer than to show that there is none
    return member(gold, candidate, ctx).decision


_NUMERALS, _FORMULAS = 100, 350  # what a comparison of two members costs beside the work that it counts
_MEMBER: Final = 16  # and what looking at one member does
_PLAIN: Final = frozenset({"number", "neg", "div", "mixed"})


def _is_exact(item: Expr) -> bool:
    """Whether a member is a whole number or a fraction of two, so that no rounding is in question."""
    if item.head == "number":
        return not item.name
    return item.head in {"neg", "div"} and all(part.head == "number" and not part.name for part in item.args)


def _key(item: Expr, ctx: Context) -> object:
    """What makes plainly equal members equal: their exact value, else the tree itself."""
    if item.head in _PLAIN:
        exact = zero.rational(item, ctx.meter)
        if exact is not None:
            return (int(exact.p), int(exact.q))
    return item


def _by_name(gold: Collection, candidate: Collection, ctx: Context, shown: dict[str, str]) -> Finding | None:
    """Names override places; ``None`` where they say nothing (numbered roots)."""
    if gold.names and candidate.names:
        return _both_named(gold, candidate, ctx, shown)
    named, bare = (gold, candidate) if gold.names else (candidate, gold)
    if _numbered(named.names) and bare.shape not in _ORDERED:
        return _as_sets(gold.items, candidate.items, ctx, shown)
    if bare.shape == "set" and any(item.head == "eq" for item in bare.items):
        return None  # {a = 1, b = 2}
    if bare.shape == "set":
        found = _as_sets(gold.items, candidate.items, ctx, shown)
        return NAMES_OPEN.finding(**shown) if found.decision is Decision.CORRECT else found
    if bare.shape == "list" and _extremes(bare, ctx) and {name[:3] for name in named.names} == {"min", "max"}:
        low, high = (named.items[at] for at in sorted((0, 1), key=lambda at: named.names[at][:3], reverse=True))
        if zero.sign(minus(high, low), ctx.meter) == -1:
            return NAME_DIFFERS.finding(**shown)  # a maximum below its minimum
        return _as_sets(gold.items, candidate.items, ctx, shown)
    return _placed(gold, candidate, ctx, shown)


def _both_named(gold: Collection, candidate: Collection, ctx: Context, shown: dict[str, str]) -> Finding:
    own = dict(zip(gold.names, gold.items, strict=True))
    other = dict(zip(candidate.names, candidate.items, strict=True))
    if _numbered(gold.names) and _numbered(candidate.names):
        return _as_sets(gold.items, candidate.items, ctx, shown)
    if set(own) != set(other):
        return (LENGTH if set(own) < set(other) or set(other) < set(own) else NAMES_OPEN).finding(**shown)
    found = _in_order([own[name] for name in sorted(own)], [other[name] for name in sorted(own)], ctx, shown)
    if found.code == PLACE_DIFFERS.name:
        return NAME_DIFFERS.finding(**found.evidence)
    return SAME_BY_NAME.finding(**shown) if found.decision is Decision.CORRECT else found


def _placed(gold: Collection, candidate: Collection, ctx: Context, shown: dict[str, str]) -> Finding:
    """Values under names against values at places: the names in the order of the question, or of the ground truth."""
    named, bare = (gold, candidate) if gold.names else (candidate, gold)
    order = unknowns.order(named.names, ctx)
    known = order or (gold.names if named is gold else ())
    items = [named.items[named.names.index(name)] for name in known]
    if order and len(items) != len(bare.items):
        return LENGTH.finding(**shown)
    if len(items) == len(bare.items):
        found = _in_order(items, bare.items, ctx, shown) if named is gold else _in_order(bare.items, items, ctx, shown)
        told = all(len(name) > _LETTERS for name in named.names) or unknowns.asked(len(items), ctx) == order
        sure = order and (bare.shape != "list" or told)
        if sure or found.code != PLACE_DIFFERS.name:
            return found
    found = _as_sets(gold.items, candidate.items, ctx, shown)
    alike = len(set(named.items)) == 1 and len(named.items) == len(bare.items)
    return NAMES_OPEN.finding(**shown) if found.decision is Decision.CORRECT and not alike else found


def _numbered(names: Sequence[str]) -> bool:
    """Whether names are ``x_1, x_2, …``: roots in any order."""
    stems = {match[1] if (match := NUMBERED.match(name)) else name for name in names}
    return len(stems) == 1 and len(names) > 1


def _matrices(gold: Collection, candidate: Collection, ctx: Context, shown: dict[str, str]) -> Finding:
    """Matrices by rows; a single row or column is a tuple (POLICY 40)."""
    own, other = _rows(gold), _rows(candidate)
    if len(own) != len(other) or any(len(a) != len(b) for a, b in zip(own, other, strict=True)):
        flat = [_flat(rows) for rows in (own, other)]
        if flat[0] is None or flat[1] is None or candidate.shape == "set" or gold.shape == "set":
            return SHAPE.finding(**shown)
        if len(flat[0]) != len(flat[1]):
            return LENGTH.finding(**shown)
        return _in_order(flat[0], flat[1], ctx, shown)
    return _in_order([x for row in own for x in row], [x for row in other for x in row], ctx, shown)


def _rows(side: Collection) -> list[tuple[Expr, ...]]:
    if side.shape != "matrix":
        inner = [item.args for item in side.items if item.head in {"tuple", "pair", "vector", "interval"}]
        return inner if len(inner) == len(side.items) else [side.items]
    return [row.args for row in side.items]


def _flat(rows: list[tuple[Expr, ...]]) -> tuple[Expr, ...] | None:
    """The entries of a single row or column."""
    if len(rows) == 1:
        return rows[0]
    return tuple(row[0] for row in rows) if all(len(row) == 1 for row in rows) else None


def _ratios(gold: Collection, candidate: Collection, ctx: Context, shown: dict[str, str]) -> Finding:
    """A : b : c, proportional (POLICY 18)."""
    if len(gold.items) != len(candidate.items):
        return LENGTH.finding(**shown)
    first, last = gold.items[0], candidate.items[0]
    for one, other in zip(gold.items[1:], candidate.items[1:], strict=True):
        found = ctx.compare(Expression(Expr("mul", (one, last))), Expression(Expr("mul", (other, first))))
        if found.decision is Decision.INCORRECT:
            return RATIO_DIFFERS.finding(**shown)
        if found.decision is Decision.PASS:
            return MEMBERS_OPEN.finding(**shown)
    if (ctx.demand.lowest_terms or "lowest_terms" in ctx.demand.forms) and not _simplest(candidate, ctx):
        return NOT_SIMPLEST.finding(**shown)
    return SAME_RATIO.finding(**shown)


def _simplest(side: Collection, ctx: Context) -> bool:
    """Whether a ratio is of whole numbers without a common factor."""
    values = [value for item in side.items if (value := zero.rational(item, ctx.meter)) is not None and value.q == 1]
    return len(values) == len(side.items) and gcd(*(int(value.p) for value in values)) == 1


def _families(gold: Collection, candidate: Collection, ctx: Context, shown: dict[str, str]) -> Finding:
    """Values over all whole numbers, as arithmetic progressions (POLICY 37)."""
    if {gold.shape, candidate.shape} == FAMILIES:
        return FAMILY_DIFFERS.finding(**shown)  # over N and over Z
    if gold.shape == candidate.shape == "naturals":
        return _naturals(gold, candidate, ctx, shown)
    sides = []
    for side in (gold, candidate):
        name = side.names[0] if len(side.names) == 1 and side.shape in FAMILIES else parameter(side.items)
        found = [families.progression(item, name, ctx.meter) for item in side.items] if name else []
        known = [one for one in found if one is not None]
        if len(known) < len(side.items):
            finite = not any(symbols(item) for item in side.items)
            return (FAMILY_DIFFERS if finite else FAMILY_OPEN).finding(**shown)
        sides.append(known)
    return _same(families.same_progressions(sides[0], sides[1], ctx.meter), shown)


def _same(same: bool | None, shown: dict[str, str]) -> Finding:  # noqa: FBT001
    if same is None:
        return FAMILY_OPEN.finding(**shown)
    return (SAME_FAMILY if same else FAMILY_DIFFERS).finding(**shown)


def _lattices(gold: Collection, candidate: Collection, ctx: Context, shown: dict[str, str]) -> Finding:
    """Tuples over all whole numbers, ``(3t - 32, 64 - 5t)``: steps alike, and starts a whole number of steps apart."""
    if len(gold.items) != len(candidate.items):
        return LENGTH.finding(**shown)
    sides = []
    for side in (gold, candidate):
        name = side.names[0] if side.shape == "lattice" and len(side.names) == 1 else parameter(side.items)
        line = vectors.line(side.items, name, ctx.meter) if name else None
        if line is None:
            return FAMILY_OPEN.finding(**shown)
        sides.append(line)
    return _same(families.same_lattice(sides[0], sides[1], ctx.meter), shown)


def _naturals(gold: Collection, candidate: Collection, ctx: Context, shown: dict[str, str]) -> Finding:
    """Families over the natural numbers: the same terms under the same count."""
    if len(gold.names) != 1 or len(candidate.names) != 1 or len(gold.items) != len(candidate.items):
        return FAMILY_OPEN.finding(**shown)
    name = Expr("symbol", (), gold.names[0])
    renamed = [zero.substitute(item, {candidate.names[0]: name}) for item in candidate.items]
    found = _as_sets(gold.items, renamed, ctx, shown)
    return SAME_FAMILY.finding(**shown) if found.decision is Decision.CORRECT else FAMILY_OPEN.finding(**shown)


FAMILIES: Final = frozenset({"family", "naturals"})


def compare_with_value(
    gold: Collection | Expression | Number, candidate: Collection | Expression | Number, ctx: Context
) -> Finding:
    """A collection against one value: a set of one is its member, a ratio a : b is a / b."""
    many, one = (gold, candidate) if isinstance(gold, Collection) else (candidate, gold)
    assert isinstance(many, Collection)  # noqa: S101  # the stage's pairs
    tree = tree_of(one) if isinstance(one, Number) else one.tree
    shown = ctx.sides(gold, candidate)
    mixed = mixed_number(many.tree)
    if mixed is not None:
        meant = Expression(mixed)
        found = ctx.compare(meant, one) if many is gold else ctx.compare(one, meant)
        if found.decision is Decision.CORRECT:
            return MAY_BE_MIXED.finding(**shown) if ctx.demand.unordered and not ctx.demand.count else found
    if many.shape == "ratio" and len(many.items) == 2:
        quotient = Expression(Expr("div", many.items))
        return ctx.compare(quotient, one) if many is gold else ctx.compare(one, quotient)
    if many.shape in FAMILIES:
        if isinstance(one, Expression) and one.conditions:
            return FAMILY_OPEN.finding(**shown)  # its parameter runs over some of the whole numbers
        name = parameter([tree])
        single = Collection("family", (tree,), tree, (name,)) if name else None
        if single is None:
            return FAMILY_DIFFERS.finding(**shown)
        return _families(many, single, ctx, shown) if many is gold else _families(single, many, ctx, shown)
    if many.shape in {"set", "list"} and over_whole(many.items, ctx) and over_whole((tree,), ctx):
        single = Collection("family", (tree,), tree, (parameter([tree]),))
        several = Collection("family", many.items, many.tree, (parameter(many.items),))
        return _families(several, single, ctx, shown) if many is gold else _families(single, several, ctx, shown)
    if many.shape in {"set", "list"} or (many.shape == "tuple" and many.names):
        sides = (many.items, (tree,)) if many is gold else ((tree,), many.items)
        found = _as_sets(sides[0], sides[1], ctx, shown)
        return MEMBERS_OPEN.finding(**shown) if many is gold and formula.is_worded(many) else found
    if many.shape in {"tuple", "pair"} and tree.head in {"perm", "apply", "binom"}:  # the point P(4, 1)
        point = Collection("tuple", tree.args, tree)
        return compare_collections(many, point, ctx) if many is gold else compare_collections(point, many, ctx)
    if many.shape in {"tuple", "pair", "matrix"} and not isinstance(one, Number):
        flat = _flat(_rows(many))
        parts = None if flat is None else vectors.by_unit_vectors(tree, len(flat))
        if flat is not None and parts is not None:
            return _in_order(flat, parts, ctx, shown) if many is gold else _in_order(parts, flat, ctx, shown)
    alone = formula.alone(many, ctx.demand.words, ctx.rules.maths.bracketed)
    if alone is not None:
        return _in_order(*(((alone,), (tree,)) if many is gold else ((tree,), (alone,))), ctx, shown)
    return SHAPE.finding(**shown) if not symbols(tree) else MEMBERS_OPEN.finding(**shown)


STAGES: tuple[Stage, ...] = (
    Stage("collection", ((Collection, Collection),), compare_collections),
    Stage(
        "collection",
        ((Collection, Expression), (Collection, Number), (Expression, Collection), (Number, Collection)),
        compare_with_value,
    ),
)

__all__ = ["CODES", "STAGES", "Relation", "compare_collections"]
