"""An ask is seen by both its ends, who stand in for them, the project's PM and the PMO within its scope."""

from pmo_portal import access
from pmo_portal.asks.models import Ask, InboxItem, LadderStep, MailMessage


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
