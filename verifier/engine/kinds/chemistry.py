"""Formulas of chemistry as answers, and the reader of all that chemistry writes (POLICY 30, 51).

A text that could be a formula is one only on evidence, since letters are also options, units, acronyms and algebra.
What is sure ends the search for readings; what is not adds itself to the others, and refutes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import msgspec

from verifier.engine.kinds.chemical_text import Written, tokens_of, written
from verifier.engine.kinds.electrons import read_configuration
from verifier.engine.kinds.kind import Context, Reading, Stage
from verifier.engine.kinds.reaction import PROTONS, asks, read_reaction
from verifier.engine.kinds.species import Marks, Species
from verifier.engine.kinds.species_reader import Scanner
from verifier.types.rules import ChemistryTable
from verifier.types.verdict import Code, Finding, passes, proves, refutes

SAME = proves("chemistry.same", "Both are the same formula, with the same charge and water.")
NAMED = proves("chemistry.named", "The name is listed for the formula.")
COMPOSITION = refutes("chemistry.composition", "The formulas have other atoms, or other numbers of them.")
CHARGE = refutes("chemistry.charge", "The formulas have the same atoms and another charge.")
NUCLIDE = refutes("chemistry.nuclide", "The nuclides have another mass number or atomic number.")
STATE = refutes("chemistry.oxidation", "The oxidation numbers differ.")
ARRANGED = passes(
    "chemistry.arranged", "The formulas have the same atoms and are written in another arrangement.", specific=7
)
MASS_OPEN = passes("chemistry.mass_open", "One side tells a mass number and the other does not.", specific=7)
ELEMENT = passes(
    "chemistry.element", "Both are one element, as a single atom and as a molecule: either may be meant.", specific=7
)
ECHO = passes(
    "chemistry.other_way", "The name is listed for the formula, and the question asks for one of both.", specific=7
)
UNSURE: Code = passes(
    "chemistry.unsure", "The texts can be read as formulas, and nothing says that they are.", specific=3
)
CODES: tuple[Code, ...] = (
    SAME, NAMED, COMPOSITION, CHARGE, NUCLIDE, STATE, ARRANGED, MASS_OPEN, ELEMENT, ECHO, UNSURE,
)  # fmt: skip

NAME: Final = "chemistry"
_POSSIBLE: Final = re.compile(  # one class of first characters, which is looked for at once
    r"[A-Zβαγenp\\1-8](?:(?<=[A-Zβαγ])|(?<=[enp])(?<![A-Za-z][enp])(?![A-Za-z])|(?<=\\)(?:alpha|beta|gamma)|(?<=\d)[spdf])"
)
_MATHS: Final = re.compile(  # what stands in no formula of chemistry, looked for since most answers are maths
    r"[≤≥√∈∞]|\\(?:sqrt|sin|cos|tan|ln|log|pi|int|sum|lim|infty|leq?|geq?|neq?|in|binom|[pbv]matrix)(?![A-Za-z])"
)
_AMOUNT: Final = re.compile(r"\d+\.\d[^+=>→⇌]*+$")  # a decimal that begins no equation
_PROSE: Final = re.compile(r"(?<![\\A-Za-z])[a-z]{3}")
_NAME_LIKE: Final = re.compile(r"[A-Za-z() ]+(?:-?\d{1,3})?")  # a listed name, a particle's, a nuclide's
_SPAN: Final = re.compile(r"\$\$([^$]{1,2000})\$\$|\$([^$]{1,2000})\$|\\\(([^$]{1,2000}?)\\\)|(\\ce\{[^$]{1,2000}\})")
_STATED: Final = re.compile(r"(?: is|:) \*{0,2}(\S{1,60}?)\*{0,2}\.?\s*$")
_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)?")
_SENTENCE: Final = 2_000  # characters
_PLAIN_BEFORE: Final = re.compile(r"[A-Za-z ,:'*]{0,200}")
_NUCLIDE: Final = re.compile(r"([A-Z][a-z]?|[A-Za-z]{3,14})(-| ?)(\d{1,3})")
_FLAT_NUCLIDE: Final = re.compile(r"(\d{1,3})([A-Z][a-z]?)")
_STATED_NAME: Final = re.compile(r"([A-Za-z]{3,14}) ?\((I{1,3}|IV|VI{0,3})\)")
_OF_NAME: Final = re.compile(r"[A-Za-z][A-Za-z() ]{1,40}")


class Formula(msgspec.Struct, frozen=True, gc=False):
    """One formula.

    ``sure`` is 0 where letters alone say so, 1 with some evidence, 2 where it can be nothing else; ``named`` says that
    a listed name stands for it, ``both`` that the text gives name and formula.
    """

    species: Species
    sure: int
    named: bool = False
    both: bool = False

    def show(self) -> str:
        """The formula, written flat."""
        return self.species.text


def may_read(raw: str, text: str) -> bool:
    """Whether a text may be chemistry: it has signs of a formula and none of maths, or may be a name, or both."""
    if text[:1].isdecimal() and _AMOUNT.match(text) is not None:
        return False
    return _is_possible(raw) or (text[:1].isalpha() and (_NAME_LIKE.fullmatch(text) is not None or " (" in text))


def _is_possible(raw: str) -> bool:
    """Whether a text has signs of a formula, and none of maths."""
    return _POSSIBLE.search(raw) is not None and _MATHS.search(raw) is None


def read_chemistry(raw: str, text: str, ctx: Context) -> Iterator[Reading]:
    """What the text says in chemistry; ``raw`` is the text as it was written, ``text`` out of its wrapping."""
    possible = _is_possible(raw)
    table = ctx.rules.chemistry
    ctx.meter.spend(len(text))
    if text in table.never or (text.lower() in ctx.rules.truth.words and not asks(table.asks_formula, ctx)):
        return
    named = list(_named(text, ctx)) or list(_restated(text, ctx))
    if named:
        yield from named
        return
    if not possible:
        return
    notation = written(_formula_of(raw, ctx), ctx.rules, ctx.meter)
    if notation is None or not notation.text or (_PROSE.search(notation.text) and "(" not in notation.text):
        return
    topical = not table.topics.isdisjoint(ctx.demand.words)
    configuration = read_configuration(notation.text, table, alone=topical)
    if configuration is not None:
        yield Reading(configuration, NAME, certain=configuration.sure == 2 or topical)
        return
    lift = int(topical or asks(table.asks_formula, ctx))

    def sureness(marks: Marks, species: Species) -> int:
        return _sureness(marks, species, notation, lift, table)

    reaction = read_reaction(notation, sureness, ctx)
    if reaction is not None:
        yield Reading(reaction, NAME, certain=reaction.sure == 2 and not reaction.ambiguous)
        return
    yield from _formulas(notation, lift, ctx)


def _formula_of(raw: str, ctx: Context) -> str:
    """The one formula that a sentence says something is, or that stands in it as one; else the text."""
    if len(raw) > _SENTENCE or not _PROSE.search(raw):
        return raw
    denials = ctx.rules.maths.denials
    spans = list(_SPAN.finditer(raw))
    if len(spans) == 1 and not raw[spans[0].end() :].strip(" .*\n"):
        before, formula = raw[: spans[0].start()], next(part for part in spans[0].groups() if part)
    else:
        found = _STATED.search(raw)
        if found is None:
            return raw
        before, formula = raw[: found.start()], found[1]
    plain = _PLAIN_BEFORE.fullmatch(before) is not None and denials.isdisjoint(_WORD.findall(before.lower()))
    return formula if plain else raw


def _named(text: str, ctx: Context) -> Iterator[Reading]:
    """A listed name, or a nuclide by name or by symbol: iron, sulfate ion, carbon-14, C-14."""
    table = ctx.rules.chemistry
    if len(text) > 50:
        return
    if _OF_NAME.fullmatch(text):
        for formula in table.named.get(text.lower(), ()):
            species = _species(formula, ctx)
            if species is not None:
                yield Reading(Formula(species, 0, named=True), NAME, certain=False)
    stated = _STATED_NAME.fullmatch(text)
    if stated is not None and (symbol := table.element_names.get(stated[1].lower(), "")):
        species = Species(f"{symbol}({stated[2]})", ((symbol, Fraction(1)),), 0, stated[2])
        yield Reading(Formula(species, 0, named=True), NAME, certain=False)
        return
    for particle in table.particles:
        if text.lower() == particle.name and not particle.nucleus:
            species = Species(particle.name, ((particle.name, Fraction(1)),), particle.charge)
            yield Reading(Formula(species, 0, named=True), NAME, certain=False)
            return
    match = _NUCLIDE.fullmatch(text)
    symbol, mass, sure = "", "", 0
    if match is not None:
        symbol, mass = table.element_names.get(match[1].lower(), ""), match[3]
        sure = 2 if match[2] == "-" else 1
        if not symbol and match[1] in table.elements and (match[2] or len(match[1]) > 1):
            symbol, sure = match[1], int(match[2] == "-")
    elif (flat := _FLAT_NUCLIDE.fullmatch(text)) is not None and flat[2] in table.elements:
        symbol, mass = flat[2], flat[1]
    if symbol and table.elements[symbol].number <= int(mass) <= 3 * table.elements[symbol].number + 1:
        atom = f"{int(mass)}{symbol}"
        yield Reading(Formula(Species(f"^{atom}", ((atom, Fraction(1)),)), sure), NAME, certain=sure == 2)


def _restated(text: str, ctx: Context) -> Iterator[Reading]:
    """A formula and its listed name in brackets, or the reverse: one answer (POLICY 6)."""
    first, _, second = text.partition(" (")
    if not second.endswith(")") or len(text) > 100:
        return
    for name, formula in ((first, second[:-1]), (second[:-1], first)):
        for listed in ctx.rules.chemistry.named.get(name.lower(), ()):
            notation = written(formula, ctx.rules, ctx.meter)
            told = None if notation is None else _species(notation.text, ctx)
            meant = _species(listed, ctx)
            if told is not None and meant is not None and told.text == meant.text:
                yield Reading(Formula(meant, 2, both=True), NAME)
                return


def _species(formula: str, ctx: Context) -> Species | None:
    """A formula in the one notation."""
    tokens = tokens_of(formula, ctx.meter)
    if not tokens:
        return None
    scanner = Scanner(formula, tokens, ctx.rules.chemistry, loose=False)
    read = scanner.species()
    return read.ways[0] if read is not None and scanner.at_end() else None


def _formulas(notation: Written, lift: int, ctx: Context) -> Iterator[Reading]:
    """A text that is one formula, in all the ways it can be read."""
    tokens = tokens_of(notation.text, ctx.meter)
    if not tokens or tokens[0].kind == "number":
        return
    scanner = Scanner(notation.text, tokens, ctx.rules.chemistry, loose=notation.lowered and not notation.only)
    read = scanner.species()
    if read is None or not scanner.at_end() or (not notation.only and 1 in read.marks.counts):
        return
    for species in read.ways:
        sure = _sureness(read.marks, species, notation, lift, ctx.rules.chemistry)
        if not sure and not read.marks.counts and read.marks.letters > 2:
            return  # an acronym
        yield Reading(Formula(species, sure), NAME, certain=sure == 2)


def _sureness(marks: Marks, species: Species, notation: Written, lift: int, table: ChemistryTable) -> int:
    r"""How sure a text is a formula: 0 where it only could be one, 1 with evidence, 2 where it can be nothing else.

    Evidence is ``\ce``, a nuclide whose mass fits, symbols of two letters, figures beside several elements, a charge,
    a listed formula; a question about chemistry adds one to it. Capital letters in a row are an acronym.
    """
    if notation.only:
        return 2
    if marks.doubtful:
        return 0
    known = species.text in table.listed or species.text in table.skeletons
    if not known and not marks.counts and not marks.charged and not marks.long and marks.letters > 2:
        return 0
    return min(2, _evidence(marks, species, notation, known=known) + lift)


def _evidence(marks: Marks, species: Species, notation: Written, *, known: bool) -> int:
    several = marks.symbols > 1
    if marks.nuclide:
        chosen = marks.counts and not several and species.text.lstrip("^0123456789")[:1] in _CHOOSE
        return 0 if chosen else 2
    if marks.charged:
        return 2 if marks.long or several or marks.counts else int(known or "^" not in notation.text)
    if any(count > 1 for count in marks.counts):
        if not several:
            return 2 if marks.long else int(not notation.lowered)
        if marks.long or known or not notation.lowered:
            return 2
        alike = len(marks.counts) > 1 and len(set(marks.counts)) == 1  # P_2V_2
        return 0 if alike else (2 if _COMMON.issuperset(name for name, _ in species.atoms) else 1)
    if marks.long:
        return 2 if several and (known or marks.long > 1) else 1
    return int(known or bool(species.state))


_CHOOSE: Final = frozenset("CP")  # ^9C_4 are combinations
_COMMON: Final = frozenset("CHNOS")  # letters that are seldom names of several quantities at once


def compare_formulas(gold: Formula, candidate: Formula, ctx: Context) -> Finding:
    """The same atoms in the same order, groups and charge; other atoms or another charge refute where both are sure."""
    own, other = gold.species, candidate.species
    ctx.meter.spend(len(own.text) + len(other.text))
    shown = ctx.sides(gold, candidate)
    if own.text == other.text:
        if gold.named == candidate.named or gold.both or candidate.both:
            return SAME.finding(**shown)
        table = ctx.rules.chemistry
        return (ECHO if asks(table.asks_formula | table.asks_name, ctx) else NAMED).finding(**shown)
    if gold.named or candidate.named or {gold.sure, candidate.sure} not in ({1, 2}, {2}):
        return UNSURE.finding(**shown)
    if own.state or other.state:
        if own.atoms == other.atoms:
            return (STATE if own.state and other.state else UNSURE).finding(**shown)
        return COMPOSITION.finding(**shown)
    if _is_one_element(own, other) and not asks(ctx.rules.chemistry.asks_formula, ctx):
        return ELEMENT.finding(**shown)
    if {own.text, other.text} == PROTONS:
        return UNSURE.finding(**shown)
    if own.atoms == other.atoms:
        return (ARRANGED if own.charge == other.charge else CHARGE).finding(**shown)
    if own.bare == other.bare:
        return (NUCLIDE if own.nuclear and other.nuclear else MASS_OPEN).finding(**shown)
    return COMPOSITION.finding(**shown)


def _is_one_element(own: Species, other: Species) -> bool:
    """Whether both are one element, as an atom and as a molecule: O and O2."""
    names = {name for species in (own, other) for name, _ in species.atoms}
    counts = {count for species in (own, other) for _, count in species.atoms}
    return len(names) == 1 and 1 in counts and not own.charge and not other.charge


STAGE: Final = Stage("chemistry", ((Formula, Formula),), compare_formulas)
