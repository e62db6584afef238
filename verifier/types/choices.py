"""The rules of options and labels as the engine sees them."""

from __future__ import annotations

import re

import msgspec


class Layout(msgspec.Struct, frozen=True):
    """How the labels of one alphabet stand before their options in a question; group 1 of the pattern is the label.

    ``first`` and ``second`` are its first two labels as they must stand in a question that lists options.
    """

    pattern: re.Pattern[str]
    alphabet: tuple[str, ...]
    first: str
    second: str


class ChoiceTable(msgspec.Struct, frozen=True):
    """How options are labelled, in the question and in an answer.

    ``layouts`` are tried on every question, ``foreign`` ones where it is not ASCII, and ``weak`` ones, whose labels
    number other things as often, where the others find nothing.

    ``phrases`` stand before a label in an answer ("option "); ``heads`` are their first two characters, which few texts
    begin with. ``nouns`` are those before a place ("option 2"),
    ``closers`` stand right behind it ("is correct"), the longest first; ``join`` finds what joins two labels, ``joins``
    are the same words and ``alternatives`` those of them that leave a choice; ``split`` cuts prose into statements and
    ``deny`` finds what rejects a label in one. ``all`` and ``none`` are whole answers; the other word lists are
    explained where they stand, in ``rules/choices``.
    """

    layouts: tuple[Layout, ...]
    foreign: tuple[Layout, ...]
    weak: tuple[Layout, ...]
    phrases: tuple[str, ...]
    heads: frozenset[str]
    nouns: frozenset[str]
    closers: tuple[str, ...]
    joins: frozenset[str]
    alternatives: frozenset[str]
    join: re.Pattern[str]
    split: re.Pattern[str]
    deny: re.Pattern[str]
    all: frozenset[str]
    none: frozenset[str]
    articles: frozenset[str]
    reasons: tuple[str, ...]
    retractions: frozenset[str]
    estimating: frozenset[str]


class LabelTable(msgspec.Struct, frozen=True):
    """How a question names a set of labels.

    ``listed`` finds what may be a list of labels behind one of the ``leads``, ``joiners`` join its last two;
    ``denials`` deny the label behind them, ``carriers`` are the words of a sentence that only gives a label. ``sets``
    are the labels that are meant where a question names none, each with the words of a question that call for it.
    ``orders`` are words of a question that asks for an order, ``assigned`` those of one that gives labels, whose order
    is free.
    """

    leads: tuple[str, ...]
    listed: re.Pattern[str]
    joiners: frozenset[str]
    denials: frozenset[str]
    carriers: frozenset[str]
    orders: frozenset[str]
    assigned: frozenset[str]
    sets: tuple[tuple[frozenset[str], tuple[str, ...]], ...]
