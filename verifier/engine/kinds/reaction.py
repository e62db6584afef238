"""Equations of chemistry: formulas with their numbers on two sides, equal up to order and a common factor."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final

import msgspec

from verifier.engine.kinds.chemical_text import Written, tokens_of
from verifier.engine.kinds.kind import Context, Stage
from verifier.engine.kinds.species import Marks, Read, Species
from verifier.engine.kinds.species_reader import Scanner
from verifier.types.verdict import Code, Finding, Standing, passes, proves, refutes

SAME = proves("reaction.same", "Both equations hold the same formulas with the same numbers on the same sides.")
MULTIPLE = proves("reaction.multiple", "The equations are equal but for a common factor.")
DIFFERS = refutes("reaction.differs", "The equations hold other formulas or other numbers of them.")
SWAPPED = refutes("reaction.swapped", "The sides of the equation are exchanged: it runs the other way.")
NOT_SMALLEST = refutes(
    "reaction.not_smallest",
    "The answer is a multiple of the equation, where the smallest whole numbers are asked for.",
    Standing.CONVENTION,
)
ARRANGED = passes(
    "reaction.arranged", "The equations agree in atoms and charges, and some formula is arranged otherwise.", specific=7
)
RADIATION = passes(
    "reaction.radiation", "The equations agree but for charges beside nuclei, mass numbers or radiation.", specific=7
)
UNSURE: Code = passes(
    "reaction.unsure", "The texts can be read as chemical equations, and nothing says that they are.", 3
)
CODES: tuple[Code, ...] = (SAME, MULTIPLE, DIFFERS, SWAPPED, NOT_SMALLEST, ARRANGED, RADIATION, UNSURE)

PROTONS: Final = frozenset({"H^+", "H3O^+"})  # either is written for an acid's proton
_WATER: Final = "H2O"
_RAYS: Final = "gamma ray"
_MOST_SPECIES: Final = 60
_LEAST_TOKENS: Final = 6
_JOINS: Final = "=→←⇌"

Side = tuple[tuple[Fraction, Species], ...]


class Reaction(msgspec.Struct, frozen=True, gc=False):
    """What reacts and what comes out.

    ``sure`` is as that of a formula, 0 to 2; ``ambiguous`` says that a flat charge can be read in two ways.
    """

    left: Side
    right: Side
    sure: int
    ambiguous: bool = False

    def show(self) -> str:
        """The equation, written flat."""
        sides = [
            " + ".join((f"{count} " if count != 1 else "") + species.text for count, species in side)
            for side in (self.left, self.right)
        ]
        return " -> ".join(sides)


def asks(phrases: frozenset[str], ctx: Context) -> bool:
    """Whether the question holds one of some phrases."""
    if not ctx.demand.question:
        return False
    ctx.meter.spend(len(ctx.demand.question))
    asked = ctx.demand.question.lower()
    return any(phrase in asked for phrase in phrases)


def read_reaction(text: Written, sureness: Callable[[Marks, Species], int], ctx: Context) -> Reaction | None:
    """The equation that a text is: formulas joined by plus signs, and one arrow or equals sign between them."""
    if not any(sign in text.text for sign in _JOINS):
        return None
    tokens = tokens_of(text.text, ctx.meter)
    if tokens is None:
        return None
    arrows = sum(token.kind == "arrow" for token in tokens)
    equals = sum(token.text == "=" for token in tokens)
    if arrows > 1 or (arrows == 0 and equals != 1):
        return None
    table = ctx.rules.chemistry
    scanner = Scanner(text.text, tokens, table, loose=text.lowered and not text.only, bonds=arrows == 1)
    sides: list[list[tuple[Fraction, Species]]] = [[]]
    arrow, surest, ambiguous = "", 0, False
    while True:
        term = _term(scanner)
        if term is None or len(sides[-1]) >= _MOST_SPECIES:
            return None
        count, read = term
        sides[-1].append((count, read.ways[0]))
        surest = max(surest, sureness(read.marks, read.ways[0]))
        ambiguous = ambiguous or len(read.ways) > 1
        token = scanner.peek()
        if token is None:
            break
        scanner.position += 1
        if token.kind == "arrow" or token.text == "=":
            arrow = token.text
            sides.append([])
        elif token.text != "+":
            return None
    if len(sides) != 2 or (arrow == "=" and (surest < 2 or len(tokens) < _LEAST_TOKENS)):
        return None
    left, right = sides[::-1] if arrow == "←" else sides
    return Reaction(_merged(left), _merged(right), 2 if surest else 0, ambiguous)


def _term(scanner: Scanner) -> tuple[Fraction, Read] | None:
    """A formula and the number before it."""
    count = scanner.number()
    if count is None or count <= 0:
        return None
    star = scanner.peek()
    if star is not None and star.kind == "dot" and count != 1:
        scanner.position += 1
    read = scanner.species(reaction=True)
    return None if read is None else (count, read)


def _merged(side: list[tuple[Fraction, Species]]) -> Side:
    """A side with each formula once."""
    found: dict[str, tuple[Fraction, Species]] = {}
    for count, species in side:
        before = found.get(species.text)
        found[species.text] = (count + (before[0] if before else 0), species)
    return tuple(found.values())


def compare_reactions(gold: Reaction, candidate: Reaction, ctx: Context) -> Finding:
    """Equal on both sides up to one positive factor; the sides may not be exchanged."""
    ctx.meter.spend(16 * sum(len(side) for side in (gold.left, gold.right, candidate.left, candidate.right)))
    shown = ctx.sides(gold, candidate)
    factor = _factor(gold, candidate, _by_text)
    if factor is not None:
        if factor == 1:
            return SAME.finding(**shown)
        return (NOT_SMALLEST if asks(ctx.rules.chemistry.smallest, ctx) else MULTIPLE).finding(
            **shown, factor=str(factor)
        )
    if min(gold.sure, candidate.sure) == 0 or gold.ambiguous or candidate.ambiguous:
        return UNSURE.finding(**shown)
    if _factor(gold, candidate, _by_atoms) is not None:
        return ARRANGED.finding(**shown)
    if _protons(gold) | _protons(candidate) == PROTONS and _factor(gold, candidate, _by_protons) is not None:
        return ARRANGED.finding(**shown)
    if _is_nuclear(gold) and _is_nuclear(candidate) and _factor(gold, candidate, _by_nuclides) is not None:
        return RADIATION.finding(**shown)
    if _is_nuclear(gold) != _is_nuclear(candidate) and _factor(gold, candidate, _by_elements) is not None:
        return RADIATION.finding(**shown)
    turned = Reaction(candidate.right, candidate.left, candidate.sure)
    return (SWAPPED if _factor(gold, turned, _by_text) is not None else DIFFERS).finding(**shown)


def _by_text(species: Species) -> object:
    return species.text


def _by_atoms(species: Species) -> object:
    return species.atoms, species.charge


def _by_protons(species: Species) -> object:
    """H+ and H3O+ are one, and water is left out, of which the one holds more."""
    if species.text == _WATER:
        return None
    return PROTONS if species.text in PROTONS else (species.atoms, species.charge)


def _by_nuclides(species: Species) -> object:
    return None if species.text == _RAYS else species.atoms


def _by_elements(species: Species) -> object:
    return None if species.text == _RAYS else species.bare


def _protons(reaction: Reaction) -> frozenset[str]:
    return PROTONS & {species.text for side in (reaction.left, reaction.right) for _, species in side}


def _is_nuclear(reaction: Reaction) -> bool:
    return any(species.nuclear for side in (reaction.left, reaction.right) for _, species in side)


def _factor(gold: Reaction, candidate: Reaction, key: Callable[[Species], object]) -> Fraction | None:
    """The factor between two equations whose formulas are told apart by ``key``; ``None`` where there is none."""
    factors: set[Fraction] = set()
    for own, other in ((gold.left, candidate.left), (gold.right, candidate.right)):
        first, second = _counted(own, key), _counted(other, key)
        if first.keys() != second.keys():
            return None
        factors.update(second[name] / count for name, count in first.items())
    return factors.pop() if len(factors) == 1 else None


def _counted(side: Side, key: Callable[[Species], object]) -> dict[object, Fraction]:
    counts: dict[object, Fraction] = {}
    for count, species in side:
        name = key(species)
        if name is not None:
            counts[name] = counts.get(name, Fraction(0)) + count
    return counts


STAGE: Final = Stage("reaction", ((Reaction, Reaction),), compare_reactions)
