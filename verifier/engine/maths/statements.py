"""What a text says as a whole: comma lists, expressions with conditions, and conditions in words."""

from __future__ import annotations

from typing import Final

from verifier.engine.maths.cursor import Cursor, Unreadable
from verifier.engine.maths.operators import is_statement
from verifier.engine.maths.regions import half
from verifier.types.expr import Expr
from verifier.types.nodes import constant, symbol, symbols

_SEPARATORS: Final = frozenset({",", ";"})
_STOPS: Final = frozenset({"end", ")", "]", "}", "\\}", "&", "row", "finish", "given", "word"})
_CONDITIONS: Final = frozenset({"ne", "lt", "le", "gt", "ge", "in", "notin", "forall"})


def item(c: Cursor) -> Expr:
    """One member of a list, perhaps with its condition."""
    c.depth += 1
    made = c.expr(0)
    while c.kinds[c.at] == "given":
        made = Expr("given", (made, condition(c)))
    c.depth -= 1
    return made


def statement(c: Cursor) -> Expr:
    """Everything up to what closes: one expression, a list, and the conditions behind them."""
    c.depth += 1
    made = c.expr(0)
    kind = c.kinds[c.at]
    if kind in _SEPARATORS or kind == "box":
        made = _listed(c, made)
    while c.kinds[c.at] == "given":
        start, depth = c.at, c.depth
        try:
            rule = condition(c)
        except Unreadable:
            c.at, c.depth = start, depth
            break
        made = Expr("given", (made, rule))
        if c.kinds[c.at] in _SEPARATORS:
            made = _pieces(c, made)
    c.depth -= 1
    return made


def _pieces(c: Cursor, first: Expr) -> Expr:
    """The cases of "x^2 if x > 0, and 3x if x ≤ 0", or what is there if no other case follows."""
    start, depth = c.at, c.depth
    pieces = [Expr("piece", first.args)]
    try:
        while c.kinds[c.at] in _SEPARATORS:
            pieces.append(_next_piece(c))
    except Unreadable:
        c.at, c.depth = start, depth
        return first
    value = pieces[0].args[0]
    if value.head == "eq":
        pieces[0] = Expr("piece", (value.args[1], pieces[0].args[1]))
        return Expr("eq", (value.args[0], Expr("cases", tuple(pieces))))
    return Expr("cases", tuple(pieces))


def _next_piece(c: Cursor) -> Expr:
    c.at += 1
    if c.kinds[c.at] == "and":
        c.at += 1
    value = c.expr(0)
    if c.kinds[c.at] == "otherwise":
        c.at += 1
        return Expr("piece", (value,))
    if c.kinds[c.at] != "given":
        raise Unreadable
    return Expr("piece", (value, condition(c)))


def _listed(c: Cursor, first: Expr) -> Expr:
    """A list; where commas and semicolons stand at one level, a list of lists."""
    groups: list[list[Expr]] = [[first]]
    joiner = ""
    mixed = False
    while c.kinds[c.at] in _SEPARATORS or c.kinds[c.at] == "box":
        kind = c.kinds[c.at]
        if kind != "box":
            c.at += 1
        if c.kinds[c.at] in {"and", "or"}:
            joiner = c.kinds[c.at]
            c.at += 1
        elif c.kinds[c.at] in _SEPARATORS:
            raise Unreadable
        if c.kinds[c.at] in _STOPS:
            break
        if kind == ";":
            groups.append([])
            mixed = True
        groups[-1].append(c.expr(0))
    if not mixed or all(len(group) == 1 for group in groups):
        return collected([member for group in groups for member in group], joiner)
    return Expr("list", tuple(collected(group, "") for group in groups), joiner)


def collected(members: list[Expr], joiner: str) -> Expr:
    """Members as one tree: conditions among them bind what they speak of, a joining word holds for all."""
    last = members[-1]
    if not joiner and last.head in {"list", "or", "and"} and last.name in {"or", "and", ""} and len(members) > 1:
        if last.head == "list" and last.name:
            return Expr("list", (*members[:-1], *last.args), last.name)
        if last.head == "or" and all(map(is_statement, members[:-1])) and all(m.head == "eq" for m in members[:-1]):
            return Expr("or", (*members[:-1], *last.args))
    if len(members) == 1:
        return members[0]
    if joiner and all(map(is_statement, members)):
        return Expr(joiner, tuple(members))
    split = len(members)
    while split > 0 and (members[split - 1].head in _CONDITIONS or members[split - 1].name == "chain"):
        split -= 1
    body, rules = members[:split], members[split:]
    if rules and body and not any(m.head in _CONDITIONS for m in body):
        known = frozenset().union(*map(symbols, body))
        if all(symbols(rule) and symbols(rule) <= known for rule in rules):
            whole = body[0] if len(body) == 1 else Expr("list", tuple(body), joiner)
            return Expr("given", (whole, rules[0] if len(rules) == 1 else Expr("and", tuple(rules))))
    return Expr("list", tuple(members), joiner)


def condition(c: Cursor) -> Expr:
    """What stands behind "where", "if", "for": statements, or names and the set of numbers they are from."""
    while c.kinds[c.at] == "given":
        c.at += 1
    c.depth += 1
    rules = []
    while True:
        rule = _in_words(c)
        if rule is None:
            rule = c.expr(0)
        if not is_statement(rule):
            if not (c.kinds[c.at] == "," and rule.head == "symbol"):
                raise Unreadable
            c.at += 1
            names = [rule]
            while c.kinds[c.at + 1] == ",":
                names.append(c.expr(0))
                c.at += 1
            last = c.expr(0)
            if last.head != "in":
                raise Unreadable
            rules += [Expr("in", (name, last.args[1])) for name in names]
            rule = last
        rules.append(rule)
        if c.kinds[c.at] not in {",", "and"} or c.kinds[c.at + 1] in _STOPS or _another_case(c):
            break
        c.at += 1
        if c.kinds[c.at] == "and":
            c.at += 1
    c.depth -= 1
    return rules[0] if len(rules) == 1 else Expr("and", tuple(rules))


def _another_case(c: Cursor) -> bool:
    """Whether what follows the comma is a value with a condition of its own, rather than another condition."""
    depth = 0
    for at in range(c.at + 1, len(c.kinds)):
        kind = c.kinds[at]
        if kind in {"(", "[", "{", "\\{"}:
            depth += 1
        elif kind in {")", "]", "}", "\\}"}:
            depth -= 1
        elif depth == 0 and kind in {"given", "otherwise"}:
            c.meter.spend(at - c.at)
            return at > c.at + 1
        if depth < 0 or kind in {"relation", "end", "word"}:
            break
    return False


def _in_words(c: Cursor) -> Expr | None:
    """The rule in "k is an integer", "all positive integers n", "some real t"; None where no such words stand."""
    names: list[str] = []
    kind = sign = ""
    at = c.at
    table = c.table
    while True:
        piece, value = c.kinds[at], c.values[at]
        if piece in {"letter", "constant"}:
            if names and kind:
                break
            if value != "a" or c.kinds[at + 1] not in {"word", "given"}:
                names.append(value)
                at = _past_index(c, at, names)
        elif piece == "word" and (value.lower() in table.domains or value.lower() in table.signs):
            kind = table.domains.get(value.lower(), kind)
            sign = table.signs.get(value.lower(), sign)
        elif not (piece == "word" and value.lower() in table.arbitrary) and not (
            piece in {",", "and"} and names and not kind and c.kinds[at + 1] in {"letter", "constant"}
        ):
            break
        at += 1
    if not names or not kind:
        return None
    where = constant(kind) if not sign else half(kind, sign)
    if where is None:
        return None
    c.at = at
    rules = tuple(Expr("in", (symbol(name), where)) for name in names)
    return rules[0] if len(rules) == 1 else Expr("and", rules)


def _past_index(c: Cursor, at: int, names: list[str]) -> int:
    if c.kinds[at + 1] == "_" and c.kinds[at + 2] in {"index", "number", "letter"}:
        names[-1] = f"{names[-1]}_{c.values[at + 2]}"
        return at + 2
    return at
