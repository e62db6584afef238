"""Compiles the engine with mypyc into the wheel where ``VERIFIER_COMPILE=1`` asks for it; else nothing is done here.

The compiled wheel holds the same sources as the pure one, and beside those of ``COMPILED`` an extension module each,
which Python imports instead. Editable installs and source distributions are never compiled.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.requirements import Requirement

COMPILED = (
    "verifier/engine/**/[!_]*.py",
    "verifier/types/budget.py",
    "verifier/types/nodes.py",
    "verifier/types/wording.py",
)
"""Not the trees and the codes (``types/expr.py``, ``types/verdict.py``), which are compared and kept in sets: mypyc
compares the structs that it compiles by identity, and hashes none."""
GROUP = "verifier.native"
"""The module that holds all the code; its package, as all packages, is itself not compiled."""
TOOLS = ("mypy>=2.4", "setuptools>=78")
TYPED = ("msgspec", "python-flint")
"""What the compiled files import, for its types; at the versions that the project asks for."""


def asked() -> bool:
    """Whether the environment asks for a compiled wheel."""
    value = os.environ.get("VERIFIER_COMPILE", "")
    if value not in {"", "0", "1"}:
        raise SystemExit(f"VERIFIER_COMPILE={value}: 1 compiles the engine, 0 or nothing leaves it pure Python")
    return value == "1"


def _compiler() -> str:
    return shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]


def _is_gcc() -> bool:
    """Whether the compiler is GCC, whatever it is called; others have link-time optimisation under other conditions."""
    told = subprocess.run(  # noqa: S603  # the compiler that is used next
        [_compiler(), "-v"], capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    return "\ngcc version" in told.stderr


_AS_ONE = ("-flto=auto", "-fno-semantic-interposition", "-fno-plt")
"""The files of the engine are optimised as one, which makes it some 7 % faster."""


def missing() -> str:
    """What this machine lacks for compiling, in words; empty if nothing."""
    compiler = _compiler()
    if shutil.which(compiler) is None:
        return f"there is no C compiler ({compiler}): install gcc, or name one in CC"
    header = Path(sysconfig.get_paths()["include"], "Python.h")
    if not header.is_file():
        return f"there is no {header}: install the headers of {sys.executable} (python3-dev on Debian and Ubuntu)"
    return ""


def compile_into(folder: Path, sources: list[str]) -> list[Path]:
    """Compile files of a tree, named from its top; gives the extension modules, which stand in the same tree."""
    from mypyc.build import mypycify
    from setuptools import Distribution  # type: ignore[import-untyped]
    from setuptools.command.build_ext import build_ext  # type: ignore[import-untyped]

    class Build(build_ext):  # type: ignore[misc]
        def build_extensions(self) -> None:
            """One compiler for each processor: setuptools runs them one after another."""
            one_by_one = self.compiler.compile

            def at_once(sources: list[str], **options: Any) -> list[str]:  # noqa: ANN401  # handed on
                allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
                with ThreadPoolExecutor(allowed) as pool:
                    made = pool.map(lambda source: one_by_one([source], **options), sources)
                    return [name for names in made for name in names]

            self.compiler.compile = at_once
            super().build_extensions()

    with contextlib.chdir(folder):
        options = ["--config-file=", "--strict", "--follow-imports=silent"]
        extensions = mypycify(
            [*options, *sources], opt_level="2", debug_level="0", multi_file=True, group_name=GROUP, target_dir="build"
        )
        for extension in extensions:
            # mypyc looks at the top for headers that it puts into the group's package.
            extension.include_dirs.append(f"build/{GROUP.rpartition('.')[0].replace('.', '/')}")
            extension.extra_compile_args.append("-Wno-error")  # other compilers warn of other things
            if _is_gcc():
                extension.extra_compile_args += [*_AS_ONE]
                extension.extra_link_args += ["-O2", *_AS_ONE]
        command = Build(Distribution({"name": "verifier", "ext_modules": extensions}))
        command.inplace = True
        command.ensure_finalized()
        command.run()
    return sorted((folder / "verifier").rglob(f"*{sysconfig.get_config_var('EXT_SUFFIX')}"))


class CompileHook(BuildHookInterface[Any]):
    """What hatchling calls while it builds a wheel."""

    def dependencies(self) -> list[str]:
        """What an isolated build installs besides hatchling: only for a compiled wheel."""
        if not asked():
            return []
        needs = (text for text in self.metadata.core.dependencies if Requirement(text).name in TYPED)
        return [*TOOLS, *needs]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and add what comes of it to the wheel, which is then for this Python and this system alone."""
        if version == "editable" or not asked():
            return
        lacks = missing()
        if lacks:
            raise SystemExit(f"VERIFIER_COMPILE=1: {lacks}; or leave it out for a wheel of pure Python")
        self.temporary = tempfile.TemporaryDirectory(prefix="compile-")
        folder = Path(self.temporary.name)
        shutil.copytree(
            Path(self.root, "verifier"), folder / "verifier", ignore=shutil.ignore_patterns("__pycache__", "*.so")
        )
        files = {path for pattern in COMPILED for path in folder.glob(pattern)}
        made = compile_into(folder, sorted(path.relative_to(folder).as_posix() for path in files))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["force_include"].update({str(path): path.relative_to(folder).as_posix() for path in made})

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002  # its face
        """Remove the folder."""
        if hasattr(self, "temporary"):
            self.temporary.cleanup()
