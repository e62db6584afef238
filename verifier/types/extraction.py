"""The tables by which an answer is found in a response (``rules/extract/``), typed."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Phrase(msgspec.Struct, frozen=True):
    """Words that announce the answer, folded unless ``exact``.

    A ``label`` opens a line or a sentence and has a colon or the line's end behind it; what a phrase ``to_end``
    announces goes on to the text's end. ``marker`` is the entry's name.
    """

    text: str
    marker: str
    exact: bool
    line_start: bool
    label: bool
    to_end: bool


class Clue(msgspec.Struct, frozen=True):
    """A word, folded, without which none of its phrases stands in a text."""

    text: str
    phrases: tuple[Phrase, ...]


class Tag(msgspec.Struct, frozen=True):
    """A pair of texts around something: ``<answer>`` and ``</answer>``."""

    open: str
    close: str


class Contrast(msgspec.Struct, frozen=True):
    """Words before a rejected value and between it and the one that is meant, ``unless`` these stand behind either."""

    before: str
    between: str
    unless: tuple[str, ...]


class ExtractTable(msgspec.Struct, frozen=True):
    """How the final answer is found in a response.

    ``signs`` are few signs, folded, one of which stands in every tag and tool call; ``rare`` holds the places of the
    clues, each under a sign of it that is rare in answers. Both tell at once what a short text cannot hold.
    ``capitals`` are concluding words as they open a sentence, behind a space. ``clauses`` say the value of what
    ``workings`` work out, ``closing_labels`` announce it in a last line, and
    ``closing_asked`` where the question has the word, ``multiples`` say how many times as large a
    word makes a boxed number, ``caveats`` what a remark may say. ``turnings`` are words without which an explanation
    leaves alone what it explains, ``pronouns`` say that it is about that, ``alternatives`` and
    ``alternative_phrases`` give a second answer,
    ``setting_aside`` rejects one, ``checks`` stand in one that checks a value, ``courtesies`` begin what is said to the
    reader, ``other_cases`` stand before an answer that would be that of another case.
    """

    clues: tuple[Clue, ...]
    rare: Mapping[str, tuple[int, ...]]
    signs: tuple[str, ...]
    answer_tags: tuple[Tag, ...]
    thinking_tags: tuple[Tag, ...]
    boxes: tuple[str, ...]
    json_keys: tuple[str, ...]
    tool_calls: tuple[str, ...]
    ends: tuple[str, ...]
    conclusions: tuple[str, ...]
    revisions: tuple[str, ...]
    copulas: tuple[str, ...]
    subordinators: frozenset[str]
    remarks: frozenset[str]
    reversals: tuple[str, ...]
    contrasts: tuple[Contrast, ...]
    explanations: tuple[str, ...]
    concessions: tuple[str, ...]
    judgements: frozenset[str]
    irregular: dict[str, str]
    restatements: tuple[str, ...]
    capitals: tuple[str, ...]
    clauses: tuple[str, ...]
    workings: tuple[str, ...]
    closing_labels: frozenset[str]
    multiples: dict[str, int]
    caveats: tuple[str, ...]
    closing_asked: frozenset[str]
    turnings: frozenset[str]
    pronouns: frozenset[str]
    alternatives: frozenset[str]
    alternative_phrases: tuple[str, ...]
    setting_aside: frozenset[str]
    checks: tuple[str, ...]
    courtesies: tuple[str, ...]
    other_cases: frozenset[str]
