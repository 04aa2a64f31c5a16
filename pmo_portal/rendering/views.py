"""Asking for a long document."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from pmo_portal import access
from pmo_portal.pages import FormPage
from pmo_portal.rendering import declaring, forms


class DocumentAsk(FormPage):
    """What the document will hold, and in which form it is wanted. The conditions are those of the address."""

    seen_by = access.EVERYONE
    section = "making:file_list"
    form_class = forms.FormatForm
    template_name = "pmo_portal/rendering/ask_form.html"

    def admit(self) -> None:
        super().admit()
        if self.kwargs["kind"] not in declaring.kinds:
            raise Http404
        self.kind = declaring.kinds[self.kwargs["kind"]]
        if not self.kind.is_for(self.viewer):
            raise PermissionDenied(_("Your roles do not include this page."))

    @property
    def conditions(self) -> str:
        return self.request.META.get("QUERY_STRING", "").replace("\0", "")

    @cached_property
    def about(self) -> declaring.About:
        return self.kind.about(declaring.Wanted(self.viewer, declaring.read(self.conditions)))

    def title(self) -> str:
        return str(self.kind.label)

    def content(self) -> dict[str, Any]:
        return {"kind": self.kind, "about": self.about, "verb": _("Make the document"), "conditions": self.conditions}

    def initial(self) -> dict[str, Any]:
        return {"form": next(iter(self.kind.forms(self.about)))}

    def form_arguments(self) -> dict[str, Any]:
        return {"formats": self.kind.forms(self.about)}

    def act(self, form) -> Any:
        wanted = form.cleaned_data["form"]
        return declaring.order(self.kind, by=self.viewer, conditions=self.conditions, form=wanted)
