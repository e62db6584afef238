"""SymPy's objects from our trees: by constructors, never from text, and nothing too large to be built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import sympy  # type: ignore[import-untyped]  # has no types
from sympy.functions.combinatorial.factorials import ff  # type: ignore[import-untyped]

from verifier.judge.sympy_points import Unknown, digits_value, rational
from verifier.types.expr import Expr

MOST_BITS: Final = 200_000
"""Of a number that a power of numbers, or a factorial, is computed to."""

_LONGEST_FACTORIAL = 5_000

Built = Any  # a SymPy object


class Unbuildable(Exception):  # noqa: N818  # no defect: not every tree is SymPy's
    """A tree that has no counterpart in SymPy, or one that means something else."""


class Builder:
    """Builds trees. ``sorts`` says what each free symbol ranges over: real, positive, natural, integer or complex."""

    def __init__(self, sorts: Mapping[str, str]) -> None:
        self._sorts = sorts

    def build(self, tree: Expr) -> Built:
        """The tree as SymPy has it, sums, integrals and limits not yet done; raises ``Unbuildable``."""
        try:
            return self._build(tree, {})
        except Unknown:
            raise Unbuildable from None

    def symbol(self, name: str) -> Built:
        """A free symbol."""
        sort = self._sorts.get(name, "real")
        assumptions: dict[str, bool] = {
            "real": {"real": True},
            "positive": {"positive": True},
            "natural": {"integer": True, "positive": True},
            "integer": {"integer": True},
            "complex": {"complex": True},
        }[sort]
        return sympy.Symbol(name, **assumptions)

    def _build(self, node: Expr, bound: Mapping[str, Built]) -> Built:
        head = node.head
        if head == "number" and node.value is not None:
            return sympy.Rational(int(node.value.p), int(node.value.q))
        if head == "symbol":
            return bound[node.name] if node.name in bound else self.symbol(node.name)
        if head == "constant" and node.name in _CONSTANTS:
            return _CONSTANTS[node.name]
        if head == "numeral":
            return sympy.Integer(digits_value(node))
        if head in {"sum", "prod", "int", "lim", "diff"}:
            return self._binder(node, bound)
        args = [self._build(arg, bound) for arg in node.args]
        if head == "pow":
            return self._power(args[0], args[1], node.args[1])
        if head == "root":
            return self._root(args[0], args[1], node.args[1])
        if head == "apply":
            return sympy.Function(node.name, real=True)(*args)
        if head in {"factorial", "factorial2"} and args[0].is_number and not _small(args[0], _LONGEST_FACTORIAL):
            raise Unbuildable
        if head in {"binom", "perm"} and args[1].is_number and not _small(args[1], _LONGEST_FACTORIAL):
            raise Unbuildable
        if head not in _FUNCTIONS:
            raise Unbuildable
        return _FUNCTIONS[head](*args)

    def _power(self, base: Built, exponent: Built, written: Expr) -> Built:
        check_power(base, exponent)
        ratio = rational(written)
        if ratio is None or ratio.denominator % 2 == 0 or ratio.denominator == 1:
            return sympy.Pow(base, exponent)
        return _odd_root(base, ratio.denominator) ** ratio.numerator

    @staticmethod
    def _root(radicand: Built, index: Built, written: Expr) -> Built:
        ratio = rational(written)
        if ratio is not None and ratio.denominator == 1 and ratio > 1 and ratio % 2:
            return _odd_root(radicand, int(ratio))
        return sympy.Pow(radicand, 1 / index)

    def _binder(self, node: Expr, outer: Mapping[str, Built]) -> Built:
        if len(node.args) < 2 or node.args[1].head != "symbol":
            raise Unbuildable
        body, name = node.args[0], node.args[1].name
        if node.head == "diff":
            if name in outer:
                return sympy.Derivative(self._build(body, outer), outer[name])
            return sympy.Derivative(self._build(body, outer), self.symbol(name))
        if len(node.args) != (3 if node.head == "lim" else 4):
            raise Unbuildable  # an indefinite integral: its constant is the engine's matter
        ends = [self._build(arg, outer) for arg in node.args[2:]]
        # The name says how deep it stands, so that bound variables of any name are alike.
        inner = f"_{len(outer)}"
        if node.head == "int":
            positive = all(end.is_number and end.is_extended_nonnegative for end in ends)
            variable = sympy.Symbol(inner, positive=True) if positive else sympy.Symbol(inner, real=True)
        elif node.head == "lim":
            near = ends[0]
            whole = near is sympy.oo and name in {"n", "k", "m", "N"}
            variable = sympy.Symbol(inner, integer=True, positive=True) if whole else sympy.Symbol(inner, real=True)
        else:
            low = ends[0]
            assumption = {"positive": True} if low.is_positive else {"nonnegative": True} if low.is_zero else {}
            variable = sympy.Symbol(inner, integer=True, **assumption)
        built = self._build(body, {**outer, name: variable})
        if node.head == "lim":
            sides = {"+": "+", "-": "-"}.get(node.name, "+" if ends[0].is_infinite else "+-")
            return sympy.Limit(built, variable, ends[0], sides)
        kind = {"sum": sympy.Sum, "prod": sympy.Product, "int": sympy.Integral}[node.head]
        return kind(built, (variable, ends[0], ends[1]))


def check_power(base: Built, exponent: Built) -> None:
    """Raise ``Unbuildable`` for a power of numbers that is too long to be written out."""
    if base.is_Rational and exponent.is_Rational and base not in {-1, 0, 1}:
        bits = max(abs(base.p), base.q).bit_length() * abs(exponent.p) // exponent.q
        if bits > MOST_BITS:
            raise Unbuildable


def _small(value: Built, most: int) -> bool:
    return bool(value.is_Rational and abs(value) <= most)


def _odd_root(base: Built, index: int) -> Built:
    """The real root."""
    if base.is_nonnegative:
        return sympy.Pow(base, sympy.Rational(1, index))
    if base.is_negative:
        return -sympy.Pow(-base, sympy.Rational(1, index))
    return sympy.sign(base) * sympy.Pow(sympy.Abs(base), sympy.Rational(1, index))


_CONSTANTS: dict[str, Built] = {
    "pi": sympy.pi,
    "e": sympy.E,
    "i": sympy.I,
    "inf": sympy.oo,
    "deg": sympy.pi / 180,
}
_SAME = (
    "sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "acot", "asec", "acsc",
    "sinh", "cosh", "tanh", "coth", "sech", "csch", "asinh", "acosh", "atanh", "acoth", "asech", "acsch",
    "exp", "sign", "gamma", "re", "im", "arg", "factorial", "factorial2",
)  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Built]] = {
    **{name: getattr(sympy, name) for name in _SAME},
    "add": sympy.Add,
    "mul": sympy.Mul,
    "neg": lambda x: -x,
    "div": lambda a, b: a / b,
    "mixed": lambda a, b: a + b,
    "percent": lambda x: x / 100,
    "ln": sympy.log,
    "log": sympy.log,  # a bare one is confirmed to both bases that it may have
    "abs": sympy.Abs,
    "floor": sympy.floor,
    "ceil": sympy.ceiling,
    "min": sympy.Min,
    "max": sympy.Max,
    "mod": sympy.Mod,
    "binom": sympy.binomial,
    "perm": ff,
    "conj": sympy.conjugate,
    "cis": lambda x: sympy.exp(sympy.I * x),
}
