"""Who has not reported, each with the state of its ladder."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import (
    Case,
    Subquery,
    Value,
    When,
)
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from administration.collection.actions import EXEMPTION
from administration.collection.queries.ladder import Common, ladder_steps
from administration.collection.queries.reports import Narrowing, expected, extensions, with_standing
from administration.collection.timing import habit
from pmo_portal.approvals.actions import under_way
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.asks.models import Ask, LadderStep, Reminder
from pmo_portal.periods.models import ReportingPeriod
from projects.status.models import ProjectPeriod, StatusReport

HABITS = {
    "late": gettext_lazy("often late"),
    "day_of": gettext_lazy("on the due day"),
    "day_before": gettext_lazy("the day before"),
    "early": gettext_lazy("in good time"),
    "": "–",
}


@dataclass
class Owing:
    """One report that is still to come, with its ladder."""

    row: ProjectPeriod
    state: str
    due_at: datetime
    days_late: int
    rungs: list[dict] = field(default_factory=list)
    reminded_at: datetime | None = None
    by_hand: int = 0
    ask: Ask | None = None
    habit: str = ""
    asked_off: ApprovalRequest | None = None  # an exemption that is asked for and not decided

    @property
    def done_count(self) -> int:
        return sum(1 for rung in self.rungs if rung["done"])

    @property
    def rung_word(self) -> str:
        """How far up the ladder it is, in a word."""
        done = [rung["step"] for rung in self.rungs if rung["done"]]
        if not done:
            return _("reminded by hand") if self.by_hand else _("not reminded")
        last = done[-1]
        if last.act != LadderStep.Act.REMIND:
            return _("gone up")
        return _("announced") if last.offset_days < 0 else _("due day") if last.offset_days == 0 else _("reminded")

    @property
    def habit_word(self) -> str:
        return str(HABITS[self.habit])

    @property
    def opened_at(self) -> datetime | None:
        """When the PM last had it before them: the draft as it was saved, else the ask as it was seen."""
        if self.row.report is not None and self.row.state == "draft":
            return self.row.report.updated_at
        return self.ask.seen_at if self.ask else None


DRAWN = (  # what the rows of the dashboard show; the report's texts and the project's search words stay where they are
    *("state", "project", "period", "report"),
    *("project__key", "project__name_ja", "project__name_en", "project__tier", "project__scope", "project__pm"),
    *("project__pm__name_ja", "project__pm__name_en", "project__pm__kana", "project__pm__email"),
    *("period__key", "period__cadence", "period__starts_on", "period__ends_on", "period__due_at", "period__state"),
    *("report__state", "report__return_reason", "report__updated_at"),
)
ORDER = Case(When(collected="late", then=Value(0)), When(collected="returned", then=Value(1)), default=Value(2))


def owing(
    viewer,
    periods: list[ReportingPeriod],
    narrowing: Narrowing | None = None,
    most: int = 30,
    ids: list[int] | None = None,
    common: Common | None = None,
) -> list[Owing]:
    """Who has not reported, the worst first, each with the state of its ladder. `ids`: only these rows."""
    found = with_standing(expected(viewer, periods, narrowing)).filter(state__in=("missing", "draft", "returned"))
    if ids is not None:
        found = found.filter(pk__in=ids[:500])
    now = timezone.now()
    rows = list(
        found.annotate(extended_until=Subquery(extensions().values("due_at")[:1]))
        .select_related("project__pm", "report", "period")
        .only(*DRAWN)
        .order_by(ORDER, "period__due_at", "project__tier", "project__key")[:most]
    )
    keys = {f"status:{row.project_id}:{row.period_id}": row.pk for row in rows}
    asks = {keys[a.key]: a for a in Ask.objects.filter(key__in=keys).select_related("person", "scope")}
    reminders: dict[int, list[Reminder]] = defaultdict(list)
    for reminder in Reminder.objects.filter(ask__in=[a.pk for a in asks.values()]).exclude(step=Reminder.TOLD):
        reminders[reminder.ask_id].append(reminder)
    habits = _habits([row.project_id for row in rows])
    steps = common.steps if common else ladder_steps()
    made = [_owing(row, asks.get(row.pk), reminders, steps, now, habits.get(row.project_id, "")) for row in rows]
    asked_off = _asked_off([row.project_id for row in rows])
    for one in made:
        one.asked_off = asked_off.get((one.row.project_id, one.row.period.key))
    return made


def _asked_off(project_ids: list[int]) -> dict[tuple[int, str], ApprovalRequest]:
    """(project id, key of the period) → the exemption that is on its way. One query."""
    found = under_way(EXEMPTION).filter(object_id__in=project_ids)
    return {(request.object_id, request.content.get("period", "")): request for request in found}


def _owing(row, ask, reminders, steps, now, usual) -> Owing:
    due = row.extended_until or row.period.due_at
    sent = reminders.get(ask.pk, []) if ask else []
    prefix = f"{timezone.localdate(ask.due_at)}:" if ask and ask.due_at else "-"
    climbed = {r.step for r in sent}
    return Owing(
        row=row,
        state=row.collected,
        due_at=due,
        days_late=max(0, (timezone.localdate(now) - timezone.localdate(due)).days) if now > due else 0,
        rungs=[{"step": s, "done": f"{prefix}{s.offset_days:+d}:{s.act}:{s.role}" in climbed} for s in steps],
        reminded_at=max((r.at for r in sent), default=None),
        by_hand=sum(r.step.startswith("by hand") for r in sent),
        ask=ask,
        habit=usual,
    )


def _habits(project_ids: list[int]) -> dict[int, str]:
    """project id → how its reports of the last year came. One query."""
    since = timezone.localdate() - timedelta(days=400)
    told = StatusReport.objects.filter(
        project_id__in=project_ids,
        is_current=True,
        submitted_at__isnull=False,
        period__ends_on__gte=since,
        period__due_at__lt=timezone.now(),
    ).order_by("-period__ends_on")
    ahead: dict[int, list[timedelta]] = defaultdict(list)
    for project_id, submitted_at, due_at in told.values_list("project_id", "submitted_at", "period__due_at"):
        if len(ahead[project_id]) < 6:
            ahead[project_id].append(due_at - submitted_at)
    return {project_id: habit(found) for project_id, found in ahead.items()}
