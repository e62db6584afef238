"""The command as it is run in its own process, and the processes that it starts."""

from __future__ import annotations

import sys
from pathlib import Path

VERIFIER = Path(sys.executable).with_name("verifier")
GRADE = [str(VERIFIER), "grade", "in.jsonl", "-o", "out.jsonl", "--trace", "trace.jsonl"]
OUTPUTS = ("out.jsonl", "out.jsonl.errors.jsonl", "trace.jsonl")


def children(process: int) -> set[int]:
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == process and fields[0] != "Z":
                found.add(int(entry.name))
    return found
