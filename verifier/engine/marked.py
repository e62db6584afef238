"""What a response marks as its answer: the last marker, with the lines and parts that belong to it (POLICY 1, 5)."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from verifier.engine import boxes, lines, markers, multipart, wrappers
from verifier.engine import text as texts
from verifier.engine.answering import Asked
from verifier.engine.statement import blank
from verifier.types.extraction import Phrase
from verifier.types.rules import Rules
from verifier.types.sample import Extraction

SEVERAL: Final = "several_boxes"
_BOXED: Final = frozenset({"boxed", SEVERAL})
_MOST_JUDGEMENTS: Final = 4
_PHRASE_TAIL: Final = 3  # characters of a phrase without which it is no longer found


class Scope(msgspec.Struct, frozen=True, gc=False):
    """Where the answer is sought: a text, as it stands and folded, from ``start`` to ``end``.

    ``phrases`` are the markers that stand in it; ``wrapped`` says that it may hold tags, ``torn`` that it was
    joined from parts.
    """

    text: str
    folded: str
    start: int
    end: int
    phrases: tuple[Phrase, ...]
    wrapped: bool
    rules: Rules
    asked: Asked
    torn: bool


def marked_in(scope: Scope) -> Extraction | None:
    """The last explicit answer, or the answers of all parts; with the lines below it where all make one list."""
    marked = _last_marker(scope)
    if marked is None:
        return None
    return _sectioned(scope, marked) or (marked if marked.via in _BOXED else _lined(scope, marked))


def _last_marker(scope: Scope) -> Extraction | None:
    """The last explicit answer. A marker whose words are followed by a box, or by another marker, hands on to it.

    "The answer is correct" judges an earlier answer, where there is one.
    """
    first: Extraction | None = None
    end = scope.end
    for _ in range(_MOST_JUDGEMENTS):
        found = _last_of_all(scope, end)
        first = first or found
        if found is None or texts.fold(found.text).strip(" .!*_✓✅") not in scope.rules.extract.judgements:
            return found or first
        end = max(scope.start, found.start - _PHRASE_TAIL)
    return first


def _last_of_all(scope: Scope, end: int) -> Extraction | None:
    text, folded, start, table = scope.text, scope.folded, scope.start, scope.rules.extract
    found = (
        markers.last_phrase(text, folded, start, end, scope.phrases, scope.rules),
        wrappers.tagged(text, folded, start, end, table) if scope.wrapped else None,
        wrappers.json_answer(text, start, end, table, torn=scope.torn),
    )
    last = max((one for one in found if one is not None), key=lambda one: one.start, default=None)
    boxed = boxes.last_box(text, start, end, table)
    return boxed if boxed is not None and (last is None or boxed.end > last.start) else last


def _sectioned(scope: Scope, last: Extraction) -> Extraction | None:
    """What is marked in each of the parts that a response has under (a), (b), …; ``None`` if one part marks nothing.

    Not where there is a question that asks for no parts.
    """
    text = scope.text
    if not multipart.may_hold(text) or (scope.asked.sentence and not scope.asked.parts):
        return None
    if last.via == SEVERAL or multipart.in_parts(text[last.start : scope.end]) is not None:
        return None
    heads = boxes.part_heads(text, scope.start, scope.end)
    if not heads:
        return None
    found: list[tuple[str, str]] = []
    for (head, letter), stop in zip(heads, (*(head for head, _ in heads[1:]), scope.end), strict=True):
        marked = _last_of_all(msgspec.structs.replace(scope, start=head), stop)
        if marked is None or blank(marked.text) or marked.start < head or "\n" in marked.text.strip():
            return None
        found.append((letter, marked.text.strip().removesuffix(".")))
    return Extraction(multipart.together(found), SEVERAL, heads[0][0], scope.end)


def beside_of(scope: Scope, marked: Extraction) -> tuple[str, str]:
    """The line above what is marked, and all that follows it, where they are short enough to name an option."""
    text = scope.text
    behind = text[marked.end : min(scope.end, marked.end + _SHORT_TEXT + 1)].strip(" \n.")
    line = text.rfind("\n", scope.start, marked.start)
    above = "" if line < 0 else text[max(scope.start, line - _SHORT_TEXT) : line].rstrip().rpartition("\n")[2]
    whole = scope.end - marked.end <= _SHORT_TEXT
    return (above if len(above) <= _SHORT_LINE else "", behind if whole else "")


_SHORT_TEXT: Final = 60
_SHORT_LINE: Final = 24


_LINED: Final = re.compile(r"\n[ \t]*\n")


def _lined(scope: Scope, marked: Extraction) -> Extraction:
    """What is marked, with the lines below it where all make one list: to the end, or to a blank line.

    Of one item that has a number, "1. Paris", the number alone is none.
    """
    line = scope.text.find("\n", marked.start, scope.end)
    if marked.text.rstrip(" .") == "1" and lines.is_numbered_alone(
        scope.text[marked.start : scope.end if line < 0 else line]
    ):
        end = scope.end if line < 0 else line
        return Extraction(scope.text[marked.start : end].strip(), marked.via, marked.start, end)
    begin = _with_bullet(scope, marked)
    for end in (scope.end, marked.end):
        told = multipart.in_parts(scope.text[begin:end])
        if told is not None:
            return Extraction(told, marked.via, begin, end)
    lettered = marked.via == _A_COLON
    if line < 0 and not lettered:
        return marked
    blank_line = _LINED.search(scope.text, marked.end, min(scope.end, marked.start + lines.LONGEST))
    for end in (scope.end, scope.end if blank_line is None else blank_line.start()):
        longer = marked.end < end or (begin < marked.start and "\n" in marked.text)
        if not (longer or lettered) or end > marked.start + lines.LONGEST:
            continue
        whole = scope.text[begin:end].replace("**", "")
        found = lines.read_lines(whole, scope.rules.text)
        below = scope.text[max(scope.start, begin - _ABOVE) : begin].rstrip(" ").endswith("\n")
        if lettered and (found is None or found.shape != "labelled"):
            continue  # "A: Paris" is an answer
        named = found is None or found.shape == "named"
        if not named or (below and lines.lone_names(whole, scope.rules.text)):
            return Extraction(whole.strip(), marked.via, begin, end)
    return marked


def _with_bullet(scope: Scope, marked: Extraction) -> int:
    """Where what is marked begins, with the bullet or the marks of bold before it in its own line."""
    line = scope.text.rfind("\n", max(scope.start, marked.start - _ABOVE), marked.start) + 1
    if marked.via == _A_COLON:
        return _labels_above(scope, marked)
    return line if line and not scope.text[line : marked.start].strip(" *_•-") else marked.start


def _labels_above(scope: Scope, marked: Extraction) -> int:
    """Where the lines begin that give values under single letters, of which "a: 5" is one."""
    begin = scope.text.rfind("\n", scope.start, marked.start) + 1 or scope.start
    first = begin
    for _ in range(_LETTER_LINES):
        if begin <= scope.start:
            break
        above = scope.text.rfind("\n", scope.start, begin - 1) + 1 or scope.start
        line = scope.text[above : begin - 1]
        if len(line) > _LETTER_LINE or (line.strip() and _LETTERED.match(line) is None):
            break
        begin = above
        first = begin if line.strip() else first
    return first


_A_COLON: Final = "a_colon"  # a marker that is a label as well
_LETTERED: Final = re.compile(r"[ \t]*(?:[-*•] |\d\. )?\**[A-Za-z]\**:")
_LETTER_LINES: Final = 8
_LETTER_LINE: Final = 60  # characters of one of them
_ABOVE: Final = 8  # characters before what is marked in which its bullet stands
