"""Whether a quote stands in a text as what it says there: no number or word is cut, and no denial left out (pure).

``5`` is not said in ``-5``, ``10^5`` or ``5%``, nor ``happy`` in ``un-happy`` or ``not happy``.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from verifier.types.judging import Quoting


def is_quoted(quote: str, text: str, words: Quoting) -> bool:
    """Whether a quote stands in a text, letter by letter. White space is alike; what has no width is left out.

    Linear in the text for each place where the letters stand, of which the first 200 are looked at.
    """
    wanted = plain(quote).replace(_TIGHT, " ")
    if not wanted:
        return False
    shown = plain(text)
    even = shown.replace(_TIGHT, " ")
    place = even.find(wanted)
    for _ in range(_MOST_PLACES):
        if place < 0:
            return False
        end = place + len(wanted)
        if _is_whole(shown[max(0, place - _AROUND) : place], wanted, shown[end : end + _AROUND], words):
            return True
        place = even.find(wanted, place + 1)
    return False


def plain(text: str) -> str:
    """A text in NFC without signs of no width; white space is one blank, and a narrow one within a number."""
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf" and sign != _JOINER)
    marked = _NARROW.sub(_HELD, unicodedata.normalize("NFC", seen))
    return " ".join(marked.split()).replace(_HELD, _TIGHT)


def _is_whole(before: str, quote: str, after: str, words: Quoting) -> bool:
    first, last = quote[0], quote[-1]
    if (_is_figure(first) and _is_number_begun(before, quote, words)) or (
        _is_figure(last) and _is_number_open(quote, after)
    ):
        return False
    if _is_cut(before, first) or _goes_on(last, after):
        return False
    return not _is_denied(before, first, after, words)


def _is_figure(sign: str) -> bool:
    """Whether a sign is a figure of a numeral: no word of a script without spaces, 五."""
    return sign.isnumeric() and sign < _UNSPACED


# --- words -----------------------------------------------------------------------------------------------------------


def _is_cut(before: str, first: str) -> bool:
    """Whether a word or number goes on from before the quote."""
    if not before or not first.isalnum() or first >= _UNSPACED:
        return unicodedata.category(first)[0] == "M"
    near = before[-1]
    if unicodedata.category(near)[0] == "M":
        return True
    if near.isalnum() and near < _UNSPACED:
        return not (_is_figure(first) ^ _is_figure(near))  # x2 and 5m are two things, ab and 15 are one
    return near in _HYPHENS and first.isalpha() and before[-2:-1].isalpha()


def _goes_on(last: str, after: str) -> bool:
    """Whether the word or number that ends the quote goes on behind it."""
    near = after[:1]
    if not near:
        return False
    if unicodedata.category(near)[0] == "M" and not "\ufe00" <= near <= "\ufe0f":
        return True
    if not last.isalnum() or last >= _UNSPACED:
        return False
    if near in _RAISED or (near == "^" and last.isalpha()):
        return True
    if near.isalnum() and near < _UNSPACED:
        return not (_is_figure(last) ^ _is_figure(near))
    return near in _HYPHENS and last.isalpha() and after[1:2].isalpha()


def _is_denied(before: str, first: str, after: str, words: Quoting) -> bool:
    """Whether a word that denies stands right before or behind the quote."""
    behind = after.lstrip(_BLANKS).casefold()
    for word in words.behind:
        if behind.startswith(word):
            rest = behind[len(word) : len(word) + 1]
            if word[-1] >= _UNSPACED or not rest.isalnum():
                return True
    near = before.rstrip(_BLANKS + _QUOTES).casefold().replace("\u2019", "'")
    joined = before if "\uac00" <= first <= "\ud7af" else near  # Korean parts its words
    if first >= _UNSPACED and joined.endswith(words.joined):
        return True
    told = _WORDS.findall(near[-_NEAR:])
    count = len(told)
    while count and told[count - 1] in words.over:
        count -= 1
    return count > 0 and told[count - 1] in words.before and near.endswith(" ".join(told[count - 1 :]))


# --- numbers ---------------------------------------------------------------------------------------------------------


def _is_number_begun(before: str, quote: str, words: Quoting) -> bool:
    """Whether what stands before a quote that begins with a figure belongs to its number."""
    near = before[-1:]
    if not near:
        return False
    if near in _MARKS:
        more = before[-2:-1]
        return _is_figure(more or "x") or (near == "." and not more.strip())
    if near in {_TIGHT, "^"} or _FACTOR.search(before):
        return True
    stripped = before.rstrip(_BLANKS)
    sign = stripped[-1:]
    if sign in _MINUS:
        more = stripped[-2:-1]
        if stripped == before:
            return not (more.isalnum() or more in _CLOSING)
        return not (sign in _DASHES and stripped[:-1].rstrip(_BLANKS)[-1:].isalpha())
    if sign in _RELATIONS or _FUNCTION.search(stripped):
        return not (sign == ">" and (stripped == ">" or _TAG.search(stripped)))
    if near == " ":
        figures, group = _LAST_FIGURES.search(stripped), _FIRST_FIGURES.match(quote)
        if figures is not None and len(figures[1]) <= _GROUP and group is not None and len(group[0]) == _GROUP:
            return True  # 1 500
    told = _WORDS.findall(stripped[-_NEAR:].casefold())
    if told and stripped.casefold().endswith(told[-1]) and told[-1] in words.minus:
        return True
    return any(word >= _UNSPACED and stripped.endswith(word) for word in words.minus)


def _is_number_open(quote: str, after: str) -> bool:
    """Whether what stands behind a quote that ends with a figure belongs to its number."""
    if not after:
        return False
    if after[0] in _MARKS:
        return _is_figure(after[1:2] or "x")
    if after[0] == _TIGHT or after[0] == "^" or _PERCENT.match(after) or _POWER.match(after):
        return True
    figures, group = _LAST_FIGURES.search(quote), _NEXT_GROUP.match(after)
    return group is not None and figures is not None and len(figures[1]) <= _GROUP


_MOST_PLACES = 200
_AROUND = 60  # characters beside a quote that are looked at
_NEAR = 40
_GROUP = 3  # figures of a group of thousands
_UNSPACED = "\u0e00"  # from here on most scripts write words without spaces between them
_TIGHT = "\u202f"
_HELD = "\x00"  # for it, while white space is made even
_JOINER = "\u034f"
_BLANKS = " \u202f"
_QUOTES = "\"'\u201c\u201d\u2018\u2019\u00ab\u00bb\u300c\u300d\u300e\u300f*_`"
_HYPHENS = frozenset("-\u2010\u2011")
_DASHES = frozenset("\u2013\u2014")
_MINUS = frozenset("-\u2212\u2013\u2014\u2010\u2011\uff0d\ufe63\u207b\u2796")
_MARKS = frozenset(".,\u066b\u066c\uff0e\uff0c")
_CLOSING = frozenset(")]}%")
_RELATIONS = frozenset("\u221a\u221b\u221c\u00b1\u2213\u2260<>\u2264\u2265\u2a7d\u2a7e\uff1c\uff1e\u226a\u226b")
_RAISED = frozenset("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b\u207f") | frozenset(
    "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089"
)
_TIMES: Final = "\u00b7\u22c5\u00d7*\u2219"
_NARROW = re.compile(r"(?<=\d)[\u00a0\u2006-\u200a\u202f\u205f](?=\d)")
_FACTOR = re.compile(
    rf"\d\s?[{_TIMES}x]\s?$|\d[eE][+\-\u2212]?$|(?<![/:\d])\d{{1,20}}[/:]$|\u2044$|}}\s?{{$|\^\s?[({{]?\s?[-\u2212+]?$"
)
_POWER = re.compile(
    rf"\s?[{_TIMES}x]\s?\d|[eE][+\-\u2212]?\d|[/:]\d{{1,20}}(?![\d/:])|\s?\\(?:cdot|times)(?![a-z])|\u2044"
)
_PERCENT = re.compile(r"\s?\\?[%\u2030\u2031\u066a\uff05\ufe6a]")
_FUNCTION = re.compile(r"(?<![A-Za-z])(?:sqrt|root|[cdt]?frac|log|ln|exp|sin|cos|tan|cdot|times)\s?(?:\[\d\])?[({]?$")
_TAG = re.compile(r"<[^<>]*>$")
_LAST_FIGURES = re.compile(r"(?<![\d.,])(\d+)$")
_FIRST_FIGURES = re.compile(r"\d+")
_NEXT_GROUP = re.compile(r" \d{3}(?!\d)")
_WORDS = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
