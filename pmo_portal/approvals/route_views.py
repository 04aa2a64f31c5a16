"""Routes as office data: the list, one with its versions, made anew, ended, tried."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from pmo_portal.approvals import forms, queries, routing
from pmo_portal.approvals.access import SEE_WAITING_TIMES
from pmo_portal.approvals.lists import RouteList, kind_label
from pmo_portal.approvals.models import ApprovalRoute
from pmo_portal.i18n.dates import format_date
from pmo_portal.pages import ActPage, DeskPage, FormPage, ListPage, RecordPage
from pmo_portal.periods.queries import office_settings


class RouteListPage(ListPage):
    list_class = RouteList
    section = "approvals:routes"
    template_name = "pmo_portal/approvals/route_list.html"

    def content(self) -> dict[str, Any]:
        return {
            "may_add": access.holds(self.viewer, "manager"),
            "sees_waiting_times": access.holds(self.viewer, *SEE_WAITING_TIMES),
            "sees_trial": access.holds(self.viewer, *SEE_WAITING_TIMES),
        }


class RouteRecordPage(RecordPage):
    model = ApprovalRoute
    lookup = {"pk": "pk"}
    related = ("unit", "scope")
    section = "approvals:routes"
    template_name = "pmo_portal/approvals/route_record.html"

    def content(self) -> dict[str, Any]:
        route = self.record
        columns: dict[int, list] = {}
        steps = list(route.steps.prefetch_related("people"))
        versions = list(queries.routes(self.viewer).filter(code=route.code).order_by("-starts_on"))
        standing = queries.standing_of(route)
        for step in steps:
            columns.setdefault(step.position, []).append(step)
        return {
            "route": route,
            "kind_label": kind_label(route),
            "columns": list(columns.values()),
            "standing": standing,
            "has_next": standing != "over" and all(v.starts_on <= route.starts_on for v in versions),
            "lacking": queries.lacking(route, steps) if standing != "over" else [],
            "overlapping": queries.overlapping(self.viewer, route) if standing != "over" else [],
            "versions": versions,
            "running": route.requests.filter(state="running").count(),
            "history": audit.told(audit.history(self.viewer, route)[:20]),
        }


class RouteCreation(FormPage):
    seen_by = ("manager",)
    section = "approvals:routes"
    form_class = forms.RouteForm
    template_name = "pmo_portal/approvals/route_form.html"

    def title(self) -> str:
        return _("New approval route")

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer}

    def initial(self) -> dict[str, Any]:
        return {"starts_on": timezone.localdate(), "currency": office_settings().currency}

    def act(self, form) -> ApprovalRoute:
        return save(self.viewer, None, form)

    def receipt_of(self, outcome) -> str:
        return saved(outcome)


class RouteEdit(ActPage):
    model = ApprovalRoute
    lookup = {"pk": "pk"}
    related = ("unit", "scope")
    permit = "edit"
    section = "approvals:routes"
    form_class = forms.RouteForm
    template_name = "pmo_portal/approvals/route_form.html"

    def title(self) -> str:
        return _("Next version of “%(route)s”") % {"route": self.record}

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer}

    def initial(self) -> dict[str, Any]:
        """From today, or the day after one that starts today; one that is to come is mended as it stands."""
        begun, today = self.record.starts_on, timezone.localdate()
        day = begun if begun > today else max(today, begun + timedelta(days=1))
        return {**forms.RouteForm.initial_of(self.record), "starts_on": day}

    def act(self, record, form) -> ApprovalRoute:
        return save(self.viewer, record, form)

    def receipt_of(self, outcome) -> str:
        return saved(outcome)


def save(viewer, route: ApprovalRoute | None, form: forms.RouteForm) -> ApprovalRoute:
    names = (
        "kind", "name_ja", "name_en", "starts_on", "amount_from", "amount_below", "currency", "unit", "scope", "note",
    )  # fmt: skip
    steps = form.steps()
    if not steps:
        raise ValidationError(_("A route needs at least one step."), code="no_steps")
    return routing.save_route(by=viewer, route=route, steps=steps, **{name: form.cleaned_data[name] for name in names})


def saved(route: ApprovalRoute) -> str:
    said = {"route": route, "day": format_date(route.starts_on)}
    return _("“%(route)s” is saved; it holds from %(day)s.") % said


class RouteEnd(ActPage):
    """The last day of a route, or none any more."""

    model = ApprovalRoute
    lookup = {"pk": "pk"}
    permit = "edit"
    section = "approvals:routes"
    form_class = forms.EndRouteForm

    def title(self) -> str:
        return _("Last day of “%(route)s”") % {"route": self.record}

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.record.ends_on, "version": self.record.version}

    def act(self, record, form) -> ApprovalRoute:
        return routing.end_route(record, by=self.viewer, **form.cleaned_data)

    def receipt_of(self, outcome) -> str:
        said = {"route": outcome, "day": format_date(outcome.ends_on) if outcome.ends_on else ""}
        if outcome.ends_on:
            return _("“%(route)s” holds until %(day)s; what is under way keeps it.") % said
        return _("“%(route)s” holds without an end.") % said


class RouteTrial(DeskPage):
    """Which route a request would take, and who would sign, without submitting anything."""

    seen_by = SEE_WAITING_TIMES
    section = "approvals:routes"
    template_name = "pmo_portal/approvals/route_trial.html"

    def title(self) -> str:
        return _("Which way would a request go?")

    def content(self) -> dict[str, Any]:
        asked = self.request.GET or None
        form = forms.TrialForm(asked, viewer=self.viewer, initial={"day": timezone.localdate(), "drafter": self.viewer})
        trial = queries.tried(**form.cleaned_data) if asked and form.is_valid() else None
        return {"form": form, "trial": trial}
