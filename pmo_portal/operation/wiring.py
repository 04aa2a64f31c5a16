"""What the floor itself verifies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pmo_portal.access.models import Grant, Scope, ScopeAncestor
from pmo_portal.approvals import turns
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.asks.models import Ask, MailMessage
from pmo_portal.audit import chain
from pmo_portal.audit.models import AuditEntry
from pmo_portal.files import storing
from pmo_portal.files.models import FileVersion
from pmo_portal.intake.models import ImportRun
from pmo_portal.jobs.models import Job
from pmo_portal.measures import rolling
from pmo_portal.measures.models import MeasureValue, StaleRollup
from pmo_portal.operation.verifying import check


@check("audit", _("The audit trail is whole"))
def trail_is_whole() -> Iterator[str]:
    yield from chain.verify()
    old = timezone.now() - timedelta(hours=1)
    unsealed = AuditEntry.objects.filter(link=None, at__lt=old).count()
    if unsealed:
        yield f"{unsealed} entries have waited for the chain for more than an hour"


@check("measures", _("Kept figures equal the sums of what is below them"))
def sums_are_right() -> Iterator[str]:
    waiting = set(StaleRollup.objects.values_list("period_id", flat=True))
    periods = MeasureValue.objects.order_by("period_id").values_list("period_id", flat=True).distinct()
    for period_id in periods:
        if period_id in waiting:
            continue  # the roll-up is on its way
        for sentence in rolling.verify(period_id):
            yield f"period {period_id}: {sentence}"


@check("scopes", _("Every place in the office knows what is above it"))
def tree_is_closed() -> Iterator[str]:
    parents = dict(Scope.objects.values_list("pk", "parent_id"))
    kept: dict[int, dict[int, int]] = {}
    for down, up, depth in ScopeAncestor.objects.values_list("descendant_id", "ancestor_id", "depth"):
        kept.setdefault(down, {})[up] = depth
    for pk in parents:
        due, at, depth = {}, pk, 0
        while at is not None and at not in due:
            due[at] = depth
            at, depth = parents.get(at), depth + 1
        if kept.get(pk, {}) != due:
            yield f"scope {pk}: the table of ancestors does not follow the tree"


@check("grants", _("Grants that have run out are closed"))
def grants_are_closed() -> Iterator[str]:
    late = timezone.localdate() - timedelta(days=1)
    for grant in Grant.objects.filter(ends_on__lt=late, archived_at=None).select_related("scope")[:300]:
        yield f"grant {grant.pk} ({grant.role}) ended on {grant.ends_on} and is not closed"


@check("jobs", _("No work is stuck"))
def work_goes_on() -> Iterator[str]:
    now = timezone.now()
    for job in Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now - timedelta(minutes=10))[:300]:
        yield f"{job} has run without a sign of life since {job.lease_until:%Y-%m-%d %H:%M}"
    for job in Job.objects.filter(state=Job.State.QUEUED, run_after__lt=now - timedelta(hours=1))[:300]:
        yield f"{job} has waited since {job.run_after:%Y-%m-%d %H:%M}"
    for job in Job.objects.filter(state=Job.State.DEAD)[:300]:
        yield f"{job} was given up: {(job.error.strip().splitlines() or ['no error kept'])[-1][:160]}"


@check("mail", _("Mail goes out"))
def mail_goes_out() -> Iterator[str]:
    old = timezone.now() - timedelta(hours=6)
    for mail in MailMessage.objects.filter(state=MailMessage.State.FAILED)[:300]:
        yield f"mail {mail.pk} failed: {mail.error[:160]}"
    waiting = MailMessage.objects.filter(state=MailMessage.State.QUEUED, created_at__lt=old).count()
    if waiting:
        yield f"{waiting} mails have waited for more than six hours"


@check("asks", _("Every open ask is about something that is there, and of somebody who can do it"))
def asks_are_sound() -> Iterator[str]:
    open_asks = Ask.objects.filter(state=Ask.State.OPEN).select_related("content_type", "person")
    known: dict[tuple[int | None, int], bool] = {}
    for ask in open_asks.iterator(1000):
        if not ask.person.is_active and ask.person.email:
            yield f"ask {ask.pk} ({ask.kind}) waits for somebody who has left"
        if ask.object_id is None:
            continue
        place = (ask.content_type_id, ask.object_id)
        if place not in known:
            model = ask.content_type.model_class()
            known[place] = model is not None and model._base_manager.filter(pk=ask.object_id).exists()
        if not known[place]:
            yield f"ask {ask.pk} ({ask.kind}) is about a record that is gone"


@check("approvals", _("Every running approval waits for somebody who can sign"))
def approvals_go_on() -> Iterator[str]:
    running = ApprovalRequest.objects.filter(state=ApprovalRequest.State.RUNNING)
    for request in running.iterator(500):
        turn = turns.open_seats(request)
        if not turn:
            yield f"{request.code} is running and it is nobody's turn"
        elif not any(seat.person.is_active for seat in turn):
            yield f"{request.code} waits only for people who have left"


@check("files", _("Stored files are there and unchanged"))
def files_are_whole() -> Iterator[str]:
    for run in ImportRun.objects.exclude(file_path="").exclude(file_sha256="").iterator(500):
        if fault := _unlike(run.file_path, run.file_sha256):
            yield f"{run.file_path}: the file of import {run.pk} {fault}"
    for version in FileVersion.objects.iterator(500):
        if fault := _unlike(version.path, version.sha256):
            yield f"{version.path}: version {version.number} of file {version.attachment_id} ({version.name}) {fault}"


def _unlike(path: str, sha256: str) -> str:
    """What is wrong with a kept file; "" where nothing is."""
    try:
        return "" if storing.hashed(path) == sha256 else "was changed"
    except OSError:
        return "is gone"
