"""The set-up pages' places in the menu and in the search."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal import access, api, asks, search, webhooks
from pmo_portal.accounts.queries import named, units_in_use
from pmo_portal.asks import timing
from pmo_portal.asks.api import AskViewSet, InboxViewSet
from pmo_portal.custom.queries import declared
from pmo_portal.i18n.localised import pick
from pmo_portal.i18n.text import fold
from pmo_portal.pages import menu
from pmo_portal.periods.models import ReportingPeriod
from pmo_portal.periods.queries import begun
from pmo_portal.search.api import SearchViewSet
from pmo_portal.setup import api as api_of_office
from pmo_portal.setup import api_machine, api_people, editing, extract, guide, guide_steps, queries, security  # noqa: F401  they declare themselves
from pmo_portal.setup.organising import target  # noqa: F401  declares itself

RUNNERS = ("sysadmin", "administrator", "manager", "auditor")


def find_people(viewer, words: str) -> list[search.Hit]:
    """People by name, reading or address."""
    if not words:
        return []
    found = queries.people(viewer).filter(named(words), is_active=True).select_related("unit")
    return [search.Hit(p.name, p.get_absolute_url(), str(p.unit or p.job_title or ""), "user") for p in found[:8]]


def find_units(viewer, words: str) -> list[search.Hit]:
    if not access.holds(viewer, *RUNNERS):
        return []
    found = search.among(units_in_use(), words, "name_ja", "name_en", code="code")
    return [
        search.Hit(u.name, reverse("setup:unit_record", args=(u.pk,)), icon="building", lead=u.code) for u in found[:4]
    ]


def find_periods(viewer, words: str) -> list[search.Hit]:
    """By key or name, among the newest."""
    if len(words) < 2 or not access.holds(viewer, *RUNNERS):
        return []
    wanted = fold(words)
    named = [p for p in begun().order_by("-starts_on")[:60] if wanted in fold(p.label) or p.key.startswith(words)]
    return [
        search.Hit(p.label, reverse("setup:period_record", args=(p.key,)), p.get_state_display(), "calendar", p.key)
        for p in named[:4]
    ]


def find_fields(viewer, words: str) -> list[search.Hit]:
    found = search.among(declared(viewer).filter(archived_at=None), words, "name_ja", "name_en", code="key")
    return [search.Hit(str(f), f.get_absolute_url(), f.get_kind_display(), "settings", f.key) for f in found[:3]]


def seen_as(params: dict) -> str:
    who = pick(params.get("name_ja", ""), params.get("name_en", ""))
    pattern = _("%(who)s looked at the portal as you see it, for 30 minutes at most, reading only: %(reason)s")
    return pattern % {"who": who, "reason": params.get("reason", "")}


asks.notice(
    "seen_as",
    seen_as,
    label=gettext_lazy("Somebody looked at the portal as you see it"),
    mandatory=gettext_lazy("You have a right to know of it."),
    mail=timing.ONCE,
)
extract.declare()
webhooks.tell(ReportingPeriod, name="key", api="periods")
search.source("units", label=gettext_lazy("Organisation"), find=find_units, order=32)
search.source("periods", label=gettext_lazy("Reporting periods"), find=find_periods, order=45)
search.source("fields", label=gettext_lazy("Custom fields"), find=find_fields, order=65)
search.source("people", label=gettext_lazy("People"), find=find_people, order=30)
search.command(
    "setup.person", label=gettext_lazy("New person"), url_name="setup:person_new", icon="users", seen_by=("sysadmin",)
)
menu.add(
    tier="setup",
    key="setup:guide",
    label=gettext_lazy("Guided set-up"),
    icon="list",
    url_name="setup:guide",
    order=5,
    seen_by=("sysadmin",),
)
menu.add(
    tier="setup",
    key="setup:people",
    label=gettext_lazy("People"),
    icon="users",
    url_name="setup:people",
    order=10,
    seen_by=RUNNERS,
)
menu.add(
    tier="setup",
    key="setup:units",
    label=gettext_lazy("Organisation"),
    icon="building",
    url_name="setup:units",
    order=20,
    seen_by=RUNNERS,
)
menu.add(
    tier="setup",
    key="setup:periods",
    label=gettext_lazy("Reporting periods"),
    icon="calendar",
    url_name="setup:periods",
    order=30,
    seen_by=RUNNERS,
)
menu.add(
    tier="setup",
    key="setup:office",
    label=gettext_lazy("Office settings"),
    icon="settings",
    url_name="setup:office",
    order=40,
    seen_by=RUNNERS,
)
menu.add(
    tier="setup",
    key="setup:audit",
    label=gettext_lazy("Audit trail"),
    icon="history",
    url_name="setup:audit",
    order=50,
    seen_by=("auditor", "manager", "sysadmin"),
)
menu.add(
    tier="setup",
    key="setup:work",
    label=gettext_lazy("Periodic tasks"),
    icon="refresh",
    url_name="setup:work",
    order=60,
    seen_by=("sysadmin", "administrator", "auditor"),
)
menu.add(
    tier="setup",
    key="api:docs",
    label=gettext_lazy("API"),
    icon="link",
    url_name="api:docs",
    order=70,
    seen_by=("sysadmin", "administrator", "expert", "auditor"),
)
for prefix, viewset in {
    "periods": api_of_office.PeriodViewSet,
    "office": api_of_office.OfficeViewSet,
    "company-days": api_of_office.CompanyDayViewSet,
    "cadences": api_of_office.CadenceViewSet,
    "reminder-ladder": api_of_office.LadderViewSet,
    "exchange-rates": api_of_office.RateViewSet,
    "search": SearchViewSet,
    "asks": AskViewSet,
    "inbox": InboxViewSet,
    "people": api_people.PersonViewSet,
    "units": api_people.UnitViewSet,
    "scopes": api_people.ScopeViewSet,
    "grants": api_people.GrantViewSet,
    "substitutes": api_people.SubstituteViewSet,
    "tokens": api_people.TokenViewSet,
    "audit": api_machine.AuditEntryViewSet,
    "jobs": api_machine.JobViewSet,
    "periodic-tasks": api_machine.PeriodicTaskViewSet,
    "letters": api_machine.LetterViewSet,
    "webhooks": api_machine.WebhookViewSet,
    "webhook-messages": api_machine.DeliveryViewSet,
    "custom-fields": api_machine.CustomFieldViewSet,
    "saved-views": api_machine.SavedViewViewSet,
    "figures": api_machine.FigureViewSet,
}.items():
    api.route(prefix, viewset)
