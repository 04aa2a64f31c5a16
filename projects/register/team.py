"""Who works on a project: joining, changing parts, leaving. The role of a member comes and goes with it."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from pmo_portal.access.models import Role
from pmo_portal.setup.grants import end_role, hold_role
from projects.register.actions import EARLIEST, LATEST, require_open
from projects.register.models import Project, ProjectMember


@transaction.atomic
def add_member(
    project: Project,
    *,
    by,
    person,
    part_ja: str = "",
    part_en: str = "",
    share_percent: int = 100,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> ProjectMember:
    """The person works on the project from a day (default today) to a day, and sees it that long."""
    if by is not None:
        access.require(by, "edit_team", project)
    require_open(project)
    member = ProjectMember(
        project=project,
        person=person,
        part_ja=part_ja,
        part_en=part_en,
        share_percent=share_percent,
        starts_on=starts_on or timezone.localdate(),
        ends_on=ends_on,
    )
    _check_member(member)
    audit.create(member, by=by, action="joined")
    hold_role(person, Role.MEMBER, project.scope, by=by, starts_on=member.starts_on, ends_on=ends_on)
    return member


@transaction.atomic
def change_member(
    member: ProjectMember,
    *,
    by,
    part_ja: str,
    part_en: str,
    share_percent: int,
    starts_on: date,
    ends_on: date | None,
    version: int | None = None,
) -> ProjectMember:
    """Another part, share or span of days."""
    access.require(by, "edit", member)
    with audit.change(member, "changed", by=by, version=version) as current:
        _require_in_team(current)
        current.part_ja, current.part_en, current.share_percent = part_ja, part_en, share_percent
        current.starts_on, current.ends_on = starts_on, ends_on
        _check_member(current)
    hold_role(member.person, Role.MEMBER, member.project.scope, by=by, starts_on=starts_on, ends_on=ends_on)
    _end_role_after_all(member, by)
    return member


@transaction.atomic
def end_membership(
    member: ProjectMember, *, by, last_on: date, reason: str = "", version: int | None = None
) -> ProjectMember:
    """`last_on` is the last day in the team; before the first day: they never were in it."""
    access.require(by, "edit", member)
    with audit.change(member, "ended", by=by, version=version, reason=reason) as current:
        _require_in_team(current)
        if current.ends_on is not None and current.ends_on < last_on:
            raise ValidationError({"last_on": ValidationError(_("They leave before that day already."), code="ended")})
        if not EARLIEST <= last_on <= LATEST:
            raise ValidationError({"last_on": _("Dates lie between 1900 and 2200.")})
        if last_on < current.starts_on:
            current.archived_at = timezone.now()
        else:
            current.ends_on = last_on
    _end_role_after_all(member, by, before=last_on)
    return member


def _require_in_team(member: ProjectMember) -> None:
    """Raise ValidationError where the membership was taken out, or its project has ended."""
    require_open(member.project)
    if member.archived_at is not None:
        raise ValidationError(_("This person was taken out of the team. Add them again."), code="archived")


def _end_role_after_all(member: ProjectMember, by, before: date | None = None) -> None:
    """The role ends with the last of the person's memberships in the project. `before`: the day where none is left."""
    kept = ProjectMember.objects.filter(project=member.project, person=member.person, archived_at=None)
    ends = list(kept.values_list("ends_on", flat=True))
    known = [day for day in ends if day is not None]
    if len(known) < len(ends):
        return
    last_on = max(known) if known else before
    if last_on is not None:
        end_role(member.person, Role.MEMBER, member.project.scope, by=by, last_on=last_on)


def _check_member(member: ProjectMember) -> None:
    faults: dict[str, list[str]] = {}
    if not 1 <= member.share_percent <= 100:
        faults["share_percent"] = [_("A share of time lies between 1 and 100 %.")]
    for name in ("starts_on", "ends_on"):
        day = getattr(member, name)
        if day is not None and not EARLIEST <= day <= LATEST:
            faults[name] = [_("Dates lie between 1900 and 2200.")]
    if member.ends_on is not None and member.ends_on < member.starts_on:
        faults["ends_on"] = [_("The last day is before the first.")]
    if not faults and _overlapping(member).exists():
        faults["person"] = [_("This person is in the team in this part already.")]
    if faults:
        raise ValidationError(faults)


def _overlapping(member: ProjectMember):
    """Other memberships of the same person in the same part on one of the same days."""
    same = ProjectMember.objects.filter(
        project=member.project,
        person=member.person,
        part_ja=member.part_ja,
        part_en=member.part_en,
        archived_at=None,
    ).exclude(pk=member.pk)
    if member.ends_on is not None:
        same = same.filter(starts_on__lte=member.ends_on)
    return same.filter(Q(ends_on=None) | Q(ends_on__gte=member.starts_on))
