"""What stands beside an answer that agrees: words that reject it, deny it, bound it or give it in one case of several.

Readers leave words beside a value unread, and most of them are harmless. Here, in one place for all kinds, the sentence
of an answer that agrees is searched for those that are not (``rules/text/asides.toml``; POLICY 2, 7, 57, 183-187).
Words that the ground truth or the question holds are part of the matter. Every doubt is a pass.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from verifier.engine import strikes
from verifier.engine import text as texts
from verifier.engine.kinds import label, truth
from verifier.engine.kinds.kind import Context
from verifier.engine.sides import LONGEST, Side, sentence
from verifier.engine.strikes import Hit
from verifier.engine.units import read_unit
from verifier.types.asides import AsideTable
from verifier.types.verdict import Code, Decision, Finding, Standing, passes, refutes

DOUBTED = passes(
    "aside.doubted", "The answer agrees, and words beside it reject it, deny it or make it a bound.", specific=8
)
CASES = passes("aside.cases", "The answer agrees, and its sentence gives another value for other cases.", specific=8)
STRUCK = passes("aside.struck", "The answer agrees, and it is struck out.", specific=8)
ELSEWHERE = passes(
    "aside.elsewhere", "The amounts agree, and they count from different places or in different ways.", specific=8
)
SUPPOSED = passes(
    "aside.supposed", "The answer agrees, and its sentence only supposes that this is the answer.", specific=8
)
DENIED = refutes("aside.denied", "The answer says that the ground truth is not the answer.", Standing.CONVENTION)
CODES: tuple[Code, ...] = (DOUBTED, CASES, STRUCK, ELSEWHERE, SUPPOSED, DENIED)

_BEFORE: Final = " *_$("
_DENIED: Final = 120  # characters of an answer that only denies
_DOUBLE: Final = re.compile(r"[,;:?]|\. ")
_MOST_LINKS: Final = 8
_AMOUNTS: Final = frozenset({"number", "quantity", "date", "clock", "missing"})
_PLACE: Final = re.compile(r"(?<=[a-z] )[A-Z](?![^\W_])")  # from A
_SYMBOL: Final = 3  # letters of a word that may be a unit
_WORDY: Final = re.compile(r"(?<![\\A-Za-z])(?:[^\W\d_]){2}|[\u0900-\ud7ff]|~~")
_WORD: Final = re.compile(r"[^\W\d_]+")
_NUMERAL: Final = re.compile(r"(?:(?<![\w.,)\]}])-)?\d+(?:[.,/:]\d+)*")
_CUT: Final = re.compile(r"[;()。；（）]|[,:、，：](?!\d)|(?<!\d)[,:、，：]|[.!?] |[—–]| - ")
_STOP: Final = re.compile(r"[;)。；）]|[.!?] ")
_REVERSED: Final = re.compile(r"[?,;:(–—-] ?(\w+)(?=[,.:;?!)]|$)")
_IN_CASE: Final = re.compile(rf"({_NUMERAL.pattern})[^\W\d_]?,? ([^\W\d_]+)(?: ([^\W\d_]+))?")  # 5 m when
_NAMED: Final = frozenset(
    {"truth", "choice", "label", "names", "phrase", "listing", "address"}
)  # words beside these are reasons
_SETS: Final = frozenset({"region", "collection"})  # "there are no solutions"
_BOUNDED: Final = frozenset({"bound", "relation", "region", "measure"})  # stages that compare what bounds say


def doubted(gold: Side, candidate: Side, finding: Finding, ctx: Context) -> Finding | None:
    """A pass where the sentence of an answer that agrees says that it is none; ``None`` where that stands."""
    if finding.decision is not Decision.CORRECT or candidate.found is None:
        return None
    wide = candidate.found.candidates[0].text
    if _WORDY.search(wide) is None:
        return None
    table = ctx.rules.text.asides
    wanted = texts.fold(" ".join((gold.given, *gold.texts)))
    stage = finding.code.partition(".")[0]
    said = texts.characters(wide[:LONGEST], ctx.rules.text)
    folded = texts.fold(said)
    ctx.meter.spend(4 * len(said))
    withdrawn = _withdrawn(wide, wanted, stage, candidate, ctx)
    if withdrawn is not None:
        return withdrawn
    if (
        len(wide) <= LONGEST
        and stage not in _NAMED
        and not any(strikes.hits(folded, table))
        and not _cased(folded, table)
    ):
        return ELSEWHERE.finding(text=said) if _is_elsewhere(gold.given, said, stage, ctx) else None
    said = sentence(candidate, wide, ctx)
    if not said or said in gold.texts:
        return None
    folded = texts.fold(said)
    own = _named_value(folded, candidate, ctx)
    hits = [hit for hit in strikes.hits(folded, table) if not _is_read(hit, stage, candidate)]
    hits = [hit for hit in hits if not own[0] <= hit.start <= hit.end <= own[1]]
    hits = [hit for hit in hits if not _is_told(folded, hit, wanted, ctx) and not _is_unit(said, hit, ctx)]
    if stage in _NAMED:
        hits = [hit for hit in hits if _is_remark(said, hit, table)]
        if stage == "truth" and any(_is_no(reading.answer) for reading in candidate.readings):
            hits = [hit for hit in hits if hit.kind == "discards"]
        doubt = hits[0] if hits else None
        if doubt is None and stage != "truth" and (_takes_back(folded, ctx) or _offers(folded, candidate, ctx)):
            return DOUBTED.finding(text=said)
    elif stage in _SETS and not any(map(str.isdigit, said)):
        return None
    else:
        doubt = next((hit for hit in hits if not _is_of_another(folded, hit, wanted, table)), None)
        if doubt is None and _in_cases(folded, wanted, table):
            return CASES.finding(text=said)
        if doubt is None and _is_elsewhere(gold.given, said, stage, ctx):
            return ELSEWHERE.finding(text=said)
    return None if doubt is None else DOUBTED.finding(text=said, word=said[doubt.start : doubt.end])


def _may_suppose(folded: str, table: AsideTable) -> bool:
    """Whether an "if" stands in a text, or it is of a script in which none stands by itself."""
    words = texts.words_of(folded)
    return not table.conditionals.isdisjoint(words) or any(texts.is_unspaced(word) for word in words)


def _is_supposed(folded: str, wanted: str, candidate: Side, table: AsideTable) -> bool:
    """Whether a sentence opens with an "if" and gives the value in that clause: "if the answer is 42, we win"."""
    opened, value = _OPENED.match(folded), _VALUE.search(texts.fold(candidate.shown))
    if opened is None or value is None:
        return False
    known = [word for word in table.conditionals if opened[1].startswith(word)]
    size = max((len(word) for word in known if word == opened[1] or texts.is_unspaced(word)), default=0)
    if not size or wanted.lstrip(_BEFORE).startswith(opened[1][:size]):
        return False
    at, cut = folded.find(value[0], opened.start(1) + size), _CONCLUDED.search(folded)
    return at >= 0 and (cut is None or at < cut.start())


_OPENED: Final = re.compile(rf"[\s*_$]*({texts.RUN})")
_VALUE: Final = re.compile(r"\d+|\w+")
_CONCLUDED: Final = re.compile(r"[,;،、.](?=\D)|\bthen\b|\n")


def _withdrawn(wide: str, wanted: str, stage: str, candidate: Side, ctx: Context) -> Finding | None:
    """A pass where an answer is struck out, only supposed, or a yes or a no that its next sentence takes back."""
    table, said = ctx.rules.text.asides, texts.characters(wide[:LONGEST], ctx.rules.text)
    if said.lstrip(_BEFORE).startswith(table.strikes) and not wanted.lstrip(_BEFORE).startswith(table.strikes):
        return STRUCK.finding(text=said)
    if stage == "truth" and truth.takes_back(said.lstrip(_BEFORE), ctx):
        return DOUBTED.finding(text=said)
    if _may_suppose(texts.fold(said), table):
        supposed = texts.fold(sentence(candidate, wide, ctx))
        if _is_supposed(supposed, wanted, candidate, table):
            return SUPPOSED.finding(text=said)
    return None


def denied(words: str, ctx: Context) -> str:
    """What an answer denies, "spam" in "not spam"; empty where it does not just deny something (POLICY 50)."""
    table = ctx.rules.text.asides
    folded = texts.fold(words)
    if len(words) > _DENIED or not folded.startswith(table.denying):
        return ""
    for opening in table.denying:
        rest = words[len(opening) :]
        if folded.startswith(opening) and (rest[:1] in {" ", "("} or opening[0] >= "\u0900"):
            first = _WORD.match(texts.fold(rest.strip(" (")))
            other = first is not None and first[0] in table.denying_not
            return "" if other or _DOUBLE.search(rest) else rest.strip()
    return ""


def _is_no(answer: object) -> bool:
    return isinstance(answer, truth.Truth) and not answer.value


def _named_value(folded: str, candidate: Side, ctx: Context) -> tuple[int, int]:
    """Where words stand that are the whole value by themselves, "does not exist"; what they deny is the answer."""
    words = texts.fold(candidate.texts[0])
    at = folded.find(words) if words in ctx.rules.text.named_sets else -1
    return (len(folded), 0) if at < 0 else (at, at + len(words))


def _is_read(hit: Hit, stage: str, candidate: Side) -> bool:
    """Whether a phrase was read with the value, and compared."""
    if hit.kind == "bounds" and (stage in _BOUNDED or "≡" in candidate.shown):
        return True
    return hit.kind == "denials" and "≠" in candidate.shown


def _is_unit(said: str, hit: Hit, ctx: Context) -> bool:
    """Whether a short word is a unit as it is written: EJ."""
    if hit.end - hit.start > _SYMBOL or not said.isascii():
        return False
    unit = read_unit(said, hit.start, ctx.rules.units)
    return unit is not None and unit[1] == hit.end


def _is_told(folded: str, hit: Hit, wanted: str, ctx: Context) -> bool:
    """Whether a phrase is part of the matter: the ground truth holds it, or the question or an option does.

    A denial of the question is told with all that it denies: "it is not a prime".
    """
    phrase = folded[hit.start : hit.end]
    if _stands(phrase, wanted):
        return True
    asked = texts.fold(" ".join((ctx.demand.question, *(option.text for option in ctx.demand.options))))
    if not _stands(phrase, asked):
        return False
    denied = _WORD.findall(folded[hit.end : _end(folded, hit.end)])
    return hit.kind != "denials" or (bool(denied) and ctx.demand.words.issuperset(denied))


def _stands(phrase: str, text: str) -> bool:
    if phrase not in text:
        return False
    return phrase[0] >= "\u0900" or re.search(rf"(?<![^\W\d_]){re.escape(phrase)}(?![^\W\d_])", text) is not None


def _begin(folded: str, place: int) -> int:
    """Where the clause of a place begins."""
    begin = 0
    for cut in _CUT.finditer(folded, 0, place):
        begin = cut.end()
    return begin


def _end(folded: str, place: int) -> int:
    cut = _CUT.search(folded, place)
    return len(folded) if cut is None else cut.start()


def _is_remark(said: str, hit: Hit, table: AsideTable) -> bool:
    """Whether a clause behind the answer says nothing but that it is rejected."""
    begin, end = _begin(said, hit.start), _end(said, hit.end)
    if begin == 0 or hit.kind not in {"rejects", "discards"}:
        return False
    around = _WORD.findall(said[begin : hit.start]) + _WORD.findall(said[hit.end : end])
    return len(around) <= _MOST_LINKS and all(
        word.lower() in table.links and (len(word) > 1 or word.islower() or word == "I") for word in around
    )


def _takes_back(folded: str, ctx: Context) -> bool:
    """Whether a no of its own stands behind a label: "neutral? No, negative"."""
    return any(
        match.start() and match[1] in ctx.rules.extract.reversals
        for match in _REVERSED.finditer(folded)
        if match[1] not in ctx.demand.words
    )


def _offers(folded: str, candidate: Side, ctx: Context) -> bool:
    """Whether labels are joined by an "or": they are alternatives, and no set."""
    for reading in candidate.readings:
        if isinstance(reading.answer, label.Labels):
            ends = sorted((folded.find(one), one) for one in reading.answer.labels)
            for (start, one), (then, _) in pairwise(ends):
                if start >= 0 and folded[start + len(one) : then].strip(" *\"'`") in ctx.rules.attacks.either:
                    return True
    return False


def _is_of_another(folded: str, hit: Hit, wanted: str, table: AsideTable) -> bool:
    """Whether a phrase is said of another value than the one that agrees, or in a reason for it."""
    if any(
        match[0] in table.reasons and _STOP.search(folded, match.end(), hit.start) is None
        for match in _WORD.finditer(folded, 1, hit.start)
    ):
        return True
    spans = [(_begin(folded, hit.start), _end(folded, hit.end))]
    if hit.kind == "denials":
        spans.append((hit.end, spans[0][1]))
    following = _NUMERAL.search(folded, hit.end, spans[0][1]) if hit.kind == "bounds" else None
    own = set(_NUMERAL.findall(wanted))
    if following is not None and not own.isdisjoint(_NUMERAL.findall(folded, following.end())):
        spans.append((hit.end, following.end()))  # that a number is greater than 3 is 1/2
    for start, end in spans:
        said = set(_NUMERAL.findall(folded[start:end]))
        rest = {*_NUMERAL.findall(folded[:start]), *_NUMERAL.findall(folded[end:])}
        if said and rest and said.isdisjoint(own | rest):
            return True
    return False


def _is_elsewhere(gold: str, said: str, stage: str, ctx: Context) -> bool:
    """Whether two amounts count from different places: "2 days before" and "2 days after", "from A" and "from B"."""
    if stage not in _AMOUNTS:
        return False
    own, told = (set(_WORD.findall(texts.fold(text))) & ctx.rules.text.relatives for text in (gold, said))
    if own - told and told - own:
        return True
    places, others = set(_PLACE.findall(gold)), set(_PLACE.findall(said))
    return bool(places and others) and places.isdisjoint(others)


def _in_cases(folded: str, wanted: str, table: AsideTable) -> bool:
    """Whether values are given each in a case of its own, of which the ground truth has not all."""
    cased = _cased(folded, table)
    return bool(cased) and not cased.issubset(_NUMERAL.findall(wanted))


def _cased(folded: str, table: AsideTable) -> frozenset[str]:
    """The values that are given each in a case of its own; none where there is but one."""
    cased = {match[1] for match in _IN_CASE.finditer(folded) if not table.cases.isdisjoint(match.groups())}
    return frozenset(cased) if len(cased) > 1 else frozenset()
