"""Log lines as text or as JSON. They carry addresses, sizes and times; never keys, questions or answers."""

from __future__ import annotations

import json
import logging
import time
from types import TracebackType
from typing import Final

ACCESS: Final = logging.getLogger("verifier_api.access")
ERRORS: Final = logging.getLogger("verifier_api.errors")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, and the fields of an access record."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "pid": record.process,
            "message": record.getMessage(),
        }
        fields = getattr(record, "fields", None)
        if isinstance(fields, dict):
            line |= fields
        if record.exc_info and record.exc_info[1] is not None:
            line["trace"] = trace(record.exc_info[1])
        return json.dumps(line)


class TextFormatter(logging.Formatter):
    """One line for a person; control characters are escaped, so that nobody writes lines of their own."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s [%(process)d] %(levelname)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """The line before a traceback."""
        return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in super().formatMessage(record))


def trace(error: BaseException) -> str:
    """Where an error came from, without its message, which may hold a text of the request."""
    frames: list[str] = []
    step: TracebackType | None = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        frames.append(f"{code.co_filename}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return f"{type(error).__name__} at " + " < ".join(reversed(frames))


def configuration(form: str) -> dict[str, object]:
    """What ``logging.config.dictConfig`` takes: accesses to standard output, all else to standard error."""
    formatter = {"()": f"{__name__}.{'JsonFormatter' if form == 'json' else 'TextFormatter'}"}
    errors = {"level": "INFO", "handlers": ["errors"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {
            "accesses": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stdout"},
            "errors": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"},
        },
        "root": {"level": "WARNING", "handlers": ["errors"]},
        "loggers": {
            "gunicorn.error": errors,
            "gunicorn.access": {"level": "WARNING", "handlers": ["errors"], "propagate": False},
            "uvicorn": errors,
            "verifier_api": errors,
            "verifier_api.access": {"level": "INFO", "handlers": ["accesses"], "propagate": False},
        },
    }
