"""The typed tree of maths: what a text says, as it was written, before anything is simplified.

Every node is one ``Expr``: a head, its arguments, and for leaves a value or a name. The heads are listed here and
nowhere else; a reader makes no other, and whoever walks a tree passes on a head it does not know.

Leaves
    ``number``    ``value``; ``name`` is the text of a decimal ("0.50", "0.(3)"), empty for an integer
    ``symbol``    ``name``: "x", "x_1", "alpha", "f'", "AB" never (a product); case counts
    ``constant``  ``name``: one of CONSTANTS
    ``words``     ``name``: words where maths was expected ("otherwise")

Arithmetic (as written: ``a - b`` is add(a, neg(b)), ``1/2`` is div, ``2 1/2`` is mixed(2, div(1, 2)))
    ``add mul`` (two or more) · ``neg`` · ``div`` · ``pow`` · ``root`` (radicand, index) · ``mixed`` · ``percent`` ·
    ``pm`` (one or two) and ``mp`` · ``numeral`` (``name`` the digits, one argument: the base)

Functions
    ``name`` of FUNCTIONS is the head itself: sin(x) is Expr("sin", (x,)). ``log`` has one argument (no base written)
    or two (x, base). ``apply`` is an unknown function, ``name`` its letter(s) ("f", "f'"), args its arguments.
    ``sum prod int`` (body, variable[, low, high]) · ``lim`` (body, variable, point; ``name`` "+", "-" or "") ·
    ``diff`` (body, variable) · ``dots`` an ellipsis

Relations
    ``eq ne lt le gt ge approx`` (two) · ``in notin subset`` (two) · ``congruent`` (a, b, modulus) · ``divides`` (two)
    · a chain ``1 < x <= 3`` is and(lt, le) with ``name`` "chain"
Logic
    ``and or`` (two or more) · ``not`` · ``implies iff`` · ``forall exists`` (variable or membership, body)

Collections
    ``set tuple list`` (``list`` is a bare comma list; ``name`` of a list is "or"/"and" where such a word joined it) ·
    ``vector`` (angle brackets, columns, i j k sums stay sums) · ``matrix`` (of ``row``; ``name`` "det" for bars) ·
    ``interval`` (low, high; ``name`` "[]", "[)", "(]", "()") · ``union intersect setminus`` · ``complement`` ·
    ``builder`` (element, condition) · ``cases`` (of ``piece``: value[, condition]) · ``ratio`` (a:b:c) ·
    ``given`` (expression, condition): "x + 1, x ≠ 2", "5k + 2 where k ∈ Z" · ``labelled`` (``name`` "a": "(a) 5")

``(1, 2)`` is a tuple or an open interval: the reader says ``pair`` and the other side or the question decides.
"""

from __future__ import annotations

import msgspec
from flint import fmpq

CONSTANTS = frozenset({
    "pi", "e", "i", "inf", "deg", "undefined", "empty", "R", "Z", "N", "Q", "C", "true", "false",
})  # fmt: skip
"""``deg`` is pi/180: 90° is mul(90, deg). ``undefined`` is a limit or value that does not exist."""

FUNCTIONS = frozenset({
    "sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "acot", "asec", "acsc",
    "sinh", "cosh", "tanh", "coth", "sech", "csch", "asinh", "acosh", "atanh", "acoth", "asech", "acsch",
    "exp", "ln", "log", "abs", "floor", "ceil", "sign", "min", "max", "gcd", "lcm", "mod",
    "factorial", "factorial2", "binom", "perm", "gamma", "re", "im", "conj", "arg", "cis", "det", "transpose", "norm",
})  # fmt: skip
"""``mod`` is the remainder (a, m), ``factorial2`` n!!, ``perm`` n!/(n-k)!, ``cis`` cos + i sin, ``norm`` ‖v‖."""

RELATIONS = frozenset({"eq", "ne", "lt", "le", "gt", "ge", "approx", "in", "notin", "subset", "congruent", "divides"})
LOGIC = frozenset({"and", "or", "not", "implies", "iff", "forall", "exists"})
COLLECTIONS = frozenset({
    "set", "tuple", "list", "pair", "vector", "matrix", "row", "interval", "union", "intersect", "setminus",
    "complement", "builder", "cases", "piece", "ratio", "given", "labelled",
})  # fmt: skip
ARITHMETIC = frozenset({"add", "mul", "neg", "div", "pow", "root", "mixed", "percent", "pm", "mp", "numeral"})
BINDERS = frozenset({"sum", "prod", "int", "lim", "diff"})
HEADS = (
    frozenset({"number", "symbol", "constant", "words", "apply", "dots"})
    | ARITHMETIC | FUNCTIONS | BINDERS | RELATIONS | LOGIC | COLLECTIONS
)  # fmt: skip


class Expr(msgspec.Struct, frozen=True, gc=False):
    """A node; equal trees were written alike, which is more than being equal in value."""

    head: str
    args: tuple[Expr, ...] = ()
    name: str = ""
    value: fmpq | None = None

    def __hash__(self) -> int:
        """As equality has it; flint's own hash of a rational goes through ``fractions`` and costs ten times as much."""
        value = self.value
        return hash((self.head, self.args, self.name) if value is None else (self.name, value.p, value.q))
