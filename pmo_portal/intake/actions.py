"""Bringing sheets in: received, mapped, previewed, answered, applied all or nothing, undone in one step."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access, audit, jobs
from pmo_portal.intake import definitions, keeping, queries, running, targets
from pmo_portal.intake.models import ImportProfile, ImportRow, ImportRun
from pmo_portal.jobs.models import Job

State = ImportRun.State
OPEN_STATES = (State.UPLOADED, State.READING, State.PREVIEWED, State.REFUSED)
AGAIN_WITHIN = timedelta(minutes=2)
SMALL = 2000  # rows up to which an answer is judged at once; more are judged by a job


@transaction.atomic
def receive_file(
    *,
    by,
    target: str,
    scope,
    file: Any,
    file_name: str = "",
    profile: ImportProfile | None = None,
    definition: dict[str, Any] | None = None,
    period=None,
    as_of: date | None = None,
) -> ImportRun:
    """Keep a file and let it be read in the background. `file`: an upload, an open file or bytes; `period`: an existing
    reporting period, or `as_of`: the date of its figures; `definition`: how it is read, where no profile says it. Raises
    ValidationError (empty, too_large, disk_full), PermissionDenied."""
    found = _target(target)
    found.require(by, scope)
    _require_same_target(profile, target)
    if period is not None and as_of is not None:
        raise ValidationError({"as_of": ValidationError(_("Give the period or the date, not both."), code="both")})
    name, size, sha256 = keeping.keep(file)
    type(scope).objects.select_for_update().get(pk=scope.pk)  # one after the other: the same file twice is one import
    shown = (file_name or getattr(file, "name", "") or "").replace("\\", "/").rsplit("/", 1)[-1]
    shown = shown[:200] or _("without a name")
    given = {"target": target, "scope": scope, "profile": profile, "period": period, "file_name": shown}
    if twin := _just_received(by, sha256, as_of=as_of or (period.ends_on if period else None), **given):
        keeping.forget(name)
        return twin
    run = ImportRun(
        target=target,
        scope=scope,
        profile=profile,
        definition=profile.definition if profile else definition or {},
        period=period,
        as_of=as_of or (period.ends_on if period else None),
        file_name=shown,
        file_path=name,
        file_size=size,
        file_sha256=sha256,
        by=by,
    )
    audit.create(run, by=by)
    _read(run, by)
    return run


def _just_received(by, sha256: str, **given) -> ImportRun | None:
    """What a second press of the same button sends again: the run that the first one made, as long as nothing has come
    of it yet."""
    since = timezone.now() - AGAIN_WITHIN
    found = ImportRun.objects.filter(by=by, file_sha256=sha256, created_at__gte=since, archived_at=None, **given)
    return found.filter(state__in=OPEN_STATES).order_by("-pk").first()


def _require_same_target(profile: ImportProfile | None, target: str) -> None:
    if profile is not None and profile.target != target:
        raise ValidationError({"profile": ValidationError(_("This profile is for something else."), code="profile")})


def _target(key: str) -> targets.Target:
    try:
        return targets.get(key)
    except LookupError:
        raise ValidationError(
            {"target": ValidationError(_("Nothing of this kind can be imported."), code="target")}
        ) from None


def _read(run: ImportRun, by) -> Job:
    ImportRun.objects.filter(pk=run.pk).update(state=State.READING, message="")
    run.state, run.message = State.READING, ""
    return jobs.submit("pmo_portal.intake.preview", run.pk, by=by, key=f"intake:{run.pk}")


@transaction.atomic
def preview(run: ImportRun, *, by) -> Job:
    """Read and judge again, in the background."""
    access.require(by, "apply", run)
    _require_open(ImportRun.objects.select_for_update().get(pk=run.pk))
    return _read(run, by)


def _require_open(run: ImportRun) -> None:
    if run.state not in OPEN_STATES:
        raise ValidationError(
            _("This import is %(state)s; nothing can be changed in it.") % {"state": run.get_state_display()},
            code="state",
        )


@transaction.atomic
def set_mapping(
    run: ImportRun,
    *,
    by,
    version: int | None = None,
    definition: dict[str, Any] | None = None,
    columns: Dict[int, str] | None = None,
    sheet: str | None = None,
    layout: str | None = None,
    header_row: int | None = None,
) -> ImportRun:
    """Another mapping for this run. `columns`: column number → field, empty for none; the other values as in a profile.
    Raises ValidationError naming what is wrong with it, Conflict."""
    access.require(by, "apply", run)
    target = _target(run.target)
    with audit.change(run, "changed", by=by, version=version) as current:
        _require_open(current)
        wanted = dict(definition if definition is not None else current.definition)
        for key, value in (("sheet", sheet), ("layout", layout), ("header_row", header_row)):
            if value is not None:
                wanted[key] = value
        if columns is not None:
            wanted = definitions.with_columns(wanted, columns, current.facts, target)
        definitions.check(wanted, target)
        current.definition = wanted
        if sheet is not None or layout is not None or header_row is not None:
            current.answers = {}
    _read(run, by)
    return run


@transaction.atomic
def set_profile(run: ImportRun, *, by, profile: ImportProfile | None, version: int | None = None) -> ImportRun:
    """Read the file by another profile, or by none: as its own names say."""
    access.require(by, "apply", run)
    _require_same_target(profile, run.target)
    with audit.change(run, "changed", by=by, version=version) as current:
        _require_open(current)
        current.profile, current.definition = profile, profile.definition if profile else {}
        current.answers = {"profile": "chosen" if profile else "none"}
    _read(run, by)
    return run


@transaction.atomic
def set_column(
    run: ImportRun,
    *,
    by,
    column: int,
    version: int | None = None,
    order: str | None = None,
    unit: str | None = None,
    decimal: str | None = None,
) -> ImportRun:
    """Say what a column of dates or numbers means: order `dmy` or `mdy`, its unit, its decimal sign."""
    access.require(by, "apply", run)
    target = _target(run.target)
    with audit.change(run, "changed", by=by, version=version) as current:
        _require_open(current)
        chosen = {"order": order, "unit_chosen": unit, "decimal": decimal}
        given = {k: v for k, v in chosen.items() if v is not None}
        wanted = definitions.with_options(current.definition, column, given, current.facts, target)
        definitions.check(wanted, target)
        current.definition = wanted
    _read(run, by)
    return run


@transaction.atomic
def set_reading(
    run: ImportRun,
    *,
    by,
    version: int | None = None,
    columns: Dict[int, str] | None = None,
    styles: Dict[int, Dict[str, str]] | None = None,
    **layout: Any,
) -> ImportRun:
    """What a page of the mapping says at once: where the names stand (`sheet`, `layout`, `header_row`), or which column
    is which field (`period_on` for the one that says the date) and how columns are read (`order`, `unit`, `decimal`)."""
    definition = None
    if columns is not None:
        definition, columns = definitions.with_period_column(run.definition, columns, run.facts)
    set_mapping(run, by=by, version=version, definition=definition, columns=columns, **layout)
    for column, said in (styles or {}).items():
        set_column(run, by=by, column=column, **said)
    return run


@transaction.atomic
def set_period(run: ImportRun, *, by, version: int | None = None, period=None, as_of: date | None = None) -> ImportRun:
    """For which date the figures are."""
    access.require(by, "apply", run)
    with audit.change(run, "changed", by=by, version=version) as current:
        _require_open(current)
        current.period, current.as_of = period, as_of or (period.ends_on if period else None)
    _read(run, by)
    return run


def answer(run: ImportRun, *, by, number: int, choice: str, matched_id: int | None = None) -> ImportRow:
    """Decide a row to be confirmed: match (a candidate), new, leave_out; empty: undecided again."""
    access.require(by, "apply", run)
    if choice not in ("match", "new", "leave_out", ""):
        raise ValidationError({"choice": ValidationError(_("Choose one of the answers."), code="choice")})
    with transaction.atomic():
        current = ImportRun.objects.select_for_update().get(pk=run.pk)
        _require_open(current)
        row = _row(current, number)
        if choice == "match" and matched_id not in {c["id"] for c in row.candidates}:
            raise ValidationError({"matched_id": ValidationError(_("Choose one of the candidates."), code="candidate")})
        _keep_answers(current, {number: {"choice": choice, "matched_id": matched_id} if choice else None})
        audit.log(current, "answered", by=by, changes={"rows": [None, {str(number): choice}]})
    _rejudge(run, by)
    return _row(run, number)


def accept_matches(run: ImportRun, *, by) -> int:
    """Take every proposal that leaves no doubt; returns how many."""
    access.require(by, "apply", run)
    with transaction.atomic():
        current = ImportRun.objects.select_for_update().get(pk=run.pk)
        _require_open(current)
        proposed = current.rows.filter(verdict=ImportRow.Verdict.AMBIGUOUS, proposed_id__isnull=False)
        taken = {
            number: {"choice": "match", "matched_id": pk}
            for number, pk in proposed.values_list("number", "proposed_id")
        }
        _keep_answers(current, taken)
        audit.log(current, "answered", by=by, changes={"rows": [None, {str(n): "match" for n in taken}]})
    if taken:
        _rejudge(run, by)
    return len(taken)


def repair(run: ImportRun, *, by, number: int, column: int, text: str | None) -> ImportRow:
    """Read one cell as `text` instead of what stands in the file; None: as it stands."""
    access.require(by, "apply", run)
    if text is not None and len(text) > 2000:
        raise ValidationError({"text": ValidationError(_("This is too long for one cell."), code="too_long")})
    with transaction.atomic():
        current = ImportRun.objects.select_for_update().get(pk=run.pk)
        _require_open(current)
        _row(current, number)
        cells = dict(current.answers.get("cells") or {})
        cells[f"{number}:{column}"] = text
        current.answers = {**current.answers, "cells": {k: v for k, v in cells.items() if v is not None}}
        current.save(update_fields=["answers", "updated_at"])
        audit.log(current, "answered", by=by, changes={"cells": [None, {f"{number}:{column}": text}]})
    _rejudge(run, by)
    return _row(run, number)


def _row(run: ImportRun, number: int) -> ImportRow:
    found = ImportRow.objects.filter(run=run, number=number).first()
    if found is None:
        raise ValidationError({"number": ValidationError(_("There is no such row in the preview."), code="row")})
    return found


def _keep_answers(run: ImportRun, given: dict[int, dict[str, Any] | None]) -> None:
    rows = dict(run.answers.get("rows") or {})
    rows.update({str(n): a for n, a in given.items()})
    run.answers = {**run.answers, "rows": {n: a for n, a in rows.items() if a is not None}}
    run.save(update_fields=["answers", "updated_at"])


def _rejudge(run: ImportRun, by) -> None:
    run.refresh_from_db()
    if run.rows.count() > SMALL:
        with transaction.atomic():
            _read(run, by)
        return
    running.preview(run)
    run.refresh_from_db()


@transaction.atomic
def save_profile(run: ImportRun, *, by, name: str, note: str = "") -> ImportProfile:
    """Remember this run's mapping under a name, for the next file from the same source. An own profile of that name is
    brought up to date; one that comes with the portal keeps its name for itself."""
    access.require(by, "apply", run)
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": ValidationError(_("Give the profile a name."), code="required")})
    definition = definitions.remembered(run.definition, run.facts, _target(run.target))
    found = ImportProfile.objects.filter(name=name).first()
    if found is not None and (found.is_shipped or found.target != run.target):
        raise ValidationError(
            {"name": ValidationError(_("This name is taken by a profile that comes with the portal."), code="unique")}
        )
    if found is None:
        found = audit.create(ImportProfile(name=name, target=run.target, definition=definition, note=note), by=by)
    else:
        access.require(by, "edit", found)
        with audit.change(found, "changed", by=by) as current:
            current.definition, current.note, current.archived_at = definition, note or current.note, None
    ImportRun.objects.filter(pk=run.pk).update(profile=found)
    run.profile = found
    return found


@transaction.atomic
def rename_profile(
    profile: ImportProfile, *, by, name: str, note: str = "", version: int | None = None
) -> ImportProfile:
    """Another name and note. Raises ValidationError for a name that is taken, or of a profile that comes with the portal."""
    access.require(by, "edit", profile)
    name = " ".join(name.split())
    with audit.change(profile, "changed", by=by, version=version) as current:
        if current.is_shipped and name != current.name:
            raise ValidationError(
                {"name": _("A profile that comes with the portal keeps its name; save a copy of your own.")},
                code="shipped",
            )
        check_profile_name(current, name)
        current.name, current.note = name, note
    return profile


def check_profile_name(profile: ImportProfile, name: str) -> None:
    """Raises ValidationError for no name, or one that another profile has."""
    if not name.strip():
        raise ValidationError({"name": ValidationError(_("Give the profile a name."), code="required")})
    if ImportProfile.objects.filter(name=name).exclude(pk=profile.pk).exists():
        raise ValidationError({"name": ValidationError(_("There is a profile of this name already."), code="unique")})


@transaction.atomic
def archive_profile(profile: ImportProfile, *, by, reason: str, version: int | None = None) -> ImportProfile:
    """Out of the choices; imports that were made by it keep it."""
    access.require(by, "edit", profile)
    if profile.is_shipped:
        raise ValidationError(_("A profile that comes with the portal stays; it can be left unused."), code="shipped")
    return audit.archive(profile, by=by, reason=reason, version=version)


@transaction.atomic
def apply_run(run: ImportRun, *, by, version: int | None = None, others: bool = False) -> Job:
    """Write everything or nothing, in the background. `others`: without the rows of which the last try found that
    something was changed since; they are left out. Raises ValidationError saying what is still open."""
    access.require(by, "apply", run)
    with audit.change(run, "started", by=by, version=version) as current:
        without = {row["number"] for row in queries.changed_since(current)} if others else set()
        if others and not without:
            raise ValidationError(_("The preview was made anew in the meantime. Look at it once more."), code="others")
        if reason := queries.why_not_apply(current, without):
            raise ValidationError(reason, code="open")
        current.state, current.message = State.APPLYING, ""
    if without:
        _keep_answers(run, {number: {"choice": "leave_out", "matched_id": None} for number in without})
        audit.log(run, "answered", by=by, changes={"rows": [None, {str(n): "leave_out" for n in sorted(without)}]})
    return jobs.submit("pmo_portal.intake.apply", run.pk, by=by, key=f"intake:{run.pk}")


@transaction.atomic
def undo_run(run: ImportRun, *, by, reason: str = "", version: int | None = None) -> ImportRun:
    """Take an import back in one step. Raises ValidationError naming what was changed since."""
    access.require(by, "undo", run)
    return running.undo(run, by=by, reason=reason, version=version)


@transaction.atomic
def discard(run: ImportRun, *, by, version: int | None = None) -> ImportRun:
    """Take a run that was not applied out of use; its file is deleted."""
    access.require(by, "apply", run)
    with audit.change(run, "withdrawn", by=by, version=version) as current:
        _require_open(current)
        current.state = State.DISCARDED
        path, current.file_path = current.file_path, ""
    ImportRow.objects.filter(run=run).delete()
    for job in Job.objects.filter(key=f"intake:{run.pk}", state__in=(Job.State.QUEUED, Job.State.RUNNING)):
        jobs.cancel(job)
    transaction.on_commit(lambda: keeping.forget(path))
    return run
