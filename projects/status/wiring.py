"""What the status room hangs on the floor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pmo_portal import access, api, asks, feeds, files, jobs, measures, search, webhooks
from pmo_portal.asks import timing
from pmo_portal.custom import registry as custom
from pmo_portal.i18n import dates, numbers
from pmo_portal.i18n.localised import pick
from pmo_portal.intake import profiles
from pmo_portal.pages import burden, menu, panels
from pmo_portal.periods import cadences
from pmo_portal.periods.ports import period_ended, period_frozen, period_opened
from pmo_portal.periods.queries import taking_for
from projects.register import queries as register
from projects.register.models import Project
from projects.register.ports import project_handed_over, project_state_changed
from projects.status import maintaining, own_measures, queries
from projects.status.api import StatusReportViewSet
from projects.status.computing import cost_light, schedule_light, worst
from projects.status.desk import at_a_glance
from projects.status.importing import target  # noqa: F401  registers what sheets may bring in
from projects.status.models import StatusReport


def _names(details: dict) -> dict:
    return {
        "project": pick(details.get("project_ja", ""), details.get("project_en", "")),
        "period": cadences.label(
            details["cadence"],
            date.fromisoformat(details["starts_on"]),
            date.fromisoformat(details["ends_on"]),
            key=details.get("period_key", ""),
        ),
    }


def report_title(ask) -> str:
    return _("%(period)s report — %(project)s") % _names(ask.details)


def report_why(ask) -> str:
    if ask.details.get("returned"):
        return _("Returned: %(reason)s") % {"reason": ask.details["returned"]}
    return _("Filled in from last time and the figures.")


def report_url(ask) -> str:
    return reverse(
        "projects:status:status_form", kwargs={"key": ask.details["project_key"], "period": ask.details["period_key"]}
    )


def help_title(ask) -> str:
    name = pick(ask.details.get("project_ja", ""), ask.details.get("project_en", ""))
    return _("Help for %(project)s: %(text)s") % {"project": name, "text": ask.details.get("text", "")}


asks.kind(
    "status.report",
    label=gettext_lazy("Status report"),
    title=report_title,
    url=report_url,
    why=report_why,
    verb=pgettext_lazy("verb", "Report"),
    minutes=2,
    glance=at_a_glance,
)
asks.kind(
    "status.help",
    label=gettext_lazy("Help for a project"),
    title=help_title,
    verb=pgettext_lazy("verb", "Answer"),
    url=lambda ask: reverse("desk:ask", kwargs={"pk": ask.pk}),
    minutes=5,
    may_decline=True,
)
asks.notice(
    "status.returned",
    lambda params: (
        _("%(period)s report of %(project)s was returned: %(reason)s")
        % {**_names(params), "reason": params["returned"]}
    ),
    label=gettext_lazy("Your report was returned"),
    mandatory=gettext_lazy("It is asked of you once more."),
    mail=timing.ONCE,
)
menu.add(
    tier="projects",
    key="projects:status",
    label=gettext_lazy("Status reports"),
    icon="clipboard-check",
    url_name="projects:status:status_list",
    order=20,
)
custom.register(
    StatusReport,
    label=gettext_lazy("Status reports"),
    state="state",
    states=[(StatusReport.State.SUBMITTED, pgettext_lazy("a report is needed when it is", "handed in"))],
    currency="project.currency",
    follow=own_measures.follow,
)
files.carry(
    StatusReport,
    permit="edit",
    is_open=lambda report: report.state in (StatusReport.State.DRAFT, StatusReport.State.RETURNED),
)


def due_days(person, first: date, last: date) -> Iterator[feeds.Entry]:
    for period in queries.due_for(person, first, last):
        title, where = _("Reports due: %(period)s") % {"period": period.label}, reverse("projects:status:status_list")
        yield feeds.Entry(f"period{period.pk}", title, period.due_at, where, "", period.updated_at)


webhooks.tell(StatusReport, api="status-reports")
feeds.source("periods", label=gettext_lazy("When reports are due"), find=due_days)
measures.source(own_measures.measure_of)
api.route("status-reports", StatusReportViewSet)
burden.source(queries.seconds_spent)
profiles.ship(Path(__file__).parent / "profiles")


@period_opened.plug
def ask_for_reports(period, by=None) -> None:
    jobs.submit("projects.status.expect_reports", period.pk, key=f"expect_reports:{period.pk}")


@project_handed_over.plug
def ask_the_new_pm(project, old, new, by=None) -> None:
    """A project that had nobody to ask has somebody now."""
    maintaining.expect_of(project)


@period_ended.plug
def withdraw_what_is_owed(period, by=None) -> None:
    """A frozen period takes no report; nobody is asked for it any more."""
    maintaining.withdraw_asks(period)


@project_state_changed.plug
def owe_as_the_state_says(project, was, by=None) -> None:
    maintaining.follow_state(project)


def pictured_person(person) -> dict | None:
    return {"id": person.pk, "name_ja": person.name_ja, "name_en": person.name_en} if person else None


@period_frozen.plug
def picture(period):
    """Each project as it stood, for the period's picture."""
    for row in queries.standing_in(period).iterator(chunk_size=1000):
        yield (
            row.project.scope_id,
            {
                "key": row.project.key,
                "name_ja": row.project.name_ja,
                "name_en": row.project.name_en,
                "pm": pictured_person(row.project.pm),
                "state": row.state,
                "confidence": row.confidence,
                "overall": row.overall_light,
                "report": row.report_id,
                "forecast_finish_on": row.forecast_finish_on.isoformat() if row.forecast_finish_on else None,
                "forecast_cost": str(row.forecast_cost) if row.forecast_cost is not None else None,
                "approved_budget": str(row.approved_budget) if row.approved_budget is not None else None,
                "spent": str(row.spent) if row.spent is not None else None,
                "cost_variance_percent": str(row.cost_variance_percent)
                if row.cost_variance_percent is not None
                else None,
                "slip_days": row.slip_days,
                "standing": row.standing,
                "standing_before": row.standing_before,
            },
        )


def find_figures(viewer, words: str) -> list[search.Hit]:
    """Cost and finish of the projects that are called so, as last reported."""
    if not words:
        return []
    found = []
    called = list(register.called(viewer, words).select_related("reported_period")[:3])
    reported = [project for project in called if project.reported_period]
    kept = measures.kept_in([(project.scope_id, project.reported_period_id) for project in reported])
    for project in reported:
        period = project.reported_period
        change = numbers.percent(project.cost_variance_percent, 1, sign=True)
        cost = f"{numbers.format_money(project.forecast_cost, project.currency, viewer.money_unit)}  {change}"
        finish = dates.format_date(project.forecast_finish_on, "plain") if project.forecast_finish_on else "–"
        told = {"forecast_cost": (_("Cost at completion"), cost), "slip_days": (_("Forecast finish"), finish)}
        found += [
            search.Hit(
                f"{project.name}  {name}  {value}",
                measures.figure_url(key, project.scope_id, period.key),
                period.label,
                "chart-dots",
            )
            for key, (name, value) in told.items()
            if (project.scope_id, period.pk, key) in kept
        ]
    return found


def find_reports(viewer, words: str) -> list[search.Hit]:
    """Reports of a period that one of the words names, of the projects that the others call: "ORION 2026-10"."""
    return [
        search.Hit(str(r), r.get_absolute_url(), r.get_state_display(), "clipboard-check", r.project.key)
        for r in queries.reports_called(viewer, words)
    ]


def where_to_report(viewer, project) -> str:
    """The form of the newest period that takes its report."""
    if not project.is_open or not access.may(viewer, "report", project):
        return ""
    period = next(iter(taking_for(project.tier)), None)
    return reverse("projects:status:status_form", args=(project.key, period.key)) if period else ""


search.action(
    "status.report",
    label=gettext_lazy("Report status"),
    find=register.called,
    url=where_to_report,
    also=gettext_lazy("status report"),
)
search.source("reports", label=gettext_lazy("Status reports"), find=find_reports, order=28)
search.source("figures", label=gettext_lazy("Figures"), find=find_figures, order=40)


def _owed(project) -> tuple:
    """The period to report on next and the project's report of it, read once for all panels of a page: kept on the
    record."""
    found = project.__dict__.get("_owed")
    if found is None:
        found = project.__dict__["_owed"] = queries.next_report(project)
    return found


def strip_panel(viewer, project) -> dict:
    """The strip of confidence, and the next step."""
    period, report = _owed(project)
    return {
        "strip": queries.strip(project),
        "open_period": period,
        "open_report": report,
        "may_report": access.may(viewer, "report", project),
    }


def next_step_panel(viewer, project) -> dict:
    """The one primary button of a project: the report that is owed; and what the figures say."""
    computed = worst(schedule_light(project.slip_days), cost_light(project.cost_variance_percent))
    period, report = _owed(project)
    return {
        "open_period": period,
        "open_report": report,
        "computed": computed,
        "may_report": access.may(viewer, "report", project),
    }


def reports_panel(viewer, project) -> dict:
    found = queries.reports(viewer).filter(project=project).select_related("period", "submitted_by", "project")
    return {"reports": found.order_by("-period__starts_on")[:60]}


panels.panel(Project, place="main", template="projects/status/strip_panel.html", content=strip_panel, order=10)
panels.panel(
    Project, tab="*", place="head", template="projects/status/next_step_panel.html", content=next_step_panel, order=10
)
panels.panel(Project, tab="reports", place="main", template="projects/status/reports_panel.html", content=reports_panel)
