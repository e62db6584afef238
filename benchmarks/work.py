"""What a unit of work costs: the bound that the budget puts on time, shown on ordinary and on hostile answers.

    python benchmarks/work.py                          # the tests' bombs, and the labelled maths pairs where they are
    python benchmarks/work.py --rounds 5 --slowest 20

The engine counts work and reads no clock, so a budget bounds time only as far as a unit of work costs about the same
everywhere. Here each step of each grade is timed from outside (CPU, the least of some rounds, without the steps inside
it) beside the work that it counted: the dearest unit times a full allowance is the longest that a step can take.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from labelled import MATHS, data_folder, pairs

from verifier import Sample, Verdict, Verifier
from verifier.engine import cascade
from verifier.types.budget import Budget

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))
import bombs

STEP = 50e-3  # seconds: what a full allowance may take
SEARCH = "find_answer"  # the one step whose input is a whole response: millions of characters, 64 of them a unit
_FLOOR = 0.5e-3  # seconds: below, what is around a step costs more than the step


class Taken(NamedTuple):
    """One step: what it did, the work it counted, its own CPU seconds."""

    what: str
    work: int
    seconds: float


class Measured(NamedTuple):
    """One grade: its work and CPU seconds, and its steps."""

    name: str
    hostile: bool
    work: int
    seconds: float
    steps: list[Taken]
    verdict: Verdict


class Clock:
    """Times the steps of grades from outside, without those inside them, while it is entered."""

    def __init__(self) -> None:
        self.steps: list[Taken] = []
        self._inside: list[float] = []
        self._plain: Callable[..., Any] = cascade.Grade.step

    def __enter__(self) -> list[Taken]:
        clock = self

        def step(grade: Any, action: Callable[[], Any], exhausted: Callable[[str], Any]) -> Any:  # noqa: ANN401
            clock._inside.append(0.0)
            meter = grade.meter
            spent: list[int] = []

            def counted() -> Any:  # noqa: ANN401
                before = meter._left  # noqa: SLF001
                try:
                    return action()
                finally:
                    spent.append(before - meter._left)  # noqa: SLF001

            began = time.process_time()
            try:
                return clock._plain(grade, counted, exhausted)
            finally:
                whole = time.process_time() - began
                clock.steps.append(Taken(_what(action), spent[0] if spent else 0, whole - clock._inside.pop()))
                if clock._inside:
                    clock._inside[-1] += whole

        cascade.Grade.step = step  # type: ignore[assignment, method-assign]
        return self.steps

    def __exit__(self, *_: object) -> None:
        cascade.Grade.step = self._plain  # type: ignore[method-assign]


def _what(action: Callable[[], Any]) -> str:
    """A word for a step: the stage that it asks, or the function that it calls."""
    if isinstance(action, partial):
        return str(action.func.__module__.rpartition(".")[2])
    names = action.__code__.co_names
    return SEARCH if SEARCH in names else next((name.strip("_") for name in names if name[0] == "_"), names[0])


def measure(verifier: Verifier, name: str, sample: Sample, *, hostile: bool, rounds: int) -> Measured:
    """The quickest of some grades of one sample, and each of its steps at its quickest."""
    best = float("inf")
    steps: list[Taken] = []
    for _ in range(rounds):
        began = time.process_time()
        verdict = verifier.grade(sample)
        best = min(best, time.process_time() - began)
        with Clock() as taken:
            verifier.grade(sample)
        steps = [
            one._replace(seconds=min(one.seconds, other.seconds))
            for one, other in zip(taken, steps or taken, strict=True)
        ]
    return Measured(name, hostile, sum(step.work for step in verdict.trace), best, steps, verdict)


def samples() -> Iterator[tuple[str, bool, Sample]]:
    """Name, whether it is hostile, sample."""
    for name, make in bombs.PAIRS.items():
        pair = make()
        yield name, True, Sample(ground_truth=pair.gold, final_answer=pair.answer)
        yield f"{name}, turned", True, Sample(ground_truth=pair.answer, final_answer=pair.gold)
    for name, text in bombs.TEXTS.items():
        yield f"{name} against itself", True, Sample(ground_truth=f"{text()} ", final_answer=f"{text()}+0")
        yield f"{name} as answer", True, Sample(ground_truth="x+1", response=text())
        yield f"{name} as truth", True, Sample(ground_truth=text(), final_answer="x+1")
    folder = data_folder()
    if folder is not None:
        for row in pairs(folder, MATHS):
            yield ("a row of the check quarter" if row.check else row.id), False, row.sample


def main() -> int:
    """Measure all; status 1 if a step took, or a full allowance could take, more than its time."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="how often to grade each sample")
    parser.add_argument("--slowest", type=int, default=10, help="how many to list")
    asked = parser.parse_args()
    verifier = Verifier()
    verifier.grade(Sample(ground_truth="x+1", final_answer="1+x"))
    measured = []
    for name, hostile, sample in samples():
        try:
            measured.append(measure(verifier, name, sample, hostile=hostile, rounds=max(asked.rounds, 1)))
        except Exception as error:  # noqa: BLE001  # a fault of ours: told, and the others are measured
            print(f"RAISED {type(error).__name__}: {error} ({name})")
    for title, hostile in (("ordinary", False), ("hostile", True)):
        table(title, [one for one in measured if one.hostile is hostile])
    allowance = Budget().work
    steps = [(step, one) for one in measured for step in one.steps]
    longest = max(step.seconds for step, _ in steps)
    dear = sorted(
        (
            (step.seconds / max(step.work, 1), step, one)
            for step, one in steps
            if step.seconds >= _FLOOR and step.what != SEARCH
        ),
        key=lambda found: found[0],
        reverse=True,
    )
    worst = max((each for each, _, _ in dear), default=0.0)
    print(f"longest step {longest * 1e3:.1f} ms, longest grade {max(one.seconds for one in measured) * 1e3:.1f} ms")
    print(f"a full allowance of {allowance:,} units at the dearest unit: {worst * allowance * 1e3:.0f} ms a step")
    print(f"  (of steps of {_FLOOR * 1e3} ms and more; {SEARCH} apart, whose unit is 64 characters searched)")
    goals = (
        ("no step above 50 ms", longest <= STEP),
        ("a full allowance below 50 ms", worst * allowance <= STEP),
    )
    print("; ".join(f"{goal}: {'reached' if reached else 'MISSED'}" for goal, reached in goals))
    print("slowest grades:")
    for one in sorted(measured, key=lambda one: one.seconds, reverse=True)[: asked.slowest]:
        print(f"  {one.seconds * 1e3:8.2f} ms {one.work:9d} units  {one.verdict.code:28} {one.name}")
    print("dearest units:")
    for each, step, one in dear[: asked.slowest]:
        print(
            f"  {each * 1e9:8.0f} ns {step.work:9d} units {step.seconds * 1e3:7.2f} ms  {step.what:12} "
            f"{one.verdict.code:28} {one.name}"
        )
    return 0 if all(reached for _, reached in goals) else 1


def table(title: str, grades: list[Measured]) -> None:
    """One line a kind of step: how often, its mean unit, its dearest unit, its longest."""
    if not grades:
        return
    undecided = sum(one.verdict.success is None for one in grades)
    print(f"{title}: {len(grades)} grades, {undecided} undecided, ", end="")
    print(f"{sum(one.work for one in grades) / len(grades):,.0f} units a grade")
    print(f"  {'step':14} {'number':>8} {'ns/unit':>9} {'dearest':>9} {'most units':>11} {'longest':>9}")
    kinds: dict[str, list[Taken]] = {}
    for one in grades:
        for step in one.steps:
            kinds.setdefault(step.what, []).append(step)
    for what, steps in sorted(kinds.items()):
        work = sum(step.work for step in steps)
        dearest = max((step.seconds / max(step.work, 1) for step in steps if step.seconds >= _FLOOR), default=0.0)
        print(
            f"  {what:14} {len(steps):8d} {sum(step.seconds for step in steps) / max(work, 1) * 1e9:9.0f} "
            f"{dearest * 1e9:9.0f} {max(step.work for step in steps):11d} "
            f"{max(step.seconds for step in steps) * 1e3:6.2f} ms"
        )


if __name__ == "__main__":
    sys.exit(main())
