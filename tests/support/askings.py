"""Calls of a judge as tests make them, and callers that are quick to give up."""

from __future__ import annotations

import json
from typing import Any

from fakeapi import FakeAPI

from verifier.judge.anthropic import AnthropicCaller
from verifier.judge.batches import BatchCaller
from verifier.judge.pace import Policy
from verifier.types.opinion import Call

MODEL = "claude-haiku-5-5"
SYSTEM = "You compare an answer with a reference. " * 60
SCHEMA = json.dumps({
    "type": "object",
    "properties": {
        "extracted_answer": {"type": "string"}, "comparison": {"type": "string"},
        "verdict": {"type": "string", "enum": ["same", "different", "cannot_tell"]},
        "reference_suspect": {"type": "boolean"},
    },
    "required": ["extracted_answer", "comparison", "verdict", "reference_suspect"],
    "additionalProperties": False,
})  # fmt: skip
QUICK = Policy(deadline=5.0, timeout=2.0, patience=5.0, attempts=3, first_wait=0.005, longest_wait=0.02, concurrency=16)


def call(answer: str = "a walk in the park", reference: str = "a walk in the park", **named: object) -> Call:
    fields: dict[str, Any] = {
        "model": MODEL, "rubric": "short-1", "ballot": "first", "system": SYSTEM, "schema": SCHEMA, "effort": "low",
        "content": json.dumps({"question": "What?", "reference": reference, "answer": answer}),
        "thinking": False, "max_tokens": 400,
    }  # fmt: skip
    return Call(**(fields | named))


def caller(api: FakeAPI, policy: Policy = QUICK, **named: object) -> AnthropicCaller:
    fields: dict[str, Any] = {"model": MODEL, "api_key": api.key, "base_url": api.url, "policy": policy}
    return AnthropicCaller(**(fields | named))


def batch_caller(api: FakeAPI, policy: Policy = QUICK, **named: object) -> BatchCaller:
    fields: dict[str, Any] = {"model": MODEL, "api_key": api.key, "base_url": api.url, "policy": policy}
    return BatchCaller(**(fields | named))
