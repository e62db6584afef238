r"""Which parts of a response are read: all of it, and of a very long one its head, its tail and its structural markers.

Boxes, answer tags and markers in capitals are sought over the whole, each by one ``rfind`` in the text as it stands:
folding ten megabytes costs more than all the searches.
"""

from __future__ import annotations

from typing import Final

import msgspec

from verifier.engine.statement import blank
from verifier.types.extraction import ExtractTable, Tag

LONGEST: Final = 100_000  # characters of a response that is read as a whole
_HEAD: Final = 32_000
_TAIL: Final = 64_000
_BEFORE: Final = 4_000  # characters around a structural marker
_BEHIND: Final = 24_000
_SLACK: Final = 1_000  # characters in which a part may begin or end at a line's end, or at least between words
_SEAM: Final = "\n\n"


class Excerpt(msgspec.Struct, frozen=True, gc=False):
    """The text that is read, and for each part where it begins here and in the response."""

    text: str
    parts: tuple[tuple[int, int, int], ...]  # its begin and its end here, its begin in the response
    whole: bool

    def place(self, position: int) -> int:
        """Where a position of the excerpt stands in the response."""
        for begin, end, origin in reversed(self.parts):
            if position >= begin:
                return origin + min(position, end) - begin
        return position

    def torn(self, begin: int, end: int) -> bool:
        """Whether a span ends where a part does, and the response goes on."""
        return any(begin < stop <= end for _, stop, _ in self.parts[:-1])

    def shown(self) -> str:
        """The parts as positions in the response."""
        return ", ".join(f"{origin}-{origin + end - begin}" for begin, end, origin in self.parts)


def excerpt(response: str, table: ExtractTable) -> Excerpt:
    """The response as it is read."""
    if len(response) <= LONGEST:
        return Excerpt(response, ((0, len(response), 0),), whole=True)
    start, end = _outside_thinking(response, table)
    if end - start <= LONGEST:
        return Excerpt(response[start:end], ((0, end - start, start),), whole=False)
    head, tail = _cut(response, start + _HEAD), _cut(response, end - _TAIL)
    spans = [(start, head), (tail, end)]
    marker = _last_structural(response, head, tail, table)
    if marker >= 0:
        middle = (_cut(response, max(head, marker - _BEFORE)), _cut(response, min(tail, marker + _BEHIND)))
        spans.insert(1, (max(head, min(middle[0], marker)), min(tail, max(middle[1], marker))))
    parts: list[tuple[int, int, int]] = []
    texts: list[str] = []
    at = 0
    for begin, stop in spans:
        parts.append((at, at + stop - begin, begin))
        texts.append(response[begin:stop])
        at += stop - begin + len(_SEAM)
    return Excerpt(_SEAM.join(texts), tuple(parts), whole=False)


def _cut(response: str, position: int) -> int:
    """A position near, where a line or at least a word ends."""
    for sign in "\n ":
        found = response.rfind(sign, position - _SLACK, position)
        if found > 0:
            return found
    return position


def _last_structural(response: str, start: int, end: int, table: ExtractTable) -> int:
    sought = [f"\\{box}" for box in table.boxes]
    sought += (variant for tag in table.answer_tags for variant in _cases(tag.open))
    sought += (phrase.text for clue in table.clues for phrase in clue.phrases if phrase.exact)
    return max((response.rfind(one, start, end) for one in sought), default=-1)


def _cases(tag: str) -> tuple[str, ...]:
    """``<think>``, ``<Think>``, ``<THINK>``: a tag as it is written."""
    return tag, tag.title(), tag.upper()


def _outside_thinking(response: str, table: ExtractTable) -> tuple[int, int]:
    """As ``wrappers.outside_thinking``, in a text that is not folded."""
    closes = [
        position + len(tag.close)
        for tag in table.thinking_tags
        for variant in _cases(tag.close)
        if (position := response.rfind(variant)) >= 0
    ]
    behind = max(closes, default=0)
    end = _first_open(response, behind, table.thinking_tags)
    if behind and blank(response[behind:end]):
        first = _first_open(response, 0, table.thinking_tags)
        return 0, 0 if first == len(response) else first
    return behind, end


def _first_open(response: str, start: int, tags: tuple[Tag, ...]) -> int:
    """The first opening tag; found from the end first, which costs a quarter, for most have none."""
    found = [
        response.find(variant, start)
        for tag in tags
        for variant in _cases(tag.open)
        if response.rfind(variant, start) >= 0
    ]
    return min(found, default=len(response))
