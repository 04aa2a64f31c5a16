"""The set-up pages' places in the menu and in the search."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from pmo_portal import access, api, search
from pmo_portal.accounts.queries import units_in_use
from pmo_portal.custom.queries import declared
from pmo_portal.i18n.text import fold, to_hiragana, to_katakana
from pmo_portal.pages import menu
from pmo_portal.periods.queries import begun
from pmo_portal.setup import editing, queries, security  # noqa: F401  they declare themselves
from pmo_portal.setup.api import PeriodViewSet

RUNNERS = ("sysadmin", "administrator", "manager", "auditor")


def find_people(viewer, words: str) -> list[search.Hit]:
    """People by name, reading or address."""
    if not words:
        return []
    found = queries.people(viewer).filter(is_active=True).select_related("unit")
    for word in words.split()[:5]:
        found = found.filter(
            Q(name_ja__icontains=word)
            | Q(name_en__icontains=word)
            | Q(kana__icontains=to_hiragana(word))
            | Q(kana__icontains=to_katakana(word))
            | Q(email__istartswith=word)
        )
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


search.source("units", label=gettext_lazy("Organisation"), find=find_units, order=32)
search.source("periods", label=gettext_lazy("Reporting periods"), find=find_periods, order=45)
search.source("fields", label=gettext_lazy("Custom fields"), find=find_fields, order=65)
search.source("people", label=gettext_lazy("People"), find=find_people, order=30)
search.command(
    "setup.person", label=gettext_lazy("New person"), url_name="setup:person_new", icon="users", seen_by=("sysadmin",)
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
api.route("periods", PeriodViewSet)
