"""Writing people: who they are, where they belong, how they come in and go, who stands in for them, their keys."""

from __future__ import annotations

from datetime import date, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from pmo_portal.access.models import Grant
from pmo_portal.access.tree import office
from pmo_portal.accounts import tokens
from pmo_portal.accounts.models import ApiToken, Invitation, OrgUnit, Person, PersonPlacement, Substitute
from pmo_portal.asks.letters import absolute, write
from pmo_portal.intake.actions import receive_file
from pmo_portal.intake.models import ImportRun
from pmo_portal.periods.fiscal import fiscal_year
from pmo_portal.periods.models import OfficeSettings
from pmo_portal.periods.queries import office_settings, office_settings_now
from pmo_portal.setup.defaults import install_defaults
from pmo_portal.setup.grants import keep_a_sysadmin

INVITATION_DAYS = 14


# ---- who they are


@transaction.atomic
def create_person(*, by, unit: OrgUnit | None = None, unit_from: date | None = None, **fields) -> Person:
    """A new person, without a password: they sign in after an invitation, or never."""
    access.require(by, "edit", office_settings())
    person = Person(**_cleaned(fields))
    person.set_unusable_password()
    audit.create(person, by=by)
    if unit is not None:
        place_person(person, by=by, unit=unit, on=unit_from or fields.get("joined_on") or timezone.localdate())
    return person


@transaction.atomic
def edit_person(person: Person, *, by, version: int, **fields) -> Person:
    """Change what is known about a person; their unit is changed by `place_person`, with its day."""
    access.require(by, "edit", person)
    with audit.change(person, "changed", by=by, version=version) as current:
        had = current.email
        for name, value in _cleaned(fields).items():
            setattr(current, name, value)
        if current.email != had:
            _require_free_address(current)
            current.invitations.filter(used_at=None).update(expires_at=timezone.now())
    return person


def edit_profile(person: Person, **fields) -> Person:
    """What a person sets for themselves: language, zone, look, quiet hours."""
    with audit.change(person, "changed", by=person) as current:
        for name, value in fields.items():
            setattr(current, name, value)
    return person


def _cleaned(fields: dict) -> dict:
    """Addresses in lower case, empty as none; names without blanks around; one name at least."""
    fields = {name: " ".join(v.split()) if name.startswith("name_") else v for name, v in fields.items()}
    if "email" in fields:
        fields["email"] = (fields["email"] or "").strip().lower() or None
    _require_name(fields.get("name_ja"), fields.get("name_en"))
    return fields


def _require_name(*names: str | None) -> None:
    if not any(names):
        raise ValidationError(
            {"name_ja": ValidationError(_("Write the name in Japanese or in English."), code="required")}
        )


def check_person(person: Person) -> None:
    """What a person's record cannot be. Raises ValidationError naming the field."""
    _require_name(person.name_ja, person.name_en)
    person.email = (person.email or "").strip().lower() or None
    _require_free_address(person)


def _require_free_address(person: Person) -> None:
    if person.email and Person.objects.filter(email=person.email).exclude(pk=person.pk).exists():
        raise ValidationError({"email": ValidationError(_("Someone else has this address."), code="unique")})


# ---- where they belong


@transaction.atomic
def place_person(person: Person, *, by, unit: OrgUnit | None, on: date, reason: str = "") -> PersonPlacement:
    """From `on`, the person belongs to `unit`, until the next move that is already planned. A coming day may be given."""
    access.require(by, "edit", person)
    Person.objects.select_for_update().get(pk=person.pk)
    later = person.placements.filter(starts_on__gt=on).order_by("starts_on").first()
    person.placements.filter(starts_on=on).delete()
    person.placements.filter(starts_on__lt=on).filter(Q(ends_on=None) | Q(ends_on__gte=on)).update(
        ends_on=on - timedelta(days=1)
    )
    placed = person.placements.create(
        unit=unit, starts_on=on, ends_on=later.starts_on - timedelta(days=1) if later else None
    )
    changes = {"unit": [person.unit_id, unit.pk if unit else None], "starts_on": [None, on]}
    audit.log(person, "move_planned", by=by, reason=f"{on} {reason}".strip(), changes=changes)
    follow_placements(person=person, by=by)
    return placed


def follow_placements(today: date | None = None, person: Person | None = None, by=None) -> int:
    """Bring `Person.unit` up to the day; returns how many moved. Safe to run twice."""
    today = today or timezone.localdate()
    holding = PersonPlacement.objects.filter(starts_on__lte=today).filter(Q(ends_on=None) | Q(ends_on__gte=today))
    if person is not None:
        holding = holding.filter(person=person)
    moved = 0
    for placed in holding.select_related("person", "unit").order_by("starts_on"):
        if placed.person.unit_id != placed.unit_id:
            subject = person or placed.person
            with audit.change(subject, "moved", by=by) as current:
                current.unit = placed.unit
            moved += 1
    return moved


# ---- how they come in and go


@transaction.atomic
def invite(person: Person, *, by) -> Invitation:
    """Send the letter with which `person` sets a first password. An earlier letter loses its force."""
    access.require(by, "invite", person)
    if not person.email:
        raise ValidationError(
            _("%(person)s has no e-mail address to write to.") % {"person": person.name}, code="address"
        )
    if not person.is_active:
        raise ValidationError(
            _("%(person)s may not sign in. Re-activate them first.") % {"person": person.name}, code="inactive"
        )
    key = tokens.create_invitation(person, by, INVITATION_DAYS)
    made = person.invitations.latest("pk")
    with translation.override(person.language):
        where = absolute(f"/invitation/{key}/")
        subject = _("You are invited to the PMO portal of %(office)s") % {"office": office_settings().name}
        write(
            person,
            "invitation",
            {"url": where, "until": made.expires_at, "inviter": by},
            subject=subject,
            key=f"invitation:{made.pk}",
        )
    audit.log(person, "invited", by=by)
    return made


@transaction.atomic
def accept_invitation(key: str, password: str) -> Person:
    """Set the first password. The key works once; two at once end with one."""
    invitation = tokens.open_invitation(key)
    if invitation is None or not invitation.person.is_active:
        raise ValidationError(_("This invitation has no force any more. Ask for a new one."), code="gone")
    validate_password(password, invitation.person)
    now = timezone.now()
    if not Invitation.objects.filter(pk=invitation.pk, used_at=None, expires_at__gt=now).update(used_at=now):
        raise ValidationError(_("This invitation has no force any more. Ask for a new one."), code="gone")
    person = invitation.person
    with audit.change(person, "joined", by=person) as current:
        current.set_password(password)
    return person


@transaction.atomic
def deactivate(person: Person, *, by, reason: str, version: int | None = None) -> Person:
    """From now on they do not sign in: sessions, tokens and invitations end at once, their roles rest."""
    access.require(by, "edit", person)
    if by.pk == person.pk:
        raise ValidationError(_("You cannot close your own account. Ask another system administrator."), code="self")
    with audit.change(person, "deactivated", by=by, reason=reason, version=version) as current:
        if not current.is_active:
            raise ValidationError(_("This account is closed already."), code="state")
        current.is_active, current.left_on = False, timezone.localdate()
    keep_a_sysadmin()
    end_sessions(person)
    person.api_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
    person.invitations.filter(used_at=None).update(expires_at=timezone.now())
    return person


@transaction.atomic
def reactivate(person: Person, *, by, version: int | None = None) -> Person:
    """Let them sign in again, with the password and the roles they had; their sessions and tokens stay ended."""
    access.require(by, "edit", person)
    with audit.change(person, "reactivated", by=by, version=version) as current:
        if current.is_active:
            raise ValidationError(_("This account is open."), code="state")
        current.is_active, current.left_on = True, None
    return person


def end_sessions(person: Person) -> int:
    """Sign them out everywhere."""
    found = list(UserSession.objects.filter(user=person))
    for session in found:
        session.end()
    return len(found)


@transaction.atomic
def end_session(person: Person, pk: int) -> bool:
    """Sign one's own session out by its number. False: it has gone already, or is not theirs."""
    session = UserSession.objects.filter(user=person, pk=pk).first()
    if session is None:
        return False
    session.end()
    audit.log(person, "session_ended", by=person)
    return True


# ---- the first one


@transaction.atomic
def first_administrator(
    *, office_name: str, name: str, email: str, password: str, language: str = "ja", runs_pmo: bool = True
) -> Person:
    """In an office where nobody is yet: its name, its system administrator, and a calendar and ladder to start with."""
    settings_row = OfficeSettings.objects.select_for_update().get(pk=office_settings_now().pk)
    if Person.objects.exists():
        raise ValidationError(
            _("This office has an administrator already. Sign in, or ask them for an invitation."), code="taken"
        )
    japanese = language == "ja"
    person = Person(
        email=email.strip().lower(),
        language=language,
        name_ja=name if japanese else "",
        name_en="" if japanese else name,
    )
    validate_password(password, person)
    person.set_password(password)
    audit.create(person, by=None)
    with audit.change(settings_row, "changed", by=person) as current:
        current.name_ja = current.name_en = office_name.strip()
        current.default_language = language
    office_settings_now()  # pages show the new name at once
    today = timezone.localdate()
    for role in ("sysadmin", *(("administrator", "manager") if runs_pmo else ())):
        grant = Grant(person=person, role=role, scope=office(), starts_on=today, granted_by=None)
        audit.create(grant, by=person, action="granted")
    install_defaults(date(fiscal_year(today), 4, 1), by=person)
    return person


# ---- from a sheet


def receive_organisation(*, by, file, file_name: str = "") -> ImportRun:
    """Keep a sheet of units and people and let it be read in the background. Raises as `intake.actions.receive_file`."""
    return receive_file(by=by, target="organisation", scope=office(), file=file, file_name=file_name)


# ---- who stands in


@transaction.atomic
def name_substitute(
    person: Person, *, by, substitute: Person, starts_on: date, ends_on: date, note: str = ""
) -> Substitute:
    """From day to day, `substitute` sees and answers what is asked of `person`."""
    access.require(by, "name_substitute", person)
    if person.pk == substitute.pk:
        raise ValidationError({"substitute": ValidationError(_("Somebody else has to stand in."), code="self")})
    if by.pk == substitute.pk:
        raise ValidationError(
            {
                "substitute": _(
                    "Nobody names themselves to stand in for another; ask them, or another administrator, to name you."
                )
            },
            code="own",
        )
    if ends_on < starts_on:
        raise ValidationError({"ends_on": ValidationError(_("The last day is before the first."), code="order")})
    if ends_on < timezone.localdate():
        raise ValidationError({"ends_on": ValidationError(_("These days are over."), code="past")})
    require_account(substitute)
    Person.objects.select_for_update().get(pk=person.pk)
    twice = Substitute.objects.filter(
        person=person, substitute=substitute, archived_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on
    )
    if twice.exists():
        raise ValidationError(
            _("%(person)s stands in during these days already.") % {"person": substitute.name}, code="overlap"
        )
    made = Substitute(person=person, substitute=substitute, starts_on=starts_on, ends_on=ends_on, note=note)
    return audit.create(made, by=by)


def require_account(substitute: Person) -> None:
    """Raise ValidationError unless whoever is to stand in can sign in."""
    if not substitute.is_active:
        said = _("%(person)s may not sign in.")
    elif not substitute.has_account:
        said = _("%(person)s has no account, so nobody would see what is asked. Name somebody who signs in.")
    else:
        return
    raise ValidationError({"substitute": said % {"person": substitute.name}}, code="inactive")


@transaction.atomic
def end_substitute(record: Substitute, *, by, version: int | None = None) -> Substitute:
    """They stand in no more, from now."""
    access.require(by, "end", record)
    with audit.change(record, "ended", by=by, version=version) as current:
        yesterday = timezone.localdate() - timedelta(days=1)
        if current.archived_at is not None or current.ends_on <= yesterday:
            raise ValidationError(_("This has ended already."), code="ended")
        if yesterday < current.starts_on:
            current.archived_at = timezone.now()
        else:
            current.ends_on = yesterday
    return record


# ---- keys for programs


@transaction.atomic
def make_token(person: Person, *, label: str, days: int | None, scope: str) -> str:
    """A key for one's own programs; it is shown once."""
    key = tokens.create_api_token(person, label, days, scope)
    audit.log(person, "token_made", by=person, reason=f"{label} ({ApiToken.Scope(scope).label})")
    return key


@transaction.atomic
def revoke_token(person: Person, pk: int, *, by: Person) -> bool:
    """Take a key out of force: one's own, or as system administrator anybody's. False: it is not theirs, or has none."""
    if by.pk != person.pk:
        access.require(by, "end_tokens", person)
    token = ApiToken.objects.filter(person=person, pk=pk, revoked_at=None).first()
    if token is None:
        return False
    ApiToken.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
    audit.log(person, "token_revoked", by=by, reason=token.label)
    return True
