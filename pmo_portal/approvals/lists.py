"""The lists of requests and of routes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pmo_portal import lists
from pmo_portal.approvals import queries
from pmo_portal.approvals.kinds import kinds
from pmo_portal.approvals.models import ApprovalRequest, ApprovalRoute
from pmo_portal.lists import Choice, Column, Flag, Range


def kind_label(record) -> str:
    return str(kinds[record.kind].label) if record.kind in kinds else record.kind


def kind_choices(viewer=None) -> list[tuple[str, str]]:
    return [(k.key, str(k.label)) for k in kinds.values()]


class RequestList(lists.List):
    model = ApprovalRequest
    title = _("Approvals")
    search = ("label_ja", "label_en", "reason")
    order = ("-number",)
    columns = [
        Column("code", _("Number"), "code", sort="number", phone="second"),
        Column("name", pgettext_lazy("approval", "Request"), "label", phone="first"),
        Column("amount", _("Amount"), "amount", sort="amount", kind="money"),
        Column("state", _("State"), "get_state_display", sort="state", phone="second"),
        Column("drafter", _("Drafter"), "drafter", sort="drafter__kana", kind="person"),
        Column("submitted_at", _("Submitted"), "submitted_at", sort="submitted_at", kind="moment", phone="second"),
        Column("ended_at", _("Ended"), "ended_at", sort="ended_at", kind="moment"),
    ]
    filters = [
        Choice("state", _("State"), "state", options=ApprovalRequest.State.choices),
        Choice("kind", _("Kind"), "kind", options=kind_choices),
        Flag("mine", _("Drafted by me"), when=lambda viewer: queries.by_drafter(viewer)),
        Range("amount", _("Amount"), "amount"),
        Range("submitted", _("Submitted"), "submitted_at__date", of="date"),
    ]
    empty_text = _(
        "What needs somebody's word goes along a route and is signed step by step. Nothing has been put to one yet."
    )

    def base(self):
        return queries.requests(self.viewer)


class RouteList(lists.List):
    model = ApprovalRoute
    title = _("Approval routes")
    search = ("code", "name_ja", "name_en")
    order = ("kind", "code", "-starts_on")
    columns = [
        Column("name", _("Route"), "name", phone="first"),
        Column("kind", _("Kind of request"), kind_label, sort="kind", phone="second"),
        Column("steps", _("Steps"), lambda r: " → ".join(str(s) for s in r.steps.all())),
        Column("amount_from", _("Amount from"), "amount_from", sort="amount_from", kind="money"),
        Column("amount_below", _("Amount below"), "amount_below", sort="amount_below", kind="money"),
        Column("starts_on", _("From"), "starts_on", sort="starts_on", kind="date", phone="second"),
        Column("ends_on", _("Until"), "ends_on", sort="ends_on", kind="date"),
    ]
    filters = [Choice("kind", _("Kind"), "kind", options=kind_choices)]
    empty_text = _("A route says who signs what. Without one, nothing of its kind can be submitted.")

    def base(self):
        return queries.routes(self.viewer).prefetch_related("steps")
