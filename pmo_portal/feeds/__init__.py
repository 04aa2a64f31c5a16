"""A person's dates as a calendar that their own calendar program subscribes to.

feeds.source("milestones", label=gettext_lazy("Milestones"), find=milestones)   # in a room's wiring
"""

from pmo_portal.feeds.sources import Entry, source, sources

__all__ = ["Entry", "source", "sources"]
