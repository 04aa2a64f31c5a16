"""Granting and ending roles."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import audit
from pmo_portal.access.models import Grant, Scope
from pmo_portal.access.reach import forget, reach


def _require_granting(by, person, role: str) -> None:
    if by is None:
        return
    if not reach(by).office_roles.intersection({"sysadmin"}):
        raise PermissionDenied(_("Only a system administrator grants roles."))
    if by.pk == person.pk and role != "sysadmin":
        raise PermissionDenied(_("Nobody grants a role to themselves."))


@transaction.atomic
def grant_role(
    person, role: str, scope: Scope, *, by, starts_on: date | None = None, ends_on: date | None = None
) -> Grant:
    """Give `person` a role at `scope`. Raises ValidationError for spans that overlap one of the same role there."""
    _require_granting(by, person, role)
    starts_on = starts_on or timezone.localdate()
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError({"ends_on": ValidationError(_("The last day is before the first."), code="order")})
    type(person)._base_manager.select_for_update().get(pk=person.pk)  # two at once: the later one sees the earlier
    same = Grant.objects.filter(person=person, role=role, scope=scope, archived_at=None)
    overlap = same.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on))
    if ends_on is not None:
        overlap = overlap.filter(starts_on__lte=ends_on)
    found = overlap.first()
    if found:
        raise ValidationError(
            _("%(person)s already holds this role here from %(start)s. End that grant or choose other days.")
            % {"person": person.name, "start": found.starts_on},
            code="overlap",
        )
    return audit.create(
        Grant(person=person, role=role, scope=scope, starts_on=starts_on, ends_on=ends_on, granted_by=by),
        by=by,
        action="granted",
    )


@transaction.atomic
def end_grant(grant: Grant, *, by, on: date | None = None, reason: str = "", version: int | None = None) -> Grant:
    """The role ends with the day before `on` (default: today, so that it holds no more from now)."""
    _require_granting(by, grant.person, grant.role)
    on = on or timezone.localdate()
    with audit.change(grant, "ended", by=by, reason=reason, version=version) as current:
        last = on - timedelta(days=1)
        if current.archived_at is not None or (current.ends_on and current.ends_on <= last):
            raise ValidationError(_("This grant has ended already."), code="ended")
        if last < current.starts_on:
            current.archived_at = timezone.now()
        else:
            current.ends_on = last
    if grant.role == "sysadmin":
        keep_a_sysadmin(on)
    return current


@transaction.atomic
def hold_role(person, role: str, scope: Scope, *, by, starts_on: date, ends_on: date | None = None) -> Grant:
    """The role that goes with a post: whoever may fill the post may, so nobody's right to grant is asked here. A grant of
    the same role there that overlaps or touches the days is stretched over them."""
    type(person)._base_manager.select_for_update().get(pk=person.pk)
    same = Grant.objects.filter(person=person, role=role, scope=scope, archived_at=None)
    touching = same.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on - timedelta(days=1)))
    if ends_on is not None:
        touching = touching.filter(starts_on__lte=ends_on + timedelta(days=1))
    found = touching.order_by("starts_on").first()
    if found is None:
        made = Grant(person=person, role=role, scope=scope, starts_on=starts_on, ends_on=ends_on, granted_by=by)
        forget(person)
        return audit.create(made, by=by, action="granted")
    with audit.change(found, "changed", by=by) as current:
        current.starts_on = min(current.starts_on, starts_on)
        current.ends_on = max(current.ends_on, ends_on) if current.ends_on and ends_on else None
    forget(person)
    return found


@transaction.atomic
def end_role(person, role: str, scope: Scope, *, by, last_on: date, reason: str = "") -> int:
    """The post is over: grants of its role at just this place end with `last_on`, or never were if they begin later.
    Returns how many. Asks nobody's right to grant, as `hold_role`."""
    longer = Grant.objects.filter(person=person, role=role, scope=scope, archived_at=None)
    found = list(longer.filter(Q(ends_on=None) | Q(ends_on__gt=last_on)))
    for grant in found:
        with audit.change(grant, "ended", by=by, reason=reason) as current:
            if last_on < current.starts_on:
                current.archived_at = timezone.now()
            else:
                current.ends_on = last_on
    forget(person)
    return len(found)


def keep_a_sysadmin(on: date | None = None) -> None:
    """Raise ValidationError where nobody who may sign in would be system administrator on that day (default today)."""
    today = max(timezone.localdate(), on or date.min)
    held = Grant.objects.filter(role="sysadmin", scope__kind="office", person__is_active=True, archived_at=None)
    if not held.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today).exists():
        raise ValidationError(
            _("Nobody would be system administrator any more. Grant the role to somebody else first."), code="last"
        )


def end_expired_grants() -> int:
    """Archive grants whose last day has passed; returns how many. Safe to run twice."""
    gone = Grant.objects.filter(ends_on__lt=timezone.localdate(), archived_at=None)
    count = 0
    for grant in gone:
        with audit.change(grant, "expired", by=None, quiet=True) as current:
            if current.archived_at is None:
                current.archived_at = timezone.now()
                count += 1
    return count
