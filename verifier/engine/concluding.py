"""Where a concluding sentence has its value: in a clause at its end, behind a verb of the question, behind a word.

Used where no marker announces the answer. Found is less than a reader would find, and nothing where the sentence
bounds, denies, doubts or goes on to something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from verifier.engine.answering import (
    BEFORE,
    LONGEST,
    NUMERAL,
    STEM,
    TOLD,
    WORD,
    Asked,
    all_asked,
    question_of,
    things,
    unsettled,
)
from verifier.types.extraction import ExtractTable
from verifier.types.rules import Rules

_FORMULA_END: Final = re.compile(r"[\d$)\]}]")
_VALUE: Final = re.compile(r"[-+−]?[$€£]?\d+(?:[.,]\d+)*(?:/\d+)?%?(?: [^\W\d_]+){0,2}")
_CLOSING: Final = re.compile(r"[\s*_#>-]*([^\W\d_]+(?: [^\W\d_]+)?)[\s*_]*[:：][\s*_]*([^\s*_][^\n]{0,80}?)[\s*_]*")
_AROUND: Final = " \t\n.*_$"
_LINKS: Final = frozenset({"is", "be", "are", "was", "equals"})
_LEAD: Final = 30  # characters of a conclusion's opening words
_MOST_UNIT_WORDS: Final = 2


def openings(text: str, begin: int, end: int, table: ExtractTable) -> Iterator[tuple[int, int]]:
    r"""The spaces before a concluding word with a capital and no full stop before it: ``\(2 + 3 = 5\) So, the sum``.

    A comma stands behind it, or a formula before it; a title ("the book So You Want …") opens no sentence.
    """
    for word in table.capitals:
        at = text.find(word, begin, end)
        while at >= 0:
            behind = text[at + len(word) : at + len(word) + 2]
            before = text[max(begin, at - _SPACES) : at].rstrip(" ")[-1:]
            if before not in _NO_END and (
                behind[:1] == "," or (_FORMULA_END.match(before) and behind[:1] == " " and not behind[1:].isupper())
            ):
                yield at, at + 1
            at = text.find(word, at + 1, end)


_SPACES: Final = 4  # between a formula and a concluding word
_NO_END: Final = frozenset({"", *"\n\t.!?,;:("})


def clause_value(text: str, folded: str, asked: Asked, rules: Rules) -> str | None:
    """The value that a clause at the end of a sentence gives of what its main clause works out.

    "The missing number is the square of 3, which is 9." Nothing where the main clause has a value of its own, or says
    nothing of what is asked.
    """
    table = rules.extract
    if ", " not in folded or len(text) > LONGEST:
        return None
    at, clause = max((folded.rfind(clause), clause) for clause in table.clauses)
    if at < 0:
        return None
    value = text[at + len(clause) :].strip(_AROUND)
    opener = next((word for word in rules.text.openers if value.startswith(word + " ")), "")
    value = value[len(opener) :].strip(_AROUND)
    words = WORD.findall(value.lower())
    free = rules.text.generic_units
    barred = rules.text.fillers | rules.text.modifiers | rules.text.hedges | rules.text.blockers | rules.text.directions
    if _VALUE.fullmatch(value) is None or not barred.isdisjoint(word for word in words if word not in free):
        return None
    worked = _working(folded[:at], asked, rules)
    return value if worked and rules.text.shares.isdisjoint(words) else None


def _working(main: str, asked: Asked, rules: Rules) -> bool:
    """Whether a main clause says that something is what one working comes to, and neither bounds nor doubts it."""
    workings = rules.extract.workings
    begin, working = min(((at, one) for one in workings if (at := main.find(one)) > 0), default=(-1, ""))
    number = NUMERAL.search(main)
    if begin < 0 or (number is not None and number.start() < begin):
        return False
    subject, rest = WORD.findall(main[:begin]), main[begin + len(working) :]
    if any(one.removeprefix("the ").removeprefix("by ") in rest for one in workings):
        return False  # "the sum of 3 and the product of 5 and 4, which is 20": of which one?
    text = rules.text
    if not _OPERATIONS.isdisjoint(WORD.findall(rest)) or _has_value(rest, rules):
        return False
    if asked.words and not _speaks_of(subject, asked, rules):
        return False
    doubtful = (text.blockers, text.hedges, text.suppositions)
    said = {*subject, *WORD.findall(rest)}
    return (
        len(subject) > 1
        and not _LINKS.isdisjoint(subject)
        and subject[0] not in _SPEAKERS
        and all(words.isdisjoint(said) for words in doubtful)
    )


def _speaks_of(subject: list[str], asked: Asked, rules: Rules) -> bool:
    """Whether a subject shares a word with the question, and is not another one of a row ("the first term")."""
    known = rules.numbers.words
    if any(word in known and known[word].kind == "ordinal" and word not in asked.words for word in subject):
        return False
    stems = {word[:STEM] for word in asked.words if len(word) > TOLD}
    return any(len(word) > TOLD and word[:STEM] in stems for word in subject)


_OPERATIONS: Final = frozenset(
    {"plus", "minus", "times", "multiplied", "divided", "added", "subtracted", "squared", "cubed", "then"}
)
_SPEAKERS: Final = frozenset({"we", "you", "i", "it", "this", "that"})
_TWO: Final = re.compile(r"(?:=|≈|\b([^\W\d_]+)) ?[$€£]?-?(?=\d)")


def _has_value(working: str, rules: Rules) -> bool:
    """Whether a verb or a sign of equality in the words of a working hands over a number: "the sum of all is 12"."""
    return any(match[1] is None or match[1] in rules.text.carriers for match in _TWO.finditer(working))


def closing_value(piece: str, asked: Asked, rules: Rules) -> str | None:
    """What stands behind a label that is the whole last line of a response: "Solution: 5", "Sentiment: negative"."""
    match = _CLOSING.fullmatch(piece) if len(piece) < LONGEST else None
    label = "" if match is None else match[1].lower().removeprefix("final ")
    known = label in rules.extract.closing_labels
    if match is None or not (known or (label in rules.extract.closing_asked and _is_asked(label, asked))):
        return None
    return None if _WORKED.search(match[2]) else match[2]


def _is_asked(label: str, asked: Asked) -> bool:
    """Whether the question has a label's last word, in whatever form; one without a question has it."""
    stem = label.rpartition(" ")[2][:STEM]
    return not asked.sentence or any(word.startswith(stem) for word in asked.words)


_WORKED: Final = re.compile(r"=|\d\s*[-+*×·^]\s*\d")  # a working, not its result


def chain_again(text: str, before: str, asked: Asked, rules: Rules) -> str | None:
    """The one number of a last sentence, which says again what the equals chain right before it ends in.

    "4.6 · 3 = 13.8", "Natalie needs $13.8." With its sign of money and the words behind it. Nothing where a word
    bounds, denies or supposes, or says that it is a part.
    """
    match = _CHAIN_END.search(before, max(0, len(before) - LONGEST))
    found = list(NUMERAL.finditer(text))
    if match is None or len(found) != 1 or match[1] != found[0][0] or "=" in text or len(text) > LONGEST:
        return None
    words = WORD.findall(text.lower())
    table = rules.text
    doubtful = (table.blockers, table.hedges, table.modifiers, table.doubts, table.suppositions, _PARTIAL)
    if any(not barred.isdisjoint(words) for barred in doubtful) or not _speaks_of(words, asked, rules):
        return None
    start = found[0].start()
    if text[start - 1 : start] in rules.units.leading:
        start -= 1
    return None if start and text[start - 1] not in " \n*_" else text[start:].strip(_AROUND)


_CHAIN_END: Final = re.compile(r"[*×·/+−-][^=\n]{1,80}= ?[$€£]?(\d+(?:[.,]\d+)*)(?: [^\W\d_]+){0,2}[\s.*_$)\]\\]*\Z")
_PARTIAL: Final = frozenset({"far", "would", "could", "might", "already", "first", "then", "still", "only", "each"})


def verb_value(text: str, folded: str, asked: Asked, rules: Rules) -> str | None:
    """The one new number of a sentence that says, in the question's words, all that its last clause asks.

    "By what distance is the spring compressed?", "The spring is compressed by 0.011 meters." The number stands behind a
    verb that hands it over, or a short word that the question has before what it asks for.
    """
    if len(text) > LONGEST or not asked.sentence or things(asked, rules):
        return None
    fresh = [one for one in NUMERAL.finditer(text) if one[0] not in asked.numbers]
    if len(fresh) != 1 or unsettled(folded, asked, rules):
        return None
    start, end = fresh[0].span()
    if text[start - 1 : start] in rules.units.leading or text[start - 1 : start] == "-":
        start -= 1
    tail = text[end:].strip(_AROUND)
    head = WORD.findall(folded[:start])
    if (start and text[start - 1] not in BEFORE) or _RATE.search(tail) or NUMERAL.search(tail):
        return None
    while head and head[-1] in rules.text.openers:
        head.pop()
    asking = _asking(asked)
    if not head or not (head[-1] in rules.text.carriers or f" {head[-1]} what " in f" {asked.sentence}"):
        return None
    free = rules.text.fillers | rules.text.carriers | frozenset(rules.text.openers)
    if not all_asked([word for word in head if word not in free], asked, frozenset(), rules):
        return None
    unit, rest = _unit_words(tail, asked, rules)
    if rest[:1] in (["a"], ["an"]) or not rules.text.directions - asked.words <= rules.text.directions - {*rest}:
        return None  # "5 dollars a day", "5 dollars more"
    if any(len(word) > TOLD and word not in free for word in rest) and not all_asked(rest, asked, free, rules):
        return None
    own = {word[:STEM] for word in (*head, *rest)}
    if any(word[:STEM] not in own and not _is_free(before, word, free, rules) for before, word in asking):
        return None
    return f"{text[start:end]}{unit}"


_RATE: Final = re.compile(r"/|\b(?:per|each|every)\b")
_AUXILIARY: Final = "does"


def _asking(asked: Asked) -> list[tuple[str, str]]:
    """The words of the clause that asks, each with the one before.

    Without the word for what it asks for: "by what distance d", "how much money".
    """
    at = max(asked.sentence.rfind(word) + len(word) for word in ("what ", "how much ", "how "))
    return list(pairwise(WORD.findall(question_of(asked)[at:])))


def _is_free(before: str, word: str, free: frozenset[str], rules: Rules) -> bool:
    """Whether an answer need not say a word of the question again: a verb, and no noun ("the cost", "total cost")."""
    if len(word) < TOLD or word == _AUXILIARY or word in rules.text.joiners:
        return True
    noun = word in rules.text.carriers and (before in rules.text.articles or before == "total")
    return word in free and not noun


def _unit_words(tail: str, asked: Asked, rules: Rules) -> tuple[str, list[str]]:
    """The words right behind a number that are not the question's, to be read as its unit; and the words left."""
    words = WORD.findall(tail)
    count = 0
    while (
        count < min(_MOST_UNIT_WORDS, len(words))
        and words[count].lower() not in asked.words
        and words[count].lower() not in rules.text.fillers
        and not (len(words[count]) > 1 and words[count].lower() in rules.text.joiners)
    ):
        count += 1
    return (" " + " ".join(words[:count]) if count else ""), [word.lower() for word in words[count:]]
