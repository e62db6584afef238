r"""Text -> maths: reads LaTeX, Unicode and plain notation in one grammar, as written.

``read_maths`` is total: what is no maths has no reading, and only the budget may end it early. Its work is linear in
the text, its depth bounded by ``budget.depth``.
"""

from __future__ import annotations

import re

import msgspec

from verifier.engine.maths import binders, brackets, environments, glyphs, names, operators, prose
from verifier.engine.maths.cursor import Cursor, Infix, Prefix, Unreadable
from verifier.engine.maths.lexer import Tokens, tokens_of
from verifier.engine.maths.operators import domain
from verifier.engine.maths.repair import repaired
from verifier.engine.maths.statements import statement
from verifier.types.budget import Meter
from verifier.types.expr import Expr
from verifier.types.rules import MathsTable


class Maths(msgspec.Struct, frozen=True):
    """One way to read a text as maths.

    ``before`` are the words in front of it ("The answer is"), ``after`` those behind ("cm", "people").
    """

    tree: Expr
    before: str
    after: str
    certain: bool = True


_PREFIX: dict[str, Prefix] = {
    **operators.PREFIX,
    **names.PREFIX,
    **brackets.PREFIX,
    **environments.PREFIX,
    **glyphs.PREFIX,
    **binders.PREFIX,
}
_INFIX: dict[str, Infix] = {
    **operators.INFIX,
    **dict.fromkeys(sorted(_PREFIX.keys() - operators.INFIX.keys()), operators.times),
}
_LITERAL = (_PREFIX, _INFIX)
_PACKED = (
    _PREFIX,
    {
        kind: operators.beside if handler is operators.times and kind not in {"*", "/", "modulo"} else handler
        for kind, handler in _INFIX.items()
    },
)

_HINT = re.compile(r"[0-9\\$=+*/^<>|(\[{_%!:]|[^\x00-\x7f]|.-|\b[A-Za-z]\b")
_WORD = re.compile(r"[A-Za-z]+")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d.,])")
_BARE_BEFORE = frozenset({"start", ",", ";", "(", "[", "{", "\\{", "-"})
_BARE_AFTER = frozenset({"end", ",", ";", ")", "]", "}", "\\}"})
_APPLIED_FORM = re.compile(
    r"\s*(?:\$|\\[(\[])*\s*([A-Za-z])(?:_\{?\w{1,4}\}?)?\s*(?:\\left)?\(\s*[A-Za-z0-9,;\s]{1,20}?(?:\\right)?\)\s*(?::?=|\\equiv|\\g|\\l|[<>≤≥])"
)
_FEW_WORDS = 3


def read_maths(text: str, table: MathsTable, meter: Meter) -> tuple[Maths, ...]:
    r"""The readings of a text as maths, surest first; none where it is no maths.

    >>> from verifier.rulebook import builtin_rules
    >>> from verifier.types.budget import Budget
    >>> [maths] = read_maths(r"The answer is $\frac12$ cm", builtin_rules().maths, Meter(Budget()))
    >>> maths.tree.head, maths.before, maths.after
    ('div', 'The answer is', 'cm')
    """
    if _HINT.search(text) is None and _plain_words(text, table):
        return ()
    meter.within("answer_chars", len(text))
    meter.spend(len(text))
    text = repaired(text)
    tokens = tokens_of(text, table, meter)
    first = _read(text, tokens, table, meter, packed=False)
    if first is None:
        return ()
    found, doubtful = first
    others = []
    if doubtful:
        second = _read(text, tokens, table, meter, packed=True)
        if second is not None:
            others.append(second[0])
    if "," in text:
        split = _ungrouped(text, tokens)
        listed = _read(split, tokens_of(split, table, meter), table, meter, packed=False) if split != text else None
        if listed is not None:
            others.append(listed[0])
    others = [other for other in others if other.tree != found.tree]
    if not others:
        return (found,)
    return tuple(msgspec.structs.replace(maths, certain=False) for maths in (found, *others))


def _plain_words(text: str, table: MathsTable) -> bool:
    """Whether a text of nothing but words names no mathematical thing."""
    words = _WORD.findall(text[:200])
    if not words or len(text) > 200:
        return True
    return any(word not in table.tokens and (len(word) > _FEW_WORDS or len(words) > 1) for word in words) and not any(
        word in table.tokens for word in words
    )


def _read(text: str, tokens: Tokens, table: MathsTable, meter: Meter, *, packed: bool) -> tuple[Maths, bool] | None:
    start = 0
    if tokens.wordy:
        tokens = prose.resolve_runs(tokens, text)
        if "word" in tokens.kinds:
            opening = prose.opening(tokens, table)
            if opening is None:
                return None
            start = opening
    cursor = Cursor(tokens, table, meter, _PACKED if packed else _LITERAL, packed=packed)
    cursor.at = start
    kinds = cursor.kinds
    _prepare(cursor, text)
    try:
        tree = statement(cursor)
        while kinds[cursor.at] == "}" and kinds.count("}") > kinds.count("{"):
            cursor.at += 1  # braces too many at the end
    except Unreadable:
        return None
    after = ""
    if kinds[cursor.at] != "end":
        if kinds[cursor.at] not in {"word", "given"} or not prose.harmless_tail(tokens, cursor.at, table):
            return None
        after = prose.slice_of(text, tokens, cursor.at, len(kinds) - 1)
    before = prose.slice_of(text, tokens, 0, start)
    if len(kinds) > _SHALLOW:
        _measured(tree, meter)
    return Maths(_whole(tree, kinds), before, after), cursor.doubtful


def _prepare(cursor: Cursor, text: str) -> None:
    """What only the whole text tells: letters that are functions, brackets turned round, a lone bar, lines."""
    kinds = cursor.kinds
    if "(" in kinds and "relation" in kinds:
        form = _APPLIED_FORM.match(text)
        if form is not None:
            cursor.applied = frozenset(form[1])
    if "]" in kinds and (kinds.count("[") != kinds.count("]") or kinds.index("]") < kinds.index("[")):
        _reverse_brackets(kinds)
    if "|" in kinds and kinds.count("|") == 1 and "{" not in kinds and "\\{" not in kinds and kinds[0] != "|":
        kinds[kinds.index("|")] = "mid"
    if "row" in kinds and "begin" not in kinds:
        kinds[:] = [";" if kind == "row" else kind for kind in kinds]


_SHALLOW = 24


def _measured(tree: Expr, meter: Meter) -> None:
    """Raise ``Exhausted`` for a tree that is too deep or too big for whoever walks it."""
    level = [tree]
    depth = nodes = 0
    while level:
        depth += 1
        nodes += len(level)
        level = [arg for node in level for arg in node.args]
    meter.within("depth", depth)
    meter.within("nodes", nodes)
    meter.spend(nodes)


def _whole(tree: Expr, kinds: list[str]) -> Expr:
    """What a text as a whole means beyond its parts: R alone is the set, [x] alone a list of one."""
    if tree.head == "symbol":
        return domain(tree)
    if kinds[0] == "[" and tree.head not in {"tuple", "interval", "matrix", "vector"} and _closed_at_end(kinds):
        return Expr("tuple", (tree,))
    return tree


def _closed_at_end(kinds: list[str]) -> bool:
    depth = 0
    for at, kind in enumerate(kinds):
        if kind in {"[", "(", "{"}:
            depth += 1
        elif kind in {"]", ")", "}"}:
            depth -= 1
            if depth == 0:
                return at == len(kinds) - 2
    return False


def _reverse_brackets(kinds: list[str]) -> None:
    """``]a, b[``: brackets that open where others close."""
    stack: list[str] = []
    for at, kind in enumerate(kinds):
        if kind in {"(", "\\{", "{"}:
            stack.append(kind)
        elif kind == "[":
            if (
                stack
                and stack[-1] in {"[", "]("}
                and kinds[at + 1] in {"end", ",", ")", "}", "set operator", "word", "or"}
            ):
                kinds[at] = "[)"
                stack.pop()
            else:
                stack.append("[")
        elif kind == "]":
            if stack and stack[-1] in {"[", "(", "]("}:
                stack.pop()
            else:
                kinds[at] = "]("
                stack.append("](")
        elif kind in {")", "}", "\\}"} and stack:
            stack.pop()


def _ungrouped(text: str, tokens: Tokens) -> str:
    """The text with the commas of bare grouped numbers taken as separators."""
    kinds, values = tokens.kinds, tokens.values
    bare = {
        values[at]
        for at, kind in enumerate(kinds)
        if kind == "number"
        and "," in values[at]
        and _GROUPED.fullmatch(values[at])
        and (kinds[at - 1] if at else "start") in _BARE_BEFORE
        and kinds[at + 1] in _BARE_AFTER
    }
    return (
        _GROUPED.sub(lambda found: found[0].replace(",", ", ") if found[0] in bare else found[0], text)
        if bare
        else text
    )
