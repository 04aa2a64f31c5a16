"""What the steps of the guided set-up do: the settings' own acts, several at once; and the defaults that they begin with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access
from pmo_portal.access.tree import office
from pmo_portal.accounts.models import Person
from pmo_portal.asks.letters import write
from pmo_portal.i18n.text import has_japanese
from pmo_portal.periods import actions as periods
from pmo_portal.periods.calendar import is_working_day
from pmo_portal.periods.models import Tier
from pmo_portal.periods.queries import (
    cadences_in_force,
    company_days,
    office_settings,
    office_settings_now,
    office_today,
)
from pmo_portal.setup import actions, grants, queries
from pmo_portal.setup.guide_forms import ASKED_ROLES

OF_OFFICE = ("name_ja", "name_en", "note_ja", "note_en", "default_language", "timezone", "currency")
OF_MAIL = ("digest_at", "quiet_from", "quiet_until")
BREAKS = ("new_year", "summer")


def office_initial() -> dict[str, Any]:
    return _of_settings((*OF_OFFICE, "version"))


def _of_settings(names: tuple[str, ...]) -> dict[str, Any]:
    held = office_settings_now()
    return {name: getattr(held, name) for name in names}


def save_office(by, given: dict[str, Any]) -> None:
    held, seen = office_settings_now(), given.pop("version", None)
    if seen is not None and seen != held.version:
        said = _("Somebody changed the office meanwhile. Load this page again before you save.")
        raise ValidationError(said, code="conflict")
    if any(getattr(held, name) != value for name, value in given.items()):
        periods.save_office(held, by=by, version=held.version, **given)


# ---- the calendar


def calendar_initial() -> dict[str, Any]:
    """29 December to 3 January, as most offices in Japan rest; nothing in summer."""
    year = office_today().year
    found: dict[str, Any] = {"fiscal_start_month": office_settings_now().fiscal_start_month}
    if not company_days():
        found |= {"new_year_from": date(year, 12, 29), "new_year_until": date(year + 1, 1, 3)}
    return found


@transaction.atomic
def save_calendar(by, given: dict[str, Any]) -> None:
    save_office(by, {"fiscal_start_month": given["fiscal_start_month"]})
    names = {"new_year": _("Year-end and New Year"), "summer": _("Summer rest")}
    held = company_days()
    for name in BREAKS:
        for day in _days(given.get(f"{name}_from"), given.get(f"{name}_until")):
            if day not in held and is_working_day(day):
                periods.add_company_day(by=by, day=day, kind="holiday", label=names[name])


def _days(first: date | None, last: date | None) -> Iterator[date]:
    while first is not None and last is not None and first <= last:
        yield first
        first += timedelta(days=1)


# ---- tiers and cadence


def cadence_initial() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for tier, rule in cadences_in_force().items():
        found |= {f"cadence_{tier}": rule.cadence, f"days_{tier}": rule.due_working_days}
    return found


@transaction.atomic
def save_cadence(by, given: dict[str, Any]) -> None:
    """From today on, where it differs from what holds."""
    today, held = office_today(), cadences_in_force()
    for tier in Tier.values:
        cadence, days = given[f"cadence_{tier}"], given[f"days_{tier}"]
        rule = held.get(tier)
        if rule is None or (rule.cadence, rule.due_working_days) != (cadence, days):
            periods.set_cadence(by=by, tier=tier, cadence=cadence, starts_on=today, due_working_days=days)


# ---- people with roles


@transaction.atomic
def save_roles(by, given: dict[str, Any]) -> None:
    """Make those who are not there, give the role in the whole office, invite who has never signed in."""
    for role in ASKED_ROLES:
        email = (given.get(f"email_{role}") or "").lower()
        if not email:
            continue
        person = queries.person_at(email)
        if person is None:
            person = _make(by, given[f"name_{role}"], email)
        if role not in access.reach(person).office_roles:
            if person.pk == by.pk:
                said = _("Nobody gives a role to themselves. Name somebody else, or ask another system administrator.")
                raise ValidationError({f"email_{role}": ValidationError(said, code="own")})
            grants.grant_role(person, role, office(), by=by)
        if not person.has_account:
            actions.invite(person, by=by)


def _make(by, name: str, email: str) -> Person:
    japanese = has_japanese(name)
    return actions.create_person(
        by=by,
        email=email,
        language=office_settings().default_language,
        name_ja=name if japanese else "",
        name_en="" if japanese else name,
    )


def held_roles() -> list[tuple[str, str, str]]:
    """Who holds what in the whole office."""
    return [(str(g.get_role_display()), g.person.name, g.person.get_absolute_url()) for g in queries.office_grants()]


# ---- letters


def mail_initial() -> dict[str, Any]:
    return _of_settings(OF_MAIL) | {"test": True}


def mail_facts() -> list[tuple[str, str, str]]:
    """How letters leave this machine."""
    kept = "smtp" not in settings.EMAIL_BACKEND
    way = _("Letters are kept in the folder %(folder)s; give EMAIL_HOST to send them.") % {
        "folder": settings.EMAIL_FILE_PATH
    }
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    return [
        (_("Server"), way if kept else server, ""),
        (_("Sender"), settings.DEFAULT_FROM_EMAIL, ""),
        (_("Address of the portal"), settings.SITE_URL, ""),
    ]


@transaction.atomic
def save_mail(by, given: dict[str, Any]) -> None:
    """`test`: a letter to whoever sets this up, so that they see it arrive."""
    test = given.pop("test", False)
    save_office(by, given)
    if test:
        now = timezone.now()
        subject = _("A letter to try: the PMO portal of %(office)s") % {"office": office_settings().name}
        text = _("This letter was sent to try the mail settings. If you read it, letters arrive.")
        write(by, "trial", {"text": text}, subject=subject, key=f"trial:{by.pk}:{now:%Y%m%d%H%M%S}")


# ---- the organisation


def organisation_facts() -> list[tuple[str, str, str]]:
    units, people = queries.size_of_organisation()
    return [(_("Units"), str(units), ""), (_("People"), str(people), "")]


def nothing(by, given: dict[str, Any]) -> None:
    """The step's pages have done it."""
