"""The order in which a question names its unknowns: of values under no names it is the order (POLICY 39, 40).

"Find m and b" asks for m first, whatever stands first in the alphabet. Letters that follow each other in the alphabet
(x, y; a, b, c) are in its order where the question says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from verifier.engine import text as texts
from verifier.engine.kinds.kind import Context

_WORD: Final = 3  # letters of a name that is a word
_ASKED: Final = 2_000  # characters at the end of a question in which it names its unknowns
_SENTENCE: Final = re.compile(r"[.?!](?:\s|$)|\n")
_DRESS: Final = re.compile(r"\\left|\\right|\\[,;:! ()]|[${}]|\\text|\\mathrm|\\")
_ONE: Final = r"[^\W\d_](?:_\w{1,3}|[₀-₉]|')?"
_RUN: Final = re.compile(
    rf"(?<![\w'’+*/^=<>≤≥]){_ONE}(?![\w'’])(?: ?, ?(?:and )?{_ONE}(?![\w'’])){{0,7}}"
    rf"(?:,? ?(?:and|&) {_ONE}(?![\w'’]))?"
    r"(?! ?[+*/^=<>≤≥])"
)
_JOINT: Final = re.compile(r",? ?(?:and|&) |,")
_LONE: Final = re.compile(rf"(?<![\w'’])(?<![+*/^=<>≤≥-])(?<![+*/^=<>≤≥-] ){_ONE}(?![\w'’])(?! ?[+*/^=<>≤≥(-])")
_BETWEEN: Final = re.compile(r"(?: the)?(?: \w+){0,3} ?")  # what may stand between the words that ask and the names


def asked(count: int, ctx: Context) -> tuple[str, ...]:
    """The unknowns that a question asks for in one list, if they are as many: "the values of m and n".

    None where it says that they are roots, solutions or numbers of one sort, of which the order is free.
    """
    question = ctx.demand.question[-_ASKED:]
    table = ctx.rules.demand.rivals
    if count < len("ab") or not question:
        return ()
    spaced = f" {' '.join(texts.words_of(texts.fold(question)))} "
    if any(f" {phrase} " in spaced for phrase in table.unordered):
        return ()
    ctx.meter.spend(2 * len(question))
    plain = _plain(question)
    for match in _RUN.finditer(plain):
        if _JOINT.search(match[0]) is None or not _asks(
            plain[max(0, match.start() - _HEAD) : match.start()], table.asks
        ):
            continue
        found = _names(match[0])
        if len(found) == count and len(set(found)) == count:
            return found
    return ()


def _asks(head: str, phrases: tuple[str, ...]) -> bool:
    """Whether a text ends with words that ask, and few words behind them."""
    folded = head.lower()
    for phrase in phrases:
        at = folded.rfind(phrase)
        if at >= 0 and not folded[max(0, at - 1) : at].isalnum() and _BETWEEN.fullmatch(folded, at + len(phrase)):
            return True
    return False


def order(names: Sequence[str], ctx: Context) -> tuple[str, ...]:
    """The names in the order of the question, else of the alphabet; empty where neither says how they stand.

    Words stand as the question first has them.
    """
    question = ctx.demand.question[-_ASKED:]
    wanted = sorted(names)
    if tuple(wanted) in _PARTS:
        return tuple(wanted)
    if all(len(name) >= _WORD for name in names):
        folded = question.lower()
        if all(name in folded for name in names):
            return tuple(sorted(names, key=folded.index))
        return _counted(names, ctx)
    ctx.meter.spend(2 * len(question))
    plain = _plain(question)
    for match in _RUN.finditer(plain):
        found = _names(match[0])
        if sorted(found) == wanted:
            return found
    for sentence in reversed(_SENTENCE.split(plain)):
        first: dict[str, None] = dict.fromkeys(one[0] for one in _LONE.finditer(sentence))
        told = tuple(name for name in first if name in names)
        if sorted(told) == wanted:
            return told
    return tuple(wanted) if _follow(wanted) else ()


def _counted(names: Sequence[str], ctx: Context) -> tuple[str, ...]:
    """Labels that are counted: "first root", "second root"; "part a", "part b"; empty for others."""
    words = ctx.rules.numbers.words
    places: dict[int, str] = {}
    for name in names:
        first, last = name.partition(" ")[0], name.rpartition(" ")[2]
        word = words.get(first)
        if word is not None and word.kind == "ordinal":
            places[word.value] = name
        elif first == "part" and len(last) == 1:
            places[ord(last)] = name
    return tuple(places[place] for place in sorted(places)) if len(places) == len(names) else ()


def _plain(question: str) -> str:
    return _DRESS.sub("", question)


def _names(run: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _JOINT.split(run) if part.strip() and part.strip() != "and")


def _follow(names: Sequence[str]) -> bool:
    """Whether names are letters that follow each other, or numbered ones: x, y, z; a_1, a_2."""
    if all(len(name) == 1 for name in names):
        return all(ord(after) - ord(name) == 1 for name, after in pairwise(names))
    return len({name.partition("_")[0] for name in names}) == 1


_LETTERS: Final = tuple(f"({letter})" for letter in "abcdefgh")
_ROMAN: Final = ("(i)", "(ii)", "(iii)", "(iv)", "(v)", "(vi)")
_PARTS: Final = frozenset(labels[:count] for labels in (_LETTERS, _ROMAN) for count in range(2, len(labels) + 1))
_HEAD: Final = 60  # characters before a list in which stands what asks for it
