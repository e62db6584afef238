"""What a judge goes by: the rubrics of the rules, and what the engine tells of a sample that it could not decide."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from verifier.types.sample import Option


class Rubric(msgspec.Struct, frozen=True):
    """The text that a model judges by.

    ``first`` is what it is told of a reference and an answer, ``swapped`` what it is told of two texts without names.
    Of an answer longer than ``answer_chars``, and a question longer than ``question_chars``, the beginning and the end
    are shown. ``tokens`` bound a reply, ``third_tokens`` one at high effort. ``digest`` is that of the texts.
    """

    name: str
    version: int
    first: str
    swapped: str
    answer_chars: int
    question_chars: int
    tokens: int
    third_tokens: int
    digest: str


class Quoting(msgspec.Struct, frozen=True):
    """Words beside a quote without which it says something else, folded (``rules/judge/quoting.toml``).

    ``minus`` stand before a number; ``before`` and ``behind`` deny, ``over`` may stand between those and the quote;
    ``joined`` deny where no space parts words.
    """

    minus: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    behind: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    over: frozenset[str] = frozenset()


class Asked(msgspec.Struct, frozen=True):
    """What the engine made of a sample's question and of the text to be graded.

    ``demands`` maps what the question demands to its value, which may be empty (``rules/judge/asked.toml``).
    ``answer`` is what the text commits to, ``sure`` whether it says so itself; ``shown`` is all that a reader of the
    text sees, without thinking. ``options`` are given or found in the question.
    """

    answer: str
    sure: bool
    shown: str
    demands: Mapping[str, str]
    options: tuple[Option, ...] = ()
