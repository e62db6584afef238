"""Numbers as people write them: found in a text, kept exactly, rounded as an examiner rounds.

Integers, decimals, fractions, mixed numbers, percent, thousands separators, scientific notation, powers of ten. A
number is an exact mantissa and a power of ten and is never expanded beyond the budget, so ``1e999999999`` costs
nothing.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec
from flint import fmpq, fmpz

from verifier.types.budget import Meter
from verifier.types.nodes import whole_in_figures

_GROUPED: Final = (
    r"[1-9]\d{0,2}+(?:,\d{3})+(?!,\d{3}|\d)|[1-9]\d{0,2}+(?: \d{3})+(?! \d{3}|[\d/])"
    r"|[1-9]\d{0,2}+(?:'\d{3})+(?!'\d{3}|\d)"
)
_POINTS: Final = r"[1-9]\d{0,2}+(?:\.\d{3}){2,}(?![\d.])"
_COMMA: Final = r"[1-9]\d{0,2}(?:(?:\.\d{3})+,\d+|(?: \d{3})+,(?:\d\d?|\d{4,}))(?![\d.,])"  # 1.234,56
_WHOLE: Final = rf"(?:{_GROUPED}|{_POINTS}|\d++)"
_TEN: Final = r"10 ?(?:\^|\*\*) ?"
_RAISED: Final = r"(?:\{{ ?(?P<{0}braced>[-+]? ?\d++) ?\}}|\( ?(?P<{0}round>[-+]? ?\d++) ?\)|(?P<{0}bare>[-+]?\d++))"
NUMBER: Final = re.compile(
    r"(?P<sign>[-+] ?)?(?:"
    r"(?P<whole>\d++) +(?P<above>[1-9]\d*+) ?/ ?(?P<below>\d++)(?!\.\d)"
    rf"|(?P<body>{_COMMA}|{_WHOLE}(?:\.\d++)?|\.\d++|\d++\.(?!\d))"
    r"(?:[eE](?P<exponent>[-+]?\d++)(?!\w)"
    rf"| ?(?:[×·*⋅xX]|\\times|\\cdot) ?{_TEN}{_RAISED.format('')}"
    rf"| ?/ ?(?P<over>-? ?{_WHOLE}(?:\.\d++)?)(?![\w^]))?"
    r")"
)
_POWER: Final = re.compile(rf"(?P<sign>[-+] ?)?{_TEN}{_RAISED.format('')}(?![\w.^!(])")
_PERCENT: Final = re.compile(r" ?\\?%")
_BEFORE_DIGITS: Final = frozenset("+-.")
_BEFORE_TEN: Final = frozenset("+-1")
_SEPARATORS: Final = str.maketrans("", "", ", '")


class Number(msgspec.Struct, frozen=True, gc=False):
    """An exact value ``mantissa * 10**exponent10``, beside how it was written.

    ``significant`` counts the figures shown: ``None`` for a fraction, which is exact, and for a whole number, whose
    zeros may be figures or not; ``decimal`` says that it was written with a point or in scientific notation;
    ``parts`` is the power of ten that the value was divided by for a sign (2 for %, 3 for ‰), ``points`` says that it
    is a difference of percentages, ``loose`` that it stands in words, or with a letter for a scale (12k), which may
    mean something else; ``scale`` is what words of scale behind its digits multiplied it by; ``noun`` is the word right
    behind it, which may count things ("16 eggs") or be a unit that the rules do not know; ``total`` is what
    it was said to be out of (20 in "12 out of 20", which has the value 3/5).
    """

    mantissa: fmpq
    exponent10: int
    written: str
    significant: int | None = None
    places: int | None = None
    decimal: bool = False
    fraction: bool = False
    parts: int = 0
    points: bool = False
    loose: bool = False
    scale: int = 1
    noun: str = ""
    total: int = 0

    @property
    def percent(self) -> bool:
        """Whether it was written as a percentage."""
        return self.parts == 2

    def show(self) -> str:
        """The number as it was written, with the word behind it."""
        return f"{self.written} {self.noun}" if self.noun else self.written

    def scaled(self, factor: fmpq) -> Number:
        """The value times an exact factor, its figures kept: another unit for the same measurement."""
        return self if factor == 1 else msgspec.structs.replace(self, mantissa=self.mantissa * factor, places=None)


class Scanned(msgspec.Struct, frozen=True, gc=False):
    """A number found in a text, and where it ends."""

    number: Number
    end: int


def scan_number(text: str, start: int, meter: Meter) -> Scanned | None:
    """The number that begins exactly at ``start``, without anything that follows it but a percent sign.

    ``None`` if none does.
    """
    if not text[start : start + 1].isdecimal() and text[start : start + 1] not in _BEFORE_DIGITS:
        return None
    power = _POWER.match(text, start) if text[start] in _BEFORE_TEN else None
    if power is not None:
        exponent = _exponent(power["braced"] or power["round"] or power["bare"], meter)
        sign = -1 if (power["sign"] or "+")[0] == "-" else 1
        return Scanned(Number(fmpq(sign), exponent, power[0], significant=None), power.end())
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
        body, over = match["body"], match["over"]
        mantissa, after, pointed = _decimal(body)
        if over is not None:
            divisor, behind, _ = _decimal(over.lstrip("- "))
            if divisor == 0:
                return None
            if over[0] == "-":
                sign = -sign
            number = Number(fmpq(mantissa, divisor) * sign, behind - after, match[0], fraction=True)
        elif (raised := match["exponent"] or match["braced"] or match["round"] or match["bare"]) is not None:
            exponent = _exponent(raised, meter) - after
            number = Number(fmpq(mantissa * sign), exponent, match[0], figures(body), decimal=True)
        else:
            shown = figures(body) if after else None
            number = Number(fmpq(mantissa * sign), -after, match[0], shown, after if pointed else None, after > 0)
    percent = _PERCENT.match(text, end) if "%" in text else None
    if percent is not None:
        end = percent.end()
        number = divided(number, 2, text[start:end])
    return Scanned(number, end)


def divided(number: Number, power: int, written: str, *, points: bool = False) -> Number:
    """A number with a sign behind it that divides it by a power of ten: ``25 %``."""
    places = None if number.places is None else number.places + power
    exponent = number.exponent10 - power
    return msgspec.structs.replace(
        number, exponent10=exponent, parts=power, points=points, places=places, written=written
    )


def _decimal(body: str) -> tuple[fmpz, int, bool]:
    """All digits as one whole number, how many of them stand behind the point, and whether there is a point."""
    if 0 <= body.find(".") < body.rfind(",") or (" " in body and "," in body):  # 1.234,56 and 1 234,56
        body = body.replace(".", "").replace(",", ".")
    digits = body.translate(_SEPARATORS)
    if digits.count(".") > 1:  # 1.234.567
        digits = digits.replace(".", "")
    whole, point, after = digits.partition(".")
    return fmpz(whole + after or "0"), len(after), bool(point)


def figures(body: str) -> int:
    """The significant figures shown: ``0.0250`` has three."""
    return len(body.translate(_SEPARATORS).replace(".", "").lstrip("0")) or 1


def whole_figures(number: Number) -> int:
    """All digits of a number that is written without a point, as 600 has three; zeros of a power of ten are none."""
    return number.significant or len(str(abs(number.mantissa.p)))


def _exponent(text: str, meter: Meter) -> int:
    text = text.replace(" ", "")
    meter.within("exponent", len(text))
    return int(text)


def same(first: Number, second: Number, meter: Meter) -> bool:
    """Exact equality, without expanding powers of ten that cannot matter."""
    if first.exponent10 == second.exponent10:
        return bool(first.mantissa == second.mantissa)
    if first.mantissa == 0 or second.mantissa == 0:
        return bool(first.mantissa == second.mantissa)
    gap = first.exponent10 - second.exponent10
    if abs(gap) > spread(first.mantissa) + spread(second.mantissa):
        return False
    meter.spend(abs(gap) // 16 + 1)
    power = fmpq(fmpz(10) ** abs(gap))
    return (
        bool(first.mantissa * power == second.mantissa) if gap > 0 else bool(first.mantissa == second.mantissa * power)
    )


def spread(value: fmpq) -> int:
    """An upper bound of how many decimal digits numerator and denominator have together."""
    return int(value.p.bit_length() + value.q.bit_length()) // 3 + 2


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
    lead = len(whole_in_figures(size.p)) - len(
        whole_in_figures(size.q)
    )  # 10**lead is the leading digit's place, or ten times it
    ten = fmpz(10)
    if size < (fmpq(ten**lead) if lead >= 0 else 1 / fmpq(ten**-lead)):
        lead -= 1
    shift = figures - 1 - lead
    scale = fmpq(ten**shift) if shift >= 0 else 1 / fmpq(ten**-shift)
    rounded = fmpq((size * scale + fmpq(1, 2)).floor()) / scale
    return rounded if value > 0 else -rounded


def round_places(value: fmpq, places: int) -> fmpq:
    """``value`` rounded to that many decimal places, halves away from zero; -1 rounds to tens.

    >>> round_places(fmpq(1245), -1)
    1250
    """
    scale = fmpq(fmpz(10) ** places) if places >= 0 else 1 / fmpq(fmpz(10) ** -places)
    rounded = fmpq((abs(value) * scale + fmpq(1, 2)).floor()) / scale
    return rounded if value >= 0 else -rounded


def figures_of(number: Number, *, measured: bool) -> int | None:
    """The figures a value commits to, or ``None`` for an exact one.

    A measured whole number shows all its digits: ``600 W`` has three.
    """
    if number.significant is not None:
        return number.significant
    if measured and not number.fraction and number.exponent10 == 0:
        return whole_figures(number)
    return None
