"""Electron configurations, ``1s2 2s2 2p6``, ``[Ar] 3d^5 4s^1``: in any order, a core as what it stands for."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from verifier.engine.kinds.kind import Context, Stage
from verifier.engine.kinds.reaction import asks
from verifier.types.rules import ChemistryTable
from verifier.types.verdict import Code, Finding, passes, proves, refutes

SAME = proves("configuration.same", "Both are the same electron configuration, written out.")
DIFFERS = refutes("configuration.differs", "The configurations put other numbers of electrons into their subshells.")
NOTATION = passes(
    "configuration.notation",
    "The configurations agree, one with a core and one in full, and the question may ask for one of both.",
    specific=7,
)
UNSURE: Code = passes(
    "configuration.unsure", "The texts can be read as electron configurations, and nothing says that they are.", 3
)
CODES: tuple[Code, ...] = (SAME, DIFFERS, NOTATION, UNSURE)

_CORE: Final = re.compile(r"\[ *([A-Z][a-z]) *\] *")
_SUBSHELL: Final = re.compile(
    r"([1-8]) ?([spdfg])(?:_?\{?_?[xyz]\}?)?(?: ?\^ ?\{ ?(\d{1,2}) ?\}| ?\^(\d{1,2}?)(?=\s|[1-8] ?[spdfg]|$)"
    r"|(\d{1,2}?)(?=[\s,]|[1-8] ?[spdfg]|$)|(?=\s|$))[\s,]*"
)
_SHELLS: Final = "spdfg"


class Configuration(msgspec.Struct, frozen=True, gc=False):
    """Electrons by subshell, a core written out; ``core`` is its symbol, ``sure`` as that of a formula, 1 or 2."""

    shells: tuple[tuple[str, int], ...]
    core: str
    sure: int

    def show(self) -> str:
        """All subshells in the order that they are filled in."""
        return " ".join(f"{name}{count}" for name, count in sorted(self.shells, key=_energy))


def _energy(shell: tuple[str, int]) -> tuple[int, int]:
    """Where a subshell stands by energy: ``4s`` before ``3d``."""
    number = int(shell[0][0])
    return number + _SHELLS.index(shell[0][1]), number


def read_configuration(text: str, table: ChemistryTable, *, alone: bool) -> Configuration | None:
    """The configuration that a text in the one notation is: a core, or several subshells; one where it may be alone."""
    counts: dict[str, int] = {}
    core, position = "", 0
    opening = _CORE.match(text)
    if opening is not None:
        core, position = opening[1], opening.end()
        if core not in table.cores or position == len(text):
            return None
        for inner in table.cores[core].split():
            counts[inner[:2]] = int(inner[2:])
    found, first, counted = 0, "", bool(core)
    while position < len(text):
        match = _SUBSHELL.match(text, position)
        if match is None:
            return None
        name = match[1] + match[2]
        if int(match[1]) <= _SHELLS.index(match[2]):
            return None  # there is no 1p
        digits = match[3] or match[4] or match[5]
        counted = counted or digits is not None
        counts[name] = counts.get(name, 0) + int(digits or 1)
        found, first = found + 1, first or name
        position = match.end()
    if not counted or found == 0 or (found == 1 and not core and not alone):
        return None  # 2d 5s is a time
    shells = tuple(sorted((name, count) for name, count in counts.items() if count))
    return Configuration(shells, core, 2 if core or first == "1s" or found > 2 else 1)


def compare_configurations(gold: Configuration, candidate: Configuration, ctx: Context) -> Finding:
    """The same numbers of electrons in every subshell."""
    ctx.meter.spend(len(gold.shells) + len(candidate.shells))
    shown = ctx.sides(gold, candidate)
    if gold.shells == candidate.shells:
        told = gold.core != candidate.core and asks(ctx.rules.chemistry.asks_notation, ctx)
        return (NOTATION if told else SAME).finding(**shown)
    return (DIFFERS if gold.sure + candidate.sure > 2 else UNSURE).finding(**shown)


STAGE: Final = Stage("configuration", ((Configuration, Configuration),), compare_configurations)
