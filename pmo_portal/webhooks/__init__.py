"""Telling other programs that something has happened: signed, in order, again until it arrives.

webhooks.tell(Project, key="key", api="projects")    # in a room's wiring: what happens to projects can be told
"""

from pmo_portal.webhooks.kinds import kinds, tell

__all__ = ["kinds", "tell"]
