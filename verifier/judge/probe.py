"""What a server can do, learned before it is asked in earnest.

Anthropic's tells it of each model. Others are asked once, for an object that nobody would give unless held to a schema;
those that refuse, or give something else, are asked without.
"""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Final
from urllib.parse import quote
from weakref import WeakKeyDictionary

import msgspec

from verifier.judge.client import HOME, Client, imported
from verifier.judge.pace import Pace, Policy
from verifier.judge.trouble import NO_MODEL, RATE_LIMITED, REJECTED, UNAUTHORIZED, UNPAID, Trouble
from verifier.judge.wire import PLAIN, Abilities, read_reply
from verifier.types.errors import SettingsError

_FIELD: Final = "verifier_probe"
_SCHEMA: Final = {
    "type": "object", "properties": {_FIELD: {"type": "boolean"}}, "required": [_FIELD], "additionalProperties": False,
}  # fmt: skip
_MOST_TOKENS: Final = 256


class _Ability(msgspec.Struct):
    supported: bool = False


class _Kinds(msgspec.Struct):
    adaptive: _Ability = msgspec.field(default_factory=_Ability)
    disabled: _Ability = msgspec.field(default_factory=_Ability)


class _Thinking(_Ability):
    types: _Kinds = msgspec.field(default_factory=_Kinds)


class _Capabilities(msgspec.Struct):
    structured_outputs: _Ability
    batch: _Ability = msgspec.field(default_factory=_Ability)
    effort: _Ability = msgspec.field(default_factory=_Ability)
    thinking: _Thinking = msgspec.field(default_factory=_Thinking)


class _Model(msgspec.Struct):
    capabilities: _Capabilities | None = None
    lifecycle: str = ""


async def look(client: Client, model: str) -> Abilities:
    """What the server can do with a model. Raises ``Trouble``."""
    try:
        told = (await client.get(f"/v1/models/{quote(model, safe='')}")).content
    except Trouble as trouble:
        # That a model is unknown is believed of Anthropic only: other servers know no such path.
        if trouble.code is not NO_MODEL and trouble.code is not REJECTED:
            raise
        if client.base_url == HOME:
            raise
    else:
        try:
            known = msgspec.json.decode(told, type=_Model).capabilities
        except msgspec.DecodeError:
            known = None
        if known is not None:
            return Abilities(
                schema=known.structured_outputs.supported,
                effort=known.effort.supported,
                thinking=known.thinking.types.disabled.supported,
                adaptive=known.thinking.types.adaptive.supported,
                batches=known.batch.supported,
            )
    return await _asked(client, model)


async def _asked(client: Client, model: str) -> Abilities:
    """What a server shows that tells nothing of itself."""
    fields: dict[str, object] = {
        "model": model, "max_tokens": _MOST_TOKENS, "messages": [{"role": "user", "content": "Say hello."}],
    }  # fmt: skip
    form = {"output_config": {"format": {"type": "json_schema", "schema": _SCHEMA}}}
    try:
        reply = read_reply((await client.post("/v1/messages", msgspec.json.encode(fields | form))).content, "")
    except Trouble as trouble:
        if trouble.code is not REJECTED:
            raise
        read_reply((await client.post("/v1/messages", msgspec.json.encode(fields))).content, "")
        return PLAIN
    try:
        held = isinstance(msgspec.json.decode(reply.text, type=dict[str, object]).get(_FIELD), bool)
    except msgspec.DecodeError:
        held = False
    return msgspec.structs.replace(PLAIN, schema=held)


class Known:
    """What a server can do with each model, looked up once; a failure to is remembered as long as a wait is at most.

    ``abilities``, where given, are those of all models; ``model`` is the one to check.
    """

    def __init__(self, client: Client, model: str, abilities: Abilities | None) -> None:
        self.model = model
        self._client = client
        self._given = abilities
        self._found: dict[str, Abilities] = {}
        self._failed: dict[str, tuple[float, Trouble]] = {}
        self._locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()

    async def abilities(self, model: str) -> Abilities:
        """What it can; raises ``Trouble``."""
        found = self._given or self._found.get(model)
        if found is None:
            async with self._locks.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
                found = self._found.get(model)
                if found is None:
                    found = self._found[model] = await self._look(model)
        return found

    async def _look(self, model: str) -> Abilities:
        at, failed = self._failed.get(model, (0.0, None))
        if failed is not None and time.monotonic() - at < self._client.policy.longest_wait:
            raise Trouble(failed.code, failed.detail)
        try:
            return await look(self._client, model)
        except Trouble as trouble:
            trouble.sent = False  # the call itself was not
            self._failed[model] = (time.monotonic(), trouble)
            raise

    def check(self) -> Abilities:
        """As ``abilities``, for those who wait; raises ``SettingsError``."""
        found = self._found[self.model] = check(self._client, self.model)
        return found


def check(client: Client, model: str) -> Abilities:
    """As ``look``, for those who wait: in a thread and event loop of its own. Raises ``SettingsError``."""
    imported()
    found: list[Abilities | Trouble] = []

    async def ask() -> None:
        try:
            found.append(await look(client, model))
        except Trouble as trouble:
            found.append(trouble)

    thread = threading.Thread(target=lambda: asyncio.run(ask()), name="verifier-judge-probe")
    thread.start()
    thread.join()
    if not found:
        raise SettingsError(f"the judge's server at {client.shown} could not be asked")
    if isinstance(found[0], Trouble):
        raise SettingsError(explained(found[0], model, client.shown))
    return found[0]


def explained(trouble: Trouble, model: str, base_url: str) -> str:
    """What a trouble means for who set the judge up, and what to do."""
    said = f" ({trouble.detail})" if trouble.detail else ""
    if trouble.code is UNAUTHORIZED:
        return f"the judge's key is not taken by {base_url}{said}: set ANTHROPIC_API_KEY, or VERIFIER_JUDGE=none"
    if trouble.code is NO_MODEL:
        return f"the judge's server at {base_url} has no model '{model}'{said}: set VERIFIER_JUDGE_MODEL"
    if trouble.code is UNPAID:
        return f"the judge's server at {base_url} wants to be paid first{said}"
    if trouble.code is RATE_LIMITED:
        return f"the judge's server at {base_url} takes no more requests for now{said}: try again later"
    return (
        f"the judge's server at {base_url} gives no answer{said}: set VERIFIER_JUDGE_BASE_URL, or VERIFIER_JUDGE=none"
    )


class Link:
    """A server, and what it can do with each model: what callers stand on. Connections of an event loop end with it.

    ``base_url`` is Anthropic's where none is given. What the server can do is looked up at the first call, unless
    ``abilities`` says it, or ``check`` was asked. ``deadline_seconds`` bounds each call with all its repetitions, from
    its first turn on; ``patience_seconds`` bounds the wait for that, where somebody waits for the answer. ``policy``
    stands before all three.
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
        if policy is None:
            attempt = min(deadline_seconds, max(5.0, deadline_seconds / 2))
            policy = Policy(deadline=deadline_seconds, timeout=attempt, concurrency=concurrency)
            if patience_seconds is not None:
                policy = msgspec.structs.replace(policy, patience=patience_seconds)
        self._client = Client(api_key, base_url, policy)
        self._known = Known(self._client, model, abilities)

    @property
    def pace(self) -> Pace:
        """How many calls are under way at once."""
        return self._client.pace

    def check(self) -> Abilities:
        """Ask the server whether it takes the key and knows the model. Waits; raises ``SettingsError``."""
        return self._known.check()

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        await self._client.aclose()

    def close(self) -> None:
        """Close all connections."""
        self._client.close()
