"""The examiner's rounding of numbers, and tolerances that a question or a profile names (POLICY 11-13, 27).

A decimal may stand for a longer value that rounds to it, if it shows at least three figures or just the digits that
were asked for; no rounding at all where the question wants an exact value or a count. Each finding says by which rule:
the figures or places that were compared, or the tolerance.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from flint import fmpq, fmpz

from verifier.engine.kinds.kind import Context
from verifier.engine.numerals import Number, figures_of, round_half_up, round_places, spread, whole_figures
from verifier.types.verdict import Code, Finding, Standing, passes, proves, refutes

ROUNDED = proves(
    "number.rounded", "The answer is the ground truth, rounded to the answer's own figures (three or more)."
)
ROUNDS_TO_GOLD = proves("number.rounds_to_gold", "The answer is more precise than the ground truth and rounds to it.")
WITHIN = proves("number.within_tolerance", "The numbers differ by no more than the category's tolerance.")
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
NOT_ROUNDED = refutes(
    "number.not_rounded",
    "The question asks to round a number, and the answer is not rounded so far.",
    Standing.CONVENTION,
)
SHORT_GOLD = passes(
    "number.gold_too_short",
    "The answer rounds to the ground truth, which shows too few figures to tell a rounding from an exact value.",
)
CODES: tuple[Code, ...] = (
    ROUNDED,
    ROUNDS_TO_GOLD,
    WITHIN,
    TOO_FEW_FIGURES,
    NOT_EXACT,
    TRUNCATED,
    NOT_ROUNDED,
    SHORT_GOLD,
)


def places_of(number: Number) -> int | None:
    """The decimal places that a number shows; of a percentage those before its sign."""
    return None if number.places is None else number.places - number.parts


def tolerated(wanted: fmpq, given: fmpq, ctx: Context, shown: Mapping[str, str], *, measured: bool) -> Finding | None:
    """Whether the question, or the category's profile, allows the difference.

    A difference in numbers that the question allows says nothing of values with a unit of their own.
    """
    for tolerance in (ctx.demand.tolerance, ctx.profile.tolerance):
        if tolerance is None:
            continue
        own = tolerance is ctx.profile.tolerance
        absolute = tolerance.absolute if own or not measured else Fraction(0)
        if _within(wanted, given, tolerance.relative, absolute):
            return WITHIN.finding(**shown, tolerance=tolerance.name, stated_by="profile" if own else "question")
    return None


def _within(wanted: fmpq, given: fmpq, relative: Fraction, absolute: Fraction) -> bool:
    gap = abs(wanted - given)
    return bool(
        (absolute and gap <= fmpq(absolute.numerator, absolute.denominator))
        or (relative and gap <= abs(wanted) * fmpq(relative.numerator, relative.denominator))
    )


def rounded(
    gold: Number, candidate: Number, wanted: fmpq, given: fmpq, ctx: Context, *, measured: bool
) -> Finding | None:
    """POLICY 11-13; ``None`` where the values are not even close to a rounding of each other."""
    if not ctx.profile.tolerance.rounding:
        return None
    sizes = spread(wanted), spread(given)
    if max(sizes) > ctx.meter.budget.digits:
        return None
    ctx.meter.spend(sum(sizes))
    whole = None if measured and ctx.demand.nearest_unit else to_places(gold, candidate, wanted, given, ctx)
    if whole is not None:
        return whole.finding(places=str(ctx.demand.places))
    asked = _to_whole_figures(gold, candidate, wanted, given, ctx)
    if asked is not None:
        return asked.finding(figures=str(ctx.demand.significant))
    gold_figures = figures_of(gold, measured=measured)
    own = candidate.significant
    if gold_figures is None and not gold.fraction and (candidate.decimal or candidate.fraction):
        shown = whole_figures(gold)
        enough = shown >= (2 if gold.parts else 3) and not _wants_exact(wanted, ctx, measured=measured)
        if enough and round_half_up(given, shown) == wanted:
            return SHORT_GOLD.finding(figures=str(shown))
    if own is not None and (gold_figures is None or gold_figures > own):
        code = _answer_is_rounded(candidate, wanted, given, own, ctx, measured=measured)
        if code is not None:
            return code.finding(figures=str(own))
    shown_by_answer = own or (None if candidate.fraction else whole_figures(candidate))
    if gold_figures is not None and (shown_by_answer is None or shown_by_answer > gold_figures):
        code = _answer_is_longer(gold, wanted, given, gold_figures, ctx, measured=measured)
        return None if code is None else code.finding(figures=str(gold_figures))
    return None


def to_places(gold: Number, candidate: Number, wanted: fmpq, given: fmpq, ctx: Context) -> Code | None:
    """To the nearest whole number, ten or hundred, if the question asks for just that.

    Where it asks for the nearest metre, both numbers are metres.
    """
    places = ctx.demand.places
    if places is None or places > 0 or ctx.demand.exact:
        return None
    parts = max(gold.parts, candidate.parts)
    if round_places(wanted, places + parts) == given and not candidate.fraction and not places_of(candidate):
        return ROUNDED
    if round_places(given, places + parts) == wanted and not gold.fraction:
        return NOT_ROUNDED if ctx.demand.rounding_task else ROUNDS_TO_GOLD
    return None


def _to_whole_figures(gold: Number, candidate: Number, wanted: fmpq, given: fmpq, ctx: Context) -> Code | None:
    """To the figures that the question asks for, where that makes a whole number: 4570 for 4567 to three."""
    asked = ctx.demand.significant
    if not asked or ctx.demand.exact or ctx.demand.tolerance is not None:
        return None
    if candidate.significant is None and not candidate.fraction and round_half_up(wanted, asked) == given:
        return ROUNDED
    if gold.significant is None and not gold.fraction and round_half_up(given, asked) == wanted:
        return NOT_ROUNDED if ctx.demand.rounding_task else ROUNDS_TO_GOLD
    return None


def _answer_is_rounded(
    candidate: Number, wanted: fmpq, given: fmpq, own: int, ctx: Context, *, measured: bool
) -> Code | None:
    """An exact or longer ground truth, and an answer that shows ``own`` figures of it."""
    if round_half_up(wanted, own) == given:
        if _wants_exact(wanted, ctx, measured=measured):
            return NOT_EXACT
        places, shown = ctx.demand.places, places_of(candidate)
        if places is not None and shown is not None and shown < places:
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
    return (demand.places is not None and places_of(number) == demand.places) or (
        demand.significant is not None and number.significant == demand.significant
    )
