"""The words of a phrase as rules and answers are compared where punctuation, case and numbers do not matter."""

from __future__ import annotations

import re

NUMBER = "#"
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\{number\}|\d[\d.,/%٪]*|[^\W\d_]+|[✅✔✓💯]")


def wording(text: str) -> tuple[str, ...]:
    """The folded words of a text; East Asian signs are words of their own, and every number is ``#``.

    Linear in the text.

    >>> wording("Grade: 10/10!")
    ('grade', '#')
    """
    return tuple(map(_word, _TOKEN.findall(text.replace("İ", "i").lower())))


def spoken(text: str) -> tuple[str, ...]:
    """The folded words and numerals of a text, in any script: runs of letters with their marks, of one script each.

    >>> spoken("41 또는 42; 选项A、B या")
    ('41', '또는', '42', '选项', 'a', 'b', 'या')
    """
    return tuple(_RUN.findall(text.replace("İ", "i").lower()))


def opening(text: str) -> tuple[str, str]:
    """The first two words of ``wording`` in a text's first characters; empty where none stands."""
    head = text[:_HEAD].replace("İ", "i").lower()
    first = _TOKEN.search(head)
    if first is None:
        return "", ""
    second = _TOKEN.search(head, first.end())
    return _word(first[0]), "" if second is None else _word(second[0])


def _word(token: str) -> str:
    return NUMBER if token[0].isdecimal() or token[0] == "{" else token


_RUN = re.compile(
    r"\d+(?:[.,]\d+)*|[\u2e80-\u2fdf\u3005-\u3007\u3040-\u9fff]+|[\uac00-\ud7af]+|[\u0900-\u0dff]+"
    r"|(?:(?![\u2e80-\u2fdf\u3005-\u3007\u3040-\u9fff\uac00-\ud7af\u0900-\u0dff])[^\W\d_])+"
    r"(?:['\u2019](?:(?![\u2e80-\u2fdf\u3005-\u3007\u3040-\u9fff\uac00-\ud7af\u0900-\u0dff])[^\W\d_])+)?"
)
_HEAD = 60
