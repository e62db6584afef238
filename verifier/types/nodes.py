"""Leaves of a tree, and what stands in it: beside the trees themselves, for these are compiled."""

from __future__ import annotations

from typing import Final

from flint import fmpq, fmpz

from verifier.types.expr import Expr


def number(value: fmpq | int, written: str = "") -> Expr:
    """A number; ``written`` is the text of a decimal.

    >>> number(3).value
    3
    """
    return Expr("number", (), written, value if isinstance(value, fmpq) else fmpq(value))


def symbol(name: str) -> Expr:
    """A variable."""
    return Expr("symbol", (), name)


def constant(name: str) -> Expr:
    """A named constant."""
    return Expr("constant", (), name)


def symbols(tree: Expr) -> frozenset[str]:
    """The names of the free and bound variables in a tree.

    >>> sorted(symbols(Expr("add", (symbol("x"), symbol("y")))))
    ['x', 'y']
    """
    names: set[str] = set()
    nodes = [tree]
    for node in nodes:  # grows as it is walked
        args = node.args
        if args:
            nodes += args
        elif node.head == "symbol":
            names.add(node.name)
    return frozenset(names)


def heads(tree: Expr) -> set[str]:
    """The heads of all nodes of a tree.

    >>> sorted(heads(Expr("neg", (symbol("x"),))))
    ['neg', 'symbol']
    """
    found: set[str] = set()
    nodes = [tree]
    for node in nodes:
        found.add(node.head)
        nodes += node.args
    return found


def in_figures(value: fmpq) -> str:
    """A rational in figures, as ``str`` has it, which costs ten times as much.

    >>> in_figures(fmpq(-6, 4)), in_figures(fmpq(12))
    ('-3/2', '12')
    """
    below = value.q
    return whole_in_figures(value.p) if below == 1 else f"{whole_in_figures(value.p)}/{whole_in_figures(below)}"


def whole_in_figures(value: fmpz) -> str:
    """A whole number in figures, as ``in_figures`` has it."""
    return str(int(value)) if value.bit_length() <= _WORD else str(value)  # Python refuses to write long ones


_WORD: Final = 64
