"""What a reader of an answer does not see: comments, phantoms, elements and colours that hide, signs of no width.

It is never read as part of an answer. Where it could join what stands on both of its sides, or where the order of what
is seen is not that of what is written, the answer is left undecided. A ground truth that holds the same opening text is
about such text, and nothing is hidden by it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from verifier.engine import text as texts
from verifier.types.attacks import AttackTable
from verifier.types.budget import Meter
from verifier.types.rules import Rules
from verifier.types.verdict import Code, Finding, Standing, passes, refutes

HIDDEN = refutes("attack.hidden", "All that the answer holds is hidden from its reader.", Standing.CONVENTION)
HIDDEN_WITHIN = passes(
    "attack.hidden_within", "Hidden text or signs stand where they may change how the answer is read.", specific=8
)
CODES: tuple[Code, ...] = (HIDDEN, HIDDEN_WITHIN)

Span = tuple[int, int]

_OPEN_END: Final = -1  # the end of a span that nothing closes
_TAG: Final = re.compile(r"<([a-z][a-z0-9]{0,20})((?:\s|/)[^<>]{0,300})?>")
_STYLE: Final = re.compile(r"\bstyle\s*=")
_DECLARED: Final = re.compile(r"\s*([:=,])\s*")
_PARTS: Final = re.compile(r"[\s;/]+")
_SCOPE: Final = re.compile(r"\\[a-z]+|\\.|[{}]", re.DOTALL)
_ARGUMENT: Final = re.compile(r"\s*(?:\[[^\[\]{}]{0,20}\]\s*)?\{([^{}]{0,40})\}\s*")
_BLANKS: Final = re.compile(r" *")
_POINTS: Final = frozenset(".,/")


def visible(given: str, golds: tuple[str, ...], rules: Rules, meter: Meter) -> str | Finding:
    """The text with spaces for what a reader does not see, of the same length; or a finding.

    A pass where it cannot be told what is seen; *incorrect* where nothing is but signs of no width.
    """
    table = rules.attacks
    if not given.isascii():
        if any(sign in given and not any(sign in gold for gold in golds) for sign in table.turning):
            folded = texts.fold(given)
            thought = _thought(folded, rules)
            if any(folded.find(sign, thought) >= 0 for sign in table.turning):
                return HIDDEN_WITHIN.finding(text=given[:200])
        if given.strip() and all(_is_unseen(sign) for sign in given):
            return HIDDEN.finding(text="signs that are not seen")
    if not any(gate in given for gate in table.gates):
        return given
    folded = texts.fold(given)
    if "<" not in given and not any(hint in folded for hint in table.hints):
        return given
    meter.spend(len(given) // 1024)  # a few searches of one run each, beside those of extraction
    spans = _spans(folded, texts.fold("\n".join(golds)), rules)
    if not spans:
        return given
    if any(word in folded for word in table.backdrops):
        return HIDDEN_WITHIN.finding(text=given[:200])  # white on blue is seen
    pieces: list[str] = []
    position = 0
    for start, end in spans:
        begin = max(start, position)
        if end == _OPEN_END or (begin < end and _joins(given[begin - 1 : begin], given[end : end + 1])):
            return HIDDEN_WITHIN.finding(text=given[max(0, begin - 20) : begin + 180])
        if begin < end:
            pieces.append(given[position:begin])
            pieces.append(" " * (end - begin))
            position = end
    pieces.append(given[position:])
    return "".join(pieces)


def _is_unseen(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in {"Cf", "Cc"}


def _joins(before: str, after: str) -> bool:
    """Whether what stands on both sides would be one word or number with nothing between."""
    if before.isalnum():
        return after.isalnum() or after in _POINTS
    return before in _POINTS and after.isalnum()


def _spans(folded: str, golds: str, rules: Rules) -> list[Span]:
    """Where hidden text stands, in order; what begins inside the thinking is never read anyway."""
    table = rules.attacks
    found = [*_concealed(folded, golds, table), *_ghosts(folded, golds, table), *_elements(folded, golds, table)]
    if not found:
        return []
    thought = _thought(folded, rules)
    return sorted({span for span in found if span[0] >= thought})


def _thought(folded: str, rules: Rules) -> int:
    """Where the thinking ends that a tag closes."""
    closed = [
        position + len(tag.close) for tag in rules.extract.thinking_tags if (position := folded.rfind(tag.close)) >= 0
    ]
    return max(closed, default=0)


def _concealed(folded: str, golds: str, table: AttackTable) -> list[Span]:
    spans: list[Span] = []
    for one in table.concealed:
        position = folded.find(one.open)
        if position < 0 or one.open in golds:
            continue
        while position >= 0:
            close = folded.find(one.close, position + len(one.open))
            if close < 0:
                spans.append((position, _OPEN_END))
                break
            spans.append((position, close + len(one.close)))
            position = folded.find(one.open, close + len(one.close))
    return spans


def _ghosts(folded: str, golds: str, table: AttackTable) -> list[Span]:
    r"""``\phantom{…}``, and what a colour of the page is given to."""
    spans: list[Span] = []
    for name in (*table.ghosts, *table.colour_macros) if "\\" in folded else ():
        macro = f"\\{name}"
        position = -1 if macro in golds else folded.find(macro)
        while position >= 0:
            behind = position + len(macro)
            if not folded[behind : behind + 1].isalpha():
                end = _ghost_end(folded, name, behind, table)
                if end is not None:
                    spans.append((position, end))
                    if end == _OPEN_END:
                        break
                    behind = end
            position = folded.find(macro, behind)
    return spans


def _ghost_end(folded: str, name: str, behind: int, table: AttackTable) -> int | None:
    """Where what a macro hides ends; ``None`` if it hides nothing."""
    if name in table.colour_macros:
        colour = _ARGUMENT.match(folded, behind)
        if colour is None or "".join(colour[1].split()) not in table.page_colours:
            return None
        behind = colour.end()
    blanks = _BLANKS.match(folded, behind)
    opening = blanks.end() if blanks else behind
    if not folded.startswith("{", opening):
        return _scope_end(folded, behind, table) if name in table.colour_macros else None
    close = texts.closing(folded, opening, len(folded))
    return _OPEN_END if close < 0 else close + 1


def _scope_end(folded: str, begin: int, table: AttackTable) -> int:
    """Where a colour set for what follows ends: with the group it was set in, at the next colour, or with the text."""
    depth = 0
    for mark in _SCOPE.finditer(folded, begin):
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
        if depth < 0 or mark[0][1:] in table.colour_macros:
            return mark.start()
    return len(folded)


def _elements(folded: str, golds: str, table: AttackTable) -> list[Span]:
    """Elements that an attribute or a declaration of style hides, with all they hold."""
    spans: list[Span] = []
    position = 0
    while (tag := _TAG.search(folded, position)) is not None:
        position = tag.end()
        if not tag[2] or table.hiding.isdisjoint(_declarations(tag[2])) or f"<{tag[1]} " in golds:
            continue
        end = _element_end(folded, tag[1], tag.end())
        spans.append((tag.start(), end))
        if end == _OPEN_END:
            break
        position = end
    return spans


def _declarations(attributes: str) -> list[str]:
    """The attributes of an element and the declarations of its style, each without spaces and quotes."""
    bare = _STYLE.sub(" ", attributes).replace('"', " ").replace("'", " ")
    return _PARTS.split(_DECLARED.sub(r"\1", bare))


def _element_end(folded: str, name: str, begin: int) -> int:
    """Behind the tag that closes an element, or the end of a text where none does."""
    depth = 1
    for tag in re.compile(rf"<(/?){name}\b[^<>]{{0,300}}>").finditer(folded, begin):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    return _OPEN_END
