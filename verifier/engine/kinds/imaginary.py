"""The capital I of computer algebra: ``3*I`` is 3i, unless the question has an I of its own, a current or a matrix."""

from __future__ import annotations

import re
from typing import Final

from verifier.engine.kinds import conditions
from verifier.engine.kinds.kind import Context

_UNIT: Final = re.compile(r"(?<![A-Za-z_\\])I(?![A-Za-z_'\d(\[])")
_STARRED: Final = re.compile(r"\* ?I(?![A-Za-z_'\d(\[])|(?<![A-Za-z_\\])I ?\*")
_LETTERS: Final = re.compile(r"[A-Za-z]+")
_TURNING: Final = re.compile(r"\bexp\([^()I]{0,40}(?<![A-Za-z])I(?![A-Za-z])")
_CIRCLE: Final = frozenset({"sin", "cos"})
_NAMELESS: Final = frozenset({"function", "constant", "radical", "and", "or"})
_SIGNS: Final = frozenset("\\$=")  # of a text that is typeset, or says what a name is


def is_program_text(raw: str, ctx: Context) -> bool:
    """Whether a text is written as programs write complex numbers, and the question has no I.

    Beside I stand numbers and functions alone; or it is turned into an angle, ``exp(I*x)`` or ``cos(x) + I*sin(x)``.
    """
    if not _SIGNS.isdisjoint(raw) or _STARRED.search(raw) is None:
        return False
    ctx.meter.spend(len(raw))
    words = set(_LETTERS.findall(raw)) - {"I"}
    tokens = ctx.rules.maths.tokens
    named = any(tokens.get(word, ("letter",))[0] not in _NAMELESS for word in words)
    if named and not (_TURNING.search(raw) or words >= _CIRCLE):
        return False
    return not conditions.is_named("I", ctx) and not conditions.may_not_commute(ctx)


def lowered(text: str) -> str:
    """The text with i for I."""
    return _UNIT.sub("i", text)
