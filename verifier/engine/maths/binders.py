r"""Sums, products, integrals and limits: what binds a variable."""

from __future__ import annotations

from typing import Final

from verifier.engine.maths.cursor import RELATION, SUM, Cursor, Prefix, Unreadable
from verifier.engine.maths.names import argument, in_brackets
from verifier.types.expr import Expr
from verifier.types.nodes import number, symbol

_OPENERS: Final = frozenset({"(", "[", "{", "\\{"})
_CLOSERS: Final = frozenset({")", "]", "}", "\\}"})
_REGIONS: Final = frozenset({"in", "lt", "le", "gt", "ge", "ne", "and", "divides"})
_ONE: Final = number(1)


def summed(c: Cursor, _: int) -> Expr:
    r"""``\sum_{k=1}^{n} k^2``; plain: ``sum(k^2, k, 1, n)``, ``Sum(k**2, (k, 1, n))``."""
    head = c.values[c.at]
    c.at += 1
    if c.kinds[c.at] == "(":
        called = _called(c, head)
        if called is not None:
            return called
    outer = c.bound
    low: Expr | None = None
    high: Expr | None = None
    for _side in range(2):
        if c.kinds[c.at] == "_" and low is None:
            c.at += 1
            at = c.at + (c.kinds[c.at] == "{")
            if c.kinds[at] == "constant":
                c.bound |= {c.values[at]}
            low = _below(c)
        elif c.kinds[c.at] == "^" and high is None:
            c.at += 1
            high = argument(c)
    if low is None:
        raise Unreadable
    if low.head == "eq" and low.args[0].head == "symbol":
        bounds = [low.args[0], low.args[1]]
        if high is not None:
            bounds.append(high)
    else:
        if low.head != "symbol" and (high is not None or low.head not in _REGIONS):
            raise Unreadable
        bounds = [low] if high is None else [low, high]
    body = c.expr(SUM)
    c.bound = outer
    return Expr(head, (body, *bounds))


def _below(c: Cursor) -> Expr:
    """The index under a sign; an inequality or a membership stays what it is."""
    if c.kinds[c.at] == "index":
        c.kinds[c.at] = "number" if c.values[c.at].isdecimal() else "letter"
        return argument(c)
    return argument(c)


def _called(c: Cursor, head: str) -> Expr | None:
    """``sum(body, variable, low, high)``, also with the last three in a tuple."""
    start, outer = c.at, c.bound
    c.bound |= _indices(c)
    args = in_brackets(c)
    c.bound = outer
    if len(args) >= 2 and args[1].head in {"pair", "tuple"}:
        args = (args[0], *args[1].args)
    if head == "lim" and len(args) == 3:
        return Expr(head, args)
    if head != "lim" and len(args) in {2, 3, 4} and args[1].head == "symbol":
        return Expr(head, args)
    if head in {"sum", "prod"} and len(args) == 2 and args[1].head in _REGIONS:
        return Expr(head, args)
    c.at = start
    return None


def _indices(c: Cursor) -> frozenset[str]:
    """Names that stand alone as the second argument: the variable that is bound."""
    depth = 0
    for at in range(c.at, len(c.kinds) - 2):
        kind = c.kinds[at]
        depth += (kind in _OPENERS) - (kind in _CLOSERS)
        if depth == 0:
            break
        if kind == "," and depth == 1:
            at_name = at + 1 + (c.kinds[at + 1] == "(")
            return frozenset({c.values[at_name]}) if c.kinds[at_name] == "constant" else frozenset()
    return frozenset()


def integrated(c: Cursor, _: int) -> Expr:
    r"""``\int_0^1 x^2\,dx``; the variable is what stands behind the d."""
    head = c.values[c.at]
    c.at += 1
    if c.kinds[c.at] == "(":
        called = _called(c, "int")
        if called is not None:
            return called
    if head == "iint":
        raise Unreadable
    bounds: dict[str, Expr] = {}
    while c.kinds[c.at] in {"_", "^"} and c.kinds[c.at] not in bounds:
        script = c.kinds[c.at]
        c.at += 1
        if script == "_" and c.kinds[c.at] == "index":
            bounds[script] = _below(c)
        elif c.kinds[c.at] == "-":
            c.at += 1
            bounds[script] = Expr("neg", (argument(c),))
        else:
            bounds[script] = argument(c)
    if len(bounds) == 1:
        raise Unreadable
    limits = (bounds["_"], bounds["^"]) if bounds else ()
    place = _differential(c)
    if place is None:
        body, variable = _inside(c.expr(SUM))
        return Expr("int", (body, variable, *limits))
    variable = symbol(c.values[place + 1])
    c.kinds[place] = "differential"
    if place == c.at:
        body = _ONE
    else:
        outer, c.power = c.power, c.powers.open
        body = c.expr(RELATION)
        c.power = outer
        if c.at != place:
            raise Unreadable
    c.at = place + 2
    return Expr("int", (body, variable, *limits))


def _differential(c: Cursor) -> int | None:
    """The place of the d of this integral, at its own level of brackets."""
    depth = nested = 0
    for at in range(c.at, len(c.kinds) - 1):
        kind = c.kinds[at]
        if kind in _OPENERS:
            depth += 1
        elif kind in _CLOSERS:
            depth -= 1
            if depth < 0:
                return None
        elif kind == "integral":
            nested += 1
        elif depth == 0 and kind == "letter" and c.values[at] == "d" and c.kinds[at + 1] in {"letter", "constant"}:
            if nested == 0:
                return at
            nested -= 1
        elif kind in {"relation", "end"} and depth == 0:
            return None
    return None


def _inside(body: Expr) -> tuple[Expr, Expr]:
    r"""``\int \frac{dx}{x}``: the differential inside the fraction."""
    if body.head != "div" or body.args[0].head != "mul":
        raise Unreadable
    factors = body.args[0].args
    if len(factors) < 2 or factors[-2] != symbol("d") or factors[-1].head != "symbol":
        raise Unreadable
    rest = factors[:-2]
    above = _ONE if not rest else rest[0] if len(rest) == 1 else Expr("mul", rest)
    return Expr("div", (above, body.args[1])), factors[-1]


def limit(c: Cursor, _: int) -> Expr:
    r"""``\lim_{x \to 0^+} f(x)``."""
    c.at += 1
    if c.kinds[c.at] == "(":
        called = _called(c, "lim")
        if called is None:
            raise Unreadable
        return called
    if c.kinds[c.at] != "_" or c.kinds[c.at + 1] != "{":
        raise Unreadable
    c.at += 2
    variable = c.expr(RELATION)
    if c.kinds[c.at] != "arrow":
        raise Unreadable
    c.at += 1
    side = ""
    end = c.at
    depth = 0
    while c.kinds[end] != "end" and (c.kinds[end] != "}" or depth):
        depth += {"{": 1, "}": -1}.get(c.kinds[end], 0)
        end += 1
    sign = end - 1 if c.kinds[end - 1] != "}" else end - 2
    if c.kinds[sign] in {"+", "-"}:
        side = c.kinds[sign]
        at = sign - 1 - (c.kinds[sign - 1] == "{")
        if c.kinds[at] not in {"^", "number", "letter", "constant"}:
            raise Unreadable
        c.kinds[at if c.kinds[at] == "^" else sign] = "side"
        point = c.inside(RELATION)
        c.at = end
    else:
        point = c.inside(RELATION)
    c.closes("}")
    return Expr("lim", (c.expr(SUM), variable, point), side)


def dots(c: Cursor, _: int) -> Expr:
    """An ellipsis."""
    c.at += 1
    return Expr("dots")


PREFIX: dict[str, Prefix] = {"binder": summed, "integral": integrated, "limit": limit, "dots": dots}
