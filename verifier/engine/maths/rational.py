"""Two rational functions of names: told apart by exact arithmetic at one point, proved equal as polynomials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flint import arb, fmpq

from verifier.engine.maths import polynomial
from verifier.engine.maths.evaluate import within_lock
from verifier.engine.maths.normal import Forms
from verifier.engine.maths.outcome import Equality, both_shown, correct, differs, place, undecided
from verifier.engine.maths.points import PRIMES
from verifier.engine.maths.polynomial import Undefined
from verifier.engine.maths.proof import difference
from verifier.types.budget import Exhausted

_FOUR: Final = frozenset({"number", "symbol", "add", "mul", "div", "pow"})
_EXPANDED: Final = 24
_BITS: Final = 4096
"""Powers of numbers at the point are no larger."""
_NO_NAMES: frozenset[str] = frozenset()


def is_rational(forms: Forms, reach: Sequence[int]) -> bool:
    """Whether nodes are made of names and numbers by the four operations and whole powers."""
    if not _FOUR.issuperset(forms.heads):
        return False
    for node in reach:
        if forms.heads[node] == "pow":
            index = forms.values[forms.args[node][1]]
            if index is None or index.q != 1 or abs(index) > _EXPANDED:
                return False
    return True


def rational_functions(
    forms: Forms, reach: Sequence[int], gold: int, candidate: int, *, plain: bool
) -> Equality | None:
    """Whether two rational functions are equal: their denominators must be no zero polynomials.

    A difference is told only if nothing is known of the names (``plain``) and both sides have the same; ``None`` else.
    """
    names = sorted([forms.names[node] for node in reach if forms.heads[node] == "symbol"])
    if len(names) > forms.meter.budget.variables:
        return None
    point = {name: fmpq(PRIMES[j % len(PRIMES)]) for j, name in enumerate(names)}
    values = _at(forms, reach, point)
    if values is None:
        return _proved(forms, gold, candidate)
    left, right = values[gold], values[candidate]
    if left == right:
        try:
            same = polynomial.same(forms, reach, gold, candidate, names)
        except Exhausted as over:
            if over.limit == "work":
                raise
            return _proved(forms, gold, candidate)
        return correct("rational") if same else None
    if not plain or _names(forms, gold) != _names(forms, candidate):
        return None
    one, other = within_lock(64, lambda: both_shown(arb(left), arb(right)))
    return differs("witness", at=place(point), gold=one, candidate=other)


def _names(forms: Forms, root: int) -> set[int]:
    return {node for node in forms.reach(root) if forms.heads[node] == "symbol"}


def _at(forms: Forms, reach: Sequence[int], point: Mapping[str, fmpq]) -> dict[int, fmpq] | None:
    """The values of nodes at a point; ``None`` where one has none, or a large one."""
    found: dict[int, fmpq] = {}
    forms.meter.spend(len(reach))
    for node in reach:
        value = forms.values[node]
        if value is None:
            head, args = forms.heads[node], forms.args[node]
            if head == "symbol":
                value = point[forms.names[node]]
            elif head == "add":
                value = found[args[0]]
                for arg in args[1:]:
                    value = value + found[arg]
            elif head == "mul":
                value = found[args[0]]
                for arg in args[1:]:
                    value = value * found[arg]
            elif head == "div":
                below = found[args[1]]
                if below == 0:
                    return None
                value = found[args[0]] / below
            else:
                value = _power(found[args[0]], found[args[1]])
                if value is None:
                    return None
        found[node] = value
    return found


def _power(base: fmpq, index: fmpq) -> fmpq | None:
    times = int(index.p)
    if base == 0 and times <= 0:
        return None
    if max(base.p.bit_length(), base.q.bit_length()) * abs(times) > _BITS:
        return None
    return base**times


def _proved(forms: Forms, gold: int, candidate: int) -> Equality | None:
    """By the polynomial that is their difference, where no value tells that both are defined."""
    try:
        proof = difference(forms, gold, candidate, whole=_NO_NAMES, positive=_NO_NAMES, complexes=False)
    except Undefined:
        return undecided("undefined")
    except Exhausted as over:
        if over.limit == "work":
            raise
        return None
    return correct("rational") if proof.zero else None
