"""The register's panel on My desk."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from projects.register import queries
from projects.register.models import Project


def my_projects(viewer) -> dict | None:
    """The running projects a person leads, sponsors or watches: at most twelve, the worst first."""
    found = list(_worst(queries.led_by(viewer)))
    if not found:
        watched = queries.projects(viewer).filter(
            Q(sponsor=viewer) | Q(pmo_contact=viewer), state__in=("active", "paused")
        )
        found = list(_worst(watched))
    return {"projects": found} if found else None


def _worst(found: QuerySet[Project]) -> QuerySet[Project]:
    """The rows alone: the panel shows nothing of what they lead to."""
    return found.select_related(None).order_by("overall_rank", "key")[:12]
