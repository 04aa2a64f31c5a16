"""What is known before a sheet comes in: the portfolio's projects and how they were reported, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType

from pmo_portal.accounts.models import Person
from pmo_portal.audit.models import AuditEntry
from pmo_portal.intake.queries import applied_before
from pmo_portal.periods.models import Cadence
from projects.register.models import Portfolio, Project
from projects.status.importing.matching import Known, fold
from projects.status.models import StatusReport

CHUNK = 2000


@dataclass(frozen=True)
class Point:
    """A report that counts: what a course over the dates needs of it."""

    on: date
    period_id: int
    is_dated: bool
    report_id: int
    name: str
    cost: Decimal | None
    finish: date | None
    origin: str
    row: int | None
    digest: str

    @property
    def is_imported(self) -> bool:
        return self.origin == StatusReport.Origin.IMPORTED


@dataclass
class Register:
    """A portfolio's projects, and their reports by date."""

    portfolio: Portfolio
    governed: set[int] = field(default_factory=set)  # whose budget and planned dates the office's own approvals decide
    projects: dict[int, Project] = field(default_factory=dict)
    points: dict[int, list[Point]] = field(default_factory=lambda: defaultdict(list))

    def known(self) -> list[Known]:
        """The projects as the matching knows them."""
        found = []
        for pk, project in self.projects.items():
            points = self.points.get(pk, ())
            now = [project.name_en, project.name_ja]
            names = tuple(dict.fromkeys(n for n in [*now, *(p.name for p in points)] if n))
            rows = {p.on: (p.name, p.row or 0) for p in points if p.is_imported}
            found.append(Known(pk, project.source_id, project.key, names, project.department, rows))
        return found

    def point(self, pk: int, on: date | None, period) -> Point | None:
        """The report of a project for a date (in the given period, or at the date itself)."""
        for point in self.points.get(pk, ()):
            if point.period_id == period.pk if period is not None else (point.is_dated and point.on == on):
                return point
        return None


def portfolio_at(scope) -> Portfolio | None:
    """The portfolio that a scope is."""
    return Portfolio.objects.select_related("scope").filter(scope=scope).first()


def register_of(portfolio: Portfolio) -> Register:
    """Everything that is compared with. Three queries."""
    found = Register(portfolio)
    found.projects = {p.pk: p for p in Project.objects.filter(portfolio=portfolio).select_related("scope")}
    found.governed = _governed(portfolio, found.projects)
    reports = (
        StatusReport.objects.filter(project__portfolio=portfolio, is_current=True)
        .exclude(state=StatusReport.State.DRAFT)
        .order_by("period__ends_on", "pk")
        .values_list(
            "project_id",
            "period__ends_on",
            "period_id",
            "period__cadence",
            "pk",
            "project_name",
            "forecast_cost",
            "forecast_finish_on",
            "origin",
            "imported_row",
            "source_digest",
        )
    )
    for project_id, on, period_id, cadence, pk, *rest in reports.iterator(chunk_size=CHUNK):
        found.points[project_id].append(Point(on, period_id, cadence == Cadence.DATED, pk, *rest))
    return found


def _governed(portfolio: Portfolio, projects: dict[int, Project]) -> set[int]:
    """Projects that the office made itself, and those whose budget or dates somebody here has decided on. What an import
    made and nobody has decided on since is kept at its source, and follows it."""
    decided = AuditEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Project),
        object_id__in=Project.objects.filter(portfolio=portfolio).values("pk"),
        action__in=("budget_revised", "baseline_revised"),
    )
    ours = {pk for pk, project in projects.items() if project.imported_from_id is None}
    return ours | set(decided.values_list("object_id", flat=True))


def rows_again(run) -> dict[int, tuple[str, int]]:
    """Row → its name and the project that it meant when this content was applied here before."""
    before = applied_before(run) if run is not None else None
    if before is None:
        return {}
    found = {}
    for number, label, matched_id, made in before.rows.values_list("number", "label", "matched_id", "made"):
        pk = matched_id or next(iter(made.get(Project._meta.label, ())), None)
        if pk is not None:
            found[number] = (fold(label), pk)
    return found


def reports_by_id(pks: list[int]) -> dict[int, StatusReport]:
    found: dict[int, StatusReport] = {}
    for start in range(0, len(pks), CHUNK):
        found |= StatusReport.objects.in_bulk(pks[start : start + CHUNK])
    return found


def drafts_at(portfolio: Portfolio, period) -> set[int]:
    """Projects that have begun a report of their own for a period."""
    if period is None:
        return set()
    found = StatusReport.objects.filter(project__portfolio=portfolio, period=period, state=StatusReport.State.DRAFT)
    return set(found.values_list("project_id", flat=True))


def people_by_name() -> dict[str, int]:
    """Folded name or address → person; names that two people have are left out."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for pk, ja, en, email in Person.objects.filter(is_active=True).values_list("pk", "name_ja", "name_en", "email"):
        for text in {fold(ja), fold(ja).replace(" ", ""), fold(en), fold(email or "")} - {""}:
            if found.setdefault(text, pk) != pk:
                twice.add(text)
    return {text: pk for text, pk in found.items() if text not in twice}


def keys_elsewhere(portfolio: Portfolio, keys: set[str]) -> set[str]:
    """Which of these keys (folded) projects of other portfolios have."""
    folded = [fold(key) for key in keys]
    found: set[str] = set()
    for start in range(0, len(folded), CHUNK):
        others = Project.objects.exclude(portfolio=portfolio).filter(key_folded__in=folded[start : start + CHUNK])
        found |= set(others.values_list("key_folded", flat=True))
    return found
