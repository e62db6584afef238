"""Maths for the laws: trees made at random, written in four notations, rewritten, changed, and valued by mpmath.

All chance comes from a ``random.Random`` that the caller seeds. ``value`` and ``compare`` are the oracle: they share no
line with the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from random import Random
from typing import Literal

import mpmath

from verifier.types.expr import Expr
from verifier.types.nodes import constant, number, symbol

Style = Literal["latex", "plain", "unicode", "python"]
STYLES: tuple[Style, ...] = ("latex", "plain", "unicode", "python")
Family = Literal["polynomial", "rational", "surd", "constant", "elementary"]
FAMILIES: tuple[Family, ...] = ("polynomial", "rational", "surd", "constant", "elementary")

ZERO, ONE, TWO = number(0), number(1), number(2)
PI, E = constant("pi"), constant("e")
NAMES = ("x", "y", "z")


# --- making trees ----------------------------------------------------------------------------------------------------


def add(*terms: Expr) -> Expr:
    """A sum as a reader makes it: flat, without terms it is that term."""
    return terms[0] if len(terms) == 1 else Expr("add", terms)


def mul(*factors: Expr) -> Expr:
    return factors[0] if len(factors) == 1 else Expr("mul", factors)


def neg(tree: Expr) -> Expr:
    return Expr("neg", (tree,))


def div(above: Expr, below: Expr) -> Expr:
    return Expr("div", (above, below))


def power(base: Expr, exponent: Expr | int) -> Expr:
    return Expr("pow", (base, number(exponent) if isinstance(exponent, int) else exponent))


def root(radicand: Expr, index: int = 2) -> Expr:
    return Expr("root", (radicand, number(index)))


def call(name: str, *args: Expr) -> Expr:
    return Expr(name, args)


def whole(rng: Random, low: int, high: int) -> Expr:
    """An integer as it is written: a number, or its negation."""
    found = rng.randint(low, high)
    return number(found) if found >= 0 else neg(number(-found))


def make(rng: Random, family: Family, depth: int = 3) -> Expr:
    """A tree of a family; ``depth`` bounds its height."""
    if depth <= 0 or (depth < 3 and rng.random() < 0.25):
        return leaf(rng, family)
    deeper = depth - 1
    chance = rng.random()
    if chance < 0.34:
        return add(*(_term(rng, make(rng, family, deeper)) for _ in range(rng.randint(2, 3))))
    if chance < 0.60:
        return mul(*(make(rng, family, deeper) for _ in range(2)))
    if chance < 0.70:
        return power(make(rng, family, deeper), rng.randint(2, 4 if depth < 3 else 2))
    if chance < 0.75:
        return neg(make(rng, family, deeper))
    return _special(rng, family, deeper)


def _term(rng: Random, tree: Expr) -> Expr:
    return neg(tree) if rng.random() < 0.3 and tree.head != "neg" else tree


def leaf(rng: Random, family: Family) -> Expr:
    """A number, a name or a constant."""
    chance = rng.random()
    if family in {"constant", "surd"}:
        if family == "constant" and chance < 0.3:
            return rng.choice((PI, E))
        if chance < 0.5:
            return root(number(rng.choice((2, 3, 5, 6, 7, 8, 12))))
        return number(rng.randint(1, 12))
    if chance < 0.55:
        return symbol(rng.choice(NAMES[:2] if chance < 0.45 else NAMES))
    if chance < 0.95 or family != "elementary":
        return number(rng.randint(1, 9))
    return rng.choice((PI, E))


_ELEMENTARY = ("sin", "cos", "tan", "exp", "ln", "sqrt", "abs", "atan", "sinh", "cosh", "tanh", "asin", "log2")


def _special(rng: Random, family: Family, deeper: int) -> Expr:
    """What its family has beyond sums, products and powers."""
    inner = make(rng, family, deeper)
    if family == "polynomial":
        return mul(number(rng.randint(2, 9)), inner)
    if family == "rational" or rng.random() < 0.3:
        return div(inner, make(rng, family, deeper))
    if family == "surd":
        return root(inner, rng.choice((2, 2, 3)))
    if family == "constant":
        name = rng.choice(("sqrt", "ln", "exp", "sin", "cos", "log2", "abs"))
        return _call(name, leaf(rng, "constant") if name == "exp" else inner)
    return _call(rng.choice(_ELEMENTARY), inner if rng.random() < 0.4 else leaf(rng, family))


def _call(name: str, inner: Expr) -> Expr:
    if name == "sqrt":
        return root(inner)
    if name == "log2":
        return call("log", inner, TWO)
    return call(name, inner)


# --- writing ---------------------------------------------------------------------------------------------------------

_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_GREEK = {"pi": ("\\pi", "π", "pi"), "alpha": ("\\alpha", "α", "alpha"), "theta": ("\\theta", "θ", "theta")}
_LATEX_NAMES = {
    "asin": ("\\arcsin", "\\sin^{-1}"), "acos": ("\\arccos", "\\cos^{-1}"), "atan": ("\\arctan", "\\tan^{-1}"),
}  # fmt: skip
_PLAIN_NAMES = {"asin": ("arcsin", "asin"), "acos": ("arccos", "acos"), "atan": ("arctan", "atan")}


class Writer:
    """Writes trees in one notation; chance chooses among the ways that a person has in it.

    >>> tree = div(add(symbol("x"), neg(ONE)), power(call("sin", symbol("x")), 2))
    >>> Writer("plain", Random(1)).write(tree)
    '(x-1)/((sin(x))^2)'
    """

    def __init__(self, style: Style, rng: Random) -> None:
        self.style = style
        self.rng = rng
        self.latex = style == "latex"

    def write(self, tree: Expr) -> str:
        """The text of a tree."""
        return self._write(tree)[0]

    def _write(self, tree: Expr) -> tuple[str, int]:
        """The text and how tightly it binds."""
        writer = getattr(self, f"_{tree.head}", None)
        return writer(tree) if writer else (self._function(tree), _ATOM)

    def _inside(self, tree: Expr, least: int) -> str:
        """The text, in brackets where it binds less tightly than it must."""
        text, binds = self._write(tree)
        return text if binds >= least else self._bracketed(text)

    def _bracketed(self, text: str) -> str:
        if self.latex and self.rng.random() < 0.5:
            return f"\\left({text}\\right)"
        return f"({text})"

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share

    # leaves

    def _number(self, tree: Expr) -> tuple[str, int]:
        return tree.name or str(tree.value), _ATOM if tree.name or str(tree.value).isdigit() else _SUM

    def _symbol(self, tree: Expr) -> tuple[str, int]:
        forms = _GREEK.get(tree.name, (tree.name,) * 3)
        return forms[{"latex": 0, "unicode": 1}.get(self.style, 2)], _ATOM

    def _constant(self, tree: Expr) -> tuple[str, int]:
        return self._symbol(tree)

    # arithmetic

    def _add(self, tree: Expr) -> tuple[str, int]:
        minus = "−" if self.style == "unicode" and self._chance(0.5) else "-"
        space = " " if self._chance(0.5) else ""
        text = ""
        for index, term in enumerate(tree.args):
            negative = term.head == "neg"
            inner = self._inside(term.args[0] if negative else term, _PRODUCT)
            if index:
                text += f"{space}{minus if negative else '+'}{space}{inner}"
            else:
                text = f"{minus}{inner}" if negative else inner
        return text, _SUM

    def _neg(self, tree: Expr) -> tuple[str, int]:
        return f"-{self._inside(tree.args[0], _PRODUCT)}", _SUM

    def _mul(self, tree: Expr) -> tuple[str, int]:
        text, last = "", None
        for factor in tree.args:
            inner = self._inside(factor, _PRODUCT + (1 if factor.head == "div" and not self.latex else 0))
            if factor.head == "div" and "\\frac" not in inner[:6] and inner[:1] not in "(\\":
                inner = f"({inner})"
            if last is None:
                text = inner
            elif self._may_touch(last, factor, text, inner):
                text += f" {inner}" if text[-1].isalpha() and inner[0].isalpha() else inner
            else:
                text += self._times() + inner
            last = factor
        return text, _PRODUCT

    def _times(self) -> str:
        signs = {"latex": (" \\cdot ", " \\times "), "unicode": ("·", " × ", "⋅"), "plain": ("*", " * ")}
        return self.rng.choice(signs.get(self.style, ("*", " * ")))

    def _may_touch(self, left: Expr, right: Expr, text: str, inner: str) -> bool:
        """Whether a product needs no sign here."""
        if self.style == "python" or inner[0].isdigit() or inner[0] in "-−" or self._chance(0.3):
            return False
        if left.head == "div":  # 1/(2)(x) is read either way
            return False
        if right.head == "number" or (right.head == "pow" and right.args[0].head == "number"):
            return False
        if left.head == "number":  # but 12e+3 is a number of its own
            return inner[0] != "e" and (right.head in {"symbol", "constant", "root", "pow"} or inner[0] == "(")
        if text[-1] == ")" and inner[0] == "(":
            return True
        return self.latex and left.head == "symbol" and right.head == "symbol"

    def _div(self, tree: Expr) -> tuple[str, int]:
        above, below = tree.args
        if self.latex and self._chance(0.8):
            name = self.rng.choice(("\\frac", "\\frac", "\\dfrac", "\\tfrac"))
            return f"{name}{{{self.write(above)}}}{{{self.write(below)}}}", _PRODUCT
        bottom = self._inside(below, _ATOM)
        space = " " if self._chance(0.2) else ""
        return f"{self._inside(above, _PRODUCT)}{space}/{space}{bottom}", _PRODUCT

    def _pow(self, tree: Expr) -> tuple[str, int]:
        base, exponent = tree.args
        if base == E and self._chance(0.3):
            return self._function(call("exp", exponent)), _ATOM
        plain = base.head in {"symbol", "constant"} or (base.head == "number" and not base.name)
        text = self.write(base) if plain else self._bracketed(self.write(base))
        digits = exponent.head == "number" and not exponent.name
        if self.latex and digits and base.head in {"sin", "cos", "tan"} and self._chance(0.4):
            return f"\\{base.head}^{{{self.write(exponent)}}}({self.write(base.args[0])})", _POWER
        if self.latex:
            return f"{text}^{{{self.write(exponent)}}}", _POWER
        if self.style == "unicode" and digits:
            return f"{text}{str(exponent.value).translate(_SUPERSCRIPTS)}", _POWER
        sign = "**" if self.style == "python" else "^"
        return f"{text}{sign}{self.write(exponent) if digits else f'({self.write(exponent)})'}", _POWER

    def _root(self, tree: Expr) -> tuple[str, int]:
        radicand, index = tree.args
        inner = self.write(radicand)
        if self.latex:
            return (f"\\sqrt{{{inner}}}" if index == TWO else f"\\sqrt[{self.write(index)}]{{{inner}}}"), _ATOM
        if index == TWO:
            if self.style == "unicode":
                return (f"√{inner}" if inner.isdigit() and self._chance(0.5) else f"√({inner})"), _ATOM
            return f"sqrt({inner})", _ATOM
        if self.style == "unicode" and index == number(3):
            return f"∛({inner})", _ATOM
        sign = "**" if self.style == "python" else "^"
        return f"({inner}){sign}(1/{self.write(index)})", _POWER

    def _factorial(self, tree: Expr) -> tuple[str, int]:
        return f"{self._inside(tree.args[0], _ATOM)}!", _POWER

    def _binom(self, tree: Expr) -> tuple[str, int]:
        above, below = map(self.write, tree.args)
        return (f"\\binom{{{above}}}{{{below}}}" if self.latex else f"C({above},{below})"), _ATOM

    def _abs(self, tree: Expr) -> tuple[str, int]:
        inner = self.write(tree.args[0])
        if self.style == "python" or "|" in inner or "abs" in inner or "vert" in inner:
            return f"abs({inner})" if not self.latex else f"\\left|{inner}\\right|", _ATOM
        bars = (("|", "|"), ("\\left|", "\\right|"), ("\\lvert ", "\\rvert")) if self.latex else (("|", "|"),)
        left, right = self.rng.choice(bars)
        return f"{left}{inner}{right}", _ATOM

    def _exp(self, tree: Expr) -> tuple[str, int]:
        if self.style != "python" and self._chance(0.6):
            inner = self.write(tree.args[0])
            return (f"e^{{{inner}}}" if self.latex else f"e^({inner})"), _POWER
        return self._function(tree), _ATOM

    def _log(self, tree: Expr) -> tuple[str, int]:
        inner, base = map(self.write, tree.args)
        if self.latex:
            return f"\\log_{{{base}}}({inner})", _ATOM
        if self.style == "python":
            return f"(ln({inner})/ln({base}))", _ATOM
        return f"log_{base}({inner})", _ATOM

    def _function(self, tree: Expr) -> str:
        names = _LATEX_NAMES if self.latex else _PLAIN_NAMES
        known = names.get(tree.head, (f"\\{tree.head}" if self.latex else tree.head,))
        name = self.rng.choice(known) if self.style != "python" else tree.head
        return f"{name}{self._bracketed(', '.join(map(self.write, tree.args)))}"


# --- the oracle ------------------------------------------------------------------------------------------------------

_DIGITS = 60
_LARGE = mpmath.mpf(10) ** 15
Point = Mapping[str, Fraction]
POINTS: tuple[Point, ...] = tuple(
    dict(zip(NAMES, map(Fraction, values), strict=True))
    for values in (
        ("1/3", "7/5", "11/7"), ("2", "3", "5"), ("-3/7", "5/11", "-13/9"), ("13/5", "1/7", "3/11"),
        ("17/2", "-7/3", "2/9"), ("-11/4", "-2/13", "19/6"), ("1/19", "23/3", "-1/2"), ("5/8", "6/7", "8/9"),
        ("31/9", "29/8", "37/7"), ("-1/5", "-31/6", "-4/17"), ("41/3", "12/5", "1/23"), ("3/29", "1/31", "27/2"),
    )
)  # fmt: skip
"""Twelve points of both signs, small and large, none of them special."""


def value(tree: Expr, point: Point) -> mpmath.mpf | None:
    """The real value at a point to sixty digits; ``None`` where there is none, or none to trust."""
    with mpmath.workdps(_DIGITS):
        try:
            found = _value(tree, point)
        except (_Undefined, ZeroDivisionError, OverflowError, ValueError):
            return None
        return found if mpmath.isfinite(found) else None


class _Undefined(Exception):  # noqa: N818
    pass


def _value(tree: Expr, point: Point) -> mpmath.mpf:
    head = tree.head
    if head == "number":
        assert tree.value is not None
        return mpmath.mpf(int(tree.value.p)) / int(tree.value.q)
    if head == "symbol":
        chosen = point[tree.name]
        return mpmath.mpf(chosen.numerator) / chosen.denominator
    if head == "constant":
        return {"pi": mpmath.pi, "e": mpmath.e}[tree.name] * mpmath.mpf(1)
    operate = _OPERATIONS.get(head)
    if operate is None:
        raise _Undefined(head)
    found = operate(*(_value(arg, point) for arg in tree.args))
    if not mpmath.isfinite(found) or abs(found) > mpmath.mpf(10) ** 2_000:
        raise _Undefined(head)
    return found


def _nonzero(found: mpmath.mpf) -> mpmath.mpf:
    if abs(found) < mpmath.mpf(10) ** -25:
        raise _Undefined("nearly zero")
    return found


def _small(found: mpmath.mpf) -> mpmath.mpf:
    if abs(found) > _LARGE:
        raise _Undefined("large")
    return found


def _positive(found: mpmath.mpf) -> mpmath.mpf:
    if found < mpmath.mpf(10) ** -25:
        raise _Undefined("not positive")
    return found


def _root_value(radicand: mpmath.mpf, index: mpmath.mpf) -> mpmath.mpf:
    count = int(index)
    if abs(radicand) < mpmath.mpf(10) ** -40:
        return mpmath.mpf(0)
    if radicand >= 0:
        return mpmath.root(radicand, count)
    if count % 2:
        return -mpmath.root(-radicand, count)
    raise _Undefined("even root")


def _power_value(base: mpmath.mpf, exponent: mpmath.mpf) -> mpmath.mpf:
    if exponent == int(exponent) and abs(exponent) <= 200:
        if exponent == 0:
            return _nonzero(base) ** 0
        return base ** int(exponent) if exponent > 0 else _nonzero(base) ** int(exponent)
    if abs(exponent) > 1_000:
        raise _Undefined("exponent")
    if exponent > 0 and abs(base) < mpmath.mpf(10) ** -40:
        return mpmath.mpf(0)
    if base < 0:
        for index in (3, 5, 7):  # a power p/q with odd q of a negative number is real
            above = mpmath.nint(exponent * index)
            if abs(exponent * index - above) < mpmath.mpf(10) ** -45:
                return _root_value(base, mpmath.mpf(index)) ** int(above)
    return _positive(base) ** exponent


def _within(found: mpmath.mpf) -> mpmath.mpf:
    if abs(found) > 1:
        raise _Undefined("beyond one")
    return found


def _factorial_value(found: mpmath.mpf) -> mpmath.mpf:
    if found < 0 or found != int(found) or found > 500:
        raise _Undefined("factorial")
    return mpmath.factorial(found)


_OPERATIONS: dict[str, Callable[..., mpmath.mpf]] = {
    "add": lambda *terms: mpmath.fsum(terms),
    "mul": lambda *factors: mpmath.fprod(factors),
    "neg": lambda x: -x,
    "div": lambda a, b: a / _nonzero(b),
    "pow": _power_value,
    "root": _root_value,
    "mixed": lambda a, b: a + b if a >= 0 else a - b,
    "percent": lambda x: x / 100,
    "abs": abs,
    "sin": lambda x: mpmath.sin(_small(x)),
    "cos": lambda x: mpmath.cos(_small(x)),
    "tan": lambda x: mpmath.sin(_small(x)) / _nonzero(mpmath.cos(x)),
    "cot": lambda x: mpmath.cos(_small(x)) / _nonzero(mpmath.sin(x)),
    "sec": lambda x: 1 / _nonzero(mpmath.cos(_small(x))),
    "csc": lambda x: 1 / _nonzero(mpmath.sin(_small(x))),
    "asin": lambda x: mpmath.asin(_within(x)),
    "acos": lambda x: mpmath.acos(_within(x)),
    "atan": mpmath.atan,
    "sinh": lambda x: mpmath.sinh(_scaled(x)),
    "cosh": lambda x: mpmath.cosh(_scaled(x)),
    "tanh": lambda x: mpmath.tanh(_scaled(x)),
    "exp": lambda x: mpmath.exp(_scaled(x)),
    "ln": lambda x: mpmath.log(_positive(x)),
    "log": lambda x, b=None: mpmath.log(_positive(x)) / _nonzero(mpmath.log(_positive(10 if b is None else b))),
    "factorial": _factorial_value,
    "binom": lambda n, k: _factorial_value(n) / (_factorial_value(k) * _factorial_value(n - k)),
}


def _scaled(found: mpmath.mpf) -> mpmath.mpf:
    if abs(found) > 60:
        raise _Undefined("exponential")
    return found


Comparison = Literal["same", "different", "unclear"]


def compare(gold: Expr, candidate: Expr, points: Iterable[Point] = POINTS) -> Comparison:
    """Whether two trees have the same values where the gold has one.

    Same at every point of at least four; different at one by far more than sixty digits can be wrong; else unclear.
    """
    met = 0
    for point in points:
        wanted, given = value(gold, point), value(candidate, point)
        if wanted is None:
            continue
        if given is None:
            return "unclear"
        with mpmath.workdps(_DIGITS):
            apart, size = abs(wanted - given), max(abs(wanted), abs(given), mpmath.mpf(1))
            if apart > size * mpmath.mpf(10) ** -20:
                return "different"
            if apart > size * mpmath.mpf(10) ** -35:
                return "unclear"
        met += 1
    return "same" if met >= 4 else "unclear"


def defined(tree: Expr) -> int:
    """At how many of the points it has a value."""
    return sum(value(tree, point) is not None for point in POINTS)


# --- rewriting -------------------------------------------------------------------------------------------------------


def rewrite(rng: Random, tree: Expr, steps: int = 4) -> Expr:
    """The tree in other words: some changes at random places, none of which changes a value where there is one."""
    for _ in range(steps):
        tree = change_somewhere(rng, tree, _reworded)
    return shuffled(rng, tree)


def shuffled(rng: Random, tree: Expr) -> Expr:
    """The tree with the terms of every sum and the factors of every product in another order."""
    args = [shuffled(rng, arg) for arg in tree.args]
    if tree.head in {"add", "mul"}:
        rng.shuffle(args)
    return Expr(tree.head, tuple(args), tree.name, tree.value)


def change_somewhere(rng: Random, tree: Expr, change: Callable[[Random, Expr], Expr]) -> Expr:
    """The tree with one of its nodes changed; exponents and indices of roots stay."""
    places = [path for path, _ in _places(tree, ())]
    return _changed(rng, tree, rng.choice(places), change)


def _places(tree: Expr, path: tuple[int, ...]) -> Iterable[tuple[tuple[int, ...], Expr]]:
    yield path, tree
    for index, arg in enumerate(tree.args):
        if not (index == 1 and tree.head in {"root", "log", "pow"}):
            yield from _places(arg, (*path, index))


def _changed(rng: Random, tree: Expr, path: tuple[int, ...], change: Callable[[Random, Expr], Expr]) -> Expr:
    if not path:
        return change(rng, tree)
    args = list(tree.args)
    args[path[0]] = _changed(rng, args[path[0]], path[1:], change)
    return Expr(tree.head, tuple(args), tree.name, tree.value)


def _reworded(rng: Random, tree: Expr) -> Expr:
    found = [*_reword_any(rng, tree), *_reword_head(tree)]
    return rng.choice(found)


def _reword_any(rng: Random, tree: Expr) -> list[Expr]:
    some = number(rng.randint(2, 9))
    return [
        add(tree, some, neg(some)),
        div(mul(some, tree), some),
        neg(neg(tree)),
        mul(tree, ONE),
        add(tree, ZERO),
        add(div(tree, TWO), div(tree, TWO)),
        add(mul(TWO, tree), neg(tree)),
    ]


def _reword_head(tree: Expr) -> list[Expr]:  # noqa: PLR0912, PLR0915  # a line or two for each head
    args = tree.args
    found: list[Expr] = []
    if tree.head == "add":
        found.append(add(add(*args[1:]), args[0]))
        found.append(neg(add(*(neg(arg) for arg in args))))
    elif tree.head == "mul":
        found.append(mul(mul(*args[1:]), args[0]))
        for index, arg in enumerate(args):
            if arg.head == "add":  # a product of a sum, multiplied out
                others = (*args[:index], *args[index + 1 :])
                found += [add(*(mul(term, *others) for term in arg.args))] * 3
    elif tree.head == "div":
        above, below = args
        found.append(mul(above, power(below, neg(ONE))))
        found.append(div(neg(above), neg(below)))
        found.append(mul(div(ONE, below), above))
        if above.head == "add":
            found.append(add(*(div(term, below) for term in above.args)))
    elif tree.head == "pow" and args[1].head == "number" and args[1].value is not None:
        base, exponent = args[0], int(args[1].value.p)
        if 2 <= exponent <= 4:
            found += [mul(*[base] * exponent)] * 2
            if base.head == "add" and len(base.args) == 2 and exponent == 2:
                a, b = base.args
                found += [add(power(a, 2), mul(TWO, a, b), power(b, 2))] * 2
    elif tree.head == "neg":
        found.append(mul(neg(ONE), args[0]))
        if args[0].head == "add":
            found.append(add(*(neg(term) for term in args[0].args)))
    elif tree.head == "root" and args[1] == TWO:
        found.append(power(args[0], div(ONE, TWO)))
        found.append(div(root(mul(number(4), args[0])), TWO))
    elif tree.head == "number" and tree.value is not None and int(tree.value.q) == 1:
        digits = int(tree.value.p)
        found.append(add(number(digits + 3), neg(number(3))))
        found.append(div(number(digits * 6), number(6)))
        if digits > 0:
            found.append(root(number(digits * digits)))
    elif tree.head in {"sin", "cos", "tan"}:
        (x,) = args
        half = div(x, TWO)
        found += {
            "sin": [mul(TWO, call("sin", half), call("cos", half)), neg(call("sin", neg(x)))],
            "cos": [add(ONE, neg(mul(TWO, power(call("sin", half), 2)))), call("cos", neg(x))],
            "tan": [div(call("sin", x), call("cos", x)), neg(call("tan", neg(x)))],
        }[tree.head]
    elif tree.head == "exp":
        (x,) = args
        found += [power(E, x), div(ONE, call("exp", neg(x))), power(call("exp", div(x, TWO)), 2)]
    elif tree.head == "ln":
        (x,) = args
        found += [neg(call("ln", div(ONE, x))), add(call("ln", mul(TWO, x)), neg(call("ln", TWO)))]
    elif tree.head == "log":
        x, base = args
        found.append(div(call("ln", x), call("ln", base)))
    elif tree.head == "abs":
        found += [call("abs", neg(args[0])), root(power(args[0], 2))]
    elif tree.head == "sinh":
        (x,) = args
        found.append(div(add(call("exp", x), neg(call("exp", neg(x)))), TWO))
    elif tree.head == "cosh":
        (x,) = args
        found.append(div(add(call("exp", x), call("exp", neg(x))), TWO))
    elif tree.head == "tanh":
        found.append(div(call("sinh", *args), call("cosh", *args)))
    return found


# --- changing --------------------------------------------------------------------------------------------------------

_SWAPS = {
    "sin": "cos",
    "cos": "sin",
    "tan": "sin",
    "exp": "ln",
    "ln": "exp",
    "sinh": "cosh",
    "cosh": "sinh",
    "tanh": "tan",
}


def mutate(rng: Random, tree: Expr) -> Expr:
    """The tree with one node changed as people slip: another number, sign, name, function, exponent; a term lost.

    Whether the value changed is for ``compare`` to say.
    """
    return change_somewhere(rng, tree, _slipped)


def _slipped(rng: Random, tree: Expr) -> Expr:
    found: list[Expr] = [neg(tree), add(tree, number(rng.randint(1, 3))), mul(number(rng.randint(2, 3)), tree)]
    args = tree.args
    if tree.head == "number" and tree.value is not None:
        digits = int(tree.value.p)
        found = [number(digits + 1), number(digits * 10), number(max(digits - 1, 0)), neg(tree)]
    elif tree.head == "symbol":
        found = [symbol(name) for name in NAMES if name != tree.name] + [power(tree, 2), neg(tree)]
    elif tree.head == "constant":
        found = [PI if tree == E else E, mul(TWO, tree)]
    elif tree.head in {"add", "mul"}:
        found += [Expr("mul" if tree.head == "add" else "add", args)]
        index = rng.randrange(len(args))
        rest = (*args[:index], *args[index + 1 :])
        found += [add(*rest) if tree.head == "add" else mul(*rest)] * 2
        if tree.head == "add":
            found.append(add(*rest, neg(args[index])))
    elif tree.head == "div":
        found += [div(args[1], args[0]), mul(*args), args[0]]
    elif tree.head == "pow" and args[1].head == "number" and args[1].value is not None:
        exponent = int(args[1].value.p)
        found += [power(args[0], exponent + 1), power(args[0], exponent - 1 or 3), mul(number(exponent), args[0])]
    elif tree.head == "root":
        found += [args[0], root(args[0], 3 if args[1] == TWO else 2)]
    elif tree.head in _SWAPS:
        found += [call(_SWAPS[tree.head], *args)] * 2
    elif tree.head == "abs":
        found += [args[0]] * 3
    return rng.choice(found)
