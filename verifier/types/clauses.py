"""What a clause behind a value says of it (``rules/text/clauses.toml``)."""

from __future__ import annotations

import re

import msgspec


class ClauseTable(msgspec.Struct, frozen=True):
    """The phrases of clauses, each kind as one pattern for folded text.

    ``starts`` are the first words of what begins a clause, without which a text has none; ``glued`` phrases have no
    spaces around them.
    ``opens`` finds what begins a clause, ``says`` what stands between a value and the same value said again, ``nears``
    the signs between a value and a rounding of it,
    ``changes`` what stands before another value that it becomes. ``steps`` say that it is not yet the answer, ``about``
    stand before a value that is not exact, ``labels`` right before the label of an option.
    """

    starts: frozenset[str]
    glued: tuple[str, ...]
    opens: re.Pattern[str]
    says: re.Pattern[str]
    nears: re.Pattern[str]
    changes: re.Pattern[str]
    steps: re.Pattern[str]
    labels: re.Pattern[str]
    about: tuple[str, ...]
