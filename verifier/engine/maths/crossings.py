"""Where an expression of one name is zero: rationals, and narrow intervals about what is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import gcd, lcm
from typing import Final

from flint import arb, fmpq, fmpq_poly

from verifier.engine.maths.balls import as_rational
from verifier.engine.maths.evaluate import Program
from verifier.engine.maths.normal import Forms
from verifier.engine.maths.polynomial import Undefined, univariate
from verifier.engine.maths.roots import bounds, narrow, real_roots
from verifier.types.budget import Exhausted
from verifier.types.expr import Expr
from verifier.types.nodes import constant, number, symbol, symbols

Span = tuple[fmpq, fmpq]
"""A closed interval that holds a place; a rational one has no length."""
MOST_PLACES: Final = 96
_MOST_SIGNS: Final = 4
_DEEP: Final = 6
_BITS: Final = 256
_NARROW: Final = fmpq(1, 1 << 80)
_EXACT: Final = arb(fmpq(1, 1 << 100))
_CERTAIN: Final = fmpq(1, 1 << 60)
_T: Final = "\0t"
_INVERSES: Mapping[str, tuple[str, ...]] = {
    "sinh": ("asinh",), "tanh": ("atanh",), "asinh": ("sinh",), "atanh": ("tanh",), "cosh": ("acosh",),
    "acosh": ("cosh",), "asin": ("sin",), "acos": ("cos",), "atan": ("tan",),
}  # fmt: skip
_TURNED: Final = {"sec": "cos", "csc": "sin", "cot": "tan"}
_RATIONAL: Final = frozenset({"add", "mul", "div", "neg"})


def difference(one: Expr, other: Expr) -> Expr:
    """One minus the other."""
    return Expr("add", (one, Expr("neg", (other,))))


class Crossings:
    """Zeros (and poles) of expressions of one name that lies between two bounds, where there are any."""

    __slots__ = ("_forms", "_high", "_low", "_meter", "_name")

    def __init__(self, forms: Forms, name: str, low: fmpq | None, high: fmpq | None) -> None:
        self._forms, self._name, self._low, self._high = forms, name, low, high
        self._meter = forms.meter

    def zeros(self, tree: Expr) -> list[Span] | None:
        """Every zero and pole, and perhaps more; ``None`` where they cannot be found."""
        try:
            return self._zeros(tree, rough=False, depth=0)
        except Undefined:
            return None
        except Exhausted as over:
            if over.limit == "work":
                raise
            return None

    def _zeros(self, tree: Expr, *, rough: bool, depth: int) -> list[Span] | None:
        if depth > _DEEP:
            return None
        plain = self._numbers(tree)
        if plain is None:
            return None
        rough = rough or plain != tree
        inner: list[Expr] = []
        _absolutes(plain, inner)
        if len(inner) > _MOST_SIGNS:
            return None
        found: list[Span] = []
        for signs in product((1, -1), repeat=len(inner)):
            part = self._smooth(_signed(plain, inner, signs), rough=rough, depth=depth)
            if part is None or len(found) + len(part) > 2 * MOST_PLACES:
                return None
            found.extend(part)
        return found

    def _numbers(self, tree: Expr) -> Expr | None:
        """Constants that are no rationals replaced by rationals very near."""
        if tree.head in {"number", "symbol"}:
            return tree
        if not symbols(tree):
            value = self._value(tree)
            return None if value is None else number(value)
        parts = [self._numbers(arg) for arg in tree.args]
        kept = [part for part in parts if part is not None]
        return Expr(tree.head, tuple(kept), tree.name, tree.value) if len(kept) == len(parts) else None

    def _value(self, tree: Expr) -> fmpq | None:
        node = self._forms.form(tree)
        if self._forms.values[node] is not None:
            return self._forms.values[node]
        ball = Program(self._forms, (node,)).balls({}, _BITS, self._meter)[0]
        if ball is None or not isinstance(ball, arb) or not abs(ball) < 1 << 100 or not ball.rad() < _EXACT:
            return None
        return as_rational(ball)

    def _smooth(self, tree: Expr, *, rough: bool, depth: int) -> list[Span] | None:
        if self._name not in symbols(tree):
            return []
        ratio = univariate(tree, self._name, self._meter)
        if ratio is not None:
            return [span for poly in ratio for span in self._roots(poly, rough=rough)]
        if tree.head in {"mul", "div", "neg"}:
            return self._all([(arg, rough) for arg in tree.args], depth)
        if tree.head == "pow":
            return self._all([(tree.args[0], rough)], depth)
        kernels: list[Expr] = []
        _kernels(tree, self._name, kernels)
        if len(kernels) > 1:
            tree, kernels = self._one_exponential(tree, kernels)
        if len(kernels) == 1:
            inside = _put(tree, {kernels[0]: symbol(_T)})
            if self._name not in symbols(inside):
                ratio = univariate(inside, _T, self._meter)
                if ratio is None:
                    return None
                spans = [span for poly in ratio for span in self._roots(poly, rough=rough)]
                wanted: list[tuple[Expr, bool]] = []
                for span in spans:
                    more = self._inverse(kernels[0], span)
                    if more is None:
                        return None
                    wanted.extend(more)
                return self._all(wanted, depth)
        return self._conjugate(tree, kernels, rough=rough, depth=depth)

    def _all(self, wanted: Sequence[tuple[Expr, bool]], depth: int) -> list[Span] | None:
        found: list[Span] = []
        for tree, rough in wanted:
            if tree.head == "span":
                found.append((_number(tree.args[0]), _number(tree.args[1])))
                continue
            part = self._zeros(tree, rough=rough, depth=depth + 1)
            if part is None:
                return None
            found.extend(part)
        return found

    def _roots(self, poly: fmpq_poly, *, rough: bool) -> Iterator[Span]:
        """Roots; of a polynomial that is known roughly also where it comes close to zero."""
        for one in (poly, poly.derivative()) if rough else (poly,):
            for root in real_roots(one, self._meter) if one.degree() > 0 else ():
                at = root
                while bounds(at)[1] - bounds(at)[0] > _NARROW:
                    at = narrow(at, self._meter)
                low, high = bounds(at)
                yield (low - _NARROW, high + _NARROW) if rough else (low, high)

    def _one_exponential(self, tree: Expr, kernels: Sequence[Expr]) -> tuple[Expr, list[Expr]]:
        """Powers of one base with exponents in rational ratios, made powers of one of them."""
        first = kernels[0]
        ratios: list[fmpq] = []
        for kernel in kernels:
            if kernel.head != "pow" or kernel.args[0] != first.args[0] or symbols(kernel.args[0]):
                return tree, list(kernels)
            ratio = univariate(Expr("div", (kernel.args[1], first.args[1])), self._name, self._meter)
            if ratio is None or ratio[0].degree() != 0 or ratio[1].degree() != 0:
                return tree, list(kernels)
            ratios.append(ratio[0][0] / ratio[1][0])
        unit = fmpq(gcd(*[int(r.p) for r in ratios]), lcm(*[int(r.q) for r in ratios]))
        one = Expr("pow", (first.args[0], Expr("mul", (number(unit), first.args[1]))))
        put = {k: Expr("pow", (one, number(r / unit))) for k, r in zip(kernels, ratios, strict=True)}
        return _put(tree, put), [one]

    def _conjugate(self, tree: Expr, kernels: Sequence[Expr], *, rough: bool, depth: int) -> list[Span] | None:
        """The zeros of A + B√u are among those of A² − B²u."""
        for kernel in kernels:
            if kernel.head != "pow" or kernel.args[1].value != fmpq(1, 2):
                continue
            at = [_put(tree, {kernel: number(k)}) for k in (0, 1, 2)]
            slope = difference(at[1], at[0])
            if self._is_zero(difference(difference(at[2], at[1]), slope)):
                square = Expr("mul", (Expr("pow", (slope, number(2))), kernel.args[0]))
                return self._zeros(difference(Expr("pow", (at[0], number(2))), square), rough=rough, depth=depth + 1)
        return None

    def _is_zero(self, tree: Expr) -> bool:
        """Whether a rational function is identically zero, every kernel taken as a number."""
        kernels: list[Expr] = []
        _kernels(tree, self._name, kernels)
        for shift in range(2):
            plain = _put(tree, {kernel: number(fmpq(101 + shift, 7 + k)) for k, kernel in enumerate(kernels)})
            ratio = univariate(plain, self._name, self._meter)
            if ratio is None or not ratio[0].is_zero():
                return False
        return True

    def _inverse(self, kernel: Expr, span: Span) -> list[tuple[Expr, bool]] | None:
        """Expressions that are zero where a kernel takes a value."""
        low, high = span
        at, rough, head, inside = (low + high) / 2, low != high, kernel.head, kernel.args[0]
        value: Expr
        if head == "pow" and not symbols(inside):
            if high <= 0:
                return []
            if low < 0:
                return None
            value = Expr("div", (Expr("ln", (number(at),)), Expr("ln", (inside,))))
            return self._where(kernel.args[1], (value,), rough=rough)
        if head == "pow" and kernel.args[1].value is not None:
            if at == 0:
                return [(inside, rough)]
            root = Expr("pow", (number(abs(at)), number(1 / kernel.args[1].value)))
            return self._where(inside, (root, Expr("neg", (root,))), rough=rough)
        if head == "ln":
            power = Expr("add", (Expr("cosh", (number(at),)), Expr("sinh", (number(at),))))
            return self._where(inside, (power,), rough=rough)
        if head in _INVERSES:
            value = Expr(_INVERSES[head][0], (number(at),))
            if head == "cosh" and at < 1:
                return [] if at < 1 - _CERTAIN else None
            if head == "tanh" and abs(at) >= 1:
                return [] if abs(at) == 1 or abs(at) > 1 + _CERTAIN else None
            both = (value, Expr("neg", (value,))) if head == "cosh" else (value,)
            return self._where(inside, both, rough=rough)
        if head in _TURNED:
            if at == 0:
                return [] if head != "cot" else self._circular("cos", inside, fmpq(0))
            return self._circular(_TURNED[head], inside, 1 / at)
        return self._circular(head, inside, at) if head in {"sin", "cos", "tan"} else None

    def _where(self, inside: Expr, values: Sequence[Expr], *, rough: bool) -> list[tuple[Expr, bool]] | None:
        found: list[tuple[Expr, bool]] = []
        for tree in values:
            value = self._value(tree)
            if value is None:
                return None
            exact = self._forms.values[self._forms.form(tree)] is not None or value in {0, 1}
            found.append((difference(inside, number(value)), rough or not exact))
        return found

    def _circular(self, head: str, inside: Expr, at: fmpq) -> list[tuple[Expr, bool]] | None:
        """All places between the bounds where the sine, cosine or tangent of a linear function takes a value."""
        if head != "tan" and abs(at) > 1:
            if abs(at) > 1 + _CERTAIN:
                return []
            at = fmpq(1 if at > 0 else -1)
        ratio = univariate(inside, self._name, self._meter)
        first, pi = self._value(Expr(f"a{head}", (number(at),))), self._value(constant("pi"))
        if (
            self._low is None or self._high is None or ratio is None or first is None or pi is None
            or ratio[0].degree() != 1 or ratio[1].degree() != 0
        ):  # fmt: skip
            return None
        slope, shift = ratio[0][1] / ratio[1][0], ratio[0][0] / ratio[1][0]
        ends = sorted((self._low * slope + shift, self._high * slope + shift))
        period = pi if head == "tan" else 2 * pi
        if ends[1] - ends[0] > MOST_PLACES * period:
            return None
        starts = {"tan": (first,), "sin": (first, pi - first), "cos": (first, -first)}[head]
        found: list[tuple[Expr, bool]] = []
        for start in starts:
            for k in range(int(((ends[0] - start) / period).floor()), int(((ends[1] - start) / period).ceil()) + 1):
                place = (start + k * period - shift) / slope
                found.append((Expr("span", (number(place - _NARROW), number(place + _NARROW))), True))
        return found


def _number(tree: Expr) -> fmpq:
    assert tree.value is not None  # noqa: S101  # a number has one
    return tree.value


def _absolutes(tree: Expr, found: list[Expr]) -> None:
    if tree.head == "abs" and tree not in found:
        found.append(tree)
    for arg in tree.args:
        _absolutes(arg, found)


def _signed(tree: Expr, inner: Sequence[Expr], signs: Sequence[int]) -> Expr:
    def sign(part: Expr) -> Expr | None:
        if part.head != "abs" or part not in inner:
            return None
        inside = _rebuilt(part.args[0], sign)
        return inside if signs[inner.index(part)] > 0 else Expr("neg", (inside,))

    return _rebuilt(tree, sign)


def _put(tree: Expr, values: Mapping[Expr, Expr]) -> Expr:
    return _rebuilt(tree, values.get)


def _rebuilt(tree: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """A tree with some parts changed."""
    changed = change(tree)
    if changed is not None:
        return changed
    if not tree.args:
        return tree
    return Expr(tree.head, tuple([_rebuilt(arg, change) for arg in tree.args]), tree.name, tree.value)


def _kernels(tree: Expr, name: str, found: list[Expr]) -> None:
    """The largest parts with the name that are no rational operations."""
    if tree.head in _RATIONAL:
        for arg in tree.args:
            _kernels(arg, name, found)
    elif tree.head == "pow" and tree.args[1].value is not None and tree.args[1].value.q == 1:
        _kernels(tree.args[0], name, found)
    elif tree.head != "symbol" and tree not in found and name in symbols(tree):
        found.append(tree)
