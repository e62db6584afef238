"""Numbers with a unit: converted exactly, compared as numbers, refuted by dimension (POLICY 21, 22, 25, 26)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec
from flint import fmpq

from verifier.engine.kinds import direction
from verifier.engine.kinds.conversion import told_in
from verifier.engine.kinds.direction import Direction, directed
from verifier.engine.kinds.formula import Expression
from verifier.engine.kinds.handed import is_handed_back
from verifier.engine.kinds.kind import Context, Stage
from verifier.engine.kinds.number import agree, badly_written
from verifier.engine.kinds.rounding import ROUNDED, TOO_FEW_FIGURES, to_places
from verifier.engine.kinds.values import tree_of
from verifier.engine.numerals import Number, figures_of, value_of, whole_figures
from verifier.engine.units import combine, fitting, same_unit
from verifier.types.expr import Expr
from verifier.types.nodes import constant, whole_in_figures
from verifier.types.nodes import number as exact
from verifier.types.rules import UnitDefinition
from verifier.types.verdict import Code, Decision, Finding, Standing, passes, proves, refutes

EQUAL = proves("quantity.equal", "Both are the same quantity.")
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
OUTSIDE_BOX = proves(
    "quantity.unit_outside_box",
    "The box holds the number of the ground truth and nothing else; its unit stands outside, and none is asked for.",
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
    OUTSIDE_BOX,
    UNKNOWN,
    CONVERTED,
    VAGUE,
    DIFFERENCE,
    WHOLE,
    *direction.CODES,
    NEEDS_PI,
)


class Quantity(msgspec.Struct, frozen=True, gc=False):
    """A number and its unit, and which way it points if it says so."""

    magnitude: Number
    unit: UnitDefinition
    direction: Direction | None = None

    def show(self) -> str:
        """The number and the unit as they were written."""
        shown = f"{self.magnitude.written} {self.unit.name}".strip()
        return shown if self.direction is None else f"{shown} {self.direction.written}"


def compare_quantities(gold: Quantity, candidate: Quantity, ctx: Context) -> Finding:
    """Two quantities: dimensions first, then the amounts in the ground truth's unit, then which way they point."""
    asked = ctx.demand.unit
    if asked is not None and asked.offset is not None:
        gold = of_scale_asked(gold, ctx) if same_unit(candidate.unit, asked) else gold
        candidate = of_scale_asked(candidate, ctx) if same_unit(gold.unit, asked) else candidate
    pairs = as_asked(gold.unit, candidate.unit, ctx.demand.unit)
    shown = ctx.sides(gold, candidate, unit=pairs[0][0].name if pairs else gold.unit.name)
    if not pairs:
        if _rate_asked(gold, candidate, ctx):
            return NAMED_UNIT.finding(**shown)
        vague = gold.unit.vague or candidate.unit.vague or _rate_asked(candidate, gold, ctx)
        letters = ((gold.direction, candidate.unit), (candidate.direction, gold.unit))
        vague = vague or any(_is_letter(points, unit, ctx) for points, unit in letters)
        if vague or (gold.unit.offset is not None and same_unit(candidate.unit, ctx.rules.units.symbols["°"])):
            return VAGUE.finding(**shown)
        return DIMENSION.finding(**shown, candidate_unit=candidate.unit.name)
    finding = amounts(gold, candidate, pairs, ctx, shown)
    if finding.decision is Decision.INCORRECT and pairs[0][0].offset != pairs[0][1].offset:
        meant = fitting(gold.unit, candidate.unit)  # 25 degrees for 25 °C, where Fahrenheit is asked for
        if len(meant) > len(pairs) and amounts(gold, candidate, meant, ctx, shown).decision is Decision.CORRECT:
            finding = VAGUE.finding(**shown)
    if finding.decision is Decision.CORRECT and _counts_things(gold.unit, candidate.unit, ctx):
        finding = UNASKED.finding(**shown)
    if ctx.demand.forms and finding.decision is Decision.CORRECT:
        finding = badly_written(gold.magnitude, candidate.magnitude, finding, ctx) or finding
    if gold.direction is None and candidate.direction is None:
        return finding
    turned = compare_quantities(Quantity(gold.magnitude, gold.unit), _negated(candidate), ctx)
    negative = gold.magnitude.mantissa < 0, candidate.magnitude.mantissa < 0
    return directed((gold.direction, candidate.direction), (finding, turned), negative, ctx, shown)


def of_scale_asked(side: Quantity, ctx: Context) -> Quantity:
    """``60°`` as the temperature that it is, where the question asks for degrees of a scale."""
    asked = ctx.demand.unit
    if asked is None or asked.offset is None or not same_unit(side.unit, ctx.rules.units.symbols["°"]):
        return side
    return msgspec.structs.replace(side, unit=msgspec.structs.replace(asked, name=side.unit.name))


def as_asked(
    gold: UnitDefinition, candidate: UnitDefinition, asked: UnitDefinition | None
) -> tuple[tuple[UnitDefinition, UnitDefinition], ...]:
    """What two units mean beside each other; one with several meanings is the one the question names, if it may be."""
    pairs = fitting(gold, candidate)
    if asked is None or asked.others or len(pairs) < 2:
        return pairs
    for side, unit in enumerate((gold, candidate)):
        named = tuple(pair for pair in pairs if same_unit(pair[side], asked)) if unit.others else ()
        pairs = named or pairs
    return pairs


def _is_letter(points: Direction | None, unit: UnitDefinition, ctx: Context) -> bool:
    """Whether a unit may be the letter of the other side's direction: ``40.7 N`` for a latitude."""
    return points is not None and ctx.rules.directions.letters.get(unit.name) == points.written


def _counts_things(gold: UnitDefinition, candidate: UnitDefinition, ctx: Context) -> bool:
    """Whether the question may count things that are called as the unit of one side, and the other has another unit.

    A human has 2 feet, and not 24 inches.
    """
    asked = ctx.demand.unit
    if asked is None or asked.name.lower() not in ctx.rules.units.things or same_unit(gold, candidate):
        return False
    return any(f"{lead} {asked.name.lower()}" in ctx.demand.asking for lead in ("many", "number of"))


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


_RATE: Final = re.compile(r" (?:per|each|every) ([^\W\d_]+)")


def amounts(
    gold: Quantity,
    candidate: Quantity,
    pairs: tuple[tuple[UnitDefinition, UnitDefinition], ...],
    ctx: Context,
    shown: Mapping[str, str],
) -> Finding:
    """The amounts, in what the units likeliest mean; where they agree in a rarer meaning only, nothing is said."""
    if len(pairs) > 1 and any(given.offset is not None for _, given in pairs):  # bare degrees are of the other's scale
        pairs = tuple(sorted(pairs, key=lambda pair: not same_unit(*pair)))
    wanted, given = pairs[0]
    rarer = [read for read, own in ((wanted, gold.unit), (given, candidate.unit)) if not same_unit(read, own)]
    if any(read.vague for read in rarer):
        return VAGUE.finding(**shown)  # a year in days
    finding = compare_in(gold, candidate, (wanted, given), ctx, shown)
    if finding.decision is Decision.CORRECT:
        other_money = rarer and is_money(wanted) and is_money(gold.unit) and is_money(candidate.unit)
        other_scale = len(pairs) > 1 and wanted.offset != given.offset
        return VAGUE.finding(**shown) if other_money or other_scale else finding
    if finding.code == WHOLE.name:  # 760 mmHg: exact as so many torr
        others = (compare_in(gold, candidate, pair, ctx, shown) for pair in pairs[1:])
        return next((other for other in others if other.decision is Decision.CORRECT), finding)
    if finding.decision is Decision.INCORRECT and any(
        compare_in(gold, candidate, pair, ctx, shown).decision is not Decision.INCORRECT for pair in pairs[1:]
    ):
        return VAGUE.finding(**shown)
    return finding


def compare_in(
    gold: Quantity,
    candidate: Quantity,
    pair: tuple[UnitDefinition, UnitDefinition],
    ctx: Context,
    shown: Mapping[str, str],
) -> Finding:
    """The amounts of two quantities, their units taken in these meanings."""
    wanted, given = pair
    asked = ctx.demand.unit
    if asked is not None and same_unit(asked, wanted) and unconverted(candidate, asked, ctx):
        return NOT_CONVERTED.finding(**shown)
    if asked is None and is_handed_back(candidate.magnitude.written, given, wanted, ctx):
        return NOT_CONVERTED.finding(**shown)
    if wanted.offset != given.offset:
        return _compare_scales(gold.magnitude, candidate.magnitude, wanted, given, ctx, shown)
    factor = factor_between(given, wanted)
    if factor is None:
        return _compare_by_pi(gold, candidate, (wanted, given), ctx, shown)
    measured = not is_money(wanted)
    amount = converted(candidate.magnitude, factor)
    whole = candidate.magnitude.significant is None and not candidate.magnitude.fraction
    longer = whole and whole_figures(candidate.magnitude) > (gold.magnitude.significant or 0) > 0
    if measured and longer and factor < 1 and _is_power_of_ten(factor):
        # 1592 Hz is 1.592 kHz, and no whole number there
        amount = msgspec.structs.replace(amount, decimal=True, significant=whole_figures(candidate.magnitude))
    inner = agree(gold.magnitude, amount, ctx, measured=measured)
    if factor != 1:
        shown = {**shown, **told_in(wanted, amount, ctx)}
    if measured and inner.decision is Decision.INCORRECT and ctx.demand.nearest_unit is not None:
        inner = _to_unit(gold.magnitude, candidate.magnitude, pair, ctx) or inner
    if measured and inner.decision is Decision.INCORRECT and factor != 1:
        if not _is_power_of_ten(factor):
            # rounded in its own unit: 5.56 m/s for 20 km/h; the converted ground truth is an exact value
            inner = _rounded_in_own_unit(gold.magnitude, candidate.magnitude, factor, ctx) or inner
        if inner.decision is Decision.INCORRECT and _nearest_whole(gold.magnitude.scaled(1 / factor), candidate, ctx):
            return WHOLE.finding(**shown)
    return lift(inner, EQUAL, DIFFERS, shown)


def is_nearest(unit: UnitDefinition, ctx: Context) -> bool:
    """Whether the question asks for the nearest one of a unit: "to the nearest metre"."""
    nearest = ctx.demand.nearest_unit
    return nearest is not None and any(same_unit(unit, one) for one in (nearest, *nearest.others))


def _to_unit(
    gold: Number, candidate: Number, pair: tuple[UnitDefinition, UnitDefinition], ctx: Context
) -> Finding | None:
    """Amounts as the nearest whole number of the unit that is asked for: 4.1 cm to the nearest mm (POLICY 108)."""
    nearest = ctx.demand.nearest_unit
    meant = () if nearest is None else (nearest, *nearest.others)
    unit = next((one for one in meant if one.dimension == pair[0].dimension and one.offset == pair[0].offset), None)
    factors = [None if unit is None else factor_between(own, unit) for own in pair]
    if factors[0] is None or factors[1] is None:
        return None
    gold, candidate = gold.scaled(factors[0]), candidate.scaled(factors[1])
    wanted, given = value_of(gold, ctx.meter), value_of(candidate, ctx.meter)
    code = None if wanted is None or given is None else to_places(gold, candidate, wanted, given, ctx)
    return None if code is None else code.finding(places=str(ctx.demand.places))


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
    if as_rounded(number) is None:
        return False
    value = value_of(exact, ctx.meter)
    return value is not None and abs(value - number.mantissa) <= fmpq(1, 2)


def as_rounded(number: Number) -> Number | None:
    """A whole number of three digits or more as a rounding that shows them all; ``None`` for another number."""
    if number.decimal or number.fraction or number.exponent10 != 0 or abs(number.mantissa) < _THREE_DIGITS:
        return None
    return msgspec.structs.replace(number, decimal=True, significant=whole_figures(number))


_THREE_DIGITS: Final = 100


def unconverted(candidate: Quantity, asked: UnitDefinition, ctx: Context) -> bool:
    """Whether the answer hands back a quantity of the question, in another unit than the question asks for."""
    if same_unit(candidate.unit, asked):
        return False
    written = candidate.magnitude.written.replace(",", "")
    short = written.rstrip("0").rstrip(".") if "." in written else written
    return any(one.replace(",", "") in {written, short} for one in ctx.demand.numbers)


def _is_power_of_ten(factor: fmpq) -> bool:
    above, below = factor.p, factor.q
    if above != 1 and below != 1:
        return False
    return whole_in_figures(above).rstrip("0") == "1" == whole_in_figures(below).rstrip("0")


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
    shown = {**shown, **told_in(wanted, scaled if ctx.demand.difference else as_temperature, ctx)}
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


_MOST_PLACES: Final = 60
_THERMAL: Final = (("kelvin", 1),)
_CHANGE: Final = re.compile(
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


STAGE: Final = Stage("quantity", ((Quantity, Quantity),), compare_quantities)
