"""Equations of chemistry: formulas with their numbers on two sides, equal up to order and a common factor."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import msgspec

from verifier.engine.kinds.chemical_text import Written, tokens_of
from verifier.engine.kinds.kind import Context, Stage
from verifier.engine.kinds.species import Marks, Species
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
UNSURE = passes("reaction.unsure", "The texts can be read as chemical equations, and nothing says that they are.", 3)
CODES: tuple[Code, ...] = (SAME, MULTIPLE, DIFFERS, SWAPPED, NOT_SMALLEST, ARRANGED, RADIATION, UNSURE)

_RAYS = "gamma ray"
_MOST_SPECIES = 60

Side = tuple[tuple[Fraction, Species], ...]


class Reaction(msgspec.Struct, frozen=True):
    """What reacts and what comes out; ``sure`` as that of a formula, 0 to 2."""

    left: Side
    right: Side
    sure: int

    def show(self) -> str:
        """The equation, written flat."""
        sides = [
            " + ".join((f"{count} " if count != 1 else "") + species.text for count, species in side)
            for side in (self.left, self.right)
        ]
        return " -> ".join(sides)


def read_reaction(text: Written, sureness: Callable[[Marks, Species], int], ctx: Context) -> Reaction | None:
    """The equation that a text is: formulas joined by plus signs, and one arrow or equals sign between them."""
    tokens = tokens_of(text.text, ctx.meter)
    if tokens is None or not any(token.kind in {"arrow", "bond"} for token in tokens):
        return None
    scanner = Scanner(text.text, tokens, ctx.rules.chemistry, loose=text.lowered and not text.only)
    sides: list[list[tuple[Fraction, Species]]] = [[]]
    arrow, surest = "", 0
    while True:
        count = scanner.number()
        if count is None or count <= 0:
            return None
        star = scanner.peek()
        if star is not None and star.kind == "dot" and count != 1:
            scanner.position += 1
        read = scanner.species(reaction=True)
        if read is None or len(sides[-1]) >= _MOST_SPECIES:
            return None
        sides[-1].append((count, read.ways[0]))
        surest = max(surest, sureness(read.marks, read.ways[0]))
        token = scanner.peek()
        if token is None:
            break
        scanner.position += 1
        if token.kind == "arrow" or token.text == "=":
            if arrow:
                return None
            arrow = token.text
            sides.append([])
        elif token.text != "+":
            return None
    if not arrow:
        return None
    left, right = sides[::-1] if arrow == "←" else sides
    if arrow == "=" and surest < 2:
        return None
    return Reaction(_merged(left), _merged(right), 2 if surest else 0)


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
        asked = ctx.demand.question.lower() if ctx.demand.question else ""
        smallest = any(phrase in asked for phrase in ctx.rules.chemistry.smallest)
        return (NOT_SMALLEST if smallest else MULTIPLE).finding(**shown, factor=str(factor))
    if min(gold.sure, candidate.sure) == 0:
        return UNSURE.finding(**shown)
    if _factor(gold, candidate, _by_atoms) is not None:
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


def _by_nuclides(species: Species) -> object:
    return None if species.text == _RAYS else species.atoms


def _by_elements(species: Species) -> object:
    return None if species.text == _RAYS else species.bare


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


STAGE = Stage("reaction", ((Reaction, Reaction),), compare_reactions)
