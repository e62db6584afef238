"""The functions of the trees on balls: real ones on the real domain, complex ones on principal branches.

A function that has no value at a ball, or not certainly one, gives a ball that is not finite.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import add, mul, truediv
from typing import Any, Final

from flint import acb, arb, fmpq, fmpz

Ball = Any
"""``arb`` or ``acb``: flint's stubs have no common type for them."""
Function = Callable[..., Ball]

_NAN: Final = arb("nan")
_CNAN: Final = acb("nan")
_WRITTEN_OUT: Final = arb(fmpz(1) << 8192)
_LONGEST_EXPONENT: Final = 1 << 17
_LARGEST_INDEX: Final = 1 << 10
_LARGEST: Final = 1 << 20
"""Integers above are not unfolded: gcd, double factorials, falling products."""


def _whole(ball: arb) -> fmpz | None:
    """The integer that a ball is, exactly; of one too large to be written out, nothing."""
    return ball.unique_fmpz() if ball.is_integer() and abs(ball) < _WRITTEN_OUT else None


def whole_power(exponent: int, *, complexes: bool) -> Function:
    """The function x -> x**exponent; 0**0 has no value."""
    if exponent == 0:
        return (lambda x: acb(1) if x != 0 else _CNAN) if complexes else (lambda x: arb(1) if x != 0 else _NAN)
    if abs(exponent).bit_length() > 62:
        big = (acb if complexes else arb)(fmpz(exponent))
        return lambda x: x**big
    if exponent == -1:
        return lambda x: 1 / x
    return (lambda x: x**exponent) if exponent > 0 else (lambda x: 1 / x**-exponent)


class EvenRoot:
    """The real root of an even index above two."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index

    def __call__(self, x: arb) -> arb:
        """The root; not finite below zero."""
        return _positive_root(x, self.index)


def _positive_root(x: arb, index: int) -> arb:
    if index <= _LARGEST_INDEX or not x > 0:
        return x.root(min(index, _LARGEST_INDEX))  # of zero, zero; of what is not above it, not finite
    return (x.log() / index).exp()


def root(index: int, *, complexes: bool) -> Function:
    """The function x -> its root: odd ones of negative reals are real, the others principal."""
    return _complex_root(index) if complexes else _real_root(index)


def _identity(x: Ball) -> Ball:
    return x


def _real_root(index: int) -> Function:
    if index == 2:
        return arb.sqrt
    if index % 2 == 0:
        return EvenRoot(index)

    def odd(x: arb) -> arb:
        if x >= 0:
            return _positive_root(x, index)
        if x <= 0:
            return -_positive_root(-x, index)
        if not x.is_finite():
            return _NAN
        return odd(x.lower()).union(odd(x.upper()))

    return odd


def _complex_root(index: int) -> Function:
    real = _real_root(index)

    def principal(x: acb) -> acb:
        if x.imag == 0 and (x.real >= 0 or (index % 2 and x.real <= 0)):
            return acb(real(x.real))
        if index % 2 and x.imag.contains(0) and not x.real > 0:
            return _CNAN
        return x.sqrt() if index == 2 else (x.log() / index).exp() if not x.contains(0) else x.root(min(index, 64))

    return principal


def _real_pow(base: arb, exponent: arb) -> arb:
    if exponent.is_integer():
        return _NAN if exponent <= 0 and base.contains(0) else base**exponent
    if base > 0:
        return base**exponent
    return arb(0) if base == 0 and exponent > 0 else _NAN


def _complex_pow(base: acb, exponent: acb) -> acb:
    if exponent.imag == 0:
        if base.imag == 0 and (base.real > 0 or exponent.real.is_integer()):
            return acb(_real_pow(base.real, exponent.real))
        if exponent.real.is_integer() and not base.contains(0):
            return base**exponent
    return _CNAN if base.contains(0) else base**exponent


def _factorial(x: arb) -> arb:
    whole = _whole(x)
    return (x + 1).gamma() if whole is not None and whole >= 0 else _NAN


def _factorial2(x: arb) -> arb:
    whole = _whole(x)
    if whole is None or whole < -1:
        return _NAN
    half = (whole + 1) // 2
    if whole % 2 == 0:
        return arb(2) ** arb(half) * arb(half + 1).gamma()
    return arb(2 * half + 1).gamma() / (arb(2) ** arb(half) * arb(half + 1).gamma())


def _binom(n: arb, k: arb) -> arb:
    whole, part = _whole(n), _whole(k)
    if part is None:
        return _NAN
    if whole is not None and whole >= 0:
        if part < 0 or part > whole:
            return arb(0)
        part = min(part, whole - part)
    if 0 <= part <= 1000:
        return _falling(n, int(part)) / arb(part + 1).gamma()
    return (
        (n + 1).gamma() / (arb(part + 1).gamma() * (n - part + 1).gamma()) if whole is not None and whole >= 0 else _NAN
    )


def _falling(n: arb, k: int) -> arb:
    return (n - k + 1).rising(k) if k else arb(1)


def _perm(n: arb, k: arb) -> arb:
    whole, part = _whole(n), _whole(k)
    if part is None or part < 0 or (whole is not None and 0 <= whole < part):
        return arb(0) if part is not None and whole is not None and part > whole >= 0 else _NAN
    if part <= 1000:
        return _falling(n, int(part))
    return (n + 1).gamma() / (n - part + 1).gamma() if whole is not None and whole >= 0 else _NAN


def _integers(function: Callable[[fmpz, fmpz], fmpz]) -> Function:
    def on_balls(a: arb, b: arb) -> arb:
        first, second = _whole(a), _whole(b)
        if first is None or second is None:
            return _NAN
        return arb(function(first, second))

    return on_balls


def _mod(a: arb, m: arb) -> arb:
    return a - m * (a / m).floor()


def _acot(x: arb) -> arb:
    """Only where the two usual conventions agree."""
    return (1 / x).atan() if x > 0 else _NAN


def _arg(x: arb) -> arb:
    return arb(0) if x > 0 else arb.pi() if x < 0 else _NAN


def _sign(x: arb) -> arb:
    return x.sgn() if x == 0 or x != 0 else _NAN


def _opaque(_: Ball) -> Ball:
    return _NAN


def _copaque(_: Ball) -> Ball:
    return _CNAN


REAL: dict[str, Function] = {
    "add": add, "mul": mul, "div": truediv, "pow": _real_pow,
    "exp": arb.exp, "ln": arb.log, "sin": arb.sin, "cos": arb.cos,
    "tan": arb.tan, "cot": arb.cot, "sec": arb.sec,
    "csc": arb.csc, "asin": arb.asin, "acos": arb.acos, "atan": arb.atan,
    "acot": _acot, "asec": lambda x: (1 / x).acos(),
    "acsc": lambda x: (1 / x).asin(), "sinh": arb.sinh, "cosh": arb.cosh,
    "tanh": arb.tanh, "coth": arb.coth, "sech": arb.sech, "csch": arb.csch, "asinh": arb.asinh, "acosh": arb.acosh,
    "atanh": arb.atanh, "acoth": lambda x: (1 / x).atanh(), "asech": lambda x: (1 / x).acosh(),
    "acsch": lambda x: (1 / x).asinh(), "abs": abs, "floor": arb.floor, "ceil": arb.ceil, "sign": _sign, "min": arb.min,
    "max": arb.max, "gcd": _integers(lambda a, b: a.gcd(b)), "lcm": _integers(lambda a, b: a.lcm(b)), "mod": _mod,
    "factorial": _factorial, "factorial2": _factorial2, "binom": _binom, "perm": _perm, "gamma": arb.gamma,
    "re": _identity, "im": lambda _: arb(0), "conj": _identity, "arg": _arg, "norm": abs,
    "pi": arb.pi, "e": arb.const_e, "opaque": _opaque,
}  # fmt: skip


def _lift(function: Function) -> Function:
    """A function of reals, on complex balls that are real."""

    def lifted(*args: acb) -> acb:
        if all(arg.imag == 0 for arg in args):
            return acb(function(*[arg.real for arg in args]))
        return _CNAN

    return lifted


COMPLEX: dict[str, Function] = {
    **{name: _lift(REAL[name]) for name in (
        "floor", "ceil", "sign", "min", "max", "gcd", "lcm", "mod", "factorial", "factorial2", "binom", "perm", "acot",
    )},
    "add": add, "mul": mul, "div": truediv, "pow": _complex_pow, "exp": acb.exp, "sin": acb.sin, "cos": acb.cos,
    "tan": acb.tan, "cot": acb.cot, "sec": acb.sec,
    "csc": acb.csc, "sinh": acb.sinh, "cosh": acb.cosh, "tanh": acb.tanh,
    "coth": acb.coth, "sech": acb.sech, "csch": acb.csch, "gamma": acb.gamma,
    "ln": acb.log, "asin": acb.asin,
    "acos": acb.acos, "atan": acb.atan, "asinh": acb.asinh,
    "acosh": acb.acosh, "atanh": acb.atanh,
    "asec": lambda x: COMPLEX["acos"](1 / x), "acsc": lambda x: COMPLEX["asin"](1 / x),
    "acoth": lambda x: COMPLEX["atanh"](1 / x), "asech": lambda x: COMPLEX["acosh"](1 / x),
    "acsch": lambda x: (1 / x).asinh(), "abs": lambda x: acb(abs(x)), "norm": lambda x: acb(abs(x)),
    "re": lambda x: acb(x.real), "im": lambda x: acb(x.imag), "conj": lambda x: acb(x.real, -x.imag),
    "arg": lambda x: acb(x.arg()) if x.imag == 0 or not x.imag.contains(0) or x.real > 0 else _CNAN,
    "cis": lambda x: (acb(0, 1) * x).exp(), "i": lambda: acb(0, 1), "pi": acb.pi, "e": lambda: acb(arb.const_e()),
    "opaque": _copaque,
}  # fmt: skip

TWO: Final = frozenset({"div", "min", "max", "gcd", "lcm", "mod", "binom", "perm"})
"""Functions of two arguments; all others have one."""
OPAQUE: Final = frozenset({"opaque", "add", "mul", "pow", "pi", "e", "i"})
"""Names of the tables that are no heads to be called."""
TRANSCENDENTAL: Final = (
    frozenset(REAL) - OPAQUE - {"div", "abs", "floor", "ceil", "sign", "min", "max", "mod", "re", "im", "conj"}
)


def as_rational(ball: arb) -> fmpq | None:
    """The middle of a ball, exactly; ``None`` where it would be too long to write out (flint ends the process then)."""
    if not ball.is_finite():
        return None
    middle = ball.mid()
    _, exponent = middle.man_exp()
    return middle.fmpq() if abs(exponent) < _LONGEST_EXPONENT else None


class Unknowns:
    """Values of unknown functions at one point: the same for the same arguments, otherwise free."""

    __slots__ = ("_known", "_make")

    def __init__(self, make: Function) -> None:
        self._make = make
        self._known: list[tuple[str, Sequence[Ball], Ball]] = []

    def value(self, name: str, args: Sequence[Ball]) -> Ball:
        """A value for f(args); none where it cannot be told whether the arguments were met before."""
        for known, others, value in self._known:
            if known == name and len(others) == len(args):
                same = [a.is_exact() and b.is_exact() and a == b for a, b in zip(args, others, strict=True)]
                if all(same):
                    return value
                if not any(a != b for a, b in zip(args, others, strict=True)):
                    return self._make("nan")
        value = self._make(fmpq(17 + 12 * len(self._known), 5))
        self._known.append((name, args, value))
        return value


def holds(condition: tuple[Any, ...], results: Sequence[Ball]) -> bool | None:
    """Whether a condition certainly holds (True), certainly does not (False), or is not known."""
    if not condition:
        return True
    head = condition[0]
    if head in {"and", "or"}:
        found = [holds(part, results) for part in condition[1]]
        stop = head == "or"
        return stop if stop in found else (None if None in found else not stop)
    left, right = results[condition[1]], results[condition[2]]
    if isinstance(left, acb):
        if not (left.imag == 0 and right.imag == 0):
            return None
        left, right = left.real, right.real
    if not (left.is_finite() and right.is_finite()):
        return None
    if head == "lt":
        return True if left < right else (False if left >= right else None)
    if head == "le":
        return True if left <= right else (False if left > right else None)
    same = True if left.is_exact() and right.is_exact() and left == right else (False if left != right else None)
    return same if head == "eq" or same is None else not same


def cases(pieces: Sequence[tuple[int, Sequence[int], tuple[Any, ...]]], results: Sequence[Ball]) -> Ball:
    """The value of the first piece whose condition holds."""
    for slot, strict, condition in pieces:
        held = holds(condition, results)
        if held is None:
            return _NAN
        if held:
            return results[slot] if all(results[part].is_finite() for part in strict) else _NAN
    return _NAN


_LIMITS: dict[object, Callable[[arb], bool]] = {
    arb.sqrt: lambda x: x < 0, arb.log: lambda x: x < 0, arb.asin: lambda x: abs(x) > 1, arb.acos: lambda x: abs(x) > 1,
    arb.acosh: lambda x: x < 1, arb.atanh: lambda x: abs(x) > 1, REAL["asec"]: lambda x: abs(x) < 1,
    REAL["acsc"]: lambda x: abs(x) < 1, REAL["acoth"]: lambda x: abs(x) < 1,
    REAL["asech"]: lambda x: x < 0 or x > 1,
}  # fmt: skip


def outside(steps: Sequence[tuple[Any, Any, Any]], strict: Sequence[int], results: Sequence[Ball]) -> bool:
    """Whether some step certainly leaves the real domain, all its arguments being known: √−3, ln −2, arcsin 2."""
    for slot in strict:
        if slot < 0 or results[slot].is_finite() or slot >= len(steps):
            continue
        function, first, second = steps[slot]
        if second is not None or not isinstance(first, int) or not isinstance(results[first], arb):
            continue
        argument = results[first]
        if not argument.is_finite():
            continue
        limit = _LIMITS.get(function)
        if limit is None and isinstance(function, EvenRoot):
            limit = _LIMITS[arb.sqrt]
        if limit is not None and limit(argument):
            return True
    return False
