"""Errors as ``application/problem+json`` (RFC 9457): every kind of problem stands here, and only here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Final, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from verifier_api.wire import write_json

MEDIA_TYPE: Final = "application/problem+json"


class Kind(NamedTuple):
    """One kind of problem: its status, the last part of its ``type``, and its title, the same each time it occurs."""

    status: int
    name: str
    title: str

    @property
    def type(self) -> str:
        """The URI that programs compare."""
        return f"urn:problem-type:verifier:{self.name}"


NOT_JSON: Final = Kind(400, "not-json", "The body is not JSON")
BAD_REQUEST: Final = Kind(400, "bad-request", "The request is no HTTP")
UNAUTHORIZED: Final = Kind(401, "unauthorized", "A key is needed")
NOT_FOUND: Final = Kind(404, "not-found", "There is nothing at this address")
METHOD_NOT_ALLOWED: Final = Kind(405, "method-not-allowed", "This address does not take that method")
NOT_ACCEPTABLE: Final = Kind(406, "not-acceptable", "The answer has no form that you accept")
TOO_SLOW: Final = Kind(408, "too-slow", "The body did not arrive")
TOO_LARGE: Final = Kind(413, "too-large", "The body is too large")
UNSUPPORTED: Final = Kind(415, "unsupported-media-type", "The body has a form that is not read")
INVALID: Final = Kind(422, "invalid-request", "The request cannot be graded")
HEAD_TOO_LARGE: Final = Kind(431, "head-too-large", "The headers are too long")
INTERNAL: Final = Kind(500, "internal", "The service failed")
AT_CAPACITY: Final = Kind(503, "at-capacity", "The service is busy")
NOT_READY: Final = Kind(503, "not-ready", "The service is not ready")

KINDS: Final = (
    *(NOT_JSON, BAD_REQUEST, UNAUTHORIZED, NOT_FOUND, METHOD_NOT_ALLOWED, NOT_ACCEPTABLE, TOO_SLOW),
    *(TOO_LARGE, UNSUPPORTED, INVALID, HEAD_TOO_LARGE, INTERNAL, AT_CAPACITY, NOT_READY),
)


class FieldProblem(NamedTuple):
    """What is wrong with one field; ``field`` is its path, ``conversations[0].role``, empty for the whole body."""

    field: str
    problem: str


class Problem(Exception):  # noqa: N818  # the word of RFC 9457
    """A request, or one sample of a batch, that cannot be answered as asked."""

    def __init__(
        self, kind: Kind, detail: str, *, errors: Iterable[FieldProblem] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def document(self, instance: str) -> dict[str, object]:
        """The problem as JSON; ``instance`` says where it occurred."""
        document: dict[str, object] = {
            "type": self.kind.type,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
            "instance": instance,
        }
        if self.errors:
            document["errors"] = [error._asdict() for error in self.errors]
        return document

    def response(self, instance: str) -> Response:
        """The problem as the answer to a whole request."""
        return Response(
            write_json(self.document(instance)),
            status_code=self.kind.status,
            headers=self.headers,
            media_type=MEDIA_TYPE,
        )


async def answer_problem(request: Request, error: Exception) -> Response:
    """The handler of ``Problem``."""
    if not isinstance(error, Problem):
        raise TypeError("handles Problem alone")
    return error.response(request.url.path)


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """The handler of what the framework raises itself: unknown addresses and methods."""
    if not isinstance(error, HTTPException):
        raise TypeError("handles HTTPException alone")
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.NOT_FOUND:
        kind, detail = NOT_FOUND, "Nothing is served here; / lists the addresses."
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        if headers.get("Allow") == "GET":
            headers["Allow"] = "GET, HEAD"
        kind, detail = METHOD_NOT_ALLOWED, f"This address takes {headers.get('Allow', 'another method')}."
    else:
        kind = Kind(error.status_code, f"http-{error.status_code}", HTTPStatus(error.status_code).phrase)
        detail = "The request was refused."
    return Problem(kind, detail, headers=headers).response(request.url.path)
