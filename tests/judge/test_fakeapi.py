"""The local Messages API keeps to what the real one does, as far as a judge sees it."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from fakeapi import FakeAPI
from fakeapi.faults import Json

SYSTEM = "Compare the two. " * 200
SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"type": "string"}, "extracted_answer": {"type": "string"}},
    "required": ["verdict", "extracted_answer"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeAPI]:
    with FakeAPI(models=["claude-haiku-5-5"]) as api:
        yield api


@pytest.fixture
def api(server: FakeAPI) -> FakeAPI:
    server.script(
        opinion="same", rules=[], latency=0.0, batch_seconds=0.02, hold_batches=False, rpm=None, most_at_once=None
    )
    server.reset()
    return server


def params(answer: str = "a walk", **named: Json) -> dict[str, Any]:
    content = json.dumps({"question": "What?", "reference": "a walk", "answer": answer})
    return {
        "model": "claude-haiku-5-5",
        "max_tokens": 300,
        "system": [{"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}],
        "thinking": {"type": "disabled"},
        "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}},
        "messages": [{"role": "user", "content": content}],
    } | named


def ask(
    api: FakeAPI, path: str, body: object = None, *, method: str | None = None, key: str = "test-key"
) -> tuple[int, Any, Any]:
    headers = {"authorization": f"Bearer {key}", "anthropic-version": "2026-10-21", "content-type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{api.url}{path}", data, headers, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
            text = response.read()
            return response.status, response.headers, text
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def verdict(text: bytes) -> Json:
    return json.loads(json.loads(text)["content"][-1]["text"])


def test_verdict_and_usage(api: FakeAPI) -> None:
    status, headers, text = ask(api, "/v1/messages", params())
    assert status == 200
    assert headers["request-id"].startswith("req_")
    assert headers["anthropic-ratelimit-requests-remaining"]
    assert verdict(text)["verdict"] == "same"
    assert verdict(text)["extracted_answer"] == "a walk"
    first = json.loads(text)["usage"]
    assert first["cache_creation"]["ephemeral_5m_input_tokens"] == len(SYSTEM) // 4
    second = json.loads(ask(api, "/v1/messages", params())[2])["usage"]
    assert second["cache_read_input_tokens"] == len(SYSTEM) // 4
    ledger = api.ledger()
    assert ledger["live_calls"] == 2
    assert ledger["live"]["output"] == first["output_tokens"] + second["output_tokens"]


@pytest.mark.parametrize(
    ("named", "status"),
    [
        ({"temperature": 0.0}, 400),
        ({"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "{"}]}, 400),
        ({"output_config": {"effort": "great"}}, 400),
        ({"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}}, 400),
        ({"output_config": {"format": {"type": "json_schema", "schema": SCHEMA | {"maxProperties": 2}}}}, 400),
        ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, 400),
        ({"thinking": {"type": "disabled"}, "output_config": {"effort": "max"}}, 400),
        ({"nonsense": 1}, 400),
        ({"max_tokens": 0}, 400),
        ({"model": "claude-haiku-0"}, 404),
    ],
)
def test_refused(api: FakeAPI, named: dict[str, Any], status: int) -> None:
    got, headers, text = ask(api, "/v1/messages", params(**named))
    assert got == status
    assert json.loads(text)["type"] == "error"
    assert json.loads(text)["request_id"] == headers["request-id"]
    assert api.ledger()["live_calls"] == 0


def test_wrong_key(api: FakeAPI) -> None:
    assert ask(api, "/v1/messages", params(), key="other")[0] == 401


def test_thinks_unless_told_not_to(api: FakeAPI) -> None:
    body = params()
    del body["thinking"]
    blocks = json.loads(ask(api, "/v1/messages", body)[2])["content"]
    assert [block["type"] for block in blocks] == ["thinking", "text"]


def test_faults_in_turn(api: FakeAPI) -> None:
    api.fail(["429:retry-after=3", "529", "refusal", "truncated", "off_schema", "wrong_quote", "ok"])
    status, headers, _ = ask(api, "/v1/messages", params())
    assert (status, headers["retry-after"]) == (429, "3")
    assert ask(api, "/v1/messages", params())[0] == 529
    assert json.loads(ask(api, "/v1/messages", params())[2])["stop_reason"] == "refusal"
    assert json.loads(ask(api, "/v1/messages", params())[2])["stop_reason"] == "max_tokens"
    assert verdict(ask(api, "/v1/messages", params())[2])["verdict"] == "perhaps"
    assert verdict(ask(api, "/v1/messages", params())[2])["extracted_answer"] != "a walk"
    assert verdict(ask(api, "/v1/messages", params())[2])["verdict"] == "same"


def test_cut_is_not_in_the_ledger(api: FakeAPI) -> None:
    api.fail(["cut", "cut:body"])
    for _ in range(2):
        with pytest.raises((OSError, http.client.IncompleteRead)):
            ask(api, "/v1/messages", params())
    assert api.ledger()["live_calls"] == 0
    assert api.ledger()["lost"] == 2


def test_rules_by_content(api: FakeAPI) -> None:
    api.script(opinion="exact", rules=[{"contains": "river", "then": ["cannot_tell"], "forever": True}])
    assert verdict(ask(api, "/v1/messages", params("a river"))[2])["verdict"] == "cannot_tell"
    assert verdict(ask(api, "/v1/messages", params("a walk"))[2])["verdict"] == "same"
    assert verdict(ask(api, "/v1/messages", params("a run"))[2])["verdict"] == "different"


def test_model_and_count(api: FakeAPI) -> None:
    status, _, text = ask(api, "/v1/models/claude-haiku-5-5")
    assert status == 200
    assert json.loads(text)["capabilities"]["structured_outputs"]["supported"]
    assert ask(api, "/v1/models/other")[0] == 404
    body = params()
    del body["max_tokens"]
    assert json.loads(ask(api, "/v1/messages/count_tokens", body)[2])["input_tokens"] > len(SYSTEM) // 4


def waited(api: FakeAPI, name: str) -> dict[str, Any]:
    for _ in range(200):
        shown = dict(json.loads(ask(api, f"/v1/messages/batches/{name}")[2]))
        if shown["processing_status"] == "ended":
            return shown
        time.sleep(0.01)
    raise AssertionError("the batch never ended")


def test_batch(api: FakeAPI) -> None:
    api.script(rules=[
        {"contains": "the 3rd", "then": ["errored"]}, {"contains": "the 4th", "then": ["expired"]},
        {"contains": "the 5th", "then": ["canceled"]}    ])  # fmt: skip
    requests = [{"custom_id": f"n-{n}", "params": params(f"the {n}th")} for n in range(40)]
    requests[3]["params"] = params("the 3rd")
    status, _, text = ask(api, "/v1/messages/batches", {"requests": requests})
    made = json.loads(text)
    assert status == 200
    assert made["request_counts"] == {"processing": 40, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}
    assert made["results_url"] is None
    assert ask(api, f"/v1/messages/batches/{made['id']}/results")[0] == 404
    shown = waited(api, made["id"])
    assert shown["request_counts"] == {"processing": 0, "succeeded": 37, "errored": 1, "canceled": 1, "expired": 1}
    lines = [json.loads(line) for line in ask(api, f"/v1/messages/batches/{made['id']}/results")[2].splitlines()]
    names = [line["custom_id"] for line in lines]
    assert sorted(names, key=lambda name: int(name[2:])) == [f"n-{n}" for n in range(40)] != names
    assert {line["custom_id"]: line["result"]["type"] for line in lines}["n-4"] == "expired"
    assert api.ledger()["batch_calls"] == 37
    assert json.loads(ask(api, "/v1/messages/batches?limit=1")[2])["data"][0]["id"] == made["id"]


def test_batch_held_and_canceled(api: FakeAPI) -> None:
    api.script(hold_batches=True)
    made = json.loads(ask(api, "/v1/messages/batches", {"requests": [{"custom_id": "a", "params": params()}]})[2])
    time.sleep(0.05)
    assert json.loads(ask(api, f"/v1/messages/batches/{made['id']}")[2])["processing_status"] == "in_progress"
    ask(api, f"/v1/messages/batches/{made['id']}/cancel", {}, method="POST")
    assert waited(api, made["id"])["request_counts"]["canceled"] == 1
    api.script(hold_batches=False)


def test_batch_of_nonsense(api: FakeAPI) -> None:
    twice = [{"custom_id": "a", "params": params()}] * 2
    assert ask(api, "/v1/messages/batches", {"requests": twice})[0] == 400
    assert ask(api, "/v1/messages/batches", {"requests": [{"custom_id": "a b", "params": params()}]})[0] == 400
    assert ask(api, "/v1/messages/batches", {"requests": []})[0] == 400
    bad = json.loads(
        ask(api, "/v1/messages/batches", {"requests": [{"custom_id": "a", "params": params(temperature=1)}]})[2]
    )
    assert waited(api, bad["id"])["request_counts"]["errored"] == 1


def test_limits(api: FakeAPI) -> None:
    api.script(rpm=2)
    assert [ask(api, "/v1/messages", params())[0] for _ in range(3)] == [200, 200, 429]
    assert api.calls()["refused"] == {"429": 1}


def test_plain_server() -> None:
    with FakeAPI(schema=False, batches=False, model_list=False) as api:
        assert ask(api, "/v1/messages", params())[0] == 400
        body = params()
        del body["output_config"]
        _, headers, text = ask(api, "/v1/messages", body)
        said = json.loads(text)["content"][0]["text"]
        assert not said.startswith("{")
        assert '"verdict":"same"' in said
        assert "anthropic-ratelimit-requests-limit" not in headers
        assert json.loads(text)["usage"].keys() == {"input_tokens", "output_tokens"}
        assert ask(api, "/v1/models/claude-haiku-5-5")[0] == 404
        assert ask(api, "/v1/messages/batches", {"requests": []})[0] == 404
