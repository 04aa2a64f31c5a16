"""The register's panel on My desk."""

from __future__ import annotations

from projects.register import queries


def my_projects(viewer) -> dict | None:
    """The running projects a person leads, sponsors or watches: at most twelve, the worst first."""
    found = list(queries.led_by(viewer).order_by("overall_rank", "key")[:12])
    if not found:
        from django.db.models import Q

        watched = queries.projects(viewer).filter(
            Q(sponsor=viewer) | Q(pmo_contact=viewer), state__in=("active", "paused")
        )
        found = list(watched.select_related(*queries.RELATED).order_by("overall_rank", "key")[:12])
    return {"projects": found} if found else None
