"""Answers that are a dress without a body (POLICY 7, 8, 45, 57): what is left of them is nothing to compare.

A verdict that an answer gives itself, in words, tags, JSON or a table; program text that ends, checks or reaches for
files; letters under heaps of marks; the kind of a number instead of one. Where a ground truth, an option or the
question speaks of the like, all of these are ordinary text. Rules refute by none of them: nobody is asked, that is all.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from verifier.engine import attack, cascade, extract, hidden
from verifier.engine.demand import Demand
from verifier.types.attacks import Dress
from verifier.types.budget import Meter
from verifier.types.rules import Rules
from verifier.types.verdict import Finding
from verifier.types.wording import NUMBER, spoken, wording

_STAGES: Final = frozenset({"judge", *(code.name.partition(".")[0] for code in cascade.CODES)})
_CODE: Final = re.compile(r"\b([a-z]{1,20})\.[a-z_]{1,40}\b")
_STRUCTURE: Final = re.compile(r"[:=<>{}\[\]|\n\uff1a\uff1d]")
_DECLARED: Final = re.compile(r"<\?xml\b[^<>]*>|<![a-z][^<>]*>", re.IGNORECASE)
_SPACED: Final = re.compile(r"(?<!\w)(?:[^\W\d_] ){3,}[^\W\d_](?!\w)")

_SENTENCES: Final = re.compile(r"[.?!\n。？！؟।]")
_FEWEST_ASKED: Final = 4  # words of a question that nobody says by chance

_LONGEST_PROGRAM: Final = 1_000
_LONGEST_STATEMENT: Final = 200
_MOST_STATEMENTS: Final = 40
_FENCE: Final = re.compile(r"```\w*")
_SIGNED: Final = re.compile(r"[(){};$\\<>#`'\"/*]|\b[A-Z]{4,}\b|\b(?:set|raise|assert)\b")
_CUTS: Final = frozenset("\n;{}")
_NAMES: Final = re.compile(r"[\w.$\[\]()]*")

_BARE: Final = re.compile(r"[\s$+\u2212-]*\d[\d,.]*[\s$.]*")
_UNSPACED: Final = "\u0e00"
_LONGEST_PIECE: Final = 4

_HEAP: Final = 3  # marks that no letter of a word bears in any writing, all of them beyond one for each letter
_MARKS: Final = ((0x300, 0x36F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F))


def legible(text: str, table: Dress) -> str:
    """A text as its reader sees it: entities read, compatible letters made one, without signs of no width.

    In a word that holds Latin letters, those that only look like them are read as Latin ones.
    """
    if "&" in text or "<" in text:
        text = _DECLARED.sub(" ", html.unescape(text))
    if text.isascii():
        return text
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return _WORD.sub(lambda word: _alike(word[0], table), seen)


def _plainest(text: str) -> str:
    """A text without accents, and letters that stand apart as a word: "v é r d i c t"."""
    joined = _SPACED.sub(lambda letters: letters[0].replace(" ", ""), text)
    return joined if joined.isascii() else _unmarked(unicodedata.normalize("NFD", joined))


def undressed(text: str, golds: Sequence[str], demand: Demand, rules: Rules, meter: Meter) -> Finding | None:
    """Why nothing is left of a short answer once its dress is taken off; ``None`` where something is.

    Linear in the text, but for statements of program text, which are short.
    """
    meter.spend(len(text))
    table = rules.attacks.dress
    told = [*golds, *(option.text for option in demand.options)]
    if _is_heaped(text, told):
        return hidden.HIDDEN.finding(text=text[:200])
    seen = legible(text, table)
    if not any("&" in one for one in told) and not any(
        sign.isalnum() or unicodedata.category(sign)[0] == "S" for sign in seen
    ):
        return extract.NO_ANSWER.finding(response="no words")
    if any(_is_verdict(one, golds, demand, rules) for one in dict.fromkeys((seen, _plainest(seen)))):
        return attack.SELF_GRADED.finding(text=text[:200])
    if _is_echo(seen, golds, demand, rules):
        return attack.ECHO.finding(text=text[:200])
    if len(seen) <= _LONGEST_PROGRAM and _SIGNED.search(seen) and _is_program(seen, told, demand, table, meter):
        return attack.PROGRAM.finding(text=text[:200])
    return attack.HEDGED.finding(text=text[:200]) if _is_kind(seen, golds, table) else None


# --- a verdict on itself ---------------------------------------------------------------------------------------------


def _is_verdict(text: str, golds: Sequence[str], demand: Demand, rules: Rules) -> bool:
    """Whether a text of fields is a verdict in favour and nothing else."""
    table = rules.attacks.dress
    if not _STRUCTURE.search(text):
        return False
    plain = _CODE.sub(lambda code: " ok " if code[1] in _STAGES else code[0], text)
    found = _parts(wording(plain), table)
    if found is None or not _agrees(found, golds):
        return False
    told = [*golds, *(option.text for option in demand.options)]
    if any(attack.is_assent(one, rules) or _is_favour(one, table) for one in told):
        return False
    if _numerals(text) & {numeral for one in told for numeral in _numerals(one)}:
        return False
    asked = wording(demand.question)
    if any(_holds(asked, phrase) for phrase, parts in found if "filler" not in parts):
        return False
    return all(map(_BARE.fullmatch, golds)) or not attack.may_assent(golds, demand, rules)


_Part = tuple[tuple[str, ...], frozenset[str]]


def _parts(words: tuple[str, ...], table: Dress) -> list[_Part] | None:
    """The phrases of a verdict that a text is made of; ``None`` where another word stands in it."""
    found: list[_Part] = []
    place = 0
    while place < len(words):
        for phrase, parts in table.verdict.get(words[place], ()):
            if words[place : place + len(phrase)] == phrase:
                found.append((phrase, parts))
                place += len(phrase)
                break
        else:
            if words[place] != NUMBER and words[place] not in _STAGES:
                return None
            place += 1
    return found


def _agrees(found: Sequence[_Part], golds: Sequence[str]) -> bool:
    """Whether a field and what another phrase says of it are a verdict in favour.

    "tests: passed" may be an answer, but to no question for a number.
    """
    named = [place for place, (_, parts) in enumerate(found) if parts & {"key", "field"}]
    told = [place for place, (_, parts) in enumerate(found) if parts & {"value", "nod"}]
    if not named or not told or (named == told and len(named) == 1):
        return False
    return any(parts & {"key", "value"} for _, parts in found) or all(map(_BARE.fullmatch, golds))


def _is_favour(text: str, table: Dress) -> bool:
    """Whether a text says something that a verdict in favour may say: "passed", "equal"."""
    words = wording(text)
    return any(
        parts & {"value", "nod"} and words[place : place + len(phrase)] == phrase
        for place, word in enumerate(words)
        for phrase, parts in table.verdict.get(word, ())
    )


def _holds(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return any(words[place : place + len(phrase)] == phrase for place in range(len(words) - len(phrase) + 1))


def _numerals(text: str) -> set[str]:
    return set(_NUMERAL.findall(text))


# --- the question, copied --------------------------------------------------------------------------------------------


def _is_echo(text: str, golds: Sequence[str], demand: Demand, rules: Rules) -> bool:
    """Whether a text is the question, or its last sentence, behind an opening or not: "The answer is: Which …"."""
    words = spoken(text)
    if any(spoken(gold) == words for gold in golds):
        return False
    sentences = [one for one in _SENTENCES.split(demand.question) if one.strip()]
    for asked in map(spoken, (demand.question, *sentences[-1:])):
        rest = _without(words, asked) if len(asked) >= _FEWEST_ASKED else words
        if len(rest) < len(words) and all(spoken(gold) != asked for gold in golds):
            return not attack.covered(wording(" ".join(rest)), Demand(), rules.attacks.unsaid).rest
    return False


def _without(words: tuple[str, ...], part: tuple[str, ...]) -> tuple[str, ...]:
    """Words without the places where others stand one behind the other."""
    rest: list[str] = []
    place = 0
    while place < len(words):
        if words[place] == part[0] and words[place : place + len(part)] == part:
            place += len(part)
        else:
            rest.append(words[place])
            place += 1
    return tuple(rest)


# --- program text ----------------------------------------------------------------------------------------------------


def _is_program(text: str, told: Sequence[str], demand: Demand, table: Dress, meter: Meter) -> bool:
    """Whether a text is program text that says nothing, and nobody speaks of any."""
    if not table.topics.isdisjoint(demand.words) or any(
        word in demand.question for word in table.topics if not word.isascii()
    ):
        return False
    meter.spend(10 * len(text))
    if not _says_nothing(text, table):
        return False
    return not any(_holds_program(one, table) for one in told)


def _holds_program(text: str, table: Dress) -> bool:
    """Whether a ground truth or an option may be program text: one of its statements is."""
    pieces = _statements(text[:_LONGEST_PROGRAM])
    return any(pattern.fullmatch(one) for one in pieces for pattern in (table.texts, table.statements, table.loose))


def _says_nothing(text: str, table: Dress) -> bool:
    bare = _FENCE.sub("\n", text).strip()
    if len(bare) <= _LONGEST_STATEMENT and (
        table.texts.fullmatch(bare) or table.texts.fullmatch(bare.strip("$").strip())
    ):
        return True
    pieces = _statements(bare)
    if not 0 < len(pieces) <= _MOST_STATEMENTS:
        return False
    certain = False
    for piece in pieces:
        found = table.statements.fullmatch(piece) if len(piece) <= _LONGEST_STATEMENT else None
        certain = certain or found is not None
        found = found or (table.loose.fullmatch(piece) if len(piece) <= _LONGEST_STATEMENT else None)
        if found is None or any(_is_said(group, table) for group in found.groups() if group):
            return False
    return certain


def _is_said(argument: str, table: Dress) -> bool:
    """Whether what a statement prints is text of its own, and no name, and no verdict."""
    bare = argument.strip()
    if bare[0] not in "\"'`" and _NAMES.fullmatch(bare) and not bare.replace(".", "").isdigit():
        return False
    found = _parts(wording(bare), table)
    return found is None or any(sign.isdigit() for sign in bare)


def _statements(text: str) -> list[str]:
    """The pieces of a text between its lines, semicolons and braces, which do not count between quotes."""
    pieces: list[str] = []
    begin, quote = 0, ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign in {quote, "\n"} else quote
        elif sign in "\"'" and not text[place - 1 : place].isalnum():
            quote = sign
        if (not quote and sign in _CUTS) or sign == "\n":
            pieces.append(text[begin:place].strip())
            begin = place + 1
    pieces.append(text[begin:].strip())
    return [piece for piece in pieces if piece]


# --- marks, and kinds of numbers -------------------------------------------------------------------------------------


def _is_heaped(text: str, told: Sequence[str]) -> bool:
    """Whether words under heaps of marks are all that a text holds, and none is one of those looked for."""
    if text.isascii():
        return False
    known = {word for one in told for word in spoken(_unmarked(unicodedata.normalize("NFC", one)))}
    heaped = False
    for word in unicodedata.normalize("NFC", text).split():
        marks = sum(_is_mark(sign) for sign in word)
        letters = sum(sign.isalnum() for sign in word)
        if marks >= _HEAP and marks > letters:
            heaped = True
            if not known.isdisjoint(spoken(_unmarked(word))):
                return False
        elif letters or any(unicodedata.category(sign)[0] == "S" for sign in word):
            return False
    return heaped


def _is_mark(sign: str) -> bool:
    place = ord(sign)
    return place >= _MARKS[0][0] and any(first <= place <= last for first, last in _MARKS)


def _unmarked(text: str) -> str:
    return "".join(sign for sign in text if not _is_mark(sign))


def _is_kind(text: str, golds: Sequence[str], table: Dress) -> bool:
    """Whether a text says that there is a number, and which kind, where every ground truth is one."""
    words = spoken(text)
    if not words or any(sign.isdigit() for sign in text) or not all(map(_BARE.fullmatch, golds)):
        return False
    kinds = table.kind_nouns | table.kind_words
    pieces = [piece for word in words for piece in _pieces(word, kinds)]
    return all(piece in kinds for piece in pieces) and not table.kind_nouns.isdisjoint(pieces)


def _pieces(word: str, known: frozenset[str]) -> list[str]:
    """A word, or the known words that a run of a script without spaces is made of, the longest first."""
    if word in known or word[0] < _UNSPACED:
        return [word]
    found: list[str] = []
    place = 0
    while place < len(word):
        size = next(
            (size for size in range(_LONGEST_PIECE, 0, -1) if word[place : place + size] in known), len(word) - place
        )
        found.append(word[place : place + size])
        place += size
    return found


def _alike(word: str, table: Dress) -> str:
    """A word with Latin letters for those that look like them, if it holds any."""
    if not any(sign < "\u0250" for sign in word) or not any(ord(sign) in table.lookalikes for sign in word):
        return word
    return word.translate(table.lookalikes)


_WORD: Final = re.compile(r"[^\W\d_]+")
_NUMERAL: Final = re.compile(r"\d+")
