"""Answers that match labels with what belongs to them: ``A-2, B-3, C-1``, ``(A) 2, (B) 3``, ``A: Paris B: Berlin``.

The labels are letters or numbers of a list in the question, and their order is free: what counts is which goes with
which (POLICY 40, 49).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import msgspec

from verifier.engine import text as texts
from verifier.engine.kinds.kind import Context, Reading, Stage
from verifier.types.verdict import Code, Finding, Standing, passes, proves, refutes

SAME = proves("matching.same", "Both match the same labels with the same things.")
OTHER = refutes("matching.other", "A label is matched with another thing than in the ground truth.")
INCOMPLETE = refutes(
    "matching.incomplete", "The answer leaves labels of the ground truth unmatched.", Standing.CONVENTION
)
OPEN = passes("matching.open", "The labels are matched with things in other words, which may be the same.", specific=7)
CODES: tuple[Code, ...] = (SAME, OTHER, INCOMPLETE, OPEN)

NAME: Final = "matching"
_SHORTEST: Final = 5
_LONGEST: Final = 600
_LONGEST_VALUE: Final = 60
_SURE: Final = 3  # labels from which A-2, B-3, C-1 are no differences
_SIGN: Final = r"(?:->|=>|[-–—:=→⟶⇒]|\\(?:to|rightarrow|Rightarrow|longrightarrow)(?![a-z]))"
_LABELS: Final = r"[A-J]|[a-h]|\d{1,2}|(?:iv|vi{0,3}|i{1,3})"
_LABEL: Final = re.compile(rf"(?:^|(?<=[\s,;]))(?:\(({_LABELS})\) ?({_SIGN})? ?|({_LABELS})\.? ?({_SIGN}) ?)(?=\S)")
_OPENS: Final = re.compile(rf"\((?:{_LABELS})\)|(?:{_LABELS})\.? ?(?:{_SIGN})")
_LEAD: Final = re.compile(r"[^\d,;=:()]{3,80}(?:: ?| (?:is|are):? )(?=[(A-Za-z1-9])")
_JOIN: Final = re.compile(r"(?:[\s,;]|\band\b)+$")
_VALUE: Final = re.compile(r"(?:[^+*/^=<>\\{}|~]|(?<=\d)/(?=\d))+")
_LETTERS: Final = re.compile(r"[A-Za-z]|[ivx]{1,5}|[IVX]{1,5}")
_CLOSED: Final = (
    re.compile(r"\d{1,3}"),
    re.compile(r"[IVXivx]{1,5}"),
    re.compile(r"[A-Z]"),
    re.compile(r"[a-z]"),
    re.compile(r"[α-ω]"),
)


class Matching(msgspec.Struct, frozen=True, gc=False):
    """Labels, and what each is matched with, in the order in which they stand."""

    pairs: tuple[tuple[str, str], ...]

    def show(self) -> str:
        """The matching in one notation."""
        return ", ".join(f"{label} → {value}" for label, value in self.pairs)


def may_read(text: str) -> bool:
    """Whether a text opens with a label and what it is matched with, perhaps behind words: "The pairs are"."""
    return _SHORTEST <= len(text) <= _LONGEST and _begin(text) >= 0


def _begin(text: str) -> int:
    """Where the first label stands, at the beginning or behind a few words; below zero where none does."""
    if _OPENS.match(text) is not None:
        return 0
    lead = _LEAD.match(text) if ":" in text or " is " in text or " are " in text else None
    return lead.end() if lead is not None and _OPENS.match(text, lead.end()) is not None else -1


def read_matching(text: str, ctx: Context) -> Iterator[Reading]:
    """A text of labels, each of them once, with what each goes with; values may be read otherwise, too."""
    ctx.meter.spend(4 * len(text))
    text = text[max(_begin(text), 0) :]
    found = list(_LABEL.finditer(text))
    if len(found) < 2 or found[0].start() != 0:
        return
    labels = [one[1] or one[3] for one in found]
    signs = {one[2] or one[4] or ")" for one in found}
    ends = [*(one.start() for one in found[1:]), len(text)]
    values = [_bare(_JOIN.sub("", text[one.end() : end])) for one, end in zip(found, ends, strict=True)]
    if len(signs) > 1 or len(set(labels)) < len(labels) or not all(_is_value(value) for value in values):
        return
    (sign,) = signs
    sorts = {_sort(label) for label in labels}
    numbered = labels[0].isdecimal()
    if len(sorts) > 1 or (sign in {"=", ")"} and not labels[0].isupper()):
        return
    if (numbered and not all(map(_LETTERS.fullmatch, values))) or _are_options(labels, values, ctx):
        return
    consecutive = all(ord(after) - ord(before) == 1 for before, after in pairwise(sorted(labels)) if len(after) == 1)
    plain = any(value[0].isdecimal() for value in values)
    sure = sign not in {"=", ")"} and not (plain and (sign == ":" or labels[0].islower()))
    sure = sure and (not plain or (consecutive and len(labels) >= _SURE))
    yield Reading(Matching(tuple(zip(labels, values, strict=True))), NAME, certain=sure)


def _bare(value: str) -> str:
    """A value out of the bracket that holds it all: ``(ii)``."""
    return value[1:-1].strip() if value[:1] == "(" and value[-1:] == ")" and value.count("(") == 1 else value


def _is_value(value: str) -> bool:
    return 0 < len(value) <= _LONGEST_VALUE and _VALUE.fullmatch(value) is not None and value[0].isalnum()


def _sort(label: str) -> int:
    return 0 if label.isdecimal() else 1 if label.isupper() else 2 if len(label) == 1 and label < "i" else 3


def _are_options(labels: list[str], values: list[str], ctx: Context) -> bool:
    """Whether labels stand before the texts of their own options: several options, and no matching."""
    own = {option.label.casefold(): texts.words(option.text, ctx.rules.text) for option in ctx.demand.options}
    return any(
        own.get(label.casefold()) == texts.words(value, ctx.rules.text)
        for label, value in zip(labels, values, strict=True)
    )


def compare_matchings(gold: Matching, candidate: Matching, ctx: Context) -> Finding:
    """Label by label; a matching that is told from the other side is the same."""
    shown = ctx.sides(gold, candidate)
    own = {label: " ".join(texts.words(value, ctx.rules.text)) for label, value in gold.pairs}
    other = {label: " ".join(texts.words(value, ctx.rules.text)) for label, value in candidate.pairs}
    if not set(own) & set(other) and len({label.casefold() for label in own}) == len(own):  # a and A
        own, other = ({label.casefold(): value for label, value in side.items()} for side in (own, other))
    if set(own) != set(other):
        turned = {value: label.casefold() for label, value in candidate.pairs}
        if turned == {label: value.casefold() for label, value in gold.pairs}:
            return SAME.finding(**shown)
        missing = sorted(set(own) - set(other))
        if missing and set(other) < set(own):
            return INCOMPLETE.finding(**shown, missing=", ".join(missing))
        return OPEN.finding(**shown)
    apart = [label for label in own if own[label] != other[label]]
    if not apart:
        return SAME.finding(**shown)
    exchanged = sorted(own.values()) == sorted(other.values())
    if exchanged or _are_closed(gold, candidate):
        return OTHER.finding(**shown, label=apart[0])
    return OPEN.finding(**shown)


def _are_closed(gold: Matching, candidate: Matching) -> bool:
    """Whether all that is matched are numbers, or letters, of one sort: others are other things."""
    values = [value for side in (gold, candidate) for _, value in side.pairs]
    return any(all(map(pattern.fullmatch, values)) for pattern in _CLOSED)


STAGE: Final = Stage(NAME, ((Matching, Matching),), compare_matchings)
