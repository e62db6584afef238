"""From validated entries to the engine's tables.

Units resolved to base units, prefixes expanded, layouts compiled, profiles inherited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TypeVar

import msgspec

from verifier.rulebook.asides import AsideEntry, asides
from verifier.rulebook.attack_entries import AttackEntry
from verifier.rulebook.attacks import attacks
from verifier.rulebook.chemistry import chemistry
from verifier.rulebook.choices import choices
from verifier.rulebook.clauses import ClauseEntry, clauses
from verifier.rulebook.dates import dates
from verifier.rulebook.entry import Entry
from verifier.rulebook.extraction import extraction
from verifier.rulebook.figures import FigureEntry, figures
from verifier.rulebook.grading import ConfidenceEntry, ProfileEntry, ToleranceEntry
from verifier.rulebook.judging import quoting, rubrics, sentences
from verifier.rulebook.labels import labels
from verifier.rulebook.notation import notation
from verifier.rulebook.numbers import bases, nearest, numbers
from verifier.rulebook.phrases import phrases
from verifier.rulebook.prices import prices
from verifier.rulebook.rivals import LISTS as RIVAL_LISTS
from verifier.rulebook.rivals import RivalEntry, SameEntry, rivals
from verifier.rulebook.sayings import conditions
from verifier.rulebook.schema import (
    CalledEntry,
    CharacterEntry,
    Entries,
    FormEntry,
    LabelSetEntry,
    Lists,
    MacroEntry,
    MeasureEntry,
    NamedSetEntry,
    PrefixEntry,
    RangeEntry,
    TruthEntry,
)
from verifier.rulebook.units import Resolver, directions, unit_table
from verifier.types.budget import Budget
from verifier.types.called import Called
from verifier.types.errors import RulesError
from verifier.types.names import NameTable
from verifier.types.rules import (
    STARTS,
    Confidence,
    DemandTable,
    Dimension,
    Example,
    Profile,
    Rules,
    TextTable,
    Tolerance,
)
from verifier.types.scripts import UNSPACED
from verifier.types.truths import TruthTable, TruthWord
from verifier.types.verdict import Decision

_E = TypeVar("_E", bound=Entry)


def build_rules(entries: Entries, lists: Lists, *, version: str) -> Rules:
    """The tables. Raises ``RulesError`` for what only shows when entries meet.

    Unknown units, cycles, clashes, missing names.
    """
    profiles = _profiles(entries)
    default = next((profile for profile in profiles if profile.name == "default"), None)
    if default is None:
        raise RulesError("profiles/", None, None, "no profile is called 'default'")
    resolver = Resolver(entries)
    units = unit_table(lists, resolver)
    text = _text(entries, lists)
    return Rules(
        version=version,
        units=units,
        directions=directions(entries, lists),
        text=text,
        numbers=numbers(entries, lists),
        extract=extraction(entries, lists),
        demand=_demand(entries, lists, resolver),
        choices=choices(entries, lists, text.characters),
        maths=notation(entries, lists),
        attacks=attacks(entries, lists),
        chemistry=chemistry(entries, lists),
        dates=dates(entries, lists, units),
        truth=_truth(entries, lists),
        labels=labels(entries, lists),
        profiles=tuple(profile for profile in profiles if profile is not default),
        default_profile=default,
        confidence={
            entry.name: Confidence(entry.precision, entry.n)
            for _, entry in _all(entries, "", "confidence", ConfidenceEntry)
        },
        prices=prices(entries),
        examples=tuple(_examples(entries)),
        rubrics=rubrics(entries),
        sentences=sentences(entries),
        quoting=quoting(lists),
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
    "unordered", "whole", "degrees", "difference", "direction", "labelled", "verbatim", "money",
    "uncertainty", "extremes", "spans", "points", "ratio", "letter", "valued", "rewrite", "rewritten",
)  # fmt: skip

_UNIT_WORDS = (
    "unit_heads", "unit_tasks", "unit_joiners", "unit_telling", "unit_between", "unit_followers", "unit_ends",
    "much_verbs",
    "unit_homographs",
)  # fmt: skip
_NAMES = ("numbered", "codes", "symbols", "genotypes", "places", "no_places", "roman", "statements", "charges")


def _demand(entries: Entries, lists: Lists, resolver: Resolver) -> DemandTable:
    """What a question can ask for, and how all its phrases are found at once."""
    sets = {name: frozenset(_folded(lists, "demand", name)) for name in _SETS}
    forms = {
        phrase.lower(): entry.name
        for _, entry in _all(entries, "demand", "form", FormEntry)
        for phrase in entry.phrases
    }
    measures = _measures(entries, resolver)
    called: dict[str, tuple[Called, ...]] = {}
    for _, one in _all(entries, "demand", "called", CalledEntry):
        for phrase in one.phrases:
            told = Called(one.signs, one.sure, one.unnumbered)
            called[phrase.lower()] = (*called.get(phrase.lower(), ()), told)
    starts: dict[str, list[str]] = {}
    for phrase in sorted({*forms, *measures, *called, *(phrase for name in _SETS for phrase in sets[name])}):
        starts.setdefault(_longest_start(phrase), []).append(phrase)
    return DemandTable(
        **sets,
        unit=_slotted(lists, "unit"),
        **{name: frozenset(_folded(lists, "demand", name)) for name in _UNIT_WORDS},
        tolerance=_slotted(lists, "tolerated", "{amount}"),
        forms=forms,
        tasks=frozenset(_folded(lists, "demand", "tasks")),
        measures=measures,
        conditions=conditions(entries, lists),
        names=NameTable(**{name: frozenset(_folded(lists, "demand", name)) for name in _NAMES}),
        nearest=nearest(entries),
        bases=bases(entries),
        called=called,
        rivals=rivals(
            [entry for _, entry in _all(entries, "demand", "rival", RivalEntry)],
            [entry for _, entry in _all(entries, "demand", "same", SameEntry)],
            {name: _folded(lists, "demand", name) for name in RIVAL_LISTS},
        ),
        starts={start: tuple(phrases) for start, phrases in starts.items()},
    )


def _longest_start(phrase: str) -> str:
    """How the longest word of a phrase begins, which few texts have; empty where none is long enough."""
    return max(_WORD.findall(phrase), key=len, default="")[:STARTS]


_WORD = re.compile(r"[^\W\d_]{3,}")


def _measures(entries: Entries, resolver: Resolver) -> dict[str, frozenset[Dimension]]:
    measures: dict[str, frozenset[Dimension]] = {}
    for path, entry in _all(entries, "demand", "measure", MeasureEntry):
        dimensions = frozenset(resolver.dimension(unit, path, entry.name) for unit in entry.units)
        for phrase in entry.phrases:
            measures[phrase.lower()] = measures.get(phrase.lower(), frozenset()) | dimensions
    return measures


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
        prefix_macros=frozenset(
            entry.name for _, entry in entries.get(("units", "prefix"), {}).values() if isinstance(entry, PrefixEntry)
        ),
        articles=frozenset(_folded(lists, "text", "articles")),
        indefinite=frozenset(_folded(lists, "text", "indefinite")),
        after_symbols=frozenset(_folded(lists, "text", "after_symbols")),
        modifiers=frozenset(_folded(lists, "text", "modifiers")),
        hedges=frozenset(_folded(lists, "text", "hedges")),
        openers=tuple(sorted(_folded(lists, "text", "openers"), key=len, reverse=True)),
        fillers=frozenset(_folded(lists, "text", "fillers")),
        endings=tuple(sorted(lists.get(("text", "endings"), ()), key=len, reverse=True)),
        generic_units=frozenset(_folded(lists, "text", "generic_units")),
        named_sets={
            words.casefold(): entry.means
            for _, entry in _all(entries, "text", "named_set", NamedSetEntry)
            for words in entry.words
        },
        shares=frozenset(_folded(lists, "text", "shares")),
        relatives=frozenset(_folded(lists, "text", "relatives")),
        exceptions=tuple(sorted(_folded(lists, "text", "exceptions"), key=len, reverse=True)),
        blockers=frozenset(_folded(lists, "text", "blockers")),
        joiners=frozenset(_folded(lists, "text", "joiners")),
        directions=frozenset(_folded(lists, "text", "directions")),
        carriers=frozenset(_folded(lists, "text", "carriers")),
        doubts=frozenset(_folded(lists, "text", "doubts")),
        suppositions=frozenset(_folded(lists, "text", "suppositions")),
        rejections=frozenset(_folded(lists, "text", "rejections")),
        qualifiers=frozenset(_folded(lists, "text", "qualifiers")),
        scales=_folded(lists, "text", "scales"),
        restatements=tuple(sorted(_folded(lists, "text", "restatements"), key=len, reverse=True)),
        glosses=_folded(lists, "text", "glosses"),
        unsettling=_folded(lists, "text", "unsettling"),
        phrases=phrases(entries, lists),
        asides=asides([entry for _, entry in _all(entries, "text", "aside", AsideEntry)], lists),
        clauses=clauses([entry for _, entry in _all(entries, "text", "clause", ClauseEntry)]),
        figures=figures([entry for _, entry in _all(entries, "text", "figure", FigureEntry)]),
    )


def _truth(entries: Entries, lists: Lists) -> TruthTable:
    words: dict[str, TruthWord] = {}
    letters: dict[str, TruthWord] = {}
    alone: dict[str, TruthWord] = {}
    leads: dict[str, None] = {}
    for path, entry in _all(entries, "text", "truth", TruthEntry):
        against = frozenset(word.lower() for word in entry.against if " " not in word)
        phrases = tuple(phrase.lower() for phrase in entry.against if " " in phrase)
        before = tuple(text.lower() for text in entry.before)
        leads.update(dict.fromkeys(before))
        letters.update({letter.lower(): TruthWord(entry.value, entry.vocabulary) for letter in entry.letters})
        alone.update({told.lower(): TruthWord(entry.value, entry.vocabulary) for told in entry.alone})
        for word in entry.words:
            if word.lower() in words:
                raise RulesError(path, entry.name, "words", f"'{word}' already has a truth value")
            words[word.lower()] = TruthWord(
                entry.value,
                entry.vocabulary,
                against,
                phrases,
                frozenset(before),
                entry.tail != "english",
                entry.tail != "understood",
            )
    turns = sorted((tuple(one.lower().split()) for one in lists.get(("text", "turns"), ())), key=len, reverse=True)

    def longest(told: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(told, key=lambda one: (-len(one), one)))

    return TruthTable(
        words,
        letters,
        alone,
        longest(leads),
        tuple(turns),
        limiting=longest(_folded(lists, "text", "limiting")),
        unspaced=longest(word for word in words if UNSPACED.match(word)),
        again_yes=longest(_folded(lists, "text", "again_yes")),
        again_no=longest(_folded(lists, "text", "again_no")),
        again_free=frozenset(_folded(lists, "text", "again_free")),
    )


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
            categories=tuple(_pattern(category.casefold()) for category in row.categories),
            stages=frozenset(row.stages) if row.stages is not None else (parent.stages if parent else frozenset()),
            tolerance=tolerance,
            missing_unit=Decision(row.missing_unit)
            if row.missing_unit
            else (parent.missing_unit if parent else Decision.PASS),
            demands=frozenset(row.demands) if row.demands is not None else (parent.demands if parent else frozenset()),
            long_reference=row.long_reference
            if row.long_reference is not None
            else (parent.long_reference if parent else 0),
            protocol=row.protocol or (parent.protocol if parent else "short"),
            budget=_budget(path, name, row.budget, parent),
            judges=row.judges if row.judges is not None else (parent.judges if parent else ()),
            judge_votes=row.judge_votes or (parent.judge_votes if parent else 3),
            judge_effort=row.judge_effort or (parent.judge_effort if parent else "low"),
            judge_model=row.judge_model or (parent.judge_model if parent else ""),
        )
        return done[name]

    # The last to claim a category gets it: later packs go before earlier ones, and entries before those above them.
    return [build(name, (name,)) for name in reversed(rows)]


def _pattern(category: str) -> str:
    """A category as ``fnmatch`` reads it: only ``*`` stands for other text, and only where there is one."""
    return category.replace("[", "[[]").replace("?", "[?]") if "*" in category else category


def _budget(path: str, name: str, limits: dict[str, int], parent: Profile | None) -> Budget:
    budget = parent.budget if parent else Budget()
    known = set(Budget.__struct_fields__)
    for limit in limits:
        if limit not in known:
            raise RulesError(path, name, f"budget.{limit}", f"unknown limit; there are: {', '.join(sorted(known))}")
    return msgspec.structs.replace(budget, **limits)


# --- examples -------------------------------------------------------------------------------------------------------


_UNMET = {
    "said": "unsaid",
    "extract": "unmarked",
    "attack": "accept",
    "nothing": "accept",
    "asked": "unasked",
    "price": "mispriced",
    "agreed": "doubted",
}


def _examples(entries: Entries) -> Iterator[Example]:
    """Every entry's own tests.

    What an example means depends on the section: a pair to grade, a text to extract from, options to find, names that
    something is said of.
    """
    kinds = {
        ("extract", "marker"): "extract",
        ("extract", "tag"): "extract",
        ("extract", "contrast"): "extract",
        ("choices", "layout"): "options",
        ("demand", "condition"): "said",
        ("attacks", "attack"): "attack",
        ("attacks", "concealed"): "attack",
        ("attacks", "weak"): "nothing",
        ("judge", "price"): "price",
        ("judge", "sentence"): "asked",
        ("text", "aside"): "agreed",
        ("text", "clause"): "agreed",
        ("text", "figure"): "agreed",
    }
    for section, found in entries.items():
        for path, entry in found.values():
            key = ("attacks", "weak") if isinstance(entry, AttackEntry) and entry.weak else section
            profile = entry.name if isinstance(entry, ProfileEntry) else None
            question = f"What is the {entry.topics[0]}?" if isinstance(entry, LabelSetEntry) else None
            for given, wanted in entry.accept:
                yield Example(path, entry.name, kinds.get(key, "accept"), given, wanted, profile, question)
            for given, wanted in entry.reject:
                unmet = _UNMET.get(kinds.get(key, "accept"), "reject")
                yield Example(path, entry.name, unmet, given, wanted, profile, question)
