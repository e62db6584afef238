"""Numbers with a unit: converted exactly, compared as numbers, refuted by dimension (POLICY 21, 22, 25, 26)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec
from flint import fmpq

from verifier.engine.kinds import conditions, direction
from verifier.engine.kinds.compound import INCHES, MORE, compound, runs_on
from verifier.engine.kinds.direction import Direction, directed, may_point, split_direction
from verifier.engine.kinds.formula import Expression
from verifier.engine.kinds.kind import Context, Reading, Stage
from verifier.engine.kinds.number import agree
from verifier.engine.kinds.opening import Opening, harmless, open_number
from verifier.engine.kinds.rounding import ROUNDED, TOO_FEW_FIGURES
from verifier.engine.kinds.values import tree_of
from verifier.engine.numerals import Number, figures_of, scan_number, value_of
from verifier.engine.units import canonical, combine, fitting, read_unit, same_unit
from verifier.types.expr import Expr, constant
from verifier.types.expr import number as exact
from verifier.types.rules import UnitDefinition
from verifier.types.verdict import Code, Decision, Finding, Standing, passes, proves, refutes

EQUAL = proves("quantity.equal", "Both are the same quantity, converted to the same unit.")
NAMED_UNIT = proves(
    "quantity.unit_in_question", "One side gives no unit; the question names it, and the numbers agree in it."
)
DEGREES = proves("quantity.degrees", "The ground truth is an angle in degrees and the answer is the same bare number.")
DIMENSION: Code = refutes("quantity.dimension_differs", "The units measure different things.")
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
UNKNOWN: Code = passes(
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
WHOLE = passes(
    "quantity.whole_rounding", "The answer is the whole number nearest to the converted ground truth.", specific=7
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
    WHOLE,
    *direction.CODES,
    NEEDS_PI,
)


class Quantity(msgspec.Struct, frozen=True):
    """A number and its unit, and which way it points if it says so."""

    magnitude: Number
    unit: UnitDefinition
    direction: Direction | None = None

    def show(self) -> str:
        """The number and the unit as they were written."""
        shown = f"{self.magnitude.written} {self.unit.name}".strip()
        return shown if self.direction is None else f"{shown} {self.direction.written}"


def read_quantity(text: str, ctx: Context) -> Iterator[Reading]:
    """A text that opens with a number and a unit, or a currency sign and a number; harmless words may follow."""
    split = split_direction(text, ctx.rules.directions) if may_point(text, ctx.rules.directions) else None
    found = [] if split is None else [one for one in _read(split[0], ctx, split[1]) if not one.unread]
    yield from found or _read(text, ctx, None)
    if not text[:1].isdigit():
        yield from _unit_alone(text, ctx)


def _unit_alone(text: str, ctx: Context) -> Iterator[Reading]:
    """A unit without a number is one of it: ``m/s``, or ``newton`` where the question is about units.

    It may as well be letters and words, which the next readers read.
    """
    if ctx.demand.verbatim or (
        _COMPOUND.search(text) is None and ctx.rules.text.generic_units.isdisjoint(ctx.demand.words)
    ):
        return
    read = read_unit(text, 0, ctx.rules.units)
    if read is None or read[1] != len(text) or any(_is_name(letters, ctx) for letters in _LETTERS.findall(text)):
        return
    yield Reading(Quantity(_ONE, read[0]), "quantity", certain=False)


def _read(text: str, ctx: Context, points: Direction | None) -> Iterator[Reading]:
    found = _open(text, ctx)
    if found is None or ctx.demand.verbatim or _COMBINATION.fullmatch(text):
        return
    behind = _percent_unit(text, found, ctx) or (None if found.number.parts else _unit_behind(text, found, ctx))
    if behind is None:
        return
    if not behind.certain and points is None and _is_name(behind.letters, ctx):
        return
    number, end = found.number, behind.end
    if behind.number is not None:
        number = behind.number
    quantities = [Quantity(number, behind.unit, points)]
    if MORE.match(text, end):
        joined = compound(text, number, (behind.unit, end), ctx)
        if not joined:
            return
        quantities, end = [Quantity(*each, points) for each in joined.amounts], joined.end
    if not harmless(text[end:], ctx):
        return
    if found.currency and _SCALE_OR_CODE.match(text[end:]):
        return  # $5 M
    if found.spoken and _TITLE.search(text, end):
        return  # "One Hundred Years of Solitude"
    for quantity in quantities:
        yield Reading(quantity, "quantity", text[end:].strip(), found.label, certain=behind.certain)


def _open(text: str, ctx: Context) -> Opening | None:
    """The number that a text opens with; one in brackets of its own may stand before a unit: ``(-9.81) m/s^2``."""
    alone = _ALONE.match(text)
    if alone is None:
        return open_number(text, ctx)
    read = scan_number(alone[1], 0, ctx.meter)
    return None if read is None or read.end != len(alone[1]) else Opening(read.number, alone.end(), "", "")


class _Behind(msgspec.Struct, frozen=True):
    """The unit behind a number, where it ends, and its letters if those may be names.

    ``number`` replaces the number where a sign belongs to the unit (% w/v).
    """

    unit: UnitDefinition
    end: int
    certain: bool = True
    letters: str = ""
    number: Number | None = None


def _unit_behind(text: str, found: Opening, ctx: Context) -> _Behind | None:
    table = ctx.rules.units
    unit: UnitDefinition | None = None
    end, certain = found.end, True
    after = read_unit(text, end, table)
    if after is not None and not runs_on(text, after[1]):
        unit, end = after
        certain = not unit.weak
    elif INCHES.fullmatch(text, end):
        unit, end = table.words["inches"], len(text)
    elif (times := _TIMES.match(text, end)) is not None:
        product = read_unit(text, times.end(), table)  # 18*kJ; one letter may be a variable
        if product is not None and product[1] == len(text):
            unit, end = product
            certain = _UNIT_WORD.search(unit.name) is not None and not unit.weak
    if found.currency:
        leading = msgspec.structs.replace(table.symbols[found.currency], name=found.currency)
        per = read_unit(found.currency + text[found.end :], 0, table) if _PER.match(text, found.end) else None
        if per is not None and per[1] > len(found.currency):
            return _Behind(per[0], found.end + per[1] - len(found.currency))  # $5/kg
        if unit is not None and not fitting(leading, unit):
            return None
        unit, certain = leading if unit is None else unit, True
    if unit is None:
        return None
    letters = text[found.end : end].strip(" *·")
    if not found.currency and _GLUED.fullmatch(text, found.end, end) and _is_name(letters, ctx):
        return None  # 2m, where the question asks for something in terms of m
    return _Behind(unit, end, certain, letters)


def _is_name(letters: str, ctx: Context) -> bool:
    """Whether the question uses the letters of a unit as names of its own."""
    return len(letters) < 3 and letters.isalpha() and all(conditions.is_variable(letter, ctx) for letter in letters)


def _percent_unit(text: str, found: Opening, ctx: Context) -> _Behind | None:
    """``5 % (w/v)``: a percentage that is a concentration."""
    at = text.rfind("%", 0, found.end) if found.number.percent else -1
    read = read_unit(text, at, ctx.rules.units) if at > 0 else None
    if read is None or read[1] <= at + 1:
        return None
    number = found.number
    whole = msgspec.structs.replace(
        number,
        exponent10=number.exponent10 + 2,
        parts=0,
        places=None if number.places is None else number.places - 2,
        written=number.written.rstrip("% \\"),
    )
    return _Behind(read[0], read[1], number=whole)


_COMPOUND = re.compile(r"[A-Za-z°Ωμ)}][\^\d]{0,4} ?[/*·⋅] ?[A-Za-z°Ωμ(\\]|\bper\b|[A-Za-z}]\^\{?-")
_ONE = Number(fmpq(1), 0, "")
_LETTERS = re.compile(r"[A-Za-z]+")
_TITLE = re.compile(r" [A-Z]")
_ALONE = re.compile(r"\(([-+]?\d[\d.,]*)\)(?= ?[*·]| [A-Za-zΩμ°])")
_GLUED = re.compile(r"[A-Za-z]{1,2}")
_TIMES = re.compile(r" ?[*·] ?")
_PER = re.compile(r" ?/|[ -]per ")
_UNIT_WORD = re.compile(r"[^\W\d_]{2}|/")
_COMBINATION = re.compile(r"\d+ ?[CP] ?_?\d+")  # 6C2 counts choices
_SCALE_OR_CODE = re.compile(r" ?(?:[kKMBT]|[A-Z]{2,3})\b")


def compare_quantities(gold: Quantity, candidate: Quantity, ctx: Context) -> Finding:
    """Two quantities: dimensions first, then the amounts in the ground truth's unit, then which way they point."""
    shown = ctx.sides(gold, candidate, unit=canonical(gold.unit.dimension))
    pairs = fitting(gold.unit, candidate.unit)
    if not pairs:
        if _rate_asked(gold, candidate, ctx):
            return NAMED_UNIT.finding(**shown)
        vague = gold.unit.vague or candidate.unit.vague or _rate_asked(candidate, gold, ctx)
        if vague or (gold.unit.offset is not None and same_unit(candidate.unit, ctx.rules.units.symbols["°"])):
            return VAGUE.finding(**shown)
        return DIMENSION.finding(**shown, candidate_unit=canonical(candidate.unit.dimension))
    finding = _amounts(gold, candidate, pairs, ctx, shown)
    if gold.direction is None and candidate.direction is None:
        return finding
    turned = compare_quantities(Quantity(gold.magnitude, gold.unit), _negated(candidate), ctx)
    negative = gold.magnitude.mantissa < 0, candidate.magnitude.mantissa < 0
    return directed((gold.direction, candidate.direction), (finding, turned), negative, ctx, shown)


def _rate_asked(gold: Quantity, candidate: Quantity, ctx: Context) -> bool:
    """Whether the candidate only adds a "per hour" that the question asks in: $20 for $20 per hour."""
    asking = ctx.demand.asking
    if " per " not in asking and " each " not in asking and " every " not in asking:
        return False
    for word in _RATE.findall(asking):
        unit = ctx.rules.units.words.get(word)
        if unit is None or combine(candidate.unit.dimension, unit.dimension) != gold.unit.dimension:
            continue
        factor = candidate.unit.factor * unit.factor / gold.unit.factor
        if candidate.unit.pi + unit.pi == gold.unit.pi:
            amount = converted(candidate.magnitude, factor)
            return agree(gold.magnitude, amount, ctx, measured=True).decision is Decision.CORRECT
    return False


_RATE = re.compile(r" (?:per|each|every) ([^\W\d_]+)")


def _amounts(
    gold: Quantity,
    candidate: Quantity,
    pairs: tuple[tuple[UnitDefinition, UnitDefinition], ...],
    ctx: Context,
    shown: Mapping[str, str],
) -> Finding:
    """The amounts, in what the units likeliest mean; where they agree in a rarer meaning only, nothing is said."""
    wanted, given = pairs[0]
    rarer = [read for read, own in ((wanted, gold.unit), (given, candidate.unit)) if not same_unit(read, own)]
    if any(read.vague for read in rarer):
        return VAGUE.finding(**shown)  # a year in days
    finding = _compare_in(gold, candidate, wanted, given, ctx, shown)
    if finding.decision is Decision.CORRECT:
        other_money = rarer and is_money(wanted) and is_money(gold.unit) and is_money(candidate.unit)
        return VAGUE.finding(**shown) if other_money else finding
    if finding.decision is Decision.INCORRECT and any(
        _compare_in(gold, candidate, *pair, ctx, shown).decision is not Decision.INCORRECT for pair in pairs[1:]
    ):
        return VAGUE.finding(**shown)
    return finding


def _compare_in(
    gold: Quantity,
    candidate: Quantity,
    wanted: UnitDefinition,
    given: UnitDefinition,
    ctx: Context,
    shown: Mapping[str, str],
) -> Finding:
    """The amounts of two quantities, their units taken in these meanings."""
    if wanted.offset != given.offset:
        return _compare_scales(gold.magnitude, candidate.magnitude, wanted, given, ctx, shown)
    factor = factor_between(given, wanted)
    if factor is None:
        return _compare_by_pi(gold, candidate, (wanted, given), ctx, shown)
    asked = ctx.demand.unit
    if asked is not None and same_unit(asked, wanted) and unconverted(candidate, asked, ctx):
        return NOT_CONVERTED.finding(**shown)
    measured = not is_money(wanted)
    inner = agree(gold.magnitude, converted(candidate.magnitude, factor), ctx, measured=measured)
    if measured and inner.decision is Decision.INCORRECT and not _is_power_of_ten(factor):
        # rounded in its own unit: 5.56 m/s for 20 km/h; the converted ground truth is an exact value
        inner = _rounded_in_own_unit(gold.magnitude, candidate.magnitude, factor, ctx) or inner
        if inner.decision is Decision.INCORRECT and _nearest_whole(gold.magnitude.scaled(1 / factor), candidate, ctx):
            return WHOLE.finding(**shown)
    return lift(inner, EQUAL, DIFFERS, shown)


def _compare_by_pi(
    gold: Quantity,
    candidate: Quantity,
    pair: tuple[UnitDefinition, UnitDefinition],
    ctx: Context,
    shown: Mapping[str, str],
) -> Finding:
    """Degrees against radians: the ground truth in the answer's unit is an expression with pi."""
    amount = Expression(converted_tree(tree_of(gold.magnitude), *pair))
    inner = ctx.compare(amount, candidate.magnitude)
    mine, other = (figures_of(side.magnitude, measured=True) for side in (gold, candidate))
    if inner.decision is Decision.INCORRECT and mine is not None and (other is None or other > mine):
        turned = Expression(converted_tree(tree_of(candidate.magnitude), pair[1], pair[0]))
        back = ctx.compare(gold.magnitude, turned)  # the ground truth may be the rounded one
        inner = inner if back.decision is Decision.INCORRECT else back
    return lift(inner, EQUAL, DIFFERS, shown)


def converted_tree(amount: Expr, source: UnitDefinition, target: UnitDefinition) -> Expr:
    """An amount that has to be computed, in another unit of the same dimension."""
    factor, turns = source.factor / target.factor, source.pi - target.pi
    if factor == 1 and turns == 0:
        return amount
    parts = [amount, exact(factor)]
    if turns:
        parts.append(Expr("pow", (constant("pi"), exact(turns))))
    return Expr("mul", tuple(parts))


def _negated(side: Quantity) -> Quantity:
    return Quantity(msgspec.structs.replace(side.magnitude, mantissa=-side.magnitude.mantissa), side.unit)


def converted(number: Number, factor: fmpq) -> Number:
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


def _nearest_whole(exact: Number, candidate: Quantity, ctx: Context) -> bool:
    """Whether an answer is the whole number, of three digits or more, nearest to a converted truth: 1609 m a mile."""
    number = candidate.magnitude
    if number.decimal or number.fraction or number.exponent10 != 0 or abs(number.mantissa) < _THREE_DIGITS:
        return False
    value = value_of(exact, ctx.meter)
    return value is not None and abs(value - number.mantissa) <= fmpq(1, 2)


_THREE_DIGITS = 100


def unconverted(candidate: Quantity, asked: UnitDefinition, ctx: Context) -> bool:
    """Whether the answer hands back a quantity of the question, in another unit than the question asks for."""
    written = candidate.magnitude.written
    given = written in ctx.demand.numbers or ("." in written and written.rstrip("0").rstrip(".") in ctx.demand.numbers)
    return given and not same_unit(candidate.unit, asked)


def _is_power_of_ten(factor: fmpq) -> bool:
    above, below = factor.p, factor.q
    if above != 1 and below != 1:
        return False
    return str(above).rstrip("0") == "1" and str(below).rstrip("0") == "1"


def _compare_scales(
    gold: Number,
    candidate: Number,
    wanted: UnitDefinition,
    given: UnitDefinition,
    ctx: Context,
    shown: Mapping[str, str],
) -> Finding:
    """Temperatures on scales with different zeros: 100 °C is 373.15 K, but a difference of 25 °C is one of 25 K."""
    factor = factor_between(given, wanted) or fmpq(1)
    scaled = converted(candidate, factor)
    if abs(scaled.exponent10) > _MOST_PLACES:
        return DIFFERS.finding(**shown)
    exact = {} if candidate.decimal else {"fraction": True, "significant": None}
    shift = ((given.offset or fmpq(0)) - (wanted.offset or fmpq(0))) / wanted.factor
    moved = scaled.mantissa * _power_of_ten(scaled.exponent10) + shift
    as_temperature = msgspec.structs.replace(scaled, mantissa=moved, exponent10=0, **exact)
    finding = agree(gold, as_temperature, ctx, measured=True)
    if finding.decision is Decision.INCORRECT and abs(gold.exponent10) <= _MOST_PLACES:
        # rounded on its own scale: 310.1 K for 98.6 °F
        back = gold.mantissa * _power_of_ten(gold.exponent10) - shift
        on_own = Number(back / factor, 0, gold.written, fraction=True)
        own = agree(on_own, candidate, ctx, measured=True)
        finding = own if own.decision is Decision.CORRECT else finding
        if finding.decision is Decision.INCORRECT and _nearest_whole(on_own, Quantity(candidate, given), ctx):
            finding = WHOLE.finding(**shown)
    as_difference = agree(gold, scaled, ctx, measured=True)
    if ctx.demand.difference:
        return lift(as_difference, EQUAL, DIFFERS, shown)
    changes = _CHANGE.search(ctx.demand.asking) is not None
    asked = _THERMAL in ctx.demand.measures and not changes
    if not asked and finding.decision is Decision.INCORRECT and as_difference.decision is Decision.CORRECT:
        return DIFFERENCE.finding(**shown)
    if finding.decision is Decision.CORRECT and changes:
        return DIFFERENCE.finding(**shown)
    return lift(finding, EQUAL, DIFFERS, shown)


def _power_of_ten(exponent: int) -> fmpq:
    return fmpq(10) ** exponent


_MOST_PLACES = 60
_THERMAL = (("kelvin", 1),)
_CHANGE = re.compile(
    r"\b(?:differences?|changes?|rises?|rose|falls?|drops?|increases?|decreases?|warmer|cooler)\b", re.IGNORECASE
)


def factor_between(source: UnitDefinition, target: UnitDefinition) -> fmpq | None:
    """What to multiply an amount in ``source`` by to have it in ``target``; ``None`` if it holds a power of pi."""
    return None if source.pi != target.pi else source.factor / target.factor


def lift(inner: Finding, equal: Code, differs: Code, shown: Mapping[str, str]) -> Finding:
    """The finding on the numbers, said of the quantities."""
    told = {**shown, "numbers": inner.code}
    if inner.decision is Decision.CORRECT:
        return equal.finding(**told)
    if inner.decision is Decision.INCORRECT:
        return differs.finding(**told)
    return inner


def is_money(unit: UnitDefinition) -> bool:
    """Whether a unit is an amount of money."""
    return any(base.startswith("currency:") for base, _ in unit.dimension)


STAGE = Stage("quantity", ((Quantity, Quantity),), compare_quantities)
