"""A judge without a network: a caller that says what it is told to, and a desk that keeps nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from verifier.judge import trouble
from verifier.judge.trouble import Trouble
from verifier.types.opinion import Call, Opinion, Reply, Usage

Said = str | dict[str, object] | Trouble
"""What a call is answered with: a text, an object to be written as JSON, or trouble."""

USAGE = Usage(input=400, output=60)
PRICE = 70_000_000  # picodollars of one call
STOPS = {"refusal": "refusal", "truncated": "max_tokens", "too_long": "model_context_window_exceeded"}
TEXTS = {"not_json": "They look the same to me.", "off_schema": '{"verdict": "equal", "extracted_answer": "x"}'}
TROUBLES = {code.name.partition(".")[2]: code for code in trouble.CODES}


class ScriptedCaller:
    """Answers each call by ``say``, or by the next of a list; what was asked stands in ``calls``."""

    name = "scripted"
    version = "1"

    def __init__(self, say: Callable[[Call], Said] | Iterable[Said]) -> None:
        self.calls: list[Call] = []
        self.closed = 0
        self._rest: Iterator[Said] = iter(()) if callable(say) else iter(say)
        self._say = say if callable(say) else lambda _: next(self._rest)

    async def send(self, call: Call, _again: object = None) -> Reply:
        self.calls.append(call)
        said = self._say(call)
        if isinstance(said, Trouble):
            raise said
        if isinstance(said, dict) and "fault" in said:
            return _faulty(str(said["fault"]), call, len(self.calls))
        return reply(said, call.model, number=len(self.calls))

    def close(self) -> None:
        self.closed += 1


class StraightDesk:
    """Passes every call on, at one price."""

    def __init__(self, caller: ScriptedCaller, *, price: int | None = PRICE) -> None:
        self.caller = caller
        self._price = price

    async def opinion(self, call: Call) -> Opinion:
        sent = await self.caller.send(call)
        return Opinion(
            key=call.key,
            rubric=call.rubric,
            ballot=call.ballot,
            reply=sent,
            mode="live",
            picodollars=self._price,
            at="2026-11-25T12:00:00Z",
        )

    def close(self) -> None:
        self.caller.close()


def reply(said: str | dict[str, object], model: str = "scripted", *, stop: str = "end_turn", number: int = 1) -> Reply:
    text = said if isinstance(said, str) else json.dumps(said)
    return Reply(text=text, stop=stop, model=model, usage=USAGE, request_id=f"req_{number}")


def _faulty(fault: str, call: Call, number: int) -> Reply:
    if fault in TROUBLES:
        raise Trouble(TROUBLES[fault])
    if fault in STOPS:
        return reply('{"verdict": "same"', call.model, stop=STOPS[fault], number=number)
    return reply(TEXTS[fault], call.model, number=number)


def agreeable(quote: Callable[[str], str] = lambda answer: answer) -> Callable[[Call], dict[str, object]]:
    """Says *same* to everything; ``quote`` chooses what of the answer it quotes."""

    def say(call: Call) -> dict[str, object]:
        told = json.loads(call.content)
        answer = told["answer"] if "answer" in told else told["text_1"]
        text = answer if isinstance(answer, str) else answer["end"]
        return same(quote(text), long=call.rubric.startswith("long"))

    return say


def same(quote: str, *, long: bool = False) -> dict[str, object]:
    """A *same* with this quote, by either protocol."""
    if not long:
        return {"extracted_answer": quote, "comparison": "They agree.", "verdict": "same", "reference_suspect": False}
    quoted = " ".join(quote.split()[:20])
    point = {"point": "all of it", "essential": True, "status": "present", "quote": quoted}
    return {"points": [point], "verdict": "same", "reference_suspect": False}
