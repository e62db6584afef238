"""Whether an expression is written in the form that a question asks for (POLICY 12, 32).

Each form is a predicate on the tree as written: ``True``, ``False``, or ``None`` where the form is a matter of taste.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import gcd
from typing import Final

from flint import fmpq, fmpq_mpoly, fmpz

from verifier.engine.maths import polynomial
from verifier.engine.maths.trees import walk
from verifier.types.budget import Meter
from verifier.types.expr import Expr
from verifier.types.nodes import symbols

_LOGS: Final = frozenset({"ln", "log"})


def meets(form: str, tree: Expr, meter: Meter) -> bool | None:
    """Whether a tree is in the named form; ``None`` for a form that is not known or cannot be told.

    >>> from verifier.types.budget import Budget
    >>> from verifier.types.nodes import number
    >>> meets("lowest_terms", Expr("div", (number(6), number(8))), Meter(Budget()))
    False
    """
    predicate = FORMS.get(form)
    return None if predicate is None else predicate(tree, meter)


def _unsigned(tree: Expr) -> Expr:
    return tree.args[0] if tree.head == "neg" else tree


def _whole(tree: Expr) -> fmpz | None:
    node = _unsigned(tree)
    if node.head == "number" and not node.name and node.value is not None and node.value.q == 1:
        return node.value.p
    return None


def _is_decimal(tree: Expr) -> bool:
    return tree.head == "number" and bool(tree.name)


def _lowest_terms(tree: Expr, meter: Meter) -> bool | None:
    """An integer or a reduced fraction of integers; of rational functions, one without a common factor."""
    node = _unsigned(tree)
    if node.head == "mixed":
        node = node.args[1]
    if node.head == "div":
        above, below = _whole(node.args[0]), _whole(node.args[1])
        if above is not None and below is not None:
            return bool(above.gcd(below) == 1)
        names = sorted(symbols(node))
        if not names:
            return None
        parts = [polynomial.polynomial(part, names, meter) for part in node.args]
        if parts[0] is None or parts[1] is None:
            return None
        return bool(parts[0].gcd(parts[1]).is_constant())
    if _is_decimal(node):
        return False
    return True if _whole(node) is not None else None


def _fraction(tree: Expr, meter: Meter) -> bool | None:
    node = _unsigned(tree)
    if _is_decimal(node) or node.head in {"percent", "mixed"}:
        return False
    return True if node.head == "div" else _lowest_terms(tree, meter)


def _decimal(tree: Expr, _meter: Meter) -> bool | None:
    node = _unsigned(tree)
    if node.head == "numeral":
        return node.args[0].value == 10
    return _is_decimal(node) or _whole(node) is not None


def _mixed(tree: Expr, meter: Meter) -> bool | None:
    node = _unsigned(tree)
    return (node.head == "mixed" and _lowest_terms(node, meter) is not False) or _whole(node) is not None


def _improper(tree: Expr, _meter: Meter) -> bool | None:
    node = _unsigned(tree)
    return node.head == "div" and all(_whole(part) is not None for part in node.args)


def is_scientific(tree: Expr) -> bool:
    """Whether a number is written as a mantissa from one to ten and a power of ten."""
    node = _unsigned(tree)
    if node.head != "mul" or len(node.args) != 2 or node.args[0].head != "number" or node.args[1].head != "pow":
        return False
    base, value = node.args[1].args[0], node.args[0].value
    return base.value == 10 and value is not None and bool(1 <= value < 10)


def is_by_ten(tree: Expr) -> bool:
    """Whether a number is written as another one and a power of ten, whatever the other is."""
    node = _unsigned(tree)
    return node.head == "mul" and node.args[-1].head == "pow" and node.args[-1].args[0].value == _TEN


_TEN: Final = 10


def _factored(tree: Expr, meter: Meter) -> bool | None:
    """A product of irreducible factors over Q; what has no factors is factored as it stands."""
    names = sorted(symbols(tree))
    if not names:
        return None
    whole = polynomial.polynomial(tree, names, meter)
    if whole is None:
        return None
    meter.spend(polynomial.total_degree(whole) ** 2 * len(whole) + 1)
    _, factors = whole.factor()
    wanted = sum(int(power) for _, power in factors)
    if wanted <= 1:
        return True
    written = 0
    for factor, power in _factors(_unsigned(tree)):
        inner = polynomial.polynomial(factor, names, meter)
        if inner is None:
            return False  # 1 + 1/x
        if inner.is_constant():
            continue
        if sum(int(times) for _, times in inner.factor()[1]) != 1:
            return False
        if factor.head == "add" and not _primitive(inner):
            return False
        written += power
    return written == wanted


def _primitive(inner: fmpq_mpoly) -> bool:
    """Whether no integer can be taken out of a factor's coefficients."""
    found = [fmpq(value) for value in inner.coeffs()]
    if any(value.q != 1 for value in found):
        return True
    return gcd(*(int(value.p) for value in found)) == 1


def _factors(tree: Expr) -> Iterator[tuple[Expr, int]]:
    if tree.head == "mul":
        for part in tree.args:
            yield from _factors(part)
    elif tree.head == "neg":
        yield from _factors(tree.args[0])
    elif tree.head == "pow" and (power := _whole(tree.args[1])) is not None and 0 < power < 1000:
        for factor, times in _factors(tree.args[0]):
            yield factor, times * int(power)
    elif tree.head == "div" and not symbols(tree.args[1]):
        yield from _factors(tree.args[0])
    else:
        yield tree, 1


def _expanded(tree: Expr, meter: Meter) -> bool | None:
    for node in walk(tree):
        if node.head == "mul" and any(_is_sum(part) and symbols(part) for part in node.args):
            return False
        if node.head == "pow" and _is_sum(node.args[0]) and symbols(node.args[0]) and _whole(node.args[1]) is not None:
            return False
    return _collected(tree, meter) is not False


def _is_sum(tree: Expr) -> bool:
    return tree.head == "add" or (tree.head == "neg" and tree.args[0].head == "add")


def _rationalised(tree: Expr, _meter: Meter) -> bool | None:
    return not any(node.head == "div" and _holds_root(node.args[1]) for node in walk(tree))


def _holds_root(tree: Expr) -> bool:
    return any(
        node.head == "root" or (node.head == "pow" and node.args[1].head in {"div", "neg"} and not _whole(node.args[1]))
        for node in walk(tree)
    )


def _radical(tree: Expr, meter: Meter) -> bool | None:
    """Simplest radical form: no square left under a root, no root below a bar, no decimal."""
    if _rationalised(tree, meter) is False or any(_is_decimal(node) for node in walk(tree)):
        return False
    for node in walk(tree):
        if node.head != "root":
            continue
        inside, index = _whole(node.args[0]), _whole(node.args[1])
        if inside is None or index is None:
            return False if node.args[0].head in {"div", "mul"} and not symbols(node) else None
        if inside > fmpz(10) ** 12:
            return None
        meter.spend(64)
        if any(int(power) >= index for _, power in inside.factor()):
            return False
    return True


def _single_log(tree: Expr, _meter: Meter) -> bool | None:
    logs = sum(node.head in _LOGS for node in walk(tree))
    return logs == 1 and tree.head in _LOGS


def _partial_fractions(tree: Expr, meter: Meter) -> bool | None:
    """A sum whose fractions have powers of one irreducible factor below and a lower degree above."""
    names = sorted(symbols(tree))
    if len(names) != 1:
        return None
    for part in tree.args if tree.head == "add" else (tree,):
        node = _unsigned(part)
        if node.head == "mul" and any(arg.head == "div" for arg in node.args):
            node = next(arg for arg in node.args if arg.head == "div")
        if node.head != "div":
            continue
        above, below = (polynomial.polynomial(arg, names, meter) for arg in node.args)
        if above is None or below is None:
            return None
        factors = [factor for factor, _ in below.factor()[1] if not factor.is_constant()]
        if len(factors) > 1 or (factors and polynomial.total_degree(above) >= polynomial.total_degree(factors[0])):
            return False
    return True


def _completed_square(tree: Expr, _meter: Meter) -> bool | None:
    """``a(x - h)² + k``: the variable stands once, under a square."""
    body = tree.args[1] if tree.head == "eq" else tree
    names = symbols(body)
    if len(names) != 1:
        return None
    (name,) = names
    if sum(node.head == "symbol" and node.name == name for node in walk(body)) != 1:
        return False
    return any(
        node.head == "pow" and name in symbols(node.args[0]) and _whole(node.args[1]) == 2 for node in walk(body)
    )


def _closed(tree: Expr, _meter: Meter) -> bool | None:
    return not any(node.head in {"dots", "sum", "prod", "int", "lim"} for node in walk(tree))


def _exact(tree: Expr, _meter: Meter) -> bool | None:
    return not any(node.head == "number" and node.name and "(" not in node.name for node in walk(tree)) or None


def _with_pi(tree: Expr, _meter: Meter) -> bool | None:
    return any(node.head == "constant" and node.name == "pi" for node in walk(tree))


def _interval(tree: Expr, _meter: Meter) -> bool | None:
    kinds = {"interval", "pair", "union", "set", "constant", "setminus", "intersect"}
    return tree.head in kinds or (tree.head == "in" and tree.args[1].head in kinds)


def _prime_factors(tree: Expr, _meter: Meter) -> bool | None:
    """A product of powers of different primes."""
    bases = []
    for part in tree.args if tree.head == "mul" else (tree,):
        base = part.args[0] if part.head == "pow" else part
        value = _whole(base)
        if value is None or value > fmpz(10) ** 12 or not polynomial.is_prime(value):
            return False
        bases.append(int(value))
    return True


def _single_power(tree: Expr, _meter: Meter) -> bool | None:
    if tree.head != "pow":
        return tree.head in {"symbol", "number"}
    power = tree.args[1]
    return (
        tree.args[0].head in {"symbol", "number"} and power.head != "neg" and (power.value is None or power.value > 0)
    )


def _collected(tree: Expr, meter: Meter) -> bool | None:
    """No two like terms in a sum, no factor common to both parts of a fraction, no square left under a root."""
    names = sorted(symbols(tree))
    for node in walk(tree):
        if node.head == "add":
            whole = polynomial.polynomial(node, names, meter)
            parts = [polynomial.polynomial(part, names, meter) for part in node.args]
            known = [part for part in parts if part is not None]
            if whole is not None and len(known) == len(parts) and len(whole) < sum(map(len, known)):
                return False
        if node.head == "div" and _lowest_terms(node, meter) is False:
            return False
        if node.head == "root" and _radical(node, meter) is False:
            return False
    return None


def size(tree: Expr) -> int:
    """How many numbers, names and operations an expression is made of."""
    return sum(1 for _ in walk(tree))


def alike(one: Expr, other: Expr) -> bool:
    """Whether two trees are the same but for the order of their parts and where their signs stand."""
    return sorted(_leaves(one)) == sorted(_leaves(other))


def _leaves(tree: Expr) -> Iterator[str]:
    for node in walk(tree):
        if not node.args:
            yield f"{node.head} {node.name} {node.value}"
        elif node.head not in {"neg", "mul", "add"}:
            yield node.head


def _standard(tree: Expr, meter: Meter) -> bool | None:
    """``Ax + By = C`` in whole numbers; of a number, scientific notation."""
    if tree.head != "eq":
        return None if symbols(tree) else is_scientific(tree)
    left, right = tree.args
    names = sorted(symbols(left))
    whole = polynomial.polynomial(left, names, meter)
    if whole is None or symbols(right) or not names:
        return False
    return (
        polynomial.total_degree(whole) == 1
        and _whole(right) is not None
        and all(fmpq(c).q == 1 for c in whole.coeffs())
    )


TASTE: Final = frozenset({"simplified", "notation"})
"""Forms whose doubtful cases are left to a reader."""

FORMS: Mapping[str, Callable[[Expr, Meter], bool | None]] = {
    "notation": lambda _tree, _meter: None,
    "lowest_terms": _lowest_terms,
    "fraction": _fraction,
    "decimal": _decimal,
    "mixed": _mixed,
    "improper": _improper,
    "scientific": lambda tree, _meter: is_scientific(tree),
    "factored": _factored,
    "expanded": _expanded,
    "rationalised": _rationalised,
    "radical": _radical,
    "single_log": _single_log,
    "partial_fractions": _partial_fractions,
    "completed_square": _completed_square,
    "closed": _closed,
    "exact": _exact,
    "with_pi": _with_pi,
    "interval": _interval,
    "prime_factors": _prime_factors,
    "simplified": _collected,
    "single_power": _single_power,
    "standard": _standard,
}
"""The forms that a question can ask for, by the names that ``rules/demand`` uses."""
