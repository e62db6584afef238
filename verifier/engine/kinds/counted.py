"""A count with what it is counted among: 12 out of 20 (POLICY 12).

As a value it is the fraction. Where the question counts things of that total, it says the count.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec
from flint import fmpq

from verifier.engine.kinds.kind import Context, evidence
from verifier.engine.kinds.opening import Opening, harmless, open_number
from verifier.engine.numerals import Number, scan_number, value_of
from verifier.engine.units import read_unit
from verifier.types.verdict import Code, Finding, passes, proves

COUNT = proves("number.count_of_total", "One side says the count, and the other the count and the question's total.")
OTHER_TOTAL = passes(
    "number.total_unclear",
    "The counts agree, and one side names a total that the question does not.",
)
CODES: tuple[Code, ...] = (COUNT, OTHER_TOTAL)


class Part(msgspec.Struct, frozen=True, gc=False):
    """A number said to be out of a total, and the text behind it."""

    number: Number
    rest: str


def out_of(text: str, found: Opening, ctx: Context) -> Part | None:
    """``3 out of 5`` and ``one in four``, as the fraction.

    Where the question counts, words may follow, and "of" alone joins the count to the question's own total.
    """
    words = _joint(text, found.end, ctx)
    if not words:
        return None
    start = found.end + len(words) + 2
    plain = words in _PLAIN
    other = open_number(text[start:], ctx)
    if other is None or other.label or other.currency:
        return None
    rest = text[start + other.end :]
    above, below = found.number, other.number
    whole = all(one.mantissa.q == 1 and one.exponent10 == 0 and not one.parts for one in (above, below))
    if not whole or not 0 <= above.mantissa <= below.mantissa or below.mantissa == 0:
        return None
    if (rest.strip(" .") or not plain) and not (
        ctx.demand.count and words != "in" and _is_asked(below, ctx) and harmless(rest, ctx)
    ):
        return None
    total = 0 if words == "in" else int(below.mantissa.p)
    written = text[: start + other.end]
    return Part(Number(above.mantissa / below.mantissa, 0, written, fraction=True, total=total), rest)


def _joint(text: str, place: int, ctx: Context) -> str:
    """The words between a count and its total, if they follow at a place; but for two of them only in a count."""
    if not text.startswith((" o", " i"), place):
        return ""
    following = text[place : place + _LONGEST].lower()
    every = ctx.rules.numbers.out_of if ctx.demand.count else ()
    return next((words for words in (*every, *_PLAIN) if following.startswith(f" {words} ")), "")


_PLAIN: Final = ("out of", "in")
_LONGEST: Final = 24


def _is_asked(total: Number, ctx: Context) -> bool:
    """Whether the question has a total, in figures or words."""
    if total.written and total.written.lower() in ctx.demand.words:
        return True
    return str(total.mantissa.p) in {numeral.replace(",", "") for numeral in ctx.demand.numbers}


def compare(gold: Number, candidate: Number, ctx: Context) -> Finding | None:
    """A count against a number out of a total; ``None`` where the values decide."""
    for part, count in ((candidate, gold), (gold, candidate)):
        if not part.fraction or count.fraction or count.parts:
            continue
        stated = part.total != 0
        total = part.total if stated else _written_total(part, ctx)
        if not total or value_of(count, ctx.meter) != part.mantissa * total:
            continue
        if _is_share_asked(ctx):
            return None
        own = ctx.demand.count and _is_asked(Number(fmpq(total), 0, ""), ctx) and (stated or not _may_divide(ctx))
        return (COUNT if own else OTHER_TOTAL).finding(**evidence(gold=gold.written, candidate=candidate.written))
    return None


def rescaled(gold: Number, candidate: Number, ctx: Context) -> Finding | None:
    """Equal parts, where the question counts and one side says how many of how many: 12 out of 20 is no 6 out of 10."""
    if not (gold.total or candidate.total) or not ctx.demand.count or _is_share_asked(ctx):
        return None
    totals = [one.total or _below(one) for one in (gold, candidate)]
    if totals[0] == totals[1] or not any(total and _is_asked(Number(fmpq(total), 0, ""), ctx) for total in totals):
        return None
    return OTHER_TOTAL.finding(**evidence(gold=gold.written, candidate=candidate.written))


def _is_share_asked(ctx: Context) -> bool:
    """Whether the question asks for a fraction or percentage, so that a count is not what it asks for."""
    demand = ctx.demand
    return demand.exact or demand.lowest_terms or demand.percent or demand.pure_number or bool(demand.forms & _SHARES)


_SHARES: Final = frozenset({"fraction", "lowest_terms", "decimal", "percent", "mixed", "improper"})


def with_share(text: str, ctx: Context) -> tuple[str, str] | None:
    """The count and its share of the question's total in ``12, or 60%``; ``None`` where it is not that share."""
    match = _SHARED.fullmatch(text.strip(" .")) if ctx.demand.count and ", " in text else None
    if match is None or match[2].lower() not in ctx.rules.text.restatements:
        return None
    first, second = open_number(match[1], ctx), open_number(match[3], ctx)
    if first is None or second is None or first.end < len(match[1]) or second.end < len(match[3]):
        return None
    count, share = value_of(first.number, ctx.meter), value_of(second.number, ctx.meter)
    if count is None or share is None or not second.number.percent or first.number.parts:
        return None
    half = fmpq(1, 2) / fmpq(10) ** (second.number.places or 2)
    for numeral in ctx.demand.numbers:
        total = scan_number(numeral, 0, ctx.meter)
        whole = None if total is None else value_of(total.number, ctx.meter)
        if whole is not None and whole >= count and whole > 0 and abs(count / whole - share) <= half:
            return match[1], match[3]
    return None


_SHARED: Final = re.compile(r"(\d[^,%]{0,20}), ([^\W\d_]+) (\S.{0,20}(?:%|percent|per cent))")


def _below(part: Number) -> int:
    """The lower number of a fraction that is written as one."""
    match = _SLASH.fullmatch(part.written)
    return 0 if match is None else int(match[2])


def _written_total(part: Number, ctx: Context) -> int:
    """The lower number of ``12/20``, where the question counts among so many: "how many of the 20"."""
    match = _SLASH.fullmatch(part.written) if ctx.demand.count else None
    if match is None or int(match[1]) > int(match[2]):
        return 0
    return 0 if _among(ctx) is None else int(match[2])


def _among(ctx: Context) -> re.Match[str] | None:
    """Where the question says among how many it counts."""
    table = ctx.rules.numbers.out_of
    for named in _AMONG.finditer(ctx.demand.question.lower()):
        if named[2] in table and (named[1] or named[2] != "of"):
            return named
    return None


def _may_divide(ctx: Context) -> bool:
    """Whether what is counted may be had in part, so that a fraction is one: miles, halves, how much of it."""
    named = _among(ctx)
    if named is None or "how much" in ctx.demand.question.lower():
        return True
    question = ctx.demand.question
    if read_unit(question, named.end(), ctx.rules.units) is not None:
        return True
    thing = _THING.match(question.lower(), named.end())
    known = None if thing is None else ctx.rules.numbers.words.get(thing[0])
    return known is not None and known.kind in {"parts", "share"}


_SLASH: Final = re.compile(r"(\d{1,9}) ?/ ?(\d{1,9})")
_AMONG: Final = re.compile(r"(many )?\b((?:out )?of(?: [a-z]+)?) \d+ ?")
_THING: Final = re.compile(r"[a-z]+")
