"""Connections to the judge's server: a client of the SDK for each event loop; requests with a deadline, repeated.

The SDK is imported at the first request, in a thread, for that takes more than a second. Its own repetitions are off:
they obey a server that asks for an hour's wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from types import ModuleType
from typing import TYPE_CHECKING, Final, TypeAlias
from weakref import WeakKeyDictionary

from verifier.judge.pace import Pace, Policy
from verifier.judge.port import Again
from verifier.judge.trouble import DEADLINE, OVERLOADED, RATE_LIMITED, UNAUTHORIZED, UNAVAILABLE, Trouble
from verifier.judge.wire import MOST_DETAIL, refusal, retry_after, worth_repeating
from verifier.store.opening import shown
from verifier.types.errors import SettingsError
from verifier.types.verdict import Code

if TYPE_CHECKING:
    import anthropic
    import httpx2

HOME: Final = "https://api.anthropic.com"
NO_KEY: Final = "none"
"""What a local server that wants no key is sent: the SDK would look for one in files and the environment."""
_JSON: Final = {"content-type": "application/json"}
_CLOSING: Final = 5.0


class Client:
    """Sends requests. Re-entrant over event loops and threads."""

    def __init__(self, api_key: str | None, base_url: str | None, policy: Policy) -> None:
        self.base_url = (base_url or HOME).strip().rstrip("/").removesuffix("/v1")
        self.shown = shown(self.base_url)
        """The address without a password, for messages."""
        self.policy = policy
        self.pace = Pace(policy.concurrency)
        self._key = (api_key or "").strip() or NO_KEY
        self._imported = False
        self._open: WeakKeyDictionary[asyncio.AbstractEventLoop, _Opened] = WeakKeyDictionary()
        self._lock = threading.Lock()

    async def post(self, path: str, body: bytes, again: Again | None = None) -> httpx2.Response:
        """Ask, again where it is worth it, before the deadline. Raises ``Trouble``.

        ``again`` is awaited before what may have been done is asked for once more; ``Trouble.sent`` is then of the last
        such request alone.
        """
        return await self._repeat(lambda sdk, seconds: _post(sdk, path, body, seconds), again=again)

    async def get(self, path: str) -> httpx2.Response:
        """As ``post``, without a body."""
        return await self._repeat(lambda sdk, seconds: _get(sdk, path, seconds))

    async def post_once(self, path: str, body: bytes, seconds: float) -> httpx2.Response:
        """Ask what must not be done twice; only a plain refusal for now is followed by another attempt.

        ``Trouble.sent`` tells whether it may have been done all the same.
        """
        return await self._repeat(lambda sdk, seconds: _post(sdk, path, body, seconds), once=seconds)

    @contextlib.asynccontextmanager
    async def results(self, batch: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The results of a batch, in pieces as they come. Raises ``Trouble``, within too."""
        sdk = await self._sdk()
        import anthropic
        import httpx2

        results = sdk.messages.batches.with_streaming_response.results
        try:
            async with results(batch, timeout=self.policy.timeout) as response:
                yield response.iter_bytes()
        except (anthropic.AnthropicError, httpx2.HTTPError) as error:
            raise _failure(error).trouble from None

    async def rest(self, failures: int) -> None:
        """Wait as long as so many failures ask for."""
        await asyncio.sleep(self.policy.wait(failures, None))

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        with self._lock:
            opened = self._open.pop(asyncio.get_running_loop(), None)
        if opened is not None:
            await opened.life.aclose()

    def close(self) -> None:
        """Close all connections, of whatever loop; those of one that has ended are closed already."""
        with self._lock:
            opened = list(self._open.items())
            self._open.clear()
        try:
            here: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        for loop, each in opened:
            if loop is here:
                each.closing = loop.create_task(each.life.aclose())
            elif loop.is_running():
                with contextlib.suppress(TimeoutError):
                    asyncio.run_coroutine_threadsafe(each.life.aclose(), loop).result(_CLOSING)
            elif not loop.is_closed() and here is None:
                loop.run_until_complete(each.life.aclose())

    async def _sdk(self) -> anthropic.AsyncAnthropic:
        loop = asyncio.get_running_loop()
        opened = self._open.get(loop)
        if opened is not None:
            return opened.sdk
        if not self._imported:
            try:
                await asyncio.to_thread(imported)
            except SettingsError as absent:
                raise Trouble(UNAVAILABLE, str(absent)) from None
            self._imported = True
        with self._lock:
            opened = self._open.get(loop)
        if opened is None:
            # Nothing is awaited between look and entry, so the loop gets one client. It lives in a generator, which an
            # event loop closes before it ends: connections do not outlive the loop that they belong to.
            life = self._live()
            sdk = await anext(life)
            with self._lock:
                opened = self._open[loop] = _Opened(sdk, life)
        return opened.sdk

    async def _live(self) -> AsyncGenerator[anthropic.AsyncAnthropic, None]:
        import anthropic

        sdk = anthropic.AsyncAnthropic(
            api_key=self._key, base_url=self.base_url, max_retries=0, timeout=self.policy.timeout, open_telemetry=False
        )
        try:
            yield sdk
        finally:
            await sdk.close()

    async def _repeat(self, ask: _Ask, once: float | None = None, again: Again | None = None) -> httpx2.Response:
        """Attempts until one succeeds, none is worth it, or time is up; ``once``: nothing that may have been done."""
        sdk = await self._sdk()
        policy, pace = self.policy, self.pace
        turn = await pace.take(policy.patience)
        longest = policy.timeout if once is None else once
        until = time.monotonic() + max(policy.deadline, once or 0.0)
        failures, sent = 0, False
        while True:
            left = until - time.monotonic()
            try:
                response = await _attempt(ask, sdk, min(longest, left), DEADLINE if left < longest else UNAVAILABLE)
            except _FailedError as error:
                failed = error
                if failed.trouble.code is RATE_LIMITED or failed.trouble.code is OVERLOADED:
                    pace.went_ill(turn, failed.retry_after)
            else:
                pace.went_well(response.headers)
                return response
            finally:
                pace.give_back(turn)
            failures += 1
            trouble = failed.trouble
            trouble.sent = sent = sent or trouble.sent
            if once is not None and (sent or trouble.code is UNAVAILABLE):
                trouble.sent = sent or failed.answered  # a fault of the server may come after the deed
                raise trouble
            if not failed.again or failures >= policy.most_attempts(trouble.code, failed.retry_after):
                raise trouble
            wait = policy.wait(failures, failed.retry_after)
            if time.monotonic() + wait >= until:
                raise trouble
            if not pace.holds(wait):
                await asyncio.sleep(wait)
            if sent and again is not None:
                await again()
                trouble.sent = sent = False
                if time.monotonic() >= until:
                    raise trouble
            try:
                turn = await pace.take(until - time.monotonic(), again=True)
            except Trouble as late:
                late.sent = sent
                raise


class _Opened:
    """A client, and the generator that closes it."""

    __slots__ = ("closing", "life", "sdk")

    def __init__(self, sdk: anthropic.AsyncAnthropic, life: AsyncGenerator[anthropic.AsyncAnthropic, None]) -> None:
        self.sdk, self.life = sdk, life
        self.closing: asyncio.Task[None] | None = None


class _FailedError(Exception):
    """An attempt that failed: why, whether and when another is worth it, and whether the server said so itself."""

    def __init__(
        self, trouble: Trouble, *, again: bool, retry_after: float | None = None, answered: bool = False
    ) -> None:
        super().__init__(str(trouble))
        self.trouble, self.again, self.retry_after, self.answered = trouble, again, retry_after, answered


def imported() -> ModuleType:
    """The SDK. Raises ``SettingsError`` where it is not installed."""
    try:
        return importlib.import_module("anthropic")
    except ImportError:
        raise SettingsError("the judge needs the SDK: pip install 'answer-verifier[judge]'") from None


async def _post(sdk: anthropic.AsyncAnthropic, path: str, body: bytes, seconds: float) -> httpx2.Response:
    import httpx2

    return await sdk.post(path, cast_to=httpx2.Response, content=body, options={"timeout": seconds, "headers": _JSON})


async def _get(sdk: anthropic.AsyncAnthropic, path: str, seconds: float) -> httpx2.Response:
    import httpx2

    return await sdk.get(path, cast_to=httpx2.Response, options={"timeout": seconds})


async def _attempt(ask: _Ask, sdk: anthropic.AsyncAnthropic, seconds: float, late: Code) -> httpx2.Response:
    import anthropic

    try:
        async with asyncio.timeout(seconds):
            return await ask(sdk, seconds)
    except TimeoutError:
        raise _FailedError(Trouble(late, f"no answer within {seconds:.3g} seconds", sent=True), again=True) from None
    except anthropic.AnthropicError as error:
        raise _failure(error, late) from None


def _failure(error: Exception, late: Code = UNAVAILABLE) -> _FailedError:
    import anthropic
    import httpx2

    if isinstance(error, anthropic.APIStatusError):
        headers = error.response.headers
        trouble = refusal(error.status_code, error.api_message)
        again = worth_repeating(error.status_code, headers)
        return _FailedError(trouble, again=again, retry_after=retry_after(headers), answered=True)
    cause = error.__cause__ or error
    if isinstance(cause, httpx2.LocalProtocolError | UnicodeError):  # it would repeat what it stumbled over: the key
        return _FailedError(Trouble(UNAUTHORIZED, "no key can look like this one"), again=False)
    if isinstance(cause, httpx2.UnsupportedProtocol | httpx2.InvalidURL):
        return _FailedError(
            Trouble(UNAVAILABLE, "the address is none: it begins with http:// or https://"), again=False
        )
    # Where a request did not go out whole, nothing can have come of it.
    sent = isinstance(cause, httpx2.ReadError | httpx2.ReadTimeout | httpx2.RemoteProtocolError | httpx2.DecodingError)
    code = late if isinstance(error, anthropic.APITimeoutError) else UNAVAILABLE
    detail = f"{type(cause).__name__}: {cause}".removesuffix(": ")[:MOST_DETAIL]
    return _FailedError(Trouble(code, detail, sent=sent), again=True)


_Ask: TypeAlias = "Callable[[anthropic.AsyncAnthropic, float], Awaitable[httpx2.Response]]"
