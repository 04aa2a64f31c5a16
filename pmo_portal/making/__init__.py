"""Files that take a while: ordered, made in the background with progress, kept for a week for the one who asked.

making.kind("lists.workbook", label=_("Workbook of a list"), make=write_workbook, may=still_listed)
made = making.order("lists.workbook", by=viewer, options={…}, name="projects.xlsx")
"""

from pmo_portal.making.actions import order
from pmo_portal.making.kinds import Content, kind, kinds

__all__ = ["Content", "kind", "kinds", "order"]
