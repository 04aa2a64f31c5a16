"""Everybody who runs the office sees which fields there are; the system administrator adds them."""

from pmo_portal import access
from pmo_portal.custom.models import CustomField


@access.register
class CustomFieldAccess(access.Access):
    model = CustomField
    seen_by = ("sysadmin", "administrator", "manager", "expert", "auditor")
    can = {"edit": access.roles("sysadmin")}
