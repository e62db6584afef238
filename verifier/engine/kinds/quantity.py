"""Numbers with a unit: converted exactly, compared as numbers, refuted by dimension (POLICY 21-25)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec
from flint import fmpq

from verifier.engine.kinds import conditions
from verifier.engine.kinds.kind import Context, Reading, Stage
from verifier.engine.kinds.number import agree
from verifier.engine.kinds.opening import harmless, open_number
from verifier.engine.kinds.rounding import ROUNDED, TOO_FEW_FIGURES
from verifier.engine.numerals import Number, figures_of
from verifier.engine.units import canonical, read_unit
from verifier.types.rules import UnitDefinition
from verifier.types.verdict import Code, Decision, Finding, Standing, passes, proves, refutes

EQUAL = proves("quantity.equal", "Both are the same quantity, converted to the same unit.")
NAMED_UNIT = proves(
    "quantity.unit_in_question", "One side gives no unit; the question names it, and the numbers agree in it."
)
DEGREES = proves("quantity.degrees", "The ground truth is an angle in degrees and the answer is the same bare number.")
DIMENSION = refutes("quantity.dimension_differs", "The units measure different things.")
DIFFERS = refutes("quantity.differs", "The units agree in kind, and the amounts are different.")
NUMBER_DIFFERS = refutes(
    "quantity.number_differs", "One side gives no unit, and no unit it could mean makes the numbers agree."
)
OTHER_UNIT = refutes("quantity.other_unit", "The number is right, in another unit than the one the question names.")
NOT_CONVERTED = refutes(
    "quantity.not_converted",
    "The question asks for a conversion, and the answer repeats the given quantity.",
    Standing.CONVENTION,
)
MISSING = passes(
    "quantity.unit_missing", "The number agrees, and the answer does not give the unit of the ground truth.", specific=7
)
MISSING_WRONG = refutes(
    "quantity.unit_required", "The answer gives no unit, and the category requires one.", Standing.CONVENTION
)
MISSING_FREE = proves(
    "quantity.unit_free", "The answer gives no unit, which the category leaves free, and the number agrees."
)
UNASKED = passes(
    "quantity.unit_unasked",
    "The number agrees, and nothing says whether the answer's unit is the one meant.",
    specific=7,
)
UNKNOWN = passes(
    "quantity.unit_unknown", "A word stands where the unit would, and the rules do not know it as one.", specific=7
)
CONVERTED = passes(
    "quantity.may_be_converted",
    "The numbers agree only if the ground truth is meant in another unit than the answer's.",
    specific=7,
)
VAGUE = passes(
    "quantity.unit_ambiguous",
    "A unit symbol that people also use for another unit does not fit the other side.",
    specific=7,
)
DIFFERENCE = passes(
    "quantity.temperature_or_difference",
    "The values agree as temperatures or as differences of temperature, and not as what seems to be asked for.",
    specific=7,
)
NEEDS_PI = passes(
    "quantity.needs_pi", "Converting between these units takes pi, which plain numbers cannot decide.", specific=6
)
CODES: tuple[Code, ...] = (
    EQUAL,
    NAMED_UNIT,
    DEGREES,
    DIMENSION,
    DIFFERS,
    NUMBER_DIFFERS,
    OTHER_UNIT,
    NOT_CONVERTED,
    MISSING,
    MISSING_WRONG,
    MISSING_FREE,
    UNASKED,
    UNKNOWN,
    CONVERTED,
    VAGUE,
    DIFFERENCE,
    NEEDS_PI,
)


class Quantity(msgspec.Struct, frozen=True):
    """A number and its unit."""

    magnitude: Number
    unit: UnitDefinition

    def show(self) -> str:
        """The number and the unit as they were written."""
        return f"{self.magnitude.written} {self.unit.name}"


def read_quantity(text: str, ctx: Context) -> Iterator[Reading]:
    """A text that opens with a number and a unit, or a currency sign and a number; harmless words may follow."""
    found = open_number(text, ctx)
    if found is None or _COMBINATION.fullmatch(text):
        return
    table = ctx.rules.units
    unit: UnitDefinition | None = None
    end = found.end
    after = read_unit(text, end, table)
    if after is not None and not _is_word_inside(text, after[1]):
        unit, end = after
    elif _INCHES.fullmatch(text, end):
        unit, end = table.words["inches"], len(text)
    elif text[end : end + 1] in _TIMES:
        product = read_unit(text, end + 1, table)  # 18*kJ; one letter may be a variable
        if product is not None and product[1] == len(text) and _UNIT_WORD.search(product[0].name):
            unit, end = product
    if found.currency:
        leading = msgspec.structs.replace(table.symbols[found.currency], name=found.currency)
        if unit is not None and (unit.dimension, unit.factor) != (leading.dimension, leading.factor):
            return
        unit = leading
    if unit is not None and not found.currency and _GLUED.fullmatch(text, found.end, end):
        letters = text[found.end : end]
        if all(conditions.is_variable(letter, ctx) for letter in letters):
            return  # 2m, where the question asks for something in terms of m
    if unit is None or found.number.parts or ctx.demand.verbatim or not harmless(text[end:], ctx):
        return
    if (found.currency and _SCALE_OR_CODE.match(text[end:])) or (found.spoken and _TITLE.search(text, end)):
        return  # $5 CAD; "One Hundred Years of Solitude"
    yield Reading(Quantity(found.number, unit), "quantity", text[end:].strip(), found.label)


_TITLE = re.compile(r" [A-Z]")
_GLUED = re.compile(r"[A-Za-z]{1,2}")
_INCHES = re.compile(r" ?in\.?")  # only where the text ends: before more words it is no unit
_TIMES = frozenset("*·")
_UNIT_WORD = re.compile(r"[^\W\d_]{2}|/")
_COMBINATION = re.compile(r"\d+ ?[CP] ?_?\d+")  # 6C2 counts choices
_SCALE_OR_CODE = re.compile(r" ?(?:[kKMBT]|[A-Z]{2,3})\b")


def _is_word_inside(text: str, end: int) -> bool:
    """Whether the unit's text runs on into a longer word or a formula (``5 m`` in ``5 mice``, ``5x``)."""
    following = text[end : end + 1]
    return following.isalnum() or following in {"^", "_", "("}


def compare_quantities(gold: Quantity, candidate: Quantity, ctx: Context) -> Finding:
    """Two quantities: dimensions first, then the amounts in the ground truth's unit."""
    shown = ctx.sides(gold, candidate, unit=canonical(gold.unit.dimension))
    if gold.unit.dimension != candidate.unit.dimension:
        if gold.unit.vague or candidate.unit.vague:
            return VAGUE.finding(**shown)
        return DIMENSION.finding(**shown, candidate_unit=canonical(candidate.unit.dimension))
    if gold.unit.offset != candidate.unit.offset:
        return _compare_scales(gold, candidate, ctx, shown)
    factor = _factor(candidate.unit, gold.unit)
    if factor is None:
        return NEEDS_PI.finding(**shown)
    asked = ctx.demand.unit
    if asked is not None and same_unit(asked, gold.unit) and _unconverted(candidate, asked, ctx):
        return NOT_CONVERTED.finding(**shown)
    measured = not _is_money(gold.unit)
    inner = agree(gold.magnitude, _converted(candidate.magnitude, factor), ctx, measured=measured)
    if measured and inner.decision is Decision.INCORRECT and not _is_power_of_ten(factor):
        # rounded in its own unit: 5.56 m/s for 20 km/h; the converted ground truth is an exact value
        inner = _rounded_in_own_unit(gold.magnitude, candidate.magnitude, factor, ctx) or inner
    return _lift(inner, EQUAL, DIFFERS, shown)


def _converted(number: Number, factor: fmpq) -> Number:
    """An amount in another unit. By a factor that is no power of ten a whole number becomes an exact value."""
    scaled = number.scaled(factor)
    if _is_power_of_ten(factor) or number.decimal:
        return scaled
    return msgspec.structs.replace(scaled, fraction=True, significant=None)


def _rounded_in_own_unit(gold: Number, candidate: Number, factor: fmpq, ctx: Context) -> Finding | None:
    """The answer as a rounding of the converted ground truth, to three figures or to no fewer than that shows."""
    exact = msgspec.structs.replace(gold.scaled(1 / factor), fraction=True, significant=None)
    finding = agree(exact, candidate, ctx, measured=True)
    if finding.code == TOO_FEW_FIGURES.name:
        shown, own = figures_of(gold, measured=True), figures_of(candidate, measured=True)
        if shown is not None and own is not None and own >= max(shown, 2):
            return ROUNDED.finding(**finding.evidence)
    return finding if finding.decision is not Decision.INCORRECT else None


def same_unit(one: UnitDefinition, other: UnitDefinition) -> bool:
    """Whether two units are one, however they are called."""
    return (one.dimension, one.factor, one.pi, one.offset) == (other.dimension, other.factor, other.pi, other.offset)


def _unconverted(candidate: Quantity, asked: UnitDefinition, ctx: Context) -> bool:
    """Whether the answer hands back a quantity of the question, in another unit than the question asks for."""
    written = candidate.magnitude.written
    given = written in ctx.demand.numbers or ("." in written and written.rstrip("0").rstrip(".") in ctx.demand.numbers)
    return given and not same_unit(candidate.unit, asked)


def _is_power_of_ten(factor: fmpq) -> bool:
    above, below = str(factor.p), str(factor.q)
    return above.strip("0") == "1" and below.strip("0") == "1"


def _is_money(unit: UnitDefinition) -> bool:
    return any(base.startswith("currency:") for base, _ in unit.dimension)


def _compare_scales(gold: Quantity, candidate: Quantity, ctx: Context, shown: Mapping[str, str]) -> Finding:
    """Temperatures on scales with different zeros: 100 °C is 373.15 K, but a difference of 25 °C is one of 25 K."""
    factor = _factor(candidate.unit, gold.unit) or fmpq(1)
    given = _converted(candidate.magnitude, factor)
    shift = ((candidate.unit.offset or fmpq(0)) - (gold.unit.offset or fmpq(0))) / gold.unit.factor
    tens = fmpq(10) ** given.exponent10 if abs(given.exponent10) <= 60 else None
    if tens is None:
        return DIFFERS.finding(**shown)
    exact = {} if candidate.magnitude.decimal else {"fraction": True, "significant": None}
    as_temperature = msgspec.structs.replace(given, mantissa=given.mantissa * tens + shift, exponent10=0, **exact)
    finding = agree(gold.magnitude, as_temperature, ctx, measured=True)
    if (
        finding.decision is Decision.INCORRECT
        and agree(gold.magnitude, given, ctx, measured=True).decision is Decision.CORRECT
    ):
        return DIFFERENCE.finding(**shown)
    if finding.decision is Decision.CORRECT and _CHANGE.search(ctx.demand.question):
        return DIFFERENCE.finding(**shown)
    return _lift(finding, EQUAL, DIFFERS, shown)


_CHANGE = re.compile(
    r"\b(?:differences?|changes?|rises?|rose|falls?|drops?|increases?|decreases?|warmer|cooler)\b", re.IGNORECASE
)


def _factor(source: UnitDefinition, target: UnitDefinition) -> fmpq | None:
    """What to multiply an amount in ``source`` by to have it in ``target``; ``None`` if it holds a power of pi."""
    return None if source.pi != target.pi else source.factor / target.factor


def _lift(inner: Finding, equal: Code, differs: Code, shown: Mapping[str, str]) -> Finding:
    """The finding on the numbers, said of the quantities."""
    told = {**shown, "numbers": inner.code}
    if inner.decision is Decision.CORRECT:
        return equal.finding(**told)
    if inner.decision is Decision.INCORRECT:
        return differs.finding(**told)
    return inner


def compare_missing_unit(gold: Quantity, candidate: Number, ctx: Context) -> Finding:
    """The ground truth has a unit and the answer has none (POLICY 23)."""
    shown = ctx.sides(gold, candidate)
    asked = ctx.demand.unit
    if candidate.parts:
        return (DIMENSION if candidate.percent else VAGUE).finding(**shown)  # 5 mg/L is said to be 5 ppm
    if _may_be_unit(candidate.noun, ctx):
        return UNKNOWN.finding(**shown)
    if asked is not None and asked.dimension == gold.unit.dimension and asked.offset == gold.unit.offset:
        factor = _factor(asked, gold.unit)
        if factor is None:
            return NEEDS_PI.finding(**shown)
        inner = agree(gold.magnitude, candidate.scaled(factor), ctx, measured=True)
        return _lift(inner, NAMED_UNIT, NUMBER_DIFFERS, {**shown, "question_unit": asked.name})
    inner = agree(gold.magnitude, candidate, ctx, measured=True)
    if inner.decision is not Decision.CORRECT:
        return _lift(inner, EQUAL, NUMBER_DIFFERS, shown)
    if in_question(gold.unit, ctx):
        return NAMED_UNIT.finding(**shown)
    if gold.unit.dimension == (("radian", 1),) and gold.unit.pi:
        return DEGREES.finding(**shown)
    required = {Decision.CORRECT: MISSING_FREE, Decision.INCORRECT: MISSING_WRONG}
    return required.get(ctx.profile.missing_unit, MISSING).finding(**shown)


def compare_extra_unit(gold: Number, candidate: Quantity, ctx: Context) -> Finding:
    """The answer has a unit and the ground truth has none, which claims nothing about units (POLICY 23)."""
    shown = ctx.sides(gold, candidate)
    if _may_be_unit(gold.noun, ctx):
        return UNKNOWN.finding(**shown)
    asked = ctx.demand.unit
    unit, amount = candidate.unit, candidate.magnitude
    measured = not _is_money(unit)
    if asked is not None:
        shown = {**shown, "question_unit": asked.name}
        if asked.dimension != unit.dimension:
            if asked.vague or unit.vague:
                return VAGUE.finding(**shown)
            bare = agree(gold, amount, ctx).decision
            return (OTHER_UNIT if bare is Decision.CORRECT else NUMBER_DIFFERS).finding(**shown)
        if _unconverted(candidate, asked, ctx):
            return NOT_CONVERTED.finding(**shown)
        factor = _factor(unit, asked)
        if factor is None or asked.offset != unit.offset:
            return (NEEDS_PI if factor is None else UNASKED).finding(**shown)
        inner = agree(gold, _converted(amount, factor), ctx)
        return _lift(
            inner,
            NAMED_UNIT,
            OTHER_UNIT if agree(gold, amount, ctx).decision is Decision.CORRECT else NUMBER_DIFFERS,
            shown,
        )
    inner = agree(gold, amount, ctx)
    if inner.decision is Decision.CORRECT:
        if in_question(unit, ctx):
            return NAMED_UNIT.finding(**shown)
        return (OTHER_UNIT if ctx.demand.pure_number else UNASKED).finding(**shown)
    if inner.decision is Decision.PASS:
        return inner
    if gold.parts:
        return (DIMENSION if gold.percent else VAGUE).finding(**shown)
    if measured and unit.offset is None and _convertible(gold, candidate, ctx):
        return CONVERTED.finding(**shown)
    return NUMBER_DIFFERS.finding(**shown)


def _may_be_unit(noun: str, ctx: Context) -> bool:
    """Whether the word behind a number may be a unit that the rules do not know."""
    return bool(noun) and noun.lower() not in ctx.rules.text.generic_units


def _convertible(gold: Number, candidate: Quantity, ctx: Context) -> bool:
    """Whether the bare number is the answer's amount in another unit of the same dimension that the rules know."""
    seen: set[tuple[int, int]] = set()
    for unit in ctx.rules.units.by_dimension.get(candidate.unit.dimension, ()):
        ratio = candidate.unit.factor / unit.factor
        key = (int(ratio.p), int(ratio.q))
        if key in seen or ratio == 1:
            continue
        seen.add(key)
        if (
            unit.pi != candidate.unit.pi
            or agree(gold, candidate.magnitude.scaled(ratio), ctx).decision is not Decision.INCORRECT
        ):
            return True
    return False


def in_question(unit: UnitDefinition, ctx: Context) -> bool:
    """Whether the question asks for the very unit, or for what it measures while its data are in it."""
    demand = ctx.demand
    if not demand.asked or demand.count:
        return False
    words = ctx.rules.units.spellings.get((unit.dimension, unit.factor, unit.pi), ())
    if any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", demand.asking) for word in words):
        return True
    signs = (ctx.rules.units.symbols.get(sign) for sign in demand.signs)
    given = any(all(word in demand.words for word in written.split()) for written in words) or any(
        sign is not None and (sign.dimension, sign.factor) == (unit.dimension, unit.factor) for sign in signs
    )
    return given and (demand.money if _is_money(unit) else unit.dimension in demand.measures)


STAGES: tuple[Stage, ...] = (
    Stage("quantity", ((Quantity, Quantity),), compare_quantities),
    Stage("quantity", ((Quantity, Number),), compare_missing_unit),
    Stage("quantity", ((Number, Quantity),), compare_extra_unit),
)
