"""What the collection's pages share: the periods and the narrowing that the address names."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from administration.collection import forms, queries
from pmo_portal.periods.models import ReportingPeriod

SECTION = "administration:collection"
OFFICE = ("administrator", "manager", "auditor")


def whole_numbers(values: list[str], most: int = 500) -> list[int]:
    """Ids from an address; what is none is left out."""
    return [int(v) for v in values[:most] if v.isascii() and v.isdigit() and len(v) < 15]


class OfPeriods:
    """Pages about the periods that the address names, else about all that are being collected."""

    request: Any
    viewer: Any

    @cached_property
    def periods(self) -> list[ReportingPeriod]:
        keys = [key.replace("\0", "")[:20] for key in self.request.GET.getlist("period") if key]
        found = queries.periods_of(keys)
        if keys and not found:
            raise Http404(_("There is no such period."))
        return found

    @cached_property
    def narrowing(self) -> queries.Narrowing:
        pm = whole_numbers([self.request.GET.get("pm", "")])
        return queries.Narrowing(
            portfolio=self.request.GET.get("portfolio", "").replace("\0", "")[:40], pm=pm[0] if pm else None
        )

    @property
    def desk_url(self) -> str:
        """Back to the dashboard as it was narrowed."""
        kept = self.request.GET.copy()
        for gone in ("pick", "text_ja", "text_en", "embedded", "csrfmiddlewaretoken"):
            kept.pop(gone, None)
        text = kept.urlencode()
        return reverse("administration:collection:dashboard") + (f"?{text}" if text else "")


class EmptyForm(forms.forms.Form):
    """A button and nothing else."""
