"""Every head of a tree as a quotient of polynomials in kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flint import fmpq, fmpz

from verifier.engine.maths.kernels import Kernels
from verifier.engine.maths.logarithms import logarithm, plain
from verifier.engine.maths.normal import Forms
from verifier.engine.maths.polynomial import Quotient, TooHigh
from verifier.engine.maths.powers import cis, exponential, power, rational_index

Call = Callable[[Kernels, int, list[Quotient]], Quotient]
_NEAR: Final = 24
"""Factorials whose arguments differ by a whole number up to this are one kernel."""


def quotient(table: Kernels, root: int) -> Quotient:
    """A node as a quotient; what is not understood is a kernel of its own.

    Raises ``Undefined`` where a denominator is zero, ``Full`` and ``Exhausted`` where it does not fit.
    """
    forms, made = table.forms, table._made  # noqa: SLF001  # the memo of this file
    needed: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node not in needed and node not in made:
            needed.add(node)
            if forms.heads[node] in _ARITHMETIC or forms.heads[node] in _CALLS:
                stack.extend(forms.args[node])
    forms.meter.spend(36 * len(needed))
    for node in sorted(needed):
        try:
            made[node] = _convert(table, node)
        except TooHigh:
            made[node] = _opaque(table, node)
    return made[root]


def _convert(table: Kernels, node: int) -> Quotient:  # noqa: PLR0912  # one branch for each kind of node
    forms, ring, made = table.forms, table.ring, table._made  # noqa: SLF001
    head, args = forms.heads[node], forms.args[node]
    if head == "number":
        value = forms.values[node]
        return ring.constant(value) if value is not None else _opaque(table, node)
    if head == "symbol":
        return table.value(
            table.kernel(("symbol", forms.names[node]), node, positive=forms.names[node] in table.positive)
        )
    if head == "add":
        total = made[args[0]]
        for arg in args[1:]:
            total = ring.add(total, made[arg])
        return total
    if head == "mul":
        total = made[args[0]]
        for arg in args[1:]:
            total = ring.mul(total, made[arg])
        return total
    if head == "div":
        below = made[args[1]]
        if table.related:
            below = table.canonical(below)
        return ring.div(made[args[0]], below)
    if head == "pow":
        index = forms.values[args[1]]
        if index is not None:
            return rational_index(table, made[args[0]], index)
        if forms.heads[args[0]] == "constant" and forms.names[args[0]] == "e":
            return exponential(table, "e", made[args[1]])
        return power(table, made[args[0]], made[args[1]])
    if head == "constant":
        return _constant(table, node)
    call = _CALLS.get(head)
    if len(args) != 2 if head in _OF_TWO else len(args) != 1 and head not in _OF_MANY:
        call = None
    return _opaque(table, node) if call is None else call(table, node, [table.canonical(made[arg]) for arg in args])


def _constant(table: Kernels, node: int) -> Quotient:
    name = table.forms.names[node]
    if name == "pi":
        return table.value(table.kernel(("pi",), node, positive=True))
    if name == "e":
        return exponential(table, "e", table.ring.unit)
    if name == "i":
        return table.imaginary()
    return _opaque(table, node)


def _opaque(table: Kernels, node: int) -> Quotient:
    return table.value(table.kernel(("node", node), node))


def _by_value(table: Kernels, node: int, args: list[Quotient], head: str = "") -> Quotient:
    """A kernel of the function and the values of its arguments."""
    forms = table.forms
    name = head or forms.heads[node]
    keys = tuple([part for arg in args for part in table.key(arg)])
    made = forms.node(name, tuple([table.node(arg) for arg in args]), forms.names[node])
    return table.value(table.kernel((name, forms.names[node], *keys), made))


def _ln(table: Kernels, node: int, args: list[Quotient]) -> Quotient:
    value = plain(table, args[0])
    if (table.complexes and value is None) or (value is not None and value < 0 and not table.complexes):
        return _by_value(table, node, args)
    return logarithm(table, args[0])


def _sin(table: Kernels, _: int, args: list[Quotient]) -> Quotient:
    return cis(table, args[0]).sin


def _cos(table: Kernels, _: int, args: list[Quotient]) -> Quotient:
    return cis(table, args[0]).cos


def _of_turn(above: str, below: str) -> Call:
    def ratio(table: Kernels, _: int, args: list[Quotient]) -> Quotient:
        turn = cis(table, args[0])
        parts = {"cos": turn.cos, "sin": turn.sin, "": table.ring.unit}
        bottom = table.canonical(parts[below])
        return table.ring.div(parts[above], bottom)

    return ratio


def _hyperbolic(name: str) -> Call:
    def ratio(table: Kernels, _: int, args: list[Quotient]) -> Quotient:
        ring = table.ring
        grown = exponential(table, "e", args[0])
        fallen = ring.inverse(grown)
        sine = ring.mul(ring.add(grown, ring.neg(fallen)), ring.constant(fmpq(1, 2)))
        cosine = ring.mul(ring.add(grown, fallen), ring.constant(fmpq(1, 2)))
        if name == "sinh":
            return sine
        if name == "cosh":
            return cosine
        if name == "sech":
            return ring.inverse(cosine)
        if name == "csch":
            return ring.inverse(sine)
        return ring.lowest(ring.div(sine, cosine) if name == "tanh" else ring.div(cosine, sine))

    return ratio


def _asin(table: Kernels, node: int, args: list[Quotient]) -> Quotient:
    return _known_angle(table, node, args, "asin")


def _acos(table: Kernels, node: int, args: list[Quotient]) -> Quotient:
    ring = table.ring
    pi = table.value(table.kernel(("pi",), table.forms.node("constant", (), "pi"), positive=True))
    return ring.add(ring.mul(pi, ring.constant(fmpq(1, 2))), ring.neg(_known_angle(table, node, args, "asin")))


def _atan(table: Kernels, node: int, args: list[Quotient]) -> Quotient:
    return _known_angle(table, node, args, "atan")


def _known_angle(table: Kernels, node: int, args: list[Quotient], head: str) -> Quotient:
    """Arcsines and arctangents, exact at the usual values."""
    ring = table.ring
    a = args[0]
    if a.num.is_zero():
        return ring.zero
    if a.num.leading_coefficient() < 0:
        return ring.neg(_known_angle(table, node, [ring.neg(a)], head))
    square = table.canonical(ring.mul(a, a))
    value = plain(table, square)
    if value is not None and table.sign(a) > 0:
        known = _ANGLES[head].get((int(value.p), int(value.q)))
        if known is not None:
            pi = table.value(table.kernel(("pi",), table.forms.node("constant", (), "pi"), positive=True))
            return ring.mul(pi, ring.constant(known))
    return _by_value(table, node, [a], head)


_ANGLES: Final = {
    "asin": {(1, 4): fmpq(1, 6), (1, 2): fmpq(1, 4), (3, 4): fmpq(1, 3), (1, 1): fmpq(1, 2)},
    "atan": {(1, 3): fmpq(1, 6), (1, 1): fmpq(1, 4), (3, 1): fmpq(1, 3)},
}
"""Angles over π by the square of their sine or tangent."""


def _area(name: str) -> Call:
    def as_logarithm(table: Kernels, node: int, args: list[Quotient]) -> Quotient:
        """As logarithms: asinh u = ln(u + √(u² + 1)), acosh u = ln(u + √(u² − 1)), atanh u = ln((1 + u)/(1 − u))/2."""
        ring = table.ring
        a = args[0]
        if table.complexes:
            return _by_value(table, node, args)
        if name == "atanh":
            ratio = ring.div(ring.add(ring.unit, a), ring.add(ring.unit, ring.neg(a)))
            return ring.mul(logarithm(table, table.canonical(ratio)), ring.constant(fmpq(1, 2)))
        shift = ring.constant(fmpq(1 if name == "asinh" else -1))
        root = table.root(ring.add(ring.mul(a, a), shift), 2)
        return logarithm(table, table.canonical(ring.add(a, root)))

    return as_logarithm


def _abs(table: Kernels, _: int, args: list[Quotient]) -> Quotient:
    return table.absolute(args[0])


def _sign(table: Kernels, node: int, args: list[Quotient]) -> Quotient:
    """The sign: u/|u|, except where u is zero."""
    ring = table.ring
    if args[0].num.is_zero():
        return ring.zero
    known = table.sign(args[0])
    if known:
        return ring.constant(fmpq(known))
    if table.complexes:
        return _by_value(table, node, args)
    return ring.lowest(ring.div(args[0], table.absolute(args[0])))


def _floor(table: Kernels, node: int, args: list[Quotient]) -> Quotient:
    """Whole numbers come out; numbers are computed."""
    ring = table.ring
    a = args[0]
    value = plain(table, a)
    if value is not None:
        return ring.constant(fmpq(value.floor()))
    if a.den is ring.one:
        shift = a.num[(0,) * ring.size].floor()
        if shift:
            return ring.add(
                _by_value(table, node, [ring.add(a, ring.constant(fmpq(-shift)))], "floor"), ring.constant(fmpq(shift))
            )
    return _by_value(table, node, [a], "floor")


def _ceil(table: Kernels, node: int, args: list[Quotient]) -> Quotient:
    return table.ring.neg(_floor(table, node, [table.ring.neg(args[0])]))


def _extreme(sign: int) -> Call:
    def larger(table: Kernels, node: int, args: list[Quotient]) -> Quotient:
        """max(a, b) = (a + b + |a − b|)/2."""
        ring = table.ring
        if table.complexes or len(args) > 4:
            return _by_value(table, node, args)
        total = args[0]
        for arg in args[1:]:
            apart = table.absolute(ring.add(total, ring.neg(arg)))
            both = ring.add(ring.add(total, arg), apart if sign > 0 else ring.neg(apart))
            total = table.canonical(ring.mul(both, ring.constant(fmpq(1, 2))))
        return total

    return larger


def _mod(table: Kernels, node: int, args: list[Quotient]) -> Quotient:
    ring = table.ring
    ratio = table.canonical(ring.div(args[0], args[1]))
    return ring.add(args[0], ring.neg(ring.mul(args[1], _floor(table, node, [ratio]))))


def _factorial(table: Kernels, node: int, args: list[Quotient]) -> Quotient:
    """The factorial as a kernel of n without its whole part, times what is between."""
    ring = table.ring
    a = args[0]
    value = plain(table, a)
    if value is not None:
        if value.q != 1 or value < 0:
            return _by_value(table, node, args, "factorial")
        count = int(value.p)
        if count > 100_000 or count * max(1, count.bit_length() - 1) > table.meter.budget.bits:
            return _by_value(table, node, args, "factorial")
        table.meter.spend(1 + count // 8)
        return ring.constant(fmpq(fmpz.fac_ui(fmpz(count))))
    if a.den is not ring.one:
        return _by_value(table, node, args, "factorial")
    shift = a.num[(0,) * ring.size]
    if shift.q != 1 or abs(shift.p) > _NEAR:
        return _by_value(table, node, args, "factorial")
    base = ring.add(a, ring.constant(-shift))
    total = _by_value(table, node, [base], "factorial")
    for step in range(int(abs(shift.p))):
        if shift > 0:
            total = ring.mul(total, ring.add(base, ring.constant(fmpq(step + 1))))
        else:
            total = ring.div(total, ring.add(base, ring.constant(fmpq(-step))))
    return total


def _gamma(table: Kernels, node: int, args: list[Quotient]) -> Quotient:
    value = plain(table, args[0])
    if value is not None and value.q != 1:
        return _by_value(table, node, args)
    return _factorial(table, node, [table.ring.add(args[0], table.ring.constant(fmpq(-1)))])


def _binom(table: Kernels, node: int, args: list[Quotient]) -> Quotient:
    """Falling products n(n − 1)…/k! where k is a small number, else n!/(k!(n − k)!)."""
    ring = table.ring
    n, k = args
    above, value = plain(table, n), plain(table, k)
    if above is not None and value is not None and above.q == 1 == value.q and 0 <= value <= above < 2 * value:
        k, value = ring.constant(above - value), above - value
    falling = _perm(table, node, [n, k])
    if value is not None and (value < 0 or value.q != 1):
        return _by_value(table, node, args)
    return ring.div(falling, _factorial(table, node, [k]))


def _perm(table: Kernels, node: int, args: list[Quotient]) -> Quotient:
    ring = table.ring
    n, k = args
    value, count = plain(table, n), plain(table, k)
    if count is not None and count.q == 1 and 0 <= count <= _NEAR:
        total = ring.unit
        for step in range(int(count.p)):
            total = ring.mul(total, ring.add(n, ring.constant(fmpq(-step))))
        return total
    if value is not None and count is not None and (value.q != 1 or count.q != 1 or not 0 <= count <= value):
        return _by_value(table, node, args)
    return ring.div(_factorial(table, node, [n]), _factorial(table, node, [ring.add(n, ring.neg(k))]))


def _complex_part(name: str) -> Call:
    def part(table: Kernels, node: int, args: list[Quotient]) -> Quotient:
        """Real and imaginary part, conjugate: of polynomials in i whose other kernels are real."""
        ring = table.ring
        a = args[0]
        unit = table.get(("i",))
        real_kernels = {"symbol", "pi", "i", "root", "cos", "sin", "cospi", "exp", "ln"}
        real = all(
            kernel.kind in real_kernels and (kernel.kind == "symbol" or not _has_names(table.forms, kernel.node))
            for kernel in table.list
        )
        if not real or a.den is not ring.one:
            return _by_value(table, node, args)
        if unit is None:
            return ring.zero if name == "im" else a
        flipped = a.num - 2 * ring.context.gen(unit.place) * a.num.derivative(unit.place)
        if name == "conj":
            return Quotient(flipped, ring.one, a.bits + 2)
        if name == "re":
            return Quotient((a.num + flipped) / 2, ring.one, a.bits + 2)
        return Quotient(a.num.derivative(unit.place), ring.one, a.bits + 2)

    return part


def _has_names(forms: Forms, node: int) -> bool:
    return any(forms.heads[part] in {"symbol", "apply"} for part in forms.reach(node))


def _cis(table: Kernels, _: int, args: list[Quotient]) -> Quotient:
    turn = cis(table, args[0])
    return table.ring.add(turn.cos, table.ring.mul(table.imaginary(), turn.sin))


_WHOLE: Final = ("acot", "asec", "acsc", "acoth", "asech", "acsch", "factorial2", "gcd", "lcm", "arg")
_OF_TWO: Final = frozenset({"mod", "binom", "perm"})
_OF_MANY: Final = frozenset({"min", "max", "gcd", "lcm", "apply"})
_ARITHMETIC: Final = frozenset({"add", "mul", "div", "pow"})
_CALLS: dict[str, Call] = {
    "sin": _sin, "cos": _cos, "tan": _of_turn("sin", "cos"), "cot": _of_turn("cos", "sin"), "sec": _of_turn("", "cos"),
    "csc": _of_turn("", "sin"), "ln": _ln, "asin": _asin, "acos": _acos, "atan": _atan, "abs": _abs, "norm": _abs,
    "asinh": _area("asinh"), "acosh": _area("acosh"), "atanh": _area("atanh"), "sign": _sign, "floor": _floor,
    "ceil": _ceil, "min": _extreme(-1), "max": _extreme(1), "mod": _mod, "factorial": _factorial, "gamma": _gamma,
    "binom": _binom, "perm": _perm, "re": _complex_part("re"), "im": _complex_part("im"), "conj": _complex_part("conj"),
    "cis": _cis, "apply": _by_value,
    **{name: _hyperbolic(name) for name in ("sinh", "cosh", "tanh", "coth", "sech", "csch")},
    **dict.fromkeys(_WHOLE, _by_value),
}  # fmt: skip
