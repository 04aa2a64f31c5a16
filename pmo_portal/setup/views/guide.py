"""The guided set-up: step by step, each to be done now, changed later, or left for another day."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from pmo_portal import access
from pmo_portal.pages import FormPage, Page
from pmo_portal.setup import guide, queries
from pmo_portal.setup.guide_forms import SeenStep

SECTION = "setup:guide"


def address(step: guide.Step | None) -> str:
    return reverse("setup:guide_step", kwargs={"step": step.key}) if step else reverse("setup:guide")


def rail(at: str) -> list[dict[str, Any]]:
    """The steps with how far one has come."""
    done = queries.steps_done()
    return [
        {"label": s.label, "url": address(s), "is_done": s.key in done, "is_here": s.key == at}
        for s in guide.in_order()
    ]


class GuidePage(Page):
    """How far the set-up has come, and what is to be done when it is over."""

    seen_by = ("sysadmin",)
    section = SECTION
    template_name = "pmo_portal/setup/guide.html"

    def title(self) -> str:
        return _("The office is set up") if guide.first_open() is None else _("Set up the office")

    def content(self) -> dict[str, Any]:
        steps = rail("")
        return {"rail": steps, "done": sum(s["is_done"] for s in steps), "next": address(guide.first_open())}


class GuideStepPage(FormPage):
    """One step. Saving it leads to the next one."""

    seen_by = ("sysadmin",)
    section = SECTION
    template_name = "pmo_portal/setup/guide_step.html"

    def admit(self) -> None:
        super().admit()
        if self.kwargs["step"] not in guide.steps:
            raise Http404

    @property
    def step(self) -> guide.Step:
        return guide.steps[self.kwargs["step"]]

    def title(self) -> str:
        return str(self.step.label)

    @property
    def is_theirs(self) -> bool:
        return not self.step.needs or access.holds(self.viewer, *self.step.needs)

    def get_form(self, data=None, files=None):
        if not self.is_theirs:
            return SeenStep(data, files)
        return self.step.form_class(data, files, initial=self.step.initial())

    def content(self) -> dict[str, Any]:
        after = guide.following(self.step.key)
        return {
            "rail": rail(self.step.key),
            "step": self.step,
            "facts": self.step.facts(),
            "ways": [(label, reverse(name), icon) for label, name, icon in self.step.ways if self.is_theirs],
            "is_theirs": self.is_theirs,
            "later": address(after),
            "is_last": after is None,
        }

    def act(self, form) -> guide.Step:
        if self.is_theirs:
            self.step.act(self.viewer, dict(form.cleaned_data))
        guide.finish(self.step.key, by=self.viewer)
        return self.step

    def succeeded(self, outcome) -> HttpResponse:
        return HttpResponseRedirect(address(guide.following(outcome.key)))
