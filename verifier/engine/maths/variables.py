"""Two trees with names: a witness early, a proof, and otherwise many points of the gold's domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from flint import fmpq

from verifier.engine.maths.breakpoints import STEPS, Known, Pieces, breakpoints
from verifier.engine.maths.evaluate import Look, Program, State, Surd, Value
from verifier.engine.maths.normal import Forms, literal_bits
from verifier.engine.maths.outcome import Equality, both_shown, correct, differs, place, shown, undecided
from verifier.engine.maths.points import WHOLE_NAMES, Conditions, Points, Terms, terms, whole_names
from verifier.engine.maths.polynomial import Undefined
from verifier.engine.maths.proof import Proof, difference
from verifier.engine.maths.relations import eliminate
from verifier.types.budget import Exhausted
from verifier.types.expr import Expr
from verifier.types.verdict import Decision

ADMISSIBLE: Final = 24
"""Points of the gold's domain that agreement needs."""
COUNTED: Final = 8
"""Of these, points where both sides have a value."""
EARLY: Final = 3
"""Points tried before a proof is sought."""
TRIED: Final = 160
_MOST_LOST: Final = 2
"""Points, beside a fifth of all, where the candidate may be without a value that could be found."""
_FEWEST: Final = 3
_LEAST_BITS: Final = 128
_SEEN: Final = 32
"""Bits of agreement that tell two sides of a step apart."""
_POINT: Final = 160
"""Units of work that a point costs beside what is computed there."""
_PREPARED: Final = 640
"""Units of work that it costs to get ready for points."""
_PARTIAL: Final = frozenset({
    "ln", "log", "asin", "acos", "acosh", "atanh", "asec", "acsc", "asech", "acoth", "factorial", "factorial2", "binom",
    "perm", "gamma", "cases", "gcd", "lcm", "acot",
})  # fmt: skip
"""Functions that have no value on a whole stretch of the line."""


_NOTHING: Final = Terms()
_JUMPS: Final = frozenset({"sign", "cases"})
"""Functions with a few single places where their value is a matter of convention."""


class Sides:
    """The two sides, what is known of their names, and the program that evaluates both."""

    __slots__ = (
        "candidate", "complexes", "conditions", "forms", "gold", "held", "integers", "isolated", "may", "meter",
        "names", "own", "points", "positive", "program", "reach", "terms", "unknown", "whole",
    )  # fmt: skip

    def __init__(
        self,
        forms: Forms,
        gold: int,
        candidate: int,
        conditions: Sequence[Expr],
        integers: frozenset[str],
        unknown: bool,  # noqa: FBT001
    ) -> None:
        self.forms = forms
        self.meter = forms.meter
        self.gold, self.candidate = gold, candidate
        self.conditions = tuple(conditions)
        self.integers = integers
        self.unknown = unknown
        self.isolated = False
        self.prepare()

    def prepare(self) -> None:
        """Everything that follows from the two nodes and the conditions."""
        forms = self.forms
        self.meter.spend(_PREPARED)
        heads, names = forms.heads, forms.names
        self.terms = terms(forms, self.conditions, self.integers) if self.conditions or self.integers else _NOTHING
        self.reach = (forms.reach(self.gold), forms.reach(self.candidate))
        both = self.reach[0] + self.reach[1]
        self.own = tuple([frozenset([names[n] for n in part if heads[n] == "symbol"]) for part in self.reach])
        self.complexes = ("i" in names or "cis" in heads) and any(
            heads[node] == "cis" or (heads[node] == "constant" and names[node] == "i") for node in both
        )
        self.held = Conditions(forms, self.terms.conditions)
        must, self.may = whole_names(forms, both)
        self.whole = self.terms.whole | must
        self.names = tuple(sorted(self.own[0] | self.own[1] | set(self.held.names)))
        self.meter.within("variables", len(self.names))
        self.positive = frozenset([name for name, low in self.terms.low.items() if low >= 0])
        if self.whole:
            self.positive |= self.whole - frozenset(self.terms.low)
        self.program = Program(forms, (self.gold, self.candidate), complexes=self.complexes, reach=self.reach)
        self.points = self.supply(self.whole | self.may | WHOLE_NAMES)

    def supply(self, whole: frozenset[str]) -> Points:
        """Points where those names are whole numbers."""
        return Points(self.forms, self.names, whole, self.terms, (self.gold, self.candidate))


def variables(sides: Sides) -> Equality:
    """Whether two trees with names are equal over the gold's domain: steps 1, 2, 4 and 5 of DESIGN section 6."""
    if not sides.conditions:
        return _branch(sides)
    branches = eliminate(sides.forms, sides.gold, sides.candidate, sides.conditions, sides.integers)
    if branches is None:
        return _branch(sides)
    outcomes: list[Equality] = []
    for gold, candidate, conditions in branches:
        sides.gold, sides.candidate, sides.conditions = gold, candidate, conditions
        sides.prepare()
        if not sides.own[0] and not sides.own[1]:
            from verifier.engine.maths.constants import constants

            outcome = constants(sides.forms, gold, candidate, complexes=sides.complexes)
        else:
            outcome = _branch(sides)
        if outcome.decision is Decision.INCORRECT:
            return undecided("relations", **outcome.evidence) if sides.unknown else outcome
        outcomes.append(outcome)
    passed = [outcome for outcome in outcomes if outcome.decision is Decision.PASS]
    return passed[0] if passed else outcomes[0]


def _branch(sides: Sides) -> Equality:
    if sides.program.opaque:
        return _unread(sides)
    known = _early(sides)
    if isinstance(known, Equality):
        return known
    if sides.gold == sides.candidate and known:
        return correct("identical")
    if not known and _hopeless(sides):
        if sides.complexes:
            return undecided("undefined")
        sides.complexes = True
        sides.program = Program(sides.forms, (sides.gold, sides.candidate), complexes=True, reach=sides.reach)
        return _branch(sides)
    if sides.gold == sides.candidate:
        return _in_domain(sides, "identical", 1)
    proof = _prove(sides)
    if isinstance(proof, Equality):
        return proof
    if not proof.zero:
        return _at_points(sides, proof)
    narrower = _narrower(sides, proof)
    if known and not narrower:
        return correct("rational")
    return _in_domain(sides, "rational", COUNTED if narrower else 1)


def _early(sides: Sides) -> bool | Equality:
    """A few points before any proof: most wrong answers end here. Whether both sides have a value at one of them."""
    for point in islice(sides.points, EARLY):
        look = _seen(sides, point)
        if isinstance(look, Equality):
            return look
        if look is not None and look.gold is State.FINITE is look.candidate:
            return True
    return False


def _seen(sides: Sides, point: Mapping[str, Value]) -> Look | Equality | None:
    """Both sides at a point, or what it refutes; nothing where the conditions do not hold."""
    sides.meter.spend(_POINT)
    if not sides.held.hold(point, sides.meter):
        return None
    look = sides.program.look(point, 64, sides.meter)
    return _refute(sides, point, look) or look


def _hopeless(sides: Sides) -> bool:
    """Whether a part without names has no value (√−3, 1/sin π), so that no point will give one."""
    forms = sides.forms
    named: set[int] = set()
    parts: list[int] = []
    for node in sorted(set(sides.reach[0] + sides.reach[1])):
        args = forms.args[node]
        if forms.heads[node] in {"symbol", "apply", "cases"} or any(arg in named for arg in args):
            named.add(node)
            parts.extend([arg for arg in args if arg not in named and forms.args[arg]])
    if not parts or any(forms.heads[node] == "cases" for node in sides.reach[0]):
        return False
    program = Program(forms, parts, complexes=sides.complexes)
    return None in program.balls({}, 64, sides.meter)


def _unread(sides: Sides) -> Equality:
    """Unevaluated integrals, limits and the like: kernels that no point can be put into."""
    try:
        proof = _prove(sides)
    except Exhausted as over:
        if over.limit == "work" or sides.gold != sides.candidate:
            raise
        return correct("identical")
    if isinstance(proof, Equality):
        return proof
    if sides.gold == sides.candidate:
        return correct("identical")
    return correct("rational") if proof.zero and not proof.divided else undecided("unsupported")


def _prove(sides: Sides) -> Proof | Equality:
    try:
        return difference(
            sides.forms,
            sides.gold,
            sides.candidate,
            whole=sides.whole,
            positive=sides.positive,
            complexes=sides.complexes,
        )
    except Undefined:
        return undecided("undefined")


def _narrower(sides: Sides, proof: Proof) -> bool:
    """Whether the candidate has parts with a domain of their own that the gold has not."""
    forms = sides.forms
    gold = frozenset(sides.reach[0])
    known: frozenset[str] | None = None
    for node in sides.reach[1]:
        if node in gold or not _partial(forms, node) or not _has_names(forms, node):
            continue
        if known is None:
            known = frozenset([proof.argument(part) for part in sides.reach[0] if _sided(forms, part)])
        if not _sided(forms, node) or proof.argument(node) not in known:
            return True
    return False


def _has_names(forms: Forms, node: int) -> bool:
    return any(forms.heads[part] in {"symbol", "apply"} for part in forms.reach(node))


def _sided(forms: Forms, node: int) -> bool:
    """Whether a part has a value where its first argument is positive, and nowhere below zero."""
    return forms.heads[node] == "ln" or (forms.heads[node] == "pow" and _partial(forms, node))


def _partial(forms: Forms, node: int) -> bool:
    """Whether a part has no value on a stretch of the line."""
    head = forms.heads[node]
    if head != "pow":
        return head in _PARTIAL
    below, above = forms.args[node]
    index, base = forms.values[above], forms.values[below]
    positive = (base is not None and base > 0) or (
        forms.heads[below] == "constant" and forms.names[below] in {"e", "pi"}
    )
    return not positive and (index is None or index.q % 2 == 0)


def _refute(sides: Sides, point: Mapping[str, Value], look: Look) -> Equality | None:
    """A witness, and what it is worth; a point of the gold's domain that is none is remembered."""
    if look.gold is not State.FINITE:
        return None
    found = _witness(sides, point, look)
    if found is None:
        sides.points.good(point)
    return found


def _witness(sides: Sides, point: Mapping[str, Value], look: Look) -> Equality | None:
    outside = look.candidate is State.OUTSIDE and not sides.complexes
    if not look.apart and not outside:
        return None
    left, right = (shown(look.left), "not defined") if outside else both_shown(look.left, look.right)
    used = {name: point[name] for name in sides.names if name in sides.own[0] or name in sides.own[1]}
    evidence = {"at": place(used), "gold": left, "candidate": right}
    if _isolated(sides, point):
        sides.isolated = True
        return None
    if sides.unknown or sides.terms.unclear:
        return undecided("relations", **evidence)
    missing = sides.own[0] - sides.own[1]
    extra = sides.own[1] - sides.own[0]
    if missing or extra:
        if missing and _depends(sides, 0, missing, point):
            return undecided("names", missing=", ".join(sorted(missing)), **evidence)
        if extra and not _depends(sides, 1, extra, point):
            return undecided("names", **evidence)
        if missing and not _vanishes(sides, missing):
            return undecided("names", **evidence)
    return differs("witness", **evidence)


def _isolated(sides: Sides, point: Mapping[str, Value]) -> bool:
    """Whether the sides differ at this point but not beside it: where a sign is zero or two pieces meet."""
    if _JUMPS.isdisjoint(sides.forms.heads):
        return False
    for step in (fmpq(1, 1 << 30), fmpq(-1, 1 << 30)):
        moved: dict[str, Value] = {
            name: value if name in sides.whole or isinstance(value, Surd) else value + step
            for name, value in point.items()
        }
        look = sides.program.look(moved, 128, sides.meter)
        if look.gold is State.FINITE and (look.apart or look.candidate is State.OUTSIDE):
            return False
    return True


def _depends(sides: Sides, side: int, names: frozenset[str], point: Mapping[str, Value]) -> bool:
    """Whether a side certainly changes with some of the names."""
    root = (sides.gold, sides.candidate)[side]
    program = Program(sides.forms, (root,), complexes=sides.complexes)
    before = program.balls(point, 64, sides.meter)[0]
    for shift, other in enumerate(sides.points):
        if shift > 8 or before is None:
            break
        moved = {name: other[name] if name in names else value for name, value in point.items()}
        after = program.balls(moved, 64, sides.meter)[0]
        if after is not None and before != after:
            return True
    return False


def _vanishes(sides: Sides, names: frozenset[str]) -> bool:
    """Whether names of the gold have coefficients that are identically zero: it equals itself with them at one."""
    forms = sides.forms
    ones = {name: forms.number(fmpq(1)) for name in names}
    fixed = forms.with_names(forms.tree(sides.gold), ones)
    try:
        return difference(
            forms, sides.gold, fixed, whole=sides.whole, positive=sides.positive, complexes=sides.complexes
        ).zero
    except Undefined:
        return False


def _in_domain(sides: Sides, how: str, needed: int) -> Equality:
    """The sides are one value wherever both have one: what is left is to meet so many points where both have."""
    counted = lost = 0
    undefined = True
    if needed > 1:
        for _, point in _of_pieces(_pieces(sides, sides.forms.number(fmpq(0))) or Pieces()):
            if isinstance(refuted := _seen(sides, point), Equality):
                return refuted
    for tried, point in enumerate(islice(sides.points, TRIED)):
        look = _seen(sides, point)
        if isinstance(look, Equality):
            return look
        if look is None:
            continue
        if look.gold is State.FINITE:
            undefined = False
            counted += look.candidate is State.FINITE
            lost += look.candidate is not State.FINITE
            if counted >= needed:
                break
        else:
            undefined = undefined and look.gold is State.UNSURE
            if tried >= ADMISSIBLE and undefined:
                break
    if counted >= min(needed, _FEWEST) and lost <= _MOST_LOST + counted // 4:
        return correct(how)
    return undecided("undefined" if undefined else "no_common_domain", counted=str(counted))


def _at_points(sides: Sides, proof: Proof) -> Equality:  # noqa: PLR0912, PLR0915  # one loop and its ways out
    """Step 4: the numerator at points of the gold's domain, enough of them and to enough bits."""
    forms, meter = sides.forms, sides.meter
    root = proof.table.poly_node(proof.numerator)
    numerator = Program(forms, (root, forms.number(fmpq(0))), complexes=sides.complexes)
    size = literal_bits(forms, (sides.gold, sides.candidate, root))
    bits = max(_LEAST_BITS, 4 * size)
    admissible = counted = 0
    furthest = fmpq(0)
    undefined = True
    pieces = _pieces(sides, root)
    steps = not STEPS.isdisjoint(forms.heads)
    jumped = False
    others = 0
    met: set[int] = set()
    shown_in: set[int] = set()
    for piece, point in _spread(pieces or Pieces(), sides.points):
        meter.spend(_POINT)
        others += piece < 0
        if others > ADMISSIBLE and admissible >= ADMISSIBLE and counted >= COUNTED:
            break
        if not sides.held.hold(point, meter):
            continue
        far = max(
            [abs(value.square if isinstance(value, Surd) else value) for value in point.values()], default=furthest
        )
        sized = counted < _FEWEST or far > furthest
        furthest = max(far, furthest)
        look = sides.program.look(point, 64, meter, sized=sized)
        if piece == 0 and steps and _is_vague(look):
            look = _exactly(sides, point)
            jumped = jumped or _is_vague(look)
        refuted = _refute(sides, point, look)
        if refuted is not None:
            return refuted
        if look.gold is not State.FINITE:
            undefined = undefined and look.gold is State.UNSURE
            continue
        undefined = False
        admissible += 1
        met.add(piece)
        if look.candidate is not State.FINITE:
            continue
        meter.within("bits", bits)
        exact = numerator.look(point, bits + size + 32, meter, sized=sized)
        larger = max(size, look.size, exact.size)
        if larger > size:
            size = larger
            if 4 * size > bits:
                bits = 4 * size
                meter.within("bits", bits)
                exact = numerator.look(point, bits + size + 32, meter)
        if exact.apart:
            return _confirm(sides, point)
        if exact.bits >= bits:
            counted += 1
            shown_in.add(piece)
    if counted < COUNTED or admissible < ADMISSIBLE or admissible - counted > _MOST_LOST + counted // 4:
        return undecided("undefined" if undefined else "no_common_domain", counted=str(counted))
    if pieces is not None and pieces.all_needed:
        met.update(range(1, len(pieces.between) + 1))
    if pieces is None or jumped or sides.isolated or any(piece > 0 and piece not in shown_in for piece in met):
        return undecided("breakpoints")
    return _also_between(sides, numerator, bits) or correct("points", points=str(counted), bits=str(bits))


def _is_vague(look: Look) -> bool:
    """Whether nothing was seen at a point: no value for sure, or values that may be equal or not."""
    if State.OUTSIDE in {look.gold, look.candidate}:
        return False
    return State.UNSURE in {look.gold, look.candidate} or (not look.apart and look.bits < _SEEN)


def _exactly(sides: Sides, point: Mapping[str, Value]) -> Look:
    """The sides at a point of rationals that was put into them, so that a step is met exactly."""
    forms = sides.forms
    values = {name: forms.number(value) for name, value in point.items() if isinstance(value, fmpq)}
    put = [forms.with_names(forms.tree(side), values) for side in (sides.gold, sides.candidate)]
    return Program(forms, put, complexes=sides.complexes).look({}, 64, sides.meter)


def _pieces(sides: Sides, left: int) -> Pieces | None:
    """Points of every piece of the line on which both sides are smooth."""
    known = Known(sides.names, sides.whole, sides.terms, sides.complexes)
    return breakpoints(sides.forms, (sides.gold, sides.candidate), left, known)


def _of_pieces(pieces: Pieces) -> Iterator[tuple[int, Mapping[str, Value]]]:
    for point in pieces.on:
        yield 0, point
    for number, piece in enumerate(pieces.between):
        for point in piece:
            yield number + 1, point


def _spread(pieces: Pieces, points: Points) -> Iterator[tuple[int, Mapping[str, Value]]]:
    """Points of the pieces with their number, those on the places (0), then others (−1), none of them twice."""
    yield from _of_pieces(pieces)
    seen: set[str] = set()
    for tried, point in enumerate(points):
        if tried >= TRIED:
            break
        label = place(point)
        if label not in seen:
            seen.add(label)
            yield -1, point


def _confirm(sides: Sides, point: Mapping[str, Value]) -> Equality:
    """The numerators differ at a point: the values there, closely enough to see it."""
    precision = 256
    while precision <= sides.meter.budget.bits:
        look = sides.program.look(point, precision, sides.meter)
        refuted = _refute(sides, point, look)
        if refuted is not None:
            return refuted
        precision *= 2
    return undecided("undecided")


def _also_between(sides: Sides, numerator: Program, bits: int) -> Equality | None:
    """n, k and m were whole numbers so far; where nothing says that they are, agreement must hold between, too."""
    loose = [name for name in sides.names if (name in WHOLE_NAMES or name in sides.may) and name not in sides.whole]
    if not loose:
        return None
    for tried, point in enumerate(sides.supply(sides.whole)):
        if tried > ADMISSIBLE:
            break
        if sides.held.hold(point, sides.meter):
            look = sides.program.look(point, 64, sides.meter)
            if look.gold is not State.FINITE:
                continue
            if look.apart or look.candidate is State.OUTSIDE or numerator.look(point, bits, sides.meter).apart:
                return undecided("undecided", whole=", ".join(loose))
    return None
