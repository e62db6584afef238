"""What stands between and behind: sums, products, powers, relations, logic, and the signs after a value."""

from __future__ import annotations

from typing import Final

from verifier.engine.maths.cursor import (
    AND,
    CHOICE,
    IMPLIES,
    OR,
    POWER,
    PRODUCT,
    RATIO,
    RELATION,
    SETS,
    STATEMENT,
    SUM,
    Cursor,
    Infix,
    Prefix,
    Unreadable,
)
from verifier.engine.maths.names import APPLIED, LETTER_SETS, applied, argument, indexed, raised_index
from verifier.engine.maths.regions import domain, of_sets, signed_set
from verifier.types.expr import LOGIC, RELATIONS, Expr
from verifier.types.nodes import constant, heads, number, symbol

TWO: Final = number(2)
_STATEMENTS: Final = RELATIONS | LOGIC | {"given"}
_COLLECTED: Final = frozenset({"matrix", "vector", "pair", "tuple", "row"})
_REGIONS: Final = frozenset({"pair", "interval", "union", "setminus"})
_NO_FACTORS: Final = frozenset({"set", "builder", "list"})
_MINUTE: Final = Expr("div", (constant("deg"), number(60)))
_SECOND: Final = Expr("div", (constant("deg"), number(3600)))


def joined(head: str, items: list[Expr]) -> Expr:
    """One item as it is, several under a head."""
    return items[0] if len(items) == 1 else Expr(head, tuple(items))


def is_statement(tree: Expr) -> bool:
    """Whether a tree says something, rather than being a value."""
    return tree.head in _STATEMENTS


def plus(c: Cursor, left: Expr, _: int) -> Expr:
    """A sum: ``a - b`` is the sum of a and minus b."""
    items = [left]
    kinds = c.kinds
    while True:
        kind = kinds[c.at]
        if kind == "+":
            c.at += 1
            items.append(c.expr(SUM))
        elif kind == "-":
            c.at += 1
            right = c.expr(SUM)
            if right.head in {"set", "builder"} and len(items) == 1:
                items = [Expr("setminus", (domain(left), right))]
            else:
                items.append(Expr("neg", (right,)))
        elif kind == "pm":
            name = "mp" if c.values[c.at] == "mp" else "pm"
            c.at += 1
            items = [Expr(name, (joined("add", items), c.expr(SUM)))]
        else:
            return joined("add", items)


def times(c: Cursor, left: Expr, _: int) -> Expr:
    """A product, with or without signs, and quotients from left to right."""
    items = [left]
    kinds = c.kinds
    implicit = c.powers.implicit if c.powers.implicit == PRODUCT else -1
    while True:
        kind = kinds[c.at]
        if kind == "*":
            c.at += 1
            items.append(c.expr(PRODUCT))
        elif kind == "/":
            slash = c.values[c.at] == "slash"
            c.at += 1
            items = [Expr("div", (joined("mul", items), c.expr(PRODUCT)))]
            if slash and implicit > 0 and c.power.get(kinds[c.at], 0) == implicit and kinds[c.at] != "dots":
                c.doubtful = True
        elif kind == "modulo":
            c.at += 1
            items = [Expr("mod", (joined("mul", items), c.expr(PRODUCT)))]
        elif c.power.get(kind, 0) == implicit:
            found = _factor(c, items)
            if found is not None:
                return found
        else:
            return joined("mul", items)


def beside(c: Cursor, left: Expr, _: int) -> Expr:
    """A product without signs, where it binds tighter than a slash."""
    items = [left]
    while c.power.get(c.kinds[c.at], 0) == c.powers.implicit:
        found = _factor(c, items)
        if found is not None:
            return found
    return joined("mul", items)


def _factor(c: Cursor, items: list[Expr]) -> Expr | None:
    """Add the factor that stands here; gives the whole instead where it is no factor but a condition or a set."""
    kind = c.kinds[c.at]
    last = items[-1]
    if kind == "number" and last.head == "number":
        raise Unreadable  # "2 3"
    if kind == "\\{" or (kind == "{" and (domain(last).name in LETTER_SETS or last.head in _REGIONS)):
        if (domain(last).head == "constant" or last.head in _REGIONS) and len(items) == 1:  # R\{0}
            right = c.expr(SETS)
            right = right if right.head in {"set", "builder", "constant"} else Expr("set", (right,))
            return Expr("setminus", (domain(last), right))
        if kind == "\\{":
            raise Unreadable
    right = c.expr(c.powers.implicit)
    if right.head in _NO_FACTORS or last.head in _NO_FACTORS:
        raise Unreadable
    if is_statement(right):
        return Expr("given", (joined("mul", items), right))  # nπ (n ∈ Z)
    if last.head == "diff" and len(last.args) == 1:  # d/dx of what follows
        for _ in last.name:
            right = Expr("diff", (right, last.args[0]))
        items[-1] = right
    else:
        items.append(right)
    return None


def power(c: Cursor, left: Expr, _: int) -> Expr:
    """A power, from the right; also degrees, primes, transposes and the sign of a set written as a power."""
    c.at += 1
    kind = c.kinds[c.at]
    braced = kind == "{"
    inner = c.kinds[c.at + 1] if braced else kind
    if inner in {"degree", "'"}:
        return _marked(c, left, braced=braced)
    if left.head == "constant" or (left.head == "symbol" and left.name in LETTER_SETS):
        part = signed_set(c, left, braced=braced)
        if part is not None:
            return part
    if left.head in _COLLECTED and inner in {"letter", "constant"}:
        at = c.at + braced
        if c.values[at] in {"T", "t", "true"}:
            c.at = at + 1
            if braced:
                c.closes("}")
            return Expr("transpose", (left,))
    if braced and inner == "(" and left.head == "symbol" and (left.name in APPLIED or left.name in c.applied | {"y"}):
        marks = _order(c)
        if marks:
            return indexed(c, left.name + marks)
    exponent = argument(c) if braced else c.expr(POWER - 1)
    if (
        left.head == "symbol"
        and (left.name in APPLIED or left.name in c.applied)
        and exponent == _MINUS_ONE
        and c.kinds[c.at] == "("
    ):
        return applied(c, f"{left.name}^-1")
    return Expr("pow", (left, exponent))


_MINUS_ONE: Final = Expr("neg", (number(1),))


def _order(c: Cursor) -> str:
    r"""The order of a derivative, ``f^{(n)}``: primes up to three; empty where it is something else."""
    at = start = c.at + 2
    while c.kinds[at] in {"number", "letter", "+", "-"}:
        at += 1
    if at == start or c.kinds[at : at + 2] != [")", "}"]:
        return ""
    order = "".join(c.kinds[i] if c.kinds[i] in {"+", "-"} else c.values[i] for i in range(start, at))
    c.at = at + 2
    return "'" * int(order) if order in {"1", "2", "3"} else f"^{{({order})}}"


def _marked(c: Cursor, left: Expr, *, braced: bool) -> Expr:
    r"""``90^\circ`` and ``y^{\prime\prime}``."""
    c.at += braced
    marks = ""
    while c.kinds[c.at] == "'":
        marks += "'" * (1 if c.values[c.at] == "prime" else len(c.values[c.at]))
        c.at += 1
    if not marks:
        c.at += 1
    if braced:
        c.closes("}")
    if not marks:
        return _degrees(c, left)
    if left.head != "symbol":
        raise Unreadable
    if c.kinds[c.at] == "(":
        return applied(c, left.name + marks)
    return symbol(left.name + marks)


def degree(c: Cursor, left: Expr, _: int) -> Expr:
    """Degrees, with minutes and seconds: 30°15'20"."""
    c.at += 1
    return _degrees(c, left)


def _degrees(c: Cursor, left: Expr) -> Expr:
    parts = [Expr("mul", (left, constant("deg")))]
    for mark, unit in (("'", _MINUTE), ("''", _SECOND)):
        if c.kinds[c.at] == "number" and _mark_of(c, c.at + 1) == mark:
            amount = c.expr(POWER + 20)
            c.at += 1 if c.kinds[c.at] == "'" else 2
            parts.append(Expr("mul", (amount, unit)))
    return joined("add", parts)


def _mark_of(c: Cursor, at: int) -> str:
    r"""The prime marks here: ``'``, ``''``, ``^\prime``."""
    if c.kinds[at] == "^" and c.kinds[at + 1] == "'":
        at += 1
    if c.kinds[at] != "'":
        return ""
    return {"prime": "'", "''": "''"}.get(c.values[at], c.values[at])


def primed(c: Cursor, left: Expr, _: int) -> Expr:
    """Minutes and seconds of arc."""
    mark = _mark_of(c, c.at)
    if left.head != "number" or mark not in {"'", "''"}:
        raise Unreadable
    c.at += 1
    return Expr("mul", (left, _MINUTE if mark == "'" else _SECOND))


def factorial(c: Cursor, left: Expr, _: int) -> Expr:
    """A factorial, or a double one."""
    head = "factorial2" if c.values[c.at] == "!!" else "factorial"
    c.at += 1
    return Expr(head, (left,))


def percent(c: Cursor, left: Expr, _: int) -> Expr:
    """Per cent."""
    c.at += 1
    return Expr("percent", (left,))


def lowered(c: Cursor, left: Expr, _: int) -> Expr:
    """An index behind a bracket, a power or an accent: ``(1010)_2``, ``x^2_1``."""
    if left.head == "symbol":
        return indexed(c, left.name)
    if left.head == "pow" and left.args[0].head == "symbol":
        return Expr("pow", (indexed(c, left.args[0].name), left.args[1]))
    at = c.at - 1
    if c.kinds[at] == ")" and c.kinds[at - 2] == "(" and c.kinds[at - 1] == "number":
        return raised_index(c, c.values[at - 1])
    raise Unreadable


def relation(c: Cursor, left: Expr, _: int) -> Expr:
    """A relation, or a chain of them."""
    terms = [left]
    signs: list[str] = []
    while c.power.get(c.kinds[c.at], 0) == RELATION:
        signs.append(c.values[c.at] if c.kinds[c.at] == "relation" else "divides")
        c.at += 1
        terms.append(c.expr(RELATION))
    if c.kinds[c.at] == "," and signs == ["congruent"]:
        several = _residues(c, terms)
        if several is not None:
            return several
    if c.kinds[c.at] == "modulus" and signs[-1] in {"congruent", "eq", "incongruent"} and len(signs) == 1:
        modulus = _modulus(c)
        whole = Expr("congruent", (terms[0], terms[1], modulus))
        return whole if signs[0] != "incongruent" else Expr("not", (whole,))
    links = [_link(head, terms[at], terms[at + 1]) for at, head in enumerate(signs)]
    return links[0] if len(links) == 1 else Expr("and", tuple(links), "chain")


def _residues(c: Cursor, terms: list[Expr]) -> Expr | None:
    """``x ≡ 1, 4 (mod 5)``: several residues of one modulus."""
    at = c.at
    while c.kinds[at] in {",", "number", "letter", "-", "pm"} and at < c.at + 2 * c.meter.budget.depth:
        at += 1
    if c.kinds[at] != "modulus":
        return None
    residues = [terms[1]]
    while c.kinds[c.at] == ",":
        c.at += 1
        residues.append(c.expr(RELATION))
    modulus = _modulus(c)
    return Expr("or", tuple(Expr("congruent", (terms[0], residue, modulus)) for residue in residues))


def _modulus(c: Cursor) -> Expr:
    bracketed = c.values[c.at] == "("
    c.at += 1
    if bracketed:
        modulus = c.inside(0)
        c.closes(")")
        return modulus
    return argument(c)


def _link(head: str, left: Expr, right: Expr) -> Expr:
    if head in {"in", "notin", "subset"}:
        return Expr(head, (domain(left), domain(right)))
    if head in _NAMED:
        if head in {"≅", "∼"} and heads(left) | heads(right) <= {"symbol", "mul"}:
            return Expr("apply", (left, right), head)  # of figures and sets, which have no value
        return Expr(_NAMED[head], (domain(left), domain(right)), head)
    if head == "notsubset":
        return Expr("not", (Expr("subset", (domain(left), domain(right))),))
    if head in {"congruent", "incongruent"}:
        if right.head == "mod":
            whole = Expr("congruent", (left, *right.args))
        elif right.head == "percent":
            raise Unreadable
        else:
            whole = Expr("eq", (left, right))
        return whole if head == "congruent" else Expr("not", (whole,))
    return Expr(head, (left, right))


_NAMED: Final = {"⊆": "subset", "⊊": "subset", "≅": "approx", "∼": "approx"}
"""Relations that a name sets apart from the one of their head."""


def either(c: Cursor, left: Expr, _: int) -> Expr:
    """A statement in "x = 1 or x = 2", a list in "1 or 2"."""
    return _logical(c, left, "or", OR)


def both(c: Cursor, left: Expr, _: int) -> Expr:
    """A statement in "x > 1 and x < 5", a list in "3 and 4"."""
    return _logical(c, left, "and", AND)


def _logical(c: Cursor, left: Expr, kind: str, loosest: int) -> Expr:
    items = [left]
    signed = False
    while c.kinds[c.at] == kind:
        signed = signed or len(c.values[c.at]) == 1 or c.values[c.at] == "both"
        c.at += 1
        items.append(c.expr(loosest))
    if signed or all(map(is_statement, items)):
        return Expr(kind, tuple(items))
    return Expr("list", tuple(items), kind)


def implied(c: Cursor, left: Expr, _: int) -> Expr:
    """An implication or an equivalence."""
    head = c.values[c.at]
    c.at += 1
    return Expr(head, (left, c.expr(IMPLIES)))


def ratio(c: Cursor, left: Expr, _: int) -> Expr:
    """Ratios: a : b : c."""
    items = [left]
    while c.kinds[c.at] == ":":
        c.at += 1
        items.append(c.expr(RATIO))
    if any(map(is_statement, items)):
        raise Unreadable
    return Expr("ratio", tuple(items))


def infix(c: Cursor, left: Expr, _: int) -> Expr:
    r"""``{n \choose k}`` and ``{a \over b}``."""
    head = c.values[c.at]
    c.at += 1
    return Expr(head, (left, c.expr(CHOICE)))


def negative(c: Cursor, loosest: int) -> Expr:
    """Minus before a term: -x^2 is minus the square."""
    c.at += 1
    term = c.expr(max(loosest, SUM))
    if term.head in {"set", "builder"}:
        raise Unreadable
    return Expr("neg", (term,))


def positive(c: Cursor, loosest: int) -> Expr:
    """Plus before a term says nothing."""
    c.at += 1
    return c.expr(max(loosest, SUM))


def plus_minus(c: Cursor, loosest: int) -> Expr:
    """±a; +-a at the front is rather minus a."""
    head = c.values[c.at]
    c.at += 1
    if head == "+-":
        c.doubtful = c.doubtful or c.at == 1
        head = "neg" if c.at == 1 and not c.packed else "pm"
    return Expr(head, (c.expr(max(loosest, SUM)),))


def opposite(c: Cursor, _: int) -> Expr:
    """Not, before a statement."""
    c.at += 1
    denied = c.expr(STATEMENT)
    if denied.head not in _STATEMENTS and denied.head not in {"symbol", "list"}:
        raise Unreadable
    return Expr("not", (denied,))


def quantified(c: Cursor, _: int) -> Expr:
    """∀ x > 0: statement."""
    head = c.values[c.at]
    c.at += 1
    outer, c.power = c.power, c.powers.set
    variable = c.expr(STATEMENT)
    c.power = outer
    if c.kinds[c.at] in {",", ":", ";", "mid", "|"}:
        c.at += 1
    return Expr(head, (variable, c.expr(IMPLIES)))


INFIX: dict[str, Infix] = {
    "+": plus, "-": plus, "pm": plus, "*": times, "/": times, "modulo": times, "^": power, "degree": degree,
    "'": primed, "!": factorial, "%": percent, "_": lowered, "relation": relation, "mid": relation, "or": either,
    "and": both, "implies": implied, ":": ratio, "set operator": of_sets, "infix": infix,
}  # fmt: skip
PREFIX: dict[str, Prefix] = {
    "+": positive, "-": negative, "pm": plus_minus, "not": opposite,
    "quantifier": quantified,
}  # fmt: skip
