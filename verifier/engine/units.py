"""Units as people write them, and exact conversion between them.

A unit is a dimension (exponents of base units) and an exact factor: a rational times a power of pi. Reading is longest
match over the rules' table, so ``m/s^2``, ``kg·m²``, ``J/(mol K)``, ``metres per second squared`` and ``square
metres`` are understood wherever their parts are in the table. A spelling with several meanings is one definition with
``others``; which one is meant shows only beside the other side, in ``fitting``.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice, product
from typing import Final

import msgspec
from flint import fmpq

from verifier.types.rules import Dimension, UnitDefinition, UnitTable

MAX_EXPONENT: Final = 12
_DEEPEST: Final = 3  # brackets within brackets
_LONGEST_NAME: Final = 24  # of characters in a unit that is looked up at once
_MOST_MEANINGS: Final = 12  # of one unit written with several ambiguous parts
_TOKEN: Final = re.compile(r"[^\W\d_]+|[°%‰¢$€£¥₹₩₽฿₺₫₱₦℃℉′″'\"]+[^\W\d_]*")
_EXPONENT: Final = re.compile(r" ?(?:\^|\*\*) ?(?:\(([-+]?\d{1,2})\)|([-+]?\d{1,2}))|([-+]?\d)(?![\d.])")
_JOINT: Final = re.compile(r" ?/ ?| ?[·*⋅×•] ?|\.(?=[^\W\d_])|-(?=[^\W\d_])| (?=[^\W\d_])")
_AMOUNT: Final = re.compile(r"([1-9]\d{0,5}) ?(?=[^\W\d_])")
_WORDS_BETWEEN: Final = re.compile(r" ([^\W\d_]{1,4}) (?=[^\W_])")
_TRAILING: Final = re.compile(r" ([^\W\d_]+)(?: ([^\W\d_]+))?")


def combine(first: Dimension, second: Dimension, power: int = 1) -> Dimension:
    """The dimension of ``first * second**power``.

    >>> combine((("metre", 1),), (("second", 1),), -2)
    (('metre', 1), ('second', -2))
    """
    exponents = dict(first)
    for base, exponent in second:
        exponents[base] = exponents.get(base, 0) + exponent * power
    return tuple(sorted((base, exponent) for base, exponent in exponents.items() if exponent))


def fitting(gold: UnitDefinition, candidate: UnitDefinition) -> tuple[tuple[UnitDefinition, UnitDefinition], ...]:
    """The meanings of two units that measure the same, likeliest first; empty if none do.

    Two that are both loose do not fit: becquerel and hertz are both 1/s, and not the same.
    """
    if not gold.others and not candidate.others:
        return ((gold, candidate),) if gold.dimension == candidate.dimension else ()
    found = [
        (first + second, wanted, given)
        for first, wanted in enumerate((gold, *gold.others))
        for second, given in enumerate((candidate, *candidate.others))
        if wanted.dimension == given.dimension and not (wanted.loose and given.loose)
    ]
    return tuple((wanted, given) for _, wanted, given in sorted(found, key=lambda pair: pair[0]))


def same_unit(one: UnitDefinition, other: UnitDefinition) -> bool:
    """Whether two units are one, however they are called."""
    return one is other or (
        one.dimension == other.dimension
        and one.pi == other.pi
        and one.factor == other.factor
        and one.offset == other.offset
    )


class _Part(msgspec.Struct, frozen=True, gc=False):
    """A factor of a unit: what it may be, each with its power, likeliest first.

    ``late`` says that it stands behind a slash and a product sign: ``K`` in ``J/mol·K``, which everyone means as
    J/(mol·K), and which is (J/mol)·K by the letter.
    """

    meanings: tuple[tuple[UnitDefinition, int], ...]
    late: bool = False


class _Factor(msgspec.Struct, frozen=True, gc=False):
    """One unit with its exponent, where it ends, and whether it was a word."""

    part: _Part
    end: int
    worded: bool = False


class _Group(msgspec.Struct, frozen=True, gc=False):
    """Factors and where they end."""

    parts: tuple[_Part, ...]
    end: int


def read_unit(text: str, start: int, table: UnitTable) -> tuple[UnitDefinition, int] | None:
    """The longest unit that begins at ``start`` (spaces before it allowed) and the position after it.

    ``None`` if no unit begins there.
    """
    first = start
    while first < len(text) and text[first] == " ":
        first += 1
    if len(text) - first <= _LONGEST_NAME:  # most often the rest of the text is one unit
        rest = text[first:]
        alone = table.symbols.get(rest) or table.words.get(rest.lower())
        if alone is not None:
            return msgspec.structs.replace(alone, name=rest), len(text)
    if text[first : first + 1] == "(":
        bracketed = _bracketed(text, first, table, 0)
        if bracketed is None or len(bracketed.parts) < 2:
            return None  # "(m)" is a remark; what \frac leaves behind is no lone unit
    found = _product(text, first, table, 0)
    return None if found is None else (_assemble(found.parts, text[first : found.end]), found.end)


def _product(text: str, position: int, table: UnitTable, depth: int) -> _Group | None:
    """Factors joined by product signs, spaces, slashes and "per"."""
    parts: list[_Part] = []
    end = position
    sign, divided, spaced, after = 1, False, False, False
    while True:
        if text[position : position + 1] == "(":
            group = _bracketed(text, position, table, depth)
            if group is None:
                break
            parts.extend(_raised(part, sign) for part in group.parts)
            end, worded = group.end, False
        else:
            factor = _factor(text, position, table, after_space=spaced)
            if factor is None:
                break
            late = after and not divided
            meanings = tuple((unit, power * sign) for unit, power in factor.part.meanings)
            parts.append(_Part(meanings, late))
            end, worded = factor.end, factor.worded
        joint = _joint(text, end, table)
        if joint is None:
            break
        position, divided = joint
        amount = _AMOUNT.match(text, position) if divided else None
        if amount is not None:  # mg per 100 mL
            hundred = UnitDefinition(amount[1], (), fmpq(int(amount[1])))
            held = _factor(text, amount.end(), table, after_space=False)
            if held is None:
                break
            parts.append(_Part(((hundred, -1),)))
            position = amount.end()
        after = after or divided
        sign = -1 if divided else sign
        spaced = text[end:position] == " " and not worded
    return _Group(tuple(parts), end) if parts else None


def _bracketed(text: str, position: int, table: UnitTable, depth: int) -> _Group | None:
    """``(mol K)``, ``(m/s)^2``: the factors in brackets and the power of all of them."""
    if depth >= _DEEPEST:
        return None
    inner = _product(text, position + 1, table, depth + 1)
    if inner is None or text[inner.end : inner.end + 1] != ")":
        return None
    power, end = _exponent(text, inner.end + 1)
    return _Group(tuple(_raised(part, power) for part in inner.parts), end)


def _raised(part: _Part, power: int) -> _Part:
    return part if power == 1 else _Part(tuple((unit, own * power) for unit, own in part.meanings), part.late)


def _assemble(parts: tuple[_Part, ...], written: str) -> UnitDefinition:
    """The product of the parts, named as it was written; only a lone unit keeps its offset (°C)."""
    if len(parts) == 1 and parts[0].meanings[0][1] == 1:
        return msgspec.structs.replace(parts[0].meanings[0][0], name=written)
    meanings: dict[tuple[Dimension, fmpq, int, fmpq | None], UnitDefinition] = {}
    for flip in (False, True) if any(part.late for part in parts) else (False,):
        for chosen in islice(product(*(part.meanings for part in parts)), _MOST_MEANINGS):
            turned = [
                (unit, -power if flip and part.late else power)
                for part, (unit, power) in zip(parts, chosen, strict=True)
            ]
            unit = _multiplied(turned, written)
            if flip:  # by the letter of it, which shows nothing by itself
                unit = msgspec.structs.replace(unit, vague=True)
            meanings.setdefault((unit.dimension, unit.factor, unit.pi, unit.offset), unit)
    primary, *others = meanings.values()
    return msgspec.structs.replace(primary, others=tuple(others)) if others else primary


def _multiplied(factors: list[tuple[UnitDefinition, int]], written: str) -> UnitDefinition:
    if len(factors) == 1 and factors[0][1] == 1:
        return msgspec.structs.replace(factors[0][0], name=written, others=())
    dimension: Dimension = ()
    factor, pi = fmpq(1), 0
    vague = weak = loose = False
    for unit, power in factors:
        dimension = combine(dimension, unit.dimension, power)
        factor *= unit.factor**power
        pi += unit.pi * power
        vague, loose = vague or unit.vague, loose or unit.loose
        weak = weak or unit.weak
    return UnitDefinition(written, dimension, factor, pi, None, vague, weak, loose)


def _factor(text: str, position: int, table: UnitTable, *, after_space: bool) -> _Factor | None:
    """One unit with its exponent."""
    match = _TOKEN.match(text, position)
    if match is None:
        return None
    token, end = match[0], match.end()
    folded = token.lower()
    for written, exact, unit in table.phrases.get(folded, ()):
        stop = position + len(written)
        piece = text[position:stop]
        if (piece if exact else piece.lower()) == written and not text[stop : stop + 1].isalnum():
            power, stop = _power_behind(text, stop, table, signs=not written[-1].isalpha())
            return _Factor(_part(unit, power), stop, worded=not exact)
    unit_of_symbol = table.symbols.get(token)
    if unit_of_symbol is not None and not (after_space and token in table.words):
        if after_space and unit_of_symbol.weak:
            return None
        power, end = _power_behind(text, end, table, signs=not token[-1].isalpha())
        part = _part(unit_of_symbol, power)
        if power < 0 and len(token) == 2 and token[0] in table.symbols and token[1] in table.symbols:
            # schools write ms^-1 for m s^-1
            split = _multiplied([(table.symbols[token[0]], 1), (table.symbols[token[1]], power)], token)
            part = _Part((*part.meanings, (split, 1)))
        return _Factor(part, end)
    return _word(text, match, table)


def _part(unit: UnitDefinition, power: int) -> _Part:
    return _Part(((unit, power), *((other, power) for other in unit.others)))


def _word(text: str, match: re.Match[str], table: UnitTable) -> _Factor | None:
    """A unit in words: "square metres", "mètres carrés", "Quadratmeter", "平方米", and "米" of "米每秒"."""
    token, end = match[0].lower(), match.end()
    lead = table.leads.get(token)
    if lead is not None:
        if text[end : end + 2] == ". ":
            end += 1  # sq. ft
        if text[end : end + 1] not in {" ", "-"}:
            return None
        following = _TOKEN.match(text, end + 1)
        unit = None if following is None else _named(following[0], table) or table.symbols.get(following[0])
        return None if unit is None or following is None else _Factor(_part(unit, lead), following.end(), worded=True)
    unit = _named(token, table)
    power = 1
    if unit is None:
        cut = next((place for place, letter in enumerate(token) if letter in table.per), len(token))
        end = match.start() + cut
        unit, power = _glued(match[0][:cut], table)
    if unit is None:
        return None
    if power == 1:
        power, end = _power_behind(text, end, table)
    return _Factor(_part(unit, power), end, worded=True)


def _glued(token: str, table: UnitTable) -> tuple[UnitDefinition | None, int]:
    """A unit with a power glued to it (``Quadratmeter``, ``sqft``), and the power."""
    folded = token.lower()
    for lead, power in table.leads.items():
        if folded.startswith(lead) and len(folded) > len(lead):
            return _named(token[len(lead) :], table) or table.symbols.get(token[len(lead) :]), power
    return _named(token, table), 1


def _named(word: str, table: UnitTable) -> UnitDefinition | None:
    """A unit by its word; accents may be missing or too many."""
    folded = word.lower()
    unit = table.words.get(folded)
    if unit is None and not folded.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
        unit = table.words.get(bare)
    return unit


def _power_behind(text: str, end: int, table: UnitTable, *, signs: bool = False) -> tuple[int, int]:
    """The power behind a unit in figures or words, and where it ends; behind signs a digit is none (5'6")."""
    if signs and text[end : end + 1].isdigit():
        return 1, end
    power, stop = _exponent(text, end)
    if power != 1 or text[end : end + 1] != " ":
        return power, stop
    trailing = _TRAILING.match(text, end)
    if trailing is None:
        return 1, end
    for written, stop in ((trailing[1], trailing.end(1)), (trailing[0][1:], trailing.end())):
        raised = table.trails.get(written.lower())
        if raised is not None:
            return raised, stop
    return 1, end


def _exponent(text: str, position: int) -> tuple[int, int]:
    match = _EXPONENT.match(text, position)
    if match is None:
        return 1, position
    power = int(match[1] or match[2] or match[3])
    if power == 0 or abs(power) > MAX_EXPONENT:
        return 1, position
    return power, match.end()


def _joint(text: str, position: int, table: UnitTable) -> tuple[int, bool] | None:
    """What joins the next factor: the position of it, and whether it divides."""
    between = text[position : position + 1]
    if not between:
        return None
    if between.isalpha() and text[position - 1].isdigit() and between.isascii():
        return position, False  # W/m^2K
    if between in table.per:
        return position + 1, True
    if between == " ":
        word = _WORDS_BETWEEN.match(text, position)
        if word is not None and word[1].lower() in table.per:
            return word.end(), True
    match = _JOINT.match(text, position)
    return None if match is None else (match.end(), "/" in match[0])
