"""The collection's reads: a fixed number of queries however many projects."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models import CharField as Text
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from administration.collection.anomalies import UNCHANGED_PERIODS, Standing, anomalies
from administration.collection.models import Campaign, CampaignReply, ReportingArrangement
from administration.collection.timing import habit, same_moment
from pmo_portal import access
from pmo_portal.access.models import Scope
from pmo_portal.access.tree import office, widest
from pmo_portal.accounts.queries import name_order
from pmo_portal.asks.ladder import rung_day
from pmo_portal.asks.models import Ask, LadderStep, Reminder
from pmo_portal.asks.queries import substitutes
from pmo_portal.audit.models import AuditEntry
from pmo_portal.i18n.localised import pick
from pmo_portal.i18n.numbers import group, percent
from pmo_portal.measures.models import MeasureValue
from pmo_portal.periods.calendar import is_working_day
from pmo_portal.periods.models import Cadence, ReportingPeriod
from pmo_portal.periods.queries import begun, company_days, latest_period, office_settings
from projects.register.models import Milestone, Project
from projects.status.models import ProjectPeriod, StatusReport

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
HABITS = {
    "late": gettext_lazy("often late"),
    "day_of": gettext_lazy("on the due day"),
    "day_before": gettext_lazy("the day before"),
    "early": gettext_lazy("in good time"),
    "": "–",
}


def arranged(project_ids, period: ReportingPeriod) -> list[tuple]:
    """(project, kind, due) of the exemptions and extensions in force, for the maintained rows."""
    found = ReportingArrangement.objects.filter(project_id__in=project_ids, period=period, archived_at=None)
    return list(found.values_list("project_id", "kind", "due_at"))


def own_place(viewer) -> Q:
    """Figures of the widest place whose collection the viewer runs or watches: the office, else where their role was
    granted."""
    held = access.reach(viewer)
    roles = access.access_of(MeasureValue).seen_by
    if held.everywhere(roles):
        return Q(scope__kind=Scope.Kind.OFFICE)
    place = widest(held.scopes_of(roles))
    return Q(scope=place.pk if place else 0)


def collected_periods() -> list[ReportingPeriod]:
    """Every period whose reports are being taken, late ones too (open, or closed and not yet frozen), the nearest due
    date first; where nothing runs, the newest that was."""
    taking = (ReportingPeriod.State.OPEN, ReportingPeriod.State.CLOSED)
    running = ReportingPeriod.objects.filter(state__in=taking).exclude(cadence=Cadence.DATED).order_by("due_at")
    found = list(running[:8])
    newest = latest_period() if not found else None
    return found or ([newest] if newest else [])


def periods_of(keys: list[str]) -> list[ReportingPeriod]:
    """The periods of these keys, as far as they have begun; without keys those being collected."""
    named = [key for key in keys if key]
    return list(begun().filter(key__in=named[:20]).order_by("due_at")) if named else collected_periods()


@dataclass(frozen=True)
class Histories:
    """The periods before some others, of the same cadence, read at once."""

    found: dict[str, list[ReportingPeriod]]

    def until(self, period: ReportingPeriod, count: int) -> list[ReportingPeriod]:
        """Up to `count` periods that end with this one, oldest first."""
        same = [p for p in self.found.get(period.cadence, []) if p.starts_on <= period.starts_on]
        return same[-count:]

    def before(self, period: ReportingPeriod) -> ReportingPeriod | None:
        same = self.until(period, 2)
        return same[0] if len(same) == 2 else None


def histories_of(periods: list[ReportingPeriod], count: int = 12) -> Histories:
    """What has run in each cadence of these periods, `count` periods back from each. One query."""
    newest: dict[str, ReportingPeriod] = {}
    for period in periods:
        newest[period.cadence] = max(newest.get(period.cadence, period), period, key=lambda p: p.starts_on)
    wanted = Q(pk__in=[p.pk for p in periods])
    for cadence, last in newest.items():
        wanted |= Q(cadence=cadence, starts_on__lte=last.starts_on)
    place = Window(RowNumber(), partition_by="cadence", order_by=F("starts_on").desc())
    rows = begun().filter(wanted).annotate(place=place).filter(place__lte=count + len(periods))
    found: dict[str, list[ReportingPeriod]] = defaultdict(list)
    for row in rows.order_by("starts_on"):
        found[row.cadence].append(row)
    return Histories(found)


@dataclass(frozen=True)
class Common:
    """What several parts of the dashboard go by, read once: the periods before, the ladder, the office's own days."""

    histories: Histories
    steps: list[LadderStep]
    days_off: dict[date, str]


def common_of(periods: list[ReportingPeriod]) -> Common:
    """Three queries."""
    return Common(histories_of(periods), ladder_steps(), company_days())


def rows_of(viewer, ids: list[int]) -> list[ProjectPeriod]:
    """These rows, among those for which the viewer may arrange something and whose report is still to come."""
    found = access.visible(viewer, ProjectPeriod).filter(pk__in=ids[:500], state__in=("missing", "draft", "returned"))
    rows = found.select_related("project__scope", "project__pm", "period").order_by("project__key")
    return [row for row in rows if access.may(viewer, "arrange_reporting", row.project)]


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


def overdue(viewer) -> QuerySet[ProjectPeriod]:
    """What the running periods wait for although it is due: as many as the dashboard calls late."""
    taking = (ReportingPeriod.State.OPEN, ReportingPeriod.State.CLOSED)
    running = ReportingPeriod.objects.filter(state__in=taking, due_at__lt=timezone.now()).exclude(cadence=Cadence.DATED)
    owed = expected(viewer, running).filter(state__in=("missing", "draft"))  # no other can be late; found by an index
    return with_standing(owed).filter(collected="late")


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


@dataclass
class Counted:
    """How many reports stand in each state, in all and by portfolio and period."""

    all: dict[str, int]
    portfolios: list[dict]
    periods: dict[int, dict[str, int]]

    @property
    def total(self) -> int:
        return sum(self.all.values())

    @property
    def to_go(self) -> int:
        return sum(self.all[state] for state in TO_GO)


def _line(counts: dict[str, int], **more) -> dict:
    """One line of a breakdown: each state, what is expected, what is done, and the share of it."""
    found = {state: counts.get(state, 0) for state in STATES}
    due = sum(n for state, n in found.items() if state != "exempt")
    done = found["in"] + found["accepted"]
    return {**found, "expected": due, "done": done, "share": round(done * 100 / due, 1) if due else 0, **more}


def counted(viewer, periods: list[ReportingPeriod], narrowing: Narrowing | None = None) -> Counted:
    """One query."""
    rows = (
        with_standing(expected(viewer, periods, narrowing))
        .values_list(
            "period_id", *(f"project__portfolio__{name}" for name in ("key", "name_ja", "name_en")), "collected"
        )
        .annotate(n=Count("pk"))
        .order_by()
    )
    total: Counter = Counter()
    by_period: dict[int, Counter] = defaultdict(Counter)
    by_portfolio: dict[tuple[str, str], Counter] = defaultdict(Counter)
    for period_id, key, name_ja, name_en, state, n in rows:
        total[state] += n
        by_period[period_id][state] += n
        by_portfolio[key, pick(name_ja, name_en)][state] += n
    return Counted(
        all={state: total[state] for state in STATES},
        portfolios=[_line(by_portfolio[key, name], key=key, name=name) for key, name in sorted(by_portfolio)],
        periods={pk: _line(found) for pk, found in by_period.items()},
    )


def by_pm(
    viewer, periods: list[ReportingPeriod], narrowing: Narrowing | None = None, most: int = 12
) -> tuple[list[dict], int]:
    """The PMs with the most to come, late ones first, and how many further PMs there are. Two queries."""
    from pmo_portal.accounts.models import Person

    rows = with_standing(expected(viewer, periods, narrowing)).exclude(project__pm=None)
    counts = {state: Count("pk", filter=Q(collected=state)) for state in STATES}
    lines = rows.values("project__pm_id").annotate(**counts)
    ordered = list(lines.order_by("-late", "-returned", "-missing", "-in", "project__pm_id")[: most + 1])
    total = rows.values("project__pm_id").distinct().count() if len(ordered) > most else len(ordered)
    people = Person.objects.in_bulk([line["project__pm_id"] for line in ordered])
    return [_line(line, pm=people[line["project__pm_id"]]) for line in ordered[:most]], max(0, total - most)


def counts_before(
    viewer,
    periods: list[ReportingPeriod],
    narrowing: Narrowing | None = None,
    now: datetime | None = None,
    common: Common | None = None,
) -> dict[str, int] | None:
    """How the periods before these stood at the same moment, as far from their due dates as now; None where there was
    none. Told from when reports were handed in and judged, in one query."""
    now, zone, common = now or timezone.now(), ZoneInfo(office_settings().timezone), common or common_of(periods)
    moments: dict[ReportingPeriod, datetime] = {}
    for period in periods:
        if before := common.histories.before(period):
            due, due_before = period.due_at.astimezone(zone), before.due_at.astimezone(zone)
            moments[before] = same_moment(now.astimezone(zone), due, due_before, common.days_off)
    if not moments:
        return None
    told = FilteredRelation("report", condition=Q(report__period__in=list(moments)))  # by the index of these periods
    rows = expected(viewer, list(moments), narrowing).annotate(told=told).annotate(then=_standing_then(moments))
    found = dict(rows.values_list("then").annotate(n=Count("pk")).order_by())
    return {state: found.get(state, 0) for state in STATES}


def _standing_then(moments: dict[ReportingPeriod, datetime]) -> Case:
    """One of STATES: how a row of each period stood at that period's moment."""
    cases = [When(state="exempt", then=Value("exempt"))]
    for period, moment in moments.items():
        handed_in = Q(period=period, told__submitted_at__lte=moment)
        judged = handed_in & Q(told__decided_at__lte=moment)
        cases += [
            When(judged & Q(state="accepted"), then=Value("accepted")),
            When(judged & Q(state="returned"), then=Value("returned")),
            When(handed_in, then=Value("in")),
            When(period=period, then=Value("late" if moment > period.due_at else "missing")),
        ]
    return Case(*cases, default=Value("missing"), output_field=Text())


# ---- who has not reported


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
    return [_owing(row, asks.get(row.pk), reminders, steps, now, habits.get(row.project_id, "")) for row in rows]


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


def ladder_steps() -> list[LadderStep]:
    """The rungs in force for status reports."""
    steps = list(LadderStep.objects.filter(is_active=True, archived_at=None, kind__in=("", "status.report")))
    own = [s for s in steps if s.kind]
    return sorted(own or steps, key=lambda s: s.offset_days)


def readers() -> dict[int, object]:
    """person id → who reads their letters today, for those who are away. One query."""
    return {person_id: people[0] for person_id, people in substitutes(timezone.localdate()).items() if people}


def coming_sends(viewer, most: int = 4, common: Common | None = None) -> tuple[list[dict], list]:
    """What goes out by itself next: day, rung, how many reports it is about; and the days until then on which nothing
    goes out."""
    steps, days_off = (common.steps, common.days_off) if common else (ladder_steps(), company_days())
    today, longest = timezone.localdate(), max((step.offset_days for step in steps), default=0)
    since = timezone.now() - timedelta(days=3 * max(longest, 0) + 14)  # working days, and what lies between them
    waiting = access.visible(viewer, Ask).filter(kind="status.report", state=Ask.State.OPEN, due_at__gte=since)
    groups = list(waiting.values_list("due_at").annotate(n=Count("pk")).order_by("due_at")[:40])
    sends: dict[tuple, int] = defaultdict(int)
    for due_at, n in groups:
        for step in steps:
            day = rung_day(timezone.localdate(due_at), step.offset_days, days_off)
            if day > today:
                sends[(day, step.offset_days, step.act)] += n
    found = [
        {"day": day, "offset": offset, "act": act, "count": n, "word": _word_of_rung(offset, act)}
        for (day, offset, act), n in sorted(sends.items())[:most]
    ]
    last = found[-1]["day"] if found else today
    between = (today + timedelta(days=n) for n in range(1, (last - today).days))
    return found, [day for day in between if not is_working_day(day, days_off)][:6]


def _word_of_rung(offset: int, act: str) -> str:
    if act == LadderStep.Act.ESCALATE:
        return _("told to those above")
    if act == LadderStep.Act.SUBSTITUTE:
        return _("told to the substitute")
    if offset < 0:
        return _("announcement, %(days)s working days before") % {"days": -offset}
    return (
        _("reminder on the due day") if offset == 0 else _("reminder, %(days)s working days after") % {"days": offset}
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


# ---- the collection's own quality


def trend(viewer, periods: list[ReportingPeriod]) -> list[dict]:
    """Completeness, timeliness and burden of the viewer's own place, period by period. One query."""
    rows = MeasureValue.objects.filter(
        own_place(viewer), period__in=periods, measure__in=("completeness", "timeliness", "burden_minutes")
    )
    kept = {(r.period_id, r.measure): r.value for r in rows}
    return [
        {
            "period": p,
            "completeness": kept.get((p.pk, "completeness")),
            "timeliness": kept.get((p.pk, "timeliness")),
            "burden": kept.get((p.pk, "burden_minutes")),
            "is_running": p.state in (ReportingPeriod.State.OPEN, ReportingPeriod.State.CLOSED),
        }
        for p in periods
    ]


# ---- whom to call


def _words(fault: str, project: Project, same: int) -> str:
    from pmo_portal.i18n.dates import format_date

    if fault == "green_but_slipping":
        return _("Green, yet %(days)s days late") % {"days": project.slip_days}
    if fault == "unchanged":
        return _("The same for %(count)s periods") % {"count": same}
    if fault == "spent_over":
        share = percent(project.spent * 100 / project.approved_budget, 0)
        return _("Spent %(share)s of what was approved") % {"share": share}
    if fault == "milestone_beyond":
        return _("A milestone on %(day)s, after the finish") % {"day": format_date(project.last_milestone_on, "short")}
    return _("Forecast finish %(day)s has passed") % {"day": format_date(project.forecast_finish_on, "short")}


CALLED = (  # what is judged and shown of a project that is worth a call
    *("key", "name_ja", "name_en", "tier", "overall_light", "slip_days", "forecast_finish_on", "spent"),
    *("approved_budget", "pm", *(f"pm__{name}" for name in ("name_ja", "name_en", "phone_extension"))),
)


def worth_a_call(
    viewer,
    periods: list[ReportingPeriod],
    narrowing: Narrowing | None = None,
    most: int = 8,
    common: Common | None = None,
) -> list[dict]:
    """Projects whose figures do not fit together, those with most reasons first, and the last call about each.
    The database narrows them down; a fixed number of queries."""
    today = timezone.localdate()
    same = _saying_the_same(viewer, periods, common.histories if common else histories_of(periods, 2))
    suspicious = (
        Q(overall_light="green", slip_days__gt=14)
        | Q(spent__gt=F("approved_budget"))
        | Q(forecast_finish_on__lt=today)
        | Q(last_milestone_on__gt=F("forecast_finish_on"))
        | Q(pk__in=list(same))
    )
    still_open = Milestone.objects.filter(
        project=OuterRef("pk"), state=Milestone.State.OPEN, archived_at=None, forecast_on__isnull=False
    )
    last = Subquery(still_open.order_by("-forecast_on").values("forecast_on")[:1])
    shown = access.visible(viewer, Project).annotate(last_milestone_on=last)
    found = shown.filter(suspicious, state=Project.State.ACTIVE, archived_at=None)
    if narrowing and narrowing.portfolio:
        found = found.filter(portfolio__key=narrowing.portfolio)
    if narrowing and narrowing.pm:
        found = found.filter(pm_id=narrowing.pm)
    wanted = found.select_related("pm").only(*CALLED)
    calls = []
    for p in wanted.order_by("tier", F("slip_days").desc(nulls_last=True), "key")[:200]:
        faults = anomalies(
            Standing(
                p.overall_light,
                p.slip_days,
                p.forecast_finish_on,
                p.spent,
                p.approved_budget,
                True,
                same.get(p.pk, 0),
                p.last_milestone_on,
            ),
            today,
        )
        if faults:
            calls.append({"project": p, "faults": faults})
    calls = sorted(calls, key=lambda call: -len(call["faults"]))[:most]
    called = last_calls([call["project"] for call in calls])
    for call in calls:
        project = call["project"]
        call["reasons"] = [_words(f, project, same.get(project.pk, 0)) for f in call["faults"]]
        call["called"] = called.get(project.pk)
    return calls


def _saying_the_same(viewer, periods: list[ReportingPeriod], histories: Histories) -> dict[int, int]:
    """project id → how many reports in a row have said the same, up to now: where this period's report is in and says
    something else, no more. One query."""
    recent = {p.pk for period in periods for p in histories.until(period, 2)}
    moved = ProjectPeriod.objects.filter(
        period__in=periods, same_reports__gt=0, same_reports__lt=UNCHANGED_PERIODS
    ).values("project_id")
    stuck = access.visible(viewer, ProjectPeriod).filter(period__in=recent, same_reports__gte=UNCHANGED_PERIODS)
    rows = stuck.exclude(project_id__in=moved).order_by("period__ends_on")
    return dict(rows.values_list("project_id", "same_reports")[:300])


def last_calls(projects: list[Project], days: int = 45) -> dict[int, AuditEntry]:
    """project id → the newest note of a call about it. One query."""
    entries = AuditEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Project),
        object_id__in=[p.pk for p in projects],
        action="called",
        at__gte=timezone.now() - timedelta(days=days),
    )
    return {entry.object_id: entry for entry in entries.select_related("actor").order_by("id")}


# ---- campaigns


def campaigns(viewer) -> QuerySet[Campaign]:
    return access.visible(viewer, Campaign).filter(archived_at=None).select_related("owner")


def running_campaigns(viewer, most: int = 5) -> list[Campaign]:
    """Open campaigns with how many have answered, the next due first. One query."""
    return list(with_answers(campaigns(viewer)).filter(state=Campaign.State.OPEN).order_by("due_at")[:most])


def with_answers(found: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Adds how many replies are waited for and how many are in."""
    return found.annotate(
        waiting=Count("replies", filter=Q(replies__state=CampaignReply.State.WAITING)),
        answered=Count("replies", filter=Q(replies__state=CampaignReply.State.ANSWERED)),
    )


def replies_of(campaign: Campaign) -> QuerySet[CampaignReply]:
    return campaign.replies.select_related("project__pm", "project__scope", "answered_by", "campaign")


def waiting_asks(viewer, campaign: Campaign, ids: list[int] | None = None) -> list[tuple[CampaignReply, Ask]]:
    """Replies that are still waited for, with the ask each is waited for by."""
    waiting = access.visible(viewer, CampaignReply).filter(campaign=campaign, state=CampaignReply.State.WAITING)
    if ids is not None:
        waiting = waiting.filter(pk__in=ids[:500])
    replies = {f"campaign:{r.pk}": r for r in waiting.select_related("project__pm", "project__scope")[:500]}
    asks = Ask.objects.filter(key__in=replies, state=Ask.State.OPEN).select_related("person", "scope")
    return [(replies[a.key], a) for a in asks.order_by(*name_order("person"), "pk")]


def told_answer(question, value) -> str:
    """An answer as people read it."""
    if value in (None, ""):
        return ""
    if question.kind == question.Kind.YESNO:
        return _("Yes") if value == "yes" else _("No")
    if question.kind == question.Kind.NUMBER:
        from decimal import Decimal

        number = Decimal(str(value))
        return group(number, max(0, -number.normalize().as_tuple().exponent))
    return str(value)


def reply_states(viewer, campaign: Campaign) -> dict[str, int]:
    """How many replies stand in each state, of those the viewer may see. One query."""
    seen = access.visible(viewer, CampaignReply).filter(campaign=campaign)
    counts = dict(seen.values_list("state").annotate(n=Count("pk")).order_by())
    return {state: counts.get(state, 0) for state in CampaignReply.State.values}


def summary(viewer, campaign: Campaign) -> list[dict]:
    """What the answers come to, question by question: counts of choices and yes or no, sum and span of numbers, span
    of dates, how many wrote something. One query over the answers."""
    seen = access.visible(viewer, CampaignReply).filter(campaign=campaign, state=CampaignReply.State.ANSWERED)
    answers = list(seen.values_list("answers", flat=True)[:5000])
    return [
        told_summary(q, [a[str(q.number)] for a in answers if a.get(str(q.number))]) for q in campaign.questions.all()
    ]


def told_summary(question, values: list[str]) -> dict:
    """One question's answers in a line: `counts` with shares to draw, or `words`."""
    from decimal import Decimal

    from pmo_portal.i18n.dates import format_date

    kind, found = question.Kind, {"question": question, "count": len(values), "counts": [], "words": ""}
    if question.kind in (kind.CHOICE, kind.YESNO):
        options = question.choices if question.kind == kind.CHOICE else ["yes", "no"]
        counted_values = Counter(values)
        found["counts"] = [
            {
                "label": told_answer(question, option),
                "count": counted_values[option],
                "share": round(counted_values[option] * 100 / len(values), 1) if values else 0,
            }
            for option in options
        ]
    elif values and question.kind == kind.NUMBER:
        numbers = sorted(Decimal(v) for v in values)
        found["words"] = _("sum %(sum)s, from %(low)s to %(high)s") % {
            "sum": told_answer(question, sum(numbers)),
            "low": told_answer(question, numbers[0]),
            "high": told_answer(question, numbers[-1]),
        }
    elif values and question.kind == kind.DATE:
        days = sorted(datetime.fromisoformat(v).date() for v in values)
        found["words"] = _("from %(low)s to %(high)s") % {
            "low": format_date(days[0], "plain"),
            "high": format_date(days[-1], "plain"),
        }
    return found


def projects_asked(campaign: Campaign) -> list[Project]:
    """The projects of a draft, as they were chosen."""
    return list(Project.objects.filter(campaign_replies__campaign=campaign).order_by("key"))


def campaign_place(viewer):
    """Where a campaign of this person's own stands: the office, else the place of their role; None: nowhere."""
    roles, held = ("administrator", "manager", "expert"), access.reach(viewer)
    if held.everywhere(roles):
        return office()
    return widest(held.scopes_of(roles))
