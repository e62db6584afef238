"""The table of what an answer may hold to fool a grader: phrases, slots of a template, text that is not seen."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec


class Phrase(msgspec.Struct, frozen=True):
    """The words of an attack and its ``kind``; ``unless`` are words of a question that may ask for such a text."""

    words: tuple[str, ...]
    kind: str
    unless: frozenset[str]


class Concealed(msgspec.Struct, frozen=True):
    """What opens and what closes text that is not seen, folded."""

    open: str
    close: str


class Hedges(msgspec.Struct, frozen=True):
    """Words of answers that leave it to others to choose; of each list, words or phrases as ``spoken`` gives them.

    ``around`` values stand words that choose none; ``every`` phrase names all options, and ``quantifiers`` in an option
    or a ground truth may mean the like; ``negations``, ``conjunctions`` and ``alternatives`` make a statement that
    always or never holds; ``both_ways`` are yes and no at once; ``bounds`` make an amount a bound.
    """

    around: frozenset[str]
    every: frozenset[str]
    quantifiers: frozenset[str]
    negations: frozenset[str]
    conjunctions: frozenset[str]
    alternatives: frozenset[str]
    both_ways: frozenset[str]
    bounds: frozenset[str]


class Unsaid(msgspec.Struct, frozen=True):
    """What says nothing, whether rules refute by it or not: phrases and clues as in ``AttackTable``, and more glue.

    ``weak`` are the words of those that rules leave alone; ``open_questions`` begin questions that no mere
    yes answers, unless one of ``closed_questions`` stands in them.
    """

    phrases: Mapping[str, tuple[Phrase, ...]]
    clues: frozenset[str]
    glue: frozenset[str]
    weak: frozenset[tuple[str, ...]]
    open_questions: frozenset[str]
    closed_questions: tuple[str, ...]


class Dress(msgspec.Struct, frozen=True):
    """What an answer may be dressed in that says nothing: a verdict on itself, program text, a kind of number.

    ``verdict`` are the phrases of a verdict by their first words, longest first, each with its parts: ``key`` and
    ``field`` name, ``value`` and ``nod`` are in favour, ``filler`` says nothing; of a field and a nod alone it is none.
    ``texts``, ``statements`` and ``loose`` match program text, whole or by the statement; what a group of them holds is
    said by it. A question with one of ``topics`` may ask for such text. ``lookalikes`` maps letters to the Latin ones
    that they look like; ``kind_nouns`` and ``kind_words`` say no more than that there is a number.
    """

    verdict: Mapping[str, tuple[tuple[tuple[str, ...], frozenset[str]], ...]]
    texts: re.Pattern[str]
    statements: re.Pattern[str]
    loose: re.Pattern[str]
    topics: frozenset[str]
    lookalikes: Mapping[int, str]
    kind_nouns: frozenset[str]
    kind_words: frozenset[str]


class AttackTable(msgspec.Struct, frozen=True):
    """What answers are made of that are made to fool a grader.

    ``phrases`` stand by their first word, longest first; ``openings`` are their first two words;
    ``clues`` holds a word of each, ``claims`` of those that grade or instruct. ``slots`` are the names in a template's
    slots, each as words, ``slot_signs`` what stands around them, ``blank_slots`` whole slots without a name. ``glue``
    words may stand between phrases, ``unknowing`` ones in a ground truth that may refuse as well, if not as phrases of
    ``ignorance`` do; ``blanks`` are signs that fill in no answer; ``either`` words join alternatives, ``either_frame``
    words stand around them.
    ``concealed``, ``ghosts``, ``colour_macros`` with ``page_colours`` and ``hiding`` say what is not seen,
    ``backdrops`` where such a colour may be, ``gates`` are the signs, and ``hints`` the folded texts, without which
    nothing is hidden; ``turning`` are signs that turn the order of what is seen; ``hedges``, ``unsaid`` and ``dress``
    are what a judge is not asked about.
    """

    phrases: Mapping[str, tuple[Phrase, ...]]
    openings: frozenset[tuple[str, str]]
    clues: frozenset[str]
    claims: frozenset[str]
    slots: frozenset[tuple[str, ...]]
    slot_signs: tuple[tuple[str, str], ...]
    blank_slots: frozenset[str]
    glue: frozenset[str]
    unknowing: frozenset[str]
    ignorance: frozenset[tuple[str, ...]]
    blanks: frozenset[str]
    either: frozenset[str]
    either_frame: frozenset[str]
    concealed: tuple[Concealed, ...]
    ghosts: tuple[str, ...]
    colour_macros: tuple[str, ...]
    page_colours: frozenset[str]
    backdrops: tuple[str, ...]
    hiding: frozenset[str]
    gates: tuple[str, ...]
    hints: tuple[str, ...]
    turning: tuple[str, ...]
    hedges: Hedges
    unsaid: Unsaid
    dress: Dress
