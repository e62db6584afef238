"""A sentence that says the question again with the ground truth in the place of what is asked.

"Who sailed on the Beagle?", "The scientist who sailed on the Beagle was Charles Darwin. …" Where no marker announces an
answer and nothing else decides, a first or last sentence of a response answers, if all its words beside the ground
truth are the question's, in the question's order, and nothing in the response denies, doubts or corrects it. What such
a sentence says other than the ground truth refutes nothing: it may be another name of it.
"""

from __future__ import annotations

import re
from typing import Final

from verifier.engine import asking
from verifier.engine import text as texts
from verifier.engine.kinds.kind import Context
from verifier.engine.sides import Side
from verifier.engine.statement import breaks, revised
from verifier.types.extraction import ExtractTable
from verifier.types.verdict import Code, Decision, Finding, proves

SAID = proves(
    "echo.question_answered",
    "A sentence says the question again, with the ground truth in the place of what is asked.",
)
CODES: tuple[Code, ...] = (SAID,)

_LONGEST: Final = 6_000  # characters of a response that is looked through
_LONGEST_QUESTION: Final = 600
_LONGEST_GOLD: Final = 80
_LONGEST_SENTENCE: Final = 400
_LEAST_SHARED: Final = 2  # words of the question that the sentence must say again
_TOKEN: Final = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)*")
_LETTER: Final = re.compile(r"[^\W\d_]")
_JOINING: Final = frozenset("-–—/'’&+")  # beside a name they make it another one
_AFTER: Final = re.compile(r",? (?:who|which|whose|where)\b|, (?:an?|the) ")
_ENDINGS: Final = ("'s", "’s", "ing", "ed", "es", "s", "e")


def is_open(finding: Finding, candidate: Side) -> bool:
    """Whether nothing decided, and the response does not say itself what its answer is."""
    return finding.decision is Decision.PASS and finding.specific <= _OPEN and candidate.via in asking.WEAK


_OPEN: Final = 3  # how specific a pass is on words that were not understood


def settled(golds: tuple[str, ...], candidate: Side, finding: Finding, ctx: Context) -> Finding:
    """The finding, or *correct* where a sentence of the response gives one of the ground truths in so many words."""
    question = ctx.demand.question
    found = candidate.found
    if found is None or not 0 < len(question) <= _LONGEST_QUESTION or ctx.demand.options:
        return finding
    said = found.candidates[0].text
    if len(said) > _LONGEST or found.candidates[0].via != "whole":
        return finding
    asked = _tokens(texts.fold(question))
    table = ctx.rules.extract
    if not table.echo_several.isdisjoint(asked):
        return finding
    ctx.meter.spend(2 * len(said) + len(question))
    plain = texts.characters(said, ctx.rules.text).replace("*", "").replace("$", "")
    sentences = _sentences(plain)
    if not table.echo_doubting.isdisjoint(_tokens(texts.fold(plain))) or revised(texts.fold(plain), ctx.rules):
        return finding
    for place in (0, len(sentences) - 1)[: len(sentences)]:
        sentence = sentences[place]
        others = [one for at, one in enumerate(sentences) if at != place]
        for gold in golds[: ctx.profile.budget.alternatives]:
            ctx.meter.spend(len(sentence))
            rest = _without(sentence, gold.strip())
            if not _LETTER.search(gold) and not _is_only_number(gold.strip(), rest, others, question):
                continue
            if rest is not None and _is_echo(*rest, asked, table) and not _is_disputed(others, gold, asked, table):
                return SAID.finding(gold=gold.strip(), text=sentence[:_LONGEST_SENTENCE])
    return finding


def _sentences(text: str) -> list[str]:
    """The sentences of a response."""
    found: list[str] = []
    start = 0
    for begin, end in breaks(text, 0, len(text)):
        found.append(text[start:begin])
        start = end
    found.append(text[start:])
    return [one.strip() for one in found if one.strip()] or [text]


def _tokens(folded: str) -> list[str]:
    found: list[str] = _TOKEN.findall(folded)
    return found


def _without(sentence: str, gold: str) -> tuple[str, str] | None:
    """What stands before and behind the only mention of a ground truth; ``None`` if it is not there as a whole name."""
    if not 0 < len(gold) <= _LONGEST_GOLD or len(sentence) > _LONGEST_SENTENCE:
        return None
    short = len(gold) <= _SHORT
    within, name = (sentence, gold) if short else (texts.fold(sentence), texts.fold(gold))
    at = within.find(name)
    if at < 0 or within.find(name, at + 1) >= 0:
        return None
    end = at + len(name)
    before, behind = sentence[:at], sentence[end:]
    if before[-1:].isalnum() or behind[:1].isalnum() or before[-1:] in _JOINING or behind[:1] in _JOINING:
        return None
    if behind[:1] in ".," and behind[1:2].isdigit():
        return None
    return before, behind


_SHORT: Final = 3  # characters of a name whose case counts


def _is_only_number(gold: str, rest: tuple[str, str] | None, others: list[str], question: str) -> bool:
    """Whether a sentence ends in a ground truth of digits, and no other number is in the rest of the response."""
    if rest is None or not _NUMERAL.fullmatch(gold) or rest[1].strip(" .!*"):
        return False
    known = {gold, *_NUMERAL.findall(question)}
    return all(one in known for sentence in others for one in _NUMERAL.findall(sentence))


_NUMERAL: Final = re.compile(r"\d+(?:[.,]\d+)*")


def _is_echo(before: str, behind: str, asked: list[str], table: ExtractTable) -> bool:
    """Whether the words around a ground truth are the question's, and in its order."""
    added = _AFTER.match(behind)
    tail = _tokens(texts.fold(behind[added.start() :])) if added is not None else []
    own = _tokens(texts.fold(before)) + ([] if added is not None else _tokens(texts.fold(behind)))
    free, idle, denying = table.echo_free, table.echo_asking, table.echo_denying
    if table.echo_sorts.isdisjoint(asked):
        free = free | table.echo_sorts
    folded = texts.fold(before)
    pointing = next((phrase for phrase in table.echo_pointing if phrase in folded), "")
    if any(word in denying and word not in asked for word in (*own, *tail)):
        return False
    if not own or any(mark in before for mark in _CUTS) or "?" in behind or not _stands_apart(before, behind, table):
        return False
    if (
        not table.echo_past.isdisjoint(own)
        and table.echo_past.isdisjoint(asked)
        and not table.echo_present.isdisjoint(asked)
    ):
        return False  # what was so, where it is asked what is
    if not pointing and ("by" in own) != ("by" in asked):
        turned = _turned(own, before, asked, table)
        if turned is None:
            return False
        own = turned
    if pointing:
        own = _tokens(folded.replace(pointing, " ")) + own[len(_tokens(folded)) :]
    meant = [_root(word, table) for word in asked if word not in idle]
    said = [_root(word, table) for word in own if word not in free or word in asked]
    said = [word for word in said if word not in idle]
    if any(word not in meant for word in said) or not _in_order(said, meant):
        return False
    if any(word not in free and word not in asked and _root(word, table) not in meant for word in own):
        return False
    if pointing:
        return bool(said)
    return len(set(said)) >= max(_LEAST_SHARED, (len(set(meant)) + 1) // 2)


def _stands_apart(before: str, behind: str, table: ExtractTable) -> bool:
    """Whether a name behind a preposition ends its clause, or a place or a time follows.

    "The planet closest to Mercury is the Sun" says of Mercury no more than where it is.
    """
    lead, following = _LAST_WORD.search(before), _FIRST_WORD.match(behind)
    if lead is None or following is None or texts.fold(lead[1]) not in table.echo_places:
        return True
    return texts.fold(following[1]) in table.echo_places or _AFTER.match(behind) is not None


_LAST_WORD: Final = re.compile(r"([^\W\d_]+)(?: (?:the|an?))?[\s\"“‘']*\Z", re.IGNORECASE)
_FIRST_WORD: Final = re.compile(r"[\"”’']? ([^\W\d_]+)")


def _turned(own: list[str], before: str, asked: list[str], table: ExtractTable) -> list[str] | None:
    """The words of "the play was written by …", as they would answer "who wrote the play"; ``None`` if they do not."""
    if not _BY.search(before) or "who" not in asked[:-1]:
        return None
    verb = asked[asked.index("who") + 1]
    at = len(_tokens(before)) - 1  # of "by", which stands right before the name
    if verb in table.echo_asking or at < 1 or _root(own[at - 1], table) != _root(verb, table) or "by" in own[:at]:
        return None
    return [own[at - 1], *own[: at - 1], *own[at + 1 :]]


_BY: Final = re.compile(r"\bby (?:the )?[\"“‘']?\Z", re.IGNORECASE)
_CUTS: Final = (":", ";", "?", "(")


def _in_order(said: list[str], meant: list[str]) -> bool:
    """Whether words stand in the order in which the question has them: "beat Rome" is not "Rome beat"."""
    at = 0
    for word in said:
        if word not in meant[at:]:
            return False
        at += meant[at:].index(word) + 1
    return True


def _root(word: str, table: ExtractTable) -> str:
    """A word without its ending, so that "sails" answers "sailed"."""
    word = table.irregular.get(word, word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > _SHORT - 1:
            return word[: -len(ending)]
    return word


def _is_disputed(others: list[str], gold: str, asked: list[str], table: ExtractTable) -> bool:
    """Whether another sentence denies the ground truth, or says of the same what it is in other words."""
    meant = {_root(word, table) for word in asked if word not in table.echo_asking}
    name = texts.fold(gold)
    for one in others:
        folded = texts.fold(one)
        words = _tokens(folded)
        if name in folded:
            if not table.echo_denying.isdisjoint(words) and not table.echo_no.isdisjoint(words):
                return True
            continue
        if folded.lstrip(" -*>").startswith(table.conclusions):
            return True
        if words[:1] and words[0] in table.echo_going_on:
            continue
        roots = {_root(word, table) for word in words}
        if not table.echo_adding.isdisjoint(words) and not roots.isdisjoint(meant):
            return True
        if len(roots & meant) > 1 and 2 * len(roots & meant) >= len(meant):
            return True
    return False
