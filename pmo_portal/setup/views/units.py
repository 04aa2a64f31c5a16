"""The organisation as a dated tree."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pmo_portal import access
from pmo_portal.accounts.models import OrgUnit
from pmo_portal.audit import history
from pmo_portal.audit.wording import told
from pmo_portal.pages import ActPage, FormPage, RecordPage, RoomPage
from pmo_portal.setup import forms, queries, units

SECTION = "setup:units"


class UnitTree(RoomPage):
    """The units as they hang on a day: today, or any other."""

    seen_by = access.EVERYONE
    section = SECTION
    template_name = "pmo_portal/setup/unit_tree.html"

    def title(self) -> str:
        return _("Organisation")

    def content(self) -> dict[str, Any]:
        on, today = self.day(), timezone.localdate()
        rows = queries.tree(self.viewer, on)
        return {"rows": rows, "on": on, "is_today": on == today, "may_add": access.holds(self.viewer, "sysadmin")}

    def day(self) -> date:
        try:
            day = date.fromisoformat(self.request.GET.get("on", ""))
        except ValueError:
            return timezone.localdate()
        return day if 1900 <= day.year <= 2200 else timezone.localdate()

    def get(self, request, *args, **kwargs) -> HttpResponse:
        return self.show("tree")


class UnitRecordPage(RecordPage):
    model = OrgUnit
    lookup = {"pk": "pk"}
    related = ("head",)
    section = SECTION
    template_name = "pmo_portal/setup/unit_record.html"

    def content(self) -> dict[str, Any]:
        return queries.unit_now(self.viewer, self.record) | {"history": told(history(self.viewer, self.record)[:15])}


class UnitCreation(FormPage):
    seen_by = ("sysadmin",)
    section = SECTION
    form_class = forms.UnitForm
    template_name = "pmo_portal/setup/act.html"

    def title(self) -> str:
        return _("A new unit")

    def content(self) -> dict[str, Any]:
        return {"back": reverse("setup:units"), "back_label": _("Organisation")}

    def initial(self) -> dict[str, Any]:
        return {"parent": self.request.GET.get("below", ""), "on": timezone.localdate()}

    def act(self, form) -> OrgUnit:
        given = {k: v for k, v in form.cleaned_data.items() if k != "version"}
        return units.create_unit(by=self.viewer, **given)


class _OfUnit(ActPage):
    model = OrgUnit
    lookup = {"pk": "pk"}
    permit = "edit"
    section = SECTION
    template_name = "pmo_portal/setup/act.html"

    def content(self) -> dict[str, Any]:
        return {"back": self.record.get_absolute_url(), "back_label": str(self.record)}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}


class UnitEdit(_OfUnit):
    form_class = forms.UnitForm

    def title(self) -> str:
        return _("Edit %(unit)s") % {"unit": self.record.name}

    def form_arguments(self) -> dict[str, Any]:
        return {"unit": self.record}

    def initial(self) -> dict[str, Any]:
        return {n: getattr(self.record, n) for n in ("code", "name_ja", "name_en", "head", "version")}

    def act(self, record, form) -> OrgUnit:
        given = dict(form.cleaned_data)
        return units.edit_unit(record, by=self.viewer, version=given.pop("version") or 0, **given)


class UnitMove(_OfUnit):
    form_class = forms.UnitMoveForm

    def title(self) -> str:
        return _("Move %(unit)s") % {"unit": self.record.name}

    def initial(self) -> dict[str, Any]:
        return {"parent": queries.current_parent(self.record), "on": timezone.localdate() + timedelta(days=1)}

    def act(self, record, form) -> OrgUnit:
        units.place_unit(record, by=self.viewer, **form.cleaned_data)
        return record


class UnitClosure(_OfUnit):
    form_class = forms.ReasonForm

    def title(self) -> str:
        return _("Take %(unit)s out of use") % {"unit": self.record.name}

    def content(self) -> dict[str, Any]:
        return super().content() | {
            "danger": True,
            "verb": _("Take out of use"),
            "lead": _("It stays readable in the past."),
        }

    def act(self, record, form) -> OrgUnit:
        return units.close_unit(record, by=self.viewer, **form.cleaned_data)

    def success_url(self, outcome) -> str:
        return reverse("setup:units")
