"""The frame around every page: office, navigation, inbox, person."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from pmo_portal.i18n.localised import pick


class Shell:
    """Read only when a template asks for it, so that fragments pay nothing."""

    def __init__(self, request: HttpRequest) -> None:
        from pmo_portal.asks.queries import inbox_count
        from pmo_portal.pages import menu
        from pmo_portal.pages.burden import burden
        from pmo_portal.periods.queries import office_settings

        self.person = request.user
        office = office_settings()
        self.office_name, self.office_note = office.name, pick(office.note_ja, office.note_en)
        self.office_initial = (self.office_name or "P")[:1]
        self.theme = request.COOKIES.get("theme") or getattr(self.person, "theme", "system")
        self.menu: list[dict] = []
        self.inbox_count = 0
        self.burden = None
        if self.person.is_authenticated:
            match = getattr(request, "resolver_match", None)
            section = getattr(getattr(match.func, "view_class", None), "section", "") if match else ""
            self.menu = menu.groups(self.person, section)
            self.phone = [item for group in self.menu for item in group["items"] if item["phone"]][:4]
            self.inbox_count = inbox_count(self.person)
            self.burden = burden(self.person)


def shell(request: HttpRequest) -> dict:
    return {"shell": SimpleLazyObject(lambda: Shell(request)), "viewer": getattr(request, "user", None)}
