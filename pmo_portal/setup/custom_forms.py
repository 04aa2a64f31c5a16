"""What an administrator says of a custom field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pmo_portal.access.models import Role
from pmo_portal.custom import values
from pmo_portal.custom.actions import options_of
from pmo_portal.custom.models import CustomField
from pmo_portal.custom.registry import carriers
from pmo_portal.intake.typed import typed_amount, typed_day

BOXES = forms.CheckboxSelectMultiple
YES, NO = {"yes", "true", "1", "はい", "あり", "有"}, {"no", "false", "0", "いいえ", "なし", "無"}


class CustomFieldForm(forms.Form):
    groups = (
        (_("What it is called"), ("of", "key", "name_ja", "name_en", "help_ja", "help_en")),
        (_("What it holds"), ("kind", "options", "default")),
        (_("Where it shows"), ("required_in", "seen_by", "in_list", "position")),
    )
    of = forms.ChoiceField(label=_("Stands in"))
    key = forms.CharField(
        label=_("Name for programs"),
        max_length=30,
        help_text=_("Small letters, digits and _. Programs and addresses know it by this."),
    )
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=100, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=100, required=False)
    help_ja = forms.CharField(label=_("Help (Japanese)"), max_length=300, required=False)
    help_en = forms.CharField(label=_("Help (English)"), max_length=300, required=False)
    kind = forms.ChoiceField(label=_("Type"), choices=CustomField.Kind.choices)
    options = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 5, "placeholder": "高 | High"}),
        help_text=_("Only for choices: one a line, Japanese | English."),
    )
    default = forms.CharField(
        label=_("Starts with"), required=False, max_length=2000, help_text=_("What a new record says, if anything.")
    )
    required_in = forms.MultipleChoiceField(label=_("Needed when"), required=False, widget=BOXES)
    seen_by = forms.MultipleChoiceField(
        label=_("Seen only by"),
        choices=[c for c in Role.choices if c[0] != "auditor"],
        required=False,
        widget=BOXES,
        help_text=_("Nothing ticked: by everybody who sees the record. Auditors always see it."),
    )
    in_list = forms.BooleanField(label=_("A column of the list from the start"), required=False)
    position = forms.IntegerField(
        label=_("Position"), min_value=0, max_value=999, required=False, help_text=_("Small numbers come first.")
    )
    accept_loss = forms.BooleanField(label=_("Change it all the same"), required=False)
    accept_gaps = forms.BooleanField(label=_("Make it needed all the same"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    fields: dict[str, Any]

    def __init__(self, *args, field: CustomField | None = None, of: str = "", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.field, self.asks_of_loss, self.asks_of_gaps = field, False, False
        self.fields["of"].choices = [(key, c.label) for key, c in carriers.items()]
        carrier = carriers.get(field.of if field else of) or next(iter(carriers.values()))
        self.fields["required_in"].choices = list(carrier.states)
        if field is not None:
            del self.fields["of"], self.fields["key"]
        else:
            del self.fields["position"]

    def clean_options(self) -> list[dict[str, str]]:
        return options_of(self.cleaned_data["options"], self.field.options if self.field else ())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "default" in given and "options" in given:
            given["default"] = self._default(given)
        if given.get("position") is None:
            given.pop("position", None)
        return given

    def _default(self, given: dict[str, Any]) -> Any:
        """As the action takes it, from what is typed; what is not understood is refused there."""
        text, kind = given["default"].strip(), given.get("kind")
        if not text:
            return None
        if kind in (values.NUMBER, values.MONEY):
            return typed_amount(text).value or text
        if kind == values.DATE:
            from django.utils import timezone

            return typed_day(text, timezone.localdate()).value or text
        if kind == values.YESNO:
            return True if text.casefold() in YES else False if text.casefold() in NO else text
        if kind in (values.CHOICE, values.CHOICES):
            by_words = {o[n].casefold(): o["key"] for o in given["options"] for n in ("key", "ja", "en")}
            found = [by_words.get(part.strip().casefold(), part) for part in text.replace("、", ",").split(",")]
            return found if kind == values.CHOICES else found[0]
        return text

    @property
    def field_groups(self) -> list[tuple]:
        return [(label, [self[n] for n in names if n in self.fields]) for label, names in self.groups]
