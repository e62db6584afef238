"""Small trees made from trees."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.types.expr import Expr


def minus(one: Expr, other: Expr) -> Expr:
    """The difference, as a tree.

    >>> from verifier.types.nodes import number
    >>> minus(number(3), number(1)).head
    'add'
    """
    return Expr("add", (one, Expr("neg", (other,))))


def walk(tree: Expr) -> Iterator[Expr]:
    """Every node of a tree."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(node.args)
