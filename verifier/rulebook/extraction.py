"""From the entries of a pack's ``extract/`` to the table of markers, tags and corrections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeVar

from verifier.rulebook.entry import Entry
from verifier.rulebook.extraction_entries import ContrastEntry, MarkerEntry, TagEntry
from verifier.rulebook.schema import Entries, Lists
from verifier.types.extraction import Clue, Contrast, ExtractTable, Phrase, Tag

_E = TypeVar("_E", bound=Entry)


def extraction(entries: Entries, lists: Lists) -> ExtractTable:
    """The table of all packs."""
    tags = list(_listed(entries, "tag", TagEntry))
    clues = _clues(list(_listed(entries, "marker", MarkerEntry)))
    tool_calls = lists.get(("extract", "tool_calls"), ())
    return ExtractTable(
        clues=clues,
        rare=_by_sign(clues),
        signs=_signs([*tool_calls, *(tag.open for tag in tags), *(tag.close for tag in tags)]),
        answer_tags=tuple(Tag(tag.open.lower(), tag.close.lower()) for tag in tags if tag.kind == "answer"),
        thinking_tags=tuple(Tag(tag.open.lower(), tag.close.lower()) for tag in tags if tag.kind == "thinking"),
        boxes=tuple(lists.get(("extract", "boxes"), ())),
        json_keys=lists.get(("extract", "json_keys"), ()),
        tool_calls=tool_calls,
        ends=lists.get(("extract", "ends"), ()),
        conclusions=_folded(lists, "conclusions"),
        revisions=_folded(lists, "revisions"),
        copulas=_folded(lists, "copulas"),
        subordinators=frozenset(_folded(lists, "subordinators")),
        remarks=frozenset(_folded(lists, "remarks")),
        reversals=_folded(lists, "reversals"),
        contrasts=tuple(
            Contrast(entry.before.lower(), entry.between.lower(), tuple(word.lower() for word in entry.unless))
            for entry in _listed(entries, "contrast", ContrastEntry)
        ),
        explanations=_folded(lists, "explanations"),
        concessions=_folded(lists, "concessions"),
        restatements=_folded(lists, "restatements"),
        irregular=dict(pair.split("=") for pair in _folded(lists, "irregular")),
        judgements=frozenset(_folded(lists, "judgements")),
        capitals=tuple(f" {word.capitalize()}" for word in lists.get(("extract", "capitals"), ())),
        clauses=_folded(lists, "clauses"),
        workings=_folded(lists, "workings"),
        closing_labels=frozenset(_folded(lists, "closing_labels")),
        multiples={word: int(factor) for word, factor in (pair.split("=") for pair in _folded(lists, "multiples"))},
        caveats=_folded(lists, "caveats"),
        closing_asked=frozenset(_folded(lists, "closing_asked")),
        turnings=frozenset(_folded(lists, "turnings")),
        pronouns=frozenset(_folded(lists, "pronouns")),
        alternatives=frozenset(_folded(lists, "alternatives")),
        alternative_phrases=_folded(lists, "alternative_phrases"),
        setting_aside=frozenset(_folded(lists, "setting_aside")),
        checks=_folded(lists, "checks"),
        courtesies=_folded(lists, "courtesies"),
        other_cases=frozenset(_folded(lists, "other_cases")),
    )


def _clues(markers: Iterable[MarkerEntry]) -> tuple[Clue, ...]:
    """All phrases by the word that stands in the most of them: "antwort" for all of German."""
    phrases = [
        Phrase(words if entry.exact else words.lower(), entry.name, entry.exact, entry.line_start, label, entry.to_end)
        for entry in markers
        for label, listed in ((False, entry.phrases), (True, entry.labels))
        for words in listed
    ]
    texts = [phrase.text.lower() for phrase in phrases]
    words = {word for text in texts for part in text.split() if _is_clue(word := part.strip(".,:-'"))}
    score = {word: sum(word in text for text in texts) for word in words}
    found: dict[str, list[Phrase]] = {}
    for phrase, text in zip(phrases, texts, strict=True):
        within = [word for word in words if word in text]
        found.setdefault(max(within, key=lambda word: (score[word], len(word), word), default=text), []).append(phrase)
    return tuple(Clue(word, tuple(listed)) for word, listed in sorted(found.items()))


def _by_sign(clues: tuple[Clue, ...]) -> Mapping[str, tuple[int, ...]]:
    """The places of the clues, each under its sign that is the rarest in answers of maths."""
    found: dict[str, list[int]] = {}
    for place, clue in enumerate(clues):
        found.setdefault(min(clue.text, key=lambda sign: (_COMMON.find(sign), sign)), []).append(place)
    return MappingProxyType({sign: tuple(places) for sign, places in found.items()})


_COMMON = "wjkvhgzqudlmpbysoctrfenaix"  # rarest first; what is no letter of these is rarer


def _signs(texts: list[str]) -> tuple[str, ...]:
    """Signs one of which stands in each text, punctuation where there is some, that of the most texts first."""
    left = [text.replace("İ", "I").lower() for text in texts]
    found: list[str] = []
    while left:
        every = {sign for text in left for sign in text}
        marks = {sign for sign in every if not sign.isalnum()} or every
        best = max(sorted(marks), key=lambda sign: sum(sign in text for text in left))
        found.append(best)
        left = [text for text in left if best not in text]
    return tuple(found)


def _is_clue(word: str) -> bool:
    return len(word) > _SHORT or (word != "" and word[0] >= "\u0590")


_SHORT = 3  # letters of a word that stands in too many others


def _listed(entries: Entries, section: str, model: type[_E]) -> Iterator[_E]:
    for _, entry in entries.get(("extract", section), {}).values():
        if isinstance(entry, model):
            yield entry


def _folded(lists: Lists, section: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in lists.get(("extract", section), ()))
