"""Writing the office's ladder of reminders."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from pmo_portal.asks.models import LadderStep


def save_step(step: LadderStep | None, *, by, version: int | None = None, **fields) -> LadderStep:
    """Add a step (None) or change one. Two steps that do the same on the same day are one too many."""
    access.require(by, "edit", step or LadderStep())
    if fields["act"] == LadderStep.Act.ESCALATE and not fields.get("role"):
        raise ValidationError({"role": ValidationError(_("Say which role is told."), code="required")})
    if fields["act"] != LadderStep.Act.ESCALATE:
        fields["role"] = ""
    same = LadderStep.objects.filter(
        kind=fields["kind"], offset_days=fields["offset_days"], act=fields["act"], role=fields["role"], archived_at=None
    )
    if (same.exclude(pk=step.pk) if step else same).exists():
        raise ValidationError(_("The ladder has this step already."), code="unique")
    if step is None:
        with transaction.atomic():
            _take_along(fields["kind"], fields, by)
            return audit.create(LadderStep(**fields), by=by)
    with audit.change(step, "changed", by=by, version=version) as current:
        for name, value in fields.items():
            setattr(current, name, value)
    return step


def _take_along(kind: str, fields: dict, by) -> None:
    """A kind's own ladder stands instead of the one for all asks: with its first step it begins as that one stands, so that
    nothing which was going to be sent is silently not sent."""
    live = LadderStep.objects.filter(archived_at=None)
    if not kind or live.filter(kind=kind).exists():
        return
    names = ("offset_days", "act", "role", "is_active")
    for step in live.filter(kind="").order_by("offset_days", "pk"):
        same = all(getattr(step, name) == fields.get(name, "") for name in ("offset_days", "act", "role"))
        if not same:
            audit.create(LadderStep(kind=kind, **{name: getattr(step, name) for name in names}), by=by)


def remove_step(step: LadderStep, *, by, version: int | None = None) -> LadderStep:
    access.require(by, "edit", step)
    return audit.archive(step, by=by, reason="", version=version)
