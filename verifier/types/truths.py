"""Words for yes and no: ``rules/text/truth.toml``."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class TruthWord(msgspec.Struct, frozen=True):
    """A word for yes or no: what it says, of which vocabulary it is, and the words behind it that take it back.

    ``before`` are the phrases that may open a sentence with it: "the statement is".
    """

    value: bool
    vocabulary: str
    against: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()


class TruthTable(msgspec.Struct, frozen=True):
    """Words for yes and no, in lower case; ``leads`` are all phrases that may stand before one, longest first.

    ``letters`` stand for them where the question offers both words of a vocabulary.
    ``alone`` are whole answers that say yes or no where nothing stands beside them. ``turns`` are the words between a
    yes and a no that take the first back, each as a phrase.
    """

    words: Mapping[str, TruthWord]
    letters: Mapping[str, TruthWord]
    alone: Mapping[str, TruthWord]
    leads: tuple[str, ...] = ()
    turns: tuple[tuple[str, ...], ...] = ()
