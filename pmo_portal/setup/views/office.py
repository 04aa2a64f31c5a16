"""The office itself: its settings, its days, how often each tier reports, how people are reminded."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pmo_portal import access
from pmo_portal.asks import choosing
from pmo_portal.asks.forms import AS_STANDARD, NoticesForm
from pmo_portal.asks.kinds import kinds
from pmo_portal.asks.models import LadderStep, NoticeDefault
from pmo_portal.pages import ActPage, FormPage, ListPage
from pmo_portal.periods import actions as periods
from pmo_portal.periods.models import CadenceRule, CompanyDay, OfficeSettings
from pmo_portal.periods.queries import office_settings, office_settings_now, office_today
from pmo_portal.setup import forms, ladder, queries
from pmo_portal.setup.lists import SettingsList

SECTION = "setup:office"
READERS = ("sysadmin", "administrator", "manager", "auditor")
TOLD_OF = ("sysadmin", "manager", "auditor")  # who sees the webhooks


def tabs(viewer, tab: str) -> dict[str, Any]:
    """Which part of the office's settings is shown, and what else the viewer may open."""
    return {"tab": tab, "sees_webhooks": access.holds(viewer, *TOLD_OF)}


class _OfficePage(FormPage):
    """One of the tabs of the office's settings: everybody who runs it reads, the system administrator writes."""

    seen_by = READERS
    section = SECTION
    tab = ""

    def admit(self) -> None:
        super().admit()
        if self.is_write:
            access.require(self.viewer, "edit", self.subject())

    def subject(self) -> Model:
        """What one must be allowed to edit to write here."""
        return office_settings()

    def title(self) -> str:
        return _("Office settings")

    def content(self) -> dict[str, Any]:
        return tabs(self.viewer, self.tab) | {"may_edit": access.may(self.viewer, "edit", self.subject())}

    def success_url(self, outcome) -> str:
        return self.request.path


class OfficePage(_OfficePage):
    form_class = forms.OfficeForm
    template_name = "pmo_portal/setup/office_form.html"
    tab = "office"

    def fields(self) -> tuple[str, ...]:
        return (*forms.OfficeForm.Meta.fields, "currency", "version")

    def fetch_versioned(self) -> OfficeSettings:
        return office_settings_now()

    def initial(self) -> dict[str, Any]:
        office = self.record or office_settings_now()
        return {n: getattr(office, n) for n in self.fields()}

    def act(self, form) -> OfficeSettings:
        office = office_settings_now()
        saved = periods.save_office(office, by=self.viewer, **form.cleaned_data)
        messages.success(self.request, _("Saved."))
        return saved


class SettingsPage(ListPage):
    """What changed in the settings, by whom."""

    list_class = SettingsList
    seen_by = TOLD_OF
    section = SECTION
    template_name = "pmo_portal/setup/settings_list.html"

    def title(self) -> str:
        return _("Office settings")

    def content(self) -> dict[str, Any]:
        return tabs(self.viewer, "changes")


class DaysPage(_OfficePage):
    """Public holidays, and the days on which the office differs."""

    form_class = forms.CompanyDayForm
    template_name = "pmo_portal/setup/company_days.html"
    tab = "days"

    def content(self) -> dict[str, Any]:
        return super().content() | {"days": queries.coming_days(self.viewer)}

    def act(self, form) -> CompanyDay:
        return periods.add_company_day(by=self.viewer, **form.cleaned_data)


class DayRemoval(ActPage):
    model = CompanyDay
    lookup = {"pk": "pk"}
    permit = "edit"
    form_class = forms.NoFields
    http_method_names = ["post"]

    def act(self, record, form) -> CompanyDay:
        return periods.remove_company_day(record, by=self.viewer)

    def success_url(self, outcome) -> str:
        return reverse("setup:days")


class CadencesPage(_OfficePage):
    """How often the projects of each tier report, from which day on."""

    form_class = forms.CadenceForm
    template_name = "pmo_portal/setup/cadences.html"
    tab = "cadences"

    def content(self) -> dict[str, Any]:
        today = office_today()
        rules, running = list(queries.cadence_rules(self.viewer)), set()
        for rule in rules:
            rule.standing = "coming" if rule.starts_on > today else "over" if rule.tier in running else "now"
            if rule.standing == "now":
                running.add(rule.tier)
        return super().content() | {"rules": rules}

    def initial(self) -> dict[str, Any]:
        return {"starts_on": office_today()}

    def act(self, form) -> CadenceRule:
        return periods.set_cadence(by=self.viewer, **form.cleaned_data)


class CadenceRemoval(ActPage):
    model = CadenceRule
    lookup = {"pk": "pk"}
    permit = "edit"
    form_class = forms.NoFields
    http_method_names = ["post"]

    def act(self, record, form) -> CadenceRule:
        return periods.take_back_cadence(record, by=self.viewer)

    def refused(self, form) -> HttpResponse:
        messages.error(self.request, " ".join(str(e) for e in form.non_field_errors()))
        return HttpResponseRedirect(reverse("setup:cadences"))

    def success_url(self, outcome) -> str:
        return reverse("setup:cadences")


class LadderPage(_OfficePage):
    """The rungs of reminding: for all asks, and for kinds that have a ladder of their own."""

    form_class = forms.StepForm
    template_name = "pmo_portal/setup/ladder.html"
    tab = "ladder"

    def content(self) -> dict[str, Any]:
        groups: dict[str, list[LadderStep]] = {"": []}
        for step in queries.ladder(self.viewer):
            groups.setdefault(step.kind, []).append(step)
        named = [(str(kinds[k].label) if k in kinds else k or _("All asks"), steps) for k, steps in groups.items()]
        return super().content() | {"groups": named}

    def subject(self) -> Model:
        return LadderStep()

    def act(self, form) -> LadderStep:
        given = {k: v for k, v in form.cleaned_data.items() if k != "version"}
        return ladder.save_step(None, by=self.viewer, **given)


class NoticesPage(_OfficePage):
    """How people are told who have not chosen themselves."""

    form_class = NoticesForm
    template_name = "pmo_portal/setup/notices.html"
    tab = "notices"

    def subject(self) -> Model:
        return NoticeDefault()

    def form_arguments(self) -> dict[str, Any]:
        return {
            "chosen": choosing.office_choices(),
            "before": choosing.in_force({}),
            "as_before": str(AS_STANDARD),
        }

    def act(self, form) -> int:
        return choosing.choose_for_office(form.touched(), by=self.viewer)

    def receipt_of(self, outcome) -> str:
        return _("Saved.")


class StepEdit(ActPage):
    model = LadderStep
    lookup = {"pk": "pk"}
    permit = "edit"
    section = SECTION
    form_class = forms.StepForm
    template_name = "pmo_portal/setup/act.html"

    def title(self) -> str:
        return _("A step of the ladder")

    def content(self) -> dict[str, Any]:
        return {"back": reverse("setup:ladder"), "back_label": _("Reminders")}

    def initial(self) -> dict[str, Any]:
        return {n: getattr(self.record, n) for n in forms.StepForm.base_fields}

    def act(self, record, form) -> LadderStep:
        return ladder.save_step(record, by=self.viewer, **form.cleaned_data)

    def success_url(self, outcome) -> str:
        return reverse("setup:ladder")


class StepRemoval(ActPage):
    model = LadderStep
    lookup = {"pk": "pk"}
    permit = "edit"
    section = SECTION
    form_class = forms.NoFields
    template_name = "pmo_portal/setup/act.html"

    def title(self) -> str:
        return _("Remove a step of the ladder")

    def content(self) -> dict[str, Any]:
        said = _("%(when)s: %(act)s. From now on nobody is reminded by it.")
        return {
            "back": reverse("setup:ladder"),
            "back_label": _("Reminders"),
            "lead": said % {"when": self.record.when, "act": self.record.get_act_display()},
            "danger": True,
            "verb": pgettext("verb", "Remove"),
        }

    def act(self, record, form) -> LadderStep:
        return ladder.remove_step(record, by=self.viewer)

    def success_url(self, outcome) -> str:
        return reverse("setup:ladder")
