"""gunicorn, run from a program: the socket is ours, the rules are loaded before the workers are forked."""

from __future__ import annotations

import socket
from functools import partial
from typing import Any

from fastapi import FastAPI
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from uvicorn_worker import UvicornWorker  # type: ignore[import-untyped]  # has no types

from verifier.cpus import available_cpus
from verifier.settings import Settings
from verifier.types.errors import SettingsError
from verifier_api.app import create_app
from verifier_api.logs import configuration
from verifier_api.protocol import BoundedProtocol

BACKLOG = 2048


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn over one application and one listening socket."""

    def __init__(self, app: FastAPI, settings: Settings, listener: socket.socket) -> None:
        self._app = app
        self._options = options(settings, listener)
        super().__init__()

    def load_config(self) -> None:
        """Hand over the options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> FastAPI:
        """The application."""
        return self._app


def options(settings: Settings, listener: socket.socket) -> dict[str, Any]:
    """Options of gunicorn. None is read from ``GUNICORN_CMD_ARGS`` or a file: what can be set is in ``Settings``."""
    return {
        "bind": f"fd://{listener.fileno()}",
        "backlog": BACKLOG,
        "workers": settings.workers or available_cpus(),
        "worker_class": _worker(settings),
        "preload_app": True,  # the rules are read once, and a broken pack is told before anything listens
        "timeout": 120,  # a worker that does not even turn its event loop for so long is replaced
        "graceful_timeout": 30,
        "keepalive": 75,  # above the 60 seconds that proxies keep a connection for
        "logconfig_dict": configuration(settings.log_format),
        "control_socket_disable": True,
        "proc_name": "verifier",
    }


def _worker(settings: Settings) -> type[UvicornWorker]:
    protocol = partial(BoundedProtocol, head_seconds=settings.idle_seconds)
    return type("Worker", (_Worker,), {"CONFIG_KWARGS": UvicornWorker.CONFIG_KWARGS | {"http": protocol}})


class _Worker(UvicornWorker):  # type: ignore[misc]  # has no types
    """uvicorn's worker over plain sockets: of gunicorn's own, uvloop closes the descriptor and then closes it again."""

    sockets: list[Any]

    async def _serve(self) -> None:
        self.sockets = [listener.sock for listener in self.sockets]
        await super()._serve()


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; raises ``SettingsError`` or ``RulesError`` before anything is served."""
    listener = listen(settings.host, settings.port)
    app = create_app(settings)
    app.state.service.load()
    app.openapi()
    server = Server(app, settings, listener)
    listener.detach()  # gunicorn closes it
    server.run()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises ``SettingsError`` where there can be none."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except socket.gaierror as error:
        raise SettingsError(f"host '{host}': {error.strerror}; give an address of this machine, or 0.0.0.0") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(f"cannot listen on {host} port {port}: {reason}; choose another with --port") from None
