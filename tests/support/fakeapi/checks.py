"""What the API refuses: requests that do not say what it asks for, by status and words."""

from __future__ import annotations

from typing import Any

import msgspec

from fakeapi.faults import Json, Wrong

EFFORTS = ("low", "medium", "high", "xhigh", "max")
UNSUPPORTED = frozenset({
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
    "maxItems", "uniqueItems", "minProperties", "maxProperties", "patternProperties", "if", "not", "oneOf",
})  # fmt: skip
SAMPLING = ("temperature", "top_p", "top_k")


class Params(msgspec.Struct, forbid_unknown_fields=True):
    model: str
    messages: list[dict[str, Any]]
    max_tokens: int
    system: str | list[dict[str, Any]] = ""
    output_config: msgspec.Raw = msgspec.Raw(b"")
    thinking: dict[str, Any] | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stream: bool = False
    metadata: dict[str, Any] | None = None
    stop_sequences: list[str] | None = None
    service_tier: str | None = None


class Prompt(msgspec.Struct):
    """A request as read: the prefix to be cached and for how long, what stands behind it, and the schema's fields."""

    model: str
    prefix: str
    ttl: str
    behind: str
    content: str
    config: str
    fields: dict[str, Any]
    max_tokens: int
    thinks: bool


class Checks:
    def __init__(self, models: tuple[str, ...], *, schema: bool) -> None:
        self.models, self.schema = models, schema
        self.decoder = msgspec.json.Decoder(Params)
        self.known: dict[bytes, dict[str, Any]] = {}

    def read(self, body: bytes) -> Prompt:
        try:
            params = self.decoder.decode(body)
        except msgspec.DecodeError as wrong:
            raise Wrong(400, str(wrong)) from None
        except UnicodeDecodeError:
            raise Wrong(400, "the body is no UTF-8") from None
        return self.look(params)

    def look(self, params: Params) -> Prompt:
        if params.model not in self.models:
            raise Wrong(404, f"model: {params.model}")
        if params.max_tokens < 1:
            raise Wrong(400, "max_tokens: must be at least 1")
        if not params.messages:
            raise Wrong(400, "messages: at least one message is required")
        if params.stream:
            raise Wrong(400, "stream: this server has no streams")
        config: dict[str, Any] = {}
        if self.schema:
            for name in SAMPLING:
                if getattr(params, name) is not None:
                    raise Wrong(400, f"{name}: is not supported by this model")
            if params.messages[-1].get("role") == "assistant":
                raise Wrong(400, "messages: prefilling the assistant's turn is not supported by this model")
            config = self.configuration(bytes(params.output_config))
            self.thinking(params.thinking, config)
        elif bytes(params.output_config):
            raise Wrong(400, "output_config: Extra inputs are not permitted")
        prefix, ttl, behind = self.system(params.system)
        content = "\n".join(self.text(message.get("content")) for message in params.messages)
        fields = config.get("format", {}).get("schema", {}).get("properties", {})
        if not fields and '"points"' in prefix + behind:
            fields = {"points": {}}
        kind = (params.thinking or {"type": "adaptive"}).get("type")
        return Prompt(
            params.model, prefix, ttl, behind, content, bytes(params.output_config).decode(), fields, params.max_tokens,
            self.schema and kind != "disabled",
        )  # fmt: skip

    def text(self, content: object) -> str:
        if isinstance(content, str) and content:
            return content
        if isinstance(content, list) and content:
            texts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
            if len(texts) == len(content) and all(isinstance(text, str) and text for text in texts):
                return "\n".join(map(str, texts))
        raise Wrong(400, "messages: text content must be non-empty")

    def system(self, system: str | list[dict[str, Any]]) -> tuple[str, str, str]:
        """The text up to the last mark of the cache, the time it asks for, and the text behind."""
        if isinstance(system, str):
            return "", "", system
        prefix, ttl, behind, marks = "", "", "", 0
        for block in system:
            text = block.get("text")
            if block.get("type") != "text" or not isinstance(text, str) or not text:
                raise Wrong(400, "system: text content blocks must be non-empty")
            behind += text
            mark = block.get("cache_control")
            if mark is not None:
                marks += 1
                if mark.get("type") != "ephemeral" or mark.get("ttl", "5m") not in ("5m", "1h"):
                    raise Wrong(400, "cache_control: must be ephemeral, with a ttl of 5m or 1h")
                prefix, ttl, behind = prefix + behind, mark.get("ttl", "5m"), ""
        if marks > 4:
            raise Wrong(400, "cache_control: at most 4 blocks")
        return prefix, ttl, behind

    def configuration(self, raw: bytes) -> dict[str, Any]:
        known = self.known.get(raw)
        if known is None:
            known = self.checked(msgspec.json.decode(raw)) if raw else {}
            if len(self.known) < 256:
                self.known[raw] = known
        return known

    def checked(self, config: Json) -> dict[str, Any]:
        if not isinstance(config, dict) or config.keys() - {"effort", "format"}:
            raise Wrong(400, "output_config: Extra inputs are not permitted")
        if config.get("effort") not in (None, *EFFORTS):
            raise Wrong(400, f"output_config.effort: must be one of {', '.join(EFFORTS)}")
        form = config.get("format")
        if form is not None:
            if not isinstance(form, dict) or form.get("type") != "json_schema" or form.keys() != {"type", "schema"}:
                raise Wrong(400, "output_config.format: must be of type json_schema, with a schema")
            self.schema_of(form["schema"], "output_config.format.schema")
        return config

    def schema_of(self, schema: Json, where: str) -> None:
        if not isinstance(schema, dict):
            raise Wrong(400, f"{where}: must be an object")
        for word in UNSUPPORTED & schema.keys():
            raise Wrong(400, f"{where}: '{word}' is not supported")
        if schema.get("minItems", 0) not in (0, 1):
            raise Wrong(400, f"{where}: 'minItems' must be 0 or 1")
        if schema.get("type") == "object":
            if schema.get("additionalProperties") is not False:
                raise Wrong(400, f"{where}: for 'object' type, 'additionalProperties' must be false")
            for name, each in schema.get("properties", {}).items():
                self.schema_of(each, f"{where}.{name}")
        if "items" in schema:
            self.schema_of(schema["items"], f"{where}.items")
        for each in schema.get("anyOf", []):
            self.schema_of(each, f"{where}.anyOf")

    def thinking(self, thinking: dict[str, Any] | None, config: dict[str, Any]) -> None:
        kind = None if thinking is None else thinking.get("type")
        if kind == "enabled":
            raise Wrong(400, "thinking: 'enabled' is not supported by this model")
        if kind not in (None, "adaptive", "disabled", "between_tools"):
            raise Wrong(400, "thinking.type: unknown")
        if kind == "disabled" and config.get("effort") in ("xhigh", "max"):
            raise Wrong(400, "thinking: cannot be disabled at this effort")
