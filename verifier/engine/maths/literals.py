r"""Numbers as they are written: digit groups, decimals, recurring decimals, exponents, other bases.

Exact, and never expanded: ``6.02e23`` is a product with a power of ten. Digits are bounded before they are read.
"""

from __future__ import annotations

import re
from typing import Final

from flint import fmpq, fmpz

from verifier.types.budget import Exhausted, Meter
from verifier.types.expr import Expr
from verifier.types.nodes import number

TEN: Final = number(10)
_MARK: Final = re.compile(r"[̅̄̇]")
_NOT_DIGITS: Final = re.compile(r"\D+")
_DOTTED: Final = re.compile(r"(\d*)\.(\d+)\s*(?:\\[lc]?dots|…|\.{3,})")
_OVERLINED: Final = re.compile(r"(\d*)\.(\d*)\\(?:overline|bar)\s*\{?(\d+)")
_GROUPS: Final = re.compile(r"\{,\}|\\,|\\!,|[,' ]")
_CHOSEN: Final = re.compile(r"[0-9]+[CP][0-9]+")
_HEXADECIMAL: Final = re.compile(r"[0-9A-F]*[A-F][0-9A-F]*")
_SCIENTIFIC: Final = re.compile(r"[0-9]+E[0-9]+")
_EXPONENT: Final = re.compile(r"[eE]")
_ZEROS: Final = fmpz(10)
_SMALL: Final = {str(value): number(value) for value in range(101)}


def read_number(text: str, meter: Meter) -> Expr:
    r"""The tree of a number's text.

    >>> from verifier.types.budget import Budget
    >>> [str(read_number(text, Meter(Budget())).value) for text in ("1,234", "0.50", r"0.1\overline{6}", "0.333...")]
    ['1234', '1/2', '1/6', '1/3']
    """
    small = _SMALL.get(text)
    if small is not None:
        return small
    meter.spend(8)
    if text.isdecimal() and text.isascii():
        return number(fmpq(fmpz(text)))
    if text.startswith("0x"):
        return Expr("numeral", (number(16),), text[2:].upper())
    if not text.isascii() and _MARK.search(text):
        return _marked(text)
    if "\\overline" in text or "\\bar" in text:
        found = _OVERLINED.match(text)
        return decimal(text, "") if found is None else recurring(found[1], found[2], found[3])
    if "\\dot" in text and "\\dots" not in text:
        return _under_dots(text)
    if text.endswith(")"):
        whole, _, rest = text.partition(".")
        before, _, block = rest[:-1].partition("(")
        return recurring(whole, before, block)
    dotted = _DOTTED.fullmatch(text)
    if dotted is not None:
        return _trailing(dotted[1], dotted[2])
    if _CHOSEN.fullmatch(text):
        head = "binom" if "C" in text else "perm"
        above, _, below = text.replace("P", "C").partition("C")
        return Expr(head, (number(fmpq(fmpz(above))), number(fmpq(fmpz(below)))))
    if _HEXADECIMAL.fullmatch(text) and not _SCIENTIFIC.fullmatch(text):
        return Expr("numeral", (number(16),), text)
    return _plain(text, meter)


def _plain(text: str, meter: Meter) -> Expr:
    if text.count(".") > 1:
        text = text.replace(".", "")
    elif "{,}" in text and not _grouped(text):
        text = text.replace("{,}", ".")
    else:
        text = _GROUPS.sub("", text)
    mantissa, exponent = [*_EXPONENT.split(text, maxsplit=1), ""][:2]
    whole, point, places = mantissa.partition(".")
    base = decimal(whole, places) if point and places else number(fmpq(fmpz(whole or "0")))
    if not exponent:
        return base
    digits = exponent.lstrip("+-")
    if len(digits) > meter.budget.exponent:
        raise Exhausted("exponent")
    raised = number(fmpq(fmpz(digits)))
    return Expr("mul", (base, Expr("pow", (TEN, Expr("neg", (raised,)) if exponent[0] == "-" else raised))))


def _grouped(text: str) -> bool:
    return all(len(part.partition(".")[0]) == 3 for part in text.split("{,}")[1:])


def decimal(whole: str, places: str) -> Expr:
    """A terminating decimal."""
    value = fmpq(fmpz((whole + places) or "0"), _ZEROS ** len(places))
    return Expr("number", (), f"{whole or '0'}.{places}" if places else "", value)


def recurring(whole: str, before: str, block: str) -> Expr:
    """A recurring decimal: ``0.1(6)`` is whole "0", before "1", block "6"."""
    nines = _ZEROS ** len(block) - 1
    scale = _ZEROS ** len(before)
    value = fmpq(fmpz((whole + before) or "0") * nines + fmpz(block), scale * nines)
    return Expr("number", (), f"{whole or '0'}.{before}({block})", value)


def _trailing(whole: str, places: str) -> Expr:
    """A decimal with an ellipsis: recurring where its end repeats, else the digits that are there.

    Of several periods the one that explains the most digits: 0.100010001000... does not end in noughts.
    """
    size = len(places)
    best, period = 0, 0
    for length in range(1, min(size // 2, 60) + 1):
        block = places[-length:]
        times = 1
        while places[max(0, size - (times + 1) * length) : size - times * length] == block:
            times += 1
        if times >= (3 if length == 1 else 2) and times * length > best:
            best, period = times * length, length
    if not period:
        return decimal(whole, places)
    exact = recurring(whole, places[: size - best], places[-period:])
    return Expr("number", (), f"{whole or '0'}.{places}...", exact.value)


def _marked(text: str) -> Expr:
    """Digits under combining bars or dots: a bar over each repeating digit, a dot over the first and the last."""
    whole, _, rest = text.partition(".")
    marks = [at for at, character in enumerate(_MARK.sub("*", rest)) if character == "*"]
    digits = _NOT_DIGITS.sub("", rest)
    first = marks[0] - 1
    last = marks[-1] - len(marks)
    return recurring(whole, digits[:first], digits[first : last + 1])


def _under_dots(text: str) -> Expr:
    r"""``0.\dot{3}`` and ``0.\dot{1}4285\dot{7}``."""
    whole, _, rest = text.partition(".")
    before, _, block = rest.partition("\\dot")
    return recurring(whole, _NOT_DIGITS.sub("", before), _NOT_DIGITS.sub("", block))
