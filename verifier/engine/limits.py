"""The codes of a grade that stopped at a limit of its budget."""

from __future__ import annotations

from typing import Final

from verifier.types.verdict import Code, Finding, passes

_BY_LIMIT: Final = {
    limit: passes(f"budget.{limit}", f"Grading stopped at the budget's limit of {words}.", specific=6)
    for limit, words in (
        ("response_chars", "characters in a response"),
        ("answer_chars", "characters in an answer"),
        ("digits", "digits in a number"),
        ("exponent", "digits in an exponent"),
        ("tokens", "symbols in a formula"),
        ("depth", "nesting in a formula"),
        ("nodes", "parts of a formula"),
        ("readings", "ways to read a formula"),
        ("bits", "bits in a number"),
        ("degree", "degree of a polynomial"),
        ("terms", "terms of a polynomial"),
        ("variables", "variables of a formula"),
        ("alternatives", "accepted ground truths"),
        ("steps", "steps"),
        ("work", "work in one step"),
    )
}
CODES: tuple[Code, ...] = tuple(_BY_LIMIT.values())


def exhausted(limit: str) -> Finding:
    """The finding of a step that reached a limit: a pass."""
    return _BY_LIMIT[limit].finding()
