r"""Answers that are set on lines of their own: the parts of a list, without bullets, numbers and dress.

Lines are a list only if all have one shape: assignments, values, or names behind bullets. A formula that is broken over
lines, a matrix, verse, code and the steps of a working are none, and their text stays as it is. Linear in a text that
has an end (``LONGEST``); none is read without a line break or a wide space.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from verifier.engine import labelled
from verifier.engine import text as texts
from verifier.types.rules import TextTable

LONGEST: Final = 1_200  # characters of a list
_MOST: Final = 24  # lines of one
_LONGEST_PART: Final = 60  # characters of one of its lines


class Lines(msgspec.Struct, frozen=True, gc=False):
    """The parts of a list that is set on lines.

    ``shape`` is what each is: an assignment ("assigned"), a value under a label ("labelled"), a value ("values") or a
    name ("named"); ``names`` are what values are assigned to, or their labels. ``drawn`` says that each has a bullet or
    a number, ``joint`` what stands between them.
    """

    shape: str
    parts: tuple[str, ...]
    names: tuple[str, ...] = ()
    drawn: bool = False
    joint: str = ", "

    def joined(self) -> str:
        """The list on one line."""
        return self.joint.join(self.parts)


def may_hold(text: str) -> bool:
    """Whether a text has what parts the items of such a list."""
    return "\n" in text or "\\q" in text or text[1:2] == ":"


def read_lines(text: str, table: TextTable) -> Lines | None:
    r"""The list that a text is, or ``None``.

    >>> from verifier.rulebook import builtin_rules
    >>> read_lines("- 3\n- 5", builtin_rules().text).joined()
    '3, 5'
    >>> read_lines("x^2\n+ 2x", builtin_rules().text)
    """
    text = text.strip()
    if len(text) > LONGEST or _SET.search(text) is not None:
        return None
    text = texts.characters(text, table)
    if "\n" not in text:
        if text[1:2] == ":" and text[:1].islower():  # "A: 2, B: 3" matches labels
            return _labelled(labelled.split_line(text), table, drawn=False)
        return _read([part for part in _WIDE.split(text) if part.strip()], table, drawn=False, wide=True)
    lines = labelled.paired([line.strip() for line in text.split("\n") if _DELIMITER.fullmatch(line) is None])
    headed = len(lines) > 1 and _heads(lines[0], table)
    if headed:
        lines = lines[1:]
    if len(lines) < 2 or len(lines) > _MOST:
        return None
    labels = [label[1] for line in lines if (label := _LABELLED.match(line))] if headed else []
    if labels and labels == list("abcdefgh"[: len(lines)]):
        return Lines("assigned", tuple(lines), tuple(f"({label})" for label in labels), drawn=True)
    bare = _undrawn(lines, table)
    found = _read(lines if bare is None else bare, table, drawn=bare is not None, wide=False)
    if found is None:
        found = _labelled(lines if bare is None else bare, table, drawn=bare is not None)
    return None if found is None or (headed and not (found.drawn or found.names)) else found


def lone_names(text: str, table: TextTable) -> bool:
    r"""Whether a text is nothing but names on lines: short ones behind bullets, or words with a capital.

    >>> from verifier.rulebook import builtin_rules
    >>> lone_names("- Alice\n- Bob", builtin_rules().text), lone_names("Alice\nis first", builtin_rules().text)
    (True, False)
    """
    rows = text.strip().split("\n")
    if 1 < len(rows) <= _MOST and all(_PLAIN_WORD.fullmatch(row) for row in rows):
        return True
    found = read_lines(text, table)
    if found is None or found.shape != "named":
        return False
    if found.drawn:
        return all(part.count(" ") < _NAME_WORDS for part in found.parts)
    return all(len(part) > 1 and part.count(" ") < _NAME_WORDS for part in found.parts)


_PLAIN_WORD: Final = re.compile(r"[^\W\d_]{3,30}")
_NAME_WORDS: Final = 3


def _labelled(lines: list[str], table: TextTable, *, drawn: bool) -> Lines | None:
    """Values under labels."""
    found = labelled.read(lines, table.fillers - table.articles)
    if not found:
        return None
    parts = tuple(labelled.joined(*one) for one in found)
    return Lines("labelled", parts, tuple(label for label, _ in found), drawn)


def is_numbered_alone(text: str) -> bool:
    """Whether a text is one item of a list with its number: "1. Paris"."""
    return len(text) <= LONGEST and _ALONE.fullmatch(text.strip()) is not None


def read_equations(text: str, table: TextTable) -> str:
    r"""Equations on lines, on one line; empty where a line is none.

    >>> from verifier.rulebook import builtin_rules
    >>> read_equations("2x + y = 3\nx - y = 1", builtin_rules().text)
    '2x + y = 3, x - y = 1'
    """
    text = text.strip()
    if len(text) > LONGEST or "=" not in text or _SET.search(text) is not None:
        return ""
    lines = [line.strip() for line in texts.characters(text, table).split("\n") if not _DELIMITER.fullmatch(line)]
    parts = [_part(line, table)[0] for line in _undrawn(lines, table) or lines]
    if not 2 <= len(parts) <= _MOST or not all(map(_is_equation, parts)):
        return ""
    return ", ".join(parts)


def _is_equation(part: str) -> bool:
    """Whether a line has two whole sides."""
    sides = [side.strip() for side in part.split("=")]
    if len(sides) != len("lr") or len(part) > _LONGEST_PART or not all(sides) or not _balanced(part):
        return False
    return not any(_UNVALUED.search(side) or _WORD.search(_MACRO.sub(" ", side)) for side in sides)


_ALONE: Final = re.compile(r"\(?1[.)] +\S+(?: \S+){0,2}(?<![.!?:,;])")
_SET: Final = re.compile(r"```|[&|\t]|\\begin|</?[a-z]")  # tables, matrices, code, mark-up
_WIDE: Final = re.compile(r",? *\\q?quad(?![A-Za-z])[ ,]*")
_DELIMITER: Final = re.compile(r"\s*(?:\$\$?|\\[\[\]])?\s*")
_HEADING: Final = re.compile(r"[^\d=<>+\\]{1,80}:[*_ ]*")
_BULLET: Final = re.compile(r"[-*•‣▪◦–—] +(\S.*)")
_LABELLED: Final = re.compile(r"\(?([a-h])[.)] +\S")
_LETTERED: Final = re.compile(r"\(?([a-h])[.)] +(\S.*)")
_NUMBERED: Final = re.compile(r"\(?(\d{1,2})[.)] +(\S.*)")


def _heads(line: str, table: TextTable) -> bool:
    """Whether a line only leads in what follows, and takes nothing of it back."""
    if _HEADING.fullmatch(line) is None:
        return False
    words = texts.words_of(line.lower())
    barred = (table.rejections, table.doubts, table.hedges)
    return all(group.isdisjoint(words) for group in barred)


def _undrawn(lines: list[str], table: TextTable) -> list[str] | None:
    """The lines without their bullets, or numbers from 1 on; ``None`` if not all have one."""
    bullets = [found[1] for line in lines if (found := _BULLET.fullmatch(line))]
    if len(bullets) == len(lines):
        return bullets
    numbered = [found for line in lines if (found := _NUMBERED.fullmatch(line))]
    if [int(found[1]) for found in numbered] == list(range(1, len(lines) + 1)):
        return [found[2] for found in numbered]
    lettered = [found for line in lines if (found := _LETTERED.fullmatch(line))]
    if "".join(found[1] for found in lettered) == "abcdefgh"[: len(lines)] and len(lettered) == len(lines):
        rest = [found[2] for found in lettered]
        if all(_ASSIGNED.fullmatch(_part(one, table)[0]) for one in rest):
            return rest  # a) x = 3, b) x = 5
    return None


_NAME: Final = r"(?:[A-Za-zα-ωΑ-Ω]|\\[a-z]{2,8})(?:'|[1-9₁-₉]|_(?:\w|\{\w{1,8}\}))?"
_ASSIGNED: Final = re.compile(rf"({_NAME}) ?= ?(?:\+(?=\d))?([^=≈<>≤≥≠~?!:;]{{1,50}})")
_LONGEST_JOINT: Final = 8  # characters of a conjunction with a comma
_EQUALS: Final = re.compile(r"(?<=\A[A-Za-z]) equals ")
_LED: Final = re.compile(r"(and|or) (?=\S)", re.IGNORECASE)
_UNVALUED: Final = re.compile(
    r"[=≈<>≤≥≠~:?!\"'`;#]"
    r"|^(?:[+*/^_=×·÷⋅,)}\]]|- |\\(?:times|cdot|div|pm|mp|cup|cap|to|lor|land|[a-zA-Z]*arrow|quad|qquad)(?![A-Za-z]))"
    r"|(?:[-+*/^_=×·÷⋅({\[]|\\(?:times|cdot|div|pm|mp|cup|cap))$"
)
_MACRO: Final = re.compile(r"\\[A-Za-z]+")
_UNIT: Final = re.compile(r"(?<=\d) ?[A-Za-zμΩ]{1,4}(?:/[A-Za-z]{1,3})?$")
_WORD: Final = re.compile(r"[^\W\d_]{3}")
_LETTER: Final = re.compile(r"(?<![A-Za-z\\])[A-Za-zα-ω](?![A-Za-z])|(?<=\d)[A-Za-zα-ω]")
_POINT: Final = re.compile(r"[(\[][^()\[\]]{1,40},[^()\[\]]{1,40}[)\]]")
_GROUPED: Final = re.compile(r"\d,\d{3}(?!\d)")
_TITLED: Final = re.compile(r"[^\W\d_a-z][\w'’.-]*(?: [^\W\d_a-z][\w'’.-]*){0,2}")
_SHORT: Final = re.compile(r"[^\W_][^\n=<>:;?!]{0,40}(?<![.,])")


def _read(lines: list[str], table: TextTable, *, drawn: bool, wide: bool) -> Lines | None:
    """Lines as parts of one shape. What a conjunction says, alone or beside a part, is said of all."""
    parts: list[str] = []
    joint = ""
    for line in lines:
        if len(line) > _LONGEST_PART:
            return None
        said = _conjunction(line, table) if parts and len(line) < _LONGEST_JOINT else ""
        if said and (len(line) > 1 or "=" in parts[-1]):  # "y" between two equations, and no third letter of a list
            joint = said
            continue
        part, said = _part(line, table)
        joint = said or joint
        if not part or not _balanced(part):
            return None
        parts.append(part)
    if len(parts) < 2:
        return None
    between = " or " if joint == "or" else ", "
    assigned = [_ASSIGNED.fullmatch(part) for part in parts]
    if all(assigned):
        pairs = [(found[1], found[2]) for found in assigned if found]
        return _assigned(pairs, tuple(parts), drawn=drawn, joint=between)
    if wide or any(assigned):
        return None
    if all(map(_is_value, parts)):
        figures = {any(map(str.isdigit, part)) for part in parts}
        if len(figures) > 1 and not drawn:
            return None  # a number and its unit, a factor and a letter
        return Lines("values", tuple(parts), (), drawn, between)
    named = (_SHORT if drawn else _TITLED).fullmatch
    return Lines("named", tuple(parts), (), drawn) if all(map(named, parts)) else None


def _conjunction(line: str, table: TextTable) -> str:
    """What a line that is nothing but a conjunction says: "and", "or" or nothing."""
    word = line.lower().rstrip(",")
    return "or" if word in table.phrases.either else "and" if word in table.phrases.joins else ""


def _part(line: str, table: TextTable) -> tuple[str, str]:
    """A line without dress, and the conjunction it begins or ends with."""
    said = ""
    line = _EQUALS.sub(" = ", _REMARK.sub("", line), count=1)
    led = _LED.match(line)
    if led is not None:
        said, line = led[1].lower(), line[led.end() :]
    for _ in range(3):
        line = line.strip(" ,;").removesuffix("\\\\").removesuffix(".").strip()
        for begin, end in _DRESS:
            if len(line) > len(begin) + len(end) and line.startswith(begin) and line.endswith(end):
                inner = line[len(begin) : len(line) - len(end)]
                if begin not in inner and end not in inner:
                    line = inner
                    break
        else:
            break
    before, _, last = line.rpartition(" ")
    if before and (last in table.phrases.either or last in table.phrases.joins) and any(map(str.isdigit, before)):
        line, said = before.strip(" ,;"), "or" if last in table.phrases.either else "and"
        for begin, end in _DRESS[:2]:
            if line.startswith(begin) and line.endswith(end) and line.count(begin) == len("se"):
                line = line[len(begin) : -len(end)]
    return line, said.lower()


_DRESS: Final = (("$$", "$$"), ("$", "$"), ("**", "**"), ("`", "`"), ("\\(", "\\)"), ("\\[", "\\]"))
_REMARK: Final = re.compile(r"(?<=[\w$`)}]) \((?:from|since|because|as|by|when|using|via)\b[^()]{1,60}\)\.?\Z")


def _balanced(part: str) -> bool:
    """Whether each bracket of a part is closed in it; ends of intervals may be of two sorts."""
    if "$" in part or "**" in part:
        return False
    return sum(map(part.count, "([{")) == sum(map(part.count, ")]}"))


def _is_value(part: str) -> bool:
    """Whether a part may be a whole value: no operator opens or ends it, and it has no words."""
    if part[0] in "([":
        return _POINT.fullmatch(part) is not None
    if _UNVALUED.search(part) is not None or (", " in part) or part[0] in "{+":
        return False
    return _WORD.search(_UNIT.sub("", _MACRO.sub(" ", part))) is None


def _assigned(pairs: list[tuple[str, str]], parts: tuple[str, ...], *, drawn: bool, joint: str) -> Lines | None:
    """Assignments: all of one name or each of its own, and no value that another line or a working gives."""
    names = [name for name, _ in pairs]
    if 1 < len(set(names)) < len(names):
        return None
    letters = [set(_LETTER.findall(_UNIT.sub("", _MACRO.sub(" ", value)))) - _CONSTANTS for _, value in pairs]
    bare = {name.lstrip("\\")[:1] for name in names}
    if any(bare & found for found in letters) or len({bool(found) for found in letters}) > 1:
        return None
    if any("," in _POINT.sub("", _GROUPED.sub("", value)) or _UNVALUED.search(value) for _, value in pairs):
        return None
    return Lines("assigned", parts, tuple(names), drawn, joint)


_CONSTANTS: Final = frozenset("eiπ")
