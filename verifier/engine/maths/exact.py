"""Single constants: their exact rational value, their sign, their decimal digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flint import arb, fmpq, fmpz

from verifier.engine.maths.balls import as_rational
from verifier.engine.maths.constants import constants
from verifier.engine.maths.evaluate import Program
from verifier.engine.maths.functions import quotient
from verifier.engine.maths.kernels import Full, Kernels
from verifier.engine.maths.normal import DEEP, Forms, numeral
from verifier.engine.maths.polynomial import SIZES, Undefined, rational_power
from verifier.types.budget import Exhausted, Meter
from verifier.types.expr import Expr
from verifier.types.verdict import Decision

_ROUNDED: Final = 96  # units of work that it costs to compile a constant and round it once
_PRECISIONS: Final = (64, 128, 512, 2048)
_BOUNDED: Final = (128, 512, 1024)
_THIRTY_DIGITS: Final = 100
_NO_NAMES: frozenset[str] = frozenset()
_NAMED: Final = frozenset({"symbol", "apply"})
_PLAIN_LIMIT: Final = 1 << 12


def rational(tree: Expr, meter: Meter) -> fmpq | None:
    """The exact value of a constant that plainly is a rational; ``None`` for anything else, or too large a number.

    >>> from verifier.types.budget import Budget
    >>> from verifier.types.nodes import number
    >>> rational(Expr("root", (number(fmpq(9, 4)), number(2))), Meter(Budget()))
    3/2
    """
    return _rational(tree, meter, 0)


def _rational(tree: Expr, meter: Meter, depth: int) -> fmpq | None:
    head, args = tree.head, tree.args
    if head == "number":
        return tree.value
    plain = _PLAIN.get(head)
    if plain is None or not args or depth > DEEP:
        return None
    if head == "numeral":
        base = _rational(args[0], meter, depth + 1)
        meter.spend(2 * len(tree.name))
        return numeral(tree.name, base)
    values: list[fmpq] = []
    for arg in args:
        value = _rational(arg, meter, depth + 1)
        if value is None:
            return None
        values.append(value)
    meter.spend(1 + 2 * len(args))
    found = plain(values, meter)
    if found is not None and (found.p.bit_length() > _PLAIN_LIMIT or found.q.bit_length() > _PLAIN_LIMIT):
        if max(found.p.bit_length(), found.q.bit_length()) > meter.budget.bits:
            return None
        meter.spend(int(found.p.bit_length() + found.q.bit_length()) // 64)
    return found


def _sum(values: list[fmpq], _: Meter) -> fmpq:
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total


def _product(values: list[fmpq], meter: Meter) -> fmpq | None:
    total = values[0]
    for value in values[1:]:
        total = total * value
        if total.p.bit_length() > meter.budget.bits or total.q.bit_length() > meter.budget.bits:
            return None
    return total


def _ratio(values: list[fmpq], _: Meter) -> fmpq | None:
    return values[0] / values[1] if values[1] != 0 else None


def _power(values: list[fmpq], meter: Meter) -> fmpq | None:
    base, index = values
    if index == 0:
        return None if base == 0 else fmpq(1)
    return rational_power(base, index, meter)


def _root(values: list[fmpq], meter: Meter) -> fmpq | None:
    index = values[1] if len(values) > 1 else fmpq(2)
    return rational_power(values[0], 1 / index, meter) if index != 0 else None


def _whole(value: fmpq) -> int | None:
    return int(value.p) if value.q == 1 and abs(value.p).bit_length() < 40 else None


def _factorial(values: list[fmpq], meter: Meter) -> fmpq | None:
    count = _whole(values[0])
    if count is None or count < 0 or count > meter.budget.bits or count * count.bit_length() > 2 * meter.budget.bits:
        return None
    meter.spend(1 + count // 8)
    return fmpq(fmpz.fac_ui(fmpz(count)))


def _factorial2(values: list[fmpq], meter: Meter) -> fmpq | None:
    count = _whole(values[0])
    if count is None or count < -1 or count * count.bit_length() > 2 * meter.budget.bits:
        return None
    meter.spend(1 + count)
    total = fmpz(1)
    for factor in range(count, 1, -2):
        total = total * factor
    return fmpq(total)


def _binom(values: list[fmpq], meter: Meter) -> fmpq | None:
    above, below = _whole(values[0]), _whole(values[1])
    if above is None or below is None or above < 0 or below < 0:
        return None
    if below > above:
        return fmpq(0)
    below = min(below, above - below)
    if below * above.bit_length() > meter.budget.bits:
        return None
    meter.spend(1 + below)
    return fmpq(fmpz.bin_uiui(above, below))


def _perm(values: list[fmpq], meter: Meter) -> fmpq | None:
    above, below = _whole(values[0]), _whole(values[1])
    if above is None or below is None or above < 0 or below < 0 or below * above.bit_length() > meter.budget.bits:
        return None
    meter.spend(1 + below)
    total = fmpz(1)
    for step in range(below):
        total = total * (above - step)
    return fmpq(total)


def _common(values: list[fmpq], *, least: bool) -> fmpq | None:
    if any(value.q != 1 for value in values):
        return None
    total = values[0].p
    for value in values[1:]:
        total = total.lcm(value.p) if least else total.gcd(value.p)
    return fmpq(total)


def _mod(values: list[fmpq], _: Meter) -> fmpq | None:
    if values[1] == 0:
        return None
    return values[0] - values[1] * fmpq((values[0] / values[1]).floor())


_PLAIN: dict[str, Callable[[list[fmpq], Meter], fmpq | None]] = {
    "add": _sum, "mul": _product, "neg": lambda v, _: -v[0], "div": _ratio, "pow": _power, "root": _root, "mixed": _sum,
    "percent": lambda v, _: v[0] / 100, "numeral": _sum, "abs": lambda v, _: abs(v[0]),
    "floor": lambda v, _: fmpq(v[0].floor()),
    "ceil": lambda v, _: fmpq(v[0].ceil()), "sign": lambda v, _: fmpq((v[0] > 0) - (v[0] < 0)),
    "min": lambda v, _: min(v),
    "max": lambda v, _: max(v), "gcd": lambda v, _: _common(v, least=False), "lcm": lambda v, _: _common(v, least=True),
    "mod": _mod, "factorial": _factorial, "factorial2": _factorial2, "binom": _binom, "perm": _perm,
}  # fmt: skip


_PREPARED: Final = 96  # units of work that it costs to get a tree ready for balls


def sign(tree: Expr, meter: Meter) -> int | None:
    """The exact sign of a real constant; ``None`` where it is not known, not real or has no value.

    >>> from verifier.types.budget import Budget
    >>> from verifier.types.nodes import number
    >>> sign(Expr("add", (Expr("root", (number(2), number(2))), Expr("neg", (number(fmpq(3, 2)),)))), Meter(Budget()))
    -1
    """
    value = rational(tree, meter)
    if value is not None:
        return 1 if value > 0 else -1 if value < 0 else 0
    meter.spend(_PREPARED)
    forms = Forms(meter)
    root = forms.form(tree)
    if any(forms.heads[node] in _NAMED for node in forms.reach(root)):
        return None
    program = Program(forms, (root,))
    if program.opaque and "cases" not in forms.heads:
        return None
    for precision in _PRECISIONS:
        ball = program.balls({}, precision, meter)[0]
        if ball is None:
            if precision > _PRECISIONS[0]:
                return None
            continue
        if ball > 0:
            return 1
        if ball < 0:
            return -1
        if precision == _PRECISIONS[0]:
            found = constants(forms, root, forms.number(fmpq(0)))
            if found.decision is Decision.CORRECT:
                return 0
    return None


def value(forms: Forms, root: int) -> fmpq | None:
    """The rational that a node without names is, shown by a polynomial identity in kernels."""
    for size in SIZES:
        table = Kernels(forms, size, _NO_NAMES, _NO_NAMES, complexes=False)
        try:
            found = table.canonical(quotient(table, root))
        except Full:
            continue
        except Undefined:
            return None
        if found.den is table.ring.one and found.num.is_constant():
            return fmpq(0) if found.num.is_zero() else found.num.leading_coefficient()
        return None
    raise Exhausted("variables")


def bounds(tree: Expr, meter: Meter) -> tuple[fmpq, fmpq] | None:
    """Rational bounds of a real constant, held to thirty digits; ``None`` where it has no such value.

    >>> from verifier.types.budget import Budget
    >>> from verifier.types.nodes import number
    >>> low, high = bounds(Expr("root", (number(2), number(2))), Meter(Budget()))
    >>> low**2 < 2 < high**2
    True
    """
    forms = Forms(meter)
    root = forms.form(tree)
    if any(forms.heads[node] in _NAMED for node in forms.reach(root)):
        return None
    program = Program(forms, (root,))
    for precision in _BOUNDED:
        ball = program.balls({}, precision, meter)[0]
        if not isinstance(ball, arb):
            return None
        if ball.rel_accuracy_bits() < _THIRTY_DIGITS:
            continue
        middle, radius = as_rational(ball), as_rational(ball.rad())
        if middle is not None and radius is not None:
            return middle - radius, middle + radius
    exact = value(forms, root)
    return None if exact is None else (exact, exact)


def decimal(tree: Expr, digits: int, meter: Meter) -> fmpq | None:
    """A real constant rounded half up to so many significant digits; ``None`` where that cannot be shown.

    >>> from verifier.types.budget import Budget
    >>> from verifier.types.nodes import number
    >>> decimal(Expr("mul", (number(2), Expr("root", (number(3), number(2))))), 4, Meter(Budget()))
    433/125
    """
    if digits < 1 or digits > meter.budget.digits:
        return None
    exact = rational(tree, meter)
    if exact is not None:
        return rounded(exact, digits)
    forms = Forms(meter)
    root = forms.form(tree)
    if any(forms.heads[node] in _NAMED for node in forms.reach(root)):
        return None
    program = Program(forms, (root,))
    needed = 64 + digits * 10 // 3
    meter.within("bits", needed)
    for precision in (needed, 2 * needed + 64, 4 * needed + 256):
        if precision > meter.budget.bits:
            break
        ball = program.balls({}, precision, meter)[0]
        if ball is None or not isinstance(ball, arb):
            return None
        middle, radius = as_rational(ball), as_rational(ball.rad())  # both exact, whatever the precision is by now
        if middle is None or radius is None or abs(middle) <= radius:
            continue
        meter.spend(_ROUNDED + precision // 16)
        first, second = rounded(middle - radius, digits), rounded(middle + radius, digits)
        if first == second:
            return first
    exact = value(forms, root)
    return None if exact is None else rounded(exact, digits)


def rounded(value: fmpq, digits: int) -> fmpq:
    """A rational rounded half up (away from zero) to significant digits.

    >>> rounded(fmpq(2345, 10), 3), rounded(fmpq(-25, 100), 1)
    (235, -3/10)
    """
    if value == 0:
        return value
    size = abs(value)
    exponent = len(str(size.p // size.q)) if size >= 1 else 1 - _leading_zeros(size)
    scale = fmpq(10) ** (digits - exponent)
    whole = fmpq((size * scale + fmpq(1, 2)).floor())
    return whole / scale if value > 0 else -whole / scale


def _leading_zeros(size: fmpq) -> int:
    """The place of the first digit after the point that is not zero: 1 for 0.5, 3 for 0.005."""
    place = max(1, len(str(size.q // size.p)) - 1)
    while size * fmpq(10) ** place < 1:
        place += 1
    return place
