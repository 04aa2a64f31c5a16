"""Lists: columns, filters and search declared once, for the page, the API's filter and the export."""

from pmo_portal.lists.columns import Column
from pmo_portal.lists.export import export, instead, table_file
from pmo_portal.lists.filters import Choice, Equal, Flag, Range, Reference
from pmo_portal.lists.listing import List

__all__ = ["Choice", "Column", "Equal", "Flag", "List", "Range", "Reference", "export", "instead", "table_file"]
