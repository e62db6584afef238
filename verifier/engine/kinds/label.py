"""Labels of a classification, from the set that the question names (POLICY 49, 50)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from verifier.engine.kinds.kind import Context, Reading, Stage
from verifier.engine.text import fold, says
from verifier.types.choices import LabelTable
from verifier.types.scripts import MARKS
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
SHORTENED = passes(
    "label.shortened", "One side gives a label of the question's set in full, the other its first word.", specific=7
)
CODES: tuple[Code, ...] = (SAME, OTHER, SEVERAL, DENIED, ORDER_OPEN, SHORTENED)

_SET: Final = "labels"
_LONGEST: Final = 300  # characters of a text that may be a label, or a sentence that gives one
_ASKED: Final = 4_000  # characters of a question that are looked through, from each end
_FEWEST: Final = 2
_MOST: Final = 40
_QUOTES: Final = " \"'“”„‘’«»`*.()[]"
_SPLIT: Final = re.compile(r" ?[,、;|] ?")
_SLASH: Final = re.compile(r" ?/ ?")
_WORD: Final = re.compile(rf"[^\W_][\w{MARKS}'’+&]*(?:/[\w{MARKS}'’+&]+)*")
_JOINTS: Final = re.compile(r"(?<=[^\W_])[-_](?=[^\W_])|\s+")  # technical_issue is technical issue (POLICY 51)

Known = dict[str, str]
"""The labels of a set as it writes them, by all that may stand for each, folded and with spaces for joints.

What may be the last label without words behind it is marked by ``_SHORT``.
"""
_SHORT: Final = "…"


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
    known = _known(ctx) if may_read(text, ctx) else {}
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


def _key(text: str) -> str:
    """A folded text as the labels of a set are looked up."""
    return _JOINTS.sub(" ", text.strip(_QUOTES))


def _parts(text: str, table: LabelTable, known: Known) -> dict[str, None] | None:
    """The labels of a text that is made of them alone."""
    whole = known.get(_key(text))
    if whole is not None:
        return {whole: None}
    found: dict[str, None] = {}
    for part in _SPLIT.split(text.strip(_QUOTES)):
        label = known.get(_key(part))
        if label is not None:
            found[label] = None
            continue
        for piece in _joined(part.strip(_QUOTES), table):
            own = known.get(_key(piece))
            several = [known.get(_key(one)) for one in _SLASH.split(piece)] if own is None else [own]
            for one in several:
                if one is None:
                    return None
                found[one] = None
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


def _said(text: str, table: LabelTable, known: Known) -> Labels | None:
    """The one label that a sentence gives; nothing where another stands beside it undenied, or other words do.

    A denied label is the one of the set that denies it ("not spam"); alone in a set of several others, it is denied.
    """
    given: set[str] = set()
    rejected: set[str] = set()
    denied = False
    words = _WORD.findall(_JOINTS.sub(" ", text))
    longest = max(key.count(" ") + 1 for key in known)
    place = 0
    while place < len(words):
        size, label = _at(words, place, longest, known)
        if label:
            opposite = _denial(" ".join(words[place : place + size]), known, table) if denied else ""
            given.update({opposite} if opposite else () if denied else {label})
            rejected.update({label} if denied and not opposite else ())
            denied = False
        elif words[place] in table.denials:
            denied = True
        elif words[place] not in table.carriers:
            return None
        place += size
    if denied:
        return None
    if not given and len(rejected) == 1 and len(_full(known.values())) > _FEWEST:
        only = rejected.pop()
        return None if any(only in one for one in known.values() if one != only) else Labels((only,), denied=True)
    return Labels((given.pop(),)) if len(given) == 1 and given.isdisjoint(rejected) else None


def _at(words: list[str], place: int, longest: int, known: Known) -> tuple[int, str]:
    """The longest label that stands at a place, and of how many words it is; one word and none where none does."""
    for size in range(min(longest, len(words) - place), 0, -1):
        label = known.get(" ".join(words[place : place + size]))
        if label is not None:
            return size, label
    return 1, ""


def _denial(words: str, known: Known, table: LabelTable) -> str:
    """The label of the set that is another with a denial in front: "not spam"."""
    for key, label in known.items():
        before, _, rest = key.partition(" ")
        if rest == words and before in table.denials:
            return label
    return ""


def _known(ctx: Context) -> Known:
    """The set of labels that the question names or calls for; read once a grade."""
    if _SET not in ctx.memo:
        ctx.memo[_SET] = _named(ctx)
    known: Known = ctx.memo[_SET]
    return known


def _named(ctx: Context) -> Known:
    table, question = ctx.rules.labels, fold(ctx.demand.question)
    if len(question) > 2 * _ASKED:
        question = f"{question[:_ASKED]}\n{question[-_ASKED:]}"
    ctx.meter.spend(2 * len(question))
    best: tuple[str, ...] = ()
    for listed in _listed(question, table):
        labels = _items(listed, table, ctx.rules.text.articles)
        if len(best) <= len(labels) <= _MOST:  # of equal ones the last, whose lead stands nearest
            best = labels
    if len(best) >= _FEWEST:
        return _with_short_forms(best, table)
    most = 0
    meant: tuple[str, ...] = ()
    for topics, usual in table.sets:
        told = sum(says(question, ctx.demand.words, topic) for topic in topics)
        if told and told >= most:  # of equal ones the last, which a later pack adds
            most, meant = told, usual
    return {_key(label): label for label in meant}


def _with_short_forms(labels: tuple[str, ...], table: LabelTable) -> Known:
    """The labels of a list, also without nouns behind them that name none ("positive review").

    Where the list ends is not sure: the last label is known by its first words, too ("negative overall").
    """
    known = {_key(label): label for label in labels}
    shorter: Known = {}
    for place, label in enumerate(labels):
        words, mark = _key(label).split(), ""
        while len(words) > 1:
            mark = mark if words[-1] in table.carriers else _SHORT
            if mark and place < len(labels) - 1:
                break
            words.pop()
            if words[-1] not in table.denials:
                shorter.setdefault(" ".join(words), label + mark)
    return shorter | known


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


def _items(listed: str, table: LabelTable, articles: frozenset[str]) -> tuple[str, ...]:
    """The labels of a list, without articles in front."""
    found: list[str] = []
    for part in re.split(r" ?[,、;|] ?|或", listed):
        for piece in _joined(part.strip(), table):
            first, _, rest = piece.strip(_QUOTES).partition(" ")
            found.append(rest.strip(_QUOTES) if rest and first in articles else piece.strip(_QUOTES))
    return tuple({_key(label): label for label in found if label and not label.isdecimal()}.values())


def compare_labels(gold: Labels, candidate: Labels, ctx: Context) -> Finding:
    """The same labels are the same answer; another label of the set, or other labels, are not.

    All labels of the set in another order are perhaps an arrangement.
    """
    shown = ctx.sides(gold, candidate)
    if gold.denied != candidate.denied:
        return (OTHER if gold.labels == candidate.labels else DENIED).finding(**shown)
    if frozenset(gold.labels) != frozenset(candidate.labels) and _full(gold.labels) == _full(candidate.labels):
        return SHORTENED.finding(**shown)
    if frozenset(gold.labels) == frozenset(candidate.labels):
        same = gold.labels == candidate.labels or not _may_be_ordered(gold, ctx)
        return (SAME if same else ORDER_OPEN).finding(**shown)
    code = OTHER if len(gold.labels) == len(candidate.labels) else SEVERAL
    return code.finding(**shown)


def _full(labels: Iterable[str]) -> frozenset[str]:
    return frozenset(label.removesuffix(_SHORT) for label in labels)


def _may_be_ordered(gold: Labels, ctx: Context) -> bool:
    """Whether the question may ask for an order: it says so, or all it lists is given and it calls it no labels."""
    table, words = ctx.rules.labels, ctx.demand.words
    if ctx.demand.ordered or not table.orders.isdisjoint(words):
        return True
    return len(gold.labels) == len(_full(_known(ctx).values())) and table.assigned.isdisjoint(words)


STAGE: Final = Stage("label", ((Labels, Labels),), compare_labels)


def known_labels(ctx: Context) -> frozenset[str]:
    """The labels of the question's set, folded, in all their spellings."""
    return frozenset(_known(ctx))
