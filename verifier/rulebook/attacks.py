"""From the entries of ``attacks/`` to the table of what answers hold that are made to fool a grader."""

from __future__ import annotations

from verifier.rulebook.attack_entries import AttackEntry, ConcealedEntry
from verifier.rulebook.dress import dress
from verifier.rulebook.schema import Entries, Lists
from verifier.types.attacks import AttackTable, Concealed, Hedges, Phrase, Unsaid
from verifier.types.errors import RulesError
from verifier.types.wording import NUMBER, spoken, wording


def attacks(entries: Entries, lists: Lists) -> AttackTable:
    """The table; raises ``RulesError`` for a phrase without words."""
    phrases: dict[str, dict[tuple[str, ...], Phrase]] = {}
    unsaid: dict[str, dict[tuple[str, ...], Phrase]] = {}
    clues: set[str] = set()
    weak_clues: set[str] = set()
    weak: set[tuple[str, ...]] = set()
    claims: set[str] = set()
    slots: set[tuple[str, ...]] = set()
    for path, entry in entries.get(("attacks", "attack"), {}).values():
        if not isinstance(entry, AttackEntry):
            continue
        for phrase in entry.phrases:
            words = wording(phrase)
            if not set(words) - {NUMBER}:
                raise RulesError(path, entry.name, "phrases", f"'{phrase}' must hold a word")
            if entry.kind == "slot":
                slots.add(words)
                continue
            unless = frozenset(word.lower() for word in entry.unless)
            clue = max((word for word in words if word != NUMBER), key=len)
            unsaid.setdefault(words[0], {}).setdefault(words, Phrase(words, entry.kind, unless))
            weak_clues.add(clue)
            if entry.weak:
                weak.add(words)
                continue
            phrases.setdefault(words[0], {}).setdefault(words, Phrase(words, entry.kind, unless))
            clues.add(clue)
            if entry.kind in {"self_graded", "injected"}:
                claims.add(clue)
    concealed: list[Concealed] = []
    for path, entry in entries.get(("attacks", "concealed"), {}).values():
        if isinstance(entry, ConcealedEntry):
            if entry.open[0].isalpha():
                raise RulesError(path, entry.name, "open", f"'{entry.open}' must begin with a sign, not a letter")
            concealed.append(Concealed(entry.open.lower(), entry.close.lower()))
    ghosts, colours = _list(lists, "ghosts"), _list(lists, "colour_macros")
    names = (*ghosts, *colours)
    inner = {name for name in names if not any(other in name for other in names if other != name)}
    return AttackTable(
        phrases=_longest_first(phrases),
        openings=frozenset(
            (words[0], words[1] if len(words) > 1 else "") for found in phrases.values() for words in found
        ),
        clues=frozenset(clues),
        claims=frozenset(claims),
        slots=frozenset(slots),
        slot_signs=tuple(_signs(lists)),
        blank_slots=frozenset(_list(lists, "blank_slots")),
        glue=frozenset(_list(lists, "glue")),
        unknowing=frozenset(_list(lists, "unknowing")),
        ignorance=frozenset(wording(one) for one in _list(lists, "ignorance")),
        blanks=frozenset(_list(lists, "blanks")),
        either=frozenset(_list(lists, "either")),
        either_frame=frozenset(_list(lists, "either_frame")),
        concealed=tuple(concealed),
        ghosts=ghosts,
        colour_macros=colours,
        page_colours=frozenset(_list(lists, "page_colours")),
        backdrops=_list(lists, "backdrops"),
        hiding=frozenset(_list(lists, "hiding")),
        gates=tuple(sorted({"<", "\\", *(_gate(one.open) for one in concealed)})),
        hints=(*(one.open for one in concealed), *sorted(inner)),
        turning=_list(lists, "turning"),
        hedges=Hedges(
            around=frozenset(_list(lists, "around_values")),
            every=frozenset(map(_joined, _list(lists, "every_option"))),
            quantifiers=frozenset(_list(lists, "every_words")),
            negations=frozenset(_list(lists, "not_words")),
            conjunctions=frozenset(_list(lists, "and_words")),
            alternatives=frozenset(_list(lists, "either")),
            both_ways=frozenset(map(_joined, _list(lists, "both_ways"))),
            bounds=frozenset(map(_joined, _list(lists, "bounding"))),
        ),
        unsaid=Unsaid(
            phrases=_longest_first(unsaid),
            clues=frozenset(weak_clues),
            glue=frozenset((*_list(lists, "glue"), *_list(lists, "unsaid_glue"))),
            weak=frozenset(weak),
            open_questions=frozenset(_list(lists, "open_questions")),
            closed_questions=_list(lists, "closed_questions"),
        ),
        dress=dress(lists),
    )


def _longest_first(phrases: dict[str, dict[tuple[str, ...], Phrase]]) -> dict[str, tuple[Phrase, ...]]:
    return {
        first: tuple(sorted(found.values(), key=lambda phrase: len(phrase.words), reverse=True))
        for first, found in phrases.items()
    }


def _gate(opening: str) -> str:
    """What of an opening text is looked for first, in any case: up to its first letter, or its first sign."""
    signs = opening[: next((place for place, sign in enumerate(opening) if sign.isalpha()), len(opening))]
    return signs[:1] if signs[:1] in {"<", "\\"} else signs[:4]


def _joined(phrase: str) -> str:
    return " ".join(spoken(phrase))


def _list(lists: Lists, name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in lists.get(("attacks", name), ()))


def _signs(lists: Lists) -> list[tuple[str, str]]:
    """Opening and closing signs, longest first, so that ``{{ }}`` stands before ``{ }``."""
    pairs = [(opening, closing) for opening, _, closing in (row.partition(" ") for row in _list(lists, "slot_signs"))]
    return sorted(pairs, key=lambda pair: len(pair[0]), reverse=True)
