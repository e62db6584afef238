"""What a sentence says of its subject: the words behind its copula, the end of an equals chain, its one number.

Used where no marker announces the answer. Each finds less than a reader would, and nothing where the sentence rejects,
doubts, supposes or lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from verifier.engine import beside
from verifier.engine import text as texts
from verifier.engine.answering import (
    NOTHING,
    NUMERAL,
    STEM,
    TOLD,
    WORD,
    Asked,
    counts_other,
    filled_in,
    has_copula,
    subject_value,
)
from verifier.engine.concluding import clause_value, verb_value
from verifier.engine.inplace import emphasised, polarity_behind, value_behind, value_in_place, without_preposition
from verifier.types.rules import Rules
from verifier.types.sample import Extraction

_LONGEST: Final = 2_000  # characters of a sentence that a person would write
BREAK: Final = re.compile(
    r"(?<=[.!?])[\"”*)]*\s+(?=[A-Z(\\$\"“*])|(?<=[^\W\d_]{3}[.!?])\s+(?=\d)|(?<=[\d)][.!?])\s+(?=\d)|\n+"
    r"|(?<=[.!?])\s*(?=[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af])"
)
STOP: Final = re.compile(r"[.!?\n]")
_EAST_ASIAN: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_LIST: Final = re.compile(r"\band\b|\bor\b|;|, ")
_CLAUSES: Final = re.compile(r"[,;]|\b(?:and|but|while|although|though|whereas|because|since|if|unless)\b")
_OTHER_CASE: Final = re.compile(r"\b(?:and|or|but|otherwise|else|while)\b|;")
_BRACKET: Final = re.compile(r" \(([A-Za-z]+)")
_MEMBER: Final = re.compile(
    r"[^\W\d_]['′]?|[^\W\d_]_\w|[^\W\d_]{2,}+(?:[ ,:]++[^\W\d_]{2,}+)*(?: of [^\W\d_])?|[\d\s.,+*/×·÷()^$%-]+"
)
_VALUE: Final = re.compile(r"[-+]?[\d.,]+(?: ?/ ?[\d.,]+)? ?%?")
_LETTER: Final = re.compile(r"\(?[A-Z]\)?(?!\w)[^.]")
_NAME: Final = re.compile(r"[^\W\d_](?:_\{?\w{1,8}\}?|['′])?(?:\([^()]{1,8}\))?|[^\W\d_]{3,}+(?: [^\W\d_]++){0,4}")
_MATHS: Final = re.compile(r"\\|[<>≤≥≠=+*/^±√-](?=[^a-zA-Z]|$)")
_NUMBERISH: Final = re.compile(r"\d")
_NO_MEMBERS: Final = re.compile(r"[\s$]*(?:\\left)?\\?\{\s*(?:\\right)?\\?\}[\s$.]*")  # {}, the empty set
_BLANK_MARKUP: Final = re.compile(r"[\s$*_`#>~|.,:;()\[\]{}\\-]*")


def breaks(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Where sentences part: all that ``BREAK`` finds, sought only behind stops and at line ends."""
    at = begin
    for stop in STOP.finditer(text, begin, end):
        position = stop.start() if stop[0] == "\n" else stop.end()
        if position >= at:
            cut = BREAK.match(text, position, end)
            if cut is not None:
                at = cut.end()
                yield cut.span()


def blank(text: str) -> bool:
    """Whether a text is markup and punctuation only. A lone sign such as ∅ is an answer, and so are empty braces."""
    match = _BLANK_MARKUP.match(text)
    return match is not None and match.end() == len(text) and _NO_MEMBERS.fullmatch(text) is None


def leading(found: Extraction, rules: Rules) -> tuple[Extraction, ...]:
    """Of several sentences behind a marker the first, unless a later one says something of the same sort."""
    cut = BREAK.search(found.text, 0, _LONGEST)
    if _LETTER.match(found.text):
        return ()  # "B, which is Lisinopril": a letter, and words that must fit it
    if _gives_another(found.text, rules) or _FIRST_STEP.match(found.text):
        return ()
    if cut is None:
        return narrower(found, rules, sole=True)
    first = Extraction(found.text[: cut.start()], found.via, found.start, found.start + cut.start())
    later = texts.fold(found.text[cut.end() :])
    rival = has_copula(later, rules) and _NUMBERISH.search(later) is not None
    if rival or revised(later, rules) or not rules.text.blockers.isdisjoint(WORD.findall(texts.fold(first.text))):
        return ()
    return (first, *narrower(first, rules, sole=True))


def revised(folded: str, rules: Rules, asked: Asked = NOTHING) -> bool:
    """Whether the words behind an answer take it back, or offer another; a phrase of the question does not."""
    if not folded or folded.isspace():
        return False
    opening = folded[:40].lstrip(" \t\n.,;:!-–—*_$)]}")
    if opening.startswith(rules.extract.reversals) and any(
        opening.startswith(word) and not opening[len(word) : len(word) + 1].isalpha()
        for word in rules.extract.reversals
    ):
        return True
    for phrase in rules.extract.revisions:
        if folded.rfind(phrase) >= 0 and not (" " in phrase and phrase in asked.sentence):  # from the end: a quarter
            position = folded.find(phrase)
            if not folded[max(0, position - 1) : position].isalpha() and not _is_caveat(
                folded, position, phrase, rules
            ):
                return True
    return False


def _is_caveat(folded: str, position: int, phrase: str, rules: Rules) -> bool:
    """Whether a sentence that opens with "however" only says that things vary (POLICY 3), and offers no number."""
    if phrase != _HOWEVER or folded[:position].strip(" \t\n.*_$"):
        return False
    words = WORD.findall(folded)
    table = rules.text
    return (
        any(caveat in folded for caveat in rules.extract.caveats)
        and _NUMBERISH.search(folded) is None
        and words.count(_HOWEVER) == 1
        and table.modifiers.isdisjoint(words)
        and table.doubts.isdisjoint(words)
        and table.rejections.isdisjoint(words[1:])
    )


_HOWEVER: Final = "however"


def narrower(
    found: Extraction, rules: Rules, *, sole: bool, asked: Asked = NOTHING, related: bool = False
) -> tuple[Extraction, ...]:
    """What a sentence says of its subject: the words behind its copula, and, if ``sole``, from its only number on.

    Nothing where the sentence rejects, doubts or lists; words that the question uses itself, ``asked``, do not doubt.
    Where it must be ``related``, the subject shares a word with the question, and two if its number is to count.
    """
    if len(found.text) > _LONGEST or found.text.rstrip().endswith("?"):
        return ()
    whole = found.text
    meant = _contrasted(found, rules)
    if meant is not None:
        return (meant,)
    found = _conclusion(found, rules)
    if _gives_another(found.text, rules):
        return ()
    worked = None if related else clause_value(found.text, texts.fold(found.text), asked, rules)
    if worked is not None:
        return (Extraction(worked, "clause", found.start, found.end),)
    text = _main_clause(found.text, rules, asked)
    parts: list[Extraction] = []
    if text != whole:
        parts.append(Extraction(text, found.via, found.start, found.start + len(text)))
    folded = texts.fold(text)
    spoken = Extraction(text, found.via, found.start, found.end)
    said = _complement(spoken, folded, rules, asked, related=related)
    parts += said
    if said and said[0].via == _BOLD:
        return tuple(parts)
    polarity = polarity_behind(text, folded, asked, rules)
    if polarity:
        parts.append(Extraction(polarity, "polarity", found.start, found.end))
    chained = _last_member(text)
    if chained is not None:
        parts.append(Extraction(text[chained:].strip(), "last_member", found.start + chained, found.end))
    counts = sole or (related and _repeats(folded, asked.words))
    number = _own_number(text, folded, rules, asked) if counts else None
    if number is not None:
        value = text[number:].replace("**", "").strip()
        parts.append(Extraction(value, "sole_number", found.start + number, found.end))
    if asked.sentence:
        answered = _answered(text.replace("**", ""), folded.replace("**", ""), asked, rules, counted=number is not None)
        if answered is not None:
            parts.append(Extraction(answered, "question_answered", found.start, found.end))
        parts.extend(_bare(parts, asked))
    return tuple(parts)


_BOLD: Final = "emphasised"


def _complement(
    spoken: Extraction, folded: str, rules: Rules, asked: Asked, *, related: bool
) -> tuple[Extraction, ...]:
    """The words behind a sentence's copula, or of these what they begin with in bold; nothing if they are no answer."""
    text = spoken.text
    first, after = _copulas(folded, rules)
    subject = set(WORD.findall(folded[: max(after, 0)].replace("’", "'")))
    shared = {word for word in subject & asked.words if len(word) > TOLD}
    blocking = rules.text.blockers & subject
    if blocking and len(shared) > 1:
        blocking -= asked.words
    if _OPTION.match(text, max(after, 0)):
        blocking &= rules.text.doubts - {"or"}  # "the last event, or the end, is (A) Resolution"
    if blocking or (related and not shared):
        return ()
    bold = emphasised(text, first, rules) or emphasised(text, after, rules) if "**" in text and first > 0 else ""
    if bold:
        return (Extraction(bold, _BOLD, spoken.start + first, spoken.end),)
    between = text[first:after]
    if (
        0 < after < len(text)
        and not blank(text[after:])
        and not _CLAUSES.search(between)
        and not _NUMBERISH.search(between)
        and not _lists_values(text, after, asked)
        and (rules.maths.sorts.isdisjoint(subject) or _SET_OF_NUMBERS.search(text, after) is None)
    ):
        return (Extraction(text[after:].strip(), "complement", spoken.start + after, spoken.end),)
    return ()


def _own_number(text: str, folded: str, rules: Rules, asked: Asked) -> int | None:
    """Where the only number of a sentence begins, if it does not count another thing of the question."""
    number = _sole_number(text, max(_copulas(folded, rules)[1], 0), rules)
    if number is not None and counts_other(NUMERAL.sub("", text[number:], count=1), asked, rules):
        return None
    return number


def _answered(text: str, folded: str, asked: Asked, rules: Rules, *, counted: bool) -> str | None:
    """The value of a sentence that answers in the question's words; where its number is ``counted``, otherwise only."""
    value = None if counted else subject_value(text, folded, asked, rules) or filled_in(text, folded, asked, rules)
    value = value or verb_value(text, folded, asked, rules)
    return value or value_in_place(text, asked, rules) or value_behind(text, asked, rules)


def _bare(parts: list[Extraction], asked: Asked) -> list[Extraction]:
    """What is said of when or where without its preposition: "in 1989"."""
    if not _TIME_OR_PLACE.search(asked.sentence):
        return []
    bare = [(one, without_preposition(one.text)) for one in parts if one.via in {"complement", "question_answered"}]
    return [Extraction(text, one.via, one.start, one.end) for one, text in bare if text]


_TIME_OR_PLACE: Final = re.compile(r"\b(?:when|where|what (?:year|date|day|city|country|place))\b")


def _repeats(folded: str, asked: frozenset[str]) -> bool:
    """Whether two words of a sentence are the question's, in whatever form."""
    stems = {word[:STEM] for word in asked if len(word) > TOLD}
    return len({word[:STEM] for word in WORD.findall(folded) if len(word) > TOLD} & stems) > 1


def says_again(conclusion: str, rest: str, rules: Rules) -> bool:
    """Whether what follows a conclusion says of the same subject what its value is: it may be another."""
    if _NUMBERISH.search(rest) is None:
        return False
    subject = {word for word in WORD.findall(conclusion[: max(_copulas(conclusion, rules)[1], 0)]) if len(word) > TOLD}
    said = _copulas(rest, rules)[1]
    if set(NUMERAL.findall(rest[max(said, 0) :])) <= set(NUMERAL.findall(conclusion)):
        return False
    return said > 0 and len(subject & set(WORD.findall(rest[:said]))) > 1


_REJECTED: Final = 40  # characters of a value that is rejected
_VERB: Final = re.compile(r" (?:is|are|was|that) ")


def confirms(conclusion: str, rest: str, asked: Asked) -> bool:
    """Whether what follows a conclusion gives no other number than it and the question do, and gives one of its own."""
    said = {one for one in NUMERAL.findall(rest) if one not in asked.numbers}
    return bool(said) and said <= set(NUMERAL.findall(conclusion))


def _contrasted(found: Extraction, rules: Rules) -> Extraction | None:
    """The value that is meant, behind the one that a sentence rejects: "not 5 but 7"; none behind "not only 5"."""
    folded = texts.fold(found.text)
    for contrast in rules.extract.contrasts:
        before = folded.find(contrast.before)
        between = -1 if before < 0 else folded.find(contrast.between, before, before + _REJECTED + 16)
        if between < 0:
            continue
        rejected = folded[before + len(contrast.before) : between]
        begin = between + len(contrast.between)
        meant = folded[begin:].lstrip()
        if (
            not blank(rejected)
            and not blank(meant)
            and not rejected.startswith(contrast.unless)
            and not meant.startswith(contrast.unless)
            and not _VERB.search(rejected)
            and contrast.before not in meant
        ):
            return Extraction(found.text[begin:].strip(), "contrast", found.start + begin, found.end)
    return None


def _conclusion(found: Extraction, rules: Rules) -> Extraction:
    """The last clause of a sentence that concludes: "2 · 3 = 6, so the heater uses 6 kWh"."""
    folded = texts.fold(found.text)
    begin = max(folded.rfind(f"{sign} {word}") for word in rules.extract.conclusions for sign in ",;") + 2
    begin = max(begin, 0) if begin > 1 else 0
    begin += len(next((word for word in rules.extract.conclusions if folded.startswith(word, begin)), ""))
    begin = max(begin, behind_reason(folded, rules))
    rest = found.text[begin:].lstrip(" ,:")
    return Extraction(rest, found.via, found.end - len(rest), found.end) if begin else found


_MAIN: Final = re.compile(r", (?=(?:the|there|it|this|that|we|he|she|they|our|its)\b)")


def behind_reason(folded: str, rules: Rules) -> int:
    """Where the main clause begins behind a reason that opens a sentence ("since there are none, the sum is 0"); or 0.

    Words that give a reason both begin a clause and open an explanation.
    """
    first = WORD.match(folded.lstrip())
    if first is None or first[0] not in rules.extract.subordinators or first[0] not in rules.extract.explanations:
        return 0
    return max((match.end() for match in _MAIN.finditer(folded)), default=0)


def _main_clause(text: str, rules: Rules, asked: Asked) -> str:
    """A sentence up to the first subordinate clause or bracketed remark behind its number; the rest does not change it.

    Not cut where the rest goes on to another case ("5 if n is even and 7 otherwise"), or says of what sort the numbers
    of a statement about them are ("p > 3 where p is prime").
    """
    number = next((one for one in NUMERAL.finditer(text) if one[0] not in asked.numbers), _NUMBERISH.search(text))
    if number is None:
        reason = _REASON.search(text)
        return text if reason is None else text[: reason.start()].rstrip(" ,")
    cut, restricts = len(text), False
    for word in WORD.finditer(text, number.end()):
        if word[0].lower() in rules.extract.subordinators and text[word.start() - 1] in " ,":
            cut = word.start()
            restricts = rules.maths.tokens.get(word[0].lower(), ("", ""))[0] == "given"  # where, and not because
            break
    for bracket in _BRACKET.finditer(text, number.end(), cut):
        if bracket[1].lower() in rules.extract.remarks:
            cut = bracket.start()
            break
    if cut == len(text) or _OTHER_CASE.search(text, cut):
        return text
    if restricts and not rules.maths.sorts.isdisjoint(WORD.findall(text[cut:].lower())):
        label = _ASSIGNED.match(text)
        names = set(_VARIABLE.findall(text, 0 if label is None else label.end(), cut))
        if _SET_OF_NUMBERS.search(text, 0, cut) or not names.isdisjoint(_VARIABLE.findall(text, cut)):
            return text
    return text[:cut].rstrip(" ,")


def _gives_another(text: str, rules: Rules) -> bool:
    """Whether a text opens with a value and gives one of something else behind it, where no bracket only remarks."""
    if not _THEN_ANOTHER.match(text):
        return False
    remark = _BRACKET.search(text)
    return remark is None or remark[1].lower() not in rules.extract.remarks


_FIRST_STEP: Final = re.compile(r"[\s*_]*(?:first|firstly|initially|step)\b", re.IGNORECASE)
_THEN_ANOTHER: Final = re.compile(
    r"[\s*_$\\(]*[-+−]?[$€£]?\d+(?:[.,/]\d+)*%?[^\n(\[;—–.]{0,24}(?: ?[(\[;—–]| - |\. ) ?(?!which|that|i\.e|or\b)"
    r"[^\n\d]{0,60}(?::| is | are | was | equals | = )[^\n]{0,12}\d"
)
"""A value, and behind it one of something else: "12 (remainder: 4)", "407 — the answer key is 408"."""
_OPTION: Final = re.compile(r"\s*\([A-J]\) ?\w")
_REASON: Final = re.compile(r",? (?:because|since) ")
_ASSIGNED: Final = re.compile(r"[\s$]*[^\W\d_](?:\([a-z]\))? ?=")
_VARIABLE: Final = re.compile(r"(?<![^\W\d_])(?<!\\)[b-zA-Z](?![^\W\d_])")  # "a" is an article
_SET_OF_NUMBERS: Final = re.compile(r"[<>≤≥≡≠∈]|\\(?:[lg](?:eq?|t)|neq?|equiv|in|p?mod)(?![a-z])|\bmod\b")


def _copulas(folded: str, rules: Rules) -> tuple[int, int]:
    """Where the words behind the first and behind the last copula begin; -1 if there is none."""
    found: list[int] = []
    for copula in rules.extract.copulas:
        found.extend(
            position + len(copula)
            for position in (folded.find(copula), folded.rfind(copula))
            if position > 0 and (copula[0] == " " or _introduces(folded[:position], rules))
        )
    return (min(found), max(found)) if found else (-1, -1)


def _introduces(subject: str, rules: Rules) -> bool:
    """Whether the words before a colon may introduce an answer: "Total cost: 5", not "3 : 2" or "Inputs: 7"."""
    return subject[-1:].isalpha() and not rules.text.blockers.intersection(WORD.findall(subject[-40:])[-1:])


def _last_member(text: str) -> int | None:
    """Where the last member of an equals chain begins: ``the total = 3·4 = 12``.

    A list of assignments ("x = 5, y = 3") is none, an equation not yet solved (``2x = 5``) is none, and neither is ``4
    = 4``.
    """
    position = text.rfind("=")
    if position <= 0 or text[position - 1] in "<>!≠" or _LIST.search(text):
        return None
    members = [member.strip() for member in text[:position].split("=")]
    if members[-1] == text[position + 1 :].strip() or _VALUE.fullmatch(members[-1]):
        return None  # 4 = 4, and 1/2 = 0.2: two values for one answer
    if not (len(members) > 1 and _NAME.fullmatch(members[0])) and not all(map(_MEMBER.fullmatch, members)):
        return None
    return position + 1


def _lists_values(text: str, end: int, asked: Asked) -> bool:
    """Whether a number and a conjunction stand before ``end``: "x is 5 and y is 3" says more than its last part.

    Numbers that the question gives are none of its values.
    """
    first = next((one for one in NUMERAL.finditer(text, 0, end) if one[0] not in asked.numbers), None)
    if first is not None and _OF_THINGS.match(text, 0, first.start()) and _SOLE_VALUE.match(text, end):
        return len(_ANY_COPULA.findall(text, 0, end)) > 1 or "=" in text
    return first is not None and _LIST.search(text, first.end(), end) is not None


_OF_THINGS: Final = re.compile(
    r"\W*(?:the|its|their|our) [^\d,;=]{3,80} (?:for|of|from) [^\d,;=]{0,20}\Z", re.IGNORECASE
)
_SOLE_VALUE: Final = re.compile(r"[\s*_$]*[$€£]?\d+(?:[.,]\d+)*(?: [^\W\d_]+)?[\s*_$.]*\Z")
_ANY_COPULA: Final = re.compile(r"\b(?:is|are|was|were|equals|be|has|have|had|gets?|makes?)\b")


def _sole_number(text: str, after: int, rules: Rules) -> int | None:
    """Where the only number of a plain sentence begins.

    ``None`` unless it stands behind the copula, right behind a word that hands it over ("she has 16 eggs"), and no word
    of the sentence bounds or rejects it.
    """
    match = _NUMBERISH.search(text)
    if match is None or match.start() < after:
        return None
    start = match.start()
    before = text[start - 1 : start]
    if before in rules.units.leading:
        start -= 1
        before = text[start - 1 : start]
    if _EAST_ASIAN.match(text[:start].rstrip("*")[-1:]) and not rules.text.blockers & set(WORD.findall(text)):
        settled = len(NUMERAL.findall(text)) == 1 and not any(word in text for word in rules.text.unsettling)
        return beside.begins(text, start, rules.text.figures) if settled else None
    if (before and before not in ' \n\t*_"') or _MATHS.search(text, 0, start):
        return None
    words = [word.lower() for word in WORD.findall(text[:start])]
    while words and words[-1] in rules.text.openers:
        words.pop()
    rest = {word.lower() for word in WORD.findall(text[start:])}
    table = rules.text
    if len(words) < 2 or words[-1] not in table.carriers or not table.blockers.isdisjoint(rest):
        return None
    free = all(blocking.isdisjoint(words) for blocking in (table.hedges, table.modifiers, table.blockers))
    return start if free else None
