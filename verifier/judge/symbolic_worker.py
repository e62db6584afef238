"""The process that asks SymPy: warmed once, and a child forked off it for each question.

A child starts with SymPy's caches as the warming left them and with a fixed hash seed, so the same question takes the
same steps wherever and whenever it is asked. Steps are counted, and at ``MOST_STEPS`` the child gives up. Limits of CPU
and memory stand about ten times above, as guards against what cannot be counted. The process ends when its standard
input does, and takes its children along.
"""

from __future__ import annotations

import gc
import os
import resource
import select
import signal
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Final, NoReturn

from verifier.judge.question import EQUAL, GAVE_UP, HEAD, LOST, NOT_SHOWN, Question, Reply, decode, encode

if TYPE_CHECKING:
    from verifier.judge.sympy_proof import Shown

MOST_STEPS: Final = 6_000_000
"""Calls and returns, of Python's functions and of C's; between one and two seconds of work."""

CPU_SECONDS: Final = 20
MEMORY_BYTES: Final = 2 << 30

_PARTS = (
    "assumptions", "calculus", "concrete", "core", "functions", "integrals", "logic", "matrices", "ntheory", "polys",
    "sets", "series", "simplify", "solvers",
)  # fmt: skip
_LEFT_OUT = frozenset({"tests", "benchmarks", "compatibility", "trace"})
_READ = 1 << 16
_KILL_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG


def main(slots: int, most_steps: int = MOST_STEPS) -> None:
    """Answer the questions of standard input, ``slots`` at a time, on standard output, until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C reaches the whole group; the other end decides
    sys.set_int_max_str_digits(100_000)  # the numbers that are let in have fewer
    source, sink = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):  # what a library prints must not get between the answers
        os.dup2(nowhere, standard)
    _warm()
    _Warden(source, sink, slots, most_steps).run()


def _warm() -> None:
    """Load what SymPy loads at first use, and fill its caches, always alike."""
    import importlib
    import pkgutil

    import sympy  # type: ignore[import-untyped]  # has no types
    from sympy.core import random as chance  # type: ignore[import-untyped]

    from verifier.judge.sympy_proof import show_equal
    from verifier.types.expr import Expr
    from verifier.types.nodes import number, symbol

    chance.seed(0)  # it shuffles what it asks first
    _steady_hashes()
    for part in _PARTS:
        package = importlib.import_module(f"sympy.{part}")
        for module in sorted(found.name for found in pkgutil.walk_packages(package.__path__, f"sympy.{part}.")):
            if not _LEFT_OUT.intersection(module.split(".")):
                with suppress(ImportError):  # a few need packages of their own
                    importlib.import_module(module)
    x, k, n, two = symbol("x"), symbol("k"), symbol("n"), number(2)
    square = Expr("pow", (x, two))
    trees = (
        Expr("int", (Expr("exp", (Expr("neg", (square,)),)), x, number(0), Expr("constant", (), "inf"))),
        Expr("sum", (Expr("mul", (k, Expr("binom", (n, k)))), k, number(1), n)),
        Expr("lim", (Expr("div", (Expr("sin", (x,)), x)), x, number(0))),
        Expr("diff", (Expr("mul", (Expr("sin", (x,)), Expr("ln", (Expr("add", (square, two)),)))), x)),
        Expr("prod", (Expr("div", (k, Expr("add", (k, two)))), k, number(1), n)),
    )
    for tree in trees:
        show_equal(tree, Expr("add", (tree, Expr("mul", (number(0), number(1))))))
    sympy.simplify(sympy.sin(2 * sympy.Symbol("x")) ** 2)
    gc.collect()
    gc.freeze()  # children need not copy the pages that a collection would touch
    gc.disable()


def _steady_hashes() -> None:
    """Give hashes that depend on no address to what SymPy keeps in sets: their order decides the steps taken."""
    from sympy.polys import orderings  # type: ignore[import-untyped]
    from sympy.polys.domains import (  # type: ignore[import-untyped]
        algebraicfield,
        complexfield,
        domain,
        finitefield,
        realfield,
    )

    def by_name(it: object) -> int:
        kind = getattr(it, "dtype", None)
        shown = getattr(kind, "__name__", "")
        return hash((type(it).__name__, shown, getattr(it, "precision", 0), str(getattr(it, "mod", ""))))

    for kind in (
        domain.Domain,
        realfield.RealField,
        complexfield.ComplexField,
        finitefield.FiniteField,
        algebraicfield.AlgebraicField,
        orderings.MonomialOrder,
        orderings.ProductOrder,
        orderings.InverseOrder,
    ):
        kind.__hash__ = by_name


class _Child:
    """A question that is being worked on."""

    def __init__(self, number: int, process: int, pipe: int) -> None:
        self.number = number
        self.process = process
        self.pipe = pipe
        self.answer = bytearray()


class _Warden:
    """Reads questions, forks children, passes their answers on."""

    def __init__(self, source: int, sink: int, slots: int, most_steps: int) -> None:
        self._source = source
        self._sink = sink
        self._slots = slots
        self._most_steps = most_steps
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._children: dict[int, _Child] = {}
        self._read = bytearray()

    def run(self) -> None:
        poll = select.poll()
        poll.register(self._source, select.POLLIN | select.POLLHUP)
        while True:
            while self._waiting and len(self._children) < self._slots:
                child = self._fork(*self._waiting.popleft())
                self._children[child.pipe] = child
                poll.register(child.pipe, select.POLLIN | select.POLLHUP)
            for file, _ in poll.poll():
                if file == self._source:
                    if not self._more():
                        self._end()
                        return
                else:
                    self._hear(self._children[file], poll)

    def _more(self) -> bool:
        """Take what there is to read; false at the end of it."""
        data = os.read(self._source, _READ)
        self._read += data
        while len(self._read) >= HEAD.size:
            number, length = HEAD.unpack_from(self._read)
            if len(self._read) < HEAD.size + length:
                break
            self._waiting.append((number, bytes(self._read[HEAD.size : HEAD.size + length])))
            del self._read[: HEAD.size + length]
        return bool(data)

    def _fork(self, number: int, question: bytes) -> _Child:
        read, write = os.pipe()
        parent = os.getpid()
        process = os.fork()
        if process:
            os.close(write)
            return _Child(number, process, read)
        try:
            os.close(read)
            for file in (self._source, self._sink, *self._children):
                os.close(file)
            _answer(question, write, self._most_steps, parent)
        finally:
            os._exit(1)

    def _hear(self, child: _Child, poll: select.poll) -> None:
        data = os.read(child.pipe, _READ)
        child.answer += data
        if data:
            return
        poll.unregister(child.pipe)
        os.close(child.pipe)
        del self._children[child.pipe]
        os.waitpid(child.process, 0)
        answer = bytes(child.answer) or encode(Reply(LOST))
        _write(self._sink, HEAD.pack(child.number, len(answer)) + answer)

    def _end(self) -> None:
        for child in self._children.values():
            with suppress(ProcessLookupError):
                os.kill(child.process, signal.SIGKILL)


def _answer(question: bytes, sink: int, most_steps: int, parent: int) -> NoReturn:
    """What the child does: answer one question and end."""
    _guard(parent)
    from sympy.core import random as chance

    chance.seed(0)
    asked = decode(question, Question)
    counter = Counter(most_steps, lambda: _say(sink, Reply(GAVE_UP, steps=most_steps)))
    counter.start()
    try:
        shown = show(asked)
    except MemoryError:
        _say(sink, Reply(LOST))
    except Exception:  # noqa: BLE001  # the border of the worker: SymPy raises whatever, and it shows nothing
        shown = None
    steps, whole = counter.stop()
    if not whole:
        _say(sink, Reply(GAVE_UP, steps=steps))
    if shown is None:
        _say(sink, Reply(NOT_SHOWN, steps=steps))
    _say(sink, Reply(EQUAL, shown.gold, shown.candidate, shown.by, steps))


def show(asked: Question) -> Shown | None:
    """The proof that the candidate is one of the golds.

    Where a side has several readings, each of one side must equal one of the other: what is ambiguous is not rewarded.
    """
    from verifier.judge.sympy_proof import Given, show_equal

    given = Given(asked.conditions, frozenset(asked.integers))
    for golds in asked.golds:
        if not golds or not asked.candidates:
            continue
        pairs = [[show_equal(gold, candidate, given) for candidate in asked.candidates] for gold in golds]
        if all(any(row) for row in pairs) and all(any(column) for column in zip(*pairs, strict=True)):
            return next(filter(None, pairs[0]))
    return None


class Counter:
    """Counts calls and returns of functions, Python's and C's; calls ``spent`` when there were more than ``most``."""

    def __init__(self, most: int, spent: Callable[[], NoReturn]) -> None:
        self._most = most
        self._spent = spent
        self._left = [most]

    def start(self) -> None:
        """Begin to count."""
        left, spent = self._left, self._spent

        def count(_frame: FrameType, _event: str, _arg: object) -> None:
            left[0] -= 1
            if left[0] < 0:
                spent()

        sys.setprofile(count)

    def stop(self) -> tuple[int, bool]:
        """The steps counted, and whether all were: Python stops counting where ``count`` runs out of stack."""
        whole = sys.getprofile() is not None
        sys.setprofile(None)
        return self._most - self._left[0], whole


def _guard(parent: int) -> None:
    """Limits of the process, and its end with its parent's."""
    limits = ((resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CORE, 0))
    for limit, most in limits:
        with suppress(ValueError, OSError):  # some systems have no such limit, or a lower one
            resource.setrlimit(limit, (most, most))
    with suppress(AttributeError, OSError):  # Linux has it; elsewhere a child runs to its end
        import ctypes

        ctypes.CDLL(None).prctl(_KILL_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before
        os._exit(1)


def _say(sink: int, reply: Reply) -> NoReturn:
    """Answer and end, at once, from wherever it is called."""
    sys.setprofile(None)
    _write(sink, encode(reply))
    os._exit(0)


def _write(file: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]
