"""The addresses of the service. What they say of themselves to ``/openapi.json`` is in ``openapi.py``."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

import verifier
from verifier.grader import codes
from verifier.types.verdict import Decision, Standing
from verifier_api.batches import GradedLines, graded_array
from verifier_api.limits import JSON, NDJSON, Lease, body_form, check_accepted, read_body
from verifier_api.problems import INVALID, NOT_JSON, NOT_READY, Problem
from verifier_api.schemas import CodeEntry, Graded, SampleProblem, State, Versions
from verifier_api.service import Service
from verifier_api.wire import NotJson, read_json, write_json

router = APIRouter()


# Plain calls, not FastAPI's dependencies: those cost a third of what a grade does.
def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def _lease(request: Request) -> Lease:
    lease: Lease = request.state.lease
    return lease


async def _json(request: Request) -> object:
    settings = _service(request).settings
    body = await read_body(
        request, limit=settings.max_body_bytes, lease=_lease(request), idle_seconds=settings.idle_seconds
    )
    try:
        return read_json(body)
    except NotJson as error:
        raise Problem(NOT_JSON, f"The body cannot be read as JSON: {error}.") from None


@router.post("/grade", response_model=Graded, summary="Grade one sample", tags=["grading"])
async def grade(request: Request) -> Response:
    """Say whether an answer agrees with its ground truth, and why."""
    service = _service(request)
    service.keys.check(request)
    body_form(request, lines=False)
    check_accepted(request, JSON)
    return _answer(await service.grade(await _json(request)))


@router.post(
    "/grade/batch", response_model=list[Graded | SampleProblem], summary="Grade many samples", tags=["grading"]
)
async def grade_batch(request: Request) -> Response:
    """Grade an array, or a stream of lines, in order.

    A sample that cannot be graded has a problem in its place, and the others are graded all the same. Lines are
    answered while they arrive, so a body of them may be of any length.
    """
    service = _service(request)
    service.keys.check(request)
    form = body_form(request, lines=True)
    check_accepted(request, form)
    if form == NDJSON:
        return GradedLines(service, request, _lease(request))
    values = await _json(request)
    if not isinstance(values, list):
        raise Problem(INVALID, "Expected a JSON array of samples. One sample alone goes to /grade.")
    most = service.settings.max_batch_items
    if len(values) > most:
        raise Problem(
            INVALID, f"The array has {len(values):,} samples and may have {most:,}. Send more as {NDJSON}, one a line."
        )
    return StreamingResponse(graded_array(service, values), media_type=JSON)


@router.get("/healthz", response_model=State, summary="Is the process alive?", tags=["service"])
async def healthz() -> Response:
    """Answer, which is all that is asked."""
    return _answer({"status": "ok"})


@router.get("/readyz", response_model=State, summary="Can it take requests?", tags=["service"])
async def readyz(request: Request) -> Response:
    """Answer 200 where the rules are loaded and there is capacity, and 503 with the reason where not."""
    service = _service(request)
    if not service.loaded:
        raise Problem(NOT_READY, "The rules are not loaded yet.", headers={"Retry-After": "1"})
    if service.capacity.full:
        raise service.capacity.refusal()
    return _answer({"status": "ok"})


@router.get("/metrics", response_class=PlainTextResponse, summary="What did the judge do?", tags=["service"])
async def metrics(request: Request) -> Response:
    """The counters of all worker processes, in the text form of Prometheus."""
    return PlainTextResponse(_service(request).metrics.text(), media_type="text/plain; version=0.0.4")


@router.get("/version", response_model=Versions, summary="What grades here?", tags=["service"])
async def version(request: Request) -> Response:
    """The versions that stand in every verdict."""
    return _answer({"engine": verifier.__version__, "rules": _service(request).verifier.rules.version})


@router.get("/codes", response_model=list[CodeEntry], summary="Every reason a verdict may carry", tags=["service"])
async def list_codes() -> Response:
    """The codes, by name."""
    return _answer(
        [
            {
                "name": code.name,
                "outcome": "undecided" if code.decision is Decision.PASS else code.decision,
                "standing": None if code.standing is Standing.NONE else code.standing,
                "summary": code.summary,
            }
            for code in sorted(codes(), key=lambda code: code.name)
        ]
    )


@router.get("/", include_in_schema=False)
async def index() -> Response:
    """Where everything is."""
    addresses = ("/grade", "/grade/batch", "/healthz", "/readyz", "/version", "/codes", "/metrics", "/openapi.json")
    return _answer({"service": "verifier", "addresses": addresses})


def _answer(value: object) -> Response:
    return Response(write_json(value), media_type=JSON)
