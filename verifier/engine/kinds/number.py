"""Numbers: exact values as written, and the examiner's rounding.

How numbers are written and kept stands in ``numerals``. Decided (POLICY 10-13, 17): two exact values are equal or they
are not; a decimal may stand for a longer value that rounds to it, if it shows at least three figures; no rounding at
all where the question wants an exact value or a count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import gcd
from typing import Final

import msgspec
from flint import fmpq, fmpz

from verifier.engine import text as texts
from verifier.engine.kinds import counted, rounding
from verifier.engine.kinds.form import NOT_MET, wrong_form
from verifier.engine.kinds.kind import Context, Reading, Stage, evidence
from verifier.engine.kinds.opening import INDIAN, Opening, bracketed, harmless, open_number
from verifier.engine.maths.parser import read_maths
from verifier.engine.numerals import Number, divided, same, scan_number, value_of
from verifier.engine.units import read_unit
from verifier.types.verdict import Code, Decision, Finding, Standing, passes, proves, refutes

EQUAL = proves("number.equal", "The two numbers are the same exact value.")
DIFFERS = refutes("number.differs", "The two numbers are different values, and neither is a rounding of the other.")
NOT_LOWEST = refutes(
    "number.not_lowest_terms",
    "The question asks for lowest terms, and the fraction can be reduced.",
    Standing.CONVENTION,
)
PERCENT_UNCLEAR = passes(
    "number.percent_unclear", "The numbers agree if one of them is a percentage, and nothing says so."
)
POINTS_DIFFER = refutes(
    "number.points_differ",
    "One side is a difference of percentages in points, and the other a percentage.",
    Standing.CONVENTION,
)
SCALE_UNCLEAR = passes(
    "number.scale_unclear",
    "The numbers differ by thousands or millions, and the question, or one of them, speaks of such a scale.",
)
LABEL_DIFFERS = passes("number.label_differs", "The values are assigned to different names.")
FORM_DIFFERS = passes(
    "number.form_differs",
    "The values are equal, and the question asks for a form that only one of them has.",
    specific=7,
)
FEWER_PLACES = passes(
    "number.fewer_places",
    "The values are equal, and the answer shows fewer decimal places than were asked for.",
    specific=7,
)
NOUNS_DIFFER = passes(
    "number.nouns_differ",
    "The numbers stand before different words, which may be different things or units.",
    specific=7,
)
CODES: tuple[Code, ...] = (
    EQUAL,
    *rounding.CODES,
    *counted.CODES,
    DIFFERS,
    NOT_LOWEST,
    PERCENT_UNCLEAR,
    POINTS_DIFFER,
    SCALE_UNCLEAR,
    LABEL_DIFFERS,
    FORM_DIFFERS,
    FEWER_PLACES,
    NOUNS_DIFFER,
)


def read_number(text: str, ctx: Context) -> Iterator[Reading]:
    """A text that is a number, perhaps with harmless words behind it ("16 eggs left").

    Number words are read where they are the whole text, or where the question speaks of what stands behind them.
    """
    if ctx.demand.verbatim:
        return
    foreign = _in_other_language(text, ctx) or _charge(text, ctx)
    if foreign is not None:
        yield Reading(foreign, "number")
        return
    found = open_number(text, ctx)
    if found is None or found.currency:
        return
    listed = _perhaps_a_list(text, found, ctx)
    if listed is not None:
        yield Reading(listed, "number", certain=False)
        return
    part = counted.out_of(text, found, ctx)
    if part is not None:
        named = msgspec.structs.replace(part.number, noun=_noun(part.rest, ctx)) if part.rest else part.number
        yield Reading(named, "number", part.rest.strip(), found.label)
        return
    rest = text[found.end :].strip(" )") if bracketed(text, 0) else text[found.end :]
    if rest == "-" or not harmless(rest, ctx) or read_unit(text, found.end, ctx.rules.units) is not None:
        return  # with a unit it is a quantity, or nothing
    if _NAMED.match(rest) or (found.spoken and rest.strip() and not asked_about(rest, ctx)):
        return  # "10 Downing Street", "5 March"; "one of the", "a third person"
    noun = _noun(rest, ctx)
    open_ended = bool(found.others) or found.number.loose or not found.certain
    for number in (found.number, *(one.number for one in found.others if not one.ordinal)):
        named = msgspec.structs.replace(number, noun=noun, loose=found.spoken or number.loose)
        yield Reading(named, "number", rest.strip(), found.label, certain=not open_ended)
    if POINTED.fullmatch(text, 0, found.end) and ctx.demand.comma:  # 1.234 where a comma is the decimal mark
        grouped = scan_number(text[: found.end].replace(".", ""), 0, ctx.meter)
        if grouped is not None:
            thousands = msgspec.structs.replace(grouped.number, written=found.number.written, noun=noun)
            yield Reading(thousands, "number", rest.strip(), found.label)
    if ctx.demand.comma and _COMMAED.fullmatch(text, 0, found.end):  # 1,250, where a comma is the decimal mark
        point = scan_number(text[: found.end].replace(",", "."), 0, ctx.meter)
        if point is not None:
            decimal = msgspec.structs.replace(point.number, written=found.number.written, noun=noun)
            yield Reading(decimal, "number", rest.strip(), found.label)


def _perhaps_a_list(text: str, found: Opening, ctx: Context) -> Number | None:
    """``3,5`` and ``0,111`` with a decimal comma, ``12,34,567`` in groups of two; each may be a list as well."""
    if "," not in text:
        return None
    comma = _DECIMAL_COMMA.fullmatch(text)  # no group of thousands
    if comma is not None:
        read = scan_number(f"{comma[1]}.{comma[2]}", 0, ctx.meter)
    elif found.end < len(text) and not (ctx.demand.unordered or ctx.demand.ordered) and INDIAN.fullmatch(text):
        read = scan_number(text.replace(",", ""), 0, ctx.meter)
    else:
        return None
    return None if read is None else msgspec.structs.replace(read.number, written=text)


_COMMAED: Final = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
POINTED: Final = re.compile(r"[-+]?[1-9]\d{0,2}\.\d{3}")


def asked_about(rest: str, ctx: Context) -> bool:
    """Whether the question speaks of all that the words behind a number name."""
    words = [word for word in _LETTERS.findall(rest.lower()) if word not in ctx.rules.text.articles]
    free, asked = ctx.rules.text.fillers, ctx.demand.words
    named = [word for word in words if word not in free]
    return bool(named) and words[0] not in free and all(_among(word, asked) for word in named)


def _among(word: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint((word, word.rstrip("s"), word + "s"))


_LETTERS: Final = re.compile(r"[^\W\d_]+")


def _in_other_language(text: str, ctx: Context) -> Number | None:
    """A number word of the language that the question is asked in: "vingt et un", "zwei Millionen"."""
    if not ctx.demand.language:
        return None
    spoken = next((one for one in ctx.rules.numbers.languages if one.name == ctx.demand.language), None)
    if spoken is None or not spoken.numbers or any(mark.isdecimal() for mark in text):
        return None
    words = texts.without_accents(text).lower().replace("-", " ")
    power = spoken.powers.get(words)
    front, _, last = words.rpartition(" ")
    if power is None and last in spoken.powers:
        power, words = spoken.powers[last], front
    elif power is not None:
        return Number(fmpq(1), power, text)
    value = spoken.numbers.get(words)
    return None if value is None else Number(fmpq(value), power or 0, text)


def _charge(text: str, ctx: Context) -> Number | None:
    """``2-``, where a charge or an oxidation number is asked for; elsewhere it is no number."""
    match = _CHARGE.fullmatch(text) if text[-1:] in _SIGNS else None
    asking = ctx.demand.asking
    if match is None or not any(
        phrase in asking and f"{phrase} for" not in asking for phrase in ctx.rules.demand.names.charges
    ):
        return None
    return Number(fmpq(int(match[2] + match[1])), 0, text)


_SIGNS: Final = frozenset("+-")
_CHARGE: Final = re.compile(r"(\d{1,2}) ?([-+])")
_DECIMAL_COMMA: Final = re.compile(r"([-+]?(?:0|\d+)),(\d{1,2}|\d{4,}|(?<=0,)\d{3})")
_NAMED: Final = re.compile(r" [A-Z][a-z]+")
_NOUN: Final = re.compile(r" ?([^\W\d_]+(?: ?[/·*^] ?[^\W\d_]+)*)")


def _noun(rest: str, ctx: Context) -> str:
    """The word behind a number that may be what it counts; words that belong to the sentence are none."""
    match = _NOUN.match(rest)
    if match is None or match[1].lower() in ctx.rules.text.fillers:
        return ""
    return match[1]


def agree(gold: Number, candidate: Number, ctx: Context, *, measured: bool = False) -> Finding:
    """Whether the candidate's value is the gold's (POLICY 10-13, 17). ``measured`` is set for values with a unit."""
    shown = evidence(gold=gold.written, candidate=candidate.written)
    part = ctx.demand.percent and not gold.parts and not measured and _is_part(gold, ctx)
    if part:
        asked = _percent_of_part(gold, candidate, ctx)
        if asked is not None:
            return asked
    if gold.parts != candidate.parts and (ctx.demand.percent or not same(gold, candidate, ctx.meter)):
        percent = _percent(gold, candidate, ctx)
        if percent is not None:
            return percent.finding(**shown)
    if same(gold, candidate, ctx.meter):
        return counted.rescaled(gold, candidate, ctx) or _of_equals(gold, candidate, ctx).finding(**shown)
    of_total = counted.compare(gold, candidate, ctx) if not measured else None
    if of_total is not None:
        return of_total
    wanted, given = value_of(gold, ctx.meter), value_of(candidate, ctx.meter)
    if wanted is None or given is None:
        return DIFFERS.finding(**shown)
    if ctx.demand.percent and (wanted * 100 == given or wanted == given * 100):
        return PERCENT_UNCLEAR.finding(**shown)
    if ctx.demand.percent and (gold.percent or candidate.percent):  # a bare number is one of percent
        wanted, given = (value if one.parts else value / 100 for one, value in ((gold, wanted), (candidate, given)))
        gold, candidate = (one if one.parts else divided(one, 2, one.written) for one in (gold, candidate))
    tolerated = rounding.tolerated(wanted, given, ctx, shown, measured=measured)
    if tolerated is not None:
        return tolerated
    rounded = rounding.rounded(gold, candidate, wanted, given, ctx, measured=measured)
    if rounded is not None:
        return msgspec.structs.replace(rounded, evidence={**shown, **rounded.evidence})
    left_out = 1 in {gold.scale, candidate.scale} and wanted / gold.scale == given / candidate.scale  # 137 million, 137
    if left_out or (ctx.demand.scale and given != 0 and wanted / given in _SCALES):
        return SCALE_UNCLEAR.finding(**shown)
    return DIFFERS.finding(**shown)


def _is_part(number: Number, ctx: Context) -> bool:
    """Whether a number is between nothing and the whole, so that it may be a part told without a percent sign."""
    value = value_of(number, ctx.meter)
    return value is not None and 0 <= value <= 1


def _percent_of_part(gold: Number, candidate: Number, ctx: Context) -> Finding | None:
    """A part where a percentage is asked for: 2/3 is 66.7 %, and a bare 66.7 is one of percent.

    A decimal part, 0.6667, may itself be one of percent.
    """
    if candidate.parts not in {0, 2} or candidate.fraction or candidate.mantissa == gold.mantissa:
        return None
    given = candidate if candidate.parts else divided(candidate, 2, candidate.written)
    shown = evidence(gold=gold.written, candidate=candidate.written)
    if same(gold, given, ctx.meter):
        return EQUAL.finding(**shown) if gold.fraction else None
    wanted, value = value_of(gold, ctx.meter), value_of(given, ctx.meter)
    if wanted is None or value is None:
        return None
    rounded = rounding.tolerated(wanted, value, ctx, shown, measured=False) or rounding.rounded(
        gold, given, wanted, value, ctx, measured=False
    )
    correct = rounded is not None and rounded.decision is Decision.CORRECT
    if not gold.fraction:
        return PERCENT_UNCLEAR.finding(**shown) if correct else None
    if rounded is None:
        return DIFFERS.finding(**shown) if candidate.parts else None
    told = msgspec.structs.replace(rounded, evidence={**shown, **rounded.evidence})
    return told if correct or candidate.parts else None


def _of_equals(gold: Number, candidate: Number, ctx: Context) -> Code:
    """What two equal values are, which may still differ in form: ``6/8`` for ``3/4`` in lowest terms."""
    if gold.points != candidate.points and gold.parts == candidate.parts:
        asked = {"point", "points"} & ctx.demand.words
        return PERCENT_UNCLEAR if asked else POINTS_DIFFER
    if ctx.demand.lowest_terms and _reducible(candidate) and not _reducible(gold):
        return NOT_LOWEST
    places, own = ctx.demand.places, rounding.places_of(candidate)
    fewer = places is not None and rounding.places_of(gold) == places and gold.parts == candidate.parts
    if fewer and (own or 0) < (places or 0) and not candidate.fraction:
        return FEWER_PLACES
    if "percent" in ctx.demand.forms and gold.percent != candidate.percent:
        return FORM_DIFFERS
    return EQUAL


_WRITTEN_FRACTION: Final = re.compile(r"(\d{1,15}) ?/ ?(\d{1,15})$")


def _reducible(number: Number) -> bool:
    """Whether a fraction is written with a common factor: ``6/8``."""
    match = _WRITTEN_FRACTION.search(number.written)
    return match is not None and gcd(int(match[1]), int(match[2])) > 1


_SCALES: Final = frozenset(
    scale for power in (2, 3, 6, 9, 12) for scale in (fmpq(fmpz(10) ** power), 1 / fmpq(fmpz(10) ** power))
)


def _percent(gold: Number, candidate: Number, ctx: Context) -> Code | None:
    """One side has a sign (POLICY 17); ``None`` where the sign changes nothing.

    Where a percentage is asked for, a bare 25 is 25 %. Elsewhere 25 against 25 % is unclear, and 0.25 is 25 %.
    """
    bare, signed = (candidate, gold) if gold.parts else (gold, candidate)
    if bare.parts:
        return None
    as_signed = msgspec.structs.replace(bare, exponent10=bare.exponent10 - signed.parts)
    if same(as_signed, signed, ctx.meter):
        if signed.percent and (ctx.demand.percent or (signed is candidate and _all_percentages(ctx))):
            return EQUAL
        return DIFFERS if ctx.demand.pure_number and candidate.percent else PERCENT_UNCLEAR
    if ctx.demand.percent and same(bare, signed, ctx.meter):
        return PERCENT_UNCLEAR
    return None


def _all_percentages(ctx: Context) -> bool:
    """Whether all numbers of the question, two at least, are percentages, and it asks for no count of things."""
    demand = ctx.demand
    if len(demand.numbers) < _FEWEST or "%" not in demand.signs or demand.count or demand.pure_number:
        return False
    signs = _WITH_SIGN.findall(demand.question)
    return all(signs)


_FEWEST: Final = 2
_WITH_SIGN: Final = re.compile(r"(?<![\d.,])\d[\d.,]*([\s$\\]*%)?")


def compare_numbers(gold: Number, candidate: Number, ctx: Context) -> Finding:
    """Two bare numbers; "5 apples" and "5 oranges" are left to a reader, and so are two unknown units."""
    finding = agree(gold, candidate, ctx)
    if finding.decision is Decision.CORRECT and ctx.demand.forms:
        finding = badly_written(gold, candidate, finding, ctx) or finding
    other = ctx.demand.count and not gold.noun and not _counted(candidate.noun, ctx)
    if other or (gold.noun and candidate.noun and gold.noun.rstrip("s") != candidate.noun.rstrip("s")):
        return NOUNS_DIFFER.finding(**ctx.sides(gold, candidate))
    return finding


def badly_written(gold: Number, candidate: Number, finding: Finding, ctx: Context) -> Finding | None:
    """What is wrong with how an equal number is written, where the question asks for a form."""
    forms = ctx.demand.forms
    for form, without in (("words", str.isdigit), ("digits", str.isalpha)):
        own, other = (any(map(without, side.written)) for side in (gold, candidate))
        if form in forms and other and not own:
            return NOT_MET.finding(**finding.evidence, form=form)
    wanted, given = (read_maths(side.written, ctx.rules.maths, ctx.meter) for side in (gold, candidate))
    return wrong_form(wanted[0].tree, given[0].tree, ctx, finding.evidence) if wanted and given else None


def _counted(noun: str, ctx: Context) -> bool:
    """Whether the question counts such things; no word at all counts whatever it does."""
    stem = noun.lower().rstrip("s")
    return not stem or any(word.rstrip("s") == stem for word in ctx.demand.words)


STAGE: Final = Stage("number", ((Number, Number),), compare_numbers)
