"""What the question asks for: its options, the unit, whether a percentage, an exact value or a count is wanted.

Read once per grade.
"""

from __future__ import annotations

import re

import msgspec

from verifier.engine import text as texts
from verifier.engine.units import read_unit
from verifier.types.budget import Meter
from verifier.types.rules import DemandTable, Dimension, Rules, UnitDefinition, UnitTable
from verifier.types.sample import Option, Sample

_PLACES = re.compile(
    r"(?:to|correct to|with|using|nearest) (?:the nearest )?(?P<count>\d+|one|two|three|four|five|six) "
    r"(?P<what>decimal (?:place|digit)s?|d\.?p\.?|significant (?:figure|digit)s?|s\.?f\.?|sig\.? ?figs?)"
)
_NEAREST = {
    "nearest tenth": 1,
    "nearest hundredth": 2,
    "nearest thousandth": 3,
    "nearest cent": 2,
    "nearest penny": 2,
    "nearest whole": 0,
    "nearest integer": 0,
    "nearest dollar": 0,
}
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


class Demand(msgspec.Struct, frozen=True):
    """What the question says of its answer; all fields may be empty.

    ``unit`` is the one unit the answer is asked in (``None`` if none or several are named), ``measures`` the dimensions
    that it asks for without a unit ("how long"), ``money`` says that it asks for an amount; ``words`` are the folded
    words of the question, ``numbers`` its numerals as written, ``asking`` the sentence that asks, without its own
    quantities; ``places`` and ``significant`` are digits asked for; ``scale`` says that it speaks of thousands or
    millions, ``rounding_task`` that it asks to round a given number, ``verbatim`` that the answer is a name of digits.
    ``forms`` are the forms asked for (``rules/demand/forms.toml``), ``family`` says that arbitrary constants belong to
    the answer, ``antiderivative`` that any one of such a family answers, ``ordered`` and ``unordered`` whether the
    order of several values counts, ``whole`` that they are whole numbers, ``degrees`` that
    bare angles are degrees; ``question`` is the end of the question as it was
    written.
    """

    options: tuple[Option, ...] = ()
    option_words: tuple[tuple[str, ...], ...] = ()
    unit: UnitDefinition | None = None
    percent: bool = False
    exact: bool = False
    count: bool = False
    pure_number: bool = False
    scale: bool = False
    places: int | None = None
    significant: int | None = None
    lowest_terms: bool = False
    rounding_task: bool = False
    forms: frozenset[str] = frozenset()
    family: bool = False
    antiderivative: bool = False
    ordered: bool = False
    unordered: bool = False
    whole: bool = False
    degrees: bool = False
    question: str = ""
    verbatim: bool = False
    money: bool = False
    measures: frozenset[Dimension] = frozenset()
    asking: str = ""
    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    signs: str = ""
    asked: bool = False


_INTEGRAL = re.compile(r"(?:\\int|∫)(?! ?(?:\\limits)? ?[_^₀-₉⁰-⁹])")
_ASKED_IN = 8_000  # characters at the end of a question in which it says what it asks for
_WORDS = re.compile(r"[^\W\d_]+")
_ROUND = re.compile(r"\bround(?: off)? (?:the number )?\$?-?\d")
_NUMERALS = re.compile(r"\d[\d,.]*(?<=\d)")


def read_demand(sample: Sample, options: tuple[Option, ...], rules: Rules, meter: Meter) -> Demand:
    """The demand of the sample's question; of a very long question the end is read, where it asks."""
    question = sample.question
    if not question or not question.strip():
        return Demand(options=options, option_words=_option_words(options, rules))
    end = texts.unlatex(texts.characters(question[-_ASKED_IN:], rules.text), rules.text, meter)
    text = texts.fold(end)
    words = frozenset(_WORDS.findall(text))
    asking = _asking(text)
    unnumbered = _unnumbered(asking)
    table = rules.demand
    unit = _unit(end, text, table, rules.units)
    places, significant = _precision(text)
    told = _phrases(text, words, table)
    asked = frozenset(phrase for phrase in told if phrase in asking)
    one = not told.isdisjoint(table.antiderivative)
    counted = unit is None and not told.isdisjoint(table.count)
    return Demand(
        options=options,
        option_words=_option_words(options, rules),
        unit=unit,
        percent=any(phrase in unnumbered for phrase in table.percent & told),
        exact=not told.isdisjoint(table.exact),
        count=counted and places is None and significant is None,
        pure_number=not told.isdisjoint(table.pure_number),
        scale=not told.isdisjoint(table.scale),
        places=places,
        significant=significant,
        lowest_terms=not told.isdisjoint(table.lowest_terms),
        rounding_task="round" in text and _ROUND.search(text) is not None,
        forms=frozenset(table.forms[phrase] for phrase in asked if phrase in table.forms),
        family=not one and (not told.isdisjoint(table.family) or _INTEGRAL.search(end) is not None),
        antiderivative=one,
        ordered=not asked.isdisjoint(table.ordered),
        unordered=not told.isdisjoint(table.unordered),
        whole=not told.isdisjoint(table.whole),
        degrees=not told.isdisjoint(table.degrees),
        question=question[-_ASKED_IN:],
        verbatim=any(re.search(rf"\b{re.escape(phrase)}\b", asking) for phrase in asked & table.verbatim),
        money=not asked.isdisjoint(table.money),
        measures=frozenset(
            dimension for phrase in asked if phrase in table.measures for dimension in table.measures[phrase]
        ),
        asking=unnumbered,
        words=words,
        numbers=frozenset(_NUMERALS.findall(text)),
        signs="".join(sign for sign in "$€£¥₹%°" if sign in text),
        asked=True,
    )


def _phrases(text: str, words: frozenset[str], table: DemandTable) -> frozenset[str]:
    """All phrases of the rules that a text holds, where a word of it begins as they do."""
    starts = {word[:3] for word in words}
    starts.add("")
    found = table.starts.keys() & starts
    return frozenset([phrase for start in found for phrase in table.starts[start] if phrase in text])


def _asking(text: str) -> str:
    """The sentence of a question that asks: the last one with a question mark, else the last; what follows it too."""
    mark = text.rfind("?")
    end = len(text) if mark < 0 else mark
    start = 0
    for match in _SENTENCE.finditer(text, 0, end):
        start = match.end()
    return text[start:]


def _unnumbered(asking: str) -> str:
    """The asking sentence without what stands right behind a number in it: "in 2 hours" asks for no hours."""
    return _NUMBERED.sub(" ", asking)


_SENTENCE = re.compile(r"[.!?\n](?<!\s[.!?\n])\s++(?=\S)")
_NUMBERED = re.compile(r"(?<![\d,.])\d[\d,.]*+ ?[^\W\d_]+")


def _option_words(options: tuple[Option, ...], rules: Rules) -> tuple[tuple[str, ...], ...]:
    return tuple(texts.words(option.text, rules.text) for option in options)


def _precision(text: str) -> tuple[int | None, int | None]:
    if "nearest" in text:
        for phrase, places in _NEAREST.items():
            if phrase in text:
                return places, None
    match = _PLACES.search(text)
    if match is None:
        return None, None
    count = _NUMBERS.get(match["count"]) or int(match["count"][:3])
    return (count, None) if match["what"].startswith("d") else (None, count)


def _unit(question: str, text: str, table: DemandTable, units: UnitTable) -> UnitDefinition | None:
    """The one unit that the question's demand phrases name; two different ones name none."""
    found: list[UnitDefinition] = []
    for phrase in table.unit:
        before, _, after = phrase.partition("{unit}")
        start = text.find(before)
        while start >= 0:
            end = start + len(before)
            if start == 0 or not text[start - 1].isalnum():
                read = read_unit(question, end, units)
                if read is not None and _closed(text, read[1], after):
                    found.append(read[0])
            start = text.find(before, end)
    if not found or any(
        (unit.dimension, unit.factor, unit.pi) != (found[0].dimension, found[0].factor, found[0].pi) for unit in found
    ):
        return None
    return found[0]


def _closed(text: str, end: int, after: str) -> bool:
    """Whether the unit's text ends at a word's end, followed by what the phrase asks for."""
    return (end >= len(text) or not text[end].isalnum()) and text.startswith(after, end)
