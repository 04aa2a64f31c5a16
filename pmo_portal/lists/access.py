"""A saved view is its owner's; a shared one is there for everybody."""

from django.db.models import Q

from pmo_portal import access
from pmo_portal.lists.models import SavedView


@access.predicate
def owns(viewer, view):
    return view is not None and view.owner_id == viewer.pk


@access.register
class SavedViewAccess(access.Access):
    model = SavedView
    mine = ("owner",)
    can = {"edit": owns | access.roles("administrator", "manager")}

    def condition(self, viewer) -> Q | None:
        where = super().condition(viewer)
        return where if where is None else where | Q(is_shared=True)

    def sees(self, viewer, record) -> bool:
        signed_in = getattr(viewer, "is_authenticated", False) and viewer.is_active
        return bool(signed_in and record.is_shared) or super().sees(viewer, record)
