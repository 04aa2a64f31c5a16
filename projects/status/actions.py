"""Writing reports: opened, drafted, submitted, returned, accepted; and what follows from each."""

from __future__ import annotations

import hashlib
import json
from copy import copy
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access, asks, audit, measures
from pmo_portal.custom import actions as custom
from pmo_portal.custom.models import CustomField
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import office_moment
from projects.register import actions as register
from projects.register import milestones as register_milestones
from projects.register.models import Milestone, Project
from projects.status import queries, suggesting, telling
from projects.status.computing import needs_reason
from projects.status.maintaining import ask_details, ask_key, maintain
from projects.status.models import DIMENSIONS, StatusReport
from projects.status.ports import report_accepted, report_submitted

State = StatusReport.State
CARRIED = (
    *(f"{d}_light" for d in DIMENSIONS),
    *(f"{d}_reason" for d in DIMENSIONS),
    "confidence",
    "confidence_reason",
    "planned",
)
TYPED = (
    *(f"{d}_light" for d in DIMENSIONS),
    *(f"{d}_reason" for d in DIMENSIONS),
    "confidence",
    "confidence_reason",
    "forecast_finish_on",
    "forecast_cost",
    "spent",
    "achieved",
    "planned",
    "help_needed",
    "help_from",
    "help_by",
    "summary",
    "milestones",
)
DECLARED = tuple(name for name in TYPED if name != "milestones")
FILLED_IN = (
    *("help_from_id" if name == "help_from" else name for name in DECLARED),
    "approved_budget",
    "planned_finish_on",
    "project_name",
    "custom",
)


def require_taking(period: ReportingPeriod) -> None:
    if not period.takes_reports:
        raise ValidationError(
            _("%(period)s is %(state)s: it takes no reports. A PMO manager can re-open it.")
            % {"period": period.label, "state": period.get_state_display()},
            code="period",
        )


@transaction.atomic
def open_report(project: Project, period: ReportingPeriod, *, by) -> StatusReport:
    """The draft for the period, made from last time where there is none. Two tabs at once get the same one."""
    access.require(by, "report", project)
    found = queries.current_report(project, period)
    if found and _is_untouched(found) and period.takes_reports:
        return _brought_up_to_date(found, by)
    if found and found.state in (State.DRAFT, State.RETURNED, State.SUBMITTED):
        return found
    require_taking(period)
    if found:  # accepted, and the period was re-opened: the correction is a new revision
        return _revise(found, by=by)
    try:
        with transaction.atomic():
            return audit.create(prefilled(project, period, by), by=by, action="begun")
    except (IntegrityError, ValidationError):
        return queries.current_report(project, period)


def _is_untouched(report: StatusReport) -> bool:
    return report.state == State.DRAFT and report.edited_by_id is None and not report.corrects


def _brought_up_to_date(report: StatusReport, by) -> StatusReport:
    """A draft that nobody has touched shows the figures of today, not those of the day it was first opened."""
    fresh = prefilled(report.project, report.period, by)
    if all(getattr(report, name) == getattr(fresh, name) for name in FILLED_IN):
        return report
    with audit.change(report, "changed", by=by, draft=True) as current:
        if _is_untouched(current):
            for name in FILLED_IN:
                setattr(current, name, getattr(fresh, name))
    return report


def prefilled(project: Project, period: ReportingPeriod, by, ground: queries.Ground | None = None) -> StatusReport:
    """The report as it would be begun now, not kept yet: last time's words and the project's own figures. `ground` where
    it has been read already."""
    report = StatusReport(project=project, period=period, author=project.pm or by, opened_at=timezone.now())
    before = ground.before if ground else queries.report_before(project, period)
    for name in CARRIED if before else ():
        setattr(report, name, getattr(before, name))
    if before:
        report.achieved = before.planned
        report.planned = ""
        report.custom = custom.carried(before)
    custom.fill_defaults(report)
    report.start_on = project.actual_start_on or project.planned_start_on
    report.forecast_finish_on = project.forecast_finish_on or project.planned_finish_on
    report.forecast_cost, report.spent = project.forecast_cost, project.spent
    return _stamped(report)


def _stamped(report: StatusReport) -> StatusReport:
    """What the project was called and allowed to cost at the time."""
    project = report.project
    report.project_name, report.category = project.name_ja or project.name_en, project.category
    report.department = project.department or (project.unit.name_ja if project.unit_id else "")
    report.approved_budget, report.planned_finish_on = project.approved_budget, project.planned_finish_on
    return report


def _revise(report: StatusReport, *, by) -> StatusReport:
    with audit.change(report, "superseded", by=by) as current:
        current.is_current = False
    made = StatusReport.objects.get(pk=report.pk)
    last = queries.revisions(report).aggregate(top=Max("revision"))["top"] or report.revision
    made.pk, made.version, made.revision = None, 1, last + 1
    made.is_current, made.state, made.digest = True, State.DRAFT, ""
    made.submitted_at = made.decided_at = made.submitted_by = made.decided_by = None
    made.opened_at, made.return_reason, made.seconds_spent, made.edited_by = timezone.now(), "", None, None
    made._state.adding = True
    return audit.create(made, by=by, action="revised")


@transaction.atomic
def drop_correction(report: StatusReport, *, by, version: int | None = None) -> StatusReport:
    """The correction was not needed: what was in before counts again. Returns that report."""
    access.require(by, "edit", report)
    before = queries.revisions(report).filter(state__in=queries.IN, revision__lt=report.revision).last()
    with audit.change(report, "dropped", by=by, version=version) as current:
        if before is None or not current.is_current or current.state != State.DRAFT:
            raise ValidationError(_("Only a correction that is not in yet can be dropped."), code="state")
        current.is_current = False
    with audit.change(before, "restored", by=by) as current:
        current.is_current = True
    maintain([report.project_id], report.period)
    return before


@transaction.atomic
def save_draft(
    report: StatusReport,
    *,
    by,
    version: int,
    seconds: int | None = None,
    seen=(),
    taken=(),
    ground: queries.Ground | None = None,
    **fields: Any,
) -> StatusReport:
    """Keep what is typed so far; nothing is required of it. Raises Conflict where another tab or person saved since.
    `ground` where it has been read for the same page already."""
    access.require(by, "edit", report)
    if _kept_already(report, by, version, fields):
        return report
    with audit.change(report, "changed", by=by, version=version, draft=True) as current:
        _require_editable(current)
        current.project, current.period = report.project, report.period
        _take(current, fields, by)
        current.suggestions = suggesting.kept(queries.facts_now(current, ground), seen, taken)
        current.edited_by = by
        if seconds:
            current.seconds_spent = _plausible(seconds, current)
    return report


def _kept_already(report: StatusReport, by, version: int, fields: dict[str, Any]) -> bool:
    """Whether the very words stand in a newer version that the same person saved: a browser that left the page, or its
    network, before it heard the answer sends them again."""
    if report.version == version or report.edited_by_id != by.pk or report.is_frozen:
        return False
    said = copy(report)
    _take(said, fields, by)
    return all(getattr(report, name) == getattr(said, name) for name in (*TYPED, "custom"))


def _plausible(seconds: int, report: StatusReport) -> int:
    """What the browser counted, never more than has passed since the report was opened."""
    passed = int((timezone.now() - report.opened_at).total_seconds()) if report.opened_at else seconds
    return max(1, min(seconds, max(passed, 1), 4 * 3600))


def _require_editable(report: StatusReport) -> None:
    if report.state not in (State.DRAFT, State.RETURNED):
        raise ValidationError(_("This report is in and cannot be edited. The PMO can return it to you."), code="frozen")


def _take(report: StatusReport, fields: dict[str, Any], by) -> None:
    own, customs = custom.split(fields)
    for name in TYPED:
        if name in own:
            setattr(report, name, own[name])
    custom.put(report, customs, by=by)


def faults_with(report: StatusReport, fields: dict[str, Any], *, by) -> dict[str, list[str]]:
    """What would keep the report from being submitted if it said `fields` too; nothing is saved."""
    copied = copy(report)
    try:
        _take(copied, fields, by)
    except ValidationError as error:
        return error.message_dict
    return faults_of(copied, by=by)


def faults_of(report: StatusReport, *, by) -> dict[str, list[str]]:
    """What keeps a report from being submitted, by field."""
    needed = custom.missing(report, by=by, state=State.SUBMITTED)
    faults: dict[str, list[str]] = {name: [why] for name, why in needed.items()}
    computed = queries.computed_for(report)
    for d in DIMENSIONS:
        light, reason = getattr(report, f"{d}_light"), getattr(report, f"{d}_reason")
        if light == "none":
            faults[f"{d}_light"] = [_("Choose a light.")]
        elif needs_reason(d, light, computed) and not reason.strip():
            faults[f"{d}_reason"] = [
                _("Say in a few words why it is not green.")
                if light != "green"
                else _("The figures say otherwise: say in a few words why it is on track.")
            ]
    if report.confidence == "none":
        faults["confidence"] = [_("Choose how confident you are.")]
    if report.forecast_finish_on and not register.EARLIEST <= report.forecast_finish_on <= register.LATEST:
        faults["forecast_finish_on"] = [_("Dates lie between 1900 and 2200.")]
    if report.help_needed.strip() and report.help_from is None:
        faults["help_from"] = [_("Say whom you ask for help; it becomes an ask on their desk.")]
    if report.help_needed.strip() and report.help_from_id and report.help_from_id == report.project.pm_id:
        faults["help_from"] = [_("Help comes from somebody other than the project manager.")]
    elif report.help_needed.strip() and report.help_from_id and report.help_from_id == report.author_id:
        faults["help_from"] = [_("Help comes from somebody other than whoever reports.")]
    if report.help_needed.strip() and report.help_from and not report.help_from.is_reached:
        faults["help_from"] = [
            _("%(person)s does not sign in here, so the ask would reach nobody. Name somebody who does.")
            % {"person": report.help_from}
        ]
    if report.help_needed.strip() and report.help_by and report.help_by < timezone.localdate():
        faults["help_by"] = [_("The day by which help is needed has passed.")]
    for name in ("forecast_cost", "spent"):
        amount = getattr(report, name)
        if amount is not None and (not Decimal(amount).is_finite() or abs(amount) >= Decimal(10) ** 18):
            faults[name] = [_("This amount is too large to be one.")]
    return faults | register.below_zero(report.project_id, {n: getattr(report, n) for n in ("forecast_cost", "spent")})


@transaction.atomic
def submit_report(
    report: StatusReport,
    *,
    by,
    version: int | None,
    seconds: int | None = None,
    origin: str = "",
    seen=(),
    taken=(),
    **fields: Any,
) -> StatusReport:
    """Hand the report in: complete, frozen, applied to the project, figures maintained, the ask finished.

    Raises ValidationError naming each field that is missing, Conflict, PermissionDenied.
    """
    access.require(by, "edit", report)
    pm = report.project.pm
    with audit.acting_for(pm if pm and pm.pk != by.pk else None):
        return _submit(report, by=by, version=version, seconds=seconds, origin=origin, seen=seen, taken=taken, **fields)


def _submit(
    report: StatusReport, *, by, version: int | None, seconds: int | None, origin: str, seen, taken, **fields: Any
) -> StatusReport:
    period = ReportingPeriod.objects.select_for_update().get(pk=report.period_id)
    require_taking(period)
    with audit.change(report, "submitted", by=by, version=version) as current:
        _require_editable(current)
        was_returned, current.period = current.state == State.RETURNED, period
        current.project = Project.objects.select_related("unit").get(pk=report.project_id)
        _take(current, fields, by)
        if faults := faults_of(current, by=by):
            raise ValidationError(faults)
        _stamped(current)
        current.state, current.submitted_at, current.submitted_by = State.SUBMITTED, timezone.now(), by
        on_behalf = bool(current.project.pm_id and current.project.pm_id != by.pk)
        current.origin = origin or (StatusReport.Origin.ON_BEHALF if on_behalf else StatusReport.Origin.TYPED)
        current.edited_by = by
        if seconds:
            current.seconds_spent = _plausible(seconds, current)
        ground = queries.ground_of(current.project, period)
        current.suggestions = suggesting.kept(queries.facts_now(current, ground), seen, taken)
        _move_milestones(current, ground, by=by)
        current.digest = digest_of(current)
    _apply_to_project(report, by=by)
    follow_up(report)
    _ask_for_help(report, by=by, again=was_returned)
    report_submitted.tell(report, by=by)
    return report


def follow_up(report: StatusReport) -> None:
    """Figures, marks for the roll-up, and the ask that is now done."""
    maintain([report.project_id], report.period, report if report.is_current else None)
    asks.finish(key=ask_key(report.project, report.period))


def digest_of(report: StatusReport) -> str:
    """Hash over what the report says, so that a frozen page can be proved to be the one that was submitted."""
    said = {name: getattr(report, name if name != "help_from" else "help_from_id") for name in (*TYPED, "suggestions")}
    said = {name: f"{value:.2f}" if isinstance(value, Decimal) else value for name, value in said.items()}
    said |= {"project": report.project_id, "period": report.period_id, "revision": report.revision}
    said |= {"custom": report.custom} if report.custom else {}
    return hashlib.sha256(json.dumps(said, sort_keys=True, cls=DjangoJSONEncoder).encode()).hexdigest()


def redigest(field: CustomField) -> None:
    """What the office turned in frozen reports, each change in its trail, is what they are proved by from now on."""
    turned = [
        report
        for report in StatusReport.objects.filter(custom__has_key=field.key).exclude(digest="").iterator(500)
        if report.digest != digest_of(report)
    ]
    for report in turned:
        report.digest = digest_of(report)
    StatusReport.objects.bulk_update(turned, ["digest"], batch_size=500)


def _move_milestones(report: StatusReport, ground: queries.Ground, *, by) -> None:
    """Apply the dates typed into the form, then keep the list as it now stands."""
    typed = {int(m["number"]): m for m in report.milestones if m.get("number")}
    was = {m.number: m.was for m in queries.milestone_stands(report, ground)}
    for milestone in ground.milestones:
        milestone.project = report.project
        if milestone.state == Milestone.State.OPEN:
            _move_milestone(milestone, typed.get(milestone.number, {}), report, by)
    report.milestones = [
        {
            "number": m.number,
            "name_ja": m.name_ja,
            "name_en": m.name_en,
            "baseline_on": m.baseline_on,
            "was_on": was.get(m.number),
            "forecast_on": m.forecast_on,
            "reached_on": m.actual_on,
            "state": m.state,
        }
        for m in ground.milestones
    ]


def _move_milestone(milestone: Milestone, wanted: dict, report: StatusReport, by) -> None:
    """As typed; a refusal stands at the milestone's own field of the form."""
    as_of = min(timezone.localdate(), report.period.ends_on)
    field = milestone.reached_name if wanted.get("reached_on") else milestone.forecast_name
    try:
        if wanted.get("reached_on"):
            register_milestones.reach_milestone(milestone, by=by, actual_on=date.fromisoformat(wanted["reached_on"]))
        elif wanted.get("forecast_on"):
            register_milestones.move_milestone(
                milestone, by=by, forecast_on=date.fromisoformat(wanted["forecast_on"]), as_of=as_of
            )
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from None


def _apply_to_project(report: StatusReport, *, by) -> None:
    """The register shows what was last declared, unless a later period has reported already."""
    project = report.project
    latest = project.reported_period
    if latest and latest.starts_on > report.period.starts_on:
        return
    with audit.change(project, "reported", by=by, quiet=True) as current:
        current.confidence, current.overall_light = report.confidence, report.overall_light
        current.forecast_finish_on = report.forecast_finish_on or current.forecast_finish_on
        current.forecast_cost = report.forecast_cost if report.forecast_cost is not None else current.forecast_cost
        current.spent = report.spent if report.spent is not None else current.spent
        current.reported_period = report.period
        register.restand(current)


def _ask_for_help(report: StatusReport, *, by, again: bool) -> None:
    """One ask to whom it is asked of; one of an earlier try (returned, asked of somebody else) goes."""
    key = help_key(report)
    if again:
        asks.withdraw(about=report, kind="status.help", but=key)
    if not key:
        return
    asks.ask(
        "status.help",
        person=report.help_from,
        by=report.project.pm or by,
        about=report,
        key=key,
        minutes=5,
        due_at=office_moment(report.help_by, time(17)) if report.help_by else None,
        details={
            "text": report.help_needed,
            "project_ja": report.project.name_ja,
            "project_en": report.project.name_en,
        },
    )


def help_key(report: StatusReport) -> str:
    """The same words to the same person are one ask."""
    if not report.help_needed.strip() or not report.help_from_id:
        return ""
    words = hashlib.sha256(report.help_needed.strip().encode()).hexdigest()[:8]
    return f"help:{report.project_id}:{report.period_id}:{report.help_from_id}:{words}"


def submit_unchanged(project: Project, period: ReportingPeriod, *, by, seconds: int | None = None) -> StatusReport:
    """ "No change" in one key: last report's lights again with today's figures, and the report says so.

    Refused where there is no report to repeat, and where the draft has been written on or the figures have moved: then
    it is not "no change".
    """
    report = open_report(project, period, by=by)
    ground = queries.ground_of(project, period)
    before = ground.before
    if before is None:
        raise ValidationError(_("There is no earlier report to repeat. Fill in this first one."), code="first")
    if report.state == State.SUBMITTED:
        return report
    if report.state == State.RETURNED:
        raise ValidationError(_("The PMO returned this report: mend what was asked, then submit it."), code="returned")
    if is_written_on(report, ground):
        raise ValidationError(
            _("This report has been written on. Submit it as it is, or put your changes back first."), code="written"
        )
    if found := queries.moves_now(report, ground):
        said = telling.lines([fact.plain(True) for fact in found], by.money_unit)
        raise ValidationError(
            _("This is not “no change”: %(facts)s See what is filled in, and submit it.")
            % {"facts": " ".join(line.sentence for line in said)},
            code="moved",
        )
    return submit_report(
        report,
        by=by,
        version=None,
        seconds=seconds or 1,
        origin=StatusReport.Origin.UNCHANGED,
        achieved="",
        planned=before.planned,
    )


def as_it_would_open(asked: queries.Asked, by) -> StatusReport:
    """The report as its page would show it now. Nothing is begun by asking."""
    kept = asked.report
    if kept and not _is_untouched(kept):
        return kept
    return prefilled(asked.project, asked.period, by, asked.ground)


def may_repeat(report: StatusReport, ground: queries.Ground) -> bool:
    """Whether "no change" in one key would be taken of it, as far as what has moved and been written decides that."""
    is_open = report.state == State.DRAFT and report.period.takes_reports and ground.before is not None
    return is_open and not queries.moves_now(report, ground) and not is_written_on(report, ground)


def is_written_on(report: StatusReport, ground: queries.Ground | None = None) -> bool:
    """Whether the draft says anything else than it was filled with."""
    if report.edited_by_id is None:
        return False
    fresh = prefilled(report.project, report.period, report.author, ground)
    stands = queries.milestone_stands(report, ground)
    moved = any(m.was != m.now or (m.reached_on and not m.was_reached) for m in stands)
    return moved or any((getattr(report, name) or "") != (getattr(fresh, name) or "") for name in (*DECLARED, "custom"))


@transaction.atomic
def return_report(report: StatusReport, *, by, reason: str, version: int | None = None) -> StatusReport:
    """The PMO gives it back with a comment; it is asked for again."""
    access.require(by, "review", report)
    audit.require_reason(reason, _("Say what is missing, so that it can be mended."))
    with audit.change(report, "returned", by=by, version=version, reason=reason) as current:
        if current.state != State.SUBMITTED:
            raise ValidationError(_("Only a report that is in can be returned."), code="state")
        current.state, current.return_reason = State.RETURNED, reason
        current.decided_at, current.decided_by = timezone.now(), by
    maintain([report.project_id], report.period)
    author = report.project.pm or report.submitted_by
    asks.ask(
        "status.report",
        person=author,
        by=by,
        about=report.project,
        key=ask_key(report.project, report.period),
        due_at=max(report.period.due_at, timezone.now()),
        details=ask_details(report.project, report.period, returned=reason),
        again=True,
    )
    asks.notify(
        author,
        key=f"returned:{report.pk}:{report.version}",
        kind="status.returned",
        by=by,
        about=report,
        url=report.get_absolute_url() + "edit/",
        params=ask_details(report.project, report.period, returned=reason),
    )
    return report


@transaction.atomic
def accept_report(report: StatusReport, *, by, comment: str = "", version: int | None = None) -> StatusReport:
    access.require(by, "review", report)
    with audit.change(report, "accepted", by=by, version=version, reason=comment) as current:
        if current.state != State.SUBMITTED:
            raise ValidationError(_("Only a report that is in can be accepted."), code="state")
        current.state, current.decided_at, current.decided_by = State.ACCEPTED, timezone.now(), by
        current.return_reason = comment
    maintain([report.project_id], report.period)
    report_accepted.tell(report, by=by)
    return report


def roll_up_now() -> None:
    """For commands: what the periodic job would do next."""
    while measures.roll_up_stale():
        pass
