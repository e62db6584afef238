"""The words by which names and lists of names are compared: ``rules/text/lists.toml`` and ``spellings.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

LONGEST_FORM: Final = 120
"""Characters of a form of a whole answer; longer texts are not looked up."""


class PhraseTable(msgspec.Struct, frozen=True):
    """Folded words and phrases, each list explained in ``rules/text/lists.toml``.

    ``spellings`` maps a word to the spelling that stands for all of it, and ``whole`` does so for whole answers, such
    as abbreviations; what is in small letters there is read in any case. ``abbreviating`` are words of a question that
    asks for one of them, so that another is none.
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
    printed: tuple[str, ...]
    literals: frozenset[str]
    spellings: Mapping[str, str]
    whole: Mapping[str, str]
    abbreviating: tuple[str, ...]
