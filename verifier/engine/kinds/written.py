"""Values that other kinds hold, written in a way of their own: ratios in words, numerals of another base."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from verifier.engine.kinds.formula import Collection, Expression
from verifier.engine.kinds.kind import Context, Reading
from verifier.engine.kinds.opening import open_number
from verifier.engine.kinds.values import tree_of
from verifier.types.expr import Expr
from verifier.types.nodes import number

_PREFIXED: Final = re.compile(r"([-+]?)0(?:b([01_]+)|o([0-7_]+)|x([0-9a-f_]+))", re.IGNORECASE)
_BASES: Final = (2, 8, 16)
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMERAL: Final = re.compile(r"([-+]?)([0-9A-Za-z]+(?: [0-9A-Za-z]+)*)")
_GROUPED: Final = re.compile(r"[0-9A-Fa-f]{1,4}(?:,[0-9A-Fa-f]{3,4})+")
_SUFFIXES: Final = {2: "b", 16: "h"}
_MOST_TERMS: Final = 6


_LEADS: Final = frozenset("+-0")  # what a prefixed numeral begins with


def may_read(text: str, ctx: Context) -> bool:
    """Whether a text may be a numeral of a base, with a prefix or where one is asked for, or a ratio in words."""
    if ctx.demand.verbatim or len(text) > ctx.meter.budget.digits:
        return False
    return text[:1] in _LEADS or ctx.demand.base is not None or " to " in text


def read_written(text: str, ctx: Context) -> Iterator[Reading]:
    """``0b1011``, digits where the question asks for another base (POLICY 19), ``3 to 2`` (POLICY 18)."""
    found = _numeral(text, ctx) or _indexed(text, ctx)
    if found is not None:
        yield Reading(Expression(found), "numeral")
        return
    if " to " in text:
        ratio = _ratio(text, ctx)
        if ratio is not None:
            yield Reading(ratio, "ratio", certain=False)


def _numeral(text: str, ctx: Context) -> Expr | None:
    """A numeral with a prefix, or bare digits of the base that the question asks for; a grouped one counts too."""
    prefixed = _PREFIXED.fullmatch(text)
    if prefixed is not None:
        place = next(place for place in (2, 3, 4) if prefixed[place] is not None)
        return _signed(prefixed[1], prefixed[place].replace("_", ""), _BASES[place - 2])
    base = ctx.demand.base
    if base is None or ctx.demand.options:
        return None
    letter = _SUFFIXES.get(base, "")
    if letter and text[-1:] in {letter, letter.upper()} and len(text) > 1:
        text = text[:-1]  # FFh, 1010b
    bare = _NUMERAL.fullmatch(text.replace(",", "") if _GROUPED.fullmatch(text) else text)
    if bare is None:
        return None
    digits = bare[2].replace(" ", "").upper()
    return _signed(bare[1], digits, base) if set(digits) <= set(_DIGITS[:base]) else None


def _indexed(text: str, ctx: Context) -> Expr | None:
    """``A7_{16}``, where the question asks for that base: no formula of chemistry, and no name with an index."""
    match = None if ctx.demand.base is None else _INDEXED.fullmatch(text)
    if match is None or int(match[2]) != ctx.demand.base:
        return None
    digits = match[1].upper()
    return _signed("", digits, ctx.demand.base) if set(digits) <= set(_DIGITS[: ctx.demand.base]) else None


_INDEXED: Final = re.compile(r"\(?([0-9A-Za-z]+)\)?_\{?(\d{1,2})\}?")


def _signed(sign: str, digits: str, base: int) -> Expr | None:
    if not digits:
        return None
    tree = Expr("numeral", (number(base),), digits.lstrip("0") or "0")
    return Expr("neg", (tree,)) if sign == "-" else tree


def _ratio(text: str, ctx: Context) -> Collection | None:
    terms: list[Expr] = []
    for part in text.split(" to "):
        found = open_number(part, ctx)
        if found is None or found.label or found.currency or found.end != len(part) or found.others:
            return None
        value = found.number
        if value.parts or value.mantissa <= 0 or abs(value.exponent10) > 60 or len(terms) == _MOST_TERMS:
            return None
        terms.append(tree_of(value))
    return Collection("ratio", tuple(terms), Expr("ratio", tuple(terms)))
