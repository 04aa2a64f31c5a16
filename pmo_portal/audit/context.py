"""Who is at it, for entries written deep below a request."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
on_behalf_of: ContextVar[int | None] = ContextVar("on_behalf_of", default=None)


@contextmanager
def acting_for(person):
    """Entries written inside say that their actor stood in for `person`."""
    token = on_behalf_of.set(person.pk if person else None)
    try:
        yield
    finally:
        on_behalf_of.reset(token)
