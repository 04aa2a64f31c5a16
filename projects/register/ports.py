"""Moments of a project at which higher rooms take part."""

from pmo_portal.ports import Port

project_closing = Port("project_closing")  # (project, by): may refuse
project_handed_over = Port("project_handed_over")  # (project, old_pm, new_pm, by)
