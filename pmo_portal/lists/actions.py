"""Saved views: keeping, changing, removing."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from pmo_portal.lists import queries
from pmo_portal.lists.models import SavedView

SHARERS = ("administrator", "manager")  # who may say with which view a role begins
LONGEST = 2000


@transaction.atomic
def save_view(*, by, path: str, query: str, name: str, is_shared: bool = False, default_for: str = "") -> SavedView:
    """Keep a list's state under a name; one's own of the same name is brought up to date. Raises ValidationError,
    PermissionDenied (the first view of a role is the PMO's to say)."""
    view = SavedView(owner=by, path=_list_path(path), query=_state(query), name=_name(name))
    view.is_shared, view.default_for = bool(is_shared or default_for), default_for
    _require_may_default(by, default_for)
    known = queries.own_view(by, path, view.name)
    if known is not None:
        return edit_view(
            known, by=by, name=view.name, query=view.query, is_shared=view.is_shared, default_for=default_for
        )
    _free_role(view, by)
    return audit.create(view, by=by)


@transaction.atomic
def edit_view(
    view: SavedView,
    *,
    by,
    name: str,
    is_shared: bool,
    default_for: str = "",
    query: str | None = None,
    version: int | None = None,
) -> SavedView:
    """Another name, others see it or not, other conditions."""
    access.require(by, "edit", view)
    if default_for != view.default_for:
        _require_may_default(by, default_for or view.default_for)
    with audit.change(view, "changed", by=by, version=version) as current:
        current.name, current.is_shared = _name(name), bool(is_shared or default_for)
        current.default_for = default_for
        current.query = current.query if query is None else _state(query)
        _free_role(current, by)
    return view


@transaction.atomic
def remove_view(view: SavedView, *, by, version: int | None = None) -> SavedView:
    """Out of the menus; the address it led to still works."""
    access.require(by, "edit", view)
    return audit.archive(view, by=by, reason="", version=version)


def _require_may_default(by, role: str) -> None:
    if role and not access.holds(by, *SHARERS):
        raise PermissionDenied(_("With which view a role begins is said by the PMO."))


def _free_role(view: SavedView, by) -> None:
    """A role begins with one view of a list: the newer one takes the place of the older."""
    if not view.default_for:
        return
    for other in queries.first_views(view.path, view.default_for).exclude(pk=view.pk):
        with audit.change(other, "changed", by=by) as current:
            current.default_for = ""


def _name(name: str) -> str:
    tidy = " ".join(name.split())
    if not tidy:
        raise ValidationError({"name": ValidationError(_("Give the view a name."), code="required")})
    return tidy


def _state(query: str) -> str:
    found = queries.state_of(query)
    if len(found) > LONGEST:
        raise ValidationError(_("These conditions are too long to be kept."), code="too_long")
    return found


def _list_path(path: str) -> str:
    """Only the portal's own lists: whoever follows a saved view is led nowhere else."""
    try:
        found = resolve(path)
    except Resolver404:
        found = None
    view = getattr(getattr(found, "func", None), "view_class", None)
    if not hasattr(view, "list_class") or len(path) > 200:
        raise ValidationError({"path": ValidationError(_("This is not a list of the portal."), code="path")})
    return path
