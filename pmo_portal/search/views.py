"""The search page, and its hits as a fragment for the palette."""

from django.utils.translation import gettext as _

from pmo_portal import access, search
from pmo_portal.pages import RoomPage


class SearchPage(RoomPage):
    seen_by = access.EVERYONE
    section = "search"
    template_name = "pmo_portal/search/search_room.html"

    def title(self) -> str:
        return _("Search")

    def content(self) -> dict:
        words = search.cleaned(self.request.GET.get("q", ""))
        groups = search.find(self.viewer, words)
        for group in groups:
            group["hits"] = [
                (hit, search.marked(hit.title, words), search.marked(hit.lead, words)) for hit in group["hits"]
            ]
        return {"words": words, "groups": groups}

    def get(self, request, *args, **kwargs):
        return self.show("hits")
