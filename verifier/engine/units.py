"""Units as people write them, and exact conversion between them.

A unit is a dimension (exponents of base units) and an exact factor: a rational times a power of pi. Reading is longest
match over the rules' table, so ``m/s^2``, ``kg·m²``, ``J/(mol K)``, ``metres per second squared`` and ``square
metres`` are understood wherever their parts are in the table.
"""

from __future__ import annotations

import re

import msgspec
from flint import fmpq

from verifier.types.rules import Dimension, UnitDefinition, UnitTable

MAX_EXPONENT = 12
_SYMBOL = re.compile(r"[^\W\d_]+|[°%$€£¥₹₩′″']+[^\W\d_]*")
_PAIR = re.compile(r"([^\W\d_]+)[ -]([^\W\d_]+)(?!\w)")
_WORD = re.compile(r"[^\W\d_]+")
_EXPONENT = re.compile(r" ?(?:\^|\*\*) ?(?:\(([-+]?\d{1,2})\)|([-+]?\d{1,2}))|([-+]?\d)(?![\d.])")
_WORD_EXPONENTS = {"squared": 2, "cubed": 3}
_WORD_POWERS = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}


def canonical(dimension: Dimension) -> str:
    """A dimension in base units, for a trace: ``kilogram·metre^2·second^-3``."""
    return "·".join(base if power == 1 else f"{base}^{power}" for base, power in dimension) or "1"


def combine(first: Dimension, second: Dimension, power: int = 1) -> Dimension:
    """The dimension of ``first * second**power``.

    >>> combine((("metre", 1),), (("second", 1),), -2)
    (('metre', 1), ('second', -2))
    """
    exponents = dict(first)
    for base, exponent in second:
        exponents[base] = exponents.get(base, 0) + exponent * power
    return tuple(sorted((base, exponent) for base, exponent in exponents.items() if exponent))


def read_unit(text: str, start: int, table: UnitTable) -> tuple[UnitDefinition, int] | None:
    """The longest unit that begins at ``start`` (spaces before it allowed) and the position after it.

    ``None`` if no unit begins there.
    """
    position = start
    while position < len(text) and text[position] == " ":
        position += 1
    first = position
    parts: list[tuple[UnitDefinition, int]] = []
    sign, worded = 1, False
    slashed = False  # J/mol·K: everyone means J/(mol·K), and the letter of it is (J/mol)·K
    while True:
        factor = _factor(text, position, table, after_space=bool(parts) and not worded)
        if factor is None:
            break
        definition, power, position, worded = factor
        parts.append((definition, power * sign))
        joint = _joint(text, position)
        if joint is None:
            break
        following, division, bracket = joint
        if bracket:
            group = _group(text, following, table)
            if group is None:
                break
            members, position = group
            parts.extend((member, -exponent) for member, exponent in members)
            break
        if _factor(text, following, table, after_space=division == 0) is None:
            break
        slashed = slashed or (sign < 0 and not division)
        sign = -1 if division else sign
        position = following
    if not parts:
        return None
    unit = _assemble(parts, text[first:position])
    return (msgspec.structs.replace(unit, vague=True) if slashed else unit), position


def _assemble(parts: list[tuple[UnitDefinition, int]], written: str) -> UnitDefinition:
    """The product of the parts, named as it was written; only a lone unit keeps its offset (°C)."""
    if len(parts) == 1 and parts[0][1] == 1:
        return msgspec.structs.replace(parts[0][0], name=written)
    dimension: Dimension = ()
    factor, pi, vague = fmpq(1), 0, False
    for definition, power in parts:
        dimension = combine(dimension, definition.dimension, power)
        factor *= definition.factor**power
        pi += definition.pi * power
        vague = vague or definition.vague
    return UnitDefinition(written, dimension, factor, pi, None, vague)


def _factor(
    text: str, position: int, table: UnitTable, *, after_space: bool
) -> tuple[UnitDefinition, int, int, bool] | None:
    """One unit with its exponent: (definition, power, end, is a word)."""
    match = _SYMBOL.match(text, position)
    if match is None:
        return None
    token, end = match[0], match.end()
    pair = _PAIR.match(text, position)
    if (
        pair is not None and (named := table.words.get(f"{pair[1]} {pair[2]}".lower())) is not None
    ):  # light years, mm Hg
        return named, 1, pair.end(), True
    definition = table.symbols.get(token)
    if definition is not None and not (after_space and token in table.words):
        power, end = _exponent(text, end)
        if power < 0 and len(token) == 2 and token[0] in table.symbols and token[1] in table.symbols:
            definition = msgspec.structs.replace(definition, vague=True)  # schools write ms^-1 for m s^-1
        return definition, power, end, False
    word = _WORD.match(text, position)
    if word is None:
        return None
    lead = _WORD_POWERS.get(word[0].lower())
    if lead is not None:
        next_word = _WORD.match(text, word.end() + 1)
        if next_word is None or text[word.end()] not in " -":
            return None
        definition = table.words.get(next_word[0].lower()) or table.symbols.get(next_word[0])
        return None if definition is None else (definition, lead, next_word.end(), True)
    definition = table.words.get(word[0].lower())
    if definition is None:
        return None
    power, end = _exponent(text, word.end())
    trailing = _WORD.match(text, end + 1) if text[end : end + 1] == " " else None
    if power == 1 and trailing is not None and trailing[0].lower() in _WORD_EXPONENTS:
        return definition, _WORD_EXPONENTS[trailing[0].lower()], trailing.end(), True
    return definition, power, end, True


def _exponent(text: str, position: int) -> tuple[int, int]:
    match = _EXPONENT.match(text, position)
    if match is None:
        return 1, position
    power = int(match[1] or match[2] or match[3])
    if power == 0 or abs(power) > MAX_EXPONENT:
        return 1, position
    return power, match.end()


_JOINT = re.compile(r" ?([/]) ?(\()?|( per )|( ?[·*⋅×•] ?|[ -](?=[^\W\d_]))", re.IGNORECASE)


def _joint(text: str, position: int) -> tuple[int, int, bool] | None:
    """What joins the next factor: (position of it, 1 for a division, whether a bracket opened)."""
    match = _JOINT.match(text, position)
    if match is None:
        return None
    return match.end(), int(match[4] is None), match[2] is not None


def _group(text: str, position: int, table: UnitTable) -> tuple[list[tuple[UnitDefinition, int]], int] | None:
    """The factors of ``(mol K)`` after a division, up to the closing bracket."""
    members: list[tuple[UnitDefinition, int]] = []
    while True:
        factor = _factor(text, position, table, after_space=False)
        if factor is None:
            return None
        definition, power, position, _ = factor
        members.append((definition, power))
        if text[position : position + 1] == ")":
            return members, position + 1
        joint = _joint(text, position)
        if joint is None or joint[1] or joint[2]:
            return None
        position = joint[0]
