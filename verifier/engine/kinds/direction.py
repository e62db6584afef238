"""Words beside a value that say which way it points: west, upward, N 30° E, exothermic (POLICY 26).

A direction is an axis and a place on it in degrees, so that opposite directions differ by 180, and 30° north of east
is N 60° E.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec
from flint import fmpq

from verifier.engine.kinds.kind import Context, Stage
from verifier.types.rules import DirectionTable
from verifier.types.verdict import Code, Decision, Finding, Standing, passes, proves, refutes

DIRECTION = refutes("quantity.direction_differs", "The values point different ways.")
DIRECTION_MISSING = refutes(
    "quantity.direction_missing",
    "The question asks for a direction, and the answer gives none.",
    Standing.CONVENTION,
)
DIRECTION_UNCLEAR = passes(
    "quantity.direction_unclear",
    "Only one side says which way the value points, or they say it in ways that are not compared.",
    specific=7,
)
SAME_BEARING = proves("bearing.equal", "Both are the same direction on the compass.")
OTHER_BEARING = refutes("bearing.differs", "The two are different directions on the compass.")
NEAR_BEARING = passes("bearing.near", "The two directions are within a degree of each other.", specific=7)
CODES: tuple[Code, ...] = (DIRECTION, DIRECTION_MISSING, DIRECTION_UNCLEAR)
BEARINGS: tuple[Code, ...] = (SAME_BEARING, OTHER_BEARING, NEAR_BEARING)

_WORD_AT_END: Final = re.compile(r"([^\W\d_]+)\)?$")
_NUMBER: Final = r"(\d{1,3}(?:\.\d{1,6})?) ?(?:°|degrees?|deg)"
_FROM_POLE: Final = re.compile(rf"[\s,(]+([NS]) ?{_NUMBER} ?([EW])\)?$")
_TURNED: Final = re.compile(rf"[\s,(]+(?:at )?{_NUMBER},? (?:to the )?([a-z]+) of (?:due )?([a-z]+)\)?$", re.IGNORECASE)
_BEARING: Final = re.compile(rf"[\s,(]+(?:on |at |with )?(?:a )?bearing (?:of )?{_NUMBER}\)?$", re.IGNORECASE)
_POLES: Final = {"N": 0, "S": 180}
_SIDES: Final = {"E": 90, "W": 270}
_TURN: Final = 360
_HALF: Final = 180
_COMPASS: Final = "compass"
_MOST_WORDS: Final = 6


class Direction(msgspec.Struct, frozen=True, gc=False):
    """A place on an axis, in degrees; ``sign`` is -1 or 1 for words that are a value's sign (exothermic).

    ``alone`` says that no word leads to it: "3 kg left" may be what remains, "3 m to the left" is not.
    """

    axis: str
    at: fmpq
    sign: int
    written: str
    alone: bool = False


class Bearing(msgspec.Struct, frozen=True, gc=False):
    """A direction on the compass by itself: N 30° E, in degrees from north."""

    at: fmpq
    written: str

    def show(self) -> str:
        """The direction as it was written."""
        return self.written


def read_bearing(text: str) -> Bearing | None:
    """``N 30° E``, ``E 60° N``; ``None`` for anything else."""
    match = _FROM_ANY.fullmatch(text) if text[:1] in _WINDS else None
    if match is None:
        return None
    found = _on_compass(text, match, _WINDS[match[1]], _WINDS[match[3]], match[2])
    return None if found is None or _exact(match[2]) > _QUARTER else Bearing(found[1].at, text)


def compare_bearings(gold: Bearing, candidate: Bearing, ctx: Context) -> Finding:
    """Two directions; within a degree of each other nothing is said (POLICY 26)."""
    shown = ctx.sides(gold, candidate)
    gap = abs(gold.at - candidate.at)
    if gap == 0:
        return SAME_BEARING.finding(**shown)
    return (NEAR_BEARING if min(gap, _TURN - gap) <= _NEAR else OTHER_BEARING).finding(**shown)


_FROM_ANY: Final = re.compile(rf"([NSEW]) ?{_NUMBER} ?([NSEW])")
_WINDS: Final = {**_POLES, **_SIDES}
_QUARTER: Final = 90
STAGE: Final = Stage("bearing", ((Bearing, Bearing),), compare_bearings)


def may_point(text: str, table: DirectionTable) -> bool:
    """Whether a text ends as one with a direction does; cheap, for nearly all do not."""
    last = text[-1:]
    if last in table.letters:  # 5 km W, 40.7°N; a bare 5 N is newtons
        before = text[-3:-2]
        return (
            "° " in text or text[-2:-1] == "°" or (text[-2:-1] == " " and (not before.isdecimal() or "^" in text))
        ) and text[:1] != last
    if last == "°":
        return True
    if not last.islower() and last != ")":
        return False
    word = text.rsplit(" ", 1)[-1].strip("()").lower()
    return word in table.words or word in table.around or last == ")"


def split_direction(text: str, table: DirectionTable) -> tuple[str, Direction] | None:
    """The text before a direction that it ends with, and the direction; ``None`` where it ends with none."""
    if "°" in text or " of " in text:
        angled = _angled(text, table)
        if angled is not None:
            return angled
    if text[-1:] in table.letters:
        return _by_letter(text, table)
    match = _WORD_AT_END.search(text[-40:])
    if match is None:
        return None
    words = text.rstrip(")").split(" ")
    dropped = 0
    while dropped < _MOST_WORDS and len(words) > 1 and _bare(words[-1]) in table.around:
        words.pop()
        dropped += 1
    found = table.words.get(_bare(words[-1]))
    if found is None or len(words) < 2:
        return None
    last = words.pop()
    dropped = 0
    while dropped < _MOST_WORDS and len(words) > 1 and _bare(words[-1]) in table.around:
        words.pop()
        dropped += 1
    before = " ".join(words).rstrip(" ,;:(-")
    axis, at, sign = found
    return (before, Direction(axis, fmpq(at), sign, _bare(last), alone=dropped == 0)) if before else None


def _by_letter(text: str, table: DirectionTable) -> tuple[str, Direction] | None:
    """A compass point by its letter: ``5 km W``, ``40.7°N``; ``5 m N`` may be newton metres."""
    letter, before = text[-1], text[:-1].rstrip(" ,")
    if len(before) == len(text) - 1 and before[-1:] != "°":
        return None
    if letter == "N" and before.endswith(" m"):
        return None
    axis, at, sign = table.words[table.letters[letter]]
    return before, Direction(axis, fmpq(at), sign, table.letters[letter])


def _bare(word: str) -> str:
    return word.strip(",;()").lower()


def _angled(text: str, table: DirectionTable) -> tuple[str, Direction] | None:
    """A compass direction by an angle: N 30° E, 30° north of east, a bearing of 030°."""
    match = _FROM_POLE.search(text)
    if match is not None:
        pole, side = _POLES[match[1]], _SIDES[match[3]]
        return _on_compass(text, match, pole, side, match[2])
    match = _TURNED.search(text)
    if match is not None:
        towards, origin = table.words.get(match[2].lower()), table.words.get(match[3].lower())
        if towards is None or origin is None or not towards[0] == origin[0] == _COMPASS:
            return None
        return _on_compass(text, match, origin[1], towards[1], match[1])
    match = _BEARING.search(text)
    if match is None:
        return None
    return text[: match.start()], Direction(_COMPASS, _exact(match[1]), 0, match[0].strip(" ,()"))


def _on_compass(text: str, match: re.Match[str], origin: int, towards: int, angle: str) -> tuple[str, Direction] | None:
    if (origin - towards) % _HALF == 0:
        return None
    turned = _exact(angle) * (1 if (towards - origin) % _TURN < _HALF else -1)
    at = fmpq(origin) + turned
    at = at + _TURN if at < 0 else at
    return text[: match.start()], Direction(_COMPASS, at, 0, match[0].strip(" ,()"))


def _exact(text: str) -> fmpq:
    whole, _, after = text.partition(".")
    return fmpq(int(whole + after), 10 ** len(after))


def directed(
    sides: tuple[Direction | None, Direction | None],
    findings: tuple[Finding, Finding],
    negative: tuple[bool, bool],
    ctx: Context,
    shown: Mapping[str, str],
) -> Finding:
    """The finding on two amounts with their directions seen, of the ground truth and of the answer.

    ``findings`` are that on the amounts and that on the amounts with the answer's sign changed, ``negative`` says
    which of them are below zero.
    """
    mine, other = sides
    as_told, turned = findings
    if mine is not None and other is not None:
        if mine.axis != other.axis:
            return DIRECTION_UNCLEAR.finding(**shown)
        gap = abs(mine.at - other.at)
        if gap == 0:
            return as_told
        if gap == _HALF and turned.decision is Decision.CORRECT:
            return turned  # -5 m/s east is 5 m/s west
        near = min(gap, _TURN - gap) <= _NEAR and as_told.decision is not Decision.INCORRECT
        return (DIRECTION_UNCLEAR if near else DIRECTION).finding(**shown)
    said = mine or other
    if said is not None and said.sign:
        return _signed(said, findings, negative[0] if mine is None else negative[1], ctx, shown)
    if as_told.decision is Decision.INCORRECT:
        return as_told if turned.decision is Decision.INCORRECT else DIRECTION_UNCLEAR.finding(**shown)
    if as_told.decision is Decision.PASS or said is None:
        return as_told
    if said.written in ctx.demand.words or (mine is None and said.alone and said.written in ctx.rules.text.fillers):
        return as_told
    missing = other is None and ctx.demand.direction
    return (DIRECTION_MISSING if missing else DIRECTION_UNCLEAR).finding(**shown)


def _signed(
    said: Direction,
    findings: tuple[Finding, Finding],
    bare_is_negative: bool,  # noqa: FBT001  # the amount of the side without the word
    ctx: Context,
    shown: Mapping[str, str],
) -> Finding:
    """One side says the sign in a word: 90 kJ/mol, exothermic, is -90 kJ/mol as a change of enthalpy."""
    as_told, turned = findings
    asked = {
        found[1]
        for word in ctx.demand.words
        if (found := ctx.rules.directions.words.get(word)) and found[0] == said.axis
    }
    if said.sign > 0:
        opposite = bool(asked) and said.at not in asked
        return DIRECTION_UNCLEAR.finding(**shown) if opposite else as_told
    if as_told.decision is Decision.CORRECT:
        sure = bare_is_negative or (said.at in asked and _ENTHALPY.search(ctx.demand.question) is None)
        return as_told if sure else DIRECTION_UNCLEAR.finding(**shown)
    if bare_is_negative and turned.decision is Decision.CORRECT:
        return turned
    refuted = as_told.decision is turned.decision is Decision.INCORRECT
    return as_told if refuted else DIRECTION_UNCLEAR.finding(**shown)


_ENTHALPY: Final = re.compile(r"enthalpy|ΔH|\\Delta", re.IGNORECASE)
_NEAR: Final = 1  # degrees that may be a rounding
