"""Lists of names: the same items in any order, none missing, none too many (POLICY 49, 50).

A list is plain names with commas, a last "and", semicolons, lines with bullets or numbers, or quoted in brackets.
Whether items that are missing or too many refute is asked of the question: "Paris, France" is a name with commas, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from verifier.engine import text as texts
from verifier.engine.kinds import matching
from verifier.engine.kinds.kind import Context, Reading, Stage, evidence
from verifier.engine.kinds.label import read_label
from verifier.engine.kinds.phrase import Phrase, compare_phrases, is_verbatim
from verifier.types.verdict import Code, Decision, Finding, passes, proves, refutes

SAME_ITEMS = proves("listing.same_items", "Both sides list the same names; their order is free.")
SAME_ORDER = proves("listing.same_in_order", "Both sides list the same names in the same order.")
MISSING = refutes("listing.item_missing", "The answer leaves out names that the ground truth lists.")
EXTRA = refutes("listing.item_extra", "The answer lists names beside those of the ground truth.")
PLACE_DIFFERS = refutes(
    "listing.place_differs", "The same names, or truth values, at other places, and the places count."
)
ORDER_OPEN = passes("listing.order_open", "Only the order of the names differs, and it may count.", specific=5)
COUNT_OPEN = passes(
    "listing.count_open", "One side names more than the other, and it may be one name in full.", specific=4
)
ITEMS_DIFFER = passes("listing.items_differ", "The sides are not lists of the same names.", specific=2)
CODES: tuple[Code, ...] = (
    SAME_ITEMS, SAME_ORDER, MISSING, EXTRA, PLACE_DIFFERS, ORDER_OPEN, COUNT_OPEN, ITEMS_DIFFER,
    *matching.CODES,
)  # fmt: skip

NAME: Final = "listing"
_MOST: Final = 24  # items that are compared each with each
_LONGEST: Final = 60  # characters of an item
_SHORTEST: Final = 3  # characters of a name that is no symbol
_WORDS: Final = 5  # words of an item
_MOST_CHARS: Final = 1200  # a longer text is no list of names
_ITEM: Final = re.compile(r"[^\W\d_][\w .'’-]*")
_BULLET: Final = re.compile(r"\s*[-*•–+]\s+(\S.*)")
_NUMBERED: Final = re.compile(r"\s*\(?(\d{1,2})[.)]\s+(\S.*)")
_CELL: Final = re.compile(r"\s*\|([^|]*)\|\s*")
_RULED: Final = re.compile(r"\s*\|[\s:|-]+\|\s*")
_QUOTED: Final = re.compile(r"\s*(?:\"([^\"\\]{1,60})\"|'([^'\\]{1,60})')\s*(?:,|$)")
_COMMA: Final = re.compile(r"\s*[,，、]\s*")
_SEMICOLON: Final = re.compile(r"\s*[;；]\s*")
_FENCE: Final = "```"


def may_read(raw: str, ctx: Context) -> bool:
    """Whether a text may be set as a list: it is short, has lines, commas or semicolons, and no options are known."""
    return ("," in raw or ";" in raw or "\n" in raw) and not ctx.demand.options and len(raw) <= _MOST_CHARS


def read_listing(raw: str, words: str, ctx: Context) -> Iterator[Reading]:
    """A text that is set as a list of names, with bullets or numbers: as a phrase, and no value stands in it.

    So is a row of truth values, which is no set: "True, False, True". Labels of the question's set are left to those.
    """
    ctx.meter.spend(2 * len(raw))
    found = _drawn(texts.characters(raw, ctx.rules.text))
    if found is None:
        truths = _truths(words, ctx)
        listed = len(truths) > 1 and (len(truths) > len(set(truths)) or next(read_label(words, ctx), None) is None)
    else:
        names = _named(found, ctx)
        listed = names is not None and all(len(name) >= _SHORTEST for name in names)
        listed = listed and next(read_label(words, ctx), None) is None
    if listed:
        yield Reading(Phrase(words, raw), NAME)


def _truths(text: str, ctx: Context) -> tuple[bool, ...]:
    """The values of a row of truth words: parts of an answer, each at its place; "yes, true" is one."""
    known = ctx.rules.truth.words
    parts = [part.casefold() for part in _PARTS.split(text)]
    if not all(part in known for part in parts):
        return ()
    values = tuple(known[part].value for part in parts)
    return () if len(set(values)) == 1 < len(set(parts)) else values


_PARTS: Final = re.compile(r"[,;]? and |[,;] ?")


def compare_listings(gold: Phrase, candidate: Phrase, ctx: Context) -> Finding:
    """Two lists of names. Names that are not known to be the same may be, and nothing is said of such lists."""
    ctx.meter.spend(2 * (len(gold.text) + len(candidate.text)))
    shown = evidence(gold=gold.text[:200], candidate=candidate.text[:200])
    truths = _truths(gold.text, ctx), _truths(candidate.text, ctx)
    if len(truths[0]) > 1 and len(truths[0]) == len(truths[1]):
        return (SAME_ORDER if truths[0] == truths[1] else PLACE_DIFFERS).finding(**shown)
    wanted, given = _items(gold, ctx), _items(candidate, ctx)
    if truths[0] or truths[1] or wanted is None or given is None or len(wanted) < 2:
        return ITEMS_DIFFER.finding(**shown)
    places = [_place(item, given, ctx) for item in wanted]
    missing = [item for item, place in zip(wanted, places, strict=True) if place < 0]
    extra = [item for place, item in enumerate(given) if place not in places]
    if missing and extra:
        return ITEMS_DIFFER.finding(**shown)
    if missing or extra:
        if not _asks_several(len(wanted), ctx, named=_is_place(gold, wanted)):
            return COUNT_OPEN.finding(**shown)
        return (MISSING if missing else EXTRA).finding(**shown, names=", ".join(missing or extra)[:200])
    if places == sorted(places):
        return SAME_ORDER.finding(**shown)
    if ctx.demand.ordered:  # "list the first three" asks for no order of names; "in ascending order" does
        told = _says(_spaced(ctx.demand.asking), ctx.rules.text.phrases.orders)
        return (PLACE_DIFFERS if told else ORDER_OPEN).finding(**shown)
    return (SAME_ITEMS if _is_order_free(len(wanted), ctx) else ORDER_OPEN).finding(**shown)


def _place(item: str, among: tuple[str, ...], ctx: Context) -> int:
    """Where the same name stands, or -1."""
    ctx.meter.spend(20 * len(among))
    wanted = Phrase(item)
    for place, other in enumerate(among):
        if compare_phrases(wanted, Phrase(other), ctx).decision is Decision.CORRECT:
            return place
    return -1


_LABELLED: Final = re.compile(r"\b(?:[a-d]|i{1,3}|[1-4])\)")  # parts of a question, each with an answer of its own


def _is_order_free(count: int, ctx: Context) -> bool:
    """Whether the question, if there is one, asks for several things of one sort and says nothing of their order."""
    demand, table = ctx.demand, ctx.rules.text
    if not demand.asked:
        return True
    asking = _spaced(demand.asking)
    if (
        _LABELLED.search(demand.asking)
        or is_verbatim(ctx)
        or _says(asking, table.phrases.orders)
        or _says(asking, table.phrases.parts)
    ):
        return False
    return _asks_for(count, asking, ctx)


def _is_place(gold: Phrase, names: tuple[str, ...]) -> bool:
    """Whether two names with a comma may be one, with what it belongs to: "Washington, D.C."."""
    return len(names) == _PAIR and bool(_PLACE.fullmatch(gold.text))


_PAIR: Final = 2
_PLACE: Final = re.compile(r"[^\W\d_a-z][^,;&]*, [^\W\d_a-z][^,;&]*")


def _asks_several(count: int, ctx: Context, *, named: bool) -> bool:
    """Whether the question asks for all of several things, or for as many as the ground truth has.

    Of what may be one name with a comma only the latter tells.
    """
    asking = _spaced(ctx.demand.asking)
    if not ctx.demand.asked or _says(asking, ctx.rules.text.phrases.samples) or is_verbatim(ctx):
        return False
    return _counts(count, asking, ctx) if named else _asks_for(count, asking, ctx)


def _asks_for(count: int, asking: str, ctx: Context) -> bool:
    return _counts(count, asking, ctx) or _says(asking, ctx.rules.text.phrases.several)


def _counts(count: int, asking: str, ctx: Context) -> bool:
    numbers = ctx.rules.numbers.words
    return any(numbers[word].value == count for word in asking.split() if word in numbers)


def _spaced(text: str) -> str:
    return f" {' '.join(_WORD.findall(text))} "


_WORD: Final = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)*|&")


def _says(spaced: str, phrases: frozenset[str]) -> bool:
    return any(f" {phrase} " in spaced for phrase in phrases)


def _items(phrase: Phrase, ctx: Context) -> tuple[str, ...] | None:
    """The different names that a text lists, one for a single name; ``None`` where it is no list of names."""
    raw = (phrase.raw or phrase.text).strip()
    if len(raw) > _MOST_CHARS:
        return None
    ctx.meter.spend(4 * len(raw))
    raw = texts.characters(raw, ctx.rules.text)
    if raw.startswith(_FENCE):
        return None
    return _named(_drawn(raw) or _quoted(raw) or _written(phrase.text, ctx), ctx)


def _named(found: tuple[str, ...], ctx: Context) -> tuple[str, ...] | None:
    """The items without repetition, if each is a short name and none says more than a name."""
    table = ctx.rules.text
    if not found or len(found) > _MOST:
        return None
    kept: dict[tuple[str, ...], str] = {}
    for name in found:
        item = texts.plain(name, table, ctx.meter)
        told = texts.words(item, table)
        if not _ITEM.fullmatch(item) or len(item) > _LONGEST or not 0 < len(told) <= _WORDS:
            return None
        if any(word in table.hedges or word in table.phrases.ends or word in table.doubts for word in told):
            return None
        kept.setdefault(told, item)
    return tuple(kept.values())


def _drawn(raw: str) -> tuple[str, ...] | None:
    """The lines of a text that all have a bullet or a number, or stand in a table of one column."""
    lines = [line for line in raw.splitlines() if line.strip()]
    if len(lines) > 2 and lines[0].rstrip(" *").endswith(":"):
        lines = lines[1:]
    if not 2 <= len(lines) <= _MOST + 2:
        return None
    if _RULED.fullmatch(lines[1]):
        cells = [_CELL.fullmatch(line) for line in lines[2:]]
        return tuple(cell[1].strip() for cell in cells if cell) if all(cells) else None
    bullets = [_BULLET.fullmatch(line) for line in lines]
    if all(bullets):
        return tuple(bullet[1] for bullet in bullets if bullet)
    numbered = [found for line in lines if (found := _NUMBERED.fullmatch(line))]
    if [found[1] for found in numbered] == [str(place + 1) for place in range(len(lines))]:
        return tuple(found[2] for found in numbered)
    return None


def _quoted(raw: str) -> tuple[str, ...] | None:
    """``["red", "blue"]``."""
    if raw[:1] not in {"[", "{"} or raw[-1:] not in {"]", "}"}:
        return None
    inside, names, start = raw[1:-1], [], 0
    while start < len(inside):
        found = _QUOTED.match(inside, start)
        if found is None:
            return None
        names.append(found[1] or found[2])
        start = found.end()
    return tuple(names) if names else None


def _written(text: str, ctx: Context) -> tuple[str, ...]:
    """Names within a line: with semicolons, or commas, or a word for *and* between the last two."""
    if _SEMICOLON.search(text):
        return _without_join(_SEMICOLON.split(text), ctx)
    return _without_join(_COMMA.split(text), ctx)


def _without_join(names: list[str], ctx: Context) -> tuple[str, ...]:
    """The names with the last parted at its "and": ``green and blue``, or freed of one: ``and blue``."""
    words = names[-1].split()
    joins = [place for place, word in enumerate(words) if word.casefold() in ctx.rules.text.phrases.joins]
    if len(joins) != 1:
        return tuple(names)
    before, behind = " ".join(words[: joins[0]]), " ".join(words[joins[0] + 1 :])
    return tuple(name for name in (*names[:-1], before, behind) if name)


STAGES: Final = (Stage(NAME, ((Phrase, Phrase),), compare_listings), matching.STAGE)
