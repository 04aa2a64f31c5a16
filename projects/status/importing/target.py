"""How rows of a sheet become projects and reports: judged here, written in `actions`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from pmo_portal import access
from pmo_portal.custom.actions import fill_defaults
from pmo_portal.custom.queries import empty_in
from pmo_portal.i18n.text import has_japanese
from pmo_portal.intake.models import ImportRow
from pmo_portal.intake.records import Record
from pmo_portal.intake.targets import Candidate, Context, Judged, Note, Target, register
from pmo_portal.intake.values import BLANK, Value
from pmo_portal.periods.models import Cadence, ReportingPeriod
from projects.register import keys
from projects.register.models import Portfolio, Project
from projects.status.importing import actions, doubles, matching, queries
from projects.status.importing.fields import DATED, FIELDS, MONEY, NAMES, PLACES, stored
from projects.status.models import StatusReport

Verdict = ImportRow.Verdict
BY_APPROVAL = {
    "approved_budget": "budget_by_approval",
    "start": "date_by_approval",
    "planned_finish": "date_by_approval",
}
PERCENT_MOST = Decimal(10) ** 9


@dataclass
class Subject:
    """All rows of a sheet that mean the same project."""

    rows: list[Record] = field(default_factory=list)
    found: matching.Found = field(default_factory=matching.Found)
    pk: int | None = None
    is_open: bool = False  # to be confirmed
    is_new: bool = False
    double: doubles.Double | None = None
    dates: dict[date | None, int] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    @property
    def number(self) -> int:
        return self.rows[0].number


@dataclass
class Line:
    """A row that is written: of which subject, for which date, in place of which report."""

    judged: Judged
    subject: Subject
    on: date | None
    digest: str
    before: queries.Point | None = None


@dataclass
class Plan:
    """What judging keeps for applying."""

    register: queries.Register
    lines: list[Line] = field(default_factory=list)
    people: dict[str, int] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)  # folded keys of the sheet that other portfolios use
    touched: set[int] = field(default_factory=set)


def digest_of(record: Record) -> str:
    """Over everything that a row says: the same digest, the same report."""
    said = sorted(
        (k, None if v.value is None else str(stored(k, v)), v.text if v.value is None else "")
        for k, v in record.values.items()
    )
    text = json.dumps([said, sorted(record.rest.items())], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def name_of(record: Record) -> str:
    return next((record.text(k).strip() for k in NAMES if record.text(k).strip()), "")


@register
class ProjectStatus(Target):
    """A list of projects, with or without how they stand at a date."""

    key = "projects"
    label = gettext_lazy("Projects and how they stand")
    fields = FIELDS

    def require(self, by, scope) -> None:
        portfolio = queries.portfolio_at(scope)
        if portfolio is None:
            raise PermissionDenied(_("Projects are brought into a portfolio."))
        access.require(by, "import", portfolio)

    def lock(self, context: Context) -> None:
        Portfolio.objects.select_for_update().get(scope=context.scope)

    def address(self, scope) -> str:
        portfolio = queries.portfolio_at(scope)
        return portfolio.get_absolute_url() if portfolio else ""

    # ---- judging

    def judge(self, context: Context, records: list[Record]) -> list[Judged]:
        portfolio = queries.portfolio_at(context.scope)
        if portfolio is None:
            raise ValidationError(_("Projects are brought into a portfolio."))
        plan = Plan(queries.register_of(portfolio))
        context.memo = plan
        judged: dict[int, Judged] = {}
        _require_taking(context.period)
        if any(r.text("pm") for r in records):
            plan.people = queries.people_by_name()
        plan.elsewhere = queries.keys_elsewhere(portfolio, {r.text("key") for r in records if r.text("key")})
        subjects = self._subjects(context, records, judged)
        self._match(context, plan, subjects)
        drafts = queries.drafts_at(portfolio, context.period)
        for subject in subjects:
            self._judge_subject(context, plan, subject, drafts, judged)
        _say_what_changes(plan)
        return list(judged.values())

    def _subjects(self, context: Context, records: list[Record], judged: dict[int, Judged]) -> list[Subject]:
        by_id: dict[str, Subject] = {}
        by_key: dict[str, Subject] = {}
        by_name: dict[str, Subject] = {}
        found: list[Subject] = []
        stacks = len(set(context.dates.values())) > 1
        names = (context.definition.get("identity") or {}).get("names", True)
        for record in records:
            sid, key = matching.fold(record.text("source_id")), matching.fold(record.text("key"))
            name, on = matching.fold(name_of(record)), context.dates.get(record.number)
            if fault := _fault_of(record, sid, key, name):
                judged[record.number] = Judged(record, Verdict.REFUSED, faults=fault, on=on)
                continue
            subject = by_id.get(sid) if sid else None
            subject = subject or (by_key.get(key) if key else None)
            if subject is None and stacks and names and name:
                other = by_name.get(name)
                if other is not None and on not in other.dates and not (sid and other.ids - {sid}):
                    subject = other
            if subject is not None and on in subject.dates:
                params = {
                    "text": record.text("source_id") or record.text("key") or name_of(record),
                    "row": subject.dates[on],
                }
                place = "source_id" if sid else "key" if key else "name"
                judged[record.number] = Judged(
                    record, Verdict.REFUSED, faults={place: Note("key_twice", params)}, on=on
                )
                continue
            if subject is None:
                subject = Subject()
                found.append(subject)
            subject.rows.append(record)
            subject.dates[on] = record.number
            for text, index in ((sid, by_id), (key, by_key), (name, by_name)):
                if text:
                    index.setdefault(text, subject)
            if sid:
                subject.ids.add(sid)
        for subject in found:
            subject.rows.sort(key=lambda r: (context.dates.get(r.number) or date.min, r.number))
        return found

    def _match(self, context: Context, plan: Plan, subjects: list[Subject]) -> None:
        sought = []
        for subject in subjects:
            first = subject.rows[0]
            with_id = next((r for r in subject.rows if r.text("source_id")), first)
            sought.append(
                matching.Sought(
                    subject.number,
                    with_id.text("source_id"),
                    next((r.text("key") for r in subject.rows if r.text("key")), ""),
                    name_of(first),
                    first.text("department"),
                    context.dates.get(first.number),
                )
            )
        by_name = (context.definition.get("identity") or {}).get("names", True)
        again = queries.rows_again(context.run)
        found = matching.find(sought, plan.register.known(), by_name=by_name, again=again)
        alike = doubles.find(
            doubles.Row(s.number, s.name, s.department, bool(s.source_id or s.key))
            for s in sought
            if found[s.number].pk is None
        )
        for subject in subjects:
            subject.found, subject.double = found[subject.number], alike.get(subject.number)
            self._decide(context, subject)

    @staticmethod
    def _decide(context: Context, subject: Subject) -> None:
        found = subject.found
        answer = next((context.answers[r.number] for r in subject.rows if r.number in context.answers), {})
        choice = answer.get("choice")
        if choice == "new":
            subject.is_new = True
        elif choice == "match" and answer.get("matched_id") in {p.pk for p in found.proposals}:
            subject.pk = answer["matched_id"]
        elif found.pk is not None:
            subject.pk = found.pk
        elif not found.proposals:
            subject.is_new = not (context.is_answered and subject.double is not None and subject.double.is_open)
            subject.is_open = not subject.is_new
        elif context.accept_matches and found.sure is not None:
            subject.pk = found.sure
        elif context.accept_matches and found.proposals[0].score < matching.SURE:
            subject.is_new = True
        else:
            subject.is_open = True

    def _judge_subject(
        self, context: Context, plan: Plan, subject: Subject, drafts: set[int], judged: dict[int, Judged]
    ) -> None:
        known = plan.register
        project = known.projects.get(subject.pk) if subject.pk is not None else None
        candidates = [_candidate(known, p) for p in subject.found.proposals]
        for position, record in enumerate(subject.rows):
            on = context.dates.get(record.number)
            one = Judged(record, Verdict.CHANGED, subject.pk, candidates, subject.found.sure, on=on)
            judged[record.number] = one
            if subject.is_open:
                one.verdict = Verdict.AMBIGUOUS
                one.notes.append(_why_open(subject))
                continue
            if subject.double is not None:
                one.notes.append(Note("same_name_in_file", {"row": subject.double.other}))
            if subject.is_new:
                if not name_of(subject.rows[0]):
                    one.verdict, one.faults = Verdict.REFUSED, {"": Note("no_name")}
                    continue
                if matching.fold(record.text("key")) in plan.elsewhere:
                    one.verdict, one.faults = (
                        Verdict.REFUSED,
                        {"key": Note("key_elsewhere", {"text": record.text("key")})},
                    )
                    continue
                one.verdict = Verdict.NEW if position == 0 else Verdict.CHANGED
                if position == 0 and candidates:
                    one.notes.append(Note("looks_like", {"text": candidates[0].label}))
            before = None
            if project is not None:
                before = known.point(project.pk, on, context.period) if on or context.period else None
                if fault := _refusal(project, before, drafts, record):
                    one.verdict, one.faults = Verdict.REFUSED, fault
                    continue
                _note_rename(one, record, project, known.points.get(project.pk, ()))
            one.held = _nobody(record, plan.people, is_new=project is None)
            line = Line(one, subject, on, digest_of(record), before)
            if project is not None and project.pk in known.governed:
                by_name = subject.found.pk != project.pk or subject.found.is_again
                one.held |= _held_back(record, project, by_name=by_name)
            if before is not None and before.digest == line.digest:
                one.verdict = Verdict.UNCHANGED
                continue
            if on is None and project is not None and not actions.register_changes(project, record, context):
                one.verdict = Verdict.UNCHANGED
                continue
            if position == 0 and (empty := _incomplete(record, project)):
                one.notes.append(Note("incomplete_in", empty))
            _note_figures(one, record, on)
            plan.lines.append(line)

    # ---- writing

    def apply(self, context: Context, judged: list[Judged], journal) -> dict[str, int]:
        return actions.bring(context, context.memo, journal)

    def after(self, context: Context) -> None:
        actions.keep_figures(context)

    def why_not_undo(self, context: Context, journal) -> str:
        return actions.why_not_undo(context, journal)

    def undo(self, context: Context, journal) -> None:
        actions.take_back(context, journal)


def _require_taking(period) -> None:
    if period is not None and period.cadence != Cadence.DATED and period.state == ReportingPeriod.State.FROZEN:
        raise ValidationError(
            _("%(period)s is %(state)s: it takes no reports. A PMO manager can re-open it.")
            % {"period": period.label, "state": period.get_state_display()},
            code="period",
        )


def _fault_of(record: Record, sid: str, key: str, name: str) -> dict[str, Note]:
    if not (sid or key or name):
        return {"": Note("no_name")}
    if key and not keys.is_sound(record.text("key").strip()):
        return {"key": Note("bad_key", {"text": record.text("key")[:60]})}
    if keys.is_page(key, keys.PROJECTS):
        return {"key": Note("page_key", {"text": record.text("key")[:60]})}
    percent = record.value("variance_percent")
    if percent is not None and abs(percent * 100) >= PERCENT_MOST:
        return {"variance_percent": Note("too_big", {"text": record.text("variance_percent")[:60]})}
    return {}


def _refusal(project: Project, before, drafts: set[int], record: Record) -> dict[str, Note]:
    if project.archived_at is not None:
        return {"": Note("archived", {"text": project.key})}
    if not project.is_open and project.imported_from_id is None:
        return {"": Note("ended", {"text": project.key})}
    if (before is not None and not before.is_imported) or project.pk in drafts:
        return {"": Note("typed_report", {"text": project.key})}
    return {}


def _why_open(subject: Subject) -> Note:
    if subject.found.rival is not None:
        return Note("other_row_fits", {"row": subject.found.rival})
    if subject.double is not None:
        return Note("one_or_two", {"row": subject.double.other})
    return Note("to_confirm", {"count": len(subject.found.proposals)})


def _candidate(known: queries.Register, proposal: matching.Proposal) -> Candidate:
    project = known.projects[proposal.pk]
    points = known.points.get(project.pk, ())
    last = f" · {points[-1].on.isoformat()}" if points else ""
    detail = " · ".join(part for part in (project.source_id, project.department) if part)
    return Candidate(
        project.pk, f"{project.key} {project.name}", f"{detail}{last}", min(proposal.score, 100), proposal.reason
    )


def _held_back(record: Record, project: Project, *, by_name: bool) -> dict[str, Note]:
    """Take out of the record what a sheet may not change of a project that the office decides on: its approved budget, its
    planned dates where they stand, and its name where nothing but a name led to it. Returns field → why."""
    held: dict[str, Note] = {}
    for key, code in BY_APPROVAL.items():
        now, stands = stored(key, record.values.get(key, BLANK)), getattr(project, PLACES[key].project)
        if now is not None and now != stands and (stands is not None or key == "approved_budget"):
            held[key] = Note(code, {"text": record.text(key)[:60]})
    for key in NAMES if by_name else ():
        name = record.text(key).strip()
        if name and _name_stands(key, name, project):
            held[key] = Note("name_is_ours", {"text": name[:200]})
    for key in held:
        del record.values[key]
    return held


def _name_stands(key: str, name: str, project: Project) -> bool:
    """Whether the project has another name already in the language of this one."""
    language = key.removeprefix("name_") if key != "name" else "ja" if has_japanese(name) else "en"
    return getattr(project, f"name_{language}") not in ("", name)


def _note_rename(one: Judged, record: Record, project: Project, points) -> None:
    name = name_of(record)
    known = {matching.fold(n) for n in (project.name_en, project.name_ja) if n} | {
        matching.fold(p.name) for p in points
    }
    if name and matching.fold(name) not in known:
        one.notes.append(Note("renamed", {"text": project.name[:200]}))


def _nobody(record: Record, people: dict[str, int], *, is_new: bool) -> dict[str, Note]:
    """The cell of a project manager who is not known here is left out, and says what that means."""
    text = record.text("pm").strip()
    folded = matching.fold(text)
    if not text or folded in people or folded.replace(" ", "") in people:
        return {}
    return {"pm": Note("no_such_manager" if is_new else "no_such_person", {"text": text[:80]})}


def _incomplete(record: Record, project: Project | None) -> dict[str, str]:
    """The stage that the row brings the project into, with the fields of the office that are needed there and empty; those
    that only some people see are not named to all who see the preview."""
    said = record.value("stage") or (Project.Stage.CLOSED if record.value("state") == Project.State.CLOSED else "")
    if project is None:
        project = Project()
        fill_defaults(project)
        said = said or actions.FIRST_STAGE
    if not said or said == project.stage:
        return {}
    empty = [f for f in empty_in(Project, said, project.custom or {}) if not f.seen_by]
    names = pgettext("between words", ", ").join(str(f) for f in empty)
    return {"state": str(Project.Stage(said).label), "fields": names[:400]} if empty else {}


def _note_figures(one: Judged, record: Record, on: date | None) -> None:
    """What a person should see although the row is taken: figures of the sheet that do not agree with each other."""
    declared, budget, forecast = (record.value(k) for k in ("variance_percent", "budget", "forecast"))
    if declared is not None and budget and forecast is not None:
        computed = ((forecast - budget) / abs(budget) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        said = (declared * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        if abs(computed - said) > Decimal("0.1"):
            one.notes.append(Note("declared_differs", {"declared": str(said), "computed": str(computed)}))
    finish = record.value("finish")
    if (
        on is not None
        and isinstance(finish, date)
        and finish < on
        and not record.text("actual_finish")
        and record.value("state") is None
    ):
        one.notes.append(Note("before_report", {"finish": finish.isoformat()}))


def _say_what_changes(plan: Plan) -> None:
    """Fill in was → is, cell by cell, against the report that is replaced, else against how the project stands."""
    replaced = queries.reports_by_id([line.before.report_id for line in plan.lines if line.before is not None])
    seen: set[int] = set()
    for line in plan.lines:
        project = plan.register.projects.get(line.subject.pk) if line.subject.pk is not None else None
        report = replaced.get(line.before.report_id) if line.before is not None else None
        if project is None or (report is None and project.pk in seen):
            continue
        seen.add(project.pk)
        for key, value in line.judged.record.values.items():
            was = _was(key, report, project)
            if was is _NOTHING or (value.is_blank and report is None):
                continue
            now = stored(key, value)
            if key == "name" and report is None:  # the one that is written: by the language of the name itself
                was = (project.name_ja if has_japanese(str(now)) else project.name_en) or was
            if not _same(key, was, now if now is not None else _blank_of(key)):
                line.judged.was[key] = _shown(key, was)


_NOTHING = object()


def _blank_of(key: str) -> Any:
    return (
        None
        if key in DATED or key in MONEY or key == "variance_percent"
        else "none"
        if key in ("confidence", "overall")
        else ""
    )


def _was(key: str, report: StatusReport | None, project: Project) -> Any:
    if key == "name":
        return report.project_name if report is not None else project.name_en or project.name_ja
    place = PLACES.get(key)
    if place is None:
        return _NOTHING
    if report is not None and place.report:
        return getattr(report, place.report)
    return getattr(project, place.project) if place.project and report is None else _NOTHING


def _same(key: str, was: Any, now: Any) -> bool:
    if isinstance(was, Decimal) and isinstance(now, Decimal):
        return was == now
    return (was or "") == (now or "") if not isinstance(was, Decimal) and not isinstance(now, Decimal) else False


def _shown(key: str, was: Any) -> str:
    if was is None or was == "":
        return ""
    if key == "variance_percent":
        return str((was / 100).normalize())
    return was.isoformat() if isinstance(was, date) else str(was)


def value_of(record: Record, key: str) -> Value:
    return record.values.get(key, BLANK)
