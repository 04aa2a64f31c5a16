"""How the portal logs: one line per event, JSON in production, with the request's id and nothing about people."""

from __future__ import annotations

from typing import Any

import structlog

# Should one of these ever be handed to a logger, its value stays out of the log.
PERSONAL = frozenset({"email", "login", "username", "name", "password", "token", "key", "cookie", "ip", "ip_address"})


def without_people(logger: Any, method: str, event: dict) -> dict:
    """Blank the values that could tell who somebody is."""
    for key in PERSONAL.intersection(event):
        event[key] = "…"
    return event


def with_request_id(logger: Any, method: str, event: dict) -> dict:
    from pmo_portal.audit import context

    request_id = context.request_id.get()
    if request_id:
        event["request"] = request_id
    return event


def settings(*, as_json: bool, level: str) -> dict:
    """The LOGGING setting; `structlog.get_logger()` and the standard library's loggers end in the same lines."""
    shared: list = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        with_request_id,
        without_people,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    if as_json:
        last: list = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        last = [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            # axes names accounts and addresses, celery names arguments, Django's own console handler would write twice.
            "axes": {"level": "CRITICAL"},
            "celery": {"level": "WARNING"},
            "kombu": {"level": "ERROR"},
            "django": {"handlers": [], "level": "WARNING"},
            "django.server": {"handlers": [], "level": "WARNING"},
            "django.request": {"level": "ERROR"},
            "pmo_portal": {"level": level},
            # One line per request is for production; on the console of `make run` only slow and failed ones.
            "pmo_portal.requests": {"level": level if as_json else "WARNING"},
        },
    }
