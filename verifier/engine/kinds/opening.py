"""What a text opens with: a number in digits or words, its label and currency, and whether the rest leaves it alone."""

from __future__ import annotations

import re
from typing import Final

import msgspec
from flint import fmpq

from verifier.engine import beside
from verifier.engine.kinds import conditions
from verifier.engine.kinds.kind import Context
from verifier.engine.numerals import Number, Scanned, divided, scan_number, whole_figures
from verifier.engine.spoken import Spoken, power_of_ten, read_spoken, times_ten

_ACIDITY: Final = re.compile(r"(p(?:H|OH|K_?[abw]))(?: of| is)? (?=[\d.-])")  # pH 7.4
_LABEL: Final = re.compile(
    r"(p(?:H|OH|K_?\{?[abw]\}?)|[^\W\d_](?:_\{?\w{1,8}\}?|['′]{1,2})?|\\[A-Za-z]+) ?(?:=|≈|\\approx) ?(?=[^=])"
)
_GLUED: Final = re.compile(r"\.\.|: |[\d^*/=!(\[{|\\<>_~+×÷±√∞π∪∩≤≥≠∈]|[.,:;][\d]|[-−] ?[\d(\\a-zA-Z]|'")
_DIGIT_OR_MATHS: Final = re.compile(r"\d|[^\w\s.,:;!?()'\"’“”&/-]")
_HALF_DAY: Final = re.compile(r" ?[ap]\.? ?m\b", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")


_DIGIT: Final = re.compile(r"\d")


class Opening(msgspec.Struct, frozen=True, gc=False):
    """The number that a text opens with and where it ends.

    The name it is assigned to, and the currency sign before it. ``spoken`` says that it is in words, ``others`` are
    what the words may mean besides; ``ordinal`` numbers count a place; ``certain`` ones do not follow a letter that
    may be a factor or an article ("a 3").
    """

    number: Number
    end: int
    label: str
    currency: str
    spoken: bool = False
    ordinal: bool = False
    others: tuple[Spoken, ...] = ()
    certain: bool = True


def open_number(text: str, ctx: Context) -> Opening | None:
    """The number that a text opens with, after a label (``x =``), an opener ("about") or a currency sign."""
    key = ("open", text)
    if key not in ctx.memo:
        ctx.memo[key] = _open_number(text, ctx)
    found: Opening | None = ctx.memo[key]
    return None if found is None or found.ordinal else found


def open_ordinal(text: str, ctx: Context) -> Opening | None:
    """The ordinal that a text opens with, in digits or words: ``21st``, "the third"."""
    start = len("the ") if text[:4].lower() == "the " else 0
    written = _ORDINAL.match(text) if text[start : start + 1].isdecimal() else None
    if written is not None:
        return Opening(Number(fmpq(int(written[1])), 0, written[0]), written.end(), "", "", ordinal=True)
    if not text[start : start + 1].isalpha():
        return None
    meanings = read_spoken(text, start, ctx.rules.numbers, ctx.meter)
    found = next((one for one in meanings if one.ordinal), None)
    if found is None:
        return None
    others = tuple(one for one in meanings if not one.ordinal)
    return Opening(found.number, found.end, "", "", spoken=True, ordinal=True, others=others)


_ORDINAL: Final = re.compile(r"(?:the )?(\d{1,9}) ?\^?\{?(?:st|nd|rd|th)\}?(?!\w)", re.IGNORECASE)


def _open_number(text: str, ctx: Context) -> Opening | None:
    position, label = _lead(text, ctx)
    article = _ARTICLE.match(text, position) if text[position : position + 1] in _ARTICLES else None
    if article is None or article[1].lower() not in ctx.rules.text.indefinite:
        return _open_at(text, position, label, ctx)
    found = _open_at(text, article.end(), label, ctx)
    certain = found is not None and _is_article(article[1], text[found.end :], ctx)
    return None if found is None or certain is None else msgspec.structs.replace(found, certain=bool(certain))


_ARTICLES: Final = frozenset({"a", "A"})
_ARTICLE: Final = re.compile(r"([^\W\d_]{1,2}) (?=[^\w\s(]?\d)")
_THING: Final = re.compile(r" ?°?(?: ?[^\W\d_]{2}| ?[^\W\d_]\S{0,8} [^\W\d_]{2})| ?°")  # a noun, a unit before one


def _is_article(word: str, rest: str, ctx: Context) -> bool | None:
    """Whether a letter before a number is an article: surely, perhaps (``False``), or not (``None``).

    It is one where a noun stands behind the number, and where nothing does in a question that has no such name.
    """
    if len(word) == 1 and _is_symbol(word, ctx):
        return None
    if _THING.match(rest):
        return True
    if rest.strip(" ."):
        return None
    return len(word) > 1 or (word.islower() and ctx.demand.asked and not ctx.demand.options)


def _is_symbol(letter: str, ctx: Context) -> bool:
    """Whether a question has a letter as a name: not before a noun, as articles stand, and not as a part's label."""
    for match in _ALONE.finditer(ctx.demand.question):
        behind = match[2] or ""
        if match[1] == letter and (not behind or behind in ctx.rules.text.after_symbols):
            return True
    return False


_ALONE: Final = re.compile(r"(?<![^\W\d_])(?<!\()([Aa])(?![^\W_])(?! ?[.)])(?: ([$\d]|[^\W\d_]{2,}))?")


def _open_at(text: str, position: int, label: str, ctx: Context) -> Opening | None:
    first = _WORD.match(text, position) if not text[position : position + 1].isdecimal() else None
    signed = first is not None and text[position : first.end() + 1] in ctx.rules.units.leading  # A$20
    if first is not None and first[0].lower() in ctx.rules.numbers.words and not signed:
        return _in_words(text, position, label, ctx)
    if _DIGIT.search(text, position) is None:
        return None
    leading = ctx.rules.units.leading
    sign = currency = ""
    if not text[position : position + 1].isdigit():
        sign = text[position : position + 1] if text[position + 1 : position + 2] in leading else ""
        if sign in {"-", "+"}:
            position += 1
        currency = next(
            (text[position : position + size] for size in (3, 2, 1) if text[position : position + size] in leading), ""
        )
        position = _after_spaces(text, position + len(currency))
        if text[position : position + 1].isalpha():
            return None  # in digits, a number opens with one, a sign or a bracket
    wrapped = bracketed(text, position)
    inside, position = (text, position) if wrapped is None else (wrapped, position + 1)
    worded = None if currency or not (" " in inside or "-" in inside) else _WORDED.match(inside, position)
    if worded is not None and _continues(worded[1].lower(), ctx) and (mixed := _in_words(inside, position, label, ctx)):
        return mixed
    found = _indian(inside, position, currency, ctx) or scan_number(inside, position, ctx.meter)
    if found is None:
        return None
    found = _with_suffix(inside, position, found, ctx, money=bool(currency))
    number = found.number
    if sign == "-":
        number = msgspec.structs.replace(number, mantissa=-number.mantissa, written="-" + number.written)
    return Opening(number, found.end, label, currency)


def _lead(text: str, ctx: Context) -> tuple[int, str]:
    """Where the value begins behind a label and an opener, and the label."""
    position, label = 0, ""
    named = _LABEL.match(text) if "=" in text or "≈" in text or "\\approx" in text else _acidity(text)
    if named is not None:
        label, position = named[1], named.end()
    lowered = text[position : position + 80].lower()
    if lowered.startswith(ctx.rules.text.openers):
        for opener in ctx.rules.text.openers:
            if lowered.startswith(opener) and not lowered[len(opener) : len(opener) + 1].isalpha():
                position += len(opener)
                break
    return _after_spaces(text, position), label


def _acidity(text: str) -> re.Match[str] | None:
    return _ACIDITY.match(text) if text[:1] == "p" else None


def _after_spaces(text: str, position: int) -> int:
    while text[position : position + 1] == " ":
        position += 1
    return position


INDIAN: Final = re.compile(r"[-+]?[1-9]\d?(?:,\d\d)+,\d{3}(?:\.\d+)?(?![\d,])")


def _indian(text: str, position: int, currency: str, ctx: Context) -> Scanned | None:
    """``12,34,567`` in lakhs, where the money or the question is Indian; elsewhere it may be a list."""
    match = INDIAN.match(text, position) if "," in text else None
    table = ctx.rules.numbers
    if match is None or not (
        currency.lower().rstrip(".") in table.indian or not table.indian.isdisjoint(ctx.demand.words)
    ):
        return None
    found = scan_number(match[0].replace(",", ""), 0, ctx.meter)
    return None if found is None else Scanned(msgspec.structs.replace(found.number, written=match[0]), match.end())


_WORDED: Final = re.compile(r"\d[\d.,]*[ -]([^\W\d_]+)")  # digits that a word of numbers may follow: 3.5 million


def _continues(word: str, ctx: Context) -> bool:
    """Whether a word can go on with a number that digits begin: "million", "to" the power."""
    table = ctx.rules.numbers
    if word in table.words:
        return True
    for phrase in table.raised:  # noqa: SIM110  # quicker than any() over so few
        if phrase.startswith(word):
            return True
    return False


def _in_words(text: str, position: int, label: str, ctx: Context) -> Opening | None:
    """A number in words, or in digits and words; ordinals are told apart by a mark."""
    table = ctx.rules.numbers
    power = power_of_ten(text, position, table, ctx.meter)
    if power is not None:
        return Opening(power.number, power.end, label, "", spoken=True)
    found = read_spoken(text, position, table, ctx.meter)
    plain = [one for one in found if not one.ordinal]
    if not found or _is_counted(text[position : found[0].end], ctx):
        return None
    first = plain[0] if plain else found[0]
    last = _with_part(text, position, Scanned(first.number, first.end), ctx)
    others = () if last.number.parts else tuple(one for one in found if one is not first)
    return Opening(last.number, last.end, label, "", spoken=True, ordinal=not plain, others=others)


def _is_counted(words: str, ctx: Context) -> bool:
    """Whether the last word of a number is what the question counts: "3 dozen", "3 quarters", "3 million"."""
    last = words.lower().rsplit(maxsplit=1)[-1]
    asking = ctx.demand.asking
    kind = ctx.rules.numbers.words.get(last)
    if kind is None or kind.kind not in {"parts", "dozen", "share"}:
        return False
    return any(f"{lead} {last.rstrip('s')}" in asking for lead in ("how many", "number of", "in"))


def _with_suffix(text: str, start: int, found: Scanned, ctx: Context, *, money: bool) -> Scanned:
    """What stands behind digits and belongs to them: a scale (12k, $3.5M, $2 million), "times ten to the", ppm."""
    number, end, table = found.number, found.end, ctx.rules.numbers
    if number.parts:
        points = _POINTS.match(text, end)
        if points is None:
            return found
        return Scanned(msgspec.structs.replace(number, points=True, written=text[start : points.end()]), points.end())
    raised = times_ten(text, end, table, ctx.meter) if text[end : end + 1] == " " else None
    if raised is not None and not number.fraction:
        end = raised[1]
        number = _scaled(number, fmpq(1), raised[0], text[start:end])
    scale = (_MONEY_SCALE if money else _GLUED_SCALE).match(text, end) if raised is None and end < len(text) else None
    if scale is not None and not number.fraction:
        word = table.words.get(scale[1].lower())
        worth = (table.money if money else table.glued).get(scale[1])
        if worth is None and money and word is not None and word.kind in {"scale", "hundred"}:
            worth = word.value
        symbolic = not money and conditions.is_named(scale[1], ctx)
        if worth is not None and not symbolic:
            end = scale.end()
            number = _scaled(number, fmpq(worth), 0, text[start:end])
            letter = not money and len(scale[1]) == 1
            return Scanned(msgspec.structs.replace(number, loose=letter, scale=worth), end)
    return _with_part(text, start, Scanned(number, end), ctx)


_MONEY_SCALE: Final = re.compile(r" ?([^\W\d_]+)(?![\w/^*·])")
_GLUED_SCALE: Final = re.compile(r"([A-Za-z]{1,2})(?![\w/^*·_(-]| ?[-+*/=^(])")
_POINTS: Final = re.compile(r" ?points?\b")


def _scaled(number: Number, factor: fmpq, exponent: int, written: str) -> Number:
    return msgspec.structs.replace(
        number,
        mantissa=number.mantissa * factor,
        exponent10=number.exponent10 + exponent,
        written=written,
        significant=whole_figures(number),
        places=None,
        decimal=True,
    )


def _with_part(text: str, start: int, found: Scanned, ctx: Context) -> Scanned:
    """A number with the sign or words behind it that make it so many hundredths or thousandths."""
    match = ctx.rules.numbers.part.match(text, found.end) if found.end < len(text) else None
    if match is None or found.number.parts:
        return found
    part = ctx.rules.numbers.parts[match[1].lower()]
    written = text[start : match.end()]
    return Scanned(divided(found.number, part.power, written, points=part.points), match.end())


def bracketed(text: str, position: int) -> str | None:
    """``(5)`` with the brackets made spaces, if the whole rest is bracketed.

    They are not a minus and enclose one number.
    """
    if text[position : position + 1] != "(" or not text.endswith(")") or text.count("(") != 1 or "," in text:
        return None
    return text[:position] + " " + text[position + 1 : -1]


def harmless(rest: str, ctx: Context) -> bool:
    """Whether the words after a value leave it as it stands.

    No other number, no maths, no word that changes, bounds or rejects it.
    """
    if not rest or rest.isspace():
        return True
    ctx.meter.spend(len(rest))
    if (
        (rest[0].isalnum() and (not _COUNTER.match(rest) or rest.startswith(ctx.rules.text.scales)))
        or rest[0] == ";"
        or (not rest.isascii() and not _leaves(rest, ctx))
        or _GLUED.match(rest.lstrip())
        or _DIGIT_OR_MATHS.search(rest)
        or _HALF_DAY.match(rest)
    ):
        return False
    table, asked = ctx.rules.text, ctx.demand.words
    found = [word.lower() for word in _WORD.findall(rest)]
    if not found:
        return True
    if goes_on(rest, ctx):
        return False
    if found[0] in table.joiners or (
        len(found[0]) == 1 and not _COUNTER.match(found[0]) and (found[0] != "a" or found == ["a"])
    ):
        return False
    if not table.modifiers.isdisjoint(found[:_NEAR]) or not table.hedges.isdisjoint(found):
        return False
    return table.directions.isdisjoint(word for word in found if word not in asked) and not _divided(found, ctx)


def _leaves(rest: str, ctx: Context) -> bool:
    return beside.leaves(rest, ctx.rules.text.figures, ctx.demand.question, ctx.rules.units.words)


def goes_on(rest: str, ctx: Context) -> bool:
    """Whether a formula goes on behind a number: ``2 ln x``, ``2 sqrt 3``, ``2 pi``, ``2 theta``.

    A function needs something it is applied to, and the name of a letter is a word where a word stands behind it
    (5 gamma rays).
    """
    word = _NAME.match(rest)
    if word is None:
        return False
    table, end = ctx.rules.maths, word.end()
    kind, means = table.tokens.get(word[1]) or ("", "")
    if not kind:
        return word[1] in table.called and rest[end : end + 1] == "("
    if kind == "function":
        argument = _ARGUMENT.match(rest, end)
        return argument is not None and (argument[1] is None or argument[1] in table.tokens)
    return ((kind == "letter" and not ctx.demand.count) or means == "pi") and _NO_WORD.match(rest, end) is not None


_NAME: Final = re.compile(r" ?([A-Za-z]{2,}(?:10|2)?)")
_ARGUMENT: Final = re.compile(r" ?(?:[\d(^_√|\\α-ωϑϕπ]|([A-Za-z]+))")
_NO_WORD: Final = re.compile(r"(?! ?[^\W\d_]{2})")
_COUNTER: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")  # a word that counts things: 858颗糖果
_NEAR: Final = 6  # words behind a number in which a modifier belongs to it


def _divided(found: list[str], ctx: Context) -> bool:
    """Whether the words go on to divide: "per day", "an hour", unless the question speaks of the same."""
    words = ctx.rules.units.words
    for word, following in zip(found, [*found[1:], ""], strict=True):
        per = word == "per" or (word in {"a", "an", "each", "every"} and following in words)
        asked = ctx.demand.words
        if per and not (following in asked and ("per" in asked or word in asked)):
            return True
    return False
