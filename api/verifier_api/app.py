"""The application: ``verifier_api.app:app`` for any ASGI server, ``create_app`` for programs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.exceptions import HTTPException

import verifier
from verifier.settings import Settings, load_settings
from verifier_api.front import Front
from verifier_api.openapi import describe
from verifier_api.problems import Problem, answer_http_exception, answer_problem
from verifier_api.routes import router
from verifier_api.service import Service


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service over HTTP, by default with the settings of the environment; raises ``SettingsError``."""
    service = Service(settings or load_settings())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.load()
        yield
        service.close()

    app = FastAPI(
        title="verifier",
        version=verifier.__version__,
        lifespan=lifespan,
        docs_url=None,  # the pages would load scripts from other people's servers
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers={Problem: answer_problem, HTTPException: answer_http_exception},
    )
    app.state.service = service
    app.include_router(router)
    app.add_middleware(Front, service=service)
    describe(app, keys_needed=bool(service.keys), most_items=service.settings.max_batch_items)
    return app


def __getattr__(name: str) -> FastAPI:
    # Made when a server asks for it: importing this module reads no environment.
    if name != "app":
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    app = create_app()
    globals()["app"] = app
    return app
