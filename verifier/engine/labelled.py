"""Lines that give values under labels: "Mean: 2", "(a): 5", "x: 3", "Width is 10 cm", or a label above its value."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 50  # characters of a value
_LABEL_WORDS: Final = 3  # words of a label before "is"
_WORDS: Final = 2  # words beside the number of a value: "square metres"
_LABEL: Final = r"[^\W\d_][^\W\d_'’-]*(?:[ -][^\W\d_'’][^\W\d_'’-]*){0,5}"
_MARK: Final = r"\([a-h]\)|\((?:i|ii|iii|iv|v|vi)\)"
_LINE: Final = re.compile(
    rf"(?:(?P<mark>{_MARK})[ ]?[:=]|(?P<label>{_LABEL})(?P<sign>[ ]?[:=]|[ ](?:is|are|equals)(?=[ ])))"
    r"[ ]?(?P<value>\S.*)"
)
_HEAD: Final = re.compile(rf"(?:{_MARK}|{_LABEL}) ?:")
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_MACRO: Final = re.compile(r"\\[A-Za-z]+")
_UNVALUED: Final = re.compile(r"[=≈<>≤≥≠:?!;\n]")
_ONE_LINE: Final = re.compile(
    r"[A-Za-z]: ?[-+\d\\$][^:;=]{0,30}(?:(?:[,;]| and) [A-Za-z]: ?[-+\d\\$][^:;=]{0,30}){1,5}"
)
_SPACES: Final = re.compile(r"(?: ?(?:\\[ ,;:]|\\q?quad(?![A-Za-z])) ?)+")
_CUT: Final = re.compile(r"(?:[,;]| and) (?=[A-Za-z]:)")


def paired(lines: list[str]) -> list[str]:
    """Lines as they are, or each label with the value that stands below it."""
    heads, below = lines[0::2], lines[1::2]
    if len(lines) < len("abcd") or len(heads) != len(below):
        return lines
    if not all(_HEAD.fullmatch(bare(one)) for one in heads) or any(one.rstrip(" *").endswith(":") for one in below):
        return lines
    return [f"{head} {value}" for head, value in zip(heads, below, strict=True)]


def bare(line: str) -> str:
    """A line without marks of bold."""
    return line.replace("**", "").strip()


def split_line(text: str) -> list[str]:
    """``x: 2, y: 3`` on one line, as two; empty where the text is nothing like it."""
    text = _SPACES.sub(" ", text)
    return _CUT.split(text) if _ONE_LINE.fullmatch(text) else []


def read(lines: list[str], fillers: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The label and the value of each line; empty where one has none, or two have one label.

    Before "is" no label opens with one of the ``fillers``: "so it is 3".

    >>> read(["**Mean:** 2", "Median: 3"], frozenset())
    (('Mean', '2'), ('Median', '3'))
    >>> read(["Mean: 2", "so it is 3"], frozenset({"so"}))
    ()
    """
    found: list[tuple[str, str]] = []
    signs: set[bool] = set()
    for line in lines:
        match = _LINE.fullmatch(bare(line))
        if match is None:
            return ()
        label, value = match["mark"] or match["label"], match["value"].strip(" ,;$`").removesuffix(".")
        if (len(label) == 1 and not (match["sign"] or "").endswith(":")) or not _is_value(value):
            return ()  # "x = 2" is an assignment
        worded = (match["sign"] or "")[-1:].isalpha()
        if worded and (label.count(" ") >= _LABEL_WORDS or label.partition(" ")[0].lower() in fillers):
            return ()
        signs.add(len(label.strip("()")) == 1 or label.startswith("("))
        found.append((label, value))
    labels = [label.casefold() for label, _ in found]
    if {"q", "a"} <= set(labels):
        return ()  # a question and its answer
    return tuple(found) if len(found) > 1 and len(set(labels)) == len(labels) and len(signs) == 1 else ()


def joined(label: str, value: str) -> str:
    """A label and its value as readers of one line know them."""
    if label.startswith("("):
        return f"{label} {value}"
    return f"{label} = {value}" if len(label) == 1 else f"{label}: {value}"


def _is_value(value: str) -> bool:
    """Whether a text is a value with a unit at most: it has a digit or a sign of maths, and few words."""
    plain = _MACRO.sub(" ", value)
    if not value or len(value) > _LONGEST or _UNVALUED.search(value) or ", " in value:
        return False
    return (any(map(str.isdigit, value)) or plain != value or "π" in value) and len(_WORD.findall(plain)) <= _WORDS
