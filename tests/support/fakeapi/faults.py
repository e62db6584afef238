"""Errors as the API words them, and which action is done to which request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import msgspec

Json: TypeAlias = Any
KINDS = {
    400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error",
    404: "not_found_error", 408: "timeout_error", 409: "conflict_error", 413: "request_too_large",
    422: "invalid_request_error",    429: "rate_limit_error", 504: "timeout_error", 529: "overloaded_error",
}  # fmt: skip


class Wrong(Exception):  # noqa: N818  # what is wrong with a request, as an answer
    def __init__(self, status: int, message: str, retry_after: str | None = None) -> None:
        self.status, self.message, self.retry_after = status, message, retry_after
        super().__init__(message)

    def error(self) -> dict[str, Any]:
        return {"type": "error", "error": {"type": KINDS.get(self.status, "api_error"), "message": self.message}}


def by_status(action: str) -> Wrong:
    """The error of an action such as ``429:retry-after=1``."""
    number, _, rest = action.partition(":")
    name, _, value = rest.partition("=")
    return Wrong(int(number), f"made to fail: {number}", value if name == "retry-after" else None)


@dataclass(slots=True)
class Rule:
    contains: str = ""
    then: list[Any] = field(default_factory=list)
    forever: bool = False
    used: int = 0

    def next(self) -> Json | None:
        at = self.used
        self.used += 1
        if at < len(self.then):
            return self.then[at]
        return self.then[-1] if self.forever and self.then else None


class Script(msgspec.Struct, forbid_unknown_fields=True):
    """What may be said while the server runs."""

    opinion: Any = "same"
    rules: list[dict[str, Any]] = []
    latency: float = 0.0
    batch_seconds: float = 0.05
    hold_batches: bool = False
    rpm: int | None = None
    burst: int | None = None
    most_at_once: int | None = None
