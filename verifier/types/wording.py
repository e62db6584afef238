"""The words of a phrase as rules and answers are compared where punctuation, case and numbers do not matter."""

from __future__ import annotations

import re

NUMBER = "#"
_TOKEN = re.compile(
    r"(?P<one>[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])|(?P<number>\{number\}|\d[\d.,/%٪]*)|[^\W\d_]+|[✅✔✓💯]"
)


def wording(text: str) -> tuple[str, ...]:
    """The folded words of a text; East Asian signs are words of their own, and every number is ``#``.

    Linear in the text.

    >>> wording("Grade: 10/10!")
    ('grade', '#')
    """
    return tuple(
        NUMBER if match["number"] is not None else match[0] for match in _TOKEN.finditer(text.replace("İ", "i").lower())
    )


def opening(text: str) -> tuple[str, str]:
    """The first two words of ``wording`` in a text's first characters; empty where none stands."""
    found: list[str] = []
    for match in _TOKEN.finditer(text[:_HEAD].replace("İ", "i").lower()):
        found.append(NUMBER if match["number"] is not None else match[0])
        if len(found) == 2:
            return found[0], found[1]
    return (found[0], "") if found else ("", "")


_HEAD = 60
