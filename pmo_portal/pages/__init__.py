"""The five kinds of page, the page that acts, and the menu. A room's view is a few lines on one of these."""

from pmo_portal.pages import menu
from pmo_portal.pages.base import ActPage, DeskPage, FormPage, ListPage, Page, RecordPage, RoomPage, note_export

__all__ = ["ActPage", "DeskPage", "FormPage", "ListPage", "Page", "RecordPage", "RoomPage", "menu", "note_export"]
