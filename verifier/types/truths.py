"""Words for yes and no: ``rules/text/truth.toml``."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class TruthWord(msgspec.Struct, frozen=True):
    """A word for yes or no: what it says, of which vocabulary it is, and the words behind it that take it back.

    ``before`` are the phrases that may open a sentence with it: "the statement is". ``foreign`` words are of another
    language than English; ``listed`` says that all words that qualify a yes in its language are listed.
    """

    value: bool
    vocabulary: str
    against: frozenset[str] = frozenset()
    against_phrases: tuple[str, ...] = ()
    before: frozenset[str] = frozenset()
    foreign: bool = False
    listed: bool = False


class TruthTable(msgspec.Struct, frozen=True):
    """Words for yes and no, in lower case; ``leads`` are all phrases that may stand before one, longest first.

    ``letters`` stand for them where the question offers both words of a vocabulary.
    ``alone`` are whole answers that say yes or no where nothing stands beside them. ``turns`` are the words between a
    yes and a no that take the first back, each as a phrase. ``limiting`` are phrases behind either that qualify it.
    ``unspaced`` are the words of scripts without spaces, longest first; ``again_yes`` and ``again_no`` say the answer
    again, longest first, and ``again_free`` are words beside them that say nothing.
    """

    words: Mapping[str, TruthWord]
    letters: Mapping[str, TruthWord]
    alone: Mapping[str, TruthWord]
    leads: tuple[str, ...] = ()
    turns: tuple[tuple[str, ...], ...] = ()
    limiting: tuple[str, ...] = ()
    unspaced: tuple[str, ...] = ()
    again_yes: tuple[str, ...] = ()
    again_no: tuple[str, ...] = ()
    again_free: frozenset[str] = frozenset()
