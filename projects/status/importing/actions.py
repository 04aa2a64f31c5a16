"""Writing what came in, in bulk: projects, reports, milestones, revisions, the rows behind the screens; and taking it back.

The number of queries does not grow with the rows. Everything is noted in the journal, and in the audit trail: one entry for
each project, at the portfolio's place (a project that an undoing takes away again leaves no place of its own behind).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import audit, jobs
from pmo_portal.access.models import Scope, ScopeAncestor
from pmo_portal.access.tree import add_scopes
from pmo_portal.asks.models import Ask
from pmo_portal.audit.models import AuditEntry
from pmo_portal.custom.actions import fill_defaults
from pmo_portal.i18n.notes import own_note
from pmo_portal.i18n.text import fold, has_japanese
from pmo_portal.intake.journal import Journal, plain
from pmo_portal.intake.records import Record
from pmo_portal.intake.targets import Context, Judged
from pmo_portal.measures.models import MeasureValue
from pmo_portal.periods.actions import ensure_period
from pmo_portal.periods.models import Cadence, ReportingPeriod
from pmo_portal.periods.queries import office_settings
from projects.register import keys
from projects.register.actions import restand
from projects.register.models import BudgetRevision, Milestone, MilestoneForecast, Project, ProjectPlacement
from projects.status.actions import ask_key, digest_of
from projects.status.importing.fields import DATED, MONEY, NAMES, PLACES
from projects.status.importing.fields import stored as as_kept
from projects.status.importing.queries import portfolio_at
from projects.status.maintaining import FIELDS as PERIOD_FIELDS
from projects.status.maintaining import stand
from projects.status.models import ProjectPeriod, StatusReport

BATCH = 500
FIRST_STAGE = Project.Stage.EXECUTION  # of a project of which the sheet does not say it
MANY = 5000  # ids in one condition
FROM_ROW = own_note("%(file)s, row %(row)s")
PROJECT, REPORT = "projects.Project", "projects.StatusReport"
MILESTONE, FORECAST, REVISION = "projects.Milestone", "projects.MilestoneForecast", "projects.BudgetRevision"
PERIOD = "pmo_portal.ReportingPeriod"
CHOICES = ("kind", "tier", "stage", "state")
UNKNOWABLE = DATED | MONEY | {"confidence", "overall", "variance_percent"}


def stored(key: str, record: Record) -> Any:
    """The value of a field as the models keep it, or None."""
    value = record.values.get(key)
    return as_kept(key, value) if value is not None else None


@dataclass
class Course:
    """A project's reports over the dates, with those that are coming in: date → (cost, finish)."""

    was: dict[date, tuple[Decimal | None, date | None]] = field(default_factory=dict)
    now: dict[date, tuple[Decimal | None, date | None]] = field(default_factory=dict)

    @staticmethod
    def first(series: dict[date, tuple], index: int) -> tuple[date | None, Any]:
        """The earliest known figure, with its date."""
        return next(((on, series[on][index]) for on in sorted(series) if series[on][index] is not None), (None, None))


@dataclass
class Subject:
    """A project with the lines that are written for it."""

    project: Project
    lines: list
    is_new: bool
    course: Course
    before: dict[str, Any] = field(default_factory=dict)
    revisions: list[BudgetRevision] = field(default_factory=list)
    changed_baseline: bool = False

    @property
    def row(self) -> int:
        return self.lines[0].judged.number


class Writer:
    """One import's writing, step by step; every step is a few queries."""

    def __init__(self, context: Context, plan, journal: Journal) -> None:
        self.context, self.plan, self.journal = context, plan, journal
        self.portfolio = plan.register.portfolio
        self.definition = context.definition
        self.by, self.run = context.by, context.run
        self.now = timezone.now()
        self.periods: dict[date, ReportingPeriod] = {}
        self.touched: set[int] = set()
        self.subjects: list[Subject] = []
        self.reports: list[tuple[Any, Subject, StatusReport]] = []

    def write(self) -> dict[str, int]:
        self._make_periods()
        self._gather()
        self._write_projects()
        self._write_revisions()
        self._write_milestones()
        self._write_reports()
        self._write_rows()
        self._finish_asks()
        self._note()
        self.plan.touched = self.touched
        return {
            "projects": sum(1 for s in self.subjects if s.is_new),
            "changed": sum(1 for s in self.subjects if not s.is_new),
            "reports": len(self.reports),
        }

    # ---- periods

    def _make_periods(self) -> None:
        if self.context.period is not None:
            self.periods = {self.context.period.ends_on: self.context.period}
            self.touched.add(self.context.period.pk)
            return
        wanted = {line.on: line.judged.number for line in reversed(self.plan.lines) if line.on is not None}
        keys = {on.isoformat() for on in wanted}
        known = set(ReportingPeriod.objects.filter(key__in=keys).values_list("key", flat=True))
        for on in sorted(wanted):
            period = ensure_period(Cadence.DATED, on, state=ReportingPeriod.State.FROZEN)
            self.periods[on] = period
            self.touched.add(period.pk)
            if period.key not in known:
                self.journal.make(wanted[on], PERIOD, [period.pk])

    def _period(self, on: date | None) -> ReportingPeriod | None:
        return self.context.period or (self.periods.get(on) if on is not None else None)

    # ---- projects

    def _gather(self) -> None:
        by_subject: dict[int, list] = defaultdict(list)
        subjects = {}
        for line in self.plan.lines:
            by_subject[id(line.subject)].append(line)
            subjects[id(line.subject)] = line.subject
        currency = office_settings().currency
        keys = KeyMaker(self.portfolio, self.definition)
        for key, lines in by_subject.items():
            lines.sort(key=lambda line: (line.on or date.max, line.judged.number))
            known = self.plan.register.projects.get(subjects[key].pk) if subjects[key].pk is not None else None
            project = known or self._new_project(lines, currency, keys)
            course = Course(
                {p.on: (p.cost, p.finish) for p in self.plan.register.points.get(project.pk, ())} if known else {}
            )
            course.now = dict(course.was)
            for line in lines:
                if line.on is not None:
                    record = line.judged.record
                    course.now[line.on] = (stored("whole_life_cost", record), stored("finish", record))
            subject = Subject(project, lines, known is None, course)
            if known is not None:
                subject.before = audit_values(project)
            self.subjects.append(subject)
        self._load_revisions()
        for subject in self.subjects:
            self._stand(subject)

    def _new_project(self, lines: list, currency: str, keys: KeyMaker) -> Project:
        record = lines[0].judged.record
        project = Project(
            portfolio=self.portfolio,
            key=keys.make(record),
            currency=self.definition.get("currency") or _currency_of(record) or currency,
            imported_from=self.run,
            imported_row=lines[0].judged.number,
            stage=FIRST_STAGE,
        )
        fill_defaults(project)
        pm = record.text("pm").strip()
        if pm:
            project.pm_id = self.plan.people.get(fold(pm)) or self.plan.people.get(fold(pm).replace(" ", ""))
        return project

    def _load_revisions(self) -> None:
        known = {s.project.pk: s for s in self.subjects if not s.is_new}
        for pks in chunks(known):
            for revision in BudgetRevision.objects.filter(project_id__in=pks).order_by("number"):
                known[revision.project_id].revisions.append(revision)

    def _stand(self, subject: Subject) -> None:
        """What the register says after these lines: the latest report counts, whatever order the files came in."""
        project = subject.project
        latest = max(subject.course.was, default=None)
        for line in subject.lines:
            if line.on is None or latest is None or line.on >= latest:
                self._take(project, line.judged.record)
                period = self._period(line.on)
                if period is not None:
                    project.reported_period = period
                self._revise(subject, line)
            else:
                self._take_missing(project, line.judged.record)
        if self.definition.get("baseline") == "first" and project.pk not in self.plan.register.governed:
            self._set_baseline(subject)
        if (
            project.planned_start_on
            and project.planned_finish_on
            and project.planned_start_on > project.planned_finish_on
        ):
            project.planned_start_on = None
        if not project.name_ja and not project.name_en:
            _set_name(project, subject.lines[0].judged.record, self.definition)
        restand(project)

    def _take(self, project: Project, record: Record) -> None:
        _set_name(project, record, self.definition)
        unknown = dict(project.unknown)
        for key, place in PLACES.items():
            value = record.values.get(key)
            if value is None or not place.project or key == "approved_budget":
                continue
            if value.value is not None:
                setattr(project, place.project, stored(key, record))
                unknown.pop(place.project, None)
            elif value.unknown and key in UNKNOWABLE:
                setattr(project, place.project, "none" if key in ("confidence", "overall") else None)
                unknown[place.project] = value.text[:500]
        project.unknown = unknown
        if project.state == Project.State.CLOSED and project.stage != Project.Stage.CLOSED:
            project.stage = Project.Stage.CLOSED

    @staticmethod
    def _take_missing(project: Project, record: Record) -> None:
        """An older report fills only what no later one has said: its number, what it is about."""
        for key in ("source_id", "description", "benefits", "department", "category"):
            name = PLACES[key].project
            value = record.values.get(key)
            if value is not None and value.value and not getattr(project, name):
                setattr(project, name, stored(key, record))

    def _revise(self, subject: Subject, line) -> None:
        amount = stored("approved_budget", line.judged.record)
        if amount is None or amount == subject.project.approved_budget:
            return
        subject.project.approved_budget = amount
        subject.revisions.append(
            BudgetRevision(
                number=max((r.number for r in subject.revisions), default=0) + 1,
                amount=amount,
                approved_on=line.on or timezone.localdate(),
                reason=FROM_ROW % {"file": self.run.file_name, "row": line.judged.number},
                by=self.by,
            )
        )

    def _set_baseline(self, subject: Subject) -> None:
        """The first figure that the source ever gave stands as approved, as long as nobody revised it by hand."""
        project, course = subject.project, subject.course
        was_on, was = Course.first(course.was, 0)
        on, amount = Course.first(course.now, 0)
        ours = not subject.revisions or (
            len(subject.revisions) == 1
            and subject.revisions[0].pk is not None
            and (subject.revisions[0].amount, subject.revisions[0].approved_on) == (was, was_on)
        )
        if amount is not None and ours and (project.approved_budget, was_on) != (amount, on):
            project.approved_budget = amount
            subject.changed_baseline = not subject.is_new
            reason = _("The first figure of the source")
            if subject.revisions:
                revision = subject.revisions[0]
                old = {"amount": revision.amount, "approved_on": revision.approved_on}
                revision.amount, revision.approved_on = amount, on
                self.journal.change(subject.row, REVISION, revision.pk, old, {"amount": amount, "approved_on": on})
            else:
                subject.revisions.append(
                    BudgetRevision(number=1, amount=amount, approved_on=on, reason=reason, by=self.by)
                )
        _was_on, finish_was = Course.first(course.was, 1)
        _on, finish = Course.first(course.now, 1)
        if (
            finish is not None
            and project.planned_finish_on in (None, finish_was)
            and project.planned_finish_on != finish
        ):
            project.planned_finish_on = finish
            subject.changed_baseline = not subject.is_new

    def _write_projects(self) -> None:
        new = [s for s in self.subjects if s.is_new]
        if new:
            labels = [(s.project.name_ja or s.project.name_en, s.project.name_en) for s in new]
            scopes = add_scopes(Scope.Kind.PROJECT, [self.portfolio.scope] * len(new), labels)
            for subject, scope in zip(new, scopes, strict=True):
                subject.project.scope = scope
            Project.objects.bulk_create([s.project for s in new], batch_size=BATCH)
            starts = timezone.localdate()
            ProjectPlacement.objects.bulk_create(
                [
                    ProjectPlacement(
                        project=s.project,
                        portfolio=self.portfolio,
                        starts_on=s.project.planned_start_on or s.lines[0].on or starts,
                    )
                    for s in new
                ],
                batch_size=BATCH,
            )
            for subject in new:
                self.journal.make(subject.row, PROJECT, [subject.project.pk])
        changed = []
        for subject in self.subjects:
            if subject.is_new:
                continue
            after = audit_values(subject.project)
            was = {name: subject.before[name] for name in after if after[name] != subject.before[name]}
            if was:
                subject.project.version += 1
                subject.before = was
                now = {name: after[name] for name in was}
                self.journal.change(subject.row, PROJECT, subject.project.pk, was, now)
                changed.append(subject.project)
            else:
                subject.before = {}
        overwrite(Project, changed)
        renamed = [s.project for s in self.subjects if not s.is_new and {"name_ja", "name_en"} & set(s.before)]
        for project in renamed:
            project.scope.label = (project.name_ja or project.name_en)[:300]
            project.scope.label_en = project.name_en[:300]
        overwrite(Scope, [p.scope for p in renamed], ("label", "label_en"))

    def _write_revisions(self) -> None:
        new, changed = [], []
        for subject in self.subjects:
            for revision in subject.revisions:
                revision.project = subject.project
                (changed if revision.pk else new).append(revision)
        made = BudgetRevision.objects.bulk_create(new, batch_size=BATCH)
        rows = {s.project.pk: s.row for s in self.subjects}
        for revision in made:
            self.journal.make(rows[revision.project_id], REVISION, [revision.pk])
        noted = self.journal.changed.get(REVISION, {})
        overwrite(BudgetRevision, [r for r in changed if r.pk in noted], ("amount", "approved_on"))

    # ---- milestones

    def _write_milestones(self) -> None:
        """Dates whose was → is is kept: a milestone for each, with its forecast as of every report."""
        for rule in self.definition.get("milestones") or ():
            self._write_milestone(rule)

    def _write_milestone(self, rule: dict[str, str]) -> None:
        wanted = [
            s for s in self.subjects if any(stored(rule["field"], line.judged.record) for line in s.lines if line.on)
        ]
        by_project = {s.project.pk: s for s in wanted}
        known: dict[int, Milestone] = {}
        last: dict[int, int] = {}
        olds = {pk for pk, s in by_project.items() if not s.is_new}
        for pks in chunks(olds):
            for m in Milestone.objects.filter(project_id__in=pks, archived_at=None):
                if (m.name_ja, m.name_en) == (rule["ja"], rule["en"]):
                    known[m.project_id] = m
            tops = Milestone.objects.filter(project_id__in=pks).values_list("project_id").annotate(top=Max("number"))
            last |= dict(tops)
        new = [
            Milestone(project=s.project, number=last.get(pk, 0) + 1, name_ja=rule["ja"], name_en=rule["en"])
            for pk, s in by_project.items()
            if pk not in known
        ]
        stored_before: dict[int, dict[date, MilestoneForecast]] = defaultdict(dict)
        for pks in chunks([m.pk for m in known.values()]):
            for f in MilestoneForecast.objects.filter(milestone_id__in=pks):
                stored_before[f.milestone_id][f.as_of] = f
        milestones = {**known, **{m.project_id: m for m in new}}
        courses, forecasts, moved = {}, [], []
        for pk, subject in by_project.items():
            milestone = milestones[pk]
            course = (
                {on: f.forecast_on for on, f in stored_before.get(milestone.pk, {}).items()} if milestone.pk else {}
            )
            incoming = {
                line.on: stored(rule["field"], line.judged.record) for line in subject.lines if line.on is not None
            }
            for on, day in incoming.items():
                if day is not None:
                    course[on] = day
            courses[pk] = (course, incoming)
            old = {n: getattr(milestone, n) for n in ("baseline_on", "forecast_on", "previous_on")}
            _set_course(milestone, course)
            now = {n: getattr(milestone, n) for n in old}
            if milestone.pk and old != now:
                milestone.version += 1
                self.journal.change(subject.row, MILESTONE, milestone.pk, old, now)
                moved.append(milestone)
        Milestone.objects.bulk_create(new, batch_size=BATCH)
        for m in new:
            self.journal.make(by_project[m.project_id].row, MILESTONE, [m.pk])
        overwrite(Milestone, moved, ("baseline_on", "forecast_on", "previous_on", "version"))
        changed = []
        for pk, (_course, incoming) in courses.items():
            milestone, subject = milestones[pk], by_project[pk]
            for on, day in incoming.items():
                was = stored_before.get(milestone.pk, {}).get(on)
                if day is None:
                    continue
                if was is None:
                    forecasts.append(MilestoneForecast(milestone=milestone, as_of=on, forecast_on=day, by=self.by))
                elif was.forecast_on != day:
                    self.journal.change(
                        subject.row, FORECAST, was.pk, {"forecast_on": was.forecast_on}, {"forecast_on": day}
                    )
                    was.forecast_on = day
                    changed.append(was)
        made = MilestoneForecast.objects.bulk_create(forecasts, batch_size=BATCH)
        rows = {milestones[pk].pk: s.row for pk, s in by_project.items()}
        for f in made:
            self.journal.make(rows[f.milestone_id], FORECAST, [f.pk])
        overwrite(MilestoneForecast, changed, ("forecast_on",))
        for pk, subject in by_project.items():
            milestone, (course, _incoming) = milestones[pk], courses[pk]
            for line in subject.lines:
                if line.on is not None and course.get(line.on):
                    line.milestones = [*getattr(line, "milestones", ()), _as_reported(milestone, course, line.on)]

    # ---- reports

    def _write_reports(self) -> None:
        replaced = {line.before.report_id: line.judged.number for s in self.subjects for line in s.lines if line.before}
        revisions: dict[int, int] = {}
        for pks in chunks(replaced):
            for pk, revision in StatusReport.objects.filter(pk__in=pks).values_list("pk", "revision"):
                revisions[pk] = revision
                self.journal.change(replaced[pk], REPORT, pk, {"is_current": True}, {"is_current": False})
            StatusReport.objects.filter(pk__in=pks).update(
                is_current=False, version=F("version") + 1, updated_at=self.now
            )
        for subject in self.subjects:
            for line in subject.lines:
                period = self._period(line.on)
                if period is None:
                    continue
                report = self._report(subject, line, period)
                if line.before is not None:
                    report.revision = revisions[line.before.report_id] + 1
                self.reports.append((line, subject, report))
        made = StatusReport.objects.bulk_create([r for _line, _s, r in self.reports], batch_size=BATCH)
        for (line, _subject, _r), report in zip(self.reports, made, strict=True):
            self.journal.make(line.judged.number, REPORT, [report.pk])

    def _report(self, subject: Subject, line, period: ReportingPeriod) -> StatusReport:
        record, project = line.judged.record, subject.project
        report = StatusReport(
            project=project,
            period=period,
            state=StatusReport.State.ACCEPTED,
            origin=StatusReport.Origin.IMPORTED,
            project_name=_name_of(record) or project.name_en or project.name_ja,
            submitted_at=self.now,
            submitted_by=self.by,
            decided_at=self.now,
            decided_by=self.by,
            imported_from=self.run,
            imported_row=line.judged.number,
            source_digest=line.digest,
            milestones=plain(getattr(line, "milestones", [])),
        )
        unknown = {}
        for key, place in PLACES.items():
            value = record.values.get(key)
            if value is None or not place.report:
                continue
            kept = stored(key, record)
            if kept is not None:
                setattr(report, place.report, kept)
            elif value.unknown:
                unknown[place.report] = value.text[:2000]
        for key in line.judged.held:
            if key in PLACES:  # what the office approved is what was reported against
                setattr(report, PLACES[key].report, getattr(project, PLACES[key].project))
        report.unknown = unknown
        report.details = self._details(line.judged)
        report.digest = digest_of(report)
        return report

    def _details(self, judged: Judged) -> dict[str, str]:
        """What the sheet says further: columns without a field, cells that were left out, and columns whose field only the
        register has."""
        heads, record = self.context.heads, judged.record
        found = {heads.get(key, key): str(note.params["text"]) for key, note in judged.held.items()}
        for key, value in record.values.items():
            place = PLACES.get(key)
            if (
                key in NAMES
                or key in ("source_id", "key", "pm")
                or (place is not None and place.report)
                or not value.text
            ):
                continue
            found[heads.get(key, key)] = value.text
        return {**found, **record.rest}

    def _write_rows(self) -> None:
        rows = [
            stand(ProjectPeriod(project=subject.project, period=report.period), report, False)
            for _line, subject, report in self.reports
        ]
        ProjectPeriod.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=("project", "period"),
            update_fields=PERIOD_FIELDS,
            batch_size=BATCH,
        )
        for subject in self.subjects:
            if subject.changed_baseline:
                self.touched |= {p.period_id for p in self.plan.register.points.get(subject.project.pk, ())}

    def _finish_asks(self) -> None:
        """Where the period is one that people are asked to report on, these reports are what was asked for."""
        period = self.context.period
        if period is None or period.cadence == Cadence.DATED:
            return
        keys = [ask_key(s.project, period) for s in self.subjects]
        for some in chunks(keys):
            Ask.objects.filter(key__in=some, state=Ask.State.OPEN).update(
                state=Ask.State.DONE, ended_at=self.now, updated_at=self.now
            )

    def _note(self) -> None:
        entries = []
        for subject in self.subjects:
            project = subject.project
            if subject.is_new:
                changes = {n: [None, v] for n, v in audit_values(project).items() if v not in (None, "", [], {})}
            else:
                now = audit_values(project)
                changes = {n: [was, now[n]] for n, was in subject.before.items()}
            rows = ", ".join(str(line.judged.number) for line in subject.lines[:20])
            entries.append(
                audit.entry_for(
                    project,
                    "imported",
                    by=self.by,
                    changes=changes,
                    reason=FROM_ROW % {"file": self.run.file_name, "row": rows},
                    scope_id=self.portfolio.scope_id,
                    at=self.now,
                )
            )
        audit.note_many(entries)


def bring(context: Context, plan, journal: Journal) -> dict[str, int]:
    """Write the plan's lines in the caller's transaction; returns how many projects and reports came of it."""
    return Writer(context, plan, journal).write()


def register_changes(project: Project, record: Record, context: Context) -> bool:
    """Whether a row without a date would change what stands in the register."""
    trial = copy(project)
    trial.unknown = dict(project.unknown)
    _Trial(context.definition)._take(trial, record)
    amount = stored("approved_budget", record)
    return audit_values(trial) != audit_values(project) or (amount is not None and amount != project.approved_budget)


class _Trial(Writer):
    """Only what taking a row over needs."""

    def __init__(self, definition: dict[str, Any]) -> None:
        self.definition = definition


def audit_values(project: Project) -> dict[str, Any]:
    """The fields that an import may change, as they stand."""
    return {name: getattr(project, name) for name in IMPORTED}


IMPORTED = (
    *(
        "key",
        "source_id",
        "name_ja",
        "name_en",
        "kind",
        "tier",
        "stage",
        "state",
        "department",
        "category",
        "description",
    ),
    *(
        "benefits",
        "planned_start_on",
        "planned_finish_on",
        "forecast_finish_on",
        "actual_finish_on",
        "currency",
        "pm_id",
    ),
    *("approved_budget", "forecast_cost", "spent", "confidence", "overall_light", "unknown", "reported_period_id"),
)


def overwrite(model, records: list, fields: Iterable[str] = ()) -> None:
    """Save many known rows by one upsert per batch: far faster than an UPDATE with a CASE for every row."""
    if not records:
        return
    skipped = {"id", "created_at"}
    names = list(fields) or [f.name for f in model._meta.concrete_fields if f.name not in skipped]
    if not fields and hasattr(model, "updated_at"):
        for record in records:
            record.updated_at = timezone.now()
    model._base_manager.bulk_create(
        records, update_conflicts=True, unique_fields=["id"], update_fields=names, batch_size=BATCH
    )


def chunks(items: Iterable) -> Iterator[list]:
    listed = list(items)
    for start in range(0, len(listed), MANY):
        yield listed[start : start + MANY]


def _name_of(record: Record) -> str:
    return next((record.text(k).strip() for k in NAMES if record.text(k).strip()), "")[:600]


def _set_name(project: Project, record: Record, definition: dict[str, Any]) -> None:
    name = record.text("name").strip()[:600]
    if name:
        language = definition.get("language") or ("ja" if has_japanese(name) else "en")
        setattr(project, f"name_{language}", name)
    for key in ("name_ja", "name_en"):
        if text := record.text(key).strip():
            setattr(project, key, text[:600])


def _currency_of(record: Record) -> str:
    return next((v.currency for v in record.values.values() if v.currency), "")


def _set_course(milestone: Milestone, course: dict[date, date]) -> None:
    """Baseline, present forecast and the one before it, from the forecasts as of each date."""
    told = [course[on] for on in sorted(course)]
    if milestone.baseline_on is None or milestone.baseline_on in told:
        milestone.baseline_on = told[0]
    milestone.forecast_on = told[-1]
    milestone.previous_on = next((day for day in reversed(told) if day != told[-1]), None)


def _as_reported(milestone: Milestone, course: dict[date, date], on: date) -> dict[str, Any]:
    earlier = [course[day] for day in sorted(course) if day < on]
    return {
        "number": milestone.number,
        "name_ja": milestone.name_ja,
        "name_en": milestone.name_en,
        "baseline_on": (earlier or [course[on]])[0],
        "was_on": earlier[-1] if earlier else None,
        "forecast_on": course[on],
        "reached_on": None,
        "state": milestone.state,
    }


class KeyMaker:
    """New keys by the profile's pattern, unique in the office whatever their width and case."""

    def __init__(self, portfolio, definition: dict[str, Any]) -> None:
        self.pattern = (definition.get("identity") or {}).get("key") or "{portfolio}-{number}"
        self.portfolio = portfolio.key
        self.taken = {*keys.page_words(keys.PROJECTS), *Project.objects.values_list("key_folded", flat=True)}
        self.number = self._last_number()

    def _last_number(self) -> int:
        start = fold(f"{self.portfolio}-")
        tails = (key[len(start) :] for key in self.taken if key.startswith(start))
        return max((int(t) for t in tails if t.isdigit() and len(t) < 10), default=0)

    def make(self, record: Record) -> str:
        given = record.text("key").strip()
        if given and fold(given) not in self.taken:
            return self._take(given)
        source = "".join("-" if c in "/?#%\\ " else c for c in record.text("source_id").strip())
        wanted = self.pattern
        if "{source_id}" in wanted:
            if source:
                key = wanted.format(portfolio=self.portfolio, source_id=source, number="")
                if len(key) <= 40 and fold(key) not in self.taken:
                    return self._take(key)
            wanted = "{portfolio}-{number}"
        while True:
            self.number += 1
            key = wanted.format(portfolio=self.portfolio[:28], source_id="", number=f"{self.number:04d}")[:40]
            if fold(key) not in self.taken:
                return self._take(key)

    def _take(self, key: str) -> str:
        self.taken.add(fold(key))
        return key


# ---- figures


def keep_figures(context: Context) -> None:
    """Have the measures of the touched periods made anew in the background."""
    touched = sorted(getattr(context.memo, "touched", None) or ())
    if touched:
        portfolio = portfolio_at(context.scope)
        jobs.submit("projects.status.keep_figures", portfolio.pk, touched, by=context.by)


# ---- undoing


def why_not_undo(context: Context, journal: Journal) -> str:
    """A sentence naming what was changed after the import, or empty. A fixed number of queries per kind of record."""
    later = _later_imports(context, journal)
    if later:
        return _("A later import builds on this one; undo it first: %(names)s.") % {"names": ", ".join(later)}
    named: list[str] = []
    for model, changed in journal.changed.items():
        named += _no_longer(model, changed)
    for pks in chunks(journal.made.get(PROJECT, {})):
        named += _referred_to(pks, journal)
    for pks in chunks(journal.made.get(REPORT, {})):
        touched = StatusReport.objects.filter(pk__in=pks).exclude(is_current=True, state=StatusReport.State.ACCEPTED)
        named += touched.values_list("project__key", flat=True)
    for model in (PROJECT, MILESTONE):
        named += _touched_by_people(context, model, journal.made.get(model, {}))
    named = list(dict.fromkeys(named))
    if not named:
        return ""
    given = {"count": len(named), "names": ", ".join(named[:5]) + (" …" if len(named) > 5 else "")}
    return _("Changed since this import, so it cannot be undone: %(names)s (%(count)s).") % given


def _later_imports(context: Context, journal: Journal) -> list[str]:
    """Files of applied imports after this one that wrote to the same projects."""
    projects = set(journal.made.get(PROJECT, {})) | set(journal.changed.get(PROJECT, {}))
    for pks in chunks(journal.made.get(REPORT, {})):
        projects |= set(StatusReport.objects.filter(pk__in=pks).values_list("project_id", flat=True))
    found: set[str] = set()
    for pks in chunks(projects):
        later = StatusReport.objects.filter(
            project_id__in=pks, imported_from__applied_at__gt=context.run.applied_at, imported_from__state="applied"
        )
        found |= set(later.values_list("imported_from__file_name", flat=True).distinct())
    return sorted(found)


def _no_longer(model: str, changed: dict[int, dict[str, Any]]) -> list[str]:
    """Records that are not as the import left them, by what people call them."""
    found = []
    for pks in chunks(changed):
        records = apps.get_model(model)._base_manager.filter(pk__in=pks)
        there = {record.pk: record for record in records}
        for pk in pks:
            record = there.get(pk)
            now = changed[pk]["now"]
            if record is None or plain({name: getattr(record, name) for name in now}) != now:
                found.append(_called(record) if record is not None else f"#{pk}")
    return found


def _called(record: Any) -> str:
    project = record if isinstance(record, Project) else getattr(record, "project", None)
    return project.key if project is not None else str(record)


def _touched_by_people(context: Context, model: str, pks: Iterable[int]) -> list[str]:
    """Records that the trail tells of after the import, other than by imports."""
    kind = ContentType.objects.get_for_model(apps.get_model(model))
    found: list[str] = []
    for some in chunks(pks):
        entries = AuditEntry.objects.filter(content_type=kind, object_id__in=some, at__gt=context.run.applied_at)
        touched = entries.exclude(action__in=("imported", "undone")).values_list("object_id", flat=True)
        found += [_called(r) for r in apps.get_model(model)._base_manager.filter(pk__in=set(touched))]
    return found


OWN = {"StatusReport", "ProjectPeriod", "ProjectPlacement", "BudgetRevision", "Milestone", "Project", "ScopeAncestor"}
DERIVED = {"MeasureValue", "StaleRollup"}


def _referred_to(pks: list[int], journal: Journal) -> list[str]:
    """Keys of made projects that something refers to which this import did not make."""
    found: list[str] = []
    own = {
        StatusReport: journal.made.get(REPORT, {}),
        BudgetRevision: journal.made.get(REVISION, {}),
        Milestone: journal.made.get(MILESTONE, {}),
    }
    for model, made in own.items():
        others = model.objects.filter(project_id__in=pks).values_list("pk", "project__key")
        found += [key for pk, key in others if pk not in made]
    scopes = dict(Project.objects.filter(pk__in=pks).values_list("scope_id", "key"))
    keys = dict(Project.objects.filter(pk__in=pks).values_list("pk", "key"))
    for model, ids, names in ((Project, pks, keys), (Scope, list(scopes), scopes)):
        for relation in model._meta.related_objects:
            other = relation.related_model
            if other.__name__ in OWN | DERIVED or relation.many_to_many:
                continue
            column = relation.field.attname
            referring = other._base_manager.filter(**{f"{column}__in": ids}).values_list(column, flat=True)
            found += [names[pk] for pk in referring]
    return found


def take_back(context: Context, journal: Journal) -> None:
    """Delete what was made and put back what was changed, in the caller's transaction."""
    touched: set[int] = set()
    reports = list(journal.made.get(REPORT, {}))
    places: list[tuple[int, int]] = []
    for pks in chunks(reports):
        places += StatusReport.objects.filter(pk__in=pks).values_list("project_id", "period_id")
    touched |= {period_id for _project, period_id in places}
    for model in (FORECAST, MILESTONE, REVISION):
        _delete(model, journal.made.get(model, {}))
    made = set(journal.made.get(PROJECT, {}))
    _delete_rows(places, made)
    _delete(REPORT, reports)
    for model in (REPORT, FORECAST, MILESTONE, REVISION, PROJECT):
        _restore(model, journal.changed.get(model, {}))
    if journal.changed.get(PROJECT):
        for pks in chunks(journal.changed[PROJECT]):
            touched |= set(ProjectPeriod.objects.filter(project_id__in=pks).values_list("period_id", flat=True))
    _restand_rows([(p, period) for p, period in places if p not in made])
    _delete_projects(made)
    gone = _delete_periods(list(journal.made.get(PERIOD, {})))
    context.memo = Touched(touched - gone)
    audit.note_many(_undone(context, journal))


@dataclass
class Touched:
    touched: set[int]


def _delete(model: str, pks: Iterable[int]) -> None:
    for some in chunks(pks):
        apps.get_model(model)._base_manager.filter(pk__in=some).delete()


def _restore(model: str, changed: dict[int, dict[str, Any]]) -> None:
    """Put fields back as they were. The version goes on counting: whoever has the record open gets a conflict."""
    found = apps.get_model(model)
    names = {f.attname: f for f in found._meta.concrete_fields} | {f.name: f for f in found._meta.concrete_fields}
    for pks in chunks(changed):
        records = list(found._base_manager.filter(pk__in=pks))
        for record in records:
            for name, value in changed[record.pk]["was"].items():
                setattr(record, names[name].attname, names[name].to_python(value))
            if hasattr(record, "version"):
                record.version += 1
            if isinstance(record, Project):
                restand(record)
        overwrite(found, records)
        if found is Project:
            _relabel([r for r in records if {"name_ja", "name_en"} & set(changed[r.pk]["was"])])


def _relabel(projects: list[Project]) -> None:
    labels = {p.scope_id: p for p in projects}
    for pks in chunks(labels):
        scopes = list(Scope.objects.filter(pk__in=pks))
        for scope in scopes:
            project = labels[scope.pk]
            scope.label, scope.label_en = (project.name_ja or project.name_en)[:300], project.name_en[:300]
        overwrite(Scope, scopes, ("label", "label_en"))


def _delete_rows(places: list[tuple[int, int]], made: set[int]) -> None:
    """Rows behind the screens of made projects go whole; those of others are made anew from the report before."""
    for pks in chunks(made):
        ProjectPeriod.objects.filter(project_id__in=pks).delete()
    by_period: dict[int, list[int]] = defaultdict(list)
    for project_id, period_id in places:
        if project_id not in made:
            by_period[period_id].append(project_id)
    for period_id, projects in by_period.items():
        for pks in chunks(projects):
            ProjectPeriod.objects.filter(period_id=period_id, project_id__in=pks).delete()
            scopes = Project.objects.filter(pk__in=pks).values("scope_id")
            MeasureValue.objects.filter(period_id=period_id, scope_id__in=scopes).delete()


def _restand_rows(places: list[tuple[int, int]]) -> None:
    """The rows of projects that had a report for the period before this import."""
    by_period: dict[int, list[int]] = defaultdict(list)
    for project_id, period_id in places:
        by_period[period_id].append(project_id)
    rows = []
    for period_id, projects in by_period.items():
        for pks in chunks(projects):
            found = StatusReport.objects.filter(period_id=period_id, project_id__in=pks, is_current=True)
            rows += [
                stand(ProjectPeriod(project=r.project, period=r.period), r, False)
                for r in found.select_related("project", "period")
            ]
    ProjectPeriod.objects.bulk_create(rows, batch_size=BATCH)


def _delete_projects(made: set[int]) -> None:
    for pks in chunks(made):
        scopes = list(Project.objects.filter(pk__in=pks).values_list("scope_id", flat=True))
        ProjectPlacement.objects.filter(project_id__in=pks).delete()
        MeasureValue.objects.filter(scope_id__in=scopes).delete()
        Project.objects.filter(pk__in=pks).delete()
        ScopeAncestor.objects.filter(descendant_id__in=scopes).delete()
        Scope.objects.filter(pk__in=scopes).delete()


def _delete_periods(pks: list[int]) -> set[int]:
    """Periods that the import made and that nothing refers to; returns those that went."""
    gone = set()
    for period in ReportingPeriod.objects.filter(pk__in=pks, version=1):
        used = any(
            r.related_model._base_manager.filter(**{r.field.attname: period.pk}).exists()
            for r in ReportingPeriod._meta.related_objects
            if r.related_model.__name__ not in DERIVED
        )
        if not used:
            gone.add(period.pk)
            MeasureValue.objects.filter(period=period).delete()
            period.delete()
    return gone


def _undone(context: Context, journal: Journal) -> list:
    entries = []
    for pks in chunks(journal.changed.get(PROJECT, {})):
        for project in Project.objects.filter(pk__in=pks).select_related("scope", "portfolio"):
            entry = journal.changed[PROJECT][project.pk]
            entries.append(
                audit.entry_for(
                    project,
                    "undone",
                    by=context.by,
                    changes={n: [entry["now"][n], was] for n, was in entry["was"].items()},
                    reason=context.run.file_name,
                    scope_id=project.portfolio.scope_id,
                )
            )
    return entries
