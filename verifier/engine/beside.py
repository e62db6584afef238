"""What stands right beside a number in words: its sign, its root, what counts, what hands it over.

Scripts without spaces write such words into the number: 负3 is minus three, 根号2 the root of two, 18岁 an age. Words
that the rules do not list may change it, and are never dropped. All of it is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

from verifier.types.figures import FigureTable

_UNSPACED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_RUN: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_KATAKANA: Final = re.compile(r"[\u30a0-\u30ff]")
_AMOUNT: Final = re.compile(r"\d{1,40}(?:\.\d{1,40})?")
_GOES_ON: Final = re.compile(r"[A-Za-z^!]")  # 根号2x: what is under the root, nobody can tell
_SPLITS: Final = re.compile(r" ?[\w^!/*(+-]")
_LONGEST: Final = 24  # letters of the words that stand before a number at the beginning of a text
_NEAR: Final = 12  # signs before a word, of which those that hand a number over are the last
_LONGEST_NUMERAL: Final = 8


def signed(text: str, table: FigureTable) -> str:
    """The text with words for a sign or a root as the sign: 负3 as -3, 2根号3 as 2√(3), "menos 3" as -3.

    Also a number in the digits of a script before what it counts, if that is the whole text: 四年 as 4年.
    """
    if text[:1].isalpha() and " " in text:
        lowered = text[:_LONGEST].lower()
        if lowered.startswith(table.openings):
            return _spelled(text, lowered, table)
    if text.isascii() or _UNSPACED.search(text) is None:
        return text
    if text[0] in table.digits:
        text = _counted(text, table)
    if table.marks.isdisjoint(text):
        return text
    return table.signs.sub(lambda found: _sign(found, table), text)


def _spelled(text: str, lowered: str, table: FigureTable) -> str:
    """A text that opens with a word for a sign or a root, and goes on with a number."""
    for word in table.openings:
        if lowered.startswith(word):
            amount = _AMOUNT.match(text, len(word) + 1) if text[len(word) : len(word) + 1] == " " else None
            if amount is None or (table.spelled[word] == "√" and _SPLITS.match(text, amount.end())):
                return text
            sign = table.spelled[word]
            return sign + (f"({amount[0]})" if sign == "√" else amount[0]) + text[amount.end() :]
    return text


def _sign(found: re.Match[str], table: FigureTable) -> str:
    """The sign for its word, if nothing before it makes it a part of another word, or of a product or a score."""
    if not _stands(found, table):
        return found[0]
    sign = "±" if found["both"] else "-" if found["minus"] else ""
    amount = found["number"]
    if not (found["root"] or found["alone"]):
        return sign + amount
    return found[0] if _GOES_ON.match(found.string, found.end()) else f"{sign}√({amount})"


def _stands(found: re.Match[str], table: FigureTable) -> bool:
    before = found.string[max(0, found.start() - _NEAR) : found.start()]
    if found["minus"] and before[-1:].isdecimal():
        return False  # 3负2 is a score, 5マイナス2 a difference
    if _UNSPACED.match(before[-1:]) is None:
        return True
    return before.endswith(table.leads) and not (_KATAKANA.match(before[-1]) and _KATAKANA.match(found[0]))


def _counted(text: str, table: FigureTable) -> str:
    """Digits of a script before a counter, up to 9999, as decimal ones; any other text as it is."""
    size = 0
    while size < _LONGEST_NUMERAL and text[size : size + 1] in table.digits:
        size += 1
    if not text[size:] or text[size:] not in table.counters:
        return text
    value = _value(text[:size], table)
    return text if value is None else f"{value}{text[size:]}"


def _value(numeral: str, table: FigureTable) -> int | None:
    """The number that signs like 三百二十一 stand for; ``None`` where they stand in no order of a number."""
    total, digit, below = 0, -1, 0
    short = False  # 一百五 is rather 150 than 105
    for sign in numeral:
        own = table.numerals.get(sign)
        if own is not None:
            if digit > 0:
                return None
            short = digit < 0 and own > 0 and below > _TEN
            digit = own
            continue
        power = table.tens[sign]
        if (below and power >= below) or (digit < 0 and total):
            return None
        total += power * (digit if digit >= 0 else 1)
        digit, below, short = -1, power, False
    return None if short else total + max(digit, 0)


_TEN: Final = 10


def begins(text: str, start: int, table: FigureTable) -> int | None:
    """Where the number at ``start`` begins with its sign in words; ``None`` behind a word that may change it.

    ``start`` stands right behind a word of a script without spaces, but for markup.
    """
    if not table.marks.isdisjoint(text[:start]):
        for found in table.signs.finditer(text):
            if found.start("number") == start:
                return found.start() if _stands(found, table) else None
    return start if text[:start].rstrip("*_$ ").endswith(table.leads) else None


def leaves(rest: str, table: FigureTable, asked: str, units: Container[str]) -> bool:
    """Whether the words right behind a number leave it alone: a counter, a unit, a word of either sentence.

    True also where no word of a script without spaces stands there.
    """
    run = _RUN.match(rest, len(rest) - len(rest.lstrip()))
    if run is None:
        return True
    word = run[0]
    if word.startswith(table.links):
        return False
    if word in table.ends or word.startswith(table.tails) or word in asked:
        return True
    behind = next((len(counter) for counter in table.counters if word.startswith(counter)), 0)
    behind = behind or next((size for size in range(_LONGEST_UNIT, 0, -1) if word[:size] in units), 0)
    return behind > 0 and not word.startswith(table.links, behind)


_LONGEST_UNIT: Final = 6


def counts(word: str, table: FigureTable) -> bool:
    """Whether a word behind a number only counts, or ends the sentence: 个, 歳です."""
    for counter in table.counters:
        if word.startswith(counter):
            word = word[len(counter) :]
            break
    return not word or word in table.ends or word in table.tails
