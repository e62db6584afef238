"""The live caller: one call of the judge over the Messages API, of Anthropic or of any server that speaks it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Final

from verifier.judge.port import Again
from verifier.judge.probe import Link
from verifier.judge.trouble import REJECTED, Trouble
from verifier.judge.wire import MOST_DETAIL, read_reply, request
from verifier.types.opinion import Call, Reply

NAME: Final = "anthropic"
MESSAGES: Final = "/v1/messages"


class AnthropicCaller(Link):
    """Sends calls. Re-entrant: many at once, from any event loop."""

    @property
    def name(self) -> str:
        """``anthropic``."""
        return NAME

    @property
    def version(self) -> str:
        """The version of the SDK; empty where there is none."""
        try:
            return version("anthropic")
        except PackageNotFoundError:
            return ""

    async def send(self, call: Call, again: Again | None = None) -> Reply:
        """The reply as it came; raises ``Trouble`` where there is none, after repetitions.

        ``again`` is awaited before each repetition of a request that may have been charged.
        """
        can = await self._known.abilities(call.model)
        try:
            body = request(call, can)
        except UnicodeEncodeError as wrong:
            raise Trouble(REJECTED, f"no text: {wrong}"[:MOST_DETAIL]) from None
        response = await self._client.post(MESSAGES, body, again)
        return read_reply(response.content, response.headers.get("request-id", ""))
