"""Imports are seen and made by the PMO within its scope."""

from pmo_portal import access
from pmo_portal.intake import targets
from pmo_portal.intake.models import ImportProfile, ImportRun


@access.register
class ImportProfileAccess(access.Access):
    model = ImportProfile
    seen_by = ("administrator", "manager", "expert", "auditor")
    can = {"edit": access.roles("administrator", "manager")}


@access.predicate
def sent_own_changes(viewer, run):
    """Their own sheet of a kind that has a door of its own: its rows each ask the rights of their record."""
    target = targets.targets.get(run.target) if run is not None else None
    return target is not None and not target.is_offered and run.by_id == viewer.pk


@access.register
class ImportRunAccess(access.Access):
    model = ImportRun
    scope = "scope"
    seen_by = ("administrator", "manager", "auditor")
    mine = ("by",)
    can = {
        "apply": access.roles("administrator", "manager") | sent_own_changes,
        "undo": access.roles("administrator", "manager") | sent_own_changes,
    }
