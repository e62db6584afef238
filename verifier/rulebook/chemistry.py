"""From the elements, substances and notation of chemistry in a pack to the engine's table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import MappingProxyType

from verifier.rulebook.schema import (
    CoreEntry,
    ElementEntry,
    Entries,
    Lists,
    ParticleEntry,
    ReactionArrowEntry,
    SubstanceEntry,
)
from verifier.types.errors import RulesError
from verifier.types.rules import ChemistryTable, Element, Particle

_SIDES = {"forward": ">", "backward": "<", "both": "="}


def chemistry(entries: Entries, lists: Lists) -> ChemistryTable:
    """The table; raises ``RulesError`` for a symbol or a name with two meanings and an arrow of unknown direction."""
    elements, names = _elements(entries)
    named = {name: [symbol] for name, symbol in names.items()}
    listed: set[str] = set()
    for _, entry in entries.get(("chemistry", "substance"), {}).values():
        if isinstance(entry, SubstanceEntry):
            listed.add(entry.formula)
            for name in entry.names or (entry.name,):
                named.setdefault(name.lower(), []).append(entry.formula)
    arrows, over = _arrows(entries)
    signs = sorted((sign for sign in arrows if not sign.startswith("\\")), key=lambda sign: (-len(sign), sign))
    return ChemistryTable(
        elements=MappingProxyType(elements),
        element_names=MappingProxyType(names),
        named=MappingProxyType({name: tuple(dict.fromkeys(formulas)) for name, formulas in named.items()}),
        listed=frozenset(listed),
        skeletons=frozenset(formula.partition("^")[0] for formula in listed if "^" in formula),
        particles=tuple(
            Particle(entry.name, frozenset(entry.letters), entry.charge, entry.nucleus)
            for _, entry in entries.get(("chemistry", "particle"), {}).values()
            if isinstance(entry, ParticleEntry)
        ),
        arrows=MappingProxyType(arrows),
        over=MappingProxyType(over),
        arrow=re.compile("|".join(map(re.escape, signs)) or r"(?!)"),
        cores=MappingProxyType(
            {
                entry.name: entry.shells
                for _, entry in entries.get(("chemistry", "core"), {}).values()
                if isinstance(entry, CoreEntry)
            }
        ),
        formulas=frozenset(lists.get(("chemistry", "formulas"), ())),
        states=frozenset(lists.get(("chemistry", "states"), ())),
        never=frozenset(lists.get(("chemistry", "never"), ())),
        topics=_folded(lists.get(("chemistry", "topics"), ())),
        asks_formula=_folded(lists.get(("chemistry", "asks_formula"), ())),
        asks_name=_folded(lists.get(("chemistry", "asks_name"), ())),
        asks_notation=_folded(lists.get(("chemistry", "asks_notation"), ())),
        smallest=_folded(lists.get(("chemistry", "smallest"), ())),
    )


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.lower() for word in words)


def _elements(entries: Entries) -> tuple[dict[str, Element], dict[str, str]]:
    """Elements by symbol, and symbols by folded name."""
    elements: dict[str, Element] = {}
    names: dict[str, str] = {}
    for path, entry in entries.get(("chemistry", "element"), {}).values():
        if not isinstance(entry, ElementEntry):
            continue
        if entry.symbol in elements:
            raise RulesError(path, entry.name, "symbol", f"'{entry.symbol}' already is an element")
        elements[entry.symbol] = Element(entry.symbol, entry.number, entry.clusters, entry.group)
        for name in entry.names or (entry.name,):
            if names.setdefault(name.lower(), entry.symbol) != entry.symbol:
                raise RulesError(path, entry.name, "names", f"'{name}' already is {names[name.lower()]}")
    return elements, names


def _arrows(entries: Entries) -> tuple[dict[str, str], dict[str, str]]:
    """Macros and signs with the side of the products; and those macros that carry conditions."""
    arrows: dict[str, str] = {}
    over: dict[str, str] = {}
    for path, entry in entries.get(("chemistry", "reaction_arrow"), {}).values():
        if not isinstance(entry, ReactionArrowEntry):
            continue
        if entry.name not in _SIDES:
            raise RulesError(path, entry.name, "name", f"unknown direction; there are: {', '.join(_SIDES)}")
        side = _SIDES[entry.name]
        for table, spellings in (
            (arrows, (*(f"\\{macro}" for macro in entry.macros), *entry.signs)),
            (over, tuple(f"\\{macro}" for macro in entry.over)),
        ):
            for spelling in spellings:
                if table.setdefault(spelling, side) != side:
                    raise RulesError(path, entry.name, "signs", f"'{spelling}' already points another way")
    return arrows, over
