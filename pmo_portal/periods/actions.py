"""Opening, closing, freezing and re-opening periods; the office's calendar."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from pmo_portal.i18n.dates import format_date
from pmo_portal.periods import queries
from pmo_portal.periods.cadences import Span, span_of
from pmo_portal.periods.models import (
    Cadence,
    CadenceRule,
    CompanyDay,
    OfficeSettings,
    PeriodPicture,
    PeriodPictureRow,
    ReportingPeriod,
)
from pmo_portal.periods.ports import period_closed, period_ended, period_frozen, period_opened

LATEST_YEAR = 2200
REGULAR = (Cadence.WEEKLY, Cadence.FORTNIGHTLY, Cadence.MONTHLY, Cadence.QUARTERLY)
State = ReportingPeriod.State


def ensure_period(cadence: str, day: date, *, state: str = State.PLANNED) -> ReportingPeriod:
    """The period of `cadence` that `day` lies in; made where it is missing. Two at once end with one."""
    found = _covering(cadence, day)
    if found:
        return found
    try:
        with transaction.atomic():
            return audit.create(_planned(cadence, _free_span(cadence, day), state), by=None, action="planned")
    except (IntegrityError, ValidationError):
        found = _covering(cadence, day)
        if found is None:
            raise
        return found


def _covering(cadence: str, day: date) -> ReportingPeriod | None:
    return ReportingPeriod.objects.filter(cadence=cadence, starts_on__lte=day, ends_on__gte=day).first()


def _free_span(cadence: str, day: date) -> Span:
    """The span that `day` lies in, cut to what neighbours of the same cadence leave (the fiscal year was moved)."""
    span = span_of(cadence, day, queries.office_settings().fiscal_start_month)
    near = ReportingPeriod.objects.filter(cadence=cadence, starts_on__lte=span.ends_on, ends_on__gte=span.starts_on)
    spans = list(near.values_list("starts_on", "ends_on"))
    starts_on = max([span.starts_on, *(ends + timedelta(days=1) for _, ends in spans if ends < day)])
    ends_on = min([span.ends_on, *(starts - timedelta(days=1) for starts, _ in spans if starts > day)])
    key, suffix = span.key, "b"
    while ReportingPeriod.objects.filter(key=key).exists():
        key, suffix = f"{span.key}{suffix}", chr(ord(suffix) + 1)
    return Span(key, starts_on, ends_on)


def _planned(cadence: str, span: Span, state: str) -> ReportingPeriod:
    due_at, opens_on = _dates(cadence, span)
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


def _dates(cadence: str, span: Span) -> tuple[datetime, date]:
    """When reports on a span are due by the rules in force on its last day, and from when on they are taken."""
    rules = [r for r in queries.cadences_in_force(span.ends_on).values() if r.cadence == cadence]
    rule = min(rules, key=lambda r: (r.due_working_days, r.due_time)) if rules else None
    days = rule.due_working_days if rule else 3
    due_on = queries.add_working_days(span.ends_on, days) if cadence != Cadence.DATED else span.ends_on
    opens_on = span.ends_on - timedelta(days=min(7, max(2, (span.ends_on - span.starts_on).days // 4)))
    if opens_on >= due_on:
        opens_on = min(span.starts_on, due_on)
    return queries.office_moment(due_on, rule.due_time if rule else time(17, 0)), opens_on


def plan_again(*, by) -> None:
    """Bring periods that have not opened in line with the rules and the calendar as they stand now: their dates move,
    one that nobody reports on any more goes. A due date set by hand stays."""
    start_month = queries.office_settings().fiscal_start_month
    for period in ReportingPeriod.objects.filter(state=State.PLANNED).exclude(cadence=Cadence.DATED):
        span = Span(period.key, period.starts_on, period.ends_on)
        as_new = span_of(period.cadence, period.ends_on, start_month)
        named_anew = as_new.ends_on != period.ends_on or not period.key.startswith(as_new.key)
        if named_anew or not queries.tiers_reporting(period.cadence, period.ends_on):
            _drop(period, by=by)
            continue
        due_at, opens_on = _dates(period.cadence, span)
        with audit.change(period, "planned", by=by, quiet=True) as current:
            if current.state == State.PLANNED:
                current.opens_on = opens_on
                current.due_at = current.due_at if current.due_is_set else due_at


def _drop(period: ReportingPeriod, *, by) -> None:
    """A plan that nothing refers to is not kept; the trail tells that it was there."""
    with suppress(models.ProtectedError), transaction.atomic():
        audit.log(period, "withdrawn", by=by)
        period.delete()


def open_due_periods(today: date | None = None) -> list[ReportingPeriod]:
    """Plan the current and next period of each cadence in use; open those whose day has come. Safe to run twice, and
    by two at once. What fails for one period is raised after the others have been opened."""
    today = today or queries.office_today()
    for cadence in {rule.cadence for rule in queries.cadences_in_force(today).values()} & set(REGULAR):
        day = today
        for _current_and_next in range(2):
            span = _covering(cadence, day) or _free_span(cadence, day)
            if queries.tiers_reporting(cadence, span.ends_on):
                ensure_period(cadence, day)
            day = span.ends_on + timedelta(days=1)
    due = ReportingPeriod.objects.filter(state=State.PLANNED, opens_on__lte=today).exclude(cadence=Cadence.DATED)
    return _each([p for p in due if queries.tiers_reporting(p.cadence, p.ends_on)], open_period)


def _each(found: list[ReportingPeriod], act) -> list[ReportingPeriod]:
    """Do `act` for each period in a transaction of its own; returns those it moved."""
    moved, failures = [], []
    for period in found:
        before = period.state
        try:
            act(period, by=None)
        except Exception as error:  # one period must not keep the others from their day; raised below
            failures.append(error)
        else:
            moved += [period] if period.state != before else []
    if failures:
        raise failures[0]
    return moved


@transaction.atomic
def open_period(period: ReportingPeriod, *, by, version: int | None = None) -> ReportingPeriod:
    """Take reports from now on; rooms ask for them (port `period_opened`). One that is open already stays as it is."""
    if by is not None:
        access.require(by, "open", period)
    with audit.change(period, "opened", by=by, version=version, quiet=True) as current:
        moved = current.state == State.PLANNED
        if moved:
            current.state = State.OPEN
    if moved:
        period_opened.tell(period, by=by)
    return period


def close_due_periods(now: datetime | None = None) -> list[ReportingPeriod]:
    """Close the periods whose due moment has passed; late reports are taken until they are frozen. Safe to run twice,
    and by two at once."""
    due = ReportingPeriod.objects.filter(state=State.OPEN, due_at__lt=now or timezone.now())
    return _each(list(due.exclude(cadence=Cadence.DATED)), close_period)


@transaction.atomic
def close_period(period: ReportingPeriod, *, by, version: int | None = None) -> ReportingPeriod:
    """Take only late reports from now on. The clock (`by` None) passes over one that is not open any more."""
    if by is not None:
        access.require(by, "close", period)
    with audit.change(period, "closed", by=by, version=version, quiet=True) as current:
        moved = current.state == State.OPEN
        if not moved and by is not None:
            raise ValidationError(_("Only an open period can be closed."), code="state")
        if moved:
            current.state, current.closed_at = State.CLOSED, timezone.now()
    if moved:
        period_closed.tell(period, by=by)
    return period


def freeze_due_periods(today: date | None = None) -> list[ReportingPeriod]:
    """Freeze periods that have been closed for as many working days as the office says. Safe to run twice, and by two
    at once."""
    today = today or queries.office_today()
    days = queries.office_settings().freeze_after_days
    closed = ReportingPeriod.objects.filter(state=State.CLOSED, closed_at__isnull=False).exclude(cadence=Cadence.DATED)
    due = [p for p in closed if queries.add_working_days(queries.office_today(p.closed_at), days) <= today]
    return _each(due, freeze_period)


@transaction.atomic
def freeze_period(period: ReportingPeriod, *, by, version: int | None = None) -> ReportingPeriod:
    """Take the picture and let nothing change any more. Rooms withdraw what they still ask for (port `period_ended`) and
    put their figures into the picture (port `period_frozen`)."""
    if by is not None:
        access.require(by, "freeze", period)
    with audit.change(period, "frozen", by=by, version=version, quiet=True) as current:
        moved = current.state == State.CLOSED
        if not moved and by is not None:
            raise ValidationError(_("Only a closed period can be frozen."), code="state")
        if moved:
            current.state, current.frozen_at = State.FROZEN, timezone.now()
    if moved:
        period_ended.tell(period, by=by)
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
    audit.require_reason(reason, _("Say why: the reason stays with both pictures."))
    with audit.change(period, "reopened", by=by, reason=reason, version=version) as current:
        if current.state not in (State.FROZEN, State.CLOSED):
            raise ValidationError(_("Only a closed or frozen period can be re-opened."), code="state")
        current.state, current.frozen_at, current.closed_at = State.OPEN, None, None
        if current.due_at < timezone.now():
            clock = timezone.localtime(current.due_at, ZoneInfo(queries.office_settings().timezone)).time()
            current.due_at = queries.office_moment(queries.add_working_days(queries.office_today(), 2), clock)
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
            raise ValidationError({"due_at": ValidationError(_("This moment is over."), code="past")})
        if due_at.year > LATEST_YEAR:
            said = _("Dates lie between 1900 and 2200.")
            raise ValidationError({"due_at": ValidationError(said, code="date_range")})
        current.due_at, current.due_is_set = due_at, True
    if period.state == State.OPEN:
        period_opened.tell(period, by=by)
    return period


@transaction.atomic
def save_office(office: OfficeSettings, *, by, version: int, **fields) -> OfficeSettings:
    """Change the office's own data; what is planned follows."""
    access.require(by, "edit", office)
    with audit.change(office, "changed", by=by, version=version) as current:
        for name, value in fields.items():
            setattr(current, name, value)
    _forget_settings()
    plan_again(by=by)
    return office


def _forget_settings() -> None:
    """Now, for what follows in this transaction, and once it is committed, for what another has remembered meanwhile."""
    queries.forget_office_settings()
    transaction.on_commit(queries.forget_office_settings)


@transaction.atomic
def add_company_day(*, by, day: date, kind: str, label: str) -> CompanyDay:
    """A day on which the office differs from the public calendar; one that was taken back comes again."""
    access.require(by, "edit", queries.office_settings())
    found = CompanyDay.objects.filter(day=day).first()
    if found is not None and found.archived_at is None:
        raise ValidationError({"day": ValidationError(_("This day stands in the calendar already."), code="unique")})
    if found is None:
        found = audit.create(CompanyDay(day=day, kind=kind, label=label), by=by)
    else:
        with audit.change(found, "restored", by=by) as current:
            current.kind, current.label, current.archived_at = kind, label, None
    plan_again(by=by)
    return found


@transaction.atomic
def remove_company_day(day: CompanyDay, *, by, version: int | None = None) -> CompanyDay:
    """The public calendar holds again for this day."""
    access.require(by, "edit", day)
    audit.archive(day, by=by, reason="", version=version)
    plan_again(by=by)
    return day


@transaction.atomic
def set_cadence(
    *, by, tier: str, cadence: str, starts_on: date, due_working_days: int = 3, due_time: time | None = None
) -> CadenceRule:
    """From `starts_on`, projects of `tier` report in `cadence`. A second rule for the same day replaces the first.

    A period has one due moment: other tiers that report in the same cadence then get the same one.
    """
    access.require(by, "edit", queries.office_settings())
    if later := queries.rule_that_stands(tier, starts_on):
        said = _(
            "A rule holds for this tier since %(day)s; what was asked by it is not asked again. Choose today or a later day."
        )
        raise ValidationError(
            {"starts_on": ValidationError(said, code="hidden", params={"day": format_date(later.starts_on, "plain")})}
        )
    due_time = due_time or CadenceRule._meta.get_field("due_time").get_default()
    rule = _write_rule(by, tier, cadence, starts_on, due_working_days, due_time)
    for other, held in queries.cadences_in_force(starts_on).items():
        same = (held.due_working_days, held.due_time) == (due_working_days, due_time)
        if other != tier and held.cadence == cadence and cadence != Cadence.NONE and not same:
            _write_rule(by, other, cadence, starts_on, due_working_days, due_time)
    plan_again(by=by)
    return rule


def _write_rule(by, tier: str, cadence: str, starts_on: date, days: int, at: time) -> CadenceRule:
    found = CadenceRule.objects.filter(tier=tier, starts_on=starts_on).first()
    if found is None:
        made = CadenceRule(tier=tier, cadence=cadence, starts_on=starts_on, due_working_days=days, due_time=at)
        return audit.create(made, by=by)
    with audit.change(found, "changed", by=by) as current:
        current.cadence, current.due_working_days, current.due_time = cadence, days, at
        current.archived_at = None
    return found


@transaction.atomic
def take_back_cadence(rule: CadenceRule, *, by, version: int | None = None) -> CadenceRule:
    """A rule that has not begun goes; one that has begun is followed by another instead, so that the past stays readable."""
    access.require(by, "edit", rule)
    if rule.starts_on <= queries.office_today():
        raise ValidationError(
            _("This rule has begun. Write a new one from the day on which it shall end."), code="begun"
        )
    audit.archive(rule, by=by, reason="", version=version)
    plan_again(by=by)
    return rule
