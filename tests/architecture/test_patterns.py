"""No pattern has a possessive quantifier behind a group: the releases of Python 3.11 read such ones differently."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
POSSESSIVE = re.compile(r"(?<!\\)\)(?:[+*?]|\{\d*,?\d*\})\+|\(\?>")


def _literals(path: Path) -> list[tuple[int, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


@pytest.mark.parametrize("path", sorted((CHECKOUT / "verifier").rglob("*.py")), ids=lambda path: path.name)
def test_no_group_is_possessive(path: Path) -> None:
    assert [line for line, text in _literals(path) if POSSESSIVE.search(text)] == []


@pytest.mark.parametrize("text", [r"(?:,\d{3})++", r"(a)*+", r"(?:a){2,}+", r"(?:a)?+", "(?>a)"])
def test_such_a_group_is_seen(text: str) -> None:
    assert POSSESSIVE.search(text)


@pytest.mark.parametrize("text", [r"\d++", r"[a-z]{2,}+", r"\)++", r"(?:,\d{3})+(?!\d)"])
def test_others_are_left_alone(text: str) -> None:
    assert not POSSESSIVE.search(text)
