"""Trees of the laws as SymPy objects and back: an oracle, and a source of rewritings that nobody here wrote."""

from __future__ import annotations

import sympy

from verifier.types.expr import Expr
from verifier.types.nodes import number, symbol

SYMBOLS = {name: sympy.Symbol(name, real=True) for name in ("x", "y", "z")}
_FUNCTIONS = {
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "asin": sympy.asin, "atan": sympy.atan, "exp": sympy.exp,
    "ln": sympy.log, "abs": sympy.Abs, "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh, "cot": sympy.cot,
    "sec": sympy.sec, "csc": sympy.csc, "acos": sympy.acos,
}  # fmt: skip
_NAMES = {made: name for name, made in _FUNCTIONS.items()}


def to_sympy(tree: Expr) -> sympy.Expr:
    """The tree by constructors; SymPy never sees a text."""
    args = [to_sympy(arg) for arg in tree.args]
    if tree.head == "number":
        assert tree.value is not None
        return sympy.Rational(int(tree.value.p), int(tree.value.q))
    if tree.head == "symbol":
        return SYMBOLS[tree.name]
    if tree.head == "constant":
        return {"pi": sympy.pi, "e": sympy.E}[tree.name]
    if tree.head == "add":
        return sympy.Add(*args)
    if tree.head == "mul":
        return sympy.Mul(*args)
    if tree.head == "neg":
        return -args[0]
    if tree.head == "div":
        return args[0] / args[1]
    if tree.head == "pow":
        return args[0] ** args[1]
    if tree.head == "root":
        return sympy.sqrt(args[0]) if args[1] == 2 else sympy.real_root(args[0], args[1])
    if tree.head == "log":
        return sympy.log(args[0]) / sympy.log(args[1])
    return _FUNCTIONS[tree.head](*args)


def from_sympy(made: sympy.Expr) -> Expr | None:
    """The tree of a SymPy expression; ``None`` where it has a part that our trees are not made of."""
    if made.is_Rational:
        whole = Expr("number", (), "", number(abs(int(made.p))).value)
        if made.q != 1:
            whole = Expr("div", (whole, number(int(made.q))))
        return Expr("neg", (whole,)) if made.p < 0 else whole
    if made.is_Symbol:
        return symbol(str(made))
    if made in {sympy.pi, sympy.E}:
        return Expr("constant", (), "pi" if made == sympy.pi else "e")
    if isinstance(made, sympy.exp):
        inner = from_sympy(made.args[0])
        return None if inner is None else Expr("exp", (inner,))
    parts = [from_sympy(arg) for arg in made.args]
    args = tuple(part for part in parts if part is not None)
    if len(args) < len(parts) or not args:
        return None
    if made.is_Add or made.is_Mul:
        return Expr("add" if made.is_Add else "mul", args)
    if made.is_Pow:
        exponent = made.args[1]
        if exponent == sympy.Rational(1, 2):
            return Expr("root", (args[0], number(2)))
        if exponent == -1:
            return Expr("div", (number(1), args[0]))
        return Expr("pow", args)
    name = _NAMES.get(made.func)
    return None if name is None else Expr(name, args)
