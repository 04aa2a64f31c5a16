"""Reading the register."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from pmo_portal import access, audit, measures
from pmo_portal.accounts.models import LastSeen
from pmo_portal.accounts.queries import named, people_in_use
from pmo_portal.audit.models import AuditEntry
from pmo_portal.i18n.text import fold
from pmo_portal.measures.models import MeasureValue
from pmo_portal.search.models import holding
from projects.register.models import (
    BudgetRevision,
    Milestone,
    Portfolio,
    Programme,
    Project,
    ProjectMember,
    ProjectPlacement,
)

PEOPLE = ("pm", "sponsor", "pmo_contact")
PLACES = ("scope", "portfolio", "programme", "reported_period")
RELATED = (*PLACES, *PEOPLE)


def projects(viewer) -> QuerySet[Project]:
    """Projects in use that `viewer` may see."""
    return access.visible(viewer, Project).filter(archived_at=None)


def archived(viewer) -> QuerySet[Project]:
    """Projects out of use that `viewer` may see."""
    return access.visible(viewer, Project).exclude(archived_at=None)


def called(viewer, words: str) -> QuerySet[Project]:
    """Projects whose key or name has every word, in either language; those whose key begins so come first."""
    found = projects(viewer).filter(holding(words))
    rank = Case(When(key_folded__startswith=fold(words), then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.order_by(rank, "key")


def led(viewer, words: str) -> QuerySet[Project]:
    """Projects under way whose project manager is called so; those that changed last come first."""
    leaders = people_in_use().filter(named(words)).values("pk")
    found = projects(viewer).filter(pm__in=leaders, state__in=(Project.State.ACTIVE, Project.State.PAUSED))
    return found.select_related("pm").order_by("-last_change_at")


def milestones_near(viewer, first: date, last: date) -> QuerySet[Milestone]:
    """Open milestones forecast between two days, of the projects that the viewer leads, sponsors, looks after for the PMO or
    works in, and those that they own."""
    people = access.reach(viewer).people
    mine = Q(project__pm__in=people) | Q(project__sponsor__in=people) | Q(project__pmo_contact__in=people)
    works_in = ProjectMember.objects.filter(person__in=people, archived_at=None).values("project_id")
    found = access.visible(viewer, Milestone).filter(mine | Q(owner__in=people) | Q(project__in=works_in))
    return found.filter(
        state=Milestone.State.OPEN,
        archived_at=None,
        project__archived_at=None,
        project__state__in=(Project.State.ACTIVE, Project.State.PAUSED),
        forecast_on__range=(first, last),
    ).select_related("project")


def looked_at(viewer, most: int) -> list[Project]:
    """The projects that the viewer has looked at, the latest first. Two queries."""
    seen = LastSeen.objects.filter(person=viewer, place__startswith="project:").order_by("-at")
    ids = [int(place.removeprefix("project:")) for place in seen.values_list("place", flat=True)[: most * 2]]
    found = {p.pk: p for p in projects(viewer).filter(pk__in=ids).select_related("pm")} if ids else {}
    return [found[pk] for pk in ids if pk in found][:most]


def milestones_called(viewer, words: str) -> list[Milestone]:
    """Milestones in whose name one end of the words stands, of projects that the rest calls. At most four queries."""
    said = words.split()
    for own, rest in ((said[-1:], said[:-1]), (said[:1], said[1:])) if len(said) > 1 else ():
        of = list(called(viewer, " ".join(rest))[:5])
        found = access.visible(viewer, Milestone).filter(project__in=of, archived_at=None).select_related("project")
        named = Q(name_ja__icontains=own[0]) | Q(name_en__icontains=own[0])
        if hits := list(found.filter(named).order_by("project__key", "number")[:5]) if of else []:
            return hits
    return []


def portfolios(viewer) -> QuerySet[Portfolio]:
    return access.visible(viewer, Portfolio).filter(archived_at=None)


def portfolios_to_fill(viewer) -> QuerySet[Portfolio]:
    """Those into which the viewer may put projects."""
    found = [p.pk for p in portfolios(viewer).select_related("scope") if access.may(viewer, "add_project", p)]
    return portfolios(viewer).filter(pk__in=found)


def placements(project: Project) -> QuerySet[ProjectPlacement]:
    """Where the project belonged and is to belong, the latest first."""
    found = ProjectPlacement.objects.filter(project=project)
    return found.select_related("portfolio", "programme", "by").order_by("-starts_on")


def programmes(viewer) -> QuerySet[Programme]:
    """Programmes in use, in portfolios that the viewer sees."""
    return access.visible(viewer, Programme).filter(archived_at=None, portfolio__in=portfolios(viewer))


def programmes_counted(viewer) -> QuerySet[Programme]:
    """`programmes`, each with `running`: how many of its projects that the viewer sees are going on."""
    inside = projects(viewer).filter(programme=OuterRef("pk"), state__in=(Project.State.ACTIVE, Project.State.PAUSED))
    counted = inside.order_by().values("programme").annotate(n=Count("pk")).values("n")
    return programmes(viewer).annotate(running=Coalesce(Subquery(counted), 0))


def led_by(person) -> QuerySet[Project]:
    """The running projects a person leads."""
    return Project.objects.filter(
        pm=person, state__in=(Project.State.ACTIVE, Project.State.PAUSED), archived_at=None
    ).select_related(*RELATED)


def milestones(project: Project) -> QuerySet[Milestone]:
    return milestones_of([project]).select_related("owner")


def milestones_of(projects) -> QuerySet[Milestone]:
    """Those of several projects, of each in their order."""
    return Milestone.objects.filter(project__in=projects, archived_at=None).order_by("project", "number")


EXPLAINED = ("forecast_cost", "approved_budget", "spent", "slip_days")


def explained(viewer, project: Project) -> dict[str, str]:
    """Measure → the page on which the project's figure in the period it reported last tells its formula and its records."""
    period = project.reported_period
    if period is None:
        return {}
    kept = access.visible(viewer, MeasureValue).filter(
        scope_id=project.scope_id, period_id=period.pk, measure__in=EXPLAINED
    )
    return {m: measures.figure_url(m, project.scope_id, period.key) for m in kept.values_list("measure", flat=True)}


def budget_revisions(project: Project) -> QuerySet[BudgetRevision]:
    """The approved budgets one after another."""
    return project.budget_revisions.select_related("by").order_by("number")


def next_milestones(project: Project, count: int = 5) -> list[Milestone]:
    """The open ones, the nearest forecast first."""
    found = milestones(project).filter(state=Milestone.State.OPEN)
    return list(found.order_by("forecast_on", "number")[:count])


def team(project: Project) -> QuerySet[ProjectMember]:
    today = timezone.localdate()
    return (
        ProjectMember.objects.filter(project=project, archived_at=None, starts_on__lte=today)
        .filter(Q(ends_on=None) | Q(ends_on__gte=today))
        .select_related("person")
    )


def everybody(project: Project) -> list[ProjectMember]:
    """All who work, worked or are to work on the project: those of today first, then who comes, then who left."""
    found = ProjectMember.objects.filter(project=project, archived_at=None).select_related("person")
    order = {"now": 0, "coming": 1, "left": 2}
    return sorted(found, key=lambda member: (order[member.standing], member.starts_on, member.pk))


def last_seen(person, place: str) -> datetime | None:
    return next(iter(LastSeen.objects.filter(person=person, place=place).values_list("at", flat=True)), None)


def changes_since(viewer, project: Project, since: datetime | None, count: int = 6) -> list[AuditEntry]:
    """What happened within the project since then, newest first, to records of the kinds that the viewer sees there."""
    found = audit.within(project.scope_id, roles_in(viewer, project))
    kind = ContentType.objects.get_for_model(Project)
    imported = AuditEntry.objects.filter(
        content_type=kind, object_id=project.pk
    )  # these stand at the portfolio's place
    found = found | imported.select_related("actor", "on_behalf_of", "content_type")
    if since:
        found = found.filter(at__gt=since)
    return list(found.order_by("-id")[:count])


def roles_in(viewer, project: Project) -> frozenset[str]:
    """The viewer's roles in the project: those granted, and those that its record gives them."""
    parts = (("pm", project.pm_id), ("sponsor", project.sponsor_id), ("pm", project.pmo_contact_id))
    by_record = {role for role, person_id in parts if access.acts_for(viewer, person_id)}
    return access.reach(viewer).roles_at(project.scope_id) | by_record


def hidden_count(viewer, found: QuerySet) -> int:
    """How many running projects lie outside the viewer's scope: said, not shown."""
    everything = Project.objects.filter(archived_at=None).count()
    return max(0, everything - projects(viewer).count())


def portfolios_there() -> list[Portfolio]:
    """The first portfolios of the office, whoever asks: for its guided set-up."""
    return list(Portfolio.objects.filter(archived_at=None).order_by("key")[:20])
