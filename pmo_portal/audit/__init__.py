"""Every business change goes through here: locked, compared, saved, written down.

with audit.change(risk, "closed", by=person, version=3, reason="…") as risk:
    risk.state = "closed"
"""

from pmo_portal.audit.chain import seal, verify
from pmo_portal.audit.changing import (
    Conflict,
    archive,
    change,
    create,
    entry_for,
    log,
    note_many,
    require_reason,
)
from pmo_portal.audit.context import acting_for
from pmo_portal.audit.reading import history, last_entry, opened_record, trail, within
from pmo_portal.audit.wording import tell_more_fields, told

__all__ = [
    "Conflict",
    "acting_for",
    "archive",
    "change",
    "create",
    "entry_for",
    "history",
    "last_entry",
    "log",
    "note_many",
    "opened_record",
    "require_reason",
    "seal",
    "tell_more_fields",
    "told",
    "trail",
    "verify",
    "within",
]
