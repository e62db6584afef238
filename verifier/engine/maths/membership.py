"""What membership in a set says of a number, as a condition: intervals, unions, set-builders; conditions renamed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from verifier.engine.maths.plusminus import spread
from verifier.engine.maths.zero import substitute
from verifier.types.expr import Expr
from verifier.types.nodes import number, symbol, symbols

TRUE, FALSE = Expr("constant", (), "true"), Expr("constant", (), "false")
_CLOSED: Final = {"[]": ("le", "le"), "[)": ("le", "lt"), "(]": ("lt", "le"), "()": ("lt", "lt")}


def condition(tree: Expr, variable: Expr) -> Expr | None:
    """What ``variable ∈ tree`` says, as a condition; ``None`` for what is no set of reals."""
    parts = tree.args
    if tree.head == "constant":
        whole = Expr("in", (variable, Expr("constant", (), "Z")))
        natural = Expr("and", (whole, Expr("ge", (variable, number(0)))))
        named = {"R": TRUE, "empty": FALSE, "Z": whole, "N": natural}
        return named.get(tree.name)
    if tree.head in {"interval", "pair"} and len(parts) == 2:
        lower, upper = _CLOSED["()" if tree.head == "pair" else tree.name]
        ends = []
        if not _infinite(parts[0], negative=True):
            ends.append(Expr(lower, (parts[0], variable)))
        if not _infinite(parts[1], negative=False):
            ends.append(Expr(upper, (variable, parts[1])))
        return _joined("and", ends, TRUE)
    if tree.head in {"set", "list"}:
        members = [one for part in parts for one in spread(part)]
        return _joined("or", [Expr("eq", (variable, member)) for member in members], FALSE)
    if tree.head in {"union", "intersect", "setminus"}:
        inside = [condition(part, variable) for part in parts]
        known = [part for part in inside if part is not None]
        if len(known) < len(inside):
            return None
        if tree.head == "setminus":
            return Expr("and", (known[0], *(Expr("not", (part,)) for part in known[1:])))
        return Expr("or" if tree.head == "union" else "and", tuple(known))
    if tree.head == "complement":
        inner = condition(parts[0], variable)
        return None if inner is None else Expr("not", (inner,))
    if tree.head == "builder":
        return _built(tree, variable)
    return None


def _built(tree: Expr, variable: Expr) -> Expr | None:
    """``{x | x > 2}``, ``{x ∈ R | …}``: the condition with the set's own variable renamed."""
    element, limit = tree.args
    domain: Expr | None = None
    if element.head == "in":
        element, domain = element.args[0], condition(element.args[1], variable)
        if domain is None:
            return None
    if element.head != "symbol":
        return None
    renamed = substitute(limit, {element.name: variable})
    return renamed if domain is None or domain == TRUE else Expr("and", (domain, renamed))


def _joined(head: str, parts: list[Expr], empty: Expr) -> Expr:
    if not parts:
        return empty
    return parts[0] if len(parts) == 1 else Expr(head, tuple(parts))


def _infinite(tree: Expr, *, negative: bool) -> bool:
    if negative:
        return tree.head == "neg" and _infinite(tree.args[0], negative=False)
    return tree.head == "constant" and tree.name == "inf"


def without_infinity(tree: Expr) -> Expr:
    """A condition without its comparisons with infinity, which always hold or never: ``x < inf``."""
    if tree.head in {"and", "or", "not"}:
        return msgspec.structs.replace(tree, args=tuple(without_infinity(part) for part in tree.args))
    if tree.head in {"lt", "le", "gt", "ge"}:
        left, right = tree.args if tree.head in {"lt", "le"} else tree.args[::-1]
        if _infinite(left, negative=True) or _infinite(right, negative=False):
            return TRUE
        if _infinite(left, negative=False) or _infinite(right, negative=True):
            return FALSE
    return tree


def renamed(tree: Expr, variable: str) -> Expr | None:
    """A condition with its one unknown renamed; ``None`` where it has none or several."""
    names = symbols(tree)
    if len(names) != 1:
        return None
    (name,) = names
    return substitute(tree, {name: symbol(variable)})


def exchange(tree: Expr, names: Mapping[str, Expr]) -> Expr:
    """The tree with names exchanged for others, all at once."""
    return substitute(tree, names)
