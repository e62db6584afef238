"""A tree's value at a point, in real numbers to 50 digits: what every claim of SymPy's is confirmed by.

It knows nothing of SymPy: a second opinion, from the tree alone. Reals are meant as a person means them: √ and ln of a
negative number are undefined, odd roots of one are real. Where the tree holds ``i``, values are complex and principal.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from mpmath import mp  # type: ignore[import-untyped]  # has no types

from verifier.types.expr import Expr

DIGITS: Final = 50
TIGHT: Final = mp.mpf(10) ** -40
LOOSE: Final = mp.mpf(10) ** -9
"""How near two values must be: of closed forms, and where an integral, series, limit or derivative was approximated."""

_WORK = 70  # digits that closed forms are computed with
_TERMS = 5_000
_FAR = mp.mpf(10) ** 1_000  # as far as functions are asked that need all digits of their argument
_STEEP = mp.mpf(10) ** 40  # the largest exponent of a power; the value keeps 70 digits, so it needs no room
_COMPLEX = frozenset({"re", "im", "conj", "arg", "cis"})

Value = Any  # an mpf, or an mpc; mpmath has no types
Point = Mapping[str, Value]


class Undefined(Exception):  # noqa: N818  # no defect: there is no value here
    """The tree has no value at the point."""


class Unknown(Exception):  # noqa: N818  # the same
    """The tree may have a value, and this evaluator cannot tell which."""


def is_complex(*trees: Expr) -> bool:
    """Whether the trees speak of complex numbers."""
    return any(
        (node.head == "constant" and node.name == "i") or node.head in _COMPLEX
        for tree in trees
        for node in nodes(tree)
    )


def nodes(tree: Expr) -> list[Expr]:
    """All nodes of a tree."""
    found = [tree]
    for node in found:
        found.extend(node.args)
    return found


def rational(tree: Expr) -> Fraction | None:
    """The value of a tree that is written as a rational number: ``-2/3``."""
    if tree.head == "number" and tree.value is not None:
        return Fraction(int(tree.value.p), int(tree.value.q))
    if tree.head == "neg" and (inner := rational(tree.args[0])) is not None:
        return -inner
    if tree.head == "div":
        above, below = rational(tree.args[0]), rational(tree.args[1])
        if above is not None and below:
            return above / below
    return None


class Evaluator:
    """Values of trees. ``loose`` is set once one was approximated; ``base`` is what a bare ``log`` is taken to."""

    def __init__(self, *, complex_values: bool, base: int | None = None) -> None:
        self._complex = complex_values
        self._base = base
        self.loose = False

    def at(self, tree: Expr, point: Point) -> Value:
        """The value; raises ``Undefined`` and ``Unknown``."""
        with mp.workdps(_WORK):
            return +self._value(tree, point)

    def _value(self, node: Expr, point: Point) -> Value:
        head = node.head
        if head == "number" and node.value is not None:
            return mp.mpf(int(node.value.p)) / int(node.value.q)
        if head == "symbol":
            if node.name not in point:
                raise Unknown
            return point[node.name]
        if head == "constant":
            return self._constant(node.name)
        try:
            if head in _BINDERS:
                self.loose = self.loose or head != "sum"
                value = _BINDERS[head](self, node, point)
            elif head == "pow":
                value = self._power(self._value(node.args[0], point), node.args[1], point)
            elif head == "root":
                value = self._root(self._value(node.args[0], point), node.args[1], point)
            elif head == "numeral":
                value = mp.mpf(digits_value(node))
            else:
                value = self._function(node, [self._value(arg, point) for arg in node.args])
        except (ZeroDivisionError, ValueError, ArithmeticError):
            raise Undefined from None
        except (mp.NoConvergence, MemoryError, NotImplementedError, TypeError):
            raise Unknown from None
        return self._sound(value)

    def _sound(self, value: Value) -> Value:
        if mp.isnan(value) or mp.isinf(value):
            raise Undefined
        if mp.im(value):
            if not self._complex:
                raise Undefined
        elif not self._complex:
            value = mp.re(value)
        return value

    @staticmethod
    def _constant(name: str) -> Value:
        constants = {"pi": mp.pi, "e": mp.e, "deg": mp.degree, "i": mp.mpc(0, 1)}
        if name not in constants:
            raise Unknown
        return +constants[name]

    def _power(self, base: Value, exponent: Expr, point: Point) -> Value:
        ratio = rational(exponent)
        if ratio is not None and not self._complex:
            above, below = ratio.numerator, ratio.denominator
            if below != 1:
                return (self._odd if below % 2 else self._even)(base, below) ** above
        value = self._value(exponent, point) if ratio is None else mp.mpf(ratio.numerator) / ratio.denominator
        if not base and mp.re(value) < 0:
            raise Undefined
        if not self._complex and base < 0 and not mp.isint(value):
            raise Undefined
        size = mp.re(value) * mp.log(abs(base)) if base else mp.mpf(0)
        if size < -_STEEP:
            return mp.mpf(0)
        if max(size, abs(value)) > _STEEP:
            raise Unknown
        return mp.power(base, int(value)) if mp.isint(value) and not mp.im(value) else mp.power(base, value)

    def _root(self, radicand: Value, index: Expr, point: Point) -> Value:
        ratio = rational(index)
        if ratio is not None and ratio.denominator == 1 and ratio > 1 and not self._complex:
            return (self._odd if ratio % 2 else self._even)(radicand, int(ratio))
        return mp.power(radicand, 1 / self._value(index, point))

    @staticmethod
    def _odd(base: Value, index: int) -> Value:
        return mp.sign(base) * mp.root(abs(base), index)

    @staticmethod
    def _even(base: Value, index: int) -> Value:
        if base < 0:
            raise Undefined
        return mp.root(base, index)

    def _function(self, node: Expr, args: list[Value]) -> Value:
        head = node.head
        if head == "apply":
            return _generic(node.name, args)
        if head == "log" and len(args) == 1:
            if self._base is None:
                raise Unknown
            return self._function(Expr("ln"), args) / mp.log(self._base)
        if head not in _FUNCTIONS:
            raise Unknown
        if not self._complex and head in _DOMAINS and not _DOMAINS[head](*args):
            raise Undefined
        if head == "exp" and mp.re(args[0]) < -_STEEP:
            return mp.mpf(0)
        if head not in _FREE and any(abs(arg) > (_STEEP if head in _GROWING else _FAR) for arg in args):
            raise Unknown
        return _FUNCTIONS[head](*args)

    def _bound(self, node: Expr, point: Point) -> Value:
        if node.head == "constant" and node.name == "inf":
            return mp.inf
        if node.head == "neg" and node.args[0] == Expr("constant", (), "inf"):
            return -mp.inf
        return self._value(node, point)

    def _over(self, node: Expr, point: Point) -> Callable[[Value], Value]:
        """The body of a binder as a function of its variable."""
        body, variable = node.args[0], node.args[1]
        if variable.head != "symbol":
            raise Unknown
        inner = dict(point)

        def value(at: Value) -> Value:
            inner[variable.name] = at
            return self._value(body, inner)

        return value

    def _series(self, node: Expr, point: Point) -> Value:
        if len(node.args) != 4:
            raise Unknown
        body = self._over(node, point)
        low, high = self._bound(node.args[2], point), self._bound(node.args[3], point)
        product = node.head == "prod"
        if not mp.isint(low):
            raise Undefined
        if high == mp.inf:
            self.loose = True
            near, far = (abs(body(low + place) - product) for place in (200, 400))
            if far and far >= near:
                raise Undefined  # extrapolation would give a divergent series a value
            return (mp.nprod if product else mp.nsum)(body, [low, mp.inf])
        if not mp.isint(high):
            raise Undefined
        if high - low > _TERMS:
            raise Unknown
        terms = [body(mp.mpf(place)) for place in range(int(low), int(high) + 1)]
        return mp.fprod(terms) if product else mp.fsum(terms)

    def _integral(self, node: Expr, point: Point) -> Value:
        if len(node.args) != 4:
            raise Unknown
        body = self._over(node, point)
        low, high = self._bound(node.args[2], point), self._bound(node.args[3], point)
        if low == high:
            return mp.mpf(0)
        with mp.workdps(20):
            ways = [[low, mp.mpf(0), high] if mp.isinf(low) and mp.isinf(high) else [low, high]]
            if not mp.isinf(low) and not mp.isinf(high):  # kinks tend to lie at even parts of the way
                ways.append([low, *(low + (high - low) * part / 12 for part in range(1, 12)), high])
            for pieces in ways:
                value, error = mp.quad(body, pieces, error=True, maxdegree=5)
                if error < LOOSE / 100 * (1 + abs(value)):
                    return value
        if high == mp.inf and not mp.isinf(low) and (turns := self._turns(node, point)):
            with mp.workdps(15):
                return mp.quadosc(body, [low, mp.inf], omega=turns)
        raise Unknown

    def _turns(self, node: Expr, point: Point) -> Value | None:
        """How fast the body of an integral oscillates: the factor of the variable in its first sine or cosine."""
        for inner in nodes(node.args[0]):
            if inner.head in {"sin", "cos"}:
                angle = self._over(Expr("int", (inner.args[0], node.args[1])), point)
                first, second, third = (angle(mp.mpf(place)) for place in (1, 2, 3))
                if first != second and abs(third - 2 * second + first) < LOOSE:
                    return abs(second - first)
        return None

    def _derivative(self, node: Expr, point: Point) -> Value:
        order, inner = 1, node
        while inner.args[0].head == "diff" and inner.args[0].args[1] == node.args[1]:
            order, inner = order + 1, inner.args[0]
        if node.args[1].name not in point or order > 6:
            raise Unknown
        body, at = self._over(inner, point), point[node.args[1].name]
        if any(below.head in _BINDERS for below in nodes(inner.args[0])):  # of fewer digits: steps must not be small
            step = mp.mpf(10) ** -5
            if order > 1:
                raise Unknown
            near, far = (body(at + step) - body(at - step), body(at + 2 * step) - body(at - 2 * step))
            return (8 * near - far) / (12 * step)
        return mp.diff(body, at, order)

    def _limit(self, node: Expr, point: Point) -> Value:
        """The body near the point, where two distances and both sides agree."""
        body = self._over(node, point)
        target = self._bound(node.args[2], point)
        if mp.isinf(target):
            if any(inner.head in {"sum", "prod"} for inner in nodes(node.args[0])):
                return self._extrapolated(body)
            sides = [[mp.sign(target) * (mp.mpf(10) ** 20 + 7), mp.sign(target) * (mp.mpf(10) ** 23 + 10)]]
        else:
            steps = [mp.mpf(10) ** -20, mp.mpf(10) ** -23]
            signs = {"+": (1,), "-": (-1,)}.get(node.name, (1, -1))
            sides = [[target + sign * step for step in steps] for sign in signs]
        with mp.workdps(160):
            values = [body(place) for side in sides for place in side]
        if any(abs(value - values[0]) > LOOSE * (1 + abs(values[0])) for value in values):
            raise Unknown
        return values[1]

    @staticmethod
    def _extrapolated(body: Callable[[Value], Value]) -> Value:
        """The limit at infinity of what can be had for small numbers only, by Richardson's method."""
        column = [body(mp.mpf(2) ** power) for power in range(3, 10)]
        estimates = [column[-1]]
        for order in range(1, len(column)):
            column = [(2**order * later - earlier) / (2**order - 1) for earlier, later in pairwise(column)]
            estimates.append(column[-1])
        if abs(estimates[-1] - estimates[-2]) > LOOSE * (1 + abs(estimates[-1])):
            raise Unknown
        return estimates[-1]


_BINDERS: dict[str, Callable[[Evaluator, Expr, Point], Value]] = {
    "sum": Evaluator._series,  # noqa: SLF001  # its own table
    "prod": Evaluator._series,  # noqa: SLF001
    "int": Evaluator._integral,  # noqa: SLF001
    "diff": Evaluator._derivative,  # noqa: SLF001
    "lim": Evaluator._limit,  # noqa: SLF001
}


def digits_value(node: Expr) -> int:
    """The integer that a ``numeral`` writes; raises ``Unknown`` for digits that its base has not."""
    base = rational(node.args[0])
    if base is None or base.denominator != 1 or not 2 <= base <= 36 or len(node.name) > 1_000:
        raise Unknown
    try:
        return int(node.name, int(base))
    except ValueError:
        raise Unknown from None


def _generic(name: str, args: list[Value]) -> Value:
    """An unknown function, for which a smooth one stands that has no law in common with others."""
    seed = zlib.crc32(name.encode()) % 1_000
    total = mp.mpf(seed) / 1_000
    for place, arg in enumerate(args):
        total += arg * (mp.mpf(1_371 + 614 * place + seed % 97) / 1_000)
    return 2 + mp.sin(total) / (1 + seed % 7)


def _floor(value: Value) -> Value:
    if abs(value - mp.nint(value)) < TIGHT and not mp.isint(value):
        raise Unknown
    return mp.floor(value)


def _whole(value: Value) -> int:
    if not mp.isint(value):
        raise Undefined
    return int(value)


def _gcd(*values: Value) -> Value:
    from math import gcd

    return mp.mpf(gcd(*map(_whole, values)))


def _lcm(*values: Value) -> Value:
    from math import lcm

    return mp.mpf(lcm(*map(_whole, values)))


def _factorial(value: Value) -> Value:
    if abs(value) > 2_000 and mp.isint(value):
        raise Unknown
    return mp.factorial(value)


_FREE = frozenset(
    {"add", "mul", "neg", "div", "mixed", "percent", "abs", "ln", "sign", "min", "max", "re", "im", "conj"}
)
_GROWING = frozenset({"exp", "sinh", "cosh", "tanh", "coth", "sech", "csch", "gamma", "factorial", "binom", "perm"})
_DOMAINS: dict[str, Callable[..., bool]] = {
    "ln": lambda x: x > 0,
    "log": lambda x, b: x > 0 and b > 0 and b != 1,
    "asin": lambda x: abs(x) <= 1,
    "acos": lambda x: abs(x) <= 1,
    "asec": lambda x: abs(x) >= 1,
    "acsc": lambda x: abs(x) >= 1,
    "acot": lambda x: x > 0,  # of a negative number there are two conventions
    "acosh": lambda x: x >= 1,
    "atanh": lambda x: abs(x) < 1,
    "acoth": lambda x: abs(x) > 1,
    "asech": lambda x: 0 < x <= 1,
    "acsch": lambda x: x != 0,
    "factorial": lambda x: x >= 0,
    "factorial2": lambda x: x >= 0 and mp.isint(x),
    "mod": lambda _, m: m > 0,
}
_FUNCTIONS: dict[str, Callable[..., Value]] = {
    **{name: getattr(mp, name) for name in ("sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "acot")},
    **{name: getattr(mp, name) for name in ("asec", "acsc", "sinh", "cosh", "tanh", "coth", "sech", "csch", "asinh")},
    **{name: getattr(mp, name) for name in ("acosh", "atanh", "acoth", "asech", "acsch", "exp", "ln", "sign", "gamma")},
    **{name: getattr(mp, name) for name in ("re", "im", "conj", "arg")},
    "add": lambda *terms: mp.fsum(terms),
    "mul": lambda *factors: mp.fprod(factors),
    "neg": lambda x: -x,
    "div": lambda a, b: a / b,
    "mixed": lambda a, b: a + b,
    "percent": lambda x: x / 100,
    "log": mp.log,
    "abs": abs,
    "floor": _floor,
    "ceil": lambda x: -_floor(-x),
    "min": min,
    "max": max,
    "gcd": _gcd,
    "lcm": _lcm,
    "mod": lambda a, m: a - m * _floor(a / m),
    "factorial": _factorial,
    "factorial2": lambda x: mp.fac2(_whole(x)),
    "binom": mp.binomial,
    "perm": mp.ff,
    "cis": mp.expj,
}
