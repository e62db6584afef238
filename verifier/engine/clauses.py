"""What a clause behind a value says of it: another value, a step that is still to be done, the label of another option.

Readers pass over a clause behind a value, and most only describe it. Here, for all kinds, the clauses right behind a
value that agrees are read (``rules/text/clauses.toml``; POLICY 1, 2, 6, 48). One that says the value again is a
restatement: an equal one is free, another one a contradiction. What the value becomes, and what is to be done with it,
is a pass. ``chosen`` reads which of several values an answer settles on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec
from flint import fmpq

from verifier.engine import text as texts
from verifier.engine.kinds import choice, collection, conditions, formula, restated, truth
from verifier.engine.kinds.date import Date
from verifier.engine.kinds.kind import Answer, Context, Reading
from verifier.engine.kinds.measure import Measure
from verifier.engine.kinds.quantity import Quantity
from verifier.engine.kinds.values import tree_of
from verifier.engine.maths import plusminus, zero
from verifier.engine.numerals import Number
from verifier.engine.reading import read_texts
from verifier.engine.sides import LONGEST, Side, sentence, values
from verifier.engine.units import fitting, same_unit
from verifier.types.clauses import ClauseTable
from verifier.types.expr import Expr
from verifier.types.nodes import symbols
from verifier.types.sample import Extraction, Option
from verifier.types.verdict import Code, Decision, Finding, Standing, passes, refutes

CONTRADICTS = refutes(
    "clause.contradicts", "The answer gives a value and says that it is another one.", Standing.CONVENTION
)
GOES_ON = passes(
    "clause.goes_on",
    "The answer agrees, and a clause behind it gives another value or says what is still to be done with it.",
    specific=8,
)
OTHER_LABEL = passes("clause.other_label", "The value is one option's, and the label beside it another's.", specific=8)
CODES: tuple[Code, ...] = (CONTRADICTS, GOES_ON, OTHER_LABEL)

_AROUND: Final = " \t\n,，:*_$`–—-"
_BEFORE: Final = re.compile(
    r"(?:[ \t\n,，:*_$`!?]|\.(?!\d)|[–—-](?![^\s–—-]))+"
)  # a dash right before a value is its sign
_STOP: Final = re.compile(r"[;。；]|[.!?](?=\s|$)")
_PIECE: Final = re.compile(r",\s|，|\s(?=\()|\s[–—-]\s")
_WORD: Final = re.compile(r"[^\W\d_]+")
_SHORT: Final = 200  # characters of an answer all of whose sentences may say its label
_MOST: Final = 8  # openers of clauses that are looked at
_GROUPS: Final = (Number, formula.Expression)
_COMPARED: Final = (
    Number, formula.Expression, formula.Collection, formula.Region, formula.Relation, Quantity, Measure, Date,
)  # fmt: skip


def said_again(gold: Side, candidate: Side, finding: Finding, ctx: Context) -> Finding | None:
    """What the clauses behind an answer that agrees make of it; ``None`` where they only describe it."""
    if finding.decision is not Decision.CORRECT or candidate.found is None or len(candidate.texts) != 1:
        return None
    wide = candidate.found.candidates[0].text
    table = ctx.rules.text.clauses
    if ctx.demand.options and (aside := _label_beside(wide, candidate, ctx)) is not None:
        return OTHER_LABEL.finding(text=wide, option=aside)
    if " " not in wide and "\\" not in wide and wide.isascii():
        return None
    labelled = bool(ctx.demand.options) and not any(_is_choice(one.answer) for one in candidate.readings)
    if not labelled and len(wide) <= LONGEST and not _may_open(texts.fold(wide), table):
        return None
    said = sentence(candidate, wide, ctx)
    ctx.meter.spend(8 * len(said))
    folded = texts.fold(said)
    beside = texts.characters(wide, ctx.rules.text) if len(wide) <= _SHORT else said
    if labelled and (other := _other_label(beside, candidate, ctx)) is not None:
        return OTHER_LABEL.finding(text=beside, option=other)
    for start, end in _clauses(said, folded, candidate, ctx):
        told = _told(said[:end], folded[:end], start, candidate, ctx)
        if told is not None and said[start:end].strip(_AROUND) not in gold.given:
            return told
    return None


def _may_open(folded: str, table: ClauseTable) -> bool:
    """Whether a text has a word that opens a clause."""
    if not table.starts.isdisjoint(folded.replace(",", " ").split()):
        return True
    if folded.isascii() and "\\" not in folded:
        return False
    return any(phrase in folded for phrase in table.glued)


def _clauses(said: str, folded: str, candidate: Side, ctx: Context) -> Iterator[tuple[int, int]]:
    """Where clauses begin right behind the value that was read, and where their sentence ends."""
    table = ctx.rules.text.clauses
    own = texts.fold(candidate.texts[0])
    inside = table.opens.search(own)
    own = own[: inside.start()] if inside is not None and inside.start() else own
    own = _past_marks(own).rstrip(_AROUND)
    last = own.rpartition(" ")[2]
    if last in table.starts:  # "12, from" of "12, from which"
        own = own[: -len(last)].rstrip(_AROUND)
    for count, opening in enumerate(table.opens.finditer(folded)):
        if count == _MOST or not own:
            return
        before = said[: opening.start()].rstrip(_AROUND)
        head = texts.fold(texts.plain(before, ctx.rules.text, ctx.meter)).rstrip(_AROUND)
        if head.endswith(own) and not head[: -len(own)][-1:].isalnum():
            stop = _STOP.search(said, opening.end())
            yield opening.start(), len(said) if stop is None else stop.start()


def _told(said: str, folded: str, start: int, candidate: Side, ctx: Context) -> Finding | None:
    """What one clause says of the value before it."""
    table = ctx.rules.text.clauses
    near = table.nears.match(folded, start)
    if near is not None:
        members = _AGAIN.split(_within(said[near.end() :]), maxsplit=_MEMBERS)[:_MEMBERS]
        codes = (_is_far(member, candidate, ctx) for member in members)  # 2π ≈ 2 · 3.14 = 6.28
        code = next((code for code in codes if code is not None), None)
        return None if code is None else code.finding(candidate=candidate.shown, text=said[start:])
    again = table.says.match(folded, start)
    if again is not None:
        differs = _differs(said[again.end() :], candidate, ctx)
        if differs is not None:
            return (CONTRADICTS if differs else GOES_ON).finding(candidate=candidate.shown, text=said[start:])
    if table.steps.search(folded, start) is not None:
        return GOES_ON.finding(text=said[start:])
    for change in table.changes.finditer(folded, start):
        if _differs(said[change.end() :], candidate, ctx) is not None:
            return GOES_ON.finding(text=said[start:])
    return None


def _differs(rest: str, candidate: Side, ctx: Context) -> bool | None:
    """Whether what a clause gives is another value for sure, or perhaps.

    ``None`` where it is the same one, or no value of that kind by itself: "3 more than 9".
    """
    rest = _past_marks(_within(rest)).rstrip(_AROUND + ".!?")
    about = next((word for word in ctx.rules.text.clauses.about if texts.fold(rest).startswith(word + " ")), "")
    rest = rest[len(about) :].strip()
    for piece in _pieces(rest, ctx):
        read = [one for one in read_texts((Extraction(piece, "given", 0, len(piece)),), ctx, {})[1] if _is_bare(one)]
        told = [_is_other(one.answer, other.answer, ctx) for one in candidate.readings for other in read]
        if told and None not in told:
            return all(told) and not about
        if told:
            return None
    return None


def _past_marks(text: str) -> str:
    """A text without the marks in front of it: the dash of "– 5", and not the sign of "-5"."""
    marks = _BEFORE.match(text)
    return text if marks is None else text[marks.end() :]


def _is_far(rest: str, candidate: Side, ctx: Context) -> Code | None:
    """What a value behind "≈" makes of the one before it; ``None`` where it is near, or no value of that kind.

    Cut off counts as near, and so does what a fraction or product stands for by about.
    """
    rest = rest.strip(_AROUND + ".!?")
    for piece in _pieces(rest, ctx):
        read = [one for one in read_texts((Extraction(piece, "given", 0, len(piece)),), ctx, {})[1] if _is_bare(one)]
        if read:
            codes = [_far(one.answer, read[0].answer, ctx) for one in candidate.readings]
            return None if None in codes else GOES_ON if GOES_ON in codes else CONTRADICTS
    return None


def _far(own: Answer, other: Answer, ctx: Context) -> Code | None:
    """What a value that stands for another one by about makes of it; ``None`` where it is near."""
    if isinstance(own, formula.Collection) and isinstance(other, formula.Collection):
        members = [[one for item in side.items for one in plusminus.spread(item)] for side in (own, other)]
        if len(members[0]) != len(members[1]):
            return None
        gaps = [_gap(one, two, ctx) for one, two in zip(members[0], members[1], strict=True)]
        return GOES_ON if any(gap is not None and gap[1] > _ROUGH for gap in gaps) else None
    if not isinstance(own, restated.VALUES) or not isinstance(other, restated.VALUES):
        return None
    units = [side.unit for side in (own, other) if isinstance(side, (Quantity, Measure))]
    if len(units) > 1 and not fitting(*units):
        return None
    if restated.is_share(own, other) or restated.agree(own, other, ctx):
        return None
    if len(units) > 1 and not same_unit(*units):
        return GOES_ON
    amount = other.magnitude if isinstance(other, Quantity) else other
    gap = _gap(_amount(own), _amount(other), ctx)
    if gap is None or not isinstance(amount, Number) or amount.fraction or abs(amount.exponent10) > _MOST_PLACES:
        return GOES_ON if gap is not None and gap[1] > _ROUGH else None
    last = fmpq(10) ** amount.exponent10
    if gap[0] <= (last if amount.decimal else last / 2):  # rounded, or cut off
        return None
    if amount.decimal:
        return CONTRADICTS if gap[1] > _SLIP else GOES_ON
    return GOES_ON if gap[1] > _ROUGH else None


def _gap(own: Expr, other: Expr, ctx: Context) -> tuple[fmpq, fmpq] | None:
    """How far two constants are apart, and how far for each unit of the first; ``None`` where it is not known."""
    first, second = (None if symbols(side) else zero.decimal(side, _FIGURES, ctx.meter) for side in (own, other))
    if first is None or second is None:
        return None
    gap = abs(first - second)
    return (gap, gap / abs(first)) if first else None


def _amount(side: restated.Value) -> Expr:
    if isinstance(side, Measure):
        return side.amount.tree
    return tree_of(side.magnitude if isinstance(side, Quantity) else side)


_AGAIN: Final = re.compile(r"[=≈]|\\approx(?![a-z])")
_MEMBERS: Final = 4  # of a chain that are weighed
_FIGURES: Final = 18  # to which values are worked out that stand for each other by about
_MOST_PLACES: Final = 60
_SLIP: Final = fmpq(1, 100)  # a decimal that is nearer may be a slip of a figure
_ROUGH: Final = fmpq(1, 20)  # a whole number or a fraction that is nearer may be meant roughly


def _within(rest: str) -> str:
    """A clause up to the bracket that closes before one opens in it: of "12 (which is 3 × 4)"."""
    depth = 0
    for at, sign in enumerate(rest[:LONGEST]):
        depth += (sign in _OPENING_BRACKETS) - (sign in _CLOSING_BRACKETS)
        if depth < 0:
            return rest[:at]
    return rest


_OPENING_BRACKETS, _CLOSING_BRACKETS = frozenset("([{（"), frozenset(")]}）")


def _pieces(rest: str, ctx: Context) -> Iterator[str]:
    """A clause, and what it is up to a comma or a reason."""
    if rest and len(rest) <= LONGEST:
        yield rest
    cut = _PIECE.search(rest)
    reasons = ctx.rules.text.asides.reasons
    at = next((word.start() for word in _WORD.finditer(texts.fold(rest)) if word[0] in reasons), len(rest))
    end = min(at, len(rest) if cut is None else cut.start())
    if 0 < end < len(rest):
        yield rest[:end].rstrip(_AROUND)


def _is_bare(reading: Reading) -> bool:
    """Whether a reading is a value of a kind that is compared, and nothing beside it."""
    answer = reading.answer
    noun = answer.noun if isinstance(answer, Number) else ""
    return isinstance(answer, _COMPARED) and not reading.label and reading.unread in {"", noun}


def _is_other(own: Answer, other: Answer, ctx: Context) -> bool | None:
    """Whether the second is another value than the first, or perhaps; ``None`` if it is the same or of another sort."""
    if type(own) is not type(other) and not (isinstance(own, _GROUPS) and isinstance(other, _GROUPS)):
        return None
    sure = True
    if isinstance(own, Quantity) and isinstance(other, Quantity):
        if not fitting(own.unit, other.unit):
            return None
        sure = own.unit == other.unit  # "5 km, which is 3 miles" is perhaps a rough word for it
    if isinstance(own, _GROUPS) and isinstance(other, _GROUPS) and _is_other_sort(own, other, ctx):
        return None
    ctx.meter.depth += 1
    try:
        found = (ctx.compare(own, other).decision, ctx.compare(other, own).decision)
        if Decision.CORRECT in found:
            return None
        if isinstance(own, restated.VALUES) and isinstance(other, restated.VALUES) and restated.agree(own, other, ctx):
            return None
    finally:
        ctx.meter.depth -= 1
    return sure and found == (Decision.INCORRECT, Decision.INCORRECT)


def _is_other_sort(own: Answer, other: Answer, ctx: Context) -> bool:
    """Whether a number or formula counts something else, is a share, or has names of its own."""
    if isinstance(other, Number) and other.noun:
        alike = isinstance(own, Number) and own.noun == other.noun
        if not alike and other.noun not in ctx.demand.words:
            return True
    if not isinstance(own, restated.VALUES) or not isinstance(other, restated.VALUES):
        return False
    return restated.is_share(own, other) or not restated.names_of(other) <= restated.names_of(own)


# --- the label of an option -----------------------------------------------------------------------------------------


def _is_choice(answer: Answer) -> bool:
    return isinstance(answer, (choice.Choice, choice.Choices, truth.Truth))


_LABEL: Final = re.compile(
    r"(?:(?<=[\s(\[=:→,*，、：\u3040-\u9fff])|^)([A-Z])(?=[)\]]?[\s*.,;。、]*(?:$|[,;]\s|\.\s)|です|[项項])"
)
_SMALL: Final = re.compile(r"[\s*_(\[$]{0,4}([a-z])[).:]\s")
_PLACE: Final = re.compile(r"\b([a-z]{4,8}) ([a-z]{5,12})\b")


def _label_beside(wide: str, candidate: Side, ctx: Context) -> str | None:
    """The label of another option above or behind what is marked, or before it in small letters (POLICY 48).

    Behind a label so stands the text of another option.
    """
    above, behind = ("", "") if candidate.found is None else candidate.found.beside
    small = _SMALL.match(wide)
    chosen = any(_is_choice(one.answer) for one in candidate.readings)
    places = [] if chosen else _places(texts.fold(wide if len(wide) <= _SHORT else ""), ctx)
    assigned = set() if chosen else {one.label for one in candidate.readings if one.label}
    if not (above or behind or places or assigned or (small is not None and not chosen)):
        return None
    ctx.meter.spend(8 * (len(above) + len(behind) + len(wide[:_SHORT])))
    listed = {option.label for option in ctx.demand.options}
    named = {small[1].upper()} & listed if small is not None and not chosen else set()
    named |= {ctx.demand.options[place].label for place in places}
    named |= {label for label in listed.intersection(assigned) if not conditions.is_named(label, ctx)}  # "B = 12"
    for piece in (above, behind):
        named |= _labels(piece, ctx)
    if chosen and behind and not named:
        read = read_texts((Extraction(behind, "given", 0, len(behind)),), ctx, {})[1]
        told = Side(tuple(filter(_is_bare, read)), "")
        named = {option.label for option in ctx.demand.options if told.readings and _is_worth(option, told, ctx)}
    if not named:
        return None
    own = {one.answer.label for one in candidate.readings if isinstance(one.answer, choice.Choice)}
    own = own or {option.label for option in ctx.demand.options if _is_worth(option, candidate, ctx)}
    return min(named) if own and named.isdisjoint(own) else None


def _labels(piece: str, ctx: Context) -> set[str]:
    """The labels that a short text names: it is one, or says that the answer is."""
    if not piece:
        return set()
    read = read_texts((Extraction(piece, "given", 0, len(piece)),), ctx, {})[1]
    labels = {one.answer.label for one in read if isinstance(one.answer, choice.Choice) and not one.unread}
    if labels:
        return labels
    folded = texts.fold(piece)
    found = {match[1] for match in _LABEL.finditer(piece) if _names_label(folded, match, ctx)}
    return found & {option.label for option in ctx.demand.options}


def _places(folded: str, ctx: Context) -> list[int]:
    """The places that a text gives to options: "the second option"."""
    found: list[int] = []
    for match in _PLACE.finditer(folded):
        word = ctx.rules.numbers.words.get(match[1])
        if match[2] in ctx.rules.choices.nouns and word is not None and word.kind == "ordinal":
            found.append(word.value - 1)
    return [place for place in found if 0 <= place < len(ctx.demand.options)]


_SIGN: Final = re.compile(r"(?:=|→|->|⇒|[(\[])[\s(\[*]*\Z")


def _other_label(said: str, candidate: Side, ctx: Context) -> str | None:
    """The label that an answer by value names beside it, where that is another option's; ``None`` if it names none."""
    folded = texts.fold(said)
    found = [match for match in _LABEL.finditer(said) if _names_label(folded, match, ctx)]
    if not found:
        return None
    listed = {option.label for option in ctx.demand.options}
    named = {match[1] for match in found} & listed
    own = {option.label for option in ctx.demand.options if _is_worth(option, candidate, ctx)}
    return min(named) if named and own and named.isdisjoint(own) else None


def _names_label(folded: str, match: re.Match[str], ctx: Context) -> bool:
    """Whether a capital stands where a label does: behind "option", "is" or a sign, and never behind a number."""
    before = folded[max(0, match.start() - _LEAD) : match.start()]
    return _SIGN.search(before) is not None or ctx.rules.text.clauses.labels.search(before) is not None


_LEAD: Final = 24


def _is_worth(option: Option, candidate: Side, ctx: Context) -> bool:
    """Whether an option's text, read as a value, is the answer's."""
    ctx.meter.depth += 1
    try:
        return any(
            ctx.compare(one.answer, own.answer).decision is Decision.CORRECT
            for one in values(option.text, ctx)
            for own in candidate.readings
        )
    finally:
        ctx.meter.depth -= 1


# --- one of several values ------------------------------------------------------------------------------------------


def chosen(candidate: Side, ctx: Context) -> Side:
    """An answer of several values as the one that it settles on: "x = 2 or x = -2. Since x > 0, x = 2" (POLICY 2).

    The last clause gives one of them and nothing else, and the clause before it is a reason without an equation. A
    last clause that discards one of two settles on the other.
    """
    several = candidate.readings[0] if len(candidate.readings) == 1 else None
    if several is None or not isinstance(several.answer, formula.Collection) or candidate.found is None:
        return candidate
    if several.answer.shape not in _UNORDERED or len(candidate.texts) != 1:
        return candidate
    wide = candidate.found.candidates[0].text[: LONGEST + 1].rstrip(" .*$\n")
    if len(wide) > LONGEST:
        return candidate
    cuts = [match.span() for match in _CUT.finditer(wide)]
    if len(cuts) < _CLAUSES:
        return candidate
    begin, at = cuts[-2][1], cuts[-1][1]
    reason, last = texts.fold(wide[begin : cuts[-1][0]]), wide[at:].strip(" *$")
    first = [word[0] for word in _WORD.finditer(reason)][:_OPENING]
    asides = ctx.rules.text.asides
    if asides.reasons.isdisjoint(first) or "=" in reason or not asides.cases.isdisjoint(_WORD.findall(reason)):
        return candidate
    head = texts.plain(wide[: cuts[-2][0]], ctx.rules.text, ctx.meter)
    if head.rstrip(_AROUND) not in candidate.texts[0] and candidate.texts[0].rstrip(_AROUND) not in head:
        return candidate
    words, read = read_texts((Extraction(last, "given", 0, len(last)),), ctx, {})
    if len(read) != 1 or read[0].unread or read[0].label not in {"", several.label}:
        return candidate
    value = read[0].answer
    if not isinstance(value, _GROUPS):
        return candidate
    members = [one for item in several.answer.items for one in plusminus.spread(item)]
    told = [collection.member(one, tree_of(value), ctx).decision for one in members]
    if Decision.CORRECT not in told:
        return candidate
    if ctx.rules.choices.deny.search(texts.fold(last)) is not None:  # "Since 2 is extraneous, we discard x = 2"
        rest = {one for one, decision in zip(members, told, strict=True) if decision is Decision.INCORRECT}
        if len(rest) != 1 or Decision.PASS in told:
            return candidate
        value = formula.understand(rest.pop()).answer
        read = (msgspec.structs.replace(read[0], answer=value),)
    return msgspec.structs.replace(candidate, readings=read, shown=ctx.show(value), texts=words)


_CUT: Final = re.compile(r"[,;]\s+(?:(?:and|but)\s+)?|(?<=[\w$)])[.]\s+|[,;]?\s+(?=since\s|because\s)")
_CLAUSES: Final = 2
_OPENING: Final = 2  # words of a reason among which the one stands that opens it: "and since", "but because"
_UNORDERED: Final = frozenset({"set", "list"})
