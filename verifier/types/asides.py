"""What is said beside a value: the words that reject, deny or bound it (``rules/text/asides.toml``)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Aside(msgspec.Struct, frozen=True):
    """A listed phrase: its words, folded, the ``kind`` of what it does, and whether the last word may go on.

    ``kind`` is ``rejects``, ``discards``, ``denials`` or ``bounds``.
    """

    words: tuple[str, ...]
    kind: str
    stem: bool


class AsideTable(msgspec.Struct, frozen=True):
    """The phrases, by the first letters of their first word; ``glued`` ones, with their kind, stand anywhere in a text.

    ``links`` stand between a value and the word that rejects it, ``cases`` give a value in one case of several,
    ``conditionals`` open what is only supposed, ``reasons`` what explains an answer, ``strikes`` what is struck out.
    ``denying`` open an answer that denies, longest first, unless a word of ``denying_not`` follows.
    """

    phrases: Mapping[str, tuple[Aside, ...]]
    glued: tuple[tuple[str, str], ...]
    links: frozenset[str]
    cases: frozenset[str]
    conditionals: frozenset[str]
    reasons: frozenset[str]
    strikes: tuple[str, ...]
    denying: tuple[str, ...]
    denying_not: frozenset[str]
