"""What the collection hangs on the floor."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from administration.collection import actions, approving, editing, queries  # noqa: F401  editing declares itself
from administration.collection.api import ArrangementViewSet, CampaignViewSet, ExpectedReportViewSet, ReplyViewSet
from pmo_portal import access, api, approvals, asks, search
from pmo_portal.desk.panels import desk_panel
from pmo_portal.i18n.localised import pick
from pmo_portal.pages import menu
from projects.register.acting import act
from projects.register.ports import project_state_changed
from projects.status.ports import arrangements, report_submitted

api.route("expected-reports", ExpectedReportViewSet)
api.route("arrangements", ArrangementViewSet)
api.route("campaigns", CampaignViewSet)
api.route("campaign-replies", ReplyViewSet)


@arrangements.plug
def arranged(project_ids, period):
    return queries.arranged(project_ids, period)


@project_state_changed.plug
def excuse_what_has_ended(project, was, by=None) -> None:
    actions.excuse_ended(project, by=by)


@report_submitted.plug
def spared_no_more(report, by=None) -> None:
    approving.report_came_in(report)


approvals.kind(
    actions.EXEMPTION,
    label=_("Exemption from reporting"),
    lines=approving.lines,
    approved=approving.exemption_approved,
    refreshed=approving.refreshed,
    parties=approving.parties_of,
    minutes=1,
)
asks.kind(
    "collection.campaign",
    label=_("Campaign"),
    title=lambda ask: (
        f"{pick(ask.details['title_ja'], ask.details['title_en'])} — {pick(ask.details['project_ja'], ask.details['project_en'])}"
    ),
    why=lambda ask: ask.details.get("purpose", ""),
    url=lambda ask: reverse("administration:collection:campaign_reply", kwargs={"pk": ask.object_id}),
    verb=pgettext_lazy("verb", "Answer"),
    minutes=3,
)


menu.add(
    tier="administration",
    key="administration:collection",
    label=_("Collection"),
    icon="inbox",
    url_name="administration:collection:dashboard",
    order=10,
    go="C",
    phone=True,
    seen_by=("administrator", "manager", "auditor"),
    count=queries.overdue,
)


def collection_on_the_desk(viewer) -> dict | None:
    """For who runs the collection: what waits to be read, and what is still to come. Two queries."""
    if not access.holds(viewer, "administrator"):
        return None
    periods = queries.collected_periods()
    counts = queries.counted(viewer, periods).all if periods else {}
    where = reverse("administration:collection:expected_list")
    lines = [
        {"key": state, "label": queries.WORDS_OF_STATE[state], "count": counts[state], "url": f"{where}?state={state}"}
        for state in ("in", *queries.TO_GO)
        if counts.get(state)
    ]
    return {"lines": lines} if lines else None


desk_panel("administration/collection/desk_panel.html", collection_on_the_desk, order=5)
search.command(
    "collection.campaign",
    label=_("New campaign"),
    url_name="administration:collection:campaign_new",
    seen_by=("administrator", "manager", "expert"),
)
search.command(
    "collection.remind",
    label=_("Remind those who have not reported"),
    url_name="administration:collection:reminder",
    icon="bell",
    seen_by=("administrator",),
)


def find_campaigns(viewer, words: str) -> list[search.Hit]:
    found = search.among(queries.campaigns(viewer), words, "title_ja", "title_en")
    return [search.Hit(c.title, c.get_absolute_url(), c.get_state_display(), "bell") for c in found[:4]]


search.source("campaigns", label=_("Campaigns"), find=find_campaigns, order=50)
act("collection.call", _("Note a call"), "arrange_reporting", "administration:collection:call", icon="bell")
