"""What a question says of the names in an answer: conditions, whole numbers, fixed names, arbitrary constants.

Read only when an answer needs it, since most have no names; a question's formulas are read once a grade.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from verifier.engine.demand import Demand
from verifier.engine.kinds.formula import Relation
from verifier.engine.kinds.kind import Context
from verifier.engine.maths.parser import read_maths
from verifier.engine.maths.show import show
from verifier.engine.maths.trees import walk
from verifier.engine.maths.zero import Given
from verifier.types.expr import RELATIONS, Expr
from verifier.types.nodes import heads, in_figures, number, symbols
from verifier.types.rules import ConditionTable, Saying
from verifier.types.verdict import Decision

_SPAN: Final = re.compile(r"\$\$?([^$]{1,300}?)\$\$?|\\\((.{1,300}?)\\\)|\\\[(.{1,600}?)\\\]", re.DOTALL)
_HAS_SIGN: Final = re.compile(
    r"[=<>≤≥≠≡^*/+√!°×·÷]|\\(?:times|cdot|div|leq?|geq?|neq?|lt|gt|in|sqrt|binom|int|sum|[dt]?frac)(?![A-Za-z])"
    r"|(?:sin|cos|tan|log|ln)(?![A-Za-z])|\d ?[A-Za-z]|[\d)] ?[-−] ?[\d(]"
)
_RELATIONAL: Final = re.compile(r"[=<>≤≥≠≡]|\\(?:leq?|geq?|neq?|lt|gt|in|equiv)(?![A-Za-z])")
_LETTER: Final = re.compile(r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])")
_USED: Final = re.compile(  # a letter that stands alone in maths, or beside a sign
    r"\$ ?([A-Za-z]) ?\$|\\\( ?([A-Za-z]) ?\\\)|(?<![A-Za-z\d] )(?<![A-Za-z\d])([A-Za-z])(?= ?[-+=*^<>])"
    r"|(?:(?<=[-+=*^<>])|(?<=[-+=*^<>] ))([A-Za-z])(?![A-Za-z])"
)
_ADDED: Final = re.compile(r"(?<![A-Za-z\d.])\d{0,6}([A-Za-z]) ?[-+] ?\d{0,6}\1(?![A-Za-z])")  # d + 2d
_IN_TERMS: Final = re.compile(r"in terms of \$?([A-Za-z])(?![A-Za-z])")
_ARBITRARY: Final = re.compile(r"(?:[CcKk]|const|constant)(?:_\w+)?")
_MORE_ARBITRARY: Final = re.compile(r"(?:[A-DKc-dk]|const|constant|lambda|alpha|beta)(?:_\w+)?")
_C: Final = re.compile(r"C(?:_\w+)?")
_CAPITAL: Final = re.compile(r"[CcKk](?:_\w+)?")
_MOST: Final = 24  # formulas of a question that are looked at
_SPANS: Final = "spans"


def formulas(ctx: Context, held: Iterable[str] = (), *, relational: bool = False) -> list[Expr]:
    """The formulas of the question, between delimiters or in running text, as trees; those with one reading.

    Only the ones that hold all the given texts, and a sign of relation if ``relational``; each is read once a grade.
    """
    found: list[Expr] = []
    wanted = tuple(held)
    for span in _spans(ctx):
        if (relational and _RELATIONAL.search(span) is None) or not all(text in span for text in wanted):
            continue
        key = (_SPANS, span)
        if key not in ctx.memo:
            readings = read_maths(span, ctx.rules.maths, ctx.meter)
            sure = len(readings) == 1 or _RELATIONAL.search(span) is not None
            ctx.memo[key] = tuple(reading.tree for reading in readings[:1]) if sure else ()
        found.extend(ctx.memo[key])
    return found


def _spans(ctx: Context) -> tuple[str, ...]:
    """The texts of a question's formulas."""
    if _SPANS not in ctx.memo:
        question = ctx.demand.question
        ctx.meter.spend(len(question))
        spans = [next(part for part in match.groups() if part) for match in _SPAN.finditer(question)]
        rest = _SPAN.sub(" \n ", question)
        table = ctx.rules.demand.conditions
        rest = table.spoken.sub(lambda found: f"{found[1]} {table.signs[found[2].lower()]} ", rest)
        spans += [
            run
            for match in table.run.finditer(rest)
            if _HAS_SIGN.search(run := match[0].strip(" ,.(")) and len(run) > 1
        ]
        ctx.memo[_SPANS] = tuple(dict.fromkeys(spans[-_MOST:]))
    spans_of: tuple[str, ...] = ctx.memo[_SPANS]
    return spans_of


def given(
    demand: Demand, names: Iterable[str], ctx: Context, stated: tuple[Expr, ...] = (), *, equations: bool = True
) -> Given:
    """The conditions that a question, and the ground truth itself, put on these names.

    Where the answer is an equation itself, the question's ``equations`` are what it was made from, and no conditions.
    """
    held = frozenset(names)
    if not held or not demand.question:
        return Given(conditions=stated)
    told = formulas(ctx, relational=True) if _RELATIONAL.search(demand.question) else []
    found = [part for tree in told for part in _parts(tree) if not held.isdisjoint(symbols(part))]
    usable: list[Expr] = []
    spare: set[str] = set()
    said = ctx.rules.demand.conditions
    unknown = bool(_names(said.restricted, demand, held))
    for relation in dict.fromkeys(found):
        if relation.head == "eq" and not equations:
            continue
        extra = symbols(relation) - held
        if "mod" in heads(relation):  # n = 1 mod 4
            unknown = True
        elif not extra and not _holds_apply(relation):
            usable.append(relation)
        elif relation.head == "eq":
            unknown = unknown or (not (extra - spare) and not _holds_apply(relation))
            spare |= extra
    ctx.meter.spend(2 * len(demand.question))
    usable += _signs(said, demand, held)
    return Given(conditions=(*stated, *usable), integers=_names(said.whole, demand, held), unknown=unknown)


def limits(stated: tuple[Expr, ...], own: tuple[Expr, ...], ctx: Context) -> bool:
    """Whether an answer has conditions of its own that the ground truth does not state.

    One that takes only single points away (x ≠ 1) limits nothing; a stated one counts in other words, too.
    """
    return any(
        limit.head != "ne"
        and limit not in stated
        and not any(ctx.compare(Relation(one), Relation(limit)).decision is Decision.CORRECT for one in stated)
        for limit in own
    )


def names_told(saying: Saying, question: str) -> frozenset[str] | None:
    """The names that a text says something of; ``None`` if it does not say it, empty if it names none."""
    found: set[str] = set()
    said = False
    for match in saying.pattern.finditer(question):
        said = True
        for run in match.groups():
            found.update((run,) if run and run.isalpha() else _LETTER.findall(run or ""))
    return frozenset(found) if said else None


def _names(sayings: tuple[Saying, ...], demand: Demand, held: frozenset[str]) -> frozenset[str]:
    """Those of the names ``held`` that the question says something of; all, where it says it of no name."""
    found: frozenset[str] = frozenset()
    for saying in sayings:
        if not saying.clues.isdisjoint(demand.words):
            told = names_told(saying, demand.question)
            found |= frozenset() if told is None else held & told if told else held
    return found


def _is_said(sayings: tuple[Saying, ...], demand: Demand) -> bool:
    return any(
        not saying.clues.isdisjoint(demand.words) and saying.pattern.search(demand.question) is not None
        for saying in sayings
    )


def _signs(said: ConditionTable, demand: Demand, held: frozenset[str]) -> list[Expr]:
    """The signs that a question gives to names in words: "for positive x", "all variables are positive"."""
    return [
        Expr(head, (Expr("symbol", (), name), number(0)))
        for sayings, head in ((said.positive, "gt"), (said.nonnegative, "ge"), (said.negative, "lt"))
        for name in sorted(_names(sayings, demand, held))
    ]


def _parts(tree: Expr) -> list[Expr]:
    if tree.head == "list":
        return [part for inner in _each_related(tree.args) for part in _parts(inner)]
    if tree.head == "and":
        return [part for inner in tree.args for part in _parts(inner)]
    if tree.head == "given":
        return [part for inner in tree.args for part in _parts(inner)]
    return [tree] if tree.head in RELATIONS else []


_OF_EACH: Final = frozenset({"lt", "le", "gt", "ge", "ne", "in"})


def _each_related(members: tuple[Expr, ...]) -> list[Expr]:
    """``x, y < 0`` is said of each: a name stands for what is said of the next one."""
    found: list[Expr] = []
    for member in reversed(members):
        last = found[-1] if found else member
        if member.head == "symbol" and last.head in _OF_EACH and last.args[0].head == "symbol":
            found.append(msgspec.structs.replace(last, args=(member, *last.args[1:])))
        else:
            found.append(member)
    return found[::-1]


def _holds_apply(tree: Expr) -> bool:
    return tree.head in {"apply", "diff", "int"} or any(_holds_apply(part) for part in tree.args)


def is_named(name: str, ctx: Context) -> bool:
    """Whether a question itself uses a name, so that an answer may not choose another."""
    letter = name.rsplit("_", 1)[0] if "_" in name else name
    question = ctx.demand.question
    return any(found in {letter, name} for found in _LETTER.findall(question)) or (
        len(letter) > 1 and letter in question
    )


def is_variable(letter: str, ctx: Context) -> bool:
    """Whether a question uses a letter as a variable, so that it is no unit: "in terms of h", ``$m$``, "side s"."""
    question = ctx.demand.question
    if is_added(letter, ctx):
        return True
    return any(letter in match.groups() for match in _USED.finditer(question)) or bool(
        _names(ctx.rules.demand.conditions.variable, ctx.demand, frozenset((letter,)))
    )


def is_added(letter: str, ctx: Context) -> bool:
    """Whether a question adds a letter to itself, ``d + 2d``, or asks for something in terms of it."""
    question = ctx.demand.question
    return letter in question and (
        any(letter == match[1] for match in _ADDED.finditer(question))
        or any(letter == match[1] for match in _IN_TERMS.finditer(question))
    )


def may_not_commute(ctx: Context) -> bool:
    """Whether a question speaks of things whose products have an order: matrices, vectors, groups, languages."""
    return _is_said(ctx.rules.demand.conditions.order, ctx.demand)


def is_complex(ctx: Context) -> bool:
    """Whether a question's names may be complex numbers, of which the laws of the reals do not hold."""
    return _is_said(ctx.rules.demand.conditions.complex, ctx.demand)


def is_chosen(ctx: Context) -> bool:
    """Whether a question asks for something that is written in a name of the writer's choice: a polynomial."""
    return _is_said(ctx.rules.demand.conditions.chosen, ctx.demand)


def is_bound(name: str, ctx: Context) -> bool:
    """Whether a relation of the question holds a name, so that it may have a value there."""
    return any(name in symbols(part) for tree in formulas(ctx, relational=True) for part in _parts(tree)) or _is_said(
        ctx.rules.demand.conditions.restricted, ctx.demand
    )


def is_unknown(name: str, ctx: Context) -> bool:
    """Whether a question asks to solve for a name, or to make it the subject."""
    letter = frozenset((name.rsplit("_", 1)[0],))
    return bool(_names(ctx.rules.demand.conditions.unknown, ctx.demand, letter))


def arbitrary(tree: Expr, ctx: Context, *, instead_of: Expr | None = None) -> tuple[str, ...]:
    """The arbitrary constants of an expression: C, C_1, k where the question does not use the name itself.

    ``instead_of`` is the other side, whose variables are none.
    """
    pattern = _MORE_ARBITRARY if ctx.demand.family else _ARBITRARY
    mine = () if instead_of is None else arbitrary(instead_of, ctx)
    other = frozenset() if instead_of is None else symbols(instead_of) - set(mine)
    if mine and ctx.demand.family:  # as many names as the other side has constants, that nothing else explains
        spare = tuple(name for name in sorted(symbols(tree) - other) if not is_named(name, ctx))
        if len(spare) == len(mine):
            return spare
    own = [name for name in sorted(symbols(tree)) if pattern.fullmatch(name) and not is_named(name, ctx)]
    if instead_of is not None:
        own = [name for name in own if name not in other or _ARBITRARY.fullmatch(name)]
    if not ctx.demand.family:
        plain = _CAPITAL if instead_of is not None else _C
        own = [name for name in own if plain.fullmatch(name) and _is_summand(tree, name)]
    return tuple(own)


def _is_summand(tree: Expr, name: str) -> bool:
    return tree.head == "add" and any(part.head == "symbol" and part.name == name for part in tree.args)


def is_echo(gold: Expr, candidate: Expr, ctx: Context) -> bool:
    """Whether an answer is an expression of the question, and the ground truth is another one (POLICY 56)."""
    if not candidate.args or not ctx.demand.question:
        return False
    leaves = {text for node in walk(candidate) if (text := _leaf(node))} - {"2"}  # a root's index is not written
    told = [node for tree in formulas(ctx, leaves) for node in (tree, *tree.args)]
    own = [node for tree in formulas(ctx) for node in (tree, *(tree.args[:1] if tree.head == "root" else tree.args))]
    return _is_among(candidate, told) and gold not in own


def _is_among(candidate: Expr, told: list[Expr]) -> bool:
    """Whether a tree is one of these, or a sum or product of the same parts in another order."""
    if candidate in told:
        return True
    return candidate.head in {"add", "mul"} and any(
        node.head == candidate.head and sorted(map(show, node.args)) == sorted(map(show, candidate.args))
        for node in told
    )


def _leaf(node: Expr) -> str:
    """The text that a leaf must have in a question, if it has one for certain."""
    if node.head == "symbol" and len(node.name) == 1:
        return node.name
    return in_figures(node.value) if node.head == "number" and not node.name and node.value is not None else ""


def is_asked(tree: Expr, ctx: Context) -> bool:
    """Whether the side of an equation that holds names stands in the question alone: "find a + b" for ``a + b = 5``."""
    sides = [side for side in tree.args if symbols(side)]
    return any(side in formulas(ctx) for side in sides) or any(
        _stands_alone(side, ctx.demand.question) for side in sides
    )


def _stands_alone(side: Expr, question: str) -> bool:
    told, text = _BLANK.sub("", question), _BLANK.sub("", show(side))
    at = told.find(text)
    while at >= 0:
        before, after = told[at - 1 : at], told[at + len(text) : at + len(text) + 1]
        if before not in _SIGNS and after not in _SIGNS and not after.isalnum():
            return True
        at = told.find(text, at + 1)
    return False


_BLANK: Final = re.compile(r"[\s$*·×{}\\]|cdot|times|left|right")
_SIGNS: Final = frozenset("+-*/=^(<>")
