"""Names made of figures, where the question asks for one: versions, exercises, codes, statements of a list (POLICY 50).

Their figures stand as they are written: 3.10 is not 3.1, 0123 is not 123, and 5E2 is no power of ten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from verifier.engine.kinds.kind import Context, Reading, Stage
from verifier.engine.kinds.ordinal import roman_value
from verifier.engine.numerals import Number
from verifier.types.verdict import Code, Finding, Standing, passes, proves, refutes

SAME = proves("name.same", "Both are the same figures and letters; signs between groups of them are free.")
DIFFERS = refutes(
    "name.differs",
    "A name made of figures is asked for, and the two are not written with the same ones.",
    Standing.CONVENTION,
)
OPEN = passes("name.open", "One name may be a part of the other, or another way to write it.", specific=7)
SAME_LABELS = proves("name.same_labels", "Both name the same statements of a list.")
OTHER_LABELS = refutes("name.other_labels", "The sides name different statements of a list.")
LABELS_OPEN = passes(
    "name.labels_open",
    "The numbers agree, on one side as Roman numerals, and the question does not list its statements under these.",
    specific=7,
)
CODES: tuple[Code, ...] = (SAME, DIFFERS, OPEN, SAME_LABELS, OTHER_LABELS, LABELS_OPEN)

_LONGEST: Final = 80
_BETWEEN: Final = re.compile(r"[-\s()/]+")
_ODD: Final = re.compile(r"\d\.\d|(?<![\d.])0\d|\d[eE]\d")  # figures that say more than their value
_DOTTED: Final = re.compile(r"[1-9]\d{0,5}(?:\.\d{1,6}){1,5}")
_CODED: Final = re.compile(r"0\d{1,19}|\d{1,12}[eE]\d{1,6}")
_LEAD: Final = re.compile(r"([^\W\d_]+)[.:#]? |#|№ ?")
_MOST_LEADS: Final = 4
_ASKED: Final = (
    r"\b(?:which(?! (?:the|an?|it|they|we)\b)|in what"  # not "after which the level"
    r"|what(?: is| was|'s) the (?:latest|current|newest|first|last|stable|oldest))(?: [\w'-]+){0,2} "
)


class Name(msgspec.Struct, frozen=True, gc=False):
    """A name made of figures: its groups, in small letters, and whether its signs are only those between groups."""

    groups: tuple[str, ...]
    written: str

    def show(self) -> str:
        """The name as it was written."""
        return self.written


class Labels(msgspec.Struct, frozen=True, gc=False):
    """Statements of a list, by their numbers; ``roman`` says that they are told in Roman numerals."""

    numbers: tuple[int, ...]
    written: str
    roman: bool

    def show(self) -> str:
        """The labels as they were written."""
        return self.written


def may_read(text: str, ctx: Context) -> bool:
    """Whether a text is short, and a question asks for it."""
    return ctx.demand.asked and len(text) <= _LONGEST


def read_names(text: str, ctx: Context) -> Iterator[Reading]:
    """A name where the question asks for one: figures that it says are no number, or several labels of its list."""
    demand = ctx.demand
    table = ctx.rules.demand.names
    if "which" in demand.words and not table.statements.isdisjoint(demand.words) and not demand.options:
        labels = _labels(text)
        if labels is not None:
            yield Reading(labels, "name")
            return
    if not demand.verbatim and (_ODD.search(text) is None or not _asks_name(text, ctx)):
        return
    ctx.meter.spend(len(text))
    groups = _groups(text, ctx)
    if groups is None:
        return
    bare = "".join(groups)
    if demand.verbatim or (_DOTTED if _asks_numbered(ctx) else _CODED).fullmatch(bare) or _CODED.fullmatch(bare):
        yield Reading(Name(groups, text), "name")


def _asks_name(text: str, ctx: Context) -> bool:
    """Whether the question asks for a thing with such a name: cheap, for most questions have none of the words."""
    if "." in text:
        return _asks_numbered(ctx)
    return any(phrase in ctx.demand.asking for phrase in ctx.rules.demand.names.codes)


def _asks_numbered(ctx: Context) -> bool:
    words = ctx.rules.demand.names.numbered & ctx.demand.words
    return any(re.search(rf"{_ASKED}{re.escape(word)}\b", ctx.demand.asking) is not None for word in words)


def _groups(text: str, ctx: Context) -> tuple[str, ...] | None:
    """The groups of figures and letters behind words that the question uses too; ``None`` for other texts."""
    start, free = 0, ctx.rules.text.articles | {"no", "number", "nr", "v"}
    for _ in range(_MOST_LEADS):
        lead = _LEAD.match(text, start)
        if lead is None or (lead[1] is not None and lead[1].lower() not in free | ctx.demand.words):
            break
        start = lead.end()
    bare = text[start:].strip(" .").lower().lstrip("+")
    if "." in bare and bare[0] == "v":  # v3.10
        bare = bare[1:]
    groups = tuple(group for group in _BETWEEN.split(bare) if group)
    if not groups or not all(_is_group(group) for group in groups):
        return None
    return groups


def _is_group(group: str) -> bool:
    parts = group.split(".")
    return all(part.isalnum() for part in parts) and any(mark.isdecimal() for mark in group)


_LABEL: Final = re.compile(r"[IVX]{1,5}|\d{1,2}")
_JOINTS: Final = re.compile(r", and |, | and | & |,|;")
_ONLY: Final = re.compile(r"(?:statements? |only )?(.*?)(?: only)?\.?", re.IGNORECASE)


def _labels(text: str) -> Labels | None:
    """``I and III``, ``1, 3``; ``None`` for a single one and for anything else."""
    match = _ONLY.fullmatch(text)
    parts = [] if match is None else _JOINTS.split(match[1])
    if len(parts) < 2 or not all(_LABEL.fullmatch(part) for part in parts):
        return None
    numbers = [int(part) if part.isdecimal() else roman_value(part) for part in parts]
    told = {number for number in numbers if number is not None}
    roman = not parts[0].isdecimal()
    if None in numbers or any(part.isdecimal() is roman for part in parts):
        return None
    return Labels(tuple(sorted(told)), text, roman)


def compare_names(gold: Name | Number, candidate: Name | Number, ctx: Context) -> Finding:
    """Group by group; a name that goes on where the other ends may be the same one, told more exactly."""
    shown = ctx.sides(gold, candidate)
    wanted, given = _told(gold), _told(candidate)
    if wanted == given:
        return SAME.finding(**shown)
    one, other = "".join(wanted), "".join(given)
    if one == other:
        return (OPEN if "." in one else SAME).finding(**shown)
    if one.replace(".", "") == other.replace(".", "") and min(one.count("."), other.count(".")) == 0:
        return OPEN.finding(**shown)  # 555.123.4567 and 5551234567
    if not ctx.demand.words.isdisjoint(ctx.rules.demand.bases) and len(one) != len(other):
        return OPEN.finding(**shown)  # numerals: a zero in front is free
    if _without_zeros(one) == _without_zeros(other):
        return OPEN.finding(**shown)
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    if longer.endswith(shorter) and longer[: -len(shorter)].strip("0") and len(shorter) >= _NUMBER_OF_A_PHONE:
        return OPEN.finding(**shown)
    if _goes_on(other, one) or (len(given) > len(wanted) and given[: len(wanted)] == wanted):
        return OPEN.finding(**shown)
    return DIFFERS.finding(**shown)


_NUMBER_OF_A_PHONE: Final = 5  # figures from which a name may stand with or without what comes before it


def _without_zeros(name: str) -> str:
    """3.0 and 3 may be the same version."""
    while name.endswith(".0"):
        name = name[:-2]
    return name


def _goes_on(longer: str, shorter: str) -> bool:
    return longer.startswith(shorter + ".")


def _told(side: Name | Number) -> tuple[str, ...]:
    if isinstance(side, Name):
        return side.groups
    return tuple(group for group in _BETWEEN.split(side.written.strip(" .").lower()) if group)


def compare_labels(gold: Labels | Number, candidate: Labels | Number, ctx: Context) -> Finding:
    """All that is named and no more; one number alone is never several.

    Figures are Roman numerals where the question lists its statements under these.
    """
    shown = ctx.sides(gold, candidate)
    if not isinstance(gold, Labels) or not isinstance(candidate, Labels) or gold.numbers != candidate.numbers:
        return OTHER_LABELS.finding(**shown)
    if gold.roman != candidate.roman and not _LISTED.search(ctx.demand.question):
        return LABELS_OPEN.finding(**shown)
    return SAME_LABELS.finding(**shown)


_LISTED: Final = re.compile(r"(?<![\w-])II[.):](?!\w)")


_FIGURES: Final = re.compile(r"\d+(?:\.\d+)*")
_PLAIN: Final = re.compile(r"[\w\s.,:'’()&-]*")
_NAMED: Final = re.compile(r"([^\W\d_]+)[.:]? ?(?:[Nn]o\.? ?|#)?$")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_MOST_FIGURES: Final = 8


def names_differ(gold: str, candidate: str, ctx: Context) -> bool:
    """Whether two names are alike but for one number in them: Room 101 and Room 102, version 1.10 and version 1.1.

    The number stands right behind a word with a capital letter, or one that such numbers belong to.
    """
    if max(len(gold), len(candidate)) > _LONGEST or not (gold[:1].isalpha() and _PLAIN.fullmatch(gold + candidate)):
        return False
    if _FIGURES.sub("0", gold).casefold() != _FIGURES.sub("0", candidate).casefold():
        return False
    pairs = [
        (one, other[0])
        for one, other in zip(_FIGURES.finditer(gold), _FIGURES.finditer(candidate), strict=True)
        if one[0] != other[0]
    ]
    if len(pairs) != 1 or max(map(len, (pairs[0][0][0], pairs[0][1]))) > _MOST_FIGURES:
        return False
    found, other = pairs[0]
    before = _NAMED.search(gold[: found.start()])
    words = {word.lower() for word in _LETTERS.findall(gold) if len(word) > 1}
    maths = ctx.rules.maths
    if before is None or gold[found.end() : found.end() + 1] == ",":
        return False
    if any(word != "and" and (word in maths.tokens or word in maths.called) for word in words):
        return False
    demand, word_before = ctx.rules.demand, before[1].lower()
    numbered = word_before in demand.names.numbered or word_before in demand.verbatim
    if not (numbered or before[1][0].isupper()) or max(map(len, words), default=0) < _WORD:
        return False
    wanted, given = ([int(part) for part in figures.split(".")] for figures in (found[0], other))
    if not numbered:
        return len(wanted) == len(given) == 1 and wanted != given
    least = min(len(wanted), len(given))
    return wanted[:least] != given[:least]  # version 3 may be version 3.1


_WORD: Final = 3  # letters of a word, and of no symbol

STAGES: tuple[Stage, ...] = (
    Stage("name", ((Name, Name), (Name, Number), (Number, Name)), compare_names),
    Stage("name", ((Labels, Labels), (Labels, Number), (Number, Labels)), compare_labels),
)
