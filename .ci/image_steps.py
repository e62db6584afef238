"""Does by hand what the Dockerfile says, as far as that goes without Docker, and asks the service for an answer.

Every path of the image stands under one fresh folder, ``python`` is the one that runs this script, and the stages share
that folder, so what this cannot show is which files the last stage leaves behind. Left out, and named when it is: what
needs root (``useradd``), and ``USER``.
``PIP_NO_CACHE_DIR`` is not set, so that a second run is quick.
"""

from __future__ import annotations

import argparse
import fnmatch
import http.client
import json
import os
import re
import shlex
import shutil
import signal
import socket
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

NEEDS_ROOT = ("useradd", "groupadd", "adduser", "apt-get", "chown")
START_SECONDS = 60
EXAMPLE = {"ground_truth": "600 W", "final_answer": "600 watts of power are dissipated in the resistor."}


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile: ``RUN`` and what follows it, continuation lines joined."""

    word: str
    rest: str


def instructions(text: str) -> Iterator[Instruction]:
    """The instructions of a Dockerfile, comments left out."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    for line in joined.splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield Instruction(word.upper(), rest.strip())


def ignored(path: Path, patterns: list[str]) -> bool:
    """Whether ``.dockerignore`` keeps this path of the context out of the build: the last pattern that fits decides."""
    verdict = False
    candidates = [path.as_posix(), *(parent.as_posix() for parent in path.parents if parent != Path())]
    for pattern in patterns:
        bare = pattern.removeprefix("!").strip("/")
        deep = bare.removeprefix("**/")
        names = [Path(candidate).name for candidate in candidates] if deep != bare else candidates
        if any(fnmatch.fnmatchcase(name, deep) for name in names):
            verdict = not pattern.startswith("!")
    return verdict


@dataclass
class Image:
    """A Dockerfile being followed: where its files stand, and what the current stage has set."""

    context: Path
    root: Path
    stage: str = ""
    workdir: Path = Path()
    environment: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    port: str = ""

    def place(self, path: str) -> Path:
        """Where a path of the image stands on this machine."""
        return self.root / path.lstrip("/") if path.startswith("/") else self.workdir / path

    def begin(self, rest: str) -> None:
        """FROM: a new stage, with a clean environment."""
        self.stage = rest
        self.workdir = self.root
        kept = ("HOME", "LANG", "TMPDIR")
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name in kept or name.startswith(("PIP_", "SSL_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"))
        }
        self.environment["PATH"] = f"{self.root}/usr/local/bin:/usr/bin:/bin"

    def set(self, rest: str) -> None:
        """ENV: values that are paths of the image are moved to where they stand."""
        for assignment in shlex.split(rest):
            name, _, value = assignment.partition("=")
            if name == "PIP_NO_CACHE_DIR":
                continue
            parts = (str(self.place(part)) if part.startswith("/") else part for part in value.split(":"))
            moved = ":".join(parts)
            self.environment[name] = string.Template(moved).substitute(self.environment)

    def copy(self, rest: str) -> None:
        """COPY: from the checkout, as .dockerignore lets it, or from another stage, in the same folder here."""
        *sources, destination = shlex.split(rest)
        target = self.place(destination)
        if sources[0].startswith("--from="):
            for source in sources[1:]:
                if self.place(source) != target:
                    raise SystemExit(
                        f"image-steps: COPY {rest}: only the same path in both stages can be followed by hand"
                    )
                if not target.exists():
                    raise SystemExit(f"image-steps: COPY {rest}: {source} was not built")
            return
        patterns = [
            line.strip()
            for line in (self.context / ".dockerignore").read_text(encoding="utf-8").splitlines()
            if line.strip() and not line.startswith("#")
        ]
        for source in sources:
            origin = self.context / source
            files = sorted(origin.rglob("*")) if origin.is_dir() else [origin]
            wanted = [
                file for file in files if file.is_file() and not ignored(file.relative_to(self.context), patterns)
            ]
            if not wanted:
                raise SystemExit(f"image-steps: COPY {rest}: {source} is not there, or .dockerignore leaves it out")
            for file in wanted:
                if origin.is_dir():
                    place = target / file.relative_to(origin)
                else:
                    place = target / file.name if destination.endswith("/") else target
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, place)

    def run(self, rest: str) -> None:
        """RUN: the shell, as the image's."""
        if rest.split(maxsplit=1)[0] in NEEDS_ROOT:
            print(f"   left out, needs root: RUN {rest}")
            return
        subprocess.run(["/bin/sh", "-c", rest], check=True, cwd=self.workdir, env=self.environment)

    def follow(self, step: Instruction) -> None:
        """Do one instruction."""
        print(f"== {step.word} {step.rest}", flush=True)
        match step.word:
            case "FROM":
                self.begin(step.rest)
            case "ENV":
                self.set(step.rest)
            case "WORKDIR":
                self.workdir = self.place(step.rest)
                self.workdir.mkdir(parents=True, exist_ok=True)
            case "COPY":
                self.copy(step.rest)
            case "RUN":
                self.run(step.rest)
            case "EXPOSE":
                self.port = step.rest
            case "CMD":
                self.command = json.loads(step.rest)
            case "HEALTHCHECK":
                self.health = json.loads(step.rest.partition("CMD")[2])
            case "ARG" | "USER":
                print(f"   noted, not done by hand: {step.word}")
            case _:
                raise SystemExit(f"image-steps: {step.word} is not known here: teach .ci/image_steps.py")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def contents(folder: Path) -> dict[str, int]:
    """All files of a folder and when each was last written."""
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def ask(port: int) -> dict[str, object]:
    """The example, graded by the running service."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/grade", json.dumps(EXAMPLE), {"Content-Type": "application/json"})
    reply = connection.getresponse()
    body = reply.read()
    if reply.status != http.client.OK:
        raise SystemExit(f"image-steps: POST /grade answered {reply.status}: {body!r}")
    graded: dict[str, object] = json.loads(body)
    return graded


def check_last_stage(image: Image) -> None:
    """The environment that ships has the project in it, and neither pip nor the build tools."""
    probe = (
        "import importlib.util as u, verifier, sys;"
        "assert verifier.__file__.startswith(sys.prefix), verifier.__file__;"
        "tools = [name for name in ('pip', 'setuptools', 'hatchling') if u.find_spec(name)];"
        "assert not tools, tools"
    )
    subprocess.run(["python", "-c", probe], check=True, cwd=image.workdir, env=image.environment)


def serve(image: Image) -> None:
    """Start CMD, wait until HEALTHCHECK is content, grade the example, stop it."""
    port = free_port()
    command = [str(port) if word == image.port else word for word in image.command]
    health = [word.replace(f":{image.port}/", f":{port}/") for word in image.health]
    before = contents(image.root / "opt")
    service = subprocess.Popen(command, cwd=image.workdir, env=image.environment)
    try:
        deadline = time.monotonic() + START_SECONDS
        while subprocess.run(
            health, check=False, cwd=image.workdir, env=image.environment, stderr=subprocess.DEVNULL
        ).returncode:
            if service.poll() is not None:
                raise SystemExit(f"image-steps: {shlex.join(command)} ended with status {service.returncode}")
            if time.monotonic() > deadline:
                raise SystemExit(f"image-steps: not healthy after {START_SECONDS} s")
            time.sleep(0.2)
        graded = ask(port)
        if graded.get("success") is not True:
            raise SystemExit(f"image-steps: the example was not graded correct: {graded}")
    finally:
        if service.poll() is None:
            service.send_signal(signal.SIGTERM)
        service.wait(timeout=30)
    if service.returncode not in {0, -signal.SIGTERM}:
        raise SystemExit(f"image-steps: after SIGTERM the service ended with status {service.returncode}")
    written = {path for path, when in contents(image.root / "opt").items() if before.get(path) != when}
    if written:
        raise SystemExit(
            f"image-steps: the service wrote into the image, which is read-only in compose.yaml: {sorted(written)[:5]}"
        )


def main() -> None:
    """Follow the Dockerfile in a fresh folder, then remove the folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--keep", action="store_true", help="leave the folder in place and name it")
    arguments = parser.parse_args()
    context = Path(__file__).resolve().parent.parent
    root = Path(tempfile.mkdtemp(prefix="image-"))
    try:
        python = root / "usr/local/bin/python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n', encoding="utf-8")
        python.chmod(0o755)
        image = Image(context, root)
        for step in instructions((context / "Dockerfile").read_text(encoding="utf-8")):
            image.follow(step)
        check_last_stage(image)
        serve(image)
        print("image-steps: built, healthy, graded, stopped")
    finally:
        if arguments.keep:
            print(f"image-steps: kept {root}")
        else:
            shutil.rmtree(root)


if __name__ == "__main__":
    main()
