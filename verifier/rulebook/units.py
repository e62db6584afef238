"""From the rows of units and prefixes to the table of the reader: resolved to base units, prefixes written out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction

import msgspec
from flint import fmpq, fmpz

from verifier.rulebook.schema import DirectionEntry, Entries, Lists, PrefixEntry, UnitEntry
from verifier.types.errors import RulesError
from verifier.types.rules import Dimension, DirectionTable, UnitDefinition, UnitTable
from verifier.types.spelling import nearest

_TERM = re.compile(r"(?P<name>[A-Za-z][A-Za-z -]*?)(?:\^(?P<power>-?\d+))?$")
_AMOUNT = re.compile(r"\d+(?:/\d+)?$")
_ONE_TOKEN = re.compile(r"[^\W\d_]+|[^\w\s()]+[^\W\d_]*")


class Resolver:
    """Resolves each unit's ``equals`` down to base units, prefixed names included."""

    def __init__(self, entries: Entries) -> None:
        rows = entries.get(("units", "unit"), {}).values()
        prefixes = entries.get(("units", "prefix"), {}).values()
        self.rows = {entry.name: (path, entry) for path, entry in rows if isinstance(entry, UnitEntry)}
        self.prefixes = {entry.name: entry for _, entry in prefixes if isinstance(entry, PrefixEntry)}
        self.done: dict[str, UnitDefinition] = {}
        self.open: list[str] = []

    def unit(self, name: str, path: str, asked_by: str) -> UnitDefinition:
        """The definition of a unit by its name or prefixed name, as it stands in its row."""
        if name in self.done:
            return self.done[name]
        if name not in self.rows:
            for prefix in self.prefixes.values():
                rest = name.removeprefix(prefix.name)
                if rest != name and rest in self.rows and prefix in self.taken(self.rows[rest][1]):
                    return prefixed(self.unit(rest, path, asked_by), prefix)
            raise RulesError(path, asked_by, "equals", f"unknown unit '{name}'{self._meant(name)}")
        where, row = self.rows[name]
        if name in self.open:
            raise RulesError(where, name, "equals", "defined through itself: " + " -> ".join([*self.open, name]))
        self.open.append(name)
        definition = self._define(where, row)
        self.open.pop()
        self.done[name] = definition
        return definition

    def _meant(self, name: str) -> str:
        """The unit that a name is a misspelling or a spelling of, in brackets."""
        spelled = {word: row.name for _, row in self.rows.values() for word in (*row.words, *row.symbols)}
        for _, row in self.rows.values():
            spelled |= {prefix.name + word: prefix.name + row.name for prefix in self.taken(row) for word in row.words}
        named = [*self.rows, *(prefix.name + row.name for _, row in self.rows.values() for prefix in self.taken(row))]
        meant = spelled.get(name) or nearest(name, named, least=75)
        return "" if meant is None else f" (did you mean '{meant}'?)"

    def dimension(self, written: str, path: str, asked_by: str) -> Dimension:
        """The dimension of a product of units in the notation of ``equals``: ``metre^2``."""
        if written in self.rows:
            return self.unit(written, path, asked_by).dimension
        return self._product(written, path, asked_by).dimension

    def taken(self, row: UnitEntry) -> list[PrefixEntry]:
        """The prefixes that a unit takes."""
        if row.prefixes is None:
            return []
        if isinstance(row.prefixes, tuple):
            path, _ = self.rows[row.name]
            for name in row.prefixes:
                if name not in self.prefixes:
                    raise RulesError(path, row.name, "prefixes", f"unknown prefix '{name}'")
            return [self.prefixes[name] for name in row.prefixes]
        return [prefix for prefix in self.prefixes.values() if prefix.base == 10 or row.prefixes == "binary"]

    def _define(self, path: str, row: UnitEntry) -> UnitDefinition:
        if row.equals is None:
            base = f"currency:{row.name}" if row.currency else row.name
            unit = UnitDefinition(row.name, ((base, 1),), fmpq(1))
        else:
            unit = self._product(row.equals, path, row.name)
        offset = None
        if row.offset is not None:
            exact = Fraction(row.offset)
            offset = fmpq(exact.numerator, exact.denominator)
        vague = row.vague and row.loosely is None
        unit = UnitDefinition(row.name, unit.dimension, unit.factor, unit.pi, offset, vague)
        if row.loosely is None:
            return unit
        less = self._product(row.loosely, path, row.name)
        loose = UnitDefinition(row.name, less.dimension, less.factor, less.pi, vague=row.vague, loose=True)
        return msgspec.structs.replace(unit, others=(loose,))

    def _product(self, written: str, path: str, asked_by: str) -> UnitDefinition:
        exponents: dict[str, int] = {}
        factor, pi, sign = fmpq(1), 0, 1
        for term_text in written.split():
            if term_text == "/":
                sign = -1
                continue
            if _AMOUNT.match(term_text):
                above, _, below = term_text.partition("/")
                factor *= fmpq(fmpz(above), fmpz(below or "1")) ** sign
            elif term_text == "pi":
                pi += sign
            else:
                term = _TERM.match(term_text.replace("_", " "))
                if term is None:
                    raise RulesError(path, asked_by, "equals", f"'{term_text}' is no amount, unit or '/'")
                power = int(term["power"] or 1) * sign
                part = self.unit(term["name"], path, asked_by)
                factor *= part.factor**power
                pi += part.pi * power
                for base, exponent in part.dimension:
                    exponents[base] = exponents.get(base, 0) + exponent * power
            sign = 1
        dimension = tuple(sorted((base, exponent) for base, exponent in exponents.items() if exponent))
        return UnitDefinition(written, dimension, factor, pi)


def prefixed(unit: UnitDefinition, prefix: PrefixEntry) -> UnitDefinition:
    """The unit, and whatever else its spelling means, times the prefix's power."""
    power = fmpq(fmpz(prefix.base) ** abs(prefix.power))
    return msgspec.structs.replace(
        unit,
        name=prefix.name + unit.name,
        factor=unit.factor * power if prefix.power >= 0 else unit.factor / power,
        offset=None,
        others=tuple(prefixed(other, prefix) for other in unit.others),
    )


def unit_table(lists: Lists, resolver: Resolver) -> UnitTable:
    """The table; raises ``RulesError`` where one spelling is two units, and for an ``also`` that is none."""
    symbols: dict[str, UnitDefinition] = {}
    words: dict[str, UnitDefinition] = {}
    leading: set[str] = set()
    owners: dict[str, str] = {}
    for path, row in resolver.rows.values():
        definition = resolver.unit(row.name, path, row.name)
        for table, written in ((symbols, row.symbols), (words, tuple(word.lower() for word in row.words))):
            for text in written:
                if text in table:
                    raise RulesError(path, row.name, "symbols", f"'{text}' is already the {owners[text]}")
                weak = row.weak and len(text) == 1 and text.isascii()
                table[text] = msgspec.structs.replace(definition, weak=True) if weak else definition
                owners[text] = row.name
        leading.update(row.leading)
        for text in row.leading:
            if text not in row.symbols:
                raise RulesError(path, row.name, "leading", f"'{text}' must be one of the unit's symbols")
    _add_prefixed(resolver, symbols, words, never=frozenset(lists.get(("units", "never"), ())))
    _add_meanings(resolver, symbols, words)
    for word in list(words):
        bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
        if bare.isascii():
            words.setdefault(bare, words[word])
    spellings: dict[tuple[Dimension, fmpq, int], list[str]] = {}
    for word, definition in words.items():
        spellings.setdefault((definition.dimension, definition.factor, definition.pi), []).append(word)
    by_dimension: dict[Dimension, dict[tuple[fmpq, int], UnitDefinition]] = {}
    for definition in (*symbols.values(), *words.values()):
        by_dimension.setdefault(definition.dimension, {}).setdefault((definition.factor, definition.pi), definition)
    return UnitTable(
        symbols=symbols,
        words=words,
        phrases=_phrases(symbols, words),
        leading=frozenset(leading),
        spellings={unit: tuple(words_of) for unit, words_of in spellings.items()},
        by_dimension={dimension: tuple(units.values()) for dimension, units in by_dimension.items()},
        leads=_powers(lists, "square", "cubic"),
        trails=_powers(lists, "squared", "cubed"),
        per=frozenset(word.lower() for word in lists.get(("units", "per"), ())),
        below_zero=frozenset(word.lower() for word in lists.get(("units", "below_zero"), ())),
        things=frozenset(word.lower() for word in lists.get(("units", "things"), ())),
    )


def _powers(lists: Lists, second: str, third: str) -> dict[str, int]:
    return {word.lower(): power for power, name in ((2, second), (3, third)) for word in lists.get(("units", name), ())}


def _phrases(
    symbols: dict[str, UnitDefinition], words: dict[str, UnitDefinition]
) -> dict[str, tuple[tuple[str, bool, UnitDefinition], ...]]:
    """The spellings that are more than one token, by the first one; longest first."""
    found: dict[str, list[tuple[str, bool, UnitDefinition]]] = {}
    for table, exact in ((symbols, True), (words, False)):
        for text, definition in table.items():
            first = _ONE_TOKEN.match(text)
            if first is not None and first.end() < len(text):
                found.setdefault(first[0].lower(), []).append((text, exact, definition))
    return {
        first: tuple(sorted(phrases, key=lambda phrase: -len(phrase[0])))  # the sort is stable: symbols stay first
        for first, phrases in found.items()
    }


def _spelled(row: UnitEntry, prefix: PrefixEntry) -> Iterator[tuple[str, bool]]:
    """The spellings of a prefixed unit, and whether each is a symbol."""
    for start in prefix.symbols:
        for symbol in row.symbols:
            if (not symbol.istitle() or len(symbol) < 3) and _script(start) == _script(symbol):
                yield start + symbol, True
    for start in (prefix.name, *prefix.words):
        for word in row.words:
            if _script(start) == _script(word):
                yield start + word.lower(), False


def _script(text: str) -> str:
    """Latin with Greek, Cyrillic, or none with spaces: prefixes and units of one script belong together."""
    if "\u0400" <= text[0] <= "\u04ff":
        return "Cyrillic"
    return "none" if text[0] >= "\u3000" else "Latin"


def _add_prefixed(
    resolver: Resolver,
    symbols: dict[str, UnitDefinition],
    words: dict[str, UnitDefinition],
    *,
    never: frozenset[str],
) -> None:
    """Add every prefixed form; a unit's own spelling wins over one made of prefix and unit."""
    plain = {True: frozenset(symbols), False: frozenset(words)}
    for path, row in resolver.rows.values():
        for prefix in resolver.taken(row):
            definition = prefixed(resolver.done[row.name], prefix)
            for text, is_symbol in _spelled(row, prefix):
                table = symbols if is_symbol else words
                if text in plain[is_symbol] or text in never:
                    continue
                other = table.get(text)
                if other is not None and (other.dimension, other.factor) != (definition.dimension, definition.factor):
                    raise RulesError(
                        path, row.name, "prefixes", f"'{text}' would also be the {other.name}; list it under [never]"
                    )
                table[text] = definition


def _add_meanings(resolver: Resolver, symbols: dict[str, UnitDefinition], words: dict[str, UnitDefinition]) -> None:
    """Let spellings that are written for several units mean all of them, their owner's first."""
    for path, row in resolver.rows.values():
        definition = resolver.done[row.name]
        forms = [(text, definition) for text in row.also]
        for prefix in resolver.taken(row):
            other = prefixed(definition, prefix)
            forms += [(start + text, other) for start in (*prefix.symbols, prefix.name) for text in row.also]
        for text, meaning in forms:
            known = False
            for table, spelling in ((symbols, text), (words, text.lower())):
                owner = table.get(spelling)
                if owner is not None:
                    known = True
                    firm = tuple(one for one in owner.others if not one.loose)
                    loose = tuple(one for one in owner.others if one.loose)
                    more = (meaning, *meaning.others)
                    new = (*firm, *(one for one in more if not one.loose), *loose, *(one for one in more if one.loose))
                    table[spelling] = msgspec.structs.replace(
                        owner, others=tuple(msgspec.structs.replace(one, others=()) for one in new)
                    )
            if not known and text in row.also:
                raise RulesError(path, row.name, "also", f"'{text}' is no spelling of another unit")


def directions(entries: Entries, lists: Lists) -> DirectionTable:
    """The words of directions; raises ``RulesError`` for a word with two."""
    words: dict[str, tuple[str, int, int]] = {}
    letters: dict[str, str] = {}
    alone: dict[str, tuple[str, int]] = {}
    for path, entry in entries.get(("units", "direction"), {}).values():
        if not isinstance(entry, DirectionEntry):
            continue
        for word in entry.words:
            if word.lower() in alone:
                raise RulesError(path, entry.name, "words", f"'{word}' is already a direction")
            alone[word.lower()] = (entry.axis, entry.at)
            if not entry.alone:
                words[word.lower()] = (entry.axis, entry.at, entry.sign)
        if entry.letter is not None:
            letters[entry.letter] = entry.words[0].lower()
    return DirectionTable(words, frozenset(word.lower() for word in lists.get(("units", "around"), ())), letters, alone)
