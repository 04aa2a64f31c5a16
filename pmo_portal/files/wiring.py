"""What files hang on the floor: their panel on every record that has them, search, menu, API."""

from django.db import models
from django.utils.translation import gettext_lazy

from pmo_portal import search, webhooks
from pmo_portal.api import route
from pmo_portal.files import editing, queries, showing  # noqa: F401  editing declares itself
from pmo_portal.files.api import FileViewSet
from pmo_portal.files.lists import WORDS
from pmo_portal.files.models import Attachment
from pmo_portal.pages import menu, panels

panels.panel(models.Model, place="side", template="pmo_portal/files/panel.html", content=showing.panel, order=30)
menu.add(
    tier="projects",
    key="files:file_list",
    label=gettext_lazy("Files"),
    icon="paperclip",
    url_name="files:file_list",
    order=60,
)
webhooks.tell(Attachment, api="files")
route("files", FileViewSet, "files")


def find_files(viewer, words: str) -> list[search.Hit]:
    if not words:
        return []
    found = queries.with_records(queries.named(viewer, words))[:6]
    return [
        search.Hit(f.name, f.get_absolute_url(), f"{f.about} {WORDS[f.newest.kind]}", f.newest.is_of.icon)
        for f in found
    ]


search.source("files", label=gettext_lazy("Files"), find=find_files, order=35)
