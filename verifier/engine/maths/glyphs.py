r"""Constants, and letters set in a style of their own: sets of numbers, vectors, bars, boxes, names of angles."""

from __future__ import annotations

from typing import Final

from verifier.engine.maths.cursor import PRODUCT, Cursor, Prefix, Unreadable
from verifier.engine.maths.names import LETTER_SETS, applied, argument, bracketed, indexed
from verifier.engine.maths.regions import domain, half
from verifier.engine.maths.statements import statement
from verifier.types.expr import Expr
from verifier.types.nodes import constant, heads, symbol, symbols

_UNITS: Final = frozenset("ijk")


def named(c: Cursor, _: int) -> Expr:
    """A constant; ``i`` and ``e`` with an index or bound by a sum are letters, sets of numbers may carry a sign."""
    name = c.values[c.at]
    c.at += 1
    if name in c.bound:
        return symbol(name)
    if c.kinds[c.at] == "_":
        if name in {"R", "Z", "N", "Q"}:
            part = _part(c, name)
            if part is not None:
                return part
        c.kinds[c.at - 1] = "letter"
        c.at -= 1
        return c.prefix["letter"](c, 0)
    if name in LETTER_SETS and c.kinds[c.at] in {"(", "["}:
        return _adjoined(c, constant(name))
    return constant(name)


def _adjoined(c: Cursor, field: Expr) -> Expr:
    r"""What a bracket behind a set of numbers or a blackboard letter makes: ``\mathbb{Q}[x]``, ``\mathbb{E}(X)``."""
    return (applied if c.kinds[c.at] == "(" else bracketed)(c, field.name)


def _part(c: Cursor, name: str) -> Expr | None:
    r"""``\mathbb{N}_0``, ``\mathbb{Z}_{\ge 0}``, ``\mathbb{R}_+``."""
    start = c.at
    c.at += 1
    braced = c.kinds[c.at] == "{"
    c.at += braced
    kind, value = c.kinds[c.at], c.values[c.at]
    sign = ""
    if kind in {"number", "index"} and value == "0" and name == "N":
        sign = "ge"
    elif kind in {"+", "-"}:
        sign = "gt" if kind == "+" else "lt"
    elif kind == "relation" and c.values[c.at + 1] == "0":
        sign = value
        c.at += 1
    part = half("Z" if name == "N" else name, sign) if sign else None
    if part is None:
        c.at = start
        return None
    c.at += 1
    if braced:
        c.closes("}")
    return part


def blackboard(c: Cursor, _: int) -> Expr:
    r"""``\mathbb{R}``."""
    c.at += 1
    braced = c.kinds[c.at] == "{"
    c.at += braced
    made = domain(symbol(c.values[c.at]))
    if c.kinds[c.at] not in {"letter", "constant"}:
        raise Unreadable
    if made.head == "constant":
        c.kinds[c.at] = "constant"
    if not braced:
        return c.expr(PRODUCT + 10) if made.head == "constant" else _step(c, made)
    c.at += 1
    c.closes("}")
    if made.head == "constant" and c.kinds[c.at] == "_":
        return _part(c, made.name) or c.infix["_"](c, symbol(made.name), 0)
    return _adjoined(c, made) if c.kinds[c.at] in {"(", "["} else made


def _step(c: Cursor, made: Expr) -> Expr:
    c.at += 1
    return made


def box(c: Cursor, _: int) -> Expr:
    r"""``\boxed{…}`` holds a statement."""
    c.at += 1
    if c.kinds[c.at] != "{":
        return argument(c)
    c.at += 1
    outer, c.power = c.power, c.powers.open
    inner = statement(c)
    c.power = outer
    c.closes("}")
    return inner


def accent(c: Cursor, _: int) -> Expr:
    r"""``\vec{v}`` is v, ``\hat{i}`` the unit vector, ``\bar{z}`` its own letter, ``\overline{1+i}`` a conjugate."""
    style = c.values[c.at]
    c.at += 1
    braced = c.kinds[c.at] == "{"
    at = end = c.at + braced
    while c.kinds[end] == "letter" and braced:
        end += 1
    if c.kinds[end] in {"letter", "constant"} and end == at:
        end += 1
    if end > at and (not braced or c.kinds[end] == "}"):
        letters = c.values[at:end]
        if len(letters) > 1:
            if style != "bold" and all(len(name) == 1 for name in letters):
                c.at = end + 1
                return symbol(f"{''.join(letters)}_{style}")
        elif style not in {"vec", "bold"} and not (style == "bar" and letters == ["i"]):
            c.at = end + braced
            return indexed(c, f"{letters[0]}_{style}")
        elif style != "bar" and letters[0] in _UNITS:
            c.at = end + braced
            return symbol(f"{letters[0]}_hat")
        elif braced and style != "bar":
            c.at = end + 1
            return c.infix["_"](c, symbol(letters[0]), 0) if c.kinds[c.at] == "_" else _letter(c, letters[0])
    return _accented(c, argument(c), style)


def _accented(c: Cursor, inner: Expr, style: str) -> Expr:
    """What a sign over more than letters makes of it."""
    if style == "bold":
        return inner
    if inner.head == "symbol":
        base, _, rest = inner.name.partition("_")
        if style == "vec" or rest.partition("_")[0] == style != "bar":
            return inner
        if style == "bar" and rest.partition("_")[0] == "bar":
            return symbol("_".join(part for part in (base, rest[4:]) if part))
        return indexed(c, "_".join(part for part in (base, style, rest) if part))
    if style == "vec" or (inner.head == "number" and style == "dot"):
        return inner
    if style != "bar" or inner.head == "number":
        raise Unreadable
    names = symbols(inner)
    if names and all(name[0].isupper() for name in names) and "constant" not in heads(inner):
        raise Unreadable  # the negation of a Boolean expression
    if any(name.partition("_")[0] in _COMPLEX for name in names):
        return _conjugate(inner)
    return Expr("conj", (inner,))


_COMPLEX: Final = frozenset({"z", "w"})
"""Letters that stand for complex numbers; all others are real under a bar."""


def _conjugate(tree: Expr) -> Expr:
    r"""The conjugate of what holds complex names, with the bar over each of them: z + 1 gives ``\bar{z} + 1``."""
    head, args = tree.head, tree.args
    if head == "symbol":
        base, _, rest = tree.name.partition("_")
        if base not in _COMPLEX:
            return tree
        bare = rest.partition("_")[0] == "bar"
        parts = (base, rest[4:]) if bare else (base, "bar", rest)
        return symbol("_".join(part for part in parts if part))
    if head in {"number", "constant"}:
        return Expr("neg", (tree,)) if tree.name == "i" and head == "constant" else tree
    if head in {"add", "mul", "neg", "div"}:
        return Expr(head, tuple(map(_conjugate, args)))
    if head == "pow" and args[1].head == "number" and args[1].value is not None and args[1].value.q == 1:
        return Expr("pow", (_conjugate(args[0]), args[1]))
    return Expr("conj", (tree,))


def _letter(c: Cursor, name: str) -> Expr:
    c.kinds[c.at - 1], c.values[c.at - 1] = "letter", name
    c.at -= 1
    return c.prefix["letter"](c, 0)


def figure(c: Cursor, _: int) -> Expr:
    r"""``\angle ABC``: a name of its own."""
    name = c.values[c.at]
    c.at += 1
    letters = ""
    while c.kinds[c.at] in {"letter", "run"}:
        letters += c.values[c.at]
        c.at += 1
    if not letters and name == "angle":
        return Expr("cis", (c.expr(PRODUCT),))  # 10∠53°
    if not letters:
        raise Unreadable
    return symbol(f"{name}_{letters}")


PREFIX: dict[str, Prefix] = {
    "constant": named, "blackboard": blackboard, "box": box, "accent": accent, "figure": figure,
}  # fmt: skip
