"""Imports are seen and made by the PMO within its scope."""

from pmo_portal import access
from pmo_portal.intake.models import ImportProfile, ImportRun


@access.register
class ImportProfileAccess(access.Access):
    model = ImportProfile
    seen_by = ("administrator", "manager", "expert", "auditor")
    can = {"edit": access.roles("administrator", "manager")}


@access.register
class ImportRunAccess(access.Access):
    model = ImportRun
    scope = "scope"
    seen_by = ("administrator", "manager", "auditor")
    can = {
        "apply": access.roles("administrator", "manager"),
        "undo": access.roles("administrator", "manager"),
    }
