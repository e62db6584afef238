"""An answer on lines against a ground truth: whether it is the list that it looks like (POLICY 1, 7, 39, 40).

Lines that agree as a list are one. Where they differ they may still be something else: the steps of a working that
ends in the answer, other names beside those that are asked for, a formula set in an odd way. No verdict rests on what
only looks like a list, and none on the number of an item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from verifier.engine import lines
from verifier.engine import text as texts
from verifier.engine.kinds import formula, unknowns
from verifier.engine.kinds.kind import SAME_TEXT, Context
from verifier.engine.lines import Lines
from verifier.engine.reading import read_texts
from verifier.engine.sides import Side, holds_several
from verifier.types.sample import Extraction
from verifier.types.verdict import Code, Decision, Finding, passes

LINES_OPEN = passes(
    "lines.unclear",
    "The answer stands on lines, which may be a list of values or the steps to one of them.",
    specific=8,
)
ITEM = passes("lines.item_number", "The number before an item of a list is no part of the answer.", specific=8)
CODES: tuple[Code, ...] = (LINES_OPEN, ITEM)

_SEVERAL: Final = re.compile(r"[,;\n&]|\b(?:and|or)\b")


def may_weigh(gold: Side, candidate: Side) -> bool:
    """Whether a side may be a list on lines, or an item of one."""
    said = "" if candidate.found is None else candidate.found.candidates[0].text
    return lines.may_hold(said) or "\n" in gold.given or said.lstrip()[:2] in _ONE


_FORM: Final = "form."  # codes of values that are equal, in a form that is none to answer in
_CHOICE: Final = "choice."
_ONE: Final = frozenset({"1.", "1)", "(1"})


def weighed(gold: Side, candidate: Side, finding: Finding, ctx: Context) -> Finding:
    """A finding on sides that may be lists on lines."""
    if candidate.found is None or any(words in gold.texts for words in candidate.texts):
        return finding
    if finding.decision is Decision.INCORRECT and finding.code.startswith(_CHOICE):
        return finding  # options on lines are options still
    said = candidate.found.candidates[0].text
    own = lines.read_lines(said, ctx.rules.text) if lines.may_hold(said) else None
    if own is None:
        return _unlisted(gold, said, finding, ctx)
    if finding.decision is not Decision.CORRECT and said.split() == gold.given.split():
        return SAME_TEXT.finding(text=gold.given)
    if finding.decision is Decision.PASS:
        return finding if own.shape != _LABELLED else _with_units(gold, own, said, finding, ctx)
    if _holds_several(gold):
        extra = not own.drawn and len(own.parts) > _count(gold)
        return LINES_OPEN.finding(text=said) if extra and finding.decision is Decision.INCORRECT else finding
    return _against_one(gold, own, said, finding, ctx)


def _unlisted(gold: Side, said: str, finding: Finding, ctx: Context) -> Finding:
    """A finding on an answer that is no list: a system, an item with its number, or one for lines of a ground truth."""
    if finding.decision is Decision.PASS:
        return finding
    if finding.decision is Decision.CORRECT:
        if "\n" in said and _counts_other(said, ctx):
            return LINES_OPEN.finding(text=said)
        alone = not ctx.demand.options and said.lstrip()[:2] in _ONE and lines.is_numbered_alone(said)
        return ITEM.finding(text=said) if alone else finding
    system = lines.read_equations(said, ctx.rules.text) if "\n" in said and holds_several(gold) else ""
    if system:
        found = _against(gold, system, ctx)
        return found if found.decision is Decision.CORRECT else LINES_OPEN.finding(text=said)
    given = lines.read_lines(gold.given, ctx.rules.text) if "\n" in gold.given else None
    loose = given is not None and not given.drawn and given.shape == "values"
    return LINES_OPEN.finding(gold=gold.given) if loose else finding


def _counts_other(said: str, ctx: Context) -> bool:
    """Whether lines count different things, "5 apples" and "8 oranges", and the question names one before the last."""
    rows = [row for row in said[: lines.LONGEST].split("\n") if row.strip()]
    counted = [found[1] for row in rows if (found := _COUNTED.fullmatch(row))]
    if len(rows) < len("ab") or len(counted) != len(rows) or len({one.casefold() for one in counted}) < len(rows):
        return False
    told = _told(tuple(counted), texts.words_of(texts.fold(ctx.demand.question)))
    asked = _told(tuple(counted), texts.words_of(texts.fold(ctx.demand.asking)))
    return bool(told) and asked != [len(rows) - 1]


_COUNTED: Final = re.compile(r"[-*•\s]{0,4}\$?\d[\d,.]*\$? ([^\W\d_]{3,20}(?: [^\W\d_]{2,20}){0,2})[ .]*")


def _against_one(gold: Side, own: Lines, said: str, finding: Finding, ctx: Context) -> Finding:
    """A finding on a list for one value, which may be what its lines lead to."""
    if finding.decision is Decision.CORRECT:
        return LINES_OPEN.finding(text=said) if own.shape == "named" else finding
    if own.shape == _LABELLED:
        return _under_labels(gold, own, said, finding, ctx)
    agreeing = [_against(gold, part, ctx) for part in own.parts]
    if agreeing[-1].decision is Decision.CORRECT:
        led = all(found.decision is Decision.CORRECT or found.code.startswith(_FORM) for found in agreeing)
        if led or (own.names and _asks_for_last(own, ctx)):
            return agreeing[-1]  # 40 + 2, and what it comes to
    refuted = all(found.decision is Decision.INCORRECT for found in agreeing)
    if refuted and (own.names or own.drawn):
        return finding
    several = finding.decision is Decision.INCORRECT and _are_several(own, ctx)
    return finding if several else LINES_OPEN.finding(text=said)


def _are_several(own: Lines, ctx: Context) -> bool:
    """Whether lines give one name different values, and none is what another is rounded to (POLICY 7)."""
    demand = ctx.demand
    if len(own.names) != len(own.parts) or len(set(map(_stem, own.names))) > 1:
        return False
    if demand.count or demand.whole or demand.nearest_unit or demand.places is not None or demand.rounding_task:
        return False
    words = [part.partition("=")[2] for part in own.parts]
    read = [read_texts((Extraction(one, "given", 0, len(one)),), ctx, {})[1] for one in words]
    if not all(len(one) == 1 for one in read):
        return False
    values = [one[0].answer for one in read]
    pairs = [(values[at], values[after]) for at in range(len(values)) for after in range(at + 1, len(values))]
    both = [ctx.compare(*pair) for one, other in pairs[:_PAIRS] for pair in ((one, other), (other, one))]
    return all(found.decision is Decision.INCORRECT for found in both)


def _stem(name: str) -> str:
    return name.rstrip("0123456789₀₁₂₃₄₅₆₇₈₉{}").rstrip("_")


_PAIRS: Final = 12  # pairs of lines that are compared


def _under_labels(gold: Side, own: Lines, said: str, finding: Finding, ctx: Context) -> Finding:
    """A finding on values under labels for one value: that of the label that the question asks for, else the last.

    Where a label is named in what is asked, the values under others are not the answer; where none is, the last line
    is what the others lead to, if the question does not name it as one of its data.
    """
    values = _values(own)
    agreeing = [_against(gold, value, ctx).decision is Decision.CORRECT for value in values]
    if not any(agreeing):
        return finding if finding.decision is Decision.INCORRECT else LINES_OPEN.finding(text=said)
    asked = _told(own.names, texts.words_of(texts.fold(ctx.demand.asking)))
    if len(asked) == 1 and agreeing[asked[0]]:
        return _against(gold, values[asked[0]], ctx)
    if not asked and agreeing[-1]:
        data = _told(own.names, ctx.demand.words) if ctx.demand.asked else []
        closing = not ctx.rules.demand.rivals.free.isdisjoint(texts.words_of(texts.fold(own.names[-1])))
        if (len(values) - 1 not in data) if ctx.demand.asked else closing:
            return _against(gold, values[-1], ctx)
    return LINES_OPEN.finding(text=said)


def _with_units(gold: Side, own: Lines, said: str, finding: Finding, ctx: Context) -> Finding:
    """A finding on values under labels that were not read together, as "10 cm" and "40 cm".

    For several values they are a list in the order in which the question names the labels.
    """
    if not _holds_several(gold):
        return _under_labels(gold, own, said, finding, ctx)
    order = unknowns.order(tuple(name.lower() for name in own.names), ctx)
    if not order:
        return finding
    values = dict(zip((name.lower() for name in own.names), _values(own), strict=True))
    found = _against(gold, ", ".join(values[name] for name in order), ctx)
    return found if found.decision is Decision.CORRECT and not found.code.endswith(_ANY_ORDER) else finding


_ANY_ORDER: Final = ("same_items", "same_members")


def _values(own: Lines) -> list[str]:
    """What stands behind the labels."""
    return [part.partition(":" if ":" in part else "=" if "=" in part else ")")[2].strip() for part in own.parts]


def _told(names: tuple[str, ...], words: Iterable[str]) -> list[int]:
    """The places of the labels all of whose words stand among others; a longer label stands for what is in it."""
    held = frozenset(words)
    labels = [frozenset(texts.words_of(texts.fold(name.strip("()")))) for name in names]
    told = [place for place, label in enumerate(labels) if label and label <= held]
    return [place for place in told if not any(labels[place] < labels[other] for other in told)]


_LABELLED: Final = "labelled"


def _holds_several(gold: Side) -> bool:
    """Whether a ground truth may be a list: of values, or of names."""
    return holds_several(gold) or _SEVERAL.search(gold.given) is not None


def _count(gold: Side) -> int:
    """How many values a ground truth has at least."""
    items = [len(one.answer.items) for one in gold.readings if isinstance(one.answer, formula.Collection)]
    return max(items, default=0)


def _against(gold: Side, part: str, ctx: Context) -> Finding:
    """One line against a ground truth."""
    known = ctx.memo.setdefault("lines", {})
    _, readings = read_texts((Extraction(part, "given", 0, len(part)),), ctx, known)
    findings = [ctx.compare(wanted.answer, one.answer) for wanted in gold.readings for one in readings]
    agreed = [found for found in findings if found.decision is Decision.CORRECT]
    passed = [found for found in findings if found.decision is Decision.PASS]
    return (agreed or passed or findings)[0]


def _asks_for_last(own: Lines, ctx: Context) -> bool:
    """Whether the question names what the last line gives, and nothing that another does."""
    asking = ctx.demand.asking
    if len(set(map(_stem, own.names))) == 1:
        return False
    told = [_stands(name, asking) for name in own.names]
    return told[-1] and not any(one for one, name in zip(told, own.names, strict=True) if name != own.names[-1])


def _stands(name: str, asking: str) -> bool:
    return re.search(rf"(?<![A-Za-z\\]){re.escape(name)}(?![A-Za-z])", asking) is not None
