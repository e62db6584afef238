"""What the question asks for: its options, the unit, whether a percentage, an exact value or a count is wanted.

Read once per grade.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from itertools import islice
from typing import Final

import msgspec

from verifier.engine import text as texts
from verifier.engine.unit_asked import asking_start, unit_asked
from verifier.engine.units import read_unit
from verifier.types.budget import Meter
from verifier.types.called import Called
from verifier.types.rules import STARTS, DemandTable, Dimension, Rules, Tolerance, UnitDefinition, UnitTable
from verifier.types.sample import Option, Sample

_PLACES: Final = re.compile(
    r"(?:to|correct to|with|using|nearest|in|give|\() ?(?:at least |exactly |the nearest )?"
    r"(?P<count>\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten) "
    r"(?P<what>decimal(?: (?:place|digit)s?|s)|d\.?p\.?|places of decimals|significant (?:figure|digit)s?"
    r"|s\.?f\.?|sig\.? ?figs?)(?!\w)"
)

_PLACE_WORDS: Final = ("decimal", "sig", "d.p", "dp", "s.f", "sf")  # one of which the pattern needs


class Demand(msgspec.Struct, frozen=True, gc=False):
    """What the question says of its answer; all fields may be empty.

    ``unit`` is the one unit the answer is asked in (``None`` if none or several are named), ``measures`` the dimensions
    that it asks for without a unit ("how long"), ``money`` says that it asks for an amount; ``words`` are the folded
    words of the question, ``numbers`` its numerals as written, ``asking`` the sentence that asks, without its own
    quantities; ``places`` and ``significant`` are digits asked for; ``scale`` says that it speaks of thousands or
    millions, ``rounding_task`` that it asks to round a given number, ``verbatim`` that the answer is a name of digits.
    ``nearest_unit`` is the unit whose whole number is asked for ("the nearest metre"), ``tolerance`` how far the answer
    may be off, ``uncertainty`` that its error is asked for, ``extreme`` that a bound may be; ``base`` is the base of
    numerals asked for, ``roman`` says that Roman numerals are spoken of; ``language`` is the language it is asked in,
    ``comma`` says that this writes a decimal comma.
    ``forms`` are the forms asked for (``rules/demand/forms.toml``), ``family`` says that arbitrary constants belong
    to the answer, ``antiderivative`` that any one of such a family answers, ``ordered`` and ``unordered`` whether the
    order of several values counts, ``whole`` that they are whole numbers, ``spans`` that it may be all numbers
    between two ends, ``points`` that one answer has several coordinates, ``degrees`` that bare angles are degrees,
    ``difference`` that a difference of temperatures is asked for, ``direction`` that a direction is, ``labelled``
    that the answer is a label of figures and letters; ``question`` is the end of the question as it was written.
    ``called`` says of which signs between figures make no arithmetic in what is asked for, ``letter`` that a letter or
    a name is, ``rewrite`` that a value of the question is to be written in another way.
    """

    options: tuple[Option, ...] = ()
    option_words: tuple[tuple[str, ...], ...] = ()
    options_asked: bool = False
    labels: bool = False
    unit: UnitDefinition | None = None
    percent: bool = False
    exact: bool = False
    count: bool = False
    pure_number: bool = False
    scale: bool = False
    places: int | None = None
    significant: int | None = None
    nearest_unit: UnitDefinition | None = None
    tolerance: Tolerance | None = None
    uncertainty: bool = False
    extreme: bool = False
    base: int | None = None
    roman: bool = False
    language: str = ""
    comma: bool = False
    lowest_terms: bool = False
    rounding_task: bool = False
    forms: frozenset[str] = frozenset()
    family: bool = False
    antiderivative: bool = False
    ordered: bool = False
    unordered: bool = False
    spans: bool = False
    points: bool = False
    whole: bool = False
    degrees: bool = False
    difference: bool = False
    direction: bool = False
    labelled: bool = False
    question: str = ""
    verbatim: bool = False
    money: bool = False
    measures: frozenset[Dimension] = frozenset()
    called: tuple[Called, ...] = ()
    letter: bool = False
    rewrite: bool = False
    asking: str = ""
    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    signs: str = ""
    asked: bool = False


def required(demand: Demand, names: frozenset[str]) -> Demand:
    """The demand of a question whose profile makes demands of its own (``demands`` of ``rules/profiles``)."""
    if not names:
        return demand
    integer = "integer" in names
    return msgspec.structs.replace(
        demand,
        exact=demand.exact or integer or "exact" in names,
        whole=demand.whole or integer,
        extreme=demand.extreme and not integer,
        options_asked="options" in names,
        labels="labels" in names,
    )


_INTEGRAL: Final = re.compile(r"(?:\\int|∫)(?! ?(?:\\limits)? ?[_^₀-₉⁰-⁹])")
_ASKED_IN: Final = 8_000  # characters at the end of a question in which it says what it asks for
_ROUND: Final = re.compile(r"\bround(?: off)? (?:the number )?\$?-?\d")
_NUMERALS: Final = re.compile(r"\d[\d,.]*(?<=\d)")


def read_demand(sample: Sample, options: tuple[Option, ...], rules: Rules, meter: Meter) -> Demand:
    """The demand of the sample's question; of a very long question the end is read, where it asks."""
    question = sample.question
    if not question or not question.strip():
        language = _language_of_answer(sample, rules, meter)
        foreign = bool(language) and language != _ENGLISH
        return Demand(options=options, option_words=_option_words(options, rules), language=language, comma=foreign)
    end = texts.unlatex(texts.characters(question[-_ASKED_IN:], rules.text), rules.text, meter)
    text = texts.fold(end)
    meter.spend(len(text))  # it is searched a good many times
    words = frozenset(texts.words_of(text))
    asking = _asking(text)
    unnumbered = _unnumbered(asking)
    table = rules.demand
    unit = unit_asked(end, text, table, rules.units)
    places, significant, nearest_unit = _precision(text, table, rules.units)
    base = _base(asking, rules)
    language = _language(words, rules)
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
        nearest_unit=nearest_unit,
        tolerance=_tolerance(text, table),
        uncertainty=not told.isdisjoint(table.uncertainty),
        extreme=not told.isdisjoint(table.extremes),
        base=None if base == _TEN else base,
        roman="roman" in words and not words.isdisjoint(("numeral", "numerals", "number", "numbers")),
        language=language,
        comma=bool(language) and language != _ENGLISH,
        lowest_terms=not told.isdisjoint(table.lowest_terms),
        rounding_task="round" in text and _ROUND.search(text) is not None,
        forms=frozenset(table.forms[phrase] for phrase in asked if phrase in table.forms),
        family=not one and (not told.isdisjoint(table.family) or _INTEGRAL.search(end) is not None),
        antiderivative=one,
        ordered=not asked.isdisjoint(table.ordered),
        unordered=not told.isdisjoint(table.unordered),
        spans=not told.isdisjoint(table.spans),
        points=not told.isdisjoint(table.points),
        whole=not told.isdisjoint(table.whole),
        degrees=not told.isdisjoint(table.degrees),
        difference=not asked.isdisjoint(table.difference),
        direction=not asked.isdisjoint(table.direction),
        labelled=not asked.isdisjoint(table.labelled),
        question=question[-_ASKED_IN:],
        verbatim=base is None and _stands(asked & table.verbatim, asking),
        money=not asked.isdisjoint(table.money),
        measures=frozenset(
            dimension for phrase in asked if phrase in table.measures for dimension in table.measures[phrase]
        ),
        called=_called(asked, asking, text, table),
        letter=_stands(table.letter & asked, asking) and not _stands(table.valued & asked, asking),
        rewrite=not told.isdisjoint(table.rewrite) or not told.isdisjoint(table.rewritten),
        asking=unnumbered,
        words=words,
        numbers=frozenset(_NUMERALS.findall(text)),
        signs="".join(sign for sign in "$€£¥₹%°" if sign in text),
        asked=True,
    )


def _stands(phrases: Iterable[str], text: str) -> bool:
    """Whether a phrase stands in a text as whole words."""
    return any(re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) for phrase in phrases)


def _called(asked: frozenset[str], asking: str, text: str, table: DemandTable) -> tuple[Called, ...]:
    """Which signs make no arithmetic in what is asked for: those between the figures of a verse, or a score."""
    found = [phrase for phrase in asked if phrase in table.called and _stands((phrase,), asking)]
    if not found or not asked.isdisjoint(table.count):
        return ()  # how many verses
    numbered = _NUMERALS.search(text) is not None
    every = [one for phrase in found for one in table.called[phrase] if not (one.unnumbered and numbered)]
    if _stands(asked & table.ratio, asking):
        every = [one for one in every if ":" not in one.signs]
    return tuple(every)


def _phrases(text: str, words: frozenset[str], table: DemandTable) -> frozenset[str]:
    """All phrases of the rules that a text holds, where a word of it begins as they do."""
    starts = {word[:STARTS] for word in words}
    starts.add("")
    found = table.starts.keys() & starts
    return frozenset([one for start in found for one in table.starts[start] if one in text and _begins(one, text)])


def _begins(phrase: str, text: str) -> bool:
    """Whether a phrase stands in a text somewhere but in the middle of a word."""
    at = text.find(phrase)
    while at > 0 and text[at].isalpha() and text[at - 1].isalpha():
        at = text.find(phrase, at + 1)
    return at >= 0


def _asking(text: str) -> str:
    """The sentence of a question that asks: the last one with a question mark, else the last; what follows it too."""
    return text[asking_start(text) :]


def _unnumbered(asking: str) -> str:
    """The asking sentence without what stands right behind a number in it: "in 2 hours" asks for no hours."""
    return _NUMBERED.sub(" ", asking)


_NUMBERED: Final = re.compile(r"\d(?<![\d,.]\d)(?:[\d,.]*\d)? ?[^\W\d_]+")


def _option_words(options: tuple[Option, ...], rules: Rules) -> tuple[tuple[str, ...], ...]:
    return tuple(texts.words(option.text, rules.text) for option in options)


def _precision(text: str, table: DemandTable, units: UnitTable) -> tuple[int | None, int | None, UnitDefinition | None]:
    """The decimal places asked for, the significant figures, and the unit whose whole number is asked for."""
    match = _PLACES.search(text) if any(word in text for word in _PLACE_WORDS) else None
    if match is not None:
        count = _COUNTS.get(match["count"]) or int(match["count"][:3])
        return (None, count, None) if match["what"].startswith("s") else (count, None, None)
    for found in islice(_NEAREST.finditer(text), _MOST_NEAREST) if "nearest " in text else ():
        at = found.end()
        known = [phrase for phrase in table.nearest if text.startswith(phrase, at) and _ends(text, at + len(phrase))]
        if known:
            return table.nearest[max(known, key=len)], None, None
        unit = read_unit(text, at, units)
        if unit is not None and _ends(text, unit[1]):
            return 0, None, unit[0]
    return None, None, None


def _ends(text: str, end: int) -> bool:
    """Whether no word, number or power goes on there."""
    return not text[end : end + 1].isalnum() and not _MORE_DIGITS.match(text, end)


_NEAREST: Final = re.compile(r"\bnearest ")
_MOST_NEAREST: Final = 8  # more are no question that a person asks
_MORE_DIGITS: Final = re.compile(r"[.,]\d")
_UP_TO_TEN: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNTS: Final = {word: count for count, word in enumerate(_UP_TO_TEN)}
_ENGLISH: Final = "english"


def _tolerance(text: str, table: DemandTable) -> Tolerance | None:
    """The tolerance that a question states; two different ones are none."""
    if "within" not in text and "toleran" not in text and "error" not in text:
        return None
    found: set[tuple[str, bool]] = set()
    for phrase in table.tolerance:
        before, _, after = phrase.partition("{amount}")
        start = text.find(before)
        while start >= 0:
            match = _AMOUNT.match(text, start + len(before))
            if match is not None and text.startswith(after, match.end()):
                found.add((match[1], match[2] is not None))
            start = text.find(before, start + len(before))
    if len(found) != 1:
        return None
    amount, relative = found.pop()
    value, name = Fraction(amount), f"{amount} %" if relative else amount
    nothing = Fraction(0)
    return Tolerance(name, value / 100 if relative else nothing, nothing if relative else value, rounding=True)


_AMOUNT: Final = re.compile(
    r"(?:± ?)?(\d{1,9}(?:\.\d{1,12})?)"
    r"(?: ?(%|percent|per cent)(?! of (?!the (?:exact|true|actual|correct))| (?:confidence|point)|\w)"
    r"|(?=[.,;:)]?(?:\s*$|[.,;:)]\s| (?:is|are) )))"
)


def _base(asking: str, rules: Rules) -> int | None:
    """The base of numerals that the answer is asked in: "write 11 in binary", "convert 255 to base 7"."""
    found: list[int] = []
    for match in _IN_BASE.finditer(asking):
        word = match[1]
        if word is None:
            value = rules.demand.bases.get(match[2], 0)
        else:
            known = rules.numbers.words.get(word)
            value = int(word) if word.isdecimal() else (0 if known is None else known.value)
        if value:
            found.append(value)
    if not found or _NO_NUMERAL.search(asking):
        return None
    return _TEN if _TEN in found else (found[-1] if found[-1] <= 36 else None)


_TEN: Final = 10  # asked for by name, as from another base


_IN_BASE: Final = re.compile(
    r"\b(?:to|in|into|as)(?: an?)? \$?(?:base[ -]{0,3}\$?(\d{1,2}|[a-z]{3,7})|([a-z]{3,12}))(?![a-z\d])"
)
_NO_NUMERAL: Final = re.compile(
    r"\b(?:bits?|bytes?|code|digits?|sum|value|system|ones|zeros|zeroes|fraction|string|search|tree)\b"
    r"|\b(?:how many|number of|(?:what|which) (?:decimal|base[ -]?(?:10|ten)))\b"
    r"|decimal (?:value|equivalent|form|representation)"
)


def _language(words: frozenset[str], rules: Rules) -> str:
    """The language with the most words of its own in the question, two at least; empty if two have as many."""
    counts: dict[str, int] = {}
    for word in words:
        for name in rules.numbers.spoken.get(word, ()):
            counts[name] = counts.get(name, 0) + 1
        if len(word) >= _WRITTEN and not word.isascii():
            for one in rules.numbers.languages:
                if not one.letters.isdisjoint(word):
                    counts[one.name] = counts.get(one.name, 0) + 1
    best = max(counts.values(), default=0)
    first = [name for name, count in counts.items() if count == best]
    return first[0] if best >= _SHOWING and len(first) == 1 else ""


def _language_of_answer(sample: Sample, rules: Rules, meter: Meter) -> str:
    """The language of an answer without a question, where it has a number that a comma may cut; else empty."""
    said = (sample.final_answer or sample.response or "")[-_SAID:]
    if _COMMAED.search(said) is None:
        return ""
    meter.spend(len(said))
    return _language(frozenset(texts.words_of(texts.fold(said))), rules)


_SAID: Final = 600  # characters at the end of an answer that show its language
_COMMAED: Final = re.compile(r"\d[,.]\d{3}(?!\d)|\d\{,\}\d")
_WRITTEN: Final = 3  # letters of a word that letters of its own show to be of a language; α and β show no Greek
_SHOWING: Final = 2  # words that show a language
