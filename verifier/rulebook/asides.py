"""What may stand beside a value: the entry of a pack, and the table of all of them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from verifier.rulebook.entry import Entry, Text
from verifier.types.asides import Aside, AsideTable

Lists = dict[tuple[str, str], tuple[str, ...]]


class AsideEntry(Entry):
    """Words of a language that reject, deny or bound what they stand beside."""

    rejects: Annotated[tuple[Text, ...], Field(description="Say that a value is wrong; `*` is any ending.")] = ()
    discards: Annotated[tuple[Text, ...], Field(description="Say that it was put aside, as a no can be, too.")] = ()
    denials: Annotated[tuple[Text, ...], Field(description="Deny what stands beside them.")] = ()
    bounds: Annotated[tuple[Text, ...], Field(description="Leave a limit of the value, or make it another.")] = ()


KINDS = ("rejects", "discards", "denials", "bounds")
_WORD = re.compile(r"[^\W\d_]+")
_GLUED = re.compile(
    r"[\u0900-\u0fff\u1100-\u11ff\u2e80-\ud7ff]"
)  # scripts without spaces, or with marks in their words
START = 2  # letters of a first word under which its phrases stand


def asides(entries: list[AsideEntry], lists: Lists) -> AsideTable:
    """The table of all packs; everything in lower case."""

    def folded(section: str) -> tuple[str, ...]:
        return tuple(word.lower() for word in lists.get(("text", section), ()))

    phrases: dict[str, list[Aside]] = {}
    glued: dict[tuple[str, str], None] = {}
    for entry in entries:
        for kind in KINDS:
            for phrase in getattr(entry, kind):
                lowered = phrase.lower()
                if _GLUED.search(lowered):
                    glued[lowered, kind] = None
                    continue
                words = tuple(_WORD.findall(lowered))
                phrases.setdefault(words[0][:START], []).append(Aside(words, kind, lowered.endswith("*")))
    return AsideTable(
        phrases={start: tuple(listed) for start, listed in phrases.items()},
        glued=tuple(glued),
        links=frozenset(folded("aside_links")),
        cases=frozenset(folded("aside_cases")),
        conditionals=frozenset(folded("aside_conditionals")),
        reasons=frozenset(folded("aside_reasons")),
        strikes=folded("aside_strikes"),
        denying=tuple(sorted(folded("denying"), key=len, reverse=True)),
        denying_not=frozenset(folded("denying_not")),
    )
