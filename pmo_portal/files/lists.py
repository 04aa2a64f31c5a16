"""All files that one may see, whatever record they hang on."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pmo_portal import lists
from pmo_portal.files import queries
from pmo_portal.files.carriers import carriers
from pmo_portal.files.kinds import KINDS
from pmo_portal.files.models import Attachment
from pmo_portal.lists import Choice, Column, Flag, Range

WORDS = {
    "pdf": _("PDF"),
    "png": _("Picture (PNG)"),
    "jpeg": _("Picture (JPEG)"),
    "gif": _("Picture (GIF)"),
    "webp": _("Picture (WebP)"),
    "docx": _("Word document"),
    "xlsx": _("Excel workbook"),
    "pptx": _("PowerPoint slides"),
    "odt": _("OpenDocument text"),
    "ods": _("OpenDocument sheet"),
    "odp": _("OpenDocument slides"),
    "macro": _("Office file with macros"),
    "ole": _("Office file of the old form"),
    "zip": _("ZIP archive"),
    "svg": _("Drawing (SVG)"),
    "text": pgettext_lazy("kind of file", "Text"),
}


def about_options(viewer=None) -> list[tuple[str, str]]:
    return [(key, capfirst(str(c.model._meta.verbose_name))) for key, c in carriers.items()]


class OfSort(Choice):
    """By the sort of record that they hang on, under its name."""

    def condition(self, values, viewer):
        super().condition(values, viewer)  # refuses what is no sort
        return queries.of_sorts(values) if values else None


class FileList(lists.List):
    model = Attachment
    title = _("Files")
    search = ("name",)
    order = ("-pk",)
    related = ("by",)
    columns = [
        Column("name", _("Name"), "name", sort="name", phone="first"),
        Column("kind", _("Kind"), lambda a: WORDS[a.newest.kind], phone="second"),
        Column("size", _("Size"), lambda a: a.newest.said_size),
        Column("about", _("Of"), lambda a: str(a.about or "–"), phone="second"),
        Column("versions", _("Versions"), lambda a: len(a.versions.all()), kind="number"),
        Column("by", _("Attached by"), "by", kind="person"),
        Column("updated_at", pgettext_lazy("file", "Changed"), "updated_at", sort="updated_at", kind="moment"),
    ]
    filters = [
        OfSort("of", _("Of"), options=about_options),
        Choice("kind", _("Kind"), "versions__kind", options=[(key, WORDS[key]) for key in KINDS]),
        Range("changed", pgettext_lazy("file", "Changed"), "updated_at__date", of="date"),
        Flag("mine", _("Attached by me"), when=lambda viewer: queries.attached_by(viewer)),
    ]
    empty_text = _("Files are attached where they belong: on a project, a report, a proposal or a request.")

    def base(self):
        return queries.with_records(queries.files(self.viewer))
