"""A name for the state of a list."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from pmo_portal import access
from pmo_portal.access.models import Role
from pmo_portal.lists.actions import SHARERS


class SavedViewForm(forms.Form):
    name = forms.CharField(label=_("Name of the view"), max_length=80)
    is_shared = forms.BooleanField(label=_("Everybody sees it in the menu of this list"), required=False)
    default_for = forms.ChoiceField(
        label=_("First view of a role"),
        required=False,
        choices=[("", "–"), *Role.choices],
        help_text=_("Whoever holds the role begins with it when they open the list; it is shared then."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, viewer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not access.holds(viewer, *SHARERS):
            del self.fields["default_for"]

    def clean(self):
        given = super().clean() or {}
        given.setdefault("default_for", self.initial.get("default_for") or "")
        return given


class RemovalForm(forms.Form):
    version = forms.IntegerField(required=False)
