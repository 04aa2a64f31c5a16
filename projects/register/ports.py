"""Moments of a project at which higher rooms take part."""

from pmo_portal.ports import Port

project_closing = Port("project_closing")  # (project, by): may refuse
project_handed_over = Port("project_handed_over")  # (project, old_pm, new_pm, by)
project_state_changed = Port("project_state_changed")  # (project, was, by): paused, ended, archived, or going on again
