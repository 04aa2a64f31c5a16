"""The paper of the office's documents: logo, colour, marks; with a picture of how they look."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse

from pmo_portal.files.drawing import Undrawn, first_page
from pmo_portal.files.models import FileVersion
from pmo_portal.pages import Page
from pmo_portal.rendering import actions, queries, sample
from pmo_portal.rendering.faults import Unmade
from pmo_portal.rendering.models import OfficePaper
from pmo_portal.setup.paper_forms import PaperForm
from pmo_portal.setup.views.office import READERS, _OfficePage


class PaperPage(_OfficePage):
    form_class = PaperForm
    template_name = "pmo_portal/setup/paper_form.html"
    tab = "paper"

    def subject(self) -> OfficePaper:
        return queries.office_paper()

    def fetch_versioned(self) -> OfficePaper:
        return queries.office_paper()

    def initial(self) -> dict[str, Any]:
        paper = self.record or queries.office_paper()
        return {name: getattr(paper, name) for name in (*PaperForm.Meta.fields, "version")}

    def content(self) -> dict[str, Any]:
        paper = queries.office_paper()
        logo = queries.logo_of(paper)
        return super().content() | {
            "paper": paper,
            "logo": logo,
            "is_drawn": logo is not None and logo.preview == FileVersion.Preview.READY,
            "picture": f"{reverse('setup:paper_picture')}?of={paper.version}-{logo.pk if logo else 0}",
        }

    def act(self, form: PaperForm) -> OfficePaper:
        return actions.save_paper(by=self.viewer, **form.cleaned_data)


class PaperSample(Page):
    """A made-up document on the office's paper; nothing of the office's data goes out with it."""

    seen_by = READERS

    def get(self, request, *args, **kwargs) -> HttpResponse:
        try:
            answer = HttpResponse(sample.pdf(), content_type="application/pdf")
        except Unmade as fault:
            return HttpResponse(fault.said(), status=503, content_type="text/plain; charset=utf-8")
        answer["Content-Disposition"] = 'inline; filename="sample.pdf"'
        return answer


class PaperPicture(Page):
    """Its first page, for the page of the settings."""

    seen_by = READERS

    def get(self, request, *args, **kwargs) -> HttpResponse:
        try:
            answer = HttpResponse(first_page(sample.pdf()), content_type="image/webp")
        except (Unmade, Undrawn):
            raise Http404 from None
        answer["Cache-Control"] = "private, max-age=60"
        return answer
