"""Numbers: exact values as written, and the examiner's rounding.

Read: integers, decimals, fractions, mixed numbers, percent, thousands separators, scientific notation, powers of ten. A number is kept as an exact
mantissa and a power of ten and never expanded beyond the budget, so ``1e999999999`` costs nothing.

Decide (POLICY 10-13, 17): two exact values are equal or they are not; a decimal may stand for a longer value that rounds to it, if it shows at least three
figures; no rounding at all where the question wants an exact value or a count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

import msgspec
from flint import fmpq, fmpz

from verifier.engine.kinds.kind import Context, Reading, Stage, evidence
from verifier.types.budget import Meter
from verifier.types.verdict import Code, Decision, Finding, Standing, passes, proves, refutes

EQUAL = proves("number.equal", "The two numbers are the same exact value.")
ROUNDED = proves("number.rounded", "The answer is the ground truth, rounded to the answer's own figures (three or more).")
ROUNDS_TO_GOLD = proves("number.rounds_to_gold", "The answer is more precise than the ground truth and rounds to it.")
WITHIN = proves("number.within_tolerance", "The numbers differ by no more than the category's tolerance.")
DIFFERS = refutes("number.differs", "The two numbers are different values, and neither is a rounding of the other.")
TOO_FEW_FIGURES = refutes(
    "number.too_few_figures", "The answer is the ground truth rounded to fewer figures than agree by convention.", Standing.CONVENTION
)
NOT_EXACT = refutes(
    "number.not_exact", "The answer is a rounding, where an exact value or a count was asked for.", Standing.CONVENTION
)
TRUNCATED = refutes("number.wrong_rounding", "The answer is close to the ground truth but is not its correct rounding.", Standing.CONVENTION)
SHORT_GOLD = passes("number.gold_too_short", "The answer rounds to the ground truth, which shows too few figures to tell a rounding from an exact value.")
PERCENT_UNCLEAR = passes("number.percent_unclear", "The numbers agree if one of them is a percentage, and nothing says so.")
SCALE_UNCLEAR = passes("number.scale_unclear", "The numbers differ by thousands or millions, and the question speaks of such a scale.")
LABEL_DIFFERS = passes("number.label_differs", "The values are assigned to different names.")
FEWER_PLACES = passes("number.fewer_places", "The values are equal, and the answer shows fewer decimal places than were asked for.", specific=7)
NOUNS_DIFFER = passes("number.nouns_differ", "The numbers agree, and they count things with different names.", specific=7)
CODES: tuple[Code, ...] = (
    EQUAL,
    ROUNDED,
    ROUNDS_TO_GOLD,
    WITHIN,
    DIFFERS,
    TOO_FEW_FIGURES,
    NOT_EXACT,
    TRUNCATED,
    SHORT_GOLD,
    PERCENT_UNCLEAR,
    SCALE_UNCLEAR,
    LABEL_DIFFERS,
    FEWER_PLACES,
    NOUNS_DIFFER,
)

_GROUPED = r"[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?: \d{3})+(?![\d/])|[1-9]\d{0,2}(?:'\d{3})+"
NUMBER = re.compile(
    rf"(?P<sign>[-+] ?)?(?:"
    rf"(?P<whole>\d+) +(?P<above>\d+) ?/ ?(?P<below>\d+)(?![\d.])"
    rf"|(?P<body>(?:{_GROUPED}|\d+)(?:\.\d+)?|\.\d+|\d+\.(?!\d))"
    rf"(?:(?P<e>[eE](?P<exponent>[-+]?\d+)(?!\w))"
    rf"| ?(?:[×·*⋅x]|\\times|\\cdot) ?10 ?(?:\^|\*\*) ?(?:\{{ ?(?P<braced>[-+]? ?\d+) ?\}}|\( ?(?P<round>[-+]? ?\d+) ?\)|(?P<bare>[-+]?\d+))"
    rf"| ?/ ?(?P<over>-? ?(?:{_GROUPED}|\d+)(?:\.\d+)?)(?![\d.]*[\w^]))?"
    rf")"
)
_POWER = re.compile(r"(?P<sign>[-+] ?)?10 ?(?:\^|\*\*) ?(?:\{ ?(?P<braced>[-+]? ?\d+) ?\}|\( ?(?P<round>[-+]? ?\d+) ?\)|(?P<bare>[-+]?\d+))(?![\w.^!(])")
_PERCENT = re.compile(r" ?(?:\\?%|per ?cent(?!\w))", re.IGNORECASE)
_SEPARATORS = str.maketrans("", "", ", '")
_LABEL = re.compile(r"([A-Za-z](?:_\{?\w{1,8}\}?|['′]{1,2})?|\\[A-Za-z]+) ?(?:=|≈|\\approx) ?(?=[^=])")
_GLUED = re.compile(r"[\d^*/=!(\[{|\\<>_~+×÷±√∞π∪∩≤≥≠∈]|[.,:;][\d]|[-−] ?[\d(\\a-zA-Z]|'")
_DIGIT_OR_MATHS = re.compile(r"[\d\\^=<>{}|±√∞π∪≤≥≠]")
_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")
_MAX_EXPONENT_DIGITS = 100


class Number(msgspec.Struct, frozen=True):
    """An exact value ``mantissa * 10**exponent10``, beside how it was written.

    ``significant`` counts the figures shown: ``None`` for a fraction, which is exact, and for a whole number, whose zeros may be figures or not;
    ``decimal`` says that it was written with a point or in scientific notation; ``percent`` that the value was divided by 100 for a sign;
    ``noun`` is the word right behind it, which may count things ("16 eggs") or be a unit that the rules do not know.
    """

    mantissa: fmpq
    exponent10: int
    written: str
    significant: int | None = None
    places: int | None = None
    decimal: bool = False
    fraction: bool = False
    percent: bool = False
    noun: str = ""

    def show(self) -> str:
        """The number as it was written, with the word behind it."""
        return f"{self.written} {self.noun}" if self.noun else self.written

    def scaled(self, factor: fmpq) -> Number:
        """The value times an exact factor, its figures kept: another unit for the same measurement."""
        return msgspec.structs.replace(self, mantissa=self.mantissa * factor, places=None)


class NumberText(msgspec.Struct, frozen=True):
    """A number found in a text and where it ends; ``label`` is the name before an equals sign."""

    number: Number
    end: int
    label: str = ""
    currency: str = ""


def scan_number(text: str, start: int, meter: Meter) -> NumberText | None:
    """The number that begins exactly at ``start``, without anything that follows it but a percent sign; ``None`` if none does."""
    power = _POWER.match(text, start)
    if power is not None:
        exponent = _exponent(power["braced"] or power["round"] or power["bare"])
        sign = -1 if (power["sign"] or "+")[0] == "-" else 1
        return NumberText(Number(fmpq(sign), exponent, power[0], significant=None), power.end())
    match = NUMBER.match(text, start)
    if match is None:
        return None
    meter.within("digits", match.end() - match.start())
    sign = -1 if (match["sign"] or "+")[0] == "-" else 1
    end = match.end()
    if match["whole"] is not None:
        below = fmpz(match["below"])
        if below == 0:
            return None
        value = fmpq(fmpz(match["whole"])) + fmpq(fmpz(match["above"]), below)
        number = Number(value * sign, 0, match[0], fraction=True)
    else:
        read = _decimal(match["body"])
        if match["over"] is not None:
            over = match["over"].replace(" ", "") if match["over"].startswith("-") else match["over"]
            divisor = _decimal(over.lstrip("-"))
            if divisor.mantissa == 0:
                return None
            if over.startswith("-"):
                sign = -sign
            value = read.mantissa / divisor.mantissa
            number = Number(value * sign, read.exponent10 - divisor.exponent10, match[0], fraction=True)
        else:
            exponent_text = match["exponent"] or match["braced"] or match["round"] or match["bare"]
            exponent = _exponent(exponent_text) if exponent_text else 0
            number = msgspec.structs.replace(
                read,
                mantissa=read.mantissa * sign,
                exponent10=read.exponent10 + exponent,
                written=match[0],
                decimal=read.decimal or bool(exponent_text),
                significant=_figures(match["body"]) if exponent_text else read.significant,
                places=None if exponent_text else read.places,
            )
    percent = _PERCENT.match(text, end)
    if percent is not None:
        end = percent.end()
        places = None if number.places is None else number.places + 2
        number = msgspec.structs.replace(
            number, exponent10=number.exponent10 - 2, percent=True, places=places, written=text[start:end]
        )
    return NumberText(number, end)


def _decimal(body: str) -> Number:
    digits = body.translate(_SEPARATORS)
    whole, point, after = digits.partition(".")
    mantissa = fmpq(fmpz(whole + after or "0"))
    figures = _figures(digits) if after else None
    return Number(mantissa, -len(after), body, significant=figures, places=len(after) if point else None, decimal=bool(after))


def _figures(body: str) -> int:
    """The significant figures shown: ``0.0250`` has three."""
    return len(body.translate(_SEPARATORS).replace(".", "").lstrip("0")) or 1


def _exponent(text: str) -> int:
    text = text.replace(" ", "")
    if len(text) > _MAX_EXPONENT_DIGITS:
        from verifier.types.budget import Exhausted

        raise Exhausted("exponent")
    return int(text)


def open_number(text: str, ctx: Context) -> NumberText | None:
    """The number that a text opens with, after a label (``x =``), an opener ("about") or a currency sign."""
    position, label = 0, ""
    named = _LABEL.match(text)
    if named is not None:
        label, position = named[1], named.end()
    lowered = text[position : position + 80].lower()
    for opener in ctx.rules.text.openers:
        if lowered.startswith(opener) and not lowered[len(opener) : len(opener) + 1].isalpha():
            position += len(opener)
            break
    while text[position : position + 1] == " ":
        position += 1
    currency, sign = "", ""
    if text[position : position + 1] in {"-", "+"} and text[position + 1 : position + 2] in ctx.rules.units.leading:
        sign, position = text[position], position + 1
    for length in (3, 2, 1):
        lead = text[position : position + length]
        if len(lead) == length and lead in ctx.rules.units.leading:
            currency, position = lead, position + length
            break
    while text[position : position + 1] == " ":
        position += 1
    wrapped = _bracketed(text, position)
    found = scan_number(text if wrapped is None else wrapped, position, ctx.meter)
    if found is None:
        return None
    number = found.number
    if sign == "-":
        number = msgspec.structs.replace(number, mantissa=-number.mantissa, written="-" + number.written)
    return NumberText(number, found.end, label, currency)


def _bracketed(text: str, position: int) -> str | None:
    """``(5)`` with the brackets made spaces, if the whole rest is bracketed: they are not a minus and enclose one number."""
    if text[position : position + 1] != "(" or not text.endswith(")") or text.count("(") != 1:
        return None
    return text[:position] + " " + text[position + 1 : -1]


def harmless(rest: str, ctx: Context) -> bool:
    """Whether the words after a value leave it as it stands: no other number, no maths, no word that changes, bounds or rejects it."""
    if not rest or rest.isspace():
        return True
    ctx.meter.spend(len(rest))
    if rest[0].isalnum() or _GLUED.match(rest.lstrip()) or _DIGIT_OR_MATHS.search(rest):
        return False
    table = ctx.rules.text
    found = [word.lower() for word in _WORD.findall(rest)]
    if found and found[0] in table.modifiers:
        return False
    return not any(word in table.hedges for word in found)


def read_number(text: str, ctx: Context) -> Iterator[Reading]:
    """A text that is a number, perhaps with harmless words behind it ("16 eggs left")."""
    found = open_number(text, ctx)
    if found is None or found.currency:
        return
    rest = text[found.end :].strip(" )") if _bracketed(text, 0) else text[found.end :]
    if rest and (rest[0].isalnum() or not harmless(rest, ctx)):
        return
    yield Reading(msgspec.structs.replace(found.number, noun=_noun(rest, ctx)), "number", rest.strip(), found.label)


_NOUN = re.compile(r" ?([^\W\d_]+(?: ?[/·*^] ?[^\W\d_]+)*)")


def _noun(rest: str, ctx: Context) -> str:
    """The word behind a number that may be what it counts; words that belong to the sentence are none."""
    match = _NOUN.match(rest)
    if match is None or match[1].lower() in ctx.rules.text.fillers:
        return ""
    return match[1]


def same_noun(first: str, second: str) -> bool:
    """Whether two counted things are the same word, plural or not; an unnamed one is any."""
    one, other = first.lower(), second.lower()
    return not one or not other or one.rstrip("s") == other.rstrip("s")


def same(first: Number, second: Number, meter: Meter) -> bool:
    """Exact equality, without expanding powers of ten that cannot matter."""
    if first.exponent10 == second.exponent10:
        return bool(first.mantissa == second.mantissa)
    if first.mantissa == 0 or second.mantissa == 0:
        return bool(first.mantissa == second.mantissa)
    gap = first.exponent10 - second.exponent10
    if abs(gap) > _spread(first.mantissa) + _spread(second.mantissa):
        return False
    meter.spend(abs(gap) // 16 + 1)
    power = fmpq(fmpz(10) ** abs(gap))
    return bool(first.mantissa * power == second.mantissa) if gap > 0 else bool(first.mantissa == second.mantissa * power)


def _spread(value: fmpq) -> int:
    """An upper bound of how many decimal digits numerator and denominator have together."""
    return int(value.p.height_bits() + value.q.height_bits()) // 3 + 2


def value_of(number: Number, meter: Meter) -> fmpq | None:
    """The value as one rational, or ``None`` where its power of ten is beyond the budget."""
    if abs(number.exponent10) > meter.budget.digits:
        return None
    meter.spend(abs(number.exponent10) // 16 + 1)
    power = fmpq(fmpz(10) ** abs(number.exponent10))
    return number.mantissa * power if number.exponent10 >= 0 else number.mantissa / power


def round_half_up(value: fmpq, figures: int) -> fmpq:
    """``value`` rounded to that many significant figures, halves away from zero.

    >>> round_half_up(fmpq(1, 3), 3)
    333/1000
    """
    if value == 0:
        return value
    size = abs(value)
    lead = len(str(size.p)) - len(str(size.q))  # 10**lead is the leading digit's place, or ten times it
    ten = fmpz(10)
    if size < (fmpq(ten**lead) if lead >= 0 else 1 / fmpq(ten**-lead)):
        lead -= 1
    shift = figures - 1 - lead
    scale = fmpq(ten**shift) if shift >= 0 else 1 / fmpq(ten**-shift)
    rounded = fmpq((size * scale + fmpq(1, 2)).floor()) / scale
    return rounded if value > 0 else -rounded


def figures_of(number: Number, *, measured: bool) -> int | None:
    """The figures a value commits to, or ``None`` for an exact one. A measured whole number shows all its digits: ``600 W`` has three."""
    if number.significant is not None:
        return number.significant
    if measured and not number.fraction and number.exponent10 == 0:
        return _figures(number.written.strip("+- %"))
    return None


def agree(gold: Number, candidate: Number, ctx: Context, *, measured: bool = False) -> Finding:
    """Whether the candidate's value is the gold's (POLICY 10-13, 17). ``measured`` is set for values with a unit."""
    shown = evidence(gold=gold.written, candidate=candidate.written)
    if same(gold, candidate, ctx.meter):
        places = ctx.demand.places
        if places is not None and gold.places == places and (candidate.places or 0) < places and not candidate.fraction:
            return _with(FEWER_PLACES, shown)
        return _with(EQUAL, shown)
    wanted, given = value_of(gold, ctx.meter), value_of(candidate, ctx.meter)
    if wanted is None or given is None:
        return _with(DIFFERS, shown)
    tolerance = ctx.profile.tolerance
    if _within(wanted, given, tolerance.relative, tolerance.absolute):
        return _with(WITHIN, {**shown, "tolerance": tolerance.name})
    if gold.percent != candidate.percent and _percent_slip(wanted, given):
        return _percent(gold, candidate, ctx, shown)
    if ctx.demand.percent and not gold.percent and not candidate.percent and _percent_slip(wanted, given):
        return _with(PERCENT_UNCLEAR, shown)
    rounding = _rounding(gold, candidate, wanted, given, ctx, measured=measured)
    if rounding is not None:
        return _with(rounding, shown)
    if ctx.demand.scale and given != 0 and wanted / given in _SCALES:
        return _with(SCALE_UNCLEAR, shown)
    return _with(DIFFERS, shown)


_SCALES = frozenset(fmpq(fmpz(10) ** power) for power in (2, 3, 6, 9, 12)) | frozenset(
    1 / fmpq(fmpz(10) ** power) for power in (2, 3, 6, 9, 12)
)


def _with(code: Code, shown: object) -> Finding:
    return Finding(code.decision, code.name, shown)  # type: ignore[arg-type]


def _within(wanted: fmpq, given: fmpq, relative: Fraction, absolute: Fraction) -> bool:
    gap = abs(wanted - given)
    return bool(
        (absolute and gap <= fmpq(absolute.numerator, absolute.denominator))
        or (relative and gap <= abs(wanted) * fmpq(relative.numerator, relative.denominator))
    )


def _percent_slip(wanted: fmpq, given: fmpq) -> bool:
    return bool(wanted * 100 == given or wanted == given * 100)


def _percent(gold: Number, candidate: Number, ctx: Context, shown: object) -> Finding:
    """One side has the sign, and the digits are the same: 25 against 25 %."""
    if ctx.demand.percent:
        return _with(EQUAL, shown)
    if ctx.demand.pure_number and candidate.percent:
        return _with(DIFFERS, shown)
    del gold
    return _with(PERCENT_UNCLEAR, shown)


def _rounding(gold: Number, candidate: Number, wanted: fmpq, given: fmpq, ctx: Context, *, measured: bool) -> Code | None:
    """POLICY 11-13; ``None`` where the values are not even close to a rounding of each other."""
    if not ctx.profile.tolerance.rounding or max(_spread(wanted), _spread(given)) > ctx.meter.budget.digits:
        return None
    ctx.meter.spend(_spread(wanted) + _spread(given))
    gold_figures = figures_of(gold, measured=measured)
    own = candidate.significant
    exact_wanted = ctx.demand.exact or (ctx.demand.count and wanted.q == 1)  # a gold with a fraction counts nothing
    if own is not None and (gold_figures is None or gold_figures > own):
        if round_half_up(wanted, own) == given:
            if exact_wanted:
                return NOT_EXACT
            asked = _asked(candidate, ctx)
            return ROUNDED if own >= 3 or asked else TOO_FEW_FIGURES
        if own >= 2 and abs(wanted - given) <= abs(wanted) / fmpq(fmpz(10) ** (own - 1)):
            return TRUNCATED
    shown = candidate.significant or (None if candidate.fraction else _figures(candidate.written.strip("+- %")))
    if gold_figures is not None and (shown is None or shown > gold_figures):
        if round_half_up(given, gold_figures) == wanted:
            if exact_wanted:
                return NOT_EXACT
            if gold_figures >= (2 if measured else 3) or _asked(gold, ctx):
                return ROUNDS_TO_GOLD
            return SHORT_GOLD if gold_figures == 2 else None
        return None
    if gold_figures is None and not gold.fraction and candidate.decimal and not exact_wanted:
        whole = _figures(gold.written.strip("+- %"))
        if whole >= 3 and round_half_up(given, whole) == wanted:
            return SHORT_GOLD
    return None


def _asked(number: Number, ctx: Context) -> bool:
    """Whether the question asked for just the digits that the number shows."""
    demand = ctx.demand
    return (demand.places is not None and number.places == demand.places) or (
        demand.significant is not None and number.significant == demand.significant
    )


def compare_numbers(gold: Number, candidate: Number, ctx: Context) -> Finding:
    """Two bare numbers; "5 apples" and "5 oranges" are left to a reader."""
    finding = agree(gold, candidate, ctx)
    if finding.decision is Decision.CORRECT and not same_noun(gold.noun, candidate.noun):
        return NOUNS_DIFFER.finding(gold=gold.show(), candidate=candidate.show())
    return finding


STAGE = Stage("number", ((Number, Number),), compare_numbers)
