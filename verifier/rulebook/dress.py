"""From the word lists of ``attacks/dress.toml`` to the table of what an answer may be dressed in that says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from verifier.rulebook.schema import Lists
from verifier.types.attacks import Dress
from verifier.types.errors import RulesError
from verifier.types.wording import wording

_FILE: Final = "attacks/dress.toml"
_SLOT: Final = re.compile(r"\{(name|arg|const|any|said)\}")
_SLOTS: Final = {
    "name": r"[A-Za-z_][\w.]*",
    "arg": r"[^{}]*",
    "const": r"(?:[Tt]rue|[Ff]alse|None|null|nil|\d+)",
    "any": r".*",
    "said": r"(.*)",
}
_PAIR: Final = 2
_PARTS: Final = (
    ("key", "verdict_keys"),
    ("field", "verdict_fields"),
    ("value", "verdict_values"),
    ("nod", "verdict_nods"),
    ("filler", "verdict_fillers"),
)


def dress(lists: Lists) -> Dress:
    """The table; raises ``RulesError`` for a pair of letters that is none."""
    verdict: dict[str, dict[tuple[str, ...], frozenset[str]]] = {}
    for part, name in _PARTS:
        for phrase in lists.get(("attacks", name), ()):
            words = wording(phrase)
            if words:
                known = verdict.setdefault(words[0], {})
                known[words] = known.get(words, frozenset()) | {part}
    lookalikes: dict[int, str] = {}
    for pair in lists.get(("attacks", "lookalikes"), ()):
        if len(pair) != _PAIR or not pair.isalpha():
            raise RulesError(_FILE, "lookalikes", "words", f"'{pair}' must be a letter and the one that it looks like")
        lookalikes[ord(pair[0])] = pair[1]
    return Dress(
        verdict={first: tuple(sorted(found.items(), key=_longest)) for first, found in verdict.items()},
        texts=_pattern(lists.get(("attacks", "program_texts"), ())),
        statements=_pattern(lists.get(("attacks", "program_statements"), ())),
        loose=_pattern(lists.get(("attacks", "program_loose"), ())),
        topics=_words(lists, "program_topics"),
        lookalikes=lookalikes,
        kind_nouns=_words(lists, "kind_nouns"),
        kind_words=_words(lists, "kind_words"),
    )


def _longest(item: tuple[tuple[str, ...], frozenset[str]]) -> tuple[int, tuple[str, ...]]:
    return -len(item[0]), item[0]


def _words(lists: Lists, name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in lists.get(("attacks", name), ()))


def _pattern(statements: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of the statements, whole; for none where there are none."""
    ways = [_way(statement) for statement in statements]
    return re.compile("|".join(ways) if ways else r"(?!)", re.DOTALL)


def _way(statement: str) -> str:
    """A statement as a pattern: its signs as they are, its slots by their kind."""
    parts = _SLOT.split(statement)
    return "".join(_SLOTS[part] if place % 2 else re.escape(part) for place, part in enumerate(parts))
