"""The live caller: one call of the judge over the Messages API, of Anthropic or of any server that speaks it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Final

from verifier.judge.client import Client
from verifier.judge.pace import Pace, Policy
from verifier.judge.port import Again
from verifier.judge.probe import Known, policy_of
from verifier.judge.trouble import REJECTED, Trouble
from verifier.judge.wire import MOST_DETAIL, Abilities, read_reply, request
from verifier.types.opinion import Call, Reply

NAME: Final = "anthropic"
MESSAGES: Final = "/v1/messages"


class AnthropicCaller:
    """Sends calls. Re-entrant: many at once, from any event loop; connections of a loop end with it.

    ``base_url`` is Anthropic's where none is given. What the server can do is looked up at the first call, unless
    ``abilities`` says it, or ``check`` was asked. ``deadline_seconds`` bounds each call with all its repetitions, from
    its first turn on; ``patience_seconds`` bounds the wait for that, where somebody waits for the answer.
    """

    def __init__(  # noqa: PLR0913  # what settings say, each by name
        self,
        *,
        model: str,
        api_key: str | None,
        base_url: str | None = None,
        deadline_seconds: float = 60.0,
        concurrency: int = 64,
        patience_seconds: float | None = None,
        abilities: Abilities | None = None,
        policy: Policy | None = None,
    ) -> None:
        self._client = Client(api_key, base_url, policy_of(policy, deadline_seconds, concurrency, patience_seconds))
        self._known = Known(self._client, model, abilities)

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

    @property
    def pace(self) -> Pace:
        """How many calls are under way at once."""
        return self._client.pace

    def check(self) -> Abilities:
        """Ask the server whether it takes the key and knows the model. Waits; raises ``SettingsError``."""
        return self._known.check()

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

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        await self._client.aclose()

    def close(self) -> None:
        """Close all connections."""
        self._client.close()
