"""What an amount is in another unit, as a trace tells it."""

from __future__ import annotations

from typing import Final

from flint import fmpq

from verifier.engine.kinds.kind import Context
from verifier.engine.numerals import Number, spread
from verifier.types.rules import UnitDefinition

_DIGITS: Final = 250  # of a value that is told; within what a division of whole numbers takes
_WORK: Final = 8


def told_in(unit: UnitDefinition, amount: Number, ctx: Context) -> dict[str, str]:
    """An amount that was converted to ``unit``, to six figures, as evidence; nothing where it is too long to tell.

    ``about`` says that there are more figures. Nothing is decided by it.
    """
    ctx.meter.spend(_WORK)
    exponent = amount.exponent10
    if abs(exponent) + spread(amount.mantissa) > _DIGITS:
        return {}
    value = amount.mantissa * fmpq(10) ** exponent
    shown = f"{int(value.p) / int(value.q):.6g}"
    about = "" if _is(shown, value) else "about "
    return {"converted": f"{about}{shown} {unit.name}".rstrip()}


def _is(shown: str, value: fmpq) -> bool:
    """Whether figures as printed are a value."""
    digits, _, exponent = shown.partition("e")
    whole, _, places = digits.partition(".")
    return bool(fmpq(int(whole + places)) * fmpq(10) ** (int(exponent or 0) - len(places)) == value)
