"""Lists of status reports."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pmo_portal import lists
from pmo_portal.lists import Choice, Column, Flag, Range, Reference
from projects.register import queries as register
from projects.register.lists import portfolio_options
from projects.register.models import Confidence, Light
from projects.status import queries
from projects.status.models import StatusReport


class StatusReportList(lists.List):
    model = StatusReport
    title = _("Status reports")
    related = ("project", "project__portfolio", "project__pm", "period", "author", "submitted_by")
    search = ("project__key", "project__name_ja", "project__name_en")
    order = ("-period__starts_on", "project__key")
    columns = [
        Column("project", _("Project"), "project.name", sort="project__name_folded", phone="first"),
        Column("overall", _("Overall"), "overall_light", sort="overall_light", kind="light", phone="first"),
        Column("period", _("Period"), "period.label", sort="period__starts_on", phone="second"),
        Column("state", _("State"), "get_state_display", sort="state", phone="second"),
        Column("confidence", _("Delivery confidence"), "confidence", sort="confidence", kind="confidence"),
        Column("pm", _("PM"), "project.pm", sort="project__pm__kana", kind="person"),
        Column("finish", _("Forecast finish"), "forecast_finish_on", sort="forecast_finish_on", kind="date"),
        Column(
            "cost",
            _("Cost at completion"),
            "forecast_cost",
            sort="forecast_cost",
            kind="money",
            currency="project.currency",
        ),
        Column("origin", _("Origin"), "get_origin_display", sort="origin"),
        Column("submitted", _("Submitted"), "submitted_at", sort="submitted_at", kind="moment"),
        Column("seconds", _("Seconds"), "seconds_spent", sort="seconds_spent", kind="number"),
    ]
    filters = [
        Choice("overall", _("Overall"), "overall_light", options=Light.choices),
        Choice("confidence", _("Delivery confidence"), "confidence", options=Confidence.choices),
        Choice("state", _("State"), "state", options=StatusReport.State.choices),
        Choice("origin", _("Origin"), "origin", options=StatusReport.Origin.choices),
        Reference(
            "portfolio", _("Portfolio"), "project__portfolio__key", options=portfolio_options, among=register.portfolios
        ),
        Range("period", _("Period"), "period__starts_on", of="date"),
        Flag("mine", _("Mine"), when=lambda viewer: Q(project__pm=viewer.pk)),
    ]
    empty_text = _(
        "Status reports say, period by period, how a project stands. They start at My desk, where they are asked for."
    )

    def base(self):
        return queries.reports(self.viewer)
