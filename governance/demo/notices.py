"""How people of the demo office are told: what some have chosen, what they watch, a name in a comment, an address that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmo_portal import audit
from pmo_portal.approvals import actions as approvals
from pmo_portal.approvals.models import ApprovalRequest
from pmo_portal.asks import bounces, choosing
from pmo_portal.asks.models import MailMessage
from pmo_portal.asks.outbox import queue_letter
from pmo_portal.watching import actions as watching
from projects.register.models import Project

if TYPE_CHECKING:
    from governance.demo.office import DemoOffice


def notices_chosen(office: DemoOffice) -> None:
    people = office.people
    choosing.choose_for_office({"intake.applied": {"mail": "off"}}, by=people["pmo"])
    choosing.choose(people["manager"], {"approvals.moved": {"mail": "digest"}, "watching.changed": {"mail": "off"}})
    choosing.choose(people["pm"], {"register.placed": {"mail": "off"}, "asks.answered": {"in_app": "digest"}})
    _follow(office)
    _came_back(office)


def _follow(office: DemoOffice) -> None:
    """The manager and the sponsor follow the renewal of the ERP; its PM names the PMO in an answer."""
    people = office.people
    _read()  # what has been until now is nobody's news
    erp = Project.objects.get(name_en="Core ERP renewal")
    for part in ("manager", "sponsor", "pmo"):
        watching.watch(erp, by=people[part])
    watching.watch(erp.portfolio, by=people["manager"])
    asked = ApprovalRequest.objects.filter(scope=erp.scope, drafter=erp.pm, state=ApprovalRequest.State.RUNNING)
    request = asked.order_by("pk").first()
    if request is not None:
        text = f"@{people['pmo'].name_ja} さん、稼働後の維持費の試算を添付しました。ご確認をお願いします。"
        approvals.comment(request, by=erp.pm, text=text)
    _read()


def _read() -> None:
    while audit.seal():
        pass
    while watching.read_trail()[0]:
        pass


def _came_back(office: DemoOffice) -> None:
    known = {person.pk for person in office.people.values()}
    person = next(p for p in office.by_family.values() if p.email and p.pk not in known)
    letter = queue_letter(
        address=person.email,
        person=person,
        subject="依頼1件",
        text="依頼が1件あります。\n",
        key="digest:demo-came-back",
    )
    if letter is not None:
        words = "550 5.1.1 The email account that you tried to reach does not exist"
        MailMessage.objects.filter(pk=letter.pk).update(state=MailMessage.State.FAILED, attempts=1, error=words)
        bounces.note(letter, words=words, status="550", via=bounces.Via.SMTP)
