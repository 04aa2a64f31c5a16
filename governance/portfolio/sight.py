"""What the screen looks at: a period, beside the one before it, as the office keeps it now or as a picture kept it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext_lazy

from pmo_portal.periods.models import Cadence, PeriodPicture, PeriodPictureRow, ReportingPeriod
from pmo_portal.periods.queries import begun, earlier
from projects.status.models import ProjectPeriod

NOW = "now"
DAYS = gettext_lazy("Days that a sheet told of")
LOOK_BACK = timedelta(days=400)  # a project that has told nothing for longer is looked up by itself
COMPARED = ("state", "standing", "standing_before")
AMOUNTS = ("forecast_cost", "approved_budget", "spent", "cost_variance_percent")
FIGURES = (*AMOUNTS, "slip_days")


@dataclass(frozen=True)
class Sight:
    """`current`: ids of the periods whose rows say how projects stand at the period's end, one of each cadence. `doubled`:
    ids of rows that a later one of the same project supersedes. `picture`: shown instead of the kept rows. `differing`:
    project id → its content in the picture ({}: it was not in it), only where that differs from what is kept."""

    period: ReportingPeriod
    columns: list[ReportingPeriod]
    pictures: list[PeriodPicture] = field(default_factory=list)
    picture: PeriodPicture | None = None
    current: tuple[int, ...] = ()
    doubled: tuple[int, ...] = ()
    differing: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def previous(self) -> ReportingPeriod | None:
        return self.columns[-2] if len(self.columns) > 1 else None

    @property
    def is_a_day(self) -> bool:
        """What a sheet told of a day, whatever cadence its projects report in."""
        return self.period.cadence == Cadence.DATED

    @property
    def is_reopened(self) -> bool:
        return bool(self.pictures) and self.period.state != ReportingPeriod.State.FROZEN

    @property
    def shown(self) -> str:
        """What the address says of it."""
        return str(self.picture.number) if self.picture else NOW


def sight_of(period: ReportingPeriod, asked: str = "", count: int = 12) -> Sight:
    """A frozen period is shown as it was frozen last, any other one as it stands, unless `asked` names a picture or "now".
    A number that no picture has shows the usual one. Four to six queries, however many projects there are."""
    pictures = list(period.pictures.select_related("reopened_by").order_by("number"))
    picture = next((p for p in pictures if str(p.number) == asked), None)
    if picture is None and asked != NOW and period.state == ReportingPeriod.State.FROZEN and pictures:
        picture = pictures[-1]
    current = _current(period)
    return Sight(
        period=period,
        columns=_columns(period, count),
        pictures=pictures,
        picture=picture,
        current=current,
        doubled=_doubled(current) if len(current) > 1 else (),
        differing=_differing(picture) if picture else {},
    )


def _columns(period: ReportingPeriod, count: int) -> list[ReportingPeriod]:
    """The periods of its cadence that end with it. A single day stands beside the last periods that ended before it, where
    one of them is newer than the day before it of its kind."""
    if period.cadence != Cadence.DATED:
        return earlier(period, count)
    before = begun().filter(ends_on__lt=period.starts_on).order_by("-ends_on", "-starts_on").first()
    if before is None or before.cadence == Cadence.DATED:
        return earlier(period, count)
    return [*earlier(before, count - 1), period]


def _current(period: ReportingPeriod) -> tuple[int, ...]:
    """The period itself and, of each other cadence, the last one that had ended with it."""
    others = begun().filter(ends_on__lte=period.ends_on, ends_on__gt=period.ends_on - LOOK_BACK)
    found = {period.cadence: period.pk}
    for pk, cadence in others.exclude(cadence=period.cadence).order_by("-ends_on", "pk").values_list("pk", "cadence"):
        found.setdefault(cadence, pk)
    return tuple(found.values())


def _doubled(current: tuple[int, ...]) -> tuple[int, ...]:
    """Rows of projects that changed their cadence and have told something later in another of these periods."""
    rows = ProjectPeriod.objects.filter(period_id__in=current)
    twice = rows.values("project_id").annotate(n=Count("pk")).filter(n__gt=1).values("project_id")
    latest: set[int] = set()
    left_out = []
    for pk, project_id in (
        rows.filter(project_id__in=twice)
        .order_by("-period__ends_on", "-period__starts_on", "pk")
        .values_list("pk", "project_id")
    ):
        if project_id in latest:
            left_out.append(pk)
        latest.add(project_id)
    return tuple(left_out)


def _differing(picture: PeriodPicture) -> dict[int, dict[str, Any]]:
    """What changed since the picture was taken. Only rows written since are compared."""
    written = ProjectPeriod.objects.filter(period_id=picture.period_id, changed_at__gt=picture.frozen_at)
    rows = list(written.values_list("project_id", "project__scope_id", *COMPARED, *FIGURES))
    contents = contents_of(picture, [scope_id for _project, scope_id, *_rest in rows])
    found = {}
    for project_id, scope_id, *kept in rows:
        content = contents.get(scope_id, {})
        known = [name for name in FIGURES if name in content]  # what an older picture did not keep does not differ
        now = dict(zip((*COMPARED, *FIGURES), kept, strict=True))
        if any(content.get(name) != now[name] for name in COMPARED) or any(
            figure_of(content, name) != now[name] for name in known
        ):
            found[project_id] = content
    return found


def figure_of(content: dict[str, Any], name: str) -> Decimal | int | None:
    """A figure of a picture as the rows keep it."""
    value = content.get(name)
    return Decimal(value) if value is not None and name in AMOUNTS else value


def contents_of(picture: PeriodPicture, scope_ids: list[int]) -> dict[int, dict[str, Any]]:
    """scope id → what the picture holds of it. A picture of before levels were carried over says what was reported."""
    rows = PeriodPictureRow.objects.filter(picture=picture, scope_id__in=scope_ids)
    return {
        scope_id: {"standing": content.get("confidence", "none"), "standing_before": "none"} | content
        for scope_id, content in rows.values_list("scope_id", "content")
    }


def choosable() -> list[tuple[str, list[ReportingPeriod]]]:
    """The periods that have anything to show, by cadence, the newest first, days last."""
    rows = ProjectPeriod.objects.filter(period=OuterRef("pk"))
    found = list(begun().filter(Exists(rows)).order_by("-starts_on", "cadence")[:40])
    groups = {cadence: [p for p in found if p.cadence == cadence] for cadence in (*_usual(found), Cadence.DATED)}
    return [(str(DAYS if c == Cadence.DATED else Cadence(c).label), ps) for c, ps in groups.items() if ps]


def _usual(found: list[ReportingPeriod]) -> list[str]:
    """The cadences, those with most periods first."""
    counted = Counter(p.cadence for p in found if p.cadence != Cadence.DATED)
    return [cadence for cadence, _n in counted.most_common()]


def default_period(portfolios: list[str]) -> ReportingPeriod | None:
    """The newest period in which the projects of these portfolios (none named: any) have reported; else the newest."""
    rows = ProjectPeriod.objects.filter(period=OuterRef("pk"))
    found = begun()
    if portfolios:
        rows = rows.filter(project__portfolio__key__in=portfolios)
        found = found.filter(Exists(rows))
    else:
        found = found.exclude(cadence=Cadence.DATED)
    found = found.order_by("-starts_on", "-ends_on")
    return found.filter(Exists(rows.filter(state__in=("submitted", "accepted")))).first() or found.first()
