"""Custom fields: which there are, adding and changing them, taking them out of use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from pmo_portal import access, audit
from pmo_portal.custom import actions, queries
from pmo_portal.custom.models import CustomField
from pmo_portal.custom.registry import carriers
from pmo_portal.pages import ActPage, FormPage, RecordPage, RoomPage
from pmo_portal.setup import forms
from pmo_portal.setup.custom_forms import CustomFieldForm
from pmo_portal.setup.views.office import SECTION, tabs

READERS = ("sysadmin", "administrator", "manager", "expert", "auditor")


class CustomFieldsPage(RoomPage):
    """The fields that this office has added, by what they stand in."""

    seen_by = READERS
    section = SECTION
    template_name = "pmo_portal/setup/custom_fields.html"

    def title(self) -> str:
        return _("Office settings")

    def content(self) -> dict[str, Any]:
        groups: dict[str, list[CustomField]] = {key: [] for key in carriers}
        for field in queries.declared(self.viewer):
            groups.setdefault(field.of, []).append(field)
        return tabs(self.viewer, "custom") | {
            "groups": [(carriers[key], fields) for key, fields in groups.items() if key in carriers],
            "may_edit": access.may(self.viewer, "edit", CustomField()),
        }


class CustomFieldPage(RecordPage):
    """One field: what it holds, where it shows, its history."""

    model = CustomField
    lookup = {"pk": "pk"}
    section = SECTION
    template_name = "pmo_portal/setup/custom_field_record.html"

    def content(self) -> dict[str, Any]:
        field = self.record
        carrier = carriers[field.of]
        return {
            "carrier": carrier,
            "needed_in": [label for state, label in carrier.states if str(state) in field.required_in],
            "seers": [label for role, label in CustomFieldForm.base_fields["seen_by"].choices if role in field.seen_by],
            "holders": actions.losses(field, None),
            "history": audit.told(audit.history(self.viewer, field)[:20]),
        }


class CustomFieldCreation(FormPage):
    seen_by = ("sysadmin",)
    section = SECTION
    form_class = CustomFieldForm
    template_name = "pmo_portal/setup/custom_field_form.html"

    def title(self) -> str:
        return _("A new field")

    def content(self) -> dict[str, Any]:
        return {"back": reverse("setup:custom_fields"), "back_label": _("Custom fields")}

    def form_arguments(self) -> dict[str, Any]:
        return {"of": self.request.POST.get("of") or self.request.GET.get("of", "")}

    def initial(self) -> dict[str, Any]:
        return {"of": self.request.GET.get("of", "")}

    def act(self, form) -> CustomField:
        given = {k: v for k, v in form.cleaned_data.items() if k not in ("version", "accept_loss")}
        with _asking(form):
            return actions.create_field(by=self.viewer, **given)


@contextmanager
def _asking(form: CustomFieldForm) -> Iterator[None]:
    """What an act would cost is shown with a box to tick; ticked once, it stays on the page."""
    try:
        yield
    except ValidationError as error:
        code = getattr(error, "code", "")
        form.asks_of_loss = code == "loss" or form.cleaned_data["accept_loss"]
        form.asks_of_gaps = code == "gaps" or form.cleaned_data["accept_gaps"]
        raise


class _OfField(ActPage):
    model = CustomField
    lookup = {"pk": "pk"}
    permit = "edit"
    section = SECTION
    template_name = "pmo_portal/setup/act.html"

    def content(self) -> dict[str, Any]:
        return {"back": self.record.get_absolute_url(), "back_label": str(self.record)}

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}


class CustomFieldEdit(_OfField):
    """What a change of type or of choices would cost is shown first; it is done when one says so."""

    form_class = CustomFieldForm
    template_name = "pmo_portal/setup/custom_field_form.html"

    def title(self) -> str:
        return _("Edit %(field)s") % {"field": self.record}

    def form_arguments(self) -> dict[str, Any]:
        return {"field": self.record}

    def initial(self) -> dict[str, Any]:
        names = ("name_ja", "name_en", "help_ja", "help_en", "kind", "required_in", "seen_by", "in_list", "position")
        given = {n: getattr(self.record, n) for n in (*names, "version")}
        lines = "\n".join(f"{o['ja']} | {o['en']}" for o in self.record.options)
        default = self.record.default
        told = ", ".join(default) if isinstance(default, list) else "" if default is None else str(default)
        return given | {"options": lines, "default": told}

    def act(self, record, form) -> CustomField:
        with _asking(form):
            return actions.edit_field(record, by=self.viewer, **form.cleaned_data)


class CustomFieldRemoval(_OfField):
    form_class = forms.ReasonForm

    def title(self) -> str:
        return _("Take %(field)s out of use") % {"field": self.record}

    def content(self) -> dict[str, Any]:
        loss = actions.losses(self.record, None)
        said = actions.told_out_of_sight(loss) if loss else _("No record says anything in it.")
        return super().content() | {"danger": True, "verb": _("Take out of use"), "lead": said}

    def act(self, record, form) -> CustomField:
        return actions.remove_field(record, by=self.viewer, **form.cleaned_data)


class CustomFieldRestoration(_OfField):
    form_class = forms.NoFields
    http_method_names = ["post"]

    def act(self, record, form) -> CustomField:
        return actions.restore_field(record, by=self.viewer)

    def refused(self, form) -> HttpResponse:
        return self.show(status=422, form=form)
