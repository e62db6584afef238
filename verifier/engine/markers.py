"""Words that announce the answer (``rules/extract/``): where they stand last, and what stands behind them.

Phrases are kept under clues, so that a text without the word "antwort" costs one search for all of German.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from verifier.engine import text as texts
from verifier.engine.statement import BREAK, behind_reason, blank
from verifier.types.extraction import Clue, ExtractTable, Phrase
from verifier.types.rules import Rules
from verifier.types.sample import Extraction

_SHORT: Final = 200  # characters of a text that has few signs
_LINE_HEAD: Final = 64  # characters before a label that show whether it opens its line
_CLAUSE_HEAD: Final = 120  # characters before a marker in which its sentence may begin
_ANSWER_HEAD: Final = 20_000  # characters behind a marker in which its sentence may end; what is longer is no answer
_MOST_SUPPOSED: Final = (
    8  # occurrences of a phrase, from the end, that are looked at; each may be an "if the answer is …"
)
_ASCII_WORD: Final = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_HEAD_WORD: Final = re.compile(rf"{texts.RUN}(?:'[a-z]+)?")
_MARKUP: Final = " \t*_#>-"
_LABEL_ENDS: Final = (":", "\n", "︰")  # one of them stands behind every label
_COLON: Final = re.compile(r"[ \t*_]{0,4}[:︰]|[ \t*_]{0,4}(?=\n)")


def phrases_in(text: str, folded: str, table: ExtractTable) -> tuple[Phrase, ...]:
    """The phrases that may stand in a text: those whose clue does."""
    found: list[Phrase] = []
    clues: Iterable[Clue] = table.clues
    if len(folded) <= _SHORT:
        places = [place for sign in table.rare.keys() & set(folded) for place in table.rare[sign]]
        clues = [table.clues[place] for place in sorted(places)]
    labels = any(text.rfind(sign) >= 0 for sign in _LABEL_ENDS)
    for clue in clues:
        if folded.rfind(clue.text) >= 0:  # a quarter of what `in` costs
            found += (
                phrase
                for phrase in clue.phrases
                if (labels or not phrase.label) and (text if phrase.exact else folded).rfind(phrase.text) >= 0
            )
    return tuple(found)


def last_phrase(
    text: str, folded: str, start: int, end: int, phrases: tuple[Phrase, ...], rules: Rules
) -> Extraction | None:
    """The last announcement by any of the phrases."""
    best: Extraction | None = None
    for phrase in phrases:
        found = _last(text, folded, start, end, phrase, rules)
        if found is not None and (best is None or found.start > best.start):
            best = found
    return best


def announces_nothing(text: str, folded: str, start: int, end: int, phrases: tuple[Phrase, ...]) -> Extraction | None:
    """What stands behind a marker at the text's end that nothing follows but markup and punctuation."""
    for phrase in phrases:
        position = (text if phrase.exact else folded).rfind(phrase.text, start, end)
        behind = -1 if position < 0 else _behind(text, position, phrase)
        if behind >= 0 and (blank(text[behind:end]) or _QUERY.fullmatch(text, behind, end)):
            return Extraction(text[behind:end], phrase.marker, behind, end)
    return None


_QUERY: Final = re.compile(r"[ \t`*_$]*\s[`*_$]*\?[\s`*_$]*")  # a sign that asks, where an answer should stand


def head_words(folded: str, start: int, position: int) -> list[str]:
    """The words before a position in its own sentence."""
    above, _, head = folded[max(start, position - _CLAUSE_HEAD) : position].rpartition("\n")
    joint = (_ASCII_WORD if above.isascii() else _HEAD_WORD).findall(above.rstrip().rpartition("\n")[2])
    head = head[max(head.rfind("."), head.rfind("!"), head.rfind("?")) + 1 :]
    own = _ASCII_WORD.findall(head) if head.isascii() else _HEAD_WORD.findall(head.replace("’", "'"))
    return own + (joint if len(joint) == 1 else [])  # "or", alone on a line


def doubted(folded: str, start: int, position: int, rules: Rules) -> bool:
    """Whether the words before a marker doubt or reject what it announces.

    A reason before its own clause, and what the clause concludes from, do not: "since there are none, the answer is 0".
    """
    doubts = rules.text.doubts
    if doubts.isdisjoint(head_words(folded, start, position)):
        return False
    head = folded[max(start, position - _CLAUSE_HEAD) : position].rpartition("\n")[2]
    head = _BRACKETED.sub(" ", head[max(head.rfind("."), head.rfind("!"), head.rfind("?")) + 1 :])
    if doubts.isdisjoint(_HEAD_WORD.findall(head.replace("’", "'"))):
        return False  # "the answer (yes or no) is"
    begin = max((head.rfind(f"{sign} {word}") for word in rules.extract.conclusions for sign in ",;"), default=-1)
    begin = max(begin, behind_reason(head, rules))
    return begin <= 0 or not doubts.isdisjoint(_HEAD_WORD.findall(head[begin:].replace("’", "'")))


_WOULD: Final = " would be"
_BRACKETED: Final = re.compile(r"\([^()\n]{1,40}\)")


def _last(text: str, folded: str, start: int, end: int, phrase: Phrase, rules: Rules) -> Extraction | None:
    """The last occurrence of a marker's words that announces something."""
    source = text if phrase.exact else folded
    stop = end
    for _ in range(_MOST_SUPPOSED):
        position = source.rfind(phrase.text, start, stop)
        if position < 0:
            return None
        stop = position + len(phrase.text) - 1
        behind = _behind(text, position, phrase)
        if behind >= 0 and not _supposed(folded, start, position, phrase, rules):
            found = _announced(text, behind, end, phrase)
            if not blank(found.text) and not found.text.rstrip().endswith("?"):
                return found
    return None


def _supposed(folded: str, start: int, position: int, phrase: Phrase, rules: Rules) -> bool:
    """Whether the sentence before a marker speaks of another case or of other people."""
    table = rules.text
    head = head_words(folded, start, position)
    if not table.suppositions.isdisjoint(head):
        return True
    if phrase.text.endswith(_WOULD) and (len(head) > 1 or not rules.extract.other_cases.isdisjoint(head)):
        return True  # "in children, the answer would be A"
    run = head[-1] if head else ""
    return texts.is_unspaced(run) and any(word in run for word in table.suppositions)


def _behind(text: str, position: int, phrase: Phrase) -> int:
    """Where what a phrase announces begins, or -1 where it is a part of another word or, a label, opens no line."""
    words = phrase.text
    behind = position + len(words)
    colon = _COLON.match(text, behind) if phrase.label else None
    if phrase.label and colon is None:
        return -1
    before = text[position - 1 : position] if position else ""
    if (before.isalnum() or before == "-") and words[0].isalnum() and not texts.is_unspaced(words):
        return -1
    if (before == "(" or text.startswith(_THE, position - len(_THE))) and _IN_BRACKETS.search(
        text, max(0, position - _LINE_HEAD), position
    ):
        return -1  # "407 (the correct answer is 408)"
    if colon is not None:
        return colon.end() if _opens_line(text, position) else -1
    after = text[behind : behind + 1]
    glued = after.isalpha() or (after in _JOINED and _HYPHEN.match(text, behind) is not None)
    if glued and words[-1].isalpha() and not texts.is_unspaced(words[-1]):
        return -1
    return behind if not phrase.line_start or _opens_line(text, position) else -1


_THE: Final = "(the "
_JOINED: Final = frozenset("-*_")
_IN_BRACKETS: Final = re.compile(r"[^\s(][ \t]*\((?:the )?\Z")
_HYPHEN: Final = re.compile(r"[*_]*-[^\W_]")  # "is-42": it may be a minus or a dash


def _opens_line(text: str, position: int) -> bool:
    _, newline, line = text[max(0, position - _LINE_HEAD) : position].rpartition("\n")
    opens = bool(newline) or position <= _LINE_HEAD
    line = line.rstrip(_MARKUP)
    return (opens and not line.lstrip(_MARKUP)) or line.endswith((".", "!", "?", "।", "؟", "۔"))


def _announced(text: str, begin: int, end: int, phrase: Phrase) -> Extraction:
    """What stands behind a marker: its sentence, or the next line's if its own line is empty.

    Displayed maths and code up to the text's end.
    """
    while begin < end and (text[begin] in " \t:*_}" or text.startswith(("...", "— ", "– "), begin)):
        begin += 3 if text[begin] == "." else 1
    if begin < end and text[begin] == "\n":
        while begin < end and text[begin] in " \t\n:*_":
            begin += 1
    line_end = text.find("\n", begin, end)
    stop = end if line_end < 0 else line_end
    if phrase.to_end or text.startswith(("\\[", "$$", "```", "{"), begin):
        stop = end
    else:
        stop = _sentence_end(text, begin, stop) or stop
    words = text[begin:stop]
    if "**" in words and words.count("**") % 2:  # it opened before the answer
        bold = words.find("**")
        words = words[:bold] + words[bold + 2 :]
    elif words.endswith(("*", "_")) and words.count(words[-1]) == 1:
        words = words[:-1]  # emphasis that opened before the marker
    return Extraction(ADORNED.sub("", words), phrase.marker, begin, stop)


_PICTURES: Final = r"[\u2600-\u27bf\U0001f300-\U0001faff\ufe0f]"
ADORNED: Final = re.compile(rf"(?<=[\w)\]}}$%*.!])[ \t]*(?:{_PICTURES}|\s|\*)*{_PICTURES}\s*\Z")
"""Pictures behind an answer, which say nothing."""


def _sentence_end(text: str, begin: int, stop: int) -> int | None:
    """The end of the first sentence in a line, if another follows; the stop of a label ("B. Ibuprofen") ends none."""
    for match in BREAK.finditer(text, begin, min(stop, begin + _ANSWER_HEAD)):
        if match.start() > begin + 2 or not text[begin : begin + 1].isalpha():
            return match.start()
    return None
