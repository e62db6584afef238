"""Numbers: exact values as written, and the examiner's rounding.

How numbers are written and kept stands in ``numerals``. Decided (POLICY 10-13, 17): two exact values are equal or they
are not; a decimal may stand for a longer value that rounds to it, if it shows at least three figures; no rounding at
all where the question wants an exact value or a count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from math import gcd

import msgspec
from flint import fmpq, fmpz

from verifier.engine.kinds.form import wrong_form
from verifier.engine.kinds.kind import Context, Reading, Stage, evidence
from verifier.engine.maths.parser import read_maths
from verifier.engine.numerals import Number, figures, figures_of, round_half_up, same, scan_number, spread, value_of
from verifier.engine.units import read_unit
from verifier.types.verdict import Code, Decision, Finding, Standing, passes, proves, refutes

EQUAL = proves("number.equal", "The two numbers are the same exact value.")
ROUNDED = proves(
    "number.rounded", "The answer is the ground truth, rounded to the answer's own figures (three or more)."
)
ROUNDS_TO_GOLD = proves("number.rounds_to_gold", "The answer is more precise than the ground truth and rounds to it.")
WITHIN = proves("number.within_tolerance", "The numbers differ by no more than the category's tolerance.")
DIFFERS = refutes("number.differs", "The two numbers are different values, and neither is a rounding of the other.")
TOO_FEW_FIGURES = refutes(
    "number.too_few_figures",
    "The answer is the ground truth rounded to fewer figures than agree by convention.",
    Standing.CONVENTION,
)
NOT_EXACT = refutes(
    "number.not_exact", "The answer is a rounding, where an exact value or a count was asked for.", Standing.CONVENTION
)
TRUNCATED = refutes(
    "number.wrong_rounding",
    "The answer is close to the ground truth but is not its correct rounding.",
    Standing.CONVENTION,
)
NOT_LOWEST = refutes(
    "number.not_lowest_terms",
    "The question asks for lowest terms, and the fraction can be reduced.",
    Standing.CONVENTION,
)
NOT_ROUNDED = refutes(
    "number.not_rounded",
    "The question asks to round a number, and the answer is not rounded so far.",
    Standing.CONVENTION,
)
SHORT_GOLD = passes(
    "number.gold_too_short",
    "The answer rounds to the ground truth, which shows too few figures to tell a rounding from an exact value.",
)
PERCENT_UNCLEAR = passes(
    "number.percent_unclear", "The numbers agree if one of them is a percentage, and nothing says so."
)
SCALE_UNCLEAR = passes(
    "number.scale_unclear", "The numbers differ by thousands or millions, and the question speaks of such a scale."
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
    ROUNDED,
    ROUNDS_TO_GOLD,
    WITHIN,
    DIFFERS,
    TOO_FEW_FIGURES,
    NOT_EXACT,
    TRUNCATED,
    NOT_LOWEST,
    NOT_ROUNDED,
    SHORT_GOLD,
    PERCENT_UNCLEAR,
    SCALE_UNCLEAR,
    LABEL_DIFFERS,
    FORM_DIFFERS,
    FEWER_PLACES,
    NOUNS_DIFFER,
)

_LABEL = re.compile(r"([^\W\d_](?:_\{?\w{1,8}\}?|['′]{1,2})?|\\[A-Za-z]+) ?(?:=|≈|\\approx) ?(?=[^=])")
_GLUED = re.compile(r"\.\.|: |[\d^*/=!(\[{|\\<>_~+×÷±√∞π∪∩≤≥≠∈]|[.,:;][\d]|[-−] ?[\d(\\a-zA-Z]|'")
_DIGIT_OR_MATHS = re.compile(r"\d|[^\w\s.,:;!?()'\"’“”&/-]")
_HALF_DAY = re.compile(r" ?[ap]\.? ?m\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")


_DIGIT = re.compile(r"\d")


class Opening(msgspec.Struct, frozen=True):
    """The number that a text opens with and where it ends.

    The name it is assigned to, and the currency sign before it.
    """

    number: Number
    end: int
    label: str
    currency: str


def open_number(text: str, ctx: Context) -> Opening | None:
    """The number that a text opens with, after a label (``x =``), an opener ("about") or a currency sign."""
    key = ("open", text)
    if key not in ctx.memo:
        ctx.memo[key] = None if _DIGIT.search(text) is None else _open_number(text, ctx)
    found: Opening | None = ctx.memo[key]
    return found


def _open_number(text: str, ctx: Context) -> Opening | None:
    position, label = 0, ""
    named = _LABEL.match(text) if "=" in text or "≈" in text or "\\approx" in text else None
    if named is not None:
        label, position = named[1], named.end()
    leading = ctx.rules.units.leading
    lowered = text[position : position + 80].lower()
    if lowered.startswith(ctx.rules.text.openers):
        for opener in ctx.rules.text.openers:
            if lowered.startswith(opener) and not lowered[len(opener) : len(opener) + 1].isalpha():
                position += len(opener)
                break
    while text[position : position + 1] == " ":
        position += 1
    currency, sign = "", ""
    if text[position : position + 1] in {"-", "+"} and text[position + 1 : position + 2] in leading:
        sign, position = text[position], position + 1
    for length in (3, 2, 1):
        lead = text[position : position + length]
        if lead in leading and len(lead) == length:
            currency, position = lead, position + length
            break
    while text[position : position + 1] == " ":
        position += 1
    wrapped = _bracketed(text, position)
    if wrapped is not None:
        position += 1
    found = scan_number(text if wrapped is None else wrapped, position, ctx.meter)
    if found is None:
        return None
    number = found.number
    if sign == "-":
        number = msgspec.structs.replace(number, mantissa=-number.mantissa, written="-" + number.written)
    return Opening(number, found.end, label, currency)


def _bracketed(text: str, position: int) -> str | None:
    """``(5)`` with the brackets made spaces, if the whole rest is bracketed.

    They are not a minus and enclose one number.
    """
    if text[position : position + 1] != "(" or not text.endswith(")") or text.count("(") != 1 or "," in text:
        return None
    return text[:position] + " " + text[position + 1 : -1]


def harmless(rest: str, ctx: Context) -> bool:
    """Whether the words after a value leave it as it stands.

    No other number, no maths, no word that changes, bounds or rejects it.
    """
    if not rest or rest.isspace():
        return True
    ctx.meter.spend(len(rest))
    if (
        (rest[0].isalnum() and (not _COUNTER.match(rest) or rest.startswith(ctx.rules.text.scales)))
        or rest[0] == ";"
        or _GLUED.match(rest.lstrip())
        or _DIGIT_OR_MATHS.search(rest)
        or _HALF_DAY.match(rest)
    ):
        return False
    table, asked = ctx.rules.text, ctx.demand.words
    found = [word.lower() for word in _WORD.findall(rest)]
    if not found:
        return True
    if found[0] in table.joiners or (len(found[0]) == 1 and (found[0] != "a" or found == ["a"])):
        return False
    if not table.modifiers.isdisjoint(found[:_NEAR]) or not table.hedges.isdisjoint(found):
        return False
    return table.directions.isdisjoint(word for word in found if word not in asked) and not _divided(found, ctx)


_COUNTER = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")  # a word that counts things: 858颗糖果
_NEAR = 6  # words behind a number in which a modifier belongs to it


def _divided(found: list[str], ctx: Context) -> bool:
    """Whether the words go on to divide: "per day", "an hour", unless the question speaks of the same."""
    words = ctx.rules.units.words
    for word, following in zip(found, [*found[1:], ""], strict=True):
        per = word == "per" or (word in {"a", "an", "each", "every"} and following in words)
        asked = ctx.demand.words
        if per and not (following in asked and ("per" in asked or word in asked)):
            return True
    return False


def read_number(text: str, ctx: Context) -> Iterator[Reading]:
    """A text that is a number, perhaps with harmless words behind it ("16 eggs left")."""
    found = open_number(text, ctx)
    if found is None or found.currency or ctx.demand.verbatim:
        return
    comma = _DECIMAL_COMMA.fullmatch(text)
    if comma is not None:  # no group of thousands: 0,111 and 3,5 are decimals, or lists of two
        read = scan_number(f"{comma[1]}.{comma[2]}", 0, ctx.meter)
        if read is not None:
            yield Reading(msgspec.structs.replace(read.number, written=text), "number", certain=False)
        return
    rest = text[found.end :].strip(" )") if _bracketed(text, 0) else text[found.end :]
    if not harmless(rest, ctx) or read_unit(text, found.end, ctx.rules.units) is not None:
        return  # with a unit it is a quantity, or nothing
    if _NAMED.match(rest):
        return  # "10 Downing Street", "5 March"
    yield Reading(msgspec.structs.replace(found.number, noun=_noun(rest, ctx)), "number", rest.strip(), found.label)


_DECIMAL_COMMA = re.compile(r"([-+]?(?:0|\d+)),(\d{1,2}|\d{4,}|(?<=0,)\d{3})")
_NAMED = re.compile(r" [A-Z][a-z]+")
_NOUN = re.compile(r" ?([^\W\d_]+(?: ?[/·*^] ?[^\W\d_]+)*)")


def _noun(rest: str, ctx: Context) -> str:
    """The word behind a number that may be what it counts; words that belong to the sentence are none."""
    match = _NOUN.match(rest)
    if match is None or match[1].lower() in ctx.rules.text.fillers:
        return ""
    return match[1]


def agree(gold: Number, candidate: Number, ctx: Context, *, measured: bool = False) -> Finding:
    """Whether the candidate's value is the gold's (POLICY 10-13, 17). ``measured`` is set for values with a unit."""
    shown = evidence(gold=gold.written, candidate=candidate.written)
    if gold.percent != candidate.percent and (ctx.demand.percent or not same(gold, candidate, ctx.meter)):
        percent = _percent(gold, candidate, ctx)
        if percent is not None:
            return percent.finding(**shown)
    if same(gold, candidate, ctx.meter):
        if ctx.demand.lowest_terms and _reducible(candidate) and not _reducible(gold):
            return NOT_LOWEST.finding(**shown)
        places = ctx.demand.places
        if places is not None and gold.places == places and (candidate.places or 0) < places and not candidate.fraction:
            return FEWER_PLACES.finding(**shown)
        if "percent" in ctx.demand.forms and gold.percent != candidate.percent:
            return FORM_DIFFERS.finding(**shown)
        return EQUAL.finding(**shown)
    wanted, given = value_of(gold, ctx.meter), value_of(candidate, ctx.meter)
    if wanted is None or given is None:
        return DIFFERS.finding(**shown)
    tolerance = ctx.profile.tolerance
    if _within(wanted, given, tolerance.relative, tolerance.absolute):
        return WITHIN.finding(**shown, tolerance=tolerance.name)
    if ctx.demand.percent and (wanted * 100 == given or wanted == given * 100):
        return PERCENT_UNCLEAR.finding(**shown)
    rounding = _rounding(gold, candidate, wanted, given, ctx, measured=measured)
    if rounding is not None:
        return rounding.finding(**shown)
    if ctx.demand.scale and given != 0 and wanted / given in _SCALES:
        return SCALE_UNCLEAR.finding(**shown)
    return DIFFERS.finding(**shown)


_WRITTEN_FRACTION = re.compile(r"(\d{1,15}) ?/ ?(\d{1,15})$")


def _reducible(number: Number) -> bool:
    """Whether a fraction is written with a common factor: ``6/8``."""
    match = _WRITTEN_FRACTION.search(number.written)
    return match is not None and gcd(int(match[1]), int(match[2])) > 1


_SCALES = frozenset(fmpq(fmpz(10) ** power) for power in (2, 3, 6, 9, 12)) | frozenset(
    1 / fmpq(fmpz(10) ** power) for power in (2, 3, 6, 9, 12)
)


def _within(wanted: fmpq, given: fmpq, relative: Fraction, absolute: Fraction) -> bool:
    gap = abs(wanted - given)
    return bool(
        (absolute and gap <= fmpq(absolute.numerator, absolute.denominator))
        or (relative and gap <= abs(wanted) * fmpq(relative.numerator, relative.denominator))
    )


def _percent(gold: Number, candidate: Number, ctx: Context) -> Code | None:
    """One side has the sign (POLICY 17); ``None`` where the sign changes nothing.

    Where a percentage is asked for, a bare 25 is 25 %. Elsewhere 25 against 25 % is unclear, and 0.25 is 25 %.
    """
    bare, signed = (candidate, gold) if gold.percent else (gold, candidate)
    as_percent = msgspec.structs.replace(bare, exponent10=bare.exponent10 - 2)
    if same(as_percent, signed, ctx.meter):
        if ctx.demand.percent:
            return EQUAL
        return DIFFERS if ctx.demand.pure_number and candidate.percent else PERCENT_UNCLEAR
    if ctx.demand.percent and same(bare, signed, ctx.meter):
        return PERCENT_UNCLEAR
    return None


def _rounding(
    gold: Number, candidate: Number, wanted: fmpq, given: fmpq, ctx: Context, *, measured: bool
) -> Code | None:
    """POLICY 11-13; ``None`` where the values are not even close to a rounding of each other."""
    if not ctx.profile.tolerance.rounding or max(spread(wanted), spread(given)) > ctx.meter.budget.digits:
        return None
    ctx.meter.spend(spread(wanted) + spread(given))
    gold_figures = figures_of(gold, measured=measured)
    own = candidate.significant
    if gold_figures is None and not gold.fraction and (candidate.decimal or candidate.fraction):
        whole = figures(gold.written.strip("+- %"))
        enough = whole >= (2 if gold.percent else 3) and not _wants_exact(wanted, ctx, measured=measured)
        if ctx.demand.places == 0 and not ctx.demand.rounding_task and fmpq((given + fmpq(1, 2)).floor()) == wanted:
            return ROUNDS_TO_GOLD
        if enough and round_half_up(given, whole) == wanted:
            return SHORT_GOLD
    if own is not None and (gold_figures is None or gold_figures > own):
        code = _answer_is_rounded(candidate, wanted, given, own, ctx, measured=measured)
        if code is not None:
            return code
    shown = own or (None if candidate.fraction else figures(candidate.written.strip("+- %")))
    if gold_figures is not None and (shown is None or shown > gold_figures):
        return _answer_is_longer(gold, wanted, given, gold_figures, ctx, measured=measured)
    return None


def _answer_is_rounded(
    candidate: Number, wanted: fmpq, given: fmpq, own: int, ctx: Context, *, measured: bool
) -> Code | None:
    """An exact or longer ground truth, and an answer that shows ``own`` figures of it."""
    if round_half_up(wanted, own) == given:
        if _wants_exact(wanted, ctx, measured=measured):
            return NOT_EXACT
        places = ctx.demand.places
        if places is not None and candidate.places is not None and candidate.places < places:
            return TOO_FEW_FIGURES
        if ctx.demand.significant is not None and own < ctx.demand.significant:
            return TOO_FEW_FIGURES
        return ROUNDED if own >= 3 or _asked(candidate, ctx) else TOO_FEW_FIGURES
    if own >= 2 and abs(wanted - given) <= abs(wanted) / fmpq(fmpz(10) ** (own - 1)):
        return TRUNCATED
    return None


def _answer_is_longer(
    gold: Number, wanted: fmpq, given: fmpq, gold_figures: int, ctx: Context, *, measured: bool
) -> Code | None:
    """A ground truth that shows so many figures, and a longer or exact answer."""
    if round_half_up(given, gold_figures) != wanted:
        return None
    if _wants_exact(wanted, ctx, measured=measured):
        return NOT_EXACT
    if ctx.demand.rounding_task:
        return NOT_ROUNDED
    if gold_figures >= (2 if measured else 3) or _asked(gold, ctx):
        return ROUNDS_TO_GOLD
    return SHORT_GOLD if gold_figures == 2 else None


def _wants_exact(wanted: fmpq, ctx: Context, *, measured: bool) -> bool:
    """Whether no rounding is allowed; a ground truth with a fraction or a unit counts nothing."""
    return ctx.demand.exact or (ctx.demand.count and wanted.q == 1 and not measured)


def _asked(number: Number, ctx: Context) -> bool:
    """Whether the question asked for just the digits that the number shows."""
    demand = ctx.demand
    return (demand.places is not None and number.places == demand.places) or (
        demand.significant is not None and number.significant == demand.significant
    )


def compare_numbers(gold: Number, candidate: Number, ctx: Context) -> Finding:
    """Two bare numbers; "5 apples" and "5 oranges" are left to a reader, and so are two unknown units."""
    finding = agree(gold, candidate, ctx)
    if finding.decision is Decision.CORRECT and ctx.demand.forms:
        wanted, given = (read_maths(side.written, ctx.rules.maths, ctx.meter) for side in (gold, candidate))
        if wanted and given:
            finding = wrong_form(wanted[0].tree, given[0].tree, ctx, finding.evidence) or finding
    other = ctx.demand.count and not gold.noun and not _counted(candidate.noun, ctx)
    if other or (gold.noun and candidate.noun and gold.noun.rstrip("s") != candidate.noun.rstrip("s")):
        return NOUNS_DIFFER.finding(**ctx.sides(gold, candidate))
    return finding


def _counted(noun: str, ctx: Context) -> bool:
    """Whether the question counts such things; no word at all counts whatever it does."""
    stem = noun.lower().rstrip("s")
    return not stem or any(word.rstrip("s") == stem for word in ctx.demand.words)


STAGE = Stage("number", ((Number, Number),), compare_numbers)
