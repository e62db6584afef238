"""Yes or no, true or false."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from verifier.engine.kinds.kind import Context, Reading, Stage
from verifier.engine.kinds.retold import stands
from verifier.engine.text import RUN, fold, words_of
from verifier.types.truths import TruthWord
from verifier.types.verdict import Code, Finding, Standing, passes, proves, refutes

SAME = proves("truth.same", "Both sides say yes (or true), or both say no (or false).")
OPPOSITE = refutes("truth.opposite", "One side says yes (or true) and the other no (or false).")
OTHER_WORDS = passes(
    "truth.other_words", "One side answers yes or no, the other true or false, and they point in opposite ways."
)
BOTH = refutes("truth.both", "The answer says yes and no at once, which is no answer.", Standing.CONVENTION)
BOTH_GOLD = passes("truth.both_accepted", "The ground truth itself says yes and no.")
CODES: tuple[Code, ...] = (SAME, OPPOSITE, OTHER_WORDS, BOTH, BOTH_GOLD)

_STOPS: Final = r".,;:!)،؛۔।॥。、！"
_PRONOUN: Final = r" (?:it|they|he|she|there) (?:is|are|was|were|does|do|did|has|have|had|can|will)(?:n't)?\b"
_FIRST: Final = re.compile(
    rf"([^\s\d_(?*\\=-][^\s(?*\\={_STOPS}-]{{0,20}})"
    rf"(?=$|[{_STOPS}]|\s+[-(]|{_PRONOUN}| because\b| since\b| as\b| with\b)"
)
_CLAUSE: Final = (
    r"[\s,.:;(-]*(?:it|that|this|they|he|she|there|the \w+) (?:is|are|was|were|does|do|did|has|have|had|can|will)"
)
_AGAINST: Final = {  # "Yes, it isn't", "No, she does have it"
    True: re.compile(rf"{_CLAUSE}(?:n't| not)\b", re.IGNORECASE),
    False: re.compile(rf"{_CLAUSE}\b(?!n't| not\b| no\b)", re.IGNORECASE),
}
_TWO: Final = 2
_LETTER: Final = 3  # characters of a letter, perhaps in brackets
_PAIR: Final = 40  # characters of a text that is but a yes and a no
_NUMBERED: Final = re.compile(r"\.? ?\d")  # No. 1


class Truth(msgspec.Struct, frozen=True, gc=False):
    """A yes or a no; ``vocabulary`` tells yes/no from true/false; ``both`` is a yes and a no in one."""

    value: bool
    vocabulary: str
    both: bool = False

    def show(self) -> str:
        """The value in its own words."""
        if self.both:
            return "yes and no"
        if self.vocabulary == "agree":
            return "agree" if self.value else "disagree"
        return {("yes_no", True): "yes", ("yes_no", False): "no"}.get(
            (self.vocabulary, self.value), str(self.value).lower()
        )


def may_read(text: str, ctx: Context) -> bool:
    """Whether a text opens with a truth word or with words that lead to one, or is short and asked for."""
    table = ctx.rules.truth
    if ctx.demand.asked and len(text) <= _PAIR:
        return True
    if text[:1].isdecimal() or text[:1] == "\\":
        return False  # no word begins so
    found = _FIRST.match(text)
    return (found is not None and found[1].lower() in table.words) or fold(text).startswith(table.leads)


def may_be_letter(text: str) -> bool:
    """Whether a text is a letter alone, perhaps in brackets."""
    return len(text) <= _LETTER


def read_letter(text: str, ctx: Context) -> Reading | None:
    """A letter alone, T or F, where the question offers true and false and no lettered options."""
    letter = ctx.rules.truth.letters.get(text.strip("() ").lower())
    if letter is None or ctx.demand.options or not _offered(letter, ctx):
        return None
    return Reading(Truth(letter.value, letter.vocabulary), "truth")


def read_truth(text: str, ctx: Context) -> Iterator[Reading]:
    """A text that opens with a truth word and does not go on to say the opposite."""
    table = ctx.rules.truth
    turned = _turned(text, ctx)
    if turned is not None:
        yield Reading(Truth(turned.value, turned.vocabulary), "truth")
        return
    said = _alone(text, ctx)
    if said is not None:
        yield Reading(Truth(said.value, said.vocabulary), "truth", certain=False)  # or a label
        return
    if _both(text, ctx):
        yield Reading(Truth(value=True, vocabulary="both", both=True), "truth")
        return
    found = _FIRST.match(text)
    word = None if found is None else table.words.get(found[1].lower())
    if word is None:
        folded = fold(text)
        lead = next((lead for lead in table.leads if folded.startswith(lead)), "")
        found = _FIRST.match(text, len(lead) + text[len(lead) :].startswith(" ")) if lead else None
        word = None if found is None else table.words.get(found[1].lower())
        if word is not None and lead not in word.before:
            return
    if word is None or found is None:
        return
    rest = text[found.end() :]
    ctx.meter.spend(len(rest))
    if _AGAINST[word.value].match(rest) or _NUMBERED.match(rest) or not stands(word, _without_reason(rest, ctx), ctx):
        return
    yield Reading(Truth(word.value, word.vocabulary), "truth", rest.strip(" .,;:"))


def takes_back(text: str, ctx: Context) -> bool:
    """Whether the sentence behind a yes or a no that is one by itself says the opposite, or is no part of it."""
    words = ctx.rules.truth.words
    found = _FIRST.match(text)
    word = None if found is None else words.get(found[1].lower())
    if word is None or found is None:
        return False
    said = _SENTENCE.match(text, found.end())
    if said is None:
        return False
    other = _FIRST.match(said[1])
    opposite = None if other is None else words.get(other[1].lower())
    if other is not None and opposite is not None and opposite.value != word.value:
        return opposite.vocabulary == word.vocabulary or not said[1][other.end() :].strip(" *_")
    return word.foreign and len(said[1]) <= _PAIR and not stands(word, said[1], ctx)


_SENTENCE: Final = re.compile(r"[*_]*[.!\u0964\u06d4][*_]*\s*([^.!?\n\u0964\u06d4]{1,200})")


def _alone(text: str, ctx: Context) -> TruthWord | None:
    """What a whole answer says that is a yes or a no to a question, unless the question has its word: "Correct"."""
    said = ctx.rules.truth.alone.get(fold(text)) if len(text) <= _PAIR and ctx.demand.asked else None
    return None if said is None or words_of(fold(text))[-1] in ctx.demand.words else said


def _without_reason(rest: str, ctx: Context) -> str:
    """What stands behind a truth word, without what a reason denies: "because 97 has no divisors but 1 and 97"."""
    opened = _REASON.match(rest)
    if opened is None or opened[1].lower() not in ctx.rules.text.asides.reasons or _MORE.search(rest.rstrip(" .!")):
        return rest
    return _NONE_OF.sub(" ", rest)


_REASON: Final = re.compile(rf"[\s,;:(-]*({RUN})\s")
_MORE: Final = re.compile(
    r"[.;!?:]|\b(?:so|but|therefore|thus|hence|then|wait|actually|however|although|though)\b", re.IGNORECASE
)
_NONE_OF: Final = re.compile(  # "has no divisors": of things, no answer by itself
    r"(?:(?<=\bthere is )|(?<=\bthere are )|(?<=\bhas )|(?<=\bhave )|(?<=\bhad )|(?<=\bwith )|(?<=\bbecause )"
    r"|(?<=\bsince ))no(?= [a-z])"
)


def _turned(text: str, ctx: Context) -> TruthWord | None:
    """The last of a yes and a no, each of which takes back the one before it, and nothing else (POLICY 2)."""
    table = ctx.rules.truth
    told = words_of(text.lower()) if len(text) <= _PAIR else ()
    last: TruthWord | None = None
    place, changes, taken_back = 0, 0, False
    while place < len(told):
        word = table.words.get(told[place])
        if word is None:
            turn = next((turn for turn in table.turns if tuple(told[place : place + len(turn)]) == turn), None)
            if turn is None or last is None:
                return None
            place, taken_back = place + len(turn), True
            continue
        if last is not None and word.value != last.value:
            if not taken_back or word.vocabulary != last.vocabulary:
                return None
            changes += 1
        last, taken_back, place = word, False, place + 1
    return last if changes and not taken_back else None


def _offered(letter: TruthWord, ctx: Context) -> bool:
    """Whether the question offers both words of a vocabulary, so that their first letters stand for them."""
    told = [word for name, word in ctx.rules.truth.words.items() if name in ctx.demand.words]
    return {word.value for word in told if word.vocabulary == letter.vocabulary} == {True, False}


def _both(text: str, ctx: Context) -> bool:
    """Whether the text is a yes and a no, and nothing else: ``yes / no``, ``true or false`` (POLICY 48)."""
    if len(text) > _PAIR or not ctx.demand.asked:  # without a question "true and false" may be calculated
        return False
    words = ctx.rules.truth.words
    told = [words.get(word) for word in words_of(text.lower())]
    if len(told) not in {2, 3, 4} or told[-1] is None:
        return False
    known = [word for word in told if word is not None]
    joined = len(told) - len(known) <= 1 or told[0] is None
    if not joined or len(known) != _TWO:
        return False
    return known[0].value != known[1].value and known[0].vocabulary == known[1].vocabulary


def compare_truths(gold: Truth, candidate: Truth, ctx: Context) -> Finding:
    """The same polarity is the same answer; opposite polarity refutes within one vocabulary."""
    shown = ctx.sides(gold, candidate)
    if gold.both or candidate.both:
        return (BOTH if candidate.both and not gold.both else BOTH_GOLD).finding(**shown)
    if gold.value == candidate.value:
        code = SAME
    else:
        code = OPPOSITE if gold.vocabulary == candidate.vocabulary else OTHER_WORDS
    return code.finding(**shown)


STAGE: Final = Stage("truth", ((Truth, Truth),), compare_truths)
