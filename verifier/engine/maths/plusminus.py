"""The two values of an expression with ±."""

from __future__ import annotations

from typing import Final

import msgspec

from verifier.types.expr import Expr
from verifier.types.nodes import heads

_SIGNS: Final = frozenset({"pm", "mp"})


def holds_sign(tree: Expr) -> bool:
    """Whether ± or ∓ stands anywhere in a tree."""
    return not heads(tree).isdisjoint(_SIGNS)


def branches(tree: Expr) -> tuple[Expr, Expr]:
    """All upper signs, and all lower signs.

    >>> from verifier.types.nodes import number
    >>> branches(Expr("pm", (number(2),)))[1].head
    'neg'
    """
    return _branch(tree, upper=True), _branch(tree, upper=False)


def spread(tree: Expr) -> tuple[Expr, ...]:
    """The values that a tree stands for: two with ±, else itself."""
    return branches(tree) if holds_sign(tree) else (tree,)


def _branch(tree: Expr, *, upper: bool) -> Expr:
    if not tree.args:
        return tree
    args = tuple(_branch(arg, upper=upper) for arg in tree.args)
    if tree.head not in _SIGNS:
        return msgspec.structs.replace(tree, args=args)
    plus = (tree.head == "pm") == upper
    last = args[-1] if plus else Expr("neg", (args[-1],))
    return last if len(args) == 1 else Expr("add", (*args[:-1], last))
