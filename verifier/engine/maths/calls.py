r"""Functions by name, and their arguments: ``\sin^2 x``, ``\log_2(x)``, ``max(a, b)``."""

from __future__ import annotations

from typing import Final

from verifier.engine.maths.cursor import POSTFIX, PRODUCT, Cursor, Prefix, Unreadable
from verifier.engine.maths.literals import read_number
from verifier.engine.maths.names import argument, in_brackets
from verifier.types.expr import FUNCTIONS, Expr
from verifier.types.nodes import constant, number, symbol

_INVERTIBLE: Final = frozenset(
    {"sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch"}
)
_SEVERAL: Final = frozenset({"min", "max", "gcd", "lcm"})
_TWO: Final = frozenset({"binom", "perm", "mod", "div", "pow", "eq", "diff", "interval", "root"})
_OWN: Final = frozenset({"sqrt", "cbrt", "log2", "log10", "matrix", "cases", "set", "union"}) | _TWO
_SIMPLE: Final = frozenset(
    {"number", "letter", "constant", "fraction", "radical", "vulgar", "accent", "binomial", "index"}
)
_MINUS_ONE: Final = Expr("neg", (number(1),))


def function(c: Cursor, _: int) -> Expr:
    r"""A function by name: ``\sin^2 x``, ``\log_2(x)``, ``\max\{a, b\}``, ``sin 2πx``."""
    head = c.values[c.at]
    c.at += 1
    raised: Expr | None = None
    base: Expr | None = None
    kinds = c.kinds
    while kinds[c.at] in {"^", "_"}:
        script = kinds[c.at]
        c.at += 1
        if script == "^":
            if kinds[c.at] == "-":
                c.at += 1
                raised = Expr("neg", (argument(c),))
            else:
                raised = _power(c) or argument(c)
        elif head == "log" and base is None:
            base = _base(c)
        else:
            raise Unreadable
    if head == "log" and base is None and not c.latex and c.values[c.at] in {"2", "10"} and kinds[c.at + 1] == "(":
        base = c.expr(PRODUCT + 10)  # log10(x)
    if raised == _MINUS_ONE and head in _INVERTIBLE:
        head, raised = f"a{head}", None
    made = built(head, _arguments(c, head), base)
    return made if raised is None else Expr("pow", (made, raised))


def _power(c: Cursor) -> Expr | None:
    r"""The whole numeral that a function is raised to: ``sin^12(x)``; ``None`` where LaTeX takes its first digit.

    Nobody raises to the power of one, or of nought, so that ``\\sin^10 x`` is the tenth power in LaTeX, too.
    """
    text = c.values[c.at]
    if c.kinds[c.at] != "number" or len(text) == 1 or not text.isdecimal():
        return None
    if c.latex and text[0] not in "01" and c.kinds[c.at + 1] != "(":
        return None
    c.at += 1
    return read_number(text, c.meter)


def _base(c: Cursor) -> Expr:
    r"""The base of a logarithm; of ``\log_28`` the first digit, of ``\log_10`` both."""
    if c.kinds[c.at] == "index":
        text = c.values[c.at]
        size = 2 if text.startswith("10") or (len(text) == 2 and c.kinds[c.at + 1] in _SIMPLE | {"("}) else 1
        if not text.isdecimal():
            size = len(text)
        if size < len(text) and c.latex:
            c.kinds[c.at], c.values[c.at] = "number", text[size:]
        else:
            size = len(text)
            c.at += 1
        return read_number(text[:size], c.meter) if text.isdecimal() else symbol(text)
    return argument(c)


def _arguments(c: Cursor, head: str) -> tuple[Expr, ...]:
    kind = c.kinds[c.at]
    if kind == "(":
        return in_brackets(c)
    if kind in {"{", "\\{"} and head in _SEVERAL:
        group = c.expr(POSTFIX + 20)
        return group.args if group.head == "set" else (group,)
    if kind == "{":
        return (argument(c),)
    if kind in {"[", "|(", "||("}:
        return (c.expr(POSTFIX),)
    return (_bare(c),)


def _bare(c: Cursor) -> Expr:
    """An argument without brackets: factors side by side, up to the next function or sign."""
    if c.kinds[c.at] in {"+", "-"}:
        minus = c.kinds[c.at] == "-"
        c.at += 1
        inner = _bare(c) if c.kinds[c.at] not in {"+", "-"} else None
        if inner is None:
            raise Unreadable
        return Expr("neg", (inner,)) if minus else inner
    factors = [c.expr(PRODUCT + 10)]
    while True:
        kind = c.kinds[c.at]
        last = factors[-1].head
        if not (kind in _SIMPLE and (kind, last) != ("number", "number")) and not (
            kind == "(" and last in {"number", "constant"}
        ):
            break
        factors.append(c.expr(PRODUCT + 10))
    whole = factors[0] if len(factors) == 1 else Expr("mul", tuple(factors))
    if c.kinds[c.at] == "/" and c.kinds[c.at + 1] in {"number", "constant"}:
        if c.packed:
            c.at += 1
            return Expr("div", (whole, c.expr(PRODUCT)))
        c.doubtful = True
    return whole


def built(head: str, args: tuple[Expr, ...], base: Expr | None) -> Expr:
    """The tree of a function with its arguments; ``Unreadable`` where their number is wrong."""
    count = len(args)
    if base is not None:
        if count != 1:
            raise Unreadable
        return Expr("log", (args[0], base))
    if head == "log" and count in {1, 2}:
        return Expr("log", args)
    if head in _SEVERAL and count:
        return Expr(head, args[0].args if count == 1 and args[0].head in {"set", "list"} else args)
    if head not in _OWN:
        if count != 1 or head not in FUNCTIONS:
            raise Unreadable
        return Expr(head, args)
    return _special(head, args, count)


def _special(head: str, args: tuple[Expr, ...], count: int) -> Expr:
    if head in {"sqrt", "cbrt", "log2", "log10"} and count == 1:
        if head in {"sqrt", "cbrt"}:
            return Expr("root", (args[0], number(2 if head == "sqrt" else 3)))
        return Expr("log", (args[0], number(2 if head == "log2" else 10)))
    if head in _TWO and count == 2:
        return Expr(head, args, "[]") if head == "interval" else Expr(head, args)
    if head in {"set", "union"} and count:
        return Expr(head, args)
    if head == "matrix" and count == 1 and args[0].head in {"matrix", "vector"}:
        return args[0]
    if head == "matrix" and count == 1 and args[0].head in {"tuple", "interval"}:
        return Expr("vector", args[0].args)
    if head == "cases" and count and all(arg.head == "pair" for arg in args):
        return Expr("cases", tuple(_piece(arg) for arg in args))
    raise Unreadable


def _piece(pair: Expr) -> Expr:
    always = pair.args[1] == constant("true")
    return Expr("piece", pair.args[:1] if always else pair.args)


PREFIX: dict[str, Prefix] = {"function": function, "modulo": function}
