"""The search page, and its hits as a fragment for the palette."""

from django.utils.translation import gettext as _

from pmo_portal import access, search
from pmo_portal.pages import RoomPage


class SearchPage(RoomPage):
    seen_by = access.EVERYONE
    template_name = "pmo_portal/search/search_room.html"

    def title(self) -> str:
        return _("Search")

    def content(self) -> dict:
        words = self.request.GET.get("q", "").replace("\0", "")[:100].strip()
        return {"words": words, "groups": search.find(self.viewer, words)}

    def get(self, request, *args, **kwargs):
        return self.show("hits")
