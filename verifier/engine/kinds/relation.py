"""Equations and inequalities: the same solutions, whatever side a term stands on (POLICY 34-38)."""

from __future__ import annotations

import re
from typing import Final

from verifier.engine.kinds import conditions
from verifier.engine.kinds.collection import FAMILIES, compare_collections
from verifier.engine.kinds.expression import compare_values, same_family
from verifier.engine.kinds.form import is_bounded, is_solved, wrong_form
from verifier.engine.kinds.formula import COUNTERS, Collection, Expression, Relation, definition, is_worded, name_of
from verifier.engine.kinds.kind import Context, Stage
from verifier.engine.kinds.region import as_condition
from verifier.engine.kinds.values import OPERATORS, tree_of
from verifier.engine.maths import equations, logic, solve, zero
from verifier.engine.maths.show import show
from verifier.engine.maths.trees import minus
from verifier.engine.maths.zero import Given
from verifier.engine.numerals import Number
from verifier.types.expr import Expr
from verifier.types.nodes import number, symbols
from verifier.types.verdict import Code, Decision, Finding, Standing, passes, proves, refutes

IDENTICAL = proves("relation.identical", "Both are the same relation as written.")
SAME = proves("relation.same_solutions", "Both relations hold for the same values.")
SAME_VALUE = proves("relation.same_value", "Both give the same value to the same subject.")
RIGHT_SIDE = proves("relation.right_side", "One side gives the equation, the other its right side, and they are equal.")
DIFFERS = refutes("relation.differs", "The relations hold for different values.")
VALUE_DIFFERS = refutes("relation.value_differs", "The relations give different values to the same subject.")
CONTRADICTS = refutes("relation.contradiction", "The answer equates two different values.")
SORT_DIFFERS = refutes("relation.sort_differs", "One side is an equation and the other an inequality.")
UNSOLVED = refutes(
    "relation.unsolved",
    "The ground truth gives a value, and the answer is a relation that was not solved for it.",
    Standing.CONVENTION,
)
UNSHOWN = passes("relation.unshown", "Whether the relations have the same solutions could not be shown.", specific=6)
SUBJECT_UNCLEAR = passes(
    "relation.subject_unclear",
    "The value is right, and nothing says whether its left side is what was asked for.",
    specific=7,
)
OTHER_SUBJECT = passes(
    "relation.other_subject",
    "The right sides agree, and it is not certain that the left sides name the same thing.",
    specific=7,
)
STATED = passes(
    "relation.condition_stated",
    "The relations agree, but for a condition that only the answer states, or that both state differently.",
    specific=7,
)
MAY_BE_UNSOLVED = passes(
    "relation.may_be_unsolved",
    "The question asks to solve, and the answer has the same solutions without giving its unknown.",
    specific=7,
)
NAMES_DIFFER = passes("relation.names_differ", "The relations hold different names.", specific=7)
CODES: tuple[Code, ...] = (
    IDENTICAL, SAME, SAME_VALUE, RIGHT_SIDE, DIFFERS, VALUE_DIFFERS, CONTRADICTS, SORT_DIFFERS, UNSOLVED, UNSHOWN,
    SUBJECT_UNCLEAR, OTHER_SUBJECT, STATED, NAMES_DIFFER, MAY_BE_UNSOLVED,
)  # fmt: skip

_INEQUALITIES: Final = frozenset({"lt", "le", "gt", "ge"})
_JOINED: Final = frozenset({"and", "or", "list"})
_WAYS: Final = 400  # units of work that it costs to see in which way two relations are to be compared
_PARTNER: Final = 64  # units of work that a comparison of two parts costs beside those that it counts
_PLAIN: Final = re.compile(r"(?:[A-Za-z]|[a-z]{2,7})('*)")  # y, f', theta; a_n and f^-1 are fixed


def compare_relations(gold: Relation, candidate: Relation, ctx: Context) -> Finding:
    """Two relations: as definitions of the same subject, as sets on the line, as equations or inequalities."""
    shown = ctx.sides(gold, candidate)
    own, other = _without_condition(gold.tree), _without_condition(candidate.tree)
    found = IDENTICAL.finding(**shown) if own == other else _compare(own, other, ctx, shown)
    if found.decision is Decision.CORRECT:
        mine, given = _stated(gold.tree), _stated(candidate.tree)
        if conditions.limits(mine, given, ctx) or (own.head != "eq" and _is_of_a_domain(mine, given, ctx)):
            return STATED.finding(**shown)
    return found


def _compare(own: Expr, other: Expr, ctx: Context, shown: dict[str, str]) -> Finding:
    """Two relations without their conditions."""
    ctx.meter.spend(_WAYS)
    defined = _definitions(own, other, ctx, shown)
    if defined is not None:
        return defined
    if own.head in _JOINED or other.head in _JOINED or "not" in {own.head, other.head}:
        return _compound(own, other, ctx, shown)
    if conditions.is_complex(ctx) and not own.head == other.head == "eq":
        return UNSHOWN.finding(**shown)
    one_unknown = None if conditions.is_complex(ctx) else _on_the_line(own, other, ctx, shown)
    if one_unknown is not None:
        return one_unknown
    given = conditions.given(ctx.demand, (*symbols(own), *symbols(other)), ctx, equations=False)
    if own.head == other.head == "eq":
        found = equations.same_equation(own, other, given, ctx.meter)
    elif {own.head, other.head} <= _INEQUALITIES:
        found = equations.same_inequality(own, other, given, ctx.meter)
    elif {own.head, other.head} <= {"congruent", "divides", "subset", "in", "notin", "ne"} and own.head == other.head:
        return _part_by_part(own, other, ctx, shown)
    elif "eq" in {own.head, other.head} and not _INEQUALITIES.isdisjoint({own.head, other.head}):
        return SORT_DIFFERS.finding(**shown)
    else:
        return UNSHOWN.finding(**shown)
    if found is None:
        return (NAMES_DIFFER if symbols(own) != symbols(other) else UNSHOWN).finding(**shown)
    seen = {**shown, "how": found.how, "at": found.evidence} if found.evidence else {**shown, "how": found.how}
    if found.same:
        return wrong_form(own, other, ctx, seen) or SAME.finding(**seen)
    renamed = len(symbols(own)) == len(symbols(other)) and symbols(own) != symbols(other) and not ctx.demand.asked
    if renamed or OPERATORS & symbols(own) != OPERATORS & symbols(other):
        return NAMES_DIFFER.finding(**seen)
    return DIFFERS.finding(**seen)


def _without_condition(tree: Expr) -> Expr:
    return tree.args[0] if tree.head == "given" else tree


def _stated(tree: Expr) -> tuple[Expr, ...]:
    return tree.args[1:] if tree.head == "given" else ()


def _is_of_a_domain(stated: tuple[Expr, ...], given: tuple[Expr, ...], ctx: Context) -> bool:
    """Whether a ground truth takes its numbers from ℤ, ℕ or ℚ, and neither the answer nor the question does."""
    for limit in stated:
        if limit.head == "in" and limit.args[1].head == "constant" and limit not in given:
            name = limit.args[1].name
            words = [word for word, domain in ctx.rules.maths.domains.items() if domain == name]
            if name not in {"R", "C"} and not (name == "Z" and ctx.demand.whole) and ctx.demand.words.isdisjoint(words):
                return True
    return False


def _definitions(own: Expr, other: Expr, ctx: Context, shown: dict[str, str]) -> Finding | None:
    """``y = 3x + 2`` twice: the right sides decide; ``f(t) = …`` and ``f(x) = …`` differ in a bound name only."""
    first, second = definition(own), definition(other)
    if first is None or second is None:
        return None
    (subject, body), (other_subject, other_body) = first, second
    if not _same_subject(subject, other_subject):
        found = _compare_bodies(body, other_body, ctx, shown)
        return OTHER_SUBJECT.finding(**shown) if found.decision is Decision.CORRECT else None
    if subject.head == other_subject.head == "symbol" and subject.name != other_subject.name:
        if {subject.name, other_subject.name} & (symbols(body) | symbols(other_body)):
            return None  # x = y/2 and y = 2x
        if conditions.is_named(subject.name, ctx) and conditions.is_named(other_subject.name, ctx):
            return None
    if subject.head == "apply":
        bodies = _same_argument(subject, body, other_subject, other_body)
        if bodies is None:
            return OTHER_SUBJECT.finding(**shown)
        body, other_body = bodies
    inner = _compare_bodies(body, other_body, ctx, shown)
    if inner.decision is Decision.CORRECT and _is_other_law(subject, other_subject, body):
        return OTHER_SUBJECT.finding(**shown)
    if inner.decision is Decision.CORRECT:
        wrong = wrong_form(own, other, ctx, shown)
        return wrong or SAME_VALUE.finding(**shown, values=inner.code)
    if inner.decision is Decision.INCORRECT:
        return (
            inner
            if inner.code.startswith("expression.") and "constant" in inner.code
            else VALUE_DIFFERS.finding(**{**shown, **inner.evidence})
        )
    return inner


def _same_subject(subject: Expr, other: Expr) -> bool:
    """Whether two left sides may name one thing: the same name, or free letters with as many primes."""
    if {subject.head, other.head} <= {"symbol", "apply"} and subject.name != other.name:
        plain = _PLAIN.fullmatch(subject.name), _PLAIN.fullmatch(other.name)
        return plain[0] is not None and plain[1] is not None and plain[0][1] == plain[1][1]
    return True


def _is_other_law(subject: Expr, other: Expr, body: Expr) -> bool:
    """Whether a quantity is given under another letter: V = IR and P = IR. ``y`` and functions are labels."""
    return (
        subject.head == other.head == "symbol"
        and subject.name != other.name
        and len(symbols(body)) > 1
        and "y" not in {subject.name, other.name}
    )


def _same_argument(subject: Expr, body: Expr, other_subject: Expr, other_body: Expr) -> tuple[Expr, Expr] | None:
    """Both bodies in the ground truth's argument names; ``None`` for ``f(y) = 2x``, which is none of y."""
    names = [part.name for part in subject.args if part.head == "symbol"]
    if other_subject.head == "apply":
        others = [part.name for part in other_subject.args if part.head == "symbol"]
    else:
        others = sorted(symbols(other_body)) if len(symbols(other_body)) == len(names) else names
    if len(names) != len(others) or names == others:
        return body, other_body
    if not set(names).isdisjoint(symbols(other_body) - set(others)):
        return None
    exchanged = dict(zip(others, (Expr("symbol", (), name) for name in names), strict=True))
    return body, solve.exchange(other_body, exchanged)


def _compare_bodies(body: Expr, other_body: Expr, ctx: Context, shown: dict[str, str]) -> Finding:
    """Right sides: families of functions by their constants, others as expressions."""
    own = conditions.arbitrary(body, ctx)
    other = conditions.arbitrary(other_body, ctx, instead_of=body)
    if own and len(own) == len(other):
        found = same_family(body, other_body, own, other, ctx, shown)
        if found is not None:
            return found
    return compare_values(Expression(body), Expression(other_body), ctx)


def _on_the_line(own: Expr, other: Expr, ctx: Context, shown: dict[str, str]) -> Finding | None:
    """Relations in one real unknown, as sets of numbers; ``None`` where they hold more names, or nothing is shown."""
    names = symbols(own), symbols(other)
    if len(names[0]) != 1 or len(names[1]) != 1:
        return None
    if names[0] != names[1] and _fixed(next(iter(names[0])), next(iter(names[1])), ctx):
        return None
    sides = as_condition(own), as_condition(other)
    if sides[0] is None or sides[1] is None:
        return None
    found = solve.same_set(sides[0], sides[1], "_x", ctx.meter, whole=ctx.demand.whole)
    if found is None:
        return None
    if not found.equal:
        return DIFFERS.finding(**shown, number=found.witness)
    if own.head == "eq" and is_solved(own) and not is_solved(other):
        return UNSOLVED.finding(**shown)
    if (
        own.head != "eq"
        and "solve" in ctx.demand.words
        and is_solved(own)
        and not (is_solved(other) or is_bounded(other))
    ):
        return wrong_form(own, other, ctx, shown) or MAY_BE_UNSOLVED.finding(**shown)
    return wrong_form(own, other, ctx, shown) or SAME.finding(**shown)


def _fixed(name: str, other: str, ctx: Context) -> bool:
    return not ctx.demand.asked or conditions.is_named(name, ctx) or conditions.is_named(other, ctx)


def _compound(own: Expr, other: Expr, ctx: Context, shown: dict[str, str]) -> Finding:
    """Several relations joined: on the line if they have one unknown, else each finds its partner."""
    found = _on_the_line(_as_logic(own), _as_logic(other), ctx, shown)
    if found is not None:
        return found
    if logic.equivalent(_as_logic(own), _as_logic(other), ctx.meter):
        return SAME.finding(**shown, how="truth table")
    zeros = _as_square(own) or _as_product(own), _as_square(other) or _as_product(other)
    if zeros[0] is not None and zeros[1] is not None and "or" in {own.head, other.head}:
        same = equations.same_equation(zeros[0], zeros[1], Given(), ctx.meter)
        if same is not None and same.same:
            return SAME.finding(**shown, how=same.how)
    parts, others = _members(own), _members(other)
    joined = _as_logic(own).head == _as_logic(other).head or _alternatives(parts, others)
    whole = parts == (own,) and others == (other,)  # nothing was taken apart: its part would ask this again
    if len(parts) != len(others) or not joined or whole:
        return _by_point(own, other, ctx, shown)
    unused = list(others)
    for part in parts:
        match = next((one for one in unused if _agree(part, one, ctx)), None)
        if match is None:
            return _by_point(own, other, ctx, shown)
        unused.remove(match)
    return SAME.finding(**shown, how="part by part")


def _by_point(own: Expr, other: Expr, ctx: Context, shown: dict[str, str]) -> Finding:
    """A point that tells joined relations apart, where the question puts no condition on the names."""
    known = conditions.given(ctx.demand, (*symbols(own), *symbols(other)), ctx, equations=False)
    if not known.conditions and not known.unknown and symbols(own) == symbols(other):
        point = equations.differing_point(_as_logic(own), _as_logic(other), ctx.meter)
        if point is not None:
            return DIFFERS.finding(**shown, at=point)
    return UNSHOWN.finding(**shown)


def _as_square(tree: Expr) -> Expr | None:
    """``y = c + √r or y = c - √r`` as (y - c)² = r, which has the same real solutions."""
    if tree.head != "or" or len(tree.args) != 2 or any(part.head != "eq" for part in tree.args):
        return None
    (subject, first), (other, second) = (part.args for part in tree.args)
    terms, others = (set(body.args) if body.head == "add" else {body} for body in (first, second))
    if {len(terms), len(others)} != {len(body.args) if body.head == "add" else 1 for body in (first, second)}:
        return None  # a term stands twice
    roots = terms - others, others - terms
    if subject != other or len(roots[0]) != 1 or len(roots[1]) != 1:
        return None
    root = next((one for one in (*roots[0], *roots[1]) if one.head == "root"), None)
    if root is None or {root, Expr("neg", (root,))} != roots[0] | roots[1] or root.args[1] != number(2):
        return None
    centred = Expr("add", (subject, *(Expr("neg", (term,)) for term in terms & others)))
    return Expr("eq", (Expr("pow", (centred, number(2))), root.args[0]))


def _as_product(tree: Expr) -> Expr | None:
    """``a = 0 or b = 0`` as one equation, the product of both differences."""
    if tree.head == "eq":
        return tree
    if tree.head != "or" or any(part.head != "eq" for part in tree.args):
        return None
    return Expr("eq", (Expr("mul", tuple(equations.difference(part) for part in tree.args)), number(0)))


def _alternatives(parts: tuple[Expr, ...], others: tuple[Expr, ...]) -> bool:
    """Whether all parts define the same subject, so that they can only be alternatives, whatever joins them."""
    subjects = {found[0] if (found := definition(part)) is not None else None for part in (*parts, *others)}
    return len(subjects) == 1 and None not in subjects


def _agree(one: Expr, other: Expr, ctx: Context) -> bool:
    ctx.meter.spend(_PARTNER)
    return ctx.compare(Relation(one), Relation(other)).decision is Decision.CORRECT


def _as_logic(tree: Expr) -> Expr:
    """A comma list of relations holds where all do, unless "or" joined it."""
    if tree.head != "list":
        return tree
    return Expr("or" if tree.name == "or" else "and", tree.args)


def _members(tree: Expr) -> tuple[Expr, ...]:
    return tree.args if tree.head in _JOINED else (tree,)


def _part_by_part(own: Expr, other: Expr, ctx: Context, shown: dict[str, str]) -> Finding:
    """Relations that are only compared side by side: congruences, divisibility, membership."""
    if own.head == "congruent":
        return _congruences(own, other, ctx, shown)
    if len(own.args) != len(other.args) or own.name != other.name:  # ⊆ and ⊊
        return UNSHOWN.finding(**shown)
    decisions = [
        compare_values(Expression(one), Expression(two), ctx).decision
        for one, two in zip(own.args, other.args, strict=True)
    ]
    if all(decision is Decision.CORRECT for decision in decisions):
        return SAME.finding(**shown)
    return UNSHOWN.finding(**shown)


def _congruences(own: Expr, other: Expr, ctx: Context, shown: dict[str, str]) -> Finding:
    """X ≡ a (mod m): the same modulus, and residues that differ by a multiple of it."""
    (left, residue, modulus), (other_left, other_residue, other_modulus) = own.args, other.args
    parts = (residue, modulus, other_residue, other_modulus)
    whole = [v.p for part in parts if (v := zero.rational(part, ctx.meter)) is not None and v.q == 1]
    if left != other_left or len(whole) < len(parts):
        return UNSHOWN.finding(**shown)
    first, m, second, n = whole
    if abs(m) == abs(n) and m != 0:
        return (SAME if (first - second) % m == 0 else DIFFERS).finding(**shown)
    return DIFFERS.finding(**shown)


def compare_with_value(
    gold: Relation | Expression | Number, candidate: Relation | Expression | Number, ctx: Context
) -> Finding:
    """An equation against a value: a right side alone, ``f(x) = …`` with its label, or an equation not solved."""
    shown = ctx.sides(gold, candidate)
    relation, value = (gold, candidate) if isinstance(gold, Relation) else (candidate, gold)
    assert isinstance(relation, Relation)  # noqa: S101  # the stage's pairs
    tree = _without_condition(relation.tree)
    other = tree_of(value) if isinstance(value, Number) else value.tree
    first = relation is gold
    if tree.head not in {"eq", "approx"}:
        if len(symbols(tree)) == 1 and not symbols(other):
            return _on_the_line_value(tree, other, ctx, shown)
        if symbols(other) or tree.head in {"list", "and", "or"}:
            return UNSHOWN.finding(**shown)
        return (UNSHOWN if first else UNSOLVED).finding(**shown)
    if not symbols(tree):
        return _worked_out(tree, other, first, ctx, shown)
    body = _body(tree, other, ctx, solving=first)
    if body is None:
        if not first and any(conditions.is_unknown(name, ctx) for name in symbols(tree) - symbols(other)):
            return UNSOLVED.finding(**shown)
        if first or symbols(other):
            return UNSHOWN.finding(**shown)
        return UNSOLVED.finding(**shown) if symbols(tree) else SUBJECT_UNCLEAR.finding(**shown)
    sides = (Expression(body), Expression(other)) if first else (Expression(other), Expression(body))
    if definition(tree) is None and not symbols(body):  # a + b = 5, 3x = 18
        if first and len(symbols(tree)) == 1:
            solved = _on_the_line_value(tree, other, ctx, shown)
            if solved.decision is Decision.CORRECT:
                return solved
        inner = ctx.compare(*sides)
        asked = conditions.is_asked(tree, ctx)
        if inner.decision is Decision.CORRECT:
            return RIGHT_SIDE.finding(**shown) if asked else SUBJECT_UNCLEAR.finding(**shown)
        return inner if asked else (UNSHOWN if first else UNSOLVED).finding(**shown)
    inner = _compare_bodies(sides[0].tree, sides[1].tree, ctx, shown)
    if inner.decision is Decision.CORRECT:
        return RIGHT_SIDE.finding(**shown, values=inner.code)
    return inner


def _worked_out(tree: Expr, other: Expr, first: bool, ctx: Context, shown: dict[str, str]) -> Finding:  # noqa: FBT001
    """``35 + 70 = 105`` is its last member, if it is true and anything was worked out (POLICY 1, 6, 56)."""
    left, right = tree.args
    order = zero.sign(minus(left, right), ctx.meter)
    if order:
        return (UNSHOWN if first else CONTRADICTS).finding(**shown)
    if order is None or left.head == "number":
        return UNSHOWN.finding(**shown)
    sides = (Expression(right), Expression(other)) if first else (Expression(other), Expression(right))
    inner = ctx.compare(*sides)
    return RIGHT_SIDE.finding(**shown, values=inner.code) if inner.decision is Decision.CORRECT else inner


def _on_the_line_value(tree: Expr, value: Expr, ctx: Context, shown: dict[str, str]) -> Finding:
    """An inequality in one unknown against one value: a bound is no value (POLICY 7), unless it leaves just one."""
    sides = as_condition(tree), as_condition(Expr("set", (value,)))
    if sides[0] is None or sides[1] is None or conditions.is_complex(ctx):
        return UNSHOWN.finding(**shown)
    found = solve.same_set(sides[0], sides[1], "_x", ctx.meter, whole=ctx.demand.whole)
    if found is None:
        return UNSHOWN.finding(**shown)
    return SAME.finding(**shown) if found.equal else DIFFERS.finding(**shown, number=found.witness)


def _body(tree: Expr, other: Expr, ctx: Context, *, solving: bool) -> Expr | None:
    """What an equation says of the value asked for: its right side, or the solution for the name the value lacks."""
    defined = definition(tree)
    if defined is not None:
        subject, body = defined
        if subject.head == "apply" and len(subject.args) == 1 and subject.args[0].head == "symbol":
            names, own = symbols(other), subject.args[0].name
            if len(names) == 1 and own not in names and symbols(body) <= {own}:
                return solve.exchange(body, {own: Expr("symbol", (), next(iter(names)))})
        return body
    left, right = tree.args
    if not symbols(other) and (not symbols(right) or not symbols(left)):
        return right if not symbols(right) else left
    missing = symbols(tree) - symbols(other)
    if len(missing) == 1 and solving:
        return equations.solved_for(equations.difference(tree), next(iter(missing)), ctx.meter)
    return None


def compare_with_collection(gold: Relation | Collection, candidate: Relation | Collection, ctx: Context) -> Finding:
    """An equation against its solutions: the set of roots, or the assignments of a system."""
    shown = ctx.sides(gold, candidate)
    relation, many = (gold, candidate) if isinstance(gold, Relation) else (candidate, gold)
    assert isinstance(many, Collection)  # noqa: S101  # the stage's pairs
    assert isinstance(relation, Relation)  # noqa: S101  # the same
    names = symbols(relation.tree)
    parts = many.tree.args if many.tree.head in {"or", "list"} else ()
    if parts and all(part.head == "eq" for part in parts) and symbols(many.tree) - {name_of(parts[0].args[0])}:
        either = Relation(Expr("or", parts))  # x = 0 or x = y
        if relation is gold:
            return compare_relations(relation, either, ctx)
        return compare_relations(either, relation, ctx)
    if many.shape in FAMILIES:
        defined = definition(_without_condition(relation.tree))
        if defined is None or len(symbols(defined[1])) != 1 or not symbols(defined[1]) <= COUNTERS | {"t"}:
            return UNSHOWN.finding(**shown)
        alone = Collection("family", (defined[1],), relation.tree, tuple(symbols(defined[1])))
        return compare_collections(many, alone, ctx) if many is gold else compare_collections(alone, many, ctx)
    if many is gold and is_worded(many):
        return UNSHOWN.finding(**shown)
    if relation is candidate and many.names and not symbols(Expr("set", many.items)):
        return UNSOLVED.finding(**shown)  # x + y = 8, x - y = 2 for x = 5, y = 3
    if many.shape not in {"set", "list", "pair"} or len(names) != 1 or symbols(many.tree) - names:
        return UNSHOWN.finding(**shown)
    if conditions.is_complex(ctx):
        return UNSHOWN.finding(**shown)
    holder = Expr("pair" if many.shape == "pair" else "set", many.items)
    sides = as_condition(_as_logic(_without_condition(relation.tree))), as_condition(holder)
    if sides[0] is None or sides[1] is None:
        return UNSHOWN.finding(**shown)
    found = solve.same_set(sides[0], sides[1], "_x", ctx.meter, whole=ctx.demand.whole)
    if found is None:
        return UNSHOWN.finding(**shown)
    if not found.equal:
        return DIFFERS.finding(**shown, number=found.witness)
    if relation is candidate and many.shape != "pair" and not is_solved(relation.tree):
        return UNSOLVED.finding(**shown)
    return SAME.finding(**shown)


STAGES: tuple[Stage, ...] = (
    Stage("relation", ((Relation, Relation),), compare_relations),
    Stage(
        "relation",
        ((Relation, Expression), (Relation, Number), (Expression, Relation), (Number, Relation)),
        compare_with_value,
    ),
    Stage("relation", ((Relation, Collection), (Collection, Relation)), compare_with_collection),
)

__all__ = ["CODES", "STAGES", "show"]
