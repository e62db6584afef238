"""The words by which names and lists of names are compared: ``rules/text/lists.toml`` and ``spellings.toml``."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class PhraseTable(msgspec.Struct, frozen=True):
    """Folded words and phrases, each list explained in ``rules/text/lists.toml``.

    ``spellings`` maps a word to the other spelling of it.
    """

    joins: frozenset[str]
    either: frozenset[str]
    several: frozenset[str]
    samples: frozenset[str]
    orders: frozenset[str]
    parts: frozenset[str]
    ends: frozenset[str]
    loanwords: frozenset[str]
    verbatim: tuple[str, ...]
    spellings: Mapping[str, str]
