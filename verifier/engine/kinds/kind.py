"""What every kind of answer shares.

Readings, the context a reader or stage may use, and the code of two equal texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Protocol

import msgspec

from verifier.engine.demand import Demand
from verifier.types.budget import Meter
from verifier.types.rules import Profile, Rules
from verifier.types.verdict import Code, Finding, proves


class Answer(Protocol):
    """A typed answer; ``show`` is how a trace prints it."""

    def show(self) -> str:
        """The answer as a person would write it."""
        ...


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One way to understand a text.

    ``unread`` are the words left over, known to be harmless; ``label`` is the name the value is assigned to (``x`` in
    ``x = 5``), or empty. A reading that is not ``certain`` lets the next readers add theirs.
    ``sort`` are words around a statement that say of what sort its numbers are.
    """

    answer: Answer
    reader: str
    unread: str = ""
    label: str = ""
    certain: bool = True
    sort: tuple[str, ...] = ()


class Context:
    """What a reader or a stage may use: all is set once, and read often.

    ``compare`` decides a pair one level down; ``memo`` keeps what was read once for the rest of the grade.
    """

    __slots__ = ("compare", "demand", "memo", "meter", "profile", "rules")

    def __init__(
        self,
        demand: Demand,
        profile: Profile,
        rules: Rules,
        meter: Meter,
        compare: Callable[[Answer, Answer], Finding],
    ) -> None:
        self.demand = demand
        self.profile = profile
        self.rules = rules
        self.meter = meter
        self.compare = compare
        self.memo: dict[Any, Any] = {}

    def show(self, answer: Answer) -> str:
        """An answer as a trace prints it, at most so long; said once a grade."""
        key = id(answer)
        known = self.memo.get(key)
        if known is None or known[0] is not answer:
            known = self.memo[key] = (answer, answer.show()[:SHOWN])
        return str(known[1])

    def sides(self, gold: Answer, candidate: Answer, **more: object) -> dict[str, str]:
        """Both sides as evidence; what both are long is charged here, for every stage walks them some times."""
        shown = {"gold": self.show(gold), "candidate": self.show(candidate)}
        self.meter.spend(_SIDES * (len(shown["gold"]) + len(shown["candidate"])))
        return {**shown, **evidence(**more)} if more else shown


SHOWN: Final = 300  # characters of a text that a trace shows
_SIDES: Final = 24  # units of work a character shown: about what a stage takes to walk its trees


class Reader(Protocol):
    """Text out of its wrapping -> the ways it can be understood as one kind."""

    def __call__(self, text: str, ctx: Context) -> Iterator[Reading]:
        """Yield readings, surest first; nothing where the text is no answer of this kind."""
        ...


class Stage(msgspec.Struct, frozen=True, gc=False):
    """What compares one kind: the pairs of types it owns, and how it decides them.

    It is never asked about other pairs.
    """

    name: str
    pairs: tuple[tuple[type, type], ...]
    decide: Callable[..., Finding]


SAME_TEXT = proves("identical.same_text", "Both answers are the same text once wrapping and spaces are set aside.")
CODES: tuple[Code, ...] = (SAME_TEXT,)


def evidence(**values: object) -> Mapping[str, str]:
    """Evidence as text, empty values left out."""
    return {name: str(value) for name, value in values.items() if value not in (None, "")}
