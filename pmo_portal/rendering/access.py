"""Everybody's documents stand on the office's paper; the system administrator lays it out."""

from pmo_portal import access
from pmo_portal.rendering.models import OfficePaper


@access.register
class OfficePaperAccess(access.Access):
    model = OfficePaper
    seen_by = access.EVERYONE
    can = {"edit": access.roles("sysadmin")}
