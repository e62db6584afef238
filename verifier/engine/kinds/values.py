"""A value as a tree, and as the plain number it may be."""

from __future__ import annotations

import re
from typing import Final

import msgspec
from flint import fmpq

from verifier.engine.kinds import conditions
from verifier.engine.kinds.formula import Expression
from verifier.engine.kinds.kind import SHOWN, Context
from verifier.engine.maths import zero
from verifier.engine.maths.show import show
from verifier.engine.maths.trees import walk
from verifier.engine.numerals import Number, scan_number
from verifier.types.expr import Expr
from verifier.types.nodes import heads, number, symbols

Value = Expression | Number

OPERATORS: Final = frozenset({"nabla", "nabladot", "nablacross"})
"""Operators on vectors that stand among the names of a tree, and multiply nothing: ∇, ∇·, ∇×."""
IMAGINARY: Final = frozenset({"j", "I"})
"""Names that engineers have for the imaginary unit."""
_I: Final = Expr("constant", (), "i")
_ENGINEERS: Final = frozenset({"add", "pow", "exp"})
_PLAIN: Final = re.compile(r"[^a-df-zA-DF-Z]*")  # no words: 3.5 million
_NUMERIC: Final = frozenset({"number", "neg", "div", "mixed", "percent", "mul", "pow"})
_TRANSPOSED: Final = frozenset({"T", "dagger", "top", "intercal"})
_TURNING: Final = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})


def tree_of(value: Value) -> Expr:
    """A value as a tree; the power of ten of a number is not expanded where it is large."""
    if isinstance(value, Expression):
        return value.tree
    plain = value.decimal and not value.parts and _PLAIN.fullmatch(value.written) is not None
    written = value.written if plain else ""
    if abs(value.exponent10) <= 400:
        return number(value.mantissa * fmpq(10) ** value.exponent10, written)
    return Expr("mul", (number(value.mantissa), Expr("pow", (number(10), number(value.exponent10)))))


def number_of(side: Value, ctx: Context) -> Number | None:
    """A plain numeral, as the number it was written as; ``None`` for what has to be computed."""
    if isinstance(side, Number):
        return side
    tree = side.tree
    if tree.head not in _NUMERIC or not _NUMERIC.issuperset([part.head for part in tree.args]):
        return None
    written = ctx.show(side)
    if len(written) == SHOWN:
        written = show(tree)
    found = scan_number(written, 0, ctx.meter)
    return found.number if found is not None and found.end == len(written) else None


def is_word(side: Value) -> bool:
    """Whether the text could as well be a word or a formula of chemistry."""
    return isinstance(side, Expression) and side.word


def decimal_text(value: fmpq, digits: int) -> str:
    """A rounded value for a trace."""
    places = 0
    while value.q != 1 and places < digits + 30:
        value, places = value * 10, places + 1
    if value.q != 1:
        return str(value)
    text = str(abs(value.p)).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (text if places == 0 else f"{text[:-places]}.{text[-places:]}")


def imaginary(own: Expr, other: Expr, ctx: Context) -> Expr:
    """``other`` with J or I as the imaginary unit, where ``own`` is complex in a sum, a power or an angle.

    An i alone may be a unit vector, unless the question speaks of complex numbers.
    """
    found = (symbols(other) & IMAGINARY) - symbols(own)
    if len(found) != 1 or conditions.may_not_commute(ctx) or any(node == _I for node in walk(other)):
        return other
    turned = "cis" in heads(own)
    if not turned and not any(node == _I for node in walk(own)):
        return other
    alone = _ENGINEERS.isdisjoint(heads(own)) and not turned
    if alone and not (conditions.is_complex(ctx) or conditions.is_named("i", ctx)):
        return other
    return zero.substitute(other, dict.fromkeys(found, _I))


def in_degrees(tree: Expr) -> Expr:
    """The tree with bare arguments of sines and their like as degrees, where the question says that angles are."""
    args = tuple(in_degrees(part) for part in tree.args)
    if tree.head in _TURNING and not any(node.name in {"pi", "deg"} for node in walk(args[0])):
        args = (Expr("mul", (args[0], Expr("constant", (), "deg"))),)
    return msgspec.structs.replace(tree, args=args) if args else tree


def mixed_number(tree: Expr) -> Expr | None:
    """``2 and 1/2`` as the mixed number that it may be (POLICY 16); ``None`` for any other list."""
    if tree.head != "list" or tree.name != "and" or [item.head for item in tree.args[1:]] != ["div"]:
        return None
    whole, part = tree.args
    size = whole.args[0] if whole.head == "neg" else whole
    if size.head != "number" or any(item.head != "number" for item in part.args):
        return None
    above, below = (item.value for item in part.args)
    if size.value is None or above is None or below is None or size.value.q != 1 or not 0 < above < below:
        return None
    total = Expr("add", (size, part))
    return total if size is whole else Expr("neg", (total,))


def holds_product(tree: Expr) -> bool:
    """Whether two parts with names are multiplied."""
    return any(node.head == "mul" and sum(bool(symbols(part)) for part in node.args) > 1 for node in walk(tree))


def holds_transpose(tree: Expr) -> bool:
    """Whether a capital letter is raised to T, or a dagger: a transposed matrix."""
    return any(
        node.head == "pow" and node.args[1].name in _TRANSPOSED and node.args[0].name[:1].isupper()
        for node in walk(tree)
    )
