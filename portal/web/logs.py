"""Structured logs: a request id and the route, never a path, name, number, code or complaint text."""

import logging
import re
import secrets
import sys
import time
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog
from flask import Flask, Response, g, request

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

log = structlog.get_logger("portal")


class _RouteOnly(logging.Filter):
    """Drops the servers' own access lines: they hold paths and queries."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.name not in ("werkzeug", "_granian.access") or record.levelno >= logging.WARNING


class _StandardError:
    """Standard error as it is when a line is written: servers and tests exchange it."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure_logs(*, json: bool) -> None:
    """Write one line an event to standard error: JSON in production, readable text elsewhere."""
    renderer: Any = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _name_the_failure,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(file=cast(TextIO, _StandardError())),
        cache_logger_on_first_use=True,
    )
    for handler in logging.getLogger().handlers:
        handler.addFilter(_RouteOnly())


def _name_the_failure(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep of an exception its type and the places it passed, not its message: that may quote the customer."""
    failure = event.pop("exc_info", None)
    if failure is True:
        failure = sys.exc_info()[1]
    if isinstance(failure, BaseException):
        places = []
        trace = failure.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            # A compiled template's name is no path.
            places.append(f"{'/'.join(code.co_filename.rsplit('/', 2)[-2:])}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["failure"] = type(failure).__name__
        event["at"] = places[-8:]
    return event


def init_logs(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        g.started = time.perf_counter()

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        log.info(
            "request",
            id=g.get("request_id"),
            route=str(request.url_rule) if request.url_rule else None,
            method=request.method,
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        )
        return response
