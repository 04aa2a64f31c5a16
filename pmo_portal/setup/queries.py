"""Reading people, units, grants, periods and the machine's work for the set-up pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from pmo_portal import access, jobs
from pmo_portal.access.models import Grant, Scope
from pmo_portal.accounts.models import OrgUnit, OrgUnitPlacement, Person, PersonPlacement
from pmo_portal.accounts.queries import name_order, units_in_use
from pmo_portal.accounts.tree import below, parents_on
from pmo_portal.asks.models import LadderStep, MailMessage
from pmo_portal.audit.models import AuditEntry, AuditLink
from pmo_portal.audit.reading import trail
from pmo_portal.i18n.localised import reads_english
from pmo_portal.jobs.models import Job, PeriodicRun
from pmo_portal.periods import calendar
from pmo_portal.periods.models import CadenceRule, CompanyDay, OfficeSettings, PeriodPicture, ReportingPeriod
from pmo_portal.records import Record
from pmo_portal.webhooks.models import Webhook, WebhookDelivery

# ---- people


def people(viewer) -> QuerySet[Person]:
    return access.visible(viewer, Person).filter(archived_at=None)


def person(pk: int) -> Person | None:
    """Somebody by their number, whoever asks: for the portal's own use."""
    return Person.objects.filter(pk=pk).first()


def person_at(email: str) -> Person | None:
    """Whoever has an address."""
    return Person.objects.filter(email=email).first()


def office_grants() -> list[Grant]:
    """Who holds which role in the whole office today."""
    today = timezone.localdate()
    held = Grant.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today, archived_at=None)
    return list(held.filter(scope__kind="office").select_related("person").order_by("role", "person__kana", "pk")[:50])


def size_of_organisation() -> tuple[int, int]:
    """Units in use, and people."""
    return units_in_use().count(), Person.objects.filter(archived_at=None).count()


def steps_done() -> set[str]:
    """The steps of the guided set-up that somebody has been through."""
    kind = ContentType.objects.get_for_model(OfficeSettings)
    found = AuditEntry.objects.filter(content_type=kind, action="guided").values_list("changes", flat=True)
    return {changes["step"][1] for changes in found}


def grants_of(viewer, person: Person) -> list[Grant]:
    """The roles of a person that the viewer may know of, those in force first."""
    found = access.visible(viewer, Grant).filter(person=person).select_related("scope", "granted_by")
    today = timezone.localdate()
    grants = list(found.order_by("-starts_on", "-pk")[:100])
    for grant in grants:
        over = grant.archived_at is not None or (grant.ends_on is not None and grant.ends_on < today)
        grant.standing = "over" if over else "coming" if grant.starts_on > today else "now"
    return sorted(grants, key=lambda g: ("now", "coming", "over").index(g.standing))


def roles_held(people_shown: list[Person]) -> dict[int, list[str]]:
    """Person → the names of the roles they hold today. One query."""
    today = timezone.localdate()
    grants = Grant.objects.filter(person__in=people_shown, starts_on__lte=today, archived_at=None)
    grants = grants.filter(Q(ends_on=None) | Q(ends_on__gte=today)).order_by("pk")
    held: dict[int, list[str]] = defaultdict(list)
    for grant in grants:
        if (word := grant.get_role_display()) not in held[grant.person_id]:
            held[grant.person_id].append(word)
    return held


def holders_today(roles: list[str]) -> QuerySet:
    """The ids of those who hold one of the roles today, anywhere."""
    today = timezone.localdate()
    in_force = Grant.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today, archived_at=None)
    return in_force.filter(role__in=roles).values("person_id")


def placements_of(person: Person) -> list[PersonPlacement]:
    return list(person.placements.select_related("unit").order_by("-starts_on")[:20])


def sign_in_of(person: Person) -> dict[str, Any]:
    """How a person signs in: whether invited, with what, since when."""
    return {
        "has_password": person.has_usable_password(),
        "invitation": person.invitations.order_by("-pk").first(),
        "factors": Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES).count(),
        "now": timezone.now(),
    }


def places(viewer, words: str = "") -> list[tuple[str, list[tuple[str, str]]]]:
    """Where a role can be granted: the office, portfolios and programmes, and the projects that the words find."""
    found = access.visible(viewer, Scope)
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    for kind in (Scope.Kind.OFFICE, Scope.Kind.PORTFOLIO, Scope.Kind.PROGRAMME):
        rows = [(str(s.pk), str(s)) for s in found.filter(kind=kind).order_by("label", "pk")[:300]]
        groups.append((str(kind.label), rows))
    projects = found.filter(kind=Scope.Kind.PROJECT)
    for word in words.split()[:5]:
        projects = projects.filter(Q(label__icontains=word) | Q(label_en__icontains=word))
    rows = [(str(s.pk), f"{s} ({s.parent})") for s in projects.select_related("parent").order_by("label", "pk")[:200]]
    return [*groups, (str(Scope.Kind.PROJECT.label), rows)]


# ---- units


@dataclass
class Branch:
    """One line of the tree as it is drawn."""

    unit: OrgUnit
    depth: int
    people: int
    inside: int = 0
    moves: list[OrgUnitPlacement] = field(default_factory=list)


def scopes(viewer) -> QuerySet[Scope]:
    return access.visible(viewer, Scope)


def no_scopes() -> QuerySet[Scope]:
    """For a field whose choices depend on who asks."""
    return Scope.objects.none()


def units(viewer) -> QuerySet[OrgUnit]:
    return access.visible(viewer, OrgUnit).select_related("head")


def tree(viewer, on: date) -> list[Branch]:
    """The units as they hang on a day, from the top down. Four queries however many there are."""
    held = OrgUnitPlacement.objects.filter(starts_on__lte=on).filter(Q(ends_on=None) | Q(ends_on__gte=on))
    parents = dict(held.values_list("unit_id", "parent_id"))
    shown = {u.pk: u for u in units(viewer).filter(Q(archived_at=None) | Q(archived_at__date__gt=on))}
    counts = dict(
        Person.objects.filter(archived_at=None, is_active=True, unit__isnull=False)
        .values_list("unit_id")
        .annotate(n=Count("pk"))
        .order_by()
    )
    planned: dict[int, list[OrgUnitPlacement]] = defaultdict(list)
    for placed in OrgUnitPlacement.objects.filter(starts_on__gt=on).select_related("parent").order_by("starts_on"):
        planned[placed.unit_id].append(placed)
    children: dict[int | None, list[OrgUnit]] = defaultdict(list)
    for unit in sorted(shown.values(), key=lambda u: u.code):
        parent = parents.get(unit.pk)
        children[parent if parent in shown else None].append(unit)
    rows: list[Branch] = []

    def walk(parent: int | None, depth: int, seen: frozenset[int]) -> int:
        total = 0
        for unit in children[parent]:
            if unit.pk in seen:
                continue
            row = Branch(unit, depth, counts.get(unit.pk, 0), moves=planned[unit.pk])
            rows.append(row)
            row.inside = row.people + walk(unit.pk, depth + 1, seen | {unit.pk})
            total += row.inside
        return total

    walk(None, 0, frozenset())
    return rows


def unit_now(viewer, unit: OrgUnit) -> dict[str, Any]:
    """Where a unit stands today, what hangs below it, who is in it, and how that was and will be."""
    today = timezone.localdate()
    held = OrgUnitPlacement.objects.filter(starts_on__lte=today).filter(Q(ends_on=None) | Q(ends_on__gte=today))
    parents = dict(held.values_list("unit_id", "parent_id"))
    chain, at = [], parents.get(unit.pk)
    while at is not None and at not in chain:
        chain.append(at)
        at = parents.get(at)
    named = {u.pk: u for u in OrgUnit.objects.filter(pk__in=chain)}
    inside = below(parents, unit.pk)
    return {
        "above": [named[pk] for pk in reversed(chain)],
        "children": list(
            units(viewer).filter(pk__in=[c for c, p in parents.items() if p == unit.pk], archived_at=None)
        ),
        "people": list(people(viewer).filter(unit=unit, is_active=True).order_by(*name_order())[:100]),
        "people_inside": Person.objects.filter(unit__in=inside, is_active=True, archived_at=None).count(),
        "placements": list(unit.placements.select_related("parent").order_by("-starts_on")[:20]),
        "today": today,
    }


def current_parent(unit: OrgUnit) -> int | None:
    return parents_on_day(timezone.localdate()).get(unit.pk)


def parents_on_day(day: date) -> dict[int, int | None]:
    from pmo_portal.accounts.tree import Place

    rows = OrgUnitPlacement.objects.values_list("unit_id", "parent_id", "starts_on", "ends_on")
    return parents_on([Place(*row) for row in rows], day)


# ---- the office's calendar and ladder


def coming_days(viewer, months: int = 12) -> list[dict[str, Any]]:
    """Public holidays and the office's own days from the beginning of this month, in order."""
    first = timezone.localdate().replace(day=1)
    own = {d.day: d for d in access.visible(viewer, CompanyDay).filter(archived_at=None, day__gte=first)}
    rows = []
    for number in range(first.toordinal(), first.toordinal() + months * 31):
        day = date.fromordinal(number)
        name = calendar.holiday_name(day, english=reads_english())
        if name or day in own:
            rows.append({"day": day, "public": name, "own": own.pop(day, None)})
    rows += [{"day": d, "public": "", "own": record} for d, record in sorted(own.items())]
    return rows


def cadence_rules(viewer) -> QuerySet[CadenceRule]:
    return access.visible(viewer, CadenceRule).filter(archived_at=None).order_by("tier", "-starts_on")


def ladder(viewer) -> QuerySet[LadderStep]:
    return access.visible(viewer, LadderStep).filter(archived_at=None).order_by("kind", "offset_days", "pk")


# ---- periods


def pictures_of(period: ReportingPeriod) -> list[PeriodPicture]:
    return list(period.pictures.select_related("reopened_by").annotate(size=Count("rows")).order_by("number"))


@dataclass
class PictureLine:
    """One scope in a picture, and in the picture it is compared with."""

    scope: Scope
    content: dict
    before: dict | None
    changed: set[str]
    is_new: bool


def picture_lines(viewer, picture: PeriodPicture, other: PeriodPicture | None) -> list[PictureLine]:
    """What a picture holds of the scopes the viewer may see, each beside what `other` held."""
    seen = access.visible(viewer, Scope)
    rows = picture.rows.filter(scope__in=seen).select_related("scope").order_by("scope__label", "pk")
    earlier = dict(other.rows.values_list("scope_id", "content")) if other else {}
    lines = []
    for row in rows[:2000]:
        before = earlier.get(row.scope_id)
        changed = {k for k, v in row.content.items() if before is not None and before.get(k) != v}
        lines.append(PictureLine(row.scope, row.content, before, changed, bool(other) and before is None))
    return lines


# ---- the trail


def same_record(entry: AuditEntry) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(content_type=entry.content_type, object_id=entry.object_id)


def record_of(viewer, entry: AuditEntry) -> Any:
    """The record that an entry is about, where it still is and the viewer may see it."""
    model = entry.content_type.model_class()
    if model is None or model not in access.declared_models():
        return None
    return access.visible(viewer, model).filter(pk=entry.object_id).first()


def kinds_in_trail() -> list[ContentType]:
    """The kinds of record that can stand in the trail."""
    models = [m for m in access.declared_models() if issubclass(m, Record)]
    return sorted(ContentType.objects.get_for_models(*models).values(), key=lambda c: str(c.name))


SETTINGS = (
    "officesettings",
    "companyday",
    "cadencerule",
    "ladderstep",
    "noticedefault",
    "customfield",
    "approvalroute",
    "webhook",
    "exchangerate",
    "importprofile",
    "officepaper",
    "grant",
)


def kinds_of_settings() -> list[ContentType]:
    """The kinds of record that the office's settings are made of."""
    return [kind for kind in kinds_in_trail() if kind.app_label == "pmo_portal" and kind.model in SETTINGS]


def settings_trail(viewer) -> QuerySet[AuditEntry]:
    """What was done to the settings; of the roles, those that hold in the whole office."""
    kinds = {kind.model: kind.pk for kind in kinds_of_settings()}
    roles = Q(content_type=kinds.pop("grant"), scope__kind="office")
    return trail(viewer).filter(Q(content_type__in=kinds.values()) | roles)


NAMING = ("key", "name_ja", "name_en")


def records_called(viewer, word: str) -> Iterator[tuple[ContentType, QuerySet]]:
    """Kind of record → ids of those, among what `viewer` may see, whose key or name holds `word`. No query of its own."""
    for kind in kinds_in_trail():
        model = kind.model_class()
        fields = [f.name for f in model._meta.concrete_fields if f.name in NAMING]
        if fields:
            called = Q(*((f"{name}__icontains", word) for name in fields), _connector=Q.OR)
            yield kind, access.visible(viewer, model).filter(called).values("pk")


def trail_standing() -> dict[str, Any]:
    """How far the chain reaches and what the last walk along it found."""
    last = AuditLink.objects.order_by("-position").first()
    return {
        "sealed": last.position if last else 0,
        "waiting": AuditEntry.objects.filter(link=None, pk__gt=last.entry_id if last else 0).count(),
        "check": Job.objects.filter(name="pmo_portal.audit.check_chain").order_by("-pk").first(),
    }


def head_of_chain() -> AuditLink | None:
    return AuditLink.objects.order_by("-position").first()


def links_of(entries) -> dict[int, tuple[int, str]]:
    """Entry → its place in the chain and the hash there. One query."""
    found = AuditLink.objects.filter(entry_id__in=[entry.pk for entry in entries])
    return {entry_id: (place, sealed) for entry_id, place, sealed in found.values_list("entry_id", "position", "hash")}


# ---- the machine's work


def work(viewer) -> QuerySet[Job]:
    return access.visible(viewer, Job)


def letters(viewer) -> QuerySet[MailMessage]:
    return access.visible(viewer, MailMessage)


def mail_standing(viewer) -> dict[str, Any]:
    """How many letters wait for another try and how many were given up, since when, and what the server said last."""
    late = Q(state=MailMessage.State.QUEUED) & ~Q(error="")
    found = letters(viewer).aggregate(
        waiting=Count("pk", filter=late),
        failed=Count("pk", filter=Q(state=MailMessage.State.FAILED)),
        since=Min("created_at", filter=late),
    )
    last = letters(viewer).filter(late).order_by("-pk").values_list("error", flat=True).first()
    return {
        "letters_waiting": found["waiting"],
        "letters_failed": found["failed"],
        "letters_since": found["since"],
        "letters_error": last or "",
    }


def periodic_runs(viewer) -> list[PeriodicRun]:
    """The periodic tasks of this version of the portal, with how their last run went."""
    found = {run.name: run for run in access.visible(viewer, PeriodicRun)}
    runs = [found.get(name) or PeriodicRun(name=name) for name in sorted(jobs.periodics)]
    for run in runs:
        run.every = jobs.periodics[run.name].every
    return runs


def work_counts(viewer) -> dict[str, int]:
    counts = dict(work(viewer).values_list("state").annotate(n=Count("pk")).order_by())
    return {state: counts.get(state, 0) for state in Job.State.values}


# ---- who is told


def webhooks(viewer) -> list[Webhook]:
    """With the host that each tells and how many messages wait. One query."""
    waiting = Count("deliveries", filter=Q(deliveries__state=WebhookDelivery.State.WAITING))
    found = list(
        access.visible(viewer, Webhook)
        .filter(archived_at=None, is_personal=False)
        .select_related("owner")
        .annotate(waiting=waiting)
    )
    for webhook in found:
        webhook.host = urlsplit(webhook.url).hostname or ""
    return found


def deliveries(webhook: Webhook) -> QuerySet[WebhookDelivery]:
    return webhook.deliveries.order_by("-pk")
