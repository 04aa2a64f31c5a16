"""The dashboard's reads: a fixed number of queries however many projects."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.db.models import CharField as Text
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from administration.collection.anomalies import UNCHANGED_PERIODS, Standing, anomalies
from administration.collection.models import Campaign, CampaignReply, ReportingArrangement
from pmo_portal import access
from pmo_portal.access.tree import office
from pmo_portal.asks.models import Ask, LadderStep, Reminder
from pmo_portal.measures.models import MeasureValue
from pmo_portal.periods.models import Cadence, ReportingPeriod
from pmo_portal.periods.queries import earlier
from projects.register.models import Project
from projects.status.actions import ask_key
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


@dataclass
class Owing:
    """One project that has not reported, with its ladder."""

    row: ProjectPeriod
    state: str
    due_at: datetime
    days_late: int
    rungs: list[dict] = field(default_factory=list)
    reminded_at: datetime | None = None
    ask: Ask | None = None
    arrangement: ReportingArrangement | None = None

    @property
    def done_count(self) -> int:
        return sum(1 for rung in self.rungs if rung["done"])

    @property
    def rung_word(self) -> str:
        """How far up the ladder it is, in a word."""
        done = [rung["step"] for rung in self.rungs if rung["done"]]
        if not done:
            return _("not reminded")
        last = done[-1]
        if last.act != LadderStep.Act.REMIND:
            return _("gone up")
        return _("announced") if last.offset_days < 0 else _("due day") if last.offset_days == 0 else _("reminded")


def expected(viewer, period: ReportingPeriod) -> QuerySet[ProjectPeriod]:
    """The rows of projects that owe the period a report, or are excused, among those the viewer may see."""
    return access.visible(viewer, ProjectPeriod).filter(period=period, project__archived_at=None)


def overdue(viewer) -> QuerySet[ProjectPeriod]:
    """What open months wait for although they are due."""
    late = access.visible(viewer, ProjectPeriod).filter(
        period__state=ReportingPeriod.State.OPEN, period__cadence=Cadence.MONTHLY, period__due_at__lt=timezone.now()
    )
    return late.filter(project__archived_at=None, state__in=("missing", "draft", "returned"))


def with_standing(rows: QuerySet[ProjectPeriod], period: ReportingPeriod) -> QuerySet[ProjectPeriod]:
    """Adds `collected`: one of STATES, by the present moment and each project's own due date."""
    extended = ReportingArrangement.objects.filter(
        period=period, kind=ReportingArrangement.Kind.EXTENSION, archived_at=None, due_at__gt=timezone.now()
    ).values("project_id")
    overdue = timezone.now() > period.due_at
    open_state = When(state__in=("missing", "draft"), then=Value("missing"))
    late = When(Q(state__in=("missing", "draft")) & ~Q(project_id__in=extended), then=Value("late"))
    return rows.annotate(
        collected=Case(
            When(state="exempt", then=Value("exempt")),
            When(state="accepted", then=Value("accepted")),
            When(state="submitted", then=Value("in")),
            When(state="returned", then=Value("returned")),
            *([late] if overdue else []),
            open_state,
            default=Value("missing"),
            output_field=Text(),
        )
    )


def counts(viewer, period: ReportingPeriod) -> dict[str, int]:
    """How many projects stand in each state. One query."""
    rows = with_standing(expected(viewer, period), period).values_list("collected").annotate(n=Count("pk")).order_by()
    found = Counter(dict(rows))
    return {state: found[state] for state in STATES}


def by_portfolio(viewer, period: ReportingPeriod) -> list[dict]:
    """Portfolio → expected, in, late."""
    rows = (
        with_standing(expected(viewer, period), period)
        .values(
            "project__portfolio_id",
            "project__portfolio__key",
            "project__portfolio__name_ja",
            "project__portfolio__name_en",
            "collected",
        )
        .annotate(n=Count("pk"))
        .order_by("project__portfolio__key")
    )
    found: dict[int, dict] = {}
    for row in rows:
        from pmo_portal.i18n.localised import pick

        entry = found.setdefault(
            row["project__portfolio_id"],
            {
                "key": row["project__portfolio__key"],
                "name": pick(row["project__portfolio__name_ja"], row["project__portfolio__name_en"]),
                **dict.fromkeys(STATES, 0),
            },
        )
        entry[row["collected"]] = row["n"]
    for entry in found.values():
        entry["expected"] = sum(entry[s] for s in STATES if s != "exempt")
        entry["done"] = entry["in"] + entry["accepted"]
        entry["share"] = round(entry["done"] * 100 / entry["expected"], 1) if entry["expected"] else 0
    return list(found.values())


ORDER = Case(When(collected="late", then=Value(0)), When(collected="returned", then=Value(1)), default=Value(2))


def owing(viewer, period: ReportingPeriod, most: int = 50) -> list[Owing]:
    """Who has not reported, the worst first, each with the state of its ladder."""
    rows = list(
        with_standing(expected(viewer, period), period)
        .filter(collected__in=("late", "returned", "missing"))
        .select_related("project__pm", "project__portfolio", "project__scope", "report")
        .order_by(ORDER, F("project__tier").asc(), "project__key")[:most]
    )
    keys = {ask_key(row.project, period): row.project_id for row in rows}
    asks = {keys[a.key]: a for a in Ask.objects.filter(key__in=keys).select_related("person")}
    reminders = _reminders([a.pk for a in asks.values()])
    arranged = {
        a.project_id: a
        for a in ReportingArrangement.objects.filter(
            period=period, project_id__in=[r.project_id for r in rows], archived_at=None
        )
    }
    steps = ladder_steps()
    now = timezone.now()
    found = []
    for row in rows:
        ask, arrangement = asks.get(row.project_id), arranged.get(row.project_id)
        due = arrangement.due_at if arrangement and arrangement.due_at else period.due_at
        sent = reminders.get(ask.pk, []) if ask else []
        found.append(
            Owing(
                row,
                row.collected,
                due,
                max(0, (timezone.localdate(now) - timezone.localdate(due)).days) if now > due else 0,
                [{"step": s, "done": any(f":{s.offset_days:+d}:{s.act}:" in r.step for r in sent)} for s in steps],
                max((r.at for r in sent), default=None),
                ask,
                arrangement,
            )
        )
    return found


def _reminders(ask_ids: list[int]) -> dict[int, list[Reminder]]:
    found: dict[int, list[Reminder]] = {}
    for reminder in Reminder.objects.filter(ask_id__in=ask_ids).exclude(step=Reminder.TOLD):
        found.setdefault(reminder.ask_id, []).append(reminder)
    return found


def ladder_steps() -> list[LadderStep]:
    """The rungs in force for status reports."""
    steps = list(LadderStep.objects.filter(is_active=True, archived_at=None, kind__in=("", "status.report")))
    own = [s for s in steps if s.kind]
    return sorted(own or steps, key=lambda s: s.offset_days)


def submitted(viewer, period: ReportingPeriod, most: int = 50) -> list[ProjectPeriod]:
    """Reports that wait for the PMO's judgement, the earliest first."""
    return list(
        expected(viewer, period)
        .filter(state="submitted")
        .select_related("project__pm", "project__portfolio", "report__project", "report__period", "project__scope")
        .order_by("report__submitted_at")[:most]
    )


def arranged(project_ids, period: ReportingPeriod) -> list[tuple]:
    """(project, kind, due) of the exemptions and extensions in force, for the maintained rows."""
    found = ReportingArrangement.objects.filter(project_id__in=project_ids, period=period, archived_at=None)
    return list(found.values_list("project_id", "kind", "due_at"))


def own_place(viewer) -> int:
    """The widest place whose collection the viewer runs or watches: the office, else where their role was granted."""
    held = access.reach(viewer)
    roles = access.access_of(MeasureValue).seen_by
    return office().pk if held.everywhere(roles) else min(held.scopes_of(roles), default=0)


def trend(scope_id: int, period: ReportingPeriod, count: int = 12) -> list[dict]:
    """Completeness and timeliness, period by period. Two queries."""
    periods = earlier(period, count)
    rows = MeasureValue.objects.filter(
        scope_id=scope_id, period__in=periods, measure__in=("completeness", "timeliness", "burden_minutes")
    )
    kept = {(r.period_id, r.measure): r.value for r in rows}
    return [
        {
            "period": p,
            "completeness": kept.get((p.pk, "completeness")),
            "timeliness": kept.get((p.pk, "timeliness")),
            "burden": kept.get((p.pk, "burden_minutes")),
        }
        for p in periods
    ]


WORDS = {
    "green_but_slipping": lambda p: _("Green, yet %(days)s days late") % {"days": p.slip_days},
    "unchanged": lambda p: _("The same for %(count)s periods") % {"count": UNCHANGED_PERIODS},
    "spent_over": lambda p: _("Spent more than approved"),
    "finish_past": lambda p: _("Forecast finish lies in the past"),
}


def worth_a_call(viewer, period: ReportingPeriod, most: int = 8) -> list[dict]:
    """Projects whose figures do not fit together. Two queries: candidates are narrowed down by the database."""
    today = timezone.localdate()
    suspicious = (
        Q(overall_light="green", slip_days__gt=14)
        | Q(spent__gt=F("approved_budget"))
        | Q(forecast_finish_on__lt=today)
        | Q(confidence__in=("amber", "amber_red", "red"))
    )
    projects = list(
        access.visible(viewer, Project)
        .filter(suspicious, state=Project.State.ACTIVE, archived_at=None)
        .select_related("pm", "scope")
        .order_by("tier", "-slip_days", "key")[:300]
    )
    periods = earlier(period, UNCHANGED_PERIODS + 1)
    history: dict[int, list[tuple]] = {}
    rows = (
        ProjectPeriod.objects.filter(project__in=projects, period__in=periods)
        .exclude(report=None)
        .order_by("period__starts_on")
    )
    for row in rows:
        history.setdefault(row.project_id, []).append(
            (row.confidence, row.overall_light, row.forecast_finish_on, row.forecast_cost)
        )
    found = []
    for p in projects:
        standing = Standing(
            p.overall_light,
            p.slip_days,
            p.forecast_finish_on,
            p.spent,
            p.approved_budget,
            True,
            tuple(history.get(p.pk, ())),
        )
        faults = anomalies(standing, today)
        if faults:
            found.append({"project": p, "reasons": [WORDS[f](p) for f in faults]})
    return sorted(found, key=lambda f: -len(f["reasons"]))[:most]


def campaigns(viewer) -> QuerySet[Campaign]:
    return access.visible(viewer, Campaign).filter(archived_at=None).select_related("owner")


def replies_of(campaign: Campaign) -> QuerySet[CampaignReply]:
    return campaign.replies.select_related("project__pm", "project__scope", "answered_by", "campaign")
