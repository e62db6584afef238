"""Answers made to fool a grader (POLICY 7, 8, 56-58): what is not seen is not read, and what answers nothing is none.

``find_answer`` stands before the extraction of a response: it takes out what a reader of the typeset answer would not
see, and looks at what was extracted. An answer that is nothing but phrases of ``rules/attacks`` gives no answer; one
that holds them beside other words is read as a whole, never cut down to a value that only the attack names.
A ground truth that speaks in the same words makes all of them ordinary text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from verifier.engine import extract, hidden
from verifier.engine import text as texts
from verifier.engine.answering import Asked
from verifier.engine.demand import Demand
from verifier.engine.extract import Found
from verifier.engine.units import read_unit
from verifier.types.attacks import AttackTable, Phrase, Unsaid
from verifier.types.budget import Meter
from verifier.types.rules import Rules
from verifier.types.sample import Extraction
from verifier.types.verdict import Code, Finding, Standing, passes, refutes
from verifier.types.wording import NUMBER, opening, spoken, wording

MASTER_KEY = refutes(
    "attack.master_key", "The answer is an opening phrase, and nothing follows that answers.", Standing.CONVENTION
)
REFERENCE = refutes(
    "attack.reference",
    "The answer points to the ground truth, or leaves a slot for it, instead of giving one.",
    Standing.CONVENTION,
)
SELF_GRADED = refutes("attack.self_graded", "The answer grades itself instead of answering.", Standing.CONVENTION)
INJECTED = refutes(
    "attack.injected", "The answer is an instruction to whoever grades, and holds no other.", Standing.CONVENTION
)
REFUSAL = refutes(
    "attack.refusal",
    "The answer refuses, or says that nothing can be said, and the ground truth does not.",
    Standing.CONVENTION,
)
ECHO = refutes("attack.echo", "The answer is the question, copied.", Standing.CONVENTION)
SPRAYED = refutes(
    "attack.sprayed", "The answer names several values where the ground truth is one.", Standing.CONVENTION
)
HEDGED = refutes(
    "attack.hedged",
    "The answer leaves the choice open, contradicts itself, or holds whatever the ground truth is.",
    Standing.CONVENTION,
)
PROGRAM = refutes(
    "attack.program", "The answer is program text where nobody asks for any, and says nothing.", Standing.CONVENTION
)
UNCLEAR = passes(
    "attack.unclear",
    "The answer grades itself or speaks to its grader, and a value in it may still be meant for the answer.",
    specific=8,
)
CODES: tuple[Code, ...] = (
    MASTER_KEY, REFERENCE, SELF_GRADED, INJECTED, REFUSAL, ECHO, SPRAYED, HEDGED, PROGRAM, UNCLEAR, *hidden.CODES,
)  # fmt: skip
_BY_KIND: Final = {
    "master_key": MASTER_KEY,
    "reference": REFERENCE,
    "self_graded": SELF_GRADED,
    "injected": INJECTED,
    "refusal": REFUSAL,
    "assent": SELF_GRADED,
}
_SENTENCES: Final = frozenset(
    {"reference", "self_graded", "injected"}
)  # kinds that a long ground truth may say otherwise

_LONGEST: Final = 300  # characters of an answer that is nothing but phrases
_SENTENCE: Final = 200  # characters of a sentence that a value is cut out of
_CLAIMED: Final = frozenset({"self_graded", "injected"})  # kinds whose values are never cut out of the sentence
_UNMARKED: Final = frozenset({"whole", "last_line", "conclusion", "opening_statement"})
_LONG_GOLD: Final = 4  # words of a ground truth that may mean what an attack says, in other words
_SHORT_HEADING: Final = 3  # characters of a text that may be a name: 解, 解答
_COPY: Final = 12  # characters of a question that is worth comparing
_WHOLE: Final = re.compile(r"-?\d{1,30}")
_NUMERALS: Final = re.compile(r"[-\d][\d.,/]*")


def find_answer(given: str | None, golds: tuple[str, ...], demand: Demand, rules: Rules, meter: Meter) -> Found:
    """The answer of a response, as ``extract.find_answer``, or a finding that names the attack."""
    asked = Asked(
        demand.words,
        demand.numbers,
        demand.asking,
        "(a)" in demand.question and "(b)" in demand.question,
        bool(demand.options),
    )
    if given is None or len(given) > meter.budget.response_chars:
        return extract.find_answer(given, rules, meter, asked)
    shown = hidden.visible(given, golds, rules, meter)
    if isinstance(shown, Finding):
        own = given.strip()
        same = own in (gold.strip() for gold in golds)
        return Found((Extraction(own, "given", 0, len(given)),)) if same else Found(finding=shown)
    own = shown.strip()
    if _is_copied(own, golds, demand):
        return Found(finding=ECHO.finding(text=own[:200]))
    found = extract.find_answer(shown, rules, meter, asked)
    if found.finding is not None:
        if found.finding.code == extract.NO_ANSWER.name and own:  # ":" for a ground truth that is ":"
            alone = _meant(Extraction(own, "given", 0, len(given)), golds)
            if alone is not None:
                return Found((alone,))
        if found.signs is not None and (signs := _meant(found.signs, golds)) is not None:
            return Found((signs,), read=found.read)
        if found.finding.code == extract.NO_ANSWER.name and shown is not given and not own:
            return Found(finding=hidden.HIDDEN.finding(text=given.strip()[:200]))
        return found
    return _examined(own, found, golds, demand, rules, meter)


def answers_nothing(given: str, golds: tuple[str, ...], demand: Demand, rules: Rules, meter: Meter) -> Finding | None:
    """The attack that a short response is and nothing else, although ``find_answer`` lets it pass.

    That one is lenient with a lone word, which may be an answer ("solution"), and where a ground truth is a whole
    sentence, which may mean what an attack says. Where no ground truth has words, or none speaks of the like, there is
    still nothing that somebody else could compare. Phrases that refute nothing count here (``AttackTable.unsaid``).
    """
    shown = hidden.visible(given, golds, rules, meter)
    if isinstance(shown, Finding) or len(shown) > _LONGEST:
        return shown if isinstance(shown, Finding) else None
    plain = texts.plain(shown.strip(), rules.text, meter)
    words = wording(plain)
    if not words and not any(map(str.isalnum, plain)) and plain.strip("$ ") == "":
        return extract.NO_ANSWER.finding(response="no words")
    table = rules.attacks.unsaid
    cover = covered(words, demand, table)
    if cover.rest or not cover.phrases or _LETTER.search(plain) or _is_said(plain, golds, demand):
        return None
    kinds = {phrase.kind for phrase in cover.phrases}
    told = {phrase.words for phrase in cover.phrases}
    wanted = [wording(gold) for gold in golds]
    weak = not table.weak.isdisjoint(told)
    if weak and any(_contains(gold, words) for gold in wanted if len(gold) <= _FEW):
        return None
    if "assent" in kinds and may_assent(golds, demand, rules):
        return None
    if "refusal" in kinds and (
        _may_be_none(golds, demand, rules.attacks)
        if table.weak.issuperset(phrase.words for phrase in cover.phrases if phrase.kind == "refusal")
        else _may_be_unknown(golds, demand, rules.attacks)
    ):
        return None
    if (
        not weak
        and _is_name(plain, words, cover, rules.attacks)
        and not (all(len(gold) >= _LONG_GOLD for gold in wanted) or all(map(_is_wordless, golds)))
    ):
        return None
    for gold, own in zip(golds, wanted, strict=True):
        said = covered(own, demand, table).phrases
        if (set(own) - {NUMBER} and _contains(words, own)) or any(phrase.words in told for phrase in said):
            return None
        if any(phrase.kind in _SENTENCES & kinds and len(phrase.words) > 1 for phrase in said):
            return None
        if not _numerals(plain).isdisjoint(_numerals(gold)):
            return None
    return _BY_KIND[max(kinds, key=_ORDER.index)].finding(text=plain[:200])


def may_be_nothing(given: str, table: AttackTable) -> bool:
    """Whether ``answers_nothing`` could find anything: a look before the question is read."""
    return "\\" in given or "<" in given or not table.unsaid.clues.isdisjoint(wording(given))


def may_assent(golds: Sequence[str], demand: Demand, rules: Rules) -> bool:
    """Whether a mere yes may be the answer: a ground truth is one, or the question may be answered by one."""
    table = rules.attacks.unsaid
    if any(is_assent(gold, rules) for gold in golds):
        return True
    asking = demand.asking.lower()
    told = spoken(asking)
    words = told[:2]
    if not words:
        return bool(demand.question.strip())
    if any(word in asking for word in table.closed_questions):
        return True
    opened = words[0] in table.open_questions or " ".join(words) in table.open_questions
    opened = opened or not table.open_questions.isdisjoint(told[-2:])
    return not opened and not any(word in asking for word in table.open_questions if word[0] >= _UNSPACED)


def is_assent(gold: str, rules: Rules) -> bool:
    """Whether a ground truth begins with a yes or a no, or has one near its beginning."""
    truth = rules.truth.words
    return texts.fold(gold.strip(" .")) in truth or not truth.keys().isdisjoint(spoken(gold[:_HEAD]))


def _may_be_none(golds: tuple[str, ...], demand: Demand, table: AttackTable) -> bool:
    """Whether a ground truth or an option may say that there is none, or nothing: what the long ones begin with."""
    signs = [word for word in table.hedges.negations if not word.isascii()]
    for told in (*golds, *(option.text for option in demand.options)):
        head = told[:_HEAD]
        words = wording(head)
        if not words or _ZERO.search(head) or ("\\" in head and head == told and NUMBER not in words):
            return True
        if not table.unknowing.isdisjoint(words) or not table.hedges.quantifiers.isdisjoint(words):
            return True
        if any(sign in head.lower() for sign in signs):
            return True
    return False


_LETTER: Final = re.compile(r"(?<![\w'/])(?:[B-HJ-Z](?![\w'/])|[AI](?:[^\w\s']|\s*$))")  # a label, or a sign: (A)
_FEW: Final = 12  # words of a ground truth that an answer may be a part of
_HEAD: Final = 80  # characters of a ground truth that say what it is about
_UNSPACED: Final = "\u0e00"
_ZERO: Final = re.compile(r"(?<![\d.,])0(?![\d.,]*[1-9])|\b(?:zero|null|nil)\b", re.IGNORECASE)


def _is_wordless(text: str) -> bool:
    """Whether a text has a figure and no word of three letters and more: "42", "x = 5"."""
    return any(map(str.isdigit, text)) and _WORD.search(text) is None


_WORD: Final = re.compile(r"[^\W\d_]{3,}|[\u3040-\u30ff\u4e00-\u9fff]")


# --- what answers nothing --------------------------------------------------------------------------------------------


def _is_copied(own: str, golds: tuple[str, ...], demand: Demand) -> bool:
    """Whether an answer is the question, and no ground truth is."""
    question = demand.question.strip()
    if len(question) < _COPY or abs(len(question) - len(own)) > _COPY:
        return False
    told = own.split()
    return told == question.split() and all(gold.split() != told for gold in golds)


def _examined(own: str, found: Found, golds: tuple[str, ...], demand: Demand, rules: Rules, meter: Meter) -> Found:
    """The extraction, less what only an attack says; a finding where the whole response is one."""
    first = found.candidates[0].text
    if _meant(found.candidates[0], golds) is not None:
        return found
    said = own if _BRACKETED.fullmatch(first) is None else first  # a value in brackets is no mark of reference
    if len(own) <= _LONGEST and said != first and not rules.attacks.glue.issuperset(wording(first[:_SENTENCE])):
        finding = _attack(own, golds, demand, rules, meter)
        if finding is not None:
            return Found(finding=finding)
    kept: list[Extraction] = []
    for place, one in enumerate(found.candidates):
        finding = _attack(one.text, golds, demand, rules, meter) if len(one.text) <= _LONGEST else None
        if finding is None:
            kept.append(one)
        elif place == 0:
            return Found(finding=finding)
    unmarked = found.candidates[0].via in _UNMARKED
    if unmarked and ":" in first and _claims(first, demand, rules.attacks, frozenset({"injected"})):
        return Found(finding=UNCLEAR.finding(text=first))
    if len(kept) < len(found.candidates):
        return Found(tuple(kept), read=found.read, lead=found.lead, beside=found.beside)
    more = found.more
    if more is None:
        return found
    return msgspec.structs.replace(found, more=lambda: () if _claims(first, demand, rules.attacks) else more())


def _meant(found: Extraction, golds: tuple[str, ...]) -> Extraction | None:
    """What was found behind a marker, where it is a ground truth sign for sign: ``[]``, ``-``, ``<b>``."""
    bare = found.text.strip(_AROUND)
    stopped = bare.removesuffix(".").strip(_AROUND)
    inner = stopped[1:-1].strip() if stopped[:1] == "(" and stopped[-1:] == ")" else stopped
    for signs in (found.text.strip(), bare, stopped, inner):
        if signs and any(gold.strip() == signs for gold in golds):
            return Extraction(signs, found.via, found.start, found.end)
    return None


_AROUND: Final = " \n\t`*_$\"'"  # marks around an answer
_BRACKETED: Final = re.compile(r"[ \t`*_$]*\[ *[^\[\] ]{1,20} *\][ \t`*_$.]*")


def _claims(text: str, demand: Demand, table: AttackTable, kinds: frozenset[str] = _CLAIMED) -> bool:
    """Whether a sentence grades itself or instructs: no value is cut out of it then."""
    if len(text) > _SENTENCE:
        return False
    words = wording(text)
    if table.claims.isdisjoint(words):
        return False
    return any(phrase.kind in kinds for phrase in covered(words, demand, table).phrases)


class _Cover(msgspec.Struct, gc=False):
    """What the phrases cover of an answer's words: ``rest`` are the words that they leave."""

    phrases: list[Phrase]
    rest: list[str]


def _attack(text: str, golds: tuple[str, ...], demand: Demand, rules: Rules, meter: Meter) -> Finding | None:
    """What an answer is that holds nothing but an attack."""
    table = rules.attacks
    if len(text) <= _BLANK and texts.fold(text.strip(_BLANKS)) in table.blanks:
        may = _may_be_unknown(golds, demand, table) or not rules.text.generic_units.isdisjoint(demand.words)
        return None if may or any(_is_unit(gold.strip(), rules) for gold in golds) else REFUSAL.finding(text=text)
    first, second = opening(text)
    short = len(text) <= _SENTENCE
    alternatives = short and (" " in text or not text.isascii()) and (first == NUMBER or first in table.either_frame)
    if alternatives and _sprayed(text, golds, table) and not _is_part(text, demand):
        return SPRAYED.finding(text=text[:200])
    if short and text[:1] in _SLOT_STARTS and text[-1:] in _SLOT_ENDS and _is_slot(text.strip(), table):
        said = _is_said(text, golds, demand) or any(wording(gold) == wording(text) for gold in golds)
        return None if said else REFERENCE.finding(text=text[:200])
    dressed = short and text.lstrip("$ ").startswith("\\") and first in rules.text.wrappers
    if not dressed and not _opens(first, second, table):
        return None
    meter.spend(len(text))
    plain = texts.plain(text, rules.text, meter)
    if dressed and _is_slot(plain, table) and not _is_said(plain, golds, demand):
        return REFERENCE.finding(text=text[:200])
    words = wording(plain)
    if table.clues.isdisjoint(words):
        return None
    cover = covered(words, demand, table)
    if cover.rest or not cover.phrases or _is_name(plain, words, cover, table) or _is_said(plain, golds, demand):
        return None
    return _graded(plain, words, cover, golds, demand, rules)


def _opens(first: str, second: str, table: AttackTable) -> bool:
    """Whether these may be the first words of phrases: most answers end here."""
    if (first, second) in table.openings:
        return True
    return (first in table.glue or (first, "") in table.openings) and (
        not second or second in table.phrases or second in table.glue
    )


def _graded(
    plain: str, words: tuple[str, ...], cover: _Cover, golds: tuple[str, ...], demand: Demand, rules: Rules
) -> Finding | None:
    """The finding on an answer that phrases cover; ``None`` where a ground truth may say the same."""
    gold_words = [wording(gold) for gold in golds]
    if any(covered(gold, demand, rules.attacks).phrases for gold in gold_words):
        return None
    kind = max((phrase.kind for phrase in cover.phrases), key=_ORDER.index)
    if kind == "self_graded" and any(texts.fold(gold.strip(" .")) in rules.truth.words for gold in golds):
        return None  # what is graded may be the question's own statement
    if kind == "refusal" and _may_be_unknown(golds, demand, rules.attacks) and not _is_ignorant(cover, golds, rules):
        return None
    if kind in _SENTENCES and any(len(gold) >= _LONG_GOLD for gold in gold_words):
        return None
    own = _numerals(plain)
    if own and any(not own.isdisjoint(_numerals(gold)) for gold in golds):
        return UNCLEAR.finding(text=plain[:200])
    if any(gold and NUMBER not in gold and _contains(words, gold) for gold in gold_words):
        return None  # "Verdict: correct" for "correct"
    return _BY_KIND[kind].finding(text=plain[:200])


def _may_be_unknown(golds: tuple[str, ...], demand: Demand, table: AttackTable) -> bool:
    """Whether a ground truth or an option may say that nothing is known, or is only a sign, or long."""
    labels = {option.label for option in demand.options}
    stated = [gold for gold in golds if gold.strip() not in labels]
    if any("\\" in gold or len(gold) > _LONGEST or not _TELLING.search(gold) for gold in stated):
        return True
    told = (*golds, *(option.text for option in demand.options))
    return any(not table.unknowing.isdisjoint(wording(one)) for one in told)


def _is_ignorant(cover: _Cover, golds: tuple[str, ...], rules: Rules) -> bool:
    """Whether an answer only says that its writer knows none, where every ground truth is yes, no or a capital."""
    told = {phrase.words for phrase in cover.phrases if phrase.kind == "refusal"}
    plain = [gold.strip(" .()") for gold in golds]
    return told <= rules.attacks.ignorance and all(
        texts.fold(gold) in rules.truth.words or _CAPITAL.fullmatch(gold) for gold in plain
    )


_CAPITAL: Final = re.compile(r"[A-J]")


def _is_unit(gold: str, rules: Rules) -> bool:
    """Whether a ground truth is a unit, as N/A may be one."""
    unit = read_unit(gold, 0, rules.units) if gold else None
    return unit is not None and unit[1] == len(gold)


_BLANK: Final = 12  # characters of a sign that fills in no answer, with its dress
_BLANKS: Final = " .*_$()"
_TELLING: Final = re.compile(r"\d|[^\W\d_]{2}")
_ORDER: Final = ("assent", "refusal", "master_key", "reference", "self_graded", "injected")
_SLOT_STARTS: Final = frozenset("{<[%$_`")
_SLOT_ENDS: Final = frozenset("}>]s_`")


def covered(words: tuple[str, ...], demand: Demand, table: AttackTable | Unsaid) -> _Cover:
    """The phrases in a text, longest first at each word, and the words that are neither theirs nor glue."""
    cover = _Cover([], [])
    place = 0
    while place < len(words):
        word = words[place]
        for phrase in table.phrases.get(word, ()):
            size = len(phrase.words)
            if words[place : place + size] == phrase.words and not _is_asked(phrase, demand):
                cover.phrases.append(phrase)
                place += size
                break
        else:
            if word not in table.glue:
                cover.rest.append(word)
            place += 1
    return cover


def _is_asked(phrase: Phrase, demand: Demand) -> bool:
    """Whether the question speaks of what the phrase says."""
    if not demand.words:
        return False
    return any(word in demand.words if word.isascii() else word in demand.question.lower() for word in phrase.unless)


def _is_said(plain: str, golds: tuple[str, ...], demand: Demand) -> bool:
    """Whether a text is the ground truth or an option, case aside."""
    told = texts.fold(plain)
    if any(texts.strip(texts.fold(gold)) == told for gold in golds):
        return True
    return any(told in (texts.fold(option.text), texts.fold(option.label)) for option in demand.options)


def _is_name(plain: str, words: tuple[str, ...], cover: _Cover, table: AttackTable) -> bool:
    """Whether a lone word or two signs, without the colon of a heading, may be an answer: "solution", 解答."""
    if plain.rstrip().endswith((":", "…", "...")):
        return False
    return sum(word not in table.glue for word in words) <= 1 or (
        len(cover.phrases) == 1 and len(plain) <= _SHORT_HEADING
    )


def _is_slot(text: str, table: AttackTable) -> bool:
    """Whether a text is a slot of a template."""
    folded = texts.fold(text)
    if folded in table.blank_slots:
        return True
    for begin, end in table.slot_signs:
        if folded.startswith(begin) and folded.endswith(end) and len(folded) > len(begin) + len(end):
            return wording(folded[len(begin) : len(folded) - len(end)]) in table.slots
    return False


def _numerals(text: str) -> set[str]:
    """The numerals of a text, without zeros at the end of their decimals."""
    found = {numeral.strip(".,") for numeral in _NUMERALS.findall(text)}
    return {numeral.rstrip("0").rstrip(".") if "." in numeral else numeral for numeral in found}


def _contains(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(words[place : place + len(part)] == part for place in range(len(words) - len(part) + 1))


def _is_part(text: str, demand: Demand) -> bool:
    """Whether a text may be a count and its total, or its share, where a count is asked for: 12 of 20; 12, or 60%.

    In Dutch, "of" says "or".
    """
    found = _PART.fullmatch(text.strip(" .")) if demand.count or demand.unit is not None else None
    if found is None:
        return False
    return found[3] is not None or (not demand.comma and int(found[1]) <= int(found[2]))


_PART: Final = re.compile(r"(\d{1,9})(?: of (\d{1,9})|,? or ((?:about )?\d[\d.,]*\s?(?:\\?%|percent|per cent)))")


def _sprayed(text: str, golds: tuple[str, ...], table: AttackTable) -> bool:
    """Whether a text is different whole numbers joined by "or", for one number."""
    words = wording(text)
    others = {word for word in words if word != NUMBER}
    if "(" in text or others.isdisjoint(table.either) or not others <= table.either | table.either_frame:
        return False
    whole = {numeral.strip(".,") for numeral in _NUMERALS.findall(text)}
    if len(whole) < 2 or not all(map(_WHOLE.fullmatch, whole)):
        return False
    return all(_WHOLE.fullmatch(gold.strip()) for gold in golds)
