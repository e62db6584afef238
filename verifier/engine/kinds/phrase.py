"""Names and short texts, the last resort: the same words are the same answer; different words prove nothing."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from verifier.engine.kinds.kind import Context, Stage, evidence
from verifier.engine.kinds.names import names_differ
from verifier.engine.text import fold, without_accents, written_words
from verifier.types.phrases import LONGEST_FORM
from verifier.types.rules import TextTable
from verifier.types.verdict import Code, Finding, passes, proves, refutes

SAME_WORDS = proves(
    "phrase.same_words", "The two texts are the same words: only case, punctuation, articles or accents differ."
)
SAME_FORM = proves(
    "phrase.same_form", "The rules list the two as the same: an abbreviation, another spelling, another name."
)
NOT_ALIKE = passes(
    "phrase.not_alike", "The two texts differ, and only a reader can tell whether they mean the same.", specific=3
)
CASE_DIFFERS = passes(
    "phrase.case_differs",
    "The texts differ in case or accents where that may matter: a symbol, a formula, code.",
    specific=4,
)
OTHER_NUMBER = refutes("phrase.other_number", "The two are names that differ in a number only.")
OPPOSITE = refutes("phrase.direction_differs", "The texts differ in one word only, which says another direction.")
CODES: tuple[Code, ...] = (SAME_WORDS, SAME_FORM, OPPOSITE, NOT_ALIKE, CASE_DIFFERS, OTHER_NUMBER)

# A text with one of these, or a one-letter word, may be a formula or code: there case, brackets and spaces carry
# meaning.
_SYMBOLS: Final = re.compile(r"[\\^_={}<>+*/|~!%°$€£¥@#&\[\]()]|\d[^\W\d_]|[^\W\d_]\d|\b[^\W\d_]\b(?!['’])")
_SPACES: Final = re.compile(r" *([^\w\s]) *")


class Phrase(msgspec.Struct, frozen=True, gc=False):
    """A text nobody read as anything else, out of its wrapping; ``raw`` is it in its lines, where it has any."""

    text: str
    raw: str = ""

    def show(self) -> str:
        """The text."""
        return self.text


def compare_phrases(gold: Phrase, candidate: Phrase, ctx: Context) -> Finding:
    """Equal words, in order.

    Case, articles and punctuation are free in prose and bind in anything that looks like a formula.
    """
    ctx.meter.spend(4 * (len(gold.text) + len(candidate.text)))
    shown = evidence(gold=gold.text[:200], candidate=candidate.text[:200])
    if _tight(gold.text) == _tight(candidate.text):
        return SAME_WORDS.finding(**shown)
    first, second = written_words(gold.text, ctx.rules.text), written_words(candidate.text, ctx.rules.text)
    if not _same_words(first, second, ctx.rules.text):
        if _same_form(gold.text, candidate.text, ctx):
            return SAME_FORM.finding(**shown)
        if _point_apart(first, second, ctx):
            return OPPOSITE.finding(**shown)
        return (OTHER_NUMBER if names_differ(gold.text, candidate.text, ctx) else NOT_ALIKE).finding(**shown)
    articles = ctx.rules.text.articles
    if ctx.demand.labels:
        return SAME_WORDS.finding(**shown)  # no label of a class is another's in capitals
    if _symbolic(gold.text, articles) or _symbolic(candidate.text, articles) or _case_tells(first, second, ctx):
        return CASE_DIFFERS.finding(**shown)
    return (CASE_DIFFERS if is_verbatim(ctx) else SAME_WORDS).finding(**shown)


def is_verbatim(ctx: Context) -> bool:
    """Whether the question asks for code, its output or a spelling, so that case, accents and articles count."""
    if not ctx.demand.asked:
        return False
    ctx.meter.spend(len(ctx.demand.question))
    question = fold(ctx.demand.question)
    return any(phrase in question for phrase in ctx.rules.text.phrases.verbatim)


def form_of(text: str, table: TextTable) -> str:
    """What stands for a text in the rules' lists of whole answers, an article aside; empty where none has it."""
    listed = table.phrases.whole
    if not listed or len(text) > LONGEST_FORM:
        return ""
    first, _, rest = text.partition(" ")
    if rest and first.lower() in table.articles and text not in listed and text.lower() not in listed:
        text = rest
    return listed.get(text) or listed.get(text.lower(), "")


def _same_form(gold: str, candidate: str, ctx: Context) -> bool:
    """Whether the rules list two texts as one, and the question asks for neither form: "what does BP stand for?"."""
    meant = form_of(gold, ctx.rules.text)
    if not meant or meant != form_of(candidate, ctx.rules.text) or is_verbatim(ctx):
        return False
    if not ctx.demand.asked:
        return True
    ctx.meter.spend(2 * len(ctx.demand.question))
    question = fold(ctx.demand.question)
    if any(phrase in question for phrase in ctx.rules.text.phrases.abbreviating):
        return False
    own = re.escape(candidate.lower())
    return re.search(rf"(?<!\w){own}(?!\w)", question) is None  # what the question says itself says nothing


def begins_with_article(text: str) -> bool:
    """Whether a text is words behind an *a*, which is no name of a number then: "a catalyst"."""
    return text[1:2] == " " and _ARTICLE_WORDS.fullmatch(text) is not None


_ARTICLE_WORDS: Final = re.compile(r"[Aa] [^\W\d_]{3,}(?:[ -][^\W\d_]{2,})*")


def _point_apart(first: tuple[str, ...], second: tuple[str, ...], ctx: Context) -> bool:
    """Whether two texts differ in one word only, and it says another direction: left or right, increase or decrease."""
    if len(first) != len(second) or len(first) > _MOST_WORDS:
        return False
    apart = [(one.lower(), other.lower()) for one, other in zip(first, second, strict=True) if one != other]
    known = ctx.rules.directions.alone
    if len(apart) != 1 or apart[0][0] not in known or apart[0][1] not in known:
        return False
    (axis, at), (other_axis, other_at) = known[apart[0][0]], known[apart[0][1]]
    return axis == other_axis and at != other_at


_MOST_WORDS: Final = 12


def _tight(text: str) -> str:
    """The text without spaces around signs: ``x + 1`` is ``x+1``."""
    return _SPACES.sub(lambda found: str(found[1]), text)


def _symbolic(text: str, articles: frozenset[str]) -> bool:
    return any(match.group().lower() not in articles for match in _SYMBOLS.finditer(text))


def _case_tells(first: tuple[str, ...], second: tuple[str, ...], ctx: Context) -> bool:
    """Whether words differ in a case that may make another word: CO and Co, NaCl and NACL, AIDS and aids.

    Accents are set aside, and so are capitals in which a whole text is written.
    """
    names, asked = ctx.rules.demand.names, ctx.demand.words
    least = _SYMBOL if not names.symbols.isdisjoint(asked) else 0  # au is no symbol of gold
    least = _GENOTYPE if not names.genotypes.isdisjoint(asked) else least
    if not least and (_in_capitals(first) or _in_capitals(second) or _all_raised(first, second)):
        return False
    first, second = tuple(map(without_accents, first)), tuple(map(without_accents, second))
    return any(
        one != other and (len(one) <= least or _is_genotype(one) or _case_binds(one, other))
        for one, other in zip(first, second, strict=True)
    )


_SYMBOL, _GENOTYPE = 3, 12


def _is_genotype(word: str) -> bool:
    """Aa, bb: one letter twice."""
    return len(word) == 2 and word[0].casefold() == word[1].casefold()


def _in_capitals(words: tuple[str, ...]) -> bool:
    """Whether all is in capitals, and too long for an abbreviation: OSMOSIS, RED CELLS."""
    text = "".join(words)
    if text[::2] == text[1::2]:  # AABBCC, a genotype
        return False
    return text.isupper() and text.isalpha() and len(text) >= (_CAPITALS if len(words) == 1 else _CAPITAL_WORDS)


_CAPITALS, _CAPITAL_WORDS = 6, 8


def _all_raised(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether one text is in capitals throughout, the other in small letters, and a word of them no abbreviation."""
    one, other = "".join(first), "".join(second)
    size = len(one)
    raised = (one.isupper() and other.islower()) or (one.islower() and other.isupper())
    return raised and size >= _RAISED and one.isalpha() and one[::2] != one[1::2] and _VOWEL.search(one) is not None


_RAISED: Final = 5
_VOWEL: Final = re.compile(r"[aeiou]", re.IGNORECASE)


def _case_binds(one: str, other: str) -> bool:
    if one.istitle() or other.istitle():  # Paris, paris, PARIS; and yet CO is not Co
        return len(one) <= 3 and not (one.islower() or other.islower())
    return not (one.islower() and other.islower())


def _same_words(first: tuple[str, ...], second: tuple[str, ...], table: TextTable) -> bool:
    """The same words, case aside. A name may leave its accents out; accents on both sides must be the same.

    So may a plain word that the rules list, and other spellings that they list are the same word.
    """
    if len(first) != len(second):
        return False
    for one, other in zip(first, second, strict=True):
        if one.casefold() == other.casefold():
            continue
        if _in_one_spelling(one, table) == _in_one_spelling(other, table):
            continue
        bare_one, bare_other = without_accents(one), without_accents(other)
        named = one[:1].isupper() and other[:1].isupper()
        named = named or one.casefold() in table.phrases.loanwords or other.casefold() in table.phrases.loanwords
        if not named or bare_one.casefold() != bare_other.casefold() or (one != bare_one and other != bare_other):
            return False
    return True


def _in_one_spelling(word: str, table: TextTable) -> str:
    folded = word.casefold()
    return table.phrases.spellings.get(folded, folded)


STAGE: Final = Stage("phrase", ((Phrase, Phrase),), compare_phrases)
