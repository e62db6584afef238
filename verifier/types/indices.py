"""Indices that run with a sum: the n of ``a_n``, ``a_{n+1}``, ``a_{ij}``."""

from __future__ import annotations

import re

import msgspec

from verifier.types.expr import Expr
from verifier.types.nodes import symbols

_RUN = re.compile(r"[A-Za-z]+")
_SHIFTED = re.compile(r"\{?□(?:([+-])(\d{1,9}))?\}?")


class Index(msgspec.Struct, frozen=True):
    """An index with an empty place for each name that runs, and these names in order.

    ``shift`` is what is added to the only name, if nothing else stands there: one in ``n+1``.
    """

    pattern: str
    names: tuple[str, ...] = ()
    shift: int | None = None


def terms_of(index: str, running: frozenset[str]) -> Index:
    """Where the names stand in an index; a word of three letters is none, two letters may be two names.

    >>> terms_of("{n+1}", frozenset("n"))
    Index(pattern='{□+1}', names=('n',), shift=1)
    >>> terms_of("ij", frozenset("j")).pattern
    'i□'
    """
    names: list[str] = []

    def placed(match: re.Match[str]) -> str:
        run = match[0]
        if run in running:
            names.append(run)
            return "□"
        if len(run) > 2:
            return run
        names.extend([letter for letter in run if letter in running])
        return "".join(["□" if letter in running else letter for letter in run])

    pattern = _RUN.sub(placed, index)
    shifted = _SHIFTED.fullmatch(pattern)
    shift = None if shifted is None else int(f"{shifted[1] or '+'}{shifted[2] or 0}")
    return Index(pattern, tuple(names), shift)


def holds_running(tree: Expr) -> bool:
    """Whether a sum or product has terms whose index runs with it, so that they are no constants."""
    waiting = [tree]
    for node in waiting:
        if node.head in {"sum", "prod"} and len(node.args) > 1 and node.args[1].head == "symbol":
            running = frozenset((node.args[1].name,))
            if any("_" in name and terms_of(name.partition("_")[2], running).names for name in symbols(node.args[0])):
                return True
        waiting += node.args
    return False
