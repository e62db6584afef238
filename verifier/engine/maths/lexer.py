r"""Text -> the pieces that the grammar knows: numbers, letters, functions, signs, words.

One compiled pattern cuts the text, one table (``rules/maths``) says what each piece is. LaTeX typography vanishes here;
superscript and subscript characters, HTML powers and words inside ``\text`` become what the grammar has for them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import msgspec

from verifier.types.budget import Meter
from verifier.types.rules import MathsTable

_NUMBER: Final = (
    r"0x[0-9A-Fa-f]+(?![0-9A-Za-z.])"
    r"|(?<!\d,)[1-9]\d{0,2}(?:(?:,|\{,\}|\\!,|(?<![\^_]\d)(?<![\^_]\d\d)(?<![\^_]\d{3})(?:\\,|'| ))\d{3})+"
    r"(?!\d|,\d)(?:\.\d+)?"  # digit groups
    r"|\d{1,3}(?:\.\d{3}){2,}(?!\d)"
    r"|\d+\{,\}\d+"  # a comma as the decimal mark
    r"|(?:\d*\.\d*\\(?:overline|bar)\s*(?:\{\d+\}?|\d)"
    r"|\d*\.\d*\\dot\s*(?:\{\d+\}?|\d)(?:\d*\\dot\s*(?:\{\d\}?|\d))?"  # recurring
    r"|\d+\.\d*\(\d+\)(?=[^\^(]|$)"
    r"|\d*\.\d+(?:\s*(?:\\[lc]?dots|…|\.{3,}))"
    r"|\d*\.(?:\d[̅̄̇]?)*\d[̅̄̇])"
    r"|\d+[CP]\d+(?![\w.])"
    r"|(?=\d{0,40}[A-F])\d[0-9A-F]{0,40}+(?=\)?\}?(?:_\{?1[26]\b|₁₆$))|[A-F][0-9A-F]{1,40}+(?=\)?\}?_\{?16\b)"
    r"|(?:\d+(?:\.(?:\d+|(?=[-+*/^)]|[eE][-+]?\d)))?|\.\d+)(?:[eE][-+]?\d+(?![A-Za-z\\(]))?"
)
_PIECE: Final = re.compile(
    r"\s*+(?:(?P<piece>"
    r"[{}^),&]|\d++(?=[-+*/^)}\]=a-df-wyz]|$)|[A-Za-z](?![A-Za-zÀ-ÖØ-öø-ɏ\d'])"  # the commonest, found at once
    r"|\+(?![-/])|-(?![+>])|=(?![=<>/])|/(?!=)|\((?!\s*\\?[bp]?mod)"
    r"|\\\\(?:\[[^\[\]]{0,12}\])?"
    r"|\\(?:left|right|middle|[bB]igg?[lrm]?)(?![A-Za-z])\s*(?:\\?\||\.(?!\d))?"
    r"|\\not(?![A-Za-z])\s*(?:\\[A-Za-z]+|.)"
    r"|\\[A-Za-z]+|\\."
    rf"|{_NUMBER}"
    r"|[A-Za-z]\d++(?!\.?\d*+[A-Za-z(])|[A-Za-zÀ-ÖØ-öø-ɏ]+(?:'[a-z]{1,2}(?![a-z]))?"
    r"|_(?:[A-Za-z]{2,}|\d+)"
    r"|\(\s*(?:\\?[bp]?mod)(?![A-Za-z]|\s?\()"
    r"|\*\*|<=>|<->|=>|->|<=|>=|!=(?!=)|!!(?!=)|=/=|/=|==|:=|<>|=<|~=|\+-|\+/-|-\+|\.{2,}|&&|\|\||''+"
    r"|[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱˣʸᵃᵇᶜᵏᵐᵗ]+|[₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₓₙₖₘᵢⱼₜ]+"
    r"|°[CF](?![A-Za-z])|[^\W\d_a-zA-Zα-ωΑ-Ωϑϕϵµ¼-¾⅐-⅞↉²³¹ⁿℂℕℚℝℤℜℑℵ⁰ⁱ⁴-⁹₀-₉]{2,}"
    r"|.))",
    re.DOTALL,
)
_RAISED: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱˣʸᵃᵇᶜᵏᵐᵗ", "0123456789+-=()nixyabckmt")
_LOWERED: Final = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₓₙₖₘᵢⱼₜ", "0123456789+-=()aexnkmijt")
_VULGAR: Final = re.compile(r"[¼-¾⅐-⅞↉]")
_HEXADECIMAL: Final = re.compile(r"[A-F][0-9A-F]+")
_BASE: Final = re.compile(r"\)?\}?(?:_\{?16(?!\d)|₁₆$)")
_PIECE_WORK: Final = 6  # units of work a piece: about what a token takes on its way through the reader
_WORD_SIZE: Final = 4  # letters from which a run is rather a word than a product
_VOWEL: Final = re.compile(r"[aeiouAEIOU]")
_CONSECUTIVE: Final = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DELIMITER: Final = re.compile(r"\\(?:left|right|middle|[bB]igg?[lrm]?)\s*\\?[.|]?")
_SEGMENTS: Final = frozenset({"$", "$$", "\\(", "\\)", "\\[", "\\]"})


class Tokens(msgspec.Struct, gc=False):
    """The pieces of one text: what each is, which one of that kind, and the number of the piece that it came from.

    The last is the kind ``end``. ``opened`` are the tokens at which a span between maths delimiters begins, ``latex``
    says that the text is LaTeX, ``wordy`` that it holds words, ``inside`` that a blank means
    nothing where the lexer is.
    """

    kinds: list[str]
    values: list[str]
    origin: list[int]
    opened: list[int]
    latex: bool
    wordy: bool
    inside: bool


def tokens_of(text: str, table: MathsTable, meter: Meter) -> Tokens:
    r"""The pieces of a text that ``repaired`` gave; linear in it.

    >>> from verifier.rulebook import builtin_rules
    >>> from verifier.types.budget import Budget
    >>> tokens_of(r"\left(2x\right)", builtin_rules().maths, Meter(Budget())).kinds
    ['(', 'number', 'letter', ')', 'end']
    """
    pieces = _PIECE.findall(text)
    meter.within("tokens", len(pieces))
    meter.spend(_PIECE_WORK * len(pieces))
    latex = "\\" in text or "$" in text
    found = Tokens([], [], [], [], latex, False, latex and not ("$" in text or "\\(" in text or "\\[" in text))
    kinds, values, origin = found.kinds, found.values, found.origin
    get = table.tokens.get
    position = 0
    count = len(pieces)
    money = "$" in text and text.count("$") % 2 == 1
    while position < count:
        piece = pieces[position]
        token = get(piece)
        if token is not None:
            if token[0]:
                kinds.append(token[0])
                values.append(token[1])
                origin.append(position)
            position += 1
        else:
            position = _rare(pieces, position, found, table, meter, money=money)
    kinds.append("end")
    values.append("")
    origin.append(count)
    return found


def _rare(pieces: list[str], position: int, found: Tokens, table: MathsTable, meter: Meter, *, money: bool) -> int:
    """A piece that stands in no table; gives the position of the next one."""
    piece = pieces[position]
    first = piece[0]
    if first == "\\":
        return _macro(pieces, position, found, table, meter)
    if first.isdecimal() or (first == "." and len(piece) > 1 and piece[1] != "."):
        meter.within("digits", len(piece))
        _add(found, "number", piece, position)
    elif first == "$":
        _dollar(piece, position, found, money=money)
    elif first.isascii() and first.isalpha():
        _letters(pieces, position, found, table)
    elif first == "_":
        _lowered_piece(piece, position, found, table)
    elif first in _AS_IS:
        kind, value = _AS_IS[first]
        _add(found, kind, value or piece, position)
    elif first != "~":
        _unicode(piece, position, found, table, meter)
    elif _denies(pieces, position, found):
        _add(found, "not", "not", position)
    return position + 1


def _denies(pieces: list[str], position: int, found: Tokens) -> bool:
    """Whether a tilde says "not", as in ~p ∨ ~q; between words it is a space."""
    after = pieces[position + 1] if position + 1 < len(pieces) else ""
    before = found.kinds[-1] if found.kinds else "start"
    opens = before in {"start", "(", "implies"} or (before in {"and", "or"} and found.values[-1] in {"&", "|"})
    return opens and (after == "(" or (len(after) == 1 and after.isalpha()))


_AS_IS: Final = {"(": ("modulus", "("), "'": ("'", ""), ".": ("dots", "")}


def _dollar(piece: str, position: int, found: Tokens, *, money: bool) -> None:
    """A delimiter of maths; an odd one is money."""
    if money:
        _word(found, piece, position)
        return
    found.inside = not found.inside
    if found.inside:
        found.opened.append(len(found.kinds))


def _lowered_piece(piece: str, position: int, found: Tokens, table: MathsTable) -> None:
    """An underscore with the run behind it: in LaTeX it takes one letter, in plain notation all."""
    _add(found, "_", "_", position)
    if piece[1].isdecimal() or not found.latex:
        _add(found, "index", piece[1:], position)
    else:
        _letters([piece[1:]], 0, found, table, at=position)


def _add(found: Tokens, kind: str, value: str, position: int) -> None:
    found.kinds.append(kind)
    found.values.append(value)
    found.origin.append(position)


def _word(found: Tokens, piece: str, position: int) -> None:
    found.wordy = True
    _add(found, "word", piece, position)


def _macro(pieces: list[str], position: int, found: Tokens, table: MathsTable, meter: Meter) -> int:
    r"""A macro that is no plain token: words, delimiters, ``\\not``, what vanishes, what is unknown."""
    piece = pieces[position]
    if piece in table.wordy:
        return _upright(pieces, position + 1, found, table, meter)
    if piece in {"\\begin", "\\end"}:
        return _environment(pieces, position, found, meter)
    if piece in table.vanishing:
        return _past_group(pieces, position + 1, meter)
    if piece in _SEGMENTS:
        found.inside = piece in {"\\(", "\\["}
        if found.inside:
            found.opened.append(len(found.kinds))
        return position + 1
    if piece.startswith("\\not"):
        token = table.tokens.get(piece[4:].strip(), ("", ""))
        negated = {"eq": "ne", "in": "notin", "congruent": "incongruent", "subset": "notsubset",
            "⊆": "notsubset", "⊊": "notsubset"}.get(token[1])  # fmt: skip
        if token[0] == "relation" and negated is not None:
            _add(found, "relation", negated, position)
        else:
            _word(found, piece, position)
        return position + 1
    if piece.startswith("\\\\"):
        _add(found, "row", piece, position)
        return position + 1
    if _DELIMITER.fullmatch(piece):
        _delimiter(piece, found, position)
    else:
        _glued(piece, found, table, position)
    return position + 1


def _delimiter(piece: str, found: Tokens, position: int) -> None:
    r"""``\left|`` opens, ``\right|`` closes, ``\middle|`` is a bar, ``\right.`` nothing."""
    if piece.endswith("|"):
        side = "(" if piece.startswith("\\left") else ")" if piece.startswith("\\right") else ""
        _add(found, ("||" if piece.endswith("\\|") else "|") + side, "|", position)


def _environment(pieces: list[str], position: int, found: Tokens, meter: Meter) -> int:
    r"""``\begin{array}{cc}``; gives the position behind it."""
    begins = pieces[position] == "\\begin"
    end = _past_group(pieces, position + 1, meter)
    name = "".join(pieces[position + 2 : end - 1]).rstrip("*")
    if not name:
        _word(found, pieces[position], position)
        return position + 1
    _add(found, "begin" if begins else "finish", name, position)
    return _past_group(pieces, end, meter) if name in {"array", "alignedat"} and begins else end


def _glued(piece: str, found: Tokens, table: MathsTable, position: int) -> None:
    r"""A macro with a letter glued to it, ``\pir``; else a word that nobody knows."""
    for length in range(min(len(piece) - 1, 20), 2, -1):
        token = table.tokens.get(piece[:length])
        if token is not None and token[0] in {"constant", "letter", "function", "*"}:
            _add(found, token[0], token[1], position)
            _letters([piece[length:]], 0, found, table, at=position)
            return
    _word(found, piece, position)


def _past_group(pieces: list[str], position: int, meter: Meter) -> int:
    """The position behind the group in braces that stands here, if one does."""
    if position >= len(pieces) or pieces[position] != "{":
        return position
    depth = 0
    for at in range(position, min(len(pieces), position + _LONGEST_GROUP)):
        meter.spend(1)
        depth += {"{": 1, "}": -1}.get(pieces[at], 0)
        if depth == 0:
            return at + 1
    return position if len(pieces) - position > _LONGEST_GROUP else len(pieces)


_LONGEST_GROUP: Final = 200  # pieces between the braces of a macro that holds words or vanishes


def _upright(pieces: list[str], position: int, found: Tokens, table: MathsTable, meter: Meter) -> int:
    r"""The argument of ``\text`` and its like: names of the table, single letters, else words."""
    end = _past_group(pieces, position, meter)
    if end == position:
        return position
    inner = range(position + 1, end - 1 if pieces[end - 1] == "}" else end)
    alone = len(inner) == 1
    unit = bool(found.kinds) and found.kinds[-1] in _VALUES and _looks_like_unit(pieces, inner, table)
    at = inner.start
    while at < inner.stop:
        piece = pieces[at]
        token = table.tokens.get(piece) or (table.called.get(piece) if alone else None)
        letters = piece.isascii() and piece.isalpha()
        if token is not None and not (unit and letters):
            if token[0]:
                _add(found, token[0], token[1], at)
        elif letters and alone and _BASE.match("".join(pieces[end : end + 4])) and _HEXADECIMAL.fullmatch(piece):
            _add(found, "number", piece, at)
        elif letters and (unit or not (piece.isupper() and len(piece) < _WORD_SIZE and alone)):
            _word(found, piece, at)
        elif letters:
            for letter in piece:
                _add(found, "letter", letter, at)
        elif piece not in table.wordy:
            at = _rare(pieces, at, found, table, meter, money=False)
            continue
        at += 1
    return end


_VALUES: Final = frozenset({"number", "}", ")", "constant"})


def _looks_like_unit(pieces: list[str], inner: range, table: MathsTable) -> bool:
    """Whether upright letters behind a value are a unit: no e, i or d, no function, no word that joins."""
    letters = [pieces[at] for at in inner if pieces[at].isalpha()]
    signs = [pieces[at] for at in inner if not pieces[at].isalpha() and pieces[at] not in {" ", "~", "\\,", "\\ "}]
    return (
        bool(letters)
        and not any(letter in _NO_UNITS or (len(letter) > 1 and letter in table.tokens) for letter in letters)
        and all(sign in _UNIT_SIGNS or sign.isdecimal() for sign in signs)
    )


_NO_UNITS: Final = frozenset({"e", "i", "d", "j"})
_UNIT_SIGNS: Final = frozenset({"/", "*", "·", "^", "-", "⋅", "\\cdot", ".", "²", "³"})


def _letters(pieces: list[str], position: int, found: Tokens, table: MathsTable, *, at: int | None = None) -> None:
    """A run of letters: a function with its argument glued on, a product of letters, or a word."""
    piece = pieces[position]
    where = position if at is None else at
    if piece[-1].isdecimal():  # x1, but not the two arguments of \frac n2
        _add(found, "letter", piece[0], where)
        if found.kinds[-2:-1] in (["fraction"], ["binomial"]) or _powered(pieces, position, found):
            _add(found, "number", piece[1:], where)
            return
        _add(found, "_", "_", where)
        _add(found, "index", piece[1:], where)
        return
    after = pieces[position + 1] if position + 1 < len(pieces) else ""
    if (
        after[:1] in {"_", ")", "}", "₁"}
        and _HEXADECIMAL.fullmatch(piece)
        and _BASE.match("".join(pieces[position + 1 : position + 5]))
    ):
        _add(found, "number", piece, where)
        return
    token = table.tokens.get(piece) if at is not None else None
    if token is None and after[:1] in {"(", "{", "\\", "_"} and after:
        token = table.called.get(piece)
    ordinary = piece.lower() in table.ordinary and not _among_signs(pieces, position, table)
    ordinary = ordinary or not piece.isascii()  # a letter with a mark is part of a word: médio
    if token is not None:
        _add(found, token[0], token[1], where)
    elif ordinary or piece in table.called or not piece.isalpha():
        _word(found, piece, where)
    else:
        _run(piece, where, found, table, known=at is not None)


def _powered(pieces: list[str], position: int, found: Tokens) -> bool:
    r"""Whether digits behind a letter are raised to a power with letters: ``n2^{n-1}`` is n times a power of two."""
    after = pieces[position + 1 : position + 10]
    if len(after) < 2 or after[0] != "^" or pieces[position][1:] in {"0", "1"}:
        return False
    if after[1] != "{":
        return found.latex and after[1].isalpha()
    inner = after[2 : after.index("}")] if "}" in after else after[2:]
    return any(piece.isalpha() for piece in inner)


def _among_signs(pieces: list[str], position: int, table: MathsTable) -> bool:
    """Whether a short word stands where only letters can: ``u+at``, ``Be^x``."""
    piece = pieces[position]
    if len(piece) >= _WORD_SIZE:
        return False
    before = pieces[position - 1] if position else ""
    after = pieces[position + 1] if position + 1 < len(pieces) else ""
    return after[:1] in _SCRIPTS or (before in _SIGNS and piece.lower() not in table.copulas)


_SIGNS: Final = frozenset({"+", "-", "*", "/", "=", "^"})
_SCRIPTS: Final = frozenset("^_⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ₀₁₂₃₄₅₆₇₈₉")  # what raises or lowers: ½at²


def _run(piece: str, where: int, found: Tokens, table: MathsTable, *, known: bool) -> None:
    """Letters that are no name: functions among them, a product, a word; what is short is left to ``prose``."""
    parts = table.run.findall(piece)
    if len(parts) < len(piece):
        singles = sum(len(part) == 1 for part in parts)
        if singles <= 2 * (len(parts) - singles):
            for part in parts:
                _name(found, part, where, table)
            return
    size = len(piece)
    if size < _WORD_SIZE or not _VOWEL.search(piece) or piece in _CONSECUTIVE:
        outside = not found.inside or (found.kinds[-1:] == ["word"] and piece.lower() in table.little)
        if size < _WORD_SIZE and outside and not known:
            found.wordy = True  # prose.py looks at what stands around it
            _add(found, "run", piece, where)
            return
        for letter in piece:
            _name(found, letter, where, table)
        return
    _word(found, piece, where)


def _name(found: Tokens, name: str, where: int, table: MathsTable) -> None:
    kind, value = table.tokens.get(name, ("letter", name))
    _add(found, kind, value, where)


def _unicode(piece: str, position: int, found: Tokens, table: MathsTable, meter: Meter) -> None:
    """Raised and lowered characters, vulgar fractions, letters of other scripts."""
    raised, lowered = piece.translate(_RAISED), piece.translate(_LOWERED)
    if raised != piece or lowered != piece:
        _add(found, "^" if raised != piece else "_", "", position)
        _add(found, "{", "", position)
        for part in _PIECE.findall(raised if raised != piece else lowered):
            token = table.tokens.get(part)
            if token is None:
                _rare([part], 0, found, table, meter, money=False)
                found.origin[-1] = position
            else:
                _add(found, token[0], token[1], position)
        _add(found, "}", "", position)
    elif _VULGAR.fullmatch(piece):
        above, _, below = unicodedata.normalize("NFKC", piece).partition("⁄")
        _add(found, "vulgar", f"{above}/{below}", position)
    else:
        _word(found, piece, position)


def positions(text: str) -> list[tuple[int, int]]:
    """Where each piece of ``tokens_of`` begins and ends in the text."""
    return [match.span("piece") for match in _PIECE.finditer(text)]
