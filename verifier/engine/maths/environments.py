r"""The environments of LaTeX: matrices, cases, aligned equations, arrays."""

from __future__ import annotations

from verifier.engine.maths.cursor import SUM, Cursor, Prefix, Unreadable
from verifier.engine.maths.operators import is_statement
from verifier.engine.maths.statements import condition, statement
from verifier.types.expr import Expr


def matrix(rows: tuple[Expr, ...], name: str = "") -> Expr:
    """Rows as a matrix; a single column is a vector."""
    if len({len(row.args) for row in rows}) != 1:
        raise Unreadable
    if not name and len(rows) > 1 and all(len(row.args) == 1 for row in rows):
        return Expr("vector", tuple(row.args[0] for row in rows))
    return Expr("matrix", rows, name)


def conjoined(rule: Expr) -> Expr:
    """Conditions in a list hold together."""
    return Expr("and", rule.args) if rule.head == "list" else rule


def environment(c: Cursor, _: int) -> Expr:
    r"""``\begin{cases}``, ``aligned``, ``pmatrix``, ``array`` and their like."""
    name = c.values[c.at]
    before = c.kinds[c.at - 1] if c.at else "start"
    c.at += 1
    c.depth += 1
    outer, c.power = c.power, c.powers.open
    rows = _grid(c, joins=not name.endswith("matrix") and name not in {"cases", "array"})
    c.power = outer
    c.depth -= 1
    if c.kinds[c.at] not in {"finish", "end"}:
        raise Unreadable
    if c.kinds[c.at] == "finish":
        c.at += 1
    if name.endswith("matrix") or (name == "array" and before in {"(", "[", "|", "|("}):
        heads = {"v": "det", "V": "det"}
        return matrix(tuple(Expr("row", tuple(row)) for row in rows), heads.get(name[0], "") if len(name) == 7 else "")
    made = _of_rows(rows, name)
    if made.head == "list" and c.power.get(c.kinds[c.at], 0) >= SUM:
        raise Unreadable  # equations are no factor
    return made


def _grid(c: Cursor, *, joins: bool) -> list[list[Expr]]:
    """Rows of cells. In aligned equations the cells of a row are one, and a row that begins with a sign goes on."""
    if joins:
        _join(c)
    rows: list[list[Expr]] = [[]]
    while True:
        kind = c.kinds[c.at]
        if kind == "row":
            c.at += 1
            if rows[-1]:
                rows.append([])
        elif kind in {"&", "."}:
            c.at += 1
        elif kind in {"finish", "end"}:
            break
        else:
            rows[-1].append(_cell(c))
            if c.kinds[c.at] not in {"row", "&", ".", "finish", "end"}:
                raise Unreadable
    if not rows[-1]:
        rows.pop()
    if not rows:
        raise Unreadable
    return rows


def _join(c: Cursor) -> None:
    """Drop the marks of alignment, and a row's end where the next begins with a relation or a sign."""
    if "row" not in c.kinds and "&" not in c.kinds:
        return
    kinds, values = [], []
    at = c.at
    level = 0
    while c.kinds[at] != "end" and not (c.kinds[at] == "finish" and level == 0):
        kind = c.kinds[at]
        level += {"begin": 1, "finish": -1}.get(kind, 0)
        after = next((k for k in c.kinds[at + 1 : at + 3] if k != "&"), "end")
        if level or not (kind == "&" or (kind == "row" and after in {"relation", "+"})):
            kinds.append(kind)
            values.append(c.values[at])
        at += 1
    c.meter.spend(at - c.at)
    c.kinds[c.at : at] = kinds
    c.values[c.at : at] = values


def _cell(c: Cursor) -> Expr:
    if c.kinds[c.at] == "otherwise":
        c.at += 1
        return Expr("words", (), "otherwise")
    if c.kinds[c.at] == "given":
        return condition(c)
    return statement(c)


def _of_rows(rows: list[list[Expr]], name: str) -> Expr:
    """Cases, where a row has a condition; else a system of equations, or a matrix."""
    pieces = []
    for row in rows:
        value = row[0]
        if len(row) == 2 and (is_statement(row[1]) or row[1].head in {"words", "list"}):
            pieces.append(Expr("piece", (value,) if row[1].head == "words" else (value, conjoined(row[1]))))
        elif len(row) == 1 and value.head == "given":
            pieces.append(Expr("piece", value.args))
        else:
            break
    if len(pieces) == len(rows):
        return Expr("cases", tuple(pieces))
    if any(cell.head == "words" for row in rows for cell in row):
        raise Unreadable
    if all(len(row) == 1 for row in rows):
        if len(rows) == 1:
            return rows[0][0]
        return Expr("list", tuple(row[0] for row in rows), "system")
    if name == "cases" and pieces:
        raise Unreadable
    if any(is_statement(cell) for row in rows for cell in row):
        return Expr("list", tuple(cell for row in rows for cell in row), "system")
    return matrix(tuple(Expr("row", tuple(row)) for row in rows))


PREFIX: dict[str, Prefix] = {"begin": environment}
