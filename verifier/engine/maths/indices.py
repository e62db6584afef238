"""Indices that are typed without a sign: ``v0t`` for v₀t, ``m1v1`` for m₁v₁.

Digits between two letters may be an index of the first or a factor. Nobody multiplies by 0 or 1, and a letter that has
an index in one place of a text, or in the question, has one in all of it; anything else is left open.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from verifier.types.rules import MathsTable

_TOGETHER: Final = re.compile(r"[A-Za-z]\d{1,2}[A-Za-z]")
_GLUED: Final = re.compile(r"(?<![A-Za-z\\_^{#])([A-Za-z]{0,2}[A-Za-df-z])(\d{1,2})(?=[A-Za-z])")
_INDEXED: Final = re.compile(r"(?<![A-Za-z\\])([A-Za-z])(?:_ ?\{? ?\d|[₀-₉]|\d{1,2}(?![\w.^(])|[01](?=[A-Za-z]))")
_NUMERAL: Final = re.compile(r"\d[\dA-F]*[A-F][\dA-F]*(?:\)?_|[₀-₉])")


class Spread(msgspec.Struct, frozen=True, gc=False):
    """A text with its glued indices written out; ``sure`` says that all of them are indices."""

    text: str
    sure: bool


def holds_glued(text: str) -> bool:
    """Whether digits stand between two letters, the first of which is no part of a longer name."""
    return _TOGETHER.search(text) is not None and _GLUED.search(text) is not None


def spread(text: str, question: str, table: MathsTable) -> Spread | None:
    """The text with an underscore before each glued index; ``None`` where there is none. Linear in both.

    >>> from verifier.rulebook import builtin_rules
    >>> spread("v0t + 0.5at^2", "", builtin_rules().maths).text
    'v_0 t + 0.5at^2'
    """
    glued = [found for found in _GLUED.finditer(text) if not _is_name(found[1], table)]
    if not glued or _NUMERAL.search(text) is not None:
        return None
    known = {found[1][-1] for found in glued if found[2] in _NO_FACTORS}
    known.update(_INDEXED.findall(text), _INDEXED.findall(question))
    pieces: list[str] = []
    end = 0
    for found in glued:
        pieces += [text[end : found.start()], f"{found[1]}_{found[2]} "]
        end = found.end()
    return Spread("".join(pieces) + text[end:], all(found[1][-1] in known for found in glued))


_NO_FACTORS: Final = frozenset({"0", "1"})


def _is_name(letters: str, table: MathsTable) -> bool:
    """Whether letters before digits end in a name of the notation: ln, log, pi."""
    return any(letters[start:] in table.tokens for start in range(len(letters) - 1))
