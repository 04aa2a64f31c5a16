"""The workbook that comes back; the same change for many rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pmo_portal.accounts.models import Person
from pmo_portal.editing.declaring import CHOSEN, Editable, Editing, together
from pmo_portal.intake.wording import say
from pmo_portal.pages.fields import DateField, MoneyField, PersonField

MEGABYTE = 1024 * 1024
EMPTY = "-"
SHORT = 200  # characters; longer texts are each row's own


class WorkbookForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("The workbook"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        allow_empty_file=True,  # told apart by the action, in its words
        error_messages={"required": gettext_lazy("Choose a file, or drop one here.")},
    )

    def limit(self) -> int:
        return settings.UPLOAD_LIMIT

    def limit_words(self) -> str:
        return say("too_large", {"size": "{size}", "limit": self.limit() // MEGABYTE})


class ManyForm(forms.Form):
    """What is left alone stays as it is in each row."""

    empty = forms.MultipleChoiceField(
        label=gettext_lazy("Empty these"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, editing: Editing, viewer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.editing, self.viewer = editing, viewer
        self.offered = [e for e in editing.open_fields if not e.only_new and self._is_for_many(e)]
        for editable in self.offered:
            self.fields[editable.key] = self._field(editable)
        can_be_empty = [e for e in self.offered if self.editing.model_field(e).blank]
        self.fields["empty"].choices = [(e.key, editing.label(e)) for e in can_be_empty]
        self.order_fields([*(e.key for e in self.offered), "empty"])

    def _is_for_many(self, editable: Editable) -> bool:
        field = self.editing.model_field(editable)
        is_long = isinstance(field, models.TextField) or (field.max_length or 0) > SHORT
        return self.editing.kind(editable) != "text" or not is_long

    def _field(self, editable: Editable) -> forms.Field:
        kind, label = self.editing.kind(editable), self.editing.label(editable)
        if kind == "reference" and self.editing.model_field(editable).related_model is Person:
            return PersonField(label=label, required=False)
        if kind == "several":
            known = [(str(value), text) for value, text in self.editing.choices(editable, self.viewer)]
            return forms.MultipleChoiceField(
                label=label, required=False, choices=known, widget=forms.CheckboxSelectMultiple
            )
        if kind in CHOSEN:
            known = [(str(value), text) for value, text in self.editing.choices(editable, self.viewer)]
            return forms.ChoiceField(label=label, required=False, choices=[("", _("as it is")), *known])
        if kind == "date":
            return DateField(label=label, required=False)
        if kind == "moment":
            widget = forms.SplitDateTimeWidget(date_attrs={"type": "date"}, time_attrs={"type": "time"})
            return forms.SplitDateTimeField(label=label, required=False, widget=widget)
        if kind in ("money", "number"):
            said = (
                gettext_lazy("In whole units of the currency; 百万, 億 and m are understood.")
                if kind == "money"
                else ""
            )
            return MoneyField(label=label, required=False, help_text=said)
        return forms.CharField(label=label, required=False, max_length=SHORT)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for key in given.get("empty") or ():
            if given.get(key) not in (None, "", []):
                self.add_error(key, _("Either a value or empty, not both."))
        return given

    def said(self) -> dict[str, Any]:
        """Field → what a sheet would say in its cell."""
        found: dict[str, Any] = dict.fromkeys(self.cleaned_data.get("empty") or ())
        for editable in self.offered:
            value = self.cleaned_data.get(editable.key)
            if value not in (None, "", []):
                found[editable.key] = self._as_in_sheet(editable, value)
        return found

    def _as_in_sheet(self, editable: Editable, value: Any) -> Any:
        if self.editing.kind(editable) == "several":
            return together(dict(self.editing.choices(editable, self.viewer)), value)
        if self.editing.kind(editable) == "moment":
            return timezone.localtime(value).replace(tzinfo=None)
        if self.editing.kind(editable) not in CHOSEN:
            return value
        wanted = str(value.pk) if isinstance(value, models.Model) else str(value)
        return next(text for known, text in self.editing.choices(editable, self.viewer) if str(known) == wanted)
