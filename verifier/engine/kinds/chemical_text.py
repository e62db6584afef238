"""The notation of chemistry: LaTeX, Unicode, HTML and flat texts in one, and its tokens."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import msgspec

from verifier.engine import text as texts
from verifier.types.budget import Meter
from verifier.types.rules import Rules

LONGEST: Final = 4_000  # characters of a formula or an equation that a person would write
_RAISED: Final = {ord(a): b for a, b in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True)}
_LOWERED: Final = {ord(a): b for a, b in zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-", strict=True)}
_RAISED_RUN: Final = re.compile(r"[⁰¹²³⁴-⁹⁺⁻]+")
_LOWERED_RUN: Final = re.compile(r"[₀-₉₊₋]+")
_VULGAR: Final = re.compile(r"(\d?)([¼-¾⅐-⅞])")
_TAG: Final = re.compile(r"<(/?)(su[bp])>", re.IGNORECASE)
_FRACTION: Final = re.compile(r"\\[dt]?frac *(?:\{(\d{1,9})\} *\{(\d{1,9})\}|(\d)(\d))")
_MACRO: Final = re.compile(r"\\(?:([A-Za-z]+) ?|(.))", re.DOTALL)
_BLANK_MACROS: Final = {
    "left": "", "right": "", "bigl": "", "bigr": "", "big": "", "displaystyle": "", "quad": " ", "qquad": " ", "!": "",
    ",": " ", ";": " ", ":": " ", " ": " ", "(": " ", ")": " ", "[": " ", "]": " ", "cdot": "·", "bullet": "·",
    "uparrow": "↑", "downarrow": "↓", "alpha": "α", "beta": "β", "gamma": "γ", "equiv": "≡", "boxed": "", "ast": "*",
    "times": "*", "centerdot": "·", "cdotp": "·", "nolimits": "", "limits": "",
}  # fmt: skip
_STACKED: Final = frozenset({"overset", "stackrel", "underset"})
_NESTED: Final = re.compile(r"\{\s*\{([^{}]*)\}\s*\}")
_STATE_BELOW: Final = re.compile(r"_\{ ?(?:\\(?:text|mathrm|rm) ?)?\{? ?\(([a-z]{1,3})\) ?\}?\}")
_CHARGE_APART: Final = re.compile(r"(?<=[\w)\]]) ?(?:(?<= )(\d[+-])|(\+{2,3}|-{2,3}))$")
_BRACE: Final = re.compile(r"([\^_]\s*\{[^{}]*\})|[{}]")
_BREAKS: Final = re.compile(r"\\\\|[\n\r\t]")
_TOKEN: Final = re.compile(
    r"(?P<space>\s+)|\^\s*\{(?P<sup>[^{}]*)\}|_\s*\{(?P<sub>[^{}]*)\}|\^(?P<raised>\d+[+-](?!\d)|[+-]\d*|\d+)"
    r"|_(?P<lowered>\d+|[+-]\d+)|(?P<arrow>[→←⇌])|(?P<capital>[A-Z])|(?P<number>\d+)|(?P<sign>[+-])|(?P<open>[(\[])"
    r"|(?P<close>[)\]])|(?P<dot>[·•∙⋅*.])|(?P<bond>[=≡#])|(?P<slash>/)|(?P<gas>[↑↓])|(?P<small>[a-zαβγ]+)"
    r"|(?P<caret>[\^v])"
)
_ARROWS: Final = {">": " → ", "<": " ← ", "=": " ⇌ "}
_CHARGE: Final = re.compile(r"(\d*)([+-])|([+-])(\d+)|(\+{2,4}|-{2,4})")


class Written(msgspec.Struct, frozen=True, gc=False):
    r"""A text in the one notation; ``only`` says that ``\ce`` or its like made it chemistry."""

    text: str
    only: bool
    lowered: bool


def written(raw: str, rules: Rules, meter: Meter) -> Written | None:
    """The text with its macros, raised and lowered figures in one notation; ``None`` where it is too long or prose."""
    if len(raw) > LONGEST:
        return None
    meter.spend(len(raw))
    text = _BREAKS.sub(" ", texts.characters(raw, rules.text)).replace("**", "").replace("`", "").replace("~", " ")
    lowered = "_" in text
    if not text.isascii():
        text = text.translate(rules.text.invisible)
        text = _RAISED_RUN.sub(lambda run: "^{" + run[0].translate(_RAISED) + "}", text)
        text = _LOWERED_RUN.sub(lambda run: "_{" + run[0].translate(_LOWERED) + "}", text)
        text = _VULGAR.sub(_fraction, text)
    if "<" in text:
        text = _TAG.sub(lambda tag: "}" if tag[1] else ("_{" if tag[2].lower() == "sub" else "^{"), text)
    text = text.replace("$", "")
    if lowered:
        text = _STATE_BELOW.sub(lambda found: f"({found[1]})", text)
    only = False
    if "\\" in text:
        text, only = _unmacroed(text, rules)
    table = rules.chemistry
    text = table.arrow.sub(lambda sign: _ARROWS[table.arrows[sign[0]]], text)
    if only and "→" in text:
        text = re.sub(r"(?<=→) (?:\[[^\[\]]{0,200}\]){1,2}", " ", text)  # conditions of mhchem: ->[above][below]
    if "{" in text:  # braces bind nothing but what is raised or lowered
        text = _BRACE.sub(lambda brace: brace[1] or "", _NESTED.sub(lambda found: f"{{{found[1]}}}", text))
    text = text.strip().rstrip(".;,")
    return Written(_CHARGE_APART.sub(lambda found: "^{" + (found[1] or found[2]) + "}", text), only, lowered)


def _fraction(match: re.Match[str]) -> str:
    above, _, below = unicodedata.normalize("NFKC", match[2]).replace("⁄", "/").partition("/")
    return f"{int(match[1] or 0) * int(below) + int(above)}/{below}"


def _unmacroed(text: str, rules: Rules) -> tuple[str, bool]:
    """The text without macros; one that is not known stays, and no formula is read."""
    table = rules.chemistry
    text = _FRACTION.sub(lambda found: f"{found[1] or found[3]}/{found[2] or found[4]}", text)
    out: list[str] = []
    only = False
    position = 0
    for macro in _MACRO.finditer(text):
        if macro.start() < position:
            continue
        out.append(text[position : macro.start()])
        position = macro.end()
        name = macro[1] or macro[2]
        whole = "\\" + name
        if whole in table.arrows:
            out.append(_ARROWS[table.arrows[whole]])
        elif whole in table.over:
            position = _without_conditions(text, position)
            out.append(_ARROWS[table.over[whole]])
        elif name in table.formulas:
            only = True
        elif name in _STACKED:
            position = _behind_group(text, position)
        elif name in _BLANK_MACROS:
            out.append(_BLANK_MACROS[name])
        elif name not in rules.text.wrappers:
            out.append(whole)
    out.append(text[position:])
    return "".join(out), only


def _behind_group(text: str, position: int) -> int:
    """The position behind a group in braces that starts here, or here."""
    if text[position : position + 1] != "{":
        return position
    end = texts.closing(text, position, min(len(text), position + 300))
    return position if end < 0 else end + 1


def _without_conditions(text: str, position: int) -> int:
    if text[position : position + 1] == "[":
        end = text.find("]", position, position + 300)
        position = position if end < 0 else end + 1
    return _behind_group(text, position)


class Token(msgspec.Struct, frozen=True, gc=False):
    """A piece of a formula; ``apart`` says that space stands before it."""

    kind: str
    text: str
    apart: bool
    start: int


def tokens_of(text: str, meter: Meter) -> tuple[Token, ...] | None:
    """The tokens of a text in the one notation; ``None`` where it holds what no formula does."""
    found: list[Token] = []
    position, apart = 0, False
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            return None
        kind = match.lastgroup
        if kind == "space":
            apart = True
        else:
            found.append(Token(_KINDS.get(kind, kind), match[kind], apart, match.start()))
            apart = False
        position = match.end()
    meter.spend(4 * len(found))
    return tuple(found)


_KINDS: Final = {"raised": "sup", "lowered": "sub"}


def charge_of(text: str) -> int | None:
    """The charge that a raised text says: ``2-``, ``+``, ``-2``, ``++``; ``None`` if it says none."""
    match = _CHARGE.fullmatch(text.replace(" ", ""))
    if match is None:
        return None
    if match[5]:
        return len(match[5]) * (1 if match[5][0] == "+" else -1)
    size, sign = (match[1], match[2]) if match[2] else (match[4], match[3])
    if len(size) > 2:
        return None
    return int(size or 1) * (1 if sign == "+" else -1)
