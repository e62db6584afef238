"""A text read: by the tightest kind that understands it, or as a value with its restatement in brackets.

Law 1: readers stand tightest kind first; the first that yields a certain reading ends the search; what nobody reads is
a phrase. A reader is asked only about a text that it ``may_read``: what it cannot do without is looked for first,
since most texts are for one reader or two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from verifier.engine import beside, lines, multipart, text
from verifier.engine.kinds import (
    bounds,
    chemistry,
    choosing,
    counted,
    dating,
    label,
    listing,
    matching,
    names,
    notation,
    number,
    ordinal,
    phrase,
    quantity_reader,
    restated,
    truth,
    written,
)
from verifier.engine.kinds.kind import Context, Reading
from verifier.engine.kinds.phrase import Phrase
from verifier.types.sample import Extraction

Read = tuple[tuple[str, ...], tuple[Reading, ...]]
"""Texts out of their wrapping, and their readings."""

_READERS_WORK: Final = 3_000  # units of work that all readers take to look at a text, beside what they count themselves
_LINES_WORK: Final = 4  # units of work a character of a text that may be a list on lines
_WORD_IN_BRACKETS: Final = re.compile(r"\[ ?[^\W\d_]{2,30} ?\]")
_DASH: Final = re.compile(r" [-–—]{1,2} (?=(?:the|which) \w)")  # before an apposition, and no minus
_FORMULA: Final = re.compile(r"[\\√{}∞∪∩∈≤≥≠<>|]")  # in no number, no quantity, and beside no yes or no


def read_every(found: Iterable[Extraction], ctx: Context, known: dict[str, tuple[Reading, ...]]) -> Read:
    """All texts, and the readings of each: an answer that may mean any of them."""
    read = [read_texts((one,), ctx, known) for one in found]
    return tuple(words for texts, _ in read for words in texts), tuple(one for _, readings in read for one in readings)


def read_texts(found: Iterable[Extraction], ctx: Context, known: dict[str, tuple[Reading, ...]]) -> Read:
    """The first text, out of its wrapping, that a reader understands, and its readings.

    Where no reader understands any, all texts, each as a phrase. ``known`` holds what was read already.
    """
    texts: dict[str, str] = {}
    for one in found:
        raw = _joined(one.text, ctx) if lines.may_hold(one.text) else one.text
        if "(a)" in raw and not ctx.demand.options:
            raw = multipart.in_parts(raw) or raw
        raw = _DASH.sub(", ", raw) if " the " in raw or " which " in raw else raw
        words = text.plain(raw, ctx.rules.text, ctx.meter)
        raw = beside.signed(raw, ctx.rules.text.figures)
        if words[:1] == "[" and _WORD_IN_BRACKETS.fullmatch(words) and not _speaks_of_brackets(ctx):
            words = raw = words[1:-1].strip()
        if not words or words in texts:
            continue
        texts[words] = raw
        if words not in known:  # the same words were perhaps read on the other side
            known[words] = _read(words, raw, ctx)
        if known[words]:
            return (words,), known[words]
    return tuple(texts), tuple([Reading(Phrase(words, raw), "phrase", certain=False) for words, raw in texts.items()])


def _speaks_of_brackets(ctx: Context) -> bool:
    """Whether a question speaks of what square brackets stand for, or asks for its text letter by letter."""
    demand = ctx.demand
    return demand.verbatim or not demand.words.isdisjoint(ctx.rules.maths.bracketed) or phrase.is_verbatim(ctx)


def _joined(raw: str, ctx: Context) -> str:
    """A list that is set on lines, on one line; any other text as it is, and what is to be given letter by letter."""
    ctx.meter.spend(_LINES_WORK * min(len(raw), lines.LONGEST))
    found = lines.read_lines(raw, ctx.rules.text)
    if found is None or found.shape == "named" or ctx.demand.verbatim or phrase.is_verbatim(ctx):
        return raw
    if ctx.demand.options and all(part.isalpha() for part in found.parts):
        return raw  # options, one to a line
    return found.joined()


def _read(words: str, raw: str, ctx: Context) -> tuple[Reading, ...]:
    """A text as a whole, or as a value with its restatement, in brackets or behind a comma."""
    pieces = restated.parts(raw) if words.endswith(")") else restated.glossed(raw, ctx.rules.text.glosses)
    pieces = pieces or counted.with_share(raw, ctx)
    found = (_restated(*pieces, raw, ctx) if pieces else ()) or _read_whole(words, raw, ctx)
    if found and phrase.form_of(words, ctx.rules.text):  # "TB" is a unit, too
        return (*found, Reading(Phrase(words, raw), "phrase", certain=False))
    return found


def _restated(value: str, again: str, raw: str, ctx: Context) -> tuple[Reading, ...]:
    """The readings of a value with what stands behind it in brackets; empty where that restates nothing."""
    again = restated.opened(again, ctx)
    words, inner = (text.plain(one, ctx.rules.text, ctx.meter) for one in (value, again))
    ctx.meter.depth += 1
    try:
        own = _read_whole(words, value, ctx)
        if restated.is_bare(own) and restated.is_unit(inner, ctx):
            return _read_whole(f"{words} {inner}", f"{value} {again}", ctx)
        if not own or not restated.begins(inner, ctx):
            return ()
        return restated.settled(own, _read_whole(inner, again, ctx), ctx, spaced="\\" not in raw)
    finally:
        ctx.meter.depth -= 1


def _read_whole(words: str, raw: str, ctx: Context) -> tuple[Reading, ...]:
    """Law 1: readers in order, until one is certain; then maths.

    What only could be chemistry stays a phrase beside it, and so does what begins with an article.
    """
    ctx.meter.spend(_READERS_WORK + 8 * len(words))
    found: list[Reading] = []
    letter = truth.read_letter(words, ctx) if truth.may_be_letter(words) else None
    if letter is not None:
        return (letter,)
    for readings in _asked(words, raw, ctx):
        certain = False
        for reading in readings:
            certain = certain or reading.certain
            found.append(reading)
        if certain:
            return tuple(found)
    found += notation.read_formula(words, raw, ctx)
    if found and (phrase.begins_with_article(words) or all(one.reader == chemistry.NAME for one in found)):
        found.append(Reading(Phrase(words, raw), "phrase", certain=False))
    return tuple(found)


def _set_out(words: str, raw: str, ctx: Context) -> Iterator[Iterator[Reading]]:
    """What the readers say that look at how a text is set: names one to a line, labels with what belongs to them."""
    if listing.may_read(raw, ctx):
        yield listing.read_listing(raw, words, ctx)
    if matching.may_read(words):
        yield matching.read_matching(words, ctx)


def _asked(words: str, raw: str, ctx: Context) -> Iterator[Iterator[Reading]]:
    """What each reader says that may read a text, in their order; lists and chemistry are read as they were written."""
    yield from _set_out(words, raw, ctx)
    if written.may_read(words, ctx):
        yield written.read_written(words, ctx)
    if choosing.may_read(words, ctx):
        yield choosing.read_choice(words, ctx)
    if names.may_read(words, ctx):
        yield names.read_names(words, ctx)
    if chemistry.may_read(raw, words):
        yield chemistry.read_chemistry(raw, words, ctx)
    if _FORMULA.search(words) is not None:
        if bounds.opens(words):
            yield bounds.read_bounds(words, ctx)
        return
    if dating.may_read(words, ctx):
        yield dating.read_date(words, ctx)
    if bounds.may_read(words):
        yield bounds.read_bounds(words, ctx)
    if ordinal.may_read(words):
        yield ordinal.read_ordinal(words, ctx)
    yield quantity_reader.read_quantity(words, ctx)
    yield number.read_number(words, ctx)
    if truth.may_read(words, ctx):
        yield truth.read_truth(words, ctx)
    if label.may_read(words, ctx):
        yield label.read_label(words, ctx)
