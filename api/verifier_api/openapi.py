"""What ``/openapi.json`` says beyond what the routes know: bodies, problems, keys, and examples that are real."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from verifier_api.limits import JSON, NDJSON
from verifier_api.problems import KINDS, MEDIA_TYPE, Kind
from verifier_api.schemas import FieldProblemModel, Graded, GradeRequest, ProblemModel, SampleProblem

DESCRIPTION: Final = """\
Says whether a model's final answer agrees with a ground truth, and why: `correct`, `incorrect` or `undecided`.

Bodies are UTF-8. Errors are `application/problem+json` (RFC 9457). Every answer carries an `X-Request-ID`, the
request's own where it has one. Where keys are set up, a request that grades carries one of them.
"""

EXAMPLE_REQUEST: Final = {
    "sample_id": "traj_e719b342",
    "question": "A 5 A current flows through a 24 ohm resistor. How much power does it dissipate?",
    "ground_truth": "600 W",
    "final_answer": "600 watts of power are dissipated in the resistor.",
    "category": "AC Circuits",
}
"""Sent to the service by a test, as are the problems below."""

_PROBLEMS: Final = {
    "/grade": (400, 401, 406, 408, 413, 415, 422, 503),
    "/grade/batch": (400, 401, 406, 408, 413, 415, 422, 503),
    "/readyz": (503,),
}
_REQUEST_ID: Final = {
    "name": "X-Request-ID",
    "in": "header",
    "required": False,
    "description": "A name for this request; it comes back, and stands in the log. One is made where none is sent, or "
    "one that is not 1 to 128 letters, digits and `._:@/+=-`.",
    "schema": {"type": "string"},
}


def describe(app: FastAPI, *, keys_needed: bool, most_items: int) -> None:
    """Have ``app`` say what it does."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, keys_needed=keys_needed, most_items=most_items)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's way of changing it


def _document(app: FastAPI, *, keys_needed: bool, most_items: int) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    models = (GradeRequest, ProblemModel, FieldProblemModel, Graded, SampleProblem)
    for mode in ("validation", "serialization"):
        _, definitions = models_json_schema(
            [(model, mode) for model in (models[:1] if mode == "validation" else models[1:])],
            ref_template="#/components/schemas/{model}",
        )
        schemas.update(definitions["$defs"])
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "One of the keys in `VERIFIER_API_KEYS`."},
        "header": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same keys."},
    }
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _complete(operation, path)
    _describe_bodies(document["paths"], most_items)
    if keys_needed:
        for path in ("/grade", "/grade/batch"):
            document["paths"][path]["post"]["security"] = [{"bearer": []}, {"header": []}]
    return document


def _complete(operation: dict[str, Any], path: str) -> None:
    operation.setdefault("parameters", []).append(_REQUEST_ID)
    responses = operation["responses"]
    for status in _PROBLEMS.get(path, ()):
        kinds = [kind for kind in KINDS if kind.status == status]
        responses[str(status)] = _problem_response(kinds)
    for response in responses.values():
        response.setdefault("headers", {})["X-Request-ID"] = {"schema": {"type": "string"}}


def _problem_response(kinds: list[Kind]) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": "; or ".join(kind.title for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemModel"}}},
    }
    if kinds[0].status == 503:
        response["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}}
    if kinds[0].status == 401:
        response["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return response


def _describe_bodies(paths: dict[str, Any], most_items: int) -> None:
    one = {"$ref": "#/components/schemas/GradeRequest"}
    paths["/grade"]["post"]["requestBody"] = {
        "required": True,
        "content": {JSON: {"schema": one, "examples": {"power": {"value": EXAMPLE_REQUEST}}}},
    }
    lines = {"type": "string", "description": "One JSON object a line."}
    paths["/grade/batch"]["post"]["requestBody"] = {
        "required": True,
        "content": {
            JSON: {
                "schema": {"type": "array", "items": one, "maxItems": most_items},
                "examples": {"power": {"value": [EXAMPLE_REQUEST]}},
            },
            NDJSON: {"schema": {**lines, "description": "One GradeRequest a line, of any number."}},
        },
    }
    paths["/grade/batch"]["post"]["responses"]["200"]["content"][NDJSON] = {
        "schema": {**lines, "description": "One Graded or SampleProblem a line, in the order of the request's."}
    }
