"""Reading imports: for lists, for the preview, for what may be done next."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pmo_portal import access
from pmo_portal.access.models import Scope
from pmo_portal.intake import explaining, targets
from pmo_portal.intake.journal import Journal
from pmo_portal.intake.models import ImportProfile, ImportRow, ImportRun
from pmo_portal.intake.wording import UNIT_NAMES, say
from pmo_portal.intake.workbooks import column_letter
from pmo_portal.jobs.models import Job
from pmo_portal.periods.models import Cadence, ReportingPeriod


def scopes_named(ids) -> QuerySet[Scope]:
    """Places by their ids (a list or a subquery that access has narrowed), in the order of their names."""
    return Scope.objects.filter(pk__in=ids).order_by("label")


def periods_since(day: date) -> QuerySet[ReportingPeriod]:
    """Regular periods that have begun or ended since a day; everybody may know them. One that an import made for its date
    is meant by that date."""
    found = ReportingPeriod.objects.filter(starts_on__gte=day).exclude(state=ReportingPeriod.State.PLANNED)
    return found.exclude(cadence=Cadence.DATED)


def all_periods() -> QuerySet[ReportingPeriod]:
    return ReportingPeriod.objects.all()


def no_profiles() -> QuerySet[ImportProfile]:
    """For a field whose choices depend on who looks."""
    return ImportProfile.objects.none()


OF_THE_TABLE = (
    "no_head",
    "no_records",
    "no_such_sheet",
    "no_column",
    "no_stamps",
    "no_key_column",
)  # refused, but opened and read
State, Verdict = ImportRun.State, ImportRow.Verdict


@dataclass(frozen=True)
class ColumnView:
    """A column of the sheet beside our field. `letter` H (in a turned sheet the row: 8); `style`: how it is read, in
    words; `needs`: what a person has to say about it ("order") or empty; `samples`: some cells as they stand."""

    index: int
    letter: str
    head: str
    field: str
    label: str
    kind: str
    style: str = ""
    needs: str = ""
    order: str = ""
    unit: str = ""
    sure: int = 100
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class CellView:
    """One cell. `text` as it stands in the file, `value` as it was understood (a date, a Decimal, a word of a list, None),
    `was`: what is known now, where it would change; `state`: "" same · new · changed · unknown · refused · held (this cell is left out, the row goes in); `words`: what
    people call the values of a choice."""

    index: int
    letter: str
    head: str
    field: str
    kind: str
    text: str = ""
    value: Any = None
    was: Any = None
    state: str = ""
    code: str = ""
    sentence: str = ""
    words: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CandidateView:
    id: int
    label: str
    detail: str
    score: int
    why: str
    is_proposed: bool = False


@dataclass(frozen=True)
class RowView:
    """One record of the sheet. `place`: how a person finds it there: 412, in a turned sheet the column: CX."""

    number: int
    place: str
    label: str
    on: date | None
    verdict: str
    cells: list[CellView]
    notes: list[str]
    candidates: list[CandidateView] = field(default_factory=list)
    answer: str = ""
    matched_id: int | None = None

    @property
    def needs_answer(self) -> bool:
        return self.verdict == Verdict.AMBIGUOUS


def runs(viewer) -> QuerySet[ImportRun]:
    """Imports in the viewer's scope, the newest first."""
    return access.visible(viewer, ImportRun).filter(archived_at=None).select_related("by", "profile", "scope", "period")


def applied_before(run: ImportRun, among: QuerySet[ImportRun] | None = None) -> ImportRun | None:
    """The latest import of the same content into the same place that stands applied: the very bytes, or the same cells in
    a file that was saved again."""
    found = ImportRun.objects.select_related("by") if among is None else among
    found = found.filter(target=run.target, scope=run.scope_id, state=State.APPLIED)
    content = (run.facts or {}).get("content")
    same = Q(file_sha256=run.file_sha256) | Q(facts__content=content) if content else Q(file_sha256=run.file_sha256)
    return found.filter(same).exclude(pk=run.pk).order_by("-applied_at", "-pk").first()


def profiles(viewer, target: str = "") -> QuerySet[ImportProfile]:
    found = access.visible(viewer, ImportProfile).filter(archived_at=None)
    return found.filter(target=target) if target else found


def own_profiles(viewer, target: str) -> list[ImportProfile]:
    """Profiles that people here have saved, the latest first."""
    return list(profiles(viewer, target).filter(is_shipped=False).order_by("-updated_at", "-pk"))


def is_profile_found(run: ImportRun) -> bool:
    """Whether nobody chose the profile: the file's columns did."""
    return run.profile is not None and run.answers.get("profile") == "found"


def counts(run: ImportRun) -> dict[str, int]:
    """Verdict → rows; `open`: rows that wait for an answer, `skipped`: rows that are no records."""
    found = {verdict.value: int((run.counts or {}).get(verdict.value, 0)) for verdict in Verdict}
    return {
        **found,
        "all": sum(found.values()),
        "open": found[Verdict.AMBIGUOUS],
        "skipped": int((run.facts or {}).get("skipped_count", 0)),
    }


def columns(run: ImportRun) -> list[ColumnView]:
    """Every column with a head, with the field it is read as, in the order of the sheet."""
    facts, fields = run.facts or {}, _fields(run)
    read = {c["column"]: c for c in facts.get("columns") or ()}
    samples = _samples(run, [*read])
    found = []
    is_turned = facts.get("layout") == "columns"
    for index, head in enumerate(facts.get("heads") or ()):
        if not head and index not in read:
            continue
        letter = str(index + 1) if is_turned else column_letter(index)
        style = read.get(index)
        if style is None:
            found.append(ColumnView(index, letter, head, "", "", ""))
            continue
        declared = fields.get(style["field"])
        found.append(
            ColumnView(
                index,
                letter,
                head,
                style["field"],
                str(declared.label) if declared else _own_label(style["field"]),
                style["kind"],
                _style(style),
                _needs(style),
                style["order"],
                style["unit"],
                round(style["score"] * 100),
                tuple(samples.get(index, ())),
            )
        )
    return found


def _fields(run: ImportRun) -> dict[str, targets.Field]:
    found = targets.targets.get(run.target)
    return found.by_key() if found else {}


def _own_label(key: str) -> str:
    return _("Date of the figures") if key == "period_on" else key.replace("_", " ")


def _samples(run: ImportRun, indexes: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {i: [] for i in indexes}
    for cells in run.rows.order_by("number").values_list("cells", flat=True)[:12]:
        for key, cell in cells.items():
            listed = found.get(int(key))
            if listed is not None and len(listed) < 3 and cell.get("t") and cell["t"][:60] not in listed:
                listed.append(cell["t"][:60])
    return found


def _style(style: dict[str, Any]) -> str:
    if style["kind"] == "date":
        return _date_style(style)
    if style["kind"] == "money":
        unit = UNIT_NAMES.get(style["unit"], style["unit"])
        source = {
            "head": _("from the head"),
            "line": _("from the line of units"),
            "profile": _("from the profile"),
            "person": _("as was said"),
            "above": _("from above the table"),
        }
        return f"{unit} ({source[style['unit_from']]})" if style["unit_from"] in source else str(unit)
    if style["kind"] == "percent":
        return _("bare numbers are fractions") if style["fraction"] else _("bare numbers are percent")
    return ""


def _date_style(style: dict[str, Any]) -> str:
    certain = style["dmy"] + style["mdy"]
    if style["order"] and certain:
        given = {
            "order": say(style["order"]),
            "count": max(style["dmy"], style["mdy"]),
            "other": min(style["dmy"], style["mdy"]),
        }
        return _("%(order)s: %(count)s cells are certain, %(other)s against it") % given
    if style["order"]:
        source = {"profile": _("as the profile says"), "sheet": _("as the sheet's other dates")}
        return f"{say(style['order'])} ({source.get(style['order_from'], '')})"
    return ""


def _needs(style: dict[str, Any]) -> str:
    return "order" if style["kind"] == "date" and not style["order"] and style["open"] else ""


def rows(run: ImportRun, *, verdict: str = "", search: str = "", first: int = 0, count: int = 200) -> list[RowView]:
    """Rows of the preview, `count` from the `first`-th that fits. Three queries at the most."""
    found = run.rows.order_by("number")
    if verdict:
        found = found.filter(verdict=verdict)
    if search.strip():
        found = found.filter(Q(label__icontains=search.strip()))
    shown = columns_shown(run)
    return [_row(run, row, shown) for row in found[first : first + count]]


def count_rows(run: ImportRun, *, verdict: str = "", search: str = "") -> int:
    """How many rows `rows` would give in all; without a search without asking the rows themselves."""
    if not search.strip():
        found = counts(run)
        return found[verdict] if verdict else found["all"]
    found_rows = run.rows.filter(label__icontains=search.strip())
    return (found_rows.filter(verdict=verdict) if verdict else found_rows).count()


def place_of(run: ImportRun, number: int, *, verdict: str = "", search: str = "") -> int:
    """How many rows that fit stand before this one."""
    found = run.rows.filter(number__lt=number)
    if verdict:
        found = found.filter(verdict=verdict)
    return (found.filter(label__icontains=search.strip()) if search.strip() else found).count()


def place_in_sheet(run: ImportRun, number: int) -> str:
    """How a person finds a record in the sheet: 412, in a turned sheet the column: CX."""
    return column_letter(number - 1) if (run.facts or {}).get("layout") == "columns" else str(number)


def field_labels(run: ImportRun) -> dict[str, str]:
    """Field → its name in the reader's language, those of the profile's own included."""
    declared = {key: str(f.label) for key, f in _fields(run).items()}
    own = {c["field"]: _own_label(c["field"]) for c in (run.facts or {}).get("columns") or ()}
    return own | declared


def row(run: ImportRun, number: int) -> RowView | None:
    found = run.rows.filter(number=number).first()
    return _row(run, found, columns_shown(run)) if found else None


def columns_shown(run: ImportRun) -> list[dict[str, Any]]:
    """How the columns of the preview were read, with the words of their choices."""
    fields = _fields(run)
    words = {key: declared.words for key, declared in fields.items()}
    hidden = {key for key, declared in fields.items() if not declared.is_shown}
    read = [style for style in (run.facts or {}).get("columns") or () if style["field"] not in hidden]
    return [style | {"words": words.get(style["field"], {})} for style in read]


def _row(run: ImportRun, row: ImportRow, shown: list[dict[str, Any]]) -> RowView:
    answers = (run.answers.get("rows") or {}).get(str(row.number)) or {}
    return RowView(
        number=row.number,
        place=place_in_sheet(run, row.number),
        label=row.label,
        on=row.on,
        verdict=row.verdict,
        cells=[_cell(style, row.cells.get(str(style["column"])) or {}) for style in shown],
        notes=[say(code, params) for code, params in row.notes],
        candidates=[
            CandidateView(c["id"], c["label"], c["detail"], c["score"], say(c["reason"]), c["id"] == row.proposed_id)
            for c in row.candidates
        ],
        answer=answers.get("choice", ""),
        matched_id=row.matched_id,
    )


def _cell(style: dict[str, Any], cell: dict[str, Any]) -> CellView:
    kind, code = style["kind"], cell.get("c", "")
    return CellView(
        index=style["column"],
        letter=style["letter"],
        head=style["head"],
        field=style["field"],
        kind=kind,
        text=cell.get("t", ""),
        value=_typed(kind, cell.get("v")),
        was=_typed(kind, cell["w"]) if "w" in cell else None,
        state=cell.get("s", ""),
        code=code,
        sentence=say(code, cell.get("p")) if code else "",
        words=style["words"],
    )


def _typed(kind: str, text: Any) -> Any:
    if text in (None, ""):
        return text
    try:
        if kind == "date":
            return date.fromisoformat(str(text))
        if kind in ("money", "number", "percent"):
            return Decimal(str(text))
    except (ValueError, InvalidOperation):
        return text
    return text


def address_of(run: ImportRun) -> str:
    """Where one looks at what was brought in."""
    target = targets.targets.get(run.target)
    return target.address(run.scope) if target else ""


def home_of(run: ImportRun) -> tuple[str, str]:
    """Where a run's page leads back to, and what that is called: all imports, or the list whose workbook came back."""
    target = targets.targets.get(run.target)
    if target is None or target.is_offered:
        return reverse("imports:list"), _("Imports")
    return target.address(run.scope), str(target.label)


def door_of(run: ImportRun) -> str:
    """Where another file of the same kind is sent in."""
    target = targets.targets.get(run.target)
    return (target.door() if target else "") or f"{reverse('imports:new')}?scope={run.scope_id}"


def is_of_a_list(run: ImportRun) -> bool:
    """A workbook made for editing: its rows say themselves which record they are."""
    target = targets.targets.get(run.target)
    return target is not None and not target.is_offered


def proposal_count(run: ImportRun) -> int:
    """Rows to confirm whose proposal leaves no doubt."""
    return run.rows.filter(verdict=Verdict.AMBIGUOUS, proposed_id__isnull=False).count()


def next_problem(run: ImportRun, after: int = 0) -> int | None:
    """The next row that is refused or waits for an answer, from the top again after the last."""
    found = run.rows.filter(verdict__in=(Verdict.AMBIGUOUS, Verdict.REFUSED)).order_by("number")
    numbers = found.values_list("number", flat=True)
    return numbers.filter(number__gt=after).first() or numbers.first()


def work(run: ImportRun) -> Job | None:
    """The newest job of a run: its progress, or why it was given up."""
    return Job.objects.filter(key=f"intake:{run.pk}").order_by("-pk").first()


def is_working(run: ImportRun) -> bool:
    job = work(run)
    return bool(job and job.state in (Job.State.QUEUED, Job.State.RUNNING))


def message(run: ImportRun) -> str:
    """Why a file was refused, in the reader's language; else what is to be known about the run."""
    refusal = (run.facts or {}).get("refusal")
    return say(refusal["code"], refusal["params"]) if refusal else run.message


def incomplete_count(run: ImportRun) -> int:
    """Records that go in although fields are missing that are needed in their state."""
    return ((run.facts or {}).get("noted") or {}).get("incomplete_in", 0)


def changed_since(run: ImportRun) -> list[dict[str, Any]]:
    """Rows of which applying found that something was changed since the preview: number, and the verdict until then."""
    return (run.facts or {}).get("changed_since") or [] if run.state == State.PREVIEWED else []


def rows_changed_since(run: ImportRun) -> list[tuple[ImportRow, str]]:
    """Those rows as they come out now, each with the verdict until then."""
    was = {row["number"]: row["was"] for row in changed_since(run)}
    return [(row, was[row.number]) for row in run.rows.filter(number__in=was).order_by("number")] if was else []


def count_others(run: ImportRun) -> int:
    """How many rows would be written without those."""
    changed = [row["number"] for row in changed_since(run)]
    return run.rows.filter(verdict__in=(Verdict.NEW, Verdict.CHANGED)).exclude(number__in=changed).count()


def why_not_apply(run: ImportRun, without: Collection[int] = ()) -> str:
    """A sentence on what keeps the run from being applied (`without` these rows); empty: nothing does."""
    if run.state == State.APPLYING and is_working(run):
        return _("It is being applied.")
    if run.state not in (State.PREVIEWED, State.APPLYING):
        return _("This import is %(state)s.") % {"state": run.get_state_display()}
    found = counts(run)
    for verdict in run.rows.filter(number__in=without).values_list("verdict", flat=True) if without else ():
        found[verdict] -= 1
    if found[Verdict.AMBIGUOUS]:
        return _("%(count)s rows are still to be confirmed.") % {"count": found[Verdict.AMBIGUOUS]}
    if not found[Verdict.NEW] and not found[Verdict.CHANGED]:
        return _("Nothing in the file is new or changed.")
    return ""


def is_table(run: ImportRun) -> bool:
    """Whether the file is one of rows and columns, so that saying what they mean can help. False: it was refused unread."""
    refusal = (run.facts or {}).get("refusal") or {}
    return refusal.get("code") in (None, *OF_THE_TABLE)


def why_not_undo(run: ImportRun) -> str:
    """A sentence on what keeps the run from being undone; empty: nothing does."""
    from pmo_portal.intake.running import context_of

    if run.state != State.APPLIED:
        return _("Only an import that was applied can be undone.")
    journal = Journal.read(run.rows.order_by("number").values_list("number", "made", "before"))
    return targets.get(run.target).why_not_undo(context_of(run), journal)


def facts(run: ImportRun) -> list[str]:
    """What was found out about the file, in sentences."""
    found = run.facts or {}
    if not found.get("layout"):
        return []
    said = []
    if found.get("sheet"):
        said.append(_("Sheet “%(sheet)s”.") % {"sheet": found["sheet"]})
    if found.get("encoding"):
        names = {"cp932": "Shift_JIS (cp932)", "cp1252": "Windows-1252", "utf-8-sig": "UTF-8 (BOM)", "utf-16": "UTF-16"}
        said.append(_("Encoding %(encoding)s.") % {"encoding": names.get(found["encoding"], found["encoding"].upper())})
    if found["layout"] == "columns":
        said.append(
            _("The sheet is turned: each column is a record; the names stand in column %(column)s.")
            % {"column": column_letter(found["header_row"] - 1)}
        )
    else:
        said.append(_("The names of the columns stand in row %(row)s.") % {"row": found["header_row"]})
    unit = next((c["unit"] for c in found.get("columns") or () if c["unit_from"] == "above"), "one")
    if unit != "one":
        given = {"unit": UNIT_NAMES[unit], "text": found["unit_above"]}
        said.append(_("Amounts in %(unit)s, as the sheet says above its table: “%(text)s”.") % given)
    for code, count in sorted((found.get("skipped_by") or {}).items()):
        text = ngettext("%(count)s row left out: %(why)s.", "%(count)s rows left out: %(why)s.", count)
        said.append(text % {"count": count, "why": say(f"{code}_short")})
    if rest := found.get("rest"):
        names = ", ".join(f"{r['letter']} {r['head'][:40]}" for r in rest[:12])
        said.append(_("Columns without a field, kept with the record: %(names)s.") % {"names": names})
    return said


def skipped(run: ImportRun) -> list[dict[str, Any]]:
    """Rows that are no records, with the reason."""
    return [
        {"number": s["number"], "text": s["text"], "why": say(s["code"], s["params"])}
        for s in (run.facts or {}).get("skipped") or ()
    ]


def refused_table(run: ImportRun) -> tuple[list[str], list[list[str]]]:
    """The refused rows as a table: row, column, value, reason, then the cells as they stand."""
    shown = columns_shown(run)
    heads = [_("row"), _("column"), _("value"), _("reason"), *[c["head"] for c in shown]]
    body = []
    for view in rows(run, verdict=Verdict.REFUSED, count=100_000):
        texts = [cell.text for cell in view.cells]
        wrong = [c for c in view.cells if c.state == "refused"]
        for cell in wrong:
            body.append([view.place, f"{cell.letter} {cell.head}", cell.text, cell.sentence, *texts])
        if not wrong:
            body.append([view.place, "", view.label, " ".join(view.notes), *texts])
    return heads, body


def warning(definition: dict[str, Any], key: str = "warning") -> str:
    """A text of the profile in the reader's language."""
    from pmo_portal.i18n.localised import pick

    found = definition.get(key) or ""
    return found if isinstance(found, str) else pick(found.get("ja", ""), found.get("en", ""))


SETTINGS = (
    "sheet", "layout", "encoding", "header_row", "header_rows", "language", "currency", "period", "identity", "baseline",
    "milestones", "rest", "ignore", "words", "prose", "tolerate", "skip", "refuse", "fill", "repair", "attribution", "warning",
    "seen_heads",
)  # fmt: skip


def profile_columns(profile: ImportProfile) -> list[dict[str, Any]]:
    """A line per column of the definition: our field, the names that it goes by, and what else is said of it."""
    target = targets.targets.get(profile.target)
    declared = target.by_key() if target else {}
    lines = []
    for column in profile.definition.get("columns") or ():
        field, heads = declared.get(column["field"]), column.get("heads") or []
        more = {k: v for k, v in column.items() if k not in ("field", "heads", "kind")}
        lines.append(
            {
                "field": str(field.label) if field else _own_label(column["field"]),
                "is_own": field is None,
                "kind": field.kind if field else column.get("kind", "text"),
                "heads": [h for h in heads if not explaining.is_pattern(h)],
                "patterns": [h for h in heads if explaining.is_pattern(h)],
                "more": [explaining.explain(k, v) for k, v in more.items() if v not in ("", False, None)],
            }
        )
    return lines


def profile_settings(profile: ImportProfile) -> list[explaining.Said]:
    """What a definition says besides its columns, in the order of docs/intake.md."""
    said = profile.definition
    return [explaining.explain(key, said[key]) for key in SETTINGS if said.get(key) not in (None, "", [], {})]


def definition_text(profile: ImportProfile) -> str:
    """The definition as people read and copy it."""
    return json.dumps(profile.definition, ensure_ascii=False, indent=2)
