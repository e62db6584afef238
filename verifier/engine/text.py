r"""Normal forms of text: what typography leaves free (POLICY 45), undone once, before anything is read.

``plain`` takes a text out of its wrapping (LaTeX delimiters, ``\text``, bold, odd spaces and dashes) and changes
nothing that carries meaning. ``words`` goes on to what may differ between two names of the same thing: case,
punctuation, articles. Both are linear in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from typing import Final

from verifier.engine import beside
from verifier.types.budget import Meter
from verifier.types.rules import TextTable
from verifier.types.scripts import MARKS, UNSPACED

_DOLLAR: Final = "\ue000"  # an escaped dollar while delimiters are sought: it is money, never a delimiter
_MATH_SPAN: Final = re.compile(r"\$(?=\S)([^$\n]{1,2000}+)(?<=\S)\$(?![0-9])")
_WHOLE_SPAN: Final = re.compile(r"\s*\$([^$]{1,2000})\$[\s.]*$")
_LOOKS_MATHS: Final = re.compile(r"[\\^_={}<>]|^[-+]?[\d.,/: ]+%?$|^[A-Za-z]$|^\(?[-+\w.,/ °%]*\)?$")
_GROUP: Final = r"\{([^{}]*+)\}"
_FRACTION: Final = re.compile(rf"\\[dtc]?frac *(?:{_GROUP} *{_GROUP}|(\d) *(\d)(?!\d)|(\d) *{_GROUP}|{_GROUP} *(\d))")
_ROOT: Final = re.compile(r"(?:\\sqrt|√) *(?:\{([^{}]++)\}|([0-9A-Za-z])(?![0-9]))")
_BRACED_POWER: Final = re.compile(r"\^ *\{ *([-+]?\w+|°) *\}")
_PRODUCT_POWER: Final = re.compile(
    r"[-+]?(?!(?:st|nd|rd|th)$)(?:\d+[^\W\d_][^\W_]*|[^\W\d_][^\W_]+)"
)  # 2x, ab, and no 5^{th}
_RAISED_DEGREE: Final = re.compile(r"\^ *°")
_SPECIAL: Final = re.compile(r"[{}]|\\([A-Za-z]+|.)?", re.DOTALL)
_BLANKS: Final = re.compile(r" *")
_UNIT_LIKE: Final = re.compile(r"[A-Za-zΩμ]{1,3}(?:\^\{?-?\d\}?)?")
_UNIT_PLACE: Final = frozenset(" 0123456789")
_INTEGER: Final = re.compile(r"[-+]?[\d,]+(?:\.\d+)?")
_MARKED: Final = re.compile(r"[`#>*•]|^ *-", re.MULTILINE)  # what any of these marks holds
_MARKDOWN: Final = re.compile(
    r"^ *```[A-Za-z+#-]{1,12}[ \t]*\n(?=[^`])"
    r"|`+|^#{1,6} +|^ *[-*•] +(?=[^\W\d_])|^> +(?=[^\W\d_])|\*{2,3}+(?=[\s.,;:!]*$)",
    re.MULTILINE,
)  # "- 7" is minus seven
_BOLD: Final = re.compile(r"(\*{2,3}+)(?=[^\s*])([^*]*+)(?<=\S)\1")
_SPACED_MICRO: Final = re.compile(r"(?<=[\d ])μ (?=[A-Za-zΩ])")
_EXCLAIMED: Final = re.compile(r"[^\W\d_]{4}!$|[.\"']!$")  # and not n!, which is a factorial
_FIGURE: Final = re.compile(r"\d")
_GROUPS: Final = re.compile(r"(?<=\d),\\! *(?=\d{3})")
_BLOCK: Final = re.compile(
    r"^ *(?:(?:async )?(?:def|for|with)|class|if|elif|else|while|try|except|finally|match|case)\b"
    r"[^\n]*:[ \t]*\n[ \t]+\S",
    re.MULTILINE,
)
_CITATION: Final = re.compile(r"(?<=[^\s:=])(?<!\bis) \[\d{1,2}\]\.?\s*$")  # a reference mark, behind what it refers to
_TAG: Final = re.compile(r"</?(?:b|i|em|strong|u|p|br|span|div|code|sup|sub)(?: [^<>]{0,200})?/?>", re.IGNORECASE)
_SUPERSCRIPTS: Final = {ord(a): b for a, b in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True)}
_SUBSCRIPTS: Final = {ord(a): b for a, b in zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)}
_SUBSCRIPT_RUN: Final = re.compile(r"((?<=\d)|(?<=[\dA-F][A-F])(?=₁₆$))?([₀-₉]+)")  # 26₈, 2F₁₆
_SUPERSCRIPT_RUN: Final = re.compile(r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_VULGAR: Final = re.compile(r"[¼-¾⅐-⅞↉]")
_SMALL: Final = re.compile(r"[μ¼-¾⅐-⅞↉₀-₉⁰¹²³⁴-⁹]")  # any of the above
_WORD: Final = re.compile(r"[^\W_]+(?:['.,:/-][^\W_]+)*|[^\s\w]|_")


def characters(text: str, table: TextTable) -> str:
    """The text with look-alike characters made one.

    Unicode minus and dashes, odd spaces, full-width forms, digits of any script.

    The length never changes, so that positions in the result are positions in the text.
    """
    if text.isascii():
        return text
    for sign in sorted(set(text)):  # a text holds few of them, and to replace one costs less than to translate all
        one = table.characters.get(ord(sign))
        if one is not None:
            text = text.replace(sign, one)
        elif sign > "\x7f" and sign.isdecimal():
            text = text.replace(sign, str(unicodedata.decimal(sign)))
    return text


def fold(text: str) -> str:
    """Lower case without changing the length (``İ`` would become two characters)."""
    return text.replace("İ", "I").lower()  # the one letter whose lower case is two characters


def plain(text: str, table: TextTable, meter: Meter) -> str:
    r"""The text out of its typographic wrapping, on one line.

    LaTeX numbers come out as plain ones: ``\frac{3}{4}`` is ``3/4``, ``2\frac12`` is ``2 1/2``, ``1{,}234`` is
    ``1,234``, ``10^{-3}`` is ``10^-3``, ``5\,\mathrm{kg}`` is ``5 kg``. What is no plain number keeps its macros, for
    readers that know them.
    """
    meter.within("answer_chars", len(text))
    meter.spend(len(text))
    text = characters(text, table)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(table.invisible))
    text = beside.signed(text, table.figures)
    if _is_dressed(text):
        text = _latex(text, table)
    if "<" in text and _TAG.fullmatch(text.strip()) is None:  # a tag alone is what the text is about
        text = _TAG.sub("", text)
    if _MARKED.search(text):
        text = _MARKDOWN.sub("", _BOLD.sub(lambda found: str(found[2]), text))
    if not text.isascii() and _SMALL.search(text):
        text = _SPACED_MICRO.sub("μ", _VULGAR.sub(_vulgar, _lowered(text)))
    if "]" in text:
        text = _CITATION.sub("", text)
    if "\n" in text and _BLOCK.search(text):
        return _outlined(text)
    text = strip(" ".join(text.split()))
    if (not text.isascii() or "'" in text) and text.endswith(table.endings) and _FIGURE.search(text) is not None:
        return strip(text[: -len(next(one for one in table.endings if text.endswith(one)))])
    return text


def _outlined(text: str) -> str:
    """Code whose indentation carries meaning: its lines, each behind as many spaces as blocks it stands in."""
    lines, depths = [], [0]
    for line in text.expandtabs(4).splitlines():
        bare = line.strip()
        if not bare:
            continue
        depth = len(line) - len(line.lstrip())
        while depth < depths[-1]:
            depths.pop()
        if depth > depths[-1]:
            depths.append(depth)
        lines.append(" " * (len(depths) - 1) + bare)
    return "\n".join(lines).strip()


def without_citation(text: str) -> str:
    r"""The text without a reference mark at its end, ``7 [3]``, and with groups of digits joined: ``11,\! 111``."""
    if "]" in text:
        text = _CITATION.sub("", text)
    return _GROUPS.sub(",", text) if "\\!" in text else text


def strip(text: str) -> str:
    """The text without surrounding space and quotes, and without a trailing stop."""
    text = text.strip()
    while len(text) > 1:
        bare = text.rstrip(".;, ")
        if bare != text and not text.endswith(".."):
            text = bare
        elif (text[-1] == "!" and _EXCLAIMED.search(text[-6:])) or (
            text[-1] == "}" and text.count("{") < text.count("}")
        ):
            text = text[:-1].rstrip()
        elif (text[0] == text[-1] and text[0] in "\"'*") or (text[0], text[-1]) in {
            ("“", "”"),
            ("‘", "’"),
            ("«", "»"),
        }:
            text = text[1:-1].strip()
        else:
            break
    return text


def unlatex(text: str, table: TextTable, meter: Meter) -> str:
    """The text with LaTeX's typography and raised digits undone and its lines kept."""
    meter.spend(len(text))
    return _lowered(_latex(text, table) if _is_dressed(text) else text)


def _is_dressed(text: str) -> bool:
    """Whether a text has signs of LaTeX."""
    return "\\" in text or "$" in text or "{" in text


def _lowered(text: str) -> str:
    """Superscript digits as powers: ``m²`` is ``m^2``; subscripts as digits, behind a numeral as its base: ``26_8``."""
    if text.isascii():
        return text
    text = _SUBSCRIPT_RUN.sub(lambda run: ("" if run[1] is None else "_") + run[2].translate(_SUBSCRIPTS), text)
    return _SUPERSCRIPT_RUN.sub(lambda run: "^" + run.group().translate(_SUPERSCRIPTS), text)


def _latex(text: str, table: TextTable) -> str:
    if "$" in text:
        text = text.replace("\\$", _DOLLAR).replace("$$", " ")
        whole = _WHOLE_SPAN.match(text)
        if whole is not None and _MATH_SPAN.match(text) is None:
            text = f" {whole[1]} "
        else:
            text = _MATH_SPAN.sub(_unspanned, text)
    if "\\!" in text:
        text = _GROUPS.sub(",", text)
    if "{" in text:
        text = text.replace("{,}", ",").replace("{.}", ".")
    text = text.replace("\\!", "")
    if "\\" in text:
        if _SIUNITX.search(text):
            text = siunitx(text, table)
        text = _macros(text.replace("~", " "), table)  # a tie
        for _ in range(8):  # innermost first; a person nests no deeper
            if "frac" not in text:
                break
            text, changed = _FRACTION.subn(_fraction, text)
            if not changed:
                break
    if "√" in text or "\\sqrt" in text:
        text = _ROOT.sub(_root, text)
    if "^" in text:
        text = _RAISED_DEGREE.sub("°", _BRACED_POWER.sub(_power, text))
    return text.replace(_DOLLAR, "$")


def _power(found: re.Match[str]) -> str:
    """A power without braces, which stay as brackets where it would end sooner without them: e^(2x), and no e^2x."""
    base = found.string[max(0, found.start() - 1) : found.start()]
    wide = _PRODUCT_POWER.fullmatch(found[1]) is not None and base not in {"", "{", "}", " "}
    return f"^({found[1]})" if wide else f"^{found[1]}"


def siunitx(text: str, table: TextTable) -> str:
    r"""``\SI{20}{\metre\per\second}`` as ``20 metre per second``; units in the macros of siunitx, or as they stand.

    >>> from verifier.rulebook import builtin_rules
    >>> siunitx(r"\qty{4}{\kilo\metre\per\second\squared}", builtin_rules().text)
    '4 kilometre per second squared'
    """
    return _SIUNITX.sub(lambda found: _quantity_macro(found, table), text)


def _quantity_macro(found: re.Match[str], table: TextTable) -> str:
    if found[1] is not None:
        return f"{found[1]}°"
    amount, unit = (found[2] or "").strip(), found[3] or found[4] or ""
    parts: list[str] = []
    for macro in _UNIT_MACRO.finditer(unit):
        name = macro[1]
        if name is None:
            parts.append(macro[0])
        elif name in table.prefix_macros:
            parts.append(f" {name}")
        elif parts and parts[-1].strip() in table.prefix_macros:
            parts.append(f"{_SPELLED.get(name, name)} ")
        else:
            parts.append(f" {_SPELLED.get(name, name)} ")
    return f"{amount} {' '.join(''.join(parts).split())}".strip()


_SIUNITX: Final = re.compile(
    r"\\ang ?\{([-+\d.]{1,99})\}"
    r"|\\(?:SI|qty) ?(?:\[[^\[\]]{0,99}\])? ?\{([^{}]{1,99})\} ?\{((?:[^{}]|\{[^{}]{0,9}\}){1,199})\}"
    r"|\\(?:si|unit) ?\{((?:[^{}]|\{[^{}]{0,9}\}){1,199})\}"
)
_UNIT_MACRO: Final = re.compile(r"\\([A-Za-z]+) ?|[^\\]+")
_SPELLED: Final = {"degreeCelsius": "°C", "celsius": "°C", "percent": "%", "tothe": "^"}


def _unspanned(span: re.Match[str]) -> str:
    """Maths without its dollars; what looks like money keeps them."""
    return f" {span[1]} " if _LOOKS_MATHS.search(span[1].strip()) else span[0]


def _macros(text: str, table: TextTable) -> str:
    """Replace symbol macros, open wrapper macros, drop spacing and styling ones; unknown macros stay."""
    out: list[str] = []
    opened: list[bool] = []  # for each open brace: does it belong to a wrapper, so that it vanishes?
    position = 0
    pending = False
    for special in _SPECIAL.finditer(text):
        start, end = special.span()
        if start < position:
            continue  # skipped with a macro
        out.append(text[position:start])
        position = end
        char = special[0]
        if char == "{":
            opened.append(pending)
            out.append("" if pending else char)
            pending = False
        elif char == "}":
            out.append("" if opened and opened.pop() else char)
        elif (name := special[1]) is not None:
            if name in table.wrappers:
                opening = _BLANKS.match(text, position)
                position = opening.end() if opening else position
                pending = text.startswith("{", position)
            elif name in table.dropped:
                position = _skip_group(text, position)
            else:
                out.append(table.macros.get(name, char))
    out.append(text[position:])
    return "".join(out)


def _skip_group(text: str, position: int) -> int:
    """The position after a ``{…}`` that starts here, or here if none does."""
    if position >= len(text) or text[position] != "{":
        return position
    close = text.find("}", position)
    return len(text) if close < 0 else close + 1


def _fraction(match: re.Match[str]) -> str:
    above, below = [part.strip() for part in match.groups() if part is not None]
    before = match.string[match.start() - 1 : match.start()]
    behind = _BLANKS.match(match.string, match.end())
    if behind is not None and match.string[behind.end() : behind.end() + 1].isdecimal():
        return f"(({above})/({below}))"  # a factor follows, which is no digit of the denominator
    if _INTEGER.fullmatch(above) and _INTEGER.fullmatch(below):
        return f" {above}/{below}" if before.isdigit() else f"{above}/{below}"
    if _UNIT_LIKE.fullmatch(above) and _UNIT_LIKE.fullmatch(below) and before in _UNIT_PLACE:
        return f" {above}/{below}"  # 5 \\frac{m}{s}
    return f"(({above})/({below}))"


def _root(match: re.Match[str]) -> str:
    r"""A square root with its sign: ``\sqrt{3}`` and ``√3`` are one, and so are ``\sqrt{x+1}`` and ``√(x+1)``."""
    inside = (match[1] or match[2]).strip()
    return f"√{inside}" if len(inside) == 1 or inside.isdigit() else f"√({inside})"


def _vulgar(match: re.Match[str]) -> str:
    parts = unicodedata.normalize("NFKC", match[0]).replace("⁄", "/")
    before = match.string[match.start() - 1 : match.start()]
    return f" {parts}" if before.isdigit() else parts


def words_of(lower: str) -> list[str]:
    """The runs of letters of a text in lower case, in any script, with the marks that stand on them."""
    return (_PLAIN_RUN if lower.isascii() else _RUN).findall(lower)


RUN: Final = rf"[^\W\d_]+(?:[{MARKS}]+[^\W\d_]*)*"  # letters, with the marks that stand on them
_RUN: Final = re.compile(RUN)
_PLAIN_RUN: Final = re.compile(r"[a-z]+")  # the same in ASCII, and found in a third of the time


def is_unspaced(sign: str) -> bool:
    """Whether a sign is of a script that is written without spaces between words: Thai, Chinese, Japanese."""
    return UNSPACED.match(sign) is not None


def says(folded: str, words: Container[str], phrase: str) -> bool:
    """Whether a text with these words says a word or a phrase; where no spaces part words, anywhere in it."""
    if is_unspaced(phrase):
        return phrase in folded
    if phrase in words:
        return True
    if " " not in phrase and "-" not in phrase:
        return False
    at = folded.find(phrase)
    while at >= 0:
        if not folded[at - 1 : at].isalnum() and not folded[at + len(phrase) : at + len(phrase) + 1].isalnum():
            return True
        at = folded.find(phrase, at + 1)
    return False


def words(text: str, table: TextTable) -> tuple[str, ...]:
    """The words of a plain text as names are compared: no case, no punctuation between words, no articles.

    Signs that carry meaning (``+ % < =``) stay words of their own.
    """
    return tuple(word.casefold() for word in written_words(text, table))


def written_words(text: str, table: TextTable) -> tuple[str, ...]:
    """The same words in the case they were written in."""
    found = _WORD.findall(text)
    last = len(found) - 1
    kept = [
        word
        for place, word in enumerate(found)
        # "vitamin A": an article stands before a word, and is no capital within a text
        if not (word.lower() in table.articles and place < last and (place == 0 or word.islower()))
        and not (len(word) == 1 and word in _PUNCTUATION)
    ]
    return tuple(kept or found)


def without_accents(text: str) -> str:
    """The text without combining marks: ``Beyoncé`` is ``Beyonce``."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


_PUNCTUATION: Final = frozenset(".,;?\"'`´’‘“”«»…")


_PART: Final = re.compile(r"(?:^|(?<=[\s,;.$]))\(?([a-h])\) ?(?=\S)")


def parts(text: str) -> list[re.Match[str]]:
    """The labels of the parts that a text lists, ``(a) … (b) …``, each once and from a on; empty if it lists none."""
    marks = list(_PART.finditer(text))
    labels = sorted(mark[1] for mark in marks)
    return marks if len(labels) > 1 and labels == [chr(ord("a") + place) for place in range(len(labels))] else []


def closing(text: str, start: int, limit: int) -> int:
    """The position of the brace that closes the one at ``start``, looked for up to ``limit``, or -1.

    Braces escaped by a backslash do not count.
    """
    depth = 0
    for mark in _BRACE.finditer(text, start, limit):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth -= 1
            if depth == 0:
                return mark.start()
    return -1


_BRACE: Final = re.compile(r"\\.|[{}]", re.DOTALL)
