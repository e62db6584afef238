"""From the phrases of a pack's conditions to patterns, compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping

from verifier.rulebook.schema import MEANINGS, ConditionEntry, Entries, Lists, SlotEntry
from verifier.types.errors import RulesError
from verifier.types.rules import ConditionTable, Saying

# Runs are bounded, as a hostile question is all letters; none is possessive, which Python 3.11.2 matches wrongly here.
_OPEN = r"\$?\\?\(?"
_CLOSE = r"\\?\)?\$?,?"
_LETTER = r"(?<![A-Za-z\\])(?<![A-Za-z']\()[A-Za-z](?!\w)"  # f(x) says nothing of x
_GAP = r"\s{1,3}"
_SLOT = re.compile(r"\{([a-z]+|\d{1,3})(\?)?\}")
_WORD = re.compile(r"[^\W\d_]+")
_OWN = frozenset({"name", "names", "symbol", "near", "word"})


def conditions(entries: Entries, lists: Lists) -> ConditionTable:
    """The table; raises ``RulesError`` for a phrase that is none, or whose slot nobody fills."""
    slots = {
        entry.name: entry.words
        for _, entry in entries.get(("demand", "slot"), {}).values()
        if isinstance(entry, SlotEntry)
    }
    said: dict[str, tuple[Saying, ...]] = dict.fromkeys(MEANINGS, ())
    for path, entry in entries.get(("demand", "condition"), {}).values():
        if isinstance(entry, ConditionEntry):
            said[entry.means] = (*said[entry.means], _saying(entry, path, slots))
    signs = {
        words.lower(): sign
        for words, _, sign in (row.rpartition(" ") for row in lists.get(("demand", "spoken_signs"), ()))
    }
    operations: dict[str, tuple[str, ...]] = {}
    for row in lists.get(("demand", "operations"), ()):
        words, _, head = row.rpartition(" ")
        operations[head] = (*operations.get(head, ()), words.lower())
    told = "|".join(map(_literal, sorted(signs, key=len, reverse=True))) or "(?!)"
    return ConditionTable(
        **said,
        run=_run(lists.get(("demand", "maths_words"), ()), lists.get(("demand", "short_words"), ())),
        spoken=re.compile(rf"(\d) ?({told}) ?(?=-?\d)", re.IGNORECASE),
        signs=signs,
        operations=operations,
    )


def _saying(entry: ConditionEntry, path: str, slots: Mapping[str, tuple[str, ...]]) -> Saying:
    """The phrases of an entry as one pattern."""
    shapes: list[str] = []
    clues: set[str] = set()
    for phrase in entry.phrases:
        tokens = phrase.split()
        problem = _problem(phrase, tokens, slots)
        if problem:
            raise RulesError(path, entry.name, "phrases", problem)
        shapes.append(_shape(tokens, slots))
        clues.update(_clues(tokens, slots))
    other = "|".join(_literal(phrase) + r"(?!\w)" for phrase in entry.unless)
    but = f"(?!{other})" if other else ""
    return Saying(entry.name, re.compile(rf"(?<![\w-]){but}(?:{'|'.join(shapes)})", re.IGNORECASE), frozenset(clues))


def _problem(phrase: str, tokens: list[str], slots: Mapping[str, tuple[str, ...]]) -> str:
    """Why a phrase is none; empty for a good one."""
    for token in tokens:
        slot = _SLOT.fullmatch(token)
        if slot is None and ("{" in token or "}" in token):
            return f"'{token}' is no slot: write {{name}}, {{name?}} or {{40}}, with spaces around it"
        if slot is not None and slot[1] not in _OWN and slot[1] not in slots and not slot[1].isdigit():
            return f"unknown slot '{token}'; there are: {', '.join(sorted({*slots, *_OWN}))}"
    if tokens and (_ends_open(tokens[0]) or _ends_open(tokens[-1])):
        return f"'{phrase}' must begin and end with something that is there"
    return "" if _clues(tokens, slots) else f"'{phrase}' must hold a word"


def _ends_open(token: str) -> bool:
    return token.endswith("?}") or (token[0] == "{" and token[1:-1].isdigit())


def _clues(tokens: list[str], slots: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Words of which every text of the phrase holds one: its longest, else those of the slot with the longest."""
    sets: list[tuple[str, ...]] = [(token,) for token in tokens if token[0] != "{"]
    sets = sets or [slots[token[1:-1]] for token in tokens if token[1:-1] in slots]
    told = [tuple(max(_WORD.findall(word.lower()), key=len, default="") for word in words) for words in sets]
    return max((words for words in told if all(words)), key=lambda words: min(map(len, words)), default=())


def _shape(tokens: list[str], slots: Mapping[str, tuple[str, ...]]) -> str:
    """A phrase as a pattern; each run of names is a group."""
    joined = "|".join(map(re.escape, slots.get("and", ()))) or "(?!)"
    joint = rf"(?:\\\)|[\s,$]){{0,4}}(?:(?:{joined}) )?{_OPEN}"
    named = {
        "name": rf"{_OPEN}({_LETTER}){_CLOSE}",
        "names": rf"{_OPEN}({_LETTER}(?:{joint}{_LETTER}){{0,4}}){_CLOSE}",
        "symbol": rf"{_OPEN}(?<![A-Za-z])([A-Za-z]{{1,12}})(?!\w){_CLOSE}",
        "near": rf"((?:\w+ ){{0,6}}(?:[A-Za-z]\w*,? (?:{joined}) |[A-Za-z], ?){{0,6}}{_OPEN}[A-Za-z])(?![A-Za-z])",
        "word": r"\w+",
    }
    shape = gap = ""
    for token in tokens:
        slot = _SLOT.fullmatch(token)
        if slot is None:
            shape += gap + re.escape(token)
        elif slot[1].isdigit():
            shape += rf"\b.{{0,{slot[1]}}}?"
            gap = r"\b"
            continue
        else:
            piece = named.get(slot[1]) or "(?:" + "|".join(map(_literal, slots[slot[1]])) + ")"
            shape += f"(?:{gap}{piece})??" if slot[2] else gap + piece
        gap = _GAP
    return shape if tokens[-1][1:-1] in _OWN else shape + r"(?!\w)"


def _literal(words: str) -> str:
    return _GAP.join(map(re.escape, words.split()))


def _run(maths: tuple[str, ...], short: tuple[str, ...]) -> re.Pattern[str]:
    """Maths in running text: signs, numerals, macros, names of functions, letters that are no words."""
    named = "|".join((*map(re.escape, maths), "[A-Za-z]"))
    words = "|".join(map(re.escape, short)) or "(?!)"
    return re.compile(
        rf"(?:\\[A-Za-z]+|(?<![A-Za-z'])(?:{named})(?![A-Za-z'])"
        rf"|(?<![A-Za-z])(?!(?i:{words})\b)[A-Za-z]{{2,3}}(?= ?[-+*/^=<>])|(?<=[-+*/^=(] )[A-Za-z]{{2,3}}(?![A-Za-z'])"
        r"|[\d.]+|[-+*/^=<>≤≥≠≡|(){}\[\]_,!√π°×·÷±]|(?<=\S) (?=\S))+"
    )
