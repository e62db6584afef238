"""Trees by hand, and a worker to ask about them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from commands import children
from flint import fmpq

from verifier.judge.process import Asker
from verifier.judge.question import Question, Reply
from verifier.judge.symbolic import MOST_STEPS
from verifier.types.expr import Expr
from verifier.types.nodes import constant, number, symbol


class Maths:
    """Short names for what the engine's reader makes."""

    x, y, t, a, r = (symbol(name) for name in "xytar")
    n, k, i, j = (symbol(name) for name in "nkij")
    pi, e, inf = constant("pi"), constant("e"), constant("inf")

    @staticmethod
    def num(above: int, below: int = 1) -> Expr:
        return number(fmpq(above, below))

    @staticmethod
    def f(head: str, *args: Expr | int) -> Expr:
        return Expr(head, tuple(number(arg) if isinstance(arg, int) else arg for arg in args))

    def __getattr__(self, head: str) -> Callable[..., Expr]:
        return lambda *args: self.f(head.rstrip("_"), *args)


@pytest.fixture(scope="session")
def m() -> Maths:
    return Maths()


@pytest.fixture(scope="session")
def asker() -> Iterator[Asker]:
    asker = Asker(slots=2, most_steps=MOST_STEPS)
    yield asker
    asker.close()


Ask = Callable[[Expr, Expr], Reply]


@pytest.fixture(scope="session")
def ask(asker: Asker) -> Ask:
    return lambda gold, candidate: asker.ask(Question(((gold,),), (candidate,))).result(60)


@pytest.fixture(scope="session")
def endless(m: Maths) -> Expr:
    """What would take minutes: a hundred million terms."""
    inner = m.sum(m.div(1, m.add(m.i, m.j)), m.j, 1, 5000)
    return m.sum(m.sum(inner, m.k, 1, 5000), m.i, 1, 5000)


@pytest.fixture(scope="session")
def child_of() -> Callable[[Callable[[], int | None]], int]:
    """Waits for the process that a process (which may not be there yet) has forked."""

    def wait(parent: Callable[[], int | None]) -> int:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            process = parent()
            found = children(process) if process is not None else set()
            if found:
                return found.pop()
        raise AssertionError("there is none")

    return wait
