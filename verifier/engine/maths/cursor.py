"""The bare parser: a place in the tokens, and how tightly each of them binds.

What a token does stands in the handlers of the other files; they are given to the cursor, so that none of them needs
to know all the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from verifier.engine.maths.lexer import Tokens
from verifier.types.budget import Meter
from verifier.types.expr import Expr
from verifier.types.rules import MathsTable


class Unreadable(Exception):  # noqa: N818  # no error: what is no maths is somebody else's to read
    """The text is no maths; it never leaves ``read_maths``."""


GIVEN, CHOICE, IMPLIES, OR, AND, STATEMENT, RELATION, RATIO, SETS, SUM, PRODUCT, TIGHT, POWER, POSTFIX = (
    2, 3, 6, 10, 14, 20, 30, 34, 40, 50, 60, 64, 90, 100,
)  # fmt: skip
"""How tightly operators bind, the loosest first."""

FACTORS: Final = frozenset({
    "number", "vulgar", "letter", "constant", "function", "binder", "integral", "limit", "(", "[", "{", "\\{", "<(",
    "floor(", "ceil(", "|", "|(", "||", "||(", "fraction", "radical", "binomial", "begin", "blackboard", "accent",
    "figure", "dots",
})  # fmt: skip
"""What may stand behind a factor and be multiplied with it."""

_OPERATORS: Final = {
    "infix": CHOICE, "implies": IMPLIES, "or": OR, "and": AND, "relation": RELATION, "mid": RELATION,
    ":": RATIO, "set operator": SETS, "+": SUM, "-": SUM, "pm": SUM, "*": PRODUCT, "/": PRODUCT, "modulo": PRODUCT,
    "^": POWER, "!": POSTFIX, "%": POSTFIX, "'": POSTFIX, "degree": POSTFIX, "_": POSTFIX,
}  # fmt: skip


class Powers:
    """The binding powers in each surrounding: bars close inside bars, a colon parts a set's members from its condition.

    ``implicit`` is how tightly factors without a sign bind.
    """

    __slots__ = ("barred", "builder", "implicit", "open", "set")

    def __init__(self, implicit: int) -> None:
        every = {**dict.fromkeys(FACTORS, implicit), **_OPERATORS}
        self.implicit = implicit
        self.open = every
        self.barred = {kind: power for kind, power in every.items() if kind not in {"|", "||"}}
        self.set = {kind: power for kind, power in every.items() if kind not in {":", "mid"}}
        self.builder = {kind: power for kind, power in self.barred.items() if kind not in {":", "mid"}}


LITERAL, PACKED = Powers(PRODUCT), Powers(TIGHT)

Prefix = Callable[["Cursor", int], Expr]
Infix = Callable[["Cursor", Expr, int], Expr]


_BEYOND: Final = ["end"] * 8
"""Behind the last token: whoever looks ahead sees that there is nothing."""


class Cursor:
    """A place in the tokens of one text.

    ``packed`` reads ``1/2x`` as 1/(2x) and ``sin x/2`` as sin(x/2); ``doubtful`` says that this would be another
    reading, ``barred`` that it holds bars. ``applied`` are letters that are functions here, ``bound`` names that are
    indices. Every call of ``expr`` counts towards the depth, of which a tree may have ``budget.depth`` levels.
    """

    __slots__ = (
        "applied",
        "at",
        "barred",
        "bound",
        "deepest",
        "depth",
        "doubtful",
        "infix",
        "kinds",
        "latex",
        "meter",
        "packed",
        "power",
        "powers",
        "prefix",
        "size",
        "table",
        "values",
    )  # fmt: skip

    def __init__(
        self,
        tokens: Tokens,
        table: MathsTable,
        meter: Meter,
        handlers: tuple[Mapping[str, Prefix], Mapping[str, Infix]],
        *,
        packed: bool,
    ) -> None:
        self.kinds = tokens.kinds + _BEYOND
        self.values = tokens.values + _BEYOND
        self.size = len(self.kinds)
        self.latex = tokens.latex
        self.table = table
        self.meter = meter
        self.prefix, self.infix = handlers
        self.packed = packed
        self.powers = PACKED if packed else LITERAL
        self.power = self.powers.open
        self.at = 0
        self.depth = 0
        self.deepest = 2 * meter.budget.depth
        self.doubtful = False
        self.barred = "|" in self.kinds
        self.applied: frozenset[str] = frozenset()
        self.bound: frozenset[str] = frozenset()

    def expr(self, loosest: int) -> Expr:
        """The longest expression here whose operators all bind tighter than ``loosest``."""
        self.depth += 1
        if self.depth > self.deepest:
            self.meter.within("depth", self.depth)
        handler = self.prefix.get(self.kinds[self.at])
        if handler is None:
            raise Unreadable
        left = handler(self, loosest)
        kinds = self.kinds
        while self.power.get(kinds[self.at], 0) > loosest:
            left = self.infix[kinds[self.at]](self, left, loosest)
        self.depth -= 1
        return left

    def goes_on(self, left: Expr, loosest: int) -> Expr:
        """What ``expr`` makes of what follows ``left``."""
        while self.power.get(self.kinds[self.at], 0) > loosest:
            left = self.infix[self.kinds[self.at]](self, left, loosest)
        return left

    def inside(self, loosest: int) -> Expr:
        """An expression inside brackets: what closes bars or parts a set outside of them is ordinary here."""
        self.depth += 1
        outer, self.power = self.power, self.powers.open
        inner = self.expr(loosest)
        self.power = outer
        self.depth -= 1
        return inner

    def closes(self, *kinds: str) -> None:
        """Step over a closing bracket; one that is missing at the end of the text is taken as written."""
        kind = self.kinds[self.at]
        if kind in kinds:
            self.at += 1
        elif kind != "end":
            raise Unreadable
