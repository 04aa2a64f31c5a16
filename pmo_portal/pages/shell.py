"""The frame around every page: office, navigation, inbox, person."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from pmo_portal.i18n.localised import pick


def known(request: HttpRequest) -> Any:
    """Who asks; nobody where the request was refused before that was looked at (another host's name)."""
    return getattr(request, "user", None) or AnonymousUser()


class Shell:
    """Read only when a template asks for it, so that fragments pay nothing."""

    def __init__(self, request: HttpRequest) -> None:
        from pmo_portal.asks.queries import unread
        from pmo_portal.pages import menu
        from pmo_portal.pages.burden import burden
        from pmo_portal.periods.queries import office_settings

        self.person = known(request)
        office = office_settings()
        self.office_name, self.office_note = office.name, pick(office.note_ja, office.note_en)
        self.office_initial = (self.office_name or "P")[:1]
        self.theme = request.COOKIES.get("theme") or getattr(self.person, "theme", "system")
        self.menu: list[dict] = []
        self.inbox_count = ""
        self.burden = None
        self.phone: list[dict] = []
        self.section = getattr(request, "section", "")  # said by the page
        self.here = self.office_name
        if self.person.is_authenticated:
            self.menu, numbers = menu.groups(self.person, self.section, unread=unread)
            items = [item for group in self.menu for item in group["items"]]
            wanted = [item for item in items if item["phone"]]
            self.phone = wanted[:2] + wanted[2:][-1:]  # the desk, approvals, and what lies nearest to the person's work
            self.here = next((item["label"] for item in items if item["active"]), self.office_name)
            self.inbox_count = menu.told(unseen) if (unseen := numbers.get("unread", 0)) else ""
            self.burden = burden(self.person)


def shell(request: HttpRequest) -> dict:
    return {
        "shell": SimpleLazyObject(lambda: Shell(request)),
        "viewer": getattr(request, "user", None),
        "seeing": getattr(request, "seeing", None),
    }
