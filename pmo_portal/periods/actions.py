"""Opening, closing, freezing and re-opening periods; the office's calendar."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from pmo_portal.periods import queries
from pmo_portal.periods.cadences import Span, next_span, span_of
from pmo_portal.periods.models import (
    Cadence,
    CadenceRule,
    CompanyDay,
    OfficeSettings,
    PeriodPicture,
    PeriodPictureRow,
    ReportingPeriod,
)
from pmo_portal.periods.ports import period_closed, period_frozen, period_opened

REGULAR = (Cadence.WEEKLY, Cadence.FORTNIGHTLY, Cadence.MONTHLY, Cadence.QUARTERLY)
State = ReportingPeriod.State


def ensure_period(cadence: str, day: date, *, state: str = State.PLANNED) -> ReportingPeriod:
    """The period of `cadence` that `day` lies in; made where it is missing. Two at once end with one."""
    start_month = queries.office_settings().fiscal_start_month
    span = span_of(cadence, day, start_month)
    found = ReportingPeriod.objects.filter(key=span.key).first()
    if found:
        return found
    try:
        with transaction.atomic():
            return audit.create(_planned(cadence, span, state), by=None, action="planned")
    except (IntegrityError, ValidationError):
        return ReportingPeriod.objects.get(key=span.key)


def _planned(cadence: str, span: Span, state: str) -> ReportingPeriod:
    rules = [r for r in queries.cadences_in_force(span.ends_on).values() if r.cadence == cadence]
    rule = min(rules, key=lambda r: r.due_working_days) if rules else None
    days = rule.due_working_days if rule else 3
    due_on = queries.add_working_days(span.ends_on, days) if cadence != Cadence.DATED else span.ends_on
    due_at = queries.office_moment(due_on, rule.due_time if rule else time(17, 0))
    length = (span.ends_on - span.starts_on).days
    opens_on = span.ends_on - timedelta(days=min(7, max(2, length // 4)))
    if opens_on >= due_at.date():
        opens_on = span.starts_on
    now = timezone.now() if state in (State.CLOSED, State.FROZEN) else None
    return ReportingPeriod(
        cadence=cadence,
        key=span.key,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        opens_on=opens_on,
        due_at=due_at,
        state=state,
        closed_at=now,
        frozen_at=now if state == State.FROZEN else None,
    )


def open_due_periods(today: date | None = None) -> list[ReportingPeriod]:
    """Plan the current and next period of each cadence in use; open those whose day has come. Safe to run twice."""
    today = today or timezone.localdate()
    start_month = queries.office_settings().fiscal_start_month
    for cadence in {rule.cadence for rule in queries.cadences_in_force(today).values()} & set(REGULAR):
        current = span_of(cadence, today, start_month)
        ensure_period(cadence, current.starts_on)
        ensure_period(cadence, next_span(cadence, current, start_month).starts_on)
    opened = []
    for period in ReportingPeriod.objects.filter(state=State.PLANNED, opens_on__lte=today).exclude(
        cadence=Cadence.DATED
    ):
        opened.append(open_period(period, by=None))
    return opened


def open_period(period: ReportingPeriod, *, by, version: int | None = None) -> ReportingPeriod:
    """Take reports from now on; rooms ask for them (port `period_opened`)."""
    if by is not None:
        access.require(by, "open", period)
    with audit.change(period, "opened", by=by, version=version) as current:
        if current.state != State.PLANNED:
            return period
        current.state = State.OPEN
    period_opened.tell(period, by=by)
    return period


def close_due_periods(now=None) -> list[ReportingPeriod]:
    """Close the periods whose due moment has passed; late reports are taken until they are frozen. Safe to run twice."""
    now = now or timezone.now()
    closed = []
    for period in ReportingPeriod.objects.filter(state=State.OPEN, due_at__lt=now).exclude(cadence=Cadence.DATED):
        closed.append(close_period(period, by=None))
    return closed


@transaction.atomic
def close_period(period: ReportingPeriod, *, by, version: int | None = None) -> ReportingPeriod:
    if by is not None:
        access.require(by, "close", period)
    with audit.change(period, "closed", by=by, version=version) as current:
        if current.state != State.OPEN:
            raise ValidationError(_("Only an open period can be closed."), code="state")
        current.state, current.closed_at = State.CLOSED, timezone.now()
    period_closed.tell(period, by=by)
    return period


def freeze_due_periods(today: date | None = None) -> list[ReportingPeriod]:
    """Freeze periods that have been closed for as many working days as the office says. Safe to run twice."""
    today = today or timezone.localdate()
    days = queries.office_settings().freeze_after_days
    frozen = []
    for period in ReportingPeriod.objects.filter(state=State.CLOSED).exclude(cadence=Cadence.DATED):
        if queries.add_working_days(timezone.localdate(period.closed_at), days) <= today:
            frozen.append(freeze_period(period, by=None))
    return frozen


@transaction.atomic
def freeze_period(period: ReportingPeriod, *, by, version: int | None = None) -> ReportingPeriod:
    """Take the picture and let nothing change any more. Rooms put their figures into it (port `period_frozen`)."""
    if by is not None:
        access.require(by, "freeze", period)
    with audit.change(period, "frozen", by=by, version=version) as current:
        if current.state != State.CLOSED:
            raise ValidationError(_("Only a closed period can be frozen."), code="state")
        current.state, current.frozen_at = State.FROZEN, timezone.now()
    take_picture(period)
    return period


def take_picture(period: ReportingPeriod) -> PeriodPicture:
    """Keep what the office looks like now as the period's next picture, with a digest over it."""
    picture = PeriodPicture.objects.create(
        period=period, number=period.pictures.count() + 1, frozen_at=period.frozen_at
    )
    rows: dict[int, dict] = {}
    for scope_id, content in period_frozen.gather(period):
        rows.setdefault(scope_id, {}).update(content)
    PeriodPictureRow.objects.bulk_create(
        [PeriodPictureRow(picture=picture, scope_id=scope_id, content=content) for scope_id, content in rows.items()],
        batch_size=1000,
    )
    text = json.dumps(sorted(rows.items()), cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
    PeriodPicture.objects.filter(pk=picture.pk).update(digest=hashlib.sha256(text.encode()).hexdigest())
    return picture


@transaction.atomic
def reopen_period(period: ReportingPeriod, *, by, reason: str, version: int | None = None) -> ReportingPeriod:
    """Take corrections again. The picture taken at freezing stays; freezing again adds the next one."""
    access.require(by, "reopen", period)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the reason stays with both pictures.")}, code="required")
    with audit.change(period, "reopened", by=by, reason=reason, version=version) as current:
        if current.state not in (State.FROZEN, State.CLOSED):
            raise ValidationError(_("Only a closed or frozen period can be re-opened."), code="state")
        current.state, current.frozen_at, current.closed_at = State.OPEN, None, None
        if current.due_at < timezone.now():
            clock = timezone.localtime(current.due_at, ZoneInfo(queries.office_settings().timezone)).time()
            current.due_at = queries.office_moment(queries.add_working_days(timezone.localdate(), 2), clock)
    period.pictures.filter(reopened_at=None).update(reopened_at=timezone.now(), reopened_by=by, reason=reason)
    period_opened.tell(period, by=by)
    return period


@transaction.atomic
def move_due(
    period: ReportingPeriod, *, by, due_at: datetime, reason: str, version: int | None = None
) -> ReportingPeriod:
    """Another due moment for everybody; rooms bring what they asked for up to date (port `period_opened`)."""
    access.require(by, "move_due", period)
    with audit.change(period, "due_moved", by=by, reason=reason, version=version) as current:
        if current.state not in (State.PLANNED, State.OPEN):
            raise ValidationError(_("This period takes no reports any more. Re-open it first."), code="state")
        if due_at <= timezone.now():
            raise ValidationError({"due_at": _("This moment is over.")}, code="past")
        current.due_at = due_at
    if period.state == State.OPEN:
        period_opened.tell(period, by=by)
    return period


def save_office(office: OfficeSettings, *, by, version: int, **fields) -> OfficeSettings:
    """Change the office's own data."""
    access.require(by, "edit", office)
    with audit.change(office, "changed", by=by, version=version) as current:
        for name, value in fields.items():
            setattr(current, name, value)
    cache.delete("office_settings")
    return office


def add_company_day(*, by, day: date, kind: str, label: str) -> CompanyDay:
    """A day on which the office differs from the public calendar; one that was taken back comes again."""
    access.require(by, "edit", queries.office_settings())
    found = CompanyDay.objects.filter(day=day).first()
    if found is None:
        return audit.create(CompanyDay(day=day, kind=kind, label=label), by=by)
    if found.archived_at is None:
        raise ValidationError({"day": _("This day stands in the calendar already.")}, code="unique")
    with audit.change(found, "restored", by=by) as current:
        current.kind, current.label, current.archived_at = kind, label, None
    return found


def remove_company_day(day: CompanyDay, *, by, version: int | None = None) -> CompanyDay:
    """The public calendar holds again for this day."""
    access.require(by, "edit", day)
    return audit.archive(day, by=by, reason="", version=version)


def set_cadence(
    *, by, tier: str, cadence: str, starts_on: date, due_working_days: int = 3, due_time: time | None = None
) -> CadenceRule:
    """From `starts_on`, projects of `tier` report in `cadence`. A second rule for the same day replaces the first."""
    access.require(by, "edit", queries.office_settings())
    rule = CadenceRule(tier=tier, cadence=cadence, starts_on=starts_on, due_working_days=due_working_days)
    if due_time is not None:
        rule.due_time = due_time
    found = CadenceRule.objects.filter(tier=tier, starts_on=starts_on).first()
    if found is None:
        return audit.create(rule, by=by)
    with audit.change(found, "changed", by=by) as current:
        current.cadence, current.due_working_days, current.due_time = rule.cadence, rule.due_working_days, rule.due_time
        current.archived_at = None
    return found


def take_back_cadence(rule: CadenceRule, *, by, version: int | None = None) -> CadenceRule:
    """A rule that has not begun goes; one that has begun is followed by another instead, so that the past stays readable."""
    access.require(by, "edit", rule)
    if rule.starts_on <= timezone.localdate():
        raise ValidationError(
            _("This rule has begun. Write a new one from the day on which it shall end."), code="begun"
        )
    return audit.archive(rule, by=by, reason="", version=version)
