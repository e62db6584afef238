"""Derivatives of trees, by the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from verifier.engine.maths.normal import DEEP
from verifier.types.budget import Exhausted, Meter
from verifier.types.expr import ARITHMETIC, FUNCTIONS, Expr
from verifier.types.nodes import constant, number

_ZERO, _ONE, _TWO = number(0), number(1), number(2)
_LEAVES: Final = frozenset({"number", "constant", "symbol"})
_READ: Final = (ARITHMETIC | FUNCTIONS | _LEAVES | {"apply"}) - {"pm", "mp", "det", "transpose"}


def derivative(tree: Expr, variable: str, meter: Meter) -> Expr | None:
    """The derivative with respect to a name; ``None`` where a rule is missing (unknown functions, steps, factorials).

    It is right wherever both the tree and the result have a value; nothing is simplified but sums and products with
    zero and one.

    >>> from verifier.types.budget import Budget
    >>> from verifier.types.nodes import symbol
    >>> square = Expr("pow", (symbol("x"), number(2)))
    >>> print(derivative(square, "x", Meter(Budget())) == Expr("mul", (number(2), symbol("x"))))
    True
    """
    return _derivative(tree, variable, meter, 0)


def _derivative(tree: Expr, variable: str, meter: Meter, depth: int) -> Expr | None:
    meter.spend(2 + len(tree.args))
    if depth > DEEP:
        raise Exhausted("depth")
    depth += 1
    if not depends(tree, variable, meter):
        return _ZERO if tree.head in _READ else None
    head, args = tree.head, tree.args
    if head == "symbol":
        return _ONE
    if head in {"add", "mixed"}:
        parts = [_derivative(arg, variable, meter, depth) for arg in args]
        known = [part for part in parts if part is not None]
        return add(known) if len(known) == len(parts) else None
    if head == "mul":
        return _product(args, variable, meter, depth)
    if head in {"neg", "percent", "re", "im", "conj"}:
        inner = _derivative(args[0], variable, meter, depth)
        return None if inner is None else _ZERO if inner == _ZERO else Expr(head, (inner,))
    if head == "div":
        return _ratio(args[0], args[1], variable, meter, depth)
    if head == "pow":
        return _power(args[0], args[1], variable, meter, depth)
    if head == "root":
        return _power(args[0], Expr("div", (_ONE, args[1] if len(args) > 1 else _TWO)), variable, meter, depth)
    if head == "log" and len(args) == 2:
        return _ratio(Expr("ln", args[:1]), Expr("ln", args[1:]), variable, meter, depth)
    if head in _OUTER and len(args) == 1:
        inner = _derivative(args[0], variable, meter, depth)
        return None if inner is None else mul([_OUTER[head](args[0]), inner])
    return None


def depends(tree: Expr, variable: str, meter: Meter) -> bool:
    """Whether a name stands in a tree."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if node.head == "symbol" and node.name == variable:
            return True
        stack.extend(node.args)
        meter.spend(1)
    return False


def add(parts: list[Expr]) -> Expr:
    """A sum without zeros."""
    kept = [part for part in parts if part != _ZERO]
    return _ZERO if not kept else kept[0] if len(kept) == 1 else Expr("add", tuple(kept))


def mul(parts: list[Expr]) -> Expr:
    """A product without ones; zero if a factor is."""
    if _ZERO in parts:
        return _ZERO
    kept = [part for part in parts if part != _ONE]
    return _ONE if not kept else kept[0] if len(kept) == 1 else Expr("mul", tuple(kept))


def _product(args: tuple[Expr, ...], variable: str, meter: Meter, depth: int) -> Expr | None:
    parts: list[Expr] = []
    meter.spend(len(args) ** 2)
    for place, arg in enumerate(args):
        inner = _derivative(arg, variable, meter, depth)
        if inner is None:
            return None
        parts.append(mul([*args[:place], inner, *args[place + 1 :]]))
    return add(parts)


def _ratio(above: Expr, below: Expr, variable: str, meter: Meter, depth: int) -> Expr | None:
    up, down = _derivative(above, variable, meter, depth), _derivative(below, variable, meter, depth)
    if up is None or down is None:
        return None
    if down == _ZERO:
        return _ZERO if up == _ZERO else Expr("div", (up, below))
    numerator = add([mul([up, below]), Expr("neg", (mul([above, down]),))])
    return Expr("div", (numerator, Expr("pow", (below, _TWO))))


def _power(base: Expr, exponent: Expr, variable: str, meter: Meter, depth: int) -> Expr | None:
    up, inner = _derivative(exponent, variable, meter, depth), _derivative(base, variable, meter, depth)
    if up is None or inner is None:
        return None
    power = Expr("pow", (base, exponent))
    if up == _ZERO:
        if exponent.head == "number" and exponent.value is not None:
            lower = base if exponent.value == 2 else Expr("pow", (base, number(exponent.value - 1)))
        else:
            lower = Expr("pow", (base, Expr("add", (exponent, number(-1)))))
        return mul([exponent, lower, inner])
    grown = mul([power, up, Expr("ln", (base,))]) if base != constant("e") else mul([power, up])
    if inner == _ZERO:
        return grown
    return add([grown, mul([exponent, Expr("pow", (base, Expr("add", (exponent, number(-1))))), inner])])


def _call(head: str, *args: Expr) -> Expr:
    return Expr(head, args)


def _square(tree: Expr) -> Expr:
    return Expr("pow", (tree, _TWO))


def _minus(tree: Expr) -> Expr:
    return Expr("neg", (tree,))


def _over(tree: Expr) -> Expr:
    return Expr("div", (_ONE, tree))


def _root(tree: Expr) -> Expr:
    return Expr("root", (tree, _TWO))


def _plus(one: Expr, other: Expr) -> Expr:
    return Expr("add", (one, other))


_OUTER: dict[str, Callable[[Expr], Expr]] = {
    "sin": lambda u: _call("cos", u),
    "cos": lambda u: _minus(_call("sin", u)),
    "tan": lambda u: _square(_call("sec", u)),
    "cot": lambda u: _minus(_square(_call("csc", u))),
    "sec": lambda u: mul([_call("sec", u), _call("tan", u)]),
    "csc": lambda u: _minus(mul([_call("csc", u), _call("cot", u)])),
    "asin": lambda u: _over(_root(_plus(_ONE, _minus(_square(u))))),
    "acos": lambda u: _minus(_over(_root(_plus(_ONE, _minus(_square(u)))))),
    "atan": lambda u: _over(_plus(_ONE, _square(u))),
    "acot": lambda u: _minus(_over(_plus(_ONE, _square(u)))),
    "asec": lambda u: _over(mul([_call("abs", u), _root(_plus(_square(u), number(-1)))])),
    "acsc": lambda u: _minus(_over(mul([_call("abs", u), _root(_plus(_square(u), number(-1)))]))),
    "sinh": lambda u: _call("cosh", u),
    "cosh": lambda u: _call("sinh", u),
    "tanh": lambda u: _square(_call("sech", u)),
    "coth": lambda u: _minus(_square(_call("csch", u))),
    "sech": lambda u: _minus(mul([_call("sech", u), _call("tanh", u)])),
    "csch": lambda u: _minus(mul([_call("csch", u), _call("coth", u)])),
    "asinh": lambda u: _over(_root(_plus(_square(u), _ONE))),
    "acosh": lambda u: _over(mul([_root(_plus(u, number(-1))), _root(_plus(u, _ONE))])),
    "atanh": lambda u: _over(_plus(_ONE, _minus(_square(u)))),
    "acoth": lambda u: _over(_plus(_ONE, _minus(_square(u)))),
    "asech": lambda u: _minus(_over(mul([u, _root(_plus(_ONE, _minus(_square(u))))]))),
    "acsch": lambda u: _minus(_over(mul([_call("abs", u), _root(_plus(_square(u), _ONE))]))),
    "exp": lambda u: _call("exp", u),
    "ln": _over,
    "abs": lambda u: _call("sign", u),
}
