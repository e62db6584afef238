"""From the notation of maths in a pack to the table of the reader."""

from __future__ import annotations

import re
from types import MappingProxyType

from verifier.rulebook.schema import Entries, Lists, NotationEntry
from verifier.types.errors import RulesError
from verifier.types.rules import MathsTable

KINDS = frozenset({
    "letter", "constant", "function", "modulo", "modulus", "binder", "integral", "limit", "+", "-", "pm", "*", "/", "^",
    "_", "!", "%", "'", "degree", "relation", "arrow", "and", "or", "not", "implies", "quantifier", "given",
    "otherwise", "set operator", "(", ")", "[", "]", "{", "}", "\\{", "\\}", "<(", ">)", "floor(", "floor)", "ceil(",
    "ceil)", "|", "|(", "|)", "||", "||(", "||)", "mid", ",", ";", ":", ".", "row", "&", "dots", "fraction", "radical",
    "binomial", "infix", "blackboard", "box", "accent", "figure",
})  # fmt: skip
"""What the grammar knows; an entry of another kind would never be read."""

_PAIR = re.compile(r"([a-z -]+)=(\S+)")


def notation(entries: Entries, lists: Lists) -> MathsTable:
    """The table; raises ``RulesError`` for a kind the grammar does not know and a spelling with two meanings."""
    tokens: dict[str, tuple[str, str]] = {f"\\{name}": ("", "") for name in lists.get(("maths", "silent"), ())}
    called: dict[str, tuple[str, str]] = {}
    for path, entry in entries.get(("maths", "notation"), {}).values():
        if not isinstance(entry, NotationEntry):
            continue
        if entry.kind not in KINDS:
            raise RulesError(
                path, entry.name, "kind", f"unknown kind '{entry.kind}'; there are: {', '.join(sorted(KINDS))}"
            )
        token = (entry.kind, entry.means or entry.name)
        for table, spellings in (
            (tokens, (*(f"\\{name}" for name in entry.macros), *entry.words, *entry.signs)),
            (called, entry.called),
        ):
            for spelling in spellings:
                if table.setdefault(spelling, token) != token:
                    raise RulesError(path, entry.name, "words", f"'{spelling}' already is {table[spelling][1]}")
    for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ":
        tokens.setdefault(letter, ("letter", letter))
    for digit in "0123456789":
        tokens[digit] = ("number", digit)
    glued = sorted(lists.get(("maths", "glued"), ()), key=lambda word: (-len(word), word))
    return MathsTable(
        tokens=MappingProxyType(tokens),
        called=MappingProxyType(called),
        wordy=frozenset(f"\\{name}" for name in lists.get(("maths", "wordy"), ())),
        vanishing=frozenset(f"\\{name}" for name in lists.get(("maths", "vanishing"), ())),
        run=re.compile("|".join((*map(re.escape, glued), "[A-Za-z]"))),
        domains=MappingProxyType(_pairs(lists, "domains")),
        signs=MappingProxyType(_pairs(lists, "signs")),
        arbitrary=frozenset(lists.get(("maths", "arbitrary"), ())),
        copulas=frozenset(lists.get(("maths", "copulas"), ())),
        between=frozenset(lists.get(("maths", "between"), ())),
        links=frozenset(lists.get(("maths", "links"), ())),
        comparisons=tuple(_pairs(lists, "comparisons").items()),
        closings=frozenset(lists.get(("maths", "closings"), ())),
        denials=frozenset(lists.get(("maths", "denials"), ())),
        ordinary=frozenset(lists.get(("maths", "ordinary"), ())),
        little=frozenset(lists.get(("maths", "little"), ())),
        announcing=frozenset(lists.get(("maths", "announcing"), ())),
        sorts=frozenset(lists.get(("maths", "sorts"), ())),
        bracketed=frozenset(lists.get(("maths", "bracketed"), ())),
    )


def _pairs(lists: Lists, section: str) -> dict[str, str]:
    pairs = {}
    for phrase in lists.get(("maths", section), ()):
        match = _PAIR.fullmatch(phrase)
        if match is None:
            raise RulesError("maths/", section, "phrases", f"'{phrase}' is no 'word=meaning'")
        pairs[match[1]] = match[2]
    return pairs
