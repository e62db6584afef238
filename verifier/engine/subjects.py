"""Of what an answer that agrees says that it is the value: of another quantity than the question asks for (POLICY 189).

"The diameter is 4" agrees with a radius of 4 and does not answer it; neither does ``f(3) = 5`` where f(2) is asked
for, nor ``x = 7`` for x + y. Only names that contradict each other count; a name that merely differs is free.
"""

from __future__ import annotations

import re
from typing import Final

from verifier.engine import text as texts
from verifier.engine.kinds.kind import Context
from verifier.engine.numerals import Number
from verifier.engine.sides import Side
from verifier.engine.units import read_unit
from verifier.types.verdict import Code, Decision, Finding, passes

OTHER = passes(
    "subject.other", "The answer agrees, and it says that it is the value of something else than is asked for.",
    specific=8,
)  # fmt: skip
CODES: tuple[Code, ...] = (OTHER,)

_SAME_VALUE: Final = "relation.same_value"  # two equations of which only the values were compared
_ASKED: Final = 2_000  # characters at the end of a question in which it says what it asks for
_LONGEST: Final = 200  # characters of an answer that names what it is the value of
_LABEL: Final = re.compile(r"[^=≈:]{1,80}?(?=\s?(?:=|≈|:)|\s(?:is|are|was|were|equals|gets|has|will be|would be)\s)")
_SENTENCE_END: Final = re.compile(r"(?<!\b[A-Z][a-z])(?<!\b[A-Z][a-z]{2})[.?!](?:\s|$)|\n")  # and no "Mr. Julius"
_WORDS: Final = re.compile(r"\w+(?:-\w+)?")
_DRESS: Final = re.compile(r"\\left|\\right|\\[,;! ]|[${}\s]|\\mathrm|\\text|\\operatorname|\\displaystyle")
_ANGLE: Final = re.compile(r"\\angle|∠|\bangle\b", re.IGNORECASE)
_RAISED: Final = re.compile(r"\^\(?(?:\\circ|°|\\ast|\*|\+|-|o)\)?|_\w+")
_NEGATED: Final = re.compile(
    r"(?:\bnot |¬|\\neg ?|~)([A-Z])|\\(?:bar|overline)\{?([A-Z])\}?|([A-Z])(?:'|\^c|\^C|\\complement)"
)
_FUNCTION: Final = re.compile(r"\\?(?:arc)?(?:sin|cos|tan|cot|sec|csc|log|ln|sqrt|exp)")
_FORMULA: Final = re.compile(r"[A-Za-z0-9_'^+\-*/()|√πα-ω∠~\\]{1,40}")
_OPERATOR: Final = re.compile(r"[+*/^√]|(?<=\w)-|\d[a-z]|[a-z]{2}")
_LETTER: Final = re.compile(r"[A-Za-zα-ω]")
_APPLIED: Final = re.compile(r"([A-Za-z])\((~?\w{1,3}|-\d{1,3})\)")
_INDEXED: Final = re.compile(r"([A-Za-z])_(\w{1,3})")
_SEGMENT: Final = re.compile(r"[A-Z]{2,3}")
_CORNER: Final = re.compile(r"∠[A-Z]")
_RATE: Final = re.compile(r"d(\w)/d\w")
_THING: Final = re.compile(r"([a-z]{3,}) ([A-Z])(?!\w)")
_OWNER: Final = re.compile(r"([A-Z][a-z]+)['’]s\b")
_OF: Final = re.compile(r"(\w+) of ([A-Z][a-z]+)(?![\w'’])")
_CAPITALS: Final = re.compile(r"(?<!\w)[A-Z][a-z]+(?!\w)")
_NAME: Final = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")


def other(gold: Side, candidate: Side, finding: Finding, ctx: Context) -> Finding | None:
    """A pass where an answer that agrees is said of another quantity; ``None`` where nothing contradicts."""
    if finding.decision is not Decision.CORRECT or candidate.found is None:
        return None
    wide = candidate.found.candidates[0].text
    if len(wide) > _LONGEST or not (candidate.found.lead or _may_name(wide)):
        return None
    behind = _BEHIND.match(wide)
    if behind is not None:
        ctx.meter.spend(4 * len(ctx.demand.question))
        wanted = _asked(ctx)
        if _is_rival(behind[1], wanted, ctx) or (wanted and _is_other_thing(behind[1], wanted, ctx.demand.question)):
            return OTHER.finding(asked=ctx.demand.asking.strip(), said=behind[1])
    lead = candidate.found.lead
    named = _LABEL.match(f"{lead} {wide}" if lead else wide)
    if named is None:
        return None
    label = _SENTENCE_END.split(named[0])[-1].strip(" *_$\\([")
    if lead and (label == wide.strip(" *_$\\([") or not _tells(label, ctx)):
        return None
    if _is_in_other_unit(label, candidate, ctx):
        return OTHER.finding(asked=ctx.demand.asking.strip(), said=label)
    if finding.code.partition(".")[0] in _NAMES and (_drops_denial(label, ctx) or _is_turned(label, ctx)):
        return OTHER.finding(asked=ctx.demand.asking.strip(), said=label)
    own = _LABEL.match(gold.given) if finding.code == _SAME_VALUE else None
    asked = _asked(ctx)
    wanted = [*asked, own[0]] if own is not None else asked
    if not wanted:
        return None
    ctx.meter.spend(4 * len(ctx.demand.question))
    if (
        _is_rival(label, wanted, ctx)
        or any(_is_other_formula(_formula(label, ctx), _formula(one, ctx)) for one in wanted[-2:])
        or _is_other_thing(label, wanted, ctx.demand.question)
    ):
        return OTHER.finding(asked=wanted[-1], said=label)
    return None


def _tells(label: str, ctx: Context) -> bool:
    """Whether the words before a box may name another quantity: they have a name of one, a letter, a unit or a name."""
    return _TELLING.search(label) is not None or ctx.rules.demand.rivals.name.search(texts.fold(label)) is not None


_TELLING: Final = re.compile(
    r"(?<![^\W_])[^\W\d_](?![^\W_])|[A-Z]{2}|[$\\(_]|['’]s\b|(?<=[a-z,] )[A-Z]| in \S+\Z|\b(?:not|from)\b"
)


def _is_in_other_unit(label: str, candidate: Side, ctx: Context) -> bool:
    """Whether a subject gives its bare number in another unit than the question asks for: "the length in m"."""
    wanted = ctx.demand.unit
    if wanted is None or not all(isinstance(one.answer, Number) and not one.unread for one in candidate.readings):
        return False
    said = _IN.search(label)
    unit = None if said is None else read_unit(said[1], 0, ctx.rules.units)
    if unit is None or unit[1] < len(said[1] if said else ""):
        return False
    own = unit[0]
    return (own.dimension, own.factor) != (wanted.dimension, wanted.factor)


_IN: Final = re.compile(r" (?:in |\()([^\W\d_][\w/²³^]{0,18})\)?\Z")
_BEHIND: Final = re.compile(
    r"[^A-Za-z]{0,12}\d[^\s,]{0,12}[,:]? ?[–—(-]{0,2} ?(?:(?:which|that|this|it) )?"
    r"(?:(?:is|was|are|were|represents|being) )?(?:the|its|their|our) ([^,.;:()\d]{2,60})"
)


def _drops_denial(label: str, ctx: Context) -> bool:
    """Whether a subject says the question again without its *not* or *never*: "the president who married"."""
    denying = ctx.rules.demand.rivals.denying
    asked, said = (texts.words_of(texts.fold(one)) for one in (ctx.demand.asking, label))
    if denying.isdisjoint(asked) or not denying.isdisjoint(said):
        return False
    telling = [word for word in said if len(word) > _SHORT]
    return len(telling) > 1 and sum(_stem(word) in map(_stem, asked) for word in telling) >= len(telling) - 1


def _is_turned(label: str, ctx: Context) -> bool:
    """Whether a subject goes the other way, or is of what an earlier sentence of the question speaks of.

    "From Rome to Paris" for "from Paris to Rome"; "the capital of France" for "Paris is the capital of France. What is
    the capital of Spain?"
    """
    asking = ctx.demand.asking
    asked, said = (dict(_WAY.findall(texts.fold(one))) for one in (asking, label))
    if asked.keys() == said.keys() == {"from", "to"} and (asked["from"], asked["to"]) == (said["to"], said["from"]):
        return True
    told = texts.words_of(texts.fold(ctx.demand.question))
    here = texts.words_of(asking)
    own = [texts.fold(name) for name in _CAPITALS.findall(label)]
    strange = [name for name in own if name in told and name not in here]
    names = [name for name in map(texts.fold, _CAPITALS.findall(ctx.demand.question)) if name in here[1:]]
    return bool(strange) and any(name not in own for name in names)


def _stem(word: str) -> str:
    return word[:_STEM]


_NAMES: Final = frozenset({"phrase", "name", "chemistry", "identical"})  # stages that compare names
_WAY: Final = re.compile(r"\b(from|to) (?:the )?(\w+)")
_SHORT: Final = 3
_STEM: Final = 4


def _may_name(text: str) -> bool:
    return any(sign in text for sign in "=:≈") or " " in text


def _asked(ctx: Context) -> list[str]:
    """What stands behind the words that a question asks with, up to the end of each sentence."""
    question = ctx.demand.question[-_ASKED:]
    folded = texts.fold(question)
    found: list[tuple[int, str]] = []
    for phrase in ctx.rules.demand.rivals.asks:
        start = folded.find(phrase)
        while start >= 0:
            end = start + len(phrase)
            if not folded[max(0, start - 1) : start].isalnum() and not folded[end : end + 1].isalnum():
                stop = _SENTENCE_END.search(question, end)
                found.append((start, question[end : len(question) if stop is None else stop.start()].strip()))
            start = folded.find(phrase, end)
    return [asked for _, asked in sorted(found)]


def _is_rival(label: str, wanted: list[str], ctx: Context) -> bool:
    """Whether a label names a quantity of a row, and what is asked for another one of it and not that."""
    told = _named(label, ctx)
    if not told:
        return False
    asked = {place for one in wanted for places in _named(one, ctx) for place in places}
    said = {place for places in told for place in places}
    return any(
        {place for row, place in asked if row == own}
        and asked.isdisjoint((row, place) for row, place in said if row == own)
        for own in {row for row, _ in said}
    )


def _named(text: str, ctx: Context) -> list[frozenset[tuple[int, int]]]:
    table = ctx.rules.demand.rivals
    return [table.names[match[0]] for match in table.name.finditer(texts.fold(text))]


def _formula(text: str, ctx: Context) -> str:
    """A text as a formula without its dress, behind words that announce it; empty if it is none."""
    table = ctx.rules.demand.rivals
    text = _NEGATED.sub(lambda found: "~" + (found[1] or found[2] or found[3]), text)
    text = _ANGLE.sub("∠", text).strip(" $*\\([,")
    words = text.split()
    while words and words[0].lower().strip("$") in table.around:
        words.pop(0)
    end = next((at for at, word in enumerate(words) if at and word.lower().strip("$,") in table.ends), len(words))
    bare = _DRESS.sub("", " ".join(words[:end])).rstrip(".,:;")
    bare = bare if bare.count("(") == bare.count(")") else bare.strip("()")
    letters = _FUNCTION.sub("", bare)
    wordy = re.search(r"[A-Za-z]{3,}", letters)
    return (
        "" if _FORMULA.fullmatch(bare) is None or (wordy is not None and _SEGMENT.fullmatch(wordy[0]) is None) else bare
    )


def _is_other_formula(label: str, asked: str) -> bool:
    """Whether two formulas name different things: a part for the whole, or two of one shape."""
    if not label or not asked or label.casefold() == asked.casefold():
        return False
    if len(label) == 1 and label.isalpha():
        return _is_part(label, asked)
    for shape in (_APPLIED, _INDEXED):
        one, two = shape.fullmatch(label), shape.fullmatch(asked)
        if one is not None and two is not None:
            return _differ(one[1], two[1], one[2], two[2])
    if _SEGMENT.fullmatch(label) and _SEGMENT.fullmatch(asked):
        return len(label) == len(asked) and sorted(label) != sorted(asked)
    return _CORNER.fullmatch(label) is not None and _CORNER.fullmatch(asked) is not None


def _is_part(letter: str, asked: str) -> bool:
    """Whether a letter is an argument or an operand of what is asked for, or another letter."""
    rate = _RATE.fullmatch(asked)
    if rate is not None:
        return rate[1] == letter
    if len(asked) == 1:
        return asked.isalpha() and asked.casefold() != letter.casefold()
    if asked.startswith(f"{letter}("):
        return False
    plain = _RAISED.sub("", asked)
    function = _FUNCTION.search(plain) is not None
    inner = _FUNCTION.sub(" ", plain)
    return letter in _LETTER.findall(inner) and (function or _OPERATOR.search(inner) is not None)


def _differ(head: str, other_head: str, inside: str, other_inside: str) -> bool:
    """Whether two applications or indexed names are different ones: figures or capitals differ, or only the head."""
    if inside == other_inside:
        return head.casefold() != other_head.casefold()
    if head != other_head:
        return False
    figures = other_inside.lstrip("-").isdigit()
    capitals = inside.lstrip("~").isupper() and other_inside.lstrip("~").isupper()
    return (figures and (inside.lstrip("-").isdigit() or inside.isalpha())) or (
        capitals and len(inside.strip("~")) == 1
    )


def _is_other_thing(label: str, wanted: list[str], question: str) -> bool:
    """Whether a label speaks of block B or of Jerry's, and what is asked for of block A or of Tom's."""
    asked = " ".join(wanted)
    things = dict(_THING.findall(asked))
    for word, letter in _THING.findall(label):
        if word in things and not re.search(rf"(?<!\w){letter}(?!\w)", asked):
            return True
    names = {*_OWNER.findall(asked), *_NAME.findall(asked)}
    if not names:
        return False
    owners = {*_OWNER.findall(label)} - _NO_NAMES
    owners |= {name for head, name in _OF.findall(label) if head == "age" or name in _CAPITALS.findall(question)}
    first = _WORDS.match(label)
    if first is not None and first[0] in _CAPITALS.findall(question):
        owners.add(first[0])
    told = {word.lower() for word in _WORDS.findall(asked)}
    return bool(owners - _NO_NAMES) and all(owner.lower() not in told for owner in owners)


_NO_NAMES: Final = frozenset({"It", "That", "Here", "Let", "What", "There", "He", "She", "This", "Who", "Where", "How"})
