"""From the number words of a pack to the table of the reader."""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType

from verifier.rulebook.number_entries import BetweenEntry, BoundEntry
from verifier.rulebook.schema import (
    BaseEntry,
    Entries,
    LanguageEntry,
    Lists,
    NearestEntry,
    NumberWordEntry,
    ShareEntry,
)
from verifier.types.errors import RulesError
from verifier.types.rules import Language, NumberTable, Part, Word

_STRUCTURE = ("and", "point", "minus", "plus", "one", "of", "times", "power")


def numbers(entries: Entries, lists: Lists) -> NumberTable:
    """The table; raises ``RulesError`` for a word with two places in a number."""
    words: dict[str, Word] = {}
    glued: dict[str, int] = {}
    money: dict[str, int] = {}
    for path, entry in entries.get(("numbers", "word"), {}).values():
        if not isinstance(entry, NumberWordEntry):
            continue
        spelled = (
            (Word(entry.kind, entry.value), entry.words),
            (Word("ordinal", entry.value), entry.ordinals),
            (Word("parts", entry.value), entry.parts),
        )
        for word, spellings in spelled:
            for spelling in spellings:
                _add(words, spelling.lower(), word, path, entry.name)
        glued.update(dict.fromkeys(entry.glued, entry.value))
        money.update(dict.fromkeys((*entry.glued, *entry.money), entry.value))
    for section in _STRUCTURE:
        for spelling in lists.get(("numbers", section), ()):
            _add(words, spelling.lower(), Word(section), "numbers/", section)
    parts: dict[str, Part] = {}
    for _, entry in entries.get(("numbers", "part"), {}).values():
        if isinstance(entry, ShareEntry):
            part = Part(entry.name, entry.power, entry.points)
            parts.update({spelling.lower(): part for spelling in (*entry.signs, *entry.words)})
    before, after = _bounds(entries, behind=False), _bounds(entries, behind=True)
    return NumberTable(
        words=MappingProxyType(words),
        glued=MappingProxyType(glued),
        money=MappingProxyType(money),
        part=_pattern(parts),
        parts=MappingProxyType(parts),
        raised=tuple(
            sorted((phrase.lower() for phrase in lists.get(("numbers", "raised"), ())), key=len, reverse=True)
        ),
        out_of=tuple(sorted((word.lower() for word in lists.get(("numbers", "out_of"), ())), key=len, reverse=True)),
        indian=frozenset(word.lower() for word in lists.get(("numbers", "indian"), ())),
        before=MappingProxyType(before),
        after=MappingProxyType(after),
        bounding=frozenset(
            [*(word.partition(" ")[0] for word in before), *(word.rpartition(" ")[2] for word in after)]
        ),
        ranges=tuple((_clue(entry), _range(path, entry)) for path, entry in _ranges(entries)),
        languages=tuple(
            _language(path, entry)
            for path, entry in entries.get(("numbers", "language"), {}).values()
            if isinstance(entry, LanguageEntry)
        ),
        spoken=MappingProxyType(_spoken(entries)),
    )


def nearest(entries: Entries) -> dict[str, int]:
    """The decimal places that "to the nearest …" asks for, by what stands behind it."""
    rows = [entry for _, entry in entries.get(("demand", "nearest"), {}).values() if isinstance(entry, NearestEntry)]
    return {phrase.lower(): row.places for row in rows for phrase in row.phrases}


def bases(entries: Entries) -> dict[str, int]:
    """The bases of numerals by their names."""
    rows = [entry for _, entry in entries.get(("demand", "base"), {}).values() if isinstance(entry, BaseEntry)]
    return {word.lower(): row.value for row in rows for word in row.words}


def _add(words: dict[str, Word], spelling: str, word: Word, path: str, entry: str) -> None:
    if words.setdefault(spelling, word) != word:
        raise RulesError(path, entry, "words", f"'{spelling}' already is a word of another sort")


def _pattern(parts: dict[str, Part]) -> re.Pattern[str]:
    """A sign, or a word with an end, the longest first; one that matches nothing where there is none."""
    spellings = sorted(parts, key=len, reverse=True)
    found = "|".join(re.escape(one) + (r"(?!\w)" if one[-1].isalnum() else "") for one in spellings)
    return re.compile(rf" ?({found})" if found else r"(?!)", re.IGNORECASE)


def _bounds(entries: Entries, *, behind: bool) -> dict[str, str]:
    """What the words before an amount, or behind it, make it; the longest first."""
    found: dict[str, str] = {}
    for _, entry in entries.get(("numbers", "bound"), {}).values():
        if isinstance(entry, BoundEntry):
            sort = entry.sort or entry.name
            found.update({words.lower(): sort for words in (entry.after if behind else entry.before)})
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def _ranges(entries: Entries) -> list[tuple[str, BetweenEntry]]:
    found = entries.get(("numbers", "between"), {}).values()
    return [(path, entry) for path, entry in found if isinstance(entry, BetweenEntry)]


def _clue(entry: BetweenEntry) -> tuple[str, ...]:
    """Words one of which every range of an entry has."""
    return tuple(word.lower() for word in entry.after or entry.before)


def _range(path: str, entry: BetweenEntry) -> re.Pattern[str]:
    """The two values of a range in the words of an entry; raises ``RulesError`` for one without words around them."""
    if not entry.before and not entry.after:
        raise RulesError(path, entry.name, "before", "words must stand before the first value or behind the second")
    subject, before, joint, after = (
        _either(words) for words in (entry.subjects, entry.before, entry.joint, entry.after)
    )
    return re.compile(
        rf"(?:{subject} ?)?{before} ?(\d[^,;]{{0,30}}?) ?{joint} ?(\d[^,;]{{0,30}}?) ?{after}", re.IGNORECASE
    )


def _either(words: tuple[str, ...]) -> str:
    """A pattern of any of these words, of nothing where there are none."""
    return f"(?:{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})" if words else ""


def _language(path: str, entry: LanguageEntry) -> Language:
    numbers: dict[str, int] = {}
    for value, spellings in enumerate(entry.numbers):
        for spelling in spellings.split("|"):
            if numbers.setdefault(_folded(spelling), value) != value:
                raise RulesError(path, entry.name, "numbers", f"'{spelling}' stands for two numbers")
    powers = {_folded(word): power for word, power in entry.powers.items()}
    return Language(entry.name, frozenset(entry.letters.lower()), numbers, powers)


def _spoken(entries: Entries) -> dict[str, tuple[str, ...]]:
    """The words that show a language, each with the languages that have it."""
    found: dict[str, tuple[str, ...]] = {}
    for _, entry in entries.get(("numbers", "language"), {}).values():
        if isinstance(entry, LanguageEntry):
            for word in {evidence.lower() for evidence in entry.evidence}:
                found[word] = (*found.get(word, ()), entry.name)
    return found


def _folded(words: str) -> str:
    """Lower case, no accents, spaces for hyphens."""
    plain = "".join(mark for mark in unicodedata.normalize("NFD", words) if not unicodedata.combining(mark))
    return " ".join(plain.lower().replace("-", " ").split())
