"""Who sees scopes and grants."""

from pmo_portal import access
from pmo_portal.access.models import Grant, Scope


@access.register
class ScopeAccess(access.Access):
    model = Scope
    scope = "pk"
    seen_by = ("pm", "member", "administrator", "expert", "manager", "sponsor", "auditor", "sysadmin")
    can = {"grant": access.roles("sysadmin"), "use": access.roles("administrator", "manager", "sysadmin")}


@access.register
class GrantAccess(access.Access):
    model = Grant
    scope = "scope"
    seen_by = ("administrator", "manager", "auditor", "sysadmin")
    mine = ("person",)
    can = {"end": access.roles("sysadmin")}
