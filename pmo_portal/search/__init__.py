"""One box over what the viewer may see. Rooms hang their sources here.

search.source("projects", label=_("Projects"), find=lambda viewer, words: [Hit(...)])
"""

from pmo_portal.search.sources import Hit, find, source

__all__ = ["Hit", "find", "source"]
