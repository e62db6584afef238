"""What a merge can be asked to do differently, and how that is written on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

import msgspec

from verifier.batch.ledger import PREFERENCES
from verifier.batch.trajectory import FIELDS, TEXTS
from verifier.records import Fields, did_you_mean, parse_mappings
from verifier.types.errors import SettingsError


class Selection(msgspec.Struct, frozen=True):
    """Rows whose ``field`` matches a pattern of ``*``, ``?`` and ``[…]``, upper and lower case alike."""

    field: str
    pattern: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """From ``FIELD=PATTERN``; raises ``SettingsError`` for a field that holds no text.

        >>> Selection.parse("teacher_model=*opus*")
        Selection(field='teacher_model', pattern='*opus*')
        """
        field, equals, pattern = text.partition("=")
        if not equals or not pattern:
            raise SettingsError(f"--keep-all '{text}': write FIELD=PATTERN, e.g. 'teacher_model=*opus*'")
        if field not in TEXTS:
            hint = did_you_mean(field, TEXTS)
            raise SettingsError(f"--keep-all '{text}': no text field '{field}'{hint}; there are {', '.join(TEXTS)}")
        return cls(field, pattern)

    def __str__(self) -> str:
        return f"{self.field}={self.pattern}"


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to merge.

    ``fields`` pairs a field of ours with the inputs' name for it, sorted. ``prefer`` ranks the correct rows of one
    sample; what it leaves out does not count.
    """

    fields: tuple[tuple[str, str], ...] = ()
    keep_all: tuple[Selection, ...] = ()
    prefer: tuple[str, ...] = PREFERENCES
    with_verification: bool = False
    license: str = "unknown"
    name: str = "Verified trajectories"


def parse_fields(mappings: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The names that ``--field OURS=THEIRS`` gives; ours are the columns, and whatever `verifier grade` knows.

    >>> parse_fields(["ground_truth=reference_answer"])
    (('ground_truth', 'reference_answer'),)
    """
    known = tuple(name for name in dict.fromkeys((*FIELDS, *Fields.__struct_fields__)) if name != "success")
    return tuple(sorted(parse_mappings(mappings, known).items()))


def parse_prefer(text: str) -> tuple[str, ...]:
    """The ranking that ``--prefer`` asks for.

    >>> parse_prefer("cost,tokens")
    ('cost', 'tokens')
    """
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in PREFERENCES:
            raise SettingsError(
                f"--prefer: no '{name}'{did_you_mean(name, PREFERENCES)}; there are {', '.join(PREFERENCES)}"
            )
    if len(set(names)) != len(names):
        raise SettingsError(f"--prefer: '{text}' names one thing twice")
    return names


def check_line(option: str, text: str) -> str:
    """A text for the card: one line, not empty."""
    if not text.strip() or not text.isprintable():
        raise SettingsError(f"{option}: give one line of text")
    return text.strip()
