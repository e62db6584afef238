"""What stands behind a yes or a no: whether it leaves it standing.

A tail that takes it back, doubts or bounds it leaves it undecided (POLICY 2, 48). In a language all of whose
qualifying words are listed (``tail`` in ``rules/text/truth.toml``) a tail with none of them is free. In any other it
must be understood: it says the answer again, gives a reason, or is made of the question's words.
"""

from __future__ import annotations

from typing import Final

from verifier.engine import strikes
from verifier.engine.kinds.kind import Context
from verifier.engine.text import fold, is_unspaced, says, words_of
from verifier.types.truths import TruthWord

_SEARCHED: Final = 64  # characters that are searched for a phrase in a unit of work
_LONGEST: Final = 200  # characters of a tail that says again what is asked
_STEM: Final = 4  # letters by which "primes" says "prime" again
_SYLLABLES: Final = 2  # signs that do the same in Korean
_HANGUL: Final = "\uac00"
_WHOLE: Final = "\u0900"  # from here on, words are no parts of others as often


def stands(word: TruthWord, rest: str, ctx: Context) -> bool:
    """Whether a truth word stands with what is said behind it."""
    table, text = ctx.rules.truth, ctx.rules.text
    folded = fold(rest).strip()
    again = table.again_yes if word.value else table.again_no
    denied = word.foreign and not word.value and any(strikes.hits(folded, text.asides))
    if word.foreign:
        ctx.meter.spend(len(folded) * len(again) // _SEARCHED)
        for phrase in again:
            if " " in phrase or phrase[0] >= _WHOLE:
                folded = folded.replace(phrase, " ")
    told = words_of(folded)
    if not told:
        return True
    for one in told:
        other = table.words.get(one)
        if other is not None and other.value != word.value and other.against.isdisjoint(told):
            return False
        if one in word.against or one in text.qualifiers:
            return False
    ctx.meter.spend(len(folded) * len(table.limiting) // _SEARCHED)
    words = frozenset(told)
    if any(says(folded, words, phrase) for phrase in (*table.limiting, *word.against_phrases)):
        return False
    if not folded.isascii() and _says_opposite(word, folded, ctx):
        return False
    if not word.foreign:
        return True
    found = [hit for hit in strikes.hits(folded, text.asides) if hit.kind != "bounds"]
    asked = fold(ctx.demand.question)
    if word.value and any(hit.kind == "denials" or folded[hit.start : hit.end] not in asked for hit in found):
        return False
    ctx.meter.spend(4 * len(folded))
    retold = _retold(word, folded, asked, ctx) if len(folded) <= _LONGEST else ""
    if retold == _ASKED and not word.value:
        return denied  # "no" and the question's own statement, not denied
    return bool(retold) or word.listed or _opens_reason(told[0], ctx)


def _says_opposite(word: TruthWord, folded: str, ctx: Context) -> bool:
    """Whether a word for the opposite stands in a text without spaces; the longest word at a place is meant."""
    place = 0
    while place < len(folded):
        if is_unspaced(folded[place]):
            known = next((one for one in ctx.rules.truth.unspaced if folded.startswith(one, place)), "")
            if known and ctx.rules.truth.words[known].value != word.value:
                return True
            place += len(known)
            if known:
                continue
        place += 1
    return False


def _opens_reason(first: str, ctx: Context) -> bool:
    reasons = ctx.rules.text.asides.reasons
    return first in reasons or (is_unspaced(first) and first.startswith(tuple(sorted(reasons))))


_AGAIN: Final = "again"
_ASKED: Final = "asked"


def _retold(word: TruthWord, folded: str, asked: str, ctx: Context) -> str:
    """Whether a tail only says the answer ``again``, or also what is ``asked``; empty where it says more."""
    table = ctx.rules.truth
    again = table.again_yes if word.value else table.again_no
    own = frozenset(again) | table.again_free
    pieces = tuple(one for one in (*again, *table.again_free) if is_unspaced(one))
    known = ctx.demand.words
    found = _AGAIN
    for one in words_of(folded):
        said = table.words.get(one)
        if one in own or (said is not None and said.value == word.value):
            continue
        found = _ASKED
        if is_unspaced(one):
            if not _made_of(one, pieces, asked):
                return ""
        elif one not in known and not any(_begins_alike(one, other) for other in known):
            return ""
    return found


def _begins_alike(one: str, other: str) -> bool:
    """Whether two words are forms of one."""
    size = _SYLLABLES if one[0] >= _HANGUL else _STEM
    return len(one) >= size and one[:size] == other[:size]


def _made_of(run: str, pieces: tuple[str, ...], asked: str) -> bool:
    """Whether a run without spaces is made of known pieces and of pieces of the question, of two signs at least."""
    place = 0
    while place < len(run):
        size = max((len(one) for one in pieces if run.startswith(one, place)), default=0)
        end = place + 2
        while end <= len(run) and run[place:end] in asked:
            size, end = max(size, end - place), end + 1
        if not size:
            return False
        place += size
    return True
