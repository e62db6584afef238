r"""What a factor can be: numbers, letters with their indices, primes and arguments, fractions, roots."""

from __future__ import annotations

from typing import Final

from flint import fmpq

from verifier.engine.maths.cursor import FACTORS, POSTFIX, Cursor, Prefix, Unreadable
from verifier.engine.maths.literals import decimal, read_number
from verifier.types.expr import Expr
from verifier.types.nodes import constant, number, symbol

APPLIED: Final = frozenset("fghFGH")
"""Letters that are functions where a bracket stands behind them."""
LETTER_SETS: Final = frozenset("RZNQC")
SPECIAL: Final = frozenset({"O", "o", "Theta", "Omega", "Gamma"})
"""Letters that are functions whatever the bracket behind them holds."""
_NEVER_APPLIED: Final = frozenset({"d", "partial", "nabla", "Delta"})
COEFFICIENTS: Final = frozenset("abcdijklmnrtwxzACPR")
"""Letters that are rather multiplied with a numeral in brackets: ``k(2)``."""
_RANDOM: Final = frozenset("XYZW")
_AFTER_LETTER: Final = frozenset({"_", "'", "(", "["})
_AFTER_NUMBER: Final = frozenset({"_", "fraction", "number", "vulgar"})
_IN_INDEX: Final = frozenset({
    "number", "letter", "constant", "function", "word", "index", "run", "+", "-", "*", "/", ",", "'", "(", ")", "_",
    "^", "relation", "arrow", "degree", "dots",
})  # fmt: skip


def letter(c: Cursor, _: int) -> Expr:
    """A letter, with index and primes; applied to its arguments if it is a function."""
    name = c.values[c.at]
    c.at += 1
    if c.kinds[c.at] not in _AFTER_LETTER:
        if name == "nabla" and c.kinds[c.at] == "*":  # a divergence or a curl, and no gradient
            name += c.values[c.at]
        return symbol(name)
    return indexed(c, name)


def indexed(c: Cursor, name: str) -> Expr:
    """A letter's index, primes and arguments."""
    kinds = c.kinds
    if kinds[c.at] == "_":
        c.at += 1
        name = f"{name}_{_index(c)}"
    primes = ""
    while kinds[c.at] == "'":
        value = c.values[c.at]
        primes += "'" if value == "prime" else value.replace('"', "''")
        c.at += 1
    opens = kinds[c.at]
    if opens == "(":
        if primes or name in APPLIED or name in c.applied:
            return applied(c, name + primes)
        if name in {"C", "P"} and _two_inside(c):
            made = applied(c, name)
            return Expr("binom" if name == "C" else "perm", made.args)
        if _calls(c, name):
            made = applied(c, name)
            return Expr("gamma", made.args) if name == "Gamma" and len(made.args) == 1 else made
    elif opens == "[" and (primes or name in APPLIED or name in c.applied or name == "E" or not _sum_inside(c)):
        return bracketed(c, name + primes)
    return symbol(name + primes)


def _calls(c: Cursor, name: str) -> bool:
    """Whether a letter is an unknown function of the bracket behind it, which holds one other letter or one numeral."""
    if name in SPECIAL:
        return True
    at = c.at + 1
    kind, value = c.kinds[at], c.values[at]
    if name == "E" and kind == "letter" and value in _RANDOM:
        return True
    if name in _NEVER_APPLIED or kind not in {"letter", "number"}:
        return False
    if kind == "number":
        behind = c.kinds[at + 1 : at + 3]
        return name.partition("_")[0] not in COEFFICIENTS and behind[0] == ")" and behind[1] != "^"
    if c.kinds[at + 1] == "_" and c.kinds[at + 2] in {"index", "letter", "number"}:
        at += 2
    return c.kinds[at + 1] == ")" and value != name


def _sum_inside(c: Cursor) -> bool:
    """Whether the square bracket here holds a sum at its own level: rather a factor, ``P[1 - r^n]``."""
    depth = 0
    for at in range(c.at, len(c.kinds)):
        kind = c.kinds[at]
        if kind in _OPENING:
            depth += 1
        elif kind in _CLOSING:
            depth -= 1
            if depth == 0:
                break
        elif depth == 1 and kind in {"+", "-"}:
            return True
    c.meter.spend(at - c.at)
    return False


_OPENING: Final = frozenset({"(", "[", "{", "\\{"})
_CLOSING: Final = frozenset({")", "]", "}", "\\}"})


def bracketed(c: Cursor, name: str) -> Expr:
    r"""A function with square brackets, ``E[X^2]``; of a set of numbers another thing than with round ones."""
    return Expr("apply", _listed_in(c, "]"), f"{name}[]" if name in LETTER_SETS else name)


def _two_inside(c: Cursor) -> bool:
    """Whether the bracket here holds one comma, at its own level."""
    depth = commas = 0
    for at in range(c.at, len(c.kinds)):
        kind = c.kinds[at]
        if kind in {"(", "[", "{", "\\{"}:
            depth += 1
        elif kind in {")", "]", "}", "\\}"}:
            depth -= 1
            if depth == 0:
                c.meter.spend(at - c.at)
                return commas == 1
        elif kind in {",", ";"} and depth == 1:
            commas += 1
    return False


def _index(c: Cursor) -> str:
    """The text of an index: what it says, without spaces and braces where it is one word."""
    kinds = c.kinds
    if kinds[c.at] != "{":
        value = c.values[c.at]
        if kinds[c.at] not in {"index", "letter", "constant", "number", "function", "+", "-", "*", "word", "run"}:
            raise Unreadable
        if kinds[c.at] == "number" and len(value) > 1 and c.latex and not value.isdecimal():
            raise Unreadable
        c.at += 1
        return {"plus": "+", "minus": "-", "dot": "*", "cross": "*"}.get(value, value)
    start = c.at + 1
    depth = 0
    while True:
        kind = kinds[c.at]
        if kind == "{":
            depth += 1
        elif kind == "}":
            depth -= 1
        elif kind not in _IN_INDEX:
            if kind == "end":
                break
            raise Unreadable
        c.at += 1
        if depth == 0:
            break
    parts = [_spelled(c, at) for at in range(start, c.at - (kinds[c.at - 1] == "}"))]
    text = "".join(parts)
    plain = text.isdecimal() or text.isalpha()
    if not text or not (plain or kinds[c.at - 1] == "}"):
        raise Unreadable
    return text if plain else f"{{{text}}}"


_SIGNS: Final = {"ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥", "in": "∈"}


def _spelled(c: Cursor, at: int) -> str:
    value = c.values[at]
    kind = c.kinds[at]
    if kind in {"number", "letter", "constant", "function", "word", "index", "run"}:
        return value
    return {"degree": "°", "'": "'", "relation": _SIGNS.get(value, "="), "arrow": "->"}.get(kind, kind)


def applied(c: Cursor, name: str) -> Expr:
    """A function that nobody knows, and its arguments."""
    return Expr("apply", in_brackets(c), name)


def in_brackets(c: Cursor) -> tuple[Expr, ...]:
    """The members of the round bracket that stands here."""
    return _listed_in(c, ")")


def _listed_in(c: Cursor, closer: str) -> tuple[Expr, ...]:
    c.at += 1
    c.depth += 1
    outer, c.power = c.power, c.powers.open
    if c.kinds[c.at] == closer:
        members: list[Expr] = []
    else:
        members = [c.expr(0)]
        while c.kinds[c.at] in {",", ";"}:
            c.at += 1
            members.append(c.expr(0))
    c.power = outer
    c.depth -= 1
    c.closes(closer)
    return tuple(members)


def digits(c: Cursor, _: int) -> Expr:
    """A number; with a fraction behind it a mixed one."""
    at = c.at
    text = c.values[at]
    c.at = at + 1
    follows = c.kinds[at + 1]
    if follows in _AFTER_NUMBER:
        if follows == "_":
            return raised_index(c, text)
        if text.isdecimal() and _proper(c):
            return Expr("mixed", (read_number(text, c.meter), _part_of_mixed(c)))
    return read_number(text, c.meter)


def _part_of_mixed(c: Cursor) -> Expr:
    if c.kinds[c.at] != "number":
        return c.expr(POSTFIX)
    above, below = (read_number(c.values[at], c.meter) for at in (c.at, c.at + 2))
    c.at += 3
    return Expr("div", (above, below))


def _proper(c: Cursor) -> bool:
    """Whether a fraction of two numbers, the smaller above, stands here alone."""
    kinds, values, at = c.kinds, c.values, c.at
    kind = kinds[at]
    if kind == "vulgar":
        return True
    if kind == "number":
        if kinds[at + 1] != "/" or kinds[at + 2] != "number" or kinds[at + 3] in {"^", "/", "number", "!"}:
            return False
        above, below = values[at], values[at + 2]
    elif kinds[at + 1] == "{" and kinds[at + 3] == "}":
        if kinds[at + 2] != "number":
            return False
        above = values[at + 2]
        if kinds[at + 4] == "{" and kinds[at + 5] == "number" and kinds[at + 6] == "}":
            below = values[at + 5]
        elif kinds[at + 4] == "number":
            below = values[at + 4][0]
        else:
            return False
    elif kinds[at + 1] == "number" and len(values[at + 1]) >= 2:
        above, below = values[at + 1][:1], values[at + 1][1:2]
    elif kinds[at + 1] == "number" and kinds[at + 2] == "number":
        above, below = values[at + 1], values[at + 2][0]
    else:
        return False
    if not (above.isdecimal() and below.isdecimal()):
        return False
    return (len(above.lstrip("0")), above) < (len(below.lstrip("0")), below)


def raised_index(c: Cursor, text: str) -> Expr:
    """Digits in another base: ``1010_2``."""
    c.at += 1
    base = argument(c)
    if base.head == "symbol" or (base.head == "number" and base.value is not None and base.value.q == 1):
        return Expr("numeral", (base,), text)
    raise Unreadable


def vulgar(c: Cursor, _: int) -> Expr:
    """½."""
    above, slash, below = c.values[c.at].partition("/")
    c.at += len(slash)
    return Expr("div", (decimal(above, ""), decimal(below, "")))


def argument(c: Cursor) -> Expr:
    r"""The argument of a macro: a group in braces, or the next single thing (``\frac12``: one digit)."""
    kind = c.kinds[c.at]
    if kind == "{":
        c.at += 1
        inner = c.inside(0)
        if c.kinds[c.at] == ",":
            raise Unreadable
        c.closes("}")
        return inner
    if kind == "number":
        text = c.values[c.at]
        if len(text) > 1:
            if not text.isdecimal():
                raise Unreadable
            c.values[c.at] = text[1:]
            return read_number(text[0], c.meter)
    if kind == "index":
        value = c.values[c.at]
        c.at += 1
        return read_number(value, c.meter) if value.isdecimal() else symbol(value)
    if kind in {"letter", "constant"}:
        value = c.values[c.at]
        c.at += 1
        return constant(value) if kind == "constant" and value not in c.bound else symbol(value)
    if kind in {"+", "*", "/", "relation", "end"}:
        raise Unreadable
    return c.expr(POSTFIX + 20)


def fraction(c: Cursor, _: int) -> Expr:
    r"""A fraction; ``\frac{dy}{dx}`` is a derivative."""
    c.at += 1
    if c.kinds[c.at] == "(":  # frac(1)(2)
        above = joined_group(c)
        if c.kinds[c.at] != "(":
            raise Unreadable
        below = joined_group(c)
        return _derivative(above, below) or Expr("div", (above, below))
    above = argument(c)
    below = argument(c)
    made = _derivative(above, below) or Expr("div", (above, below))
    if len(made.args) == 1 and c.kinds[c.at] not in FACTORS:
        raise Unreadable  # d/dx of nothing
    return made


def joined_group(c: Cursor) -> Expr:
    """A bracket that holds one thing."""
    members = in_brackets(c)
    if len(members) != 1:
        raise Unreadable
    return members[0]


def _derivative(above: Expr, below: Expr) -> Expr | None:
    """dy/dx, and d/dx, which still waits for what it is applied to (one argument; ``name`` a prime for each order)."""
    if below.head != "mul" or len(below.args) != 2 or below.args[0] not in _DIFFERENTIALS:
        return None
    sign = below.args[0]
    variable, order = _ordered(below.args[1])
    if variable.head != "symbol" or order > 9:
        return None
    first = above.args[0] if above.head == "mul" else above
    if _ordered(first) != (sign, order):
        return None
    if above.head == "mul":
        body = above.args[1] if len(above.args) == 2 else Expr("mul", above.args[1:])
        for _ in range(order):
            body = Expr("diff", (body, variable))
        return body
    return Expr("diff", (variable,), "'" * order)


_DIFFERENTIALS: Final = (symbol("d"), symbol("partial"))


def _ordered(tree: Expr) -> tuple[Expr, int]:
    """A name and the power it is raised to."""
    if tree.head == "pow" and tree.args[1].head == "number" and tree.args[1].value is not None:
        order = tree.args[1].value
        if order.q == 1 and 0 < order < 10:
            return tree.args[0], int(order.p)
    return tree, 1


def radical(c: Cursor, _: int) -> Expr:
    r"""``\sqrt[3]{x}``, ``\sqrt3``, √2, ∛8."""
    value = c.values[c.at]
    sign = value != "sqrt"
    c.at += 1
    index = number(2) if value == "sqrt" else number(fmpq(int(value)))
    if c.kinds[c.at] == "[" and not sign:
        c.at += 1
        index = c.inside(0)
        c.closes("]")
    if c.kinds[c.at] in {"(", "["}:
        return Expr("root", (c.expr(POSTFIX + 20), index))
    if c.kinds[c.at] == "number" and not c.latex:
        return Expr("root", (c.expr(POSTFIX + 20), index))  # √12 is the root of twelve
    return Expr("root", (argument(c), index))


def binomial(c: Cursor, _: int) -> Expr:
    r"""``\binom{n}{k}``."""
    c.at += 1
    above = argument(c)
    return Expr("binom", (above, argument(c)))


PREFIX: dict[str, Prefix] = {
    "letter": letter, "number": digits, "vulgar": vulgar, "fraction": fraction, "radical": radical,
    "binomial": binomial,
}  # fmt: skip
