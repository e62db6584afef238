"""The normal form: one canonical node for every tree, with sums, products and powers brought into one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flint import fmpq, fmpz

from verifier.types.budget import Exhausted, Meter
from verifier.types.expr import Expr
from verifier.types.indices import Index, terms_of

COMMUTATIVE: Final = frozenset(
    {"min", "max", "gcd", "lcm", "set", "union", "intersect", "and", "or", "eq", "ne", "approx"}
)
FLIPPED: Final = {"gt": "lt", "ge": "le"}
BINDERS: Final = frozenset({"sum", "prod", "int", "lim", "diff", "forall", "exists", "builder"})
SMALL_POWER: Final = 256
"""Powers of numbers are multiplied out up to so many bits; larger ones stay powers."""
EXPANDED: Final = 100
"""A sum or product between integers is written out up to so many members."""
DEEP: Final = 220
"""Levels of a tree: more than three for each level of the grammar (``budget.depth``), and safe for the stack."""

_MINUS: Final = fmpq(-1)
_ZERO: Final = fmpq(0)
_ONE: Final = fmpq(1)
_PERCENT: Final = fmpq(1, 100)
_DEGREE: Final = fmpq(1, 180)


class Forms:
    """A numbering of canonical nodes: equal forms are the same number, and children come before their parents.

    Sums and products are flattened and ordered, numbers in them folded, differences are sums, roots are powers,
    ``exp`` is a power of e, percent and degrees are products, and bound names are renamed. Nothing here changes the
    value of a tree or the points where it is defined: ``x/x`` stays what it is.

    >>> from verifier.types.budget import Budget
    >>> from verifier.types.nodes import number, symbol
    >>> forms = Forms(Meter(Budget()))
    >>> x, two = symbol("x"), number(2)
    >>> forms.form(Expr("add", (x, two))) == forms.form(Expr("add", (two, x)))
    True
    """

    __slots__ = (
        "_depth",
        "_environment",
        "_index",
        "_running",
        "args",
        "heads",
        "log_base",
        "meter",
        "names",
        "values",
    )

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.heads: list[str] = []
        self.args: list[tuple[int, ...]] = []
        self.names: list[str] = []
        self.values: list[fmpq | None] = []
        self._index: dict[object, int] = {}
        self._environment: dict[str, int] = {}
        self._running: frozenset[str] = frozenset()
        self._depth = 0
        self.log_base: int | None = None  # what the logarithm of the base of a bare "log" is

    def node(self, head: str, args: tuple[int, ...] = (), name: str = "") -> int:
        """The number of a node whose children are numbered."""
        key = (head, args, name)
        found = self._index.get(key)
        if found is None:
            found = self._index[key] = len(self.heads)
            self.heads.append(head)
            self.args.append(args)
            self.names.append(name)
            self.values.append(None)
        return found

    def number(self, value: fmpq) -> int:
        """The number of a rational."""
        above, below = value.p, value.q
        key = above if below == 1 else (above, below)
        found = self._index.get(key)
        if found is None:
            size = above.bit_length()
            if size > SMALL_POWER or below != 1:
                self.meter.within("bits", max(size, below.bit_length()))
            found = self._index[key] = len(self.heads)
            self.heads.append("number")
            self.args.append(())
            self.names.append("")
            self.values.append(value)
        return found

    def symbol(self, name: str) -> int:
        """The number of a free name."""
        return self.node("symbol", (), name)

    def form(self, tree: Expr) -> int:
        """The number of a tree's normal form."""
        head = tree.head
        if head == "number":
            return self.number(tree.value) if tree.value is not None else self.node("words", (), tree.name)
        if head == "symbol":
            return self._named(tree.name) if self._environment else self.node("symbol", (), tree.name)
        if head == "constant":
            if tree.name == "deg":
                return self.mul((self.number(_DEGREE), self.node("constant", (), "pi")))
            return self.node("constant", (), tree.name)
        self.meter.spend(4 * (1 + len(tree.args)))
        if self._depth >= DEEP:
            raise Exhausted("depth")
        self._depth += 1
        if head in BINDERS and len(tree.args) > 1:
            found = self._bind(tree)
        else:
            parts: list[int] = []
            plain = not self._environment
            for part in tree.args:
                if plain and part.head == "symbol":
                    parts.append(self.node("symbol", (), part.name))
                elif part.head == "number" and part.value is not None:
                    parts.append(self.number(part.value))
                else:
                    parts.append(self.form(part))
            found = self._build(tree, tuple(parts))
        self._depth -= 1
        return found

    def with_names(self, tree: Expr, values: Mapping[str, int]) -> int:
        """The normal form of a tree with some names replaced by nodes."""
        outer = self._environment
        self._environment = {**outer, **values}
        found = self.form(tree)
        self._environment = outer
        return found

    def _build(self, tree: Expr, args: tuple[int, ...]) -> int:
        head = tree.head
        if head == "add":
            return self.add(args)
        if head == "mul":
            return self.mul(args)
        if head == "neg":
            return self.neg(args[0])
        if head == "div":
            return self.div(args[0], args[1])
        if head == "pow":
            return self.power(args[0], args[1])
        if head in FLIPPED:
            return self.node(FLIPPED[head], args[::-1], "")
        if head in COMMUTATIVE:
            if head in {"min", "max", "set", "and", "or"}:
                args = tuple(set(args))
                if len(args) == 1 and head in {"min", "max"}:
                    return args[0]
            return self.node(head, tuple(sorted(args)), tree.name)
        return self._written(tree, args)

    def _written(self, tree: Expr, args: tuple[int, ...]) -> int:
        """Ways of writing that are sums, products or powers in the end."""
        head = tree.head
        if head == "root":
            return self.power(
                args[0], self.div(self.number(_ONE), args[1]) if len(args) > 1 else self.number(fmpq(1, 2))
            )
        if head == "exp" and len(args) == 1:
            return self.power(self.node("constant", (), "e"), args[0])
        if head == "mixed":
            return self.add(args)
        if head == "percent":
            return self.mul((self.number(_PERCENT), args[0]))
        if head == "log" and len(args) == 2:
            return self.div(self.node("ln", args[:1]), self.node("ln", args[1:]))
        if head == "log" and self.log_base is not None:
            return self.div(self.node("ln", args), self.log_base)
        if head == "numeral" and len(args) == 1:
            value = numeral(tree.name, self.values[args[0]])
            if value is not None:
                return self.number(value)
        return self.node(head, args, tree.name)

    def _named(self, name: str) -> int:
        """A name where some stand for other nodes: itself, what it stands for, or a term that runs with a sum."""
        found = self._environment.get(name)
        if found is not None:
            return found
        if "_" in name and self._running:
            base, _, index = name.partition("_")
            parts = terms_of(index, self._running)
            if parts.names:
                return self._term(base, parts, tuple([self._environment[one] for one in parts.names]))
        return self.node("symbol", (), name)

    def _term(self, base: str, parts: Index, places: tuple[int, ...]) -> int:
        """``a_n`` at the place n: a function of it, or the name ``a_3``."""
        value = self.values[places[0]]
        if len(places) == 1 and parts.shift is not None and value is not None and value.q == 1:
            place = value.p + parts.shift
            if place >= 0:
                return self.node("symbol", (), f"{base}_{place}")
        return self.node("apply", places, f"{base}_{parts.pattern}")

    def _member(self, body: Expr, name: str, node: int) -> int:
        """The body of a sum or product at one place of its index."""
        outer = self._running
        self._running = outer | {name}
        found = self.with_names(body, {name: node})
        self._running = outer
        return found

    def _bind(self, tree: Expr) -> int:
        """Bound names become canonical; short sums and products between integers are written out."""
        head, args = tree.head, tree.args
        at = 0 if head in {"forall", "exists"} else 1
        variable = args[at]
        if head == "builder" or variable.head != "symbol":
            return self._build(tree, tuple([self.form(part) for part in args]))
        limits = [self.form(part) for part in args[2:]]
        if head in {"sum", "prod"} and len(limits) == 2:
            low, high = self.values[limits[0]], self.values[limits[1]]
            if low is not None and high is not None and low.q == 1 == high.q and high - low < EXPANDED:
                first, count = low.p, int(high.p - low.p) + 1
                members = tuple(
                    [self._member(args[0], variable.name, self.number(fmpq(first + k))) for k in range(count)]
                )
                return self.add(members) if head == "sum" else self.mul(members)
        if head == "diff":
            return self.node(head, tuple([self.form(part) for part in args]), tree.name)
        mark = self.node("symbol", (), f"\0{len(self._environment)}")
        run = head in {"sum", "prod"}
        body = (
            self._member(args[0], variable.name, mark) if run else self.with_names(args[1 - at], {variable.name: mark})
        )
        return self.node(head, (body, mark, *limits), tree.name)

    def neg(self, node: int) -> int:
        """The negative of a node."""
        value = self.values[node]
        if value is not None:
            return self.number(-value)
        return self.mul((self.number(_MINUS), node))

    def _pair(self, head: str, args: Sequence[int]) -> int | None:
        """Two parts that need no folding, which is what most sums and products are."""
        if len(args) == 2:
            one, other = args
            heads, values = self.heads, self.values
            if heads[one] != head != heads[other] and values[one] is None is values[other]:
                return self.node(head, (one, other) if one <= other else (other, one))
        return None

    def add(self, args: Sequence[int]) -> int:
        """The sum: flat, ordered, its numbers folded into one."""
        pair = self._pair("add", args)
        if pair is not None:
            return pair
        total: fmpq | None = None
        parts: list[int] = []
        for node in args:
            if self.heads[node] == "add":
                for inner in self.args[node]:
                    value = self.values[inner]
                    if value is None:
                        parts.append(inner)
                    else:
                        total = value if total is None else total + value
                continue
            value = self.values[node]
            if value is None:
                parts.append(node)
            else:
                total = value if total is None else total + value
        if not parts or (total is not None and total != 0):
            parts.append(self.number(total if total is not None else _ZERO))
        if len(parts) == 1:
            return parts[0]
        parts.sort()
        return self.node("add", tuple(parts))

    def mul(self, args: Sequence[int]) -> int:
        """The product: flat, ordered, its numbers folded into one; a zero leaves the other factors standing."""
        pair = self._pair("mul", args)
        if pair is not None:
            return pair
        total: fmpq | None = None
        parts: list[int] = []
        for node in args:
            if self.heads[node] == "mul":
                for inner in self.args[node]:
                    value = self.values[inner]
                    if value is None:
                        parts.append(inner)
                    else:
                        total = value if total is None else total * value
                continue
            value = self.values[node]
            if value is None:
                parts.append(node)
            else:
                total = value if total is None else total * value
        if not parts or (total is not None and total != 1):
            parts.append(self.number(total if total is not None else _ONE))
        if len(parts) == 1:
            return parts[0]
        parts.sort()
        return self.node("mul", tuple(parts))

    def div(self, above: int, below: int) -> int:
        """The quotient; of two numbers, or by a number, a product."""
        value = self.values[below]
        if value is not None and value != 0:
            return above if value == 1 else self.mul((self.number(1 / value), above))
        return self.node("div", (above, below))

    def power(self, base: int, exponent: int) -> int:
        """The power; of a number to a small whole number, a number; of a power to a whole number, one power."""
        index, value = self.values[exponent], self.values[base]
        if index is not None:
            if index == 1:
                return base
            if value is not None and index.q == 1 and value != 0:
                size = max(value.p.bit_length(), value.q.bit_length())
                if abs(index.p) * size <= SMALL_POWER:
                    return self.number(value ** int(index.p))
            if self.heads[base] == "pow" and index.q == 1 and index > 0:
                inner = self.values[self.args[base][1]]
                if inner is not None and inner.q == 1 and inner > 0:
                    return self.node("pow", (self.args[base][0], self.number(inner * index)))
        return self.node("pow", (base, exponent))

    def reach(self, *roots: int) -> list[int]:
        """The nodes that the roots are made of, children first."""
        args = self.args
        seen = set(roots)
        stack = [root for root in seen if args[root]]
        while stack:
            for node in args[stack.pop()]:
                if node not in seen:
                    seen.add(node)
                    if args[node]:
                        stack.append(node)
        return sorted(seen)

    def tree(self, node: int) -> Expr:
        """A node as a tree."""
        built: dict[int, Expr] = {}
        for part in self.reach(node):
            built[part] = Expr(
                self.heads[part], tuple([built[arg] for arg in self.args[part]]), self.names[part], self.values[part]
            )
        return built[node]


def literal_bits(forms: Forms, roots: Sequence[int]) -> int:
    """The size of the largest number that is written in the trees."""
    size = 0
    for node in forms.reach(*roots):
        value = forms.values[node]
        if value is not None:
            size = max(size, value.p.bit_length(), value.q.bit_length())
    return size


def numeral(digits: str, base: fmpq | None) -> fmpq | None:
    """The value of digits in a base from 2 to 36; ``None`` where a digit is too large for it.

    >>> numeral("10.1", fmpq(2))
    5/2
    """
    if base is None or base.q != 1 or not 2 <= base <= 36:
        return None
    radix = int(base.p)
    whole, _, part = digits.strip().lstrip("+-").partition(".")
    total = fmpz(0)
    for digit in whole + part:
        place = "0123456789abcdefghijklmnopqrstuvwxyz".find(digit.lower())
        if not 0 <= place < radix:
            return None
        total = total * radix + place
    value = fmpq(total, fmpz(radix) ** len(part))
    return -value if digits.strip().startswith("-") else value
