"""The parts of an answer as one text: ``(a) 6, (b) 9``, in whatever dress they stand (POLICY 5, 40).

Parts may stand on one line, on lines of their own, under headings or in a table, with "and" between them.
"""

from __future__ import annotations

import re
from typing import Final

_LETTERS: Final = "abcdefgh"
_LONGEST: Final = 2_000  # characters of a text that is nothing but parts
_PIECE: Final = 120  # characters of a part
_LABEL: Final = re.compile(
    r"(?:(?<![\w\\(])[*_]{0,2}(?:[Pp]art )?(?:\(([a-h])\)|([a-h])\))"
    r"|(?:^|(?<=\n))[ \t*_•-]*(?:[Pp]art )?([a-h])[.:](?= ))"
    r"[*_]{0,2}[:.]?[*_]{0,2}"
)
_ROW: Final = re.compile(r"[ \t]*\|[ \t*_]*(?:[Pp]art )?\(?([a-h])\)?[ \t*_]*\|(.*)\|[ \t]*")
_NUMBER: Final = re.compile(r"\$(-?\d[\d.,/]*)\$")  # a number between dollars, and no formula
_AROUND: Final = " \t\n,;|•*_"
_BULLET: Final = re.compile(r"(?:\s|^)[-•*]\s*\Z")
_JOINT: Final = re.compile(r"[\s,;]+(?:and|und|et|y|e|и|ve)\s*\Z", re.IGNORECASE)


def in_parts(text: str) -> str | None:
    r"""A text that is nothing but labelled parts, as they are told on one line; ``None`` if it is anything else.

    >>> in_parts("(a) 6 and (b) 9")
    '(a) 6, (b) 9'
    >>> in_parts("- **(a)** $6$\n- **(b)** $9$")
    '(a) 6, (b) 9'
    >>> in_parts("(a) 6") is None
    True
    """
    if len(text) > _LONGEST or not may_hold(text):
        return None
    found = _rows(text) if "|" in text else _pieces(text)
    if len(found) < 2 or "".join(label for label, _ in found) != _LETTERS[: len(found)]:
        return None
    if not all(piece and len(piece) <= _PIECE and "\n" not in piece for _, piece in found):
        return None
    return together(found)


def may_hold(text: str) -> bool:
    """Whether a text has what may be the labels of two parts."""
    return any(text.rfind(label) >= 0 for label in _SECONDS)  # from the end: a quarter of what `in` costs


_SECONDS: Final = ("b)", "b.", "b:", "b |")


def together(found: list[tuple[str, str]]) -> str:
    """Labels and values as the parts of one line."""
    return ", ".join(f"({label}) {value}" for label, value in found)


def last_start(text: str, start: int, end: int) -> int:
    """Where the last list of parts may begin: its label (a) at the head of a line or behind a colon; -1 if nowhere."""
    heads = list(_FIRST.finditer(text, max(start, end - _LONGEST), end))
    return heads[-1].start(1) if heads else -1


_FIRST: Final = re.compile(r"(?:^|\n|: )[ \t]*((?:[-•*] )?[*_|]{0,3}[ \t]?(?:[Pp]art )?\(?a[).:])")


def _rows(text: str) -> list[tuple[str, str]]:
    """The parts that stand in the rows of a table; empty where a line is none of it."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not all(line.lstrip().startswith("|") for line in lines):
        return []
    rows = [match for match in map(_ROW.fullmatch, lines) if match is not None]
    return [(row[1], row[2].rpartition("|")[2].strip(_AROUND)) for row in rows]


def _pieces(text: str) -> list[tuple[str, str]]:
    marks = list(_LABEL.finditer(text))
    if not marks or text[: marks[0].start()].strip(" \t\n*_•-"):
        return []
    ends = (*(mark.start() for mark in marks[1:]), len(text))
    found = []
    for mark, stop in zip(marks, ends, strict=True):
        piece = _JOINT.sub("", _BULLET.sub("", text[mark.end() : stop].rstrip(_AROUND + "-")))
        value = _NUMBER.sub(r"\1", piece.strip(_AROUND).removesuffix("."))
        found.append((mark[1] or mark[2] or mark[3], value))
    return found
