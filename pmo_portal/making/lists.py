"""The files that one has ordered."""

from __future__ import annotations

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pmo_portal import lists
from pmo_portal.lists import Column
from pmo_portal.making import queries
from pmo_portal.making.models import MadeFile


class MadeList(lists.List):
    model = MadeFile
    title = _("Files made for you")
    search = ("title", "name")
    order = ("-pk",)
    columns = [
        Column("title", _("File"), "title", sort="title", phone="first"),
        Column("state", _("State"), "state_words", phone="first"),
        Column("size", _("Size"), lambda made: filesizeformat(made.size) if made.size else "–"),
        Column("ordered", pgettext_lazy("file made", "Ordered"), "created_at", sort="created_at", kind="moment", phone="second"),
        Column("kept", pgettext_lazy("file made", "Kept until"), "expires_at", sort="expires_at", kind="moment"),
    ]  # fmt: skip
    filters = []
    empty_text = _("Workbooks of long lists and books are made in the background and wait for you here for a week.")

    def base(self):
        return queries.files_of(self.viewer)
