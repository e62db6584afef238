"""What is wrong with entries that are each well formed: names that nothing has, labels that say the same, no words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

from verifier.rulebook.attack_entries import AttackEntry
from verifier.rulebook.entry import Entry
from verifier.rulebook.extraction_entries import MarkerEntry
from verifier.rulebook.grading import AlphabetEntry, LayoutEntry, ProfileEntry
from verifier.rulebook.schema import Entries, LabelSetEntry, TruthEntry
from verifier.rulebook.spellings import spelling_problems
from verifier.types.errors import RulesError
from verifier.types.known import JUDGE_NAMES, STAGE_NAMES
from verifier.types.spelling import nearest

_E = TypeVar("_E", bound=Entry)
_SLOT = re.compile(r"\{[^{}]{0,40}\}?|\}")
_NEAR = 60  # of 100: the names are few, and a hint decides nothing


def problems(entries: Entries, judges: frozenset[str]) -> Iterator[RulesError]:
    """All that is wrong. ``judges`` are those that the packs say the program has beside its own."""
    yield from _profiles(entries, JUDGE_NAMES | judges)
    yield from _markers(entries)
    yield from _attacks(entries)
    yield from _labels(entries)
    yield from _vocabularies(entries)
    yield from _layouts(entries)
    yield from spelling_problems(entries)


_SINGLE = frozenset({("text", "qualifiers"), ("text", "suppositions")})


def several(key: tuple[str, str], words: Iterable[str]) -> str:
    """The first of the words that is several, in a list whose words are looked up one by one; empty if none is."""
    return next((word for word in words if len(word.split()) != 1), "") if key in _SINGLE else ""


def meant(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, as a question in brackets; nothing where none is near."""
    found = nearest(name, sorted(known), least=_NEAR)
    return "" if found is None else f" (did you mean '{found}'?)"


def _all(entries: Entries, folder: str, section: str, model: type[_E]) -> list[tuple[str, _E]]:
    found = entries.get((folder, section), {}).values()
    return [(path, entry) for path, entry in found if isinstance(entry, model)]


def _profiles(entries: Entries, judges: frozenset[str]) -> Iterator[RulesError]:
    owners: dict[tuple[str, str], str] = {}
    for path, entry in _all(entries, "profiles", "profile", ProfileEntry):
        pack = path.rpartition("profiles/")[0]
        for name in entry.stages or ():
            if name not in STAGE_NAMES:
                told = f"unknown stage '{name}'{meant(name, STAGE_NAMES)}; there are: {', '.join(sorted(STAGE_NAMES))}"
                yield RulesError(path, entry.name, "stages", told)
        for name in entry.judges or ():
            if name not in judges:
                told = (
                    f"unknown judge '{name}'{meant(name, judges)}; there are: {', '.join(sorted(judges))}; one of your "
                    "own is named under judges in pack.toml"
                )
                yield RulesError(path, entry.name, "judges", told)
        for category in entry.categories:
            owner = owners.setdefault((pack, category.casefold()), entry.name)
            if owner != entry.name:
                told = f"'{category}' is a category of the profile '{owner}' in the same pack: only one can have it"
                yield RulesError(path, entry.name, "categories", told)


def _markers(entries: Entries) -> Iterator[RulesError]:
    for path, entry in _all(entries, "extract", "marker", MarkerEntry):
        if not entry.phrases and not entry.labels:
            yield RulesError(path, entry.name, "phrases", "must hold a phrase, or labels one, or nothing is announced")
        for label in entry.labels:
            bare = label.strip(":： ")
            if not bare:
                yield RulesError(path, entry.name, "labels", f"'{label}' must hold a word")
            elif bare != label:
                told = f"write '{bare}' for '{label}': a colon behind a label is understood"
                yield RulesError(path, entry.name, "labels", told)


def _attacks(entries: Entries) -> Iterator[RulesError]:
    for path, entry in _all(entries, "attacks", "attack", AttackEntry):
        for phrase in entry.phrases:
            for slot in _SLOT.findall(phrase):
                if slot != "{number}":
                    told = f"unknown slot '{slot}' in '{phrase}': write {{number}} for any number; there is no other"
                    yield RulesError(path, entry.name, "phrases", told)


def _labels(entries: Entries) -> Iterator[RulesError]:
    for path, entry in _all(entries, "labels", "label_set", LabelSetEntry):
        yield from _twice(path, entry.name, "labels", entry.labels, folded=True)
        for topic in entry.topics:
            if not any(map(str.isalpha, topic)):
                yield RulesError(path, entry.name, "topics", f"'{topic}' must have a word of letters")
    for path, alphabet in _all(entries, "choices", "alphabet", AlphabetEntry):
        yield from _twice(path, alphabet.name, "labels", alphabet.labels, folded=False)


def _twice(path: str, entry: str, field: str, labels: tuple[str, ...], *, folded: bool) -> Iterator[RulesError]:
    counted = Counter(label.lower() if folded else label for label in labels)
    for label, times in counted.items():
        if times > 1:
            told = f"'{label}' stands in it {times} times{', case aside' if folded else ''}: once is enough"
            yield RulesError(path, entry, field, told)


def _vocabularies(entries: Entries) -> Iterator[RulesError]:
    """Words that are several, and a vocabulary that knows one truth value only: the other's name, misspelt."""
    found = _all(entries, "text", "truth", TruthEntry)
    for path, entry in found:
        for word in entry.words:
            if len(word.split()) != 1:
                told = f"'{word}' must be one word; whole answers stand under alone"
                yield RulesError(path, entry.name, "words", told)
    values: dict[str, set[bool]] = {}
    for _, entry in found:
        values.setdefault(entry.vocabulary, set()).add(entry.value)
    whole = [name for name, known in values.items() if len(known) > 1]
    for path, entry in found:
        if len(values[entry.vocabulary]) == 1:
            told = (
                f"unknown vocabulary '{entry.vocabulary}'{meant(entry.vocabulary, whole)}: no entry has its words for "
                f"{'false' if entry.value else 'true'}; there are: {', '.join(sorted(whole))}"
            )
            yield RulesError(path, entry.name, "vocabulary", told)


def _layouts(entries: Entries) -> Iterator[RulesError]:
    for path, entry in _all(entries, "choices", "layout", LayoutEntry):
        if entry.shape.count("{") != 1 or entry.shape.count("}") != 1:
            yield RulesError(path, entry.name, "shape", f"'{entry.shape}' must hold {{label}} once, and no other slot")
