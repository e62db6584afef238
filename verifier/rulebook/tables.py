"""From validated entries to the engine's tables.

Units resolved to base units, prefixes expanded, layouts compiled, profiles inherited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TypeVar

import msgspec
from flint import fmpq, fmpz

from verifier.rulebook.chemistry import chemistry
from verifier.rulebook.dates import dates
from verifier.rulebook.notation import notation
from verifier.rulebook.numbers import bases, nearest, numbers
from verifier.rulebook.sayings import conditions
from verifier.rulebook.schema import (
    AlphabetEntry,
    CharacterEntry,
    ConfidenceEntry,
    Entries,
    Entry,
    FormEntry,
    LayoutEntry,
    Lists,
    MacroEntry,
    MarkerEntry,
    MeasureEntry,
    NamedSetEntry,
    PrefixEntry,
    ProfileEntry,
    RangeEntry,
    TagEntry,
    ToleranceEntry,
    TruthEntry,
    UnitEntry,
)
from verifier.types.budget import Budget
from verifier.types.errors import RulesError
from verifier.types.rules import (
    ChoiceTable,
    Confidence,
    DemandTable,
    Dimension,
    Example,
    ExtractTable,
    Layout,
    Marker,
    Profile,
    Rules,
    Tag,
    TextTable,
    Tolerance,
    TruthTable,
    UnitDefinition,
    UnitTable,
)
from verifier.types.verdict import Decision

_E = TypeVar("_E", bound=Entry)
_TERM = re.compile(r"(?P<name>[A-Za-z][A-Za-z -]*?)(?:\^(?P<power>-?\d+))?$")
_AMOUNT = re.compile(r"\d+(?:/\d+)?$")


def build_rules(entries: Entries, lists: Lists, *, version: str) -> Rules:
    """The tables. Raises ``RulesError`` for what only shows when entries meet.

    Unknown units, cycles, clashes, missing names.
    """
    profiles = _profiles(entries)
    default = next((profile for profile in profiles if profile.name == "default"), None)
    if default is None:
        raise RulesError("profiles/", None, None, "no profile is called 'default'")
    resolver = _Resolver(entries)
    units = _units(entries, lists, resolver)
    return Rules(
        version=version,
        units=units,
        text=_text(entries, lists),
        numbers=numbers(entries, lists),
        extract=_extract(entries, lists),
        demand=_demand(entries, lists, resolver),
        choices=_choices(entries, lists),
        maths=notation(entries, lists),
        chemistry=chemistry(entries, lists),
        dates=dates(entries, lists, units),
        truth=TruthTable(words=_truths(entries)),
        profiles=tuple(profile for profile in profiles if profile is not default),
        default_profile=default,
        confidence={
            entry.name: Confidence(entry.precision, entry.n)
            for _, entry in _all(entries, "", "confidence", ConfidenceEntry)
        },
        examples=tuple(_examples(entries)),
    )


def _all(entries: Entries, folder: str, section: str, model: type[_E]) -> list[tuple[str, _E]]:
    found = entries.get((folder, section), {}).values()
    return [(path, entry) for path, entry in found if isinstance(entry, model)]


def _folded(lists: Lists, folder: str, section: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in lists.get((folder, section), ()))


def _slotted(lists: Lists, section: str, slot: str = "{unit}") -> tuple[str, ...]:
    phrases = _folded(lists, "demand", section)
    for phrase in phrases:
        if phrase.count(slot) != 1 or phrase.startswith(slot):
            raise RulesError("demand/", section, "phrases", f"'{phrase}' must hold {slot} once, behind some words")
    return phrases


_SETS = (
    "percent", "exact", "count", "pure_number", "scale", "lowest_terms", "family", "antiderivative", "ordered",
    "unordered", "whole", "degrees", "verbatim", "money",
    "uncertainty", "extremes",
)  # fmt: skip


def _demand(entries: Entries, lists: Lists, resolver: _Resolver) -> DemandTable:
    """What a question can ask for, and how all its phrases are found at once."""
    sets = {name: frozenset(_folded(lists, "demand", name)) for name in _SETS}
    forms = {
        phrase.lower(): entry.name
        for _, entry in _all(entries, "demand", "form", FormEntry)
        for phrase in entry.phrases
    }
    measures = _measures(entries, resolver)
    starts: dict[str, list[str]] = {}
    for phrase in sorted({*forms, *measures, *(phrase for name in _SETS for phrase in sets[name])}):
        word = _FIRST_WORD.match(phrase)
        starts.setdefault("" if word is None else word[0][:3], []).append(phrase)
    return DemandTable(
        **sets,
        unit=_slotted(lists, "unit"),
        tolerance=_slotted(lists, "tolerated", "{amount}"),
        forms=forms,
        tasks=frozenset(_folded(lists, "demand", "tasks")),
        measures=measures,
        conditions=conditions(entries, lists),
        nearest=nearest(entries),
        bases=bases(entries),
        starts={start: tuple(phrases) for start, phrases in starts.items()},
    )


_FIRST_WORD = re.compile(r"[^\W\d_]+")


def _measures(entries: Entries, resolver: _Resolver) -> dict[str, frozenset[Dimension]]:
    measures: dict[str, frozenset[Dimension]] = {}
    for path, entry in _all(entries, "demand", "measure", MeasureEntry):
        dimensions = frozenset(_product(unit, path, entry.name, resolver) for unit in entry.units)
        for phrase in entry.phrases:
            measures[phrase.lower()] = measures.get(phrase.lower(), frozenset()) | dimensions
    return measures


def _product(unit: str, path: str, entry: str, resolver: _Resolver) -> Dimension:
    """The dimension of a unit named in a measure; ``metre^2`` is one as well."""
    term = _TERM.match(unit)
    if term is None:
        raise RulesError(path, entry, "units", f"'{unit}' is no unit")
    power = int(term["power"] or 1)
    return tuple((base, exponent * power) for base, exponent in resolver.unit(term["name"], path, entry).dimension)


# --- units ----------------------------------------------------------------------------------------------------------


class _Resolver:
    """Resolves each unit's ``equals`` down to base units, prefixed names included."""

    def __init__(self, entries: Entries) -> None:
        self.rows = {entry.name: (path, entry) for path, entry in _all(entries, "units", "unit", UnitEntry)}
        self.prefixes = {entry.name: entry for _, entry in _all(entries, "units", "prefix", PrefixEntry)}
        self.done: dict[str, UnitDefinition] = {}
        self.open: list[str] = []

    def unit(self, name: str, path: str, asked_by: str) -> UnitDefinition:
        """The definition of a unit by its name or prefixed name."""
        if name in self.done:
            return self.done[name]
        if name not in self.rows:
            for prefix in self.prefixes.values():
                rest = name.removeprefix(prefix.name)
                if rest != name and rest in self.rows and self.rows[rest][1].prefixes:
                    return prefixed(self.unit(rest, path, asked_by), prefix)
            raise RulesError(path, asked_by, "equals", f"unknown unit '{name}'")
        where, row = self.rows[name]
        if name in self.open:
            raise RulesError(where, name, "equals", "defined through itself: " + " -> ".join([*self.open, name]))
        self.open.append(name)
        definition = self._define(where, row)
        self.open.pop()
        self.done[name] = definition
        return definition

    def _define(self, path: str, row: UnitEntry) -> UnitDefinition:
        dimension: Dimension
        if row.equals is None:
            base = f"currency:{row.name}" if row.currency else row.name
            return UnitDefinition(row.name, ((base, 1),), fmpq(1), vague=row.vague)
        exponents: dict[str, int] = {}
        factor, pi, sign = fmpq(1), 0, 1
        for term_text in row.equals.split():
            if term_text == "/":
                sign = -1
                continue
            if _AMOUNT.match(term_text):
                above, _, below = term_text.partition("/")
                factor *= fmpq(fmpz(above), fmpz(below or "1")) ** sign
            elif term_text == "pi":
                pi += sign
            else:
                term = _TERM.match(term_text)
                if term is None:
                    raise RulesError(path, row.name, "equals", f"'{term_text}' is no amount, unit or '/'")
                power = int(term["power"] or 1) * sign
                part = self.unit(term["name"], path, row.name)
                factor *= part.factor**power
                pi += part.pi * power
                for base, exponent in part.dimension:
                    exponents[base] = exponents.get(base, 0) + exponent * power
            sign = 1
        dimension = tuple(sorted((base, exponent) for base, exponent in exponents.items() if exponent))
        offset = None
        if row.offset is not None:
            exact = Fraction(row.offset)
            offset = fmpq(exact.numerator, exact.denominator)
        return UnitDefinition(row.name, dimension, factor, pi, offset, row.vague)


def prefixed(unit: UnitDefinition, prefix: PrefixEntry) -> UnitDefinition:
    """The unit times the prefix's power of ten."""
    ten = fmpq(fmpz(10) ** abs(prefix.power))
    scaled = unit.factor * ten if prefix.power >= 0 else unit.factor / ten
    return UnitDefinition(prefix.name + unit.name, unit.dimension, scaled, unit.pi, None, unit.vague)


def _units(entries: Entries, lists: Lists, resolver: _Resolver) -> UnitTable:
    symbols: dict[str, UnitDefinition] = {}
    words: dict[str, UnitDefinition] = {}
    leading: set[str] = set()
    owners: dict[str, str] = {}
    for path, row in _all(entries, "units", "unit", UnitEntry):
        definition = resolver.unit(row.name, path, row.name)
        for table, written in ((symbols, row.symbols), (words, tuple(word.lower() for word in row.words))):
            for text in written:
                if text in table:
                    raise RulesError(path, row.name, "symbols", f"'{text}' is already the {owners[text]}")
                table[text] = definition
                owners[text] = row.name
        leading.update(row.leading)
        for text in row.leading:
            if text not in row.symbols:
                raise RulesError(path, row.name, "leading", f"'{text}' must be one of the unit's symbols")
    _add_prefixed(resolver, entries, symbols, words, never=frozenset(lists.get(("units", "never"), ())))
    spellings: dict[tuple[Dimension, fmpq, int], list[str]] = {}
    for word, definition in words.items():
        spellings.setdefault((definition.dimension, definition.factor, definition.pi), []).append(word)
    by_dimension: dict[Dimension, list[UnitDefinition]] = {}
    for definition in dict.fromkeys((*symbols.values(), *words.values())):
        by_dimension.setdefault(definition.dimension, []).append(definition)
    return UnitTable(
        symbols=symbols,
        words=words,
        leading=frozenset(leading),
        spellings={unit: tuple(words_of) for unit, words_of in spellings.items()},
        by_dimension={dimension: tuple(units) for dimension, units in by_dimension.items()},
    )


def _add_prefixed(
    resolver: _Resolver,
    entries: Entries,
    symbols: dict[str, UnitDefinition],
    words: dict[str, UnitDefinition],
    *,
    never: frozenset[str],
) -> None:
    """Add every prefixed form; a unit's own symbol wins over one made of prefix and symbol."""
    plain_symbols = frozenset(symbols)
    for path, row in _all(entries, "units", "unit", UnitEntry):
        if row.prefixes is None:
            continue
        for prefix in resolver.prefixes.values():
            definition = prefixed(resolver.done[row.name], prefix)
            forms = {
                start + symbol: symbols
                for start in prefix.symbols
                for symbol in row.symbols
                if not symbol.istitle() or len(symbol) < 3
            }
            forms |= {prefix.name + word.lower(): words for word in row.words}
            for text, table in forms.items():
                if text in plain_symbols or text in never:
                    continue
                other = table.get(text)
                if other is not None and (other.dimension, other.factor) != (definition.dimension, definition.factor):
                    raise RulesError(
                        path, row.name, "prefixes", f"'{text}' would also be the {other.name}; list it under [never]"
                    )
                table[text] = definition


# --- text and extraction --------------------------------------------------------------------------------------------


def _text(entries: Entries, lists: Lists) -> TextTable:
    characters: dict[int, str] = {}
    invisible: dict[int, None] = {}
    for _, entry in _all(entries, "text", "character", CharacterEntry):
        for character in entry.from_:
            if entry.to:
                characters[ord(character)] = entry.to
            else:
                invisible[ord(character)] = None
    for path, run in _all(entries, "text", "range", RangeEntry):
        first, last, to = ord(run.first), ord(run.last), ord(run.to)
        if last < first or last - first > 1000:
            raise RulesError(path, run.name, "last", "must not stand before 'first', nor more than 1000 behind it")
        characters.update({first + step: chr(to + step) for step in range(last - first + 1)})
    return TextTable(
        characters=characters,
        invisible=invisible,
        macros={entry.name: entry.to for _, entry in _all(entries, "text", "macro", MacroEntry)},
        wrappers=frozenset(lists.get(("text", "wrapper"), ())),
        dropped=frozenset(lists.get(("text", "dropped"), ())),
        articles=frozenset(_folded(lists, "text", "articles")),
        modifiers=frozenset(_folded(lists, "text", "modifiers")),
        hedges=frozenset(_folded(lists, "text", "hedges")),
        openers=tuple(sorted(_folded(lists, "text", "openers"), key=len, reverse=True)),
        fillers=frozenset(_folded(lists, "text", "fillers")),
        generic_units=frozenset(_folded(lists, "text", "generic_units")),
        named_sets={
            words.casefold(): entry.means
            for _, entry in _all(entries, "text", "named_set", NamedSetEntry)
            for words in entry.words
        },
        blockers=frozenset(_folded(lists, "text", "blockers")),
        joiners=frozenset(_folded(lists, "text", "joiners")),
        directions=frozenset(_folded(lists, "text", "directions")),
        carriers=frozenset(_folded(lists, "text", "carriers")),
        doubts=frozenset(_folded(lists, "text", "doubts")),
        suppositions=frozenset(_folded(lists, "text", "suppositions")),
        rejections=frozenset(_folded(lists, "text", "rejections")),
        qualifiers=frozenset(_folded(lists, "text", "qualifiers")),
        scales=_folded(lists, "text", "scales"),
    )


def _extract(entries: Entries, lists: Lists) -> ExtractTable:
    tags = [entry for _, entry in _all(entries, "extract", "tag", TagEntry)]
    markers = tuple(
        Marker(
            entry.name,
            entry.phrases if entry.exact else tuple(phrase.lower() for phrase in entry.phrases),
            entry.exact,
            entry.line_start,
        )
        for _, entry in _all(entries, "extract", "marker", MarkerEntry)
    )
    starts = {phrase[:3].lower() for marker in markers for phrase in marker.phrases}
    return ExtractTable(
        markers=markers,
        starts=tuple(sorted(starts)),
        answer_tags=tuple(Tag(tag.open.lower(), tag.close.lower()) for tag in tags if tag.kind == "answer"),
        thinking_tags=tuple(Tag(tag.open.lower(), tag.close.lower()) for tag in tags if tag.kind == "thinking"),
        boxes=tuple(lists.get(("extract", "boxes"), ())),
        json_keys=lists.get(("extract", "json_keys"), ()),
        tool_calls=lists.get(("extract", "tool_calls"), ()),
        ends=lists.get(("extract", "ends"), ()),
        conclusions=_folded(lists, "extract", "conclusions"),
        revisions=_folded(lists, "extract", "revisions"),
        copulas=_folded(lists, "extract", "copulas"),
        subordinators=frozenset(_folded(lists, "extract", "subordinators")),
        remarks=frozenset(_folded(lists, "extract", "remarks")),
        reversals=_folded(lists, "extract", "reversals"),
    )


def _choices(entries: Entries, lists: Lists) -> ChoiceTable:
    alphabets = {entry.name: entry.labels for _, entry in _all(entries, "choices", "alphabet", AlphabetEntry)}
    layouts: list[Layout] = []
    for path, entry in _all(entries, "choices", "layout", LayoutEntry):
        before, _, after = entry.shape.partition("{label}")
        lead = r"(?:^|\n)[ \t*>-]{0,16}+" if entry.line_start else r"(?:^|(?<=[\s:;,?.!$*]))\*{0,3}+"
        follow = r"\*{0,3}(?=\s)" if after.strip() in {".", ":"} else r"\*{0,3}"
        for name in entry.alphabets:
            if name not in alphabets:
                raise RulesError(path, entry.name, "alphabets", f"unknown alphabet '{name}'")
            labels = "|".join(re.escape(label) for label in alphabets[name])
            shape = f"{lead}{re.escape(before)}({labels}){re.escape(after.strip())}{follow}"
            first, second = (f"{before}{label}{after.strip()}" for label in alphabets[name][:2])
            layouts.append(Layout(re.compile(shape), alphabets[name], first, second))
    return ChoiceTable(
        layouts=tuple(layouts),
        phrases=tuple(sorted(_folded(lists, "choices", "phrases"), key=len, reverse=True)),
        joins=frozenset(_folded(lists, "choices", "joins")),
    )


def _truths(entries: Entries) -> dict[str, tuple[bool, str]]:
    words: dict[str, tuple[bool, str]] = {}
    for path, entry in _all(entries, "text", "truth", TruthEntry):
        for word in entry.words:
            if word.lower() in words:
                raise RulesError(path, entry.name, "words", f"'{word}' already has a truth value")
            words[word.lower()] = (entry.value, entry.vocabulary)
    return words


# --- profiles -------------------------------------------------------------------------------------------------------


def _profiles(entries: Entries) -> list[Profile]:
    tolerances = {
        entry.name: Tolerance(entry.name, Fraction(entry.relative), Fraction(entry.absolute), entry.rounding)
        for _, entry in _all(entries, "", "tolerance", ToleranceEntry)
    }
    rows = {entry.name: (path, entry) for path, entry in _all(entries, "profiles", "profile", ProfileEntry)}
    done: dict[str, Profile] = {}

    def build(name: str, chain: tuple[str, ...]) -> Profile:
        if name in done:
            return done[name]
        path, row = rows[name]
        parent: Profile | None = None
        base = row.extends or ("default" if name != "default" else None)
        if base is not None:
            if base not in rows:
                raise RulesError(path, name, "extends", f"unknown profile '{base}'")
            if base in chain:
                raise RulesError(path, name, "extends", "inherits from itself: " + " -> ".join([*chain, base]))
            parent = build(base, (*chain, base))
        tolerance = tolerances.get(row.tolerance) if row.tolerance else (parent.tolerance if parent else None)
        if tolerance is None:
            raise RulesError(
                path, name, "tolerance", f"unknown tolerance '{row.tolerance}'" if row.tolerance else "is required"
            )
        done[name] = Profile(
            name=name,
            categories=tuple(category.casefold() for category in row.categories),
            stages=frozenset(row.stages) if row.stages is not None else (parent.stages if parent else frozenset()),
            tolerance=tolerance,
            missing_unit=Decision(row.missing_unit)
            if row.missing_unit
            else (parent.missing_unit if parent else Decision.PASS),
            budget=_budget(path, name, row.budget, parent),
            judges=row.judges if row.judges is not None else (parent.judges if parent else ()),
        )
        return done[name]

    return [build(name, (name,)) for name in rows]


def _budget(path: str, name: str, limits: dict[str, int], parent: Profile | None) -> Budget:
    budget = parent.budget if parent else Budget()
    known = set(Budget.__struct_fields__)
    for limit in limits:
        if limit not in known:
            raise RulesError(path, name, f"budget.{limit}", f"unknown limit; there are: {', '.join(sorted(known))}")
    return msgspec.structs.replace(budget, **limits)


# --- examples -------------------------------------------------------------------------------------------------------


def _examples(entries: Entries) -> Iterator[Example]:
    """Every entry's own tests.

    What an example means depends on the section: a pair to grade, a text to extract from, options to find, names that
    something is said of.
    """
    kinds = {
        ("extract", "marker"): "extract",
        ("extract", "tag"): "extract",
        ("choices", "layout"): "options",
        ("demand", "condition"): "said",
    }
    for key, found in entries.items():
        for path, entry in found.values():
            category = (
                entry.categories[0].replace("*", "Some").strip()
                if isinstance(entry, ProfileEntry) and entry.categories
                else None
            )
            for given, wanted in entry.accept:
                yield Example(path, entry.name, kinds.get(key, "accept"), given, wanted, category)
            for given, wanted in entry.reject:
                unmet = "unsaid" if key == ("demand", "condition") else "reject"
                yield Example(path, entry.name, unmet, given, wanted, category)
