"""Requests are seen by whoever drafted, signs or governs; routes by everybody who signs in, so that nobody must ask."""

from django.db.models import Q

from pmo_portal import access
from pmo_portal.approvals.models import ApprovalRequest, ApprovalRoute, ApprovalSeat
from pmo_portal.approvals.turns import seat_of

OFFICE = ("administrator", "manager", "auditor")
SEE_WAITING_TIMES = ("manager", "administrator", "auditor", "expert")


@access.predicate
def drafted(viewer, request):
    return access.acts_for(viewer, request.drafter_id)


@access.predicate
def is_seated(viewer, request):
    people = access.reach(viewer).people
    return request is not None and ApprovalSeat.objects.filter(step__request=request, person__in=people).exists()


@access.predicate
def has_their_turn(viewer, request):
    return request is not None and seat_of(request, viewer) is not None


@access.register
class ApprovalRouteAccess(access.Access):
    model = ApprovalRoute
    seen_by = access.EVERYONE
    can = {"edit": access.roles("manager"), "add": access.roles("manager")}


@access.register
class ApprovalRequestAccess(access.Access):
    """Who may sign is not a role: it is whose open seat has its turn (`turns.py`)."""

    model = ApprovalRequest
    scope = "scope"
    for_substitutes = True
    seen_by = OFFICE
    mine = ("drafter", "on_behalf_of")
    can = {
        "sign": has_their_turn,
        "pull_back": drafted,
        "resubmit": drafted,
        "comment": drafted | access.roles("administrator", "manager") | is_seated,
    }

    def condition(self, viewer) -> Q | None:
        where = super().condition(viewer)
        if where is None:
            return None
        seats = ApprovalSeat.objects.filter(person__in=self._owners(viewer)).values("step__request_id")
        return where | Q(pk__in=seats)

    def sees(self, viewer, record) -> bool:
        if super().sees(viewer, record):
            return True
        if not getattr(viewer, "is_authenticated", False) or not viewer.is_active:
            return False
        return ApprovalSeat.objects.filter(step__request=record, person__in=self._owners(viewer)).exists()
