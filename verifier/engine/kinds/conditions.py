"""What a question says of the names in an answer: conditions, whole numbers, fixed names, arbitrary constants.

Read only when an answer has names, since most have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from verifier.engine.demand import Demand
from verifier.engine.kinds.kind import Context
from verifier.engine.maths.parser import read_maths
from verifier.engine.maths.show import show
from verifier.engine.maths.zero import Given
from verifier.types.expr import RELATIONS, Expr, number, symbols

_SPAN = re.compile(r"\$\$?([^$]{1,300}?)\$\$?|\\\((.{1,300}?)\\\)|\\\[(.{1,600}?)\\\]", re.DOTALL)
_PLAIN = re.compile(r"(?<![\w$\\])([A-Za-z]\w? ?(?:[<>≤≥≠]|!=|>=|<=) ?-?[\w./]{1,12})(?![\w$])")
_WHOLE = re.compile(
    r"(?:integers?|natural numbers?|whole numbers?)\s+\$?\\?\(?([A-Za-z])\b|\$?\b([A-Za-z])\b\$?\s+(?:is|be|are) an? (?:\w+ )?(?:integer|natural number)"
)
_POSITIVE = re.compile(
    r"positive (?:real )?(?:numbers?|constants?|integers?|reals?)\s+\$?\\?\(?((?:[A-Za-z]\b[\s,$]*(?:and )?)+)"
)
_LETTER = re.compile(r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])")
_ARBITRARY = re.compile(r"(?:[CcKk]|const|constant)(?:_\w+)?")
_MORE_ARBITRARY = re.compile(r"(?:[A-DKc-dk]|const|constant|lambda|alpha|beta)(?:_\w+)?")
_MOST = 12  # relations of a question that are looked at


def given(demand: Demand, names: Iterable[str], ctx: Context, stated: tuple[Expr, ...] = ()) -> Given:
    """The conditions that a question, and the ground truth itself, put on these names."""
    held = frozenset(names)
    if not held or not demand.question:
        return Given(conditions=stated)
    found = [relation for relation in relations(demand, ctx) if not held.isdisjoint(symbols(relation))]
    usable: list[Expr] = []
    spare: set[str] = set()
    unknown = False
    for relation in found:
        extra = symbols(relation) - held
        if not extra and not _holds_apply(relation):
            usable.append(relation)
        elif relation.head == "eq":
            fresh = extra - spare
            unknown = unknown or (not fresh and not _holds_apply(relation))
            spare |= extra
    whole = {name for pair in _WHOLE.findall(demand.question) for name in pair if name in held}
    positive = {name for run in _POSITIVE.findall(demand.question) for name in _LETTER.findall(run) if name in held}
    usable += [Expr("gt", (Expr("symbol", (), name), number(0))) for name in sorted(positive)]
    return Given(conditions=(*stated, *usable), integers=frozenset(whole), unknown=unknown)


def relations(demand: Demand, ctx: Context) -> list[Expr]:
    """The relations that stand in a question's formulas."""
    found: list[Expr] = []
    spans = [next(part for part in match.groups() if part) for match in _SPAN.finditer(demand.question)]
    spans += [match[1] for match in _PLAIN.finditer(_SPAN.sub(" ", demand.question))]
    for span in spans[-_MOST:]:
        if not any(sign in span for sign in "=<>≤≥≠") and not any(
            macro in span for macro in ("\\le", "\\ge", "\\ne", "\\lt", "\\gt", "\\in")
        ):
            continue
        readings = read_maths(span, ctx.rules.maths, ctx.meter)
        if len(readings) == 1:
            found.extend(_parts(readings[0].tree))
    return found


def _parts(tree: Expr) -> list[Expr]:
    if tree.head in {"and", "list"}:
        return [part for inner in tree.args for part in _parts(inner)]
    return [tree] if tree.head in RELATIONS else []


def _holds_apply(tree: Expr) -> bool:
    return tree.head in {"apply", "diff", "int"} or any(_holds_apply(part) for part in tree.args)


def is_named(name: str, ctx: Context) -> bool:
    """Whether a question itself uses a name, so that an answer may not choose another."""
    letter = name.rsplit("_", 1)[0] if "_" in name else name
    return any(found in {letter, name} for found in _LETTER.findall(ctx.demand.question)) or (
        len(letter) > 1 and letter in ctx.demand.question
    )


def arbitrary(tree: Expr, ctx: Context, *, instead_of: Expr | None = None) -> tuple[str, ...]:
    """The arbitrary constants of an expression: C, C_1, k where the question does not use the name itself.

    ``instead_of`` is the other side, whose variables are none.
    """
    names = symbols(tree)
    pattern = _MORE_ARBITRARY if ctx.demand.family else _ARBITRARY
    other = symbols(instead_of) if instead_of is not None else frozenset()
    own = [name for name in sorted(names) if pattern.fullmatch(name) and not is_named(name, ctx)]
    if instead_of is not None:
        own = [name for name in own if name not in other or _ARBITRARY.fullmatch(name)]
    if not ctx.demand.family:
        own = [name for name in own if name.startswith("C") and _is_summand(tree, name)]
    return tuple(own)


def _is_summand(tree: Expr, name: str) -> bool:
    return tree.head == "add" and any(part.head == "symbol" and part.name == name for part in tree.args)


def is_echo(gold: Expr, candidate: Expr, ctx: Context) -> bool:
    """Whether an answer is an expression of the question, and the ground truth is another one (POLICY 56)."""
    if not candidate.args or not ctx.demand.question:
        return False
    told = _squeezed(ctx.demand.question)
    own, wanted = _squeezed(show(candidate)), _squeezed(show(gold))
    if own == wanted or len(own) < 3:
        return False
    if own in told and wanted not in told:
        return True
    written = [match for match in _SPAN.findall(ctx.demand.question)]
    for groups in written[-_MOST:]:
        span = next(part for part in groups if part)
        for found in read_maths(span, ctx.rules.maths, ctx.meter)[:1]:
            if found.tree == candidate or candidate in found.tree.args:
                return found.tree != gold and gold not in found.tree.args
    return False


def is_asked(tree: Expr, ctx: Context) -> bool:
    """Whether the side of an equation that holds names stands in the question: "find a + b" for ``a + b = 5``."""
    told = _squeezed(ctx.demand.question)
    return any(symbols(side) and _squeezed(show(side)) in told for side in tree.args)


_BLANK = re.compile(r"[\s$*·×{}\\]|cdot|times|left|right")


def _squeezed(text: str) -> str:
    return _BLANK.sub("", text)
