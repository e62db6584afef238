"""The public face is what ``verifier.__all__`` says, no more and no less."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import verifier


def test_every_public_name_is_there() -> None:
    for name in verifier.__all__:
        assert getattr(verifier, name) is not None


def test_the_face_is_what_the_contract_promises() -> None:
    assert {
        "grade",
        "grade_batch",
        "load_rules",
        "Option",
        "Outcome",
        "Sample",
        "Verdict",
        "Verifier",
        "__version__",
    } == set(verifier.__all__)


def test_dir_lists_the_face_and_nothing_else() -> None:
    assert dir(verifier) == sorted(verifier.__all__)


def test_type_checkers_see_the_same_face() -> None:
    tree = ast.parse(Path(verifier.__file__).read_text(encoding="utf-8"))
    guarded = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {
        alias.name
        for guard in guarded
        for node in guard.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen | {"__version__"} == set(verifier.__all__)


def test_a_star_import_gives_the_face() -> None:
    code = f"from verifier import *\nassert not set({verifier.__all__!r}) - set(dir())"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'verifier' has no attribute 'grde'"):
        _ = verifier.grde


def test_the_package_says_that_it_is_typed() -> None:
    assert Path(verifier.__file__).with_name("py.typed").exists()
