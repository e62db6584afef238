"""Words that say of what sort the numbers of a statement are: "all primes p > 3" is not p > 3 (POLICY 142, 143)."""

from __future__ import annotations

import re
from typing import Final

from verifier.engine.kinds.formula import COUNTERS, Collection, Expression, Region, Relation
from verifier.engine.kinds.kind import Context, Reading
from verifier.engine.maths.parser import Maths
from verifier.types.expr import Expr
from verifier.types.nodes import constant, symbols
from verifier.types.verdict import Code, Decision, Finding, passes

SORT = passes(
    "reading.sort",
    "Words say of what sort the numbers are (prime, even), and whether the sides agree for them could not be shown.",
    specific=7,
)
CODES: tuple[Code, ...] = (SORT,)

_WORD: Final = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*")
_FAMILIES: Final = frozenset({"family", "naturals", "lattice"})
_SAID: Final = {"family": "Z", "lattice": "Z", "naturals": "N"}
_INFINITE: Final = frozenset({constant("inf"), Expr("neg", (constant("inf"),))})
_NAMING: Final = frozenset({"eq", "approx"})
_EVERY: Final = frozenset({"all", "any", "every", "each"})
_NEAR: Final = 3  # words in which a quantifier opens what stands behind a statement: "for all primes p"


def carried(found: Maths, answer: object, ctx: Context) -> tuple[str, ...]:
    """The words around a statement about numbers that may restrict it, in their singular; none around a plain value.

    Right in front of an inequality, a congruence, a family or a region, and behind "for all", these are all words
    that the rules do not know as free; elsewhere those that the rules list as sorts. Words for the numbers that the
    statement is about anyway (integers in a family over ℤ) are none.
    """
    if found.tree.head != "in" and not _is_statement(answer):
        return ()
    table = ctx.rules.maths
    front = found.before.lower()
    cut = max(front.rfind(":"), front.rfind("=")) + 1
    words = _WORD.findall(front[cut:])
    last = max((at for at, word in enumerate(words) if word in table.copulas), default=-1)
    near, far = words[last + 1 :], _WORD.findall(front[:cut]) + words[: last + 1]
    behind = _WORD.findall(found.after.lower())
    if _names_something(answer):
        if not _EVERY.isdisjoint(far):
            near += far
        kept = [word for word in near if word in table.sorts]
    else:
        kept = [word for word in far if word in table.sorts]
        over_all = not _EVERY.isdisjoint(behind[:_NEAR])
        free = (table.announcing, table.arbitrary, ctx.rules.text.fillers)
        for word in (*near, *(behind if over_all else ())):
            if word in table.sorts or not any(word in known for known in free):
                kept.append(word)
    kept += [word for word in behind if word in table.sorts]
    said = {"R"}
    if isinstance(answer, Collection):
        said.add(_SAID.get(answer.shape, "R"))
    elif isinstance(answer, (Expression, Relation)) and _names_something(answer):
        said.update(() if symbols(answer.tree).isdisjoint(COUNTERS) else "Z")  # all integers n = 4k + 1
    return tuple(dict.fromkeys(_stem(word) for word in kept if table.domains.get(word) not in said))


def _is_statement(answer: object) -> bool:
    if isinstance(answer, Collection):
        unbounded = answer.shape == "pair" and not _INFINITE.isdisjoint(answer.items)  # (0, ∞)
        return unbounded or answer.shape in _FAMILIES
    return isinstance(answer, (Relation, Region)) or (isinstance(answer, Expression) and bool(symbols(answer.tree)))


def _names_something(answer: object) -> bool:
    """Whether a statement is a term or an equation, in front of which words name what it describes: "the plane"."""
    if isinstance(answer, Relation):
        tree: Expr = answer.tree.args[0] if answer.tree.head == "given" else answer.tree
        return tree.head in _NAMING
    return isinstance(answer, Expression)


def _stem(word: str) -> str:
    return word.rstrip("s")


def restricted(gold: Reading, candidate: Reading, found: Finding, ctx: Context) -> Finding:
    """The finding on two readings with their sorts seen.

    A sort that only one side says must be what the question asks of. What differs among all numbers may be the same
    among those of a sort: odd n > 3 is odd n ≥ 5.
    """
    mine, other = set(gold.sort), set(candidate.sort)
    if found.decision is Decision.CORRECT:
        untold = [word for word in sorted(mine ^ other) if not _is_asked(word, ctx)]
    elif found.decision is Decision.INCORRECT:
        whole = ctx.demand.whole
        domains = ctx.rules.maths.domains
        untold = [word for word in sorted(mine | other) if not (whole and domains.get(word) == "Z")]
    else:
        return found
    return SORT.finding(sort=" ".join(untold)) if untold else found


def _is_asked(word: str, ctx: Context) -> bool:
    """Whether the question asks for things of a sort ("find all odd primes p"); "such that n is prime" does not.

    Of words that are no listed sort it need only speak.
    """
    if not any(_stem(one) == word for one in ctx.demand.words):
        return False
    if ctx.rules.maths.sorts.isdisjoint((word, f"{word}s")):
        return True
    question = " ".join(ctx.demand.question.lower().replace("$", " ").split())
    return any(word in map(_stem, found[0].split()) for found in _ASKED.finditer(question))


_PLAIN: Final = r" (?!(?:is|are|be|does|do|makes?|such|that|so|have|has)\b)[a-z][a-z-]*"
_MORE: Final = rf"(?:{_PLAIN})?"
_ASKED: Final = re.compile(
    rf"\b(?:all|which|what|every|each|any|find|determine|for|let [a-z] be)(?: an?| the)?{_PLAIN}{_MORE}{_MORE}"
)
