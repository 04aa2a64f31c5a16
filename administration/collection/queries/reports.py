"""What is expected of whom: the reports owed to some periods, how each stands, who is excused or has more time."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import (
    Case,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models import CharField as Text
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from administration.collection.models import ReportingArrangement
from pmo_portal import access
from pmo_portal.periods.models import Cadence, ReportingPeriod
from projects.status.models import ProjectPeriod

WORDS_OF_STATE = {
    "accepted": pgettext_lazy("collection", "Accepted"),
    "in": pgettext_lazy("collection", "In, to be read"),
    "returned": pgettext_lazy("collection", "Returned"),
    "late": pgettext_lazy("collection", "Late"),
    "missing": pgettext_lazy("collection", "Not in"),
    "exempt": pgettext_lazy("collection", "Exempt"),
}
STATES = tuple(WORDS_OF_STATE)
TO_GO = ("late", "returned", "missing")


@dataclass(frozen=True)
class Narrowing:
    """What the dashboard is narrowed to; empty: everything."""

    portfolio: str = ""
    pm: int | None = None

    @property
    def any(self) -> bool:
        return bool(self.portfolio or self.pm)

    def condition(self) -> Q:
        where = Q(project__portfolio__key=self.portfolio) if self.portfolio else Q()
        return where & Q(project__pm_id=self.pm) if self.pm else where


def expected(
    viewer, periods: list[ReportingPeriod] | QuerySet[ReportingPeriod], narrowing: Narrowing | None = None
) -> QuerySet[ProjectPeriod]:
    """The rows of projects that owe these periods a report, or are excused, among those the viewer may see."""
    rows = access.visible(viewer, ProjectPeriod).filter(period__in=periods, project__archived_at=None)
    return rows.filter(narrowing.condition()) if narrowing else rows


def all_expected(viewer) -> QuerySet[ProjectPeriod]:
    """The same of every period that has begun."""
    return access.visible(viewer, ProjectPeriod)


def overdue(viewer) -> QuerySet[ProjectPeriod]:
    """What the running periods wait for although it is due: as many as the dashboard calls late."""
    taking = (ReportingPeriod.State.OPEN, ReportingPeriod.State.CLOSED)
    running = ReportingPeriod.objects.filter(state__in=taking, due_at__lt=timezone.now()).exclude(cadence=Cadence.DATED)
    owed = expected(viewer, running).filter(state__in=("missing", "draft"))  # no other can be late; found by an index
    return with_standing(owed).filter(collected="late")


def rows_of(viewer, ids: list[int]) -> list[ProjectPeriod]:
    """These rows, among those for which the viewer may arrange something and whose report is still to come."""
    found = access.visible(viewer, ProjectPeriod).filter(pk__in=ids[:500], state__in=("missing", "draft", "returned"))
    rows = found.select_related("project__scope", "project__pm", "period").order_by("project__key")
    return [row for row in rows if access.may(viewer, "arrange_reporting", row.project)]


def arranged(project_ids, period: ReportingPeriod) -> list[tuple]:
    """(project, kind, due) of the exemptions and extensions in force, for the maintained rows."""
    found = ReportingArrangement.objects.filter(project_id__in=project_ids, period=period, archived_at=None)
    return list(found.values_list("project_id", "kind", "due_at"))


def in_force(viewer, periods: list[ReportingPeriod], narrowing: Narrowing | None = None) -> list[dict]:
    """Who is excused or has more time, why, and whether the viewer may take that back. One query."""
    found = access.visible(viewer, ReportingArrangement).filter(period__in=periods, archived_at=None)
    if narrowing:
        found = found.filter(narrowing.condition())
    rows = found.select_related("project__scope", "project__pm", "period", "by").order_by("kind", "project__key")[:60]
    return [{"arrangement": row, "may_end": access.may(viewer, "end", row)} for row in rows]


def extensions() -> QuerySet[ReportingArrangement]:
    """The extension in force for a row of `ProjectPeriod` that it is a subquery of."""
    return ReportingArrangement.objects.filter(
        project=OuterRef("project"),
        period=OuterRef("period"),
        kind=ReportingArrangement.Kind.EXTENSION,
        archived_at=None,
    )


def with_standing(rows: QuerySet[ProjectPeriod]) -> QuerySet[ProjectPeriod]:
    """Adds `collected`: one of STATES, by the present moment and each project's own due date."""
    now = timezone.now()
    extended = extensions().filter(due_at__gt=now)
    return rows.annotate(
        collected=Case(
            When(state="exempt", then=Value("exempt")),
            When(state="accepted", then=Value("accepted")),
            When(state="submitted", then=Value("in")),
            When(state="returned", then=Value("returned")),
            When(Q(period__due_at__lt=now) & ~Exists(extended), then=Value("late")),
            default=Value("missing"),
            output_field=Text(),
        )
    )


READ = (  # what the line of a report that waits to be read shows
    *("project", "period", "report", "state", "overall_light", "confidence", "cost_variance_percent", "slip_days"),
    *("project__key", "project__name_ja", "project__name_en", "project__pm"),
    *("project__pm__name_ja", "project__pm__name_en", "period__key", "report__origin", "report__submitted_at"),
)


def submitted(
    viewer, periods: list[ReportingPeriod], narrowing: Narrowing | None = None, most: int = 20
) -> list[ProjectPeriod]:
    """Reports that wait for the PMO's judgement, the earliest first."""
    return list(
        expected(viewer, periods, narrowing)
        .filter(state="submitted")
        .select_related("project__pm", "report", "period")
        .only(*READ)
        .order_by("report__submitted_at")[:most]
    )
