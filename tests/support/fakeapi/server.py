"""The server: who may ask, what is answered, and what it counted."""

from __future__ import annotations

import itertools
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from fakeapi.batchwork import BatchWork
from fakeapi.checks import Checks, Prompt
from fakeapi.faults import Json, Rule, Script, Wrong, by_status
from fakeapi.opinions import Said, say
from fakeapi.tokens import Cache, Usage, tokens
from fakeapi.wire import Request, Response

OVERHEAD = 16
"""Tokens that every request has besides its texts."""
FOR_EVER = 600.0
REMEMBERED = 2000
"""Requests that are kept whole for tests to look at, and bodies by whose digest repeats are counted."""
MOST_DISTINCT = 1_000_000
RATE_HEADERS = ("requests", "input-tokens", "output-tokens")
encode = msgspec.json.encode


@dataclass(frozen=True, slots=True)
class Options:
    keys: tuple[str, ...] = ("test-key",)
    models: tuple[str, ...] = ("claude-haiku-5-5", "claude-haiku-4-5", "claude-sonnet-5-5", "claude-opus-5-5")
    schema: bool = True
    batches: bool = True
    model_list: bool = True


class Server:
    def __init__(self, options: Options, script: Script, call_later: Callable[..., object]) -> None:
        self.options, self.call_later = options, call_later
        self.checks = Checks(options.models, schema=options.schema)
        self.cache = Cache(time.monotonic)
        self.numbers = itertools.count(1)
        self.batches = BatchWork(self)
        self.clear(script)

    def clear(self, script: Script) -> None:
        """Forget what was counted."""
        self.live, self.by_model = Usage(), Counter[str]()
        self.arrived, self.refused, self.lost = 0, Counter[str](), 0
        self.now_open = self.most_open = self.models_asked = 0
        self.distinct: Counter[int] = Counter()
        self.last: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        self.batches.usage, self.batches.calls = Usage(), 0
        self.rewrite(script)

    def rewrite(self, script: Script) -> None:
        self.script = script
        self.rules = [Rule(**rule) for rule in script.rules]
        self.permits, self.refilled = float(script.burst or script.rpm or 0), time.monotonic()

    # --- the way of a request

    def answer(self, request: Request) -> Response:
        if request.path.startswith("/_fake/"):
            return self.control(request)
        request_id = f"req_{next(self.numbers):012d}"
        try:
            self.admit(request)
            response = self.route(request, request_id)
        except Wrong as wrong:
            self.refused[str(wrong.status)] += 1
            response = self.failed(wrong, request_id)
        response.headers += f"request-id: {request_id}\r\n"
        return response

    def failed(self, wrong: Wrong, request_id: str) -> Response:
        body = encode(wrong.error() | {"request_id": request_id})
        headers = f"retry-after: {wrong.retry_after}\r\n" if wrong.retry_after is not None else ""
        return Response(wrong.status, body, headers=headers)

    def admit(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        key = token if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")
        if key not in self.options.keys:
            raise Wrong(401, "invalid x-api-key")
        if self.options.schema and not request.headers.get("anthropic-version"):
            raise Wrong(400, "anthropic-version: header is required")

    def route(self, request: Request, request_id: str) -> Response:
        path = request.path
        if path == "/v1/messages" and request.method == "POST":
            return self.message(request, request_id)
        if path == "/v1/messages/count_tokens" and request.method == "POST":
            prompt = self.checks.read(msgspec.json.encode({"max_tokens": 1} | msgspec.json.decode(request.body)))
            return Response(200, encode({"input_tokens": self.cache.size(prompt.prefix) + self.rest(prompt)}))
        if path.startswith("/v1/messages/batches") and self.options.batches:
            return self.batches.route(request)
        if path.startswith("/v1/models/") and request.method == "GET" and self.options.model_list:
            return self.model(path.removeprefix("/v1/models/"))
        if not self.options.model_list or not self.options.batches:
            return Response(404, b"404 page not found", "text/plain")
        raise Wrong(404, f"no such path: {path}")

    def model(self, name: str) -> Response:
        self.models_asked += 1
        if name not in self.options.models:
            raise Wrong(404, f"model: {name}")
        yes = {"supported": True}
        efforts = dict.fromkeys(("low", "medium", "high", "xhigh", "max"), yes)
        kinds = {"adaptive": yes, "disabled": yes, "enabled": {"supported": False}}
        capabilities = {
            "batch": {"supported": self.options.batches}, "structured_outputs": {"supported": self.options.schema},
            "effort": yes | efforts, "thinking": yes | {"types": kinds}, "citations": yes, "image_input": yes,
        }  # fmt: skip
        return Response(200, encode({
            "type": "model", "id": name, "display_name": name, "lifecycle": "active",
            "created_at": "2026-10-07T00:00:00Z",
            "capabilities": capabilities, "max_input_tokens": 200_000, "max_tokens": 64_000,
        }))  # fmt: skip

    # --- messages

    def message(self, request: Request, request_id: str) -> Response:
        script = self.script
        if script.rpm:
            self.take_permit(script.rpm)
        if script.most_at_once is not None and self.now_open >= script.most_at_once:
            raise Wrong(429, "too many at once", "0")
        prompt = self.checks.read(request.body)
        self.distinct[hash((prompt.model, prompt.prefix, prompt.behind, prompt.content, prompt.config))] += 1
        if len(self.distinct) > MOST_DISTINCT:
            self.distinct.clear()
        self.arrived += 1
        action = self.action(prompt.content)
        self.last.append({"id": request_id, "action": action, "body": request.body, "headers": request.headers})
        response = self.acted(action, prompt, request_id)
        response.headers += self.rates()
        self.now_open += 1
        self.most_open = max(self.most_open, self.now_open)
        counted = response.sent

        def sent(sent: bool) -> None:  # noqa: FBT001
            self.now_open -= 1
            if counted is not None:
                counted(sent)

        response.sent = sent
        return response

    def action(self, content: str) -> Json:
        for rule in self.rules:
            if rule.contains in content:
                found = rule.next()
                if found is not None:
                    return self.script.opinion if found == "ok" else found
        return self.script.opinion

    def action_at(self, place: str) -> str:
        """What is done to a request that is no message."""
        found = next((rule.next() for rule in self.rules if rule.contains == place), None)
        return found if isinstance(found, str) else ""

    def acted(self, action: Json, prompt: Prompt, request_id: str) -> Response:
        word = action if isinstance(action, str) else ""
        if word[:3].isdigit() or word in ("errored", "expired", "canceled"):
            wrong = by_status(word if word[:3].isdigit() else "500")
            self.refused[str(wrong.status)] += 1
            response = self.failed(wrong, request_id)
            response.delay = self.script.latency
            return response
        delay, cut = self.script.latency, None
        if word.startswith("slow"):
            delay = float(word.partition(":")[2] or FOR_EVER)
        elif word.startswith("cut"):
            cut = 0.5 if word == "cut:body" else 0.0
        if word == "html":
            return Response(200, b"<html><body>Welcome</body></html>", "text/html", delay=delay)
        body, usage = self.reply(action, prompt)

        def count(sent: bool) -> None:  # noqa: FBT001
            if sent:
                self.live.add(usage)
                self.by_model[prompt.model] += 1
            else:
                self.lost += 1

        return Response(200, body, delay=delay, cut=cut, sent=count)

    def reply(self, action: Json, prompt: Prompt, tier: str = "standard") -> tuple[bytes, Usage]:
        if isinstance(action, str) and action.startswith(("slow", "cut")):
            action = "same" if self.script.opinion == "ok" else self.script.opinion
        said = say(action, prompt.content, prompt.fields)
        if not self.options.schema and isinstance(action, str) and said.text.startswith("{"):
            said = (
                say("prose", prompt.content, prompt.fields)
                if action == "same"
                else Said(f"```json\n{said.text}\n```", said.stop)
            )
        usage = self.cache.count(prompt.model, prompt.prefix, prompt.ttl, self.rest(prompt))
        text, stop = said.text, said.stop
        thinks = said.thinking or prompt.thinks
        usage.output = tokens(text) + (40 if thinks else 0)
        if usage.output > prompt.max_tokens:
            text, stop, usage.output = text[: 4 * prompt.max_tokens], "max_tokens", prompt.max_tokens
        blocks: list[dict[str, Any]] = [{"type": "thinking", "thinking": "", "signature": "c2ln"}] if thinks else []
        if text and action != "empty":
            blocks.append({"type": "text", "text": text})
        counted: dict[str, Any] = {"input_tokens": usage.input, "output_tokens": usage.output}
        if self.options.schema:
            counted |= {
                "cache_read_input_tokens": usage.cache_read,
                "cache_creation_input_tokens": usage.cache_write_5m + usage.cache_write_1h,
                "cache_creation": {
                    "ephemeral_5m_input_tokens": usage.cache_write_5m,
                    "ephemeral_1h_input_tokens": usage.cache_write_1h,
                },
                "service_tier": tier,
            }  # fmt: skip
        message = {
            "id": f"msg_{next(self.numbers):012d}", "type": "message", "role": "assistant",
            "model": prompt.model, "content": blocks,
            "stop_reason": stop, "stop_sequence": None, "usage": counted,
        }  # fmt: skip
        if stop == "refusal":
            message["stop_details"] = {"type": "refusal", "category": "bio", "explanation": None}
        return encode(message), usage

    def rest(self, prompt: Prompt) -> int:
        return tokens(prompt.content) + self.cache.size(prompt.behind) + self.cache.size(prompt.config) + OVERHEAD

    # --- limits

    def take_permit(self, rpm: int) -> None:
        now = time.monotonic()
        self.permits = min(float(self.script.burst or rpm), self.permits + (now - self.refilled) * rpm / 60)
        self.refilled = now
        if self.permits < 1:
            raise Wrong(429, "requests a minute", f"{(1 - self.permits) * 60 / rpm:.2f}")
        self.permits -= 1

    def rates(self) -> str:
        if not self.options.schema:
            return ""
        limit = self.script.rpm or 100_000
        remaining = int(self.permits) if self.script.rpm else limit
        reset = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + (limit - remaining) * 60 / limit))
        return "".join(
            f"anthropic-ratelimit-{name}-limit: {limit}\r\nanthropic-ratelimit-{name}-remaining: {remaining}\r\n"
            f"anthropic-ratelimit-{name}-reset: {reset}\r\n"
            for name in RATE_HEADERS
        )

    # --- control

    def control(self, request: Request) -> Response:
        match request.path, request.method:
            case "/_fake/ledger", "GET":
                return Response(200, encode(self.ledger()))
            case "/_fake/calls", "GET":
                return Response(200, encode(self.calls()))
            case "/_fake/script", "GET":
                return Response(200, encode(self.script))
            case "/_fake/script", "POST":  # what is not named stays
                try:
                    named = msgspec.json.decode(request.body)
                    script = msgspec.convert(msgspec.to_builtins(self.script) | named, Script)
                except (msgspec.DecodeError, TypeError) as wrong:
                    return Response(400, str(wrong).encode(), "text/plain")
                self.rewrite(script)
                self.batches.look()
                return Response(200, encode(script))
            case "/_fake/reset", "POST":
                self.clear(self.script)
                return Response(200, b"{}")
        return Response(404, b"{}")

    def ledger(self) -> dict[str, Any]:
        """The usage of all replies whose sending was finished; of batches, of all requests that were done."""
        return {
            "live": self.live.as_dict(), "live_calls": sum(self.by_model.values()), "by_model": dict(self.by_model),
            "batch": self.batches.usage.as_dict(), "batch_calls": self.batches.calls, "lost": self.lost,
        }  # fmt: skip

    def calls(self) -> dict[str, Any]:
        last = [
            {
                "id": each["id"], "action": each["action"], "retry": each["headers"].get("x-stainless-retry-count"),
                "params": msgspec.Raw(each["body"]),
            } for each in self.last
        ]  # fmt: skip
        return {
            "arrived": self.arrived, "refused": dict(self.refused), "lost": self.lost, "distinct": len(self.distinct),
            "most_repeats": max(self.distinct.values(), default=0), "most_at_once": self.most_open,
            "models": self.models_asked, "batches": self.batches.made(), "last": last,
        }  # fmt: skip
