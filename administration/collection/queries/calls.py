"""Whom to call: projects whose figures do not fit together."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    F,
    OuterRef,
    Q,
    Subquery,
)
from django.utils import timezone
from django.utils.translation import gettext as _

from administration.collection.anomalies import UNCHANGED_PERIODS, Standing, anomalies
from administration.collection.queries.ladder import Common
from administration.collection.queries.periods import Histories, histories_of
from administration.collection.queries.reports import Narrowing
from pmo_portal import access
from pmo_portal.audit.models import AuditEntry
from pmo_portal.i18n.numbers import percent
from pmo_portal.periods.models import ReportingPeriod
from projects.register.models import Milestone, Project
from projects.status.models import ProjectPeriod


def _words(fault: str, project: Project, same: int) -> str:
    from pmo_portal.i18n.dates import format_date

    if fault == "green_but_slipping":
        return _("Green, yet %(days)s days late") % {"days": project.slip_days}
    if fault == "unchanged":
        return _("The same for %(count)s periods") % {"count": same}
    if fault == "spent_over":
        share = percent(project.spent * 100 / project.approved_budget, 0)
        return _("Spent %(share)s of what was approved") % {"share": share}
    if fault == "milestone_beyond":
        return _("A milestone on %(day)s, after the finish") % {"day": format_date(project.last_milestone_on, "short")}
    return _("Forecast finish %(day)s has passed") % {"day": format_date(project.forecast_finish_on, "short")}


CALLED = (  # what is judged and shown of a project that is worth a call
    *("key", "name_ja", "name_en", "tier", "overall_light", "slip_days", "forecast_finish_on", "spent"),
    *("approved_budget", "pm", *(f"pm__{name}" for name in ("name_ja", "name_en", "phone_extension"))),
)


def worth_a_call(
    viewer,
    periods: list[ReportingPeriod],
    narrowing: Narrowing | None = None,
    most: int = 8,
    common: Common | None = None,
) -> list[dict]:
    """Projects whose figures do not fit together, those with most reasons first, and the last call about each.
    The database narrows them down; a fixed number of queries."""
    today = timezone.localdate()
    same = _saying_the_same(viewer, periods, common.histories if common else histories_of(periods, 2))
    suspicious = (
        Q(overall_light="green", slip_days__gt=14)
        | Q(spent__gt=F("approved_budget"))
        | Q(forecast_finish_on__lt=today)
        | Q(last_milestone_on__gt=F("forecast_finish_on"))
        | Q(pk__in=list(same))
    )
    still_open = Milestone.objects.filter(
        project=OuterRef("pk"), state=Milestone.State.OPEN, archived_at=None, forecast_on__isnull=False
    )
    last = Subquery(still_open.order_by("-forecast_on").values("forecast_on")[:1])
    shown = access.visible(viewer, Project).annotate(last_milestone_on=last)
    found = shown.filter(suspicious, state=Project.State.ACTIVE, archived_at=None)
    if narrowing and narrowing.portfolio:
        found = found.filter(portfolio__key=narrowing.portfolio)
    if narrowing and narrowing.pm:
        found = found.filter(pm_id=narrowing.pm)
    wanted = found.select_related("pm").only(*CALLED)
    calls = []
    for p in wanted.order_by("tier", F("slip_days").desc(nulls_last=True), "key")[:200]:
        faults = anomalies(
            Standing(
                p.overall_light,
                p.slip_days,
                p.forecast_finish_on,
                p.spent,
                p.approved_budget,
                True,
                same.get(p.pk, 0),
                p.last_milestone_on,
            ),
            today,
        )
        if faults:
            calls.append({"project": p, "faults": faults})
    calls = sorted(calls, key=lambda call: -len(call["faults"]))[:most]
    called = last_calls([call["project"] for call in calls])
    for call in calls:
        project = call["project"]
        call["reasons"] = [_words(f, project, same.get(project.pk, 0)) for f in call["faults"]]
        call["called"] = called.get(project.pk)
    return calls


def _saying_the_same(viewer, periods: list[ReportingPeriod], histories: Histories) -> dict[int, int]:
    """project id → how many reports in a row have said the same, up to now: where this period's report is in and says
    something else, no more. One query."""
    recent = {p.pk for period in periods for p in histories.until(period, 2)}
    moved = ProjectPeriod.objects.filter(
        period__in=periods, same_reports__gt=0, same_reports__lt=UNCHANGED_PERIODS
    ).values("project_id")
    stuck = access.visible(viewer, ProjectPeriod).filter(period__in=recent, same_reports__gte=UNCHANGED_PERIODS)
    rows = stuck.exclude(project_id__in=moved).order_by("period__ends_on")
    return dict(rows.values_list("project_id", "same_reports")[:300])


def last_calls(projects: list[Project], days: int = 45) -> dict[int, AuditEntry]:
    """project id → the newest note of a call about it. One query."""
    entries = AuditEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Project),
        object_id__in=[p.pk for p in projects],
        action="called",
        at__gte=timezone.now() - timedelta(days=days),
    )
    return {entry.object_id: entry for entry in entries.select_related("actor").order_by("id")}
