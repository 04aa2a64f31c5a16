"""One box over what the viewer may see. Rooms hang their sources here.

search.source("projects", label=_("Projects"), find=lambda viewer, words: [Hit(...)])
search.action("status.report", label=_("Report status"), find=projects_called, url=where_to_report)
search.command("register.new", label=_("New project"), url_name="projects:register:project_new", seen_by=("manager",))
"""

from pmo_portal.search.sources import (
    Hit,
    action,
    among,
    cleaned,
    command,
    find,
    find_actions,
    find_commands,
    is_called,
    marked,
    numbered,
    source,
)

__all__ = [
    "Hit",
    "action",
    "among",
    "cleaned",
    "command",
    "find",
    "find_actions",
    "find_commands",
    "is_called",
    "marked",
    "numbered",
    "source",
]
