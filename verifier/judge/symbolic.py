"""The symbolic judge: SymPy's opinion on maths that the engine could not decide, in a process of its own.

It says that two answers are equal, or nothing. It is asked about trees, never about text, with its work counted; and
what SymPy shows is confirmed by values at points of the ground truth's domain, computed without it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, Protocol

from verifier.cpus import available_cpus
from verifier.judge.port import Scope
from verifier.judge.question import EQUAL, GAVE_UP, LOST, Question, Reply
from verifier.types.expr import BINDERS, Expr
from verifier.types.indices import holds_running
from verifier.types.opinion import Judgement
from verifier.types.sample import Sample
from verifier.types.verdict import Code, Decision, Finding, Outcome, Verdict, passes, proves

if TYPE_CHECKING:  # at run time they are imported where a question is asked: grading alone needs none of them
    import asyncio
    from concurrent.futures import Future

    from verifier.judge.process import Asker

NAME: Final = "symbolic"
MOST_STEPS: Final = 6_000_000
"""Calls and returns of functions, Python's and C's, that a question may take: between one and two seconds."""

ASKED: Final = frozenset({
    "expression.unshown", "expression.unsupported", "expression.no_common_domain", "expression.breakpoints",
    "relation.unshown", "collection.member_open", "region.unshown",
})  # fmt: skip
"""Passes of the engine's that mean: maths that rules could not decide. Other passes are doubts of another sort (a form,
a name, a missing condition), and equal values are no answer to those."""

_STAGES = frozenset({"expression", "relation", "collection", "region"})

EQUAL_CODE = proves(
    "symbolic.equal",
    "Computer algebra shows the two to be equal, and their values at points of the ground truth's domain agree.",
)
NOT_SHOWN_CODE = passes("symbolic.not_shown", "Computer algebra does not show the two to be equal.")
GAVE_UP_CODE = passes("symbolic.gave_up", "Computer algebra stopped at its limit of work.")
LOST_CODE = passes("symbolic.worker_lost", "The process of the computer algebra ended over the question.")
ABSENT_CODE = passes(
    "symbolic.absent", "SymPy is not installed, so nothing was computed: pip install 'answer-verifier[symbolic]'."
)
NOT_MATHS_CODE = passes("symbolic.not_maths", "The two were not read as formulas that could be compared.")
UNEVALUATED_CODE = passes(
    "symbolic.unevaluated", "The answer is left as a sum, an integral or a limit, which may be the question's own."
)
CODES: tuple[Code, ...] = (
    EQUAL_CODE,
    NOT_SHOWN_CODE,
    GAVE_UP_CODE,
    LOST_CODE,
    ABSENT_CODE,
    NOT_MATHS_CODE,
    UNEVALUATED_CODE,
)


class Trees(Protocol):
    """Both sides as formulas: the readings of each accepted gold, and of the candidate."""

    @property
    def golds(self) -> tuple[tuple[Expr, ...], ...]:
        """The readings of each gold."""
        ...

    @property
    def candidates(self) -> tuple[Expr, ...]:
        """The readings of the candidate."""
        ...

    @property
    def conditions(self) -> tuple[Expr, ...]:
        """Relations that the question states of its names."""
        ...

    @property
    def integers(self) -> frozenset[str]:
        """Names that the question takes for whole numbers."""
        ...


class SymbolicJudge:
    """Asks SymPy. ``trees`` gives both sides of a sample as formulas; ``slots`` are questions worked on at once.

    Its process starts at the first question and ends with ``close``, with this object, or with this process.
    """

    name = NAME

    def __init__(
        self, trees: Callable[[Sample], Trees], *, slots: int | None = None, most_steps: int = MOST_STEPS
    ) -> None:
        self._trees = trees
        self._slots = slots
        self._most_steps = most_steps
        self._lock = threading.Lock()
        self._asker: Asker | None = None

    @cached_property
    def version(self) -> str:
        """SymPy's version and the limit of work."""
        from importlib.metadata import PackageNotFoundError, version
        from importlib.util import find_spec

        with suppress(PackageNotFoundError, ValueError):
            if find_spec("sympy") is not None:
                return f"sympy-{version('sympy')}+{self._most_steps}"
        return "absent"

    def asks(self, sample: Sample, verdict: Verdict, scope: Scope = "undecided") -> bool:
        """Whether the engine passed on maths, and on nothing else, whatever the scope."""
        del sample, scope  # its verdict says it all
        if verdict.outcome is not Outcome.UNDECIDED:
            return False
        passed = {step.code for step in verdict.trace if step.phase == "compare" and step.decision is Decision.PASS}
        return verdict.code in ASKED and all(code in ASKED for code in passed if code.partition(".")[0] in _STAGES)

    async def opine(self, sample: Sample, verdict: Verdict) -> Judgement:
        """*Correct* where the two are shown to be equal, else a pass; never *incorrect*."""
        return Judgement(finding=await self._found(sample, verdict))

    async def _found(self, sample: Sample, verdict: Verdict) -> Finding:
        import asyncio

        if not self.asks(sample, verdict):
            return NOT_MATHS_CODE.finding()
        if self.version == "absent":
            return ABSENT_CODE.finding()
        trees = await asyncio.to_thread(self._trees, sample)
        golds = tuple(readings for readings in trees.golds if readings)
        question = Question(golds, trees.candidates, trees.conditions, tuple(sorted(trees.integers)))
        if not question.golds or not question.candidates or any(map(holds_running, _trees_of(question))):
            return NOT_MATHS_CODE.finding()  # SymPy takes a_n in a sum over n for a constant
        if sample.question and sample.question.strip() and _left_open(question):
            return UNEVALUATED_CODE.finding()
        try:
            answer = self._ready().ask(question)
        except RecursionError:
            return GAVE_UP_CODE.finding()
        return _finding(await _awaited(answer))

    def close(self) -> None:
        """End the process."""
        if self._asker is not None:
            self._asker.close()

    @property
    def process(self) -> int | None:
        """The number of the process, where one runs."""
        return None if self._asker is None else self._asker.process

    def _ready(self) -> Asker:
        from verifier.judge.process import Asker

        with self._lock:
            if self._asker is None:
                self._asker = Asker(slots=self._slots or available_cpus(), most_steps=self._most_steps)
            return self._asker


def _trees_of(question: Question) -> tuple[Expr, ...]:
    return (*(tree for readings in question.golds for tree in readings), *question.candidates)


def _left_open(question: Question) -> bool:
    """Whether the candidate holds a sum, an integral or the like, and no gold does."""
    golds = [tree for readings in question.golds for tree in readings]
    return any(map(_binds, question.candidates)) and not any(map(_binds, golds))


def _binds(tree: Expr) -> bool:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if node.head in BINDERS:
            return True
        waiting.extend(node.args)
    return False


def _finding(reply: Reply) -> Finding:
    if reply.status == EQUAL:
        return EQUAL_CODE.finding(gold=reply.gold, candidate=reply.candidate, shown=reply.by)
    return {GAVE_UP: GAVE_UP_CODE, LOST: LOST_CODE}.get(reply.status, NOT_SHOWN_CODE).finding()


async def _awaited(answer: Future[Reply]) -> Reply:
    """The answer, whichever event loop waits for it; one who stops waiting takes it from nobody else."""
    import asyncio

    loop = asyncio.get_running_loop()
    here: asyncio.Future[Reply] = loop.create_future()

    def arrived(_: Future[Reply]) -> None:
        with suppress(RuntimeError):  # the loop may be closed by then
            loop.call_soon_threadsafe(partial(_settle, here, answer))

    answer.add_done_callback(arrived)
    return await here


def _settle(here: asyncio.Future[Reply], answer: Future[Reply]) -> None:
    if not here.done():
        here.set_result(answer.result())
