"""Reading saved views: those of a list, with which one a role begins."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.db.models import QuerySet

from pmo_portal import access
from pmo_portal.lists.models import SavedView

PASSING = ("page", "pick", "export", "view", "col", "_partial")


def views_of(viewer, path: str = "") -> QuerySet[SavedView]:
    """One's own and the shared ones, of a list or of all."""
    found = access.visible(viewer, SavedView).filter(archived_at=None).select_related("owner")
    return found.filter(path=path) if path else found


def first_view(viewer, path: str) -> SavedView | None:
    """With which view the viewer's roles begin in a list; of several that of the role named first in the product."""
    roles = sorted(access.reach(viewer).roles)
    found = {v.default_for: v for v in SavedView.objects.filter(path=path, archived_at=None, default_for__in=roles)}
    order = [value for value, _label in SavedView._meta.get_field("default_for").choices]
    return next((found[role] for role in order if role in found), None)


def state_of(query: str) -> str:
    """Of an address's parameters those that are a list's state."""
    kept = [(k, v) for k, v in parse_qsl(query, keep_blank_values=False, max_num_fields=200) if k not in PASSING]
    return urlencode(kept)


def own_view(viewer, path: str, name: str) -> SavedView | None:
    """One's own of this name in a list."""
    return SavedView.objects.filter(owner=viewer, path=path, name=name, archived_at=None).first()


def first_views(path: str, role: str) -> QuerySet[SavedView]:
    """Those with which a role begins in a list."""
    return SavedView.objects.filter(path=path, default_for=role, archived_at=None)
