"""What somebody follows is known to them alone."""

from pmo_portal import access
from pmo_portal.watching.models import Watch


@access.register
class WatchAccess(access.Access):
    model = Watch
    mine = ("person",)
