"""A sentence that says the question again with its answer: "Who wrote Hamlet?", "X wrote Hamlet".

The answer stands where the question has its question word ("X wrote Hamlet"), or behind all that the question says
("When did X write Hamlet?", "X wrote Hamlet in 1601"). All the other words are the question's, in its order, so that
nothing can be denied, turned round or said of something else that the question does not.
"""

from __future__ import annotations

import re
from typing import Final

from verifier.engine.answering import LONGEST, NUMERAL, TOLD, WORD, Asked, question_of
from verifier.types.rules import Rules

_ASKING: Final = {"who": 0, "what": 1, "which": 5}  # question words, and how many words may belong to each
_MOST_WORDS: Final = 8  # of an answer
_LEAST: Final = 2  # words that a question has behind its question word
_AROUND: Final = ' \t\n*_"“”'


def value_in_place(text: str, asked: Asked, rules: Rules) -> str | None:
    """The words before those of the question, if the sentence goes on in them to its end, or to a comma."""
    if len(text) > LONGEST or not asked.sentence:
        return None
    said = list(WORD.finditer(text))
    words = [match[0].lower() for match in said]
    for rest in _predicates(asked, rules):
        at = _find(words, rest, rules)
        if not 0 < at[0] <= _MOST_WORDS:
            continue
        start, end = said[at[0]].start(), said[at[1] - 1].end()
        value, tail = text[:start].strip(_AROUND), text[end:].strip(" *_.!\n")
        if any(sign in value for sign in ",;:") or not _settled(words[: at[0]], rules) or not value:
            return None
        if tail and not (_goes_on(tail, words[at[1] :]) and _settled(words[at[1] :], rules)):
            return None
        return value if set(NUMERAL.findall(text[start:end])) <= asked.numbers else None
    return None


def polarity_behind(text: str, folded: str, asked: Asked, rules: Rules) -> str:
    """A sentence from its yes or no on, where that stands behind a clause: "Based on these, yes, it is chaotic".

    Empty where the clause doubts, supposes or says one itself, or another one follows.
    """
    at = folded.find(", ") + 2
    if at < 2 or len(text) > LONGEST:
        return ""
    lead = next((lead for lead in _SAYING if folded.startswith(lead, at)), "")
    match = WORD.match(folded, at + len(lead))
    if match is None or match[0] not in rules.truth.words or folded[match.end() : match.end() + 1] not in _BEHIND_TRUTH:
        return ""
    others = WORD.findall(folded[:at]) + WORD.findall(folded[match.end() :])
    barred = (rules.text.doubts, rules.text.blockers, rules.text.suppositions, rules.extract.turnings)
    if any(not words.isdisjoint(WORD.findall(folded[:at])) for words in barred):
        return ""
    if any(word in rules.truth.words for word in others):
        return ""
    free = rules.text.fillers | rules.text.articles | rules.text.joiners | frozenset(rules.text.openers)
    clause = [word for word in WORD.findall(folded[:at]) if word not in free]
    of_it = folded.startswith(_GROUNDS) or asked.words.issuperset(clause)  # "for men, yes" is of others
    return text[match.start() :] if of_it else ""


_GROUNDS: Final = (
    "based on ",
    "looking at ",
    "given ",
    "after ",
    "considering ",
    "according to ",
    "in conclusion",
    "in short",
    "so",
    "thus",
    "hence",
    "therefore",
    "overall",
    "to conclude",
    "from ",
)

_SAYING: Final = ("i would say ", "i'd say ", "i believe ", "i think ", "i conclude ", "my answer is ")
_BEHIND_TRUTH: Final = frozenset({"", ",", ".", "!", ";", ":"})


def emphasised(text: str, after: int, rules: Rules) -> str:
    """The words in bold that a sentence's complement begins with, where the rest only goes on about them.

    "… is **Au**, from the Latin aurum"; empty where it has more in bold, or words that bound, deny or join.
    """
    match = _BOLD.match(text, after)
    if match is None:
        return ""
    tail = text[match.end() :]
    words = WORD.findall(tail.lower())
    goes_on = not words or _goes_on(tail.lstrip(), words)
    return match[1] if goes_on and "**" not in tail and _settled(words, rules) else ""


def _goes_on(tail: str, words: list[str]) -> bool:
    """Whether a sentence only goes on about its answer: with who, which, when, where from, or why."""
    return (tail[:1] in _OPENING and bool(words) and words[0] in _REASONS) or (bool(words) and words[0] in _WHY)


_OPENING: Final = frozenset(",(;–—")
_WHY: Final = frozenset({"because", "since", "as"})

_BOLD: Final = re.compile(r"\s*(?:(?:the|an?) )?\*\*([^*\n]{1,80})\*\*")
_REASONS: Final = frozenset({"because", "since", "as", "which", "who", "from", "in", "on", "at", "where", "whose"})


def value_behind(text: str, asked: Asked, rules: Rules) -> str | None:
    """The words behind those of the question, if a sentence says all of them in their order, and nothing else before.

    The auxiliary that the question begins with may stand anywhere among them, or bend the verb: "did … write", "wrote".
    """
    if len(text) > LONGEST or not asked.sentence:
        return None
    auxiliary, wanted = _behind_question_word(asked)
    said = list(WORD.finditer(text))
    if not wanted or len(said) <= len(wanted):
        return None
    forms, free = rules.extract.irregular, rules.text.articles
    at, helped = 0, auxiliary in _DO
    for word in wanted:
        while at < len(said) and _passed_over(said[at][0].lower(), word, auxiliary, free):
            helped = helped or said[at][0].lower() == auxiliary
            at += 1
        if at == len(said) or not _is_form(said[at][0].lower(), word, forms):
            return None
        at += 1
    if at < len(said) and said[at][0].lower() == auxiliary and not helped:
        at, helped = at + 1, True
    if not helped or not 0 < len(said) - at <= _MOST_WORDS:
        return None
    behind = [match[0].lower() for match in said[at:] if match[0] != _MONTH]
    value = text[said[at - 1].end() :].strip(_AROUND + ".")
    if not _settled(behind, rules) or any(sign in value for sign in ";:()") or not value:
        return None
    return value if set(NUMERAL.findall(text[: said[at - 1].end()])) <= asked.numbers else None


def _behind_question_word(asked: Asked) -> tuple[str, list[str]]:
    """The auxiliary of a question that begins with its question word, and all words behind it."""
    words = WORD.findall(question_of(asked))
    at = 1 if words[:1] and words[0] in _PREPOSITIONS else 0
    if len(words) < at + _LEAST or words[at] not in _ASKING_OF:
        return "", []
    for place in range(at + 1, min(len(words), at + 3 if words[at] in _ASKING_NOUNS else at + 2)):
        if words[place] in _DO or words[place] in _AUXILIARIES:
            rest = words[place + 1 :]
            return words[place], rest if any(len(word) > TOLD for word in rest) and len(rest) >= _LEAST else []
    return "", []


def _passed_over(said: str, wanted: str, auxiliary: str, articles: frozenset[str]) -> bool:
    return said != wanted and (said == auxiliary or said in articles)


def _is_form(said: str, wanted: str, forms: dict[str, str]) -> bool:
    """Whether two words are one in whatever form: "wrote" and "write", "released" and "release"."""
    if said == wanted or forms.get(said, said) == forms.get(wanted, wanted):
        return True
    least = min(len(said), len(wanted))
    return least > TOLD and abs(len(said) - len(wanted)) <= _ENDING and said[: least - 1] == wanted[: least - 1]


_MONTH: Final = "May"  # in small letters a word that doubts
_ENDING: Final = 3  # letters of an ending: "-ing"
_DO: Final = frozenset({"do", "does", "did"})
_AUXILIARIES: Final = frozenset({"is", "are", "was", "were", "has", "have", "had", "will", "can"})
_ASKING_OF: Final = frozenset({"when", "where", "who", "whom", "what", "which"})
_ASKING_NOUNS: Final = frozenset({"what", "which"})


def without_preposition(value: str) -> str:
    """A time or a place without the preposition that it begins with."""
    first, _, rest = value.partition(" ")
    return rest.strip() if first.lower() in _OF_TIME_AND_PLACE else ""


_OF_TIME_AND_PLACE: Final = frozenset({"in", "on", "at"})


def _settled(words: list[str], rules: Rules) -> bool:
    """Whether none of the words denies, bounds, doubts or takes back."""
    text = rules.text
    return all(barred.isdisjoint(words) for barred in (text.blockers, text.hedges, text.doubts, rules.extract.turnings))


def _predicates(asked: Asked, rules: Rules) -> list[list[str]]:
    """What the question says of what it asks for, with and without words that may belong to its question word."""
    words = WORD.findall(question_of(asked))
    at = max((place for place, word in enumerate(words) if word in _ASKING), default=-1)
    if at < 0:
        return []
    found = []
    for skipped in range(_ASKING[words[at]] + 1):
        rest = words[at + 1 + skipped :]
        if len(rest) >= _LEAST and any(len(word) > TOLD for word in rest) and _opens(rest[0], rules):
            found.append(rest)
    return found


def _opens(word: str, rules: Rules) -> bool:
    """Whether a predicate may begin with a word: no article, preposition or conjunction."""
    return word not in rules.text.articles and word not in rules.text.joiners and word not in _PREPOSITIONS


_PREPOSITIONS: Final = frozenset({"of", "in", "on", "at", "for", "from", "to", "with", "by", "about"})


def _find(words: list[str], rest: list[str], rules: Rules) -> tuple[int, int]:
    """Where ``rest`` stands in ``words``, articles aside; (-1, -1) if nowhere."""
    free = rules.text.articles
    wanted = [word for word in rest if word not in free]
    kept = [place for place, word in enumerate(words) if word not in free]
    for first in range(1, len(kept) - len(wanted) + 1):
        if all(words[kept[first + ahead]] == word for ahead, word in enumerate(wanted)):
            return kept[first], kept[first + len(wanted) - 1] + 1
    return -1, -1
