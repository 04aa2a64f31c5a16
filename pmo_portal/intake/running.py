"""The work behind the actions: reading and judging into rows, writing, undoing. Called by jobs, commands and actions."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from pmo_portal import asks, audit, jobs
from pmo_portal.intake import engine, keeping, queries, suiting, targets
from pmo_portal.intake.faults import Unreadable
from pmo_portal.intake.journal import Journal
from pmo_portal.intake.models import ImportRow, ImportRun
from pmo_portal.intake.reading import Limits
from pmo_portal.intake.targets import Context, Judged
from pmo_portal.intake.wording import say

State = ImportRun.State
BATCH = 500
MOST_TOLD = 500  # rows that were changed since; where there are more, it is simply another preview


def context_of(run: ImportRun) -> Context:
    answers = {int(n): a for n, a in (run.answers.get("rows") or {}).items()}
    return Context(
        scope=run.scope,
        by=run.by,
        definition=run.definition,
        answers=answers,
        period=run.period,
        as_of=run.as_of,
        run=run,
    )


def repairs_of(run: ImportRun) -> dict[tuple[int, int], str]:
    found = {}
    for place, text in (run.answers.get("cells") or {}).items():
        number, column = place.split(":")
        found[int(number), int(column)] = text
    return found


def prepare(run: ImportRun) -> engine.Prepared:
    """Raises Unreadable, also where the kept file is gone or was changed."""
    try:
        content = keeping.content(run.file_path, run.file_sha256)
    except (OSError, ValueError):
        raise Unreadable("file_gone") from None
    return engine.prepare(content, run.file_name, targets.get(run.target), run.definition, repairs_of(run))


def preview(run: ImportRun, changed: list[dict[str, Any]] | None = None) -> None:
    """Read, judge, keep the rows; the run ends as previewed or refused. Rows come batch by batch, so that whoever
    watches sees the first ones early. `changed`: rows of which applying found that something was changed since; they
    stay named while rows are answered, until the file is read another way."""
    target = targets.get(run.target)
    language = run.by.language if run.by else "en"
    with translation.override(language):
        try:
            jobs.progress(0, 0, _("Reading the file"))
            prepared = prepare(run)
            if _take_suiting_profile(run, prepared):
                prepared = prepare(run)
            run.facts = {**(run.facts or {}), "content": engine.content_of(prepared)}
            context = context_of(run)
            jobs.progress(0, len(prepared.records), _("Comparing with what is known"))
            judged = engine.judge(prepared, target, context)
        except Unreadable as error:
            _refuse(run, error)
            return
        rows = engine.rows_of(run.pk, judged, prepared)
        facts = facts_of(prepared, judged)
        facts["plan"] = plan_of(judged)
        kept = (run.facts or {}).get("changed_since", []) if run.state == State.PREVIEWED else []
        facts["changed_since"] = kept if changed is None else changed[:MOST_TOLD]
        ImportRow.objects.filter(run=run).delete()
        ImportRun.objects.filter(pk=run.pk).update(facts=facts, counts=counts_of(judged))
        for start in range(0, len(rows), BATCH):
            ImportRow.objects.bulk_create(rows[start : start + BATCH], batch_size=BATCH)
            jobs.progress(min(start + BATCH, len(rows)), len(rows), _("Comparing with what is known"))
    done = ImportRun.objects.filter(pk=run.pk, state__in=(State.READING, State.PREVIEWED)).update(
        state=State.PREVIEWED, counts=counts_of(judged), updated_at=timezone.now()
    )
    if done and len(rows) > 2 * BATCH:
        _tell(run, "previewed", len(rows))


def _take_suiting_profile(run: ImportRun, prepared: engine.Prepared) -> bool:
    """A file that nobody has said anything about is read as one from the same source was read before."""
    if run.by is None or run.profile_id is not None or run.definition or run.answers.get("profile"):
        return False
    offered = [(profile, profile.definition) for profile in queries.own_profiles(run.by, run.target)]
    found = suiting.best(prepared.table.heads, offered)
    if found is None:
        return False
    run.profile, run.definition, run.answers = found, found.definition, {**run.answers, "profile": "found"}
    given = {"profile": found, "definition": found.definition, "answers": run.answers}
    ImportRun.objects.filter(pk=run.pk).update(**given)
    return True


def _refuse(run: ImportRun, error: Unreadable) -> None:
    ImportRow.objects.filter(run=run).delete()
    ImportRun.objects.filter(pk=run.pk).update(
        state=State.REFUSED,
        message=say(error.code, error.params),
        facts={"refusal": {"code": error.code, "params": error.params}},
        counts={},
        updated_at=timezone.now(),
    )


def _tell(run: ImportRun, what: str, count: int) -> None:
    if run.by is not None:
        asks.notify(
            run.by,
            key=f"intake:{what}:{run.pk}:{run.version}",
            kind=f"intake.{what}",
            about=run,
            params={"file": run.file_name, "count": count, "run": run.pk},
            url=run.get_absolute_url(),
        )


def facts_of(prepared: engine.Prepared, judged: list[Judged]) -> dict[str, Any]:
    """What was found out about the file, and how often each thing was noted of its rows."""
    return engine.facts_of(prepared) | {"noted": Counter(note.code for j in judged for note in j.notes)}


def counts_of(judged: list[Judged]) -> dict[str, int]:
    counts = Counter(j.verdict for j in judged)
    return {verdict.value: counts.get(verdict, 0) for verdict in ImportRow.Verdict}


def plan_of(judged: list[Judged]) -> str:
    """A digest over what would be done: what was looked at is what is applied."""
    plan = [(j.number, str(j.verdict), j.matched_id, j.proposal, sorted(j.was.items()), sorted(j.held)) for j in judged]
    return hashlib.sha256(json.dumps(plan, cls=DjangoJSONEncoder).encode()).hexdigest()


# ---- applying


def apply(run: ImportRun) -> None:
    """Write what the preview showed, in one transaction; where the register has changed since, show the new preview
    instead, with the rows that it is about. A ValidationError of the target ends in a message, with nothing written."""
    language = run.by.language if run.by else "en"
    with translation.override(language):
        jobs.progress(0, 0, _("Reading the file"))
        try:
            prepared = prepare(run)
            total = len(prepared.records)
            jobs.progress(0, total, _("Writing"))
            with transaction.atomic():
                changed = _write(run, prepared)
        except Unreadable as error:
            _refuse(run, error)
            return
        except ValidationError as error:
            ImportRun.objects.filter(pk=run.pk).update(
                state=State.PREVIEWED, message=" ".join(error.messages), updated_at=timezone.now()
            )
            return
        if changed is not None:
            ImportRun.objects.filter(pk=run.pk).update(state=State.READING)
            preview(run, changed if len(changed) <= MOST_TOLD else [])
            ImportRun.objects.filter(pk=run.pk).update(
                message=_("Something was changed in the meantime. Look at the preview once more: nothing was written.")
            )
            return
        jobs.progress(total, total, _("Done"))
        _tell(run, "applied", total)


def _write(run: ImportRun, prepared: engine.Prepared) -> list[dict[str, Any]] | None:
    """In the caller's transaction. A list: what is known has changed since the preview, nothing was written; it names
    the rows that come out otherwise now, as far as they were not left out."""
    target = targets.get(run.target)
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    if locked.state != State.APPLYING:
        return None
    context = context_of(run)
    target.lock(context)
    judged = engine.judge(prepared, target, context)
    if plan_of(judged) != run.facts.get("plan"):
        differing = _differing(run, judged, prepared)
        left_out = {n for n, said in context.answers.items() if said.get("choice") == "leave_out"}
        changed = [row for row in differing if row["number"] not in left_out]
        if changed or not differing:
            return changed
    write(run, target, context, prepared, judged)
    return None


def _differing(run: ImportRun, judged: list[Judged], prepared: engine.Prepared) -> list[dict[str, Any]]:
    """The rows that come out otherwise than the preview shows them, with the verdict that they had."""
    now = {row.number: _outcome(row) for row in engine.rows_of(run.pk, judged, prepared)}
    shown = run.rows.order_by("number").iterator(chunk_size=BATCH)
    return [{"number": r.number, "was": r.verdict} for r in shown if _outcome(r) != now.get(r.number)]


def _outcome(row: ImportRow) -> tuple:
    cells = {c: (cell.get("s"), cell.get("w")) for c, cell in row.cells.items() if cell.get("s") or "w" in cell}
    return str(row.verdict), row.matched_id, row.proposed_id, cells


def write(
    run: ImportRun, target: targets.Target, context: Context, prepared: engine.Prepared, judged: list[Judged]
) -> dict[str, int]:
    """Let the target write, keep the rows with their part of the journal, mark the run as applied."""
    journal = Journal()
    context.run = run
    result = target.apply(context, judged, journal)
    rows = engine.rows_of(run.pk, judged, prepared)
    kept = journal.by_row()
    for row in rows:
        if row.number in kept:
            row.made, row.before = kept[row.number]
    ImportRow.objects.filter(run=run).delete()
    ImportRow.objects.bulk_create(rows, batch_size=BATCH)
    target.after(context)
    with audit.change(run, "imported", by=run.by) as current:
        current.state, current.applied_at = State.APPLIED, timezone.now()
        current.result, current.counts, current.message = result, counts_of(judged), ""
        current.facts = facts_of(prepared, judged)
    return result


# ---- undoing


def undo(run: ImportRun, *, by, reason: str = "", version: int | None = None) -> ImportRun:
    """In the caller's transaction. Raises ValidationError naming what was changed since."""
    target = targets.get(run.target)
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    if locked.state != State.APPLIED:
        raise ValidationError(_("Only an import that was applied can be undone."), code="state")
    context = context_of(run)
    context.by = by
    target.lock(context)
    journal = Journal.read(run.rows.order_by("number").values_list("number", "made", "before"))
    if why := target.why_not_undo(context, journal):
        raise ValidationError(why, code="changed_since")
    target.undo(context, journal)
    target.after(context)
    with audit.change(run, "undone", by=by, version=version, reason=reason) as current:
        current.state, current.undone_at = State.UNDONE, timezone.now()
    return run


# ---- at once, for commands


@dataclass
class Brought:
    """What became of one file."""

    file_name: str
    run: ImportRun | None = None
    prepared: engine.Prepared | None = None
    judged: list[Judged] = field(default_factory=list)
    result: dict[str, int] = field(default_factory=dict)
    refusal: Unreadable | None = None

    @property
    def changes_something(self) -> bool:
        return any(j.verdict in (ImportRow.Verdict.NEW, ImportRow.Verdict.CHANGED) for j in self.judged)


@transaction.atomic
def bring_in(
    *,
    target: str,
    scope,
    content: bytes,
    file_name: str,
    definition: dict[str, Any],
    profile=None,
    as_of: date | None = None,
    accept_matches: bool = False,
    by=None,
    limits: Limits | None = None,
) -> Brought:
    """Read, judge and write a file at once; rows to be confirmed are left out, unless `accept_matches` takes their
    proposals. A file that changes nothing leaves no run behind."""
    found = targets.get(target)
    brought = Brought(file_name)
    try:
        brought.prepared = engine.prepare(content, file_name, found, definition, limits=limits)
    except Unreadable as error:
        brought.refusal = error
        return brought
    context = Context(
        scope=scope, by=by, definition=definition, accept_matches=accept_matches, is_answered=False, as_of=as_of
    )
    found.lock(context)
    brought.judged = engine.judge(brought.prepared, found, context)
    if not brought.changes_something:
        return brought
    name, size, sha256 = keeping.keep(content, most=max(len(content), 1))
    try:
        with transaction.atomic():
            brought.run = audit.create(
                ImportRun(
                    target=target,
                    scope=scope,
                    profile=profile,
                    definition=definition,
                    as_of=as_of,
                    file_name=file_name[:200],
                    file_path=name,
                    file_size=size,
                    file_sha256=sha256,
                    state=State.APPLYING,
                    by=by,
                ),
                by=by,
            )
            brought.result = write(brought.run, found, context, brought.prepared, brought.judged)
    except BaseException:
        keeping.forget(name)
        raise
    return brought
