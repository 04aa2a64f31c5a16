"""Who reads the trail: auditors, and the office's roles within their scope."""

from pmo_portal import access
from pmo_portal.audit.models import AuditEntry


@access.register
class AuditEntryAccess(access.Access):
    model = AuditEntry
    scope = "scope"
    seen_by = ("auditor", "manager", "sysadmin")
