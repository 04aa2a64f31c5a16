"""Bringing files in at once, for the command line: the portfolio made where it is missing, the outcome as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pmo_portal import jobs
from pmo_portal.i18n.text import fold
from pmo_portal.intake import heads as naming
from pmo_portal.intake import keeping
from pmo_portal.intake.models import ImportProfile, ImportRow
from pmo_portal.intake.running import Brought, bring_in
from pmo_portal.intake.targets import Judged
from pmo_portal.intake.wording import say
from pmo_portal.jobs.models import Job
from projects.register.actions import create_portfolio
from projects.register.models import Portfolio, Project
from projects.status.models import StatusReport

Verdict = ImportRow.Verdict


@dataclass
class BroughtFiles:
    """What became of all files of one call."""

    portfolio: Portfolio
    is_new: bool
    files: list[Brought] = field(default_factory=list)
    days: list[date | None] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return any(f.refusal is not None for f in self.files)

    def as_dict(self) -> dict[str, Any]:
        """The shape that issue A.4 names; `projects` and `status_reports` are what the portfolio holds afterwards."""
        return {
            "files": [_file(f, day) for f, day in zip(self.files, self.days, strict=True)],
            "projects": Project.objects.filter(portfolio=self.portfolio, archived_at=None).count(),
            "status_reports": StatusReport.objects.filter(project__portfolio=self.portfolio, is_current=True).count(),
            "portfolio": {"key": self.portfolio.key, "created": self.is_new},
        }

    def lines(self) -> Iterable[str]:
        """For people at a terminal."""
        if self.is_new:
            yield f"Portfolio {self.portfolio.key} was made."
        for told in (_file(f, day) for f, day in zip(self.files, self.days, strict=True)):
            yield (
                f"{told['file']} {told['period'] or ''}: {told['rows']} rows, {told['created']} created, "
                f"{told['updated']} updated, {told['unchanged']} unchanged, {told['ambiguous']} to confirm, "
                f"{len(told['refused'])} refused"
            )
            for row in told["refused"]:
                yield f"  row {row['row']}, {row['column'] or '-'}: {row['value'] or ''!r} {row['reason']}"
            for row in told.get("to_confirm", ()):
                yield f"  row {row['row']} {row['name']!r}: {row['reason']} {', '.join(row['candidates'])}"
            if told.get("unplaced"):
                yield f"  columns without a field, kept with the record: {', '.join(told['unplaced'])}"
            if told.get("missing"):
                yield f"  fields without a column: {', '.join(told['missing'])}"

    def summary(self, is_dry: bool) -> str:
        projects = Project.objects.filter(portfolio_id=self.portfolio.pk).count() if not is_dry else None
        if is_dry:
            return "Nothing was written (--dry-run)."
        return f"{self.portfolio.key} holds {projects} projects."

    def forget_files(self) -> None:
        """The kept bytes of runs that were rolled back."""
        for brought in self.files:
            if brought.run is not None:
                keeping.forget(brought.run.file_path)


def bring_files(
    files: Iterable[tuple[str, bytes, date | None]],
    *,
    profile: ImportProfile,
    portfolio_key: str,
    accept_matches: bool = False,
    by=None,
) -> BroughtFiles:
    """Read and write the files one after the other, in the caller's transaction; a later one sees what earlier ones made.
    Ends with the first file that cannot be read."""
    portfolio = Portfolio.objects.select_related("scope").filter(key_folded=fold(portfolio_key)).first()
    is_new = portfolio is None
    if portfolio is None:
        label = profile.definition.get("label") or {}
        portfolio = create_portfolio(
            by=by,
            key=portfolio_key.strip(),
            name_ja=label.get("ja", "") or portfolio_key,
            name_en=label.get("en", "") or portfolio_key,
            attribution=_text(profile.definition.get("attribution")),
        )
    found = BroughtFiles(portfolio, is_new)
    for name, content, day in files:
        brought = bring_in(
            target=profile.target,
            scope=portfolio.scope,
            content=content,
            file_name=name,
            definition=profile.definition,
            profile=profile,
            as_of=day,
            accept_matches=accept_matches,
            by=by,
        )
        found.files.append(brought)
        found.days.append(day)
        if brought.refusal is not None:
            break
    return found


def _text(given: Any) -> str:
    return given if isinstance(given, str) else str((given or {}).get("en", ""))


def finish(brought: BroughtFiles) -> None:
    """After the commit: make the figures anew here and now, so that the screens are right when the command ends. A worker
    that was faster has done it already."""
    waiting = Job.objects.filter(name="projects.status.keep_figures", state=Job.State.QUEUED)
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        jobs.run(pk)


def _file(brought: Brought, day: date | None) -> dict[str, Any]:
    told: dict[str, Any] = {"file": brought.file_name, "period": day.isoformat() if day else None}
    if brought.refusal is not None or brought.prepared is None:
        reason = say(brought.refusal.code, brought.refusal.params) if brought.refusal else ""
        refused = [{"row": None, "column": None, "value": None, "reason": reason}]
        return told | {**dict.fromkeys(("rows", "created", "updated", "unchanged", "ambiguous"), 0), "refused": refused}
    dates = sorted({j.on for j in brought.judged if j.on is not None})
    told["period"] = dates[0].isoformat() if len(dates) == 1 else None if dates else told["period"]
    told |= _counts(brought.judged)
    told["refused"] = [row for j in brought.judged if j.verdict == Verdict.REFUSED for row in _refused(brought, j)]
    if len(dates) > 1:
        told["periods"] = [
            {"period": on.isoformat(), **_counts([j for j in brought.judged if j.on == on])} for on in dates
        ]
    open_rows = [j for j in brought.judged if j.verdict == Verdict.AMBIGUOUS]
    if open_rows:
        told["to_confirm"] = [
            {
                "row": j.number,
                "name": j.record.text("name"),
                "reason": " ".join(say(n.code, n.params) for n in j.notes),
                "candidates": [c.label for c in j.candidates],
            }
            for j in open_rows
        ]
    if unplaced := _unplaced(brought):
        told["unplaced"] = unplaced
    if missing := [w.field for w in brought.prepared.mapping.missing if w.field != "period_on"]:
        told["missing"] = missing
    if brought.prepared.skipped:
        told["skipped"] = dict(Counter(s.code for s in brought.prepared.skipped))
    return told


def _counts(judged: list[Judged]) -> dict[str, int]:
    counts = Counter(j.verdict for j in judged)
    return {
        "rows": len(judged),
        "created": counts[Verdict.NEW],
        "updated": counts[Verdict.CHANGED],
        "unchanged": counts[Verdict.UNCHANGED],
        "ambiguous": counts[Verdict.AMBIGUOUS],
    }


def _refused(brought: Brought, judged: Judged) -> Iterable[dict[str, Any]]:
    table = brought.prepared.table  # type: ignore[union-attr]
    heads = {c.field: naming.shown(table.heads[c.index]) for c in brought.prepared.columns}  # type: ignore[union-attr]
    for key, note in judged.faults.items():
        yield {
            "row": judged.number,
            "column": heads.get(key) or key or None,
            "value": judged.record.text(key) if key else judged.record.text("name") or None,
            "reason": say(note.code, note.params),
        }


def _unplaced(brought: Brought) -> list[str]:
    prepared = brought.prepared
    if prepared is None:
        return []
    filled = {
        c for c in prepared.mapping.rest for line in prepared.table.lines if c < len(line.cells) and line.cells[c] != ""
    }
    return [naming.shown(prepared.table.heads[c]) for c in prepared.mapping.rest if c in filled]
