"""Hard evidence against a judge's *correct*: what it took for the answer, graded by rules (pure).

A judge can be talked into agreement, but it must say what it agreed to. Where the rules prove that those words are
another answer than the ground truth, or find no answer in them, its *correct* becomes a pass.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import msgspec

from verifier.judge.ballot import Ballot
from verifier.judge.gate import ungradable
from verifier.judge.port import Engine
from verifier.judge.quoting import plain
from verifier.types.sample import Option, Sample
from verifier.types.verdict import Code, Decision, Finding, Outcome, Standing, Verdict, passes

VETOED = passes(
    "judge.vetoed", "The judge agrees, and the rules refute what it took for the answer, or find no answer in it.", 8
)
CODES: tuple[Code, ...] = (VETOED,)


def vetoed(finding: Finding, votes: Sequence[Ballot], sample: Sample, verdict: Verdict, engine: Engine) -> Finding:
    """The finding, or a pass in its place: every quote of a *same* is graded by itself.

    ``verdict`` is the engine's on the sample, which the gate let through: a quote of all of it is that sample.
    """
    if finding.decision is not Decision.CORRECT:
        return finding
    for quote in dict.fromkeys(vote.quote for vote in votes if vote.verdict == "same" and not vote.points):
        veto = _veto(quote, sample, verdict, engine)
        if veto:
            return VETOED.finding(**{**finding.evidence, "veto": veto, "quote": quote})
    return finding


def _veto(quote: str, sample: Sample, verdict: Verdict, engine: Engine) -> str:
    """The code that stands against a quote; empty where none does."""
    alone = msgspec.structs.replace(sample, final_answer=quote, response=None)
    if alone != sample:
        verdict = engine.grade(alone)
        refusal = ungradable(alone, verdict, engine)
        if refusal is not None:
            return refusal.evidence.get("code", refusal.code)
        if _is_asked(quote, sample, engine):
            return ECHO
    if verdict.outcome is Outcome.INCORRECT and engine.standings.get(verdict.code) is Standing.PROOF:
        return verdict.code
    if verdict.outcome is not Outcome.UNDECIDED:
        return ""
    if verdict.code == UNDEFINED and all(map(_BARE.fullmatch, sample.ground_truths)):
        return UNDEFINED
    if _is_repeated(quote, sample):
        return ECHO
    if _is_other_number(quote, sample.ground_truths):
        return OTHER_NUMBER
    return OTHER_LABEL if _is_other_label(quote, sample.ground_truths, engine.asked(alone).options) else ""


def _is_other_number(quote: str, golds: Sequence[str]) -> bool:
    """Whether every ground truth is a number in figures, and the quote has figures but none of theirs.

    Raised and lowered figures count where there are no others.
    """
    wanted = [_BARE.fullmatch(gold.strip()) for gold in golds]
    shown = quote.translate(_RAISED) if not any(map(str.isdecimal, quote)) else quote  # "²⁴" alone is no 42
    own = {_figures(found) for found in _FIGURES.findall(shown)}
    return bool(own) and all(gold is not None and _figures(gold[1]) not in own for gold in wanted)


def _figures(numeral: str) -> str:
    """A numeral in ASCII, without separators of thousands and zeros that add nothing."""
    digits = "".join(str(unicodedata.digit(sign, sign)) for sign in numeral).replace(",", "").rstrip(".")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits.lstrip("0") or "0"


def _is_other_label(quote: str, golds: Sequence[str], options: Sequence[Option]) -> bool:
    """Whether a letter of the options is asked for, and the quote is one letter, or several labels, but not that."""
    labels = {option.label for option in options}
    told = quote.strip(_AROUND)
    if not labels or not told.isascii() or not told.isalpha() or not told.isupper():
        return False
    return all(gold.strip(_AROUND) in labels and gold.strip(_AROUND) != told for gold in golds) and (
        len(told) == 1 or labels.issuperset(told)
    )


def _is_repeated(quote: str, sample: Sample) -> bool:
    """Whether a quote is a run of the question's words and of nothing that could be an answer.

    That is a word of a ground truth or an option, or what the question offers for choice: "a plant or an animal".
    """
    words, asked = _words(quote), _words(sample.question or "")
    places = [place for place in range(len(asked) - len(words) + 1) if asked[place : place + len(words)] == words]
    if not words or not places:
        return False
    known = [*sample.ground_truths, *(option.text for option in sample.options)]
    answers = {word for text in known for word in _words(text)}
    if any(word in answers for word in words if len(word) > _SHORT or not word.isalpha() or not word.isascii()):
        return False
    beside = {
        word for place in places for word in (*asked[max(0, place - 3) : place], *asked[place + len(words) :][:2])
    }
    return beside.isdisjoint(_EITHER)


def _is_asked(quote: str, sample: Sample, engine: Engine) -> bool:
    """Whether a quote stands in the answer only where that copies the question: "Lyon or Nice? I cannot say."."""
    question = plain(sample.question or "").casefold()[-_MOST_CHARS:]
    wanted = plain(quote).casefold()
    given = plain(sample.final_answer or sample.response or "").casefold()
    copied = [one for one in (question, *_sentences(question)) if len(one) >= _COPY and one in given]
    if not wanted or not any(wanted in one for one in copied):
        return False
    rest = plain(engine.asked(sample).shown).casefold()
    for one in copied:
        rest = rest.replace(one, " ")
    return wanted not in rest


def _sentences(question: str) -> list[str]:
    """The sentences that ask."""
    return [one.strip() for one in _ENDED.split(question) if one.endswith(("?", "\uff1f", "\u061f"))]


def _words(text: str) -> list[str]:
    return _WORD.findall(text[-_MOST_CHARS:].casefold())


ECHO: Final = "attack.echo"
UNDEFINED: Final = "expression.undefined"
OTHER_NUMBER: Final = "number.differs"
OTHER_LABEL: Final = "choice.other_option"
_AROUND = " .,:;()[]{}*_$"
_FIGURES = re.compile(r"\d[\d,.]*")
_BARE = re.compile(r"[\s$+\u2212-]*(\d[\d,.]*)[\s$.]*")
_RAISED = {ord(sign): str(place % 10) for place, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉")}
_COPY = 12  # characters of a question that is worth comparing
_ENDED = re.compile(r"(?<=[.?!\uff1f\u061f\u3002])")
_SHORT = 3  # letters of words that stand in any text: the, of
_MOST_CHARS = 20_000
_WORD = re.compile(r"\w+")
_EITHER = frozenset({"or", "oder", "ou", "o", "u", "või"})
