"""The words around the maths: what announces it, what stands behind it, and where words make the text no maths."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from verifier.engine.maths.lexer import Tokens, positions
from verifier.types.rules import MathsTable

_WORDS: Final = frozenset({"word", "run"})
_UNITS: Final = frozenset(
    {"word", "run", "letter", "constant", "*", "/", "^", "number", "-", "{", "}", "degree", "(", ")", "function"}
)
_LONGEST: Final = 8


def resolve_runs(tokens: Tokens, text: str, table: MathsTable) -> Tokens:
    """Every run of two or three letters as a product of letters, or as a word.

    "5 cm" has a unit behind a blank, "5xy" and "mx + b" have factors; a run among words is a word, and so is one right
    before or behind maths in delimiters, or a little word of a language before a value: "es de 12".
    """
    if "run" not in tokens.kinds and len(tokens.opened) < _SPANS:
        return tokens
    spans = positions(text)
    spans.append((len(text), len(text)))
    kinds: list[str] = []
    values: list[str] = []
    origin: list[int] = []
    old = tokens.kinds
    opened = frozenset(tokens.opened)
    wordy = "word" in old
    other = max((at for at, kind in enumerate(old[:-1]) if kind not in _UNITS), default=-1)
    unit = False
    for at, kind in enumerate(old):
        value = tokens.values[at]
        place = tokens.origin[at]
        if kind != "run":
            joint = kind in _SINGLE and at + 1 in opened and value in table.little and _closes(text, spans, place)
            kinds.append("word" if joint else kind)
            values.append(value)
            origin.append(place)
            continue
        before = old[at - 1] if at else "start"
        spaced = place > 0 and spans[place - 1][1] < spans[place][0]
        unit = unit or (
            not _differential(old, value)
            and before in {"number", ")", "vulgar", "letter", "degree"}
            and spaced
            and at > other
        )
        unit = unit or (bool(opened) and _closes(text, spans, place))
        if unit or _is_word(tokens, spans, at, table, wordy=wordy, opens=at + 1 in opened):
            kinds.append("word")
            values.append(value)
            origin.append(place)
        else:
            kinds.extend("constant" if letter in "ei" else "letter" for letter in value)
            values.extend(value)
            origin.extend([place] * len(value))
    return Tokens(kinds, values, origin, tokens.opened, tokens.latex, "word" in kinds, tokens.inside)


def _is_word(
    tokens: Tokens, spans: list[tuple[int, int]], at: int, table: MathsTable, *, wordy: bool, opens: bool
) -> bool:
    """Whether a run is a word, by what stands around it; ``opens`` says that maths in delimiters begins behind it."""
    old, value = tokens.kinds, tokens.values[at].lower()
    before, after = old[at - 1] if at else "start", old[at + 1]
    copula = wordy and before == "letter" and value in table.copulas  # "x es $12$"
    known = table.little if wordy else table.between  # "de 12" alone is no product either
    little = value in known and _stands_apart(old, spans, tokens.origin, at)
    if not copula and before not in _WORDS | {"start"}:
        return little and before == ","  # "48, mas 42"
    if little:
        return True
    if opens:
        return wordy
    short = len(value) <= 3 and not any(letter in "aeiou" for letter in value)
    return not copula and after in _WORDS | {"end", "given"} and (wordy or not short)


def _stands_apart(kinds: list[str], spans: list[tuple[int, int]], origin: list[int], at: int) -> bool:
    """Whether a blank parts a run from what follows, and no operator joins them: "de -5", and not "de - 5"."""
    place = origin[at]
    if spans[place][1] == spans[place + 1][0]:
        return False
    after = kinds[at + 1]
    if after in {"-", "+", "pm"}:
        return spans[place + 1][1] == spans[place + 2][0]
    return after in _OPENS_VALUE


_OPENS_VALUE: Final = frozenset({
    "number", "vulgar", "fraction", "radical", "letter", "constant", "binomial", "function", "box", "(", "[", "\\{",
    "{", "word", "run",
})  # fmt: skip
_SINGLE: Final = frozenset({"letter", "constant"})
_SPANS: Final = 2  # of maths in delimiters, between which a letter may be a word


def _closes(text: str, spans: list[tuple[int, int]], place: int) -> bool:
    """Whether maths in delimiters ends right before a piece that stands outside of them."""
    return place > 0 and text[spans[place - 1][0] : spans[place][0]].strip() in _CLOSINGS


_CLOSINGS: Final = frozenset({"$", "$$", "\\)", "\\]"})


def _differential(kinds: list[str], value: str) -> bool:
    return len(value) == 2 and value[0] == "d" and "integral" in kinds


def opening(tokens: Tokens, table: MathsTable) -> int | None:
    """The token at which the maths begins behind the words in front; None where the words make the text no maths."""
    kinds, values = tokens.kinds, tokens.values
    if kinds[0] != "word" and not _announced(tokens, table):
        return 0
    start = _after_copula(tokens, table)
    if start is None:
        start = _at_equation(tokens, table)
    if start is None or kinds[start] in {"word", "end"}:
        start = _delimited(tokens)
    if start is None or denied(values[:start], kinds[:start], table):
        return None
    return start


def _after_copula(tokens: Tokens, table: MathsTable) -> int | None:
    """The token behind the last copula, or behind a colon behind a word."""
    start = None
    kinds = tokens.kinds
    for at in range(len(kinds) - 1):
        word = kinds[at] == "word" and tokens.values[at].lower() in table.copulas
        if word or (kinds[at] == ":" and at and kinds[at - 1] == "word"):
            start = at + 1
    return None if start is None else _past_fillers(tokens, table, start)


def _at_equation(tokens: Tokens, table: MathsTable) -> int | None:
    """The value in "Area = 5" and "area of ABC = 5", the whole equation in "therefore x = 5"."""
    kinds = tokens.kinds
    place = next((at for at, kind in enumerate(kinds) if kind == "relation"), None)
    if place is None or "word" not in kinds[:place] or "number" in kinds[:place]:
        return None
    last = max(at for at in range(place) if kinds[at] == "word")
    if last == place - 1 or tokens.values[last].lower() in table.links:
        return place + 1 if tokens.values[place] == "eq" else None
    return last + 1


def _announced(tokens: Tokens, table: MathsTable) -> bool:
    """Whether words end in a copula somewhere behind names: "x is 5", "f(x) is equal to 2x"."""
    for at, kind in enumerate(tokens.kinds):
        if kind == "word" and tokens.values[at].lower() in table.copulas:
            return "given" not in tokens.kinds[:at]
        if kind == "relation":
            return False
    return False


def _past_fillers(tokens: Tokens, table: MathsTable, start: int) -> int:
    while tokens.kinds[start] in {":", ","} or _is_filler(tokens, table, start):
        start += 1
    if tokens.kinds[start] == "relation" and tokens.values[start] == "eq":
        start += 1
    return start


def _is_filler(tokens: Tokens, table: MathsTable, at: int) -> bool:
    """Whether a word may stand between a copula and its maths; a letter may behind its word: the "a" of "igual a"."""
    word = tokens.values[at].lower()
    if tokens.kinds[at] == "letter":
        return at > 0 and f"{tokens.values[at - 1].lower()} {word}" in table.between
    return tokens.kinds[at] == "word" and word in table.between


def _delimited(tokens: Tokens) -> int | None:
    """Where maths delimiters or a box open behind words that state nothing themselves."""
    places = [at for at in tokens.opened if at < len(tokens.kinds) - 1]
    places += [at for at, kind in enumerate(tokens.kinds) if kind == "box"]
    at = min(places, default=0)
    front = tokens.kinds[:at]
    if "word" not in front or tokens.kinds[at] == "word" or not {"relation", "number", "fraction"}.isdisjoint(front):
        return None
    return at


def denied(values: list[str], kinds: list[str], table: MathsTable) -> bool:
    """Whether words deny or bound what they announce: one of them, or two, as "non è" does and "non-negative" not."""
    told = [value.lower() for value, kind in zip(values, kinds, strict=True) if kind in {"word", "not"}]
    return not table.denials.isdisjoint(told) or any(f"{one} {two}" in table.denials for one, two in pairwise(told))


def harmless_tail(tokens: Tokens, at: int, table: MathsTable) -> bool:
    """Whether what stands behind the maths are a few words or a unit, and says nothing more."""
    kinds, values = tokens.kinds[at:-1], tokens.values[at:-1]
    if len(kinds) > 2 * _LONGEST or sum(kind == "word" for kind in kinds) > _LONGEST:
        return False
    for place, kind in enumerate(kinds):
        if kind == "word":
            word = values[place].lower()
            if word in table.denials or (word in table.copulas and not _closing(kinds, values, table)):
                return False
        elif kind == "number":
            before = kinds[place - 1] if place else ""
            if before not in {"^", "{", "-", "/"}:
                return False
        elif kind not in _UNITS and kind not in {"given", "_", "index", ".", "+"}:
            return False
    return True


def _closing(kinds: list[str], values: list[str], table: MathsTable) -> bool:
    """Whether the words only say that this is the answer: "is the solution"."""
    return all(
        kind == "word" and value.lower() in (table.closings | table.copulas | table.arbitrary)
        for kind, value in zip(kinds, values, strict=True)
    )


def slice_of(text: str, tokens: Tokens, start: int, end: int) -> str:
    """The text of the tokens from ``start`` up to ``end``, out of its delimiters."""
    if start >= end:
        return ""
    spans = positions(text)
    last = tokens.origin[end] if end < len(tokens.origin) else len(spans)
    begins = spans[tokens.origin[start]][0]
    ends = spans[last][0] if last < len(spans) else len(text)
    return _bare(text[begins:ends])


_WRAPPERS: Final = (
    "\\text",
    "\\mathrm",
    "\\mbox",
    "\\textrm",
    "\\,",
    "\\;",
    "\\ ",
    "\\(",
    "\\)",
    "\\[",
    "\\]",
    "\\left",
    "\\right",
    "\\boxed",
)


def _bare(text: str) -> str:
    for wrapper in _WRAPPERS:
        text = text.replace(wrapper, " ")
    if text.count("$") % 2 == 0:
        text = text.replace("$", " ")
    text = text.replace("{", "").replace("}", "").replace("~", " ")
    return " ".join(text.split()).strip(" ,;.")
