"""Spellings, abbreviations and other names of one thing: from the entries to the tables of words and whole answers."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.rulebook.schema import Entries
from verifier.rulebook.spelling_entries import SpellingEntry
from verifier.types.errors import RulesError
from verifier.types.phrases import LONGEST_FORM

_FEWEST = 2


def spelling_problems(entries: Entries) -> Iterator[RulesError]:
    """Forms that cannot be used: without a letter, said twice, or already a form of something else."""
    owners: dict[str, tuple[tuple[str, ...], str]] = {}
    for path, entry in _spellings(entries):
        for forms in entry.pairs:
            listed = tuple(map(form, forms))
            for written, told in zip(forms, listed, strict=True):
                if not any(sign.isalpha() for sign in told):
                    yield RulesError(path, entry.name, "pairs", f"'{written}' must hold a letter")
                if len(told) > LONGEST_FORM:
                    problem = f"'{told[:20]}…' must have no more than {LONGEST_FORM} characters"
                    yield RulesError(path, entry.name, "pairs", problem)
            if len(listed) < _FEWEST:
                yield RulesError(path, entry.name, "pairs", f"{_shown(forms)} must hold two forms or more")
            if len(set(listed)) < len(listed):
                yield RulesError(path, entry.name, "pairs", f"{_shown(forms)} says the same twice")
                continue
            for told in listed:
                others, where = owners.setdefault(told, (listed, path))
                if set(others) != set(listed):
                    problem = (
                        f"'{told}' of {_shown(forms)} already stands in {_shown(others)}, in {where}: a form belongs "
                        "to one list; write all that mean the same into one"
                    )
                    yield RulesError(path, entry.name, "pairs", problem)


def spellings(entries: Entries) -> dict[str, str]:
    """The words that are each other's spelling within any text, each with one that stands for all of them."""
    return {
        one.casefold(): listed[0].casefold()
        for _, entry in _spellings(entries)
        for listed in (tuple(map(form, forms)) for forms in entry.pairs)
        if all(map(_is_word, listed))
        for one in listed
    }


def whole_answers(entries: Entries) -> dict[str, str]:
    """The forms that stand for each other as whole answers alone, each with one that stands for all of them."""
    return {
        one: listed[0]
        for _, entry in _spellings(entries)
        for listed in (tuple(map(form, forms)) for forms in entry.pairs)
        if not all(map(_is_word, listed))
        for one in listed
    }


def form(written: str) -> str:
    """A form as texts are compared with it: single spaces, no stop at the end; its case is kept.

    >>> form("i.v. ")
    'i.v'
    """
    return " ".join(written.split()).rstrip(".")


def _is_word(told: str) -> bool:
    return told.isalpha() and told.islower()


def _shown(forms: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{one}'" for one in forms) + "]"


def _spellings(entries: Entries) -> Iterator[tuple[str, SpellingEntry]]:
    for path, entry in entries.get(("text", "spelling"), {}).values():
        if isinstance(entry, SpellingEntry):
            yield path, entry
