"""The table of choices: layouts of options in questions, and the words around labels in answers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from verifier.rulebook.grading import AlphabetEntry, LayoutEntry
from verifier.rulebook.schema import Entries, Lists
from verifier.types.choices import ChoiceTable, Layout
from verifier.types.errors import RulesError

_FOLLOWED = frozenset(".:")  # what a space, or a letter of a script without spaces, must stand behind
_GAP = r"[ \t]{1,4}"  # what a space in a shape stands for
_NO_DIFFERENCE = r"(?![^\n]{0,200}=|[ \t]{0,4}[A-Z][ \t]{0,4}(?:\n|$))"  # A - 3 = 4, A - B
_SPACELESS = "\u2e80"  # from here on stand scripts that put no spaces between words


def choices(entries: Entries, lists: Lists, characters: Mapping[int, str]) -> ChoiceTable:
    """The table. Raises ``RulesError`` for a layout of an alphabet that no entry has.

    ``characters`` are the look-alikes that a question is read without: a dash of a layout is a hyphen, too.
    """
    joins = _folded(lists, "joins")
    layouts = _layouts(entries, characters)
    return ChoiceTable(
        layouts=tuple(layout for layout, weak in layouts if not weak and layout.first.isascii()),
        foreign=tuple(layout for layout, weak in layouts if not weak and not layout.first.isascii()),
        weak=tuple(layout for layout, weak in layouts if weak),
        phrases=_longest_first(_folded(lists, "phrases")),
        heads=frozenset(phrase[:2] for phrase in _folded(lists, "phrases")),
        nouns=frozenset(word.strip() for word in _folded(lists, "nouns")),
        closers=_longest_first(_folded(lists, "closers")),
        joins=frozenset(joins),
        alternatives=frozenset(_folded(lists, "alternatives")),
        join=re.compile(rf" ?(?:{_any(joins)}) ?"),
        split=re.compile(rf"(?:[;:!\n] ?|\.(?=\s|[^\x00-\x7f]) ?|{_any(_folded(lists, 'breaks'))})"),
        deny=re.compile(_any(_folded(lists, "denials"))),
        all=frozenset(_folded(lists, "all")),
        none=frozenset(_folded(lists, "none")),
        articles=frozenset(_folded(lists, "articles")),
        reasons=_longest_first(_folded(lists, "reasons")),
        retractions=frozenset(_folded(lists, "retractions")),
        estimating=frozenset(_folded(lists, "estimating")),
    )


def _folded(lists: Lists, section: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in lists.get(("choices", section), ()))


def _longest_first(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(words, key=len, reverse=True))


def _any(words: tuple[str, ...]) -> str:
    """A pattern for any of the words, each with its own bounds; signs and scripts without spaces need none.

    A letter that is a word stands as it is written: "E" is no Portuguese "e".
    """
    return "|".join(_one(word) for word in _longest_first(words))


def _one(word: str) -> str:
    if not word[0].isalpha() or word >= _SPACELESS:
        return re.escape(word)
    return rf"(?<!\w){re.escape(word)}(?!\w)" if len(word) == 1 else rf"(?<!\w)(?i:{re.escape(word)})(?!\w)"


def _spaced(part: str) -> str:
    """A part of a shape with single spaces."""
    return re.sub(r"\s+", " ", part)


def _pattern(part: str) -> str:
    return _GAP.join(map(re.escape, part.split(" ")))


def _layouts(entries: Entries, characters: Mapping[int, str]) -> list[tuple[Layout, bool]]:
    """Every layout with every alphabet that it names, and whether that one is weak."""
    alphabets = {
        entry.name: entry
        for _, entry in entries.get(("choices", "alphabet"), {}).values()
        if isinstance(entry, AlphabetEntry)
    }
    layouts: list[tuple[Layout, bool]] = []
    for path, entry in entries.get(("choices", "layout"), {}).values():
        if not isinstance(entry, LayoutEntry):
            continue
        before, after = (_spaced(part.translate(characters)) for part in entry.shape.split("{label}"))
        spaced, sign = after[:1] == " ", after.strip()
        lead = r"(?:^|\n)[ \t*>-]{0,16}+" if entry.line_start else r"(?:^|(?<=[\s:;,?.!$*？]))\*{0,3}+"
        must = sign in _FOLLOWED or (spaced and after[-1:] == " " and sign)
        follow = r"\*{0,3}(?=\s|[^\x00-\x7f])" if must else r"\*{0,3}"
        follow += _NO_DIFFERENCE if spaced and sign == "-" else ""
        behind = (r"\*{0,3}" + _GAP if spaced and sign else "") + _pattern(sign)
        for name in entry.alphabets:
            if name not in alphabets:
                raise RulesError(path, entry.name, "alphabets", f"unknown alphabet '{name}'")
            known = alphabets[name]
            labels = "|".join(re.escape(label) for label in known.labels)
            shape = f"{lead}{_pattern(before)}({labels}){behind}{follow}"
            closed = "" if spaced else sign.partition(" ")[0]
            first, second = (f"{before.rpartition(' ')[2]}{label}{closed}" for label in known.labels[:2])
            layouts.append((Layout(re.compile(shape), known.labels, first, second), known.weak))
    return layouts
