"""A figure is seen by whoever sees its scope."""

from pmo_portal import access
from pmo_portal.measures.models import MeasureValue


@access.register
class MeasureValueAccess(access.Access):
    model = MeasureValue
    scope = "scope"
    seen_by = ("pm", "member", "administrator", "expert", "manager", "sponsor", "auditor")
