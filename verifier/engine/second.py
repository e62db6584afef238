r"""A second answer beside one that agrees (POLICY 7, 48): "Answer: 408. It could also be 409", "C\\nA\\nB".

Looked for only where the verdict would be *correct*: behind the answer in the response, and in its own sentence. What
stands there is another answer if it is nothing else, or little else, or is said to be one; what denies it, or explains
at length, is none. An answer with a second one beside it is undecided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from verifier.engine import hidden
from verifier.engine import text as texts
from verifier.engine.answering import NUMERAL, has_copula
from verifier.engine.kinds import choice, label, truth
from verifier.engine.kinds.kind import Answer, Context
from verifier.engine.sides import Side
from verifier.types.sample import Extraction
from verifier.types.verdict import Code, Decision, Finding, passes

SECOND: Final = passes(
    "extract.second_answer", "The answer agrees, and the response gives another one beside it.", specific=8
)
CODES: tuple[Code, ...] = (SECOND,)

_BEHIND: Final = 400  # characters behind an answer in which another one may be given
_PIECES: Final = 6
_FEW: Final = 3  # words around a number that is all of a sentence
_SHORT: Final = 5  # words of a sentence that has room for an answer and little else
_SAID: Final = 14  # words of a sentence that says that another answer is possible
_NAME: Final = 4  # words of a name
_WORK: Final = 8  # units of work that a character behind an answer costs
_SPLIT: Final = re.compile(r"\n+|(?<=[.!?;。！？।])\s+|(?<=[。！？।])|<br ?/?>|\s[|→]\s|→|\.{3,}\s?")
_AROUND: Final = " \t\n*_`.,:;!?$#>\"'“”()[]{}•+-–—।。！？"
_LETTER: Final = re.compile(r"(?<![A-Za-z\d'’-])\(?([A-J])\)?(?![A-Za-z\d'’]|-\w)")
_OPENS: Final = re.compile(r"(?:\(?[a-j]\) ?)?[-+−]?[$€£]?\d")
_WORD: Final = re.compile(r"[a-z\u00c0-\u024f]+(?:['’][a-z]+)?|[^\s\d_a-z\u00c0-\u024f.,:;!?。，！？।()\[\]{}*'’\"“”]+")
_CAPITAL: Final = re.compile(r"[A-Z\u00c0-\u00de][^\W\d_A-Z\u3040-\uffff]+")
_HEADINGS: Final = frozenset(
    {
        "explanation",
        "note",
        "reasoning",
        "justification",
        "rationale",
        "thanks",
        "done",
        "correct",
        "why",
        "solution",
        "steps",
        "sources",
    }
)


class _Both(msgspec.Struct, frozen=True, gc=False):
    """Of two sides that agree: the kind that says so, the words of both, and the readings of the answer."""

    kind: str
    own: str
    answers: tuple[Answer, ...]


def beside(given: str, gold: Side, candidate: Side, finding: Finding, ctx: Context) -> Finding | None:
    """A pass where another answer of the same sort stands behind one that agrees."""
    found = candidate.found
    if finding.decision is not Decision.CORRECT or found is None or not candidate.readings:
        return None
    if candidate.via == "ticked":
        return None  # what is not ticked stands below
    if "<" in given or "\\" in given:
        shown = hidden.visible(given, (gold.given,), ctx.rules, ctx.meter)
        given = given if isinstance(shown, Finding) else shown
    kind = finding.code.partition(".")[0]
    behind = _behind(given, found.candidates, candidate, kind, ctx)
    if not behind.strip(_AROUND):
        return None
    ctx.meter.spend(_WORK * len(behind))
    own = " ".join((*candidate.texts, gold.given)).lower()
    both = _Both(kind, own, tuple(reading.answer for reading in candidate.readings))
    table = ctx.rules.extract
    for piece in _pieces(behind):
        folded = piece.lower()
        words = _WORD.findall(folded)
        said = any(phrase in folded for phrase in table.alternative_phrases)
        explains = folded.lstrip(_AROUND).startswith(table.explanations) or piece.startswith("#")
        aside = _sets_aside(words, folded, both, ctx)
        said = said or not table.alternatives.isdisjoint(words)
        if not said and (explains or aside is True):
            return None
        said = said or aside is None
        if len(words) <= (_SAID if said else _SHORT) and _is_another(piece, words, both, ctx, said=said):
            return SECOND.finding(text=piece[:200])
        if len(words) > _SAID or (not said and piece.rstrip(" *_").endswith(":")):
            return None  # an explanation begins, or a list of steps
    return None


def last_word(given: str, candidate: Side, finding: Finding, ctx: Context) -> Finding:
    """A finding on an option or a yes or no, where the last words of the response are another option, or the other."""
    kind, found = finding.code.partition(".")[0], candidate.found
    if finding.decision is Decision.PASS or found is None or candidate.via == "ticked":
        return finding
    end = min(one.end for one in found.candidates)
    tail = given[max(end, len(given) - _LAST) :].rstrip(_AROUND)
    pieces = [piece for piece in _SPLIT.split(tail) if piece.strip(_AROUND)]
    if not pieces or len(given.rstrip()) - end < 2:
        return finding
    ctx.meter.spend(_WORK * len(tail))
    piece = pieces[-1].strip()
    words = _WORD.findall(piece.lower())
    both = _Both(kind, " ".join(candidate.texts).lower(), tuple(reading.answer for reading in candidate.readings))
    if len(words) > _SHORT or _sets_aside(words, piece.lower(), both, ctx) is True:
        return finding
    if kind == choice.NAME and not (_LAST_LETTER.search(piece) or piece.lower().endswith(ctx.rules.choices.closers)):
        return finding
    another = _is_another(piece, words, both, ctx, said=True)
    return SECOND.finding(text=piece[:200]) if another else finding


CLOSED: Final = ("choice.", "truth.")
"""The codes of sorts that have few answers, so that another one is known where it stands."""
_LAST: Final = 200  # characters at the end of a response
_LAST_LETTER: Final = re.compile(r"(?<![A-Za-z\d'’-])\(?[A-J]\)?[*_.!\s]*\Z")
_TRUTH: Final = "truth"


def _sets_aside(words: list[str], folded: str, both: _Both, ctx: Context) -> bool | None:
    """Whether a sentence sets another answer aside; ``None`` where that is the one that agrees: "409, not 408"."""
    barred = ctx.rules.extract.setting_aside & frozenset(words)
    if both.kind == _TRUTH:
        barred -= frozenset(ctx.rules.truth.words)
    if not barred:
        return False
    own = both.own.split()[:1]
    return None if own and re.search(rf"(?<!\w){re.escape(own[0])}(?!\w)", folded) else True


def _behind(given: str, found: tuple[Extraction, ...], candidate: Side, kind: str, ctx: Context) -> str:
    """What stands behind the answer: in its own text, and behind that in the response.

    What goes on in the sentence of a value restates or describes it, and is read elsewhere.
    """
    own = candidate.texts[0]
    first = min(found, key=lambda one: len(one.text)) if own not in found[0].text else found[0]
    at = given.find(own, first.start, first.end)
    end = first.end if at < 0 else at + len(own)
    behind = given[end : end + _BEHIND]
    for tag in ctx.rules.extract.thinking_tags:
        behind = behind.partition(tag.open)[0]
    if kind != choice.NAME:
        return behind if own.endswith("..") or _NEW.match(behind) else behind.partition("\n")[2]
    return "\n".join((*(reading.unread for reading in candidate.readings), behind))


_NEW: Final = re.compile(
    r"[\s*_`$)}\]]*(?:[.!?]+\s|\n|[。！？।]|$)|[*_`$)}\]]+ "
)  # a sentence ends, or emphasis or a box


def _pieces(behind: str) -> Iterator[str]:
    """The lines and sentences behind an answer."""
    count = 0
    for piece in _SPLIT.split(behind):
        if piece.strip(_AROUND):
            yield piece.strip()
            count += 1
        if count == _PIECES:
            return


def _is_another(piece: str, words: list[str], both: _Both, ctx: Context, *, said: bool) -> bool:
    """Whether a piece gives another answer: by itself, in a few words, or in words that say so."""
    bare = piece.strip(_AROUND)
    own = both.own
    for answer in both.answers:
        if isinstance(answer, choice.Choice) and both.kind == choice.NAME:
            return (said or not _describes(bare, ctx)) and _other_option(bare, answer, ctx)
        if isinstance(answer, truth.Truth):
            known = ctx.rules.truth.words
            told = words if len(words) <= _SHORT and words[:1] != ["it"] else (*words[:1], *words[-1:])
            return any(word in known and known[word].value is not answer.value for word in told)
        if isinstance(answer, label.Labels):
            return any(one in words and one not in own for one in label.known_labels(ctx))
    if any(map(str.isdigit, own)):
        return _other_number(bare, words, own, said=said, asked=ctx.demand.numbers)
    return _other_name(bare, words, own, said=said)


def _describes(bare: str, ctx: Context) -> bool:
    """Whether a sentence says something of an option, and not that it is the answer: "A is an ACE inhibitor"."""
    folded = bare.lower()
    return has_copula(folded, ctx.rules) and not folded.endswith(ctx.rules.choices.closers)


def _other_option(bare: str, answer: choice.Choice, ctx: Context) -> bool:
    """Whether a letter that is another option's stands in a text, or the words of another option end it."""
    own_words = next((one.text for one in ctx.demand.options if one.label == answer.label), "")
    bare = bare.replace(own_words, " ") if own_words else bare  # "D. Vitamin A"
    if any(match[1] != answer.label for match in _LETTER.finditer(bare)):
        return True
    told = texts.words(bare, ctx.rules.text)
    return any(
        option.label != answer.label and bool(own) and own == told[-len(own) :]
        for option, own in zip(ctx.demand.options, ctx.demand.option_words, strict=True)
    )


def _other_number(bare: str, words: list[str], own: str, *, said: bool, asked: frozenset[str]) -> bool:
    numbers = NUMERAL.findall(bare)
    if not numbers or numbers[-1] in own or "=" in bare:
        return False
    alone = _OPENS.match(bare) is not None and len(words) <= _FEW and ":" not in bare and len(numbers) == 1
    return said or (alone and numbers[0] not in asked)


def _other_name(bare: str, words: list[str], own: str, *, said: bool) -> bool:
    """Whether words are a name beside a name: capitals, and no sentence."""
    if not words or words[0] in _HEADINGS or all(word in own for word in words):
        return False
    parts = bare.split()
    if said:
        return any(word[:1].isupper() and word.strip(_AROUND).lower() not in own for word in _CAPITAL.findall(bare))
    return len(words) <= _NAME and all(word[:1].isupper() for word in parts) and not bare.endswith("!")
