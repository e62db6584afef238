"""Settings from the environment and from ``.env``: one typed object, and errors that name the variable.

The names are those of the environment without their prefix: ``VERIFIER_MAX_BODY_BYTES`` is ``settings.max_body_bytes``.
"""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import ByteSize, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings import SettingsError as SourceError

from verifier.types.errors import SettingsError
from verifier.types.spelling import nearest

PREFIX: Final = "VERIFIER_"

KEY: Final = "ANTHROPIC_API_KEY"
"""The one variable without the prefix: it is the API's own."""


_ANTHROPIC: Final = "https://api.anthropic.com"
_PORTS: Final = {"http": 80, "https": 443}
_STORES: Final = ("sqlite://", "postgresql://", "postgres://")


class Settings(BaseSettings):
    """Every setting, with its default. ``load_settings`` makes it and turns what is wrong into ``SettingsError``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    rules: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(), description="Rule packs laid over the built-in one, in this order; separated by `:`"
    )
    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), description="Keys that may call the service, separated by commas; none: everybody may"
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="Address the service listens on")
    port: int = Field(default=8000, ge=0, le=65535, description="Port the service listens on; 0 takes a free one")
    workers: int | None = Field(default=None, ge=1, le=512, description="Worker processes; by default one for each CPU")
    log_format: Literal["text", "json"] = Field(default="text", description="Form of the log lines")
    max_body_bytes: ByteSize = Field(
        default=ByteSize(16 * 1024 * 1024),
        ge=1,
        description="Longest body of `/grade`, JSON array, and line of an NDJSON stream; `32MiB` may be written so",
    )
    max_batch_items: int = Field(
        default=10_000, ge=1, description="Most items in a JSON array; an NDJSON stream has no such limit"
    )
    max_in_flight: int = Field(
        default=256, ge=1, description="Most requests that one worker process has in hand; more are answered 503"
    )
    idle_seconds: float = Field(
        default=60.0,
        gt=0,
        le=3600,
        allow_inf_nan=False,
        description="Longest silence of a client in the middle of a request or a response",
    )

    judge: Literal["auto", "none"] = Field(
        default="auto",
        description="Whether a model is asked what rules leave open: `auto` where a key or a server is set, or `none`",
    )
    judge_model: str = Field(default="claude-haiku-5-5", min_length=1, description="The model that is asked")
    judge_base_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="A server that speaks the Anthropic Messages API; by default Anthropic's own",
    )
    anthropic_api_key: SecretStr | None = Field(
        default=None, validation_alias=KEY, description="The key of the judge's server; this name has no prefix"
    )
    judge_budget_usd: Decimal | None = Field(
        default=None,
        ge=0,
        allow_inf_nan=False,
        max_digits=20,
        decimal_places=12,
        description="The most that a run, or a worker process of the service, may spend on judges; unset: no limit",
    )
    judge_concurrency: int = Field(default=64, ge=1, le=4096, description="Most calls to a judge in flight at once")
    judge_deadline_seconds: float = Field(
        default=60.0,
        gt=0,
        le=3600,
        allow_inf_nan=False,
        description="Longest wait for one opinion of a judge, with all that is tried again; a request of the service "
        "waits half of it, and at most 10 seconds, for its turn among others",
    )
    store_url: SecretStr | None = Field(
        default=None,
        description="Where opinions are kept: `sqlite:///FILE` or `postgresql://…`, which may hold a password and is "
        "never printed; by default a file in the user's cache folder",
    )

    @property
    def judge_on(self) -> bool:
        """Whether there is a model to be asked."""
        return self.judge != "none" and (self.anthropic_api_key is not None or self.judge_base_url is not None)

    @property
    def judge_key(self) -> str | None:
        """The key itself: for who sends it, not for a message."""
        return None if self.anthropic_api_key is None else self.anthropic_api_key.get_secret_value()

    @property
    def judge_server(self) -> str:
        """The address of the judge's server, as opinions are kept under it; empty for Anthropic's own."""
        return server_of(self.judge_base_url) if self.judge_base_url else ""

    @property
    def store(self) -> str | None:
        """The URL of the store, password and all: for who opens it, not for a message."""
        return None if self.store_url is None else self.store_url.get_secret_value()

    @property
    def judge_turn_seconds(self) -> float:
        """How long a request of the service waits until the judge has time for it, before it is left undecided."""
        return min(10.0, self.judge_deadline_seconds / 2)

    @property
    def judge_limit(self) -> int | None:
        """The budget in picodollars."""
        return None if self.judge_budget_usd is None else int(self.judge_budget_usd.scaleb(12))

    @field_validator("rules", mode="before")
    @classmethod
    def _paths(cls, value: object) -> object:
        return tuple(filter(None, value.split(os.pathsep))) if isinstance(value, str) else value

    @field_validator("api_keys", mode="before")
    @classmethod
    def _keys(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        keys = tuple(key.strip() for key in value.split(",") if key.strip())
        if not keys:
            raise ValueError("holds no key: separate keys with commas, or unset it to let everybody in")
        if any(not key.isascii() or not key.isprintable() or " " in key for key in keys):
            raise ValueError("keys travel in a header: use printable ASCII without spaces")
        return keys

    @field_validator("judge_base_url")
    @classmethod
    def _server(cls, value: str | None) -> str | None:
        # Not what was written: it may hold a password.
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            names_none = not parts.hostname or parts.port == 0
        except ValueError:
            names_none = True
        if names_none or not value.isprintable() or any(map(str.isspace, value)) or parts.query or parts.fragment:
            raise ValueError("names no server: write http://HOST:PORT or https://HOST/PATH")
        return value

    @field_validator("store_url")
    @classmethod
    def _kind_of_store(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(_STORES):
            raise ValueError("write sqlite:///FILE or postgresql://…")  # and not what was written: it may be a secret
        return value

    @field_validator("port", mode="before")
    @classmethod
    def _not_a_link(cls, value: object) -> object:
        # Kubernetes gives every pod beside a Service called "verifier" a VERIFIER_PORT=tcp://10.0.0.1:8000.
        return cls.model_fields["port"].default if isinstance(value, str) and value.startswith("tcp://") else value


def server_of(url: str) -> str:
    """The address of a server in one spelling: scheme, host, port and path, and never a name or a password.

    Empty for Anthropic's own.

    >>> server_of("http://me:secret@LOCALHOST:80/proxy/v1/"), server_of("https://api.anthropic.com/")
    ('http://localhost/proxy', '')
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:  # no address: nobody answers there
        return url.rpartition("@")[2]
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    shown = "" if port is None or port == _PORTS.get(parts.scheme) else f":{port}"
    server = f"{parts.scheme}://{host}{shown}{parts.path.rstrip('/').removesuffix('/v1').rstrip('/')}"
    return "" if server == _ANTHROPIC else server


def load_settings(**chosen: object) -> Settings:
    """The settings of the environment and ``.env``, with ``chosen`` ones (command-line options) before them.

    Raises ``SettingsError`` for a value that cannot be used, and for a variable whose name is nearly that of a setting:
    a misspelt ``VERIFIER_API_KEY`` must not leave a service open.
    """
    try:
        settings = Settings(**chosen)  # type: ignore[arg-type]  # names and values are checked by the model
        _refuse_misspelt()
    except ValidationError as error:
        raise SettingsError("; ".join(_problem(dict(problem)) for problem in error.errors(include_url=False))) from None
    except (SourceError, OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env cannot be read: {error}") from None
    return settings


def _problem(problem: dict[str, object]) -> str:
    place = problem["loc"]
    name = str(place[0]) if isinstance(place, tuple) and place else ""
    return f"{'' if name == KEY else PREFIX}{name.upper()}: {str(problem['msg']).removeprefix('Value error, ')}"


def _refuse_misspelt() -> None:
    from dotenv import dotenv_values

    known = {name.upper() for name in Settings.model_fields} - {KEY}
    for name in sorted({*os.environ, *dotenv_values(".env", interpolate=False)}):
        short = name.upper().removeprefix(PREFIX)
        if not name.upper().startswith(PREFIX) or short in known:
            continue
        if short == KEY:
            raise SettingsError(f"{name}: this one has no prefix: call it {KEY}")
        meant = nearest(short, sorted(known), least=70)
        if meant is not None:
            raise SettingsError(f"{name}: there is no such setting; did you mean {PREFIX}{meant}?")
