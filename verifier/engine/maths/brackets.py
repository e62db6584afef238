r"""What stands in brackets: tuples, intervals, sets, vectors, bars, matrices and the environments of LaTeX."""

from __future__ import annotations

from typing import Final

from verifier.engine.maths.cursor import PRODUCT, RELATION, Cursor, Prefix, Unreadable
from verifier.engine.maths.environments import conjoined, matrix
from verifier.engine.maths.names import argument
from verifier.engine.maths.operators import is_statement
from verifier.engine.maths.regions import domain
from verifier.engine.maths.statements import condition, item, statement
from verifier.types.expr import Expr
from verifier.types.nodes import constant

_CONTAINERS: Final = frozenset({"pair", "tuple", "set", "interval", "vector", "matrix", "list", "union", "given"})
_HERE: Final = frozenset({"end", ",", ";", "]", ")", "}", "\\}", "set operator", "relation", "row", "&", "and", "or"})
_SET_BEFORE: Final = frozenset({"start", ",", ";", "set operator", "{", "\\{", "relation"})
_BEFORE: Final = frozenset({",", ";", "[", "(", "{", "\\{", "set operator", "relation", "]("})


def _members(c: Cursor) -> list[Expr]:
    """Members up to whatever closes, each an expression or a condition on one."""
    members: list[Expr] = []
    while c.kinds[c.at] not in {")", "]", "}", "\\}", ">)", "end", "[)"}:
        members.append(item(c))
        if c.kinds[c.at] in {",", ";"}:
            c.at += 1
            if c.kinds[c.at] in {"and", "or"}:
                c.at += 1
        else:
            break
    return members


def parenthesis(c: Cursor, _: int) -> Expr:
    """Grouping, a pair (or open interval), a tuple, a half-open interval."""
    c.at += 1
    outer, c.power = c.power, c.powers.open
    if c.kinds[c.at] == ")":
        c.at += 1
        c.power = outer
        return Expr("tuple", ())
    first = c.expr(0)
    if c.kinds[c.at] == ")":
        c.at += 1
        c.power = outer
        return first
    members = [_more(c, first)]
    if c.kinds[c.at] in {",", ";"}:
        c.at += 1
        members += _members(c)
    c.power = outer
    kind = c.kinds[c.at]
    if kind in {"]", "[)"}:
        c.at += 1
        if len(members) != 2:
            raise Unreadable
        return Expr("interval", tuple(members), "(]" if kind == "]" else "()")
    c.closes(")")
    if len(members) == 1:
        return members[0]
    return Expr("pair" if len(members) == 2 else "tuple", tuple(members))


def _more(c: Cursor, first: Expr) -> Expr:
    """A condition behind an expression in brackets."""
    while c.kinds[c.at] == "given":
        first = Expr("given", (first, condition(c)))
    return first


def bracket(c: Cursor, _: int) -> Expr:
    """An interval, a list in brackets, rows of a matrix, or mere grouping."""
    start = c.at
    closed = c.kinds[start] == "["
    c.at += 1
    outer, c.power = c.power, c.powers.open
    members = _members(c)
    c.power = outer
    kind = c.kinds[c.at]
    if kind == ")":
        right = ")"
    elif kind in {"]", "[)"}:
        right = "]" if kind == "]" else ")"
    else:
        raise Unreadable
    c.at += 1
    bounds = ("[" if closed else "(") + right
    if len(members) == 2 and not _rows(members) and not any(m.head in _CONTAINERS or is_statement(m) for m in members):
        return Expr("interval", tuple(members), bounds)
    if bounds != "[]":
        raise Unreadable
    if len(members) == 1:
        only = members[0]
        if only.head in {"matrix", "vector"}:
            return only
        before = c.kinds[start - 1] if start else ","
        if before in _BEFORE and c.kinds[c.at] in _HERE and only.head not in {"tuple", "interval"}:
            return Expr("tuple", (only,))
        if only.head not in {"tuple", "interval"}:
            return only
    if _rows(members):
        return matrix(tuple(Expr("row", member.args) for member in members))
    return Expr("tuple", tuple(members))


def _rows(members: list[Expr]) -> bool:
    """Whether members in brackets are themselves brackets of one length: [[1, 2], [3, 4]]."""
    heads = all((member.head == "interval" and member.name == "[]") or member.head == "tuple" for member in members)
    return heads and bool(members) and len({len(member.args) for member in members}) == 1


def braces(c: Cursor, _: int) -> Expr:
    """A set in LaTeX's own braces, or a left brace before an environment of cases."""
    c.at += 1
    if c.kinds[c.at] == "begin":
        made = c.prefix["begin"](c, 0)
        if c.kinds[c.at] == "\\}":
            c.at += 1
        return made
    made = _set(c, ("\\}", "}"))
    c.closes("\\}", "}")
    return made


def group(c: Cursor, loosest: int) -> Expr:
    """Braces: grouping in LaTeX, a set where there is a comma or a condition, or where a set is expected."""
    start = c.at
    c.at += 1
    kinds = c.kinds
    if kinds[c.at] == "}":
        c.at += 1
        if kinds[c.at] in {"_", "^"}:  # {}_nC_k
            return scripts(c, loosest)
        return constant("empty")
    before = kinds[start - 1] if start else "start"
    within = c.power is c.powers.set or c.power is c.powers.builder
    made = _set(c, ("}", "\\}"))
    c.closes("}", "\\}")
    if made.head != "set" or len(made.args) != 1:
        return made
    alone = before in _SET_BEFORE and kinds[c.at] in _HERE
    return made if alone and _meant(c, start, "{" if within else before, made) else made.args[0]


def _meant(c: Cursor, start: int, before: str, made: Expr) -> bool:
    """Whether braces around one thing are a set of it, rather than a group of LaTeX."""
    if before in {"set operator", "{", "\\{"} or not c.latex:
        return True
    if before == "relation":
        return c.values[start - 1] in {"in", "notin"}
    return made.args[0].head in {"set", "pair", "tuple"}


def _set(c: Cursor, closers: tuple[str, ...]) -> Expr:
    """Members of a set up to its closing brace, or its builder."""
    outer = c.power
    c.power = c.powers.builder if _parted_by_bar(c) else c.powers.set
    if c.kinds[c.at] in closers:
        c.power = outer
        return constant("empty")
    first = item(c)
    kind = c.kinds[c.at]
    if kind in {"|", "mid", ":", ";"} and (kind != ";" or _parted_by_condition(c)):
        c.at += 1
        c.power = c.powers.open
        rule = statement(c)
        c.power = outer
        if not is_statement(rule) and rule.head != "list":
            raise Unreadable
        element = Expr("in", (first.args[0], domain(first.args[1]))) if first.head == "in" else first
        return Expr("builder", (element, conjoined(rule)))
    members = [first]
    if kind in {",", ";"}:
        c.at += 1
        if c.kinds[c.at] in {"and", "or"}:
            c.at += 1
        members += _members(c)
    c.power = outer
    return Expr("set", tuple(members))


def _parted_by_bar(c: Cursor) -> bool:
    """Whether the set that opens here holds an odd number of bars at its own level."""
    if not c.barred:
        return False
    depth = bars = 0
    kinds = c.kinds
    for at in range(c.at, len(kinds)):
        kind = kinds[at]
        if kind in {"{", "\\{", "(", "["}:
            depth += 1
        elif kind in {"}", "\\}", ")", "]"}:
            if depth == 0:
                break
            depth -= 1
        elif kind == "|" and depth == 0:
            bars += 1
    c.meter.spend(at - c.at)
    return bars % 2 == 1


def _parted_by_condition(c: Cursor) -> bool:
    return c.kinds[c.at + 1] == "letter" and c.kinds[c.at + 2] == "relation" and c.values[c.at + 2] == "in"


def scripts(c: Cursor, _: int) -> Expr:
    r"""``{}_nC_k``, ``^nC_k``: an index before its letter."""
    c.at += 1
    above = argument(c)
    braced = 0
    while c.kinds[c.at] == "{":
        c.at += 1
        braced += 1
    kind = {"C": "binom", "P": "perm"}.get(c.values[c.at])
    if kind is None or c.kinds[c.at] not in {"letter", "constant"}:
        raise Unreadable
    c.at += 1
    for _times in range(braced):
        c.closes("}")
    if c.kinds[c.at] != "_":
        raise Unreadable
    c.at += 1
    if c.kinds[c.at] == "index":
        return Expr(kind, (above, _number_index(c)))
    return Expr(kind, (above, argument(c)))


def _number_index(c: Cursor) -> Expr:
    c.kinds[c.at] = "number" if c.values[c.at].isdecimal() else "letter"
    return c.expr(PRODUCT + 10)


def bars(c: Cursor, _: int) -> Expr:
    """|x|; of a matrix the determinant."""
    c.at += 1
    outer, c.power = c.power, c.powers.barred
    inner = c.expr(0)
    c.power = outer
    return _barred(c, inner)


def _barred(c: Cursor, inner: Expr) -> Expr:
    if c.kinds[c.at] == "||":
        c.kinds[c.at] = "|"  # the second of the two closes what is outside
    elif c.kinds[c.at] in {"|", "|)"}:
        c.at += 1
    else:
        raise Unreadable
    return absolute(inner)


def absolute(inner: Expr) -> Expr:
    """The absolute value, or the determinant of a matrix."""
    if inner.head == "matrix" and not inner.name:
        return Expr("matrix", inner.args, "det")
    if is_statement(inner):
        raise Unreadable
    return Expr("abs", (inner,))


def double_bars(c: Cursor, _: int) -> Expr:
    """‖v‖, or |…| whose first member is |x|."""
    c.at += 1
    outer, c.power = c.power, c.powers.barred
    inner = c.expr(0)
    if c.kinds[c.at] == "||":
        c.power = outer
        c.at += 1
        return Expr("norm", (inner,))
    whole = c.goes_on(_barred(c, inner), 0)
    c.power = outer
    return _barred(c, whole)


def left_bar(c: Cursor, _: int) -> Expr:
    r"""``\left|x\right|``, ``\lVert v\rVert``."""
    head = "norm" if c.kinds[c.at] == "||(" else "abs"
    c.at += 1
    inner = c.inside(0)
    if c.kinds[c.at] not in {"|)", "||)", "|", "||", "end"}:
        raise Unreadable
    if c.kinds[c.at] != "end":
        c.at += 1
    return Expr("norm", (inner,)) if head == "norm" else absolute(inner)


def floor(c: Cursor, _: int) -> Expr:
    """⌊x⌋."""
    c.at += 1
    inner = c.inside(0)
    c.closes("floor)", "ceil)")
    return Expr("floor", (inner,))


def ceiling(c: Cursor, _: int) -> Expr:
    """⌈x⌉."""
    c.at += 1
    inner = c.inside(0)
    c.closes("ceil)")
    return Expr("ceil", (inner,))


def angle(c: Cursor, _: int) -> Expr:
    """⟨a, b⟩."""
    c.at += 1
    outer, c.power = c.power, c.powers.open
    members = _members(c)
    c.power = outer
    if c.kinds[c.at] == ">)":
        c.at += 1
    elif c.kinds[c.at] != "end":
        raise Unreadable
    return Expr("vector", tuple(members))


def less(c: Cursor, _: int) -> Expr:
    """A vector in signs of inequality, <1, 2>; a leading equals sign says nothing."""
    if c.values[c.at] == "lt":
        depth = commas = 0
        for at in range(c.at + 1, len(c.kinds)):
            kind = c.kinds[at]
            if kind in {"(", "[", "{"}:
                depth += 1
            elif kind in {")", "]", "}"}:
                depth -= 1
            elif kind == "," and depth == 0:
                commas += 1
            elif kind == "relation" and depth == 0:
                if c.values[at] != "gt" or not commas:
                    break
                c.kinds[at] = ">)"
                return angle(c, 0)
    if c.values[c.at] in {"eq", "approx", "≅", "∼"} and c.at == 0:
        c.at += 1
        return c.expr(RELATION)
    raise Unreadable


PREFIX: dict[str, Prefix] = {
    "(": parenthesis, "[": bracket, "](": bracket, "{": group, "\\{": braces, "_": scripts, "^": scripts, "|": bars,
    "||": double_bars, "|(": left_bar, "||(": left_bar, "floor(": floor, "ceil(": ceiling, "<(": angle,
    "relation": less,
}  # fmt: skip
