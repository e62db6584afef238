"""Quantities that are not each other, and how a question asks for one (``rules/demand/rivals.toml``)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec


class RivalTable(msgspec.Struct, frozen=True):
    """Names of quantities: each with its rows, and its lists of names that mean the same.

    ``asks`` are what a question asks with; ``around`` stand before a formula, ``ends`` behind it.
    ``unordered`` say of several unknowns that their order is free.
    ``alike`` leads a word to the first of those that mean the same; ``free`` say nothing of a value that they lead in,
    ``denying`` deny what they stand before.
    """

    names: Mapping[str, frozenset[tuple[int, int]]]
    name: re.Pattern[str]
    asks: tuple[str, ...]
    around: frozenset[str]
    ends: frozenset[str]
    unordered: tuple[str, ...]
    alike: Mapping[str, str]
    free: frozenset[str]
    denying: frozenset[str]
