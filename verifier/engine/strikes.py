"""Phrases of ``rules/text/asides.toml`` in a sentence: what rejects, discards, denies or bounds a value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from verifier.types.asides import AsideTable

_START: Final = 2  # letters of a word under which its phrases stand
_WORD: Final = re.compile(r"[^\W\d_]+")


class Hit(msgspec.Struct, frozen=True, gc=False):
    """Where a listed phrase stands in a sentence, and what it does."""

    start: int
    end: int
    kind: str


def hits(folded: str, table: AsideTable) -> Iterator[Hit]:
    """The listed phrases of a sentence, in no order."""
    words = [(match[0], match.start(), match.end()) for match in _WORD.finditer(folded)]
    for at, (word, start, _) in enumerate(words):
        for aside in table.phrases.get(word[:_START], ()):
            last = at + len(aside.words) - 1
            if last >= len(words) or any(words[at + step][0] != own for step, own in enumerate(aside.words[:-1])):
                continue
            own = aside.words[-1]
            if words[last][0] == own or (aside.stem and words[last][0].startswith(own)):
                yield Hit(start, words[last][2], aside.kind)
    if not folded.isascii():
        for phrase, kind in table.glued:
            at = folded.find(phrase)
            if at >= 0:
                yield Hit(at, at + len(phrase), kind)
