"""Answers that leave it to the reader to choose (POLICY 7, 48, 56, 57): nobody need be asked about them.

The rules pass on these for good reasons, and a judge that wants to agree would find the ground truth in them. Only what
is seen without knowledge counts: words that name no value, a form that always or never holds, an option that is not
there. What an answer lists is for the caller to grade, one by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from verifier.engine.attack import HEDGED
from verifier.engine.demand import Demand
from verifier.engine.kinds.choice import NO_OPTION
from verifier.types.attacks import Hedges
from verifier.types.budget import Meter
from verifier.types.rules import Rules
from verifier.types.sample import Option
from verifier.types.verdict import Finding
from verifier.types.wording import spoken

LONGEST: Final = 160
"""Characters of an answer that is looked at."""

_MOST_VALUES: Final = 12
_SIGNED: Final = re.compile(r"[=<>≤≥≠±+×÷^%°€£√∞~\\]|\d\s*[/:]\s*\d|\d-\d|[A-Za-z]-[A-Za-z]\b|(?<![\w.])[-−]\d")
_BOX: Final = re.compile(r"\\(?:boxed|fbox|text|mathrm)\s*\{")
_BOXED: Final = re.compile(r"\\(?:boxed|fbox)\s*\{([^{}]+)\}")
_MARKS: Final = re.compile(r"[{}$*_`]")
_NUMERAL: Final = re.compile(r"\d+(?:[.,]\d+)*")
_GROUP: Final = re.compile(r"\d{3}")
_BARE: Final = re.compile(r"\s*\$?\s*[-−]?\d+(?:[.,]\d+)*\s*\$?\s*\.?\s*")
_BAND: Final = re.compile(r"\s*\$?\s*[-−]?(\d+(?:\.\d+)?)\s*(?:±|\+/-|\\pm)\s*(\d+(?:\.\d+)?)\s*\$?\s*\.?\s*")
_BETWEEN: Final = re.compile(r"\s*[;|=≈]\s*|\s+/\s+|,\s+|\s+(?:or|and)\s+")
_UNITED: Final = re.compile(r"[-−]?(\d+(?:\.\d+)?)\s*(?:[^\W\d_]|[°%€£$])[^\s\d=;,|]{0,20}")
_LETTERED: Final = re.compile(r"\s*[(\[]?([A-Z])[)\].:]\s*([A-Z].*)", re.DOTALL)
_LOGIC: Final = frozenset({"true", "false", "and", "or", "not"})
_SAME: Final = 3  # letters of a word that stands in any text
_FEWEST: Final = 3  # bare numerals in a row, without a word that joins them, which are several values


def hedged(text: str, golds: Sequence[str], demand: Demand, rules: Rules, meter: Meter) -> Finding | tuple[str, ...]:
    """What is wrong with an answer that holds whatever the truth is, never holds, or names no option that there is.

    Of another, the different values that it lists and nothing else: labels of options, numbers, yes and no; or amounts
    of one unit joined by "or". Empty where it lists none, or one. What the question says is left out in front, and
    words that choose none of them.
    """
    return _empty(text, golds, demand, rules, meter) or _values(text, golds, demand, rules, meter)


def boxed(text: str) -> tuple[str, ...]:
    r"""What stands in the boxes of a text that is two and more of them and nothing else: ``\boxed{42} \boxed{43}``."""
    found = tuple(_BOXED.findall(text))
    return found if len(found) > 1 and not _BOXED.sub("", text).strip(" $.,;\n") else ()


def _empty(text: str, golds: Sequence[str], demand: Demand, rules: Rules, meter: Meter) -> Finding | None:
    if len(text) > LONGEST:
        return None
    meter.spend(len(text))
    hedges = rules.attacks.hedges
    words = spoken(text)
    joined = " ".join(words)
    if not words or any(joined in " ".join(spoken(gold)) for gold in golds):
        return None
    found = (
        _is_bound(text, words, golds, demand, hedges)
        or joined in hedges.both_ways
        or _is_empty_form(text, words, hedges)
        or (demand.options and joined in hedges.every and not _is_combined(demand.options, golds, hedges))
    )
    if found:
        return HEDGED.finding(text=text[:200])
    if demand.options and _names_no_option(text, words, golds, demand.options, hedges):
        return NO_OPTION.finding(candidate=text[:200])
    return None


def _values(text: str, golds: Sequence[str], demand: Demand, rules: Rules, meter: Meter) -> tuple[str, ...]:
    if len(text) > LONGEST + len(demand.question):
        return ()
    meter.spend(len(text))
    hedges = rules.attacks.hedges
    own = _MARKS.sub(" ", _BOX.sub(" ", text))
    question = demand.question.strip()
    if question and own.strip().lower().startswith(question.lower()):
        own = own.strip()[len(question) :]
    if len(own) > LONGEST:
        return ()
    amounts = _amounts(own, hedges) or _one_number(own)
    if amounts:
        return amounts
    return () if _SIGNED.search(own) else _tokens(own, golds, demand, rules)


def _tokens(own: str, golds: Sequence[str], demand: Demand, rules: Rules) -> tuple[str, ...]:
    hedges = rules.attacks.hedges
    labels = {option.label for option in demand.options}
    lettered = bool(labels) and not _is_combined(demand.options, golds, hedges)
    truth = rules.truth.words
    vocabularies = {truth[word].vocabulary for gold in golds for word in spoken(gold) if word in truth}
    found: dict[str, None] = {}
    either, bare = False, True
    kinds: set[str] = set()
    for word, written in zip(spoken(own), _written(own), strict=True):
        if lettered and written in labels:
            found[written] = None
            kinds.add("label")
        elif _NUMERAL.fullmatch(word):
            found[word] = None
            kinds.add("number")
        elif word in truth and truth[word].vocabulary in vocabularies:
            found[word] = None
            kinds.add("truth")
        elif not _is_around(word, hedges.around):
            return ()
        else:
            bare = False
            either |= word in hedges.alternatives
    told = tuple(found)
    if "truth" in kinds and _LOGIC.issuperset(spoken(own)):
        return () if _may_be_worth(spoken(own), golds) else told
    if len(kinds) != 1 or not 1 < len(told) <= _MOST_VALUES:
        return ()
    if "number" in kinds and not either:  # "3, 4" may be 3.4, "1 234 567" one number, "6 and 7 is 42" an answer
        several = bare and len(told) >= _FEWEST and not any(map(_GROUP.fullmatch, told[1:]))
        return told if several else ()
    return told


def _may_be_worth(words: tuple[str, ...], golds: Sequence[str]) -> bool:
    """Whether a term of logic may be worth what a ground truth says: "true and false" is false."""
    joined = {word for word in words if word in {"and", "or", "not"}}
    if len(joined) != 1 or "not" in joined:
        return True
    values = {word == "true" for word in words if word in {"true", "false"}}
    worth = all(values) if "and" in joined else any(values)
    return any(str(worth).lower() in spoken(gold) for gold in golds)


def _written(text: str) -> tuple[str, ...]:
    """The words of ``spoken`` in their case."""
    lowered = text.replace("İ", "i")
    place, found = 0, []
    for word in spoken(text):
        place = lowered.lower().index(word, place)
        found.append(lowered[place : place + len(word)])
        place += len(word)
    return tuple(found)


def _amounts(own: str, hedges: Hedges) -> tuple[str, ...]:
    """Parts joined by a word for "or" that differ in one numeral alone: "600 W or 300 W"."""
    pieces = own.strip(" .").split()
    parts: list[list[str]] = [[]]
    for piece in pieces:
        if piece.lower() in hedges.alternatives and piece.lower() != "of":
            parts.append([])
        else:
            parts[-1].append(piece)
    told = [" ".join(part) for part in parts]
    if not 1 < len(told) <= _MOST_VALUES or any(len(_NUMERAL.findall(part)) != 1 for part in told):
        return ()
    rests = {" ".join(_NUMERAL.sub("#", part).replace("#", " ").split()) for part in told}
    return tuple(dict.fromkeys(told)) if len(rests) == 1 and rests != {""} else ()


def _one_number(own: str) -> tuple[str, ...]:
    """Parts that give one numeral in different units: "600 W, 600 J", "600 W = 600 V"."""
    parts = [part.strip(" .") for part in _BETWEEN.split(own) if part.strip(" .")]
    if not 1 < len(parts) <= _MOST_VALUES:
        return ()
    found = [_UNITED.fullmatch(part) for part in parts]
    numerals = {one[1] for one in found if one is not None}
    told = tuple(dict.fromkeys(parts))
    return told if None not in found and len(numerals) == 1 and len(told) > 1 else ()


def _is_around(word: str, around: frozenset[str]) -> bool:
    """Whether a word chooses no value; of scripts without spaces, a run of such words."""
    if word in around:
        return True
    if word.isascii() or not "\u2e80" <= word[0] <= "\ud7af":
        return False
    place = 0
    while place < len(word):
        size = next((size for size in (4, 3, 2, 1) if word[place : place + size] in around), 0)
        if not size:
            return False
        place += size
    return True


def _is_combined(options: Sequence[Option], golds: Sequence[str], hedges: Hedges) -> bool:
    """Whether an option or a ground truth may mean several options: "both A and B", "all of the above"."""
    labels = {option.label for option in options}
    for told in (*(option.text for option in options), *golds):
        words = spoken(told)
        if not hedges.quantifiers.isdisjoint(words) or any(
            sign in hedges.quantifiers for word in words if not word.isascii() for sign in word
        ):
            return True
        if len(words) > 1 and sum(written in labels for written in _written(told)) > 1:
            return True
    return False


def _is_bound(text: str, words: tuple[str, ...], golds: Sequence[str], demand: Demand, hedges: Hedges) -> bool:
    """Whether an answer is a bound, or a band that reaches zero, and every ground truth is a bare number.

    A question for an extreme or for a bound, and one whose words are not known, may be answered by a bound.
    """
    if not all(map(_BARE.fullmatch, golds)):
        return False
    band = _BAND.fullmatch(text)
    if band is not None:
        return Decimal(band[2]) >= Decimal(band[1])
    asked = " ".join(spoken(demand.question))
    if demand.extreme or not asked or any(bound in asked for bound in hedges.bounds) or _SIGNED.search(text):
        return False
    rest = [word for word in words if not _NUMERAL.fullmatch(word)]
    return len(rest) == len(words) - 1 and " ".join(rest) in hedges.bounds


def _is_empty_form(text: str, words: tuple[str, ...], hedges: Hedges) -> bool:
    """Whether a statement is "p and not p", "p or not p", or an equation of a thing with itself."""
    sides = text.strip(" .$").split("=")
    if len(sides) > 1:
        plain = {"".join(side.split()) for side in sides}
        return len(plain) == 1 and plain != {""}
    if _SIGNED.search(text):
        return False
    for place, word in enumerate(words):
        both = word in hedges.conjunctions
        if not both and word not in hedges.alternatives:
            continue
        left, right = words[:place], words[place + 1 :]
        kept = tuple(one for one in right if one not in hedges.negations)
        if not kept or len(kept) == len(right) or not hedges.negations.isdisjoint(left):
            continue
        for stated in (left, left[1:]):  # "either p or not p"
            if stated and (kept == stated or (not both and kept in (stated[: len(kept)], stated[-len(kept) :]))):
                return True
    return False


def _names_no_option(
    text: str, words: tuple[str, ...], golds: Sequence[str], options: Sequence[Option], hedges: Hedges
) -> bool:
    """Whether an answer names an option by a letter or a number that none has, and by no word of any, or of several."""
    labels = {option.label for option in options}
    if not all(len(label) == 1 and label.isalpha() and label.isupper() for label in labels):
        return False
    known = {word for told in (*golds, *(option.text for option in options)) for word in spoken(told)}
    numerals = [word for word in words if word.isdecimal()]
    if len(numerals) == 1 and len(words) > 1 and all(word in hedges.around for word in words if word not in numerals):
        outside = not 0 < int(numerals[0]) <= len(options)
        return outside and numerals[0] not in known
    lettered = _LETTERED.fullmatch(text)
    if lettered is None or lettered[1] in labels:
        return False
    told = spoken(lettered[2])
    if all(word not in known for word in told if len(word) > _SAME):
        return True
    return not _is_combined(options, golds, hedges) and _lists_options(" ".join(told), options, hedges)


def _lists_options(told: str, options: Sequence[Option], hedges: Hedges) -> bool:
    """Whether words are those of two options or more, whole, and of nothing else but words that choose none."""
    found = 0
    rest = f" {told} "
    for own in sorted((" ".join(spoken(option.text)) for option in options), key=len, reverse=True):
        if own and f" {own} " in rest:
            rest = rest.replace(f" {own} ", "  ")
            found += 1
    free = hedges.around | hedges.alternatives | hedges.conjunctions
    return found > 1 and all(word in free for word in rest.split())
