"""What the compiled wheel is made of, and what its compiler would get wrong; `make same` compares its verdicts."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from packaging.requirements import Requirement
from scripts import load

TREES = "verifier/types/expr.py"
COMPARED = """
import sys
from mypy.build import build
from mypy.main import process_options
from mypy.nodes import ComparisonExpr
from mypy.types import Instance, TupleType, UnionType, get_proper_type

def structs(typ, around=()):
    typ = get_proper_type(typ)
    if typ in around:
        return set()  # an alias that holds itself, as a package of others may have it
    around = (*around, typ)
    if isinstance(typ, Instance):
        if typ.type.fullname in {"builtins.dict", "builtins.set", "builtins.frozenset"}:
            return set()  # by hash and equality, as in Python
        own = {typ.type.fullname} if any(base.fullname == "msgspec.Struct" for base in typ.type.mro) else set()
        return own.union(*(structs(one, around) for one in typ.args))
    items = typ.items if isinstance(typ, (TupleType, UnionType)) else ()
    return set().union(*(structs(one, around) for one in items))

sources, options = process_options(["--strict", "--config-file=", "--follow-imports=silent", *sys.argv[1:]])
options.export_types = options.preserve_asts = True
options.incremental = False
result = build(sources, options)
assert not result.errors, result.errors
compiled = {source.module for source in sources}
seen = 0
for expression in result.types:
    if isinstance(expression, ComparisonExpr):
        for operator, left, right in zip(expression.operators, expression.operands, expression.operands[1:]):
            if operator in {"==", "!=", "in", "not in"} and left in result.types and right in result.types:
                seen += 1
                both = structs(result.types[left]) & structs(result.types[right])
                for name in sorted(both):
                    if name.rpartition(".")[0] in compiled:
                        print(f"line {expression.line}: {operator} between {name}")
assert seen > 1000, seen
"""


@pytest.fixture(scope="module")
def hook(checkout: Path) -> ModuleType:
    return load(checkout / "hatch_build.py")


def files(checkout: Path, hook: ModuleType) -> list[str]:
    return sorted(str(path) for pattern in hook.COMPILED for path in checkout.glob(pattern))


def test_each_pattern_names_files(checkout: Path, hook: ModuleType) -> None:
    assert all(list(checkout.glob(pattern)) for pattern in hook.COMPILED)
    assert len(files(checkout, hook)) == len(set(files(checkout, hook)))


def test_the_trees_are_not_compiled(checkout: Path, hook: ModuleType) -> None:
    assert str(checkout / TREES) not in files(checkout, hook)


@pytest.mark.slow
def test_no_struct_of_a_compiled_file_is_compared_by_value(checkout: Path, hook: ModuleType, tmp_path: Path) -> None:
    script = tmp_path / "compared.py"
    script.write_text(COMPARED, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script), *files(checkout, hook), str(checkout / TREES)],
        check=False, cwd=checkout, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = [line for line in done.stdout.splitlines() if not line.endswith("verifier.types.expr.Expr")]
    assert done.stdout.splitlines() != found, "the trees are compared, and would be seen if they were compiled"
    assert not found, "mypyc would compare them by identity"


@pytest.mark.parametrize(("value", "compiles"), [(None, False), ("", False), ("0", False), ("1", True)])
def test_a_compiled_wheel_is_asked_for(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch, value: str | None, *, compiles: bool
) -> None:
    monkeypatch.delenv("VERIFIER_COMPILE", raising=False)
    if value is not None:
        monkeypatch.setenv("VERIFIER_COMPILE", value)
    assert hook.asked() is compiles


def test_any_other_word_is_refused(hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_COMPILE", "yes")
    with pytest.raises(SystemExit, match="VERIFIER_COMPILE=yes: 1 compiles"):
        hook.asked()


def test_the_compiler_is_installed_for_a_compiled_wheel_alone(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = SimpleNamespace(core=SimpleNamespace(dependencies=["click>=8", "msgspec>=0.20", "python-flint>=0.9"]))
    made = hook.CompileHook("", {}, None, metadata, "", "wheel")
    monkeypatch.delenv("VERIFIER_COMPILE", raising=False)
    assert made.dependencies() == []
    monkeypatch.setenv("VERIFIER_COMPILE", "1")
    names = {Requirement(text).name for text in made.dependencies()}
    assert names == {"mypy", "setuptools", "msgspec", "python-flint"}


def test_without_a_compiler_the_message_says_so(checkout: Path, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    environment = {"VERIFIER_COMPILE": "1", "CC": "no-such-compiler", "PATH": "/nowhere"}
    done = subprocess.run(build, check=False, cwd=checkout, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "VERIFIER_COMPILE=1: there is no C compiler (no-such-compiler)" in done.stderr
    assert not list(tmp_path.iterdir())


def test_without_being_asked_nothing_is_compiled(checkout: Path, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    environment = {"CC": "no-such-compiler", "PATH": "/nowhere"}
    subprocess.run(build, check=True, cwd=checkout, env=environment, capture_output=True)
    (wheel,) = tmp_path.iterdir()
    assert wheel.name.endswith("-py3-none-any.whl")
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".so")]
