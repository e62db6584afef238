"""Numbers in words: "twenty-one", "two and a half", "three point one four", "half a million", "the twenty-first".

Words and digits may meet: "3.5 million", "2 dozen". The words of a number have a grammar, and what does not follow it
is no number: "two five" is none, and neither is "twenty and five".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec
from flint import fmpq, fmpz

from verifier.engine.numerals import Number, scan_number, whole_figures
from verifier.types.budget import Meter
from verifier.types.rules import NumberTable, Word

_MOST: Final = 40  # words of a number that a person would say
_STEP: Final = re.compile(r"(?P<gap>, ?| |-)?(?:(?P<word>[^\W\d_]+)|(?=\d))")
_CONNECTING: Final = frozenset({"and", "point", "minus", "plus", "one", "of"})
_MULTIPLES: Final = frozenset({"hundred", "scale", "dozen"})
_PLACES: Final = ((10, "unit"), (20, "teen"), (100, "ten"), (1000, "hundred"))
_DIGITS_ORDINAL: Final = re.compile(r"(\d{1,9})(?:st|nd|rd|th)(?!\w)", re.IGNORECASE)
_ONE: Final = fmpq(1)


class Spoken(msgspec.Struct, frozen=True, gc=False):
    """A number read from words and where it ends; ``ordinal`` if it counts a place ("third")."""

    number: Number
    end: int
    ordinal: bool = False


class _Token(msgspec.Struct, frozen=True, gc=False):
    word: Word
    end: int
    gap: str = ""
    number: Number | None = None


def read_spoken(text: str, start: int, table: NumberTable, meter: Meter) -> tuple[Spoken, ...]:
    """All that the words from ``start`` on can mean as one number; empty if they are none.

    "one hundredth" is a part and a place. The longest run of number words is read, without the connecting words at its
    end ("two thirds of the"), or without a last word that is a unit of time ("one second").
    """
    tokens = _tokens(text, start, table, meter)
    while tokens and tokens[-1].word.kind in _CONNECTING:
        tokens.pop()
    if not tokens or all(token.number is not None for token in tokens):
        return ()
    meter.spend(len(tokens) * len(tokens) + 1)
    found = _signed(tokens)
    if not found and tokens[-1].word == Word("ordinal", 2):
        tokens.pop()
        found = _signed(tokens) if tokens and tokens[-1].number is None else ()
    raised = None if not tokens else times_ten(text, tokens[-1].end, table, meter)
    if found and raised is not None and not found[0].ordinal:
        return tuple(_raised(one, raised, text[start : raised[1]]) for one in found if not one.ordinal)
    if not found:
        return ()
    end = tokens[-1].end
    return tuple(
        msgspec.structs.replace(one, number=msgspec.structs.replace(one.number, written=text[start:end]), end=end)
        for one in found
    )


def _raised(one: Spoken, raised: tuple[int, int], written: str) -> Spoken:
    number = one.number
    shown = None if number.fraction else whole_figures(number)
    scaled = msgspec.structs.replace(
        number,
        exponent10=number.exponent10 + raised[0],
        written=written,
        significant=shown,
        places=None,
        decimal=not number.fraction,
    )
    return Spoken(scaled, raised[1])


def times_ten(text: str, start: int, table: NumberTable, meter: Meter) -> tuple[int, int] | None:
    """The exponent of "times ten to the fifth" and where it ends."""
    step = _STEP.match(text, start)
    word = None if step is None or step["word"] is None else table.words.get(step["word"].lower())
    if step is None or word is None or word.kind != "times":
        return None
    base = _STEP.match(text, step.end())
    if base is None:
        return None
    if base["word"] is not None:
        return _exponent(text, base.end(), table, meter) if _worth(base["word"], table) == 10 else None
    return _exponent(text, base.end() + 2, table, meter) if text.startswith("10 ", base.end()) else None


def power_of_ten(text: str, start: int, table: NumberTable, meter: Meter) -> Spoken | None:
    """A power of ten in words: "ten to the fifth", "10 to the power of minus three"."""
    base = _STEP.match(text, start)
    if base is None or base["gap"]:
        return None
    if base["word"] is None:
        end = start + 2 if text.startswith("10 ", start) else -1
    else:
        end = base.end() if _worth(base["word"], table) == 10 else -1
    found = _exponent(text, end, table, meter) if end > 0 else None
    return None if found is None else Spoken(Number(_ONE, found[0], text[start : found[1]]), found[1])


def _worth(word: str, table: NumberTable) -> int:
    known = table.words.get(word.lower())
    return known.value if known is not None and known.kind in {"unit", "teen"} else -1


def _exponent(text: str, position: int, table: NumberTable, meter: Meter) -> tuple[int, int] | None:
    """An exponent behind "to the": a place, a number, either with a minus; and the word "power" behind it."""
    lowered = text[position : position + 30].lower()
    phrase = next((one for one in table.raised if lowered.startswith(f" {one} ")), None)
    if phrase is None:
        return None
    position += len(phrase) + 2
    sign = 1
    step = _STEP.match(text, position)
    if text[position : position + 1] in {"-", "+"}:
        sign, position = (-1 if text[position] == "-" else 1), position + 1
    elif step is not None and step["word"] is not None:
        kind = table.words.get(step["word"].lower(), Word("")).kind
        if kind in {"minus", "plus"} and text[step.end() : step.end() + 1] == " ":
            sign, position = (-1 if kind == "minus" else 1), step.end() + 1
    written = _DIGITS_ORDINAL.match(text, position) or _PLAIN.match(text, position)
    if written is not None:
        value, end = int(written[1]), written.end()
    else:
        tokens = _tokens(text, position, table, meter)
        while tokens and tokens[-1].word.kind in _CONNECTING:
            tokens.pop()
        found = _ordinal(tokens) if tokens and tokens[-1].word.kind == "ordinal" else _cardinal(tokens)
        if found is None:
            return None
        value, end = found, tokens[-1].end
    behind = _STEP.match(text, end)
    if behind is not None and behind["word"] and table.words.get(behind["word"].lower()) == Word("power"):
        end = behind.end()
    return (sign * value, end) if value < 10**9 else None


_PLAIN: Final = re.compile(r"(\d{1,9})(?![\w.,])")


def _tokens(text: str, start: int, table: NumberTable, meter: Meter) -> list[_Token]:
    """The run of number words, and numerals among them, from ``start`` on."""
    tokens: list[_Token] = []
    position = start
    while len(tokens) < _MOST:
        step = _STEP.match(text, position)
        if step is None or bool(step["gap"]) != bool(tokens):
            break
        gap = step["gap"] or ""
        if step["word"] is None:
            found = scan_number(text, step.end(), meter)
            if found is None or found.number.parts or gap == "-" or text[found.end : found.end + 1].isalpha():
                break
            tokens.append(_Token(Word("numeral"), found.end, gap, found.number))
            position = found.end
            continue
        word = table.words.get(step["word"].lower())
        if word is None or word.kind in {"times", "power"} or text[step.end() : step.end() + 1] in {"'", "_"}:
            break
        tokens.append(_Token(word, step.end(), gap))
        position = step.end()
    return tokens


def _signed(tokens: list[_Token]) -> tuple[Spoken, ...]:
    kind = tokens[0].word.kind
    if kind not in {"minus", "plus"}:
        return tuple(_values(tokens))
    negated = -1 if kind == "minus" else 1
    return tuple(
        Spoken(msgspec.structs.replace(one.number, mantissa=one.number.mantissa * negated), one.end)
        for one in (_values(tokens[1:]) if len(tokens) > 1 else ())
        if not one.ordinal
    )


def _values(tokens: list[_Token]) -> Iterator[Spoken]:
    """Every meaning of the tokens."""
    whole = _cardinal(tokens)
    if whole is not None:
        scale = 1
        if tokens[0].number is not None and all(token.word.kind in _MULTIPLES for token in tokens[1:]):
            scale = whole // int(tokens[0].number.mantissa.p)  # 137 million
        yield Spoken(Number(fmpq(whole), 0, "", scale=scale), 0)
        return
    count = len(tokens)
    while count and tokens[count - 1].word.kind in _MULTIPLES:
        count -= 1
    factor = _ONE
    for token in tokens[count:]:
        factor *= token.word.value
    for kind in ("one", "of"):  # half of a million
        if 0 < count < len(tokens) and tokens[count - 1].word.kind == kind:
            count -= 1
    if count == 1 and count < len(tokens) and tokens[0].number is not None:
        yield from _times(tokens[0].number, tokens[1:])
        return
    front = tokens[:count]
    told = _decimal(front)
    if told is not None:
        yield from _times(told, tokens[count:]) if count < len(tokens) else (Spoken(told, 0),)
        return
    for value in _mixed(front):
        scaled = value * factor
        yield Spoken(Number(scaled, 0, "", fraction=scaled.q != 1), 0)
    if count == len(tokens) and tokens[-1].word.kind == "ordinal" and (place := _ordinal(tokens)) is not None:
        yield Spoken(Number(fmpq(place), 0, ""), 0, ordinal=True)


def _times(number: Number, multiples: list[_Token]) -> Iterator[Spoken]:
    """A decimal before scales: ``3.5 million``. Its figures stay what they are."""
    if number.fraction:
        return
    shown = whole_figures(number)
    mantissa, exponent, scale = number.mantissa, number.exponent10, 1
    for token in multiples:
        if token.word.kind not in _MULTIPLES:
            return
        scale *= token.word.value
        digits = str(token.word.value)
        if digits.strip("0") == "1":
            exponent += len(digits) - 1
        else:
            mantissa *= token.word.value
    yield Spoken(Number(mantissa, exponent, "", significant=shown, decimal=True, scale=scale), 0)


def _decimal(tokens: list[_Token]) -> Number | None:
    """``three point one four``: single digits behind the point."""
    at = next((place for place, token in enumerate(tokens) if token.word.kind == "point"), -1)
    behind = tokens[at + 1 :]
    if at < 0 or not behind or any(token.word.kind != "unit" for token in behind):
        return None
    whole = _cardinal(tokens[:at]) if at else 0
    if whole is None:
        return None
    digits = f"{whole}{''.join(str(token.word.value) for token in behind)}"
    return Number(fmpq(fmpz(digits)), -len(behind), "", len(digits.lstrip("0")) or 1, places=len(behind), decimal=True)


def _mixed(tokens: list[_Token]) -> Iterator[fmpq]:
    """A fraction, or a whole number and one: ``two and three quarters``."""
    for place in range(len(tokens) - 1, 0, -1):
        if tokens[place].word.kind == "and":
            whole = _cardinal(tokens[:place])
            if whole is not None:
                yield from (whole + part for part in _fraction(tokens[place + 1 :]) if part < 1)
    yield from _fraction(tokens)


def _fraction(tokens: list[_Token]) -> Iterator[fmpq]:
    """``a half``, ``two thirds``, ``twenty-one hundredths``, ``one third``; several where the words leave it open."""
    if not tokens:
        return
    last, single = tokens[-1].word, _is_one(tokens[0])
    if last.kind == "share" and (len(tokens) == 1 or (len(tokens) == 2 and single)):
        yield fmpq(1, last.value)
    elif last.kind == "parts":
        for place in range(1, len(tokens)):
            above, below = _cardinal(tokens[:place]), _ordinal(tokens[place:])
            if above is not None and above != 1 and below:
                yield fmpq(above, below)
    elif last.kind == "ordinal" and len(tokens) > 1 and single and last.value > 2:
        below = _ordinal(tokens[1:])
        if below:
            yield fmpq(1, below)


def _is_one(token: _Token) -> bool:
    return (
        token.word.kind == "one"
        or token.word == Word("unit", 1)
        or (token.number is not None and token.number.mantissa == 1)
    )


def _ordinal(tokens: list[_Token]) -> int | None:
    """``twenty-first`` as 21: the last word counts a place or names a part, and its number ends the words before it."""
    last = tokens[-1]
    if last.word.kind not in {"ordinal", "parts"}:
        return None
    value = last.word.value
    kind = next((kind for limit, kind in _PLACES if value < limit), "scale")
    if kind in {"hundred", "scale"} and len(tokens) == 1:
        return value
    return _cardinal([*tokens[:-1], _Token(Word(kind, value), last.end, last.gap)])


class _Group(msgspec.Struct, gc=False):
    """A group of digits below a thousand while its words come: its value, and the place of its last word."""

    value: int = 0
    low: str = ""

    def take(self, token: _Token) -> bool:
        """Add a word; false where the words before it leave it no place."""
        kind, value = token.word.kind, token.word.value
        if kind in {"unit", "teen", "ten"}:
            fits = self.low in {"", "hundred"} or (self.low == "ten" and kind == "unit")
            self.value, self.low = self.value + value, kind
            return fits and value > 0
        if kind == "hundred":
            fits = 0 < self.value < 100 and self.low != "hundred"
            self.value, self.low = self.value * 100, kind
            return fits
        whole = None if token.number is None else _below_thousand(token.number)
        fits = whole is not None and not self.low
        self.value, self.low = whole or 0, "full"
        return fits


def _cardinal(tokens: list[_Token]) -> int | None:
    """A whole number from zero on: groups below a thousand before falling scales, "and" only behind hundreds."""
    if len(tokens) == 1 and tokens[0].word == Word("unit", 0):
        return 0
    total, scale, group = 0, 0, _Group()
    if len(tokens) > 1 and tokens[0].word.kind == "one" and tokens[1].word.kind in _MULTIPLES:
        group, tokens = _Group(1, "full"), tokens[1:]
    before = ""
    for place, token in enumerate(tokens):
        kind, value = token.word.kind, token.word.value
        if token.gap.startswith(",") and before != "scale":
            return None
        if kind == "and":
            if before not in {"hundred", "scale"}:
                return None
        elif kind == "scale":
            if not group.value or (scale and value >= scale):
                return None
            total, scale, group = total + group.value * value, value, _Group()
        elif kind == "dozen":
            alone = group.value and not total and place == len(tokens) - 1
            return group.value * value if alone else None
        elif not group.take(token):
            return None
        before = kind
    return None if before in {"and", ""} or not (total or group.value) else total + group.value


def _below_thousand(number: Number) -> int | None:
    if number.mantissa.q != 1 or number.exponent10 or number.decimal or number.fraction:
        return None
    whole = int(number.mantissa.p)
    return whole if 0 < whole < 1000 and number.written.strip().isdecimal() else None
