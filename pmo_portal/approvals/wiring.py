"""What approvals hang on the floor: asks, notices, menu."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pmo_portal import api, asks, files, search, webhooks
from pmo_portal.approvals import editing, queries  # noqa: F401  editing declares itself
from pmo_portal.approvals.actions import UNDER_WAY
from pmo_portal.approvals.api import ApprovalViewSet, RouteViewSet, WaitingTimesViewSet
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.asks import timing
from pmo_portal.i18n.localised import pick
from pmo_portal.pages import menu

STATES = dict(ApprovalRequest.State.choices)


def _label(details: dict) -> str:
    return pick(details["label_ja"], details["label_en"])


def _url(ask) -> str:
    return reverse("approvals:request_record", kwargs={"number": ask.details["number"]})


asks.kind(
    "approvals.sign",
    label=gettext_lazy("Signature in an approval"),
    title=lambda ask: _("Approve: %(request)s") % {"request": _label(ask.details)},
    why=lambda ask: ask.details.get("reason", ""),
    url=_url,
    verb=pgettext_lazy("verb", "Decide"),
    minutes=3,
)
asks.kind(
    "approvals.read",
    label=gettext_lazy("Something approved to take note of"),
    title=lambda ask: _("Take note: %(request)s") % {"request": _label(ask.details)},
    why=lambda ask: ask.details.get("reason", ""),
    url=_url,
    verb=pgettext_lazy("verb", "Open"),
    minutes=1,
)
asks.kind(
    "approvals.mend",
    label=gettext_lazy("A request that was sent back"),
    title=lambda ask: _("Sent back: %(request)s") % {"request": _label(ask.details)},
    why=lambda ask: ask.details.get("reason", ""),
    url=_url,
    verb=pgettext_lazy("verb", "Mend"),
    minutes=5,
)


def moved(params: dict) -> str:
    label = _label(params)
    if params["what"] == "commented":
        who = pick(params.get("by_ja", ""), params.get("by_en", ""))
        told = _("%(who)s commented on %(request)s.") if who else _("Someone commented on %(request)s.")
        return told % {"who": who, "request": label}
    return _("%(request)s: %(state)s.") % {"request": label, "state": STATES[params["what"]]}


webhooks.tell(ApprovalRequest, name="number")
files.carry(ApprovalRequest, permit="comment", by="number", is_open=lambda request: request.state in UNDER_WAY)
asks.notice("approvals.moved", moved, label=gettext_lazy("What becomes of your requests"), mail=timing.ONCE)
menu.add(
    tier="desk",
    key="approvals:waiting",
    label=gettext_lazy("Approvals"),
    icon="clipboard-check",
    url_name="approvals:waiting",
    order=20,
    go="A",
    phone=True,
    count=queries.waiting_for,
)
menu.add(
    tier="setup",
    key="approvals:routes",
    label=gettext_lazy("Approval routes"),
    icon="adjustments",
    url_name="approvals:routes",
    order=45,
    seen_by=("manager", "administrator", "auditor", "sysadmin"),
)


def find_requests(viewer, words: str) -> list[search.Hit]:
    """By number, "A-18", or by what is asked for."""
    found = search.numbered(queries.requests(viewer), words, "A", "label_ja", "label_en")
    return [
        search.Hit(r.label, r.get_absolute_url(), r.get_state_display(), "clipboard-check", r.code) for r in found[:4]
    ]


def find_routes(viewer, words: str) -> list[search.Hit]:
    found = search.among(queries.routes(viewer), words, "name_ja", "name_en", code="code")
    return [search.Hit(str(r), r.get_absolute_url(), r.code, "adjustments") for r in found[:3]]


search.source("approvals", label=gettext_lazy("Approvals"), find=find_requests, order=35)
search.source("routes", label=gettext_lazy("Approval routes"), find=find_routes, order=60)
api.route("approvals", ApprovalViewSet)
api.route("approval-routes", RouteViewSet)
api.route("waiting-times", WaitingTimesViewSet, "waiting-times")
