"""An ask is seen by both its ends, who stand in for them, the project's PM and the PMO within its scope."""

from pmo_portal import access
from pmo_portal.asks.models import AddressBounce, Ask, InboxItem, LadderStep, MailMessage, NoticeChoice, NoticeDefault


@access.predicate
def is_asked(viewer, item):
    return access.acts_for(viewer, item.person_id)


@access.register
class AskAccess(access.Access):
    model = Ask
    scope = "scope"
    for_substitutes = True
    seen_by = ("administrator", "manager", "auditor", "pm")
    mine = ("person", "asked_by")
    can = {
        "answer": is_asked,
        "remind": access.roles("administrator") | access.predicate(lambda v, a: a.asked_by_id == v.pk),
    }


@access.register
class InboxItemAccess(access.Access):
    model = InboxItem
    mine = ("person",)


@access.register
class MailMessageAccess(access.Access):
    """That a letter waits or was refused is the business of who runs the machine; its words are its reader's."""

    model = MailMessage
    seen_by = ("sysadmin",)
    can = {"send_again": access.roles("sysadmin")}


@access.register
class LadderStepAccess(access.Access):
    model = LadderStep
    seen_by = access.EVERYONE
    can = {"edit": access.roles("administrator", "sysadmin")}


@access.register
class NoticeDefaultAccess(access.Access):
    model = NoticeDefault
    seen_by = access.EVERYONE
    can = {"edit": access.roles("administrator", "sysadmin")}


@access.register
class NoticeChoiceAccess(access.Access):
    """How somebody wishes to be told is nobody else's business."""

    model = NoticeChoice
    mine = ("person",)


@access.predicate
def is_theirs(viewer, bounce):
    return bounce.person_id == viewer.pk


@access.register
class AddressBounceAccess(access.Access):
    """Its person and who keeps the office's people know that letters come back."""

    model = AddressBounce
    seen_by = ("sysadmin", "administrator")
    mine = ("person",)
    can = {"resume": is_theirs | access.roles("sysadmin", "administrator")}
