"""The Messages API as it is written: requests from calls, replies from bodies, troubles from errors."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Annotated, Final, TypeAlias

import msgspec

from verifier.judge.trouble import (
    NO_MODEL,
    OVERLOADED,
    RATE_LIMITED,
    REJECTED,
    UNAUTHORIZED,
    UNAVAILABLE,
    UNPAID,
    Trouble,
)
from verifier.types.opinion import Call, Reply, Usage
from verifier.types.verdict import Code

MOST_DETAIL: Final = 200
_MOST_NAME: Final = 200
"""Of what a server names: models, requests, reasons to stop."""
_MOST_TOKENS: Final = 10**9
"""No text is as long."""
_CODES: Final[Mapping[int, Code]] = {
    401: UNAUTHORIZED, 402: UNPAID, 403: UNAUTHORIZED, 404: NO_MODEL, 408: UNAVAILABLE, 409: UNAVAILABLE,
    429: RATE_LIMITED, 529: OVERLOADED,
}  # fmt: skip
_WITHOUT_SCHEMA: Final = (
    "\n\nAnswer with one JSON object and nothing else: no prose, no code fence. It fits this JSON schema:\n"
)


class Abilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a server knows to do with a request.

    ``schema``: structured output; ``effort``: levels of effort; ``thinking``: the word, so that it can be turned off;
    ``adaptive``: thinking as the model sees fit; ``caching``: marks of what to cache; ``batches``: Message Batches.
    """

    schema: bool = True
    effort: bool = True
    thinking: bool = True
    adaptive: bool = True
    caching: bool = True
    batches: bool = True


PLAIN: Final = Abilities(schema=False, effort=False, thinking=False, adaptive=False, caching=False, batches=False)
"""What every server can that speaks the Messages API."""


def request(call: Call, can: Abilities, ttl: str = "5m") -> bytes:
    """The body of a request. Without structured output the schema stands behind the system text instead."""
    return msgspec.json.encode(parameters(call, can, ttl))


def parameters(call: Call, can: Abilities, ttl: str = "5m") -> dict[str, object]:
    """The fields of a request; ``ttl`` is how long the system text stays cached: 5m or 1h."""
    system = call.system if can.schema else call.system + _WITHOUT_SCHEMA + call.schema
    fields: dict[str, object] = {"model": call.model, "max_tokens": call.max_tokens, "system": system}
    if can.caching:
        mark = {"type": "ephemeral"} if ttl == "5m" else {"type": "ephemeral", "ttl": ttl}
        fields["system"] = [{"type": "text", "text": system, "cache_control": mark}]
    if call.thinking and can.adaptive:
        fields["thinking"] = {"type": "adaptive"}
    elif not call.thinking and can.thinking:
        fields["thinking"] = {"type": "disabled"}
    config: dict[str, object] = {}
    if can.effort:
        config["effort"] = call.effort
    if can.schema:
        config["format"] = {"type": "json_schema", "schema": msgspec.Raw(call.schema.encode())}
    if config:
        fields["output_config"] = config
    fields["messages"] = [{"role": "user", "content": call.content}]
    return fields


class _Block(msgspec.Struct):
    type: str
    text: str | None = None


_Tokens: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=_MOST_TOKENS)] | None


class _Written(msgspec.Struct):
    ephemeral_5m_input_tokens: _Tokens = 0
    ephemeral_1h_input_tokens: _Tokens = 0


class _Counted(msgspec.Struct):
    input_tokens: _Tokens = None
    output_tokens: _Tokens = None
    cache_read_input_tokens: _Tokens = 0
    cache_creation_input_tokens: _Tokens = 0
    cache_creation: _Written | None = None

    def usage(self) -> Usage:
        written = self.cache_creation or _Written()
        five, hour = written.ephemeral_5m_input_tokens or 0, written.ephemeral_1h_input_tokens or 0
        unnamed = max(0, (self.cache_creation_input_tokens or 0) - five - hour)
        return Usage(
            input=self.input_tokens or 0,
            cache_read=self.cache_read_input_tokens or 0,
            cache_write_5m=five + unnamed,
            cache_write_1h=hour,
            output=self.output_tokens or 0,
        )


class Message(msgspec.Struct):
    """A reply as it is sent, as far as it is read; blocks are chosen by their type, for thinking may come first."""

    content: list[_Block]
    model: str
    id: str = ""
    stop_reason: str | None = None
    usage: msgspec.Raw = msgspec.Raw(b"null")

    def reply(self, request_id: str = "") -> Reply:
        """The reply; its id where none is given is the message's."""
        usage = _usage(self.usage)
        return Reply(
            text="".join(block.text or "" for block in self.content if block.type == "text"),
            stop=(self.stop_reason or "")[:_MOST_NAME],
            model=self.model[:_MOST_NAME],
            usage=usage or Usage(),
            request_id=(request_id or self.id)[:_MOST_NAME],
            counted=usage is not None,
        )


def _usage(raw: msgspec.Raw) -> Usage | None:
    """What a reply counts; ``None`` where that is nothing, or no numbers of tokens."""
    try:
        counted = _COUNTED.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if counted is None or counted.input_tokens is None or counted.output_tokens is None:
        return None
    return counted.usage()


_MESSAGE = msgspec.json.Decoder(Message)
_COUNTED: Final[msgspec.json.Decoder[_Counted | None]] = msgspec.json.Decoder(_Counted | None)


def read_reply(body: bytes, request_id: str) -> Reply:
    """The reply that a body holds; raises ``Trouble`` where it is no message."""
    try:
        return _MESSAGE.decode(body).reply(request_id)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise Trouble(UNAVAILABLE, f"what came back is no message: {wrong}"[:MOST_DETAIL], sent=True) from None


def refusal(status: int, message: str | None) -> Trouble:
    """The trouble that a status means. What is said of a key is left out, for some servers repeat it.

    >>> refusal(404, "model: claude-x").detail
    '404 model: claude-x'
    """
    code = _CODES.get(status, UNAVAILABLE if status >= 500 else REJECTED)
    said = "" if code is UNAUTHORIZED else " ".join((message or "").split())
    return Trouble(code, f"{status} {said}".strip()[:MOST_DETAIL])


def worth_repeating(status: int, headers: Mapping[str, str]) -> bool:
    """Whether the same request may fare better later; the server's own word on it counts first."""
    told = headers.get("x-should-retry")
    if told in ("true", "false"):
        return told == "true"
    return status in (408, 409, 429) or status >= 500


def retry_after(headers: Mapping[str, str]) -> float | None:
    """How many seconds the server asks to wait; never less than none.

    >>> retry_after({"retry-after": "1.5"})
    1.5
    >>> retry_after({"retry-after-ms": "20", "retry-after": "9"})
    0.02
    >>> retry_after({"retry-after": "soon"})
    """
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        text = headers.get(name, "")
        try:
            seconds = float(text) / unit
        except ValueError:
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    try:
        return max(0.0, parsedate_to_datetime(headers["retry-after"]).timestamp() - time.time())
    except (KeyError, ValueError, TypeError):
        return None
