"""Labels of a classification, from the set that the question names (POLICY 49, 50)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from verifier.engine.kinds.kind import Context, Reading, Stage
from verifier.engine.text import fold
from verifier.types.choices import LabelTable
from verifier.types.verdict import Code, Finding, passes, proves, refutes

SAME = proves("label.same", "Both sides give the same labels of the question's set.")
OTHER = refutes("label.other", "The answer gives another label of the question's set.")
SEVERAL = refutes("label.several", "The answer gives several labels, or not as many as the ground truth has.")
DENIED = passes("label.denied", "The answer denies another label of the question's set, and gives none.", specific=7)
ORDER_OPEN = passes(
    "label.order_may_count",
    "The labels are the same in another order, and the question may ask for their order.",
    specific=7,
)
CODES: tuple[Code, ...] = (SAME, OTHER, SEVERAL, DENIED, ORDER_OPEN)

_SET: Final = "labels"
_LONGEST: Final = 300  # characters of a text that may be a label, or a sentence that gives one
_ASKED: Final = 4_000  # characters of a question that are looked through, from each end
_FEWEST: Final = 2
_MOST: Final = 40
_QUOTES: Final = " \"'“”„‘’«»`*.()[]"
_SPLIT: Final = re.compile(r" ?[,、;|] ?")
_SLASH: Final = re.compile(r" ?/ ?")
_WORD: Final = re.compile(r"[^\W_][\w'’+&-]*(?:[/_][\w'’+&-]+)*")
_CJK: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


class Labels(msgspec.Struct, frozen=True, gc=False):
    """One label or several, in the order given, as the question's set writes them; or one that is ``denied``."""

    labels: tuple[str, ...]
    denied: bool = False

    def show(self) -> str:
        """The labels."""
        return f"not {self.labels[0]}" if self.denied else ", ".join(self.labels)


def may_read(text: str, ctx: Context) -> bool:
    """Whether a text is short, and a question asks for it that lists no options."""
    return ctx.demand.asked and len(text) <= _LONGEST and not ctx.demand.options


def read_label(text: str, ctx: Context) -> Iterator[Reading]:
    """A text that is a label of the question's set, several of them, or a short sentence that gives just one."""
    known = _known(ctx) if may_read(text, ctx) else frozenset()
    if not known:
        return
    ctx.meter.spend(8 * len(text))
    table = ctx.rules.labels
    folded = fold(text)
    parts = _parts(folded, table, known)
    if parts is not None:
        yield Reading(Labels(tuple(parts)), "label")
        return
    said = _said(folded, table, known)
    if said is not None:
        yield Reading(said, "label")


def _parts(text: str, table: LabelTable, known: frozenset[str]) -> dict[str, None] | None:
    """The labels of a text that is made of them alone."""
    bare = text.strip(_QUOTES)
    if bare in known:
        return {bare: None}
    found: dict[str, None] = {}
    for part in _SPLIT.split(bare):
        words = part.strip(_QUOTES)
        if words in known:
            found[words] = None
            continue
        for piece in _joined(words, table):
            own = piece.strip(_QUOTES)
            several = [own] if own in known else [one.strip(_QUOTES) for one in _SLASH.split(own)]
            if not known.issuperset(several):
                return None
            found.update(dict.fromkeys(several))
    return found or None


def _joined(words: str, table: LabelTable) -> list[str]:
    """What stands between the words that join labels."""
    pieces: list[str] = []
    last: list[str] = []
    for word in words.split():
        if word in table.joiners:
            pieces.append(" ".join(last))
            last = []
        else:
            last.append(word)
    pieces.append(" ".join(last))
    return [piece for piece in pieces if piece] or [words]


def _said(text: str, table: LabelTable, known: frozenset[str]) -> Labels | None:
    """The one label that a sentence gives; nothing where another stands beside it undenied, or other words do.

    A denied label is the one of the set that denies it ("not spam"); alone in a set of several others, it is denied.
    """
    given: set[str] = set()
    rejected: set[str] = set()
    denied = False
    for match in _WORD.finditer(text):
        word = match[0]
        if word in known:
            opposite = next((one for one in sorted(known) if denied and _denies(one, word, table)), "")
            given.update({opposite} if opposite else () if denied else {word})
            rejected.update({word} if denied and not opposite else ())
            denied = False
        elif word in table.denials:
            denied = True
        elif word not in table.carriers:
            return None
    if denied:
        return None
    if not given and len(rejected) == 1 and len(known) > _FEWEST:
        only = rejected.pop()
        return None if any(only in one for one in known - {only}) else Labels((only,), denied=True)
    return Labels((given.pop(),)) if len(given) == 1 and given.isdisjoint(rejected) else None


def _denies(label: str, word: str, table: LabelTable) -> bool:
    """Whether a label of the set is another with a denial in front: "not spam"."""
    before, _, rest = label.partition(" ")
    return rest == word and before in table.denials


def _known(ctx: Context) -> frozenset[str]:
    """The set of labels that the question names or calls for; read once a grade."""
    if _SET not in ctx.memo:
        ctx.memo[_SET] = _named(ctx)
    known: frozenset[str] = ctx.memo[_SET]
    return known


def _named(ctx: Context) -> frozenset[str]:
    table, question = ctx.rules.labels, fold(ctx.demand.question)
    if len(question) > 2 * _ASKED:
        question = f"{question[:_ASKED]}\n{question[-_ASKED:]}"
    ctx.meter.spend(2 * len(question))
    best: frozenset[str] = frozenset()
    for listed in _listed(question, table):
        labels = _items(listed, table)
        if len(best) <= len(labels) <= _MOST:  # of equal ones the last, whose lead stands nearest
            best = labels
    if len(best) >= _FEWEST:
        return best
    for topics, usual in table.sets:
        if not topics.isdisjoint(ctx.demand.words):
            return frozenset(usual)
    return frozenset()


def _listed(question: str, table: LabelTable) -> Iterator[str]:
    """What may be a list of labels, behind a lead: to find the leads costs less than to try them all everywhere."""
    places: set[int] = set()
    for lead in table.leads:
        place = question.find(lead)
        while place >= 0:
            places.add(place)
            place = question.find(lead, place + 1)
    end = 0
    for place in sorted(places):
        match = table.listed.match(question, place) if place >= end else None
        if match is not None:
            end = match.end()
            yield match[1]


def _items(listed: str, table: LabelTable) -> frozenset[str]:
    """The labels of a list."""
    found: list[str] = []
    for part in re.split(r" ?[,、;|] ?|或", listed):
        found += [piece.strip(_QUOTES) for piece in _joined(part.strip(), table)]
    return frozenset(label for label in found if label and not label.isdecimal())


def compare_labels(gold: Labels, candidate: Labels, ctx: Context) -> Finding:
    """The same labels are the same answer; another label of the set, or other labels, are not.

    All labels of the set in another order are perhaps an arrangement.
    """
    shown = ctx.sides(gold, candidate)
    if gold.denied != candidate.denied:
        return (OTHER if gold.labels == candidate.labels else DENIED).finding(**shown)
    if frozenset(gold.labels) == frozenset(candidate.labels):
        same = gold.labels == candidate.labels or not _may_be_ordered(gold, ctx)
        return (SAME if same else ORDER_OPEN).finding(**shown)
    code = OTHER if len(gold.labels) == len(candidate.labels) else SEVERAL
    return code.finding(**shown)


def _may_be_ordered(gold: Labels, ctx: Context) -> bool:
    """Whether the question may ask for an order: it says so, or all it lists is given and it calls it no labels."""
    table, words = ctx.rules.labels, ctx.demand.words
    if ctx.demand.ordered or not table.orders.isdisjoint(words):
        return True
    return len(gold.labels) == len(_known(ctx)) and table.assigned.isdisjoint(words)


STAGE: Final = Stage("label", ((Labels, Labels),), compare_labels)


def known_labels(ctx: Context) -> frozenset[str]:
    """The labels of the question's set, folded."""
    return _known(ctx)
