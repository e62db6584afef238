"""``/openapi.json`` says what the service does: generated requests against the application, and every example sent."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection

from verifier.settings import Settings
from verifier_api.app import create_app
from verifier_api.openapi import EXAMPLE_REQUEST
from verifier_api.problems import HEAD_TOO_LARGE, KINDS, METHOD_NOT_ALLOWED, NOT_FOUND

if TYPE_CHECKING:
    from tests.api.conftest import Running

KEY = "a-key"
MODEST = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def described(settings: Settings) -> Any:  # noqa: ANN401
    """What the application says it does, but for the lengths of lists: generated bodies that pass them take minutes."""
    app = create_app(settings)
    document = json.loads(json.dumps(app.openapi()), object_hook=_without_lengths)
    schema = schemathesis.openapi.from_dict(document)
    schema.app, schema.location = app, "/openapi.json"
    return schema


def _without_lengths(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name not in {"maxItems", "maxProperties"}}


everybody = described(Settings())
with_keys = described(Settings(api_keys=KEY))  # type: ignore[arg-type]
seen: Counter[str] = Counter()


@schemathesis.serializer("application/x-ndjson")
def _lines(_: object, value: Any) -> bytes:  # noqa: ANN401
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


@with_keys.auth()
class _Key:
    def get(self, _case: object, _context: object) -> str:
        return KEY

    def set(self, case: Any, data: str, _context: object) -> None:  # noqa: ANN401
        case.headers = {**(case.headers or {}), "X-API-Key": data}


def excluded(case: Any) -> list[Any]:  # noqa: ANN401
    # A bad sample of a batch is no refusal of the batch: its problem stands in its place.
    return [negative_data_rejection] if case.path == "/grade/batch" else []


@everybody.parametrize()
@MODEST
def test_it_does_what_it_says(case: Any) -> None:  # noqa: ANN401
    seen[f"{case.path} {case.media_type}"] += 1
    response = case.call_and_validate(excluded_checks=excluded(case))
    assert response.headers["x-request-id"]


@with_keys.include(path_regex="^/grade").parametrize()
@settings(MODEST, max_examples=15)
def test_it_asks_for_keys_where_it_says_so(case: Any) -> None:  # noqa: ANN401
    case.call_and_validate(excluded_checks=excluded(case))


def test_lines_were_among_the_generated_bodies() -> None:
    assert seen["/grade/batch application/x-ndjson"] > 5
    assert seen["/grade application/json"] > 5


def test_every_example_of_a_request_is_graded(server: Running) -> None:
    document = server.ask("/openapi.json").json
    examples = {
        path: [
            example["value"]
            for content in operations["post"]["requestBody"]["content"].values()
            for example in content.get("examples", {}).values()
        ]
        for path, operations in document["paths"].items()
        if "post" in operations
    }
    assert EXAMPLE_REQUEST in examples["/grade"]
    for path, bodies in examples.items():
        for body in bodies:
            answers = server.ask(path, body).json
            assert all(answer["success"] for answer in (answers if isinstance(answers, list) else [answers]))


def test_every_problem_is_described(server: Running) -> None:
    document = server.ask("/openapi.json").json
    described = {
        (int(status), media)
        for operations in document["paths"].values()
        for operation in operations.values()
        for status, response in operation["responses"].items()
        for media in response["content"]
        if status != "200"
    }
    elsewhere = {NOT_FOUND.status, METHOD_NOT_ALLOWED.status, HEAD_TOO_LARGE.status, 500}
    assert described == {(kind.status, "application/problem+json") for kind in KINDS if kind.status not in elsewhere}


@pytest.mark.parametrize("path", ["/grade", "/grade/batch"])
def test_no_key_is_asked_for_where_none_is_set_up(server: Running, path: str) -> None:
    assert "security" not in server.ask("/openapi.json").json["paths"][path]["post"]
