"""Names and short texts, the last resort: the same words are the same answer; different words prove nothing."""

from __future__ import annotations

import re

import msgspec

from verifier.engine.kinds.kind import Context, Stage, evidence
from verifier.engine.text import without_accents, words
from verifier.types.verdict import Code, Finding, passes, proves

SAME_WORDS = proves(
    "phrase.same_words", "The two texts are the same words: only case, punctuation, articles or accents differ."
)
NOT_ALIKE = passes(
    "phrase.not_alike", "The two texts differ, and only a reader can tell whether they mean the same.", specific=3
)
CASE_DIFFERS = passes(
    "phrase.case_differs",
    "The texts differ in case or accents where that may matter: a symbol, a formula, code.",
    specific=4,
)
CODES: tuple[Code, ...] = (SAME_WORDS, NOT_ALIKE, CASE_DIFFERS)

# A text with one of these, or a one-letter word, may be a formula or code: there case, brackets and spaces carry
# meaning.
_SYMBOLS = re.compile(r"[\\^_={}<>+*/|~!%°$€£¥@#&\[\]()]|\d[^\W\d_]|[^\W\d_]\d|\b[^\W\d_]\b(?!['’])")
_SHORT = re.compile(r"\b[^\W\d_]{2,3}\b")
_SPACES = re.compile(r" *([^\w\s]) *")


class Phrase(msgspec.Struct, frozen=True):
    """A text nobody read as anything else, out of its wrapping."""

    text: str

    def show(self) -> str:
        """The text."""
        return self.text


def compare_phrases(gold: Phrase, candidate: Phrase, ctx: Context) -> Finding:
    """Equal words, in order.

    Case, articles and punctuation are free in prose and bind in anything that looks like a formula.
    """
    ctx.meter.spend(len(gold.text) + len(candidate.text))
    shown = evidence(gold=gold.text[:200], candidate=candidate.text[:200])
    if _tight(gold.text) == _tight(candidate.text):
        return SAME_WORDS.finding(**shown)
    first, second = words(gold.text, ctx.rules.text), words(candidate.text, ctx.rules.text)
    if not _same_but_for_accents(first, second):
        return NOT_ALIKE.finding(**shown)
    articles = ctx.rules.text.articles
    if _symbolic(gold.text, articles) or _symbolic(candidate.text, articles) or _abbreviated(gold.text, candidate.text):
        return CASE_DIFFERS.finding(**shown)
    return SAME_WORDS.finding(**shown)


def _tight(text: str) -> str:
    """The text without spaces around signs: ``x + 1`` is ``x+1``."""
    return _SPACES.sub(r"\1", text)


def _symbolic(text: str, articles: frozenset[str]) -> bool:
    return any(match.group().lower() not in articles for match in _SYMBOLS.finditer(text))


def _abbreviated(first: str, second: str) -> bool:
    """Whether the texts differ in the case of a short word with capitals inside: CO is not Co, US may not be us."""
    shorts = [frozenset(word for word in _SHORT.findall(text) if not word[1:].islower()) for text in (first, second)]
    return shorts[0] != shorts[1] or (first != second and max(len(first), len(second)) <= 3)


def _same_but_for_accents(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """The same words, where one side may leave accents out.

    Accents on both sides must be the same (pêche is not péché).
    """
    if len(first) != len(second):
        return False
    for one, other in zip(first, second, strict=True):
        bare_one, bare_other = without_accents(one), without_accents(other)
        if one != other and (bare_one != bare_other or (one != bare_one and other != bare_other)):
            return False
    return True


STAGE = Stage("phrase", ((Phrase, Phrase),), compare_phrases)
