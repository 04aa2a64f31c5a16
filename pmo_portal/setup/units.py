"""Writing the organisation: units, and where they hang from a day on."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from pmo_portal.accounts.models import OrgUnit, OrgUnitPlacement, Person
from pmo_portal.accounts.tree import Place, circle_on
from pmo_portal.i18n.dates import format_date
from pmo_portal.i18n.text import fold
from pmo_portal.periods.queries import office_settings


def kept_code(code: str) -> str:
    """A code as it is kept: half-width, upper case, without blanks around (Ａ1 and a1 are the same)."""
    return fold(code).upper()


@transaction.atomic
def create_unit(
    *,
    by,
    code: str,
    name_ja: str = "",
    name_en: str = "",
    head: Person | None = None,
    parent: OrgUnit | None = None,
    on: date | None = None,
) -> OrgUnit:
    """A new unit, hung below `parent` from `on` (default today)."""
    access.require(by, "edit", office_settings())
    code = _free_code(code)
    _require_name(name_ja, name_en)
    unit = audit.create(OrgUnit(code=code, name_ja=name_ja, name_en=name_en, head=head), by=by)
    place_unit(unit, by=by, parent=parent, on=on or timezone.localdate())
    return unit


@transaction.atomic
def edit_unit(
    unit: OrgUnit, *, by, version: int, code: str, name_ja: str, name_en: str, head: Person | None
) -> OrgUnit:
    access.require(by, "edit", unit)
    code = _free_code(code, besides=unit)
    _require_name(name_ja, name_en)
    with audit.change(unit, "changed", by=by, version=version) as current:
        current.code, current.name_ja, current.name_en, current.head = code, name_ja, name_en, head
    return unit


def _free_code(code: str, besides: OrgUnit | None = None) -> str:
    code = kept_code(code)
    taken = OrgUnit.objects.filter(code=code)
    if (taken.exclude(pk=besides.pk) if besides else taken).exists():
        raise ValidationError(
            {"code": ValidationError(_("Another unit has the code %(code)s.") % {"code": code}, code="unique")}
        )
    return code


def _require_name(name_ja: str, name_en: str) -> None:
    if not (name_ja or name_en).strip():
        raise ValidationError(
            {"name_ja": ValidationError(_("Write the name in Japanese or in English."), code="required")}
        )


@transaction.atomic
def place_unit(unit: OrgUnit, *, by, parent: OrgUnit | None, on: date, reason: str = "") -> OrgUnitPlacement:
    """From `on`, the unit hangs below `parent`, until the next move already planned. Raises ValidationError for a circle."""
    access.require(by, "edit", unit)
    # Two moves at once could close a circle that neither sees: they go one after the other.
    list(OrgUnit.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    later = unit.placements.filter(starts_on__gt=on).order_by("starts_on").first()
    ends_on = later.starts_on - timedelta(days=1) if later else None
    new = Place(unit.pk, parent.pk if parent else None, on, ends_on)
    if (day := circle_on(_places(), new)) is not None:
        raise ValidationError(
            {
                "parent": _("%(parent)s hangs below %(unit)s on %(day)s: a unit cannot stand under itself.")
                % {"parent": parent, "unit": unit, "day": format_date(day, "plain")}
            },
            code="circle",
        )
    unit.placements.filter(starts_on=on).delete()
    earlier = unit.placements.filter(starts_on__lt=on).filter(Q(ends_on=None) | Q(ends_on__gte=on))
    had = earlier.values_list("parent_id", flat=True).first()
    earlier.update(ends_on=on - timedelta(days=1))
    placed = unit.placements.create(parent=parent, starts_on=on, ends_on=ends_on)
    changes = {"parent": [had, new.parent], "starts_on": [None, on]}
    audit.log(unit, "placed", by=by, reason=f"{on} → {parent or '–'} {reason}".strip(), changes=changes)
    return placed


def _places() -> list[Place]:
    return [Place(*row) for row in OrgUnitPlacement.objects.values_list("unit_id", "parent_id", "starts_on", "ends_on")]


@transaction.atomic
def close_unit(unit: OrgUnit, *, by, reason: str, version: int | None = None) -> OrgUnit:
    """Take a unit out of use, once nobody belongs to it and nothing hangs below it."""
    access.require(by, "edit", unit)
    today = timezone.localdate()
    if Person.objects.filter(unit=unit, is_active=True, archived_at=None).exists():
        raise ValidationError(_("People belong to this unit. Move them first."), code="people")
    below = OrgUnitPlacement.objects.filter(parent=unit, unit__archived_at=None).filter(
        Q(ends_on=None) | Q(ends_on__gte=today)
    )
    if below.exists():
        raise ValidationError(_("Other units hang below this one. Move them first."), code="units")
    unit.placements.filter(Q(ends_on=None) | Q(ends_on__gt=today), starts_on__lte=today).update(ends_on=today)
    return audit.archive(unit, by=by, reason=reason, version=version)
