"""One side of a grade as read: what its readings hold, and what is said beside its value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

import msgspec

from verifier.engine import beside, opened, text
from verifier.engine.boxes import MULTIPLIED
from verifier.engine.extract import IN_FORMULA, PART_ONLY, SAID_LATER, SEVERAL_BOXES, Found
from verifier.engine.kinds import (
    choice,
    choosing,
    dating,
    direction,
    formula,
    matching,
    notation,
    number,
    quantity,
    quantity_reader,
    truth,
)
from verifier.engine.kinds.kind import Context, Reading
from verifier.engine.kinds.values import tree_of
from verifier.engine.numerals import Number
from verifier.engine.statement import breaks
from verifier.types.expr import Expr
from verifier.types.rules import Profile, Rules
from verifier.types.sample import Extraction
from verifier.types.verdict import Decision, Finding

LONGEST: Final = 600  # characters of a sentence that is looked through


class Side(msgspec.Struct, frozen=True, gc=False):
    """One side as read: its readings, surest first, and how to print them.

    ``texts`` are the words that were read, out of their wrapping; ``via`` says how they were found in a response,
    ``found`` holds all that was; ``given`` is a ground truth as it stands.
    """

    readings: tuple[Reading, ...]
    shown: str
    texts: tuple[str, ...] = ()
    via: str = ""
    found: Found | None = None
    given: str = ""


class Trees(msgspec.Struct, frozen=True, gc=False):
    """Both sides of a sample as maths, for whoever works out what the engine does not.

    ``golds`` holds the readings of each accepted ground truth, ``candidates`` those of the answer; ``conditions`` are
    relations of the question that hold for their names, ``integers`` the names of whole numbers.
    """

    golds: tuple[tuple[Expr, ...], ...]
    candidates: tuple[Expr, ...]
    conditions: tuple[Expr, ...] = ()
    integers: frozenset[str] = frozenset()


def holds_several(side: Side) -> bool:
    """Whether a ground truth has several values, so that several boxes are its parts (POLICY 5)."""
    return any(isinstance(reading.answer, (formula.Collection, formula.Relation)) for reading in side.readings)


def are_wordless(gold: Side, said: str, given: str | None) -> bool:
    """Whether an answer is all of what was given, and neither side has a word, or a sign that says a value again.

    Nothing can stand beside such a value that rejects it, restates it or says of what it is.
    """
    if given is None or not (len(given.strip()) == len(said.strip()) or given.strip(" $") == f"\\boxed{{{said}}}"):
        return False
    equations = said.count("=")
    if equations > 1 or (equations and (gold.given.count("=") != 1 or _NAMED.search(said) is not None)):
        return False  # a chain, or a value under a name
    return _WORDY.search(said) is None and _WORDY.search(gold.given) is None


_NAMED: Final = re.compile(r"=[\s$]*[-+]?[\d.,/]+[\s$.]*\Z|\A[\s$]*[-+]?[\d.,/]+\s*=")  # x = 5, 5 = x
_WORDY: Final = re.compile(
    r"[≈~\n\u0080-\uffff]|(?<![a-zA-Z\\])(?!pi(?![a-zA-Z]))[a-zA-Z]{2,}(?![a-zA-Z(])"
    r"|\\(?:approx|sim|cong|doteq|text|mbox|math|operatorname|quad|qquad|boxed|fbox)"
)
"""A word, or what may hold one; names of functions before their brackets are none."""


def as_found(gold: Side, candidate: Side, finding: Finding) -> Finding:
    """A finding on an answer, by the way in which it was found in its response."""
    finding = _said_later(gold, candidate, _boxed(gold, candidate, finding))
    return _part_stated(gold, candidate, finding)


def _boxed(gold: Side, candidate: Side, finding: Finding) -> Finding:
    """A finding on an answer of several boxes, or of one that may mean two numbers.

    The first answer only a ground truth of several values; the second may differ from all, and never agrees.
    """
    if candidate.via == "several_boxes" and not holds_several(gold):
        return SEVERAL_BOXES.finding(text=candidate.shown)
    if candidate.via == MULTIPLIED and finding.decision is Decision.CORRECT:
        return IN_FORMULA.finding(text=candidate.shown)
    return finding


def _part_stated(gold: Side, candidate: Side, finding: Finding) -> Finding:
    """A finding on one value, read out of the last statement of a response, for a ground truth of several.

    The other values may stand in the statements before it: "So y = 2. Hence x = 3."
    """
    found = candidate.found
    if finding.decision is not Decision.INCORRECT or found is None:
        return finding
    first = found.candidates[0]
    cut = first.via == "whole" and len(candidate.texts[0]) * 2 < len(first.text) and not _SIGNS.search(first.text)
    if not (cut or any(one.via in _STATED for one in found.candidates)):
        return finding
    if not _holds_members(gold) or _holds_members(candidate):
        return finding
    return PART_ONLY.finding(text=candidate.shown)


_SIGNS: Final = re.compile(r"[\\±]")  # a formula, whose length says nothing
_STATED: Final = frozenset({"conclusion", "restatement", "last_line", opened.VIA})


def _holds_members(side: Side) -> bool:
    """Whether all readings of a side are collections, or some are values for several names."""
    return any(isinstance(reading.answer, formula.Collection) for reading in side.readings)


def _said_later(gold: Side, candidate: Side, finding: Finding) -> Finding:
    """A finding on a response whose first sentence is another answer, and whose explanation has the ground truth's."""
    found = candidate.found
    if finding.decision is not Decision.INCORRECT or candidate.via != opened.VIA or found is None:
        return finding
    own = found.candidates[0].text
    rest = next((one.text for one in found.candidates if one.via == "whole"), "").partition(own)[2]
    words = gold.given.strip().casefold()
    if not words or any(isinstance(reading.answer, truth.Truth) for reading in gold.readings):
        return finding
    at = (place.start() for place in re.finditer(re.escape(words), rest.casefold()))
    if any(not rest[max(0, place - 1) : place].isalnum() for place in at):
        return SAID_LATER.finding(text=rest[:200])
    return finding


def outside_box(gold: Side, candidate: Side, finding: Finding, ctx: Context) -> Finding:
    r"""A finding on ``\boxed{80} km/h`` for a bare 80: the box is the answer, where no question asks for a unit."""
    found = candidate.found
    if (
        ctx.demand.asked
        or finding.code != quantity.UNASKED.name
        or candidate.via != "boxed"
        or found is None
        or len(found.candidates) < 2
    ):
        return finding
    own = found.candidates[1].text.strip()
    bare = [reading.answer for reading in gold.readings if isinstance(reading.answer, Number)]
    units = [reading.answer.unit for reading in candidate.readings if isinstance(reading.answer, quantity.Quantity)]
    if not bare or not units or not _BARE.fullmatch(own) or found.candidates[0].text.strip() == own:
        return finding
    if any(one.noun for one in bare) or not all(unit.dimension for unit in units):
        return finding
    return quantity.OUTSIDE_BOX.finding(gold=gold.shown, candidate=candidate.shown)


_BARE: Final = re.compile(r"[-−+]?\d[\d.,]*")


def trees(side: Side) -> tuple[Expr, ...]:
    """The readings of a side that are maths, as trees."""
    found: list[Expr] = []
    for reading in side.readings:
        answer = reading.answer
        if isinstance(answer, Number):
            found.append(tree_of(answer))
        elif isinstance(answer, (formula.Expression, formula.Relation, formula.Collection, formula.Region)):
            found.append(answer.tree)
    return tuple(found)


def values(words: str, ctx: Context) -> Iterator[Reading]:
    """A text read as a value, never as a choice."""
    dated = list(dating.read_date(words, ctx)) if dating.may_read(words, ctx) else []
    if dated:
        yield from dated
        return
    for reader in (quantity_reader.read_quantity, number.read_number):
        readings = list(reader(words, ctx))
        if readings:
            yield from readings
            return
    yield from notation.read_formula(words, words, ctx)


def is_rest_told(gold: Reading, candidate: Reading, ctx: Context) -> bool:
    """Whether the words that a gold has behind its value stand behind the candidate's too, or in the question.

    So must words of the candidate that make its value another amount ("each"), or say which way it points.
    """
    if not (gold.unread or candidate.unread) or isinstance(gold.answer, choice.Choice):
        return True
    table = ctx.rules.text
    own = text.words(gold.unread, table) if gold.unread else ()
    told = text.words(candidate.unread, table) if candidate.unread else ()
    shared = isinstance(gold.answer, (Number, quantity.Quantity)) and any(  # "yes, once per orbit" is no share
        word in table.shares and word not in ctx.demand.words for word in {*own} ^ {*told}
    )
    if shared or _pointed(gold, ctx) != _pointed(candidate, ctx):
        return False
    asked = text.fold(ctx.demand.question)
    return own == told or all(
        word in told
        or word in table.fillers
        or (word in ctx.demand.words and not is_offered(word, asked))
        or (not word.isascii() and beside.counts(word, table.figures))
        for word in own
    )


def _pointed(side: Reading, ctx: Context) -> str:
    """The direction that the words behind a value end with ("to the left"), unless the question says it."""
    if not side.unread or not direction.may_point(side.unread, ctx.rules.directions):
        return ""
    split = direction.split_direction(f"0 {side.unread}", ctx.rules.directions)
    return "" if split is None or split[1].alone or split[1].written in ctx.demand.words else split[1].written


def is_turned(gold: Reading, candidate: Reading, ctx: Context) -> bool:
    """Whether two values are each other's negative, and one has words behind it that may be its sign: 12 m deep."""
    wanted, given = gold.answer, candidate.answer
    values = (Number, quantity.Quantity)
    if not isinstance(wanted, values) or not isinstance(given, values):
        return False
    free = ctx.rules.text.fillers | ctx.rules.maths.closings | ctx.rules.text.generic_units
    told = text.words(f"{gold.unread} {candidate.unread}", ctx.rules.text)
    if isinstance(given, Number) and isinstance(wanted, Number):
        free |= ctx.demand.words
    if all(word in free or (not word.isascii() and beside.counts(word, ctx.rules.text.figures)) for word in told):
        return False
    amount = given if isinstance(given, Number) else given.magnitude
    turned = msgspec.structs.replace(amount, mantissa=-amount.mantissa)
    opposite = turned if given is amount else msgspec.structs.replace(given, magnitude=turned)
    return ctx.compare(wanted, opposite).decision is Decision.CORRECT


def is_loosely_raised(gold: Side, candidate: Side, ctx: Context) -> bool:
    """Whether two formulas that differ agree where one that is typed plainly raises to all that follows: e^2x."""
    wide = "" if candidate.found is None else candidate.found.candidates[0].text
    for one, other, raw in ((candidate, gold, wide), (gold, candidate, gold.given)):
        words = one.texts[0] if len(one.texts) == 1 else ""
        if "^" not in words or not _PLAIN.isdisjoint(raw):
            continue
        raised = _LOOSE.sub(r"^(\1)", words)
        if raised == words:
            continue
        for reading in notation.read_formula(raised, raised, ctx):
            for held in other.readings:
                pair = (held, reading) if one is candidate else (reading, held)
                if ctx.compare(pair[0].answer, pair[1].answer).decision is Decision.CORRECT:
                    return True
    return False


_LOOSE: Final = re.compile(r"\^(-?(?:\d{1,9}|[A-Za-z])[A-Za-z]{1,3})(?![A-Za-z(^])")  # where no sign ends the power
_PLAIN: Final = frozenset("${\\")  # in a text that is set, and not typed plainly


def is_other_number(named: object, value: object, ctx: Context) -> bool:
    """Whether an option's text is a whole number, and ``value`` is another whole one.

    No number that may be an option's place (POLICY 47), and nothing where the question asks for what comes near.
    """
    if not isinstance(named, choice.Choice) or not isinstance(value, Number) or not _is_whole(value):
        return False
    if 0 <= value.mantissa <= len(ctx.demand.options) or not ctx.rules.choices.estimating.isdisjoint(ctx.demand.words):
        return False
    told = [reading.answer for reading in values(named.text, ctx)]
    return bool(told) and all(
        isinstance(one, Number) and _is_whole(one) and ctx.compare(one, value).decision is Decision.INCORRECT
        for one in told
    )


def _is_whole(one: Number) -> bool:
    return not (one.decimal or one.fraction or one.parts or one.loose or one.exponent10 or one.scale != 1)


def is_offered(word: str, asked: str) -> bool:
    """Whether a question offers a word as one of two, so that it does not say it: "leading or lagging"."""
    return f" or {word}" in asked or f"{word} or " in asked


def whole(side: Side) -> tuple[str, ...]:
    """A response that is graded as it stands, of which perhaps a part was read."""
    found = () if side.found is None else side.found.candidates
    return tuple(one.text.strip() for one in found if one.via == "whole")


def sentence(side: Side, wide: str, ctx: Context) -> str:
    """The sentence that holds what was read of a response; a short text is one."""
    table, found = ctx.rules.text, side.found
    if found is None or len(side.texts) != 1:
        return text.characters(wide, table)[:LONGEST]
    first = found.candidates[0]
    for one in found.each():
        if len(one.text) <= LONGEST and text.plain(one.text, table, ctx.meter) == side.texts[0]:
            if one.via == "contrast":
                return text.characters(one.text, table)
            begin, end = 0, len(wide)
            for cut in breaks(wide, 0, len(wide)):
                if cut[1] <= one.start - first.start:
                    begin = cut[1]
                elif cut[0] >= one.end - first.start:
                    end = cut[0]
                    break
            return text.characters(wide[begin:end], table)[:LONGEST]
    return ""


def profile_of(category: str | None, rules: Rules) -> Profile:
    """The profile that names the category, case aside; else one whose pattern (``* Circuits``) fits; else the default.

    Of several the first, which is that of the last pack.
    """
    if category:
        folded = category.casefold()
        for profile in rules.profiles:
            if folded in profile.categories:
                return profile
        for profile in rules.profiles:
            if any("*" in pattern and fnmatchcase(folded, pattern) for pattern in profile.categories):
                return profile
    return rules.default_profile


def is_free_text(gold: str, profile: Profile) -> bool:
    """Whether a ground truth is longer than its profile reads one.

    Words of two letters and more are counted, macros aside; two signs of a script without spaces are about one.
    """
    longest = profile.long_reference
    return longest > 0 and len(_PROSE.findall(gold)) + len(_SPACELESS.findall(gold)) // 2 > longest


def with_label(found: Found, given: str, ctx: Context) -> Found:
    """What was found in a response; where A is an option, "A:" before words may be its label, and is read with them.

    It is one as well where B stands behind: "A: 2, B: 3".
    """
    first, listed = found.candidates[0], ctx.demand.options
    if first.via != _A_COLON:
        return found
    line = given.rfind("\n", 0, first.start) + 1
    told = given[line : first.end].strip()
    matched = matching.may_read(told) and next(matching.read_matching(told, ctx), None) is not None
    if not matched and (choosing.is_label(first.text, listed) or not choosing.is_label("A", listed)):
        return found
    return Found((Extraction(given[line : first.end], first.via, line, first.end),))


_A_COLON: Final = "a_colon"  # the marker that is a label as well
_PROSE: Final = re.compile(r"(?<![\\\w])[^\W\d_]{2,}")
_SPACELESS: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
