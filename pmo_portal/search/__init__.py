"""One box over what the viewer may see. Rooms hang their sources here.

search.source("projects", label=_("Projects"), find=lambda viewer, words: [Hit(...)])
search.command("register.new", label=_("New project"), url_name="projects:register:project_new", seen_by=("manager",))
"""

from pmo_portal.search.sources import Hit, cleaned, command, find, find_commands, is_called, marked, source

__all__ = ["Hit", "cleaned", "command", "find", "find_commands", "is_called", "marked", "source"]
