"""A tree of maths as a person would type it.

Law: ``read_maths`` gives back every tree it made from what ``show`` makes of it (a system of equations comes back as a
list).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from verifier.engine.maths.names import APPLIED, COEFFICIENTS, LETTER_SETS, SPECIAL
from verifier.types.expr import FUNCTIONS, Expr
from verifier.types.nodes import constant, in_figures, number

_LIST, _GIVEN, _QUANTIFIED, _IMPLIES, _OR, _AND, _NOT, _RELATION, _RATIO, _SETS = 1, 2, 5, 6, 10, 14, 20, 30, 34, 40
_SUM, _PRODUCT, _POWER, _POSTFIX, _ATOM = 50, 60, 90, 100, 200

_CONSTANTS: Final = {
    "inf": "∞", "empty": "∅", "R": "ℝ", "Z": "ℤ", "N": "ℕ", "Q": "ℚ", "C": "ℂ", "true": "True", "false": "False",
    "undefined": "undefined", "deg": "°",
}  # fmt: skip
_FIGURES: Final = ("angle_", "triangle_")
_SYMBOLS: Final = {
    "Pi": "Π",
    "nabla": "∇",
    "nabladot": "∇",
    "nablacross": "∇×",
    "partial": "∂",
    "aleph": "ℵ",
    "mho": "\\mho",
}
_ACCENTS: Final = {"bar": "overline", "vec": "vec", "hat": "widehat", "tilde": "widetilde", "dot": "dot"}
_GREEK: Final = frozenset({
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi",
    "Sigma", "Upsilon", "Phi", "Psi", "Omega", "ell", "hbar",
})  # fmt: skip
_RELATIONS: Final = {
    "eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥", "approx": "≈", "in": "∈", "notin": "∉",
    "subset": "⊂", "divides": "∣",
}  # fmt: skip
_SETS_SIGNS: Final = {"union": "∪", "intersect": "∩", "setminus": "∖"}
_CALLS: Final = {"binom": "binomial", "ceil": "ceil", "gamma": "gammafunction"}
_DEGREE: Final = constant("deg")
_MINUTE: Final = Expr("div", (_DEGREE, number(60)))
_SECOND: Final = Expr("div", (_DEGREE, number(3600)))
_STATEMENTS: Final = frozenset(
    {*_RELATIONS, "congruent", "and", "or", "not", "implies", "iff", "forall", "exists", "given"}
)

Shown = tuple[str, int]
"""A text, and how tightly its loosest operator binds."""


def show(tree: Expr) -> str:
    """The tree in plain notation.

    >>> from verifier.types.nodes import symbol
    >>> x = symbol("x")
    >>> show(Expr("add", (Expr("pow", (x, number(2))), Expr("neg", (Expr("mul", (number(3), x)),)))))
    'x^2 - 3*x'
    """
    return _show(tree)[0]


def _show(tree: Expr) -> Shown:
    maker = _MAKERS.get(tree.head)
    if maker is not None:
        return maker(tree)
    if tree.head in _RELATIONS:
        left, right = (_inside(arg, _RELATION + 1) for arg in tree.args)
        return f"{left} {tree.name or _RELATIONS[tree.head]} {right}", _RELATION
    if tree.head in _SETS_SIGNS:
        return f" {_SETS_SIGNS[tree.head]} ".join(_inside(arg, _SETS + 1) for arg in tree.args), _SETS
    if tree.head in FUNCTIONS or tree.head in {"sum", "prod", "int", "diff"}:
        return f"{_CALLS.get(tree.head, tree.head)}({_members(tree)})", _ATOM
    return f"{tree.head}({_members(tree)})", _ATOM


def _inside(tree: Expr, tightest: int) -> str:
    maker = _MAKERS.get(tree.head)
    text, level = _show(tree) if maker is None else maker(tree)
    return text if level >= tightest else f"({text})"


def _members(tree: Expr) -> str:
    return ", ".join([_inside(arg, _GIVEN + 1) for arg in tree.args])


def _number(tree: Expr) -> Shown:
    if tree.name or tree.value is None:
        return tree.name, _ATOM
    text = in_figures(tree.value)
    return text, _SUM if text[0] == "-" or "/" in text else _ATOM


def _symbol(tree: Expr) -> Shown:
    name = tree.name
    if name.startswith(_FIGURES):
        spelling, _, corners = name.partition("_")
        return ("∠" if spelling == "angle" else "△") + corners, _ATOM
    if "_" in name:
        base, _, rest = name.partition("_")
        style, _, index = rest.partition("_")
        if len(base) > 1 and style in _ACCENTS and base not in _GREEK:
            return f"\\{_ACCENTS[style]}{{{base}}}" + (f"_{index}" if index else ""), _ATOM
    return _SYMBOLS.get(name, name), _ATOM


def _constant(tree: Expr) -> Shown:
    return _CONSTANTS.get(tree.name, tree.name), _ATOM


def _add(tree: Expr) -> Shown:
    parts = [_inside(tree.args[0], _SUM if tree.args[0].head in {"neg", "pm", "mp"} else _SUM + 1)]
    for arg in tree.args[1:]:
        if arg.head == "neg":
            parts.append(f" - {_inside(arg.args[0], _SUM + 1)}")
        else:
            parts.append(f" + {_inside(arg, _SUM + 1)}")
    return "".join(parts), _SUM


def _angle_mark(tree: Expr) -> str:
    """The mark of a part of a full turn, empty for anything else."""
    if tree.head == "constant":
        return "°" if tree.name == "deg" else ""
    if tree.head == "div" and tree.args[0] == _DEGREE:
        return "'" if tree == _MINUTE else "''" if tree == _SECOND else ""
    return ""


def _mul(tree: Expr) -> Shown:
    if len(tree.args) == 2:
        mark = _angle_mark(tree.args[1])
        if mark and (mark == "°" or tree.args[0].head == "number"):
            return _inside(tree.args[0], _POSTFIX) + mark, _POSTFIX
    first = tree.args[0]
    parts = [_inside(first, _PRODUCT if first.head == "div" else _PRODUCT + 1)]
    parts += [_inside(arg, _PRODUCT + 1) for arg in tree.args[1:]]
    return "*".join(parts), _PRODUCT


def _neg(tree: Expr) -> Shown:
    return f"-{_inside(tree.args[0], _SUM + 1)}", _SUM


def _div(tree: Expr) -> Shown:
    above, below = tree.args
    return f"{_inside(above, _PRODUCT)}/{_inside(below, _PRODUCT + 1)}", _PRODUCT


def _pow(tree: Expr) -> Shown:
    base, exponent = tree.args
    return f"{_inside(base, _POSTFIX + 1)}^{_inside(exponent, _POWER)}", _POWER


def _root(tree: Expr) -> Shown:
    radicand, index = tree.args
    if index == number(2):
        return f"sqrt({_inside(radicand, _GIVEN + 1)})", _ATOM
    return f"root({_members(tree)})", _ATOM


def _mixed(tree: Expr) -> Shown:
    return f"{_inside(tree.args[0], _ATOM)} {_inside(tree.args[1], _PRODUCT)}", _PRODUCT - 1


def _percent(tree: Expr) -> Shown:
    return f"{_inside(tree.args[0], _POSTFIX)}%", _POSTFIX


def _factorial(tree: Expr) -> Shown:
    return f"{_inside(tree.args[0], _ATOM)}{'!!' if tree.head == 'factorial2' else '!'}", _POSTFIX


def _plus_minus(tree: Expr) -> Shown:
    sign = "±" if tree.head == "pm" else "∓"
    if len(tree.args) == 1:
        return f"{sign}{_inside(tree.args[0], _SUM + 1)}", _SUM
    left, right = tree.args
    return f"{_inside(left, _SUM)} {sign} {_inside(right, _SUM + 1)}", _SUM


def _numeral(tree: Expr) -> Shown:
    base = show(tree.args[0])
    if base == "16" and "." not in tree.name:
        return f"0x{tree.name}", _ATOM
    return f"{tree.name}_{base}", _ATOM


def _apply(tree: Expr) -> Shown:
    """A function nobody knows: square brackets where round ones would be read as a product."""
    name, args = tree.name, tree.args
    if name in {"≅", "∼"}:
        return f" {name} ".join(_inside(arg, _RELATION + 1) for arg in args), _RELATION
    if name.endswith("[]"):
        return f"{_CONSTANTS[name[:-2]]}[{_members(tree)}]", _ATOM
    if len(name) > 1 or name in APPLIED or name in SPECIAL or _plainly_applied(name, args):
        return f"{name}({_members(tree)})", _ATOM
    if name in LETTER_SETS:
        return f"{_CONSTANTS[name]}({_members(tree)})", _ATOM
    if name != "E" and any(arg.head in {"add", "neg", "pm", "mp"} for arg in args):
        return f"{name}({_members(tree)})", _ATOM
    return f"{name}[{_members(tree)}]", _ATOM


def _plainly_applied(name: str, args: tuple[Expr, ...]) -> bool:
    if len(args) != 1:
        return False
    [only] = args
    if only.head == "number":
        return name not in COEFFICIENTS and only.value is not None and only.value.q == 1 and only.value >= 0
    return only.head == "symbol" and only.name != name


def _limit(tree: Expr) -> Shown:
    body, variable, point = tree.args
    side = f"^{tree.name}" if tree.name else ""
    return f"lim_{{{show(variable)}→{_inside(point, _SUM)}{side}}} {_inside(body, _SUM + 1)}", _SUM


def _chain(tree: Expr) -> Shown:
    if tree.name == "chain":
        parts = [_inside(tree.args[0].args[0], _RELATION + 1)]
        for link in tree.args:
            parts += [link.name or _RELATIONS.get(link.head, "≡"), _inside(link.args[1], _RELATION + 1)]
        return " ".join(parts), _RELATION
    return _logical(tree)


def _logical(tree: Expr) -> Shown:
    level = _AND if tree.head == "and" else _OR
    spoken = all(arg.head in _STATEMENTS for arg in tree.args)
    sign = f" {tree.head} " if spoken else (" ∧ " if tree.head == "and" else " ∨ ")
    return sign.join(_inside(arg, level + 1) for arg in tree.args), level


def _not(tree: Expr) -> Shown:
    return f"not ({show(tree.args[0])})", _NOT


def _implies(tree: Expr) -> Shown:
    sign = " ⇒ " if tree.head == "implies" else " ⇔ "
    left, right = tree.args
    return f"{_inside(left, _IMPLIES + 1)}{sign}{_inside(right, _IMPLIES + 1)}", _IMPLIES


def _quantified(tree: Expr) -> Shown:
    sign = "∀" if tree.head == "forall" else "∃"
    return f"{sign} {_inside(tree.args[0], _NOT)}: {_inside(tree.args[1], _IMPLIES + 1)}", _QUANTIFIED


def _congruent(tree: Expr) -> Shown:
    left, right, modulus = tree.args
    return f"{_inside(left, _RELATION + 1)} ≡ {_inside(right, _RELATION + 1)} (mod {show(modulus)})", _RELATION


def _list(tree: Expr) -> Shown:
    if tree.name in {"or", "and"}:
        return f" {tree.name} ".join(_inside(arg, _AND + 1) for arg in tree.args), _OR
    if any(arg.head == "list" and arg.name not in {"or", "and"} for arg in tree.args):
        return "; ".join(_inside(arg, _LIST) for arg in tree.args), 0
    return _members(tree), _LIST


def _given(tree: Expr) -> Shown:
    body, rule = tree.args
    return f"{_inside(body, _LIST)} where {_inside(rule, _AND)}", _GIVEN


def _tuple(tree: Expr) -> Shown:
    if len(tree.args) in {1, 2}:
        return f"[{_members(tree)}]", _ATOM
    return f"({_members(tree)})", _ATOM


def _matrix(tree: Expr) -> Shown:
    rows = ", ".join(f"[{_members(row)}]" for row in tree.args)
    return (f"|[{rows}]|" if tree.name == "det" else f"[{rows}]"), _ATOM


def _interval(tree: Expr) -> Shown:
    left, right = tree.name[0], tree.name[1]
    return (
        f"{']' if left == '(' and right == ')' else left}{_members(tree)}{'[' if tree.name == '()' else right}",
        _ATOM,
    )


def _builder(tree: Expr) -> Shown:
    element, rule = tree.args
    return f"{{{_inside(element, _GIVEN + 1)} | {_inside(rule, _LIST)}}}", _ATOM


def _cases(tree: Expr) -> Shown:
    return (
        f"Piecewise({', '.join(f'({_members(piece)}{_OTHERWISE[len(piece.args) > 1]})' for piece in tree.args)})",
        _ATOM,
    )


_OTHERWISE: Final = (", True", "")


def _ratio(tree: Expr) -> Shown:
    return ":".join(_inside(arg, _RATIO + 1) for arg in tree.args), _RATIO


def _labelled(tree: Expr) -> Shown:
    return f"({tree.name}) {_inside(tree.args[0], _GIVEN + 1)}", _GIVEN + 1


def _dots(_: Expr) -> Shown:
    return "...", _ATOM


def _words(tree: Expr) -> Shown:
    return tree.name, _ATOM


def _brackets(left: str, right: str) -> Callable[[Expr], Shown]:
    return lambda tree: (f"{left}{_members(tree)}{right}", _ATOM)


_MAKERS: dict[str, Callable[[Expr], Shown]] = {
    "number": _number, "symbol": _symbol, "constant": _constant, "words": _words, "dots": _dots, "add": _add,
    "mul": _mul, "neg": _neg, "div": _div, "pow": _pow, "root": _root, "mixed": _mixed, "percent": _percent,
    "pm": _plus_minus, "mp": _plus_minus, "numeral": _numeral, "apply": _apply, "factorial": _factorial,
    "factorial2": _factorial, "lim": _limit, "and": _chain, "or": _logical, "not": _not, "implies": _implies,
    "iff": _implies, "forall": _quantified, "exists": _quantified, "congruent": _congruent, "list": _list,
    "given": _given, "tuple": _tuple, "matrix": _matrix, "interval": _interval, "builder": _builder, "cases": _cases,
    "ratio": _ratio, "labelled": _labelled, "set": _brackets("{", "}"), "pair": _brackets("(", ")"),
    "vector": _brackets("⟨", "⟩"), "row": _brackets("[", "]"),
}  # fmt: skip
