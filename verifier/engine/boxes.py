r"""Answers in boxes: ``\boxed{…}``, several of them, one in another, one that is only a part of a formula.

Searches are one ``rfind`` for each box; braces are followed for the length of an answer.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category

from verifier.engine import text as texts
from verifier.engine.answering import WORD
from verifier.engine.statement import blank
from verifier.types.extraction import ExtractTable
from verifier.types.rules import Rules, TextTable
from verifier.types.sample import Extraction

_ANSWER_HEAD: Final = 20_000  # characters in which a box's brace may end; what is longer is no answer
_BOX_TAIL: Final = 200
_CLAUSE_HEAD: Final = 120  # characters before a box in which its clause may begin
_CLAUSE_END: Final = re.compile(r"(?<!\d)[.,;](?!\d)")
_SENTENCE_END: Final = re.compile(r"(?<!\b[A-Z][a-z])(?<!\b[A-Z][a-z]{2})[.!?;:]\s")  # and no "Mr. Julius"
_SIGN_HEAD: Final = 8  # characters before a box among which the sign of a currency stands
_SPACES: Final = re.compile(r"\\[,;:! ]|~|\\q?quad(?![A-Za-z])")  # no clause ends in the comma of `\,`
_SPACE_ENDS: Final = frozenset(" ,;:~")
_TOKEN: Final = re.compile(r"\S{1,200}")


def last_box(text: str, start: int, end: int, table: ExtractTable) -> Extraction | None:
    r"""The last ``\boxed{…}``, with the unit or words behind it on its line.

    Two boxes that a conjunction joins are several answers.
    """
    last = _box_before(text, start, end, end, table) if "\\" in text else None
    if last is None:
        return None
    earlier = _box_before(text, start, last.start, end, table)
    if earlier is not None and blank(last.text):
        last, earlier = earlier, _box_before(text, start, earlier.start, end, table)
    if (
        earlier is not None
        and earlier.end <= last.start
        and _joined(text[earlier.end : last.start])
        and earlier.text.strip() != last.text.strip()
    ):
        return _inline_parts(text, start, end, last, table) or _box_run(text, start, end, last, earlier, table)
    parts = None if earlier is None else _parts(text, start, end, last, table)
    if parts is not None:
        return parts
    line_end = text.find("\n", last.end, end)
    tail = text[last.end : min(end if line_end < 0 else line_end, last.end + _BOX_TAIL)]
    tail = _CLAUSE_END.split(_SPACES.sub(" ", tail), maxsplit=1)[0]
    tail = tail.replace("$", " ").replace("\\)", " ").replace("\\]", " ").strip().removeprefix("**").strip()
    tail = tail[1:-1] if tail.startswith("{") and tail.endswith("}") else tail
    own = _SPACES.sub(" ", last.text).rstrip() if last.text[-1:] in _SPACE_ENDS else last.text
    words = f"{own} {tail}" if own[-1:].isdigit() and tail and len(tail) < _BOX_TAIL else own
    return Extraction(_currency(text, start, last) + words, "boxed", last.start, last.end)


def _currency(text: str, start: int, box: Extraction) -> str:
    r"""The sign of a currency right before a box: ``€\boxed{5}``, ``\$\boxed{5}``; empty where none stands there."""
    before = text[max(start, box.start - _SIGN_HEAD) : box.start].rstrip(" *").removesuffix("$").rstrip(" *")
    sign = before[-1:]
    if not box.text[:1].isdigit():
        return ""
    if before.endswith("\\") and text[max(start, box.start - _SIGN_HEAD) : box.start].rstrip(" *").endswith("\\$"):
        return "\\$"
    return sign if sign != "$" and sign and category(sign) == "Sc" else ""


def lead(text: str, start: int, box: Extraction) -> str:
    """The words of the clause that leads to a box, in its own line."""
    head = max(start, box.start - _CLAUSE_HEAD)
    begin = max(head, text.rfind("\n", head, box.start) + 1)
    return _SENTENCE_END.split(text[begin : box.start])[-1].strip(" $*\\([>#-")


_PART: Final = re.compile(r"(?:^|(?<=\n))[ \t*#>-]{0,8}(?:[Pp]art |[Qq]uestion )?\(?([a-h])[.):]")
_PARTS_BEFORE: Final = 20_000  # characters before the last box in which the parts of an answer begin


def _parts(text: str, start: int, end: int, last: Extraction, table: ExtractTable) -> Extraction | None:
    r"""The last box of each part labelled (a), (b), … at the head of a line; ``None`` if one has none."""
    heads = part_heads(text, max(start, last.start - _PARTS_BEFORE), last.start)
    if not heads:
        return _inline_parts(text, start, end, last, table)
    found: list[str] = []
    begin = last.start
    ends = (*(head for head, _ in heads[1:]), last.end)
    for (head, letter), stop in zip(heads, ends, strict=True):
        box = _box_before(text, head, stop, end, table)
        if box is None or blank(box.text):
            return None
        begin = min(begin, box.start)
        found.append(f"({letter}) {box.text}")
    return Extraction(", ".join(found), "several_boxes", begin, last.end)


def part_heads(text: str, start: int, end: int) -> list[tuple[int, str]]:
    """The last labels (a), (b), … at the heads of lines, from a on, with their places; empty if there are no two."""
    heads = [(head.start(), head[1]) for head in _PART.finditer(text, start, end)]
    first = next((index for index in range(len(heads) - 1, -1, -1) if heads[index][1] == "a"), len(heads))
    heads = heads[first:]
    if len(heads) < 2 or "".join(letter for _, letter in heads) != "abcdefgh"[: len(heads)]:
        return []
    return heads


_INLINE_LABEL: Final = re.compile(r"\(([a-h])\)[\s$:*=|]{0,8}\Z")
_INLINE_HEAD: Final = 16  # characters before a box in which its label stands


def _inline_parts(text: str, start: int, end: int, last: Extraction, table: ExtractTable) -> Extraction | None:
    r"""The last boxes that each have a label right before them: ``(a) \boxed{6}, (b) \boxed{9}``."""
    found: list[tuple[str, Extraction]] = []
    box: Extraction | None = last
    while box is not None and len(found) < _MOST_BOXES:
        label = _INLINE_LABEL.search(text[max(start, box.start - _INLINE_HEAD) : box.start])
        if label is None:
            break
        found.insert(0, (label[1], box))
        box = _box_before(text, start, box.start, end, table)
    if len(found) < 2 or "".join(letter for letter, _ in found) != "abcdefgh"[: len(found)]:
        return None
    told = ", ".join(f"({letter}) {one.text}" for letter, one in found)
    return Extraction(told, "several_boxes", found[0][1].start, last.end)


_LABELLED_BOX: Final = re.compile(r"([^\W\d_](?:_\{?\w{1,3}\}?)?|\([a-h]\)) ?=? ?$")
_MOST_BOXES: Final = 32


def _box_run(text: str, start: int, end: int, last: Extraction, earlier: Extraction, table: ExtractTable) -> Extraction:
    """All boxes of a run that only commas or conjunctions join, as one list; with the names they are assigned to."""
    run = [last]
    previous: Extraction | None = earlier
    while previous is not None and len(run) < _MOST_BOXES and _joined(text[previous.end : run[0].start]):
        run.insert(0, previous)
        previous = _box_before(text, start, previous.start, end, table)
    parts: list[str] = []
    for box in run:
        named = _LABELLED_BOX.search(text[max(start, box.start - 12) : box.start].rstrip("$( "))
        parts.append(f"{named[0]} {box.text}" if named and named[0].rstrip().endswith("=") else box.text)
    return Extraction(", ".join(parts), "several_boxes", run[0].start, last.end)


def _box_before(text: str, start: int, before: int, end: int, table: ExtractTable) -> Extraction | None:
    """The last box that begins before a position: braces, or one token. One never closed holds all that follows."""
    best: tuple[int, str] | None = None
    for name in table.boxes:
        position = text.rfind("\\" + name, start, before)
        if position >= 0 and (best is None or position > best[0]):
            best = (position, name)
    if best is None:
        return None
    begin, opening = best[0], best[0] + 1 + len(best[1])
    while opening < end and text[opening] == " ":
        opening += 1
    if text[opening : opening + 1] == "{":
        close = texts.closing(text, opening, min(end, opening + _ANSWER_HEAD))
        stop = _unclosed(text, opening, end) if close < 0 else close
        return Extraction(text[opening + 1 : stop], "boxed", begin, stop if close < 0 else close + 1)
    token = _TOKEN.match(text, opening, end)
    return None if token is None else Extraction(token[0].rstrip("$."), "boxed", begin, token.end())


_FORMULA_END: Final = re.compile(r"\n?[ \t]*(?:\\\]|\\\)|(?<!\\)\$)")


def _unclosed(text: str, opening: int, end: int) -> int:
    """Where a box ends whose brace is never closed: with its formula, if that ends in the same line or right below."""
    line = text.find("\n", opening, end)
    found = _FORMULA_END.search(text, opening + 1, min(end, opening + _ANSWER_HEAD))
    return end if found is None or 0 <= line < found.start() else found.start()


def inside(text: str, boxed: Extraction) -> Extraction:
    """The box's own words, without what stands behind it on its line."""
    opening = text.find("{", boxed.start, boxed.end)
    if opening < 0:
        return boxed
    close = texts.closing(text, opening, min(boxed.end, opening + _ANSWER_HEAD))
    stop = close if close > 0 else boxed.end
    return Extraction(text[opening + 1 : stop], "boxed", opening + 1, stop)


_JOINT: Final = re.compile(
    r"[\s$,;.&()\\\[\]{}]*(?:q?quad)?[\s\\]*(?:(?:text|mathrm|mbox)\{)?[\s,]*(?:and|or|und|et|y)?[\s,]*(?:alternatively|also)?(?:\}[\s\\]*q?quad)?"
    r"[\s$,;.&()\\\[\]{}]*(?:[^\W\d_]\w?(?:_\{?\w{1,3}\}?)? ?=|(?:first|second|third|other) \w+ ?[:=])?[\s$]*",
    re.IGNORECASE,
)
_BEFORE_BOX: Final = re.compile(
    r"(?:[-+*/^<>≤≥≠√×·\d]|\\(?:neq?|geq?|leq?|gt|lt|times|cdot|pm|div)|\b(?:not|or|nor|than|either)"
    r"|(?P<macro>\\[A-Za-z]+)?[({])\s*$",
    re.IGNORECASE,
)
_DASH: Final = re.compile(r"(?<![\\\w])[^\W\d_]{3,}\*{0,2} - +[$*]{0,3}\Z")  # behind a word, with spaces: no minus
_AFTER_BOX: Final = (
    re.compile(  # maths, or a macro that is neither text nor space nor a formula's or a proof's end; or a conjunction
        r"(?:\s|~|\\[,;:! ])*(?:[-+*/^<>≤≥≠√×·!_=\d(]"
        r"|\\(?!text|mathrm|mbox|q?quad|circ|pmod|blacksquare|square|checkmark|qed|[,;:%)\]$!\s])"
        r"|(?:or|and)\b)"
        r"|(?:\s|~|,|\\[,;:! ]|\\q?quad(?![A-Za-z]))*"
        r"(?:\\text\{[ ,]*(?:or|and)\b|(?<=[ d~])(?:or|and)\b|(?<=quad)[ ]?[-+*/^<>≤≥=×·])"
    )
)


def in_formula(
    text: str, start: int, boxed: Extraction, end: int, table: TextTable, counted: tuple[str, ...] = ()
) -> bool:
    r"""Whether maths or a conjunction on either side makes the box a part: ``-\boxed{5}``, ``\boxed{5}\pi``.

    A word for what the question counts does not: ``\boxed{20} quarters``.
    """
    head = max(start, boxed.start - _CLAUSE_HEAD)
    before = text[max(head, text.rfind("\n", head, boxed.start) + 1) : boxed.start].rstrip(" $").removesuffix("**")
    if _DASH.search(text, head, boxed.start):
        before = ""
    match = _BEFORE_BOX.search(before.rstrip("[") if before.endswith("\\[") else before)
    if (
        match is not None
        and not before.endswith(("\\(", "$("))
        and (match["macro"] or "\\frac")[1:] not in table.wrappers
    ):
        return True
    after = text[boxed.end : min(end, boxed.end + 40)].removeprefix("**")
    if _AFTER_BOX.match(after):
        return True
    after = after.lstrip(" $")
    word = WORD.match(after)
    if word is not None and word[0].lower() in counted and not _OPERAND.match(after, word.end()):
        return False
    return word is not None and any(
        word[0].lower() in words for words in (table.modifiers, table.joiners, table.hedges)
    )


_PLAIN_WORDS: Final = re.compile(r"[\s$*]*(?P<times>[^\W\d_]+)(?P<rest>(?: [^\W\d_]+)*)[\s$*]*")
_LONGEST_NUMBER: Final = 9  # digits


def multiplied(text: str, boxed: Extraction, end: int, rules: Rules) -> tuple[Extraction, ...]:
    r"""Both numbers that a box may mean before a word such as "pairs": its own, and so many times as many.

    ``\boxed{70} pairs of shoes`` is 70 or 140; the words behind stay. Empty where they say anything more of the number.
    """
    own = inside(text, boxed).text.strip()
    line = text.find("\n", boxed.end, end)
    tail = text[boxed.end : min(end if line < 0 else line, boxed.end + _BOX_TAIL)].replace("\\)", " ")
    words = _PLAIN_WORDS.fullmatch(_CLAUSE_END.split(tail, maxsplit=1)[0])
    factor = 0 if words is None else rules.extract.multiples.get(words["times"].lower(), 0)
    if words is None or not factor or not own.isdecimal() or len(own) > _LONGEST_NUMBER:
        return ()
    rest = words["rest"].removeprefix(" of")
    table = rules.text
    barred = (table.modifiers, table.hedges, table.shares, table.directions, table.blockers)
    said = WORD.findall(rest.lower())
    if any(not words_of.isdisjoint(said) for words_of in barred) or not table.joiners.isdisjoint(said[:1]):
        return ()
    return tuple(Extraction(f"{value}{rest}", MULTIPLIED, boxed.start, boxed.end) for value in (own, int(own) * factor))


MULTIPLIED: Final = "multiplied"
_OPERAND: Final = re.compile(r"[\s$]*[\d\\(]")


def _joined(between: str) -> bool:
    """Whether the text between two boxes only joins them."""
    return len(between) < 60 and _JOINT.fullmatch(between) is not None
