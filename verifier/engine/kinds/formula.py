"""Maths as an answer: an expression, a relation, a collection or a region of the number line, from one tree.

The reader of notation gives a tree of what stands there; here it is understood as an answer: ``x = 5`` is the value 5
under the name x, ``x = 1 or x = 2`` a set of two values, ``1 < x <= 3`` a relation, ``(-3, 5]`` a region.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from verifier.engine.maths import matrices, vectors
from verifier.engine.maths.plusminus import branches, holds_sign, spread
from verifier.engine.maths.show import show
from verifier.engine.maths.trees import walk
from verifier.types.expr import BINDERS, LOGIC, RELATIONS, Expr
from verifier.types.nodes import heads, symbols

_REGIONS: Final = frozenset({"interval", "union", "intersect", "setminus", "complement", "builder"})
_NAMED_SETS: Final = frozenset({"R", "Z", "N", "Q", "C", "empty"})
_LEAVES: Final = frozenset({"number", "symbol"})
_JOINTS: Final = frozenset({"list", "and", "or"})
_SIGNS: Final = frozenset({"pm", "mp"})
DEGREE: Final = Expr("constant", (), "deg")
_POINTS: Final = frozenset({"tuple", "pair"})
_VECTORS: Final = frozenset({"tuple", "pair", "vector", "matrix"})
COUNTERS: Final = frozenset("klmn")  # letters that run over the whole numbers where nobody declares them
WHOLE: Final = "_k"  # a parameter that runs over all whole numbers
NUMBERED: Final = re.compile(r"(.+)_\d+$")


class Expression(msgspec.Struct, frozen=True, gc=False):
    """One value.

    ``word`` says that the text could as well be a word or a formula of chemistry ("AB", "CO2"), in which nothing is
    commuted. ``conditions`` were stated with it ("x + 1 for x > 0"); ``marks`` are signs over its names and operators
    on them, which the tree does not hold: arrows, hats, a nabla, a cross.
    """

    tree: Expr
    word: bool = False
    conditions: tuple[Expr, ...] = ()
    marks: tuple[str, ...] = ()

    def show(self) -> str:
        """The expression in plain notation."""
        return show(self.tree)


class Relation(msgspec.Struct, frozen=True, gc=False):
    """An equation, an inequality, or several joined by and, or, not; ``several`` says that it is a system."""

    tree: Expr
    several: bool = False

    def show(self) -> str:
        """The relation in plain notation."""
        return show(self.tree)


class Collection(msgspec.Struct, frozen=True, gc=False):
    """Several values.

    ``shape`` is set (order free), tuple (order counts), list (nothing says), pair (a tuple or an open interval),
    matrix, ratio, family (each item for all whole numbers), naturals (for the natural
    ones) or lattice (one tuple for all whole numbers). ``names`` are what the
    items are assigned to, if each has
    a name of its own; ``tree`` is the whole as it was written.
    """

    shape: str
    items: tuple[Expr, ...]
    tree: Expr
    names: tuple[str, ...] = ()

    def show(self) -> str:
        """The collection in plain notation."""
        return show(self.tree)


def unwrapped(side: Collection, other: Collection) -> Collection:
    """``{(2, 1)}`` as (2, 1), beside a tuple."""
    if side.shape != "set" or len(side.items) != 1 or side.items[0].head not in _POINTS or other.shape not in _POINTS:
        return side
    return Collection(side.items[0].head, side.items[0].args, side.items[0])


def alone(side: Collection, words: frozenset[str], bracketed: frozenset[str]) -> Expr | None:
    """The one value of a matrix of one, and of ``[42]`` where the question has no word for what brackets mean."""
    rows = side.items if side.shape == "matrix" else (side.tree,)
    if len(rows) != 1 or len(rows[0].args) != 1:
        return None
    if side.shape == "matrix":
        return rows[0].args[0]
    if side.shape not in _POINTS or side.names or not words.isdisjoint(bracketed):
        return None
    return side.items[0]


def is_worded(side: Collection) -> bool:
    """Whether values stand under words: "mean 5, median 4". An answer read as one value may have others beside it."""
    return bool(side.tree.args) and side.tree.args[0].head == "labelled" and len(side.tree.args[0].name) > len("ab")


def in_degrees(side: Collection, other: Collection) -> Collection:
    """Bare numbers as degrees, beside values that are all given in degrees (POLICY 28)."""
    bare = all(_unsigned(item).head == "number" for item in side.items)
    if not bare or not all(_unsigned(item).args[1:] == (DEGREE,) for item in other.items):
        return side
    items = tuple(Expr("mul", (item, DEGREE)) for item in side.items)
    return msgspec.structs.replace(side, items=items)


def _unsigned(tree: Expr) -> Expr:
    return tree.args[0] if tree.head == "neg" else tree


class Region(msgspec.Struct, frozen=True, gc=False):
    """A set of numbers given by ends or by a condition: an interval, a union, R, ∅, {x | x > 2}.

    ``word`` says that it is a word for nothing ("none"), which may be a count.
    """

    tree: Expr
    word: bool = False

    def show(self) -> str:
        """The set in plain notation."""
        return show(self.tree)


class Understood(msgspec.Struct, frozen=True, gc=False):
    """An answer, and the name it is assigned to."""

    answer: Expression | Relation | Collection | Region
    label: str = ""


def understand(tree: Expr, *, word: bool = False) -> Understood:
    """The answer that a tree stands for."""
    if tree.head in _LEAVES:
        return Understood(Expression(tree, word))
    if tree.head == "labelled":
        inner = understand(tree.args[0], word=word)
        return Understood(inner.answer, f"({tree.name})")
    if tree.head == "given":
        return _given(tree, word=word)
    if tree.head in {"eq", "approx"}:
        return _equation(tree, word=word)
    if tree.head == "in":
        return _membership(tree)
    if tree.head == "and" and tree.name == "chain" and all(part.head in {"eq", "approx"} for part in tree.args):
        return _chain(tree)
    if tree.head in _JOINTS:
        return _several(tree)
    if tree.head == "congruent" and (classes := _classes(tree)) is not None:
        return classes
    if tree.head in RELATIONS or tree.head in LOGIC:
        return Understood(_relation(tree))
    return Understood(_value(tree, word=word))


def _value(tree: Expr, *, word: bool) -> Expression | Relation | Collection | Region:
    head = tree.head
    if head == "builder" and (family := _built_family(tree)) is not None:
        return family
    if head == "interval" and all(part.head in RELATIONS for part in tree.args):
        return Relation(Expr("list", tree.args), several=True)
    if head in _REGIONS or (head == "constant" and tree.name in _NAMED_SETS):
        return Region(tree)
    if head in {"tuple", "pair", "interval"} and all(part.head in RELATIONS for part in tree.args):
        return Relation(Expr("list", tree.args), several=True)  # [x^2 + y^2 = 1, x = y]
    if head in {"set", "tuple", "vector", "matrix", "ratio", "pair", "list"}:
        shape = {"vector": "tuple"}.get(head, head)
        if shape == "matrix" and tree.name == "det":
            return Expression(matrices.determinant(tuple(row.args for row in tree.args)) or tree)
        each = shape in {"set", "list"}
        return Collection(
            shape, tuple(item for part in tree.args for item in spread(part)) if each else tree.args, tree
        )
    held = heads(tree)
    if not held.isdisjoint(_SIGNS):
        if _several_signs(tree):
            return Expression(tree, word)  # ±1 ± 2: nothing says whether the signs go together
        return Collection("set", branches(tree), tree)
    if not held.isdisjoint(_VECTORS) and vectors.holds_vector(tree):
        if (parts := vectors.components(tree)) is not None:
            return Collection("tuple", parts, tree)
        if (lines := matrices.rows(tree)) is not None:
            return Collection("matrix", tuple(Expr("row", line) for line in lines), tree)
    return Expression(tree, word)


def _several_signs(tree: Expr) -> bool:
    return sum(node.head == "pm" for node in walk(tree)) > 1


def name_of(tree: Expr) -> str:
    """The name that a left side is: ``x``, ``x_1``, ``f(x)``; empty where it is no name."""
    if tree.head == "symbol":
        return tree.name
    if tree.head == "apply":
        return show(tree)
    if _is_segment(tree):  # AB = 4
        return "".join(part.name for part in tree.args)
    return ""


def _prime(tree: Expr) -> Expr:
    """``dy/dx`` as ``y'``, its derivative as ``y''``; a variable other than x is kept in the name."""
    primes, inner, variables = "", tree, set[Expr]()
    while inner.head == "diff" and len(inner.args) == 2:
        variables.add(inner.args[1])
        primes, inner = primes + "'", inner.args[0]
    if not primes or inner.head != "symbol" or len(variables) > 1:
        return tree
    name = show(variables.pop())
    return Expr("symbol", (), inner.name + primes + (name if name != "x" else ""))


def _is_segment(tree: Expr) -> bool:
    """Whether a product of two or three capital letters may be the name of a segment or an angle."""
    return (
        tree.head == "mul"
        and len(tree.args) <= 3
        and all(part.head == "symbol" and len(part.name) == 1 and part.name.isupper() for part in tree.args)
    )


def definition(tree: Expr) -> tuple[Expr, Expr] | None:
    """Subject and right side of an equation whose one side is a name that the other does not hold."""
    if tree.head not in {"eq", "approx"}:
        return None
    for given, body in (tree.args, tree.args[::-1]):
        subject = _prime(given)
        if subject.head == "symbol" and subject.name not in symbols(body):
            return subject, body
        if _is_segment(subject) and not symbols(body):
            return subject, body
        if subject.head == "apply" and not any(
            node.head == "apply" and node.name == subject.name for node in walk(body)
        ):
            return subject, body
    return None


def _relation(tree: Expr) -> Relation:
    """A relation, its ± spelled out: ``x ≠ ±1`` is two."""
    if tree.head in RELATIONS and holds_sign(tree):
        joint = "and" if tree.head in {"ne", "notin"} else "or"
        return Relation(Expr(joint, tuple(Expr(tree.head, side.args) for side in branches(tree))))
    return Relation(tree)


def _classes(tree: Expr) -> Understood | None:
    """``x ≡ 3 (mod 7)`` as the family 3 + 7k."""
    left, residue, modulus = tree.args
    if left.head != "symbol" or symbols(residue) or symbols(modulus):
        return None
    step = Expr("mul", (modulus, Expr("symbol", (), WHOLE)))
    items = tuple(Expr("add", (one, step)) for one in spread(residue))
    return Understood(Collection("family", items, tree, (WHOLE,)), left.name)


def _all_classes(parts: list[Expr], tree: Expr) -> Understood | None:
    """``x ≡ 1 or x ≡ 4 (mod 5)``: one family of several members."""
    found = [one for part in parts if (one := _classes(part)) is not None]
    if len(found) < len(parts) or len({one.label for one in found}) > 1:
        return None
    items = tuple(item for one in found if isinstance(one.answer, Collection) for item in one.answer.items)
    return Understood(Collection("family", items, tree, (WHOLE,)), found[0].label)


def _built_family(tree: Expr) -> Collection | None:
    """``{2k : k ∈ Z}``."""
    element, limit = tree.args
    names, domain = whole_names(limit)
    if element.head in {"symbol", "in"} or not names:
        return None
    return Collection(domain, (element,), tree, tuple(names))


def _equation(tree: Expr, *, word: bool) -> Understood:
    """``x = 5`` is a value under a name; ``y = 3x + 2`` stays an equation; ``2√3 ≈ 3.464`` says one value twice."""
    left, right = tree.args
    names = [part.name for part in left.args] if left.head in {"pair", "tuple", "vector"} else []
    if names and all(part.head == "symbol" for part in left.args):
        parts = vectors.components(right)
        if parts is not None and len(parts) == len(names):
            return Understood(Collection("tuple", parts, right, tuple(names)))  # (x, y) = (1, 2)
    if (left.head in BINDERS and _prime(left) is left) or (left.head == "ratio" and right.head == "ratio"):
        return understand(right)  # the sum and what it comes to; a : b = 3 : 4
    defined = definition(tree)
    if tree.head == "approx" and defined is None and not symbols(tree):
        return Understood(_value(left, word=word))
    if defined is None:
        return Understood(_relation(tree))
    subject, body = defined
    if body.head == "given" or body.head in _JOINTS:
        inner = understand(body)
        return Understood(inner.answer, name_of(subject))
    value = _value(body, word=False)
    if (subject.head == "apply" and symbols(subject)) or "'" in subject.name:
        return Understood(Relation(tree))
    if isinstance(value, Expression) and symbols(body):
        return Understood(Relation(tree))
    if holds_sign(body) and symbols(body) and not _runs_over_whole(body):
        return Understood(_relation(tree))
    if isinstance(value, Collection) and value.shape == "tuple" and subject.head == "symbol":
        return Understood(value)  # r = (1, 2) + t(3, 4)
    return Understood(value, name_of(subject))


def _runs_over_whole(tree: Expr) -> bool:
    """Whether the one name in a value may be a whole parameter: ±π/3 + 2kπ."""
    names = symbols(tree)
    return len(names) == 1 and names <= COUNTERS


def _chain(tree: Expr) -> Understood:
    """``S = 1 + 2 + 3 = 6`` is 6, under the name S (POLICY 1); of ``x = 2√3 ≈ 3.464`` the exact value counts."""
    members = [tree.args[0].args[0], *(part.args[1] for part in tree.args)]
    exact = [members[0]]
    name = name_of(members[0])
    for part, member in zip(tree.args, members[1:], strict=True):
        if part.head == "approx" and (len(exact) > 1 or not symbols(members[0])):
            break
        exact.append(member)
    if len(exact) == 1:
        return Understood(_value(members[0], word=False))  # 2π ≈ 2 · 3.14 = 6.28
    repeated = bool(name) and any(name in symbols(member) for member in exact[1:])
    if repeated or (len(exact) > 2 and all(name_of(member) for member in exact[:-1])):
        return Understood(Relation(tree, several=True))  # a = b = 3
    return _equation(Expr("eq", (members[0], exact[-1])), word=False)


def _membership(tree: Expr) -> Understood:
    """``x ∈ [1, 2]``: the set, under a name."""
    member, holder = tree.args
    inner = _value(holder, word=False)
    if member.head == "symbol" and isinstance(inner, (Region, Collection)):
        return Understood(inner, member.name)
    return Understood(Relation(tree))


def _given(tree: Expr, *, word: bool) -> Understood:
    """A value with a condition: a whole parameter makes it a family, others limit its domain."""
    body, limit = tree.args
    whole, shape = whole_names(limit)
    if whole:
        inner = understand(body, word=word)
        answer = inner.answer
        if isinstance(answer, Relation) and (defined := definition(answer.tree)) is not None:
            return Understood(Collection(shape, spread(defined[1]), tree, tuple(whole)), name_of(defined[0]))
        if isinstance(answer, Collection) and answer.shape in {"tuple", "pair", "matrix"}:
            return Understood(Collection("lattice", answer.items, tree, tuple(whole)), inner.label)
        items = answer.items if isinstance(answer, Collection) else (answer.tree,)
        if isinstance(answer, Relation):
            return Understood(Relation(tree), inner.label)
        return Understood(Collection(shape, items, tree, tuple(whole)), inner.label)
    inner = understand(body, word=word)
    if isinstance(inner.answer, Expression):
        return Understood(msgspec.structs.replace(inner.answer, conditions=(limit,)), inner.label)
    if isinstance(inner.answer, Relation):
        return Understood(Relation(tree, several=inner.answer.several), inner.label)
    return inner


def whole_names(limit: Expr) -> tuple[list[str], str]:
    """The names that a condition makes whole numbers, ``k ∈ Z``, and the shape of such a family: over Z or over N."""
    parts = limit.args if limit.head in {"and", "list"} else (limit,)
    found = [
        (part.args[0].name, part.args[1].name)
        for part in parts
        if part.head == "in"
        and part.args[0].head == "symbol"
        and part.args[1].head == "constant"
        and part.args[1].name in {"Z", "N"}
    ]
    if not found or len(found) < len(parts):
        return [], ""
    return [name for name, _ in found], "family" if all(domain == "Z" for _, domain in found) else "naturals"


def _several(tree: Expr) -> Understood:
    """Several parts joined by commas, and, or: values, assignments of one name or of several, a system."""
    parts = list(tree.args)
    if parts[0].head == "given" or any(part.head == "given" for part in parts):
        return _several_given(tree)
    if all(part.head in {"eq", "in", "approx"} for part in parts) or (
        parts[0].head == "eq" and not any(part.head in RELATIONS for part in parts[1:])
    ):
        assigned = _assignments(parts, tree)
        if assigned is not None:
            return assigned
    if all(part.head == "congruent" for part in parts) and (classes := _all_classes(parts, tree)) is not None:
        return classes
    if any(part.head in RELATIONS or part.head in LOGIC for part in parts):
        return Understood(Relation(tree, several=tree.head == "list"))
    if tree.head != "list" and all(part.head == "symbol" for part in parts):
        return Understood(Relation(tree))  # p ∧ q
    items = [item for part in parts for item in spread(part)]
    if len(items) > len(parts) or tree.name == "or" or tree.head == "or":
        return Understood(Collection("set", tuple(items), tree))
    return Understood(Collection("list", tuple(items), tree))


def _several_given(tree: Expr) -> Understood:
    """``π/6 + 2kπ or 5π/6 + 2kπ, k ∈ Z``: one family of several members."""
    limits = [part.args[1] for part in tree.args if part.head == "given"]
    bodies = [part.args[0] if part.head == "given" else part for part in tree.args]
    joined = Expr("given", (msgspec.structs.replace(tree, args=tuple(bodies)), limits[0]))
    return _given(joined, word=False) if all(limit == limits[0] for limit in limits) else Understood(Relation(tree))


def _assignments(parts: list[Expr], tree: Expr) -> Understood | None:
    """``x = 1, x = 2``, ``x = 3, y = 5``, ``x = 1 or 2``: one name with several values, or a name for each value."""
    names: list[str] = []
    values: list[Expr] = []
    for part in parts:
        if part.head in {"eq", "approx"}:
            defined = definition(part)
            if defined is None:
                return None
            subject, body = defined
        elif part.head == "in":
            return None
        else:
            subject, body = Expr("symbol", (), names[-1]), part
        for value in spread(body):
            names.append(name_of(subject))
            values.append(value)
    distinct = set(names)
    if tree.head == "and" and len(distinct) > 1 and any(symbols(value) for value in values):
        return None
    if len(distinct) == 1:
        return Understood(Collection("set", tuple(values), tree), names[0])
    stems = {match[1] if (match := NUMBERED.match(name)) else name for name in names}
    if len(stems) == 1 and len(distinct) == len(values) and not any(symbols(value) for value in values):
        return Understood(Collection("tuple", tuple(values), tree, tuple(names)), "")
    if len(distinct) < len(values) or tree.head == "or" or tree.name == "or":
        return None
    return Understood(Collection("tuple", tuple(values), tree, tuple(names)), "")
