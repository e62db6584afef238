"""A sentence that answers in the question's own words: "How many bags are left?", "There are 2 bags left".

Where all that a sentence says beside one new number stands in the question, and the number counts what the question
counts, the number is the answer. Found is less than a reader would find, and nothing where the sentence denies, bounds
or supposes.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from verifier.engine.text import RUN
from verifier.types.rules import Rules

WORD: Final = re.compile(rf"{RUN}(?:['’][a-z]+)?")
NUMERAL: Final = re.compile(r"\d+(?:[.,]\d+)*")
TOLD: Final = 3  # letters of a word that says nothing of what is asked
STEM: Final = 4  # letters by which "spent" answers "spend"
LONGEST: Final = 600  # characters of a sentence that is compared with the question
_MOST_THINGS: Final = 4
_NEAR: Final = 60  # characters behind a number in which its thing is named
_BLANK: Final = re.compile(r"_\\?[)\]]? ")
_YEAR: Final = re.compile(r"\b(?:what|which) year\b")
_IN_YEAR: Final = re.compile(r"\bin \Z")
_RATE: Final = re.compile(r" ?[/-]| (?:per|each|every|an?)\b")
BEFORE: Final = frozenset(' \n\t*_"($€£=-')
_LEADING: Final = re.compile(
    r"[\s*_$>•-]*(?P<value>[-+]?[$€£]?\d+(?:[.,/]\d+)*%?(?: [^\W\d_]+)?)[*_$]* (?:is|are|was|were) "
    r"(?=the |our |its |your )"
)


class Asked(msgspec.Struct, frozen=True, gc=False):
    """What a question says, folded: its words, its numerals as written, the sentence that asks; has it parts."""

    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    sentence: str = ""
    parts: bool = False
    options: bool = False


NOTHING: Final = Asked()


def question_of(asked: Asked) -> str:
    """The sentence that asks, up to its question mark, without what follows it."""
    return asked.sentence.partition("?")[0]


def has_copula(folded: str, rules: Rules) -> bool:
    """Whether a folded text says that something is something."""
    return any(copula in folded for copula in rules.extract.copulas)


def things(asked: Asked, rules: Rules) -> tuple[str, ...]:
    """The words for what a question counts ("how many red bags"), or for what stands behind its blank ("_ inches")."""
    sentence = asked.sentence
    places = [sentence.find(phrase) + len(phrase) for phrase in rules.demand.count if phrase in sentence]
    blank = _BLANK.search(sentence)
    begin = min(places) if places else (-1 if blank is None else blank.end())
    if begin < 0:
        return ()
    found: list[str] = []
    for match in WORD.finditer(sentence, begin):
        word = match[0]
        if word in rules.text.carriers or word in rules.demand.tasks or len(found) == _MOST_THINGS:
            break
        if word in rules.text.fillers:
            if found:
                break
            continue
        if found and not sentence[: match.start()].endswith((" ", "-")):
            break
        found.append(word)
    return tuple(found)


def countables(asked: Asked, rules: Rules) -> tuple[str, ...]:
    """The things that a question counts, less words that make a number another one: "how many million people"."""
    known = rules.numbers.words
    return tuple(word for word in things(asked, rules) if word not in known or known[word].kind not in _SCALES)


def counted_name(behind: str, asked: Asked, rules: Rules) -> str:
    """The number that begins the name of what is counted, in words behind a value: "five", of "five dollar bills".

    The question has it in figures, and the other words of the name; empty if there is none.
    """
    words: list[str] = WORD.findall(behind.lower())[:_MOST_THINGS]
    meant = rules.numbers.words.get(words[0]) if words else None
    if meant is None or meant.kind in _SCALES or str(meant.value) not in asked.numbers:
        return ""
    counted = countables(asked, rules)
    for word in words[1:]:
        if word in counted:
            return words[0]
        if word not in asked.words or word in rules.text.modifiers or word in rules.text.joiners:
            break
    return ""


_SCALES: Final = frozenset({"scale", "hundred", "dozen", "share"})


def subject_value(text: str, folded: str, asked: Asked, rules: Rules) -> str | None:
    """The value that leads a sentence whose other words are the question's: "2013 is the year with the least sales"."""
    match = _LEADING.match(text, 0, LONGEST)
    if match is None or len(text) > LONGEST or unsettled(folded, asked, rules):
        return None
    rest = [word for word in WORD.findall(folded, match.end()) if word not in rules.text.fillers]
    return match["value"] if rest and all_asked(rest, asked, rules.maths.closings, rules) else None


def filled_in(text: str, folded: str, asked: Asked, rules: Rules) -> str | None:
    """The only number of a sentence that is not the question's, with the thing that the question counts behind it."""
    if len(text) > LONGEST:
        return None
    counted = things(asked, rules)
    dated = not counted and _YEAR.search(asked.sentence) is not None
    if not counted and not dated:
        return None
    fresh = [one for one in NUMERAL.finditer(text) if one[0] not in asked.numbers]
    if len(fresh) != 1 or unsettled(folded, asked, rules):
        return None
    start, end = fresh[0].span()
    if start and text[start - 1] not in BEFORE:
        return None
    words = WORD.findall(folded[folded.rfind(", ", 0, start) + 1 :])
    free = rules.text.fillers | rules.text.carriers | {"total"}
    if not all_asked([word for word in words if word not in free], asked, rules.text.generic_units, rules):
        return None
    if dated:
        return fresh[0][0] if end - start == len("1989") and _IN_YEAR.search(folded[:start]) else None
    if not {word[:STEM] for word in counted} <= {word[:STEM] for word in words}:
        return None
    return _with_things(text, start, end, counted)


def _with_things(text: str, start: int, end: int, counted: tuple[str, ...]) -> str | None:
    """A number, out of its brackets, with the words behind it for what is counted; a rate keeps what follows."""
    if text[start - 1 : start] == "(":
        if text[end : end + 1] != ")":
            return None
        rest = text[end + 1 :]
    else:
        rest = text[end:]
    sign = text[start - 1 : start] if text[start - 1 : start] in {"-", "$", "€", "£"} else ""
    stems, stop = {word[:STEM] for word in counted}, 0
    for match in WORD.finditer(rest):
        if match[0].lower()[:STEM] not in stems or rest[stop : match.start()].strip():
            break
        stop = match.end()
    if not stop:
        return None
    kept = rest if _RATE.match(rest, stop) else rest[:stop]
    return f"{sign}{text[start:end]}{kept}"


def unsettled(folded: str, asked: Asked, rules: Rules) -> bool:
    """Whether words bound or deny that the question does not say, or it denies and the sentence does not."""
    words = set(WORD.findall(folded))
    if not (words & (rules.text.blockers | rules.text.hedges)) <= asked.words:
        return True
    return not rules.text.doubts & set(WORD.findall(asked.sentence)) - {"or"} <= words


def all_asked(words: list[str], asked: Asked, free: frozenset[str], rules: Rules) -> bool:
    """Whether all words of some length are the question's, in whatever form, one at least."""
    forms = rules.extract.irregular
    stems = {_stem(word, forms) for word in asked.words}
    said = [word for word in words if len(word) > TOLD and word not in free]
    return bool(said) and all(_stem(word, forms) in stems for word in said)


def _stem(word: str, forms: dict[str, str]) -> str:
    return forms.get(word, word)[:STEM]


def counts_other(rest: str, asked: Asked, rules: Rules) -> bool:
    """Whether the words behind a number name a thing of the question, and not the one that it counts."""
    counted = {word[:STEM] for word in things(asked, rules)}
    if not counted:
        return False
    near = [word for word in WORD.findall(rest.lower()[:_NEAR])[:_MOST_THINGS] if word not in rules.text.fillers]
    stems = {word[:STEM] for word in near}
    said = {word[:STEM] for word in asked.words if len(word) > TOLD}
    return (
        bool(near)
        and counted.isdisjoint(stems)
        and not {word[:STEM] for word in near[:2] if len(word) > TOLD}.isdisjoint(said)
    )
