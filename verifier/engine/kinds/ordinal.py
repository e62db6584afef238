"""Places in a row, ``3rd`` and "twenty-first", and Roman numerals where a question speaks of them (POLICY 50).

Both are closed sets: another place, or another Roman numeral, is another answer. A place beside a bare number is the
same answer where the question speaks of what is counted ("which term"), and else left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec
from flint import fmpq

from verifier.engine.kinds.kind import Context, Reading, Stage
from verifier.engine.kinds.number import asked_about
from verifier.engine.kinds.opening import harmless, open_ordinal
from verifier.engine.numerals import Number, value_of
from verifier.types.verdict import Code, Finding, passes, proves, refutes

EQUAL = proves("ordinal.equal", "Both sides name the same place in a row.")
DIFFERS = refutes("ordinal.differs", "The two sides name different places in a row.")
OPEN = passes(
    "ordinal.number_or_place",
    "One side is a number and the other a place of that number, or one may be a unit or a part of the same name.",
    specific=7,
)
SAME_ROMAN = proves("roman.equal", "Both Roman numerals have the same value.")
OTHER_ROMAN = refutes("roman.differs", "The values of the Roman numerals are different.")
NOT_ROMAN = passes(
    "roman.other_notation", "The values are equal, and only one side is written as a Roman numeral.", specific=7
)
CODES: tuple[Code, ...] = (EQUAL, DIFFERS, OPEN, SAME_ROMAN, OTHER_ROMAN, NOT_ROMAN)


class Ordinal(msgspec.Struct, frozen=True, gc=False):
    """A place in a row, with the word behind it that the question speaks of ("term")."""

    value: int
    written: str
    noun: str = ""

    def show(self) -> str:
        """The place as it was written."""
        return f"{self.written} {self.noun}".strip()


class Roman(msgspec.Struct, frozen=True, gc=False):
    """A Roman numeral in its one correct form."""

    value: int
    written: str

    def show(self) -> str:
        """The numeral as it was written."""
        return self.written


_ROMAN: Final = re.compile(r"(?=[MDCLXVI])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_WORTH: Final = {"M": 1000, "D": 500, "C": 100, "L": 50, "X": 10, "V": 5, "I": 1}


def roman_value(text: str) -> int | None:
    """The value of a Roman numeral, or ``None`` for what is none or is written in an odd way.

    >>> roman_value("MMXXIV"), roman_value("IIII")
    (2024, None)
    """
    if _ROMAN.fullmatch(text) is None:
        return None
    worths = [_WORTH[letter] for letter in text]
    following = [*worths[1:], 0]
    return sum(-own if own < after else own for own, after in zip(worths, following, strict=True))


def may_read(text: str) -> bool:
    """Whether a text opens with a letter or a digit, as all places and Roman numerals do."""
    return text[:1].isalnum()


def read_ordinal(text: str, ctx: Context) -> Iterator[Reading]:
    """A place in digits or words; behind it only words that the question speaks of too. Or a Roman numeral."""
    if ctx.demand.verbatim:
        return
    roman = _roman(text, ctx)
    if roman is not None:
        yield Reading(Roman(roman, text), "ordinal")
        return
    found = open_ordinal(text, ctx)
    if found is None:
        return
    rest = text[found.end :]
    if rest.strip() and not (harmless(rest, ctx) and asked_about(rest, ctx)):
        return
    place = Ordinal(int(found.number.mantissa.p), found.number.written, rest.strip())
    yield Reading(place, "ordinal", rest.strip(), certain=not found.others)


def _roman(text: str, ctx: Context) -> int | None:
    """A Roman numeral where the question speaks of them; a quadrant in either sort of numerals: "Quadrant II"."""
    if ctx.demand.roman:
        return roman_value(text)
    named = ctx.rules.demand.names.roman & ctx.demand.words
    if not named or len(text) > _LONGEST:
        return None
    first, _, rest = text.rpartition(" ")
    if first.lower() in named:
        return int(rest) if _FIGURE.fullmatch(rest) else roman_value(rest)
    return roman_value(text)


_LONGEST: Final = 24
_FIGURE: Final = re.compile(r"\d{1,3}")

Side = Ordinal | Roman | Number


def compare_ordinals(gold: Side, candidate: Side, ctx: Context) -> Finding:
    """Two places, or a place and a number."""
    shown = ctx.sides(gold, candidate)
    wanted, given = _value(gold, ctx), _value(candidate, ctx)
    if isinstance(gold, Roman) or isinstance(candidate, Roman):
        if wanted != given:
            return OTHER_ROMAN.finding(**shown)
        both = isinstance(gold, Roman) and isinstance(candidate, Roman)
        return (SAME_ROMAN if both else NOT_ROMAN if ctx.demand.roman else EQUAL).finding(**shown)
    if wanted != given:
        part = not (isinstance(gold, Ordinal) and isinstance(candidate, Ordinal)) and wanted * given == 1
        return (OPEN if part else DIFFERS).finding(**shown)  # "third" may be short for one third
    noun = gold.noun if isinstance(gold, Ordinal) else candidate.noun
    if isinstance(gold, Ordinal) and isinstance(candidate, Ordinal):
        in_words = {_DIGIT.search(side.written) is None for side in (gold, candidate)}
        return (OPEN if len(in_words) > 1 and _no_place(ctx) else EQUAL).finding(**shown)
    named = (noun and "which" in ctx.demand.words) or (not noun and _asks_place(ctx))
    return (EQUAL if named else OPEN).finding(**shown)


def _no_place(ctx: Context) -> bool:
    """Whether "second" may be a unit and "third" a part, by what is asked for."""
    return any(re.search(rf"\b{phrase}s?\b", ctx.demand.asking) for phrase in ctx.rules.demand.names.no_places)


def _asks_place(ctx: Context) -> bool:
    """Whether the question asks which of things that stand in a row: "which term", "in which row"."""
    match = _WHICH.search(ctx.demand.asking)
    return match is not None and not ctx.rules.demand.names.places.isdisjoint(match[0].split())


_WHICH: Final = re.compile(r"\bwhich [a-z]+(?: [a-z]+)?")
_DIGIT: Final = re.compile(r"\d")


def _value(side: Side, ctx: Context) -> fmpq:
    if isinstance(side, Number):
        value = value_of(side, ctx.meter)
        return fmpq(-1) if value is None else value  # no place is as large as the budget of digits
    return fmpq(side.value)


STAGE: Final = Stage(
    "ordinal",
    (
        (Ordinal, Ordinal),
        (Ordinal, Number),
        (Number, Ordinal),
        (Roman, Roman),
        (Roman, Number),
        (Number, Roman),
        (Roman, Ordinal),
        (Ordinal, Roman),
    ),
    compare_ordinals,
)
