"""The engine and its peers on the labelled maths pairs, side by side in one run.

    python benchmarks/peers.py                           # the engine, Math-Verify in two modes
    python benchmarks/peers.py --symbolic                # and the engine with its SymPy judge
    python benchmarks/peers.py --inspect PYTHON          # and inspect_ai's math(), in that interpreter's environment
    python benchmarks/peers.py --system engine --wrong 20    # one of them; list wrong verdicts of the open part

A peer runs in a process of its own that is killed after 30 seconds on one pair; a pair that it hangs on, dies of or
raises on is undecided, all else is what it says. Peers have no use for the question; the engine is also measured
without it. Seconds are CPU.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
from labelled import ABSENT, HEADS, MATHS, Row, data_folder, figures, pairs

from verifier import Verifier

TIMEOUT = 30.0  # seconds on the clock for one pair; Math-Verify's own are 5 for parsing and 5 for comparing
_LOADING = 120.0
_POSITIVES, _ALL_POSITIVES = "hardverify-math, true", "hardverify-math, true, other kinds too"


class Reply(NamedTuple):
    """What a system says of one pair: an outcome, the CPU seconds it took, and its reason where it gives one."""

    outcome: str
    seconds: float
    reason: str = ""


System = Callable[[Row], Reply]


class Peer:
    """A peer in a killable child process; started again after it was killed."""

    def __init__(self, name: str, python: str = sys.executable) -> None:
        self.name = name
        self.killed = 0
        self._command = [python, str(Path(__file__).with_name("peerworker.py")), name]
        self._child = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(  # noqa: S603  # our own worker
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        if _line(child, _LOADING) is None:
            child.kill()
            raise SystemExit(f"{self.name} does not start: is it installed? {' '.join(self._command)}")
        return child

    def __call__(self, row: Row) -> Reply:
        """The peer's word on a pair; undecided where it raises, dies or is killed."""
        request = {"gold": row.sample.ground_truths, "answer": row.sample.response or row.sample.final_answer or ""}
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(request).encode() + b"\n")
            line = _line(self._child, TIMEOUT)
        except BrokenPipeError:
            line = None
        if line is None:
            self.killed += 1
            self._child.kill()
            self._child.wait()
            self._child = self._start()
            return Reply("undecided", TIMEOUT, "killed")
        reply = json.loads(line)
        outcome = {True: "correct", False: "incorrect", None: "undecided"}[reply["agrees"]]
        return Reply(outcome, reply["seconds"])

    def close(self) -> None:
        """End the child."""
        self._child.kill()
        self._child.wait()


def _line(child: subprocess.Popen[bytes], seconds: float) -> bytes | None:
    """The child's next line; ``None`` after so many seconds, or at its end."""
    assert child.stdout is not None
    ready, _, _ = select.select([child.stdout], [], [], seconds)
    return child.stdout.readline() or None if ready else None


def engine(verifier: Verifier, *, question: bool = True) -> System:
    """Our engine alone. It raises on no data: what it raises all the same is told as its reason."""

    def grade(row: Row) -> Reply:
        sample = row.sample if question else msgspec.structs.replace(row.sample, question=None)
        began = time.process_time()
        try:
            verdict = verifier.grade(sample)
        except Exception as error:  # noqa: BLE001  # a benchmark tells of all, and goes on
            return Reply("undecided", time.process_time() - began, f"raised {type(error).__name__}: {error}")
        return Reply(str(verdict.outcome), time.process_time() - began, verdict.code)

    return grade


class Symbolic:
    """Our engine, and after it the SymPy judge. Its seconds are on the clock: most pass in the judge's processes."""

    def __init__(self) -> None:
        self.verifier = Verifier(judges=("symbolic",))
        self._loop = asyncio.Runner()

    def __call__(self, row: Row) -> Reply:
        """The verdict after the judge."""
        began = time.perf_counter()
        try:
            verdict = self._loop.run(self.verifier.agrade(row.sample))
        except Exception as error:  # noqa: BLE001  # as above
            return Reply("undecided", time.perf_counter() - began, f"raised {type(error).__name__}: {error}")
        return Reply(str(verdict.outcome), time.perf_counter() - began, verdict.code)

    def close(self) -> None:
        """End the judge's processes."""
        self.verifier.close()
        self._loop.close()


def groups(row: Row) -> tuple[str, ...]:
    """The lines of the table that a row counts in.

    Rows of other kinds are there for one line alone: the true ones of the hardest source.
    """
    if row.group not in MATHS:
        return (_ALL_POSITIVES,)
    found = ["all", "check" if row.check else "dev", f"kind {row.group}", f"by {row.label_by}"]
    if _is_positive(row):
        found += [_POSITIVES, _ALL_POSITIVES]
    return tuple(found)


def _is_positive(row: Row) -> bool:
    return row.source == "hardverify-math" and row.label


def main() -> int:
    """Ask every system about every pair, print the tables; status 1 if the data are absent."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--symbolic", action="store_true", help="also the engine with its SymPy judge")
    parser.add_argument("--inspect", metavar="PYTHON", help="also inspect_ai's math(), installed for this interpreter")
    parser.add_argument("--system", action="append", help="only this system; may be repeated")
    parser.add_argument("--kind", action="append", choices=MATHS, help="only this kind; may be repeated")
    parser.add_argument("--part", choices=["all", "dev", "check"], default="all")
    parser.add_argument("--wrong", type=int, default=0, help="list this many wrong verdicts of the open part")
    parser.add_argument("--undecided", type=int, default=0, help="list this many undecided rows of the open part")
    asked = parser.parse_args()
    folder = data_folder()
    if folder is None:
        print(ABSENT, file=sys.stderr)
        return 1
    rows = [
        row
        for row in pairs(folder)
        if (asked.part == "all" or row.check == (asked.part == "check"))
        and (row.group in asked.kind if asked.kind else row.group in MATHS or _is_positive(row))
    ]
    verifier = Verifier()
    makers: dict[str, Callable[[], System]] = {
        "engine": lambda: engine(verifier),
        "engine, no question": lambda: engine(verifier, question=False),
        "engine + SymPy": Symbolic,
        "math-verify": lambda: Peer("math-verify"),
        "math-verify-lenient": lambda: Peer("math-verify-lenient"),
        "inspect-math": lambda: Peer("inspect-math", asked.inspect),
    }
    if not asked.symbolic:
        del makers["engine + SymPy"]
    if not asked.inspect:
        del makers["inspect-math"]
    if asked.system:
        unknown = set(asked.system) - set(makers)
        if unknown:
            parser.error(f"no system {', '.join(sorted(unknown))}; there are {', '.join(makers)}")
        makers = {name: maker for name, maker in makers.items() if name in asked.system}
    tables: dict[str, dict[str, Counter[tuple[str, bool]]]] = {}
    costs: list[str] = []
    for name, maker in makers.items():
        system = maker()
        began = time.monotonic()
        replies = [system(row) for row in rows]
        clock = time.monotonic() - began
        for row, reply in zip(rows, replies, strict=True):
            for group in groups(row):
                tables.setdefault(group, {}).setdefault(name, Counter())[reply.outcome, row.label] += 1
        killed = f", {system.killed} killed" if isinstance(system, Peer) else ""
        seconds = sum(reply.seconds for reply in replies)
        raised = sum(reply.reason.startswith("raised ") for reply in replies)
        killed += f", {raised} RAISED" if raised else ""
        costs.append(
            f"{name}: {len(rows) / clock:,.0f} pairs a second, {seconds / len(rows) * 1e3:.2f} ms a pair{killed}"
        )
        if isinstance(system, Peer | Symbolic):
            system.close()
        listing(name, rows, replies, asked.wrong, asked.undecided)
    print_tables(tables)
    print("\n".join(["", *costs]))
    return 0


def print_tables(tables: dict[str, dict[str, Counter[tuple[str, bool]]]]) -> None:
    """One line a system in each group."""
    order = ["all", "dev", "check", _POSITIVES, _ALL_POSITIVES]
    width = max(map(len, [*tables, *tables.get("all", {})]), default=5) + 2
    print(f"{'':{width}} {HEADS}")
    for group in [*order, *sorted(tables.keys() - set(order))]:
        if group in tables:
            print(group)
            for name, counts in tables[group].items():
                print(f"{'  ' + name:{width}} {figures(counts)}")


def listing(name: str, rows: list[Row], replies: list[Reply], wrong: int, undecided: int) -> None:
    """Wrong and undecided rows of the open part."""
    left = {"wrong": wrong, "undecided": undecided}
    for row, reply in zip(rows, replies, strict=True):
        kind = (
            "undecided"
            if reply.outcome == "undecided"
            else "wrong"
            if (reply.outcome == "correct") != row.label
            else ""
        )
        if kind and not row.check and left[kind]:
            left[kind] -= 1
            answer = row.sample.response or row.sample.final_answer or ""
            print(f"{name} {kind}: {reply.reason} label={row.label} {row.id}")
            print(f"    gold {row.sample.ground_truth!r}\n    answer {answer[-240:]!r}")
            if row.sample.question:
                print(f"    question {row.sample.question[-300:]!r}")


if __name__ == "__main__":
    sys.exit(main())
