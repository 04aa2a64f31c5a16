"""The audit trail for those who check: the list, one entry, the chain."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from pmo_portal import access
from pmo_portal.audit.models import AuditEntry
from pmo_portal.audit.wording import told
from pmo_portal.pages import FormPage, ListPage, RecordPage
from pmo_portal.setup import forms, queries, work
from pmo_portal.setup.extract import READERS
from pmo_portal.setup.lists import AuditList

SECTION = "setup:audit"


class AuditPage(ListPage):
    list_class = AuditList
    seen_by = READERS
    section = SECTION
    template_name = "pmo_portal/setup/audit_list.html"

    def content(self) -> dict[str, Any]:
        asked = self.request.GET.urlencode()
        return {
            "standing": queries.trail_standing(),
            "extract_url": reverse("documents:ask", args=("audit-extract",)) + (f"?{asked}" if asked else ""),
        }


class AuditEntryPage(RecordPage):
    """One entry, field by field, with its place in the chain and its record's other entries."""

    model = AuditEntry
    lookup = {"pk": "pk"}
    related = ("actor", "on_behalf_of", "content_type", "scope", "link")
    section = SECTION
    template_name = "pmo_portal/setup/audit_entry_record.html"

    def title(self) -> str:
        return _("Entry %(number)s") % {"number": self.record.pk}

    def content(self) -> dict[str, Any]:
        entry = self.record
        found = queries.record_of(self.viewer, entry)
        around = (
            access.visible(self.viewer, AuditEntry, queries.same_record(entry))
            .select_related("actor", "on_behalf_of", "content_type")
            .order_by("-id")[:10]
        )
        said, *others = told([entry, *around], viewer=self.viewer)
        model = entry.content_type.model_class()
        return {
            "said": said,
            "about": found,
            "url": getattr(found, "get_absolute_url", lambda: "")() if found else "",
            "sound": entry.compute_digest() == entry.digest,
            "link": getattr(entry, "link", None),
            "kind_word": str(model._meta.verbose_name) if model else "",
            "around": others,
        }


class ChainCheck(FormPage):
    """Walk the whole chain; the page says what came of it."""

    seen_by = READERS
    form_class = forms.NoFields
    http_method_names = ["post"]

    def act(self, form):
        messages.success(self.request, _("The chain is being checked; the result appears here."))
        return work.check_trail(by=self.viewer)

    def success_url(self, outcome) -> str:
        return reverse("setup:audit")
