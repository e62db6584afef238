"""Two constants: balls at growing precision, a polynomial identity, a separation bound, or bits enough."""

from __future__ import annotations

from typing import Final

from flint import fmpq

from verifier.engine.maths.algebraic import powers_equal, separation, whole_half_turns
from verifier.engine.maths.evaluate import Look, Program, State
from verifier.engine.maths.magnitude import apart, have_sizes
from verifier.engine.maths.normal import Forms, literal_bits
from verifier.engine.maths.outcome import Equality, both_shown, correct, differs, said, undecided
from verifier.engine.maths.polynomial import Undefined
from verifier.engine.maths.proof import Proof, difference
from verifier.types.budget import Exhausted

WIDE: Final = 8
"""Bits below which a ball says little: its middle is too large to be held to more."""
LEAST_BITS: Final = 2000
"""Two constants that are not algebraic are called equal at no fewer bits."""
_PLAIN: Final = frozenset({"number", "add", "mul"})
_NO_NAMES: frozenset[str] = frozenset()


def constants(forms: Forms, gold: int, candidate: int, *, complexes: bool = False) -> Equality:
    """Whether two trees without names are equal: step 3 of DESIGN section 6."""
    left, right = forms.values[gold], forms.values[candidate]
    if left is not None and right is not None:
        return correct("identical") if left == right else differs("exact", gold=said(left), candidate=said(right))
    program = Program(forms, (gold, candidate), complexes=complexes)
    if program.opaque:
        return _unread(forms, gold, candidate)
    look = program.look({}, 64, forms.meter)
    if look.gold is not State.FINITE or look.candidate is not State.FINITE:
        if not complexes and State.OUTSIDE in {look.gold, look.candidate}:
            return constants(forms, gold, candidate, complexes=True)
        look = _closer(program, forms, look)
        if look.gold is not State.FINITE or look.candidate is not State.FINITE:
            if complexes or not have_sizes(forms, gold, candidate):
                return undecided("undefined")
            return apart(forms, gold, candidate) or _prove(forms, gold, candidate, program)
    if look.apart:
        return _apart(look)
    if gold == candidate:
        return correct("identical")
    if not complexes and look.left is not None and look.left.rel_accuracy_bits() < WIDE:
        far = apart(forms, gold, candidate)
        if far is not None:
            return far
    return _prove(forms, gold, candidate, program)


def _unread(forms: Forms, gold: int, candidate: int) -> Equality:
    """Integrals, limits, long sums: equal only as wholes, and nothing in them divided by zero."""
    try:
        proof = difference(forms, gold, candidate, whole=_NO_NAMES, positive=_NO_NAMES, complexes=True)
    except Undefined:
        return undecided("undefined")
    except Exhausted as over:
        if over.limit == "work" or gold != candidate:
            raise
        return correct("identical")
    if gold == candidate:
        return correct("identical")
    return correct("rational") if proof.zero and not proof.divided else undecided("unsupported")


def _closer(program: Program, forms: Forms, look: Look) -> Look:
    """A side that has no value at 64 bits may have one at more: 1/(√2 − 1.4142135623730950488)."""
    for precision in (256, 1024, 4096):
        look = program.look({}, precision, forms.meter)
        if look.gold is State.FINITE is look.candidate:
            break
    return look


def _apart(look: Look) -> Equality:
    left, right = both_shown(look.left, look.right)
    return differs("exact", gold=left, candidate=right)


def _prove(forms: Forms, gold: int, candidate: int, program: Program) -> Equality:
    """Both have values, and these agree to 64 bits."""
    proof: Proof | None = None
    try:
        proof = difference(forms, gold, candidate, whole=_NO_NAMES, positive=_NO_NAMES, complexes=program.complexes)
    except Undefined:
        return undecided("undefined")
    except Exhausted as over:
        if over.limit == "work":
            raise
    if proof is not None:
        if proof.zero:
            return correct("algebraic" if proof.algebraic else "rational")
        if proof.number:
            return differs("exact", difference=str(proof.numerator.leading_coefficient()))
        if proof.never_zero():
            return differs("exact", difference="a product of numbers that are not zero")
        same = powers_equal(proof.table, proof.numerator)
        if same is not None:
            return correct("rational") if same else differs("exact", difference="the powers of a prime differ")
    return _refine(forms, program, proof)


def _refine(forms: Forms, program: Program, proof: Proof | None) -> Equality:
    """More and more bits, up to the separation bound of an algebraic difference, or far beyond the trees' size."""
    meter = forms.meter
    bound: int | None = None
    numerator = program
    if proof is not None:
        root = proof.table.poly_node(proof.numerator)
        bound = separation(forms, root)
        numerator = Program(forms, (root, forms.number(fmpq(0))), complexes=program.complexes)
        if bound is None and whole_half_turns(proof.table, proof.numerator):
            bound = 4
    precision = 128
    look = program.look({}, precision, meter, sized=True)
    size = max(look.size, literal_bits(forms, program.roots))
    largest = meter.budget.bits
    if bound is not None and bound > largest:
        bound, size = None, 2 * size
    needed = max(LEAST_BITS, 4 * size) if bound is None else bound
    while True:
        look = program.look({}, precision, meter)
        if look.apart:
            return _apart(look)
        exact = numerator.look({}, precision, meter)
        if exact.apart:
            return _apart(look)
        if exact.bits >= needed and look.bits >= (0 if bound is not None else needed):
            return correct("algebraic") if bound is not None else correct("bits", bits=str(needed))
        if precision >= largest:
            break
        step = 4 * precision if precision < needed // 4 else needed + size + 64
        precision = min(max(2 * precision, step), largest)
    return undecided("undecided")
