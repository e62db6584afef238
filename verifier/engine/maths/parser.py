r"""Text -> maths: reads LaTeX, Unicode and plain notation in one grammar, as written.

``read_maths`` is total: what is no maths has no reading, and only the budget may end it early. Its work is linear in
the text, its depth bounded by ``budget.depth``.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from verifier.engine.maths import binders, brackets, calls, environments, glyphs, names, operators, prose
from verifier.engine.maths.cursor import Cursor, Infix, Prefix, Unreadable
from verifier.engine.maths.lexer import Tokens, tokens_of
from verifier.engine.maths.regions import domain
from verifier.engine.maths.repair import repaired
from verifier.engine.maths.statements import statement
from verifier.types.budget import Meter
from verifier.types.expr import Expr
from verifier.types.rules import MathsTable


class Maths(msgspec.Struct, frozen=True, gc=False):
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
    **calls.PREFIX,
    **brackets.PREFIX,
    **environments.PREFIX,
    **glyphs.PREFIX,
    **binders.PREFIX,
}
_INFIX: dict[str, Infix] = {
    **operators.INFIX,
    **dict.fromkeys(sorted(_PREFIX.keys() - operators.INFIX.keys()), operators.times),
}
_LITERAL: Final = (_PREFIX, _INFIX)
_PACKED: Final = (
    _PREFIX,
    {
        kind: operators.beside if handler is operators.times and kind not in {"*", "/", "modulo"} else handler
        for kind, handler in _INFIX.items()
    },
)

_HINT: Final = re.compile(r"[0-9\\$=+*/^<>|(\[{_%!:]|[^\x00-\x7f]|.-|\b[A-Za-z]\b")
_WORD: Final = re.compile(r"[A-Za-z]+")
_GROUPED: Final = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,]|\.\d)")
_BARE_BEFORE: Final = frozenset({"start", ",", ";", "(", "[", "{", "\\{", "-"})
_BARE_AFTER: Final = frozenset({"end", ",", ";", ")", "]", "}", "\\}"})
_APPLIED_FORM: Final = re.compile(
    r"\s*(?:\$|\\[(\[])*\s*([A-Za-z])(?:_\{?\w{1,4}\}?)?\s*(?:\\left)?\(\s*[A-Za-z0-9,;\s]{1,20}?(?:\\right)?\)\s*(?::?=|\\equiv|\\g|\\l|[<>≤≥])"
)
_LABEL: Final = re.compile(
    r"(?:^|(?<=[\s,;$}]))(?:\\text\s?\{\s?)?(?:\(([a-h]|i{1,3}|iv|v)\)\s?\}?|([a-h])\))\s+(?![+*/^=<>)]|-\s|\\[cl]dot|and\b|or\b)"
)
_POINT: Final = frozenset({"(", "number", ",", "-", ")", "end"})
_SHORT: Final = 3
_CHARACTER_WORK: Final = 4  # units of work a character: it is normalised, repaired and cut
_NAMES: Final = frozenset({"letter", "constant", "function", "%", "modulo", "implies"})


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
    meter.spend(_CHARACTER_WORK * len(text))
    text = repaired(text)
    if " is " in text and (" than" in text or "equal" in text):
        for phrase, sign in table.comparisons:
            text = text.replace(phrase, sign)
    return _labelled(text, table, meter) or _readings(text, table, meter)


def _labelled(text: str, table: MathsTable, meter: Meter) -> tuple[Maths, ...]:
    """The parts of an answer under their labels: "(a) 5, (b) 6"; empty where the text has no such labels."""
    if ")" not in text or _LABEL.match(text) is None:
        return ()
    labels = list(_LABEL.finditer(text))
    ends = [*(label.start() for label in labels[1:]), len(text)]
    parts = []
    for label, end in zip(labels, ends, strict=True):
        found = _readings(text[label.end() : end].strip(" ,;\n"), table, meter)
        if len(found) != 1:
            return ()
        parts.append(Expr("labelled", (found[0].tree,), label[1] or label[2]))
        after = found[0].after
    tree = parts[0] if len(parts) == 1 else Expr("list", tuple(parts))
    return (Maths(tree, "", after if len(parts) == 1 else ""),)


def _readings(text: str, table: MathsTable, meter: Meter) -> tuple[Maths, ...]:
    tokens = tokens_of(text, table, meter)
    first = _read(text, tokens, table, meter, packed=False)
    if first is None:
        return ()
    found, doubtful = first
    others = []
    if found.tree.head == "perm" and tokens.values[0] == "P" and set(tokens.kinds[1:]) <= _POINT:
        others.append(msgspec.structs.replace(found, tree=Expr("pair", found.tree.args)))  # a point called P
    if found.tree.head == "mul" and _POINT.issuperset(tokens.kinds[1:]) and tokens.values[0].isupper():
        symbol, *rest = found.tree.args
        if symbol.head == "symbol" and len(rest) == 1 and rest[0].head in {"pair", "tuple"} and tokens.kinds[1] == "(":
            found = msgspec.structs.replace(found, tree=rest[0])  # the vertex V(3, -4)
    if doubtful:
        second = _read(text, tokens, table, meter, packed=True)
        if second is not None:
            others.append(second[0])
    if "," in text:
        split = _ungrouped(text, tokens)
        listed = _read(split, tokens_of(split, table, meter), table, meter, packed=False) if split != text else None
        if listed is not None:
            if _all_in_brackets(tokens):
                return (listed[0],)
            others.append(listed[0])
            if bare_in_brackets(tokens):
                found, others = others[-1], [*others[:-1], found]
    others = [other for other in others if other.tree != found.tree]
    if not others:
        return (found,)
    return tuple(msgspec.structs.replace(maths, certain=False) for maths in (found, *others))


def _plain_words(text: str, table: MathsTable) -> bool:
    """Whether a text of nothing but words names no mathematical thing."""
    words = _WORD.findall(text[:200])
    if not words:
        return True
    if len(words) == 1 and len(words[0]) <= _SHORT:
        return False
    for word in words:
        token = table.tokens.get(word)
        if (token is not None and token[0] in _NAMES) or (
            word not in table.ordinary and len(table.run.findall(word)) < len(word)
        ):
            return False
    return True


def _read(text: str, tokens: Tokens, table: MathsTable, meter: Meter, *, packed: bool) -> tuple[Maths, bool] | None:
    start = 0
    if tokens.wordy or len(tokens.opened) > 1:
        tokens = prose.resolve_runs(tokens, text, table)
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
    if tree.head == "dots":
        return None
    after = ""
    if kinds[cursor.at] != "end":
        at = cursor.at + cursor.size - len(kinds)
        if kinds[cursor.at] not in {"word", "given"} or not prose.harmless_tail(tokens, at, table):
            return None
        after = prose.slice_of(text, tokens, at, len(tokens.kinds) - 1)
    before = prose.slice_of(text, tokens, 0, start).replace("$", "").strip()
    if len(tokens.kinds) > _SHALLOW:
        _measured(tree, meter)
    return Maths(_whole(tree, kinds), before, after), cursor.doubtful


def _prepare(cursor: Cursor, text: str) -> None:
    """What only the whole text tells: letters that are functions, brackets turned round, a lone bar, lines."""
    kinds = cursor.kinds
    present = frozenset(kinds)
    if "(" in present and "relation" in present:
        form = _APPLIED_FORM.match(text)
        if form is not None:
            cursor.applied = frozenset(form[1])
    if ("[" in present or "]" in present) and _turned(kinds):
        _reverse_brackets(kinds)
    if "letter" in present and "U" in cursor.values:
        _spelled_union(cursor)
    if "|" in present and kinds.count("|") == 1 and present.isdisjoint(("{", "\\{")) and kinds[0] != "|":
        kinds[kinds.index("|")] = "mid"
    if "row" in present and "begin" not in present:
        kinds[:] = [";" if kind == "row" else kind for kind in kinds]


_SHALLOW: Final = 24


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
                return kinds[at + 1] == "end"
    return False


def _turned(kinds: list[str]) -> bool:
    """Whether square brackets are used the other way round."""
    opened = kinds.count("[")
    return opened != kinds.count("]") or kinds.index("]") < kinds.index("[")


def _spelled_union(cursor: Cursor) -> None:
    """The letter U between two sets is their union."""
    kinds = cursor.kinds
    for at in range(1, len(kinds) - 1):
        if (
            cursor.values[at] == "U"
            and kinds[at] == "letter"
            and kinds[at - 1] in {")", "]", "}", "\\}", "[)"}
            and kinds[at + 1] in {"(", "[", "{", "\\{", "]("}
        ):
            kinds[at], cursor.values[at] = "set operator", "union"


_VALUE_ENDS: Final = frozenset({
    "number", "vulgar", "letter", "constant", ")", "]", "}", "\\}", "|", "|)", "!", "%", "degree", "'", "index",
    "finish", "floor)", "ceil)", ">)", "[)", "dots",
})  # fmt: skip


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
            if stack and stack[-1] in {"[", "(", "]("} and at and kinds[at - 1] in _VALUE_ENDS:
                stack.pop()
            else:
                kinds[at] = "]("
                stack.append("](")
        elif kind in {")", "}", "\\}"} and stack:
            stack.pop()


def _all_in_brackets(tokens: Tokens) -> bool:
    """Whether a text is one bracket, which is never a number with groups of digits: (12,345), {12,345}."""
    kinds = tokens.kinds
    opens = kinds[0] in {"(", "["} or kinds[0] == "\\{" or (kinds[0] == "{" and not tokens.latex)
    return opens and _closed_at_end(["{" if k == "\\{" else "}" if k == "\\}" else k for k in kinds])


def bare_in_brackets(tokens: Tokens) -> bool:
    """Whether a grouped number opens a bracket: (12,102) is a pair rather than a number in brackets."""
    kinds = tokens.kinds
    return any(
        kind == "number" and "," in tokens.values[at] and at and kinds[at - 1] in {"(", "[", "\\{", "{"}
        for at, kind in enumerate(kinds)
    )


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
