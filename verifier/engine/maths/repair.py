r"""Markup undone before maths is read: HTML, markdown, backslashes doubled or lost to JSON, look-alike characters."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_TAG: Final = re.compile(
    r"<(/?)(sup|sub|b|i|em|strong|u|p|br|span|div|code|font|var|math|answer)(?: [^<>]{0,200})?/?>", re.IGNORECASE
)
_BOLD: Final = re.compile(r"(?<![\w)\]}*])\*\*(?!\*)([^*]++)\*\*(?![\w(*])")
_DOUBLED: Final = re.compile(r"\\\\(?=[A-Za-z]{2,}|[{}|,;!:%])")
_CELSIUS: Final = re.compile(
    r"(?:\^\s?\{?\s?\\circ\s?\}?|°)(?:\\[,;! ]|\s|~)?"
    r"(?:\\(?:text|mathrm|rm|textrm)\s?\{\s?([CF])\s?\}|([CF])(?![A-Za-z]))"
)
_CROSS: Final = re.compile(r"(?<=\d) ?[xX] ?(?=10 ?(?:\^|\*\*|[⁻⁰¹²³⁴-⁹]))")  # 4.5 x 10^4
_LEIBNIZ: Final = re.compile(r"(?<![A-Za-z\\])d([A-Za-z])/d([A-Za-z])(?= ?=)")  # dy/dx = 2x
_BROKEN: Final = re.compile(
    r"\x0c(?=rac)|\x08(?=eta|egin|inom|ar)|\x07(?=pprox|lpha|st)|\x0b(?=ec)|\t(?=imes|ext|heta|an[ ({]|frac)"
    r"|\r(?=ight|ho)|\n(?=eq|e )"
)
_ESCAPE: Final = {"\x0c": "\\f", "\x08": "\\b", "\x07": "\\a", "\x0b": "\\v", "\t": "\\t", "\r": "\\r", "\n": "\\n"}


def repaired(text: str) -> str:
    r"""The text with its markup undone: HTML powers and tags, bold, code fences, backslashes doubled or lost to JSON.

    >>> repaired("x<sup>2</sup> **+** `1`")
    'x^{2} + 1'
    """
    if "<" in text and _TAG.search(text):
        text = _TAG.sub(_tag, text)
    if "**" in text:
        text = _BOLD.sub(r"\1", text)
    if "`" in text:
        text = text.replace("```latex", "").replace("```math", "").replace("`", "")
    if "\\\\" in text and ("\\begin" not in text or "\\\\begin" in text):
        text = _DOUBLED.sub(r"\\", text)
        if "\\\\begin" not in text and "\\begin" in text:
            text = text.replace("\\\\\\\\", "\\\\")
    if "10" in text and ("x" in text or "X" in text):
        text = _CROSS.sub("×", text)
    if "/d" in text:
        text = _LEIBNIZ.sub(r"frac(d\1)(d\2)", text)
    if "circ" in text or "°" in text:
        text = _CELSIUS.sub(lambda found: f" °{found[1] or found[2]}", text)
    if not text.isprintable() and _BROKEN.search(text):
        text = _BROKEN.sub(lambda found: _ESCAPE[found[0]], text)
    if not text.isascii():
        text = _LOOK_ALIKE.sub(_folded, text)
    text = text.strip()
    return _ENDS.sub("", text) if text[-1:] in _STOPS and not text.endswith("..") else text


_STOPS: Final = frozenset(".,;\\")
_ENDS: Final = re.compile(r"(?:(?<!\\)[.,;\s]|(?<!\\)\\(?![^\n])){1,9}$")
_LOOK_ALIKE: Final = re.compile(
    r"[！-～−–—‒‐‑﹣－’‘ʼ′″‴“”\u200b-\u200d\u2060\ufeff\u00ad⁄∕𝐀-𝟿，。、；：]|(?=[^\x00-\x7f])\d"
)
_PLAIN: Final = {
    "′": "'", "″": "''", "‴": "'''", "’": "'", "‘": "'", "ʼ": "'", "“": "", "”": "",
    "⁄": "/", "∕": "/", "。": ".", "、": ",",
}  # fmt: skip


def _folded(found: re.Match[str]) -> str:
    """A look-alike character as the plain one: full-width, dashes, primes, digits of any script."""
    character = found[0]
    if character in "−–—‒‐‑﹣－":
        return "-"
    if character in _PLAIN:
        return _PLAIN[character]
    if character in "\u200b\u200c\u200d\u2060\ufeff\u00ad":
        return ""
    if "！" <= character <= "～":
        return chr(ord(character) - 0xFEE0)
    if "𝐀" <= character <= "𝟿":
        return unicodedata.normalize("NFKC", character)
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def _tag(found: re.Match[str]) -> str:
    closes, name = found[1], found[2].lower()
    if name not in {"sup", "sub"}:
        return " " if name in {"br", "p", "div"} else ""
    return "}" if closes else ("^{" if name == "sup" else "_{")
