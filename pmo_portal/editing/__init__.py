"""A list out to Excel and back: a workbook made for editing, its way in by the intake, and many rows changed at once."""

from pmo_portal.editing.declaring import Editable, Editing, known, of, register
from pmo_portal.editing.doors import doors, download

__all__ = ["Editable", "Editing", "doors", "download", "known", "of", "register"]
