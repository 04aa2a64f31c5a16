"""The register's lists."""

from __future__ import annotations

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pmo_portal import access, lists
from pmo_portal.lists import Choice, Column, Flag, Range, Reference
from pmo_portal.periods.models import Tier
from pmo_portal.search.models import holding
from projects.register import queries
from projects.register.models import Confidence, Light, Portfolio, Programme, Project


def portfolio_options(viewer):
    return [(p.key, p.name) for p in queries.portfolios(viewer)[:50]]


class ProjectList(lists.List):
    model = Project
    title = _("Projects")
    left_out = ("description", "benefits", "closing_note", "unknown")
    search = ("search_text",)
    order = ("key",)
    columns = [
        Column("key", _("Key"), "key", sort="key_folded", phone="second"),
        Column("name", _("Name"), "name", sort="name_folded", phone="first"),
        Column("overall", _("Overall"), "overall_light", sort="overall_rank", kind="light", phone="first"),
        Column("confidence", _("Delivery confidence"), "confidence", sort="confidence_rank", kind="confidence"),
        Column("pm", _("PM"), "pm", sort="pm__kana", kind="person", phone="second"),
        Column("stage", _("Stage"), "get_stage_display", sort="stage"),
        Column("tier", _("Tier"), "tier", sort="tier"),
        Column("portfolio", _("Portfolio"), "portfolio.name", sort="portfolio__key"),
        Column("finish", _("Forecast finish"), "forecast_finish_on", sort="forecast_finish_on", kind="date"),
        Column("slip", _("Slip"), "slip_days", sort="slip_days", kind="days", phone="second"),
        Column("approved", _("Approved"), "approved_budget", sort="approved_budget", kind="money", currency="currency"),
        Column(
            "cost",
            _("Cost against approval"),
            "cost_variance_percent",
            sort="cost_variance_percent",
            kind="percent",
            phone="second",
        ),
        Column(
            "reported",
            _("Reported"),
            lambda p: p.reported_period.label if p.reported_period else "",
            default=False,
            needs=("reported_period",),
        ),
        Column("kind", _("Type"), "get_kind_display", sort="kind", default=False),
        Column("programme", _("Programme"), "programme.name", sort="programme__key", default=False),
        Column(
            "department",
            _("Department"),
            lambda p: p.unit or p.department,
            sort="unit__code",
            default=False,
            needs=("unit",),
        ),
        Column("category", _("Category"), "category", sort="category", default=False),
        Column("sponsor", _("Sponsor"), "sponsor", sort="sponsor__kana", kind="person", default=False),
        Column("contact", _("PMO contact"), "pmo_contact", sort="pmo_contact__kana", kind="person", default=False),
        Column("state", _("State"), "get_state_display", sort="state", default=False),
        Column(
            "planned_start",
            _("Planned start"),
            "planned_start_on",
            sort="planned_start_on",
            kind="date",
            default=False,
        ),
        Column(
            "planned", _("Planned finish"), "planned_finish_on", sort="planned_finish_on", kind="date", default=False
        ),
        Column(
            "forecast",
            _("Cost at completion"),
            "forecast_cost",
            sort="forecast_cost",
            kind="money",
            currency="currency",
            default=False,
        ),
        Column("spent", _("Spent"), "spent", sort="spent", kind="money", currency="currency", default=False),
        Column("source", _("Number at its source"), "source_id", sort="source_id", default=False),
    ]
    filters = [
        Choice("overall", _("Overall"), "overall_light", options=Light.choices),
        Choice("confidence", _("Delivery confidence"), "confidence", options=Confidence.choices),
        Choice("stage", _("Stage"), "stage", options=Project.Stage.choices),
        Choice("state", _("State"), "state", options=Project.State.choices),
        Choice("tier", _("Tier"), "tier", options=Tier.choices),
        Reference("portfolio", _("Portfolio"), "portfolio__key", options=portfolio_options, among=queries.portfolios),
        Range("finish", _("Forecast finish"), "forecast_finish_on", of="date"),
        Range("slip", _("Slip in days"), "slip_days"),
        Range("cost", _("Cost against approval, %"), "cost_variance_percent"),
        Flag("mine", _("Mine"), when=lambda viewer: Q(pm=viewer.pk) | Q(sponsor=viewer.pk) | Q(pmo_contact=viewer.pk)),
        Flag("over", _("Over budget"), when=Q(forecast_cost__gt=F("approved_budget"))),
        Flag(
            "past",
            _("Forecast in the past"),
            when=lambda viewer: Q(forecast_finish_on__lt=timezone.localdate(), state="active"),
        ),
        Flag("archived", _("Archived"), when=Q(archived_at__isnull=False)),
    ]
    foremost = tuple(f.key for f in filters)  # those of the office open on demand
    empty_text = _("The register holds every project of the office: where it stands, what it costs, when it ends.")

    def first_steps(self):
        may_add = access.holds(self.viewer, "administrator", "manager")
        return [(_("Add the first project"), reverse("projects:register:project_new"))] if may_add else []

    def base(self):
        return queries.archived(self.viewer) if self.params.get("archived") else queries.projects(self.viewer)

    def search_condition(self, word: str) -> Q:
        return holding(word)

    def is_new(self, record) -> bool:
        return bool(self.seen_at and record.last_change_at > self.seen_at)

    @property
    def seen_at(self):
        if not hasattr(self, "_seen_at"):
            self._seen_at = queries.last_seen(self.viewer, "register")
        return self._seen_at


class PortfolioList(lists.List):
    model = Portfolio
    title = _("Portfolios")
    related = ("owner",)
    search = ("key", "name_ja", "name_en")
    columns = [
        Column("key", _("Key"), "key", sort="key", phone="second"),
        Column("name", _("Name"), "name", sort="name_ja", phone="first"),
        Column("owner", _("Owner"), "owner", sort="owner__kana", kind="person", phone="second"),
        Column("attribution", _("Attribution of the data"), "attribution"),
    ]
    empty_text = _("A portfolio holds the projects that are judged together.")

    def first_steps(self):
        may_add = access.holds(self.viewer, "administrator", "manager")
        return [(_("Add the first portfolio"), reverse("projects:register:portfolio_new"))] if may_add else []

    def base(self):
        return queries.portfolios(self.viewer)


class ProgrammeList(lists.List):
    model = Programme
    title = _("Programmes")
    related = ("owner", "portfolio")
    search = ("key", "name_ja", "name_en")
    order = ("key",)
    columns = [
        Column("key", _("Key"), "key", sort="key_folded", phone="second"),
        Column("name", _("Name"), "name", sort="name_ja", phone="first"),
        Column("portfolio", _("Portfolio"), "portfolio.name", sort="portfolio__key", phone="second"),
        Column("owner", _("Owner"), "owner", sort="owner__kana", kind="person", phone="second"),
        Column("projects", _("Running projects"), "running", sort="running", kind="number"),
    ]
    filters = [Choice("portfolio", _("Portfolio"), "portfolio__key", options=portfolio_options)]
    empty_text = _("A programme holds the projects that together bring about an outcome.")

    def first_steps(self):
        may_add = access.holds(self.viewer, "administrator", "manager")
        return [(_("Add the first programme"), reverse("projects:register:programme_new"))] if may_add else []

    def base(self):
        return queries.programmes_counted(self.viewer)
