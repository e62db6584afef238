"""From a text to an answer of maths: its notation read, its unit and its parts seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec
from flint import fmpq

from verifier.engine import text as texts
from verifier.engine.kinds import conditions, direction, imaginary
from verifier.engine.kinds.formula import Collection, Expression, Region, understand
from verifier.engine.kinds.kind import Context, Reading
from verifier.engine.kinds.measure import Measure, angle
from verifier.engine.kinds.number import read_number
from verifier.engine.kinds.opening import goes_on, harmless, open_number
from verifier.engine.kinds.quantity import Quantity
from verifier.engine.kinds.quantity_reader import read_chain, read_quantity
from verifier.engine.kinds.sort import carried
from verifier.engine.kinds.values import tree_of
from verifier.engine.kinds.vector import VectorQuantity, is_vector
from verifier.engine.maths import indices, zero
from verifier.engine.maths.parser import Maths, read_maths
from verifier.engine.units import read_unit, same_unit
from verifier.types.expr import Expr
from verifier.types.nodes import symbols

_WORDLIKE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_{}₀-₉ ]*")
_ACRONYM: Final = re.compile(r"[A-Z]{3,}[ -]\d[\d.]*")  # HTTP 404, no product
_TWO_LETTERS: Final = re.compile(r"[A-Za-z].*[A-Za-z]")
_RUN_OF_DASHES: Final = re.compile(r"\d+(?:[-–]\d+)+|[A-Z](?:[-–][A-Z])+")  # a score, years, a path
_VALUES: Final = frozenset({"undefined", "inf", "-inf"})  # what words stand for that are no set
_DASHED: Final = re.compile(r"([A-Za-z]{1,7})[-–](\d{1,2}|[A-Za-zα-ω]{1,7})(?: [a-z]{4,20})?")
_PREFIXED: Final = re.compile(r"((?:^|\d ?)[-+] ?|^|\^[({] ?-?)([ij]) ?(\d+(?:\.\d+)?)(?![\w^])")  # 3 + j4
_TURNED: Final = re.compile(r"((?<![A-Za-z])(?:sin|cos|tan|cot|sec|csc) ?\(?-?\d{1,6}(?:\.\d{1,9})?) ?deg(?:rees?)?\b")
_REMAINDER: Final = re.compile(r"(\d{1,15}) [Rr] ?(\d{1,15})")
_MARKS: Final = re.compile(
    r"\\(vec|overrightarrow|overleftarrow|hat|widehat|tilde|widetilde|nabla|circ(?<!\^\\circ)(?<!\^\{\\circ))(?![A-Za-z])"
)
_CROSS: Final = re.compile(r"\\times(?![A-Za-z])")
_DRESS: Final = " \t\n,;$."


def read_formula(text: str, raw: str, ctx: Context) -> Iterator[Reading]:
    """What the text says in maths; ``raw`` is the text as it was written, ``text`` out of its wrapping."""
    if ctx.demand.verbatim or ("'" in text and _ELISION.search(text)):
        return
    named = _named(text, ctx)
    if named is not None:
        yield named
        return
    bearing = direction.read_bearing(text)
    if bearing is not None:
        yield Reading(bearing, "bearing")
        return
    coordinates = _coordinates(text, ctx) if text[:1].isdigit() and ("°" in text or "degree" in text) else None
    if coordinates is not None:
        yield Reading(coordinates, "collection")
        return
    text, raw = _respelled(text, raw, ctx)
    divided = _divided(text)
    if divided is not None:
        yield Reading(divided, "collection")
        return
    raw = _without_rejected(texts.without_citation(raw), ctx)
    punctured = _punctured(raw, ctx) if " " in raw else None
    if punctured is not None:
        yield Reading(punctured, "region")
        return
    parts = _parts(raw, ctx) or _worded(raw, ctx)
    if parts is not None:
        yield Reading(parts, "collection")
        return
    only = _ONLY.match(raw) if "only" in raw.lower() else None
    if only is not None:
        raw = only[1] + raw[only.end() :]
    measured = _with_unit(text, raw, ctx)
    if measured is not None:
        yield Reading(measured, "quantity")
        return
    if _is_no_formula(text, raw, ctx):
        return
    chained = list(read_chain(text, ctx)) if "=" in text or "≈" in text else []
    if chained:
        yield from chained
        return
    yield from _formulas(text, raw, ctx)


def _respelled(text: str, raw: str, ctx: Context) -> tuple[str, str]:
    """Both texts with j4 as 4j, and with the sine of so many degrees, which is no sine in degrees, as one of 30°.

    Program text has a capital for the imaginary unit, ``3*I``.
    """
    if "I" in raw and imaginary.is_program_text(raw, ctx):
        text, raw = imaginary.lowered(text), imaginary.lowered(raw)
    if ("i" in raw or "j" in raw) and _PREFIXED.search(raw) is not None:
        text, raw = _PREFIXED.sub(r"\1\3\2", text), _PREFIXED.sub(r"\1\3\2", raw)
    if "deg" in text:
        text, raw = _TURNED.sub(r"\1°", text), _TURNED.sub(r"\1°", raw)
    return text, raw


_ELISION: Final = re.compile(
    r"(?<![^\W\d_])(?:[cdjlmnst]|qu)'(?=[aeiouyhéèêàâîô])[^\W\d_]{2,}", re.IGNORECASE
)  # c'est, l'aire


def _named(text: str, ctx: Context) -> Reading | None:
    """Words that stand for a set of numbers, or for a value that is none: "does not exist"."""
    name = ctx.rules.text.named_sets.get(text.casefold())
    if name is None:
        return None
    if name in _VALUES:
        value = Expr("constant", (), name.lstrip("-"))
        return Reading(Expression(Expr("neg", (value,)) if name[0] == "-" else value), "expression")
    word = name == "none"
    return Reading(Region(Expr("constant", (), "empty" if word else name), word), "region")


def _divided(text: str) -> Collection | None:
    """``5 R 2``: a quotient and its remainder."""
    match = _REMAINDER.fullmatch(text) if "R" in text or "r" in text else None
    if match is None:
        return None
    parts = tuple(Expr("number", (), "", fmpq(int(part))) for part in match.groups())
    return Collection("tuple", parts, Expr("list", parts))


def _punctured(raw: str, ctx: Context) -> Region | None:
    """``all real numbers except 2``: ℝ without the values told."""
    folded = raw.casefold()
    for phrase in ctx.rules.text.exceptions:
        at = folded.find(f" {phrase} ")
        if at <= 0 or ctx.rules.text.named_sets.get(folded[:at].strip(" ,$")) != "R":
            continue
        found = read_maths(raw[at + len(phrase) + 2 :].strip(_DRESS), ctx.rules.maths, ctx.meter)
        if len(found) != 1 or found[0].before or found[0].after:
            return None
        tree = found[0].tree
        values = []
        for part in tree.args if tree.head in {"list", "and"} else (tree,):
            value = part.args[1] if part.head == "eq" and part.args[0].head == "symbol" else part
            if symbols(value) or not isinstance(understand(value).answer, Expression):
                return None
            values.append(value)
        return Region(Expr("setminus", (Expr("constant", (), "R"), Expr("set", tuple(values)))))
    return None


def _formulas(text: str, raw: str, ctx: Context) -> Iterator[Reading]:
    """The readings of a text in the notation of maths."""
    if text[:1].isupper() and _ACRONYM.fullmatch(text):
        return
    label = _LABEL.match(raw) if "(" in raw else None
    readings = _read(raw if label is None else raw[label.end() :], ctx)
    sole = len(readings) == 1
    dashed = "-" in text or "–" in text
    for found in readings:
        if found.before and (not _introduces(found.before, ctx) or _is_hyphened(text, found.before)):
            continue
        if _is_band(found.tree):
            continue
        word = (
            _RUN_OF_DASHES.fullmatch(text) is not None or ("$" not in raw and "\\" not in raw and _is_dashed(text, ctx))
            if dashed
            else text[:1].isalpha() and _WORDLIKE.fullmatch(text) is not None and _TWO_LETTERS.search(text) is not None
        )
        understood = understand(found.tree, word=word)
        answer = understood.answer
        degrees = angle(answer, ctx) if "°" in text else None
        if degrees is not None and not found.after:
            yield Reading(degrees, "quantity", "", understood.label, certain=sole and found.certain)
            continue
        sort = carried(found, answer, ctx) if found.before or found.after else ()
        told = list(_after_words(text, found.before, ctx)) if found.before else []
        if told:
            yield from (msgspec.structs.replace(one, sort=sort) if sort else one for one in told)
            return
        if isinstance(answer, Expression) and "\\" in raw and (marks := _marks(raw, ctx)):
            answer = msgspec.structs.replace(answer, marks=marks)
        certain = sole and found.certain
        if found.after and isinstance(answer, Expression):
            if _is_number_and(found.after, text, ctx):
                continue
            unit = read_unit(found.after, 0, ctx.rules.units)
            if unit is not None and unit[1] == len(found.after.rstrip(" .")):
                yield Reading(Measure(answer, unit[0]), "quantity", "", understood.label, certain=certain)
                continue
        if found.after and (found.tree.head == "number" or not harmless(" " + found.after, ctx)):
            continue  # a bare numeral with words behind it was refused as a number, and for a reason
        kind = type(answer).__name__.lower()
        yield Reading(answer, kind, found.after, understood.label, certain=certain, sort=sort)


def _read(raw: str, ctx: Context) -> tuple[Maths, ...]:
    """A text as maths, with indices that are typed without a sign; what they may be besides is no sure reading."""
    found = indices.spread(raw, ctx.demand.question, ctx.rules.maths) if indices.holds_glued(raw) else None
    if found is None:
        return read_maths(raw, ctx.rules.maths, ctx.meter)
    ctx.meter.spend(len(raw) + len(ctx.demand.question))
    indexed = read_maths(found.text, ctx.rules.maths, ctx.meter)
    if found.sure and indexed:
        return indexed
    literal = read_maths(raw, ctx.rules.maths, ctx.meter)
    if not literal or not indexed or [one.tree for one in literal] == [one.tree for one in indexed]:
        return literal
    return tuple(msgspec.structs.replace(one, certain=False) for one in (*indexed, *literal))


def _is_dashed(text: str, ctx: Context) -> bool:
    """Whether a text is rather a name than a difference: alpha-1, TNF-α, K-beta; capitals or a letter spelled out."""
    match = _DASHED.fullmatch(text)
    if match is None or not ctx.demand.asked:
        return False
    tokens = ctx.rules.maths.tokens
    spelled = [part for part in match.groups() if len(part) > 1 and tokens.get(part, ("",))[0] == "letter"]
    signs = [sign for sign in text if tokens.get(sign, ("",))[0] == "letter" and not sign.isascii()]
    if not spelled and not (len(match[1]) > 1 and match[1].isupper()):
        return False
    return not any(f"\\{name}" in ctx.demand.question or name in ctx.demand.question for name in signs) and not any(
        f"\\{name}" in ctx.demand.question for name in spelled
    )


def _marks(raw: str, ctx: Context) -> tuple[str, ...]:
    """Signs that a tree does not hold: arrows, hats, operators, and the crosses between things that have an order."""
    marks = _MARKS.findall(raw)
    crosses = _CROSS.findall(raw)
    if crosses and (marks or "\\mathbf" in raw or conditions.may_not_commute(ctx)):
        return (*marks, *crosses)
    return tuple(marks)


def _is_no_formula(text: str, raw: str, ctx: Context) -> bool:
    """Whether signs that maths has too say something else: dates, compound quantities, numbers with units or scales."""
    if _DIGIT.search(text) is None:
        return False
    if text[0].isdecimal() and (
        _DATE.fullmatch(text)
        or _CONTINENTAL.fullmatch(text)
        or (_CLOCK.fullmatch(text) and _TIME.search(ctx.demand.question))
    ):
        return True
    spaced = " " in text
    if "$" in raw or "\\" in raw:
        return False
    compound = _COMPOUND.search(text) if spaced else None  # 2 h 25 min
    if compound is not None and all(_is_unit(word, ctx) for word in compound.groups()):
        return True
    scaled = _SCALED.fullmatch(text) if spaced or text[-1] in _SCALES else None  # 12k, 60 rpm, 2π rad/s
    letters = [] if scaled is None else _LETTERS.findall(scaled[1] or scaled[2])
    if not letters or (scaled is not None and scaled[2] and goes_on(scaled[2], ctx)):
        return False
    return not all(conditions.is_named(letter, ctx) for letter in letters)


def _is_unit(word: str, ctx: Context) -> bool:
    return word in ctx.rules.units.symbols or word.lower() in ctx.rules.units.words


def _with_unit(text: str, raw: str, ctx: Context) -> Measure | VectorQuantity | None:
    """A constant or a vector with a unit behind a space: ``5√3 m``; a unit that the question uses as a name is none."""
    if " " not in text or "=" in text:
        return None
    each = _with_unit_each(text, ctx) if text[-1] in ")>]⟩" and "," in text else None
    if each is not None:
        return each
    for tail in _TAIL.finditer(text):
        if text[tail.start() - 1] == "°" and "∠" not in text:
            continue
        unit = read_unit(text, tail.end(), ctx.rules.units)
        if unit is not None and unit[1] == len(text):
            break
    else:
        return None
    written = text[tail.end() :]
    if any(conditions.is_named(one, ctx) and not _is_measured(one, ctx) for one in _LETTERS.findall(written)):
        return None
    if _is_number_and(written, text, ctx):
        return None
    at = raw.rfind(written)
    readings = read_maths(raw[:at] if at > 0 else text[: tail.start()], ctx.rules.maths, ctx.meter)
    if len(readings) != 1 or readings[0].after or readings[0].before:
        return None
    tree = readings[0].tree
    if is_vector(tree):
        return VectorQuantity(tree, unit[0])
    if symbols(tree) == {"j"} and tree.head == "add":
        tree = zero.substitute(tree, {"j": Expr("constant", (), "i")})  # an impedance in ohms
    if symbols(tree):
        return None
    answer = understand(tree).answer
    return Measure(answer, unit[0]) if isinstance(answer, Expression) else None


def _is_measured(letter: str, ctx: Context) -> bool:
    """Whether the question has a letter only behind numbers, as a unit: "a voltage of 120 V rms"."""
    question = ctx.demand.question
    alone = re.findall(rf"(?<![A-Za-z\\]){re.escape(letter)}(?![A-Za-z])", question)
    behind = re.findall(rf"(?<!\w)\d[\d.,]* {re.escape(letter)}(?![A-Za-z\d_^]| ?[-+*/=])", question)
    return 0 < len(alone) == len(behind)


def _with_unit_each(text: str, ctx: Context) -> VectorQuantity | None:
    """A vector whose components have the unit each: ``(3 N, 4 N)``."""
    found = [list(read_quantity(piece.strip(), ctx)) for piece in text[1:-1].split(",")]
    answers = [one[0].answer for one in found if len(one) == 1 and not one[0].unread and not one[0].label]
    if text[0] not in "(<[⟨" or len(answers) != len(found):
        return None
    quantities = [answer for answer in answers if isinstance(answer, Quantity) and answer.direction is None]
    unit = quantities[0].unit if quantities else None
    if unit is None or len(quantities) != len(found) or not all(same_unit(one.unit, unit) for one in quantities):
        return None
    return VectorQuantity(Expr("tuple", tuple(tree_of(one.magnitude) for one in quantities)), unit)


def _coordinates(text: str, ctx: Context) -> Collection | None:
    """``30° N, 20° E``: a latitude and a longitude in degrees, south and west below zero."""
    match = _COORDINATES.fullmatch(text)
    if match is None:
        return None
    north, east = (f"{'-' if sign in 'SW' else ''}{amount}" for amount, sign in (match.group(1, 2), match.group(3, 4)))
    readings = read_maths(f"({north}, {east})", ctx.rules.maths, ctx.meter)
    answer = understand(readings[0].tree).answer if readings else None
    return answer if isinstance(answer, Collection) else None


def _is_number_and(unit: str, text: str, ctx: Context) -> bool:
    """Whether a text is a plain number before a unit: it was read as a quantity, or refused as one."""
    plain = open_number(text, ctx)
    return plain is not None and text[plain.end :].strip(" .") == unit.strip(" .")


def _is_band(tree: Expr) -> bool:
    """Whether ± gives an uncertainty, and no two values: a decimal and less than it."""
    core = tree.args[0] if tree.head == "mul" and len(tree.args) == _TWO else tree
    return (
        core.head == "pm"
        and len(core.args) == _TWO
        and all(part.head == "number" for part in core.args)
        and any(part.name for part in core.args)
    )


_TWO: Final = 2
_DIGIT: Final = re.compile(r"[\dπ)]")
_DATE: Final = re.compile(
    r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}:\d{2}(?::\d{2})? ?[ap]\.?m\.?", re.IGNORECASE
)
_CONTINENTAL: Final = re.compile(r"\d{1,3}(?:[.,]\d{3})*\.\d{3},\d+")  # 1.234,56: a decimal comma, and no list
_CLOCK: Final = re.compile(r"\d{1,2}:\d\d")
_TIME: Final = re.compile(r"\b(?:times?|clock|a\.?m\.?|p\.?m\.?|arrives?|leaves?|departs?)\b", re.IGNORECASE)
_SCALED: Final = re.compile(
    r"[-+]?[\d.,π√()]*[\dπ)](?: ?(?:×|x|\*) ?10\^?\(?[-+]?\d+\)?)?"
    r"(?: ?([kKMB])| (?!and\b|or\b)([A-Za-zµμΩ°%]{2,}(?:[/·*^ -]+[A-Za-zµμΩ\d-]+)*))"
)
_SCALES: Final = frozenset("kKMB")
_LETTERS: Final = re.compile(r"[A-Za-z]")
_COORDINATES: Final = re.compile(
    r"\(?(\d{1,3}(?:\.\d{1,12})?) ?(?:°|degrees?) ?([NS])(?:orth|outh)?[,;]? ?(?:and )?"
    r"(\d{1,3}(?:\.\d{1,12})?) ?(?:°|degrees?) ?([EW])(?:ast|est)?\)?"
)
_TAIL: Final = re.compile(r"(?:(?<=[\d°)π}\]>⟩ijk])|(?<=\\pi)) +(?=[A-Za-zµμΩ°])")


_LABEL: Final = re.compile(
    r"[\s$]*(?:\\(?:text|textbf|mathrm|mathbf)\{ *)?\(([A-Ha-h])\) *(?:\} *)?(?:\\ )?(?=[^\s+*/^=<>.,;:)}-])"
)


def _without_rejected(raw: str, ctx: Context) -> str:
    """The text without a remark in brackets at its end that rejects a value: "x = 2 (x = -1 is extraneous)"."""
    remark = _REMARK.search(raw) if raw.rstrip(" .$").endswith(")") else None
    if (
        remark is None
        or not _VALUE.search(remark[1])
        or ctx.rules.text.rejections.isdisjoint(word.lower() for word in _BEFORE_WORD.findall(remark[1]))
    ):
        return raw
    return raw[: remark.start()]


_COMPOUND: Final = re.compile(r"\d ?([^\W\d_]{1,12})\.?,? (?:and )?\d+(?:\.\d+)? ?([^\W\d_]{1,12})")
_ONLY: Final = re.compile(r"([\s$]*)(?:\\(?:text|mbox|mathrm)\{\s*only\s*\}|only)\s*(?=[^\s$])", re.IGNORECASE)
_VALUE: Final = re.compile(r"[\d=]")
_REMARK: Final = re.compile(r"\s*\(([^()]{1,100})\)[\s.$]*$")


def _introduces(before: str, ctx: Context) -> bool:
    """Whether the words before a formula are one short clause of one subject: "The area is"."""
    words = [word.lower() for word in _BEFORE_WORD.findall(before)]
    if len(words) > _MOST_BEFORE or _SEVERAL.search(before):
        return False
    return ctx.rules.extract.subordinators.isdisjoint(words) and ctx.rules.text.suppositions.isdisjoint(words)


def _is_hyphened(text: str, before: str) -> bool:
    """Whether a hyphen joins a value to the last of the words before it: "is-42" may be a minus or a dash."""
    last = before.rsplit(maxsplit=1)[-1]
    return last[-1:].isalpha() and not texts.is_unspaced(last) and f"{last}-" in text


_MOST_BEFORE: Final = 8
_BEFORE_WORD: Final = re.compile(r"[^\W\d_]+")
_SEVERAL: Final = re.compile(r"[.!?;\n\d,]")


def _after_words(text: str, before: str, ctx: Context) -> Iterator[Reading]:
    """The plain value behind the words that a formula opens with: "The power is 600 W"."""
    last = before.rsplit(maxsplit=1)[-1]
    at = text.rfind(last)
    rest = text[at + len(last) :].lstrip(" :=") if at >= 0 else ""
    for reader in (read_quantity, read_number):
        found = list(reader(rest, ctx)) if rest else []
        if found:
            yield from found
            return


def _parts(raw: str, ctx: Context) -> Collection | None:
    """``(a) 5, (b) 6``: a value for each part of the question, under its label (POLICY 40)."""
    if len(raw) > _LONGEST:
        return None
    marks = texts.parts(raw) if "b)" in raw else []
    if not marks or raw[: marks[0].start()].strip(_DRESS):
        return None
    items: list[Expr] = []
    labels = [mark[1] for mark in marks]
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        text = raw[mark.end() : None if following is None else following.start()].strip(_DRESS)
        readings = read_maths(text, ctx.rules.maths, ctx.meter)
        if len(readings) != 1 or readings[0].after:
            return None
        items.append(readings[0].tree)
    tree = Expr("list", tuple(Expr("labelled", (item,), label) for item, label in zip(items, labels, strict=True)))
    return Collection("tuple", tuple(items), tree, tuple(f"({label})" for label in labels))


def _worded(raw: str, ctx: Context) -> Collection | None:
    """``Maximum = 2, Minimum = 1``: values under names that are words."""
    signed = raw.count("=") + raw.count(":") >= _TWO or ("min" in raw and "max" in raw)
    if len(raw) > _LONGEST or not (signed or (ctx.demand.asked and _NAMED.search(raw))):
        return None
    names: list[str] = []
    items: list[Expr] = []
    for piece in _pieces(_TEXT.sub(r"\1", raw.strip(_DRESS)).replace("\\ ", " ")):
        own = piece.strip(_DRESS)
        match = _WORDED.fullmatch(own) or _EXTREME.fullmatch(own) or _NAMED.fullmatch(own)
        if match is None or (match.re is _NAMED and match[1].lower() not in ctx.demand.words):
            return None
        readings = read_maths(match[2], ctx.rules.maths, ctx.meter)
        if len(readings) != 1 or readings[0].after or readings[0].before:
            return None
        names.append(match[1].lower())
        items.append(readings[0].tree)
    if len(items) < 2 or len(set(names)) < len(names):
        return None
    tree = Expr("list", tuple(Expr("labelled", (item,), name) for item, name in zip(items, names, strict=True)))
    return Collection("tuple", tuple(items), tree, tuple(names))


def _pieces(text: str) -> list[str]:
    """What stands between separators, those inside of brackets left out."""
    pieces: list[str] = []
    start = read = depth = 0
    for mark in _PIECES.finditer(text):
        for sign in text[read : mark.start()]:
            depth += (sign in "([") - (sign in ")]")
        read = mark.end()
        if depth <= 0:
            pieces.append(text[start : mark.start()])
            start = read
    return [*pieces, text[start:]]


_NAMED: Final = re.compile(r"(?:the )?([A-Za-z]{3,15}) ([-+(\d$\\√π].*)")
_TEXT: Final = re.compile(r"\\(?:text|mathrm|mbox)\{([^{}]*)\}")
_PIECES: Final = re.compile(r", ?(?:and )?|; ?|\n| and ")
_WORDED: Final = re.compile(r"(?:the )?([A-Za-z]{3,15}(?: (?:value|number))?)\s*(?:=|:|is)\s*(\S.*)")
_EXTREME: Final = re.compile(r"(?:the )?(min|max)(?:imum)?\.?(?: value)?(?: is| of|:)? (\S.*)")
_LONGEST: Final = 2_000
