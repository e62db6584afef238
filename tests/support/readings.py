"""What a text of maths is read as, told on one line."""

from __future__ import annotations

from verifier.engine.maths.parser import Maths, read_maths
from verifier.rulebook import builtin_rules
from verifier.types.budget import Budget, Meter
from verifier.types.expr import Expr

TABLE = builtin_rules().maths


def told(tree: Expr) -> str:
    """A tree on one line; constants have a colon, names stand in angle brackets."""
    if tree.head == "number":
        return tree.name or str(tree.value)
    if tree.head in {"symbol", "constant"}:
        return tree.name if tree.head == "symbol" else f":{tree.name}"
    name = f"<{tree.name}>" if tree.name else ""
    return f"{tree.head}{name}({', '.join(map(told, tree.args))})"


def readings(text: str, budget: Budget | None = None) -> tuple[Maths, ...]:
    """All readings of a text."""
    return read_maths(text, TABLE, Meter(budget or Budget()))


def read(text: str) -> str:
    """The only reading of a text that is all maths."""
    [maths] = readings(text)
    assert maths.certain
    assert (maths.before, maths.after) == ("", "")
    return told(maths.tree)
