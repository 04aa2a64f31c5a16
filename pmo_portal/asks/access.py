"""An ask is seen by both its ends and by the PMO within its scope."""

from pmo_portal import access
from pmo_portal.asks.models import Ask, InboxItem, LadderStep
from pmo_portal.asks.queries import stood_in_for


@access.predicate
def is_asked(viewer, item):
    return item.person_id == viewer.pk or item.person_id in stood_in_for(viewer)


@access.register
class AskAccess(access.Access):
    model = Ask
    scope = "scope"
    seen_by = ("administrator", "manager", "auditor")
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
class LadderStepAccess(access.Access):
    model = LadderStep
    seen_by = access.EVERYONE
    can = {"edit": access.roles("administrator", "sysadmin")}
