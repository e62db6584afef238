from __future__ import annotations

import ast
from collections.abc import Callable

import pytest
from flint import fmpq

from verifier.types.expr import CONSTANTS, HEADS, Expr
from verifier.types.nodes import constant, number, symbol

_OPERATORS = {ast.Add: "add", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow"}
_RELATIONS = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne", ast.In: "in"}


def build(text: str) -> Expr:
    """A tree from Python's notation, so that these tests do not depend on the reader of LaTeX."""
    return _convert(ast.parse(text, mode="eval").body)


def _convert(node: ast.expr) -> Expr:
    if isinstance(node, ast.BinOp):
        left, right = _convert(node.left), _convert(node.right)
        if isinstance(node.op, ast.Sub):
            return Expr("add", (left, Expr("neg", (right,))))
        return Expr(_OPERATORS[type(node.op)], (left, right))
    if isinstance(node, ast.UnaryOp):
        return Expr("neg", (_convert(node.operand),))
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            return Expr("words", (), node.value)
        if isinstance(node.value, float):
            whole, _, part = repr(node.value).partition(".")
            return number(fmpq(int(whole + part), 10 ** len(part)), repr(node.value))
        assert isinstance(node.value, int)
        return number(node.value)
    if isinstance(node, ast.Name):
        return constant(node.id) if node.id in CONSTANTS else symbol(node.id)
    if isinstance(node, ast.Compare):
        return Expr(_RELATIONS[type(node.ops[0])], (_convert(node.left), _convert(node.comparators[0])))
    if isinstance(node, ast.Set):
        return Expr("set", tuple(_convert(part) for part in node.elts))
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    args = tuple(_convert(part) for part in node.args)
    name = node.func.id
    if name in {"sqrt", "cbrt"}:
        return Expr("root", (*args, number(2 if name == "sqrt" else 3)))
    if name in {"and_", "or_"}:
        return Expr(name[:-1], args)
    return Expr(name, args) if name in HEADS else Expr("apply", args, name)


@pytest.fixture(scope="session")
def tree() -> Callable[[str], Expr]:
    return build
