"""What the service does, without HTTP: a JSON value in, a JSON value or a ``Problem`` out."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import cached_property
from time import perf_counter
from typing import Final
from uuid import uuid4

import msgspec

from verifier import records
from verifier.cpus import available_cpus
from verifier.grader import Verifier
from verifier.judge.opening import LateDesk
from verifier.settings import Settings
from verifier.types.sample import Sample
from verifier.types.verdict import Verdict
from verifier_api.limits import Capacity, Keys
from verifier_api.logs import ERRORS, trace
from verifier_api.metrics import Metrics
from verifier_api.problems import INTERNAL, Problem
from verifier_api.schemas import GradeRequest, read_request
from verifier_api.workers import Aside

INLINE_CHARS: Final = 256 * 1024
"""Texts up to this size are graded in the event loop, longer ones beside it."""

ANOTHER_GROUND_TRUTH: Final = 4 * 1024
"""What one more accepted answer counts as, however short: the answer is compared with it anew."""

SLICE_SECONDS: Final = 0.005
"""How long a batch may keep the event loop before others have their turn."""


class Service:
    """The verifier, and the limits that one worker process keeps."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.keys = Keys(key.get_secret_value() for key in settings.api_keys)
        self.capacity = Capacity(settings.max_in_flight, settings.max_body_bytes)
        self.aside = Aside(settings)
        self.metrics = Metrics()

    @cached_property
    def verifier(self) -> Verifier:
        """The engine with its rules and judges, loaded at first use; raises ``RulesError``.

        A judge that computes may use this worker's share of the processors.
        """
        cpus = available_cpus()
        processes = max(1, cpus // (self.settings.workers or cpus))
        return Verifier.from_settings(
            self.settings,
            processes=processes,
            run=f"service-{uuid4().hex}",
            turn=self.settings.judge_turn_seconds,
        )

    def load(self) -> None:
        """Have at hand, before the first request, the rules and what the engine makes at its first grade."""
        self.verifier.grade(Sample(ground_truth="600 W", final_answer="0.6 kW"))

    @property
    def loaded(self) -> bool:
        """Whether the rules are there."""
        return "verifier" in self.__dict__

    async def grade(self, value: object) -> dict[str, object]:
        """The answer for one JSON value; raises a 422 ``Problem``."""
        answer = await self._begin(value)
        return answer if isinstance(answer, dict) else await answer

    async def _begin(self, value: object) -> dict[str, object] | Coroutine[None, None, dict[str, object]]:
        """The answer, or where a judge is to be asked first, what becomes it."""
        sample, request = read_request(value)
        verdict = self.verifier.grade(sample) if _size(sample) <= INLINE_CHARS else await self.aside.grade(sample)
        if verdict is not None and request.judge != "none" and self.verifier.asks(sample, verdict):
            return self._ask(sample, request, verdict)
        return _answer(sample, request, verdict)

    async def _ask(self, sample: Sample, request: GradeRequest, verdict: Verdict) -> dict[str, object]:
        judged = await self.verifier.ask(sample, verdict)
        self.metrics.judged(judged)
        if isinstance(self.verifier.desk, LateDesk):
            self.metrics.spent(**self.verifier.desk.tally)
        return _answer(sample, request, judged)

    def close(self) -> None:
        """End the processes beside this one."""
        self.aside.close()
        if self.loaded:
            self.verifier.close()

    async def grade_in_batch(
        self, value: object, place: Place
    ) -> dict[str, object] | Coroutine[None, None, dict[str, object]]:
        """The answer for one of many, or what becomes it: others need not wait for a judge.

        Where it cannot be graded, the problem stands in its place.
        """
        try:
            answer = await self._begin(value)
        except Problem as problem:
            return self.problem_in_batch(problem, place, value)
        except Exception as error:  # noqa: BLE001  # the border: one sample must not take the others along
            ERRORS.error("sample %d of a batch failed: %s", place.index, trace(error))
            return self.problem_in_batch(Problem(INTERNAL, "The log has the reason."), place, value)
        return answer if isinstance(answer, dict) else self._later(answer, place, value)

    async def _later(
        self, answer: Coroutine[None, None, dict[str, object]], place: Place, value: object
    ) -> dict[str, object]:
        try:
            return await answer
        except Exception as error:  # noqa: BLE001  # the same border
            ERRORS.error("sample %d of a batch failed: %s", place.index, trace(error))
            return self.problem_in_batch(Problem(INTERNAL, "The log has the reason."), place, value)

    def problem_in_batch(self, problem: Problem, place: Place, value: object = None) -> dict[str, object]:
        """A problem as one of the answers of a batch."""
        sample_id = value.get("sample_id") if isinstance(value, dict) else None
        document = problem.document(f"/grade/batch#/{place.index}")
        document["sample_id"] = str(sample_id) if isinstance(sample_id, str) else None  # a number is its text
        document["success"] = None
        document["index"] = place.index
        if place.line is not None:
            document["line"] = place.line
        return document


class Place(msgspec.Struct, frozen=True):
    """Where in a batch a sample stands: from 0, and of an NDJSON body its line, from 1."""

    index: int
    line: int | None = None


class Turns:
    """Says when a long piece of work should let others have their turn."""

    def __init__(self) -> None:
        self._since = perf_counter()

    def due(self) -> bool:
        """Whether the slice is used up; the next one then begins."""
        now = perf_counter()
        if now - self._since < SLICE_SECONDS:
            return False
        self._since = now
        return True


def _answer(sample: Sample, request: GradeRequest, verdict: Verdict | None) -> dict[str, object]:
    answer: dict[str, object] = {
        "sample_id": sample.sample_id,
        "success": None if verdict is None else verdict.success,
        "verification": records.verification(verdict, code=records.WORKER_LOST.name),
    }
    if request.trace:
        answer["trace"] = [] if verdict is None else records.trace(verdict)
    return answer


def _size(sample: Sample) -> int:
    texts = (*sample.ground_truths, sample.final_answer, sample.response, sample.question)
    more = (len(sample.ground_truths) - 1) * ANOTHER_GROUND_TRUTH
    return more + sum(len(text) for text in texts if text) + sum(len(option.text) for option in sample.options)
