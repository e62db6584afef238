"""A judge's caller that says what it is told to, in the process of the test: for what is not about HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from verifier.batch.till import Terms, Till
from verifier.judge.trouble import UNAVAILABLE, Trouble
from verifier.store.opening import open_store
from verifier.types.opinion import Call, Reply, Usage
from verifier.types.rules import Rules

USAGE = Usage(input=350, cache_read=900, output=60)
COST = 350 * 100_000 + 900 * 10_000 + 60 * 500_000
"""What a call costs at the price of the default model, in picodollars."""


class Scripted:
    """Says ``verdict`` of every call, quoting the whole answer; ``down`` is a server that is not there."""

    name = "scripted"
    version = "1"

    def __init__(self, verdict: str | Callable[[Call], str]) -> None:
        self._verdict = verdict
        self.calls: list[Call] = []

    async def send(self, call: Call, _again: object = None) -> Reply:
        self.calls.append(call)
        verdict = self._verdict if isinstance(self._verdict, str) else self._verdict(call)
        if verdict == "down":
            raise Trouble(UNAVAILABLE, "nobody there")
        told = json.loads(call.content)
        answer = told.get("answer", told.get("text_1"))
        quote = answer if isinstance(answer, str) else answer["beginning"]
        said = {"verdict": verdict.partition(" ")[0], "reference_suspect": verdict.endswith(" suspect")}
        if '"points"' in call.schema:
            status = {"same": "present", "different": "contradicted"}.get(said["verdict"], "absent")
            words = " ".join(quote.split()[:20])
            point = {"point": "the point", "essential": True, "status": status, "quote": words}
            text = json.dumps({"points": [point], **said})
        else:
            text = json.dumps({"extracted_answer": quote, "comparison": "as told", **said})
        return Reply(text=text, stop="end_turn", model=call.model, usage=USAGE, request_id=f"req_{len(self.calls)}")

    def close(self) -> None:
        pass


def till(folder: Path, caller: Scripted | None, *, limit: int | None = None) -> Callable[[Rules, str], Till]:
    """How a run opens a till over this caller, with a store in the folder."""

    def opening(rules: Rules, run: str) -> Till:
        store = open_store(f"sqlite:///{folder}/opinions.db")
        return Till(store, caller, rules, Terms(run=run, limit=limit, concurrency=16))

    return opening
