"""The unit that a question asks its answer in.

A question speaks of units in its data, in earlier questions and in clauses beside what it asks. A unit is named only by
what the question asks, or by a sentence that speaks of the answer; where two things are asked, none is.
"""

from __future__ import annotations

import re
from typing import Final

from verifier.engine.units import read_unit
from verifier.types.rules import DemandTable, UnitDefinition, UnitTable

_SENTENCE: Final = re.compile(r"[.!?\n](?<!\s[!?\n])(?<!\. \.)\s++(?=[^\s.])")  # and not between spaced dots
_WORD: Final = re.compile(r"[^\W\d_]+")
_FOLLOWING: Final = re.compile(r" ([^\W_]+)")
_MEASURES_HEAD: Final = "how "
_TIME: Final = (("second", 1),)
_MOST_BEFORE: Final = 60  # characters between the opening of a question and "number of"


def asking_start(text: str) -> int:
    """Where the sentence of a folded question begins that asks: the last one with a question mark, else the last."""
    mark = text.rfind("?")
    start = 0
    for match in _SENTENCE.finditer(text, 0, len(text) if mark < 0 else mark):
        start = match.end()
    return start


def unit_asked(question: str, text: str, table: DemandTable, units: UnitTable) -> UnitDefinition | None:
    """The one unit that a question asks in; ``text`` is the question folded.

    What stands behind a colon ("Unit: minutes per month") is told, whatever else is named. Units that two phrases name
    and that differ name none.
    """
    found: list[UnitDefinition] = []
    stated: list[UnitDefinition] = []
    scope: _Scope | None = None
    named = False
    for phrase in table.unit:
        before, _, after = phrase.partition("{unit}")
        start = text.find(before)
        while start >= 0:
            end = start + len(before)
            if start == 0 or not text[start - 1].isalnum():
                read = read_unit(question, end, units)
                if read is not None and _closed(text, read[1], after):
                    if before.endswith(": "):
                        stated.append(read[0])
                    else:
                        found.append(read[0])
                        scope = scope or _Scope(text, table, units)
                        named = named or scope.asks(before, start, read[1], read[0])
            start = text.find(before, end)
    if stated:
        return _one(stated)
    return _one(found) if named else None


def _one(found: list[UnitDefinition]) -> UnitDefinition | None:
    first = found[0]
    same = all((unit.dimension, unit.factor, unit.pi) == (first.dimension, first.factor, first.pi) for unit in found)
    return first if same else None


def _closed(text: str, end: int, after: str) -> bool:
    """Whether the unit's text ends at a word's end, followed by what the phrase asks for."""
    return (end >= len(text) or not text[end].isalnum()) and text.startswith(after, end)


class _Scope:
    """What a folded question asks, and where."""

    def __init__(self, text: str, table: DemandTable, units: UnitTable) -> None:
        self.text = text
        self.table = table
        self.units = units
        self.start = asking_start(text) if "?" in text else self._task()
        self.heads = self._heads()

    def _task(self) -> int:
        """Where the last sentence begins that gives a task, in a question without a question mark; else the start."""
        start = found = 0
        for end in (*(match.end() for match in _SENTENCE.finditer(self.text)), len(self.text)):
            if self._opens(start, end):
                found = start
            start = end
        return found

    def _opens(self, start: int, end: int) -> bool:
        words: list[str] = _WORD.findall(self.text, start, end)
        opening = self.table.unit_heads | self.table.unit_tasks
        return any(word in opening for word in words)

    def _heads(self) -> tuple[int, ...]:
        """Where questions open in what is asked ("how many", "what is"), and in earlier questions."""
        heads: list[int] = []
        end = 0
        for match in _SENTENCE.finditer(self.text):
            if match.end() > self.start:
                break
            if match[0][0] == "?":
                heads.extend(self._opened(end, match.start()))
            end = match.end()
        mark = self.text.find("?", self.start)
        end = len(self.text) if mark < 0 else mark
        return (*heads, *self._opened(self.start, end), *self._set(self.start, len(self.text)))

    def _opened(self, start: int, end: int) -> list[int]:
        """Where questions open in a stretch of the text."""
        return self._clauses(start, end, self.table.unit_heads)

    def _set(self, start: int, end: int) -> list[int]:
        """Where tasks are set in a stretch of the text, but those that speak of the answer: "give your answer to"."""
        return [at for at in self._clauses(start, end, self.table.unit_tasks) if not self._tells(at)]

    def _clauses(self, start: int, end: int, opening: frozenset[str]) -> list[int]:
        """Where clauses of a stretch begin that a word opens."""
        heads: list[int] = []
        before = ""
        last = start
        for match in _WORD.finditer(self.text, start, end):
            opens = not before or before in self.table.unit_joiners or self.text[last : match.start()].strip() != ""
            if opens and match[0] in opening:
                heads.append(match.start())
            before, last = match[0], match.end()
        return heads

    def asks(self, before: str, start: int, end: int, unit: UnitDefinition) -> bool:
        """Whether a phrase that ends in a unit is what the question asks, or speaks of its answer."""
        counted = before.startswith(("how many", "number of"))
        if not self._is_unit(end, unit, counted=counted):
            return False
        if before.startswith("_"):
            return True
        if not counted and self._tells(start):
            return True
        if start < self.start or len(self.heads) > 1:
            return False
        if before.startswith("number of"):
            return self._is_asked(start)
        return counted or unit.dimension != _TIME or not self._asks_other()

    def _is_unit(self, end: int, unit: UnitDefinition, *, counted: bool) -> bool:
        """Whether the word is the unit, and no part of another name: "in second place", "day passes", "in hours 3"."""
        following = _FOLLOWING.match(self.text, end)
        if following is None:
            return True
        word = following[1]
        if word[0].isdigit():
            return False
        name = unit.name.lower()
        singular = name in self.units.words and f"{name}s" in self.units.words
        return not singular or (not counted and word in self.table.unit_followers)

    def _tells(self, at: int) -> bool:
        """Whether the sentence there speaks of the answer."""
        start, end = 0, len(self.text)
        for match in _SENTENCE.finditer(self.text):
            if match.end() > at:
                end = match.start()
                break
            start = match.end()
        return not self.table.unit_telling.isdisjoint(_WORD.findall(self.text, start, end))

    def _is_asked(self, at: int) -> bool:
        """Whether "number of" is the first thing behind the question's opening: "what is the total number of"."""
        opening = self.table.unit_heads | self.table.unit_tasks
        before: list[str] = _WORD.findall(self.text, max(self.start, at - _MOST_BEFORE), at)
        for word in reversed(before):
            if word in opening:
                return True
            if word not in self.table.unit_between:
                return False
        return True  # nothing stands before it

    def _asks_other(self) -> bool:
        """Whether how many, how much or how far is asked, so that "in hours" tells when."""
        asking = self.text[self.start :]
        if any(_TIME in dims and phrase in asking for phrase, dims in self.table.measures.items()):
            return False
        return any(self.text.startswith(_MEASURES_HEAD, head) for head in self.heads)
